"""The words that identifiers and texts are made of, also where a script puts no spaces between them."""

from __future__ import annotations

import re
from itertools import pairwise

_UPPER, _LOWER = "A-ZÀ-ÖØ-Þ", "a-zß-öø-ɏ"  # of the Latin alphabets; in others letters have one case, or it joins no words
_WORD = re.compile(rf"[{_UPPER}]+(?![{_LOWER}])|[{_UPPER}]?[{_LOWER}]+|[0-9]+|[^\W\d_]+")
_UNSPACED = re.compile("[\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af]+")
"""Chinese, Japanese and Korean: kanji and their repetition mark, kana, hangul."""


def split_identifiers(text: str) -> str:
    """Split ``retryWithBackoff`` and ``retry_with_backoff`` into words, lower case, separated by spaces."""
    return " ".join(_WORD.findall(text)).lower()


def with_pairs(text: str) -> str:
    """The text with each character and each two neighbours of what is written without spaces as words: so a part of it is found."""
    return text if text.isascii() else _UNSPACED.sub(lambda run: f" {' '.join((*run[0], *_pairs(run[0])))} ", text)


def as_pairs(text: str) -> str:
    """A question's text, in which what is written without spaces is looked up by its neighbours; one character by itself."""
    return text if text.isascii() else _UNSPACED.sub(lambda run: f" {' '.join(_pairs(run[0]) or run[0])} ", text)


def _pairs(run: str) -> list[str]:
    return [f"{one}{other}" for one, other in pairwise(run)]
