"""Imports of a project's own names that stand within functions: read as if they stood at the top of the module.

What a function imports itself, mostly because two modules need each other, it would look for in vain where it stands alone.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct, field

from foundry_git.source.python.imports import ImportedFrom, module_of
from foundry_git.source.python.scopes import FUNCTIONS, Function, arguments_of, bound_in

_INNER = re.compile(r"\n[ \t]+from[ \t]+(\.*[\w.]*)[ \t]+import\b")  # not "^": from one "\n" to the next re only looks for it
_LOOKS = frozenset({"locals", "vars", "dir", "eval", "exec"})  # what sees the names of a function
_LOOKING = re.compile(r"\b(?:locals|vars|dir|eval|exec)\b")
_ELSEWHERE = re.compile(r"\b(?:global|nonlocal)[ \t]+([\w \t,]+)")
_SAYS_WHY = re.compile(r"\s*#.*\b(?:import|circular|cyclic)", re.IGNORECASE)


class Lifted(Struct, frozen=True):
    """The imports that were taken out of a statement, the ``names`` they bind there, and the ``lines`` of the file they stood on."""

    nodes: tuple[ast.ImportFrom, ...] = ()
    names: Mapping[str, ImportedFrom] = field(default_factory=dict)
    lines: frozenset[int] = frozenset()

    def between(self, first: int, last: int) -> Lifted:
        """Those from one line of the file to another."""
        nodes = tuple(node for node in self.nodes if first <= node.lineno <= last)
        bound = {alias.asname or alias.name for node in nodes for alias in node.names}
        return Lifted(nodes, {name: origin for name, origin in self.names.items() if name in bound}, self.lines)


NOTHING_LIFTED = Lifted()


class _Inner(Struct, frozen=True):
    """An import in a ``block`` of a function; ``around``: that one and those around it, the outermost first."""

    node: ast.ImportFrom
    block: list[ast.stmt]
    around: tuple[Function, ...]

    def origins(self) -> dict[str, ImportedFrom]:
        """The names that it binds, and what they are."""
        return {alias.asname or alias.name: ImportedFrom(module_of(self.node), alias.name) for alias in self.node.names}


def inner_lines(text: str, is_own: Callable[[str], bool]) -> list[int]:
    """The lines on which the imports may begin that :func:`lift` looks for: as a rule none."""
    return [text.count("\n", 0, found.start()) + 2 for found in _INNER.finditer(text) if is_own(found[1])]


def lift(statement: ast.stmt, lines: Sequence[str], is_own: Callable[[str], bool]) -> Lifted:
    """Take the imports of the project out of the functions in a statement, and say which these were.

    One stays where it is without which the code would do something else: because its names are bound in another way too, because the
    function looks at its own names, or is prepared for the import to fail; or because too little would be left.
    """
    found = [one for one in _inner_imports(statement) if is_own(module_of(one.node)) and _is_alone(one.node, lines)]
    for one in found:
        one.block.remove(one.node)
    around = _Surroundings(statement, lines)
    while unsafe := [one for one in found if not one.block or not around.allow(one, found)]:
        for one in unsafe:
            one.block.append(one.node)
            one.block.sort(key=lambda part: part.lineno)  # no two stand on one line where an import stands alone on it
            found.remove(one)
    names = {name: origin for one in found for name, origin in one.origins().items()}
    numbers = {number for one in found for number in range(one.node.lineno, (one.node.end_lineno or one.node.lineno) + 1)}
    return Lifted(tuple(one.node for one in found), names, frozenset(numbers | _reasons(numbers, lines)))


def without(text: str, first: int, dropped: Collection[int]) -> str:
    """A text that begins on line ``first`` of its file, without some of the file's lines, and without a gap in their place."""
    kept: list[str] = []
    is_gap = False
    for number, line in enumerate(text.split("\n"), start=first):
        if number in dropped:
            is_gap = True
        elif line.strip() or not is_gap or not _opens(kept):
            kept.append(line)
            is_gap = is_gap and not line.strip()
    return "\n".join(kept)


def _opens(kept: Sequence[str]) -> bool:
    """Say whether nothing is to stand apart from the last line: it is blank itself, or begins a block."""
    return not kept or not kept[-1].strip() or kept[-1].rstrip().endswith(":")


