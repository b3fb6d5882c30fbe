"""Shingles: what changes them and what does not, and that the index finds what comparing one by one finds."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundry_git.source.shingles import ShingleIndex, shingles_of, similarity

PYTHON = '''\
import os
from collections.abc import (
    Iterable,
)


def total_size(paths: Iterable[str], limit: int = 10, *rest, unit="kB", **more) -> str:
    """Add up the sizes of files."""
    total, count = 0, 0  # bytes
    for index, path in enumerate(paths):
        with open(path) as file:
            total += len(file.read())
        if index > limit and not more:
            raise ValueError(f"more than {limit} of {path}")
    done = [size for size in rest if size]
    return "%d %s" % (total / 1024, unit) + str(done)
'''
PYTHON_REWRITTEN = """\
def how_much(names: Iterable[str], bound: int=10, *others, kind='kB', **extra) -> str:
    added, number = 0, 0
    for at, name in enumerate(
        names,
    ):
        with open(name) as handle:
            added += len(handle.read())

        if at > bound and (not extra):  # too many
            raise ValueError(f'more than {bound} of {name}')
    kept = [one for one in others if one]
    return '%d %s' % ((added / 1024), kind) + str(kept)
"""
GO = """\
package files

import (
	"os"
)

// Total adds up sizes.
func Total(paths []string, limit int) (int64, error) {
	var total int64
	for index, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return 0, err
		}
		/* not more
		than that */
		if index > limit {
			return 0, errors.New("too many")
		}
		total += info.Size()
	}
	return total, nil
}
"""
GO_REWRITTEN = """\
func Sum(names []string, bound int) (int64, error) {
    var added int64
    for at, name := range names {
        stat, failure := os.Stat(name)
        if failure != nil { return 0, failure }
        if at > bound { return 0, errors.New("too many") }
        added += stat.Size()
    }
    return added, nil
}
"""
TYPESCRIPT = """\
import { readFile } from "fs/promises";

/** Read them all. */
export async function readAll(paths: string[], limit = 5): Promise<string[]> {
  const texts: string[] = [];
  for (const path of paths) {
    if (texts.length > limit) throw new Error(`more than ${limit}`);
    texts.push(await readFile(path, 'utf8'));
  }
  return texts.map((text, index) => text.trim() + index);
}
"""
TYPESCRIPT_REWRITTEN = """\
export async function all(names: string[], bound = 5): Promise<string[]> {
    const found: string[] = []
    for (const name of names) {
        if (found.length > bound) { throw new Error(`more than ${bound}`) }  // no more
        found.push(await readFile(name, "utf8"))
    }
    return found.map((one, at) => one.trim() + at)
}
"""
RUST = """\
use std::fs;

