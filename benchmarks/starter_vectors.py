"""``python -m benchmarks.starter_vectors``: the vectors and shapes of the patterns that ship, beside the code that reads them."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from foundry_git.errors import TO_SEARCH_BY_MEANING, FoundryError
from foundry_git.index import starter_shapes
from foundry_git.index.document import Document, content_key
from foundry_git.index.encoder.choose import open_encoder
from foundry_git.index.starter_vectors import FILE
from foundry_git.settings import EncoderSettings
from foundry_git.source.shapes import shape_of
from foundry_git.workspace import UserFolders, Workspace


def shipped() -> list[Document]:
    """Every shipped pattern, as an index has it."""
    with tempfile.TemporaryDirectory() as scratch:
        folders = UserFolders(*(Path(scratch, name) for name in ("configuration", "cache", "state")))
        workspace = Workspace.open(Path(scratch), environment={}, folders=folders)  # no library but the one that ships
        try:
            workspace.patterns.converge()
            catalogue = workspace.patterns.index.catalogue
            return list(catalogue.documents([row.number for row in catalogue.rows()]).values())
        finally:
            workspace.close()


def texts(documents: Sequence[Document]) -> dict[str, str]:
    """Content key → text, as an index encodes it."""
    return {content_key(text): text for text in sorted(document.embedded_text() for document in documents)}


def shapes(documents: Sequence[Document]) -> dict[str, str]:
    """Digest → shape, read from the code now."""
    read = {one.digest: shape_of(one.code, one.language, one.origin_symbol) for one in documents if one.code}
    return dict(sorted(read.items()))


def main() -> None:
    """Encode and write."""
    with tempfile.TemporaryDirectory() as cache:
        encoder = open_encoder(EncoderSettings(), Path(cache))
    if encoder is None:
        raise FoundryError(f"the weights are missing: {TO_SEARCH_BY_MEANING}")
    documents = shipped()
    found = texts(documents)
    starter_shapes.FILE.write_text(json.dumps(shapes(documents), indent=1) + "\n", encoding="utf-8")
    np.savez(
        FILE,
        fingerprint=np.array(encoder.fingerprint),
        keys=np.array(list(found)),
        vectors=encoder.encode_documents(list(found.values())),
    )
    for file in (FILE, starter_shapes.FILE):
        print(f"{file.name}: {len(documents)} patterns, {file.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
