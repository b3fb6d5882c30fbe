"""The schema of the stats view: tables of facts, and SQL views over them for whoever asks with ``sqlite3``.

Every column has its comment here, and docs/stats-db.md is made from them. A row of a fact table follows from one event alone, and its
columns are the fields of the fact; only ``void`` is drawn from all withdrawals together.
"""

from __future__ import annotations

from foundry_git.evidence import facts
from foundry_git.evidence.facts import Fact

SEALED = "CRC-32 of the row, so that damage shows when it is read"

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
    tail   TEXT NOT NULL -- hash of the last bytes before; another journal is read from its start
)"""

FACTS: dict[type[Fact], str] = {
    facts.Receipt: """CREATE TABLE receipt ( -- injections, and those that were withheld by lot
    event     TEXT PRIMARY KEY, -- the event
    receipt   TEXT NOT NULL, -- r- and 12 hex digits of the event
    at        TEXT NOT NULL, -- when
    arm       TEXT NOT NULL, -- injected or withheld
    language  TEXT, -- of the place it was wanted for
    framework TEXT, -- of the place it was wanted for
    session   TEXT, -- SHA-256 of the build session's name
    seal      INTEGER NOT NULL -- {SEALED}
) WITHOUT ROWID""",
    facts.Exposure: """CREATE TABLE exposure ( -- what a receipt holds, and what it passed over
    receipt    TEXT NOT NULL, -- the receipt
    digest     TEXT NOT NULL, -- one version
    shown      INTEGER NOT NULL, -- 1: it stood in the prompt
    arm        TEXT NOT NULL, -- injected or withheld
    slot       TEXT NOT NULL, -- ranked, exploration, trial or passed
    id         TEXT NOT NULL, -- the pattern
    version    INTEGER NOT NULL, -- its version
    rank       INTEGER NOT NULL, -- its place, from 1
    score      INTEGER NOT NULL, -- of the search, in thousandths
    propensity INTEGER NOT NULL, -- the probability of its slot or of being withheld, in thousandths
    seal       INTEGER NOT NULL, -- {SEALED}
    PRIMARY KEY (receipt, digest)
) WITHOUT ROWID""",
    facts.Adoption: """CREATE TABLE adoption ( -- versions that were really used
    event     TEXT PRIMARY KEY, -- the event
    at        TEXT NOT NULL, -- when
    digest    TEXT NOT NULL, -- the version
    receipt   TEXT, -- the injection it came from
    commit_id TEXT, -- the commit that shows it
    nonce     TEXT, -- of a person who said so
    source    TEXT NOT NULL, -- commit or person
    how       TEXT, -- copy, import or call
    share     INTEGER, -- which part of the pattern came in, in thousandths; null: all
    lines     INTEGER, -- how many lines came in
    language  TEXT, -- of the place
    framework TEXT, -- of the place
    place     TEXT, -- hash of the path and of what came in
    seal      INTEGER NOT NULL -- {SEALED}
) WITHOUT ROWID""",
    facts.Judgement: """CREATE TABLE judgement ( -- outcomes and ratings
    event          TEXT PRIMARY KEY, -- the event
    at             TEXT NOT NULL, -- when
    receipt        TEXT, -- the receipt it speaks of
    digest         TEXT, -- the version it speaks of, where it is no receipt
    source         TEXT NOT NULL, -- ci, tests, person, revert, fix, silence or rating
    result         TEXT, -- pass or fail; null of a rating
    rating         INTEGER, -- 1 to 5
    run            TEXT, -- a commit id or hashed run id
    commit_id      TEXT, -- the adopting commit it speaks of
    session        TEXT, -- SHA-256 of the session's name
    author         TEXT, -- a person's pseudonym in this library
    nonce          TEXT, -- of a person
    grounding      INTEGER, -- how well the result is checked, in thousandths
    retries_before INTEGER, -- tries before
    retries_after  INTEGER, -- tries with the pattern
    mode           TEXT, -- exploration or exploitation
    validated      TEXT, -- pass or fail: whether validation passed at the first try
    seal           INTEGER NOT NULL -- {SEALED}
) WITHOUT ROWID""",
    facts.Decision: """CREATE TABLE decision ( -- states that a person decided
    event  TEXT PRIMARY KEY, -- the event
    at     TEXT NOT NULL, -- when
    digest TEXT NOT NULL, -- the version
    state  TEXT NOT NULL, -- pending, validated or quarantined
    reason TEXT NOT NULL, -- why
    author TEXT, -- a person's pseudonym in this library
    seal   INTEGER NOT NULL -- {SEALED}
) WITHOUT ROWID""",
    facts.Withdrawal: """CREATE TABLE withdrawal ( -- who took back what
    event  TEXT PRIMARY KEY, -- the withdrawal
    at     TEXT NOT NULL, -- when
    names  TEXT NOT NULL, -- the event that it takes back
    author TEXT, -- a person's pseudonym in this library
    seal   INTEGER NOT NULL -- {SEALED}
) WITHOUT ROWID""",
    facts.Survival: """CREATE TABLE survival ( -- how many lines of an adoption were left later
    event      TEXT PRIMARY KEY, -- the event
    at         TEXT NOT NULL, -- the milestone
    digest     TEXT NOT NULL, -- the version
    commit_id  TEXT NOT NULL, -- the commit that adopted it
    days       INTEGER NOT NULL, -- since the adoption
    lines      INTEGER NOT NULL, -- lines that came in
    lines_left INTEGER NOT NULL, -- of them
    seal       INTEGER NOT NULL -- {SEALED}
) WITHOUT ROWID""",
    facts.Build: """CREATE TABLE build ( -- what was told of build sessions; the view session has the latest of each
    event        TEXT PRIMARY KEY, -- the event
    at           TEXT NOT NULL, -- the last moment in the log
    session      TEXT NOT NULL, -- SHA-256 of the session's name
    tasks        INTEGER, -- planned
    completed    INTEGER, -- done of them
    seconds      INTEGER, -- from the first to the last moment
    tokens       INTEGER, -- used
    microdollars INTEGER, -- an estimate of what they cost
    context      INTEGER, -- average use of the context window, in thousandths
    peak         INTEGER, -- highest use of it, in thousandths
    compactions  INTEGER, -- how often it was compacted
    tests_passed INTEGER, -- of the last test run
    tests_failed INTEGER, -- of the last test run
    coverage     INTEGER, -- of lines, in thousandths
    seal         INTEGER NOT NULL -- {SEALED}
) WITHOUT ROWID""",
    facts.Sighting: """CREATE TABLE sighting ( -- shapes that were seen in commits
    event   TEXT PRIMARY KEY, -- the event
    at      TEXT NOT NULL, -- the author date of the commit
    shape   TEXT NOT NULL, -- the shape
    place   TEXT NOT NULL, -- hash of path and blob: a rebase sights the same place again
    pattern TEXT, -- digest of the version that has this shape
    seal    INTEGER NOT NULL -- {SEALED}
) WITHOUT ROWID""",
    facts.Acceptance: """CREATE TABLE acceptance ( -- candidates that became versions
    event   TEXT PRIMARY KEY, -- the event
    at      TEXT NOT NULL, -- when
    digest  TEXT NOT NULL, -- the version
    id      TEXT NOT NULL, -- its pattern
    version INTEGER NOT NULL, -- its number
    shape   TEXT, -- its shape; null for guidance
    seal    INTEGER NOT NULL -- {SEALED}
) WITHOUT ROWID""",
    facts.Proposal: """CREATE TABLE proposal ( -- candidates that were put up for review
    event   TEXT PRIMARY KEY, -- the event
    at      TEXT NOT NULL, -- when
    digest  TEXT NOT NULL, -- the version that it would become
    id      TEXT NOT NULL, -- its pattern
    version INTEGER NOT NULL, -- its number
    seal    INTEGER NOT NULL -- {SEALED}
) WITHOUT ROWID""",
    facts.Rejection: """CREATE TABLE rejection ( -- shapes that are never to be asked again
    event  TEXT PRIMARY KEY, -- the event
    at     TEXT NOT NULL, -- when
    shape  TEXT NOT NULL, -- what was refused
    reason TEXT NOT NULL, -- why
    seal   INTEGER NOT NULL -- {SEALED}
) WITHOUT ROWID""",
}

INDEXES = {
    "event": ("kind, at",),
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

_COUNTS = "event NOT IN (SELECT event FROM void)"

VIEWS = {
    "pattern": f"""CREATE VIEW pattern ( -- one row for each version that the evidence knows
    digest, -- the version
    id, -- its pattern
    version, -- its number
    injected, -- prompts that held it
    adopted, -- adoptions that were seen or told
    judged, -- outcomes and ratings of itself
    last_used -- the latest adoption
) AS SELECT named.digest, min(named.id), max(named.version),
    (SELECT count(*) FROM exposure JOIN receipt USING (receipt)
        WHERE exposure.digest = named.digest AND shown = 1 AND receipt.{_COUNTS}),
    (SELECT count(*) FROM adoption WHERE digest = named.digest AND {_COUNTS}),
    (SELECT count(*) FROM judgement WHERE digest = named.digest AND {_COUNTS}),
    (SELECT max(at) FROM adoption WHERE digest = named.digest AND {_COUNTS})
