"""``foundry library migrate``."""

from __future__ import annotations

import argparse

from foundry_git.cli import output
from foundry_git.cli.command_workspace import opened
from foundry_git.review.migration import migrate


def run(options: argparse.Namespace) -> int:
    """Write the manifests that nobody else has yet as this version writes them."""
    with opened(options) as workspace:
        done = migrate(workspace.need_library(), store=not options.dry_run)
    word = "would write" if options.dry_run else "wrote"
    for path in done.written:
        output.say(f"{word} {output.from_here(path)}")
    for path in done.published:
        output.say(f"left {output.from_here(path)}: it is published, and a version never changes")
    if not done.written and not done.published:
        output.say("nothing to migrate: every manifest is as this version writes it")
    return 0
