"""Folders are made with what is missing above them, but no repository and no library comes back that way."""

from __future__ import annotations

from pathlib import Path

import pytest

from foundry_git import lock
from foundry_git.system.files import make_folder


@pytest.mark.parametrize("gone", ["work/.git", "served/project.git", "work/.foundry"])
def test_what_was_deleted_does_not_come_back(tmp_path: Path, gone: str) -> None:
    for make in (make_folder, lambda folder: lock.held(folder / "lock").__enter__()):
        with pytest.raises(FileNotFoundError, match="is gone"):
            make(tmp_path / gone / "foundry/units")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("there", ["work/.git", "served/project.git", "work/.foundry"])
def test_below_what_is_there_all_is_made(tmp_path: Path, there: str) -> None:
    (tmp_path / there).mkdir(parents=True)

    for _ in range(2):
        make_folder(tmp_path / there / "foundry/units")

    assert (tmp_path / there / "foundry/units").is_dir()


def test_elsewhere_all_is_made(tmp_path: Path) -> None:
    make_folder(tmp_path / "cache/foundry-git/index")

    assert (tmp_path / "cache/foundry-git/index").is_dir()
