"""Reading TypeScript, with JSX; and hostile text in both languages. What it shares with JavaScript is tested there."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry_git.errors import SourceError
from foundry_git.source.reader import read_sections, read_units, stored_code
from foundry_git.source.shapes import shape_of
from foundry_git.source.units import Unit

DATA = Path(__file__).parent / "languages"
FILES = ["typescript/store.ts", "typescript/Panel.tsx"]


def units_of(text: str, path: str = "src/mod.ts") -> dict[str, Unit]:
    return {unit.symbol: unit for unit in read_units(text, path)}


def only(text: str, path: str = "src/mod.ts") -> Unit:
    (unit,) = units_of(text, path).values()
    return unit


@cache
def data_units(name: str) -> dict[str, Unit]:
    return units_of((DATA / name).read_text(encoding="utf-8"), f"src/{name}")


# Units


def test_types_with_members_are_classes_and_aliases_and_declarations_are_no_units() -> None:
    assert [(unit.symbol, unit.kind) for unit in data_units("typescript/store.ts").values()] == [
        ("Entry", "class"),
        ("Keys", "class"),
        ("Policy", "class"),
        ("Store", "class"),
        ("parse", "function"),
        ("Files.read", "function"),
        ("isEntry", "function"),
        ("compare", "function"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("abstract class A { abstract m(): void }", ["A"]),
        ("interface A {}\ntype B = {}\nenum C {}\ntype D = A | B", []),
        ("declare function f(): void\ndeclare class A { m(): void }\ndeclare global { interface Window { a: 1 } }", []),
        ("namespace A { export namespace B { export function f() {} } function g() {} }", ["A.B.f", "A.g"]),
        ("const f = function (a: A) {} as Handler\nconst g = ((a) => a)!", ["f", "g"]),
        ("export = function run() {}", []),
        ("function f(a: string): void\nfunction g() {}\nfunction f(a: any) {}", ["f", "g"]),
    ],
)
def test_what_holds_code_or_members_is_a_unit(text: str, expected: list[str]) -> None:
    assert sorted(units_of(text)) == expected


def test_overloads_travel_with_what_implements_them() -> None:
    unit = data_units("typescript/store.ts")["parse"]

    assert unit.body.count("export function parse(") == 3 and (unit.start_line, unit.end_line) == (55, 59)
    assert unit.signature == "function parse(text: string | Buffer, encoding: BufferEncoding = 'utf8'): Keys"


def test_decorators_travel_and_are_named() -> None:
    unit = data_units("typescript/store.ts")["Store"]

    assert unit.decorators == ("Injectable",) and "\n@Injectable()\nexport class Store" in unit.body
    assert unit.framework == "nest"
    assert units_of("@a.b.c()\nclass A {}\n@d\nexport class B {}")["B"].decorators == ("d",)


def test_a_class_shows_how_it_is_made() -> None:
    unit = data_units("typescript/store.ts")["Store"]

    assert unit.signature == (
        "class Store<T extends object = {}> extends Map<string, Entry<T>> implements Iterable<[string, Entry<T>]>:"
        " constructor(private readonly clock: Clock, @zod.inject() options?: Partial<Options>)"
    )
    assert unit.parameters == ("clock", "options") and unit.description == "Keeps values for a while."


def test_a_unit_of_a_namespace_moves_to_the_left_but_not_its_texts() -> None:
    unit = data_units("typescript/store.ts")["Files.read"]

    assert unit.body.splitlines()[2:4] == ["  return fs.readFileSync(`${name}", "${suffix}`, 'utf8')"]
    assert unit.signature == "function read(name: string): string" and unit.free_names == ("suffix",)


# Imports and names


@pytest.mark.parametrize(
    ("statement", "use", "kept"),
    [
        ("import type { A, B } from 'x'", "B", "import type { B } from 'x'"),
        ("import d, { type A, b } from 'x'", "A", "import { type A } from 'x'"),
        ("import type d from 'x'", "d", "import type d from 'x'"),
        ("import fs = require('fs')", "fs.Stats", "import fs = require('fs')"),
        ("import * as ns from 'x'", "ns.Type<string>", "import * as ns from 'x'"),
    ],
)
def test_what_is_used_as_a_type_only_is_imported_too(statement: str, use: str, kept: str) -> None:
    assert only(f"{statement}\nfunction f(a: {use}) {{}}").imports == (kept,)


@pytest.mark.parametrize(
    ("text", "free"),
    [
        ("function f<T extends A, U = B>(a: T, b: U): C<T> { return a as unknown as D }", ("A", "B", "C", "D")),
        ("interface A<T> extends B<T> { x: T; m<U>(a: U): A<U>; [key: string]: C }", ("B", "C")),
        ("type A = { [K in keyof B]: B[K] extends Promise<infer V> ? V : K }", ("B",)),
        ("function f(a: unknown): a is A { return a instanceof B }", ("A", "B")),
        ("function f(this: A, b: typeof c, d: NS.Inner, e: [first: F]) {}", ("A", "F", "NS", "c")),
        ("enum A { B = 1, C = B << D }", ("D",)),
        ("class A<T> { x: T = y; constructor(private z: Z, w = z) {} }", ("Z", "y")),
        ("const f = (g: (a: A, b: typeof a) => B) => <C,>(c: C) => c", ("A", "B")),
        ("function f() { type L = M; enum E { X } interface I { a: L } return E.X as I }", ("M",)),
    ],
)
def test_names_from_outside_are_found_in_types_too(text: str, free: tuple[str, ...]) -> None:
    assert only(text).free_names == free


# Measures


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("function f(a: A, b, c?: C, ...d: D[]) {}", 0.75),
        ("function f({ a, b }: P, c) {}", 2 / 3),
        ("class A { constructor(private a: A, b) {} }", 0.5),
        ("const f: Handler = (a, b) => {}", 1.0),
        ("function f(this: A) {}", 1.0),
    ],
)
def test_typed_is_the_share_of_parameters_with_a_type(text: str, share: float) -> None:
    assert only(text).measures.typed == pytest.approx(share)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("function f(a: number = 1, b?: string) {}", 2),
        ("function f(a: A): B { return a!.b ?? (a as C) }", 2),
        ("function f(a: A | B, x?: number) { if (a) { return } }", 2),
    ],
)
def test_complexity_is_that_of_lizard(text: str, expected: int) -> None:
    assert only(text).measures.complexity == expected


def test_types_add_no_branch() -> None:
    assert only("function f<T>(a: T extends A ? B : C) {}").measures.complexity == 1


# Shapes


def shape(text: str) -> str:
    return shape_of(text, "typescript")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("function f(a: string, b?: B): C { return a as D }", "function f(a, b) { return a }"),
        ("function f<T>(a: T) { return g<T>(a!) satisfies T }", "function f(a) { return g(a) }"),
        ("function f(a: 1): void\nfunction f(a: any) { return a }", "function f(a) { return a }"),
        ("const f = (a: A = 1) => a", "const f = (b = 1) => b"),
        ("const f = x => x", "const f = (x: X) => x"),
        ("class A<T> extends B<T> implements C { m(): void {} }", "class A extends B { m() {} }"),
        ("const x: A = y\nfunction f() {}", "const x = y\nfunction f() {}"),
        ("function f(a: 'x') { return 'x' }", 'function f(a: "y") { return "x" }'),
        ("const f = <T>(a: T) => <p>{a}</p>", "const f = (a) => <p>{a}</p>"),
        ("interface A { x: string; y?: B }", "interface C {\n  x: string, // why\n  y?: B\n}"),
    ],
)
def test_annotations_do_not_count(one: str, other: str) -> None:
    assert shape(one) == shape(other)
    assert shape(one).startswith("ts1:")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("interface A { x: string }", "interface A { x: number }"),
        ("interface A { x: string }", "interface A { x?: string }"),
        ("type A = { x: B }", "type A = { x: C }"),
        ("enum A { B = 1 }", "enum A { B = 2 }"),
        ("class A { constructor(private x) {} }", "class A { constructor(x) {} }"),
        ("function f(a: A) { return a }", "function f(a: A) { return a() }"),
    ],
)
def test_what_a_type_or_program_says_counts(one: str, other: str) -> None:
    assert shape(one) != shape(other)


def test_shapes_of_the_two_languages_differ() -> None:
    assert shape("function f() {}") != shape_of("function f() {}", "javascript")


@pytest.mark.parametrize("name", FILES)
def test_a_stored_unit_has_the_shape_of_the_unit_and_is_read_again(name: str) -> None:
    for unit in data_units(name).values():
        again = only(stored_code(unit), f"src/{name}")
        assert shape_of(stored_code(unit), "typescript") == unit.shape, unit.symbol
        assert (again.body, again.imports, again.shape) == (unit.body, unit.imports, unit.shape)


# Hostile text, of both


DEEP = 2_500
HOSTILE = {
    "parentheses": "function f() { return " + "(" * 50_000 + "1" + ")" * 50_000 + " }",
    "open parentheses": "function f() { return " + "(" * 50_000,
    "wrappers": "const f = " + "memo(" * DEEP + "function () {}" + ")" * DEEP,
    "patterns": "const "
    + "{ a: " * DEEP
    + "b"
    + " }" * DEEP
    + " = require('x'); function f([[["
    + "[" * DEEP
    + "]" * DEEP
    + "]]]) {}",
    "namespaces": "namespace a { " * DEEP + "function f() {}" + " }" * DEEP,
    "blocks": "function f() " + "{" * DEEP + "}" * DEEP,
    "else if": "function f() { " + "if (a) {} else " * DEEP + "{} }",
    "sum": "function f() { return " + " + ".join(["a"] * DEEP) + " }",
    "arrows": "const f = " + "a => " * DEEP + "a",
    "types": "type A = { x: " + "B<" * DEEP + "C" + ">" * DEEP + " }",
    "functions": "function f() {" * 3_000 + "}" * 3_000,
    "templates": "function f() { return " + "`${" * DEEP + "1" + "}`" * DEEP + " }",
    "comments": "/**/" * 15_000 + "function f() {}",
    "variables": "function f() { " + "".join(f"var a{number} = {number};" for number in range(DEEP)) + " }",
    "methods": "function F() {}\n" + "F.prototype.a = 1;" * DEEP,
    "overloads": "function f(a): void;" * DEEP + "function f() {}",
    "chains": "exports" + ".a" * DEEP + " = function () {}",
}


def read(text: str, path: str) -> list[Unit] | None:
    try:
        return read_units(text, path)
    except SourceError:
        return None


@pytest.mark.parametrize("path", ["a.js", "a.ts"])
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_gives_units_or_a_source_error(name: str, path: str) -> None:
    for unit in read(HOSTILE[name], path) or []:
        stored_code(unit).encode()


@pytest.mark.parametrize("path", ["a.js", "a.jsx", "a.ts", "a.tsx"])
@pytest.mark.parametrize("text", ["function f() {}\0", "function f() { return '\ud800' }", "function f( {"])
def test_what_is_no_text_of_the_language_is_a_source_error(text: str, path: str) -> None:
    with pytest.raises(SourceError):
        read_units(text, path)
    with pytest.raises(SourceError):
        read_sections(text, path)


def test_flow_is_read_as_javascript_with_types() -> None:
    text = "// @flow\ntype A = {|\n  x: ?string,\n|}\nfunction f(a: A): ?string { return a.x }\n"
    assert [(one.symbol, one.kind) for one in read_units(text, "a.js")] == [("A", "class"), ("f", "function")]
    with pytest.raises(SourceError, match="not valid"):
        read_units("// @flow\nfunction f(a: A): ?string { return a.x\n", "a.js")


def test_line_ends_and_a_byte_order_mark_are_normalised() -> None:
    plain = only("// why\nfunction f() {\n  return 1\n}\n")
    for text in ("\ufeff// why\r\nfunction f() {\r\n  return 1\r\n}\r\n", "// why\rfunction f() {\r  return 1\r}\r"):
        assert only(text) == plain


@pytest.mark.parametrize("text", ["", "\n", "// nothing", "#!/usr/bin/env node\n", "export {}", "'use strict'"])
def test_a_file_without_units_has_none(text: str) -> None:
    assert read_units(text, "a.ts") == read_units(text, "a.js") == []


@settings(max_examples=200)
@given(
    st.text(alphabet="function class=>async(){}[]<>;:?.,'\"`$/*\n\t xyz01\0\r\ufeff\ud800@#&|", max_size=150),
    st.sampled_from("jt"),
)
def test_any_text_gives_units_or_a_source_error(text: str, kind: str) -> None:
    for unit in read(text, f"a.{kind}s") or []:
        stored_code(unit)


@settings(max_examples=150)
@given(
    st.integers(0, 2_500),
    st.text(max_size=3),
    st.integers(0, 40),
    st.sampled_from([*FILES, "javascript/queue.cjs", "javascript/Menu.jsx"]),
)
def test_a_damaged_file_gives_units_or_a_source_error(position: int, inserted: str, removed: int, name: str) -> None:
    text = (DATA / name).read_text(encoding="utf-8")

    for unit in read(text[:position] + inserted + text[position + removed :], name) or []:
        stored_code(unit)


RENAMED = [
    ("typescript/store.ts", "Store", "found"),
    ("typescript/store.ts", "Store", "T"),
    ("typescript/store.ts", "parse", "encoding"),
    ("typescript/store.ts", "isEntry", "isEntry"),
    ("typescript/Panel.tsx", "pick", "found"),
    ("javascript/queue.cjs", "load", "left"),
    ("javascript/queue.cjs", "Queue", "width"),
    ("javascript/Menu.jsx", "Menu", "isOpen"),
]


@pytest.mark.parametrize(("name", "symbol", "local"), RENAMED)
def test_renaming_what_is_the_units_own_keeps_its_shape(name: str, symbol: str, local: str) -> None:
    unit = data_units(name)[symbol]
    renamed = re.sub(rf"(?<![.\w]){local}\b", "renamed", stored_code(unit))

    assert renamed != stored_code(unit)
    assert shape_of(renamed, unit.language) == unit.shape


@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_comment_on_any_overload_or_on_what_implements_them_counts(at: int) -> None:
    parts = ["function f(a: string): string;", "function f(a: number): number;", "function f(a: any) {\n  return a;\n}"]
    parts[at] = f"/** Give it back. */\nexport {parts[at]}"
    assert only("\n".join(part if "export" in part else f"export {part}" for part in parts)).description == "Give it back."
