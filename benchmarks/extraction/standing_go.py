"""Whether a candidate in Go stands alone: ``go vet`` on a module with nothing else in it, in bubblewrap and without a network.

Foreign code is compiled, never run. What the toolchain here cannot tell is counted apart, by how the reason begins: ``third-party: …``
imports what cannot be fetched, ``newer than go1.19: …`` uses what Debian's Go does not have.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path

from benchmarks.extraction.sandbox import INSIDE, sandboxed

SECONDS = 120.0
APART = ("third-party: ", "newer than ")
_IMPORT = re.compile(r'^(?:import\s+|\t)(?:[\w.]+\s+)?"([^"\n]+)"[ \t]*(?://.*)?$', re.MULTILINE)
_BUILD = re.compile(r"^//go:build (.*)$", re.MULTILINE)
_PACKAGE = re.compile(r"^package\s+\w+", re.MULTILINE)
_SYSTEMS = ("linux", "darwin", "windows", "freebsd", "openbsd", "netbsd", "solaris", "plan9", "js", "aix", "android", "ios")
_ARCHITECTURES = ("amd64", "arm64", "386", "arm", "wasm", "riscv64", "ppc64le", "s390x")
_UNIX = frozenset(_SYSTEMS) - {"windows", "plan9", "js"}
_NEWER = re.compile(
    r"requires go1\.\d+|(?:undefined|undeclared name): (?:min|max|clear)\b|package ([\w/]+) is not in GOROOT"
    r"|cannot range over|not declared by package"
    r"|build constraints exclude|extra arguments in call|new\(.*is not a type|generic type alias|unknown field|missing init expr"
)


def fault_of(code: str, folder: Path, own: Collection[str] = ()) -> str:
    """Why a text does not stand alone; "" if it does. ``own``: paths of the modules of its project. ``folder`` is written to."""
    imported = _imports(code)
    if back := [path for path in imported if any(path == root or path.startswith(f"{root}/") for root in own)]:
        return f"imports {back[0]} of its project"
    if foreign := [path for path in imported if "." in path.partition("/")[0]]:
        return f"third-party: {foreign[0]}"
    (folder / "candidate").mkdir(exist_ok=True)
    (folder / "cache").mkdir(exist_ok=True)
    (folder / "candidate/go.mod").write_text("module candidate\n\ngo 1.19\n", encoding="utf-8")
    (folder / "candidate/candidate.go").write_text(code, encoding="utf-8")
    told = _vetted(folder, *_platform(code))
    found = [line for line in told if not line.startswith("#")]
    if not found:
        return ""
    reason = re.sub(r"^(?:vet: )?\S*candidate\.go:[\d:]+ ", "", found[0])[:160]
    return f"newer than go{version()}: {reason}" if _NEWER.search(reason) else f"vet: {reason}"


@cache
def version() -> str:
    """The version of the toolchain, as ``1.19.8``."""
    told = subprocess.run(["go", "version"], capture_output=True, text=True, check=True).stdout
    return told.split()[2].removeprefix("go")


def _imports(code: str) -> list[str]:
    head = _PACKAGE.search(code)
    return list(_IMPORT.findall(code, head.end() if head else 0))


def _vetted(folder: Path, system: str, architecture: str, tags: str) -> list[str]:
    """What ``go vet`` says; one analyzer, for what the author's code could do better is no matter here."""
    environment = {
        "GOFLAGS": "-mod=mod",
        "GOPROXY": "off",
        "GOTOOLCHAIN": "local",
        "GOCACHE": f"{INSIDE}/cache",
        "GOOS": system,
        "GOARCH": architecture,
        "HOME": "/tmp",
    }
    command = ["sh", "-c", 'cd candidate && exec go vet -buildtag -tags "$0" .', tags]
    done = subprocess.run(
        sandboxed(command, folder, may_write=True, environment=environment),
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    return [line for line in done.stderr.splitlines() if line.strip()] if done.returncode else []


def _platform(code: str) -> tuple[str, str, str]:
    """The system, architecture and tags for which a text is built."""
    head = _PACKAGE.search(code)
    found = _BUILD.search(code, 0, head.start() if head else 0)
    if found is None:
        return "linux", "amd64", ""
    words = [word for word in re.findall(r"[\w.]+", found[1]) if word not in (*_SYSTEMS, *_ARCHITECTURES)]
    for tags in (set(words), set[str]()):
        for system, architecture in _machines():
            if _holds(found[1], {system, architecture, *tags} | ({"unix"} if system in _UNIX else set())):
                return system, architecture, ",".join(sorted(tags - {"unix"}))
    return "linux", "amd64", ""


def _machines() -> Iterator[tuple[str, str]]:
    yield from ((system, "wasm" if system == "js" else "amd64") for system in _SYSTEMS)
    yield from (("linux", architecture) for architecture in _ARCHITECTURES)


def _holds(constraint: str, true: Collection[str]) -> bool:
    """Say whether a constraint holds where some words are true."""
    if not re.fullmatch(r"[\w.!&|() ]+", constraint):
        return False
    text = re.sub(r"[\w.]+", lambda word: str(word[0] in true), constraint)
    for sign, word in (("&&", " and "), ("||", " or "), ("!", " not ")):
        text = text.replace(sign, word)
    return bool(eval(text, {"__builtins__": {}}))
