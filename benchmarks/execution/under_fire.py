"""The server under fire: ``python -m benchmarks.execution.under_fire``.

Eight clients put 500 mixed questions each over HTTP while commits change patterns and take some away, and Redis is killed and started
again. Counted: answers of 500 and above, answers that contradict each other or a fresh process for the state they name, and what the
server's memory does over 20,000 requests more.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.corpus import own_environment, write_library
from benchmarks.execution.material import questions, requests
from benchmarks.measure import write
from foundry_git.errors import FoundryError
from foundry_git.execution.engine import PatternExecutionEngine
from foundry_git.workspace import Workspace

PATTERNS, CLIENTS, CALLS, MORE = 300, 8, 500, 20_000
CHECKED = 150  # answers of the last state that a fresh process is asked for
Told = dict[str, Any]

TEMPORARY = ("execution_time_ms", "cache_hit", "metadata")


class Fire:
    """A library that is served, and what the clients saw."""

    def __init__(self, folder: Path) -> None:
        self.library = folder / "library"
        self.statuses: dict[int, int] = {}
        self.answers: list[tuple[str, Told]] = []
        self.guard = threading.Lock()
        self.stop = threading.Event()

    def see(self, question: str, status: int, told: Told) -> None:
        """Note what came of a question."""
        with self.guard:
            self.statuses[status] = self.statuses.get(status, 0) + 1
            if status == 200:
                self.answers.append((question, told))


def main() -> None:
    """Measure, print and write ``results/under_fire.json``."""
    with tempfile.TemporaryDirectory(prefix="foundry-bench-") as scratch:
        folder = Path(scratch)
        os.environ.update(own_environment(folder))
        fire = Fire(folder)
        write_library(fire.library, PATTERNS)
        _git(fire.library, "add", "--all")
        _git(fire.library, "commit", "--quiet", "-m", "measured")
        redis_port = _free_port()
        _configure(folder, redis_port)
        write("under_fire", _fought(fire, folder, redis_port))


def _fought(fire: Fire, folder: Path, redis_port: int) -> Told:
    asked = [one for one in questions() if not one.lower().startswith(("store", "save", "remember", "note"))]
    command = (sys.executable, "-P", "-m", "foundry_git", "serve", "--port", "0")
    with subprocess.Popen(command, cwd=fire.library, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            assert server.stdout is not None
            port = int(server.stdout.readline().rpartition(":")[2])
            others = [
                threading.Thread(target=_commits, args=(fire,)),
                threading.Thread(target=_redis_comes_and_goes, args=(fire, folder, redis_port)),
            ]
            drawn = requests(asked, CALLS * CLIENTS)
            clients = [threading.Thread(target=_client, args=(fire, port, drawn[at::CLIENTS])) for at in range(CLIENTS)]
            began = time.perf_counter()
            for thread in (*others, *clients):
                thread.start()
            for thread in clients:
                thread.join()
            seconds = time.perf_counter() - began
            fire.stop.set()
            for thread in others:
                thread.join()
            states = {str(told["metadata"]["state"]) for _, told in fire.answers}
            wrong, checked = _stale(fire, port, asked)
            memory = _memory(server.pid, port, asked)
        finally:
            server.terminate()
    return {
        "clients": CLIENTS,
        "calls": CLIENTS * CALLS,
        "seconds": round(seconds, 1),
        "statuses": fire.statuses,
        "server_errors": sum(count for status, count in fire.statuses.items() if status >= 500),
        "states_named": len(states),
        "contradictions_within_a_state": _contradictions(fire.answers),
        "held_against_a_fresh_process": checked,
        "different_from_it": wrong,
        "memory": memory,
    }


def _client(fire: Fire, port: int, asked: Sequence[str]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    for question in asked:
        fire.see(question, *_post(connection, question))
    connection.close()


def _post(connection: http.client.HTTPConnection, question: str) -> tuple[int, Told]:
    connection.request(
        "POST", "/api/v1/pattern/execute", json.dumps({"query": question}).encode(), {"content-type": "application/json"}
    )
    response = connection.getresponse()
    told: Told = json.loads(response.read())
    return response.status, told


def _commits(fire: Fire) -> None:
    """Change a pattern's description, or take one away, every so often; each time an ordinary commit."""
    chance = random.Random(3)
    folders = sorted((fire.library / "patterns" / "python").iterdir())
    while not fire.stop.wait(0.7):
        folder = chance.choice(folders)
        manifest = folder / "v1" / "pattern.yaml"
        if not manifest.exists():
            continue
        if chance.random() < 0.2:
            shutil.rmtree(folder)
        else:
            text = manifest.read_text(encoding="utf-8")
            said = next((line for line in text.splitlines() if line.startswith("description: ")), "")
            if not said:
                continue
            manifest.write_text(text.replace(said, f"description: Changed {chance.randrange(10**6)} times"), encoding="utf-8")
        _git(fire.library, "add", "--all")
        _git(fire.library, "commit", "--quiet", "--allow-empty", "-m", "change")


def _redis_comes_and_goes(fire: Fire, folder: Path, port: int) -> None:
    program = shutil.which("redis-server")
    while program and not fire.stop.is_set():
        command = (program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(folder))
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
            fire.stop.wait(1.5)
            server.send_signal(signal.SIGKILL)
        fire.stop.wait(0.8)


def _contradictions(answers: Sequence[tuple[str, Told]]) -> int:
    """Answers to one question that name one state and are not the same."""
    known: dict[tuple[str, str], str] = {}
    found = 0
    for question, told in answers:
        if told["pattern"] in ("health", "statistics"):  # which tell how things stand now
            continue
        key = question, str(told["metadata"]["state"])
        said = json.dumps({name: value for name, value in told.items() if name not in TEMPORARY}, sort_keys=True)
        found += known.setdefault(key, said) != said
    return found


def _stale(fire: Fire, port: int, asked: Sequence[str]) -> tuple[int, int]:
    """Questions that are asked of the server and of a fresh engine in the same state, and answered otherwise."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    wrong = checked = 0
    with PatternExecutionEngine(lambda: Workspace.open(fire.library)) as engine:
        engine.start()
        for question in asked[:CHECKED]:
            status, told = _post(connection, question)
            try:
                fresh = engine.execute_sync(question, use_cache=False, may_write=False)
            except FoundryError:
                wrong += status == 200
                checked += 1
                continue
            if (
                status != 200
                or told["pattern"] in ("health", "statistics")
                or told["metadata"]["state"] != fresh.metadata["state"]
            ):
                continue
            checked += 1
            wrong += (told["pattern"], told["text"]) != (fresh.pattern_name, fresh.text)
    connection.close()
    return wrong, checked


def _memory(pid: int, port: int, asked: Sequence[str]) -> dict[str, float]:
    """Resident megabytes of the server before, half-way and after 20,000 requests more."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    seen = [_resident(pid)]
    drawn = requests(list(asked), MORE)
    for at, question in enumerate(drawn, 1):
        _post(connection, question)
        if at % (MORE // 4) == 0:
            seen.append(_resident(pid))
    connection.close()
    names = ("before", "after_5000", "after_10000", "after_15000", "after_20000")
    return dict(zip(names, (round(one, 1) for one in seen), strict=True))


def _resident(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 1024**2


def _configure(folder: Path, port: int) -> None:
    place = folder / ".config" / "foundry-git"
    place.mkdir(parents=True)
    (place / "config.yaml").write_text(f"answers: {{redis_url: 'redis://127.0.0.1:{port}'}}\n", encoding="utf-8")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True)


if __name__ == "__main__":
    main()
