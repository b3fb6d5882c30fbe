"""The ledger: events in, scores and look-ups out, from several processes at once."""

from __future__ import annotations

import multiprocessing
import sqlite3
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from foundry_git.errors import BusyError, UnknownPatternError
from foundry_git.evidence import scoring
from foundry_git.evidence.events import (
    Rejected,
    Session,
    Sighted,
    Survived,
    Unknown,
    Withdrawn,
    Withheld,
    by_id,
    event_id,
    new_nonce,
    receipt_of,
)
from foundry_git.evidence.ledger import Ledger
from foundry_git.evidence.notes import ReceiptNote
from tests.evidence.test_events import AT, COMMIT, SAMPLES, SHAPE
from tests.evidence.test_scoring import A, B, adopted, injected, passed_over, ran, rated, said


def ledger_at(folder: Path) -> Ledger:
    return Ledger(folder / "state", folder / "index" / "stats.db")


def refusals(count: int) -> list[Rejected]:
    return [Rejected(at=AT, nonce=new_nonce(), shape=SHAPE) for _ in range(count)]


def record_and_ask(folder: Path, events: list[Rejected | Sighted]) -> None:
    with ledger_at(folder) as ledger:
        for event in events:
            ledger.record(event)
            ledger.rejected_shapes()


def journal_lines(folder: Path) -> int:
    return (folder / "state" / "journal.jsonl").read_bytes().count(b"\n")


def test_the_loop_from_injection_to_score(tmp_path: Path) -> None:
    shown = [injected(A, B, number=number) for number in range(4)]
    with ledger_at(tmp_path) as ledger:
        for number, each in enumerate(shown):
            assert ledger.record(each) == (event_id(each),)
            ledger.record(adopted(each, A, commit=f"{number:040x}"))
            ledger.record(ran(receipt_of(ledger.receipt(receipt_of(each)[:10])), "pass"))

        assert scoring.sentence(ledger.scores(AT)[A]) == "adopted 4, passed 4, failed 0 · 0.83 [0.55–0.99]"
        assert ledger.scores(AT)[B] == scoring.Score(0.5, 0.05, 0.95, injected=4)
        assert {fate.status for fate in ledger.receipts(AT)} == {"resolved"}
        assert len(ledger.history(A)) == 12
        assert ledger.last("outcome") == AT


def test_nothing_is_made_before_it_is_needed(tmp_path: Path) -> None:
    with ledger_at(tmp_path) as ledger:
        assert ledger.record() == ()
        assert ledger.problems() == ()
        assert ledger.notes.read()[0] == {}
        assert list(tmp_path.iterdir()) == []

        ledger.record(SAMPLES["rejected"])
        assert [each.name for each in tmp_path.iterdir()] == ["state"]


def test_an_empty_ledger_answers(tmp_path: Path) -> None:
    with ledger_at(tmp_path) as ledger:
        assert (ledger.scores(AT), ledger.sightings(), ledger.rejected_shapes()) == ({}, {}, frozenset())
        assert (ledger.receipts(AT), ledger.showings(A), ledger.history(A), ledger.last("rated")) == ((), (), (), None)
        with pytest.raises(UnknownPatternError, match="no such receipt"):
            ledger.receipt("r-012345")


def test_what_was_derived_twice_does_not_grow_the_journal(tmp_path: Path) -> None:
    derived = [
        SAMPLES["sighted"],
        SAMPLES["adopted"],
        SAMPLES["outcome"],
        Unknown(kind="lifted", raw=b'{"kind":"lifted","schema":1}'),
    ]
    with ledger_at(tmp_path) as ledger:
        first = ledger.record(*derived)
        assert ledger.record(*derived, *derived) == first * 2
        assert journal_lines(tmp_path) == 4

        sighted = SAMPLES["sighted"]
        assert isinstance(sighted, Sighted)
        ledger.record(Sighted(at=AT.replace(year=2027), shape=sighted.shape, place=sighted.place, pattern=sighted.pattern))
        assert journal_lines(tmp_path) == 4
        ledger.record(Sighted(at=AT, shape=sighted.shape, place=sighted.place))
        assert journal_lines(tmp_path) == 5
        assert ledger.sightings() == {sighted.shape: 1}


def test_a_rejection_is_known_in_every_later_process(tmp_path: Path) -> None:
    with ledger_at(tmp_path) as ledger:
        ledger.record(*refusals(2))
    with ledger_at(tmp_path) as later:
        assert later.rejected_shapes() == {SHAPE}


