"""An event that this version does not know: kept, passed on, never counted."""

from __future__ import annotations

import json

from msgspec import Struct

from foundry_git.evidence import grammar
from foundry_git.evidence.grammar import expect

MAX_BYTES = 65_536  # an injection of 50 items takes 13 kB; anything longer is not an event


class Unknown(Struct, frozen=True, kw_only=True):
    """An event of a newer kind or schema: kept as it came, ignored by every score.

    It holds no free text, whoever wrote it: what nobody here can read must not carry what nobody may share.
    """

    kind: str
    raw: bytes

    def __post_init__(self) -> None:
        expect(grammar.KIND, kind=self.kind)
        if not isinstance(self.raw, bytes) or b"\n" in self.raw or not 2 <= len(self.raw) <= MAX_BYTES:
            raise ValueError(f"raw must be one line of 2 to {MAX_BYTES} bytes")
        try:
            facts = json.loads(self.raw)
        except (ValueError, RecursionError):
            raise ValueError("raw must be JSON") from None
        grammar.expect_no_free_text(facts)
