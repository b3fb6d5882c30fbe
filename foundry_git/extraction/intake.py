"""The intake: from units to candidates, the one way in for everything that is stored.

A unit with the shape of something known becomes a sighting, one that was rejected is never asked again, and whatever holds a secret
is dropped before anything of it is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from foundry_git.errors import SourceError
from foundry_git.extraction.gathering import SourceFile
from foundry_git.extraction.settings import ExtractionSettings
from foundry_git.extraction.verdict import Outcome, Verdict
from foundry_git.extraction.worth import worth_of
from foundry_git.library.candidates import Candidate
from foundry_git.pattern.naming import MAX_SLUG, code_file, slug_of
from foundry_git.pattern.record import Manifest, Measures, Origin
from foundry_git.pattern.vocabulary import EXTENSIONS
from foundry_git.source.licences import spdx_of
from foundry_git.source.secrets import find_secrets
from foundry_git.source.tags import tags_for
from foundry_git.source.units import Unit, read_units, stored_code


@dataclass(frozen=True, slots=True)
class AcceptedShape:
    """A pattern that is in a library, for the shape it has; ``paths`` names where its origins are."""

    id: str
    digest: str
    origin: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Known:
    """What the intake compares with: accepted patterns and rejections by shape, candidates, ids already taken."""

    accepted: Mapping[str, AcceptedShape] = field(default_factory=dict)
    rejected: frozenset[str] = frozenset()
    candidates: Sequence[Candidate] = ()
    ids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Sighting:
    """A shape that was seen again: where, and the digest of the accepted pattern it belongs to ("" for a candidate's)."""

    shape: str
    path: str
    blob: str
    date: str
    commit: str
    digest: str


@dataclass(slots=True)
class Intake:
    """What an extraction brought: verdicts, candidates to put (new or renewed), sightings."""

    verdicts: list[Verdict] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)
    sightings: list[Sighting] = field(default_factory=list)

    @property
    def put(self) -> list[Candidate]:
        """The candidates, each once, as they ended."""
        return list({candidate.id: candidate for candidate in self.candidates}.values())


