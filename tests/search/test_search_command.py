"""``foundry search`` with the real model on the starter library: what it finds, what it does not, and what it never does."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from foundry_git.index.encoder.weights import find_weights
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo

FIELDS = {"id", "version", "library", "score", "relevance", "parts", "path", "also", "reviewed", "evidence"}
DURATION = '''\
"""Time as it is billed."""

import re

UNITS = {"h": 3600, "m": 60, "s": 1}


def parse_duration(text: str) -> int:
    """Parse a duration such as 1h30m into seconds."""
    total = 0
    for number, unit in re.findall(r"([0-9]+)([hms])", text):
        total += int(number) * UNITS[unit]
    if not total:
        raise ValueError(text)
    return total


class Ledger:
    """Adds up what customers owe."""

    def __init__(self, rows):
        self.rows = rows

    def balance_of(self, customer):
        """Sum what one customer owes, without what is void."""
        total = 0
        for row in self.rows:
            if row.customer == customer and not row.void:
                total += row.amount
        return total
'''
USE = "from billing.time import parse_duration\n\n\ndef {name}(text):\n    return {factor} * parse_duration(text)\n"
LIBRARY = "library_id: 5a0c7a52-0f59-4d09-9f4c-0b9d0f1b2c3d\nname: {name}\n"
WORDS_ONLY = "encoder: {enabled: false}\n"

needs_weights = pytest.mark.skipif(find_weights(None, Path("/nowhere")) is None, reason="the weights are not installed")


@pytest.fixture
def outside(tmp_path: Path) -> CommandLine:
    """The command line in a folder that no repository holds: only the starter library is there."""
    folder = tmp_path / "outside"
    folder.mkdir()
    return CommandLine(folder)


@pytest.fixture
def shop(repo: GitRepo) -> GitRepo:
    """A repository without a library, in which three files and a test use one function."""
    callers = {f"shop/{name}.py": USE.format(name=name, factor=at) for at, name in enumerate(("quote", "invoice", "report"), 2)}
    test = USE.format(name="test_it", factor=1)
    repo.commit({"billing/time.py": DURATION, "tests/test_time.py": test, **callers})
    return repo


@pytest.fixture
def without_weights(home: Path) -> None:
    """The user's own configuration says: by word only."""
    file = home / ".config/foundry-git/config.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(WORDS_ONLY)


def hits(foundry: CommandLine, *arguments: str) -> list[dict[str, Any]]:
    done = foundry("search", "--json", *arguments)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def ids(foundry: CommandLine, *arguments: str) -> list[str]:
    return [str(hit["id"]) for hit in hits(foundry, *arguments)]


@needs_weights
@pytest.mark.parametrize(
    ("query", "id"),
    [
        ("stop calling a service that keeps failing until it recovers", "python/circuit-breaker"),
        ("limit how many requests per second go out", "python/token-bucket"),
        ("write a file atomically with fsync in Python", "python/atomic-write"),
        ("deep merge of two configuration mappings", "python/deep-merge"),
        ("shut down an HTTP server gracefully on a signal in Go", "go/graceful-http-server"),
        ("turn a panic in a handler into a 500 response", "go/http-recover"),
        ("React hook that loads JSON", "javascript/use-fetch-json"),
        ("wait until the user stops typing before searching", "javascript/debounce"),
        ("compile-time check that a switch handles every case", "typescript/exhaustive-switch"),
        ("newtype that can only hold valid values", "rust/validated-newtype"),
    ],
)
def test_an_obvious_question_finds_the_obvious_pattern_first(outside: CommandLine, query: str, id: str) -> None:
    assert ids(outside, query)[0] == id


@needs_weights
def test_a_name_finds_its_pattern(outside: CommandLine) -> None:
    found = hits(outside, "TokenBucket")

    assert found[0]["id"] == "python/token-bucket"
    assert "name" in found[0]["parts"]
    assert (found[0]["reviewed"], found[0].keys() & {"line", "callers"}) == (True, set())


@needs_weights
@pytest.mark.parametrize(
    "query", ["the history of the Hanseatic League", "how long to boil an egg", "who won the football game yesterday"]
)
def test_an_off_topic_question_gets_no_answer_but_the_nearest(outside: CommandLine, query: str) -> None:
    done = outside("search", query)

    assert done.returncode == 0
    assert done.stdout.startswith("Nothing fits; nearest was ")
    assert hits(outside, query) == []


