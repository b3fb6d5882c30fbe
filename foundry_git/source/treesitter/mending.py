"""Mending: what a grammar cannot read is set aside, so that it costs only itself.

Grammars lag behind their languages, and after an error their parsers often take what follows for a part of it: a word that is newer
than the grammar makes all functions below it vanish. So the definition around an error is blanked, its body first, and the rest is
parsed again. That works where brackets balance; what is broken in that way is no valid code, and the file is called so.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from tree_sitter import Node, Tree

MOST_ASIDE = 8  # definitions of one file; where more cannot be read, something else is the matter
LONGEST = 1.0  # seconds of this thread for all of it

Span = tuple[int, int]
"""The first byte, and the one behind the last."""

_BEGINS = re.compile(rb"^(?:[A-Za-z_@]|#\[)", re.MULTILINE)
_MARKED = re.compile(rb"(?:@|#\[)")
_SIGNS = re.compile(rb"\"(?:\\.|[^\"\\\n])*\"|`[^`]*`|'(?:\\.[^'\n]*|[^'\\\n])'|//[^\n]*|/\*.*?\*/|[(){}\[\]]", re.DOTALL)
_PAIRS = {b")": b"(", b"}": b"{", b"]": b"["}


def set_aside(data: bytes, tree: Tree, again: Callable[[bytes], Tree]) -> tuple[Tree, tuple[Span, ...]]:
    """Blank the definitions that hold errors, as long as that helps: the tree without them, and where they stand."""
    found: dict[Span, None] = {}
    blanked: set[Span] = set()
    ends = time.thread_time() + LONGEST
    while (broken := first_error(tree.root_node)) is not None and len(found) < MOST_ASIDE and time.thread_time() < ends:
        whole, body = _definition_around(data, broken.start_byte)
        span = next((one for one in (body, whole) if one and one not in blanked and one[0] <= broken.start_byte <= one[1]), None)
        if whole is None or span is None:
            break
        found[whole] = None
        blanked.add(span)
        data = _blanked(data, span)
        tree = again(data)
    return tree, tuple(found)


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


def count_errors(top: Node) -> int:
    """Count the nodes that stand for something unreadable or missing."""
    count, todo = 0, [top]
    while todo:
        node = todo.pop()
        count += node.is_error or node.is_missing
        todo += [part for part in node.children if part.has_error or part.is_missing]
    return count


def _definition_around(data: bytes, at: int) -> tuple[Span | None, Span | None]:
    """What begins at the margin above a place, and what is within its braces; None for what does not balance."""
    starts = [found.start() for found in _BEGINS.finditer(data, 0, _line_end(data, at))]
    if not starts:
        return None, None
    end, body = _balanced(data, starts[-1], at)
    start = starts.pop()
    while starts and _MARKED.match(data, starts[-1]) and not data[_line_end(data, starts[-1]) : start].strip():
        start = starts.pop()  # what stands above belongs to it
    return ((start, end) if end else None), body


def _balanced(data: bytes, start: int, least: int) -> tuple[int, Span | None]:
    """Where all brackets are closed that are open from ``start`` on, behind ``least`` (0: nowhere), and the last braces of them."""
    open_at: list[int] = []
    body: Span | None = None
    end = _line_end(data, least)
    for sign in _SIGNS.finditer(data, start):
        if not open_at and sign.start() > end:
            break
        if sign[0] in _PAIRS.values():
            open_at.append(sign.start())
        elif sign[0] in _PAIRS:
            if not open_at or data[open_at[-1] : open_at[-1] + 1] != _PAIRS[sign[0]]:
                return 0, None
            opened = open_at.pop()
            body = (opened + 1, sign.start()) if sign[0] == b"}" and not open_at else body
        end = max(end, _line_end(data, sign.end()))
    return (0, None) if open_at else (end, body)


def _line_end(data: bytes, at: int) -> int:
    found = data.find(b"\n", at)
    return len(data) if found < 0 else found


def _blanked(data: bytes, span: Span) -> bytes:
    """Write spaces over a span; lines stay lines."""
    start, end = span
    return data[:start] + re.sub(rb"[^\n]", b" ", data[start:end]) + data[end:]
