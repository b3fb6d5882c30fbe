"""Subjects of commits: how well those that tell of a fix are told from others, of public histories, labelled by reading.

``python -m benchmarks.evidence.subjects`` compares the rule, and the one of version 0.2.0, with the labels in ``subjects.json``. The
rule was tuned on one half of them, the other is kept apart.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from benchmarks.evidence.reverts import Score
from benchmarks.measure import write
from foundry_git.history.messages import is_fix

LIST = Path(__file__).with_name("subjects.json")
HALVES = ("tuning", "held-out")
Row = Mapping[str, str]

_FIX_BEFORE = re.compile(
    r"\b(?:fix(?:e[sd]|ing)?|bug(?:s|fix(?:es)?)?|hotfix|regression|crash(?:es|ed|ing)?|broken|incorrect(?:ly)?|wrong(?:ly)?"
    r"|race condition|memory leak|deadlock|vulnerability|CVE-\d+)\b",
    re.IGNORECASE,
)
_NO_DEFECT_BEFORE = re.compile(
    r"\bfix(?:e[sd]|ing)?:? (?:(?:a|an|the|some|more|several|minor|small|few|all|various|up) ){0,2}"
    r"(?:typos?|spelling|grammar|wording|docs?|docstrings?|documentation|readme|changelog|comments?|lint(?:er|ing)?|flake8?|style|format(?:ting)?"
    r"|whitespace|indent(?:ation)?|imports?|links?|ci|travis|tests?|(?:type|typing) (?:hints?|annotations?)|mypy|clippy|warnings?)\b"
    r"|\b(?:typos?|bugbear)\b",
    re.IGNORECASE,
)


def is_fix_before(subject: str) -> bool:
    """The rule of version 0.2.0."""
    return bool(_FIX_BEFORE.search(subject)) and not _NO_DEFECT_BEFORE.search(subject)


def rows() -> Iterator[Row]:
    """Each labelled subject, with its repository."""
    for repository, listed in json.loads(LIST.read_text(encoding="utf-8"))["subjects"].items():
        yield from ({"repository": repository, **row} for row in listed)


def score(among: Iterable[Row], rule: Callable[[str], bool] = is_fix) -> Score:
    """Compare the rule's answers with the labels."""
    result = Score()
    for row in among:
        is_found, is_labelled = rule(row["subject"]), row["fixes"] == "yes"
        result.right += is_found and is_labelled
        result.wrong += [_named(row)] if is_found and not is_labelled else []
        result.missed += [_named(row)] if is_labelled and not is_found else []
    return result


def main() -> None:
    """Measure, print and write ``results/subjects.json``."""
    listed = list(rows())
    halves = {half: [row for row in listed if row["half"] == half] for half in HALVES}
    figures: dict[str, object] = {
        "subjects": len(listed),
        "fixes": sum(row["fixes"] == "yes" for row in listed),
        "repositories": len({row["repository"] for row in listed}),
    }
    for half, among in halves.items():
        figures[half] = {"rule": score(among).figures(), "before": score(among, is_fix_before).figures()}
    write("subjects", figures)


def _named(row: Row) -> str:
    return f"{row['repository']} {row['commit'][:10]} {row['subject'][:50]}"


if __name__ == "__main__":
    main()
