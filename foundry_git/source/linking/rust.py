"""What the `use` and `mod` declarations of Rust bind, by their text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from foundry_git.source.linking.link import ITSELF, SPAN, Link, taken

_VISIBLE = r"(?:pub\b(?:\s*\([^()\n]{0,80}\))?\s+)?"
_USE = re.compile(rf"^([ \t]*){_VISIBLE}use\s+([^;]{SPAN});", re.MULTILINE)
_MODULE = re.compile(rf"^[ \t]*{_VISIBLE}mod\s+(\w+)\s*([;{{])", re.MULTILINE)
DEEPEST = 16  # lists within lists


def links_of_rust(code: str, texts: Sequence[str], found: list[Link]) -> str:
    """As ``links_in``, which see."""

    def take(statement: re.Match[str]) -> None:
        for path, alias in _leaves(re.sub(r"\s+", " ", statement[2]), DEEPEST):
            module, _, name = path.rpartition("::")
            if statement[1] and module == "super":  # within a module of the file, around which is the file itself
                found.append(Link(alias or name, "self", name))
            if alias != "_":
                found.append(Link(alias or name, module or name, name if module else ITSELF))

    def take_module(statement: re.Match[str]) -> str:
        found.append(Link(statement[1], f"self::{statement[1]}", ITSELF))
        return " {" if statement[2] == "{" else " "

    return taken(_MODULE, taken(_USE, code, take), take_module)


def _leaves(tree: str, depth: int) -> Iterator[tuple[str, str]]:
    """(path, alias) of each name in ``a::{b, c::{self, D as E}, f::*}``."""
    before, brace, rest = tree.strip().removeprefix("::").partition("{")
    if not brace:
        path, _, alias = before.partition(" as ")
        if path:
            yield path.replace(" ", "").removesuffix("::self"), alias.strip()
    elif depth:
        for part in _parts(rest.rpartition("}")[0]):
            for path, alias in _leaves(part, depth - 1):
                yield f"{before.replace(' ', '')}{path}".removesuffix("::self"), alias


def _parts(text: str) -> Iterator[str]:
    """What stands between the commas of a list that are in no list within."""
    depth = start = 0
    for at, sign in enumerate(text):
        depth += (sign == "{") - (sign == "}")
        if sign == "," and not depth:
            yield text[start:at]
            start = at + 1
    yield text[start:]
