"""Naming: how often the code of a file imports and uses a name that another file defines. Pure.

As in :mod:`references`, nothing is resolved as a compiler would: a name counts where the file says whose it is.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from foundry_git.source.languages import language_of
from foundry_git.source.references import code_of, names_defined, places_of, words_in

_SCRIPT = (
    r"^[ \t]*(?:import\b[^;\n{]*(?:\{[^}]*\}[^;\n]*)?|export\s*(?:\*|\{[^}]*\})[^;\n]*\bfrom\b[^;\n]*)"
    r"|\b(?:const|let|var)\s+(?:\{[^}]*\}|\w+)\s*=\s*(?:await\s+)?(?:require|import)\([^)\n]*\)"
)
_IMPORTS = {
    "python": re.compile(r"^[ \t]*(?:from[ \t]+[\w.]+[ \t]+)?import[ \t]+(?:\([^)]*\)|[^\n(][^\n]*)", re.MULTILINE),
    "javascript": re.compile(_SCRIPT, re.MULTILINE),
    "typescript": re.compile(_SCRIPT, re.MULTILINE),
    "rust": re.compile(r"^[ \t]*(?:pub[ \t]+)?use\b[^;]*;", re.MULTILINE),
}
_NOTHING = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True)
class Naming:
    """How many statements of a file import a name, and how often its other code uses it."""

    imports: int = 0
    uses: int = 0

    def __add__(self, other: Naming) -> Naming:
        return Naming(self.imports + other.imports, self.uses + other.uses)


NOTHING = Naming()


def naming_of(text: str, path: str, origin: str, name: str) -> Naming:
    """Count in a file what it makes of ``name``, which the file at ``origin`` defines.

    An import must name a module or folder of the origin too; a use must stand behind one, or in a file that imports the name. Files
    of one Go package need say nothing.
    """
    if path == origin or name not in text:
        return NOTHING
    code = code_of(text, path)
    places = places_of(origin) - {name}
    importing = _IMPORTS.get(language_of(path) or "", _NOTHING)
    rest = importing.sub(" ", code)
    if name in names_defined(rest):
        return NOTHING
    imports = sum(_names(found[0], path, name, places) for found in importing.finditer(code))
    words = Counter(words_in(rest, path))
    is_package = language_of(path) == "go" and path.rpartition("/")[0] == origin.rpartition("/")[0]
    alone = words[name] if imports or is_package else 0
    return Naming(imports, alone + sum(words[f"{place}.{name}"] for place in places))


def _names(statement: str, path: str, name: str, places: set[str]) -> bool:
    """Say whether an import statement brings in a name from one of some places."""
    words = {part for word in words_in(statement, path) for part in word.split(".")}
    return name in words and not places.isdisjoint(words)
