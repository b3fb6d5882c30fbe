"""Questions to the stats view, in SQL: what each answer needs, and nothing that was withdrawn."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from foundry_git.evidence import rows
from foundry_git.evidence.events import Event, Sighted
from foundry_git.evidence.exploration import Prompt
from foundry_git.evidence.facts import (
    Acceptance,
    Adoption,
    Decision,
    Exposure,
    Facts,
    Judgement,
    Occurrence,
    Receipt,
    Sighting,
    Survival,
    occurrences,
)
from foundry_git.evidence.grammar import moment, moment_text

COUNTS = "event NOT IN (SELECT event FROM void)"
_SHOWN = "shown = 1"

# An exposure counts while an event of its receipt does. What was withdrawn is little, so the walk begins there.
_EXPOSED = f"""receipt NOT IN (SELECT gone.receipt FROM void CROSS JOIN receipt AS gone ON gone.event = void.event
    WHERE NOT EXISTS (SELECT 1 FROM receipt AS other WHERE other.receipt = gone.receipt AND other.{COUNTS}))"""

# Which receipts a score depends on. Injections that nobody spoke of since are only counted, and they are most events; the place of one
# matters where its adoption names none, and its items where it was judged and nobody knows what was used.
_PLACING = f"""SELECT receipt FROM adoption WHERE language IS NULL AND framework IS NULL
    UNION SELECT receipt FROM judgement WHERE receipt NOT IN (
        SELECT receipt FROM adoption WHERE receipt IS NOT NULL AND {COUNTS})"""
EVERY_RECEIPT = "SELECT receipt FROM receipt"
_SPLIT = f"""SELECT receipt FROM judgement WHERE receipt NOT IN (
    SELECT receipt FROM adoption WHERE receipt IS NOT NULL AND {COUNTS})"""
_OF_DIGEST = f"""SELECT receipt FROM exposure WHERE digest = :digest AND {_SHOWN}
    UNION SELECT receipt FROM adoption WHERE digest = :digest AND receipt IS NOT NULL"""

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


def facts(db: sqlite3.Connection, path: Path, legacy: bool = False, which: str = _PLACING) -> Facts:
    """Return what all scores depend on; ``legacy`` asks for occurrences too, and ``which`` for other receipts."""
    counted = f"SELECT digest, count(*) FROM exposure WHERE {_SHOWN} AND {_EXPOSED} GROUP BY digest"
    return Facts(
        injected=rows.counts(db, counted, path),
        receipts=_receipts(db, path, which),
        items=_items(db, path, _SPLIT),
        adoptions=list(rows.read(db, Adoption, f"SELECT * FROM adoption WHERE {COUNTS} ORDER BY event", path)),
        judgements=list(rows.read(db, Judgement, f"SELECT * FROM judgement WHERE {COUNTS} ORDER BY event", path)),
        decisions=list(rows.read(db, Decision, f"SELECT * FROM decision WHERE {COUNTS} ORDER BY event", path)),
        occurrences=_occurrences(db, path) if legacy else {},
    )


def facts_of_digest(db: sqlite3.Connection, path: Path, digest: str, legacy: bool = False) -> Facts:
    """Return what the scores of one digest depend on, at any moment."""
    values = {"digest": digest}
    receipts, items = _receipts(db, path, _OF_DIGEST, values), _items(db, path, _OF_DIGEST, values)
    some = f"WHERE (digest = :digest OR receipt IN ({_OF_DIGEST})) AND {COUNTS} ORDER BY event"
    decided = f"SELECT * FROM decision WHERE digest = :digest AND {COUNTS} ORDER BY event"
    return Facts(
        injected={digest: sum(digest in digests for digests in items.values())},
        receipts=receipts,
        items=items,
        adoptions=list(rows.read(db, Adoption, f"SELECT * FROM adoption {some}", path, values)),
        judgements=list(rows.read(db, Judgement, f"SELECT * FROM judgement {some}", path, values)),
        decisions=list(rows.read(db, Decision, decided, path, values)),
        occurrences=_occurrences(db, path) if legacy else {},
    )


def all_facts(db: sqlite3.Connection, path: Path) -> Facts:
    """Return the facts with every receipt and every item shown."""
    return replace(facts(db, path, legacy=True, which=EVERY_RECEIPT), items=_items(db, path, EVERY_RECEIPT))


def latest_prompts(db: sqlite3.Connection, path: Path, count: int) -> tuple[int, list[Prompt]]:
    """Return how many injections there are, and what the latest of them showed and passed over, the oldest first."""
    total = db.execute(f"SELECT count(*) FROM receipt WHERE arm = 'injected' AND {COUNTS}").fetchone()[0]
    latest = f"SELECT receipt FROM receipt WHERE arm = 'injected' AND {COUNTS} ORDER BY at DESC, event DESC LIMIT ?"
    prompts: dict[str, tuple[list[str], list[str]]] = {
        receipt: ([], []) for (receipt,) in db.execute(latest, (count,)).fetchall()[::-1]
    }
    for row in rows.read(db, Exposure, f"SELECT * FROM exposure WHERE receipt IN ({latest})", path, (count,)):
        shown, passed_over = prompts[row.receipt]
        (shown if row.shown else passed_over).append(row.digest)
    return total, [Prompt(*both) for both in prompts.values()]


def asked(db: sqlite3.Connection, path: Path, a: str, b: str | None) -> dict[str, Event]:
    """Return the injections, those withheld too, that hold or passed over both digests, or ``a`` where ``b`` is None."""
    held = "SELECT receipt FROM exposure WHERE digest = ?"
    both = held if b is None else f"{held} INTERSECT {held}"
    found = f"SELECT event FROM receipt WHERE receipt IN ({both}) AND {COUNTS}"
    return rows.load(db.execute(f"SELECT id, body FROM event WHERE id IN ({found})", [a] if b is None else [a, b]), path)


def exposures(db: sqlite3.Connection, path: Path) -> list[Exposure]:
    """Return what every receipt holds and passed over."""
    return list(rows.read(db, Exposure, f"SELECT * FROM exposure WHERE {_EXPOSED}", path))


def retrieved(db: sqlite3.Connection) -> frozenset[str]:
    """Return the digests that any receipt holds or passed over."""
    return _names(db, f"SELECT DISTINCT digest FROM exposure WHERE {_EXPOSED}")


def survivals(db: sqlite3.Connection, path: Path) -> list[Survival]:
    """Return how much is left of adoptions, as often as it was told."""
    return list(rows.read(db, Survival, f"SELECT * FROM survival WHERE {COUNTS}", path))


def sessions(db: sqlite3.Connection, path: Path) -> dict[str, Event]:
    """Return the session events that count, oldest first."""
    query = f"SELECT id, body FROM event JOIN build ON build.event = event.id WHERE build.{COUNTS} ORDER BY event.at, id"
    return rows.load(db.execute(query), path)


def reviews(db: sqlite3.Connection, path: Path, since: datetime) -> dict[str, Event]:
    """Return what was accepted, proposed and rejected after a moment, oldest first."""
    query = """SELECT id, body FROM event WHERE kind IN ('accepted', 'proposed', 'rejected') AND at > ?
        AND id NOT IN (SELECT event FROM void) ORDER BY at, id"""
    return rows.load(db.execute(query, (moment_text(moment(since)),)), path)


def rejected_shapes(db: sqlite3.Connection) -> frozenset[str]:
    """Return the shapes that somebody refused."""
    return _names(db, f"SELECT shape FROM rejection WHERE {COUNTS}")


def withdrawn(db: sqlite3.Connection) -> frozenset[str]:
    """Return the ids of what counts no more."""
    return _names(db, "SELECT event FROM void")


def sightings(db: sqlite3.Connection, path: Path) -> dict[str, int]:
    """Return shape → in how many distinct places it was seen."""
    return rows.counts(db, f"SELECT shape, count(DISTINCT place) FROM sighting WHERE {COUNTS} GROUP BY shape", path)


def history(db: sqlite3.Connection, path: Path, digest: str) -> tuple[Event, ...]:
    """Return the events that name a digest, what came of its receipts, and the withdrawals of all these, oldest first."""
    return tuple(rows.load(db.execute(_HISTORY, {"digest": digest}), path).values())


def named(db: sqlite3.Connection, path: Path, prefix: str) -> dict[str, Event]:
    """Return the events whose id begins with the hex digits ``prefix``."""
    return rows.load(db.execute("SELECT id, body FROM event WHERE id >= ? AND id < ?", (prefix, f"{prefix}g")), path)


def injections(db: sqlite3.Connection, path: Path, prefix: str) -> dict[str, Event]:
    """Return what was injected or withheld, whose id begins with the hex digits ``prefix``, unless it was withdrawn."""
    query = f"SELECT id, body FROM event JOIN receipt ON receipt.event = event.id WHERE id >= ? AND id < ? AND receipt.{COUNTS}"
    return rows.load(db.execute(query, (prefix, f"{prefix}g")), path)


def showings(db: sqlite3.Connection, path: Path, digest: str) -> dict[str, Event]:
    """Return the injections that showed a digest, without those of which both its use and an outcome are known."""
    query = f"{_INJECTED} AND {_SHOWING} AND NOT ({_SPOKEN_OF} AND {_USED})"
    return rows.load(db.execute(query, {"digest": digest}), path)


def last(db: sqlite3.Connection, path: Path, kind: str) -> dict[str, Event]:
    """Return the latest event of a kind, or nothing."""
    query = "SELECT id, body FROM event WHERE kind = ? AND id NOT IN (SELECT event FROM void) ORDER BY at DESC, id LIMIT 1"
    return rows.load(db.execute(query, (kind,)), path)


def of_kinds(db: sqlite3.Connection, path: Path, kinds: Sequence[str]) -> dict[str, Event]:
    """Return the events of some kinds that count, oldest first."""
    marks = ", ".join("?" * len(kinds))
    query = f"SELECT id, body FROM event WHERE kind IN ({marks}) AND id NOT IN (SELECT event FROM void) ORDER BY at, id"
    return rows.load(db.execute(query, tuple(kinds)), path)


def is_known(db: sqlite3.Connection, name: str, event: Event) -> bool:
    """Tell whether an event says nothing new: it is there, or it sights a place again at another time."""
    if isinstance(event, Sighted):
        found = db.execute(
            "SELECT 1 FROM sighting WHERE shape = ? AND place = ? AND pattern IS ?", (event.shape, event.place, event.pattern)
        )
    else:
        found = db.execute("SELECT 1 FROM event WHERE id = ?", (name,))
    return found.fetchone() is not None


def _receipts(
    db: sqlite3.Connection, path: Path, which: str, values: Mapping[str, object] | tuple[()] = ()
) -> dict[str, Receipt]:
    query = f"SELECT * FROM receipt WHERE receipt IN ({which}) AND {COUNTS} ORDER BY event"
    return {row.receipt: row for row in rows.read(db, Receipt, query, path, values)}


def _items(db: sqlite3.Connection, path: Path, which: str, values: Mapping[str, object] | tuple[()] = ()) -> dict[str, list[str]]:
    query = f"SELECT * FROM exposure WHERE receipt IN ({which}) AND {_SHOWN} AND {_EXPOSED} ORDER BY receipt, digest"
    items: dict[str, list[str]] = defaultdict(list)
    for row in rows.read(db, Exposure, query, path, values):
        items[row.receipt].append(row.digest)
    return items


def _occurrences(db: sqlite3.Connection, path: Path) -> dict[str, Occurrence]:
    seen = rows.read(db, Sighting, f"SELECT * FROM sighting WHERE pattern IS NOT NULL AND {COUNTS}", path)
    return occurrences(seen, rows.read(db, Acceptance, f"SELECT * FROM acceptance WHERE {COUNTS}", path))


def _names(db: sqlite3.Connection, query: str) -> frozenset[str]:
    return frozenset(name for (name,) in db.execute(query))
