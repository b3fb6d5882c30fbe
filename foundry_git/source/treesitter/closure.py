"""The closure of a unit in a language that tree-sitter parses: what it needs of its project, found by name, from other files too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from foundry_git.source.closure import MOST_HELPER_LINES, MOST_HELPERS, Closure, HoldsAll, ReadText, in_order
from foundry_git.source.manifests import Project
from foundry_git.source.treesitter.bindings import Bindings
from foundry_git.source.treesitter.closure_text import Gathered, Member
from foundry_git.source.treesitter.grammar import PROJECT, Grammar, Import
from foundry_git.source.treesitter.linkage import Bundle, Files, Found, Linkage, Parts, Place, Taken, Use
from foundry_git.source.treesitter.loading import made_elsewhere
from foundry_git.source.treesitter.outline import Key, Outline
from foundry_git.source.units import Unit

ENOUGH = 3  # reasons, after which no more are looked for


def closer(grammar: Grammar, linkage: Linkage) -> Callable[[Unit, str, str, Project, ReadText], Closure]:
    """Make what closes the units of a language."""

    def close(unit: Unit, text: str, path: str, project: Project, read: ReadText) -> Closure:
        files = Files(linkage, project, read)
        conditions = linkage.conditions(unit, text, path, files)
        if missing := linkage.missing(unit, conditions, files):
            return Closure("", (), (missing,))
        if unit.project_names or linkage.may_need(unit, text):
            return _Closing(unit, grammar, linkage, files, conditions).closed(text, path)
        top = tuple(linkage.conditional(one, is_of_all=True) for one in conditions)
        return Closure(grammar.stored([*top, *unit.imports], unit.body), conditions=top)

    return close


class _Closing:
    """One unit being closed."""

    def __init__(self, unit: Unit, grammar: Grammar, linkage: Linkage, files: Files, conditions: Sequence[str]) -> None:
        self._unit = unit
        self._conditions = conditions
        self._grammar = grammar
        self._linkage = linkage
        self._files = files
        self._seen = files.read.seen if isinstance(files.read, HoldsAll) else set()
        self._is_bounded = not isinstance(files.read, HoldsAll)  # what stands in one text already is no matter of size
        self._members: dict[str, Member] = {}
        self._reads: dict[str, dict[str, None]] = {}  # file → the files from which it needs something
        self._missing: list[str] = []
        self._bindings = Bindings(files, linkage, self._missing)
        self._helpers: list[str] = []
        self._count = 0  # of these, those that are no types
        self._lines = 0
        self._is_too_much = False
        self._todo: list[tuple[Member, int]] = []
        self._main: frozenset[int] = frozenset()
        self._path = ""

    def closed(self, text: str, path: str) -> Closure:
        self._path = path
        member = self._members[path] = Member(self._files.own(text, path))
        self._main = frozenset(member.outline.of_unit(self._unit.symbol))
        for number in self._main:
            statement = member.outline.statements[number]
            self._bindings.hold(statement.names, path, statement.scope)
        for number in sorted(self._main, reverse=True):
            self._take(member, number, "")
        while (self._todo or (not self._missing and self._join())) and len(self._missing) < ENOUGH and not self._is_too_much:
            self._look(*self._todo.pop())
        if self._missing or not self._is_bounded:
            return self._failed()
        return self._written()

    def _join(self) -> bool:
        """Take in what belongs to what was taken; say whether that was anything."""
        taken = [
            Taken(member.outline, number, path == self._path and number in self._main)
            for path, member in list(self._members.items())
            for number in member.statements
        ]
        for one in self._linkage.joining(taken, self._files):
            if isinstance(one, str):
                self._missing.append(one)
            else:
                member = self._member(one.outline.path)
                if self._is_bounded and one.number not in member.statements:
                    self._weigh(one.outline, [one.number], is_named=False)
                self._reads.setdefault(self._path, {}).setdefault(one.outline.path)
                self._take(member, one.number, "")
        return bool(self._todo)

    def _failed(self) -> Closure:
        return Closure("", tuple(self._helpers), tuple(dict.fromkeys(self._missing)))

    def _take(self, member: Member, number: int, name: str) -> None:
        if number not in member.statements and number not in self._seen:
            if lacking := member.outline.lacks(number):
                self._missing.append(lacking)
            member.statements[number] = name
            self._todo.append((member, number))

    def _look(self, member: Member, number: int) -> None:
        """Resolve what a statement needs."""
        outline, walk = member.outline, member.outline.walk(number)
        if not self._is_bounded:
            self._seen.add(number)
        self._imply(member, number)
        for module in sorted(walk.modules):
            if self._is_own(module, outline):
                self._missing.append(f"{module} of its project")
        for name in sorted(walk.chains):
            self._resolve(member, Use(outline, number, name, walk.chains[name]))
        for name in sorted(walk.hints):
            if outline.bound(name, outline.statements[number].scope) or outline.imported(name, outline.statements[number].scope):
                self._resolve(member, Use(outline, number, name, {name}))

    def _imply(self, member: Member, number: int) -> None:
        """Keep what a statement imports without a name for it."""
        outline, implied = member.outline, self._grammar.implied
        if implied is None or not outline.imports:
            return
        text, scope = outline.text(number, ""), f"{outline.statements[number].scope}::"
        for one in outline.imports:
            if (not one.scope or scope.startswith(f"{one.scope}::")) and implied(one, text, outline.source.text):
                if self._is_own(one.module, outline):
                    name = one.names[0]
                    self._import(member, Use(outline, number, name, {name}), [one])
                else:
                    member.imports.setdefault(one)

    def _resolve(self, member: Member, use: Use) -> None:
        outline, scope = use.outline, use.outline.statements[use.number].scope
        if key := outline.bound(use.name, scope):
            return self._found(member, use, Place(outline.path, key))
        if imports := outline.imported(use.name, scope):
            return self._import(member, use, imports)
        if (found := self._linkage.beside(use, self._files)) is not None:
            return self._found(member, use, found)
        modules = [module for chain in sorted(use.chains) if (module := self._grammar.module_of(chain, outline.source))]
        if modules:
            own = [module for module in modules if self._is_own(module, outline)]
            return self._missing.append(f"{own[0]} of its project") if own else None
        if use.name in self._grammar.names.builtins:
            return None
        if stars := outline.imported("*", scope):
            return self._import(member, use, stars)
        return self._missing.append(f"{use.name}, which nothing defines")

    def _import(self, member: Member, use: Use, imports: Sequence[Import]) -> None:
        """Keep imports of packages from elsewhere, follow those of the project; of several any may be meant."""
        own = [one for one in imports if self._is_own(one.module, use.outline)]
        kept = [one for one in imports if one not in own]
        for package in kept:
            self._found(member, use, package)
        found = [self._linkage.followed(one, use, self._files) for one in own]
        there = [one for one in found if not isinstance(one, str)] or ([] if kept else found)
        for one in there[:1]:
            self._found(member, use, one)

    def _found(self, member: Member, use: Use, found: Found) -> None:
        """Bring what a use stands for."""
        if isinstance(found, str):
            if found:
                self._missing.append(found)
        elif isinstance(found, Import):
            if len(found.names) > 1 or "*" in found.names or not self._bindings.is_taken(use.name, self._linkage.identity(found)):
                member.imports.setdefault(found)
        elif isinstance(found, Bundle):
            self._bring_parts(member, use, found)
        elif isinstance(found, Parts):
            for key in found.keys:
                self._bring(member, key[1], Place(found.path, key))
        else:
            self._bring(member, use.name, found)

    def _bring_parts(self, member: Member, use: Use, bundle: Bundle) -> None:
        """Bring some parts of a module, and the value that holds them."""
        if self._bindings.is_taken(use.name, bundle.path):
            return
        self._reads.setdefault(member.outline.path, {}).setdefault(bundle.path)
        given = self._bindings.bundle(use.name)
        there = self._member(bundle.path)
        there.lines.setdefault(use.name)
        for name, place in bundle.parts:
            given[name] = self._bindings.name_of(name, place)
            self._bring(there, given[name], place)

    def _bring(self, member: Member, name: str, place: Place) -> None:
        """Take in the statements that bind a name."""
        there = self._member(place.path)
        if there is not member:
            self._reads.setdefault(member.outline.path, {}).setdefault(place.path)
        original = self._bindings.name_of(name, place)
        if original != name and self._bindings.alias(name, place):
            there.lines.setdefault(name)
        if not self._bindings.is_taken(original, place):
            self._take_binders(there, original, place)

    def _take_binders(self, there: Member, name: str, place: Place) -> None:
        outline = there.outline
        binders = outline.binders.get(place.key, ())
        is_main = place.path == self._path and not self._main.isdisjoint(binders)
        numbers = [number for number in binders if number not in there.statements]
        if is_main or not numbers:
            return None
        if not self._completes_main(there, place.key):
            numbers = sorted({*numbers, *outline.completing.get(place.key, ())} - there.statements.keys())
        if made := made_elsewhere(outline, numbers, self._grammar):
            return self._missing.append(f"{name}, which is made by {made[0]} at import")
        self._helpers.append(name)
        if self._is_bounded:
            self._weigh(outline, numbers)
        for number in reversed(numbers):
            self._take(there, number, name)
        return None

    def _weigh(self, outline: Outline, numbers: Iterable[int], is_named: bool = True) -> None:
        """Count what comes along; types, and what belongs to something else, by their lines alone."""
        self._count += is_named and not all(outline.statements[number].is_type for number in numbers)
        self._lines += sum(outline.lines(number) for number in numbers)
        if self._count > MOST_HELPERS:
            self._missing.append(f"more than {MOST_HELPERS} definitions of its project")
        elif self._lines > MOST_HELPER_LINES:
            self._missing.append(f"more than {MOST_HELPER_LINES} lines of its project")
        self._is_too_much = self._count > MOST_HELPERS or self._lines > MOST_HELPER_LINES

    def _completes_main(self, there: Member, key: Key) -> bool:
        """Say whether the unit is itself a part of something: the other parts of that are others' business."""
        return there.outline.path == self._path and not self._main.isdisjoint(there.outline.completing.get(key, ()))

    def _is_own(self, module: str, outline: Outline) -> bool:
        return self._grammar.origin(module, outline.source).where == PROJECT

    def _member(self, path: str) -> Member:
        if path not in self._members:
            outline = self._files.at(path)
            assert outline is not None, path  # in which something was found
            self._members[path] = Member(outline)
        return self._members[path]

    def _written(self) -> Closure:
        members = [self._members[path] for path in in_order(self._path, self._reads)]
        lines = {name: self._bindings.line(name) for member in members for name in member.lines}
        gathered = Gathered(self._unit, self._members[self._path].outline, self._main, members, lines, self._above(members))
        imports = self._linkage.joined([one for member in members for one in member.ordered_imports()])
        top = tuple(self._linkage.conditional(one, is_of_all=True) for one in self._conditions)
        code = gathered.code(self._grammar, imports, top)
        if gathered.is_unreadable(code, self._grammar):
            self._missing.append("code that is written in another language")
        return self._failed() if self._missing else Closure(code, gathered.helpers(), conditions=top)

    def _above(self, members: Iterable[Member]) -> dict[tuple[str, int], str]:
        """What is to stand above statements: the conditions of the modules around them that are not those of the unit."""
        taken = [Taken(member.outline, number) for member in members for number in member.statements]
        asked = {(one.outline.path, one.number): self._linkage.around(one, self._files) for one in taken}
        return {
            key: "".join(f"{self._linkage.conditional(one, is_of_all=False)}\n" for one in found if one not in self._conditions)
            for key, found in asked.items()
        }
