"""Reading JavaScript, with JSX. The numbers in ``LIZARD`` are those that lizard 1.24.3 prints."""

from __future__ import annotations

from pathlib import Path

import pytest

from foundry_git.source.manifests import NO_PROJECT, Project, read_project
from foundry_git.source.reader import read_methods, read_sections, read_units, stored_code
from foundry_git.source.shapes import shape_of
from foundry_git.source.units import Unit

DATA = Path(__file__).parent / "languages/javascript"
FILES = ["queue.cjs", "Menu.jsx"]


def units_of(text: str, path: str = "src/mod.js", project: Project = NO_PROJECT) -> dict[str, Unit]:
    return {unit.symbol: unit for unit in read_units(text, path, project=project)}


def only(text: str, path: str = "src/mod.js", project: Project = NO_PROJECT) -> Unit:
    (unit,) = units_of(text, path, project).values()
    return unit


def data_units(name: str) -> dict[str, Unit]:
    return units_of((DATA / name).read_text(encoding="utf-8"), f"src/{name}")


# Units


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("function f() {}", [("f", "function")]),
        ("async function f() {}\nfunction* g() {}", [("f", "function"), ("g", "function")]),
        ("const f = () => 1, x = 2", [("f", "function")]),
        ("let f = async function named() {}\nvar g = function* () {}", [("f", "function"), ("g", "function")]),
        ("class A {}\nconst B = class {}", [("A", "class"), ("B", "class")]),
        (
            "export function f() {}\nexport const g = x => x\nexport class A {}",
            [("f", "function"), ("g", "function"), ("A", "class")],
        ),
        ("export default function () {}", [("mod", "function")]),
        ("export default class {}", [("mod", "class")]),
        ("export default (a) => a\nfunction mod() {}", [("default", "function"), ("mod", "function")]),
        ("export default f\nexport { f }\nexport * from './x'", []),
        ("module.exports = function run() {}", [("run", "function")]),
        ("module.exports = () => 1", [("mod", "function")]),
        ("exports = module.exports = function run() {}", [("run", "function")]),
        ("exports.f = function () {}\nmodule.exports.g = (a) => a", [("f", "function"), ("g", "function")]),
        ("const f = memo(forwardRef(function F() {}))", [("f", "function")]),
        ("const f = React.memo(() => 1)\nconst g = debounce((a) => a, 100)", [("f", "function"), ("g", "function")]),
        ("const a = useCallback(() => 1)\nconst b = list.map((x) => x)\nconst c = new P(() => 1)", []),
        ("app.handle = function handle() {}", [("app.handle", "function")]),
        ("const f = memo()\nconst g = memo(/* none */)\nmemo()\n", []),
        ("const f = /** @type {F} */ (/* why */ function () {})", [("f", "function")]),
        ("if (x) { function f() {} }\nfoo(function () {})\nconst x = 1, y = { f() {} }", []),
        ("const y = { f() {}, g: (a) => a, h: 1 }\nconst z = { a: 1, b: 2, c() {} }", [("y", "class")]),
        ("module.exports = { f() {} }\nexports.sub = { g: function () {} }", [("mod", "class"), ("sub", "class")]),
        ("export default { f() {} }", [("mod", "class")]),
        ("defineGetter(req, 'ip', function ip() {})\nplugin.add('size', (a) => a)", [("ip", "function"), ("size", "function")]),
        ("Object.defineProperty(req, 'host', { get: function () {} })", [("host", "function")]),
        (
            "process.on('exit', function () {})\napp.get('/', (req, res) => {})\nsort(list, function byAge(a, b) {})",
            [("byAge", "function")],
        ),
        ("export default isThere && function (config) {}", [("mod", "function")]),
        ("(function () {\n  function f() {}\n  var g = () => 1\n})()", [("f", "function"), ("g", "function")]),
        (";(function () {\n  function f() {}\n}.call(this))", [("f", "function")]),
        ("'use strict'\nvar Lib = (() => {\n  function f() {}\n  return { f }\n})()\nmodule.exports = Lib", [("f", "function")]),
        ("define(['a'], function (a) {\n  function f() {}\n  return f\n})", [("f", "function")]),
        (
            "(function (root, make) {\n  function load() {}\n  make(root)\n}(this, function (exports) {\n  exports.f = () => 1\n}))",
            [("f", "function")],
        ),
        ("(function () {\n  function f() {}\n})()\nfunction g() {}", [("g", "function")]),
        ("// @flow\nexport function f(a: ?string, b: {| +c: number |}): *  {\n  return (a: any);\n}", [("f", "function")]),
        ("function f() {}\nfunction f() { return 2 }", [("f", "function")]),
    ],
)
def test_functions_and_classes_are_units_however_they_get_their_name(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(unit.symbol, unit.kind) for unit in read_units(text, "src/mod.js")] == expected


