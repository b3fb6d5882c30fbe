"""Reverts and fixes: how often they are found, and rightly, among commits of public histories that were labelled by hand.

``python -m benchmarks.evidence.reverts FOLDER`` wants clones of the repositories in ``reverts.json`` below FOLDER, by their names
without the owner (``requests``, ``flask``, …); later commits change nothing. The rules were tuned on click and aiohttp, which are not
in the list, and were frozen before it was read. Reverts without a word are drawn by the detector, so that only its precision is told.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.measure import timed, write
from foundry_git.evidence.beta import quantile
from foundry_git.git.history import Commit, commits_between
from foundry_git.git.patches import Patch, patches_of
from foundry_git.git.repository import Repository
from foundry_git.outcomes.fixes import is_fixing, mended_by
from foundry_git.outcomes.reverts import Reverted, brought, reverts_in

LIST = Path(__file__).with_name("reverts.json")
Row = Mapping[str, Any]


@dataclass(slots=True)
class Score:
    """What was found and right, found and wrong, and missed, with a name for each of the latter two."""

    right: int = 0
    wrong: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def figures(self) -> dict[str, object]:
        """Precision and recall with their 95 % intervals (Clopper and Pearson, 1934)."""
        return {
            "precision": _rate(self.right, self.right + len(self.wrong)),
            "recall": _rate(self.right, self.right + len(self.missed)),
            "right": self.right,
            "wrong": sorted(self.wrong),
            "missed": sorted(self.missed),
        }

    def precision(self) -> dict[str, object]:
        """Precision alone: of commits that were drawn because they were found, none is missed."""
        return {name: value for name, value in self.figures().items() if name not in ("recall", "missed")}


class History:
    """One history up to the head at which it was labelled, and what is found in it."""

    def __init__(self, folder: Path, name: str, head: str) -> None:
        place = folder / name.rpartition("/")[2]
        self.name, self.repository = name, Repository.at(place)
        self.commits = commits_between(self.repository, "", head)
        self.by_id = {commit.id: commit for commit in self.commits}
        self.patches: Mapping[str, Patch] = {}
        self.reverts: list[Reverted] = []
        self.reading = timed(self._read)
        self.finding = timed(self._find)
        self.taking_back = {one.by for one in self.reverts}

    def _read(self) -> None:
        self.patches = {patch.commit: patch for patch in patches_of(self.repository, list(self.by_id))}

    def _find(self) -> None:
        self.reverts = reverts_in(self.commits, self.patches)

    def fixes(self, commit: Commit) -> bool:
        """Say whether a commit counts as a fix: one that takes another back does not."""
        return commit.id not in self.taking_back and is_fixing(commit, self.patches.get(commit.id))


def main(folder: Path) -> None:
    """Measure, print and write ``results/reverts.json``."""
    listed = json.loads(LIST.read_text(encoding="utf-8"))
    rows: Sequence[Row] = listed["commits"]
    histories = {name: History(folder, name, head) for name, head in listed["heads"].items()}
    write(
        "reverts",
        {
            "commits": len(rows),
            "repositories": {name: len(one.commits) for name, one in histories.items()},
            "reverts": score_reverts(rows, histories).figures(),
            "reverts_that_say_so": score_reverts([row for row in rows if row["drawn"] == "word"], histories).figures(),
            "reverts_without_a_word": score_reverts([row for row in rows if row["drawn"] == "undone"], histories).precision(),
            "reverts_among_others": score_reverts(
                [row for row in rows if row["drawn"] not in ("word", "undone")], histories
            ).figures(),
            "fixes": score_fixes(rows, histories).figures(),
            "introducers": score_introducers(rows, histories).figures(),
            "seconds": {
                name: {"reading": round(one.reading, 2), "finding": round(one.finding, 2)} for name, one in histories.items()
            },
        },
        quiet=True,
    )


def score_reverts(rows: Iterable[Row], histories: Mapping[str, History]) -> Score:
    """Compare pairs: who takes back whom; a merge that is taken back stands for what it brought."""
    score = Score()
    for row in rows:
        history = histories[row["repository"]]
        labelled, unclear = set(row["takes_back"]), set(row.get("unclear", ()))
        for one in (one for one in history.reverts if one.by == row["commit"]):
            meant = brought(history.commits, one.commit)
            if hit := labelled & meant:
                score.right += len(hit)
                labelled -= hit
            elif not unclear & meant:
                score.wrong.append(_named(row, one.commit))
        score.missed += [_named(row, commit) for commit in labelled]
    return score


def score_fixes(rows: Iterable[Row], histories: Mapping[str, History]) -> Score:
    """Compare commits: is it a fix?"""
    score = Score()
    for row in rows:
        history = histories[row["repository"]]
        is_found, label = history.fixes(history.by_id[row["commit"]]), row["fixes"]
        score.right += is_found and label == "yes"
        score.wrong += [_named(row)] if is_found and label == "no" else []
        score.missed += [_named(row)] if not is_found and label == "yes" else []
    return score


def score_introducers(rows: Iterable[Row], histories: Mapping[str, History]) -> Score:
    """Compare, of fixes whose cause is plain to see, who is blamed with who is to blame."""
    score = Score()
    for row in (row for row in rows if "introduced_by" in row):
        history = histories[row["repository"]]
        fix, labelled = history.by_id[row["commit"]], set(row["introduced_by"])
        blamed = {one.commit for one in mended_by(history.repository, fix, history.patches[fix.id])}
        score.right += len(blamed & labelled)
        score.wrong += [_named(row, commit) for commit in blamed - labelled]
        score.missed += [_named(row, commit) for commit in labelled - blamed]
    return score


def _named(row: Row, other: str = "") -> str:
    return f"{row['repository']} {row['commit'][:10]}{f' {other[:10]}' if other else ''} {row['subject'][:50]}"


def _rate(hits: int, of: int) -> dict[str, object]:
    if not of:
        return {"rate": None, "of": 0}
    low = quantile(0.025, hits, of - hits + 1) if hits else 0.0
    high = 1.0 - quantile(0.025, of - hits, hits + 1) if hits < of else 1.0
    return {"rate": round(hits / of, 4), "low": round(low, 4), "high": round(high, 4), "of": of}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
