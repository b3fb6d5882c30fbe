"""The options of the commands of two words."""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from foundry_git.cli.command_options import Options, add_json

STATES = ("pending", "validated", "quarantined")
DECISION_REASONS = ("reviewed", "tested", "unsafe", "wrong", "outdated", "superseded", "licence", "other")


def add_run_options(run: argparse.ArgumentParser) -> None:
    """Add what ``foundry evidence run`` is told."""
    run.usage = f"{run.prog} [-h] -- COMMAND ..."
    run.add_argument("--ended", type=int, help=argparse.SUPPRESS)  # of the plugin for pytest: how a run ended that was not ours
    run.add_argument("--junit", nargs=1, default=[], help=argparse.SUPPRESS)
    run.add_argument("--selection", action="store_true", help=argparse.SUPPRESS)
    run.add_argument("words", nargs=argparse.REMAINDER, metavar="-- COMMAND", help="the command and its arguments")


def add_collect_options(collect: argparse.ArgumentParser) -> None:
    """Add what ``foundry evidence collect`` is told."""
    for name, what in (
        ("junit", "JUnit XML reports, or folders of them"),
        ("coverage", "coverage: Cobertura XML, Clover, SonarQube, coverage.py's JSON, lcov"),
    ):
        collect.add_argument(f"--{name}", nargs="+", action="extend", default=[], metavar="FILE", help=what)
    where = collect.add_mutually_exclusive_group()
    where.add_argument("--commit", metavar="REV", help="the commit that was tested (default: the build's commits, else HEAD)")
    where.add_argument("--range", metavar="A..B", help="the commits that were tested")
    collect.add_argument("--status", choices=("success", "failure", "cancelled", "skipped"), help="how the job ended")
    collect.add_argument("--save", metavar="FILE", help="write the events to a file too, for `foundry evidence sync --import`")
    add_json(collect)


def _decide(decide: argparse.ArgumentParser) -> None:
    decide.add_argument("id", metavar="ID")
    decide.add_argument(
        "state", choices=STATES, metavar="STATE", help="validated or quarantined, whatever the evidence; pending: by it again"
    )
    decide.add_argument("--reason", choices=DECISION_REASONS, required=True, help="why; kept with the decision")


def _withdraw(withdraw: argparse.ArgumentParser) -> None:
    withdraw.add_argument("event", metavar="EVENT", help="the first digits of its id, as `foundry stats ID` shows it")


def add_sync_options(sync: argparse.ArgumentParser) -> None:
    """Add what ``foundry evidence sync`` is told."""
    sync.add_argument(
        "remote",
        nargs="?",
        default="",
        metavar="REMOTE",
        help="default: that of the current branch, else origin, else the only one",
    )
    sync.add_argument(
        "--import",
        dest="files",
        nargs="+",
        action="extend",
        default=[],
        metavar="FILE",
        help="take in events that another machine saved, such as a CI run, one on each line; `-`: stdin; with no REMOTE nothing else",
    )
    sync.add_argument("--yes", action="store_true", help="agree to the first push to a remote, which is asked for otherwise")
    sync.add_argument(
        "--background",
        choices=("yes", "no"),
        help="may the worker sync on its own, at most once an hour? with no REMOTE nothing else",
    )
    add_json(sync)


def add_check_options(check: argparse.ArgumentParser) -> None:
    """Add what ``foundry library check`` is told."""
    check.add_argument("--queries", action="store_true", help="ask the queries of queries.yaml too, and report what they get")
    check.add_argument("--base", metavar="REV", help="with --queries: what got worse since that revision of the library")
    add_json(check)


def _migrate(migrate: argparse.ArgumentParser) -> None:
    migrate.add_argument("--dry-run", action="store_true", help="say what would be written, write nothing")


def add_analyze_options(analyze: argparse.ArgumentParser) -> None:
    """Add what ``foundry agent analyze`` is told."""
    analyze.add_argument(
        "session", nargs="?", metavar="SESSION", help="a session folder, a transcript, or a session's name (default: the latest)"
    )
    analyze.add_argument("--recent", type=int, metavar="N", help="the latest N sessions together")
    analyze.add_argument("--compare", nargs=2, metavar=("A", "B"), help="two sessions side by side")
    analyze.add_argument("--all", action="store_true", help="all sessions of this project together")
    analyze.add_argument(
        "--format", choices=("markdown", "html", "json"), default="markdown", help="of the report (default: markdown)"
    )
    analyze.add_argument(
        "--output",
        metavar="PATH",
        help="the report's file or folder, `-`: stdout (default: checkpoints/sessions/ of the repository)",
    )
    analyze.add_argument(
        "--transcripts", metavar="DIR", help="the folder of the sessions (default: this project's, of Claude Code)"
    )
    add_json(analyze)


GROUP_OPTIONS: Mapping[str, Mapping[str, Options]] = {
    "evidence": {
        "run": add_run_options,
        "collect": add_collect_options,
        "decide": _decide,
        "withdraw": _withdraw,
        "sync": add_sync_options,
    },
    "library": {"check": add_check_options, "migrate": _migrate},
    "agent": {"analyze": add_analyze_options},
}
"""Group → action → what it is told."""
