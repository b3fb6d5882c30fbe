"""The journal: the events of this replica, one canonical line each, only ever appended to.

It is truth, not a view: whatever happened to the file, every line that still is the event that was written is read, and every other
one is reported.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from foundry_git.evidence import lines
from foundry_git.evidence.events import Event, by_id, canonical, decode, parse
from foundry_git.evidence.lines import START, Line, Mark
from foundry_git.evidence.recognition import is_event
from foundry_git.git.state_folder import StateFolder

PIECE_BYTES = 4 * 1024**2
"""Of the journal that are read at once where it may be long: 15,000 events take 40 MB while they are worked on."""

DAMAGED = "it changed since it was written"


class Portion(Struct, frozen=True):
    """Events by id, their lines by id, one sentence for each line that is none, and where to read on.

    ``restarted``: it begins at the start. ``more``: the reader was to stop here, and there is more.
    """

    events: Mapping[str, Event]
    bodies: Mapping[str, bytes]
    problems: tuple[str, ...]
    mark: Mark
    restarted: bool
    more: bool = False


class Journal:
    """The events in ``folder/journal.jsonl``; the folder is made by the first append."""

    def __init__(self, folder: Path) -> None:
        self.path = StateFolder(folder).journal

    def append(self, events: Iterable[Event]) -> tuple[str, ...]:
        """Write events for good and return their ids; what stands there already is written again (reading unites).

        Raises:
            BusyError: another process kept the lock.
            OSError: the disk refuses; nothing was written.
        """
        by_name = by_id(events)
        self.append_lines(canonical(event) for event in by_name.values())
        return tuple(by_name)

    def append_lines(self, texts: Iterable[bytes]) -> None:
        """Write canonical bytes of events that were checked before; raises like :meth:`append`."""
        lines.append(self.path, texts, mode=0o644)

    def read(self) -> tuple[dict[str, Event], tuple[str, ...]]:
        """Return all events by id, and a sentence for every line that is none."""
        portion = self.read_from(START)
        return dict(portion.events), portion.problems

    def read_from(self, mark: Mark, limit: int | None = None) -> Portion:
        """Return what was appended behind ``mark``, or what begins at the start where the file before it is not the one it was.

        ``limit``: about so many bytes at once, so that a million events need no more memory than a thousand.
        """
        stretch = lines.read(self.path, mark, limit)
        events: dict[str, Event] = {}
        bodies: dict[str, bytes] = {}
        problems: list[str] = []
        for line in stretch.lines:
            try:
                event = read_line(line)
            except ValueError as error:
                problems.append(problem(str(self.path), line, error))
            else:
                name = hashlib.sha256(line.text).hexdigest()
                events[name], bodies[name] = event, line.text
        if stretch.lost:
            problems.append(
                f"{self.path}: {stretch.lost} more lines that were written are gone; `foundry evidence sync` may bring them"
            )
        return Portion(events, bodies, tuple(problems), stretch.mark, stretch.restarted, stretch.more)

    def pieces(self, mark: Mark = START) -> Iterator[tuple[list[bytes], Mark, bool]]:
        """Yield the undamaged lines behind ``mark``, some megabytes at once, the mark behind them, and whether they begin at the start.

        Nothing is parsed: so 100,000 lines are told apart in 0.1 s, and only those that turn out to be news need be read.
        """
        while True:
            stretch = lines.read(self.path, mark, PIECE_BYTES)
            yield [line.text for line in stretch.lines if not line.is_damaged], stretch.mark, stretch.restarted
            if not stretch.more:
                return
            mark = stretch.mark

    def size(self) -> int:
        """Return how many bytes it takes."""
        return self.path.stat().st_size if self.path.exists() else 0

    def mark_behind(self, mark: Mark, texts: Sequence[bytes]) -> Mark:
        """Return the mark behind ``texts`` if they, and nothing else, were appended behind ``mark``; else ``mark``."""
        return lines.mark_behind(self.path, mark, texts)

    def ends_at(self, mark: Mark) -> bool:
        """Whether a reader that stopped at ``mark`` has read everything; cheap."""
        return lines.ends_at(self.path, mark)


def problem(place: str, line: Line, error: ValueError) -> str:
    """Return the sentence for a line of events in the file ``place`` that is none, or was damaged."""
    reason = "a conflict marker of a text merge" if line.is_conflict_mark else f"not an event: {error}"
    return f"{place}:{line.number}: {DAMAGED if line.is_damaged else reason}; the line is ignored"


def read_line(line: Line) -> Event:
    """Return the event that a line holds.

    Raises:
        ValueError: it holds none, or not the one that was written.
    """
    if line.is_damaged:
        raise ValueError(DAMAGED)
    # what is recognised is in canonical form, and need not be written anew to see that
    return decode(line.text) if is_event(line.text) else parse(line.text)
