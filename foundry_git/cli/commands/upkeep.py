"""``foundry doctor`` and ``rebuild``."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from foundry_git.cli import output
from foundry_git.cli.opening import opened
from foundry_git.search.head_units import HeadUnits
from foundry_git.upkeep import health
from foundry_git.upkeep.findings import FindingState, WorkerState
from foundry_git.upkeep.health import Health
from foundry_git.upkeep.loop import Link
from foundry_git.workspace import Workspace

MOST_NAMED = 5
_SIGNS = {FindingState.GOOD: ("✓", "green"), FindingState.NOTE: ("·", "yellow"), FindingState.BAD: ("✗", "red")}


def doctor(options: argparse.Namespace) -> int:
    """Look at everything."""
    from foundry_git.worker.waking import is_behind, is_started
    from foundry_git.worker.worker import last_error

    with opened(options, catch_up=True) as workspace:
        error = last_error(workspace.repository) if workspace.repository else ""
        worker = WorkerState(is_started(workspace), is_behind(workspace), error)
        found = health.examine(workspace, worker, output.ProgressBar("encoding"))
        if options.json:
            output.say_json(_as_json(found))
        else:
            _print(found)
    is_broken = any(finding.state is FindingState.BAD for finding in found.findings)
    return 1 if is_broken or (options.strict and any(link.is_cut for link in found.links)) else 0


def rebuild(options: argparse.Namespace) -> int:
    """Build everything derived anew."""
    with opened(options) as workspace:
        folder, has_units = workspace.index.folder, workspace.has_units
        folders = (folder, workspace.units.folder if has_units and workspace.units else None)
        workspace.close()
        for one in folders:
            if one is not None and one.is_dir():
                _empty(one)
    with opened(options) as workspace:
        problems = workspace.patterns.converge()
        workspace.patterns.encode(output.ProgressBar("encoding"))
        workspace.ledger.rebuild()
        if has_units:
            _read_units(workspace)
        count = len(workspace.patterns.rows())
        by = "by meaning and by word" if workspace.index.encoder else "by word only (no weights)"
        output.say(f"built anew: {output.counted(count, 'version')}, {by}; scores from the journal; in {folder or 'memory'}")
        for problem in problems:
            output.remark(f"foundry: skipped {problem}")
    return 0


def _read_units(workspace: Workspace) -> None:
    """Read the code at HEAD anew; what is not in the user's cache is encoded in the background."""
    from foundry_git.worker.waking import wake_for_units

    if units := HeadUnits.of(workspace):
        units.prepare(output.ProgressBar("reading code"))
    wake_for_units(workspace)


def _empty(folder: Path) -> None:
    for entry in folder.iterdir():
        if entry.name in (".gitignore", "lock", "lock-encoding"):
            continue
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def _print(found: Health) -> None:
    rows = []
    for finding in found.findings:
        sign, style = _SIGNS[finding.state]
        step = f"; {finding.next_step}" if finding.next_step else ""
        rows.append((output.styled(sign, style), finding.name, f"{finding.sentence}{step}"))
    for line in output.table(rows, indent=""):
        output.say(line)
    output.say()
    output.say("Is the loop closing?")
    for line in output.table([(health.age(step.last), step.meaning) for step in found.steps]):
        output.say(line)
    for line in output.table([_link_row(link) for link in found.links if link.lost]):
        output.say(line)
    share = len(found.unreachable) / found.patterns if found.patterns else 0.0
    lost = f": {', '.join(found.unreachable[:5])}" if found.unreachable else ""
    output.say(f"  {share:.0%} of {found.patterns} patterns are not found by their own description{lost}")


def _link_row(link: Link) -> tuple[str, str]:
    sign, style = _SIGNS[FindingState.BAD if link.is_cut else FindingState.NOTE]
    names = ", ".join(link.lost[:MOST_NAMED]) + (", …" if len(link.lost) > MOST_NAMED else "")
    step = f"; {link.next_step}" if link.is_cut else ""
    return output.styled(sign, style), f"{len(link.lost)} of {link.had_chance} {link.meaning}: {names}{step}"


def _as_json(found: Health) -> dict[str, object]:
    return {
        "findings": [
            {"name": f.name, "state": f.state.value, "sentence": f.sentence, "next_step": f.next_step} for f in found.findings
        ],
        "loop": {step.name: step.last.isoformat() if step.last else None for step in found.steps},
        "links": [
            {"name": link.name, "had_chance": link.had_chance, "lost": list(link.lost), "cut": link.is_cut}
            for link in found.links
        ],
        "patterns": found.patterns,
        "never_found": list(found.unreachable),
    }
