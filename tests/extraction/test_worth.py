"""Worth: named parts that add up, each moved by what it is named for and by nothing else."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from foundry_git.extraction.unit_context import UnitContext, UnitLife
from foundry_git.extraction.worth import LONG, SHORT, TOO_LONG, WEIGHTS, Worth, worth_of
from foundry_git.source.callers import Callers
from foundry_git.source.reader import read_units
from foundry_git.source.units import Unit

TEXT = '''\
def in_chunks(items: list[int], size: int) -> list[list[int]]:
    """Cut a list into pieces of a size."""
    chunks = []
    for start in range(0, len(items), size):
        chunks.append(items[start : start + size])
    return chunks
'''
CALM = UnitLife(age=900, since_change=300, changes=2, fixes=0, reverted=0)
STANDING = UnitContext(callers=Callers(2, 1, 5), life=CALM, generality=0.5, path="shop/lists.py")


def unit(text: str = TEXT) -> Unit:
    (found,) = read_units(text, "shop/lists.py")
    return found


def points(worth: Worth) -> dict[str, float]:
    return {part.name: part.points for part in worth.parts}


def moved(one: Worth, other: Worth) -> dict[str, bool]:
    """Part → whether it grew, for those that differ."""
    before, after = points(one), points(other)
    return {name: after[name] > before[name] for name in before if before[name] != after[name]}


def test_the_parts_are_those_with_a_weight_and_the_weights_are_a_hundred_points() -> None:
    worth = worth_of(unit(), STANDING)

    assert [part.name for part in worth.parts] == list(WEIGHTS)
    assert sum(WEIGHTS.values()) == 100
    assert worth.points == round(sum(points(worth).values()))
    assert all(0 <= part.share <= 1 for part in worth.parts)


@pytest.mark.parametrize(
    ("standing", "expected"),
    [
        (replace(STANDING, callers=Callers(2, 1, 12)), {"fan-in": True}),
        (replace(STANDING, callers=Callers(6, 1, 5)), {"spread": True}),
        (replace(STANDING, callers=Callers(2, 3, 5)), {"tests": True}),
        (replace(STANDING, passed=2), {"tests": True}),
        (replace(STANDING, places=3), {"recurrence": True}),
        (replace(STANDING, repositories=1), {"recurrence": True}),
        (replace(STANDING, life=replace(CALM, fixes=2)), {"stability": False}),
        (replace(STANDING, life=replace(CALM, reverted=1)), {"stability": False}),
        (replace(STANDING, life=replace(CALM, since_change=2_000)), {"activity": False}),
        (replace(STANDING, generality=0.2), {"generality": False}),
        (replace(STANDING, path="shop/util/lists.py"), {"place": True}),
    ],
)
def test_each_fact_of_its_standing_moves_one_part(standing: UnitContext, expected: dict[str, bool]) -> None:
    assert moved(worth_of(unit(), STANDING), worth_of(unit(), standing)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (TEXT.replace('    """Cut a list into pieces of a size."""\n', ""), {"documentation": False}),
        (TEXT.replace(": list[int]", ""), {"types": False}),
        (TEXT.replace("chunks = []", "chunks = [LIMIT]"), {"self-containedness": False}),
        (TEXT.replace("chunks = []", 'chunks = ["abc"]'), {"generality": False}),
        (TEXT.replace("chunks = []", "chunks = [] if items and size else [0]"), {"substance": True}),
    ],
)
def test_each_trait_of_its_text_moves_one_part_beside_its_words(text: str, expected: dict[str, bool]) -> None:
    found = moved(worth_of(unit(), STANDING), worth_of(unit(text), STANDING))

    assert {name: grew for name, grew in found.items() if name != "words"} == expected


def test_code_in_words_of_a_projects_glue_is_worth_less() -> None:
    glue = TEXT.replace("chunks", "options").replace("items", "config").replace("start", "handler")

    assert moved(worth_of(unit(), STANDING), worth_of(unit(glue), STANDING)) == {"words": False}


@pytest.mark.parametrize(
    ("lines", "share"),
    [(5, 0.0), (SHORT, 1.0), (LONG, 1.0), (TOO_LONG, 0.0), (10 * TOO_LONG, 0.0)],
)
def test_neither_the_shortest_nor_the_longest_is_of_the_best_size(lines: int, share: float) -> None:
    found = unit()
    found = replace(found, measures=replace(found.measures, lines=lines))

    assert next(part.share for part in worth_of(found, STANDING).parts if part.name == "size") == share


@pytest.mark.parametrize(
    ("text", "path", "reason"),
    [
        (TEXT, "examples/lists.py", "an example, or beside the code"),
        (TEXT, "scripts/lists.py", "an example, or beside the code"),
        (
            TEXT.replace("of a size.", "of a size. Deprecated: use itertools.batched."),
            "shop/lists.py",
            "deprecated, or for old users",
        ),
        (TEXT, "shop/compat/lists.py", "an example, or beside the code"),
    ],
)
def test_examples_and_what_is_deprecated_are_out_of_the_top_and_say_why(text: str, path: str, reason: str) -> None:
    whole, left = worth_of(unit(), STANDING), worth_of(unit(text), replace(STANDING, path=path))

    assert reason in left.reasons and reason in left.explained()
    assert left.points <= 0.62 * whole.points


def test_what_nobody_looked_into_counts_half() -> None:
    unknown = points(worth_of(unit(), UnitContext()))

    assert [unknown[name] for name in ("fan-in", "stability")] == [WEIGHTS["fan-in"] / 2, WEIGHTS["stability"] / 2]


def test_a_person_reads_who_uses_it_and_how_it_lived() -> None:
    life = replace(CALM, fixes=2, reverted=1)
    said = worth_of(unit(), UnitContext(Callers(2, 1, 5), life, places=2, repositories=1)).reasons

    assert "used 5 times in 2 other files and its own" in worth_of(unit(), UnitContext(Callers(2, 1, 5, nearby=1))).reasons
    assert "used once in its file" in worth_of(unit(), UnitContext(Callers(0, 0, 1, nearby=1))).reasons
    assert "used 5 times in 2 files" in said and "named in 1 test file" in said
    assert "fixed 2 times, taken back once" in said and "in 2 files, in 1 other repository" in said


ENUM = "class Mode(Enum):\n    FAST = 1\n    SLOW = 2\n\n    def said(self):\n        return self.name.lower()\n"
RUST_ENUM = "pub enum Mode {\n    Fast,\n}\n\nimpl Mode {\n    fn a(&self) {}\n    fn b(&self) {}\n    fn c(&self) {}\n}\n"
BARE = "def now():\n    for part in range(3):\n        print(part)\n    return part\n"


@pytest.mark.parametrize(
    ("text", "path", "reason"),
    [
        (ENUM, "a.py", "a type with little behaviour"),
        (RUST_ENUM, "a.rs", "a type with little behaviour"),
        (BARE, "a.py", "takes no arguments"),
    ],
)
def test_types_without_behaviour_and_functions_without_input_are_worth_less(text: str, path: str, reason: str) -> None:
    (found,) = read_units(text, path)

    assert reason in worth_of(found, STANDING).reasons


def test_a_type_that_does_something_is_worth_all_of_its_parts() -> None:
    (found,) = read_units("class Stack:\n" + "".join(f"    def f{at}(self, x):\n        return x\n\n" for at in range(3)), "a.py")

    assert not worth_of(found, STANDING).left
