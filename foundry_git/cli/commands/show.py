"""``foundry show``: one pattern or candidate, its code, where it comes from and what is known of it."""

from __future__ import annotations

import argparse
import textwrap

from foundry_git.cli import candidate_texts, output
from foundry_git.cli.command_workspace import opened, warn_of
from foundry_git.errors import UnknownPatternError
from foundry_git.evidence.scoring import UNTESTED, sentence
from foundry_git.extraction.near_duplicates import difference_to_twin, near_said
from foundry_git.extraction.next_version import next_ref, succession_of
from foundry_git.extraction.origins import OriginNow, origin_now
from foundry_git.inbox.inbox import Inbox
from foundry_git.pattern.naming import companion_file
from foundry_git.pattern.record import Manifest, Origin, Pattern
from foundry_git.source.standing import Needs, needs_of
from foundry_git.workspace import Workspace

LINE_END = "\n"


def run(options: argparse.Namespace) -> int:
    """Print one pattern or candidate."""
    with opened(options, catch_up=True) as workspace:
        warn_of(workspace.patterns.converge())
        try:
            pattern = workspace.patterns.pattern_of(options.id)
        except UnknownPatternError:
            return _show_candidate(workspace, options)
        if options.json:
            output.say_json(_pattern_json(workspace, pattern))
        else:
            _print_pattern(workspace, pattern)
    return 0


def _show_candidate(workspace: Workspace, options: argparse.Namespace) -> int:
    try:
        candidate = Inbox.of(workspace).named(options.id)
    except UnknownPatternError:
        raise UnknownPatternError(options.id, "pattern or candidate") from None
    change = succession_of(workspace, candidate)
    lines = change.difference if change else difference_to_twin(workspace.candidates, workspace.patterns, candidate)
    evidence = change.evidence if change else ""
    if options.json:
        needs = _needs_json(_needs(candidate.code, candidate.manifest, candidate.origin))
        more = {"code": candidate.code, "tests": candidate.tests, "diff": lines, "evidence": evidence, "needs": needs}
        output.say_json(candidate_texts.as_json(candidate) | more)
        return 0
    candidate_texts.print_row(candidate, near_said(candidate, workspace.candidates.read(), workspace.patterns))
    output.say(f"      candidate, not accepted; from {_origin(candidate.origin)}")
    if said := str(_needs(candidate.code, candidate.manifest, candidate.origin)):
        output.say(f"      needs {said}")
    if change:
        output.say(f"      evidence of {change.predecessor}: {evidence}")
    _print_difference(lines)
    output.say()
    if candidate.code:
        output.say_raw(f"{candidate.code.rstrip(LINE_END)}\n")
    else:
        output.say_lines(_wrapped(f"{candidate.manifest.description} {candidate.manifest.suggested_action}"))
    if candidate.tests:
        output.say()
        output.say(output.styled(companion_file(candidate.manifest.code), "dim"))
        output.say()
        output.say_raw(f"{candidate.tests.rstrip()}\n")
    return 0


def _wrapped(text: str) -> str:
    """Guidance has no code: its words are what there is to show."""
    return textwrap.fill(text, output.terminal_width(), break_long_words=False, break_on_hyphens=False)


def _print_difference(lines: list[str]) -> None:
    if lines:
        output.say()
    for line in lines:
        output.say(output.styled(line, "green" if line.startswith("+") else "red" if line.startswith("-") else "dim"))


def _print_pattern(workspace: Workspace, pattern: Pattern) -> None:
    manifest = pattern.manifest
    score = workspace.scores().get(pattern.digest, UNTESTED)
    output.say(f"{output.styled(str(pattern.ref), 'bold')}  {pattern.library}  {output.styled(pattern.digest[:12], 'dim')}")
    if manifest.description:
        output.say(f"  {manifest.description}")
    facts = [
        ("when", manifest.suggested_action),
        ("evidence", sentence(score)),
        ("needs", str(_needs(pattern.code, manifest, manifest.origin))),
        ("tags", ", ".join(manifest.tags)),
        ("framework", manifest.framework),
        ("origin", _origin_said(workspace, pattern)),
        ("deprecated", pattern.deprecation.reason if pattern.deprecation else ""),
        ("file", output.from_here(pattern.code_path)),
    ]
    for line in output.table([(output.styled(name, "dim"), text) for name, text in facts if text]):
        output.say(line)
    output.say()
    output.say_raw(f"{pattern.code.rstrip(LINE_END)}\n")


def _needs(code: str, manifest: Manifest, origin: Origin | None) -> Needs:
    """What code needs from outside; of a test and of guidance nothing is said, for they are no code that is copied."""
    if not code or manifest.kind == "test":
        return Needs()
    return needs_of(code, manifest.language, manifest.code, origin.path if origin else "")


def _needs_json(needs: Needs) -> dict[str, list[str]]:
    return {"packages": list(needs.packages), "missing": list(needs.missing)}


def _origin(origin: Origin | None) -> str:
    if origin is None or not origin.path:
        return ""
    commit = f" at {origin.commit[:10]}" if origin.commit else ""
    lines = f":{origin.first_line}-{origin.last_line}" if origin.first_line else ""
    licence = f", licence {origin.licence}" if origin.licence else ""
    seen = ", seen from a shallow clone" if origin.shallow else ""
    return f"{origin.repository} {origin.path}{lines}{commit}{licence}{seen}".strip()


def _origin_now(workspace: Workspace, pattern: Pattern) -> OriginNow | None:
    return origin_now(workspace.objects, workspace.index.catalogue, pattern) if workspace.repository else None


def _origin_said(workspace: Workspace, pattern: Pattern) -> str:
    """The origin, how it stands now, where, and which candidate came of that."""
    said, origin, now = _origin(pattern.manifest.origin), pattern.manifest.origin, _origin_now(workspace, pattern)
    if now is None or origin is None:
        return said
    is_moved = bool(now.path) and (now.path, now.symbol) != (origin.path, origin.symbol)
    waiting = [str(next_ref(one)) for one in Inbox.of(workspace).waiting() if one.supersedes and one.id == pattern.ref.id]
    where = f", now {now.symbol} in {now.place}" if is_moved else ""
    return f"{said} · {now.state}{where}" + (f"; see foundry show {waiting[0]}" if waiting else "")


def _pattern_json(workspace: Workspace, pattern: Pattern) -> dict[str, object]:
    manifest, now = pattern.manifest, _origin_now(workspace, pattern)
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
        "needs": _needs_json(_needs(pattern.code, manifest, manifest.origin)),
        "path": str(pattern.code_path),
        "code": pattern.code,
    }
