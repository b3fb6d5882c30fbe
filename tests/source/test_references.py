"""References: who uses a unit, told by the words of code."""

from __future__ import annotations

import pytest

from foundry_git.source.references import Callers, References, places_of, uses_nearby, words_in


def test_a_file_that_names_unit_and_module_uses_it() -> None:
    found = References(
        [
            ("shop/lists.py", "def in_chunks(items): pass\n"),
            ("shop/pay.py", "in_chunks(rows)\n"),
            ("web/page.py", "from shop.lists import in_chunks\n\nin_chunks(a)\nin_chunks(b)\n"),
            ("web/other.py", "in_chunks = 3\n"),
            ("tests/test_lists.py", "from shop.lists import in_chunks\n"),
        ]
    ).callers("shop/lists.py", "in_chunks", occurrences=1)

    assert (found.files, found.tests, found.uses) == (2, 1, 1 + 1 + 3), "same folder, or by the module's name; not by accident"


def test_a_name_that_other_files_define_too_must_come_with_its_own_module() -> None:
    found = References(
        [
            ("modules/hg.rs", "pub fn module(context: &Context) {}\n"),
            ("modules/git.rs", "pub fn module(context: &Context) { let x = module; }\n"),
            ("modules/other.rs", "fn f() { module(hg); }\n"),
            ("modules/mod.rs", "mod hg;\nmod git;\nfn handle() { hg::module(c); git::module(c); git::module(d); }\n"),
        ]
    )

    assert found.callers("modules/hg.rs", "module") == Callers(files=2, tests=0, uses=2)
    assert found.callers("modules/git.rs", "module").uses == 2


def test_comments_and_long_texts_name_nothing() -> None:
    python = 'x = 1  # in_chunks\n"""in_chunks"""\ny = "lists"\n'
    assert "in_chunks" not in set(words_in(python, "a.py"))
    assert "lists" in set(words_in(python, "a.py")), "short texts name modules"
    script = "/* f */ g(a) // h\nimport i from './lists'\n"
    assert set(words_in(script, "a.js")) == {"g", "a", "import", "i", "from", "lists"}


def test_what_stands_behind_a_dot_counts_behind_its_module_only() -> None:
    found = References(
        [
            ("util/fs.js", "exports.join = function join() {}\n"),
            ("a.js", "const fs = require('./util/fs')\nfs.join(a)\n"),
            ("b.js", "const fs = require('./util/fs')\nlist.join(',')\n"),
            ("c.js", "const { join } = require('./util/fs')\njoin(a)\n"),
        ]
    )

    assert found.callers("util/fs.js", "join") == Callers(files=2, tests=0, uses=3)
    assert set(words_in("use crate::sync::watch::{Sender};", "a.rs")) == {"use", "crate", "crate.sync", "sync.watch", "Sender"}


def test_a_file_uses_a_unit_of_its_own_where_the_name_stands_alone() -> None:
    body = "def join(a):\n    return join(a)\n"
    text = f"{body}\njoin(1)\nx = join\nos.join(2)\nos.  join\njoined = rejoin = join_all  # join\n"

    assert uses_nearby("a.py", "join", text, body) == 2
    assert uses_nearby("a.rs", "join", "fn join() {}\nfn f() { path::join(); join(); }\n", "fn join() {}\n") == 1
    assert uses_nearby("a.py", "join", body, body) == 0


def test_a_lifetime_of_rust_opens_no_text() -> None:
    assert "after" in set(words_in("fn f<'a>(x: &'a str) -> char { 'c' } // '\nfn after() {}", "a.rs"))


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
    assert References([("a.py", "def f(): pass\n")]).callers("a.py", "f") == Callers(0, 0, 0)
