"""Gitleaks: a second secret screen, run where this user's own configuration asks for it and the program is on PATH.

It only adds to our own screen, which always runs: without the program, or when it fails or takes too long, nothing is held up. Text
goes to it on standard input and only the names of rules come back.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from typing import Any

from foundry_git.git.environment import clean
from foundry_git.library.candidates import Candidate

PROGRAMS = ("gitleaks", "betterleaks")
_ARGUMENTS = (
    "stdin",
    "--no-banner",
    "--redact=100",
    "--exit-code=0",
    "--report-format=json",
    "--report-path=-",
    "--log-level=error",
)
TIMEOUT_SECONDS = 10.0
MOST_OUTPUT = 4 * 1024 * 1024  # bytes of its report that are read; a finding has about 400

log = logging.getLogger(__name__)


def text_of(candidate: Candidate) -> str:
    """All that is stored of a candidate, as one text."""
    return "\n".join(content.decode("utf-8", "replace") for content in candidate.files().values())


def rules_in(texts: Mapping[str, str]) -> dict[str, list[str]]:
    """The names of the rules that are hit in each text, sorted; texts without a hit are left out. One run for all of them."""
    program = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    if program is None or not texts:
        return {}
    firsts, line = [], 1
    for text in texts.values():
        firsts.append(line)
        line += text.count("\n") + 1
    hits: dict[str, set[str]] = {}
    for rule, at in _findings(program, "\n".join(texts.values())):
        name = list(texts)[sum(1 for first in firsts if first <= at) - 1]
        hits.setdefault(name, set()).add(rule)
    return {name: sorted(rules) for name, rules in hits.items()}


def _findings(program: str, text: str) -> Sequence[tuple[str, int]]:
    """Rule and line of each finding; the line is 1 where the report names none."""
    try:
        with tempfile.TemporaryDirectory(
            prefix="foundry-"
        ) as nowhere:  # in the repository it would obey a tracked .gitleaks.toml
            done = subprocess.run(
                [program, *_ARGUMENTS],
                cwd=nowhere,
                input=text.encode("utf-8", "replace"),
                capture_output=True,
                check=False,
                timeout=TIMEOUT_SECONDS,
                env=clean(os.environ),
            )
        report: Any = json.loads(done.stdout[:MOST_OUTPUT] or b"[]")
    except (OSError, subprocess.TimeoutExpired, ValueError, RecursionError) as error:
        log.warning("%s did not answer (%s); only the own screen was run", program, type(error).__name__)
        return ()
    if done.returncode or not isinstance(report, list):
        log.warning("%s ended with %d; only the own screen was run", program, done.returncode)
        return ()
    return [_finding(entry) for entry in report if isinstance(entry, dict)]


def _finding(entry: dict[str, Any]) -> tuple[str, int]:
    rule, line = entry.get("RuleID"), entry.get("StartLine")
    named = rule if isinstance(rule, str) and rule.isprintable() and len(rule) <= 64 else "unnamed"
    return f"gitleaks/{named}", line if isinstance(line, int) and line > 0 else 1
