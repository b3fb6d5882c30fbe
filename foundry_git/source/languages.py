"""The registry of languages: which files are theirs, and what reads them.

A language is one reader (a module or package in this folder that names a :class:`Reader` ``READER``) and one line here; the
reader is imported at first use, so that a Python repository never loads the grammar of another language.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from foundry_git.source.units import Unit


@dataclass(frozen=True, slots=True)
class Reader:
    """What a language must be able to do.

    ``units(text, path, frameworks)``: the units of a file in order of their lines; raises ``SourceError``.
    ``shape(text)``: the shape of a whole stored text; raises ``SourceError``.
    """

    units: Callable[[str, str, Collection[str]], list[Unit]]
    shape: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Language:
    """A programming language: its extensions, and the module that reads it (``""``: known by name only)."""

    name: str
    extensions: tuple[str, ...]
    module: str = ""


LANGUAGES = (
    Language("python", (".py", ".pyw"), "foundry_git.source.python"),  # .pyi holds no code to reuse
    Language("javascript", (".js", ".jsx", ".mjs", ".cjs")),
    Language("typescript", (".ts", ".tsx", ".mts", ".cts")),
    Language("go", (".go",)),
    Language("rust", (".rs",)),
)

_BY_NAME = {language.name: language for language in LANGUAGES}
_BY_EXTENSION = {extension: language.name for language in LANGUAGES for extension in language.extensions}


def language_of(path: str) -> str | None:
    """Name the language of a file by its extension; ``None`` for a file that is not source code we know."""
    return _BY_EXTENSION.get(PurePosixPath(path).suffix.lower())


@cache
def reader_of(language: str) -> Reader | None:
    """Load what reads a language; ``None`` for an unknown language or one without a reader."""
    known = _BY_NAME.get(language)
    if known is None or not known.module:
        return None
    reader = importlib.import_module(known.module).READER
    assert isinstance(reader, Reader)
    return reader
