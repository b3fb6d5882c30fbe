"""The languages that a repository is written in, by the names of its files: those that are read, and those that are not yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from posixpath import splitext

from msgspec import Struct

from foundry_git.source.files import is_by_others
from foundry_git.source.languages import family_of, language_of

MIN_SHARE = 0.05
"""A language with a smaller share of a repository's source files is there for a script or two; its patterns would be noise."""

_NOT_READ = {
    extension: name
    for name, extensions in {
        "C": ".c .h",
        "C#": ".cs",
        "C++": ".cc .cpp .cxx .hh .hpp .hxx",
        "Clojure": ".clj .cljc .cljs",
        "Crystal": ".cr",
        "D": ".d",
        "Dart": ".dart",
        "Elixir": ".ex .exs",
        "Elm": ".elm",
        "Erlang": ".erl",
        "F#": ".fs .fsx",
        "Fortran": ".f90 .f95",
        "Groovy": ".groovy",
        "Haskell": ".hs",
        "Java": ".java",
        "Julia": ".jl",
        "Kotlin": ".kt .kts",
        "Lua": ".lua",
        "Nim": ".nim",
        "OCaml": ".ml .mli",
        "Perl": ".pl .pm",
        "PHP": ".php",
        "PowerShell": ".ps1 .psm1",
        "R": ".r",
        "Ruby": ".rake .rb",
        "Scala": ".scala",
        "Shell": ".bash .sh .zsh",
        "Solidity": ".sol",
        "Svelte": ".svelte",
        "Swift": ".swift",
        "Vue": ".vue",
        "Zig": ".zig",
    }.items()
    for extension in extensions.split()
}
"""Extension → the name of the language, of those that people write libraries and programs in; markup and data are none."""


class SeenLanguages(Struct, frozen=True):
    """How many files of source code there are in each language that is ``read``, and in each that is not, the most used first."""

    read: Mapping[str, int] = {}
    not_read: Mapping[str, int] = {}

    @property
    def total(self) -> int:
        """All files of source code."""
        return sum(self.read.values()) + sum(self.not_read.values())

    @property
    def used(self) -> tuple[str, ...]:
        """The languages that are read and have a share that counts, the most used first."""
        return tuple(language for language, count in self.read.items() if count >= MIN_SHARE * self.total)

    @property
    def fitting(self) -> frozenset[str]:
        """The languages whose code can stand here: those that are used, and JavaScript where there is TypeScript."""
        return frozenset(self.used) | frozenset(family_of(language) for language in self.used)

    @property
    def unread_share(self) -> float:
        """The share of the files that are in no language that is read, 0–1."""
        return sum(self.not_read.values()) / self.total if self.total else 0.0

    @property
    def remark(self) -> str:
        """What a person has to know about what is not read, in a sentence; "" where it is hardly anything."""
        if not self.total or (self.unread_share < MIN_SHARE and self.used):
            return ""
        named = [name for name, count in self.not_read.items() if count >= MIN_SHARE * self.total] or [*self.not_read]
        listed = f"{', '.join(named[:-1])} and {named[-1]}" if len(named) > 1 else named[0]
        return (
            f"{listed} cannot be read yet: {self.unread_share:.0%} of {self.total:,} source file{'' if self.total == 1 else 's'}"
        )


NOTHING_SEEN = SeenLanguages()


def languages_seen(paths: Iterable[str]) -> SeenLanguages:
    """Count files by language; what was vendored or generated, as its place tells, was not written here."""
    read: Counter[str] = Counter()
    not_read: Counter[str] = Counter()
    for path in paths:
        if language := language_of(path):
            if not is_by_others(path):
                read[language] += 1
        elif (name := _NOT_READ.get(splitext(path)[1].lower())) and not is_by_others(path):
            not_read[name] += 1
    return SeenLanguages(dict(_most_first(read)), dict(_most_first(not_read)))


def _most_first(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))
