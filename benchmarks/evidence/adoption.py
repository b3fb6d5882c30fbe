"""Adoption: precision and recall on mechanical insertions into real repositories, and on real commits that adopt nothing.

``python -m benchmarks.evidence.adoption --hosts NAME=PATH … --patterns NAME=PATH …`` writes ``results/adoption.json``. Patterns are
those of the starter library and functions of the repositories named last. Each insertion is a commit on top of a host's ``HEAD``, and
is looked at as the worker does. Unrelated are the newest commits of the hosts and, as hard negatives, insertions of functions of the
pattern repositories that are in no library, so that they share their idioms. TUNED_ON: what the thresholds were chosen with.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from math import sqrt
from pathlib import Path

from benchmarks.evidence.importing import imported, mistaken
from benchmarks.evidence.insertions import KINDS, Host, Pattern, Texts, inserted
from benchmarks.evidence.sources import Source, by_language, starter_patterns, write_patterns
from benchmarks.measure import summary, timed, write
from foundry_git.capture.harvest import harvest_commits
from foundry_git.git.history import Commit, changed_by, one_commit
from foundry_git.git.hunks import hunks_between
from foundry_git.git.objects import write_commit, write_tree
from foundry_git.git.tree import CommitTree
from foundry_git.outcomes.adoption import adoptions
from foundry_git.outcomes.copied_patterns import ChangedFile, Shelves, changed_files
from foundry_git.outcomes.pattern_uses import NO_ORIGINS, Detection
from foundry_git.pattern.naming import PatternRef
from foundry_git.source.fingerprints import grams_of
from foundry_git.source.reader import units_in
from foundry_git.source.shapes import shape_of
from foundry_git.source.shingles import shingles_of, similarity
from foundry_git.source.units import UnitKey
from foundry_git.workspace import UserFolders, Workspace

SEED = 5
EACH = 30  # functions of each pattern repository that are in the library
APART = 0.6  # of the shingles shared; less is another function
SIBLINGS = 30  # of each that are not
LOCAL = 15  # functions of each host that are imported
UNRELATED = 200  # commits of each host
TIMED = 100  # commits
TUNED_ON = {
    "hosts": ("pallets/flask", "gin-gonic/gin", "expressjs/express", "honojs/hono", "sharkdp/fd"),
    "patterns": ("scrapy/scrapy", "spf13/cobra", "axios/axios", "colinhacks/zod", "clap-rs/clap"),
}


@dataclass(frozen=True, slots=True)
class Case:
    """One commit, how it was made, and the digest of the pattern that it uses ("" where it uses none)."""

    kind: str
    commit: Commit
    digest: str
    same_shape: bool = False


@dataclass(slots=True)
class Tally:
    """What came of cases: how many there were, which found their pattern, and what else was said of them."""

    cases: Counter[str]
    found: Counter[str]
    wrong: Counter[str]
    same_shape: Counter[str]

    @classmethod
    def empty(cls) -> Tally:
        """Nothing yet."""
        return cls(Counter(), Counter(), Counter(), Counter())

    def add(self, case: Case, digests: Sequence[str]) -> None:
        """Take in what was said of one case."""
        self.cases[case.kind] += 1
        self.found[case.kind] += bool(case.digest) and case.digest in digests
        self.wrong[case.kind] += sum(digest != case.digest for digest in digests)
        self.same_shape[case.kind] += case.same_shape

    def figures(self) -> dict[str, object]:
        """Recall of each kind of use and of all, precision over everything that was said."""
        kinds = [kind for kind in self.cases if self.found[kind] or kind in (*KINDS, "imported")]
        hits, asked = sum(self.found[kind] for kind in kinds), sum(self.cases[kind] for kind in kinds)
        said = hits + sum(self.wrong.values())
        return {
            "precision": rate(hits, said),
            "recall": rate(hits, asked),
            "by_kind": {kind: rate(self.found[kind], self.cases[kind]) for kind in kinds},
            "recall_of_equal_shapes": {kind: rate(self.same_shape[kind], self.cases[kind]) for kind in kinds if kind in KINDS},
            "wrong": {kind: f"{self.wrong[kind]} in {count}" for kind, count in self.cases.items()},
        }


def main() -> None:
    """Make the cases, look at them, write the figures."""
    options = _options()
    hosts, sources = [Source.named(one) for one in options.hosts], [Source.named(one) for one in options.patterns]
    tally, hunks, speeds = Tally.empty(), 0, {}
    with tempfile.TemporaryDirectory() as scratch:
        library, patterns, siblings = _library(Path(scratch) / "library", sources)
        for host in hosts:
            clone = host.cloned(Path(scratch) / host.name.replace("/", "-"))
            with _opened(clone, library, Path(scratch)) as workspace:
                unrelated = [Case("unrelated", commit, "") for commit in clone.commits(options.unrelated)]
                hunks += sum(_hunks(workspace, case.commit) for case in unrelated)
                cases = [*insertions(clone, patterns), *hard(clone, siblings), *unrelated]
                look(workspace, cases, tally)
                speeds[host.name] = _speed(workspace, [case.commit for case in unrelated[-options.timed :]])
            local(clone, Path(scratch) / f"local-{host.name.replace('/', '-')}", tally)
    figures = {"unrelated_hunks": hunks, **tally.figures(), "speed": speeds, "per_1000_lines_ms": _reading(hosts)}
    named = {"hosts": list(map(str, hosts)), "patterns": list(map(str, sources)), "starter": len(starter_patterns())}
    write(options.name, {**figures, "sources": named, "tuned_on": {key: list(names) for key, names in TUNED_ON.items()}})


def insertions(source: Source, patterns: Sequence[tuple[str, Pattern]], each: int = 1) -> Iterator[Case]:
    """Put each pattern into files of a repository, in every way that it is fit for."""
    files = by_language(source.hosts())
    for kind in KINDS:
        chance = random.Random(f"{SEED} {kind} {source.name}")
        for digest, pattern in patterns:
            hosts = files.get(pattern.language, [])
            if len(hosts) < 2:
                continue
            for number in range(each):
                texts = _made(kind, pattern, chance.sample(hosts, 2), chance)
                if texts:
                    same = any(_has_shape(path, after, pattern) for path, (_, after) in texts.items())
                    yield Case(kind, committed(source, texts, f"{kind} {number}"), digest, same)


def hard(source: Source, siblings: Sequence[Pattern]) -> Iterator[Case]:
    """Put functions that are no patterns, but of the repositories that patterns are from, into files of another."""
    files = by_language(source.hosts())
    chance = random.Random(f"{SEED} siblings {source.name}")
    for sibling in siblings:
        hosts = files.get(sibling.language, [])
        texts = _made("verbatim", sibling, [chance.choice(hosts)], chance) if hosts else None
        if texts:
            yield Case("sibling", committed(source, texts, "sibling"), "")


def local(source: Source, root: Path, tally: Tally) -> None:
    """Make functions of a repository its patterns, and import and call them, or something that is called the same."""
    chosen = [entry for entry, _ in zip(source.functions(SEED), range(LOCAL), strict=False)]
    library, digests = write_patterns(root, [pattern for _, pattern, _ in chosen])
    refs = [PatternRef(f"{pattern.language}/p{number}", 1) for number, (_, pattern, _) in enumerate(chosen)]
    origins = {(host.path, symbol): ref for (host, _, symbol), ref in zip(chosen, refs, strict=True)}
    cases = []
    for (host, _, symbol), digest in zip(chosen, digests, strict=True):
        cases += [Case("imported", committed(source, texts, "import"), digest) for texts in imported(host, symbol)]
        cases += [Case("mistaken", committed(source, texts, "no import"), "") for texts in mistaken(host, symbol)]
    with _opened(source, library.root, root.parent) as workspace:
        look(workspace, cases, tally, origins)


def look(workspace: Workspace, cases: Sequence[Case], tally: Tally, origins: Mapping[UnitKey, PatternRef] = NO_ORIGINS) -> None:
    """Have each commit looked at as the worker does."""
    shelves = Shelves(workspace.patterns, workspace.objects)
    detection = Detection(shelves, workspace.own, workspace.scope, origins)
    by_commit = {case.commit.id: case for case in cases}
    said: defaultdict[str, list[str]] = defaultdict(list)
    for commit, versions in _changed(workspace, [case.commit for case in cases]):
        said[commit.id] += [use.digest for use in detection.uses(commit, versions)]
    for id, case in by_commit.items():
        tally.add(case, said[id])


def committed(source: Source, texts: Texts, message: str) -> Commit:
    """Commit changed files on top of HEAD; no ref moves."""
    head = source.repository.head()
    tree = write_tree(source.repository, {path: after.encode() for path, (_, after) in texts.items()}, head)
    return one_commit(source.repository, write_commit(source.repository, tree, head, message))


def rate(hits: int, count: int) -> dict[str, float | int]:
    """A share with Wilson's interval of 95 % (Wilson, 1927)."""
    if not count:
        return {"hits": 0, "of": 0}
    z, share = 1.96, hits / count
    middle, spread = share + z * z / (2 * count), z * sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    low, high = ((middle + sign * spread) / (1 + z * z / count) for sign in (-1, 1))
    return {"rate": round(share, 4), "low": round(low, 4), "high": round(high, 4), "hits": hits, "of": count}


