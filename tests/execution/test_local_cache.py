"""The caches of one process: never more entries than their size, never one past its time; and the layers without Redis."""

from __future__ import annotations

from collections import OrderedDict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundry_git.execution.caches import CacheManager, Kept
from foundry_git.execution.local_cache import LOCAL_TTL, MAX_LOCAL, LocalCache

KEY = st.sampled_from("abcdef")
TTL = st.none() | st.integers(1, 20)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), KEY, TTL),
        st.tuples(st.just("get"), KEY, st.none()),
        st.tuples(st.just("wait"), st.just(""), st.integers(1, 8)),
        st.tuples(st.just("clear"), st.just(""), st.none()),
    ),
    max_size=60,
)


class Clock:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Model:
    """A cache as its docstring says it, without an eye for speed: key → value and the moment until which it is kept."""

    def __init__(self, size: int, ttl: int) -> None:
        self.size, self.ttl = size, ttl
        self.entries: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def get(self, key: str, now: float) -> int | None:
        value, until = self.entries.get(key, (0, now))
        if until <= now:
            self.entries.pop(key, None)
            return None
        self.entries.move_to_end(key)
        return value

    def put(self, key: str, value: int, ttl: int | None, now: float) -> None:
        self.entries[key] = value, now + min(self.ttl, self.ttl if ttl is None else ttl)
        self.entries.move_to_end(key)
        while len(self.entries) > self.size:
            self.entries.popitem(last=False)


@given(steps=STEPS, size=st.integers(1, 4), ttl=st.integers(1, 10))
def test_a_cache_keeps_what_its_size_and_time_allow(steps: list[tuple[str, str, int | None]], size: int, ttl: int) -> None:
    clock, model = Clock(), Model(size, ttl)
    cache: LocalCache[int] = LocalCache(size, ttl, clock)

    for number, (step, key, told) in enumerate(steps):
        if step == "put":
            cache.put(key, number, told)
            model.put(key, number, told, clock.now)
        elif step == "get":
            assert cache.get(key) == model.get(key, clock.now)
        elif step == "wait":
            clock.now += told or 0
        else:
            cache.clear()
            model.entries.clear()
        assert len(cache) == len(model.entries) <= size


@given(ttl=st.integers(1, 100), told=TTL, waited=st.integers(0, 120))
def test_no_entry_outlives_its_own_time_or_that_of_the_cache(ttl: int, told: int | None, waited: int) -> None:
    clock = Clock()
    cache: LocalCache[str] = LocalCache(5, ttl, clock)
    cache.put("key", "value", told)
    clock.now += waited

    assert (cache.get("key") is not None) == (waited < min(ttl, told or ttl))


@pytest.mark.parametrize(("size", "ttl", "told"), [(0, 60, None), (-1, 60, None), (5, 0, None), (5, 60, 0), (5, 60, -1)])
def test_without_room_or_time_nothing_is_kept(size: int, ttl: int, told: int | None) -> None:
    cache: LocalCache[str] = LocalCache(size, ttl, Clock())
    cache.put("key", "value", told)

    assert (cache.get("key"), len(cache)) == (None, 0)


def test_what_was_asked_for_lately_stays() -> None:
    cache: LocalCache[int] = LocalCache(2, 60, Clock())
    cache.put("a", 1)
    cache.put("b", 2)
    cache.get("a")
    cache.put("c", 3)

    assert [cache.get(key) for key in "abc"] == [1, None, 3]


def test_a_value_put_again_is_the_newer_one_for_its_whole_time() -> None:
    clock = Clock()
    cache: LocalCache[int] = LocalCache(2, 10, clock)
    cache.put("a", 1)
    clock.now = 9.0
    cache.put("a", 2)
    clock.now = 18.0

    assert (cache.get("a"), len(cache)) == (2, 1)


def test_an_entry_whose_time_is_over_makes_room_when_it_is_asked_for() -> None:
    clock = Clock()
    cache: LocalCache[int] = LocalCache(5, 10, clock)
    cache.put("a", 1)
    clock.now = 10.0

    assert (cache.get("a"), len(cache)) == (None, 0)


# the layers


def test_what_was_put_is_found_in_this_process() -> None:
    manager = CacheManager()
    manager.put("key", b"answer", 300)

    assert manager.get("key") == manager.get_local("key") == Kept(b"answer", "local")
    assert manager.get("other") is None


def test_an_answer_is_kept_no_longer_than_it_may_be_or_its_layer_keeps_anything() -> None:
    clock = Clock()
    manager = CacheManager(clock=clock)
    manager.put("short", b"a", 5)
    manager.put("long", b"b", 3600)
    clock.now = 5.0
    assert (manager.get("short"), manager.get("long")) == (None, Kept(b"b", "local"))

    clock.now = LOCAL_TTL
    assert manager.get("long") is None


@pytest.mark.parametrize("ttl", [0, -1])
def test_an_answer_that_may_not_be_kept_is_not(ttl: float) -> None:
    manager = CacheManager()
    manager.put("key", b"answer", ttl)

    assert manager.get_stats()["local_size"] == 0


def test_hits_and_misses_are_counted_in_percent() -> None:
    manager = CacheManager(max_local_size=10)
    manager.put("key", b"answer", 60)
    manager.get("key")
    manager.get_local("key")
    manager.get("other")
    manager.get("key")

    assert manager.get_stats() == {
        "local_hits": 3,
        "redis_hits": 0,
        "misses": 1,
        "hit_rate": 75.0,
        "local_size": 1,
        "redis": "off",
        "redis_errors": 0,
        "redis_said": "",
    }


def test_what_is_not_in_this_process_is_not_missing_yet() -> None:
    manager = CacheManager()

    assert manager.get_local("key") is None
    assert (manager.get_stats()["misses"], manager.get_stats()["hit_rate"]) == (0, 0.0)


def test_no_more_answers_are_kept_than_the_layer_holds() -> None:
    manager, small = CacheManager(), CacheManager(max_local_size=3)
    for number in range(MAX_LOCAL + 10):
        manager.put(str(number), b"answer", 60)
        small.put(str(number), b"answer", 60)

    assert (manager.get_stats()["local_size"], small.get_stats()["local_size"]) == (MAX_LOCAL, 3)
    assert (manager.get("0"), manager.get("10")) == (None, Kept(b"answer", "local"))


def test_everything_is_forgotten_at_once() -> None:
    manager = CacheManager()
    manager.put("key", b"answer", 60)
    manager.clear()
    manager.close()

    assert manager.get("key") is None
