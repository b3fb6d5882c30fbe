"""Licences: which one a text is, grants or says it is under, as an SPDX expression."""

from __future__ import annotations

import re

HEADER_LINES = 30
LONGEST_TEXT = 64 * 1024  # characters that are looked at; the longest licence in use, the GPL 3, has 35,000

COPYLEFT = frozenset({"GPL", "LGPL", "AGPL", "MPL", "EPL", "EUPL", "OSL", "CDDL"})
CLOSED = frozenset({"Elastic", "BUSL", "SSPL", "FSL", "PolyForm", "CC"})
"""Source-available: to be read, not to be used as one likes. CC stands for its NC, ND and SA forms; CC0 is none of them."""

_NAME = r"[A-Za-z0-9.+-]{1,64}"
# no text of a licence, or about one, does without all of these: 29 of 30 files are done here; one pattern took ten times as long
_MENTIONS = (
    *("licens", "licenc", "permission", "redistribution", "unencumbered"),
    *("cc0", "creative commons", "publicdomain", "gpl", "source versions"),
)
_TAG = re.compile(rf"SPDX-License-Identifier:[ \t]*(\(?{_NAME}\)?(?:[ \t]+(?:AND|OR|WITH)[ \t]+\(?{_NAME}\)?){{0,8}})")
_MARKS = re.compile(r"(?m)^[ \t]*(?:#+|//+[!/]?|/\*+!?|\*+/?|--|;+|<!--|\"{3}|'{3}|%|dnl\b)?[ \t]*|[ \t]*(?:\*/|-->)[ \t]*$")
_YEARS = r"(?:19|20)\d\d(?:[ \t]*[-–,][ \t]*(?:(?:19|20)\d\d|present|now))*,?"
_HOLDER = (
    re.compile(  # "copyright, patent, trademark" in the middle of a sentence names nobody: a sign, a year or a name must follow
        rf"(?i:\bcopyright)[ \t]*(?:(?i:\(c\)|©|&copy;)?[ \t]*{_YEARS}|(?i:\(c\))|©|(?=[ \t](?:by[ \t])?[A-Z]\w))"
        r"[ \t]*(?i:\(c\)|©)?[ \t]*(?:by[ \t]+)?([^\n<(]{2,120})"
    )
)
_HOLDER_WORDS = frozenset(
    "the and of inc ltd llc gmbh corp corporation company co contributors authors team all rights reserved".split()
)
_GRANT = (
    r"licen[sc]ed under|governed by a|under the (?:terms|licen[sc]e)|licen[sc]e file|see (?:the )?(?:licen[sc]e|copying)"
    r"|permission is"
)
_UNFILLED = re.compile(r"[\[{<]|\byyyy\b|\bname of\b|\b(?:notice|holders?|owners?|law|license|licence|statement)\b")


def spdx_of(text: str) -> str:
    """Read the SPDX expression (``MIT``, ``Apache-2.0 OR MIT``) in the first 30 lines; ``""`` if there is none."""
    for line in _first_lines(text):
        if found := _TAG.search(line):
            return " ".join(found[1].split())
    return ""


def licence_of(text: str) -> str:
    """Tell which licence a text is, or says that it is under: a LICENSE file, or the header of a source file.

    An SPDX tag goes first, then the phrases that only one licence has. ``-only`` or ``-or-later`` is what the text says; a GPL of
    which nobody says "or any later version" is ``-only``. ``""``: none that is known.
    """
    return spdx_of(text) or (_by_phrases(_plain(text)) if _is_about_licences(text) else "")


def _is_about_licences(text: str) -> bool:
    folded = text.casefold()
    return any(word in folded for word in _MENTIONS)


def notice_of(text: str) -> str:
    """Tell which licence the first 30 lines of a source file name; ``""`` if none."""
    return licence_of("\n".join(_first_lines(text)))


def families_of(expression: str) -> frozenset[str]:
    """The families in an SPDX expression: ``GPL-2.0-only WITH … OR MIT`` gives GPL and MIT."""
    words = re.split(r"[\s()]+", re.sub(r"\bWITH\s+\S+", "", expression))
    return frozenset(_family(word) for word in words if word and word not in ("AND", "OR"))


