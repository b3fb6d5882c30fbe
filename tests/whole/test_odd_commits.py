"""One odd commit, name or setting costs itself and a verdict, and nothing of what stands beside it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from foundry_git.git.blame import blame
from foundry_git.git.history import dated, moment, one_commit
from foundry_git.git.repository import Repository
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo
from tests.samples import CHUNKS, CLAMP

ODD_NAME = os.fsdecode(b"caf\xe9.py")
ODD_DATES = (
    *("1600000000 +051800", "1600000000 -7068", "1600000000 +2500", "1600000000 +99999", "1600000000"),
    *("99999999999999 +0000", "18446744073709551615 +0000", "253402300800 +1400", "-100000 +0000", "0 -1200", "x +0000", ""),
)


def commit_dated(repo: GitRepo, date: str, subject: str) -> str:
    """Commit what stands in the work tree as tools of other people did that wrote such a date."""
    repo.git("add", "--all")
    who = f"Dev <dev@example.com> {date}".rstrip()
    text = f"tree {repo.git('write-tree')}\nparent {repo.head()}\nauthor {who}\ncommitter {who}\n\n{subject}\n"
    made = repo.git("hash-object", "-t", "commit", "-w", "--stdin", "--literally", input=text.encode())
    repo.git("reset", "--quiet", "--hard", made)
    return made


@pytest.mark.parametrize("date", ODD_DATES)
def test_a_commit_of_any_date_is_taken_in_with_those_beside_it(repo: GitRepo, foundry: CommandLine, date: str) -> None:
    foundry("init")
    repo.commit({".foundry/note.txt": "a library"})
    repo.write({"chunks.py": CHUNKS})
    odd = commit_dated(repo, date, "Add chunks")
    repo.commit({"clamp.py": CLAMP})

    for command in (["candidates", "--all", "--json"], ["extract", "--all"], ["evidence", "collect"], ["stats"], ["doctor"]):
        ran = foundry(*command)
        assert ran.returncode in (0, 1), ran.stderr
        assert "Traceback" not in ran.stderr
        if command[0] == "candidates":
            assert {one["id"] for one in json.loads(ran.stdout)} == {"python/in-chunks", "python/clamp-all"}
    assert not (repo.path / ".git/foundry/worker.log").exists() or "skipped" not in (
        repo.path / ".git/foundry/worker.log"
    ).read_text(encoding="utf-8")
    commit = one_commit(Repository.at(repo.path), odd)
    assert 1970 <= moment(commit.author_date).year <= 9998


def test_dates_that_are_none_count_as_the_nearest_that_is() -> None:
    expected = {
        "1600000000 +0530": "2020-09-13T17:56:40+05:30",
        "1600000000 -0300": "2020-09-13T09:26:40-03:00",
        "1600000000 +051800": "2020-09-13T12:26:40+00:00",
        "1600000000": "2020-09-13T12:26:40+00:00",
        "1600000000 +9900": "2020-09-13T12:26:40+00:00",
    }
    assert {raw: dated(raw).isoformat() for raw in expected} == expected
    assert {dated(raw).year for raw in ("", "x", "-100000 +0000", "0 -1200", "5 +1400", "1e9 +0000")} == {1970}
    assert {dated(raw).year for raw in ("99999999999999 +0000", f"{10**25} -1200", "253402300799 -1200")} == {9998}


@pytest.fixture
def oddly_named(repo: GitRepo, foundry: CommandLine) -> GitRepo:
    """A repository with a file whose name is no UTF-8, beside one that is like any other."""
    foundry("init")
    repo.commit({"chunks.py": CHUNKS})
    (repo.path / os.fsdecode(b"l\xefnk.py")).symlink_to("chunks.py")
    repo.commit({ODD_NAME: CLAMP, f"d{chr(0xDCE9)}r/inner.py": CLAMP.replace("clamp_all", "clamp_some").replace("low", "least")})
    return repo


def test_a_file_whose_name_is_no_utf8_costs_only_itself(oddly_named: GitRepo, foundry: CommandLine) -> None:
    for command in (
        ["search", "cut a list into pieces"],
        ["similar", "chunks.py"],
        ["candidates", "--all"],
        ["doctor"],
        ["extract", "--all"],
        ["evidence", "collect"],
        ["stats"],
        ["search", "--unreviewed-only", "bring every value into a range"],
    ):
        ran = foundry(*command)
        assert ran.returncode in (0, 1), (command, ran.stderr)
        assert "Traceback" not in ran.stderr, (command, ran.stderr)
    assert "in_chunks" in foundry("search", "--unreviewed-only", "in_chunks").stdout

    found = json.loads(foundry("extract", "--commit", "HEAD", "--json", "--explain", "--dry-run").stdout)
    assert {(verdict["path"], verdict["reason"]) for verdict in found["verdicts"]} >= {(ODD_NAME, "not-utf8")}
    assert "python/in-chunks" in foundry("candidates", "--all").stdout


def test_such_a_file_that_is_renamed_is_taken_in_under_its_new_name(oddly_named: GitRepo, foundry: CommandLine) -> None:
    foundry("candidates")
    oddly_named.git("mv", ODD_NAME, "clamp.py")
    oddly_named.commit({}, "Give it a name")

    assert foundry("extract", "--all").returncode == 0
    assert "python/clamp-all" in foundry("candidates", "--all").stdout


@pytest.mark.parametrize("place", ["global", "system"])
def test_a_list_of_commits_to_ignore_that_is_not_there_changes_no_answer(
    repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    first = repo.commit({"chunks.py": CHUNKS})
    second = repo.commit({"chunks.py": f"{CHUNKS}\n\n{CLAMP}"})
    found = Repository.at(repo.path)
    without = blame(found, second, "chunks.py")
    assert {origin.commit for origin in without} == {first, second}

    if place == "system":
        monkeypatch.delenv("GIT_CONFIG_NOSYSTEM")
        monkeypatch.setenv("GIT_CONFIG_SYSTEM", str(tmp_path / "system"))
    repo.git(
        "config",
        "--file",
        os.environ["GIT_CONFIG_GLOBAL" if place == "global" else "GIT_CONFIG_SYSTEM"],
        "blame.ignoreRevsFile",
        ".no-such",
    )

    assert blame(found, second, "chunks.py") == without
