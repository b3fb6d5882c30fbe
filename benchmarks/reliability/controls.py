"""Controls: what a hasty hand would write in a reader's place. Each must be caught out by the same measurement, or it shows nothing."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import re2
import yaml

from benchmarks.reliability.fenced import Fence
from benchmarks.reliability.mutations import damaged
from foundry_git.errors import ManifestError
from foundry_git.pattern import yamltext

SLOW = r"^(a+)+$"
"""A trigger that looks harmless; a backtracking engine tries each of the ways to cut the text into runs."""
LETTERS = 20  # each two more take such an engine four times as long


def plain_yaml() -> dict[str, object]:
    """A plain loader takes a commit's id for an octal number, and of a key that stands twice says nothing."""
    text = b"commit: 0123456\nname: one\nname: other\n"
    plain = yaml.safe_load(text)
    try:
        yamltext.read(text, Path("pattern.yaml"))
        refused = ""
    except ManifestError as error:
        refused = error.problems[0]
    ours = yamltext.read(b"commit: 0123456\n", Path("pattern.yaml"))
    return {"plain": plain["commit"], "ours": ours["commit"], "plain_of_two": plain["name"], "refused": refused}


def naive_load(count: int, seed: int) -> dict[str, int]:
    """``np.load`` of a damaged file: how often it gives other numbers without a word."""
    matrix = np.random.default_rng(1).standard_normal((40, 64)).astype(np.float32)
    kept = BytesIO()
    np.save(kept, matrix)
    changed = 0
    for number in range(count):
        content = damaged(kept.getvalue(), random.Random(f"{seed}-{number}"))
        try:
            changed += not np.array_equal(np.load(BytesIO(content), allow_pickle=False), matrix)
        except Exception:  # noqa: BLE001 - whatever it raises, it says so
            continue
    return {"damaged": count, "changed": changed}


def slow_trigger() -> dict[str, float]:
    """Milliseconds that ``re`` takes for twenty letters and for two more, and RE2 for a hundred thousand."""
    return {
        "re_20_letters_ms": _milliseconds(lambda: re.match(SLOW, "a" * LETTERS + "!")),
        "re_22_letters_ms": _milliseconds(lambda: re.match(SLOW, "a" * (LETTERS + 2) + "!")),
        "re2_100000_letters_ms": _milliseconds(lambda: re2.match(SLOW, "a" * 100_000 + "!")),
    }


def trusting_reader(folder: Path) -> int:
    """A reader that opens what a manifest names: how many steps outside the fence notices of two."""
    inside = folder / "inside"
    inside.mkdir()
    (folder / "outside.py").write_text("x = 1\n", encoding="utf-8")
    fence = Fence([inside])
    with fence:
        (inside / "../outside.py").read_bytes()
        (inside / "../written.py").write_bytes(b"")
    return len(fence.outside)


def _milliseconds(call: Callable[[], object]) -> float:
    began = time.process_time()
    call()
    return round((time.process_time() - began) * 1000, 1)
