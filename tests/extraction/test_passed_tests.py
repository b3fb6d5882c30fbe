"""Tests as patterns: those that a report says passed travel with the unit they exercise, or stand for themselves."""

from __future__ import annotations

import json
import os
import pwd
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import pytest

from foundry_git.extraction.passed_tests import companion, python
from foundry_git.extraction.passed_tests import tested as tested_code
from foundry_git.extraction.passed_tests.uses import PlacedTest, ProjectUnderTest
from foundry_git.outcomes import junit, reported_tests
from foundry_git.source.reader import read_units
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo
from tests.outcomes.reported import REPORTS, project

CHUNKS = project("pytest")["shop/chunks.py"]


def all_tests(files: dict[str, str]) -> list[PlacedTest]:
    return [PlacedTest(path, unit) for path, text in files.items() for unit in read_units(text, path) if unit.is_test]


def joined(report: str, files: dict[str, str]) -> reported_tests.Joined:
    text = (REPORTS / report).read_text(encoding="utf-8") if report.endswith(".xml") else report
    cases = junit.read_report(text, "r.xml").cases
    return reported_tests.join(cases, [(test.path, test.unit) for test in all_tests(files)])


def suite(*cases: tuple[str, str], inside: str = "") -> str:
    rows = "".join(f"<testcase classname={quoteattr(of)} name={quoteattr(name)}>{inside}</testcase>" for of, name in cases)
    return f"<testsuite>{rows}</testsuite>"


def uses(text: str, *, others: dict[str, str] | None = None, path: str = "tests/test_a.py") -> tuple[list[str], bool]:
    """The units that the first test of a text names, and whether it needs nothing else; ``shop/chunks.py`` is there."""
    files = {"shop/__init__.py": "", "shop/chunks.py": CHUNKS, **(others or {})}
    symbols: dict[str, tuple[str, ...]] = {}
    for place, code in files.items():
        for unit in read_units(code, place):
            symbols[unit.symbol] = (*symbols.get(unit.symbol, ()), place)
    found = python.uses_of(all_tests({path: text})[0], ProjectUnderTest(symbols, frozenset({*files, path})))
    return [":".join(key) for key in found.units], found.is_plain


# Joining


@pytest.mark.parametrize("report", ["pytest.xml", "pytest-xunit1.xml"])
def test_the_cases_of_a_pytest_report_are_found_in_the_code(report: str) -> None:
    found = joined(report, project("pytest"))

    assert {symbol: result for (_, symbol), result in found.results.items()} == {
        "test_chunks_keep_the_order": "passed",
        "test_a_size_of_nothing_is_refused": "passed",
        "test_every_item_is_in_a_chunk": "passed",
        "test_one_of_two_sizes_fails": "failed",
        "test_chunks_of_interleaved_lists": "passed",
        "test_breaks_in_its_teardown": "error",
        "test_interleaved_fails": "failed",
        "test_interleaved_later": "skipped",
        "test_interleaved_known": "skipped",
        "TestInterleaved": "passed",
        "TestHalfBroken": "failed",
        "OldStyle": "passed",
    }
    assert found.lost == ()


@pytest.mark.parametrize(
    ("report", "runner", "results"),
    [
        (
            "vitest.xml",
            "vitest",
            ["inChunks: passed", "chunks of one: passed", "fails on purpose: failed", "comes later: skipped"],
        ),
        ("jest.xml", "jest", ["inChunks: passed", "chunks of one: passed", "fails on purpose: failed", "comes later: skipped"]),
        (
            "jest-file.xml",
            "jest",
            ["inChunks: passed", "chunks of one: passed", "fails on purpose: failed", "comes later: skipped"],
        ),
        (
            "go-junit-report.xml",
            "go-junit-report",
            [
                "TestInChunks: passed",
                "TestInChunksRefusesNothing: passed",
                "TestFailsOnPurpose: failed",
                "TestComesLater: skipped",
            ],
        ),
        (
            "cargo-nextest.xml",
            "cargo-nextest",
            [
                "tests::keeps_the_order: passed",
                "tests::a_size_of_nothing_is_refused: passed",
                "tests::fails_on_purpose: failed",
                "tests::passes_at_the_second_try: flaky",
                "one_by_one: passed",
                "all_at_once: passed",
            ],
        ),
    ],
)
def test_the_cases_of_every_runner_are_found_in_the_code(report: str, runner: str, results: list[str]) -> None:
    found = joined(report, project(runner))

    assert [f"{symbol}: {result}" for (_, symbol), result in found.results.items()] == results
    assert found.lost == ()


