"""Rewriting: what people do to a function they copied, done mechanically on its syntax tree.

Each rewriting takes the text of a definition and a random generator and returns the changed text, or None where there is nothing to
change. Names, order and layout stay equivalent; a partial edit does not: it is what makes a copy a near one.
"""

from __future__ import annotations

import ast
import copy
import io
import keyword
import random
import re
import tokenize
from collections.abc import Callable, Iterator

WORDS = (
    "amount batch buffer bundle cell chunk city context cursor depth draft entry field flag frame gain handle hint input item key"
    " label layer limit line mark member mode node note offset option order output owner page part payload phase piece pivot point"
    " query rate record region result role round row sample scale seed segment share slot source stage stem step store subject table"
    " tail target term ticket token topic total track unit usage value vector view weight window word zone"
).split()
EDITED_SHARE = (0.10, 0.25)
BODIES = ("body", "orelse", "finalbody")
NAMEABLE = (ast.Call, ast.BinOp, ast.Subscript, ast.Attribute, ast.BoolOp, ast.Compare)
WITH_A_SCOPE = (ast.Lambda, ast.ListComp, ast.GeneratorExp, ast.DictComp, ast.SetComp, ast.Await, ast.Yield)
TURNED_ROUND = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq}

Rewriting = Callable[[str, random.Random], str | None]


def rename(text: str, chance: random.Random) -> str | None:
    """Give the definition, its parameters and variables other names."""
    tree = ast.parse(text)
    own = _own_names(tree)
    fresh = [word for word in WORDS if word not in _all_names(tree)]
    if not own or len(fresh) < len(own):
        return None
    names = dict(zip(sorted(own), chance.sample(fresh, len(own)), strict=True))
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            node.id = names.get(node.id, node.id)
        elif isinstance(node, ast.arg):
            node.arg = names.get(node.arg, node.arg)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.ExceptHandler):
            node.name = names.get(node.name or "", node.name)
        elif isinstance(node, ast.Nonlocal | ast.Global):
            node.names = [names.get(name, name) for name in node.names]
    return ast.unparse(tree)


def reorder(text: str, chance: random.Random) -> str | None:
    """Swap neighbours that do not depend on each other, methods of a class, and the branches of an `if` with its test turned round."""
    tree = ast.parse(text)
    changed = False
    for body in _bodies(tree):
        changed |= _shuffled_methods(body, chance) or _swapped_neighbours(body)
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and node.orelse and not isinstance(node.orelse[0], ast.If):
            node.test = ast.UnaryOp(ast.Not(), node.test)
            node.body, node.orelse = node.orelse, node.body
            changed = True
    return ast.unparse(ast.fix_missing_locations(tree)) if changed else None


def reformat(text: str, chance: random.Random) -> str | None:
    """Lay the text out anew: a line for each item within brackets, comments, blank lines, no comments of before."""
    plain = ast.unparse(ast.parse(text))
    result = "".join(f"{line}{_remark(line, chance)}\n" for line in _exploded(plain).split("\n"))
    try:
        return result if ast.dump(ast.parse(result)) == ast.dump(ast.parse(plain)) else plain
    except SyntaxError:  # a line was broken within a text
        return plain


def extract_variable(text: str, chance: random.Random) -> str | None:
    """Give one to three expressions a name in a line of their own before the statement that holds them."""
    tree = ast.parse(text)
    places = [(body, statement) for body in _bodies(tree) for statement in body if _extractable(statement)]
    if not places:
        return None
    free = [word for word in WORDS if word not in _all_names(tree)]
    fresh = chance.sample(free, min(3, len(free)))
    for name, (body, statement) in zip(fresh, chance.sample(places, min(len(places), 3)), strict=False):
        expression = chance.choice(_extractable(statement))
        assign = ast.Assign([ast.Name(name, ast.Store())], copy.deepcopy(expression))
        _replace(statement, expression, ast.Name(name, ast.Load()))
        body.insert(body.index(statement), assign)
    return ast.unparse(ast.fix_missing_locations(tree))


def partial_edit(text: str, chance: random.Random) -> str | None:
    """Change 10 to 25 % of the statements: one goes, comes, or has its constants, comparisons, attributes or arguments changed."""
    tree = ast.parse(text)
    places = [(body, statement) for body in _bodies(tree) for statement in body if not _is_outer(tree, statement)]
    if len(places) < 4:
        return None
    wanted = max(1, round(chance.uniform(*EDITED_SHARE) * len(places)))
    for body, statement in chance.sample(places, wanted):
        _edit(body, statement, chance)
    return ast.unparse(ast.fix_missing_locations(tree))


