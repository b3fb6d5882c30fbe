"""How many processes of Git the way of an ordinary commit takes, from the worker to the candidate."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from foundry_git.git.history import commits_between
from foundry_git.git.objects import BlobReader, files_of
from foundry_git.git.processes import started
from foundry_git.git.repository import Repository
from foundry_git.git.tree import FEW, CommitTree, tree_of_head
from foundry_git.worker.catch_up import catch_up
from foundry_git.workspace import Workspace
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo
from tests.samples import CHUNKS, CLAMP

pytestmark = pytest.mark.usefixtures("awake")


def verbs(commands: Sequence[Sequence[str]]) -> Counter[str]:
    """What each process was asked to do, its options left out."""
    found: Counter[str] = Counter()
    for command in commands:
        words = iter(command[1:])
        word = next(words)
        while word.startswith("-"):
            if word == "-c":
                next(words)
            word = next(words)
        found[word] += 1
    return found


class TestAnOrdinaryCommit:
    @pytest.fixture
    def taken_in(self, repo: GitRepo, foundry: CommandLine) -> Counter[str]:
        """The processes that one commit of one function takes, in a repository whose library has a pattern of its own."""
        foundry("init")
        repo.git("config", "core.hooksPath", "/dev/null")  # or the hook's worker may be first
        repo.commit({"net.py": CHUNKS, "LICENSE": "MIT License\n", "src/deep/down.py": "X = 1\n"})
        foundry("worker")
        assert foundry("accept", "python/in-chunks").returncode == 0
        repo.commit({})
        foundry("worker")
        repo.commit({"src/deep/new.py": CLAMP})
        workspace = Workspace.open(repo.path)
        try:
            with started() as commands:
                done = catch_up(workspace)
            assert done.candidates == 1
            return verbs(commands)
        finally:
            workspace.close()

    def test_takes_few_processes(self, taken_in: Counter[str]) -> None:
        assert sum(taken_in.values()) <= 16, taken_in

    def test_lists_no_tree_and_reads_through_one_child(self, taken_in: Counter[str]) -> None:
        assert taken_in["ls-tree"] == 0
        assert taken_in["cat-file"] == 1

    def test_asks_once_what_the_commit_is_and_did(self, taken_in: Counter[str]) -> None:
        assert taken_in["log"] == taken_in["diff-tree"] == taken_in["config"] == 1


class TestTheTreeOfACommit:
    @pytest.fixture
    def objects(self, repo: GitRepo) -> Iterator[BlobReader]:
        repo.commit({"a.py": "x = 1\n", "b/c/d.py": "x = 2\n", "b/e.py": "x = 3\n", "b.txt": "x\n", "ü/é.py": "x = 4\n"})
        (repo.path / "link.py").symlink_to("a.py")
        repo.commit({})
        with BlobReader(Repository.at(repo.path)) as objects:
            yield objects

    def test_says_of_a_few_paths_what_the_whole_list_says(self, objects: BlobReader) -> None:
        tree, whole = tree_of_head(objects), files_of(objects.repository, "HEAD")

        assert list(tree.at({file.path for file in whole}).values()) == tree.below("") == whole
        assert list(tree.files) == whole

    def test_holds_nothing_at_links_folders_and_missing_paths(self, objects: BlobReader) -> None:
        assert tree_of_head(objects).at(["link.py", "b", "b/c", "a.py/x", "no", "no/where.py", ""]) == {}

    def test_lists_a_folder_with_what_is_below_it(self, objects: BlobReader) -> None:
        tree = tree_of_head(objects)

        assert [file.path for file in tree.below("b")] == ["b/c/d.py", "b/e.py"]
        assert tree.below("b.txt") == tree.below("none") == []

    def test_is_listed_once_and_only_for_many_paths(self, objects: BlobReader) -> None:
        tree = tree_of_head(objects)
        with started() as commands:
            tree.at(["a.py", "b/e.py"])
            assert verbs(commands)["ls-tree"] == 0
            assert list(tree.at(["a.py", *map(str, range(FEW))])) == ["a.py"]
            assert len(tree.files) == 5
            assert list(tree.at(["b/e.py"])) == ["b/e.py"]
        assert verbs(commands) == {"ls-tree": 1}

    def test_finds_the_files_that_name_a_word(self, objects: BlobReader) -> None:
        tree = tree_of_head(objects)

        assert [file.path for file in tree.naming("4")] == ["ü/é.py"]
        assert tree.naming("nowhere") == []

    def test_knows_its_commit(self, objects: BlobReader) -> None:
        [_, last] = commits_between(objects.repository, "", "HEAD")

        assert tree_of_head(objects).commit == last

    def test_before_the_first_commit_is_empty(self, tmp_path: Path) -> None:
        empty = GitRepo.create(tmp_path / "empty")
        with BlobReader(Repository.at(empty.path)) as objects:
            tree = tree_of_head(objects)
            assert (tree.id, tree.at(["a.py"]), tree.files, tree.below("")) == ("", {}, [], [])

    def test_of_a_sha256_repository_is_read_as_well(self, tmp_path: Path) -> None:
        made = GitRepo.create(tmp_path / "wide", "--object-format=sha256")
        made.commit({"a/b.py": "x = 1\n"})
        with BlobReader(Repository.at(made.path)) as objects:
            assert tree_of_head(objects).below("") == files_of(objects.repository, "HEAD")


class TestTheChildThatReads:
    def test_sees_what_is_written_after_it_started(self, repo: GitRepo) -> None:
        repo.commit({"a.py": "x = 1\n"})
        with BlobReader(Repository.at(repo.path)) as objects:
            first = tree_of_head(objects)
            repo.commit({"a.py": "x = 2\n"})
            repo.git("gc", "--quiet", "--prune=now")
            second = tree_of_head(objects)

            assert [tree.read(tree.at(["a.py"])["a.py"]) for tree in (first, second)] == [b"x = 1\n", b"x = 2\n"]

    def test_is_started_again_when_somebody_ended_it(self, repo: GitRepo) -> None:
        head = repo.commit({"a.py": "x = 1\n"})
        with BlobReader(Repository.at(repo.path)) as objects, started() as commands:
            for _ in range(2):
                found = objects.find("HEAD^{commit}")
                assert found is not None
                assert found.id == head
                objects.close()

        assert verbs(commands) == {"cat-file": 2}

    def test_starts_with_the_first_question(self, repo: GitRepo) -> None:
        with started() as commands, BlobReader(Repository.at(repo.path)):
            pass

        assert verbs(commands) == {"rev-parse": 1}

    def test_knows_nothing_of_what_is_not_there(self, repo: GitRepo) -> None:
        repo.commit({})
        with BlobReader(Repository.at(repo.path)) as objects:
            assert [objects.find(name) for name in ("refs/heads/none", "ab" * 20)] == [None, None]
            assert [objects.read(name) for name in ("HEAD", "ab" * 20)] == [None, None]
            assert objects.folder("HEAD") is None
            assert CommitTree(objects, "ab" * 20).below("") == []

    def test_tells_the_kinds_of_many_objects_without_those_that_are_not_there(self, repo: GitRepo) -> None:
        head = repo.commit({"a.py": "x = 1\n"})
        blob, tree = repo.git("rev-parse", "HEAD:a.py"), repo.git("rev-parse", "HEAD^{tree}")
        missing = [f"{number:040x}" for number in range(100)]
        with BlobReader(Repository.at(repo.path)) as objects, started() as commands:
            assert objects.kinds([*missing, head, blob, tree]) == {head: "commit", blob: "blob", tree: "tree"}
            assert objects.kinds([]) == {}

        assert verbs(commands) == {"cat-file": 1}

    def test_tells_them_also_when_it_ended_before(self, repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        head, ended, wrapper = repo.commit({}), tmp_path / "ended", tmp_path / "bin/git"
        wrapper.parent.mkdir()
        once = f'case "$*" in *cat-file*) [ -e {ended} ] || {{ : > {ended}; exit 1; }} ;; esac'
        wrapper.write_text(f'#!/bin/sh\n{once}\nexec {shutil.which("git")} "$@"\n', encoding="utf-8")
        wrapper.chmod(0o755)
        monkeypatch.setenv("PATH", str(wrapper.parent), prepend=os.pathsep)

        with BlobReader(Repository.at(repo.path)) as objects:
            assert objects.kinds([head, "ab" * 20]) == {head: "commit"}
        assert ended.is_file()
