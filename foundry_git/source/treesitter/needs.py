"""What a unit needs of its file: which imports, and what every name that is not its own stands for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import Struct

from foundry_git.source.treesitter.grammar import PROJECT, STANDARD, THIRD_PARTY, Grammar, Import, ImportOrigin
from foundry_git.source.treesitter.parsing import Source
from foundry_git.source.treesitter.walk import UnitWalk

EVERYTHING = "*"


class Imports(Struct, frozen=True):
    """The imports of a file. ``by_name``: what each name of it may stand for; ``stars``: those that bring everything."""

    all: tuple[Import, ...]
    by_name: Mapping[str, Sequence[Import]]
    stars: tuple[Import, ...]
    declared: Collection[str]


class Needs(Struct, frozen=True):
    """The needs of one unit; the fields are those of ``Unit``, ``modules`` are those that it uses."""

    imports: tuple[str, ...]
    modules: frozenset[str]
    builtins: tuple[str, ...]
    standard: tuple[str, ...]
    third_party: tuple[str, ...]
    free_names: tuple[str, ...]
    project_names: tuple[str, ...]


def imports_of(found: Iterable[Import], declared: Collection[str], scope: str = "") -> Imports:
    """Choose the imports that hold in a scope; ``declared``: the names of the file itself, which hide what a star may bring."""
    chosen = tuple(one for one in found if not one.scope or f"{scope}::".startswith(f"{one.scope}::"))
    by_name: dict[str, list[Import]] = {}
    for one in chosen:
        for name in one.names:
            by_name.setdefault(name, []).append(one)
    return Imports(chosen, by_name, tuple(by_name.pop(EVERYTHING, ())), declared)


def needs_of(walk: UnitWalk, imports: Imports, source: Source, grammar: Grammar, body: str) -> Needs:
    """Resolve the names that a pass found outside; names are sorted, imports in the order of the file."""
    sorting = _Sorting(imports, source, grammar)
    for name, chains in walk.chains.items():
        sorting.sort(name, chains)
    for name in walk.hints & imports.by_name.keys():
        sorting.sort(name, {name})
    implied = [one for one in imports.all if grammar.implied(one, body, source.text)] if grammar.implied else []
    sorting.used += implied
    if sorting.unknown:
        sorting.used += imports.stars
    origins = [(one, grammar.origin(one.module, source)) for one in sorting.used]
    shown = [origin for _, origin in origins]
    shown += [grammar.origin(module, source) for module in sorted(sorting.modules | walk.modules)]
    own = {name for one, origin in origins if origin.where == PROJECT for name in _names_used(one, walk, sorting.unknown)}
    own |= {name for one in implied if grammar.origin(one.module, source).where == PROJECT for name in one.names}
    own |= {origin.name for origin in shown[len(origins) :] if origin.where == PROJECT}
    free = sorting.free if imports.stars else sorting.free | sorting.unknown
    used = set(sorting.used)
    return Needs(
        imports=(*grammar.preamble(source), *grammar.written([one for one in imports.all if one in used])),
        modules=frozenset([*(one.module for one in sorting.used), *sorting.modules, *walk.modules]),
        builtins=tuple(sorted(sorting.builtins)),
        standard=_of(STANDARD, shown),
        third_party=_of(THIRD_PARTY, shown),
        free_names=tuple(sorted(free)),
        project_names=tuple(sorted(free | own)),
    )


def modules_behind(names: Iterable[str], imports: Imports, source: Source, grammar: Grammar) -> frozenset[str]:
    """Collect the modules that names or chains of a file may come from."""
    sorting = _Sorting(imports, source, grammar)
    for name in names:
        sorting.sort(grammar.root_of(name), {name})
    return frozenset([*(one.module for one in sorting.used), *sorting.modules])


class _Sorting:
    """Names from outside of a unit by what they stand for; ``unknown``: nothing in the file says it."""

    def __init__(self, imports: Imports, source: Source, grammar: Grammar) -> None:
        self._imports = imports
        self._source = source
        self._grammar = grammar
        self.used: list[Import] = []
        self.modules: set[str] = set()
        self.builtins: set[str] = set()
        self.free: set[str] = set()
        self.unknown: set[str] = set()

    def sort(self, name: str, chains: Collection[str]) -> None:
        if name in self._imports.by_name:
            self.used += self._imports.by_name[name]
        elif name in self._imports.declared:
            self.free.add(name)
        elif modules := {module for chain in chains if (module := self._grammar.module_of(chain, self._source))}:
            self.modules |= modules
        elif name in self._grammar.names.builtins:
            self.builtins.add(name)
        else:
            self.unknown.add(name)


def _names_used(one: Import, walk: UnitWalk, unknown: Collection[str]) -> Collection[str]:
    if EVERYTHING in one.names:
        return unknown
    return [name for name in one.names if name in walk.chains or name in walk.hints]


def _of(where: str, origins: Iterable[ImportOrigin]) -> tuple[str, ...]:
    return tuple(sorted({origin.name for origin in origins if origin.where == where}))
