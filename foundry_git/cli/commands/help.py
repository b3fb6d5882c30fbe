"""``foundry help``."""

from __future__ import annotations

import argparse

from foundry_git.cli import help_page, output
from foundry_git.cli.parser import build_parser


def run(options: argparse.Namespace) -> int:
    """Print the help of a command, or that of all."""
    if options.words:
        build_parser().parse_args([*options.words, "--help"])  # prints it and ends
    output.say_lines((help_page.everything() if options.all else help_page.front()).rstrip("\n"))
    return 0
