"""The view gives the same rows however it was filled, and survives whatever happens to its file."""

from __future__ import annotations

import contextlib
import json
import logging
import random
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from benchmarks.evidence.mixture import END, Mixture
from foundry_git.derived import files
from foundry_git.evidence import database, schema, scoring
from foundry_git.evidence.events import (
    Accepted,
    Event,
    KnownEvent,
    Rejected,
    Session,
    Sighted,
    Withdrawn,
    by_id,
    canonical,
    event_id,
    hashed,
    receipt_of,
)
from foundry_git.evidence.fact_queries import all_facts
from foundry_git.evidence.fact_rows import FACT_TABLES
from foundry_git.evidence.facts import facts_of
from foundry_git.evidence.journal import Journal
from foundry_git.evidence.ledger import Ledger
from foundry_git.evidence.receipts import fates
from foundry_git.evidence.scoring import Score
from foundry_git.evidence.tables import Tables
from foundry_git.evidence.window import window
from foundry_git.settings import ScoringModel
from tests.evidence.test_events import AT, COMMIT, EVENTS, ITEM, SAMPLES
from tests.evidence.test_scoring import DAY, A, B, C, adopted, histories, injected, nonce, ran, rated, said

SHOWN = [injected(A, B, number=number) for number in range(40)]
STORY: list[Event] = [
    *SHOWN,
    *(adopted(each, A, commit=f"{number:040x}") for number, each in enumerate(SHOWN[:20])),
    *(said(each, "pass", number=number) for number, each in enumerate(SHOWN[:15])),
    *SAMPLES.values(),
]
Rows = dict[str, list[tuple[object, ...]]]


def table_rows(path: Path) -> Rows:
    db = sqlite3.connect(path)
    try:
        return {table: sorted(db.execute(f"SELECT * FROM {table}"), key=repr) for table in schema.TABLES}
    finally:
        db.close()


def scores_of(view: Ledger) -> Mapping[str, Score]:
    return view.scores(AT)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    journal = Journal(tmp_path / "state")
    journal.append(STORY)
    return journal


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "index" / "stats.db"


@pytest.fixture
def filled(journal: Journal, path: Path) -> Iterator[Path]:
    """The path of a view that was filled and closed."""
    with Ledger(journal.path.parent, path) as view:
        view.update()
    yield path


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(EVENTS, max_size=3) | histories(), max_size=4), st.integers(0, 3))
def test_increments_and_a_rebuild_give_the_same_rows(batches: list[list[KnownEvent]], torn: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder))
        with Ledger(journal.path.parent, Path(folder, "one.db")) as view:
            view.update()
            for number, batch in enumerate(batches):
                journal.append(batch)
                if number == torn:
                    with journal.path.open("ab") as file:
                        file.write(b'{"kind":"rated"')
                view.update()
            step_by_step = table_rows(view.path)
            view.rebuild()
            assert table_rows(view.path) == step_by_step
        with Ledger(journal.path.parent, Path(folder, "other.db")) as other:
            other.update()
            assert table_rows(other.path) == step_by_step


def one_by_one(view: Ledger, at: datetime, model: ScoringModel = "beta") -> dict[str, scoring.Score]:
    """Every score, each read by itself."""
    names = [*view.scores(at, model=model), "0" * 64]
    return {digest: score for name in names for digest, score in view.scores(at, model=model, digests=[name]).items()}


def test_the_scores_of_some_patterns_are_those_among_all_whoever_said_what_of_the_others(tmp_path: Path) -> None:
    with Ledger(tmp_path / "state", tmp_path / "stats.db") as view:
        view.journal.append(Mixture(7).events(3_000))
        every = view.scores(END)
        some = sorted(every)[::5]

        assert view.scores(END, digests=some) == {digest: every[digest] for digest in some}
        assert view.scores(END, digests=[]) == {}


