"""Reading Go. The numbers in ``LIZARD`` are those that lizard 1.24.3 prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from foundry_git.source.manifests import NO_PROJECT, Project, read_project
from foundry_git.source.reader import read_sections, read_units, stored_code
from foundry_git.source.shapes import shape_of
from foundry_git.source.units import Unit

DATA = Path(__file__).parent / "languages/go/cache.go"


def units_of(text: str, path: str = "cache/mod.go", project: Project = NO_PROJECT) -> dict[str, Unit]:
    return {unit.symbol: unit for unit in read_units(f"package cache\n{text}", path, project=project)}


def only(text: str, path: str = "cache/mod.go", project: Project = NO_PROJECT) -> Unit:
    (unit,) = units_of(text, path, project).values()
    return unit


@pytest.fixture(scope="module")
def real() -> dict[str, Unit]:
    return {unit.symbol: unit for unit in read_units(DATA.read_text(encoding="utf-8"), "cache/cache.go")}


# Units


def test_functions_and_types_are_units_constants_and_aliases_are_not(real: dict[str, Unit]) -> None:
    found = [(unit.symbol, unit.kind) for unit in real.values()]

    assert found == [
        ("Cache", "class"),
        ("entry", "class"),
        ("Loader", "class"),
        ("New", "function"),
        ("FetchAll", "function"),
        ("_hidden", "function"),
        ("Set", "class"),
    ]


def test_a_type_is_followed_by_its_methods_in_the_order_of_the_file(real: dict[str, Unit]) -> None:
    unit = real["Cache"]

    heads = [line for line in unit.body.split("\n") if line.startswith(("//", "type", "func"))]
    assert heads == [
        "// Cache keeps values until they are too old.",
        "//",
        "// It may be used by several goroutines at once.",
        "type Cache[K comparable, V any] struct {",
        "// Get gives the value of a key, or ErrMissing.",
        "func (c *Cache[K, V]) Get(key K) (value V, err error) {",
        "// Close empties the cache.",
        "func (c *Cache[K, V]) Close() { c.entries = nil }",
    ]
    assert (unit.start_line, unit.end_line) == (23, 107)


def test_a_method_above_its_type_does_not_lend_it_its_documentation() -> None:
    unit = only("// Get gets.\nfunc (c A) Get() {}\n\n// A is a thing to get.\ntype A struct{ x int }\n")

    assert (unit.description, unit.signature) == ("A is a thing to get.", "type A struct")


def test_methods_of_a_type_of_another_file_are_one_unit(real: dict[str, Unit]) -> None:
    assert (real["Set"].kind, real["Set"].signature, real["Set"].free_names) == ("class", "type Set", ())


def test_a_type_of_a_group_stands_alone_at_the_margin(real: dict[str, Unit]) -> None:
    assert real["entry"].body == (
        "// entry is one value and the moment when it dies.\ntype entry[V any] struct {\n\tvalue V\n\tdies  time.Time\n}"
    )


def test_lines_of_a_raw_string_stay_where_they_are() -> None:
    text = "type (\n\tA struct {\n\t\tx int `a\n\tb`\n\t}\n)\n"

    assert only(text).body == "type A struct {\n\tx int `a\n\tb`\n}"


@pytest.mark.parametrize(
    ("head", "path", "kind"),
    [
        ("func TestGet(t *testing.T)", "a_test.go", "test"),
        ("func Test(t *testing.T)", "a_test.go", "test"),
        ("func Test_get(t *testing.T)", "a_test.go", "test"),
        ("func BenchmarkGet(b *testing.B)", "a_test.go", "test"),
        ("func FuzzGet(f *testing.F)", "a_test.go", "test"),
        ("func ExampleGet()", "a_test.go", "test"),
        ("func Testify(t *testing.T)", "a_test.go", "function"),
        ("func TestGet(t *testing.T)", "a.go", "function"),
        ("func newCache()", "a_test.go", "function"),
    ],
)
def test_tests_are_told_by_name_and_file(head: str, path: str, kind: str) -> None:
    assert only(f"{head} {{}}\n", path).kind == kind


def test_comments_that_touch_a_unit_travel_along_others_do_not() -> None:
    text = "// far\n\n/* near */\n// nearer\nfunc f() {} // behind\n// below\n\nfunc g() {}\n"

    assert [unit.body for unit in units_of(text).values()] == ["/* near */\n// nearer\nfunc f() {}", "func g() {}"]


def test_directives_are_no_documentation(real: dict[str, Unit]) -> None:
    assert real["FetchAll"].docstring == "FetchAll loads every address and stops at the first failure."
    assert "//go:noinline" in real["FetchAll"].body


def test_only_an_underscore_makes_a_name_private(real: dict[str, Unit]) -> None:
    assert [unit.symbol for unit in real.values() if unit.is_private] == ["_hidden"]


def test_sections_stand_where_the_units_stand(real: dict[str, Unit]) -> None:
    sections = read_sections(DATA.read_text(encoding="utf-8"), "cache/cache.go")

    found = [(one.kind, one.symbol, one.start_line, one.end_line, one.body) for one in sections]
    assert found == [(one.kind, one.symbol, one.start_line, one.end_line, one.body) for one in real.values()]


@pytest.mark.parametrize(
    ("text", "signature", "parameters"),
    [
        (
            "func Get(a, b int, _ bool, rest ...string) (n int, err error) {}",
            "func Get(a, b int, _ bool, rest ...string) (n int, err error)",
            ("a", "b", "rest"),
        ),
        ("func Map[K comparable](\n\tm map[K]int,\n) {}", "func Map[K comparable]( m map[K]int, )", ("m",)),
        ("func Run(func(int) error, string)", "func Run(func(int) error, string)", ()),
        ("type A interface{ Get(x int) }", "type A interface", ()),
        ("type A func(x int) error", "type A func(x int) error", ()),
    ],
)
def test_signature_is_one_line(text: str, signature: str, parameters: tuple[str, ...]) -> None:
    unit = only(text)

    assert (unit.signature, unit.parameters) == (signature, parameters)


# Imports and names


def test_imports_are_narrowed_and_stand_below_the_package(real: dict[str, Unit]) -> None:
    code = stored_code(real["FetchAll"])

    assert code.startswith(
        'package cache\n\nimport (\n\t"context"\n\t"errors"\n\t"net/url"\n\t"sync"\n\n'
        '\tlog "github.com/sirupsen/logrus"\n)\n\n// FetchAll loads'
    )
    assert code.endswith("\treturn nil\n}\n")


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("gopkg.in/yaml.v3", "yaml"),
        ("github.com/labstack/echo/v4", "echo"),
        ("github.com/mattn/go-isatty", "isatty"),
        ("github.com/redis/go-redis/v9", "redis"),
        ("github.com/go-sql-driver/mysql", "mysql"),
        ("github.com/kballard/go-shellquote", "shellquote"),
        ("github.com/x/foo-go", "foo"),
        ("go.uber.org/zap", "zap"),
    ],
)
def test_the_name_of_a_package_is_guessed_from_its_path(module: str, name: str) -> None:
    unit = only(f'import "{module}"\nfunc f() {{ {name}.Do() }}\n')

    assert (unit.imports[1:], unit.third_party, unit.free_names) == ((f'import "{module}"',), (module,), ())


def test_a_dot_import_is_kept_where_a_name_has_no_other_source() -> None:
    found = units_of('import . "math"\nvar limit = 3\nfunc f() { Sqrt(2) }\nfunc g() int { return limit }\n')

    assert (found["f"].imports[1:], found["f"].free_names) == (('import . "math"',), ())
    assert (found["g"].imports[1:], found["g"].free_names) == ((), ("limit",))


def test_names_are_sorted_by_where_they_come_from(real: dict[str, Unit]) -> None:
    unit = real["FetchAll"]

    assert unit.builtins == ("error", "len", "make", "string")
    assert unit.standard == ("context", "errors", "net/url", "sync")
    assert unit.third_party == ("github.com/sirupsen/logrus",)
    assert unit.project_names == ()


def test_names_of_the_package_are_free(real: dict[str, Unit]) -> None:
    assert real["New"].free_names == real["New"].project_names == ("Cache", "defaultSize", "entry")


def test_a_package_below_the_module_of_the_repository_is_the_projects_own() -> None:
    text = 'import "github.com/example/shop/internal/clock"\nfunc f() { clock.Now() }\n'
    project = read_project({"go.mod": "module github.com/example/shop\n\ngo 1.22\n"})

    assert only(text).third_party == ("github.com/example/shop/internal/clock",)
    assert (only(text, project=project).third_party, only(text, project=project).project_names) == ((), ("clock",))


def test_fields_labels_parameters_and_selectors_are_no_names() -> None:
    text = """
    func f[T any](a int, url url.URL) (out T) {
    end:
        for i := range a { if x, ok := g.y(i); ok { goto end; return h{x: x, y: 1}.z } }
        switch v := out.(type) { case int: return v }
        type local struct { field other }
        const c, d = iota, 2
        var e pkg.Type = map[string]int{key: c, "d": d}
        func(b int, _ string) { b++ }(e)
        return local{}
    }
    """
    assert only(text).free_names == ("g", "h", "key", "other", "pkg", "url")


def test_the_right_side_does_not_know_the_name_on_the_left() -> None:
    unit = only('import "net/url"\nfunc f(a string) { url, err := url.Parse(a); _, _ = url, err }\n')

    assert (unit.standard, unit.free_names) == (("net/url",), ())


def test_the_framework_is_told_from_what_a_unit_uses() -> None:
    unit = only('import "github.com/labstack/echo/v4"\nfunc f(c echo.Context) error { return nil }\n')

    assert unit.framework == "echo"


# Measures

LIZARD = [
    ("", 1),
    ("if a {}", 2),
    ("if a && b || c {} else if d {} else {}", 5),
    ("for {}", 2),
    ("for i := range a { for ; b; {} }", 3),
    ("switch a { case 1, 2: case 3: default: }", 3),
    ("switch v := a.(type) { case int: _ = v }", 2),
    ("select { case <-a: default: }", 2),
    ('x := "a && b || c ? if"; _ = x', 1),
    ("defer f(a); go g()", 1),
]


@pytest.mark.parametrize(("body", "expected"), LIZARD)
def test_complexity_is_that_of_lizard(body: str, expected: int) -> None:
    assert only(f"func f(a, b, c, d int) {{\n{body}\n}}\n").measures.complexity == expected


def test_a_function_literal_is_counted_on_its_own(real: dict[str, Unit]) -> None:
    assert (real["FetchAll"].measures.complexity, real["FetchAll"].measures.total) == (6, 9)


def test_a_type_is_as_complex_as_its_most_complex_method(real: dict[str, Unit]) -> None:
    assert (real["Cache"].measures.complexity, real["Cache"].measures.total) == (3, 4)


def test_lines_are_those_that_hold_code(real: dict[str, Unit]) -> None:
    assert real["Cache"].measures.lines == 15
    assert only("// doc\nfunc f() {\n\n\t/* a\n\tb */\n\tx := 1 // c\n\t_ = x\n}\n").measures.lines == 4


@pytest.mark.parametrize(
    ("body", "depth"),
    [
        ("a()", 0),
        ("if a {} else if b {} else if c {}", 1),
        ("if a {} else { if b {} }", 2),
        ("for { switch a { case 1: if b {} } }", 3),
        ("func() { if a {} }()", 1),
    ],
)
def test_else_if_is_no_deeper_than_if(body: str, depth: int) -> None:
    assert only(f"func f() {{ {body} }}").measures.nesting == depth


# Shapes

TEMPLATE = """
func {f}[{t} any]({a} int, {b} ...{t}) ({c} {t}, {d} error) {{
{l}:
    for {e}, {g} := range {b} {{
        if {h}, {i} := m[{e}]; {i} && {a} > 10 {{ continue {l} }} else if {h} != nil {{ {c}.Name({g}) }}
    }}
    switch {j} := x.(type) {{ case int: return Point{{Name: {j}}}, nil }}
    {k} := func({a} string) error {{ return {f}({a}, {d}) }}
    return map[string]int{{"a": {a}}}, {k}("b")
}}
"""
SLOTS = "abcdefghijklt"


def shape(text: str) -> str:
    return shape_of(text, "go")


def filled(change: str = "{}") -> str:
    return TEMPLATE.format(**{slot: change.format(slot * 2) for slot in SLOTS})


def test_shape_is_the_same_for_ever() -> None:
    assert shape(filled()) == "go1:abd8da857d9b7a00845ce15a58011926"
    assert re.fullmatch(r"go1:[0-9a-f]{32}", shape(filled()))


def test_renaming_locals_keeps_the_shape() -> None:
    assert shape(filled()) == shape(filled("{}Renamed")) == shape(filled("Name{}"))


def test_layout_comments_imports_and_package_do_not_count() -> None:
    plain = 'package a\nfunc f(x int) { if x > 1 { g("a", x) } }\n'
    other = 'package b\n\nimport "fmt"\n\n// Doc.\nfunc h(y int) {\n\tif y > 1 { // c\n\t\tg("a",\n\t\t\ty,\n\t\t)\n\t}\n}\n'

    assert shape(plain) == shape(other)


@pytest.mark.parametrize(
    "changed",
    [
        'func f(x int) { if x > 2 { g("a", x) } }',
        'func f(x int) { if x >= 1 { g("a", x) } }',
        'func f(x int) { if x > 1 { h("a", x) } }',
        'func f(x int) { if x > 1 { g("b", x) } }',
        'func f(x int8) { if x > 1 { g("a", x) } }',
        'func f(x int) { if x > 1 { g("a", x); return } }',
        'func f(x ...int) { if x > 1 { g("a", x) } }',
        'func (f A) g(x int) { if x > 1 { g("a", x) } }',
    ],
)
def test_structure_constants_types_and_outside_names_count(changed: str) -> None:
    assert shape(changed) != shape('func f(x int) { if x > 1 { g("a", x) } }')


def test_parts_that_may_be_left_out_are_told_apart() -> None:
    texts = ["for a; b; c {}", "for ; a; {}", "for a {}", "_ = x[a:]", "_ = x[:a]", "_ = x[a]"]

    assert len({shape(f"func f() {{ {text} }}") for text in texts}) == len(texts)


def test_the_shape_of_stored_code_is_that_of_the_unit(real: dict[str, Unit]) -> None:
    assert {symbol: shape(stored_code(unit)) for symbol, unit in real.items()} == {
        symbol: unit.shape for symbol, unit in real.items()
    }
