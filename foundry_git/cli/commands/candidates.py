"""``foundry candidates``, ``show``, ``accept``, ``reject`` and ``propose``."""

from __future__ import annotations

import argparse
import contextlib
import os
from pathlib import Path

from foundry_git.cli import output
from foundry_git.cli.opening import opened, warn_of
from foundry_git.errors import BusyError, UnknownPatternError
from foundry_git.evidence.scoring import UNTESTED, sentence
from foundry_git.extraction.budget import inbox
from foundry_git.library.candidates import Candidate
from foundry_git.library.library import Library
from foundry_git.pattern.naming import companion_file
from foundry_git.pattern.record import Origin, Pattern
from foundry_git.workspace import review
from foundry_git.workspace.finding import converge, pattern_of
from foundry_git.workspace.nearness import beside_twins, difference_to_twin
from foundry_git.workspace.origins import origin_now
from foundry_git.workspace.review import AcceptedPattern
from foundry_git.workspace.succession import next_ref, succession_of
from foundry_git.workspace.workspace import Workspace

SHOWN = 10


def candidates(options: argparse.Namespace) -> int:
    """List the candidates."""
    with opened(options, catch_up=True) as workspace:
        workspace.need_repository()
        _compare(workspace)
        waiting = review.open_candidates(workspace)
        shown = beside_twins(waiting if options.all else inbox(waiting, workspace.settings.extraction.per_week)[:SHOWN])
        if options.json:
            output.say_json([_candidate_json(candidate) for candidate in shown])
            return 0
        if not waiting:
            hint = (
                "commit something, or look at all you have with `foundry extract --all`"
                if workspace.own
                else "run `foundry init`"
            )
            output.say(f"No candidates; {hint}.")
            return 0
        for candidate in shown:
            _print_row(candidate)
        if len(waiting) > len(shown):
            output.say(output.styled(f"  … and {len(waiting) - len(shown)} more: foundry candidates --all", "dim"))
        output.say()
        output.say("foundry show ID · accept ID · reject ID · propose ID")
    return 0


def show(options: argparse.Namespace) -> int:
    """Print one pattern or candidate."""
    with opened(options, catch_up=True) as workspace:
        warn_of(converge(workspace))
        try:
            pattern = pattern_of(workspace, options.id)
        except UnknownPatternError:
            return _show_candidate(workspace, options)
        if options.json:
            output.say_json(_pattern_json(workspace, pattern))
        else:
            _print_pattern(workspace, pattern)
    return 0


def accept(options: argparse.Namespace) -> int:
    """Write candidates into the library."""
    with opened(options, catch_up=True) as workspace:
        converge(workspace)
        accepted = review.accept(workspace, options.id, options.name)
        for one in accepted:
            output.say(f"  {output.styled('wrote', 'green')} {_relative(one.folder)}")
        _print_commit_command(workspace.need_library(), accepted)
    return 0


def reject(options: argparse.Namespace) -> int:
    """Refuse candidates."""
    with opened(options, catch_up=True) as workspace:
        for candidate in review.reject(workspace, options.id, options.reason):
            output.say(f"  {output.styled('rejected', 'yellow')} {candidate.id}; code of this shape is not asked again")
    return 0


def propose(options: argparse.Namespace) -> int:
    """Put candidates on a topic branch."""
    with opened(options, catch_up=True) as workspace:
        converge(workspace)
        proposal = review.propose(workspace, options.id, options.branch)
        output.say(f"# {proposal.title}\n\n{proposal.body}")
        output.remark(
            f"\nbranch {proposal.branch} is ready; publish it with:  git -C {proposal.folder} push -u origin {proposal.branch}"
        )
    return 0


def _print_commit_command(library: Library, accepted: list[AcceptedPattern]) -> None:
    many = len(accepted) > 1
    place = library.patterns if many else accepted[0].folder.parent
    version = accepted[0].ref.version
    one = f"pattern {accepted[0].ref.id}" + (f", version {version}" if version > 1 else "")
    what = f"{len(accepted)} patterns" if many else one
    output.say(f"Read {'them' if many else 'it'} once more, then:  git add {_relative(place)} && git commit -m 'Add {what}'")


def _compare(workspace: Workspace) -> None:
    """Mark near ones now if that is quick, else let a worker do it for the next time."""
    from foundry_git.worker.waking import start
    from foundry_git.worker.worker import compare

    with contextlib.suppress(BusyError):
        if workspace.own and not compare(workspace):
            start(workspace)


def _print_row(candidate: Candidate) -> None:
    origin = candidate.origin
    width = output.terminal_width()
    place = f"{origin.path}:{origin.first_line}" if origin.first_line else origin.path
    name = next_ref(candidate) or candidate.id
    output.say(f"{candidate.worth:>4}  {output.styled(str(name), 'bold')}  {output.styled(place, 'dim')}")
    output.say(f"      {output.shortened(candidate.manifest.description, width - 6)}")
    facts = [*candidate.reasons]
    if next_version := next_ref(candidate):
        facts.insert(0, output.styled(f"changed: {candidate.supersedes} -> version {next_version.version}", "yellow"))
    if candidate.places > 1:
        facts.append(f"in {candidate.places} places")
    if candidate.tests:
        facts.append(f"{candidate.tests.count(chr(10))} lines of tests that passed")
    if candidate.described_by:
        facts.append(output.styled(f"description by {candidate.described_by}, not by a person", "yellow"))
    if candidate.near:
        facts.append(output.styled(f"near: {candidate.near}", "yellow"))
    output.say(f"      {output.styled(' · '.join(facts), 'dim')}")


