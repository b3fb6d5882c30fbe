"""The stats view's SQLite file, or the same tables in memory."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from foundry_git import lock
from foundry_git.derived import files, seal
from foundry_git.derived.files import APPLICATION_ID, Form
from foundry_git.evidence import schema
from foundry_git.evidence.tables import Tables
from foundry_git.library import index_folder

__all__ = ["APPLICATION_ID", "FORM", "writing"]

FORM = Form(
    schema.NUMBER,
    schema.statements,
    lambda db, path: Tables(db, path).verify(),
    index_folder.make,
    logging.getLogger("foundry_git.evidence"),
    "FULL",
    same_thread=False,
)


@contextlib.contextmanager
def writing(db: sqlite3.Connection, path: Path | None) -> Iterator[None]:
    """Write in one transaction, behind the lock beside ``path`` (``None``: in memory, no lock); all of it or nothing.

    Raises:
        DamagedFileError: somebody else has written to the file, and what he left is damaged.
    """
    if path is None:
        with files.transaction(db):
            yield
        return
    with lock.held(files.lock_of(path)):
        files.make_sure(path, FORM)
        with files.transaction(db):
            yield
        seal.write_seal(path, FORM.schema, db)
