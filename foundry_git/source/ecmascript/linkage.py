"""The linkage of JavaScript and TypeScript: imports and ``require`` followed to what they mean, names kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from foundry_git.source.closure import HoldsAll
from foundry_git.source.ecmascript.following import Following
from foundry_git.source.ecmascript.imports import Binding
from foundry_git.source.ecmascript.outline import TYPES, ModuleOutline
from foundry_git.source.manifests import Project
from foundry_git.source.treesitter.grammar import Grammar, Import
from foundry_git.source.treesitter.linkage import Files, Found, Parts, Place, Taken, Use, outlines
from foundry_git.source.treesitter.outline import Outline
from foundry_git.source.units import Unit

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
        return Following(use, files, self._grammar).imported(one, use.outline)

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
