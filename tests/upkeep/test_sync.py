"""``foundry evidence sync`` as it is typed, what the worker does of its own accord, and what uninstalling leaves."""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

from foundry_git.evidence.events import canonical
from foundry_git.evidence.journal import Journal
from foundry_git.evidence.remotes import Partners
from foundry_git.upkeep import sync
from foundry_git.worker.cursor import Cursors
from foundry_git.worker.process import run_detached
from foundry_git.worker.state import WorkerState
from foundry_git.worker.watch import watch
from foundry_git.workspace import Workspace
from tests.commandline import CommandLine, run
from tests.evidence.replicas import LIBRARY, REF, hub_at, refuse_pushes, said
from tests.gitrepo import GitRepo
from tests.samples import CHUNKS

BACKOFF = "python/retry-with-backoff"


@pytest.fixture
def team(tmp_path: Path) -> tuple[GitRepo, GitRepo]:
    """A hub, and a clone of it with a library."""
    hub = hub_at(tmp_path / "hub.git")
    repo = GitRepo.create(tmp_path / "ann")
    repo.git("remote", "add", "origin", str(hub.path))
    repo.commit(
        {
            ".foundry/foundry.yaml": f"library_id: {LIBRARY}\n",
            ".foundry/.gitignore": "/index/\n",
            ".foundry/patterns/.gitattributes": "* -text\n",
        }
    )
    repo.git("push", "--quiet", "origin", "main")
    Cursors(repo.path / ".git" / "foundry").move("main", repo.head())
    return hub, repo


def learn(repo: GitRepo) -> None:
    Journal(repo.path / ".git" / "foundry").append(said(int(time.time_ns())))


def clone(hub: GitRepo, path: Path) -> GitRepo:
    subprocess.run(["git", "clone", "--quiet", str(hub.path), str(path)], check=True, capture_output=True)
    made = GitRepo(path)
    Cursors(path / ".git" / "foundry").move("main", made.head())
    return made


def test_one_says_what_came_and_what_went(team: tuple[GitRepo, GitRepo], tmp_path: Path) -> None:
    hub, ann = team
    bob = clone(hub, tmp_path / "bob")
    run(ann.path, "outcome", BACKOFF, "--pass")

    assert run(ann.path, "evidence", "sync", "--yes") == (0, "origin: 0 events came, 1 went\n", "")
    assert run(bob.path, "evidence", "sync", "origin") == (0, "origin: 1 event came, 0 went\n", "")
    assert run(bob.path, "evidence", "sync") == (0, "origin: in step, nothing came and nothing went\n", "")
    assert "adopted 1, passed 1" in run(bob.path, "stats")[1]


def test_a_reader_is_told_that_his_own_stays_here(team: tuple[GitRepo, GitRepo]) -> None:
    hub, ann = team
    refuse_pushes(hub)
    learn(ann)

    code, out, err = run(ann.path, "evidence", "sync", "--yes")

    assert (code, out) == (
        0,
        "no right to push to origin: what others learned is here (0 events came), yours stays here\n",
    )
    assert err == "foundry: origin said: [remote rejected] (pre-receive hook declined)\n"
    assert json.loads(run(ann.path, "evidence", "sync", "--json")[1]) == {
        "remote": "origin",
        "came": 0,
        "went": 0,
        "stayed": 1,
        "refusal": "[remote rejected] (pre-receive hook declined)",
        "imported": 0,
        "background": False,
        "problems": [],
    }


def test_the_evidence_of_a_pointer_goes_where_the_library_lives(team: tuple[GitRepo, GitRepo], tmp_path: Path) -> None:
    hub, ann = team
    product = GitRepo.create(tmp_path / "product")
    product.git("remote", "add", "origin", str(hub_at(tmp_path / "product.git").path))
    run(product.path, "init", "--library", str(ann.path))
    run(product.path, "outcome", BACKOFF, "--pass")

    assert run(product.path, "evidence", "sync", "--yes")[1] == "origin: 0 events came, 1 went\n"
    assert hub.git("for-each-ref", REF) and GitRepo(tmp_path / "product.git").git("for-each-ref") == ""


