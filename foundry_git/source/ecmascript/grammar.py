"""The grammar of JavaScript and TypeScript for the engine."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

import tree_sitter

from foundry_git.source.ecmascript.definitions import COMMENTS, definitions
from foundry_git.source.ecmascript.heads import head
from foundry_git.source.ecmascript.imports import imports, is_import, origin, written
from foundry_git.source.ecmascript.language import BUILT_IN
from foundry_git.source.ecmascript.plans import PLANS, TRANSPARENT
from foundry_git.source.ecmascript.scopes import FUNCTIONS, SCOPES, hoisted
from foundry_git.source.ecmascript.targets import DECLARING, target_of, text_of
from foundry_git.source.ecmascript.wrappers import unwrapped
from foundry_git.source.treesitter.comments import block_text
from foundry_git.source.treesitter.grammar import Branching, Grammar, Names
from foundry_git.source.treesitter.parsing import Load, Source
from foundry_git.source.treesitter.tree import TokenKinds

_TOKENS = TokenKinds(
    comments=COMMENTS,
    ignored=frozenset({"(", ")", "{", "}", "[", "]", ";", "\n", '"', "'", "empty_statement", "hash_bang_line"}),
    whole=frozenset({"regex"}),
    texts=frozenset({"template_string", "string", "jsx_text"}),
)
_NAMES = Names(
    kinds=frozenset(
        "identifier type_identifier shorthand_property_identifier shorthand_property_identifier_pattern undefined".split()
    ),
    labels=frozenset({"statement_identifier"}),
    scopes=SCOPES,
    hoisted=hoisted,
    plans=PLANS,
    blank=frozenset(),
    builtins=BUILT_IN,
    spelled={",": lambda text: "", "jsx_text": lambda text: _jsx_text(text)},
    transparent=TRANSPARENT,
)
_BRANCHING = Branching(
    functions=FUNCTIONS,
    decisions=dict.fromkeys(  # a default is taken or not, as in lizard and in ESLint
        "if_statement for_statement for_in_statement while_statement do_statement catch_clause switch_case ternary_expression"
        " && || ?? &&= ||= ??= assignment_pattern object_assignment_pattern".split(),
        1,
    ),
    blocks=frozenset(
        "if_statement for_statement for_in_statement while_statement do_statement switch_statement try_statement with_statement".split()
    ),
)
_ROUTES = frozenset("GET HEAD POST PUT PATCH DELETE OPTIONS handler".split())
_CALLED_BY_NEXT = _ROUTES | frozenset(
    "generateMetadata generateStaticParams getServerSideProps getStaticPaths getStaticProps middleware".split()
)
_ROUTED = frozenset({"pages", "app"})
_JSX_MARK = re.compile(rb"/>|</")


def grammar_of(
    language: str, algorithm: str, loads: Callable[[str, str], tuple[Load, ...]], mended: Callable[[bytes], bytes] = bytes
) -> Grammar:
    """Make the grammar of one of the two."""
    return Grammar(
        language=language,
        algorithm=algorithm,
        loads=loads,
        tokens=_TOKENS,
        names=_NAMES,
        branching=_BRANCHING,
        definitions=definitions,
        head=head,
        documentation=_documentation,
        imports=imports,
        written=written,
        import_kinds=frozenset({"import_statement", "hash_bang_line", "empty_statement"}),
        is_import=is_import,
        origin=origin,
        declared=_declared,
        hinted=_hinted,
        is_hinted=_is_hinted,
        mended=mended,
        unwrapped=unwrapped,
    )


def _documentation(comment: str) -> str | None:
    return block_text(comment, "/**") if comment.startswith("/**") else None


def _jsx_text(text: str) -> str:
    """Write text between tags as React shows it: lines are joined, blanks at their ends do not count."""
    if "\n" not in text:
        return text
    return " ".join(line for part in text.split("\n") if (line := part.strip()))


def _declared(source: Source) -> list[str]:
    """List the names of the file's own variables."""
    statements = (node.child_by_field_name("declaration") or node for node in source.top.named_children)
    variables = (part for node in statements if node.type in DECLARING for part in node.named_children)
    names = (part.child_by_field_name("name") for part in variables)
    return [text_of(name) for name in names if name is not None and name.type == "identifier"]


_IMPORTED = re.compile(rb"""from\s*['"](react|next)['"]""")


def _hinted(source: Source) -> Collection[str]:
    """A file with JSX is one of React, or below ``pages`` and ``app`` of Next, where it imports them or its package depends on them."""
    needed = {*source.dependencies, *(found.decode() for found in _IMPORTED.findall(source.data))}
    if "react" not in needed and "next" not in needed:
        return ()
    has_jsx = _JSX_MARK.search(source.data) is not None and _has_jsx(source.top)
    below = not _ROUTED.isdisjoint(source.path.split("/")[:-1])
    if "next" in needed and below and (has_jsx or _is_route(source)):
        return ("next",)
    return ("react",) if has_jsx and "react" in needed else ()


def _is_hinted(name: str, hints: Collection[str]) -> bool:
    """Say whether a unit of such a file has JSX itself, or is one that Next calls by its name."""
    return "React" in hints or name in _CALLED_BY_NEXT


def _has_jsx(top: tree_sitter.Node) -> bool:
    todo = [top]
    while todo:
        node = todo.pop()
        if node.type in ("jsx_element", "jsx_self_closing_element"):
            return True
        todo += node.named_children
    return False


def _is_route(source: Source) -> bool:
    exported = (target_of(node) for node in source.top.named_children if node.type == "export_statement")
    return any(found is not None and found.name in _ROUTES for found in exported)
