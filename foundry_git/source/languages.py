"""The registry of languages: which files are theirs, and what reads them.

A language is one line here and one reader: a module or package in this folder that names a :class:`~foundry_git.source.reader.Reader`
``READER``. It is imported at first use, so that a Python repository never loads the grammar of another language.
"""

from __future__ import annotations

from posixpath import splitext

from msgspec import Struct


class Language(Struct, frozen=True):
    """A programming language: its extensions, and the module that reads it (``""``: known by name only)."""

    name: str
    extensions: tuple[str, ...]
    module: str = ""


LANGUAGES = (
    Language("python", (".py", ".pyw"), "foundry_git.source.python"),  # .pyi holds no code to reuse
    Language("javascript", (".js", ".jsx", ".mjs", ".cjs"), "foundry_git.source.javascript"),
    Language("typescript", (".ts", ".tsx", ".mts", ".cts"), "foundry_git.source.typescript"),
    Language("go", (".go",), "foundry_git.source.go"),
    Language("rust", (".rs",), "foundry_git.source.rust"),
)

_FAMILIES = {"typescript": "javascript"}  # one grammar but for types, and code moves between them

_BY_NAME = {language.name: language for language in LANGUAGES}
_BY_EXTENSION = {extension: language.name for language in LANGUAGES for extension in language.extensions}


def language_of(path: str) -> str | None:
    """Name the language of a file by its extension; ``None`` for a file that is not source code we know."""
    return _BY_EXTENSION.get(splitext(path)[1].lower())


def language_named(name: str) -> Language | None:
    """The language of a name; ``None`` for one that we do not know."""
    return _BY_NAME.get(name)


def family_of(language: str) -> str:
    """Name the languages whose code is compared with one another by the first of them."""
    return _FAMILIES.get(language, language)
