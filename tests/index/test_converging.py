"""Convergence: an index that remembers its files by name is in step with them, whatever happened to files and folders."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import astuple

from foundry_git.index.footprint import Footprint
from foundry_git.index.index import Failure, Index, Look
from foundry_git.pattern.manifest import write_manifest
from foundry_git.pattern.record import Manifest
from foundry_git.workspace import UserFolders, Workspace

FOUNDRY_YAML = "library_id: 5a0c7a52-0f59-4d09-9f4c-0b9d0f1b2c3d\nname: team\n"


class Place:
    """A library on disk and its workspace, asked again and again."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.library = root / "team"
        self.library.mkdir()
        (self.library / "foundry.yaml").write_text(FOUNDRY_YAML)
        for slug in ("a", "b", "c"):
            self.put(slug)
        self.opened: list[Workspace] = []
        self.workspace = self.open()

    def open(self) -> Workspace:
        """Another process, so to say."""
        folders = UserFolders(self.root / "configuration", UserFolders.usual().cache, self.root / "state")
        self.opened.append(Workspace.open(self.root, str(self.library), {}, folders))
        return self.opened[-1]

    def close(self) -> None:
        for one in self.opened:
            one.close()

    def version(self, slug: str, version: int = 1, language: str = "python") -> Path:
        return self.library / "patterns" / language / slug / f"v{version}"

    def put(self, slug: str, version: int = 1, language: str = "python", words: str = "lock") -> None:
        folder = self.version(slug, version, language)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "pattern.yaml").write_text(write_manifest(Manifest(slug, "function", f"Do {words}.", language, "it.py")))
        (folder / "it.py").write_text(f"def it():\n    return {words.split()!r}\n")

    def settle(self) -> None:
        """Converge until every file is remembered by name, which takes as long as a tick of the file system's clock."""
        self.workspace.patterns.converge()
        while (footprint := self.workspace.index.catalogue.footprint()) is None or footprint.changed():
            self.workspace.patterns.converge()

    def answer(self) -> tuple[list[str], list[object]]:
        """What converging reports, and what the catalogue then holds of the library."""
        problems = [str(problem) for problem in self.workspace.patterns.converge()]
        return sorted(problems), contents(self.workspace)

    def anew(self) -> tuple[list[str], list[object]]:
        """The same from an index that starts empty."""
        here, self.workspace = self.workspace, self.open()
        self.workspace.__dict__["index"] = Index(None, self.root / "cache", lambda: None)
        try:
            return self.answer()
        finally:
            self.workspace = here