@needs_weights
def test_the_answer_for_programs_holds_what_is_promised(outside: CommandLine) -> None:
    found = hits(outside, "retry with exponential backoff")

    assert [hit["score"] for hit in found] == sorted((hit["score"] for hit in found), reverse=True)
    for hit in found:
        assert hit.keys() >= FIELDS
        assert hit["library"] == "starter" and hit["version"] == 1
        assert 0.6 <= hit["relevance"] <= 1
        assert hit["score"] == pytest.approx(sum(hit["parts"].values()), abs=1e-5)
        assert Path(hit["path"]).is_file()


@needs_weights
def test_the_answer_for_people_says_name_reason_evidence_and_place(outside: CommandLine) -> None:
    done = outside("search", "token bucket rate limiter", "-n", "1")

    assert (done.returncode, done.stderr) == (0, "")
    first, description, why = done.stdout.splitlines()
    assert first.endswith("starter:python/token-bucket@1") and "%" in first
    assert description.strip()
    assert why.strip().startswith("untested · ") and why.endswith("token_bucket.py")


@needs_weights
def test_explaining_names_every_part_and_what_they_add_up_to(outside: CommandLine) -> None:
    arguments = ("TokenBucket", "-n", "1")
    (hit,) = hits(outside, *arguments)
    plain, explained = outside("search", *arguments).stdout, outside("search", *arguments, "--explain").stdout

    assert explained.startswith(plain)
    rows = [line.split(maxsplit=2) for line in explained.removeprefix(plain).splitlines()]
    assert {name: float(part) for part, name, *_ in rows[:-1]} == {name: round(part, 3) for name, part in hit["parts"].items()}
    assert rows[-1][1] == "score" and float(rows[-1][0]) == pytest.approx(hit["score"], abs=5e-4)
    assert all(len(row) == 3 for row in rows), "each is said in words"


def test_facets_count_everything_that_fits(outside: CommandLine) -> None:
    shown = hits(outside, "retry with backoff", "-n", "100")
    counts = json.loads(outside("search", "retry with backoff", "--facets", "--json", "-n", "1").stdout)

    assert list(counts) == ["library", "language", "kind", "framework", "tags"]
    assert counts["library"] == {"starter": sum(counts["language"].values())}
    folded = sum(len(hit["also"]) for hit in shown)
    assert sum(counts["kind"].values()) == len(shown) + folded
    assert list(counts["language"].values()) == sorted(counts["language"].values(), reverse=True)
    told = outside("search", "retry with backoff", "--facets").stdout.splitlines()
    assert told[0] == f"{len(shown) + folded} hits in all"
    assert [line.split()[0] for line in told[1:]] == [field for field, found in counts.items() if found]


@needs_weights
def test_filters_keep_only_what_has_all_of_them(outside: CommandLine) -> None:
    query = "retry with backoff"

    assert set(ids(outside, query, "--language", "go")) == {"go/retry-with-context"}
    assert {hit["kind"] for hit in hits(outside, "cache", "--kind", "class")} == {"class"}
    assert all("http" in hit["tags"] for hit in hits(outside, "request", "--tag", "http"))
    assert {hit["framework"] for hit in hits(outside, "load data in a component", "--framework", "react")} <= {"react"}
    assert ids(outside, query, "--from", "starter") == ids(outside, query)
    assert ids(outside, query, "--language", "go", "--kind", "class") == []


@pytest.mark.parametrize("option", ["--language", "--tag", "--kind", "--framework", "--from"])
def test_a_filter_that_nothing_passes_is_refused_with_what_there_is(outside: CommandLine, option: str) -> None:
    done = outside("search", "retry", option, "cobolt")

    assert done.returncode == 2
    assert done.stdout == ""
    assert "cobolt: nothing here has it; there are " in done.stderr


def test_a_limit_is_kept_and_one_below_one_refused(outside: CommandLine) -> None:
    assert len(hits(outside, "retry with backoff", "-n", "2")) == 2
    for limit in ("0", "-3", "x"):
        done = outside("search", "retry", f"--limit={limit}")
        assert (done.returncode, done.stdout) == (2, "")


@pytest.mark.parametrize("query", ["", "   ", "\n\t"])
def test_an_empty_query_is_refused_with_a_hint(outside: CommandLine, query: str) -> None:
    done = outside("search", query)

    assert done.returncode == 2
    assert "the query is empty" in done.stderr


HOSTILE = [
    '"',
    '""" OR 1=1 --',
    "*",
    "retry*",
    "NEAR(retry backoff, 5)",
    "retry AND NOT OR",
    "name:retry",
    "-retry +backoff",
    "((((",
    "retry)",
    "^retry {a b}",
    "'; DROP TABLE version; --",
    "\x01\x02\x1b[31m\x7f retry",
    "\u202eyrter\u2066",
    "🔁🔥👩‍👩‍👧",
    "ｒｅｔｒｙ Ｅ́ İ ß",
    "重试 退避",
    "retry " * 1700,
    "x" * 10_000,
    "%s %d {0} {query}",
    "\udcff\udcfe",
]


