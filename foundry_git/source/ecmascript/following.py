"""Following: one name on its way through what the files of a project export, to what it stands for."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from foundry_git.source.ecmascript.exports import DEFAULT, EVERYTHING, STAR, WHOLE, Exported, names_exported
from foundry_git.source.ecmascript.imports import Binding
from foundry_git.source.ecmascript.outline import ModuleOutline
from foundry_git.source.ecmascript.places import places
from foundry_git.source.languages import language_of
from foundry_git.source.treesitter.grammar import PROJECT, Grammar, Import
from foundry_git.source.treesitter.linkage import Bundle, Files, Found, Place, Use
from foundry_git.source.treesitter.outline import Outline

MOST_STEPS = 40  # from file to file until something is defined


class Following:
    """One name on its way through the exports of the project's files."""

    def __init__(self, use: Use, files: Files, grammar: Grammar, seen: frozenset[tuple[str, str]] = frozenset()) -> None:
        self._use = use
        self._files = files
        self._grammar = grammar
        self._seen = set(seen)
        self._gone = f"{use.name} of its project"

    def imported(self, one: Binding, outline: Outline) -> Found:
        """What a name stands for that a file imports."""
        if not self._is_own(one.module, outline):
            return self._kept(one)
        return self._of_module(one.module, one.original, outline) if one.original else self._gone

    def _of_module(self, module: str, name: str, outline: Outline) -> Found:
        if not self._is_own(module, outline):
            return self._imported_as(module, name)
        if self._grammar.language != language_of(self._place(module, outline.path) or "a.js") == "typescript":
            return "code that is written in another language"
        there = self._file(module, outline)
        return self._gone if there is None else self._exported(there, name)

    def _file(self, module: str, outline: Outline) -> ModuleOutline | None:
        place = self._place(module, outline.path)
        there = self._files.at(place) if place else None
        return there if isinstance(there, ModuleOutline) else None

    def _place(self, module: str, path: str) -> str | None:
        """Where the file stands that a file imports."""
        key = path.rpartition("/")[0], module
        known = self._files.known.places
        if key not in known:
            tried = places(module, path, self._files.project, self._files.read)
            known[key] = next((place for place in tried if self._files.read(place) is not None), None)
        return known[key]

    def _is_own(self, module: str, outline: Outline) -> bool:
        return self._grammar.origin(module, outline.source).where == PROJECT

    def _exported(self, there: ModuleOutline, name: str) -> Found:
        """What a file exports under a name."""
        if (there.path, name) in self._seen or len(self._seen) > MOST_STEPS:
            return self._gone
        self._seen.add((there.path, name))
        exports = there.exports
        if name == EVERYTHING or (name == WHOLE and WHOLE not in exports.names):
            return self._everything(there)
        if (members := exports.objects.get(self._whole(there, name))) and (bundle := self._bundle(there, members)):
            return bundle
        if target := exports.names.get(name) or (exports.names.get(WHOLE) if name == DEFAULT else None):
            return self._target(there, target)
        if target := exports.objects.get(WHOLE, {}).get(name):
            return self._target(there, target)
        return self._starred(there, name)

    def _whole(self, there: ModuleOutline, name: str) -> str:
        return WHOLE if name == DEFAULT and DEFAULT not in there.exports.names else name

    def _starred(self, there: ModuleOutline, name: str) -> Found:
        """Look into the modules of which a file exports all."""
        if name == DEFAULT or not there.exports.stars:
            return self._gone
        names = self._files.known.names.get(there.path)
        if names is None:
            names = self._files.known.names[there.path] = self._names_of_stars(there)
        file = self._files.at(names[name]) if name in names else None
        return self._exported(file, name) if isinstance(file, ModuleOutline) else self._gone

    def _names_of_stars(self, there: ModuleOutline) -> Mapping[str, str]:
        """What a file passes on by ``export *``, and which file says so; only that is parsed which does so itself."""
        found: dict[str, str] = {}
        begun = {there.path}
        todo = [(there.path, module) for module in there.exports.stars if self._is_own(module, there)]
        while todo:
            path, module = todo.pop(0)
            place = self._place(module, path)
            if place is None or place in begun:
                continue
            begun.add(place)
            text = self._files.read(place) or ""
            for name in names_exported(text):
                found.setdefault(name, place)
            inner = self._files.at(place) if STAR.search(text) else None
            if isinstance(inner, ModuleOutline):
                todo += [(place, module) for module in inner.exports.stars if self._is_own(module, inner)]
        return found

    def _target(self, there: ModuleOutline, target: Exported) -> Found:
        if target.module:
            return self._of_module(target.module, target.name, there)
        key = ("", target.name)
        if key in there.binders:
            return Place(there.path, key)
        imports = there.imported(target.name)
        found = [one for one in imports if isinstance(one, Binding)]
        return self.imported(found[0], there) if found else self._gone

    def _everything(self, there: ModuleOutline) -> Found:
        names = {name: Exported(name) for name in there.exports.names}
        return self._bundle(there, names, is_module=True) or self._gone

    def _bundle(self, there: ModuleOutline, members: Mapping[str, Exported], is_module: bool = False) -> Bundle | None:
        """The parts of a module that the use is made of; None where it is used as a whole, or not all of them can be had."""
        outline = self._use.outline
        assert isinstance(outline, ModuleOutline)
        used = outline.members(self._use.number, self._use.name)
        if not used:
            return None
        parts: list[tuple[str, Place]] = []
        for name in sorted(used):
            found = self._part(there, name, members, is_module)
            if not isinstance(found, Place):
                return None
            parts.append((name, found))
        return Bundle(there.path, tuple(parts))

    def _part(self, there: ModuleOutline, name: str, members: Mapping[str, Exported], is_module: bool) -> Found:
        inner = Following(replace(self._use, name=name), self._files, self._grammar, frozenset(self._seen))
        if is_module:
            return inner._exported(there, name)
        return inner._target(there, members[name]) if name in members else self._gone

    def _kept(self, one: Binding) -> Import:
        """An import of a package as the text needs it."""
        return one if self._use.name in one.names else self._imported_as(one.module, one.original)

    def _imported_as(self, module: str, original: str) -> Import:
        name = self._use.name
        closing = f' from "{module}";'
        if original in (DEFAULT, WHOLE):
            return Binding((name,), module, -1, name, "", "default", "import ", closing, DEFAULT)
        if original == EVERYTHING:
            return Binding((name,), module, -1, f"* as {name}", "", "namespace", "import ", closing, EVERYTHING)
        text = name if name == original else f"{original} as {name}"
        return Binding((name,), module, -1, text, "", "named", "import ", closing, original)