@settings(max_examples=25, deadline=None)
@given(histories())
def test_the_scores_of_the_view_are_those_of_all_events(events: list[KnownEvent]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder))
        journal.append(events)
        with Ledger(journal.path.parent, Path(folder, "stats.db")) as view:
            facts = facts_of(by_id(events))
            assert scores_of(view) == scoring.score(by_id(events), AT)
            assert view.scores(AT, model="legacy") == scoring.fold(facts, AT, model="legacy")
            assert one_by_one(view, AT) == scoring.score(by_id(events), AT)
            assert one_by_one(view, AT, "legacy") == scoring.fold(facts, AT, model="legacy")
            assert view.states(AT) == scoring.standings(facts, AT)
            assert view.receipts(AT) == fates(facts, AT)
            moments = [AT - timedelta(days=days) for days in (200, 20, 0)]
            assert view.trend(A, moments) == scoring.trend(facts, A, moments)
            assert view.facts() == facts
            assert list(view.history(A)) == sorted(view.history(A), key=lambda event: event.at)  # type: ignore[union-attr]


@settings(max_examples=25, deadline=None)
@given(histories(), st.integers(-30, 30), st.none() | st.integers(-30, 0))
def test_what_lies_outside_the_window_counts_nowhere(events: list[KnownEvent], now: int, began: int | None) -> None:
    at, first = AT + timedelta(days=now), None if began is None else AT + timedelta(days=began)
    withdrawals = [
        Withdrawn(at=AT + timedelta(days=days), nonce=nonce(days), event=event_id(each))
        for days, each in zip((1, 40), events, strict=False)
    ]
    every = by_id([*events, *withdrawals])
    bounds = window(first, at)
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder))
        journal.append(every.values())
        with Ledger(journal.path.parent, Path(folder, "stats.db"), lambda: first, lambda: at) as view:
            facts = facts_of(every, bounds)
            assert view.facts() == facts
            assert view.scores(at) == one_by_one(view, at) == scoring.fold(facts, at)
            assert view.apart() == (sum(not bounds.holds(event) for event in every.values()), bounds)
            assert view.exposures() == [row for row in view.exposures() if row.receipt in facts.receipts]


def test_what_filling_holds_of_a_file_is_given_back_after_it(path: Path) -> None:
    def settings_of(db: sqlite3.Connection) -> list[int]:
        return [db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("cache_size", "wal_autocheckpoint", "soft_heap_limit")]

    with contextlib.closing(files.open_file(path, database.FORM)) as db:
        before = settings_of(db)
        with pytest.raises(KeyboardInterrupt), Tables(db, path).room():
            assert settings_of(db)[0] < 16 * before[0] < 0  # in kilobytes, written as a negative number
            raise KeyboardInterrupt
        assert settings_of(db) == before


@pytest.mark.parametrize(("seconds", "held"), [(-90, 1), (-1, 1), (0, 1), (30, 1), (86_400, 1), (86_401, 0)])
def test_a_repository_that_began_moments_ago_holds_apart_what_is_older(
    journal: Journal, path: Path, seconds: int, held: int
) -> None:
    journal.append([Rejected(at=AT - timedelta(days=30), nonce=nonce(7), shape="py1:" + "ab" * 16)])

    with Ledger(journal.path.parent, path, lambda: AT + timedelta(seconds=seconds), lambda: AT) as view:
        assert view.apart()[0] == held


@pytest.mark.parametrize("year", [1, 1969, 2027, 9999])
def test_an_event_of_a_wrong_clock_is_held_apart_until_its_time_has_come(journal: Journal, path: Path, year: int) -> None:
    wrong = Rejected(at=AT.replace(year=year), nonce=nonce(7), shape="py1:" + "ab" * 16)
    journal.append([wrong])

    with Ledger(journal.path.parent, path, now=lambda: AT) as view:
        assert wrong.shape not in view.rejected_shapes()
        assert wrong not in view.reviews(datetime.min.replace(tzinfo=UTC))
        assert view.apart()[0] == 1
    with Ledger(journal.path.parent, path, now=lambda: AT + timedelta(days=400)) as view:
        assert (wrong.shape in view.rejected_shapes()) == (year == 2027)


