"""The picture of a terminal session that README shows: ``python -m examples.terminal_picture PATH`` plays it and writes it.

The SVG stands alone: text in the reader's own monospaced font, light or dark as the reader's system is, no script and nothing to load.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from html import escape
from pathlib import Path

from examples.terminal_session import WIDTH, session

SIZE, LINE, EDGE, BAR = 13, 19, 18, 34
CELL = 0.602 * SIZE
"""The width of a character: 0.6 em in nearly every monospaced font, and a little room."""

Row = list[tuple[str, str]]
"""Texts that stand beside each other, each with its style, or none."""

CODE = re.compile(r"\x1b\[(\d+)m")
STYLES = {"1": "bold", "2": "dim", "31": "red", "32": "green", "33": "yellow", "36": "cyan"}
TITLE = "foundry-git in a terminal"
ABOUT = (
    "A function is committed. foundry candidates proposes it, foundry accept writes it into the library, foundry search finds it by"
    " meaning, foundry similar recognises it under other names, and foundry outcome records that it worked."
)
LOOKS = """\
.window { fill: #f6f8fa; stroke: #d1d9e0 } .dot { fill: #d1d9e0 }
text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace }
text { white-space: pre; fill: #1f2328 }
.bold { font-weight: 600 } .dim { fill: #59636e } .typed { font-weight: 600; fill: #0550ae }
.red { fill: #d1242f } .green { fill: #1a7f37 } .yellow { fill: #7d4e00 } .cyan { fill: #1b7c83 }
@media (prefers-color-scheme: dark) {
.window { fill: #151b23; stroke: #3d444d } .dot { fill: #3d444d }
text { fill: #f0f6fc }
.dim { fill: #9198a1 } .typed { fill: #79c0ff }
.red { fill: #ff7b72 } .green { fill: #3fb950 } .yellow { fill: #d29922 } .cyan { fill: #39c5cf }
}
"""


def picture(steps: Sequence[tuple[str, str]]) -> str:
    """The SVG of commands and what they printed."""
    lines = [line for command, printed in steps for line in (_typed(command), *map(_coloured, printed.splitlines()))]
    rows = [row for line in lines for row in _wrapped(line)]
    wide, high = round(WIDTH * CELL + 2 * EDGE), BAR + len(rows) * LINE + EDGE
    texts = [_text(row, BAR + number * LINE + SIZE) for number, row in enumerate(rows) if row]
    return "\n".join((*_window(wide, high), *texts, "</svg>", ""))


def main(place: Path) -> None:
    """Play the session and write its picture."""
    place.write_text(picture(session()), encoding="utf-8")


def _window(wide: int, high: int) -> list[str]:
    dots = "".join(f'<circle class="dot" cx="{EDGE + 6 + 18 * number}" cy="17" r="5"/>' for number in range(3))
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" role="img"'
        ' aria-labelledby="title about">',
        f'<title id="title">{TITLE}</title>',
        f'<desc id="about">{ABOUT}</desc>',
        f"<style>\n{LOOKS}</style>",
        f'<rect class="window" x="0.5" y="0.5" width="{wide - 1}" height="{high - 1}" rx="8"/>',
        dots,
    ]


def _typed(command: str) -> Row:
    return [("dim", "$ "), ("typed", command)]


def _coloured(line: str) -> Row:
    """One printed line: its texts, each with the style in which a terminal shows it."""
    first, *rest = CODE.split(line)
    return [("", first), *((STYLES.get(code, ""), text) for code, text in zip(rest[::2], rest[1::2], strict=True))]


def _wrapped(line: Row) -> list[Row]:
    """The rows that a terminal makes of a line: it breaks at its width, within words too."""
    rows: list[Row] = [[]]
    room = WIDTH
    for style, text in line:
        while text:
            if not room:
                rows.append([])
                room = WIDTH
            rows[-1].append((style, text[:room]))
            text, room = text[room:], max(room - len(text), 0)
    return rows


def _text(row: Row, y: int) -> str:
    spans = (
        f'<tspan class="{style}">{escape(text, quote=False)}</tspan>' if style else escape(text, quote=False)
        for style, text in row
    )
    return f'<text x="{EDGE}" y="{y}" xml:space="preserve">{"".join(spans)}</text>'


if __name__ == "__main__":
    main(Path(sys.argv[1]))
