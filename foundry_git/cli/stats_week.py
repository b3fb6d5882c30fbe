"""``foundry stats --week``."""

from __future__ import annotations

from collections.abc import Mapping

from foundry_git.cli import output
from foundry_git.upkeep.week import Week, last_week
from foundry_git.workspace import Workspace


def week(workspace: Workspace, as_json: bool) -> int:
    """Print what the last seven days brought."""
    found = last_week(workspace.ledger, workspace.settings)
    names = {row.digest: f"{row.id}@{row.version}" for row in workspace.index.catalogue.rows()}
    told = {row.digest: workspace.patterns.said(row.id, row.version) for row in workspace.index.catalogue.rows()}
    if as_json:
        output.say_json(_as_json(found, names))
        return 0
    name = workspace.own.name if workspace.own else "the starter library"
    output.say(f"{output.styled('foundry', 'bold')} · {name} · {found.since:%d %b} to {found.until:%d %b %Y}")
    for line in output.table(_rows(found, told)):
        output.say(line)
    return 0


def _rows(week: Week, names: Mapping[str, str]) -> list[tuple[str, str]]:
    uses, taken_back = sum(week.adopted.values()), sum(week.reverted.values())
    rows = [
        ("reused", f"{output.counted(week.reused, 'helper')} that stood here already"),
        (
            "avoided",
            f"{output.counted(week.avoided, 'duplicate')}: {week.shown} shown first, {week.duplicates} refused in review",
        ),
        (
            "adopted",
            f"{output.counted(uses, 'use')} of {output.counted(len(week.adopted), 'pattern')}{_most(week.adopted, names)}",
        ),
        ("outcomes", f"{week.passed} passed, {week.failed} failed"),
        ("reverted", f"{taken_back}{_most(week.reverted, names)}"),
        ("proposed", f"{week.proposed}, accepted {week.accepted}"),
    ]
    if week.undecided:
        rows.append(("waiting", f"{output.counted(week.undecided, 'pattern')} for your decision: foundry stats --undecided"))
    return rows


def _most(counts: Mapping[str, int], names: Mapping[str, str]) -> str:
    first = sorted(counts, key=lambda digest: (-counts[digest], names.get(digest, digest)))[:3]
    shown = ", ".join(names.get(digest, digest[:12]) + (f" ×{counts[digest]}" if counts[digest] > 1 else "") for digest in first)
    return f": {shown}{', …' if len(counts) > len(first) else ''}" if shown else ""


def _as_json(week: Week, names: Mapping[str, str]) -> dict[str, object]:
    return {
        "since": week.since.isoformat(timespec="seconds"),
        "until": week.until.isoformat(timespec="seconds"),
        "reused": week.reused,
        "shown_and_reused": week.shown,
        "duplicates_refused": week.duplicates,
        "duplicates_avoided": week.avoided,
        "adopted": {names.get(digest, digest): count for digest, count in week.adopted.items()},
        "passed": week.passed,
        "failed": week.failed,
        "reverted": {names.get(digest, digest): count for digest, count in week.reverted.items()},
        "proposed": week.proposed,
        "accepted": week.accepted,
        "undecided": week.undecided,
    }
