from __future__ import annotations

import re
from collections.abc import Callable, Mapping

_CAMEL = re.compile("(?<=[a-z0-9])(?=[A-Z])")
_SEPARATORS = re.compile("[^a-z0-9]+")
_SECRET = re.compile(
    "(?:^|_)(?:passwords?|passwd|pwd|passphrase|secrets?|token|jwt|credentials?|authorization|cookies?|"
    "(?:api|access|private|signing|encryption)_?keys?)(?:_|$)"
)


def names_secret(key: str) -> bool:
    """Say whether a key names a secret, in any spelling: ``api_key``, ``X-Api-Key``, ``apiKey``, ``APIKEY``."""
    return _SECRET.search(_SEPARATORS.sub("_", _CAMEL.sub("_", key).lower())) is not None


def redact_secrets(data: object, *, is_secret: Callable[[str], bool] = names_secret, mask: str = "***") -> object:
    """Return a copy of nested mappings, lists and tuples in which every value under a secret key is the mask.

    The whole value goes, whatever is in it; ``None`` and the empty text stay, to show that a secret is missing. Whole
    words of a key are compared, so that ``max_tokens`` and ``tokenizer`` stay. Secrets inside free text are not found.
    """
    if isinstance(data, Mapping):
        redacted = {}
        for key, value in data.items():
            missing = value is None or (isinstance(value, str) and not value)
            hide = isinstance(key, str) and is_secret(key) and not missing
            redacted[key] = mask if hide else redact_secrets(value, is_secret=is_secret, mask=mask)
        return redacted
    if isinstance(data, (list, tuple)):
        items = [redact_secrets(item, is_secret=is_secret, mask=mask) for item in data]
        return items if isinstance(data, list) else tuple(items)
    return data
