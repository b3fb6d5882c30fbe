from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


class JsonLogFormatter(logging.Formatter):
    """Format every record as one JSON object on one line.

    The keys are ``time`` (UTC, ISO 8601 with microseconds), ``level``, ``logger``, ``message``, and where there is one
    ``error`` (the traceback) and ``extra`` (what the caller passed as ``extra=``). A value that JSON cannot hold is
    written as its ``repr``, because a log call must not fail on what it logs.
    """

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="microseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
        }
        if record.exc_info and record.exc_info[0] is not None:
            entry["error"] = self.formatException(record.exc_info)
        extra = {key: value for key, value in record.__dict__.items() if key not in _STANDARD}
        if extra:
            entry["extra"] = {key: _jsonable(value) for key, value in extra.items()}
        return json.dumps(entry)


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:  # arguments that do not fit the text, or whatever a foreign __str__ raises
        return f"{_describe(record.msg)} with arguments {_describe(record.args)}"


def _jsonable(value: object) -> object:
    """Return the value itself if strict JSON can hold it, else a text that describes it."""
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        return _describe(value)
    return value


def _describe(value: object) -> str:
    try:
        return repr(value)
    except Exception as error:  # whatever a foreign __repr__ raises
        return f"<{type(value).__name__} whose repr raised {type(error).__name__}>"
