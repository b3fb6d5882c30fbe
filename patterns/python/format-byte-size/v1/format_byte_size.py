from __future__ import annotations

_BINARY = ("KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB")
_DECIMAL = ("kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB")


def format_byte_size(size: int, *, binary: bool = True) -> str:
    """Return the size with one decimal in the largest unit that fits, counted in steps of 1024 or, if not binary, 1000.

    Sizes below one step are exact (``999 B``). Rounding never reaches the next step: one byte below a mebibyte is
    ``1.0 MiB``, not ``1024.0 KiB``. The sign of a difference is kept.
    """
    step, units = (1024, _BINARY) if binary else (1000, _DECIMAL)
    if abs(size) < step:
        return f"{size} B"
    power = 1
    while power < len(units) and abs(round(size / step**power, 1)) >= step:
        power += 1
    return f"{size / step**power:.1f} {units[power - 1]}"