@pytest.mark.parametrize("query", HOSTILE, ids=range(len(HOSTILE)))
def test_no_query_is_an_error(outside: CommandLine, query: str) -> None:
    done = outside("search", "--json", "--", query)

    assert done.returncode == 0, done.stderr
    assert isinstance(json.loads(done.stdout), list)
    assert "Traceback" not in done.stderr


@pytest.mark.usefixtures("without_weights")
@pytest.mark.parametrize("query", HOSTILE[:11], ids=range(11))
def test_no_query_is_an_error_by_word_only_either(outside: CommandLine, query: str) -> None:
    done = outside("search", "--json", "--", query)

    assert done.returncode == 0, done.stderr
    assert isinstance(json.loads(done.stdout), list)


@pytest.mark.usefixtures("without_weights")
def test_without_encoding_words_answer_and_it_says_so(outside: CommandLine) -> None:
    done = outside("search", "token bucket", "--json")

    found = json.loads(done.stdout)
    assert found[0]["id"] == "python/token-bucket"
    assert found[0]["parts"].keys() == {"words", "prose"}
    assert done.stderr == "foundry: searched by word only, as your config.yaml says (encoder.enabled)\n"


@needs_weights
def test_a_librarys_own_pattern_is_found_with_the_starters_behind_it(repo: GitRepo, foundry: CommandLine) -> None:
    manifest = "schema: 1\nname: ring_bell\nkind: function\ndescription: Ring a tower's bell.\nlanguage: python\ncode: bell.py\n"
    folder = "patterns/python/ring-bell/v1"
    repo.write({"foundry.yaml": LIBRARY.format(name="towers")})
    repo.write({f"{folder}/pattern.yaml": manifest, f"{folder}/bell.py": "def ring_bell(times):\n    return ['dong'] * times\n"})

    assert hits(foundry, "ring the tower bell")[0]["library"] == "towers"
    assert ids(foundry, "deep merge of two mappings")[0] == "python/deep-merge"
    assert ids(foundry, "ring the tower bell", "--from", "starter") == []
    repo.write({f"{folder}/pattern.yaml": None, f"{folder}/bell.py": None})
    assert "python/ring-bell" not in ids(foundry, "ring the tower bell"), "an answer is in step with the files"


@needs_weights
def test_the_own_library_wins_over_the_starter(repo: GitRepo, foundry: CommandLine) -> None:
    manifest = (
        "schema: 1\nname: deep_merge\nkind: function\ndescription: Merge nested dictionaries.\nlanguage: python\ncode: m.py\n"
    )
    repo.write({"foundry.yaml": LIBRARY.format(name="ours")})
    repo.write({"patterns/python/deep-merge/v1/pattern.yaml": manifest, "patterns/python/deep-merge/v1/m.py": "x = {}\n"})

    found = hits(foundry, "merge nested dictionaries")

    assert [hit["library"] for hit in found if hit["id"] == "python/deep-merge"] == ["ours"]


@needs_weights
def test_versions_of_one_pattern_are_one_hit(repo: GitRepo, foundry: CommandLine) -> None:
    repo.write({"foundry.yaml": LIBRARY.format(name="towers")})
    for version, code in (
        (1, "def ring_bell(times):\n    return ['dong'] * times\n"),
        (2, "def ring_bell():\n    yield 'dong'\n"),
    ):
        accepted(repo, "ring_bell", "Ring a tower's bell.", code, version)

    found = [hit for hit in hits(foundry, "ring the tower bell", "-n", "20") if hit["id"] == "python/ring-bell"]

    assert [(hit["version"], hit["also"]) for hit in found] == [(2, [])]


@needs_weights
def test_no_percentage_is_above_the_one_before_it_where_evidence_counts_more_than_likeness(
    repo: GitRepo, foundry: CommandLine
) -> None:
    repo.write({"foundry.yaml": LIBRARY.format(name="towers") + "search:\n  min_relevance: 0.05\n"})
    loud = "def ring_bells(times):\n    return ['dong'] * times\n"
    calm = "def ring_slowly(bells, rope):\n    for bell in bells:\n        rope.pull(bell)\n        yield bell.sound()\n"
    for name, words, code in (
        ("ring_bells", "Ring the bells of a tower.", loud),
        ("ring_slowly", "Ring the bells of a tower, slowly.", calm),
    ):
        accepted(repo, name, words, code)
    asked = ("search", "toll a church bell", "--from", "towers")
    alone = {hit["id"]: hit["relevance"] for hit in json.loads(foundry(*asked, "--json").stdout)}
    first, second = alone
    assert alone[first] > alone[second]

    for _ in range(3):
        foundry("outcome", first, "--fail")
        foundry("outcome", second, "--pass")

    proved = {hit["id"]: hit["relevance"] for hit in json.loads(foundry(*asked, "--json").stdout)}
    assert list(proved) == [second, first]
    assert proved[second] == proved[first] == pytest.approx((alone[first] + alone[second]) / 2, abs=1e-3)


