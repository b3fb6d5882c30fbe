"""The linkage of Rust: paths followed through a crate, and ``impl`` blocks with what they are for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from foundry_git.source.closure import HoldsAll, nothing_else
from foundry_git.source.linking.rust_places import files_of, module_of, target_of
from foundry_git.source.manifests import Project
from foundry_git.source.rust.conditions import TESTS, around, declared, needed
from foundry_git.source.rust.language import BUILT_IN, OWN_ROOTS, STANDARD_CRATES
from foundry_git.source.rust.outline import CrateOutline, Implementation, lacking
from foundry_git.source.rust.traits import EVERYDAY, called
from foundry_git.source.treesitter.grammar import PROJECT, Grammar, Import
from foundry_git.source.treesitter.linkage import Files, Found, Place, Taken, Use, outlines
from foundry_git.source.treesitter.outline import Outline
from foundry_git.source.units import Unit

DEEPEST = 8  # re-exports of re-exports
_DEFINED = r"\b(?:struct|enum|union|trait)\s+{}\b"
_FUNCTION = re.compile(r"(?:\.|::)\s*(\w+)\b")
_STARRED = re.compile(r"\buse\s+(?:self::|super::)?([A-Z]\w*)::\*\s*;")
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_TRAIT = re.compile(r"\btrait\s+[A-Z]|\buse\s+[^;]*\b[A-Z]")
_MACRO_USE = re.compile(r"#\[macro_use\]\s*(?:pub(?:\([^)]*\))?\s+)?mod\s+(\w+)\s*;")


class CrateLinkage:
    """How the files of a crate hang together."""

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar
        self._outline = outlines(lambda source: CrateOutline(source, grammar), grammar)

    def outline(self, text: str, path: str, project: Project) -> Outline:
        return self._outline(text, path, project)

    def missing(self, unit: Unit, conditions: Sequence[str], files: Files) -> str:
        """Blocks without their type, files that are read while it is compiled, a build that is none of its user's."""
        is_lone = unit.kind == "class" and not re.search(_DEFINED.format(unit.name), unit.body)
        if is_lone and unit.name in unit.project_names:
            return f"{unit.name}, the type of its implementation"
        return "cfg(test), under which its module is" if TESTS in conditions else lacking(unit.body)

    def may_need(self, unit: Unit, text: str) -> bool:
        """Methods may be those of a trait of the project, which no name says."""
        named = called(unit.body) - EVERYDAY
        own = {name for name in named if f"fn {name}" in unit.body}
        return bool(named - own) and bool(_TRAIT.search(text))

    def conditions(self, unit: Unit, text: str, path: str, files: Files) -> Sequence[str]:
        """What the modules around a unit ask of the compiler."""
        if isinstance(files.read, HoldsAll):
            return ()
        found = [*_declared(path, files)]
        if "::" in unit.symbol or "#![" in text:
            outline = files.own(text, path)
            found += [one for number in outline.of_unit(unit.symbol)[:1] for one in around(outline.statements[number].part.node)]
        return needed(found)

    def around(self, one: Taken, files: Files) -> Sequence[str]:
        return needed([*_declared(one.outline.path, files), *around(one.statement.part.node)])

    def conditional(self, condition: str, is_of_all: bool) -> str:
        return f"#![cfg({condition})]" if is_of_all else f"#[cfg({condition})]"

    def followed(self, one: Import, use: Use, files: Files) -> Found:
        return self._followed(one, use, files, DEEPEST)

    def beside(self, use: Use, files: Files) -> Found | None:
        """Variants that a function imports with a star of its own, macros that the root of the crate lets all see."""
        outline = use.outline
        if use.name in BUILT_IN or not isinstance(outline, CrateOutline):
            return None
        if use.name in outline.files:
            return f"{use.name} of its project"
        if _STARRED.search(outline.text(use.number, "")):
            return ""
        return self._macro(use, files) if files.read is not nothing_else else None

    def joining(self, taken: Sequence[Taken], files: Files) -> Iterator[Taken | str]:
        """The ``impl`` blocks of types and traits that come along, and traits of the file with methods that are called."""
        names = {(one.outline.path, one.statement.scope, name) for one in taken for name in one.statement.names}
        words: set[str] = set()
        calls: dict[str, set[str]] = {}
        for one in taken:
            text = one.outline.text(one.number, "")
            calls.setdefault(one.outline.path, set()).update(called(_COMMENT.sub("", text)))
            words.update(_FUNCTION.findall(text))
            yield from _starred(one, text)
        for outline in {one.outline.path: one.outline for one in taken}.values():
            if isinstance(outline, CrateOutline):
                yield from self._imported(outline, calls[outline.path] - EVERYDAY, files)
                traits = (number for number, functions in outline.traits if functions & words - EVERYDAY)
                blocks = (block.number for block in outline.implementations if self._belongs(block, names, words, outline))
                yield from (Taken(outline, number) for number in (*traits, *blocks))

    def _imported(self, outline: CrateOutline, calls: set[str], files: Files) -> Iterator[Taken]:
        """The traits of the project that a file imports for methods that are called."""
        known = files.known.adding
        if outline.path not in known:
            known[outline.path] = list(self._adding(outline, files))
        for path, number, functions in known[outline.path]:
            there = files.at(path) if functions & calls else None
            if there is not None:
                yield Taken(there, number)

    def _adding(self, outline: CrateOutline, files: Files) -> Iterator[tuple[str, int, frozenset[str]]]:
        for one in outline.imports:
            name = one.module.rpartition("::")[2]
            if name[:1].isupper() and self._grammar.origin(one.module, outline.source).where == PROJECT:
                found = self._followed(one, Use(outline, 0, one.names[0], ()), files, DEEPEST)
                there = files.at(found.path) if isinstance(found, Place) else None
                if isinstance(found, Place) and isinstance(there, CrateOutline):
                    yield from ((found.path, number, there.functions(number)) for number in there.binders.get(found.key, ()))

    def name_for(self, name: str) -> str:
        return name

    def alias(self, name: str, place: Place, files: Files) -> str:
        return f"use self::{place.key[1]} as {name};"

    def bundle(self, name: str, parts: Iterable[tuple[str, str]]) -> str:
        return ""

    def identity(self, one: Import) -> object:
        return one.text

    def joined(self, imports: Sequence[Import]) -> Sequence[Import]:
        return list({(one.text, one.names): one for one in imports}.values())

    def _macro(self, use: Use, files: Files) -> Place | None:
        """What a module defines that its crate takes in with ``#[macro_use]``."""
        root = module_of(use.outline.path, "", files.text)
        for path, _ in files_of(replace(root, names=())):
            for name in _MACRO_USE.findall(files.text(path) or ""):
                for place, scope in files_of(replace(root, names=(name,))):
                    there = files.at(place) if f"macro_rules! {use.name}" in (files.text(place) or "") else None
                    if there is not None and (scope, use.name) in there.binders:
                        return Place(place, (scope, use.name))
        return None

    def _belongs(self, block: Implementation, names: set[tuple[str, str, str]], words: set[str], outline: CrateOutline) -> bool:
        """Say whether a block comes along with its type, or with a trait that it adds to a type of others."""
        if (outline.path, block.scope, block.subject) in names:
            return self._is_needed(block, {name for _, _, name in names}, words, outline)
        is_own = (block.scope, block.subject) in outline.binders
        return not is_own and (outline.path, block.scope, block.trait) in names

    def _is_needed(self, block: Implementation, names: set[str], words: set[str], outline: CrateOutline) -> bool:
        """Say whether a block comes along with its type: one of its functions is named, or the standard library may call them."""
        if not block.trait:
            return not block.functions.isdisjoint(words) or not block.functions
        if block.functions & words - EVERYDAY:
            return True
        root = block.trait.partition("::")[0]
        if root in names or block.trait.rpartition("::")[2] in names or root in BUILT_IN or root in STANDARD_CRATES:
            return True
        origins = [one.module.partition("::")[0] for one in outline.imported(root, block.scope)]
        return any(origin in STANDARD_CRATES for origin in origins)

    def _followed(self, one: Import, use: Use, files: Files, depth: int) -> Found:
        gone = f"{use.name} of its project"
        here = module_of(use.outline.path, one.scope, files.text)
        root, _, rest = one.module.partition("::")
        is_inside = root in OWN_ROOTS or not root
        target = target_of(here, one.module if is_inside else f"self::{one.module}")
        if not is_inside and root in use.outline.source.own and root not in _modules(use.outline):
            return self._of_crate(root, rest, one, use, files, depth) or gone
        if target is None or not target.names or not depth:
            return gone
        *_, last = target.names
        name = use.name if last == "*" else last
        module = replace(target, names=target.names[:-1])
        for path, scope in files_of(module):
            there = files.at(path)
            if isinstance(there, CrateOutline):
                return self._in_file(there, scope, name, use, files, depth) or gone
        return gone

    def _of_crate(self, root: str, rest: str, one: Import, use: Use, files: Files, depth: int) -> Found | None:
        """What another crate of the repository has, by the folders whose manifests name it."""
        found: dict[str, Place] = {}
        for (ecosystem, folder), package in files.project.packages.items():
            if ecosystem != "rust" or not depth or root not in package.roots:
                continue
            if (there := files.at(f"{folder}/src/lib.rs".lstrip("/"))) is not None:
                path = replace(one, module=f"crate::{rest}", scope="")
                place = self._followed(path, replace(use, outline=there), files, depth - 1)
                if isinstance(place, Place):
                    found[place.path] = place
        return next(iter(found.values())) if len(found) == 1 else None

    def _in_file(self, there: CrateOutline, scope: str, name: str, use: Use, files: Files, depth: int) -> Found | None:
        if (scope, name) in there.binders:
            return Place(there.path, (scope, name))
        for one in there.imported(name, scope):
            if one.scope == scope:
                return self._passed_on(one, there, name, use, files, depth)
        for one in there.imported("*", scope):
            found = self._passed_on(one, there, name, use, files, depth)
            if isinstance(found, Place):
                return found
        return None

    def _passed_on(self, one: Import, there: CrateOutline, name: str, use: Use, files: Files, depth: int) -> Found:
        """What a file only passes on: of its project, or of a package, under the name it has there."""
        if self._grammar.origin(one.module, there.source).where == PROJECT:
            return self._followed(one, replace(use, outline=there, name=name), files, depth - 1)
        if use.name == name:
            return one
        return Import((use.name,), one.module, one.statement, f"{one.module} as {use.name}")


def _declared(path: str, files: Files) -> Sequence[str]:
    known = files.known.declared
    if path not in known:
        known[path] = list(declared(path, files))
    return known[path]


def _starred(one: Taken, text: str) -> Iterator[Taken]:
    """The types of which a function imports all variants."""
    for name in _STARRED.findall(text):
        key = one.outline.bound(name, one.statement.scope)
        yield from (Taken(one.outline, number) for number in (one.outline.binders[key] if key else ()))


def _modules(outline: Outline) -> frozenset[str]:
    return outline.modules if isinstance(outline, CrateOutline) else frozenset()
