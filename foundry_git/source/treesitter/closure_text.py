"""The text of a closure: what comes along from several files, and the unit, written as one file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from msgspec import Struct, field

from foundry_git.source.treesitter.grammar import Grammar, Import
from foundry_git.source.treesitter.mending import first_error
from foundry_git.source.treesitter.outline import Outline
from foundry_git.source.treesitter.parsing import parse
from foundry_git.source.units import Unit


class Piece(Struct, frozen=True):
    """A part of the text; ``needs``: the names without which it cannot be loaded; ``is_value``: it makes one then."""

    text: str
    names: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    is_value: bool = False


class Member(Struct):
    """A file of which statements come along, under which names, and what these import; ``lines``: names that are given behind them."""

    outline: Outline
    statements: dict[int, str] = field(default_factory=dict)
    imports: dict[Import, None] = field(default_factory=dict)
    lines: dict[str, None] = field(default_factory=dict)

    def ordered_imports(self) -> list[Import]:
        """Its imports in the order of the file; those that stand in another come last."""
        here = [one for one in self.outline.imports if one in self.imports]
        return here + [one for one in self.imports if one not in here]


class Gathered(Struct, frozen=True):
    """All that a closure is written of.

    ``unit``: it is the statements ``main`` of the file ``own``. ``members``: the files, each behind those that it needs.
    ``lines``: those that give names to things, by these names. ``above``: path and number of a statement → what stands above it.
    """

    unit: Unit
    own: Outline
    main: frozenset[int]
    members: Sequence[Member]
    lines: Mapping[str, Piece]
    above: Mapping[tuple[str, int], str]

    def code(self, grammar: Grammar, imports: Sequence[Import], top: Sequence[str]) -> str:
        """Write it; ``top``: what stands above all."""
        written = dict.fromkeys([*top, *grammar.preamble(self.own.source), *grammar.written(imports)])
        pieces = [piece for member in self.members for piece in self._pieces(member)]
        behind = self._behind(pieces)
        order = [*(piece for piece in pieces if piece not in behind), Piece(self.unit.body), *behind]
        return grammar.stored(list(written), _joined(order))

    def helpers(self) -> tuple[str, ...]:
        """The names of what comes along, in the order of the files."""
        order = dict.fromkeys(member.statements[number] for member in self.members for number in sorted(member.statements))
        return tuple(name for name in order if name)

    def is_unreadable(self, code: str, grammar: Grammar) -> bool:
        """Say whether what comes from a file of another kind cannot be read in one of the unit's."""
        kind = PurePosixPath(self.own.path).suffix
        if all(PurePosixPath(member.outline.path).suffix == kind for member in self.members):
            return False
        loads = grammar.loads(self.own.path, code)
        return first_error(parse(code, self.own.path, loads, mended=grammar.mended).all) is not None

    def _pieces(self, member: Member) -> Iterator[Piece]:
        """What comes along from a file, then the names that are given to it."""
        outline = member.outline
        for number in sorted(member.statements):
            if outline is not self.own or number not in self.main:
                name, statement = member.statements[number], outline.statements[number]
                names = frozenset({name, *statement.names})
                text = self.above[outline.path, number] + outline.text(number, name)
                yield Piece(text, names, frozenset(outline.at_load(number)), statement.is_value)
        yield from (self.lines[name] for name in member.lines)

    def _behind(self, pieces: Sequence[Piece]) -> list[Piece]:
        """What needs the unit when it is loaded, as a class does that extends it, and what needs that; the unit needs none of it."""
        found: list[Piece] = []
        names = {name for number in self.main for name in self.own.statements[number].names}
        needed = {name for number in self.main for name in self.own.at_load(number)} - names
        while more := [piece for piece in pieces if piece not in found and not names.isdisjoint(piece.needs)]:
            found += more
            names.update(*(piece.names for piece in more))
        return [piece for piece in pieces if piece in found] if names.isdisjoint(needed) else []


def _joined(pieces: Sequence[Piece]) -> str:
    """Blocks one blank line apart; values of one line stand below each other."""
    text = ""
    before = Piece("")
    for piece in pieces:
        is_close = piece.is_value and before.is_value and "\n" not in piece.text + before.text
        text += f"{'' if not text else chr(10) if is_close else chr(10) * 2}{piece.text}"
        before = piece
    return text