# the units of HEAD


@needs_weights
def test_with_an_empty_library_it_says_that_you_have_this_where_and_who_uses_it(shop: GitRepo, foundry: CommandLine) -> None:
    done = foundry("search", "turn 1h30m into a number of seconds", "--unreviewed-only", "-n", "1")

    assert (done.returncode, done.stderr) == (0, "")
    first, description, standing = done.stdout.splitlines()
    assert first.endswith("%  billing/time.py:8  parse_duration")
    assert description.strip() == "Parse a duration such as 1h30m into seconds."
    assert standing.strip() == "used in 3 other files and 1 test file · unreviewed"
    assert shop.git("status", "--porcelain") == "", "the work tree is as it was"


@pytest.mark.usefixtures("without_weights", "shop")
def test_units_of_head_are_found_by_word_at_once(foundry: CommandLine) -> None:
    found = hits(foundry, "parse_duration", "--unreviewed-only")

    assert (found[0]["path"], found[0]["line"], found[0]["callers"]) == ("billing/time.py", 8, 3)


@needs_weights
@pytest.mark.usefixtures("shop")
def test_programs_are_told_what_nobody_reviewed(foundry: CommandLine) -> None:
    found = hits(foundry, "parse_duration")
    reviewed, unit = next(hit for hit in found if hit["reviewed"]), next(hit for hit in found if not hit["reviewed"])

    assert unit.keys() == reviewed.keys() | {"line", "callers"}
    assert (unit["library"], unit["id"], unit["version"]) == ("HEAD", "billing/time.py:parse_duration", 0)
    assert (unit["path"], unit["line"], unit["callers"], unit["kind"]) == ("billing/time.py", 8, 3, "function")
    for hit in found:
        assert hit["score"] == pytest.approx(sum(hit["parts"].values()), abs=1e-5)


@needs_weights
@pytest.mark.usefixtures("shop")
def test_who_calls_a_method_is_not_claimed_to_be_known(foundry: CommandLine) -> None:
    arguments = ("sum what one customer owes", "--kind", "method")
    (hit,) = hits(foundry, *arguments)

    assert (hit["name"], hit["line"], hit["callers"]) == ("balance_of", 24, None)
    assert foundry("search", *arguments).stdout.splitlines()[2].strip() == "unreviewed"


@needs_weights
@pytest.mark.usefixtures("shop")
def test_one_may_ask_for_patterns_or_for_units_alone(foundry: CommandLine) -> None:
    both = {hit["library"] for hit in hits(foundry, "parse_duration")}

    assert both == {"starter", "HEAD"}
    assert {hit["library"] for hit in hits(foundry, "parse_duration", "--accepted-only")} == {"starter"}
    assert {hit["library"] for hit in hits(foundry, "parse_duration", "--from", "starter")} == {"starter"}
    assert {hit["library"] for hit in hits(foundry, "parse_duration", "--unreviewed-only")} == {"HEAD"}
    done = foundry("search", "parse_duration", "--unreviewed-only", "--accepted-only")
    assert (done.returncode, "not allowed with argument --unreviewed-only" in done.stderr) == (2, True)
    done = foundry("search", "parse_duration", "--unreviewed-only", "--from", "starter")
    assert (done.returncode, "--unreviewed-only and --from exclude each other" in done.stderr) == (2, True)


@needs_weights
def test_an_accepted_pattern_comes_first_and_names_the_copies_at_head(shop: GitRepo, foundry: CommandLine) -> None:
    code = DURATION.partition("\n\n\n")[2].partition("\n\n\n")[0] + "\n"
    shop.commit({"foundry.yaml": LIBRARY.format(name="ours")})
    accepted(shop, "parse_duration", "Parse a duration such as 1h30m into seconds.", code)

    first = hits(foundry, "parse a duration such as 1h30m into seconds")[0]

    assert (first["library"], first["reviewed"], first["also"][0]) == ("ours", True, "billing/time.py:8")
    assert "      also billing/time.py:8" in foundry("search", "parse a duration such as 1h30m into seconds").stdout


