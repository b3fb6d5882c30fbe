"""The describer: a program of the user's own puts candidates into words; whatever it does, nothing breaks and nothing is believed."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from foundry_git import config
from foundry_git.errors import ConfigurationError, DescriberError
from foundry_git.extraction import describer
from foundry_git.extraction.describer import DescriberRequest, ask, read_answer
from foundry_git.library.library import open_named
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo
from tests.samples import CHUNKS

QUESTION = DescriberRequest(
    "python", "in_chunks", "def in_chunks(items, size)", "Cut.", CHUNKS, frozenset({"iteration", "collections"})
)
GOOD = {"name": "split-into-chunks", "description": "Split a list into consecutive chunks.", "tags": ["iteration", "nonsense"]}


def script(folder: Path, body: str, name: str = "describe-it") -> list[str]:
    """A program that runs some Python, with the question as ``asked``."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    head = f"#!{sys.executable} -I\nimport json, os, sys, time\nasked = json.load(sys.stdin)\n"
    file.write_text(head + body, encoding="utf-8")
    file.chmod(0o755)
    return [str(file)]


def shell(folder: Path, line: str) -> list[str]:
    """A program that runs a line of ``sh``."""
    file = folder / "quick"
    file.write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
    file.chmod(0o755)
    return [str(file)]


def asked(tmp_path: Path, body: str, seconds: float = 20) -> describer.Description:
    return ask(script(tmp_path / "bin", body), seconds, QUESTION, tmp_path, os.environ)


def answering(answer: object) -> str:
    return f"print({json.dumps(answer)!r})\n"


def configure(home: Path, command: list[str]) -> None:
    file = home / ".config/foundry-git/config.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"describer": {"command": command}}), encoding="utf-8")


def listed(foundry: CommandLine) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(foundry("candidates", "--all", "--json").stdout)
    return found


# The program


def test_it_is_told_the_unit_on_stdin_and_its_answer_is_read(tmp_path: Path) -> None:
    said = asked(tmp_path, f"json.dump(asked, open('asked.json', 'w'))\n{answering(GOOD)}")

    assert (said.description, said.name, said.tags) == (
        "Split a list into consecutive chunks.",
        "split-into-chunks",
        ("iteration",),
    )
    told = json.loads((tmp_path / "asked.json").read_text(encoding="utf-8"))
    assert told == {
        "language": "python",
        "name": "in_chunks",
        "signature": "def in_chunks(items, size)",
        "description": "Cut.",
        "code": CHUNKS,
        "vocabulary": ["collections", "iteration"],
    }


def test_no_shell_sees_the_command(tmp_path: Path) -> None:
    command = script(tmp_path / "bin", "print(json.dumps({'description': 'It got ' + ' '.join(sys.argv[1:])}))\n")

    said = ask([*command, "$HOME; touch owned", "*"], 20, QUESTION, tmp_path, os.environ)

    assert said.description == "It got $HOME; touch owned *."
    assert not (tmp_path / "owned").exists()


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("sys.exit(3)\n", "ended with exit code 3"),
        ("print('hello')\n", "its answer is not JSON"),
        ("print('[' * 60000)\n", "its answer is not JSON"),
        ("sys.stdout.buffer.write(b'\\xff\\xfe')\n", "its answer is not JSON"),
        ("while True: print('x' * 1000)\n", "said more than 65,536 bytes"),
        ("pass\n", "its answer is not JSON"),
    ],
)
def test_a_program_that_misbehaves_gives_one_reason(tmp_path: Path, body: str, reason: str) -> None:
    with pytest.raises(DescriberError) as found:
        asked(tmp_path, body)

    assert found.value.reason == reason
    assert "\n" not in str(found.value)


def test_a_program_that_is_not_there_gives_one_reason(tmp_path: Path) -> None:
    with pytest.raises(DescriberError, match="does not start"):
        ask([str(tmp_path / "gone")], 5, QUESTION, tmp_path, os.environ)


@pytest.fixture
def alive(tmp_path: Path) -> BinaryIO:
    """The reading end of a pipe, ``alive`` in the program's folder: it ends when every process that writes to it is gone."""
    os.mkfifo(tmp_path / "alive")
    pipe = os.open(tmp_path / "alive", os.O_RDONLY | os.O_NONBLOCK)
    os.set_blocking(pipe, True)
    return os.fdopen(pipe, "rb")


