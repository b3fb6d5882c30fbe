"""Hostile and real files: whatever the text, the answer is units or a ``SourceError``."""

from __future__ import annotations

import ast
import random
import sysconfig
import warnings
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry_git.errors import SourceError
from foundry_git.source.files import LARGEST
from foundry_git.source.reader import read_units, stored_code
from foundry_git.source.shapes import shape_of
from foundry_git.source.units import Unit

STANDARD_LIBRARY = Path(sysconfig.get_path("stdlib"))

HOSTILE = {
    "nested parentheses": "(" * 30_000 + ")" * 30_000,
    "nested lists": "x = " + "[" * 60_000,
    "minus signs": "x = " + "-" * 60_000 + "1",
    "not not": "def f(): return " + "not " * 20_000 + "1",
    "attributes": "def f(a): return a" + ".b" * 20_000,
    "calls": "def f(a): return a" + "()" * 20_000,
    "sum": "def f(a): return " + " + ".join(["a"] * 20_000),
    "texts": "def f(a): return " + " ".join(["'a'"] * 20_000),
    "lambdas": "def f(): return " + "lambda: " * 5_000 + "1",
    "nested functions": "".join(f"{' ' * depth}def f{depth}():\n" for depth in range(300)) + " " * 300 + "pass",
    "elif chain": "def f(a):\n    if a: pass\n" + "    elif a: pass\n" * 5_000,
    "nested f-strings": "def f(a): return " + "f'{" * 60 + "a" + "}'" * 60,
    "a NUL": "def f(): pass\0",
    "a lone surrogate": "def f(): return '\ud800'",
    "an escaped lone surrogate": "def f():\n    '\\ud800 and \\udfff'\n    return '\\ud800'",
    "a byte order mark": "\ufeffdef f(): pass",
    "two byte order marks": "\ufeff\ufeffdef f(): pass",
    "old Mac line ends": "def f():\r    return 1\r",
    "a coding line that lies": "# -*- coding: utf-16 -*-\ndef f(): pass",
    "ten thousand lines": "def f(a):\n" + "    a = a + 1\n" * 10_000 + "    return a",
    "ten thousand digits": "def f(): return " + "9" * 10_000,
    "four thousand hexadecimal digits": "def f(): return 0x" + "f" * 4_000,
    "infinity": "def f(): return 1e999, -1e999j",
    "conflict markers": "<<<<<<< HEAD\ndef f(): pass\n=======\ndef g(): pass\n>>>>>>> x\n",
    "Python 2": "def f():\n    print 'x'\n",
    "tabs and spaces": "def f():\n\tif 1:\n        pass\n",
    "a deep annotation": "def f(a: '" + "list[" * 3_000 + "int" + "]" * 3_000 + "'): pass",
    "an annotation that is no type": "def f(a: 'metres per second', b: '\\0', c: ''): pass",
    "a class that inherits from a text": "class A('x', *y, metaclass=z()): pass",
    "an empty file": "",
    "only a comment": "# nothing",
    "unusual names": "def ªﬁ(ℌ): return ℌ",
    "a backslash at the end": "def f(): \\",
}


def read(text: str) -> list[Unit] | None:
    try:
        return read_units(text, "pkg/mod.py")
    except SourceError:
        return None


def parse(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_gives_units_or_a_source_error(name: str) -> None:
    for unit in read(HOSTILE[name]) or []:
        stored_code(unit).encode()
        unit.description.encode()


@pytest.mark.parametrize("name", ["sum", "elif chain", "ten thousand lines", "an annotation that is no type", "unusual names"])
def test_a_long_file_is_only_long(name: str) -> None:
    expected = read(HOSTILE[name]) if name in {"sum", "elif chain"} else read_units(HOSTILE[name], "m.py")

    assert expected is None or len(expected) == 1


@settings(max_examples=300)
@given(st.text(alphabet="def class async(lambda):[]{}\"'\n\t \\@=*,.:xyz0fF#\0\r\ufeff\ud800;ifelsymatch", max_size=200))
def test_any_text_gives_units_or_a_source_error(text: str) -> None:
    for unit in read(text) or []:
        parse(stored_code(unit))


@settings(max_examples=150)
@given(st.integers(0, 10**6), st.integers(0, 3_000), st.text(max_size=3), st.integers(0, 40))
def test_a_damaged_file_gives_units_or_a_source_error(number: int, position: int, inserted: str, removed: int) -> None:
    files = sorted(STANDARD_LIBRARY.glob("*.py"))
    text = files[number % len(files)].read_bytes()[:3_000].decode(errors="ignore")

    for unit in read(text[:position] + inserted + text[position + removed :]) or []:
        parse(stored_code(unit))


def real_files() -> list[Path]:
    """A fixed sample of the standard library, its tests of the parser included."""
    found = sorted(path for path in STANDARD_LIBRARY.rglob("*.py") if "site-packages" not in path.parts)
    small = [path for path in found if path.stat().st_size < LARGEST // 4]
    return random.Random(20).sample(small, 100)


@cache
def real_units() -> list[Unit]:
    texts = [path.read_bytes().decode(errors="replace") for path in real_files()]
    return [unit for text in texts for unit in read(text) or []]


def test_units_of_the_standard_library_survive_storing() -> None:
    units = real_units()[::2]

    assert len(units) > 250
    for unit in units:
        assert shape_of(stored_code(unit), "python") == unit.shape, unit.symbol


def test_units_of_the_standard_library_keep_their_shape_when_reformatted() -> None:
    for unit in real_units()[::4]:
        reformatted = ast.unparse(parse(stored_code(unit)))

        assert shape_of(reformatted, "python") == unit.shape, unit.symbol


def test_stored_code_is_read_as_the_same_unit() -> None:
    for unit in real_units()[::4]:
        again = read_units(stored_code(unit), "stored.py")[-1]

        assert (again.body, again.imports, again.signature) == (unit.body, unit.imports, unit.signature)
