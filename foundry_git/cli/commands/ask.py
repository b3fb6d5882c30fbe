"""``foundry ask``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from foundry_git.cli import output
from foundry_git.cli.command_workspace import is_switched_on, warn_of, warn_of_switched_off
from foundry_git.execution.engine import PatternExecutionEngine
from foundry_git.workspace import Workspace

if TYPE_CHECKING:
    from foundry_git.execution.definitions import ExecutionResult

MAX_TOKENS = 2000
"""Of an answer on a terminal: a person reads more than a prompt should hold."""


def run(options: argparse.Namespace) -> int:
    """Answer a question about the library and the repository in ordinary words."""
    here, library = Path.cwd(), options.library
    with PatternExecutionEngine(lambda: Workspace.open(here, library)) as engine:
        engine.start()
        workspace = engine.workspace
        if not is_switched_on(workspace, library):
            warn_of_switched_off()
        context = {} if options.json else {"max_tokens": MAX_TOKENS}
        result = engine.execute_sync(" ".join(options.query), options.mode, context)
        warn_of(engine.problems())
        if options.json:
            output.say_json(result.to_dict())
        else:
            _print(result, options.explain)
    return 0 if result.success else 1


def _print(result: ExecutionResult, explain: bool) -> None:
    if result.error:
        output.complain(result.error)
    elif result.text:
        for line in result.text.splitlines():
            output.say(line)
    if explain:
        told = result.metadata
        rows = [
            [f"{told['confidence']:.0%}", told["pattern_type"], f"{result.pattern_name}: {told['reasoning']}"],
            [
                f"{result.execution_time_ms:.0f} ms",
                told["mode"],
                f"answered by {told['answered_by']}, from {_layer(told['cache'])}",
            ],
            [f"{result.tokens_used}", "tokens", f"of the library as it is at {told['state']['tree']}"],
        ]
        for line in output.table(rows):
            output.say(output.styled(line, "dim"))


def _layer(name: str) -> str:
    return "the files" if name == "none" else f"the {name} cache"
