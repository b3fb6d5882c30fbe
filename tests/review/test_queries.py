"""``queries.yaml`` and ``foundry library check --queries``: what a library is asked, what it gets, and what is worse than it was."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundry_git.index.encoder.weights import find_weights
from foundry_git.library.library import Library, open_library
from foundry_git.library.queries import MEASURES, Query, read_queries
from foundry_git.library.reading import read_library
from foundry_git.pattern.manifest import write_manifest
from foundry_git.pattern.record import Manifest
from foundry_git.search.evaluation import Figures, QueryResult, below, measure, regressions
from tests import TOP
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo

LIBRARY = "library_id: 5a0c7a52-0f59-4d09-9f4c-0b9d0f1b2c3d\nname: team\n"
SHOW_ALL = "search: {min_relevance: 0}\n"
CRANE = Query("paper crane", ("python/crane",))

needs_weights = pytest.mark.skipif(find_weights(None, Path("/nowhere")) is None, reason="the weights are not installed")


def outcome(expected: str, shown: str, characters: int = 0) -> QueryResult:
    return QueryResult(frozenset(expected.split()), tuple(shown.split()), characters)


class TestFigures:
    def test_recall_is_of_as_many_as_fit(self) -> None:
        assert outcome("a b c", "a x b").recall(1) == 1.0
        assert outcome("a b c", "x a b").recall(1) == 0.0
        assert outcome("a b c", "x a b").recall(5) == pytest.approx(2 / 3)
        assert outcome("a b c d e f", "a b c d e f").recall(5) == 1.0

    def test_each_rate_is_of_the_queries_it_speaks_of(self) -> None:
        got = measure([outcome("a", "a b"), outcome("a", "b a"), outcome("a", "b"), outcome("a", ""), outcome("", "")])

        assert (got.answerable, got.unanswerable) == (4, 1)
        assert got.rates == {"recall@1": 0.25, "recall@5": 0.5, "mrr": 0.375, "wrong_silence": 0.25, "abstention": 1.0}

    def test_lengths_are_of_all_queries(self) -> None:
        got = measure([outcome("a", "a", 300), outcome("a", "", 0), outcome("", "b", 600)])

        assert (got.mean_characters, got.most_characters) == (300, 600)

    def test_a_rate_with_nothing_to_measure_is_left_out(self) -> None:
        assert measure([outcome("", "a")]).rates == {"abstention": 0.0}
        assert measure([]).rates == {}

    def test_everything_that_may_have_a_bar_is_measured(self) -> None:
        assert set(MEASURES) < measure([outcome("a", "a"), outcome("", "")]).rates.keys()

    @pytest.mark.parametrize(
        ("one", "passed"),
        [(outcome("a b", "b"), True), (outcome("a", "b a"), False), (outcome("", ""), True), (outcome("", "a"), False)],
    )
    def test_a_query_passes_with_an_expected_one_first_or_with_silence(self, one: QueryResult, passed: bool) -> None:
        assert one.passed is passed

    @given(
        st.lists(
            st.builds(outcome, st.sampled_from(["", "a", "a b"]), st.sampled_from(["", "a", "b a", "c d"]), st.integers(0, 9))
        )
    )
    def test_the_order_of_the_queries_does_not_matter(self, outcomes: list[QueryResult]) -> None:
        assert measure(outcomes) == measure(outcomes[::-1])


def figures(characters: float = 1000.0, **rates: float) -> Figures:
    return Figures(3, 3, {name.replace("_", "@"): rate for name, rate in rates.items()}, characters, 2000)


class TestComparisonOfFigures:
    def test_a_rate_below_its_bar_is_found_and_one_at_it_is_not(self) -> None:
        assert below(figures(recall_1=0.8, abstention=0.9), {"recall@1": 0.8}) == []
        assert below(figures(recall_1=0.79), {"recall@1": 0.8}) == ["recall@1 is 0.790, below the 0.800 of `at_least`"]

    def test_a_bar_without_a_query_to_measure_it_by_is_found(self) -> None:
        assert below(figures(recall_1=0.8), {"abstention": 0.0}) == [
            "abstention has a bar in `at_least`, and no query to measure it by"
        ]

    @pytest.mark.parametrize("rate", ["recall_1", "recall_5", "abstention"])
    def test_a_rate_that_fell_is_found_and_one_that_rose_is_not(self, rate: str) -> None:
        high, low = figures(**{rate: 0.9}), figures(**{rate: 0.85})

        assert regressions(low, high) == [f"{rate.replace('_', '@')} fell from 0.900 to 0.850"]
        assert regressions(high, low) == regressions(high, high) == []

    def test_a_mean_injection_may_grow_by_a_tenth(self) -> None:
        assert regressions(figures(1100), figures(1000)) == []
        assert regressions(figures(1111), figures(1000)) == ["a mean injection grew by 11%, from about 250 to 278 tokens"]

    def test_the_first_injection_of_all_is_no_growth(self) -> None:
        assert regressions(figures(1000), figures(0)) == []


@pytest.fixture
def library(tmp_path: Path) -> Library:
    (tmp_path / "foundry.yaml").write_text(LIBRARY)
    return open_library(tmp_path)


def asked(text: str) -> str:
    return f"schema: 1\nqueries:\n- ask: paper crane\n  expect: [python/crane]\n{text}"


class TestReading:
    def test_queries_come_in_the_order_of_the_file(self, library: Library) -> None:
        (library.root / "queries.yaml").write_text(
            asked("- {ask: soup, expect: []}\n- {ask: fold, expect: [go/a, go/b], language: go}\n")
            + "at_least: {recall@1: 0.8}\n"
        )

        queries, problems = read_queries(library)

        assert queries.asked == (CRANE, Query("soup", ()), Query("fold", ("go/a", "go/b"), "go"))
        assert queries.at_least == {"recall@1": 0.8}
        assert problems == []

    def test_a_library_need_not_have_any(self, library: Library) -> None:
        queries, problems = read_queries(library)

        assert (queries.asked, queries.at_least, problems) == ((), {}, [])

    @pytest.mark.parametrize(
        ("text", "sentence"),
        [
            ("- just text\n", "query 2: must be a mapping with `ask` and `expect`"),
            ("- expect: []\n", "query 2: ask: is missing"),
            ("- ask: soup\n", "query 2: expect: is missing; write `expect: []` where nothing should be found"),
            ("- ask: soup\n  expect:\n", "query 2: expect: is missing; write `expect: []` where nothing should be found"),
            ("- ask: soup\n  expect: python/soup\n", "query 2: expect: must be a list"),
            ("- ask: soup\n  expect: [{a: b}]\n", "query 2: expect: must be a list of words"),
            ("- ask: soup\n  expcet: []\n  expect: []\n", "query 2: expcet: unknown key; did you mean expect?"),
            ("- ask: Paper  Crane\n  expect: []\n", "query 2: 'Paper  Crane' is asked by query 1 already; take one of them out"),
            ("at_least: {abstension: 0.5}\n", "at_least.abstension: unknown key; did you mean abstention?"),
            ("at_least: {recall@5: 90}\n", "at_least.recall@5: '90' is not a number from 0 to 1"),
            ("at_least: high\n", "at_least: must be a mapping"),
            ("querys: []\n", "querys: unknown key; did you mean queries?"),
        ],
    )
    def test_what_is_wrong_is_said_and_the_good_queries_stay(self, library: Library, text: str, sentence: str) -> None:
        (library.root / "queries.yaml").write_text(asked(text))

        queries, problems = read_queries(library)

        assert queries.asked == (CRANE,)
        assert [(problem.path, problem.sentence) for problem in problems] == [(library.root / "queries.yaml", sentence)]

    @pytest.mark.parametrize(
        ("content", "start"),
        [
            (b"", "the top of the file is not a mapping"),
            (b"schema: 1\n", "queries: must be a list, each with `ask` and `expect`; write at least one"),
            (b"schema: 1\nqueries: []\n", "queries: must be a list"),
            (b"queries:\n- {ask: a, expect: []}\n", "schema: is missing; write `schema: 1`"),
            (b"schema: one\nqueries:\n- {ask: a, expect: []}\n", "schema: 'one' is not a whole number"),
            (b"schema: 2\nqueries: anything\n", "written with schema 2, this version reads up to 1; upgrade with"),
            (b"schema: 1\nqueries:\n- &x {ask: a, expect: []}\n- *x\n", "line 3: anchors are not read"),
            (b"schema: 1\n<<<<<<< HEAD\n", "line 2: unresolved merge conflict"),
            (b"schema: 1\nqueries: [\n", "line "),
            (b"# caf\xe9\n", "not UTF-8 at byte 5"),
            (b"#" * 70_000, "65,537 bytes; at most 65,536 are read"),
        ],
    )
    def test_a_file_that_cannot_be_used_is_one_problem(self, library: Library, content: bytes, start: str) -> None:
        (library.root / "queries.yaml").write_bytes(content)

        (problem,) = read_queries(library)[1]

        assert problem.sentence.startswith(start)

    def test_a_link_is_not_followed(self, library: Library, tmp_path: Path) -> None:
        (tmp_path / "elsewhere.yaml").write_text(asked(""))
        (library.root / "queries.yaml").symlink_to("elsewhere.yaml")

        queries, problems = read_queries(library)

        assert queries.asked == ()
        assert len(problems) == 1

    def test_a_folder_in_its_place_is_a_problem(self, library: Library) -> None:
        (library.root / "queries.yaml").mkdir()

        assert len(read_queries(library)[1]) == 1


@pytest.fixture
def by_word(home: Path) -> None:
    """Search goes by word only: who shares no word with the query is not shown, whatever a model would say."""
    file = home / ".config/foundry-git/config.yaml"
    file.parent.mkdir(parents=True)
    file.write_text("encoder: {enabled: false}\n")


def pattern(slug: str, description: str, code: str = "x = 1\n") -> dict[str, str]:
    manifest = Manifest(slug, "function", description, "python", "it.py")
    return {f"patterns/python/{slug}/v1/pattern.yaml": write_manifest(manifest), f"patterns/python/{slug}/v1/it.py": code}


CRANES = pattern("crane", "Fold a paper crane.") | pattern("kite", "Let a kite of silk rise in the wind.")
QUERIES = asked("- {ask: kite, expect: [python/kite]}\n- {ask: soup, expect: []}\n")
RIVAL = pattern(
    "paper-crane", "Paper crane, paper crane.", "def fold(sheets):\n    return [sheet[::-1] for sheet in sheets if sheet]\n"
)
"""What is found before the crane for "paper crane", and is no near copy of it, which would be folded."""


def report(foundry: CommandLine, *arguments: str, code: int = 0, cwd: Path | None = None) -> dict[str, Any]:
    ran = foundry("library", "check", "--queries", *arguments, "--json", cwd=cwd)
    assert ran.returncode == code, ran.stderr + ran.stdout
    answer: dict[str, Any] = json.loads(ran.stdout)
    assert answer["problems"] == []
    queries: dict[str, Any] = answer["queries"]
    return queries


@pytest.mark.usefixtures("by_word")
class TestQueries:
    @pytest.fixture(autouse=True)
    def committed(self, repo: GitRepo) -> None:
        repo.commit({"foundry.yaml": LIBRARY + SHOW_ALL, "queries.yaml": QUERIES, **CRANES})

    def test_a_library_that_answers_has_no_findings(self, repo: GitRepo, foundry: CommandLine) -> None:
        ran = foundry("library", "check", "--queries")

        assert ran.returncode == 0
        assert ran.stdout.startswith(
            f"2 versions read, 0 problems in {repo.path}\n3 queries, 1 of them to be left without an answer\n"
        )
        assert "recall@1        1.000\n" in ran.stdout
        assert "fail" not in ran.stdout
        assert ran.stderr == "foundry: searched by word only, as your config.yaml says (encoder.enabled)\n"

    def test_every_failing_query_is_named_with_what_was_expected_and_what_came(self, repo: GitRepo, foundry: CommandLine) -> None:
        repo.write({"queries.yaml": asked("- {ask: wind, expect: []}\n- {ask: glider, expect: [python/kite]}\n"), **RIVAL})

        ran = foundry("library", "check", "--queries")

        assert ran.returncode == 1
        shown = [line.split(" (")[0] for line in ran.stdout.partition("of them fail:\n")[2].splitlines()]
        assert shown[:2] == ["  “paper crane”", "      expected python/crane; first was python/paper-crane"]
        assert shown[2:4] == ["  “wind”", "      expected nothing; first was python/kite"]
        assert shown[4:6] == ["  “glider”", "      expected python/kite; nothing came near"]
        assert shown[6].endswith("3 of 3 queries fail, and `at_least` of queries.yaml allows for none")
        assert ", the expected one was number 2\n" in ran.stdout

    @pytest.mark.parametrize(("bar", "code"), [("recall@1: 0.5, abstention: 1", 0), ("recall@1: 0.51", 1)])
    def test_with_a_bar_of_its_own_only_the_bar_counts(self, repo: GitRepo, foundry: CommandLine, bar: str, code: int) -> None:
        repo.write({"queries.yaml": f"{QUERIES}at_least: {{{bar}}}\n", **RIVAL})

        found = report(foundry, code=code)

        assert [one["ask"] for one in found["failing"]] == ["paper crane"]
        assert found["figures"]["rates"]["recall@1"] == 0.5
        assert found["findings"] == (["recall@1 is 0.500, below the 0.510 of `at_least`"] if code else [])

    def test_what_is_shown_and_where_the_expected_one_stands(self, repo: GitRepo, foundry: CommandLine) -> None:
        repo.write(RIVAL)

        (failing,) = report(foundry, code=1)["failing"]

        assert failing["shown"] == ["python/paper-crane", "python/crane"]
        assert (failing["expect"], failing["rank"], failing["first"]["id"]) == (["python/crane"], 2, "python/paper-crane")

    def test_the_language_of_a_query_narrows_it(self, repo: GitRepo, foundry: CommandLine) -> None:
        manifest = Manifest("kite", "function", "Kite, kite.", "go", "it.go")
        repo.write({"patterns/go/kite/v1/pattern.yaml": write_manifest(manifest), "patterns/go/kite/v1/it.go": "package it\n"})
        repo.write({"queries.yaml": asked("- {ask: kite, expect: [go/kite], language: go}\n")})

        assert report(foundry)["failing"] == []

    def test_the_starter_library_does_not_answer_for_a_team(self, repo: GitRepo, foundry: CommandLine) -> None:
        repo.write({"queries.yaml": asked("- {ask: debounce, expect: []}\n")})

        assert report(foundry)["figures"]["rates"]["abstention"] == 1.0

    def test_injected_characters_are_those_of_an_injection(self, repo: GitRepo, foundry: CommandLine) -> None:
        repo.write({"queries.yaml": "schema: 1\nqueries:\n- {ask: silk, expect: [python/kite]}\n"})

        injected = report(foundry)["figures"]["injected"]

        prompt = json.loads(foundry("inject", "--task", "silk", "--json").stdout)["prompt"]
        assert len(prompt) > 200
        assert injected["mean_characters"] == injected["most_characters"] == len(prompt)
        assert injected["mean_tokens"] == -(-len(prompt) // 4)

    def test_without_the_file_it_says_what_to_do(self, repo: GitRepo, foundry: CommandLine) -> None:
        repo.write({"queries.yaml": None})

        ran = foundry("library", "check", "--queries")

        assert ran.returncode == 3
        assert f"{repo.path}/queries.yaml: is not there; write queries as docs/library-format.md says" in ran.stderr

    def test_names_that_the_library_does_not_have_are_problems_of_every_check(self, repo: GitRepo, foundry: CommandLine) -> None:
        entries = [
            "{ask: a, expect: [python/cranes]}",
            "{ask: b, expect: [python/kite]}",
            "{ask: c, expect: [], language: pithon}",
        ]
        repo.write({"queries.yaml": asked("".join(f"- {entry}\n" for entry in entries))})
        repo.write({"patterns/python/kite/deprecated.yaml": "reason: no wind\n"})

        ran = foundry("library", "check", "--json")

        assert ran.returncode == 1
        assert [(Path(row["path"]).name, row["problem"]) for row in json.loads(ran.stdout)] == [
            ("queries.yaml", "'a': expects 'python/cranes', which is no pattern of this library; did you mean python/crane?"),
            ("queries.yaml", "'b': expects 'python/kite', which is deprecated, so search does not show it"),
            ("queries.yaml", "'c': language: no pattern of this library is 'pithon'; did you mean python?"),
        ]


@pytest.mark.usefixtures("by_word")
class TestAgainstARevision:
    @pytest.fixture(autouse=True)
    def committed(self, repo: GitRepo) -> None:
        repo.commit({"readme": "nothing yet"})
        repo.commit({"foundry.yaml": LIBRARY + SHOW_ALL, "queries.yaml": QUERIES, **CRANES})

    def test_an_unchanged_library_is_no_worse(self, foundry: CommandLine) -> None:
        found = report(foundry, "--base", "HEAD")

        assert found["base"]["figures"] == found["base"]["figures_now"] == found["figures"]
        assert (found["base"]["lost"], found["base"]["added"], found["base"]["gone"]) == ([], [], [])

    def test_a_new_pattern_that_pushes_an_old_one_down_is_found(self, repo: GitRepo, foundry: CommandLine) -> None:
        repo.write(RIVAL)

        ran = foundry("library", "check", "--queries", "--base", "HEAD")

        assert ran.returncode == 1
        assert (
            "\n1 passed there and fail now:\n  “paper crane”\n      expected python/crane; first was python/paper-crane ("
            in ran.stdout
        )
        assert "recall@1 fell from 1.000 to 0.500, against HEAD\n" in ran.stdout

    def test_it_does_not_make_up_for_that_with_its_own_query(self, repo: GitRepo, foundry: CommandLine) -> None:
        bridges = pattern("bridge", "A bridge.") | pattern("boat", "A boat.")
        own = "- {ask: bridge, expect: [python/bridge]}\n- {ask: boat, expect: [python/boat]}\n"
        repo.write({"queries.yaml": QUERIES + own, **RIVAL, **bridges})

        found = report(foundry, "--base", "HEAD", code=1)

        assert found["figures"]["rates"]["recall@1"] == 0.75
        assert found["base"]["figures_now"]["rates"]["recall@1"] == 0.5
        assert [one["ask"] for one in found["base"]["lost"]] == ["paper crane"]
        assert found["base"]["added"] == ["bridge", "boat"]

    def test_what_failed_there_may_fail_on_and_what_is_fixed_is_named(self, repo: GitRepo, foundry: CommandLine) -> None:
        repo.commit(RIVAL)
        before = repo.commit({"queries.yaml": QUERIES + "- {ask: glider, expect: [python/kite]}\n"})
        shutil.rmtree(repo.path / "patterns/python/paper-crane")

        found = report(foundry, "--base", before)

        assert [one["ask"] for one in found["failing"]] == ["glider"]
        assert [one["ask"] for one in found["base"]["won"]] == ["paper crane"]
        assert found["findings"] == []

    def test_lost_silence_and_longer_prompts_are_found(self, repo: GitRepo, foundry: CommandLine) -> None:
        repo.write(pattern("ladle", "Ladle out soup.", "y = 2  # more\n" * 50))

        said = report(foundry, "--base", "HEAD", code=1)["findings"]

        assert said[0] == "abstention fell from 1.000 to 0.000, against HEAD"
        assert said[1].startswith("a mean injection grew by ")

    def test_a_query_taken_out_is_named(self, repo: GitRepo, foundry: CommandLine) -> None:
        repo.write({"queries.yaml": asked("- {ask: soup, expect: []}\n")})

        assert report(foundry, "--base", "HEAD")["base"]["gone"] == ["kite"]

    def test_settings_are_those_of_the_revision(self, repo: GitRepo, foundry: CommandLine) -> None:
        repo.write({"foundry.yaml": LIBRARY + "search: {min_relevance: 1}\n"})

        said = report(foundry, "--base", "HEAD", code=1)["findings"]

        assert said[0] == "recall@1 fell from 1.000 to 0.000, against HEAD"

    def test_nothing_is_checked_out_or_left_behind(self, repo: GitRepo, foundry: CommandLine) -> None:
        base = repo.head()
        repo.commit(RIVAL)
        repo.write({"draft": "not committed"})
        before = repo.git("status", "--porcelain"), repo.head(), sorted(repo.path.rglob("*"))

        report(foundry, "--base", base, code=1)

        assert (repo.git("status", "--porcelain"), repo.head(), sorted(repo.path.rglob("*"))) == before

    def test_in_a_products_repository_too(self, foundry: CommandLine, tmp_path: Path) -> None:
        product = GitRepo.create(tmp_path / "product")
        files = {"foundry.yaml": LIBRARY + SHOW_ALL, "queries.yaml": QUERIES, **CRANES}
        product.commit({f".foundry/{name}": text for name, text in files.items()})
        product.write({f".foundry/{name}": text for name, text in RIVAL.items()})
        (product.path / "src").mkdir()

        found = report(foundry, "--base", "HEAD", code=1, cwd=product.path / "src")

        assert [one["ask"] for one in found["base"]["lost"]] == ["paper crane"]

    @pytest.mark.parametrize(
        ("arguments", "sentence"),
        [
            (["--queries", "--base", "nowhere"], "nowhere: no such commit in "),
            (["--queries", "--base", "HEAD~1"], ":foundry.yaml: no library was there; name a revision that has it"),
            (["--base", "HEAD"], "--base compares what the queries get; add --queries"),
        ],
    )
    def test_a_base_that_cannot_be_used_is_a_matter_of_usage(
        self, foundry: CommandLine, arguments: list[str], sentence: str
    ) -> None:
        ran = foundry("library", "check", *arguments)

        assert ran.returncode == 2
        assert sentence in ran.stderr
        assert "Traceback" not in ran.stderr

    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            (
                LIBRARY + "search: {min_relevance: much}\n",
                "search.min_relevance: 'much' is not a number from 0 to 1; name another",
            ),
            ("name: team\n", "library_id: is missing or not a UUID"),
            ("library: elsewhere\n", "only pointed at a library; name another revision"),
        ],
    )
    def test_a_library_that_was_broken_there_is_said(
        self, repo: GitRepo, foundry: CommandLine, content: str, sentence: str
    ) -> None:
        repo.commit({"foundry.yaml": content})
        repo.write({"foundry.yaml": LIBRARY + SHOW_ALL})

        ran = foundry("library", "check", "--queries", "--base", "HEAD")

        assert ran.returncode == 2
        assert sentence in ran.stderr


class TestTheStarterLibrary:
    def test_its_queries_name_every_pattern_and_leave_enough_without_an_answer(self) -> None:
        library = open_library(TOP)
        queries, problems = read_queries(library)

        assert problems == []
        assert {id for query in queries.asked for id in query.expect} == {one.ref.id for one in read_library(library)[0]}
        assert sum(bool(query.expect) for query in queries.asked) >= 60
        assert sum(not query.expect for query in queries.asked) >= 20

    @needs_weights
    def test_the_same_files_get_the_same_figures_anywhere(self, tmp_path: Path, foundry: CommandLine) -> None:
        files = {path: (TOP / path).read_bytes() for path in ("foundry.yaml", "queries.yaml")}
        places = [path for path in (TOP / "patterns").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
        files |= {path.relative_to(TOP).as_posix(): path.read_bytes() for path in places}
        copy = GitRepo.create(tmp_path / "copy")
        copy.commit(dict(files))

        found = report(foundry, "--base", "HEAD", cwd=copy.path)

        assert found["by_meaning"] is True
        assert found["base"]["figures"] == found["figures"]
        assert found["findings"] == []
