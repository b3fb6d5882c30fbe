"""``foundry library check``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from foundry_git.cli import output
from foundry_git.cli.command_workspace import opened, warn_of_words_alone
from foundry_git.errors import UsageError
from foundry_git.library.queries import Query
from foundry_git.review.check import check, readable
from foundry_git.workspace import Workspace

if TYPE_CHECKING:
    from foundry_git.review.library_alone import Answered
    from foundry_git.review.query_regression import QueryComparison, QueryReport
    from foundry_git.search.evaluation import Figures


NAMED = 10
"""How many added or removed queries are named on a terminal: the first queries.yaml adds all of its own."""


def run(options: argparse.Namespace) -> int:
    """Report every problem of the library, and on demand what its queries get."""
    if options.base is not None and not options.queries:
        raise UsageError("--base compares what the queries get; add --queries")
    with opened(options) as workspace:
        count, problems = check(workspace)
        rows = [{"path": str(p.path), "problem": p.sentence} for p in problems]
        if not options.json:
            top = workspace.need_library().root
            for problem in problems:
                output.say(readable(problem, top))
            output.say(f"{output.counted(count, 'version')} read, {output.counted(len(problems), 'problem')} in {top}")
        report = _asked(workspace, options.base) if options.queries else None
    if options.json:
        output.say_json({"problems": rows, "queries": _as_json(report)} if report else rows)
    elif report:
        _print(report)
    return 1 if problems or (report and report.findings) else 0


def _asked(workspace: Workspace, base: str | None) -> QueryReport:
    from foundry_git.review.query_regression import examine

    report = examine(workspace, base, output.ProgressBar("encoding"))
    if not report.by_meaning:
        warn_of_words_alone(workspace.settings.encoder)
    return report


def _print(report: QueryReport) -> None:
    figures, compared = report.figures, report.comparison
    failing = [one for one in report.answers if not one.passed]
    output.say(f"{_counted(report.answers)}, {figures.unanswerable} of them to be left without an answer")
    for line in output.table(_rows(figures)):
        output.say(line)
    if failing:
        output.say()
        output.say(f"{len(failing)} of them fail:")
        _say_each(failing)
    if compared:
        _print_comparison(compared)
    for finding in report.findings:
        output.say(f"{output.styled('✗', 'red')} {finding}")


def _print_comparison(compared: QueryComparison) -> None:
    output.say()
    output.say(f"At {compared.commit[:10]}, and now, of the queries that could pass there:")
    pairs = zip(_rows(compared.before), _rows(compared.now), strict=True)
    for line in output.table([(name, was, now) for (name, was), (_, now) in pairs]):
        output.say(line)
    if compared.lost:
        output.say()
        output.say(f"{len(compared.lost)} passed there and fail now:")
        _say_each(compared.lost)
    for said, queries in (("added since", compared.added), ("taken out since", compared.gone)):
        if queries:
            output.say()
            output.say(f"{output.counted(len(queries), 'query')} {said}:")
            for query in queries:
                output.say(f"  {_quoted(query)}")
    output.say()


def _say_each(answers: Sequence[Answered]) -> None:
    for one in answers:
        output.say(f"  {_quoted(one.query)}")
        output.say(f"      {_expected(one.query)}; {_got(one)}")


def _rows(figures: Figures) -> list[tuple[str, str]]:
    from foundry_git.search.evaluation import tokens

    mean, most = figures.mean_characters, figures.most_characters
    return [
        *((name.replace("_", " "), f"{rate:.3f}") for name, rate in figures.rates.items()),
        ("injected, mean", f"{mean:,.0f} characters, about {tokens(mean):,} tokens"),
        ("injected, most", f"{most:,} characters, about {tokens(most):,} tokens"),
    ]


def _counted(queries: Sequence[object]) -> str:
    return "1 query" if len(queries) == 1 else f"{len(queries):,} queries"


def _quoted(query: Query) -> str:
    return f"“{query.ask}”" + (f" ({query.language})" if query.language else "")


def _expected(query: Query) -> str:
    return f"expected {' or '.join(query.expect)}" if query.expect else "expected nothing"


def _got(one: Answered) -> str:
    if one.first is None:
        return "nothing came near"
    first, outcome = f"{one.first.document.id} ({one.first.relevance:.0%})", one.outcome
    if not outcome.shown:
        return f"nothing was shown, nearest was {first}"
    place = f", the expected one was number {outcome.rank}" if outcome.rank else ", the expected one was not shown"
    return f"first was {first}{place if outcome.expected else ''}"


def _as_json(report: QueryReport) -> dict[str, object]:
    compared = report.comparison
    answer: dict[str, object] = {
        "by_meaning": report.by_meaning,
        "figures": _figures_as_json(report.figures),
        "failing": [_answered_as_json(one) for one in report.answers if not one.passed],
        "findings": list(report.findings),
    }
    if compared:
        answer["base"] = {
            "commit": compared.commit,
            "figures": _figures_as_json(compared.before),
            "figures_now": _figures_as_json(compared.now),
            "lost": [_answered_as_json(one) for one in compared.lost],
            "won": [_answered_as_json(one) for one in compared.won],
            "added": [query.ask for query in compared.added],
            "gone": [query.ask for query in compared.gone],
        }
    return answer


def _figures_as_json(figures: Figures) -> dict[str, object]:
    from foundry_git.search.evaluation import tokens

    return {
        "answerable": figures.answerable,
        "unanswerable": figures.unanswerable,
        "rates": {name: round(rate, 6) for name, rate in figures.rates.items()},
        "injected": {
            "mean_characters": round(figures.mean_characters, 1),
            "most_characters": figures.most_characters,
            "mean_tokens": tokens(figures.mean_characters),
            "most_tokens": tokens(figures.most_characters),
        },
    }


def _answered_as_json(one: Answered) -> dict[str, object]:
    first = one.first
    return {
        "ask": one.query.ask,
        "language": one.query.language,
        "expect": list(one.query.expect),
        "shown": list(one.outcome.shown),
        "rank": one.outcome.rank,
        "first": {"id": first.document.id, "relevance": round(first.relevance, 4)} if first else None,
        "characters": one.outcome.characters,
    }
