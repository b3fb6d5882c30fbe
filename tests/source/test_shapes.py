"""Shapes: what changes them and what does not."""

from __future__ import annotations

import keyword
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundry_git.source.reader import read_units, stored_code
from foundry_git.source.shapes import shape_of, text_shape

TEMPLATE = '''
def {f}({a}, {b}=10, *{c}, **{d}):
    """Docstring."""
    {e} = [{g} for {g} in {a} if {g} > {b}]
    def {h}({i}):
        nonlocal {e}
        return {i} + sum({e})
    try:
        with open({a}) as {j}:
            return {h}(lambda {k}: {k}.name), {f}, {c}, {d}
    except OSError as {l}:
        raise ValueError(f"no {{{l}}}") from {l}
    match {a}:
        case [{m}, *{n}] | {{"k": {m}, **{n}}}:
            import json as {o}
            return {o}.dumps({m} + {n})
'''
SLOTS = "abcdefghijklmno"

identifiers = st.from_regex(re.compile(r"[a-z_][a-z0-9_]{0,8}", re.ASCII), fullmatch=True).filter(
    lambda name: not keyword.iskeyword(name) and name not in {"_", "sum", "open", "OSError", "ValueError"}
)


def python(text: str) -> str:
    return shape_of(text, "python")


def test_shape_is_named_after_its_algorithm() -> None:
    assert re.fullmatch(r"py1:[0-9a-f]{32}", python("def f(): ..."))
    assert re.fullmatch(r"text1:[0-9a-f]{32}", shape_of("fn main() {}", "cobol"))


def test_shape_is_the_same_for_ever_and_on_every_version_of_python() -> None:
    text = TEMPLATE.format(**{slot: slot * 2 for slot in SLOTS})

    assert python(text) == "py1:e6b8c288d821121b2be469c16856a5c0"


@given(st.lists(identifiers, min_size=len(SLOTS), max_size=len(SLOTS), unique=True))
def test_renaming_locals_keeps_the_shape(names: list[str]) -> None:
    one = TEMPLATE.format(**{slot: slot * 2 for slot in SLOTS})

    assert python(TEMPLATE.format(**dict(zip(SLOTS, names, strict=True)))) == python(one)


@pytest.mark.parametrize(
    "other",
    [
        "def f(x):\n    # a comment\n    return g(x, 10)\n",
        "def f( x ):\n\n\n    return g(\n        x,\n        10,\n    )\n",
        "def f(x):\n    '''A docstring.'''\n    return g(x, 10)\n",
        "def f(x: int) -> list[int]:\n    return g(x, 0xA)\n",
        "import g\nfrom h import *\n\ndef f(x):\n    return (g)(x, 1_0)\n",
        "def better_name(value):\n    return g(value, 10)\n",
        "def f(x):\n    y: int\n    return g(x, 10)\n",
    ],
)
def test_comments_layout_docstrings_and_annotations_keep_the_shape(other: str) -> None:
    assert python(other) == python("def f(x):\n    return g(x, 10)\n")


@pytest.mark.parametrize(
    "other",
    [
        "def f(x):\n    return g(x, 11)\n",
        "def f(x):\n    return g(x, 10.0)\n",
        "def f(x):\n    return h(x, 10)\n",
        "def f(x):\n    return g(10, x)\n",
        "def f(x):\n    return x.g(10)\n",
        "def f(x):\n    return g(x, y=10)\n",
        "def f(*x):\n    return g(x, 10)\n",
        "def f(x=None):\n    return g(x, 10)\n",
        "async def f(x):\n    return g(x, 10)\n",
        "@cache\ndef f(x):\n    return g(x, 10)\n",
        "def f(x):\n    yield g(x, 10)\n",
        "def f(x):\n    return f(x, 10)\n",
        "def f(x):\n    return x(g, 10)\n",
    ],
)
def test_constants_called_names_and_structure_change_the_shape(other: str) -> None:
    assert python(other) != python("def f(x):\n    return g(x, 10)\n")


def test_texts_and_bytes_with_the_same_letters_differ() -> None:
    assert python("def f(): return 'a'") != python("def f(): return b'a'")
    assert python("def f(): return True") != python("def f(): return 1")
    assert python("def f(x): return {None: x}") != python("def f(x): return {**x}")


def test_an_inner_variable_is_not_an_outer_one_of_the_same_name() -> None:
    inner = "def f(a):\n    return [a for a in a]\n"
    outer = "def f(a):\n    return [b for b in a]\n"

    assert python(inner) == python(outer)
    assert python(outer) != python("def f(a):\n    return [a for b in a]\n")


def test_method_names_and_fields_of_a_class_stay() -> None:
    text = "class A:\n    size: int = 1\n    def get(self):\n        return self.size\n"

    assert python(text.replace("A:", "B:").replace("self", "this")) == python(text)
    assert python(text.replace("get", "fetch")) != python(text)
    assert python(text.replace("size: int", "width: int")) != python(text)


def test_an_annotated_assignment_is_an_assignment() -> None:
    assert python("def f():\n    x: int = 1\n    return x") == python("def f():\n    x = 1\n    return x")


def test_a_global_name_is_not_local() -> None:
    text = "def f():\n    global {0}\n    {0} = 1\n"

    assert python(text.format("a")) != python(text.format("b"))


def test_the_unit_of_a_module_has_the_shape_of_its_stored_code() -> None:
    text = """
import logging
try:
    import orjson as json
except ImportError:
    import json
log = logging.getLogger(__name__)
LIMIT = 3

def dump(value):
    log.info(LIMIT)
    return json.dumps(value)
"""
    (unit,) = read_units(text, "a.py")

    assert shape_of(stored_code(unit), "python") == unit.shape


def test_a_sum_of_two_thousand_terms_has_a_shape() -> None:
    terms = " + ".join(["x"] * 400)

    assert python(f"def f(x): return {terms}") != python(f"def f(x): return {terms} + x")


def test_text_that_does_not_parse_falls_back_to_its_text() -> None:
    assert python("def f(:").startswith("text1:")


@pytest.mark.parametrize("language", ["go", "rust", "javascript", "typescript"])
def test_text_shape_ignores_comments_and_layout(language: str) -> None:
    plain = 'f(a) { g("// kept", 1); }'
    other = '/* block\n   comment */ f(a) {\r\n\n  g("// kept",   1); // why\n}\n'

    assert text_shape(plain, language) == text_shape(other, language)
    assert text_shape(plain, language) != text_shape(plain.replace("kept", "changed"), language)
    assert text_shape(plain, language) != text_shape(plain.replace("1", "2"), language)
