"""What Git's files say of HEAD is what Git says, whatever the way in which a repository keeps it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from foundry_git.git.heads import commit_of_head
from foundry_git.git.processes import started
from foundry_git.git.repository import Repository, Worktree
from tests.gitrepo import GitRepo

NOT_SAID = None


def packed(repo: GitRepo) -> None:
    repo.git("pack-refs", "--all")


def packed_beside_names_that_hold_this_one(repo: GitRepo) -> None:
    for name in ("a/main", "main2", "mai", "x/refs/heads/main"):
        repo.git("branch", name, "HEAD~1")
        repo.git("tag", "-am", "a tag", name, "HEAD~1")
    repo.git("tag", "-am", "a tag", "main", "HEAD~1")
    repo.git("pack-refs", "--all")


def packed_and_moved_since(repo: GitRepo) -> None:
    repo.git("pack-refs", "--all")
    repo.commit({"b.txt": "b\n"})


def detached(repo: GitRepo) -> None:
    repo.git("checkout", "--quiet", "--detach", "HEAD~1")


def on_a_branch_in_a_folder(repo: GitRepo) -> None:
    repo.git("checkout", "--quiet", "-b", "größe/of/it")


def a_link_as_git_once_made(repo: GitRepo) -> None:
    head = repo.path / ".git/HEAD"
    head.unlink()
    head.symlink_to("refs/heads/main")


class TestFilesThatSayIt:
    @pytest.mark.parametrize(
        "kept",
        [
            packed,
            packed_beside_names_that_hold_this_one,
            packed_and_moved_since,
            detached,
            on_a_branch_in_a_folder,
            a_link_as_git_once_made,
        ],
    )
    def test_agree_with_git(self, repo: GitRepo, kept: Callable[[GitRepo], None]) -> None:
        repo.commit({"a.txt": "a\n"})
        repo.commit({"a.txt": "b\n"})
        kept(repo)

        assert said(repo.path) == repo.git("rev-parse", "HEAD")

    def test_agree_with_git_in_a_repository_of_longer_ids(self, tmp_path: Path) -> None:
        repo = GitRepo.create(tmp_path / "long", "--object-format=sha256")
        repo.commit({"a.txt": "a\n"})

        assert said(repo.path) == repo.git("rev-parse", "HEAD")
        packed(repo)
        assert said(repo.path) == repo.git("rev-parse", "HEAD")

    def test_agree_with_git_in_each_work_tree(self, repo: GitRepo, tmp_path: Path) -> None:
        repo.commit({"a.txt": "a\n"})
        for name in ("topic", "another"):
            repo.git("worktree", "add", "--quiet", "-b", name, str(tmp_path / name))
            GitRepo(tmp_path / name).commit({f"{name}.txt": name})
            packed(repo)

        for tree in (repo.path, tmp_path / "topic", tmp_path / "another"):
            assert said(tree) == GitRepo(tree).git("rev-parse", "HEAD")

    def test_take_no_process(self, repo: GitRepo) -> None:
        id = repo.commit({"a.txt": "a\n"})
        repository = Repository.at(repo.path)

        with started() as commands:
            assert repository.head() == id
            assert repository.worktrees() == [Worktree(repo.path, "main", id)]
        assert commands == []


class TestBeforeTheFirstCommit:
    def test_there_is_none(self, repo: GitRepo) -> None:
        repository = Repository.at(repo.path)

        with started() as commands:
            assert repository.head() == ""
            assert repository.worktrees() == [Worktree(repo.path, "main", "")]
        assert commands == []
        repo.git("tag", "-am", "of another commit", "main", repo.git("commit-tree", "-m", "x", repo.git("write-tree")))
        packed(repo)
        assert repository.head() == ""


class TestFilesThatDoNotSayIt:
    def test_a_branch_that_is_another_name_for_one(self, repo: GitRepo) -> None:
        id = repo.commit({"a.txt": "a\n"})
        repo.git("symbolic-ref", "refs/heads/alias", "refs/heads/main")
        repo.git("symbolic-ref", "HEAD", "refs/heads/alias")

        assert said(repo.path) == NOT_SAID
        assert Repository.at(repo.path).head() == id

    def test_a_folder_for_refs_in_tables(self, repo: GitRepo) -> None:
        (repo.path / ".git/reftable").mkdir()  # as Git 2.45 and newer make it, whose HEAD then names a branch that is never there
        (repo.path / ".git/HEAD").write_text("ref: refs/heads/.invalid\n", encoding="utf-8")

        assert commit_of_head(repo.path / ".git", repo.path / ".git") == NOT_SAID

    def test_refs_in_tables(self, tmp_path: Path) -> None:
        made = tmp_path / "tables"
        try:
            repo = GitRepo.create(made, "--ref-format=reftable")
        except AssertionError:
            pytest.skip("this Git keeps refs in no tables")
        id = repo.commit({"a.txt": "a\n"})

        assert said(made) == NOT_SAID
        assert Repository.at(made).head() == id

    @pytest.mark.parametrize(
        "torn", ["", "ref: refs/heads/main", "ref: refs/heads/../heads/main\n", "ref: refs/tags/v1\n", "\0\n", "zz"]
    )
    def test_what_git_would_not_write(self, repo: GitRepo, torn: str) -> None:
        repo.commit({"a.txt": "a\n"})
        (repo.path / ".git/HEAD").write_text(torn, encoding="utf-8")

        assert commit_of_head(repo.path / ".git", repo.path / ".git") == NOT_SAID

    @pytest.mark.parametrize("torn", ["0123\n", "", "ref: refs/heads/x\n"])
    def test_a_branch_whose_file_is_torn(self, repo: GitRepo, torn: str) -> None:
        repo.commit({"a.txt": "a\n"})
        (repo.path / ".git/refs/heads/main").write_text(torn, encoding="utf-8")

        assert said(repo.path) == NOT_SAID


def said(folder: Path) -> str | None:
    repository = Repository.at(folder)
    return commit_of_head(repository.git_dir, repository.common_dir)
