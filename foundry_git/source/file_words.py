"""The words of a file: what its code names, defines and imports, read without a parser. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from pathlib import PurePosixPath

from msgspec import Struct

from foundry_git.source.languages import language_of
from foundry_git.source.linking.link import Link
from foundry_git.source.linking.statements import links_in
from foundry_git.source.literals import BLOCK_COMMENT, STRING, TRIPLE

_IDENTIFIER = re.compile(r"[^\W\d][\w$]*")
_LINKED = re.compile(r"(\.|::)?\s*([^\W\d][\w$]*)")
_DEFINED = re.compile(
    r"\b(?:def|fn|func|function|class|struct|enum|trait|interface|type|const|let|var)\b\s*\*?\s*([^\W\d][\w$]*)"
)
_MACRO = re.compile(r"(macro_export[^\n\]]*\]\s*(?:#\[[^\n\]]*\]\s*)*)?\bmacro_rules!\s*(\w+)")
_METHOD = re.compile(r"^(func\s*\([^()\n]*\)\s*)\w+", re.MULTILINE)
_TESTING = re.compile(r"#\[\s*(?:cfg\(test\)|(?:\w+::)*test\b[^\]\n]*)\]")
_BRACE = re.compile(r"[{};]")
_PYTHON = re.compile(rf"{TRIPLE}|(?P<string>\b[fF][rR]?(?:{STRING})|{STRING})|#[^\n]*", re.MULTILINE)
_BRACES = re.compile(rf"{BLOCK_COMMENT}|(?P<string>{STRING}|`[^`\n]*`)|//[^\n]*", re.MULTILINE)
_LIFETIME = re.compile(r"(?<=[<&\s,(+])'(?=[a-z_]\w*\b(?!'))")  # of Rust: it opens no text
WINDOW = 120  # characters before `:=` in which the names stand that it binds
_FILLED = re.compile(r"\$?\{([^{}]*)\}")  # what a text takes in
_KEY = {
    "python": re.compile(r"(?<=[(,])\s*[^\W\d]\w*\s*=(?!=)"),  # an argument's name
    "": re.compile(r"(?<=[{,(])\s*[^\W\d][\w$]*\s*\??:(?![:=])"),  # a key, a field, a parameter
}
_GO_VARIABLE = re.compile(r"\bvar\s+([^\W\d]\w*)")
_GO_HEAD = re.compile(r"func\b([^{\n]{0,400})")
_GO_PARAMETER = re.compile(r"(?<=[(,])\s*([^\W\d]\w*)(?=\s*,|\s+[\w*.\[(&<]|\s*\.\.\.)")

_SAYS_NO_PLACE = frozenset(
    {"src", "lib", "pkg", "internal", "index", "main", "mod", "init", "__init__", "packages", "python", "app", "cmd"}
)


class FileWords(Struct, frozen=True):
    """What is counted of one file: how often its code holds each word (see :func:`words_in`), the names it defines, its links.

    A macro of Rust is defined with ``!`` behind, and with ``!!`` where all of the crate see it. Tests within a file count for nothing.
    """

    path: str
    words: Mapping[str, int]
    defined: frozenset[str]
    links: tuple[Link, ...] = ()

    def counts(self, name: str, befores: Collection[str]) -> Mapping[str, int]:
        """How often the code holds a name alone (""), and behind each of some words."""
        found = {before: self.words[word] for before in befores if (word := f"{before}.{name}") in self.words}
        return {"": self.words.get(name, 0), **found}


def file_words(text: str, path: str) -> FileWords:
    """Read what is counted of a file."""
    language = language_of(path) or ""
    texts: list[str] = []
    links, code = links_in(_numbered(text, language, texts), texts, language)
    code = _KEY["python" if language == "python" else ""].sub(" ", code)
    if language == "go":
        code = _METHOD.sub(r"\1", code)
    defining = Counter(_DEFINED.findall(code))
    words = Counter(_words(code))
    for name, count in defining.items():  # to define is not to use
        words[name] -= count
    others = _locals_of_go(code) if language == "go" else _macros(code) if language == "rust" else set[str]()
    return FileWords(path, +words, frozenset(defining) | others, tuple(links))


def names_defined(code: str) -> frozenset[str]:
    """The names that code defines; see :func:`code_of`."""
    return frozenset(_DEFINED.findall(code))


def code_of(text: str, path: str) -> str:
    """A file's text without comments and long texts."""
    if language_of(path) == "rust":
        text = _LIFETIME.sub(" ", text)
    scanner = _PYTHON if language_of(path) == "python" else _BRACES
    return scanner.sub(lambda found: found["string"] or " ", text)


def _numbered(text: str, language: str, texts: list[str]) -> str:
    """A file's text without comments and long texts, each other text its number in ``texts``, or what is filled into it."""

    def put(found: re.Match[str]) -> str:
        string = found["string"]
        if not string:
            return " "
        if string[0] in "`fF":
            return f" ({') ('.join(_FILLED.findall(string))}) " if "{" in string else " 0 "
        texts.append(string[1:-1])
        return f'"{len(texts) - 1}"'

    if language == "rust":
        return _without_tests(_BRACES.sub(put, _LIFETIME.sub(" ", text)))
    return (_PYTHON if language == "python" else _BRACES).sub(put, text)


def _without_tests(code: str) -> str:
    """The code of a file of Rust without what is only compiled for its tests."""
    kept, at = [], 0
    for mark in _TESTING.finditer(code):
        if mark.start() >= at:
            kept.append(code[at : mark.start()])
            at = _end_of_item(code, mark.end())
    return "".join([*kept, code[at:]])


def _end_of_item(code: str, at: int) -> int:
    """Where a definition ends that begins somewhere."""
    depth = 0
    for sign in _BRACE.finditer(code, at):
        depth += (sign[0] == "{") - (sign[0] == "}")
        if depth <= 0:
            return sign.end()
    return len(code)


def words_in(text: str, path: str) -> Iterator[str]:
    """The identifiers of a file's code, and the words of its short texts, which name modules; comments and long texts left out.

    What stands behind a dot or ``::`` comes with the word before it: ``fs.join``, ``watch.Sender``, ``self.close``.
    """
    return _words(code_of(text, path))


def places_of(path: str) -> set[str]:
    """The words by which other files name a file: its stem and the folders above, but those that say nothing."""
    parts = PurePosixPath(path)
    named = [parts.name.partition(".")[0], *parts.parts[:-1]]
    words = {word for part in named for word in [max(_IDENTIFIER.findall(part), key=len, default="")]}
    return words - _SAYS_NO_PLACE - {""}


def _macros(code: str) -> set[str]:
    """The macros that a file of Rust defines; see :class:`FileWords`."""
    return {f"{name}{mark}" for exported, name in _MACRO.findall(code) for mark in ("!", "!!")[: 1 + bool(exported)]}


def _locals_of_go(code: str) -> set[str]:
    """The names of the variables and parameters of functions."""
    found = set(_GO_VARIABLE.findall(code))
    for before in code.split(":=")[:-1]:
        found.update(_IDENTIFIER.findall(re.split(r"[{;(\n]", before[-WINDOW:])[-1]))
    return found.union(*(_GO_PARAMETER.findall(head) for head in _GO_HEAD.findall(code)))


def _words(code: str) -> Iterator[str]:
    before = ""
    for link, word in _LINKED.findall(code):
        yield f"{before}.{word}" if link else word
        before = word
