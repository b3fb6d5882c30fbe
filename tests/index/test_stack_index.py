"""The index of a stack: what many stacks have in common is read once for all of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import astuple

from foundry_git.index.index import RACY_NS, Index
from foundry_git.index.stack_index import StackIndex
from foundry_git.library.library import Library
from foundry_git.library.reading import Problem, VersionFolder, read_version
from foundry_git.pattern.manifest import write_manifest
from foundry_git.pattern.record import Manifest, Pattern

Opened = Callable[..., StackIndex]
TOKEN = "ghp_" + "a1B2" * 9


def put(library: Library, slug: str, words: str) -> None:
    folder = library.patterns / "python" / slug / "v1"
    folder.mkdir(parents=True, exist_ok=True)
    manifest = Manifest(slug, "function", f"Do {words}.", "python", "it.py", tags=("one", "two"))
    (folder / "pattern.yaml").write_text(write_manifest(manifest), encoding="utf-8")
    (folder / "it.py").write_text(f"def it():\n    return {words!r}\n", encoding="utf-8")


@pytest.fixture
def own(tmp_path: Path) -> Library:
    made = Library("own", "", tmp_path / "own", {})
    put(made, "mine", "what is mine")
    return made


@pytest.fixture
def common(tmp_path: Path) -> Library:
    made = Library("common", "", tmp_path / "common", {})
    for slug in ("a", "b"):
        put(made, slug, f"the {slug} thing")
    return made


@pytest.fixture
def opened() -> Iterator[Opened]:
    """Opens the index in a folder (None: in memory) over libraries."""
    every: list[Index] = []

    def open_(folder: Path | None, *libraries: Library, shared: StackIndex | None = None) -> StackIndex:
        every.append(Index(folder, Path("no-cache"), lambda: None))
        return StackIndex(every[-1], libraries, shared)

    yield open_
    for index in every:
        index.close()


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The places of the version folders that were read."""
    places: list[str] = []

    def noting(library: str, found: VersionFolder) -> Pattern | Problem:
        places.append(f"{library}:{found.place}")
        return read_version(library, found)

    monkeypatch.setattr("foundry_git.index.stack_index.read_version", noting)
    return places


def contents(stack: StackIndex) -> list[tuple[object, ...]]:
    found = stack.rows()
    documents = stack.index.catalogue.documents([row.number for row in found])
    return [(*row[1:], *astuple(documents[row.number])) for row in found]


def test_what_is_shared_is_read_once_and_each_index_is_as_if_it_had_read_it(
    own: Library, common: Library, opened: Opened, read: list[str], tmp_path: Path
) -> None:
    shared = opened(tmp_path / "shared", common)
    first, second = (opened(tmp_path / name, own, common, shared=shared) for name in ("first", "second"))
    time.sleep(2 * RACY_NS / 1e9)  # what was written just now is read again

    assert first.converge() == second.converge() == []

    assert read == ["own:python/mine/v1", "common:python/a/v1", "common:python/b/v1", "own:python/mine/v1"]
    alone = opened(None, own, common)
    alone.converge()
    assert contents(first) == contents(second) == contents(alone)
    assert len(contents(alone)) == 3


def test_what_changed_is_read_again_for_both(own: Library, common: Library, opened: Opened, tmp_path: Path) -> None:
    shared = opened(tmp_path / "shared", common)
    first = opened(tmp_path / "first", own, common, shared=shared)
    first.converge()
    put(common, "a", "another thing")
    put(common, "c", "the c thing")

    first.converge()

    alone = opened(None, own, common)
    alone.converge()
    assert contents(first) == contents(alone)
    assert [row.name for row in shared.rows()] == ["a", "b", "c"]


def test_what_cannot_be_read_or_holds_a_secret_is_said_by_each(
    own: Library, common: Library, opened: Opened, tmp_path: Path
) -> None:
    (common.patterns / "python/a/v1/pattern.yaml").write_text("name: [", encoding="utf-8")
    put(common, "b", TOKEN)
    shared = opened(tmp_path / "shared", common)
    first, second = (opened(tmp_path / name, own, common, shared=shared) for name in ("first", "second"))
    alone = opened(None, own, common)

    assert first.converge() == second.converge() == alone.converge()

    places = {problem.path.relative_to(common.patterns).as_posix() for problem in first.converge()}
    assert places == {"python/a/v1/pattern.yaml", "python/b/v1"}
    assert [row.name for row in first.rows()] == ["mine"]


def test_a_damaged_shared_index_is_built_anew(own: Library, common: Library, opened: Opened, tmp_path: Path) -> None:
    opened(tmp_path / "shared", common).converge()
    (tmp_path / "shared" / "catalogue.db").write_bytes(b"not a database" * 400)
    for rest in (tmp_path / "shared").glob("catalogue.db-*"):
        rest.unlink()

    first = opened(tmp_path / "first", own, common, shared=opened(tmp_path / "shared", common))
    assert first.converge() == []

    assert [row.name for row in first.rows()] == ["a", "b", "mine"]
