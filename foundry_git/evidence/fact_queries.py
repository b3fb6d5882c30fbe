"""Facts from the tables: those that an answer depends on, and nothing that was withdrawn."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from msgspec.structs import replace

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
    occurrences,
    words_of,
)
from foundry_git.evidence.schema import COUNTS, EXPOSED
from foundry_git.evidence.scoring.authors import ESTABLISHED_WORDS
from foundry_git.evidence.tables import Tables

_SHOWN = "shown = 1"

# Which receipts a score depends on. Injections that nobody spoke of since are only counted, and they are most events; the place of one
# matters where its adoption names none, and its items where it was judged and nobody knows what was used.
_PLACING = f"""SELECT receipt FROM adoption WHERE language IS NULL AND framework IS NULL
    UNION SELECT receipt FROM judgement WHERE receipt NOT IN (
        SELECT receipt FROM adoption WHERE receipt IS NOT NULL AND {COUNTS})"""
_EVERY = "SELECT receipt FROM receipt"
_SPLIT = f"""SELECT receipt FROM judgement WHERE receipt NOT IN (
    SELECT receipt FROM adoption WHERE receipt IS NOT NULL AND {COUNTS})"""
_OF_DIGEST = f"""SELECT receipt FROM exposure WHERE digest = :digest AND {_SHOWN}
    UNION SELECT receipt FROM adoption WHERE digest = :digest AND receipt IS NOT NULL"""
_COUNTING = f"WHERE {COUNTS} ORDER BY event"


# What the scores of some digests depend on: all that was said of them, or of receipts that they were shown under; and when those who
# said it spoke for the first times, which tells newcomers.
_ASKED = "(SELECT value FROM json_each(:digests))"
_SPOKEN_OF = f"""SELECT receipt FROM exposure WHERE digest IN {_ASKED} AND {_SHOWN}
        AND EXISTS (SELECT 1 FROM judgement WHERE judgement.receipt = exposure.receipt)
    UNION SELECT receipt FROM adoption WHERE digest IN {_ASKED} AND receipt IS NOT NULL"""
_OF_ASKED = f"WHERE digest IN {_ASKED} AND {COUNTS} ORDER BY event"
_SOME = "SELECT value FROM json_each(:names)"
_FIRST_WORDS = f"""WHERE event IN (SELECT event FROM (
        SELECT event, row_number() OVER (PARTITION BY author ORDER BY at, event) AS place FROM judgement
        WHERE author IN ({_SOME}) AND {COUNTS})
    WHERE place <= {ESTABLISHED_WORDS})"""


def facts_for_scores(tables: Tables, legacy: bool = False, digests: Collection[str] | None = None) -> Facts:
    """Return what all scores depend on, or those of some ``digests``; ``legacy`` asks for occurrences too."""
    return _facts(tables, legacy, _PLACING) if digests is None else _facts_of_some(tables, legacy, digests)


def facts_for_fates(tables: Tables) -> Facts:
    """Return what all scores depend on, with every receipt."""
    return _facts(tables, False, _EVERY)


def all_facts(tables: Tables) -> Facts:
    """Return the facts with every receipt and every item shown."""
    return replace(_facts(tables, True, _EVERY), items=_items(tables, _EVERY))


def facts_of_digest(tables: Tables, digest: str, legacy: bool = False) -> Facts:
    """Return what the scores of one digest depend on, at any moment."""
    values = {"digest": digest}
    receipts, items = _receipts(tables, _OF_DIGEST, values), _items(tables, _OF_DIGEST, values)
    some = f"WHERE (digest = :digest OR receipt IN ({_OF_DIGEST})) AND {COUNTS} ORDER BY event"
    return Facts(
        injected={digest: sum(digest in digests for digests in items.values())},
        receipts=receipts,
        items=items,
        adoptions=list(tables.facts(Adoption, some, values)),
        judgements=list(tables.facts(Judgement, some, values)),
        decisions=list(tables.facts(Decision, f"WHERE digest = :digest AND {COUNTS} ORDER BY event", values)),
        words=words_of(tables.facts(Judgement, f"WHERE author IS NOT NULL AND {COUNTS}")),
        decisions_gone=list(tables.facts(Decision, f"WHERE digest = :digest AND NOT ({COUNTS}) ORDER BY event", values)),
        occurrences=_occurrences(tables) if legacy else {},
    )


def _facts(tables: Tables, legacy: bool, which: str) -> Facts:
    judgements = list(tables.facts(Judgement, _COUNTING))
    return Facts(
        injected=tables.counts(f"SELECT digest, count(*) FROM exposure WHERE {_SHOWN} AND {EXPOSED} GROUP BY digest"),
        receipts=_receipts(tables, which),
        items=_items(tables, _SPLIT),
        adoptions=list(tables.facts(Adoption, _COUNTING)),
        judgements=judgements,
        words=words_of(judgements),
        decisions=list(tables.facts(Decision, _COUNTING)),
        decisions_gone=list(tables.facts(Decision, f"WHERE NOT ({COUNTS}) ORDER BY event")),
        occurrences=_occurrences(tables) if legacy else {},
    )


def _facts_of_some(tables: Tables, legacy: bool, digests: Collection[str]) -> Facts:
    asked = {"digests": json.dumps(sorted(digests))}
    shown = f"SELECT digest, count(*) FROM exposure WHERE digest IN {_ASKED} AND {_SHOWN} AND {EXPOSED} GROUP BY digest"
    adoptions = list(tables.facts(Adoption, _speaking_of_asked("adoption"), asked))
    judgements = list(tables.facts(Judgement, _speaking_of_asked("judgement"), asked))
    adopted = {row.receipt for row in adoptions}
    judged = {row.receipt for row in judgements if row.receipt}
    return Facts(
        injected=tables.counts(shown, asked),
        receipts=_receipts(tables, _SOME, _named(adopted | judged)),
        items=_items(tables, _SOME, _named(judged - adopted)),
        adoptions=adoptions,
        judgements=judgements,
        words=words_of(tables.facts(Judgement, _FIRST_WORDS, _named(row.author for row in judgements))),
        decisions=list(tables.facts(Decision, _OF_ASKED, asked)),
        decisions_gone=list(tables.facts(Decision, f"WHERE digest IN {_ASKED} AND NOT ({COUNTS}) ORDER BY event", asked)),
        occurrences=_occurrences(tables) if legacy else {},
    )


def _speaking_of_asked(table: str) -> str:
    """What follows the name of a table, so that each half of it is found by an index."""
    return f"""WHERE event IN (SELECT event FROM {table} WHERE digest IN {_ASKED}
        UNION SELECT event FROM {table} WHERE receipt IN ({_SPOKEN_OF})) AND {COUNTS} ORDER BY event"""


def _named(names: Iterable[str | None]) -> dict[str, str]:
    return {"names": json.dumps(sorted({name for name in names if name}))}


def _receipts(tables: Tables, which: str, values: Mapping[str, object] | tuple[()] = ()) -> dict[str, Receipt]:
    found = tables.facts(Receipt, f"WHERE receipt IN ({which}) AND {COUNTS} ORDER BY event", values)
    return {row.receipt: row for row in found}


def _items(tables: Tables, which: str, values: Mapping[str, object] | tuple[()] = ()) -> dict[str, list[str]]:
    items: dict[str, list[str]] = defaultdict(list)
    of_these = f"WHERE receipt IN ({which}) AND {_SHOWN} AND {EXPOSED} ORDER BY receipt, digest"
    for row in tables.facts(Exposure, of_these, values):
        items[row.receipt].append(row.digest)
    return items


def _occurrences(tables: Tables) -> dict[str, Occurrence]:
    seen = tables.facts(Sighting, f"WHERE pattern IS NOT NULL AND {COUNTS}")
    return occurrences(seen, tables.facts(Acceptance, f"WHERE {COUNTS}"))
