"""Reverts: which commits take back which others, because they say so, or because they undo their lines. Pure.

A message is believed where what it names stands in the history before it. Without a word, a commit takes another back when all it
does is undo that one's lines, all or most of them, soon after.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct, field

from foundry_git.git.history import Commit, moment
from foundry_git.git.patches import FilePatch, Patch

WINDOW = timedelta(
    days=90
)  # that lines may stand before their removal alone is a revert; later it is the end of something that worked
LEAST_SAID = 0.3  # of a commit's lines, where a message only speaks of reverting it; below, it tells of what others did
LEAST_SHARE = 0.5  # of a commit's lines that must be undone; below, what is left is what it was made for
FEWEST_LINES = 3  # that a partial revert must undo; one or two lines stand in many commits
MOST_CANDIDATES = 50  # commits that share the rarest line of one; more share boilerplate

_VERB = (
    r"\b(?:revert(?:s|ed|ing)?|back(?:s|ed|ing)?[ -]?out|undo(?:es|ne|ing)?|roll(?:s|ed|ing)?[ -]?back|unmerg(?:es?|ed|ing))\b"
)
_BETWEEN = r"(?:[\s:]+(?:this|the|my|both|following|merges?|commits?|changes?|changesets?|revisions?|of|from|in))*[\s:]*[\"'(`]*"
_ID = r"[0-9a-f]{7,64}\b"
_NAMED = re.compile(rf"{_VERB}{_BETWEEN}({_ID}(?:[\"')`.]*(?:[\s,;&*-]|\band\b)+[\"'(`]*{_ID})*)", re.IGNORECASE)
_IDS = re.compile(_ID)
_QUOTED = re.compile(
    r"^\W*(?:Partial(?:ly)? )?Revert(?:s|ed|ing)?:? +[\"“'](?P<subject>.+)[\"”'](?: *\(#\d+\))?\W*$", re.IGNORECASE
)
_REAPPLIED = re.compile(r"^Reapply [\"“](?P<subject>.+)[\"”](?: *\(#\d+\))?$", re.IGNORECASE)
_PLAIN = re.compile(r"^revert(?:s|ed|ing)?(?:\([^)]*\))?!?:? (?P<subject>.+)$", re.IGNORECASE)
_REQUEST = re.compile(
    rf"{_VERB}(?:[\s:]+(?:this|the|merge|of|pr|pull|request|changes?|from|in|via))*[\s:]+(?:[\w.-]+/[\w.-]+)?#(\d+)\b",
    re.IGNORECASE,
)
_MERGED = re.compile(r"^Merge pull request #(\d+)\b|\(#(\d+)\)$")
_NUMBER = re.compile(r"\d[\w.+-]*")
_PROSE = re.compile(r"(?:^|/)(?:CHANGE|HISTORY|NEWS|AUTHORS)[^/]*$|\.(?:md|rst|txt)$", re.IGNORECASE)

_PLAINLY = re.compile(
    rf"\A\W*(?:\[[^\]]*\]\W*)*(?:partial(?:ly)? |re)?(?:{_VERB}|apply\b)|^\W*(?:This|Partially) reverts? (?:commits?|merge|PR)\b",
    re.IGNORECASE | re.MULTILINE,
)

PatchLine = tuple[str, str, str]
"""File name without its folder, ``+`` or ``-``, the text without its layout."""


class Reverted(Struct, frozen=True):
    """The commit ``by`` takes ``commit`` back, ``share`` of it (0 to 1), as its message says or its patch shows."""

    by: str
    commit: str
    how: Literal["message", "patch"]
    share: float = 1.0


def reverts_in(commits: Sequence[Commit], patches: Mapping[str, Patch]) -> list[Reverted]:
    """Find who takes back whom among ``commits`` (oldest first); ``patches``: of those whose lines are to be compared.

    A merge takes nothing back, for what it brings was somebody's commit; but one may be taken back.
    """
    before, names, lines = _Before(commits), _Names(), _Lines()
    found: list[Reverted] = []
    for commit in commits:
        undone = inverted(patches.get(commit.id))
        if len(commit.parents) < 2:
            said = [
                Reverted(commit.id, one, "message", _share(undone, lines.of(one)))
                for one in dict.fromkeys(names.meant(commit))
                if before.is_before(one, commit.id)
            ]
            said = (
                said if _PLAINLY.search(f"{commit.subject}\n{commit.body}") else [one for one in said if one.share >= LEAST_SAID]
            )
            found += said
            shown = None if said else lines.undone_by(undone, commit, before)
            found += [shown] if shown else []
        names.add(commit)
        lines.add(commit, undone)
    return found


def gone(reverts: Sequence[Reverted]) -> dict[str, Reverted]:
    """Commit → what took it back for good: a revert that was itself taken back takes nothing. ``reverts``: oldest first."""
    last: dict[str, Reverted] = {}
    for one in reversed(reverts):
        if one.by not in last:
            last.setdefault(one.commit, one)
    return last


def brought(commits: Sequence[Commit], merge: str) -> frozenset[str]:
    """The commits that a merge brought to its first parent, itself included; any other commit brought itself."""
    parents = {commit.id: commit.parents for commit in commits}
    first, *others = parents.get(merge, ()) or ("",)
    if not others:
        return frozenset((merge,))
    return (_ancestors(parents, others) - _ancestors(parents, [first])) | {merge}


def inverted(patch: Patch | None) -> Counter[PatchLine]:
    """What a patch's opposite would bring, as ``+``, and take away, as ``-``; prose only where there is nothing else."""
    if patch is None or not patch.is_whole:
        return Counter()
    files = [file for file in patch.files if not _PROSE.search(file.path or file.old_path)] or patch.files
    found: Counter[PatchLine] = Counter()
    for file in files:
        found.update(_lines_of(file))
    return found


