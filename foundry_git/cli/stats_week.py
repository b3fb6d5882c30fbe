"""``foundry stats --week``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from foundry_git.cli import output
from foundry_git.search.duplication_trend import DayCount, counted, week_ago
from foundry_git.search.head_units import HeadUnits
from foundry_git.upkeep.week import Week, last_week
from foundry_git.workspace import Workspace


def week(workspace: Workspace, as_json: bool) -> int:
    """Print what the last seven days brought."""
    found = last_week(workspace.ledger, workspace.settings)
    double = _double(workspace)
    names = {row.digest: f"{row.id}@{row.version}" for row in workspace.index.catalogue.rows()}
    told = {row.digest: workspace.patterns.said(row.id, row.version) for row in workspace.index.catalogue.rows()}
    if as_json:
        output.say_json(_as_json(found, names) | {"double": _double_as_json(double)})
        return 0
    name = workspace.own.name if workspace.own else "the starter library"
    output.say(f"{output.styled('foundry', 'bold')} · {name} · {found.since:%d %b} to {found.until:%d %b %Y}")
    for line in output.table([*_rows(found, told), *_double_rows(double)]):
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


def _double(workspace: Workspace) -> Sequence[DayCount]:
    """What is double in the repository now and a week ago: nothing, the newest count, or both."""
    units = HeadUnits.of(workspace)
    days = counted(units) if units else []
    before = week_ago(days) if days else None
    return [one for one in (before, days[-1]) if one] if days else []


def _double_rows(days: Sequence[DayCount]) -> Iterator[tuple[str, str]]:
    if not days:
        return
    now = days[-1]
    said = f"{output.counted(now.lines, 'line')} in {output.counted(now.clusters, 'cluster')}"
    if len(days) > 1:
        change, before = now.lines - days[0].lines, f"{days[0].day:%d %b}"
        said += f", {abs(change):,} {'more' if change > 0 else 'less'} than on {before}" if change else f", as on {before}"
    yield "double", f"{said}: foundry similar --all"


def _double_as_json(days: Sequence[DayCount]) -> dict[str, object] | None:
    if not days:
        return None
    now, before = days[-1], days[0] if len(days) > 1 else None
    return {
        "day": now.day.isoformat(),
        "lines": now.lines,
        "clusters": now.clusters,
        "units": now.units,
        "before": {"day": before.day.isoformat(), "lines": before.lines, "clusters": before.clusters} if before else None,
    }


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
