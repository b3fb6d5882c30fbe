"""Module places: which file of a project an import means, by the names of its files and what its manifests say. Pure."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from foundry_git.source.closure import ReadText, nothing_else
from foundry_git.source.ecmascript.places import places, places_at
from foundry_git.source.files import folders_above, within
from foundry_git.source.languages import family_of, language_of
from foundry_git.source.linking.rust_places import Module, files_of, module_of, target_of

if TYPE_CHECKING:
    from foundry_git.source.manifests import Project

_BELOW = ("", "src", "lib", "python")  # where a project's packages lie
_OWN_ROOTS = frozenset({"crate", "self", "super", "$crate"})
_CRATE_NAME = re.compile(r"^[ \t]*name[ \t]*=[ \t]*\"([^\"\n]+)\"", re.MULTILINE)


class ModulePlaces:
    """The files of a project as its imports name them; ``has`` tells paths that exist, ``read`` gives the text of a manifest."""

    def __init__(
        self, has: Callable[[str], bool], project: Callable[[], Project | None] = lambda: None, read: ReadText = nothing_else
    ) -> None:
        self._has = has
        self._project_of = project
        self._read = read
        self._known: dict[tuple[str, str, str], str] = {}

    @cached_property
    def _project(self) -> Project:
        from foundry_git.source.manifests import NO_PROJECT  # 10 ms that whoever only sees relative imports does not pay

        return self._project_of() or NO_PROJECT

    def file(self, path: str, module: str) -> str:
        """The path of the file that a module means in the file at ``path``; in Go of its folder, with ``/`` behind; "" for none."""
        language = language_of(path) or ""
        where = path if language == "rust" else path.rpartition("/")[0]
        key = family_of(language), where, module
        if key not in self._known:
            self._known[key] = next(self._found(language, path, module), "")
        return self._known[key]

    def crate(self, path: str) -> str:
        """The folder of the crate that a file of Rust belongs to, with ``/`` behind; of a crate of one file that file."""
        key = "crate", "", path
        if key not in self._known:
            module = module_of(path, "", self._there)
            self._known[key] = path if module.names[:1] and module.names[0].startswith("=") else module.folder
        return self._known[key]

    def around(self, path: str) -> Iterator[str]:
        """The files of Rust that may hold the module above that of a file."""
        folder, _, name = path.rpartition("/")
        folder = folder.rpartition("/")[0] if name == "mod.rs" else folder
        places = (*(_joined(folder, one) for one in ("mod.rs", "lib.rs", "main.rs")), f"{folder}.rs")
        return filter(self._has, places)

    def crate_names(self, path: str) -> frozenset[str]:
        """By which names other crates import that of a file."""
        folder = self.crate(path).rstrip("/").rpartition("/")[0]
        return frozenset(name.replace("-", "_") for name in _CRATE_NAME.findall(self._read(_joined(folder, "Cargo.toml")) or ""))

    def _found(self, language: str, path: str, module: str) -> Iterator[str]:
        if language == "python":
            return filter(self._has, self._of_python(path, module))
        if language == "go":
            return self._of_go(module)
        if language == "rust":
            return self._of_rust(path, module)
        return filter(self._has, self._of_script(path, module))

    def _of_python(self, path: str, module: str) -> Iterator[str]:
        inside = [part for part in module.lstrip(".").split(".") if part]
        for base in self._python_bases(path, module):
            place = "/".join([*base, *inside])
            yield from (f"{place}.py", f"{place}/__init__.py") if inside else (f"{place}/__init__.py",)

    def _python_bases(self, path: str, module: str) -> Iterator[list[str]]:
        level = len(module) - len(module.lstrip("."))
        folders = path.split("/")[:-1]
        if level:
            if level <= len(folders) + 1:
                yield folders[: len(folders) - level + 1]
        elif module.partition(".")[0] not in sys.stdlib_module_names:
            for folder in folders_above(path):
                if not self._has(f"{folder}/__init__.py"):
                    yield from (_joined(folder, below).split("/") if folder or below else [] for below in _BELOW)

    def _of_script(self, path: str, module: str) -> Iterator[str]:
        if module.startswith("."):
            place = within(path.rpartition("/")[0], module)
            return iter(()) if place is None else places_at(place)
        return places(module, path, self._project, self._read)

    def _of_go(self, module: str) -> Iterator[str]:
        found = [
            _joined(folder, module[len(root) :].strip("/"))
            for (ecosystem, folder), package in self._project.packages.items()
            for root in package.roots
            if ecosystem == "go" and (module == root or module.startswith(f"{root}/"))
        ]
        yield from (f"{folder}/" for folder in sorted(found, key=len)[:1])

    def _of_rust(self, path: str, module: str) -> Iterator[str]:
        root, _, rest = module.partition("::")
        here = module_of(path, "", self._there)
        if root in _OWN_ROOTS:
            yield from self._of_module(target_of(here, module))
            return
        for (ecosystem, folder), package in self._project.packages.items() if root != "std" else ():
            names = _CRATE_NAME.findall(self._read(_joined(folder, "Cargo.toml")) or "") if root in package.roots else ()
            if ecosystem == "rust" and root in {name.replace("-", "_") for name in names}:
                top = f"{_joined(folder, 'src')}/"
                yield from self._of_module(Module(top, tuple(rest.split("::")) if rest else ()))
        yield from self._of_module(target_of(here, f"self::{module}"))

    def _of_module(self, module: Module | None) -> Iterator[str]:
        """The file that is a module, not one around it: what a path goes on with there may as well be a type."""
        return (place for place, scope in (files_of(module) if module else ()) if not scope and self._has(place))

    def _there(self, path: str) -> str | None:
        return "" if self._has(path) else None


def _joined(*parts: str) -> str:
    return "/".join(part for part in parts if part)