@pytest.mark.parametrize(
    ("set_up", "arguments", "code", "said"),
    [
        (["remote", "remove", "origin"], [], 3, "has no remote to sync with; add one with `git remote add origin URL`"),
        ([], ["nosuch"], 2, "nosuch: no such remote; there are: origin; add one with `git remote add NAME URL`"),
        (["remote", "rename", "origin", "team"], ["origin"], 2, "origin: no such remote; there are: team"),
        (["remote", "set-url", "origin", "/nowhere"], [], 3, "origin: cannot be read (fatal: '/nowhere' does not appear to be a"),
        ([], ["--import", "nosuch.jsonl"], 2, "nosuch.jsonl: cannot be read (No such file or directory); name a file of events"),
    ],
)
def test_what_cannot_be_done_is_said_with_a_next_step(
    team: tuple[GitRepo, GitRepo], set_up: Sequence[str], arguments: Sequence[str], code: int, said: str
) -> None:
    _, ann = team
    if set_up:
        ann.git(*set_up)

    ended, out, err = run(ann.path, "evidence", "sync", *arguments)

    assert (ended, out) == (code, "") and said in err


def test_several_remotes_of_which_none_is_usual_are_named(team: tuple[GitRepo, GitRepo]) -> None:
    _, ann = team
    ann.git("remote", "rename", "origin", "fork")
    ann.git("remote", "add", "upstream", "x")
    ann.git("config", "--unset", "branch.main.remote") if ann.git("config", "--default=", "branch.main.remote") else None

    code, _, err = run(ann.path, "evidence", "sync")

    assert code == 2 and "several remotes; name one of fork, upstream" in err


def test_outside_a_library_or_repository_it_says_so(repo: GitRepo, tmp_path: Path) -> None:
    code, _, err = run(repo.path, "evidence", "sync")
    assert code == 3 and "no pattern library here" in err
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "foundry.yaml").write_text("library_id: 6f6d3c5e-2b0c-4c8e-9b1e-3f5f6a2d7c10\n")
    code, _, err = run(tmp_path / "plain", "evidence", "sync")
    assert code == 3 and f"{tmp_path / 'plain'}: not inside a Git repository" in err


# files


def test_files_of_events_are_taken_in_and_only_what_is_new_counts(team: tuple[GitRepo, GitRepo], tmp_path: Path) -> None:
    hub, ann = team
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    first.write_bytes(b"".join(canonical(event) + b"\n" for event in said(1, 2)))
    second.write_bytes(b"\xef\xbb\xbf" + b"\r\n".join(canonical(event) for event in said(2, 3)))

    done = run(ann.path, "evidence", "sync", "--import", str(first), str(second))

    assert done == (0, "3 of 4 events from 2 files were new\n", "")
    assert hub.git("for-each-ref", REF) == ""  # no remote was named
    assert run(ann.path, "evidence", "sync", "origin", "--yes", "--import", str(first))[1] == (
        "0 of 2 events from 1 file were new\norigin: 0 events came, 3 went\n"
    )
    assert len(Journal(ann.path / ".git/foundry").read()[0]) == 3


def test_a_line_that_is_no_event_costs_no_other_and_is_a_finding(team: tuple[GitRepo, GitRepo], tmp_path: Path) -> None:
    _, ann = team
    file = tmp_path / "run.jsonl"
    bad = [b"see /home/ann/secret", b"{}", b'{"kind":"rated","schema":1}', b"x", b"y"]
    file.write_bytes(b"\n".join([canonical(said(1)[0]), *bad, canonical(said(2)[0])]))

    code, out, err = run(ann.path, "evidence", "sync", "--import", str(file))

    assert (code, out) == (1, "2 of 2 events from 1 file were new\n")
    assert [line.partition(": not an event")[0] for line in err.splitlines()[:3]] == [
        f"foundry: {file}:{number}" for number in (2, 3, 4)
    ]
    assert err.splitlines()[3:] == ["foundry: and 2 more problems like these"]
    assert "secret" not in err


def test_events_come_from_stdin_too(team: tuple[GitRepo, GitRepo]) -> None:
    _, ann = team
    text = "".join(f"{canonical(event).decode()}\n" for event in said(1, 2))

    done = CommandLine(ann.path)("evidence", "sync", "--import", "-", "--json", input=text)

    assert (done.returncode, json.loads(done.stdout)["imported"], done.stderr) == (0, 2, "")


# the first push


