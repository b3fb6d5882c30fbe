"""Two functions that are worth keeping, for tests that need some to extract."""

from __future__ import annotations

CHUNKS = '''\
def in_chunks(items: list[int], size: int) -> list[list[int]]:
    """Cut a list into pieces of a size."""
    if size < 1:
        raise ValueError("size must be positive")
    chunks = []
    for start in range(0, len(items), size):
        chunks.append(items[start : start + size])
    return chunks
'''
CLAMP = '''\
def clamp_all(values: list[float], low: float, high: float) -> list[float]:
    """Bring every value into a range."""
    clamped = []
    for value in values:
        if value < low:
            clamped.append(low)
        elif value > high:
            clamped.append(high)
        else:
            clamped.append(value)
    return clamped
'''