def is_restrictive(expression: str) -> bool:
    """Tell whether code under it may not simply be copied into a project under another licence: every choice is restrictive."""
    choices = re.split(r"\s+OR\s+", expression.strip("() ")) if expression else []
    return bool(choices) and all(families_of(choice) & (COPYLEFT | CLOSED) for choice in choices)


def holders_of(text: str) -> frozenset[str]:
    """The words that copyright lines name their holders with, in lower case; empty for lines nobody filled in."""
    found: set[str] = set()
    for line in text[:LONGEST_TEXT].split("\n"):
        holder = _HOLDER.search(line)
        if holder and not _UNFILLED.search(holder[1].lower()):
            found.update(word for word in re.findall(r"[^\W\d_]{2,}", holder[1].lower()) if word not in _HOLDER_WORDS)
    return frozenset(found)


def is_reserved(text: str) -> bool:
    """Tell whether the first 30 lines reserve all rights and grant none of them."""
    head = _plain("\n".join(_first_lines(text)))
    return "all rights reserved" in head and not _by_phrases(head) and not spdx_of(text) and not re.search(_GRANT, head)


def _first_lines(text: str) -> list[str]:
    return text.split("\n", HEADER_LINES)[:HEADER_LINES]


def _family(id: str) -> str:
    return "CC0" if id.startswith("CC0") else id.partition("-")[0]


def _plain(text: str) -> str:
    """A text in lower case without comment marks, its white space as single spaces."""
    return " ".join(_MARKS.sub("", text[:LONGEST_TEXT]).lower().replace("“", '"').replace("”", '"').split())


def _by_phrases(text: str) -> str:
    """The licence that is named first: texts of others may follow, for parts of a project or its documentation."""
    for expression, phrases in _CHOICES:
        if all(re.search(phrase, text) for phrase in phrases):
            return expression
    found = [(match.start(), expression) for expression, phrase in _KNOWN if (match := re.search(phrase, text))]
    found += [match for match in (_gnu(text), _bsd(text), _permissive(text)) if match]
    return min(found, key=lambda match: match[0])[1] if found else ""


_V = r"(?:licen[sc]e)?,? ?\(?(?:version|v\.?)? ?"
_CHOICES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("MIT OR Apache-2.0", (r"dual.licen[sc]ed|\bmit or apache|at your option|either of", r"\bmit\b", r"\bapache\b.{0,40}2\.0")),
    ("MIT OR Unlicense", (r"dual.licen[sc]ed", r"\bmit\b", r"\bunlicense\b")),
    ("FSL-1.1-ALv2", (r"^.{0,40}functional source licen[sc]e, version 1\.1", r"alv2|apache")),
    ("PostgreSQL", (r"without a written agreement is hereby granted", r"^.{0,20}postgresql|university of california")),
)
_KNOWN = (
    ("BUSL-1.1", r"business source licen[sc]e 1\.1"),
    ("Elastic-2.0", r"elastic licen[sc]e,? (?:version )?2\.0"),
    ("SSPL-1.0", r"server side public licen[sc]e"),
    ("FSL-1.1-MIT", r"functional source licen[sc]e, version 1\.1"),
    ("PolyForm-Noncommercial-1.0.0", r"polyform noncommercial licen[sc]e 1\.0\.0"),
    ("PolyForm-Shield-1.0.0", r"polyform shield licen[sc]e 1\.0\.0"),
    ("MPL-1.1", r"mozilla public licen[sc]e,? version 1\.1"),
    ("MPL-2.0", rf"mozilla public {_V}2\.0"),
    ("EPL-2.0", rf"eclipse public licen[sc]e (?:- )?{_V}2\.0"),
    ("EPL-1.0", rf"eclipse public licen[sc]e (?:- )?{_V}1\.0"),
    ("EUPL-1.2", rf"european union public licen[sc]e,? {_V}1\.2"),
    ("CDDL-1.0", r"common development and distribution licen[sc]e"),
    ("BSL-1.0", r"boost software licen[sc]e"),
    ("CC0-1.0", r"cc0 1\.0|creativecommons\.org/publicdomain/zero/1\.0|\bcc0\b.{0,40}public domain"),
    ("CC-BY-NC-SA-4.0", r"attribution-noncommercial-sharealike 4\.0"),
    ("CC-BY-NC-4.0", r"attribution-noncommercial 4\.0"),
    ("CC-BY-SA-4.0", r"attribution-sharealike 4\.0"),
    ("CC-BY-4.0", r"creative commons attribution 4\.0|^attribution 4\.0 international"),
    ("Unlicense", r"free and unencumbered software released into the public domain|\bunder the unlicense\b|unlicense\.org"),
    ("WTFPL", r"do what the fuck you want to"),
    ("Artistic-2.0", r"artistic licen[sc]e,? (?:version )?2\.0"),
    ("Python-2.0", r"python software foundation licen[sc]e version 2|licen[sc]ed to psf under a contributor"),
    ("Zlib", r"altered source versions must be plainly marked"),
    ("Apache-2.0", rf"apache(?: software)? {_V}2(?:\.0)?\b|apache\.org/licenses/license-2\.0"),
)


