"""The folder of what is derived from a library, which nobody commits."""

from __future__ import annotations

from pathlib import Path

from foundry_git.system.files import make_folder

INDEX = "index"
IGNORE_ALL = "*\n"
"""Its ``.gitignore`` where no other is there, the file itself included."""


def make(folder: Path) -> None:
    """Make a folder for derived files; that of a library tells Git to pass it by, for ``foundry init`` did not make every library."""
    try:
        make_folder(folder.parent)
        folder.mkdir()
    except FileExistsError:
        if not folder.is_dir():
            raise
    else:
        if folder.name == INDEX:
            (folder / ".gitignore").write_text(IGNORE_ALL, encoding="utf-8")
