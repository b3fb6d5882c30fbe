"""``foundry similar --all``: what is double at HEAD, in which packages, and how that changes from week to week."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundry_git.search.duplication import Duplication
from foundry_git.search.duplication_trend import FILE, KEPT, counted, note, note_daily, week_ago
from foundry_git.search.head_units import HeadUnits
from foundry_git.search.near_pairs import near_pairs
from foundry_git.source.shingles import similarity
from foundry_git.worker.background_work import index_head_units
from foundry_git.workspace import Workspace
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo
from tests.samples import CHUNKS
from tests.search.test_similar import COPY, NEAR_COPY, OTHER, SAVE

NEAR = NEAR_COPY.replace("cut_up", "slices")
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def by_structure(home: Path) -> None:
    """No encoder: nothing has to be encoded."""
    file = home / ".config/foundry-git/config.yaml"
    file.parent.mkdir(parents=True)
    file.write_text("encoder: {enabled: false}\n", encoding="utf-8")


def all_of(foundry: CommandLine, *arguments: str) -> dict[str, Any]:
    done = foundry("similar", "--all", "--json", *arguments)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def places(cluster: dict[str, Any]) -> list[str]:
    return sorted(f"{copy['path']}:{copy['symbol']}" for copy in cluster["copies"])


PIECES = st.lists(st.frozensets(st.integers(0, 14), max_size=10), max_size=12)


@given(PIECES, st.sampled_from([0.1, 0.3, 0.5, 0.55, 0.8, 1.0]))
def test_all_pairs_are_found_that_share_enough_and_no_other(pieces: list[frozenset[int]], least: float) -> None:
    expected = {
        (one, other): similarity(pieces[one], pieces[other])
        for one, other in combinations(range(len(pieces)), 2)
        if pieces[one] and pieces[other] and similarity(pieces[one], pieces[other]) >= least
    }
    found = list(near_pairs(pieces, least))

    assert {(one, other): shared for one, other, shared in found} == pytest.approx(expected)
    assert len(found) == len(expected), "each once"


def test_what_is_the_same_or_near_is_one_cluster_and_what_is_alone_is_in_none(repo: GitRepo, foundry: CommandLine) -> None:
    repo.commit(
        {"a.py": CHUNKS, "b.py": COPY, "c.py": NEAR, "d.py": SAVE, "e.py": OTHER, "tests/test_a.py": COPY, "examples/a.py": COPY}
    )
    found = all_of(foundry)

    assert [places(cluster) for cluster in found["clusters"]] == [["a.py:in_chunks", "b.py:cut_up", "c.py:slices"]]
    assert not found["clusters"][0]["same"]
    assert found["units"] == 5
    assert found["clusters"][0]["copies"][0]["shared"] == 1
    assert found["lines"] == found["clusters"][0]["lines"] > 0


def test_the_largest_saving_comes_first_and_is_told_in_words(repo: GitRepo, foundry: CommandLine) -> None:
    repo.commit(
        {"a.py": CHUNKS, "b.py": COPY, "c.py": SAVE, "d.py": SAVE.replace("save", "store"), "e.py": SAVE.replace("save", "keep")}
    )
    done = foundry("similar", "--all")

    assert (done.returncode, done.stdout.splitlines()) == (
        0,
        [
            "5 of 5 units at HEAD are double, in 2 clusters; some 20 lines could go",
            "",
            "12 lines · 3 places, the same but for names, comments and layout",
            "  c.py:1 save, 6 lines",
            "  d.py:1 store, 6 lines",
            "  e.py:1 keep, 6 lines",
            "",
            "8 lines · 2 places, the same but for names, comments and layout",
            "  a.py:1 in_chunks, 8 lines",
            "  b.py:1 cut_up, 8 lines",
        ],
    )
    assert foundry("similar", "--all", "-n", "1").stdout.splitlines()[-1] == "1 more: foundry similar --all -n 2"
    assert [all_of(foundry, "-n", "1")[key] for key in ("count", "lines")] == [2, 20] and len(
        all_of(foundry, "-n", "1")["clusters"]
    ) == 1
    repo.write({"below/x": ""})
    assert "  ../c.py:1 save, 6 lines" in foundry("similar", "--all", cwd=repo.path / "below").stdout


def test_families_methods_of_a_double_class_and_a_class_with_its_own_method_are_left_out(
    repo: GitRepo, foundry: CommandLine
) -> None:
    body = "".join(f"    {line}\n" for line in CHUNKS.replace("(items", "(self, items").splitlines())
    repo.commit(
        {
            "sync/load.py": SAVE,
            "aio/load.py": SAVE,
            "a.py": f"class Cutter:\n    pieces = 0\n\n{body}",
            "b.py": f"class Slicer:\n    parts = 0\n\n{body}",
        }
    )

    assert [places(cluster) for cluster in all_of(foundry)["clusters"]] == [["a.py:Cutter", "b.py:Slicer"]]


def test_packages_are_named_where_a_cluster_is_in_several(repo: GitRepo, foundry: CommandLine) -> None:
    repo.commit(
        {"core/pyproject.toml": '[project]\nname = "acme-core"\n', "web/pyproject.toml": '[project]\nname = "acme-web"\n'}
    )
    repo.commit({"core/a.py": CHUNKS, "web/b.py": COPY})

    assert (
        "2 places, the same but for names, comments and layout, in the packages acme-core, acme-web"
        in foundry("similar", "--all").stdout
    )
    assert [copy["package"] for copy in all_of(foundry)["clusters"][0]["copies"]] == ["acme-core", "acme-web"]


@pytest.mark.parametrize(
    ("needed", "said", "importable"),
    [
        ('dependencies = ["acme_core >= 1"]', "in acme-core, on which acme-web depends", True),
        ("", "in acme-core, which is no dependency of acme-web", False),
    ],
)
def test_a_unit_of_another_package_says_whether_it_can_be_imported_from_here(
    repo: GitRepo, foundry: CommandLine, needed: str, said: str, importable: bool
) -> None:
    repo.commit(
        {
            "core/pyproject.toml": '[project]\nname = "acme-core"\n',
            "web/pyproject.toml": f'[project]\nname = "acme-web"\n{needed}\n',
            "core/a.py": CHUNKS,
        }
    )
    repo.write({"web/b.py": COPY, "core/c.py": COPY})

    assert f"        {said}" in foundry("similar", "web/b.py").stdout.splitlines()
    (match,) = json.loads(foundry("similar", "web/b.py", "--json").stdout)[0]["matches"]
    assert (match["package"], match["importable"]) == ("acme-core", importable)
    assert "acme-core" not in foundry("similar", "core/c.py").stdout, "within a package there is nothing to say"
    (match,) = json.loads(foundry("similar", "-", "--json", input=COPY).stdout)[0]["matches"]
    assert (match["package"], match["importable"]) == ("acme-core", None), "nor is it known from where"


def test_where_nothing_is_double_it_says_so(repo: GitRepo, foundry: CommandLine) -> None:
    repo.commit({"a.py": "LIMIT = 3\n"})
    assert foundry("similar", "--all").stdout == "There is no unit at HEAD to compare.\n"

    repo.commit({"a.py": CHUNKS, "b.py": SAVE})
    assert foundry("similar", "--all").stdout == "Nothing is double among 2 units at HEAD.\n"


def test_a_saving_is_no_more_than_the_shorter_of_two(repo: GitRepo, foundry: CommandLine) -> None:
    long = NEAR.replace("    return parts", "    # as before\n" * 30 + "    return parts")
    repo.commit({"a.py": CHUNKS, "b.py": long})
    (cluster,) = all_of(foundry)["clusters"]

    assert cluster["lines"] <= 8


@pytest.mark.parametrize("option", [("--fail-on", "0.9"), ("--accepted-only",), ("--language", "go")])
def test_what_cannot_go_with_all_is_said(repo: GitRepo, foundry: CommandLine, option: tuple[str, ...]) -> None:
    done = foundry("similar", "--all", *option)

    assert (done.returncode, done.stdout) == (2, "")
    assert f"{option[0]}: not with --all" in done.stderr


# the trend


@pytest.fixture
def units(repo: GitRepo) -> HeadUnits:
    """The units of a repository with two copies."""
    repo.commit({"a.py": CHUNKS, "b.py": COPY})
    found = HeadUnits.of(Workspace.open(repo.path))
    assert found is not None
    found.converge()
    return found


def test_a_day_is_counted_once_and_a_week_is_compared(units: HeadUnits, foundry: CommandLine, repo: GitRepo) -> None:
    note(units, Duplication([], 1), NOW - timedelta(days=9))
    note(units, Duplication([], 2), NOW - timedelta(days=7))
    note(units, Duplication([], 3), NOW - timedelta(days=2))
    note_daily(units, NOW)
    note_daily(units, NOW + timedelta(hours=1))

    days = counted(units)
    assert [(one.units, one.clusters, one.lines) for one in days] == [(1, 0, 0), (2, 0, 0), (3, 0, 0), (2, 1, 8)]
    before = week_ago(days)
    assert before is not None and before.units == 2
    assert "double    8 lines in 1 cluster, 8 more than on 23 Nov: foundry similar --all" in foundry("stats", "--week").stdout
    assert json.loads(foundry("stats", "--week", "--json").stdout)["double"] == {
        "day": "2026-11-30",
        "lines": 8,
        "clusters": 1,
        "units": 2,
        "before": {"day": "2026-11-23", "lines": 0, "clusters": 0},
    }


def test_only_the_last_days_are_kept(units: HeadUnits) -> None:
    for day in range(KEPT + 5):
        note(units, Duplication([], day), NOW + timedelta(days=day))

    assert [one.units for one in counted(units)] == list(range(5, KEPT + 5))


@pytest.mark.parametrize("damage", ["", "{", "[1]", '[{"day": "x"}]', "\udcff"])
def test_a_damaged_trend_is_none(units: HeadUnits, damage: str, foundry: CommandLine, repo: GitRepo) -> None:
    assert units.index.folder is not None
    (units.index.folder / FILE).write_bytes(damage.encode("utf-8", "surrogateescape"))

    assert counted(units) == []
    assert "double" not in foundry("stats", "--week").stdout
    note_daily(units, NOW)
    assert len(counted(units)) == 1


def test_a_trend_that_cannot_be_written_is_no_error(units: HeadUnits) -> None:
    assert units.index.folder is not None
    (units.index.folder / FILE / "in the way").mkdir(parents=True)
    note(units, Duplication([], 1), NOW)

    assert counted(units) == []


def test_what_shares_just_enough_is_found_whatever_the_rounding() -> None:
    assert list(near_pairs([frozenset(range(100)), frozenset(range(45, 100))], 0.55)) == [(0, 1, 0.55)]


def test_the_worker_counts_what_is_double(repo: GitRepo) -> None:
    repo.commit({"a.py": CHUNKS, "b.py": COPY})
    workspace = Workspace.open(repo.path)
    index_head_units(workspace)
    found = HeadUnits.of(workspace)

    assert found is not None and [one.clusters for one in counted(found)] == [1]
