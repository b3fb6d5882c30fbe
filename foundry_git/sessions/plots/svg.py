"""SVG: elements as text, everything escaped; and the style that all plots share."""

from __future__ import annotations

import hashlib

from foundry_git.escaping import for_html
from foundry_git.sessions.plots.axis import Axis

WIDTH = 680.0
LETTER = 6.7  # width of a letter at 12 px in the usual sans-serif faces, on average
FAMILY = "ui-sans-serif, system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif"

STYLE = f"""\
.fg-plot {{ --ink: #1f2328; --soft: #59636e; --grid: #e4e7eb; --a: #0b63ce; --b: #b35900; --c: #1a7f37; --bad: #c62b35; }}
@media (prefers-color-scheme: dark) {{
  .fg-plot {{ --ink: #e6edf3; --soft: #9aa5b1; --grid: #2d333b; --a: #6cb0ff; --b: #f0a050; --c: #56d364; --bad: #ff7b72; }}
}}
.fg-plot text {{ font-family: {FAMILY}; font-size: 12px; fill: var(--soft); }}
.fg-plot .title {{ font-size: 14px; font-weight: 600; fill: var(--ink); }}
.fg-plot .value {{ fill: var(--ink); font-variant-numeric: tabular-nums; }}
.fg-plot .grid {{ stroke: var(--grid); stroke-width: 1; }}
.fg-plot .base {{ stroke: var(--soft); stroke-width: 1; }}
.fg-plot .mark {{ stroke: var(--soft); stroke-width: 1; stroke-dasharray: 3 4; }}
.fg-plot .line {{ fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }}
.fg-plot .band {{ stroke: none; opacity: .17; }}
.fg-plot .a {{ stroke: var(--a); }} .fg-plot .fill-a {{ fill: var(--a); }}
.fg-plot .b {{ stroke: var(--b); }} .fg-plot .fill-b {{ fill: var(--b); }}
.fg-plot .c {{ stroke: var(--c); }} .fg-plot .fill-c {{ fill: var(--c); }}
.fg-plot .bad {{ stroke: var(--bad); }} .fg-plot .fill-bad {{ fill: var(--bad); }}
"""
COLOURS = ("a", "b", "c", "bad")


def element(name: str, content: str = "", /, **attributes: str | float) -> str:
    """One element; ``content`` is markup already, attributes are escaped here, and ``class_`` or ``text_anchor`` lose their line."""
    said = "".join(f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"' for key, value in attributes.items())
    return f"<{name}{said}>{content}</{name}>" if content else f"<{name}{said}/>"


def text(content: str, x: float, y: float, anchor: str = "start", kind: str = "") -> str:
    """A piece of text."""
    more = {"class_": kind} if kind else {}
    return element("text", for_html(content), x=x, y=y, text_anchor=anchor, **more)


def cut(content: str, letters: int) -> str:
    """Text of at most so many letters."""
    return content if len(content) <= letters else f"{content[: letters - 1]}…"


def drawing(title: str, note: str, height: float, parts: list[str]) -> str:
    """A whole plot: its name and what it says for those who hear it, the same two lines at the top for those who see it."""
    id = "p" + hashlib.sha256(f"{title}\0{note}\0{height}\0{len(parts)}".encode("utf-8", "replace")).hexdigest()[:10]
    head = [
        element("title", for_html(title), id=f"{id}t"),
        element("desc", for_html(note or title), id=f"{id}d"),
        text(cut(title, 88), 0, 14, kind="title"),
        text(cut(note, 104), 0, 33),
    ]
    return element(
        "svg",
        "\n".join(["", *head, *parts, ""]),
        xmlns="http://www.w3.org/2000/svg",
        class_="fg-plot",
        viewBox=f"0 0 {WIDTH:.0f} {height:.0f}",
        role="img",
        aria_labelledby=f"{id}t {id}d",
    )


def standalone(plot: str) -> str:
    """A plot as a file of its own, with its style inside."""
    head, mark, rest = plot.partition(">")
    return f"{head}{mark}\n<style>\n{STYLE}</style>{rest}\n"


def frame(x: Axis, y: Axis, left: float, right: float, top: float, bottom: float) -> list[str]:
    """Grid, ticks and names of two axes around the area between the four coordinates."""
    parts = [text(y.label, 0, top - 12)]
    for value, said in y.ticks:
        at = y.at(value, bottom, top)
        parts.append(element("line", class_="base" if value == y.low else "grid", x1=left, x2=right, y1=at, y2=at))
        parts.append(text(said, left - 8, at + 4, "end"))
    parts += [text(said, x.at(value, left, right), bottom + 18, "middle") for value, said in x.ticks]
    parts.append(text(x.label, right, bottom + 38, "end"))
    return parts


def _value(value: str | float) -> str:
    return for_html(value) if isinstance(value, str) else f"{value:.2f}".rstrip("0").rstrip(".")
