"""Subjects of fixes: which first lines of commit messages tell of a defect that the commit mends.

Structure speaks first (``fix(parser): …``, ``🐛 …``, ``docs: …``, ``Bump …``), then words, in English, German, French, Spanish and Chinese:
that something is mended, what is mended, and what names a defect. The words began as those that studies of fix-inducing changes search
messages for (Śliwerski, Zimmermann, Zeller: "When do changes induce fixes?", MSR 2005), without bare issue numbers: half of the projects
put one into every subject. ``benchmarks/evidence/subjects.py`` measures how often they are right.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from foundry_git.history import fix_words as words

MOST_READ = 300  # characters of a subject; what is longer is no first line, and may be hostile
_MOST_MARKS = 4  # before the text: ``🐛 [core] fix(parser): …`` has three

_CLOSES = re.compile(
    r"[:\s]*(?:issue |bug |ticket |[\w./-]{1,60}(?=#))?(?:#\d+|[A-Za-z]{2,10}-\d+|https?://\S{1,200}\d)", re.IGNORECASE
)
_AREA = re.compile(r"[ /.,&_\-]")
_KERNEL_TEST = re.compile(r"t\d{4}\b|t/")

_MARK = re.compile(
    r"\s*(?:[-*•#]\s+)?(?:"
    r":(?P<code>[a-z0-9_+]{2,40}):"
    r"|(?P<emoji>[\u2190-\u2bff\U0001f000-\U0001faff])[\ufe0e\ufe0f]?"
    r"|\[(?P<tag>[^\[\]]{1,40})\]:?"
    r"|(?P<sign>@[A-Z])(?=\s)"
    r"|(?P<area>[^\W\d_][\w /.,+*\-]{0,40})(?:\((?P<scope>[^()]{0,60})\))?!?\s?[:：](?!:)"
    r")"
)
_BREAK = r"[,;:.](?=\s|$|[^\x00-\x7f])|[()：。，；、]|\s[-–+&]\s"
_CLAUSE_END = re.compile(_BREAK)
_BOUNDARY = re.compile(rf"{_BREAK}|\s(?:{words.AND})\s", re.IGNORECASE)


def _any(*tables: Mapping[str, str]) -> re.Pattern[str]:
    """Join the words of each language; between those of Chinese there are no spaces."""
    spaced = "|".join(listed for table in tables for language, listed in table.items() if language != "zh")
    together = "|".join(table["zh"] for table in tables)
    return re.compile(rf"(?:(?<!\w)(?<!--)(?:{spaced})(?!\w)|(?:{together}))", re.IGNORECASE)


_COMPOUND = _any(words.COMPOUNDS)
_MENDS = _any(words.MENDS)
_SOLVES = _any(words.SOLVES)
_DEFECT = _any(words.DEFECTS)
_FAULTY = _any(words.DEFECTS, words.FAULTY)
_NAMED = _any(words.DEFECTS, words.FAULTY, words.SYMPTOMS)
_SYMPTOM = re.compile(rf"{_any(words.SYMPTOMS).pattern}\s+{words.CIRCUMSTANCE}", re.IGNORECASE)
_AVOIDS = _any(words.AVOIDS)
_RIGHTLY = _any(words.RIGHTLY)
_OTHER_THING = re.compile(rf"(?:{_any(words.OTHER_THINGS).pattern})(?!\s+(?:{words.PARTS_OF_CODE})\b)", re.IGNORECASE)
_OTHER_FIRST = re.compile(rf"\W*(?:(?:{words.SMALL})\s+){{0,4}}(?:{_OTHER_THING.pattern}|{words.DEPENDENCIES})", re.IGNORECASE)
_OTHER_ALONE = re.compile(
    rf"\W*(?:(?:{words.SMALL})\s+){{0,4}}{_any(words.OTHER_ALONE).pattern}\W*(?:$|\(|(?:{words.AFTER_ALONE}|{words.AND})\b)",
    re.IGNORECASE,
)
_OTHER_PLACE = re.compile(rf"(?<!\w)(?:{words.WHERE})\s+(?:\S+\s+)?{words.OTHER_PLACES}", re.IGNORECASE)
_OTHER_DEED = re.compile(rf"\W*{_any(words.OTHER_DEEDS).pattern}", re.IGNORECASE)
_OTHER_ACT = re.compile(rf"\W*{words.OTHER_ACTS}\b", re.IGNORECASE)
_TAKEN_BACK = re.compile(rf"\s*(?:{words.TAKEN_BACK})", re.IGNORECASE)
_PURPOSE = re.compile(rf"(?:^|\b(?:{words.TO}|{words.AND})|[,;.(+&\[，。；、]|\s-)\W*$", re.IGNORECASE)
_DONE = re.compile(rf"{words.DONE}\W*(?:$|\(|[,;.])", re.IGNORECASE)
_WHEN = re.compile(r"\s(?:when|if|because|caus(?:es|ed|ing)|while|during|after|where|wenn|quand|lorsque|cuando)\s", re.IGNORECASE)


def is_fix(subject: str) -> bool:
    """Say whether a commit's subject tells of a defect in what the code does, and that it is mended.

    Typos, documentation, style, types, tests, builds, dependencies and features are none. Only the beginning of a long one is read.
    """
    read = subject[:MOST_READ]
    if _TAKEN_BACK.match(read):
        return False
    kind, text = _parted(read)
    text = _COMPOUND.sub(" ", text)
    if kind == "fix":
        return not _is_named_a_fix_wrongly(text)
    return kind != "other" and (_mends(text) or _tells_of_a_defect(text))


def _is_named_a_fix_wrongly(text: str) -> bool:
    mending = _MENDS.match(text.lstrip())
    if mending:
        return _is_other_work(_clause(text.lstrip(), mending.end()), "")
    clause = _clause(text, 0)
    return bool(_OTHER_FIRST.match(text) or _OTHER_ALONE.match(clause) or _OTHER_PLACE.search(clause))


def _parted(text: str) -> tuple[words.Kind | None, str]:
    """What the marks before the text say of the commit, and the text; a mark that is a phrase of its own stays."""
    kind: words.Kind | None = None
    for _ in range(_MOST_MARKS):
        mark = _MARK.match(text)
        if mark is None or (kind == "other" and mark["area"]):
            break
        said = _said(mark)
        if said is None and mark["area"] and (_MENDS.search(mark["area"]) or _FAULTY.search(mark["area"])):
            break
        kind = said if said == "fix" or kind is None else kind
        text = text[mark.end() :]
    return kind, text


def _said(mark: re.Match[str]) -> words.Kind | None:
    if mark["code"] or mark["emoji"] or mark["sign"]:
        return words.EMOJI.get(mark["code"] or mark["emoji"]) or words.SIGNS.get(mark["sign"])
    name, scope = (mark["area"] or mark["tag"]).strip().casefold(), mark["scope"] or ""
    if scope.casefold() in words.OTHER_AREAS or _AREA.split(name)[0] in words.OTHER_AREAS or _KERNEL_TEST.match(name):
        return "other"
    if mark["tag"] and _MENDS.match(name):
        return "fix"
    return words.KINDS.get(name)


def _mends(text: str) -> bool:
    """Say whether something is mended that the code does: after a beginning of other work only by "… and fix", "… to fix"."""
    is_other = bool(_OTHER_DEED.match(text))
    for found in _MENDS.finditer(text):
        before = text[: found.start()]
        if before.strip() and _CLOSES.match(text, found.end()):
            is_said = not is_other and not _is_other_work(before, "")
        else:
            is_said = not is_other or bool(_PURPOSE.search(before) or _DONE.match(text, found.start()))
        if is_said and not _is_other_work(*_around(text, found)):
            return True
    return any(_solves(text, found) for found in _SOLVES.finditer(text))


def _solves(text: str, found: re.Match[str]) -> bool:
    after, before = _around(text, found)
    is_named = _NAMED.search(after) or (_NAMED.search(before) and not after.strip())
    return bool(is_named and _PURPOSE.search(text[: found.start()]) and not _is_other_work(after, before))


def _tells_of_a_defect(text: str) -> bool:
    """Say whether a defect is named where no word says that it is mended: "Crash on empty input", "Don't crash …"."""
    if _OTHER_DEED.match(text) or _is_other_work(_clause(text, 0), ""):
        return False
    if _AVOIDS.search(text) or _RIGHTLY.search(text):
        return True
    named = () if _OTHER_ACT.match(text) else (*_FAULTY.finditer(text), *_SYMPTOM.finditer(text))
    return any(not _is_other_work(*_around(text, found)) for found in named)


def _around(text: str, found: re.Match[str]) -> tuple[str, str]:
    """What stands after a word to the end of its clause, and what before it."""
    ends = [boundary.end() for boundary in _BOUNDARY.finditer(text, 0, found.start())]
    return _clause(text, found.end()), text[ends[-1] if ends else 0 : found.start()]


def _clause(text: str, start: int) -> str:
    end = _CLAUSE_END.search(text, start + 1)
    return text[start : end.start() if end else len(text)]


def _is_other_work(after: str, before: str) -> bool:
    """Say whether what is mended, to either side of the word for it, is no defect of code."""
    if _OTHER_PLACE.search(after) or _OTHER_ALONE.match(after) or (not after.strip() and _OTHER_ALONE.match(before)):
        return True
    mended = _WHEN.split(_BOUNDARY.split(after, maxsplit=1)[0], maxsplit=1)[0]
    thing = _OTHER_THING.search(mended)
    return bool(_OTHER_THING.search(before) or (thing and not _DEFECT.search(mended[: thing.start()])))
