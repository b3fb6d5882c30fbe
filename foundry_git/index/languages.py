"""The languages that a repository is written in at HEAD, kept beside its units where there are many files to list for each answer."""

from __future__ import annotations

import contextlib
from pathlib import Path

import msgspec
from msgspec import Struct

from foundry_git import atomic
from foundry_git.errors import GitError
from foundry_git.git.objects import files_of
from foundry_git.git.repository import Repository
from foundry_git.source.seen_languages import NOTHING_SEEN, SeenLanguages, languages_seen
from foundry_git.system.files import make_folder

FILE = "languages.json"
FEW = 500  # files; to list and count 28,000 takes 0.3 s


class _Kept(Struct, frozen=True):
    """What was seen at a commit, the patterns of the repository's own library in the folder ``patterns`` left out."""

    commit: str
    patterns: str
    seen: SeenLanguages


def languages_at(repository: Repository, head: str, patterns: str, folder: Path | None) -> SeenLanguages:
    """The languages of the files at the commit ``head`` but for those below ``patterns``, where there are others; kept in ``folder``.

    A library holds patterns for whoever clones it: in what they are written says nothing of the code around them. Nothing is seen
    where a folder of it is lost or was never fetched: whoever needs its files says so.
    """
    if not head:
        return NOTHING_SEEN
    kept = _read(folder / FILE) if folder else None
    if kept and (kept.commit, kept.patterns) == (head, patterns):
        return kept.seen
    try:
        paths = [file.path for file in files_of(repository, head)]
    except GitError:
        return NOTHING_SEEN
    seen = languages_seen(path for path in paths if not (patterns and path.startswith(f"{patterns}/")))
    seen = seen if seen.total else languages_seen(paths)
    if folder and len(paths) > FEW:
        with contextlib.suppress(OSError):
            make_folder(folder)
            atomic.write_bytes(folder / FILE, msgspec.json.encode(_Kept(head, patterns, seen)))
    return seen


def _read(file: Path) -> _Kept | None:
    try:
        return msgspec.json.decode(file.read_bytes(), type=_Kept)
    except (OSError, msgspec.DecodeError):
        return None