def _inner_imports(statement: ast.stmt) -> Iterator[_Inner]:
    """The imports in the functions of a statement, but for those that may fail."""
    todo: list[tuple[ast.AST, tuple[Function, ...], bool]] = [(statement, (), False)]
    while todo:
        node, around, is_inside = todo.pop()
        if isinstance(node, FUNCTIONS):
            around, is_inside = (*around, node), True
        elif isinstance(node, ast.ClassDef):
            is_inside = False  # what stands in its body itself is an attribute
        for block in _blocks(node):
            if is_inside:
                yield from (_Inner(part, block, around) for part in block if isinstance(part, ast.ImportFrom))
            todo += [(part, around, is_inside) for part in block]


def _blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    """The lists of statements in a statement, but for one of which it catches what goes wrong at an import."""
    for name, value in ast.iter_fields(node):
        if isinstance(value, list) and not (name == "body" and _may_catch(node)):
            if value and isinstance(value[0], ast.stmt):
                yield value
            yield from (part.body for part in value if isinstance(part, ast.ExceptHandler | ast.match_case))


def _may_catch(node: ast.AST) -> bool:
    """Say whether a ``try`` is prepared for an import to fail; of exceptions that are not Python's own nobody knows."""
    handlers = getattr(node, "handlers", ())
    return any(not _is_other(kind) for handler in handlers for kind in _kinds(handler.type))


def _kinds(caught: ast.expr | None) -> list[ast.expr | None]:
    return [*caught.elts] if isinstance(caught, ast.Tuple) else [caught]


def _is_other(kind: ast.expr | None) -> bool:
    found = getattr(builtins, kind.id, None) if isinstance(kind, ast.Name) else None
    return isinstance(found, type) and not issubclass(ImportError, found) and not issubclass(found, ImportError)


def _is_alone(node: ast.ImportFrom, lines: Sequence[str]) -> bool:
    """Say whether nothing else stands on the lines of an import, and it says what it imports."""
    before = lines[node.lineno - 1].encode()[: node.col_offset]
    behind = lines[(node.end_lineno or node.lineno) - 1].encode()[node.end_col_offset :].strip()
    is_named = all(alias.name != "*" and not hasattr(builtins, alias.asname or alias.name) for alias in node.names)
    return is_named and not before.strip() and (not behind or behind.startswith(b"#"))


class _Surroundings:
    """What else the names of imports mean in a statement."""

    def __init__(self, statement: ast.stmt, lines: Sequence[str]) -> None:
        text = "\n".join(lines[statement.lineno - 1 : statement.end_lineno]).replace("\\\n", " ")
        self._bound = {name.strip() for found in _ELSEWHERE.findall(text) for name in found.split(",")}
        self._looks = bool(_LOOKING.search(text))

    def allow(self, one: _Inner, found: Iterable[_Inner]) -> bool:
        """Say whether the names of an import mean nothing else, in the functions around it and where others of ``found`` bind them."""
        origins = one.origins()
        others = ((name, origin) for other in found for name, origin in other.origins().items() if name in origins)
        if any(origins[name] != origin for name, origin in others) or not self._bound.isdisjoint(origins):
            return False
        if self._looks and any(_looks(function) for function in one.around):
            return False
        return all(_names_of(function).isdisjoint(origins) for function in one.around)


def _names_of(function: Function) -> set[str]:
    return {argument.arg for argument in arguments_of(function.args)} | bound_in(function.body)


def _looks(function: Function) -> bool:
    return any(isinstance(node, ast.Name) and node.id in _LOOKS for node in ast.walk(function))


def _reasons(numbers: Collection[int], lines: Sequence[str]) -> set[int]:
    """The lines of comments above imports that say why they stand there."""
    found: set[int] = set()
    for number in numbers:
        above = number - 1
        while above > 0 and above not in numbers and lines[above - 1].lstrip().startswith("#"):
            above -= 1
        comments = range(above + 1, number)
        if any(_SAYS_WHY.match(lines[at - 1]) for at in comments):
            found |= set(comments)
    return found
