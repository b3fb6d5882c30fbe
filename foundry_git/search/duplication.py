"""Duplication: what stands at HEAD more than once, the same or nearly so, gathered into clusters, the largest saving first.

The same are units of one shape, near those that are near duplicates by their shingles. What is alike on purpose is left out (see
``families``), and so are tests, examples, and what is too small to be worth a function of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from foundry_git.index.document import Document
from foundry_git.search.families import is_family
from foundry_git.search.head_units import HeadUnits
from foundry_git.search.likeness import NEAR
from foundry_git.search.near_pairs import near_pairs
from foundry_git.source.files import is_aside, is_test_path
from foundry_git.source.languages import family_of

LEAST_SHINGLES = 20  # of what is the same
LEAST_NEAR = 30  # of what is near: two calls and a check for an error share most of fewer with any other


class Copy(Struct, frozen=True):
    """One of several units that are alike.

    ``lines``: those with code or text on them; ``shared``: how much of it is that of the first of its cluster, 0–1.
    """

    document: Document
    lines: int
    shared: float


class Cluster(Struct, frozen=True):
    """Units that are alike, the one that most are near first.

    ``is_same``: of one shape, so the same but for names, comments and layout.
    """

    copies: Sequence[Copy]
    is_same: bool

    @property
    def saving(self) -> int:
        """How many lines could go if all but the first were written by its help: what each shares with it, of the shorter of both."""
        return round(sum(min(copy.lines, self.copies[0].lines) * copy.shared for copy in self.copies[1:]))


class Duplication(Struct, frozen=True):
    """The clusters of HEAD, the largest saving first, and how many units were looked at."""

    clusters: Sequence[Cluster]
    units: int

    @property
    def saving(self) -> int:
        """How many lines could go in all."""
        return sum(cluster.saving for cluster in self.clusters)


def duplication(units: HeadUnits) -> Duplication:
    """Find what is double at HEAD; the units must be in step with it."""
    from foundry_git.index.cut_pieces import SHINGLES, cut_pieces  # numpy, which other questions do not load

    rows = [row for row in units.index.catalogue.rows() if row.shape and not is_aside(row.path) and not is_test_path(row.path)]
    cut = cut_pieces(units.index, rows, SHINGLES)
    chosen = [row for row in rows if len(cut[row.content_key]) >= LEAST_SHINGLES]
    families: dict[str, list[int]] = defaultdict(list)
    for at, row in enumerate(chosen):
        families[family_of(row.language)].append(at)
    groups: list[list[tuple[int, float]]] = []
    for some in families.values():
        pieces = [frozenset(cut[chosen[at].content_key].tolist()) for at in some]
        found = _groups(pieces, [chosen[at].shape for at in some])
        groups += [[(chosen[some[number]].number, shared) for number, shared in group] for group in found]
    documents = units.index.catalogue.documents({number for group in groups for number, _ in group})
    copies = ([Copy(documents[number], _lines(documents[number]), shared) for number, shared in group] for group in groups)
    clusters = sorted(
        (cluster for group in copies if (cluster := _cluster(group))),
        key=lambda cluster: (-cluster.saving, cluster.copies[0].document.place),
    )
    return Duplication(list(_outermost(clusters)), len(chosen))


def _groups(pieces: Sequence[frozenset[int]], shapes: Sequence[str]) -> Iterator[list[tuple[int, float]]]:
    """Gather pieces around those that have most near them, each with what it shares with that: so no chain joins strangers."""
    near: dict[int, dict[int, float]] = defaultdict(dict)
    by_shape: dict[str, list[int]] = defaultdict(list)
    for number, shape in enumerate(shapes):
        by_shape[shape].append(number)
    for same in by_shape.values():
        for number in same if len(same) > 1 else ():
            near[number] = dict.fromkeys((other for other in same if other != number), 1.0)
    large = [number for number, piece in enumerate(pieces) if len(piece) >= LEAST_NEAR]
    for first, second, shared in near_pairs([pieces[number] for number in large], NEAR):
        one, other = large[first], large[second]
        near[one].setdefault(other, shared)
        near[other].setdefault(one, shared)
    left = set(near)
    for number in sorted(near, key=lambda number: (-len(near[number]), number)):
        if number in left and (around := near[number].keys() & left):
            left -= {number, *around}
            yield [
                (number, 1.0),
                *((other, near[number][other]) for other in sorted(around, key=lambda other: (-near[number][other], other))),
            ]


def _cluster(copies: Sequence[Copy]) -> Cluster | None:
    """A group without those that are members of a family of another; None if only one is left."""
    kept: list[Copy] = []
    for one in copies:
        if not any(_is_on_purpose(one.document, other.document) for other in kept):
            kept.append(one)
    return Cluster(kept, len({one.document.shape for one in kept}) == 1) if len(kept) > 1 else None


def _is_on_purpose(one: Document, other: Document) -> bool:
    """Say whether two are a family, or one a method of the other."""
    if one.place.startswith(f"{other.place}.") or other.place.startswith(f"{one.place}."):
        return True
    return is_family(one.path, _symbol(one), other.path, _symbol(other))


def _outermost(clusters: Iterable[Cluster]) -> Iterator[Cluster]:
    """Leave out the methods of classes that are double themselves."""
    owners: defaultdict[str, set[int]] = defaultdict(set)
    for number, cluster in enumerate(clusters):
        around = [owners.get(copy.document.place.rpartition(".")[0], set()) for copy in cluster.copies]
        if not set.intersection(*around):
            for copy in cluster.copies:
                owners[copy.document.place].add(number)
            yield cluster


def _symbol(document: Document) -> str:
    return document.place.removeprefix(f"{document.path}:")


def _lines(document: Document) -> int:
    return sum(bool(line.strip()) for line in document.code.splitlines())
