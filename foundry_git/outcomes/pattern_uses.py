"""Pattern uses: which patterns a commit uses, by copying their code or by importing or calling those that live in this repository."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from msgspec import Struct

from foundry_git.errors import SourceError
from foundry_git.evidence.events import place_of
from foundry_git.evidence.kinds.uses import How
from foundry_git.git.history import Commit
from foundry_git.index.document import DocumentRow
from foundry_git.library.library import Library
from foundry_git.outcomes.copied_patterns import ChangedFile, FoundCopy, Shelves
from foundry_git.pattern.naming import PatternRef
from foundry_git.settings import ExtractionSettings
from foundry_git.source.files import is_test_path
from foundry_git.source.name_uses import NOTHING, NameUses, name_uses_of
from foundry_git.source.reader import read_units
from foundry_git.source.units import UnitKey

NO_ORIGINS: Mapping[UnitKey, PatternRef] = {}

_LAST_NAME = re.compile(r"\w+\Z")


class CommitUse(Struct, frozen=True):
    """One use of a pattern by a commit.

    ``how``, ``share`` (thousandths; None: all), ``lines`` as in ``Adopted``. ``place`` names the file and what came into it, so that
    it is the same when the commit was rewritten. ``path``: the file that has most of it.
    """

    commit: Commit
    digest: str
    how: How
    place: str
    path: str
    lines: int
    share: int | None
    framework: str


class Detection:
    """Looks at commits one after the other.

    ``own``: the project's library; ``origins``: where the origins of its patterns stand, (path, symbol) → version.
    """

    def __init__(
        self, shelves: Shelves, own: Library | None, scope: ExtractionSettings, origins: Mapping[UnitKey, PatternRef]
    ) -> None:
        self._shelves = shelves
        self._own = own
        self._scope = scope
        self._origins = origins

    def uses(self, commit: Commit, versions: Sequence[ChangedFile]) -> list[CommitUse]:
        """The patterns that a commit uses, each once; code that only moved, and what the origin itself gained, is no use."""
        copied = [self._copied(commit, found) for found in self._shelves.copies(commit, versions) if not self._is_origin(found)]
        digests = {use.digest for use in copied}
        return [*copied, *(use for use in self._named(commit, versions) if use.digest not in digests)]

    def is_small(self, digest: str) -> bool:
        """Say whether a pattern has too few fingerprints to be found by them."""
        row = self._rows.get(digest)
        return row is None or self._shelves.is_small(digest, row.language)

    @cached_property
    def _rows(self) -> Mapping[str, DocumentRow]:
        return {row.digest: row for row in self._shelves.patterns.rows()}

    @cached_property
    def _digests(self) -> Mapping[PatternRef, str]:
        own, rows = self._own, self._shelves.patterns.rows()
        return {PatternRef(row.id, row.version): row.digest for row in rows if own and row.library == own.name}

    def _is_origin(self, found: FoundCopy) -> bool:
        """Say whether the code stands where the pattern was taken from, under the name that file has or had."""
        now = {path for (path, _), ref in self._origins.items() if ref.id == found.row.id}
        documents = self._shelves.patterns.index.catalogue.documents([found.row.number]) if now else {}
        return not found.copy.runs.keys().isdisjoint(now | {one.origin_path for one in documents.values()})

    def _copied(self, commit: Commit, found: FoundCopy) -> CommitUse:
        copy, digest = found.copy, found.row.digest
        content = hashlib.sha256(digest.encode() + copy.fingerprints.astype("<u8").tobytes()).hexdigest()
        framework = self._framework(copy.path, found.text, copy.runs[copy.path][0][0])
        share = min(1000, max(1, round(copy.share * 1000)))
        return CommitUse(commit, digest, "copy", place_of(copy.path, content), copy.path, copy.lines, share, framework)

    def _named(self, commit: Commit, versions: Sequence[ChangedFile]) -> Iterator[CommitUse]:
        """The local patterns that files newly import or call; tests of a pattern do not use it, nor does what came with it."""
        code = [version for version in versions if not is_test_path(version.path)]
        for (origin, symbol), ref in sorted(self._origins.items()):
            name = _LAST_NAME.findall(symbol)[-1:]
            if name and ref in self._digests and not _is_born(origin, name[0], versions):
                yield from self._naming(commit, code, origin, name[0], self._digests[ref])

    def _naming(
        self, commit: Commit, versions: Sequence[ChangedFile], origin: str, name: str, digest: str
    ) -> Iterator[CommitUse]:
        gains = {version.path: (version, *_naming_in(version, origin, name)) for version in versions}
        before = sum((old for _, old, _ in gains.values()), NOTHING)
        after = sum((new for _, _, new in gains.values()), NOTHING)
        imports, uses = after.imports - before.imports, after.uses - before.uses
        if imports <= 0 and uses <= 0:
            return
        how: How = "import" if imports > 0 else "call"
        version, _, _ = max(gains.values(), key=lambda gain: _gained(how, gain[1], gain[2]))
        framework = self._framework(version.path, version.after, 0)
        place = place_of(version.path, hashlib.sha256(f"{how} {name} {digest}".encode()).hexdigest())
        yield CommitUse(commit, digest, how, place, version.path, max(imports, 0) + max(uses, 0), None, framework)

    def _framework(self, path: str, text: str, line: int) -> str:
        """The framework of the unit around a line, else the first that the file's units are written for."""
        try:
            units = read_units(text, path, self._scope.frameworks)
        except SourceError:
            return ""
        around = [unit.framework for unit in units if unit.start_line <= line <= unit.end_line]
        return next((name for name in (*around, *(unit.framework for unit in units)) if name), "")


def _naming_in(version: ChangedFile, origin: str, name: str) -> tuple[NameUses, NameUses]:
    before = name_uses_of(version.before, version.change.old_path, origin, name) if version.before else NOTHING
    return before, name_uses_of(version.after, version.path, origin, name)


def _gained(how: str, before: NameUses, after: NameUses) -> int:
    return after.imports - before.imports if how == "import" else after.uses - before.uses


def _is_born(origin: str, name: str, versions: Sequence[ChangedFile]) -> bool:
    """Say whether a commit brings the pattern's own code: whoever calls it there does not reuse it."""
    return any(version.path == origin and name in version.after and name not in version.before for version in versions)