def test_without_a_terminal_and_a_yes_nothing_is_pushed_and_what_others_know_comes(
    team: tuple[GitRepo, GitRepo], tmp_path: Path
) -> None:
    hub, ann = team
    bob = clone(hub, tmp_path / "bob")
    learn(bob)
    run(bob.path, "evidence", "sync", "--yes")
    known = hub.git("rev-parse", REF)
    run(ann.path, "outcome", BACKOFF, "--pass")

    code, out, err = run(ann.path, "evidence", "sync")

    assert (code, out) == (0, "origin: 1 event came; 1 event of yours stayed here\n")
    why = f"nobody has agreed to the first push to {hub.path}"
    assert err == f"foundry: nothing was sent: {why}; to agree:  foundry evidence sync origin --yes\n"
    assert hub.git("rev-parse", REF) == known
    told = json.loads(run(ann.path, "evidence", "sync", "--json")[1])
    assert (told["went"], told["stayed"], told["refusal"]) == (0, 1, why)


def test_a_yes_holds_for_later_syncs_with_the_same_address_alone(team: tuple[GitRepo, GitRepo], tmp_path: Path) -> None:
    _, ann = team
    learn(ann)
    assert run(ann.path, "evidence", "sync", "--yes")[1] == "origin: 0 events came, 1 went\n"

    run(ann.path, "outcome", BACKOFF, "--pass")
    assert run(ann.path, "evidence", "sync")[1:] == ("origin: 0 events came, 1 went\n", "")

    other = hub_at(tmp_path / "other.git")
    ann.git("remote", "set-url", "origin", str(other.path))
    assert run(ann.path, "evidence", "sync")[1] == "origin: 0 events came; 2 events of yours stayed here\n"
    assert other.git("for-each-ref") == ""


def test_who_agreed_to_the_background_is_not_asked_and_only_for_the_remote_it_syncs_with(
    team: tuple[GitRepo, GitRepo], tmp_path: Path
) -> None:
    _, ann = team
    ann.git("remote", "add", "fork", str(hub_at(tmp_path / "fork.git").path))
    learn(ann)
    run(ann.path, "evidence", "sync", "--background", "yes")

    assert run(ann.path, "evidence", "sync")[1] == "origin: 0 events came, 1 went\n"
    assert run(ann.path, "evidence", "sync", "fork")[1] == "fork: 0 events came; 1 event of yours stayed here\n"


@pytest.mark.parametrize(("answer", "went"), [("y", 1), ("n", 0), ("", 0)])
def test_at_a_terminal_it_says_where_and_what_and_asks(team: tuple[GitRepo, GitRepo], answer: str, went: int) -> None:
    hub, ann = team
    learn(ann)

    ended, shown = at_a_terminal(ann.path, f"{answer}\n")

    assert ended == 0
    assert f"1 event would go to origin, {ann.git('remote', 'get-url', 'origin')}, which nothing" in shown
    assert "no code, no paths, no names" in shown and "every later sync? [y/N]" in shown
    assert bool(hub.git("for-each-ref", REF)) == bool(went)


def at_a_terminal(folder: Path, typed: str) -> tuple[int, str]:
    """Exit code and all output of ``foundry evidence sync`` where stdin and stderr are a terminal."""
    mine, its = os.openpty()
    os.write(mine, typed.encode())
    command = [sys.executable, "-P", "-m", "foundry_git", "evidence", "sync"]
    try:
        done = subprocess.run(command, cwd=folder, stdin=its, stdout=its, stderr=its, check=False, timeout=60)
        return done.returncode, os.read(mine, 65536).decode()
    finally:
        os.close(mine)
        os.close(its)


# in the background


def test_nothing_is_synced_in_the_background_before_somebody_says_yes(team: tuple[GitRepo, GitRepo]) -> None:
    hub, ann = team
    learn(ann)
    assert background(ann) == ""

    code, out, _ = run(ann.path, "evidence", "sync", "--background", "yes")

    assert (code, out.partition(",")[0]) == (0, "the worker syncs in the background")
    assert hub.git("for-each-ref", REF) == ""  # saying yes does not sync yet
    assert background(ann) == "synced with origin: 0 events came, 1 went"
    assert hub.git("for-each-ref", REF)
    assert ann.git("status", "--porcelain") == "" and "foundry" not in (ann.path / ".git/config").read_text()
    assert run(ann.path, "evidence", "sync", "--background", "no")[1] == "nothing is synced in the background\n"
    assert forget_the_hour(ann) and background(ann) == ""


