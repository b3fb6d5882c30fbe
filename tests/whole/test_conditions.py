"""A commit is what it would be without our hook, whatever became of interpreter, disk, locks and worker."""

from __future__ import annotations

import subprocess
from pathlib import Path
from statistics import median

import pytest

from benchmarks.reliability.conditions import CONDITIONS, CONTROLS, SLOW, under

COMMITS = 20
"""A fraction of what the benchmark makes under each."""

pytestmark = pytest.mark.usefixtures("awake")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("conditions")


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_commit_succeeds_in_silence(folder: Path, name: str) -> None:
    try:
        seen = under(CONDITIONS[name], folder, name.replace(" ", "-"), COMMITS)
    except (subprocess.CalledProcessError, FileNotFoundError) as error:
        if "mount" not in str(error):
            raise
        pytest.skip("only root can mount a file system that is full")

    assert (seen.commits, seen.failed, seen.said, seen.changed) == (COMMITS, 0, 0, 0)


@pytest.mark.parametrize("name", CONTROLS)
def test_a_hasty_hook_is_noticed(folder: Path, name: str) -> None:
    seen = under(CONTROLS[name], folder, name.replace(" ", "-"), 2)

    assert seen.said == 2 or median(seen.seconds) >= SLOW
