"""Names of patterns: slugs, ids, references, and how a symbol becomes a slug.

The slug grammar is that of SKILL.md names, so that every pattern can be exported as a skill without renaming.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from msgspec import Struct

from foundry_git.errors import UsageError

MAX_SLUG = 64
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
_LIBRARY = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*\Z")
_COUNTED = re.compile(r"-[0-9]+\Z")
_VERSION = re.compile(r"v?([1-9][0-9]{0,8})\Z")
_WORDS = re.compile(r"(?:[A-Z]+(?![a-z])|[A-Z]?[a-z]+)[0-9]*|[0-9]+")  # base64 and utf8 stay words
_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))})


class PatternRef(Struct, frozen=True, order=True):
    """Names one version of one pattern, e.g. ``python/retry-with-backoff@3``."""

    id: str
    version: int

    def __str__(self) -> str:
        return f"{self.id}@{self.version}"


class Reference(Struct, frozen=True):
    """What a person typed: ``[library:]language/slug[@version]``; a bare slug has no language."""

    slug: str
    language: str | None = None
    version: int | None = None
    library: str | None = None

    def names(self, id: str, version: int, library: str) -> bool:
        """Tell whether this reference can mean that version of that library."""
        language, _, slug = id.partition("/")
        return (
            slug == self.slug
            and self.language in (None, language)
            and self.version in (None, version)
            and self.library in (None, library)
        )


def is_slug(text: str) -> bool:
    """Tell whether ``text`` may name a pattern: ``[a-z0-9]+(-[a-z0-9]+)*``, 1–64 characters, no Windows device name."""
    return len(text) <= MAX_SLUG and bool(_SLUG.match(text)) and text not in _DEVICES


def library_name(text: str) -> str:
    """What a library of that name is called in references: the name itself where it may stand there, else its words; "" without any."""
    if len(text) <= MAX_SLUG and _LIBRARY.match(text):
        return text
    return re.sub(r"[^a-z0-9]+", "-", text.lower())[:MAX_SLUG].strip("-")


def is_counted(id: str) -> bool:
    """Tell whether only a number tells an id from others, as in ``python/tuple-2``: people need to see where that is from."""
    return bool(_COUNTED.search(id))


def parse_version(folder: str) -> int | None:
    """Read ``v3`` as 3; None for anything else."""
    found = _VERSION.match(folder)
    return int(found[1]) if found and folder.startswith("v") else None


def parse_reference(text: str) -> Reference:
    """Read a reference as a person types it.

    Raises:
        UsageError: it does not follow the grammar; ``..`` and absolute paths never do.
    """
    library, colon, rest = text.rpartition(":")
    name, at, version_text = rest.partition("@")
    language, slash, slug = name.rpartition("/")
    version = _VERSION.match(version_text)
    well_formed = (
        is_slug(slug) and (not slash or is_slug(language)) and (not at or version) and (not colon or _LIBRARY.match(library))
    )
    if not well_formed and "." in library and not slash:  # as `foundry search` prints the place of a unit
        raise UsageError(f"{text!r}: a place in source code that nobody reviewed, and no pattern; open {library} there")
    if not well_formed:
        raise UsageError(
            f"{text!r}: not a pattern reference; write [LIBRARY:]LANGUAGE/SLUG[@VERSION], e.g. python/retry-with-backoff@2"
        )
    return Reference(slug, language or None, int(version[1]) if version else None, library or None)


def slug_of(symbol: str) -> str:
    """Turn ``RetryWithBackoff`` or ``retry_with_backoff`` into ``retry-with-backoff``; no letters at all give ``unit``."""
    words = [word.lower() for word in _WORDS.findall(symbol)]
    slug = "-".join(words)[:MAX_SLUG].strip("-") or "unit"
    return f"{slug}-unit" if slug in _DEVICES else slug


def free_id(language: str, slug: str, taken: Collection[str]) -> str:
    """The id of a slug, numbered (``in-chunks-2``) where others have it; no longer than a slug may be."""
    number, id = 1, f"{language}/{slug}"
    while id in taken:
        number += 1
        tail = f"-{number}"
        id = f"{language}/{slug[: MAX_SLUG - len(tail)].rstrip('-')}{tail}"
    return id


def code_file(slug: str, extension: str) -> str:
    """The name of a version's code file: the slug with underscores and the language's extension."""
    return f"{slug.replace('-', '_')}.{extension}"


def companion_file(code_file: str) -> str:
    """The name of the test file that travels with a code file: ``test_a.py``, and as its tool demands it ``a_test.go``."""
    stem, _, extension = code_file.rpartition(".")
    return f"{stem}_test.go" if extension == "go" else f"test_{code_file}"