def test_titles_that_begin_alike_and_files_that_share_a_title_are_told_apart() -> None:
    code = (
        'describe("cut", () => {\n  it("works", () => {});\n});\n\ndescribe("cut twice", () => {\n  it("works", () => {});\n});\n'
    )
    files = {"a/cut.test.js": code, "b/cut.test.js": code}

    named = joined(suite(("b/cut.test.js", "cut twice > works")), files)
    unnamed = joined(suite(("cut twice", "works")), files)

    assert list(named.results) == [("b/cut.test.js", "cut twice")]
    assert (unnamed.results, len(unnamed.lost)) == ({}, 1)


def test_go_tests_of_one_name_are_told_apart_by_their_package() -> None:
    code = 'package {}\n\nimport "testing"\n\nfunc TestA(t *testing.T) {{\n\tt.Log(1)\n}}\n'
    files = {"text/a_test.go": code.format("text"), "data/a_test.go": code.format("data"), "a_test.go": code.format("top")}

    found = joined(suite(("example.com/shop/data", "TestA/one"), ("example.com/shop", "TestA")), files)

    assert list(found.results) == [("data/a_test.go", "TestA"), ("a_test.go", "TestA")]


def test_the_runner_may_have_started_below_or_above_the_top_of_the_repository() -> None:
    code = "def test_a():\n    assert True\n"
    files = {"billing/tests/test_a.py": code, "stock/tests/test_a.py": code}

    below = joined(suite(("stock.tests.test_a", "test_a")), files)
    above = joined(suite(("repo.stock.tests.test_a", "test_a")), files)

    assert list(below.results) == list(above.results) == [("stock/tests/test_a.py", "test_a")]


def test_a_case_that_could_be_of_two_tests_is_of_none() -> None:
    code = "def test_a():\n    assert True\n"

    found = joined(suite(("tests.test_a", "test_a")), {"one/tests/test_a.py": code, "two/tests/test_a.py": code})

    assert found.results == {}
    assert [case.name for case in found.lost] == ["test_a"]


def test_a_class_of_which_not_every_test_was_run_is_incomplete() -> None:
    code = "class TestA:\n    def test_one(self):\n        pass\n\n    def test_two(self):\n        pass\n"

    half = joined(suite(("test_a.TestA", "test_one")), {"test_a.py": code})
    whole = joined(suite(("test_a.TestA", "test_one"), ("test_a.TestA", "test_two[1]")), {"test_a.py": code})

    assert (list(half.results.values()), list(whole.results.values())) == (["incomplete"], ["passed"])


def test_of_several_reports_the_worst_counts() -> None:
    code = "def test_a():\n    assert True\n"
    both = (
        junit.read_report(suite(("test_a", "test_a")), "1").cases
        + junit.read_report(suite(("test_a", "test_a"), inside="<flakyFailure/>"), "2").cases
    )

    found = reported_tests.join(both, [("test_a.py", unit) for unit in read_units(code, "test_a.py")])

    assert found.results == {("test_a.py", "test_a"): "flaky"}


# What a test exercises


@pytest.mark.parametrize(
    "head",
    [
        "from shop.chunks import in_chunks",
        "from shop.chunks import in_chunks as cut",
        "from shop import in_chunks",
        "from shop import chunks",
        "import shop.chunks as chunks",
        "from ..shop.chunks import in_chunks",
    ],
)
def test_a_unit_is_found_by_every_usual_import(head: str) -> None:
    name = "cut" if "cut" in head else "in_chunks" if head.endswith("in_chunks") else "chunks.in_chunks"

    assert uses(f"{head}\n\n\ndef test_a():\n    assert {name}([1], 1) == [[1]]\n") == (["shop/chunks.py:in_chunks"], True)


@pytest.mark.parametrize(
    ("head", "name", "is_plain"),
    [
        ("from shop import chunks", "chunks", True),
        ("from shop import chunks as c", "c", True),
        ("import shop.chunks", "shop.chunks", False),
    ],
)
def test_what_a_test_takes_from_a_module_is_what_it_uses(head: str, name: str, is_plain: bool) -> None:
    found, plain = uses(f"{head}\n\n\ndef test_a():\n    for n in (1, 2):\n        assert {name}.in_chunks([1], n) == [[1]]\n")

    assert (found, plain) == (["shop/chunks.py:in_chunks"], is_plain), "by its full name it is a use, but would not travel"


