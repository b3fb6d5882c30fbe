"""Redis as the second cache: a real server, and everything that one may do instead of answering."""

from __future__ import annotations

import importlib.util
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from foundry_git.errors import ConfigurationError
from foundry_git.execution.caches import CacheManager
from foundry_git.execution.definitions import ExecutionResult, PatternDefinition
from foundry_git.execution.engine import PatternExecutionEngine
from foundry_git.execution.redis_cache import MAX_CONTENT, PREFIX, REST, RedisCache
from tests.execution.project import WORDS_ONLY, Project, answered_by, pattern, told

if shutil.which("redis-server") is None:
    pytest.skip("redis-server is not installed", allow_module_level=True)
if importlib.util.find_spec("redis") is None:
    pytest.skip("the package redis is not installed", allow_module_level=True)

import redis

QUESTION = "recall pruning an orchard"
OTHER = "list all patterns"
TRIES = 100  # within a deadline that a busy machine may miss


class Clock:
    """Moments that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def after_a_rest(self) -> None:
        """Let Redis be asked again."""
        self.now += REST + 0.1


class Server:
    """A ``redis-server`` on a free port of this machine, which keeps nothing on disk."""

    def __init__(self, folder: Path, *options: str) -> None:
        self._folder, self._options = folder, options
        self.port = 0
        self.start()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def client(self) -> Any:
        """A client of its own."""
        return redis.Redis(host="127.0.0.1", port=self.port, socket_timeout=30, protocol=2)

    def start(self) -> None:
        """Start it, where it was before or else on a free port, and wait until it answers."""
        for port in [self.port] if self.port else (free_port() for _ in range(20)):
            told = ("--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(self._folder))
            self._process = subprocess.Popen(["redis-server", *told, *self._options], stdout=subprocess.PIPE)
            assert self._process.stdout is not None
            if any(b"Ready to accept connections" in line for line in self._process.stdout):
                self.port = port
                return
            self.stop()
        raise AssertionError("redis-server does not start")

    def stop(self) -> None:
        """End it at once."""
        self._process.kill()
        self._process.communicate()

    def keys(self) -> list[bytes]:
        """What it holds."""
        with self.client as client:
            found: list[bytes] = client.keys("*")
        return found


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


@contextmanager
def listening(serve: Callable[[socket.socket, threading.Event], None]) -> Iterator[str]:
    """Something that takes connections where a Redis should be, and does with each what ``serve`` says until it is to end."""
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            while not ended.is_set():
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                threads.append(threading.Thread(target=served, args=(connection,)))
                threads[-1].start()

        def served(connection: socket.socket) -> None:
            with connection:
                try:
                    serve(connection, ended)
                except OSError:
                    return

        threads = [threading.Thread(target=accept)]
        threads[0].start()
        try:
            yield f"redis://127.0.0.1:{listener.getsockname()[1]}/0"
        finally:
            ended.set()
            listener.shutdown(socket.SHUT_RDWR)
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()


def silence(connection: socket.socket, ended: threading.Event) -> None:
    ended.wait()


def nonsense(connection: socket.socket, ended: threading.Event) -> None:
    while connection.recv(65536):
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n\x00\xff")


def another_kind(connection: socket.socket, ended: threading.Event) -> None:
    while connection.recv(65536):
        connection.sendall(b":7\r\n")


def refusal(connection: socket.socket, ended: threading.Event) -> None:
    while connection.recv(65536):
        connection.sendall(b"-NOAUTH Authentication required.\r\n")


def hang_up(connection: socket.socket, ended: threading.Event) -> None:
    connection.recv(1)


def dribble(connection: socket.socket, ended: threading.Event) -> None:
    """A reply of half a gigabyte, byte by byte: each comes in time, the last one never."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.recv(65536)
    connection.sendall(b"$536870912\r\n")
    while not ended.is_set():
        connection.sendall(b"x")


