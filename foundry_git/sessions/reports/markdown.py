"""A report as Markdown, in the shape that the first plan gave it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from foundry_git.escaping import for_markdown
from foundry_git.sessions.advice import advise, advise_all
from foundry_git.sessions.metrics import Metrics
from foundry_git.sessions.reports import words
from foundry_git.sessions.reports.report import SessionReport


def as_markdown(report: SessionReport) -> str:
    """The report as text, ending in a newline."""
    if report.only:
        lines = _session(report.only, f"# Session Analysis: {for_markdown(report.only.session)}")
    elif report.deltas:
        lines = _comparison(report)
    else:
        lines = _several(report)
    return "\n".join([*lines, *_learned(report)]).rstrip() + "\n"


def _session(metrics: Metrics, heading: str) -> Iterator[str]:
    yield from (heading, "", "## Metrics", "")
    yield f"- **Completion Rate**: {words.percent(metrics.completion)} ({metrics.completed} of {metrics.tasks} tasks)"
    yield f"- **Avg Context Usage**: {words.percent(metrics.context.average)}, at most {words.percent(metrics.context.max)}"
    yield f"- **Context Compactions**: {metrics.context.compactions}"
    yield f"- **Test Coverage**: {words.percent(metrics.tests.coverage)}"
    yield f"- **Tests**: {words.tests(metrics)}"
    yield f"- **Total Cost**: {words.cost(metrics.cost)}"
    yield from ("", "## Performance", "")
    yield f"- Time per task: {words.minutes(metrics.time.avg_per_task)}"
    yield f"- Active time: {words.minutes(metrics.time.active)} of {words.minutes(metrics.time.total)} from first to last"
    yield f"- Total tokens: {words.whole(metrics.tokens.total)}"
    yield f"- Tokens per task: {words.whole(metrics.tokens.per_task)}"
    yield from (f"- {for_markdown(model)}: {tokens:,} tokens" for model, tokens in metrics.tokens.by_model)
    if metrics.tool_calls:
        yield f"- Tool calls: {metrics.tool_calls:,}, of which {metrics.tool_errors:,} failed"
    yield from _pattern_usage(metrics)
    yield from _advice(metrics)
    yield from _problems([metrics])


def _pattern_usage(metrics: Metrics) -> Iterator[str]:
    patterns = metrics.patterns
    yield from ("", "## Pattern Usage", "")
    yield f"{words.receipts(patterns)}."
    if patterns.uses:
        yield from ("", *_table(("pattern", "receipt", "what became of it", "all evidence"), [
            (words.pattern(use), use.receipt, words.fate(use), words.rate(use)) for use in patterns.uses
        ]))  # fmt: skip
    top = patterns.top()
    if top:
        yield from ("", "Most effective patterns:", "")
        yield from (f"- {words.pattern(use)}: {words.rate(use)}" for use in top)


def _advice(metrics: Metrics) -> Iterator[str]:
    yield from ("", "## Recommendations", "")
    found = advise(metrics)
    yield from (f"- {one.rule}: {one.sentence}." for one in found)
    if not found:
        yield "None: every number is within its bound."


def _several(report: SessionReport) -> Iterator[str]:
    tokens, cost = words.whole(report.tokens), words.money(report.cost)
    yield from (f"# Session Analysis: {for_markdown(report.name)}", "")
    yield f"{len(report.sessions)} sessions, {tokens} tokens (each message once), {cost} together (estimate)."
    yield from ("", "## Sessions", "")
    heads = (
        "session",
        "day",
        "completion",
        "avg context",
        "compactions",
        "coverage",
        "time per task",
        "tokens per task",
        "cost",
        "adopted",
    )
    yield from _table(heads, [_row(one) for one in report.sessions])
    yield from ("", "## Pattern Usage", "", f"{words.association(report.association)}.", "", "## Recommendations", "")
    found = advise_all(report.sessions)
    said = [f"- {one.advice.rule}: {for_markdown(one.finding)} ({one.advice.bound}): {one.advice.action}." for one in found]
    yield from said or ["None: every number is within its bound."]
    yield from _problems(report.sessions)


def _comparison(report: SessionReport) -> Iterator[str]:
    before, after = report.sessions
    yield from (f"# Session Comparison: {for_markdown(before.session)} and {for_markdown(after.session)}", "", "## Metrics", "")
    heads = ("", for_markdown(before.session), for_markdown(after.session), "change")
    rows = [(d.name, words.number(d, d.before), words.number(d, d.after), words.change(d)) for d in report.deltas]
    yield from _table(heads, rows)
    yield from ("", "Two sessions differ in their tasks too: the change is a description, not the effect of anything.")
    for one in report.sessions:
        yield from ("", f"## Recommendations for {for_markdown(one.session)}", "")
        yield from [f"- {advice.rule}: {advice.sentence}." for advice in advise(one)] or [
            "None: every number is within its bound."
        ]
    yield from _problems(report.sessions)


def _learned(report: SessionReport) -> Iterator[str]:
    lifts, survival = report.learned.lifts, report.learned.survival
    if lifts:
        yield from ("", "## Lift", "", "Of uses that a lot assigned, so it is an effect:", "")
        yield from (f"- {for_markdown(one.label)}: {words.lift(one)}, {for_markdown(one.verdict)}" for one in lifts)
    if survival and survival.steps:
        days, rate, *_ = survival.steps[-1]
        yield from ("", "## Survival", "")
        seen = f"{survival.lines:,} adopted lines ({survival.adoptions} adoptions)"
        yield f"Of {seen}, {100 * rate:.0f} % are expected to be there after {days:.0f} days."


def _row(metrics: Metrics) -> tuple[str, ...]:
    return (
        for_markdown(metrics.session),
        f"{metrics.at:%Y-%m-%d}",
        words.percent(metrics.completion) if metrics.tasks else words.NOT_KNOWN,
        words.percent(metrics.context.average),
        str(metrics.context.compactions),
        words.percent(metrics.tests.coverage),
        words.minutes(metrics.time.avg_per_task),
        words.whole(metrics.tokens.per_task),
        words.money(metrics.cost.usd),
        str(len(metrics.patterns.adopted)),
    )


def _problems(sessions: Sequence[Metrics]) -> Iterator[str]:
    found = [problem for one in sessions for problem in one.problems]
    if found:
        yield from ("", "## Not read", "", *(f"- {for_markdown(problem)}" for problem in found))


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in (heads, ["---"] * len(heads), *rows)]
