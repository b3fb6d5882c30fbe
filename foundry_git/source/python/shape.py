"""The shape of Python code: its tree, written in a form that no version of Python changes, and hashed.

``ast.dump`` would not do: it writes other text since 3.12 (type parameters) and since 3.13 (empty lists left out).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from foundry_git.source.python.imports import is_preamble, is_relative
from foundry_git.source.python.inner_imports import inner_lines, lift
from foundry_git.source.python.parsing import normalised, parse
from foundry_git.source.python.scopes import (
    COMPREHENSIONS,
    DEFINITIONS,
    SCOPES,
    DefinitionNode,
    PythonScope,
    PythonScopes,
    bound_by_alias,
    scopes_of,
)
from foundry_git.source.shapes import digest

ALGORITHM = "py1"

# `ctx` follows from the place, `kind` is the u of u"…", `str` is the source text of a t-string's part
_SKIPPED = frozenset({"ctx", "kind", "str", "type_comment", "type_ignores", "type_params", "annotation", "returns", "simple"})
_NAMING_FIELDS = {ast.ExceptHandler: "name", ast.MatchAs: "name", ast.MatchStar: "name", ast.MatchMapping: "rest"}

_MIXED = frozenset({"names", "keys", "kwd_attrs"})  # fields whose lists hold other things than nodes that are written as they are
_REWRITTEN_KINDS = frozenset({ast.JoinedStr, ast.Expr, ast.AnnAssign, *SCOPES})

_Part = str | ast.AST | PythonScope
"""A line; a node to write; the scope of what follows."""


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
    return shape_of(chosen, scopes_of(chosen))


def shape_of(statements: Sequence[ast.stmt], scopes: PythonScopes) -> str:
    """Hash the trees of statements of a module; ``scopes``: theirs.

    Left out: comments, layout, docstrings and other bare texts, annotations. Numbered in order of appearance: local names
    (parameters, variables, targets of comprehensions, functions within functions, names of the statements themselves). Kept:
    structure, constants, attributes, keywords of calls, names in the bodies of classes, names from outside.
    """
    return digest(ALGORITHM, _Writer(scopes).write(statements))


class _Fields(dict[type[ast.AST], tuple[tuple[str, str], ...]]):
    """The fields of each class of nodes that count, each with the line that opens it; filtered once for a class, not for each node."""

    def __missing__(self, kind: type[ast.AST]) -> tuple[tuple[str, str], ...]:
        return self.setdefault(kind, tuple((field, f"{field}=") for field in kind._fields if field not in _SKIPPED))


_FIELDS = _Fields()


class _Writer:
    """Writes trees as lines; a stack instead of recursion, so that a sum of 10,000 terms needs no 10,000 frames."""

    def __init__(self, scopes: PythonScopes) -> None:
        self._scopes = scopes
        self._numbers: dict[tuple[PythonScope, str], str] = {}

    def write(self, statements: Sequence[ast.stmt]) -> str:
        lines: list[str] = []
        scope = self._scopes.outer
        begun: list[Iterator[_Part]] = [iter(statements)]
        while begun:
            for part in begun[-1]:
                if isinstance(part, str):
                    lines.append(part)
                elif isinstance(part, ast.Name):
                    lines.append(self._name(part.id, scope))
                elif isinstance(part, ast.Constant):
                    lines.append(_constant(part.value))
                elif isinstance(part, PythonScope):
                    scope = part
                else:
                    begun.append(iter(self._parts(part, scope)))
                    break
            else:
                begun.pop()
        return "\n".join(lines)

    def _parts(self, node: ast.AST, scope: PythonScope) -> list[_Part]:
        if node.__class__ in _REWRITTEN_KINDS:
            return self._rewritten(node, scope)
        return self._plain(node, scope)

    def _plain(self, node: ast.AST, scope: PythonScope) -> list[_Part]:
        """Write the class of a node and its fields that hold anything."""
        parts: list[_Part] = [f"({node.__class__.__name__}"]
        for field, opening in _FIELDS[node.__class__]:
            value = getattr(node, field, None)
            if isinstance(value, ast.AST):
                parts += (opening, value)
            elif isinstance(value, list):
                if value:
                    parts.append(opening)
                    parts += value if field not in _MIXED else [self._item(item, scope) for item in value]
            elif isinstance(value, str):
                parts += (opening, self._name(value, scope) if field == _NAMING_FIELDS.get(node.__class__) else value)
            elif value is not None:
                parts += (opening, repr(value))
        parts.append(")")
        return parts

    def _item(self, item: object, scope: PythonScope) -> _Part:
        if isinstance(item, ast.alias):
            return f"{item.name} as {self._name(bound_by_alias(item), scope)}"
        if isinstance(item, ast.AST):
            return item
        # the missing key of {**other}, for the constant None is a node; a name of `global`, `nonlocal` or a pattern
        return self._name(item, scope) if isinstance(item, str) else "-"

    def _rewritten(self, node: ast.AST, scope: PythonScope) -> list[_Part]:
        """Split a node into its own lines, the nodes between them, and the scopes from which on these stand in another."""
        if isinstance(node, ast.Expr):
            is_text = isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
            return [] if is_text else self._plain(node, scope)
        if isinstance(node, ast.JoinedStr):
            return ["(JoinedStr", *_joined(node), ")"]
        if isinstance(node, ast.AnnAssign):
            if scope.is_class:  # the field of a dataclass: its annotation goes, that it is a field stays
                return self._plain(node, scope)
            return self._plain(ast.Assign([node.target], node.value), scope) if node.value else []
        return [*self._scope(node, scope), scope]

    def _scope(self, node: ast.AST, scope: PythonScope) -> list[_Part]:
        inside = self._scopes.enter(node, scope)
        if isinstance(node, ast.Lambda):
            return ["(Lambda", *self._arguments(node.args, inside), inside, node.body, ")"]
        if isinstance(node, DEFINITIONS):
            return self._definition(node, scope, inside)
        assert isinstance(node, COMPREHENSIONS)
        parts: list[_Part] = [f"({type(node).__name__}"]
        around = scope
        for generator in node.generators:
            parts += [f"for{generator.is_async}", inside, generator.target, around, generator.iter, inside, *generator.ifs]
            around = inside
        return [*parts, "give", *([node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]), ")"]

    def _definition(self, node: DefinitionNode, scope: PythonScope, inside: PythonScope) -> list[_Part]:
        parts: list[_Part] = [f"({type(node).__name__}", self._name(node.name, scope), "decorators=", *node.decorator_list]
        if isinstance(node, ast.ClassDef):
            parts += ["bases=", *node.bases, *node.keywords]
        else:
            parts += self._arguments(node.args, inside)
        return [*parts, "body=", inside, *node.body, ")"]

    def _arguments(self, arguments: ast.arguments, inside: PythonScope) -> Iterator[_Part]:
        for field in ("posonlyargs", "args", "vararg", "kwonlyargs", "kwarg"):
            value = getattr(arguments, field)
            given = value if isinstance(value, list) else [value] if value else []
            yield f"{field}="
            yield from (self._name(argument.arg, inside) for argument in given)
        yield "defaults="
        yield from arguments.defaults
        yield "kw"
        yield from (default or "-" for default in arguments.kw_defaults)

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


def _joined(node: ast.JoinedStr) -> Iterator[_Part]:
    """Join the texts of an f-string that stand side by side: versions of Python split them differently."""
    text = ""
    for value in node.values:
        if isinstance(value, ast.Constant):
            text += str(value.value)
            continue
        if text:
            yield ascii(text)
        text = ""
        yield value
    if text:
        yield ascii(text)
