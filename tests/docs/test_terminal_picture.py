"""The picture that README shows is what the commands print today, and stands alone."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

from examples.terminal_picture import picture
from examples.terminal_session import STEPS, session
from tests import TOP

PICTURE = TOP / "docs/terminal.svg"
SVG = "{http://www.w3.org/2000/svg}"


def test_the_picture_shows_what_the_commands_print() -> None:
    assert PICTURE.read_text(encoding="utf-8") == picture(session()), "run `make docs`"


def test_the_picture_stands_alone_and_says_what_it_shows() -> None:
    root = ElementTree.fromstring(PICTURE.read_text(encoding="utf-8"))
    text = PICTURE.read_text(encoding="utf-8")

    named = root.attrib["aria-labelledby"].split()
    assert [root.find(f"{SVG}{tag}[@id='{id}']") is not None for tag, id in zip(("title", "desc"), named, strict=True)] == [
        True
    ] * 2
    assert {element.tag.removeprefix(SVG) for element in root.iter()} == {
        "svg", "title", "desc", "style", "rect", "circle", "text", "tspan",
    }  # fmt: skip
    assert not any(word in text for word in ("href", "url(", "@import", "@font-face", "script"))
    assert "prefers-color-scheme: dark" in text


def test_what_is_printed_is_escaped_and_coloured_as_in_a_terminal() -> None:
    drawn = picture([("true", "\x1b[1ma < b\x1b[0m & c\n")])

    assert '<tspan class="bold">a &lt; b</tspan> &amp; c</text>' in drawn
    assert "".join(ElementTree.fromstring(drawn).findall(f"{SVG}text")[1].itertext()) == "a < b & c"


def test_a_long_line_is_broken_where_a_terminal_breaks_it() -> None:
    drawn = picture([("true", f"{'a' * 90}\x1b[32mbcde\x1b[0mf\n")])

    rows = ["".join(text.itertext()) for text in ElementTree.fromstring(drawn).findall(f"{SVG}text")]
    assert rows == ["$ true", "a" * 90 + "bc", "def"]
    assert '<tspan class="green">bc</tspan></text>' in drawn and '<tspan class="green">de</tspan>f</text>' in drawn


def test_every_step_is_typed_in_the_picture() -> None:
    root = ElementTree.fromstring(PICTURE.read_text(encoding="utf-8"))
    typed = [span.text for span in root.iter(f"{SVG}tspan") if span.attrib["class"] == "typed"]

    assert typed == list(STEPS)
