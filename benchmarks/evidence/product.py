"""Products: repositories whose commits were squashed, rebased and cherry-picked by Git itself, and what clones see in them."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from foundry_git.evidence.events import Adopted, Event, Outcome, Rated, Sighted, hashed, place_of

PATTERNS = 6
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
_IDENTITY = {
    "GIT_AUTHOR_NAME": "Dev", "GIT_AUTHOR_EMAIL": "dev@example.com", "GIT_COMMITTER_NAME": "Dev",
    "GIT_COMMITTER_EMAIL": "dev@example.com", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Product:
    """For each commit, whatever branch it is on, the events that every clone which comes upon it derives."""

    seen: tuple[tuple[Event, ...], ...]


def digest(pattern: int) -> str:
    """The digest of a pattern."""
    return hashlib.sha256(f"pattern {pattern}".encode()).hexdigest()


def said(number: int, skew_hours: int) -> Event:
    """What a person says, by a clock that may be wrong."""
    chance = random.Random(f"said {number}")
    at = START + timedelta(minutes=number, hours=skew_hours)
    nonce, subject = f"{number:016x}", digest(chance.randrange(PATTERNS))
    if chance.random() < 0.5:
        return Rated(at=at, nonce=nonce, subject=subject, rating=chance.randint(1, 5))
    return Outcome(at=at, nonce=nonce, subject=subject, result=chance.choice(("pass", "pass", "fail")), source="person")


def make(folder: Path, seed: int) -> Product:
    """Build one: a main line, a branch that is rebased onto it, one that is squashed into it, and picks of both."""
    chance = random.Random(seed)
    _git(folder.parent, 0, "init", "--quiet", "--initial-branch=main", str(folder))
    clock = iter(range(1, 1000))

    def commit(*names: str) -> None:
        for name in names:
            (folder / name).write_text("".join(f"line {chance.random()}\n" for _ in range(5)))
        _git(folder, next(clock), "add", "--all")
        _git(folder, next(clock), "commit", "--quiet", "-m", f"change {names}")

    commit("a", "b")
    _git(folder, 0, "checkout", "--quiet", "-b", "topic")
    commit("t1")
    commit("t2")
    _git(folder, 0, "checkout", "--quiet", "-b", "squashed", "main")
    commit("s1")
    commit("s2", "s3")
    _git(folder, 0, "checkout", "--quiet", "main")
    commit("a")
    _git(folder, next(clock), "cherry-pick", "topic~1")
    _git(folder, next(clock), "merge", "--quiet", "--squash", "squashed")
    _git(folder, next(clock), "commit", "--quiet", "-m", "squash")
    _git(folder, 0, "checkout", "--quiet", "-b", "rebased", "topic")
    _git(folder, next(clock), "rebase", "--quiet", "main")
    _git(folder, 0, "checkout", "--quiet", "-b", "picked", "topic")
    _git(folder, next(clock), "cherry-pick", "squashed")
    return Product(tuple(_seen(block) for block in _commits(folder)))


def _commits(folder: Path) -> list[str]:
    printed = _git(folder, 0, "log", "--all", "--reverse", "--no-abbrev", "--raw", "--format=%x01%H %at")
    return printed.split("\x01")[1:]


def _seen(block: str) -> tuple[Event, ...]:
    head, *changes = [line for line in block.splitlines() if line]
    commit, seconds = head.split()
    at = datetime.fromtimestamp(int(seconds), UTC)
    blobs = [(line.split("\t")[1], line.split()[3]) for line in changes]
    sighted = (Sighted(at=at, shape=f"py1:{hashed(blob)[:32]}", place=place_of(path, blob)) for path, blob in blobs)
    pattern = digest(sum(len(path) + int(blob[:6], 16) for path, blob in blobs) % PATTERNS)
    adopted = Adopted(at=at, digest=pattern, source="commit", commit=commit, how="copy", lines=5)
    result = Outcome(at=at, subject=pattern, result="pass" if int(commit[:2], 16) % 4 else "fail", source="ci", run=commit)
    return (*sighted, adopted, result)


def _git(folder: Path, minute: int, *arguments: str) -> str:
    moment = f"@{int(START.timestamp()) + 60 * minute} +0000"
    environment = {**os.environ, **_IDENTITY, "GIT_AUTHOR_DATE": moment, "GIT_COMMITTER_DATE": moment}
    if arguments[0] in ("rebase", "cherry-pick"):
        del environment["GIT_AUTHOR_DATE"]  # they keep the author's
    done = subprocess.run(["git", *arguments], cwd=folder, env=environment, check=True, capture_output=True, text=True)
    return done.stdout
