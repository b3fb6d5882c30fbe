"""Lessons: units that were fixed or taken back again and again, as guidance that says what went wrong and where to read it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from foundry_git.escaping import one_line
from foundry_git.extraction.drafts import Scene
from foundry_git.extraction.origin_repository import origin_in
from foundry_git.git.history import Commit
from foundry_git.history.lineage import Lineage
from foundry_git.library.candidates import Candidate
from foundry_git.pattern.naming import slug_of
from foundry_git.pattern.record import Manifest
from foundry_git.pattern.vocabulary import ANY_LANGUAGE
from foundry_git.source.secrets import find_secrets
from foundry_git.source.shapes import digest

OFTEN = 4  # fixes, a change taken back counting as two: three fixes befall one unit in 20 within ten years
MOST = 3  # lessons of one extraction; they are long reading
MOST_WORTH = 50  # below the best code: a lesson is about one place, and what is large is mended often anyway
SHOWN = 4  # commits that a lesson names
LONGEST_SUBJECT = 90
ALGORITHM = "life1"

_ACTION = "Read these commits before you change it or write something like it, and test for what they mended."


class Refused(Struct, frozen=True):
    """What is not proposed: ids that are patterns already, shapes that were rejected."""

    ids: frozenset[str] = frozenset()
    shapes: frozenset[str] = frozenset()


def lessons(lineages: Iterable[Lineage], commits: Mapping[str, Commit], scene: Scene, refused: Refused) -> list[Candidate]:
    """Propose guidance for the units that gave the most trouble, at most ``MOST``, the worst first.

    Tests are left out, and what was rejected before: a lesson's shape is that of its place, not of its code.
    """
    troubled = [lineage for lineage in lineages if trouble_of(lineage) >= OFTEN and lineage.kind in ("function", "class")]
    troubled.sort(key=lambda lineage: (-trouble_of(lineage), lineage.place))
    found: list[Candidate] = []
    for lineage in troubled:
        candidate = _lesson(lineage, commits, scene)
        is_new = candidate.id not in {*refused.ids, *(other.id for other in found)}
        if is_new and candidate.shape not in refused.shapes and not find_secrets(candidate.manifest.description):
            found.append(candidate)
        if len(found) == MOST:
            break
    return found


def trouble_of(lineage: Lineage) -> int:
    """Weigh how much trouble a unit gave."""
    return len(lineage.fixes) + 2 * len(lineage.reverted)


def _lesson(lineage: Lineage, commits: Mapping[str, Commit], scene: Scene) -> Candidate:
    path, symbol = lineage.place
    fixed, taken_back = _times(lineage.fixes), len(lineage.reverted)
    facts = [f"fixed {fixed}"] if lineage.fixes else []
    facts += [f"{taken_back} change{'s' if taken_back > 1 else ''} to it taken back"] if taken_back else []
    shown = [*lineage.reverted[-1:], *lineage.fixes[::-1]][:SHOWN]
    last = commits.get(lineage.last)
    manifest = Manifest(
        name=f"Lessons of {symbol}",
        kind="guidance",
        description=_sentence(lineage, facts, [commits[id] for id in shown if id in commits]),
        language=ANY_LANGUAGE,
        suggested_action=_ACTION,
        origin=replace(
            origin_in(scene.repository),
            commit=lineage.last,
            path=path,
            symbol=symbol,
            author_date=last.author_date if last else "",
        ),
    )
    return Candidate(
        id=f"{ANY_LANGUAGE}/{slug_of(f'lessons of {symbol}')}",
        manifest=manifest,
        code="",
        shape=digest(ALGORITHM, f"{path}\n{symbol}"),
        blob="",
        worktree=scene.worktree,
        worth=min(MOST_WORTH, 30 + trouble_of(lineage)),
        reasons=tuple(facts),
        near="",
    )


def _sentence(lineage: Lineage, facts: Sequence[str], commits: Sequence[Commit]) -> str:
    path, symbol = lineage.place
    since, until = lineage.born_date[:7], lineage.last_date[:7]
    told = "; ".join(f"“{_short(commit.subject)}” ({commit.id[:10]})" for commit in commits)
    more = len(lineage.fixes) + len(lineage.reverted) - len(commits)
    rest = f"; and {more} more" if more > 0 else ""
    return f"{symbol} ({path}) went wrong often from {since} to {until}: {', '.join(facts)}. What went wrong: {told}{rest}."


def _short(subject: str) -> str:
    plain = one_line(subject)
    return plain if len(plain) <= LONGEST_SUBJECT else f"{plain[: LONGEST_SUBJECT - 1].rstrip()}…"


def _times(commits: Sequence[str]) -> str:
    return "once" if len(commits) == 1 else f"{len(commits)} times"
