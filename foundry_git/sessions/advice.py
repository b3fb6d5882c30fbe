"""Advice: what the numbers of a session suggest, each with the number and the rule that it broke. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from foundry_git.sessions.metrics import Metrics

MAX_CONTEXT = 40.0  # percent, average; with this and the three below the predecessors advised their users
MAX_COMPACTIONS = 5
MIN_COMPLETION = 70.0  # percent
MAX_MINUTES_PER_TASK = 30.0
MIN_COVERAGE = 80.0  # percent; a common bar in continuous integration
MAX_TOOL_ERRORS = 20.0  # percent of the tool calls; agents who know their tools stay below 10
MOST_NAMED = 3  # sessions; more names than that are no advice
MIN_TOOL_CALLS = 20  # below it one error would be a high rate


class Advice(Struct, frozen=True):
    """One recommendation: ``rule`` names it, ``finding`` has the number, ``bound`` what it should be, ``action`` what to do."""

    rule: str
    finding: str
    bound: str
    action: str

    @property
    def sentence(self) -> str:
        """All of it on one line."""
        return f"{self.finding} ({self.bound}): {self.action}"


class Repeated(Struct, frozen=True):
    """What several sessions are advised: the names of those, of how many, and the rule."""

    advice: Advice
    sessions: tuple[str, ...]
    of: int

    @property
    def finding(self) -> str:
        """Which sessions broke the rule, the first few by name."""
        more = f" and {len(self.sessions) - MOST_NAMED} more" if len(self.sessions) > MOST_NAMED else ""
        return f"{len(self.sessions)} of {self.of} sessions: {', '.join(self.sessions[:MOST_NAMED])}{more}"


def advise_all(sessions: Sequence[Metrics]) -> list[Repeated]:
    """What several sessions are advised, the rule broken most often first."""
    found: dict[str, list[tuple[str, Advice]]] = {}
    for metrics in sessions:
        for advice in advise(metrics):
            found.setdefault(advice.rule, []).append((metrics.session, advice))
    repeated = [Repeated(broken[0][1], tuple(name for name, _ in broken), len(sessions)) for broken in found.values()]
    return sorted(repeated, key=lambda one: -len(one.sessions))


def advise(metrics: Metrics) -> list[Advice]:
    """What to change, in the order of the metrics; empty where every number is within its bound."""
    return [*_of_tasks(metrics), *_of_context(metrics), *_of_tests(metrics), *_of_time(metrics), *_of_patterns(metrics)]


def _of_tasks(metrics: Metrics) -> Iterator[Advice]:
    if metrics.tasks and metrics.completion < MIN_COMPLETION:
        finding = f"completion is {metrics.completion:.0f} % ({metrics.completed} of {metrics.tasks} tasks)"
        yield Advice("completion", finding, f"at least {MIN_COMPLETION:.0f} %", "plan fewer or smaller tasks for one session")


def _of_context(metrics: Metrics) -> Iterator[Advice]:
    context = metrics.context
    if context.average is not None and context.average > MAX_CONTEXT:
        finding, action = (
            f"average context use is {context.average:.0f} %",
            "split the work, or hand files over by name instead of text",
        )
        yield Advice("context", finding, f"at most {MAX_CONTEXT:.0f} %", action)
    if context.compactions > MAX_COMPACTIONS:
        finding, action = (
            f"the context was compacted {context.compactions} times",
            "start a new session for each part of the work",
        )
        yield Advice("compactions", finding, f"at most {MAX_COMPACTIONS}", action)


def _of_tests(metrics: Metrics) -> Iterator[Advice]:
    tests = metrics.tests
    if tests.failed:
        finding = f"{tests.failed} of {tests.failed + (tests.passed or 0)} tests failed at the end"
        yield Advice("tests", finding, "none", "let the tests pass before the session ends")
    if tests.coverage is not None and tests.coverage < MIN_COVERAGE:
        finding = f"test coverage is {tests.coverage:.0f} %"
        yield Advice("coverage", finding, f"at least {MIN_COVERAGE:.0f} %", "ask for tests of what is not run yet")


def _of_time(metrics: Metrics) -> Iterator[Advice]:
    minutes = metrics.time.avg_per_task
    if minutes is not None and minutes > MAX_MINUTES_PER_TASK:
        finding = f"a task took {minutes:.0f} minutes on average"
        yield Advice(
            "time", finding, f"at most {MAX_MINUTES_PER_TASK:.0f}", "cut the tasks so that each ends with a test that passes"
        )
    errors = 100.0 * metrics.tool_errors / metrics.tool_calls if metrics.tool_calls >= MIN_TOOL_CALLS else 0.0
    if errors > MAX_TOOL_ERRORS:
        finding = f"{metrics.tool_errors} of {metrics.tool_calls} tool calls failed"
        action = "look for a command or permission that fails again and again"
        yield Advice("tools", finding, f"at most {MAX_TOOL_ERRORS:.0f} %", action)


def _of_patterns(metrics: Metrics) -> Iterator[Advice]:
    patterns = metrics.patterns
    if patterns.injected and not patterns.adopted:
        finding = f"{len(patterns.injected)} patterns were shown and none was adopted"
        action = "say with `foundry outcome RECEIPT --used ID` what was used, or commit and analyse again"
        yield Advice("adoption", finding, "at least one", action)
