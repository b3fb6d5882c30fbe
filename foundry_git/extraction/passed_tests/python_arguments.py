"""Where a Python test has its arguments from: parametrised, made beside it, pytest's own, or from somewhere it does not travel with."""

from __future__ import annotations

import ast
from collections.abc import Iterator

FIXTURES = frozenset(
    "cache capfd capfdbinary caplog capsys capsysbinary monkeypatch pytestconfig record_property recwarn request subtests tmp_path"
    " tmp_path_factory tmpdir tmpdir_factory".split()
)
"""Those that pytest brings itself: https://docs.pytest.org/en/stable/reference/fixtures.html"""


def finds_its_arguments(body: ast.Module) -> bool:
    """Say whether every argument of a test, or of a test class's methods, travels with it."""
    return all(_finds(node, FIXTURES) for node in body.body)


def _finds(node: ast.stmt, around: frozenset[str]) -> bool:
    given = around | frozenset(_parametrised(node))
    if isinstance(node, ast.ClassDef):
        inside = given | {part.name for part in node.body if isinstance(part, ast.FunctionDef) and _has(part, "fixture")}
        return not _has(node, "usefixtures") and all(_finds(part, inside) for part in node.body)
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or _has(node, "given"):
        return True  # hypothesis gives them
    if not (node.name.startswith("test") or _has(node, "fixture")):
        return True
    arguments = {argument.arg for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)}
    return not _has(node, "usefixtures") and arguments - {"self", "cls"} <= given


def _has(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef, decorator: str) -> bool:
    return any(_last_name(found) == decorator for found in node.decorator_list)


def _last_name(node: ast.expr) -> str:
    target = node.func if isinstance(node, ast.Call) else node
    return target.attr if isinstance(target, ast.Attribute) else target.id if isinstance(target, ast.Name) else ""


def _parametrised(node: ast.stmt) -> Iterator[str]:
    for decorator in getattr(node, "decorator_list", ()):
        if isinstance(decorator, ast.Call) and _last_name(decorator) == "parametrize" and decorator.args:
            for part in ast.walk(decorator.args[0]):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield from (name.strip() for name in part.value.split(","))
