"""Literals and comments as regular expressions, for code that is read without a parser.

What nobody closes ends with its line, or runs to the end of the text where it may hold lines: to look for its end again from every
mark would take time quadratic in the text. Use them with ``re.MULTILINE``.
"""

from __future__ import annotations

STRING = r"\"(?:[^\"\\\n]|\\.)*(?:\"|$)|'(?:[^'\\\n]|\\.)*(?:'|$)"
"""A text of one line, in either quotes."""

TRIPLE = r"\"\"\"[\s\S]*?(?:\"\"\"|\Z)|'''[\s\S]*?(?:'''|\Z)"
"""A long text of Python; in ``(?>…)`` where something must follow it, or it would grow until that does."""

BLOCK_COMMENT = r"/\*[\s\S]*?(?:\*/|\Z)"
