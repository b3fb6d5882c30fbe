"""The access token: what a client shows to be let write; one for each user, in a file that nobody else can read."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from foundry_git import atomic
from foundry_git.errors import ServerError

FILE_NAME = "serve-token"
_BYTES = 32
_PRIVATE = 0o600
_LENGTH = 43  # characters of 32 bytes in URL-safe base64


def token_file(state: Path) -> Path:
    """Where the token of a user is kept, whose folder for state is ``state``."""
    return state / FILE_NAME


def read_or_make(state: Path) -> tuple[str, bool]:
    """Return the user's token, and whether it was made just now.

    Raises:
        ServerError: others may read or write the file, so that it is no secret.
        OSError: it cannot be read or written.
    """
    file = token_file(state)
    try:
        found = file.stat()
    except FileNotFoundError:
        return rotate(state), True
    if os.name == "posix" and found.st_mode & 0o077:
        raise ServerError(
            str(file), "can be read by others, so it is no secret", "make a new one with `foundry serve --rotate-token`"
        )
    text = file.read_text("ascii", "replace").strip()
    return (text, False) if len(text) == _LENGTH else (rotate(state), True)


def rotate(state: Path) -> str:
    """Make a new token, with which the old one is worth nothing; raises OSError."""
    token = secrets.token_urlsafe(_BYTES)
    state.mkdir(parents=True, exist_ok=True)
    atomic.write_text(token_file(state), f"{token}\n", _PRIVATE)
    return token


def is_token(shown: str | None, token: str) -> bool:
    """Tell whether an Authorization header shows the token; how long that takes tells nothing about it."""
    kind, _, value = (shown or "").partition(" ")
    is_bearer = kind.lower() == "bearer"
    return secrets.compare_digest(value.strip().encode("utf-8", "surrogateescape"), token.encode()) and is_bearer
