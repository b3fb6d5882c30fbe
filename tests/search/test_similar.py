"""``foundry similar``: says what is there already under other names, keeps silent on what is not, and tells CI."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundry_git import PatternLibrary
from foundry_git.errors import UsageError
from foundry_git.index.postings import Postings
from foundry_git.index.shingle_table import ShingleTable, as_array
from foundry_git.search.code_query import of_text
from foundry_git.source.shingles import similarity
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo
from tests.samples import CHUNKS

COPY = (
    CHUNKS.replace("in_chunks", "cut_up")
    .replace("chunks", "parts")
    .replace("items", "things")
    .replace("start", "at")
    .replace("Cut a list into pieces of a size", "Slice it")
)
NEAR_COPY = COPY.replace("    return parts", "    if not parts:\n        parts.append([])\n    return parts")
OTHER = '''\
def fetch(url: str, opener: object, attempts: int = 3) -> bytes:
    """Read an address, some times over when it fails."""
    while True:
        attempts -= 1
        try:
            with opener.open(url, timeout=10) as answer:
                return answer.read()
        except OSError:
            if not attempts:
                raise
'''
SAVE = '''\
def save(target: Path, content: bytes) -> None:
    """Write a file so that nobody sees half of it."""
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as scratch:
        scratch.write(content)
        os.fsync(scratch.fileno())
    Path(scratch.name).replace(target)
'''
USER = "from shop.lists import in_chunks\n\n\ndef pages(rows):\n    return in_chunks(rows, 10)\n"
ARRAY = """\
export function inChunks(items, size) {
  if (size < 1) {
    throw new RangeError("size must be positive");
  }
  const chunks = [];
  for (let start = 0; start < items.length; start += size) {
    chunks.push(items.slice(start, start + size));
  }
  return chunks;
}
"""


@pytest.fixture
def by_structure(home: Path) -> None:
    """No encoder: shingles alone decide, and nothing has to be encoded."""
    file = home / ".config/foundry-git/config.yaml"
    file.parent.mkdir(parents=True)
    file.write_text("encoder: {enabled: false}\n", encoding="utf-8")


@pytest.fixture
def shop(repo: GitRepo, by_structure: None) -> GitRepo:
    """A repository without a library, with a function that another file uses."""
    repo.commit({"shop/lists.py": f'"""Lists."""\n\n{CHUNKS}', "shop/values.py": SAVE, "web/pages.py": USER})
    return repo


def answer(foundry: CommandLine, *arguments: str, input: str | None = None) -> list[dict[str, Any]]:
    done = foundry("similar", "--json", *arguments, input=input)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def best(foundry: CommandLine, *arguments: str, input: str | None = None) -> list[str]:
    """For each piece its best match, as ``path:line``, an id, or ""."""
    return [
        (one["matches"][0]["id"] or f"{one['matches'][0]['path']}:{one['matches'][0]['line']}") if one["matches"] else ""
        for one in answer(foundry, *arguments, input=input)
    ]


# what is found


def test_a_renamed_copy_is_found_with_its_place_and_callers(shop: GitRepo, foundry: CommandLine) -> None:
    done = foundry("similar", "-", input=COPY)

    assert (done.returncode, done.stdout.splitlines()) == (
        0,
        [
            "stdin cut_up",
            "  1.00  shop/lists.py:3 in_chunks, unreviewed, used in 1 other file",
            "        Cut a list into pieces of a size.",
            "        the same but for names, comments and layout",
        ],
    )


def test_a_changed_copy_is_found_and_its_difference_shown(shop: GitRepo, foundry: CommandLine) -> None:
    (match,) = answer(foundry, "-", input=NEAR_COPY)[0]["matches"]
    shown = foundry("similar", "-", input=NEAR_COPY).stdout

    assert (match["path"], match["identical"], match["meaning"]) == ("shop/lists.py", False, None)
    assert 0.9 <= match["score"] < 1
    assert "        --- there" in shown and "-def in_chunks(" in shown


def test_other_code_is_like_nothing_and_the_nearest_is_named(shop: GitRepo, foundry: CommandLine) -> None:
    done = foundry("similar", "-", input=OTHER)

    assert done.returncode == 0
    assert done.stdout.startswith("stdin fetch\n  nothing likely to do the same; nearest, at 0.")


def test_an_accepted_pattern_comes_first_and_alone_when_asked(repo: GitRepo, foundry: CommandLine, by_structure: None) -> None:
    foundry("init")
    repo.commit({"lists.py": CHUNKS})
    foundry("extract", "--all")
    assert foundry("accept", "python/in-chunks").returncode == 0

    assert [match["id"] or match["path"] for match in answer(foundry, "-", input=COPY)[0]["matches"][:2]] == [
        "python/in-chunks",
        "lists.py",
    ]
    assert [match["accepted"] for match in answer(foundry, "-", "--accepted-only", input=COPY)[0]["matches"]] == [True]


def test_javascript_and_typescript_are_compared_with_each_other(repo: GitRepo, foundry: CommandLine, by_structure: None) -> None:
    repo.commit({"lib/arrays.js": ARRAY})

    assert best(foundry, "-", "--language", "typescript", input=ARRAY.replace("inChunks", "cutUp")) == ["lib/arrays.js:1"]


def test_a_method_is_found_by_itself(repo: GitRepo, foundry: CommandLine, by_structure: None) -> None:
    method = "".join(f"    {line}\n" for line in CHUNKS.replace("(items", "(self, items").splitlines())
    repo.commit({"a.py": f"class Cutter:\n    pieces = 0\n\n    def close(self):\n        self.pieces = 0\n\n{method}"})

    assert best(foundry, "-", input=COPY.replace("(things", "(owner, things")) == ["a.py:7"]


def test_meaning_tells_too_where_there_are_weights(repo: GitRepo, foundry: CommandLine) -> None:
    repo.commit({"a.py": CHUNKS, "b.py": SAVE})
    (piece,) = answer(foundry, "-", input=NEAR_COPY)

    assert piece["matches"][0]["path"] == "a.py"
    assert 0.5 < piece["matches"][0]["meaning"] <= 1


# what is asked about


def test_a_file_is_not_compared_with_itself(shop: GitRepo, foundry: CommandLine) -> None:
    assert best(foundry, "shop/lists.py") == [""]


def test_a_file_counts_as_it_is_now(shop: GitRepo, foundry: CommandLine) -> None:
    shop.write({"shop/lists.py": f"{SAVE}\n\n{COPY}\n\n{NEAR_COPY.replace('cut_up', 'slice_up')}"})

    found = answer(foundry, "shop/lists.py")

    assert [one["symbol"] for one in found] == ["save", "cut_up", "slice_up"]
    assert [[match["path"] for match in one["matches"]] for one in found] == [["shop/values.py"], [], []], (
        "nor with its other pieces"
    )


@pytest.mark.parametrize(
    ("lines", "asked"),
    [("1", ["save"]), ("1-12", ["save", "cut_up"]), ("8", [""]), ("14", ["cut_up"])],
)
def test_lines_choose_what_is_asked_about(shop: GitRepo, foundry: CommandLine, lines: str, asked: list[str]) -> None:
    shop.write({"new.py": f"{SAVE}\nLIMIT = 3\n\n{COPY}"})

    assert [one["symbol"] for one in answer(foundry, f"new.py:{lines}")] == asked


def test_lines_of_a_class_mean_the_method_there(repo: GitRepo, foundry: CommandLine, by_structure: None) -> None:
    body = "".join(f"    {line}\n" for line in CHUNKS.replace("(items", "(self, items").splitlines())
    repo.commit({"a.py": f"class Cutter:\n    pieces = 0\n\n{body}"})

    assert [one["symbol"] for one in answer(foundry, "a.py:6-7")] == ["Cutter.in_chunks"]
    assert [one["symbol"] for one in answer(foundry, "a.py:2")] == ["Cutter"]


def test_a_file_is_named_from_where_one_stands(shop: GitRepo, foundry: CommandLine) -> None:
    shop.write({"web/new.py": COPY})
    done = foundry("similar", "new.py", cwd=shop.path / "web")

    assert done.stdout.splitlines()[:2] == [
        "new.py:1 cut_up",
        "  1.00  ../shop/lists.py:3 in_chunks, unreviewed, used in 1 other file",
    ]


def test_half_written_code_is_compared_as_it_stands(shop: GitRepo, foundry: CommandLine) -> None:
    shop.write({"new.py": COPY.rpartition("    return")[0] + "    return (\n"})

    assert best(foundry, "new.py") == ["shop/lists.py:3"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (COPY, "python"),
        ("x = [1]\nfor y in x:\n    print(y)\n", "python"),
        (ARRAY, "javascript"),
        ("function f(a: number[]): number { return a.length }\nfunction g(): void { f([]) }\n", "typescript"),
        ("func Add(a, b int) int {\n\treturn a + b\n}\n", "go"),
        ("fn add(a: i32, b: i32) -> i32 {\n    a + b\n}\n", "rust"),
    ],
)
def test_the_language_of_stdin_is_told_by_what_reads_it(text: str, language: str) -> None:
    assert {piece.language for piece in of_text(text.encode()).pieces} == {language}


def test_a_text_in_no_language_is_refused() -> None:
    with pytest.raises(UsageError, match="stdin: no language that is read here; say which with --language"):
        of_text(b"dear all, nothing here ends well {")


# staged, and since a revision


def test_staged_units_are_compared_with_what_stood_before_and_not_with_each_other(shop: GitRepo, foundry: CommandLine) -> None:
    shop.write({"new.py": f"{OTHER}\n\n{COPY}", "newer.py": OTHER.replace("fetch", "load")})
    shop.git("add", "--all")

    assert best(foundry, "--staged") == ["", "shop/lists.py:3", ""]


def test_of_a_change_a_method_of_one_name_and_a_convention_are_no_duplicates_unless_they_are_the_same(
    repo: GitRepo, foundry: CommandLine, by_structure: None
) -> None:
    near = NEAR_COPY.replace("cut_up", "in_chunks")
    repo.commit({"a.py": CHUNKS, "b.py": SAVE})
    repo.write({"web/c.py": near})
    repo.git("add", "--all")
    assert best(foundry, "--staged") == ["a.py:1"], "two of one name may be a copy"

    repo.commit(
        {"d/d.py": "def in_chunks(a):\n    return a\n", "e/e.py": "def in_chunks(a):\n    return [a]\n", "web/c.py": None}
    )
    repo.write({"web/c.py": near})
    repo.git("add", "--all")
    assert best(foundry, "--staged") == [""], "what all are called is a convention"
    repo.write({"web/c.py": CHUNKS})
    repo.git("add", "--all")
    assert best(foundry, "--staged") == ["a.py:1"], "unless it is the same"


def test_what_was_only_moved_or_renamed_is_not_asked_about(shop: GitRepo, foundry: CommandLine) -> None:
    shop.git("mv", "shop/lists.py", "shop/cutting.py")
    shop.write(
        {"shop/values.py": None, "shop/cutting.py": f'"""Cutting."""\n\n{COPY}', "web/values.py": SAVE.replace("scratch", "half")}
    )
    shop.git("add", "--all")

    assert answer(foundry, "--staged") == []


def test_unchanged_and_very_short_units_and_tests_are_not_asked_about(shop: GitRepo, foundry: CommandLine) -> None:
    shop.write({"shop/values.py": f"{SAVE}\n\ndef one():\n    return 1\n", "tests/test_new.py": COPY, "notes.md": "# Notes\n"})
    shop.write({"examples/pages.py": COPY})
    shop.git("add", "--all")
    done = foundry("similar", "--staged")

    assert (done.returncode, done.stdout) == (0, "No new unit to compare.\n")
    assert "foundry: 1 left out for having fewer than 5 lines of code (extraction.min_lines)\n" in done.stderr


def test_what_is_only_in_the_work_tree_is_not_staged(shop: GitRepo, foundry: CommandLine) -> None:
    shop.write({"new.py": COPY})

    assert answer(foundry, "--staged") == []


def test_before_the_first_commit_everything_staged_is_new(repo: GitRepo, foundry: CommandLine, by_structure: None) -> None:
    repo.write({"a.py": CHUNKS, "b.py": COPY})
    repo.git("add", "--all")

    assert best(foundry, "--staged") == ["", ""], "and nothing stood before"


def test_a_binary_or_broken_staged_file_is_passed_by(shop: GitRepo, foundry: CommandLine) -> None:
    shop.write({"a.py": b"\0\xff\xfe", "b.py": "def f(:\n", "c.py": b"x = '\xff'\n"})
    shop.git("add", "--all")

    assert answer(foundry, "--staged") == []


def test_a_branch_is_compared_from_where_it_left(shop: GitRepo, foundry: CommandLine) -> None:
    shop.git("checkout", "--quiet", "-b", "topic")
    shop.commit({"new.py": COPY})
    shop.git("checkout", "--quiet", "main")
    shop.commit({"main.py": OTHER})
    shop.git("checkout", "--quiet", "topic")

    found = answer(foundry, "--diff", "main")

    assert [(one["path"], [match["path"] for match in one["matches"]]) for one in found] == [("new.py", ["shop/lists.py"])]


@pytest.mark.parametrize(("how", "folder"), [((), ".foundry"), (("--standalone",), "patterns")])
def test_a_pattern_that_was_accepted_is_not_compared_with_itself(
    repo: GitRepo, foundry: CommandLine, by_structure: None, how: tuple[str, ...], folder: str
) -> None:
    foundry("init", *how)
    repo.commit({"lists.py": CHUNKS})
    foundry("extract")
    assert foundry("accept", "python/in-chunks").returncode == 0
    repo.write({"new.py": OTHER})
    repo.git("add", "new.py", folder)

    done = foundry("similar", "--staged", "--fail-on", "0.9")

    assert (done.returncode, done.stdout) == (0, "1 new unit compared, none is like what stood there.\n")
    repo.git("commit", "--quiet", "-m", "Accept a pattern")
    done = foundry("similar", "--diff", "HEAD~1", "--fail-on", "0.9")
    assert (done.returncode, done.stdout) == (0, "1 new unit compared, none is like what stood there.\n")


def test_a_detached_head_is_compared_too(shop: GitRepo, foundry: CommandLine) -> None:
    shop.commit({"new.py": COPY})
    shop.git("checkout", "--quiet", "--detach")

    assert best(foundry, "--diff", "HEAD~1") == ["shop/lists.py:3"]


def test_a_unit_that_was_only_edited_is_not_asked_about(shop: GitRepo, foundry: CommandLine) -> None:
    shop.commit({"shop/lists.py": f'"""Lists."""\n\n{NEAR_COPY.replace("cut_up", "in_chunks")}'})

    assert answer(foundry, "--diff", "HEAD~1") == []


def test_python_code_may_ask_too(shop: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shop.path)
    with PatternLibrary() as library:
        (found,) = library.find_similar(COPY, "python")

    assert (found.asked.name, found.matches[0].document.place) == ("cut_up", "shop/lists.py:in_chunks")
    assert found.matches[0].is_alike and found.matches[0].is_identical and not found.matches[0].is_accepted


# CI, and what goes wrong


@pytest.mark.parametrize(
    ("text", "score", "code"), [(COPY, "1", 1), (NEAR_COPY, "0.9", 1), (NEAR_COPY, "1", 0), (OTHER, "0.9", 0)]
)
def test_fail_on_ends_with_1_from_that_score(shop: GitRepo, foundry: CommandLine, text: str, score: str, code: int) -> None:
    done = foundry("similar", "-", "--fail-on", score, input=text)

    assert done.returncode == code
    assert (f"--fail-on says {score}: exit 1" in done.stderr) is bool(code), "and says so"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "nothing to compare; name a FILE"),
        (("gone.py",), "gone.py: no such file"),
        (("gone.py:3-4",), "gone.py: no such file"),
        (("shop",), "shop: is a folder; name a file in it"),
        (("shop/lists.py:90-99",), "shop/lists.py:90-99: the file has 10 lines; name some of them"),
        (("shop/lists.py:5-3",), "shop/lists.py:5-3: no lines; write FILE:A-B"),
        (("shop/lists.py:0",), "shop/lists.py:0: no lines; write FILE:A-B"),
        (("shop/lists.py:2",), "shop/lists.py: these lines are empty"),
        (("empty.py",), "empty.py: empty; name a source file"),
        (("image.py",), "image.py: not a text in UTF-8; name a source file"),
        (("zeros.py",), "zeros.py: not a text; name a source file"),
        (("README",), "README: its name tells no language that is read here; say which with --language"),
        (("-",), "stdin: empty; pipe code in, or name a file"),
        (("--diff", "nowhere"), "nowhere: no such commit"),
        (("shop/lists.py", "--fail-on", "9"), "--fail-on 9: must be above 0 and at most 1"),
        (("shop/lists.py", "-n", "0"), "--limit 0: must be at least 1"),
    ],
)
def test_what_cannot_be_asked_is_said_in_a_sentence(
    shop: GitRepo, foundry: CommandLine, arguments: tuple[str, ...], sentence: str
) -> None:
    shop.write({"empty.py": "\n", "image.py": b"\x89PNG\xff", "zeros.py": "a\0b", "README": "Read me.\n"})
    done = foundry("similar", *arguments)

    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in done.stderr and len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("arguments", [("--staged",), ("--diff", "HEAD")])
def test_git_questions_need_a_repository(tmp_path: Path, foundry: CommandLine, repo: GitRepo, arguments: tuple[str, ...]) -> None:
    done = foundry("similar", *arguments, cwd=tmp_path)

    assert done.returncode == 3
    assert "not inside a Git repository" in done.stderr


def test_a_file_outside_a_repository_is_compared_with_the_patterns(
    tmp_path: Path, foundry: CommandLine, by_structure: None
) -> None:
    folder = tmp_path / "plain"
    folder.mkdir()
    (folder / "a.py").write_text(CHUNKS, encoding="utf-8")
    done = foundry("similar", "a.py", cwd=folder)

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("a.py:1 in_chunks\n")


def test_history_cut_short_is_said(shop: GitRepo, foundry: CommandLine) -> None:
    shop.git("checkout", "--quiet", "--orphan", "apart")
    shop.commit({"a.py": OTHER})
    done = foundry("similar", "--diff", "main")

    assert done.returncode == 2
    assert "main: shares no commit with HEAD here" in done.stderr


# shingles of many pieces


SHINGLES = st.frozensets(st.sampled_from([0, 1, 2, 3, 2**32, 2**63 - 1, 2**63, 2**64 - 2, 2**64 - 1]))


@given(st.lists(SHINGLES, max_size=8), SHINGLES)
def test_postings_give_the_similarity_with_each_piece(pieces: list[frozenset[int]], asked: frozenset[int]) -> None:
    found = Postings([as_array(piece) for piece in pieces]).similarities(as_array(asked))

    assert found.tolist() == pytest.approx([similarity(piece, asked) for piece in pieces])


@given(st.dictionaries(st.text("abc", min_size=1, max_size=2), SHINGLES))
def test_kept_shingles_come_back(pieces: dict[str, frozenset[int]]) -> None:
    table = ShingleTable(None)
    table.put({"gone": as_array(frozenset({1}))})
    table.put({key: as_array(values) for key, values in pieces.items()}, gone={"gone"} - pieces.keys())

    assert {key: frozenset(values.tolist()) for key, values in table.all().items()} == pieces
    assert table.keys() == pieces.keys()
    assert all(np.all(np.diff(values.astype(object)) > 0) for values in table.all().values())
    table.close()
