"""A trial: one reading of a file that was made up or damaged, and what it may not do.

A trial gets dice and returns; what a reader refuses with an error of its own is expected, anything else that is raised counts. Where an
answer can be wrong and not only refused, the trial says so with a ``WrongAnswerError``.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from pathlib import Path

Trial = Callable[[random.Random], None]
TOP = Path(__file__).parents[2]
LIBRARY = "library_id: 5a0c7a52-0f59-4d09-9f4c-0b9d0f1b2c3d\nname: team\n"
CODE = "def in_chunks(items, size):\n    return [items[at : at + size] for at in range(0, len(items), size)]\n"
MANIFEST = (
    b"schema: 1\nname: in_chunks\nkind: function\ndescription: 'Cut: a list into pieces.'\nlanguage: python\ntags:\n- iteration\n"
    b"code: it.py\nrequires: [python/other]\nsuggested_action: When a list is long.\norigin:\n  repository: repo\n  commit: '0123456'\n"
    b"  path: src/net.py\n  symbol: in_chunks\n  lines: 10-24\n  author_date: '2026-11-20T15:36:14+00:00'\n  licence: MIT\n"
    b"measures: {lines: 14, complexity: 3, parameters: 2}\n"
)


class WrongAnswerError(Exception):
    """A reader took what is damaged for something else."""


def put(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files below a folder."""
    for name, content in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