def combined(*steps: Rewriting) -> Rewriting:
    """Several rewritings, one after the other; those that find nothing to change are passed over, unless all do."""

    def rewrite(text: str, chance: random.Random) -> str | None:
        done = False
        for step in steps:
            changed = step(text, chance)
            text, done = changed or text, done or changed is not None
        return text if done else None

    return rewrite


REWRITINGS: dict[str, Rewriting] = {
    "rename": rename,
    "reorder": reorder,
    "reformat": reformat,
    "extract variable": extract_variable,
    "partial edit": partial_edit,
    "rename, partial edit": combined(rename, partial_edit),
    "rename, reorder, extract": combined(rename, reorder, extract_variable),
    "all": combined(rename, reorder, extract_variable, partial_edit, reformat),
}


def rewrite_text(text: str, chance: random.Random) -> str:
    """Rename, lay out and partly edit code of any language by its tokens: half of its longer names, and 10 to 25 % of its lines."""
    names = sorted(set(re.findall(r"(?<![.\w\"'`])[a-z][A-Za-z0-9_]*\b(?!\s*[(.:\"'`!])", text)) - _TEXT_KEYWORDS)
    chosen = chance.sample(names, (len(names) + 1) // 2)
    fresh = chance.sample(WORDS, min(len(chosen), len(WORDS)))
    for name, word in zip(chosen, fresh, strict=False):
        text = re.sub(rf"(?<![.\w]){re.escape(name)}\b", word, text)
    lines = [line for line in text.split("\n") if line.strip() and not line.lstrip().startswith(("//", "*", "/*"))]
    inner = [number for number in range(1, len(lines) - 1) if lines[number].rstrip().endswith((";", ")", ","))]
    for number in chance.sample(inner, min(len(inner), max(1, round(chance.uniform(*EDITED_SHARE) * len(lines))))):
        lines[number] = chance.choice(("", lines[number].replace(".", ".inner."), f"{lines[number]}\n{chance.choice(WORDS)}();"))
    return "\n".join(line.replace("    ", "  ").replace("\t", "  ") for line in lines)


_TEXT_KEYWORDS = frozenset(keyword.kwlist) | frozenset(
    "func function const let var return if else for range switch case default new type interface export import fn pub struct impl"
    " mut use match self this string number boolean int error bool uint any void null undefined nil true false async await extends"
    " typeof instanceof throw try catch finally go defer chan map make package where loop str usize".split()
)


def _own_names(tree: ast.AST) -> set[str]:
    """What it defines, takes and assigns; not what a class holds, which others reach as attributes."""
    inside = {id(node) for one in ast.walk(tree) if isinstance(one, ast.ClassDef) for node in one.body}
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.arg) and node.arg not in ("self", "cls"):
            names.add(node.arg)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.ExceptHandler) and node.name:
            names |= {node.name} if id(node) not in inside else set()
    return names - {word for one in ast.walk(tree) if isinstance(one, ast.Global) for word in one.names}


def _all_names(tree: ast.AST) -> set[str]:
    return {
        str(value) for node in ast.walk(tree) for field in ("id", "arg", "name", "attr") if (value := getattr(node, field, None))
    }


def _bodies(tree: ast.AST) -> Iterator[list[ast.stmt]]:
    for node in ast.walk(tree):
        for field in BODIES:
            body = getattr(node, field, None)
            if isinstance(body, list) and body and not isinstance(node, ast.Module):
                yield body


def _is_outer(tree: ast.Module, statement: ast.stmt) -> bool:
    return statement in tree.body or _is_docstring(statement)


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _shuffled_methods(body: list[ast.stmt], chance: random.Random) -> bool:
    at = [number for number, one in enumerate(body) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
    if len(at) < 2 or len(at) < len(body) // 2:
        return False
    order = at[:]
    while order == at:
        chance.shuffle(order)
    body[:] = [body[order[at.index(number)]] if number in at else one for number, one in enumerate(body)]
    return True


def _swapped_neighbours(body: list[ast.stmt]) -> bool:
    swapped = False
    at = 0
    while at < len(body) - 1:
        if _are_independent(body[at], body[at + 1]):
            body[at], body[at + 1] = body[at + 1], body[at]
            swapped, at = True, at + 1
        at += 1
    return swapped


def _are_independent(one: ast.stmt, other: ast.stmt) -> bool:
    if not all(isinstance(statement, ast.Assign | ast.AnnAssign) for statement in (one, other)):
        return False
    stored, used = _names(one, ast.Store), _names(one, ast.Load)
    others, used_by_other = _names(other, ast.Store), _names(other, ast.Load)
    return not (stored & (others | used_by_other) or others & used)


def _names(node: ast.AST, kind: type[ast.expr_context]) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, kind)}


