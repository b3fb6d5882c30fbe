"""Origins that a stranger wrote: nothing above the repository is looked at, and no such place keeps a pattern from being shown."""

from __future__ import annotations

import pytest

from benchmarks.reliability.hiding import in_yaml
from foundry_git.git.tree_paths import is_tree_path
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo
from tests.samples import CHUNKS

PLACES = {
    "above": ("../../outside.py", "in_chunks"),
    "from the root": ("/etc/hostname", "in_chunks"),
    "a drive": ("C:\\outside.py", "in_chunks"),
    "a share": ("//server/share/outside.py", "in_chunks"),
    "percent": ("%2e%2e/outside.py", "in_chunks"),
    "NUL": ("a\0b.py", "in\0chunks"),
    "magic": (":(exclude,glob)**", "in_chunks"),
    "an option": ("--output=marker", "--open-files-in-pager=touch marker"),
    "Git's own folder": (".git/config", "in_chunks"),
    "lines": ("a\nb.py", "in\nchunks"),
    "ten thousand folders": ("a/" * 10_000 + "b.py", "in_chunks"),
    "very long": ("a" * 60_000, "in_chunks"),
    "nothing": (" ", " "),
}


@pytest.fixture
def library(repo: GitRepo) -> GitRepo:
    """A library with a pattern for each of the places."""
    files = {"foundry.yaml": "library_id: 5a0c7a52-0f59-4d09-9f4c-0b9d0f1b2c3d\nname: team\n", "other.py": "x = 1\n"}
    for number, (path, symbol) in enumerate(PLACES.values()):
        origin = f"origin:\n  repository: repo\n  path: {in_yaml(path)}\n  symbol: {in_yaml(symbol)}\n"
        said = (
            f"schema: 1\nname: a{number}\nkind: function\ndescription: Cut a list into pieces.\nlanguage: python\ncode: it.py\n"
        )
        files[f"patterns/python/a{number}/v1/pattern.yaml"] = f"{said}{origin}"
        files[f"patterns/python/a{number}/v1/it.py"] = CHUNKS.replace("in_chunks", f"in_chunks_{number}")
    repo.commit(files)
    return repo


def test_a_hostile_origin_is_an_origin_that_is_not_there(library: GitRepo, foundry: CommandLine) -> None:
    shown = {case: foundry("show", f"python/a{number}") for number, case in enumerate(PLACES)}

    assert {case: done.stderr for case, done in shown.items() if done.returncode or done.stderr} == {}
    assert [case for case, done in shown.items() if "· orphaned" not in done.stdout] == []


@pytest.mark.parametrize("words", [("doctor",), ("inject", "--task", "cut a list into pieces"), ("extract", "--all")])
def test_hostile_origins_keep_no_command_from_its_work(library: GitRepo, foundry: CommandLine, words: tuple[str, ...]) -> None:
    done = foundry(*words, input="Do it.\n")

    assert (done.returncode, done.stderr if words[0] == "extract" else "") == (int(words == ("doctor",)), ""), done.stderr
    assert "Traceback" not in done.stderr
    assert not (library.path / "marker").exists()


@pytest.mark.parametrize(
    ("path", "can"),
    [("a.py", True), ("a/..b/c", True), (":a", True), ("-a", True), ("a\\b", True), ("C:/a", True), ("", False), ("/a", False),
     ("a//b", False), ("a/", False), ("./a", False), ("a/../b", False), ("a\0", False), ("a/.git/b", False), ("a" * 4097, False)],
)  # fmt: skip
def test_a_path_of_a_tree_leads_down_from_its_top(path: str, can: bool) -> None:
    assert is_tree_path(path) is can