def test_an_export_of_an_index_is_named_after_its_folder() -> None:
    assert only("export default () => 1", "src/clamp/index.js").symbol == "clamp"


def test_a_function_with_methods_is_a_class_and_they_are_part_of_it() -> None:
    unit = data_units("queue.cjs")["Queue"]

    assert (unit.kind, unit.start_line, unit.end_line, unit.parameters) == ("class", 15, 39, ("width", "options"))
    assert [line for line in unit.body.splitlines() if not line.startswith((" ", "}", "/"))] == [
        "function Queue(width, options = {}) {",
        "",
        "Object.setPrototypeOf(Queue.prototype, EventEmitter.prototype)",
        "",
        "Queue.prototype.push = function push(task) {",
        "",
        "Queue.of = (...tasks) => tasks.reduce((queue, task) => queue.push(task), new Queue())",
    ]
    assert "/** Adds a task. */" in unit.body


def test_a_method_of_something_from_elsewhere_is_a_unit_of_its_own() -> None:
    unit = only("Runner.prototype.run = function (a) { return a }")

    assert (unit.symbol, unit.name, unit.kind, unit.free_names) == ("Runner.run", "run", "function", ("Runner",))


def test_a_property_is_part_of_its_function_but_makes_no_class_of_it() -> None:
    unit = data_units("Menu.jsx")["Menu"]

    assert unit.kind == "function" and unit.body.endswith("Menu.displayName = 'Menu'")


def test_calls_of_a_test_runner_are_units_in_test_files_only() -> None:
    text = (
        "describe('Queue', () => { it('pushes', () => {}) })\nit.only(`drains`, async () => {})\n"
        "test.each([1])('holds %d', (n) => {})\nfunction helper() {}\nsetup('x')\n"
    )

    found = [(unit.symbol, unit.kind) for unit in read_units(text, "src/queue.test.js")]
    assert found == [("Queue", "test"), ("drains", "test"), ("holds %d", "test"), ("helper", "function")]
    assert list(units_of(text, "src/queue.js")) == ["helper"]
    assert units_of(text, "src/queue.test.js")["holds %d"].signature == "test.each([1])('holds %d')"


def test_a_comment_directly_above_belongs_to_a_unit_and_jsdoc_is_its_docstring() -> None:
    found = data_units("queue.cjs")

    assert found["Queue"].docstring == (
        "Runs tasks, a few at a time.\n\n@param {number} width how many at a time\n@param {{ strict: boolean }} options"
    )
    assert found["Queue"].description == "Runs tasks, a few at a time."
    assert found["load"].body.startswith("// Reads a task from disk.\nexports.load = async function load(")
    assert found["load"].docstring == "" and found["load"].start_line == 41
    assert only("/** @file Licence */\n\nfunction f() {}").body == "function f() {}"


@pytest.mark.parametrize(
    ("text", "signature", "parameters"),
    [
        ("async function* f(a, ...rest) {}", "async function* f(a, ...rest)", ("a", "rest")),
        ("const f = async x => x", "async function f(x)", ("x",)),
        ("function f(a = 1, { b, c: d = 2, ...e } = {}, [g, [h]]) {}", None, ("a", "b", "c", "e", "g", "h")),
        ("function f(table = { one: 1, two: 2, three: 3, four: 4, five: 5 }) {}", "function f(table = …)", ("table",)),
        ("function f(\n  a, // first\n  b /* second */,\n) {}", "function f(a, b)", ("a", "b")),
        ("class A extends B { constructor(x, y) { super() } }", "class A extends B: constructor(x, y)", ("x", "y")),
        ("class A { m(x) {} }", "class A", ()),
    ],
)
def test_signature_is_one_line(text: str, signature: str | None, parameters: tuple[str, ...]) -> None:
    unit = only(text)

    assert unit.parameters == parameters and unit.measures.parameters == len(parameters)
    assert signature is None or unit.signature == signature


