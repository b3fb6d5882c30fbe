"""Near duplicates: candidates that are much like something known.

Shingles need no model, so most candidates are judged the moment they are extracted. The few in doubt wait for an encoder, which runs
at once or in the background; where there is none, shingles alone decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import unified_diff

from msgspec import Struct
from msgspec.structs import replace

from foundry_git.index.document import Document, content_key, embedded_text
from foundry_git.index.index import Index
from foundry_git.index.stack_index import StackIndex
from foundry_git.library.candidates import Candidate, CandidateStore
from foundry_git.search.likeness import NEUTRAL_COSINE, SHIPPED_THRESHOLD, ComparedCode, Cosine, judge
from foundry_git.source.shingles import Shingles
from foundry_git.workspace import Workspace

FEW = 8
"""So many texts are encoded while somebody waits; more are left to the worker in the background."""
MOST_LINES = 30  # of a difference that is shown: as much as is read

CandidateVersion = tuple[str, str]
"""(id, shape) of a candidate: what was found of another version of it is not written."""


class Neighbourhood(Struct, frozen=True):
    """What a candidate may be near to: the other candidates and the patterns; from ``max_similarity`` (0 to 1) on it is."""

    candidates: CandidateStore
    patterns: StackIndex
    max_similarity: float

    @classmethod
    def of(cls, workspace: Workspace) -> Neighbourhood:
        """That of a workspace; raises NotARepositoryError where it has no repository."""
        return cls(workspace.candidates, workspace.patterns, workspace.settings.extraction.max_similarity)

    @property
    def mark_of(self) -> str:
        """How a candidate notes by which ``max_similarity`` it was judged."""
        return "" if self.max_similarity == SHIPPED_THRESHOLD else f"{self.max_similarity:g}"

    def waiting(self) -> list[Candidate]:
        """The candidates, those that were judged by another ``max_similarity`` as if they never were."""
        return [replace(one, near=None) if self._is_outdated(one) else one for one in self.candidates.read()]

    def _is_outdated(self, candidate: Candidate) -> bool:
        is_judged = candidate.code and not candidate.supersedes and candidate.near is not None
        return bool(is_judged) and candidate.near_from != self.mark_of


def near_at_once(around: Neighbourhood, put: Sequence[Candidate]) -> list[Candidate]:
    """The candidates about to be stored, and those whose twin is among them: with what they are near to where shingles can tell."""
    put = [replace(one, near="") if one.supersedes else one for one in put]  # its twin is the version before
    fresh = sorted((one for one in put if one.near is None), key=_worthiest_first)
    if not fresh:
        return put
    ids, changed = {one.id for one in put}, {one.id for one in fresh}
    there = [one for one in around.candidates.read() if one.id not in ids]
    put = [*put, *(replace(one, near=None) for one in there if twin_of(one) in changed)]
    fresh = sorted((one for one in put if one.near is None), key=_worthiest_first)
    others = [one for one in there if twin_of(one) not in changed] + [one for one in put if one.near is not None]
    known = [*_patterns(around.patterns), *map(_piece, others)]
    marks = judge([_piece(one) for one in fresh], known, around.max_similarity).marks
    return [
        replace(one, near=marks[one.id], near_from=around.mark_of) if one.near is None and one.id in marks else one for one in put
    ]


def find_near(around: Neighbourhood, at_once: int | None = FEW) -> dict[CandidateVersion, str] | None:
    """Judge the candidates that were not judged yet by today's ``max_similarity``, and those whose twin is gone.

    What comes back is what each is near to ("" for nothing).

    None when that takes encoding more than ``at_once`` texts; ``at_once`` None encodes any number.
    """
    there = around.waiting()
    if not any(candidate.near is None or candidate.near for candidate in there):
        return {}
    around.patterns.converge()
    patterns = _patterns(around.patterns)
    fresh = _unjudged(there, {piece.id for piece in patterns})
    if not fresh:
        return {}
    pieces = {piece.key: piece for piece in (*patterns, *map(_piece, there))}
    mine = [pieces[candidate.id] for candidate in fresh]
    known = [piece for key, piece in pieces.items() if key not in {piece.key for piece in mine}]
    judged = judge(mine, known, around.max_similarity)
    if judged.open:
        cosine = _cosines(around.patterns.index, pieces, judged.open, at_once)
        if cosine is None:
            return None
        judged = judge(mine, known, around.max_similarity, cosine)
    return {(candidate.id, candidate.shape): judged.marks[candidate.id] for candidate in fresh}


def mark_near(around: Neighbourhood, marks: Mapping[CandidateVersion, str]) -> None:
    """Write what :func:`find_near` found. Call it under the repository's worker lock: it replaces candidates."""
    there = {(one.id, one.shape): one for one in around.candidates.read()}
    judged = {key: replace(there[key], near=mark, near_from=around.mark_of) for key, mark in marks.items() if key in there}
    around.candidates.update([one for key, one in judged.items() if one != there[key]])


