"""Who is let in: hosts, origins, the token, bodies, and how many at once; each on the real server, route by route."""

from __future__ import annotations

import asyncio
import http.client
import json
import random
import socket
import stat
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fastapi.routing import APIRoute
from starlette.routing import Route
from starlette.testclient import TestClient

from foundry_git.errors import ServerError, UsageError
from foundry_git.execution.definitions import PatternDefinition, PatternType
from foundry_git.http.access_token import is_token, read_or_make, rotate, token_file
from foundry_git.http.addresses import Address
from foundry_git.http.app import make_app
from foundry_git.http.gate import HEADERS, MAX_BODY, Gate, Message, Receive, Scope, Send, is_too_deep
from foundry_git.http.server import bound
from tests.http.serving import TOKEN, Served, served

FUZZED = 500
STORES = {"query": "store this lesson: never retry a payment twice"}
WRITES = {"/api/v1/outcomes": {"subject": "python/retry-with-backoff", "rating": 5}, "/api/v1/pattern/execute": STORES}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(Path(tmp_path_factory.mktemp("doors"))) as running:
        yield running


class Reply:
    """A response: its status, its headers in lower case, its body."""

    def __init__(self, found: http.client.HTTPResponse) -> None:
        self.status, self.body = found.status, found.read()
        self.headers = {name.lower(): value for name, value in found.getheaders()}

    @property
    def told(self) -> object:
        """The body as JSON."""
        return json.loads(self.body)


def ask(
    running: Served, method: str, path: str, body: bytes | object | None = None, headers: Mapping[str, str] | None = None
) -> Reply:
    connection = http.client.HTTPConnection("127.0.0.1", running.server.address.port, timeout=60)
    content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    try:
        connection.request(method, path, content, {"content-type": "application/json", **(headers or {})})
        return Reply(connection.getresponse())
    finally:
        connection.close()


def bearer(token: str = TOKEN) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def routes(running: Served) -> list[tuple[str, str]]:
    """Every route of the application, found by walking it, with something in the place of each parameter."""
    app = make_app(running.engine, TOKEN)
    found = [
        (method, route.path) for route in app.routes if isinstance(route, (APIRoute, Route)) for method in route.methods or ()
    ]
    assert len(found) > 15
    return [(method, path.replace("{language}", "python").replace("{slug}", "retry-with-backoff")) for method, path in found]


def test_every_route_but_those_that_write_answers_without_a_token(running: Served) -> None:
    refused = {path for method, path in routes(running) if ask(running, method, path, WRITES.get(path)).status == 401}

    assert refused == set(WRITES)


@pytest.mark.parametrize(
    "shown", [{}, bearer("b" * 43), {"authorization": f"Basic {TOKEN}"}, {"authorization": TOKEN}, bearer("é")]
)
@pytest.mark.parametrize("path", WRITES)
def test_nothing_is_written_without_the_token(running: Served, path: str, shown: Mapping[str, str]) -> None:
    before = running.engine.state()

    reply = ask(running, "POST", path, WRITES[path], shown)

    after = running.engine.state()
    assert reply.status == 401
    assert (after.evidence, after.candidates) == (before.evidence, before.candidates)


def test_what_writes_is_done_with_the_token(tmp_path: Path) -> None:
    with served(tmp_path) as running:
        stored = ask(running, "POST", "/api/v1/pattern/execute", STORES, bearer())
        rated = ask(running, "POST", "/api/v1/outcomes", WRITES["/api/v1/outcomes"], bearer())

        assert (stored.status, rated.status) == (200, 200)
        assert "any/note-never-retry-a-payment-twice" in str(stored.told)
        assert running.repo.git("rev-parse", "--verify", "refs/foundry/candidates")


def test_a_paraphrase_that_no_trigger_matches_writes_nothing_without_the_token(running: Served) -> None:
    reply = ask(
        running, "POST", "/api/v1/pattern/execute", {"query": "kindly hold on to the fact that payments are never retried"}
    )

    assert reply.status in (200, 401, 404)
    assert "stored" not in json.loads(reply.body).get("result", {})


def test_where_others_reach_it_no_route_tells_anything_without_the_token(running: Served) -> None:
    client = TestClient(make_app(running.engine, TOKEN, reads_need_token=True))

    for method, path in routes(running):
        if path.startswith(("/api", "/health", "/ready", "/metrics", "/status")):
            assert client.request(method, path).status_code == 401, path
    assert client.get("/api/v1/patterns", headers=bearer()).status_code == 200


