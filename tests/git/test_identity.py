"""Identity: a repository is known by its root commits, which are kept and cost a walk through the history once."""

from __future__ import annotations

from pathlib import Path

import pytest

from foundry_git.git.history import in_history
from foundry_git.git.identity import Identity, identity_of, is_called, repository_name
from foundry_git.git.objects import BlobReader
from foundry_git.git.repository import Repository
from foundry_git.git.roots import NO_ROOTS, roots_in, roots_of, roots_up_to
from foundry_git.git.state_folder import StateFolder
from tests.gitrepo import GitRepo

LATER = {"GIT_AUTHOR_DATE": "2031-01-01T00:00:00Z", "GIT_COMMITTER_DATE": "2031-01-01T00:00:00Z"}
EARLIER = {"GIT_AUTHOR_DATE": "2001-01-01T00:00:00Z", "GIT_COMMITTER_DATE": "2002-01-01T00:00:00Z"}


def opened(repo: GitRepo) -> Repository:
    """The repository, with the folder for local state that `foundry init` makes."""
    repository = Repository.at(repo.path)
    repository.state.mkdir(exist_ok=True)
    return repository


def unrelated(repo: GitRepo, name: str, env: dict[str, str]) -> str:
    """A commit without parents that nothing else comes from."""
    return repo.git("commit-tree", "-m", name, repo.git("mktree"), env=env)


def kept(repository: Repository) -> Path:
    return StateFolder(repository.state).roots


def test_a_history_may_have_several_roots_in_any_order(repo: GitRepo) -> None:
    first = repo.commit({"a.py": "1"})
    second = unrelated(repo, "second", EARLIER)
    repo.git("merge", "--quiet", "--allow-unrelated-histories", "-m", "both", second)

    roots = roots_of(opened(repo))

    assert roots.commits == {first, second}
    assert (roots.is_shallow, roots.head) == (False, repo.head())
    assert roots.began is not None and roots.began.isoformat() == "2001-01-01T00:00:00+00:00"


def test_what_is_kept_is_read_without_git(repo: GitRepo) -> None:
    root, repository = repo.commit({"a.py": "1"}), opened(repo)
    known = roots_of(repository)
    (repository.git_dir / "HEAD").write_text("nonsense")

    assert roots_of(repository) == known
    assert roots_in(repository.common_dir) == {root}


def test_roots_that_come_with_a_merge_are_found_by_walking_what_is_new(repo: GitRepo) -> None:
    first, repository = repo.commit({"a.py": "1"}), opened(repo)
    before = roots_of(repository)
    second = unrelated(repo, "second", EARLIER)
    repo.git("merge", "--quiet", "--allow-unrelated-histories", "-m", "both", second)

    assert roots_of(repository) == before
    now = roots_up_to(repository, repo.head())
    assert now.commits == {first, second} and now.began is not None and now.began.year == 2001
    assert roots_of(repository) == now


def test_a_root_that_was_seen_stays_on_another_branch(repo: GitRepo) -> None:
    first, repository = repo.commit({"a.py": "1"}), opened(repo)
    roots_of(repository)
    repo.git("checkout", "--quiet", "--orphan", "pages")
    page = repo.commit({"index.html": "1"})

    assert roots_up_to(repository, page).commits == {first, page}


def test_a_commit_that_was_pruned_costs_the_walk_anew(repo: GitRepo) -> None:
    first, repository = repo.commit({"a.py": "1"}), opened(repo)
    repo.commit({"a.py": "2"})
    roots_of(repository)
    repo.git("reset", "--quiet", "--hard", first)
    repo.git("reflog", "expire", "--expire=now", "--all")
    repo.git("prune", "--expire=now")

    assert roots_up_to(repository, first).commits == {first}


@pytest.mark.parametrize("damage", [b"", b"\xff", b"{}\n", b"[]\nx\n"])
def test_a_damaged_file_is_made_anew(repo: GitRepo, damage: bytes) -> None:
    root, repository = repo.commit({"a.py": "1"}), opened(repo)
    whole = roots_of(repository)
    text = kept(repository).read_bytes()
    kept(repository).write_bytes(damage or text.replace(root.encode(), root[::-1].encode()))

    assert roots_in(repository.common_dir) == frozenset()
    assert roots_of(repository) == whole
    assert kept(repository).read_bytes() == text


