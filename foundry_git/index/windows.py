"""Windows: a text longer than an encoder reads is encoded in pieces, and its vector is their weighted sum.

So it is done for a model that somebody chose. all-MiniLM-L6-v2 as published cuts at 256 tokens, so that of a long function only the
beginning would be found. Each further piece comes with the opening line, which says what the whole is. Measured on 1,374 labelled
queries: macro NDCG@10 0.777 → 0.783, of the longest set (whole programs) 0.631 → 0.653; the best of the pieces instead of their sum
gives the same, and would store several vectors a text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Encode = Callable[[Sequence[str], Callable[[int], None] | None], NDArray[np.float32]]

SCHEME = "windows 1\n"  # of long texts only: another one gives their vectors other keys
FIRST = 700  # characters after the opening line that the first window surely holds; 256 tokens of code are about 800
LENGTH = 900
MOST = 3  # further windows; the third still adds 0.001
WEIGHT = 0.5  # of a further window; 0.35 is 0.001 worse
_LEAST = 100  # characters worth a window


def windows_of(text: str) -> list[str]:
    """The whole text, which the encoder cuts, and then pieces of what it does not reach, each behind the opening line."""
    opening, _, body = text.partition("\n")
    found, at = [text], FIRST
    while at < len(body) - _LEAST and len(found) <= MOST:
        end = body.rfind("\n", at, at + LENGTH)
        end = at + LENGTH if end <= at + LENGTH // 4 else end
        found.append(f"{opening}\n{body[at:end]}")
        at = end
    return found


def in_windows(encode: Encode, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
    """Encode texts of any length by what encodes short ones: float32 (len(texts), d), rows normalised.

    ``progress`` hears how many texts are finished.
    """
    import numpy as np

    pieces = [windows_of(text) for text in texts]
    flat = [piece for some in pieces for piece in some]
    share = len(texts) / max(len(flat), 1)
    vectors = encode(flat, (lambda done: progress(int(done * share))) if progress else None)
    if len(flat) == len(texts):
        return vectors
    starts = np.cumsum([0, *map(len, pieces)])[:-1]
    weights = np.full((len(flat), 1), WEIGHT, np.float32)
    weights[starts] = 1.0
    whole = np.add.reduceat(vectors * weights, starts, axis=0)
    whole /= np.linalg.norm(whole, axis=1, keepdims=True)
    return whole.astype(np.float32)
