"""Numbers in words, the same in every form of a report; what is not known is "n/a"."""

from __future__ import annotations

from foundry_git.sessions.comparison import Delta
from foundry_git.sessions.learned import MIN_SESSIONS, Association, LiftSummary
from foundry_git.sessions.metrics import Cost, Metrics, PatternFacts, PatternUse

NOT_KNOWN = "n/a"
_WHY_NO_COST = {True: "no price known for its models", False: "its log counts no tokens"}


def percent(value: float | None) -> str:
    """``87.5 %``."""
    return NOT_KNOWN if value is None else f"{value:.1f} %"


def minutes(value: float | None) -> str:
    """``12.5 min``, ``3 h 20 min``."""
    if value is None:
        return NOT_KNOWN
    return f"{value:.1f} min" if value < 120 else f"{int(value // 60)} h {int(value % 60)} min"


def whole(value: int | None) -> str:
    """``12,345``."""
    return NOT_KNOWN if value is None else f"{value:,}"


def money(value: float | None) -> str:
    """``$1.23``."""
    return NOT_KNOWN if value is None else f"${value:,.2f}"


def cost(found: Cost) -> str:
    """What it cost, and how far that is to be trusted."""
    if found.usd is None:
        return f"{NOT_KNOWN} ({_WHY_NO_COST[bool(found.unpriced)]})"
    if not found.is_estimate:
        return f"{money(found.usd)} (as the session's log states it)"
    left = f"; {found.unpriced:,} tokens without a price" if found.unpriced else ""
    return f"{money(found.usd)} (estimate by list prices of {found.prices_date}{left})"


def cost_source(found: Cost) -> str:
    """Where a cost is from, in few words."""
    if found.usd is None:
        return _WHY_NO_COST[bool(found.unpriced)]
    return f"estimate, prices of {found.prices_date}" if found.is_estimate else "as logged"


def tests(metrics: Metrics) -> str:
    """``12 passed, 1 failed``."""
    found = metrics.tests
    return NOT_KNOWN if found.passed is None else f"{found.passed:,} passed, {found.failed or 0:,} failed"


def compactions(count: int) -> str:
    """``1 compaction``."""
    return _counted(count, "compaction")


def pattern(use: PatternUse) -> str:
    """A pattern by name and version."""
    return f"{use.id}@{use.version}"


def rate(use: PatternUse) -> str:
    """``83 % [55–97 %], 5 of 6 passed``, or that it is too early."""
    if use.mean is None or use.low is None or use.high is None:
        return "not enough evidence"
    return f"{use.mean:.0%} [{100 * use.low:.0f}–{use.high:.0%}], {use.passed} of {use.judged} passed".replace("%", " %")


def fate(use: PatternUse) -> str:
    """What became of a pattern in the session."""
    if not use.adopted:
        return "not adopted"
    return {"pass": "adopted, passed", "fail": "adopted, failed"}.get(use.result, "adopted, outcome unknown")


def receipts(patterns: PatternFacts) -> str:
    """What the receipts of a session held, and how many of them are not known here."""
    said = [f"{_counted(len(patterns.injected), 'pattern')} injected", f"{len(patterns.adopted)} adopted"]
    if patterns.withheld:
        said.append(f"{_counted(len(patterns.withheld), 'prompt')} left without by lot")
    if patterns.unknown:
        said.append(f"{_counted(len(patterns.unknown), 'receipt')} that the evidence here does not know")
    return ", ".join(said)


def association(found: Association) -> str:
    """The association in one sentence, never as an effect."""
    seen = f"{found.adopting} sessions with an adopted pattern, {found.others} without"
    if found.difference is None:
        return f"{seen}: too few to compare ({MIN_SESSIONS} of each are needed)"
    by = f" (correlation {found.correlation:+.2f})" if found.correlation is not None else ""
    differs = f"completion differs by {found.difference:+.1f} points{by}"
    return f"{seen}: {differs}. An association, not an effect: no lot decided which was which"


def lift(found: LiftSummary) -> str:
    """``+12 points [−4, +28]``."""
    low, mid, high = (f"{100 * value:+.0f}".replace("-", "−") for value in (found.low, found.mid, found.high))
    return f"{mid} points [{low}, {high}]"


def number(delta: Delta, value: float | None) -> str:
    """One number of a comparison with its unit."""
    if value is None:
        return NOT_KNOWN
    if delta.unit == "$":
        return money(value)
    text = f"{value:,.0f}" if value == round(value) else f"{value:,.1f}"
    return f"{text} {delta.unit}".strip()


def change(delta: Delta) -> str:
    """The change with its sign, and what it means."""
    if delta.change is None:
        return NOT_KNOWN
    sign = "+" if delta.change > 0 else "−" if delta.change < 0 else "±"
    size = number(delta, abs(delta.change))
    return f"{sign}{size}" + {True: " (better)", False: " (worse)", None: ""}[delta.is_better]


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
