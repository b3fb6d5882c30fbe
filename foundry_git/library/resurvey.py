"""Going through what changed in a library since it was surveyed, instead of through all of it."""

from __future__ import annotations

from collections.abc import Collection

from msgspec import Struct

from foundry_git.library.library import Library
from foundry_git.library.reading import TRIGGERS, Problem, Survey, slugs, versions


class Resurvey(Struct, frozen=True):
    """What ``found`` says anew of a library whose patterns are in ``root``.

    Whole ``patterns``, each as ``LANGUAGE/SLUG``, of which some may be gone, and of ``languages`` which patterns there are.
    """

    root: str
    patterns: frozenset[str]
    languages: frozenset[str]
    found: Survey

    @property
    def listed(self) -> set[str]:
        """The folders of which it was listed anew which patterns they hold."""
        return {f"{self.root}/{language}" for language in self.languages}

    @property
    def gone_through(self) -> set[str]:
        """The folders of the patterns that were gone through anew, with all that is in them."""
        return {f"{self.root}/{pattern}" for pattern in self.patterns}

    def corrects(self, problem: Problem) -> bool:
        """Tell whether what was wrong before counts no longer: it is mended, or among the problems of ``found``."""
        language, slug, below = (*_place(str(problem.path), self.root).split("/", 2), "", "", "")[:3]
        return f"{language}/{slug}" in self.patterns or (language in self.languages and not below)


def resurvey(library: Library, changed: Collection[str], known: Survey) -> Resurvey | None:
    """Go through the patterns of those ``changed`` paths that lie in a library, and through the lists of patterns that changed.

    ``known``: what was surveyed before, of which its paths and problems count. None where the languages themselves are others, so
    that the library is to be surveyed anew.
    """
    found, root = Survey([], [], []), str(library.patterns)
    parts = [_place(path, root).split("/") for path in changed if path == root or _place(path, root)]
    if any(part[0] in ("", TRIGGERS) for part in parts):
        return None
    patterns = {"/".join(part[:2]) for part in parts if len(part) > 1}
    languages = {part[0] for part in parts if len(part) == 1}
    before = {"/".join(_place(path, root).split("/", 2)[:2]) for path in (known.paths if languages else ())}
    wrong, gone = {_place(str(problem.path), root) for problem in known.problems}, set[str]()
    for language in sorted(languages):
        there = {f"{language}/{slug.name}" for slug in slugs(language, f"{root}/{language}", found)}
        of_it = {one for one in before | patterns if one.startswith(f"{language}/")}
        patterns |= (there - before) | (of_it - there) | (there & wrong)
        gone |= of_it - there
    for one in sorted(patterns - gone):
        language, _, slug = one.partition("/")
        found.folders.extend(versions(language, slug, f"{root}/{one}", found))
    return Resurvey(root, frozenset(patterns), frozenset(languages), found)


def _place(path: str, root: str) -> str:
    """Where a path lies inside of the folder ``root``; "" where it does not."""
    return path[len(root) + 1 :] if path.startswith(f"{root}/") else ""
