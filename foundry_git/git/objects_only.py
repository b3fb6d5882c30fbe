"""Objects alone: a view of a partial clone in which an object that is not here is missing, and nothing more.

Git fetches such an object from the remote as soon as it looks at it, one connection each, and ends with an error where it may not:
before Git 2.44 nothing tells it not to, and later versions end as well. A Git folder of our own, whose configuration names no remote,
reads the same objects without any of that. It has no refs, so that everything is named by its id there.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

_NAME = "objects-only"
_PARTIAL = re.compile(rb"^\s*(?:promisor|partialclone)\s*=", re.IGNORECASE | re.MULTILINE)
_FORMAT = re.compile(rb"^\s*objectformat\s*=\s*(\w+)", re.IGNORECASE | re.MULTILINE)
_OFFLINE = {"GIT_ALLOW_PROTOCOL": "none"}


def is_partial(common_dir: Path) -> bool:
    """Tell whether a repository's own configuration names a remote that has what it lacks."""
    return _PARTIAL.search(_configuration(common_dir)) is not None


def command(common_dir: Path, state: Path, options: Sequence[str]) -> list[str]:
    """The first words of a command on the view, which is made in ``state`` where it is not there."""
    view = state / _NAME
    if not (view / "HEAD").is_file():
        with contextlib.suppress(OSError):
            _make(view, _FORMAT.search(_configuration(common_dir)))
    shallow = common_dir / "shallow"
    cut = ["--shallow-file", str(shallow)] if shallow.is_file() else []
    return ["git", *cut, f"--git-dir={view if view.is_dir() else common_dir}", *options]


def environment(common_dir: Path) -> dict[str, str]:
    """What leads the view to the objects; where it could not be made, nothing may be fetched all the same."""
    return {"GIT_OBJECT_DIRECTORY": str(common_dir / "objects"), **_OFFLINE}


def _configuration(common_dir: Path) -> bytes:
    try:
        return (common_dir / "config").read_bytes()
    except OSError:
        return b""


def _make(view: Path, named: re.Match[bytes] | None) -> None:
    core = f"[core]\n\trepositoryFormatVersion = {int(bool(named))}\n\tbare = true\n"
    extension = f"[extensions]\n\tobjectFormat = {named[1].decode()}\n" if named else ""
    view.parent.mkdir(exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{_NAME}-", dir=view.parent))
    (made / "refs").mkdir()
    (made / "objects").mkdir()
    (made / "config").write_text(core + extension, encoding="ascii")
    (made / "HEAD").write_text("ref: refs/heads/none\n", encoding="ascii")
    try:
        os.rename(made, view)  # noqa: PTH104 - unlike Path.rename it does not matter that another process was first
    except OSError:
        shutil.rmtree(made, ignore_errors=True)
