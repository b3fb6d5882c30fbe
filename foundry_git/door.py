"""The door: the local socket at which a watcher answers searches, and whether it may be trusted.

Its name is a hash of all that an answer depends on beside the request: work tree, program and environment. Whoever asks under other
circumstances finds no door there, so nothing has to be negotiated.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from foundry_git.errors import BusyError
from foundry_git.system import sockets
from foundry_git.system.locks import lock

TYPE_CHECKING = False  # to import `typing` takes 2 ms, for which a search that a watcher answers would wait
if TYPE_CHECKING:
    import socket

CONNECT_SECONDS = 0.05
ANSWER_SECONDS = 2.0  # a search from a cold shell takes 0.3 s: whoever waits longer is better off with that
REQUEST_SECONDS = 0.5  # a client writes its one line at once; one that does not keeps the others waiting
MOST_REQUEST, MOST_ANSWER = 256 * 1024, 64 * 1024 * 1024  # bytes; a command line may hold 128 KiB
LONGEST_PATH = 100  # bytes: a socket's path has room for 103 on macOS, for 107 on Linux
WAITING = 64
CHUNK = 64 * 1024

_NAMES = ("CI", "HOME", "GIT_DIR", "GIT_WORK_TREE", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM",
          "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")  # fmt: skip
_PREFIXES = ("FOUNDRY_", "HF_")


def door_of(folder: Path, environment: Mapping[str, str] = os.environ) -> Path | None:
    """Where a watcher of the work tree that holds ``folder`` listens; None where none could.

    Nothing is asked of Git: the answer itself is found as any other, so a work tree taken for another costs a search from cold.
    """
    here = folder.resolve()
    top = next((one for one in (here, *here.parents) if (one / ".git").exists()), None) if sockets.AVAILABLE else None
    if top is None:
        return None
    import hashlib

    facts = repr((str(top), *_program(), *_circumstances(environment)))
    name = hashlib.sha256(facts.encode("utf-8", "surrogatepass")).hexdigest()
    door = _folder(environment) / f"{name[:16]}.sock"
    return door if len(os.fsencode(door)) <= LONGEST_PATH else None


def call(door: Path, request: bytes) -> bytes | None:
    """Send one line and return the answer's; None where nobody who may be trusted answers, in whole and in time."""
    line = _connected(door)
    if line is None:
        return None
    until = time.monotonic() + ANSWER_SECONDS
    with contextlib.suppress(OSError), line:
        line.settimeout(ANSWER_SECONDS)
        line.sendall(request + b"\n")
        return _line(line, until, MOST_ANSWER)
    return None


def is_answered(door: Path | None) -> bool:
    """Tell whether somebody listens there."""
    line = _connected(door) if door else None
    if line is None:
        return False
    line.close()
    return True


def forget(door: Path | None) -> None:
    """Remove the door that a dead watcher left, and the folder where no other is in it; one that is answered stays."""
    if door is None:
        return
    with contextlib.suppress(OSError), _alone(door.parent):
        if not is_answered(door):
            door.unlink(missing_ok=True)
            door.parent.rmdir()


@contextlib.contextmanager
def listening(door: Path) -> Iterator[socket.socket]:
    """Listen at the door, which only this user may open; what a dead watcher left there goes, and at the end all of it.

    Raises:
        BusyError: another watcher listens there.
        OSError: nothing can be made there, or others may write to it.
    """
    import socket

    door.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(door.parent), sockets.local_socket() as listener:
        if is_answered(door):
            raise BusyError(door, "another `foundry watch`")
        door.unlink(missing_ok=True)
        mask = os.umask(0o177)
        try:
            listener.bind(os.fspath(door))
        finally:
            os.umask(mask)
        listener.listen(WAITING)
        kept = socket.socket(fileno=listener.detach())
    made = door.stat().st_ino
    try:
        with kept:
            yield kept
    finally:
        _remove(door, made)


def serve(listener: socket.socket, leash: int, answer: Callable[[bytes], bytes | None], rest: Callable[[], None]) -> None:
    """Answer one request after the other until ``leash``, the descriptor of a pipe, is closed by the process that holds it.

    ``rest`` is called after each answer, once the client has it.
    A client that is slow, goes away or sends too much loses its answer, and where ``answer`` gives None it gets none.
    """
    import select

    listener.settimeout(CONNECT_SECONDS)
    heard: list[int] = [listener.fileno(), leash]
    while leash not in select.select(heard, [], [])[0]:
        with contextlib.suppress(OSError):
            line = listener.accept()[0]
            with line:
                _attend(line, answer)
        rest()


def _attend(line: socket.socket, answer: Callable[[bytes], bytes | None]) -> None:
    request = _line(line, time.monotonic() + REQUEST_SECONDS, MOST_REQUEST)
    found = answer(request) if request is not None else None
    if found is not None:
        line.settimeout(ANSWER_SECONDS)
        line.sendall(found + b"\n")


def _line(line: socket.socket, until: float, most: int) -> bytes | None:
    """What comes before the first newline; None where that takes too long or is too much, or the other end goes away."""
    found = bytearray()
    while not found.endswith(b"\n"):
        left = until - time.monotonic()
        if left <= 0 or len(found) > most:
            return None
        line.settimeout(left)
        chunk = line.recv(CHUNK)
        if not chunk:
            return None
        found += chunk
    return bytes(found[:-1])


def _connected(door: Path) -> socket.socket | None:
    """A connection to who listens there, where folder and socket are this user's alone."""
    if not (_is_private(door.parent, stat.S_ISDIR) and _is_private(door, stat.S_ISSOCK)):
        return None
    line = sockets.local_socket()
    try:
        line.settimeout(CONNECT_SECONDS)
        line.connect(os.fspath(door))
    except OSError:
        line.close()
        return None
    return line


def _is_private(path: Path, is_kind: Callable[[int], bool]) -> bool:
    try:
        found = path.lstat()
    except OSError:
        return False
    return is_kind(found.st_mode) and sockets.is_private(found)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other watchers out while one looks who listens; a lock on the folder itself leaves no file behind."""
    handle = sockets.open_folder(folder)
    try:
        if not _is_private(folder, stat.S_ISDIR):
            raise PermissionError(1, "is not for you alone", str(folder))
        lock(handle)
        yield
    finally:
        os.close(handle)


def _remove(door: Path, made: int) -> None:
    with contextlib.suppress(OSError), _alone(door.parent):
        if door.stat().st_ino == made:
            door.unlink()
        door.parent.rmdir()


def _program() -> tuple[object, ...]:
    """What answers: another version or installation of foundry-git, or another Python, may answer otherwise."""
    package = Path(__file__).with_name("__init__.py")  # holds the version
    facts = package.stat()
    return str(package), facts.st_mtime_ns, facts.st_ino, sys.prefix, sys.hexversion, sys.getfilesystemencoding()


def _circumstances(environment: Mapping[str, str]) -> list[tuple[str, str]]:
    """The variables that an answer may depend on."""
    return sorted((name, value) for name, value in environment.items() if name in _NAMES or name.startswith(_PREFIXES))


def _folder(environment: Mapping[str, str]) -> Path:
    runtime = environment.get("XDG_RUNTIME_DIR", "")
    if runtime.startswith("/") and Path(runtime).is_dir():
        return Path(runtime, "foundry-git")
    cache = environment.get("XDG_CACHE_HOME", "")
    return (Path(cache) if cache.startswith("/") else Path.home() / ".cache") / "foundry-git" / "doors"
