"""``python -m benchmarks.extraction.noise REPO… [--json]``: a year of a repository replayed day by day through the worker.

How many entries would have reached the inbox each week, and how many of them did the year after prove worth keeping? With ``--sheets
FOLDER`` a reader is asked instead: what reached the inbox is mixed with all candidates of the same commits, some of each, as sheets for
``python -m benchmarks.extraction.kept tally FOLDER weekly``.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median

from benchmarks.extraction.frozen import freeze
from benchmarks.extraction.kept import KEY, sheet
from benchmarks.extraction.observed import Place, around_of, fate_of, scene_of, troubles_of
from benchmarks.extraction.runnable import Waiting
from benchmarks.measure import write
from foundry_git.extraction import budget
from foundry_git.git.history import Commit, commits_between
from foundry_git.git.repository import Repository
from foundry_git.history.lineage import Lineages
from foundry_git.history.record import CommitRecord
from foundry_git.history.walk import Walk
from foundry_git.inbox.inbox import Inbox
from foundry_git.library.candidates import Candidate
from foundry_git.worker.catch_up import catch_up
from foundry_git.worker.cursor import Cursors
from foundry_git.workspace import UserFolders, Workspace

WEEKS, QUARTER = 52, 13
READ = 20  # of what reached the inbox, and of all, for each repository
YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Entry:
    """A candidate that a day of a week, counted from 0, brought for the first time; ``shown`` when it reached the inbox."""

    week: int
    waiting: Waiting
    shown: bool

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.waiting.place


def main() -> None:
    """Replay the repositories named on the command line and write ``results/noise.json``."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.extraction.noise", description=__doc__)
    parser.add_argument("repository", nargs="+", type=Path, metavar="REPO")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--sheets", type=Path, metavar="FOLDER", help="write what a reader is to judge, and stop")
    options = parser.parse_args()
    if options.sheets:
        return _write_sheets(options.repository, options.sheets)
    rows = []
    for place in options.repository:
        repository = Repository.at(place)
        days = _days(repository)
        entries = replay(repository, days)
        rows.append(
            {"repository": place.name.removesuffix(".git"), **_figures(entries), **_judged(repository, days[::7], entries)}
        )
        print(rows[-1], flush=True)
    answer: dict[str, object] = {"repositories": rows, "median_per_week": median([row["median_per_week"] for row in rows])}
    if options.json:
        print(json.dumps(answer, indent=2))
    write("noise", answer)