@pytest.fixture(scope="module")
def orchard(tmp_path_factory: pytest.TempPathFactory, user_cache: Path) -> Project:
    """A project that no test changes."""
    kept = pattern("orchard-pruner", "Prune the branches of an orchard.")
    return Project(tmp_path_factory.mktemp("orchard"), user_cache, kept)


@pytest.fixture(scope="module")
def expected(orchard: Project) -> dict[str, Any]:
    """What an engine without Redis says."""
    with orchard.engine() as engine:
        return {question: told(engine.execute_sync(question)) for question in (QUESTION, OTHER)}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("redis"))
    yield server
    server.stop()


@pytest.fixture
def server(running: Server) -> Server:
    """A server that runs, and holds nothing."""
    with running.client as client:
        client.flushall()
    return running


@pytest.fixture
def clock() -> Clock:
    return Clock()


def cache(url: str, clock: Clock, **told: Any) -> CacheManager:
    """A cache that keeps nothing in the process, so that Redis is asked each time."""
    return CacheManager(url, clock=clock, **{"max_local_size": 0, **told})


def up(engine: PatternExecutionEngine, clock: Clock, question: str = QUESTION) -> ExecutionResult:
    """Ask until Redis answered within its deadline."""
    for _ in range(TRIES):
        result = engine.execute_sync(question)
        if engine.get_stats()["redis"] == "up":
            return result
        clock.after_a_rest()
    raise AssertionError(engine.get_stats()["cache_stats"])


def kept(
    orchard: Project,
    server: Server,
    clock: Clock,
    question: str = QUESTION,
    definition: PatternDefinition | None = None,
    **told: Any,
) -> bytes:
    """Have an engine keep one answer, and return the key."""
    before = set(server.keys())
    with orchard.engine(cache(server.url, clock, **told)) as engine:
        if definition:
            engine.registry.register(definition)
        for _ in range(TRIES):
            up(engine, clock, question)
            if new := set(server.keys()) - before:
                (key,) = new
                return key
            clock.after_a_rest()
    raise AssertionError("nothing was kept")


# a server that is well


def test_what_one_engine_found_another_need_not_look_for(orchard: Project, server: Server, clock: Clock) -> None:
    kept(orchard, server, clock)

    with orchard.engine(cache(server.url, clock)) as engine:
        result = up(engine, clock)
        stats = engine.get_stats()

    assert (result.cache_hit, result.metadata["cache"]) == (True, "redis")
    assert told(result) == told(orchard.fresh(QUESTION))
    assert (stats["redis"], stats["cache_stats"]["redis"], stats["cache_stats"]["redis_hits"]) == ("up", "up", 1)
    assert stats["cache_hits"] == 1


def test_what_redis_has_is_kept_in_the_process_from_then_on(orchard: Project, server: Server, clock: Clock) -> None:
    kept(orchard, server, clock)

    with orchard.engine(cache(server.url, clock, max_local_size=10)) as engine:
        first = up(engine, clock)
        server.client.flushall()
        second = engine.execute_sync(QUESTION)

    assert (first.metadata["cache"], second.metadata["cache"]) == ("redis", "local")


def test_an_answer_is_kept_no_longer_than_its_definition_says(orchard: Project, server: Server, clock: Clock) -> None:
    well = answered_by(lambda question: "42 m", "how deep is the well", cache_ttl=20)

    key = kept(orchard, server, clock, "how deep is the well", well)

    assert 0 < server.client.pttl(key) <= 20_000


def test_an_answer_is_kept_no_longer_than_the_layer_keeps_anything(orchard: Project, server: Server, clock: Clock) -> None:
    key = kept(orchard, server, clock, redis_ttl=7)

    assert 0 < server.client.pttl(key) <= 7_000


def test_an_answer_that_has_gone_is_found_anew(orchard: Project, server: Server, clock: Clock, expected: dict[str, Any]) -> None:
    server.client.pexpire(kept(orchard, server, clock), 0)

    with orchard.engine(cache(server.url, clock)) as engine:
        result = up(engine, clock)

    assert not result.cache_hit
    assert told(result) == expected[QUESTION]


