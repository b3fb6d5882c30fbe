"""A clone without most of its files: what is here is found, what is not is left out, and nothing is fetched unasked."""

from __future__ import annotations

import json
import shlex
import subprocess
from pathlib import Path

import pytest

from foundry_git.git.blame import blame
from foundry_git.git.history import changes_of, commits_between
from foundry_git.git.objects import BlobReader, files_of
from foundry_git.git.repository import Repository
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo
from tests.samples import CHUNKS, CLAMP


def numbered(number: int) -> str:
    return CHUNKS.replace("in_chunks", f"cut_{number}").replace("positive", f"over {number}")


@pytest.fixture(params=["sha1", "sha256"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> GitRepo:
    made = GitRepo.create(tmp_path / "server", f"--object-format={request.param}")
    CommandLine(made.path)("init")
    made.commit({})
    for number in range(3):
        made.commit({f"part{number}/cut.py": numbered(number)})
    made.commit({"part1/cut.py": None, "part1/moved.py": numbered(1) + "# moved\n"})
    made.git("config", "uploadpack.allowFilter", "true")
    return made


class Partial:
    """A blobless, sparse clone; ``asked`` is written when anybody asks its remote for anything."""

    def __init__(self, server: GitRepo, path: Path) -> None:
        server.git("clone", "--quiet", "--filter=blob:none", "--sparse", f"file://{server.path}", str(path))
        self.repo = GitRepo(path)
        self.repo.git("sparse-checkout", "set", "part0", ".foundry")
        self.asked = path.with_name("asked")
        spy = path.with_name("spy")
        spy.write_text(f'#!/bin/sh\ntouch {self.asked}\nexec git-upload-pack "$@"\n')
        spy.chmod(0o755)
        self.repo.git("config", "remote.origin.uploadpack", str(spy))
        self.foundry = CommandLine(path)


@pytest.fixture
def partial(server: GitRepo, tmp_path: Path) -> Partial:
    return Partial(server, tmp_path / "partial")


def test_what_is_here_is_found_and_nothing_is_fetched(partial: Partial) -> None:
    partial.foundry("init")
    partial.repo.commit({"part0/clamp.py": CLAMP})

    waiting = json.loads(partial.foundry("candidates", "--all", "--json").stdout)
    assert [one["id"] for one in waiting] == ["python/clamp-all"]
    found = partial.foundry("search", "--unreviewed-only", "cut_0")
    assert "cut_0" in found.stdout
    assert "2 source files of HEAD are not in this partial clone: left out" in found.stderr
    partial.foundry("worker")
    doctor = partial.foundry("doctor").stdout
    assert "without 2 source files that this partial clone has not" in doctor
    assert "✗" not in doctor
    assert "part0/cut.py" in partial.foundry("similar", "part0/cut.py", "--json").stdout
    for command in (
        ["extract", "--all"],
        ["extract", "--commit", "HEAD~1"],
        ["extract", "--range", "HEAD~3..HEAD"],
        ["evidence", "collect"],
        ["doctor"],
        ["stats"],
        ["similar", "--diff", "HEAD~2"],
        ["similar", "--staged"],
        ["worker"],
    ):
        ran = partial.foundry(*command)
        assert ran.returncode in (0, 1), (command, ran.stderr)
        assert "Traceback" not in ran.stderr
    assert not partial.asked.exists()


def test_the_commits_of_the_worker_are_taken_in_though_the_history_is_not_here(partial: Partial) -> None:
    partial.foundry("init")
    partial.repo.git("commit", "--quiet", "--allow-empty", "-m", "Nothing")
    partial.repo.commit({"part0/cut.py": numbered(7)}, "Change what came along")

    partial.foundry("worker")

    log = (partial.repo.path / ".git/foundry/worker.log").read_text()
    assert "took in 2 commits: 1 candidate" in log
    assert "skipped" not in log
    assert not partial.asked.exists()


def test_what_is_not_here_is_missing_and_nothing_more(partial: Partial, server: GitRepo) -> None:
    found = Repository.at(partial.repo.path)
    there, lacking = server.git("rev-parse", "HEAD:part0/cut.py"), server.git("rev-parse", "HEAD:part1/moved.py")

    assert found.is_partial and not Repository.at(server.path).is_partial
    assert {file.path for file in files_of(found, "HEAD")} == {
        *("part0/cut.py", ".foundry/foundry.yaml", ".foundry/.gitignore", ".foundry/patterns/.gitattributes")
    }
    with BlobReader(found) as blobs:
        assert blobs.read(there) == numbered(0).encode()
        assert blobs.read(lacking) is None
        assert blobs.find("HEAD^{commit}") == blobs.find(f"{partial.repo.head()}^{{commit}}")
        assert blobs.find("refs/heads/none") is None
    moved = changes_of(found, commits_between(found, "", partial.repo.head()), deletions=True)
    assert {change.path for change in moved} >= {"part1/cut.py", "part1/moved.py"}
    assert {origin.commit for origin in blame(found, partial.repo.head(), "part0/cut.py")} <= set(
        partial.repo.git("rev-list", "HEAD").splitlines()
    )
    assert not partial.asked.exists()


def test_it_is_the_same_without_a_place_to_write(partial: Partial, tmp_path: Path) -> None:
    (partial.repo.path / ".git/foundry").write_text("in the way")
    found = Repository.at(partial.repo.path)

    with BlobReader(found) as blobs:
        assert blobs.read(partial.repo.git("rev-parse", "HEAD:part0/cut.py")) == numbered(0).encode()
    assert not partial.asked.exists()


def test_init_says_how_a_sparse_checkout_lets_the_library_in(tmp_path: Path, repo: GitRepo, foundry: CommandLine) -> None:
    repo.commit({"a/x.txt": "x", "b/y.txt": "y"})
    repo.git("sparse-checkout", "set", "a")

    said = next(line for line in foundry("init").stdout.splitlines() if line.startswith("Share it"))
    for command in said.partition(":  ")[2].split(" && "):
        subprocess.run(shlex.split(command), cwd=repo.path, check=True)

    assert repo.git("ls-files", ".foundry/foundry.yaml")
    assert not (repo.path / "b").exists()


def test_uninstalling_leaves_nothing(partial: Partial) -> None:
    partial.foundry("init")
    partial.foundry("search", "anything")
    assert (partial.repo.path / ".git/foundry/objects-only/HEAD").is_file()

    partial.foundry("uninstall")

    assert not (partial.repo.path / ".git/foundry").exists()
