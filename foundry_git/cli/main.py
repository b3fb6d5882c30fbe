"""``foundry``: answers from one small table what asks for help alone, and leaves everything else to the dispatch.

Whoever types ``foundry --help`` waits for Python itself and nothing more: what is imported up here is all that is loaded then.
"""

from __future__ import annotations

import sys

from foundry_git.cli import help_page

TYPE_CHECKING = False  # to import `typing` takes as long as to start Python
if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    asked = help_page.page_for(given)
    if asked is None:
        from foundry_git.system.collector import collect_seldom

        collect_seldom()
        from foundry_git.cli.dispatch import dispatch
        from foundry_git.cli.screen import keep_warnings_off

        if arguments is None:  # the process is ours alone
            keep_warnings_off()
        return dispatch(given)
    try:
        sys.stdout.write(asked[0])
        sys.stdout.flush()
    except BrokenPipeError:
        from foundry_git.cli.dispatch import close_stdout

        close_stdout()
    return asked[1]
