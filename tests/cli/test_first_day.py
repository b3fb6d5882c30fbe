"""A teammate's first day: a clone where nobody ran `foundry init`, or whose history is cut, says so with the line to type."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from foundry_git.errors import FETCH_ALL
from tests.commandline import CommandLine
from tests.commandline import run as here
from tests.gitrepo import GitRepo

LIBRARY = "library_id: 0b7f5a52-6c0e-4d58-9a57-5b0d9f1f2c11\n"
SAID = "foundry: commits of this clone are not looked at yet; to switch that on:  foundry init\n"
CODE = '''\
def longest_run(values: list[int]) -> int:
    """Count the longest run of equal values."""
    longest = current = 0
    last = None
    for value in values:
        current = current + 1 if value == last else 1
        longest, last = max(longest, current), value
    return longest
'''


@pytest.fixture(autouse=True)
def no_build(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)


@pytest.fixture
def team(repo: GitRepo) -> GitRepo:
    """A team's repository with a library and three commits."""
    for number in range(3):
        repo.commit(
            {
                ".foundry/foundry.yaml": LIBRARY,
                ".foundry/.gitignore": "/index/\n",
                f"m{number}.py": CODE.replace("0", str(number)),
            }
        )
    return repo


def cloned(repo: GitRepo, path: Path, *options: str) -> GitRepo:
    subprocess.run(["git", "clone", "--quiet", *options, repo.path.as_uri(), str(path)], check=True, capture_output=True)
    return GitRepo(path)


@pytest.fixture
def clone(team: GitRepo, tmp_path: Path) -> GitRepo:
    return cloned(team, tmp_path / "clone")


@pytest.fixture
def shallow(team: GitRepo, tmp_path: Path) -> GitRepo:
    made = cloned(team, tmp_path / "shallow", "--depth=1")
    CommandLine(made.path)("init")
    return made


# nobody ran `foundry init`


@pytest.mark.parametrize(
    "words",
    [
        ("candidates",),
        ("search", "--accepted-only", "token bucket"),
        ("similar", "m0.py"),
        ("inject", "--task", "token bucket", "--prompt", "m0.py"),
        ("show", "python/token-bucket"),
        ("stats",),
        ("outcome", "python/token-bucket", "--pass"),
        ("extract", "--commit", "HEAD"),
        ("library", "check"),
        ("evidence", "collect", "--status", "success"),
        ("evidence", "run", "--", "git", "status"),
        ("rebuild",),
    ],
)
def test_every_command_says_once_that_no_commit_is_looked_at(clone: GitRepo, words: tuple[str, ...]) -> None:
    code, shown, said = here(clone.path, *words)

    assert (code, said.count(SAID), SAID in shown) == (0, 1, False), said


@pytest.mark.parametrize("words", [("init", "--dry-run"), ("uninstall", "--dry-run"), ("doctor",), ("help", "init"), ("worker",)])
def test_who_switches_it_on_or_looks_into_it_is_not_told(clone: GitRepo, words: tuple[str, ...]) -> None:
    if words == ("help", "init"):
        done = CommandLine(clone.path)(*words)
        assert (done.returncode, done.stderr) == (0, "")
        return
    assert SAID not in CommandLine(clone.path)(*words).stderr


def test_the_inbox_of_such_a_clone_says_what_would_fill_it(clone: GitRepo) -> None:
    _, shown, said = here(clone.path, "candidates")

    assert (shown, said) == ("No candidates; look at all you have with `foundry extract --all`.\n", SAID), "nothing is said twice"


def test_nothing_is_said_once_it_is_switched_on(clone: GitRepo) -> None:
    here(clone.path, "init")

    assert here(clone.path, "candidates")[2] == ""
    assert here(clone.path, "candidates")[1].startswith("No candidates; commit something")


