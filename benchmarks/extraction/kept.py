"""Kept by a reader: two builds' first pages are mixed, read blind, and counted.

``python -m benchmarks.extraction.kept sheets OTHER FOLDER REPOSITORY…`` writes a sheet for each repository into ``FOLDER``: the first
20 candidates of this build and of the one of the Python ``OTHER``, shuffled and without a word of which is whose. ``page`` are those
of this build that are worth enough to be shown where there is anything better. Whoever reads a sheet writes ``NAME.json`` beside it:
number → ``{"keep": true, "why": "…"}``. Kept is what the reader would accept into a library, because somebody at work on something else
would want it as it is and would have to write it again. ``tally FOLDER NAME`` then counts and writes ``results/NAME.json``: ``kept`` of
first pages, ``weekly`` of the sheets of :mod:`benchmarks.extraction.noise`.
"""

from __future__ import annotations

import hashlib
import json
import random
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.extraction.runnable import Tree, Waiting
from benchmarks.measure import write
from foundry_git.extraction.budget import WORTH_A_LOOK

FIRST = 20
BUILDS = ("this", "other")
KEY = "key.json"


def sheet(first: Mapping[str, Sequence[Waiting]], chance: random.Random) -> tuple[str, list[dict[str, Any]]]:
    """The text of a sheet, and whose each of its entries is: build, or other list → rank. What both show alike is one entry."""
    ranks: dict[Waiting, dict[str, int]] = {}
    for build, shown in first.items():
        for rank, one in enumerate(shown, 1):
            ranks.setdefault(one, {})[build] = rank
    entries = sorted(ranks, key=lambda one: (*one.place, one.code))
    chance.shuffle(entries)
    text = [
        f"## {number}. {one.place[0]} · {one.place[1]}\n\n```{one.language}\n{one.code.rstrip()}\n```\n"
        for number, one in enumerate(entries, 1)
    ]
    key = [{"path": one.place[0], "symbol": one.place[1], "code": _short(one.code), "rank": ranks[one]} for one in entries]
    return "\n".join(text), key


def tally(key: Sequence[Mapping[str, Any]], verdicts: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """What of each list is kept, and every verdict with its reason."""
    rows = [{**entry, **verdicts[str(number)]} for number, entry in enumerate(key, 1)]
    counts = {
        build: {"shown": len(some), "kept": sum(row["keep"] for row in some)}
        for build in _lists(key)
        for some in [[row for row in rows if build in row["rank"]]]
    }
    return {**counts, "verdicts": rows}


def main() -> None:
    """Write the sheets, or count what was said on them and write ``results/kept.json``."""
    what, *rest = sys.argv[1:]
    if what == "sheets":
        other, folder, *sources = rest
        _write_sheets(other, Path(folder), [Path(source).resolve() for source in sources])
    elif what == "tally":
        folder, name = rest
        _tally(Path(folder), name)
    else:
        raise SystemExit(__doc__)


def _write_sheets(other: str, folder: Path, sources: Sequence[Path]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    keys = {}
    for source in sources:
        first = {}
        for build, python in zip(BUILDS, (sys.executable, other), strict=True):
            with tempfile.TemporaryDirectory(prefix="foundry-bench-", ignore_cleanup_errors=True) as scratch:
                tree = Tree(python, source, Path(scratch).resolve())
                first[build] = list(islice(tree.candidates(), FIRST))
                if build == "this":
                    first["page"] = list(islice(tree.candidates(WORTH_A_LOOK), FIRST))
        text, keys[source.name] = sheet(first, random.Random(source.name))
        (folder / f"{source.name}.md").write_text(text, encoding="utf-8")
        (folder / KEY).write_text(json.dumps(keys, indent=1), encoding="utf-8")
        print(source.name, len(keys[source.name]), flush=True)


def _lists(key: Iterable[Mapping[str, Any]]) -> list[str]:
    return sorted({name for entry in key for name in entry["rank"]}, reverse=True)


def _tally(folder: Path, result: str) -> None:
    keys = json.loads((folder / KEY).read_text(encoding="utf-8"))
    found = {name: tally(key, json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))) for name, key in keys.items()}
    total = {
        build: {count: sum(each[build][count] for each in found.values() if build in each) for count in ("shown", "kept")}
        for build in _lists(entry for key in keys.values() for entry in key)
    }
    shares = {build: {**counts, "share": round(counts["kept"] / max(1, counts["shown"]), 3)} for build, counts in total.items()}
    write(result, {**shares, "repositories": found}, quiet=True)
    counts = {name: {build: each[build] for build in total if build in each} for name, each in found.items()}
    print(json.dumps({**shares, **counts}, indent=1))


def _short(code: str) -> str:
    return hashlib.sha256(code.encode("utf-8", "surrogateescape")).hexdigest()[:12]


if __name__ == "__main__":
    main()
