"""``python -m benchmarks.mining REPO…``: the history of 3,000 commits with every measure, beside ``git log -p`` of the same files.

Each repository is cloned, and ``foundry extract --all --dry-run`` runs there as a process of its own: first with no history
known, then again, when only HEAD is left to look at. Nothing is encoded.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.measure import write
from foundry_git.git.history import commits_between
from foundry_git.git.objects import files_of
from foundry_git.git.repository import Repository
from foundry_git.source.languages import LANGUAGES, language_of

COMMITS = 3_000


def main() -> None:
    """Measure the repositories named on the command line and write ``results/mining.json``."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mining", description=__doc__)
    parser.add_argument("repository", nargs="+", type=Path, metavar="REPO")
    rows = [_measured(place) for place in parser.parse_args().repository]
    for row in rows:
        print(row)
    write("mining", {"repositories": rows})


def _measured(place: Path) -> dict[str, object]:
    with tempfile.TemporaryDirectory(prefix="foundry-mining-") as scratch:
        clone = Path(scratch) / "clone"
        _run(["git", "clone", "--quiet", "--shared", "--no-checkout", str(place.resolve()), str(clone)], Path(scratch))
        repository = Repository.at(clone)
        commits = [commit for commit in commits_between(repository, "", repository.head()) if len(commit.parents) < 2]
        newest = sorted(commits, key=lambda commit: commit.commit_date)[-COMMITS:]
        since = newest[0].commit_date
        sources = [f"*{extension}" for language in LANGUAGES for extension in language.extensions]
        log, _ = _run(["git", "log", "-p", f"--since={since}", "--no-merges", "HEAD", "--", *sources], clone)
        extract = [sys.executable, "-m", "foundry_git", "extract", "--all", "--dry-run", "--since", since]
        first, memory = _run(extract, clone)
        again, _ = _run([*extract[:-2]] if len(newest) == len(commits) else extract, clone)
        files = [file for file in files_of(repository, repository.head()) if language_of(file.path)]
        return {
            "repository": place.name.removesuffix(".git"),
            "commits": len(newest),
            "git_log_p_seconds": round(log, 2),
            "seconds": round(first, 2),
            "commits_per_second": round(len(newest) / first, 1),
            "times_git_log_p": round(first / log, 1),
            "source_files": len(files),
            "head_seconds": round(again, 2),
            "megabytes": memory,
        }


def _run(command: list[str], folder: Path) -> tuple[float, int]:
    """Seconds, and the most memory that the process held in MB."""
    began = time.perf_counter()
    with (folder / "output").open("wb") as output:
        child = subprocess.Popen(command, cwd=folder, stdout=output, stderr=subprocess.STDOUT, env=os.environ | {"LC_ALL": "C"})
        _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(
            f"{' '.join(command)}: exit code {child.returncode}\n{(folder / 'output').read_text(errors='replace')[-2000:]}"
        )
    return time.perf_counter() - began, _megabytes(usage)


def _megabytes(usage: resource.struct_rusage) -> int:
    return usage.ru_maxrss // 1024


if __name__ == "__main__":
    main()
