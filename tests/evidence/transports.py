"""Ways to a remote that need no network: ssh to this machine through a script, and Git's own HTTP backend behind TLS."""

from __future__ import annotations

import contextlib
import ssl
import subprocess
import threading
from base64 import b64encode
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SSH = """\
#!/bin/sh
# Stands for ssh: runs the command, which is its last word, on this machine.
for last; do :; done
case "$last" in
  {refused}) echo "ERROR: Permission to $last denied to deploy-key" >&2; exit 1 ;;
esac
exec sh -c "$last"
"""
WRITER = "Basic " + b64encode(b"ann:pass-of-ann").decode()
READER = "Basic " + b64encode(b"bob:pass-of-bob").decode()


def ssh_command(folder: Path, may_push: bool = True) -> Path:
    """A program to name in GIT_SSH_COMMAND."""
    folder.mkdir(parents=True, exist_ok=True)
    script = folder / "ssh"
    script.write_text(SSH.format(refused="nothing" if may_push else "git-receive-pack*"), encoding="utf-8")
    script.chmod(0o755)
    return script


@contextlib.contextmanager
def https_server(folder: Path, root: Path) -> Iterator[str]:
    """Serve the repositories below ``root``; gives the URL's host and port. ``ann`` may push, ``bob`` may not, all may read."""
    certificate = _certificate(folder)
    server = _Server(("127.0.0.1", 0), _Handler)
    server.root = str(root)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _certificate(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "certificate.pem"
    made = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=127.0.0.1"
    subject = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(file), "-out", str(folder / "c")]
    subprocess.run([*made.split(), *subject], check=True, capture_output=True)
    file.write_text(file.read_text() + (folder / "c").read_text())
    return file


class _Server(ThreadingHTTPServer):
    """Knows what it serves."""

    root = ""


class _Handler(BaseHTTPRequestHandler):
    """One request, passed to ``git http-backend`` as CGI says."""

    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: object) -> None:
        pass

    def _serve(self) -> None:
        path, _, query = self.path.partition("?")
        body = self._body()
        user = self.headers.get("Authorization", "")
        if "git-receive-pack" in self.path and user != WRITER:
            self._refuse(403 if user == READER else 401)
            return
        done = subprocess.run(
            ["git", "http-backend"], env=self._environment(path, query, user == WRITER), input=body, capture_output=True
        )
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        lines = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        self.send_response(int(lines.pop("Status", "200").split()[0]))
        for name, value in {**lines, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def _refuse(self, status: int) -> None:
        self.send_response(status)
        if status == 401:
            self.send_header("WWW-Authenticate", 'Basic realm="git"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _environment(self, path: str, query: str, may_push: bool) -> dict[str, str]:
        given = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "GIT_PROJECT_ROOT": self.server.root,
            "GIT_HTTP_EXPORT_ALL": "1",
            "REQUEST_METHOD": self.command,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "HTTP_GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "safe.directory",
            "GIT_CONFIG_VALUE_0": "*",
        }
        return given | ({"REMOTE_USER": "ann"} if may_push else {})

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        pieces = []
        while size := int(self.rfile.readline(), 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(pieces)
