"""Private names: those of files, folders, functions and work trees that hold a secret or an address, so that they are not stored."""

from __future__ import annotations

from functools import lru_cache
from pathlib import PurePosixPath

from foundry_git.source.privacy import EMAIL, scrubbed_prose
from foundry_git.source.secrets import find_secrets

MOST_EXTENSIONS = 2  # ``a.test.js``
SHORTEST = 16  # characters; no format of a token is shorter, nor is `password=` with a password


@lru_cache(maxsize=65_536)
def withheld(name: str) -> str:
    """Say why a path or a symbol may not be stored: "secret: github-token", "private-data: e-mail"; "" where nothing is in the way."""
    if len(name) >= SHORTEST and (hits := find_secrets(f"{name} | {PurePosixPath(name).stem}")):  # a token may hold dots itself
        return f"secret: {hits[0].rule}"
    return f"private-data: {EMAIL}" if "@" in name and _without_address(name) != name else ""


def shown(name: str) -> str:
    """A path or a symbol as it may be shown and stored: what it holds is named in its place, ``src/<github-token>/a.py``."""
    if not withheld(name):
        return name
    masked = "/".join(map(_masked, name.split("/")))
    return masked if not withheld(masked) else f"<{withheld(masked).partition(': ')[2]}>"


def _masked(part: str) -> str:
    reason = withheld(part)
    return f"<{reason.partition(': ')[2]}>" if reason.startswith("secret: ") else _without_address(part)


def _without_address(name: str) -> str:
    """A name without e-mail addresses; ``jo@shop.org.json`` holds one, ``icon@2x.json`` none."""
    return "/".join(_part_without_address(part) for part in name.split("/"))


def _part_without_address(part: str) -> str:
    for count in range(MOST_EXTENSIONS, -1, -1):
        extension = "".join(PurePosixPath(part).suffixes[-count:]) if count else ""
        found = scrubbed_prose(part.removesuffix(extension))
        if found != part.removesuffix(extension):
            return f"{found}{extension}"
    return part
