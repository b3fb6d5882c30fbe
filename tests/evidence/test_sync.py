"""Syncing: replicas and remotes come to know the same, over every transport, whatever was lost, and nothing else changes."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from foundry_git import lock
from foundry_git.errors import BusyError, PushRefusedError, RemoteError
from foundry_git.evidence.events import Unknown, canonical
from foundry_git.evidence.exchange import Exchanged, exchange, tracking_ref
from foundry_git.evidence.remotes import Partner, Partners
from foundry_git.evidence.segments import pack
from foundry_git.git.objects import nobody, write_commit, write_tree
from foundry_git.git.remotes import Remote, remotes, usual_remote
from foundry_git.git.repository import Repository
from tests.evidence.replicas import LIBRARY, REF, Replica, hub_at, names, refuse_pushes, said
from tests.evidence.transports import https_server, ssh_command
from tests.gitrepo import GitRepo

IN_STEP = Exchanged()


@pytest.fixture
def hub(tmp_path: Path) -> GitRepo:
    return hub_at(tmp_path / "hub.git")


@pytest.fixture
def one(hub: GitRepo, tmp_path: Path) -> Replica:
    return Replica.of(hub.path, tmp_path / "one")


@pytest.fixture
def other(hub: GitRepo, tmp_path: Path) -> Replica:
    return Replica.of(hub.path, tmp_path / "other")


def put(hub: GitRepo, files: dict[str, bytes]) -> str:
    """Put files on the hub's ref, as another program might."""
    repository = Repository.at(hub.path)
    tip = hub.git("for-each-ref", "--format=%(objectname)", REF)
    commit = write_commit(repository, write_tree(repository, files, keep=tip), tip, "by hand", nobody())
    hub.git("update-ref", REF, commit)
    return commit


# what is known


def test_two_replicas_come_to_know_the_same(one: Replica, other: Replica) -> None:
    one.learn(*said(1, 2, 3))
    other.learn(*said(3, 4))

    assert one.sync() == Exchanged(came=0, went=3)
    assert other.sync() == Exchanged(came=2, went=1)
    assert one.sync() == Exchanged(came=1, went=0)

    assert one.known() == other.known() == names(said(1, 2, 3, 4))
    assert (one.sync(), other.sync()) == (IN_STEP, IN_STEP)


def test_nothing_known_is_nothing_to_share(one: Replica, hub: GitRepo) -> None:
    assert one.sync() == IN_STEP
    assert hub.git("for-each-ref") == ""


def test_syncing_again_writes_nothing(one: Replica, other: Replica, hub: GitRepo) -> None:
    one.learn(*said(1))
    other.learn(*said(1, 2))
    for replica in (one, other, one, other):
        replica.sync()
    journals = [(replica.state / "journal.jsonl").read_bytes() for replica in (one, other)]
    tip = hub.git("rev-parse", REF)

    for replica in (one, other):
        assert replica.sync() == IN_STEP

    assert hub.git("rev-parse", REF) == tip
    assert [(replica.state / "journal.jsonl").read_bytes() for replica in (one, other)] == journals
    assert [content.count(b"\n") for content in journals] == [2, 2]


def test_a_segment_holds_only_what_the_remote_lacked(one: Replica, other: Replica, hub: GitRepo) -> None:
    one.learn(*said(1, 2))
    one.sync()
    other.learn(*said(1, 2, 3))
    other.sync()

    held = [hub.git("show", f"{REF}:{path}") for path in hub.git("ls-tree", "-r", "--name-only", REF).splitlines()]
    lines = [line for content in held for line in content.splitlines()]
    assert sorted(lines) == sorted([LIBRARY, *(canonical(event).decode() for event in said(1, 2, 3))])


def test_history_is_linear_and_every_commit_only_adds(one: Replica, other: Replica, hub: GitRepo) -> None:
    for number in range(3):
        one.learn(*said(number))
        other.learn(*said(10 + number))
        one.sync()
        other.sync()

    assert hub.git("rev-list", "--min-parents=2", REF) == ""
    assert set(hub.git("log", "--format=", "--name-status", REF).split("\n")) >= {"A\tlibrary"}
    assert {line[0] for line in hub.git("log", "--format=", "--name-status", REF).splitlines() if line} == {"A"}


