"""The worker on real repositories: what it takes in, from whom, and what it leaves alone."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import pytest

from foundry_git.capture.harvest import Harvest, harvest_commits
from foundry_git.git.history import Commit
from foundry_git.worker.launch import GUARD
from foundry_git.worker.taken_in import TakenIn
from foundry_git.workspace import Workspace
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo
from tests.samples import CHUNKS, CLAMP

pytestmark = pytest.mark.usefixtures("awake")


class Names(Protocol):
    def __call__(self, cwd: Path | None = None) -> list[str]: ...


@pytest.fixture
def names(foundry: CommandLine) -> Names:
    """The ids of all candidates, as the command line lists them."""

    def listed(cwd: Path | None = None) -> list[str]:
        done = foundry("candidates", "--json", "--all", cwd=cwd)
        assert done.returncode == 0, done.stderr
        return sorted(candidate["id"] for candidate in json.loads(done.stdout))

    return listed


def test_init_mines_no_history(repo: GitRepo, foundry: CommandLine, names: Names) -> None:
    repo.commit({"old.py": CHUNKS})
    foundry("init")
    repo.commit({"new.py": CLAMP})

    assert names() == ["python/clamp-all"]


def test_the_first_commit_counts(repo: GitRepo, foundry: CommandLine, names: Names) -> None:
    foundry("init")
    repo.commit({"a.py": CHUNKS})

    assert names() == ["python/in-chunks"]


def test_uncommitted_code_is_not_looked_at(repo: GitRepo, foundry: CommandLine, names: Names) -> None:
    foundry("init")
    repo.commit({"a.py": "X = 1\n"})
    repo.write({"a.py": CHUNKS, "b.py": CLAMP})
    repo.git("add", "b.py")

    assert names() == []


def test_only_what_a_commit_changed_is_asked(repo: GitRepo, foundry: CommandLine, names: Names) -> None:
    repo.commit({"a.py": CHUNKS})
    foundry("init")
    repo.commit({"a.py": CHUNKS + "\n\n" + CLAMP})

    assert names() == ["python/clamp-all"]


def test_a_rename_brings_nothing(repo: GitRepo, foundry: CommandLine, names: Names) -> None:
    repo.commit({"a.py": CHUNKS})
    foundry("init")
    repo.git("mv", "a.py", "b.py")
    repo.commit({})

    assert names() == []


def test_commits_of_others_are_left_alone(repo: GitRepo, foundry: CommandLine, names: Names) -> None:
    foundry("init")
    repo.commit({"theirs.py": CHUNKS}, author="Someone Else <else@example.com>")
    repo.commit({"mine.py": CLAMP})

    assert names() == ["python/clamp-all"]


def test_authors_all_takes_everybody(repo: GitRepo, foundry: CommandLine, names: Names) -> None:
    foundry("init")
    settings = (repo.path / ".foundry/foundry.yaml").read_text() + "extraction:\n  authors: all\n"
    repo.commit({".foundry/foundry.yaml": settings})
    repo.commit({"theirs.py": CHUNKS}, author="Someone Else <else@example.com>")

    assert names() == ["python/in-chunks"]


def test_a_merge_brings_its_commits_without_a_post_commit_hook(repo: GitRepo, foundry: CommandLine, names: Names) -> None:
    foundry("init")
    repo.commit({"readme": "x"})
    repo.git("switch", "-qc", "topic")
    repo.git("-c", "core.hooksPath=/dev/null", "commit", "-q", "--allow-empty", "-m", "nothing")
    repo.write({"a.py": CHUNKS})
    repo.git("add", "a.py")
    repo.git("-c", "core.hooksPath=/dev/null", "commit", "-qm", "topic")
    repo.git("switch", "-q", "main")
    repo.commit({"other.txt": "y"})
    repo.git("merge", "-q", "--no-ff", "-m", "merge", "topic")

    assert names() == ["python/in-chunks"]


def test_a_rebase_adds_no_second_candidate(repo: GitRepo, foundry: CommandLine, names: Names) -> None:
    foundry("init")
    repo.commit({"readme": "x"})
    repo.git("switch", "-qc", "topic")
    for number in range(5):
        repo.commit({f"m{number}.py": CHUNKS.replace("in_chunks", f"cut{number}").replace("positive", f"at least {number}")})
    repo.git("switch", "-q", "main")
    repo.commit({"other.txt": "y"})
    repo.git("switch", "-q", "topic")
    before = names()
    repo.git("rebase", "-q", "main")

    assert len(before) == 5
    assert names() == before


def test_amending_ten_times_leaves_one_candidate(repo: GitRepo, foundry: CommandLine, names: Names) -> None:
    foundry("init")
    repo.commit({"a.py": CHUNKS})
    for number in range(10):
        repo.write({"a.py": CHUNKS.replace("positive", f"over {number}")})
        repo.git("commit", "-qa", "--amend", "--no-edit")

    assert names() == ["python/in-chunks"]


def test_every_worktree_has_its_own_cursor(repo: GitRepo, foundry: CommandLine, names: Names, tmp_path: Path) -> None:
    foundry("init")
    repo.commit({"readme": "x"})
    other = tmp_path / "other"
    repo.git("worktree", "add", "-q", "-b", "side", str(other))
    assert names() == []
    GitRepo(other).commit({"side.py": CHUNKS})
    repo.commit({"main.py": CLAMP})

    assert names() == ["python/clamp-all", "python/in-chunks"]
    assert names(other) == ["python/clamp-all", "python/in-chunks"]


def test_detached_head_works(repo: GitRepo, foundry: CommandLine, names: Names) -> None:
    foundry("init")
    repo.commit({"readme": "x"})
    repo.git("switch", "-q", "--detach")
    repo.commit({"a.py": CHUNKS})

    assert names() == ["python/in-chunks"]


def test_a_pruned_cursor_is_no_obstacle(repo: GitRepo, foundry: CommandLine, names: Names) -> None:
    foundry("init")
    repo.commit({"readme": "x"})
    names()
    cursor = repo.path / ".git/foundry/cursors/main"
    cursor.write_text("1234567890123456789012345678901234567890\n")
    repo.commit({"a.py": CHUNKS})

    assert names() == ["python/in-chunks"]
    assert cursor.read_text().strip() == repo.head()


def test_the_users_index_head_and_work_tree_are_never_touched(repo: GitRepo, foundry: CommandLine, names: Names) -> None:
    foundry("init")
    repo.commit({"a.py": CHUNKS})
    repo.write({"staged.py": CLAMP, "a.py": CHUNKS + "# edit\n"})
    repo.git("add", "staged.py")
    before = _state(repo)

    names()

    assert _state(repo) == before


def test_a_bad_file_costs_only_itself(repo: GitRepo, foundry: CommandLine, names: Names) -> None:
    foundry("init")
    repo.commit({"broken.py": "def broken(:\n", "latin.py": b"# caf\xe9\ndef f(): pass\n", "nul.py": b"\0", "good.py": CHUNKS})

    assert names() == ["python/in-chunks"]


def test_a_secret_is_never_stored(repo: GitRepo, foundry: CommandLine, names: Names) -> None:
    token = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"  # assembled: no scanner is to flag this file
    foundry("init")
    repo.commit({"a.py": CHUNKS.replace('"size must be positive"', f'"{token}"'), "b.py": CLAMP})

    explained = foundry("extract", "--explain").stdout

    assert names() == ["python/clamp-all"]
    assert "secret: " in explained
    assert token not in explained
    kept = b"".join(path.read_bytes() for path in (repo.path / ".git/foundry").rglob("*") if path.is_file())
    assert token.encode() not in kept


def test_two_workers_do_not_meet(repo: GitRepo, foundry: CommandLine, names: Names) -> None:
    foundry("init")
    repo.commit({f"m{n}.py": CHUNKS.replace("in_chunks", f"cut{n}").replace("positive", f"over {n}") for n in range(8)})

    command = [sys.executable, "-P", "-m", "foundry_git", "worker"]
    workers = [subprocess.Popen(command, cwd=repo.path) for _ in range(4)]
    assert [worker.wait(120) for worker in workers] == [0] * 4

    assert len(names()) == 8


def _state(repo: GitRepo) -> tuple[str, str, str]:
    index = hashlib.sha256((repo.path / ".git/index").read_bytes()).hexdigest()
    return repo.head(), index, repo.git("status", "--porcelain=v2", "--untracked-files=all")


def test_each_line_of_the_log_stands_there_once_where_units_of_head_are_known_too(repo: GitRepo, foundry: CommandLine) -> None:
    foundry("init")
    repo.git("config", "core.hooksPath", "/dev/null")
    repo.commit({"a.py": "x = 1\n"})
    foundry("search", "anything at all", env={GUARD: "1"})  # from now on the worker indexes what stands at HEAD
    repo.commit({"b.py": "y = 2\n"})

    foundry("worker")

    lines = (repo.path / ".git" / "foundry" / "worker.log").read_text(encoding="utf-8").splitlines()
    assert lines and len(lines) == len(set(lines))
    assert lines[-1].endswith("took in 2 commits: 0 candidates, 0 gone")
    assert str(TakenIn(1, 1, 0)) == "1 commit: 1 candidate, 0 gone"


def test_a_commit_that_nobody_foresaw_costs_only_itself(
    repo: GitRepo, foundry: CommandLine, monkeypatch: pytest.MonkeyPatch, names: Names
) -> None:
    foundry("init")
    repo.git("config", "core.hooksPath", "/dev/null")
    for number in range(3):
        repo.commit({f"m{number}.py": CHUNKS.replace("in_chunks", f"cut{number}").replace("positive", f"over {number}")})
    odd = repo.git("rev-parse", "HEAD~1")

    def harvest(workspace: Workspace, commits: Sequence[Commit], *rest: Any, **more: Any) -> Harvest:
        if odd in {commit.id for commit in commits}:
            raise ValueError("nobody foresaw this")
        return harvest_commits(workspace, commits, *rest, **more)

    monkeypatch.setattr("foundry_git.worker.advance.harvest_commits", harvest)
    foundry("candidates")

    assert names() == ["python/cut0", "python/cut2"]
