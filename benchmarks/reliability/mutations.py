"""Mutations: how a file of a stranger's, or a damaged one, comes about from a good one. Seeded, so that each can be made again."""

from __future__ import annotations

import random
from collections.abc import Sequence

BYTES = 30  # the longest piece that is cut, doubled or moved at once


def damaged(content: bytes, dice: random.Random, pieces: Sequence[bytes] = ()) -> bytes:
    """A few places changed: bytes flipped, cut, doubled or moved, and ``pieces`` put in, which mean something in the format."""
    for _ in range(dice.randint(1, 5)):
        at, wide = dice.randrange(len(content) + 1), dice.randint(1, BYTES)
        put = dice.choice(pieces) * dice.choice((1, 1, 1, 2, 40)) if pieces else b""
        middle = dice.choice((b"", bytes([dice.randrange(256)]), put, content[at : at + wide] * 2, content[-wide:]))
        content = content[:at] + middle + content[at + dice.choice((0, 1, wide)) :]
    return content[: dice.randrange(len(content) + 1)] if dice.random() < 0.1 else content


def shuffled(lines: Sequence[bytes], dice: random.Random) -> list[bytes]:
    """Lines as a writer that was killed, resumed or doubled leaves them: cut, repeated, swapped, run together."""
    found = list(lines)
    for _ in range(dice.randint(1, 6)):
        one, other = dice.randrange(len(found)), dice.randrange(len(found))
        match dice.randrange(6):
            case 0:
                found[one], found[other] = found[other], found[one]
            case 1:
                found.insert(one, found[other])
            case 2:
                found[one] = found[one][: dice.randrange(len(found[one]) + 1)]
            case 3:
                found[one] = found[one].rstrip(b"\n") + found[other]
            case 4:
                found += found[: dice.randrange(len(found) + 1)]
            case _:
                found[one] = damaged(found[one], dice)
    return found


PARTS = (
    "..", ".", "", "~", "~root", "%2e%2e", "%2e%2e%2f", "..%2f", "..%5c", "..\\", "C:", "C:\\Windows", "\\\\server\\share",
    "//server/share", "/etc", "/etc/passwd", "/proc/self/environ", ".git", ".GIT", "git~1", ".git ", ".git\u200c", "con",
    "aux", "nul.py", "COM1", "a.", "a ", "\u202ecod.exe", "\u0430dmin", "\u212aey", "ﬁle", "e\u0301", "\u00e9", "\u2025",
    "\uff0e\uff0e", "\u2215", "\u29f5", "a\u200bb", "\U000e0041", "-rf", "--help", "$(touch marker)", "`touch marker`",
    "${HOME}", "*", "?", "[a-z]", ":(glob)**", ":!x", "@{-1}", "HEAD", "refs/heads/main", "a\nb", "a\tb", "a\rb",
    "\x1b[2J", "\x7f", "\u2028", "x" * 300, "x/" * 200, "patterns", "v1", "v01", "v1.0", "pattern.yaml", "deprecated.yaml",
    "index",
)  # fmt: skip
"""What names of strangers are made of."""


def hostile_name(dice: random.Random, with_nul: bool = False) -> str:
    """A name or a path that leads out, stands for something else, looks like another or is none."""
    parts = [dice.choice((*PARTS, "\0" if with_nul else "..")) for _ in range(dice.randint(1, 4))]
    return dice.choice(("/", "", "\\", "/./", "//")).join(parts)
