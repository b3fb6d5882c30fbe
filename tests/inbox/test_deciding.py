"""A person's words: decisions win, and carry a pseudonym that tells nothing of the person."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import pytest

from foundry_git.cli.group_options import DECISION_REASONS, STATES
from foundry_git.evidence.events import Decided, Event, Outcome, Proposed, Rated
from foundry_git.evidence.journal import Journal
from foundry_git.evidence.kinds.reviews import DecidedReason, DecidedState
from foundry_git.git.state_folder import StateFolder
from foundry_git.inbox.decisions import decide
from foundry_git.inbox.feedback import record_outcome, record_rating
from foundry_git.inbox.pseudonym import author_of
from foundry_git.workspace import UserFolders, Workspace
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo
from tests.whole.test_loop import STOCK

PATTERN = "python/retry-with-backoff"
LIBRARY = "library_id: 6f6d3c5e-2b0c-4c8e-9b1e-3f5f6a2d7c1{}\n"


def workspace_of(repo: GitRepo, folders: UserFolders | None = None, number: int = 1) -> Workspace:
    repo.write({"foundry.yaml": LIBRARY.format(number)})
    return Workspace.open(repo.path, environment={}, folders=folders)


def folders_in(place: Path) -> UserFolders:
    return UserFolders(place / "configuration", place / "cache", place / "state")


def pseudonym_in(workspace: Workspace) -> str | None:
    return author_of(workspace.own, workspace.folders.state)


def written(workspace: Workspace) -> list[Event]:
    return list(Journal(workspace.state).read()[0].values())


def test_the_words_of_the_command_line_are_those_of_the_events() -> None:
    assert get_args(DecidedState) == STATES
    assert get_args(DecidedReason) == DECISION_REASONS


def test_a_decision_is_an_event_with_its_reason(repo: GitRepo) -> None:
    workspace = workspace_of(repo)

    pattern = decide(workspace, PATTERN, "quarantined", "unsafe")

    (said,) = [event for event in written(workspace) if isinstance(event, Decided)]
    assert (said.digest, said.state, said.reason) == (pattern.digest, "quarantined", "unsafe")
    workspace.close()


def test_one_person_has_one_pseudonym_in_a_library_and_another_in_the_next(repo: GitRepo, tmp_path: Path) -> None:
    ada, bob = folders_in(tmp_path / "ada"), folders_in(tmp_path / "bob")

    first, again, other = (pseudonym_in(workspace_of(repo, folders)) for folders in (ada, ada, bob))
    elsewhere = pseudonym_in(workspace_of(repo, ada, number=2))

    assert first == again
    assert len({first, other, elsewhere}) == 3
    assert StateFolder(ada.state).pseudonym.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("content", [b"", b"short"])
def test_a_damaged_secret_is_made_anew(repo: GitRepo, tmp_path: Path, content: bytes) -> None:
    folders = folders_in(tmp_path / "ada")
    folders.state.mkdir(parents=True)
    StateFolder(folders.state).pseudonym.write_bytes(content)

    author = pseudonym_in(workspace_of(repo, folders))

    assert author == pseudonym_in(workspace_of(repo, folders))
    assert [path.name for path in folders.state.iterdir()] == ["pseudonym"]


def test_where_no_state_can_be_kept_there_is_no_pseudonym(repo: GitRepo, tmp_path: Path) -> None:
    (tmp_path / "ada").write_text("a file where a folder should be")

    assert pseudonym_in(workspace_of(repo, folders_in(tmp_path / "ada"))) is None


def test_outcomes_and_ratings_carry_the_pseudonym(repo: GitRepo) -> None:
    workspace = workspace_of(repo)
    record_outcome(workspace, PATTERN, "pass")
    record_rating(workspace, PATTERN, 4)

    said = [event for event in written(workspace) if isinstance(event, Outcome | Rated)]

    assert [event.author for event in said] == [pseudonym_in(workspace)] * 2
    workspace.close()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "say what came of it"),
        (("--decide", "validated"), "--decide and --reason go together"),
        (("--pass", "--reason", "tested"), "--decide and --reason go together"),
    ],
)
def test_half_a_request_is_refused(foundry: CommandLine, arguments: tuple[str, ...], said: str) -> None:
    done = foundry("outcome", PATTERN, *arguments)

    assert (done.returncode, said in done.stderr) == (2, True)


def test_the_command_decides(repo: GitRepo, foundry: CommandLine) -> None:
    foundry("init")

    done = foundry("evidence", "decide", PATTERN, "quarantined", "--reason", "wrong")

    assert done.stdout == f"  {PATTERN}@1: quarantined from now on, by your decision (wrong)\n"
    assert [event.state for event in written(Workspace.open(repo.path)) if isinstance(event, Decided)] == ["quarantined"]


def test_a_proposal_is_an_event(repo: GitRepo, foundry: CommandLine) -> None:
    foundry("init")
    repo.commit({}, "Start")
    repo.commit({"stock.py": STOCK})
    candidates = json.loads(foundry("candidates", "--json").stdout)

    done = foundry("propose", candidates[0]["id"])

    assert done.returncode == 0, done.stderr
    assert [event.id for event in written(Workspace.open(repo.path)) if isinstance(event, Proposed)] == [candidates[0]["id"]]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (
            (),
            "it has no remote to go to: add one with `git -C {0} remote add origin URL`, then `git -C {0} push -u origin topic`",
        ),
        (("upstream",), "publish it with:  git -C {0} push -u upstream topic"),
        (("origin", "upstream"), "publish it with:  git -C {0} push -u origin topic"),
        (("mine", "theirs"), "publish it to one of mine, theirs:  git -C {0} push -u REMOTE topic"),
    ],
)
def test_a_proposal_is_published_to_a_remote_that_there_is(
    repo: GitRepo, foundry: CommandLine, names: tuple[str, ...], said: str
) -> None:
    foundry("init")
    repo.commit({}, "Start")
    repo.commit({"stock.py": STOCK})
    for name in names:
        repo.git("remote", "add", name, f"https://example.com/{name}.git")
    candidates = json.loads(foundry("candidates", "--json").stdout)

    done = foundry("propose", candidates[0]["id"], "--branch", "topic")

    assert done.stderr.splitlines()[-1] == f"branch topic is ready; {said.format(repo.path)}"


def test_a_proposal_says_where_code_of_a_folder_stands_without_a_commit(repo: GitRepo, foundry: CommandLine) -> None:
    foundry("init")
    repo.commit({}, "Start")
    repo.write({"lib/stock.py": STOCK})
    foundry("extract", "lib")
    candidates = json.loads(foundry("candidates", "--json").stdout)

    body = foundry("propose", candidates[0]["id"]).stdout

    assert f"- from `{candidates[0]['path']}`, line {candidates[0]['line']}\n" in body


def test_uninstalling_names_the_branches_that_it_leaves(repo: GitRepo, foundry: CommandLine) -> None:
    foundry("init")
    repo.commit({}, "Start")
    repo.commit({"stock.py": STOCK})
    slug = json.loads(foundry("candidates", "--json").stdout)[0]["id"].partition("/")[2]
    foundry("propose", slug)

    done = foundry("uninstall")

    assert f"kept branch foundry/{slug} (patterns that you proposed; `git branch -D foundry/{slug}` deletes it)" in done.stdout
    assert repo.git("branch", "--list", f"foundry/{slug}").strip() == f"foundry/{slug}"


def test_uninstalling_for_the_user_forgets_the_pseudonym_when_asked(repo: GitRepo, foundry: CommandLine, home: Path) -> None:
    foundry("outcome", PATTERN, "--pass")
    file = StateFolder(UserFolders.usual().state).pseudonym
    assert file.is_relative_to(home) and file.exists()

    foundry("uninstall", "--user", "--evidence", "--dry-run")
    assert file.exists()
    done = foundry("uninstall", "--user", "--evidence")

    assert (done.returncode, file.exists()) == (0, False)
    assert str(file) in done.stdout
