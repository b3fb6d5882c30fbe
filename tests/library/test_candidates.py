"""Candidates on their ref: read as they were put, seen by nobody else, and leaving nothing that Git would complain of."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from foundry_git.git.objects import BlobReader, move_ref, read_ref, write_tree
from foundry_git.git.repository import Repository
from foundry_git.library.candidates import REF, Candidate, CandidateStore
from foundry_git.pattern.record import Manifest, Origin
from tests.gitrepo import GitRepo, untouched


@pytest.fixture
def store(repo: GitRepo) -> CandidateStore:
    repo.commit({"net.py": "def retry(): ...\n"})
    store = CandidateStore(BlobReader(Repository.at(repo.path)))
    store.update([candidate("retry", 60), candidate("fetch", 80)])
    return store


def candidate(slug: str, worth: int, code: str = "def f():\n    return 1\n") -> Candidate:
    return Candidate(
        id=f"python/{slug}",
        manifest=Manifest(slug, "function", f"{slug}.", "python", f"{slug}.py", origin=Origin(path="net.py", symbol=slug)),
        code=code,
        shape="py1:" + "0c" * 16,
        blob="ab" * 20,
        worktree="main",
        worth=worth,
        reasons=("7 lines", "has a docstring: yes"),
        near="python/other@1, 0.93",
        also_in=("other.py",),
    )


def test_candidates_are_read_as_they_were_put_the_worthiest_first(store: CandidateStore) -> None:
    assert store.read() == [candidate("fetch", 80), candidate("retry", 60)]

    store.update([candidate("retry", 90, "def f():\n    return 2\n")], [candidate("fetch", 80)])
    assert store.read() == [candidate("retry", 90, "def f():\n    return 2\n")]


def test_the_ref_goes_with_its_last_candidate(store: CandidateStore) -> None:
    store.update([], store.read())

    assert read_ref(store.repository, REF) == ""
    assert store.read() == []


def test_nothing_to_do_moves_nothing(store: CandidateStore) -> None:
    before = read_ref(store.repository, REF)

    store.update([], [candidate("unknown", 1)])

    assert read_ref(store.repository, REF) == before


def test_a_hand_made_candidate_that_cannot_be_read_is_passed_by(store: CandidateStore) -> None:
    repository, old = store.repository, read_ref(store.repository, REF)
    odd = {f"python/odd/{name}": content for name, content in candidate("retry", 60).files().items()}
    facts = "worth: '²'\nplaces: '" + "9" * 5000 + "'\nreasons: none\n"
    files = {"top": b"", "python/bad/pattern.yaml": b"[", **odd, "python/odd/candidate.yaml": facts.encode()}
    move_ref(repository, REF, write_tree(repository, files, old), old)

    assert [(c.id, c.worth, c.places) for c in store.read()] == [
        ("python/fetch", 80, 2), ("python/retry", 60, 2), ("python/odd", 0, 1),
    ]  # fmt: skip


def test_the_user_sees_nothing_of_it_and_git_keeps_it(repo: GitRepo, store: CandidateStore) -> None:
    before = untouched(repo)
    log = repo.git("log", "--all", "--oneline")
    assert len(log.splitlines()) == 1
    assert repo.git("cat-file", "-t", REF) == "tree"
    assert repo.git("branch", "--all") == "* main"
    assert repo.git("stash", "list") == repo.git("tag") == repo.git("notes") == ""

    repo.git("fsck", "--strict", "--no-dangling")
    repo.git("gc", "--quiet", "--prune=now", "--aggressive")
    repo.git("fsck", "--strict", "--no-dangling")

    assert [candidate.id for candidate in store.read()] == ["python/fetch", "python/retry"]
    assert untouched(repo) == before
    assert repo.git("log", "--all", "--oneline") == log
    assert repo.git("for-each-ref", "--format=%(refname)") == f"{REF}\nrefs/heads/main"


@pytest.mark.parametrize("how", [["--all"], ["--tags"], ["--follow-tags"], []])
def test_it_is_never_pushed(repo: GitRepo, store: CandidateStore, tmp_path: Path, how: list[str]) -> None:
    remote = GitRepo.create(tmp_path / "remote.git", "--bare")
    repo.git("tag", "-a", "-m", "one", "v1")
    repo.git("remote", "add", "origin", str(remote.path))
    repo.git("config", "push.default", "current")

    repo.git("push", "--quiet", *how, "origin")

    refs = remote.git("for-each-ref", "--format=%(refname)").splitlines()
    assert refs
    assert not [ref for ref in refs if "foundry" in ref]


def test_a_clone_of_the_folder_does_not_take_it_along(repo: GitRepo, store: CandidateStore, tmp_path: Path) -> None:
    repo.git("clone", "--quiet", ".", str(tmp_path / "clone"))

    assert CandidateStore(BlobReader(Repository.at(tmp_path / "clone"))).read() == []
    assert "foundry" not in GitRepo(tmp_path / "clone").git("for-each-ref")


CODES = [f"def f():\n    return {number}\n" for number in range(10)]


def unreachable(repo: GitRepo) -> list[str]:
    return repo.git("fsck", "--unreachable", "--no-progress").splitlines()


def test_housekeeping_deletes_what_nothing_needs_any_more(repo: GitRepo, store: CandidateStore) -> None:
    for code in CODES:
        store.update([candidate("retry", 60, code)])
    store.update([], [candidate("fetch", 80)])
    kept = store.read()
    assert len(unreachable(repo)) > 3 * len(CODES)

    repo.git("prune", "--expire=2.weeks.ago")

    assert unreachable(repo) == []
    assert store.read() == CandidateStore(BlobReader(store.repository)).read() == kept


def test_what_somebody_else_needs_stays(repo: GitRepo, store: CandidateStore) -> None:
    once = read_ref(store.repository, REF)
    store.update([candidate("retry", 60, CODES[0])])
    repo.git("update-ref", "refs/mine", once)  # whoever wants may keep them

    repo.git("prune", "--expire=2.weeks.ago")

    assert repo.git("ls-tree", "-r", "--name-only", "refs/mine").splitlines()[-1] == "python/retry/retry.py"
    repo.git("fsck", "--strict", "--no-dangling")


def test_a_file_of_the_user_that_is_the_whole_unit_is_not_ours_to_let_go(repo: GitRepo, store: CandidateStore) -> None:
    blob = repo.git("hash-object", "-w", "--stdin", input=CODES[0].encode())  # as `git add` does, before a reset
    store.update([replace(candidate("retry", 60, CODES[0]), blob=blob)])
    store.update([candidate("retry", 60, CODES[1])])

    repo.git("prune", "--expire=2.weeks.ago")

    assert repo.git("cat-file", "blob", blob) == CODES[0].strip()
    assert unreachable(repo) == [f"unreachable blob {blob}"]


def test_an_object_that_is_written_again_is_young_again(repo: GitRepo, store: CandidateStore) -> None:
    first = store.read()
    store.update([candidate("retry", 60, CODES[0])])
    store.update(first)
    tree = read_ref(store.repository, REF)
    move_ref(store.repository, REF, "", tree)

    repo.git("prune", "--expire=2.weeks.ago")

    assert repo.git("cat-file", "-t", tree) == "tree"
    assert len(repo.git("ls-tree", "-r", "-l", tree).splitlines()) == 6
