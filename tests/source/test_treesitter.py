"""The engine under the readers of Go and Rust: hostile files, broken files, and what is the same for all languages."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

import pytest

from foundry_git.errors import SourceError
from foundry_git.source.reader import read_sections, read_units, stored_code
from foundry_git.source.shapes import shape_of
from foundry_git.source.treesitter.scopes import Scopes
from foundry_git.source.units import Unit

DATA = Path(__file__).parent / "languages"
REAL = {"go": DATA / "go/cache.go", "rust": DATA / "rust/store.rs"}
PATHS = {"go": "pkg/mod.go", "rust": "src/mod.rs"}
HEADS = {"go": "package a\nfunc f(a int) int { return ", "rust": "fn f(a: i32) -> i32 { "}
MANY = 2_500
"""Five times as deep as Python lets functions call themselves; the files of 200,000 parentheses are deeper still."""
MUTANTS = 150

NESTED = {
    "parentheses": "(" * MANY + "a" + ")" * MANY + "}",
    "blocks": "{" * MANY + "}" * MANY + "}",
    "minus signs": "-" * MANY + "1 }",
    "calls": "a" + "()" * MANY + " }",
    "attributes": "a" + ".b" * MANY + " }",
    "indices": "a" + "[0]" * MANY + " }",
    "a sum": " + ".join(["a"] * MANY) + " }",
    "conditions": "if a { " * MANY + "}" * MANY + " }",
    "else if": "if a {}" + " else if a {}" * MANY + " }",
}
UNCLOSED = {
    "parentheses": "(" * MANY,
    "closing parentheses": ")" * MANY,
    "braces": "{" * MANY,
    "conditions": "if a {" * MANY,
    "quotes": '"' * MANY,
    "apostrophes": "'" * MANY,
    "backquotes": "`" * MANY,
    "comments": "/*" * MANY,
    "angles": "<" * MANY,
    "colons": "a::" * MANY,
    "hashes": "#[" * MANY,
    "identifiers": "a " * MANY,
}
WHOLE = {
    "nothing": "",
    "line ends": "\n" * MANY,
    "blanks": " " * MANY,
    "comments": "// a\n" * MANY,
    "block comments": "/* a */\n\n" * MANY,
    "a NUL": "fn f() {}\0",
    "a lone surrogate": "fn f() { '\ud800' }",
    "byte order marks": "\ufeff\ufefffn f() {}",
    "conflict markers": "<<<<<<< HEAD\nfn f() {}\n=======\nfunc g() {}\n>>>>>>> x\n",
    "another language": "def f():\n    return [x for x in y]\n",
    "no language": "".join(chr(33 + (at * 7_919) % 90) for at in range(MANY)),
    "imports of Go": "package a\n" + 'import "a/b"\n' * 1_000 + "func f() { b.C() }\n",
    "an import as deep": 'package a\nimport "' + "a/" * MANY + 'b"\nfunc f() { b.C() }\n',
    "methods": "package a\n" + "func (a A) F() {}\n" * 1_000,
    "literals": "package a\nfunc f() {" + "f(func() {" * MANY + "})" * MANY + "}\n",
    "imports of Rust": "use a::b;\n" * 1_000 + "fn f() { b() }\n",
    "a path": "use a" + "::b" * MANY + ";\nfn f() { b() }\n",
    "a tree of imports": "use a::{" * MANY + "b" + "}" * MANY + ";\nfn f() { b() }\n",
    "modules": "mod a {" * MANY + "fn f() {}" + "}" * MANY,
    "attributes": "#[a]\n" * MANY + "fn f() {}\n",
    "types": "impl A for " + "&" * MANY + "B {}\n",
    "a macro": "fn f() { m!(" + "(" * MANY + ")" * MANY + ") }\n",
    "words of a macro": "fn f() { m!(" + "a | b || c => let d " * MANY + ") }\n",
}


def read(text: str, language: str) -> list[Unit] | None:
    """Put a text through everything; ``None`` where it is no code."""
    assert shape_of(text, language)
    try:
        units = read_units(text, PATHS[language])
    except SourceError as error:
        assert error.path == PATHS[language]
        assert 1 <= error.line <= text.count("\n") + text.count("\r") + 1
        with pytest.raises(SourceError):
            read_sections(text, PATHS[language])
        return None
    assert [unit.symbol for unit in units] == [section.symbol for section in read_sections(text, PATHS[language])]
    return units


@pytest.mark.parametrize("language", PATHS)
@pytest.mark.parametrize("name", NESTED)
def test_deep_nesting_is_read(language: str, name: str) -> None:
    units = read(HEADS[language] + NESTED[name], language)

    assert units is None or [unit.symbol for unit in units] == ["f"]


@pytest.mark.parametrize("language", PATHS)
@pytest.mark.parametrize("name", UNCLOSED)
def test_what_nobody_closes_is_no_code(language: str, name: str) -> None:
    units = read(HEADS[language] + UNCLOSED[name], language)

    assert units is None or all(stored_code(unit) for unit in units)


@pytest.mark.parametrize("language", PATHS)
@pytest.mark.parametrize("name", WHOLE)
def test_a_hostile_file_gives_units_or_a_source_error(language: str, name: str) -> None:
    units = read(WHOLE[name], language)

    assert units is None or all(stored_code(unit) for unit in units)


@pytest.mark.parametrize("language", PATHS)
def test_fifty_thousand_parentheses_are_one_unit(language: str) -> None:
    (unit,) = read_units(HEADS[language] + "(" * 50_000 + "a" + ")" * 50_000 + "}", PATHS[language])

    assert (unit.symbol, unit.measures.complexity) == ("f", 1)


@cache
def real_bytes(language: str) -> bytes:
    return REAL[language].read_bytes()


@pytest.mark.parametrize("language", PATHS)
def test_damaged_files_cost_only_themselves(language: str) -> None:
    chance = random.Random(f"{language} 1")
    for _ in range(MUTANTS):
        damaged = bytearray(real_bytes(language))
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(damaged))
            damaged[at : at + chance.randint(0, 3)] = bytes(chance.randrange(256) for _ in range(chance.randint(0, 3)))
        read(damaged.decode("utf-8", "surrogateescape" if chance.random() < 0.2 else "replace"), language)


@pytest.mark.parametrize("language", PATHS)
def test_cut_files_cost_only_themselves(language: str) -> None:
    text = real_bytes(language).decode()
    for end in range(0, len(text), 97):
        read(text[:end], language)
        read(text[end:], language)


# Errors


@pytest.mark.parametrize(
    ("path", "text", "line", "reason"),
    [
        ("a.go", "package a\n\nfunc f( {\n", 3, "not valid Go"),
        ("a.rs", "fn f() {}\n\nfn g( {}\n}\n", 3, "not valid Rust"),
        ("a.rs", "fn f() {}\n\0", 2, "a NUL character"),
        ("a.go", "package a\nvar a = '\ud800'\n", 2, "characters that UTF-8 cannot encode"),
    ],
)
def test_what_is_no_code_is_a_source_error_with_its_place(path: str, text: str, line: int, reason: str) -> None:
    with pytest.raises(SourceError) as caught:
        read_units(text, path)

    assert (caught.value.path, caught.value.line, caught.value.reason) == (path, line, reason)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.go", "package a\nfunc f() {}\nfunc g() { x := = 1 }\nfunc h() {}\n"),
        ("a.rs", "fn f() {}\nfn g() { let = 1; }\nfn h() {}\n"),
    ],
)
def test_an_error_within_a_unit_costs_only_that_unit(path: str, text: str) -> None:
    assert [unit.symbol for unit in read_units(text, path)] == ["f", "h"]


def test_a_file_without_units_has_none() -> None:
    assert read_units("package a\n\nconst x = 1\n", "a.go") == []
    assert read_units("use a::b;\nconst X: u8 = 1;\n", "a.rs") == []


# Text


@pytest.mark.parametrize("language", PATHS)
def test_line_ends_and_a_byte_order_mark_are_normalised(language: str) -> None:
    text = real_bytes(language).decode()
    plain = read_units(text, PATHS[language])

    assert read_units("\ufeff" + text.replace("\n", "\r\n"), PATHS[language]) == plain
    assert read_units(text.replace("\n", "\r"), PATHS[language]) == plain


def test_lines_are_counted_in_characters_not_bytes() -> None:
    unit = read_units('package a\n\n// Größe – 大きさ.\nfunc größe(wörter []string) string {\n\treturn "大"\n}\n', "a.go")[0]

    assert (unit.symbol, unit.start_line, unit.end_line) == ("größe", 3, 6)
    assert (unit.description, unit.parameters) == ("Größe – 大きさ.", ("wörter",))
    assert unit.body.endswith('\treturn "大"\n}')


def test_of_two_definitions_of_a_name_the_first_counts() -> None:
    text = "#[cfg(unix)]\nfn f() -> u8 { 1 }\n#[cfg(windows)]\nfn f() -> u8 { 2 }\n"

    assert [unit.start_line for unit in read_units(text, "a.rs")] == [1]


def test_stored_code_is_read_as_the_same_unit() -> None:
    for language, path in PATHS.items():
        for unit in read_units(real_bytes(language).decode(), path):
            (again,) = read_units(stored_code(unit), path)
            assert (again.name, again.body, again.imports, again.shape) == (unit.name, unit.body, unit.imports, unit.shape)


# Scopes


def test_a_name_is_found_in_the_innermost_open_scope() -> None:
    scopes = Scopes()
    scopes.bind("a", scopes.outer)
    inner = scopes.enter(scopes.outer)
    scopes.bind("a", inner)

    assert scopes.find("a", inner) is inner
    assert scopes.find("a", scopes.outer) is scopes.outer


def test_a_name_bound_around_an_open_scope_does_not_hide_one_within_it() -> None:
    scopes = Scopes()
    inner = scopes.enter(scopes.outer)
    scopes.bind("a", inner)
    scopes.bind("a", scopes.outer)

    assert scopes.find("a", inner) is inner


def test_a_scope_that_was_left_binds_nothing() -> None:
    scopes = Scopes()
    scopes.bind("a", scopes.enter(scopes.outer))
    beside = scopes.enter(scopes.outer)

    assert scopes.find("a", beside) is None
