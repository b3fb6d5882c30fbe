"""Compare complexities with those that lizard counts on real code: ``python -m benchmarks.complexity LANGUAGE FOLDER…``.

Functions are matched by file, name and the line they begin on; where either side has several there (or none has a name), they are
left out. Printed is JSON: how many were compared, how many have the same number, and why the others differ: a cause is named only
if it explains the difference to the unit. lizard is no dependency of the project: ``pip install lizard``.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from foundry_git.errors import SourceError
from foundry_git.source.languages import LANGUAGES, language_of

UNKNOWN = "not explained"

Functions = dict[tuple[str, int], int]

_BY_LINE = ("javascript", "typescript")
"""Most functions there have no name of their own, and lizard finds one for some: they are matched by first and last line."""

_SCRIPT = {
    "a method or property named like a keyword": r"\.\s*(?:for|catch|if|while|case)\b|(?<=[{,])\s*(?:for|catch|if|while|case)\s*[:(]",
    "'?' of an optional element or method": r"\?\s*(?=[,\]>;])|\b\w+\s*\?\s*(?=\()",
}
_TEMPLATE = re.compile(r"`(?:[^`\\]|\\.)*`", re.DOTALL)
_BRANCH = re.compile(r"\?\?|\?(?!\.)|&&|\|\|")
_NO_CODE = re.compile(r"//[^\n]*|/\*[\s\S]*?\*/|\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\\n]|\\[^\n]{1,8})'")
SURPLUS = {
    "rust": {
        "'where' of a generic function": r"\bwhere\b",
        "'||' of a closure without parameters": r"(?:(?<=[(,=:;{])|(?<=\bmove)|(?<=\breturn)|(?<==>))\s*\|\|",
        "'&&' of a reference to a reference": r"(?:(?<=[(,=<|:>\[])|(?<=\bmut)|(?<=\bin))\s*&&(?=\s*[\w'(\[])",
        "'?' of ?Sized": r"\?\s*Sized\b",
        "'for' of a lifetime or of an impl": r"\bfor\s*<|\bimpl\b[^{;]*\bfor\b",
    },
    "javascript": _SCRIPT,
    "typescript": _SCRIPT,
}
"""What lizard counts although nothing branches there: cause → its pattern in a function without comments and strings."""


def main() -> None:
    """Print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("language", choices=[language.name for language in LANGUAGES if language.module])
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--limit", type=int, default=0, help="stop after so many functions; 0: never")
    parser.add_argument("--show", type=int, default=0, help="list so many functions on which the two differ")
    given = parser.parse_args()
    print(json.dumps(compare(given.language, given.folders, given.limit, given.show), indent=2))


def compare(language: str, folders: Sequence[Path], limit: int = 0, show: int = 0) -> dict[str, Any]:
    """Compare all functions of a language below some folders."""
    causes, shown = Counter[str](), list[str]()
    compared, same, unread, seconds = 0, 0, 0, 0.0
    for path in _files(language, folders):
        text = path.read_text(encoding="utf-8", errors="replace")
        started = time.perf_counter()
        try:
            ours = _ours(text, path, language)
        except SourceError:
            unread += 1
            continue
        seconds += time.perf_counter() - started
        theirs = _lizard(text, path)
        for key in sorted(ours.keys() & theirs.keys(), key=lambda key: key[1]):
            compared += 1
            same += ours[key] == theirs[key][0]
            if ours[key] != theirs[key][0]:
                hidden = _unseen(key, ours, theirs) if language in _BY_LINE else 0
                causes[_cause(language, text, key[1], ours[key], theirs[key], hidden)] += 1
                shown.append(f"{path}:{key[1]} {key[0]}: {ours[key]}, lizard {theirs[key][0]}")
        if limit and compared >= limit:
            break
    explained = compared - causes[UNKNOWN]
    return {
        "language": language,
        "functions": compared,
        "equal": same,
        "share": round(same / max(1, compared), 4),
        "equal_or_explained": explained,
        "share_equal_or_explained": round(explained / max(1, compared), 4),
        "differ": dict(causes.most_common()),
        "files_not_read": unread,
        "seconds": round(seconds, 2),
        **({"examples": shown[:show]} if show else {}),
    }


