"""``foundry search`` with the real model on the starter library: what it finds, what it does not, and what it never does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from commandline import CommandLine
from gitrepo import GitRepo

from foundry_git.index.encoder.weights import find_weights

FIELDS = {"id", "version", "library", "score", "relevance", "parts", "path"}
WORDS_ONLY = "encoder: {enabled: false}\n"

needs_weights = pytest.mark.skipif(find_weights(None, Path("/nowhere")) is None, reason="the weights are not installed")


@pytest.fixture
def outside(tmp_path: Path) -> CommandLine:
    """The command line in a folder that no repository holds: only the starter library is there."""
    folder = tmp_path / "outside"
    folder.mkdir()
    return CommandLine(folder)


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
    assert "untested" in why and "meaning 0." in why and "words 0." in why and why.endswith("token_bucket.py")


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
    assert "cobolt: no pattern has it; there are " in done.stderr


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
    assert found[0]["parts"].keys() == {"words"}
    assert done.stderr == "foundry: searched by word only, as your config.yaml says (encoder.enabled)\n"


@needs_weights
def test_a_librarys_own_pattern_is_found_with_the_starters_behind_it(repo: GitRepo, foundry: CommandLine) -> None:
    manifest = "schema: 1\nname: ring_bell\nkind: function\ndescription: Ring a tower's bell.\nlanguage: python\ncode: bell.py\n"
    folder = "patterns/python/ring-bell/v1"
    repo.write({"foundry.yaml": "library_id: 5a0c7a52-0f59-4d09-9f4c-0b9d0f1b2c3d\nname: towers\n"})
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
    repo.write({"foundry.yaml": "library_id: 5a0c7a52-0f59-4d09-9f4c-0b9d0f1b2c3d\nname: ours\n"})
    repo.write({"patterns/python/deep-merge/v1/pattern.yaml": manifest, "patterns/python/deep-merge/v1/m.py": "x = {}\n"})

    found = hits(foundry, "merge nested dictionaries")

    assert [hit["library"] for hit in found if hit["id"] == "python/deep-merge"] == ["ours"]
