"""What the imports of Go bind, by their text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from foundry_git.source.linking.link import EVERYTHING, ITSELF, SPAN, Link, taken

_IMPORT = re.compile(rf"^import\s*(?:\(([^()]{SPAN})\)|([\w.]*[ \t]*\"\d+\"))", re.MULTILINE)
_LINE = re.compile(r"(?:([\w.]+)[ \t]+)?\"(\d+)\"")
_VERSION = re.compile(r"/v\d+$|\.v\d+$")


def links_of_go(code: str, texts: Sequence[str], found: list[Link]) -> str:
    """As ``links_in``, which see."""

    def take(one: re.Match[str]) -> None:
        for alias, number in _LINE.findall(one[1] or one[2]):
            module = texts[int(number)]
            if alias == ".":
                found.append(Link(EVERYTHING, module, EVERYTHING, exports=False))
            elif alias != "_":
                name = alias or _VERSION.sub("", module).rpartition("/")[2]
                found.append(Link(name, module, ITSELF, exports=False))

    return taken(_IMPORT, code, take)
