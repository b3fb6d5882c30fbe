"""Every shape that a repository has: each command works on the right one, and the worker finds what a full scan finds."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from foundry_git.git.repository import Repository
from foundry_git.worker.state import WorkerState
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo
from tests.samples import CHUNKS, CLAMP

pytestmark = pytest.mark.usefixtures("awake")

DECOY = CLAMP.replace("clamp_all", "decoy_all")


@dataclass
class Shape:
    """A place to work in: ``top`` of its work tree, the folder that commands run in, and what the environment says."""

    top: Path
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    commit: tuple[str, ...] = ("commit", "--quiet", "--all", "-m", "Work")


def plain(tmp_path: Path, *options: str) -> GitRepo:
    made = GitRepo.create(tmp_path / "shop", *options)
    made.commit({"chunks.py": CHUNKS, "below/readme.txt": "x"})
    return made


def _main(tmp_path: Path) -> Shape:
    made = plain(tmp_path)
    return Shape(made.path, made.path)


def _subdirectory(tmp_path: Path) -> Shape:
    made = plain(tmp_path)
    return Shape(made.path, made.path / "below")


def _linked(tmp_path: Path) -> Shape:
    plain(tmp_path).git("worktree", "add", "--quiet", "-b", "topic", str(tmp_path / "linked"))
    return Shape(tmp_path / "linked", tmp_path / "linked")


def _bare_with_work_tree(tmp_path: Path) -> Shape:
    made = plain(tmp_path)
    made.git("clone", "--quiet", "--bare", str(made.path), str(tmp_path / "bare.git"))
    GitRepo(tmp_path / "bare.git").git("worktree", "add", "--quiet", "-b", "topic", str(tmp_path / "tree"))
    return Shape(tmp_path / "tree", tmp_path / "tree")


def _submodule(tmp_path: Path) -> Shape:
    made, whole = plain(tmp_path), GitRepo.create(tmp_path / "whole")
    whole.commit({"decoy.py": DECOY})
    whole.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(made.path), "lib")
    return Shape(tmp_path / "whole/lib", tmp_path / "whole/lib")


def _nested(tmp_path: Path) -> Shape:
    outer = GitRepo.create(tmp_path / "outer")
    outer.commit({"decoy.py": DECOY})
    made = GitRepo.create(tmp_path / "outer/inner")
    made.commit({"chunks.py": CHUNKS})
    return Shape(made.path, made.path)


def _exported(tmp_path: Path) -> Shape:
    made, decoy = plain(tmp_path), GitRepo.create(tmp_path / "decoy")
    decoy.commit({"decoy.py": DECOY})
    return Shape(made.path, decoy.path, {"GIT_DIR": str(made.path / ".git"), "GIT_WORK_TREE": str(made.path)})


def _index_elsewhere(tmp_path: Path) -> Shape:
    made = plain(tmp_path)
    (tmp_path / "index").write_bytes((made.path / ".git/index").read_bytes())
    return Shape(made.path, made.path, {"GIT_INDEX_FILE": str(tmp_path / "index")})


def _partial_commit(tmp_path: Path) -> Shape:
    made = plain(tmp_path)
    made.write({"other.py": DECOY})
    made.git("add", "--intent-to-add", "other.py")
    return Shape(made.path, made.path, commit=("commit", "--quiet", "-m", "Work", "--", "clamp.py"))


def _shallow(tmp_path: Path) -> Shape:
    made = plain(tmp_path)
    made.commit({"below/more.txt": "x"})
    made.git("clone", "--quiet", "--depth", "1", f"file://{made.path}", str(tmp_path / "shallow"))
    return Shape(tmp_path / "shallow", tmp_path / "shallow")


def _sha256(tmp_path: Path) -> Shape:
    made = plain(tmp_path, "--object-format=sha256")
    return Shape(made.path, made.path)


def _reftable(tmp_path: Path) -> Shape:
    version = tuple(map(int, GitRepo(tmp_path).git("version").split()[2].split(".")[:2]))
    if version < (2, 45):
        pytest.skip("Git before 2.45 has no reftable")
    made = plain(tmp_path, "--ref-format=reftable")
    return Shape(made.path, made.path)


def _alternates(tmp_path: Path) -> Shape:
    made = plain(tmp_path)
    made.git("clone", "--quiet", "--shared", str(made.path), str(tmp_path / "shared"))
    return Shape(tmp_path / "shared", tmp_path / "shared")


def _fsmonitor(tmp_path: Path) -> Shape:
    made = plain(tmp_path)
    script = tmp_path / "monitor"
    script.write_text(f"#!/bin/sh\necho $PPID >> {tmp_path / 'monitored'}\nprintf '/\\0'\n")
    script.chmod(0o755)
    made.git("config", "core.fsmonitor", str(script))
    return Shape(made.path, made.path)


def _git_folder_elsewhere(tmp_path: Path) -> Shape:
    made = plain(tmp_path, f"--separate-git-dir={tmp_path / 'kept.git'}")
    return Shape(made.path, made.path)


def _split_index(tmp_path: Path) -> Shape:
    made = plain(tmp_path)
    made.git("update-index", "--split-index")
    return Shape(made.path, made.path)


SHAPES: Mapping[str, Callable[[Path], Shape]] = {
    name.removeprefix("_").replace("_", " "): shape
    for name, shape in list(globals().items())
    if callable(shape) and getattr(shape, "__annotations__", {}).get("return") == "Shape"
}


def is_taken_in(repository: Repository, seconds: float = 60.0) -> bool:
    state, until = WorkerState(repository), time.monotonic() + seconds
    while state.is_behind and time.monotonic() < until:
        time.sleep(0.05)
    return not state.is_behind


@pytest.mark.parametrize("name", SHAPES)
def test_each_command_works_on_the_right_repository(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shape = SHAPES[name](tmp_path)
    with monkeypatch.context() as exported:
        for variable, value in shape.environment.items():
            exported.setenv(variable, value)
        foundry, git = CommandLine(shape.folder), GitRepo(shape.folder)
        assert foundry("init").returncode == 0
        (shape.top / "clamp.py").write_text(CLAMP, encoding="utf-8")
        git.git("add", "--", str(shape.top / "clamp.py")) if name != "partial commit" else git.git("add", "clamp.py")
        git.git(*shape.commit)
        repository = Repository.here(shape.folder)

        assert repository.top == shape.top
        assert is_taken_in(repository), "the hook woke no worker, or another repository's"
        by_worker = {one["id"] for one in json.loads(foundry("candidates", "--all", "--json").stdout)}
        scanned = json.loads(foundry("extract", "--commit", "HEAD", "--json", "--dry-run").stdout)
        assert by_worker == {"python/clamp-all"}
        assert {verdict["symbol"] for verdict in scanned["verdicts"] if verdict["outcome"] == "candidate"} <= {"clamp_all"}
        found = json.loads(foundry("search", "--unreviewed-only", "--json", "clamp_all").stdout)
        assert [hit["name"] for hit in found][:1] == ["clamp_all"]
        assert foundry("similar", str(shape.top / "chunks.py")).returncode == 0
        doctor = foundry("doctor")
        assert f"repository  {shape.top}" in doctor.stdout and "✗" not in doctor.stdout.partition("Is the loop")[0]
    everything = "".join(path.read_text("utf-8", "replace") for path in tmp_path.rglob("*.log"))
    assert "skipped" not in everything and "Traceback" not in everything


def test_eight_work_trees_that_commit_at_once_lose_and_double_nothing(
    repo: GitRepo, foundry: CommandLine, tmp_path: Path
) -> None:
    foundry("init")
    repo.commit({"chunks.py": CHUNKS}, "Start a library")
    foundry("extract", "--commit", "HEAD")
    foundry("accept", "in-chunks")
    repo.commit({}, "Accept a pattern")
    trees = []
    for number in range(8):
        repo.git("worktree", "add", "--quiet", "-b", f"topic{number}", str(tmp_path / f"tree{number}"))
        trees.append(GitRepo(tmp_path / f"tree{number}"))
    for number, tree in enumerate(trees):
        tree.commit(
            {
                f"m{number}.py": CLAMP.replace("clamp_all", f"cut{number}").replace("<", "<=" * (number % 2) or "<"),
                f"copy{number}.py": CHUNKS,
            }
        )

    assert all(is_taken_in(Repository.at(tree.path)) for tree in trees)

    foundry("candidates")
    lines = WorkerState(Repository.at(repo.path)).folder.journal.read_text(encoding="utf-8").splitlines()
    sighted = [json.loads(line) for line in lines if json.loads(line).get("kind") == "sighted"]
    copies = [event for event in sighted if event.get("pattern")]
    assert len({event["place"] for event in copies}) == len(copies) == 8
    assert len(lines) == len(set(lines))
