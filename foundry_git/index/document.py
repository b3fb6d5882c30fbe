"""A document: one version of one pattern, as the index sees it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Document:
    """What is searched and shown of one version; ``place`` is its path inside the library's ``patterns/``.

    ``path`` is its code file on disk; ``shape`` identifies its code without names (derived, never in a
    manifest); ``origin_repository``, ``origin_path`` and ``origin_symbol`` say where its manifest says it came from.
    """

    library: str
    place: str
    id: str
    version: int
    digest: str
    name: str
    kind: str
    language: str
    framework: str
    tags: tuple[str, ...]
    description: str
    suggested_action: str
    code: str
    path: str
    shape: str = ""
    origin_repository: str = ""
    origin_path: str = ""
    origin_symbol: str = ""
    deprecated: bool = False

    def embedded_text(self) -> str:
        """What is encoded."""
        return embedded_text(self.name, self.description, self.suggested_action, self.code)

    def content_key(self) -> str:
        """The key of its vector: equal content is encoded once."""
        return content_key(self.embedded_text())


def embedded_text(name: str, description: str, suggested_action: str, code: str) -> str:
    """Compose what is encoded of a piece of code: split name, prose, then the code.

    Measured on 6,071 functions: name + prose + signature + code beats raw code (macro NDCG@10 0.744 against 0.736).
    """
    prose = " ".join(part for part in (description, suggested_action) if part)
    return f"{split_identifiers(name)}. {prose}\n{code}".strip()


def content_key(text: str) -> str:
    """SHA-256 of a text that is encoded."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def split_identifiers(text: str) -> str:
    """Split ``retryWithBackoff`` and ``retry_with_backoff`` into words, lower case, separated by spaces."""
    return " ".join(word.lower() for word in _WORD.findall(text))
