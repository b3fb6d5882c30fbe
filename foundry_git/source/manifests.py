"""Manifests: which packages a repository is made of and what they depend on, from the files that say so.

Read are ``pyproject.toml``, ``setup.cfg``, ``package.json``, ``tsconfig.json``, ``jsconfig.json``, ``go.mod`` and ``Cargo.toml``.
One that is broken, or says something else than its format allows, says nothing: to judge manifests is the business of the tools that
they are written for.
"""

from __future__ import annotations

import configparser
import json
import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from msgspec import Struct, field

from foundry_git.source.files import folders_above, why_skipped
from foundry_git.source.path_aliases import CONFIGS, DEEPEST, NO_ALIASES, Aliases, aliases_in, others_named

_ECOSYSTEMS = {"typescript": "javascript"}
DEEPEST_KEY = 1_000  # the parser takes time quadratic in the parts of ``a.b.c = 1``: 87 s for 50,000
_TOML_WORD = re.compile(r"[\s=,{}]+")
_NAME = re.compile(r"\s*([A-Za-z0-9][\w.-]*)")
_GO_MODULE = re.compile(r"^[ \t]*module[ \t]+\"?([^\s\"]+)", re.MULTILINE)
_GO_BLOCK = re.compile(r"^[ \t]*require[ \t]*\(([^()]*)\)", re.MULTILINE)
_GO_LINE = re.compile(r"^[ \t]*require[ \t]+([^(\n]+)$", re.MULTILINE)
_GO_REQUIRED = re.compile(r"^[ \t]*\"?([^\s\"]+)\"?[ \t]+v\d", re.MULTILINE)
_BESIDE = ("workspace:", "file:", "link:", "portal:")  # how package.json names a package of the same repository


class Package(Struct, frozen=True):
    """What the manifests of one folder say; ``roots``: names by which code imports the package, or another of its repository.

    These and ``dependencies`` are written as code imports them: in Python and Rust with ``_`` for ``-``, in Python in lower case.
    ``name``: that of the package, as its manifest writes it.
    """

    roots: frozenset[str] = frozenset()
    dependencies: frozenset[str] = frozenset()
    name: str = ""


class Project(Struct, frozen=True):
    """What the manifests of a repository say; ``packages`` by ecosystem and folder (``""``: the top), ``aliases`` by folder."""

    packages: Mapping[tuple[str, str], Package] = field(default_factory=dict)
    shared: Mapping[str, frozenset[str]] = field(default_factory=dict)
    aliases: Mapping[str, Aliases] = field(default_factory=dict)

    def own(self, path: str, language: str) -> frozenset[str]:
        """Name what imports in a file begin with when they mean the project itself: any package of the repository.

        Packages that are test data count only for the files below them.
        """
        ecosystem = _ECOSYSTEMS.get(language, language)
        nearest = self._nearest(path, ecosystem)
        found = self.shared.get(ecosystem, frozenset()) | nearest.roots
        if self.aliases and ecosystem == "javascript":
            found |= self.aliases_of(path).names() - nearest.dependencies
        return found

    def aliases_of(self, path: str) -> Aliases:
        """The names by which a file may import others of the project beside their paths: those of the nearest folder with any."""
        if not self.aliases:
            return NO_ALIASES
        found = (self.aliases.get(folder) for folder in folders_above(path))
        return next((aliases for aliases in found if aliases), NO_ALIASES)

    def dependencies(self, path: str, language: str) -> frozenset[str]:
        """Name what the nearest manifest above a file depends on, for development too."""
        return self._nearest(path, _ECOSYSTEMS.get(language, language)).dependencies

    def package(self, path: str, language: str) -> Package | None:
        """The package that a file belongs to: that of the nearest manifest above it; None without one."""
        found = self._nearest(path, _ECOSYSTEMS.get(language, language))
        return found if found.name else None

    def can_import(self, path: str, language: str, other: str) -> bool | None:
        """Say whether a file may import what another of its language holds, as far as their packages tell; None where they do not.

        It may within its package, and where that depends on the other's.
        """
        here, there = self.package(path, language), self.package(other, language)
        if here is None or there is None:
            return None
        return here == there or _as_imported(there.name, language) in here.dependencies

    def _nearest(self, path: str, ecosystem: str) -> Package:
        if not self.packages:
            return _NO_PACKAGE
        folders = folders_above(path)
        found = (self.packages.get((ecosystem, folder)) for folder in folders)
        return next((package for package in found if package), _NO_PACKAGE)


