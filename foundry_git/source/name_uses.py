"""Uses of a name: how often the code of a file imports and uses a name that another file defines. Pure.

Nothing is resolved as a compiler would: a name counts where the file says whose it is. Other files are not looked at.
"""

from __future__ import annotations

import re
from collections import Counter

from msgspec import Struct

from foundry_git.source.file_words import code_of, names_defined, places_of, words_in
from foundry_git.source.languages import language_of

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
_FROM = re.compile(r"^[ \t]*from[ \t]+([\w.]+)")
_QUOTED = re.compile(r"['\"]([^'\"\n]+)['\"]")
_NOTHING = re.compile(r"(?!)")


class NameUses(Struct, frozen=True):
    """How many statements of a file import a name, and how often its other code uses it."""

    imports: int = 0
    uses: int = 0

    def __add__(self, other: NameUses) -> NameUses:
        return NameUses(self.imports + other.imports, self.uses + other.uses)


NOTHING = NameUses()


def name_uses_of(text: str, path: str, origin: str, name: str) -> NameUses:
    """Count in a file what it makes of ``name``, which the file at ``origin`` defines.

    An import must name a module or folder of the origin too; a use must stand behind one, or in a file that imports the name. Files
    of one Go package need say nothing.
    """
    if path == origin or name not in text:
        return NOTHING
    code = code_of(text, path)
    places = places_of(origin)
    importing = _IMPORTS.get(language_of(path) or "", _NOTHING)
    rest = importing.sub(" ", code)
    if name in names_defined(rest):
        return NOTHING
    imports = sum(_names(found[0], path, name, origin) for found in importing.finditer(code))
    words = Counter(words_in(rest, path))
    is_package = language_of(path) == "go" and path.rpartition("/")[0] == origin.rpartition("/")[0]
    alone = words[name] if imports or is_package else 0
    return NameUses(imports, alone + sum(words[f"{place}.{name}"] for place in places))


def _names(statement: str, path: str, name: str, origin: str) -> bool:
    """Say whether an import statement brings in a name from its origin, as far as it says from where."""
    words = [part for word in words_in(statement, path) for part in word.split(".")]
    places = places_of(origin)
    here = {part.partition(".")[0] for part in origin.split("/")}
    if name not in words or not all(part in here for part in _module_parts(statement, language_of(path) or "")):
        return False
    return not places.isdisjoint({*words} - {name}) or (name in places and words.count(name) > 1)


def _module_parts(statement: str, language: str) -> list[str]:
    """The parts of the module that a statement imports from, without those that stand for a place or a scope (``..``, ``@team``)."""
    if language == "rust":
        return []  # of a list within a list every part has a path of its own
    found = (_FROM if language == "python" else _QUOTED).findall(statement)
    parts = re.split(r"[./]", found[-1].removesuffix(".js")) if found else []
    return [part for part in parts if part and part[0] not in "@~#" and part not in ("js", "ts", "tsx", "jsx", "mjs", "cjs")]
