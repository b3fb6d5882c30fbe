"""Units of a file: what a grammar and the passes over the tree say, put together."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import tree_sitter

from foundry_git.errors import SourceError
from foundry_git.source.descriptions import describe
from foundry_git.source.frameworks import framework_of
from foundry_git.source.manifests import Project
from foundry_git.source.measures import UnitMeasures
from foundry_git.source.reader import Closed, Reader, Token, Unread
from foundry_git.source.shapes import digest
from foundry_git.source.treesitter.comments import docstring_of, lines_of_code
from foundry_git.source.treesitter.definitions import Definition, Piece, body_of, first_line, last_line, methods_of
from foundry_git.source.treesitter.grammar import Grammar, Head
from foundry_git.source.treesitter.linear import tokens
from foundry_git.source.treesitter.mending import first_error
from foundry_git.source.treesitter.needs import Imports, imports_of, modules_behind, needs_of
from foundry_git.source.treesitter.parsing import Source, parse
from foundry_git.source.treesitter.passes import keep_lines, walk_anew
from foundry_git.source.treesitter.tree import Node, grow
from foundry_git.source.treesitter.walk import UnitWalk
from foundry_git.source.units import Section, Unit


def reader(grammar: Grammar, closed: Closed) -> Reader:
    """Make the reader of a language; ``closed``: see ``Reader``."""

    def units(text: str, path: str, frameworks: Mapping[str, Collection[str]], project: Project) -> list[Unit]:
        own, needed = project.own(path, grammar.language), project.dependencies(path, grammar.language)
        source = grammar.read(text, path, own, needed)
        return _Reading(grammar, source, frameworks).units()

    def sections(text: str, path: str) -> list[Section]:
        source = grammar.read(text, path)
        return [_section(found, source, grammar) for found in _definitions(source, grammar)]

    def methods(text: str, path: str) -> list[Unit]:
        source = grammar.read(text, path)
        return _Reading(grammar, source, {}).methods()

    def shape(text: str, symbol: str) -> str:
        return _shape_of_text(parse(text, "<text>", grammar.loads("", text), mended=grammar.mended), grammar, symbol)

    def linear(text: str, path: str, lines: Sequence[int] | None) -> list[Token]:
        return tokens(text, path, grammar, lines)

    def unread(text: str, path: str) -> list[Unread]:
        return _unread(grammar.read(text, path), grammar)

    return Reader(
        units=units,
        sections=sections,
        methods=methods,
        shape=shape,
        stored=grammar.stored,
        tokens=linear,
        closed=closed,
        unread=unread,
    )


class _Reading:
    """One file, and all that is the same for each of its units."""

    def __init__(self, grammar: Grammar, source: Source, frameworks: Mapping[str, Collection[str]]) -> None:
        self._grammar = grammar
        self._source = source
        self._frameworks = frameworks
        self._definitions = _definitions(source, grammar)
        self._hinted = grammar.hinted(source)
        self._found = grammar.imports(source)
        self._declared = frozenset([*(name for found in self._definitions for name in found.bound), *grammar.declared(source)])
        self._imports: dict[str, Imports] = {}

    def units(self) -> list[Unit]:
        return [self._unit(found) for found in self._definitions]

    def methods(self) -> list[Unit]:
        return [self._method(found) for owner in self._definitions for found in methods_of(owner, self._grammar.tokens)]

    def _method(self, found: Definition) -> Unit:
        grammar, source = self._grammar, self._source
        pieces, comments = _pieces(found, source, grammar)
        walk = UnitWalk(_trees(pieces), found.bound, grammar.names, grammar.branching)
        part = found.parts[0]
        docstring = docstring_of(part, source, grammar)
        lines = lines_of_code(source.data, [(part.first.start_byte, part.node.end_byte)], comments)
        return Unit(
            kind=found.kind,
            symbol=found.symbol,
            name=found.name,
            language=grammar.language,
            start_line=first_line(found),
            end_line=last_line(found),
            imports=(),
            body=body_of(found, source, grammar.tokens),
            signature="",
            docstring=docstring,
            decorators=(),
            parameters=(),
            builtins=(),
            standard=(),
            third_party=(),
            free_names=(),
            project_names=(),
            measures=_measures(walk, lines, Head("")),
            framework="",
            description=describe(docstring, found.kind, found.name, ()),
            shape=digest(grammar.algorithm, walk.shape),
            is_private=found.name.startswith("_"),
        )

    def _imports_for(self, found: Definition) -> Imports:
        scope = found.symbol.removesuffix(found.name)
        if scope not in self._imports:
            self._imports[scope] = imports_of(self._found, self._declared, scope)
        return self._imports[scope]

    def _docstring(self, found: Definition) -> str:
        """The documentation of a definition; of a function with overloads that of the first that has any."""
        others = found.parts if found.kind == "function" else ()
        told = (docstring_of(part, self._source, self._grammar) for part in (found.parts[found.lead], *others))
        return next((text for text in told if text), "")

    def _unit(self, found: Definition) -> Unit:
        grammar, source = self._grammar, self._source
        pieces, comments = _pieces(found, source, grammar)
        walk = walk_anew(found.parts, [(*piece.attributes, piece.node) for piece in pieces], found.bound, source, grammar)
        imports = self._imports_for(found)
        body = body_of(found, source, grammar.tokens)
        needs = needs_of(walk, imports, source, grammar, body)
        head = grammar.head(found, pieces, source)
        docstring = self._docstring(found)
        parameters = tuple(parameter.name for parameter in head.parameters)
        spans = [(part.first.start_byte, part.node.end_byte) for part in found.parts]
        lines = lines_of_code(source.data, spans, comments)
        if len(found.parts) == 1:
            keep_lines(found.parts[0], lines, source)
        decorating = modules_behind((*head.decorators, *head.bases), imports, source, grammar)
        tiers = [decorating, needs.modules, self._hinted if grammar.is_hinted(found.name, walk.hints) else ()]
        return Unit(
            kind=found.kind,
            symbol=found.symbol,
            name=found.name,
            language=grammar.language,
            start_line=first_line(found),
            end_line=last_line(found),
            imports=needs.imports,
            body=body,
            signature=head.signature,
            docstring=docstring,
            decorators=head.decorators,
            parameters=parameters,
            builtins=needs.builtins,
            standard=needs.standard,
            third_party=needs.third_party,
            free_names=needs.free_names,
            project_names=needs.project_names,
            measures=_measures(walk, lines, head),
            framework=framework_of(tiers, self._frameworks),
            description=describe(docstring, found.kind, found.name, parameters),
            shape=digest(grammar.algorithm, walk.shape),
            is_private=found.name.startswith("_"),
        )


def complexities(text: str, path: str, grammar: Grammar) -> list[tuple[str, int, int, int]]:
    """List the functions of a file, nested ones too: name (``""`` if it has none), first and last line, complexity.

    Raises:
        SourceError: as for units.
    """
    source = grammar.read(text, path)
    found: list[tuple[str, int, int, int]] = []
    for definition in _definitions(source, grammar):
        pieces, _ = _pieces(definition, source, grammar)
        walk = UnitWalk(_trees(pieces), [definition.name], grammar.names, grammar.branching)
        for (name, start, end), count in zip(walk.functions, walk.complexities, strict=True):
            first, last = (source.data.count(b"\n", 0, place) + 1 for place in (start, end))
            found.append((name, first, last, count))
    return found


def _definitions(source: Source, grammar: Grammar) -> list[Definition]:
    """List the definitions that can be read, in order of lines, one for each symbol.

    Raises:
        SourceError: something between the definitions cannot be read, or none of them can.
    """
    first: dict[str, Definition] = {}
    broken = first_error(source.top)
    for found in grammar.definitions(source):
        if _is_read(found, source):
            first.setdefault(found.symbol, found)
    if broken is not None and (not first or any(node.is_error for node in source.top.children)):
        raise _unreadable(source, broken, grammar)
    if source.aside and not first:
        raise _newer(source, grammar)
    return sorted(first.values(), key=first_line)


def _is_read(found: Definition, source: Source) -> bool:
    """Say whether the grammar understood all of a definition."""
    if not source.aside and not source.top.has_error:
        return True
    return not any(part.node.has_error or source.is_aside(part.first.start_byte, part.node.end_byte) for part in found.parts)


def _unread(source: Source, grammar: Grammar) -> list[Unread]:
    """List what could not be read beside what could, each by the line where it stands."""
    if not source.aside and not source.top.has_error:
        return []
    lines = {_line_of(source, start): "" for start, _ in source.aside}
    for found in grammar.definitions(source):
        for part in found.parts:
            start, end = part.first.start_byte, part.node.end_byte
            around = [first for first, last in source.aside if first < end and start < last]
            if around or part.node.has_error:
                lines[_line_of(source, around[0] if around else part.node.start_byte)] = found.symbol
    return [Unread(symbol, line, _reason(grammar)) for line, symbol in sorted(lines.items())]


def _line_of(source: Source, start: int) -> int:
    return source.data.count(b"\n", 0, start) + 1


def _unreadable(source: Source, broken: tree_sitter.Node, grammar: Grammar) -> SourceError:
    return SourceError(source.path, broken.start_point.row + 1, f"not valid {grammar.language.capitalize()}")


def _newer(source: Source, grammar: Grammar) -> SourceError:
    return SourceError(source.path, _line_of(source, source.aside[0][0]), _reason(grammar), is_newer=True)


def _reason(grammar: Grammar) -> str:
    return f"newer than the grammar, or not valid {grammar.language.capitalize()}"


def _section(found: Definition, source: Source, grammar: Grammar) -> Section:
    return Section(found.kind, found.symbol, first_line(found), last_line(found), body_of(found, source, grammar.tokens))


def _pieces(found: Definition, source: Source, grammar: Grammar) -> tuple[list[Piece], list[tuple[int, int]]]:
    """Grow the trees of a definition; beside them, where all its comments stand."""
    pieces: list[Piece] = []
    comments: list[tuple[int, int]] = []
    for part in found.parts:
        node, inner = grow(part.node, source.data, grammar.tokens)
        attributes = [
            grow(above, source.data, grammar.tokens)[0] for above in part.above if above.type in grammar.tokens.attributes
        ]
        above = [(node.start_byte, node.end_byte) for node in part.above if node.type in grammar.tokens.comments]
        pieces.append(Piece(part, node, tuple(attributes)))
        comments += [*above, *inner]
    return pieces, comments


def _trees(pieces: Sequence[Piece]) -> list[Node]:
    return [tree for piece in pieces for tree in (*piece.attributes, piece.node)]


def _measures(walk: UnitWalk, lines: int, head: Head) -> UnitMeasures:
    complexities = walk.complexities or [1]
    given = len(head.parameters)
    return UnitMeasures(
        lines=lines,
        complexity=max(complexities),
        parameters=given,
        nesting=walk.nesting,
        total=sum(complexities),
        typed=sum(parameter.is_typed for parameter in head.parameters) / given if given else 1.0,
    )


def _shape_of_text(source: Source, grammar: Grammar, symbol: str) -> str:
    """Hash a text: its top-level nodes without imports and comments, or of several the definition of ``symbol``, which is the last.

    The names of its definitions count as local.

    Raises:
        SourceError: a part of it cannot be read.
    """
    if broken := first_error(source.top):
        raise _unreadable(source, broken, grammar)
    if source.aside:
        raise _newer(source, grammar)
    definitions = _definitions(source, grammar)
    left_out = grammar.import_kinds | grammar.tokens.comments | grammar.tokens.ignored
    kept = [node for node in source.top.children if node.type not in left_out and not grammar.is_import(node)]
    own = _named(definitions, symbol, source) if symbol else None
    if own is not None and len(own.parts) < sum(node.type not in grammar.tokens.attributes for node in kept):
        return digest(
            grammar.algorithm,
            UnitWalk(_trees(_pieces(own, source, grammar)[0]), own.bound, grammar.names, grammar.branching).shape,
        )
    names = [name for found in definitions for name in found.bound]
    trees = [grow(node, source.data, grammar.tokens)[0] for node in kept]
    return digest(grammar.algorithm, UnitWalk(trees, names, grammar.names, grammar.branching).shape)


def _named(definitions: Sequence[Definition], symbol: str, source: Source) -> Definition | None:
    """The definition of a symbol in a stored text; what has its name from its file, or from a module within, stands last there."""
    found = next((one for one in definitions if one.symbol == symbol), None)
    last = definitions[-1] if definitions else None
    if found is None and last is not None and (last.name == symbol.rpartition(".")[2] or not last.is_bound):
        return last
    return found
