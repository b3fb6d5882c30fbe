"""Python, read with the standard library's own parser."""

from __future__ import annotations

from foundry_git.source.python.body import stored
from foundry_git.source.python.closure import close
from foundry_git.source.python.linear import tokens
from foundry_git.source.python.sections import sections
from foundry_git.source.python.shape import shape_of_text
from foundry_git.source.python.units import methods, read
from foundry_git.source.reader import Reader

READER = Reader(units=read, sections=sections, methods=methods, shape=shape_of_text, stored=stored, tokens=tokens, closed=close)
