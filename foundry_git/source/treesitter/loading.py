"""Loading: what statements do when the file is loaded that they stand in, as the program begins."""

from __future__ import annotations

from collections.abc import Iterable

from foundry_git.source.treesitter.grammar import PROJECT, STANDARD, Grammar
from foundry_git.source.treesitter.outline import Outline


def made_elsewhere(outline: Outline, numbers: Iterable[int], grammar: Grammar) -> list[str]:
    """What packages from elsewhere are called for when statements run."""
    values = [number for number in numbers if outline.statements[number].is_value]
    return [one for number in values for one in outline.calls_at_load(number) if not _may_make(outline, one, grammar)]


def _may_make(outline: Outline, called: str, grammar: Grammar) -> bool:
    """Say whether calling something at load only makes a value: a builtin, the standard library, a definition of the project."""
    imports = outline.imported(called)
    if ("", called) in outline.binders or not imports:
        return True
    return {grammar.origin(one.module, outline.source).where for one in imports} <= {STANDARD, PROJECT}
