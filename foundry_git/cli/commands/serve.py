"""``foundry serve``."""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from foundry_git.cli import output
from foundry_git.cli.command_workspace import is_switched_on, warn_of_switched_off
from foundry_git.errors import FoundryError, ServerError, UsageError
from foundry_git.execution.engine import PatternExecutionEngine
from foundry_git.workspace import UserFolders, Workspace

if TYPE_CHECKING:
    from foundry_git.http.addresses import Address

NEEDED = ("fastapi", "uvicorn")
MAX_PORT = 65_535


def run(options: argparse.Namespace) -> int:
    """Answer questions over HTTP until Ctrl-C."""
    state = UserFolders.usual().state
    lacking = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if lacking:
        raise ServerError("foundry serve", f"needs {' and '.join(lacking)}", "pip install 'foundry-git[server]'")
    from foundry_git.http import access_token

    if options.rotate_token:
        output.say(access_token.rotate(state))
        output.remark(
            "foundry: the old token is worth nothing from now on; a server that runs knows the new one when it is started again"
        )
        return 0
    _check(options)
    token, is_new = access_token.read_or_make(state)
    here, library = Path.cwd(), options.library
    with PatternExecutionEngine(lambda: Workspace.open(here, library)) as engine:
        engine.start()
        _serve(engine, options, token, is_new)
    return 0


def _serve(engine: PatternExecutionEngine, options: argparse.Namespace, token: str, is_new: bool) -> None:
    from foundry_git.http.access_token import token_file
    from foundry_git.http.server import bound

    if not is_switched_on(engine.workspace, options.library):
        warn_of_switched_off()

    def ready(address: Address) -> None:
        host = f"[{address.host}]" if ":" in address.host else address.host
        output.say_at_once(f"http://{host}:{address.port}")
        if is_new:
            output.remark(f"foundry: what writes needs this token, which is shown only now: {token}")
        where = token_file(engine.workspace.folders.state)
        output.remark(f"foundry: docs at /docs, figures at /status and /metrics; token in {where}; Ctrl-C ends it")

    with contextlib.suppress(KeyboardInterrupt), _encoding(Path.cwd(), options.library):
        bound(engine, token, options.host, options.port, ready).run()


def _check(options: argparse.Namespace) -> None:
    from foundry_git.http.addresses import is_loopback

    if not 0 <= options.port <= MAX_PORT:
        raise UsageError(f"--port {options.port}: must be 0 to {MAX_PORT}; 0 takes one that is free")
    if not is_loopback(options.host) and not options.beyond_this_machine:
        raise UsageError(
            f"--host {options.host}: others could reach your library there; add --beyond-this-machine if that is meant,"
            " and every request will need the token"
        )


@contextlib.contextmanager
def _encoding(here: Path, library: str | None) -> Iterator[None]:
    """Meanwhile give the units of HEAD their vectors, with a workspace of its own."""
    stop = threading.Event()
    thread = threading.Thread(target=_encode, args=(here, library, stop), name="foundry-encoding", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(5.0)


def _encode(here: Path, library: str | None, stop: threading.Event) -> None:
    from foundry_git.worker.background_work import index_head_units

    with contextlib.suppress(FoundryError, OSError):
        workspace = Workspace.open(here, library)
        try:
            while not stop.is_set() and workspace.repository is not None:
                index_head_units(workspace, stop=stop.is_set)
                stop.wait(30.0)
        finally:
            workspace.close()
