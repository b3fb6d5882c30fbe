"""Build constraints: for which systems a file of Go is there, by its first lines and by its name."""

from __future__ import annotations

import re

_LINE = re.compile(r"^//go:build[ \t]+(.*?)[ \t]*$", re.MULTILINE)
_PACKAGE = re.compile(r"^package\b", re.MULTILINE)
_SYSTEMS = frozenset(
    "aix android darwin dragonfly freebsd illumos ios js linux netbsd openbsd plan9 solaris wasip1 windows".split()
)
_ARCHITECTURES = frozenset("386 amd64 arm arm64 loong64 mips mips64 mips64le mipsle ppc64 ppc64le riscv64 s390x wasm".split())


def constraint_of(path: str, text: str) -> str:
    """The constraint of a file, as it stands behind ``//go:build``; "" for a file that is always there."""
    head = _PACKAGE.search(text)
    found = _LINE.search(text, 0, head.start() if head else 0) if head else None
    named = " && ".join(_named(path))
    if found is None:
        return named
    return f"({found[1]}) && {named}" if named and not _says(found[1], named) else found[1]


def _named(path: str) -> list[str]:
    """What a name ends in: ``_windows``, ``_arm64``, ``_windows_arm64``; the first word of a name constrains nothing."""
    words = path.rpartition("/")[2].removesuffix(".go").removesuffix("_test").split("_")[1:]
    if len(words) > 1 and words[-2] in _SYSTEMS and words[-1] in _ARCHITECTURES:
        return words[-2:]
    return words[-1:] if words and words[-1] in _SYSTEMS | _ARCHITECTURES else []


def _says(line: str, named: str) -> bool:
    return named in line