def test_what_a_test_imports_within_itself_is_used_but_would_not_travel() -> None:
    code = "def test_a():\n    from shop import chunks\n    assert chunks.in_chunks([1], 1) == [[1]]\n"

    assert uses(code) == (["shop/chunks.py:in_chunks"], False)


@pytest.mark.parametrize(
    "text",
    [
        "def test_a():\n    assert in_chunks(SAMPLE, 1)\n",
        "def test_a(stock):\n    assert in_chunks(stock, 1)\n",
        "@pytest.mark.usefixtures('stock')\ndef test_a():\n    assert in_chunks([1], 1)\n",
        "def test_a(monkeypatch):\n    monkeypatch.setattr('shop.chunks.range', None)\n    in_chunks([], 1)\n",
        "def test_a():\n    assert in_chunks([__file__], 1)\n",
        "def test_a():\n    from shop.other import helper\n    assert in_chunks([helper], 1)\n",
        "def test_a():\n    assert in_chunks([CURRENCY], 1)\n",
        "class TestA:\n    def test_a(self, stock):\n        assert in_chunks(stock, 1)\n",
    ],
)
def test_a_test_that_needs_more_of_its_project_is_not_plain(text: str) -> None:
    head = "import pytest\n\nfrom shop.chunks import in_chunks\nfrom shop.money import CURRENCY\n\nSAMPLE = [1]\n\n\n"

    found, is_plain = uses(head + text, others={"shop/money.py": "CURRENCY = 'EUR'\n"})

    assert (found, is_plain) == (["shop/chunks.py:in_chunks"], False)


@pytest.mark.parametrize(
    "text",
    [
        "def test_a(tmp_path, capsys):\n    assert in_chunks([tmp_path], 1)\n",
        "@pytest.mark.parametrize(('a', 'b'), [(1, 2)])\ndef test_a(a, b):\n    assert in_chunks([a, b], 1)\n",
        "@pytest.mark.parametrize('a, b', [(1, 2)])\nclass TestA:\n    def test_a(self, a, b):\n        assert in_chunks([a], b)\n",
        "class TestA:\n    @pytest.fixture\n    def one(self):\n        return 1\n\n"
        "    def test_a(self, one):\n        assert in_chunks([1], one)\n",
        "@given(st.lists(st.integers()))\ndef test_a(items):\n    assert in_chunks(items, 9) is not None\n",
    ],
)
def test_arguments_that_travel_along_leave_a_test_plain(text: str) -> None:
    head = "import pytest\nfrom hypothesis import given, strategies as st\n\nfrom shop.chunks import in_chunks\n\n\n"

    assert uses(head + text) == (["shop/chunks.py:in_chunks"], True)


# The test file that travels


def together(*texts: str, code_file: str = "in_chunks.py") -> companion.Companion:
    files = {f"tests/test_{number}.py": text for number, text in enumerate(texts)}
    (unit,) = [unit for unit in read_units(CHUNKS, "shop/chunks.py") if unit.symbol == "in_chunks"]
    around = ProjectUnderTest({"in_chunks": ("shop/chunks.py",)}, frozenset({"shop/chunks.py", *files}))
    return companion.companion_of("shop/chunks.py", unit, code_file, all_tests(files), around)


def one_test(name: str, head: str = "from shop.chunks import in_chunks", body: str = "assert in_chunks([1], 1)") -> str:
    return f"{head}\n\n\ndef {name}():\n    {body}\n"


def test_imports_are_merged_and_the_unit_comes_from_beside() -> None:
    made = together(
        one_test(
            "test_a", "import os\nfrom math import pi\nfrom shop.chunks import in_chunks", "assert in_chunks([pi], os.EX_OK + 1)"
        ),
        one_test(
            "test_b", "from math import e, pi\nimport pytest\nimport shop.chunks as c", "assert c.in_chunks([e, pi], pytest.x)"
        ),
    )

    assert made.text.partition("\n\n\n")[0].split("\n") == [
        "import os",
        "from math import e, pi",
        "",
        "import pytest",
        "",
        "from in_chunks import in_chunks",
        "import in_chunks as c",
    ]
    assert made.tests == {("tests/test_0.py", "test_a"), ("tests/test_1.py", "test_b")}


