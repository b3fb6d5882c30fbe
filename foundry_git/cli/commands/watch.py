"""``foundry watch``."""

from __future__ import annotations

import argparse
import contextlib
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator

from foundry_git.cli import output
from foundry_git.cli.command_workspace import opened
from foundry_git.worker.taken_in import TakenIn
from foundry_git.worker.watch import watch

END_SECONDS = 5.0  # an answer that is being found is given up between two lines of Python


def run(options: argparse.Namespace) -> int:
    """Stay and take in commits as they come."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with opened(options) as workspace:
        top, _ = workspace.need_repository().top, workspace.need_library()
        with _answering():
            output.remark(f"watching {top}; Ctrl-C ends it")
            watch(workspace, _tell, stop)
    return 0


@contextlib.contextmanager
def _answering() -> Iterator[None]:
    """Let a process beside this one answer searches; it ends with this one, however this one ends."""
    command = [sys.executable, "-P", "-m", "foundry_git.cli.watch_server"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout is not None
        process.stdout.readline()  # it listens now, or ended
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def _tell(done: TakenIn, encoded: int) -> None:
    parts = []
    if done.commits:
        parts += [output.counted(done.commits, "commit"), output.counted(done.candidates, "candidate")]
    if encoded:
        parts.append(f"{output.counted(encoded, 'pattern')} encoded")
    output.remark("took in " + ", ".join(parts))
