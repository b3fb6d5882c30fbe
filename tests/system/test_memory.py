"""What is free of a process's memory goes back to the system."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path

import pytest

from foundry_git.system.memory import give_back, let_go_of_files, let_go_of_scattered, mapped, read_here_and_there

PIECE, PIECES = 2_000, 16_000  # larger than what Python keeps for itself, smaller than what is a map of its own


def held() -> int:
    """The bytes of this process that are in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


@pytest.mark.skipif(sys.platform != "linux" or platform.libc_ver()[0] != "glibc", reason="what is tested is glibc's")
def test_free_memory_below_what_is_used_is_given_back() -> None:
    pieces = [bytearray(PIECE) for _ in range(PIECES)]
    last = bytearray(PIECE)
    pieces.clear()
    before = held()
    give_back()
    assert before - held() > PIECE * PIECES / 2
    assert len(last) == PIECE


@pytest.mark.skipif(sys.platform != "linux", reason="reads what Linux says of a process")
def test_pages_of_a_mapped_file_are_let_go_of_and_read_again(tmp_path: Path) -> None:
    (tmp_path / "weights").write_bytes(b"w" * PIECE * PIECES)
    content = mapped(tmp_path / "weights")
    assert content[:].count(b"w") == PIECE * PIECES
    before = held()
    let_go_of_files()
    assert before - held() > PIECE * PIECES / 2
    assert content[:].count(b"w") == PIECE * PIECES


@pytest.mark.skipif(sys.platform != "linux", reason="reads what Linux says of a process")
def test_of_what_is_read_here_and_there_the_pages_are_let_go_of_and_no_others(tmp_path: Path) -> None:
    size = PIECE * PIECES
    (tmp_path / "weights").write_bytes(b"w" * size)
    content = mapped(tmp_path / "weights")
    read_here_and_there(content, 5_000, size // 2)
    assert content[:].count(b"w") == size
    before = held()
    let_go_of_scattered()
    assert 0.4 * size < before - held() < 0.6 * size
    assert content[:].count(b"w") == size


def test_too_little_for_a_page_and_what_the_file_does_not_hold_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "weights").write_bytes(b"w" * 10_000)
    content = mapped(tmp_path / "weights")
    for start, length in ((1, 9_000 % os.sysconf("SC_PAGESIZE")), (0, 10**9), (10**9, 10**9)):
        read_here_and_there(content, start, length)
        let_go_of_scattered()
    assert content[:] == b"w" * 10_000
