"""``foundry watch``, and the worker that hooks start."""

from __future__ import annotations

import argparse
import signal
import threading
from pathlib import Path

from foundry_git.cli import output
from foundry_git.cli.opening import opened
from foundry_git.worker.worker import Progress, run_detached


def watch(options: argparse.Namespace) -> int:
    """Stay and take in commits as they come."""
    from foundry_git.worker.watch import watch as stay

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with opened(options) as workspace:
        output.remark(f"watching {workspace.need_repository().top}; Ctrl-C ends it")
        stay(workspace, _tell, stop)
    return 0


def worker(options: argparse.Namespace) -> int:
    """Run as a hook starts it: quiet, bounded, never failing."""
    run_detached(Path.cwd(), options.start)
    return 0


def _tell(done: Progress, encoded: int) -> None:
    parts = []
    if done.commits:
        parts += [output.counted(done.commits, "commit"), output.counted(done.candidates, "candidate")]
    if encoded:
        parts.append(f"{output.counted(encoded, 'pattern')} encoded")
    output.remark("took in " + ", ".join(parts))
