"""``python -m benchmarks.starter_vectors``: encode the patterns that ship, and write their vectors beside the code that reads them."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from foundry_git.errors import TO_SEARCH_BY_MEANING, FoundryError
from foundry_git.index.document import content_key
from foundry_git.index.encoder.choose import open_encoder
from foundry_git.index.starter_vectors import FILE
from foundry_git.settings import EncoderSettings
from foundry_git.workspace import UserFolders, Workspace


def texts() -> dict[str, str]:
    """Content key → text of every shipped pattern, as an index encodes it."""
    with tempfile.TemporaryDirectory() as scratch:
        folders = UserFolders(*(Path(scratch, name) for name in ("configuration", "cache", "state")))
        workspace = Workspace.open(Path(scratch), environment={}, folders=folders)  # no library but the one that ships
        try:
            workspace.patterns.converge()
            catalogue = workspace.patterns.index.catalogue
            documents = catalogue.documents([row.number for row in catalogue.rows()])
        finally:
            workspace.close()
    return {content_key(text): text for text in sorted(document.embedded_text() for document in documents.values())}


def main() -> None:
    """Encode and write."""
    with tempfile.TemporaryDirectory() as cache:
        encoder = open_encoder(EncoderSettings(), Path(cache))
    if encoder is None:
        raise FoundryError(f"the weights are missing: {TO_SEARCH_BY_MEANING}")
    found = texts()
    np.savez(
        FILE,
        fingerprint=np.array(encoder.fingerprint),
        keys=np.array(list(found)),
        vectors=encoder.encode_documents(list(found.values())),
    )
    print(f"{FILE.name}: {len(found)} patterns, {FILE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