_NO_PACKAGE = Package()
NO_PROJECT = Project()
"""A file of which nothing is known but its text and path."""


def no_entries(folder: str) -> Iterable[str]:
    """Say that it is not known what a folder holds."""
    return ()


def project_of(
    manifests: Mapping[str, str],
    others: Callable[[Collection[str]], Mapping[str, bytes]],
    entries: Callable[[str], Iterable[str]] = no_entries,
) -> Project:
    """Read manifests as :func:`read_project` does, with the files that they refer to; ``others`` gives those, by their paths."""
    known = dict(manifests)
    for _ in range(DEEPEST):
        known |= {path: content.decode("utf-8", "replace") for path, content in others(others_named(known)).items()}
    return read_project(known, entries)


def is_manifest(path: str) -> bool:
    """Say whether :func:`read_project` reads a file of this path."""
    return PurePosixPath(path).name in MANIFESTS and _is_here(path)


def read_project(files: Mapping[str, str], entries: Callable[[str], Iterable[str]] = no_entries) -> Project:
    """Read manifests, given as path → text; other files and those of vendored packages are passed by.

    ``entries``: the names of what a folder holds, with ``/`` behind those of folders.
    """
    packages: dict[tuple[str, str], Package] = {}
    shared: dict[str, frozenset[str]] = {}
    for path in filter(is_manifest, sorted(files)):
        folder, _, name = path.rpartition("/")
        if name in CONFIGS:
            continue
        ecosystem, read = _READERS[name]
        found = _tolerant(read, files[path])
        before = packages.get((ecosystem, folder), _NO_PACKAGE)
        packages[ecosystem, folder] = Package(
            before.roots | found.roots, before.dependencies | found.dependencies, before.name or found.name
        )
        if why_skipped(path, b"") != "test":
            shared[ecosystem] = shared.get(ecosystem, frozenset()) | found.roots
    return Project(packages, shared, aliases_in({path: text for path, text in files.items() if _is_here(path)}, entries))


def _is_here(path: str) -> bool:
    return why_skipped(path, b"") != "vendored"


def _tolerant(read: Callable[[str], Package], text: str) -> Package:
    try:
        return read(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError, configparser.Error):  # not TOML, not JSON, nested without end, no sections
        return _NO_PACKAGE


def _toml(text: str) -> dict[str, object]:
    if any(word.count(".") > DEEPEST_KEY for word in _TOML_WORD.split(text)):
        raise ValueError("a key with too many parts")
    return tomllib.loads(text)


def _read_pyproject(text: str) -> Package:
    document = _toml(text)
    project, poetry = _table(document, "project"), _table(document, "tool", "poetry")
    needed = [*_texts(project.get("dependencies")), *_in_groups(_table(project, "optional-dependencies"))]
    needed += [*_in_groups(_table(document, "dependency-groups")), *_table(poetry, "dependencies")]
    needed += [name for group in _table(poetry, "group") for name in _table(poetry, "group", group, "dependencies")]
    roots = {
        *_texts(project.get("name")),
        *_texts(poetry.get("name")),
        *_texts(_table(document, "tool", "flit", "module").get("name")),
    }
    roots |= {path.rpartition("/")[2] for path in _packages_named(document)}
    roots |= {entry.partition(":")[0] for entry in _all_texts(_table(project, "scripts"))}
    name = next(iter([*_texts(project.get("name")), *_texts(poetry.get("name"))]), "")
    return Package(_python_roots(roots), _python_names(needed) - {"python"}, name)


def _packages_named(document: Mapping[str, object]) -> Iterator[str]:
    """List the packages that a build backend is told to take: setuptools, Hatch and Poetry have each their own key."""
    yield from _texts(_table(document, "tool", "setuptools").get("packages"))
    yield from _texts(_table(document, "tool", "hatch", "build", "targets", "wheel").get("packages"))
    listed = _table(document, "tool", "poetry").get("packages")
    yield from (name for entry in _items(listed) for name in _texts(_table(entry).get("include")))


