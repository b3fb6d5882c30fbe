"""A grammar: all that the engine must be told of a language."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import tree_sitter
from msgspec import Struct, field

from foundry_git.source.treesitter.definitions import Definition, Piece
from foundry_git.source.treesitter.parsing import Load, Source, parse
from foundry_git.source.treesitter.tree import Node, TokenKinds

USE, BIND, DECLARE, PLAIN, SILENT, SHOWN, SOFT = "use", "bind", "declare", "plain", "silent", "shown", "soft"
"""Roles, in which a part of the tree is looked at; a part passes its role on to what is in it unless a plan says otherwise.

``USE``: its names are used here. ``BIND``: they are made here, for the scope that is open. ``DECLARE``: for the scope around that:
the name of a function, whose own scope is open already. ``PLAIN``: they are no names but text (fields, methods). ``SILENT``: used,
but not part of the shape (annotations that may be left out). ``SHOWN``: used, and what is transparent elsewhere is written
(annotations of a type that is a unit itself). ``SOFT``: used if the file imports it, else text (attributes).
"""

STANDARD, THIRD_PARTY, PROJECT = "standard", "third-party", "project"


class Name(NamedTuple):
    """A step: a name that is no leaf of the tree, or a leaf with the chain (``std::fs::read``) in which it is used."""

    text: str
    role: str = USE
    chain: str = ""


class ModuleStep(NamedTuple):
    """A step: an import within the unit, of this module."""

    name: str


class Visit(NamedTuple):
    """A step: a part of the tree, in a role."""

    node: Node
    role: str = USE


Step = str | Name | ModuleStep | Visit
"""What a plan lists; a text goes into the shape as it is."""

Plan = Callable[["Node", str], Iterable[Step]]


class ImportOrigin(NamedTuple):
    """Where a module comes from (``STANDARD``, ``THIRD_PARTY`` or ``PROJECT``), and the name that a unit shows for it."""

    where: str
    name: str


class Parameter(NamedTuple):
    """What a caller may pass."""

    name: str
    is_typed: bool = True


class Import(Struct, frozen=True):
    """One thing that a file imports.

    ``names``: what it is called in the file; several where only a guess is possible, ``*`` for everything of the module.
    ``module``: as it is written. ``statement``: the number of the statement it stands in; ``text``: for ``Grammar.written``.
    ``scope``: the symbol of the module within the file where it holds, and in all that is in it; ``""``: everywhere.
    """

    names: tuple[str, ...]
    module: str
    statement: int
    text: str
    scope: str = ""


class Head(Struct, frozen=True):
    """What the head of a unit says; the fields are those of ``Unit``. ``bases``: the names that it is derived from."""

    signature: str
    parameters: tuple[Parameter, ...] = ()
    decorators: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()


class Names(Struct, frozen=True):
    """Kinds of nodes by what they do with names.

    ``kinds``: leaves that are names; ``labels``: names of their own kind, always of the unit itself (labels, lifetimes).
    ``scopes``: they open a scope. ``hoisted(node)``: the names that a scope binds before its first line is read. ``plans``: the
    parts of a node in the order of evaluation and their roles, for the kinds where that is not all of them as they stand there,
    in the role of the node. ``blank``: names that name nothing. ``refers(text)``: a leaf binds nothing although it stands where
    names are bound (a constant in a pattern).
    """

    kinds: frozenset[str]
    scopes: frozenset[str]
    plans: Mapping[str, Plan]
    labels: frozenset[str] = frozenset()
    hoisted: Callable[[Node], Iterable[str]] | None = None
    blank: frozenset[str] = frozenset({"_"})
    refers: Callable[[str], bool] = field(default=lambda text: False)
    builtins: frozenset[str] = frozenset()
    spelled: Mapping[str, Callable[[str], str]] = field(default_factory=dict)
    """How leaves of some kinds are written in the shape; ``""`` leaves one out."""
    transparent: frozenset[str] = frozenset()
    """Kinds that leave no trace in the shape, only what is in them does: ``export``."""


class Branching(Struct, frozen=True):
    """Kinds of nodes by how they branch, see ``measures``.

    ``functions``: counted on their own. ``decisions``: what a node of a kind (a token too: ``&&``) adds to the complexity.
    ``blocks``: a level of nesting; one in the field ``alternative`` of another, or directly within a kind of ``chains``, is none:
    ``else if``.
    """

    functions: frozenset[str]
    decisions: Mapping[str, int]
    blocks: frozenset[str]
    chains: frozenset[str] = frozenset({"else_clause"})


def no_names(source: Source) -> Collection[str]:
    """Say that nothing is known."""
    return ()


def no_import(node: tree_sitter.Node) -> bool:
    """Say that a node is none."""
    return False


class Grammar(Struct, frozen=True):
    """A language on this engine.

    ``language``, ``algorithm``: its name, and the prefix of its shapes. ``loads(path, text)``: the compiled grammars to try.
    ``definitions(source)``: its units, cheaply: only top-level nodes are looked at; in order of lines, first of a symbol counts.
    ``head(definition, pieces, source)``. ``documentation(comment)``: the text of a comment that is documentation, else ``None``.
    ``imports(source)``; ``written(imports)``: the statements that import what is left of them; ``gap`` stands between two.
    ``import_kinds``: top-level nodes that are no part of a shape; ``is_import(node)``: nor are these. ``origin(module, source)``.
    ``module_of(chain, source)``: the module in a chain whose root nothing imports, or ``""``. ``preamble(source)``: what stands
    above the imports of a stored text. ``declared(source)``: top-level names of the file beside those of its definitions.
    ``hinted(source)``: modules of frameworks that the place of the file stands for, the weakest sign of one, which holds for the units
    that ``is_hinted(name, hints)``; ``hints``: what the walk over a unit found of that kind. ``mended``, ``unwrapped``:
    see ``parse``. ``separator``: between the names of a chain. ``implied(import, text, file)``: code with this text needs an import of
    its file that it does not name. ``alone(text)``: how code is written that stands in no module of a project any more.
    """

    language: str
    algorithm: str
    loads: Callable[[str, str], tuple[Load, ...]]
    tokens: TokenKinds
    names: Names
    branching: Branching
    definitions: Callable[[Source], Iterator[Definition]]
    head: Callable[[Definition, Sequence[Piece], Source], Head]
    documentation: Callable[[str], str | None]
    imports: Callable[[Source], list[Import]]
    written: Callable[[Sequence[Import]], Iterable[str]]
    import_kinds: frozenset[str]
    origin: Callable[[str, Source], ImportOrigin]
    module_of: Callable[[str, Source], str] = field(default=lambda chain, source: "")
    preamble: Callable[[Source], tuple[str, ...]] = field(default=lambda source: ())
    declared: Callable[[Source], Collection[str]] = no_names
    hinted: Callable[[Source], Collection[str]] = no_names
    is_hinted: Callable[[str, Collection[str]], bool] = field(default=lambda name, hints: True)
    is_import: Callable[[tree_sitter.Node], bool] = no_import
    mended: Callable[[bytes], bytes] = bytes
    unwrapped: Callable[[tree_sitter.Node], tree_sitter.Node] | None = None
    separator: str = "."
    gap: str = "\n"
    implied: Callable[[Import, str, str], bool] | None = None
    alone: Callable[[str], str] = str

    def read(self, text: str, path: str, own: frozenset[str] = frozenset(), needed: frozenset[str] = frozenset()) -> Source:
        """Read a file of the language.

        Raises:
            SourceError: as of ``parse``.
        """
        return parse(text, path, self.loads(path, text), own, needed, self.mended, self.unwrapped)

    def stored(self, imports: Sequence[str], body: str) -> str:
        """Write the text of a pattern's code file."""
        return "\n\n".join(part for part in (self.gap.join(imports), self.alone(body.rstrip())) if part) + "\n"

    def root_of(self, chain: str) -> str:
        """Give the first name of a chain."""
        return chain.partition(self.separator)[0]
