from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any, NoReturn


class JsonLinesError(ValueError):
    """One line is not valid JSON in UTF-8; ``path`` and ``line`` (from 1) say which."""

    def __init__(self, path: str, line: int, reason: str) -> None:
        super().__init__(f"{path}:{line}: {reason}")
        self.path = path
        self.line = line


def read_json_lines(path: str | os.PathLike[str]) -> Iterator[Any]:
    """Yield the value of each line, reading as it goes; blank lines and a byte order mark are skipped.

    Lines end with ``\\n`` or ``\\r\\n`` only: other line separators may stand unescaped inside a JSON text. ``NaN`` and
    ``Infinity`` are refused, because they are not JSON.

    Raises ``JsonLinesError`` at the first malformed line, after the values before it, and ``OSError`` from the file.
    """
    with open(path, "rb") as stream:  # bytes: text mode would also split at a lone \r and hide where decoding fails
        for number, line in enumerate(stream, start=1):
            try:
                text = line.decode("utf-8-sig" if number == 1 else "utf-8").strip(" \t\r\n")
                if text:
                    value = json.loads(text, parse_constant=_refuse)
            except (ValueError, RecursionError) as error:
                raise JsonLinesError(os.fspath(path), number, str(error)) from error
            if text:
                yield value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
