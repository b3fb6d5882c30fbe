"""Lessons: what several fixes corrected in the same way is proposed as guidance, told by their lines and not by their subjects."""

from __future__ import annotations

import json

import pytest

from foundry_git.extraction.corrections import Correction, corrections_in
from foundry_git.git.patches import FilePatch, Hunk, Patch
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo

MODULE = '''\
import datetime


def {name}(rows):
    """Stamp rows."""
    done = []
    for row in rows:
        if row:
            {name}_at = datetime.{call}()
            done.append((row, {name}_at))
    return done
'''
FILES = ("pay.py", "bills.py", "orders.py")


def corrected(repo: GitRepo, count: int = 2, subject: str = "Fix times in winter") -> list[str]:
    """Modules that all stamp rows wrongly, of which some are mended, each in a commit of its own."""
    repo.commit({path: MODULE.format(name=path[:-3], call="utcnow") for path in FILES[:count]}, "Add modules")
    return [repo.commit({path: MODULE.format(name=path[:-3], call="now")}, f"{subject}, {path}") for path in FILES[:count]]


def guidance(foundry: CommandLine) -> list[dict[str, str]]:
    return [row for row in json.loads(foundry("candidates", "--all", "--json").stdout) if row["kind"] == "guidance"]


def test_a_lesson_says_what_went_wrong_where_and_what_to_write_instead(repo: GitRepo, foundry: CommandLine) -> None:
    commits = corrected(repo)
    foundry("init")
    told = foundry("extract", "--all").stdout

    (lesson,) = guidance(foundry)
    assert (lesson["id"], lesson["path"], lesson["symbol"]) == ("python/instead-of-datetime-utcnow", "bills.py", "bills")
    assert lesson["description"].startswith("datetime.utcnow(…) went wrong in bills.py, pay.py: 2 fixes made it datetime.now(…)")
    assert commits[0][:10] in lesson["description"] and "winter" not in lesson["description"]
    assert "Write datetime.now(…) instead of datetime.utcnow(…)" in " ".join(foundry("show", lesson["id"]).stdout.split())
    assert "1 lesson" in told


READING = MODULE.replace("{name}_at = ", "{name}_at = {read}(row) or ")


def both_corrected(repo: GitRepo) -> None:
    for name in ("pay", "bills"):
        repo.commit({f"{name}.py": READING.format(name=name, call="utcnow", read="yaml.load")}, f"Add {name}")
    for name in ("pay", "bills"):
        repo.commit({f"{name}.py": READING.format(name=name, call="now", read="yaml.safe_load")}, f"Fix {name} for strangers")


def test_several_lessons_are_told(repo: GitRepo, foundry: CommandLine) -> None:
    both_corrected(repo)
    foundry("init")
    foundry("extract", "--all")

    assert {row["id"] for row in guidance(foundry)} == {"python/instead-of-datetime-utcnow", "python/instead-of-yaml-load"}


def test_what_is_still_used_elsewhere_is_not_wrong_in_itself(repo: GitRepo, foundry: CommandLine) -> None:
    both_corrected(repo)
    repo.commit({"other.py": "import yaml\n\n\ndef other(row):\n    return yaml.load(row)\n"}, "Add other")
    foundry("init")
    foundry("extract", "--all")

    assert {row["id"] for row in guidance(foundry)} == {"python/instead-of-datetime-utcnow"}


def test_an_extraction_counts_lessons_that_waited_already(repo: GitRepo, foundry: CommandLine) -> None:
    corrected(repo)
    foundry("init")

    first, second = foundry("extract", "--all").stdout, foundry("extract", "--all").stdout

    assert "1 candidate and 1 lesson, 1 already known" in first
    assert "1 candidate and 1 lesson (2 waited already), 1 already known" in second
    assert len(guidance(foundry)) == 1


@pytest.mark.parametrize(("count", "subject"), [(1, "Fix times in winter"), (2, "Use local times")])
def test_one_fix_and_what_is_no_fix_teach_nothing(repo: GitRepo, foundry: CommandLine, count: int, subject: str) -> None:
    corrected(repo, count, subject)
    foundry("init")
    foundry("extract", "--all")

    assert guidance(foundry) == []


def test_a_unit_that_was_only_fixed_often_is_no_lesson(repo: GitRepo, foundry: CommandLine) -> None:
    unit = "def share(total, parts):\n    left = total\n    for part in range(parts):\n        left -= {}\n    return left\n"
    repo.commit({"pay.py": unit.format("total // parts")})
    for number in range(6):
        repo.commit({"pay.py": unit.format(f"{number} + total // parts")}, f"Fix wrong rounding, part {number}")
    foundry("init")
    foundry("extract", "--all")

    assert guidance(foundry) == []