def contents(workspace: Workspace) -> list[object]:
    catalogue = workspace.index.catalogue
    documents = catalogue.documents([row.number for row in catalogue.rows() if row.library == "team"])
    return [astuple(document) for document in documents.values()]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A library of three patterns, whose files are remembered by name."""
    made = Place(tmp_path)
    made.settle()
    return made


def edit_in_place(place: Place) -> None:
    code = place.version("a") / "it.py"
    before = code.stat()
    with code.open("r+") as file:
        file.write(code.read_text().replace("lock", "hash"))
    os.utime(code, ns=(before.st_atime_ns, before.st_mtime_ns))


def replace_a_file(place: Place) -> None:
    fresh = place.root / "fresh"
    fresh.write_text("def it():\n    return 7\n")
    fresh.replace(place.version("a") / "it.py")


def swap_two_files(place: Place) -> None:
    a, b = (place.version(slug) / "it.py" for slug in "ab")
    b.write_text("def it():\n    return 8\n")
    place.settle()
    a.rename(place.root / "between")
    b.rename(a)
    (place.root / "between").rename(b)


def add_a_file(place: Place) -> None:
    (place.version("b") / "test_it.py").write_text("def test_it(): pass\n")


def link_a_version(place: Place) -> None:
    moved = place.version("a").rename(place.root / "elsewhere")
    place.version("a").symlink_to(moved)


def link_a_file(place: Place) -> None:
    code = place.version("a") / "it.py"
    moved = code.rename(place.root / "elsewhere.py")
    code.symlink_to(moved)


def replace_the_patterns(place: Place) -> None:
    (place.library / "patterns").rename(place.root / "old")
    place.put("z")


def bad_manifest(place: Place) -> None:
    (place.version("c") / "pattern.yaml").write_text("<<<<<<< HEAD\n")


CHANGES: dict[str, Callable[[Place], object]] = {
    "an edit that keeps size and mtime": edit_in_place,
    "a file is replaced": replace_a_file,
    "two files change places": swap_two_files,
    "a file comes": add_a_file,
    "a file goes": lambda place: (place.version("a") / "it.py").unlink(),
    "a version comes": lambda place: place.put("a", 2),
    "a version goes": lambda place: shutil.rmtree(place.version("a")),
    "a version is renamed": lambda place: place.version("a").rename(place.version("a", 3)),
    "a pattern comes": lambda place: place.put("d"),
    "a pattern goes": lambda place: shutil.rmtree(place.version("b").parent),
    "a pattern is renamed": lambda place: place.version("a").parent.rename(place.version("q").parent),
    "a language comes": lambda place: place.put("a", language="go"),
    "a language goes": lambda place: shutil.rmtree(place.library / "patterns/python"),
    "it is deprecated": lambda place: (place.version("a").parent / "deprecated.yaml").write_text("reason: old\n"),
    "a version becomes a link": link_a_version,
    "a file becomes a link": link_a_file,
    "all patterns are replaced": replace_the_patterns,
    "a manifest becomes unreadable": bad_manifest,
    "something odd lies about": lambda place: (place.version("a").parent / "README.md").touch(),
    "an empty pattern folder": lambda place: (place.library / "patterns/python/empty").mkdir(),
    "nothing": lambda place: None,
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_changes_behind_a_settled_index_is_noticed_at_once(place: Place, what: str) -> None:
    CHANGES[what](place)

    assert place.answer() == place.anew()
    place.settle()
    assert place.answer() == place.anew()
    place.close()


@pytest.mark.parametrize("first", ["a manifest becomes unreadable", "something odd lies about", "an empty pattern folder"])
def test_what_is_wrong_is_said_every_time_and_no_longer_when_it_is_mended(place: Place, first: str) -> None:
    CHANGES[first](place)
    place.settle()
    said = place.answer()
    assert said == place.answer() == place.anew()

    place.put("c")
    place.put("empty")
    (place.version("a").parent / "README.md").unlink(missing_ok=True)

    assert place.answer() == place.anew()
    assert place.answer()[0] == []
    place.close()


def test_another_process_starts_from_the_same_footprint(place: Place) -> None:
    other = place.open()
    footprint = other.index.catalogue.footprint()

    assert footprint is not None and not footprint.changed()
    assert place.version("a") / "it.py" in {Path(path) for path in footprint.paths}
    CHANGES["a version comes"](place)
    assert footprint.changed() == [str(place.version("a").parent)]
    other.patterns.converge()
    assert contents(other) == place.anew()[1] == place.answer()[1]
    place.close()


def test_a_process_that_comes_late_with_an_old_view_is_put_right(place: Place) -> None:
    """It listed the folders before a pattern was added, and brings the index in step with that list afterwards."""
    index = place.workspace.index
    old = [Look(*key, stamps=found.stamps, newest=0) for key, found in index.catalogue.scanned().items()]
    place.put("late")
    place.settle()
    assert "late" in {row.name for row in index.catalogue.rows()}
    place.open().index.converge(old, lambda key: Failure(key[1], "not asked for"))
    assert "late" not in {row.name for row in index.catalogue.rows()}

    assert place.answer() == place.anew()
    assert "late" in {row.name for row in index.catalogue.rows()}
    place.close()


def test_a_footprint_taken_of_an_index_that_changed_since_is_not_kept(place: Place) -> None:
    catalogue = place.workspace.index.catalogue
    footprint, changed = catalogue.footprint(), catalogue.changed()
    assert footprint is not None
    place.put("d")
    place.open().patterns.converge()

    newer = catalogue.footprint()
    catalogue.keep_footprint(footprint, changed)

    assert newer is not None and newer != footprint and catalogue.footprint() == newer
    place.close()


def test_a_library_that_is_no_longer_searched_is_forgotten(place: Place) -> None:
    assert any(row.library == "starter" for row in place.workspace.patterns.rows())
    alone = place.open()
    alone.__dict__["stack"] = [alone.need_library()]

    alone.patterns.converge()

    assert {row.library for row in alone.index.catalogue.rows()} == {"team"}
    assert {row.library for row in place.workspace.patterns.rows()} == {"team"}
    place.workspace.patterns.converge()
    assert len({row.library for row in place.workspace.patterns.rows()}) == 2
    place.close()


def test_git_switch_is_noticed(place: Place) -> None:
    def git(*args: str) -> None:
        command = ["git", "-C", str(place.library), "-c", "user.name=a", "-c", "user.email=a@example.com", *args]
        subprocess.run(command, check=True, capture_output=True)

    git("init", "-b", "main")
    git("add", "patterns")
    git("commit", "-m", "a")
    git("switch", "-c", "other")
    place.put("a", words="hash")
    place.put("d")
    git("add", "patterns")
    git("commit", "-m", "b")
    other = place.answer()
    for branch, want in (("main", None), ("other", other), ("main", None)):
        place.settle()
        git("switch", branch)
        assert place.answer() == place.anew()
        assert want is None or place.answer() == want
    place.close()


def test_files_touched_as_late_as_the_look_are_looked_at_again(tmp_path: Path) -> None:
    file, gone = tmp_path / "a", str(tmp_path / "gone")
    file.touch()
    newest = max(file.stat().st_mtime_ns, file.stat().st_ctime_ns)

    assert Footprint.take("it", [str(file)], newest).changed() == [str(file)]
    taken = Footprint.take("it", [str(file)], newest + 1, "note")
    assert taken.changed() == []
    assert Footprint.take("it", [str(file), gone], newest + 1).changed() == [gone]
    file.unlink()
    assert taken.changed() == [str(file)]


STEP = st.tuples(st.sampled_from(sorted(CHANGES)), st.booleans())


@settings(max_examples=8, deadline=None)
@given(steps=st.lists(STEP, min_size=1, max_size=6))
def test_any_changes_leave_the_index_as_if_built_from_scratch(steps: list[tuple[str, bool]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder))
        for what, settled in steps:
            if settled:
                place.settle()
            try:
                CHANGES[what](place)
            except (OSError, KeyError):  # what it would change is gone by now
                continue
            assert place.answer() == place.anew()
        place.close()
