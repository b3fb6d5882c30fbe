from __future__ import annotations

import os
from pathlib import Path


def safe_join(root: str | os.PathLike[str], untrusted: str) -> Path:
    """Return the absolute path of ``untrusted`` below ``root``, with all symbolic links resolved.

    The path need not exist. It is checked as it is now: whoever may write below the root could still place a link there
    between this check and the use of the path.

    Raises ``ValueError`` for a path that is absolute, leads out of the root, names the root itself or cannot be a path.
    """
    base = Path(root).resolve()
    if os.path.isabs(untrusted):
        raise ValueError(f"path is absolute: {untrusted!r}")
    try:
        target = (base / untrusted).resolve()
    except (OSError, RuntimeError, ValueError) as error:  # a loop of links, or a null character
        raise ValueError(f"path cannot be resolved: {untrusted!r}") from error
    if base not in target.parents:
        raise ValueError(f"path is not below its root: {untrusted!r}")
    return target
