"""Local sockets that only their owner may open, where Python has them."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

TYPE_CHECKING = False  # to import `typing` takes 2 ms, for which a search that a watcher answers would wait
if TYPE_CHECKING:
    import socket

if sys.platform == "win32":
    AVAILABLE = False

    def local_socket() -> socket.socket:
        """Refuse."""
        raise OSError("there are no local sockets here")

    def is_private(found: os.stat_result) -> bool:
        """Trust nothing: who else may open a file is not written in its mode."""
        return False

    def open_folder(folder: Path) -> int:
        """Refuse."""
        raise OSError("a folder cannot be opened here")

else:
    AVAILABLE = True

    def local_socket() -> socket.socket:
        """A new socket that is bound or connected to a path."""
        import socket

        return socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)

    def is_private(found: os.stat_result) -> bool:
        """Tell whether a file is this user's, and nobody else may read or write it."""
        return found.st_uid == os.geteuid() and not stat.S_IMODE(found.st_mode) & 0o077

    def open_folder(folder: Path) -> int:
        """Open a folder itself, not through a link, and return its handle."""
        return os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
