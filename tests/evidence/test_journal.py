"""The journal loses no event, whatever happens to its file."""

from __future__ import annotations

import hashlib
import multiprocessing
import random
import resource
import signal
import stat
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundry_git.evidence import lines
from foundry_git.evidence.events import Event, Rejected, Unknown, by_id, canonical, new_nonce
from foundry_git.evidence.journal import Journal
from foundry_git.evidence.lines import START
from foundry_git.evidence.notes import Notes, ReceiptNote
from tests.evidence.test_events import AT, EVENTS, SAMPLES, SHAPE

EVERY_KIND = (*SAMPLES.values(), Unknown(kind="lifted", raw=b'{"kind":"lifted","schema":1}'))


def refusal() -> Rejected:
    return Rejected(at=AT, nonce=new_nonce(), shape=SHAPE)


def append_one_by_one(folder: Path, events: list[Event]) -> None:
    journal = Journal(folder)
    for event in events:
        journal.append([event])


def append_beyond_the_limit(folder: Path) -> None:
    """Exits with 0 if the append was refused with an OSError."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
    try:
        Journal(folder).append(refusal() for _ in range(100))
    except OSError:
        return
    raise SystemExit(1)


def test_what_was_appended_is_read(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "new" / "foundry")

    names = journal.append(EVERY_KIND)
    journal.append(EVERY_KIND[:2])

    assert journal.read() == (by_id(EVERY_KIND), ())
    assert names == tuple(by_id(EVERY_KIND))


def test_reading_or_appending_nothing_makes_no_folder(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "foundry")

    assert journal.append([]) == ()
    assert journal.read() == ({}, ())
    assert not (tmp_path / "foundry").exists()


def test_a_last_line_cut_at_any_byte_costs_at_most_itself_and_is_reported(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    first, last, later = refusal(), refusal(), refusal()
    journal.append([first, last])
    whole = journal.path.read_bytes()
    start = len(canonical(first)) + 1

    for end in range(start, len(whole) + 1):
        journal.path.write_bytes(whole[:end])
        events, problems = journal.read()
        survived = end >= len(whole) - 1
        assert events == by_id([first, last] if survived else [first])
        assert len(problems) == (0 if survived else 1)
        assert all(problem.startswith(f"{journal.path}:") for problem in problems)

        journal.append([later])
        assert journal.read()[0] == {**events, **by_id([later])}


def test_no_flipped_bit_makes_another_event(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    for event in EVERY_KIND:
        journal.append([event])
    whole, chance = journal.path.read_bytes(), random.Random(14)

    for _ in range(400):
        damaged = bytearray(whole)
        damaged[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        journal.path.write_bytes(damaged)
        events, problems = journal.read()
        assert events.items() <= by_id(EVERY_KIND).items()
        assert len(events) == len(by_id(EVERY_KIND)) or problems
        told = [line for some, _, _ in journal.pieces() for line in some]
        assert {hashlib.sha256(line).hexdigest() for line in told} & by_id(EVERY_KIND).keys() == events.keys()


def test_what_is_overwritten_or_cut_out_is_counted(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    said = [refusal() for _ in range(40)]
    for event in said:
        journal.append([event])
    whole = journal.path.read_bytes()
    length = len(whole) // len(said)

    journal.path.write_bytes(whole[: 3 * length] + bytes(10 * length) + whole[13 * length :])
    events, problems = journal.read()
    assert events == by_id(said[:3] + said[14:])  # the zeros and the line behind them are one
    assert [problem.removeprefix(f"{journal.path}:")[:40] for problem in problems] == [
        "4: it changed since it was written; the ",
        " 10 more lines that were written are gon",
    ]

    journal.path.write_bytes(whole[: 30 * length])
    assert journal.read()[0] == by_id(said[:30])
    assert " 10 more lines that were written are gone" in journal.read()[1][0]


def test_damaged_or_lost_checks_cost_no_event(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append(EVERY_KIND)
    checks, chance = tmp_path / "journal.jsonl.sums", random.Random(15)
    whole = checks.read_bytes()

    for _ in range(200):
        damaged = bytearray(whole)
        damaged[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        checks.write_bytes(damaged[: chance.choice((len(whole), chance.randrange(len(whole))))])
        assert journal.read() == (by_id(EVERY_KIND), ())

    checks.unlink()
    assert journal.read() == (by_id(EVERY_KIND), ())


def test_another_journal_in_its_place_counts_and_its_checks_begin_anew(tmp_path: Path) -> None:
    mine, other = Journal(tmp_path / "mine"), Journal(tmp_path / "other")
    said, later = [refusal() for _ in range(4)], refusal()
    mine.append(EVERY_KIND)
    other.append(said)

    mine.path.write_bytes(other.path.read_bytes())
    assert mine.read() == (by_id(said), ())
    mine.append([later])
    assert mine.read() == (by_id([*said, later]), ())


def test_what_an_earlier_version_appends_counts_beside_what_is_checked(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    first, theirs, last = refusal(), refusal(), refusal()
    journal.append([first])
    with journal.path.open("ab") as file:
        file.write(canonical(theirs) + b"\n")
    journal.append([last])

    assert journal.read() == (by_id([first, theirs, last]), ())


def test_marks_of_editors_and_merges_change_no_event(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    lines = [canonical(event) for event in EVERY_KIND]
    shuffled = random.Random(3).sample(lines * 2, len(lines) * 2)
    shuffled[1:1] = [b"<<<<<<< ours", b"||||||| base", b"=======", b">>>>>>> theirs", b"", b"  "]
    journal.path.write_bytes(b"\xef\xbb\xbf" + b"\r\n".join(shuffled))

    events, problems = journal.read()

    assert events == by_id(EVERY_KIND)
    assert [problem.removeprefix(f"{journal.path}:") for problem in problems] == [
        f"{number}: a conflict marker of a text merge; the line is ignored" for number in (2, 3, 4, 5)
    ]


def test_a_bad_line_is_named_and_not_repeated(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append(EVERY_KIND)
    with journal.path.open("ab") as file:
        file.write(b'{"kind":"rated","task":"secret plan"}\n\0\0\0\n')

    events, problems = journal.read()

    assert events == by_id(EVERY_KIND)
    assert [problem.split(":")[1] for problem in problems] == [str(len(EVERY_KIND) + 1), str(len(EVERY_KIND) + 2)]
    assert "secret" not in "".join(problems)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(EVENTS, max_size=3), max_size=5))
def test_increments_add_up_to_the_whole(batches: list[list[Event]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        journal, mark, found = Journal(Path(folder)), START, dict[str, Event]()
        for batch in batches:
            journal.append(batch)
            portion = journal.read_from(mark)
            assert portion.events == by_id(batch)
            assert not portion.restarted
            assert journal.ends_at(portion.mark)
            found, mark = {**found, **portion.events}, portion.mark

        assert journal.read() == (found, ())
        assert journal.read_from(START).mark == mark


def test_an_increment_over_a_torn_line_takes_up_before_it(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    first, torn, later = refusal(), refusal(), refusal()
    journal.append([first])
    with journal.path.open("ab") as file:
        file.write(canonical(torn)[:-1])
    mark = journal.read_from(START).mark

    with journal.path.open("ab") as file:
        file.write(canonical(torn)[-1:])
    journal.append([later])

    assert journal.read_from(mark).events == by_id([torn, later])


@pytest.mark.parametrize("change", ["cut", "rewritten", "deleted", "replaced by a longer one"])
def test_another_journal_is_read_from_its_start(tmp_path: Path, change: str) -> None:
    journal = Journal(tmp_path)
    old = [refusal() for _ in range(400)]  # more than one block of 64 kB
    journal.append(old)
    mark = journal.read_from(START).mark
    new = {"cut": old[:-1], "rewritten": [*old[:-1], refusal()], "deleted": [], "replaced by a longer one": [refusal(), *old]}[
        change
    ]

    journal.path.unlink()
    journal.append(new)
    portion = journal.read_from(mark)

    assert portion.restarted
    assert portion.events == by_id(new)
    assert not journal.ends_at(mark)


PIECES = st.lists(st.sampled_from([b"a", b"{}", b"\n", b"\r\n", b"\xef\xbb\xbf", b" ", b"long" * 9]), max_size=30)


@given(PIECES)
@settings(deadline=None)
def test_what_is_read_in_pieces_is_what_is_read_at_once(pieces: list[bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(b"".join(pieces))
        whole, found, mark, more = lines.read(path), list[lines.Line](), START, True
        while more:
            stretch = lines.read(path, mark, 7)
            found, mark, more = [*found, *stretch.lines], stretch.mark, stretch.more

        assert (tuple(found), mark) == (whole.lines, whole.mark)


def test_damage_is_found_in_pieces_too(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    for _ in range(60):
        journal.append([refusal()])
    content = bytearray(journal.path.read_bytes())
    content[len(content) // 2] ^= 1
    journal.path.write_bytes(content[:-400])

    found, mark, more = list[str](), START, True
    while more:
        portion = journal.read_from(mark, 1000)
        found, mark, more = [*found, *portion.problems], portion.mark, portion.more
    assert [problem.count("changed since it was written") for problem in found] == [1, 1, 0]
    assert " more lines that were written are gone" in found[-1]


@given(PIECES, st.lists(st.binary(max_size=9).filter(lambda text: b"\n" not in text), max_size=5), st.sampled_from([b"", b"x\n"]))
@settings(deadline=None)
def test_the_mark_behind_what_was_appended_is_that_of_a_reader(pieces: list[bytes], texts: list[bytes], foreign: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(b"".join(pieces))
        before = lines.read(path).mark
        is_torn = before.offset < path.stat().st_size
        path.write_bytes(path.read_bytes() + foreign)
        lines.append(path, texts, 0o644)

        moved = lines.mark_behind(path, before, texts)

        assert moved == (before if foreign or is_torn else lines.read(path).mark)


def test_four_processes_that_append_at_once_lose_nothing(tmp_path: Path) -> None:
    shares = [[refusal() for _ in range(50)] for _ in range(4)]
    spawn = multiprocessing.get_context("spawn")
    workers = [spawn.Process(target=append_one_by_one, args=(tmp_path, share)) for share in shares]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert [worker.exitcode for worker in workers] == [0] * 4
    assert Journal(tmp_path).read() == (by_id(event for share in shares for event in share), ())
    assert Journal(tmp_path).path.read_bytes().count(b"\n") == 200


def test_an_append_that_the_disk_refuses_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append([refusal()])
    before = journal.path.read_bytes()
    worker = multiprocessing.get_context("spawn").Process(target=append_beyond_the_limit, args=(tmp_path,))
    worker.start()
    worker.join()

    assert worker.exitcode == 0
    assert journal.path.read_bytes() == before


def test_notes_stay_apart_and_the_latest_of_a_receipt_holds(tmp_path: Path) -> None:
    notes = Notes(tmp_path)
    asked = ReceiptNote(
        receipt="r-0123456789ab", task="fix the \udc80 login\nof Ada", prompt_length=9, session="s", head="9f" * 20
    )
    notes.append(ReceiptNote(receipt="r-0123456789ab", task="draft"))
    notes.append(asked)

    assert notes.read() == ({"r-0123456789ab": asked}, ())
    assert stat.S_IMODE(notes.path.stat().st_mode) == 0o600
    assert Journal(tmp_path).read() == ({}, ())


@pytest.mark.parametrize(
    "line", [b"{", b"[]", b'{"receipt":"r-0123456789ab"}', b'{"receipt":"x","task":""}', b"\xff", b"[" * 99_999]
)
def test_a_damaged_note_is_reported_and_stops_no_other(tmp_path: Path, line: bytes) -> None:
    notes = Notes(tmp_path)
    notes.path.write_bytes(line + b"\n")
    notes.append(ReceiptNote(receipt="r-0123456789ab", task="kept"))

    found, problems = notes.read()

    assert found["r-0123456789ab"].task == "kept"
    assert problems == (f"{notes.path}:1: not a note; the line is ignored",)


def test_times_far_apart_need_no_order_in_the_file(tmp_path: Path) -> None:
    early, late = refusal(), Rejected(at=AT + timedelta(days=9000), nonce=new_nonce(), shape=SHAPE)
    one, other = Journal(tmp_path / "one"), Journal(tmp_path / "other")
    one.append([early, late])
    other.append([late, early])

    assert one.read() == other.read()
