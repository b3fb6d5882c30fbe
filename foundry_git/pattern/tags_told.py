"""Tags as a program tells or asks for them."""

from __future__ import annotations

from collections.abc import Iterable

from foundry_git.errors import UsageError
from foundry_git.pattern.naming import MAX_SLUG, slug_of


def tags_told(what: str, words: object) -> tuple[str, ...]:
    """Tags as a program tells or asks for them, written as tags are: ``sheet:1`` is ``sheet-1``; each once.

    Any word will do, in or outside of the vocabulary: who writes and who reads go by this one rule, so what was told is found.
    ``what`` is the name of the argument.

    Raises:
        UsageError: it is no list of texts, or one of them holds no letter or digit.
    """
    if isinstance(words, str) or not isinstance(words, Iterable):
        raise UsageError(f"{what} {words!r}: is no list of words; pass one, such as ['http', 'resilience']")
    return tuple(dict.fromkeys(_tag(what, word) for word in words))


def _tag(what: str, word: object) -> str:
    tag = slug_of(word) if isinstance(word, str) else ""
    if not tag or not any(letter.isascii() and letter.isalnum() for letter in str(word)):
        raise UsageError(f"{what} {word!r}: is no word of letters a to z and digits, {MAX_SLUG} at most")
    return tag