def test_a_fork_and_its_upstream_converge_through_whoever_knows_both(one: Replica, other: Replica, tmp_path: Path) -> None:
    fork = hub_at(tmp_path / "fork.git")
    one.git("remote", "add", "fork", str(fork.path))
    stranger = Replica.of(fork.path, tmp_path / "stranger")
    stranger.learn(*said(1))
    other.learn(*said(2))
    stranger.sync()
    other.sync()

    one.sync("origin")
    one.sync("fork")
    one.sync("origin")
    other.sync()
    stranger.sync()

    assert one.known() == other.known() == stranger.known() == names(said(1, 2))


def test_many_that_push_at_once_all_get_through(hub: GitRepo, tmp_path: Path) -> None:
    replicas = [Replica.of(hub.path, tmp_path / f"r{number}") for number in range(6)]
    for number, replica in enumerate(replicas):
        replica.learn(*said(*range(number * 10, number * 10 + 5)))
    context = multiprocessing.get_context("spawn")
    children = [context.Process(target=_sync_at, args=(replica.path,)) for replica in replicas]
    for child in children:
        child.start()
    for child in children:
        child.join(120)

    assert [child.exitcode for child in children] == [0] * 6
    for replica in replicas:
        replica.sync()
        assert len(replica.known()) == 30


def _sync_at(path: Path) -> None:
    Replica(path).sync()


# what is lost, old or copied


@pytest.mark.parametrize("content", [None, "", "{", "[]", '{"remotes": 3}', '{"remotes": {"origin": {"mark": 1}}}'])
def test_memory_that_is_lost_or_damaged_costs_nothing(one: Replica, other: Replica, content: str | None) -> None:
    one.learn(*said(1))
    other.learn(*said(2))
    one.sync()
    other.sync()
    memory = one.state / "sync.json"
    memory.unlink() if content is None else memory.write_text(content, encoding="utf-8")

    assert one.sync() == Exchanged(came=1)
    assert one.sync() == IN_STEP
    assert one.known() == names(said(1, 2))


def test_a_journal_that_was_set_back_is_filled_again(one: Replica, tmp_path: Path) -> None:
    one.learn(*said(1))
    one.sync()
    backup = (one.state / "journal.jsonl").read_bytes()
    one.learn(*said(2, 3))
    one.sync()
    (one.state / "journal.jsonl").write_bytes(backup)

    assert one.sync() == Exchanged(came=2)
    assert one.known() == names(said(1, 2, 3))


def test_a_lost_journal_comes_back_from_the_remote(one: Replica) -> None:
    one.learn(*said(1, 2))
    one.sync()
    shutil.rmtree(one.state)

    assert one.sync() == Exchanged(came=2)


def test_an_older_copy_of_the_whole_state_is_no_danger(one: Replica, other: Replica, tmp_path: Path) -> None:
    one.learn(*said(1))
    one.sync()
    shutil.copytree(one.state, tmp_path / "backup")
    one.learn(*said(2))
    other.learn(*said(3))
    one.sync()
    other.sync()
    shutil.rmtree(one.state)
    shutil.copytree(tmp_path / "backup", one.state)
    one.learn(*said(4))

    assert one.sync() == Exchanged(came=2, went=1)
    assert one.known() == names(said(1, 2, 3, 4))


def test_a_copied_clone_goes_on_like_any_other(one: Replica, tmp_path: Path) -> None:
    one.learn(*said(1))
    one.sync()
    one.learn(*said(2))
    twin = one.copied(tmp_path / "twin")
    one.learn(*said(3))
    twin.learn(*said(4))
    for replica in (one, twin, one):
        replica.sync()

    assert one.known() == twin.known() == names(said(1, 2, 3, 4))


def test_a_remote_that_was_set_back_gets_again_what_it_lost(one: Replica, other: Replica, hub: GitRepo) -> None:
    one.learn(*said(1))
    one.sync()
    before = hub.git("rev-parse", REF)
    one.learn(*said(2))
    one.sync()
    other.sync()
    hub.git("update-ref", REF, before)

    assert one.sync() == Exchanged(went=1)
    assert other.sync() == IN_STEP
    hub.git("update-ref", "-d", REF)
    assert other.sync() == Exchanged(went=2)


