"""Runnable candidates: ``python -m benchmarks.extraction.runnable OTHER PACKAGES REPOSITORY…`` accepts none, and tries each alone.

``OTHER`` is the Python of an environment with another build, ``PACKAGES`` that of one with the packages that the repositories need.
Each build extracts everything from a clone of each repository. A candidate stands alone if it compiles, ruff finds no name in it that
nothing defines, it imports nothing of its project, and it can be imported with those packages: in bubblewrap, without a network or
anything to write to, for this runs what others wrote. Only Python is tried so far. Beside the shares stands what the first page of the
other build had and that of this one lacks: to leave useful code out is no way to a good figure.
"""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.corpus import own_environment
from benchmarks.measure import write

PAGE = 50
SECONDS = 60.0
REF = "refs/foundry/candidates"


@dataclass(frozen=True, slots=True)
class Tried:
    """One candidate: its place, and why it does not stand alone ("" if it does)."""

    place: tuple[str, str]
    fault: str


class Tree:
    """A clone of a repository in which one build has extracted everything."""

    def __init__(self, python: str, source: Path, folder: Path) -> None:
        self.top = folder / source.name
        self.environment: Mapping[str, str] = own_environment(folder) | {"CI": "true"}
        self._python = python
        self._run("git", "clone", "--quiet", str(source), str(self.top), cwd=folder)
        self._run("git", "remote", "remove", "origin")
        self.foundry("init")
        self.foundry("extract", "--all")
        self.listed: list[dict[str, str]] = json.loads(self.foundry("candidates", "--all", "--json"))

    def foundry(self, *arguments: str) -> str:
        """Run a command of this build."""
        return self._run(self._python, "-P", "-m", "foundry_git", *arguments)

    def python_candidates(self) -> Iterator[tuple[tuple[str, str], str]]:
        """The place and code of each candidate in Python that is no test, the most worth keeping first."""
        for one in self.listed:
            if one["language"] == "python" and one["kind"] in ("function", "class"):
                names = self._run("git", "ls-tree", "--name-only", f"{REF}:{one['id']}").split()
                code = next(name for name in names if name.endswith(".py") and not name.startswith("test_"))
                yield (one["path"], one["symbol"]), self._run("git", "show", f"{REF}:{one['id']}/{code}")

    def _run(self, *command: str, cwd: Path | None = None) -> str:
        done = subprocess.run(command, cwd=cwd or self.top, env=self.environment, capture_output=True, text=True, check=True)
        return done.stdout


def fault_of(code: str, own: set[str], packages: str, folder: Path) -> str:
    """Why a text does not stand alone; "" if it does."""
    try:
        tree = ast.parse(code)
    except SyntaxError as error:
        return f"syntax: {error.msg}"
    if back := sorted({module for module in _imported(tree) if module.startswith(".") or module.partition(".")[0] in own}):
        return f"imports {back[0]} of its project"
    file = folder / "candidate.py"
    file.write_text(code, encoding="utf-8")
    ruff = Path(sysconfig.get_path("scripts")) / "ruff"
    found = subprocess.run(
        [ruff, "check", "--isolated", "--select", "F821", "--output-format", "concise", "--no-cache", file],
        capture_output=True,
        text=True,
        check=False,
    )
    if found.returncode:
        return f"undefined: {found.stdout.splitlines()[0].rpartition(': ')[2]}"
    return _import_alone(packages, folder)


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def _import_alone(packages: str, folder: Path) -> str:
    """Import it where it can reach and change nothing."""
    sandbox = [
        "bwrap",
        "--unshare-all",
        "--die-with-parent",
        "--ro-bind",
        "/",
        "/",
        "--tmpfs",
        "/tmp",
        "--dev",
        "/dev",
        "--proc",
        "/proc",
    ]
    sandbox += [
        "--ro-bind",
        str(folder),
        "/tmp/alone",
        "--ro-bind",
        str(Path(packages).parent.parent),
        str(Path(packages).parent.parent),
    ]
    command = [*sandbox, "--chdir", "/tmp/alone", packages, "-I", "-c", "import sys; sys.path.insert(0, '.'); import candidate"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
    return f"import: {done.stderr.strip().splitlines()[-1][:120]}" if done.returncode else ""


def own_names(top: Path) -> set[str]:
    """The packages of a repository: the folders with code at its top, or below ``src``."""
    return {
        path.name
        for base in (top, top / "src", top / "lib")
        if base.is_dir()
        for path in base.iterdir()
        if (path / "__init__.py").is_file()
    }


def tried(tree: Tree, packages: str) -> list[Tried]:
    """Every candidate in Python, tried."""
    own = own_names(tree.top)
    found = []
    for place, code in tree.python_candidates():
        with tempfile.TemporaryDirectory() as folder:
            found.append(Tried(place, fault_of(code, own, packages, Path(folder))))
    return found


def figures(found: Sequence[Tried]) -> dict[str, object]:
    """Counts and shares of one build in one repository."""
    page = found[:PAGE]
    return {
        "candidates": len(found),
        "alone": sum(not one.fault for one in found),
        "page": len(page),
        "page_alone": sum(not one.fault for one in page),
        "faults": [f"{one.place[0]}:{one.place[1]}: {one.fault}" for one in page if one.fault][:5],
    }


def main() -> None:
    """Try both builds on each repository, print and write ``results/runnable.json``."""
    other, packages, *sources = sys.argv[1:]
    if shutil.which("bwrap") is None:
        raise SystemExit("bubblewrap is not installed: this runs what others wrote")
    repositories: dict[str, object] = {}
    sums = {build: [0, 0, 0, 0] for build in ("this", "other")}
    for source in map(Path, sources):
        seen = {}
        for name, python in (("this", sys.executable), ("other", other)):
            with tempfile.TemporaryDirectory(prefix="foundry-bench-") as folder:
                seen[name] = tried(Tree(python, source.resolve(), Path(folder).resolve()), packages)
        lost = {one.place for one in seen["other"][:PAGE]} - {one.place for one in seen["this"][:PAGE]}
        lost_alone = sum(one.place in lost and not one.fault for one in seen["other"][:PAGE])
        repositories[source.name] = {name: figures(found) for name, found in seen.items()} | {
            "left_the_page": len(lost),
            "left_though_alone": lost_alone,
        }
        print(source.name, json.dumps(repositories[source.name]), flush=True)
        for name, found in seen.items():
            page = found[:PAGE]
            more = len(found), sum(not one.fault for one in found), len(page), sum(not one.fault for one in page)
            sums[name] = [a + b for a, b in zip(sums[name], more, strict=True)]
    shares = {
        name: {
            "of_all": round(alone / total, 3),
            "of_the_first_page": round(page_alone / page, 3),
            "candidates": total,
            "page": page,
        }
        for name, (total, alone, page, page_alone) in sums.items()
    }
    write("runnable", {"language": "python", **shares, "repositories": repositories})


if __name__ == "__main__":
    main()
