"""Bindings: what each name of a text stands for into which statements of several files come."""

from __future__ import annotations

from collections.abc import Collection

from foundry_git.source.treesitter.closure_text import Piece
from foundry_git.source.treesitter.linkage import Files, Linkage, Place


class Bindings:
    """The names of one text; ``missing`` takes down which of them would mean two things, or cannot be given."""

    def __init__(self, files: Files, linkage: Linkage, missing: list[str]) -> None:
        self._files = files
        self._linkage = linkage
        self._missing = missing
        self._bound: dict[str, object] = {}
        self._bundles: dict[str, dict[str, str]] = {}
        self._aliases: dict[str, Place] = {}

    def hold(self, names: Collection[str], path: str, scope: str) -> None:
        """Note what a statement binds that is there from the beginning."""
        self._bound |= {name: Place(path, (scope, name)) for name in names}

    def is_taken(self, name: str, place: object) -> bool:
        """Note what a name stands for, and say whether it is already something else; two things cannot have one name."""
        if (other := self._bound.setdefault(name, place)) == place:
            return False
        if not (isinstance(other, Place) and isinstance(place, Place) and self._is_same(other, place)):
            self._missing.append(f"{name}, which means two things")
        return True

    def name_of(self, name: str, place: Place) -> str:
        """What is brought is called as where it is defined, and what has no name there as where it is used."""
        outline = self._files.at(place.path)
        numbers = outline.binders.get(place.key, ()) if outline else ()
        is_named = outline is not None and all(outline.is_named(number) for number in numbers)
        return place.key[1] if is_named else self._linkage.name_for(name)

    def bundle(self, name: str) -> dict[str, str]:
        """The parts of one value, each with the name that it has in the text, to be filled."""
        return self._bundles.setdefault(name, {})

    def alias(self, name: str, place: Place) -> bool:
        """Give a second name to what is called otherwise where it is defined; False where that name is taken."""
        if self.is_taken(name, ("alias", place)) or name in self._aliases:
            return False
        self._aliases[name] = place
        if not self._linkage.alias(name, place, self._files):
            self._missing.append(f"{self.name_of(name, place)}, which it calls {name}")
        return True

    def line(self, name: str) -> Piece:
        """The line that gives a name to what comes along."""
        if given := self._bundles.get(name):
            return Piece(self._linkage.bundle(name, sorted(given.items())), frozenset({name}), frozenset(given.values()), True)
        place = self._aliases[name]
        needs = frozenset({self.name_of(name, place)})
        return Piece(self._linkage.alias(name, place, self._files), frozenset({name}), needs, True)

    def _is_same(self, one: Place, other: Place) -> bool:
        """Say whether two places have the same text, as types often have."""
        texts = []
        for place in (one, other):
            outline = self._files.at(place.path)
            assert outline is not None
            texts.append([outline.text(number, place.key[1]) for number in outline.binders.get(place.key, ())])
        return texts[0] == texts[1] != []