@pytest.mark.parametrize("ending", ["sleep 600", "exit 0"])
def test_a_program_that_takes_too_long_is_killed_with_its_children(tmp_path: Path, alive: BinaryIO, ending: str) -> None:
    command = shell(tmp_path, f"exec 3> alive; printf x >&3; sleep 600 & {ending}")

    with pytest.raises(DescriberError, match="took longer than 2 s"):
        ask(command, 2, QUESTION, tmp_path, os.environ)

    with alive:
        assert alive.read() == b"x"


def test_a_child_that_it_leaves_behind_is_gone_too(tmp_path: Path, alive: BinaryIO) -> None:
    command = shell(tmp_path, f"exec 3> alive; printf x >&3; sleep 600 > /dev/null & echo '{json.dumps(GOOD)}'")

    said = ask(command, 20, QUESTION, tmp_path, os.environ)

    assert said.name == "split-into-chunks"
    with alive:
        assert alive.read() == b"x"


# Its answer is a stranger's text


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"description": None}, "its answer is no object with a text `description`"),
        ({"description": "Chunks"}, "its `description` is no sentence"),
        ({"description": "\x1b\x00\u202e"}, "its `description` is no sentence"),
        ({"name": "../../etc/passwd"}, "its `name` is neither"),
        ({"name": "a" * 65}, "its `name` is neither"),
        ({"name": ["a"]}, "its `name` is no text"),
        ({"tags": "iteration"}, "its `name` is no text, or its `tags` are no list"),
        ({"tags": [1]}, "its `name` is no text, or its `tags` are no list"),
        ({"description": "Use the token ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8."}, "looks like it holds a secret"),
    ],
)
def test_an_answer_that_breaks_the_rules_is_refused_whole(change: dict[str, object], reason: str) -> None:
    with pytest.raises(DescriberError) as found:
        read_answer(json.dumps(GOOD | change).encode(), QUESTION)

    assert reason in found.value.reason


def test_a_description_becomes_one_printable_line_of_bounded_length() -> None:
    said = read_answer(json.dumps({"description": "Split a list\n\x1b[31m into chunks " + "and more " * 40}).encode(), QUESTION)

    assert said.description.startswith("Split a list [31m into chunks and more") and len(said.description) <= 160
    assert said.description.isprintable()
    assert (said.name, said.tags) == ("", ())


# Configuration


def test_a_tracked_file_cannot_name_a_describer(repo: GitRepo, tmp_path: Path) -> None:
    repo.write({"foundry.yaml": "library_id: 6f6d3c5e-2b0c-4c8e-9b1e-3f5f6a2d7c10\ndescriber:\n  command: [touch, owned]\n"})

    with pytest.raises(ConfigurationError, match="describer: unknown key"):
        config.load(open_named(repo.path), tmp_path / "none", {})


@pytest.mark.parametrize("seconds", ["0", "31"])
def test_its_time_is_bounded(tmp_path: Path, seconds: str) -> None:
    (tmp_path / "config.yaml").write_text(f"describer:\n  command: [x]\n  seconds: {seconds}\n", encoding="utf-8")

    with pytest.raises(ConfigurationError, match=r"describer\.seconds: must be 1 to 30"):
        config.load(None, tmp_path / "config.yaml", {})


def test_there_is_none_unless_the_user_names_one(tmp_path: Path) -> None:
    assert config.load(None, tmp_path / "none", {}).describer.command == ()


# The whole way


@pytest.fixture
def shop(repo: GitRepo, foundry: CommandLine) -> CommandLine:
    """A repository with one unit that is worth a candidate."""
    foundry("init")
    repo.commit({"shop/lists.py": CHUNKS})
    return foundry


