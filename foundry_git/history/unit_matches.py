"""Unit matches: which units of a file are the same before and after a commit, also when they were renamed or moved. Pure."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct, field

from foundry_git.history.record import UnitChange
from foundry_git.source.units import Section

STILL_THE_SAME = 0.6  # share of words in common; what is rewritten further is a new unit. Git's own -M takes 0.5 for whole files
MOST_PAIRS = 2_500  # of a file that is rewritten as a whole; beyond, only units that kept their text are matched

_WORD = re.compile(r"\w+")


class UnitVersion(Struct, frozen=True):
    """One version of a unit: a hash of its text without layout, and its words with their counts."""

    path: str
    symbol: str
    kind: str
    text: str
    words: Mapping[str, int]


class Matched(Struct):
    """What is known of a commit so far: changes that are settled, units that seem new, units that seem gone."""

    changes: list[UnitChange] = field(default_factory=list)
    added: list[UnitVersion] = field(default_factory=list)
    removed: list[UnitVersion] = field(default_factory=list)


def versions_of(path: str, sections: Iterable[Section]) -> dict[str, UnitVersion]:
    """Take the versions of a file's units by symbol."""
    return {section.symbol: _version(path, section) for section in sections}


def match_file(old: Mapping[str, UnitVersion], new: Mapping[str, UnitVersion], matched: Matched) -> None:
    """Compare the units of one file before and after a commit; a file's own rename is no move of its units."""
    for symbol, after in new.items():
        before = old.get(symbol)
        if before is None:
            matched.added.append(after)
        elif before.text != after.text:
            matched.changes.append(UnitChange("changed", after.path, symbol, after.kind, after.text))
    matched.removed += [before for symbol, before in old.items() if symbol not in new]


def settle(matched: Matched) -> tuple[UnitChange, ...]:
    """Find units that were moved or renamed among those that seem new and gone; the others are new and gone."""
    pairs = _pairs(matched.removed, matched.added)
    changes = list(matched.changes)
    moved_to, moved_from = {id(new) for _, new in pairs}, {id(old) for old, _ in pairs}
    for old, new in pairs:
        changes.append(UnitChange("moved", new.path, new.symbol, new.kind, new.text, old.path, old.symbol))
    for new in matched.added:
        if id(new) not in moved_to:
            changes.append(UnitChange("added", new.path, new.symbol, new.kind, new.text))
    for old in matched.removed:
        if id(old) not in moved_from:
            changes.append(UnitChange("removed", old.path, old.symbol))
    return tuple(changes)


def likeness(one: Mapping[str, int], other: Mapping[str, int]) -> float:
    """The share of words that two texts have in common, with their counts (Dice): 0 to 1."""
    small, large = sorted((one, other), key=len)
    common = sum(min(count, large[word]) for word, count in small.items() if word in large)
    total = sum(one.values()) + sum(other.values())
    return 2 * common / total if total else 1.0


def _pairs(removed: Sequence[UnitVersion], added: Sequence[UnitVersion]) -> list[tuple[UnitVersion, UnitVersion]]:
    """Pair each unit that is gone with the new one most like it, the most alike first."""
    if not removed or not added:
        return []
    by_text: dict[str, list[UnitVersion]] = {}
    for new in added:
        by_text.setdefault(new.text, []).append(new)
    pairs = [(old, by_text[old.text].pop()) for old in removed if by_text.get(old.text)]
    taken = {id(version) for pair in pairs for version in pair}
    olds = [old for old in removed if id(old) not in taken]
    news = [new for new in added if id(new) not in taken]
    return pairs + (_alike(olds, news) if len(olds) * len(news) <= MOST_PAIRS else [])


def _alike(olds: Sequence[UnitVersion], news: Sequence[UnitVersion]) -> list[tuple[UnitVersion, UnitVersion]]:
    scored = [
        (likeness(old.words, new.words), old.symbol == new.symbol, at, number)
        for at, old in enumerate(olds)
        for number, new in enumerate(news)
        if old.kind == new.kind and (old.symbol == new.symbol or old.path == new.path)
    ]
    pairs: list[tuple[UnitVersion, UnitVersion]] = []
    free_olds, free_news = set(range(len(olds))), set(range(len(news)))
    for like, _, at, number in sorted(scored, reverse=True):
        if like >= STILL_THE_SAME and at in free_olds and number in free_news:
            pairs.append((olds[at], news[number]))
            free_olds.remove(at)
            free_news.remove(number)
    return pairs


def _version(path: str, section: Section) -> UnitVersion:
    text = " ".join(section.body.split())
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
    return UnitVersion(path, section.symbol, section.kind, digest, Counter(_WORD.findall(text)))
