"""The command line as users run it: a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

Ran = subprocess.CompletedProcess[str]


class CommandLine:
    """Runs ``foundry``; ``folder`` is where, unless a call says otherwise."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(
        self, *args: str, cwd: Path | None = None, input: str | None = None, env: Mapping[str, str] | None = None
    ) -> Ran:
        """Run one command to its end and return exit code, stdout and stderr."""
        return subprocess.run(
            [sys.executable, "-P", "-m", "foundry_git", *args],
            cwd=cwd or self.folder,
            env={**os.environ, **(env or {})},
            input=input or "",
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            check=False,
            timeout=120,
        )
