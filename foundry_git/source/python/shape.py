"""The shape of Python code: its tree, written in a form that no version of Python changes, and hashed.

``ast.dump`` would not do: it writes other text since 3.12 (type parameters) and since 3.13 (empty lists left out).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from foundry_git.source.python.imports import is_preamble, is_relative
from foundry_git.source.python.inner_imports import inner_lines, lift
from foundry_git.source.python.parsing import normalised, parse
from foundry_git.source.python.scopes import COMPREHENSIONS, DEFINITIONS, SCOPES, PythonScope, bound_by_alias, outer_scope
from foundry_git.source.shapes import digest

ALGORITHM = "py1"

# `ctx` follows from the place, `kind` is the u of u"…", `str` is the source text of a t-string's part
_SKIPPED = frozenset({"ctx", "kind", "str", "type_comment", "type_ignores", "type_params", "annotation", "returns", "simple"})
_NAMING_FIELDS = {ast.ExceptHandler: "name", ast.MatchAs: "name", ast.MatchStar: "name", ast.MatchMapping: "rest"}

_SCOPE_KINDS = frozenset(SCOPES)
_REWRITTEN_KINDS = frozenset({ast.JoinedStr, ast.Expr, ast.AnnAssign})

_Part = str | tuple[ast.AST, PythonScope]


def shape_of_text(text: str, symbol: str = "") -> str:
    """Hash a file: its statements but for the preamble, or of several the definition of ``symbol``; names they bind count as local.

    Raises:
        SourceError: not Python.
    """
    plain = normalised(text)
    statements = [node for node in parse(plain, "<text>").body if not is_preamble(node)]
    if inner_lines(plain, is_relative):  # code that was kept before what it imports came along with it
        for node in statements:
            lift(node, plain.split("\n"), is_relative)
    named = [node for node in statements if isinstance(node, DEFINITIONS) and node.name == symbol]
    chosen: Sequence[ast.stmt] = named[-1:] or statements  # above it may stand its overloads
    return shape_of(chosen, outer_scope(chosen))


def shape_of(statements: Sequence[ast.stmt], around: PythonScope) -> str:
    """Hash the trees of statements of a module; ``around``: their ``outer_scope``.

    Left out: comments, layout, docstrings and other bare texts, annotations. Numbered in order of appearance: local names
    (parameters, variables, targets of comprehensions, functions within functions, names of the statements themselves). Kept:
    structure, constants, attributes, keywords of calls, names in the bodies of classes, names from outside.
    """
    return digest(ALGORITHM, _Writer().write(statements, around))


class _Writer:
    """Writes trees as lines; a stack instead of recursion, so that a sum of 10,000 terms needs no 10,000 frames."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[PythonScope, str], str] = {}

    def write(self, statements: Sequence[ast.stmt], around: PythonScope) -> str:
        lines: list[str] = []
        todo: list[_Part] = [(node, around) for node in reversed(statements)]
        while todo:
            part = todo.pop()
            if isinstance(part, str):
                lines.append(part)
                continue
            node, scope = part
            if isinstance(node, ast.Name):
                lines.append(self._name(node.id, scope))
            elif isinstance(node, ast.Constant):
                lines.append(_constant(node.value))
            else:
                todo += reversed(self._parts(node, scope))
        return "\n".join(lines)

    def _parts(self, node: ast.AST, scope: PythonScope) -> list[_Part]:
        """Split a node into its own lines and the nodes between them."""
        kind = type(node)
        if kind in _SCOPE_KINDS:
            return self._scope(node, scope)
        if kind in _REWRITTEN_KINDS:
            return self._rewritten(node, scope)
        return self._plain(node, scope)

    def _scope(self, node: ast.AST, scope: PythonScope) -> list[_Part]:
        if isinstance(node, COMPREHENSIONS):
            return self._comprehension(node, scope)
        if isinstance(node, DEFINITIONS):
            return self._definition(node, scope)
        assert isinstance(node, ast.Lambda)
        inside = scope.enter(node)
        return ["(Lambda", *self._arguments(node.args, scope, inside), (node.body, inside), ")"]

    def _plain(self, node: ast.AST, scope: PythonScope) -> list[_Part]:
        """Write the class of a node and its fields that hold anything."""
        parts: list[_Part] = [f"({type(node).__name__}"]
        naming = _NAMING_FIELDS.get(type(node))
        for field in node._fields:
            value = getattr(node, field, None)
            if value is None or value == [] or field in _SKIPPED:
                continue
            parts.append(f"{field}=")
            if isinstance(value, str):
                parts.append(self._name(value, scope) if field == naming else value)
            elif isinstance(value, list):
                parts.extend(self._item(item, scope) for item in value)
            else:
                parts.append(self._item(value, scope))
        return [*parts, ")"]

    def _item(self, item: object, scope: PythonScope) -> _Part:
        if isinstance(item, ast.alias):
            return f"{item.name} as {self._name(bound_by_alias(item), scope)}"
        if isinstance(item, ast.AST):
            return (item, scope)
        if item is None:  # the missing key of {**other}; the constant None is a node
            return "-"
        return self._name(item, scope) if isinstance(item, str) else repr(item)  # of `global` and `nonlocal`; a number

    def _rewritten(self, node: ast.AST, scope: PythonScope) -> list[_Part]:
        if isinstance(node, ast.JoinedStr):
            return ["(JoinedStr", *_joined(node, scope), ")"]
        if isinstance(node, ast.Expr):
            is_text = isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
            return [] if is_text else self._plain(node, scope)
        assert isinstance(node, ast.AnnAssign)
        if scope.is_class:  # the field of a dataclass: its annotation goes, that it is a field stays
            return self._plain(node, scope)
        return self._plain(ast.Assign([node.target], node.value), scope) if node.value else []

    def _comprehension(self, node: ast.AST, scope: PythonScope) -> list[_Part]:
        assert isinstance(node, COMPREHENSIONS)
        inside = scope.enter(node)
        parts: list[_Part] = [f"({type(node).__name__}"]
        for generator in node.generators:
            parts.append(f"for{generator.is_async}")
            around = scope if generator is node.generators[0] else inside
            parts += [(generator.target, inside), (generator.iter, around), *((test, inside) for test in generator.ifs)]
        elements = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        return [*parts, "give", *((element, inside) for element in elements), ")"]

    def _definition(self, node: ast.AST, scope: PythonScope) -> list[_Part]:
        assert isinstance(node, DEFINITIONS)
        inside = scope.enter(node)
        parts: list[_Part] = [f"({type(node).__name__}", self._name(node.name, scope)]
        parts += ["decorators=", *((part, scope) for part in node.decorator_list)]
        if isinstance(node, ast.ClassDef):
            parts += ["bases=", *((part, scope) for part in [*node.bases, *node.keywords])]
        else:
            parts += self._arguments(node.args, scope, inside)
        return [*parts, "body=", *((part, inside) for part in node.body), ")"]

    def _arguments(self, arguments: ast.arguments, scope: PythonScope, inside: PythonScope) -> Iterator[_Part]:
        for field in ("posonlyargs", "args", "vararg", "kwonlyargs", "kwarg"):
            value = getattr(arguments, field)
            given = value if isinstance(value, list) else [value] if value else []
            yield f"{field}="
            yield from (self._name(argument.arg, inside) for argument in given)
        yield "defaults="
        for default in [*arguments.defaults, "kw", *arguments.kw_defaults]:
            yield default if isinstance(default, str) else (default, scope) if default else "-"

    def _name(self, name: str, scope: PythonScope) -> str:
        found = scope.find(name)
        if found is None or found.is_class:
            return name
        return self._numbers.setdefault((found, name), f"${len(self._numbers)}")


def _constant(value: object) -> str:
    """Write a constant in ASCII: ``repr`` shows more characters in each version of Unicode, and refuses numbers of 4,301 digits."""
    if isinstance(value, int) and not isinstance(value, bool):
        return hex(value)
    return ascii(value)


def _joined(node: ast.JoinedStr, scope: PythonScope) -> Iterator[_Part]:
    """Join the texts of an f-string that stand side by side: versions of Python split them differently."""
    text = ""
    for value in node.values:
        if isinstance(value, ast.Constant):
            text += str(value.value)
            continue
        if text:
            yield ascii(text)
        text = ""
        yield (value, scope)
    if text:
        yield ascii(text)
