"""Reports and plots: what stands in them, that they are well-formed, and that nothing of a log is markup in them."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from examples import session_report
from foundry_git.sessions import plots
from foundry_git.sessions.comparison import compare
from foundry_git.sessions.learned import Learned, LiftSummary, SurvivalCurve, Trend, associate
from foundry_git.sessions.log import SessionLog, TokenCounts, Turn
from foundry_git.sessions.metrics import Checks, Metrics, PatternFacts, PatternUse, measure
from foundry_git.sessions.plots import (
    ChartBar,
    Curve,
    Interval,
    bar_chart,
    curve_chart,
    interval_chart,
    number_axis,
    percent_axis,
    time_axis,
)
from foundry_git.sessions.plots.axis import short
from foundry_git.sessions.prices import shipped_prices
from foundry_git.sessions.reports.facts import as_json, session_facts
from foundry_git.sessions.reports.markdown import as_markdown
from foundry_git.sessions.reports.page import as_html
from foundry_git.sessions.reports.report import SessionReport, file_name
from tests import TOP

AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
NASTY = "</title><script>alert(1)</script>\"'&[x](javascript:1)|`\n# x"
USE = PatternUse("r-0123456789ab", "python/retry", 1, "a" * 64, "ranked", True, "pass", 0.75, 0.5, 0.9, 4, 5)
LEARNED = Learned(
    (Trend(NASTY, tuple((AT + timedelta(days=day), 0.5, 0.2, 0.8) for day in range(5))),),
    SurvivalCurve(3, 40, ((0.0, 1.0, 1.0, 1.0), (7.0, 0.9, 0.7, 0.97), (30.0, 0.8, 0.6, 0.9)), (9.0, 40.0)),
    (LiftSummary(NASTY, -0.1, 0.1, 0.3, NASTY),),
)


def session(name: str = "one", day: int = 0, **more: object) -> Metrics:
    turns = tuple(Turn(f"m{number}", "claude-sonnet-4-5", TokenCounts(1000, 500, 20_000 * number)) for number in range(6))
    log = SessionLog(name, "transcript", AT + timedelta(days=day), AT, 7200, 3600, 3, 1, turns, 2, 40, 1, problems=(NASTY,))
    return measure(replace(log, **more), shipped_prices(), Checks(91.25, 10, 0), PatternFacts((USE,)))


def report(sessions: Sequence[Metrics], name: str = "one", is_comparison: bool = False) -> SessionReport:
    deltas = tuple(compare(*sessions)) if is_comparison else ()
    return SessionReport(
        name, tuple(sessions), sum(one.tokens.total or 0 for one in sessions) or None, associate(sessions), deltas, LEARNED
    )


REPORTS = {
    "one": report([session()]),
    "nothing": SessionReport("empty", (measure(SessionLog("empty", "folder", AT), shipped_prices()),), 0, associate([])),
    "several": report([session(f"s{day}", day) for day in range(8)], "all sessions"),
    "compared": report([session("a"), session("b", 1, completed=1)], "a and b", is_comparison=True),
    "nasty": report([session(NASTY)], NASTY),
    "nasty several": report([session(NASTY), session(NASTY, 1)], NASTY),
    "nasty compared": report([session(NASTY), session(NASTY, 1, completed=0)], NASTY, is_comparison=True),
}


class Page(HTMLParser):
    """Checks that every element is closed in its order, and collects what might load or run something."""

    VOID = frozenset({"meta", "br"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.suspects: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name for name, _ in attrs}
        loads = named & {"src", "href", "srcset", "data", "action", "xlink:href"} or any(name.startswith("on") for name in named)
        if tag in ("script", "link", "img", "iframe", "object", "base", "form") or loads:
            self.suspects.append(tag)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.mark.parametrize("name", REPORTS)
def test_a_page_is_whole_loads_nothing_and_runs_nothing(name: str) -> None:
    text = as_html(REPORTS[name])
    page = Page(text)

    assert page.suspects == []
    assert "<script" not in text.lower()
    assert not re.findall(r"url\(|@import", text)
    assert "default-src 'none'" in text
    if name.startswith("nasty"):
        assert "</title><script>alert(1)</script>\"'&[x](javascript:1)|`" in "".join(page.words)


@pytest.mark.parametrize("name", REPORTS)
def test_every_plot_is_xml_that_says_what_it_shows(name: str) -> None:
    found = re.findall(r"<svg.*?</svg>", as_html(REPORTS[name]), re.DOTALL)

    assert (len(found) > 2) == (name != "nothing")
    ids: list[str] = []
    for plot in found:
        drawing = ElementTree.fromstring(plot)
        space = {"s": "http://www.w3.org/2000/svg"}
        title, description = drawing.find("s:title", space), drawing.find("s:desc", space)
        assert title is not None and description is not None and title.text and description.text
        assert drawing.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
        ids.append(str(title.get("id")))
        numbers = re.findall(r' (?:x|y|x1|x2|y1|y2|cx|cy|width|height)="([^"]*)"', plot)
        assert all(-1 <= float(number) <= 1500 for number in numbers)
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("name", REPORTS)
def test_markdown_keeps_what_is_foreign_from_being_markup(name: str) -> None:
    text = as_markdown(REPORTS[name])

    assert text.endswith("\n") and not text.endswith("\n\n")
    assert text.count("\n# ") == 0, "one heading of the first level, at the top"
    assert "<script>" not in text
    assert not re.search(r"(?<!\\)\]\(", text)
    columns = [len(re.findall(r"(?<!\\)\|", line)) for line in text.splitlines() if line.startswith("|")]
    assert len(set(columns)) <= 1


def test_the_report_has_the_plans_shape_and_the_numbers() -> None:
    text = as_markdown(REPORTS["one"])

    assert text.startswith("# Session Analysis: one\n\n## Metrics\n\n- **Completion Rate**: 75.0 % (3 of 4 tasks)\n")
    for line in (
        "- **Context Compactions**: 2",
        "- **Test Coverage**: 91.2 %",
        "- Time per task: 20.0 min",
        "- Tokens per task: 103,000",
        "- python/retry@1: 75 % [50–90 %], 4 of 5 passed",
    ):
        assert f"{line}\n" in text
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        "## Metrics",
        "## Performance",
        "## Pattern Usage",
        "## Recommendations",
        "## Not read",
        "## Lift",
        "## Survival",
    ]


def test_an_empty_session_is_reported_as_not_known() -> None:
    text = as_markdown(REPORTS["nothing"])

    assert "- **Test Coverage**: n/a\n" in text
    assert "None: every number is within its bound." in text
    assert "n/a" in as_html(REPORTS["nothing"])


def test_an_association_is_never_called_an_effect() -> None:
    text = as_markdown(REPORTS["several"])

    assert "8 sessions with an adopted pattern, 0 without: too few to compare" in text
    assert "the change is a description, not the effect of anything" in as_markdown(REPORTS["compared"])


def test_a_comparison_shows_every_number_and_its_change() -> None:
    text = as_markdown(REPORTS["compared"])

    assert "| completion | 75 % | 50 % | −25 % (worse) |" in text
    assert "| tokens per task | 103,000 | 309,000 | +206,000 (worse) |" in text
    found = json.loads(as_json(REPORTS["compared"]))
    assert [one["session"] for one in found["sessions"]] == ["a", "b"]
    assert found["deltas"][0] == {
        "name": "completion",
        "unit": "%",
        "before": 75.0,
        "after": 50.0,
        "change": -25.0,
        "better": False,
    }


def test_json_has_the_seven_groups() -> None:
    found = json.loads(as_json(REPORTS["one"]))

    assert (found["completion"], found["tests"], found["cost_is_estimate"], found["rating"]) == (75.0, 91.25, True, 4)
    assert found["context"].keys() == {"average", "max", "compactions"}
    assert found["time"] == {"total": 120.0, "active": 60.0, "avg_per_task": 20.0}
    assert found["tokens"]["models"] == {"claude-sonnet-4-5": 309_000}
    assert found["patterns"]["top"] == [{"id": "python/retry", "name": "python/retry@1", "success_rate": 75.0}]
    assert isinstance(json.loads(as_json(REPORTS["several"])), list)


@pytest.mark.parametrize(
    ("name", "file"),
    [("a/b\\..", "a-b-.._analysis.md"), ("../../etc/passwd", "etc-passwd_analysis.md"), ("…", "session_analysis.md")],
)
def test_a_name_cannot_lead_a_report_elsewhere(name: str, file: str) -> None:
    assert file_name(report([session()], name), "markdown").strip() == file.replace("-.._", "_")


def test_the_sample_in_the_docs_is_that_of_the_code() -> None:
    sample = session_report.sample()

    docs = TOP / "docs"
    assert (docs / "sessions.md").read_text(encoding="utf-8") == session_report.page(as_markdown(sample))
    assert (docs / session_report.PAGE).read_text(encoding="utf-8") == as_html(sample)


# plots


def test_axes_have_round_ticks_that_hold_all_values() -> None:
    axis = number_axis("x", [3.0, 97.0])
    assert (axis.low, axis.high, [said for _, said in axis.ticks]) == (0.0, 100.0, ["0", "20", "40", "60", "80", "100"])
    assert [said for _, said in number_axis("x", [-0.3, 0.4]).ticks] == ["−0.4", "−0.2", "0.0", "0.2", "0.4"]
    assert [said for _, said in percent_axis("x").ticks] == ["0 %", "25 %", "50 %", "75 %", "100 %"]
    days = [AT + timedelta(days=day) for day in range(0, 40, 3)]
    assert all(re.fullmatch(r"\d{1,2} (Nov|Dec)", said) for _, said in time_axis("day", days).ticks)


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=6))
def test_any_numbers_make_an_axis(values: list[float]) -> None:
    axis = number_axis("x", values)

    slack = 1e-6 * max(map(abs, values)) + 1e-8
    assert axis.low <= min(values) + slack and axis.high >= max(values) - slack
    assert axis.low < axis.high
    assert 2 <= len(axis.ticks) <= 9
    assert all(0.0 <= axis.at(value, 0.0, 1.0) <= 1.0 for value in values)


@given(st.lists(st.datetimes(datetime(2001, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)), min_size=1, max_size=4))
def test_any_moments_make_an_axis(moments: list[datetime]) -> None:
    axis = time_axis("day", moments)

    assert axis.low < axis.high
    assert len(axis.ticks) <= 7


def test_short_numbers() -> None:
    assert [short(value) for value in (0, 950, 12_400, 3_000_000, 2.5e9, -1500)] == [
        "0",
        "950",
        "12.4 k",
        "3 M",
        "2.5 G",
        "−1.5 k",
    ]


def test_a_step_curve_holds_its_value_until_the_next_point() -> None:
    curve = Curve("", ((0.0, 100.0), (10.0, 50.0)), is_step=True)

    plot = curve_chart("t", "n", number_axis("days", [0.0, 10.0]), percent_axis("left"), [curve])

    line = re.search(r'<polyline[^>]*points="([^"]*)"', plot)
    assert line is not None
    (x0, y0), (x1, y1), (x2, y2) = (tuple(map(float, pair.split(","))) for pair in line[1].split())
    assert (y1, x1) == (y0, x2)
    assert x0 < x1 and y0 < y2, "time goes right, and less is lower"


def test_bars_are_as_long_as_their_values_and_a_warning_is_red() -> None:
    plot = bar_chart("t", "n", [ChartBar("a", 10.0), ChartBar("b", 5.0, is_bad=True), ChartBar("c", 0.0)])

    bars = re.findall(r'<rect class="([\w-]+)"[^>]* width="([\d.]+)"', plot)
    assert [kind for kind, _ in bars] == ["fill-a", "fill-bad", "fill-a"]
    assert float(bars[0][1]) == pytest.approx(2 * float(bars[1][1]), abs=0.1)


def test_an_interval_has_its_ends_its_middle_and_the_line_of_no_difference() -> None:
    plot = interval_chart("t", "n", number_axis("points", [-10.0, 10.0]), [Interval("a", -5.0, 0.0, 5.0, "no")], 0.0)

    mark, middle = re.search(r'class="mark" x1="([\d.]+)"', plot), re.search(r'cx="([\d.]+)"', plot)
    assert mark is not None and middle is not None
    assert mark[1] == middle[1]


def test_a_plot_can_stand_alone() -> None:
    plot = plots.standalone(bar_chart(NASTY, "", [ChartBar(NASTY, 1.0)]))

    assert ElementTree.fromstring(plot).find("{http://www.w3.org/2000/svg}style") is not None
    assert "prefers-color-scheme: dark" in plot


@given(st.text(max_size=40), st.lists(st.tuples(st.text(max_size=20), st.floats(-1e6, 1e12)), max_size=5))
def test_a_plot_of_anything_is_well_formed(title: str, bars: list[tuple[str, float]]) -> None:
    ElementTree.fromstring(bar_chart(title, title, [ChartBar(label, value) for label, value in bars]))


def test_tokens_and_cost_that_no_log_tells_are_not_zero() -> None:
    untold = session(turns=())
    one, several = report([untold]), report([untold, session("two", turns=())], "both")

    said = as_markdown(one)
    assert "- **Total Cost**: n/a (its log counts no tokens)\n" in said
    assert "- Total tokens: n/a\n- Tokens per task: n/a\n" in said
    assert "n/a tokens (each message once), n/a together" in as_markdown(several)
    for page in (as_html(one), as_html(several), said):
        assert "$0.00" not in page
    told = session_facts(untold)
    assert (told["tokens"]["total"], told["tokens"]["input"], told["cost"]) == (None, None, None)
