"""Private data: e-mail addresses and home folders, taken out of comments, found in literals."""

from __future__ import annotations

import io
import re
import tokenize
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from foundry_git.source.literals import BLOCK_COMMENT

EMAIL, HOME = "e-mail", "home-path"

_EMAIL = re.compile(r"(?<![\w.%+@-])([\w.%+-]{1,64})@((?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24})(?![\w@])", re.ASCII)
_HOME = re.compile(r"(?<![\w.:~-])(?:/home/|/Users/|[A-Za-z]:[\\/]{1,2}Users[\\/]{1,2})([\w.-]{1,64})(?=[\\/])", re.ASCII)

_RESERVED = re.compile(
    r"(?i)(?:^|\.)(?:example\.(?:com|org|net)|test|invalid|example|localhost|local|localdomain)$"
)  # RFC 2606, 6761, 6762
_NO_PERSON = re.compile(r"(?i)^(?:git|no-?reply|do-?not-?reply)$|^.{0,64}\+?noreply$")
_NO_REPLY = re.compile(r"(?i)(?:^|\.)noreply\.")
_FILE_NAME = re.compile(
    r"(?i)\.(?:png|jpe?g|gif|svg|webp|ico|js|ts|jsx|tsx|mjs|css|scss|json|html|ya?ml|txt)$|^[1-4]x\."
)  # icon@2x.png
_ANYBODY = frozenset(
    "user username users you yourname name myuser app git runner runneradmin ubuntu vagrant node shared public default".split()
)

COMMENT, LITERAL = "comment", "literal"

_C_COMMENT = rf"(?P<comment>//[^\n]*|{BLOCK_COMMENT})"
_DOUBLE = r"\"(?:\\[\s\S]|[^\"\\\n])*\""
_SCANNERS = {
    "javascript": rf"{_C_COMMENT}|(?P<literal>{_DOUBLE}|'(?:\\[\s\S]|[^'\\\n])*'|`(?:\\[\s\S]|[^`\\])*`)",
    "go": rf"{_C_COMMENT}|(?P<literal>{_DOUBLE}|'(?:\\.|[^'\\\n])*'|`[^`]*`)",
    "rust": rf"{_C_COMMENT}|(?P<literal>r(#{{0,9}})\"[\s\S]*?\"\3|\"(?:\\[\s\S]|[^\"\\])*\"|'(?:\\[^\n]{{1,10}}?|[^'\\\n])')",
}
_SCANNERS["typescript"] = _SCANNERS["javascript"]


class Scrubbed(Struct, frozen=True):
    """A text without private data in its comments and docstrings; ``kinds`` names what is left of it in its literals, sorted."""

    text: str
    kinds: tuple[str, ...] = ()


class _Finding(Struct, frozen=True):
    kind: str
    start: int
    end: int

    @property
    def instead(self) -> str:
        return "<e-mail>" if self.kind == EMAIL else "~"


def scrubbed(text: str, language: str) -> Scrubbed:
    """Take private data out of comments and docstrings: ``<e-mail>`` for an address, ``~`` for a home folder.

    In a string literal that would change what the code does: there it stays, and is reported. Code itself holds neither
    (``left@right.size`` is arithmetic). A text of an unknown language is taken as one comment.
    """
    findings = list(_findings(text))
    if not findings:
        return Scrubbed(text)
    where = _kinds_of_places(text, language)
    in_comments = [finding for finding in findings if where(finding.start) == COMMENT]
    left = {finding.kind for finding in findings if where(finding.start) == LITERAL}
    return Scrubbed(_replaced(text, in_comments), tuple(sorted(left)))


def scrubbed_prose(text: str) -> str:
    """Take private data out of a text that is no code."""
    return _replaced(text, list(_findings(text)))


def _findings(text: str) -> Iterator[_Finding]:
    if "@" in text:
        for found in _EMAIL.finditer(text):
            if _is_persons(found[1], found[2]) and not _is_in_url(text, found.start()):
                yield _Finding(EMAIL, found.start(), found.end())
    if "/home/" in text or "Users" in text:
        for found in _HOME.finditer(text):
            if found[1].lower() not in _ANYBODY:
                yield _Finding(HOME, found.start(), found.end())


def _is_persons(local: str, domain: str) -> bool:
    if _RESERVED.search(domain) or _FILE_NAME.search(domain) or _NO_REPLY.search(domain):
        return False
    return not _NO_PERSON.search(local)


def _is_in_url(text: str, start: int) -> bool:
    """Say whether what looks like an address is the user of a URL: ``https://name:word@host.org``, which is the secret screen's."""
    word = re.split(r"[\s\"'`<(]", text[max(0, start - 200) : start])[-1]
    return "://" in word


def _replaced(text: str, findings: Sequence[_Finding]) -> str:
    for finding in sorted(findings, key=lambda one: one.start, reverse=True):
        text = f"{text[: finding.start]}{finding.instead}{text[finding.end :]}"
    return text


def _kinds_of_places(text: str, language: str) -> Callable[[int], str]:
    """Give a function that says of an offset whether it lies in a comment, in a literal, or in neither."""
    if language == "python":
        spans = _python_spans(text)
    elif scanner := _SCANNERS.get(language):
        spans = [(found.start(), found.end(), str(found.lastgroup)) for found in re.finditer(scanner, text)]
    else:
        spans = [(0, len(text), COMMENT)]
    starts = [start for start, _, _ in spans]

    def kind(offset: int) -> str:
        at = bisect_right(starts, offset) - 1
        return spans[at][2] if at >= 0 and offset < spans[at][1] else ""

    return kind


_STRINGS = frozenset({tokenize.STRING, *(getattr(tokenize, f"FSTRING_{name}", -1) for name in ("START", "MIDDLE", "END"))})
_LAYOUT = frozenset({tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.NL, tokenize.COMMENT})


def _python_spans(text: str) -> list[tuple[int, int, str]]:
    """Comments, and strings: one that is a statement of its own is a docstring. Text that is no Python is all literal."""
    offsets = [0]
    for line in text.split("\n"):
        offsets.append(offsets[-1] + len(line) + 1)
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text, newline="\n").readline))
    except (tokenize.TokenError, SyntaxError, ValueError):
        return [(0, len(text), LITERAL)]
    spans, before = [], tokenize.NEWLINE
    for token, after in zip(tokens, [*tokens[1:], tokens[-1]], strict=True):
        start, end = (offsets[row - 1] + column for row, column in (token.start, token.end))
        if token.type == tokenize.COMMENT:
            spans.append((start, end, COMMENT))
        elif token.type in _STRINGS:
            alone = before in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT) and after.type in _LAYOUT
            spans.append((start, end, COMMENT if alone else LITERAL))
        if token.type not in (tokenize.NL, tokenize.COMMENT):
            before = token.type
    return spans
