"""The eight examples of the execution service run as they stand."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from foundry_git.index.encoder.weights import find_weights
from tests.gitrepo import GitRepo

TOP = Path(__file__).resolve().parents[2]
EXAMPLES = sorted(path.stem for path in (TOP / "examples" / "execution").glob("*.py") if path.stem != "__init__")
LIBRARY = "library_id: 5a0c7a52-0f59-4d09-9f4c-0b9d0f1b2c3d\nname: team\n"
SAYS = {
    "basic": "pattern: recall",
    "modes": "comprehensive: by",
    "custom_patterns": "on call for payments",
    "batch": "success rate: 0.83",
    "timing": "hybrid, kept:",
    "routing": "check health -> health",
    "agent_workflow": "stored any/",
    "errors": "1 / 8 = 0.125",
}

needs_weights = pytest.mark.skipif(find_weights(None, Path("/nowhere")) is None, reason="the weights are not installed")


def test_there_are_the_eight_of_the_documents() -> None:
    assert set(SAYS) == set(EXAMPLES)


@needs_weights
@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_runs_and_says_what_it_is_about(tmp_path: Path, name: str) -> None:
    repo = GitRepo.create(tmp_path / "project")
    repo.commit({".foundry/foundry.yaml": LIBRARY})

    done = subprocess.run(
        [sys.executable, "-m", f"examples.execution.{name}"],
        cwd=repo.path,
        env={**os.environ, "PYTHONPATH": str(TOP)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    assert done.returncode == 0, done.stderr
    assert SAYS[name] in done.stdout
