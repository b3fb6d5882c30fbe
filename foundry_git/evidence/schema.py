"""The schema of the stats view: tables of facts, and SQL views over them for whoever asks with ``sqlite3``.

Every column has its comment, here or at the event's field that it holds, and docs/stats-db.md is made from them. A row of a fact table
follows from one event alone; only ``void`` is drawn from all withdrawals together.
"""

from __future__ import annotations

from foundry_git.evidence.fact_rows import FACT_TABLES

NUMBER = 4
"""Which tables a file has; a view of a lower number is deleted and filled anew."""

COUNTS = "event NOT IN (SELECT event FROM void UNION ALL SELECT event FROM apart)"
"""That an event counts: no withdrawal that counts itself names it, and it is not held apart."""

EXPOSED = f"""receipt NOT IN (SELECT gone.receipt FROM (SELECT event FROM void UNION ALL SELECT event FROM apart) AS silent
    CROSS JOIN receipt AS gone ON gone.event = silent.event
    WHERE NOT EXISTS (SELECT 1 FROM receipt AS other WHERE other.receipt = gone.receipt AND other.{COUNTS}))"""
"""That an exposure counts, as it does while an event of its receipt does. What was withdrawn is little, so the walk begins there."""


def citations_of(digest: str) -> str:
    """Return the SQL that counts the injections of a digest which something named by their receipt later."""
    return f"""SELECT count(*) FROM exposure JOIN receipt USING (receipt)
        WHERE exposure.digest = {digest} AND shown = 1 AND receipt.{COUNTS} AND (
            EXISTS (SELECT 1 FROM judgement WHERE judgement.receipt = exposure.receipt AND judgement.{COUNTS})
            OR EXISTS (SELECT 1 FROM adoption
                WHERE adoption.receipt = exposure.receipt AND adoption.digest = exposure.digest AND adoption.{COUNTS}))"""


EVENT = """CREATE TABLE event ( -- every event of the journal
    id   TEXT PRIMARY KEY, -- SHA-256 of body, 64 hex digits
    kind TEXT NOT NULL, -- the kind, also one that is newer than this version
    at   TEXT, -- UTC, 2026-11-20T14:36:13.000Z; null of a newer kind
    body BLOB NOT NULL -- the canonical bytes: everything else follows from them
)"""

VOID = """CREATE TABLE void ( -- events that count no more, because a withdrawal names them that counts itself
    event TEXT PRIMARY KEY -- the event, whether it is here yet or not
) WITHOUT ROWID"""

JOURNAL = """CREATE TABLE journal ( -- how far the journal was read
    one    INTEGER PRIMARY KEY CHECK (one = 1), -- always 1: the table has one row
    offset INTEGER NOT NULL, -- bytes of the journal that are in the tables
    lines  INTEGER NOT NULL, -- lines of the journal that are in the tables
    tail   TEXT NOT NULL, -- hash of the last bytes before; another journal is read from its start
    since  TEXT NOT NULL -- events that are dated earlier are held apart
)"""

APART = """CREATE VIEW apart ( -- events that count no more, or not yet: dated before the repository began, or after tomorrow
    event -- the event
) AS SELECT id FROM event WHERE at < (SELECT since FROM journal)
UNION ALL SELECT id FROM event WHERE at > strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '+1 day')"""

INDEXES = {
    "event": ("kind, at", "at"),
    "receipt": ("receipt", "language", "framework", "session"),
    "exposure": ("digest, shown",),
    "adoption": ("digest", "receipt", "commit_id", "language", "framework"),
    "judgement": ("digest", "receipt", "session"),
    "decision": ("digest",),
    "withdrawal": ("names",),
    "survival": ("digest",),
    "build": ("session",),
    "sighting": ("shape, place, pattern", "pattern"),
    "acceptance": ("digest",),
    "proposal": ("digest",),
    "rejection": ("shape",),
}

