"""Escaping: text of strangers as it may stand on a terminal, in JSON, in a prompt, in Markdown and in HTML. Pure.

What nobody sees can do harm where it is shown: a control character moves the cursor, a bidirectional one turns a sentence round, a tag
character is read by a model and by no person. None of them leaves here raw. On terminals and in code each is spelled out, for a person
must be able to tell what is there; in prose it becomes a space.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable

_PLANES = "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(17))
_CLASS = (
    "\x00-\x1f\x7f-\x9f"  # control characters
    "\u2028\u2029"  # ends of lines and paragraphs
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0d\ufeff"
    "\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"  # what is drawn as nothing, or steers
    "\ud800-\udfff"  # halves of characters, and bytes that were no text
    f"\ufdd0-\ufdef{_PLANES}"  # what never is a character
    "\ufe0e\ufe0f"  # what has an emoji drawn in colours or not; behind anything else it is drawn as nothing
)
_HIDDEN = re.compile(f"[{_CLASS}]")
_EMOJI = re.compile("[#*0-9\u00a9\u00ae\u203c-\u3299\U0001f000-\U0001faff]")

_LINE_END = re.compile(r"\r\n?")
_MARKUP = re.compile(r"([\\`*_\[\]<>#|~&!])")
_BEGINNING = re.compile(r"^(?=[-+=])|(?<=^[0-9])(?=[.)])|(?<=^[0-9]{2})(?=[.)])")
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"})
"""As ``html.escape``, whose module brings a table along that every command would wait 2 ms for."""
_TAG = re.compile(r"<(?=[!/?A-Za-z|])")
_BACKTICKS = re.compile("`+")


def for_terminal(text: str, kept: str = "") -> str:
    """Text with every hidden character spelled out as Python and JSON do (``\\x1b``, ``\\u202e``), but those in ``kept``.

    A byte that was no text is spelled as that byte.
    """
    return _replaced(text, lambda char: char if char in kept else _spelled(char))


def for_json(value: object) -> str:
    """A value as JSON, indented, in which every hidden character is an escape; reading it gives the value back."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return _replaced(
        text, lambda char: char if char == "\n" else json.dumps(char)[1:-1]
    )  # line ends are those between the values


def one_line(text: str) -> str:
    """Prose on one line: hidden characters and runs of spaces become one space each."""
    return " ".join(blanked(text).split())


def blanked(text: str) -> str:
    """Text with a space in the place of each hidden character."""
    return _replaced(text, lambda char: " ")


def for_prompt(text: str) -> str:
    """Prose as it may stand in a line of a prompt: it begins no line, no code and no tag."""
    return _TAG.sub("‹", one_line(text)).replace("`", "'")


def for_markdown(text: str) -> str:
    """Prose as it may stand in a line of Markdown, without a meaning of its own."""
    return _BEGINNING.sub(r"\\", _MARKUP.sub(r"\\\1", one_line(text)), count=1)


def for_html(text: str) -> str:
    """Text as it may stand in HTML and XML, between tags and in quotes."""
    return blanked(text).translate(_ENTITIES)


def code_span(text: str) -> str:
    """A name or a path between backticks, in a prompt or in Markdown."""
    line = one_line(text)
    ticks = "`" * (_longest_run(line) + 1)
    return f"{ticks} {line} {ticks}" if "`" in line or not line else f"`{line}`"


def fenced(language: str, code: str) -> str:
    """A block of code, in a prompt or in Markdown, behind a fence that nothing inside ends; hidden characters are spelled out."""
    shown = code_lines(code).rstrip()
    fence = "`" * max(3, _longest_run(shown) + 1)
    return f"{fence}{language}\n{shown}\n{fence}"


def code_lines(code: str) -> str:
    """Code to look at: its lines and tabs as they are, every other hidden character spelled out."""
    return "\n".join(for_terminal(line, "\t") for line in _LINE_END.sub(_line_end, code).split("\n"))


def _line_end(found: re.Match[str]) -> str:
    """A line's end of Windows is one; a lone return would write over what stands before it."""
    return "\n" if len(found[0]) == 2 else found[0]


def _replaced(text: str, replacement: Callable[[str], str]) -> str:
    if text.isascii() and text.isprintable():
        return text  # most are, and this looks at ten thousand in a microsecond
    return _HIDDEN.sub(lambda found: found[0] if _colours_an_emoji(found) else replacement(found[0]), text)


def _colours_an_emoji(found: re.Match[str]) -> bool:
    at = found.start()
    return found[0] in "\ufe0e\ufe0f" and at > 0 and _EMOJI.match(found.string[at - 1]) is not None


def _spelled(char: str) -> str:
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:
        code -= 0xDC00
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in _BACKTICKS.findall(text)), default=0)
