"""The closure of a Python unit: the definitions and constants of its project that it needs, found by name, from other files too."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator

from foundry_git.errors import SourceError
from foundry_git.source.closure import MOST_HELPER_LINES, MOST_HELPERS, Closure, HoldsAll, ReadText, in_order
from foundry_git.source.manifests import Project
from foundry_git.source.python.body import stored
from foundry_git.source.python.closure_text import Gathered, Member
from foundry_git.source.python.imports import imported_names
from foundry_git.source.python.inner_imports import Lifted
from foundry_git.source.python.names import BUILT_IN, NamesNeeded, needs_of
from foundry_git.source.python.outline import Outline, outline_of
from foundry_git.source.python.scopes import DefinitionNode, scopes_of
from foundry_git.source.python.units import candidates
from foundry_git.source.units import Unit

LATE = "/"  # for what is needed only when a function runs, which says nothing of the order
ENOUGH = 5  # reasons, after which no more are looked for
_TYPES = frozenset({"typing", "typing_extensions", "collections.abc"})  # what has the same name in them is the same


def close(unit: Unit, text: str, path: str, project: Project, read: ReadText) -> Closure:
    """Close a unit of a file; ``text`` is that file's, ``read`` gives others.

    Raises:
        SourceError: the file cannot be read.
    """
    if not (unit.project_names or "overload" in text):
        return Closure(stored(unit.imports, unit.body))
    return _Closing(unit, project, read).closed(text, path)


class _Closing:
    """One unit being closed."""

    def __init__(self, unit: Unit, project: Project, read: ReadText) -> None:
        self._unit = unit
        self._project = project
        self._read = read
        self._is_bounded = not isinstance(read, HoldsAll)  # what stands in one text already is no matter of size
        self._members: dict[str, Member | None] = {}
        self._path = ""  # of the unit's file
        self._reads: dict[str, list[str]] = {}  # file → the files that it imports from; LATE → those that are, within functions
        self._missing: list[str] = []
        self._bound: dict[str, str] = {}  # name → where what it stands for comes from
        self._helpers: list[str] = []
        self._followed: set[tuple[str, str]] = set()
        self._aliases: dict[str, str] = {}  # name → what it is called where it is defined
        self._main: set[int] = set()
        self._is_too_much = False

    def closed(self, text: str, path: str) -> Closure:
        self._path = path
        member = self._members[path] = Member(outline_of(text, path, self._project.own(path, "python")))
        self._main = set(self._unit_statements(member.outline))
        self._bound[self._unit.name] = path
        for number in sorted(self._main):
            self._take_main(member, number)
        if self._missing:
            return Closure("", tuple(self._helpers), tuple(dict.fromkeys(self._missing)))
        return self._written()

    def _unit_statements(self, outline: Outline) -> Iterator[int]:
        """The unit, with the signatures that are told of it; inside of an ``if`` it is that statement."""
        for number in outline.binders.get(self._unit.symbol, ()):
            if self._definition(outline, number) is None:
                continue
            yield number
            if not outline.is_overload(number):
                return

    def _take_main(self, member: Member, number: int) -> None:
        """Take in the unit; of a branch in which it stands nothing else."""
        inner = self._definition(member.outline, number)
        if inner is None or inner is member.outline.statements[number]:
            return self._take(member, number)
        member.statements.add(number)
        lifted = member.outline.lifted(number).between(inner.lineno, inner.end_lineno or inner.lineno)
        return self._need(member, needs_of(inner, scopes_of([inner])), lifted)

    def _definition(self, outline: Outline, number: int) -> DefinitionNode | None:
        """The definition of the unit's name that a statement is or holds."""
        return next((node for node in candidates([outline.statements[number]]) if node.name == self._unit.symbol), None)

    def _take(self, member: Member, number: int) -> None:
        """Take a statement in, and whatever it needs."""
        if number not in member.statements:
            member.statements.add(number)
            self._need(member, member.outline.needs(number), member.outline.lifted(number))

    def _need(self, member: Member, needs: NamesNeeded, lifted: Lifted) -> None:
        member.is_annotated |= needs.is_annotated
        within = [module for node in needs.inner_imports if node not in lifted.nodes for module in _modules(node)]
        without_use = (origin.module for name, origin in lifted.names.items() if name not in needs.chains)
        within += without_use  # it is imported for what it does then
        self._missing += [f"{module} of its project" for module in within if member.outline.facts.is_own(module)]
        hidden = needs.builtins & (member.outline.binders.keys() | member.outline.imported.keys())
        for name, chains in (needs.chains | {name: {name} for name in hidden}).items():
            if self._is_too_much or self._missing[ENOUGH:]:
                return
            if origin := lifted.names.get(name):
                self._import(member, name, origin.module, origin.name, LATE)
            if not origin or member.outline.gives(name):
                self._resolve(member, name, chains)

    def _resolve(self, member: Member, name: str, chains: set[str]) -> None:
        outline = member.outline
        if name in outline.binders:
            self._bring(member, name)
        elif name in outline.imported:
            origin = outline.imported[name]
            sources = outline.facts.sources.get(name, (origin.module,))
            if not any(outline.facts.is_own(source) for source in sources):
                module = "typing" if origin.module in _TYPES else origin.module
                self._bind(name, f"{module}.{origin.name}", member, chains)
            elif not origin.name:
                self._missing.append(f"{origin.module} of its project")
            else:
                self._import(member, name, origin.module, origin.name)
        elif carried := outline.carried(name):
            self._bind(name, carried, member, chains)
        elif own := [module for module in outline.starred if outline.facts.is_own(module)]:
            self._import_starred(member, name, own)
        elif outline.starred:
            self._bind(name, f"{outline.starred[-1]}.*", member, chains)
        elif name not in BUILT_IN:
            self._missing.append(f"{name}, which nothing defines")

    def _bind(self, name: str, place: str, member: Member, chains: set[str]) -> None:
        """Note what a name stands for in the text; two things cannot have one name."""
        if self._bound.setdefault(name, place) != place:
            self._missing.append(f"{name}, which means two things")
        member.chains.setdefault(name, set()).update(chains)

    def _bring(self, member: Member, name: str) -> None:
        """Take in the statements that bind a name."""
        outline = member.outline
        if (there := self._bound.setdefault(name, outline.path)) != outline.path:
            return None if self._is_same(name, there, outline) else self._missing.append(f"{name}, which means two things")
        numbers = [number for number in outline.binders[name] if number not in member.statements]
        if any(self._is_main(member, number) for number in outline.binders[name]):
            is_beside = self._is_bounded and name != self._unit.name
            return self._missing.append(f"{name}, which stands in a branch with it") if is_beside else None
        if not numbers:
            return None
        if any(outline.is_value(number) for number in numbers):
            numbers = sorted({*numbers, *outline.changing(name)})
            if made := self._made_elsewhere(outline, numbers):
                return self._missing.append(f"{name}, which is made by {made[0]} at import")
        if self._is_bounded and len(self._helpers) == MOST_HELPERS:
            self._is_too_much = True
            return self._missing.append(f"more than {MOST_HELPERS} definitions of its project")
        self._helpers.append(name)
        for number in numbers:
            self._take(member, number)
        return None

    def _is_same(self, name: str, there: str, outline: Outline) -> bool:
        """Say whether a name is bound by the same text in two modules, as types often are: ``LeafID = int``."""
        other = self._members.get(there)
        if other is None or name not in other.outline.binders:
            return False
        texts = [[one.text(number) for number in one.binders[name]] for one in (other.outline, outline)]
        return texts[0] == texts[1]

    def _made_elsewhere(self, outline: Outline, numbers: Iterable[int]) -> list[str]:
        """What packages from elsewhere are called for when statements run, as the program begins."""
        called = (called for number in numbers for called in outline.calls_at_import(number))
        return [one for one in called if not self._may_make(outline, one)]

    def _may_make(self, outline: Outline, called: str) -> bool:
        """Say whether calling something at import only makes a value: a builtin, the standard library, a class of the project."""
        if called in outline.binders or called in BUILT_IN:
            return True
        origin = outline.imported.get(called)
        if origin is None:
            return False
        return origin.module.partition(".")[0] in sys.stdlib_module_names or outline.facts.is_own(origin.module)

    def _import(self, member: Member, name: str, module: str, original: str, reader: str = "") -> None:
        """Bring what a module of the project defines, or imports from elsewhere."""
        there = self._module(member.outline.path, module, reader)
        if there is None:
            return self._missing.append(f"{name} of its project")
        if (there.outline.path, original) in self._followed:
            return None if original in self._bound else self._missing.append(f"{name}, which nothing defines")
        self._followed.add((there.outline.path, original))
        if original not in there.outline.binders and original not in there.outline.imported and not there.outline.starred:
            return self._missing.append(f"{original} of its project")
        if original != name:
            self._aliases[name] = original
            if self._bound.setdefault(name, f"= {original}") != f"= {original}":
                return self._missing.append(f"{name}, which means two things")
        self._resolve(there, original, {original})
        return None

    def _import_starred(self, member: Member, name: str, modules: list[str]) -> None:
        for module in modules:
            there = self._module(member.outline.path, module)
            if there is not None and (name in there.outline.binders or name in there.outline.imported):
                return self._import(member, name, module, name)
        return self._missing.append(f"{name}, which nothing defines")

    def _module(self, path: str, module: str, reader: str = "") -> Member | None:
        """The module that an import in a file means; ``reader``: who needs it, if that is not the file."""
        for place in _places(path, module):
            if place not in self._members:
                self._members[place] = self._opened(place)
            if (member := self._members[place]) is not None:
                self._reads.setdefault(reader or path, []).append(place)
                return member
        return None

    def _opened(self, path: str) -> Member | None:
        text = self._read(path)
        if text is None:
            return None
        try:
            return Member(outline_of(text, path, self._project.own(path, "python")))
        except SourceError:
            return None

    def _written(self) -> Closure:
        own = self._members[self._path]
        assert own is not None
        taken = [
            member
            for path in in_order(LATE, self._reads | {LATE: [*self._reads.get(LATE, ()), self._path]})
            if (member := self._members.get(path)) and (member.statements or member.chains)
        ]
        most = MOST_HELPER_LINES if self._is_bounded else None
        gathered = Gathered(self._unit, own.outline, frozenset(self._main), taken, self._helpers, self._aliases, most)
        return gathered.written()

    def _is_main(self, member: Member, number: int) -> bool:
        return number in self._main and member.outline.path == self._path


def _modules(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    return (imported.module for imported in imported_names(node))


def _places(path: str, module: str) -> Iterator[str]:
    """Where the file of a module of the project may stand, as a file sees it that imports it."""
    level = len(module) - len(module.lstrip("."))
    inside = [part for part in module.lstrip(".").split(".") if part]
    folders = path.split("/")[:-1]
    if level:
        bases = [folders[: len(folders) - level + 1]] if level <= len(folders) + 1 else []
    else:
        bases = [folders[:at] for at, folder in enumerate(folders) if folder == inside[0]] + [[], ["src"], ["lib"]]
    for base in bases:
        place = "/".join([*base, *inside])
        yield from (f"{place}.py", f"{place}/__init__.py") if inside else (f"{place}/__init__.py",)
