"""What the imports and exports of JavaScript and TypeScript bind, by their text: of modules, and of CommonJS."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from foundry_git.source.linking.link import DEFAULT, EVERYTHING, ITSELF, SPAN, WHOLE, Link, named, taken

_NAME = r"(?:[^\W\d]|\$)[\w$]*"
_IMPORT = re.compile(rf"import(?<![\w$.]import)\b\s*(?:type\b\s*)?([^;\"()=]{SPAN})(?:(?<=\bfrom)|(?<=\bfrom[ \n]))\"(\d+)\"")
_SIDE = re.compile(r"\bimport\s*\"\d+\"")
_REQUIRE = re.compile(
    rf"(?:\b(?:const|let|var|import)\b|,)\s*(\{{[^{{}}]{SPAN}\}}|{_NAME})\s*=\s*(?:await\s+)?(?:require|import)\s*\(\s*\"(\d+)\"\s*\)"
    rf"(?:\s*\.\s*({_NAME}))?"
)
_PASSED_ON = re.compile(
    rf"export(?<![\w$.]export)\b\s*(?:type\b\s*)?(?:(\*)(?:\s*as\s+({_NAME}))?|\{{([^{{}}]{SPAN})\}})\s*from\s*\"(\d+)\""
)
_LIST = re.compile(rf"export(?<![\w$.]export)\b\s*(?:type\b\s*)?\{{([^{{}}]{SPAN})\}}")
_DEFAULT = re.compile(
    rf"export(?<![\w$.]export)\s+default\s+((?:async\s+)?(?:function\b\s*\*?\s*|(?:abstract\s+)?class\b\s*))?({_NAME})"
    r"(?=[ \t]*(;|\n|\Z)?)"
)
_SET = re.compile(
    rf"\b(module\s*\.\s*)?exports(?:\s*\.\s*({_NAME}))?\s*=\s*(?:async\s+)?(function\b\s*\*?\s*|class\b\s*)?"
    rf"(?:require\s*\(\s*\"(\d+)\"\s*\)(?:\s*\.\s*({_NAME}))?|({_NAME})|\{{([^{{}}]{SPAN})\}})(?=[ \t]*(;|,|\n|\Z)?)"
)
_ENTRY = re.compile(rf"(?:\A|(?<=,))\s*({_NAME})\s*(?::\s*({_NAME})\s*)?(?=,|\Z)")
_NO_NAME = frozenset("function class new async await require true false null undefined typeof void this module exports".split())


def links_of_script(code: str, texts: Sequence[str], found: list[Link]) -> str:
    """As ``links_in``, which see."""
    script = _Script(texts, found)
    if "require" in code or "import(" in code:
        code = taken(_REQUIRE, code, script.required)
    if "import" in code:
        code = _SIDE.sub(" ", taken(_IMPORT, code, script.imported))
    if "export" in code:
        code = taken(_DEFAULT, taken(_LIST, taken(_PASSED_ON, code, script.passed_on), script.listed), script.default)
    return taken(_SET, code, script.set) if "exports" in code else code


class _Script:
    """The statements of one file, each turned into links."""

    def __init__(self, texts: Sequence[str], found: list[Link]) -> None:
        self._texts = texts
        self._found = found

    def imported(self, statement: re.Match[str]) -> None:
        module = self._texts[int(statement[2])]
        head, _, rest = statement[1].strip().removesuffix("from").strip().partition("{")
        self._found += (Link(local, module, name, exports=False) for name, local in named(rest.partition("}")[0]))
        for part in head.split(","):
            words = part.split()
            if words[:2] == ["*", "as"] and len(words) == 3:
                self._found.append(Link(words[2], module, ITSELF, exports=False))
            elif len(words) == 1:
                self._found.append(Link(words[0], module, DEFAULT, exports=False))

    def required(self, statement: re.Match[str]) -> None:
        module, bound = self._texts[int(statement[2])], statement[1]
        if bound.startswith("{"):
            self._found += (Link(local, module, name, exports=False) for name, local in _entries(bound[1:-1]))
        else:
            self._found.append(Link(bound, module, statement[3] or WHOLE, exports=False))

    def passed_on(self, statement: re.Match[str]) -> None:
        module = self._texts[int(statement[4])]
        if statement[1]:
            self._give(statement[2] or EVERYTHING, module, ITSELF if statement[2] else EVERYTHING)
        for name, local in named(statement[3] or ""):
            self._give(local, module, name)

    def listed(self, statement: re.Match[str]) -> None:
        for name, local in named(statement[1]):
            self._give(local, ITSELF, name)

    def default(self, statement: re.Match[str]) -> str | None:
        defines, name, is_end = statement.groups()
        if name not in _NO_NAME:
            self._give(DEFAULT, ITSELF, name)
        return statement[0] if defines or is_end is None else None

    def set(self, statement: re.Match[str]) -> str | None:
        of_module, key, defines, number, part, name, entries, is_end = statement.groups()
        local = key or WHOLE
        if not of_module and not key:
            return statement[0]  # `exports = …` of somebody's own
        if number:
            self._give(local, self._texts[int(number)], part or WHOLE)
            return None
        if entries:
            return self._set_object(statement[0], local, entries)
        if name is None or name in _NO_NAME:  # None: an object with nothing in it
            return statement[0]
        self._give(local, ITSELF, name)
        return statement[0] if defines or is_end is None else None

    def _set_object(self, statement: str, local: str, entries: str) -> str:
        if local != WHOLE:
            return statement
        for name, given in _entries(entries):
            self._give(name, ITSELF, given)
        return f" {{{_ENTRY.sub(' ', entries)}}}"

    def _give(self, local: str, module: str, original: str) -> None:
        self._found.append(Link(local, module, original, binds=False))


def _entries(text: str) -> Iterator[tuple[str, str]]:
    """(key, name) of the entries of an object that are nothing but names: ``a, b: c``."""
    return ((key, name or key) for key, name in _ENTRY.findall(text))