def replay(repository: Repository, days: Sequence[Commit]) -> list[Entry]:
    """Let a worker take in one day after the other in a clone, and note what is there, and in the inbox, for the first time."""
    with tempfile.TemporaryDirectory(prefix="foundry-replay-") as scratch:
        clone, folders = Path(scratch) / "clone", _folders(Path(scratch))
        subprocess.run(
            ["git", "clone", "--quiet", "--shared", "--no-checkout", repository.git_dir, clone], check=True, capture_output=True
        )
        _stand_at(clone, days[0])
        _begin(clone, days[0])
        seen: set[tuple[str, bool]] = set()
        entries: list[Entry] = []
        for number, (before, commit) in enumerate(pairwise(days)):
            if before.id != commit.id:
                _stand_at(clone, commit)
                new = {key: one for key, one in _there(clone, folders).items() if key not in seen}
                seen |= new.keys()
                entries += [Entry(number // 7, one, shown) for (_, shown), one in new.items()]
        return entries


def _write_sheets(places: Sequence[Path], folder: Path) -> None:
    """Write a sheet for each repository, and the key of all."""
    folder.mkdir(parents=True, exist_ok=True)
    keys = {}
    for place in places:
        repository, chance = Repository.at(place), random.Random(place.name)
        entries = replay(repository, _days(repository))
        drawn = {
            name: chance.sample(some, min(READ, len(some)))
            for name, shown in (("inbox", True), ("all", False))
            for some in [[one.waiting for one in entries if one.shown == shown]]
        }
        text, keys[place.name] = sheet(drawn, chance)
        (folder / f"{place.name}.md").write_text(text, encoding="utf-8")
        (folder / KEY).write_text(json.dumps(keys, indent=1), encoding="utf-8")
        print(place.name, {name: len(some) for name, some in drawn.items()}, flush=True)


def _there(clone: Path, folders: UserFolders) -> dict[tuple[str, bool], Waiting]:
    """Catch up; (id, shown) → every candidate, those of the inbox twice."""
    workspace = Workspace.open(clone, environment={}, folders=folders)
    catch_up(workspace)
    waiting = Inbox.of(workspace).waiting()
    shown = budget.shown(waiting)
    workspace.close()
    return {(one.id, False): _read(one) for one in waiting} | {(one.id, True): _read(one) for one in shown}


def _read(one: Candidate) -> Waiting:
    return Waiting(one.key, one.manifest.language, one.manifest.code, one.code)


def _folders(scratch: Path) -> UserFolders:
    """A user of our own, who has the encoder switched off: nearness is then told by tokens alone."""
    folders = UserFolders(scratch / "configuration", scratch / "cache", scratch / "state")
    folders.configuration.mkdir()
    (folders.configuration / "config.yaml").write_text("encoder:\n  enabled: false\n", encoding="utf-8")
    return folders


def _begin(clone: Path, commit: Commit) -> None:
    """Make a library that takes everybody's commits, and set the cursor."""
    library = clone / ".foundry"
    (library / "patterns").mkdir(parents=True)
    text = "library_id: 6b1f8f57-2d0b-4b43-9a65-0c5d6f3ff1aa\nname: replayed\nextraction:\n  authors: all\n"
    (library / "foundry.yaml").write_text(text, encoding="utf-8")
    repository = Repository.at(clone)
    Cursors(repository.state).move(repository.worktree_name, commit.id)


def _stand_at(clone: Path, commit: Commit) -> None:
    subprocess.run(["git", "update-ref", "HEAD", commit.id], cwd=clone, check=True, capture_output=True)


def _days(repository: Repository) -> list[Commit]:
    """The last commit of the main line before each day's end, from the frozen commit on."""
    frozen = freeze(repository)
    main_line = set(repository.text("rev-list", "--first-parent", "HEAD").split())
    line = [frozen.now, *(commit for commit in frozen.future if commit.id in main_line)]
    begin = _moment(frozen.now)
    return [[c for c in line if _moment(c) <= begin + timedelta(days=day)][-1] for day in range(WEEKS * 7 + 1)]


def _figures(entries: Sequence[Entry]) -> dict[str, float]:
    counts = [sum(one.week == week and one.shown for one in entries) for week in range(WEEKS)]
    return {"median_per_week": median(counts), "most_in_a_week": max(counts), "entries": sum(counts)}


def _judged(repository: Repository, weeks: Sequence[Commit], entries: Sequence[Entry]) -> dict[str, object]:
    """What became of the candidates of each quarter in the year after that quarter: of those shown, and of all."""
    found: dict[str, object] = {"candidates": sum(not one.shown for one in entries)}
    last = _a_year_later(repository, weeks[-1])
    with Walk(repository) as walk:
        records = [record for batch in walk.records(commits_between(repository, weeks[0].id, last.id)) for record in batch]
    good = {True: 0, False: 0}
    for first in range(0, WEEKS, QUARTER):
        of_quarter = [one for one in entries if first <= one.week < first + QUARTER]
        fine = _good(repository, weeks[0], weeks[first + QUARTER], records, {one.place for one in of_quarter})
        for one in of_quarter:
            good[one.shown] += one.place in fine
    for name, shown in (("good_share", True), ("good_share_of_all", False)):
        count = sum(one.shown == shown for one in entries)
        found[name] = round(good[shown] / count, 3) if count else None
    return found


def _good(repository: Repository, begin: Commit, now: Commit, records: Sequence[CommitRecord], places: set[Place]) -> set[Place]:
    later = _a_year_later(repository, now)
    past, future = ({c.id for c in commits_between(repository, begin.id, until.id)} for until in (now, later))
    before, after = (scene_of(repository, commit, around_of(repository, commit, None)) for commit in (now, later))
    lineages = Lineages(record for record in records if record.commit in past)
    found = {place: lineage for place in places if place in before.units and (lineage := lineages.find(*place))}
    troubles = {place: troubles_of(lineage) for place, lineage in found.items()}
    for record in records:
        if record.commit in future - past:
            lineages.add(record)
    return {place for place in found if fate_of(place, found[place], troubles[place], lineages, (before, after)).good}


def _a_year_later(repository: Repository, now: Commit) -> Commit:
    end = (_moment(now) + YEAR).isoformat()
    id = repository.text("rev-list", "--first-parent", "--max-count=1", f"--before={end}", "HEAD")
    return commits_between(repository, "", id, 1)[0]


def _moment(commit: Commit) -> datetime:
    return datetime.fromisoformat(commit.commit_date)


if __name__ == "__main__":
    main()
