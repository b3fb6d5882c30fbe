"""Measures of Python units. The numbers in ``LIZARD`` are those that lizard 1.24.3 prints."""

from __future__ import annotations

import ast
import textwrap

import pytest

from foundry_git.source.measures import UnitMeasures
from foundry_git.source.python.measures import complexities
from foundry_git.source.reader import read_units

LIZARD = [
    ("pass", 1),
    ("if a: pass", 2),
    ("if a: pass\nelif b: pass\nelse: pass", 3),
    ("return 1 if a else 2", 2),
    ("return a and b and c or d", 4),
    ("return not a", 1),
    ("for x in y: pass\nelse: pass", 2),
    ("while a: pass", 2),
    ("return [x for x in y if x if z]", 4),
    ("return {x: z for x in y for z in x}", 3),
    ("try: pass\nexcept A: pass\nexcept B: pass", 3),
    ("try: pass\nfinally: pass", 2),
    ("with a: assert b", 1),
    ("match a:\n  case 1: pass\n  case x if x: pass\n  case _: pass", 5),
    ("return lambda x: x if x else y", 2),
    ("return f'{a if b else c}'", 2),
    ("async for x in y: pass", 2),
]


def measures_of(text: str) -> UnitMeasures:
    (unit,) = read_units(textwrap.dedent(text), "m.py")
    return unit.measures


@pytest.mark.parametrize(("body", "expected"), LIZARD)
def test_complexity_is_that_of_lizard(body: str, expected: int) -> None:
    assert measures_of(f"async def f(a, b):\n{textwrap.indent(body, '    ')}\n").complexity == expected


def test_a_nested_function_is_counted_on_its_own() -> None:
    tree = ast.parse("def f(a):\n    if a: pass\n    def g(b=1 if a else 2):\n        while b: pass\n    return g\n")

    assert {node.name: count for node, count in complexities(tree).items()} == {"f": 2, "g": 3}


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("def f(): ...", 1.0),
        ("def f(a, b): ...", 0.0),
        ("def f(a: int, *args, b: int = 1, **kw: str) -> None: ...", 0.75),
        ("class C:\n  def __init__(self, a: int, b): ...", 0.5),
        ("class C: ...", 1.0),
        ("@dataclass\nclass C:\n  a: int", 1.0),
    ],
)
def test_typed_is_the_share_of_parameters_with_a_type(text: str, share: float) -> None:
    assert measures_of(text).typed == share


def test_a_decorator_is_as_complex_as_its_inner_function() -> None:
    found = measures_of("""
    def retry(times):
        def wrap(f):
            for _ in range(times):
                if f(): return
            return f
        return wrap
    """)
    assert (found.complexity, found.total) == (3, 4)


def test_a_class_is_as_complex_as_its_most_complex_method() -> None:
    found = measures_of("""
    class A:
        def a(self):
            return 1 if self else 2
        def b(self, x):
            if x and self: return 3
    """)
    assert (found.complexity, found.total) == (3, 5)


def test_lines_are_those_that_hold_code() -> None:
    found = measures_of('''
    @cache  # counts

    def f(a):
        """Docstring
        of two lines."""
        # comment

        text = """
    # not a comment
    """
        return text
    ''')
    assert found.lines == 6


def test_a_docstring_beside_code_leaves_the_line_counted() -> None:
    assert measures_of('def f(): "Doc."\n').lines == 1


def test_parameters_leave_self_out() -> None:
    assert measures_of("def f(a, /, b, *c, d, **e): ...").parameters == 5
    assert measures_of("class A:\n    def __init__(self, a, b=1): ...\n").parameters == 2


def test_nesting_is_the_deepest_stack_of_blocks_in_one_function() -> None:
    found = measures_of("""
    def f(a):
        for x in a:
            if x:
                pass
            elif a:
                pass
            elif b:
                with x: pass
        def g():
            if a: pass
    """)
    assert found.nesting == 3
    assert measures_of("def f(): ...").nesting == 0
