"""Nearness: what is much like something known is marked, shown beside its twin, and judged anew when the twin is gone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundry_git.extraction.near_duplicates import difference, with_twins
from foundry_git.library.candidates import Candidate
from foundry_git.pattern.record import Manifest
from foundry_git.search.likeness import (
    DOUBTFUL,
    NEAR,
    NEUTRAL_COSINE,
    SHIPPED_THRESHOLD,
    ComparedCode,
    judge,
    likeness,
)
from foundry_git.settings import ExtractionSettings
from foundry_git.source.shingles import shingles_of, similarity
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo
from tests.samples import CHUNKS, CLAMP

ALIKE = (
    CHUNKS.replace("in_chunks", "cut_up")
    .replace("chunks", "parts")
    .replace("    return parts", "    if not parts:\n        parts.append([])\n    return parts")
)


def piece(code: str, key: str, language: str = "python") -> ComparedCode:
    return ComparedCode(key, key.partition("@")[0], language, code, code)


def marks(fresh: list[ComparedCode], known: list[ComparedCode], threshold: float = 0.9) -> dict[str, str]:
    return {
        key: mark.partition(",")[0] for key, mark in judge(fresh, known, threshold, lambda a, b: NEUTRAL_COSINE).marks.items()
    }


def candidate(id: str, near: str | None = None, worth: int = 50) -> Candidate:
    return Candidate(id, Manifest(id, "function", "Does.", "python"), "", f"py1:{id}", "b", "main", worth, near=near)


# the scale


def test_the_scale_has_the_shipped_threshold_at_its_own_number() -> None:
    assert (likeness(0.0), likeness(NEAR), likeness(1.0)) == (0.0, SHIPPED_THRESHOLD, 1.0)
    assert ExtractionSettings().max_similarity == SHIPPED_THRESHOLD


@given(st.floats(0, 1), st.floats(0, 1), st.floats(-1, 1))
def test_more_shared_is_never_less_alike_and_meaning_only_moves_the_doubtful(one: float, other: float, cosine: float) -> None:
    low, high = sorted((one, other))

    assert likeness(low) <= likeness(high)
    assert likeness(low, cosine) <= likeness(high, cosine) + 1e-9
    if not DOUBTFUL[0] <= one < DOUBTFUL[1]:
        assert likeness(one, cosine) == likeness(one)


def test_meaning_decides_in_both_directions_where_shingles_are_in_doubt() -> None:
    just_below, just_above = NEAR - 0.01, NEAR + 0.01

    assert likeness(just_below) < SHIPPED_THRESHOLD <= likeness(just_below, 0.95)
    assert likeness(just_above, 0.5) < SHIPPED_THRESHOLD <= likeness(just_above)


# judging


def test_a_changed_copy_is_near_and_other_code_is_not() -> None:
    assert marks([piece(ALIKE, "copy"), piece(CLAMP, "other")], [piece(CHUNKS, "known@1")]) == {"copy": "known", "other": ""}


def test_of_fresh_ones_the_later_is_near_the_earlier() -> None:
    assert marks([piece(CHUNKS, "a"), piece(ALIKE, "b")], []) == {"a": "", "b": "a"}


def test_a_piece_is_near_nothing_of_its_own_id_and_of_no_other_language() -> None:
    assert marks([piece(ALIKE, "known")], [piece(CHUNKS, "known@1")]) == {"known": ""}
    assert marks([piece(ALIKE, "a")], [piece(CHUNKS, "b", "go")]) == {"a": ""}


def test_the_most_alike_is_named_and_code_that_is_missing_is_like_nothing() -> None:
    closest = ALIKE.replace("not parts", "len(parts) == 0")

    assert marks([piece(ALIKE, "copy")], [piece(CHUNKS, "far@1"), piece(closest, "close@1")]) == {"copy": "close"}
    assert marks([piece("", "lesson")], [piece("", "advice@1")]) == {"lesson": ""}


def steps(*numbers: int) -> str:
    return "def run(a):\n" + "".join(f"    step_{number}(a)\n" for number in numbers)


def test_what_shingles_leave_in_doubt_stays_open_until_meaning_is_asked() -> None:
    one, other = piece(steps(*range(12)), "one"), piece(steps(*range(8), 20, 21, 22, 23), "other")
    assert DOUBTFUL[0] <= similarity(shingles_of(one.code, "python"), shingles_of(other.code, "python")) < NEAR

    asked = judge([other], [one], 0.9)

    assert (dict(asked.marks), {key: list(others) for key, others in asked.open.items()}) == ({}, {"other": ["one"]})
    assert judge([other], [one], 0.9, lambda a, b: 1.0).marks["other"].startswith("one, 0.9")
    assert judge([other], [one], 0.9, lambda a, b: 0.7).marks == {"other": ""}


def test_a_lower_threshold_finds_more() -> None:
    shared = similarity(shingles_of(CHUNKS, "python"), shingles_of(CLAMP, "python"))
    assert 0.1 < shared < DOUBTFUL[0]

    assert marks([piece(CLAMP, "a")], [piece(CHUNKS, "b")], likeness(shared) - 0.01) == {"a": "b"}
    assert marks([piece(CLAMP, "a")], [piece(CHUNKS, "b")], likeness(shared) + 0.01) == {"a": ""}


# showing


def test_twins_are_one_entry() -> None:
    listed = [
        candidate("a"),
        candidate("b"),
        candidate("c", "a, 0.95"),
        candidate("d", "python/x, 0.93"),
        candidate("e", "c, 0.91"),
    ]

    def entries(candidates: list[Candidate]) -> dict[str, list[str]]:
        return {one.id: [twin.id for twin in twins] for one, twins in with_twins(candidates)}

    assert entries(listed) == {"a": ["c", "e"], "b": [], "d": []}
    assert list(entries(listed[::-1])) == ["d", "b", "a"]
    assert entries(listed[1:]) == {"b": [], "c": ["e"], "d": []}, "what it is near to is not listed"


def test_a_long_difference_is_cut_and_says_so() -> None:
    old, new = "\n".join(map(str, range(100))), "\n".join(map(str, range(100, 200)))

    shown = difference(old, new, ("one", "other"))

    assert shown[:3] == ["--- one", "+++ other", "@@ -1,100 +1,100 @@"]
    assert (len(shown), shown[-1]) == (31, "… and 173 more lines")
    assert difference(old, old, ("one", "other")) == []


# in a repository


def waiting(foundry: CommandLine) -> dict[str, dict[str, Any]]:
    done = foundry("candidates", "--json", "--all")
    assert done.returncode == 0, done.stderr
    return {one["id"]: one for one in json.loads(done.stdout)}


@pytest.fixture
def library(repo: GitRepo, home: Path) -> GitRepo:
    """A repository with a library, no hooks, and an encoder that is switched off."""
    settings = home / ".config/foundry-git/config.yaml"
    settings.parent.mkdir(parents=True)
    settings.write_text("encoder: {enabled: false}\n", encoding="utf-8")
    repo.commit({"foundry.yaml": "library_id: 5a0c7a52-0f59-4d09-9f4c-0b9d0f1b2c3d\n"})
    return repo


def near_on_the_ref(repo: GitRepo, id: str) -> str:
    """What the candidate's file says, whatever later commands would make of it."""
    facts = repo.git("cat-file", "blob", f"refs/foundry/candidates:{id}/candidate.yaml")
    (line,) = [line for line in facts.splitlines() if line.startswith("near:")]
    return line.partition(": ")[2].strip("'\"")


