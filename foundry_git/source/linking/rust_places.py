"""Where a path of Rust leads: from ``crate::a::b::Name`` to the file and the module in it that define the name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from foundry_git.source.closure import ReadText

_ROOTS = ("lib.rs", "main.rs")
_APART = frozenset({"bin", "tests", "examples", "benches"})  # each file in them is a crate


class Module(Struct, frozen=True):
    """A module of a crate: the folder of the crate's code (with ``/`` behind), and its names from the root on."""

    folder: str
    names: tuple[str, ...]

    def child(self, names: Sequence[str]) -> Module:
        """A module within."""
        return Module(self.folder, (*self.names, *names))


def module_of(path: str, scope: str, read: ReadText) -> Module:
    """The module that a file is, or one within it; what stands below no root of a crate is a crate of its own."""
    inside = tuple(scope.split("::")) if scope else ()
    folder, _, name = path.rpartition("/")
    if name in _ROOTS:
        return Module(f"{folder}/" if folder else "", inside)
    names = [] if name == "mod.rs" else [name.removesuffix(".rs")]
    above = folder.split("/") if folder else []
    for end in range(len(above), -1, -1):
        if end and above[end - 1] in _APART:
            break
        start = "".join(f"{part}/" for part in above[:end])
        if any(read(f"{start}{root}") is not None for root in _ROOTS):
            return Module(start, (*above[end:], *names, *inside))
    return Module(f"{folder}/" if folder else "", (f"={name}", *inside))


def target_of(here: Module, path: str) -> Module | None:
    """What a path means in a module: ``crate``, ``self`` and ``super`` at its beginning; None for one that leads out of the crate."""
    names = list(here.names)
    parts = path.split("::")
    if parts[0] in ("crate", "$crate"):
        names, parts = [], parts[1:]
    while parts and parts[0] in ("self", "super"):
        if parts[0] == "super":
            if not names:
                return None
            names.pop()
        parts = parts[1:]
    return Module(here.folder, (*names, *parts))


def files_of(module: Module) -> Iterator[tuple[str, str]]:
    """The files that may hold a module, the most likely first, each with the scope in it."""
    names = list(module.names)
    for end in range(len(names), -1, -1):
        scope = "::".join(names[end:])
        if end == 0:
            yield from ((f"{module.folder}{root}", scope) for root in _ROOTS)
        elif names[end - 1].startswith("="):
            yield f"{module.folder}{'/'.join([*names[: end - 1], names[end - 1][1:]])}", scope
        else:
            inner = "/".join(names[:end])
            yield from ((f"{module.folder}{inner}{ending}", scope) for ending in (".rs", "/mod.rs"))