class Extractor:
    """Looks at files one after the other and remembers what it has seen; ``repository`` and ``worktree`` go into the origins."""

    def __init__(self, settings: ExtractionSettings, known: Known, repository: str = "", worktree: str = "main") -> None:
        self.settings = settings
        self.intake = Intake()
        self._accepted = known.accepted
        self._rejected = known.rejected
        self._repository = repository
        self._worktree = worktree
        self._by_key = {candidate.key: candidate for candidate in known.candidates}
        self._by_shape = {candidate.shape: candidate for candidate in known.candidates}
        self._taken = set(known.ids) | {candidate.id for candidate in known.candidates}

    def take(self, file: SourceFile) -> None:
        """Look at one file; a bad one costs only itself."""
        if file.skip:
            return self._say(file.path, "", 0, Outcome.DROPPED, file.skip)
        try:
            text = file.content.decode("utf-8")
            units = read_units(text, file.path, self.settings.frameworks)
        except UnicodeDecodeError:
            return self._say(file.path, "", 0, Outcome.DROPPED, "not-utf8")
        except SourceError as error:
            return self._say(file.path, "", error.line, Outcome.DROPPED, f"syntax: {error.reason}")
        licence = spdx_of(text)
        for unit in units:
            self._take_unit(file, unit, licence)
        return None

    def _take_unit(self, file: SourceFile, unit: Unit, licence: str) -> None:
        reason = self._why_dropped(file, unit)
        if reason:
            return self._say(file.path, unit.symbol, unit.start_line, Outcome.DROPPED, reason)
        accepted = self._accepted.get(unit.shape)
        if accepted is not None and accepted.origin == (file.path, unit.symbol):
            return self._say(file.path, unit.symbol, unit.start_line, Outcome.DROPPED, f"origin: of {accepted.id}")
        twin = self._by_shape.get(unit.shape)
        if accepted is not None or (twin is not None and twin.key != (file.path, unit.symbol)):
            return self._sight(file, unit, accepted, twin)
        candidate = self._candidate(file, unit, licence)
        self._by_key[candidate.key] = self._by_shape[candidate.shape] = candidate
        self._taken.add(candidate.id)
        self.intake.candidates.append(candidate)
        return self._say(file.path, unit.symbol, unit.start_line, Outcome.CANDIDATE, ", ".join(candidate.reasons))

    def _why_dropped(self, file: SourceFile, unit: Unit) -> str:
        if file.changed is not None and unit.symbol not in file.changed:
            return "unchanged"
        if unit.is_test:
            return "test"
        if unit.is_private or self.settings.ignores(unit.name):
            return "private"
        if unit.measures.lines < self.settings.min_lines:
            return f"short: {unit.measures.lines} lines, fewer than {self.settings.min_lines}"
        if unit.measures.complexity < self.settings.min_complexity:
            return f"simple: complexity {unit.measures.complexity}, less than {self.settings.min_complexity}"
        if unit.shape in self._rejected:
            return "rejected"
        hits = find_secrets(stored_code(unit))
        return f"secret: {hits[0].rule}" if hits else ""

    def _sight(self, file: SourceFile, unit: Unit, accepted: AcceptedShape | None, twin: Candidate | None) -> None:
        _, date = _commit_of(file, unit)
        digest = accepted.digest if accepted else ""
        self.intake.sightings.append(Sighting(unit.shape, file.path, file.blob, date, _commit_of(file, unit)[0], digest))
        if accepted is None and twin is not None:
            again = twin if file.path in (twin.origin.path, *twin.also_in) else replace(twin, also_in=(*twin.also_in, file.path))
            self._by_key[again.key] = self._by_shape[again.shape] = again
            self.intake.candidates.append(again)
        known_as = accepted.id if accepted else twin.id if twin else ""
        self._say(file.path, unit.symbol, unit.start_line, Outcome.SIGHTED, f"same shape as {known_as}")

    def _candidate(self, file: SourceFile, unit: Unit, licence: str) -> Candidate:
        before = self._by_key.get((file.path, unit.symbol))
        slug_id = before.id if before else self._free_id(unit)
        worth, reasons = worth_of(unit)
        if before and before.code == stored_code(unit):
            return replace(before, blob=file.blob, worktree=self._worktree, worth=worth, reasons=reasons)
        return Candidate(
            id=slug_id,
            manifest=self._manifest(file, unit, licence, slug_id.partition("/")[2]),
            code=stored_code(unit),
            shape=unit.shape,
            blob=file.blob,
            worktree=self._worktree,
            worth=worth,
            reasons=reasons,
            also_in=before.also_in if before and before.shape == unit.shape else (),
        )

    def _manifest(self, file: SourceFile, unit: Unit, licence: str, slug: str) -> Manifest:
        commit, date = _commit_of(file, unit)
        return Manifest(
            name=unit.name,
            kind=unit.kind,
            description=unit.description,
            language=unit.language,
            code=code_file(slug, EXTENSIONS[unit.language]),
            framework=unit.framework,
            tags=tags_for(unit, self.settings.tags),
            origin=Origin(
                repository=self._repository,
                commit=commit,
                path=file.path,
                symbol=unit.symbol,
                first_line=unit.start_line,
                last_line=unit.end_line,
                author_date=date,
                licence=licence,
            ),
            measures=Measures(unit.measures.lines, unit.measures.complexity, unit.measures.parameters),
        )

    def _free_id(self, unit: Unit) -> str:
        slug = slug_of(unit.name)
        number, id = 1, f"{unit.language}/{slug}"
        while id in self._taken:
            number += 1
            tail = f"-{number}"
            id = f"{unit.language}/{slug[: MAX_SLUG - len(tail)].rstrip('-')}{tail}"
        return id

    def _say(self, path: str, symbol: str, line: int, outcome: Outcome, reason: str) -> None:
        self.intake.verdicts.append(Verdict(path, symbol, line, outcome, reason))


def vanished(
    candidates: Iterable[Candidate], blobs: Mapping[str, str], symbols: Callable[[str], frozenset[str]]
) -> list[Candidate]:
    """The candidates whose code is gone: ``blobs`` maps each path to its blob now, ``symbols`` reads the units of a path."""
    gone = []
    for candidate in candidates:
        path, symbol = candidate.key
        if path not in blobs or (blobs[path] != candidate.blob and symbol not in symbols(path)):
            gone.append(candidate)
    return gone


def _commit_of(file: SourceFile, unit: Unit) -> tuple[str, str]:
    """The commit that touched the unit, and its author date."""
    commit = (file.changed or {}).get(unit.symbol)
    return (commit.id, commit.author_date) if commit else (file.commit, file.author_date)
