"""The blocks of a prompt: what it shows of each pattern, and whether they fit it together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from foundry_git.evidence.scoring import UNTESTED, Score, sentence
from foundry_git.git.objects import BlobReader
from foundry_git.git.repository import Repository
from foundry_git.git.tree import tree_of_head
from foundry_git.index.stack_index import StackIndex
from foundry_git.injection.rendering import Block, Local, fitting
from foundry_git.pattern.record import Origin, Pattern
from foundry_git.search.answer import Hit
from foundry_git.source.reader import units_in
from foundry_git.source.shapes import shape_of
from foundry_git.source.units import Unit

ROOM = 160
"""Characters left for what the block of one that is not read yet holds beside its document: commit and licence, or where it lives."""


class PromptBlocks:
    """What prompts would show of the patterns: read whole where they will be shown, else outlined from the index."""

    def __init__(
        self,
        patterns: StackIndex,
        repository: Repository | None,
        scores: Mapping[str, Score],
        max_characters: int,
        first: Sequence[Hit],
    ) -> None:
        """``first``: those that go into the prompt unless a lot says otherwise, which are read at once."""
        self._patterns, self._repository, self._scores = patterns, repository, scores
        self._max_characters = max_characters
        self._first = {hit.document.digest for hit in first}
        self._read: dict[str, Block] = {}

    def read(self, hit: Hit) -> Block:
        """The block as it is shown."""
        digest = hit.document.digest
        if digest not in self._read:
            pattern = self._patterns.pattern_of(_reference(hit))
            self._read[digest] = block_of(hit, pattern, self._score(hit), self._repository)
        return self._read[digest]

    def fit(self, shown: Sequence[Hit]) -> bool:
        """Tell whether patterns fit the budget together; of those that are not read yet some room is left."""
        unread = [hit for hit in shown if hit.document.digest not in self._first | self._read.keys()]
        blocks = [self._outline(hit) if hit in unread else self.read(hit) for hit in shown]
        return fitting(blocks, self._max_characters - ROOM * len(unread)) == len(blocks)

    def fit_as_read(self, shown: Sequence[Hit]) -> bool:
        """Read patterns, and tell whether they fit the budget as they are."""
        for hit in shown:
            self.read(hit)
        return self.fit(shown)

    def _outline(self, hit: Hit) -> Block:
        document = hit.document
        origin = _place(document.origin_repository, document.origin_path)
        said = document.description, document.suggested_action, sentence(self._score(hit)), hit.relevance, origin
        return Block(_reference(hit), *said, document.language, document.code, requires=document.requires)

    def _score(self, hit: Hit) -> Score:
        return self._scores.get(hit.document.digest, UNTESTED)


def block_of(hit: Hit, pattern: Pattern, score: Score, repository: Repository | None) -> Block:
    """What a prompt for somebody in ``repository`` shows of a pattern that was found."""
    manifest = pattern.manifest
    return Block(
        reference=_reference(hit),
        description=manifest.description,
        suggested_action=manifest.suggested_action,
        evidence=sentence(score),
        relevance=hit.relevance,
        origin=_origin(manifest.origin),
        language=manifest.language,
        code=pattern.code,
        local=local_of(pattern, repository),
        requires=manifest.requires,
    )


def local_of(pattern: Pattern, repository: Repository | None) -> Local | None:
    """Where the pattern's code lives unchanged at HEAD of a repository; None where it does not."""
    origin = pattern.manifest.origin
    if origin is None or not origin.path or repository is None:
        return None
    with BlobReader(repository) as blobs:
        tree = tree_of_head(blobs)
        file = tree.at([origin.path]).get(origin.path)
        unit = _unit(origin, tree.read(file), pattern) if file else None
    if unit is None:
        return None
    return Local(f"{origin.path}:{unit.start_line}", unit.signature, _import_line(origin.path, unit.name, pattern.language))


def _reference(hit: Hit) -> str:
    document = hit.document
    return f"{document.library}:{document.id}@{document.version}"


def _origin(origin: Origin | None) -> str:
    if origin is None or not origin.path:
        return ""
    commit = f" at {origin.commit[:10]}" if origin.commit else ""
    licence = f", {origin.licence}" if origin.licence else ""
    return f"{_place(origin.repository, origin.path)}{commit}{licence}"


def _place(repository: str, path: str) -> str:
    return f"{repository}: {path}" if repository else path


def _unit(origin: Origin, content: bytes, pattern: Pattern) -> Unit | None:
    unit = {unit.symbol: unit for unit in units_in(content, origin.path)}.get(origin.symbol)
    return unit if unit and unit.shape == shape_of(pattern.code, pattern.language, origin.symbol) else None


def _import_line(path: str, name: str, language: str) -> str:
    if language != "python":
        return ""
    parts = list(PurePosixPath(path).with_suffix("").parts)
    parts = parts[1:] if parts[0] in ("src", "lib") and len(parts) > 1 else parts
    parts = parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts
    return f"from {'.'.join(parts)} import {name}" if all(part.isidentifier() for part in parts) else ""