def test_two_work_trees_share_what_they_know(one: Replica, tmp_path: Path) -> None:
    GitRepo(one.path).commit({"a": "b"})
    one.git("worktree", "add", "--quiet", str(tmp_path / "linked"))
    one.learn(*said(1))

    linked = Replica(tmp_path / "linked")
    assert linked.sync() == Exchanged(went=1)
    assert one.sync() == IN_STEP


@pytest.mark.parametrize("moment", ["pre-receive", "update", "post-receive"])
def test_a_sync_that_is_killed_loses_and_doubles_nothing(one: Replica, other: Replica, hub: GitRepo, moment: str) -> None:
    other.learn(*said(1))
    other.sync()
    one.learn(*said(2))
    hook = hub.path / "hooks" / moment
    hook.write_text('#!/bin/sh\nkill -9 "$VICTIM"\n', encoding="utf-8")
    hook.chmod(0o755)
    child = multiprocessing.get_context("spawn").Process(target=_sync_as_victim, args=(one.path,))
    child.start()
    child.join(60)
    hook.unlink()

    assert child.exitcode == -9
    for replica in (one, other, one):
        replica.sync()
    assert one.known() == other.known() == names(said(1, 2))
    assert (one.state / "journal.jsonl").read_bytes().count(b"\n") == 2
    assert hub.git("grep", "-h", "", REF).count('"nonce"') == 2


def _sync_as_victim(path: Path) -> None:
    os.environ["VICTIM"] = str(os.getpid())
    Replica(path).sync()


# what is foreign


def test_a_segment_with_a_wrong_name_is_reported_and_costs_no_other(one: Replica, hub: GitRepo) -> None:
    (good, content), (bad, _) = [*pack(map(canonical, said(1))).items(), *pack(map(canonical, said(2))).items()]
    put(hub, {good: content, bad: b"forged\n"})

    done = one.sync()

    assert done.came == 1
    assert done.problems == (f"origin: the segment {bad} does not hold what its name says; it is ignored",)
    assert one.known() == names(said(1))


def test_lines_that_are_no_events_are_reported_and_never_taken_in(one: Replica, hub: GitRepo) -> None:
    spaced = canonical(said(3)[0]).replace(b":", b": ")
    put(hub, pack([canonical(said(1)[0]), b"<<<<<<< HEAD", spaced, b"\xff\xfe", b"{" * 70_000]))

    done = one.sync()

    assert done.came == 1
    assert len(done.problems) == 4 and all("is not an event:" in problem for problem in done.problems)
    assert "<<<" not in "".join(done.problems)
    assert one.known() == names(said(1))


def test_a_segment_beyond_all_bounds_is_not_read(one: Replica, hub: GitRepo) -> None:
    big = b"\n".join(b"x" * 65_000 for _ in range(260))
    put(hub, {f"{hashlib.sha256(big).hexdigest()}.jsonl": big} | pack(map(canonical, said(1))))

    done = one.sync()

    assert done.came == 1
    assert [problem.partition(".jsonl ")[2] for problem in done.problems] == ["is longer than 16777216 bytes; it is ignored"]


def test_an_event_of_a_newer_version_is_kept_and_passed_on(one: Replica, other: Replica, tmp_path: Path) -> None:
    fork = hub_at(tmp_path / "fork.git")
    newer = Unknown(kind="promised", raw=b'{"kind":"promised","schema":9,"what":"later"}')
    other.learn(newer)
    other.sync()
    one.git("remote", "add", "fork", str(fork.path))

    one.sync()
    one.sync("fork")

    assert one.known() == names([newer])
    assert "promised" in fork.git("grep", "-h", "promised", REF)


def test_files_of_a_newer_version_stay_on_the_ref(one: Replica, hub: GitRepo) -> None:
    put(hub, {"summary/2027.cbor": b"\x00\x01"})
    one.learn(*said(1))

    assert one.sync() == Exchanged(went=1)
    assert "summary/2027.cbor" in hub.git("ls-tree", "-r", "--name-only", REF)


def test_the_evidence_of_another_library_is_not_taken_in(one: Replica, other: Replica) -> None:
    other.learn(*said(1))
    other.sync(library="0b9d6b0e-52a4-4f0b-8a4e-5f0a4f6b7c11")
    one.learn(*said(2))

    with pytest.raises(RemoteError, match=r"origin: holds the evidence of another library \('0b9d6b0e"):
        one.sync()
    assert one.known() == names(said(2))


