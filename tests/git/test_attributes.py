"""Attributes: what ``.gitattributes`` of a commit say of a path, compared with what Git itself says."""

from __future__ import annotations

import random

import pytest

from foundry_git.git.attributes import WANTED, read_attributes
from tests.gitrepo import GitRepo

PATHS = [
    "a.py", "b.js", "gen/a.py", "gen/deep/b.js", "src/a.py", "src/gen/a.py", "src/gen/x/y/z.go", "lib/[x].py", "lib/a b.ts", "ä/ö.py",
    "lib/a-b.js", "lib/ab.js", "lib/a1.js", "lib/A1.js", "x/gen", "x/y/src/a.py", "foo/bar/baz.min.js", "foo/.hidden", "a*b.py",
    "#a.py", "!a.py",
]  # fmt: skip


def from_git(repo: GitRepo, paths: list[str]) -> dict[str, frozenset[str]]:
    asked = "".join(f"{path}\0" for path in paths).encode()
    fields = repo.git("check-attr", "-z", "--stdin", *sorted(WANTED), input=asked).split("\0")
    said: dict[str, set[str]] = {path: set() for path in paths}
    for path, name, value in zip(fields[0::3], fields[1::3], fields[2::3], strict=False):
        if value in ("unset", "false"):
            said[path].add(f"-{name}")
        elif value != "unspecified":
            said[path].add(name)
    return {path: frozenset(names) for path, names in said.items()}


def assert_as_git_says(repo: GitRepo, files: dict[str, str]) -> None:
    repo.write(dict.fromkeys(PATHS, "") | files)
    ours = read_attributes(files)
    assert {path: ours.of(path) for path in PATHS} == from_git(repo, PATHS), files


@pytest.mark.parametrize(
    "pattern",
    [
        "*.py", "/*.py", "gen", "gen/", "gen/*", "gen/**", "/gen/**", "**/gen/**", "**/a.py", "src/**/a.py", "src/**/*.go", "**", "*",
        "src/*/a.py", "a?py", "lib/?[0-9].js", "lib/a[!0-9]*.js", "lib/a[^-]*.js", "lib/[[:upper:]]*.js", "lib/\\[x\\].py", "lib/[a-]*",
        '"lib/a b.ts"', '"\\303\\244/*"', "ä/*", "foo/**/*.min.js", "foo/**min.js", "*.min.*", "a\\*b.py", "\\#a.py", "\\!a.py",
        "#a.py", "!a.py",
        "lib/[", "lib/[]x]*", "[ab].*", "***", "src**a.py", "src/**a.py", ".*", "lib/[[:nonsense:]]*", "lib/a\\", "/a.py", "x/**/a.py",
        "**/",
        "lib/[b-a]*", "lib/[\\]x[]*", "gen/deep", "/", '"unclosed',
    ],
)  # fmt: skip
def test_a_pattern_means_what_it_means_to_git(repo: GitRepo, pattern: str) -> None:
    assert_as_git_says(repo, {".gitattributes": f"{pattern} linguist-generated\n"})


@pytest.mark.parametrize(
    "text",
    [
        "*.py linguist-generated=true\n*.js linguist-generated=false\n",
        "*.py linguist-generated\na.py -linguist-generated linguist-vendored\n",
        "*.py linguist-generated\na.py !linguist-generated\n",
        "*.py  text\tlinguist-vendored eol=lf\r\n\n   *.js -linguist-vendored\n",
        "[attr]ours linguist-generated\n# *.py linguist-generated\n",
        "*.py " + "x" * 2100 + " linguist-generated\n",
        "*.py\n* linguist-generated=yes\n",
    ],
)
def test_a_line_says_what_it_says_to_git(repo: GitRepo, text: str) -> None:
    assert_as_git_says(repo, {".gitattributes": text})


def test_a_nearer_file_wins(repo: GitRepo) -> None:
    files = {
        ".gitattributes": "*.py linguist-generated\nsrc/gen/** linguist-vendored\n",
        "src/.gitattributes": "*.py -linguist-generated\n/a.py linguist-vendored\n",
        "src/gen/.gitattributes": "a.py linguist-generated\nx/** -linguist-vendored\n",
    }

    assert_as_git_says(repo, files)


def test_many_random_files_mean_what_they_mean_to_git(repo: GitRepo) -> None:
    chance = random.Random(7)
    pieces = [
        "*",
        "**",
        "?",
        "/",
        "a",
        "b",
        "gen",
        "src",
        "lib",
        ".py",
        ".js",
        "[a-c]",
        "[!a]",
        "/**/",
        "x",
        "\\*",
        "[[:alpha:]]",
        ".",
    ]
    for _ in range(60):
        lines = []
        for _ in range(chance.randrange(1, 6)):
            pattern = "".join(chance.choices(pieces, k=chance.randrange(1, 6)))
            attribute = chance.choice(sorted(WANTED))
            lines.append(f"{pattern} {chance.choice(['', '-', '!'])}{attribute}")
        assert_as_git_says(repo, {".gitattributes": "\n".join(lines), "src/.gitattributes": lines[0]})


def test_a_hostile_pattern_costs_no_time() -> None:
    attributes = read_attributes({".gitattributes": "*a" * 900 + "b/c linguist-generated\n"})

    assert attributes.of("a" * 4_000 + "/c") == frozenset()
