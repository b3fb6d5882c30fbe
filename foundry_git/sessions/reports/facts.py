"""A report as JSON: the seven groups of the first plan under their names, and beside them what more there is."""

from __future__ import annotations

from typing import Any

from foundry_git.escaping import for_json
from foundry_git.sessions.advice import advise
from foundry_git.sessions.learned import Association
from foundry_git.sessions.log import KINDS
from foundry_git.sessions.metrics import Metrics, PatternFacts, PatternUse
from foundry_git.sessions.reports.report import SessionReport


def session_facts(metrics: Metrics, association: Association | None = None) -> dict[str, Any]:
    """One session: ``completion``, ``tests`` (coverage) and ``cost`` are numbers or None, the other groups mappings."""
    return {
        "session": metrics.session,
        "project": metrics.project or None,
        "source": metrics.source,
        "at": metrics.at.isoformat(),
        "started": metrics.started.isoformat() if metrics.started else None,
        "completion": round(metrics.completion, 2),
        "completed": metrics.completed,
        "tasks": metrics.tasks,
        "context": {
            "average": _rounded(metrics.context.average),
            "max": _rounded(metrics.context.max),
            "compactions": metrics.context.compactions,
        },
        "tests": _rounded(metrics.tests.coverage),
        "tests_passed": metrics.tests.passed,
        "tests_failed": metrics.tests.failed,
        "time": {
            "total": _rounded(metrics.time.total),
            "active": _rounded(metrics.time.active),
            "avg_per_task": _rounded(metrics.time.avg_per_task),
        },
        "tokens": {
            "total": metrics.tokens.total,
            "per_task": metrics.tokens.per_task,
            **{kind: getattr(metrics.tokens.by_kind, kind) if metrics.tokens.total else None for kind in KINDS},
            "models": dict(metrics.tokens.by_model),
        },
        "cost": metrics.cost.usd,
        "cost_is_estimate": metrics.cost.is_estimate,
        "prices_date": metrics.cost.prices_date,
        "prices_source": metrics.cost.prices_source,
        "unpriced_tokens": metrics.cost.unpriced,
        "patterns": _patterns(metrics.patterns, association),
        "tool_calls": metrics.tool_calls,
        "tool_errors": metrics.tool_errors,
        "rating": metrics.rating,
        "recommendations": [_advice(one.rule, one.finding, one.bound, one.action) for one in advise(metrics)],
        "problems": list(metrics.problems),
    }


def report_facts(report: SessionReport) -> Any:
    """One session as an object, two with their deltas as an object, several as a list."""
    if report.deltas:
        deltas = [
            {
                "name": d.name,
                "unit": d.unit,
                "before": _rounded(d.before),
                "after": _rounded(d.after),
                "change": _rounded(d.change),
                "better": d.is_better,
            }
            for d in report.deltas
        ]
        return {"sessions": [session_facts(one) for one in report.sessions], "deltas": deltas}
    if report.only:
        return session_facts(report.only)
    return [session_facts(one, report.association) for one in report.sessions]


def as_json(report: SessionReport) -> str:
    """The report as text, ending in a newline."""
    return for_json(report_facts(report)) + "\n"


def _patterns(patterns: PatternFacts, association: Association | None) -> dict[str, Any]:
    return {
        "used": len(patterns.adopted),
        "injected": len(patterns.injected),
        "withheld": len(patterns.withheld),
        "unknown_receipts": len(patterns.unknown),
        "effectiveness": _rounded(patterns.effectiveness),
        "correlation": association.correlation if association else None,
        "top": [_top(use) for use in patterns.top()],
        "uses": [_use(use) for use in patterns.uses],
    }


def _top(use: PatternUse) -> dict[str, Any]:
    return {
        "id": use.id,
        "name": f"{use.id}@{use.version}",
        "success_rate": _rounded(None if use.mean is None else 100.0 * use.mean),
    }


def _use(use: PatternUse) -> dict[str, Any]:
    return {
        "receipt": use.receipt,
        "id": use.id,
        "version": use.version,
        "digest": use.digest,
        "slot": use.slot,
        "adopted": use.adopted,
        "result": use.result or None,
    }


def _advice(rule: str, finding: str, bound: str, action: str) -> dict[str, str]:
    return {"rule": rule, "finding": finding, "bound": bound, "action": action}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
