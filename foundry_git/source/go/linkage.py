"""The linkage of Go: all files of a folder with one package clause share their names; another package is another program's matter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from foundry_git.source.go.constraints import constraint_of
from foundry_git.source.go.language import BUILT_IN
from foundry_git.source.go.outline import PackageOutline
from foundry_git.source.manifests import Project
from foundry_git.source.treesitter.grammar import Grammar, Import
from foundry_git.source.treesitter.linkage import Files, Found, Place, Taken, Use, outlines
from foundry_git.source.treesitter.outline import Outline
from foundry_git.source.units import Unit

MOST_KEPT = 512  # files of which the names are kept
_HIDDEN = BUILT_IN - {"min", "max", "clear"}  # a package that calls something of its own so is rare, and they are newer than most
_TOP = re.compile(r"^(?:(?:func|type|var|const)[ \t]+|\t)([A-Za-z_]\w*(?:[ \t]*,[ \t]*[A-Za-z_]\w*)*)", re.MULTILINE)
_METHOD = re.compile(r"^func[ \t]*\((?:[ \t]*\w+)?[ \t]*\*?[ \t]*(\w+)", re.MULTILINE)
_INCLUDED = re.compile(r'#include "([^"\n]+)"')
_TYPE = re.compile(r"^type[ \t(]", re.MULTILINE)
_GLUE = re.compile(r"^//go:(?:embed|linkname|wasmimport)\b", re.MULTILINE)
_RECEIVER = re.compile(r"^func[ \t]*\([ \t]*(\w+)[ \t]", re.MULTILINE)
_EXPECTED = frozenset(
    "Error Unwrap Is As String GoString Format Len Less Swap Push Pop Read Write Close Seek ReadAt WriteAt ReadFrom WriteTo ReadByte"
    " ReadRune WriteByte WriteString ServeHTTP RoundTrip Scan Value Set Type MarshalJSON UnmarshalJSON MarshalText UnmarshalText"
    " MarshalBinary UnmarshalBinary MarshalYAML UnmarshalYAML MarshalXML UnmarshalXML Lock Unlock Name Size Mode ModTime IsDir Sys"
    " Info Open Stat ReadDir Handle Enabled WithAttrs WithGroup Deadline Done Err".split()
)
"""Methods that the standard library calls without being told: of ``error``, ``sort.Interface``, ``io.Reader`` …"""


class PackageLinkage:
    """How the files of packages hang together."""

    def __init__(self, grammar: Grammar) -> None:
        self._outline = outlines(lambda source: PackageOutline(source, grammar), grammar)

    def outline(self, text: str, path: str, project: Project) -> Outline:
        return self._outline(text, path, project)

    def missing(self, unit: Unit, conditions: Sequence[str], files: Files) -> str:
        """Methods without their type, C beside the file, code that something else makes."""
        if unit.kind == "class" and not _TYPE.search(unit.body):
            return f"{unit.name}, the type of its methods"
        if unit.kind != "class" and "{" not in unit.body:
            return "a body that is no Go"
        if found := _INCLUDED.search("\n".join(unit.imports)):
            return f"{found[1]} beside it"
        glue = _GLUE.search(unit.body)
        return f"what {glue[0]} brings in" if glue else ""

    def may_need(self, unit: Unit, text: str) -> bool:
        return False

    def conditions(self, unit: Unit, text: str, path: str, files: Files) -> Sequence[str]:
        return ()

    def around(self, one: Taken, files: Files) -> Sequence[str]:
        return ()

    def conditional(self, condition: str, is_of_all: bool) -> str:
        return ""

    def followed(self, one: Import, use: Use, files: Files) -> Found:
        return f"{one.module} of its project"

    def beside(self, use: Use, files: Files) -> Found | None:
        """What another file of the package defines; where several do, each for a system of its own, nothing says which."""
        if use.name in _HIDDEN:
            return None
        defining = self._defining(use.outline, files).get(use.name, ())
        found = [place for path in defining if path != use.outline.path and (place := _place(path, use.name, files))]
        if not found:
            return None
        own = _constraint(use.outline.path, files)
        chosen = [place for place in found if _constraint(place.path, files) in ("", own)]
        return chosen[0] if chosen else f"{use.name}, which depends on the system"

    def joining(self, taken: Sequence[Taken], files: Files) -> Iterator[Taken | str]:
        """The methods of types that come along, as far as they are named, or the standard library may call them."""
        types = {(one.outline.path, name) for one in taken if _is_type(one) for name in one.statement.names}
        if not types:
            return
        selected = _EXPECTED.union(
            *(one.outline.selected(one.number) for one in taken if isinstance(one.outline, PackageOutline))
        )
        main = {name for one in taken if one.is_main and _is_type(one) for name in one.statement.names}
        for path, name in sorted(types):
            outline = files.at(path)
            for other in [path, *(self._package(outline, files) if outline else ())]:
                yield from self._methods(name, other, selected, taken if name in main else (), path, files)

    def name_for(self, name: str) -> str:
        return name

    def alias(self, name: str, place: Place, files: Files) -> str:
        return ""

    def bundle(self, name: str, parts: Iterable[tuple[str, str]]) -> str:
        return ""

    def identity(self, one: Import) -> object:
        return one.text

    def joined(self, imports: Sequence[Import]) -> Sequence[Import]:
        return list({one.text: one for one in imports}.values())

    def _methods(
        self, type: str, path: str, selected: set[str] | frozenset[str], main: Sequence[Taken], home: str, files: Files
    ) -> Iterator[Taken | str]:
        text = files.text(path)
        if text is None or type not in _receivers(text):
            return
        outline = files.at(path)
        if not isinstance(outline, PackageOutline):
            return
        for method, number in outline.methods.get(type, ()):
            if not main:
                if method in selected:
                    yield Taken(outline, number)
            elif path != home and _is_called(method, main):
                yield f"{type}.{method} of another file"

    def _defining(self, outline: Outline, files: Files) -> Mapping[str, Sequence[str]]:
        """Name → the files of a package that may define it, its own included."""
        folder, _, own = outline.path.rpartition("/")
        key = folder, "test" if own.endswith("_test.go") else ""
        if key not in files.known.defined:
            defining: dict[str, list[str]] = {}
            for path in (*self._package(outline, files), outline.path):
                for name in _top_names(files.text(path) or ""):
                    defining.setdefault(name, []).append(path)
            files.known.defined[key] = defining
        return files.known.defined[key]

    def _package(self, outline: Outline, files: Files) -> list[str]:
        """The other files of a package; tests are a package of their own."""
        folder, _, own = outline.path.rpartition("/")
        names = files.beside(outline.path)
        is_test = own.endswith("_test.go")
        return [
            f"{folder}/{name}" if folder else name
            for name in names
            if name.endswith(".go") and name != own and (is_test or not name.endswith("_test.go"))
        ]


def _place(path: str, name: str, files: Files) -> Place | None:
    outline = files.at(path)
    return Place(path, ("", name)) if outline is not None and ("", name) in outline.binders else None


def _constraint(path: str, files: Files) -> str:
    return constraint_of(path, files.text(path) or "")


def _is_type(one: Taken) -> bool:
    return one.statement.part.node.type in ("type_declaration", "type_spec")


def _is_called(method: str, main: Sequence[Taken]) -> bool:
    """Say whether a unit calls a method of itself by the name that its methods have for it."""
    for one in main:
        text = one.outline.text(one.number, "") if one.is_main else ""
        for receiver in _RECEIVER.findall(text):
            if re.search(rf"\b{receiver}\.{method}\b", text):
                return True
    return False


@lru_cache(maxsize=MOST_KEPT)
def _top_names(text: str) -> frozenset[str]:
    """All that a file may define; some lines within functions look so too."""
    return frozenset(name for found in _TOP.findall(text) for name in re.split(r"[ \t]*,[ \t]*", found))


@lru_cache(maxsize=MOST_KEPT)
def _receivers(text: str) -> frozenset[str]:
    return frozenset(_METHOD.findall(text))