def test_a_place_that_a_wrong_clock_sighted_is_news(tmp_path: Path) -> None:
    sighted = SAMPLES["sighted"]
    assert isinstance(sighted, Sighted)
    Journal(tmp_path).append([replace(sighted, at=AT.replace(year=9999))])

    with Ledger(tmp_path, tmp_path / "stats.db", now=lambda: AT) as view:
        assert view.news(by_id([sighted])) == {event_id(sighted)}
        assert view.sightings() == {}


@settings(max_examples=15, deadline=None)
@given(st.lists(EVENTS, max_size=8), histories(), st.randoms(use_true_random=False))
def test_the_order_of_the_journal_changes_no_row(others: list[Event], events: list[KnownEvent], chance: random.Random) -> None:
    with tempfile.TemporaryDirectory() as folder:
        orders = [[*others, *events], chance.sample([*others, *events] * 2, 2 * (len(others) + len(events)))]
        found = []
        for number, order in enumerate(orders):
            journal = Journal(Path(folder, str(number)))
            with Ledger(journal.path.parent, Path(folder, f"{number}.db")) as view:
                for start in range(0, len(order), 5):
                    journal.append(order[start : start + 5])
                    view.update()
                view.verify()
                found.append({table: held for table, held in table_rows(view.path).items() if table != "journal"})
        assert found[0] == found[1]


def test_two_injections_of_one_receipt_are_united_in_any_order(tmp_path: Path) -> None:
    one, other = injected(A, B, number=1), injected(B, C, number=2)
    twins = {"abcdefabcdef" + "1" * 52: one, "abcdefabcdef" + "2" * 52: other}
    found = []
    for number, order in enumerate((list(twins), list(twins)[::-1])):
        db = files.open_memory(database.FORM)
        tables = Tables(db, tmp_path)
        for name in order:
            tables.insert({name: twins[name]}, {name: canonical(twins[name])})
        found.append((sorted(db.execute("SELECT * FROM exposure")), all_facts(tables)))
        db.close()
        assert found[number][1] == facts_of(twins)

    assert found[0] == found[1]
    assert found[0][1].injected == {A: 1, B: 1, C: 1}