# rights and transports


@pytest.fixture
def served(tmp_path: Path, hub: GitRepo, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with https_server(tmp_path / "tls", tmp_path) as place:
        monkeypatch.setenv("GIT_SSL_CAINFO", str(tmp_path / "tls" / "c"))
        yield place


@pytest.mark.parametrize("transport", ["path", "file", "ssh", "https"])
def test_every_transport_carries_evidence(
    transport: str, hub: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, served: str
) -> None:
    monkeypatch.setenv("GIT_SSH_COMMAND", str(ssh_command(tmp_path / "bin")))
    urls = {
        "path": str(hub.path),
        "file": hub.path.as_uri(),
        "ssh": f"ssh://git@host.test{hub.path}",
        "https": f"https://ann:pass-of-ann@{served}/hub.git",
    }
    one, other = (Replica.of(urls[transport], tmp_path / name) for name in ("one", "other"))
    one.learn(*said(*range(2000)))
    other.learn(*said(-1 % 2**64))

    assert one.sync() == Exchanged(went=2000)
    assert other.sync() == Exchanged(came=2000, went=1)
    assert one.sync() == Exchanged(came=1)
    assert one.known() == other.known()


@pytest.mark.parametrize("transport", ["path", "ssh", "https", "https-anonymous"])
def test_without_the_right_to_push_one_still_learns(
    transport: str, hub: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, served: str, other: Replica
) -> None:
    other.learn(*said(1))
    other.sync()
    if transport == "path":
        refuse_pushes(hub)
    monkeypatch.setenv("GIT_SSH_COMMAND", str(ssh_command(tmp_path / "bin", may_push=False)))
    urls = {
        "path": str(hub.path),
        "ssh": f"ssh://git@host.test{hub.path}",
        "https": f"https://bob:pass-of-bob@{served}/hub.git",
        "https-anonymous": f"https://{served}/hub.git",
    }
    reasons = {
        "path": "[remote rejected] (pre-receive hook declined)",
        "ssh": "ERROR: Permission to git-receive-pack",
        "https": "The requested URL returned error: 403",
        "https-anonymous": "could not read Username for",
    }
    one = Replica.of(urls[transport], tmp_path / "reader")
    one.learn(*said(2, 3))

    for came in (1, 0):
        done = one.sync()
        assert (done.came, done.went, done.stayed) == (came, 0, 2)
        assert reasons[transport] in done.refusal and "pass-of" not in done.refusal
    assert one.known() == names(said(1, 2, 3))
    assert Partners(one.state).of("origin").refused


def test_a_right_that_is_given_later_is_used(one: Replica, hub: GitRepo) -> None:
    refuse_pushes(hub)
    one.learn(*said(1))
    assert one.sync().stayed == 1
    (hub.path / "hooks" / "pre-receive").unlink()

    assert one.sync() == Exchanged(went=1)
    assert not Partners(one.state).of("origin").refused


@pytest.mark.parametrize("url", ["/nowhere/at/all.git", "https://127.0.0.1:9/x.git", "ssh://git@host.invalid/x.git"])
def test_a_remote_that_cannot_be_reached_is_named_with_what_to_do(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_SSH_COMMAND", "false")
    one = Replica.of(url, tmp_path / "one")
    one.learn(*said(1))

    with pytest.raises(RemoteError, match=r"origin: cannot be read \(.+\); check `git remote get-url origin`"):
        one.sync()


def test_what_ssh_says_is_passed_on(one: Replica, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = ssh_command(tmp_path / "bin")
    said = "Warning: Permanently added 'host'\ngit@host.test: Permission denied (publickey)."
    program.write_text(f"#!/bin/sh\necho '{said.replace(chr(39), '')}' >&2\nexit 255\n", encoding="utf-8")
    monkeypatch.setenv("GIT_SSH_COMMAND", str(program))
    one.git("remote", "set-url", "origin", "ssh://git@host.test/x.git")

    with pytest.raises(RemoteError, match=r"cannot be read \(git@host.test: Permission denied \(publickey\)\.\)"):
        one.sync()


def test_a_remote_that_does_not_answer_is_given_up_with_all_its_children(
    one: Replica, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "ssh"
    script.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid\nexec sleep 600\n", encoding="utf-8")
    script.chmod(0o755)
    monkeypatch.setenv("GIT_SSH_COMMAND", str(script))
    one.git("remote", "set-url", "origin", "ssh://git@host.test/x.git")

    with pytest.raises(RemoteError, match="origin: no answer within 1 s; try again later"):
        Remote(one.repository, "origin", 1.0, unattended=True).tip(REF)
    child = int((tmp_path / "pid").read_text())
    deadline = time.monotonic() + 30
    while _is_running(child) and time.monotonic() < deadline:
        os.sched_yield()
    assert not _is_running(child)


def _is_running(process: int) -> bool:
    try:
        return " Z " not in Path(f"/proc/{process}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_nobody_is_asked_for_a_password_in_the_background(
    tmp_path: Path, hub: GitRepo, served: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = tmp_path / "asked"
    program = tmp_path / "askpass"
    program.write_text(f"#!/bin/sh\ntouch {asked}\necho secret\n", encoding="utf-8")
    program.chmod(0o755)
    for name in ("GIT_ASKPASS", "SSH_ASKPASS"):
        monkeypatch.setenv(name, str(program))
    one = Replica.of(f"https://{served}/hub.git", tmp_path / "one")
    commit = GitRepo(one.path).commit({"a": "b"})

    with pytest.raises(PushRefusedError):
        Remote(one.repository, "origin", 60.0, unattended=True).push(commit, REF)
    assert not asked.exists()
    with pytest.raises(PushRefusedError):
        Remote(one.repository, "origin", 60.0).push(commit, REF)
    assert asked.exists()


def test_ssh_is_told_to_ask_nobody_unless_the_user_chose_how(
    one: Replica, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = ssh_command(tmp_path / "bin")
    program.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/said\nexit 1\n', encoding="utf-8")
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    one.git("remote", "set-url", "origin", "ssh://git@host.test/x.git")

    def told(unattended: bool) -> str:
        with pytest.raises(RemoteError):
            Remote(one.repository, "origin", 60.0, unattended).tip(REF)
        return (tmp_path / "said").read_text().splitlines()[-1]

    assert "BatchMode=yes" in told(unattended=True)
    assert "BatchMode" not in told(unattended=False)
    one.git("config", "core.sshCommand", "ssh -v")
    assert "BatchMode" not in told(unattended=True)


# what else changes: nothing


def test_only_our_own_ref_is_there_afterwards(one: Replica, other: Replica, hub: GitRepo) -> None:
    repo = GitRepo(one.path)
    repo.commit({"a": "b"})
    other.learn(*said(1))
    other.sync()
    one.learn(*said(2))
    files = (".git/config", ".git/HEAD", ".git/index", ".git/logs/HEAD")
    before = [(one.path / name).read_bytes() for name in files]
    refs = repo.git("for-each-ref")

    one.sync()

    assert [(one.path / name).read_bytes() for name in files] == before
    assert not (one.path / ".git/FETCH_HEAD").exists()
    assert repo.git("for-each-ref", "--format=%(refname)", "refs/foundry") == tracking_ref("origin")
    assert repo.git("for-each-ref", "refs/heads", "refs/tags", "refs/remotes") == refs
    assert repo.git("status", "--porcelain") == ""


def test_pull_push_and_fetch_are_as_before(tmp_path: Path) -> None:
    """The same commands in two pairs of repositories, of which one has synced: they print the same and leave the same refs."""
    printed = [_everyday(tmp_path / name, synced=synced) for name, synced in (("plain", False), ("synced", True))]

    assert printed[0] == printed[1]


def _everyday(folder: Path, synced: bool) -> list[str]:
    clock = {"GIT_AUTHOR_DATE": "@1700000000 +0000", "GIT_COMMITTER_DATE": "@1700000000 +0000"}
    hub = hub_at(folder / "hub.git")
    first, second = (Replica.of(hub.path, folder / name) for name in ("first", "second"))
    printed = []

    def git(place: Path, *arguments: str) -> None:
        done = subprocess.run(
            ["git", *arguments],
            cwd=place,
            env={**os.environ, **clock},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        printed.append(f"{arguments}: {done.returncode}\n{done.stdout}".replace(str(folder), ""))

    def sync() -> None:
        for replica in (first, second, first) if synced else ():
            replica.learn(*said(len(printed)))
            replica.sync()

    sync()
    for step in range(2):
        (first.path / "file").write_text(f"{step}\n")
        git(first.path, "add", "file")
        git(first.path, "commit", "-m", f"step {step}")
        sync()
        git(first.path, "push", "--all", "origin")
        sync()
        git(second.path, "checkout", "-B", "main")
        git(second.path, "pull", "--no-rebase", "origin", "main")
        git(second.path, "checkout", "-B", f"topic-{step}")
        git(second.path, "push", "--porcelain", "--all", "origin")
        git(first.path, "fetch", "--prune", "origin")
        git(hub.path, "branch", "-D", f"topic-{step}")
        sync()
        git(first.path, "fetch", "--prune", "--verbose", "origin")
        git(first.path, "for-each-ref", "refs/heads", "refs/remotes", "refs/tags")
    git(first.path, "config", "--list", "--local")
    git(hub.path, "for-each-ref", "refs/heads", "refs/tags")
    assert not synced or (first.known() and hub.git("for-each-ref", REF))
    assert all("topic" in text for text in printed if "--prune" in text)
    return printed


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("remote.origin.mirror", "true"),
        ("remote.origin.prune", "true"),
        ("remote.origin.tagOpt", "--tags"),
        ("fetch.prune", "true"),
        ("fetch.fsckObjects", "true"),
        ("transfer.hideRefs", "refs/heads"),
        ("push.followTags", "true"),
        ("push.gpgSign", "true"),
        ("push.recurseSubmodules", "check"),
        ("push.pushOption", "ci.skip"),
        ("commit.gpgSign", "true"),
        ("core.hooksPath", "failing-hooks"),
        ("core.logAllRefUpdates", "always"),
        ("i18n.commitEncoding", "latin1"),
        ("user.useConfigOnly", "true"),
        ("index.sparse", "true"),
    ],
)
def test_the_users_configuration_does_not_matter(key: str, value: str, one: Replica, other: Replica) -> None:
    hooks = one.path / "failing-hooks"
    hooks.mkdir()
    for name in ("pre-push", "reference-transaction", "post-checkout"):
        (hooks / name).write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
        (hooks / name).chmod(0o755)
    repo = GitRepo(one.path)
    repo.git("commit", "--allow-empty", "-m", "first")
    repo.git("-c", "user.name=x", "-c", "user.email=x@example.com", "tag", "-a", "-m", "t", "v1")
    one.git("config", key, value)
    other.learn(*said(1))
    other.sync()
    one.learn(*said(2))

    assert one.sync() == Exchanged(came=1, went=1)
    assert other.sync() == Exchanged(came=1)
    assert other.git("ls-remote", "--tags", "--heads", "origin") == ""


def test_a_shallow_and_a_partial_clone_sync_too(hub: GitRepo, other: Replica, tmp_path: Path) -> None:
    seed = GitRepo.create(tmp_path / "seed")
    for number in range(3):
        seed.commit({"file": f"{number}\n"})
    seed.git("push", "--quiet", str(hub.path), "HEAD:refs/heads/main")
    hub.git("config", "uploadpack.allowFilter", "true")
    other.learn(*said(1))
    other.sync()
    for number, (name, option) in enumerate((("shallow", "--depth=1"), ("partial", "--filter=blob:none")), 10):
        seed.git("clone", "--quiet", option, "--no-checkout", hub.path.as_uri(), str(tmp_path / name))
        replica = Replica(tmp_path / name)
        replica.learn(*said(number))
        shallow = (tmp_path / name / ".git/shallow").read_bytes() if name == "shallow" else b""

        done = replica.sync()

        assert (done.went, done.problems) == (1, ())
        assert names(said(1)) <= replica.known()
        assert not shallow or (tmp_path / name / ".git/shallow").read_bytes() == shallow


def test_a_commit_on_the_ref_names_nobody(one: Replica, hub: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Kathmandu")
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Ann Example")
    one.git("config", "user.email", "ann@example.com")
    one.learn(*said(1, 2))
    one.sync()

    nobody_at = r"foundry <foundry@localhost\.invalid> \d+ \+0000"
    lines = hub.git("cat-file", "commit", REF).splitlines()
    assert [line.split(" ", 1)[0] for line in lines] == ["tree", "author", "committer", "", "Add"]
    assert all(re.fullmatch(rf"(author|committer) {nobody_at}", line) for line in lines[1:3])


# which remote


def test_the_usual_remote_is_that_of_the_branch_then_origin_then_the_only_one(repo: GitRepo) -> None:
    here = Repository.at(repo.path)
    assert (remotes(here), usual_remote(here)) == ((), "")
    repo.git("remote", "add", "team", "x")
    assert usual_remote(here) == "team"
    repo.git("remote", "add", "fork", "x")
    assert usual_remote(here) == ""
    repo.git("remote", "add", "origin", "x")
    assert usual_remote(here) == "origin"
    repo.git("config", "branch.main.remote", "fork")
    assert usual_remote(here) == "fork"
    repo.git("config", "branch.main.remote", ".")
    assert usual_remote(here) == "origin"
    repo.commit({"a": "b"})
    repo.git("checkout", "--quiet", "--detach")
    assert usual_remote(here) == "origin"


def test_a_remote_may_have_any_name_git_takes(one: Replica, hub: GitRepo) -> None:
    one.git("remote", "add", "team/a.b", str(hub.path))
    one.learn(*said(1))

    assert one.sync("team/a.b") == Exchanged(went=1)
    assert one.sync("origin") == IN_STEP


# memory


def test_what_is_remembered_of_a_remote_is_read_again(tmp_path: Path) -> None:
    known = Partners(tmp_path / "state")
    assert (known.of("origin"), known.in_background) == (Partner(), False)

    known.note("origin", Partner(tip="a" * 40, refused=True, tried=5.0))
    known.allow_background(True)
    known.note("fork", Partner(tried=6.0))

    again = Partners(tmp_path / "state")
    assert again.of("origin") == Partner(tip="a" * 40, refused=True, tried=5.0)
    assert again.in_background
    again.allow_background(False)
    assert not known.in_background and known.of("fork").tried == 6.0


def test_a_try_is_due_after_its_time_or_when_the_clock_was_set_back() -> None:
    tried = Partner(tried=10_000.0)

    assert not tried.is_due(10_100.0, 3600.0)
    assert tried.is_due(13_600.0, 3600.0)
    assert tried.is_due(6_000.0, 3600.0)


def test_one_exchange_at_a_time(one: Replica) -> None:
    with lock.held(one.state / "sync.lock"), pytest.raises(BusyError):
        exchange(Remote(one.repository, "origin"), one.ledger, Partners(one.state), LIBRARY, wait=0.0)


def test_what_came_by_another_remote_goes_round_once(one: Replica, other: Replica, hub: GitRepo, tmp_path: Path) -> None:
    second = hub_at(tmp_path / "second.git")
    for replica in (one, other):
        replica.git("remote", "add", "second", str(second.path))
    one.learn(*said(1, 2))
    for replica, remote in ((one, "origin"), (one, "second"), (other, "second"), (other, "origin")):
        replica.sync(remote)
    one.learn(*said(3))
    for replica, remote in ((one, "origin"), (other, "origin"), (other, "second"), (one, "second")):
        replica.sync(remote)

    assert one.known() == other.known() == names(said(1, 2, 3))
    for place in (hub, second):
        held = [place.git("show", f"{REF}:{path}") for path in place.git("ls-tree", "-r", "--name-only", REF).splitlines()]
        assert sorted(line for content in held for line in content.splitlines()) == sorted(
            [LIBRARY, *(canonical(event).decode() for event in said(1, 2, 3))]
        )
    assert [(replica.state / "journal.jsonl").read_bytes().count(b"\n") for replica in (one, other)] == [3, 3]


def test_a_remote_that_lost_segments_gets_them_again(one: Replica, other: Replica, hub: GitRepo) -> None:
    one.learn(*said(1))
    one.sync()
    first = hub.git("rev-parse", REF)
    one.learn(*said(2))
    one.sync()
    hub.git("update-ref", REF, first)
    other.learn(*said(3))
    other.sync()

    one.sync()
    other.sync()
    assert one.known() == other.known() == names(said(1, 2, 3))
