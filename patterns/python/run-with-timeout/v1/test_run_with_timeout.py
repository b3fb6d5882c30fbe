from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from run_with_timeout import run_with_timeout

PATIENCE = 60.0  # seconds; only a command that should end at once gets it


def test_returns_exit_code_and_both_outputs() -> None:
    result = run_with_timeout(["sh", "-c", "echo out; echo err >&2; exit 3"], PATIENCE)

    assert (result.returncode, result.stdout, result.stderr) == (3, "out\n", "err\n")


def test_passes_input_folder_and_environment(tmp_path: Path) -> None:
    result = run_with_timeout(
        ["/bin/sh", "-c", 'cat; pwd; echo "$NAME"'], PATIENCE, stdin="in\n", cwd=tmp_path, env={"NAME": "value"}
    )

    assert result.stdout.splitlines() == ["in", os.path.realpath(tmp_path), "value"]


def test_a_command_that_reads_its_input_gets_the_end_of_it() -> None:
    assert run_with_timeout(["cat"], PATIENCE).stdout == ""


def test_arguments_are_not_read_by_a_shell() -> None:
    assert run_with_timeout(["echo", "$HOME; *"], PATIENCE).stdout == "$HOME; *\n"


def test_output_larger_than_a_pipe_does_not_block() -> None:
    code = "import sys; sys.stderr.write('e' * 300_000); sys.stdout.write('o' * 300_000)"

    result = run_with_timeout([sys.executable, "-c", code], PATIENCE)

    assert (len(result.stdout), len(result.stderr)) == (300_000, 300_000)


def test_bytes_that_are_not_text_are_replaced() -> None:
    assert run_with_timeout(["printf", r"a\377b"], PATIENCE).stdout == "a\ufffdb"


def test_a_timeout_kills_the_children_too(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    child = f"exec 3>'{pipe}'; echo started >&3; sleep 5; echo survived >&3"

    with pytest.raises(subprocess.TimeoutExpired):
        run_with_timeout(["sh", "-c", f"({child}) & wait"], timeout=0.3)

    os.set_blocking(reader, True)
    with open(reader) as stream:
        assert "survived" not in stream.read()  # reads until nobody holds the other end any more


def test_a_timeout_kills_a_command_that_ignores_the_request_to_end(tmp_path: Path) -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        run_with_timeout(["sh", "-c", "trap '' TERM INT HUP; sleep 3; touch survived"], timeout=0.3, cwd=tmp_path)

    assert os.listdir(tmp_path) == []


def test_a_timeout_is_reported_when_the_input_is_not_read() -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        run_with_timeout(["sleep", "60"], timeout=0.1, stdin="x" * 300_000)


def test_a_missing_command_is_reported() -> None:
    with pytest.raises(FileNotFoundError):
        run_with_timeout(["no-such-command-here"], PATIENCE)
