"""Lines of a log: read one after the other, each bounded, whatever the file is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct

from foundry_git.errors import SessionError

MAX_LINE_BYTES = 4 * 1024 * 1024  # a screenshot takes 2 MiB; a megabyte of hostile JSON becomes 20 in memory


class Skipped(Struct):
    """What was passed over: lines that are no JSON objects, and lines that are too long."""

    broken: int = 0
    long: int = 0

    def sentences(self, place: str) -> list[str]:
        """One sentence for each kind."""
        said = {"not JSON objects": self.broken, f"longer than {MAX_LINE_BYTES:,} bytes": self.long}
        return [f"{place}: {count:,} lines are {what}; they are ignored" for what, count in said.items() if count]


def records(path: Path, skipped: Skipped) -> Iterator[tuple[bytes, dict[str, Any]]]:
    """Every line that is a JSON object, as its bytes and its content.

    A last line without its newline that cannot be read is being written just now: no problem.

    Raises:
        SessionError: the file cannot be read.
    """
    for line in bounded(path, skipped):
        text = line.strip()
        if not text:
            continue
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):  # UnicodeDecodeError is a ValueError
            found = None
        if isinstance(found, dict):
            yield text, found
        elif line.endswith(b"\n"):
            skipped.broken += 1


def bounded(path: Path, skipped: Skipped) -> Iterator[bytes]:
    """The lines of a file with their ends; one that is too long is counted and left out."""
    try:
        with path.open("rb") as file:
            while line := file.readline(MAX_LINE_BYTES):
                if len(line) < MAX_LINE_BYTES or line.endswith(b"\n"):
                    yield line
                    continue
                skipped.long += 1
                while line and not line.endswith(b"\n"):
                    line = file.readline(MAX_LINE_BYTES)
    except OSError as error:
        raise SessionError(str(path), f"cannot be read ({error.strerror})") from None
