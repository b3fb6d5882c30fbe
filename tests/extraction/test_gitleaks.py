"""The second screen: asked only where the user says so, told nothing but the text, believed in nothing but names of rules."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from foundry_git.extraction import gitleaks
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo

PROGRAM = """\
#!{python}
import json, os, sys
text = sys.stdin.read()
assert sys.argv[1] == "stdin" and "--redact=100" in sys.argv and "--report-path=-" in sys.argv
assert not os.path.exists(".gitleaks.toml"), "it must not run where a tracked file configures it"
lines = text.split("\\n")
found = [{{"RuleID": "house-rule", "StartLine": n, "Secret": "REDACTED"}} for n, line in enumerate(lines, 1) if "zq-internal" in line]
print(json.dumps(found))
"""
HELD = '''\
def dial(number: int) -> str:
    """Call the house."""
    if number < 1:
        raise ValueError("a number is positive")
    for _ in range(number):
        if number > 3:
            return "zq-internal-77"
    return "done"
'''
CLEAN = HELD.replace("dial", "ring").replace("zq-internal-77", "busy").replace("a number", "the number")


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program of that name on PATH, which knows one rule."""
    import sys

    place = tmp_path / "bin" / "gitleaks"
    place.parent.mkdir()
    place.write_text(PROGRAM.format(python=sys.executable), encoding="utf-8")
    place.chmod(place.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{place.parent}{os.pathsep}{os.environ['PATH']}")
    return place


def switch_on(home: Path) -> None:
    place = home / ".config/foundry-git/config.yaml"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("screen:\n  gitleaks: true\n", encoding="utf-8")


def verdicts(foundry: CommandLine) -> dict[str, tuple[str, str]]:
    answer = json.loads(foundry("extract", "--all", "--json").stdout)
    return {verdict["symbol"]: (verdict["outcome"], verdict["reason"]) for verdict in answer["verdicts"]}


def test_its_findings_are_names_of_rules_for_the_text_they_are_in(program: Path) -> None:
    texts = {"a": "x\ny\n", "b": "1\nzq-internal\n", "c": "zq-internal\nzq-internal", "d": ""}

    assert gitleaks.rules_in(texts) == {"b": ["gitleaks/house-rule"], "c": ["gitleaks/house-rule"]}


def test_without_the_program_there_are_no_findings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert gitleaks.rules_in({"a": "zq-internal"}) == {}


@pytest.mark.parametrize("body", ["exit 3", "echo nonsense", "echo '{}'", "echo '[1, {\"RuleID\": 5}]'; exit 1", "echo '[[[['"])
def test_a_program_that_fails_holds_nothing_up(program: Path, body: str) -> None:
    program.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")

    assert gitleaks.rules_in({"a": "zq-internal"}) == {}


def test_a_name_of_a_rule_is_not_taken_as_it_comes(program: Path) -> None:
    program.write_text('#!/bin/sh\necho \'[{"RuleID": "a\\u001b[2J", "StartLine": -4}]\'\n', encoding="utf-8")

    assert gitleaks.rules_in({"a": "x"}) == {"a": ["gitleaks/unnamed"]}


def test_it_is_off_by_default(repo: GitRepo, foundry: CommandLine, program: Path) -> None:
    foundry("init")
    repo.commit({"a.py": HELD})

    assert verdicts(foundry)["dial"][0] == "candidate"


def test_a_unit_that_it_stops_is_not_stored(repo: GitRepo, foundry: CommandLine, program: Path, home: Path) -> None:
    foundry("init")
    repo.commit({"a.py": HELD, "b.py": CLEAN, ".gitleaks.toml": "[allowlist]\nregexes = ['.*']\n"})
    switch_on(home)

    found = verdicts(foundry)

    assert found["dial"] == ("dropped", "secret: gitleaks/house-rule")
    assert found["ring"][0] == "candidate"
    assert [one["id"] for one in json.loads(foundry("candidates", "--json").stdout)] == ["python/ring"]


@pytest.mark.parametrize("command", ["accept", "propose"])
def test_a_candidate_from_before_is_stopped_when_it_is_accepted(
    repo: GitRepo, foundry: CommandLine, program: Path, home: Path, command: str
) -> None:
    foundry("init")
    repo.commit({"a.py": HELD})
    verdicts(foundry)
    switch_on(home)

    done = foundry(command, "python/dial")

    assert done.returncode == 1
    assert "gitleaks/house-rule" in done.stderr
    assert "zq-internal" not in done.stdout + done.stderr
    assert not (repo.path / ".foundry/patterns/python/dial").exists()


def test_a_tracked_file_cannot_switch_it_on(repo: GitRepo, foundry: CommandLine) -> None:
    foundry("init")
    settings = repo.path / ".foundry/foundry.yaml"
    settings.write_text(settings.read_text(encoding="utf-8") + "screen:\n  gitleaks: true\n", encoding="utf-8")

    done = foundry("candidates")

    assert (done.returncode, "screen: unknown key" in done.stderr) == (2, True)
