"""README and CONTRIBUTING as tests read them: their links, and the commands that they name."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

from tests import TOP

README, CONTRIBUTING = "README.md", "CONTRIBUTING.md"
PAGES = {name: (TOP / name).read_text(encoding="utf-8") for name in (README, CONTRIBUTING)}
TARGETS = set(re.findall(r"^([a-z]+):", (TOP / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
"""Those of the Makefile."""


def dead_links(page: str) -> Iterator[str]:
    """Relative links of a page that lead nowhere."""
    for target, _, anchor in (link.partition("#") for link in re.findall(r"\]\(([^)\s]+)\)", PAGES[page])):
        place = TOP / (target or page)
        if "://" not in target and not (place.exists() and (not anchor or anchor in _anchors(place))):
            yield f"{target}#{anchor}"


def targets_in(text: str) -> set[str]:
    """The targets of every ``make …`` in a line or code span, variables aside."""
    lines = re.findall(r"(?<![\w./-])make((?: +(?:[A-Z]+=\S+|[a-z]+\b))+)", text.partition("#")[0])
    return {word for line in lines for word in line.split() if "=" not in word}


def targets_of(page: str) -> set[str]:
    """The targets that a page names in code spans and behind a ``$``."""
    spans = re.findall(r"`([^`\n]+)`|^\$ (.*)$", PAGES[page], re.MULTILINE)
    return {target for span in spans for target in targets_in("".join(span))}


def commands_of(page: str) -> list[list[str]]:
    """The words of every ``$ foundry …`` of a page, without comments and redirections."""
    lines = [shlex.split(line, comments=True) for line in re.findall(r"^\$ foundry (.*)$", PAGES[page], re.MULTILINE)]
    return [words[: min([words.index(sign) for sign in "<>" if sign in words], default=None)] for words in lines]


def _anchors(place: Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", place.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
