"""Insertions: what people do with a pattern that they use, done mechanically to a file of somebody else.

Python is rewritten on its tree (see ``benchmarks.rewriting``), the other languages by the places of the nodes of theirs. An insertion
is given as the texts of files before and after; ``None`` where a pattern or a file is not fit for it.
"""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module

import tree_sitter

from benchmarks.rewriting import REWRITINGS, WORDS
from foundry_git.errors import SourceError
from foundry_git.source.reader import read_units
from foundry_git.source.treesitter.grammar import Grammar
from foundry_git.source.treesitter.parsing import parse

KINDS = ("verbatim", "renamed", "reformatted", "reordered", "partial", "split")
PARTIAL = (0.4, 0.8)  # of the statements of its largest function
LEAST_STATEMENTS = 4
LARGE = 0.6  # of a pattern's lines stand in its largest function, or half of that would be too small a part of it
FUNCTIONS = frozenset(
    "function_declaration method_declaration method_definition function_item func_literal arrow_function function_expression".split()
)
BLOCKS = frozenset({"statement_list", "statement_block", "block"})
WRAPPERS = {
    "python": ("def {name}(context):\n", "\n"),
    "go": ("func {name}(context any) error {{\n", "\n}}\n"),
    "javascript": ("async function {name}(context) {{\n", "\n}}\n"),
    "typescript": ("async function {name}(context: unknown) {{\n", "\n}}\n"),
    "rust": ("async fn {name}(context: &Context) -> Result<(), Error> {{\n", "\n}}\n"),
}
_QUOTED = re.compile(
    r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`[^`]*`|//[^\n]*|/\*[\s\S]*?\*/|(?P<open>[(,])[ \t]+(?=\S)|(?P<deep>\n[ \t]+)"
)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern: where it is from, its text as it is stored, its imports and its definitions."""

    source: str
    language: str
    code: str
    imports: tuple[str, ...]
    body: str


@dataclass(frozen=True, slots=True)
class Host:
    """A file of a repository that something is put into."""

    path: str
    language: str
    text: str


Texts = Mapping[str, tuple[str, str]]
"""Path → (before, after)."""


def pattern_of(code: str, language: str, source: str) -> Pattern | None:
    """Take a stored text apart."""
    try:
        units = read_units(code, f"pattern.{EXTENSIONS[language]}")
    except SourceError:
        return None
    if not units:
        return None
    lines = code.split("\n")
    body = "\n".join(lines[min(unit.start_line for unit in units) - 1 : max(unit.end_line for unit in units)])
    imports = dict.fromkeys(
        line for unit in units for line in unit.imports if not line.startswith(("package ", "from __future__"))
    )
    return Pattern(source, language, code, tuple(imports), body)


EXTENSIONS = {"python": "py", "go": "go", "javascript": "js", "typescript": "ts", "rust": "rs"}


def inserted(kind: str, pattern: Pattern, hosts: Sequence[Host], chance: random.Random) -> Texts | None:
    """Put a pattern into one file, or into two where it is split."""
    if kind in ("partial", "split"):
        return _pieces(kind, pattern, hosts, chance)
    body = pattern.body if kind == "verbatim" else _rewritten(kind, pattern, chance)
    if not body or (kind != "verbatim" and body.strip() == pattern.body.strip()):
        return None
    return {hosts[0].path: (hosts[0].text, put(hosts[0], pattern.imports, body, chance))}


def put(host: Host, imports: Sequence[str], body: str, chance: random.Random) -> str:
    """Write imports at the head of a file and a definition behind one of its own."""
    lines = host.text.split("\n")
    try:
        ends = [unit.end_line for unit in read_units(host.text, host.path)]
    except SourceError:
        ends = []
    at = chance.choice(ends) if ends else len(lines)
    lines[at:at] = ["", "", *body.rstrip("\n").split("\n"), ""]
    head = _head(host)
    missing = [line for line in imports if line not in host.text]
    return "\n".join([*lines[:head], *missing, *lines[head:]])


def _head(host: Host) -> int:
    """How many lines of a file stand above its imports."""
    if host.language == "python":
        body = ast.parse(host.text).body
        above = [
            node for node in body[:2] if _is_docstring(node) or (isinstance(node, ast.ImportFrom) and node.module == "__future__")
        ]
        return max((node.end_lineno or 0 for node in above), default=0)
    marks = {"go": r"^package ", "rust": r"^#!\[|^//!"}.get(host.language, r"^['\"]use strict|^#!")
    found = [number for number, line in enumerate(host.text.split("\n"), 1) if re.match(marks, line)]
    return found[-1] if found else 0


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _rewritten(kind: str, pattern: Pattern, chance: random.Random) -> str | None:
    if pattern.language == "python":
        return REWRITINGS[{"renamed": "rename", "reformatted": "reformat", "reordered": "reorder"}[kind]](pattern.body, chance)
    rewrite: Callable[[str, Grammar, random.Random], str | None] = {
        "renamed": _renamed, "reformatted": _reformatted, "reordered": _reordered,
    }[kind]  # fmt: skip
    return rewrite(pattern.body, grammar_of(pattern.language), chance)


def _pieces(kind: str, pattern: Pattern, hosts: Sequence[Host], chance: random.Random) -> Texts | None:
    statements = statements_of(pattern)
    if len(statements) < LEAST_STATEMENTS:
        return None
    if kind == "partial":
        count = max(2, round(len(statements) * chance.uniform(*PARTIAL)))
        start = chance.randrange(len(statements) - count + 1)
        chunks = [statements[start : start + count]]
    else:
        middle = len(statements) // 2
        chunks = [statements[:middle], statements[middle:]]
    texts: dict[str, tuple[str, str]] = {}
    for host, chunk in zip(hosts, chunks, strict=False):
        body = wrapped("\n".join(chunk), pattern.language, chance)
        texts[host.path] = (host.text, put(host, pattern.imports, body, chance))
    return texts if len(texts) == len(chunks) else None


def wrapped(chunk: str, language: str, chance: random.Random) -> str:
    """Make statements a function of their own."""
    name = f"{chance.choice(WORDS)}_{chance.choice(WORDS)}"
    head, tail = (part.format(name=name) for part in WRAPPERS[language])
    if language == "python" and re.search(r"\b(?:await|async)\b", chunk):
        head = f"async {head}"
    return head + chunk + tail


def statements_of(pattern: Pattern) -> list[str]:
    """The statements of a pattern's largest function, with the indentation that they have; none if it is a small part of it."""
    spans = _python_spans(pattern.body) if pattern.language == "python" else _spans(pattern.body, grammar_of(pattern.language))
    lines = pattern.body.split("\n")
    if not spans or spans[-1][1] - spans[0][0] + 1 < LARGE * (len(lines) - 2):
        return []
    cut = ["\n".join(lines[first - 1 : last]) for first, last in spans]
    margin = min((len(line) - len(line.lstrip()) for text in cut for line in text.split("\n") if line.strip()), default=0)
    return ["\n".join(f"    {line[margin:]}" if line.strip() else line for line in text.split("\n")) for text in cut]


def _python_spans(text: str) -> list[tuple[int, int]]:
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    bodies = [[node for node in one.body if not _is_docstring(node)] for one in functions]
    largest = max(bodies, key=lambda body: (body[-1].end_lineno or 0) - body[0].lineno if body else 0, default=[])
    return [(node.lineno, node.end_lineno or node.lineno) for node in largest]


def _spans(text: str, grammar: Grammar) -> list[tuple[int, int]]:
    bodies = [block for block in _blocks(text, grammar) if _is_function_body(block)]
    largest = max(bodies, key=lambda block: block.end_byte - block.start_byte, default=None)
    return [(node.start_point.row + 1, node.end_point.row + 1) for node in _statements(largest, grammar)] if largest else []


def _blocks(text: str, grammar: Grammar) -> Iterator[tree_sitter.Node]:
    todo = [parse(text, f"a.{EXTENSIONS[grammar.language]}", grammar.loads("", text), mended=grammar.mended).top]
    while todo:
        node = todo.pop()
        todo += node.children
        if node.type in BLOCKS and not (node.type == "block" and any(part.type == "statement_list" for part in node.children)):
            yield node


def _is_function_body(block: tree_sitter.Node) -> bool:
    around = block.parent
    if around is not None and block.type == "statement_list":
        around = around.parent
    return around is not None and around.type in FUNCTIONS


def _statements(block: tree_sitter.Node, grammar: Grammar) -> list[tree_sitter.Node]:
    """Its statements, but for those that share a line."""
    found = [node for node in block.named_children if node.type not in grammar.tokens.comments]
    return [node for at, node in enumerate(found) if not at or node.start_point.row > found[at - 1].end_point.row]


def _renamed(text: str, grammar: Grammar, chance: random.Random) -> str | None:
    """Give what the text itself defines, takes and assigns other names."""
    source = parse(text, f"a.{EXTENSIONS[grammar.language]}", grammar.loads("", text), mended=grammar.mended)
    outside = grammar.names.builtins | {name for one in grammar.imports(source) for name in one.names}
    leaves, todo = [], [source.top]
    while todo:
        node = todo.pop()
        todo += node.children
        around = node.parent.type if node.parent else ""
        if node.type in grammar.names.kinds and not node.type.startswith("shorthand") and not around.startswith("scoped"):
            leaves.append(node)
    own = _bound(text) - outside - set(re.findall(r"[{,]\s*(\w+)\s*(?=[,}])", text))  # { a, b } names the fields as well
    fresh = [word for word in WORDS if not re.search(rf"\b{word}\b", text)]
    names = sorted({_text(node) for node in leaves} & own)[: len(fresh)]
    chosen = dict(zip(names, chance.sample(fresh, len(names)), strict=True))
    data = source.data
    for node in sorted(leaves, key=lambda node: -node.start_byte):
        if (new := chosen.get(_text(node))) is not None:
            data = data[: node.start_byte] + new.encode() + data[node.end_byte :]
    return data.decode() if chosen else None


def _text(node: tree_sitter.Node) -> str:
    return (node.text or b"").decode()


def _bound(text: str) -> set[str]:
    """Names that stand where code of these languages makes them."""
    made = re.findall(r"\b(?:func|function|fn|let|const|var|mut|for|catch)\b[ (*]*(?:mut )?([a-z_]\w*)", text)
    listed = re.findall(r"([a-z_]\w*)(?:, ([a-z_]\w*))?(?:, ([a-z_]\w*))? :?= ", text)
    parameters = re.findall(r"[(,|]\s*(?:mut )?([a-z_]\w*)(?=\s*(?:[:,)=|]|\s[\w*\[&]))", text)
    return {name for name in (*made, *parameters, *(one for names in listed for one in names)) if len(name) > 1}


def _reformatted(text: str, grammar: Grammar, chance: random.Random) -> str:
    """Break lines within brackets, indent otherwise, put comments and blank lines in between, drop those of before."""

    def change(found: re.Match[str]) -> str:
        if found["open"]:
            return f"{found['open']}\n        " if chance.random() < 0.5 else f"{found['open']} "
        if found["deep"]:
            blank = "\n" if chance.random() < 0.1 else ""
            return f"{blank}\n{'  ' * len(found['deep'].expandtabs(4))}"
        return "" if found[0].startswith(("//", "/*")) and "\n" in text[found.end() : found.end() + 1] else found[0]

    rows = _QUOTED.sub(change, text).split("\n")
    return "\n".join(
        f"{row}  // {chance.choice(WORDS)}" if row.endswith((";", "{")) and chance.random() < 0.2 else row for row in rows
    )


def _reordered(text: str, grammar: Grammar, chance: random.Random) -> str | None:
    """Swap neighbours in blocks, each at most once, those that end a block left at its end; and whole definitions."""
    source = parse(text, f"a.{EXTENSIONS[grammar.language]}", grammar.loads("", text), mended=grammar.mended)
    groups = [_statements(block, grammar)[:-1] for block in _blocks(text, grammar)]
    groups.append([node for node in source.top.named_children if node.type in FUNCTIONS])
    swaps: list[tuple[tree_sitter.Node, tree_sitter.Node]] = []
    for group in groups:
        simple = [node for node in group if node.end_point.row - node.start_point.row < 3 or node.type in FUNCTIONS]
        swaps += [(one, other) for one, other in zip(simple[::2], simple[1::2], strict=False)]
    chosen = [pair for pair in swaps if chance.random() < 0.6] or swaps[:1]
    return _swapped(source.data, chosen).decode() if chosen else None


def _swapped(data: bytes, swaps: Sequence[tuple[tree_sitter.Node, tree_sitter.Node]]) -> bytes:
    """Swap pairs of nodes; of two that overlap the inner one stays."""
    done: list[tuple[int, int]] = []
    for one, other in sorted(swaps, key=lambda pair: -pair[0].start_byte):
        if any(start < other.end_byte and one.start_byte < end for start, end in done):
            continue
        first, second = data[one.start_byte : one.end_byte], data[other.start_byte : other.end_byte]
        data = data[: one.start_byte] + second + data[one.end_byte : other.start_byte] + first + data[other.end_byte :]
        done.append((one.start_byte, other.end_byte))
    return data


def grammar_of(language: str) -> Grammar:
    """The grammar of a language that tree-sitter reads."""
    found = import_module(f"foundry_git.source.{language}").GRAMMAR
    assert isinstance(found, Grammar)
    return found
