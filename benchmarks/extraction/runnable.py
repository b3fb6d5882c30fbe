"""Runnable candidates: ``python -m benchmarks.extraction.runnable OTHER PACKAGES NODE_MODULES REPOSITORY…`` tries each candidate alone.

``OTHER`` is the Python of an environment with another build, ``PACKAGES`` that of one with the packages that the repositories need,
``NODE_MODULES`` a folder with ``typescript`` and ``@types/node``. Each build extracts everything from a clone of each repository.
Whether a candidate stands alone, its language's own means say: an import, ``go vet``, ``tsc``, ``node --check``, ``rustc``, in
bubblewrap where anything is compiled or run. What these cannot tell for want of packages or of a newer toolchain is counted apart.
Beside the shares stands what the first page of the other build had and that of this one lacks: to leave useful code out is no way to a
good figure.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.corpus import own_environment
from benchmarks.extraction import standing_ecmascript, standing_go, standing_python, standing_rust
from benchmarks.measure import write
from foundry_git.source.manifests import is_manifest, read_project

PAGE = 50
REF = "refs/foundry/candidates"
APART = (*standing_go.APART, *standing_rust.APART)
Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Waiting:
    """One candidate: its place, language, and the name and text of its code file."""

    place: Place
    language: str
    file: str
    code: str


@dataclass(frozen=True, slots=True)
class Tried:
    """One candidate, and why it does not stand alone ("" if it does)."""

    place: Place
    language: str
    fault: str

    @property
    def is_told(self) -> bool:
        """Say whether anything could be told of it."""
        return not self.fault.startswith(APART)


@dataclass(frozen=True, slots=True)
class Means:
    """``packages``: the Python of an environment with what the repositories need; ``modules``: a folder with TypeScript's compiler."""

    packages: str
    modules: Path

    def versions(self) -> dict[str, str]:
        """What judges, by name."""
        python = subprocess.run([self.packages, "--version"], capture_output=True, text=True, check=True).stdout.split()[1]
        return {
            "python": python,
            "go": standing_go.version(),
            "rustc": standing_rust.version(),
            **standing_ecmascript.Tools(self.modules).versions,
        }


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
        self.listed: list[dict[str, Any]] = json.loads(self.foundry("candidates", "--all", "--json"))

    def foundry(self, *arguments: str) -> str:
        """Run a command of this build."""
        return self._run(self._python, "-P", "-m", "foundry_git", *arguments)

    def candidates(self, least: int = 0) -> Iterator[Waiting]:
        """Each candidate that is no test and no guidance, and worth so much, the most worth keeping first."""
        for one in self.listed:
            if one["kind"] in ("function", "class") and int(one["worth"]) >= least:
                names = self._run("git", "ls-tree", "--name-only", f"{REF}:{one['id']}").split()
                slug = one["id"].rpartition("/")[2].replace("-", "_")
                file = next((name for name in names if name.startswith(f"{slug}.")), "") or next(
                    name for name in names if name != "pattern.yaml" and "test" not in name
                )
                code = self._run("git", "show", f"{REF}:{one['id']}/{file}")
                yield Waiting((one["path"], one["symbol"]), one["language"], file, code)

    def own(self) -> Mapping[str, frozenset[str]]:
        """Language → what imports of the project itself begin with, as its manifests and folders say."""
        files = [
            name for name in self._run("git", "ls-files", "-z").split("\0") if is_manifest(name) and (self.top / name).is_file()
        ]
        project = read_project({name: (self.top / name).read_text("utf-8", "replace") for name in files})
        folders = (self.top, self.top / "src", self.top / "lib")
        packages = {path.parent.name for folder in folders for path in folder.glob("*/__init__.py")}
        languages = ("python", "javascript", "typescript", "go", "rust")
        return {language: project.own("here", language) | (packages if language == "python" else set()) for language in languages}

    def _run(self, *command: str, cwd: Path | None = None) -> str:
        done = subprocess.run(command, cwd=cwd or self.top, env=self.environment, capture_output=True, text=True, check=True)
        return done.stdout


