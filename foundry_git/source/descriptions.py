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
    r"^(?::(?![a-z][\w:+-]{0,30}:`)\w|@\w|\.\. |>>>|[-=~^*]{3,}\s*$"
    r"|(?:Args|Arguments|Parameters|Params|Returns?|Raises?|Yields?|Examples?|Notes?|Attributes|Usage|See Also|Todo)\s*:?\s*$"
    r"|\w+ ?\(.{1,160}?\) ?:)"
)
_NUMPY_RULE = re.compile(r"^\s*[-=~]{3,}\s*$")
_CALL = re.compile(r"^[\w.]+\([^)]*\)(?: ?-+> ?.{1,60})?$")  # C extensions open a docstring with the signature
_ROLE = re.compile(r":[a-z][\w:+-]{0,30}:`([^`]{1,200})`")
_LINK = re.compile(r"`([^`<]{1,200}?) ?<[^`>]{1,300}>`_{1,2}")
_EMPHASIS = re.compile(r"(?<![\w*/.])(\*{1,2})(?![\s*])([^*\n]{1,200})(?<!\s)\1(?![\w*])")
_END = re.compile(r"(?<![\s\"'(\[.!?])[.!?]+(?=[\"')\]]{0,2}(?:\s|$))")  # not of marks in quotes: `Drop "." and ".."`
_DOCSTRING = re.compile(
    r"(:[ \t]*(?:#[^\n]*)?\n)\s*[rRuU]?(\"{3}|'{3}).*?\2[^\S\n]*(?:\n|$)", re.DOTALL
)  # below the first line of a definition
_ONLY_LINK = re.compile(r"(?i)^(?:(?:see|cf|from|source|ref|inspired by|based on)\b[ .:]*)?<?https?://\S+$")

_TAKES_FROM = frozenset(
    {"parse", "read", "load", "extract", "get", "fetch", "collect", "find", "decode", "make", "build", "create"}
)
_GIVES_TO = frozenset({"write", "save", "send", "dump", "append", "add", "store", "emit", "publish"})
_PLACES = frozenset(
    "path file folder directory dir stream out output target destination dest writer socket queue table url".split()
)
_VERBS = (
    _TAKES_FROM
    | _GIVES_TO
    | frozenset(
        (
            "abort accept acquire allocate apply approve assert assign attach await backup batch begin bind cache calculate cancel "
            "capture cast check choose chunk clamp clean clear clone close collapse combine compare compile compress compute concat "
            "configure confirm connect consume convert copy count crop debounce decompress decrypt deduplicate delete derive "
            "describe deserialize detect determine diff disable disconnect dispatch display divide download drain draw drop "
            "duplicate edit embed enable encode encrypt enqueue ensure enumerate escape estimate evaluate exclude execute expand "
            "export fill filter flatten flush fold follow force format forward freeze gather generate group guess handle hash hide "
            "highlight identify ignore import include increment indent infer inject insert inspect install interpolate intersect "
            "invalidate invert invoke iterate join keep launch limit link list listen locate lock log lookup map match measure "
            "merge migrate mock modify monitor mount move multiply normalise normalize notify open order pack pad parallelize "
            "partition patch pick ping pluralize poll pop prepare prepend print process prune push query quote raise randomize rank "
            "rebuild receive record recover redirect reduce refresh register reject release reload remove rename render repair "
            "repeat replace report request require reset resize resolve respond restore retrieve retry return reverse revert rotate "
            "round run sample sanitise sanitize scale scan schedule score search select serialise serialize serve set shift show "
            "shrink shuffle sign simplify skip sleep slice slugify sort split start stop stream strip subscribe substitute sum swap "
            "sync synchronize tail take throttle toggle tokenize trace track transform translate transpose traverse trim truncate "
            "try unescape uninstall unlock unpack unquote unregister unsubscribe unwrap unzip update upload validate verify visit "
            "wait walk warn watch wrap yield zip"
        ).split()
    )
)
_DANGLING = frozenset("a an and as at by for from if in into of on or out the to up with".split())
"""Words at the end of a name that leave open what is meant: ``convert_to``."""


def describe(docstring: str, kind: str, name: str, parameters: Sequence[str]) -> str:
    """Describe a unit in one sentence of at most ``LONGEST`` characters; "" where neither its docstring nor its name is one."""
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
    """A sentence from a name that is one: a verb and what it is done to, and where that comes from or goes to."""
    words = words_of(name) or [name]
    if kind == "test":
        rest = " ".join(words[1:] if words[0] == "test" else words)
        return f"Tests {rest}." if rest else "Tests the module."
    if kind == "class" or words[0] not in _VERBS or len(words) < 2 or words[-1] in _DANGLING:
        return ""
    return f"{_joined(words).capitalize()}{_place(words, [words_of(parameter) for parameter in parameters])}."


def _joined(words: Sequence[str]) -> str:
    """Words as a sentence has them: `http2` and no `http 2`."""
    return "".join(word if not at or word.isdigit() else f" {word}" for at, word in enumerate(words))


def _place(words: Sequence[str], given: Sequence[Sequence[str]]) -> str:
    """Where something comes from, its only parameter; or where it goes to, a parameter that is called like a place."""
    known = set(words)
    new = [parameter for parameter in given if parameter and known.isdisjoint(parameter)]
    if words[0] in _TAKES_FROM and len(given) == 1 and new:
        return f" from {' '.join(new[0])}"
    targets = [parameter for parameter in new if parameter[-1] in _PLACES]
    return f" to {' '.join(targets[0])}" if words[0] in _GIVES_TO and len(targets) == 1 else ""


def _shortened(sentence: str) -> str:
    if len(sentence) <= LONGEST:
        return sentence
    cut = sentence[: LONGEST - 1]
    return f"{(cut.rpartition(' ')[0] or cut).rstrip(' ,;:.')}…"


def without_docstring(text: str, language: str) -> str:
    """A definition as it is shown beside another: without the docstring below its first line, whose lines would be most of it.

    Of Python; in other languages what describes a definition stands above it, and is no part of its text.
    """
    return _DOCSTRING.sub(r"\1", text, count=1) if language == "python" else text
