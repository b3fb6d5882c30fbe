"""What a file of Go imports, and where that comes from."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

import tree_sitter

from foundry_git.source.go.constraints import constraint_of
from foundry_git.source.go.language import text_of
from foundry_git.source.treesitter.grammar import PROJECT, STANDARD, THIRD_PARTY, Import, ImportOrigin
from foundry_git.source.treesitter.parsing import Source

CGO = "C"
"""What a file imports that works with C: not a package, but the comment above."""

_VERSION = re.compile(r"v\d+")


def imports(source: Source) -> list[Import]:
    """List the packages that a file imports; those for their effects alone (``_``) are left out."""
    found = [node for node in source.top.children if node.type == "import_declaration"]
    specs = [spec for node in found for spec in _specs(node)]
    return [one for at, spec in enumerate(specs) if (one := _import(spec, at))]


def _specs(node: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    for child in node.named_children:
        if child.type == "import_spec":
            yield child
        elif child.type == "import_spec_list":
            yield from (spec for spec in child.named_children if spec.type == "import_spec")


def _import(spec: tree_sitter.Node, at: int) -> Import | None:
    alias, path = text_of(spec.child_by_field_name("name")), text_of(spec.child_by_field_name("path"))
    module = path.strip('"`')
    if alias == "_":
        return None
    if module == CGO:
        return Import((CGO,), CGO, at, f'{_comment_above(spec)}import "C"')
    names = ("*",) if alias == "." else (alias,) if alias else _package_names(module)
    return Import(names, module, at, f"{alias} {path}" if alias else path)


def _comment_above(spec: tree_sitter.Node) -> str:
    """The comment directly above ``import "C"``, which is the code in C that the file works with."""
    node = spec if spec.parent is not None and spec.parent.type == "import_spec_list" else spec.parent
    lines: list[str] = []
    row = node.start_point.row if node is not None else 0
    above = node.prev_sibling if node is not None else None
    while above is not None and above.type in ("comment", "\n"):
        if above.type == "comment":
            if above.end_point.row < row - 1:
                break
            lines.insert(0, f"{text_of(above)}\n")
            row = above.start_point.row
        above = above.prev_sibling
    return "".join(lines)


def _package_names(module: str) -> tuple[str, ...]:
    """Guess what a package is called; its path need not say: ``gopkg.in/yaml.v3`` is ``yaml``, ``x/go-redis/v9`` is ``redis``."""
    parts = [part for part in module.split("/") if part]
    if len(parts) > 1 and _VERSION.fullmatch(parts[-1]):
        parts.pop()
    last = re.sub(r"\.v\d+$", "", parts[-1]) if parts else module
    plain = last.replace("-", "_").replace(".", "_")
    pieces = [piece for piece in re.split(r"[-.]", last) if piece not in ("go", "")]
    return tuple(dict.fromkeys([plain, "".join(pieces), "_".join(pieces), *(pieces[-1:] if "-" in last else ())]))


def written(kept: Sequence[Import]) -> Iterable[str]:
    """Write one import statement, the standard library first, as gofmt groups them."""
    glue = [one.text for one in kept if one.module == CGO]
    rest = [one for one in kept if one.module != CGO]
    if len(rest) == 1:
        return [*glue, f"import {rest[0].text}"]
    groups = [[one.text for one in rest if is_standard(one.module) is first] for first in (True, False)]
    blocks = ["\n".join(f"\t{text}" for text in group) for group in groups if group]
    return [*glue, *(["import (\n{}\n)".format("\n\n".join(blocks))] if blocks else [])]


def origin(module: str, source: Source) -> ImportOrigin:
    """Tell the standard library by its paths: they begin with no host name."""
    if any(module == root or module.startswith(f"{root}/") for root in source.own) or module.startswith("."):
        return ImportOrigin(PROJECT, module)
    return ImportOrigin(STANDARD if is_standard(module) else THIRD_PARTY, module)


def is_standard(module: str) -> bool:
    return "." not in module.partition("/")[0] and module != CGO


def preamble(source: Source) -> tuple[str, ...]:
    """Give the package clause, without which no file of Go compiles, and for which systems the file is there."""
    found = next((node for node in source.top.children if node.type == "package_clause"), None)
    constraint = constraint_of(source.path, source.text)
    return (*([f"//go:build {constraint}"] if constraint else []), *([text_of(found)] if found is not None else []))


def declared(source: Source) -> Collection[str]:
    """Name the constants and variables of a file."""
    names: list[str] = []
    todo = [node for node in source.top.children if node.type in ("const_declaration", "var_declaration")]
    while todo:
        for child in todo.pop().named_children:
            if child.type in ("const_spec", "var_spec"):
                names += map(text_of, child.children_by_field_name("name"))
            elif child.type == "var_spec_list":
                todo.append(child)
    return names