def test_extract_describes_at_once_and_everybody_is_told_who_wrote_it(
    shop: CommandLine, repo: GitRepo, home: Path, tmp_path: Path
) -> None:
    configure(home, script(tmp_path / "bin", answering(GOOD)))
    done = shop("extract", "--all")
    assert done.returncode == 0, done.stderr

    (candidate,) = listed(shop)
    assert (candidate["id"], candidate["name"], candidate["symbol"]) == ("python/in-chunks", "split-into-chunks", "in_chunks")
    assert (candidate["description"], candidate["tags"]) == ("Split a list into consecutive chunks.", ["iteration"])
    assert candidate["described_by"] == "describe-it"
    for command in ("candidates", "show in-chunks"):
        assert "description by describe-it, not by a person" in shop(*command.split()).stdout
    assert "- description by describe-it, not by a person" in shop("propose", "in-chunks").stdout

    shop("accept", "in-chunks")
    manifest = (repo.path / ".foundry/patterns/python/in-chunks/v1/pattern.yaml").read_text(encoding="utf-8")
    assert "description: Split a list into consecutive chunks." in manifest
    assert "describe-it" not in manifest


def test_it_is_off_by_default(shop: CommandLine) -> None:
    shop("extract", "--all")

    (candidate,) = listed(shop)
    assert (candidate["description"], candidate["described_by"]) == ("Cut a list into pieces of a size.", "")


def test_one_that_fails_leaves_the_candidate_as_it_was_with_one_remark(shop: CommandLine, home: Path, tmp_path: Path) -> None:
    configure(home, script(tmp_path / "bin", "sys.exit(7)\n"))

    done = shop("extract", "--all")

    (remark,) = [line for line in done.stderr.splitlines() if "describer" in line]
    assert (done.returncode, remark.partition(";")[0]) == (0, "python/in-chunks: the describer ended with exit code 7")
    (candidate,) = listed(shop)
    assert (candidate["description"], candidate["described_by"]) == ("Cut a list into pieces of a size.", "")


def test_a_candidate_is_described_once_until_its_code_changes(
    shop: CommandLine, repo: GitRepo, home: Path, tmp_path: Path
) -> None:
    counting = f"open({str(tmp_path / 'count')!r}, 'a').write('x')\n{answering(GOOD)}"
    configure(home, script(tmp_path / "bin", counting))

    for _ in range(2):
        shop("extract", "--all")
    assert (tmp_path / "count").read_text(encoding="utf-8") == "x"
    repo.commit({"shop/lists.py": CHUNKS.replace("must be positive", "has to be positive")})
    shop("extract", "--all")

    assert (tmp_path / "count").read_text(encoding="utf-8") == "xx"
    assert listed(shop)[0]["described_by"] == "describe-it"


def test_only_the_ten_best_are_described_at_once(foundry: CommandLine, repo: GitRepo, home: Path, tmp_path: Path) -> None:
    # ten starts of Python could take longer than there is for all of them on a busy machine
    configure(home, shell(tmp_path, f"printf x >> {tmp_path}/count; echo '{json.dumps(GOOD)}'"))
    names = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda_ my".split()
    units = [CHUNKS.replace("in_chunks", name).replace("range(0,", f"range({number},") for number, name in enumerate(names)]
    repo.commit({"shop/lists.py": "\n\n".join(units)})
    foundry("init")  # only now: a worker that the commit wakes would describe ten as well

    foundry("extract", "--all")

    assert len((tmp_path / "count").read_text(encoding="utf-8")) == 10


def test_a_dry_run_asks_nobody(shop: CommandLine, home: Path, tmp_path: Path) -> None:
    configure(home, script(tmp_path / "bin", f"open({str(tmp_path / 'count')!r}, 'a')\n{answering(GOOD)}"))

    shop("extract", "--all", "--dry-run")

    assert not (tmp_path / "count").exists()


def test_the_worker_describes_what_a_commit_brought(repo: GitRepo, foundry: CommandLine, home: Path, tmp_path: Path) -> None:
    configure(home, script(tmp_path / "bin", answering(GOOD)))
    foundry("init")
    repo.git("commit", "--quiet", "--allow-empty", "-m", "first", env={"FOUNDRY_WORKER": "1"})
    foundry("worker")
    repo.write({"shop/lists.py": CHUNKS})
    repo.git("add", "--all")
    repo.git("commit", "--quiet", "-m", "second", env={"FOUNDRY_WORKER": "1"})

    foundry("worker")

    assert listed(foundry)[0]["described_by"] == "describe-it"
