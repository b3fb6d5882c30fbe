"""What a stored text needs from outside is said in one line."""

from __future__ import annotations

import json

import pytest

from foundry_git.source.standing import Needs, needs_of
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo

WAITING = '''\
import httpx
import yaml


def read_address(place: str) -> object:
    """Read what an address answers, as YAML."""
    answer = httpx.get(place)
    answer.raise_for_status()
    for wrong in ("<html>", "<!doctype"):
        if answer.text.lower().startswith(wrong):
            raise ValueError(place)
    return yaml.safe_load(answer.text)
'''


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import json\n\n\ndef f(x):\n    return json.dumps(x)\n", ""),
        ("import yaml\n\n\ndef f(x):\n    return yaml.dump(x)\n", "yaml, from elsewhere"),
        (WAITING, "httpx and yaml, from elsewhere"),
        ("def f(x):\n    return SIZES[x]\n", "SIZES, which nothing defines: not here"),
        (
            "import yaml\n\n\ndef f(x):\n    return yaml.dump(SIZES)\n",
            "yaml, from elsewhere · SIZES, which nothing defines: not here",
        ),
        ("def f(:\n", ""),
    ],
)
def test_it_is_said_what_comes_from_elsewhere_and_what_is_not_here(code: str, said: str) -> None:
    assert str(needs_of(code, "python", "f.py")) == said


def test_a_language_that_nobody_reads_needs_nothing_that_is_known() -> None:
    assert needs_of("SELECT 1", "sql", "one.sql") == Needs()


def test_a_candidate_and_a_pattern_show_what_they_need(repo: GitRepo, foundry: CommandLine) -> None:
    foundry("init")
    repo.commit({"shop/addresses.py": WAITING})
    waiting = foundry("show", "read-address").stdout
    foundry("accept", "read-address")

    assert "needs httpx and yaml, from elsewhere" in waiting
    assert "needs     httpx and yaml, from elsewhere" in foundry("show", "read-address").stdout
    shown = json.loads(foundry("show", "read-address", "--json").stdout)
    assert shown["needs"] == {"packages": ["httpx", "yaml"], "missing": []}
