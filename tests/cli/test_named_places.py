"""Names that only a number tells from others are shown with the place they stand at, and commands with the repository they are for."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from foundry_git.pattern.naming import is_counted
from tests.commandline import CommandLine
from tests.commandline import run as here
from tests.gitrepo import GitRepo

FIRST = '''\
def parse(text: str) -> dict[str, str]:
    """Read pairs of a name and a value, one on each line."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        if "=" in line:
            name, _, value = line.partition("=")
            found[name.strip()] = value.strip()
    return found
'''
SECOND = '''\
def parse(words: list[str], least: int) -> list[int]:
    """Take the numbers among words that are large enough, the largest first."""
    numbers = []
    for word in words:
        if word.isdigit() and int(word) >= least:
            numbers.append(int(word))
    numbers.sort(reverse=True)
    return numbers
'''


@pytest.fixture
def twice(repo: GitRepo) -> GitRepo:
    """Two candidates whose names would be the same: python/parse and python/parse-2."""
    here(repo.path, "init")
    repo.git("config", "core.hooksPath", "/dev/null")
    repo.commit({"pairs.py": FIRST, "numbers.py": SECOND})
    assert here(repo.path, "extract", "--all")[0] == 0
    return repo


def place_of(repo: GitRepo, id: str) -> str:
    rows = json.loads(here(repo.path, "candidates", "--all", "--json")[1])
    return next(f"{row['path']}:{row['line']}" for row in rows if row["id"] == id)


def test_what_a_number_tells_from_others() -> None:
    assert is_counted("python/tuple-2") and is_counted("go/read-12")
    assert not is_counted("python/base64") and not is_counted("python/v2-reader")


def test_accepting_and_rejecting_say_where_the_code_stands(twice: GitRepo) -> None:
    places = {id: place_of(twice, id) for id in ("python/parse", "python/parse-2")}

    accepted = here(twice.path, "accept", "python/parse-2")[1]
    rejected = here(twice.path, "reject", "python/parse")[1]

    assert f"wrote .foundry/patterns/python/parse-2/v1  from {places['python/parse-2']}\n" in accepted
    assert f"rejected python/parse ({places['python/parse']}); code of this shape" in rejected


def test_a_name_that_is_only_near_says_where_it_stands(twice: GitRepo) -> None:
    path = place_of(twice, "python/parse-2").partition(":")[0]

    said = here(twice.path, "accept", "parse-3")[2]

    assert f"python/parse-2 ({path})" in said and "no such candidate; did you mean " in said


def test_what_is_known_of_such_a_pattern_says_where_it_is_from(twice: GitRepo) -> None:
    path = place_of(twice, "python/parse-2").partition(":")[0]
    here(twice.path, "accept", "python/parse-2")
    twice.commit({})

    outcome = here(twice.path, "outcome", "parse-2", "--pass")[1]

    assert outcome.startswith(f"  python/parse-2 ({path}): 0.50 → ")
    assert f":python/parse-2@1 ({path})" in here(twice.path, "stats")[1]
    assert here(twice.path, "stats", "parse-2")[1].startswith(f"python/parse-2@1 ({path})  ")
    assert f"python/parse-2@1 ({path})" in here(twice.path, "stats", "--week")[1]


def test_a_twin_is_named_with_its_place(twice: GitRepo) -> None:
    twice.commit({"copies.py": FIRST.replace("found", "pairs").replace("value.strip()", "value.rstrip()")})
    here(twice.path, "extract", "--all")

    shown = here(twice.path, "candidates", "--all")[1]

    twin = re.search(r"much like it: (python/[\w-]+) \((\w+\.py:\d+)\)", shown)
    assert twin is not None
    assert place_of(twice, twin[1]) == twin[2]


# where Git takes what is accepted


def commit_line(shown: str) -> str:
    found = re.search(r"once more, then:  (.*)$", shown, re.MULTILINE)
    assert found is not None, shown
    return found[1]


def carried_out(folder: Path, line: str) -> None:
    subprocess.run(["sh", "-c", line], cwd=folder, check=True, capture_output=True, timeout=60)


def test_the_line_to_type_commits_into_a_library_that_is_a_submodule(repo: GitRepo, tmp_path: Path) -> None:
    team = GitRepo.create(tmp_path / "team")
    CommandLine(team.path)("init", "--standalone")
    team.commit({})
    repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(team.path), ".foundry")
    repo.commit({"pairs.py": FIRST})
    here(repo.path, "extract", "--all")

    line = commit_line(here(repo.path, "accept", "parse")[1])

    assert line == "git -C .foundry add patterns/python/parse && git -C .foundry commit -m 'Add pattern python/parse'"
    carried_out(repo.path, line)
    library = GitRepo(repo.path / ".foundry")
    assert "patterns/python/parse/v1/pattern.yaml" in library.git("ls-tree", "-r", "--name-only", "HEAD").splitlines()


def test_the_line_to_type_commits_into_a_library_that_is_pointed_at(repo: GitRepo, tmp_path: Path) -> None:
    team = GitRepo.create(tmp_path / "our team")
    CommandLine(team.path)("init", "--standalone")
    team.commit({})
    here(repo.path, "init", "--library", str(team.path))
    repo.commit({"src/pairs.py": FIRST})
    here(repo.path, "extract", "--all")

    line = commit_line(here(repo.path / "src", "accept", "parse")[1])

    carried_out(repo.path / "src", line)
    assert team.git("log", "-1", "--format=%s") == "Add pattern python/parse"
    assert team.git("status", "--porcelain") == ""


def test_a_library_in_no_repository_has_nothing_to_commit(repo: GitRepo, tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.mkdir()
    (plain / "foundry.yaml").write_text("library_id: 6f6d3c5e-2b0c-4c8e-9b1e-3f5f6a2d7c10\n", encoding="utf-8")
    here(repo.path, "init", "--library", str(plain))
    repo.commit({"pairs.py": FIRST})
    here(repo.path, "extract", "--all")

    shown = here(repo.path, "accept", "parse")[1]

    assert f"{plain} lies in no Git repository, so there is nothing to commit." in shown
