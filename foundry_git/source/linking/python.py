"""What the imports of Python bind, by their text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from foundry_git.source.linking.link import EVERYTHING, ITSELF, SPAN, Link, named, taken

_FROM = re.compile(
    rf"from(?<![^\s;:]from)[ \t]+([.\w][.\w \t]{{0,300}}?)[ \t]*\bimport\b[ \t]*(?:\(([^()]{SPAN})\)|((?:[^\n;\\]|\\\n){SPAN}))",
    re.MULTILINE,
)
_IMPORT = re.compile(rf"import(?<![^\s;:]import)[ \t]+((?:[^\n;\\]|\\\n){SPAN})", re.MULTILINE)


def links_of_python(code: str, texts: Sequence[str], found: list[Link]) -> str:
    """As ``links_in``, which see."""
    if "import" not in code:
        return code

    def take_from(one: re.Match[str]) -> None:
        module = one[1].replace(" ", "")
        names = named((one[2] or one[3] or "").replace("\\\n", " "))
        found.extend(Link(EVERYTHING if name == "*" else local, module, name) for name, local in names)

    def take_plain(one: re.Match[str]) -> None:
        for name, local in named(one[1].replace("\\\n", " ")):
            found.append(Link(name.rpartition(".")[2] if local == name else local, name, ITSELF))

    return taken(_IMPORT, taken(_FROM, code, take_from), take_plain)
