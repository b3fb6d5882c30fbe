"""Former names of commands do what the new ones do, and say so."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from foundry_git.evidence.events import canonical
from foundry_git.evidence.journal import Journal
from tests import TOP
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo

PATTERN = "python/token-bucket"
CODE = TOP / "patterns/python/token-bucket/v1/token_bucket.py"
SESSION = str(TOP / "examples/session")
OWN = {"at", "nonce", "author", "event", "commit", "run"}
"""What differs between two events that say the same, each in a repository of its own."""

FORMER = {
    "outcome collect": (
        ("outcome", "collect", "--status", "success", "--json"),
        ("evidence", "collect", "--status", "success", "--json"),
        "evidence collect",
    ),
    "outcome ID --decide STATE": (
        ("outcome", PATTERN, "--decide", "validated", "--reason", "tested"),
        ("evidence", "decide", PATTERN, "validated", "--reason", "tested"),
        "evidence decide ID STATE",
    ),
    "outcome EVENT --withdraw": (
        ("outcome", "{event}", "--withdraw"),
        ("evidence", "withdraw", "{event}"),
        "evidence withdraw EVENT",
    ),
    "run": (
        ("run", "--", "git", "--version"),
        ("evidence", "run", "--", "git", "--version"),
        "evidence run",
    ),
    "check": (("check", "--json"), ("library", "check", "--json"), "library check"),
    "analyze": (
        ("analyze", SESSION, "--json"),
        ("agent", "analyze", SESSION, "--json"),
        "agent analyze",
    ),
    "search --from HEAD": (
        ("search", "--from", "HEAD", "--json", "token bucket"),
        ("search", "--unreviewed-only", "--json", "token bucket"),
        "search --unreviewed-only",
    ),
    "library sync": (
        ("library", "sync", "--background", "yes", "--json"),
        ("evidence", "sync", "--background", "yes", "--json"),
        "evidence sync",
    ),
}


class Project:
    """A repository with a library, in which one pattern was used and a person said how."""

    def __init__(self, folder: Path) -> None:
        self.state = folder / ".git" / "foundry"
        self.foundry = CommandLine(folder)
        repo = GitRepo.create(folder)
        self.foundry("init")
        self.foundry("outcome", PATTERN, "--fail")
        (self.event,) = Journal(self.state).read()[0]
        repo.commit({"limits.py": CODE.read_text(encoding="utf-8")})
        self.foundry("candidates")  # catches up: what the worker takes in meanwhile is in the journal now

    def asked(self, words: tuple[str, ...]) -> tuple[int, str, list[str]]:
        """Exit code, stdout without ids, and the lines on stderr."""
        done = self.foundry(*(word.format(event=self.event) for word in words))
        return done.returncode, re.sub(r"[0-9a-f]{8,64}", "ID", done.stdout), done.stderr.splitlines()

    def said(self) -> list[dict[str, object]]:
        """What the journal holds, without what is this project's own."""
        facts = [json.loads(canonical(event)) for event in Journal(self.state).read()[0].values()]
        return sorted(({k: v for k, v in one.items() if k not in OWN} for one in facts), key=repr)


@pytest.mark.parametrize("name", FORMER)
def test_a_former_name_does_the_same_and_says_the_new_one(tmp_path: Path, name: str) -> None:
    former, today, new = FORMER[name]
    projects = Project(tmp_path / "a"), Project(tmp_path / "b")

    old_answer, new_answer = projects[0].asked(former), projects[1].asked(today)

    remark = f"foundry: `{name}` is called `{new}` now; the old name goes with the next version"
    assert new_answer[0] == 0
    assert old_answer == (0, new_answer[1], [remark, *new_answer[2]])
    assert projects[0].said() == projects[1].said()


@pytest.mark.parametrize(
    ("name", "former", "new", "today"),
    [
        ("init --as-library", ("--as-library",), "init --standalone", ("--standalone",)),
        ("init --to", ("--to", "{team}"), "init --library", ("--library", "{team}")),
        ("init --to", ("--to={team}", "--trailers"), "init --library", ("--trailers", "--library={team}")),
    ],
)
def test_a_former_option_of_init_installs_the_same_and_says_the_new_one(
    tmp_path: Path, name: str, former: tuple[str, ...], new: str, today: tuple[str, ...]
) -> None:
    team = GitRepo.create(tmp_path / "team")
    CommandLine(team.path)("init", "--standalone")
    repos = [GitRepo.create(tmp_path / word / "shop") for word in ("a", "b")]

    old, now = (
        CommandLine(repo.path)("init", *(word.format(team=team.path) for word in words))
        for repo, words in zip(repos, (former, today), strict=True)
    )

    assert (old.returncode, old.stdout) == (0, now.stdout)
    assert old.stderr == f"foundry: `{name}` is called `{new}` now; the old name goes with the next version\n{now.stderr}"
    files = [{one.relative_to(repo.path) for one in repo.path.rglob("*") if one.is_file()} for repo in repos]
    assert files[0] == files[1]


def test_what_was_decided_collected_and_withdrawn_is_recorded(tmp_path: Path) -> None:
    project = Project(tmp_path / "a")
    for former, _, _ in FORMER.values():
        project.asked(former)

    kinds = [one["kind"] for one in project.said()]
    assert {kind: kinds.count(kind) for kind in ("outcome", "adopted", "decided", "withdrawn")} == {
        "outcome": 2, "adopted": 1, "decided": 1, "withdrawn": 1,
    }  # fmt: skip
    assert json.loads((project.state / "sync.json").read_text(encoding="utf-8"))["background"] is True


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("outcome", "collect", "--pass"), "--pass: says what came of one pattern; write its ID in place of `collect`"),
        (("outcome", PATTERN, "--pass", "--json"), "--json: belongs to `foundry evidence collect`"),
        (("outcome", PATTERN, "--pass", "--withdraw"), "--withdraw: not allowed with --pass"),
        (("outcome", PATTERN, "--decide", "pending"), "--decide and --reason go together"),
    ],
)
def test_options_of_several_former_commands_are_not_mixed(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    done = CommandLine(tmp_path)(*words)

    assert (done.returncode, done.stdout, said in done.stderr) == (2, "", True)


@pytest.mark.parametrize("words", [(), ("outcome",), ("init",), ("library",), ("search",), ("help", "--all")])
def test_help_shows_no_former_name(tmp_path: Path, words: tuple[str, ...]) -> None:
    shown = CommandLine(tmp_path)(*words, "--help").stdout

    former = ("share a library", "--decide", "--withdraw", "collect`", "former", "library sync", "--to ", "--as-library", "HEAD:")
    assert shown and not any(name in shown for name in former)
    assert not re.search(r"^  (run|check|analyze) ", shown, re.MULTILINE)