def test_what_must_not_be_kept_is_not_kept_there(orchard: Project, server: Server, clock: Clock) -> None:
    with orchard.engine(cache(server.url, clock)) as engine:
        up(engine, clock, "check health")
        engine.execute_sync("calculate 1 / 0")
        engine.execute_sync(QUESTION, use_cache=False)

    assert server.keys() == []


def test_another_state_of_the_library_is_under_another_key(
    tmp_path: Path, user_cache: Path, server: Server, clock: Clock
) -> None:
    project = Project(tmp_path, user_cache)
    kept(project, server, clock, OTHER)
    project.repo.write(pattern("pear", "Count pears."))

    with project.engine(cache(server.url, clock)) as engine:
        result = up(engine, clock, OTHER)

    assert not result.cache_hit
    assert "python/pear" in result.result["items"]


def test_a_key_tells_nothing_of_the_question(orchard: Project, server: Server, clock: Clock) -> None:
    key = kept(orchard, server, clock)

    assert key.startswith(PREFIX.encode())
    assert b"orchard" not in key


def test_the_users_own_configuration_names_the_server(tmp_path: Path, user_cache: Path, server: Server) -> None:
    project = Project(tmp_path, user_cache, configuration=f"{WORDS_ONLY}answers: {{redis_url: '{server.url}'}}\n")

    with project.engine() as engine:
        engine.start()
        assert engine.get_stats()["redis"] == "not asked"
        engine.execute_sync(QUESTION)
        assert engine.get_stats()["redis"] in ("up", "down")


# a server that is not


def test_where_nobody_listens_answers_are_found_without_it(orchard: Project, clock: Clock, expected: dict[str, Any]) -> None:
    with orchard.engine(cache(f"redis://127.0.0.1:{free_port()}/0", clock)) as engine:
        result = engine.execute_sync(QUESTION)
        stats = engine.get_stats()

    assert told(result) == expected[QUESTION]
    assert (stats["redis"], stats["cache_stats"]["redis_errors"]) == ("down", 1)
    assert stats["cache_stats"]["redis_said"]


@pytest.mark.parametrize("serve", [silence, nonsense, refusal, hang_up, dribble], ids=lambda serve: serve.__name__)
def test_what_does_not_answer_as_redis_does_is_left_alone(
    orchard: Project, clock: Clock, expected: dict[str, Any], serve: Callable[[socket.socket, threading.Event], None]
) -> None:
    with listening(serve) as url, orchard.engine(cache(url, clock)) as engine:
        first = engine.execute_sync(QUESTION)
        while_resting = engine.execute_sync(OTHER)
        resting = engine.get_stats()
        clock.after_a_rest()
        again = engine.execute_sync(QUESTION)
        stats = engine.get_stats()

    assert [told(first), told(while_resting), told(again)] == [expected[QUESTION], expected[OTHER], expected[QUESTION]]
    assert not (first.cache_hit or again.cache_hit)
    assert (resting["redis"], resting["cache_stats"]["redis_errors"]) == ("down", 1), "while it rests it is not asked"
    assert (stats["redis"], stats["cache_stats"]["redis_errors"]) == ("down", 2)
    assert stats["cache_stats"]["redis_said"]


def test_a_reply_of_another_kind_is_no_answer(orchard: Project, clock: Clock, expected: dict[str, Any]) -> None:
    with listening(another_kind) as url, orchard.engine(cache(url, clock)) as engine:
        results = [engine.execute_sync(QUESTION) for _ in range(2)]

    assert [told(result) for result in results] == [expected[QUESTION]] * 2
    assert not any(result.cache_hit for result in results)


def test_a_server_that_was_killed_is_asked_again_when_it_is_back(
    orchard: Project, clock: Clock, tmp_path: Path, expected: dict[str, Any]
) -> None:
    server = Server(tmp_path)
    try:
        kept(orchard, server, clock)
        with orchard.engine(cache(server.url, clock)) as engine:
            assert up(engine, clock).cache_hit

            server.stop()
            without = engine.execute_sync(QUESTION)
            assert engine.get_stats()["redis"] == "down"

            server.start()
            clock.after_a_rest()
            back = up(engine, clock)
    finally:
        server.stop()

    assert told(without) == told(back) == expected[QUESTION]
    assert not (without.cache_hit or back.cache_hit), "what it held is gone"


