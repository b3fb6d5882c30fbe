"""Copies: which patterns stand in what was added, told from numbers alone; and hunks, which say what was added."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from foundry_git.git.hunks import Hunks, hunks_between
from foundry_git.git.repository import Repository
from foundry_git.outcomes.copies import GAP, LEAST_SHARE, AddedPart, Copy, Hashes, Patterns, copies_in, may_hold
from foundry_git.source.name_uses import NOTHING, NameUses, name_uses_of
from tests.gitrepo import GitRepo

FIRST = list(range(100, 120))
SECOND = [*range(100, 115), *range(200, 210)]  # the next version: three quarters of the first, and more
OTHER = list(range(300, 320))
PATTERNS = Patterns([np.array(piece, np.uint64) for piece in (FIRST, SECOND, OTHER)], [0, 0, 1])


def part(hashes: Sequence[int], path: str = "a.py", apart: int = 1) -> AddedPart:
    places = np.arange(len(hashes)) * apart
    return AddedPart(path, np.array(hashes, np.uint64), places, places + 1, places + 1)


def found(parts: Sequence[AddedPart], removed: Sequence[int] = (), backdrop: Sequence[Hashes] = ()) -> list[Copy]:
    return copies_in(parts, [np.array(removed, np.uint64)], PATTERNS, lambda: backdrop)


def test_of_two_versions_the_one_that_was_copied_is_named() -> None:
    assert [copy.pattern for copy in found([part(FIRST)])] == [0]
    assert [copy.pattern for copy in found([part(SECOND)])] == [1]
    assert [copy.pattern for copy in found([part([*SECOND, *OTHER])])] == [1, 2]


def test_a_part_has_its_share_and_its_lines() -> None:
    (copy,) = found([part(OTHER[:8], "b.py"), part([1, 2, 3], "c.py"), part(OTHER[15:], "d.py")])

    assert copy.share == 13 / 20
    assert (copy.path, copy.lines, dict(copy.runs)) == ("b.py", 13, {"b.py": [(1, 8)], "d.py": [(1, 5)]})
    assert found([part(OTHER[: int(LEAST_SHARE * 20) - 1])]) == []


def test_what_was_only_moved_or_lies_scattered_is_no_copy() -> None:
    assert found([part(OTHER)], removed=OTHER) == []
    assert [copy.pattern for copy in found([part([*OTHER, *OTHER])], removed=OTHER)] == [2], "moved, and copied once"
    assert found([part(OTHER, apart=GAP + 1)]) == []
    assert [copy.pattern for copy in found([part(OTHER, apart=GAP)])] == [2]


def test_what_every_file_has_weighs_nothing() -> None:
    files = [np.array(OTHER, np.uint64)] * 10
    assert found([part(OTHER)], backdrop=files) == []
    assert [copy.pattern for copy in found([part(OTHER)], backdrop=[np.array([7], np.uint64)] * 10)] == [2]


def test_most_texts_are_told_apart_at_once() -> None:
    assert may_hold([np.array(FIRST[:10], np.uint64), np.array(FIRST[10:], np.uint64)], PATTERNS)
    assert not may_hold([np.array(FIRST[:2], np.uint64)], PATTERNS)
    assert not may_hold([], PATTERNS)
    assert not may_hold([np.array(FIRST, np.uint64)], Patterns([], []))


def test_hunks_are_the_lines_of_both_versions(repo: GitRepo) -> None:
    repo.git("config", "diff.external", "false")
    repo.git("config", "diff.noprefix", "true")
    repo.write({"a": "1\n2\n3\n4\n5\n", "b": "0\n1\n3\nnew\nnewer\n4\n5"})
    old, new = (repo.git("hash-object", "-w", name) for name in ("a", "b"))

    assert hunks_between(Repository.at(repo.path), old, new) == Hunks(
        removed=((2, 2), (5, 5)), added=((1, 1), (4, 5), (7, 7))
    )  # fmt: skip


ORIGIN = "shop/lists.py"


@pytest.mark.parametrize(
    ("text", "path", "naming"),
    [
        ("from shop.lists import cut\n\ncut(a)\ncut(b)\n", "web/a.py", NameUses(1, 2)),
        ("from ..shop.lists import (\n    join,\n    cut as c,\n)\n", "web/a.py", NameUses(1, 0)),
        ("import shop.lists\n\nshop.lists.cut(a)\n", "web/a.py", NameUses(0, 1)),
        ("from elsewhere.lists import cut\n\ncut(a)\n", "web/a.py", NOTHING),
        ("from shop.lists import join\n\nother.cut(a)\n", "web/a.py", NOTHING),
        ("# from shop.lists import cut\ntext = 'cut'\n", "web/a.py", NOTHING),
        ("def cut(a):\n    return a\n\ncut(1)\nimport lists\n", "web/a.py", NOTHING),
        ("from shop.lists import cut\n", ORIGIN, NOTHING),
    ],
)
def test_a_name_counts_where_the_file_says_whose_it_is(text: str, path: str, naming: NameUses) -> None:
    assert name_uses_of(text, path, ORIGIN, "cut") == naming


@pytest.mark.parametrize(
    ("text", "path", "origin", "naming"),
    [
        ("import { cut } from './lists'\ncut(a)\n", "shop/a.ts", "shop/lists.ts", NameUses(1, 1)),
        ("const { cut } = require('../shop/lists');\ncut(a);\n", "web/a.js", "shop/lists.js", NameUses(1, 1)),
        ("export { cut } from '@/shop/lists'\n", "web/a.ts", "src/shop/lists.ts", NameUses(1, 0)),
        ("export const cut = (a) => a\n", "web/a.ts", "shop/lists.ts", NOTHING),
        ("import { only } from '../../lib/only.js'\nonly(a)\n", "a/b/c.js", "lib/only.js", NameUses(1, 1)),
        ("package shop\n\nfunc f() { Cut(1) }\n", "shop/a.go", "shop/lists.go", NameUses(0, 1)),
        ("package web\n\nimport \"x.example/shop\"\n\nfunc f() { shop.Cut(1) }\n", "web/a.go", "shop/lists.go", NameUses(0, 1)),
        ("package web\n\nfunc f() { Cut(1) }\n", "web/a.go", "shop/lists.go", NOTHING),
        ("use crate::shop::lists::{cut, join};\nfn f() { cut(1) }\n", "src/a.rs", "src/shop/lists.rs", NameUses(1, 1)),
        ("use crate::shop::lists;\nfn f() { lists::cut(1) }\n", "src/a.rs", "src/shop/lists.rs", NameUses(0, 1)),
    ],
)  # fmt: skip
def test_every_language_has_its_own_ways_to_name(text: str, path: str, origin: str, naming: NameUses) -> None:
    name = {"only": "only"}.get(origin.rpartition("/")[2].partition(".")[0], "Cut" if path.endswith(".go") else "cut")
    assert name_uses_of(text, path, origin, name) == naming
