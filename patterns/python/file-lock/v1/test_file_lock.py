from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from file_lock import file_lock

HOLDER = """
import sys
from file_lock import file_lock
with file_lock(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


class Clock:
    def __init__(self) -> None:
        self.now = 0.0
        self.waits: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


@contextmanager
def other_process_holding(path: Path) -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, "PYTHONPATH": os.path.dirname(__file__), "PYTHONDONTWRITEBYTECODE": "1"}
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()


def test_another_process_that_holds_the_lock_keeps_us_out(tmp_path: Path) -> None:
    with (
        other_process_holding(tmp_path / "lock"),
        pytest.raises(TimeoutError, match="still locked"),
        file_lock(tmp_path / "lock", timeout=0),
    ):
        pytest.fail("entered while another process holds the lock")


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    with other_process_holding(tmp_path / "lock") as process:
        process.kill()
        process.wait()

        with file_lock(tmp_path / "lock", timeout=0):
            pass


def test_waits_until_the_other_side_lets_go(tmp_path: Path) -> None:
    with other_process_holding(tmp_path / "lock") as process:

        def end_the_other_process(_: float) -> None:
            process.kill()
            process.wait()

        with file_lock(tmp_path / "lock", sleep=end_the_other_process):
            assert process.returncode is not None


def test_polls_until_the_timeout_has_passed(tmp_path: Path) -> None:
    clock = Clock()

    with (
        file_lock(tmp_path / "lock"),
        pytest.raises(TimeoutError),
        file_lock(tmp_path / "lock", timeout=1.0, poll=0.25, clock=clock, sleep=clock.sleep),
    ):
        pytest.fail("entered twice")
    assert clock.waits == [0.25] * 4


def test_the_lock_is_free_again_after_the_block(tmp_path: Path) -> None:
    for _ in range(2):
        with file_lock(tmp_path / "lock", timeout=0):
            pass


def test_the_lock_is_free_again_after_an_error_in_the_block(tmp_path: Path) -> None:
    with pytest.raises(KeyError), file_lock(tmp_path / "lock"):
        raise KeyError

    with file_lock(tmp_path / "lock", timeout=0):
        pass


def test_a_failed_attempt_does_not_disturb_the_holder(tmp_path: Path) -> None:
    with file_lock(tmp_path / "lock"):
        for _ in range(2):
            with pytest.raises(TimeoutError), file_lock(tmp_path / "lock", timeout=0):
                pytest.fail("entered twice")


def test_different_files_do_not_exclude_each_other(tmp_path: Path) -> None:
    with file_lock(tmp_path / "one"), file_lock(tmp_path / "two", timeout=0):
        pass


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    probe = os.open(tmp_path / "probe", os.O_RDONLY | os.O_CREAT)
    os.close(probe)

    with file_lock(tmp_path / "lock"), pytest.raises(TimeoutError), file_lock(tmp_path / "lock", timeout=0):
        pytest.fail("entered twice")

    again = os.open(tmp_path / "probe", os.O_RDONLY)
    os.close(again)
    assert again <= probe  # the system hands out the lowest free number
