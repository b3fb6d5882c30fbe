"""A derived database heals itself: damage is set aside and said, and what the surroundings refuse goes on in memory."""

from __future__ import annotations

import contextlib
import errno
import logging
import platform
import sqlite3
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from foundry_git.derived import files, seal
from foundry_git.derived.database import Database
from foundry_git.derived.faults import is_damage
from foundry_git.derived.files import Form, check_all
from foundry_git.errors import DamagedFileError, RefusedFileError

ROWS = [(f"key {number}", f"value {number} " * 20) for number in range(300)]


def verify(db: sqlite3.Connection, path: Path) -> None:
    check_all(db, path)
    if any(zlib.crc32(value.encode()) != found for value, found in db.execute("SELECT value, seal FROM pair")):
        raise DamagedFileError(path, "a row does not fit its seal")


def form(schema: int = 2) -> Form:
    table = "CREATE TABLE pair (key TEXT PRIMARY KEY, value TEXT NOT NULL, seal INTEGER NOT NULL)"
    return Form(
        schema, lambda: [table], verify, lambda folder: folder.mkdir(exist_ok=True), logging.getLogger("foundry_git.index")
    )


@contextlib.contextmanager
def opened(path: Path, schema: int = 2) -> Iterator[Database]:
    with contextlib.closing(Database(path, form(schema))) as db:
        yield db


def is_whole(path: Path) -> bool:
    with contextlib.closing(sqlite3.connect(path)) as db:
        return seal.is_whole(path, 2, db)


def put(db: Database, rows: list[tuple[str, str]]) -> None:
    sealed = [(key, value, zlib.crc32(value.encode())) for key, value in rows]
    db.write(lambda connection: connection.executemany("INSERT INTO pair VALUES (?, ?, ?)", sealed))