def _lines_of(file: FilePatch) -> Counter[PatchLine]:
    """What really changed: a line that only moved stands on both sides."""
    name = (file.path or file.old_path).rpartition("/")[2]
    sides: dict[str, list[str]] = {
        "+": [text for hunk in file.hunks for line in hunk.removed if (text := _bare(line))],
        "-": [text for hunk in file.hunks for line in hunk.added if (text := _bare(line))],
    }
    on_both = Counter(sides["-"]) & Counter(sides["+"])
    return Counter((name, sign, text) for sign, texts in sides.items() for text in texts if not on_both[text])


def _bare(line: str) -> str:
    """A line without its layout; "" of one that says nothing: blank, brackets alone."""
    text = " ".join(line.split())
    return text if any(character.isalnum() for character in text) else ""


def _telling(lines: Counter[PatchLine]) -> int:
    """How many lines are more than another number: a version goes up and down, and nobody takes anything back with it."""
    masked = Counter((name, sign, _NUMBER.sub("#", text)) for name, sign, text in lines.elements())
    return (masked - _flipped(masked)).total()


def _share(undone: Counter[PatchLine], other: Counter[PatchLine]) -> float:
    """Which part of the lines of ``other`` is undone; all of it where one of the two is not known."""
    return (undone & other).total() / other.total() if undone and other else 1.0


def _flipped(lines: Counter[PatchLine]) -> Counter[PatchLine]:
    return Counter({(name, "-" if sign == "+" else "+", text): count for (name, sign, text), count in lines.items()})


def _ancestors(parents: Mapping[str, Sequence[str]], start: Iterable[str]) -> frozenset[str]:
    seen: set[str] = set()
    waiting = [commit for commit in start if commit in parents]
    while waiting:
        commit = waiting.pop()
        if commit not in seen:
            seen.add(commit)
            waiting += [parent for parent in parents[commit] if parent in parents]
    return frozenset(seen)


class _Before:
    """Whether one of the commits is an ancestor of another: of two branches neither takes back what the other did."""

    def __init__(self, commits: Sequence[Commit]) -> None:
        self._at = {commit.id: at for at, commit in enumerate(commits)}
        self._commits = commits

    def is_before(self, one: str, other: str) -> bool:
        """Walk from ``other`` down to where ``one`` stands in the order."""
        least, seen, waiting = self._at[one], {other}, [other]
        while waiting:
            commit = waiting.pop()
            if commit == one:
                return True
            for parent in self._commits[self._at[commit]].parents:
                if parent not in seen and self._at.get(parent, -1) >= least:
                    seen.add(parent)
                    waiting.append(parent)
        return False


