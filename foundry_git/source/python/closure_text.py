"""The text of a closure: what comes along from several modules, and the unit, written as one module of Python."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from foundry_git.source.closure import MOST_HELPER_LINES, Closure
from foundry_git.source.python.body import stored
from foundry_git.source.python.imports import module_of, written
from foundry_git.source.python.inner_imports import without
from foundry_git.source.python.module import FUTURE, PythonModule, needed_preamble
from foundry_git.source.python.outline import Outline
from foundry_git.source.python.scopes import bound_in
from foundry_git.source.units import Unit

_Block = tuple[Outline, int]
_Text = tuple[str, bool]  # of a block, and whether it is a value


class Member(Struct):
    """A module of which ``statements`` come along; ``chains``: the names that these need from outside of the project."""

    outline: Outline
    statements: set[int] = field(default_factory=set)
    chains: dict[str, set[str]] = field(default_factory=dict)
    is_annotated: bool = False


class Gathered(Struct, frozen=True):
    """All that a closure is written of.

    ``unit``: it is the statements ``main`` of ``outline``. ``members``: the modules, each behind those that it needs.
    ``aliases``: name → what it is called where it is defined. ``most_lines``: of helpers; None for any.
    """

    unit: Unit
    outline: Outline
    main: frozenset[int]
    members: Sequence[Member]
    helpers: Collection[str]
    aliases: Mapping[str, str]
    most_lines: int | None = MOST_HELPER_LINES

    def written(self) -> Closure:
        """Write it, or say why that cannot be."""
        blocks = [
            (one.outline, number) for one in self.members for number in sorted(one.statements) if not self._is_main(one, number)
        ]
        helpers = tuple(name for outline, number in blocks for name in outline.names(number) if name in self.helpers)
        imports, missing = self._imports()
        lines = sum(len(outline.text(number).splitlines()) for outline, number in blocks)
        if self.most_lines is not None and lines > self.most_lines:
            missing.append(f"{lines} lines of its project, more than {self.most_lines}")
        if missing:
            return Closure("", helpers, tuple(missing))
        code = stored(imports, _joined(list(self._texts(blocks, helpers))))
        return Closure(code, helpers, (), tuple(sorted({module_of(node) for node in self._left_out(blocks)})))

    def _left_out(self, blocks: Sequence[_Block]) -> Iterator[ast.ImportFrom]:
        """The imports that are lifted out of helpers and the unit."""
        yield from (node for outline, number in blocks for node in outline.lifted(number).nodes)
        lines = range(self.unit.start_line, self.unit.end_line + 1)
        yield from (node for number in self.main for node in self.outline.lifted(number).nodes if node.lineno in lines)

    def _texts(self, blocks: Sequence[_Block], helpers: Collection[str]) -> Iterator[_Text]:
        """What is imported under other names, helpers, their other names, the unit; then what is made of it."""
        behind = self._behind(blocks)
        before = [block for block in blocks if block not in behind]
        yield from self._other_names(set(self.aliases.values()) - {self.unit.name, *helpers})
        yield from _texts_of(before)
        yield from self._other_names(_names_of(before))
        yield from self._told()
        yield from self._other_names({self.unit.name})
        yield from _texts_of(behind)
        yield from self._other_names(_names_of(behind))

    def _behind(self, blocks: Sequence[_Block]) -> list[_Block]:
        """The helpers that need the unit when they are made, as a class does that inherits from it, and those that need these."""
        found: list[_Block] = []
        names = self._all_names({self.unit.name})
        needed = {name for number in self.main for name in self.outline.at_import(number)}
        while more := [block for block in blocks if block not in found and not names.isdisjoint(block[0].at_import(block[1]))]:
            found += more
            names |= self._all_names(_names_of(more))
        return [block for block in blocks if block in found] if needed.isdisjoint(_names_of(found)) else []

    def _all_names(self, names: set[str]) -> set[str]:
        return names | {name for name, original in self.aliases.items() if original in names}

    def _told(self) -> Iterator[_Text]:
        """The unit with its signatures, without the imports that were lifted out of it."""
        lifted = {line for number in self.main for line in self.outline.lifted(number).lines}
        yield from ((self.outline.text(number), False) for number in sorted(self.main) if self.outline.is_overload(number))
        yield without(self.unit.body, self.unit.start_line, lifted), False

    def _other_names(self, names: Collection[str]) -> Iterator[_Text]:
        """The lines that give names the other ones by which they are used."""
        return ((f"{name} = {original}", True) for name, original in sorted(self.aliases.items()) if original in names)

    def _imports(self) -> tuple[list[str], list[str]]:
        """The imports of all modules together, each narrowed to what is needed of it; and what none of them brings."""
        is_future = any(one.is_annotated and one.outline.facts.has_future_annotations for one in self.members)
        imports, missing = [FUTURE] if is_future else [], []
        for member in self.members:
            kept = needed_preamble(member.chains, _without_own(member.outline))
            imports += [written(statement) for statement in kept]
            left = {name for name in member.chains if not _is_starred(member, name)} - bound_in(kept)
            missing += [f"{name}, which nothing defines" for name in sorted(left)]
        return list(dict.fromkeys(imports)), missing

    def _is_main(self, member: Member, number: int) -> bool:
        return number in self.main and member.outline is self.outline


def _names_of(blocks: Sequence[_Block]) -> set[str]:
    return {name for outline, number in blocks for name in outline.names(number)}


def _texts_of(blocks: Sequence[_Block]) -> Iterator[_Text]:
    return ((outline.text(number), outline.is_value(number)) for outline, number in blocks)


def _joined(parts: Sequence[_Text]) -> str:
    """Blocks two blank lines apart; values stand below each other."""
    text = ""
    for at, (block, is_value) in enumerate(parts):
        gap = "\n" if is_value and at and parts[at - 1][1] else "\n\n\n"
        text += f"{gap if at else ''}{block}"
    return text


def _without_own(outline: Outline) -> PythonModule:
    """The facts of a module as a text sees them into which what it imports of its project was brought."""
    own = {name for name, origin in outline.imported.items() if outline.facts.is_own(origin.module)}
    sources = {name: found for name, found in outline.facts.sources.items() if name not in own}
    return replace(outline.facts, sources=sources)


def _is_starred(member: Member, name: str) -> bool:
    return bool(member.outline.starred) and name not in member.outline.imported
