"""Trailers: which receipts the next commits are to name in their messages, in a file that a shell can read.

It has a line for each receipt: until when (in seconds), and which.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from foundry_git import atomic
from foundry_git.git.repository import Repository
from foundry_git.git.state_folder import StateFolder

NAMED_FOR = timedelta(hours=8)  # a working day: what was injected yesterday is joined by fingerprints
_MOMENT = re.compile("[0-9]{1,12}")
MOST = 5  # receipts in one message: more would say of none that it was meant


def offer(repository: Repository | None, receipt: str, at: datetime) -> None:
    """Let the commits of the next hours name a receipt, where they are to name any; not being able to is no reason to fail."""
    if repository is None or not StateFolder(repository.state).trailer_script.is_file():
        return
    with contextlib.suppress(OSError):
        _write(repository, [*_read(repository, at), (round((at + NAMED_FOR).timestamp()), receipt)])


def forget(repository: Repository | None, receipt: str) -> None:
    """Name a receipt no more: somebody has said what came of it."""
    if repository is None or not StateFolder(repository.state).open_receipts.is_file():
        return
    with contextlib.suppress(OSError):
        _write(repository, [entry for entry in _read(repository, datetime.now(UTC)) if entry[1] != receipt])


def _read(repository: Repository, now: datetime) -> list[tuple[int, str]]:
    try:
        lines = StateFolder(repository.state).open_receipts.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
    entries = [(int(until), receipt) for until, _, receipt in (line.partition(" ") for line in lines) if _MOMENT.fullmatch(until)]
    return [entry for entry in entries if entry[0] > now.timestamp()]


def _write(repository: Repository, entries: Collection[tuple[int, str]]) -> None:
    latest = list(dict.fromkeys(sorted(entries)))[-MOST:]
    atomic.write_text(StateFolder(repository.state).open_receipts, "".join(f"{until} {receipt}\n" for until, receipt in latest))
