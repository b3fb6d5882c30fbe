"""``python -m benchmarks.extraction.noise REPO… [--json]``: a year of a repository replayed week by week through the worker.

How many entries would have reached the inbox each week, and how many of them did the year after prove worth keeping?
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

from benchmarks.extraction.frozen import freeze
from benchmarks.extraction.observed import Place, around_of, fate_of, scene_of, troubles_of
from benchmarks.measure import write
from foundry_git.git.history import Commit, commits_between
from foundry_git.git.repository import Repository
from foundry_git.history.lineage import Lineages
from foundry_git.history.record import CommitRecord
from foundry_git.history.walk import Walk
from foundry_git.worker.cursor import Cursors
from foundry_git.worker.worker import catch_up
from foundry_git.workspace.review import inbox_of
from foundry_git.workspace.workspace import UserFolders, Workspace

WEEKS, QUARTER = 52, 13
YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry that reached the inbox in a week, counted from 0."""

    week: int
    place: Place
    worth: int


def main() -> None:
    """Replay the repositories named on the command line and write ``results/noise.json``."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.extraction.noise", description=__doc__)
    parser.add_argument("repository", nargs="+", type=Path, metavar="REPO")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args()
    rows = []
    for place in options.repository:
        repository = Repository.at(place)
        weeks = _weeks(repository)
        shown = replay(repository, weeks)
        rows.append({"repository": place.name.removesuffix(".git"), **_figures(shown), **_judged(repository, weeks, shown)})
        print(rows[-1], flush=True)
    answer: dict[str, object] = {"repositories": rows, "median_per_week": median([row["median_per_week"] for row in rows])}
    if options.json:
        print(json.dumps(answer, indent=2))
    write("noise", answer)


def replay(repository: Repository, weeks: Sequence[Commit]) -> list[Shown]:
    """Let a worker take in one week after the other in a clone, and note what is in the inbox for the first time after each."""
    with tempfile.TemporaryDirectory(prefix="foundry-replay-") as scratch:
        clone, folders = Path(scratch) / "clone", _folders(Path(scratch))
        subprocess.run(
            ["git", "clone", "--quiet", "--shared", "--no-checkout", repository.git_dir, clone], check=True, capture_output=True
        )
        _stand_at(clone, weeks[0])
        _begin(clone, weeks[0])
        seen: set[str] = set()
        shown: list[Shown] = []
        for number, commit in enumerate(weeks[1:]):
            _stand_at(clone, commit)
            workspace = Workspace.open(clone, environment={}, folders=folders)
            catch_up(workspace)
            new = [candidate for candidate in inbox_of(workspace) if candidate.shape not in seen]
            workspace.close()
            seen |= {candidate.shape for candidate in new}
            shown += [Shown(number, candidate.key, candidate.worth) for candidate in new]
        return shown


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


def _weeks(repository: Repository) -> list[Commit]:
    """The last commit of the main line before each week's end, from the frozen commit on."""
    frozen = freeze(repository)
    main_line = set(repository.text("rev-list", "--first-parent", "HEAD").split())
    line = [frozen.now, *(commit for commit in frozen.future if commit.id in main_line)]
    begin = _moment(frozen.now)
    return [[c for c in line if _moment(c) <= begin + timedelta(weeks=week)][-1] for week in range(WEEKS + 1)]


def _figures(shown: Sequence[Shown]) -> dict[str, float]:
    counts = [sum(one.week == week for one in shown) for week in range(WEEKS)]
    return {"median_per_week": median(counts), "most_in_a_week": max(counts), "entries": len(shown)}


def _judged(repository: Repository, weeks: Sequence[Commit], shown: Sequence[Shown]) -> dict[str, object]:
    """What became of the entries of each quarter in the year after that quarter."""
    good = 0
    last = _a_year_later(repository, weeks[-1])
    with Walk(repository) as walk:
        records = [record for batch in walk.records(commits_between(repository, weeks[0].id, last.id)) for record in batch]
    for first in range(0, WEEKS, QUARTER):
        places = {one.place for one in shown if first <= one.week < first + QUARTER}
        good += _good(repository, weeks[0], weeks[first + QUARTER], records, places)
    return {"good": good, "good_share": round(good / len(shown), 3) if shown else None}


def _good(repository: Repository, begin: Commit, now: Commit, records: Sequence[CommitRecord], places: set[Place]) -> int:
    later = _a_year_later(repository, now)
    past, future = ({c.id for c in commits_between(repository, begin.id, until.id)} for until in (now, later))
    before, after = (scene_of(repository, commit, around_of(repository, commit, None)) for commit in (now, later))
    lineages = Lineages(record for record in records if record.commit in past)
    found = {place: lineage for place in places if place in before.units and (lineage := lineages.find(*place))}
    troubles = {place: troubles_of(lineage) for place, lineage in found.items()}
    for record in records:
        if record.commit in future - past:
            lineages.add(record)
    return sum(fate_of(place, found[place], troubles[place], lineages, (before, after)).good for place in found)


def _a_year_later(repository: Repository, now: Commit) -> Commit:
    end = (_moment(now) + YEAR).isoformat()
    id = repository.text("rev-list", "--first-parent", "--max-count=1", f"--before={end}", "HEAD")
    return commits_between(repository, "", id, 1)[0]


def _moment(commit: Commit) -> datetime:
    return datetime.fromisoformat(commit.commit_date)


if __name__ == "__main__":
    main()
