"""Sections stand where the units stand, though a file of Python is read block by block."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry_git.errors import SourceError
from foundry_git.source.reader import read_sections, read_units

LINES = (
    "def first(a):",
    "    return a",
    "class Second:",
    "    def inner(self): return '''",
    "async def third(): pass",
    "@decorated(",
    "    1)",
    "@overload",
    "def first(a): ...",
    "if TYPE:",
    "    def fourth(): pass",
    "else:",
    "    def fourth(a): pass",
    "try:",
    "except ValueError:",
    "finally:",
    '"""',
    "'''",
    "x = '''",
    'y = """def fifth(): pass"""',
    '# it\'s a """ comment',
    "z = (",
    "def sixth(): pass",
    ")",
    "a = 1 + \\",
    "    pass",
    "",
    "\f",
    "größe = 1",
    "match x:",
    "    case 1: pass",
)
WHOLE = {
    "a long string holds definitions": 'text = """\ndef one():\n    pass\n"""\n\n\ndef two():\n    pass\n',
    "a module's docstring": '"""Says\nclass of things,\ndef and else.\n"""\n\n\ndef two():\n    pass\n',
    "a string that begins within a line": "x = f(a, '''\ndef one(): pass\n''')\n\n\ndef two(): pass\n",
    "quotes in a comment": '# """\ndef one(): pass\n\n\ndef two():\n    """Doc."""\n',
    "brackets that close at the margin": "x = [\n'a',\n]\n\n\n@f(\n1\n)\ndef two(): pass\n",
    "branches": "try:\n    def one(): pass\nexcept E:\n    def one(a): pass\nelse:\n    def two(): pass\n",
    "a line that goes on": "x = 1 + \\\ny\n\n\ndef two(): pass\n",
    "overloads": "@overload\ndef one(a: int): ...\n@overload\ndef one(a: str): ...\ndef one(a): return a\n",
    "Windows": "@f\r\ndef one():\r\n    pass\r\n\r\n\r\nclass Two: pass\r\n",
    "a fault": "def one(): pass\n\n\ndef two(:\n    pass\n",
    "a stray indentation": "def one(): pass\n  x = 1\n",
    "nothing": "",
}

Place = tuple[str, str, int, int, str]


def places(read: Callable[..., Any], text: str) -> list[Place] | str:
    """Kind, symbol, lines and body of each; why there are none where the file cannot be read."""
    try:
        return [(one.kind, one.symbol, one.start_line, one.end_line, one.body) for one in read(text, "a.py")]
    except SourceError as error:
        return str(error)


@pytest.mark.parametrize("text", WHOLE.values(), ids=WHOLE)
def test_a_file_of_python_is_cut_where_its_statements_begin(text: str) -> None:
    assert places(read_sections, text) == places(read_units, text)


@given(st.lists(st.sampled_from(LINES), max_size=9).map("\n".join))
@settings(max_examples=300)
def test_lines_in_any_order_give_the_same_sections_as_units(text: str) -> None:
    assert places(read_sections, text) == places(read_units, text)
