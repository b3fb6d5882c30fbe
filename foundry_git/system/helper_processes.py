"""Helper processes: one job done item by item on several cores, by this process and by others beside it.

They are started as this module, and not by multiprocessing, which runs the main module of whoever calls a second time, and so would ask
every script that uses foundry-git for a guard around its code.
"""

from __future__ import annotations

import contextlib
import logging
import os
import pickle
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, ExitStack
from queue import SimpleQueue
from threading import Thread
from types import TracebackType
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
Job = Callable[[], AbstractContextManager[Callable[[Item], Result]]]
"""Opens what does one item. It is sent to the helpers, and so are items and results: all of them can be pickled."""

log = logging.getLogger("foundry_git.system")

AHEAD = 4  # items that wait at a helper, so that it goes on while this process is busy with results
MOST = 3  # helpers: each needs some 60 MB


def usual_helpers() -> int:
    """How many helpers this machine has cores for, this process taking one."""
    allowed = getattr(os, "sched_getaffinity", None)  # not on every system
    return min(MOST, (len(allowed(0)) if allowed else os.cpu_count() or 1) - 1)


def spread(job: Job[Item, Result], items: Sequence[Item], helpers: int) -> Generator[Result]:
    """The results of all items in their order; this process does what no helper has taken, and what one did not finish.

    Close it where it may be left before its end, so that the helpers end too.
    """
    with ExitStack() as stack:
        answers: SimpleQueue[_Answer] = SimpleQueue()
        crew = _crew(stack, job, answers, min(helpers, len(items) - 1))
        work = stack.enter_context(job())
        waiting = deque(range(len(items)))
        found: dict[int, Result] = {}
        for wanted in range(len(items)):
            while wanted not in found:
                for helper in crew:
                    helper.take(waiting, items)
                if answers.empty() and waiting:
                    at = waiting.popleft()
                    found[at] = work(items[at])
                    continue
                helper, done = answers.get()
                found |= done
                found |= {at: work(items[at]) for at in helper.left(done)}
            yield found.pop(wanted)


def _crew(stack: ExitStack, job: object, answers: SimpleQueue[_Answer], size: int) -> list[_Helper]:
    """So many helpers, or as many as the system lets start."""
    crew: list[_Helper] = []
    try:
        while len(crew) < size:
            crew.append(stack.enter_context(_Helper(job, answers)))
    except (OSError, RuntimeError) as error:
        log.debug("no more than %d helpers: %s", len(crew), error)
    return crew


class _Helper:
    """One helper: what it was given and has not answered yet, and a thread that hears its answers."""

    def __init__(self, job: object, answers: SimpleQueue[_Answer]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._given: list[int] = []
        self._hearing = Thread(target=self._hear, args=(answers,), daemon=True)
        try:
            self._hearing.start()
        except RuntimeError:
            self._end()
            raise
        self._is_there = self._send(job)

    def __enter__(self) -> _Helper:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._end()
        self._hearing.join()  # what it reads is closed only then: Python ends the process where one closes what another reads

    def _end(self) -> None:
        self._process.kill()
        with contextlib.suppress(OSError):
            if self._process.stdin is not None:
                self._process.stdin.close()
        self._process.wait()

    def take(self, waiting: deque[int], items: Sequence[object]) -> None:
        """Give it items until enough wait there."""
        while self._is_there and waiting and len(self._given) < AHEAD:
            self._is_there = self._send((waiting[0], items[waiting[0]]))
            if self._is_there:
                self._given.append(waiting.popleft())

    def left(self, done: dict[int, Any]) -> list[int]:
        """What it had and will not answer, now that it answered with these: nothing, but that it ended where these are none."""
        given, self._given = self._given, [at for at in self._given if done and at not in done]
        self._is_there = self._is_there and bool(done)
        return [] if done else given

    def _send(self, what: object) -> bool:
        try:
            if self._process.stdin is not None:
                pickle.dump(what, self._process.stdin)
                self._process.stdin.flush()
        except OSError:  # it has ended
            return False
        return True

    def _hear(self, answers: SimpleQueue[_Answer]) -> None:
        if self._process.stdout is None:
            return
        with self._process.stdout as answered:
            try:
                while True:
                    at, result = pickle.load(answered)
                    answers.put((self, {at: result}))
            except EOFError:
                log.debug("helper %d ended", self._process.pid)
            except Exception as error:  # noqa: BLE001 - an answer is unpickled: whatever that raises, somebody waits for it
                log.debug("helper %d: %s", self._process.pid, error)
            finally:
                answers.put((self, {}))


_Answer = tuple[_Helper, dict[int, Any]]
"""Of a helper: the result of one item by its place; nothing where it has ended."""


def main() -> None:
    """Do what standard input asks for until it ends; an item that fails ends it too, for whoever asked does that one itself."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of the terminal's group: whoever asked decides
    asked, answered = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what somebody prints is no answer
    with contextlib.suppress(EOFError, OSError), pickle.load(asked)() as work:
        while True:
            at, item = pickle.load(asked)
            pickle.dump((at, work(item)), answered)
            answered.flush()


if __name__ == "__main__":
    main()
