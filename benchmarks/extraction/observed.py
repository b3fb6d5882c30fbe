"""Observations: every unit of a frozen repository, what we knew of it then, and whether the year after proved it worth keeping."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from msgspec.structs import replace

from benchmarks.extraction.frozen import Frozen, freeze
from foundry_git.errors import SourceError
from foundry_git.extraction.intake import Extractor, KnownUnits
from foundry_git.extraction.jargon import Jargon
from foundry_git.extraction.source_files import of_tree
from foundry_git.extraction.surroundings import Surroundings
from foundry_git.extraction.unit_context import UnitContext
from foundry_git.extraction.worth import worth_of
from foundry_git.git.history import Commit, one_commit
from foundry_git.git.objects import BlobReader
from foundry_git.git.repository import Repository
from foundry_git.git.tree import CommitTree
from foundry_git.history.lineage import Lineage, Lineages
from foundry_git.history.walk import Walk
from foundry_git.settings import ExtractionSettings
from foundry_git.source.nearby_uses import NearbyUses
from foundry_git.source.reader import read_units
from foundry_git.source.units import Unit

Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Fate:
    """What came of a unit within the year: ``good`` is the label that everything is judged by.

    ``grew``: code outside it names it more often. ``recurred``: its shape stands in one more file.
    """

    alive: bool
    fixed: bool
    grew: bool
    recurred: bool

    @property
    def good(self) -> bool:
        """Alive, not fixed or taken back meanwhile, and used more often or repeated elsewhere."""
        return self.alive and not self.fixed and (self.grew or self.recurred)


@dataclass(frozen=True, slots=True)
class Observed:
    """One unit: what extraction made of it then (``worth`` is -1 when it proposed nothing, ``shares`` its parts), and its fate."""

    path: str
    symbol: str
    lines: int
    complexity: int
    private: bool
    worth: int
    shares: Mapping[str, float]
    fate: Fate

    @property
    def good(self) -> bool:
        """The label."""
        return self.fate.good

    def row(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self) | {"good": self.good}


@dataclass(frozen=True, slots=True)
class Scene:
    """A tree: its units, how each stands, and the files of each shape."""

    units: Mapping[Place, Unit]
    standings: Mapping[Place, UnitContext]
    files: Mapping[str, set[str]]

    def uses(self, place: Place) -> int:
        """How often code outside a unit names it."""
        callers = self.standings[place].callers
        return callers.uses if callers else 0


@dataclass(frozen=True, slots=True)
class _Then:
    """A lineage as it was when frozen."""

    lineage: Lineage
    troubles: int


def observe(repository: Repository, head: str = "HEAD") -> tuple[Frozen, list[Observed]]:
    """Freeze a repository, extract, and look at what happened after."""
    frozen = freeze(repository, head)
    lineages = Lineages()
    with Walk(repository) as walk:
        _feed(lineages, walk, frozen.past)
        surroundings = around_of(repository, frozen.now, lineages)
        proposed = _proposed(repository, frozen.now, surroundings)
        before = scene_of(repository, frozen.now, surroundings)
        then = {place: _Then(found, troubles_of(found)) for place in before.units if (found := lineages.find(*place))}
        _feed(lineages, walk, frozen.future)
    after = scene_of(repository, frozen.later, around_of(repository, frozen.later, None))
    return frozen, [_observed(place, proposed.get(place, -1), known, lineages, (before, after)) for place, known in then.items()]


def around_of(repository: Repository, commit: Commit, lineages: Lineages | None) -> Surroundings:
    """The surroundings at a commit, every file read."""
    surroundings = Surroundings(CommitTree(BlobReader(repository), commit.id, commit), lineages)
    surroundings.read_all()
    return surroundings


def _feed(lineages: Lineages, walk: Walk, commits: list[Commit]) -> None:
    for batch in walk.records(commits):
        for record in batch:
            lineages.add(record)


def _proposed(repository: Repository, commit: Commit, surroundings: Surroundings) -> dict[Place, int]:
    """What the product proposes at the frozen commit: place → worth."""
    extractor = Extractor(ExtractionSettings(), KnownUnits(), look=surroundings.look)
    for file in of_tree(CommitTree(BlobReader(repository), commit.id, commit), extractor.settings)[1]:
        extractor.take(file)
    return {candidate.key: candidate.worth for candidate in extractor.finish().put}


def scene_of(repository: Repository, commit: Commit, surroundings: Surroundings) -> Scene:
    """The scene at a commit."""
    units: dict[Place, Unit] = {}
    standings: dict[Place, UnitContext] = {}
    files: dict[str, set[str]] = {}
    for path, text in _texts(repository, commit):
        try:
            found = read_units(text, path)
        except SourceError:
            continue
        nearby = NearbyUses(found, text, path)
        for unit in found:
            if unit.is_test:
                continue
            units[path, unit.symbol] = unit
            standings[path, unit.symbol] = surroundings.look(path, unit, nearby.of(unit))
            files.setdefault(unit.shape, set()).add(path)
    project = Jargon(unit.name for unit in units.values())
    known = {place: replace(found, generality=project.generality(units[place].body)) for place, found in standings.items()}
    return Scene(units, known, files)


def scene_at(repository: Repository, commit: str) -> Scene:
    """The scene at a commit, its history left out."""
    found = one_commit(repository, commit)
    return scene_of(repository, found, around_of(repository, found, None))


def shares_of(unit: Unit, standing: UnitContext) -> dict[str, float]:
    return {part.name: round(part.share, 4) for part in worth_of(unit, standing).parts}


def _texts(repository: Repository, commit: Commit) -> Iterator[tuple[str, str]]:
    for file in of_tree(CommitTree(BlobReader(repository), commit.id, commit), ExtractionSettings())[1]:
        if not file.skip:
            yield file.path, file.content.decode("utf-8")


def fate_of(place: Place, lineage: Lineage, troubles: int, lineages: Lineages, scenes: tuple[Scene, Scene]) -> Fate:
    """Compare the trees before and after; ``troubles``: those of the lineage before, which has gone on meanwhile."""
    before, after = scenes
    unit, now = before.units[place], lineage.place
    alive = not lineage.vanished and now in after.units and lineages.find(*now) is lineage
    shapes = {unit.shape, after.units[now].shape} if alive else set()
    known = before.files[unit.shape] | {place[0], now[0]}
    return Fate(
        alive=alive,
        fixed=troubles_of(lineage) > troubles,
        grew=alive and after.uses(now) > before.uses(place),
        recurred=any(after.files.get(shape, set()) - known for shape in shapes),
    )


def _observed(place: Place, worth: int, then: _Then, lineages: Lineages, scenes: tuple[Scene, Scene]) -> Observed:
    before, _ = scenes
    unit = before.units[place]
    return Observed(
        path=place[0],
        symbol=place[1],
        lines=unit.measures.lines,
        complexity=unit.measures.complexity,
        private=unit.is_private,
        worth=worth,
        shares=shares_of(unit, before.standings[place]),
        fate=fate_of(place, then.lineage, then.troubles, lineages, scenes),
    )


def troubles_of(lineage: Lineage) -> int:
    """How often a unit was fixed or taken back."""
    return len(lineage.fixes) + len(lineage.reverted)
