"""Nearness: which candidates are much like something known, by meaning.

It is found after candidates are stored, so that a commit's candidates are visible before anything is encoded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from foundry_git.index.document import content_key, embedded_text
from foundry_git.library.candidates import Candidate
from foundry_git.workspace.finding import converge
from foundry_git.workspace.workspace import Workspace

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FEW = 8
"""So many texts are encoded while somebody waits; more are left to the worker in the background."""


def find_near(workspace: Workspace, at_once: int | None = FEW) -> dict[str, str] | None:
    """Compare the candidates that were not compared yet: shape → what it is near to ("" for nothing).

    None when that takes encoding more than ``at_once`` texts; ``at_once`` None encodes any number.
    """
    there = workspace.candidates.read()
    fresh = [candidate for candidate in there if candidate.near is None]
    if not fresh:
        return {}
    converge(workspace)
    if workspace.index.encoder is None:
        return {}
    if at_once is not None and workspace.index.count_unencoded(_texts(workspace, there)) > at_once:
        return None
    threshold = workspace.settings.extraction.max_similarity
    nearest = _nearest(workspace, fresh, there)
    marks = [f"{id}, {cosine:.2f}" if id and cosine >= threshold else "" for id, cosine in nearest]
    return {candidate.shape: mark for candidate, mark in zip(fresh, marks, strict=True)}


def mark_near(workspace: Workspace, marks: Mapping[str, str]) -> None:
    """Write what :func:`find_near` found. Call it under the repository's worker lock: it replaces candidates."""
    fresh = [candidate for candidate in workspace.candidates.read() if candidate.near is None and candidate.shape in marks]
    workspace.candidates.update([replace(candidate, near=marks[candidate.shape]) for candidate in fresh])


def _nearest(workspace: Workspace, fresh: Sequence[Candidate], there: Sequence[Candidate]) -> list[tuple[str, float]]:
    """For each fresh candidate the most similar pattern or other candidate, and their cosine."""
    import numpy as np

    names, matrix = _known_vectors(workspace, there)
    found: list[tuple[str, float]] = []
    own = {name: at for at, name in enumerate(names)}
    for candidate in fresh:
        others = np.array([name != candidate.id for name in names], bool)
        if not others.any():
            found.append(("", 0.0))
            continue
        cosines = np.where(others, matrix @ matrix[own[candidate.id]], -1.0)
        best = int(cosines.argmax())
        found.append((names[best], float(cosines[best])))
    return found


def _known_vectors(workspace: Workspace, there: Sequence[Candidate]) -> tuple[list[str], NDArray[np.float32]]:
    texts = _texts(workspace, there)
    at = {key: number for number, key in enumerate(texts)}
    rows = workspace.index.catalogue.rows()
    keys = [row.content_key for row in rows] + [content_key(_text(candidate)) for candidate in there]
    names = [row.document.id for row in rows] + [candidate.id for candidate in there]
    return names, workspace.index.text_vectors(texts)[[at[key] for key in keys]]


def _texts(workspace: Workspace, there: Sequence[Candidate]) -> dict[str, str]:
    known = {row.content_key: row.document.embedded_text() for row in workspace.index.catalogue.rows()}
    return known | {content_key(_text(candidate)): _text(candidate) for candidate in there}


def _text(candidate: Candidate) -> str:
    return embedded_text(candidate.manifest.name, candidate.manifest.description, "", candidate.code)