HOSTS = {
    "127.0.0.1:{port}": True, "localhost:{port}": True, "[::1]:{port}": True, "LOCALHOST:{port}": True, "127.0.0.2:{port}": True,
    "evil.example:{port}": False, "127.0.0.1": False, "127.0.0.1:1": False, "localhost.evil.example:{port}": False, "": False,
    "127.0.0.1:{port}@evil.example": False, "10.0.0.1:{port}": False,
}  # fmt: skip


@pytest.mark.parametrize(("host", "is_answered"), HOSTS.items())
def test_only_its_own_hosts_are_answered(running: Served, host: str, is_answered: bool) -> None:
    reply = ask(running, "GET", "/ready", headers={"host": host.format(port=running.server.address.port)})

    assert reply.status == (200 if is_answered else 421)


ORIGINS = {
    "http://127.0.0.1:{port}": True, "http://localhost:{port}": True, "http://[::1]:{port}": True, "null": False, "": False,
    "https://evil.example": False, "http://127.0.0.1": False, "http://127.0.0.1:{port}.evil.example": False, "file://": False,
    "http://127.0.0.1:{port}/": False, "http://evil.example#127.0.0.1:{port}": False, "http://user@127.0.0.1:{port}": False,
}  # fmt: skip


@pytest.mark.parametrize(("origin", "is_answered"), ORIGINS.items())
def test_only_pages_of_its_own_are_answered(running: Served, origin: str, is_answered: bool) -> None:
    reply = ask(running, "GET", "/ready", headers={"origin": origin.format(port=running.server.address.port)})

    assert reply.status == (200 if is_answered else 403)


def test_a_browser_that_says_it_comes_from_elsewhere_is_refused(running: Served) -> None:
    assert ask(running, "GET", "/ready", headers={"sec-fetch-site": "cross-site"}).status == 403
    assert ask(running, "GET", "/ready", headers={"sec-fetch-site": "same-origin"}).status == 200


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "x", "text/json"]
)
def test_a_body_of_another_type_is_not_read(running: Served, kind: str) -> None:
    reply = ask(running, "POST", "/api/v1/pattern/execute", {"query": "check health"}, {"content-type": kind})

    assert reply.status == 422


@pytest.mark.parametrize(
    ("method", "path"), [("POST", path) for path in ("/api/v1/pattern/execute", "/api/v1/search", "/api/v1/similar")]
)
def test_a_body_that_is_too_large_is_refused_before_it_is_read(running: Served, method: str, path: str) -> None:
    with socket.create_connection(("127.0.0.1", running.server.address.port), 30) as line:
        head = (
            f"{method} {path} HTTP/1.1\r\nhost: 127.0.0.1:{running.server.address.port}\r\ncontent-length: {MAX_BODY + 1}\r\n\r\n"
        )
        line.sendall(head.encode())

        assert line.recv(4096).startswith(b"HTTP/1.1 413 ")


def test_a_body_that_does_not_say_how_large_it_is_is_refused_once_it_is_too_large() -> None:
    async def never(scope: Scope, receive: Receive, send: Send) -> None:
        raise AssertionError("it was parsed")

    taken: list[int] = []
    sent: list[Message] = []

    async def receive() -> Message:
        taken.append(65_536)
        return {"type": "http.request", "body": b"x" * 65_536, "more_body": True}

    async def send(message: Message) -> None:
        sent.append(message)

    gate = Gate(never)
    gate.address = Address("127.0.0.1", 80)
    scope = {"type": "http", "method": "POST", "path": "/api/v1/search", "headers": [(b"host", b"127.0.0.1")]}
    asyncio.run(gate(scope, receive, send))

    assert sent[0]["status"] == 413
    assert sum(taken) <= MAX_BODY + 65_536


def test_a_deep_body_is_refused_before_it_is_parsed(running: Served) -> None:
    assert ask(running, "POST", "/api/v1/search", b"[" * 100_000).status == 400
    assert is_too_deep(b'{"a":' * 101)
    assert not is_too_deep(b'"' + b"[" * 500 + b'"')
    assert not is_too_deep(b'["\\"' + b"[" * 500 + b'"]')


@pytest.mark.parametrize(
    "body", [b'{"query": "x", "limit": 1e999}', b'{"query": "x", "limit": NaN}', b'{"query": "x", "limit": -Infinity}']
)
def test_a_number_that_json_does_not_have_is_refused_without_being_repeated(running: Served, body: bytes) -> None:
    reply = ask(running, "POST", "/api/v1/search", body)

    assert reply.status in (400, 422)
    assert b"inf" not in reply.body.lower().replace(b"int", b"") and b"nan" not in reply.body.lower()


