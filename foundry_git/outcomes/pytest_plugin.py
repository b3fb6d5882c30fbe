"""A plugin for pytest that records, after a run of its own process, what the tests say of adopted patterns.

It does nothing unless ``--foundry`` or ``foundry = true`` asks for it. It imports nothing of ours: pytest loads it in every project of
an environment. Under xdist only the controller records.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

if TYPE_CHECKING:
    import pytest

SECONDS = 30  # for a process that takes 0.5; a run is never held up for longer


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the switch."""
    group = parser.getgroup("foundry")
    group.addoption("--foundry", action="store_true", default=False, help="tell foundry how the tests ended")
    parser.addini("foundry", "tell foundry how the tests ended", type="bool", default=False)


def pytest_configure(config: pytest.Config) -> None:
    """Begin to listen, where that is asked for and this is no worker of xdist."""
    if (config.getoption("foundry") or config.getini("foundry")) and not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Recorder(config), "foundry-recorder")


class _Recorder:
    """Hears how each test ended, the worst of its phases, and tells it at the end.

    A test that is set up again is run again, which plugins do with one that failed: it is flaky where it passes then. Subtests have
    their test's name, and one that fails makes it fail.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._begun: set[str] = set()
        self._again: set[str] = set()
        self._results: dict[str, str] = {}

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Take in a file that could not be loaded."""
        if report.failed:
            self._results[report.nodeid] = "error"

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in one phase of one test."""
        name, before = report.nodeid, self._results.get(report.nodeid, "")
        if report.when == "setup":
            (self._again if name in self._begun else self._begun).add(name)
        if report.failed:
            self._results[name] = "failure"
        elif before == "failure" or hasattr(report, "context"):  # a subtest
            return
        elif report.skipped:
            self._results[name] = "skipped"
        elif report.passed and report.when == "call":
            self._results[name] = "flakyFailure" if name in self._again else before or "passed"

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """Let a process of its own record the run; whatever becomes of it changes nothing here."""
        if not self._results or self._config.option.collectonly:  # there are none, or they were only listed
            return
        folder = Path(self._config.invocation_params.dir)
        with tempfile.TemporaryDirectory(prefix="foundry-") as scratch:
            report = Path(scratch) / "report.xml"
            report.write_text(_junit(self._results), encoding="utf-8")
            words = ["--ended", str(int(exitstatus)), "--junit", str(report), *(["--selection"] if self._is_selection() else [])]
            try:
                subprocess.run(
                    [sys.executable, "-P", "-m", "foundry_git", "evidence", "run", *words, "--", "pytest"],
                    cwd=folder,
                    stdin=subprocess.DEVNULL,
                    capture_output=True,
                    timeout=SECONDS,
                    check=False,
                )
            except (OSError, subprocess.SubprocessError):
                pass

    def _is_selection(self) -> bool:
        option = self._config.option
        chosen = (getattr(option, name, None) for name in ("keyword", "markexpr", "lf", "stepwise", "deselect", "ignore"))
        return any(chosen) or any("::" in str(word) for word in self._config.args)


def _junit(results: dict[str, str]) -> str:
    cases = (
        f"<testcase classname={quoteattr(_classname(name))} name={quoteattr(_plain(name.rpartition('::')[2]))}>"
        f"{'' if result == 'passed' else f'<{result}/>'}</testcase>"
        for name, result in results.items()
    )
    return f"<testsuite>{''.join(cases)}</testsuite>"


def _classname(nodeid: str) -> str:
    return _plain(nodeid.rpartition("::")[0].replace(".py", "").replace("/", ".").replace("::", "."))


def _plain(text: str) -> str:
    """Without what XML cannot hold: parameters of tests may be any text."""
    return "".join(character if character.isprintable() else "?" for character in text)