FROM (SELECT digest, id, version FROM exposure UNION SELECT digest, id, version FROM acceptance WHERE {_COUNTS}) AS named
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
FROM adoption WHERE {_COUNTS}
UNION ALL SELECT event, digest, session, receipt, commit_id,
    source, result, rating, retries_before, retries_after, mode, validated, grounding, at
FROM judgement WHERE digest IS NOT NULL AND {_COUNTS}
UNION ALL SELECT judgement.event, exposure.digest,
    coalesce(judgement.session, (SELECT session FROM receipt WHERE receipt.receipt = judgement.receipt)), judgement.receipt,
    (SELECT min(commit_id) FROM adoption
        WHERE adoption.receipt = judgement.receipt AND adoption.digest = exposure.digest AND adoption.{_COUNTS}),
    source, result, rating, retries_before, retries_after, mode, validated, grounding, at
FROM judgement JOIN exposure ON exposure.receipt = judgement.receipt AND exposure.shown = 1
WHERE judgement.{_COUNTS} AND (
    exposure.digest IN (SELECT digest FROM adoption WHERE adoption.receipt = judgement.receipt AND adoption.{_COUNTS})
    OR NOT EXISTS (SELECT 1 FROM adoption WHERE adoption.receipt = judgement.receipt AND adoption.{_COUNTS}))""",
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
    patterns -- versions that were adopted from its prompts
) AS SELECT session, at, coalesce(100.0 * completed / nullif(tasks, 0), 0.0), tasks, completed, seconds, tokens, microdollars, context,
    peak, compactions, tests_passed, tests_failed, coverage,
    (SELECT count(DISTINCT digest) FROM adoption JOIN receipt USING (receipt)
        WHERE receipt.session = build.session AND adoption.{_COUNTS})
FROM build
WHERE {_COUNTS} AND NOT EXISTS (
    SELECT 1 FROM build AS newer
    WHERE newer.session = build.session AND (newer.at, newer.event) > (build.at, build.event) AND newer.{_COUNTS})""",
}


def name_of(kind: type[Fact]) -> str:
    """Return the table of a kind of fact."""
    return kind.__name__.lower()


TABLES = ("event", *(name_of(kind) for kind in FACTS), "void", "journal")


def statements() -> list[str]:
    """Return what makes an empty view."""
    tables = [EVENT, *(text.replace("{SEALED}", SEALED) for text in FACTS.values()), VOID, JOURNAL]
    indexes = [
        f"CREATE INDEX {table}_{columns.split(',')[0]} ON {table} ({columns})"
        for table, some in INDEXES.items()
        for columns in some
    ]
    return [*tables, *indexes, *VIEWS.values()]
