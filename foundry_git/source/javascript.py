"""JavaScript with JSX, read with tree-sitter; what Flow adds is read with the grammar of TypeScript."""

from __future__ import annotations

import re
from collections.abc import Sequence

import tree_sitter_javascript

from foundry_git.source.ecmascript.grammar import grammar_of
from foundry_git.source.ecmascript.linkage import ModuleLinkage
from foundry_git.source.treesitter.closure import closer
from foundry_git.source.treesitter.linkage import Files
from foundry_git.source.treesitter.parsing import Load, parse
from foundry_git.source.treesitter.units import reader
from foundry_git.source.units import Unit

_PRAGMA = re.compile(r"@(?:no)?flow\b")
_PRAGMA_WITHIN = 4_096  # characters: behind a licence
_FLOW = re.compile(  # what Flow writes and TypeScript does not; the named parts are left out, a type of any kind is called so
    rb"\{(?P<exact>\|)|(?P<exact_end>\|)\}"
    rb"|(?:[:(<,|&=]|=>)[ \t\n]*(?P<maybe>\?)(?=[\w$({\[*'\"])"
    rb"|(?:^|(?<=[{,;|]))[ \t]*(?P<variance>[+-])(?=\w+\??[ \t]*:)"
    rb"|[:<,][ \t]*(?P<any>\*)(?=[ \t]*[,;)>=\n{])"
    rb"|\b(?P<opaque>opaque)(?=[ \t]+type\b)"
    rb"|(?P<checks>%checks)\b"
    rb"|(?<![\w$])\([\w$.]+(?P<cast>:[ \t]*[\w$<>.,\[\] |?&]+)\)(?![ \t]*(?:=>|:|\{))",
    re.MULTILINE,
)


def _without_flow(data: bytes) -> bytes:
    """What is Flow's alone is blanked, so that the grammar of TypeScript reads the rest."""
    return _FLOW.sub(_blanked, data) if b"flow" in data[:_PRAGMA_WITHIN] else data


def _blanked(found: re.Match[bytes]) -> bytes:
    start, end = found.span(found.lastgroup or 0)
    text, at = found[0], found.start()
    filling = b"_" if found.lastgroup == "any" else b" "
    return text[: start - at] + filling * (end - start) + text[end - at :]


class _ScriptLinkage(ModuleLinkage):
    def missing(self, unit: Unit, conditions: Sequence[str], files: Files) -> str:
        """No types: what Flow reads nothing runs before a build has removed them."""
        if parse(unit.body, "", _PLAIN).all.has_error:
            return "a build that removes its types"
        return super().missing(unit, conditions, files)


def _loads(path: str, text: str) -> tuple[Load, ...]:
    has_types = _PRAGMA.search(text, 0, _PRAGMA_WITHIN) is not None
    return (*_PLAIN, _with_types) if has_types else _PLAIN


def _with_types() -> object:
    import tree_sitter_typescript  # which few files need

    return tree_sitter_typescript.language_tsx()


_PLAIN: tuple[Load, ...] = (tree_sitter_javascript.language,)
GRAMMAR = grammar_of("javascript", "js1", _loads, _without_flow)
READER = reader(GRAMMAR, closer(GRAMMAR, _ScriptLinkage(GRAMMAR)))
