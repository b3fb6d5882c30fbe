from __future__ import annotations

import os
from pathlib import Path

import pytest
from atomic_write import atomic_write


def test_creates_a_file_with_text_as_utf_8(tmp_path: Path) -> None:
    atomic_write(tmp_path / "note.txt", "grün\r\n")

    assert (tmp_path / "note.txt").read_bytes() == b"gr\xc3\xbcn\r\n"


def test_replaces_the_content_of_an_existing_file(tmp_path: Path) -> None:
    path = tmp_path / "data.bin"
    path.write_bytes(b"a much longer old content")

    atomic_write(path, b"\x00new")

    assert path.read_bytes() == b"\x00new"


def test_a_reader_that_opened_the_old_file_keeps_reading_the_old_content(tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_text("old")

    with open(path) as reader:
        atomic_write(path, "new")
        assert reader.read() == "old"


def test_leaves_no_temporary_file_behind(tmp_path: Path) -> None:
    atomic_write(tmp_path / "note.txt", "text")

    assert os.listdir(tmp_path) == ["note.txt"]


def test_an_existing_file_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "private.txt"
    path.write_text("old")
    path.chmod(0o640)

    atomic_write(path, "new")

    assert path.stat().st_mode & 0o777 == 0o640


def test_a_new_file_gets_the_usual_permissions(tmp_path: Path) -> None:
    (tmp_path / "usual").write_text("")

    atomic_write(tmp_path / "new", "")

    assert (tmp_path / "new").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_a_symbolic_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_text("old")
    (tmp_path / "link.txt").symlink_to("real.txt")

    atomic_write(tmp_path / "link.txt", "new")

    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "real.txt").read_text() == "new"


def test_a_file_name_of_the_greatest_length_works(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 255)

    atomic_write(path, "text")

    assert path.read_text() == "text"


def test_an_error_keeps_the_old_state_and_cleans_up(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()

    with pytest.raises(OSError):
        atomic_write(tmp_path / "folder", "text")

    assert os.listdir(tmp_path) == ["folder"]


def test_text_that_cannot_be_encoded_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_text("old")

    with pytest.raises(UnicodeEncodeError):
        atomic_write(path, "\ud800")

    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["note.txt"]


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        atomic_write(tmp_path / "missing" / "note.txt", "text")
