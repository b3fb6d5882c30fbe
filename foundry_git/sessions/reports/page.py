"""A report as one HTML page: nothing is loaded, nothing runs, and everything that comes from a log is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from foundry_git.escaping import for_html
from foundry_git.sessions.advice import advise, advise_all
from foundry_git.sessions.metrics import Metrics
from foundry_git.sessions.plots import STYLE
from foundry_git.sessions.plots.svg import FAMILY
from foundry_git.sessions.reports import words
from foundry_git.sessions.reports.pictures import pictures
from foundry_git.sessions.reports.report import SessionReport

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""What a browser is told: there is a style inside, and nothing else may be loaded or run, whatever got in."""

_STYLE = f"""\
:root {{ color-scheme: light dark;
  --ink: #1f2328; --soft: #59636e; --line: #d8dee4; --card: #f6f8fa; --page: #ffffff; --warn: #b35900; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --ink: #e6edf3; --soft: #9aa5b1; --line: #2d333b; --card: #161b22; --page: #0d1117; --warn: #f0a050; }}
}}
* {{ box-sizing: border-box; }}
body {{ margin: 0 auto; padding: 2.5rem 1.25rem 4rem; max-width: 47rem; background: var(--page); color: var(--ink);
  font: 15px/1.55 {FAMILY}; }}
h1 {{ font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; overflow-wrap: anywhere; }}
h2 {{ font-size: 1.1rem; margin: 2.5rem 0 .75rem; }}
p.soft, footer {{ color: var(--soft); }}
.cards {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .75rem; margin: 1.5rem 0 0; padding: 0; }}
.cards div {{ background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .7rem .85rem; }}
.cards dt {{ color: var(--soft); font-size: .82rem; }}
.cards dd {{ margin: 0; font-size: 1.25rem; font-weight: 600; font-variant-numeric: tabular-nums; }}
.cards small {{ display: block; font-size: .78rem; font-weight: 400; color: var(--soft); }}
ul.advice {{ list-style: none; margin: 0; padding: 0; }}
ul.advice li {{ border-left: 3px solid var(--warn); padding: .15rem 0 .15rem .8rem; margin: 0 0 .7rem; }}
.wide {{ overflow-x: auto; }}
table {{ border-collapse: collapse; width: 100%; font-size: .88rem; font-variant-numeric: tabular-nums; }}
th, td {{ text-align: left; padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }}
th {{ color: var(--soft); font-weight: 600; }}
td {{ overflow-wrap: break-word; }}
figure {{ margin: 0 0 2rem; }}
svg {{ width: 100%; height: auto; display: block; }}
footer {{ margin-top: 3rem; font-size: .85rem; border-top: 1px solid var(--line); padding-top: 1rem; }}
"""


