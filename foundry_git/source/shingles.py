"""Shingles: runs of tokens that tell how alike two pieces of code are, whatever their names and layout. Pure.

A shape says that two pieces are the same; shingles say how much they share after somebody changed one of them. They need no parser:
one lexer reads every language well enough, and what it misreads it misreads the same way in both pieces.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import chain

from foundry_git.source.literals import BLOCK_COMMENT, STRING, TRIPLE

LENGTH = 2  # tokens: 1 to 3 are about equal on labelled pairs (F1 0.94, 0.94, 0.92), 4 and more break too often

Shingles = frozenset[int]
"""The shingles of one piece of code as hashes of 64 bits; the second of two equal ones has another hash than the first."""

_RUST_STRING = r"\"(?:[^\"\\]|\\[\s\S])*(?:\"|\Z)|'(?:[^'\\\n]|\\[^'\n]{1,9})'"  # else 'a is a lifetime
_TEMPLATE = r"`(?:[^`\\]|\\[\s\S])*(?:`|\Z)"
_SIGN = r"===|!==|\*\*=|//=|>>=|<<=|\.\.\.|[-+*/%&|^<>=!:]=|=>|->|<-|&&|\|\||\+\+|--|\*\*|//|<<|>>|::|\?\?|\?\.|\S"
# A bracket that nobody closes runs to the end, for the reason that literals have.
_SCRIPT_IMPORT = r"^import\b[^;\n{]*(?:\{[^}]*(?:\}[^;\n]*|\Z))?"
_IMPORTS = {
    "python": r"^[ \t]*(?:from[ \t]+[\w.]+[ \t]+)?import[ \t]+(?:\([^)]*(?:\)|\Z)|[^\n(][^\n]*)",
    "javascript": _SCRIPT_IMPORT,
    "typescript": _SCRIPT_IMPORT,
    "go": r"^(?:package[ \t]+\w+|import[ \t]+(?:\([^)]*(?:\)|\Z)|[^\n]*))",
    "rust": r"^use\b[^;]*",
}
_COMMENTS = {"python": rf"\#[^\n]*|^[ \t]*[rR]?(?>{TRIPLE})[ \t]*$"}
_OTHER_COMMENTS = rf"//[^\n]*|{BLOCK_COMMENT}"
_ANY_COMMENTS = rf"\#[^\n]*|{_OTHER_COMMENTS}"

KEYWORDS = frozenset(
    "and as async await break case catch class const continue def default defer del do elif else enum except export extends finally"
    " fn for from func function global go if impl import in interface is lambda let loop match mut new nonlocal not of or package"
    " pass pub raise range return select static struct super switch throw trait try type typeof use var void where while with yield"
    " None True False null nil true false undefined self this cls".split()
)
_DEFINING = frozenset("def class function func fn".split())
_DECLARING = frozenset("for as let const var mut lambda catch".split())
_BEFORE_A_PARAMETER = frozenset("( , * ** ... & { [ mut |".split())
_AFTER_A_HEAD = frozenset(": { ; -> =".split())
_LAYOUT = frozenset("( ) { } [ ] , ; :".split())
"""Left out of the shingles: formatters add and drop these."""
_HOLE = re.compile(r"\{[^{}]*\}")  # of a text that holds code
_FEW = 12  # tokens that a declaration is looked through for names: `for index, (key, value) in`
_HEAD = 200  # tokens that the head of a definition is looked through for its end: some 30 parameters with types and defaults


def shingles_of(code: str, language: str) -> Shingles:
    """Cut a stored text into shingles; comments, docstrings, layout and imports are left out.

    Its own names (variables, parameters, what it defines) are numbered in the order in which they appear in a shingle, so renaming
    changes nothing.
    """
    tokens = list(_tokens(code, language))
    own = _own_names(tokens)
    kept = [token for token in tokens if token not in _LAYOUT]
    runs = zip(*(kept[start:] for start in range(LENGTH)), strict=False) if len(kept) >= LENGTH else [tuple(kept)]
    return _hashed(_numbered(run, own) for run in runs)


def similarity(one: Shingles, other: Shingles) -> float:
    """How much two pieces share, 0–1: the shingles of both over those of either (Jaccard)."""
    both = len(one & other)
    either = len(one) + len(other) - both
    return both / either if either else 0.0


class ShingleIndex:
    """Many pieces of code, of which those that are alike one are found without comparing it with all."""

    def __init__(self) -> None:
        self._sizes: dict[str, int] = {}
        self._holding: defaultdict[int, list[str]] = defaultdict(list)

    def add(self, name: str, shingles: Shingles) -> None:
        """Take in a piece under a name that no other has."""
        self._sizes[name] = len(shingles)
        for shingle in shingles:
            self._holding[shingle].append(name)

    def alike(self, shingles: Shingles, least: float) -> dict[str, float]:
        """The pieces whose :func:`similarity` to this one is at least ``least`` (more than 0), with it."""
        shared = Counter(chain.from_iterable(self._holding.get(shingle, ()) for shingle in shingles))
        few = least * len(shingles)  # whoever shares less of these cannot share enough of both
        values = {name: both / (len(shingles) + self._sizes[name] - both) for name, both in shared.items() if both >= few}
        return {name: value for name, value in values.items() if value >= least}


@cache
def _lexer(language: str) -> re.Pattern[str]:
    comments = _COMMENTS.get(language, _OTHER_COMMENTS if language in _IMPORTS else _ANY_COMMENTS)
    imports = _IMPORTS.get(language, r"(?!)")
    string = _RUST_STRING if language == "rust" else STRING
    python = language == "python"
    formatted = rf"[rR]?[fF][rR]?(?:{TRIPLE}|{string})" if python else _TEMPLATE
    text = rf"[rbuRBU]{{0,2}}(?:{TRIPLE}|{string})" if python else string
    return re.compile(
        rf"(?P<skip>{comments}|{imports})|(?P<formatted>{formatted})|(?P<text>{text})|(?P<plain>[^\W\d]\w*|\d[\w.]*|{_SIGN})",
        re.MULTILINE,
    )


def _tokens(code: str, language: str) -> Iterator[str]:
    """Words, numbers and signs; a text is one token that begins with a quote, and the words of code in it are tokens behind it."""
    for found in _lexer(language).finditer(code.replace("\r", "\n")):
        if found["plain"]:
            yield found["plain"]
        elif found["text"]:
            yield '"' + found["text"].lstrip("rbuRBU").strip("\"'")
        elif found["formatted"]:
            yield '"' + _HOLE.sub("{}", found["formatted"].lstrip("rfRF").strip("\"'`"))
            for hole in _HOLE.findall(found["formatted"]):
                yield from re.findall(r"[^\W\d]\w*", hole)


def _is_name(token: str) -> bool:
    return token.isidentifier() and token not in KEYWORDS


def _own_names(tokens: Sequence[str]) -> frozenset[str]:
    """The names that a piece brings with it: what it defines, its parameters, the variables it assigns."""
    names: set[str] = set()
    depth = 0
    for at, token in enumerate(tokens):
        depth = max(0, depth + (token in "([") - (token in ")]"))
        if token in _DEFINING:
            names.update(_defined(tokens, at + 1))
        elif token in _DECLARING:
            names.update(_declared(tokens, at + 1))
        elif token == "=>":
            names.update(_arrow_parameters(tokens, at - 1))
        elif token == ":=" or (token == "=" and not depth):
            names.update(_assigned(tokens, at - 1))
    return frozenset(names)


def _defined(tokens: Sequence[str], at: int) -> Iterator[str]:
    """The name behind ``def``, and the parameters in the brackets behind it (of a method in Go also the receiver before it)."""
    depth = 0
    for number in range(at, min(at + _HEAD, len(tokens))):
        token, before = tokens[number], tokens[number - 1]
        depth += (token == "(") - (token == ")")
        if not depth and (token in _AFTER_A_HEAD or token in _DEFINING):
            return
        if _is_name(token) and ((depth and before in _BEFORE_A_PARAMETER) or (not depth and before in (*_DEFINING, ")", "*"))):
            yield token


def _declared(tokens: Sequence[str], at: int) -> Iterator[str]:
    """The names behind ``for``, ``let``, ``as`` and the like, up to what they are given."""
    for number in range(at, min(at + _FEW, len(tokens))):
        token = tokens[number]
        if token in ("in", "of", "=", ":=", ":", ";", ")") and number > at:
            return
        if _is_name(token) and tokens[number - 1] != ".":
            yield token
        if tokens[at - 1] in ("as", "mut"):
            return


def _arrow_parameters(tokens: Sequence[str], at: int) -> Iterator[str]:
    depth = 0
    for number in range(at, max(-1, at - 4 * _FEW), -1):
        token = tokens[number]
        depth += (token == ")") - (token == "(")
        if _is_name(token) and (number == at or tokens[number - 1] in _BEFORE_A_PARAMETER):
            yield token
        if depth <= 0:
            return


def _assigned(tokens: Sequence[str], at: int) -> Iterator[str]:
    """The names before ``=``: ``a``, ``a, b``, and the one before the colon of ``a: int``."""
    if at > 1 and tokens[at - 1] == ":" and _is_name(tokens[at - 2]):
        yield tokens[at - 2]
        return
    while at >= 0 and (_is_name(tokens[at]) or tokens[at] in ",*"):
        if _is_name(tokens[at]) and (at == 0 or tokens[at - 1] != "."):
            yield tokens[at]
        at -= 1
        if at >= 0 and _is_name(tokens[at]) and _is_name(tokens[at + 1]):
            return  # the end of the line above: layout is not among the tokens


def _numbered(run: Sequence[str], own: frozenset[str]) -> tuple[str, ...]:
    numbers: dict[str, str] = {}
    return tuple(numbers.setdefault(token, f"${len(numbers)}") if token in own else token for token in run)


def _hashed(runs: Iterable[tuple[str, ...]]) -> Shingles:
    found = set()
    for run, count in Counter(runs).items():
        for number in range(count):
            content = "\0".join((*run, str(number))).encode("utf-8", "surrogatepass")
            found.add(int.from_bytes(hashlib.blake2b(content, digest_size=8).digest()))
    return frozenset(found)
