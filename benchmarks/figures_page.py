"""The page of figures: every figure that docs/figures.md shows is computed from a result in ``results/``.

``python -m benchmarks.figures_page PATH`` writes it. A figure is never typed: a new measurement changes the page, and a page that
was not written anew fails a test.
"""

from __future__ import annotations

import json
import re
import string
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.figure_rows import COMMANDS, TOPICS, Row
from benchmarks.measure import RESULTS

OPENING = """\
This page shows what was measured of foundry-git, figure by figure, with the command that repeats it.

Times are medians, taken without a GPU on the machine that the [last table](#when-and-where) names. Some were taken while that machine
was busy, so a comparison is worth more than a time: what is compared was run in turns, in one run. The results are JSON in
[benchmarks/results](../benchmarks/results), with spread and number of runs. `make docs` computes this page from them, and a test
fails when the two differ.

`make bench` repeats those of daily work. A command with words in capitals takes repositories, labelled queries or another build that
you name: functions of CoSQA, CodeSearchNet, Rosetta Code, cookbooks and semble's benchmark are not part of this repository.
"""
HEAD = "| what | figure | repeated by | result |\n|---|---|---|---|\n"
LAST = """\
## When and where

| result | taken | commit | on |
|---|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Result:
    """What one benchmark wrote: its figures, and when, where and on which commit it was run."""

    figures: Mapping[str, Any]
    taken: str
    commit: str
    machine: str


class Figures(string.Formatter):
    """Fills ``{path/to/a/figure:spec}`` from one result.

    A step of a path is a key, a number or the name of a repository in a list, or ``least`` and ``most`` of a mapping's values. Beside
    Python's own, a spec is ``time`` (of milliseconds, two digits), ``share`` or ``share1`` (per cent, with one decimal).
    """

    def __init__(self, figures: Mapping[str, Any]) -> None:
        self._figures = figures

    def get_field(self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[Any, str]:
        """The figure at a path."""
        found: Any = self._figures
        for step in field_name.split("/"):
            found = _at(found, step)
        return found, field_name

    def format_field(self, value: Any, format_spec: str) -> str:
        """The figure as it is read."""
        match format_spec:
            case "time":
                return duration(value)
            case "share" | "share1":
                return f"{value * 100:.{format_spec[5:] or 0}f} %"
            case _:
                return format(value, format_spec)


def duration(milliseconds: float) -> str:
    """Milliseconds with two digits, from a tenth of a second on as seconds: ``2.9 ms``, ``45 ms``, ``0.36 s``."""
    value, unit = (milliseconds, "ms") if milliseconds < 99.5 else (milliseconds / 1000, "s")
    return f"{value:.2g} {unit}" if value < 99.5 else f"{value:,.0f} {unit}"


def result(path: Path) -> Result:
    """Read one file of ``results/``."""
    facts = json.loads(path.read_text(encoding="utf-8"))
    machine = facts["machine"]
    processor = re.search(r"x86_64|aarch64|arm64|AMD64", machine["system"])
    system = f"{machine['system'].partition('-')[0]} {processor[0] if processor else ''}".rstrip()
    return Result(
        facts["figures"],
        facts["taken"][:10],
        facts["commit"][:10],
        f"{machine['cores']} cores, {system}, Python {machine['python']}",
    )


def page(folder: Path = RESULTS) -> str:
    """The whole page."""
    results = {name: result(folder / f"{name}.json") for name in COMMANDS}
    topics = [f"## {title}\n\n{HEAD}{_rows(rows, results)}" for title, rows in TOPICS.items()]
    return "\n".join([OPENING, *topics, LAST]) + "".join(_origin(name, results[name]) for name in sorted(results))


def main(place: Path) -> None:
    """Write the page."""
    place.write_text(page(), encoding="utf-8")


def _at(found: Any, step: str) -> Any:
    if isinstance(found, list):
        return found[int(step)] if step.isdecimal() else next(item for item in found if item["repository"] == step)
    if step in found:
        return found[step]
    if step in ("least", "most"):
        return (min if step == "least" else max)(found.values())
    raise KeyError(step)


def _rows(rows: Sequence[Row], results: Mapping[str, Result]) -> str:
    return "".join(_row(row, Figures(results[row.result].figures)) for row in rows)


def _row(row: Row, figures: Figures) -> str:
    cells = (figures.format(row.what), figures.format(row.said), f"`{COMMANDS[row.result]}`", _link(row.result))
    return f"| {' | '.join(cells)} |\n"


def _origin(name: str, of: Result) -> str:
    return f"| {_link(name)} | {of.taken} | `{of.commit}` | {of.machine} |\n"


def _link(name: str) -> str:
    return f"[{name}](../benchmarks/results/{name}.json)"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
