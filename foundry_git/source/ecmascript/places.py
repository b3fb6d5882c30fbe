"""Places: which file of a project an import means, as a file sees it that imports it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from foundry_git.source.closure import ReadText
from foundry_git.source.files import folders_above, within

if TYPE_CHECKING:
    from foundry_git.source.manifests import Project

_WRITTEN = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs")
_AS_BUILT = {".js": (".ts", ".tsx"), ".jsx": (".tsx",), ".mjs": (".mts",), ".cjs": (".cts",)}
"""TypeScript imports a file by the name that it has once it is compiled."""
_TOPS = ("@/", "~/")


def places(module: str, path: str, project: Project, read: ReadText) -> Iterator[str]:
    """Where the file of a module may stand, the likeliest first."""
    for base in _bases(module, path, project, read):
        yield from places_at(base)


def places_at(base: str) -> Iterator[str]:
    """Where the file stands that a path means which has no ending, or that of what is built, or is a folder."""
    suffix = PurePosixPath(base).suffix
    if suffix in _WRITTEN:
        yield from (base.removesuffix(suffix) + other for other in _AS_BUILT.get(suffix, ()))
        yield base
    if base:
        yield from (base + other for other in (*_WRITTEN, ".d.ts"))
    inside = f"{base}/index" if base else "index"
    yield from (inside + other for other in _WRITTEN)


def _bases(module: str, path: str, project: Project, read: ReadText) -> Iterator[str]:
    folder = path.rpartition("/")[0]
    if module.startswith("."):
        if (base := within(folder, module)) is not None:
            yield base
        return
    yield from project.aliases_of(path).places(module)
    if module.startswith(_TOPS):
        for above in folders_above(path):
            yield from (_joined(above, "src", module[2:]), _joined(above, module[2:]))
    elif (package := _folder_of(module, project, read)) is not None:
        top, rest = package
        yield from (_joined(top, rest), _joined(top, "src", rest)) if rest else (top, _joined(top, "src"), _joined(top, "lib"))


def _folder_of(module: str, project: Project, read: ReadText) -> tuple[str, str] | None:
    """The folder of the project's package that an import names, and the path in it."""
    count = 2 if module.startswith("@") else 1
    name, rest = "/".join(module.split("/")[:count]), "/".join(module.split("/")[count:])
    for (ecosystem, folder), package in project.packages.items():
        if ecosystem == "javascript" and name in package.roots and _name_of(read(_joined(folder, "package.json"))) == name:
            return folder, rest
    return None


def _name_of(manifest: str | None) -> object:
    try:
        document = json.loads(manifest or "")
    except (ValueError, RecursionError):
        return None
    return document.get("name") if isinstance(document, dict) else None


def _joined(*parts: str) -> str:
    return "/".join(part for part in parts if part)
