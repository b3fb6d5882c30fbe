"""Which repository one is: its root commits, and what people call it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from msgspec import Struct

from foundry_git.git.repository import Repository
from foundry_git.git.roots import NO_ROOTS, Roots, roots_of


class Identity(Struct, frozen=True):
    """A repository as it is known in an origin: by its ``roots``; the ``name`` is for people, and for what has no roots."""

    name: str = ""
    roots: Roots = NO_ROOTS


NOWHERE = Identity()


def identity_of(repository: Repository | None) -> Identity:
    """Which repository this is; the history is walked where its roots are not kept yet."""
    return Identity(repository_name(repository), roots_of(repository)) if repository else NOWHERE


def repository_name(repository: Repository) -> str:
    """What people call a repository: its remote without credentials; of one on this machine, or without one, a folder's name."""
    url = repository.setting("remote.origin.url")
    parts = urlsplit(url)
    if not url or url.startswith((".", "/", "~")) or parts.scheme == "file" or len(parts.scheme) == 1:  # C:\\shop
        return _last_word(parts.path) or _folder(repository).name
    if not parts.scheme:  # git@host:path; any other name there is a person's
        user, _, rest = url.rpartition("@")
        return url if user == "git" else rest
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def is_called(name: str, here: str) -> bool:
    """Tell whether two names may be of one repository: they are the same but for protocol, user and ``.git``.

    A repository is named by its folder before it has a remote, so ``shop`` is also ``https://example.com/team/shop.git``.
    """
    one, other = sorted((_parts(name), _parts(here)), key=len)
    return bool(one) and other[-len(one) :] == one


def main_work_tree(folder: Path) -> Path:
    """The folder of the main work tree where ``folder`` is the top of a linked one, else ``folder``; two small files tell."""
    try:
        git_dir = folder / os.fsdecode((folder / ".git").read_bytes()).removeprefix("gitdir: ").rstrip("\r\n")
        common_dir = git_dir / os.fsdecode((git_dir / "commondir").read_bytes()).rstrip("\r\n")
    except (OSError, ValueError):  # a main one, whose .git is a folder; a submodule; none
        return folder
    return _beside(Path(os.path.normpath(common_dir)))


def _folder(repository: Repository) -> Path:
    is_linked = repository.git_dir != repository.common_dir
    return _beside(repository.common_dir) if is_linked else repository.top or repository.common_dir


def _beside(common_dir: Path) -> Path:
    """The main work tree, by where the Git folder that all work trees share lies; of a bare repository that folder itself."""
    return common_dir.parent if common_dir.name.startswith(".") else common_dir


def _last_word(path: str) -> str:
    """The name of the folder that a path means, without ``.git``; "" where it has none, as ``..``."""
    parts = [part for part in re.split(r"[/\\]", path) if part.removesuffix(".git")]
    return parts[-1].removesuffix(".git").strip(".") if parts else ""


def _parts(name: str) -> list[str]:
    place = name.rpartition("://")[2].rpartition("@")[2].removesuffix(".git")
    return [part for part in place.replace(":", "/").lower().split("/") if part]
