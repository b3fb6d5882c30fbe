"""``foundry worker``: what hooks start."""

from __future__ import annotations

import argparse
from pathlib import Path

from foundry_git.worker.process import run_detached


def run(options: argparse.Namespace) -> int:
    """Run as a hook starts it: quiet, bounded, never failing."""
    run_detached(Path.cwd(), options.start)
    return 0
