"""Hooks: installed beside what is there, waking without being noticed, and gone without a trace."""

from __future__ import annotations

import hashlib
import os
import select
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry_git.door import door_of
from foundry_git.git.hooks import (
    EVERY_HOOK,
    WAKE_LINE,
    WAKING,
    WORKER_SECONDS,
    HookPlan,
    carry_out,
    hooks_folder,
    installed,
    plan_install,
    plan_uninstall,
    user_hooks_folder,
    wake_script,
)
from foundry_git.git.hooks import plan_user_install as plan_user_hooks
from foundry_git.git.repository import Repository, set_user_setting
from foundry_git.git.state_folder import StateFolder
from foundry_git.shipped import shipped
from foundry_git.worker.presence import Presence
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo
from tests.samples import CHUNKS

FOREIGN = """\
#!/bin/sh
# ours, since 2019
set -eu
printf '%s|' "$0" "$@" "$PWD" >> "$LOG"
cat >> "$LOG"
exit 3
"""


def template(name: str) -> str:
    place = shipped(f"hooks/{name}")
    assert place is not None
    return place.read_text(encoding="utf-8")


def snapshot(folder: Path) -> dict[str, str]:
    """Every file, link and folder below, with its mode and what it holds."""
    found = {}
    for path in sorted(folder.rglob("*")):
        mode = oct(path.lstat().st_mode)
        if path.is_symlink():
            content = f"-> {path.readlink()}"
        else:
            content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        found[os.fsencode(path.relative_to(folder)).decode("utf-8", "replace")] = f"{mode} {content}"
    return found


def put_hook(repo: GitRepo, name: str, text: str, mode: int = 0o755) -> Path:
    path = repo.path / ".git" / "hooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    path.chmod(mode)
    return path


def plan(repository: Repository, python: str) -> HookPlan:
    return plan_install(repository, template("wake"), wake_script(template("waker"), python, WORKER_SECONDS))


def install(repo: GitRepo, python: str) -> None:
    carry_out(plan(Repository.at(repo.path), python).changes)


def uninstall(repo: GitRepo) -> None:
    repository = Repository.at(repo.path)
    carry_out(plan_uninstall(repository).changes)
    shutil.rmtree(repository.state)


def quiet_commit(repo: GitRepo, **variables: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["git", "commit", "--quiet", "--allow-empty", "-m", "work"],
        cwd=repo.path,
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=60,
    )


GONE = """\
pid="$(git rev-parse --git-common-dir)/foundry/worker.pid"
until grep -qsx "$$" "$pid"; do sleep 0.01; done
rm "$pid"
"""
"""A worker takes its number away when it ends."""


class Spy:
    """Stands where the interpreter of a hook is: says who called it, where and how, and works until it is told to end."""

    def __init__(self, folder: Path, waits: bool = False) -> None:
        folder.mkdir()
        self.python = folder / "py'thon $x"
        said, ended = folder / "said", folder / "ended"
        os.mkfifo(said)
        os.mkfifo(ended)
        wait = f"read -r end < {shlex.quote(str(ended))}\n" if waits else ""
        line = f'printf "%s|%s\\n" "$PWD" "$*" > {shlex.quote(str(said))}\n'
        self.python.write_text(f"#!/bin/sh\n{line}{wait}{GONE}{line}" if waits else f"#!/bin/sh\n{GONE}{line}", encoding="utf-8")
        self.python.chmod(0o755)
        self._said, self._ended = os.open(said, os.O_RDWR), os.open(ended, os.O_RDWR)
        self._heard = b""

    def hear(self) -> str:
        """The next call, waiting for it."""
        poll = select.poll()
        poll.register(self._said, select.POLLIN)
        while b"\n" not in self._heard:
            assert poll.poll(30_000), "the hook did not wake the worker"
            self._heard += os.read(self._said, 65_536)
        line, _, self._heard = self._heard.partition(b"\n")
        return line.decode()

    def is_silent(self, milliseconds: int = 0) -> bool:
        """Tell whether nothing has been said that was not heard, nor is for so long."""
        poll = select.poll()
        poll.register(self._said, select.POLLIN)
        return not self._heard and not poll.poll(milliseconds)

    def end(self) -> None:
        """Let the worker that waits go on."""
        os.write(self._ended, b"now\n")

    def close(self) -> None:
        os.close(self._said)
        os.close(self._ended)


@pytest.fixture
def spy(tmp_path: Path, awake: None) -> Iterator[Spy]:
    made = Spy(tmp_path / "spy")
    yield made
    made.close()


