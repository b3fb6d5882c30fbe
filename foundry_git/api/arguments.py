"""Arguments: what programs of the first plan and of the predecessor's store pass, checked at the door."""

from __future__ import annotations

import os
from pathlib import Path

from foundry_git.errors import UsageError

_DATABASES = (".db", ".sqlite", ".sqlite3")


def library_folder(path: str | os.PathLike[str] | None, db_path: str | os.PathLike[str] | None) -> Path | None:
    """The library that was asked for; None: that of the current folder.

    Raises:
        UsageError: a database is named, which the first plan kept its patterns in.
    """
    database = db_path if db_path is not None else path
    if db_path is not None or (database is not None and Path(database).suffix in _DATABASES and not Path(database).is_dir()):
        raise UsageError(
            f"{'db_path' if db_path is not None else 'path'} {os.fspath(database or '')!r}: patterns are kept as files, not in a"
            " database; pass path=FOLDER, the folder with foundry.yaml, or nothing to have it found from here upwards"
        )
    return None if path is None else Path(path)


def reference(pattern_id: object) -> str:
    """The name of a pattern as a program gives it.

    Raises:
        UsageError: it is no text, such as the row numbers of the first plan.
    """
    if not isinstance(pattern_id, str):
        raise UsageError(
            f"pattern_id {pattern_id!r}: patterns have names, not numbers; pass one such as 'python/retry-with-backoff', as"
            " extract_pattern, record_pattern and search_patterns give it"
        )
    return pattern_id