def tried(tree: Tree, means: Means) -> list[Tried]:
    """Every candidate, tried."""
    waiting, own = list(tree.candidates()), tree.own()
    with tempfile.TemporaryDirectory(prefix="foundry-alone-") as folder:
        modules = _of_modules([one for one in waiting if one.language in ("javascript", "typescript")], own, means, Path(folder))
        found = []
        for one in waiting:
            fault = modules[one.place] if one.place in modules else _fault_of(one, own[one.language], means, Path(folder))
            found.append(Tried(one.place, one.language, fault))
    return found


def _fault_of(one: Waiting, own: Collection[str], means: Means, folder: Path) -> str:
    if one.language == "python":
        return standing_python.fault_of(one.code, folder, own, means.packages)
    return (standing_go.fault_of if one.language == "go" else standing_rust.fault_of)(one.code, folder, own)


def _of_modules(waiting: Sequence[Waiting], own: Mapping[str, Collection[str]], means: Means, folder: Path) -> dict[Place, str]:
    """What is wrong with candidates in JavaScript and TypeScript, which one run of the compiler reads."""
    if not waiting:
        return {}
    names = {f"c{number}/{one.file}": one for number, one in enumerate(waiting)}
    tools, roots = standing_ecmascript.Tools(means.modules), {*own["javascript"], *own["typescript"]}
    faults = standing_ecmascript.faults_of({name: one.code for name, one in names.items()}, folder / "modules", tools, roots)
    return {one.place: faults[name] for name, one in names.items()}


def figures(found: Sequence[Tried]) -> dict[str, object]:
    """Counts of one build in one repository; ``apart``: those of which nothing could be told."""
    page = found[:PAGE]
    return {
        "languages": dict(Counter(one.language for one in found).most_common()),
        **_counted("", found),
        **_counted("page_", page),
        "faults": [f"{one.place[0]}:{one.place[1]}: {one.fault}" for one in found if one.fault and one.is_told][:9],
    }


def _counted(of: str, found: Sequence[Tried]) -> dict[str, int]:
    told = [one for one in found if one.is_told]
    return {
        f"{of}candidates": len(found),
        f"{of}apart": len(found) - len(told),
        f"{of}alone": sum(not one.fault for one in told),
    }


def main() -> None:
    """Try both builds on each repository, print and write ``results/runnable.json``."""
    other, packages, modules, *sources = sys.argv[1:]
    means = Means(packages, Path(modules).resolve())
    repositories: dict[str, object] = {}
    all_found: dict[str, list[list[Tried]]] = {"this": [], "other": []}
    for source in map(Path, sources):
        seen = {}
        for name, python in (("this", sys.executable), ("other", other)):
            with tempfile.TemporaryDirectory(prefix="foundry-bench-") as folder:
                seen[name] = tried(Tree(python, source.resolve(), Path(folder).resolve()), means)
            all_found[name].append(seen[name])
        repositories[source.name] = _of_repository(seen)
        print(source.name, json.dumps(repositories[source.name]), flush=True)
    shares = {name: _shares(found) for name, found in all_found.items()}
    write("runnable", {"judged_by": means.versions(), **shares, "repositories": repositories})


def _of_repository(seen: Mapping[str, Sequence[Tried]]) -> dict[str, object]:
    lost = {one.place for one in seen["other"][:PAGE]} - {one.place for one in seen["this"][:PAGE]}
    gone = lost - {one.place for one in seen["this"]}
    alone = {one.place for one in seen["other"][:PAGE] if not one.fault}
    return {name: figures(found) for name, found in seen.items()} | {
        "left_the_page": len(lost),
        "left_though_alone": len(lost & alone),
        "gone": len(gone),
        "gone_though_alone": len(gone & alone),
    }


def _shares(found: Sequence[Sequence[Tried]]) -> dict[str, object]:
    """The shares of one build in all repositories, together and by language, of what could be told of."""
    everything, pages = [one for each in found for one in each], [one for each in found for one in each[:PAGE]]
    by_language: dict[str, list[Tried]] = defaultdict(list)
    for one in everything:
        by_language[one.language].append(one)
    return {
        "of_all": _share(everything),
        "of_first_pages": _share(pages),
        **_counted("", everything),
        **_counted("page_", pages),
        "by_language": {
            language: {"of_all": _share(some), **_counted("", some)} for language, some in sorted(by_language.items())
        },
    }


def _share(found: Sequence[Tried]) -> float:
    told = [one for one in found if one.is_told]
    return round(sum(not one.fault for one in told) / max(1, len(told)), 3)


if __name__ == "__main__":
    main()
