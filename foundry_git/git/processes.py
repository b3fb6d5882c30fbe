"""Git's processes: each one that this package starts begins here, so that whoever wants to know can count them."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from subprocess import DEVNULL, PIPE

_listening: list[list[tuple[str, ...]]] = []


@contextlib.contextmanager
def started() -> Iterator[list[tuple[str, ...]]]:
    """The command lines of all Git processes that are started within the ``with`` block."""
    heard: list[tuple[str, ...]] = []
    _listening.append(heard)
    try:
        yield heard
    finally:
        _listening.remove(heard)


def start(
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    stdin: int = PIPE,
    stderr: int = DEVNULL,
    own_group: bool = False,
) -> subprocess.Popen[bytes]:
    """Start a process whose output is read; ``own_group``: what it starts itself can be ended with it."""
    for heard in _listening:
        heard.append(tuple(command))
    group = 0 if own_group else None
    return subprocess.Popen(command, cwd=folder, env=environment, stdin=stdin, stdout=PIPE, stderr=stderr, process_group=group)


def finish(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], input: bytes, seconds: float
) -> subprocess.CompletedProcess[bytes]:
    """Run a process to its end.

    Raises:
        subprocess.TimeoutExpired: it took longer than ``seconds``, and was ended.
    """
    with start(command, folder, environment, PIPE if input else DEVNULL, PIPE) as child:
        try:
            said, complained = child.communicate(input or None, seconds)
        except BaseException:
            child.kill()
            raise
        return subprocess.CompletedProcess(command, child.returncode, said, complained)