def test_such_a_number_deep_in_a_context_is_refused(running: Served) -> None:
    body = b'{"query": "check health", "context": {"plan": [{"cost": 1e999}]}}'

    assert ask(running, "POST", "/api/v1/pattern/execute", body).status == 422


def test_no_error_repeats_what_was_sent(running: Served) -> None:
    mark = "zzcanaryzz"
    sent = [
        ("POST", "/api/v1/search", {"query": "x", mark: mark}),
        ("POST", "/api/v1/search", {"query": "x", "limit": mark}),
        ("POST", "/api/v1/similar", {"code": mark, "language": mark}),
        ("POST", "/api/v1/outcomes", {"subject": mark, "rating": 1}),
        ("POST", "/api/v1/pattern/execute", {"query": mark, "mode": mark}),
        ("GET", f"/api/v1/patterns?{mark}={mark}", None),
        ("GET", f"/api/v1/patterns/{mark}/{mark}", None),
        ("GET", f"/{mark}", None),
        ("POST", "/api/v1/search", f"{{{mark}".encode()),
    ]
    for method, path, body in sent:
        reply = ask(running, method, path, body, bearer())
        assert 400 <= reply.status < 500, (path, reply.body)
        assert mark.encode() not in reply.body, path


def test_every_answer_carries_the_headers_of_safety_and_the_name_of_its_request(running: Served) -> None:
    for path in ("/ready", "/status", "/nothing-of-the-kind"):
        reply = ask(running, "GET", path, headers={"x-request-id": "mine-1"})
        assert reply.headers["x-request-id"] == "mine-1"
        assert all(reply.headers[name] == value for name, value in HEADERS.items())

    odd = ask(running, "GET", "/ready", headers={"x-request-id": "a b"})
    assert odd.headers["x-request-id"] != "a b"


def test_fuzzed_bodies_bring_no_route_down(running: Served) -> None:
    chance = random.Random(18)
    sent: tuple[object, ...] = (STORES, {"query": "caching", "limit": 3}, {"code": "def f():\n    return 1"}, [], 7, None)
    samples = [json.dumps(one).encode() for one in sent]
    posts = [path for method, path in routes(running) if method == "POST"]
    for path in posts:
        connection = http.client.HTTPConnection("127.0.0.1", running.server.address.port, timeout=60)
        for _ in range(FUZZED):
            connection.request("POST", path, mutated(chance, samples), {"content-type": "application/json"})
            reply = Reply(connection.getresponse())
            assert reply.status < 500, (path, reply.body)
        connection.close()


def mutated(chance: random.Random, samples: list[bytes]) -> bytes:
    """A sample with some bytes of it changed, taken out or put in."""
    body = bytearray(chance.choice(samples))
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(body) + 1)
        match chance.randrange(3):
            case 0:
                body[at : at + chance.randint(0, 4)] = b""
            case 1:
                body[at:at] = chance.choice([b'"', b"{", b"[", b"\\", b"\x00", b"\xff", b"1e999", b",", b"null", b"\xed\xa0\x80"])
            case _:
                body[at : at + 1] = bytes([chance.randrange(256)])
    return bytes(body)


def test_more_requests_at_once_than_are_taken_are_told_to_come_back(running: Served) -> None:
    gate = running.server.config.app
    held, go = threading.Event(), threading.Event()

    def wait(query: str) -> str:
        held.set()
        go.wait(30)
        return query

    running.engine.registry.register(
        PatternDefinition(name="waits", pattern_type=PatternType.HYBRID, trigger_regex=r"^please wait", handler=wait, cache_ttl=0)
    )
    gate._most, before = 2, gate._most  # type: ignore[union-attr]
    replies: list[Reply] = []
    asking = [threading.Thread(target=lambda at=at: replies.append(_wait(running, at))) for at in range(2)]
    try:
        for thread in asking:
            thread.start()
        assert held.wait(30)
        while gate.inside < 2:  # type: ignore[union-attr]
            pass
        refused = ask(running, "GET", "/ready")
    finally:
        go.set()
        for thread in asking:
            thread.join(30)
        gate._most = before  # type: ignore[union-attr]

    assert refused.status == 429
    assert refused.headers["retry-after"] == "1"
    assert [reply.status for reply in replies] == [200, 200]


