"""Code that is newer than what reads it: it costs only itself, and is not called wrong."""

from __future__ import annotations

import sys

import pytest

from foundry_git.errors import SourceError
from foundry_git.source.go.new_calls import mended
from foundry_git.source.python.newer import newer_than_this
from foundry_git.source.reader import read_units, read_unread, reader_of

BELOW = "\n\nfunc below() int {\n\treturn 1\n}\n"


@pytest.mark.parametrize(
    "value", ["5", "-1", '"a" + b', "f(x)", "a == b", "[]int{1}", "T{1}", "xs[0]", "&x", "!x", "func() int { return 1 }()"]
)
def test_new_of_a_value_is_a_call_in_go(value: str) -> None:
    text = f"package a\n\nfunc f() any {{\n\treturn new({value})\n}}{BELOW}"

    units = read_units(text, "a.go")

    assert [(unit.symbol, unit.end_line) for unit in units] == [("f", 5), ("below", 9)]
    assert f"new({value})" in units[0].body and units[0].builtins[-1] == "new"
    assert read_unread(text, "a.go") == []


@pytest.mark.parametrize(
    "type", ["T", "pkg.T", "*T", "[]int", "[3]int", "map[string]int", "chan int", "struct{ a int }", "List[int]", "func() int"]
)
def test_new_of_a_type_stays_what_it_is(type: str) -> None:
    text = f"x := new({type})".encode()

    assert mended(text) == text


def test_what_is_called_new_is_found_under_its_name() -> None:
    text = "package a\n\nfunc new(a int, b string) int {\n\tfor a := range new(5) {\n\t}\n\treturn 1\n}\n"

    assert [unit.symbol for unit in read_units(text, "a.go")] == ["new"]


@pytest.mark.parametrize(
    ("path", "text", "read", "unread"),
    [
        (
            "a.go",
            "package a\n\n// f is newer.\nfunc f(x int) int {\n\ty := x |> 5\n\tfor {\n\t}\n}\n"
            f"\ntype T struct{{}}\n\nfunc (t T) M() {{ a ?? b }}{BELOW}",
            ["below"],
            [("f", 4), ("T", 12)],
        ),
        (
            "a.rs",
            "fn a() {}\n\n#[inline]\nfn f(x: i32) -> i32 {\n    x |> g\n}\n\nfn below() {}\n",
            ["a", "below"],
            [("f", 3)],
        ),
        (
            "a.ts",
            "export function f(x) {\n  return x |> g;\n}\n\nexport function below() {\n  return 1;\n}\n",
            ["below"],
            [("f", 1)],
        ),
    ],
)
def test_what_a_grammar_cannot_read_costs_only_itself_and_is_told(
    path: str, text: str, read: list[str], unread: list[tuple[str, int]]
) -> None:
    assert [unit.symbol for unit in read_units(text, path)] == read
    assert [(one.symbol, one.line) for one in read_unread(text, path)] == unread
    assert all(one.reason.startswith("newer than the grammar, or not valid ") for one in read_unread(text, path))


def test_a_file_without_anything_that_can_be_read_is_not_called_wrong() -> None:
    with pytest.raises(SourceError) as caught:
        read_units("package a\n\nfunc f() {\n\tx |> y\n}\n", "a.go")

    assert (caught.value.line, caught.value.reason) == (3, "newer than the grammar, or not valid Go")
    assert "correct it" not in str(caught.value)


def test_a_text_that_is_read_in_part_has_no_shape() -> None:
    reader = reader_of("go")
    assert reader is not None

    with pytest.raises(SourceError, match="newer than the grammar"):
        reader.shape(f"package a\n\nfunc f() {{\n\tx |> y\n}}{BELOW}", "")


@pytest.mark.parametrize(
    ("one", "more"), [("handlers[at](order)", "handlers[at](order, 1)"), ("Map[K, V](xs)", "Map[K, V](xs, 1)")]
)
def test_a_go_call_with_one_argument_is_a_call(one: str, more: str) -> None:
    reader = reader_of("go")
    assert reader is not None
    tokens = [[token for token, _ in reader.tokens(f"package a\nfunc f() {{ {call} }}\n", "a.go", None)] for call in (one, more)]

    assert tokens[0] == [token for token in tokens[1] if token != "number"]
    assert "call_expression" in tokens[0]


@pytest.mark.parametrize(
    ("line", "version"),
    [
        ("type Pair[T] = tuple[T, T]", "3.12"),
        ("    async def first[T](values: list[T]) -> T:", "3.12"),
        ("print(f'{d['a']}')", "3.12"),
        ("except ValueError, TypeError:", "3.14"),
        ("query = t'{name}'", "3.14"),
        ("lazy import json", "3.15"),
        ("except ValueError, error:", ""),  # Python 2
        ("type = 3 3", ""),
        ("def f(:", ""),
        ("print 'it'", ""),
    ],
)
def test_what_later_pythons_brought_is_told_from_what_is_wrong(line: str, version: str) -> None:
    assert newer_than_this(line, (3, 11)) == version
    assert newer_than_this(line, (3, 99)) == ""


@pytest.mark.skipif(sys.version_info >= (3, 15), reason="this Python reads it")
def test_a_python_file_newer_than_this_python_is_said_to_be_so() -> None:
    with pytest.raises(SourceError) as caught:
        read_units("lazy import json\n", "a.py")

    assert caught.value.reason.startswith("newer than this Python: ")
    assert "correct it" not in str(caught.value)
