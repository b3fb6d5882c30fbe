"""Uninstalling: what commands wrote of their own accord goes with them."""

from __future__ import annotations

from tests.commandline import CommandLine
from tests.gitrepo import GitRepo


def test_the_index_of_a_library_that_somebody_made_by_hand_is_never_committed(repo: GitRepo, foundry: CommandLine) -> None:
    repo.commit({"foundry.yaml": "library_id: 5a0c7a52-0f59-4d09-9f4c-0b9d0f1b2c3d\n"})

    assert foundry("search", "anything").returncode == 0

    assert (repo.path / "index/catalogue.db").exists()
    assert repo.git("status", "--porcelain") == ""
    assert foundry("uninstall").returncode == 0
    assert not (repo.path / "index").exists()