def _wait(running: Served, at: int) -> Reply:
    return ask(running, "POST", "/api/v1/pattern/execute", {"query": f"please wait {at}", "use_cache": False})


def test_what_is_being_answered_is_finished_when_the_server_is_told_to_end(tmp_path: Path) -> None:
    with served(tmp_path) as running:
        held, go = threading.Event(), threading.Event()

        def wait(query: str) -> str:
            held.set()
            go.wait(30)
            return "done all the same"

        running.engine.registry.register(
            PatternDefinition(name="waits", pattern_type=PatternType.HYBRID, trigger_regex=r"^please wait", handler=wait)
        )
        replies: list[Reply] = []
        asking = threading.Thread(target=lambda: replies.append(_wait(running, 0)))
        asking.start()
        assert held.wait(30)
        running.server.should_exit = True
        go.set()
        asking.join(30)

    assert [reply.status for reply in replies] == [200]
    assert b"done all the same" in replies[0].body


def test_the_page_of_figures_escapes_what_was_asked(running: Served) -> None:
    ask(running, "POST", "/api/v1/pattern/execute", {"query": "<script>alert(1)</script> check health"})
    page = ask(running, "GET", "/status")

    assert page.status == 200
    assert b"<script" not in page.body


def test_the_description_is_served_without_asking_anybody_else(running: Served) -> None:
    described, page = ask(running, "GET", "/openapi.json"), ask(running, "GET", "/docs")

    assert described.status == page.status == 200
    assert all(path.encode() in page.body for path in json.loads(described.body)["paths"])
    assert b"http://" not in page.body and b"https://" not in page.body


def test_metrics_are_in_the_form_that_prometheus_reads(running: Served) -> None:
    ask(running, "POST", "/api/v1/pattern/execute", {"query": "list languages"})
    lines = ask(running, "GET", "/metrics").body.decode().splitlines()
    named = {line.split()[2] for line in lines if line.startswith("# TYPE")}

    for metric in ("execution_seconds", "cache_hit_rate", "tokens_total", "error_rate", "answers_utilisation", "redis_state",
                   "match_seconds", "routing_accuracy"):  # fmt: skip
        assert f"foundry_{metric}" in named
    for line in lines:
        if not line.startswith("#"):
            name, _, value = line.rpartition(" ")
            assert name.partition("{")[0].startswith("foundry_")
            assert float(value) >= 0.0


def test_a_token_is_of_its_user_alone(tmp_path: Path) -> None:
    token, is_new = read_or_make(tmp_path)

    assert is_new and len(token) == 43
    assert stat.S_IMODE(token_file(tmp_path).stat().st_mode) == 0o600
    assert read_or_make(tmp_path) == (token, False)
    assert rotate(tmp_path) != token
    token_file(tmp_path).chmod(0o644)
    with pytest.raises(ServerError, match="read by others"):
        read_or_make(tmp_path)


def test_a_token_that_was_cut_short_is_made_anew(tmp_path: Path) -> None:
    token, _ = read_or_make(tmp_path)
    token_file(tmp_path).write_text(token[:9])

    assert read_or_make(tmp_path)[1]


def test_a_token_is_shown_as_a_bearer_and_whole() -> None:
    assert is_token(f"Bearer {TOKEN}", TOKEN) and is_token(f"bearer {TOKEN} ", TOKEN)
    assert not any(is_token(shown, TOKEN) for shown in (None, "", TOKEN, f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}"))


def test_beyond_loopback_addresses_in_numbers_are_answered_and_foreign_names_are_not() -> None:
    address = Address("0.0.0.0", 8642)

    assert address.answers("192.168.1.7:8642") and address.answers("[fe80::1]:8642")
    assert not address.answers("evil.example:8642")
    assert Address("build.example", 80).answers("build.example")


def test_a_port_that_is_taken_is_said(running: Served) -> None:
    with pytest.raises(ServerError, match="--port"):
        bound(running.engine, TOKEN, "127.0.0.1", running.server.address.port)


def test_a_host_that_is_no_address_here_is_said(running: Served) -> None:
    with pytest.raises((UsageError, ServerError), match=r"--host|listened"):
        bound(running.engine, TOKEN, "no such host")


def test_the_address_of_the_server_is_loopback(running: Served) -> None:
    assert urlsplit(running.url).hostname == "127.0.0.1"
    assert running.server.address.is_loopback
