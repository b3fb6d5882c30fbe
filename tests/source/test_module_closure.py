"""A closure in JavaScript and TypeScript: what a unit needs of its project by import and require, in one file, or what cannot come."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from foundry_git.source.closure import MOST_HELPER_LINES, MOST_HELPERS, Closure
from foundry_git.source.manifests import read_project
from foundry_git.source.reader import closed, left_open, read_units, stored_code
from foundry_git.source.shapes import shape_of

WORK = "export function work(a: number) {\n  return clamp(a, LEAST);\n}\n"


def below(files: Mapping[str, str], folder: str) -> list[list[str]]:
    return [file.removeprefix(f"{folder}/").split("/") for file in files if not folder or file.startswith(f"{folder}/")]


def close(files: Mapping[str, str], symbol: str = "work", path: str = "src/work.ts") -> Closure:
    project = read_project(files, lambda folder: {f"{one[0]}/" if one[1:] else one[0] for one in below(files, folder)})
    unit = next(unit for unit in read_units(files[path], path, project=project) if unit.symbol == symbol)
    closure = closed(unit, files[path], path, project, files.get)
    if not closure.missing:
        assert left_open(closure.code, unit.language, path) == ()
        assert shape_of(closure.code, unit.language, symbol) == unit.shape
    return closure


def test_helpers_of_the_same_file_come_along_without_their_export() -> None:
    text = f"{WORK}\n/** Bounds. */\nexport const LEAST = 1, MOST = 9;\nexport function clamp(a: number, b: number): number;\n"
    closure = close({"src/work.ts": f"{text}export function clamp(a, b) {{\n  return a > b ? a : b;\n}}\n"})

    assert closure.helpers == ("LEAST", "clamp")
    assert closure.code == (
        "/** Bounds. */\nconst LEAST = 1;\n\nfunction clamp(a: number, b: number): number;\n\n"
        f"function clamp(a, b) {{\n  return a > b ? a : b;\n}}\n\n{WORK}"
    )


def test_what_needs_nothing_is_stored_as_it_is() -> None:
    text = 'import { join } from "node:path";\n\nexport function work(a: string) {\n  return join(a, "b");\n}\n'

    assert close({"src/work.ts": text}) == Closure(stored_code(read_units(text, "src/work.ts")[0]))


def test_helpers_of_other_files_come_along_with_their_imports_each_name_once() -> None:
    closure = close(
        {
            "src/work.ts": 'import { ref } from "vue";\nimport { clamp } from "./bounds.js";\nimport { LEAST } from "./marks";\n'
            + WORK.replace("(a, ", "(ref(a), "),
            "src/bounds.ts": 'import { ref, watch } from "vue";\nimport type { Level } from "@/marks";\n'
            "export function clamp(a: Level, b: Level) {\n  return watch(ref(a), b);\n}\n",
            "src/marks/index.ts": "export type Level = number;\nexport const LEAST: Level = 1;\n",
        }
    )

    assert closure.helpers == ("Level", "LEAST", "clamp")
    assert closure.code.startswith('import { ref, watch } from "vue";\n\ntype Level = number;\n')
    assert closure.code.count("Level = ") == 2 and "marks" not in closure.code


@pytest.mark.parametrize(
    ("imported", "exported", "held"),
    [
        ("import clamp from", "export default function clamp(a) { return a; }", "function clamp(a) { return a; }"),
        ("import clamp from", "export default (a) => a;", "const clamp = (a) => a;"),
        ("import clamp from", "function least(a) { return a; }\nexport default least;", "const clamp = least;"),
        ("import { max as clamp } from", "export { Math as max } from 'mathlib';", 'import { Math as clamp } from "mathlib";'),
        ("import { clamp } from", "export * from './inner';", "function clamp() {}"),
        ("import { clamp } from", "export { least as clamp } from './inner';", "const clamp = least;"),
        ("import { max as clamp } from", "export class max {}", "const clamp = max; type clamp = max;"),
        ("import type { max as clamp } from", "export interface max { a: 1 }", "type clamp = max;"),
        ("import { clamp } from", "enum clamp { one }\nexport { clamp };", "enum clamp { one }"),
    ],
)
def test_an_import_is_followed_through_what_exports_it(imported: str, exported: str, held: str) -> None:
    closure = close(
        {
            "src/work.ts": f'{imported} "./bounds";\n{WORK.replace(", LEAST", "")}',
            "src/bounds.ts": f"{exported}\n",
            "src/inner.ts": "export function clamp() {}\nexport function least() {}\n",
        }
    )

    assert closure.missing == ()
    assert held in closure.code.splitlines()
    assert "./" not in closure.code


@pytest.mark.parametrize(
    "exported",
    [
        "export const min = (a) => a;\nexport const huge = require('./gone');\n",
        "const min = (a) => a;\nconst huge = load();\nexport default { min, huge };\n",
        "module.exports = { min, huge };\nfunction min(a) { return a; }\nvar huge = load();\n",
        "exports.min = (a) => a;\nexports.huge = load();\n",
    ],
)
def test_of_a_whole_module_comes_what_is_used_of_it(exported: str) -> None:
    is_module = exported.startswith("export const")
    head = 'import * as bounds from "./bounds";' if is_module else 'import bounds from "./bounds";'
    head = "const bounds = require('./bounds');" if "exports" in exported else head
    files = {"work.js": f"{head}\nfunction work(a) {{\n  return bounds.min(a);\n}}\n", "bounds.js": exported}

    closure = close(files, path="work.js")

    assert closure.helpers == ("min",)
    assert "const bounds = { min };\n" in closure.code and "huge" not in closure.code


def test_a_name_that_the_language_reserves_is_none_of_a_constant() -> None:
    files = {
        "work.js": 'import * as ensure from "./ensure";\nexport function work(a) {\n  return ensure.enum(a);\n}\n',
        "ensure/index.js": "export { default as enum } from './enum';\n",
        "ensure/enum.js": "export default (a) => a;\n",
    }

    assert "const enum_ = (a) => a;\n\nconst ensure = { enum: enum_ };\n" in close(files, path="work.js").code


def test_what_a_script_exports_and_uses_itself_comes_as_it_is_written() -> None:
    own = "exports.one = (a) => a;\n\nexports.two = (a) => a;\n\n"
    text = f"{own}exports.work = function (a) {{\n  return exports.one(exports.two(a));\n}};\n"

    assert close({"work.js": text}, path="work.js").code == text


def test_what_is_made_of_the_unit_stands_behind_it() -> None:
    text = "export class Stock { low() { return TABLE.low(); } }\nclass Low extends Stock {}\n"
    text += "const TABLE = { low: () => new Low(), Low };\n"

    code = close({"src/a.js": text}, "Stock", "src/a.js").code
    assert code.index("class Stock") < code.index("class Low") < code.index("const TABLE")


def test_a_table_comes_along_with_what_fills_it_and_a_class_with_its_methods() -> None:
    text = (
        "var codes = {};\n['a', 'b'].forEach(function (one) {\n  codes[one] = one;\n});\n"
        "function Cache() {}\nCache.prototype.get = function (key) {\n  return codes[key];\n};\n"
        "function work(key) {\n  return new Cache().get(key);\n}\n"
    )

    closure = close({"work.js": text}, path="work.js")

    assert closure.helpers == ("codes", "Cache")
    assert "codes[one] = one;" in closure.code and "Cache.prototype.get" in closure.code


def test_a_package_that_two_files_call_by_two_names_is_imported_twice() -> None:
    files = {
        "work.js": 'import Path from "node:path";\nimport { load } from "./load";\n'
        "export function work() {\n  return Path.sep + load();\n}\n",
        "load.js": 'import path, { join } from "node:path";\nexport const load = () => join(path.sep, "a");\n',
    }

    assert close(files, path="work.js").code.startswith(
        'import path, { join } from "node:path";\nimport Path from "node:path";\n\n'
    )


def test_a_package_of_the_same_repository_is_the_projects() -> None:
    files = {
        "packages/core/work.ts": f'import {{ clamp, LEAST }} from "@shop/shared";\n{WORK}',
        "packages/shared/package.json": json.dumps({"name": "@shop/shared"}),
        "packages/shared/src/index.ts": "export * from './bounds';\nexport const LEAST = 1;\n",
        "packages/shared/src/bounds.ts": "export const clamp = (a: number, b: number) => a + b;\n",
    }

    assert set(close(files, path="packages/core/work.ts").helpers) == {"clamp", "LEAST"}


@pytest.mark.parametrize(
    ("module", "config"),
    [
        ("@lib/marks", '{\n  // by webpack\n  "compilerOptions": {"paths": {"@lib/*": ["./gone/*", "./src/lib/*",],},}\n}'),
        ("~lib/marks", '{"compilerOptions": {"baseUrl": "./src", "paths": {"~*": ["*"]}}}'),
        ("marks", '{"compilerOptions": {"paths": {"*": ["gone/*"], "marks": ["src/lib/marks.ts"]}}}'),
        ("lib/marks", '{"compilerOptions": {"baseUrl": "src"}}'),
        ("@lib/marks", '{"extends": ["./config/a", "@tsconfig/node20", "./config/b.json"], "compilerOptions": {"strict": true}}'),
        ("#marks", '{"files": [], "references": [{"path": "./tsconfig.app.json"}]}'),
        ("@cfg/marks", '{"extends": "./config/b.json", "compilerOptions": {"paths": {"@cfg/*": ["${configDir}/src/lib/*"]}}}'),
    ],
)
def test_names_that_a_configuration_gives_to_files_are_the_projects(module: str, config: str) -> None:
    files = {
        "web/tsconfig.json": config,
        "web/tsconfig.app.json": '{"compilerOptions": {"paths": {"#marks": ["./src/lib/marks"]}}}',
        "web/config/a.json": '{"extends": "../tsconfig.json", "compilerOptions": {"paths": {"@lib/*": ["gone/*"]}}}',
        "web/config/b.json": '{"compilerOptions": {"baseUrl": "../src", "paths": {"@lib/*": ["lib/*"]}}}',
        "web/package.json": '{"dependencies": {"vue": "3"}}',
        "web/src/work.ts": f'import {{ ref }} from "vue";\nimport {{ clamp, LEAST }} from "{module}";\n'
        + WORK.replace("(a, ", "(ref(a), "),
        "web/src/vue/index.ts": "export const ref = 1;\n",
        "web/src/lib/marks.ts": "export const LEAST = 1;\nexport const clamp = (a: number, b: number) => a + b;\n",
    }

    closure = close(files, path="web/src/work.ts")

    assert set(closure.helpers) == {"clamp", "LEAST"} and closure.code.count("import") == 1


@pytest.mark.parametrize(
    "config", ['{"compilerOptions": {"paths": ["a"], "baseUrl": 1}, "extends": 2, "references": 3}', "[]", "{", "{" * 99]
)
def test_a_configuration_that_says_nothing_gives_no_names(config: str) -> None:
    files = {"tsconfig.json": config, "src/work.ts": f'import {{ clamp, LEAST }} from "lib/marks";\n{WORK}'}

    assert close(files).helpers == ()


@pytest.mark.parametrize(
    ("before", "expression", "missing"),
    [
        ("", "nowhere()", "nowhere, which nothing defines"),
        ("import { load } from './gone';", "load()", "load of its project"),
        ("import styles from './work.module.css';", "styles.a", "styles of its project"),
        ("import * as marks from './marks';", "Object.keys(marks)", "marks of its project"),
        ("import { app } from './marks';", "app.run()", "app, which is made by express at import"),
        ("", "require('./marks').load()", "./marks of its project"),
        ("const deep = 1;\nimport { load } from './marks';", "load() + deep", "deep, which means two things"),
        ("import { read } from './marks';", "read()", "files beside its own (__dirname)"),
        ("import { size } from './typed';", "size(a)", "code that is written in another language"),
    ],
)
def test_what_cannot_come_along_is_named(before: str, expression: str, missing: str) -> None:
    files = {
        "work.js": f"{before}\nexport function work(a) {{\n  return {expression};\n}}\n",
        "marks.js": "import express from 'express';\nimport fs from 'fs';\nconst deep = 2;\nexport const app = express();\n"
        "export function load() { return deep; }\nexport function read() { return fs.readFileSync(__dirname); }\n",
        "typed.ts": "export function size(a: string): number { return a.length; }\n",
    }

    closure = close(files, path="work.js")

    assert (closure.code, closure.missing) == ("", (missing,))


def test_more_than_a_few_helpers_are_a_part_of_the_project_and_types_count_by_their_lines() -> None:
    def chain(length: int, lines: int) -> Closure:
        body = "  // nothing\n" + "  go();\n" * lines
        steps = "".join(f"function s{n}() {{\n{body}  return s{n + 1}();\n}}\n" for n in range(length))
        ends = f"function s{length}() {{}}\nfunction go() {{}}\nfunction work() {{ return s0(); }}\n"
        return close({"work.ts": steps + ends}, path="work.ts")

    types = "".join(f"type T{n} = T{n + 1} | {n};\n" for n in range(3 * MOST_HELPERS)) + f"type T{3 * MOST_HELPERS} = 0;\n"

    assert len(chain(MOST_HELPERS - 2, 1).helpers) == MOST_HELPERS
    assert chain(MOST_HELPERS - 1, 1).missing == (f"more than {MOST_HELPERS} definitions of its project",)
    assert chain(1, MOST_HELPER_LINES).missing == (f"more than {MOST_HELPER_LINES} lines of its project",)
    assert close({"src/work.ts": f"{types}function work(a: T0) {{ return a; }}\n"}).missing == ()


def test_a_text_of_any_size_that_holds_all_it_needs_leaves_nothing_open() -> None:
    steps = "".join(f"function s{n}() {{ return s{n + 1}(); }}\n" for n in range(150))

    assert left_open(f"{steps}function s150() {{}}\n", "javascript") == ()
    for _ in range(2):
        assert left_open(f"{steps}", "javascript") == ("s150, which nothing defines",)


def test_files_that_import_each_other_end() -> None:
    files = {
        "work.js": "import { load } from './a';\nexport function work() { return load(); }\n",
        "a.js": "export * from './b';\nexport { load } from './b';\n",
        "b.js": "export * from './a';\n",
    }

    assert close(files, path="work.js").missing == ("load of its project",)


def test_a_thousand_files_that_pass_a_name_on_and_one_that_holds_itself_end() -> None:
    files = {f"a{n}.js": f"export {{ load }} from './a{n + 1}';\n" for n in range(1_000)}
    files["a1000.js"] = "export function load() {}\n"
    files["work.js"] = "import { load } from './a0';\nexport function work() { return load(); }\n"
    files["self.js"] = "export * as ns from './self';\n"
    files["turn.js"] = "import * as ns from './self';\nexport function work(a) { return ns.ns.ns(a); }\n"

    assert close(files, path="work.js").missing == ("load of its project",)
    assert close(files, path="turn.js").missing == ("ns of its project",)


def test_a_member_of_a_namespace_finds_what_stands_in_it_and_around_it() -> None:
    inside = "  const MOST = 9;\n  export function work(a: number) {\n    return a + LEAST + MOST;\n  }\n"
    text = f"const LEAST = 1;\nnamespace shop {{\n{inside}}}\n"

    assert close({"src/work.ts": text}, "shop.work").helpers == ("LEAST", "MOST")


@pytest.mark.parametrize("path", ["a.ts", "a.js"])
def test_using_declares_a_name(path: str) -> None:
    text = (
        "async function work(path) {\n  using file = open(path);\n  await using lock = take(file);\n"
        "  for (using part of file) {\n    part.use(lock);\n  }\n  return file;\n}\n"
    )
    (unit,) = read_units(text, path)
    (renamed,) = read_units(text.replace("file", "handle").replace("lock", "guard").replace("part", "piece"), path)

    assert unit.free_names == ("take",)
    assert unit.shape == renamed.shape != read_units(text.replace("using file", "const file"), path)[0].shape
    assert unit.body == text.strip()


def test_using_may_say_a_type() -> None:
    (unit,) = read_units("function work() {\n  using file: File = new File([], '');\n  return file;\n}\n", "a.ts")

    assert unit.free_names == ()


def test_a_unit_within_the_function_around_its_file_brings_what_it_needs_from_there() -> None:
    helper = "  var LEAST = 1\n  function clamp(a) {\n    return a\n  }\n"
    text = f"(function () {{\n{helper}  function work(a) {{\n    return clamp(a, LEAST)\n  }}\n}})()\n"
    closure = close({"src/work.js": text}, path="src/work.js")

    assert closure.code == (
        "var LEAST = 1\n\nfunction clamp(a) {\n  return a\n}\n\nfunction work(a) {\n  return clamp(a, LEAST)\n}\n"
    )


def test_an_object_of_functions_comes_with_what_its_functions_need() -> None:
    text = "const path = require('path')\nconst LEAST = 1\nmodule.exports = {\n  clamp(a) {\n    return path.join(a, LEAST)\n  },\n}\n"
    closure = close({"src/work.js": text}, path="src/work.js")

    assert closure.code == (
        "const path = require('path');\n\nconst LEAST = 1\n\n"
        "module.exports = {\n  clamp(a) {\n    return path.join(a, LEAST)\n  },\n}\n"
    )


def test_what_a_build_must_remove_the_types_of_cannot_come_along() -> None:
    files = {
        "src/work.js": "// @flow\nexport function work(a: ?string) {\n  return a\n}\nexport function plain(a) {\n  return a\n}\n"
    }
    assert close(files, path="src/work.js").missing == ("a build that removes its types",)
    assert close(files, "plain", path="src/work.js").missing == ()
