"""The views of a text: as it stands, with broken literals joined, with what is encoded in it decoded, and with the parts of its long
names, each with its lines."""

from __future__ import annotations

import binascii
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from urllib.parse import unquote_to_bytes

import re2
from msgspec import Struct

_BYTES = re2.Options()
_BYTES.encoding = re2.Options.Encoding.LATIN1  # a byte is a character: no offsets to convert, and no text that cannot be searched
_BYTES.log_errors = False

_PART = r"[A-Za-z0-9+/=_.:%-]"  # characters that tokens consist of
# the end of one literal to the beginning of the next; a line that goes on; a line that holds nothing but a piece of a token, below a
# longer piece: a short one is more often a word, and joined to it the token would not begin any more
_JOINT = re2.compile(
    rb"[^\"'`\n]([\"'`]\s*[+.&]?\s*\\?\s*[rbufRBUF]{0,2}[\"'`])[^\"'`\n]"
    + rf"|{_PART}(\\\r?\n[ \t]*){_PART}".encode()
    + rf"|{_PART}{{10}}(\r?\n[ \t]*(?:#|//|\*)?[ \t]*){_PART}{{4,}}[\"'`]{{0,3}}[,;)]*[ \t\r]*(?:\n|$)".encode(),
    _BYTES,
)

SHORTEST_RUN = 24  # encoded characters: 18 bytes in base64, below the shortest token of a provider
# ASCII leaves 3 of 24 bits unset, each in a place of its own of the four characters that base64 makes of three bytes:
# a run that keeps to it is text, wherever it begins. 6 groups of other characters keep to it once in 2 ** 18.
_GROUP = r"[A-Za-f][A-HQ-Xg-nw-z0-3][ABEFIJMNQRUVYZcdghklopstwx014589][A-Za-z0-9+/_-]"
_BASE64 = re2.compile(rf"(?:{_GROUP}){{{SHORTEST_RUN // 4},}}[A-Za-z0-9+/_-]{{0,3}}".encode(), _BYTES)
_HEX = re2.compile(rf"(?:[2-7][0-9A-Fa-f]){{{SHORTEST_RUN},}}".encode(), _BYTES)
_PERCENT = re2.compile(rb"[^\n]*%[2-7][0-9A-Fa-f][^\n]*", _BYTES)
# the name of an identifier or file that may have a token among its parts (use_ghp_…_now): words of 12 letters are few, and the last
# part of a UUID has as many
_NAME = re2.compile(rb"[A-Za-z0-9_-]*[A-Za-z0-9]{12}[A-Za-z0-9_-]*", _BYTES)
SHORTEST_TOKEN, MOST_PARTS, LONGEST_NAME = 20, 12, 300
_STANDARD = bytes.maketrans(b"-_", b"+/")


class View(Struct, frozen=True):
    """One way to read a text: ``content``, and where in the text its pieces come from.

    ``starts``, ``origins``: offsets of each piece in ``content`` and in the text, ascending; ``step`` is 0 where a piece stands
    for a place of the text as a whole, 1 where it is a copy.
    """

    content: bytes
    starts: Sequence[int] = (0,)
    origins: Sequence[int] = (0,)
    step: int = 1

    def origin(self, position: int) -> int:
        """The offset in the text of an offset in ``content``."""
        piece = bisect_right(self.starts, position) - 1
        return self.origins[piece] + self.step * (position - self.starts[piece])


def views_of(content: bytes) -> Iterator[View]:
    """The views of a text, the text itself first; those that would show nothing new are left out.

    Encodings are undone once: text that was encoded twice stays unread.
    """
    plain = View(content)
    yield plain
    joined = _joined(content)
    if joined:
        yield joined
    for view in (plain, joined) if joined else (plain,):
        if decoded := _pieces(view, _readable(view.content)):
            yield decoded
    if parts := _pieces(plain, _parts(content)):
        yield parts


def _joined(content: bytes) -> View | None:
    pieces, starts, origins, length, at = [], [0], [0], 0, 0
    for start, end in _joints(content):
        pieces.append(content[at:start])
        length, at = length + start - at, end
        starts.append(length)
        origins.append(end)
    if not pieces:
        return None
    return View(b"".join([*pieces, content[at:]]), starts, origins)


def _joints(content: bytes) -> Iterator[tuple[int, int]]:
    at = 0
    while found := _JOINT.search(content, at):
        start, end = found.span(found.lastindex)
        yield start, end
        at = end


def _pieces(view: View, found: Iterator[tuple[int, bytes]]) -> View | None:
    """Pieces that were made of a view, each with the offset of what it was made of."""
    pieces, starts, origins, length = [], [], [], 0
    for position, piece in found:
        starts.append(length)
        origins.append(view.origin(position))
        pieces.append(piece)
        length += len(piece) + 1
    return View(b"\n".join(pieces), starts, origins, step=0) if pieces else None


def _parts(content: bytes) -> Iterator[tuple[int, bytes]]:
    """What stands between the marks of long names, every run of it, apart from each other."""
    for found in _NAME.finditer(content):
        name = found[0]
        marks = [at for at, char in enumerate(name) if char in b"_-"]
        if marks and len(marks) <= MOST_PARTS and SHORTEST_TOKEN < len(name) <= LONGEST_NAME:
            ends = [*marks, len(name)]
            runs = (
                name[start:end] for start in (0, *(mark + 1 for mark in marks)) for end in ends if end - start >= SHORTEST_TOKEN
            )
            yield found.start(), b" | ".join(runs)


def _readable(content: bytes) -> Iterator[tuple[int, bytes]]:
    """What is encoded in a text, decoded, each with its offset."""
    for found in _BASE64.finditer(content):
        whole = found[0][: len(found[0]) - (len(found[0]) % 4 == 1)].translate(_STANDARD)
        yield found.start(), binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))
    for found in _HEX.finditer(content):
        yield found.start(), bytes.fromhex(found[0].decode())
    if b"%" in content:
        for found in _PERCENT.finditer(content):
            yield found.start(), unquote_to_bytes(found[0])
