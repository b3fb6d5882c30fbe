"""Starting, bounding and ending processes where operating systems differ, and the signals that are meant for a command we run."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from types import FrameType

TimeIsUp = Callable[[int, FrameType | None], None]

PASSED_ON = tuple(one for one in signal.Signals if one.name in ("SIGHUP", "SIGTERM", "SIGUSR1", "SIGUSR2"))
"""What somebody sends to us and means for the command that we run."""

FROM_TERMINAL = tuple(one for one in signal.Signals if one.name in ("SIGINT", "SIGQUIT"))
"""What a terminal sends to all that runs in its foreground."""

if sys.platform == "win32":
    import _thread
    import threading

    # CreateProcess would look for `git` in the current folder first, which may be a stranger's repository.
    os.environ.setdefault("NoDefaultCurrentDirectoryInExePath", "1")

    DETACHED: int = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW | subprocess.IDLE_PRIORITY_CLASS
    """``creationflags`` of a process that outlives ours, in the background."""

    def end_group(process: subprocess.Popen[bytes]) -> None:
        """Kill a process; its children live on."""
        process.kill()

    def is_running(pid: int) -> bool:
        """Return False: the shell of Git for Windows numbers processes otherwise, so that locks alone keep two workers apart."""
        return False

    def step_back() -> None:
        """Do nothing: the flags that a process was started with say it all."""

    def bound(seconds: int, memory: int, time_is_up: TimeIsUp) -> None:
        """Call ``time_is_up`` in the main thread after so many seconds; memory is not bounded."""
        signal.signal(signal.SIGINT, time_is_up)
        timer = threading.Timer(seconds, _thread.interrupt_main)
        timer.daemon = True
        timer.start()

    def is_in_foreground() -> bool:
        """Tell whether the terminal gives its signals to the commands that we run too: a console gives them to all in it."""
        return True

    def die_of(number: int) -> int:
        """Return the exit code that says that a signal ended the command."""
        return 128 + number

else:
    import resource

    _POLITE = 10

    DETACHED: int = 0
    """``creationflags`` of a process that outlives ours; here ``start_new_session`` says it all."""

    def end_group(process: subprocess.Popen[bytes]) -> None:
        """Kill a process that leads a group, and all that is left of the group."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)

    def is_running(pid: int) -> bool:
        """Tell whether a process of this user runs."""
        try:
            os.kill(pid, 0)
        except (OSError, OverflowError):
            return False
        return True

    def step_back() -> None:
        """Leave the terminal, and let everybody else go first."""
        with contextlib.suppress(OSError):
            os.setsid()
        os.nice(max(0, _POLITE - os.nice(0)))

    def bound(seconds: int, memory: int, time_is_up: TimeIsUp) -> None:
        """Call ``time_is_up`` in the main thread after so many seconds, and have at most ``memory`` bytes of addresses."""
        signal.signal(signal.SIGALRM, time_is_up)
        signal.alarm(seconds)
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))

    def is_in_foreground() -> bool:
        """Tell whether the terminal gives its signals to the commands that we run too."""
        try:
            terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
        except OSError:
            return False
        try:
            return os.tcgetpgrp(terminal) == os.getpgrp()
        except OSError:
            return False
        finally:
            os.close(terminal)

    def die_of(number: int) -> int:
        """End by the signal that ended the command, so that whoever waits sees the same; without a dump of our own."""
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if number not in (signal.SIGKILL, signal.SIGSTOP):
            signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
        return 128 + number
