"""Commits: what the hook adds to ``git commit``, and how soon a commit's candidate is visible."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.corpus import own_environment, python_files
from benchmarks.measure import interleaved, process_seconds, summary, write

ROUNDS, VISIBLE_ROUNDS = 40, 12
FUNCTION = '''

def measured_{number}(values: list[int], low: int = {number}) -> list[int]:
    """Keep the values that pass bar number {number}."""
    kept = []
    for value in values:
        if value > low:
            kept.append(value - {number})
        elif value == low:
            kept.append({number})
    return kept
'''


def main() -> None:
    """Measure, print and write ``results/commits.json``."""
    with tempfile.TemporaryDirectory(prefix="foundry-bench-", ignore_cleanup_errors=True) as scratch:
        folder = Path(scratch)
        environment = own_environment(folder)
        plain, hooked = (made_repository(folder / name, environment) for name in ("plain", "hooked"))
        foundry = (sys.executable, "-P", "-m", "foundry_git")
        process_seconds((*foundry, "init"), hooked, environment)
        process_seconds((*foundry, "rebuild"), hooked, environment)
        count = iter(range(10_000))
        taken = interleaved(
            {
                "without_hook": lambda: _commit(plain, next(count), environment),
                "with_hook": lambda: _commit(hooked, next(count), environment),
            },
            ROUNDS,
        )
        visible = [_until_visible(hooked, next(count), environment) for _ in range(VISIBLE_ROUNDS)]
    added = [with_hook - without for with_hook, without in zip(taken["with_hook"], taken["without_hook"], strict=True)]
    write(
        "commits",
        {name: summary(seconds) for name, seconds in taken.items()}
        | {"hook_adds_median_ms": round(median(added) * 1000, 2), "commit_to_visible_candidate": summary(visible)},
    )


def made_repository(path: Path, environment: dict[str, str]) -> Path:
    """A repository with 200 real files in its first commit."""
    path.mkdir()
    git(path, environment, "init", "--quiet", ".")
    for number, source in enumerate(python_files(200)):
        (path / f"m{number}_{source.name}").write_bytes(source.read_bytes())
    git(path, environment, "add", ".")
    git(path, environment, "commit", "--quiet", "-m", "Start")
    return path


def _commit(path: Path, number: int, environment: dict[str, str]) -> float:
    time.sleep(0.3)  # an ordinary commit does not come while the worker is busy with the one before
    file = path / "work.py"
    file.write_text((file.read_text() if file.exists() else "") + FUNCTION.format(number=number))
    git(path, environment, "add", "work.py")
    return process_seconds(("git", "commit", "--quiet", "-m", f"Commit {number}"), path, environment)


def _until_visible(path: Path, number: int, environment: dict[str, str]) -> float:
    """Seconds from the end of ``git commit`` until ``foundry candidates`` names its function; only the hook's worker helps."""
    time.sleep(2.0)  # the worker of the commit before has ended
    _commit(path, number, environment)
    began = time.perf_counter()
    while time.perf_counter() - began < 30:
        tree = subprocess.run(
            ["git", "ls-tree", "-r", "--name-only", "refs/foundry/candidates"],
            cwd=path,
            env=environment,
            capture_output=True,
            text=True,
        )
        if f"measured_{number}.py" in tree.stdout:
            return time.perf_counter() - began
        time.sleep(0.02)  # between two looks
    raise SystemExit("the candidate never came")


def git(path: Path, environment: dict[str, str], *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=path, env=environment, check=True)


if __name__ == "__main__":
    main()
