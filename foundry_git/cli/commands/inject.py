"""``foundry inject``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from foundry_git.cli import output
from foundry_git.cli.command_workspace import opened
from foundry_git.errors import UsageError
from foundry_git.index.document import Document
from foundry_git.injection.prompt import WITHHELD, Injection, inject
from foundry_git.pattern.naming import is_counted


def run(options: argparse.Namespace) -> int:
    """Put patterns into a prompt; what was put there is said on stderr."""
    if not options.task.strip():
        raise UsageError("--task: is empty; say in your own words what is to be done")
    prompt = _prompt(options.prompt)
    with opened(options, wake=True) as workspace:
        injection = inject(workspace, prompt, options.task, options.session, output.ProgressBar)
    if options.json:
        output.say_json(_as_json(injection))
        return 0
    output.say_raw(injection.prompt)
    if injection.arm == WITHHELD:
        output.remark(f"receipt {injection.receipt}: withheld by lot (injection.holdout); the prompt is unchanged")
        output.remark(f"afterwards: foundry outcome {injection.receipt} --pass | --fail")
    elif injection.receipt:
        names = ", ".join(_named(one.hit.document) for one in injection.chosen)
        output.remark(f"receipt {injection.receipt}: {names}")
        output.remark(f"afterwards: foundry outcome {injection.receipt} --pass | --fail [--used ID …]")
    else:
        output.remark(f"{injection.reason}; the prompt is unchanged")
    return 0


def _named(document: Document) -> str:
    origin = f" ({document.origin_path})" if is_counted(document.id) and document.origin_path else ""
    return f"{document.id}@{document.version}{origin}"


def _prompt(place: str | None) -> str:
    if place is None and sys.stdin.isatty():
        return ""
    if place in (None, "-"):
        return sys.stdin.buffer.read().decode("utf-8", "surrogateescape")
    path = Path(str(place))
    if not path.is_file():
        raise UsageError(f"{path}: no such file; name the prompt's file, or `-` for stdin")
    return path.read_bytes().decode("utf-8", "surrogateescape")


def _as_json(injection: Injection) -> dict[str, object]:
    return {
        "prompt": injection.prompt.encode("utf-8", "surrogateescape").decode("utf-8", "replace"),
        "receipt": injection.receipt,
        "arm": injection.arm,
        "reason": injection.reason,
        "patterns": [
            {
                "id": one.hit.document.id,
                "version": one.hit.document.version,
                "library": one.hit.document.library,
                "digest": one.hit.document.digest,
                "rank": rank,
                "score": round(one.hit.score, 6),
                "relevance": round(one.hit.relevance, 4),
                "slot": one.slot,
                "propensity": one.propensity,
            }
            for rank, one in enumerate(injection.chosen, 1)
        ],
    }
