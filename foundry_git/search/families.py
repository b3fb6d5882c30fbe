"""Families: pieces of code that are alike on purpose, so that nobody needs to be told. Pure.

One in each of several languages people speak, for each operating system, in each version that is kept side by side, waiting and not
waiting, or a signature told several times: whoever wrote the second has read the first.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from foundry_git.source.words import words_of

_WAITING = frozenset({"async", "asynchronous", "asyncio", "aio", "sync", "synchronous", "blocking", "nonblocking", "a"})
_SYSTEMS = frozenset(
    "windows win win32 unix posix linux darwin macos osx freebsd openbsd netbsd solaris plan9 android ios wasm wasip1 js node browser"
    " amd64 x86 arm arm64 web native server client deno bun edge worker".split()
)
_VERSION = re.compile(r"(?:v|version|py|python|go|es|node)?\d[\d.]*(?:(?:alpha|beta|rc)\d*)?")
_CALLED_A = re.compile(
    r"^a(?=(?:get|set|call|invoke|run|close|open|iter|read|write|send|put|post|delete|update|create|list)\w*$)"
)
_LOCALE = re.compile(r"[a-z]{2,3}(?:[-_](?:[a-z]{2}|\d{3}|[a-z]{4}))*", re.IGNORECASE)
_LOCALES = frozenset("locale locales lang langs languages i18n l10n translations intl messages".split())


def is_family(path: str, symbol: str, other_path: str, other_symbol: str) -> bool:
    """Say whether two units, each by its path and symbol, are members of a family by their names and places."""
    if _words(symbol) == _words(other_symbol):
        return path == other_path or _is_aside(path, other_path)
    if _without_waiting(symbol) == _without_waiting(other_symbol):
        return True
    return _is_aside(path, other_path) and _are_named_alike(symbol, other_symbol)


def are_siblings(path: str, symbol: str, other_path: str, other_symbol: str) -> bool:
    """Say whether two units are one kind of thing, each in the file of its name: ``render/json.go:JSON`` and ``render/xml.go:XML``."""
    here, there = PurePosixPath(path), PurePosixPath(other_path)
    if here.parent != there.parent or here == there:
        return False
    mine, others = set(_words(symbol)), set(_words(other_symbol))
    own, foreign = set(words_of(here.stem)), set(words_of(there.stem))
    return own <= mine and foreign <= others and mine - own == others - foreign


def _is_aside(path: str, other: str) -> bool:
    """Say whether two paths differ in nothing but a language, a system, a version, or whether something waits."""
    parts, others = re.split(r"[/.]", path), re.split(r"[/.]", other)
    if len(parts) != len(others):
        return _differ_by_a_mark(path, other)
    differing = [(one, two) for one, two in zip(parts, others, strict=True) if one != two]
    has_locales = not _LOCALES.isdisjoint(part.lower() for part in parts)
    return bool(differing) and all(_is_variant(one, two, has_locales) for one, two in differing)


def _is_variant(one: str, two: str, has_locales: bool) -> bool:
    if has_locales and _LOCALE.fullmatch(one) and _LOCALE.fullmatch(two):
        return True
    if _VERSION.fullmatch(one.lower()) and _VERSION.fullmatch(two.lower()):
        return True
    mine, others = set(words_of(one)), set(words_of(two))
    return bool(mine ^ others) and all(_is_mark(word) for word in mine ^ others)


def _differ_by_a_mark(path: str, other: str) -> bool:
    """Say whether one path has a part more than the other, which is a mark: ``sync/pool.py`` and ``pool.py``."""
    longer, shorter = sorted((re.split(r"[/._-]", path), re.split(r"[/._-]", other)), key=len, reverse=True)
    rest = list(longer)
    for part in shorter:
        if part not in rest:
            return False
        rest.remove(part)
    return all(_is_mark(word) for part in rest for word in words_of(part) or [part])


def _is_mark(word: str) -> bool:
    return word in _WAITING or word in _SYSTEMS or bool(_VERSION.fullmatch(word))


def _words(symbol: str) -> list[str]:
    return words_of(symbol.rpartition("#")[0] or symbol)


def _without_waiting(symbol: str) -> tuple[str, ...]:
    """The words of a symbol but for those that say whether it waits: ``AsyncClient.aget`` and ``Client.get`` are one."""
    names = symbol.split(".")
    names[-1] = _CALLED_A.sub("", names[-1])
    return tuple(word for name in names for word in words_of(name) if word not in _WAITING)


def _are_named_alike(symbol: str, other: str) -> bool:
    """Say whether names differ in a mark only: ``openWindows`` and ``openUnix``."""
    mine, others = set(_words(symbol)), set(_words(other))
    return all(_is_mark(word) for word in mine ^ others)
