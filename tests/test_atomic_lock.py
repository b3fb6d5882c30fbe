"""Files that are old or new whatever happens to their writer, and locks that die with their holder."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from foundry_git import atomic, lock
from foundry_git.errors import BusyError

SIZE = 400_000

REPLACE_FOREVER = f"""
import sys
from pathlib import Path
from foundry_git import atomic
path, number = Path(sys.argv[1]), 0
while True:
    atomic.write_bytes(path, bytes([number % 256]) * {SIZE})
    number += 1
    print(number, flush=True)
"""

REPLACE_WITHIN_A_LIMIT = """
import resource, signal, sys
from pathlib import Path
from foundry_git import atomic
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    atomic.write_bytes(Path(sys.argv[1]), b"new" * 1000)
except OSError as error:
    print(error.strerror)
"""

HOLD = """
import sys
from pathlib import Path
from foundry_git import lock
with lock.held(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""

COUNT = """
import sys
from pathlib import Path
from foundry_git import lock
counter = Path(sys.argv[1])
for _ in range(100):
    with lock.held(counter.with_suffix(".lock"), timeout=60):
        counter.write_text(str(int(counter.read_text()) + 1))
"""


@contextmanager
def child(code: str, path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A Python process that runs ``code`` on ``path``; killed at the end if it still lives."""
    command = [sys.executable, "-P", "-c", code, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


def line_of(process: subprocess.Popen[bytes]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().decode().strip()


def is_whole(content: bytes) -> bool:
    return len(content) == SIZE and content == content[:1] * SIZE


def test_a_writer_killed_at_any_moment_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    target, dice = tmp_path / "file", random.Random(1)
    atomic.write_bytes(target, b"\0" * SIZE)

    for _ in range(12):
        with child(REPLACE_FOREVER, target) as process:
            for _ in range(dice.randint(1, 12)):
                assert line_of(process)
                assert is_whole(target.read_bytes())
            process.send_signal(signal.SIGKILL)
            assert process.wait(60) == -signal.SIGKILL
        assert is_whole(target.read_bytes())


def test_a_reader_beside_a_writer_never_sees_half_a_file(tmp_path: Path) -> None:
    target = tmp_path / "file"
    atomic.write_bytes(target, b"\0" * SIZE)

    with child(REPLACE_FOREVER, target) as process:
        line_of(process)
        seen = [target.read_bytes() for _ in range(400)]

    assert all(is_whole(content) for content in seen)


def test_a_write_that_fails_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.write_bytes(b"old")

    done = subprocess.run(
        [sys.executable, "-P", "-c", REPLACE_WITHIN_A_LIMIT, str(target)], capture_output=True, text=True, check=True, timeout=60
    )

    assert done.stdout == "File too large\n"
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_that_is_missing_or_in_the_way_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()

    with pytest.raises(FileNotFoundError):
        atomic.write_bytes(tmp_path / "missing" / "file", b"")
    with pytest.raises(OSError, match="Is a directory"):
        atomic.write_bytes(tmp_path / "folder", b"")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


@pytest.mark.parametrize("mode", [0o644, 0o600, 0o755])
def test_the_mode_is_the_one_asked_for(tmp_path: Path, mode: int) -> None:
    before = os.umask(0o077)
    try:
        atomic.write_bytes(tmp_path / "file", b"x", mode)
    finally:
        os.umask(before)

    assert (tmp_path / "file").stat().st_mode & 0o777 == mode


def test_text_is_written_in_utf8_with_its_newlines_as_given(tmp_path: Path) -> None:
    atomic.write_text(tmp_path / "file", "é\r\n\n")

    assert (tmp_path / "file").read_bytes() == b"\xc3\xa9\r\n\n"


def test_a_lock_that_is_held_is_busy_and_names_its_holder(tmp_path: Path) -> None:
    path = tmp_path / "state" / "worker.lock"

    with child(HOLD, path) as process:
        assert line_of(process) == "held"
        with (
            pytest.raises(BusyError, match=rf"worker\.lock: held by process {process.pid}; try again"),
            lock.held(path, timeout=0),
        ):
            pytest.fail("two processes hold one lock")


def test_a_lock_is_free_once_its_holder_is_done(tmp_path: Path) -> None:
    path = tmp_path / "lock"

    with child(HOLD, path) as process:
        assert line_of(process) == "held"
        assert process.stdin is not None
        process.stdin.write(b"\n")
        process.stdin.close()
        with lock.held(path, timeout=60):
            assert path.read_text(encoding="utf-8") == f"process {os.getpid()}\n"


def test_a_lock_dies_with_its_holder(tmp_path: Path) -> None:
    path = tmp_path / "lock"

    with child(HOLD, path) as process:
        assert line_of(process) == "held"
        process.send_signal(signal.SIGKILL)
        process.wait(60)

    with lock.held(path, timeout=0):
        assert path.exists()


def test_an_error_inside_gives_the_lock_back(tmp_path: Path) -> None:
    with pytest.raises(KeyError), lock.held(tmp_path / "lock"):
        raise KeyError

    with lock.held(tmp_path / "lock", timeout=0):
        pass


def test_a_lock_is_not_inherited_by_the_processes_of_its_holder(tmp_path: Path) -> None:
    with lock.held(tmp_path / "lock"):
        grandchild = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, close_fds=False)
    try:
        with lock.held(tmp_path / "lock", timeout=0):
            assert grandchild.poll() is None
    finally:
        grandchild.communicate(b"\n", timeout=60)


def test_processes_under_one_lock_lose_no_update(tmp_path: Path) -> None:
    counter = tmp_path / "counter"
    counter.write_text("0", encoding="utf-8")

    with child(COUNT, counter) as one, child(COUNT, counter) as two, child(COUNT, counter) as three:
        assert [process.wait(120) for process in (one, two, three)] == [0, 0, 0]

    assert counter.read_text(encoding="utf-8") == "300"
