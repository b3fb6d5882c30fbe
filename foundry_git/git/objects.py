"""Git's objects: trees listed, blobs read and written, refs moved by compare-and-swap."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO

from msgspec import Struct

from foundry_git.errors import GitError
from foundry_git.git import processes
from foundry_git.git.repository import Repository
from foundry_git.system.leftovers import temporary_folder

_LITERAL = {"GIT_LITERAL_PATHSPECS": "1"}  # or a path that begins with a colon would be read as more than a path


class TreeFile(Struct, frozen=True):
    """One regular file of a tree; ``size`` in bytes, 0 where its content is lost."""

    path: str
    blob: str
    size: int


def files_of(repository: Repository, treeish: str, paths: Sequence[str] = ()) -> list[TreeFile]:
    """The regular files of a tree, below ``paths`` when given; links, submodules and what a partial clone lacks are left out.

    Empty for a missing tree.
    """
    if not treeish:
        return []
    sized = () if repository.is_partial else ("-l",)
    try:
        printed = repository.run("ls-tree", "-r", "-z", *sized, "--full-tree", treeish, "--", *paths, environment=_LITERAL)
    except GitError as error:
        if "Not a valid object name" in error.stderr or "not a tree object" in error.stderr:
            return []
        raise
    rows = [row for row in printed.split(b"\0") if row.startswith((b"100644", b"100755"))]
    return [_tree_file(row) for row in rows] if sized else _present(repository, rows)


def _tree_file(row: bytes) -> TreeFile:
    facts, _, path = row.partition(b"\t")
    _, _, blob, size = facts.split()
    return TreeFile(os.fsdecode(path), blob.decode(), int(size) if size.isdigit() else 0)  # Git writes BAD


def lacking_of(repository: Repository, treeish: str) -> list[str]:
    """The regular files of a tree whose content a partial clone has not."""
    if not treeish or not repository.is_partial:
        return []
    there = {file.path for file in files_of(repository, treeish)}
    printed = repository.run("ls-tree", "-r", "-z", "--full-tree", treeish).split(b"\0")
    paths = [os.fsdecode(row.partition(b"\t")[2]) for row in printed if row.startswith((b"100644", b"100755"))]
    return [path for path in paths if path not in there]


def _present(repository: Repository, rows: Sequence[bytes]) -> list[TreeFile]:
    """The files of a partial clone that are here."""
    named = [(row.partition(b"\t")[2], row.split(b"\t", 1)[0].split()[2]) for row in rows]
    asked = b"".join(b"%s\n" % blob for _, blob in named)
    answers = repository.read("cat-file", "--batch-check", "--buffer", input=asked).splitlines() if named else []
    return [
        TreeFile(os.fsdecode(path), blob.decode(), int(answer.split()[2]))
        for (path, blob), answer in zip(named, answers, strict=True)
        if not answer.endswith(b" missing")
    ]


class StoredObject(Struct, frozen=True):
    """An object of the database: its id, its kind (``blob``, ``tree``, ``commit``, ``tag``), and its size in bytes."""

    id: str
    kind: str
    size: int


class TreeEntry(Struct, frozen=True):
    """One entry of one folder: ``mode`` as Git writes it, and the object that it names."""

    mode: bytes
    id: str

    @property
    def is_folder(self) -> bool:
        """Tell whether it is a folder."""
        return self.mode == b"40000"

    @property
    def is_regular(self) -> bool:
        """Tell whether it is a regular file: no link and no submodule."""
        return self.mode in (b"100644", b"100755")


_AT_ONCE = 32  # questions, and their answers, that the smallest pipe of a system holds: 4 KiB
_ID = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")


def is_id(name: str) -> bool:
    """Tell whether a name is the whole id of an object."""
    return _ID.fullmatch(name) is not None


class BlobReader:
    """One ``cat-file`` child that answers many reads; it starts with the first, and sees what is written meanwhile.

    Threads may share it. Use it in a ``with`` block, or :meth:`close` it.
    """

    def __init__(self, repository: Repository) -> None:
        self.repository = repository
        self._child: subprocess.Popen[bytes] | None = None
        self._width = 0  # bytes of an id in a tree
        self._turn = threading.RLock()  # a question and its answer belong together

    def __enter__(self) -> BlobReader:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """End the child; the next read starts another."""
        child, self._child = self._child, None
        if child is not None:
            for pipe in (child.stdin, child.stdout):
                with contextlib.suppress(BrokenPipeError):  # what it did not read any more
                    if pipe is not None:
                        pipe.close()
            child.wait()

    def find(self, name: str) -> StoredObject | None:
        """The object that a name means now, such as ``HEAD^{commit}`` or a whole ref; None where there is none."""
        with self._turn:
            return self._ask("info", self._by_id(name))

    def kinds(self, ids: Sequence[str]) -> dict[str, str]:
        """What kind of object each whole id names, without those that are not there; asked some at once, in a fifth of the time."""
        found: dict[str, str] = {}
        with self._turn:
            for start in range(0, len(ids), _AT_ONCE):
                some = ids[start : start + _AT_ONCE]
                found |= {one.id: one.kind for one in self._ask_all(some) if one}
        return found

    def read(self, name: str) -> bytes | None:
        """The content of a blob named by id; None when it is not there."""
        return self._content(name, "blob")

    def folder(self, name: str) -> dict[str, TreeEntry] | None:
        """The entries of a tree by their names; None when it is not there."""
        content = self._content(name, "tree")
        return None if content is None else dict(_entries(content, self._width))

    def _by_id(self, name: str) -> str:
        """A name as the child knows it: in a partial clone it knows no refs."""
        start, peeled, kind = name.partition("^{")
        if is_id(start) or not self.repository.is_partial:  # which reads a file; most names are ids
            return name
        return f"{read_ref(self.repository, start) or '0' * 40}{peeled}{kind}"

    def _content(self, name: str, kind: str) -> bytes | None:
        with self._turn:
            found = self._ask("contents", self._by_id(name))
            if found is None:
                return None
            self._width = len(found.id) // 2
            _, answers = self._pipes()
            content = answers.read(found.size)
            answers.read(1)
        return content if found.kind == kind else None

    def _ask(self, what: str, name: str) -> StoredObject | None:
        request = f"{what} {name}\n".encode()
        header = (self._answer(request) or self._answer(request)).split()  # once more where somebody ended the child
        if not header:
            raise GitError(("cat-file", "--batch-command"), -1, f"it ended at {name}")
        return _stored(header)

    def _ask_all(self, ids: Sequence[str]) -> list[StoredObject | None]:
        """As :meth:`_ask` for information on some ids, but for the wait after each; one by one where somebody ended the child."""
        asking, answers = self._pipes()
        with contextlib.suppress(BrokenPipeError):
            asking.write("".join(f"info {id}\n" for id in ids).encode())
            asking.flush()
            headers = [answers.readline().split() for _ in ids]
            if all(headers):
                return [_stored(header) for header in headers]
        self.close()
        return [self._ask("info", id) for id in ids]

    def _answer(self, request: bytes) -> bytes:
        """The line that answers a request; empty where the child has ended."""
        asking, answers = self._pipes()
        with contextlib.suppress(BrokenPipeError):
            asking.write(request)
            asking.flush()
            if line := answers.readline():
                return line
        self.close()
        return b""

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        if self._child is None:
            repository = self.repository
            command, environment = repository.reading()
            self._child = processes.start(
                [*command, "cat-file", "--batch-command"], repository.top or repository.git_dir, environment
            )
        if self._child.stdin is None or self._child.stdout is None:
            raise GitError(("cat-file", "--batch-command"), -1, "its pipes are closed")
        return self._child.stdin, self._child.stdout


def _stored(header: Sequence[bytes]) -> StoredObject | None:
    if len(header) != 3 or header[2] == b"missing":
        return None
    return StoredObject(header[0].decode(), header[1].decode(), int(header[2]))


def _entries(content: bytes, width: int) -> Iterator[tuple[str, TreeEntry]]:
    at = 0
    while at < len(content):
        end = content.index(b"\0", at)
        mode, _, name = content[at:end].partition(b" ")
        at = end + 1 + width
        yield os.fsdecode(name), TreeEntry(mode, content[end + 1 : at].hex())


OWN_REFS = "refs/foundry/"
STALE_SECONDS = 1.0
_WHOLE_INDEX = ("-c", "core.splitIndex=false")  # the shared half of a split index would stay behind in the Git folder


def write_tree(repository: Repository, files: Mapping[str, bytes], keep: str = "", drop: Iterable[str] = ()) -> str:
    """Write a tree with ``files`` (path → content) on top of the tree ``keep`` without the paths in ``drop``; return its id.

    Works on an index file of its own: HEAD, the user's index and the work tree are never touched.
    """
    with temporary_folder(repository.state if repository.state.is_dir() else Path(tempfile.gettempdir())) as scratch:
        own = {"GIT_INDEX_FILE": str(scratch / "index")}
        repository.run(*_WHOLE_INDEX, "read-tree", keep or "--empty", environment=own)
        blobs = _write_blobs(repository, list(files.values()), scratch)
        gone = _removals(repository, list(drop), blobs)
        new = [b"100644 %s\t%s\0" % (blob.encode(), os.fsencode(path)) for path, blob in zip(files, blobs, strict=True)]
        repository.run(*_WHOLE_INDEX, "update-index", "-z", "--index-info", input=b"".join(gone + new), environment=own)
        return repository.run(*_WHOLE_INDEX, "write-tree", environment=own).decode().strip()


def _removals(repository: Repository, paths: Sequence[str], ids: Sequence[str]) -> list[bytes]:
    """The lines that take paths out of an index; ``ids``: some of this repository, where there are any, for their length."""
    width = len(ids[0] if ids else repository.text("hash-object", "--stdin")) if paths else 0
    return [b"0 %s\t%s\0" % (b"0" * width, os.fsencode(path)) for path in paths]


def _write_blobs(repository: Repository, contents: Sequence[bytes], scratch: Path) -> list[str]:
    if not contents:
        return []
    names = [scratch / f"blob{number}" for number in range(len(contents))]
    for name, content in zip(names, contents, strict=True):
        name.write_bytes(content)
    asked = "".join(f"{name}\n" for name in names).encode()
    return repository.run("hash-object", "-w", "--no-filters", "--stdin-paths", input=asked).decode().split()


def read_ref(repository: Repository, ref: str) -> str:
    """The object a ref points at, or ""."""
    try:
        return repository.text("rev-parse", "--verify", "--quiet", ref)
    except GitError:
        return ""


def refs_below(repository: Repository, prefix: str) -> dict[str, str]:
    """The refs below a prefix such as ``refs/foundry``, each with the object it points at."""
    printed = repository.text("for-each-ref", "--format=%(refname) %(objectname)", prefix)
    return dict(line.rsplit(" ", 1) for line in printed.splitlines())


def move_ref(repository: Repository, ref: str, new: str, old: str) -> None:
    """Point ``ref`` at ``new`` if it still points at ``old`` ("" when it must not exist); ``new`` "" deletes it.

    Raises:
        GitError: somebody else moved it.
    """
    change = (ref, new, old or "0" * len(new)) if new else ("-d", ref, old)
    if not new and not old:
        return
    try:
        repository.run("update-ref", *change)
    except GitError as error:
        if not (ref.startswith(OWN_REFS) and f"{ref}.lock" in error.stderr and _is_stale(repository.common_dir / f"{ref}.lock")):
            raise
        repository.run("update-ref", *change)


def _is_stale(lock: Path) -> bool:
    """Delete the lock of a ref of ours that a killed Git has left; False where somebody holds it.

    Git holds one for milliseconds, and would itself give up after one.
    """
    try:
        before = lock.stat()
        time.sleep(STALE_SECONDS)
        now = lock.stat()
        if (now.st_ino, now.st_mtime_ns) == (before.st_ino, before.st_mtime_ns):
            lock.unlink()
    except FileNotFoundError:
        return True
    return not lock.exists()


def write_commit(
    repository: Repository, tree: str, parent: str, message: str, environment: Mapping[str, str] | None = None
) -> str:
    """Write a commit by the configured user, or by whom :func:`nobody` names; no ref moves."""
    parents = ("-p", parent) if parent else ()
    return repository.run("commit-tree", tree, *parents, input=message.encode(), environment=environment).decode().strip()


def nobody() -> dict[str, str]:
    """The environment for a commit that tells neither who made it nor in which time zone."""
    name, email, moment = "foundry", "foundry@localhost.invalid", f"@{int(time.time())} +0000"
    roles = ("AUTHOR", "COMMITTER")
    return {f"GIT_{role}_{what}": value for role in roles for what, value in (("NAME", name), ("EMAIL", email), ("DATE", moment))}
