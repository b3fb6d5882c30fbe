"""One worker at a time: who finds one running leaves it word, and no word is lost."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from foundry_git.git.repository import Repository
from foundry_git.git.state_folder import StateFolder
from foundry_git.system.processes import is_running
from foundry_git.worker import background_work, process
from foundry_git.worker.launch import start
from foundry_git.worker.presence import Presence
from foundry_git.worker.state import WorkerState
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo

WAKINGS = 25
SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]


def wait_until(holds: Callable[[], bool], seconds: float = 60.0) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it did not come to be in time"
        time.sleep(0.02)


@pytest.fixture
def state(tmp_path: Path) -> Presence:
    made = Presence(StateFolder(tmp_path / "foundry"))
    assert made.ask()
    made.answer()
    return made


def test_a_worker_that_runs_is_another_ones_other_until_it_has_ended(state: Presence) -> None:
    worker = subprocess.Popen(SLEEPER)
    state.announce(worker.pid)

    assert state.other == worker.pid
    worker.kill()
    worker.wait()

    assert state.other is None


def test_oneself_is_nobody_else(state: Presence) -> None:
    state.announce(os.getpid())

    assert state.other is None


def test_who_is_asked_meanwhile_goes_on_and_who_is_not_leaves(state: Presence) -> None:
    state.announce(os.getpid())
    state.ask()

    assert not state.leave()
    assert state.folder.worker_pid.exists()
    state.answer()
    assert state.leave()
    assert not state.folder.worker_pid.exists()


def test_the_name_of_another_worker_stays(state: Presence) -> None:
    worker = subprocess.Popen(SLEEPER)
    state.announce(worker.pid)
    state.ask()

    assert state.leave(), "the other one heard it"
    assert state.other == worker.pid
    worker.kill()
    worker.wait()


def test_it_begins_once_nobody_asks_any_more(state: Presence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []

    def sleep_and_ask(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) < 40:
            state.ask()
        else:
            os.utime(state.folder.wanted, (0, 0))

    monkeypatch.setattr("foundry_git.worker.presence.time.sleep", sleep_and_ask)
    state.ask()
    state.wait_for_quiet(tmp_path)

    assert len(slept) == 40


@pytest.mark.parametrize(("sequence", "waits"), [("rebase-merge", True), ("sequencer", True), ("logs", False)])
def test_it_has_more_patience_where_more_commits_are_to_come(
    state: Presence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sequence: str, waits: bool
) -> None:
    (tmp_path / sequence).mkdir()
    state.ask()
    a_second_ago = time.time() - 1.0
    os.utime(state.folder.wanted, (a_second_ago, a_second_ago))
    slept: list[float] = []

    def sleep_till_later(seconds: float) -> None:
        slept.append(seconds)
        os.utime(state.folder.wanted, (0, 0))

    monkeypatch.setattr("foundry_git.worker.presence.time.sleep", sleep_till_later)
    state.wait_for_quiet(tmp_path)

    assert bool(slept) is waits


@pytest.mark.usefixtures("awake")
def test_commands_start_none_where_one_runs(repo: GitRepo, foundry: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    foundry("init")
    repository = Repository.at(repo.path)
    running = Presence(WorkerState(repository).folder)
    wait_until(lambda: running.other is None)
    worker = subprocess.Popen(SLEEPER)
    running.announce(worker.pid)
    monkeypatch.setattr(subprocess, "Popen", lambda *args, **options: pytest.fail("a second worker was started"))

    start(repository)

    assert running.is_wanted
    monkeypatch.undo()
    worker.kill()
    worker.wait()


def test_a_commit_that_comes_while_it_works_is_taken_in_before_it_ends(
    repo: GitRepo, foundry: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    foundry("init")
    there = Presence(WorkerState(Repository.at(repo.path)).folder)
    rounds: list[str] = []

    def commit_and_ask(*_: object) -> None:
        rounds.append(repo.head() if rounds else "")
        if len(rounds) == 1:
            repo.commit({"late.py": "def late():\n    return 1\n"})
            there.ask()

    monkeypatch.setattr(background_work, "sync_quietly", commit_and_ask)
    monkeypatch.setattr(process, "step_back", lambda: None)
    monkeypatch.setattr(process, "bound", lambda *_: None)
    monkeypatch.setattr(process, "_log_to", lambda _: None)
    repo.commit({"early.py": "x = 1\n"})

    process.run_detached(repo.path)

    assert len(rounds) == 2
    assert not WorkerState(Repository.at(repo.path)).is_behind
    assert not there.folder.worker_pid.exists() and not there.is_wanted


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="nothing tells the open files of a process here")
def test_a_worker_that_is_woken_again_and_again_keeps_no_file_open(
    repo: GitRepo, foundry: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    foundry("init")
    there = Presence(WorkerState(Repository.at(repo.path)).folder)
    opened: list[int] = []

    def ask_again(*_: object) -> None:
        opened.append(len(list(Path("/proc/self/fd").iterdir())))
        if len(opened) < WAKINGS:
            repo.commit({"work.py": f"x = {len(opened)}\n"})
            there.ask()
            os.utime(there.folder.wanted, (0, 0))

    monkeypatch.setattr(background_work, "sync_quietly", ask_again)
    monkeypatch.setattr(process, "step_back", lambda: None)
    monkeypatch.setattr(process, "bound", lambda *_: None)
    monkeypatch.setattr(process, "_log_to", lambda _: None)

    process.run_detached(repo.path)

    assert len(opened) == WAKINGS
    assert len(set(opened[2:])) == 1, opened


@pytest.mark.usefixtures("awake")
def test_a_rebase_wakes_one_worker_at_its_end(repo: GitRepo, foundry: CommandLine) -> None:
    repo.commit({"base.txt": "x"})
    foundry("init")
    repo.git("branch", "other")
    for number in range(6):
        repo.commit({f"{number}.txt": "x"})
    repo.git("checkout", "--quiet", "other")
    repo.commit({"other.txt": "x"})
    repo.git("checkout", "--quiet", "main")
    state = WorkerState(Repository.at(repo.path))
    there = Presence(state.folder)
    wait_until(lambda: not state.is_behind and there.other is None)

    repo.git("rebase", "--quiet", "other")

    wait_until(lambda: not state.is_behind and there.other is None)
    log = state.folder.worker_log.read_text().splitlines()
    assert log[-1].endswith("took in 7 commits: 0 candidates, 0 gone"), log


@pytest.mark.usefixtures("awake")
def test_a_repository_that_is_deleted_stays_deleted(repo: GitRepo, foundry: CommandLine, tmp_path: Path) -> None:
    functions = "\n".join(f"def number_{n}(a):\n    if a > {n}:\n        return a + {n}\n    return {n}\n" for n in range(300))
    repo.commit({"many.py": functions})
    foundry("init")
    foundry("search", "add a number")
    there = Presence(WorkerState(Repository.at(repo.path)).folder)
    wait_until(lambda: there.other is not None and (there.folder.units / "current").exists())
    pid = there.other or 0

    repo.path.rename(tmp_path / "away")  # as a deletion, but none that the worker could get in the way of

    wait_until(lambda: not Path(f"/proc/{pid}/fd").is_dir() if Path("/proc").is_dir() else not is_running(pid))
    assert not repo.path.exists()