@pytest.mark.usefixtures("awake")
class TestWaking:
    def test_every_kind_of_change_of_head_wakes_the_worker(self, repo: GitRepo, spy: Spy) -> None:
        install(repo, str(spy.python))
        expected = f"{repo.path}|-P -m foundry_git worker"

        repo.commit({"a.py": "x = 1"})
        assert spy.hear() == expected
        repo.git("checkout", "--quiet", "-b", "topic")
        assert spy.hear() == expected
        repo.commit({"b.py": "y = 1"})
        assert spy.hear() == expected
        repo.git("checkout", "--quiet", "main")
        assert spy.hear() == expected
        repo.git("merge", "--quiet", "--no-ff", "--no-edit", "topic")
        assert spy.hear() == expected
        repo.git("commit", "--quiet", "--amend", "-m", "other words")
        assert spy.hear() == expected

    def test_a_linked_work_tree_wakes_it_there(self, repo: GitRepo, spy: Spy, tmp_path: Path) -> None:
        repo.commit({"a.py": "x = 1"})
        repo.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "linked"))
        linked = GitRepo(tmp_path / "linked")
        install(linked, str(spy.python))

        linked.commit({"b.py": "y = 1"})

        assert spy.hear() == f"{linked.path}|-P -m foundry_git worker"
        assert all(installed(Repository.at(linked.path)).values())

    def test_the_worker_and_what_it_starts_wake_nobody(self, repo: GitRepo, spy: Spy) -> None:
        install(repo, str(spy.python))

        quiet_commit(repo, FOUNDRY_WORKER="1")
        Repository.at(repo.path).run("commit", "--quiet", "--allow-empty", "-m", "by our own Git")
        (repo.path / "sub").mkdir()
        repo.commit({}, "by a person")

        assert spy.hear() == f"{repo.path}|-P -m foundry_git worker"
        assert spy.is_silent()

    def test_while_a_worker_runs_hooks_only_leave_word(self, repo: GitRepo, tmp_path: Path) -> None:
        worker = Spy(tmp_path / "slow", waits=True)
        install(repo, str(worker.python))
        quiet_commit(repo)
        worker.hear()
        wanted = StateFolder(Repository.at(repo.path).state).wanted
        wanted.unlink()

        for _ in range(10):
            quiet_commit(repo)
        assert worker.is_silent()
        assert wanted.exists()

        worker.end()
        worker.hear()
        quiet_commit(repo)
        worker.hear()
        worker.end()
        worker.hear()
        worker.close()

    def test_of_hooks_that_follow_each_other_at_once_one_starts_a_worker(self, repo: GitRepo, tmp_path: Path) -> None:
        repo.commit({"a.py": "x = 1"})
        worker = Spy(tmp_path / "slow", waits=True)
        install(repo, str(worker.python))

        repo.git("commit", "--quiet", "--amend", "-m", "other words")

        worker.hear()
        assert worker.is_silent(300)
        worker.end()
        worker.hear()
        worker.close()

    @pytest.mark.parametrize(
        ("noted", "age"), [("", 1), ("nobody\n", 1), ("0\n", 1), ("PID\n", 500), ("999999999\n", 1), ("-1\n", 1), ("PID\n", -500)]
    )
    def test_what_is_no_running_worker_is_none(self, repo: GitRepo, spy: Spy, noted: str, age: float) -> None:
        install(repo, str(spy.python))
        state = StateFolder(Repository.at(repo.path).state)
        state.worker_pid.write_text(noted.replace("PID", str(os.getppid())))
        at = time.time() - age
        os.utime(state.worker_pid, (at, at))

        assert Presence(state).other is None
        assert quiet_commit(repo).stderr == b""
        assert spy.hear() == f"{repo.path}|-P -m foundry_git worker"

    @pytest.mark.parametrize("name", ["wanted", "worker.pid"])
    def test_where_nothing_can_be_written_a_commit_is_as_before(self, repo: GitRepo, name: str) -> None:
        install(repo, sys.executable)
        (repo.path / ".git/foundry" / name).mkdir()

        committed = quiet_commit(repo)

        assert (committed.returncode, committed.stdout, committed.stderr) == (0, b"", b"")

    def test_without_its_interpreter_the_program_on_the_path_is_started(
        self, repo: GitRepo, spy: Spy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        install(repo, "/nowhere/python")
        (tmp_path / "bin").mkdir()
        (tmp_path / "bin/foundry").symlink_to(spy.python)
        monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")

        assert quiet_commit(repo).stderr == b""
        assert spy.hear() == f"{repo.path}|worker"

    def test_a_commit_whose_output_is_captured_does_not_wait_for_the_worker(self, repo: GitRepo, tmp_path: Path) -> None:
        worker = Spy(tmp_path / "slow", waits=True)
        install(repo, str(worker.python))

        committed = quiet_commit(repo)  # would run into its timeout, had the worker any of the caller's streams

        assert (committed.returncode, committed.stdout, committed.stderr) == (0, b"", b"")
        worker.hear()
        assert worker.is_silent()
        worker.end()
        worker.hear()
        worker.close()

    @pytest.mark.parametrize("python", ["/nowhere/python", "", "/etc/hostname", "/nowhere/it's $HOME `x`/python"])
    def test_without_its_interpreter_a_commit_is_as_before(self, repo: GitRepo, python: str) -> None:
        install(repo, python)

        committed = quiet_commit(repo)

        assert (committed.returncode, committed.stdout, committed.stderr) == (0, b"", b"")
        assert repo.git("log", "--format=%s") == "work"

    def test_an_interpreter_that_fails_or_talks_is_not_noticed(self, repo: GitRepo, tmp_path: Path) -> None:
        loud = tmp_path / "loud"
        loud.write_text("#!/bin/sh\necho out; echo err >&2; kill -9 $$\n", encoding="utf-8")
        loud.chmod(0o755)
        install(repo, str(loud))

        committed = quiet_commit(repo)

        assert (committed.returncode, committed.stdout, committed.stderr) == (0, b"", b"")

    def test_a_commit_leaves_index_and_work_tree_as_without_a_hook(self, repo: GitRepo, foundry: CommandLine) -> None:
        foundry("init")
        repo.commit({"a.py": "x = 1\n"})
        repo.write({"a.py": "x = 2\n", "new.py": "y = 1\n"})

        committed = quiet_commit(repo)
        index = (repo.path / ".git" / "index").read_bytes()
        foundry("candidates")  # takes in the commit, whoever was first

        assert (committed.returncode, committed.stderr) == (0, b"")
        assert (repo.path / ".git" / "index").read_bytes() == index
        assert repo.git("--no-optional-locks", "status", "--porcelain", "-uall") == " M a.py\n?? new.py"


class TestBesideOthers:
    def test_a_foreign_hook_keeps_its_arguments_its_input_and_its_status(
        self, repo: GitRepo, spy: Spy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("LOG", str(tmp_path / "log"))
        for name in WAKING:
            hook = put_hook(repo, name, FOREIGN)
            call = [str(hook), "amend", "two words", "*"]
            before = subprocess.run(call, input=b"old new\n", cwd=repo.path, check=False, timeout=60)
            said = (tmp_path / "log").read_bytes()
            install(repo, str(spy.python))
            (tmp_path / "log").unlink()

            after = subprocess.run(call, input=b"old new\n", cwd=repo.path, check=False, timeout=60)

            assert before.returncode == after.returncode == 3
            assert (tmp_path / "log").read_bytes() == said
            assert said.endswith(b"old new\n")
            (tmp_path / "log").unlink()
            assert spy.hear() == f"{repo.path}|-P -m foundry_git worker"

    @pytest.mark.parametrize("first", ["#!/bin/sh", "#!/bin/sh -eu", "#!/usr/bin/env bash", "#! /bin/bash", "#!/bin/dash"])
    def test_uninstalling_restores_every_byte_and_the_mode(self, repo: GitRepo, first: str) -> None:
        hook = put_hook(repo, "post-commit", f"{first}\n# caf\udce9\r\necho hi\n\n\t:", mode=0o744)
        before = snapshot(repo.path)

        install(repo, "/nowhere/python")
        assert snapshot(repo.path)[".git/hooks/post-commit"] != before[".git/hooks/post-commit"]
        assert subprocess.run([hook], capture_output=True, check=True, timeout=60).stdout == b"hi\n"
        uninstall(repo)

        assert snapshot(repo.path) == before

    def test_lines_added_to_our_own_hook_stay(self, repo: GitRepo) -> None:
        install(repo, "/nowhere/python")
        hook = repo.path / ".git" / "hooks" / "post-commit"
        hook.write_text(hook.read_text(encoding="utf-8") + "echo mine\n", encoding="utf-8")

        carry_out(plan_uninstall(Repository.at(repo.path)).changes)

        assert hook.read_text(encoding="utf-8") == "#!/bin/sh\necho mine\n"
        assert not (repo.path / ".git" / "hooks" / "post-merge").exists()

    def test_a_new_interpreter_replaces_the_old_one_in_place(self, repo: GitRepo) -> None:
        put_hook(repo, "post-commit", "#!/bin/sh\necho before\n")
        install(repo, "/old/python")
        old = snapshot(repo.path)

        install(repo, "/new/python")
        text = (repo.path / ".git" / "hooks" / "post-commit").read_text(encoding="utf-8")
        assert "/old/python" not in text
        assert text.count(">>> foundry-git >>>") == text.count("<<< foundry-git <<<") == 1
        assert text.endswith("echo before\n")
        install(repo, "/old/python")

        assert snapshot(repo.path) == old

    @pytest.mark.parametrize(
        ("text", "mode", "why"),
        [
            ("#!/usr/bin/env python3\nprint('hi')\n", 0o755, "not a shell script"),
            ("#!/usr/bin/perl\nprint 'hi';\n", 0o755, "not a shell script"),
            ("echo hi\n", 0o755, "not a shell script"),
            ("", 0o755, "not a shell script"),
            ("\x7fELF\x02\udcff", 0o755, "not a shell script"),
            ("#!/bin/sh\necho hi\n", 0o644, "switched off (not executable)"),
            ("#!/bin/sh\n. \"$(dirname -- \"$0\")/husky.sh\"\n", 0o755, "belongs to husky"),
            ("#!/bin/sh\nif [ \"$LEFTHOOK_VERBOSE\" = 1 ]; then set -x; fi\nlefthook run post-commit\n", 0o755, "belongs to lefthook"),
            ("#!/usr/bin/env bash\n# File generated by pre-commit: https://pre-commit.com\n", 0o755, "belongs to pre-commit"),
        ],
    )  # fmt: skip
    def test_a_hook_we_cannot_write_into_is_left_alone_and_the_line_is_said(
        self, repo: GitRepo, foundry: CommandLine, text: str, mode: int, why: str
    ) -> None:
        put_hook(repo, "post-commit", text, mode)
        before = snapshot(repo.path / ".git" / "hooks")
        planned = plan(Repository.at(repo.path), sys.executable)

        assert [(name, line, why in reason) for name, line, reason in planned.by_hand] == [("post-commit", WAKE_LINE, True)]
        assert sorted(change.path.name for change in planned.changes) == ["post-checkout", "post-merge", "post-rewrite", "wake"]
        carry_out(planned.changes)
        assert snapshot(repo.path / ".git" / "hooks") | before == snapshot(repo.path / ".git" / "hooks")

    def test_a_hook_that_is_a_link_is_not_written_through(self, repo: GitRepo) -> None:
        repo.commit({"hooks/post-commit": "#!/bin/sh\necho tracked\n"})
        (repo.path / "hooks" / "post-commit").chmod(0o755)
        (repo.path / ".git" / "hooks" / "post-commit").symlink_to("../../hooks/post-commit")
        before = snapshot(repo.path)

        planned = plan(Repository.at(repo.path), "/nowhere/python")
        carry_out(planned.changes)
        assert [name for name, _, _ in planned.by_hand] == ["post-commit"]
        assert "a link to ../../hooks/post-commit" in planned.by_hand[0][2]
        uninstall(repo)

        assert snapshot(repo.path) == before

    def test_the_line_to_add_by_hand_wakes_the_worker(self, repo: GitRepo, spy: Spy) -> None:
        repo.git("config", "core.hooksPath", "hooks")
        for name in WAKING:
            repo.write({f"hooks/{name}": f"#!/bin/sh\nset -eu\n{WAKE_LINE}\n"})
            (repo.path / "hooks" / name).chmod(0o755)
        before = quiet_commit(repo)  # as in the clone of somebody who has no foundry
        install(repo, str(spy.python))

        after = quiet_commit(repo)

        assert [(ran.returncode, ran.stdout, ran.stderr) for ran in (before, after)] == [(0, b"", b"")] * 2
        assert spy.hear() == f"{repo.path}|-P -m foundry_git worker"
        quiet_commit(repo, FOUNDRY_WORKER="1")
        assert spy.is_silent()
        assert all(installed(Repository.at(repo.path)).values())
        assert plan(Repository.at(repo.path), str(spy.python)).by_hand == ()

    @pytest.mark.parametrize("kind", ["relative", "absolute", "global", "husky", "own folder"])
    def test_a_configured_hooks_folder_is_never_written_to(
        self, repo: GitRepo, foundry: CommandLine, tmp_path: Path, kind: str
    ) -> None:
        place = {"relative": "tools/hooks", "husky": ".husky/_", "own folder": ".git/hooks"}.get(
            kind, str(tmp_path / "all hooks")
        )
        (repo.path / place).mkdir(parents=True, exist_ok=True)
        repo.git("config", *(["--global"] if kind == "global" else []), "core.hooksPath", place)
        before = snapshot(tmp_path)

        ran = foundry("init")

        assert ran.returncode == 0
        assert f"by hand: core.hooksPath is {place}, a folder that is not ours to write to" in ran.stdout
        assert "Add this line to post-commit, post-merge, post-rewrite, post-checkout:" in ran.stdout
        new = set(snapshot(tmp_path).items()) - set(before.items())
        assert {name for name, _ in new if not name.startswith(("repo/.foundry", "repo/.git/foundry"))} <= {"repo", "repo/.git"}
        assert set(installed(Repository.at(repo.path)).values()) == {False}


BODIES = st.text(st.characters(codec="utf-8", exclude_characters="#"), min_size=1, max_size=60)


@pytest.fixture(scope="module")
def empty_repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return Repository.at(GitRepo.create(tmp_path_factory.mktemp("empty")).path)


@settings(max_examples=30, deadline=None)
@given(body=BODIES, shebang=st.sampled_from(["#!/bin/sh", "#!/bin/bash -e", "#!/usr/bin/env zsh"]))
def test_any_shell_hook_is_restored(empty_repository: Repository, body: str, shebang: str) -> None:
    hook = hooks_folder(empty_repository) / "post-commit"
    before = f"{shebang}\n{body}".encode()
    hook.write_bytes(before)
    hook.chmod(0o755)

    carry_out(plan(empty_repository, "/nowhere/python").changes)
    assert b"foundry/wake" in hook.read_bytes()
    assert hook.read_bytes().endswith(body.encode())
    carry_out(plan_uninstall(empty_repository).changes)

    assert hook.read_bytes() == before


class TestInitAndUninstall:
    def test_uninstalling_leaves_a_repository_as_it_was(self, repo: GitRepo, foundry: CommandLine) -> None:
        put_hook(repo, "post-merge", FOREIGN)
        repo.commit({"a.py": "x = 1\n"})
        repo.git("remote", "add", "origin", "https://example.com/a.git")
        before = snapshot(repo.path)

        assert foundry("init").returncode == 0
        assert (repo.path / ".foundry" / "foundry.yaml").exists()
        ran = foundry("uninstall")

        assert ran.returncode == 0
        assert snapshot(repo.path) == before

    def test_init_in_a_folder_says_that_it_works_at_the_top(self, repo: GitRepo, foundry: CommandLine) -> None:
        repo.commit({"src/a.py": "x = 1\n"})

        inside, again = foundry("init", cwd=repo.path / "src"), foundry("init")

        assert inside.stdout.startswith(f"At the top of this repository, {repo.path.resolve()}:\n")
        assert (repo.path / ".foundry" / "foundry.yaml").exists()
        assert "At the top" not in again.stdout

    def test_after_commits_and_candidates_too(self, repo: GitRepo, foundry: CommandLine) -> None:
        repo.commit({"a.py": "x = 1\n"})
        before = snapshot(repo.path)
        config = repo.git("config", "--list", "--local")
        foundry("init")
        code = "".join(f"    if value == {n}:\n        value += {n}\n" for n in range(6))
        install(repo, "/nowhere/python")  # no worker of the hook's while this compares
        repo.git("add", "a.py")
        quiet_commit(repo)
        repo.write({"net.py": f'def settle(value):\n    """Settle a value."""\n{code}    return value\n'})
        repo.git("add", "net.py")
        quiet_commit(repo)
        assert "settle" in foundry("candidates", "--all").stdout
        assert repo.git("rev-parse", "refs/foundry/candidates")

        assert foundry("uninstall").returncode == 0

        after = snapshot(repo.path)
        new = {name for name in after.keys() - before.keys() if "objects" not in name and "refs/foundry" not in name}
        assert new == {"net.py"}
        assert before.keys() <= after.keys()
        assert after[".git/config"] == before[".git/config"]
        assert repo.git("config", "--list", "--local") == config
        assert repo.git("for-each-ref", "--format=%(refname)") == "refs/heads/main"
        assert repo.git("status", "--porcelain") == ""

    @pytest.mark.parametrize(
        "arguments", [("init",), ("init", "--standalone"), ("init", "--user"), ("uninstall",), ("uninstall", "--user")]
    )
    def test_a_dry_run_says_what_it_would_do_and_changes_nothing(
        self, repo: GitRepo, foundry: CommandLine, home: Path, arguments: tuple[str, ...]
    ) -> None:
        put_hook(repo, "post-commit", FOREIGN)
        if arguments[0] == "uninstall":
            foundry("init", *arguments[1:])
        before = snapshot(repo.path), snapshot(home)

        ran = foundry(*arguments, "--dry-run")

        assert ran.returncode == 0
        assert "would " in ran.stdout
        assert (snapshot(repo.path), snapshot(home)) == before

    @pytest.mark.parametrize("options", [(), ("--standalone",), ("--user",)])
    def test_installing_twice_is_installing_once(
        self, repo: GitRepo, foundry: CommandLine, home: Path, options: tuple[str, ...]
    ) -> None:
        put_hook(repo, "post-commit", FOREIGN)
        foundry("init", *options)
        once = snapshot(repo.path), snapshot(home)

        ran = foundry("init", *options)

        assert ran.returncode == 0
        assert "already" in ran.stdout
        assert (snapshot(repo.path), snapshot(home)) == once

    def test_a_committed_library_and_edited_files_stay(self, repo: GitRepo, foundry: CommandLine) -> None:
        foundry("init")
        repo.commit({}, "our library")

        ran = foundry("uninstall")

        assert "your library; delete it by an ordinary commit" in ran.stdout
        assert repo.git("status", "--porcelain") == ""
        assert (repo.path / ".foundry" / "foundry.yaml").exists()

    def test_evidence_stays_unless_it_is_named(self, repo: GitRepo, foundry: CommandLine) -> None:
        foundry("init")
        journal = repo.path / ".git" / "foundry" / "journal.jsonl"
        journal.write_text('{"a":1}\n', encoding="utf-8")

        assert f"kept {journal}" in foundry("uninstall").stdout
        assert [path.name for path in journal.parent.iterdir()] == ["journal.jsonl"]
        foundry("uninstall", "--evidence")
        assert not journal.parent.exists()

    def test_a_broken_library_is_no_reason_to_stay(self, repo: GitRepo, foundry: CommandLine) -> None:
        foundry("init")
        repo.write({".foundry/foundry.yaml": b"\xff"})

        ran = foundry("uninstall")

        assert (ran.returncode, ran.stderr) == (0, "")
        assert set(installed(Repository.at(repo.path)).values()) == {False}

    def test_nothing_to_uninstall_says_so(self, repo: GitRepo, foundry: CommandLine) -> None:
        assert foundry("uninstall").stdout == "nothing of foundry is installed here\n"

    def test_a_bare_repository_is_refused_with_what_to_do(self, foundry: CommandLine, tmp_path: Path) -> None:
        bare = GitRepo.create(tmp_path / "bare.git", "--bare")
        before = snapshot(bare.path)

        ran = foundry("init", cwd=bare.path)

        assert ran.returncode == 3
        assert "a bare repository has no commits of its own; run `foundry init` in a clone" in ran.stderr
        assert snapshot(bare.path) == before

    def test_a_linked_work_tree_installs_for_all_of_them(self, repo: GitRepo, foundry: CommandLine, tmp_path: Path) -> None:
        repo.commit({"a.py": "x = 1\n"})
        repo.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "linked"))
        before = snapshot(tmp_path)

        assert foundry("init", cwd=tmp_path / "linked").returncode == 0
        assert set(installed(Repository.at(repo.path)).values()) == {True}
        assert hooks_folder(Repository.at(tmp_path / "linked")) == repo.path / ".git" / "hooks"
        assert foundry("uninstall", cwd=tmp_path / "linked").returncode == 0

        assert snapshot(tmp_path) == before

    def test_the_units_of_every_work_trees_head_go(self, repo: GitRepo, foundry: CommandLine, tmp_path: Path) -> None:
        repo.commit({"a.py": CHUNKS})
        repo.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "linked"))
        before = snapshot(tmp_path)
        for folder in (repo.path, tmp_path / "linked"):
            assert foundry("similar", "a.py", cwd=folder).returncode == 0
        kept = repo.path / ".git/worktrees/linked/foundry"
        assert (kept / "units").is_dir()

        assert f"would delete {kept}" in foundry("uninstall", "--dry-run").stdout
        assert foundry("uninstall").returncode == 0

        assert snapshot(tmp_path) == before

    def test_the_door_of_a_dead_watcher_goes_and_that_of_a_live_one_stays(
        self, repo: GitRepo, foundry: CommandLine, home: Path
    ) -> None:
        (home / ".run").mkdir(mode=0o700)
        door = door_of(repo.path)
        assert door is not None
        door.parent.mkdir(mode=0o700)
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as watcher:
            watcher.bind(str(door))
            door.chmod(0o600)
            watcher.listen()
            assert f"kept {door} (a watcher answers there" in foundry("uninstall").stdout
            assert door.exists()

        assert f"would delete {door}" in foundry("uninstall", "--dry-run").stdout
        assert f"delete {door}" in foundry("uninstall").stdout
        assert not door.parent.exists()

    def test_outside_a_repository_it_says_what_to_do(self, foundry: CommandLine, tmp_path: Path) -> None:
        ran = foundry("init", cwd=tmp_path)

        assert ran.returncode == 3
        assert "not inside a Git repository; run `git init` there" in ran.stderr