def test_near_ones_are_marked_by_the_extraction_itself_without_weights(library: GitRepo, foundry: CommandLine) -> None:
    library.commit({"a.py": CHUNKS, "c.py": CLAMP})
    foundry("extract", "--all")
    assert foundry("accept", "in-chunks").returncode == 0
    library.commit({"b.py": ALIKE})

    assert foundry("extract").returncode == 0

    assert near_on_the_ref(library, "python/cut-up").startswith("python/in-chunks, 0.9")
    assert near_on_the_ref(library, "python/clamp-all") == ""
    assert "near: python/in-chunks, 0.9" in foundry("candidates", "--all").stdout


def test_of_candidates_brought_in_at_once_the_less_worthy_is_near_the_worthier(library: GitRepo, foundry: CommandLine) -> None:
    poorer = ALIKE.replace('    """Cut a list into pieces of a size."""\n', "").replace(": list[int], size: int", ", size")
    library.commit({"a.py": poorer, "b.py": CHUNKS})

    foundry("extract", "--all")

    found = waiting(foundry)
    assert found["python/cut-up"]["worth"] < found["python/in-chunks"]["worth"]
    assert found["python/in-chunks"]["near"] == ""
    assert found["python/cut-up"]["near"].startswith("python/in-chunks, 0.9")
    assert list(found) == ["python/in-chunks", "python/cut-up"]


