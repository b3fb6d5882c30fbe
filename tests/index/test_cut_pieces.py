"""What documents were cut into is kept, here and beside an index that many stacks share."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from foundry_git.index.cut_pieces import Cut, Numbers, cut_pieces
from foundry_git.index.document import HEAD, Document
from foundry_git.index.index import Index, Look

SHARED = Document(library=HEAD, place="a", id="python/a", kind="function", language="python", code="a = 1", path="a.py")
OWN = Document(library=HEAD, place="b", id="python/b", kind="function", language="python", code="b = 2", path="b.py")


def index_of(folder: Path, *documents: Document) -> Index:
    index = Index(folder, folder, lambda: None)
    index.converge([Look(HEAD, "", "", 0)], lambda key: documents)
    return index


def test_a_document_is_cut_once_for_all_that_share_it(tmp_path: Path) -> None:
    cut: list[str] = []

    def numbers(document: Document) -> Numbers:
        cut.append(document.place)
        return np.array([len(document.place), ord(document.code[0])], np.uint64)

    way = Cut("numbers.db", "1:", numbers)
    shared = index_of(tmp_path / "shared", SHARED)
    for name in ("one", "two"):
        index = index_of(tmp_path / name, SHARED, OWN)
        for _ in range(2):
            found = cut_pieces(index, index.catalogue.rows(), way, shared)
            assert {key: values.tolist() for key, values in found.items()} == {
                SHARED.content_key(): [1, ord("a")],
                OWN.content_key(): [1, ord("b")],
            }
        index.close()
    shared.close()

    assert cut == ["a", "b", "b"]


def test_another_scheme_is_cut_anew_and_what_is_gone_is_forgotten(tmp_path: Path) -> None:
    index = index_of(tmp_path, OWN)
    for number in (1, 2):
        way = Cut("numbers.db", f"{number}:", lambda document, number=number: np.array([number], np.uint64))  # type: ignore[misc]
        assert cut_pieces(index, index.catalogue.rows(), way)[OWN.content_key()].tolist() == [number]
    index.close()
