"""The watch client: asks for a search that ``foundry watch`` answers from its open index, word for word as this process would."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from foundry_git import door
from foundry_git.cli.screen import marked

COLOURS = ("NO_COLOR", "TERM")


def ask(arguments: Sequence[str], folder: Path) -> int | None:
    """Print a watcher's answer to a command line and return its exit code; None, and nothing printed, where none answers.

    ``folder``: where the command line says that it is run (``-C``).
    """
    try:
        here = Path.cwd()
        place = door.door_of(here / folder)
    except (OSError, RuntimeError):  # no current folder any more; links in a circle
        return None
    if place is None or not place.exists() or None in (sys.stdout, sys.stderr):
        return None
    found = door.call(place, _request(arguments, here))
    return _said(found) if found is not None else None


def _request(arguments: Sequence[str], here: Path) -> bytes:
    """What to run, where, and for which terminal."""
    columns = shutil.get_terminal_size((100, 24)).columns
    environment = {"COLUMNS": str(columns)} | {name: os.environ[name] for name in COLOURS if name in os.environ}
    request = {
        "arguments": list(arguments),
        "folder": str(here),
        "environment": environment,
        "terminals": [sys.stdout.isatty(), sys.stderr.isatty()],
    }
    return json.dumps(request).encode("ascii")


def _said(answer: bytes) -> int | None:
    """Print an answer, each piece to where it goes, in order."""
    try:
        found = json.loads(answer)
        code, pieces = int(found["exit"]), [(int(to), str(text)) for to, text in found["said"]]
    except (ValueError, TypeError, LookupError, OverflowError, RecursionError):
        return None
    for to, text in pieces:
        (sys.stderr if to == 2 else sys.stdout).write(marked(text))
    sys.stdout.flush()
    return code
