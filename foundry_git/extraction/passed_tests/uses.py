"""Uses: which units of its project a test names."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from foundry_git.source.units import Unit, UnitKey


class PlacedTest(Struct, frozen=True):
    """A unit of kind ``test`` and the file it stands in."""

    path: str
    unit: Unit

    @property
    def key(self) -> UnitKey:
        """What it is known by."""
        return self.path, self.unit.symbol


class ProjectUnderTest(Struct, frozen=True):
    """What the code around a test offers: symbol → the files other than tests that define it, and every source file."""

    symbols: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    paths: frozenset[str] = frozenset()

    def one_in(self, symbol: str, folder: str) -> UnitKey | None:
        """The unit of a name in a folder, if it is the only one there."""
        found = [path for path in self.symbols.get(symbol, ()) if path.rpartition("/")[0] == folder]
        return (found[0], symbol) if len(found) == 1 else None


class UnitsUsed(Struct, frozen=True):
    """The units that a test names; ``is_plain`` where it needs nothing else of its project: no helper, fixture or constant."""

    units: tuple[UnitKey, ...] = ()
    is_plain: bool = False

    @property
    def only(self) -> UnitKey | None:
        """The one unit that it plainly exercises."""
        return self.units[0] if self.is_plain and len(self.units) == 1 else None