def as_html(report: SessionReport) -> str:
    """The report as text, ending in a newline."""
    title = _title(report)
    body = "\n".join(
        [*_head(report, title), *_advice(report), *_figures(report), *_tables(report), *_problems(report), _foot(report)]
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{for_html(title)}</title>\n<style>\n{_STYLE}{STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _title(report: SessionReport) -> str:
    if report.deltas:
        return f"Session comparison: {report.sessions[0].session} and {report.sessions[1].session}"
    return f"Session analysis: {report.name}"


def _head(report: SessionReport, title: str) -> Iterator[str]:
    yield f"<h1>{for_html(title)}</h1>"
    yield f'<p class="soft">{for_html(_when(report))}</p>'
    if report.only:
        yield _cards(_of_session(report.only))
    elif not report.deltas:
        yield _cards(_of_sessions(report))


def _when(report: SessionReport) -> str:
    if not report.sessions:
        return "no session"
    first, last = report.sessions[0], report.sessions[-1]
    if report.only:
        return f"{first.source}, {f'{first.started:%Y-%m-%d %H:%M} to ' if first.started else ''}{first.at:%Y-%m-%d %H:%M} UTC"
    return f"{len(report.sessions)} sessions, {first.at:%Y-%m-%d} to {last.at:%Y-%m-%d}"


def _of_session(metrics: Metrics) -> Iterator[tuple[str, str, str]]:
    yield "completion", words.percent(metrics.completion), f"{metrics.completed} of {metrics.tasks} tasks"
    yield "context, average", words.percent(metrics.context.average), f"at most {words.percent(metrics.context.max)}"
    yield "compactions", str(metrics.context.compactions), ""
    yield "test coverage", words.percent(metrics.tests.coverage), words.tests(metrics)
    yield "time per task", words.minutes(metrics.time.avg_per_task), f"{words.minutes(metrics.time.active)} active"
    yield "tokens per task", words.whole(metrics.tokens.per_task), f"{words.whole(metrics.tokens.total)} in all"
    yield (
        "cost",
        words.money(metrics.cost.usd),
        words.cost_source(metrics.cost),
    )
    patterns = metrics.patterns
    yield "patterns adopted", str(len(patterns.adopted)), f"of {len(patterns.injected)} injected"


def _of_sessions(report: SessionReport) -> Iterator[tuple[str, str, str]]:
    sessions = report.sessions
    completed, tasks = sum(one.completed for one in sessions), sum(one.tasks for one in sessions)
    yield "sessions", str(len(sessions)), ""
    yield "completion", words.percent(100.0 * completed / tasks if tasks else None), f"{completed:,} of {tasks:,} tasks"
    yield "tokens", words.whole(report.tokens), "each message once"
    yield "cost", words.money(report.cost), "estimate"
    yield (
        "patterns adopted",
        str(sum(len(one.patterns.adopted) for one in sessions)),
        f"of {sum(len(one.patterns.injected) for one in sessions)} injected",
    )


def _cards(cards: Iterable[tuple[str, str, str]]) -> str:
    shown = [
        f"<div><dt>{for_html(name)}</dt><dd>{for_html(value)}{f'<small>{for_html(more)}</small>' if more else ''}</dd></div>"
        for name, value, more in cards
    ]
    return f'<dl class="cards">{"".join(shown)}</dl>'


def _advice(report: SessionReport) -> Iterator[str]:
    if report.deltas or report.only:
        found = [(one, "" if report.only else f"{metrics.session}: ") for metrics in report.sessions for one in advise(metrics)]
        lines = [(f"{whose}{one.finding}", one.bound, one.action) for one, whose in found]
    else:
        lines = [
            (f"{one.advice.rule}, {one.finding}", one.advice.bound, one.advice.action) for one in advise_all(report.sessions)
        ]
    items = [
        f"<li><strong>{for_html(finding)}</strong> ({for_html(bound)})<br>{for_html(action)}</li>"
        for finding, bound, action in lines
    ]
    yield "<h2>Recommendations</h2>"
    yield f'<ul class="advice">{"".join(items)}</ul>' if items else "<p>None: every number is within its bound.</p>"


def _figures(report: SessionReport) -> Iterator[str]:
    drawn = [f"<figure>{picture}</figure>" for picture in pictures(report)]
    if drawn:
        yield from ("<h2>Pictures</h2>", *drawn)


def _tables(report: SessionReport) -> Iterator[str]:
    if report.deltas:
        before, after = report.sessions
        rows = [(d.name, words.number(d, d.before), words.number(d, d.after), words.change(d)) for d in report.deltas]
        yield from ("<h2>Side by side</h2>", _table(("", before.session, after.session, "change"), rows))
        yield '<p class="soft">Two sessions differ in their tasks too: the change is a description, not the effect of anything.</p>'
    elif report.only:
        yield from _pattern_table(report.only)
    else:
        heads = ("session", "day", "completion", "context", "time per task", "tokens per task", "cost", "adopted")
        yield from ("<h2>Sessions</h2>", _table(heads, [_row(one) for one in report.sessions]))
        yield f'<p class="soft">{for_html(words.association(report.association))}.</p>'


def _pattern_table(metrics: Metrics) -> Iterator[str]:
    uses = metrics.patterns.uses
    yield "<h2>Patterns</h2>"
    if not uses:
        yield f"<p>{for_html(words.receipts(metrics.patterns))}.</p>"
        return
    rows = [(words.pattern(use), use.receipt, words.fate(use), words.rate(use)) for use in uses]
    yield _table(("pattern", "receipt", "what became of it", "all evidence"), rows)


def _row(metrics: Metrics) -> tuple[str, ...]:
    return (
        metrics.session,
        f"{metrics.at:%Y-%m-%d}",
        words.percent(metrics.completion) if metrics.tasks else words.NOT_KNOWN,
        words.percent(metrics.context.average),
        words.minutes(metrics.time.avg_per_task),
        words.whole(metrics.tokens.per_task),
        words.money(metrics.cost.usd),
        str(len(metrics.patterns.adopted)),
    )


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{for_html(cell)}</th>' for cell in heads)
    body = "\n".join(f"<tr>{''.join(f'<td>{for_html(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class="wide"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table></div>'


def _problems(report: SessionReport) -> Iterator[str]:
    found = [problem for one in report.sessions for problem in one.problems]
    if found:
        yield from ("<h2>Not read</h2>", f"<ul>{''.join(f'<li>{for_html(problem)}</li>' for problem in found)}</ul>")


def _foot(report: SessionReport) -> str:
    sources = sorted({one.cost.prices_source for one in report.sessions if one.cost.is_estimate})
    prices = f"Cost is an estimate by list prices ({', '.join(sources)}). " if sources else ""
    return f"<footer>{for_html(prices)}Only a randomised comparison tells an effect; everything else here is an association.</footer>"
