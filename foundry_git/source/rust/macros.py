"""The tokens between the brackets of a Rust macro, read as the code that they mostly are.

The grammar gives them as a flat list: only the macro knows what they mean. Names are told by their neighbours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from foundry_git.source.treesitter.grammar import BIND, PLAIN, SOFT, USE, Name, Step, Visit
from foundry_git.source.treesitter.tree import Node

CONDITION = "arm"
"""The kind of a ``=>`` that begins another arm of a ``match`` than the first: what a match adds to the complexity."""

_PLACEHOLDER = re.compile(r"\{([a-z_]\w*)(?=[:}])")
_KEYWORDS = frozenset("as async await dyn else enum in move struct unsafe where".split())
_OPENS_CLOSURE = frozenset({"move", "=", "=>", "return"})


def token_tree(node: Node, role: str) -> list[Step]:
    """Make the plan of a token tree."""
    if role is PLAIN:
        return [Visit(part, PLAIN) for part in node.parts]
    return list(_steps(node.parts, role))


def _steps(parts: Sequence[Node], role: str) -> Iterator[Step]:
    has_arms = any(part.kind == "=>" for part in parts)
    binding = ""  # the token up to which names are bound: "=" of `let`, "|" of a closure, "in" of `for`
    match = False
    for at, part in enumerate(parts):
        if part.text == binding and binding:
            binding = ""
            yield Visit(part)
        elif part.kind == "identifier":
            yield from _identifier(parts, at, BIND if binding else role, has_arms)
        elif part.kind in ("|", "||") and _opens(parts, at):
            binding = "|" if part.kind == "|" else ""
            yield "|"
        elif part.kind == "token_tree":
            yield from _nested(part, BIND if binding else role, match)
            match = False
        elif part.kind == "string_literal":
            yield from placeholders(part.text)
        else:
            binding = {"let": "=", "for": "in"}.get(part.kind, binding)
            yield Visit(part, role)
        match = match or part.kind == "match"


def _identifier(parts: Sequence[Node], at: int, role: str, has_arms: bool) -> Iterator[Step]:
    """Tell a field, a method, the rest of a path and a named argument from a name that is used."""
    part, after = parts[at], parts[at - 1].text if at else ""
    following = parts[at + 1] if at + 1 < len(parts) else None
    mark = following.text if following else ""
    if part.text in _KEYWORDS or after in (".", "::", "#") or (mark == "=" and role is not BIND and not has_arms):
        yield part.text
    elif mark == "=" and role is not BIND:  # a branch of `select!`: it binds what it waits for
        yield Name(part.text, BIND)
    elif mark == "::":
        yield Name(part.text, USE, _chain(parts, at))
    elif role is USE and part.text[:1].islower() and mark != "!" and not (following and following.kind == "token_tree"):
        yield Name(part.text, SOFT)  # what is a name of the module would be called; this is a field or a word of the macro's own
    else:
        yield Visit(part, role)


def _chain(parts: Sequence[Node], at: int) -> str:
    """Write the path that begins at a part: ``std::fs::read``."""
    end = at + 1
    while end + 1 < len(parts) and parts[end].text == "::" and parts[end + 1].kind == "identifier":
        end += 2
    return "".join(part.text for part in parts[at:end])


def _opens(parts: Sequence[Node], at: int) -> bool:
    """Say whether a bar opens the parameters of a closure, and is not an operator; a comma before it is no part but a gap."""
    before = parts[at - 1] if at else None
    return before is None or before.text in _OPENS_CLOSURE or before.end < parts[at].start - 1


def _nested(part: Node, role: str, is_match: bool) -> Iterator[Step]:
    if not is_match:
        yield Visit(part, role)
        return
    arms = 0
    copy = part.as_kind("token_tree")
    copy.parts = []
    for inner in part.parts:
        arms += inner.kind == "=>"
        copy.parts.append(inner.as_kind(CONDITION) if inner.kind == "=>" and arms > 1 else inner)
    yield Visit(copy, role)


def placeholders(text: str) -> Iterable[Step]:
    """Split the text of a format string at the names in it: ``"{name}: {0}"``."""
    end = 0
    for found in _PLACEHOLDER.finditer(text):
        if text[found.start() - 1] != "{":
            yield text[end : found.start(1)]
            yield Name(found[1], SOFT)
            end = found.end(1)
    yield text[end:]


def plain_names(nodes: Iterable[Node]) -> list[Step]:
    """Look at nodes whose names are text."""
    return [Visit(node, PLAIN) for node in nodes]


def used(nodes: Iterable[Node]) -> list[Step]:
    """Look at nodes whose names are used."""
    return [Visit(node, USE) for node in nodes]
