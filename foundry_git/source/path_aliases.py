"""Path aliases: the names by which ``tsconfig.json`` and ``jsconfig.json`` let the files of a project import each other."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import PurePosixPath

from msgspec import Struct
from msgspec.structs import replace

from foundry_git.source.files import within

CONFIGS = ("tsconfig.json", "jsconfig.json")
_OWN = "${configDir}/"  # the folder of the configuration that is read, not of one that it extends
DEEPEST = 8  # configurations that extend each other
_TEXT_OR_COMMENT = re.compile(r"(\"(?:\\.|[^\"\\])*\")|//[^\n]*|/\*.*?\*/", re.DOTALL)
_TEXT_OR_COMMA = re.compile(r"(\"(?:\\.|[^\"\\])*\")|,(?=\s*[}\]])")
_SCRIPTS = frozenset({".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"})


class Aliases(Struct, frozen=True):
    """The aliases of one folder.

    ``paths``: a pattern, as a rule with one ``*``, and the places that it means, from the top of the project; ``base``: the folder
    below which ``roots`` are imported by their names alone.
    """

    paths: tuple[tuple[str, tuple[str, ...]], ...] = ()
    base: str = ""
    roots: frozenset[str] = frozenset()

    def names(self) -> frozenset[str]:
        """What imports begin with, or are, by these aliases; what stands before a ``*``, with it."""
        return frozenset(pattern for pattern, _ in self.paths if pattern != "*") | self.roots

    def places(self, module: str) -> Iterator[str]:
        """The paths, without their ending, that a module may mean; of several patterns the longest that fits decides."""
        fitting = [(pattern, places) for pattern, places in self.paths if _fits(pattern, module)]
        for pattern, places in sorted(fitting, key=lambda one: ("*" in one[0], -len(one[0].partition("*")[0])))[:1]:
            before, _, behind = pattern.partition("*")
            rest = module[len(before) : len(module) - len(behind)] if "*" in pattern else ""
            yield from (place.replace("*", rest, 1) for place in places)
        if module.partition("/")[0] in self.roots:
            yield f"{self.base}/{module}".lstrip("/")


NO_ALIASES = Aliases()


def is_aliased(module: str, names: frozenset[str]) -> bool:
    """Say whether a module is one of those that :meth:`Aliases.names` tells, its first part apart."""
    return module in names or any(_fits(pattern, module) for pattern in _patterns(names))


@lru_cache(maxsize=64)
def _patterns(names: frozenset[str]) -> tuple[str, ...]:
    return tuple(name for name in names if "*" in name)


def _fits(pattern: str, module: str) -> bool:
    before, star, behind = pattern.partition("*")
    if not star:
        return module == pattern
    return len(module) > len(before) + len(behind) and module.startswith(before) and module.endswith(behind)


class _Config(Struct, frozen=True):
    """What one file says, or one and those that it extends: paths and the folder that they are told from, and the other files."""

    paths: Mapping[str, list[str]] | None = None
    paths_from: str = ""
    base: str | None = None
    extended: tuple[str, ...] = ()
    referred: tuple[str, ...] = ()
    folder: str = ""


def others_named(files: Mapping[str, str]) -> set[str]:
    """The files beside these that are read for them: what a configuration extends, or is split into."""
    found: set[str] = set()
    for path, text in files.items():
        if path.endswith(".json") and PurePosixPath(path).name != "package.json":
            config = _read(path, text)
            found.update((*config.extended, *config.referred))
    return found - files.keys()


def aliases_in(files: Mapping[str, str], entries: Callable[[str], Iterable[str]]) -> dict[str, Aliases]:
    """Folder → the aliases that a configuration in it tells; ``entries``: the names of what a folder holds, see ``read_project``."""
    found: dict[str, Aliases] = {}
    for path in sorted(files, reverse=True):  # tsconfig.json counts before jsconfig.json
        if PurePosixPath(path).name in CONFIGS:
            folder = path.rpartition("/")[0]
            configs = [_whole(path, files), *(_whole(one, files) for one in _read(path, files[path]).referred)]
            aliases = _aliases([config for config in configs if config], entries)
            if aliases != NO_ALIASES:
                found[folder] = aliases
    return found


def _aliases(configs: Iterable[_Config], entries: Callable[[str], Iterable[str]]) -> Aliases:
    paths: dict[str, tuple[str, ...]] = {}
    base: str | None = None
    for config in configs:
        above = config.paths_from if config.base is None else config.base
        for pattern, places in (config.paths or {}).items():
            found = [_place(place, config.folder, above) for place in places]
            paths.setdefault(pattern, tuple(place for place in found if place is not None))
        base = config.base if base is None else base
    roots = frozenset(root for entry in entries(base) if (root := _root(entry))) if base is not None else frozenset()
    return Aliases(tuple(paths.items()), base or "", roots)


def _place(place: str, own: str, above: str) -> str | None:
    return within(own, place.removeprefix(_OWN)) if place.startswith(_OWN) else within(above, place)


def _root(entry: str) -> str:
    """By what something in a folder is imported; "" for what is not."""
    if entry.startswith(".") or entry in ("node_modules/", "dist/", "build/"):
        return ""
    if entry.endswith("/"):
        return entry[:-1]
    return PurePosixPath(entry).stem if PurePosixPath(entry).suffix in _SCRIPTS else ""


def _whole(path: str, files: Mapping[str, str], depth: int = DEEPEST) -> _Config | None:
    """A configuration with what it takes over from those that it extends, of which the last counts most."""
    if path not in files or not depth:
        return None
    config = _read(path, files[path])
    for other in reversed(config.extended):
        above = _whole(other, files, depth - 1)
        if above and config.paths is None:
            config = replace(config, paths=above.paths, paths_from=above.paths_from)
        if above and config.base is None:
            config = replace(config, base=above.base)
    return config


def _read(path: str, text: str) -> _Config:
    folder = path.rpartition("/")[0]
    try:
        document = json.loads(_plain(text))
    except (ValueError, RecursionError):
        return _Config()
    options = _table(_table(document).get("compilerOptions"))
    paths = _table(options.get("paths"))
    known = {name: _texts(places) for name, places in paths.items() if name.count("*") <= 1}
    base = options.get("baseUrl")
    return _Config(
        known if "paths" in options else None,
        folder,
        within(folder, base) if isinstance(base, str) else None,
        tuple(_files(folder, _texts(_table(document).get("extends")))),
        tuple(
            _files(
                folder, [one for item in _items(_table(document).get("references")) for one in _texts(_table(item).get("path"))]
            )
        ),
        folder,
    )


def _files(folder: str, names: Iterable[str]) -> Iterator[str]:
    """The files that names of configurations mean; those of packages are not the project's."""
    for name in names:
        place = within(folder, name) if name.startswith(".") or name.endswith(".json") else None
        if place:
            yield place if place.endswith(".json") else f"{place}.json"


def _plain(text: str) -> str:
    """JSON without the comments and commas that are allowed in a configuration."""
    without = _TEXT_OR_COMMENT.sub(lambda found: found[1] or " ", text.removeprefix("\ufeff"))
    return _TEXT_OR_COMMA.sub(lambda found: found[1] or "", without)


def _table(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _items(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _texts(value: object) -> list[str]:
    return [item for item in ([value] if isinstance(value, str) else _items(value)) if isinstance(item, str)]
