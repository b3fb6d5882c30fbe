"""The only door to Git: the right repository whatever the environment says, history as it is, and nothing of the user's touched."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from unittest import mock

import pytest

from foundry_git.errors import GitError, NotARepositoryError, RefusedError, UnknownRevisionError
from foundry_git.git.history import changes_of, commits_between, moment, one_commit
from foundry_git.git.objects import BlobReader, files_of, move_ref, read_ref, write_commit, write_tree
from foundry_git.git.repository import Repository, Worktree
from foundry_git.library.candidates import REF
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo, untouched

NOBODY = "f" * 40


def git_at(path: Path, *args: str) -> str:
    return GitRepo(path).git(*args)


def with_submodule(repo: GitRepo, path: Path) -> GitRepo:
    """Put ``repo`` into a new repository as the submodule ``lib``; return its work tree there."""
    whole = GitRepo.create(path)
    whole.commit({"a.txt": "a"})
    whole.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(repo.path), "lib")
    whole.git("commit", "--quiet", "-m", "with lib")
    return GitRepo(path / "lib")


OTHER_USER = 65534


def may_give_away() -> bool:
    """Say whether this is root, and not of a namespace that knows no other user (``unshare -r``)."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return False
    users = Path("/proc/self/uid_map")
    return not users.exists() or any(int(line.split()[2]) > OTHER_USER for line in users.read_text(encoding="utf-8").splitlines())