def test_a_test_whose_name_or_import_means_something_else_stays_at_home() -> None:
    made = together(
        one_test("test_a", "from math import pi\nfrom shop.chunks import in_chunks", "assert in_chunks([pi], 1)"),
        one_test("test_a"),
        one_test("test_b", "from cmath import pi\nfrom shop.chunks import in_chunks", "assert in_chunks([pi], 1)"),
        one_test("test_c"),
    )

    assert made.tests == {("tests/test_0.py", "test_a"), ("tests/test_3.py", "test_c")}


def test_secrets_stay_at_home_and_the_file_is_bounded() -> None:
    token = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    long = f"assert in_chunks({'[' + '1, ' * 3000 + ']'}, 1)"

    made = together(
        one_test("test_secret", body=f"assert in_chunks(['{token}'], 1)"),
        one_test("test_long", body=long),
        one_test("test_longer", body=long),
        one_test("test_short"),
    )

    assert {name for _, name in made.tests} == {"test_long", "test_short"}
    assert len(made.text) <= companion.MAX_CHARACTERS


@pytest.mark.parametrize("code_file", ["json.py", "2_d_chunks.py", "lambda.py"])
def test_a_code_file_that_cannot_be_imported_has_no_tests_beside_it(code_file: str) -> None:
    assert together(one_test("test_a"), code_file=code_file) == companion.NONE
    assert companion.renamed(together(one_test("test_a")).text, "in_chunks.py", code_file) == ""


def test_a_unit_that_needs_its_project_has_none_either() -> None:
    code = CHUNKS.replace("range(0,", "own_range(0,")
    unit = read_units(code, "shop/chunks.py")[0]
    tests = all_tests({"tests/test_a.py": one_test("test_a")})

    around = ProjectUnderTest({"in_chunks": ("shop/chunks.py",)}, frozenset({"shop/chunks.py"}))

    assert companion.companion_of("shop/chunks.py", unit, "in_chunks.py", tests, around) == companion.NONE


def test_the_tests_that_passed_are_counted_for_every_unit_they_name() -> None:
    files = project("pytest")
    around = ProjectUnderTest({"in_chunks": ("shop/chunks.py",), "interleaved": ("shop/chunks.py",)}, frozenset(files))

    tested = tested_code.tested_by(joined("pytest.xml", files).results, all_tests(files), around)

    assert tested.exercised == {("shop/chunks.py", "in_chunks"): 5, ("shop/chunks.py", "interleaved"): 2}
    assert tested.doubted == set(tested.exercised)


# The whole way


@pytest.fixture
def shop(repo: GitRepo, foundry: CommandLine) -> CommandLine:
    """A repository with the project whose report is ``pytest.xml``, extracted with it."""
    repo.commit(project("pytest"))
    foundry("init")
    done = foundry("extract", "--junit", str(REPORTS / "pytest.xml"))
    assert done.returncode == 0, done.stderr
    return foundry


def listed(foundry: CommandLine) -> dict[str, Any]:
    return {one["symbol"]: one for one in json.loads(foundry("candidates", "--all", "--json").stdout)}


def test_what_passed_travels_or_stands_for_itself_and_nothing_else_does(repo: GitRepo, foundry: CommandLine) -> None:
    repo.commit(project("pytest"))
    foundry("init")

    answer = json.loads(foundry("extract", "--junit", str(REPORTS / "pytest.xml"), "--json").stdout)

    reasons = {one["symbol"]: one["reason"] for one in answer["verdicts"] if one["outcome"] == "dropped"}
    assert reasons == {
        "test_chunks_keep_the_order": "travels: with python/in-chunks",
        "test_a_size_of_nothing_is_refused": "travels: with python/in-chunks",
        "test_every_item_is_in_a_chunk": "travels: with python/in-chunks",
        "OldStyle": "travels: with python/in-chunks",
        "TestInterleaved": "travels: with python/interleaved",
        "test_one_of_two_sizes_fails": "test: failed",
        "test_breaks_in_its_teardown": "test: error",
        "test_interleaved_fails": "test: failed",
        "test_interleaved_later": "test: skipped",
        "test_interleaved_known": "test: skipped",
        "TestHalfBroken": "test: failed",
    }
    assert answer["tests"] == {"cases": 18, "joined": 12, "passed": 6, "not_found": []}
    kinds = {symbol: (one["id"], one["kind"], one["has_tests"]) for symbol, one in listed(foundry).items()}
    assert kinds == {
        "in_chunks": ("python/in-chunks", "function", True),
        "interleaved": ("python/interleaved", "function", True),
        "test_chunks_of_interleaved_lists": ("python/chunks-of-interleaved-lists", "test", False),
    }


