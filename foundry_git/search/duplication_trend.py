"""The trend of what is double at HEAD: how much there was, day by day, kept beside the units and derived like them."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from msgspec import Struct, ValidationError, convert, to_builtins

from foundry_git.atomic import write_text
from foundry_git.search.duplication import Duplication, duplication
from foundry_git.search.head_units import HeadUnits

FILE = "duplication.json"
KEPT = 60  # days
MOST_UNITS = 5_000  # that are looked through in the background, some 5 s, which a commit may have to wait for its candidate

log = logging.getLogger("foundry_git.search")


class DayCount(Struct, frozen=True):
    """What was double at the HEAD of a day: clusters, the lines that could go, of how many units."""

    day: date
    clusters: int
    lines: int
    units: int


def note(units: HeadUnits, found: Duplication, now: datetime | None = None) -> None:
    """Keep what was found today; a later count of the same day replaces an earlier one."""
    folder, today = units.index.folder, (now or datetime.now(UTC)).date()
    if folder is None:
        return
    count = DayCount(today, len(found.clusters), found.saving, found.units)
    days = [*(one for one in counted(units) if one.day < today), count][-KEPT:]
    try:
        write_text(folder / FILE, json.dumps(to_builtins(days)) + "\n")
    except OSError as error:  # it is only a trend
        log.info("%s: not written: %s", folder / FILE, error.strerror or error)


def note_daily(units: HeadUnits, now: datetime | None = None) -> None:
    """Count once a day what is double, where that does not take long."""
    days, today = counted(units), (now or datetime.now(UTC)).date()
    if (not days or days[-1].day < today) and len(units.index.catalogue.rows()) <= MOST_UNITS:
        note(units, duplication(units), now)


def counted(units: HeadUnits) -> Sequence[DayCount]:
    """What is known, the oldest day first; nothing where the file is missing or damaged."""
    path = (units.index.folder or Path()) / FILE
    try:
        found = convert(json.loads(path.read_text(encoding="utf-8")), list[DayCount])
    except (OSError, ValueError, ValidationError):
        return []
    return sorted(found, key=lambda one: one.day)


def week_ago(days: Sequence[DayCount]) -> DayCount | None:
    """The count that the last one is held against: the newest that is at least six days older; None without one."""
    before = [one for one in days if days[-1].day - one.day >= timedelta(days=6)]
    return before[-1] if before else None
