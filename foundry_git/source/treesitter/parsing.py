"""From the text of a file to its syntax tree, or to one kind of error."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Hashable
from functools import cache, lru_cache

from msgspec import Struct, field
from tree_sitter import Language, Node, Parser, Tree

from foundry_git.errors import SourceError
from foundry_git.source.treesitter.mending import Span, count_errors, set_aside

LONGEST_PARSE = 1.0  # seconds of this thread; ordinary code of 256 KiB, the most of a file, takes 0.02, 200,000 lone quotes 8

# tree-sitter 0.26.1 never frees what a callback gives it to read, and only then can it be stopped: a walk over a history that read
# every file so grew by the size of all of them. What is small cannot take long: 60,000 lone quotes take 0.9 s
SMALL = 60_000
MOST_KEPT = 16  # trees, each some ten times as large as its text
_CHUNK = 2_048  # bytes that the parser gets at once; the text of a node is read so too, and a larger piece would be copied for it

Load = Callable[[], object]


class Source(Struct, frozen=True):
    """A file that was read: its text with ``\\n`` line ends, the same as bytes (which the tree counts), and the node of its statements.

    ``own``: roots of imports that are the project's own, as its manifests name them; ``dependencies``: what it depends on.
    ``aside``: the definitions that the grammar cannot read and ``top`` therefore lacks, in part or whole; ``all``: the top of the tree
    with all of them, as well as they are understood. ``kept``: what passes over the tree found, see ``passes``.
    """

    path: str
    text: str
    data: bytes
    top: Node
    all: Node
    aside: tuple[Span, ...] = ()
    kept: dict[Hashable, object] = field(default_factory=dict)
    own: frozenset[str] = frozenset()
    dependencies: Collection[str] = ()

    def cut(self, start: int, end: int) -> str:
        """Give the text between two bytes."""
        return self.data[start:end].decode()

    def is_aside(self, start: int, end: int) -> bool:
        """Say whether something between two bytes was set aside."""
        return any(first < end and start < last for first, last in self.aside)

    def flat(self, start: int, end: int) -> str:
        """Give the text between two bytes in one line."""
        return " ".join(self.cut(start, end).split())


def parse(
    text: str,
    path: str,
    loads: tuple[Load, ...],
    own: frozenset[str] = frozenset(),
    dependencies: frozenset[str] = frozenset(),
    mended: Callable[[bytes], bytes] = bytes,
    unwrapped: Callable[[Node], Node] | None = None,
) -> Source:
    """Parse a text with the first of several grammars that has no complaint, else with the one that has the fewest.

    A parser of this kind always gives a tree; what it could not read is marked in it, or set aside: see ``mending``. ``mended`` is
    what the parser sees then, of the same length, where the grammar of a language stumbles over valid code; all that is read is the
    text itself. ``unwrapped``: finds the node whose children are the statements of the file, where that is not the top of the tree. The
    last few trees are kept, for all who ask something of the same file.

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
        tree, whole, aside, kept = _read(data, loads, mended)
    except ValueError:
        raise SourceError(path, 1, "takes too long to parse") from None
    top = unwrapped(tree.root_node) if unwrapped else tree.root_node
    return Source(path, plain, data, top, whole.root_node, aside, kept, own, dependencies)


_Parsed = tuple[Tree, Tree, tuple[Span, ...], dict[Hashable, object]]
"""The tree without what was set aside, that with it, where it stands, and what passes over the tree find."""


@lru_cache(maxsize=MOST_KEPT)
def _read(data: bytes, loads: tuple[Load, ...], mended: Callable[[bytes], bytes]) -> _Parsed:
    """Parse, once more where there are errors and the mended text is another one, and set aside what cannot be read."""
    tree = _best(data, loads)
    if not tree.root_node.has_error:
        return tree, tree, (), {}
    if (other := mended(data)) != data:
        data, tree = other, _best(other, loads)
    read, aside = set_aside(data, tree, lambda rest: _best(rest, loads))
    return read, tree, aside, {}


def _best(data: bytes, loads: tuple[Load, ...]) -> Tree:
    best = _tree(data, loads[0])
    for load in loads[1:]:
        if not best.root_node.has_error:
            break
        best = min(best, _tree(data, load), key=lambda tree: count_errors(tree.root_node))
    return best


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