def test_nothing_is_said_in_a_build(clone: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")

    assert here(clone.path, "stats")[2] == ""


def test_nothing_is_said_of_a_library_that_was_named_or_where_there_is_none(
    clone: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = GitRepo.create(tmp_path / "other")
    named = str(clone.path / ".foundry")

    assert here(bare.path, "stats")[2] == ""
    assert here(clone.path, "stats", "--library", named)[2] == ""
    monkeypatch.setenv("FOUNDRY_LIBRARY", named)
    assert here(clone.path, "stats")[2] == ""


def test_init_minds_no_library_that_is_named_for_other_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = GitRepo.create(tmp_path / "plain")
    monkeypatch.setenv("FOUNDRY_LIBRARY", "/nowhere")

    code, said, _ = here(plain.path, "init")

    assert code == 0 and said.endswith("`foundry search` finds it again.\n")


def test_nothing_is_said_where_hooks_stand_for_all_repositories(clone: GitRepo) -> None:
    here(clone.path, "init", "--user")

    assert here(clone.path, "stats")[2] == ""


def test_a_library_elsewhere_that_the_clone_points_at_counts(team: GitRepo, tmp_path: Path) -> None:
    product = GitRepo.create(tmp_path / "product")
    product.commit({".foundry/foundry.yaml": f"library: {team.path}\n"})

    assert here(product.path, "stats")[2] == SAID


def test_the_line_to_type_in_a_clone_whose_library_is_not_on_this_machine_works(tmp_path: Path) -> None:
    team = GitRepo.create(tmp_path / "team")
    CommandLine(team.path)("init", "--standalone")
    team.commit({})
    url = team.path.as_uri()
    product = GitRepo.create(tmp_path / "product")
    product.commit({".foundry/foundry.yaml": f"library: {url}\n"})

    _, _, said = here(product.path, "stats")
    assert said.endswith(f"which is not on this machine yet; run `foundry init --library {url}`\n")
    code, _, complaint = here(product.path, "init", "--library", url)

    assert (code, complaint) == (0, "")
    assert here(product.path, "stats")[::2] == (0, "")
    assert product.git("status", "--porcelain") == ""


def test_to_say_so_costs_no_process_of_git(clone: GitRepo, tmp_path: Path) -> None:
    log, real = tmp_path / "calls", shutil.which("git")
    shim = tmp_path / "bin" / "git"
    shim.parent.mkdir()
    shim.write_text(f'#!/bin/sh\necho "$@" >> {shlex.quote(str(log))}\nexec {real} "$@"\n', encoding="utf-8")
    shim.chmod(0o755)
    path = {"PATH": f"{shim.parent}{os.pathsep}{os.environ['PATH']}", "FOUNDRY_WORKER": "1"}
    CommandLine(clone.path)("search", "--accepted-only", "bucket")

    def calls(*more: str) -> int:
        log.unlink(missing_ok=True)
        CommandLine(clone.path)("search", "--accepted-only", "bucket", *more, env=path)
        return len(log.read_text(encoding="utf-8").splitlines())

    assert calls() == calls("--library", ".foundry")


# a history that is cut


@pytest.mark.parametrize(
    "words",
    [
        ("extract", "--commit", "HEAD~2"),
        ("extract", "--range", "HEAD~2.."),
        ("similar", "--diff", "HEAD~2"),
        ("evidence", "collect", "--commit", "HEAD~2"),
        ("evidence", "collect", "--range", "HEAD~2..HEAD"),
        ("library", "check", "--queries", "--base", "HEAD~2"),
    ],
)
def test_a_commit_that_was_not_fetched_is_to_be_fetched(shallow: GitRepo, words: tuple[str, ...]) -> None:
    shallow.write({".foundry/queries.yaml": "queries:\n- ask: the longest run\n  expect: []\n"})

    code, _, said = here(shallow.path, *words)

    assert code == 2
    assert said.endswith(f"HEAD~2: no such commit in {shallow.path}; this clone is shallow, so its history is cut: {FETCH_ALL}\n")


def test_in_a_whole_clone_nothing_is_to_be_fetched(clone: GitRepo) -> None:
    code, _, said = here(clone.path, "extract", "--commit", "HEAD~7")

    assert (code, FETCH_ALL in said, "see `git log --oneline`" in said) == (2, False, True)


def test_a_base_that_shares_no_commit_in_a_shallow_clone_says_so(team: GitRepo, tmp_path: Path) -> None:
    team.git("branch", "old", "HEAD~1")
    made = cloned(team, tmp_path / "shallow", "--depth=1", "--no-single-branch")

    code, _, said = here(made.path, "similar", "--diff", "origin/old")

    assert (code, f"shares no commit with HEAD here; this clone is shallow: {FETCH_ALL}" in said) == (2, True)


@pytest.mark.parametrize("words", [("extract", "--all", "--dry-run"), ("evidence", "collect", "--status", "success")])
def test_what_reads_the_history_says_that_it_is_cut(shallow: GitRepo, clone: GitRepo, words: tuple[str, ...]) -> None:
    said = f"foundry: this clone is shallow, so only a part of the history is looked at; {FETCH_ALL}\n"

    assert here(shallow.path, *words)[::2] == (0, said)
    assert said not in here(clone.path, *words)[2]


def test_a_history_that_begins_too_late_says_why(shallow: GitRepo) -> None:
    code, _, said = here(shallow.path, "extract", "--all", "--until", "2001-01-01")

    assert code == 2
    assert said.endswith(f"the history begins later; this clone is shallow: {FETCH_ALL}\n")


def test_what_is_fetched_later_is_read_as_if_it_had_always_been_there(team: GitRepo, tmp_path: Path) -> None:
    team.commit({"m0.py": CODE.replace("last = None", "last: int | None = None")}, "Fix the type of what came last")
    whole, shallow = cloned(team, tmp_path / "whole"), cloned(team, tmp_path / "cut", "--depth=1")
    reading = ("extract", "--all", "--dry-run", "--json")
    cut = here(shallow.path, *reading)[1]

    shallow.git("fetch", "--quiet", "--unshallow")

    assert here(shallow.path, *reading)[1] == here(whole.path, *reading)[1] != cut
