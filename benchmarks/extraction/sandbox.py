"""A sandbox for what others wrote: bubblewrap, without a network, and with nothing to write to but one folder."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

INSIDE = "/tmp/alone"


def sandboxed(
    command: Sequence[str],
    folder: Path,
    *,
    may_write: bool = False,
    readable: Sequence[Path] = (),
    environment: Mapping[str, str] | None = None,
) -> list[str]:
    """A command line that runs ``command`` in a sandbox, in ``folder``; ``readable``: what it may read below the machine's /tmp."""
    if shutil.which("bwrap") is None:
        raise SystemExit("bubblewrap is not installed: this compiles and imports what others wrote")
    words = [
        "bwrap",
        "--unshare-all",
        "--die-with-parent",
        "--ro-bind",
        "/",
        "/",
        "--tmpfs",
        "/tmp",
        "--dev",
        "/dev",
        "--proc",
        "/proc",
    ]
    words += [word for path in readable for word in ("--ro-bind", str(path), str(path))]
    words += ["--bind" if may_write else "--ro-bind", str(folder), INSIDE, "--chdir", INSIDE]
    words += [word for name, value in (environment or {}).items() for word in ("--setenv", name, value)]
    return [*words, *command]