def rows_of(db: Database) -> list[tuple[str, str]]:
    return sorted((key, value) for key, value in db.rows("SELECT key, value FROM pair"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    place = tmp_path / "index/pairs.db"
    with opened(place) as db:
        put(db, ROWS)
    return place


def change(path: Path, at: int, content: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(content)


def aside(path: Path) -> list[str]:
    return sorted(found.name for found in path.parent.glob(f"{path.name}.damaged-*"))


def test_what_was_written_is_there_and_was_not_looked_through(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert is_whole(path)
    with opened(path) as db:
        assert rows_of(db) == sorted(ROWS)
    assert not caplog.records


def test_a_zeroed_page_far_from_the_start_is_set_aside_and_said(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    change(path, path.stat().st_size // 8192 * 4096, bytes(4096))

    with opened(path) as db:
        assert rows_of(db) == []
        put(db, ROWS[:1])
    with opened(path) as db:
        assert rows_of(db) == ROWS[:1]

    (kept,) = aside(path)
    assert [record.getMessage().partition(kept)[2] for record in caplog.records] == [" and rebuilt"]


def test_a_letter_that_no_index_holds_is_noticed(path: Path) -> None:
    content = path.read_bytes()
    change(path, content.index(b"value 77 "), b"V")

    with opened(path) as db:
        assert rows_of(db) == []


def test_only_the_last_file_that_was_set_aside_is_kept(path: Path) -> None:
    path.with_name(f"{path.name}.damaged-20200101T000000Z").write_bytes(b"older")
    path.write_bytes(b"no database at all\n" * 500)

    with opened(path):
        pass

    (kept,) = aside(path)
    assert "20200101" not in kept


@pytest.mark.parametrize("name", ["pairs.db.seal", "pairs.db-shm", "pairs.db-wal"])
def test_a_lost_side_file_loses_nothing(path: Path, name: str) -> None:
    with opened(path) as db:
        rows_of(db)
        (path.with_name(name)).unlink(missing_ok=True)

    with opened(path) as db:
        assert rows_of(db) == sorted(ROWS)
    assert not aside(path)


def in_another_process(path: Path, *statements: str) -> None:
    """Run statements in a process that ends without closing the database, and without a seal."""
    opening = "import os, sqlite3, sys; db = sqlite3.connect(sys.argv[1], isolation_level=None)"
    running = "[db.execute(each).fetchall() for each in sys.argv[2:]]; os._exit(0)"
    subprocess.run([sys.executable, "-c", f"{opening}; {running}", path, *statements], check=True, timeout=60)


def test_what_a_killed_writer_had_committed_is_looked_through_and_kept(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    in_another_process(path, f"INSERT INTO pair VALUES ('last', 'word', {zlib.crc32(b'word')})")
    assert not is_whole(path)

    with opened(path) as db:
        assert ("last", "word") in rows_of(db)
    assert is_whole(path)
    assert not caplog.records


def test_the_log_of_another_database_is_not_taken_for_ours(path: Path, tmp_path: Path) -> None:
    in_another_process(tmp_path / "other.db", "PRAGMA journal_mode = WAL", "CREATE TABLE pair (key, value, seal)")
    path.with_name("pairs.db-wal").write_bytes((tmp_path / "other.db-wal").read_bytes())

    with opened(path) as db:
        assert rows_of(db) == []
    assert len(aside(path)) == 1


def test_without_room_the_old_content_and_the_new_stand_in_memory(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    tries = []

    def write(db: sqlite3.Connection) -> None:
        tries.append(db)
        if len(tries) == 1:
            db.execute("PRAGMA max_page_count = 1")
        db.execute("INSERT INTO pair VALUES ('new', ?, ?)", ("x" * 50_000, zlib.crc32(b"x" * 50_000)))

    with opened(path) as db:
        db.write(write)
        assert len(rows_of(db)) == len(ROWS) + 1
        assert not db.in_file
    with opened(path) as db:
        assert rows_of(db) == sorted(ROWS)

    assert not aside(path)
    (said,) = caplog.records
    assert "kept in memory: there is no room left for it" in said.getMessage()


def test_where_no_folder_can_be_made_it_stands_in_memory(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("in the way")

    with opened(tmp_path / "file/pairs.db") as db:
        put(db, ROWS)
        assert rows_of(db) == sorted(ROWS)

    assert len(caplog.records) == 1


def test_a_file_of_a_newer_version_is_left_alone(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    before = path.read_bytes()

    with opened(path, schema=1) as db:
        put(db, ROWS[:2])
        assert rows_of(db) == ROWS[:2]

    assert path.read_bytes() == before
    assert "schema 2" in caplog.text
    with opened(path) as db:
        assert rows_of(db) == sorted(ROWS)


def test_a_file_of_an_older_version_is_replaced_in_silence(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with opened(path, schema=3) as db:
        assert rows_of(db) == []

    assert not caplog.records
    assert not aside(path)


def test_damage_under_an_open_database_is_noticed_before_anything_is_written(path: Path) -> None:
    with opened(path) as db:
        rows_of(db)
        change(path, path.stat().st_size // 8192 * 4096, bytes(4096))

        with pytest.raises(DamagedFileError):
            put(db, [("late", "word")])
        with pytest.raises(StopIteration):
            next(db.rows("SELECT key FROM pair"))

    assert len(aside(path)) == 1


def test_a_short_read_is_damage_and_a_failing_disk_is_not() -> None:
    cut, failing, full = sqlite3.OperationalError("cut"), sqlite3.OperationalError("failing"), sqlite3.OperationalError("full")
    cut.sqlite_errorcode = sqlite3.SQLITE_IOERR_SHORT_READ
    failing.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
    full.sqlite_errorcode = sqlite3.SQLITE_FULL

    assert is_damage(cut)
    assert not is_damage(failing)
    assert not is_damage(full)
    assert not is_damage(OSError(errno.ENOSPC, "full"))
    assert is_damage(UnicodeDecodeError("utf-8", b"\xff", 0, 1, "no"))


def test_what_cannot_be_read_is_said_with_the_next_step() -> None:
    assert str(RefusedFileError(Path("x.db"), "the disk reports an error")) == (
        "x.db: the disk reports an error; see to the disk, then run the command again"
    )


def test_only_a_sealed_file_is_copied_into_memory(path: Path) -> None:
    copy = files.open_copy(path, form())
    assert copy is not None
    assert len(copy.execute("SELECT * FROM pair").fetchall()) == len(ROWS)
    copy.close()

    change(path, path.read_bytes().index(b"value 77 "), b"V")
    assert files.open_copy(path, form()) is None


READ_BY_EIGHT = """
import logging, os, sys
from pathlib import Path
from foundry_git.derived import files
from foundry_git.system.memory import give_back

def held():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")

form = files.Form(1, list, lambda db, path: None, lambda folder: None, logging.getLogger("foundry_git"))
opened = [files.connect(sys.argv[1], form) for _ in range(8)]
before = held()
for db in opened:
    db.execute("SELECT max(value) FROM pair").fetchone()
print(held() - before)
opened.pop().close()
files.let_go_of_pages()
give_back()
print(held() - before)
"""


@pytest.mark.skipif(sys.platform != "linux" or platform.libc_ver()[0] != "glibc", reason="reads what Linux says of a process")
def test_a_process_that_stays_lets_go_of_what_it_read_of_all_its_databases(tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "large.db")) as db, db:
        db.execute("CREATE TABLE pair (value TEXT)")
        db.executemany("INSERT INTO pair VALUES (?)", [(str(number) * 200,) for number in range(5_000)])

    command = [sys.executable, "-P", "-c", READ_BY_EIGHT, str(tmp_path / "large.db")]
    at_work, at_rest = map(int, subprocess.run(command, capture_output=True, check=True, text=True).stdout.split())

    assert at_work > 12_000_000
    assert at_rest < 2_000_000