class TestWhichRepository:
    def test_at_is_not_misled_by_the_environment_of_a_hook(
        self, repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        mine = repo.commit({"mine.py": "x = 1"})
        other = GitRepo.create(tmp_path / "other")
        other.commit({"other.py": "y = 1"})
        monkeypatch.setenv("GIT_DIR", str(other.path / ".git"))
        monkeypatch.setenv("GIT_WORK_TREE", str(other.path))
        monkeypatch.setenv("GIT_INDEX_FILE", str(other.path / ".git" / "index"))
        monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(other.path / ".git" / "objects"))
        monkeypatch.setenv("GIT_COMMON_DIR", str(other.path / ".git"))
        monkeypatch.setenv("GIT_PREFIX", "sub/")
        monkeypatch.setenv("GIT_CONFIG_PARAMETERS", "'core.bare=true'")

        found = Repository.at(repo.path)

        assert found == Repository(repo.path / ".git", repo.path / ".git", repo.path)
        assert found.head() == mine
        assert found.text("ls-files") == "mine.py"
        assert found.setting("core.bare") == "false"

    def test_here_honours_git_dir(self, repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        head = repo.commit({"a.py": "x = 1"})
        work_tree = tmp_path / "elsewhere"
        work_tree.mkdir()
        environment = {**os.environ, "GIT_DIR": str(repo.path / ".git")}

        assert Repository.here(work_tree, environment).head() == head
        assert Repository.here(work_tree, environment).top == work_tree
        assert Repository.here(tmp_path, environment | {"GIT_WORK_TREE": "elsewhere"}).top == work_tree
        with pytest.raises(NotARepositoryError):
            Repository.at(work_tree)

    def test_here_knows_that_a_bare_git_dir_has_no_work_tree(self, repo: GitRepo, tmp_path: Path) -> None:
        bare = GitRepo.create(tmp_path / "bare.git", "--bare")

        assert Repository.here(repo.path, {**os.environ, "GIT_DIR": str(bare.path)}) == Repository(bare.path, bare.path, None)

    def test_here_runs_the_git_of_the_path_whatever_it_is_told_of_the_environment(
        self, repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ran, wrapper = tmp_path / "ran", tmp_path / "bin" / "git"
        wrapper.parent.mkdir()
        wrapper.write_text(f'#!/bin/sh\ntouch {ran}\nexec {shutil.which("git")} "$@"\n', encoding="utf-8")
        wrapper.chmod(0o755)
        monkeypatch.setenv("PATH", f"{wrapper.parent}:{os.environ['PATH']}")

        assert Repository.here(repo.path, {}).top == repo.path
        assert ran.exists()

    def test_below_the_top(self, repo: GitRepo) -> None:
        (repo.path / "src" / "deep").mkdir(parents=True)

        assert Repository.at(repo.path / "src" / "deep").top == repo.path

    def test_the_innermost_of_nested_repositories(self, repo: GitRepo) -> None:
        inner = GitRepo.create(repo.path / "vendor" / "inner")

        assert Repository.at(inner.path).top == inner.path
        assert Repository.at(repo.path / "vendor").top == repo.path

    @pytest.mark.parametrize("place", [".", "missing"])
    def test_no_repository_says_what_to_do(self, tmp_path: Path, place: str) -> None:
        with pytest.raises(NotARepositoryError, match=r"not inside a Git repository; run `git init` there"):
            Repository.at(tmp_path / place)

    @pytest.mark.parametrize("name", ["spa ce", "o'clock", "日本", "line\u2028break", "next\x85line", "-rf", "$HOME", "[a]*"])
    def test_a_folder_of_any_name(self, tmp_path: Path, name: str) -> None:
        repo = GitRepo.create(tmp_path / name)
        head = repo.commit({"a.py": "x = 1"})

        found = Repository.at(repo.path)

        assert found.top == repo.path
        assert found.head() == head
        assert [tree.folder for tree in found.worktrees()] == [repo.path]

    def test_a_folder_whose_name_is_not_utf8(self, tmp_path: Path) -> None:
        repo = GitRepo.create(tmp_path / os.fsdecode(b"caf\xe9"))
        repo.commit({"a.py": "x = 1"})

        assert Repository.at(repo.path).top == repo.path
        assert Repository.at(repo.path).worktrees()[0].folder == repo.path


class TestShapes:
    def test_a_linked_work_tree_shares_the_state_and_has_its_own_name(self, repo: GitRepo, tmp_path: Path) -> None:
        head = repo.commit({"a.py": "x = 1"})
        repo.git("worktree", "add", "--quiet", "-b", "topic", str(tmp_path / "topic"))
        later = GitRepo(tmp_path / "topic").commit({"b.py": "y = 1"})

        main, linked = Repository.at(repo.path), Repository.at(tmp_path / "topic")

        assert linked.state == main.state == repo.path / ".git" / "foundry"
        assert (main.worktree_name, linked.worktree_name) == ("main", "topic")
        assert (main.head(), linked.head()) == (head, later)
        expected = [Worktree(repo.path, "main", head), Worktree(tmp_path / "topic", "topic", later)]
        assert main.worktrees() == linked.worktrees() == expected

    def test_a_work_tree_whose_folder_is_gone_is_left_out(self, repo: GitRepo, tmp_path: Path) -> None:
        repo.commit({"a.py": "x = 1"})
        repo.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "gone"))
        (tmp_path / "gone").rename(tmp_path / "moved")

        assert [tree.name for tree in Repository.at(repo.path).worktrees()] == ["main"]

    def test_a_bare_repository_has_no_top_and_its_work_trees_do(self, repo: GitRepo, tmp_path: Path) -> None:
        head = repo.commit({"a.py": "x = 1"})
        repo.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare.git"))
        bare = Repository.at(tmp_path / "bare.git")

        assert bare == Repository(tmp_path / "bare.git", tmp_path / "bare.git", None)
        assert bare.head() == head
        assert bare.worktrees() == []
        git_at(tmp_path / "bare.git", "worktree", "add", "--quiet", str(tmp_path / "tree"), "main")
        assert [(tree.folder, tree.name) for tree in bare.worktrees()] == [(tmp_path / "tree", "tree")]
        assert Repository.at(tmp_path / "tree").state == bare.state

    def test_a_submodule_is_a_repository_of_its_own(self, repo: GitRepo, tmp_path: Path) -> None:
        head = repo.commit({"a.py": "x = 1"})
        lib = with_submodule(repo, tmp_path / "whole")

        found = Repository.at(lib.path)

        assert found.top == lib.path
        assert found.common_dir == tmp_path / "whole" / ".git" / "modules" / "lib"
        assert found.worktree_name == "main"
        assert found.worktrees() == [Worktree(lib.path, "main", head)]

    def test_a_submodule_inside_a_linked_work_tree_is_called_as_its_cursor(self, repo: GitRepo, tmp_path: Path) -> None:
        head = repo.commit({"a.py": "x = 1"})
        with_submodule(repo, tmp_path / "whole")
        git_at(tmp_path / "whole", "worktree", "add", "--quiet", "--detach", str(tmp_path / "linked"))
        git_at(tmp_path / "linked", "-c", "protocol.file.allow=always", "submodule", "--quiet", "update", "--init")

        found = Repository.at(tmp_path / "linked" / "lib")

        assert found.worktree_name == "main"
        assert found.worktrees() == [Worktree(tmp_path / "linked" / "lib", "main", head)]

    def test_a_linked_work_tree_of_a_submodule_knows_them_both(self, repo: GitRepo, tmp_path: Path) -> None:
        repo.commit({"a.py": "x = 1"})
        lib = with_submodule(repo, tmp_path / "whole")
        lib.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "linked"))

        for place in (lib.path, tmp_path / "linked"):
            trees = Repository.at(place).worktrees()
            assert [(tree.folder, tree.name) for tree in trees] == [(lib.path, "main"), (tmp_path / "linked", "linked")]

    def test_a_git_dir_kept_elsewhere(self, tmp_path: Path) -> None:
        place = tmp_path / "worktrees" / "kept"
        place.parent.mkdir()
        repo = GitRepo.create(tmp_path / "tree", "--separate-git-dir", str(place))
        head = repo.commit({"a.py": "x = 1"})

        found = Repository.at(repo.path)

        assert found == Repository(place, place, repo.path)
        assert found.worktree_name == "main"
        assert found.worktrees() == [Worktree(repo.path, "main", head)]

    def test_before_the_first_commit_there_is_no_head(self, repo: GitRepo) -> None:
        found = Repository.at(repo.path)

        assert found.head() == ""
        assert found.worktrees() == [Worktree(repo.path, "main", "")]
        with pytest.raises(UnknownRevisionError):
            found.resolve("HEAD")

    def test_a_detached_head(self, repo: GitRepo) -> None:
        first = repo.commit({"a.py": "x = 1"})
        repo.commit({"a.py": "x = 2"})
        repo.git("checkout", "--quiet", "--detach", first)

        assert Repository.at(repo.path).head() == first
        assert Repository.at(repo.path).worktrees()[0].head == first

    def test_a_sha256_repository(self, tmp_path: Path) -> None:
        repo = GitRepo.create(tmp_path / "sha256", "--object-format=sha256")
        head = repo.commit({"a.py": "x = 1"})
        found = Repository.at(repo.path)

        assert len(head) == 64
        assert found.head() == head
        [change] = changes_of(found, commits_between(found, "", head))
        assert (change.path, change.old_blob, len(change.new_blob)) == ("a.py", "", 64)
        tree = write_tree(found, {"b": b"b"}, keep=write_tree(found, {"a": b"a"}), drop=["a"])
        move_ref(found, REF, tree, "")
        assert [file.path for file in files_of(found, read_ref(found, REF))] == ["b"]
        move_ref(found, REF, "", tree)
        assert read_ref(found, REF) == ""

    def test_a_shallow_clone_starts_where_it_was_cut(self, repo: GitRepo, tmp_path: Path) -> None:
        first = repo.commit({"a.py": "x = 1"})
        repo.commit({"a.py": "x = 2"})
        repo.git("clone", "--quiet", "--depth=1", repo.path.as_uri(), str(tmp_path / "shallow"))
        found = Repository.at(tmp_path / "shallow")

        assert not found.has_commit(first)
        assert [change.old_blob for change in changes_of(found, commits_between(found, "", "HEAD"))] == [""]