def test_a_file_of_the_first_schema_is_filled_anew_without_loss(
    journal: Journal, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path.parent.mkdir()
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE event (id TEXT PRIMARY KEY, kind TEXT NOT NULL, at TEXT, body BLOB NOT NULL) WITHOUT ROWID")
    db.execute("CREATE TABLE claim (event TEXT PRIMARY KEY REFERENCES event (id) ON DELETE CASCADE, receipt TEXT, digest TEXT)")
    db.execute("CREATE TABLE journal (one INTEGER PRIMARY KEY, offset INTEGER, lines INTEGER, tail TEXT)")
    db.execute("INSERT INTO event VALUES ('x', 'rated', NULL, x'00')")
    db.execute("INSERT INTO claim VALUES ('x', NULL, NULL)")
    db.execute("INSERT INTO journal VALUES (1, 10, 1, 'tail')")
    db.execute(f"PRAGMA application_id = {database.APPLICATION_ID}")
    db.execute("PRAGMA user_version = 1")
    db.commit()
    db.close()

    with Ledger(journal.path.parent, path) as view:
        assert scores_of(view) == scoring.score(by_id(STORY), AT)
        view.verify()

    assert len(table_rows(path)["event"]) == len(STORY)
    assert not list(path.parent.glob("*.damaged-*")) and not caplog.records


def test_the_columns_of_a_table_are_those_of_its_rows(filled: Path) -> None:
    db = sqlite3.connect(filled)
    for table in FACT_TABLES.values():
        columns = [name for _, name, *_ in db.execute(f"PRAGMA table_info({table.name})")]
        assert columns == [*table.columns, "seal"]
    db.close()


def test_a_fact_that_was_changed_is_noticed_by_who_reads_it_and_by_a_check(filled: Path, journal: Journal) -> None:
    for table in FACT_TABLES.values():
        db = sqlite3.connect(filled)
        changed = db.execute(f"UPDATE {table.name} SET {table.columns[-1]} = 7").rowcount
        db.commit()
        db.close()
        assert changed, f"no sample in {table.name}"
        with Ledger(journal.path.parent, filled) as view:
            view.verify()
            assert scores_of(view) == scoring.score(by_id(STORY), AT)
        (aside,) = filled.parent.glob("*.damaged-*")
        aside.unlink()


def test_what_is_void_is_checked_against_the_withdrawals(filled: Path, journal: Journal) -> None:
    db = sqlite3.connect(filled)
    db.execute("DELETE FROM void")
    db.commit()
    db.close()

    with Ledger(journal.path.parent, filled) as view:
        view.verify()
        assert view.withdrawn()
    assert len(list(filled.parent.glob("*.damaged-*"))) == 1


def test_usage_and_sessions_can_be_asked_for_in_sql(tmp_path: Path) -> None:
    journal, session = Journal(tmp_path), hashed("monday")
    shown = replace(injected(A, B, number=1), session=session)
    alone = injected(B, number=2)
    wrong = said(A, "fail", number=4)
    told: list[Event] = [
        shown,
        alone,
        adopted(shown, A),
        ran(shown, "pass"),
        rated(alone, 4, number=3),
        wrong,
        Withdrawn(at=AT, nonce="0" * 16, event=event_id(wrong)),
        Session(at=AT, session=session, tasks=4, completed=1),
        Session(at=AT + DAY, session=session, tasks=4, completed=3, tokens=9, project=hashed("shop")),
        Session(at=AT, session=hashed("idle")),
    ]
    journal.append(told)
    with Ledger(journal.path.parent, tmp_path / "stats.db") as view:
        view.update()
    db = sqlite3.connect(tmp_path / "stats.db")
    usage = db.execute("SELECT digest, session, receipt, commit_id, source, result, rating FROM pattern_usage").fetchall()
    sessions = db.execute("SELECT session, completion_rate, tokens, patterns FROM session").fetchall()
    projects = db.execute("SELECT project, metrics FROM session ORDER BY project").fetchall()
    patterns = db.execute("SELECT digest, id, injected, cited, adopted, judged FROM pattern").fetchall()
    plan = db.execute("EXPLAIN QUERY PLAN SELECT * FROM receipt WHERE language = 'go'").fetchall()
    db.close()

    assert sorted(usage, key=repr) == sorted(
        [
            (A, session, receipt_of(shown), COMMIT, "commit", None, None),
            (A, session, receipt_of(shown), COMMIT, "ci", "pass", None),
            (B, None, receipt_of(alone), None, "rating", None, 4),
        ],
        key=repr,
    )
    assert [project for project, _ in projects] == [None, hashed("shop")]
    known = {name: value for name, value in json.loads(projects[1][1]).items() if value is not None}
    assert known == {"tasks": 4, "completed": 3, "tokens": 9}
    assert set(sessions) == {(session, 75.0, 9, 1), (hashed("idle"), 0.0, None, 0)}
    assert sorted(patterns) == [(A, ITEM.id, 1, 1, 1, 0), (B, ITEM.id, 2, 2, 0, 0)]
    assert "receipt_language" in plan[0][3]


def test_an_answer_holds_what_any_process_appended_before(journal: Journal, path: Path) -> None:
    with Ledger(journal.path.parent, path) as view, Ledger(journal.path.parent, path) as other:
        assert scores_of(view)[A].passed == 15
        journal.append([said(SHOWN[16], "fail", number=99)])
        assert scores_of(other)[A].failed == 1
        assert scores_of(view) == scores_of(other)


def test_a_journal_that_was_cut_or_rewritten_fills_the_view_anew(journal: Journal, path: Path) -> None:
    with Ledger(journal.path.parent, path) as view:
        view.update()
        rewritten: list[list[Event]] = [STORY[:-9], STORY[1:], [*STORY[3:], rated(A, 2)], []]
        for kept in rewritten:
            journal.path.unlink()
            journal.append(kept)
            assert scores_of(view) == scoring.score(by_id(kept), AT)
            assert len(table_rows(path)["event"]) == len(kept)


def test_the_file_says_whose_it_is_and_is_written_safely(filled: Path) -> None:
    db = sqlite3.connect(filled)
    facts = {name: db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version", "journal_mode")}
    named = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    db.close()

    assert facts == {"application_id": database.APPLICATION_ID, "user_version": schema.NUMBER, "journal_mode": "wal"}
    assert named == set(schema.TABLES)


def cut(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def fill_with_noise(path: Path) -> None:
    path.write_bytes(random.Random(5).randbytes(path.stat().st_size))


def replace_by_text(path: Path) -> None:
    path.write_text("no database\n" * 1000)


def replace_by_a_foreign_database(path: Path) -> None:
    path.unlink()
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE event (x)")
    db.execute("PRAGMA user_version = 7")
    db.close()


def change_a_body(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("UPDATE event SET body = replace(body, 'pass', 'fail')")
    db.commit()
    db.close()


def change_a_fact(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("UPDATE judgement SET result = 'fail'")
    db.commit()
    db.close()


def lose_a_table(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("DROP TABLE judgement")
    db.close()


def spoil_the_mark(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("UPDATE journal SET offset = 'x'")
    db.commit()
    db.close()


def break_the_text(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("UPDATE exposure SET digest = CAST(x'fffe' AS TEXT) || digest")
    db.commit()
    db.close()


@pytest.mark.parametrize(
    "damage",
    [
        cut,
        fill_with_noise,
        replace_by_text,
        replace_by_a_foreign_database,
        change_a_body,
        change_a_fact,
        lose_a_table,
        spoil_the_mark,
        break_the_text,
    ],
)
def test_a_damaged_file_is_set_aside_and_filled_again(
    filled: Path, journal: Journal, caplog: pytest.LogCaptureFixture, damage: Callable[[Path], None]
) -> None:
    damage(filled)

    with caplog.at_level(logging.WARNING), Ledger(journal.path.parent, filled) as view:
        assert scores_of(view) == scoring.score(by_id(STORY), AT)
        assert {*view.history(A)} <= {*STORY}

    assert len(table_rows(filled)["event"]) == len(STORY)
    assert len(list(filled.parent.glob("stats.db.damaged-*"))) == 1
    assert [record.name for record in caplog.records] == ["foundry_git.evidence"]
    assert "set aside" in caplog.text


def test_an_empty_file_is_a_new_view(filled: Path, journal: Journal) -> None:
    filled.write_bytes(b"")

    with Ledger(journal.path.parent, filled) as view:
        assert scores_of(view) == scoring.score(by_id(STORY), AT)


def test_flipped_bytes_anywhere_stop_nobody(filled: Path, journal: Journal, tmp_path: Path) -> None:
    sound, chance = filled.read_bytes(), random.Random(11)
    for trial in range(40):
        damaged = bytearray(sound)
        for _ in range(chance.choice([1, 3, 40])):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        path = tmp_path / f"{trial}.db"
        path.write_bytes(damaged)
        if database.APPLICATION_ID.to_bytes(4, "big") == bytes(damaged[68:72]):
            damaged_version = int.from_bytes(damaged[60:64], "big")
            assert damaged_version <= schema.NUMBER, "pick another seed: this one makes a newer schema"
        with Ledger(journal.path.parent, path) as view:
            scores_of(view)
            view.rejected_shapes(), view.sightings(), view.history(A), view.last("rated"), view.showings(A)
            view.verify()
            assert scores_of(view) == scoring.score(by_id(STORY), AT)


def test_a_rebuild_begins_with_a_new_file(filled: Path, journal: Journal) -> None:
    with Ledger(journal.path.parent, filled) as view:
        view.update()
        before, inode = table_rows(filled), filled.stat().st_ino
        keeper = filled.open("rb")  # so that the inode is not given out again
        view.rebuild()
        keeper.close()
        assert table_rows(filled) == before
        assert filled.stat().st_ino != inode


def test_a_file_of_a_newer_version_is_refused_and_left_alone(
    filled: Path, journal: Journal, caplog: pytest.LogCaptureFixture
) -> None:
    db = sqlite3.connect(filled)
    db.execute("PRAGMA user_version = 99")
    db.close()
    before = table_rows(filled)

    with Ledger(journal.path.parent, filled) as view:
        assert view.rejected_shapes(), "the journal still answers"
    assert "schema 99" in caplog.text
    assert table_rows(filled) == before
    assert not list(filled.parent.glob("*.damaged-*"))


def test_lost_side_files_of_sqlite_do_no_harm(journal: Journal, path: Path, tmp_path: Path) -> None:
    with Ledger(journal.path.parent, path) as view:
        view.update()
        shutil.copytree(path.parent, tmp_path / "copy")
    for name in ("stats.db-wal", "stats.db-shm"):
        (tmp_path / "copy" / name).unlink(missing_ok=True)

    with Ledger(journal.path.parent, tmp_path / "copy" / "stats.db") as view:
        assert scores_of(view) == scoring.score(by_id(STORY), AT)


def test_an_index_deleted_under_an_open_view_is_made_again(journal: Journal, path: Path) -> None:
    with Ledger(journal.path.parent, path) as view:
        view.update()
        shutil.rmtree(path.parent)
        journal.append([rated(A, 1)])
        assert scores_of(view) == scoring.score(by_id([*STORY, rated(A, 1)]), AT)
    assert path.exists()


def test_where_no_file_can_be_made_the_view_stands_in_memory(
    journal: Journal, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "occupied").write_text("a file where the folder should be")

    with Ledger(journal.path.parent, tmp_path / "occupied" / "stats.db") as view:
        assert scores_of(view) == scoring.score(by_id(STORY), AT)
        journal.append([rated(A, 1)])
        assert scores_of(view) == scoring.score(by_id([*STORY, rated(A, 1)]), AT)

    assert len(caplog.records) == 1
    assert "in memory" in caplog.text


def test_a_view_that_nobody_asks_makes_no_file(journal: Journal, path: Path) -> None:
    with Ledger(journal.path.parent, path):
        pass

    assert not path.parent.exists()


def test_the_history_of_a_digest_holds_what_names_it_and_what_came_of_its_receipts(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    shown, other = injected(A, B), injected(B, number=1)
    accepted = Accepted(at=AT, nonce="0" * 16, id="python/retry", version=1, digest=A)
    mine: list[Event] = [shown, accepted, adopted(shown, A), said(shown, "pass"), rated(A, 4), said(A, "fail", number=5)]
    journal.append([*mine, other, adopted(shown, B), said(other, "fail", number=3), rated(B, 2, number=4)])

    with Ledger(journal.path.parent, tmp_path / "stats.db") as view:
        assert by_id(view.history(A)) == by_id(mine)
        assert view.history("ee" * 32) == ()


def test_a_place_sighted_twice_is_one_sighting(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    first = SAMPLES["sighted"]
    assert isinstance(first, Sighted)
    rebased = Sighted(at=AT.replace(year=2027), shape=first.shape, place=first.place, pattern=first.pattern)
    elsewhere = Sighted(at=AT, shape=first.shape, place="1e" * 16)
    journal.append([first, rebased, elsewhere])

    with Ledger(journal.path.parent, tmp_path / "stats.db") as view:
        assert view.sightings() == {first.shape: 2}
        news = by_id([first, rebased, elsewhere, Sighted(at=AT, shape=first.shape, place="2e" * 16), rated(A, 1)])
        assert view.news(news) == frozenset(list(news)[-2:])


def test_the_latest_time_of_a_kind_is_known(journal: Journal, path: Path) -> None:
    later = AT + timedelta(hours=20)
    journal.append([rated(A, 3, at=later)])

    with Ledger(journal.path.parent, path, now=lambda: AT) as view:
        assert view.last("rated") == later
        assert view.last("lifted") is None


def test_injections_are_found_by_prefix(journal: Journal, path: Path) -> None:
    with Ledger(journal.path.parent, path) as view:
        for each in SHOWN[:3]:
            assert view.receipt(receipt_of(each)[:8]) == each


def test_views_in_several_processes_leave_their_locks(filled: Path, journal: Journal) -> None:
    views = [Ledger(journal.path.parent, filled) for _ in range(3)]
    for view in views:
        view.update()
    journal.append([adopted(None, B, commit=COMMIT)])
    assert len({str(sorted(scores_of(view).items())) for view in views}) == 1
    for view in views:
        view.close()
    assert not filled.with_name("stats.db-wal").exists()