def _show_candidate(workspace: Workspace, options: argparse.Namespace) -> int:
    try:
        candidate = review.candidate_of(workspace, options.id)
    except UnknownPatternError:
        raise UnknownPatternError(options.id, "pattern or candidate") from None
    change = succession_of(workspace, candidate)
    lines = change.difference if change else difference_to_twin(workspace, candidate)
    evidence = change.evidence if change else ""
    if options.json:
        more = {"code": candidate.code, "tests": candidate.tests, "diff": lines, "evidence": evidence}
        output.say_json(_candidate_json(candidate) | more)
        return 0
    _print_row(candidate)
    output.say(f"      candidate, not accepted; from {_origin(candidate.origin)}")
    if change:
        output.say(f"      evidence of {change.predecessor}: {evidence}")
    _print_difference(lines)
    output.say()
    output.say(candidate.code.rstrip("\n"))
    if candidate.tests:
        output.say(f"\n{output.styled(companion_file(candidate.manifest.code), 'dim')}\n\n{candidate.tests.rstrip()}")
    return 0


def _print_difference(lines: list[str]) -> None:
    if lines:
        output.say()
    for line in lines:
        output.say(output.styled(line, "green" if line.startswith("+") else "red" if line.startswith("-") else "dim"))


def _print_pattern(workspace: Workspace, pattern: Pattern) -> None:
    manifest = pattern.manifest
    score = workspace.scores().get(pattern.digest, UNTESTED)
    output.say(f"{output.styled(str(pattern.ref), 'bold')}  {pattern.library}  {output.styled(pattern.digest[:12], 'dim')}")
    output.say(f"  {manifest.description}")
    facts = [
        ("when", manifest.suggested_action),
        ("evidence", sentence(score)),
        ("tags", ", ".join(manifest.tags)),
        ("framework", manifest.framework),
        ("origin", _origin_said(workspace, pattern)),
        ("deprecated", pattern.deprecation.reason if pattern.deprecation else ""),
        ("file", _relative(pattern.code_path)),
    ]
    for line in output.table([(output.styled(name, "dim"), text) for name, text in facts if text]):
        output.say(line)
    output.say()
    output.say(pattern.code.rstrip("\n"))


def _origin(origin: Origin | None) -> str:
    if origin is None or not origin.path:
        return ""
    commit = f" at {origin.commit[:10]}" if origin.commit else ""
    lines = f":{origin.first_line}-{origin.last_line}" if origin.first_line else ""
    licence = f", licence {origin.licence}" if origin.licence else ""
    return f"{origin.repository} {origin.path}{lines}{commit}{licence}".strip()


def _origin_said(workspace: Workspace, pattern: Pattern) -> str:
    """The origin, how it stands now, where, and which candidate came of that."""
    said, origin, now = _origin(pattern.manifest.origin), pattern.manifest.origin, origin_now(workspace, pattern)
    if now is None or origin is None:
        return said
    is_moved = bool(now.path) and (now.path, now.symbol) != (origin.path, origin.symbol)
    waiting = [str(next_ref(one)) for one in review.open_candidates(workspace) if one.supersedes and one.id == pattern.ref.id]
    where = f", now {now.symbol} in {now.place}" if is_moved else ""
    return f"{said} · {now.state}{where}" + (f"; see foundry show {waiting[0]}" if waiting else "")


def _candidate_json(candidate: Candidate) -> dict[str, object]:
    origin = candidate.origin
    return {
        "id": candidate.id,
        "name": candidate.manifest.name,
        "kind": candidate.manifest.kind,
        "language": candidate.manifest.language,
        "framework": candidate.manifest.framework,
        "tags": list(candidate.manifest.tags),
        "description": candidate.manifest.description,
        "worth": candidate.worth,
        "reasons": list(candidate.reasons),
        "near": candidate.near or "",
        "supersedes": candidate.supersedes,
        "places": candidate.places,
        "path": origin.path,
        "symbol": origin.symbol,
        "line": origin.first_line,
        "commit": origin.commit,
        "shape": candidate.shape,
        "has_tests": bool(candidate.tests),
        "described_by": candidate.described_by,
    }


def _pattern_json(workspace: Workspace, pattern: Pattern) -> dict[str, object]:
    manifest, now = pattern.manifest, origin_now(workspace, pattern)
    return {
        "id": pattern.ref.id,
        "version": pattern.ref.version,
        "library": pattern.library,
        "digest": pattern.digest,
        "name": manifest.name,
        "kind": manifest.kind,
        "language": manifest.language,
        "framework": manifest.framework,
        "tags": list(manifest.tags),
        "description": manifest.description,
        "suggested_action": manifest.suggested_action,
        "origin": _origin(manifest.origin),
        "origin_state": now.state if now else "",
        "origin_place": now.place if now else "",
        "evidence": sentence(workspace.scores().get(pattern.digest, UNTESTED)),
        "deprecated": pattern.deprecation.reason if pattern.deprecation else "",
        "path": str(pattern.code_path),
        "code": pattern.code,
    }


def _relative(path: Path) -> str:
    relative = os.path.relpath(path)
    return str(path) if relative.startswith(".." + os.sep + "..") else relative