class TestQuestions:
    def test_a_revision_is_resolved_or_refused_with_what_to_do(self, repo: GitRepo) -> None:
        head = repo.commit({"a.py": "x = 1"})
        repo.git("tag", "-a", "-m", "one", "v1")
        found = Repository.at(repo.path)

        assert found.resolve("v1") == found.resolve("main") == found.resolve(head[:8]) == head
        for wrong in ("nope", "--all", "HEAD:a.py", NOBODY[:39], "", "a..b", "-"):
            with pytest.raises(UnknownRevisionError, match="see `git log --oneline`"):
                found.resolve(wrong)

    def test_ancestors(self, repo: GitRepo) -> None:
        first, second = repo.commit({"a.py": "x = 1"}), repo.commit({"a.py": "x = 2"})
        found = Repository.at(repo.path)

        assert found.has_commit(first)
        assert found.has_commit(second)
        assert not found.has_commit(NOBODY)

    def test_identities_are_the_addresses_that_git_commits_with(self, repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
        found = Repository.at(repo.path)

        repo.git("config", "user.email", "Ada@example.com")
        assert found.identities() == {"ada@example.com"}
        repo.git("config", "author.email", "work@example.com")
        repo.git("config", "committer.email", "bot@example.com")
        assert found.identities() == {"work@example.com", "bot@example.com"}
        monkeypatch.setenv("GIT_AUTHOR_EMAIL", "whose-commit-this-is@example.com")  # as Git says to hooks
        monkeypatch.setenv("GIT_COMMITTER_EMAIL", "container@example.com")
        assert found.identities() == {"work@example.com", "container@example.com"}

    def test_settings_by_variable_count_as_for_git(self, repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in (("COUNT", "1"), ("KEY_0", "author.email"), ("VALUE_0", "ci@example.com")):
            monkeypatch.setenv(f"GIT_CONFIG_{name}", value)

        assert "ci@example.com" in Repository.at(repo.path).identities()

    @pytest.mark.parametrize(
        ("settings", "said"),
        [
            ((("core.repositoryformatversion", "99"),), "99"),
            ((("core.repositoryformatversion", "1"), ("extensions.notyetknown", "true")), "notyetknown"),
        ],
    )
    def test_what_git_refuses_is_said_in_its_words(
        self, repo: GitRepo, foundry: CommandLine, settings: tuple[tuple[str, str], ...], said: str
    ) -> None:
        for key, value in settings:
            repo.git("config", "--file", ".git/config", key, value)

        with pytest.raises(RefusedError, match=said):
            Repository.at(repo.path)
        for command in (
            ["search", "x"],
            ["candidates"],
            ["doctor"],
            ["extract", "--commit", "HEAD"],
            ["init"],
            ["similar", "a.py"],
        ):
            ran = foundry(*command)
            assert (ran.returncode, ran.stdout) == (3, ""), command
            assert "Git refuses: " in ran.stderr and said in ran.stderr and "not inside a Git repository" not in ran.stderr

    def test_what_is_lost_is_said_in_its_words_with_what_brings_it_back(self, repo: GitRepo, foundry: CommandLine) -> None:
        foundry("init")
        repo.commit({"src/a.py": "x = 1\n"})
        tree = repo.git("rev-parse", "HEAD:src")
        (repo.path / ".git/objects" / tree[:2] / tree[2:]).unlink()

        for command in (["search", "x"], ["similar", "src/a.py"], ["extract", "--commit", "HEAD"], ["extract", "--all"]):
            ran = foundry(*command)
            assert ran.returncode == 3 and "Traceback" not in ran.stderr, command
            assert tree in ran.stderr and "`git fsck` names all" in ran.stderr, command
        assert foundry("candidates").returncode == 0
        assert foundry("search", "--accepted-only", "retry").returncode == 0

    def test_a_repository_of_somebody_else_is_said_with_what_allows_it(self) -> None:
        dubious = (
            "fatal: detected dubious ownership in repository at '/srv/shop'\n"
            "To add an exception for this directory, call:\n\n\tgit config --global --add safe.directory /srv/shop\n"
        )

        assert str(RefusedError(Path("/srv/shop/web"), dubious)) == (
            "/srv/shop/web: Git refuses: detected dubious ownership in repository at '/srv/shop'; "
            "if you trust it, run `git config --global --add safe.directory /srv/shop`"
        )

    @pytest.mark.skipif(not may_give_away(), reason="only root can give a folder away, and only where there are other users")
    def test_a_folder_of_another_user(self, repo: GitRepo, foundry: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
        for path in (repo.path, repo.path / ".git"):
            os.chown(path, OTHER_USER, OTHER_USER)

        ran = foundry("candidates")
        assert ran.returncode == 3
        assert f"safe.directory {repo.path}" in ran.stderr
        for name, value in (("COUNT", "1"), ("KEY_0", "safe.directory"), ("VALUE_0", "*")):
            monkeypatch.setenv(f"GIT_CONFIG_{name}", value)
        assert "Git refuses" not in foundry("candidates").stderr

    def test_nothing_that_the_repository_names_is_run(self, repo: GitRepo, tmp_path: Path) -> None:
        ran = tmp_path / "ran"
        script = tmp_path / "script"
        script.write_text(f"#!/bin/sh\ntouch {ran}\n", encoding="utf-8")
        script.chmod(0o755)
        repo.commit({"a.py": "x = 1", ".gitattributes": "*.py diff=evil filter=evil\n"})
        for key in (
            "core.fsmonitor",
            "diff.evil.textconv",
            "diff.evil.command",
            "diff.external",
            "filter.evil.clean",
            "core.pager",
        ):
            repo.git("config", key, str(script))
        (repo.path / ".git" / "hooks" / "reference-transaction").symlink_to(script)
        ran.unlink(missing_ok=True)
        found = Repository.at(repo.path)

        head = found.head()
        changes_of(found, commits_between(found, "", head))
        found.worktrees()
        move_ref(found, REF, write_tree(found, {"a.py": b"x = 2"}), "")

        assert not ran.exists()
        git_at(repo.path, "update-ref", "refs/foundry/control", head)
        assert ran.exists()

    def test_a_failure_names_the_command_and_what_git_said(self, repo: GitRepo) -> None:
        with pytest.raises(GitError, match=r"git cat-file -t nope … failed \(128\): fatal: Not a valid object name nope"):
            Repository.at(repo.path).run("cat-file", "-t", "nope")


class TestHistory:
    def paths(self, repo: GitRepo, old: str = "", new: str = "HEAD") -> list[str]:
        found = Repository.at(repo.path)
        return [change.path for change in changes_of(found, commits_between(found, old, new))]

    def test_commits_come_oldest_first_with_who_and_when(self, repo: GitRepo) -> None:
        first = repo.commit({"a.py": "x = 1"}, "one")
        second = repo.commit({"a.py": "x = 2"}, "Zwei: größer", author="Ada <ada@example.com>")
        found = Repository.at(repo.path)

        one, two = commits_between(found, "", "HEAD")

        assert (one.id, one.parents, one.subject, one.author_email) == (first, (), "one", "dev@example.com")
        assert (two.id, two.parents, two.subject, two.author_email) == (second, (first,), "Zwei: größer", "ada@example.com")
        assert moment(two.author_date) == moment(repo.git("log", "-1", "--format=%aI"))
        assert one_commit(found, "HEAD") == two
        assert commits_between(found, first, "HEAD") == [two]
        assert commits_between(found, "", "HEAD", limit=1) == [two]
        assert commits_between(found, second, second) == []

    def test_the_users_taste_in_logs_changes_nothing(self, repo: GitRepo) -> None:
        repo.commit({"a.py": "x = 1\n" * 20}, "one")
        repo.commit({"a.py": None, "b.py": "x = 1\n" * 20}, "two")
        found = Repository.at(repo.path)
        plain = commits_between(found, "", "HEAD")
        changes = changes_of(found, plain)
        for key, value in {
            "log.showSignature": "true", "log.decorate": "full", "log.date": "relative", "log.showRoot": "false", "color.ui": "always",
            "format.pretty": "oneline", "diff.renames": "false", "diff.noprefix": "true", "core.quotePath": "true",
            "log.mailmap": "true", "core.abbrev": "4", "log.follow": "true", "log.diffMerges": "combined",
        }.items():  # fmt: skip
            repo.git("config", key, value)

        assert commits_between(found, "", "HEAD") == plain
        assert changes_of(found, plain) == changes

    def test_signatures_that_the_user_wants_to_see_are_not_taken_for_commits(self, repo: GitRepo, tmp_path: Path) -> None:
        repo.commit({"a.py": "x = 1"}, "one")
        signed = repo.git("cat-file", "commit", "HEAD").replace(
            "\n\n", "\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n iQEz\n -----END PGP SIGNATURE-----\n\n", 1
        )
        commit = repo.git("hash-object", "-t", "commit", "-w", "--stdin", input=signed.encode() + b"\n")
        repo.git("update-ref", "HEAD", commit)
        verifier = tmp_path / "gpg"
        verifier.write_text("#!/bin/sh\necho 'gpg: Signature made today' >&2\nexit 1\n", encoding="utf-8")
        verifier.chmod(0o755)
        repo.git("config", "gpg.program", str(verifier))
        repo.git("config", "log.showSignature", "true")
        found = Repository.at(repo.path)

        assert "gpg: Signature made today" in repo.git("log", "--format=%H")
        assert [one.id for one in commits_between(found, "", "HEAD")] == [commit]
        assert one_commit(found, "HEAD").id == commit

    def test_a_file_that_a_partial_clone_lacks_costs_its_own_commit_the_renames(self, repo: GitRepo) -> None:
        text = "".join(f"line {number}\n" for number in range(30))
        repo.commit({"a.py": text, "b.py": text + "b\n"})
        repo.commit({"a.py": None, "moved.py": text + "more\n"})
        lacking = repo.git("rev-parse", "HEAD:moved.py")
        repo.commit({"b.py": None, "gone.py": text + "b\nmore\n", "moved.py": "short\n"})  # else Git takes the work tree's copy
        (repo.path / ".git" / "objects" / lacking[:2] / lacking[2:]).unlink()
        found = Repository.at(repo.path)

        changes = changes_of(found, commits_between(found, "", "HEAD"), deletions=True)
        assert [(c.old_path, c.path, bool(c.new_blob)) for c in changes[2:]] == [
            ("a.py", "a.py", False),
            ("moved.py", "moved.py", True),
            ("b.py", "gone.py", True),
            ("moved.py", "moved.py", True),
        ]

    def test_a_file_that_a_partial_clone_lacks_is_listed_and_empty(self, repo: GitRepo) -> None:
        repo.commit({"a.py": "a\n", "b.py": "b\n"})
        lacking = repo.git("rev-parse", "HEAD:a.py")
        (repo.path / ".git" / "objects" / lacking[:2] / lacking[2:]).unlink()
        found = Repository.at(repo.path)

        assert [(file.path, file.size) for file in files_of(found, "HEAD")] == [("a.py", 0), ("b.py", 2)]
        with BlobReader(found) as blobs:
            assert (blobs.read(lacking), blobs.read(repo.git("rev-parse", "HEAD:b.py"))) == (None, b"b\n")

    def test_a_root_commit_changes_all_its_files(self, repo: GitRepo) -> None:
        repo.commit({"a.py": "x = 1", "src/b.py": "y = 1"})

        assert self.paths(repo) == ["a.py", "src/b.py"]

    def test_an_empty_commit_changes_nothing_and_hides_no_neighbour(self, repo: GitRepo) -> None:
        first = repo.commit({"a.py": "x = 1"})
        repo.commit({})
        third = repo.commit({"b.py": "y = 1"})
        found = Repository.at(repo.path)

        changes = changes_of(found, commits_between(found, "", "HEAD"))

        assert [(change.commit, change.path) for change in changes] == [(first, "a.py"), (third, "b.py")]

    def test_a_rename_keeps_the_blob_of_the_old_name(self, repo: GitRepo) -> None:
        code = "".join(f"line_{n} = {n}\n" for n in range(30))
        first = repo.commit({"old.py": code})
        repo.commit({"old.py": None, "new.py": code + "more = 1\n"})
        found = Repository.at(repo.path)

        [change] = changes_of(found, commits_between(found, first, "HEAD"))

        assert change.path == "new.py"
        assert change.old_blob == repo.git("rev-parse", f"{first}:old.py")
        assert change.new_blob == repo.git("rev-parse", "HEAD:new.py")

    def test_deletions_links_and_submodules_are_left_out(self, repo: GitRepo, tmp_path: Path) -> None:
        first = repo.commit({"a.py": "x = 1", "b.py": "y = 1"})
        (repo.path / "link.py").symlink_to("a.py")
        repo.write({"b.py": None, "c.py": "z = 1"})
        repo.git("add", "--all")
        repo.git("update-index", "--add", "--cacheinfo", f"160000,{first},vendored")
        repo.git("commit", "--quiet", "-m", "many kinds")

        assert "vendored" in repo.git("ls-tree", "--name-only", "HEAD")
        assert self.paths(repo, first) == ["c.py"]

    def test_a_change_of_mode_alone_has_the_same_blob_twice(self, repo: GitRepo) -> None:
        first = repo.commit({"a.py": "x = 1"})
        repo.git("update-index", "--chmod=+x", "a.py")
        repo.git("commit", "--quiet", "-m", "executable")
        found = Repository.at(repo.path)

        [change] = changes_of(found, commits_between(found, first, "HEAD"))

        assert change.old_blob == change.new_blob

    def test_a_merge_brings_what_its_first_parent_lacked(self, repo: GitRepo) -> None:
        base = repo.commit({"a.py": "x = 1"})
        repo.git("checkout", "--quiet", "-b", "topic")
        topic = repo.commit({"b.py": "y = 1"})
        repo.git("checkout", "--quiet", "main")
        mine = repo.commit({"c.py": "z = 1"})
        repo.git("merge", "--quiet", "--no-edit", "topic")
        found = Repository.at(repo.path)
        merge = one_commit(found, "HEAD")

        assert merge.parents == (mine, topic)
        assert [(c.commit, c.path) for c in changes_of(found, [merge])] == [(merge.id, "b.py")]
        assert {commit.id for commit in commits_between(found, base, "HEAD")} == {topic, mine, merge.id}
        assert {commit.id for commit in commits_between(found, mine, "HEAD")} == {topic, merge.id}

    @pytest.mark.parametrize(
        "name",
        ["new\nline.py", 'quo"te.py', "back\\slash.py", "tab\there.py", ":colon.py", " space .py", "日本.py", "-dash.py", "a -> b.py",
         os.fsdecode(b"caf\xe9.py"), "*[a].py", ":(top)x.py", ": 000000 x.py"],
    )  # fmt: skip
    def test_a_file_of_any_name(self, repo: GitRepo, name: str) -> None:
        code = "".join(f"line_{n} = {n}\n" for n in range(30))
        repo.commit({name: code, "plain.py": "x = 1"})
        repo.commit({name: None, f"sub/{name}": code})
        found = Repository.at(repo.path)

        changes = changes_of(found, commits_between(found, "", "HEAD"))

        assert sorted(change.path for change in changes) == sorted([name, "plain.py", f"sub/{name}"])
        assert [change.old_blob for change in changes if change.path == f"sub/{name}"] == [
            changes[0].new_blob
        ] or name > "plain.py"
        assert [file.path for file in files_of(found, "HEAD", ["sub"])] == [f"sub/{name}"]

    def test_an_id_that_ends_or_begins_with_0_is_kept_whole(self, repo: GitRepo) -> None:
        texts = [f"x = {n}\n" for n in range(2000)]
        ids = {text: hashlib.sha1(b"blob %d\0%s" % (len(text), text.encode())).hexdigest() for text in texts}
        old = next(text for text, id in ids.items() if id.startswith("0") and id.endswith("0"))
        first = repo.commit({"a.py": old})
        repo.commit({"a.py": old + "y = 1\n"})
        found = Repository.at(repo.path)

        [change] = changes_of(found, commits_between(found, first, "HEAD"))

        assert change.old_blob == ids[old]
        assert [file.blob for file in files_of(found, first)] == [ids[old]]


class TestObjects:
    def test_writing_a_tree_touches_nothing_of_the_user(self, repo: GitRepo) -> None:
        repo.commit({"a.py": "x = 1", "b.py": "y = 1"})
        repo.write({"a.py": "x = 2", "new.py": "z = 1"})
        repo.git("add", "a.py")
        repo.write({"a.py": "x = 3", "b.py": None})
        before = untouched(repo)
        files_before = sorted(str(path) for path in repo.path.rglob("*") if ".git/objects" not in str(path))
        found = Repository.at(repo.path)

        one = write_tree(found, {"python/a/pattern.yaml": b"one", "python/b/pattern.yaml": b"two"})
        two = write_tree(found, {"python/b": b"a file now"}, keep=one, drop=["python/a/pattern.yaml", "not/there"])
        write_commit(found, two, found.head(), "nobody sees this")

        assert untouched(repo) == before
        assert sorted(str(path) for path in repo.path.rglob("*") if ".git/objects" not in str(path)) == files_before
        assert [file.path for file in files_of(found, two)] == ["python/b"]

    def test_a_split_index_leaves_no_shared_part_behind(self, repo: GitRepo) -> None:
        repo.git("config", "core.splitIndex", "true")
        repo.commit({"a.py": "x = 1"})
        before = sorted(path.name for path in (repo.path / ".git").iterdir())

        write_tree(Repository.at(repo.path), {"b.py": b"y = 1"}, keep="HEAD^{tree}")

        assert sorted(path.name for path in (repo.path / ".git").iterdir()) == before

    def test_content_is_written_byte_for_byte(self, repo: GitRepo) -> None:
        repo.git("config", "core.autocrlf", "input")
        repo.commit({".gitattributes": "* text eol=lf ident\n"})
        contents = {"crlf": b"a\r\nb\r\n", "ident": b"$Id$\n", "nul": b"\0\xff", "empty": b"", os.fsdecode(b"\xe9\n"): b"name"}
        found = Repository.at(repo.path)

        tree = write_tree(found, contents)

        with BlobReader(found) as blobs:
            assert {file.path: blobs.read(file.blob) for file in files_of(found, tree)} == contents
        assert {file.path: file.size for file in files_of(found, tree)} == {name: len(it) for name, it in contents.items()}

    def test_a_tree_without_files_is_empty(self, repo: GitRepo) -> None:
        found = Repository.at(repo.path)
        tree = write_tree(found, {"a": b"a"})

        assert files_of(found, write_tree(found, {}, keep=tree, drop=["a"])) == []
        assert files_of(found, "") == files_of(found, NOBODY) == []

    def test_a_tree_is_written_in_a_bare_repository_too(self, tmp_path: Path) -> None:
        found = Repository.at(GitRepo.create(tmp_path / "bare.git", "--bare").path)

        assert [file.path for file in files_of(found, write_tree(found, {"a/b": b"c"}))] == ["a/b"]

    def test_links_and_submodules_of_a_tree_are_not_listed(self, repo: GitRepo) -> None:
        head = repo.commit({"a.py": "x = 1"})
        (repo.path / "link.py").symlink_to("/etc/passwd")
        repo.git("add", "--all")
        repo.git("update-index", "--add", "--cacheinfo", f"160000,{head},vendored")
        repo.git("commit", "--quiet", "-m", "links")

        assert repo.git("ls-tree", "--name-only", "HEAD") == "a.py\nlink.py\nvendored"
        assert [file.path for file in files_of(Repository.at(repo.path), "HEAD")] == ["a.py"]

    def test_a_ref_moves_only_from_where_it_was_seen(self, repo: GitRepo) -> None:
        found = Repository.at(repo.path)
        one, two, three = (write_tree(found, {"a": text}) for text in (b"1", b"2", b"3"))

        move_ref(found, REF, one, "")
        with pytest.raises(GitError):
            move_ref(found, REF, two, "")
        with pytest.raises(GitError):
            move_ref(found, REF, three, two)
        assert read_ref(found, REF) == one
        move_ref(found, REF, two, one)
        assert read_ref(found, REF) == two
        with pytest.raises(GitError):
            move_ref(found, REF, "", one)
        move_ref(found, REF, "", two)
        assert read_ref(found, REF) == ""
        move_ref(found, REF, "", "")

    def test_a_missing_object_is_none_and_the_next_is_still_answered(self, repo: GitRepo) -> None:
        repo.commit({"a.py": "x = 1", "src/b.py": "y = 1"})
        found = Repository.at(repo.path)
        blob = repo.git("rev-parse", "HEAD:a.py")

        with BlobReader(found) as blobs:
            assert blobs.read(NOBODY) is None
            assert blobs.read("no such file") is None
            assert blobs.read("") is None
            assert blobs.read(repo.git("rev-parse", "HEAD:src")) is None
            assert blobs.read(blob) == b"x = 1"
            assert blobs.read(blob) == b"x = 1"


def test_git_missing_from_the_path_says_which_to_install(repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(Exception, match=r"git: not found on PATH \(git\); install Git 2\.\d+ or newer"):
        Repository.at(repo.path)


def test_the_harness_sees_the_leak_that_the_code_must_not_follow(repo: GitRepo, tmp_path: Path) -> None:
    repo.commit({"mine.py": "x = 1"})
    other = GitRepo.create(tmp_path / "other")
    other.commit({"other.py": "y = 1"})

    misled = subprocess.run(
        ["git", "-C", str(repo.path), "ls-files"],
        env={**os.environ, "GIT_DIR": str(other.path / ".git")},
        capture_output=True,
        text=True,
        check=True,
    )

    assert misled.stdout == "other.py\n"


def test_plain_git_reads_the_wrong_repository_in_a_hook_of_a_linked_work_tree_and_we_the_right_one(
    repo: GitRepo, tmp_path: Path
) -> None:
    """A control: what a hook of a linked work tree exports is stronger than ``-C``, so whoever does not clean it up is misled."""
    repo.commit({"a.py": "x = 1"}, "of this one")
    other = GitRepo.create(tmp_path / "other")
    other.commit({"b.py": "y = 1"}, "of the other one")
    repo.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "linked"))
    linked = GitRepo(tmp_path / "linked")
    hook = repo.path / ".git" / "hooks" / "post-commit"
    hook.write_text(f"#!/bin/sh\ngit -C '{other.path}' log -1 --format=%s >'{tmp_path}/plain'\nenv >'{tmp_path}/env'\n")
    hook.chmod(0o755)
    linked.commit({"c.py": "z = 1"}, "in the linked one")

    exported = dict(line.split("=", 1) for line in (tmp_path / "env").read_text().splitlines() if line.startswith("GIT_"))
    assert "GIT_DIR" in exported and (tmp_path / "plain").read_text() == "in the linked one\n"
    with mock.patch.dict(os.environ, exported):
        assert one_commit(Repository.at(other.path), "HEAD").subject == "of the other one"
