"""A fence around a process: what it opens, changes, starts or connects to outside some folders is counted, by Python's audit events."""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

_CHANGING = (
    "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.chown", "os.utime",
    "os.setxattr", "os.removexattr", "shutil.rmtree", "shutil.move", "shutil.copyfile", "tempfile.mkstemp", "tempfile.mkdtemp",
)  # fmt: skip
_OF_TWO = ("os.rename", "os.link", "shutil.move", "shutil.copyfile")
_LOOKING = ("os.listdir", "os.scandir", "os.walk", "glob.glob", "os.chdir")
_STARTING = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "socket.connect", "socket.bind", "socket.getaddrinfo")
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Fence:
    """Notes every step outside; ``inside``: folders that may be read and written, beside what Python itself reads to run."""

    def __init__(self, inside: Sequence[Path], programs: Sequence[str] = ()) -> None:
        self.outside: list[str] = []
        self._inside = (*(os.path.realpath(folder) for folder in inside), "/dev/null")
        own = (sys.prefix, sys.base_prefix, sysconfig.get_path("stdlib"), Path(__file__).parents[2], "/proc/self")
        self._readable = (
            *self._inside,
            *(os.path.realpath(place) for place in own),
            "/etc/localtime",
            "/usr/share/zoneinfo",
            "/sys",
        )
        self._programs = frozenset(programs)
        self._is_up = False
        sys.addaudithook(self._hear)

    def __enter__(self) -> Fence:
        self._is_up = True
        return self

    def __exit__(self, *_: object) -> None:
        self._is_up = False

    def _hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if not self._is_up:
            return
        if event == "open":
            path, _, flags = arguments
            self._judge(event, path, self._inside if isinstance(flags, int) and flags & _WRITES else self._readable)
        elif event in _CHANGING:
            paths = arguments[: 2 if event in _OF_TWO else 1]
            folders = arguments[-len(paths) :] if event.startswith("os.") else ()
            for path, folder in zip(paths, (*folders, *paths)[: len(paths)], strict=True):
                self._judge(event, path, self._inside, folder)
        elif event in _LOOKING:
            self._judge(event, arguments[0], self._readable)
        elif event in _STARTING and Path(str(arguments[0])).name not in self._programs:
            self.outside.append(f"{event} {str(arguments[0])[:80]!r}")

    def _judge(self, event: str, path: object, allowed: Sequence[str], folder: object = None) -> None:
        """``folder``: the descriptor that a path is taken from, where it is one."""
        if isinstance(path, bytes):
            path = os.fsdecode(path)
        if not isinstance(path, (str, os.PathLike)):
            return  # a descriptor that was opened before
        try:
            is_from = type(folder) is int and folder >= 0
            place = os.path.realpath(Path(f"/proc/self/fd/{folder}", path) if is_from else path)
        except ValueError:  # no path, and nothing is opened there
            return
        if not any(place == one or place.startswith(f"{one}{os.sep}") for one in allowed):
            self.outside.append(f"{event} {place[:120]!r}")
