from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress


def run_with_timeout(
    command: Sequence[str],
    timeout: float,
    *,
    stdin: str = "",
    cwd: str | os.PathLike[str] | None = None,
    env: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a command without a shell and return its exit code and its output as text (UTF-8, bad bytes replaced).

    The command gets a process group of its own. When the seconds are over, or the caller is interrupted, the whole
    group is killed; ``subprocess.run`` would kill only the first process and then wait for the children that still hold
    its pipes. A non-zero exit code is not an error here. POSIX only.

    Raises ``subprocess.TimeoutExpired`` after the group is killed, and ``OSError`` if the command cannot be started.
    """
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=cwd,
        env=env,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    ) as process:
        try:
            output, errors = process.communicate(stdin, timeout=timeout)
        except BaseException:
            with suppress(ProcessLookupError):  # the group has ended in the meantime
                os.killpg(process.pid, signal.SIGKILL)
            raise
    return subprocess.CompletedProcess(command, process.returncode, output, errors)
