"""Licensing: which licence each file of a tree is under, from its header and the licence files around it.

The files are those of the REUSE specification (``LICENSES/``, ``REUSE.toml``, ``.reuse/dep5``, ``NAME.license``) and the LICENSE or
COPYING that most repositories have.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import re2
from msgspec import Struct, field

from foundry_git.source.files import folders_above
from foundry_git.source.licences import families_of, holders_of, is_reserved, is_restrictive, licence_of, notice_of, spdx_of

TEXT_NAMES = ("LICENSE", "LICENCE", "COPYING", "UNLICENSE", "COPYING.LESSER", "LICENSE-MIT", "LICENSE-APACHE", "LICENSE-BSD")
SUFFIXES = ("", ".txt", ".md", ".rst")
FOLDER_FILES = (*(f"{name}{suffix}" for name in (*TEXT_NAMES, "license", "License") for suffix in SUFFIXES), "REUSE.toml")
"""What mostly stands in a folder of a tree and says something of the files below it."""

DEP5 = ".reuse/dep5"
TEXTS = "LICENSES"
SIDECAR = ".license"
MOST_ANNOTATIONS = 2_000

_TEXT_NAME = re.compile(r"^(?:un)?licen[sc]e(?:[-._][\w.-]{1,40})?$|^copying(?:\.[\w.]{1,20})?$", re.IGNORECASE)


class _Annotation(Struct, frozen=True):
    """Files below a folder, as a regex over their path from there, and the licence somebody wrote down for them."""

    regex: str
    licence: str
    overrides: bool = False

    def covers(self, below: str) -> bool:
        return bool(re2.compile(self.regex).fullmatch(below))


class Licensing(Struct, frozen=True):
    """What a tree says of its files' licences.

    ``texts``: folder → SPDX expression of the licence texts in it. ``holders``: words that name the copyright holders there.
    ``annotations``: folder → those of its REUSE.toml or dep5. ``sidecars``: path of the file they speak of → expression.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    holders: frozenset[str] = frozenset()
    annotations: Mapping[str, Sequence[_Annotation]] = field(default_factory=dict)
    sidecars: Mapping[str, str] = field(default_factory=dict)

    def of(self, path: str, text: str) -> str:
        """The SPDX expression of a file's licence, ``""`` where nothing says one.

        Its header wins over a sidecar, that over REUSE.toml, that over the nearest LICENSE above.
        """
        annotation = self._annotation(path)
        if annotation and annotation.overrides:
            return annotation.licence
        stated = spdx_of(text) or notice_of(text) or self.sidecars.get(path, "")
        return stated or (annotation.licence if annotation else "") or self.around(path)

    def around(self, path: str) -> str:
        """The expression of the nearest licence text above a file."""
        return next((self.texts[folder] for folder in folders_above(path) if self.texts.get(folder)), "")

    def why_foreign(self, path: str, text: str) -> str:
        """Say why a file is somebody else's: a restrictive licence or reserved rights that are not the repository's; ``""`` if not."""
        own = self.around(path)
        stated = self.of(path, text)
        if stated != own and is_restrictive(stated) and not families_of(stated) & families_of(own):
            return f"{stated}, in a repository under {own}" if own else f"{stated}, in a repository without a licence"
        theirs = holders_of(text[:8_000]) if self.holders and is_reserved(text) else frozenset()
        return "all rights reserved by another holder" if theirs and not theirs & self.holders else ""

    def _annotation(self, path: str) -> _Annotation | None:
        for folder in folders_above(path):
            below = path[len(folder) + 1 :] if folder else path
            for annotation in reversed(self.annotations.get(folder, ())):  # the last one that covers a file holds
                if annotation.covers(below):
                    return annotation
        return None


def is_licence_file(path: str) -> bool:
    """Say whether :func:`licensing_of` wants to see a file."""
    folder, _, name = path.rpartition("/")
    return bool(_TEXT_NAME.match(name)) or name == "REUSE.toml" or path == DEP5 or folder == TEXTS or name.endswith(SIDECAR)


