"""The units of a file version: its functions, types and tests, and the methods that are pieces of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from foundry_git.errors import SourceError
from foundry_git.git.attributes import FILE_NAME, Attributes, read_attributes
from foundry_git.git.objects import BlobReader, TreeFile
from foundry_git.source.files import LARGEST

if TYPE_CHECKING:
    from foundry_git.source.units import Unit

LEAST_LINES = 5  # of code in a method that is a piece of its own; what is shorter mostly gets, sets or passes on


def units_of(content: bytes, path: str) -> list[Unit]:
    """The units of a file version, and the methods of its classes that are more than a line or two; none where it cannot be read."""
    try:
        return read_all(content.decode("utf-8"), path)
    except (SourceError, UnicodeDecodeError):
        return []


def read_all(text: str, path: str) -> list[Unit]:
    """The units of a file and the methods of its classes that are more than a line or two, in order of their lines.

    Raises:
        SourceError: the text is not valid source code of its language.
    """
    from foundry_git.source.reader import read_methods, read_units  # 20 ms that whoever reads no file does not pay

    units = read_units(text, path)
    classes = {unit.symbol for unit in units if unit.kind == "class"}
    methods = read_methods(text, path) if classes else []
    kept = [one for one in methods if one.measures.lines >= LEAST_LINES and one.symbol.rpartition(".")[0] in classes]
    return sorted([*units, *kept], key=lambda unit: (unit.start_line, -unit.end_line))


def attributes_of(files: Sequence[TreeFile], blobs: BlobReader) -> Attributes:
    """What the Git attributes of a tree say of its files."""
    speaking = [file for file in files if file.path.rpartition("/")[2] == FILE_NAME and file.size <= LARGEST]
    return read_attributes({file.path: (blobs.read(file.blob) or b"").decode("utf-8", "surrogateescape") for file in speaking})