/// Adds up sizes.
pub fn total<'a>(paths: &[&'a str], limit: usize) -> Result<u64, Error> {
    let mut total = 0;
    for (index, path) in paths.iter().enumerate() {
        let info = fs::metadata(path)?;
        if index > limit && path.contains('/') {
            return Err(Error::new("too many"));
        }
        total += info.len();
    }
    Ok(total)
}
"""
RUST_REWRITTEN = """\
pub fn sum<'a>(names: &[&'a str], bound: usize) -> Result<u64, Error> {
    let mut sum = 0; // so far
    for (at, name) in names.iter().enumerate() { let stat = fs::metadata(name)?;
        if at > bound && name.contains('/') { return Err(Error::new("too many")); }
        sum += stat.len();
    }
    Ok(sum)
}
"""
OTHER = '''\
def parse_pairs(text: str) -> dict[str, str]:
    """Read ``key=value`` lines."""
    found = {}
    for line in text.splitlines():
        key, sign, value = line.partition("=")
        if sign and not line.startswith("#"):
            found[key.strip()] = value.strip()
    return found
'''


def alike(one: str, other: str, language: str = "python") -> float:
    return similarity(shingles_of(one, language), shingles_of(other, language))


@pytest.mark.parametrize(
    ("language", "before", "after"),
    [
        ("python", PYTHON, PYTHON_REWRITTEN),
        ("go", GO, GO_REWRITTEN),
        ("typescript", TYPESCRIPT, TYPESCRIPT_REWRITTEN),
        ("rust", RUST, RUST_REWRITTEN),
    ],
)
def test_names_layout_comments_and_imports_change_nothing(language: str, before: str, after: str) -> None:
    assert before != after
    assert alike(before, after, language) == 1.0


def test_an_edit_changes_a_little_and_other_code_shares_little() -> None:
    edited = PYTHON.replace("total / 1024", "total // 1000").replace("if index > limit and not more:", "if index >= limit:")

    assert 0.7 < alike(PYTHON, edited) < 1.0
    assert alike(PYTHON, OTHER) < 0.3


@pytest.mark.parametrize(
    ("old", "new"),
    [("enumerate", "reversed"), ("1024", "1000"), ("read()", "readlines()"), ('"kB"', '"MB"'), ("not more", "more"), (">", "<")],
)
def test_outside_names_constants_attributes_and_signs_count(old: str, new: str) -> None:
    assert alike(PYTHON, PYTHON.replace(old, new)) < 1.0


def test_the_order_of_statements_counts_little() -> None:
    swapped = PYTHON.replace("total, count = 0, 0  # bytes\n", "").replace(
        "    done = [size for size in rest if size]\n", "    done = [size for size in rest if size]\n    total, count = 0, 0\n"
    )

    assert alike(PYTHON, swapped) > 0.8


def test_a_second_equal_run_counts_as_another() -> None:
    once = "def f(a):\n    save(a)\n    return a\n"

    assert alike(once, once.replace("    save(a)\n", "    save(a)\n" * 5)) < 0.7


def test_equal_code_has_equal_hashes_in_every_process() -> None:
    command = f"from foundry_git.source.shingles import shingles_of; print(sorted(shingles_of({OTHER!r}, 'python')))"

    printed = {
        subprocess.run(
            [sys.executable, "-c", command],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert printed == {f"{sorted(shingles_of(OTHER, 'python'))}\n"}


def test_of_no_code_nothing_is_shared_with_any() -> None:
    assert alike("", OTHER) == 0.0
    assert alike("# only a comment\n", "import os\n") == 1.0


@pytest.mark.parametrize("language", ["python", "typescript", "go", "rust", "kotlin"])
@pytest.mark.parametrize(
    "text",
    [
        '"""' * 10_001,
        "'" * 30_001,
        "`" * 30_001,
        "import {\n" * 3_500,
        "import (\n" * 3_500,
        "/*" * 15_000,
        "def " * 7_500,
        "def f(" * 5_000,
        "a," * 15_000,
        "x=" * 15_000,
        "() =>" * 6_000,
        "for " * 7_500,
        "\ud800\0\r\n" * 7_500,
        " " * 106_000,
    ],
    ids=lambda text: repr(text[:8]),
)
def test_a_hostile_text_takes_time_in_proportion(language: str, text: str) -> None:
    """A lexer that is quadratic needs minutes for any of these."""
    assert shingles_of(text, language)


pieces = st.lists(st.frozensets(st.integers(0, 30), min_size=1, max_size=25), min_size=1, max_size=12)


@given(pieces, st.frozensets(st.integers(0, 30), min_size=1), st.floats(0.05, 1.0))
def test_the_index_finds_what_comparing_with_all_finds(known: list[frozenset[int]], asked: frozenset[int], least: float) -> None:
    index = ShingleIndex()
    for number, shingles in enumerate(known):
        index.add(str(number), shingles)

    one_by_one = {str(number): similarity(asked, shingles) for number, shingles in enumerate(known)}

    assert index.alike(asked, least) == {name: value for name, value in one_by_one.items() if value >= least}


@given(st.frozensets(st.integers()), st.frozensets(st.integers()))
def test_similarity_is_symmetric_and_bounded(one: frozenset[int], other: frozenset[int]) -> None:
    assert similarity(one, other) == similarity(other, one)
    assert 0.0 <= similarity(one, other) <= 1.0
    assert similarity(one, one) == (1.0 if one else 0.0)
