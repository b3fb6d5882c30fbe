"""Patches: the lines that commits took away and brought, file by file.

One ``diff-tree --stdin`` child is read line by line, so that a commit that brings a million lines costs their reading and no memory.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from typing import IO

from msgspec import Struct

from foundry_git.errors import GitError
from foundry_git.git import processes
from foundry_git.git.repository import Repository

MOST_LINES = (
    5_000  # of one commit; what is larger is an import, a reformatting or generated, and nobody takes it back line by line
)
MOST_WIDE = 2_000  # bytes of one line that are kept; minified files have lines of megabytes
_AT_ONCE = 1_000  # commits asked of one child: their ids fit into its pipe before it must be read
_DIFF = (
    "diff-tree", "--stdin", "-r", "--root", "-M", "-p", "-U0", "--diff-merges=first-parent", "--full-index", "--no-color",
    "--no-ext-diff", "--no-textconv", "--src-prefix=a/", "--dst-prefix=b/", "--diff-algorithm=histogram",
)  # fmt: skip
_HUNK = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_COMMIT = re.compile(rb"[0-9a-f]{40,64}\n?\Z")
_ESCAPED = re.compile(rb'\\([abfnrtv"\\]|[0-7]{3})')
_ESCAPES = {b"a": b"\a", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}


class Hunk(Struct, frozen=True):
    """Neighbouring lines that were taken away and brought; ``old_start`` and ``new_start`` count from 1.

    Where none were taken away (brought), the start is the line before.
    """

    old_start: int
    removed: tuple[str, ...]
    new_start: int
    added: tuple[str, ...]


class FilePatch(Struct, frozen=True):
    """What one commit did to one file; ``old_path`` is "" of a new file, ``path`` of a deleted one."""

    old_path: str
    path: str
    hunks: tuple[Hunk, ...]


class Patch(Struct, frozen=True):
    """What one commit did against its first parent; ``is_whole`` is False where it was larger than is read."""

    commit: str
    files: tuple[FilePatch, ...]
    is_whole: bool = True


def patches_of(repository: Repository, commits: Sequence[str]) -> Iterator[Patch]:
    """Read the patches of commits (full ids), in their order; of a merge what it brought to its first parent.

    A commit that changed nothing has none.

    Raises:
        GitError: one of them cannot be read.
    """
    for start in range(0, len(commits), _AT_ONCE):
        yield from _batch(repository, commits[start : start + _AT_ONCE])


def unquoted(name: bytes) -> str:
    """Read a path that Git put in quotes if strange characters are in it."""
    return os.fsdecode(_ESCAPED.sub(_unescaped, name[1:-1]) if name.startswith(b'"') else name)


def _batch(repository: Repository, commits: Sequence[str]) -> Iterator[Patch]:
    command, environment = repository.reading()
    with processes.start([*command, *_DIFF], repository.top or repository.git_dir, environment) as child:
        assert child.stdin is not None and child.stdout is not None
        child.stdin.write("".join(f"{commit}\n" for commit in commits).encode())
        child.stdin.close()
        yield from _read(child.stdout)
    if child.returncode:
        raise GitError(_DIFF, child.returncode, "a commit or file is missing; in a partial or shallow clone, fetch it")


def _read(lines: IO[bytes]) -> Iterator[Patch]:
    reading: _Reading | None = None
    for line in lines:
        if _COMMIT.match(line):
            if reading:
                yield reading.patch()
            reading = _Reading(line.decode().strip())
        elif reading:
            reading.take(line, lines)
    if reading:
        yield reading.patch()


class _Reading:
    """The patch of one commit while its lines come in."""

    def __init__(self, commit: str) -> None:
        self._commit = commit
        self._files: list[tuple[str, str, list[Hunk]]] = []
        self._count = 0
        self._old = ""

    def take(self, line: bytes, rest: IO[bytes]) -> None:
        """Take one line of a header, or a hunk with the lines that follow."""
        if line.startswith((b"rename from ", b"--- ")):
            self._old = _path(line.removeprefix(b"rename from ").removeprefix(b"--- "), b"a/" if line.startswith(b"-") else b"")
        elif line.startswith((b"rename to ", b"+++ ")):
            self._open(_path(line.removeprefix(b"rename to ").removeprefix(b"+++ "), b"b/" if line.startswith(b"+") else b""))
        elif found := _HUNK.match(line):
            self._hunk([1 if part is None else int(part) for part in found.groups()], rest)

    def patch(self) -> Patch:
        """What was read."""
        files = (FilePatch(old, new, tuple(hunks)) for old, new, hunks in self._files)
        return Patch(self._commit, tuple(files), self._count <= MOST_LINES)

    def _open(self, path: str) -> None:
        if not self._files or self._files[-1][:2] != (self._old, path):  # a renamed file is named twice
            self._files.append((self._old, path, []))

    def _hunk(self, numbers: Sequence[int], rest: IO[bytes]) -> None:
        old, removed, new, added = numbers
        lines = [self._kept(line) for line in _next(rest, removed + added)]
        if self._files and self._count <= MOST_LINES:
            self._files[-1][2].append(Hunk(old, tuple(lines[:removed]), new, tuple(lines[removed:])))

    def _kept(self, line: bytes) -> str:
        self._count += 1
        if self._count > MOST_LINES:
            return ""
        return line[1 : MOST_WIDE + 1].rstrip(b"\r\n").decode("utf-8", "surrogateescape")


def _next(rest: IO[bytes], count: int) -> Iterator[bytes]:
    """The next ``count`` lines; ``\\ No newline at end of file`` between two sides is a line of neither."""
    while count and (line := rest.readline()):
        if not line.startswith(b"\\"):
            count -= 1
            yield line


def _path(name: bytes, prefix: bytes) -> str:
    """Read a path as Git writes it in a patch: a tab behind it where it holds spaces, in quotes where it holds stranger things."""
    name = name.rstrip(b"\n").removesuffix(b"\t")
    if name == b"/dev/null":
        return ""
    return unquoted(name).removeprefix(prefix.decode())


def _unescaped(found: re.Match[bytes]) -> bytes:
    code = found[1]
    return _ESCAPES.get(code, code) if len(code) == 1 else bytes([int(code, 8) & 0xFF])
