"""How soon a repository is searched by meaning, beside another build: ``python -m benchmarks.meaning OTHER REPOSITORY``.

``OTHER`` is the Python of an environment that has the other build. In turns each build gets a fresh clone of the repository and an
empty cache: measured are the first search after ``foundry init``, with its peak memory, and encoding everything, with reading it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.corpus import own_environment
from benchmarks.measure import write

ROUNDS = 3
QUESTION = "parse the headers of a response"
EVERYTHING = """
import time
from pathlib import Path
try:
    from foundry_git.search.head_units import HeadUnits
    from foundry_git.workspace import Workspace
except ImportError:  # as they were called at f6504e0
    from foundry_git.workspace.head_units import converge_units
    from foundry_git.workspace.workspace import Workspace
else:
    converge_units = lambda workspace: HeadUnits.of(workspace).converge()
began = time.monotonic()
workspace = Workspace.open(Path.cwd())
converge_units(workspace)
read = time.monotonic()
texts = workspace.units.encode_missing()
print(texts, read - began, time.monotonic() - read)
"""


def main() -> None:
    """Measure, print and write ``results/meaning.json``."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.meaning", description=__doc__)
    parser.add_argument("other", help="the Python of the other build's environment")
    parser.add_argument("repository", type=Path)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    taken: dict[str, list[dict[str, float]]] = {"this": [], "other": []}
    for _ in range(options.rounds):
        for name, python in (("this", sys.executable), ("other", options.other)):
            taken[name].append(_once(python, options.repository))
            print(name, json.dumps(taken[name][-1]), file=sys.stderr, flush=True)
    figures: dict[str, Any] = {
        name: {fact: round(median(one[fact] for one in runs), 3) for fact in runs[0]} for name, runs in taken.items()
    }
    pairs = list(zip(taken["this"], taken["other"], strict=True))
    for fact in ("first_answer_s", "encoding_s", "everything_s"):
        figures[f"{fact}_ratio"] = round(median(this[fact] / other[fact] for this, other in pairs), 3)
    write("meaning", {"repository": options.repository.resolve().name, "rounds": options.rounds, **figures})


def _once(python: str, repository: Path) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="foundry-bench-", ignore_cleanup_errors=True) as scratch:
        folder = Path(scratch)
        environment = {name: value for name, value in own_environment(folder).items() if name != "PYTHONDONTWRITEBYTECODE"}
        clone = folder / "clone"
        _run(("git", "clone", "--quiet", "--no-hardlinks", str(repository), str(clone)), folder, environment)
        foundry = (python, "-P", "-m", "foundry_git")
        _run((*foundry, "init"), clone, environment)
        first = _run((*foundry, "search", QUESTION), clone, {**environment, "FOUNDRY_WORKER": "1"})  # no worker beside it
        (folder / "again").mkdir()
        again, clone = own_environment(folder / "again"), folder / "again" / "clone"
        _run(("git", "clone", "--quiet", "--no-hardlinks", str(repository), str(clone)), folder, again)
        everything = _run((python, "-P", "-c", EVERYTHING), clone, again)
        texts, reading, encoding = map(float, everything[2].split())
    return {
        "first_answer_s": first[0], "first_answer_mb": first[1], "texts": texts, "reading_s": reading, "encoding_s": encoding,
        "everything_s": everything[0], "texts_a_second": texts / encoding, "everything_mb": everything[1],
    }  # fmt: skip


def _run(command: Sequence[str], place: Path, environment: Mapping[str, str]) -> tuple[float, float, str]:
    """Seconds, peak memory in megabytes, and what was printed."""
    began = time.monotonic()
    with subprocess.Popen(command, cwd=place, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        assert child.stdout is not None
        printed = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{' '.join(command)}: exit {child.returncode}")
    return time.monotonic() - began, usage.ru_maxrss / 1024, printed.decode()


if __name__ == "__main__":
    main()
