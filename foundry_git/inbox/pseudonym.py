"""A pseudonym: the name under which a person's words on patterns are shared, one for each library.

It ties the words of one person together, so that nobody's many words can drown everybody else's, and tells nothing else: it is a hash
of random bytes that never leave this machine, not of a name or an address that could be guessed.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from pathlib import Path

from foundry_git import atomic
from foundry_git.git.state_folder import StateFolder
from foundry_git.library.library import Library

_SECRET_BYTES = 32
_PRIVATE = 0o600


def author_of(library: Library | None, state: Path) -> str | None:
    """Return this user's pseudonym in a library, 16 hex digits; None where nothing can be kept in ``state``, the user's folder."""
    try:
        secret = _secret(StateFolder(state).pseudonym)
    except OSError:
        return None
    of = library.id if library else ""
    return hashlib.sha256(secret + of.encode()).hexdigest()[:16]


def _secret(path: Path) -> bytes:
    """The user's random bytes; of two processes that make them at once the first one wins."""
    found = _read(path)
    if len(found) != _SECRET_BYTES:
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(f"{path.name}.{os.getpid()}")
        atomic.write_bytes(new, secrets.token_bytes(_SECRET_BYTES), _PRIVATE)
        if found:  # cut short: of no use to anybody
            path.unlink(missing_ok=True)
        with contextlib.suppress(FileExistsError):
            os.link(new, path)
        new.unlink()
        found = _read(path)
    return found


def _read(path: Path) -> bytes:
    with contextlib.suppress(FileNotFoundError):
        return path.read_bytes()
    return b""