def test_without_a_report_no_test_is_looked_into(repo: GitRepo, foundry: CommandLine) -> None:
    repo.commit(project("pytest"))
    foundry("init")

    answer = json.loads(foundry("extract", "--all", "--json").stdout)

    assert [(one["path"], one["reason"]) for one in answer["verdicts"] if one["reason"].startswith("test")] == [
        ("tests/test_chunks.py", "test")
    ]
    assert not any(one["has_tests"] for one in listed(foundry).values())


def run_pytest(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(folder), str(folder)],
        cwd=folder,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": ""},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize("name", [None, "pieces"])
def test_the_tests_of_an_accepted_pattern_run_green_beside_its_code_alone(
    shop: CommandLine, repo: GitRepo, name: str | None
) -> None:
    done = shop("accept", "in-chunks", *(["--as", name] if name else []))
    assert done.returncode == 0, done.stderr
    folder = repo.path / f".foundry/patterns/python/{name or 'in-chunks'}/v1"

    ran = run_pytest(folder)

    slug = name or "in_chunks"
    assert {path.name for path in folder.glob("*.*")} == {"pattern.yaml", f"{slug}.py", f"test_{slug}.py"}
    assert (ran.returncode, ran.stdout.splitlines()[-1].split(" in ")[0]) == (0, "6 passed"), ran.stdout
    assert (folder / "__pycache__").is_dir()
    assert shop("library", "check").returncode == 0


def accepted(runner: str, repo: GitRepo, foundry: CommandLine) -> Path:
    """The folder of the pattern that a runner's project and report give."""
    repo.commit(project(runner))
    foundry("init")
    foundry("extract", "--junit", str(REPORTS / f"{runner}.xml"))
    done = foundry("accept", "in-chunks")
    assert done.returncode == 0, done.stderr
    (manifest,) = (repo.path / ".foundry/patterns").rglob("pattern.yaml")
    return manifest.parent


