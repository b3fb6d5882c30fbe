"""Signatures: a definition in one line, and the parameters that a caller may pass."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from foundry_git.source.python.names import dotted
from foundry_git.source.python.scopes import FUNCTIONS, DefinitionNode, Function, arguments_of

LONGEST_DEFAULT = 40  # a table as a default says less than "…"

_FIELD_DECORATORS = frozenset({"dataclass", "define", "frozen", "mutable", "attrs", "attr.s"})
_FIELD_BASES = frozenset({"NamedTuple", "TypedDict", "BaseModel", "BaseSettings", "Struct", "SQLModel"})


def signature_of(node: DefinitionNode) -> str:
    """Write a definition's head: ``async def get(url: str, *, timeout: float = 10) -> bytes``.

    A class shows how it is made: ``class Cache(Generic[K, V]): __init__(size: int = 10)``.
    """
    if isinstance(node, ast.ClassDef):
        bases = ", ".join(_text(part) for part in [*node.bases, *node.keywords])
        head = f"class {node.name}({bases})" if bases else f"class {node.name}"
        made = ", ".join(_constructor_parts(node))
        return f"{head}: __init__({made})" if made else head
    prefix = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
    returns = f" -> {_text(node.returns)}" if node.returns else ""
    return f"{prefix} {node.name}({', '.join(_parameter_parts(node))}){returns}"


def parameters_of(node: DefinitionNode) -> tuple[str, ...]:
    """Name what a caller may pass; of a class, to its constructor: ``__init__``, or the fields of a dataclass or model."""
    return tuple(name for name, _ in _given(node))


def typed_share(node: DefinitionNode) -> float:
    """Measure the share of those parameters that have an annotation; 1 where there are none."""
    annotations = [annotation for _, annotation in _given(node)]
    return sum(annotation is not None for annotation in annotations) / len(annotations) if annotations else 1.0


def decorators_of(node: DefinitionNode) -> tuple[str, ...]:
    """Name the decorators without their arguments: ``app.get`` for ``@app.get("/")``."""
    called = (part.func if isinstance(part, ast.Call) else part for part in node.decorator_list)
    return tuple(name for name in map(dotted, called) if name)


def _given(node: DefinitionNode) -> list[tuple[str, ast.expr | None]]:
    if not isinstance(node, ast.ClassDef):
        return [(argument.arg, argument.annotation) for argument in arguments_of(node.args)]
    constructor = _constructor(node)
    if constructor is None:
        return list(_fields(node))
    return [(argument.arg, argument.annotation) for argument in arguments_of(constructor.args)][1:]


def _constructor(node: ast.ClassDef) -> Function | None:
    for part in node.body:
        if isinstance(part, FUNCTIONS) and part.name == "__init__":
            return part
    return None


def _constructor_parts(node: ast.ClassDef) -> list[str]:
    constructor = _constructor(node)
    if constructor is not None:
        return _without_self(list(_parameter_parts(constructor)))
    return [f"{name}: {_text(annotation)}" for name, annotation in _fields(node)]


def _without_self(parts: list[str]) -> list[str]:
    rest = parts[1:]
    return rest[1:] if rest[:1] == ["/"] else rest


def _fields(node: ast.ClassDef) -> Iterator[tuple[str, ast.expr]]:
    """List the annotated fields of a class whose constructor is made from them."""
    bases = {dotted(base).rpartition(".")[2] for base in node.bases}
    decorators = {name for full in decorators_of(node) for name in (full, full.rpartition(".")[2])}
    if not (bases & _FIELD_BASES or decorators & _FIELD_DECORATORS):
        return
    for part in node.body:
        if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name) and not _is_class_variable(part.annotation):
            yield part.target.id, part.annotation


def _is_class_variable(annotation: ast.expr) -> bool:
    plain = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    return dotted(plain).rpartition(".")[2] == "ClassVar"


def _parameter_parts(node: Function) -> Iterator[str]:
    arguments = node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults)) + list(arguments.defaults)
    for number, (argument, default) in enumerate(zip(positional, defaults, strict=True), start=1):
        yield _parameter(argument, default)
        if number == len(arguments.posonlyargs):
            yield "/"
    if arguments.vararg:
        yield f"*{_parameter(arguments.vararg, None)}"
    elif arguments.kwonlyargs:
        yield "*"
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield _parameter(argument, default)
    if arguments.kwarg:
        yield f"**{_parameter(arguments.kwarg, None)}"


def _parameter(argument: ast.arg, default: ast.expr | None) -> str:
    name = f"{argument.arg}: {_text(argument.annotation)}" if argument.annotation else argument.arg
    if default is None:
        return name
    shown = _text(default)
    shown = shown if len(shown) <= LONGEST_DEFAULT else "…"
    return f"{name} = {shown}" if argument.annotation else f"{name}={shown}"


def _text(node: ast.AST) -> str:
    """Write an expression in one line."""
    if isinstance(node, ast.Name):  # nine of ten annotations; unparse takes 10 µs for it
        return node.id
    return " ".join(ast.unparse(node).split())
