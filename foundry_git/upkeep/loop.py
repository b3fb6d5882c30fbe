"""The loop: how far each accepted pattern came, and where the loop is cut. Pure.

Every system that this one grew from had all the parts and a cut between two of them: what was accepted was never found, what was
injected never adopted, what was adopted never judged. Nobody noticed, because each part worked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

ENOUGH_PROMPTS = 20
"""Prompts since a pattern was accepted, before "never retrieved" says something of it: about a week of one agent."""
ENOUGH_INJECTIONS = 10
"""Injections before "never adopted" says something: at an adoption rate of 25 % all ten fail by chance in 6 of 100 patterns."""
CUT = 0.5
"""The share of patterns from which on a link counts as cut; 91 of 100 were never applied where a predecessor's was."""


class Reach(Struct, frozen=True):
    """How far one pattern came: counts of prompts since it was accepted, of those it was relevant to and injected into, of uses.

    ``injected`` and ``adopted`` count what is old enough to have had its chance; ``judged`` those uses with an outcome.
    """

    id: str
    prompts: int = 0
    retrieved: int = 0
    injected: int = 0
    adopted: int = 0
    judged: int = 0


class Link(Struct, frozen=True):
    """One link of the loop: how many patterns had their chance, and the ids of those that did not come through."""

    name: str
    meaning: str
    had_chance: int
    lost: tuple[str, ...]
    next_step: str

    @property
    def is_cut(self) -> bool:
        """Whether so many are lost that it is no chance."""
        return bool(self.lost) and len(self.lost) >= CUT * self.had_chance


def links(reaches: Iterable[Reach]) -> tuple[Link, Link, Link]:
    """Say of each link of the loop which patterns are lost there; one that had no chance yet is lost nowhere."""
    all_of_them = sorted(reaches, key=lambda reach: reach.id)
    return (
        _link(
            (
                "retrieved",
                "accepted but never relevant to a prompt",
                "see `foundry search`: do their descriptions say what they are for?",
            ),
            all_of_them,
            lambda reach: reach.prompts >= ENOUGH_PROMPTS,
            lambda reach: reach.retrieved > 0,
        ),
        _link(
            ("adopted", "injected but never adopted", "see `foundry stats ID`: do they fit what they are shown for?"),
            all_of_them,
            lambda reach: reach.injected >= ENOUGH_INJECTIONS,
            lambda reach: reach.adopted > 0,
        ),
        _link(
            (
                "judged",
                "adopted but never judged",
                "let CI collect outcomes: `foundry evidence collect`, or run tests by `foundry evidence run`",
            ),
            all_of_them,
            lambda reach: reach.adopted > 0,
            lambda reach: reach.judged > 0,
        ),
    )


def _link(
    words: tuple[str, str, str],
    reaches: Sequence[Reach],
    had_chance: Callable[[Reach], bool],
    came_through: Callable[[Reach], bool],
) -> Link:
    name, meaning, next_step = words
    there = [reach for reach in reaches if had_chance(reach)]
    return Link(name, meaning, len(there), tuple(reach.id for reach in there if not came_through(reach)), next_step)