def _made(kind: str, pattern: Pattern, hosts: Sequence[Host], chance: random.Random) -> Texts | None:
    try:
        return inserted(kind, pattern, hosts, chance)
    except (SyntaxError, ValueError):  # a rewriting that made no valid code
        return None


def _has_shape(path: str, text: str, pattern: Pattern) -> bool:
    return shape_of(pattern.code, pattern.language) in {unit.shape for unit in units_in(text.encode(), path)}


def _library(root: Path, sources: Sequence[Source]) -> tuple[Path, list[tuple[str, Pattern]], list[Pattern]]:
    """Functions of repositories as a library, the starter's patterns beside them, and functions that are not much like any of these."""
    taken = {source.name: [pattern for _, pattern, _ in source.functions(SEED)] for source in sources}
    inside = [pattern for found in taken.values() for pattern in found[:EACH]]
    library, digests = write_patterns(root, inside)
    patterns = [*zip(digests, inside, strict=True), *starter_patterns()]
    cut = [(pattern.language, shingles_of(pattern.code, pattern.language)) for _, pattern in patterns]
    outside = [pattern for found in taken.values() for pattern in found[EACH : EACH + SIBLINGS]]

    def is_apart(pattern: Pattern) -> bool:
        own = shingles_of(pattern.code, pattern.language)
        return all(similarity(own, other) < APART for language, other in cut if language == pattern.language)

    return library.root, patterns, [pattern for pattern in outside if is_apart(pattern)]


