"""The command line as users run it: within the test's own process, where a thousand commands would wait for Python to start."""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import sys
import traceback
from collections.abc import Iterator, Mapping
from io import BytesIO, TextIOWrapper
from pathlib import Path
from unittest import mock

from foundry_git.cli.main import main

Ran = subprocess.CompletedProcess[str]

APART = frozenset({"run", "watch", "worker"})
"""Commands that hand their streams to other programs, or go on until they are told to end."""


class CommandLine:
    """Runs ``foundry``; ``folder`` is where, unless a call says otherwise."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(
        self, *args: str, cwd: Path | None = None, input: str | None = None, env: Mapping[str, str] | None = None
    ) -> Ran:
        """Run one command to its end and return exit code, stdout and stderr; what nobody caught is a traceback on stderr."""
        if APART.intersection(args):
            return self.apart(*args, cwd=cwd, input=input, env=env)
        streams = [_stream(text.encode("utf-8", "surrogateescape")) for text in (input or "", "", "")]
        with _within(cwd or self.folder, env or {}, streams):
            code = _code_of(args)
        out, err = (_text(stream) for stream in streams[1:])
        return subprocess.CompletedProcess(args, code, out, err)

    def apart(self, *args: str, cwd: Path | None = None, input: str | None = None, env: Mapping[str, str] | None = None) -> Ran:
        """The same in a process of its own, for what only a process has: a start, an end, limits, terminals."""
        return subprocess.run(
            [sys.executable, "-P", "-m", "foundry_git", *args],
            cwd=cwd or self.folder,
            env={**os.environ, **(env or {})},
            input=input or "",
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            check=False,
            timeout=120,
        )


def run(folder: Path, *arguments: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of ``foundry ARGUMENTS`` in a folder."""
    done = CommandLine(folder)(*arguments)
    return done.returncode, done.stdout, done.stderr


def _stream(given: bytes) -> TextIOWrapper:
    return TextIOWrapper(BytesIO(given), encoding="utf-8", errors="surrogateescape", newline="\n")


def _text(stream: TextIOWrapper) -> str:
    stream.flush()
    written = stream.buffer
    assert isinstance(written, BytesIO)
    return written.getvalue().decode("utf-8", "surrogateescape")


@contextlib.contextmanager
def _within(folder: Path, env: Mapping[str, str], streams: list[TextIOWrapper]) -> Iterator[None]:
    stdin, stdout, stderr = streams
    with (
        mock.patch.dict(os.environ, env),
        mock.patch.object(sys, "stdin", stdin),
        contextlib.redirect_stdout(stdout),
        contextlib.redirect_stderr(stderr),
        contextlib.chdir(folder),
        mock.patch.object(logging.getLogger(), "handlers", []),  # pytest's own would swallow what nobody handles
    ):
        yield


def _code_of(args: tuple[str, ...]) -> int:
    """Exit code of one command, by the rules of Python's own exit."""
    try:
        return main(args)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except Exception:  # noqa: BLE001 - as Python ends a process that did not catch it
        traceback.print_exc()
        return 1
