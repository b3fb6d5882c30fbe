"""One pass over the tree of a unit: its shape, the names it needs from outside, and how it branches."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from foundry_git.source.treesitter.grammar import (
    BIND,
    DECLARE,
    PLAIN,
    SHOWN,
    SILENT,
    SOFT,
    USE,
    Branching,
    ModuleStep,
    Name,
    Names,
    Step,
    Visit,
)
from foundry_git.source.treesitter.scopes import Scope, Scopes
from foundry_git.source.treesitter.tree import Node

_State = tuple[Scope, int, int]
"""The scope that is open, the function that is counted, and how deep it is nested."""

_Task = tuple[Node | str | Name | ModuleStep, str, _State]
"""What to look at, in which role and where."""


class Outside:
    """What code uses from outside of itself.

    ``chains``: each name → the chains in which it is used; ``hints``: what may be one. ``modules``: what the code imports itself.
    ``own``: the same as ``chains`` of names that the unit binds, which another piece of it may.
    """

    def __init__(self) -> None:
        self.chains: dict[str, set[str]] = {}
        self.hints: set[str] = set()
        self.modules: set[str] = set()
        self.own: dict[str, set[str]] = {}

    def binding(self, names: Collection[str]) -> Outside:
        """The same of code that binds but these names."""
        if self.own.keys() <= set(names):
            return self
        found = Outside()
        found.add(self)
        found.chains |= {name: chains for name, chains in self.own.items() if name not in names}
        return found

    def add(self, other: Outside) -> None:
        """Take in what other code uses."""
        for name, chains in other.chains.items():
            self.chains.setdefault(name, set()).update(chains)
        for name, chains in other.own.items():
            self.own.setdefault(name, set()).update(chains)
        self.hints |= other.hints
        self.modules |= other.modules


class UnitWalk(Outside):
    """What one pass found; of several ``pieces`` also what each uses by itself.

    ``functions`` in it: name ("" if it has none), start and end in bytes; a node would keep its tree as long as the walk is kept, for
    the garbage collector to look through: that took a seventh of the time of an extraction. The ``complexities`` of each.
    ``nesting``: the deepest stack of blocks in one of them.
    A name counts as bound from the place on where that is read, so that ``url := url.Parse(x)`` uses what is outside.
    """

    def __init__(self, pieces: Sequence[Node], own: Sequence[str], names: Names, branching: Branching) -> None:
        super().__init__()
        self.pieces: list[Outside] = []
        self.nesting = 0
        self._outside: Outside = self
        self._names = names
        self._branching = branching
        self._written: list[str] = []
        self._counts = [1]  # the first is for what stands outside of functions, and is not shown
        self.functions: list[tuple[str, int, int]] = []
        self._labels: dict[str, str] = {}
        self._numbers = 0
        self._scopes = Scopes()
        self._own = frozenset(own if len(pieces) > 1 else ())
        for name in own:
            self._scopes.bind(name, self._scopes.outer)
        for piece in pieces:
            if len(pieces) > 1:
                self._outside = Outside()
                self.pieces.append(self._outside)
            self._walk(piece)
        for each in self.pieces:
            self.add(each)

    @property
    def complexities(self) -> list[int]:
        """The numbers of all functions in order of appearance."""
        return self._counts[1:]

    @property
    def shape(self) -> str:
        """The normalised code: a line for each thing that counts."""
        return "\n".join(self._written)

    def _walk(self, piece: Node) -> None:
        state: _State = (self._scopes.outer, 0, 0)
        todo: list[_Task] = [(piece, USE, state)]
        plans, transparent, decisions = self._names.plans, self._names.transparent, self._branching.decisions
        levels = self._branching.blocks | self._branching.chains
        opening = self._names.scopes | self._branching.functions | self._branching.blocks
        while todo:
            node, role, state = todo.pop()
            if node.__class__ is not Node:
                assert not isinstance(node, Node)
                self._note(node, state[0])
                continue
            kind = node.kind
            if kind in decisions:
                self._counts[state[1]] += decisions[kind]
            held = node.parts
            if not held:
                self._leaf(node, role, state[0])
                continue
            inside = self._enter(node, state) if kind in opening else state
            if role is SHOWN or (role is not SILENT and kind not in transparent):
                self._written.append(f"({node.field}:{kind}")
                todo.append((")", role, state))
            plan = plans.get(kind)
            if plan is None:
                tasks: Sequence[_Task] = [(part, role, inside) for part in reversed(held)]
            else:
                tasks = [
                    (step.node, step.role, inside) if isinstance(step, Visit) else (step, role, inside)
                    for step in plan(node, role)
                ][::-1]
            todo += [self._level(kind, task) for task in tasks] if kind in levels else tasks

    def _enter(self, node: Node, state: _State) -> _State:
        """Open what a node opens: a scope, a function, a level of nesting."""
        scope, owner, depth = state
        kind = node.kind
        if kind in self._names.scopes:
            scope = self._scopes.enter(scope)
            if self._names.hoisted is not None:
                for name in self._names.hoisted(node):
                    self._scopes.bind(name, scope)
        if kind in self._branching.functions:
            self._counts.append(1)
            named = node.part("name")
            self.functions.append((named.text if named else "", node.start, node.end))
            return scope, len(self._counts) - 1, 0
        if kind in self._branching.blocks:
            depth += 1
            self.nesting = max(self.nesting, depth)
        return scope, owner, depth

    def _level(self, kind: str, task: _Task) -> _Task:
        """Take the level back that an ``if`` would open as the ``else`` of another."""
        node, role, (scope, owner, depth) = task
        if not isinstance(node, Node) or node.kind not in self._branching.blocks:
            return task
        is_else = kind in self._branching.chains or (kind in self._branching.blocks and node.field == "alternative")
        return (node, role, (scope, owner, depth - 1)) if is_else else task

    def _leaf(self, node: Node, role: str, scope: Scope) -> None:
        kind = node.kind
        if kind in self._names.labels and node.text not in self._names.blank:
            text = self._labels.setdefault(node.text, f"@{len(self._labels)}")
        elif kind in self._names.kinds and role is not PLAIN:
            refers = role is BIND and self._names.refers(node.text)
            text = self._name(node.text, USE if refers else role, scope, node.text)
        elif kind in self._names.spelled:
            text = self._names.spelled[kind](node.text)
        else:
            text = node.text or kind  # of a block without anything in it
        if text and role is not SILENT:
            self._written.append(f"{node.field}:{text}")

    def _note(self, step: Step, scope: Scope) -> None:
        if isinstance(step, str):
            self._written.append(step)
        elif isinstance(step, Name):
            written = self._name(step.text, step.role, scope, step.chain or step.text)
            if step.role is not SILENT:
                self._written.append(written)
        elif isinstance(step, ModuleStep):
            self._outside.modules.add(step.name)

    def _name(self, text: str, role: str, scope: Scope, chain: str) -> str:
        """Bind or resolve a name; give what the shape calls it."""
        if text in self._names.blank or role is PLAIN:
            return text
        if role is BIND or role is DECLARE:
            around: Scope | None = scope if role is BIND else scope.parent or scope
            self._scopes.bind(text, around or scope)
        else:
            around = self._scopes.find(text, scope)
        if around is not None:
            if text in self._own and around is self._scopes.outer:
                self._outside.own.setdefault(text, set()).add(chain)
            return text if role is SILENT else self._number(text, around)
        if role is SOFT:
            self._outside.hints.add(text)
        else:
            self._outside.chains.setdefault(text, set()).add(chain)
        return text

    def _number(self, text: str, scope: Scope) -> str:
        """Number a name where the shape first writes it: what it leaves out (type parameters) shall not count."""
        if not scope.names[text]:
            scope.names[text] = f"${self._numbers}"
            self._numbers += 1
        return scope.names[text]
