"""Real code to measure on: the Python standard library's own sources, never anything written for the purpose."""

from __future__ import annotations

import os
import subprocess
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from foundry_git.errors import SourceError
from foundry_git.library.library import FILE_NAME, open_library
from foundry_git.library.writing import write_version
from foundry_git.pattern.manifest import write_manifest
from foundry_git.pattern.naming import PatternRef, code_file, slug_of
from foundry_git.pattern.record import Manifest
from foundry_git.source.reader import read_units, stored_code
from foundry_git.source.units import Unit

ROOTS = tuple(Path(sysconfig.get_path(name)) for name in ("stdlib", "purelib"))


def python_files(count: int) -> list[Path]:
    """The first ``count`` Python files of the standard library and the installed packages, in a fixed order."""
    found = [
        path for root in ROOTS for path in sorted(root.rglob("*.py")) if "site-packages" not in path.parts or root is ROOTS[1]
    ]
    return found[:count]


def units() -> Iterator[Unit]:
    """Functions and classes of those files that are long enough to be patterns."""
    for path in python_files(20_000):
        try:
            read = read_units(path.read_text(encoding="utf-8"), path.name)
        except (SourceError, UnicodeDecodeError):
            continue
        yield from (unit for unit in read if unit.measures.lines >= 5 and not unit.is_private and not unit.is_test)


def write_library(root: Path, count: int) -> None:
    """Make a library of ``count`` patterns at ``root``, in a Git repository of its own."""
    root.mkdir(parents=True)
    subprocess.run(["git", "init", "--quiet", str(root)], check=True)
    (root / FILE_NAME).write_text("library_id: 0b8a9f6e-3c52-4b0e-9c39-0a5b1f7c1d11\nname: measured\n", encoding="utf-8")
    library = open_library(root)
    taken: set[str] = set()
    for unit in units():
        slug = slug_of(unit.name)
        if slug in taken:
            continue
        taken.add(slug)
        manifest = Manifest(
            unit.name, unit.kind, unit.description, "python", code=code_file(slug, "py"), framework=unit.framework
        )
        files = {"pattern.yaml": write_manifest(manifest).encode(), manifest.code: stored_code(unit).encode("utf-8", "replace")}
        write_version(library, PatternRef(f"python/{slug}", 1), files)
        if len(taken) == count:
            return


def own_environment(folder: Path) -> dict[str, str]:
    """An environment whose Git configuration and user folders are below ``folder``."""
    (folder / "gitconfig").write_text("[user]\n\tname = B\n\temail = b@example.com\n", encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "FOUNDRY_", "XDG_"))}
    return kept | {"HOME": str(folder), "GIT_CONFIG_GLOBAL": str(folder / "gitconfig")}
