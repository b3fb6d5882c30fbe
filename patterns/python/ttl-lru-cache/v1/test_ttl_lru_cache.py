from __future__ import annotations

import threading

import pytest
from ttl_lru_cache import TtlLruCache


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_returns_a_stored_value_and_the_default_for_an_unknown_key() -> None:
    cache: TtlLruCache[str, int] = TtlLruCache(2, ttl=10, clock=Clock())
    cache.set("a", 1)

    assert cache.get("a", None) == 1
    assert cache.get("b", -1) == -1


def test_a_stored_none_is_not_taken_for_a_missing_value() -> None:
    cache: TtlLruCache[str, None] = TtlLruCache(2, ttl=10, clock=Clock())
    cache.set("a", None)

    assert cache.get("a", "missing") is None


def test_a_value_expires_exactly_at_the_end_of_its_life() -> None:
    clock = Clock()
    cache: TtlLruCache[str, int] = TtlLruCache(2, ttl=10, clock=clock)
    cache.set("a", 1)

    clock.now = 9.999
    assert cache.get("a", None) == 1
    clock.now = 10.0
    assert cache.get("a", None) is None


def test_reading_does_not_lengthen_the_life_of_a_value() -> None:
    clock = Clock()
    cache: TtlLruCache[str, int] = TtlLruCache(2, ttl=10, clock=clock)
    cache.set("a", 1)

    clock.now = 6.0
    cache.get("a", None)
    clock.now = 12.0

    assert cache.get("a", None) is None


def test_setting_again_starts_a_new_life() -> None:
    clock = Clock()
    cache: TtlLruCache[str, int] = TtlLruCache(3, ttl=10, clock=clock)
    cache.set("a", 1)
    cache.set("b", 2)

    clock.now = 6.0
    cache.set("a", 3)
    clock.now = 12.0

    assert cache.get("a", None) == 3
    assert cache.get("b", None) is None


def test_the_least_recently_used_value_is_evicted() -> None:
    cache: TtlLruCache[str, int] = TtlLruCache(2, ttl=10, clock=Clock())
    cache.set("a", 1)
    cache.set("b", 2)
    cache.get("a", None)

    cache.set("c", 3)

    assert [cache.get(key, None) for key in "abc"] == [1, None, 3]


def test_overwriting_a_key_evicts_nothing() -> None:
    cache: TtlLruCache[str, int] = TtlLruCache(2, ttl=10, clock=Clock())
    cache.set("a", 1)
    cache.set("b", 2)

    cache.set("a", 3)

    assert [cache.get(key, None) for key in "ab"] == [3, 2]


def test_an_expired_value_makes_room_before_a_live_one_is_evicted() -> None:
    clock = Clock()
    cache: TtlLruCache[str, int] = TtlLruCache(2, ttl=10, clock=clock)
    cache.set("old", 1)
    clock.now = 5.0
    cache.set("live", 2)
    cache.get("old", None)  # most recently used, and yet the one to go

    clock.now = 11.0
    cache.set("new", 3)

    assert cache.get("live", None) == 2
    assert len(cache) == 2


def test_delete_forgets_a_key_and_ignores_an_unknown_one() -> None:
    cache: TtlLruCache[str, int] = TtlLruCache(2, ttl=10, clock=Clock())
    cache.set("a", 1)

    cache.delete("a")
    cache.delete("a")

    assert cache.get("a", None) is None


def test_length_counts_only_live_values() -> None:
    clock = Clock()
    cache: TtlLruCache[str, int] = TtlLruCache(5, ttl=10, clock=clock)
    cache.set("a", 1)
    clock.now = 5.0
    cache.set("b", 2)
    clock.now = 10.0

    assert len(cache) == 1


def test_threads_never_grow_the_cache_beyond_its_size() -> None:
    cache: TtlLruCache[int, int] = TtlLruCache(10, ttl=10, clock=Clock())

    def fill(start: int) -> None:
        for number in range(start, start + 500):
            cache.set(number, number)
            cache.get(number - 1, None)

    threads = [threading.Thread(target=fill, args=(start * 100,)) for start in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(cache) == 10


@pytest.mark.parametrize(("max_size", "ttl"), [(0, 1.0), (1, 0.0), (1, -1.0)])
def test_refuses_a_size_or_life_that_is_not_positive(max_size: int, ttl: float) -> None:
    with pytest.raises(ValueError, match="positive"):
        TtlLruCache(max_size, ttl)
