"""Subjects of fixes: which first lines of commit messages tell of a defect that the commit mends.

Structure speaks first (``fix(parser): …``, ``🐛 …``, ``docs: …``, ``Bump …``), then words, in English, German, French, Spanish and
Chinese: that something is mended, what is mended, and what names a defect. The words began as those that studies of fix-inducing
changes search messages for (Śliwerski, Zimmermann, Zeller: "When do changes induce fixes?", MSR 2005), without bare issue numbers: half
of the projects put one into every subject. ``benchmarks/evidence/subjects.py`` measures how often they are right.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from foundry_git.history import fix_words as fixes
from foundry_git.history import other_work_words as others
from foundry_git.history.subject_marks import parted

MOST_READ = 300  # characters of a subject; what is longer is no first line, and may be hostile


def _or(listed: str) -> str:
    return "|".join(re.sub(r"\|\s+", "|", listed).split()).replace("_", " ")


def _any(*tables: Mapping[str, str]) -> str:
    """Join the words of each language; between those of Chinese there are no spaces."""
    spaced = "|".join(_or(listed) for table in tables for language, listed in table.items() if language != "zh")
    together = "|".join(_or(table["zh"]) for table in tables)
    return rf"(?:(?<!\w)(?<!--)(?:{spaced})(?!\w)|(?:{together}))"


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_BREAK = r"[,;:.](?=\s|$|[^\x00-\x7f])|[()：。，；、]|\s[-–+&]\s"
_CLAUSE_END = re.compile(_BREAK)
_BOUNDARY = _compiled(rf"{_BREAK}|\s(?:{_or(others.AND)})\s")
_WHEN = _compiled(r"\s(?:when|if|because|caus(?:es|ed|ing)|while|during|after|where|wenn|quand|lorsque|cuando)\s")
_PURPOSE = _compiled(rf"(?:^|\b(?:{_or(others.TO)}|{_or(others.AND)})|[,;.(+&\[，。；、]|\s-)\W*$")
_ONE, _FOR = _compiled(r"\b(?:a|an|the|temporary|einen?|une?|un[oa]?)\s+$"), _compiled(r"\s+(?:for|für|pour|para)\b")
_CLOSES = _compiled(r"[:\s]*(?:issue |bug |ticket |[\w./-]{1,60}(?=#))?(?:#\d+|[A-Za-z]{2,10}-\d+|https?://\S{1,200}\d)")

_MENDS = _compiled(_any(fixes.MENDS))
_DONE = _compiled(rf"(?:{_or(fixes.DONE)})\W*(?:$|\(|[,;.])")
_SOLVES = _compiled(_any(fixes.SOLVES))
_DEFECT = _compiled(_any(fixes.DEFECTS))
_FAULTY = _compiled(_any(fixes.DEFECTS, fixes.FAULTY))
_NAMED = _compiled(_any(fixes.DEFECTS, fixes.FAULTY, fixes.SYMPTOMS))
_SYMPTOM = _compiled(rf"{_any(fixes.SYMPTOMS)}\s+(?:{_or(fixes.CIRCUMSTANCE)})\b")
_AVOIDS = _compiled(_any(fixes.AVOIDS))
_RIGHTLY = _compiled(_any(fixes.RIGHTLY))
_COMPOUND = _compiled(_any(fixes.COMPOUNDS))

_SMALL = rf"\W*(?:(?:{_or(others.SMALL)})\s+){{0,4}}"
_THING = rf"(?:{_any(others.OTHER_THINGS)})(?!\s+(?:{_or(others.PARTS_OF_CODE)})\b)"
_OTHER_THING = _compiled(_THING)
_OTHER_FIRST = _compiled(rf"{_SMALL}(?:{_THING}|{_or(others.DEPENDENCIES)})")
_OTHER_ALONE = _compiled(rf"{_SMALL}{_any(others.OTHER_ALONE)}\W*(?:$|\(|(?:{_or(others.AFTER_ALONE)}|{_or(others.AND)})\b)")
_OTHER_PLACE = _compiled(rf"(?<!\w)(?:{_or(others.WHERE)})\s+(?:\S+\s+)?(?:{_or(others.OTHER_PLACES)})(?![\w-])")
_OTHER_DEED = _compiled(rf"\W*{_any(others.OTHER_DEEDS)}")
_OTHER_ACT = _compiled(rf"\W*(?:{_or(others.OTHER_ACTS)})\b")
_TAKEN_BACK = _compiled(rf"\s*(?:{_or(others.TAKEN_BACK)})")


def tells_of_a_fix(subject: str) -> bool:
    """Say whether a commit's subject tells of a defect in what the code does, and that it is mended.

    Typos, documentation, style, types, tests, builds, dependencies and features are none. Only the beginning of a long one is read.
    """
    read = subject[:MOST_READ]
    if _TAKEN_BACK.match(read):
        return False
    kind, text = parted(read, lambda area: _MENDS.search(area) or _FAULTY.search(area))
    text = _COMPOUND.sub(" ", text)
    if kind == "fix":
        return not _is_other_work_called_a_fix(text.lstrip())
    return kind != "other" and (_mends(text) or _tells_of_a_defect(text))


def begins_other_work(subject: str) -> bool:
    """Say whether a subject's marks, or its first word, tell of something new or of other work than fixes."""
    kind, text = parted(subject[:MOST_READ], lambda area: False)
    return kind == "other" or bool(_OTHER_DEED.match(text))


def _is_other_work_called_a_fix(text: str) -> bool:
    mending, clause = _MENDS.match(text), _clause(text, 0)
    if mending:
        return _is_other_work(_clause(text, mending.end()), "")
    return bool(_OTHER_FIRST.match(text) or _OTHER_ALONE.match(clause) or _OTHER_PLACE.search(clause))


def _mends(text: str) -> bool:
    """Say whether something is mended that the code does."""
    is_other = bool(_OTHER_DEED.match(text))
    mended = (found for found in _MENDS.finditer(text) if _is_meant(text, found, is_other))
    return any(not _is_other_work(*_around(text, found)) for found in mended) or any(
        _solves(text, found) for found in _SOLVES.finditer(text)
    )


def _is_meant(text: str, found: re.Match[str], is_other: bool) -> bool:
    """Say whether a word of mending tells of this commit; after a beginning of other work only "… and fix", "… to fix" do."""
    before = text[: found.start()]
    if before.strip() and _CLOSES.match(text, found.end()):
        return not is_other and not _is_other_work(before, "")
    is_way_round = _ONE.search(before) and _FOR.match(text, found.end())
    return not is_other or bool(is_way_round or _PURPOSE.search(before) or _DONE.match(text, found.start()))


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
