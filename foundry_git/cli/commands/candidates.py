"""``foundry candidates``, ``accept``, ``reject`` and ``propose``."""

from __future__ import annotations

import argparse
import contextlib

from foundry_git.cli import output
from foundry_git.cli.opening import opened
from foundry_git.errors import BusyError
from foundry_git.extraction import budget
from foundry_git.extraction.near_duplicates import beside_twins
from foundry_git.extraction.next_version import next_ref
from foundry_git.inbox import acceptance
from foundry_git.inbox.acceptance import AcceptedPattern
from foundry_git.inbox.inbox import Inbox
from foundry_git.inbox.proposal import propose as propose_on_branch
from foundry_git.library.candidates import Candidate
from foundry_git.library.library import Library
from foundry_git.workspace import Workspace

SHOWN = 10


def candidates(options: argparse.Namespace) -> int:
    """List the candidates."""
    with opened(options, catch_up=True) as workspace:
        workspace.need_repository()
        per_week = workspace.settings.extraction.per_week
        _compare(workspace)
        waiting = Inbox.of(workspace).waiting()
        shown = beside_twins(waiting if options.all else budget.shown(waiting)[:SHOWN])
        if options.json:
            output.say_json([candidate_json(candidate) for candidate in shown])
            return 0
        if not waiting:
            hint = (
                "commit something, or look at all you have with `foundry extract --all`"
                if workspace.own
                else "run `foundry init`"
            )
            output.say(f"No candidates; {hint}.")
            return 0
        if not shown:
            output.say(f"Nothing in the inbox: a week brings {per_week} at most, and none that is worth little.")
        for candidate in shown:
            print_row(candidate)
        if len(waiting) > len(shown):
            output.say(output.styled(f"  … and {len(waiting) - len(shown)} more: foundry candidates --all", "dim"))
        output.say()
        output.say("foundry show ID · accept ID · reject ID · propose ID")
    return 0


def accept(options: argparse.Namespace) -> int:
    """Write candidates into the library."""
    with opened(options, catch_up=True) as workspace:
        workspace.patterns.converge()
        accepted = acceptance.accept(workspace, options.id, options.name)
        for one in accepted:
            output.say(f"  {output.styled('wrote', 'green')} {output.from_here(one.folder)}")
        _print_commit_command(workspace.need_library(), accepted)
    return 0


def reject(options: argparse.Namespace) -> int:
    """Refuse candidates."""
    with opened(options, catch_up=True) as workspace:
        for candidate in Inbox.of(workspace).reject(options.id, options.reason):
            output.say(f"  {output.styled('rejected', 'yellow')} {candidate.id}; code of this shape is not asked again")
    return 0


def propose(options: argparse.Namespace) -> int:
    """Put candidates on a topic branch."""
    with opened(options, catch_up=True) as workspace:
        workspace.patterns.converge()
        proposal = propose_on_branch(workspace, options.id, options.branch)
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
    output.say(
        f"Read {'them' if many else 'it'} once more, then:  git add {output.from_here(place)} && git commit -m 'Add {what}'"
    )


def _compare(workspace: Workspace) -> None:
    """Mark near ones now if that is quick, else let a worker do it for the next time."""
    from foundry_git.worker.waking import start
    from foundry_git.worker.worker import compare

    with contextlib.suppress(BusyError):
        if workspace.own and not compare(workspace):
            start(workspace)


def print_row(candidate: Candidate) -> None:
    origin = candidate.origin
    width = output.terminal_width()
    place = f"{origin.path}:{origin.first_line}" if origin.first_line else origin.path
    name = next_ref(candidate) or candidate.id
    output.say(f"{candidate.worth:>4}  {output.styled(str(name), 'bold')}  {output.styled(place, 'dim')}")
    output.say(f"      {output.shortened(candidate.manifest.description, width - 6)}")
    facts = [*candidate.reasons]
    if next_version := next_ref(candidate):
        facts.insert(0, output.styled(f"changed: {candidate.supersedes} -> version {next_version.version}", "yellow"))
    if candidate.tests:
        facts.append(f"{candidate.tests.count(chr(10))} lines of tests that passed")
    if candidate.described_by:
        facts.append(output.styled(f"description by {candidate.described_by}, not by a person", "yellow"))
    if candidate.near:
        facts.append(output.styled(f"near: {candidate.near}", "yellow"))
    output.say(f"      {output.styled(' · '.join(facts), 'dim')}")


def candidate_json(candidate: Candidate) -> dict[str, object]:
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
