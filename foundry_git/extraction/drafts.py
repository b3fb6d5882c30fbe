"""Drafting: a unit, where it stands and what it is worth, as a candidate."""

from __future__ import annotations

import re
from collections.abc import Collection

from msgspec import Struct
from msgspec.structs import replace

from foundry_git.extraction.origin_repository import origin_in
from foundry_git.extraction.source_files import SourceFile
from foundry_git.extraction.worth import Worth
from foundry_git.git.identity import NOWHERE, Identity
from foundry_git.library.candidates import Candidate
from foundry_git.pattern.naming import PatternRef, code_file, free_id, slug_of
from foundry_git.pattern.record import Manifest, Measures, Origin
from foundry_git.pattern.vocabulary import EXTENSIONS
from foundry_git.source.privacy import scrubbed, scrubbed_prose
from foundry_git.source.tags import tags_for
from foundry_git.source.units import Unit

_NAMED_TEST = re.compile(r"^[Tt]est_?(?=\w)")  # pytest would run a code file called test_….py


class Scene(Struct, frozen=True):
    """What an extraction happens in: which repository, the work tree's name, the week of its commits ("": a command asked for it)."""

    repository: Identity = NOWHERE
    worktree: str = "main"
    week: str = ""


NO_SCENE = Scene()


class Draft(Struct, frozen=True):
    """A unit that becomes a candidate.

    ``text``: its code with the imports, and with what else it needs of its project. ``before``: the candidate for the same place, if
    there is one; ``version``: the pattern version whose origin stands there.
    """

    file: SourceFile
    unit: Unit
    text: str
    licence: str
    before: Candidate | None
    version: PatternRef | None

    def candidate(self, scene: Scene, worth: Worth, tags: frozenset[str], taken: Collection[str]) -> Candidate:
        """The candidate: that of before while the code is the same, else one under the id it had or the next free one.

        ``tags`` is the vocabulary; ``taken`` are the ids that others have.
        """
        before, unit, code = self.before, self.unit, scrubbed(self.text, self.unit.language).text
        id = self._id(taken)
        if before and before.id == id and before.code == code:
            seen = replace(before, blob=self.file.blob, worktree=scene.worktree, worth=worth.points, reasons=worth.reasons)
            return replace(seen, week=self._week(scene), held=False)
        return Candidate(
            id=id,
            manifest=self._manifest(id.partition("/")[2], origin_in(scene.repository), tags),
            code=code,
            shape=unit.shape,
            blob=self.file.blob,
            worktree=scene.worktree,
            worth=worth.points,
            reasons=worth.reasons,
            also_in=before.also_in if before and before.shape == unit.shape else (),
            week=self._week(scene),
            supersedes=str(self.version) if self.version else "",
        )

    def _week(self, scene: Scene) -> str:
        """The week in whose budget it is: none for what a command asked for first, a new one for what its week held back."""
        return scene.week if self.before is None or self.before.held else self.before.week

    def _id(self, taken: Collection[str]) -> str:
        if self.version:
            return self.version.id
        if self.before:
            return self.before.id
        name = _NAMED_TEST.sub("", self.unit.name) if self.unit.is_test else self.unit.name
        return free_id(self.unit.language, slug_of(name), taken)

    def _manifest(self, slug: str, repository: Origin, tags: frozenset[str]) -> Manifest:
        file, unit = self.file, self.unit
        commit, date = file.touched_by(unit.symbol)
        return Manifest(
            name=unit.name,
            kind=unit.kind,
            description=scrubbed_prose(unit.description),
            language=unit.language,
            code=code_file(slug, EXTENSIONS[unit.language]),
            framework=unit.framework,
            tags=tags_for(unit, tags),
            origin=replace(
                repository,
                commit=commit,
                path=file.path,
                symbol=unit.symbol,
                first_line=unit.start_line,
                last_line=unit.end_line,
                author_date=date,
                licence=self.licence,
            ),
            measures=Measures(unit.measures.lines, unit.measures.complexity, unit.measures.parameters),
        )