def test_four_processes_that_record_and_ask_lose_nothing(tmp_path: Path) -> None:
    shares = [[*refusals(50)] for _ in range(4)]
    spawn = multiprocessing.get_context("spawn")
    workers = [spawn.Process(target=record_and_ask, args=(tmp_path, share)) for share in shares]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert [worker.exitcode for worker in workers] == [0] * 4
    assert journal_lines(tmp_path) == 200
    with ledger_at(tmp_path) as ledger:
        ledger.verify()
        db = sqlite3.connect(tmp_path / "index" / "stats.db")
        held = {name for (name,) in db.execute("SELECT id FROM event")}
        db.close()
        assert held == set(by_id(event for share in shares for event in share))
        assert ledger.problems() == ()
    assert not list((tmp_path / "index").glob("*.damaged-*"))


def test_threads_share_a_ledger(tmp_path: Path) -> None:
    with ledger_at(tmp_path) as ledger:

        def work(number: int) -> None:
            ledger.record(said(A, "pass", number=number))
            ledger.scores(AT)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert ledger.scores(AT)[A].passed == 8


def test_an_index_of_a_newer_version_keeps_nobody_from_recording_or_asking(tmp_path: Path) -> None:
    with ledger_at(tmp_path) as ledger:
        ledger.verify()
    db = sqlite3.connect(tmp_path / "index" / "stats.db")
    db.execute("PRAGMA user_version = 99")
    db.close()

    with ledger_at(tmp_path) as ledger:
        ledger.record(SAMPLES["rejected"], SAMPLES["sighted"])
        assert journal_lines(tmp_path) == 2
        assert len(ledger.rejected_shapes()) == 1


