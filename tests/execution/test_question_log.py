"""The question log: a line now and then, in a file that only its owner reads, without secrets, names or private data."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundry_git.execution.asking import Context, context_of
from foundry_git.execution.definitions import PatternType
from foundry_git.execution.figures import Done, Latencies
from foundry_git.execution.question_log import (
    FLUSH_SECONDS,
    MAX_BYTES,
    MAX_MISSED,
    MOST_KINDS,
    MOST_MISSED,
    Kind,
    Missed,
    QuestionLog,
    Stretch,
    summed,
)

KIND = Kind("memory", "recall", "balanced", "", True)


class Clock:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def done(question: str = "what is it", **changed: Any) -> Done:
    told: dict[str, Any] = {"type": PatternType.MEMORY, "route": "recall", "mode": "balanced", "layer": "", "ok": True, "ms": 4.0}
    return Done(question, **(told | {"tokens": 10} | changed))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "questions.jsonl"


@pytest.fixture
def line(path: Path) -> dict[str, Any]:
    """A line as the log writes it."""
    log = QuestionLog(path, Clock())
    log.add(done(), Context(), True)
    log.flush()
    written: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    path.unlink()
    return written


def test_what_was_counted_is_read(path: Path) -> None:
    log = QuestionLog(path, Clock())
    log.add(done(), Context(), False)
    log.add(done(layer="local", ms=1.0, tokens=2), Context(priority="high", workflow="review"), False)
    log.add(done("who is on call"), Context(), True)
    began = datetime.now(UTC).replace(microsecond=0)
    log.flush()

    (stretch,) = log.read()

    assert stretch.kinds == {KIND: 2, Kind("memory", "recall", "balanced", "local", True, workflow="review", priority="high"): 1}
    assert (stretch.tokens, stretch.latencies.count, stretch.latencies.total_ms) == (22, 3, 9.0)
    assert stretch.missed == {Missed("who is on call", "recall"): 1}
    assert began <= stretch.at <= datetime.now(UTC)


def test_nothing_is_written_before_half_a_minute_is_over(path: Path) -> None:
    clock = Clock()
    log = QuestionLog(path, clock)
    log.add(done(), Context(), False)
    clock.now = FLUSH_SECONDS - 0.1
    log.add(done(), Context(), False)
    assert not path.exists()

    clock.now = FLUSH_SECONDS
    log.add(done(), Context(), False)

    assert [sum(one.kinds.values()) for one in log.read()] == [3]


def test_half_a_minute_is_counted_from_the_last_line(path: Path) -> None:
    clock = Clock()
    log = QuestionLog(path, clock)
    for clock.now in (FLUSH_SECONDS, FLUSH_SECONDS + 10.0, 2 * FLUSH_SECONDS - 0.1):
        log.add(done(), Context(), False)
    assert [sum(one.kinds.values()) for one in log.read()] == [1]

    clock.now = 2 * FLUSH_SECONDS
    log.add(done(), Context(), False)

    assert [sum(one.kinds.values()) for one in log.read()] == [1, 3]


def test_each_stretch_has_a_line_of_its_own(path: Path) -> None:
    clock = Clock()
    log = QuestionLog(path, clock)
    for tokens in (1, 2, 3):
        clock.now += FLUSH_SECONDS
        log.add(done(tokens=tokens), Context(), False)

    assert [one.tokens for one in log.read()] == [1, 2, 3]


def test_where_nothing_was_asked_nothing_is_written(path: Path) -> None:
    log = QuestionLog(path, Clock())
    log.flush()
    log.add(done(), Context(), False)
    log.flush()
    log.flush()

    assert len(path.read_text(encoding="utf-8").splitlines()) == 1


def test_without_a_path_nothing_is_kept() -> None:
    clock = Clock()
    log = QuestionLog(None, clock)
    clock.now = FLUSH_SECONDS
    log.add(done(), Context(), True)
    log.flush()

    assert log.read() == []


def test_a_log_that_was_never_written_is_empty(path: Path) -> None:
    assert QuestionLog(path, Clock()).read() == []


def test_two_engines_write_into_one_log(path: Path) -> None:
    one, other = QuestionLog(path, Clock()), QuestionLog(path, Clock())
    one.add(done(tokens=1), Context(), False)
    other.add(done(tokens=2), Context(), False)
    other.flush()
    one.flush()

    assert [stretch.tokens for stretch in one.read()] == [stretch.tokens for stretch in other.read()] == [2, 1]


# privacy


def test_only_its_owner_reads_the_log(path: Path) -> None:
    log = QuestionLog(path, Clock())
    log.add(done(), Context(), False)
    log.flush()

    assert path.stat().st_mode & 0o777 == 0o600


def test_who_asked_is_kept_as_a_hash(path: Path) -> None:
    log = QuestionLog(path, Clock())
    context = context_of({"agent_id": "alice", "session_id": "evening"})
    log.add(done(), context, False)
    log.add(done(), context, False)
    log.add(done(), context_of({"agent_id": "bob"}), False)
    log.flush()

    (stretch,) = log.read()
    assert "alice" not in path.read_text(encoding="utf-8")
    assert "evening" not in path.read_text(encoding="utf-8")
    assert sorted(stretch.kinds.values()) == [1, 2]
    assert len({kind.agent for kind in stretch.kinds}) == 2
    assert sorted(len(kind.session) for kind in stretch.kinds) == [0, 16]


def test_a_question_that_a_trigger_matched_is_not_kept(path: Path) -> None:
    log = QuestionLog(path, Clock())
    log.add(done("recall the retries of the gateway"), Context(), False)
    log.flush()

    assert "gateway" not in path.read_text(encoding="utf-8")


def test_a_question_with_a_secret_is_counted_and_not_kept(path: Path) -> None:
    log = QuestionLog(path, Clock())
    log.add(done("is ghp_a1B2c3D4e5F6a1B2c3D4e5F6a1B2c3D4e5F6 a good token"), Context(), True)
    log.flush()

    (stretch,) = log.read()
    assert (sum(stretch.kinds.values()), stretch.missed) == (1, {})
    assert "ghp_" not in path.read_text(encoding="utf-8")


def test_private_data_is_taken_out_of_a_question(path: Path) -> None:
    log = QuestionLog(path, Clock())
    log.add(done("who is bob.miller@corp.com"), Context(), True)
    log.flush()

    (stretch,) = log.read()
    (kept,) = stretch.missed
    assert kept.question.startswith("who is ")
    assert "bob.miller" not in path.read_text(encoding="utf-8")


def test_only_the_beginning_of_a_long_question_is_kept(path: Path) -> None:
    log = QuestionLog(path, Clock())
    log.add(done("why " * 200), Context(), True)
    log.flush()

    (kept,) = log.read()[0].missed
    assert kept.question == ("why " * 200)[:MAX_MISSED]


# bounds


def test_beyond_the_most_kinds_nobody_is_told_apart(path: Path) -> None:
    log = QuestionLog(path, Clock())
    for number in range(MOST_KINDS + 50):
        log.add(done(), context_of({"agent_id": f"agent-{number}", "workflow": "w", "priority": "low"}), False)
    log.add(done(), context_of({"agent_id": "agent-0", "workflow": "w", "priority": "low"}), False)
    log.flush()

    (stretch,) = log.read()
    rest = Kind("memory", "recall", "balanced", "", True, priority="low")
    assert (len(stretch.kinds), stretch.kinds[rest]) == (MOST_KINDS + 1, 50)
    assert sum(stretch.kinds.values()) == MOST_KINDS + 51


def test_no_more_than_two_hundred_questions_are_kept_at_once(path: Path) -> None:
    log = QuestionLog(path, Clock())
    for number in range(MOST_MISSED + 50):
        log.add(done(f"question {number}"), Context(), True)
    log.flush()

    (stretch,) = log.read()
    assert len(stretch.missed) == MOST_MISSED
    assert stretch.kinds == {KIND: MOST_MISSED + 50}


def test_a_log_that_grew_too_large_loses_its_oldest_half(path: Path, line: dict[str, Any]) -> None:
    long = line | {"missed": [[f"{number} {'x' * 250}", "recall", 1] for number in range(200)]}
    lines = [json.dumps(long | {"tokens": tokens}) for tokens in range(MAX_BYTES // len(json.dumps(long)))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    log = QuestionLog(path, Clock())
    log.add(done(question="x" * 300, tokens=10_000), Context(), True)
    for number in range(150):
        log.add(done(question=f"{number}{'y' * 290}", tokens=0), Context(), True)

    log.flush()

    kept = [stretch.tokens for stretch in log.read()]
    assert MAX_BYTES // 4 < path.stat().st_size <= MAX_BYTES // 2
    assert kept == [*range(len(lines) - len(kept) + 1, len(lines)), 10_000]
    assert path.stat().st_mode & 0o777 == 0o600


# damage


@pytest.mark.parametrize(
    "damaged",
    [
        {"schema": 2},
        {"kinds": 5},
        {"kinds": [[1]]},
        {"kinds": [["memory", "recall", "balanced", "", True, 1, 2, 3, 4, 5, 6]]},
        {"kinds": [[["memory"], "recall", "balanced", "", True, 1]]},
        {"tokens": "many"},
        {"at": "noon"},
        {"at": 5},
        {"ms": None},
        {"ms": {"total": 1.0}},
        {"missed": [[1, 2]]},
        {"missed": 5},
    ],
)
def test_a_line_of_another_make_is_left_out(path: Path, line: dict[str, Any], damaged: dict[str, Any]) -> None:
    path.write_text(f"{json.dumps(line | damaged)}\n{json.dumps(line)}\n", encoding="utf-8")

    assert [one.kinds for one in QuestionLog(path, Clock()).read()] == [{KIND: 1}]


@pytest.mark.parametrize(
    "damaged", [b"", b"\xff\xfe", b"null", b"[]", b'"text"', b'{"schema": 1, "at": "20', b"[" * 100_000, b"{}"]
)
def test_a_line_that_is_none_is_left_out(path: Path, line: dict[str, Any], damaged: bytes) -> None:
    whole = json.dumps(line).encode()
    path.write_bytes(b"\n".join([whole, damaged, whole, b""]))

    assert [one.kinds for one in QuestionLog(path, Clock()).read()] == [{KIND: 1}, {KIND: 1}]


def test_a_log_that_cannot_be_written_is_dropped_and_said(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path.mkdir(parents=True)
    log = QuestionLog(path, Clock())
    log.add(done(), Context(), False)

    with caplog.at_level(logging.INFO, "foundry_git.execution"):
        log.flush()

    assert [record.getMessage() for record in caplog.records] == [
        f"{path}: what was asked is not kept ([Errno 21] Is a directory: '{path}')"
    ]
    assert log.read() == []
    path.rmdir()
    log.add(done(tokens=3), Context(), False)
    log.flush()
    assert [one.tokens for one in log.read()] == [3]


# summing up


@given(counts=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 100)), max_size=8))
def test_stretches_are_summed_up_as_if_they_were_one(counts: list[tuple[int, int, int]]) -> None:
    missed = Missed("why", "search")
    stretches = []
    for at, (asked, unmatched, tokens) in enumerate(counts):
        latencies = Latencies()
        for _ in range(asked):
            latencies.add(2.0)
        moment = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(days=at)
        stretches.append(Stretch(moment, {KIND: asked}, tokens, latencies, {missed: unmatched}))

    kinds, tokens, latencies, unmatched_all = summed(stretches)

    assert kinds[KIND] == latencies.count == sum(asked for asked, _, _ in counts)
    assert unmatched_all[missed] == sum(unmatched for _, unmatched, _ in counts)
    assert tokens == sum(tokens for _, _, tokens in counts)
