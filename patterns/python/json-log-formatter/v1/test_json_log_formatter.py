from __future__ import annotations

import json
import logging
import math
from typing import Any

import pytest
from json_log_formatter import JsonLogFormatter


class Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


class Broken:
    def __repr__(self) -> str:
        raise RuntimeError("no description")


@pytest.fixture
def lines() -> Lines:
    handler = Lines()
    handler.setFormatter(JsonLogFormatter())
    return handler


@pytest.fixture
def log(lines: Lines) -> logging.Logger:
    logger = logging.Logger("shop.orders")
    logger.addHandler(lines)
    return logger


def only(lines: Lines) -> dict[str, Any]:
    (line,) = lines.lines
    entry = json.loads(line)
    assert isinstance(entry, dict)
    return entry


def test_holds_level_logger_and_the_message_with_its_arguments(log: logging.Logger, lines: Lines) -> None:
    log.warning("order %s has %d items", "A1", 3)

    entry = only(lines)
    del entry["time"]
    assert entry == {"level": "WARNING", "logger": "shop.orders", "message": "order A1 has 3 items"}


def test_arguments_that_do_not_fit_the_message_do_not_lose_it(log: logging.Logger, lines: Lines) -> None:
    log.info("order %d", "A1")

    assert only(lines)["message"] == "'order %d' with arguments ('A1',)"


def test_the_time_is_in_utc(lines: Lines) -> None:
    record = logging.makeLogRecord({"created": 1_700_000_000.25, "msg": "x"})

    assert json.loads(lines.format(record))["time"] == "2023-11-14T22:13:20.250000+00:00"


def test_line_breaks_stay_inside_one_line(log: logging.Logger, lines: Lines) -> None:
    log.info("two\nlines\u2028and more", extra={"text": "a\nb"})

    assert len(lines.lines[0].splitlines()) == 1
    assert only(lines)["message"] == "two\nlines\u2028and more"


def test_extra_fields_are_kept_apart_with_their_types(log: logging.Logger, lines: Lines) -> None:
    log.info("paid", extra={"order": 7, "level": "gold", "tags": ["a"]})

    assert only(lines)["extra"] == {"order": 7, "level": "gold", "tags": ["a"]}
    assert only(lines)["level"] == "INFO"


def test_an_exception_is_written_with_its_traceback(log: logging.Logger, lines: Lines) -> None:
    try:
        raise KeyError("missing")
    except KeyError:
        log.exception("failed")

    assert "KeyError: 'missing'" in only(lines)["error"]
    assert "Traceback" in only(lines)["error"]


def test_exc_info_without_an_exception_adds_no_error(log: logging.Logger, lines: Lines) -> None:
    log.error("failed", exc_info=True)

    assert "error" not in only(lines)


def test_a_value_that_json_cannot_hold_is_described(log: logging.Logger, lines: Lines) -> None:
    circular: list[object] = []
    circular.append(circular)

    log.info("odd", extra={"set": {1}, "key": {(1, 2): 3}, "nan": math.nan, "circular": circular, "broken": Broken()})

    assert only(lines)["extra"] == {
        "set": "{1}",
        "key": "{(1, 2): 3}",
        "nan": "nan",
        "circular": "[[...]]",
        "broken": "<Broken whose repr raised RuntimeError>",
    }


def test_a_lone_surrogate_does_not_break_the_output(log: logging.Logger, lines: Lines) -> None:
    log.info("name %s", "\udcff")

    assert lines.lines[0].encode("utf-8")
    assert only(lines)["message"] == "name \udcff"