def _files(language: str, folders: Sequence[Path]) -> Iterator[Path]:
    for folder in folders:
        found = folder.rglob("*") if folder.is_dir() else [folder]
        yield from sorted(path for path in found if path.is_file() and language_of(path.name) == language)


def _ours(text: str, path: Path, language: str) -> Functions:
    if language == "python":
        from foundry_git.source.python.measures import complexities as of_python

        found = [(node.name, node.lineno, node.end_lineno or 0, count) for node, count in of_python(_parsed(text, path)).items()]
    else:
        from foundry_git.source.treesitter.units import complexities

        module = next(entry.module for entry in LANGUAGES if entry.name == language)
        found = complexities(text, path.name, importlib.import_module(module).GRAMMAR)
    named = [(f"to {last}" if language in _BY_LINE else name, line, count) for name, line, last, count in found]
    times = Counter((name, line) for name, line, _ in named)
    return {(name, line): count for name, line, count in named if name and times[name, line] == 1}


def _parsed(text: str, path: Path) -> ast.Module:
    from foundry_git.source.python.parsing import normalised, parse

    return parse(normalised(text), str(path))


def _lizard(text: str, path: Path) -> dict[tuple[str, int], tuple[int, int]]:
    """What lizard says: (name, first line) → complexity, last line."""
    try:
        import lizard
    except ImportError:
        sys.exit("lizard is missing: pip install lizard")
    try:
        found = lizard.analyze_file.analyze_source_code(str(path), text).function_list
    except IndexError:  # of lizard 1.24.3, on some types of TypeScript
        return {}
    by_line = language_of(path.name) in _BY_LINE
    named = [(f"to {one.end_line}" if by_line else re.split(r"::|\.", one.name)[-1], one.start_line, one) for one in found]
    times = Counter((name, line) for name, line, _ in named)
    return {(name, line): (one.cyclomatic_complexity, one.end_line) for name, line, one in named if times[name, line] == 1}


def _unseen(key: tuple[str, int], ours: Functions, theirs: Mapping[tuple[str, int], object]) -> int:
    """Sum up the branches of functions within one that lizard does not list, but counts to the one around."""
    spans = {other: (other[1], int(other[0].removeprefix("to "))) for other in ours}
    first, last = spans[key]
    inner = [other for other, (start, end) in spans.items() if other != key and first <= start and end <= last]
    seen = [spans[other] for other in inner if other in theirs]
    lost = [other for other in inner if not any(start <= spans[other][0] and spans[other][1] <= end for start, end in seen)]
    return sum(ours[other] - 1 for other in lost)


def _cause(language: str, text: str, line: int, ours: int, theirs: tuple[int, int], hidden: int) -> str:
    """Explain a difference: lizard lost the body, or it counted exactly so many tokens that are no branches."""
    complexity, last = theirs
    if complexity == 1:
        return "lizard lost the body"
    inside = len(_BRANCH.findall(" ".join(_TEMPLATE.findall("\n".join(text.split("\n")[line - 1 : last])))))
    if language in _BY_LINE and complexity < ours <= complexity + inside:
        return "lizard read only some of the code in a template string"
    plain = _NO_CODE.sub(" ", "\n".join(text.split("\n")[line - 1 : last]))
    found = {cause: len(re.findall(pattern, plain)) for cause, pattern in SURPLUS.get(language, {}).items()}
    found["lizard took a function within for a part of this one"] = hidden
    if hidden and ours + hidden == complexity:
        return "lizard took a function within for a part of this one"
    return " and ".join(cause for cause, times in found.items() if times) if ours + sum(found.values()) == complexity else UNKNOWN


if __name__ == "__main__":
    main()