def test_before_the_first_commit_there_are_none(repo: GitRepo) -> None:
    repository = opened(repo)

    assert roots_of(repository) == NO_ROOTS
    assert not kept(repository).exists()


def test_a_shallow_clone_is_known_by_where_its_history_is_cut(repo: GitRepo, tmp_path: Path) -> None:
    root = repo.commit({"a.py": "1"})
    cut = repo.commit({"a.py": "2"})
    repo.git("clone", "--quiet", "--depth=1", f"file://{repo.path}", str(tmp_path / "cut"))
    clone = GitRepo(tmp_path / "cut")
    repository = opened(clone)

    roots = roots_of(repository)
    assert roots.commits == {cut}
    assert (roots.is_shallow, roots.began) == (True, None)
    later = repo.commit({"a.py": "3"})
    clone.git("fetch", "--quiet", "--depth=1")
    clone.git("reset", "--quiet", "--hard", "FETCH_HEAD")
    roots = roots_of(opened(clone))
    assert roots.commits == {later} and roots.earlier == (cut,)
    assert roots_of(opened(clone)) == roots
    clone.git("fetch", "--quiet", "--unshallow")
    roots = roots_of(repository)
    assert roots.commits == {root} and not roots.earlier
    assert roots.began is not None and not roots.is_shallow


def test_a_replaced_commit_is_no_root(repo: GitRepo) -> None:
    root = repo.commit({"a.py": "1"})
    repo.commit({"a.py": "2"})
    repo.git("replace", repo.head(), unrelated(repo, "other", LATER))

    assert roots_of(opened(repo)).commits == {root}


def test_clones_work_trees_and_renamed_folders_have_the_same_roots(repo: GitRepo, tmp_path: Path) -> None:
    repo.commit({"a.py": "1"})
    repo.git("worktree", "add", "--quiet", str(tmp_path / "linked"))
    repo.git("clone", "--quiet", str(repo.path), str(tmp_path / "clone"))
    linked, clone = Repository.at(tmp_path / "linked"), Repository.at(tmp_path / "clone")
    mine = identity_of(opened(repo))

    assert identity_of(linked) == mine
    assert identity_of(clone).roots == mine.roots
    assert [repository_name(one) for one in (linked, clone)] == [repo.path.name] * 2


def test_outside_a_repository_there_is_no_identity() -> None:
    assert identity_of(None) == Identity()


@pytest.mark.parametrize(
    ("name", "here", "is_same"),
    [
        ("shop", "shop", True),
        ("shop", "https://example.com/team/shop.git", True),
        ("git@example.com:team/shop.git", "https://example.com/team/shop", True),
        ("https://example.com/team/shop.git", "shop", True),
        ("https://example.com/other/shop.git", "https://example.com/team/shop.git", False),
        ("workshop", "shop", False),
        ("", "shop", False),
        ("", "", False),
    ],
)
def test_a_repository_is_called_by_its_remote_or_its_folder(name: str, here: str, is_same: bool) -> None:
    assert is_called(name, here) is is_same


def test_only_what_head_comes_from_is_in_its_history(repo: GitRepo) -> None:
    first, tree = repo.commit({"a.py": "1"}), repo.git("rev-parse", "HEAD^{tree}")
    repo.git("checkout", "--quiet", "-b", "side")
    side = repo.commit({"a.py": "2"})
    repo.git("checkout", "--quiet", "main")
    head = repo.commit({"a.py": "3"})
    with BlobReader(Repository.at(repo.path)) as objects:
        assert in_history(objects, [first, side, head, tree, "ab" * 20, "HEAD", "", f"{first}\nHEAD", first[:10]]) == {
            first,
            head,
        }


def test_before_the_first_commit_nothing_is_in_the_history(repo: GitRepo) -> None:
    with BlobReader(Repository.at(repo.path)) as objects:
        assert in_history(objects, ["ab" * 20, ""]) == set()
