"""Reading Rust. The numbers in ``LIZARD`` are those that lizard 1.24.3 prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from foundry_git.source.manifests import NO_PROJECT, Project, read_project
from foundry_git.source.reader import read_sections, read_units, stored_code
from foundry_git.source.shapes import shape_of
from foundry_git.source.units import Unit

DATA = Path(__file__).parent / "languages/rust/store.rs"


def units_of(text: str, project: Project = NO_PROJECT) -> dict[str, Unit]:
    return {unit.symbol: unit for unit in read_units(text, "src/mod.rs", project=project)}


def only(text: str, project: Project = NO_PROJECT) -> Unit:
    (unit,) = units_of(text, project).values()
    return unit


@pytest.fixture(scope="module")
def real() -> dict[str, Unit]:
    return {unit.symbol: unit for unit in read_units(DATA.read_text(encoding="utf-8"), "src/store.rs")}


# Units


def test_functions_types_traits_and_macros_are_units(real: dict[str, Unit]) -> None:
    found = [(unit.symbol, unit.kind) for unit in real.values()]

    assert found == [
        ("StoreError", "class"),
        ("Store", "class"),
        ("count_words", "function"),
        ("Save", "class"),
        ("main", "function"),
        ("larger", "function"),
        ("text::cut", "function"),
        ("tests::a_missing_record_is_an_error", "test"),
        ("tests::records_are_counted", "test"),
    ]


def test_a_type_is_followed_by_its_impl_blocks(real: dict[str, Unit]) -> None:
    unit = real["Store"]

    heads = [line for line in unit.body.split("\n") if line.startswith(("///", "#[", "pub", "impl"))]
    assert heads == [
        "/// Keeps records by name.",
        "///",
        "/// Old ones are dropped.",
        "#[derive(Clone, Serialize)]",
        "pub struct Store<'a, T: Clone> {",
        "impl<'a, T: Clone> Store<'a, T> {",
        "impl<T: Clone> Display for Store<'_, T> {",
    ]
    assert (unit.start_line, unit.end_line, unit.docstring) == (24, 77, "Keeps records by name.\n\nOld ones are dropped.")


@pytest.mark.parametrize(
    ("head", "symbol"),
    [
        ("impl A", "A"),
        ("impl<T> B for a::A<T>", "A"),
        ("impl<T> B for &mut A<T>", "A"),
        ("impl B for [A]", "A"),
        ("impl B for dyn A", "A"),
        ("impl B for u8", "u8"),
        ("unsafe impl<T: Sync> Send for A<T>", "A"),
    ],
)
def test_an_impl_of_a_type_of_another_file_is_a_unit(head: str, symbol: str) -> None:
    assert only(f"{head} {{ fn f(&self) {{}} }}").symbol == symbol


def test_an_item_of_a_module_stands_at_the_margin_but_its_texts_do_not_move(real: dict[str, Unit]) -> None:
    assert real["text::cut"].name == "cut"
    assert real["text::cut"].body == (
        "/// Cuts a text.\n"
        "pub fn cut(text: &str, at: usize) -> Cow<'_, str> {\n"
        '    let more = "…\n'
        '    ";\n'
        '    if text.len() > at { Cow::Owned(format!("{}{more}", &text[..at])) } else { Cow::Borrowed(text) }\n'
        "}"
    )


def test_of_a_module_for_tests_only_the_tests_are_units() -> None:
    text = "mod tests { fn a() {} #[test] fn b() {} }"

    assert list(units_of(f"#[cfg(test)]\n{text}")) == ["tests::b"]
    assert list(units_of(f"#[cfg(all(test, unix))]\n{text}")) == ["tests::b"]
    assert list(units_of(f"#[cfg(not(test))]\n{text}")) == ["tests::a", "tests::b"]


@pytest.mark.parametrize(
    ("attribute", "kind"),
    [
        ("#[test]", "test"),
        ("#[tokio::test]", "test"),
        ('#[tokio::test(flavor = "multi_thread")]', "test"),
        ("#[wasm_bindgen_test]", "test"),
        ("#[rstest]", "test"),
        ("#[bench]", "test"),
        ("#[inline]", "function"),
        ("#[tested]", "function"),
    ],
)
def test_tests_are_told_by_their_attributes(attribute: str, kind: str) -> None:
    assert only(f"{attribute}\nfn f() {{}}").kind == kind


def test_attributes_are_decorators_and_travel_along_past_blank_lines() -> None:
    unit = only('/// Doc.\n#[inline]\n\n#[serde(rename = "x")]\n// why\n#[tokio::main]\nasync fn f() {}\n')

    assert unit.decorators == ("inline", "serde", "tokio::main")
    assert (unit.start_line, unit.docstring, unit.third_party) == (1, "Doc.", ("tokio",))


def test_only_documenting_comments_are_documentation() -> None:
    assert only("// plain\n//// four\nfn f() {}").docstring == ""
    assert only("/** One.\n * Two. */\nfn f() {}").docstring == "One.\nTwo."
    assert only("//! Of the file.\n\nfn f() {}").docstring == ""


def test_only_an_underscore_makes_a_name_private() -> None:
    assert {name: unit.is_private for name, unit in units_of("fn _a() {}\nfn b() {}\n").items()} == {"_a": True, "b": False}


def test_sections_stand_where_the_units_stand(real: dict[str, Unit]) -> None:
    sections = read_sections(DATA.read_text(encoding="utf-8"), "src/store.rs")

    found = [(one.kind, one.symbol, one.start_line, one.end_line, one.body) for one in sections]
    assert found == [(one.kind, one.symbol, one.start_line, one.end_line, one.body) for one in real.values()]


@pytest.mark.parametrize(
    ("text", "signature", "parameters"),
    [
        (
            "pub async fn get<T>(\n  mut url: &str, (a, b): (u8, T),\n) -> Option<T>\nwhere\n  T: Copy,\n{ None }",
            "pub async fn get<T>( mut url: &str, (a, b): (u8, T), ) -> Option<T> where T: Copy",
            ("url", "a", "b"),
        ),
        ("pub struct P(u8, String);", "pub struct P(u8, String)", ()),
        ("pub enum E<T> where T: Copy { A(T) }", "pub enum E<T>", ()),
        ("trait T: Send { fn f(&self, a: u8); }", "trait T: Send", ()),
        ("struct A;\nimpl A { fn new(size: usize) -> A { A } }", "struct A: new(size: usize)", ("size",)),
        ("macro_rules! m { () => {}; }", "macro_rules! m", ()),
        (
            "fn f(&self, Point { x, y: z }: Point, Some(a): A) {}",
            "fn f(&self, Point { x, y: z }: Point, Some(a): A)",
            ("x", "z", "a"),
        ),
    ],
)
def test_signature_is_one_line(text: str, signature: str, parameters: tuple[str, ...]) -> None:
    unit = only(text)

    assert (unit.signature, unit.parameters) == (signature, parameters)


# Imports and names


def test_use_trees_are_narrowed(real: dict[str, Unit]) -> None:
    assert real["count_words"].imports == ("use std::{collections::HashMap as Map, io::Read};",)
    assert real["Store"].imports == ("use std::{collections::BTreeMap, fmt, fmt::Display};", "use serde::Serialize;")


def test_stored_code_is_the_imports_a_blank_line_and_the_body(real: dict[str, Unit]) -> None:
    code = stored_code(real["main"])

    assert code.startswith("use crate::clock::now;\n\n#[tokio::main]\nasync fn main()")
    assert code.endswith("    Ok(())\n}\n")


@pytest.mark.parametrize(
    ("use", "kept"),
    [
        ("use a::b::{self, C};", ("use a::b;",)),
        ("use a::{b, c::{self as d}};", ("use a::b;",)),
        ("pub use a::b;", ("use a::b;",)),
        ("use a::b as c;", ()),
        ("use a::*;", ()),
        ("use ::a::b;", ("use a::b;",)),
    ],
)
def test_a_use_is_kept_for_the_name_that_it_binds(use: str, kept: tuple[str, ...]) -> None:
    assert only(f"{use}\nfn f() {{ b::run() }}").imports == kept


def test_a_star_is_kept_where_a_name_has_no_other_source() -> None:
    found = units_of("use a::prelude::*;\nconst LIMIT: u8 = 3;\nfn f() { run() }\nfn g() -> u8 { LIMIT }\n")

    assert (found["f"].imports, found["f"].free_names, found["f"].third_party) == (("use a::prelude::*;",), (), ("a",))
    assert (found["g"].imports, found["g"].free_names) == ((), ("LIMIT",))


def test_imports_of_a_module_hold_for_what_is_in_it() -> None:
    found = units_of("mod m {\n  use a::b;\n  use super::*;\n  fn f() { b(); g() }\n}\nfn g() { b() }\n")

    assert (found["m::f"].imports, found["m::f"].free_names) == (("use a::b;",), ("g",))
    assert (found["g"].imports, found["g"].free_names) == ((), ("b",))


def test_names_are_sorted_by_where_they_come_from() -> None:
    unit = only(
        """
        use std::collections::HashMap;
        use crate::near::a;
        use super::near::b;
        use tokio::sync::Mutex;
        fn f(x: Mutex<u8>) -> Option<String> {
            let m = HashMap::new();
            std::fs::read(a(b(m)));
            serde_json::to_string(&x).ok();
            println!("{}", helper(x));
            crate::far::run();
            None
        }
        """
    )
    assert unit.builtins == ("None", "Option", "String", "println", "u8")
    assert unit.standard == ("std::collections", "std::fs")
    assert unit.third_party == ("serde_json", "tokio")
    assert unit.free_names == ("helper",)
    assert unit.project_names == ("a", "b", "crate::far", "helper")


def test_crates_of_the_repository_are_the_projects_own() -> None:
    text = "use shop_core::Cart;\nfn f(cart: Cart) { shop::run(); other::run() }\n"
    manifest = '[package]\nname = "shop"\n[dependencies]\nshop-core = { path = "../core" }\nother = "1"\n'
    unit = only(text, read_project({"Cargo.toml": manifest}))

    assert (unit.third_party, unit.project_names) == (("other",), ("Cart", "shop"))


def test_patterns_generics_fields_methods_and_labels_bind_or_are_no_names() -> None:
    text = """
    fn f<'a, T: Copy, const N: usize>(self_: &'a T, [p, ..]: [u8; N]) -> usize {
        let Some(x) = self_.get::<T>(p) else { return N };
        let Point { y, z: ref w, .. } = x;
        if let A::B { v, .. } | A::C(v) = y && v > w { v.go(w); }
        'outer: while let Ok(q) = x.next() { break 'outer; }
        match y { 1 if p > 2 => 1, n @ 3..=LIMIT => n, MAX => 2, (r, _) => r }
        let add = |s, t: u8| s + t;
        let made = Point { y, z: add(1, 2), ..Default::default() };
        fn inner(u: u8) -> u8 { u + inner(u) }
        const INSIDE: u8 = 3;
        use std::mem::swap;
        swap(made, INSIDE);
        for (i, j) in made { inner(i + j); }
        N
    }
    """
    unit = only(text)

    assert unit.free_names == ("A", "LIMIT", "MAX", "Point")
    assert unit.standard == ("std::mem",)


def test_names_in_macros_are_found_and_bound() -> None:
    text = """
    fn f(a: u8) {
        assert!(a.iter().all(|b| b > helper(a)), "{a} {}", c = LIMIT);
        tracing::info!(count = a, std::mem::size_of(a), "done");
        tokio::select! { got = wait(a) => { use_it(got) } };
        json!({ "key": a, other: crate::x::Y });
        if matches!(a, Some(1)) { unknown!() }
    }
    """
    unit = only(text)

    assert unit.free_names == ("LIMIT", "helper", "json", "unknown", "use_it", "wait")
    assert (unit.standard, unit.third_party) == (("std::mem",), ("tokio", "tracing"))


def test_what_derive_names_is_imported_and_other_arguments_are_text() -> None:
    text = (
        "use serde::Serialize;\nuse clap::Parser;\n#[derive(Debug, Serialize, Parser)]\n#[command(name = x, help)]\nstruct A;\n"
    )
    unit = only(text)

    assert unit.imports == ("use serde::Serialize;", "use clap::Parser;")
    assert (unit.free_names, unit.framework) == ((), "serde")


# Measures

LIZARD = [
    ("", 1),
    ("if a {}", 2),
    ("if a && b || c {} else if d {} else {}", 5),
    ("if let Some(x) = a {}", 2),
    ("for i in a { while b { loop { break } } }", 3),
    ("while let Some(x) = a {}", 2),
    ("match a { 1 => b, 2 | 3 => c, _ => d }", 3),
    ("match a { x if x > 1 => b, _ => d }", 3),
    ("match a { _ => d }", 1),
    ("let x = a?.b()?;", 3),
    ("let Some(x) = a else { return };", 2),
    ("a.map(|x| if x { 1 } else { 2 })", 2),
    ('let x = "if a && b ?";', 1),
    ('println!("{}", if a { 1 } else { 2 });', 2),
]
NO_BRANCHES = [
    "let f = || 1;",
    "let x = &&a;",
    "let f: &dyn for<'a> Fn(&'a u8) = a;",
    "struct A<T: ?Sized>(T);",
    "struct A<T>(T) where T: Copy;",
    "match a {}",
    "assert!(a.iter().any(|| 1));",
]


@pytest.mark.parametrize(("body", "expected"), LIZARD)
def test_complexity_is_that_of_lizard(body: str, expected: int) -> None:
    assert only(f"fn f(a: A) {{\n{body}\n}}\n").measures.complexity == expected


@pytest.mark.parametrize("body", NO_BRANCHES)
def test_what_only_looks_like_a_branch_is_none(body: str) -> None:
    assert only(f"fn f(a: A) {{\n{body}\n}}\n").measures.complexity == 1


def test_a_match_within_a_macro_counts_its_arms() -> None:
    assert only("fn f() { m!(match a { 1 => 2, 3 => 4, _ => 5 }) }").measures.complexity == 3


def test_a_type_is_as_complex_as_its_most_complex_method(real: dict[str, Unit]) -> None:
    assert (real["Store"].measures.complexity, real["Store"].measures.total) == (2, 4)
    assert real["Store"].measures.parameters == 3


def test_lines_are_those_that_hold_code(real: dict[str, Unit]) -> None:
    assert real["StoreError"].measures.lines == 7
    assert only("/// Doc.\n#[inline]\nfn f() {\n\n    /* a\n    b */\n    let x = 1; // c\n}\n").measures.lines == 4


@pytest.mark.parametrize(
    ("body", "depth"),
    [
        ("a()", 0),
        ("if a {} else if b {} else if c {}", 1),
        ("if a {} else { if b {} }", 2),
        ("loop { match a { 1 => { for i in b {} } _ => {} } }", 3),
        ("unsafe { async { a } }", 0),
    ],
)
def test_else_if_is_no_deeper_than_if(body: str, depth: int) -> None:
    assert only(f"fn f() {{ {body} }}").measures.nesting == depth


# Shapes

TEMPLATE = """
/// Documentation.
fn {f}<'{l}, {T}: Copy>({a}: &'{l} {T}, mut {b}: Vec<u8>) -> Option<{T}> {{
    let Some({c}) = {a}.get(10) else {{ return None }};
    if let Point {{ x: {d}, y, .. }} = {c} {{ {b}.push({d} + y); }}
    '{m}: for ({e}, _) in {b}.iter() {{ if {e} > 1 {{ break '{m}; }} }}
    let {g} = |{h}: u8| {h} + {c};
    println!("{{{c}}} {{}} {{{b}:?}}", {g}(1));
    let {i} = Point {{ x: {a}, y: {c} }};
    match {i} {{ {j} @ 1..=MAX => {f}({j}, {b}), {k} => Some({k}.name) }}
}}
"""
SLOTS = "abcdefghijklmT"


def shape(text: str) -> str:
    return shape_of(text, "rust")


def filled(change: str = "{}") -> str:
    return TEMPLATE.format(**{slot: change.format(slot * 2) for slot in SLOTS})


def test_shape_is_the_same_for_ever() -> None:
    assert shape(filled()) == "rs1:488550d3a08a28edccdc36b9a7c8761a"
    assert re.fullmatch(r"rs1:[0-9a-f]{32}", shape(filled()))


def test_renaming_locals_keeps_the_shape() -> None:
    assert shape(filled()) == shape(filled("{}_renamed")) == shape(filled("{}2"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("fn f(x: P) { let P { a } = x; g(a) }", "fn f(x: P) { let P { a: b } = x; g(b) }"),
        ("fn f(a: u8) -> P { P { a } }", "fn f(b: u8) -> P { P { a: b } }"),
    ],
)
def test_a_field_and_the_local_named_like_it_are_two_things(one: str, other: str) -> None:
    renamed = one.replace("{ a }", "{ a: a }")

    assert shape(renamed) == shape(other)


def test_layout_comments_visibility_and_imports_do_not_count() -> None:
    plain = 'fn f(x: u8) { if x > 1 { g("a", x) } }\n'
    other = (
        "//! File.\nuse a::g;\n\n/// Doc.\npub(crate) fn h(y: u8) {\n"
        '    if y > 1 { // c\n        g(\n            "a",\n            y\n        )\n    }\n}\n'
    )

    assert shape(plain) == shape(other)


@pytest.mark.parametrize(
    "changed",
    [
        'fn f(x: u8) { if x > 2 { g("a", x) } }',
        'fn f(x: u8) { if x >= 1 { g("a", x) } }',
        'fn f(x: u8) { if x > 1 { h("a", x) } }',
        'fn f(x: u8) { if x > 1 { g("b", x) } }',
        'fn f(x: u16) { if x > 1 { g("a", x) } }',
        'fn f(x: u8) { if x > 1 { g!("a", x) } }',
        'fn f(x: &u8) { if x > 1 { g("a", x) } }',
        'async fn f(x: u8) { if x > 1 { g("a", x) } }',
        '#[inline]\nfn f(x: u8) { if x > 1 { g("a", x) } }',
    ],
)
def test_structure_constants_types_and_outside_names_count(changed: str) -> None:
    assert shape(changed) != shape('fn f(x: u8) { if x > 1 { g("a", x) } }')


def test_the_shape_of_stored_code_is_that_of_the_unit(real: dict[str, Unit]) -> None:
    assert {symbol: shape(stored_code(unit)) for symbol, unit in real.items()} == {
        symbol: unit.shape for symbol, unit in real.items()
    }


def test_the_macro_str_of_snapshot_tests_is_read() -> None:
    unit = only('fn f() { check(str!["a"], str![[r#"b"#]]); let s: &str = "str![x]"; }')

    assert (unit.builtins, unit.free_names) == (("str",), ("check",))
    assert 'str!["a"]' in unit.body
