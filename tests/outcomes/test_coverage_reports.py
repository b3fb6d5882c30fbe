"""What tools write of what ran: every format of one run is read to the same lines of the same files."""

from __future__ import annotations

from pathlib import Path

import pytest

from foundry_git.outcomes.coverage import FileCoverage
from foundry_git.outcomes.covered_files import Checkout, covered_files
from foundry_git.outcomes.reports import read_coverages
from tests.outcomes.reported import REPORTS

FOLDER = REPORTS / "coverage"
SHOP = Path("/work/shop")  # where the projects stood

Lines = dict[str, tuple[list[int], list[int]]]
PYTHON: Lines = {
    "api/days.py": ([1, 2, 4], [3]),
    "api/parts.py": ([1, 2], []),
    "web/parts.py": ([], [1, 2]),
    "web/weeks.py": ([1], [2, 3, 4]),
}
ONE_MEANT: Lines = {path: lines for path, lines in PYTHON.items() if "parts" not in path}
C8: Lines = {"src/days.mjs": ([1, 2, 5, 6, 7, 8], [3, 4, 9, 10])}
JEST: Lines = {"src/days.js": ([2, 5, 11], [3, 9])}
JEST_WITH_FUNCTIONS: Lines = {"src/days.js": ([1, 2, 5, 11], [3, 8, 9])}  # Istanbul's Cobertura has the lines of functions too
GO: Lines = {"days/days.go": ([4, 8], [5, 6, 7, 12, 13, 14])}


def read(name: str, root: Path = SHOP) -> dict[str, FileCoverage]:
    paths = frozenset((*PYTHON, *C8, *JEST, *GO, "lib/days.py"))
    return covered_files(read_coverages([name], FOLDER), Checkout(root, paths, root))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("coverage-py.json", PYTHON),
        ("coverage-py.lcov", PYTHON),
        ("coverage-py.xml", ONE_MEANT),  # of api/parts.py and web/parts.py it has one, and does not say which
        ("c8.lcov", C8),
        ("c8-cobertura.xml", C8),
        ("c8-clover.xml", C8),
        ("jest.lcov", JEST),
        ("jest-cobertura.xml", JEST_WITH_FUNCTIONS),
        ("jest-clover.xml", JEST),
        ("gocover-cobertura.xml", GO),
    ],
)
@pytest.mark.parametrize("root", [SHOP, Path("/somewhere/else")])
def test_every_format_is_read_to_the_same_lines(name: str, expected: Lines, root: Path) -> None:
    found = {path: (sorted(file.covered), sorted(file.measured - file.covered)) for path, file in read(name, root).items()}

    assert found == expected


def test_contexts_name_the_tests_that_reached_a_line() -> None:
    file = read("coverage-py.json")["api/days.py"]

    assert {line: set(tests) for line, tests in file.tests.items() if tests} == {
        2: {"tests/test_days.py::test_days"},
        4: {"tests/test_days.py::test_days"},
    }


def test_no_report_is_left_out_here() -> None:
    assert len(list(FOLDER.iterdir())) == 10
    for file in FOLDER.iterdir():
        assert "/tmp/" not in file.read_text(encoding="utf-8"), file.name
