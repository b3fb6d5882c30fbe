"""The Python API: the plan's methods over the same code as the command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from foundry_git import PatternExtractor, PatternInjector, PatternLibrary
from foundry_git.errors import SecretFoundError, UnknownPatternError, UsageError
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo

CODE = '''\
def moving_average(values: list[float], width: int) -> list[float]:
    """Average each run of neighbouring values."""
    if width < 1:
        raise ValueError("width must be positive")
    return [sum(values[at : at + width]) / width for at in range(len(values) - width + 1)]
'''
FACTS = {
    "name": "moving_average",
    "description": "Average each run of neighbouring values.",
    "language": "python",
    "tags": ["math"],
}


@pytest.fixture
def library(repo: GitRepo, foundry: CommandLine) -> Iterator[PatternLibrary]:
    foundry("init")
    repo.commit({"readme": "x"})
    with PatternLibrary(repo.path) as opened:
        yield opened


def test_extract_search_apply_rate(library: PatternLibrary) -> None:
    assert library.extract_pattern(CODE, FACTS, accept=True) == "python/moving-average@1"

    found = library.search_patterns("average of neighbouring values in a list")
    id, code, description, relevance = found[0]
    assert (id, code, description) == ("python/moving-average", CODE, FACTS["description"])
    assert 0.0 <= relevance <= 1.0

    for session in ("monday", "tuesday", "wednesday"):
        library.rate_pattern(id, 5, session)
    library.rate_pattern(id, 2, "wednesday")
    applied = library.apply_pattern(id, "smooth a series")
    assert applied is not None
    assert applied["code"] == CODE
    assert applied["avg_rating"] == pytest.approx(4.0), "the later rating of a session replaces the first"
    assert applied["success_count"] == 2
    assert applied["context"] == "smooth a series"


def test_code_that_lives_here_is_to_be_imported(repo: GitRepo, foundry: CommandLine) -> None:
    foundry("init")
    repo.commit({"series/smooth.py": CODE.replace("return [", "averages = [") + "    return averages\n"})
    foundry("candidates")
    assert foundry("accept", "moving-average").returncode == 0, "a unit of this complexity is a candidate"

    with PatternLibrary(repo.path) as library:
        applied = library.apply_pattern("moving-average")
        starter = library.apply_pattern("slugify-text")

    assert applied is not None and starter is not None
    assert (applied["use"], applied["import_line"]) == ("import", "from series.smooth import moving_average")
    assert starter["use"] == "copy"


def test_apply_of_an_unknown_pattern_is_none(library: PatternLibrary) -> None:
    assert library.apply_pattern("python/no-such-thing") is None


def test_the_same_shape_is_not_stored_twice(library: PatternLibrary) -> None:
    first = library.extract_pattern(CODE, FACTS)
    again = library.extract_pattern(
        CODE.replace("values", "numbers").replace("moving_average", "rolling_mean"), FACTS | {"name": "other"}
    )

    assert again == first
    assert len(library.workspace.candidates.read()) == 1


def test_an_extracted_pattern_is_applied_and_rated_before_anybody_accepts_it(library: PatternLibrary) -> None:
    id = library.extract_pattern(CODE, FACTS)
    library.rate_pattern(id, 5, "monday")

    applied = library.apply_pattern(id, "smooth a series")
    assert applied is not None
    assert (applied["id"], applied["version"], applied["code"]) == ("python/moving-average", 1, CODE)
    assert (applied["reviewed"], applied["rated_count"], applied["avg_rating"]) == (False, 1, 5.0)
    assert "foundry accept python/moving-average" in applied["note"]

    assert library.extract_pattern(CODE, FACTS, accept=True) == id
    accepted = library.apply_pattern(id)
    assert accepted is not None
    assert (accepted["reviewed"], accepted["rated_count"], accepted["note"]) == (True, 1, ""), "what was said of it stays"


def test_the_success_rate_is_a_number_and_says_whether_the_evidence_decided_it(library: PatternLibrary) -> None:
    def rate() -> tuple[float, bool]:
        applied = library.apply_pattern("python/slugify-text")
        assert applied is not None
        return applied["success_rate"], applied["decided"]

    assert rate() == (50.0, False)
    for session in "abcdefgh":
        library.rate_pattern("python/slugify-text", 5, session)
    after, decided = rate()
    assert after > 50.0
    assert decided is True


@pytest.mark.parametrize(
    ("code", "language", "said"),
    [
        ("", "python", "is empty"),
        ("# nothing yet\n\n", "python", "is empty"),
        ("// nothing yet\n", "go", "is empty"),
        ("def f(:\n    return 1\n", "python", "line 1"),
        ("function f( { return 1 }", "javascript", "is it javascript"),
    ],
)
def test_empty_and_broken_code_is_refused(library: PatternLibrary, code: str, language: str, said: str) -> None:
    with pytest.raises(UsageError, match=f"code: .*{said}"):
        library.extract_pattern(code, FACTS | {"language": language})
    assert library.workspace.candidates.read() == []


@pytest.mark.parametrize("wrong", [{"kind": "snippet"}, {"description": "x" * 1025}, {"tags": "math"}, {"tags": [7]}])
def test_what_could_not_be_read_back_is_refused(library: PatternLibrary, wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        library.extract_pattern(CODE, FACTS | wrong)
    assert library.workspace.candidates.read() == []


def test_code_that_was_refused_is_not_stored_where_nobody_would_see_it(library: PatternLibrary, foundry: CommandLine) -> None:
    library.extract_pattern(CODE, FACTS)
    foundry("reject", "moving-average")

    with pytest.raises(UsageError, match="refused before"):
        library.extract_pattern(CODE, FACTS)
    assert library.extract_pattern(CODE, FACTS, accept=True) == "python/moving-average@1"


def test_a_rating_outside_one_to_five_is_refused(library: PatternLibrary) -> None:
    with pytest.raises(UsageError, match="1 to 5"):
        library.rate_pattern("python/slugify-text", 6, "s")
    with pytest.raises(UnknownPatternError):
        library.rate_pattern("python/no-such-thing", 5, "s")


def test_a_secret_is_refused(library: PatternLibrary) -> None:
    token = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"

    with pytest.raises(SecretFoundError) as caught:
        library.extract_pattern(CODE.replace("width must be positive", token), FACTS)

    assert token not in str(caught.value)
    assert library.workspace.candidates.read() == []


def test_metadata_without_description_is_refused(library: PatternLibrary) -> None:
    with pytest.raises(UsageError, match="description"):
        library.extract_pattern(CODE, {"language": "python"})


def test_filters_narrow_a_search(library: PatternLibrary) -> None:
    hits = library.search_patterns("retry with exponential backoff", language="go")

    assert hits
    assert {hit.id.partition("/")[0] for hit in hits} == {"go"}


def test_an_enhanced_prompt_is_a_string_with_a_receipt(library: PatternLibrary) -> None:
    enhanced = PatternInjector(library).enhance_prompt("Write a client.", "retry a call with exponential backoff and jitter")

    assert enhanced.startswith("Write a client.")
    assert enhanced.receipt in enhanced
    assert enhanced.patterns[0].hit.document.id.endswith("retry-with-backoff")


def test_a_prompt_without_relevant_patterns_is_returned_unchanged(library: PatternLibrary) -> None:
    enhanced = PatternInjector(library).enhance_prompt("Bake.", "medieval bread recipes of the Hanseatic cities")

    assert enhanced == "Bake."
    assert enhanced.receipt == ""


def test_a_session_folder_gives_candidates(library: PatternLibrary, tmp_path: Path) -> None:
    session = tmp_path / "session"
    session.mkdir()
    (session / "stats.py").write_text(
        "def spread(values: list[float]) -> float:\n"
        '    """Tell how far apart the values lie."""\n'
        "    if not values:\n"
        "        return 0.0\n"
        "    low = high = values[0]\n"
        "    for value in values:\n"
        "        low, high = min(low, value), max(high, value)\n"
        "    return high - low\n"
    )

    assert PatternExtractor(library).extract_from_session(session) == 1
    assert [candidate.id for candidate in library.workspace.candidates.read()] == ["python/spread"]
    assert PatternExtractor(library).extract_from_session(session) == 0, "nothing of it is new any more"
