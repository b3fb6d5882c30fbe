"""The intake: from units to candidates, the one way in for everything that is stored.

A unit with the shape of something known becomes a sighting, one that was rejected is never asked again, and whatever holds a secret,
in its code or in its name, is dropped before anything of it is kept; its verdict names it without that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from foundry_git.errors import SourceError
from foundry_git.extraction.drafts import NO_SCENE, Draft, Scene
from foundry_git.extraction.jargon import Jargon
from foundry_git.extraction.passed_tests.companion import companion_of
from foundry_git.extraction.passed_tests.tested import NOTHING, Tested
from foundry_git.extraction.passed_tests.uses import PlacedTest
from foundry_git.extraction.refusal import Refusals
from foundry_git.extraction.source_files import SourceFile
from foundry_git.extraction.unit_context import ContextLookup, UnitContext, unknown
from foundry_git.extraction.verdict import Verdict, VerdictKind
from foundry_git.extraction.worth import worth_of
from foundry_git.library.candidates import Candidate
from foundry_git.pattern.naming import PatternRef
from foundry_git.settings import ExtractionSettings
from foundry_git.source.closure import Closure
from foundry_git.source.licences import spdx_of
from foundry_git.source.nearby_uses import NearbyUses
from foundry_git.source.private_names import shown, withheld
from foundry_git.source.reader import closed, read_units, read_unread, stored_code
from foundry_git.source.units import Unit, UnitKey

NO_PLACE: UnitKey = ("", "")
REPLACED = "addresses in its comments are replaced"


class AcceptedShape(Struct, frozen=True):
    """A pattern that is in a library, for the shape it has.

    ``origin`` names the (path, symbol) of this repository that it comes from; :data:`NO_PLACE` where it comes from elsewhere.
    """

    id: str
    digest: str
    origin: UnitKey


class KnownUnits(Struct, frozen=True):
    """What the intake compares with: accepted patterns and rejections by shape, candidates, ids already taken.

    ``origins``: where the origins of patterns of the own library stand, (path, symbol) → the newest version. ``names``: of the
    project's units, where only some of its files are looked at.
    """

    accepted: Mapping[str, AcceptedShape] = field(default_factory=dict)
    rejected: frozenset[str] = frozenset()
    candidates: Sequence[Candidate] = ()
    ids: frozenset[str] = frozenset()
    origins: Mapping[UnitKey, PatternRef] = field(default_factory=dict)
    names: Sequence[str] = ()


class SeenShape(Struct, frozen=True):
    """A shape that was seen again: where, and the digest of the accepted pattern it belongs to ("" for a candidate's)."""

    shape: str
    path: str
    blob: str
    date: str
    commit: str
    digest: str


class Intake(Struct):
    """What an extraction brought: verdicts, candidates to put (new or renewed), sightings."""

    verdicts: list[Verdict] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)
    sightings: list[SeenShape] = field(default_factory=list)

    @property
    def put(self) -> list[Candidate]:
        """The candidates, each once, as they ended."""
        return list({candidate.id: candidate for candidate in self.candidates}.values())


