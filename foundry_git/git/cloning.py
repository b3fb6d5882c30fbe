"""Cloning a library that a person named: with Git's own risks switched off."""

from __future__ import annotations

from pathlib import Path

from foundry_git.errors import LibraryError
from foundry_git.system.leftovers import sweep, temporary_folder

_HARDENED = {
    "core.hooksPath": "/dev/null",
    "core.fsmonitor": "false",
    "core.symlinks": "false",
    "transfer.fsckObjects": "true",
}


def clone(url: str, target: Path) -> None:
    """Clone ``url`` into ``target``, without submodules, tags, templates or hooks, and never asking for a password.

    Through GitPython, which refuses URLs and options that would make Git run something (``ext::``, ``--upload-pack``).

    Raises:
        LibraryError: there is nothing to clone, or Git refused; nothing is left behind.
    """
    import git  # 90 ms, needed here only

    target.parent.mkdir(parents=True, exist_ok=True)
    sweep(target.parent)
    try:
        with temporary_folder(target.parent) as scratch:  # a clone that is killed half-way must not be taken for a library
            made = scratch / target.name
            git.Repo.clone_from(url, made, env=_environment(), multi_options=["--no-tags", "--single-branch"]).close()
            made.rename(target)
    except (git.GitCommandError, git.UnsafeProtocolError, git.UnsafeOptionError) as error:
        said = str(getattr(error, "stderr", "") or error).strip().splitlines()
        raise LibraryError(
            Path(url), f"cannot be cloned ({said[-1].strip() if said else 'Git refused'})", "check the URL"
        ) from None


def _environment() -> dict[str, str]:
    settings = {"GIT_CONFIG_COUNT": str(len(_HARDENED))}
    for number, (key, value) in enumerate(_HARDENED.items()):
        settings |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return settings | {"GIT_TERMINAL_PROMPT": "0", "GIT_ALLOW_PROTOCOL": "https:ssh:file", "GIT_TEMPLATE_DIR": ""}
