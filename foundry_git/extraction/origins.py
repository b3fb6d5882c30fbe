"""Origins: where the code that accepted patterns come from stands now.

An origin is followed by the names that Git gave its file, then by its shape: a pattern is orphaned only when its code is gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from pathlib import PurePath

from msgspec import Struct

from foundry_git.extraction.origin_repository import lying_here
from foundry_git.git.history import moved_to
from foundry_git.git.identity import identity_of
from foundry_git.git.objects import BlobReader
from foundry_git.git.tree import CommitTree, tree_of_head
from foundry_git.history.units_at import UnitsAt
from foundry_git.index.catalogue import Catalogue
from foundry_git.index.document import Document
from foundry_git.pattern.naming import PatternRef
from foundry_git.pattern.record import Pattern
from foundry_git.source.languages import language_of
from foundry_git.source.units import Unit, UnitKey


class OriginState(StrEnum):
    """What became of the code that a pattern was taken from."""

    FRESH = "fresh"
    DRIFTED = "drifted"
    ORPHANED = "orphaned"


class OriginNow(Struct, frozen=True):
    """How an origin stands at HEAD, and where; ``path`` is "" when it is orphaned."""

    state: OriginState
    path: str = ""
    symbol: str = ""
    line: int = 0

    @property
    def place(self) -> str:
        """``path:line``, or ""."""
        return f"{self.path}:{self.line}" if self.path else ""


ORPHANED = OriginNow(OriginState.ORPHANED)


def judged(symbol: str, shape: str, path: str, units: Sequence[Unit]) -> OriginNow | None:
    """Judge an origin by the units of the file it stands in; None when neither its symbol nor its shape is there."""
    named = next((unit for unit in units if unit.symbol == symbol), None)
    same = named if named and named.shape == shape else next((unit for unit in units if unit.shape == shape), None)
    if named and not (same and named is same):
        return OriginNow(OriginState.DRIFTED, path, symbol, named.start_line)
    return OriginNow(OriginState.FRESH, path, same.symbol, same.start_line) if same else None


def newest_documents(catalogue: Catalogue) -> list[Document]:
    """The newest version of each accepted pattern; deprecated ones aside, and guidance."""
    newest = {(row.library, row.id): row for row in sorted(catalogue.rows(), key=lambda row: row.version) if row.shape}
    found = catalogue.documents([row.number for row in newest.values() if not row.deprecated]).values()
    return sorted(found, key=lambda one: (one.library, one.id))


def origin_now(objects: BlobReader, catalogue: Catalogue, pattern: Pattern) -> OriginNow | None:
    """How the origin of one pattern stands at HEAD; None where it lies in another repository, or nowhere."""
    origin = pattern.manifest.origin
    if origin is None or not origin.path:
        return None
    key = pattern.library, pattern.ref.id, pattern.ref.version
    numbers = [row.number for row in catalogue.rows() if (row.library, row.id, row.version) == key]
    here = lying_here(catalogue.documents(numbers).values(), identity_of(objects.repository), objects)
    return next(iter(origins_now(tree_of_head(objects), here)), None)


def origins_now(tree: CommitTree, documents: Sequence[Document]) -> list[OriginNow]:
    """How the origins of ``documents`` stand in a tree. Only their own files are read; of what is gone also files that name it."""
    if not tree.id or not documents:
        return [ORPHANED for _ in documents]
    moved, units = _moved(tree, documents), UnitsAt(tree)
    return [_now(units, document, moved.get(document.origin_path, "")) for document in documents]


def current_places(tree: CommitTree, documents: Sequence[Document]) -> dict[UnitKey, PatternRef]:
    """Where the origins of ``documents`` are to be looked for in a tree: their path, or what the file is called by now."""
    now = {path: path for path in tree.at({document.origin_path for document in documents})} | _moved(tree, documents)
    refs = {(now.get(one.origin_path, ""), one.origin_symbol): PatternRef(one.id, one.version) for one in reversed(documents)}
    return {place: ref for place, ref in refs.items() if place[0]}


def counted(states: Iterable[OriginNow]) -> Mapping[OriginState, int]:
    """How many origins stand how."""
    there = [one.state for one in states]
    return {state: there.count(state) for state in OriginState}


def _moved(tree: CommitTree, documents: Sequence[Document]) -> dict[str, str]:
    """The names that files of origins have now which are not where they were."""
    wanted = {document.origin_path for document in documents}
    gone = wanted - tree.at(wanted).keys()
    return moved_to(tree.objects.repository, tree.id, gone) if gone and tree.id else {}


def _now(units: UnitsAt, document: Document, moved: str) -> OriginNow:
    path, symbol, shape = document.origin_path, document.origin_symbol, document.shape
    found = judged(symbol, shape, path, units.units(path))
    if found is None and moved:
        found = judged(symbol, shape, moved, units.units(moved))
    return found or _elsewhere(units, document)


def _elsewhere(units: UnitsAt, document: Document) -> OriginNow:
    """Look for the same shape in files that name the symbol: a function that moved to another file keeps its name."""
    top = units.tree.objects.repository.top
    own_file = PurePath(document.path).parent.parent
    for file in units.tree.naming(document.origin_symbol):
        is_pattern = top is not None and PurePath(top.resolve(), file.path).is_relative_to(own_file)
        if is_pattern or language_of(file.path) != document.language:
            continue
        found = judged(document.origin_symbol, document.shape, file.path, units.units(file.path))
        if found and found.state is OriginState.FRESH:
            return found
    return ORPHANED
