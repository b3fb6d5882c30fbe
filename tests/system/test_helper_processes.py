"""Helper processes: the same results in the same order whoever gave them, and nobody left behind."""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry_git.system.helper_processes import AHEAD, MOST, spread, usual_helpers
from tests import TOP

Work = Callable[[int], tuple[int, int]]
ENDING = 7  # the item that ends whatever helper has it
LARGE = 300_000  # bytes, more than a pipe holds


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Helpers find this module."""
    monkeypatch.setenv("PYTHONPATH", str(TOP))


@contextmanager
def squares(pause: float = 0.0) -> Iterator[Work]:
    def work(item: int) -> tuple[int, int]:
        time.sleep(pause)
        return item * item, os.getpid()

    yield work


@contextmanager
def ending(own: int, how: str) -> Iterator[Work]:
    def work(item: int) -> tuple[int, int]:
        if os.getpid() != own and item == ENDING:
            if how == "killed":
                os.kill(os.getpid(), signal.SIGTERM)
            raise ValueError(how)
        return item * item, os.getpid()

    yield work


@contextmanager
def talking(size: int) -> Iterator[Callable[[int], bytes]]:
    def work(item: int) -> bytes:
        os.write(1, b"this is no answer\n")
        return bytes([item]) * size

    yield work


class Unreadable:
    """What cannot be made again from its pickle."""

    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return getattr, ("text", "no_such_attribute")


@contextmanager
def misleading(own: int) -> Iterator[Callable[[int], object]]:
    yield lambda item: item if os.getpid() == own else Unreadable()


@contextmanager
def refusing() -> Iterator[Work]:
    def work(item: int) -> tuple[int, int]:
        raise ValueError(f"item {item}")

    yield work


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@settings(max_examples=8)
@given(items=st.lists(st.integers(0, 99), max_size=40), helpers=st.integers(0, 3))
def test_results_come_in_the_order_of_their_items(items: list[int], helpers: int) -> None:
    assert [result for result, _ in spread(squares, items, helpers)] == [item * item for item in items]


def test_helpers_do_their_part_and_this_process_its_own() -> None:
    by = [process for _, process in spread(partial(squares, 0.01), range(60), 2)]

    assert len(set(by)) == 3 and os.getpid() in by
    assert all(by.count(process) >= AHEAD for process in set(by))


@pytest.mark.parametrize("how", ["killed", "raised"])
def test_what_a_helper_leaves_undone_is_done_here(how: str) -> None:
    found = list(spread(partial(ending, os.getpid(), how), range(40), 2))

    assert [result for result, _ in found] == [item * item for item in range(40)]
    assert found[ENDING][1] == os.getpid()


def test_an_item_that_fails_here_too_is_an_error() -> None:
    with pytest.raises(ValueError, match="item"):
        list(spread(refusing, range(5), 2))


def test_helpers_that_cannot_open_the_job_are_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "only_here.py").write_text(
        "from tests.system.test_helper_processes import squares as known\ndef job(): return known()\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))  # of this process alone: they cannot import it

    assert {process for _, process in spread(importlib.import_module("only_here").job, range(30), 2)} == {os.getpid()}


@pytest.mark.parametrize("program", ["", "/nowhere/python"])
def test_helpers_that_cannot_start_are_done_without(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    monkeypatch.setattr(sys, "executable", program)

    assert {process for _, process in spread(squares, range(30), 2)} == {os.getpid()}


def test_an_answer_that_nobody_can_read_is_none() -> None:
    found = list(spread(partial(misleading, os.getpid()), range(30), 2))

    assert found == list(range(30)), "and nobody waits for it for ever"


def test_what_is_printed_is_no_answer_and_large_answers_arrive(capfd: pytest.CaptureFixture[str]) -> None:
    found = list(spread(partial(talking, LARGE), range(30), 2))

    assert [(len(one), one[0]) for one in found] == [(LARGE, item) for item in range(30)]
    assert set(capfd.readouterr().out.splitlines()) <= {"this is no answer"}


def test_who_is_left_before_the_end_leaves_no_helper_behind() -> None:
    with closing(spread(partial(squares, 0.02), range(400), 2)) as results:
        helpers = {next(results)[1] for _ in range(30)} - {os.getpid()}
        assert helpers and all(map(alive, helpers))

    assert not any(map(alive, helpers))


@pytest.mark.skipif(sys.platform == "win32", reason="ends a process as a signal does")
def test_helpers_end_with_whoever_started_them() -> None:
    script = (
        "import time\nfrom functools import partial\nfrom tests.system.test_helper_processes import spread, squares\n"
        "found = spread(partial(squares, 0.05), range(10_000), 2)\n"
        "print(*{next(found)[1] for _ in range(40)}, flush=True)\ntime.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=TOP) as child:
        assert child.stdout is not None
        processes = set(map(int, child.stdout.readline().split())) - {child.pid}
        child.kill()
    until = time.monotonic() + 20
    while any(map(alive, processes)) and time.monotonic() < until:
        time.sleep(0.05)

    assert processes and not any(map(alive, processes))


def test_this_process_takes_a_core_itself() -> None:
    assert 0 <= usual_helpers() <= min(MOST, (os.cpu_count() or 1) - 1)
