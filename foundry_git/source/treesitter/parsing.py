"""From the text of a file to its syntax tree, or to one kind of error."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import cache, lru_cache

from tree_sitter import Language, Node, Parser, Tree

from foundry_git.errors import SourceError
from foundry_git.source.treesitter.scopes import Outside

LONGEST_PARSE = 1.0  # seconds of this thread; ordinary code of 256 KiB, the most of a file, takes 0.02, 200,000 lone quotes 8

# tree-sitter 0.26.1 never frees what a callback gives it to read, and only then can it be stopped: a walk over a history that read
# every file so grew by the size of all of them. What is small cannot take long: 60,000 lone quotes take 0.9 s
SMALL = 60_000
LAST = 2  # a file, and the text of a pattern from it: whoever reads units of one asks for more of it next
_CHUNK = 2_048  # bytes that the parser gets at once; the text of a node is read so too, and a larger piece would be copied for it

Load = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was read: its text with ``\\n`` line ends, the same as bytes (which the tree counts), and the top of its tree.

    ``own``: roots of imports that are the project's own, as its manifests name them; ``dependencies``: what it depends on.
    ``outside``: what parts of it need from outside, by where they stand, as far as somebody has looked.
    """

    path: str
    text: str
    data: bytes
    top: Node
    own: Collection[str] = ()
    dependencies: Collection[str] = ()
    outside: dict[tuple[int, int], Outside] = field(default_factory=dict, compare=False)

    def cut(self, start: int, end: int) -> str:
        """Give the text between two bytes."""
        return self.data[start:end].decode()

    def flat(self, start: int, end: int) -> str:
        """Give the text between two bytes in one line."""
        return " ".join(self.cut(start, end).split())


@lru_cache(maxsize=LAST)
def parse(
    text: str,
    path: str,
    loads: tuple[Load, ...],
    own: frozenset[str] = frozenset(),
    dependencies: frozenset[str] = frozenset(),
    mended: Callable[[bytes], bytes] = bytes,
) -> Source:
    """Parse a text with the first of several grammars that has no complaint, else with the first; the last few are kept.

    A parser of this kind always gives a tree; what it could not read is marked in it, see ``first_error``. ``mended`` is what the
    parser sees, of the same length, for a language whose grammar stumbles over valid code; all that is read is the text itself.

    Raises:
        SourceError: a NUL character or a lone surrogate: not text; or nothing that a parser is done with in a second.
    """
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in plain:
        raise SourceError(path, plain.count("\n", 0, plain.index("\0")) + 1, "a NUL character")
    try:
        data = plain.encode()
    except UnicodeEncodeError as error:
        raise SourceError(path, plain.count("\n", 0, error.start) + 1, "characters that UTF-8 cannot encode") from None
    try:
        return Source(path, plain, data, _best(mended(data), loads).root_node, own, dependencies)
    except ValueError:
        raise SourceError(path, 1, "takes too long to parse") from None


def first_error(top: Node) -> Node | None:
    """Find the first node that stands for something unreadable or missing."""
    if not top.has_error:
        return None
    cursor = top.walk()
    while True:
        node = cursor.node
        assert node is not None
        if node.is_error or node.is_missing:
            return node
        if node.has_error and cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return None


def _best(data: bytes, loads: tuple[Load, ...]) -> Tree:
    first = _tree(data, loads[0])
    if first.root_node.has_error:
        for load in loads[1:]:
            other = _tree(data, load)
            if not other.root_node.has_error:
                return other
    return first


def _tree(data: bytes, load: Load) -> Tree:
    """Parse with a parser of its own, which serves one thread; raises ``ValueError`` when it runs out of time."""
    parser = Parser(_language(load))
    if len(data) <= SMALL:
        return parser.parse(data)
    ends = time.thread_time() + LONGEST_PARSE

    def rest(start: int, _: object) -> bytes:
        return data[start : start + _CHUNK]

    return parser.parse(rest, progress_callback=lambda *_: time.thread_time() > ends)


@cache
def _language(load: Load) -> Language:
    return Language(load())