def test_a_leading_underscore_is_private() -> None:
    assert [unit.is_private for unit in read_units("function _f() {}\nfunction f_() {}", "a.js")] == [True, False]


# Imports and names


@pytest.mark.parametrize(
    ("statement", "use", "kept"),
    [
        ("import a, { b, c as d } from 'x'", "d", "import { c as d } from 'x'"),
        ("import a, { b, c as d } from 'x'", "a", "import a from 'x'"),
        ('import a, * as all from "x";', "all.y", 'import * as all from "x";'),
        ("import data from './a.json' with { type: 'json' }", "data", "import data from './a.json' with { type: 'json' }"),
        ("import 'x'", "y", ""),
        ("const a = require('x')", "a.b", "const a = require('x');"),
        ("const { a, b: c, d = 1 } = require('x')", "c + d", "const { b: c, d = 1 } = require('x');"),
        ("var a = require('x'), b = require('y').z", "b", "var b = require('y').z;"),
        ("const log = require('debug')('app')", "log", "const log = require('debug')('app');"),
        ("const { a, ...rest } = require('x')", "rest", "const { a, ...rest } = require('x');"),
    ],
)
def test_imports_are_narrowed_to_what_is_used(statement: str, use: str, kept: str) -> None:
    unit = only(f"{statement}\nfunction f() {{ return {use} }}")

    assert "\n".join(unit.imports) == kept


def test_a_file_with_tags_keeps_react_for_older_compilers_if_it_imports_it() -> None:
    assert data_units("Menu.jsx")["Empty"].imports == ("import React from 'react'",)
    assert only("const f = () => <p/>").project_names == ()


def test_modules_are_told_apart() -> None:
    text = (
        "import a from 'node:fs/promises'\nimport b from 'path'\nimport c from '@scope/kit/sub'\nimport d from 'lodash/fp'\n"
        "import e from './near'\nimport g from '@/top'\nimport h from '#internal'\nimport i from '@acme/ui/button'\n"
        "function f() { return [a, b, c, d, e, g, h, i, require('zlib').x, import('./late')] }"
    )
    unit = only(text, project=read_project({"package.json": '{"name": "@acme/ui"}'}))

    assert unit.standard == ("fs/promises", "path", "zlib")
    assert unit.third_party == ("@scope/kit", "lodash")
    assert unit.project_names == ("./late", "e", "g", "h", "i")


@pytest.mark.parametrize(
    ("text", "free"),
    [
        ("function f(a, { b, c: [d], ...e }, [g = h]) { return a + b + d + e + g + f }", ("h",)),
        ("function f() { x = y; var x; { let z = x; var w } return w + z }", ("y", "z")),
        ("function f() { return g(); function g() { return inner } }", ("inner",)),
        ("function f() { for (const [k, v] of m) k(v); for (let i = 0; i < n; i++); return k + i }", ("i", "k", "m", "n")),
        ("function f() { try { a() } catch ({ message }) { return message } return message }", ("a", "message")),
        ("const f = function g() { return g + f + arguments.length }", ()),
        ("const f = () => { class A extends B { #p = q; m() { return A } } return new A().m }", ("B", "q")),
        ("function f(o) { label: for (;;) break label; return { key: o.name, short, [k]: 1, m() {} } }", ("k", "short")),
        ("const f = () => <Menu.Item on={go} as='x'><div title={t}>text</div></Menu.Item>", ("Menu", "go", "t")),
        ("function f(a = b, b) { switch (a) { case c: let d = 1; return d } return `${e}` }", ("c", "e")),
    ],
)
def test_names_from_outside_are_found_by_scope(text: str, free: tuple[str, ...]) -> None:
    assert only(text).free_names == free


