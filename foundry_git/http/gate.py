"""The gate: what every request passes before anything of it is parsed, and what every response carries.

An ASGI application around another: it refuses foreign hosts and origins, bodies that are too large, too slow or too deep, and more
requests at once than are worked on; it names each request, and turns whatever was not foreseen into a plain 500.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from foundry_git.http.addresses import Address

log = logging.getLogger("foundry_git.http")

MAX_BODY = 1024 * 1024  # bytes
MAX_DEPTH = 100  # brackets within brackets
BODY_SECONDS = 10.0  # for a whole body
ANSWER_SECONDS = 30.0  # for an answer; the first search of a large repository reads all of it
MOST_RUNNING, MOST_WAITING = 16, 128
RETRY_SECONDS = 1

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

HEADERS: Mapping[str, str] = {
    "content-security-policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'none'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}\Z")
_METHODS_WITH_BODY = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class _Refused(Exception):  # noqa: N818 - it is an answer
    def __init__(self, status: int, said: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(said)
        self.status, self.said, self.headers = status, said, dict(headers or {})


class Gate:
    """Lets requests to ``app`` through; ``address`` is where the server listens, told once it does."""

    def __init__(self, app: App, running: int = MOST_RUNNING, waiting: int = MOST_WAITING) -> None:
        self._app = app
        self.address: Address | None = None
        self._running = asyncio.Semaphore(running)
        self._inside, self._most = 0, running + waiting
        self.refused = 0
        """Requests that were refused because too many were there."""

    @property
    def inside(self) -> int:
        """How many requests are there now."""
        return self._inside

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one request in."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        headers = _headers_of(scope)
        name = _request_id(headers)
        began = [False]

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                began[0] = True
                message["headers"] = [*message.get("headers", ()), *_own(name, message.get("headers", ()))]
            await send(message)

        try:
            self._check_place(headers)
            await self._passed(scope, receive, sending, headers)
        except _Refused as refused:
            await _refuse(sending, refused)
        except TimeoutError:
            if not began[0]:
                await _refuse(sending, _Refused(503, "the answer takes too long; ask again in a moment", _retry()))
        except Exception:  # the last place that could answer; the log has what nobody foresaw
            log.exception("request %s failed", name)
            if not began[0]:
                await _refuse(sending, _Refused(500, f"something went wrong here; the log says more under {name}"))

    async def _passed(self, scope: Scope, receive: Receive, send: Send, headers: Mapping[bytes, bytes]) -> None:
        if self._inside >= self._most:
            self.refused += 1
            raise _Refused(429, "too many requests at once; ask again in a moment", _retry())
        self._inside += 1
        try:
            body = await _body(receive, headers) if scope["method"] in _METHODS_WITH_BODY else b""
            async with asyncio.timeout(ANSWER_SECONDS):
                async with self._running:
                    await self._app(scope, _replayed(body, receive), send)
        finally:
            self._inside -= 1

    def _check_place(self, headers: Mapping[bytes, bytes]) -> None:
        address = self.address
        if address is None or not address.answers(headers.get(b"host", b"").decode("latin-1")):
            raise _Refused(421, "this server does not answer under that host; use the address that it printed")
        origin = headers.get(b"origin")
        if origin is not None and not address.is_own(origin.decode("latin-1")):
            raise _Refused(403, "requests from pages of other sites are refused")
        if headers.get(b"sec-fetch-site") in (b"cross-site", b"same-site"):
            raise _Refused(403, "requests from pages of other sites are refused")


def is_too_deep(body: bytes) -> bool:
    """Tell whether brackets in a text of JSON stand deeper within each other than is read; those in strings do not count."""
    depth, in_string, is_escaped = 0, False, False
    if max(body.count(b"["), body.count(b"{")) <= MAX_DEPTH // 2:
        return False
    for byte in body:
        if in_string:
            is_escaped, in_string = (not is_escaped and byte == 0x5C), (is_escaped or byte != 0x22)
        elif byte == 0x22:
            in_string = True
        elif byte in b"[{":
            depth += 1
            if depth > MAX_DEPTH:
                return True
        elif byte in b"]}":
            depth -= 1
    return False


def _headers_of(scope: Scope) -> dict[bytes, bytes]:
    """The headers; of one that stands there twice the values together, which no host and no origin is."""
    found: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        found[name] = b", ".join((found[name], value)) if name in found else value
    return found


def _request_id(headers: Mapping[bytes, bytes]) -> str:
    told = headers.get(b"x-request-id", b"")
    return told.decode("ascii") if _REQUEST_ID.match(told) else secrets.token_hex(8)


def _own(name: str, there: Any) -> list[tuple[bytes, bytes]]:
    known = {key for key, _ in there}
    added = {**HEADERS, "x-request-id": name}
    return [(key.encode(), value.encode()) for key, value in added.items() if key.encode() not in known]


async def _body(receive: Receive, headers: Mapping[bytes, bytes]) -> bytes:
    """The whole body, refused before it is read where its length says enough, and before it is parsed in any case."""
    told = headers.get(b"content-length", b"")
    if told.isdigit() and int(told) > MAX_BODY:
        raise _Refused(413, f"the body is larger than {MAX_BODY:,} bytes")
    pieces: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise _Refused(400, "the connection was closed")
                pieces.append(message.get("body", b""))
                size += len(pieces[-1])
                if size > MAX_BODY:
                    raise _Refused(413, f"the body is larger than {MAX_BODY:,} bytes")
                if not message.get("more_body"):
                    break
    except TimeoutError:
        raise _Refused(408, f"the body did not come within {BODY_SECONDS:.0f} s") from None
    body = b"".join(pieces)
    if is_too_deep(body):
        raise _Refused(400, f"brackets stand more than {MAX_DEPTH} deep within each other")
    return body


def _replayed(body: bytes, receive: Receive) -> Receive:
    given = [False]

    async def replay() -> Message:
        if given[0]:
            return await receive()  # only a disconnection can come now
        given[0] = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


async def _refuse(send: Send, refused: _Refused) -> None:
    content = json.dumps({"error": refused.said}).encode()
    headers = {"content-type": "application/json", "content-length": str(len(content)), **refused.headers}
    if refused.status in (408, 413):
        headers["connection"] = "close"  # what is left of the body is not read
    pairs = [(key.encode(), value.encode()) for key, value in headers.items()]
    await send({"type": "http.response.start", "status": refused.status, "headers": pairs})
    await send({"type": "http.response.body", "body": content})


def _retry() -> dict[str, str]:
    return {"retry-after": str(RETRY_SECONDS)}
