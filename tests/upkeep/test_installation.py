"""Installation: a library gets its name when it is made, so that no clone, work tree or renamed folder calls it otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

from foundry_git.git.repository import Repository
from foundry_git.library.library import STARTER_ID, STARTER_NAME, Library, open_library, starter_library
from foundry_git.upkeep.installation import plan_init
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo

NAMELESS = "# ours\nlibrary_id: 5a0c7a52-0f59-4d09-9f4c-0b9d0f1b2c3d\nsearch:\n  min_relevance: 0.6\n"


def planned(repo: GitRepo, own: Library | None = None) -> dict[str, str | None]:
    plan = plan_init(Repository.at(repo.path), own, standalone=False, target=None)
    return {change.path.name: change.after for change in plan.changes}


@pytest.mark.parametrize(
    ("remote", "name"),
    [
        ("", "repo"),
        ("https://user:word@example.com/team/Web_Shop.git", "web-shop"),
        ("git@example.com:shop.git", "shop"),
        ("https://example.com/team/shop/", "shop"),
        ("../elsewhere.git", "elsewhere"),
        ("/srv/git/elsewhere/.git", "elsewhere"),
        ("https://example.com/team/starter.git", "starter-library"),
        ("..", "repo"),
    ],
)
def test_a_new_library_is_named_by_the_remote_or_the_folder(repo: GitRepo, remote: str, name: str) -> None:
    if remote:
        repo.git("remote", "add", "origin", remote)

    text = planned(repo)["foundry.yaml"]

    assert text is not None and f"\nname: {name}\n" in text


def test_a_linked_work_tree_names_a_new_library_like_the_main_one(repo: GitRepo, tmp_path: Path) -> None:
    repo.commit({"a.py": "1"})
    repo.git("worktree", "add", "--quiet", str(tmp_path / "linked"))

    text = planned(GitRepo(tmp_path / "linked"))["foundry.yaml"]

    assert text is not None and "\nname: repo\n" in text


@pytest.mark.parametrize("main", ["repo", "bare.git"])
def test_a_library_without_a_name_is_called_alike_in_all_work_trees(repo: GitRepo, tmp_path: Path, main: str) -> None:
    repo.commit({"foundry.yaml": NAMELESS})
    if main != "repo":
        repo.git("clone", "--quiet", "--bare", ".", str(tmp_path / main))
    GitRepo(tmp_path / main).git("worktree", "add", "--quiet", "-b", "topic", str(tmp_path / "linked"))

    assert open_library(tmp_path / "linked").name == main.removesuffix(".git")


def test_init_gives_a_name_to_a_library_that_has_none(repo: GitRepo, foundry: CommandLine) -> None:
    repo.commit({".foundry/foundry.yaml": NAMELESS})

    assert "has no name of its own and is called repo by its folder" in foundry("doctor").stdout
    assert "change .foundry/foundry.yaml" in foundry("init").stdout

    assert (repo.path / ".foundry/foundry.yaml").read_text() == NAMELESS.replace("search:", "name: repo\nsearch:")
    assert "no name of its own" not in foundry("doctor").stdout
    assert "already installed" in foundry("init").stdout


def test_init_leaves_the_library_of_another_repository_as_it_is(repo: GitRepo, tmp_path: Path) -> None:
    team = GitRepo.create(tmp_path / "team")
    team.write({"foundry.yaml": NAMELESS})

    assert "foundry.yaml" not in planned(repo, open_library(team.path))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (NAMELESS.replace("\n", "\r\n"), NAMELESS.replace("search:", "name: repo\nsearch:").replace("\n", "\r\n")),
        (NAMELESS.partition("\nsearch")[0], f"{NAMELESS.partition(chr(10) + 'search')[0]}\nname: repo"),
    ],
)
def test_a_file_keeps_its_ends_of_lines(repo: GitRepo, before: str, after: str) -> None:
    repo.write({"foundry.yaml": before})

    assert planned(repo, open_library(repo.path))["foundry.yaml"] == after


def test_no_library_is_called_like_the_one_that_comes_along(repo: GitRepo, foundry: CommandLine) -> None:
    starter = starter_library()
    assert starter is not None and (starter.id, starter.name) == (STARTER_ID, STARTER_NAME)
    repo.write({"foundry.yaml": NAMELESS.replace("search:", "name: starter\nsearch:")})

    assert open_library(repo.path).name == "starter-library"
    assert "so this library is starter-library; write that" in foundry("library", "check").stdout
    assert foundry("show", "starter:python/retry-with-backoff").stdout.startswith("python/retry-with-backoff@1  starter  ")
