"""A terminal session that really happens: a small repository, the commands that README names, and what they print.

Nothing of what is printed depends on the day, the machine or the user, so two sessions print the same until the commands change.
"""

from __future__ import annotations

import contextlib
import io
import os
import shlex
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from foundry_git.cli.main import main

WIDTH = 92
"""Columns of the terminal: what a README shows without scaling it down much."""

DAYS = '''\
"""Time that is billed."""

from datetime import date, timedelta


def working_days(start: date, end: date, holidays: frozenset[date] = frozenset()) -> int:
    """Count the working days from start to end, both included."""
    days = 0
    while start <= end:
        if start.weekday() < 5 and start not in holidays:
            days += 1
        start += timedelta(days=1)
    return days
'''
BILL = """\
from datetime import date

from billing.time import working_days

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


def to_bill(worked: int) -> int:
    return working_days(FIRST, LAST) - worked
"""
AGAIN = """\
from datetime import date, timedelta


def business_days(since: date, until: date, closed: frozenset[date] = frozenset()) -> int:
    count = 0
    while since <= until:
        if since.weekday() < 5 and since not in closed:
            count += 1
        since += timedelta(days=1)
    return count
"""
STEPS = (
    "git commit -qm 'Bill by working days'",
    "foundry candidates",
    "foundry accept working-days",
    "git add .foundry && git commit -qm 'Add pattern python/working-days'",
    'foundry search "how many business days lie between two dates"',
    "foundry similar invoices/dates.py",
    "foundry outcome working-days --pass",
)


class Terminal(io.StringIO):
    """Keeps what is printed, colours too; progress, which a terminal overwrites, is not drawn."""

    def isatty(self) -> bool:
        """It wants colours."""
        return True


def session() -> list[tuple[str, str]]:
    """Each command with what it printed, in the order of the steps, played in a throw-away repository."""
    with tempfile.TemporaryDirectory(prefix="foundry-session-", ignore_cleanup_errors=True) as folder:
        top = Path(folder) / "shop"
        with _own_environment(Path(folder)):
            _prepare(top)
            with contextlib.chdir(top):
                return [(step, _printed(step)) for step in STEPS]


def _prepare(top: Path) -> None:
    for name, text in (("billing/time.py", DAYS), ("billing/bill.py", BILL), ("invoices/dates.py", AGAIN)):
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text(text, encoding="utf-8")
    _run("git init -q", top)
    with contextlib.chdir(top):
        _printed("foundry init")
        _printed("foundry search anything")  # the starter library is encoded by now, as after the first search of a user
    _run("git add .foundry && git commit -qm 'Start a pattern library' && git add billing", top)


def _printed(step: str) -> str:
    if step.startswith("git"):
        return _run(step, Path())
    terminal, remarks = Terminal(), io.StringIO()
    with contextlib.redirect_stdout(terminal), contextlib.redirect_stderr(remarks):
        code = main(shlex.split(step)[1:])
    printed = remarks.getvalue() + terminal.getvalue()
    if code:
        raise SystemExit(f"{step}: exit code {code}\n{printed}")
    return printed


def _run(line: str, folder: Path) -> str:
    return subprocess.run(["sh", "-c", line], cwd=folder, check=True, capture_output=True, encoding="utf-8").stdout


@contextlib.contextmanager
def _own_environment(home: Path) -> Iterator[None]:
    """Nothing of the user's settings is seen; the cache stays theirs, so that the starter library is encoded once."""
    before = dict(os.environ)
    for name in [name for name in before if name.startswith(("GIT_", "FOUNDRY_")) or name in ("NO_COLOR", "TERM")]:
        del os.environ[name]
    os.environ |= _settings(home)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ |= before


def _settings(home: Path) -> Mapping[str, str]:
    (home / "gitconfig").write_text("[user]\n\tname = Demo\n\temail = demo@example.com\n[init]\n\tdefaultBranch = main\n")
    folders = {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "DATA", "STATE")}
    folders["XDG_CACHE_HOME"] = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    alone = {"FOUNDRY_WORKER": "1"}  # the commands catch up themselves and print the same; no worker outlives the folder
    return folders | alone | {"HOME": str(home), "GIT_CONFIG_GLOBAL": str(home / "gitconfig"), "COLUMNS": str(WIDTH)}
