"""Fuzzing: ``python -m benchmarks.reliability.fuzz`` reads what strangers or a bad disk might hand over, and counts what goes wrong.

Each kind of file is read in a process of its own, behind a fence that notes every step outside its folder. A trial must end in an
answer or in an error of ours, within two seconds, and no kind may take 100 MB more than its first twenty trials did.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.measure import write
from benchmarks.reliability import controls
from benchmarks.reliability.fenced import Fence
from benchmarks.reliability.kinds import KINDS
from benchmarks.reliability.trial import WrongAnswerError

SEED = 20_261_129
WARM = 20
"""Trials before memory counts: code is loaded and caches are filled by then."""


def run(kind: str, count: int, seed: int = SEED) -> dict[str, Any]:
    """Make so many trials of a kind in this process, which keeps the fence's ear from then on."""
    prepare = KINDS[kind][1]
    wrong: list[str] = []
    seconds: list[float] = []
    with tempfile.TemporaryDirectory(prefix="foundry-fuzz-") as scratch:
        fence = Fence([Path(scratch)], programs=("git",) if kind == "names" else ())
        trial = prepare(Path(scratch))
        before = 0
        for number in range(count):
            if number == min(WARM, count // 2):
                before = _most_memory()
            wrong += _tried(fence, trial, random.Random(f"{kind}-{seed}-{number}"), seconds, number)
    return {
        "trials": count,
        "uncaught": sum(not one.startswith("wrong: ") for one in wrong),
        "wrong": sum(one.startswith("wrong: ") for one in wrong),
        "outside": len(fence.outside),
        "slowest_s": round(max(seconds), 3),
        "memory_mb": round((_most_memory() - before) / 1024, 1),
        "examples": [*wrong[:3], *fence.outside[:3]],
    }


def _tried(fence: Fence, trial: object, dice: random.Random, seconds: list[float], number: int) -> Sequence[str]:
    assert callable(trial)
    began = time.perf_counter()
    try:
        with fence:
            trial(dice)
    except WrongAnswerError as error:
        return [f"wrong: {number}: {error}"]
    except Exception:  # noqa: BLE001 - that is what is counted
        return [f"{number}: {traceback.format_exc(limit=-4)}"]
    finally:
        seconds.append(time.perf_counter() - began)
    return []


def _most_memory() -> int:
    """The most that this process ever had, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def in_a_process(kind: str, count: int, seed: int = SEED) -> dict[str, Any]:
    """The same in a process of its own; one that dies counts as uncaught."""
    command = (sys.executable, "-m", "benchmarks.reliability.fuzz", kind, str(count), str(seed))
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)
    if done.returncode:
        return {"trials": count, "uncaught": 1, "wrong": 0, "outside": 0, "examples": [done.stderr[-2000:]]}
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main() -> None:
    """Run, print and write ``results/fuzz.json``; with KIND COUNT SEED, make those trials here and print what they came to."""
    if len(sys.argv) == 4:
        print(json.dumps(run(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))
        return
    found = {kind: in_a_process(kind, count) for kind, (count, _) in KINDS.items()}
    with tempfile.TemporaryDirectory(prefix="foundry-fuzz-") as scratch:
        naive = {
            "plain_yaml": controls.plain_yaml(),
            "naive_load": controls.naive_load(KINDS["indexes"][0], SEED),
            "slow_trigger": controls.slow_trigger(),
            "trusting_reader": {"steps_outside": controls.trusting_reader(Path(scratch))},
        }
    sums = {what: sum(one[what] for one in found.values()) for what in ("trials", "uncaught", "wrong", "outside")}
    worst = {what: max(one.get(what, 0) for one in found.values()) for what in ("slowest_s", "memory_mb")}
    write("fuzz", sums | worst | found | naive)


if __name__ == "__main__":
    main()
