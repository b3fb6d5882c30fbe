"""Corrections: what several fixes changed in the same way, told by the lines that they took away and brought. Pure.

Only what can be said in a sentence counts: one call in place of another, or one argument more. That a name or a number was another one
before says nothing about other code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher

from msgspec import Struct, field

from foundry_git.git.patches import FilePatch, Patch
from foundry_git.source.files import is_by_others, is_source, is_test_path

LEAST_FIXES = 2  # with different lines: the same lines in two commits are one fix on two branches
MOST_PAIRED = 4  # lines of a hunk that are compared one with one; in longer ones nobody knows which became which
LONGEST_LINE = 400
LONGEST_ARGUMENT = 8  # tokens
MOST_CHANGES = 3  # in one line
SAME = 0.5  # of both lines that stays as it is

_TOKEN = re.compile(r"[^\W\d][\w$]*|\d[\w.]*|\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|::|\S")
_NAME = re.compile(r"[^\W\d][\w$]*")
_LONG_NAME = re.compile(r"[^\W\d]\w{2,}")
_OWN = re.compile(r"(?:self|this|cls)\b|.*(?:^|[.:])_")
_NO_CODE = ("#", "//", "/*", "*", "import", "from", "use", "def", "func", "fn", "function", "class")
_JOINTS = (".", "::", "!")
_TRIVIAL = frozenset({"print", "println", "log", "self", "this", "super", "assert", "len", "str", "String"})


class Correction(Struct, frozen=True):
    """One call in place of another (``wrong``, ``right``), or with an argument more, where ``right`` names the call with it."""

    wrong: str
    right: str


class Corrected(Struct):
    """Where and by which commits something was corrected: (path, line before, line after) → commit, the newest first."""

    lines: dict[tuple[str, str, str], str] = field(default_factory=dict)

    @property
    def commits(self) -> list[str]:
        """The commits, each once; of several with the same lines only one."""
        return list(dict.fromkeys(self.lines.values()))

    @property
    def paths(self) -> list[str]:
        """The files, each once."""
        return list(dict.fromkeys(path for path, _, _ in self.lines))


def corrections_in(patches: Iterable[Patch]) -> dict[Correction, Corrected]:
    """What fixes changed in the same way ``LEAST_FIXES`` times or more; the newest patch comes first."""
    found: dict[Correction, Corrected] = {}
    for patch in patches:
        for file in patch.files if patch.is_whole else ():
            for correction, before, after in _of_file(file):
                found.setdefault(correction, Corrected()).lines.setdefault((file.path, before, after), patch.commit)
    return {one: where for one, where in found.items() if _is_often(where)}


def _is_often(corrected: Corrected) -> bool:
    """Say whether several fixes did it, each in a line of its own: the same lines twice are one fix on two branches."""
    return min(len({(before, after) for _, before, after in corrected.lines}), len(corrected.commits)) >= LEAST_FIXES


def _of_file(file: FilePatch) -> Iterator[tuple[Correction, str, str]]:
    if not is_source(file.path) or is_test_path(file.path) or is_by_others(file.path):
        return
    for hunk in file.hunks:
        if len(hunk.removed) == len(hunk.added) <= MOST_PAIRED:
            for before, after in zip(hunk.removed, hunk.added, strict=True):
                before, after = before.strip(), after.strip()
                if max(len(before), len(after)) <= LONGEST_LINE and not before.startswith(_NO_CODE):
                    for correction in _between(_TOKEN.findall(before), _TOKEN.findall(after)):
                        yield correction, before, after


def _between(old: Sequence[str], new: Sequence[str]) -> Iterator[Correction]:
    """What became of a line, where most of it stayed."""
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    changes = [change for change in matcher.get_opcodes() if change[0] != "equal"]
    if len(changes) > MOST_CHANGES or matcher.ratio() < SAME:
        return
    for kind, start, end, new_start, new_end in changes:
        if kind == "insert":
            yield from _with_argument(new, new_start, new_end)
        elif kind == "replace":
            wrong, right = _call_at(old, start, end), _call_at(new, new_start, new_end)
            if wrong and right and wrong != right and _says_something(wrong) and _says_something(right):
                yield Correction(wrong, right)


def _with_argument(tokens: Sequence[str], start: int, end: int) -> Iterator[Correction]:
    """An argument with its name that a call was given: ``open(path, encoding="utf-8")``."""
    inserted = tokens[start:end]
    named = inserted[1:] if inserted[0] == "," else inserted
    if not 3 <= len(named) <= LONGEST_ARGUMENT or not _LONG_NAME.fullmatch(named[0]) or named[1] != "=" or named[2] == "=":
        return
    depth, at = 0, start - 1
    while at >= 0 and not (tokens[at] == "(" and depth == 0):
        depth += (tokens[at] == ")") - (tokens[at] == "(")
        at -= 1
    if at > 0 and (called := _chain_before(tokens, at)) and _says_something(called):
        yield Correction(f"{called}(…)", f"{called}(…, {''.join(named).rstrip(',')})")


def _call_at(tokens: Sequence[str], start: int, end: int) -> str:
    """The call whose name holds the tokens from one to another; "" where they are no part of one."""
    if end - start > 3 or not all(_NAME.fullmatch(token) or token in _JOINTS for token in tokens[start:end]):
        return ""
    while end + 1 < len(tokens) and tokens[end] in _JOINTS and _NAME.fullmatch(tokens[end + 1]):
        end += 2
    return f"{called}(…)" if end < len(tokens) and tokens[end] == "(" and (called := _chain_before(tokens, end)) else ""


def _chain_before(tokens: Sequence[str], end: int) -> str:
    """The dotted name that ends before a bracket; of what is called on a variable only the last part, behind its dot."""
    start = end
    while start and (_NAME.fullmatch(tokens[start - 1]) or tokens[start - 1] in _JOINTS) and _joins(tokens, start - 1, end):
        start -= 1
    return "".join(tokens[start:end])


def _joins(tokens: Sequence[str], at: int, end: int) -> bool:
    """Say whether a token goes on a dotted name: names and joints take turns."""
    return at + 1 == end or (tokens[at] in _JOINTS) != (tokens[at + 1] in _JOINTS)


def _says_something(called: str) -> bool:
    """Say whether a call is one that others make too: of something that has a name, and not of what an object keeps to itself."""
    if _OWN.match(called):
        return False
    names = set(_NAME.findall(called)) - _TRIVIAL
    return any(_LONG_NAME.fullmatch(name) for name in names)