VIEWS = {
    "apart": APART,
    "pattern": f"""CREATE VIEW pattern ( -- one row for each version that the evidence knows
    digest, -- the version
    id, -- its pattern
    version, -- its number
    injected, -- prompts that held it
    cited, -- of these, the ones that something named by their receipt later: an adoption of it, an outcome or a rating
    adopted, -- adoptions that were seen or told
    judged, -- outcomes and ratings of itself
    last_used -- the latest adoption
) AS SELECT named.digest, min(named.id), max(named.version),
    (SELECT count(*) FROM exposure JOIN receipt USING (receipt)
        WHERE exposure.digest = named.digest AND shown = 1 AND receipt.{COUNTS}),
    ({citations_of("named.digest")}),
    (SELECT count(*) FROM adoption WHERE digest = named.digest AND {COUNTS}),
    (SELECT count(*) FROM judgement WHERE digest = named.digest AND {COUNTS}),
    (SELECT max(at) FROM adoption WHERE digest = named.digest AND {COUNTS})
FROM (SELECT digest, id, version FROM exposure UNION SELECT digest, id, version FROM acceptance WHERE {COUNTS}) AS named
GROUP BY named.digest""",
    "pattern_usage": f"""CREATE VIEW pattern_usage ( -- every adoption, outcome and rating, for each version that it speaks of
    event, -- the event
    digest, -- the version
    session, -- SHA-256 of the build session's name
    receipt, -- the injection
    commit_id, -- the commit that adopted it
    source, -- who says so: commit or person for an adoption, else the source of the judgement
    result, -- pass or fail
    rating, -- 1 to 5
    retries_before, -- tries before
    retries_after, -- tries with the pattern
    mode, -- exploration or exploitation
    validated, -- pass or fail
    grounding, -- in thousandths
    at -- when
) AS SELECT adoption.event, digest, (SELECT session FROM receipt WHERE receipt.receipt = adoption.receipt), receipt, commit_id,
    source, NULL, NULL, NULL, NULL, NULL, NULL, NULL, at
FROM adoption WHERE {COUNTS}
UNION ALL SELECT event, digest, session, receipt, commit_id,
    source, result, rating, retries_before, retries_after, mode, validated, grounding, at
FROM judgement WHERE digest IS NOT NULL AND {COUNTS}
UNION ALL SELECT judgement.event, exposure.digest,
    coalesce(judgement.session, (SELECT session FROM receipt WHERE receipt.receipt = judgement.receipt)), judgement.receipt,
    (SELECT min(commit_id) FROM adoption
        WHERE adoption.receipt = judgement.receipt AND adoption.digest = exposure.digest AND adoption.{COUNTS}),
    source, result, rating, retries_before, retries_after, mode, validated, grounding, at
FROM judgement JOIN exposure ON exposure.receipt = judgement.receipt AND exposure.shown = 1
WHERE judgement.{COUNTS} AND (
    exposure.digest IN (SELECT digest FROM adoption WHERE adoption.receipt = judgement.receipt AND adoption.{COUNTS})
    OR NOT EXISTS (SELECT 1 FROM adoption WHERE adoption.receipt = judgement.receipt AND adoption.{COUNTS}))""",
    "session": f"""CREATE VIEW session ( -- one row for each build session: what was told of it last
    session, -- SHA-256 of its name
    at, -- its last moment
    completion_rate, -- percent of the planned tasks that were done; 0 where none was planned
    tasks, -- planned
    completed, -- done of them
    seconds, -- from the first to the last moment
    tokens, -- used
    microdollars, -- an estimate of what they cost
    context, -- average use of the context window, in thousandths
    peak, -- highest use of it, in thousandths
    compactions, -- how often it was compacted
    tests_passed, -- of the last test run
    tests_failed, -- of the last test run
    coverage, -- of lines, in thousandths
    patterns, -- versions that were adopted from its prompts
    project, -- SHA-256 of the name of what was worked on
    metrics -- all of these numbers in one object of JSON
) AS SELECT session, at, coalesce(100.0 * completed / nullif(tasks, 0), 0.0), tasks, completed, seconds, tokens, microdollars, context,
    peak, compactions, tests_passed, tests_failed, coverage,
    (SELECT count(DISTINCT digest) FROM adoption JOIN receipt USING (receipt)
        WHERE receipt.session = build.session AND adoption.{COUNTS}),
    project,
    json_object('tasks', tasks, 'completed', completed, 'seconds', seconds, 'tokens', tokens, 'microdollars', microdollars,
        'context', context, 'peak', peak, 'compactions', compactions, 'tests_passed', tests_passed, 'tests_failed', tests_failed,
        'coverage', coverage)
FROM build
WHERE {COUNTS} AND NOT EXISTS (
    SELECT 1 FROM build AS newer
    WHERE newer.session = build.session AND (newer.at, newer.event) > (build.at, build.event) AND newer.{COUNTS})""",
}


TABLES = ("event", *FACT_TABLES, "void", "journal")


def statements() -> list[str]:
    """Return what makes an empty view."""
    tables = [EVENT, *(table.statement() for table in FACT_TABLES.values()), VOID, JOURNAL]
    indexes = [
        f"CREATE INDEX {table}_{columns.split(',')[0]} ON {table} ({columns})"
        for table, some in INDEXES.items()
        for columns in some
    ]
    return [*tables, *indexes, *VIEWS.values()]
