"""Git attributes of a path, read from the ``.gitattributes`` files of a commit.

``git check-attr --source`` would answer this, but only since Git 2.40. The patterns are strangers' text: they run on RE2.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import re2
from msgspec import Struct, field

FILE_NAME = ".gitattributes"
LONGEST_LINE = 2048  # bytes; Git passes longer ones by too
MOST_RULES = 5_000  # of one file; a hundred times as many as any real one has
WANTED = frozenset({"linguist-generated", "linguist-vendored"})

_BYTES = re2.Options()
_BYTES.encoding = re2.Options.Encoding.LATIN1
_BYTES.log_errors = False
_BYTES.dot_nl = True

_CLASSES = frozenset("alnum alpha blank cntrl digit graph lower print punct space upper xdigit".split())
_ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", '"': '"', "\\": "\\"}


class _Rule(Struct, frozen=True):
    """One line: the pattern as a regex over the path below its folder, or over the name alone, and what it says (None: nothing)."""

    regex: bytes
    by_name: bool
    states: Mapping[str, bool | None]

    def matches(self, below: bytes) -> bool:
        return bool(_compiled(self.regex).fullmatch(below.rpartition(b"/")[2] if self.by_name else below))


class Attributes(Struct, frozen=True):
    """The rules of a tree by the folder they stand in ("" for the top), each in the order of its file."""

    rules: Mapping[str, Sequence[_Rule]] = field(default_factory=dict)

    def of(self, path: str) -> frozenset[str]:
        """The wanted attributes that are set on a path, and ``-NAME`` for those that are unset.

        A nearer file wins over one further up, a later line over an earlier one.
        """
        found: dict[str, bool | None] = {}
        for folder in _folders(path):
            below = os.fsencode(path[len(folder) + 1 :] if folder else path)
            for rule in self.rules.get(folder, ()):
                if rule.matches(below):
                    found.update(rule.states)
        return frozenset(name if state else f"-{name}" for name, state in found.items() if state is not None)


def attributes_files(paths: Iterable[str]) -> list[str]:
    """Where there may be files that say something of some paths: in every folder above them."""
    return sorted({f"{folder}/{FILE_NAME}".lstrip("/") for path in paths for folder in ("", *_folders(path))} | {FILE_NAME})


def read_attributes(files: Mapping[str, str]) -> Attributes:
    """Read ``.gitattributes`` files, path → text; what Git would not understand is passed by, and so are macros."""
    rules = {path.rpartition("/")[0]: list(_rules(text))[:MOST_RULES] for path, text in files.items()}
    return Attributes({folder: found for folder, found in rules.items() if found})


def _folders(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return ["", *("/".join(parts[: count + 1]) for count in range(len(parts)))]


def _rules(text: str) -> Iterator[_Rule]:
    for line in text.split("\n"):
        if len(line.encode("utf-8", "surrogateescape")) > LONGEST_LINE:
            continue
        pattern, states = _parts(line.lstrip(" \t\r"))
        wanted = dict(state for word in states.split() if (state := _state(word)) and state[0] in WANTED)
        if not wanted or not pattern or pattern.startswith(("!", "[attr]")) or pattern.endswith("/"):
            continue  # a pattern with a last slash means folders, and these have no attributes
        by_name = "/" not in pattern
        regex = _regex(pattern.removeprefix("/"), by_name)
        if regex is not None:
            yield _Rule(regex, by_name, wanted)


def _parts(line: str) -> tuple[str, str]:
    if not line or line.startswith("#"):
        return "", ""
    if not line.startswith('"'):
        words = line.split(None, 1)
        return words[0], words[1] if len(words) > 1 else ""
    pattern, end = _unquoted(line)
    return (pattern, line[end:]) if end else (line.split()[0], line.partition(" ")[2])


def _unquoted(line: str) -> tuple[str, int]:
    """A pattern in C style quotes, and where it ends; 0 when the quotes are not closed."""
    found, at = "", 1
    while at < len(line):
        char = line[at]
        if char == '"':
            return found, at + 1
        if char == "\\":
            digits = line[at + 1 : at + 4]
            if len(digits) == 3 and all(digit in "01234567" for digit in digits):
                found += os.fsdecode(bytes([int(digits, 8) & 255]))
                at += 4
                continue
            at += 1
            found += _ESCAPES.get(line[at : at + 1], "")
        else:
            found += char
        at += 1
    return "", 0


def _state(word: str) -> tuple[str, bool | None] | None:
    """An attribute and whether it is set; ``=false`` unsets as ``-`` does, ``!`` takes back what was said, other values set it."""
    if word.startswith("!"):
        return word[1:], None
    if word.startswith("-"):
        return word[1:], False
    name, _, value = word.partition("=")
    return name, value.lower() != "false"


def _regex(pattern: str, by_name: bool) -> bytes | None:
    """Write a glob as a regex; None when it is broken and matches nothing."""
    glob, out, at = os.fsencode(pattern), b"", 0
    while at < len(glob):
        char = glob[at : at + 1]
        if char == b"*":
            end = at + len(glob[at:]) - len(glob[at:].lstrip(b"*"))
            piece, at = _stars(glob, at, end, by_name)
        elif char == b"[":
            bracket = _bracket(glob, at)
            if bracket is None:
                return None
            piece, at = bracket
        elif char == b"\\":
            if at + 1 >= len(glob):
                return None
            piece, at = re2.escape(glob[at + 1 : at + 2]), at + 2
        else:
            piece, at = (b"[^/]" if char == b"?" else re2.escape(char)), at + 1
        out += piece
    return out


def _stars(glob: bytes, start: int, end: int, by_name: bool) -> tuple[bytes, int]:
    """``*`` stays in its folder; ``**`` alone between slashes means any number of them."""
    alone = end - start == 2 and glob[start - 1 : start] in (b"/", b"") and glob[end : end + 1] in (b"/", b"")
    if by_name or not alone:
        return b"[^/]*", end
    if end == len(glob):
        return b".*", end
    return b"(?:.*/)?", end + 1


def _bracket(glob: bytes, start: int) -> tuple[bytes, int] | None:
    """A set of characters, never a slash, and where it ends; None when it is not closed."""
    at = start + 1
    negated = glob[at : at + 1] in (b"!", b"^")
    at += negated
    chars: set[int] = set()
    first = True
    while first or glob[at : at + 1] != b"]":  # a bracket that closes at once is one of the characters
        piece = _members_at(glob, at)
        if piece is None:
            return None
        found, at = piece
        chars.update(found)
        first = False
    members = [b"\\x%02x" % char for char in range(256) if (char in chars) != negated and char != ord("/")]
    return (b"[" + b"".join(members) + b"]" if members else b"[^\\x00-\\xff]"), at + 1


def _members_at(glob: bytes, at: int) -> tuple[Collection[int], int] | None:
    """What one element of a set stands for, a class, a range or a character, and where it ends; None when it is broken."""
    if glob.startswith(b"[:", at):
        end = glob.find(b":]", at + 2)
        name = glob[at + 2 : end].decode("latin-1")
        return (_members(name), end + 2) if end >= 0 and name in _CLASSES else None
    low = _plain(glob, at)
    if low is None:
        return None
    char, at = low
    if glob[at : at + 1] != b"-" or glob[at + 1 : at + 2] in (b"]", b""):
        return (char,), at
    high = _plain(glob, at + 1)
    return (range(char, high[0] + 1), high[1]) if high else None


def _plain(glob: bytes, at: int) -> tuple[int, int] | None:
    """The character at a place, a backslash taken off, and where it ends; None at the end."""
    at += glob[at : at + 1] == b"\\"
    return (glob[at], at + 1) if at < len(glob) else None


@cache
def _members(name: str) -> tuple[int, ...]:
    regex = re2.compile(f"[[:{name}:]]".encode(), _BYTES)
    return tuple(char for char in range(256) if regex.fullmatch(bytes([char])))


@cache
def _compiled(regex: bytes) -> Any:
    return re2.compile(regex, _BYTES)
