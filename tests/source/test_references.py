"""References: who uses a unit, told by imports and the words of code."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from foundry_git.source.callers import MOST_NAMES, Callers
from foundry_git.source.file_words import file_words, places_of
from foundry_git.source.linking.link import EVERYTHING, ITSELF, Link
from foundry_git.source.linking.places import ModulePlaces
from foundry_git.source.manifests import MANIFESTS, read_project
from foundry_git.source.nearby_uses import NearbyUses
from foundry_git.source.reader import read_units
from foundry_git.source.references import References

PYTHON = {"core/__init__.py": "", "core/days.py": "def span(a, b):\n    return b - a\n"}
SCRIPT = {"lib/days.js": "export function span(a, b) {\n  return b - a\n}\n"}
COMMON = {"lib/days.js": "exports.span = span\nfunction span(a, b) {\n  return b - a\n}\n"}
WHOLE = {"lib/days.js": "module.exports = span\nfunction span(a, b) {\n  return b - a\n}\n"}
DEFAULT = {"lib/days.ts": "export default function span(a: Date, b: Date) {\n  return 1\n}\n"}
GO = {
    "go.mod": "module acme.dev/shop/v2\n",
    "core/days.go": "package core\n\nfunc Span(a, b int) int {\n\treturn b - a\n}\n",
}
RUST = {
    "core/Cargo.toml": '[package]\nname = "acme-core"\n',
    "core/src/lib.rs": "pub mod days;\n",
    "core/src/days.rs": "pub fn span(a: i32, b: i32) -> i32 {\n    b - a\n}\n",
    "web/Cargo.toml": '[package]\nname = "web"\n[dependencies]\nacme-core = { path = "../core" }\n',
    "web/src/main.rs": "fn main() {}\n",
}


def references(files: dict[str, str]) -> References:
    manifests = {path: text for path, text in files.items() if path.rpartition("/")[2] in MANIFESTS}
    project = read_project(manifests)
    code = {path: text for path, text in files.items() if path not in manifests}
    return References(code.items(), ModulePlaces(code.__contains__, lambda: project, manifests.get))


@pytest.mark.parametrize(
    ("given", "path", "text", "uses"),
    [
        pytest.param(PYTHON, "web/page.py", "from core.days import span\nspan(1, 2)\n", 1, id="name"),
        pytest.param(PYTHON, "web/page.py", "from core.days import (\n    span as n,\n)\nn(1, 2)\nn(2, 3)\n", 2, id="another name"),
        pytest.param(PYTHON, "web/page.py", "import core.days as d\nd.span(1, 2)\n", 1, id="module, another name"),
        pytest.param(PYTHON, "web/page.py", "import core.days\ncore.days.span(1, 2)\n", 1, id="module"),
        pytest.param(PYTHON, "web/page.py", "from core import days\ndays.span(1, 2)\n", 1, id="module of a package"),
        pytest.param(PYTHON, "web/page.py", "from core.days import *\nspan(1, 2)\n", 1, id="star"),
        pytest.param(PYTHON, "core/page.py", "from .days import span\nspan(1, 2)\n", 1, id="relative"),
        pytest.param(PYTHON, "core/sub/page.py", "from .. import days\ndays.span(1, 2)\n", 1, id="two up"),
        pytest.param(PYTHON, "web/page.py", "def f():\n    from core.days import span\n    span(1, 2)\n", 1, id="within"),
        pytest.param(PYTHON, "web/page.py", "from core.days import span\n", 0, id="only imported"),
        pytest.param(PYTHON, "web/page.py", "span = 3\nprint(span)\n", 0, id="a name of its own"),
        pytest.param(PYTHON, "core/page.py", "span(1, 2)\n", 0, id="same folder, not imported"),
        pytest.param(PYTHON, "web/page.py", "from elsewhere.days import span\nspan(1, 2)\n", 0, id="a package's"),
        pytest.param(PYTHON, "web/page.py", "from core.days import span\nf(span=1)\nx.span()\n", 0, id="key"),
        pytest.param(PYTHON, "web/page.py", "from core.days import span\n'span'  # span\n", 0, id="text"),
        pytest.param(PYTHON, "web/page.py", "from core.days import span\nf'{span(1, 2)} days'\n", 1, id="in a text"),
        pytest.param(SCRIPT, "web/page.js", "import { span } from '../lib/days'\nspan(a, b)\n", 1, id="named"),
        pytest.param(SCRIPT, "web/page.js", "import { span as n } from '../lib/days.js'\nn(a, b)\n", 1, id="renamed"),
        pytest.param(SCRIPT, "web/page.ts", "import * as days from '../lib/days'\ndays.span(a, b)\n", 1, id="namespace"),
        pytest.param(SCRIPT, "web/page.js", "import {\n  other,\n  type span,\n} from '../lib/days'\nlet x: span\n", 1, id="type"),
        pytest.param(SCRIPT, "lib/page.js", "span(a, b)\n", 0, id="not imported"),
        pytest.param(SCRIPT, "web/page.js", "import { span } from 'date-fns'\nspan(a, b)\n", 0, id="of a package"),
        pytest.param(SCRIPT, "web/page.js", "import { span } from '../lib/days'\nf({ span: 1 }, x.span)\n", 0, id="a key"),
        pytest.param(SCRIPT, "web/page.js", "import { span } from '../lib/days'\n`${span(a)} days`\n", 1, id="template"),
        pytest.param(COMMON, "web/page.js", "const { span } = require('../lib/days')\nspan(a)\n", 1, id="require"),
        pytest.param(COMMON, "web/page.js", "const { span: n } = require('../lib/days')\nn(a)\n", 1, id="require, renamed"),
        pytest.param(COMMON, "web/page.js", "var d = require('../lib/days')\nd.span(a)\n", 1, id="require a module"),
        pytest.param(COMMON, "web/page.js", "var fs = require('fs')\n  , n = require('../lib/days').span;\nn(a)\n", 1, id="part"),
        pytest.param(WHOLE, "web/page.js", "const difference = require('../lib/days')\ndifference(a)\n", 1, id="what a module is"),
        pytest.param(WHOLE, "web/page.mjs", "import difference from '../lib/days.js'\ndifference(a)\n", 1, id="module is default"),
        pytest.param(DEFAULT, "web/page.ts", "import difference from '../lib/days'\ndifference(a)\n", 1, id="default"),
        pytest.param(DEFAULT, "web/page.ts", "import { default as d } from '../lib/days'\nd(a)\n", 1, id="named default"),
        pytest.param(GO, "web/page.go", 'package web\n\nimport "acme.dev/shop/v2/core"\n\nvar x = core.Span(1, 2)\n', 1, id="package"),
        pytest.param(
            GO, "web/page.go", 'package web\n\nimport (\n\t"fmt"\n\tc "acme.dev/shop/v2/core"\n)\n\nvar x = c.Span(1)\n', 1, id="as"
        ),
        pytest.param(GO, "core/page.go", "package core\n\nvar x = Span(1, 2)\n", 1, id="same package"),
        pytest.param(GO, "core/page.go", "package core\n\nfunc f(Span int) { print(Span) }\n", 0, id="a parameter"),
        pytest.param(GO, "core/page.go", "package core\n\nfunc f() {\n\tx, Span := g()\n\tprint(Span)\n}\n", 0, id="a variable"),
        pytest.param(GO, "core/page.go", "package core\n\nvar x = T{Span: 1}.Span\n", 0, id="a field"),
        pytest.param(GO, "web/page.go", 'package web\n\nimport "other.dev/core"\n\nvar x = core.Span(1, 2)\n', 0, id="elsewhere"),
        pytest.param(RUST, "web/src/a.rs", "use acme_core::days::span;\nfn f() { span(1, 2); }\n", 1, id="crate"),
        pytest.param(RUST, "web/src/a.rs", "use acme_core::{days::{self, Day}};\nfn f() { days::span(1, 2); }\n", 1, id="list"),
        pytest.param(RUST, "web/src/a.rs", "fn f() { acme_core::days::span(1, 2); }\n", 1, id="path"),
        pytest.param(RUST, "core/src/a.rs", "use crate::days::span as n;\nfn f() { n(1, 2); }\n", 1, id="as"),
        pytest.param(RUST, "core/src/a.rs", "use super::days::*;\nfn f() { span(1, 2); }\n", 1, id="glob"),
        pytest.param(RUST, "core/src/a.rs", "fn f() { x.span(); span(1, 2); }\n", 0, id="nothing imported"),
        pytest.param(RUST, "core/src/a.rs", "fn f() { hours::span(1, 2); }\n", 0, id="another module"),
        pytest.param(RUST, "core/src/a.rs", "fn f() { days::span(1, 2); }\n", 0, id="a crate of that name"),
        pytest.param(RUST, "core/src/a.rs", "fn f() { crate::days::span(1, 2); }\n", 1, id="path of the crate"),
        pytest.param(RUST, "core/src/a.rs", "use crate::days::Days;\nfn f() { Days::span(); }\n", 0, id="a part of a type"),
        pytest.param(RUST, "core/src/a.rs", "#[cfg(test)]\nmod t {\n    use super::days::*;\n    fn f() { span(1); }\n}\n", 0, id="t"),
        pytest.param(GO, "core/page.go", "package core\n\nfunc (r T) Span() int { return 1 }\n", 0, id="a method of that name"),
    ],
)  # fmt: skip
def test_a_file_uses_what_its_imports_make_a_name_stand_for(given: dict[str, str], path: str, text: str, uses: int) -> None:
    defining = next(file for file in given if "days." in file)
    name = "Span" if path.endswith(".go") else "span"

    found = references({**given, path: text}).users(defining, name)

    assert dict(found) == ({path: uses} if uses else {})


@pytest.mark.parametrize(
    ("files", "using"),
    [
        pytest.param(
            {**PYTHON, "core/__init__.py": "from .days import span as between\n", "a.py": "import core\ncore.between(1, 2)\n"},
            "a.py",
            id="under another name",
        ),
        pytest.param(
            {**PYTHON, "core/__init__.py": "from .days import *\n", "a.py": "from core import span\nspan(1, 2)\n"},
            "a.py",
            id="by a star",
        ),
        pytest.param(
            {**SCRIPT, "lib/index.js": "export * from './days'\n", "a.js": "import { span } from './lib'\nspan(a)\n"},
            "a.js",
            id="a barrel in lib",
        ),
        pytest.param(
            {
                **SCRIPT,
                "lib/index.js": "export { span as between } from './days'\n",
                "index.js": "export * as dates from './lib'\n",
                "a.js": "import { dates } from './index'\ndates.between(a)\n",
            },
            "a.js",
            id="renamed, within a namespace",
        ),
        pytest.param(
            {
                **DEFAULT,
                "packages/dates/package.json": '{"name": "@acme/dates"}',
                "packages/dates/src/index.ts": "import span from '../../../lib/days'\nexport { span }\n",
                "a.ts": "import { span } from '@acme/dates'\nspan(a)\n",
            },
            "a.ts",
            id="a package of the same repository",
        ),
        pytest.param(
            {
                **RUST,
                "core/src/lib.rs": "mod days;\npub use days::span as between;\n",
                "web/src/a.rs": "use acme_core::between;\n\nfn f() {\n    between(1, 2);\n    acme_core::between(1, 2);\n}\n",
            },
            "web/src/a.rs",
            id="passed on by a crate",
        ),
    ],
)  # fmt: skip
def test_what_a_file_passes_on_is_followed_to_where_it_is_defined(files: dict[str, str], using: str) -> None:
    defining = next(file for file in files if "days." in file)

    assert references(files).users(defining, "span").keys() == {using}, "who only passes it on uses nothing"


def test_two_of_one_name_have_each_their_own_users() -> None:
    found = references(
        {
            "modules/hg.rs": "pub fn module(context: &Context) {}\n",
            "modules/git.rs": "pub fn module(context: &Context) { let x = module; }\n",
            "modules/other.rs": "fn f() { module(hg); }\n",
            "modules/mod.rs": "mod hg;\nmod git;\nfn handle() { hg::module(c); git::module(c); git::module(d); }\n",
            "lib.rs": "mod modules;\n",
        }
    )

    assert found.callers("modules/hg.rs", "module") == Callers(files=1, tests=0, uses=1)
    assert found.callers("modules/git.rs", "module") == Callers(files=1, tests=0, uses=2)


def test_tests_are_counted_apart_and_not_as_uses() -> None:
    use = "from core.days import span\nspan(1, 2)\n"

    found = references({**PYTHON, "web/page.py": use, "tests/test_days.py": use}).callers("core/days.py", "span", 3)

    assert found == Callers(files=1, tests=1, uses=3 + 1, nearby=3)


def test_a_macro_is_seen_by_all_of_its_crate_without_an_import() -> None:
    files = {
        "src/lib.rs": "#[macro_use]\nmod macros;\nmod a;\n",
        "src/macros.rs": "macro_rules! retry {\n    () => {};\n}\n\n#[macro_export]\nmacro_rules! again {\n    () => {};\n}\n",
        "src/own.rs": "macro_rules! own {\n    () => {};\n}\n",
        "src/a.rs": "fn f() { retry!(); retry!(); again!(); own!(); }\n",
        "other/src/lib.rs": "fn f() { retry!(); }\n",
    }

    found = references(files)

    assert found.users("src/macros.rs", "retry") == {"src/a.rs": 2}
    assert found.users("src/macros.rs", "again") == {"src/a.rs": 1}
    assert not found.users("src/own.rs", "own"), "nothing takes in the macros of its module"


def test_circles_of_files_that_pass_on_each_others_names_end() -> None:
    files = {
        **SCRIPT,
        "a/index.js": "export * from '../b'\nexport { span } from '../b'\n",
        "b/index.js": "export * from '../a'\nexport { span } from '../a'\n",
        "c.js": "import { span } from './a'\nspan(a)\n",
    }

    assert not references(files).users("lib/days.js", "span")


def test_a_unit_is_looked_for_under_a_few_names_only() -> None:
    names = {f"n{at}.js": f"export {{ span as span{at} }} from './lib/days'\n" for at in range(20)}
    users = {f"u{at}.js": f"import {{ span{at} }} from './n{at}'\nspan{at}(1)\n" for at in range(20)}

    found = references({**SCRIPT, **names, **users}).users("lib/days.js", "span")

    assert len(found) == MOST_NAMES - 1, "its own name is one of them, and nobody uses that"


def test_crates_of_one_file_do_not_see_each_others_macros() -> None:
    files = {
        "tests/a.rs": "#[macro_export]\nmacro_rules! retry {\n    () => {};\n}\n",
        "tests/b.rs": "fn f() { retry!(); }\n",
    }

    assert not references(files).users("tests/a.rs", "retry")


def test_a_statement_that_nobody_closes_takes_no_time() -> None:
    for text in (
        "import " * 30_000,
        "import {a, " * 20_000,
        "export {a, " * 20_000,
        "exports.a = {" * 20_000,
        "var {a = " * 20_000,
    ):
        assert file_words(text, "a.js").path
    for path, text in (("a.py", "from a import (b, " * 15_000), ("a.rs", "use a::{b, " * 20_000), ("a.go", "import (" * 30_000)):
        assert file_words(text, path).path


def test_links_say_what_is_bound_and_what_is_given_away() -> None:
    found = file_words("use super::*;\npub use a::{b as c, d::self};\nmod e;\n", "a.rs").links

    assert found == (
        Link(EVERYTHING, "super", EVERYTHING),
        Link("c", "a", "b"),
        Link("d", "a", "d"),
        Link("e", "self::e", ITSELF),
    )


def test_a_file_uses_a_unit_of_its_own_where_nothing_else_bears_its_name() -> None:
    text = (
        "def run(a):\n    return run(a)\n\n\ndef one():\n    run(1)\n    return run\n\n\n"
        "def two(run):\n    return run(2)\n\n\ndef three():\n    os.run(3)\n    go(run=4)  # run\n\n\nrun(5)\n"
    )
    units = read_units(text, "a.py")

    assert NearbyUses(units, text, "a.py").of(units[0]) == 3


def test_the_tests_of_a_file_of_rust_are_no_uses() -> None:
    tests = "#[cfg(test)]\nmod tests {\n    #[test]\n    fn works() { super::run(); }\n}\n"
    text = f"pub fn run() {{}}\n\npub fn go() {{ run(); path::run(); }}\n\n{tests}"
    units = read_units(text, "a.rs")

    assert NearbyUses(units, text, "a.rs").of(next(unit for unit in units if unit.name == "run")) == 1


def test_comments_and_texts_name_nothing() -> None:
    assert not file_words('x = 1  # in_chunks\n"""in_chunks"""\ny = "lists"\n', "a.py").words.keys() & {"in_chunks", "lists"}
    assert file_words("/* f */ g(a) // h\nimport i from './lists'\n", "a.js").words == {"g": 1, "a": 1}


def test_a_lifetime_of_rust_opens_no_text() -> None:
    assert "after" in file_words("fn f<'a>(x: &'a str) -> char { 'c' } // '\nfn f2() { after() }", "a.rs").words


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("src/shop/lists.py", {"shop", "lists"}),
        ("shop/__init__.py", {"shop"}),
        ("packages/date-fns/src/addDays/index.ts", {"addDays", "date"}),
        ("internal/cache/cache.go", {"cache"}),
        ("main.go", set()),
    ],
)
def test_other_files_name_a_file_by_its_stem_and_folders(path: str, words: set[str]) -> None:
    assert places_of(path) == words


def test_a_name_that_nobody_uses_has_no_callers() -> None:
    assert references({"a.py": "def f(): pass\n"}).callers("a.py", "f") == Callers(0, 0, 0)


_WORDS = st.sampled_from(
    "a b default exports exports.f module.exports require('./c') { } ( ) = , ; * as from import export".split()
)


@given(st.lists(st.one_of(_WORDS, st.sampled_from(["{}", "{ a, b: c }", "\n", "'./c'", "function", "class"])), max_size=9))
@example(["module.exports", "=", "{}"])
@example(["exports.f", "=", "{}", ";"])
def test_whatever_a_script_says_a_link_names_what_it_stands_for(words: list[str]) -> None:
    """An object with nothing in it had none, and every search failed in whatever repository has ``module.exports = {}``."""
    links = file_words(" ".join(words), "a.js").links
    assert all(type(part) is str for link in links for part in (link.local, link.module, link.original))
