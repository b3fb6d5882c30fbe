"""Builds: what a CI system's environment says of the run it is in. GitHub Actions is known.

A run is named by a hash, so that neither repository nor number is told. Nothing of the environment is executed or followed.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

MAX_BYTES = 25 * 1024 * 1024  # GitHub's own limit for an event
STATUSES = {"success": True, "failure": False, "cancelled": None, "skipped": None}
"""How GitHub says that a job ended → whether it ended well; None says nothing of the code."""

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?\Z")


class CIBuild(Struct, frozen=True):
    """One try of one run: the commit it built, and the one from which on its commits are new ("": not known).

    ``base_ref``: the branch it is meant for, where ``base`` is not known.
    """

    run: str
    attempt: int
    head: str
    base: str = ""
    base_ref: str = ""


def build_of(environment: Mapping[str, str]) -> CIBuild | None:
    """Read the build that a process stands in; None outside of one."""
    if environment.get("GITHUB_ACTIONS") != "true":
        return None
    attempt = environment.get("GITHUB_RUN_ATTEMPT", "")
    number = int(attempt) if attempt.isascii() and attempt.isdigit() and len(attempt) < 6 else 1
    named = ("github", environment.get("GITHUB_REPOSITORY", ""), environment.get("GITHUB_RUN_ID", ""), str(number))
    run = hashlib.sha256("\0".join(named).encode("utf-8", "surrogateescape")).hexdigest()
    head, base, base_ref = _range(_event(environment.get("GITHUB_EVENT_PATH", "")), environment.get("GITHUB_SHA", ""))
    return CIBuild(run, number, head, base, base_ref)


def _range(event: Mapping[str, Any], sha: str) -> tuple[str, str, str]:
    """Head, base and base branch: of a pull request its own commits, not the merge that is built."""
    request, group = _object(event, "pull_request"), _object(event, "merge_group")
    if request:
        return (_commit(_object(request, "head").get("sha")) or _commit(sha), _commit(_object(request, "base").get("sha")), "")
    if group:
        return _commit(group.get("head_sha")) or _commit(sha), _commit(group.get("base_sha")), ""
    branch = _object(event, "repository").get("default_branch")
    return _commit(event.get("after")) or _commit(sha), _commit(event.get("before")), branch if isinstance(branch, str) else ""


def _event(path: str) -> Mapping[str, Any]:
    """What set the run off; empty where the file is missing, too large or no object: the commit alone is known then."""
    try:
        with Path(path).open("rb") as file:
            found = json.loads(file.read(MAX_BYTES + 1)[:MAX_BYTES])
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _object(facts: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = facts.get(key)
    return found if isinstance(found, dict) else {}


def _commit(found: object) -> str:
    """A commit id, and "" for the zeros that stand for none."""
    return found if isinstance(found, str) and _COMMIT.match(found) and found.strip("0") else ""