def test_the_background_syncs_once_an_hour_and_not_where_pushes_are_refused(team: tuple[GitRepo, GitRepo]) -> None:
    hub, ann = team
    run(ann.path, "evidence", "sync", "--background", "yes")
    assert background(ann) == "synced with origin: 0 events came, 0 went"
    learn(ann)
    assert background(ann) == ""
    forget_the_hour(ann)
    refuse_pushes(hub)
    assert background(ann).startswith("synced with origin: 0 events came, 0 went; [remote rejected]")
    forget_the_hour(ann)
    assert background(ann) == ""

    (hub.path / "hooks/pre-receive").unlink()
    run(ann.path, "evidence", "sync")
    forget_the_hour(ann)
    assert background(ann).startswith("synced with origin")


def background(repo: GitRepo) -> str:
    workspace = Workspace.open(repo.path)
    try:
        return sync.sync_in_background(workspace)
    finally:
        workspace.close()


def forget_the_hour(repo: GitRepo) -> bool:
    partners = Partners(Workspace.open(repo.path).state)
    known = partners.of("origin")
    partners.note("origin", replace(known, tried=known.tried - sync.BACKGROUND_SECONDS))
    return time.time() - partners.of("origin").tried >= sync.BACKGROUND_SECONDS


def test_the_worker_syncs_after_a_commit_and_failure_stays_in_its_log(team: tuple[GitRepo, GitRepo], tmp_path: Path) -> None:
    hub, ann = team
    run(ann.path, "evidence", "sync", "--background", "yes")
    learn(ann)
    Cursors(ann.path / ".git" / "foundry").move("main", ann.head())
    ann.commit({"net.py": CHUNKS})
    log = ann.path / ".git/foundry/worker.log"

    worker(ann.path)

    assert "synced with origin: 0 events came, " in log.read_text()
    assert hub.git("for-each-ref", REF)
    forget_the_hour(ann)
    ann.git("remote", "set-url", "origin", "/nowhere")
    worker(ann.path)
    assert "not synced: origin: cannot be read" in log.read_text()
    assert WorkerState(Workspace.open(ann.path).need_repository()).last_error() == ""  # nothing for a person to mend


def test_a_watcher_syncs_too(team: tuple[GitRepo, GitRepo]) -> None:
    hub, ann = team
    run(ann.path, "evidence", "sync", "--background", "yes")
    learn(ann)
    stop = threading.Event()
    watcher = threading.Thread(target=watched, args=(ann.path, stop))
    watcher.start()
    deadline = time.monotonic() + 60
    while not hub.git("for-each-ref", REF) and time.monotonic() < deadline:
        os.sched_yield()
    stop.set()
    watcher.join()

    assert hub.git("for-each-ref", REF)


def watched(place: Path, stop: threading.Event) -> None:
    workspace = Workspace.open(place)
    try:
        watch(workspace, lambda done, encoded: None, stop)
    finally:
        workspace.close()


def worker(place: Path) -> None:
    """What a hook starts, to its end, in a process of its own: it binds its time and memory."""
    child = multiprocessing.get_context("spawn").Process(target=run_detached, args=(place,))
    child.start()
    child.join(100)
    assert child.exitcode == 0


# uninstalling


def test_uninstalling_takes_the_copies_of_remotes_and_the_consent_but_not_the_journal(team: tuple[GitRepo, GitRepo]) -> None:
    hub, ann = team
    run(ann.path, "evidence", "sync", "--background", "yes")
    learn(ann)
    run(ann.path, "evidence", "sync")

    would = run(ann.path, "uninstall", "--dry-run")[1]
    assert "would delete refs/foundry/remotes/origin/evidence" in would
    assert ann.git("for-each-ref", "refs/foundry")
    run(ann.path, "uninstall")

    assert ann.git("for-each-ref", "refs/foundry") == ""
    assert [path.name for path in (ann.path / ".git/foundry").iterdir()] == ["journal.jsonl"]
    run(ann.path, "uninstall", "--evidence")
    assert not (ann.path / ".git/foundry").exists()
    assert hub.git("for-each-ref", REF)  # what was shared stays shared