def test_a_server_that_is_full_is_no_failure_of_an_answer(
    orchard: Project, clock: Clock, tmp_path: Path, expected: dict[str, Any]
) -> None:
    server = Server(tmp_path, "--maxmemory", "1", "--maxmemory-policy", "noeviction")
    try:
        with orchard.engine(cache(server.url, clock)) as engine:
            found = []
            for _ in range(TRIES):
                found.append(engine.execute_sync(QUESTION))
                if "maxmemory" in engine.get_stats()["cache_stats"]["redis_said"]:
                    break
                clock.after_a_rest()
            stats = engine.get_stats()
        assert server.keys() == []
    finally:
        server.stop()

    assert {result.text for result in found} == {expected[QUESTION][3]}
    assert stats["redis"] == "down"
    assert "maxmemory" in stats["cache_stats"]["redis_said"]


# what somebody changed


def changed(value: bytes) -> dict[str, bytes]:
    middle = len(value) // 2
    return {
        "cut short": value[:middle],
        "with a letter changed": value[:middle] + bytes([value[middle] ^ 1]) + value[middle + 1 :],
        "longer": value + b" ",
        "empty": b"",
        "a digest alone": value[:32],
        "something else": b'{"pattern_name": "mine", "success": true}',
        "too large": value[:32] + b"x" * MAX_CONTENT,
    }


@pytest.mark.parametrize("how", changed(b"x" * 99))
def test_a_value_that_somebody_changed_is_not_taken(
    orchard: Project, server: Server, clock: Clock, expected: dict[str, Any], how: str
) -> None:
    key = kept(orchard, server, clock)
    with server.client as client:
        client.set(key, changed(client.get(key))[how])

    with orchard.engine(cache(server.url, clock)) as engine:
        result = up(engine, clock)

    assert not result.cache_hit
    assert told(result) == expected[QUESTION]


def test_the_answer_to_another_question_is_not_taken(
    orchard: Project, server: Server, clock: Clock, expected: dict[str, Any]
) -> None:
    one, other = kept(orchard, server, clock), kept(orchard, server, clock, OTHER)
    with server.client as client:
        client.set(one, client.get(other))

    with orchard.engine(cache(server.url, clock)) as engine:
        result = up(engine, clock)

    assert not result.cache_hit
    assert told(result) == expected[QUESTION]


def test_a_key_of_another_type_is_not_taken(orchard: Project, server: Server, clock: Clock, expected: dict[str, Any]) -> None:
    key = kept(orchard, server, clock)
    with server.client as client:
        client.delete(key)
        client.rpush(key, "a", "list")

    with orchard.engine(cache(server.url, clock)) as engine:
        result = engine.execute_sync(QUESTION)

    assert not result.cache_hit
    assert told(result) == expected[QUESTION]


# the cache itself


def test_an_answer_that_is_too_large_is_not_kept(server: Server, clock: Clock) -> None:
    own = RedisCache(server.url, clock)
    own.put("large", b"x" * MAX_CONTENT, 60)
    own.close()

    assert server.keys() == []


@pytest.mark.parametrize("url", ["http://127.0.0.1:6379", "127.0.0.1:6379", "file:///etc/passwd"])
def test_an_address_that_is_none_of_redis_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="redis://, rediss://, unix://"):
        CacheManager(url)


def test_without_an_address_redis_is_off() -> None:
    assert CacheManager(None).get_stats()["redis"] == "off"


def test_before_the_first_question_nothing_is_connected(clock: Clock) -> None:
    untouched = CacheManager(f"redis://127.0.0.1:{free_port()}/0", clock=clock)

    assert untouched.get_stats()["redis"] == "not asked"
    assert untouched.get_stats()["redis_errors"] == 0
    untouched.close()