@needs_weights
def test_copies_in_the_code_are_one_hit_that_says_where_they_are(shop: GitRepo, foundry: CommandLine) -> None:
    shop.commit({f"copies/m{number}.py": DURATION for number in range(5)})

    done = foundry("search", "parse_duration", "--unreviewed-only")

    (also,) = [line.strip() for line in done.stdout.splitlines() if line.startswith("      also copies")]
    assert also.startswith("also copies/m0.py:8, copies/m1.py:8, copies/m2.py:8") and also.endswith(" and 2 more")


@needs_weights
def test_many_copies_do_not_hide_what_else_fits(repo: GitRepo, foundry: CommandLine) -> None:
    parse = DURATION.partition("\n\n\n")[2].partition("\n\n\n")[0] + "\n"
    other = "def seconds_of(duration):\n    hours, minutes = duration\n    return hours * 3600 + minutes * 60\n"
    repo.commit({**{f"m{number}.py": parse for number in range(20)}, "other.py": other})

    found = hits(foundry, "parse_duration into seconds", "--unreviewed-only", "-n", "2")

    assert [hit["name"] for hit in found] == ["parse_duration", "seconds_of"]
    assert len(found[0]["also"]) == 19


@needs_weights
def test_an_answer_is_in_step_with_head_and_not_with_drafts(shop: GitRepo, foundry: CommandLine) -> None:
    def places() -> list[str]:
        found = hits(foundry, "cut_slices", "--unreviewed-only")
        return [f"{hit['path']}:{hit['line']}" for hit in found if hit["name"] == "cut_slices"]

    shop.write({"cake.py": "def cut_slices(cake):\n    return [cake] * 8\n"})
    assert places() == []
    shop.commit({})
    assert places() == ["cake.py:1"]
    shop.commit({"cake.py": "\n\ndef cut_slices(cake):\n    return [cake] * 8\n"})
    assert places() == ["cake.py:3"]
    shop.commit({"cake.py": None})
    assert places() == []


@needs_weights
@pytest.mark.usefixtures("shop")
def test_the_nearest_is_named_with_its_place_where_nothing_fits(foundry: CommandLine) -> None:
    done = foundry("search", "the history of the Hanseatic League", "--unreviewed-only")

    assert done.returncode == 0
    assert re.fullmatch(r"Nothing fits; nearest was \w+/\w+\.py:\d+  \w+ \(\d+%\)\.\n", done.stdout)


@needs_weights
def test_what_is_not_yet_searched_by_meaning_is_counted(repo: GitRepo, foundry: CommandLine) -> None:
    code = "def step_{0}(value):\n    for one in range({0}):\n        value += one * {0}\n    return value\n"
    repo.commit({f"m{number}.py": code.format(number) for number in range(100, 200)})

    done = foundry("search", "step_120", "--json", "--unreviewed-only", env={"FOUNDRY_WORKER": "1"})

    others = "of the others up to 80, the likeliest by word; they are being encoded"
    assert done.stderr == f"foundry: 0 of 100 units of HEAD are encoded and compared by meaning, {others}\n"
    assert json.loads(done.stdout)[0]["name"] == "step_120"
    assert foundry("worker").returncode == 0
    assert foundry("search", "step_120").stderr == ""


def accepted(repo: GitRepo, name: str, description: str, code: str, version: int = 1) -> None:
    """A pattern in the library at the top of the repository."""
    folder = f"patterns/python/{name.replace('_', '-')}/v{version}"
    manifest = f"schema: 1\nname: {name}\nkind: function\ndescription: {description}\nlanguage: python\ncode: it.py\n"
    repo.write({f"{folder}/pattern.yaml": manifest, f"{folder}/it.py": code})


def test_a_unit_called_what_was_typed_comes_before_a_pattern_much_like_it(repo: GitRepo, foundry: CommandLine) -> None:
    repo.commit(
        {"settings.py": 'def merge_nested(one, other):\n    """Put one setting over another."""\n    return other or one\n'}
    )

    found = json.loads(foundry("search", "--json", "merge_nested").stdout)

    assert found[0]["name"] == "merge_nested"
    assert "python/deep-merge" in [hit["id"] for hit in found]


def test_the_bar_that_ships_lets_in_what_answers_and_not_what_only_sounds_like_it(foundry: CommandLine) -> None:
    assert "token-bucket" in foundry("search", "limiter").stdout  # 62 %
    assert foundry("search", "merge arrays").stdout == "Nothing fits; nearest was starter:python/deep-merge@1 (59%).\n"
