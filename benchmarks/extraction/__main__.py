"""``python -m benchmarks.extraction REPO… [--json]``: was what we put first worth keeping? With ``--fit``: choose the weights anew.

The repositories that docs/figures.md stands on, with their commits and halves, are in ``repositories.json`` beside this file; those of
which only readers said what they would keep are in ``readers.json``, and count for ``--fit`` alone.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.extraction.figures import figures, ranked
from benchmarks.extraction.fitting import READERS, Reading, fit, fit_words, lived, read, write_words
from benchmarks.extraction.observed import Observed, observe, scene_at
from benchmarks.measure import write
from foundry_git.extraction.helper_words import helper_words
from foundry_git.extraction.worth import WEIGHTS
from foundry_git.git.repository import Repository

LIST = Path(__file__).with_name("repositories.json")


def main() -> None:
    """Measure the repositories named on the command line; write ``results/worth.json`` when they are all those of the list."""
    options = _options()
    found: dict[str, list[Observed]] = {}
    rows = []
    listed = json.loads(LIST.read_text(encoding="utf-8"))
    judged = json.loads(READERS.read_text(encoding="utf-8"))
    readings = _readings(options.repository, listed, judged) if options.fit else []
    for place in options.repository:
        name, repository = _name(place), Repository.at(place)
        if name not in listed and name in judged:
            continue
        head = listed.get(name, {}).get("head", "HEAD")
        frozen, observed = observe(repository, head if repository.has_commit(head) else "HEAD")
        found[name] = observed
        rows.append({"repository": name, "now": frozen.now.id, "later": frozen.later.id, **_counts(observed)})
        print(f"{name}: {rows[-1]}", file=sys.stderr, flush=True)
    answer: dict[str, object] = {"repositories": rows, "all": figures([ranked(one) for one in found.values()])}
    halves = {name: entry["half"] for name, entry in listed.items()}
    for half in ("tune", "report"):
        there = [ranked(observed) for name, observed in found.items() if halves.get(name) == half]
        answer[half] = figures(there) if there else None
    if options.fit:
        tuned = {name: observed for name, observed in found.items() if halves.get(name, "tune") == "tune"}
        answer["weights"] = fit([lived(observed) for observed in tuned.values()], readings)
        answer["weights_now"] = WEIGHTS
    if options.json:
        print(json.dumps(answer, indent=2))
    if halves.keys() == found.keys():
        write("worth", answer)


def _readings(
    places: Sequence[Path], listed: Mapping[str, Mapping[str, str]], judged: Mapping[str, Mapping[str, Any]]
) -> list[list[Reading]]:
    """What readers said of these, the held-out half aside; the words are fitted and written, so that what follows counts them."""
    named = {_name(place): place for place in places}
    readings = [
        read(scene_at(Repository.at(named[name]), entry["commit"]), entry["verdicts"])
        for name, entry in judged.items()
        if name in named and listed.get(name, {}).get("half") != "report"
    ]
    write_words(fit_words(readings))
    helper_words.cache_clear()
    return readings


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.extraction", description=__doc__)
    parser.add_argument("repository", nargs="+", type=Path, metavar="REPO", help="a Git repository with a year after 60 %% of it")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--fit", action="store_true", help="also fit the weights on the tuning half")
    return parser.parse_args()


def _name(place: Path) -> str:
    return place.name.removesuffix(".git")


def _counts(observed: list[Observed]) -> dict[str, object]:
    one = ranked(observed)
    at = {f"precision_at_{depth}": round(sum(one.top[:depth]) / max(1, min(depth, len(one.top))), 3) for depth in (20, 50)}
    return {
        "units": len(observed),
        "good": sum(one.anything),
        "proposed": len(one.top),
        "rule": round(sum(one.rule) / max(1, len(one.rule)), 4),
        **at,
    }


if __name__ == "__main__":
    main()
