"""The linkage of JavaScript and TypeScript: imports and ``require`` followed to what they mean, names kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from foundry_git.source.closure import HoldsAll
from foundry_git.source.ecmascript.exports import DEFAULT, EVERYTHING, STAR, WHOLE, Exported, names_exported
from foundry_git.source.ecmascript.imports import Binding
from foundry_git.source.ecmascript.outline import TYPES, ModuleOutline
from foundry_git.source.ecmascript.places import places
from foundry_git.source.languages import language_of
from foundry_git.source.manifests import Project
from foundry_git.source.treesitter.grammar import PROJECT, Grammar, Import
from foundry_git.source.treesitter.linkage import Bundle, Files, Found, Parts, Place, Taken, Use, outlines
from foundry_git.source.treesitter.outline import Outline
from foundry_git.source.units import Unit

MOST_STEPS = 40  # from file to file until something is defined
_BESIDE = frozenset({"__dirname", "__filename"})
_META = ("import.meta.url", "import.meta.dirname", "import.meta.filename", "import.meta.glob")
_RESERVED = frozenset(
    "break case catch class const continue debugger default delete do else enum export extends false finally for function if import"
    " in instanceof new null return super switch this throw true try typeof var void while with yield await let static implements"
    " interface package private protected public arguments eval".split()
)
_CLASSES = frozenset({"class_declaration", "abstract_class_declaration", "enum_declaration"})


class ModuleLinkage:
    """How modules hang together."""

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar
        self._outline = outlines(lambda source: ModuleOutline(source, grammar), grammar)

    def outline(self, text: str, path: str, project: Project) -> Outline:
        return self._outline(text, path, project)

    def missing(self, unit: Unit, conditions: Sequence[str], files: Files) -> str:
        """A file finds others by its own place, and they do not come along."""
        if isinstance(files.read, HoldsAll):
            return ""
        found = [*sorted(_BESIDE.intersection(unit.builtins)), *(one for one in _META if one in unit.body)]
        return f"files beside its own ({found[0]})" if found else ""

    def may_need(self, unit: Unit, text: str) -> bool:
        return "exports" in unit.builtins and unit.body.count("exports.") > 1

    def conditions(self, unit: Unit, text: str, path: str, files: Files) -> Sequence[str]:
        return ()

    def around(self, one: Taken, files: Files) -> Sequence[str]:
        return ()

    def conditional(self, condition: str, is_of_all: bool) -> str:
        return ""

    def beside(self, use: Use, files: Files) -> Found | None:
        if use.name == "React" and self._grammar.language == "typescript":
            return ""  # its types are known wherever they are installed
        if use.name in _BESIDE and not isinstance(files.read, HoldsAll):
            return f"files beside its own ({use.name})"
        return _exported_here(use) if use.name == "exports" else None

    def followed(self, one: Import, use: Use, files: Files) -> Found:
        assert isinstance(one, Binding)
        return _Following(use, files, self._grammar).imported(one, use.outline)

    def joining(self, taken: Sequence[Taken], files: Files) -> Iterable[Taken | str]:
        return ()

    def alias(self, name: str, place: Place, files: Files) -> str:
        outline = files.at(place.path)
        numbers = outline.binders.get(place.key, ()) if outline else ()
        nodes = [outline.statements[number].part.node for number in numbers] if outline else []
        kinds = {(node.child_by_field_name("declaration") or node) for node in nodes}
        is_generic = any(node.child_by_field_name("type_parameters") for node in kinds)
        found = {node.type for node in kinds}
        value, type_ = f"const {name} = {place.key[1]};", f"type {name} = {place.key[1]};"
        if not found & (TYPES | _CLASSES) or self._grammar.language == "javascript":
            return value
        if is_generic:
            return ""
        return type_ if found <= TYPES else f"{value} {type_}"

    def name_for(self, name: str) -> str:
        return f"{name}_" if name in _RESERVED else name

    def bundle(self, name: str, parts: Iterable[tuple[str, str]]) -> str:
        inside = ", ".join(part if part == own else f"{part}: {own}" for part, own in parts)
        return f"const {name} = {{ {inside} }};"

    def identity(self, one: Import) -> object:
        assert isinstance(one, Binding)
        return one.module.removeprefix("node:"), one.original or one.text, one.form == "whole"

    def joined(self, imports: Sequence[Import]) -> Sequence[Import]:
        """Each name once, and what several statements import of one module in the same way in one."""
        kept: dict[tuple[str, ...], Binding] = {}
        for one in imports:
            assert isinstance(one, Binding)
            before = kept.get(one.names)
            if before is None or (before.is_type and not one.is_type):
                kept[one.names] = one
        numbers: dict[object, int] = {}
        defaults: dict[object, Binding] = {}  # a statement has one
        joined = []
        for one in kept.values():
            key = _statement(one)
            if one.form == "default" and defaults.setdefault(key, one) is not one:
                key = key, one.names
            joined.append(replace(one, statement=numbers.setdefault(key, len(numbers))))
        return joined


def _exported_here(use: Use) -> Found | None:
    """What a file uses of what it exports itself: ``exports.parse(text)``."""
    outline = use.outline
    assert isinstance(outline, ModuleOutline)
    keys = [("", f"exports.{name}") for name in sorted(outline.members(use.number, use.name) or ())]
    others = tuple(key for key in keys if key in outline.binders and use.number not in outline.binders[key])
    return Parts(outline.path, others) if others else None


def _statement(one: Binding) -> object:
    """What two imports have in common that stand in one statement."""
    around = one.module, one.opening, one.closing
    return around if one.form in ("named", "default") else (around, one.names)


class _Following:
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
        inner = _Following(replace(self._use, name=name), self._files, self._grammar, frozenset(self._seen))
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
