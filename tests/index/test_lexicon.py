"""Search by word: what one question costs is bounded, and within the bounds the answer is that of plain BM25."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry_git.index.catalogue import Catalogue, Scanned
from foundry_git.index.document import Document
from foundry_git.index.lexicon import Bounds

RARE, COMMON = ("zebra", "quokka", "axolotl"), ("value", "name", "list", "item")
WORDS = (*RARE, *COMMON)


def unit(number: int, words: Sequence[str], path: str = "", name: str = "it") -> Document:
    return Document(
        library="team", place=f"p{number:04}", id=f"python/p{number}", version=1, digest="", name=name, kind="function",
        language="python", framework="", tags=(), description="", suggested_action="", code=" ".join(words), path=path,
        line=bool(path),
    )  # fmt: skip


MADE: list[Catalogue] = []


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """Catalogues that a test makes are closed with it."""
    before = len(MADE)
    yield
    for one in MADE[before:]:
        one.close()


def catalogue_of(documents: Sequence[Document], bounds: Bounds | None = None) -> Catalogue:
    made = Catalogue(None, bounds) if bounds else Catalogue(None)
    MADE.append(made)
    looks = {(one.library, one.place): one for one in documents}
    made.apply({key: Scanned("", 0) for key in looks}, {key: [one] for key, one in looks.items()}, ())
    return made


def found(catalogue: Catalogue, words: Sequence[str], limit: int = 1000) -> dict[str, float]:
    """BM25 by place, best first."""
    rows = catalogue.rows()
    place = {row.number: row.place for row in rows}
    best = catalogue.lexical(words, limit, {row.number: at for at, row in enumerate(rows)})
    return {place[number]: score for number, score in best.items()}


def drawn() -> list[Document]:
    """300 documents that nearly all hold common words; one in thirty holds rare ones."""
    draw = random.Random(5)
    texts = [
        [word for word in COMMON for _ in range(draw.choice((0, 1, 1, 2)))] + ["pad"] * draw.randrange(9) for _ in range(300)
    ]
    for text in texts[::30]:
        text += draw.sample(RARE, draw.randrange(1, 4))
    return [unit(number, text) for number, text in enumerate(texts)]


DOCUMENTS = drawn()
PLAIN = catalogue_of(DOCUMENTS)
BOUNDED = catalogue_of(DOCUMENTS, Bounds(plain=0, members=40, counted=10_000))


SOME = st.lists(st.sampled_from(WORDS), min_size=1, max_size=7, unique=True)


@settings(max_examples=40, deadline=None)
@given(words=SOME)
def test_past_the_bounds_rare_words_decide_who_is_scored_and_all_words_how(words: list[str]) -> None:
    exact = found(PLAIN, words)
    bounded = found(BOUNDED, words)

    assert bounded == {place: pytest.approx(exact[place]) for place in bounded}
    assert sorted(bounded.values(), reverse=True) == list(bounded.values())
    rare = set(words) & set(RARE)
    if rare:
        holders = {one.place for one in DOCUMENTS if rare & set(one.code.split())}
        assert set(bounded) == holders


def test_the_rarest_word_is_searched_however_common_it_is() -> None:
    bounded = catalogue_of(DOCUMENTS, Bounds(plain=0, members=1, counted=0))

    assert found(bounded, ["name"]) == found(PLAIN, ["name"])
    assert set(found(bounded, ["zebra", "name"])) == {one.place for one in DOCUMENTS if "zebra" in one.code}


def test_words_that_nothing_holds_find_nothing() -> None:
    catalogue = catalogue_of(DOCUMENTS, Bounds(0, 0, 0))

    assert found(catalogue, ["nowhere"]) == found(catalogue, []) == {}
    assert catalogue.coverage([], [1]) == catalogue.coverage(["nowhere"], [1]) == {1: 0.0}


@settings(max_examples=40, deadline=None)
@given(words=SOME, few=st.integers(1, 300))
def test_the_share_of_words_is_the_same_however_it_is_asked(words: list[str], few: int) -> None:
    """Of few documents each is asked for a common word; of many all that hold the word are gone through."""
    numbers = [row.number for row in PLAIN.rows()]

    everywhere = PLAIN.coverage(words, numbers)

    assert PLAIN.coverage(words, numbers[:few]) == {number: everywhere[number] for number in numbers[:few]}
    for row in PLAIN.rows():
        held = set(words) & set(DOCUMENTS[int(row.place[1:])].code.split())
        assert (everywhere[row.number] > 0) == bool(held)
        assert (everywhere[row.number] == pytest.approx(1)) == (held == set(words))


def test_equal_documents_come_in_the_order_of_their_places_whatever_was_read_first() -> None:
    same = [unit(number, ["zebra"]) for number in range(9)]

    assert list(found(catalogue_of(same[::-1]), ["zebra"], 4)) == ["p0000", "p0001", "p0002", "p0003"]
    assert list(found(catalogue_of(same), ["zebra"], 4)) == ["p0000", "p0001", "p0002", "p0003"]


def test_frequencies_are_counted_anew_when_documents_change() -> None:
    catalogue = catalogue_of([unit(1, ["zebra"])])
    before = found(catalogue, ["zebra"])
    more = [unit(number, ["pad"]) for number in range(2, 30)]
    looks = {(one.library, one.place): one for one in more}
    catalogue.apply({key: Scanned("", 0) for key in looks}, {key: [one] for key, one in looks.items()}, ())

    assert found(catalogue, ["zebra"])["p0001"] > before["p0001"]
    assert set(found(catalogue, ["pad"])) == {one.place for one in more}


def test_the_path_of_a_unit_is_searched_and_that_of_a_pattern_is_not() -> None:
    of_unit = unit(1, ["pad"], path="src/billing/invoices/time.py")
    of_pattern = Document(
        **{name: getattr(unit(2, ["pad"]), name) for name in Document.__struct_fields__} | {"path": "billing/it.py"}
    )
    catalogue = catalogue_of([of_unit, of_pattern])

    assert list(found(catalogue, ["billing"])) == list(found(catalogue, ["invoices"])) == ["p0001"]
    assert found(catalogue, ["src"]) == {}
