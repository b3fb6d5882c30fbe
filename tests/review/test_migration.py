"""Migrating a library: what nobody else has is written anew, and what is published never changes."""

from __future__ import annotations

from tests.commandline import CommandLine
from tests.gitrepo import GitRepo

MANIFEST = """\
schema: 1
kind: function
name: halve
description: Halve a number.
language: python
code: halve.py
"""
CODE = "def halve(number: int) -> int:\n    return number // 2\n"
OTHER = {f"patterns/python/halve-{which}/v1": MANIFEST.replace("name: halve", f"name: halve_{which}") for which in ("old", "new")}


def test_only_what_is_not_published_is_written(repo: GitRepo, foundry: CommandLine) -> None:
    old, new = OTHER
    repo.commit({"foundry.yaml": "library_id: 0b6ed1a5-7c1f-4f0e-8a53-2f2a6c1f9d77\n", ".gitignore": "/index/\n"})
    repo.commit({f"{old}/pattern.yaml": OTHER[old], f"{old}/halve.py": CODE})
    repo.write({f"{new}/pattern.yaml": OTHER[new], f"{new}/halve.py": CODE + "\n\nTWO = 2\n"})

    told = foundry("library", "migrate", "--dry-run")
    assert told.stdout == (
        f"would write {new}/pattern.yaml\nleft {old}/pattern.yaml: it is published, and a version never changes\n"
    )
    assert (repo.path / new / "pattern.yaml").read_text() == OTHER[new]

    assert foundry("library", "migrate").returncode == 0
    assert (repo.path / new / "pattern.yaml").read_text().startswith("schema: 1\nname: halve_new\nkind: function\n")
    assert repo.git("status", "--porcelain").split() == ["??", f"{new.removesuffix('/v1')}/"], "what is published has no diff"
    assert "nothing" not in foundry("library", "migrate").stdout
    repo.git("rm", "-rq", "--cached", old)
    repo.commit({f"{old}/pattern.yaml": None})
    assert "nothing to migrate" in foundry("library", "migrate").stdout
