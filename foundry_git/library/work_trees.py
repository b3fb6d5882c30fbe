"""Work trees by the names that local state has for them."""

from __future__ import annotations

import hashlib

LONG = 16  # characters of a name that could hold a token


def stored_name(worktree: str) -> str:
    """The name of a work tree, or a hash of it where it holds a secret or an address."""
    if len(worktree) < LONG and "@" not in worktree:
        return worktree
    from foundry_git.source.private_names import withheld  # 25 ms that a command in an ordinary work tree does not pay

    return hashlib.sha256(worktree.encode("utf-8", "surrogateescape")).hexdigest()[:16] if withheld(worktree) else worktree
