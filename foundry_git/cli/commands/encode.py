"""``foundry encode``."""

from __future__ import annotations

import argparse

from foundry_git.cli import output
from foundry_git.cli.command_workspace import opened
from foundry_git.errors import TO_SEARCH_BY_MEANING, UsageError
from foundry_git.worker.background_work import encode_everything


def run(options: argparse.Namespace) -> int:
    """Encode whatever has no vector yet, while the person watches."""
    with opened(options) as workspace:
        if workspace.index.encoder is None:
            raise UsageError(f"there is nothing to encode with; install the weights:  {TO_SEARCH_BY_MEANING}")
        done = encode_everything(workspace, output.ProgressBar("reading code"), output.ProgressBar("encoding"))
        what = output.counted(done.texts, "text") if done.texts else "nothing"
        found = f"{output.counted(done.patterns, 'pattern')} and {output.counted(done.units, 'unit')} of HEAD"
        output.say(f"encoded {what}; {found} by meaning")
    return 0