def with_twins(candidates: Sequence[Candidate]) -> list[tuple[Candidate, list[Candidate]]]:
    """The candidates in their order, each with those that are near to it, or to one of these, and that are no entries of their own."""
    ids = {candidate.id for candidate in candidates}
    near: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        twin = twin_of(candidate)
        near.setdefault(twin if twin in ids else "", []).append(candidate)
    return [(candidate, _behind(candidate, near)) for candidate in near.get("", [])]


def _behind(candidate: Candidate, near: Mapping[str, Sequence[Candidate]]) -> list[Candidate]:
    ordered: list[Candidate] = []
    todo = [*near.get(candidate.id, ())][::-1]
    while todo:
        ordered.append(todo.pop())
        todo += [*near.get(ordered[-1].id, ())][::-1]
    return ordered


def twin_of(candidate: Candidate) -> str:
    """The id of what a candidate is near to, or ""."""
    return (candidate.near or "").partition(",")[0]


def near_said(candidate: Candidate, there: Iterable[Candidate], patterns: StackIndex) -> str:
    """What a candidate is near to, as people are told it: another candidate with the place it stands at."""
    near, twin = candidate.near or "", twin_of(candidate)
    place = next((one.origin.place for one in there if twin and one.id == twin), "")
    return near.replace(twin, f"{twin} ({place})" if place else patterns.said(twin), 1) if twin else near


def difference_to_twin(candidates: CandidateStore, patterns: StackIndex, candidate: Candidate) -> list[str]:
    """The difference from what a candidate is near to (of a pattern its newest version); empty where that is nothing, or gone."""
    id = twin_of(candidate)
    codes = {one.id: one.code for one in candidates.read()} if id else {}
    versions = sorted((row.version, row.number) for row in patterns.rows() if row.id == id)
    for document in patterns.index.catalogue.documents([number for _, number in versions[-1:]]).values():
        codes[id] = document.code
    return difference(codes[id], candidate.code, (id, candidate.id)) if id in codes else []


def difference(old: str, new: str, names: tuple[str, str], most: int | None = MOST_LINES) -> list[str]:
    """The lines of a unified diff, at most ``most`` and then how many more there are; empty for equal texts."""
    lines = list(unified_diff(old.splitlines(), new.splitlines(), *names, n=2, lineterm=""))
    if most is None or len(lines) <= most:
        return lines
    return [*lines[:most], f"… and {len(lines) - most} more line{'s' if len(lines) - most > 1 else ''}"]


def _worthiest_first(candidate: Candidate) -> tuple[int, str]:
    return -candidate.worth, candidate.id


def _unjudged(there: Sequence[Candidate], patterns: set[str]) -> list[Candidate]:
    """Those without a mark, those whose twin is gone, and those whose twin is judged anew."""
    stable = {candidate.id: candidate for candidate in there if candidate.near is not None}
    while lost := [
        one for one in stable.values() if twin_of(one) and twin_of(one) not in patterns and twin_of(one) not in stable
    ]:
        for candidate in lost:
            del stable[candidate.id]
    return [candidate for candidate in there if candidate.id not in stable]


def _cosines(
    index: Index, pieces: Mapping[str, ComparedCode], pairs: Mapping[str, Mapping[str, float]], at_once: int | None
) -> Cosine | None:
    """Cosines of the pairs in doubt; a neutral one for all without weights. None where too many texts would have to be encoded."""
    if index.encoder is None:
        return lambda one, other: NEUTRAL_COSINE
    keys = {key for one, others in pairs.items() for key in (one, *others)}
    texts = {content_key(pieces[key].text): pieces[key].text for key in sorted(keys)}
    if at_once is not None and index.count_unencoded(texts) > at_once:
        return None
    vectors = dict(zip(texts, index.text_vectors(texts), strict=True))
    return lambda one, other: float(vectors[content_key(pieces[one].text)] @ vectors[content_key(pieces[other].text)])


def _patterns(patterns: StackIndex) -> list[ComparedCode]:
    from foundry_git.index.cut_pieces import SHINGLES  # numpy, which a worker with nothing to compare does not load

    rows = patterns.rows()
    cut = patterns.cut(rows, SHINGLES)
    documents = patterns.index.catalogue.documents([row.number for row in rows])
    keys = {row.number: row.content_key for row in rows}
    return [
        _pattern_piece(one, frozenset(cut[keys[number]].tolist())) for number, one in documents.items() if keys[number] in cut
    ]


def _pattern_piece(document: Document, kept: Shingles) -> ComparedCode:
    key = f"{document.library}:{document.id}@{document.version}"
    return ComparedCode(key, document.id, document.language, document.code, document.embedded_text(), kept)


def _piece(candidate: Candidate) -> ComparedCode:
    manifest = candidate.manifest
    text = embedded_text(manifest.name, manifest.description, "", candidate.code)
    return ComparedCode(candidate.id, candidate.id, manifest.language, candidate.code, text)
