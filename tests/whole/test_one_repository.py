"""One repository in many places: work trees, clones, forks, renamed folders and a remote that moved know their patterns alike."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from foundry_git.capture.harvest import harvest_commit, harvest_folder
from foundry_git.extraction.census import Census
from foundry_git.extraction.origins import OriginNow, origin_now
from foundry_git.git.repository import Repository
from foundry_git.git.state_folder import StateFolder
from foundry_git.inbox.acceptance import accept
from foundry_git.workspace import Workspace
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo
from tests.samples import CHUNKS

ID = "python/in-chunks"
CHANGED = CHUNKS.replace("size must be positive", "size must be at least 1")
USER = "from a import in_chunks\n\n\ndef pairs(items: list[int]) -> list[list[int]]:\n    return in_chunks(items, 2)\n"
DATE = {"GIT_AUTHOR_DATE": "2031-01-01T00:00:00Z", "GIT_COMMITTER_DATE": "2031-01-01T00:00:00Z"}
MOVED = "https://example.com/new/place.git"


@dataclass(frozen=True, slots=True)
class Seen:
    """What one place knows of the pattern and its origin, before and after a commit that changes and uses it."""

    library: str
    before: str
    after: str
    gone: str
    candidates: tuple[tuple[str, str], ...]
    adoptions: frozenset[str]
    elsewhere: int


@pytest.fixture
def main(repo: GitRepo) -> GitRepo:
    """A repository with a library, whose pattern was taken from ``a.py``."""
    repo.write({".foundry/foundry.yaml": "library_id: 5a0c7a52-0f59-4d09-9f4c-0b9d0f1b2c3d\nname: ours\n"})
    repo.commit({"a.py": CHUNKS})
    with opened(repo.path) as workspace:
        harvest_commit(workspace, "HEAD")
        accept(workspace, [ID])
    repo.commit({}, "Add a pattern")
    return repo


@contextmanager
def opened(folder: Path) -> Iterator[Workspace]:
    repository = Repository.at(folder)
    repository.state.mkdir(exist_ok=True)
    workspace = Workspace.open(folder, environment={})
    workspace.patterns.converge()
    try:
        yield workspace
    finally:
        workspace.close()


def manifest_of(repo: GitRepo) -> Path:
    return repo.path / f".foundry/patterns/{ID}/v1/pattern.yaml"


def without_roots(repo: GitRepo) -> None:
    """Write the manifest as it was written before there were roots, and commit it."""
    text, root = manifest_of(repo).read_text(), repo.git("rev-list", "--max-parents=0", "HEAD")
    assert f"roots:\n  - {root}\n" in text
    manifest_of(repo).write_text(text.replace("schema: 2", "schema: 1").replace(f"  roots:\n  - {root}\n", ""))
    repo.commit({}, "Take the roots out")


def cloned(repo: GitRepo, place: Path, *options: str) -> GitRepo:
    repo.git("clone", "--quiet", *options, repo.path.as_uri(), str(place))
    return GitRepo(place)


def places(main: GitRepo, folder: Path) -> Iterator[tuple[str, GitRepo]]:
    """The repository once more, in every way; each has a remote or a folder of another name."""
    main.git("worktree", "add", "--quiet", "--detach", str(folder / "linked"))
    yield "linked work tree", GitRepo(folder / "linked")
    clone = cloned(main, folder / "clone")
    clone.git("remote", "set-url", "origin", MOVED)
    yield "clone whose remote moved", clone
    cloned(main, folder / "before").git("remote", "remove", "origin")
    shutil.move(folder / "before", folder / "renamed")
    yield "renamed folder without a remote", GitRepo(folder / "renamed")
    fork = cloned(main, folder / "fork")
    fork.git("remote", "set-url", "origin", "git@example.com:somebody/else.git")
    fork.git("remote", "add", "upstream", MOVED)
    yield "fork", fork
    yield "main work tree", main


def state_of(workspace: Workspace) -> str:
    found = origin_now(workspace.objects, workspace.index.catalogue, workspace.patterns.pattern_of(f"ours:{ID}"))
    return say(found)


def say(found: OriginNow | None) -> str:
    return f"{found.state} {found.place}".strip() if found else "elsewhere"


def seen_in(repo: GitRepo, cache: Path) -> Seen:
    """Change the origin and use it in one commit, which is the same in all places, then delete it, and put everything back."""
    start = repo.head()
    with opened(repo.path) as workspace:
        assert workspace.own is not None
        library, before = workspace.own.name, state_of(workspace)
        repo.write({"a.py": CHANGED, "b.py": USER})
        repo.git("add", "--all")
        repo.git("commit", "--quiet", "-m", "change", env=DATE)
        harvest_commit(workspace, "HEAD")
        found = [(one.id, one.supersedes) for one in workspace.candidates.read() if one.manifest.code]
        adopted = {id for id, event in workspace.ledger.journal.read()[0].items() if event.kind == "adopted"}
        after = state_of(workspace)
        repo.commit({"a.py": None})
        gone = state_of(workspace)
        census = Census(cache, Repository.at(repo.path))
        elsewhere = census.repositories_with("py1:aa")
        census.write(["py1:aa"])
    repo.git("reset", "--quiet", "--hard", start)
    return Seen(library, before, after, gone, tuple(found), frozenset(adopted), elsewhere)


@pytest.mark.parametrize("is_old", [False, True], ids=["roots in the manifest", "a manifest of before"])
def test_every_place_knows_origins_versions_adoptions_and_copies_alike(main: GitRepo, tmp_path: Path, is_old: bool) -> None:
    if is_old:
        without_roots(main)
    published = manifest_of(main).read_bytes()
    stranger = GitRepo.create(tmp_path / "stranger")
    stranger.commit({"c.py": CHUNKS}, "of its own")
    with opened(stranger.path) as workspace:
        Census(tmp_path / "census", workspace.need_repository()).write(["py1:aa"])
    seen = {name: seen_in(repo, tmp_path / "census") for name, repo in places(main, tmp_path)}

    (alike,) = set(seen.values())
    assert (alike.library, alike.before, alike.after, alike.gone) == ("ours", "fresh a.py:1", "drifted a.py:1", "orphaned")
    assert alike.candidates == ((ID, f"{ID}@1"),)
    assert len(alike.adoptions) == 1
    assert alike.elsewhere == 1
    assert manifest_of(main).read_bytes() == published


def test_another_repository_of_that_name_is_another(main: GitRepo, tmp_path: Path) -> None:
    other = GitRepo.create(tmp_path / "other" / main.path.name)
    shutil.copytree(main.path / ".foundry", other.path / ".foundry")
    other.commit({"a.py": CHUNKS}, "a copy")

    with opened(other.path) as workspace:
        assert state_of(workspace) == "elsewhere"
        verdicts = {one.path: one.outcome for one in harvest_commit(workspace, "HEAD").intake.verdicts}
        assert verdicts["a.py"] == "sighted"


def test_a_commit_that_was_only_fetched_makes_no_origin(main: GitRepo, tmp_path: Path) -> None:
    without_roots(main)
    other = GitRepo.create(tmp_path / "other")
    shutil.copytree(main.path / ".foundry", other.path / ".foundry")
    other.commit({"a.py": CHUNKS}, "a copy")
    other.git("fetch", "--quiet", str(main.path), "main")

    with opened(other.path) as workspace:
        assert state_of(workspace) == "elsewhere"
    other.git("merge", "--quiet", "--allow-unrelated-histories", "-s", "ours", "-m", "both", "FETCH_HEAD")
    with opened(other.path) as workspace:
        assert state_of(workspace) == "fresh a.py:1"


def test_a_shallow_clone_goes_by_the_commits_that_are_there_then_by_the_name(main: GitRepo, tmp_path: Path) -> None:
    (two, one) = (cloned(main, tmp_path / f"depth{depth}", f"--depth={depth}") for depth in (2, 1))

    two.git("remote", "set-url", "origin", MOVED)
    for clone, state in ((two, "fresh a.py:1"), (one, "fresh a.py:1")):
        with opened(clone.path) as workspace:
            assert state_of(workspace) == state
    one.git("remote", "set-url", "origin", MOVED)
    with opened(one.path) as workspace:
        assert state_of(workspace) == "elsewhere"


def test_what_is_taken_from_a_folder_elsewhere_is_no_change_of_what_stands_at_that_path_here(
    main: GitRepo, tmp_path: Path
) -> None:
    elsewhere = GitRepo.create(tmp_path / "elsewhere")
    elsewhere.write({"a.py": CHANGED})

    with opened(main.path) as workspace:
        harvest_folder(workspace, elsewhere.path)
        found = {one.id: one for one in workspace.candidates.read()}

    assert found.keys() == {ID, f"{ID}-2"}
    candidate, origin = found[f"{ID}-2"], found[f"{ID}-2"].origin
    assert (candidate.supersedes, origin.repository, origin.roots, origin.path) == ("", "", (), "a.py")


def test_what_is_taken_from_a_shallow_clone_has_its_origin_in_the_whole_one(
    main: GitRepo, foundry: CommandLine, tmp_path: Path
) -> None:
    shutil.rmtree(main.path / ".foundry/patterns")
    main.commit({}, "Take the pattern out")
    cut = cloned(main, tmp_path / "cut", "--depth=1")
    cut.git("remote", "set-url", "origin", MOVED)
    cut.commit({"a.py": CHANGED}, "change")
    with opened(cut.path) as workspace:
        harvest_commit(workspace, "HEAD")
        accept(workspace, [ID])

    text = manifest_of(cut).read_text()
    assert re.search(rf"  roots:\n  - {main.head()}\n  shallow: true\n", text)
    assert "seen from a shallow clone" in foundry("show", ID, cwd=cut.path).stdout
    assert "a shallow clone, known by its name and by the commits that are here" in foundry("doctor", cwd=cut.path).stdout
    shutil.copytree(cut.path / ".foundry/patterns", main.path / ".foundry/patterns")
    with opened(main.path) as workspace:
        assert state_of(workspace) == "drifted a.py:1"
    assert StateFolder(Repository.at(main.path).state).roots.is_file()
