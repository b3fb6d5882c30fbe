"""The text of a definition, cut out of its file and moved to the left margin."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from foundry_git.source.python.scopes import DefinitionNode
from foundry_git.source.python.tree import walk

_IMPORTING = ("import ", "from ", "try:", "if ")
"""What the statements begin with that bring names in; others (``T = TypeVar("T")``) stand below them, apart."""


def stored(imports: Sequence[str], body: str) -> str:
    """Write the text of a pattern's code file: the imports, two blank lines, the body, one final newline."""
    if not imports:
        return f"{body.rstrip()}\n"
    first = next((at for at, line in enumerate(imports) if not line.startswith(_IMPORTING)), len(imports))
    blocks = ["\n".join(block) for block in (imports[:first], imports[first:]) if block]
    return "{}\n\n\n{}\n".format("\n\n".join(blocks), body.rstrip())


def first_line(node: DefinitionNode) -> int:
    """Find the line where a definition begins, decorators included."""
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def body_of(node: DefinitionNode, lines: Sequence[str]) -> str:
    """Cut a definition out of the lines of its file; one inside ``if`` or ``try`` loses that indentation.

    A line that begins inside a text stays as it is: ``textwrap.dedent`` would change what the program says. A backslash at the
    very end goes: it would lead to a line that is no longer there.
    """
    start, end = first_line(node), node.end_lineno or node.lineno
    cut = [*lines[start - 1 : end - 1], lines[end - 1].rstrip().removesuffix("\\")]
    margin = lines[node.lineno - 1][: node.col_offset]
    if not margin:
        return "\n".join(cut)
    fixed = {line for text in walk(node) if _spans_lines(text) for line in _inner_lines(text)}
    return "\n".join(line if number in fixed else line.removeprefix(margin) for number, line in enumerate(cut, start=start))


def _spans_lines(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant | ast.JoinedStr) and node.end_lineno != node.lineno


def _inner_lines(node: ast.AST) -> range:
    assert isinstance(node, ast.expr)
    return range(node.lineno + 1, (node.end_lineno or node.lineno) + 1)
