"""What a unit in Rust brings along of its crate, and what it cannot."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from foundry_git.source.closure import Closure, nothing_else
from foundry_git.source.manifests import NO_PROJECT, read_project
from foundry_git.source.reader import closed, left_open, read_units, stored_code

PROJECT = read_project(
    {
        "shop/Cargo.toml": '[package]\nname = "shop"\n[dependencies]\nserde = "1"\ndates = { path = "../dates" }\n',
        "dates/Cargo.toml": '[package]\nname = "dates"\n',
    }
)


def close(files: Mapping[str, str], symbol: str, path: str = "shop/src/stock.rs") -> Closure:
    files = {"shop/src/lib.rs": "mod stock;\n", **files}
    unit = next(unit for unit in read_units(files[path], path, project=PROJECT) if unit.symbol == symbol)
    return closed(unit, files[path], path, PROJECT, files.get)


def alone(closure: Closure) -> str:
    assert closure.missing == ()
    assert left_open(closure.code, "rust", "shop/src/stock.rs") == ()
    return closure.code


def test_definitions_of_the_same_file_come_along() -> None:
    text = (
        "use std::cmp;\n\npub fn f(n: u8) -> u8 {\n    clamp(n)\n}\n\nconst MOST: u8 = 9;\n\n"
        "fn clamp(n: u8) -> u8 {\n    cmp::min(n, MOST)\n}\n\nmacro_rules! twice { ($x:expr) => { $x * 2 }; }\n"
    )

    closure = close({"shop/src/stock.rs": text}, "f")

    assert closure.helpers == ("MOST", "clamp")
    assert alone(closure).startswith("use std::cmp;\n\nconst MOST: u8 = 9;\n\nfn clamp(")


@pytest.mark.parametrize(
    ("use", "place", "text"),
    [
        ("use crate::marks::low;", "shop/src/marks.rs", "pub fn low() -> u8 { 1 }\n"),
        ("use crate::marks::low;", "shop/src/marks/mod.rs", "pub fn low() -> u8 { 1 }\n"),
        ("use super::low;", "shop/src/lib.rs", "mod stock;\n\nfn low() -> u8 { 1 }\n"),
        ("use crate::marks::deep::low;", "shop/src/marks.rs", "pub mod deep {\n    pub fn low() -> u8 { 1 }\n}\n"),
        ("use crate::marks::*;", "shop/src/marks.rs", "pub fn low() -> u8 { 1 }\n"),
        ("use dates::low;", "dates/src/lib.rs", "pub fn low() -> u8 { 1 }\n"),
        ("use crate::marks::least as low;", "shop/src/marks.rs", "pub fn least() -> u8 { 1 }\n"),
    ],
)
def test_what_is_imported_of_the_project_comes_along(use: str, place: str, text: str) -> None:
    closure = close({"shop/src/stock.rs": f"{use}\n\npub fn f() -> u8 {{\n    low()\n}}\n", place: text}, "f")

    assert "-> u8 { 1 }" in alone(closure)
    assert "crate::" not in closure.code and "super" not in closure.code and "dates" not in closure.code


def test_what_the_crate_passes_on_is_followed() -> None:
    files = {
        "shop/src/stock.rs": "use crate::{low, Map};\n\npub fn f() -> Map<u8, u8> {\n    low();\n    Map::new()\n}\n",
        "shop/src/lib.rs": "mod stock;\nmod marks;\npub use self::marks::low;\npub use std::collections::HashMap as Map;\n",
        "shop/src/marks.rs": "pub fn low() {}\n",
    }

    assert alone(close(files, "f")).startswith("use std::collections::HashMap as Map;\n\npub fn low() {}\n")


def test_a_type_comes_along_with_its_blocks() -> None:
    text = (
        "use std::fmt;\nuse serde::Serialize;\n\npub fn f(p: &Part) -> String {\n    p.name();\n    p.to_string()\n}\n\n"
        "#[derive(Debug)]\npub struct Part {\n    name: String,\n}\n\n"
        "impl Part {\n    fn name(&self) -> &str {\n        &self.name\n    }\n}\n\n"
        "impl Part {\n    fn unused(&self) {}\n}\n\nimpl fmt::Display for Part {\n"
        '    fn fmt(&self, f: &mut fmt::Formatter<\'_>) -> fmt::Result {\n        write!(f, "{}", self.name)\n    }\n}\n\n'
        "impl Serialize for Part {}\n"
    )

    closure = close({"shop/src/stock.rs": text}, "f")

    assert closure.helpers == ("Part",)
    assert "#[derive(Debug)]\npub struct Part" in alone(closure)
    assert "fn name(" in closure.code and "impl fmt::Display for Part" in closure.code
    assert "unused" not in closure.code and "serde" not in closure.code


def test_a_trait_comes_along_with_what_it_adds_to_types_of_others() -> None:
    files = {
        "shop/src/stock.rs": "use crate::marks::WordsExt;\n\npub fn f(s: &str) -> usize {\n    s.words_in()\n}\n",
        "shop/src/marks.rs": "pub trait WordsExt {\n    fn words_in(&self) -> usize;\n}\n\nimpl WordsExt for str {\n"
        "    fn words_in(&self) -> usize {\n        1\n    }\n}\n",
    }

    assert "impl WordsExt for str" in alone(close(files, "f"))


WORDS = (
    "pub trait Words {\n    fn words_in(&self) -> usize;\n}\n\n"
    "impl Words for str {\n    fn words_in(&self) -> usize {\n        1\n    }\n}\n\n"
    "pub trait Other {\n    fn other(&self);\n}\n"
)


@pytest.mark.parametrize(
    ("use", "place"), [("", "shop/src/stock.rs"), ("use crate::marks::{Other, Words};\n", "shop/src/marks.rs")]
)
def test_a_trait_that_is_called_by_a_method_alone_comes_along(use: str, place: str) -> None:
    text = f"{use}pub fn f(s: &str) -> usize {{\n    // not s.other()\n    s.words_in()\n}}\n"
    files = {"shop/src/stock.rs": text, place: WORDS if use else text + WORDS}

    code = alone(close(files, "f"))

    assert "impl Words for str" in code and "trait Other" not in code


def test_a_macro_that_the_crate_lets_all_see_comes_along() -> None:
    files = {
        "shop/src/stock.rs": "pub fn f() -> u8 {\n    twice!(2)\n}\n",
        "shop/src/lib.rs": "#[macro_use]\nmod marks;\nmod stock;\n",
        "shop/src/marks.rs": "macro_rules! twice {\n    ($x:expr) => {\n        $x * 2\n    };\n}\n",
    }

    assert alone(close(files, "f")).startswith("macro_rules! twice {")


def test_variants_that_a_function_imports_itself_need_nothing_more() -> None:
    text = (
        "pub enum Kind {\n    A,\n    B,\n}\n\npub fn f(k: Kind) -> bool {\n    use self::Kind::*;\n    matches!(k, A) || is(B)\n}\n\n"
        "fn is(k: Kind) -> bool {\n    true\n}\n"
    )

    assert "enum Kind" in alone(close({"shop/src/stock.rs": text}, "f"))


UNIX = (
    '#[cfg(all(unix, feature = "fs"))]\n// for one kind of system\npub mod sys {\n    pub fn f() -> u8 {\n        1\n    }\n}\n'
)


@pytest.mark.parametrize(
    ("files", "symbol", "top"),
    [
        ({"shop/src/stock.rs": UNIX}, "sys::f", "#![cfg(unix)]\n\n"),
        ({"shop/src/stock.rs": "#![cfg(not(windows))]\n" + UNIX}, "sys::f", "#![cfg(unix)]\n#![cfg(not(windows))]\n\n"),
        ({"shop/src/lib.rs": '#[cfg(any(unix, feature = "x"))]\nmod stock;\n'}, "f", ""),
        (
            {"shop/src/lib.rs": '#![cfg(target_os = "linux")]\n#[cfg(unix)]\npub(crate) mod stock;\n'},
            "f",
            '#![cfg(unix)]\n#![cfg(target_os = "linux")]\n\n',
        ),
        ({"shop/src/lib.rs": '#[cfg(unix)]\n#[path = "stock.rs"]\nmod sys;\n'}, "f", "#![cfg(unix)]\n\n"),
        ({"shop/src/lib.rs": "#[cfg(not(test))]\nmod stock;\n"}, "f", ""),
    ],
)
def test_the_conditions_of_the_modules_around_come_along_as_far_as_they_are_not_the_projects_own(
    files: dict[str, str], symbol: str, top: str
) -> None:
    closure = close({"shop/src/stock.rs": "pub fn f() -> u8 {\n    1\n}\n", **files}, symbol)

    assert alone(closure).partition("pub fn")[0] == top
    assert list(closure.conditions) == top.split("\n")[:-2]


def test_a_helper_keeps_the_conditions_of_the_modules_around_it() -> None:
    text = UNIX + UNIX.replace("unix", "windows") + "use sys::f;\n\npub fn g() -> u8 {\n    f()\n}\n"

    code = alone(close({"shop/src/stock.rs": text}, "g"))

    assert code.startswith("#[cfg(unix)]\npub fn f()") and "\n\n#[cfg(windows)]\npub fn f()" in code


def test_what_is_compiled_for_tests_alone_is_none_of_anothers() -> None:
    files = {"shop/src/stock.rs": "pub fn f() -> u8 {\n    1\n}\n", "shop/src/lib.rs": "#[cfg(test)]\nmod stock;\n"}

    assert close(files, "f").missing == ("cfg(test), under which its module is",)


@pytest.mark.parametrize(
    ("text", "symbol", "missing"),
    [
        ("fn f() {\n    nowhere();\n}\n", "f", "nowhere, which nothing defines"),
        ("use crate::gone::low;\n\nfn f() {\n    low();\n}\n", "f", "low of its project"),
        ("fn f() {\n    crate::marks::low();\n}\n", "f", "crate::marks of its project"),
        ("mod marks;\n\nfn f() {\n    marks::low();\n}\n", "f", "marks of its project"),
        ("use crate::marks::Part;\n\nimpl Part {\n    fn f(&self) {}\n}\n", "Part", "Part, the type of its implementation"),
        ('fn f() -> &str {\n    include_str!("page.html")\n}\n', "f", "the file that include_str! reads"),
        ('fn f() -> &str {\n    env!("CARGO_PKG_VERSION")\n}\n', "f", "CARGO_PKG_VERSION, which its build sets"),
    ],
)
def test_what_cannot_come_along_is_named(text: str, symbol: str, missing: str) -> None:
    closure = close({"shop/src/stock.rs": text}, symbol)

    assert (closure.code, closure.missing) == ("", (missing,))


@pytest.mark.parametrize(
    ("use", "body", "is_kept"),
    [
        ("use std::io::Read;", "s.read_to_string(&mut t)", True),
        ("use std::io::Read;", "s.len()", False),
        ("use std::io::Write;", 'writeln!(s, "x")', True),
        ("use std::fmt::Write;", "s.write_char('x')", True),
        ("use std::str::FromStr;", "u8::from_str(s)", True),
        ("use itertools::Itertools;", "s.tuple_windows()", True),
        ("use std::os::unix::ffi::OsStrExt;", "OsStr::from_bytes(s)", True),
        ("use other::Type;", "s.tuple_windows()", False),
    ],
)
def test_a_trait_is_imported_where_its_methods_are_called(use: str, body: str, is_kept: bool) -> None:
    unit = read_units(f"{use}\n\nfn f(s: S) {{\n    {body};\n}}\n", "a.rs")[0]

    assert (use in unit.imports) is is_kept


def test_what_is_visible_to_modules_above_is_visible_to_the_crate() -> None:
    text = "pub(super) fn f() {\n    g()\n}\n\npub(in crate::a) fn g() {}\n"

    assert alone(close({"shop/src/stock.rs": text}, "f")) == "pub(crate) fn g() {}\n\npub(crate) fn f() {\n    g()\n}\n"


def test_attributes_of_the_compilers_own_tools_are_no_names_of_a_project() -> None:
    text = '#[rustfmt::skip]\n#[diagnostic::on_unimplemented(message = "none")]\npub trait Shown {}\n'

    assert read_units(text, "a.rs", project=PROJECT)[0].project_names == ()


def test_what_needs_nothing_is_stored_as_it_is() -> None:
    text = "use std::f64::consts::PI;\n\npub fn area(r: f64) -> f64 {\n    PI * r * r\n}\n"
    unit = read_units(text, "a.rs")[0]

    assert closed(unit, text, "a.rs", NO_PROJECT, nothing_else) == Closure(stored_code(unit))