class Extractor:
    """Looks at files one after the other and remembers what it has seen; ``look`` tells how a unit stands in its repository."""

    def __init__(
        self, settings: ExtractionSettings, known: KnownUnits, scene: Scene = NO_SCENE, look: ContextLookup = unknown
    ) -> None:
        self.settings = settings
        self.intake = Intake()
        self.scene = scene
        self.shapes: set[str] = set()
        self._look = look
        self._refusals = Refusals(settings, known.rejected, known.origins)
        self._judged: dict[str, _Judged] = {}
        self._jargon = Jargon(known.names)
        self._hears_names = not known.names
        self._tested: Tested = NOTHING
        self._test_files: list[SourceFile] = []
        self._travelling: dict[UnitKey, str] = {}
        self._accepted = known.accepted
        self._origins = known.origins
        units = [candidate for candidate in known.candidates if candidate.manifest.code]  # a lesson has its unit's place
        self._by_key = {one.key: one for one in units if bool(one.origin.repository) == bool(scene.repository.name)}
        self._by_shape = {candidate.shape: candidate for candidate in units}
        self._taken = set(known.ids) | {candidate.id for candidate in known.candidates}

    @property
    def origins(self) -> Mapping[UnitKey, PatternRef]:
        """Where the origins of the own library's patterns stand."""
        return self._origins

    def hear(self, tested: Tested) -> None:
        """Take account of what reports say; call it before the first file."""
        self._tested = tested

    def take(self, file: SourceFile) -> None:
        """Look at one file; a bad one costs only itself. Tests that reports speak of wait for :meth:`finish`."""
        if file.path in self._tested.tests:
            self._test_files.append(file)
            if file.skip:
                return None
        if reason := file.skip or withheld(file.path):
            return self._say(file.path, "", 0, VerdictKind.DROPPED, reason)
        try:
            text = file.content.decode("utf-8")
            units = read_units(text, file.path, self.settings.frameworks, file.project)
            unread = read_unread(text, file.path)
        except UnicodeDecodeError:
            return self._say(file.path, "", 0, VerdictKind.DROPPED, "not-utf8")
        except SourceError as error:
            return self._say(file.path, "", error.line, VerdictKind.DROPPED, f"syntax: {error.reason}")
        for one in unread:
            self._say(file.path, one.symbol, one.line, VerdictKind.DROPPED, f"syntax: {one.reason}")
        nearby = NearbyUses(units, text, file.path)
        for unit in units:
            if self._hears_names and not unit.is_test:
                self._jargon.add(unit.name)
            if not (unit.is_test and (file.path, unit.symbol) in self._tested.results):
                self._take_unit(file, unit, text, nearby)
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
        for judged in self._judged.values():
            self._weigh(judged)
        self._judged.clear()
        return self.intake

    def _send_tests_along(self, judged: _Judged) -> None:
        candidate, tests = self._by_key[judged.key], self._tested.alone.get(judged.key, ())
        companion = companion_of(judged.key[0], judged.unit, candidate.manifest.code, tests, self._tested.project)
        kept = "" if judged.key in self._tested.doubted else candidate.tests
        self._remember(replace(candidate, tests=companion.text or kept))
        self._travelling |= dict.fromkeys(companion.tests, candidate.id)

    def _weigh(self, judged: _Judged) -> None:
        candidate = self._by_key[judged.key]
        generality = self._jargon.generality(judged.unit.body)
        worth = worth_of(judged.unit, replace(judged.standing, places=candidate.places, generality=generality))
        verdict = self.intake.verdicts[judged.verdict]
        self.intake.verdicts[judged.verdict] = replace(verdict, reason=worth.explained())
        self.intake.candidates.append(
            replace(candidate, worth=worth.points, reasons=(*judged.notes, *judged.told(worth.reasons)))
        )

    def _take_test(self, file: SourceFile, test: PlacedTest) -> None:
        if reason := self._refusals.of_test(file, test, self._tested, self._travelling):
            return self._say(file.path, test.unit.symbol, test.unit.start_line, VerdictKind.DROPPED, reason)
        text = file.content.decode("utf-8")
        return self._keep(file, test.unit, text, Closure(stored_code(test.unit)), NearbyUses([test.unit], text, file.path))

    def _take_unit(self, file: SourceFile, unit: Unit, text: str, nearby: NearbyUses) -> None:
        if unit.measures.lines >= self.settings.min_lines:
            self.shapes.add(unit.shape)
        reason = self._refusals.of_unit(file, unit)
        closure = None if reason else closed(unit, text, file.path, file.project, file.read)
        if closure is not None:
            reason = self._refusals.of_code(file, unit, closure)
        if reason or closure is None:
            return self._say(file.path, unit.symbol, unit.start_line, VerdictKind.DROPPED, reason)
        return self._keep(file, unit, text, closure, nearby)

    def _keep(self, file: SourceFile, unit: Unit, text: str, closure: Closure, nearby: NearbyUses) -> None:
        key = file.path, unit.symbol
        accepted, version = self._accepted.get(unit.shape), self._origins.get(key)
        if accepted is not None and (accepted.origin == key or (version and version.id == accepted.id)):
            return self._say(file.path, unit.symbol, unit.start_line, VerdictKind.DROPPED, f"origin: of {accepted.id}")
        twin = self._by_shape.get(unit.shape)
        if accepted is not None or (version is None and twin is not None and twin.key != key):
            return self._sight(file, unit, accepted, twin)
        standing = self._look(file.path, unit, nearby.of(unit))
        standing = replace(standing, passed=self._tested.exercised.get(key, 0))
        code = closure.code or stored_code(unit)  # of an origin that needs its project
        draft = Draft(file, unit, code, file.licence or spdx_of(text), self._by_key.get(key), version)
        candidate = draft.candidate(self.scene, worth_of(unit, standing), self.settings.tags, self._taken)
        self._remember(candidate)
        self._taken.add(candidate.id)
        self._judged[candidate.id] = _Judged(unit, standing, key, len(self.intake.verdicts), _notes(closure, code, candidate))
        return self._say(file.path, unit.symbol, unit.start_line, VerdictKind.CANDIDATE, "")

    def _sight(self, file: SourceFile, unit: Unit, accepted: AcceptedShape | None, twin: Candidate | None) -> None:
        commit, date = file.touched_by(unit.symbol)
        digest = accepted.digest if accepted else ""
        self.intake.sightings.append(SeenShape(unit.shape, file.path, file.blob, date, commit, digest))
        if accepted is None and twin is not None:
            again = twin if file.path in (twin.origin.path, *twin.also_in) else replace(twin, also_in=(*twin.also_in, file.path))
            self._remember(again)
            self.intake.candidates.append(again)
        known_as = accepted.id if accepted else twin.id if twin else ""
        self._say(file.path, unit.symbol, unit.start_line, VerdictKind.SIGHTED, f"same shape as {known_as}")

    def _remember(self, candidate: Candidate) -> None:
        self._by_key[candidate.key] = self._by_shape[candidate.shape] = candidate

    def _say(self, path: str, symbol: str, line: int, outcome: VerdictKind, reason: str) -> None:
        self.intake.verdicts.append(Verdict(shown(path), shown(symbol), line, outcome, reason))


class _Judged(Struct, frozen=True):
    """A candidate of this extraction, with what its worth is made from and which verdict is its own."""

    unit: Unit
    standing: UnitContext
    key: UnitKey
    verdict: int
    notes: tuple[str, ...] = ()

    def told(self, reasons: Sequence[str]) -> tuple[str, ...]:
        """The reasons of its worth, but for what it needs: a note says that this comes along."""
        is_brought = any(note.startswith("brings ") for note in self.notes)
        return tuple(reason for reason in reasons if not (is_brought and reason.startswith("needs ")))


def _notes(closure: Closure, text: str, candidate: Candidate) -> tuple[str, ...]:
    """What was added to a unit's code, and what was changed in it."""
    brought = (f"brings {', '.join(closure.helpers)}",) if closure.helpers else ()
    gone = (f"leaves out its import of {', '.join(closure.left_out)}",) if closure.left_out else ()
    around = (f"says on its top {' '.join(closure.conditions)}",) if closure.conditions else ()
    return (*brought, *gone, *around, *((REPLACED,) if candidate.code != text else ()))
