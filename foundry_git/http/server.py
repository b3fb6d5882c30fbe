"""The server: listens, says where, and ends when it is told to, after what is being answered."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable

import uvicorn

from foundry_git.errors import ServerError, UsageError
from foundry_git.execution.engine import PatternExecutionEngine
from foundry_git.http.addresses import Address, is_loopback
from foundry_git.http.app import make_app
from foundry_git.http.gate import Gate

DEFAULT_HOST, DEFAULT_PORT = "127.0.0.1", 8642
END_SECONDS = 20  # for what is being answered when it is told to end
KEEP_SECONDS = 5  # for the next request of a connection
MAX_HEADERS = 16 * 1024  # bytes
BACKLOG = 128


class Server(uvicorn.Server):
    """A server that is bound to its address already, and says when it answers there."""

    def __init__(
        self, config: uvicorn.Config, listener: socket.socket, address: Address, ready: Callable[[Address], None]
    ) -> None:
        super().__init__(config)
        self.address = address
        self._listener, self._ready = listener, ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer."""
        await super().startup(sockets)
        if self.started:
            self._ready(self.address)

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer requests until the process is told to end, or ``should_exit`` is set; what is being answered then is finished."""
        with contextlib.closing(self._listener):
            asyncio.run(self.serve(sockets=[self._listener]))


def bound(
    engine: PatternExecutionEngine,
    token: str,
    host: str = DEFAULT_HOST,
    port: int = DEFAULT_PORT,
    ready: Callable[[Address], None] = lambda address: None,
) -> Server:
    """Return a server that has taken its address and waits for being run; ``port`` 0 takes one that is free.

    Raises:
        UsageError: the host is no address of this machine.
        ServerError: the port is taken.
    """
    listener = _listening(host, port)
    address = Address(host, listener.getsockname()[1])
    gate = Gate(make_app(engine, token, reads_need_token=not is_loopback(host)))
    gate.address = address
    config = uvicorn.Config(
        gate,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_SECONDS,
        timeout_graceful_shutdown=END_SECONDS,
        h11_max_incomplete_event_size=MAX_HEADERS,
        lifespan="off",
        http="h11",
        loop="asyncio",
        ws="none",
    )
    return Server(config, listener, address, ready)


def _listening(host: str, port: int) -> socket.socket:
    try:
        family, _, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except (OSError, UnicodeError):
        raise UsageError(f"--host {host}: is no address of this machine; leave it out for {DEFAULT_HOST}") from None
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # with 0 asyncio leaves Nagle on: 40 ms an answer
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(place)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise ServerError(
            f"{host}:{port}", f"cannot be listened at ({error.strerror})", "choose another with --port, or 0 for one that is free"
        ) from None
    return listener
