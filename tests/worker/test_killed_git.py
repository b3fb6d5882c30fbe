"""A Git that somebody kills says nothing of the commits that were to be taken in."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.commandline import CommandLine
from tests.gitrepo import GitRepo
from tests.samples import CHUNKS


@pytest.mark.skipif(sys.platform == "win32", reason="kills by signal")
def test_commits_are_taken_in_after_a_git_was_killed(repo: GitRepo, foundry: CommandLine, tmp_path: Path) -> None:
    foundry("init")
    repo.commit({"a.py": CHUNKS})
    wrapper = tmp_path / "bin/git"
    wrapper.parent.mkdir()
    wrapper.write_text(
        f'#!/bin/sh\ncase "$*" in *read-tree*) kill -9 $$ ;; esac\nexec {shutil.which("git")} "$@"\n', encoding="utf-8"
    )
    wrapper.chmod(0o755)

    killed = foundry("candidates", "--json", env={"PATH": f"{wrapper.parent}{os.pathsep}{os.environ['PATH']}"})

    assert "Traceback" not in killed.stderr
    assert "your last commits are not taken in yet" in killed.stderr
    assert json.loads(killed.stdout) == []
    assert [one["id"] for one in json.loads(foundry("candidates", "--json").stdout)] == ["python/in-chunks"]
