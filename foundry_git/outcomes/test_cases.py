"""Test cases: one run of one test, as its reporter tells it. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from msgspec import Struct


class CaseResult(StrEnum):
    """How a test ended; where a report says several things, the later in this order counts."""

    PASSED = "passed"
    SKIPPED = "skipped"
    FAILED = "failed"
    ERROR = "error"


class TestCase(Struct, frozen=True):
    """One run of one test, as its reporter names it.

    ``file`` ("" where the report has none, ``/`` between folders) and ``line`` (0: unknown) are the case's or its suite's own;
    ``suite`` names the innermost suite. ``seconds`` is 0 where none are given. ``is_flaky``: an earlier try of this run failed.
    ``is_retried``: it did not end well, and a later case of the same name did, which is another try or another test of that name.
    """

    __test__: ClassVar[bool] = False  # pytest would collect it by its name

    name: str
    classname: str
    suite: str
    file: str
    line: int
    seconds: float
    result: CaseResult
    is_flaky: bool = False
    is_retried: bool = False
