"""The store of a repository's records: a file of lines that may be deleted at any time, and is only ever appended to."""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from foundry_git import lock
from foundry_git.git.history import Commit
from foundry_git.git.repository import Repository
from foundry_git.git.state_folder import StateFolder
from foundry_git.history.record import CommitRecord, record_of
from foundry_git.history.walk import Walk
from foundry_git.progress import Progress

FORMAT = 3  # one more whenever a reader cuts units otherwise or a record says more: the records of before are then made anew

PATIENCE = 30.0  # seconds that another process may take for what it walks


class HistoryStore:
    """The records of one repository; each line ends with its CRC-32.

    One that an interruption cut short, or that was damaged, is none: its commit is walked again.
    """

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self.path: Path = StateFolder(repository.state).history / f"units-{FORMAT}{_cut(repository)}.jsonl"
        self._read: tuple[tuple[int, int], Mapping[str, int]] | None = None

    @property
    def exists(self) -> bool:
        """Tell whether anything was mined here."""
        return self.path.exists()

    def records(self, commits: Sequence[Commit]) -> Iterator[CommitRecord]:
        """The records of commits, in their order: that of the file differs once an older part of the history was walked later."""
        places = self._places()
        if not places:
            return
        with self.path.open("rb") as lines:
            for commit in commits:
                if commit.id in places:
                    lines.seek(places[commit.id])
                    record = _whole(lines.readline())
                    if record is not None:
                        yield record

    def known(self) -> frozenset[str]:
        """The commits that have a record."""
        return frozenset(self._places())

    def extend(self, commits: Sequence[Commit], progress: Progress | None = None) -> None:
        """Walk those of ``commits`` (oldest first) that have no record yet; what is done when it is interrupted stays.

        Raises:
            BusyError: another process is at it.
        """
        known = self.known()
        if all(commit.id in known or len(commit.parents) > 1 for commit in commits):
            return
        with lock.held(self.path.parent / "lock", PATIENCE):
            self._extend(commits, progress)

    def _extend(self, commits: Sequence[Commit], progress: Progress | None) -> None:
        known = self.known()
        missing = [commit for commit in commits if commit.id not in known and len(commit.parents) < 2]
        done = 0
        with (
            self.path.open("a", encoding="utf-8", errors="surrogateescape", newline="\n") as lines,
            Walk(self._repository) as walk,
        ):
            lines.write("\n" if self._is_torn() else "")
            for batch in walk.records(missing):
                lines.write("".join(map(_sealed, batch)))
                lines.flush()
                done += len(batch)
                if progress:
                    progress(done, len(missing))

    def _places(self) -> Mapping[str, int]:
        """Commit → where its line begins; the file is gone through again only where it has changed since."""
        try:
            with self.path.open("rb") as lines:
                found = os.fstat(lines.fileno())
                state = found.st_size, found.st_mtime_ns
                if self._read is None or self._read[0] != state:
                    self._read = state, _places_in(lines)
                return self._read[1]
        except FileNotFoundError:
            return {}

    def _is_torn(self) -> bool:
        with self.path.open("rb") as file:
            file.seek(0, 2)
            if not file.tell():
                return False
            file.seek(-1, 2)
            return file.read(1) != b"\n"


def _cut(repository: Repository) -> str:
    """Of a shallow clone where it was cut: there a commit seems to begin everything, which is no longer so once more is fetched."""
    try:
        return f"-{hashlib.sha256(repository.shallow_file.read_bytes()).hexdigest()[:16]}"
    except FileNotFoundError:
        return ""


def _sealed(record: CommitRecord) -> str:
    line = record.line()
    return f"{line}\t{zlib.crc32(line.encode('utf-8', 'surrogateescape')):08x}\n"


def _text_of(line: bytes) -> bytes:
    """A line without its check; b"" where the two do not fit."""
    text, _, check = line.rstrip(b"\n").rpartition(b"\t")
    return text if check == b"%08x" % zlib.crc32(text) else b""


def _places_in(lines: IO[bytes]) -> dict[str, int]:
    """Told by the first bytes of each line: to read the whole takes ten times as long."""
    places: dict[str, int] = {}
    at = 0
    for line in lines:
        if line.startswith(b'["') and line.endswith(b"\n") and _text_of(line):
            places[line.split(b'"', 2)[1].decode("ascii", "replace")] = at
        at += len(line)
    return places


def _whole(line: bytes) -> CommitRecord | None:
    try:
        return record_of(_text_of(line).decode("utf-8", "surrogateescape"))
    except ValueError:
        return None
