"""Beside the hook managers of teams: the real tools, each before and after ours, and our lines where they run what a person keeps."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from foundry_git.git.hooks import WAKING, installed
from foundry_git.git.repository import Repository
from foundry_git.worker.state import WorkerState
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo

pytestmark = pytest.mark.usefixtures("awake")

RAN = "ran"
PRE_COMMIT = """\
repos:
  - repo: local
    hooks:
      - id: note
        name: note
        entry: sh -c 'echo pre-commit >> ran'
        language: system
        stages: [post-commit]
        always_run: true
        verbose: false
"""
LEFTHOOK = "post-commit:\n  commands:\n    note:\n      run: echo lefthook >> ran\n"
WAKER = "wake:\n      run: |\n        "


def tool(name: str) -> str:
    """A program of the environment or the machine; the test says what it lacks."""
    found = shutil.which(name, path=f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}")
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def run(repo: GitRepo, *command: str) -> str:
    done = subprocess.run(command, cwd=repo.path, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def committed(repo: GitRepo, name: str) -> list[str]:
    """Commit a file, silently as far as Git and hooks are asked to be; return what other tools noted that they did."""
    repo.write({f"{name}.py": f"{name} = 1\n"})
    repo.git("add", "--", f"{name}.py")
    repo.git("commit", "--quiet", "-m", f"Add {name}")
    noted = repo.path / RAN
    said = noted.read_text(encoding="utf-8").split() if noted.exists() else []
    noted.unlink(missing_ok=True)
    return said


def is_taken_in(repo: GitRepo, seconds: float = 30.0) -> bool:
    """Tell whether a worker, which only a hook can have woken, brings the cursor to HEAD in time."""
    state, until = WorkerState(Repository.at(repo.path)), time.monotonic() + seconds
    while state.is_behind and time.monotonic() < until:
        time.sleep(0.05)
    return not state.is_behind


def snapshot(folder: Path) -> dict[str, tuple[int, bytes]]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): (stat.S_IMODE(path.stat().st_mode), path.read_bytes()) for path in files}


def line_to_add(foundry: CommandLine) -> str:
    """The line that init tells to add by hand."""
    printed = foundry("init").stdout.splitlines()
    return next(line.strip() for line in printed if "foundry_git worker" in line)


def finding(foundry: CommandLine) -> str:
    return next(line for line in foundry("doctor").stdout.splitlines() if " hooks " in line)


@pytest.fixture
def lefthook(repo: GitRepo) -> Iterator[str]:
    program = tool("lefthook")
    repo.write({"lefthook.yml": f"output: false\n{LEFTHOOK}"})
    yield program


@pytest.fixture
def pre_commit(repo: GitRepo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "pre-commit"))
    repo.write({".pre-commit-config.yaml": PRE_COMMIT})
    return tool("pre-commit")


@pytest.fixture(scope="session")
def husky(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """husky 9 as npm installs it."""
    npm = tool("npm")
    folder = tmp_path_factory.mktemp("husky")
    command = [npm, "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), "husky@9"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    if done.returncode:
        pytest.skip("husky cannot be installed: npm reaches no registry")
    return folder / "node_modules/husky/bin.js"


class TestPreCommit:
    def test_it_comes_after_ours_and_runs_both(self, repo: GitRepo, foundry: CommandLine, pre_commit: str) -> None:
        foundry("init")
        run(repo, pre_commit, "install", "--hook-type", "post-commit")

        assert committed(repo, "a") == ["pre-commit"]
        assert is_taken_in(repo)
        assert all(installed(Repository.at(repo.path)).values())
        assert "✓" in finding(foundry)
        before = snapshot(repo.path / ".git/hooks")
        assert "by hand" not in foundry("init").stdout
        assert snapshot(repo.path / ".git/hooks") == before
        foundry("uninstall")
        assert snapshot(repo.path / ".git/hooks").keys() == {"post-commit"} | {
            name for name in before if name.endswith(".sample")
        }

    def test_it_was_there_before_and_is_left_alone(self, repo: GitRepo, foundry: CommandLine, pre_commit: str) -> None:
        run(repo, pre_commit, "install", "--hook-type", "post-commit")
        before = snapshot(repo.path / ".git/hooks")

        line = line_to_add(foundry)
        assert "belongs to pre-commit" in foundry("init").stdout
        assert snapshot(repo.path / ".git/hooks").items() >= before.items()

        hook = f"      - id: wake\n        name: wake\n        entry: >-\n          sh -c '{line}'\n"
        more = "        language: system\n        stages: [post-commit]\n        always_run: true\n"
        repo.write({".pre-commit-config.yaml": PRE_COMMIT + hook + more})
        assert committed(repo, "a") == ["pre-commit"]
        assert is_taken_in(repo)
        assert all(installed(Repository.at(repo.path)).values())
        foundry("uninstall")
        assert snapshot(repo.path / ".git/hooks") == before


class TestLefthook:
    def test_it_was_there_before_and_runs_our_line(self, repo: GitRepo, foundry: CommandLine, lefthook: str) -> None:
        run(repo, lefthook, "install")
        before = snapshot(repo.path / ".git/hooks")

        line = line_to_add(foundry)
        assert "belongs to lefthook" in foundry("init").stdout
        repo.write({"lefthook.yml": f"output: false\n{LEFTHOOK}    {WAKER}{line}\n"})
        run(repo, lefthook, "install")

        assert committed(repo, "a") == ["lefthook"]
        assert is_taken_in(repo)
        assert all(installed(Repository.at(repo.path)).values())
        assert "✓" in finding(foundry)
        said = foundry("uninstall").stdout
        assert f"kept {repo.path / 'lefthook.yml'} (it has our line" in said
        assert snapshot(repo.path / ".git/hooks").keys() == before.keys()
        assert committed(repo, "b") == ["lefthook"]

    def test_it_comes_after_ours_and_doctor_says_what_it_took_over(
        self, repo: GitRepo, foundry: CommandLine, lefthook: str
    ) -> None:
        foundry("init")
        run(repo, lefthook, "install")

        assert committed(repo, "a") == ["lefthook"]
        assert "not woken by post-commit" in finding(foundry)
        assert "Add this line to post-commit" in foundry("init").stdout


class TestHusky:
    @pytest.fixture
    def with_husky(self, repo: GitRepo, husky: Path) -> GitRepo:
        run(repo, tool("node"), str(husky))
        repo.write({".husky/post-commit": "echo husky >> ran\n", ".gitignore": "ran\n"})
        repo.commit({})
        (repo.path / RAN).unlink()
        return repo

    def test_the_line_goes_where_a_person_keeps_hooks(self, with_husky: GitRepo, foundry: CommandLine, husky: Path) -> None:
        before = snapshot(with_husky.path / ".husky")
        line = line_to_add(foundry)
        assert "husky makes it anew, and runs your hooks in .husky" in foundry("init").stdout
        assert snapshot(with_husky.path / ".husky") == before

        for name in WAKING:
            own = with_husky.path / ".husky" / name
            own.write_text((own.read_text(encoding="utf-8") if own.exists() else "") + f"{line}\n", encoding="utf-8")
        run(with_husky, tool("node"), str(husky))  # as each `npm install` does

        assert committed(with_husky, "a") == ["husky"]
        assert is_taken_in(with_husky)
        assert "✓" in finding(foundry)
        assert "by hand" not in foundry("init").stdout
        said = foundry("uninstall").stdout
        assert all(f"kept {with_husky.path / '.husky' / name} (it has our line" in said for name in WAKING)
        assert committed(with_husky, "b") == ["husky"]

    def test_the_committed_line_is_nothing_to_a_teammate_without_foundry(
        self, with_husky: GitRepo, foundry: CommandLine, husky: Path, tmp_path: Path
    ) -> None:
        line = line_to_add(foundry)
        assert sys.executable not in line and str(with_husky.path) not in line
        with_husky.commit({".husky/post-commit": f"echo husky >> ran\n{line}\n"})
        with_husky.git("clone", "--quiet", str(with_husky.path), str(tmp_path / "mate"))
        mate = GitRepo(tmp_path / "mate")
        run(mate, tool("node"), str(husky))

        mate.write({"b.py": "b = 1\n"})
        mate.git("add", "b.py")
        command = ["git", "commit", "-q", "-m", "Add b"]
        done = subprocess.run(
            command, cwd=mate.path, env={**os.environ, "PATH": "/usr/bin:/bin"}, capture_output=True, check=False
        )

        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
        assert (mate.path / RAN).read_text(encoding="utf-8") == "husky\n"
        assert not (mate.path / ".git/foundry").exists()


class TestGitLFS:
    @pytest.mark.parametrize("first", ["lfs", "ours"])
    def test_both_run(self, repo: GitRepo, foundry: CommandLine, first: str) -> None:
        tool("git-lfs")
        if first == "lfs":
            repo.git("lfs", "install", "--local")
            foundry("init")
        else:
            foundry("init")
            said = subprocess.run(
                ["git", "lfs", "install", "--local"], cwd=repo.path, capture_output=True, text=True, check=False
            )
            assert "Hook already exists: post-" in said.stdout + said.stderr  # it merges nothing by itself
            repo.git("lfs", "update", "--manual")
        repo.git("lfs", "track", "*.bin")
        repo.commit({"big.bin": b"x" * 1000, ".gitattributes": "*.bin filter=lfs diff=lfs merge=lfs -text\n"})

        assert repo.git("cat-file", "-p", "HEAD:big.bin").startswith("version https://git-lfs")
        assert is_taken_in(repo)
        assert all(installed(Repository.at(repo.path)).values())

    def test_uninstalling_leaves_its_hooks_as_it_wrote_them(self, repo: GitRepo, foundry: CommandLine) -> None:
        tool("git-lfs")
        repo.git("lfs", "install", "--local")
        before = snapshot(repo.path / ".git/hooks")

        foundry("init")
        assert snapshot(repo.path / ".git/hooks") != before
        foundry("uninstall")

        assert snapshot(repo.path / ".git/hooks") == before
