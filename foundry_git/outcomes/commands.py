"""Commands: what a command line of a test runner says of the run: which reports it writes, and whether it runs all tests. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from foundry_git.outcomes.idle_runs import idle_word

_JUNIT = ("--junitxml", "--junit-xml", "--junitfile", "--log-junit", "--output-junit")
"""Of pytest, gotestsum, PHPUnit and CTest."""

_SELECTING = ("-k", "-m", "--lf", "--last-failed", "--sw", "--stepwise", "--deselect", "--ignore", "--ignore-glob")
_COVERAGE = {"xml": "coverage.xml", "json": "coverage.json", "lcov": "coverage.lcov"}
"""What ``--cov-report`` of pytest-cov may name → the file that it writes then."""

_TESTS_FAILED = 1  # of pytest, which ends with 2 to 5 when it was interrupted, broke, or found no tests
_NOT_RUN = 126  # of a shell, and above it what no test runner ends with: not found, not executable, killed


class Ended(Struct, frozen=True):
    """How a command ended: well, badly, or in a way that says nothing (None); ``is_selection``: not all tests were asked for."""

    well: bool | None
    is_selection: bool = False


def ended(words: Sequence[str], code: int) -> Ended:
    """Read an exit status: below 0 it was killed by that signal. A command that was to run no tests says nothing."""
    if idle_word(words):
        return Ended(None)
    options = pytest_options(words)
    if code == 0:
        return Ended(True, is_selection(options or ()))
    told = code == _TESTS_FAILED if options is not None else 0 < code < _NOT_RUN
    return Ended(False if told else None, is_selection(options or ()))


def junit_files(words: Sequence[str]) -> list[str]:
    """The JUnit reports that a command was told to write."""
    return list(_values(words, _JUNIT))


def coverage_files(words: Sequence[str]) -> list[str]:
    """The reports of coverage that pytest-cov was told to write."""
    named = (value.partition(":") for value in _values(words, ("--cov-report",)))
    return [path or _COVERAGE[kind] for kind, _, path in named if kind in _COVERAGE]


def pytest_options(words: Sequence[str]) -> Sequence[str] | None:
    """What stands behind pytest's name in a command; None where it is not called."""
    for at, word in enumerate(words):
        if word.rpartition("/")[2] in ("pytest", "py.test"):
            return words[at + 1 :]
    return None


def is_selection(options: Sequence[str]) -> bool:
    """Say whether pytest's options choose among the tests."""
    return any(option.partition("=")[0] in _SELECTING or "::" in option for option in options)


def _values(words: Sequence[str], options: Sequence[str]) -> Iterator[str]:
    for at, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name in options and (equals or at + 1 < len(words)):
            yield value if equals else words[at + 1]
