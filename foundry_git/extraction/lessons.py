"""Lessons: what several fixes corrected in the same way, as guidance that says what went wrong, where, and what to write instead. Pure.

A lesson is told by what fixes changed, never by what their subjects say; where nothing was corrected twice there is none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from foundry_git.extraction.corrections import Corrected, Correction
from foundry_git.extraction.drafts import Scene
from foundry_git.extraction.origin_repository import origin_in
from foundry_git.git.history import Commit
from foundry_git.library.candidates import Candidate
from foundry_git.pattern.naming import slug_of
from foundry_git.pattern.record import Manifest
from foundry_git.source.languages import language_of
from foundry_git.source.reader import sections_in
from foundry_git.source.secrets import find_secrets
from foundry_git.source.shapes import digest

MOST = 3  # lessons of one extraction
WORTH = 50
SHOWN = 3  # commits and files that a lesson names
ALGORITHM = "fix1"


class Refused(Struct, frozen=True):
    """What is not proposed: ids that are patterns already, shapes that were rejected."""

    ids: frozenset[str] = frozenset()
    shapes: frozenset[str] = frozenset()


def lessons(
    found: Mapping[Correction, Corrected],
    texts: Mapping[str, str],
    commits: Mapping[str, Commit],
    scene: Scene,
    refused: Refused,
    is_used: Callable[[str], bool] = lambda call: False,
) -> Iterator[Candidate]:
    """Propose at most ``MOST`` lessons, those of most fixes first; ``texts``: the files that were corrected, as they are now.

    What was corrected must be so still: right in one of its files, and wrong in none, nor anywhere else in the code, as ``is_used``
    tells of a name with its bracket. What a project goes on using is not wrong in itself.
    """
    ordered = sorted(found.items(), key=lambda pair: (-len(pair[1].commits), pair[0].wrong, pair[0].right))
    taken = set(refused.ids)
    for correction, corrected in ordered:
        if len(taken) == len(refused.ids) + MOST:
            return
        candidate = _lesson(correction, corrected, texts, commits, scene)
        if candidate is None or candidate.id in taken or candidate.shape in refused.shapes:
            continue
        if _called(correction.wrong) != _called(correction.right) and is_used(_called(correction.wrong)):
            continue
        taken.add(candidate.id)
        yield candidate


def _lesson(
    correction: Correction, corrected: Corrected, texts: Mapping[str, str], commits: Mapping[str, Commit], scene: Scene
) -> Candidate | None:
    place = _still_right(correction, corrected, texts)
    if place is None or find_secrets(f"{correction.wrong}\n{correction.right}"):
        return None
    path, symbol = place
    last = commits.get(corrected.commits[0])
    manifest = Manifest(
        name=f"Instead of {_name(correction.wrong)}",
        kind="guidance",
        description=_sentence(correction, corrected),
        language=language_of(path) or "",
        suggested_action=f"Write {correction.right} instead of {correction.wrong}, and look for what is still wrong.",
        origin=replace(
            origin_in(scene.repository),
            commit=last.id if last else "",
            path=path,
            symbol=symbol,
            author_date=last.author_date if last else "",
        ),
    )
    return Candidate(
        id=f"{manifest.language}/{slug_of(manifest.name)}",
        manifest=manifest,
        code="",
        shape=digest(ALGORITHM, f"{correction.wrong}\n{correction.right}"),
        blob="",
        worktree=scene.worktree,
        worth=WORTH,
        reasons=(f"corrected in {len(corrected.commits)} fixes",),
        near="",
    )


def _still_right(correction: Correction, corrected: Corrected, texts: Mapping[str, str]) -> tuple[str, str] | None:
    """A unit that holds what is right; None where it is gone, or what is wrong stands in one of the files again."""
    right, wrong = (_called(text) for text in (correction.right, correction.wrong))
    held = {path: texts[path] for path in corrected.paths if path in texts}
    if wrong != right and any(wrong in text for text in held.values()):
        return None
    for path, text in held.items():
        for section in sections_in(text.encode("utf-8", "replace"), path) if right in text else ():
            if right in section.body:
                return path, section.symbol
    return None


def _called(text: str) -> str:
    return f"{_name(text)}("


def _name(text: str) -> str:
    return text.partition("(")[0]


def _sentence(correction: Correction, corrected: Corrected) -> str:
    fixes, paths = corrected.commits, corrected.paths
    where = _listed(paths, "more file")
    named = ", ".join(commit[:10] for commit in fixes[:SHOWN])
    return f"{correction.wrong} went wrong in {where}: {len(fixes)} fixes made it {correction.right} ({named})."


def _listed(names: Sequence[str], more: str) -> str:
    left = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {left} {more}{'s' if left > 1 else ''}" if left > 0 else "")
