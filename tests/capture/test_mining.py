"""Mining a history through the command line: whole, between dates, interrupted, and explained."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from foundry_git.extraction.census import Census
from foundry_git.git.repository import Repository
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo

UNIT = '''\
def in_chunks(items, size):
    """Cut a list into pieces of a size."""
    if size < 1:
        raise ValueError("must be positive")
    chunks = []
    for start in range(0, len(items), size):
        chunks.append(items[start : start + size])
    return chunks
'''


def unit(name: str) -> str:
    return UNIT.replace("in_chunks", name).replace("must be positive", name)


def at(repo: GitRepo, day: str, files: dict[str, str | None], message: str = "work") -> str:
    repo.write(files)
    repo.git("add", "--all")
    date = f"{day}T12:00:00+00:00"
    repo.git("commit", "--quiet", "-m", message, env={"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date})
    return repo.head()


def extracted(foundry: CommandLine, *options: str) -> dict[str, Any]:
    return dict(json.loads(foundry("extract", "--all", "--json", *options).stdout))


def found(foundry: CommandLine, *options: str) -> set[str]:
    return {verdict["symbol"] for verdict in extracted(foundry, *options)["verdicts"] if verdict["outcome"] == "candidate"}


def test_the_origin_of_a_unit_is_the_commit_that_last_touched_it(repo: GitRepo, foundry: CommandLine) -> None:
    first = at(repo, "2020-01-01", {"a.py": unit("first")})
    at(repo, "2021-01-01", {"b.py": unit("second")})
    foundry("init")
    foundry("extract", "--all")

    rows = {row["symbol"]: row for row in json.loads(foundry("candidates", "--all", "--json").stdout)}
    assert rows["first"]["commit"] == first


def test_since_and_until_bound_what_is_looked_at(repo: GitRepo, foundry: CommandLine) -> None:
    at(repo, "2020-01-01", {"a.py": unit("old")})
    at(repo, "2021-06-01", {"b.py": unit("middle")})
    at(repo, "2022-06-01", {"c.py": unit("new"), "b.py": None})
    foundry("init")

    assert found(foundry, "--dry-run") == {"old", "new"}
    assert found(foundry, "--dry-run", "--since", "2022-01-01") == {"new"}
    assert found(foundry, "--dry-run", "--until", "2021-06-01") == {"old", "middle"}
    assert found(foundry, "--dry-run", "--since", "2021-01-01", "--until", "2021-12-31") == {"middle"}


def test_a_commit_walks_no_history_that_was_left_out(repo: GitRepo, foundry: CommandLine) -> None:
    at(repo, "2020-01-01", {"a.py": unit("old")})
    at(repo, "2022-06-01", {"b.py": unit("new")})
    foundry("init")
    foundry("extract", "--all", "--since", "2022-01-01")
    at(repo, "2022-07-01", {"c.py": unit("newest")})
    foundry("candidates")

    (notes,) = (repo.path / ".git/foundry/history").glob("*.jsonl")
    assert len(notes.read_text(encoding="utf-8").splitlines()) == 2
    foundry("extract", "--all")
    assert len(notes.read_text(encoding="utf-8").splitlines()) == 3


@pytest.mark.parametrize("options", [("--since", "yesterday"), ("--until", "2026-13-01"), ("--until", "1999-01-01")])
def test_a_date_that_makes_no_sense_is_said(repo: GitRepo, foundry: CommandLine, options: tuple[str, str]) -> None:
    at(repo, "2020-01-01", {"a.py": unit("old")})
    foundry("init")
    done = foundry("extract", "--all", *options)

    assert done.returncode == 2
    assert options[0] in done.stderr and "Traceback" not in done.stderr


def test_dates_without_all_are_a_usage_error(repo: GitRepo, foundry: CommandLine) -> None:
    at(repo, "2020-01-01", {"a.py": unit("old")})
    foundry("init")

    assert foundry("extract", "--since", "2020-01-01").returncode == 2


def test_explain_prints_the_parts_of_a_worth(repo: GitRepo, foundry: CommandLine) -> None:
    at(repo, "2020-01-01", {"a.py": unit("first"), "b.py": "from a import first\n\nfirst(first([], 1), 1)\n"})
    foundry("init")
    told = foundry("extract", "--all", "--explain").stdout

    assert "fan-in" in told and "self-containedness" in told
    assert "used 2 times in 1 file" in foundry("candidates").stdout


def test_a_shape_that_stands_in_another_repository_is_known_there(repo: GitRepo, foundry: CommandLine, tmp_path: Path) -> None:
    text = unit("first").replace("size < 1", "size < 4711")  # a shape that no other test's repository holds
    at(repo, "2020-01-01", {"a.py": text})
    foundry("init")
    foundry("extract", "--all")
    other = GitRepo.create(tmp_path / "other")
    at(other, "2020-01-01", {"z.py": text.replace("chunks", "parts")})
    there = CommandLine(other.path)
    there("init")
    there("extract", "--all")

    assert "in 1 other repository" in there("candidates").stdout


def test_the_census_counts_other_repositories_only(tmp_path: Path, repo: GitRepo) -> None:
    second = GitRepo.create(tmp_path / "second")
    here, there = (Census(tmp_path / "cache", Repository.at(one.path)) for one in (repo, second))
    here.write(["py1:aa", "py1:bb"])
    there.write(["py1:bb"])

    assert (here.repositories_with("py1:bb"), here.repositories_with("py1:aa")) == (1, 0)
    assert there.repositories_with("py1:aa") == 1


def test_a_repository_that_is_gone_is_not_counted(tmp_path: Path, repo: GitRepo) -> None:
    second = GitRepo.create(tmp_path / "second")
    Census(tmp_path / "cache", Repository.at(second.path)).write(["py1:bb"])
    shutil.rmtree(second.path)

    assert Census(tmp_path / "cache", Repository.at(repo.path)).repositories_with("py1:bb") == 0
