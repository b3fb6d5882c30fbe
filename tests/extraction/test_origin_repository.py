"""Where an origin lies: roots decide where both sides know them, else names and commits of the history."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from foundry_git.extraction.origin_repository import MOST_ROOTS, commits_that_tell, is_sure, origin_in
from foundry_git.git.identity import Identity
from foundry_git.git.roots import NO_ROOTS, Roots
from foundry_git.index.document import Document

ONE, TWO, THREE, COMMIT = (digit * 40 for digit in "123c")
WHOLE = Roots(frozenset({ONE, TWO}))
SHALLOW = Roots(frozenset({THREE}), is_shallow=True)


def taken(*roots: str, repository: str = "shop") -> Document:
    return Document(
        library="ours",
        place="p",
        id="python/p",
        kind="function",
        language="python",
        code="",
        path="p",
        origin_repository=repository,
        origin_roots=roots,
        origin_commit=COMMIT,
    )


@pytest.mark.parametrize(
    ("document", "here", "expected"),
    [
        (taken(TWO, THREE), Identity("else", WHOLE), True),
        (taken(THREE), Identity("shop", WHOLE), False),
        (taken(THREE), Identity("shop", NO_ROOTS), True),
        (taken(), Identity("shop", WHOLE), True),
        (taken(), Identity("else", WHOLE), False),
        (taken(repository=""), Identity("", WHOLE), False),
        (taken(ONE), Identity("shop", SHALLOW), True),
        (taken(ONE), Identity("else", SHALLOW), False),
        (taken(THREE), Identity("else", SHALLOW), True),
        (taken(ONE), Identity("else", replace(SHALLOW, earlier=(TWO, ONE))), True),
    ],
    ids=[
        "one root in common", "whole histories without a common root", "no commit yet", "of before, by name", "of before",
        "of before, no name", "shallow here, by name", "shallow here", "cut at the same commit",
        "was cut at the same commit",
    ],
)  # fmt: skip
def test_roots_decide_and_names_only_where_roots_are_unknown(document: Document, here: Identity, expected: bool) -> None:
    assert is_sure(document, here) is expected


@pytest.mark.parametrize(
    ("document", "here", "expected"),
    [(taken(ONE), WHOLE, {ONE}), (taken(), WHOLE, {COMMIT}), (taken(ONE), SHALLOW, {ONE, COMMIT})],
    ids=["its roots, which a shallow clone may have seen", "of before", "shallow here"],
)
def test_the_commits_to_look_for(document: Document, here: Roots, expected: set[str]) -> None:
    assert set(commits_that_tell(document, Identity("shop", here))) == expected


def test_an_origin_names_few_roots_in_an_order_of_their_own() -> None:
    many = frozenset(f"{number:040x}" for number in range(40))

    origin = origin_in(Identity("shop", Roots(many, is_shallow=True)))

    assert origin.roots == tuple(sorted(many)[:MOST_ROOTS])
    assert (origin.repository, origin.shallow) == ("shop", True)