def _gnu(text: str) -> tuple[int, str] | None:
    """The GNU licences; the first of their names decides: each is mentioned in the texts of the others."""
    named = re.search(r"gnu (affero |lesser |library )?general public licen[sc]e|\b(?:gnu )?((?:a|l)?gpl)[ -]?v?\d", text)
    if not named:
        return None
    first = named[1] or named[2] or "gpl"
    family = {"affero": "AGPL", "lesser": "LGPL", "library": "LGPL"}.get(first.strip(), first.upper())
    versions = re.search(r"(?:version|\bv|gpl-?v?) ?(\d(?:\.\d)?)", text[named.start() :])
    if not versions:
        return named.start(), f"{family}-{'2.0' if family == 'LGPL' else '1.0'}-or-later"  # who names no version allows every one
    is_text = (named.start() == 0 and "preamble" in text[:4_000]) or "terms and conditions" in text[:2_000]
    later = re.search(r"(?:or|and) (?:\(?at your option\)? )?(?:any )?(?:later|newer|above)|\d(?:\.\d)?\+", text)
    number = versions[1] if "." in versions[1] else f"{versions[1]}.0"
    return named.start(), f"{family}-{number}-{'or-later' if later and not is_text else 'only'}"


def _bsd(text: str) -> tuple[int, str] | None:
    at = text.find("redistribution and use in source and binary forms")
    if at >= 0:
        if "all advertising materials" in text[at : at + 1_500]:
            return at, "BSD-4-Clause"
        endorsing = re.search(r"neither the names? |may not be used to endorse", text[at : at + 2_000])
        return at, "BSD-3-Clause" if endorsing else "BSD-2-Clause"
    named = re.search(
        r"\b(?:(2|3|two|three)-clause )?\"?(?:new |modified |simplified )?\bbsd[ -](?:(2|3)-clause|licen[sc]e)", text
    )
    if not named or "license file" in text:  # "governed by a BSD-style license that can be found in the LICENSE file"
        return None
    two = (named[1] or named[2]) in ("2", "two") or "simplified bsd" in text
    return named.start(), "BSD-2-Clause" if two else "BSD-3-Clause"


_MIT = (
    r"\bmit[ -]licen[sc]ed?\b|licen[sc]e:? mit\b"
    r"|\b(?:licen[sc]ed|released|distributed|available) under (?:the )?(?:terms of the )?mit\b"
)


def _permissive(text: str) -> tuple[int, str] | None:
    if found := re.search(r"permission is hereby granted, free of charge, to any person obtaining a copy", text):
        return found.start(), "MIT" if "shall be included in all" in text or len(text) < 600 else "MIT-0"
    if found := re.search(r"permission to use, copy, modify,? and(?:/or)? distribute this software", text):
        return found.start(), "ISC" if "above copyright notice" in text else "0BSD"
    if found := re.search(_MIT, text):
        return found.start(), "MIT"
    found = re.search(r"\bisc licen[sc]ed?\b|licen[sc]e:? isc\b", text)
    return (found.start(), "ISC") if found else None
