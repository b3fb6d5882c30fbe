"""``foundry rebuild``."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from foundry_git.cli import output
from foundry_git.cli.command_workspace import opened
from foundry_git.search.head_units import HeadUnits
from foundry_git.worker.launch import wake_for_units
from foundry_git.workspace import Workspace


def run(options: argparse.Namespace) -> int:
    """Build everything derived anew."""
    with opened(options) as workspace:
        folder, has_units = workspace.index.folder, workspace.has_units
        folders = (folder, workspace.units.folder if has_units and workspace.units else None)
        workspace.close()
        for one in folders:
            if one is not None and one.is_dir():
                _empty(one)
    with opened(options, warns=False) as workspace:  # once is enough
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
    if units := HeadUnits.of(workspace):
        units.prepare(output.ProgressBar("reading code"))
    wake_for_units(workspace)


def _empty(folder: Path) -> None:
    for entry in folder.iterdir():
        if entry.name in (".gitignore", "lock", "lock-encoding") or entry.suffix == ".lock":
            continue
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink()