def test_a_near_candidate_is_shown_with_its_difference_from_the_twin(library: GitRepo, foundry: CommandLine) -> None:
    library.commit({"a.py": CHUNKS})
    foundry("extract", "--all")
    library.commit({"b.py": ALIKE})
    foundry("extract")

    shown = foundry("show", "cut-up").stdout
    answer = json.loads(foundry("show", "cut-up", "--json").stdout)

    assert "--- python/in-chunks\n+++ python/cut-up\n" in shown
    assert "-    chunks = []\n" in shown and "+    parts = []\n" in shown
    assert answer["diff"][:2] == ["--- python/in-chunks", "+++ python/cut-up"]
    assert answer["evidence"] == ""


@pytest.mark.usefixtures("library")
def test_a_candidate_does_not_stay_near_to_a_copy_that_is_gone(repo: GitRepo, foundry: CommandLine) -> None:
    assert foundry("init").returncode == 0
    repo.commit({"a.py": CHUNKS})
    assert waiting(foundry)["python/in-chunks"]["near"] == ""
    repo.commit({"b.py": ALIKE})
    assert waiting(foundry)["python/cut-up"]["near"].startswith("python/in-chunks, ")

    repo.commit({"a.py": None})

    assert {id: one["near"] for id, one in waiting(foundry).items()} == {"python/cut-up": ""}


def test_a_candidate_that_changed_until_it_is_other_code_is_no_twin_any_more(library: GitRepo, foundry: CommandLine) -> None:
    library.commit({"a.py": CHUNKS})
    foundry("extract", "--all")
    library.commit({"b.py": ALIKE})
    foundry("extract")
    assert waiting(foundry)["python/cut-up"]["near"].startswith("python/in-chunks, ")

    library.commit({"a.py": CLAMP.replace("clamp_all", "in_chunks")})
    foundry("extract")

    assert near_on_the_ref(library, "python/cut-up") == ""


def test_another_threshold_marks_what_waits_anew_and_nothing_twice(library: GitRepo, foundry: CommandLine) -> None:
    library.commit({"a.py": CHUNKS})
    foundry("extract", "--all")
    library.commit({"b.py": ALIKE})
    foundry("extract")
    shipped = (library.path / "foundry.yaml").read_text()
    assert waiting(foundry)["python/cut-up"]["near"].startswith("python/in-chunks, 0.9")

    library.write({"foundry.yaml": f"{shipped}extraction: {{max_similarity: 1}}\n"})
    assert {one["near"] for one in waiting(foundry).values()} == {""}
    strict = library.git("rev-parse", "refs/foundry/candidates")
    waiting(foundry)
    assert library.git("rev-parse", "refs/foundry/candidates") == strict, "nothing is judged twice"

    library.write({"foundry.yaml": shipped})
    assert sorted(bool(one["near"]) for one in waiting(foundry).values()) == [False, True], (
        "one of the two is near the other again"
    )
