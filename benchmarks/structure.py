"""The structure in numbers: ``python -m benchmarks.structure [CHECKOUT …]`` counts what docs/architecture.md shows before and after."""

from __future__ import annotations

import ast
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.measure import write

PACKAGE = "foundry_git"
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(slots=True)
class Structure:
    """What was counted in one checkout."""

    modules: int = 0
    lines: int = 0
    lengths: list[int] = field(default_factory=list)
    imports_in_functions: int = 0
    workspaces: Counter[str] = field(default_factory=Counter)
    homes: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    arrows: set[tuple[str, str]] = field(default_factory=set)

    def figures(self) -> dict[str, int | str]:
        """The counts as one reads them."""
        ordered = sorted(self.lengths)
        rooms = {(_room(a), _room(b)) for a, b in self.arrows if _room(a) != _room(b)}
        return {
            "modules": self.modules,
            "lines": self.lines,
            "functions": len(ordered),
            "lines of a function, median/p90/most": f"{ordered[len(ordered) // 2]}/{ordered[len(ordered) * 9 // 10]}/{ordered[-1]}",
            "imports inside functions": self.imports_in_functions,
            "functions that take a workspace": self.workspaces.total(),
            "of these, that read nothing of it": self.workspaces["none"],
            "of these, that read one attribute and pass it on to nobody": self.workspaces["one"],
            "public type names with two meanings": sum(len(places) > 1 for places in self.homes.values()),
            "arrows between modules": len(self.arrows),
            "arrows between rooms": len(rooms),
        }


def main() -> None:
    """Count, print and write ``results/structure.json``."""
    checkouts = [Path(name) for name in sys.argv[1:]] or [Path()]
    write("structure", {_name(checkout): structure_of(checkout).figures() for checkout in checkouts})


def structure_of(checkout: Path) -> Structure:
    """Read all modules of the package below a checkout."""
    found = Structure()
    places = {_module(path, checkout): path for path in sorted((checkout / PACKAGE).rglob("*.py"))}
    for module, path in places.items():
        text = path.read_text(encoding="utf-8")
        tree = ast.parse(text)
        found.modules += 1
        found.lines += text.count("\n")
        found.arrows |= {(module, target) for target in _imported(tree, places) if target != module}
        for name in _types(tree):
            found.homes[name].add(module)
        for function in (node for node in ast.walk(tree) if isinstance(node, Function)):
            found.lengths.append((function.end_lineno or 0) - function.lineno + 1)
            found.imports_in_functions += sum(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(function))
            found.workspaces.update(_workspace_reads(function))
    return found


def _types(tree: ast.Module) -> Iterator[str]:
    """The public names of classes, aliases and the like."""
    for node in tree.body:
        match node:
            case ast.ClassDef(name=name) | ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                if name[:1].isupper() and not name.isupper():
                    yield name


def _workspace_reads(function: Function) -> Iterator[str]:
    """How much each parameter that is a workspace gives: "none", "one" attribute and nothing else, or "more"."""
    for argument in (*function.args.args, *function.args.kwonlyargs):
        if argument.annotation is None or "Workspace" not in ast.unparse(argument.annotation):
            continue
        names = [node for node in ast.walk(function) if isinstance(node, ast.Name) and node.id == argument.arg]
        read = [node.attr for node in ast.walk(function) if isinstance(node, ast.Attribute) and node.value in names]
        is_passed_on = len(names) > len(read)
        yield "none" if not read else "one" if len(set(read)) == 1 and not is_passed_on else "more"


def _imported(tree: ast.Module, places: dict[str, Path]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                target = whole if whole in places else node.module
                if target in places:
                    yield target
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in places)


def _module(path: Path, checkout: Path) -> str:
    return ".".join(path.relative_to(checkout).with_suffix("").parts).removesuffix(".__init__")


def _room(module: str) -> str:
    return module.split(".")[1] if "." in module else module


def _name(checkout: Path) -> str:
    """The commit of a checkout, as far as it is one."""
    head = checkout / ".git" / "HEAD"
    return head.read_text().strip()[:10] if head.is_file() and not head.read_text().startswith("ref:") else "this checkout"


if __name__ == "__main__":
    main()
