"""``foundry watch``: the resident worker sees commits without a hook, and ends when it is told to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import IO

import pytest

from tests.commandline import CommandLine
from tests.gitrepo import GitRepo

CODE = '''\
def longest_run(values: list[int]) -> int:
    """Count the longest run of equal values."""
    longest = current = 0
    last = None
    for value in values:
        current = current + 1 if value == last else 1
        last = value
        if current > longest:
            longest = current
    return longest
'''


@pytest.fixture
def watcher(repo: GitRepo, foundry: CommandLine) -> Iterator[subprocess.Popen[str]]:
    """``foundry watch`` running in a repository whose hooks are switched off."""
    foundry("init")
    repo.commit({"readme": "x"})
    foundry("candidates")
    repo.git("config", "core.hooksPath", "/dev/null")
    command = [sys.executable, "-P", "-m", "foundry_git", "watch"]
    with subprocess.Popen(command, cwd=repo.path, env=dict(os.environ), stderr=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def lines(process: subprocess.Popen[str]) -> IO[str]:
    assert process.stderr is not None
    return process.stderr


def test_a_commit_without_a_hook_is_taken_in(repo: GitRepo, watcher: subprocess.Popen[str]) -> None:
    assert lines(watcher).readline().startswith("watching ")

    repo.commit({"runs.py": CODE})

    assert lines(watcher).readline() == "took in 1 commit, 1 candidate\n"
    assert "python/longest-run/longest_run.py" in repo.git("ls-tree", "-r", "--name-only", "refs/foundry/candidates")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly(watcher: subprocess.Popen[str], number: signal.Signals) -> None:
    lines(watcher).readline()

    watcher.send_signal(number)

    assert watcher.wait(30) == 0
