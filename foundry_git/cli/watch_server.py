"""The watch server: the process beside ``foundry watch`` that keeps the index open, and runs the searches that come through its door.

It is a process of its own because an answer depends on what a process has one of: current folder, environment, stdout. It runs the
very command that a cold shell runs, one at a time; only the workspace stays open between two of them.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from foundry_git import door
from foundry_git.cli import old_names, output
from foundry_git.cli.command_workspace import is_switched_on, prepare, warn_of_switched_off
from foundry_git.cli.commands import search
from foundry_git.cli.dispatch import enter, guarded
from foundry_git.cli.parser import build_parser
from foundry_git.cli.screen import keep_warnings_off, shown_on_screen
from foundry_git.cli.watch_client import COLOURS
from foundry_git.derived.files import let_go_of_pages
from foundry_git.errors import BusyError, FoundryError
from foundry_git.index.encoder.weights import find_weights
from foundry_git.system.memory import give_back, let_go_of_scattered
from foundry_git.workspace import Workspace

FILES = ("catalogue.db", "mentions.db", "stats.db")


class Request(Struct, frozen=True):
    """A command line, where it was typed, and what its terminal is like: stdout and stderr, whether they are one."""

    arguments: tuple[str, ...]
    folder: str
    environment: Mapping[str, str]
    terminals: tuple[bool, bool]

    @classmethod
    def read(cls, line: bytes) -> Request:
        """Parse a request; raises ValueError for what is none."""
        try:
            found = json.loads(line)
            arguments, folder, terminals = found["arguments"], found["folder"], found["terminals"]
            environment = {name: found["environment"][name] for name in ("COLUMNS", *COLOURS) if name in found["environment"]}
            on_stdout, on_stderr = terminals
        except (TypeError, LookupError, RecursionError) as error:
            raise ValueError("not a request") from error
        if not isinstance(arguments, list) or not all(type(one) is str for one in (*arguments, folder, *environment.values())):
            raise ValueError("not a request")
        return cls(tuple(arguments), folder, environment, (on_stdout is True, on_stderr is True))


class _Stream(io.TextIOBase):
    """stdout or stderr of a request: what is written is kept, beside that of the other one, in order."""

    def __init__(self, number: int, said: list[tuple[int, str]], is_terminal: bool) -> None:
        self._number, self._said, self._is_terminal = number, said, is_terminal

    def write(self, text: str) -> int:
        self._said.append((self._number, text))
        return len(text)

    def isatty(self) -> bool:
        return self._is_terminal


class Answerer:
    """Answers requests from one workspace, which is opened anew when anything that it was opened from has changed."""

    def __init__(self) -> None:
        self._parser = build_parser()
        self._kept: Workspace | None = None
        self._origin: tuple[object, ...] | None = None
        self._files: list[tuple[int, int] | None] = []

    def __call__(self, line: bytes) -> bytes | None:
        """Run what a request asks for; None where that is nothing that is answered here."""
        try:
            request = Request.read(line)
            with _in_place_of(request) as said:
                code = guarded(lambda: self._run(request))
        except Exception:  # noqa: BLE001  # whatever it is, the client now meets it itself; the next one finds all opened anew
            self.close()
            return None
        return json.dumps({"exit": code, "said": said}).encode("ascii")

    def close(self) -> None:
        """Let go of the workspace."""
        kept, self._kept = self._kept, None
        if kept is not None:
            kept.close()

    @contextlib.contextmanager
    def opened(self, options: argparse.Namespace, catch_up: bool = False, wake: bool = False) -> Iterator[Workspace]:
        """The workspace of the current folder, as ``command_workspace.opened`` gives it, but left open."""
        workspace = self._in_step(Workspace.open(Path.cwd(), options.library))
        try:
            if not is_switched_on(workspace, options.library):
                warn_of_switched_off()
            prepare(workspace, catch_up, wake)
            yield workspace
        except BaseException:
            self.close()
            raise
        self._files = _files(workspace)
        if workspace.index.encoder is None:  # weights may come any moment, and what is wrong with them is said each time
            self.close()

    def _run(self, request: Request) -> int:
        options = self._options(request.arguments)
        enter(options.folder)
        return search.run(old_names.renamed(options), self.opened)

    def _options(self, arguments: Sequence[str]) -> argparse.Namespace:
        """Parse a command line; help, usage and another library are the client's own affair."""
        try:
            options = self._parser.parse_args(arguments)
        except SystemExit:
            raise ValueError("nothing to answer") from None
        if options.command != "search" or options.library or options.version:
            raise ValueError("not answered here")
        return options

    def _in_step(self, fresh: Workspace) -> Workspace:
        """The workspace that is open, where it would be opened the same way now; else the fresh one, which stays open."""
        origin = _origin(fresh)
        if self._kept is None or origin is None or (origin, _files(self._kept)) != (self._origin, self._files):
            self.close()
            self._kept, self._origin = fresh, origin
        return self._kept


def main() -> int:
    """Say on stdout that the door is open, then answer until stdin ends; what keeps it shut is said on stderr."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    keep_warnings_off()
    place, answerer = door.door_of(Path.cwd()), Answerer()
    if place is None:
        return 0
    try:
        with door.listening(place) as listener, contextlib.closing(answerer):
            output.say("open")
            sys.stdout.flush()
            door.serve(listener, sys.stdin.fileno(), answerer, _rest)
    except BusyError:
        output.remark("another `foundry watch` answers searches here")
    except OSError as error:
        output.remark(f"no search is answered from here: {error}")
    return 0


def _rest() -> None:
    """Hold nothing that grows from one answer to the next; the weights stay."""
    let_go_of_pages()
    let_go_of_scattered()
    give_back()


@contextlib.contextmanager
def _in_place_of(request: Request) -> Iterator[list[tuple[int, str]]]:
    """Be the process that asks: in its folder, before its terminal; what is said is kept as (1 or 2, text)."""
    said: list[tuple[int, str]] = []
    home = Path.cwd()
    out, err = (_Stream(number, said, is_one) for number, is_one in enumerate(request.terminals, 1))
    for name in ("COLUMNS", *COLOURS):
        os.environ.pop(name, None)
    os.environ.update(request.environment)
    os.chdir(request.folder)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), shown_on_screen():
            yield said
    finally:
        os.chdir(home)


def _origin(workspace: Workspace) -> tuple[object, ...] | None:
    """What a workspace was opened from; None where something of it cannot be used, which the answer will say."""
    try:
        weights = find_weights(workspace.settings.encoder.weights, workspace.folders.cache)
        return workspace.repository, workspace.own, workspace.stack, workspace.state, workspace.settings, weights
    except FoundryError:
        return None


def _files(workspace: Workspace) -> list[tuple[int, int] | None]:
    """Which files an open workspace holds open: an index that was deleted or built anew has others."""
    folders = [index.folder for index in (workspace.index, workspace.units) if index and index.folder]
    return [_identity(folder / name) for folder in folders for name in FILES]


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


if __name__ == "__main__":
    sys.exit(main())
