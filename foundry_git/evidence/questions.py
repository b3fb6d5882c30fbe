"""Questions to the stats view, in SQL: what each answer needs, and nothing that was withdrawn unless its docstring says otherwise."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from foundry_git.errors import UnknownPatternError
from foundry_git.evidence import receipts
from foundry_git.evidence.events import Event, Injected, KnownEvent, Session, Sighted, Withheld
from foundry_git.evidence.exploration import Prompt
from foundry_git.evidence.facts import Exposure, Survival, best_survivals
from foundry_git.evidence.grammar import moment, moment_text
from foundry_git.evidence.lines import Mark
from foundry_git.evidence.schema import COUNTS, EXPOSED, citations_of
from foundry_git.evidence.tables import Tables
from foundry_git.evidence.view import StatsView
from foundry_git.evidence.window import Window

_ID = re.compile(f"[0-9a-f]{{{receipts.SHORTEST_PREFIX},64}}")
_NAMED = "id >= :prefix AND id < :prefix || 'g'"
_COUNTING = "id NOT IN (SELECT event FROM void UNION ALL SELECT event FROM apart)"

_SPOKEN_OF = f"receipt IN (SELECT receipt FROM judgement WHERE receipt IS NOT NULL AND {COUNTS})"
_INJECTED = f"""SELECT id, body FROM receipt JOIN event ON event.id = receipt.event
    WHERE arm = 'injected' AND receipt.{COUNTS}"""
_SHOWING = "receipt IN (SELECT receipt FROM exposure WHERE digest = :digest AND shown = 1)"
_USED = f"receipt IN (SELECT receipt FROM adoption WHERE digest = :digest AND receipt IS NOT NULL AND {COUNTS})"

_HISTORY = """
    WITH receipts (receipt) AS (
        SELECT receipt FROM exposure WHERE digest = :digest AND slot <> 'passed'
        UNION SELECT receipt FROM adoption WHERE digest = :digest AND receipt IS NOT NULL),
    speaking (event) AS (
        SELECT event FROM receipt WHERE receipt IN (SELECT receipt FROM exposure WHERE digest = :digest AND slot <> 'passed')
        UNION SELECT event FROM adoption WHERE digest = :digest
        UNION SELECT event FROM judgement WHERE digest = :digest
        UNION SELECT event FROM judgement WHERE receipt IN (SELECT receipt FROM receipts)
        UNION SELECT event FROM decision WHERE digest = :digest
        UNION SELECT event FROM survival WHERE digest = :digest
        UNION SELECT event FROM sighting WHERE pattern = :digest
        UNION SELECT event FROM acceptance WHERE digest = :digest
        UNION SELECT event FROM proposal WHERE digest = :digest),
    all_of (event) AS (
        SELECT event FROM speaking
        UNION SELECT withdrawal.event FROM withdrawal JOIN all_of ON withdrawal.names = all_of.event)
    SELECT id, body FROM event WHERE id IN (SELECT event FROM all_of) ORDER BY at, id"""


class Questions(StatsView):
    """A view that can be asked what the journal tells."""

    def exposures(self) -> Sequence[Exposure]:
        """Return what each receipt holds and passed over, with propensity, slot and arm."""
        return self.ask(lambda tables: list(tables.facts(Exposure, f"WHERE {EXPOSED}")))

    def survivals(self) -> Sequence[Survival]:
        """Return how many lines of adoptions were left at milestones; of several for one adoption and milestone the most."""
        return self.ask(lambda tables: best_survivals(tables.facts(Survival, f"WHERE {COUNTS}")))

    def sessions(self) -> Mapping[str, Session]:
        """Return hashed session name → what was told of it last, in the order of time."""
        found = self._events(
            f"SELECT id, body FROM event JOIN build ON build.event = event.id WHERE build.{COUNTS} ORDER BY event.at, id"
        )
        known = (event for event in found.values() if isinstance(event, Session))
        return {event.session: event for event in sorted(known, key=lambda event: event.at)}

    def reviews(self, since: datetime) -> Sequence[Event]:
        """Return what was accepted, proposed and rejected after a moment, oldest first."""
        query = f"""SELECT id, body FROM event WHERE kind IN ('accepted', 'proposed', 'rejected') AND at > :since
            AND {_COUNTING} ORDER BY at, id"""
        return tuple(self._events(query, since=moment_text(moment(since))).values())

    def rejected_shapes(self) -> frozenset[str]:
        """Return the shapes that somebody refused: they are never asked again."""
        return self.ask(lambda tables: tables.names(f"SELECT shape FROM rejection WHERE {COUNTS}"))

    def sightings(self) -> Mapping[str, int]:
        """Return shape → in how many distinct places it was seen."""
        query = f"SELECT shape, count(DISTINCT place) FROM sighting WHERE {COUNTS} GROUP BY shape"
        return self.ask(lambda tables: tables.counts(query))

    def receipt(self, reference: str) -> Injected | Withheld:
        """Return the injection of a receipt, given whole or by ``r-`` and its first six or more digits, or the one that was withheld.

        Raises:
            UnknownPatternError: none is meant, or several are; those are then named.
        """
        query = f"SELECT id, body FROM event JOIN receipt ON receipt.event = event.id WHERE {_NAMED} AND receipt.{COUNTS}"
        return receipts.resolve(reference, self._events(query, prefix=receipts.prefix_digits(reference)))

    def showings(self, digest: str) -> tuple[Injected, ...]:
        """Return the injections of which a new use of a digest may come, newest first.

        An outcome alone closes none, for what was judged first may be committed later; once its use is known too, a further use is
        another one.
        """
        query = f"{_INJECTED} AND {_SHOWING} AND NOT ({_SPOKEN_OF} AND {_USED})"
        return receipts.newest_first(self._events(query, digest=digest))

    def prompts_with(self, a: str, b: str | None) -> Mapping[str, Event]:
        """Return id → injection, also withheld, of those that hold or passed over both digests, or ``a`` where ``b`` is None."""
        both = "SELECT receipt FROM exposure WHERE digest = :a"
        if b is not None:
            both += " INTERSECT SELECT receipt FROM exposure WHERE digest = :b"
        found = f"SELECT event FROM receipt WHERE receipt IN ({both}) AND {COUNTS}"
        return self._events(f"SELECT id, body FROM event WHERE id IN ({found})", a=a, b=b)

    def latest_prompts(self, count: int) -> tuple[int, Sequence[Prompt]]:
        """Return how many injections there are, and what the latest of them showed and passed over, the oldest first."""
        return self.ask(lambda tables: _latest_prompts(tables, count))

    def history(self, digest: str) -> tuple[Event, ...]:
        """Return the events that name a digest, and what came of the receipts that held it, oldest first.

        What was withdrawn is among them, and so are the withdrawals; :meth:`withdrawn` tells.
        """
        return tuple(self._events(_HISTORY, digest=digest).values())

    def citations(self, digest: str) -> int:
        """Return how many of the prompts that held a digest something named by their receipt later."""

        def count(tables: Tables) -> int:
            found: int = tables.db.execute(citations_of(":digest"), {"digest": digest}).fetchone()[0]
            return found

        return self.ask(count)

    def withdrawn(self) -> frozenset[str]:
        """Return the ids of the events that count no more, whether they are known here or not."""
        return self.ask(lambda tables: tables.names("SELECT event FROM void"))

    def apart(self) -> tuple[int, Window]:
        """Return how many events are held apart, and the window outside of which they are dated."""

        def count(tables: Tables) -> int:
            found: int = tables.db.execute("SELECT count(*) FROM apart").fetchone()[0]
            return found

        return self.ask(count), self._window()

    def find_event(self, reference: str) -> tuple[str, Event]:
        """Return id and event of the one whose id begins with six or more hex digits, also when it was withdrawn.

        Raises:
            UnknownPatternError: none does, or several do; those are then named.
        """
        prefix = reference.strip().lower()
        found = self._events(f"SELECT id, body FROM event WHERE {_NAMED}", prefix=prefix) if _ID.fullmatch(prefix) else {}
        if len(found) != 1:
            raise UnknownPatternError(reference, "event", near=sorted(found)[:5])
        ((name, event),) = found.items()
        return name, event

    def known(self, *kinds: str) -> tuple[Event, ...]:
        """Return the events of some kinds, such as ``"adopted"``, oldest first."""
        marks = ", ".join("?" * len(kinds))
        query = f"SELECT id, body FROM event WHERE kind IN ({marks}) AND {_COUNTING} ORDER BY at, id"
        return tuple(self.ask(lambda tables: tables.events(query, kinds)).values())

    def last(self, kind: str) -> datetime | None:
        """Return the time of the latest event of a kind, such as ``"injected"``."""
        query = f"SELECT id, body FROM event WHERE kind = :kind AND {_COUNTING} ORDER BY at DESC, id LIMIT 1"
        found = self._events(query, kind=kind).values()
        return next((event.at for event in found if isinstance(event, KnownEvent)), None)

    def lacking(self, names: Collection[str]) -> frozenset[str]:
        """Return those of some ids of events that the journal lacks; the tables need not have taken all of it in."""

        def lacks(tables: Tables) -> tuple[set[str], Mark]:
            left = {name for name in names if not tables.has("SELECT 1 FROM event WHERE id = ?", (name,))}
            return left, tables.read_mark()

        left, mark = self.ask(lacks, as_it_is=True)
        for lines, _, restarted in self.journal.pieces(mark):
            if restarted:
                left = set(names)
            left.difference_update(hashlib.sha256(line).hexdigest() for line in lines)
            if not left:
                break
        return frozenset(left)

    def news(self, events: Mapping[str, Event]) -> frozenset[str]:
        """Return the ids of events that say something new: not there yet, and no place sighted again at another time."""
        return self.ask(lambda tables: frozenset(name for name, event in events.items() if not _is_known(tables, name, event)))

    def _events(self, query: str, **values: object) -> dict[str, Event]:
        return self.ask(lambda tables: tables.events(query, values))


def _latest_prompts(tables: Tables, count: int) -> tuple[int, list[Prompt]]:
    injected = f"FROM receipt WHERE arm = 'injected' AND {COUNTS}"
    total = tables.db.execute(f"SELECT count(*) {injected}").fetchone()[0]
    latest = f"SELECT receipt {injected} ORDER BY at DESC, event DESC LIMIT ?"
    prompts: dict[str, tuple[list[str], list[str]]] = {
        receipt: ([], []) for (receipt,) in tables.db.execute(latest, (count,)).fetchall()[::-1]
    }
    for row in tables.facts(Exposure, f"WHERE receipt IN ({latest})", (count,)):
        shown, passed_over = prompts[row.receipt]
        (shown if row.shown else passed_over).append(row.digest)
    return total, [Prompt(*both) for both in prompts.values()]


def _is_known(tables: Tables, name: str, event: Event) -> bool:
    if isinstance(event, Sighted):
        same = f"SELECT 1 FROM sighting WHERE shape = ? AND place = ? AND pattern IS ? AND {COUNTS}"
        return tables.has(same, (event.shape, event.place, event.pattern))
    return tables.has("SELECT 1 FROM event WHERE id = ?", (name,))
