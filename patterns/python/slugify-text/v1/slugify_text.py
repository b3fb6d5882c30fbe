from __future__ import annotations

import hashlib
import re
import unicodedata

_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "þ": "th", "ð": "d", "ı": "i"})
_APOSTROPHES = re.compile("['\u2018\u2019\u02bc]")
_OTHER = re.compile("[^a-z0-9]+")


def slugify(text: str, *, max_length: int = 64) -> str:
    """Return lower-case ASCII words joined by single hyphens; the same text gives the same slug on every machine.

    Accents are dropped, apostrophes vanish inside words, everything else separates words. A long slug is cut between
    two words if it can be. A text without a single Latin letter or digit gives 12 hexadecimal digits of its SHA-256.
    """
    if max_length < 12:
        raise ValueError(f"max_length must be at least 12, not {max_length}")
    lowered = unicodedata.normalize("NFKD", text).lower().translate(_LETTERS)
    unaccented = "".join(character for character in lowered if not unicodedata.combining(character))
    slug = _OTHER.sub("-", _APOSTROPHES.sub("", unaccented)).strip("-")
    if not slug:
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    if len(slug) <= max_length:
        return slug
    cut = slug[: max_length + 1].rpartition("-")[0]  # one more, to keep a word that ends exactly at the limit
    return cut or slug[:max_length]
