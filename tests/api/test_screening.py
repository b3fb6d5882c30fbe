"""The last look: what is given by hand passes the same screens as what is extracted, and so does a task's text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from foundry_git.api.classes import PatternLibrary
from foundry_git.errors import PrivateDataError, SecretFoundError
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo

TOKEN = "np" + "m_" + "Zk3Qw8Rt5Yb1Nc7Md4Lx9Vj2Hs6Gf0Pe8Ua3"
PERSON = "jo.roe" + "@" + "corp.io"
CODE = '''\
def pad(text: str, width: int) -> str:
    """Pad a text."""
    if width < 1:
        raise ValueError("width must be positive")
    return text.rjust(width)  # as ever
'''
FACTS = {"description": "Pad a text to a width", "language": "python"}


@pytest.fixture
def library(repo: GitRepo, foundry: CommandLine) -> Iterator[PatternLibrary]:
    foundry("init")
    repo.commit({"readme": "x"})
    with PatternLibrary(repo.path) as opened:
        yield opened


def test_a_description_that_holds_a_secret_is_refused_without_its_value(library: PatternLibrary) -> None:
    with pytest.raises(SecretFoundError) as caught:
        library.extract_pattern(CODE, FACTS | {"description": f"Pad a text by {TOKEN}"})

    assert "npm-token" in str(caught.value)
    assert TOKEN.lower()[4:14] not in str(caught.value).lower()
    assert library.workspace.candidates.read() == []


def test_an_address_in_a_literal_is_refused_without_its_value(library: PatternLibrary) -> None:
    with pytest.raises(PrivateDataError) as caught:
        library.extract_pattern(CODE.replace("width must be positive", PERSON), FACTS)

    assert "e-mail" in str(caught.value)
    assert PERSON not in str(caught.value)
    assert library.workspace.candidates.read() == []


def test_an_address_in_a_comment_or_description_is_taken_out(library: PatternLibrary) -> None:
    described = FACTS | {"description": f"Pad a text as {PERSON} does"}

    reference = library.extract_pattern(CODE.replace("as ever", f"as {PERSON} does"), described, accept=True)

    (folder,) = Path(library.workspace.need_library().patterns, reference.partition("@")[0]).iterdir()
    texts = "".join(path.read_text(encoding="utf-8") for path in folder.iterdir())
    assert PERSON not in texts
    assert texts.count("as <e-mail> does") == 3  # name, description, comment


def test_a_task_is_noted_without_what_is_private(repo: GitRepo, library: PatternLibrary) -> None:
    asked = (f"pad a text to a width for {PERSON}", f"pad a text to a width with {TOKEN}")
    foundry = CommandLine(repo.path)
    library.extract_pattern(CODE, FACTS, accept=True)
    for task in asked:
        assert json.loads(foundry("inject", "--json", "--task", task, input="Do it.").stdout)["receipt"]

    lines = (repo.path / ".git/foundry/notes.jsonl").read_text(encoding="utf-8").splitlines()

    tasks = [json.loads(line)["task"] for line in lines]
    assert tasks == ["pad a text to a width for <e-mail>", "(not kept: it holds a secret, npm-token)"]
