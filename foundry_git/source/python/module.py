"""A Python module as the units in it see it: what it imports and defines, and what a unit needs of that."""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping

from msgspec import Struct

from foundry_git.source.python.imports import imported_names, imports_in, narrowed, preamble_of, written
from foundry_git.source.python.names import BUILT_IN, NamesNeeded, dotted
from foundry_git.source.python.scopes import bound_in
from foundry_git.source.python.tree import walk

FUTURE = "from __future__ import annotations"


class PythonModule(Struct, frozen=True):
    """The facts of one module.

    ``preamble``: its import statements and what is carried with them, in order. ``sources``: name of the preamble → the modules
    that it may come from (``*`` for star imports). ``made_from``: own name → the modules it was made from (``app = FastAPI()``).
    ``own_roots``: top-level packages of the project, as its manifests name them.
    """

    path: str
    preamble: tuple[ast.stmt, ...]
    sources: Mapping[str, tuple[str, ...]]
    made_from: Mapping[str, tuple[str, ...]]
    defined: frozenset[str]
    has_future_annotations: bool
    own_roots: Collection[str]

    def modules(self, names: Iterable[str]) -> frozenset[str]:
        """Collect the modules behind names of this module."""
        return frozenset(module for name in names for module in (*self.sources.get(name, ()), *self.made_from.get(name, ())))

    def gives(self, name: str) -> bool:
        """Say whether the module imports or defines a name."""
        return name in self.sources or name in self.defined

    def is_own(self, module: str) -> bool:
        """Say whether an imported module belongs to the same project.

        It is relative, a manifest names it, or a folder above the file bears its name.
        """
        root = module.partition(".")[0]
        is_named = root in self.own_roots or root in self.path.split("/")[:-1]
        return not root or (is_named and root not in sys.stdlib_module_names)


class Dependencies(Struct, frozen=True):
    """What a unit needs of its module; the fields are those of ``Unit``."""

    imports: tuple[str, ...]
    builtins: tuple[str, ...]
    standard: tuple[str, ...]
    third_party: tuple[str, ...]
    free_names: tuple[str, ...]
    project_names: tuple[str, ...]


def module_facts(tree: ast.Module, path: str, own_roots: Collection[str]) -> PythonModule:
    """Collect the facts of a module."""
    statements = preamble_of(tree.body)
    sources: dict[str, tuple[str, ...]] = {}
    for statement in statements:
        for node in imports_in(statement):
            for imported in imported_names(node):
                sources[imported.name] = (*sources.get(imported.name, ()), imported.module)
    has_future = any(isinstance(node, ast.ImportFrom) and _is_future(node) for node in tree.body)
    made_from: dict[str, tuple[str, ...]] = {}
    for name, origin in _makers(tree.body):
        if found := sources.get(origin) or made_from.get(origin):
            made_from[name] = (*made_from.get(name, ()), *found)
    return PythonModule(path, tuple(statements), sources, made_from, frozenset(bound_in(tree.body)), has_future, own_roots)


def dependencies_of(needs: NamesNeeded, module: PythonModule) -> Dependencies:
    """Resolve what a unit needs against its module; names are sorted, imports in the order of the module."""
    within = {name.name for node in needs.inner_imports for name in imported_names(node) if module.is_own(name.module)}
    chains = {name: set(used) for name, used in needs.chains.items() if name not in within or module.gives(name)}
    hidden = {name for name in needs.builtins if module.gives(name)}  # from io import open
    chains |= {name: {name} for name in hidden}
    statements = needed_preamble(chains, module)
    texts = [written(statement) for statement in statements]
    if needs.is_annotated and module.has_future_annotations:
        texts.insert(0, FUTURE)
    free = {name for name in chains.keys() - bound_in(statements) if not _may_be_starred(name, module)}
    imported = [name for node in _imports_of(statements, needs) for name in imported_names(node)]
    modules = {name.module for name in imported if not module.is_own(name.module)}
    own = within | {name for name in chains if _is_from_project(name, module)}
    standard = {name for name in modules if _root(name) in sys.stdlib_module_names}
    return Dependencies(
        imports=tuple(dict.fromkeys(texts)),
        builtins=tuple(sorted(needs.builtins - hidden)),
        standard=tuple(sorted(standard)),
        third_party=tuple(sorted({_root(name) for name in modules - standard})),
        free_names=tuple(sorted(free)),
        project_names=tuple(sorted(free | own)),
    )


def _imports_of(statements: Iterable[ast.stmt], needs: NamesNeeded) -> Iterator[ast.Import | ast.ImportFrom]:
    for statement in (*statements, *needs.inner_imports):
        yield from imports_in(statement)


def _root(module: str) -> str:
    return module.partition(".")[0]


def needed_preamble(chains: dict[str, set[str]], module: PythonModule) -> list[ast.stmt]:
    """Narrow the module's preamble to ``chains``, which grows by the names that guards such as ``if TYPE_CHECKING`` use."""
    while True:
        has_unknown = any(_may_be_starred(name, module) for name in chains)
        found = [narrowed(statement, chains, has_unknown) for statement in module.preamble]
        kept = [statement for statement in found if statement is not None]
        bound = bound_in(kept)
        # `import os.path` alone also serves `os.getcwd`
        missing = {name for name in chains if name in module.sources and name not in bound and name not in chains[name]}
        new = missing | {name for statement in kept for name in _loaded(statement) if name not in chains}
        if not new:
            return kept
        for name in new:
            chains.setdefault(name, set()).add(name)


def _loaded(statement: ast.stmt) -> Iterator[str]:
    names = (node.id for node in walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load))
    return (name for name in names if name not in BUILT_IN)


def _may_be_starred(name: str, module: PythonModule) -> bool:
    return "*" in module.sources and name not in module.sources and name not in module.defined


def _is_from_project(name: str, module: PythonModule) -> bool:
    origin = "*" if _may_be_starred(name, module) else name
    return any(module.is_own(source) for source in module.sources.get(origin, ()))


def _is_future(node: ast.ImportFrom) -> bool:
    return node.module == "__future__" and any(alias.name == "annotations" for alias in node.names)


def _makers(body: Iterable[ast.stmt]) -> Iterator[tuple[str, str]]:
    """Pair a name of the module with the first part of what makes it: ``app = FastAPI()`` gives (``app``, ``FastAPI``)."""
    for node in body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            maker = dotted(node.value.func).partition(".")[0]
            yield from ((target.id, maker) for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.ClassDef):
            yield from ((node.name, dotted(base).partition(".")[0]) for base in node.bases)
