"""Cut pieces: the shingles, words or fingerprints of documents, kept beside their index.

They are cut once for all stacks that share a library.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from foundry_git.index.document import Document, DocumentRow
from foundry_git.index.index import Index
from foundry_git.index.shingle_table import ShingleTable, as_array
from foundry_git.source.fingerprints import SCHEME, fingerprints_of
from foundry_git.source.shingles import shingles_of
from foundry_git.source.wordbags import bag_of

Numbers = NDArray[np.uint64]


class Cut(Struct, frozen=True):
    """A way to cut a document into numbers, ascending; ``file`` keeps them, under content keys that begin with ``scheme``."""

    file: str
    scheme: str
    of: Callable[[Document], Numbers]

    def key(self, row: DocumentRow) -> str:
        """The key of a row's numbers."""
        return f"{self.scheme}{row.content_key}"


SHINGLES = Cut("shingles.db", "", lambda document: as_array(shingles_of(document.code, document.language)))
WORDS = Cut("words.db", "w1:", lambda document: as_array(bag_of(document.code)))
FINGERPRINTS = Cut("fingerprints.db", f"{SCHEME}:", lambda document: fingerprints_of(document.code, document.language))


def cut_pieces(index: Index, rows: Sequence[DocumentRow], cut: Cut, shared: Index | None = None) -> dict[str, Numbers]:
    """The numbers of rows by their content keys; what was cut before, here or beside ``shared``, is not cut again."""
    table = ShingleTable(index.folder / cut.file if index.folder else None)
    try:
        wanted = {cut.key(row): row for row in rows}
        known = table.keys()
        missing = [row for key, row in wanted.items() if key not in known]
        if missing:
            there = {cut.key(row) for row in index.catalogue.rows()}
            table.put(_made(index, missing, cut, shared), known - there)
        return {wanted[key].content_key: values for key, values in table.all().items() if key in wanted}
    finally:
        table.close()


def _made(index: Index, missing: Sequence[DocumentRow], cut: Cut, shared: Index | None) -> dict[str, Numbers]:
    contents = {row.content_key for row in missing}
    same = [row for row in shared.catalogue.rows() if row.content_key in contents] if shared else []
    kept = cut_pieces(shared, same, cut) if shared and same else {}
    documents = index.catalogue.documents([row.number for row in missing if row.content_key not in kept])
    made = kept | {row.content_key: cut.of(documents[row.number]) for row in missing if row.number in documents}
    return {cut.key(row): made[row.content_key] for row in missing if row.content_key in made}
