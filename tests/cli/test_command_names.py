"""How commands are named and shown: a front page of what a week needs, all of them behind it, and help in one place."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from foundry_git.cli import help_page
from foundry_git.cli.parser import build_parser
from foundry_git.command_table import EVERYDAY, GROUP_HELP, GROUPS, VERBS
from tests import TOP
from tests.commandline import CommandLine
from tests.commandline import run as here

KEPT_FREE = {"review", "test", "use", "browse", "site", "mcp", "diff"}
DOCS = TOP / "docs"
SHOWN = re.compile(r"^  (\S+(?: \S+)?)  +\S", re.MULTILINE)


def helped(parser: argparse.ArgumentParser) -> dict[str, str]:
    """Command → its line of help, as a parser's own list of commands has them."""
    actions = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    return {choice.dest: choice.help or "" for action in actions for choice in action._choices_actions}


def test_help_shows_at_most_twelve_commands_in_groups_and_names_the_others(tmp_path: Path) -> None:
    code, shown, said = here(tmp_path, "--help")

    names = [name for group in EVERYDAY.values() for name in group]
    assert (code, SHOWN.findall(shown.partition("foundry help --all")[0]), said) == (0, names, "")
    assert len(names) <= 12
    assert [line for line in shown.splitlines() if line in EVERYDAY] == list(EVERYDAY)
    others = re.search(r"^more, in foundry help --all\n  (.*)$", shown, re.MULTILINE)
    assert others is not None
    assert {*names, *others[1].split(", "), "help"} == {*VERBS, *GROUPS}


def test_help_all_shows_every_command(tmp_path: Path) -> None:
    _, shown, _ = here(tmp_path, "help", "--all")

    every = [*VERBS, *(f"{group} {action}" for group, actions in GROUPS.items() for action in actions)]
    assert SHOWN.findall(shown.partition("\n-h, --help")[0]) == every


def test_the_parser_says_of_each_command_what_the_pages_say() -> None:
    parser = build_parser()
    groups = next(action for action in parser._actions if isinstance(action, argparse._SubParsersAction))

    assert helped(parser) == VERBS | GROUP_HELP
    assert {name: helped(groups.choices[name]) for name in GROUPS} == GROUPS


def test_no_page_is_wider_than_a_terminal() -> None:
    assert max(map(len, f"{help_page.front()}{help_page.everything()}".splitlines())) <= 100


def test_foundry_alone_prints_the_same_and_ends_as_a_usage_error(tmp_path: Path) -> None:
    _, page, _ = here(tmp_path, "--help")

    assert here(tmp_path) == (2, page, "")
    assert here(tmp_path, "-C", str(tmp_path)) == (2, page, "")
    assert here(tmp_path, "help") == (0, page, "")
    assert here(tmp_path, "-h") == (0, page, "")


@pytest.mark.parametrize("words", [("search",), ("evidence", "sync"), ("library",)])
def test_help_of_a_command_is_what_the_command_says_itself(tmp_path: Path, words: tuple[str, ...]) -> None:
    foundry = CommandLine(tmp_path)
    own, asked = foundry(*words, "--help"), foundry("help", *words)

    assert (asked.returncode, asked.stdout, asked.stderr) == (0, own.stdout, own.stderr)
    assert own.stdout.startswith(f"usage: foundry {' '.join(words)} ")


def test_help_of_an_unknown_command_suggests_names(tmp_path: Path) -> None:
    code, shown, said = here(tmp_path, "help", "candidate")

    assert (code, shown) == (2, "")
    assert said == "foundry: candidate: no such command; did you mean `foundry candidates`?\n"


def test_help_loads_no_parser_and_no_command(tmp_path: Path) -> None:
    probe = "import sys\nfrom foundry_git.cli.main import main\nmain(sys.argv[1:])\nprint(*sys.modules, file=sys.stderr)"
    for words in (["--help"], [], ["help", "--all"], ["--version"]):
        done = subprocess.run(
            [sys.executable, "-S", "-P", "-c", f"sys_path = {sys.path!r}\nimport sys\nsys.path = sys_path\n{probe}", *words],
            cwd=tmp_path, capture_output=True, encoding="utf-8", check=True, timeout=60,
        )  # fmt: skip
        loaded = set(done.stderr.split())
        assert "foundry_git.command_table" in loaded
        assert loaded.isdisjoint({"argparse", "json", "pathlib", "typing", "foundry_git.cli.dispatch", "foundry_git.errors"})


def test_help_into_a_pipe_that_nobody_reads_ends_quietly(tmp_path: Path) -> None:
    unread, written = os.pipe()
    os.close(unread)
    try:
        command = [sys.executable, "-P", "-m", "foundry_git", "--help"]
        done = subprocess.run(command, cwd=tmp_path, stdout=written, stderr=subprocess.PIPE, check=False, timeout=60)
    finally:
        os.close(written)

    assert (done.returncode, done.stderr) == (0, b"")


def test_search_says_what_its_filters_can_be(tmp_path: Path) -> None:
    shown = " ".join(CommandLine(tmp_path)("search", "--help").stdout.split())

    assert "this language: python, javascript, typescript, go, rust" in shown
    assert "this kind: function, class, test, guidance; of units of HEAD also method" in shown
    assert "this framework: such as django or react; --facets lists those" in shown


def test_the_names_that_are_kept_free_are_free_and_documented() -> None:
    page = (DOCS / "commands.md").read_text(encoding="utf-8").partition("## How commands are named")[2].partition("\n## ")[0]

    assert KEPT_FREE.isdisjoint({*VERBS, *GROUPS})
    assert {name for name in KEPT_FREE if f"`{name}`" not in page} == set()


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_alone_prints_its_help_as_a_usage_error(group: str, tmp_path: Path) -> None:
    code, shown, said = here(tmp_path, group)

    assert (code, said) == (2, "")
    assert shown == here(tmp_path, "help", group)[1]
    assert all(f"  {action} " in shown for action in GROUPS[group])
