"""What may not be imported where somebody waits: heavy modules stay out of help, search, hook and injection."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commandline import CommandLine
from tests.gitrepo import GitRepo

FORBIDDEN = ("torch", "transformers", "sentence_transformers", "mcp", "fastapi", "git", "huggingface_hub", "scipy", "sklearn")
PROBE = """
import sys
from foundry_git.cli.main import main
code = main(sys.argv[1:])
loaded = sorted({name.partition(".")[0] for name in sys.modules})
print("LOADED", *loaded, file=sys.stderr)
sys.exit(code)
"""


def loaded_by(folder: Path, *arguments: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-P", "-c", PROBE, *arguments],
        cwd=folder,
        env=dict(os.environ),
        input="",
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    last = done.stderr.strip().splitlines()[-1].split()
    assert last[0] == "LOADED", done.stderr
    return set(last[1:])


@pytest.mark.parametrize(
    "arguments",
    [
        ("search", "retry with backoff"),
        ("inject", "--task", "retry with backoff"),
        ("worker",),
        ("candidates",),
        ("stats",),
        ("doctor",),
    ],
)
def test_nothing_heavy_is_imported(repo: GitRepo, foundry: CommandLine, arguments: tuple[str, ...]) -> None:
    foundry("init")
    repo.commit({"a.py": "def f(values):\n    for v in values:\n        if v:\n            return v\n    return None\n"})

    assert loaded_by(repo.path, *arguments).isdisjoint(FORBIDDEN)


def test_the_probe_sees_what_is_imported(repo: GitRepo, foundry: CommandLine) -> None:
    foundry("init")

    assert "numpy" in loaded_by(repo.path, "search", "retry with backoff")


def test_version_needs_no_library_code(repo: GitRepo) -> None:
    light = loaded_by(repo.path, "--version")

    assert light.isdisjoint({*FORBIDDEN, "numpy", "yaml", "sqlite3", "watchdog", "platformdirs"})
