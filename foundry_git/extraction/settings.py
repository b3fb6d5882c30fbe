"""What a team may set about extraction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from foundry_git.pattern.vocabulary import TAGS
from foundry_git.source.frameworks import FRAMEWORKS

LANGUAGES = ("python", "javascript", "typescript", "go", "rust")
AUTHORS = ("mine", "all")


@dataclass(frozen=True, slots=True)
class ExtractionSettings:
    """``foundry.yaml``, section ``extraction``; names and paths are globs as in ``fnmatch``, paths relative to the repository.

    ``min_complexity``, ``min_lines``: smaller units are dropped. ``max_similarity``: likeness from which a unit counts as near to
    something known. ``per_week``: so many candidates a week reach the inbox unasked.
    ``frameworks``: names that the framework of a candidate may take → their modules.
    ``paths``: only these parts of a monorepo (empty: all). ``authors``: ``mine`` takes the user's own commits.
    """

    min_complexity: int = 3
    min_lines: int = 5
    max_similarity: float = 0.9
    per_week: int = 5
    languages: tuple[str, ...] = LANGUAGES
    frameworks: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: FRAMEWORKS)
    paths: tuple[str, ...] = ()
    ignore_paths: tuple[str, ...] = ()
    ignore_names: tuple[str, ...] = ("_*", "test_*")
    authors: str = "mine"
    tags: frozenset[str] = TAGS

    def covers(self, path: str) -> bool:
        """Tell whether a file lies in scope."""
        inside = not self.paths or any(_below(path, scope) for scope in self.paths)
        return inside and not any(_below(path, scope) for scope in self.ignore_paths)

    def ignores(self, name: str) -> bool:
        """Tell whether a unit's name is one to leave alone."""
        return any(fnmatchcase(name, glob) for glob in self.ignore_names)


@dataclass(frozen=True, slots=True)
class DescriberSettings:
    """Section ``describer`` of the user's own ``config.yaml``: a program with its arguments (none: off), and its time for a unit."""

    command: tuple[str, ...] = ()
    seconds: int = 10


@dataclass(frozen=True, slots=True)
class ScreenSettings:
    """The user's own ``config.yaml``, section ``screen``; ``gitleaks``: ask that program too before anything is stored."""

    gitleaks: bool = False


def _below(path: str, scope: str) -> bool:
    scope = scope.strip("/")
    return fnmatchcase(path, scope) or fnmatchcase(path, f"{scope}/*")
