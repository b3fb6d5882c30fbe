"""Candidates in words and as JSON, in a list and alone."""

from __future__ import annotations

from collections.abc import Sequence

from foundry_git.cli import output
from foundry_git.extraction.next_version import next_ref
from foundry_git.library.candidates import Candidate

TWINS = 3  # that are named with an entry


def print_row(candidate: Candidate, near: str, twins: Sequence[Candidate] = (), is_new: bool = False) -> None:
    """Print what one has to know of a candidate to choose it: its worth, name, place, description, and why it is there.

    ``near``: what it is near to, as people are told it. ``twins``: those that are near to it. ``is_new``: its week is the newest.
    """
    origin = candidate.origin
    width = output.terminal_width()
    name = next_ref(candidate) or candidate.id
    output.say(f"{candidate.worth:>4}  {output.styled(str(name), 'bold')}  {output.styled(origin.place, 'dim')}")
    if candidate.manifest.description:
        output.say(f"      {output.shortened(candidate.manifest.description, width - 6)}")
    facts = [*([output.styled("new", "green")] if is_new else []), *candidate.reasons]
    if next_version := next_ref(candidate):
        facts.insert(0, output.styled(f"changed: {candidate.supersedes} -> version {next_version.version}", "yellow"))
    if candidate.tests:
        facts.append(f"{candidate.tests.count(chr(10))} lines of tests that passed")
    if candidate.described_by:
        facts.append(output.styled(f"description by {candidate.described_by}, not by a person", "yellow"))
    if near:
        facts.append(output.styled(f"near: {near}", "yellow"))
    output.say(f"      {output.styled(' · '.join(facts), 'dim')}")
    if twins:
        named = ", ".join(f"{twin.id} ({twin.origin.place})" for twin in twins[:TWINS])
        more = f" and {len(twins) - TWINS} more" if len(twins) > TWINS else ""
        output.say(f"      {output.styled(f'much like it: {named}{more}', 'dim')}")


def as_json(candidate: Candidate) -> dict[str, object]:
    """One candidate for programs."""
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