def test_builtins_are_names_of_the_language_browsers_and_node() -> None:
    unit = units_of(
        "const name = 1\nfunction f(window) { return [JSON, process, window, document, undefined, name, fetch(NaN)] }"
    )["f"]

    assert unit.builtins == ("JSON", "NaN", "document", "fetch", "process", "undefined")
    assert unit.free_names == ("name",)


# Measures


LIZARD = [
    ("return a", 1),
    ("if (a) b(); else if (c) d(); else e()", 3),
    ("return a && b || c ?? d", 4),
    ("return a ? b : c ? d : e", 3),
    ("return a?.b?.[c]?.()", 1),
    ("for (;;) {} for (const x of y) {} for (const x in y) {}", 4),
    ("while (a) {} do {} while (b)", 3),
    ("switch (a) { case 1: case 2: break; default: }", 3),
    ("try {} catch {} finally {}", 2),
    ("a ||= 1; b &&= 2; c ??= 3", 4),
    ("const { x = 1, y: z = 2 } = a", 3),
]


@pytest.mark.parametrize(("body", "expected"), LIZARD)
def test_complexity_is_that_of_lizard(body: str, expected: int) -> None:
    assert only(f"function f(a, b) {{ {body} }}").measures.complexity == expected


def test_a_default_is_a_branch_and_a_nested_function_is_counted_on_its_own() -> None:
    assert only("function f(a = 1, { b = 2 } = {}) {}").measures.complexity == 4
    measures = only("const f = (a) => a && ((b) => b || b || b)").measures
    assert (measures.complexity, measures.total) == (3, 5)


def test_blank_lines_and_comments_are_no_lines_of_code() -> None:
    unit = only("/**\n * Doc.\n */\nfunction f() {\n\n  // why\n  return `a\n\n  // text`  // tail\n}\n")

    assert unit.measures.lines == 4


def test_nesting_counts_blocks_and_else_if_is_no_deeper() -> None:
    text = "function f() { if (a) {} else if (b) {} else { for (;;) { try {} catch {} } } list.map(() => { if (c) {} }) }"

    assert only(text).measures.nesting == 3


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("function f() {}", 1.0),
        ("function f(a, b) {}", 0.0),
        ("/** @param {string} a\n * @param b */\nfunction f(a, b) {}", 0.5),
        ("/** @param {{ a: number }} options */\nfunction f({ a, b }) {}", 1.0),
        ("/** @type {(a: string) => void} */\nconst f = (a) => {}", 1.0),
    ],
)
def test_a_parameter_is_typed_where_its_documentation_says_so(text: str, share: float) -> None:
    assert only(text).measures.typed == share


# Shapes


def shape(text: str) -> str:
    return shape_of(text, "javascript")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("function f(a, b) { return a + b }", "function g(x, y) {\n  // sum\n  return x + y;\n}"),
        ("const f = a => a", "const g = (b) => b"),
        ("function f() { return 'it\\'s' }", 'export function g() { return "it\'s"; }'),
        ("const f = ({ a }) => ({ a })", "const f = ({ a: x }) => ({ a: x })"),
        ("const f = ({ a = 1 }) => a", "const f = ({ a: b = 1 }) => b"),
        ("function f(a) { return (a + 1) }", "function f(a) { return a + 1 }"),
        ("f = [a, b,]", "f = [a, b]"),
        ("export default function f() {}", "function f() {}"),
        ("import x from 'x'\nconst y = require('y')\nfunction f() {}", "function f() {}"),
        ("const f = () => <p>\n  a b\n  {c}\n</p>", "const f = () => <p>a b{c}</p>"),
        ("function f() { a: for (;;) break a }", "function f() { b: for (;;) break b }"),
    ],
)
def test_names_comments_layout_and_quotes_do_not_count(one: str, other: str) -> None:
    assert shape(one) == shape(other)
    assert shape(one).startswith("js1:")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("function f(a, b) { return a - b }", "function f(a, b) { return b - a }"),
        ("function f() { return 1 }", "function f() { return 2 }"),
        ("function f() { return 'a' }", "function f() { return 'b' }"),
        ("function f() { return a }", "function f() { return b }"),
        ("function f() {}", "async function f() {}"),
        ("function f() {}", "function* f() {}"),
        ("const f = () => {}", "const f = () => ({})"),
        ("const f = ([, b]) => b", "const f = ([b]) => b"),
        ("const f = (a) => (a?.b).c", "const f = (a) => a?.b.c"),
        ("const f = (a) => a.b", "const f = (a) => a?.b"),
        ("class A { static x = 1 }", "class A { x = 1 }"),
        ("class A { get x() {} }", "class A { x() {} }"),
        ("function f() { let a }", "function f() { const a = 1 }"),
        ("const f = () => <div/>", "const f = () => <p/>"),
        ("function f() { return /a/ }", "function f() { return /a/g }"),
        ("function f() { return `a${b}` }", "function f() { return `a${b} ` }"),
        ("for (; a;) ;", "for (;; a) ;"),
        ("if (a) { b() } else c()", "if (a) { b(); c() }"),
    ],
)
def test_what_a_program_does_counts(one: str, other: str) -> None:
    assert shape(one) != shape(other)


