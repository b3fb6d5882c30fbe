"""The seal of a database: what it held when foundry-git last let go of it.

SQLite notices damage to its own structures and to nothing else: of 2,000 damaged files 54 answered wrongly without an error, and
``quick_check`` called 45 of these sound. So whoever writes notes beside the file what it holds now, and whoever opens it compares. The
content is read through SQLite: it is the same wherever it stands, in the file or its log, and to open and close the file by hand would
give up the locks that SQLite has on it in this process (https://sqlite.org/howtocorrupt.html, 2.2). A large file is told by size, times
and inode instead, for nobody sets its ctime but the kernel; there a disk that rots without a write stays unseen until SQLite or a row's
own check meets it.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import zlib
from pathlib import Path

LARGE = 4 << 20  # bytes; to read and hash so many takes 6 ms, of which each command that opens the file has to wait

Identity = tuple[int, ...]
"""Size, mtime, ctime (but of a log) and inode of a file; empty where there is none."""


def seal_file(path: Path) -> Path:
    """Where the seal of a database is."""
    return path.with_name(f"{path.name}.seal")


def identity_of(path: Path) -> tuple[Identity, Identity]:
    """What tells the file at ``path`` and its log from those that stood there before."""
    return _facts(path), _facts(_log(path), has_ctime=False)


def is_large(path: Path) -> bool:
    """Whether a file is told by its identity."""
    return identity_of(path)[0][:1] >= (LARGE,)


def is_whole(path: Path, schema: int, db: sqlite3.Connection) -> bool:
    """Whether the database, which ``db`` has not read before, holds what was sealed by a version of the same schema.

    Raises:
        OSError, sqlite3.DatabaseError: it cannot be read.
    """
    try:
        sealed = json.loads(seal_file(path).read_bytes())
    except (FileNotFoundError, NotADirectoryError, ValueError, RecursionError):
        return False
    return bool(sealed == _content(path, schema, db))


def write_seal(path: Path, schema: int, db: sqlite3.Connection) -> None:
    """Seal the database as it is; call it behind its lock. Without room there is no seal, and who opens it looks through it."""
    with contextlib.suppress(OSError):
        seal_file(path).write_text(json.dumps(_content(path, schema, db)), encoding="ascii")


def _content(path: Path, schema: int, db: sqlite3.Connection) -> list[object]:
    if is_large(path):
        return [schema, *map(list, identity_of(path))]
    content = db.serialize()
    return [schema, len(content), zlib.crc32(content), zlib.adler32(content)]  # against accidents; a third of the time of SHA-256


def _facts(path: Path, has_ctime: bool = True) -> Identity:
    """SQLite sets the owner of a log whenever root opens it, and with it the ctime; its frames have checksums of their own."""
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return ()
    if not found.st_size:
        return ()
    return found.st_size, found.st_mtime_ns, *((found.st_ctime_ns,) if has_ctime else ()), found.st_ino


def _log(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")
