"""What a killed process leaves is swept; what somebody works on is not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from foundry_git import atomic
from foundry_git.system.leftovers import sweep, temporary_file, temporary_folder

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there nothing is swept within the hour")


def test_what_a_killed_process_was_at_is_swept(tmp_path: Path) -> None:
    program = f"""if True:
        import os, signal
        from pathlib import Path
        from foundry_git.system.leftovers import temporary_file, temporary_folder
        with temporary_folder(Path({str(tmp_path)!r})) as folder:
            (folder / "half").write_text("written")
            temporary_file(folder.parent)
            os.kill(os.getpid(), signal.SIGKILL)
    """
    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=60).returncode == -signal.SIGKILL
    assert len(list(tmp_path.iterdir())) == 2

    sweep(tmp_path)

    assert not list(tmp_path.iterdir())


def test_what_somebody_works_on_stays(tmp_path: Path) -> None:
    with temporary_folder(tmp_path) as folder:
        (folder / "half").write_text("written")
        handle, file = temporary_file(tmp_path)

        sweep(tmp_path)

        assert (folder / "half").exists() and file.exists()
        os.close(handle)
    assert not folder.exists()


def test_other_files_and_links_stay(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("mine")
    (tmp_path / ".foundry").mkdir()
    (tmp_path / ".foundry-link").symlink_to(tmp_path / "kept")

    sweep(tmp_path)

    assert sorted(path.name for path in tmp_path.iterdir()) == [".foundry", ".foundry-link", "kept"]


def test_a_file_that_was_written_whole_leaves_nothing(tmp_path: Path) -> None:
    atomic.write_text(tmp_path / "one", "x")

    assert [path.name for path in tmp_path.iterdir()] == ["one"]
