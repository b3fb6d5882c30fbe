"""Faults: what SQLite and the disk say when something is wrong, and whether a new file would help."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

from foundry_git.errors import BusyError, DamagedFileError, NewerSchemaError

FAULTS = (sqlite3.DatabaseError, UnicodeDecodeError, DamagedFileError, NewerSchemaError, BusyError, OSError)
"""What the use of a derived file may raise."""

_LEAST_ROOM = 64 * 1024  # bytes; the file that processes share grows by 32 kB
_FULL, _IO = "there is no room left for it", "the disk reports an error"
# What the surroundings refuse, and a new file would not mend.
_SURROUNDINGS = {
    sqlite3.SQLITE_BUSY: "another process keeps it",
    sqlite3.SQLITE_LOCKED: "another process keeps it",
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_READONLY: "it cannot be written to",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened",
    sqlite3.SQLITE_PERM: "it may not be opened",
    sqlite3.SQLITE_NOMEM: "there is no memory left for it",
    sqlite3.SQLITE_INTERRUPT: "it was interrupted",
    sqlite3.SQLITE_IOERR: _IO,
}
_CUT = {sqlite3.SQLITE_IOERR_SHORT_READ, sqlite3.SQLITE_IOERR_CORRUPTFS}
"""Errors of input and output that tell of a file which is shorter than it says, and not of the disk."""


def is_damage(error: Exception) -> bool:
    """Whether a new file would help: true of damage and of foreign content, false of a full disk, a failing one or a lock."""
    if isinstance(error, UnicodeDecodeError | DamagedFileError):
        return True
    return isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.ProgrammingError) and not _refused(error)


def reason(error: Exception, path: Path | None = None) -> str:
    """Why the file at ``path`` cannot be used, as part of a sentence."""
    if isinstance(error, sqlite3.DatabaseError):
        said = _refused(error) or str(error)
        return _FULL if said == _IO and path and _is_full(path) else said
    if isinstance(error, OSError):
        return error.strerror or str(error)
    if isinstance(error, DamagedFileError):
        return error.reason
    return str(error)


def _is_full(path: Path) -> bool:
    """SQLite calls it an error of the disk where the file that its processes share finds no room."""
    try:
        return shutil.disk_usage(path.parent).free < _LEAST_ROOM
    except OSError:
        return False


def _refused(error: sqlite3.DatabaseError) -> str:
    code = getattr(error, "sqlite_errorcode", None)  # none where text in a row is not UTF-8
    return "" if code is None or code in _CUT else _SURROUNDINGS.get(code & 0xFF, "")
