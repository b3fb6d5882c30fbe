from __future__ import annotations

import re
from datetime import timedelta

_NUMBER = r"([0-9]+(?:\.[0-9]+)?)"
_UNITS = ("w", "d", "h", "m", "s", "ms")
_DURATION = re.compile("".join(rf"(?:{_NUMBER}\s*{unit}\s*)?" for unit in _UNITS), re.IGNORECASE)
_FIELDS = ("weeks", "days", "hours", "minutes", "seconds", "milliseconds")


def parse_duration(text: str) -> timedelta:
    """Read a duration written with the units w, d, h, m, s and ms, largest first and each at most once.

    Decimals and spaces are allowed: ``1h30m``, ``2d 4h``, ``1.5 s``. A bare number is refused, because nothing says
    whether it means seconds or milliseconds; so are signs and an empty text.

    Raises ``ValueError`` for any other text and for durations that a timedelta cannot hold.
    """
    match = _DURATION.fullmatch(text.strip())
    if match is None or not any(match.groups()):
        raise ValueError(f"not a duration: {text!r} (write it like 1h30m, 2d or 500ms)")
    amounts = {field: float(number) for field, number in zip(_FIELDS, match.groups(), strict=True) if number}
    try:
        return timedelta(**amounts)
    except OverflowError:
        raise ValueError(f"duration is too long: {text!r}") from None
