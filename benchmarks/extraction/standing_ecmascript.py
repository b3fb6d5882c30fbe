"""JavaScript and TypeScript that stands alone: what the compiler of TypeScript and Node say of a text in a folder of its own.

No code is run: ``tsc --noEmit`` reads it, ``node --check`` parses it. An import of a package that is not installed beside the compiler
is no fault, an import of the project is. Of JavaScript, which says no types, and of what lacks packages, whose types nobody knows, only
names that nothing defines, names that are defined twice or used too early, and syntax count.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

SECONDS = 600.0
_ERROR = re.compile(r"^(?P<file>[^\s(]+)\((?P<line>\d+),\d+\): error TS(?P<code>\d+): (?P<message>.*)$", re.MULTILINE)
_MODULE = re.compile(r"module '([^']+)'")
_ESM = re.compile(r"^\s*(?:import\b(?!\s*\()|export\b)|\bimport\.meta\b", re.MULTILINE)
_OUTWARDS = (".", "/", "@/", "~/", "#")
_UNDEFINED = {2304, 2503, 2552, 2693, 2749, 18004}
_TWICE = {2300, 2451, 2440, 2395}
_TOO_EARLY = {2448, 2449, 2450}
_OF_PACKAGES = {
    2307,
    7016,
    2792,
    2347,
    2688,
    2580,
    2582,
    2591,
    2592,
    2593,
    2732,
    2664,
    2875,
    2503,
    7026,
    1192,
    1259,
    2305,
    2614,
    2578,
}
"""Said of packages that are not installed or of another version, and of what they export: no declaration, no type arguments, no
namespace, no such export, no error where one is expected."""


@dataclass(frozen=True, slots=True)
class Tools:
    """``packages``: a folder of node_modules with ``typescript`` and ``@types/node``; ``node``: the program."""

    packages: Path
    node: str = "node"

    @property
    def versions(self) -> dict[str, str]:
        """What judges, by name."""
        ran = subprocess.run([self.node, "--version"], capture_output=True, text=True, check=True)
        names = ("typescript", "@types/node")
        found = {name: json.loads((self.packages / name / "package.json").read_bytes())["version"] for name in names}
        return {"node": ran.stdout.strip(), **found}


def fault_of(code: str, file_name: str, folder: Path, tools: Tools, own: Collection[str] = ()) -> str:
    """Why a text does not stand alone; "" if it does. ``own``: the packages of its project, by the name they are imported with."""
    return faults_of({file_name: code}, folder, tools, own)[file_name]


def faults_of(codes: Mapping[str, str], folder: Path, tools: Tools, own: Collection[str] = ()) -> dict[str, str]:
    """Why each of several texts does not stand alone, by its file name; one run of the compiler for all of them, and a strict one for
    those that it refuses: projects are written for one of the two."""
    for name, code in codes.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(code, encoding="utf-8")
    if not (folder / "node_modules").exists():
        (folder / "node_modules").symlink_to(tools.packages, target_is_directory=True)
    faults = _compiled(codes, folder, tools, own, is_strict=False)
    if refused := {name: code for name, code in codes.items() if faults[name]}:
        strictly = _compiled(refused, folder, tools, own, is_strict=True)
        faults |= {name: fault and faults[name] for name, fault in strictly.items()}
    return {name: faults[name] or _unparsed(folder / name, code, tools) for name, code in codes.items()}


def _compiled(codes: Mapping[str, str], folder: Path, tools: Tools, own: Collection[str], is_strict: bool) -> dict[str, str]:
    """The first fault that the compiler finds in each of some files that stand in a folder."""
    options = _options(tools) | {"strict": is_strict, "noImplicitAny": False}
    (folder / "tsconfig.json").write_text(json.dumps({"compilerOptions": options, "files": sorted(codes)}))
    command = [tools.node, str(tools.packages / "typescript/bin/tsc"), "--noEmit", "--pretty", "false", "-p", "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=SECONDS)
    if done.returncode and not _ERROR.search(done.stdout):
        raise RuntimeError(done.stdout + done.stderr)
    said: dict[str, list[tuple[int, str]]] = {name: [] for name in codes}
    for error in _ERROR.finditer(done.stdout):
        if error["file"] in said and not _is_comment(codes[error["file"]].split("\n")[int(error["line"]) - 1]):
            said[error["file"]].append((int(error["code"]), error["message"]))
    return {name: next(_faults(name, said[name], own), "") for name in codes}


def _options(tools: Tools) -> dict[str, object]:
    return {
        "target": "esnext",
        "module": "esnext",
        "moduleResolution": "bundler",
        "moduleDetection": "force",
        "lib": ["esnext", "dom", "dom.iterable", "webworker.importscripts"],
        "jsx": "preserve",
        "allowJs": True,
        "checkJs": True,
        "skipLibCheck": True,
        "experimentalDecorators": True,
        "allowImportingTsExtensions": True,
        "typeRoots": [str(tools.packages / "@types")],
        "types": ["node"],
    }


def _faults(name: str, said: list[tuple[int, str]], own: Collection[str]) -> Iterator[str]:
    """What counts of what the compiler says of a file."""
    is_typed = name.endswith((".ts", ".tsx", ".mts", ".cts"))
    lacks_packages = any(code in (2307, 7016, 2792) for code, _ in said)
    for code, message in said:
        module = _MODULE.search(message) if code in (2307, 2792) else None
        if module and (module[1].startswith(_OUTWARDS) or _root(module[1]) in own):
            yield f"imports {module[1]} of its project"
        elif code in _OF_PACKAGES and (lacks_packages or code != 2503):
            continue
        elif code < 2000 and (is_typed or code < 8000):
            yield f"syntax: TS{code} {message}"
        elif (is_typed and not lacks_packages) or code in _UNDEFINED | _TWICE | _TOO_EARLY:
            yield f"TS{code} {message}"


def _is_comment(line: str) -> bool:
    """Say whether a line is one of documentation, where JavaScript names types."""
    return line.lstrip().startswith(("*", "/**"))


def _root(module: str) -> str:
    return "/".join(module.split("/")[: 2 if module.startswith("@") else 1])


def _unparsed(file: Path, code: str, tools: Tools) -> str:
    """What Node says of JavaScript without tags."""
    if file.suffix not in (".js", ".mjs", ".cjs"):
        return ""
    copy = file.with_name(f"{file.stem}-alone{'.mjs' if _ESM.search(code) else '.cjs'}")
    copy.write_text(code, encoding="utf-8")
    done = subprocess.run([tools.node, "--check", str(copy)], capture_output=True, text=True, check=False, timeout=SECONDS)
    copy.unlink()
    faults = [line for line in done.stderr.splitlines() if "Error:" in line]
    is_tag = bool(faults) and "Unexpected token '<'" in faults[0]
    return f"node: {faults[0]}" if faults and not is_tag else ""
