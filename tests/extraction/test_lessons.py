"""Lessons: what was fixed or taken back again and again is proposed as guidance, with what went wrong."""

from __future__ import annotations

import json

from tests.commandline import CommandLine
from tests.gitrepo import GitRepo

UNIT = '''\
def share(total, parts):
    """Share an amount."""
    left = total
    for part in range(parts):
        if left:
            left -= total // parts
    return left
'''


def troubled(repo: GitRepo, fixes: int) -> list[str]:
    repo.commit({"pay.py": UNIT}, "Add share")
    return [
        repo.commit({"pay.py": UNIT.replace("total //", f"{number} + total //")}, f"Fix wrong rounding, part {number}")
        for number in range(fixes)
    ]


def guidance(foundry: CommandLine) -> list[dict[str, str]]:
    return [row for row in json.loads(foundry("candidates", "--json").stdout) if row["kind"] == "guidance"]


def test_a_unit_that_was_fixed_often_becomes_guidance_with_its_commits(repo: GitRepo, foundry: CommandLine) -> None:
    commits = troubled(repo, 5)
    foundry("init")
    foundry("extract", "--all")

    (lesson,) = guidance(foundry)
    assert (lesson["id"], lesson["path"], lesson["symbol"]) == ("any/lessons-of-share", "pay.py", "share")
    assert "fixed 5 times" in lesson["description"] and "Fix wrong rounding, part 4" in lesson["description"]
    assert commits[-1][:10] in lesson["description"]


def test_a_lesson_is_shown_whole(repo: GitRepo, foundry: CommandLine) -> None:
    troubled(repo, 5)
    foundry("init")
    foundry("extract", "--all")

    shown = " ".join(foundry("show", "any/lessons-of-share").stdout.split())
    assert all(f"Fix wrong rounding, part {number}" in shown for number in (1, 2, 3, 4))
    assert "Read these commits before you change it" in shown


def test_an_extraction_counts_lessons_and_what_waited_already(repo: GitRepo, foundry: CommandLine) -> None:
    troubled(repo, 5)
    foundry("init")

    first, second = foundry("extract", "--all").stdout, foundry("extract", "--all").stdout

    assert "1 candidate and 1 lesson, 0 already known" in first
    assert "1 candidate and 1 lesson (2 waited already), 0 already known" in second


def test_a_lesson_stays_one_when_its_unit_is_looked_at_again(repo: GitRepo, foundry: CommandLine) -> None:
    troubled(repo, 5)
    foundry("init")
    foundry("extract", "--all")
    foundry("extract", "--all")

    waiting = json.loads(foundry("candidates", "--all", "--json").stdout)
    assert {row["id"]: row["kind"] for row in waiting} == {"python/share": "function", "any/lessons-of-share": "guidance"}


def test_three_fixes_are_no_lesson(repo: GitRepo, foundry: CommandLine) -> None:
    troubled(repo, 3)
    foundry("init")
    foundry("extract", "--all")

    assert guidance(foundry) == []


def test_a_change_taken_back_weighs_as_two_fixes(repo: GitRepo, foundry: CommandLine) -> None:
    troubled(repo, 2)
    repo.commit({"pay.py": UNIT.replace("//", "%")}, "Use the remainder")
    repo.git("revert", "--no-edit", "HEAD")
    foundry("init")
    foundry("extract", "--all")

    assert "1 change to it taken back" in guidance(foundry)[0]["description"]


def test_guidance_is_accepted_without_code_and_not_asked_again(repo: GitRepo, foundry: CommandLine) -> None:
    troubled(repo, 5)
    foundry("init")
    foundry("extract", "--all")
    foundry("accept", "any/lessons-of-share")

    folder = repo.path / ".foundry/patterns/any/lessons-of-share/v1"
    assert [file.name for file in folder.iterdir()] == ["pattern.yaml"]
    assert foundry("library", "check").returncode == 0
    foundry("extract", "--all")
    assert guidance(foundry) == []


def test_a_rejected_lesson_is_never_asked_again(repo: GitRepo, foundry: CommandLine) -> None:
    troubled(repo, 5)
    foundry("init")
    foundry("extract", "--all")
    foundry("reject", "any/lessons-of-share")
    repo.commit({"pay.py": UNIT.replace("total //", "9 + total //")}, "Fix it once more")
    foundry("extract", "--all")

    assert guidance(foundry) == []


def test_a_lesson_goes_when_its_code_goes(repo: GitRepo, foundry: CommandLine) -> None:
    troubled(repo, 5)
    foundry("init")
    foundry("extract", "--all")
    repo.commit({"pay.py": "RATE = 2\n"}, "Drop share")

    assert guidance(foundry) == []
