"""``foundry stats --service``: what was asked on this machine in the last days, with counts, and what is odd in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from foundry_git.cli import output
from foundry_git.execution.monitoring import report
from foundry_git.execution.question_log import QuestionLog, Stretch
from foundry_git.git.state_folder import StateFolder
from foundry_git.upkeep.findings import Finding, FindingState
from foundry_git.workspace import Workspace

DAYS = 30
RECENT_DAYS = 7
MOST_ROUTES = 8


def service(workspace: Workspace, as_json: bool) -> int:
    """Print the eight metrics of the last days."""
    found = report(_stretches(workspace, DAYS))
    if as_json:
        output.say_json(found)
        return 0
    if not found["questions"]:
        output.say(f"Nothing was asked in the last {DAYS} days; `foundry ask` and `foundry serve` answer questions.")
        return 0
    latency = found["latency"]
    rows = [
        ("questions", f"{found['questions']:,} in {DAYS} days, {found['without_trigger']:,} without a trigger"),
        ("time", f"median {latency['p50_ms']:.1f} ms, 95 % {latency['p95_ms']:.1f} ms, 99 % {latency['p99_ms']:.1f} ms"),
        (
            "kept answers",
            f"{found['cache_hit_rate']:.0f} % of those that may be kept" if "cache_hit_rate" in found else "none may be kept",
        ),
        ("failures", f"{found['error_rate']:.1f} %"),
        ("tokens", f"{found['tokens']:,}"),
        ("routes", ", ".join(f"{name} {count:,}" for name, count in list(found["routes"].items())[:MOST_ROUTES])),
    ]
    for line in output.table(rows, indent=""):
        output.say(line)
    most = max(day["questions"] for day in found["days"])
    output.say(f"by day  {output.spark([day['questions'] / most for day in found['days']])}  {most:,} at most")
    for sentence in (*found["odd"], *(f"{one['level']}: {one['sentence']}" for one in found["alerts"])):
        output.say(sentence)
    return 0


def service_finding(workspace: Workspace) -> Finding | None:
    """What ``foundry doctor`` says of the service; None where nobody asked it anything lately."""
    found = report(_stretches(workspace, RECENT_DAYS))
    if not found["questions"]:
        return None
    passed = found["alerts"]
    if not passed:
        said = f"{output.counted(found['questions'], 'question')} in {RECENT_DAYS} days, 95 % within {found['p95_ms']:.0f} ms"
        return Finding("service", FindingState.GOOD, said)
    state = FindingState.BAD if any(one["level"] == "critical" for one in passed) else FindingState.NOTE
    return Finding(
        "service", state, "; ".join(one["sentence"] for one in passed), "see `foundry stats --service` and docs/execution.md"
    )


def _stretches(workspace: Workspace, days: int) -> list[Stretch]:
    since = datetime.now(UTC) - timedelta(days=days)
    return [one for one in QuestionLog(StateFolder(workspace.state).questions).read() if one.at >= since]
