"""The vectors in use: which row a text has, and which rows are nearest to a question.

Among up to ``EXACT_ROWS`` rows the answer is exact: every one is compared. Among more it comes in two stages: the sign codes of all
rows choose a share, and of that share the cosines are exact. No library of approximate search is needed for that: at a million rows
this takes 15 to 19 ms (benchmarks/results/scale.json), and nothing has to be built but the codes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from foundry_git.index.codes import Codes, distances, lowest

EXACT_ROWS = 100_000
RESCORED = 0.02  # of the rows; of a million it finds 0.9997 of the ten nearest and 0.999 of the hundred; 0.01: 0.9987 and 0.997
RESCORED_AT_LEAST = 4000
_FEW = 256  # rows gathered at once: they stay in the cache until they are multiplied; 2.3 ms for 20,000 rows, 5.7 ms in one piece
_MOST = 3  # when every third row is asked for, multiplying all of them is cheaper than gathering

Floats = NDArray[np.float32]
Places = NDArray[np.intp]
Keys = NDArray[np.bytes_]
"""Content keys, 32 bytes each, ascending."""


class Segment(Struct, frozen=True):
    """Rows written together: ``keys`` (n,), ``matrix`` float32 (n, d), normalised; ``codes`` where there are enough to want them.

    ``name`` is the generation that holds it; empty in memory.
    """

    keys: Keys
    matrix: Floats
    codes: Codes | None = None
    name: str = ""


class Vectors(Struct, frozen=True):
    """A generation: its segments, the large one first, in one space of row numbers; ``fingerprint`` names the encoder.

    A row that nobody asks for any more may still be there: whoever asks says which rows are meant.
    """

    fingerprint: str
    segments: tuple[Segment, ...]

    def __len__(self) -> int:
        return sum(len(segment.keys) for segment in self.segments)

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self.segments[0].matrix.shape[1])

    def positions(self, keys: Sequence[str]) -> Places:
        """The row of each content key (hexadecimal), -1 where it has none: intp, (len(keys),)."""
        wanted = packed_keys(keys)
        found = np.full(len(wanted), -1, np.intp)
        for first, segment in self._numbered():
            places = _found(segment.keys, wanted)
            found = np.where(places >= 0, places + first, found)
        return found

    def rows(self, positions: Places) -> Floats:
        """The vectors at ``positions``, a copy: float32 (len(positions), d)."""
        out = np.empty((len(positions), self.dimension), np.float32)
        for first, segment in self._numbered():
            here = np.flatnonzero((positions >= first) & (positions < first + len(segment.keys)))
            out[here] = segment.matrix[positions[here] - first]
        return out

    def cosines(self, query: Floats, positions: Places) -> Floats:
        """Cosine of ``query``, float32 (d,) normalised, with each row: the same to the last bit whatever else is asked."""
        return (self.rows(positions).astype(np.float64) @ query.astype(np.float64)).astype(np.float32)

    def nearest(self, query: Floats, depth: int, among: Places, exact: int = EXACT_ROWS) -> Places:
        """The ``depth`` rows nearest to ``query`` of those in ``among`` (ascending, each once), nearest first.

        Past ``exact`` rows in two stages, where the segment has codes.
        """
        coarse = len(among) > exact
        candidates = among
        if coarse:
            candidates = np.concatenate([self._likely(query, depth, *part) for part in self._parts(among)])
        scores = [_products(segment, here, query) for _, segment, here in self._parts(candidates)]
        chosen = candidates[highest(np.concatenate([np.zeros(0, np.float32), *scores]), depth)]
        return chosen[np.lexsort((chosen, -self.cosines(query, chosen)))]

    def _likely(self, query: Floats, depth: int, first: int, segment: Segment, here: Places) -> Places:
        """Those rows of a segment whose codes differ least from the question's; all of them where there are no codes."""
        count = max(int(len(here) * RESCORED), RESCORED_AT_LEAST, 10 * depth)
        if segment.codes is None or count >= len(here):
            return here + first
        found = distances(segment.codes, query)
        return here[lowest(found if len(here) == len(found) else found[here], count)] + first

    def _numbered(self) -> Iterator[tuple[int, Segment]]:
        """Each segment with the number of its first row."""
        first = 0
        for segment in self.segments:
            yield first, segment
            first += len(segment.keys)

    def _parts(self, positions: Places) -> Iterator[tuple[int, Segment, Places]]:
        """Ascending ``positions`` by segment: its first number, the segment, and the places inside it."""
        for first, segment in self._numbered():
            start, end = np.searchsorted(positions, (first, first + len(segment.keys)))
            yield first, segment, positions[start:end] - first


def highest(scores: Floats, count: int) -> Places:
    """Positions of the ``count`` highest of ``scores`` (n,), in no particular order."""
    if count >= len(scores):
        return np.arange(len(scores))
    return np.argpartition(scores, -count)[-count:]


def packed_keys(keys: Sequence[str]) -> Keys:
    """Content keys as they are stored: 32 bytes each, in the order given."""
    return np.frombuffer(bytes.fromhex("".join(keys)), "S32")


def _found(keys: Keys, wanted: Keys) -> Places:
    """The place of each of ``wanted`` among ``keys``, ascending; -1 where it is not there."""
    if not len(keys):
        return np.full(len(wanted), -1, np.intp)
    places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[places] == wanted, places, -1)


def _products(segment: Segment, here: Places, query: Floats) -> Floats:
    """Cosines of ``query`` with the rows of a segment ``here``, ascending."""
    if len(here) * _MOST >= len(segment.keys):
        return np.asarray((segment.matrix @ query)[here])
    found = np.empty(len(here), np.float32)
    some = np.empty((_FEW, len(query)), np.float32)
    for start in range(0, len(here), _FEW):
        places = here[start : start + _FEW]
        rows = np.take(segment.matrix, places, axis=0, out=some[: len(places)], mode="clip")
        np.dot(rows, query, out=found[start : start + _FEW])
    return found