def _read_setup_cfg(text: str) -> Package:
    parser = configparser.RawConfigParser(strict=False)
    parser.read_string(text)
    packages = [line for line in parser.get("options", "packages", fallback="").split() if not line.startswith("find")]
    needed = parser.get("options", "install_requires", fallback="").splitlines()
    if parser.has_section("options.extras_require"):
        needed += [line for _, value in parser.items("options.extras_require") for line in value.splitlines()]
    name = parser.get("metadata", "name", fallback="")
    return Package(_python_roots([name, *packages]), _python_names(needed), name)


def _python_roots(names: Iterable[str]) -> frozenset[str]:
    """Normalise a project's name; of ``pkg.sub`` the root is ``pkg``, but a distribution ``zope.event`` is also ``zope``."""
    return frozenset(name.partition(".")[0].strip().lower().replace("-", "_") for name in names) - {"", "*"} | frozenset(
        name for name in names if name.isidentifier()
    )


def _python_names(requirements: Iterable[str]) -> frozenset[str]:
    """Take the names out of requirements: ``Django[argon2] >= 4`` gives ``django``."""
    found = (_NAME.match(requirement) for requirement in requirements)
    return frozenset(re.sub(r"[-.]", "_", name[1]).lower() for name in found if name)


def _read_package_json(text: str) -> Package:
    document = _table(json.loads(text))
    keys = ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies")
    versions = {name: version for key in keys for name, version in _table(document, key).items()}
    beside = {name for name, version in versions.items() if isinstance(version, str) and version.startswith(_BESIDE)}
    names = _texts(document.get("name"))
    return Package(frozenset({*names, *beside}), frozenset(versions), names[0] if names else "")


def _read_go_mod(text: str) -> Package:
    text = re.sub(r"//[^\n]*", "", text)
    lines = "\n".join([*_GO_BLOCK.findall(text), *_GO_LINE.findall(text)])
    modules = _GO_MODULE.findall(text)[:1]
    return Package(frozenset(modules), frozenset(_GO_REQUIRED.findall(lines)), modules[0] if modules else "")


def _read_cargo(text: str) -> Package:
    document = _toml(text)
    roots = {*_texts(_table(document, "package").get("name")), *_texts(_table(document, "lib").get("name"))}
    needed: set[str] = set()
    for table in (document, _table(document, "workspace"), *map(_table, _table(document, "target").values())):
        for key in ("dependencies", "dev-dependencies", "build-dependencies"):
            needed |= _table(table, key).keys()
            roots |= {name for name, entry in _table(table, key).items() if "path" in _table(entry)}
    names = _texts(_table(document, "package").get("name"))
    return Package(_crates(roots), _crates(needed), names[0] if names else "")


def _as_imported(name: str, language: str) -> str:
    """Write the name of a package as dependencies are written."""
    if language == "python":
        return re.sub(r"[-.]", "_", name).lower()
    return name.replace("-", "_") if language == "rust" else name


def _crates(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name.replace("-", "_") for name in names)


def _table(value: object, *keys: str) -> Mapping[str, object]:
    """Go down a document; empty where there is no mapping."""
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def _items(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _texts(value: object) -> list[str]:
    """List the texts of a list, or the one text."""
    return [item for item in ([value] if isinstance(value, str) else _items(value)) if isinstance(item, str)]


def _all_texts(table: Mapping[str, object]) -> list[str]:
    return [value for value in table.values() if isinstance(value, str)]


def _in_groups(groups: Mapping[str, object]) -> list[str]:
    return [text for group in groups.values() for text in _texts(group)]


_READERS: dict[str, tuple[str, Callable[[str], Package]]] = {
    "pyproject.toml": ("python", _read_pyproject),
    "setup.cfg": ("python", _read_setup_cfg),
    "package.json": ("javascript", _read_package_json),
    "go.mod": ("go", _read_go_mod),
    "Cargo.toml": ("rust", _read_cargo),
}

MANIFESTS = (*_READERS, *CONFIGS)
"""The names of the files that are read."""