@pytest.mark.parametrize("name", FILES)
def test_a_stored_unit_has_the_shape_of_the_unit_and_is_read_again(name: str) -> None:
    units = data_units(name)

    assert len(units) >= 4
    for unit in units.values():
        again = only(stored_code(unit), f"src/{name}")
        assert shape_of(stored_code(unit), "javascript") == unit.shape, unit.symbol
        assert (again.body, again.imports, again.shape) == (unit.body, unit.imports, unit.shape)


@pytest.mark.parametrize("name", FILES)
def test_sections_are_where_the_units_are(name: str) -> None:
    text = (DATA / name).read_text(encoding="utf-8")

    units = [(unit.kind, unit.symbol, unit.start_line, unit.end_line, unit.body) for unit in read_units(text, name)]
    assert [(one.kind, one.symbol, one.start_line, one.end_line, one.body) for one in read_sections(text, name)] == units


# Frameworks


def framework(text: str, path: str, dependencies: str) -> str:
    project = read_project({"package.json": f'{{"dependencies": {dependencies}}}'})
    return read_units(text, path, project=project)[-1].framework


def test_a_framework_is_told_from_the_imports_and_weakly_from_the_manifest() -> None:
    both = '{"react": "18", "next": "14"}'
    assert framework("import express from 'express'\nfunction f() { return express() }", "a.js", both) == "express"
    assert framework("const f = () => <p/>", "src/a.jsx", both) == "react"
    assert framework("const f = () => <p/>", "src/a.jsx", '{"preact": "1"}') == ""
    assert framework("import { useState } from 'react'\nconst f = () => <p/>", "src/a.jsx", "{}") == "react"
    assert framework("import React from 'react'\nconst f = () => 1", "src/a.js", both) == ""
    assert framework("const f = () => <p/>\nconst g = (a) => a + 1", "src/a.jsx", both) == ""
    assert framework("export default () => <p/>\nconst g = (a) => a + 1", "app/page.jsx", both) == ""
    assert framework("export default () => <p/>\nexport async function getStaticProps() {}", "pages/a.jsx", both) == "next"
    assert framework("const f = () => 1", "src/a.js", both) == ""
    assert framework("export default () => <p/>", "app/page.jsx", both) == "next"
    assert framework("export async function GET() {}", "src/app/api/route.js", both) == "next"
    assert framework("export async function get() {}", "src/app/api/route.js", both) == ""


def test_what_flow_adds_leaves_no_trace_in_the_shape() -> None:
    typed = only("/* @flow */\nfunction f(a: ?Map<string, *>, b: {| +c: number |}): boolean %checks {\n  return (a: any);\n}")
    assert typed.shape == only("function f(a, b) {\n  return a\n}").shape


def test_the_methods_of_an_object_are_read_as_those_of_a_class() -> None:
    text = "module.exports = {\n  a(x) {\n    return x\n  },\n  b: function () {},\n  'c-d': () => 1,\n  e: 1,\n}"
    assert [(one.symbol, one.body) for one in read_methods(text, "src/mod.js")] == [
        ("mod.a", "a(x) {\n  return x\n}"),
        ("mod.b", "b: function () {}"),
    ]
    assert only(text).signature == "const mod = { a(x), b(), 'c-d'(), e }"
