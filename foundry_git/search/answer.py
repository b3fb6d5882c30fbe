"""An answer: the hits of a search, each saying why it is there, or that nothing fits. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from foundry_git.index.document import Document, DocumentRow


class Hit(Struct, frozen=True):
    """One answer: the document, why it ranks where it does, and those much like it that are not shown beside it."""

    document: Document
    score: float
    relevance: float
    parts: Mapping[str, float]
    also: tuple[Document, ...] = ()


class Answer(Struct, frozen=True):
    """The hits, best first; when there are none, ``nearest`` is what came closest. ``by_meaning`` is False without weights.

    ``fitting`` are the rows of all that fits, those that ``hits`` leave out too. ``missing``: the languages of the repository in which
    nothing fits, where the hits are of others.
    """

    hits: list[Hit]
    nearest: Hit | None
    by_meaning: bool
    fitting: Sequence[DocumentRow] = ()
    missing: tuple[str, ...] = ()
