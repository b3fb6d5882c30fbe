"""Fixes: which commits mend something, and which lines, by whom, they mend.

The way of Śliwerski, Zimmermann and Zeller ("When do changes induce fixes?", MSR 2005): the lines that a fix changes or deletes are
blamed in the version before it. As later work found needed (Kim et al., "Automatic identification of bug-introducing changes", ASE
2006; da Costa et al., "A framework for evaluating the results of the SZZ approach", TSE 2017), comments, blank lines, layout and
renames are looked through, merges and tests passed over, and a fix that touches much tells nothing.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator

from msgspec import Struct

from foundry_git.errors import GitError
from foundry_git.git.blame import blame, ranges_of
from foundry_git.git.history import Commit
from foundry_git.git.hunks import LineRange
from foundry_git.git.patches import FilePatch, Patch
from foundry_git.git.repository import Repository
from foundry_git.history.messages import begins_other_work, is_fix
from foundry_git.source.files import is_source, is_test_path

MOST_FILES = 20  # source files that one fix touches; what touches more is a sweep, and its lines are nobody's fault
MOST_LINES = 200  # that it changes or deletes in them

_ISSUE = r"(?:#\d+|\bGH-\d+|\b[A-Z][A-Z0-9]{1,9}-\d+|https?://\S+/issues/\d+)"
_CLOSING = re.compile(
    rf"\b(?:(fix(?:e[sd]|ing)?)|close[sd]?|resolve[sd]?)\b:?,? *(?:the |issue |bug |[\w.-]+/[\w.-]+(?=#))*{_ISSUE}", re.IGNORECASE
)
_NO_DEFECT = re.compile(  # what closes an issue and begins so brings what was asked for
    r"^\W*(?:\[[^\]]*\]\W*)*(?:(?:feat|docs?|style|refactor|perf|tests?|build|ci|chore)(?:\([^)]*\))?!?:|add(?:s|ed|ing)?\b|new\b|implement|introduc|support\b"
    r"|allow|enable|provid|expos|document|refactor|renam|mov(?:e|ing)\b|remov|drop|deprecat|delet|updat|upgrad|bump|releas|version|pin\b|test|typo"
    r"|improve|simplif|clean|clarif|switch|use\b|make .* configurable)", re.IGNORECASE,
)  # fmt: skip
_OTHER_WORK = re.compile(
    r"^\W*(?:\[[^\]]*\]\W*)*(?:docs?|style|refactor|tests?|build|ci|chore|release)(?:\([^)]*\))?!?:"
    r"|\b(?:typos?|typing|type (?:hints?|annotations?)|mypy|pep-?8|isort|flake8|ruff|pylint|clippy|spelling)\b", re.IGNORECASE,
)  # fmt: skip
_COMMENTS = {
    "py": re.compile(r"#|[rRuU]?(?:\"{3}|'{3})"),
    "": re.compile(r"//|/\*|\*(?:\s|/|\Z)"),
}


class Mended(Struct, frozen=True):
    """The commit ``by`` mends a line that ``commit`` brought, where it stood in ``path`` as the line ``line``."""

    by: str
    commit: str
    path: str
    line: int


def is_fixing(commit: Commit, patch: Patch | None = None) -> bool:
    """Say whether a commit mends a defect: its subject tells of one, or it closes an issue and brings no feature.

    ``patch``, where it is known, must touch code that is no test: else documents or the build were mended.
    """
    if len(commit.parents) > 1 or (patch is not None and not _touches_code(patch)):
        return False
    return is_fix(commit.subject) or _closes_an_issue(commit)


def _closes_an_issue(commit: Commit) -> bool:
    is_said = _CLOSING.search(f"{commit.subject}\n{commit.body}")
    return (
        bool(is_said)
        and not begins_other_work(commit.subject)
        and not _NO_DEFECT.search(commit.subject)
        and not _OTHER_WORK.search(commit.subject)
    )


def _touches_code(patch: Patch) -> bool:
    return any(is_code(file.path or file.old_path) for file in patch.files)


def is_code(path: str) -> bool:
    """Say whether a path is source code that is no test."""
    return is_source(path) and not is_test_path(path)


def mended_by(
    repository: Repository, fix: Commit, patch: Patch, among: Container[str] | None = None, since: str = ""
) -> list[Mended]:
    """Blame the lines that a fix changed or deleted.

    ``among``: only lines of these texts (see :func:`dense`) are asked about; ``since``: an older commit is not looked for. What cannot
    be blamed, in a shallow clone or of a damaged file, is left out.
    """
    files = [(file.old_path, ranges) for file in patch.files if (ranges := changed(file, among))]
    count = sum(last - first + 1 for _, ranges in files for first, last in ranges)
    if not fix.parents or not patch.is_whole or len(files) > MOST_FILES or count > MOST_LINES:
        return []
    return [mended for path, ranges in files for mended in _blamed(repository, fix, path, ranges, since)]


def changed(file: FilePatch, among: Container[str] | None = None) -> list[LineRange]:
    """The lines of the old version of a source file that a patch really changed or deleted, tests aside."""
    path = file.old_path
    if not is_code(path):
        return []
    brought = {dense(line) for hunk in file.hunks for line in hunk.added}
    told = [
        hunk.old_start + at
        for hunk in file.hunks
        for at, line in enumerate(hunk.removed)
        if (text := dense(line)) not in brought and (among is None or text in among) and not _says_nothing(line, path)
    ]
    return list(ranges_of(told))


def dense(line: str) -> str:
    """A line without blank space, which stays the same through reformatting."""
    return "".join(line.split())


def _blamed(repository: Repository, fix: Commit, path: str, ranges: list[LineRange], since: str) -> Iterator[Mended]:
    try:
        origins = blame(repository, fix.parents[0], path, ranges, since)
    except GitError:
        return
    for origin in origins:
        for at in range(origin.count):
            yield Mended(fix.id, origin.commit, origin.path, origin.there + at)


def _says_nothing(line: str, path: str) -> bool:
    """Say whether a line is blank, brackets alone or a comment."""
    text = line.strip()
    comment = _COMMENTS.get(path.rpartition(".")[2].rstrip("w"), _COMMENTS[""])
    return not any(character.isalnum() for character in text) or bool(comment.match(text))
