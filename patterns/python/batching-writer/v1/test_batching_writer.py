from __future__ import annotations

import threading

import pytest
from batching_writer import BatchingWriter


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Sink:
    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.broken = False

    def write(self, batch: list[int]) -> None:
        if self.broken:
            raise ConnectionError("sink is down")
        self.batches.append(batch)


def test_writes_a_batch_when_it_is_full() -> None:
    sink = Sink()
    writer = BatchingWriter(sink.write, max_items=3, clock=Clock())

    for item in range(7):
        writer.add(item)

    assert sink.batches == [[0, 1, 2], [3, 4, 5]]


def test_the_end_of_the_block_writes_the_rest() -> None:
    sink = Sink()

    with BatchingWriter(sink.write, max_items=3, clock=Clock()) as writer:
        for item in range(4):
            writer.add(item)

    assert sink.batches == [[0, 1, 2], [3]]


def test_an_error_in_the_block_still_writes_the_rest() -> None:
    sink = Sink()

    with pytest.raises(KeyError), BatchingWriter(sink.write, clock=Clock()) as writer:
        writer.add(1)
        raise KeyError

    assert sink.batches == [[1]]


def test_an_item_that_has_waited_long_enough_is_written_with_the_next_one() -> None:
    sink, clock = Sink(), Clock()
    writer = BatchingWriter(sink.write, max_age=5, clock=clock)
    writer.add(1)

    clock.now = 4.9
    writer.add(2)
    assert sink.batches == []
    clock.now = 5.0
    writer.add(3)
    assert sink.batches == [[1, 2, 3]]


def test_a_timer_writes_what_is_old_and_leaves_what_is_young() -> None:
    sink, clock = Sink(), Clock()
    writer = BatchingWriter(sink.write, max_age=5, clock=clock)
    writer.add(1)

    clock.now = 4.9
    writer.flush_if_due()
    assert sink.batches == []
    clock.now = 5.0
    writer.flush_if_due()
    assert sink.batches == [[1]]


def test_the_age_counts_from_the_oldest_item_that_still_waits() -> None:
    sink, clock = Sink(), Clock()
    writer = BatchingWriter(sink.write, max_items=2, max_age=5, clock=clock)
    writer.add(1)
    clock.now = 4.0
    writer.add(2)
    writer.add(3)

    clock.now = 8.9
    writer.flush_if_due()

    assert sink.batches == [[1, 2]]


def test_nothing_is_written_when_nothing_waits() -> None:
    sink, clock = Sink(), Clock()

    with BatchingWriter(sink.write, clock=clock) as writer:
        clock.now = 100.0
        writer.flush_if_due()

    assert sink.batches == []


def test_a_failed_batch_is_written_again_in_order_and_in_full() -> None:
    sink = Sink()
    writer = BatchingWriter(sink.write, max_items=2, clock=Clock())
    sink.broken = True
    writer.add(1)
    for item in (2, 3):
        with pytest.raises(ConnectionError):
            writer.add(item)

    sink.broken = False
    writer.flush()

    assert sink.batches == [[1, 2], [3]]


def test_threads_lose_no_item_and_double_none() -> None:
    sink = Sink()

    with BatchingWriter(sink.write, max_items=7, clock=Clock()) as writer:

        def produce(start: int) -> None:
            for item in range(start, start + 250):
                writer.add(item)

        threads = [threading.Thread(target=produce, args=(start,)) for start in range(0, 1000, 250)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert sorted(item for batch in sink.batches for item in batch) == list(range(1000))
    assert max(len(batch) for batch in sink.batches) == 7


def test_a_batch_size_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="max_items"):
        BatchingWriter(Sink().write, max_items=0)