def _exploded(plain: str) -> str:
    """Break the line after each comma within brackets."""
    rows = plain.split("\n")
    breaks: list[tuple[int, int, int]] = []
    depth = 0
    for token in tokenize.generate_tokens(io.StringIO(plain).readline):
        depth += token.string in ("(", "[", "{") if token.type == tokenize.OP else 0
        depth -= token.string in (")", "]", "}") if token.type == tokenize.OP else 0
        if token.type == tokenize.OP and token.string == "," and depth:
            breaks.append((token.end[0] - 1, token.end[1], depth))
    for row, column, depth in reversed(breaks):
        line = rows[row]
        indent = len(line) - len(line.lstrip())
        rows[row] = f"{line[:column]}\n{' ' * (indent + 4 * depth)}{line[column:].lstrip()}"
    return "\n".join(rows)


def _remark(line: str, chance: random.Random) -> str:
    """A comment behind one line in five, a blank line behind one in ten."""
    if not line.endswith((",", ":", ")")) or line.startswith("@"):
        return ""
    remark = f"  # {' '.join(chance.sample(WORDS, 3))}" if chance.random() < 0.2 else ""
    return remark + ("\n" if chance.random() < 0.1 and line.endswith(")") else "")


def _extractable(statement: ast.stmt) -> list[ast.expr]:
    """Expressions of a plain statement that may get a name: calls, operations, subscripts, attributes; none with names of their own."""
    if not isinstance(statement, ast.Assign | ast.Return | ast.Expr | ast.AugAssign) or not statement.value:
        return []
    nodes = list(ast.walk(statement))
    if any(isinstance(node, WITH_A_SCOPE) for node in nodes):
        return []
    called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    inside = [node for node in ast.walk(statement.value) if node is not statement.value and id(node) not in called]
    return [node for node in inside if isinstance(node, NAMEABLE) and isinstance(getattr(node, "ctx", ast.Load()), ast.Load)]


def _replace(statement: ast.stmt, old: ast.expr, new: ast.expr) -> None:
    for node in ast.walk(statement):
        for field, value in ast.iter_fields(node):
            if value is old:
                setattr(node, field, new)
            elif isinstance(value, list) and any(one is old for one in value):
                setattr(node, field, [new if one is old else one for one in value])


def _edit(body: list[ast.stmt], statement: ast.stmt, chance: random.Random) -> None:
    if statement not in body:
        return
    at = body.index(statement)
    kind = chance.choice(("delete", "insert", "mutate", "mutate"))
    if kind == "delete" and len(body) > 1:
        del body[at]
    elif kind == "insert" or not _mutated(statement, chance):
        body.insert(at, _new_statement(statement, chance))


def _new_statement(near: ast.stmt, chance: random.Random) -> ast.stmt:
    names = sorted(_names(near, ast.Load)) or ["self"]
    name, word = chance.choice(names), chance.choice(WORDS)
    forms = (
        f"log.debug('{word} %s', {name})",
        f"if {name} is None:\n    raise ValueError('no {word}')",
        f"assert {name}, '{word}'",
        f"{word} = {name}.{chance.choice(WORDS)}",
        f"{name}.{word}({chance.choice(names)})",
        f"if not {name}:\n    return None",
    )
    return ast.parse(chance.choice(forms)).body[0]


def _mutated(statement: ast.stmt, chance: random.Random) -> bool:
    """Change the statement's own line: one to all of its constants, comparisons, attributes and called names."""
    own = [value for field, value in ast.iter_fields(statement) if isinstance(value, ast.expr)]
    nodes = [node for expression in own for node in ast.walk(expression)]
    changed = False
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, int | str) and not isinstance(node.value, bool):
            node.value = node.value + 1 if isinstance(node.value, int) else f"{chance.choice(WORDS)} {node.value[:12]}"
            changed = True
        elif isinstance(node, ast.Compare) and type(node.ops[0]) in TURNED_ROUND:
            node.ops[0] = TURNED_ROUND[type(node.ops[0])]()
            changed = True
        elif isinstance(node, ast.Attribute) and chance.random() < 0.7:
            node.attr = f"{node.attr}_{chance.choice(WORDS)}"
            changed = True
    return changed
