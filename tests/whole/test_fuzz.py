"""Files of strangers and of bad disks: a seeded part of the full run of ``benchmarks.reliability.fuzz``, and controls that must fail.

A tenth of what is read fast, a fiftieth of indexes, sources and names, whose trials take three to thirty milliseconds.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.reliability import controls
from benchmarks.reliability.fuzz import in_a_process
from benchmarks.reliability.kinds import KINDS
from benchmarks.reliability.long_transcript import read, written
from benchmarks.reliability.name_trials import commit_of, new_repository
from benchmarks.reliability.trial import put
from foundry_git.git.repository import Repository
from foundry_git.library.library import Library
from foundry_git.library.past import library_at
from foundry_git.outcomes.coverage import CoverageReport, FileCoverage
from foundry_git.outcomes.covered_files import Checkout, covered_files

MEGABYTES = 100.0
SHARES = dict.fromkeys(KINDS, 10) | dict.fromkeys(("indexes", "sources", "names"), 50)
LINES = frozenset({1})


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_is_read_is_read_or_refused(kind: str) -> None:
    found = in_a_process(kind, KINDS[kind][0] // SHARES[kind])

    assert (found["uncaught"], found["wrong"], found["outside"]) == (0, 0, 0), found["examples"]
    assert found["memory_mb"] < MEGABYTES


def test_a_long_transcript_takes_the_memory_of_its_messages(tmp_path: Path) -> None:
    found = read(written(tmp_path, 5))

    assert found["messages"] > 1_000
    assert found["memory_mb"] < found["mb"]


def test_a_plain_loader_of_yaml_is_caught_out() -> None:
    said = controls.plain_yaml()

    assert (said["plain"], said["ours"]) == (42798, "0123456")
    assert (said["plain_of_two"], said["refused"]) == ("other", "line 3: the key 'name' stands twice")


def test_a_naive_load_of_numbers_is_caught_out() -> None:
    assert controls.naive_load(60, seed=1)["changed"] > 10


def test_a_backtracking_engine_is_caught_out() -> None:
    said = controls.slow_trigger()

    assert said["re_22_letters_ms"] > 2 * said["re_20_letters_ms"] > 20 * said["re2_100000_letters_ms"]


def test_a_reader_that_trusts_a_name_is_caught_out(tmp_path: Path) -> None:
    assert controls.trusting_reader(tmp_path) == 2


@pytest.mark.parametrize("name", ["x" * 300, "a\0b", "/" + "y/" * 3000, "\udc80"])
def test_a_report_that_names_no_possible_file_says_nothing_of_any(tmp_path: Path, name: str) -> None:
    files = (FileCoverage(name, LINES, LINES), FileCoverage("a.py", LINES, LINES))
    put(tmp_path, {"src/a.py": b"x = 1\n"})
    checkout = Checkout(tmp_path, frozenset({"src/a.py"}), tmp_path)

    found = covered_files([CoverageReport("report", files, ("src", "lib"))], checkout)

    assert found == {"src/a.py": FileCoverage("src/a.py", LINES, LINES)}


@pytest.mark.parametrize("name", [b"..", b"x" * 300, b"a/../../../out", b"/out", b".git", b"a\\..\\out"])
def test_a_tree_of_a_stranger_is_written_inside_and_costs_only_its_odd_files(tmp_path: Path, name: bytes) -> None:
    repository = Repository.at(new_repository(tmp_path / "repo"))
    past = tmp_path / "past"
    past.mkdir()

    library = library_at(Library("repo", "", tmp_path / "repo", {}), repository, commit_of(repository, name), past)

    assert (library.patterns / "python/a/v1/pattern.yaml").is_file()
    assert [path.name for path in tmp_path.iterdir() if path.name not in ("repo", "past")] == []
