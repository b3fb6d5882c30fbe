"""Python code as one row of tokens: its tree, written without what renaming, formatting and annotating change."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from foundry_git.source.python.body import first_line
from foundry_git.source.python.imports import imported_names, imports_in
from foundry_git.source.python.names import BUILT_IN
from foundry_git.source.python.parsing import normalised, parse
from foundry_git.source.python.scopes import DEFINITIONS, SCOPES, PythonScope, PythonScopes, bound_in
from foundry_git.source.reader import OWN, Token, stands_on

_NOTHING = (ast.Import, ast.ImportFrom, ast.Pass, ast.Global, ast.Nonlocal, ast.Load, ast.Store, ast.Del, ast.alias)
_SAID_BY_PARTS = (ast.Expr, ast.arguments, ast.keyword, ast.FormattedValue, ast.Starred, ast.withitem, ast.JoinedStr)
_OPERATORS = (ast.operator, ast.unaryop, ast.boolop, ast.cmpop)
_SELF = frozenset({"self", "cls"})

_Part = Token | tuple[ast.AST, PythonScope]


def tokens(text: str, path: str, lines: Sequence[int] | None = None) -> list[Token]:
    """Write a file as tokens; see ``languages.Reader``.

    Raises:
        SourceError: not Python, or nested too deeply.
    """
    tree = parse(normalised(text), path)
    return _Row(tree, [node for node in tree.body if stands_on(lines, _first_line(node), node.end_lineno or node.lineno)]).written


class _Row:
    """One pass over the tree of a file; a stack instead of recursion, so that a sum of 10,000 terms needs no 10,000 frames."""

    def __init__(self, tree: ast.Module, wanted: Sequence[ast.stmt]) -> None:
        self._imported = {
            name.name: alias.name if alias.asname or isinstance(node, ast.ImportFrom) else name.name
            for statement in tree.body
            for node in imports_in(statement)
            for alias, name in zip(node.names, imported_names(node), strict=True)
        }
        self.written: list[Token] = []
        self._scopes = PythonScopes(bound_in(tree.body) - self._imported.keys())
        todo: list[_Part] = [(node, self._scopes.outer) for node in reversed(wanted)]
        while todo:
            first, second = todo.pop()
            if isinstance(first, str):
                assert isinstance(second, int)
                self.written.append((first, second))
            else:
                assert isinstance(second, PythonScope)
                todo += reversed(self._parts(first, second))

    def _parts(self, node: ast.AST, scope: PythonScope) -> list[_Part]:
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.Name):
            return [(self._name(node.id, scope), line)]
        if isinstance(node, ast.Constant):
            return [(_kind_of(node.value), line)]
        if isinstance(node, ast.Attribute):
            own = isinstance(node.value, ast.Name) and node.value.id in _SELF
            return [(node.value, scope), (f"{OWN}.{node.attr}" if own else f".{node.attr}", node.end_lineno or line)]
        if isinstance(node, SCOPES):
            return self._scope(node, scope, line)
        if isinstance(node, _NOTHING) or _is_text(node):
            return []
        return self._plain(node, scope, line)

    def _plain(self, node: ast.AST, scope: PythonScope, line: int) -> list[_Part]:
        parts: list[_Part] = [] if isinstance(node, _SAID_BY_PARTS) or not line else [(_word_of(node), line)]
        if isinstance(node, ast.JoinedStr):
            parts.append(("text", line))
            return [*parts, *((value, scope) for value in node.values if not isinstance(value, ast.Constant))]
        if isinstance(node, ast.keyword):
            parts.append((f"{node.arg}=", line))
        for field in node._fields:
            value = getattr(node, field, None)
            if field in ("annotation", "ctx", "type_comment", "returns", "op", "ops") or value is None:
                continue
            if field in ("orelse", "finalbody") and isinstance(value, list) and value:
                parts.append((field, value[0].lineno))
            for item in value if isinstance(value, list) else [value]:
                parts += self._item(item, field, scope, line)
        return parts

    def _item(self, item: object, field: str, scope: PythonScope, line: int) -> list[_Part]:
        if isinstance(item, ast.AST):
            return [(item, scope)]
        is_name = isinstance(item, str) and line and field in ("name", "rest")
        return [(self._name(str(item), scope), line)] if is_name else []

    def _scope(self, node: ast.AST, scope: PythonScope, line: int) -> list[_Part]:
        inside = self._scopes.enter(node, scope)
        parts: list[_Part] = [(type(node).__name__, line)]
        if isinstance(node, DEFINITIONS):
            decorators = [(part, scope) for part in node.decorator_list]
            parts = [*decorators, *parts, (f"{OWN}{node.name}", line)]
            if isinstance(node, ast.ClassDef):
                return [*parts, *((part, scope) for part in (*node.bases, *node.keywords)), *_each(node.body, inside)]
        if isinstance(node, ast.Lambda):
            return [*parts, *_arguments(node.args, scope, inside), (node.body, inside)]
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return [*parts, *_arguments(node.args, scope, inside), *_each(node.body, inside)]
        generators: list[ast.comprehension] = getattr(node, "generators", [])
        elements = [getattr(node, field) for field in ("elt", "key", "value") if hasattr(node, field)]
        parts += _each(elements, inside)
        for at, one in enumerate(generators):
            parts += [(one.target, inside), (one.iter, inside if at else scope), *_each(one.ifs, inside)]
        return parts

    def _name(self, name: str, scope: PythonScope) -> str:
        found = scope.find(name)
        if found is None and name in self._imported:
            return self._imported[name]
        return name if found is None and name in BUILT_IN else f"{OWN}{name}"


def _first_line(node: ast.stmt) -> int:
    return first_line(node) if isinstance(node, DEFINITIONS) else node.lineno


def _each(nodes: Iterable[ast.AST], scope: PythonScope) -> list[_Part]:
    return [(node, scope) for node in nodes]


def _arguments(arguments: ast.arguments, scope: PythonScope, inside: PythonScope) -> list[_Part]:
    given = [*arguments.posonlyargs, *arguments.args, arguments.vararg, *arguments.kwonlyargs, arguments.kwarg]
    names: list[_Part] = [(f"{OWN}{argument.arg}", argument.lineno) for argument in given if argument]
    return [*names, *_each((part for part in (*arguments.defaults, *arguments.kw_defaults) if part), scope)]


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _word_of(node: ast.AST) -> str:
    """Name what a node is; of an operation also which."""
    if isinstance(node, ast.AnnAssign):
        return "Assign"
    found = getattr(node, "op", None) or getattr(node, "ops", None)
    signs = found if isinstance(found, list) else [found]
    return "".join([type(node).__name__, *(type(sign).__name__ for sign in signs if isinstance(sign, _OPERATORS))])


def _kind_of(value: object) -> str:
    """Name the kind of a constant; only what has no other value keeps it."""
    if value is None or isinstance(value, bool) or value is Ellipsis:
        return repr(value)
    return "text" if isinstance(value, str | bytes) else "number"
