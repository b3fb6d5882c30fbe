"""Trailers: commits name the receipts they may be a use of, and nothing else about committing changes."""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from foundry_git.git.hooks import TRAILER_LINE, TRAILING, carry_out, hooks_folder, user_hooks_folder
from foundry_git.git.repository import Repository, set_user_setting
from foundry_git.git.state_folder import StateFolder
from foundry_git.history.messages import receipts_in
from foundry_git.history.trailers import (
    MOST,
    NAMED_FOR,
    forget,
    offer,
)
from foundry_git.upkeep.installation import plan_init, plan_user_init
from foundry_git.upkeep.uninstallation import plan_uninstall, uninstall
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo

pytestmark = pytest.mark.usefixtures("awake")

SCRIPT = "trailers"

ONE, TWO = "r-0123456789ab", "r-ba9876543210"
NOW = datetime.now(UTC)


@pytest.fixture
def naming(repo: GitRepo) -> GitRepo:
    """A repository whose commits name receipts, of which one is open."""
    install(repo)
    offer(Repository.at(repo.path), ONE, NOW)
    return repo


def install(repo: GitRepo) -> None:
    plan = plan_init(Repository.at(repo.path), None, False, None, trailers=True)
    wanted = [change for change in plan.changes if change.path.name in (*TRAILING, SCRIPT)]
    carry_out(wanted)


def message(repo: GitRepo, revision: str = "HEAD") -> str:
    return repo.git("show", "-s", "--format=%B", revision)


def commit(repo: GitRepo, *arguments: str, editor: str = "false", at: Path | None = None) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["git", "commit", "--allow-empty", *arguments],
        cwd=at or repo.path,
        env={**os.environ, "GIT_EDITOR": editor},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=60,
    )


def test_a_commit_names_the_receipt_once_as_a_trailer(naming: GitRepo) -> None:
    assert commit(naming, "-m", "Add retry", "-m", "Signed-off-by: Dev <dev@example.com>").returncode == 0
    assert message(naming) == f"Add retry\n\nSigned-off-by: Dev <dev@example.com>\nFoundry-Receipt: {ONE}"
    assert naming.git("log", "-1", "--format=%(trailers:key=Foundry-Receipt,valueonly)").strip() == ONE
    commit(naming, "--amend", "--no-edit")
    commit(naming, "--amend", "-m", message(naming))
    assert message(naming).count("Foundry-Receipt") == 1


def test_a_message_from_an_editor_gets_it_and_an_empty_one_stays_empty(naming: GitRepo) -> None:
    naming.commit({"a": "1"}, "first")
    first = naming.head()

    assert (
        commit(naming, "-v", editor='sh -c \'printf "Write it\\n" | cat - "$1" > "$1.new" && mv "$1.new" "$1"\' -').returncode
        == 0
    )
    assert message(naming) == f"Write it\n\nFoundry-Receipt: {ONE}"
    second = naming.head()
    for arguments in ((), ("-s",), ("-v",), ("-m", "")):
        done = commit(naming, *arguments, editor="true")
        assert done.returncode == 1 and b"bort" in done.stderr, arguments
    assert commit(naming, editor="false").returncode == 1
    assert naming.head() == second != first
    naming.git("commit", "--allow-empty", "--quiet", "-m", "again")
    assert receipts_in(message(naming)) == (ONE,), "what was given up leaves nothing behind that counts"


def test_merges_squashes_picks_and_rebases_get_none(naming: GitRepo) -> None:
    repository = Repository.at(naming.path)
    StateFolder(repository.state).open_receipts.unlink()
    naming.commit({"a": "1"}, "first")
    naming.git("checkout", "--quiet", "-b", "side")
    naming.commit({"b": "1"}, "on the side")
    naming.git("checkout", "--quiet", "main")
    naming.commit({"c": "1"}, "meanwhile")
    offer(repository, TWO, NOW)

    naming.git("merge", "--quiet", "--no-ff", "--no-edit", "side")
    assert receipts_in(message(naming)) == ()
    naming.git("reset", "--quiet", "--hard", "HEAD^")
    naming.git("cherry-pick", "side")
    assert receipts_in(message(naming)) == ()
    naming.git("reset", "--quiet", "--hard", "HEAD^")
    naming.git("rebase", "--quiet", "main", "side")
    assert receipts_in(message(naming)) == ()
    naming.git("checkout", "--quiet", "main")
    naming.git("merge", "--quiet", "--squash", "side")
    naming.git("commit", "--quiet", "--no-edit")
    assert receipts_in(message(naming)) == ()


def test_a_squashed_body_still_names_what_its_commits_named(naming: GitRepo) -> None:
    naming.commit({"a": "1"}, "first")
    naming.git("checkout", "--quiet", "-b", "side")
    naming.commit({"b": "1"}, "one")
    forget(Repository.at(naming.path), ONE)
    offer(Repository.at(naming.path), TWO, NOW)
    naming.commit({"c": "1"}, "two")
    naming.git("checkout", "--quiet", "main")
    naming.git("merge", "--quiet", "--squash", "side")
    naming.git("commit", "--quiet", "--no-edit")

    assert set(receipts_in(message(naming))) == {ONE, TWO}


