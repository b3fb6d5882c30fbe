#!/usr/bin/env bash
# A server whose listening socket was made with protocol 0, as usual, answers under uvicorn 40 ms late, time after time.
#
# Versions:  uvicorn 0.54.0, h11 0.16.0 (PyPI), Python 3.11 and newer on Linux
# Guess:     asyncio sets TCP_NODELAY on every TCP connection, so that it makes no difference who made the listening socket.
# Seen:      asyncio asks for a socket whose `proto` is IPPROTO_TCP. One made by `socket.socket(AF_INET, SOCK_STREAM)` has 0, what it accepts
#            inherits that, and Nagle's algorithm stays on: uvicorn writes the head and the body of a response by themselves, and the body
#            waits for the client's delayed acknowledgement. With `socket.socket(AF_INET, SOCK_STREAM, IPPROTO_TCP)` it takes a millisecond.
# Output:    protocol 0: later than 30 ms · protocol 6: sooner than 10 ms
# Date:      2026-12-01
# Touches:   whoever hands asyncio, uvicorn or hypercorn a socket of its own: to take a free port, to hand one over at a restart.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check uvicorn==0.54.0 h11==0.16.0
"$folder/venv/bin/python" - <<'PYTHON'
import asyncio
import http.client
import socket
import sys
import threading
import time
from statistics import median

import uvicorn


async def app(scope, receive, send):
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


def answer_ms(protocol):
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, protocol)
    listener.bind(("127.0.0.1", 0))
    listener.listen(16)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", http="h11", loop="asyncio", ws="none"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])))
    thread.start()
    while not server.started:
        time.sleep(0.01)
    connection = http.client.HTTPConnection("127.0.0.1", listener.getsockname()[1])
    taken = []
    for _ in range(40):
        began = time.perf_counter()
        connection.request("GET", "/")
        connection.getresponse().read()
        taken.append((time.perf_counter() - began) * 1000)
    connection.close()
    server.should_exit = True
    thread.join()
    return median(taken)


plain, named = answer_ms(0), answer_ms(socket.IPPROTO_TCP)
print(f"{plain:.1f} ms and {named:.1f} ms for an answer")
seen = (
    f"protocol 0: {'later than 30 ms' if plain > 30 else 'sooner'}"
    f" · protocol 6: {'sooner than 10 ms' if named < 10 else 'later'}"
)
print(seen)
sys.exit(0 if seen == "protocol 0: later than 30 ms · protocol 6: sooner than 10 ms" else "changed: see above")
PYTHON