class _Names(Struct):
    """What the commits so far can be called by: their ids, subjects, and pull requests."""

    ids: list[str] = field(default_factory=list)
    subjects: dict[str, str] = field(default_factory=dict)
    requests: dict[str, str] = field(default_factory=dict)

    def add(self, commit: Commit) -> None:
        """Take in the next commit; of several with one subject the latest is meant."""
        self.ids.insert(bisect_left(self.ids, commit.id), commit.id)
        self.subjects[_plain(commit.subject)] = commit.id
        if request := _MERGED.search(commit.subject):
            self.requests[request[1] or request[2]] = commit.id

    def meant(self, commit: Commit) -> Iterator[str]:
        """The commits that a message says are taken back."""
        message = f"{commit.subject}\n{commit.body}"
        ids = [self._full(id.lower()) for group in _NAMED.findall(message) for id in _IDS.findall(group.lower())]
        if known := [id for id in ids if id]:
            yield from known
        elif subject := self._by_subject(commit.subject):
            yield subject
        else:
            yield from (self.requests[number] for number in _REQUEST.findall(message) if number in self.requests)

    def _full(self, prefix: str) -> str:
        at = bisect_left(self.ids, prefix)
        found = [id for id in self.ids[at : at + 2] if id.startswith(prefix)]
        return found[0] if len(found) == 1 else ""

    def _by_subject(self, subject: str) -> str:
        if again := _REAPPLIED.match(subject):
            return self.subjects.get(_plain(f'Revert "{again["subject"]}"'), "")
        if quoted := _QUOTED.match(subject):
            return self._with_subject(quoted["subject"])
        plain = _PLAIN.match(subject)
        return self.subjects.get(_plain(plain["subject"]), "") if plain and " " in plain["subject"].strip() else ""

    def _with_subject(self, text: str) -> str:
        if not text.endswith(("…", "...")):
            return self.subjects.get(_plain(text), "")
        start = _plain(text.rstrip("…."))
        return next((id for subject, id in reversed(self.subjects.items()) if subject.startswith(start)), "")


def _plain(subject: str) -> str:
    """A subject without what differs between a commit and what is said of it: case, layout, last dot, number of a pull request."""
    return " ".join(re.sub(r" *\(#\d+\)$", "", subject.strip()).lower().rstrip(".").split())


class _Lines:
    """The lines of the commits so far, to find whose lines a commit undoes."""

    def __init__(self) -> None:
        self._lines: dict[str, Counter[PatchLine]] = {}
        self._dates: dict[str, datetime] = {}
        self._telling: dict[str, int] = {}
        self._with: dict[PatchLine, list[str]] = {}

    def of(self, commit: str) -> Counter[PatchLine]:
        """What a commit took away and brought."""
        return self._lines.get(commit, Counter())

    def add(self, commit: Commit, undone: Counter[PatchLine]) -> None:
        """Take in the next commit, given by the lines of its opposite."""
        if not undone:
            return
        self._lines[commit.id] = lines = _flipped(undone)
        self._telling[commit.id] = _telling(lines)
        self._dates[commit.id] = moment(commit.commit_date)
        for line in lines:
            self._with.setdefault(line, []).append(commit.id)

    def undone_by(self, undone: Counter[PatchLine], commit: Commit, before: _Before) -> Reverted | None:
        """The latest commit of whose lines this one undoes most, and does nothing else."""
        rarest = min((self._with.get(line, []) for line in undone), key=len, default=[])
        since, part = moment(commit.commit_date) - WINDOW, _telling(undone)
        for one in reversed(rarest[-MOST_CANDIDATES:] if part else ()):
            whole = self._telling[one]
            is_enough = part == whole or (part >= FEWEST_LINES and part >= LEAST_SHARE * whole)
            if is_enough and undone <= self._lines[one] and self._dates[one] >= since and before.is_before(one, commit.id):
                return Reverted(commit.id, one, "patch", part / whole)
        return None