def licensing_of(files: Mapping[str, str]) -> Licensing:
    """Read the licence files of a tree, path → text; what is broken in them says nothing."""
    named: dict[str, dict[str, str]] = {}
    annotations: dict[str, Sequence[_Annotation]] = {}
    sidecars: dict[str, str] = {}
    holders: set[str] = set()
    for path, text in files.items():
        folder, _, name = path.rpartition("/")
        if name == "REUSE.toml":
            annotations[folder] = list(_reuse_toml(text))
        elif path == DEP5:
            annotations.setdefault("", list(_dep5(text)))
        elif folder == TEXTS:
            named.setdefault(TEXTS, {})[name] = name.rpartition(".")[0] or name
        elif name.endswith(SIDECAR):
            sidecars[path.removesuffix(SIDECAR)] = licence_of(text)
        elif _TEXT_NAME.match(name):
            named.setdefault(folder, {})[name] = licence_of(text)
            holders |= holders_of(text)
    texts = {folder: _together(found) for folder, found in named.items()}
    if TEXTS in texts and not texts.get(""):
        texts[""] = texts[TEXTS] if len(named[TEXTS]) == 1 else ""
    return Licensing(texts, frozenset(holders), annotations, {path: said for path, said in sidecars.items() if said})


def _together(found: Mapping[str, str]) -> str:
    """One expression for the licence texts of a folder: files named for their licences (LICENSE-MIT) are a choice, others all hold."""
    expressions = sorted({expression for expression in found.values() if expression})
    if len(expressions) < 2:
        return "".join(expressions)
    if any(expression.startswith("LGPL") for expression in expressions):  # the LGPL 3 is written as an addition to the GPL's text
        return next(expression for expression in expressions if expression.startswith("LGPL"))
    if whole := next((e for e in expressions if " OR " in e and set(expressions) <= {e, *e.split(" OR ")}), ""):
        return whole
    chosen = any("-" in name or name.upper().startswith("UNLICENSE") for name in found)
    return (" OR " if chosen else " AND ").join(f"({e})" if " OR " in e and not chosen else e for e in expressions)


def _reuse_toml(text: str) -> Iterator[_Annotation]:
    try:
        entries: Any = tomllib.loads(text).get("annotations", [])
    except (tomllib.TOMLDecodeError, RecursionError):
        return
    for entry in entries[:MOST_ANNOTATIONS] if isinstance(entries, list) else ():
        if not isinstance(entry, dict):
            continue
        licences, paths = _listed(entry.get("SPDX-License-Identifier")), _listed(entry.get("path"))
        for path in paths if licences else ():
            yield _Annotation(_glob(path), " AND ".join(sorted(set(licences))), entry.get("precedence") == "override")


def _listed(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [one for one in values if isinstance(one, str) and one]


def _dep5(text: str) -> Iterator[_Annotation]:
    for paragraph in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n"))[:MOST_ANNOTATIONS]:
        joined = re.sub(r"\n[ \t]+", " ", paragraph)
        fields = dict(re.findall(r"(?m)^(Files|License):[ \t]*(\S.*)$", joined))
        if "Files" in fields and "License" in fields:
            licence = re.sub(r"\b(and|or)\b", lambda word: word[0].upper(), fields["License"].strip())
            for pattern in fields["Files"].split():
                yield _Annotation(_glob(pattern, deep=True), licence)


def _glob(pattern: str, deep: bool = False) -> str:
    """Write a glob as a regex of RE2: ``*`` stays in its folder unless ``deep``, ``**`` does not, a backslash makes a star plain."""
    out, at = "(?s)", 0
    while at < len(pattern):
        if pattern.startswith("**", at):
            out, at = f"{out}.*", at + 2
        elif pattern[at] == "*":
            out, at = f"{out}.*" if deep else f"{out}[^/]*", at + 1
        elif pattern[at] == "?" and deep:
            out, at = f"{out}.", at + 1
        else:
            at += pattern[at] == "\\" and at + 1 < len(pattern)
            out, at = f"{out}{re2.escape(pattern[at])}", at + 1
    return out
