"""The folder of local state: what the tool keeps that no file of a library or commit holds, and how each of it is called there."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

STATE_NAME = "foundry"
"""The folder's name inside a Git folder."""


class StateFolder(Struct, frozen=True):
    """The names in a folder of local state.

    There are three kinds: ``<git-common-dir>/foundry``, which all work trees share and which holds all but the last two;
    ``<git-dir>/foundry`` of a linked work tree, which holds ``units`` alone; and the user's own, for ``pseudonym`` and for the
    evidence of places outside any repository.
    """

    path: Path

    @property
    def journal(self) -> Path:
        """The events of this replica: the only file here that cannot be replaced."""
        return self.path / "journal.jsonl"

    @property
    def notes(self) -> Path:
        """What this machine alone knows of its receipts."""
        return self.path / "notes.jsonl"

    @property
    def questions(self) -> Path:
        """What was asked of the engine on this machine, summed up."""
        return self.path / "questions.jsonl"

    @property
    def remotes(self) -> Path:
        """What is remembered of the remotes that evidence is exchanged with."""
        return self.path / "sync.json"

    @property
    def sync_lock(self) -> Path:
        """Held by whoever exchanges evidence."""
        return self.path / "sync.lock"

    @property
    def cursors(self) -> Path:
        """A folder: for each work tree the last commit that was taken in."""
        return self.path / "cursors"

    @property
    def worker_lock(self) -> Path:
        """Held by whoever takes in commits or writes candidates."""
        return self.path / "worker.lock"

    @property
    def encode_lock(self) -> Path:
        """Held by whoever encodes in the background."""
        return self.path / "encode.lock"

    @property
    def describe_lock(self) -> Path:
        """Held by whoever asks the user's describer."""
        return self.path / "describe.lock"

    @property
    def roots(self) -> Path:
        """The root commits, up to where the history was walked for them, and the date of the first."""
        return self.path / "roots"

    @property
    def worker_log(self) -> Path:
        """What the worker did."""
        return self.path / "worker.log"

    @property
    def wake_script(self) -> Path:
        """The script by which hooks wake the worker."""
        return self.path / "wake"

    @property
    def wanted(self) -> Path:
        """An empty file: somebody woke the worker since it last looked."""
        return self.path / "wanted"

    @property
    def worker_pid(self) -> Path:
        """The number of the worker's process, and until when it is to have ended, in seconds since 1970."""
        return self.path / "worker.pid"

    @property
    def history(self) -> Path:
        """A folder: the records of what commits did to units."""
        return self.path / "history"

    @property
    def green_runs(self) -> Path:
        """A folder: for each work tree the commit of its last green run of the tests."""
        return self.path / "green"

    @property
    def trailer_script(self) -> Path:
        """The script by which hooks name receipts in a commit's message; it is there if commits are to name any."""
        return self.path / "trailers"

    @property
    def open_receipts(self) -> Path:
        """The receipts that commits are to name."""
        return self.path / "receipts"

    @property
    def units(self) -> Path:
        """A folder: the index over the units of HEAD of one work tree."""
        return self.path / "units"

    @property
    def pseudonym(self) -> Path:
        """The random bytes from which this user's pseudonyms are made."""
        return self.path / "pseudonym"
