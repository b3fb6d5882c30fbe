"""The command line within the test's own process, where a hundred commands would spend their time on starting Python."""

from __future__ import annotations

from pathlib import Path

import pytest

from foundry_git.cli.main import main


class Here:
    """Commands in one folder, run within this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._capsys = capsys
        self._monkeypatch = monkeypatch

    def __call__(self, folder: Path, *arguments: str) -> tuple[int, str, str]:
        """Exit code, stdout and stderr of ``foundry ARGUMENTS``."""
        self._monkeypatch.chdir(folder)
        self._capsys.readouterr()
        code = main(arguments)
        return code, *self._capsys.readouterr()