def test_a_state_folder_that_cannot_be_made_is_an_error_not_a_loss(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")

    with ledger_at(tmp_path) as ledger, pytest.raises((OSError, BusyError)):
        ledger.record(SAMPLES["rejected"])


def test_what_is_withdrawn_counts_nowhere_and_is_shown_in_the_history(tmp_path: Path) -> None:
    wrong, refusal = said(A, "fail"), SAMPLES["rejected"]
    taken_back = [Withdrawn(at=AT, nonce=f"{at:016x}", event=event_id(each)) for at, each in enumerate((wrong, refusal))]
    with ledger_at(tmp_path) as ledger:
        ledger.record(wrong, refusal)
        assert ledger.scores(AT)[A].failed == 1
        assert ledger.rejected_shapes() == {SHAPE}

        ledger.record(*taken_back)
        assert (ledger.scores(AT), ledger.rejected_shapes(), ledger.last("outcome")) == ({}, frozenset(), None)
        assert set(ledger.history(A)) == {wrong, taken_back[0]}
        assert ledger.withdrawn() == {event_id(wrong), event_id(refusal)}

        ledger.record(Withdrawn(at=AT, nonce="f" * 16, event=event_id(taken_back[1])))
        assert ledger.rejected_shapes() == {SHAPE}
        assert ledger.withdrawn() == {event_id(wrong), event_id(taken_back[1])}


def test_a_withdrawn_injection_is_no_receipt(tmp_path: Path) -> None:
    shown, other = injected(A), injected(A, number=1)
    with ledger_at(tmp_path) as ledger:
        ledger.record(shown, other, Withdrawn(at=AT, nonce="0" * 16, event=event_id(shown)))
        assert ledger.showings(A) == (other,)
        assert [fate.receipt for fate in ledger.receipts(AT)] == [receipt_of(other)]
        assert {row.receipt for row in ledger.exposures()} == {receipt_of(other)}
        with pytest.raises(UnknownPatternError, match="no such receipt"):
            ledger.receipt(receipt_of(shown))


def test_an_event_is_found_by_its_first_digits(tmp_path: Path) -> None:
    judged = said(A, "pass")
    with ledger_at(tmp_path) as ledger:
        ledger.record(judged, injected(A))
        assert ledger.find_event(event_id(judged)[:8].upper()) == (event_id(judged), judged)
        for reference in ("", "12345", "zzzzzz", "f" * 65, "000000"):
            with pytest.raises(UnknownPatternError, match="no such event"):
                ledger.find_event(reference)


def test_a_receipt_may_be_of_what_was_withheld(tmp_path: Path) -> None:
    aside = Withheld(at=AT, nonce="0" * 16, items=injected(A).items)
    with ledger_at(tmp_path) as ledger:
        ledger.record(aside)
        assert ledger.receipt(receipt_of(aside)[:8]) == aside
        assert ledger.showings(A) == (), "there is nothing to adopt"
        assert [(fate.arm, fate.status) for fate in ledger.receipts(AT)] == [("withheld", "open")]
        assert [(row.arm, row.shown) for row in ledger.exposures()] == [("withheld", 0)]


def test_an_injection_waits_for_a_use_until_both_use_and_outcome_are_known(tmp_path: Path) -> None:
    both, one = injected(A, B), injected(A, number=1)
    passing = replace(injected(A, number=2), passed_over=passed_over(B))
    with ledger_at(tmp_path) as ledger:
        ledger.record(both, one, passing)
        assert ledger.showings(B) == (both,)
        assert ledger.showings("cc" * 32) == ()
        ledger.record(rated(both, 4))
        assert ledger.showings(B) == (both,), "what was judged first may be committed later"
        ledger.record(adopted(both, B, commit=COMMIT))
        assert ledger.showings(B) == ()
        assert set(ledger.showings(A)) == {both, one, passing}


def test_states_undecided_and_coverage_are_answered(tmp_path: Path) -> None:
    runs = [ran(A, "pass", run=f"{number:032x}", at=AT + timedelta(days=number)) for number in range(9)]
    doubtful = [ran(B, "pass" if number % 2 else "fail", run=f"{number:032x}") for number in range(40)]
    with ledger_at(tmp_path) as ledger:
        ledger.record(*runs, *doubtful, injected(A))
        assert (ledger.states(AT)[A].state, ledger.states(AT)[B].state) == ("validated", "pending")
        assert ledger.undecided(AT).keys() == {B}
        assert ledger.undecided(AT, uses=41) == {}
        assert ledger.scores(AT, model="legacy")[A].low == ledger.scores(AT, model="legacy")[A].high
        found = ledger.coverage([A, B, "cc" * 32])
        assert found.injected == {A}
        assert found.judged == {A, B}
        assert found.eligible - found.retrieved == {B, "cc" * 32}
        trend = ledger.trend(A, [AT + timedelta(days=day) for day in (-1, 3, 8)])
        assert [each.passed for each in trend] == [0, 4, 9]
        assert trend[-1] == ledger.scores(AT + timedelta(days=8))[A]


def test_sessions_and_survivals_are_the_ones_that_count(tmp_path: Path) -> None:
    first = Session(at=AT, session="ab" * 32, tasks=3)
    again, other = replace(first, at=AT + timedelta(days=1), completed=3), replace(first, session="cd" * 32)
    left = [Survived(at=AT, digest=A, commit=COMMIT, days=30, lines=9, left=number) for number in (3, 7)]
    with ledger_at(tmp_path) as ledger:
        ledger.record(again, first, other, *left)
        assert ledger.sessions() == {"ab" * 32: again, "cd" * 32: other}
        assert [row.lines_left for row in ledger.survivals()] == [7]
        ledger.record(Withdrawn(at=AT, nonce="0" * 16, event=event_id(again)))
        assert ledger.sessions()["ab" * 32] == first


def test_notes_are_local_and_problems_name_both_files(tmp_path: Path) -> None:
    with ledger_at(tmp_path) as ledger:
        ledger.record(injected(A))
        ledger.notes.append(ReceiptNote(receipt=receipt_of(injected(A)), task="charge the card twice", prompt_length=21))
        for name in ("journal.jsonl", "notes.jsonl"):
            with (tmp_path / "state" / name).open("a") as file:
                file.write("=======\n")

        assert ledger.notes.read()[0][receipt_of(injected(A))].task == "charge the card twice"
        assert [problem.split(": ")[0] for problem in ledger.problems()] == [
            f"{tmp_path}/state/journal.jsonl:2",
            f"{tmp_path}/state/notes.jsonl:2",
        ]
    assert b"charge" not in (tmp_path / "state" / "journal.jsonl").read_bytes()


def test_a_rebuild_changes_no_answer(tmp_path: Path) -> None:
    with ledger_at(tmp_path) as ledger:
        ledger.record(*SAMPLES.values(), *(said(A, "fail", number=number) for number in range(3)))
        before = ledger.scores(AT)
        ledger.rebuild()
        assert ledger.scores(AT) == before
