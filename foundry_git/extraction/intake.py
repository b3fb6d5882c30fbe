"""The intake: from units to candidates, the one way in for everything that is stored.

A unit with the shape of something known becomes a sighting, one that was rejected is never asked again, and whatever holds a secret
is dropped before anything of it is kept.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from foundry_git.errors import SourceError
from foundry_git.extraction.gathering import SourceFile
from foundry_git.extraction.settings import ExtractionSettings
from foundry_git.extraction.standing import Look, Standing, unknown
from foundry_git.extraction.testing.companion import companion_of
from foundry_git.extraction.testing.tested import NOTHING, Tested
from foundry_git.extraction.testing.uses import PlacedTest
from foundry_git.extraction.verdict import Outcome, Verdict
from foundry_git.extraction.worth import Worth, worth_of
from foundry_git.library.candidates import Candidate
from foundry_git.pattern.naming import MAX_SLUG, PatternRef, code_file, slug_of
from foundry_git.pattern.record import Manifest, Measures, Origin
from foundry_git.pattern.vocabulary import EXTENSIONS
from foundry_git.source.licences import spdx_of
from foundry_git.source.privacy import scrubbed, scrubbed_prose
from foundry_git.source.references import words_in
from foundry_git.source.secrets import find_secrets
from foundry_git.source.tags import tags_for
from foundry_git.source.units import Unit, read_units, stored_code

_NAMED_TEST = re.compile(r"^[Tt]est_?(?=\w)")  # pytest would run a code file called test_….py


@dataclass(frozen=True, slots=True)
class AcceptedShape:
    """A pattern that is in a library, for the shape it has; ``paths`` names where its origins are."""

    id: str
    digest: str
    origin: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Known:
    """What the intake compares with: accepted patterns and rejections by shape, candidates, ids already taken.

    ``origins``: where the origins of patterns of the own library stand, (path, symbol) → the newest version.
    """

    accepted: Mapping[str, AcceptedShape] = field(default_factory=dict)
    rejected: frozenset[str] = frozenset()
    candidates: Sequence[Candidate] = ()
    ids: frozenset[str] = frozenset()
    origins: Mapping[tuple[str, str], PatternRef] = field(default_factory=dict)


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


@dataclass(frozen=True, slots=True)
class Scene:
    """What an extraction happens in: the repository's and work tree's names, the week of its commits ("": a command asked for it)."""

    repository: str = ""
    worktree: str = "main"
    week: str = ""


class Extractor:
    """Looks at files one after the other and remembers what it has seen; ``look`` tells how a unit stands in its repository."""

    def __init__(self, settings: ExtractionSettings, known: Known, scene: Scene = Scene(), look: Look = unknown) -> None:
        self.settings = settings
        self.intake = Intake()
        self.scene = scene
        self._look = look
        self.shapes: set[str] = set()
        self._judged: dict[str, _Judged] = {}
        self._tested: Tested = NOTHING
        self._test_files: list[SourceFile] = []
        self._travelling: dict[tuple[str, str], str] = {}
        self._accepted = known.accepted
        self._rejected = known.rejected
        self._origins = known.origins
        self._by_key = {candidate.key: candidate for candidate in known.candidates}
        self._by_shape = {candidate.shape: candidate for candidate in known.candidates}
        self._taken = set(known.ids) | {candidate.id for candidate in known.candidates}

    def hear(self, tested: Tested) -> None:
        """Take account of what reports say; call it before the first file."""
        self._tested = tested

    def take(self, file: SourceFile) -> None:
        """Look at one file; a bad one costs only itself. Tests that reports speak of wait for :meth:`finish`."""
        if file.path in self._tested.tests:
            self._test_files.append(file)
            if file.skip:
                return None
        if file.skip:
            return self._say(file.path, "", 0, Outcome.DROPPED, file.skip)
        try:
            text = file.content.decode("utf-8")
            units = read_units(text, file.path, self.settings.frameworks, file.project)
        except UnicodeDecodeError:
            return self._say(file.path, "", 0, Outcome.DROPPED, "not-utf8")
        except SourceError as error:
            return self._say(file.path, "", error.line, Outcome.DROPPED, f"syntax: {error.reason}")
        licence = file.licence or spdx_of(text)
        for unit in units:
            if not (unit.is_test and (file.path, unit.symbol) in self._tested.results):
                self._take_unit(file, unit, text, licence)
        return None

    def finish(self) -> Intake:
        """Weigh what occurred in several places as such, explain every candidate's worth, and give what was found.

        Only now it is known which tests have a candidate to travel with; the others are looked at for themselves.
        """
        for judged in self._judged.values():
            self._send_tests_along(judged)
        for file in self._test_files:
            for test in self._tested.tests[file.path]:
                self._take_test(file, test)
        self._test_files.clear()
        for id, judged in self._judged.items():
            candidate = self._by_key[judged.key]
            worth = worth_of(judged.unit, replace(judged.standing, places=candidate.places))
            verdict = self.intake.verdicts[judged.verdict]
            self.intake.verdicts[judged.verdict] = replace(verdict, reason=worth.explained())
            self.intake.candidates.append(replace(candidate, worth=worth.points, reasons=worth.reasons))
            assert candidate.id == id
        self._judged.clear()
        return self.intake

    def _send_tests_along(self, judged: _Judged) -> None:
        candidate, tests = self._by_key[judged.key], self._tested.alone.get(judged.key, ())
        companion = companion_of(judged.key[0], judged.unit, candidate.manifest.code, tests, self._tested.project)
        kept = "" if judged.key in self._tested.doubted else candidate.tests
        self._by_key[judged.key] = self._by_shape[candidate.shape] = replace(candidate, tests=companion.text or kept)
        self._travelling |= dict.fromkeys(companion.tests, candidate.id)

    def _take_test(self, file: SourceFile, test: PlacedTest) -> None:
        reason = self._why_test_dropped(file, test)
        if reason:
            return self._say(file.path, test.unit.symbol, test.unit.start_line, Outcome.DROPPED, reason)
        text = file.content.decode("utf-8")
        return self._keep(file, test.unit, text, file.licence or spdx_of(text))

    def _take_unit(self, file: SourceFile, unit: Unit, text: str, licence: str) -> None:
        if unit.measures.lines >= self.settings.min_lines:
            self.shapes.add(unit.shape)
        reason = self._why_dropped(file, unit)
        if reason:
            return self._say(file.path, unit.symbol, unit.start_line, Outcome.DROPPED, reason)
        return self._keep(file, unit, text, licence)

    def _keep(self, file: SourceFile, unit: Unit, text: str, licence: str) -> None:
        accepted, before = self._accepted.get(unit.shape), self._origins.get((file.path, unit.symbol))
        if accepted is not None and (accepted.origin == (file.path, unit.symbol) or (before and before.id == accepted.id)):
            return self._say(file.path, unit.symbol, unit.start_line, Outcome.DROPPED, f"origin: of {accepted.id}")
        twin = self._by_shape.get(unit.shape)
        if accepted is not None or (before is None and twin is not None and twin.key != (file.path, unit.symbol)):
            return self._sight(file, unit, accepted, twin)
        standing = self._look(file.path, unit, _uses_nearby(file.path, unit, text))
        standing = replace(standing, passed=self._tested.exercised.get((file.path, unit.symbol), 0))
        candidate = self._candidate(file, unit, licence, worth_of(unit, standing))
        self._by_key[candidate.key] = self._by_shape[candidate.shape] = candidate
        self._taken.add(candidate.id)
        self._judged[candidate.id] = _Judged(unit, standing, candidate.key, len(self.intake.verdicts))
        return self._say(file.path, unit.symbol, unit.start_line, Outcome.CANDIDATE, "")

    def _why_dropped(self, file: SourceFile, unit: Unit) -> str:
        if file.changed is not None and unit.symbol not in file.changed:
            return "unchanged"
        if unit.is_test:
            return "test"
        if unit.is_private or self.settings.ignores(unit.name):
            return "private"
        if (file.path, unit.symbol) in self._origins:  # of whatever size: people took it once
            return self._why_refused(unit)
        if unit.measures.lines < self.settings.min_lines:
            return f"short: {unit.measures.lines} lines, fewer than {self.settings.min_lines}"
        if unit.measures.complexity < self.settings.min_complexity:
            return f"simple: complexity {unit.measures.complexity}, less than {self.settings.min_complexity}"
        return self._why_refused(unit)

    def _why_test_dropped(self, file: SourceFile, test: PlacedTest) -> str:
        unit = test.unit
        if file.changed is not None and unit.symbol not in file.changed:
            return "unchanged"
        if test.key in self._travelling:
            return f"travels: with {self._travelling[test.key]}"
        if reason := self._tested.why_not_kept(test):
            return f"test: {reason}"
        if unit.measures.lines < self.settings.min_lines:
            return f"short: {unit.measures.lines} lines, fewer than {self.settings.min_lines}"
        return self._why_refused(unit)

    def _why_refused(self, unit: Unit) -> str:
        if unit.shape in self._rejected:
            return "rejected"
        code = scrubbed(stored_code(unit), unit.language)
        if hits := find_secrets(code.text):
            return f"secret: {hits[0].rule}"
        return f"private-data: {', '.join(code.kinds)}" if code.kinds else ""

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

    def _candidate(self, file: SourceFile, unit: Unit, licence: str, worth: Worth) -> Candidate:
        before, version = self._by_key.get((file.path, unit.symbol)), self._origins.get((file.path, unit.symbol))
        slug_id = version.id if version else before.id if before else self._free_id(unit)
        if before and before.id == slug_id and before.code == _kept_code(unit):
            return replace(before, blob=file.blob, worktree=self.scene.worktree, worth=worth.points, reasons=worth.reasons)
        return Candidate(
            id=slug_id,
            manifest=self._manifest(file, unit, licence, slug_id.partition("/")[2]),
            code=_kept_code(unit),
            shape=unit.shape,
            blob=file.blob,
            worktree=self.scene.worktree,
            worth=worth.points,
            reasons=worth.reasons,
            also_in=before.also_in if before and before.shape == unit.shape else (),
            week=before.week if before else self.scene.week,
            supersedes=str(version) if version else "",
        )

    def _manifest(self, file: SourceFile, unit: Unit, licence: str, slug: str) -> Manifest:
        commit, date = _commit_of(file, unit)
        return Manifest(
            name=unit.name,
            kind=unit.kind,
            description=scrubbed_prose(unit.description),
            language=unit.language,
            code=code_file(slug, EXTENSIONS[unit.language]),
            framework=unit.framework,
            tags=tags_for(unit, self.settings.tags),
            origin=Origin(
                repository=self.scene.repository,
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
        slug = slug_of(_NAMED_TEST.sub("", unit.name) if unit.is_test else unit.name)
        number, id = 1, f"{unit.language}/{slug}"
        while id in self._taken:
            number += 1
            tail = f"-{number}"
            id = f"{unit.language}/{slug[: MAX_SLUG - len(tail)].rstrip('-')}{tail}"
        return id

    def _say(self, path: str, symbol: str, line: int, outcome: Outcome, reason: str) -> None:
        self.intake.verdicts.append(Verdict(path, symbol, line, outcome, reason))


@dataclass(frozen=True, slots=True)
class _Judged:
    """A candidate of this extraction, with what its worth is made from and which verdict is its own."""

    unit: Unit
    standing: Standing
    key: tuple[str, str]
    verdict: int


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


def _kept_code(unit: Unit) -> str:
    """What is stored of a unit: its code, no addresses and home folders in its comments."""
    return scrubbed(stored_code(unit), unit.language).text


def _commit_of(file: SourceFile, unit: Unit) -> tuple[str, str]:
    """The commit that touched the unit, and its author date."""
    commit = (file.changed or {}).get(unit.symbol) or file.touched.get(unit.symbol)
    return (commit.id, commit.author_date) if commit else (file.commit, file.author_date)


def _uses_nearby(path: str, unit: Unit, text: str) -> int:
    """How many times the code of the unit's own file names it, its own text aside."""
    everywhere, inside = (Counter(words_in(part, path))[unit.name] for part in (text, unit.body))
    return max(0, everywhere - inside)