def test_what_is_wrong_again_or_gone_is_no_lesson(repo: GitRepo, foundry: CommandLine) -> None:
    corrected(repo)
    foundry("init")
    repo.commit({"pay.py": MODULE.format(name="pay", call="utcnow")}, "Stamp in one zone")
    foundry("extract", "--all")
    assert guidance(foundry) == []

    repo.commit({"pay.py": None, "bills.py": "RATE = 2\n"}, "Drop stamps")
    foundry("extract", "--all")
    assert guidance(foundry) == []


def test_guidance_is_accepted_without_code_and_not_asked_again(repo: GitRepo, foundry: CommandLine) -> None:
    corrected(repo)
    foundry("init")
    foundry("extract", "--all")
    foundry("accept", "instead-of-datetime-utcnow")

    folder = repo.path / ".foundry/patterns/python/instead-of-datetime-utcnow/v1"
    assert [file.name for file in folder.iterdir()] == ["pattern.yaml"]
    assert foundry("library", "check").returncode == 0
    foundry("extract", "--all")
    assert guidance(foundry) == []


def test_a_rejected_lesson_is_never_asked_again(repo: GitRepo, foundry: CommandLine) -> None:
    corrected(repo, 2)
    foundry("init")
    foundry("extract", "--all")
    foundry("reject", "instead-of-datetime-utcnow")
    repo.commit({"orders.py": MODULE.format(name="orders", call="utcnow")}, "Add orders")
    repo.commit({"orders.py": MODULE.format(name="orders", call="now")}, "Fix orders too")
    foundry("extract", "--all")

    assert guidance(foundry) == []


def test_a_lesson_goes_when_its_code_goes(repo: GitRepo, foundry: CommandLine) -> None:
    corrected(repo)
    foundry("init")
    foundry("extract", "--all")
    repo.commit({"bills.py": "RATE = 2\n"}, "Drop bills")

    assert guidance(foundry) == []


def patch(commit: str, *lines: tuple[str, str], path: str = "shop/pay.py") -> Patch:
    hunks = [Hunk(number, (before,), number, (after,)) for number, (before, after) in enumerate(lines, 1)]
    return Patch(commit, (FilePatch(path, path, tuple(hunks)),))


LOADED = ("text = yaml.load(a)", "text = yaml.safe_load(a)")
ENCODED = 'with open(b, mode, encoding="utf-8") as f:'


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        (LOADED, ("return yaml.load(b)", "return yaml.safe_load(b)"), ("yaml.load(…)", "yaml.safe_load(…)")),
        (
            ("open(a)", 'open(a, encoding="utf-8")'),
            ("with open(b, mode) as f:", ENCODED),
            ("open(…)", 'open(…, encoding="utf-8")'),
        ),
        (("x = a.strip()", "x = a.rstrip()"), ("for b in a.strip():", "for b in a.rstrip():"), ("a.strip(…)", "a.rstrip(…)")),
        (("x = fast", "x = slow"), ("y = fast + 1", "y = slow + 1"), None),
        (("wait(1)", "wait(2)"), ("wait(1, a)", "wait(2, a)"), None),
        (LOADED, LOADED, None),
        (("# yaml.load(a) is", "# yaml.safe_load(a) is"), ("// yaml.load(b)", "// yaml.safe_load(b)"), None),
        (("import yaml.load", "import yaml.safe_load"), ("from a import load(b)", "from a import safe_load(b)"), None),
    ],
)
def test_corrections_are_calls_that_became_others_in_two_lines(
    one: tuple[str, str], other: tuple[str, str], found: tuple[str, str] | None
) -> None:
    answer = corrections_in([patch("a" * 40, one), patch("b" * 40, other)])

    assert list(answer) == ([Correction(*found)] if found else [])


def test_two_lines_of_one_commit_are_one_fix_and_tests_teach_nothing() -> None:
    one, other = ("x = yaml.load(a)", "x = yaml.safe_load(a)"), ("return yaml.load(b)", "return yaml.safe_load(b)")

    assert not corrections_in([patch("a" * 40, one, other)])
    assert not corrections_in([patch("a" * 40, one, path="tests/test_pay.py"), patch("b" * 40, other, path="tests/test_pay.py")])