@contextmanager
def _opened(source: Source, library: Path, scratch: Path) -> Iterator[Workspace]:
    """A workspace on a clone and a library, in folders of its own."""
    folders = UserFolders(*(scratch / name for name in ("config", "cache", "state")))
    assert source.repository.top is not None
    workspace = Workspace.open(source.repository.top, str(library), {}, folders)
    try:
        workspace.patterns.converge()
        yield workspace
    finally:
        workspace.close()


def _changed(workspace: Workspace, commits: Sequence[Commit]) -> Iterator[tuple[Commit, list[ChangedFile]]]:
    return changed_files(changed_by(workspace.need_repository(), commits), workspace.objects, workspace.scope)


def _hunks(workspace: Workspace, commit: Commit) -> int:
    """How many hunks a commit adds to source files."""
    repository = workspace.need_repository()
    versions = [version for _, found in _changed(workspace, [commit]) for version in found if version.after]
    pairs = [(version.change.old_blob, version.change.new_blob) for version in versions]
    return sum(len(hunks_between(repository, old, new).added) if old else 1 for old, new in pairs)


def _speed(workspace: Workspace, commits: Sequence[Commit]) -> dict[str, object]:
    """How long the worker's whole look at single commits takes, and the search for adoptions in it."""
    whole, part = [], []
    for commit in commits:  # in turn, so that a slow minute of the machine hits both
        tree = CommitTree(workspace.objects, commit.id, commit)
        whole.append(timed(partial(harvest_commits, workspace, [commit], tree, in_budget=True)))
        part.append(timed(partial(_adoptions, workspace, commit)))
    return {"harvest": summary(whole), "adoption": summary(part), "share": round(sum(part) / sum(whole), 3)} if commits else {}


def _adoptions(workspace: Workspace, commit: Commit) -> None:
    adoptions(workspace, (), changed_by(workspace.need_repository(), [commit]))


def _reading(sources: Sequence[Source]) -> dict[str, float]:
    """Milliseconds of this process that fingerprinting 1,000 lines of each language takes."""
    files = by_language(host for source in sources for host in source.hosts())
    return {language: _pace(hosts) for language, hosts in sorted(files.items())}


def _pace(hosts: Sequence[Host]) -> float:
    began = time.process_time()
    for host in hosts:
        grams_of(host.text, host.language)
    return round(1e6 * (time.process_time() - began) / max(1, sum(host.text.count("\n") for host in hosts)), 1)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.evidence.adoption", description=__doc__)
    parser.add_argument("--hosts", nargs="+", required=True, metavar="NAME=PATH", help="repositories that patterns are put into")
    parser.add_argument(
        "--patterns", nargs="+", required=True, metavar="NAME=PATH", help="repositories that patterns are taken from"
    )
    parser.add_argument("--unrelated", type=int, default=UNRELATED, help="commits of each host that adopt nothing")
    parser.add_argument("--timed", type=int, default=TIMED, help="commits of each host that are timed")
    parser.add_argument("--name", default="adoption", help="of the file with the results")
    return parser.parse_args()


if __name__ == "__main__":
    main()
