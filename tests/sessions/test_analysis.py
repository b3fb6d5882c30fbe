"""Analysing sessions: joined with the evidence, recorded once, reported where one looks for it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from foundry_git import PatternLibrary, SessionAnalyzer
from foundry_git.errors import SessionError, UsageError
from foundry_git.evidence.events import (
    Adopted,
    Event,
    Injected,
    Item,
    Outcome,
    Rated,
    Session,
    Survived,
    Withdrawn,
    Withheld,
    hashed,
    receipt_of,
)
from foundry_git.evidence.journal import Journal
from foundry_git.evidence.notes import ReceiptNote
from foundry_git.sessions.analysis import analyse, render
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo
from tests.sessions.transcripts import Transcript, todos

AT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
SECRET = "hunter2-but-longer"


def item(letter: str, rank: int = 1) -> Item:
    return Item(id=f"python/pattern-{letter}", version=1, digest=letter * 64, rank=rank, score=900, propensity=1000)


SHOWN = Injected(at=AT, nonce="0" * 16, items=(item("a"), item("b", 2)))
NOTED = Injected(at=AT, nonce="1" * 16, items=(item("c"),))
RECEIPT = receipt_of(SHOWN)


@pytest.fixture
def place(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> GitRepo:
    for date in ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
        monkeypatch.setenv(date, (AT - timedelta(days=30)).isoformat())
    repo.commit({"foundry.yaml": "library_id: 0b6ed1a5-7c1f-4f0e-8a53-2f2a6c1f9d77\n", ".gitignore": "/index/\n"})
    return repo


@pytest.fixture
def library(place: GitRepo) -> Iterator[PatternLibrary]:
    with PatternLibrary(place.path) as opened:
        yield opened


def told(*states: str, name: str = "one") -> Transcript:
    """A session with two receipts in it, and tasks of these states."""
    transcript = Transcript(name).user(
        f"{SECRET}: go\n<!-- foundry receipt {RECEIPT} -->\n<!-- foundry receipt r-ffffffffffff -->"
    )
    return transcript.answer("m1", tools={"t1": todos(*states)}).answer("m2").answer("m3")


def adopt(library: PatternLibrary, digest: str = "a" * 64) -> None:
    """The first pattern of the receipt stands in a commit, whose checks pass."""
    commit = "c" * 40
    adopted = Adopted(at=AT, digest=digest, source="commit", receipt=RECEIPT, commit=commit)
    outcome = Outcome(at=AT, subject=digest, result="pass", source="ci", run=commit)
    library.workspace.ledger.record(SHOWN, adopted, outcome)


def events(library: PatternLibrary, kind: type[Event]) -> list[Event]:
    read = Journal(library.workspace.state).read()[0]
    return sorted((event for event in read.values() if isinstance(event, kind)), key=lambda event: str(getattr(event, "at", "")))


def journal(library: PatternLibrary) -> bytes:
    return (library.workspace.state / "journal.jsonl").read_bytes()


def test_a_session_is_joined_to_its_receipts_by_text_and_by_name(library: PatternLibrary, tmp_path: Path) -> None:
    adopt(library)
    ledger = library.workspace.ledger
    ledger.record(NOTED)
    ledger.notes.append(ReceiptNote(receipt=receipt_of(NOTED), task="t", session="one"))
    ledger.notes.append(ReceiptNote(receipt=receipt_of(NOTED), task="t", session="one"))

    (metrics,) = analyse(library.workspace, [told("completed").write(tmp_path)]).sessions

    uses = {use.id: use for use in metrics.patterns.uses}
    assert uses.keys() == {"python/pattern-a", "python/pattern-b", "python/pattern-c"}
    assert (uses["python/pattern-a"].adopted, uses["python/pattern-a"].result) == (True, "pass")
    assert (uses["python/pattern-b"].adopted, uses["python/pattern-b"].result) == (False, "")
    assert metrics.patterns.unknown == ("r-ffffffffffff",)
    assert metrics.patterns.effectiveness == 100.0


def test_only_what_was_adopted_is_rated_and_nothing_twice(library: PatternLibrary, tmp_path: Path) -> None:
    adopt(library)
    library.workspace.ledger.record(NOTED)
    path = told("completed", "completed", "completed", "pending").write(tmp_path)

    analyse(library.workspace, [path])
    before = journal(library)
    analyse(library.workspace, [path])

    assert journal(library) == before
    (rated,) = events(library, Rated)
    assert isinstance(rated, Rated)
    assert (rated.subject, rated.rating, rated.session) == (RECEIPT, 4, hashed("one"))
    scores = library.workspace.scores()
    assert [scores[letter * 64].ratings for letter in "ab"] == [1, 0]
    assert scores["a" * 64].adopted == 1, "the session's word is about the same use"


def test_a_session_that_grew_is_replaced(library: PatternLibrary, tmp_path: Path) -> None:
    adopt(library)
    session = told("completed", "pending")
    analyse(library.workspace, [session.write(tmp_path)])
    session.answer("m9", tools={"t9": todos("completed", "completed")})
    analyse(library.workspace, [session.write(tmp_path)])
    before = journal(library)
    analyse(library.workspace, [session.write(tmp_path)])

    assert journal(library) == before
    first, last = events(library, Session)
    assert isinstance(first, Session) and isinstance(last, Session)
    assert (first.completed, last.completed) == (1, 2)
    assert first.at < last.at
    assert [event.rating for event in events(library, Rated) if isinstance(event, Rated)] == [3, 5]
    assert library.workspace.scores()["a" * 64].mean_rating == 5.0


def test_another_reading_of_the_same_moment_replaces_the_first_and_stays(library: PatternLibrary, tmp_path: Path) -> None:
    folder = tmp_path / "built"
    folder.mkdir()
    progress = {"completed": ["a"], "remaining": ["b"], "finished": "2026-11-20T12:00:00Z"}
    for completed in (["a"], ["a", "b"], ["a", "b"], ["a"], ["a"]):
        (folder / "progress.json").write_text(json.dumps(progress | {"completed": completed}), encoding="utf-8")
        analyse(library.workspace, [folder])

    assert [event.completed for event in events(library, Session) if isinstance(event, Session)] == [1, 2, 1]
    assert library.workspace.ledger.sessions()[hashed("built")].completed == 1


def test_a_rating_that_was_withdrawn_is_not_given_again(library: PatternLibrary, tmp_path: Path) -> None:
    adopt(library)
    path = told("completed").write(tmp_path)
    analyse(library.workspace, [path])
    (rated,) = [name for name, event in Journal(library.workspace.state).read()[0].items() if isinstance(event, Rated)]
    library.workspace.ledger.record(Withdrawn(at=AT, nonce="2" * 16, event=rated))
    before = journal(library)

    analyse(library.workspace, [path])

    assert journal(library) == before
    assert library.workspace.scores()["a" * 64].ratings == 0


def test_a_log_of_absurd_numbers_is_recorded_as_far_as_an_event_goes(library: PatternLibrary, tmp_path: Path) -> None:
    usage = dict.fromkeys(("input_tokens", "output_tokens", "cache_read_input_tokens"), 10**12)
    transcript = Transcript("one")
    for number in range(4000):
        transcript.answer(f"m{number}", usage=usage, model="claude-opus-4-1")

    analyse(library.workspace, [transcript.write(tmp_path)])

    (event,) = events(library, Session)
    assert isinstance(event, Session)
    assert (event.tokens, event.microdollars) == (2**53, 2**53)


def test_what_was_withdrawn_is_not_adopted(library: PatternLibrary, tmp_path: Path) -> None:
    adopt(library)
    (adopted,) = [name for name, event in Journal(library.workspace.state).read()[0].items() if isinstance(event, Adopted)]
    library.workspace.ledger.record(Withdrawn(at=AT, nonce="2" * 16, event=adopted))

    (metrics,) = analyse(library.workspace, [told("completed").write(tmp_path)]).sessions

    assert (metrics.patterns.adopted, events(library, Rated)) == ((), [])


def test_a_version_with_enough_evidence_has_its_score_over_time(library: PatternLibrary, tmp_path: Path) -> None:
    adopt(library)
    outcomes = [Outcome(at=AT, subject="a" * 64, result="pass", source="ci", run=f"{number}" * 40) for number in range(4)]
    library.workspace.ledger.record(*outcomes)

    report = analyse(library.workspace, [told("completed").write(tmp_path)])

    (trend,) = report.learned.trends
    assert trend.label == "python/pattern-a@1"
    moments = [at for at, *_ in trend.points]
    assert moments == sorted(moments) and len(moments) == 24
    assert all(0.0 < low < mean < high < 1.0 for _, mean, low, high in trend.points)
    assert ">Score over time</title>" in render(report, "html")


def test_how_long_adopted_lines_live_is_drawn_from_the_evidence(library: PatternLibrary, tmp_path: Path) -> None:
    lived = [
        Survived(at=AT, digest=letter * 64, commit="c" * 40, days=days, lines=10, left=left)
        for letter, days, left in (("a", 7, 9), ("a", 30, 6), ("b", 7, 10))
    ]
    library.workspace.ledger.record(*lived)

    report = analyse(library.workspace, [told("completed").write(tmp_path)])

    survival = report.learned.survival
    assert survival is not None
    assert (survival.adoptions, survival.lines, survival.lost_sight) == (2, 20, (7.0, 30.0))
    assert [(days, round(rate, 3)) for days, rate, _, _ in survival.steps] == [(0.0, 1.0), (7.0, 0.95), (30.0, 0.633)]
    assert ">How long adopted lines live</title>" in render(report, "html")
    assert "63 % are expected to be there after 30 days" in render(report, "markdown")


def test_what_a_lot_decided_is_shown_as_lift(library: PatternLibrary, tmp_path: Path) -> None:
    shown = [
        Injected(at=AT, nonce=f"{number:016x}", items=(replace(item("a"), score=number, propensity=500),)) for number in range(40)
    ]
    held = [
        Withheld(at=AT, nonce=f"{number:016x}", items=(replace(item("a"), score=number, propensity=500),))
        for number in range(40, 80)
    ]
    runs = (f"{number:040x}" for number in range(80))
    outcomes = [Outcome(at=AT, subject=receipt_of(event), result="pass", source="ci", run=next(runs)) for event in shown]
    outcomes += [Outcome(at=AT, subject=receipt_of(event), result="fail", source="ci", run=next(runs)) for event in held]
    library.workspace.ledger.record(*shown, *held, *outcomes)
    transcript = Transcript("one").user(f"<!-- foundry receipt {receipt_of(shown[0])} -->").answer("m1")

    report = analyse(library.workspace, [transcript.write(tmp_path)])

    (lift,) = report.learned.lifts
    assert (lift.label, lift.verdict) == ("python/pattern-a@1 against none", "better with it")
    assert 0.0 < lift.low < lift.mid <= lift.high <= 1.0
    assert "better with it" in render(report, "markdown")
    held_back = Transcript("two").answer("m1")
    library.workspace.ledger.notes.append(ReceiptNote(receipt=receipt_of(held[0]), task="t", session="two"))
    (metrics,) = analyse(library.workspace, [held_back.write(tmp_path)]).sessions
    assert metrics.patterns.withheld == (receipt_of(held[0]),)


def test_a_session_without_tasks_rates_nothing(library: PatternLibrary, tmp_path: Path) -> None:
    adopt(library)
    transcript = Transcript("one").user(f"<!-- foundry receipt {RECEIPT} -->").answer("m1")

    (metrics,) = analyse(library.workspace, [transcript.write(tmp_path)]).sessions

    assert events(library, Rated) == []
    (event,) = events(library, Session)
    assert isinstance(event, Session)
    assert (event.tasks, event.completed, event.tokens) == (None, None, metrics.tokens.total)
    assert library.workspace.own is not None and metrics.project == library.workspace.own.name
    assert event.project == hashed(metrics.project)


def test_nothing_private_of_a_session_is_recorded_or_reported(library: PatternLibrary, tmp_path: Path) -> None:
    adopt(library)
    facts = SessionAnalyzer(library).analyze(told("completed").write(tmp_path), "html")

    assert SECRET not in Path(facts["report"]).read_text(encoding="utf-8") + json.dumps(facts)
    content = journal(library).decode()
    assert SECRET not in content and '"one"' not in content and "task 0" not in content


def test_the_analyzer_returns_the_seven_groups_and_writes_the_report(
    library: PatternLibrary, place: GitRepo, tmp_path: Path
) -> None:
    adopt(library)

    facts = SessionAnalyzer(library).analyze(told("completed", "completed", "pending").write(tmp_path))

    assert facts.keys() >= {"completion", "context", "tests", "time", "tokens", "cost", "patterns"}
    assert facts["completion"] == pytest.approx(66.67)
    assert (f"{facts['tests']:.1f}%", bool(facts["tests"]), facts["patterns"]["used"]) == ("n/a%", False, 1)
    report = place.path / "checkpoints/sessions/one_analysis.md"
    assert Path(facts["report"]) == report.resolve()
    assert report.read_text(encoding="utf-8").startswith("# Session Analysis: one\n")
    with pytest.raises(UsageError, match="is none of markdown, html, json"):
        SessionAnalyzer(library).analyze(tmp_path, "pdf")
    with pytest.raises(SessionError, match="no such file, session folder or session"):
        SessionAnalyzer(library, tmp_path).analyze("none-such")
    assert SessionAnalyzer(library, tmp_path).analyze("one", "json", tmp_path)["report"] == str(tmp_path / "one_analysis.json")


def test_a_suite_that_could_not_be_loaded_counts_as_a_failure(library: PatternLibrary, tmp_path: Path) -> None:
    folder = tmp_path / "built"
    (folder / "reports").mkdir(parents=True)
    (folder / "progress.json").write_text('{"completed": ["a"], "remaining": []}', encoding="utf-8")
    text = '<testsuites><testsuite><testcase name="a"/></testsuite><testsuite errors="1" tests="0"/></testsuites>'
    (folder / "reports/junit.xml").write_text(text, encoding="utf-8")

    (metrics,) = analyse(library.workspace, [folder]).sessions

    assert (metrics.tests.passed, metrics.tests.failed) == (1, 1)


def test_a_folders_test_reports_are_read_and_a_broken_one_is_named(library: PatternLibrary, tmp_path: Path) -> None:
    folder = tmp_path / "built"
    (folder / "reports").mkdir(parents=True)
    (folder / "progress.json").write_text('{"completed": ["a"], "remaining": []}', encoding="utf-8")
    (folder / "reports/junit.xml").write_text(
        '<testsuite><testcase name="a"/><testcase name="b"><failure/></testcase><testcase name="c"><skipped/></testcase></testsuite>',
        encoding="utf-8",
    )
    (folder / "reports/coverage.json").write_text(
        json.dumps({"files": {"a.py": {"executed_lines": [1, 2, 3], "missing_lines": [4]}}}), encoding="utf-8"
    )
    (folder / "reports/lcov.info").write_text("SF:a.py\nDA:4,1\nDA:5,0\nend_of_record\n", encoding="utf-8")
    (folder / "coverage.xml").write_text("<html/>", encoding="utf-8")
    (folder / "reports/old-junit.xml").write_text("<html/>", encoding="utf-8")

    (metrics,) = analyse(library.workspace, [folder]).sessions

    assert (metrics.tests.passed, metrics.tests.failed, metrics.tests.coverage) == (1, 1, 80.0)
    assert len(metrics.problems) == 2
    assert "old-junit.xml" in metrics.problems[0] and "coverage.xml" in metrics.problems[1]


# the command


def test_the_command_finds_compares_and_writes(place: GitRepo, foundry: CommandLine, home: Path) -> None:
    import re

    folder = home / ".claude/projects" / re.sub(r"[^A-Za-z0-9]", "-", str(place.path.resolve()))
    first, second = told("completed", "pending", name="aaaa-1"), told("completed", "completed", name="bbbb-2")
    second.answer("m9")
    first.write(folder)
    second.write(folder)

    one = foundry("agent", "analyze", "aaaa")
    both = foundry("agent", "analyze", "--all", "--format", "html")
    compared = foundry("agent", "analyze", "--compare", "aaaa-1", "bbbb-2", "--json")
    shown = foundry("agent", "analyze", "--output", "-")

    assert (one.returncode, both.returncode, compared.returncode, shown.returncode) == (0, 0, 0, 0), one.stderr + both.stderr
    assert "completion   50.0 % (1 of 2 tasks)" in one.stdout
    assert "checkpoints/sessions/aaaa-1_analysis.md" in one.stderr
    assert "2 sessions, 204,440 tokens, each message once" in both.stdout
    assert (place.path / "checkpoints/sessions/all-sessions_analysis.html").is_file()
    deltas = {delta["name"]: delta for delta in json.loads(compared.stdout)["deltas"]}
    assert (deltas["completion"]["change"], deltas["completion"]["better"]) == (50.0, True)
    assert shown.stdout.startswith("# Session Analysis: bbbb-2\n")
    assert len(list((place.path / "checkpoints/sessions").iterdir())) == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("none-such",), "no such file, session folder or session in"),
        ((), "no session there; name one"),
        (("x", "--all"), "exclude each other"),
        (("--recent", "0"), "--recent 0: must be at least 1"),
        (("foundry.yaml",), "foundry.yaml: holds no line of a transcript"),
    ],
)
def test_what_cannot_be_analysed_is_said(place: GitRepo, foundry: CommandLine, arguments: tuple[str, ...], said: str) -> None:
    done = foundry("agent", "analyze", *arguments)

    assert (done.returncode, said in done.stderr, done.stdout) == (2, True, ""), done.stderr
