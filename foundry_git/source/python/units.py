"""Units of a Python file: its top-level functions and classes."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping

from msgspec.structs import replace

from foundry_git.errors import SourceError
from foundry_git.source.descriptions import describe
from foundry_git.source.frameworks import FRAMEWORKS, framework_of
from foundry_git.source.manifests import Project
from foundry_git.source.python.body import body_of, first_line
from foundry_git.source.python.imports import imported_names
from foundry_git.source.python.measures import measure
from foundry_git.source.python.module import PythonModule, dependencies_of
from foundry_git.source.python.names import NamesNeeded, dotted, needs_of
from foundry_git.source.python.outline import Outline, outline_of
from foundry_git.source.python.parsing import normalised, parse
from foundry_git.source.python.scopes import DEFINITIONS, FUNCTIONS, DefinitionNode, PythonScopes, scopes_of
from foundry_git.source.python.shape import shape_of
from foundry_git.source.python.signatures import decorators_of, parameters_of, signature_of, typed_share
from foundry_git.source.units import Unit


def read(text: str, path: str, frameworks: Mapping[str, Collection[str]], project: Project) -> list[Unit]:
    """Read the units of a file; see ``units.read_units``.

    A name that is defined several times (``if os.name == "nt": def … else: def …``) is one unit, the first that is not an
    ``overload``.

    Raises:
        SourceError: not Python, or nested too deeply.
    """
    try:
        outline = outline_of(text, path, project.own(path, "python"))  # kept for what is asked of the file next
        return [_of_outline(node, outline, frameworks) for node in _definitions(outline.statements)]
    except RecursionError:
        raise SourceError(path, 1, "nested too deeply") from None


def methods(text: str, path: str) -> list[Unit]:
    """Read the methods of the classes of a file; see ``units.read_methods``.

    Raises:
        SourceError: not Python, or nested too deeply.
    """
    plain = normalised(text)
    tree = parse(plain, path)
    lines = plain.split("\n")
    module = PythonModule(path, (), {}, {}, frozenset(), False, ())
    try:
        return [
            replace(_alone(node, module, lines, {}), kind="method", symbol=f"{owner.name}.{node.name}")
            for owner in _definitions(tree.body)
            if isinstance(owner, ast.ClassDef)
            for node in _definitions(owner.body)
            if isinstance(node, FUNCTIONS)
        ]
    except RecursionError:
        raise SourceError(path, 1, "nested too deeply") from None


def _definitions(body: Iterable[ast.stmt]) -> list[DefinitionNode]:
    first: dict[str, DefinitionNode] = {}
    for node in candidates(body):
        if not is_overload(node):
            first.setdefault(node.name, node)
    return list(first.values())


def is_overload(node: DefinitionNode) -> bool:
    """Say whether a definition only tells a signature of one that follows."""
    return any(name.rpartition(".")[2] == "overload" for name in decorators_of(node))


def candidates(body: Iterable[ast.stmt]) -> Iterator[DefinitionNode]:
    """Yield the definitions of a file, those within its top-level ``if``, ``try`` and ``with`` too."""
    for node in body:
        if isinstance(node, DEFINITIONS):
            yield node
        elif isinstance(node, ast.If | ast.Try | ast.TryStar | ast.With):
            for branch in ("body", "handlers", "orelse", "finalbody"):
                for part in getattr(node, branch, ()):
                    yield from candidates(part.body if isinstance(part, ast.ExceptHandler) else [part])


def _of_outline(node: DefinitionNode, outline: Outline, frameworks: Mapping[str, Collection[str]]) -> Unit:
    number = outline.numbers.get(id(node))
    if number is None:  # it stands within a statement
        outline.lift_around(node)
        return _alone(node, outline.facts, outline.lines, frameworks)
    return _unit(node, outline.facts, outline.lines, frameworks, outline.scopes(number), outline.needs(number))


def _alone(node: DefinitionNode, module: PythonModule, lines: list[str], frameworks: Mapping[str, Collection[str]]) -> Unit:
    scopes = scopes_of([node])
    return _unit(node, module, lines, frameworks, scopes, needs_of(node, scopes))


def _unit(
    node: DefinitionNode,
    module: PythonModule,
    lines: list[str],
    frameworks: Mapping[str, Collection[str]],
    scopes: PythonScopes,
    needs: NamesNeeded,
) -> Unit:
    dependencies = dependencies_of(needs, module)
    docstring = _docstring(node)
    parameters = parameters_of(node)
    kind = kind_of(node)
    return Unit(
        kind=kind,
        symbol=node.name,
        name=node.name,
        language="python",
        start_line=first_line(node),
        end_line=node.end_lineno or node.lineno,
        imports=dependencies.imports,
        body=body_of(node, lines),
        signature=signature_of(node),
        docstring=docstring,
        decorators=decorators_of(node),
        parameters=parameters,
        builtins=dependencies.builtins,
        standard=dependencies.standard,
        third_party=dependencies.third_party,
        free_names=dependencies.free_names,
        project_names=dependencies.project_names,
        measures=measure(node, lines, len(parameters), typed_share(node)),
        framework=framework_of(_framework_signs(node, needs, module), frameworks),
        description=describe(docstring, kind, node.name, parameters),
        shape=shape_of([node], scopes),
        is_private=node.name.startswith("_"),
    )


def kind_of(node: DefinitionNode) -> str:
    """``function``, ``class`` or ``test``."""
    if isinstance(node, FUNCTIONS):
        return "test" if node.name.startswith("test_") or node.name == "test" else "function"
    checks = any(isinstance(part, FUNCTIONS) and part.name.startswith("test") for part in node.body)
    is_case = any(dotted(base).endswith("TestCase") for base in node.bases)
    return "test" if is_case or (checks and node.name.startswith("Test")) else "class"


def _docstring(node: DefinitionNode) -> str:
    text = ast.get_docstring(node, clean=False) or ""
    # "\ud800" in a docstring is a character that no file can hold
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _framework_signs(node: DefinitionNode, needs: NamesNeeded, module: PythonModule) -> list[Collection[str]]:
    bases = node.bases if isinstance(node, ast.ClassDef) else []
    shown = [*decorators_of(node), *map(dotted, bases)]
    used = {imported.module for part in needs.inner_imports for imported in imported_names(part)}
    own = module.modules(name.partition(".")[0] for name in shown)
    return [own, module.modules(needs.chains) | used, _run_by(module) if kind_of(node) == "test" else ()]


def _run_by(module: PythonModule) -> list[str]:
    """What the tests of a file are run by: a test need not name pytest to be one of it."""
    return [name for name in module.modules(module.sources) if name.partition(".")[0] in FRAMEWORKS["pytest"]]
