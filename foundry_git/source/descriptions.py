"""Descriptions: one sentence that says what a unit does, from its docstring or else from its name."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from foundry_git.escaping import one_line
from foundry_git.source.words import words_of

LONGEST = 160  # characters; two lines of a terminal, and what a manifest shows in a list
LONGEST_PARAGRAPH = 2_000  # characters that are looked at; a first sentence that is longer is cut anyway

_ABBREVIATIONS = frozenset(
    "e.g i.e etc vs cf approx resp incl excl no nos fig eq sec vol dr mr mrs ms st jr sr al ca viz dept est min max".split()
)
_SECTION = re.compile(
    r"^(?::\w|@\w|\.\. |>>>|[-=~^*]{3,}\s*$"
    r"|(?:Args|Arguments|Parameters|Params|Returns?|Raises?|Yields?|Examples?|Notes?|Attributes|Usage|See Also|Todo)\s*:?\s*$"
    r"|\w+ ?\(.{1,160}?\) ?:)"
)
_NUMPY_RULE = re.compile(r"^\s*[-=~]{3,}\s*$")
_CALL = re.compile(r"^[\w.]+\([^)]*\)(?: ?-+> ?.{1,60})?$")  # C extensions open a docstring with the signature
_ROLE = re.compile(r":[a-z][\w:+-]{0,30}:`([^`]{1,200})`")
_LINK = re.compile(r"`([^`<]{1,200}?) ?<[^`>]{1,300}>`_{1,2}")
_EMPHASIS = re.compile(r"(?<![\w*/.])(\*{1,2})(?![\s*])([^*\n]{1,200})(?<!\s)\1(?![\w*])")
_END = re.compile(r"(?<![\s\"'(\[.!?])[.!?]+(?=[\"')\]]{0,2}(?:\s|$))")  # not of marks in quotes: `Drop "." and ".."`
_ONLY_LINK = re.compile(r"(?i)^(?:(?:see|cf|from|source|ref|inspired by|based on)\b[ .:]*)?<?https?://\S+$")

_TAKES_FROM = frozenset(
    {"parse", "read", "load", "extract", "get", "fetch", "collect", "find", "decode", "make", "build", "create"}
)
_GIVES_TO = frozenset({"write", "save", "send", "dump", "append", "add", "store", "emit", "publish"})


def describe(docstring: str, kind: str, name: str, parameters: Sequence[str]) -> str:
    """Describe a unit in one sentence of at most ``LONGEST`` characters, never empty."""
    sentence = first_sentence(docstring)
    if len(words_of(sentence)) < 2:  # "TODO", "Foo.": says no more than the name
        sentence = _from_name(kind, name, parameters)
    return _shortened(sentence)


def first_sentence(docstring: str) -> str:
    """Take the first sentence of a docstring, its markup stripped; ``""`` if it holds none.

    Knows the sections of Google, NumPy and Sphinx docstrings, and ``e.g.``.
    """
    text = _plain(" ".join(_first_paragraph(docstring))[:LONGEST_PARAGRAPH])
    for end in _END.finditer(text):
        if end.group() != "." or not _is_abbreviation(text[: end.start()]):
            return re.sub(r"(?<!\.)\.\.$", ".", text[: end.end()])
    text = text.rstrip(" :;,-.")
    return f"{text}." if text else ""


def _first_paragraph(docstring: str) -> list[str]:
    lines = [line.strip() for line in docstring.strip().splitlines()]
    if lines and _CALL.match(lines[0]):
        lines = lines[1:]
    lines = [line for line in lines if not _ONLY_LINK.match(line)]
    paragraph: list[str] = []
    for line, below in itertools.zip_longest(lines, lines[1:], fillvalue=""):
        if _SECTION.match(line) or (_NUMPY_RULE.match(below) and paragraph):
            break
        if line:
            paragraph.append(line)
        elif paragraph:
            break
    return paragraph


def _plain(text: str) -> str:
    """Strip markup: ``:func:`~os.path.join``` gives ``join``; characters that nobody sees go."""
    text = _ROLE.sub(_role_text, text)
    text = _LINK.sub(r"\1", text)
    text = _EMPHASIS.sub(r"\2", text).replace("`", "")
    return one_line(text)


def _role_text(found: re.Match[str]) -> str:
    shown = found[1]
    if shown.startswith("~"):
        return shown.rpartition(".")[2].lstrip("~")
    return shown.partition(" <")[0].lstrip("!.")


def _is_abbreviation(before: str) -> bool:
    """Say whether a full stop after this text ends no sentence: ``e.g.``, ``J. Smith``, or inside an open bracket."""
    word = before.rpartition(" ")[2].lstrip("(\"'[")
    is_initial = len(word) == 1 and word.isupper()
    return word.lower() in _ABBREVIATIONS or is_initial or before.count("(") > before.count(")")


def _from_name(kind: str, name: str, parameters: Sequence[str]) -> str:
    words = words_of(name) or [name]
    if kind == "test":
        rest = " ".join(words[1:] if words[0] == "test" else words)
        return f"Tests {rest}." if rest else "Tests the module."
    given = [" ".join(words_of(parameter)) for parameter in parameters[:3]]
    subject = " ".join(words).capitalize()
    if not any(given):
        return f"{subject}."
    return f"{subject} {_preposition(kind, words[0])} {_listed([words for words in given if words])}."


def _preposition(kind: str, verb: str) -> str:
    if kind == "class":
        return "with"
    if verb in _TAKES_FROM:
        return "from"
    return "to" if verb in _GIVES_TO else "for"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _shortened(sentence: str) -> str:
    if len(sentence) <= LONGEST:
        return sentence
    cut = sentence[: LONGEST - 1]
    return f"{(cut.rpartition(' ')[0] or cut).rstrip(' ,;:.')}…"