@pytest.mark.skipif(shutil.which("go") is None, reason="there is no go")
def test_travelling_go_tests_run_green_beside_the_code_alone(repo: GitRepo, foundry: CommandLine) -> None:
    folder = accepted("go-junit-report", repo, foundry)

    ran = subprocess.run(
        ["go", "test", "-v", "in_chunks.go", "in_chunks_test.go"],
        cwd=folder,
        env={**os.environ, "GO111MODULE": "off", "GOFLAGS": "", "GOCACHE": str(repo.path / "cache")},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert re.findall(r"^--- (\w+: \w+)", ran.stdout, re.MULTILINE) == ["PASS: TestInChunks", "PASS: TestInChunksRefusesNothing"]


@pytest.mark.skipif(shutil.which("rustc") is None, reason="there is no rustc")
def test_travelling_rust_tests_run_green_below_the_code_alone(repo: GitRepo, foundry: CommandLine, tmp_path: Path) -> None:
    folder = accepted("cargo-nextest", repo, foundry)
    tests = f'#[cfg(test)]\n#[path = "{folder}/test_in_chunks.rs"]\nmod tests;\n'
    (tmp_path / "lib.rs").write_text(f'include!("{folder}/in_chunks.rs");\n{tests}', encoding="utf-8")

    build = ["rustc", "--edition", "2021", "--test", "-o", str(tmp_path / "run"), str(tmp_path / "lib.rs")]
    home = {"HOME": pwd.getpwuid(os.getuid()).pw_dir}  # where rustup keeps its toolchains
    made = subprocess.run(build, env=os.environ | home, capture_output=True, encoding="utf-8", check=False, timeout=300)
    assert made.returncode == 0, made.stderr
    ran = subprocess.run([str(tmp_path / "run")], capture_output=True, encoding="utf-8", check=False, timeout=60)

    assert "test result: ok. 4 passed" in ran.stdout


def test_travelling_typescript_tests_import_the_unit_from_beside(repo: GitRepo, foundry: CommandLine) -> None:
    folder = accepted("vitest", repo, foundry)

    text = (folder / "test_in_chunks.ts").read_text(encoding="utf-8")

    assert text.startswith(
        'import { describe, expect, it, test } from "vitest";\nimport { inChunks } from "./in_chunks";\n\ndescribe('
    )
    assert re.findall(r'^(?:describe|test)\("(.*)"', text, re.MULTILINE) == ["inChunks", "chunks of one"]


def test_javascript_that_exports_nothing_by_itself_has_no_tests_beside_it(repo: GitRepo, foundry: CommandLine) -> None:
    assert not list(accepted("jest", repo, foundry).glob("test_*"))


def test_the_travelling_tests_see_when_the_code_breaks(shop: CommandLine, repo: GitRepo) -> None:
    shop("accept", "in-chunks")
    folder = repo.path / ".foundry/patterns/python/in-chunks/v1"
    code = folder / "in_chunks.py"
    code.write_text(code.read_text(encoding="utf-8").replace("start + size", "start + size + 1"), encoding="utf-8")

    assert run_pytest(folder).returncode == 1


def test_a_proposal_brings_the_tests_and_says_so(shop: CommandLine, repo: GitRepo) -> None:
    body = shop("propose", "interleaved").stdout

    assert "with `test_interleaved.py`: tests of it that passed" in body
    written = repo.git("show", "foundry/interleaved:.foundry/patterns/python/interleaved/v1/test_interleaved.py")
    assert "from interleaved import interleaved" in written
    assert "class TestInterleaved:" in written


def test_tests_stay_with_unchanged_code_and_go_with_changed_code(shop: CommandLine, repo: GitRepo) -> None:
    shop("extract", "--all")
    assert listed(shop)["in_chunks"]["has_tests"]

    changed = project("pytest")["shop/chunks.py"].replace("must be positive", "has to be positive")
    repo.commit({"shop/chunks.py": changed})
    shop("extract", "--all")

    assert not listed(shop)["in_chunks"]["has_tests"]


def test_tests_that_fail_now_travel_no_longer(shop: CommandLine, tmp_path: Path) -> None:
    names = ["test_chunks_keep_the_order", "test_a_size_of_nothing_is_refused"]
    text = suite(*(("tests.test_chunks", name) for name in names), inside="<failure/>")
    (tmp_path / "now.xml").write_text(text, encoding="utf-8")

    shop("extract", "--junit", str(tmp_path / "now.xml"))

    found = listed(shop)
    assert (found["in_chunks"]["has_tests"], found["interleaved"]["has_tests"]) == (False, True)


def test_a_folder_is_extracted_with_its_report_as_path_or_session(repo: GitRepo, foundry: CommandLine, tmp_path: Path) -> None:
    repo.commit({"readme": "x"})
    foundry("init")
    for path, text in project("pytest").items():
        (tmp_path / "session" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "session" / path).write_text(text, encoding="utf-8")
    report, session = str(REPORTS / "pytest.xml"), str(tmp_path / "session")

    by_path = json.loads(foundry("extract", session, "--junit", report, "--dry-run", "--json").stdout)
    by_option = json.loads(foundry("extract", "--session", session, "--junit", report, "--dry-run", "--json").stdout)

    assert by_path == by_option
    assert by_path["tests"]["passed"] == 6


def test_a_report_that_cannot_be_read_ends_the_command_before_it_begins(repo: GitRepo, foundry: CommandLine) -> None:
    repo.commit(project("pytest"))
    foundry("init")
    repo.write({"broken.xml": "<testsuite>"})

    done = foundry("extract", "--junit", "broken.xml")

    assert (done.returncode, done.stdout) == (3, "")
    assert "broken.xml: not XML, line 1" in done.stderr


def test_reported_tests_that_are_not_in_the_code_are_said_to_be_missing(repo: GitRepo, foundry: CommandLine) -> None:
    repo.commit({"a.py": "x = 1\n"})
    foundry("init")

    done = foundry("extract", "--junit", str(REPORTS / "go-junit-report.xml"))

    assert "6 reported tests were not found in the code, e.g. example.com/shop/text TestInChunks" in done.stderr
