"""Additions: when each version of the library was committed, and by whom."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from msgspec import Struct

from foundry_git.errors import GitError
from foundry_git.git.repository import Repository
from foundry_git.library.library import Library
from foundry_git.pattern.manifest import FILE_NAME
from foundry_git.pattern.naming import PatternRef, parse_version

_RECORD, _FIELD = "\x1e", "\x1f"
_PARTS = 4  # language, slug, version, file


class Addition(Struct, frozen=True):
    """When a version was first committed, and the e-mail address of whom it is of, which is compared and never shown."""

    at: datetime
    author: str


def additions_of(library: Library | None, repository: Repository | None) -> Mapping[PatternRef, Addition]:
    """Return what is known of each version of a library that lies in a repository; nothing before the first commit."""
    top = repository.top.resolve() if repository and repository.top else None
    if library is None or repository is None or top is None or not library.patterns.is_relative_to(top) or not repository.head():
        return {}
    place = library.patterns.relative_to(top).as_posix()
    asked = ("log", f"--format={_RECORD}%ct{_FIELD}%ae", "--name-only", "--diff-filter=A", "--no-renames", "HEAD", "--", place)
    try:
        said = repository.text(*asked)
    except GitError:
        return {}
    found: dict[PatternRef, Addition] = {}
    for record in said.split(_RECORD)[1:]:  # the newest first, so the first commit of a version is what stays
        head, _, names = record.partition("\n")
        at, _, author = head.partition(_FIELD)
        addition = Addition(datetime.fromtimestamp(int(at), UTC), author)
        found |= {ref: addition for name in names.splitlines() if (ref := _ref(name.removeprefix(f"{place}/")))}
    return found


def _ref(path: str) -> PatternRef | None:
    parts = path.split("/")
    if len(parts) != _PARTS or parts[-1] != FILE_NAME:
        return None
    version = parse_version(parts[2])
    return PatternRef(f"{parts[0]}/{parts[1]}", version) if version else None
