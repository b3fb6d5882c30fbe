from __future__ import annotations

import os
import secrets
from pathlib import Path


def atomic_write(path: str | os.PathLike[str], data: str | bytes) -> None:
    """Replace the content of a file in one step, so that every reader sees the old content or the new, never a mix.

    Text is written as UTF-8 with its line ends as they are. An existing file keeps its permissions and a symbolic link
    stays a link. After the call returns, the new content survives a power failure. On an error the old file is intact
    and no temporary file is left.
    """
    target = Path(os.path.realpath(path))
    temporary = target.parent / f".{secrets.token_hex(8)}.tmp"  # same folder: a rename is atomic within one file system
    content = data.encode() if isinstance(data, str) else data
    try:
        with open(temporary, "xb") as stream:
            if target.exists():
                os.chmod(temporary, target.stat().st_mode & 0o777)  # before the first byte: it may be private
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_directory(target.parent)


def _sync_directory(directory: Path) -> None:
    """Make the rename itself durable; where folders cannot be opened (Windows) there is nothing to do."""
    if os.name != "posix":
        return
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
