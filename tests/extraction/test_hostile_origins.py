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


@pytest.mark.parametrize("case", PLACES)
def test_a_hostile_origin_is_an_origin_that_is_not_there(repo: GitRepo, foundry: CommandLine, case: str) -> None:
    path, symbol = PLACES[case]
    origin = f"origin:\n  repository: repo\n  path: {in_yaml(path)}\n  symbol: {in_yaml(symbol)}\n"
    manifest = f"schema: 1\nname: a\nkind: function\ndescription: Cut a list.\nlanguage: python\ncode: it.py\n{origin}"
    library = {"foundry.yaml": "library_id: 5a0c7a52-0f59-4d09-9f4c-0b9d0f1b2c3d\nname: team\n", "other.py": "x = 1\n"}
    repo.commit({**library, "patterns/python/a/v1/pattern.yaml": manifest, "patterns/python/a/v1/it.py": CHUNKS})

    for words in (("show", "python/a"), ("inject", "--task", "cut a list into pieces"), ("doctor",)):
        done = foundry(*words)
        assert "Traceback" not in done.stderr
        assert done.returncode == 0 or words == ("doctor",), done.stderr
    assert "orphaned" in foundry("show", "python/a").stdout
    assert not (repo.path / "marker").exists()


@pytest.mark.parametrize(
    ("path", "can"),
    [("a.py", True), ("a/..b/c", True), (":a", True), ("-a", True), ("a\\b", True), ("C:/a", True), ("", False), ("/a", False),
     ("a//b", False), ("a/", False), ("./a", False), ("a/../b", False), ("a\0", False), ("a/.git/b", False), ("a" * 4097, False)],
)  # fmt: skip
def test_a_path_of_a_tree_leads_down_from_its_top(path: str, can: bool) -> None:
    assert is_tree_path(path) is can