class TestForAUser:
    @pytest.fixture
    def user_hooks(self, spy: Spy) -> Path:
        """The hooks of ``init --user``, with the spy for its interpreter."""
        folder = user_hooks_folder()
        script = wake_script(template("waker"), str(spy.python), WORKER_SECONDS)
        carry_out(plan_user_hooks(folder, template("user"), script).changes)
        set_user_setting("core.hooksPath", str(folder))
        return folder

    def test_the_worker_is_woken_only_where_a_library_is(self, repo: GitRepo, user_hooks: Path, spy: Spy, tmp_path: Path) -> None:
        plain = GitRepo.create(tmp_path / "plain")
        inner = GitRepo.create(tmp_path / "inner")
        inner.write({".foundry/foundry.yaml": ""})
        repo.write({"foundry.yaml": ""})

        for each in (plain, inner, plain, repo):
            committed = quiet_commit(each)
            assert (committed.returncode, committed.stdout, committed.stderr) == (0, b"", b"")
        quiet_commit(repo, FOUNDRY_WORKER="1")

        assert sorted([spy.hear(), spy.hear()]) == sorted(
            f"{each.path}|-P -m foundry_git worker --start" for each in (inner, repo)
        )
        assert spy.is_silent()

    @pytest.mark.parametrize("name", EVERY_HOOK)
    def test_the_repositorys_own_hook_runs_as_it_would_alone(
        self, repo: GitRepo, user_hooks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        monkeypatch.setenv("LOG", str(tmp_path / "log"))
        own = put_hook(repo, name, FOREIGN)
        call = [str(user_hooks / name), "one", "two words", ""]

        ran = subprocess.run(call, input=b"old new ref\n", cwd=repo.path, check=False, timeout=60)

        assert ran.returncode == 3
        own_path = os.path.relpath(own, repo.path)
        assert (tmp_path / "log").read_bytes() == f"{own_path}|one|two words||{repo.path}|old new ref\n".encode()

    def test_a_pre_commit_that_refuses_still_refuses(self, repo: GitRepo, user_hooks: Path) -> None:
        put_hook(repo, "pre-commit", "#!/bin/sh\necho 'no: tabs' >&2\nexit 1\n")

        refused = quiet_commit(repo)

        assert (refused.returncode, refused.stderr) == (1, b"no: tabs\n")

    def test_a_commit_msg_still_edits_the_message_and_a_pre_push_still_reads_its_input(
        self, repo: GitRepo, user_hooks: Path, tmp_path: Path
    ) -> None:
        put_hook(repo, "commit-msg", '#!/bin/sh\necho "Signed" >> "$1"\n')
        put_hook(repo, "pre-push", f'#!/bin/sh\necho "$1 $2" > {tmp_path}/pushed\ncat >> {tmp_path}/pushed\n')
        remote = GitRepo.create(tmp_path / "remote.git", "--bare")
        head = repo.commit({"a.py": "x = 1"})
        repo.git("push", "--quiet", str(remote.path), "main")

        assert repo.git("log", "-1", "--format=%B").split() == ["work", "Signed"]
        pushed = (tmp_path / "pushed").read_text(encoding="utf-8")
        assert pushed == f"{remote.path} {remote.path}\nrefs/heads/main {head} refs/heads/main {'0' * 40}\n"

    def test_a_reference_transaction_still_sees_and_refuses(self, repo: GitRepo, user_hooks: Path, tmp_path: Path) -> None:
        put_hook(
            repo,
            "reference-transaction",
            f'#!/bin/sh\nwhile read -r old new ref; do echo "$1 $ref" >> {tmp_path}/seen; '
            '[ "$ref" = refs/heads/forbidden ] && exit 1; done; exit 0\n',
        )
        repo.commit({"a.py": "x = 1"})

        refused = subprocess.run(["git", "branch", "forbidden"], cwd=repo.path, capture_output=True, check=False, timeout=60)

        assert refused.returncode != 0
        assert repo.git("branch") == "* main"
        assert "committed refs/heads/main" in (tmp_path / "seen").read_text(encoding="utf-8").splitlines()

    def test_a_hook_that_is_switched_off_stays_off(self, repo: GitRepo, user_hooks: Path) -> None:
        put_hook(repo, "pre-commit", "#!/bin/sh\nexit 1\n", mode=0o644)

        assert quiet_commit(repo).returncode == 0

    def test_a_linked_work_tree_runs_the_hooks_of_its_repository(self, repo: GitRepo, user_hooks: Path, tmp_path: Path) -> None:
        repo.commit({"a.py": "x = 1"})
        repo.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "linked"))
        put_hook(repo, "pre-commit", "#!/bin/sh\nexit 1\n")

        assert quiet_commit(GitRepo(tmp_path / "linked")).returncode == 1

    @pytest.mark.parametrize("own", [False, True])
    def test_a_push_to_what_is_checked_out_updates_the_work_tree(
        self, repo: GitRepo, user_hooks: Path, tmp_path: Path, own: bool
    ) -> None:
        repo.commit({"a.py": "x = 1"})
        repo.git("clone", "--quiet", ".", str(tmp_path / "live"))
        live = GitRepo(tmp_path / "live")
        live.git("config", "receive.denyCurrentBranch", "updateInstead")
        if own:  # Git runs it in the Git folder
            put_hook(live, "push-to-checkout", '#!/bin/sh\ngit read-tree -u -m HEAD "$1" && touch ../../deployed\n')
        repo.commit({"a.py": "x = 2"})

        repo.git("push", "--quiet", str(live.path), "main")
        assert (live.path / "a.py").read_text(encoding="utf-8") == "x = 2"
        assert live.git("status", "--porcelain") == ""
        assert (tmp_path / "deployed").exists() == own

        live.write({"a.py": "x = 'mine'"})
        repo.commit({"a.py": "x = 3"})
        push = ["git", "push", "--quiet", str(live.path), "main"]
        refused = subprocess.run(push, cwd=repo.path, capture_output=True, check=False, timeout=60)
        assert refused.returncode != 0
        assert (live.path / "a.py").read_text(encoding="utf-8") == "x = 'mine'"

    def test_a_new_repository_and_a_clone_are_as_silent_as_before(self, repo: GitRepo, user_hooks: Path, tmp_path: Path) -> None:
        repo.commit({"a.py": "x = 1"})

        for command in (["init", "--quiet", "fresh"], ["clone", "--quiet", str(repo.path), "clone"]):
            ran = subprocess.run(["git", *command], cwd=tmp_path, capture_output=True, check=False, timeout=60)
            assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"", b"")

    def test_a_repository_below_it_needs_nothing_by_hand(self, repo: GitRepo, foundry: CommandLine) -> None:
        foundry("init", "--user")

        ran = foundry("init")

        assert "by hand" not in ran.stdout
        assert set(installed(Repository.at(repo.path)).values()) == {True}

    CONFIGURATIONS = {  # noqa: RUF012
        "absent": None,
        "plain": "[user]\n\tname = Dev\n\temail = dev@example.com\n",
        "a core section": "# mine\n[core]\n\teditor = vi ; best\n[alias]\n\tst = status\n",
        "an empty core section with a comment": "[core]\n\t# nothing yet\n[user]\n\tname = Dev\n",
        "CRLF and odd spacing": "[user]\r\n  name=Dev\r\n\r\n\r\n[core]\r\n\tautocrlf = input\r\n",
        "an include": "[include]\n\tpath = more.inc\n",
    }

    @pytest.mark.parametrize("kind", CONFIGURATIONS)
    def test_uninstalling_restores_the_users_configuration(self, foundry: CommandLine, home: Path, kind: str) -> None:
        text = self.CONFIGURATIONS[kind]
        (home / ".gitconfig").unlink()
        if text is not None:
            (home / ".gitconfig").write_bytes(text.encode())
        before = snapshot(home)

        assert foundry("init", "--user").returncode == 0
        assert Path(GitRepo(home).git("config", "--global", "core.hooksPath")) == user_hooks_folder()
        assert sorted(path.name for path in user_hooks_folder().iterdir()) == sorted([*EVERY_HOOK, "foundry-wake"])
        assert foundry("uninstall", "--user").returncode == 0

        after = snapshot(home)
        assert set(after.keys() - before.keys()) <= {".local", ".local/share", ".local/share/foundry-git"}
        assert {name: after.get(name) for name in before} == before

    def test_a_hooks_folder_of_the_users_own_is_left_alone(self, repo: GitRepo, foundry: CommandLine, home: Path) -> None:
        repo.git("config", "--global", "core.hooksPath", "~/my hooks")
        before = snapshot(home)

        for command in ("init", "uninstall"):
            ran = foundry(command, "--user")
            assert ran.returncode == 0
            assert snapshot(home) == before
        assert "by hand: your global core.hooksPath is ~/my hooks" in foundry("init", "--user").stdout
