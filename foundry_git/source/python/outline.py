"""The outline of a Python module: which of its statements bind and change which names, and where imported names come from."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property, lru_cache

from foundry_git.source.python.body import body_of, first_line
from foundry_git.source.python.imports import ImportedFrom, imports_in, is_preamble, module_of
from foundry_git.source.python.inner_imports import NOTHING_LIFTED, Lifted, inner_lines, lift, without
from foundry_git.source.python.module import PythonModule, module_facts
from foundry_git.source.python.names import NamesNeeded, dotted, needs_of
from foundry_git.source.python.parsing import normalised, parse
from foundry_git.source.python.scopes import (
    DEFINITIONS,
    FUNCTIONS,
    PythonScopes,
    arguments_of,
    bound_by_alias,
    bound_in,
    scopes_of,
)
from foundry_git.source.python.signatures import decorators_of
from foundry_git.source.python.tree import children, walk

MOST_KEPT = 16  # outlines, each some ten times as large as its text


class Outline:
    """One module, statement by statement; a statement is known by its place in the module."""

    def __init__(self, text: str, path: str, own_roots: Collection[str]) -> None:
        """Parse a module.

        Raises:
            SourceError: not Python, or nested too deeply.
        """
        self.path = path
        plain = normalised(text)
        self.lines: list[str] = plain.split("\n")  # not splitlines: a form feed ends no line of Python
        self.statements = parse(plain, path).body
        self._has_walrus = ":=" in plain
        self.facts: PythonModule = module_facts(ast.Module(self.statements, []), path, own_roots)
        self._inner_lines = inner_lines(plain, self.facts.is_own)
        self._lifted: dict[int, Lifted] = {}
        self._scopes: dict[int, PythonScopes] = {}
        self._needs: dict[int, NamesNeeded] = {}

    @cached_property
    def binders(self) -> Mapping[str, list[int]]:
        """Name → the statements that bind it; those that only import are left out."""
        found: dict[str, list[int]] = {}
        for number, statement in enumerate(self.statements):
            if not is_preamble(statement):
                for name in bound_in([statement], self._has_walrus):
                    found.setdefault(name, []).append(number)
        return found

    @cached_property
    def imported(self) -> Mapping[str, ImportedFrom]:
        """Name → what the last import of it brings."""
        found: dict[str, ImportedFrom] = {}
        for statement in self.facts.preamble:
            for node in imports_in(statement):
                for alias in node.names:
                    if isinstance(node, ast.Import):
                        found[bound_by_alias(alias)] = ImportedFrom(alias.name, "")
                    elif alias.name != "*":
                        found[alias.asname or alias.name] = ImportedFrom(module_of(node), alias.name)
        return found

    @property
    def starred(self) -> list[str]:
        """The modules of which everything is imported."""
        return list(self.facts.sources.get("*", ()))

    def needs(self, number: int) -> NamesNeeded:
        """What one statement needs from outside of itself."""
        if number not in self._needs:
            lifted = self.lifted(number)
            self._needs[number] = needs_of(self.statements[number], self.scopes(number))
            self._needs[number].inner_imports += lifted.nodes
        return self._needs[number]

    def lifted(self, number: int) -> Lifted:
        """The imports of the project that stood in functions of a statement, whose tree does not hold them from then on."""
        if not self._inner_lines:
            return NOTHING_LIFTED
        if number not in self._lifted:
            statement = self.statements[number]
            is_there = any(statement.lineno <= line <= (statement.end_lineno or 0) for line in self._inner_lines)
            self._lifted[number] = lift(statement, self.lines, self.facts.is_own) if is_there else NOTHING_LIFTED
        return self._lifted[number]

    def lift_around(self, node: ast.stmt) -> None:
        """Lift the imports out of the statement that a node stands in."""
        for number, statement in enumerate(self.statements if self._inner_lines else ()):
            if statement.lineno <= node.lineno <= (statement.end_lineno or 0):
                self.lifted(number)

    def scopes(self, number: int) -> PythonScopes:
        """The scopes of one statement, as if nothing else stood in the module."""
        if number not in self._scopes:
            self.lifted(number)  # what is opened of a scope is kept, with the names in it
            self._scopes[number] = scopes_of([self.statements[number]], self._has_walrus)
        return self._scopes[number]

    @cached_property
    def numbers(self) -> Mapping[int, int]:
        """The ``id`` of each statement → its number."""
        return {id(statement): number for number, statement in enumerate(self.statements)}

    def gives(self, name: str) -> bool:
        """Say whether the module itself says what a name stands for."""
        return name in self.binders or name in self.imported or bool(self.carried(name))

    def names(self, number: int) -> list[str]:
        """The names that a statement is the first to bind, sorted."""
        return sorted(name for name in bound_in([self.statements[number]]) if self.binders[name][0] == number)

    def is_value(self, number: int) -> bool:
        """Say whether a statement makes a value when the module is imported, and is no definition."""
        return not isinstance(self.statements[number], DEFINITIONS)

    def is_overload(self, number: int) -> bool:
        """Say whether a statement only tells a signature of a function."""
        statement = self.statements[number]
        return isinstance(statement, DEFINITIONS) and any(
            name.rpartition(".")[2] == "overload" for name in decorators_of(statement)
        )

    def changing(self, name: str) -> list[int]:
        """The statements that change what a name stands for without binding it: ``codes.update(…)``, ``codes["a"] = 1``, a loop."""
        own = self.binders.get(name, ())
        return [number for number in self._changing.get(name, ()) if number not in own]

    @cached_property
    def _changing(self) -> Mapping[str, list[int]]:
        """Name → the statements that change its parts and do something: no definition, no import, not the guard of a script."""
        found: dict[str, list[int]] = {}
        for number, statement in enumerate(self.statements):
            if not (isinstance(statement, DEFINITIONS) or is_preamble(statement) or _is_script(statement)):
                for name in {_changed_by(node) for node in walk(statement)} - {""}:
                    found.setdefault(name, []).append(number)
        return found

    def carried(self, name: str) -> str:
        """The statement of the preamble that binds a name and is no import: of a type variable, of a logger; "" where none does."""
        return self._carried.get(name, "")

    @cached_property
    def _carried(self) -> Mapping[str, str]:
        bound = {name: ast.unparse(statement) for statement in self.facts.preamble for name in bound_in([statement])}
        return {name: text for name, text in bound.items() if name not in self.imported}

    def calls_at_import(self, number: int) -> Iterator[str]:
        """The first names of what a statement calls when the module is imported; a method of a literal or of a result has none."""
        todo: list[ast.AST] = [self.statements[number]]
        while todo:
            node = todo.pop()
            if isinstance(node, ast.Lambda):
                continue
            if isinstance(node, ast.Call) and (called := dotted(node.func)):
                yield called.partition(".")[0]
            todo += children(node)

    def at_import(self, number: int) -> set[str]:
        """The names that a statement needs when the module is imported: not those in the bodies of functions."""
        found: set[str] = set()
        todo: list[ast.AST] = [self.statements[number]]
        while todo:
            node = todo.pop()
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                found.add(node.id)
            elif isinstance(node, FUNCTIONS):
                todo += [*node.decorator_list, *node.args.defaults, *(one for one in node.args.kw_defaults if one)]
                todo += self._annotations(*(argument.annotation for argument in arguments_of(node.args)), node.returns)
            elif isinstance(node, ast.AnnAssign):
                todo += [*self._annotations(node.annotation), node.target, *([node.value] if node.value else [])]
            elif not isinstance(node, ast.Lambda):
                todo += ast.iter_child_nodes(node)
        return found

    def _annotations(self, *annotations: ast.expr | None) -> list[ast.expr]:
        return [] if self.facts.has_future_annotations else [one for one in annotations if one]

    def text(self, number: int) -> str:
        """A statement as it stands in the file, without what was lifted; written anew where others share its lines."""
        statement = self.statements[number]
        around = [*self.statements[max(number - 1, 0) : number], *self.statements[number + 1 : number + 2]]
        lines = {statement.lineno, statement.end_lineno}
        if any(lines & {other.lineno, other.end_lineno} for other in around):
            return ast.unparse(statement)
        if isinstance(statement, DEFINITIONS):
            return without(body_of(statement, self.lines), first_line(statement), self.lifted(number).lines)
        text = "\n".join(self.lines[statement.lineno - 1 : statement.end_lineno])
        return without(text, statement.lineno, self.lifted(number).lines)


@lru_cache(maxsize=MOST_KEPT)
def outline_of(text: str, path: str, own_roots: frozenset[str]) -> Outline:
    """The outline of a module, kept for the next unit that needs it.

    Raises:
        SourceError: not Python, or nested too deeply.
    """
    return Outline(text, path, own_roots)


def _changed_by(node: ast.AST) -> str:
    """The name that an assignment to a part of it, or a call of a method of it alone, changes; "" for other nodes."""
    if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
        return _root(node)
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
        return _root(node.value.func)
    return ""


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _is_script(statement: ast.stmt) -> bool:
    """Say whether a statement is ``if __name__ == "__main__": …``."""
    names = walk(statement.test) if isinstance(statement, ast.If) else ()
    return any(isinstance(node, ast.Name) and node.id == "__name__" for node in names)
