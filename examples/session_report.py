"""Writes the sample reports that docs/sessions.md shows, from the session in examples/session and evidence that is made up.

``python -m examples.session_report``, as ``make docs`` does.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec.structs import replace

from foundry_git.evidence.beta import interval
from foundry_git.sessions.learned import Learned, LiftSummary, SurvivalCurve, Trend, associate
from foundry_git.sessions.log import SessionLog
from foundry_git.sessions.metrics import Checks, PatternFacts, PatternUse, measure
from foundry_git.sessions.prices import shipped_prices
from foundry_git.sessions.reports.markdown import as_markdown
from foundry_git.sessions.reports.page import as_html
from foundry_git.sessions.reports.report import SessionReport
from foundry_git.sessions.session_logs import read_session

HERE = Path(__file__).resolve().parent
DOCS = HERE.parent / "docs"
START, END = "<!-- sample report: written by examples/session_report.py -->\n", "<!-- end of the sample report -->\n"
PAGE = "session-report.html"
RETRY = "python/retry-with-backoff"
CLOCK = "python/monotonic-deadline"


def sample() -> SessionReport:
    """The report of the sample session."""
    log = read_session(HERE / "session")
    metrics = measure(log, shipped_prices(), Checks(91.4, 4, 1), _patterns(log))
    learned = Learned((_trend(),), _survival(), (_lift(),))
    return SessionReport(log.name, (metrics,), metrics.tokens.total, associate([metrics]), learned=learned)


def page(markdown: str) -> str:
    """The documentation page with the sample in its place."""
    text = (DOCS / "sessions.md").read_text(encoding="utf-8")
    before, _, rest = text.partition(START)
    _, _, after = rest.partition(END)
    return f"{before}{START}\n````markdown\n{markdown}````\n\n{END}{after}"


def main() -> None:
    """Write both."""
    report = sample()
    (DOCS / "sessions.md").write_text(page(as_markdown(report)), encoding="utf-8")
    (DOCS / PAGE).write_text(as_html(report), encoding="utf-8")


def _patterns(log: SessionLog) -> PatternFacts:
    low, high = interval(9.0, 3.0, 0.90)
    retry = PatternUse(log.receipts[0], RETRY, 2, "ab" * 32, "ranked", True, "pass", 0.75, low, high, 8, 10)
    return PatternFacts((retry, replace(retry, id=CLOCK, version=1, digest="cd" * 32, adopted=False, result="", mean=None)))


def _trend() -> Trend:
    """A pattern that passes three times of four."""
    first, points, passed, failed = datetime(2026, 9, 1, tzinfo=UTC), [], 1.0, 1.0
    for use in range(24):
        passed, failed = (passed, failed + 1) if use % 4 == 2 else (passed + 1, failed)
        points.append((first + timedelta(days=3.5 * use), passed / (passed + failed), *interval(passed, failed, 0.90)))
    return Trend(f"{RETRY}@2", tuple(points))


def _survival() -> SurvivalCurve:
    steps = ((0, 1.0, 1.0, 1.0), (7, 0.96, 0.91, 0.99), (14, 0.93, 0.86, 0.97), (30, 0.88, 0.79, 0.94), (60, 0.81, 0.70, 0.89))
    return SurvivalCurve(23, 412, (*steps, (90, 0.78, 0.66, 0.87)), (21.0, 45.0, 75.0, 90.0))


def _lift() -> LiftSummary:
    return LiftSummary("all patterns against none", -0.04, 0.11, 0.27, "no difference yet")


if __name__ == "__main__":
    main()
