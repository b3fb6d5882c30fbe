"""What is read of one source file of HEAD, its units and its words, and the reading of many, which several processes share."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct

from foundry_git.git.objects import BlobReader, TreeFile
from foundry_git.git.repository import Repository
from foundry_git.index.document import Document
from foundry_git.search.file_units import units_of
from foundry_git.source.files import why_skipped
from foundry_git.system.helper_processes import spread, usual_helpers

if TYPE_CHECKING:
    from foundry_git.source.file_words import FileWords

HELPED_BYTES = 300_000  # of code, from which on helpers pay: half a second's work, of which they need 0.15 s to start
BATCH_BYTES, BATCH_FILES = 48_000, 40  # that one process reads at a time: some 0.1 s
BATCHES = 32  # at least, or one process would wait for the last of another


class ToRead(Struct, frozen=True):
    """A file, the Git attributes that are set on it, and what of it is wanted."""

    file: TreeFile
    attributes: Collection[str]
    units: bool
    words: bool


class FileReading(Struct, frozen=True):
    """What was read of a file, as far as it was wanted."""

    documents: Sequence[Document] = ()
    words: FileWords | None = None


def read_files(repository: Repository, wanted: Sequence[ToRead]) -> Generator[tuple[ToRead, FileReading]]:
    """Read files, in their order. Close it where it may be left before its end."""
    size = sum(one.file.size for one in wanted)
    helpers, batches = usual_helpers() if size >= HELPED_BYTES else 0, list(_batches(wanted, min(BATCH_BYTES, size // BATCHES)))
    with closing(spread(partial(_reader, repository), batches, helpers)) as read:
        for batch, readings in zip(batches, read, strict=True):
            yield from zip(batch, readings, strict=True)


@contextmanager
def _reader(repository: Repository) -> Iterator[Callable[[Sequence[ToRead]], list[FileReading]]]:
    with BlobReader(repository) as blobs:
        yield lambda some: [_reading(blobs.read(one.file.blob) or b"", one) for one in some]


def _reading(content: bytes, one: ToRead) -> FileReading:
    from foundry_git.source.file_words import file_words  # 5 ms that whoever reads no file does not pay

    path = one.file.path
    documents = _documents(content, path) if one.units and not why_skipped(path, content, one.attributes) else []
    return FileReading(documents, file_words(content.decode("utf-8", "replace"), path) if one.words else None)


def _documents(content: bytes, path: str) -> list[Document]:
    """The units of a file, without tests and without those that hold secrets."""
    # 25 ms, as above
    from foundry_git.index.documents import document_of_unit
    from foundry_git.source.private_names import withheld
    from foundry_git.source.reader import stored_code
    from foundry_git.source.secrets import find_secrets

    units = [unit for unit in units_of(content, path) if not unit.is_test and not withheld(unit.symbol)]
    if find_secrets(content.decode("utf-8", "replace")):
        units = [unit for unit in units if not find_secrets(f"{unit.symbol}\n{unit.description}\n{stored_code(unit)}")]
    return [document_of_unit(unit, path) for unit in units]


def _batches(wanted: Sequence[ToRead], most: int) -> Iterator[list[ToRead]]:
    batch: list[ToRead] = []
    size = 0
    for one in wanted:
        batch.append(one)
        size += one.file.size
        if size >= most or len(batch) >= BATCH_FILES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
