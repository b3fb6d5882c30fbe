"""This version and the one before work on one repository and one evidence ref, side by side; neither loses what the other wrote."""

from __future__ import annotations

import io
import json
import subprocess
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from foundry_git.evidence.journal import Journal
from foundry_git.git.repository import Repository
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo

BEFORE = "v0.2.0"
TOP = Path(__file__).parents[2]
PATTERN = "python/retry-with-backoff"


@dataclass(frozen=True, slots=True)
class Build:
    """A version of the program: the folder that its package stands in; None is this one, which needs no process of its own."""

    place: Path | None = None

    def run(self, folder: Path, *arguments: str, status: int = 0) -> str:
        """What a command says, on both streams together."""
        program = CommandLine(folder)
        done = program.apart(*arguments, env={"PYTHONPATH": str(self.place)}) if self.place else program(*arguments)
        said = done.stdout + done.stderr
        assert done.returncode == status and "Traceback" not in said, said
        return said

    def said_of(self, folder: Path) -> dict[str, object]:
        """What ``stats`` says of the pattern, as JSON."""
        said = self.run(folder, "stats", PATTERN, "--json")
        found: dict[str, object] = json.loads(said[said.index("{") : said.rindex("}") + 1])
        return found


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Build:
    place = tmp_path_factory.mktemp("before")
    packed = subprocess.run(
        ["git", "archive", BEFORE, "foundry_git", "hooks", "patterns", "foundry.yaml"], cwd=TOP, capture_output=True
    )
    if packed.returncode:
        pytest.skip(f"this checkout has no {BEFORE}")
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
        archive.extractall(place, filter="data")
    return Build(place)


@pytest.fixture
def now() -> Build:
    return Build()


@pytest.fixture(autouse=True)
def by_word(home: Path) -> None:
    """Search by word only: two versions that each load the weights would take half a minute."""
    own = home / ".config/foundry-git/config.yaml"
    own.parent.mkdir(parents=True)
    own.write_text("encoder: {enabled: false}\n")


def lines_of(*folders: Path) -> Sequence[set[str]]:
    return [set(Journal(Repository.at(folder).state).read()[0]) for folder in folders]


def test_two_versions_in_one_repository_read_what_the_other_wrote(repo: GitRepo, before: Build, now: Build) -> None:
    repo.commit({"a.py": "x = 1\n"})
    before.run(repo.path, "init")
    for number, build in enumerate((before, now, before, now), 1):
        build.run(repo.path, "outcome", PATTERN, "--pass")
        assert build.said_of(repo.path)["passed"] == number
    now.run(repo.path, "evidence", "decide", PATTERN, "quarantined", "--reason", "wrong")
    assert before.said_of(repo.path)["state"] == "quarantined"
    before.run(repo.path, "evidence", "decide", PATTERN, "validated", "--reason", "tested")
    now.run(
        repo.path, "evidence", "decide", PATTERN, "quarantined", "--reason", "unsafe"
    )  # which answers; the version before knows not

    assert now.said_of(repo.path)["state"] == "quarantined"
    assert "upgrade" in before.run(repo.path, "stats", PATTERN)
    assert before.said_of(repo.path)["passed"] == 4
    assert "journal" in before.run(repo.path, "doctor") and "journal" in now.run(repo.path, "doctor")
    assert "retry" in before.run(repo.path, "search", "retry a call with backoff")
    assert "retry" in now.run(repo.path, "search", "retry a call with backoff")


def test_two_versions_share_evidence_and_each_passes_on_what_it_cannot_read(tmp_path: Path, before: Build, now: Build) -> None:
    hub, first = tmp_path / "hub.git", GitRepo.create(tmp_path / "first")
    first.git("init", "--quiet", "--bare", str(hub))
    first.git("remote", "add", "origin", str(hub))
    now.run(first.path, "init")
    first.commit({"a.py": "x = 1\n"})
    first.git("push", "--quiet", "origin", "HEAD")
    places = [first.path, tmp_path / "second", tmp_path / "third"]
    for place in places[1:]:
        first.git("clone", "--quiet", str(hub), str(place))
    newer, older, third = places

    now.run(newer, "evidence", "decide", PATTERN, "validated", "--reason", "reviewed")
    now.run(newer, "evidence", "decide", PATTERN, "quarantined", "--reason", "unsafe")
    now.run(newer, "evidence", "sync", "--yes")
    before.run(older, "outcome", PATTERN, "--pass")
    assert "2 events came, 1 went" in before.run(older, "evidence", "sync", "--yes")
    GitRepo(hub).git("update-ref", "-d", "refs/foundry/evidence")  # a hub that lost everything gets it from the older one
    before.run(older, "outcome", PATTERN, "--fail")
    before.run(older, "evidence", "sync", "--yes")
    for place in (third, newer):
        now.run(place, "evidence", "sync", "--yes")

    assert lines_of(*places) == [lines_of(older)[0]] * 3 and len(lines_of(older)[0]) == 4
    assert now.said_of(third)["state"] == "quarantined"