def test_receipts_end_with_the_day_and_are_few(repo: GitRepo) -> None:
    install(repo)
    repository = Repository.at(repo.path)
    offer(repository, ONE, NOW - NAMED_FOR - timedelta(seconds=5))
    repo.commit({}, "late")
    assert receipts_in(message(repo)) == ()
    for number in range(MOST + 2):
        offer(repository, f"r-{number:012x}", NOW + timedelta(seconds=number))
    repo.commit({}, "many")
    assert receipts_in(message(repo)) == tuple(f"r-{number:012x}" for number in range(2, MOST + 2))
    for number in (2, 4, 5, 6):
        forget(repository, f"r-{number:012x}")
    repo.commit({}, "one")
    assert receipts_in(message(repo)) == (f"r-{3:012x}",)


@pytest.mark.parametrize("content", ["", "nonsense\n", "99999999999\n", "x r-0123456789ab\n", "$(touch oops) `touch oops`\n"])
def test_a_damaged_file_of_receipts_harms_no_commit(naming: GitRepo, content: str) -> None:
    StateFolder(Repository.at(naming.path).state).open_receipts.write_text(content, encoding="utf-8")

    done = commit(naming, "-m", "work")

    assert (done.returncode, done.stderr) == (0, b"")
    assert message(naming) == "work" and not (naming.path / "oops").exists()


def test_without_its_script_a_commit_is_as_before(naming: GitRepo) -> None:
    StateFolder(Repository.at(naming.path).state).trailer_script.unlink()
    done = commit(naming, "-m", "work")
    assert (done.returncode, done.stderr, message(naming)) == (0, b"", "work")


def test_a_linked_work_tree_names_them_too(naming: GitRepo, tmp_path: Path) -> None:
    naming.commit({"a": "1"}, "first")
    naming.git("worktree", "add", "--quiet", str(tmp_path / "linked"))
    assert commit(naming, "-m", "there", at=tmp_path / "linked").returncode == 0
    assert receipts_in(GitRepo(tmp_path / "linked").git("show", "-s", "--format=%B")) == (ONE,)


def test_a_foreign_hook_keeps_its_bytes_and_its_say(repo: GitRepo) -> None:
    foreign = '#!/bin/sh\nset -eu\ngrep -q allowed "$1"\n'
    hook = hooks_folder(Repository.at(repo.path)) / "commit-msg"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(foreign, encoding="utf-8")
    hook.chmod(0o755)
    install(repo)
    offer(Repository.at(repo.path), ONE, NOW)

    assert commit(repo, "-m", "refused").returncode == 1
    assert commit(repo, "-m", "allowed").returncode == 0
    assert receipts_in(message(repo)) == (ONE,)
    repository = Repository.at(repo.path)
    uninstall(repository, None, plan_uninstall(repository, None, True), True)
    assert hook.read_text(encoding="utf-8") == foreign
    assert not (hook.parent / "prepare-commit-msg").exists() and not repository.state.exists()


def test_a_hooks_folder_of_somebody_else_gets_a_line_to_add_that_works(repo: GitRepo) -> None:
    repo.git("config", "core.hooksPath", ".husky")
    plan = plan_init(Repository.at(repo.path), None, False, None, trailers=True)
    assert [name for name, line, _ in plan.by_hand if line == TRAILER_LINE] == list(TRAILING)
    assert [change.path.name for change in plan.changes if change.path.name in (*TRAILING, SCRIPT)] == [SCRIPT]
    carry_out([change for change in plan.changes if change.path.name == SCRIPT])
    for name in TRAILING:
        repo.write({f".husky/{name}": f"#!/bin/sh\n{TRAILER_LINE}\n"})
        (repo.path / ".husky" / name).chmod(0o755)
    offer(Repository.at(repo.path), ONE, NOW)

    repo.git("commit", "--quiet", "--allow-empty", "-m", "work")

    assert receipts_in(message(repo)) == (ONE,)


def test_hooks_for_all_repositories_pass_on_to_the_ones_that_name_receipts(repo: GitRepo) -> None:
    carry_out(plan_user_init().changes)
    set_user_setting("core.hooksPath", str(user_hooks_folder()))
    install(repo)
    offer(Repository.at(repo.path), ONE, NOW)

    repo.git("commit", "--quiet", "--allow-empty", "-m", "work")

    assert receipts_in(message(repo)) == (ONE,)


def test_init_asks_before_and_says_what_it_does(repo: GitRepo, foundry: CommandLine) -> None:
    assert foundry("init").returncode == 0
    assert not any((hooks_folder(Repository.at(repo.path)) / name).exists() for name in TRAILING), "only where it was asked for"
    done = foundry("init", "--trailers")
    assert done.returncode == 0 and "prepare-commit-msg" in done.stdout
    assert "already installed" in foundry("init").stdout, "asked once, it stays"
    refused = foundry("init", "--user", "--trailers")
    assert refused.returncode == 2 and "--trailers" in refused.stderr
