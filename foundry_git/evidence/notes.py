"""The notes: what this machine alone knows of its receipts, such as the text of the task. Never shared, never scored."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from foundry_git.evidence import grammar, lines
from foundry_git.evidence.lines import Line
from foundry_git.git.state_folder import StateFolder

_PRIVATE = 0o600  # task texts: of no concern to the other users of the machine


class ReceiptNote(Struct, frozen=True, kw_only=True):
    """What one receipt was asked for; ``prompt_length`` in characters, ``session`` a hash of its name, ``head`` the commit."""

    receipt: str
    task: str
    prompt_length: int = 0
    session: str | None = None
    head: str | None = None

    def __post_init__(self) -> None:
        grammar.expect(grammar.RECEIPT, receipt=self.receipt)
        grammar.expect_whole(0, 2**53, prompt_length=self.prompt_length)
        if not all(isinstance(text, str) for text in (self.task, self.session or "", self.head or "")):
            raise ValueError("task, session and head must be text")


class Notes:
    """The notes in ``folder/notes.jsonl``."""

    def __init__(self, folder: Path) -> None:
        self.path = StateFolder(folder).notes

    def append(self, note: ReceiptNote) -> None:
        """Write a note for good; raises like :meth:`Journal.append`."""
        # ASCII: a prompt may hold half a surrogate pair, which has no UTF-8
        lines.append(self.path, [json.dumps(asdict(note), sort_keys=True).encode()], mode=_PRIVATE)

    def read(self) -> tuple[Mapping[str, ReceiptNote], tuple[str, ...]]:
        """Return receipt → its latest note, and a sentence for every line that is none."""
        notes: dict[str, ReceiptNote] = {}
        problems: list[str] = []
        for line in lines.read(self.path).lines:
            try:
                note = _parse(line)
            except (ValueError, RecursionError):
                problems.append(f"{self.path}:{line.number}: not a note; the line is ignored")
            else:
                notes[note.receipt] = note
        return notes, tuple(problems)


def _parse(line: Line) -> ReceiptNote:
    found: Any = None if line.is_damaged else json.loads(line.text)
    if not isinstance(found, dict) or not found.keys() <= set(ReceiptNote.__struct_fields__):
        raise ValueError("the fields are not those of a note")
    if not {"receipt", "task"} <= found.keys():
        raise ValueError("receipt or task is missing")
    return ReceiptNote(**found)
