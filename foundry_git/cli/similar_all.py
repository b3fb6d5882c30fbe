"""``foundry similar --all``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from foundry_git.cli import output
from foundry_git.search.duplication import Cluster, Copy, Duplication, duplication
from foundry_git.search.duplication_trend import note
from foundry_git.search.head_units import HeadUnits
from foundry_git.source.manifests import Project
from foundry_git.source.private_names import shown as shown_name
from foundry_git.workspace import Workspace

LIMIT = 10  # clusters, unless told otherwise
COPIES = 5  # of one cluster


def similar_all(workspace: Workspace, limit: int | None, as_json: bool) -> int:
    """Print what is double at HEAD."""
    workspace.need_repository()
    units = HeadUnits.of(workspace)
    assert units is not None  # there is a repository
    units.prepare(output.ProgressBar("reading code"))
    found = duplication(units)
    note(units, found)
    project = units.project()
    if as_json:
        output.say_json(_as_json(found, project, limit))
        return 0
    if remark := workspace.languages().remark:
        output.remark(f"foundry: {remark}")
    output.say(output.styled(_heading(found), "bold"))
    shown = found.clusters[: limit or LIMIT]
    for cluster in shown:
        for line in _lines(cluster, project, workspace.need_repository().top or Path()):
            output.say(line)
    if more := len(found.clusters) - len(shown):
        output.say("")
        output.say(f"{more:,} more: foundry similar --all -n {len(found.clusters)}")
    return 0


def _heading(found: Duplication) -> str:
    if not found.units:
        return "There is no unit at HEAD to compare."
    if not found.clusters:
        return f"Nothing is double among {output.counted(found.units, 'unit')} at HEAD."
    units = sum(len(cluster.copies) for cluster in found.clusters)
    return (
        f"{units:,} of {output.counted(found.units, 'unit')} at HEAD are double, in {output.counted(len(found.clusters), 'cluster')};"
        f" some {output.counted(found.saving, 'line')} could go"
    )


def _lines(cluster: Cluster, project: Project, top: Path) -> Iterator[str]:
    what = "the same but for names, comments and layout" if cluster.is_same else "near duplicates"
    yield ""
    lines = output.styled(output.counted(cluster.saving, "line"), "bold")
    yield f"{lines} · {len(cluster.copies)} places, {what}{_across(cluster, project)}"
    for copy in cluster.copies[:COPIES]:
        one = copy.document
        shared = "" if cluster.is_same or copy is cluster.copies[0] else f", {copy.shared:.0%} of it shared with the first"
        symbol = shown_name(one.place.removeprefix(f"{one.path}:"))
        place = shown_name(output.from_here(top / one.path))
        yield f"  {place}:{one.line} {symbol}, {output.counted(copy.lines, 'line')}{shared}"
    if len(cluster.copies) > COPIES:
        yield f"  and {output.counted(len(cluster.copies) - COPIES, 'more place')}"


def _across(cluster: Cluster, project: Project) -> str:
    """Name the packages that have a copy, where these are several."""
    names = sorted({name for copy in cluster.copies if (name := _package(copy, project))})
    return f", in the packages {', '.join(names[:COPIES])}{' …' if len(names) > COPIES else ''}" if len(names) > 1 else ""


def _package(copy: Copy, project: Project) -> str:
    package = project.package(copy.document.path, copy.document.language)
    return package.name if package else ""


def _as_json(found: Duplication, project: Project, limit: int | None) -> dict[str, object]:
    """All clusters, or as many as somebody asked for."""
    return {
        "units": found.units,
        "lines": found.saving,
        "count": len(found.clusters),
        "clusters": [
            {
                "lines": cluster.saving,
                "same": cluster.is_same,
                "copies": [
                    {
                        "path": shown_name(copy.document.path),
                        "line": copy.document.line,
                        "symbol": shown_name(copy.document.place.removeprefix(f"{copy.document.path}:")),
                        "language": copy.document.language,
                        "lines": copy.lines,
                        "shared": round(copy.shared, 4),
                        "package": _package(copy, project),
                    }
                    for copy in cluster.copies
                ],
            }
            for cluster in found.clusters[:limit]
        ],
    }
