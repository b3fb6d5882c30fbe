"""Whether a candidate in Python stands alone: it compiles, ruff finds no name that nothing defines, and it can be imported.

It is imported in bubblewrap, for that runs what others wrote.
"""

from __future__ import annotations

import ast
import subprocess
import sysconfig
from collections.abc import Collection, Iterator
from pathlib import Path

from benchmarks.extraction.sandbox import sandboxed

SECONDS = 60.0
IMPORT = "import sys; sys.path.insert(0, '.'); import candidate"


def fault_of(code: str, folder: Path, own: Collection[str], packages: str) -> str:
    """Why a text does not stand alone; "" if it does.

    ``own``: the packages of its project; ``packages``: the Python of an environment with those that the project needs. ``folder`` is
    written to.
    """
    try:
        tree = ast.parse(code)
    except SyntaxError as error:
        return f"syntax: {error.msg}"
    if back := sorted({module for module in _imported(tree) if module.startswith(".") or module.partition(".")[0] in own}):
        return f"imports {back[0]} of its project"
    file = folder / "candidate.py"
    file.write_text(code, encoding="utf-8")
    ruff = str(Path(sysconfig.get_path("scripts"), "ruff"))
    judging = [ruff, "check", "--isolated", "--select", "F821", "--output-format", "concise", "--no-cache", str(file)]
    found = subprocess.run(judging, capture_output=True, text=True, check=False)
    if found.returncode:
        return f"undefined: {found.stdout.splitlines()[0].rpartition(': ')[2]}"
    command = sandboxed([packages, "-I", "-c", IMPORT], folder, readable=[Path(packages).parent.parent])
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
    return f"import: {done.stderr.strip().splitlines()[-1][:120]}" if done.returncode else ""


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")
