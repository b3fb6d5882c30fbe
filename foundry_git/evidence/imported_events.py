"""Deliveries: files of events that another machine wrote, such as a CI run; a journal is one too."""

from __future__ import annotations

import hashlib

from msgspec import Struct

from foundry_git.evidence.journal import problem, read_line
from foundry_git.evidence.ledger import Ledger
from foundry_git.evidence.lines import cut


class Delivery(Struct, frozen=True):
    """What one file held: its events, how many of them were new, and a sentence for each line that is none."""

    events: int
    new: int
    problems: tuple[str, ...]


def take_in(ledger: Ledger, place: str, content: bytes) -> Delivery:
    """Take in the events of a file; a line that is none costs no other.

    Raises:
        BusyError: another process kept the journal's lock.
    """
    events: dict[str, bytes] = {}
    problems = []
    for line in cut(content):
        try:
            read_line(line)
        except ValueError as error:
            problems.append(problem(place, line, error))
        else:
            events[hashlib.sha256(line.text).hexdigest()] = line.text
    lacking = ledger.lacking(events)
    news = [text for name, text in events.items() if name in lacking]
    ledger.journal.append_lines(news)
    return Delivery(len(events), len(news), tuple(problems))
