"""A companion: the tests that passed and exercise one unit alone, as the test file that travels with it."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from foundry_git.errors import SourceError
from foundry_git.extraction.passed_tests.languages import LANGUAGES
from foundry_git.extraction.passed_tests.uses import PlacedTest, ProjectUnderTest
from foundry_git.pattern.naming import companion_file
from foundry_git.source.languages import language_of
from foundry_git.source.privacy import scrubbed
from foundry_git.source.reader import read_units, stored_code
from foundry_git.source.secrets import find_secrets
from foundry_git.source.units import Unit, UnitKey

MAX_CHARACTERS = 16 * 1024  # of one test file: about 400 lines, more than anybody reviews beside one unit


class Companion(Struct, frozen=True):
    """The text of a test file, and the tests that are in it."""

    text: str = ""
    tests: frozenset[UnitKey] = frozenset()


NONE = Companion()


def companion_of(path: str, unit: Unit, code_file: str, tests: Sequence[PlacedTest], project: ProjectUnderTest) -> Companion:
    """Write the companion of a unit, whose pattern's code will stand in ``code_file`` beside it.

    Only a unit that needs nothing of its project has one, as it could not be run otherwise; tests that hold a secret or are more than
    the rest of the room are left out, the first ones come first. :data:`NONE` where no test is left.
    """
    language = LANGUAGES.get(unit.language)
    if language is None or not tests or unit.project_names or not language.can_travel(unit, code_file):
        return NONE
    chosen: list[PlacedTest] = []
    for test in tests:
        if (
            not find_secrets(stored_code(test.unit))
            and sum(len(stored_code(one.unit)) for one in (*chosen, test)) <= MAX_CHARACTERS
        ):
            chosen.append(test)
    text, kept = language.written_together(chosen, (path, unit.symbol), code_file, project) if chosen else ("", [])
    if not kept or find_secrets(text) or not _holds(text, code_file, kept):
        return NONE
    clean = scrubbed(text, unit.language)
    return NONE if clean.kinds else Companion(clean.text, frozenset(test.key for test in kept))


def renamed(text: str, old_code_file: str, new_code_file: str) -> str:
    """A companion's text for a code file of another name; ``""`` where it cannot be imported under that."""
    language = LANGUAGES.get(language_of(old_code_file) or "")
    return language.renamed(text, old_code_file, new_code_file) if language and text else text


def _holds(text: str, code_file: str, tests: Sequence[PlacedTest]) -> bool:
    """Say whether the text reads as a test file with just these tests."""
    try:
        units = read_units(text, companion_file(code_file))
    except SourceError:
        return False
    return [unit.name for unit in units if unit.is_test] == [test.unit.name for test in tests]
