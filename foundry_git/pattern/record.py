"""A pattern as read: what its manifest says, and which version of which library it is.

There are no counters here, no scores and no times of use: nothing that two clones would both change.
"""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from foundry_git.pattern.naming import PatternRef


class Origin(Struct, frozen=True):
    """Where a pattern's code came from.

    ``roots``: the root commits of that repository, by which it is known; of a ``shallow`` clone those at which its history is cut.
    """

    repository: str = ""
    commit: str = ""
    path: str = ""
    symbol: str = ""
    first_line: int = 0
    last_line: int = 0
    author_date: str = ""
    licence: str = ""
    roots: tuple[str, ...] = ()
    shallow: bool = False

    @property
    def place(self) -> str:
        """The file, and the line where it begins there: ``shop/stock.py:7``."""
        return f"{self.path}:{self.first_line}" if self.first_line else self.path


class Measures(Struct, frozen=True):
    """Size of a pattern's code: lines of code, McCabe complexity, parameters."""

    lines: int
    complexity: int
    parameters: int


class Manifest(Struct, frozen=True):
    """What ``pattern.yaml`` says."""

    name: str
    kind: str
    description: str
    language: str
    code: str = ""
    framework: str = ""
    tags: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    supersedes: tuple[str, ...] = ()
    suggested_action: str = ""
    origin: Origin | None = None
    measures: Measures | None = None


class Deprecation(Struct, frozen=True):
    """What ``deprecated.yaml`` says; no versions means all of them."""

    reason: str
    versions: tuple[int, ...] = ()
    replaced_by: str = ""


class Pattern(Struct, frozen=True):
    """One version of one pattern of one library; ``folder`` is where its files are."""

    ref: PatternRef
    library: str
    manifest: Manifest
    digest: str
    code: str
    folder: Path
    deprecation: Deprecation | None = None

    @property
    def language(self) -> str:
        """The first half of the id."""
        return self.ref.id.partition("/")[0]

    @property
    def code_path(self) -> Path:
        """The code file; the manifest where the pattern is guidance without code."""
        return self.folder / (self.manifest.code or "pattern.yaml")
