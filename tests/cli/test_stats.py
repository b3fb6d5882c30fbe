"""``foundry stats``: states, what waits for a person, and what was taken back."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from foundry_git.evidence.events import Adopted, Decided, Event, Injected, Item, Outcome, event_id, new_nonce, receipt_of
from foundry_git.evidence.scoring import UNDECIDED_USES
from foundry_git.upkeep.findings import WorkerStanding
from foundry_git.upkeep.health import examine
from foundry_git.upkeep.loop import ENOUGH_INJECTIONS, ENOUGH_PROMPTS
from foundry_git.upkeep.reach import reaches
from foundry_git.workspace import Workspace
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo

PATTERN = "python/retry-with-backoff"
NOW = datetime.now(UTC)
PAST = NOW - timedelta(days=30)
OWN = """\
def halve(number: int) -> int:
    \"\"\"Halve a number.\"\"\"
    return number // 2
"""
MANIFEST = """\
schema: 1
name: halve
kind: function
description: Halve a number.
language: python
code: halve.py
"""


@pytest.fixture(autouse=True)
def first_commit_of_long_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    for date in ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
        monkeypatch.setenv(date, (PAST - timedelta(days=300)).isoformat())


def recorded(repo: GitRepo, events: Iterable[Event]) -> None:
    workspace = Workspace.open(repo.path)
    workspace.ledger.record(*events)
    workspace.close()


def digest_of(repo: GitRepo, reference: str) -> str:
    workspace = Workspace.open(repo.path)
    workspace.patterns.converge()
    found = workspace.patterns.pattern_of(reference).digest
    workspace.close()
    return found


def judged(digest: str, results: str) -> list[Event]:
    return [
        Outcome(
            at=PAST + timedelta(hours=number),
            subject=digest,
            result="pass" if result == "+" else "fail",
            source="ci",
            run=f"{number:040x}",
        )
        for number, result in enumerate(results, 1)
    ]


def injected(digest: str, times: int, at: datetime = PAST) -> list[Injected]:
    item = Item(id="python/halve", version=1, digest=digest, rank=1, score=800, propensity=1000)
    return [Injected(at=at, nonce=new_nonce(), items=(item,)) for _ in range(times)]


def test_what_more_uses_will_not_tell_waits_for_a_person(repo: GitRepo, foundry: CommandLine) -> None:
    foundry("init")
    recorded(repo, judged(digest_of(repo, PATTERN), "+-" * UNDECIDED_USES))

    (waiting,) = json.loads(foundry("stats", "--undecided", "--json").stdout)
    assert (waiting["id"], waiting["state"], waiting["judged"]) == (PATTERN, "pending", 2 * UNDECIDED_USES)
    assert "waiting for your decision: 1 pattern" in foundry("stats").stdout

    foundry("evidence", "decide", PATTERN, "validated", "--reason", "reviewed")
    assert json.loads(foundry("stats", "--undecided", "--json").stdout) == []
    shown = json.loads(foundry("stats", PATTERN, "--json").stdout)
    assert (shown["state"], shown["reason"]) == ("validated", "a person decided: reviewed")


def test_evidence_decides_and_says_why(repo: GitRepo, foundry: CommandLine) -> None:
    foundry("init")
    recorded(repo, judged(digest_of(repo, PATTERN), "+" * 20))

    shown = foundry("stats", PATTERN).stdout

    assert "validated since" in shown
    assert "trend" in shown


def test_an_event_that_is_taken_back_counts_no_more_until_it_is_restored(repo: GitRepo, foundry: CommandLine) -> None:
    foundry("init")
    foundry("outcome", PATTERN, "--fail")
    (event,) = [each for each in json.loads(foundry("stats", PATTERN, "--json").stdout)["events"] if each["kind"] == "outcome"]

    done = foundry("evidence", "withdraw", event["event"][:8])

    assert done.stdout.startswith("  taken back: outcome    fail")
    assert json.loads(foundry("stats", PATTERN, "--json").stdout)["failed"] == 0
    assert "· withdrawn" in foundry("stats", PATTERN).stdout
    restore = done.stdout.splitlines()[-1].partition("foundry ")[2].split()
    assert foundry(*restore).returncode == 0
    assert json.loads(foundry("stats", PATTERN, "--json").stdout)["failed"] == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("evidence", "withdraw", "abcdef012345"), "no such event; see `foundry stats ID`, which shows the events of a pattern"),
        (("stats", PATTERN, "--week"), "ask for one at a time"),
        (("stats", "--week", "--undecided"), "ask for one at a time"),
    ],
)
def test_what_cannot_be_done_is_said(foundry: CommandLine, arguments: tuple[str, ...], said: str) -> None:
    done = foundry(*arguments)

    assert (done.returncode, said in done.stderr) == (2, True)


def library_of_one(repo: GitRepo) -> str:
    folder = "patterns/python/halve/v1"
    repo.write({"foundry.yaml": "library_id: 6f6d3c5e-2b0c-4c8e-9b1e-3f5f6a2d7c10\n"})
    repo.commit({f"{folder}/halve.py": OWN, f"{folder}/pattern.yaml": MANIFEST})
    return digest_of(repo, "python/halve")


def test_how_far_a_pattern_came_is_read_from_the_evidence(repo: GitRepo) -> None:
    digest = library_of_one(repo)
    old, new = injected(digest, 3), injected(digest, 2, NOW)
    used = [
        Adopted(at=PAST, digest=digest, source="commit", commit=f"{number:040x}", receipt=receipt_of(old[number]))
        for number in range(2)
    ]
    verdict = Outcome(at=PAST, subject=digest, result="pass", source="ci", run="9f" * 20, commit=f"{1:040x}")
    recorded(repo, [*old, *new, *used, verdict])

    workspace = Workspace.open(repo.path)
    (reach,) = reaches(workspace.own, workspace.patterns, workspace.ledger, NOW)

    assert (reach.prompts, reach.retrieved, reach.injected, reach.adopted, reach.judged) == (5, 5, 3, 2, 1)
    workspace.close()


def test_it_says_why_nothing_is_judged(repo: GitRepo, foundry: CommandLine) -> None:
    foundry("init")
    repo.commit({"readme": "x"})
    digest = digest_of(repo, PATTERN)

    assert "judged none: no pattern was adopted yet" in foundry("stats").stdout
    recorded(repo, [Adopted(at=PAST, digest=digest, source="commit", commit=repo.head())])
    assert "judged none: no test run spoke of what was adopted; `foundry evidence run -- pytest`" in foundry("stats").stdout
    recorded(repo, judged(digest, "+"))
    assert "judged none" not in foundry("stats").stdout


def test_doctor_is_strict_only_when_asked(repo: GitRepo, foundry: CommandLine) -> None:
    digest = library_of_one(repo)
    foundry("init")
    recorded(repo, injected(digest, max(ENOUGH_INJECTIONS, ENOUGH_PROMPTS)))

    plain, strict = foundry("doctor"), foundry("doctor", "--strict")

    assert (plain.returncode, strict.returncode) == (0, 1), plain.stdout
    assert "1 of 1 injected but never adopted: python/halve" in strict.stdout


def test_a_library_that_nobody_used_yet_is_not_cut(repo: GitRepo, tmp_path: Path) -> None:
    library_of_one(repo)

    workspace = Workspace.open(repo.path)
    found = examine(workspace, WorkerStanding(is_started=True, is_behind=False))

    assert not any(link.is_cut for link in found.links)
    workspace.close()


def test_events_of_wrong_clocks_are_held_apart_and_shown(repo: GitRepo, foundry: CommandLine) -> None:
    digest = library_of_one(repo)
    wrong = [each for year in (1969, 2000, 9999) for each in injected(digest, 1, datetime(year, 1, 2, tzinfo=UTC))]
    recorded(repo, [*wrong, *judged(digest, "+")])

    told = foundry("stats").stdout
    assert f"held apart: 3 events dated before {PAST - timedelta(days=301):%Y-%m-%d} or after" in told
    assert "passed 1" in told and "shown 0" in told
    assert foundry("stats", "halve").stdout.count(" · held apart") == 3
    assert [event["held_apart"] for event in json.loads(foundry("stats", "halve", "--json").stdout)["events"]].count(True) == 3
    assert "events held apart: 3, dated before" in foundry("doctor").stdout

    repo.write({"foundry.yaml": (repo.path / "foundry.yaml").read_text() + "evidence:\n  since: 1999-01-01\n"})
    assert "held apart: 2 events dated before 1998-12-31" in foundry("stats").stdout


def test_two_people_who_decide_unseen_by_each_other_are_shown(repo: GitRepo, foundry: CommandLine) -> None:
    digest = library_of_one(repo)
    both = [
        Decided(at=PAST, nonce=new_nonce(), digest=digest, state="validated", reason="tested", author="a1" * 8),
        Decided(at=PAST, nonce=new_nonce(), digest=digest, state="quarantined", reason="tested", author="b2" * 8),
    ]
    recorded(repo, both)

    told = foundry("stats", "--undecided").stdout
    assert "validated by a1a1a1a1" in told and "quarantined by b2b2b2b2" in told
    assert json.loads(foundry("stats", "--undecided", "--json").stdout)[0]["disputed"] == [
        {"state": each.state, "author": each.author} for each in sorted(both, key=event_id)
    ]
    assert "quarantined" in foundry("stats", "halve").stdout

    assert foundry("evidence", "decide", "halve", "validated", "--reason", "reviewed").returncode == 0
    assert "nothing waits" in foundry("stats", "--undecided").stdout
    assert "validated since" in foundry("stats", "halve").stdout


def test_scores_are_taken_from_the_journal_anew_when_asked(repo: GitRepo, foundry: CommandLine) -> None:
    foundry("init")
    repo.commit({"readme": "x"})
    recorded(repo, judged(digest_of(repo, PATTERN), "pp"))
    usual = foundry("stats", PATTERN, "--json")
    database = next((repo.path / ".foundry/index").glob("stats.db"))
    before = database.stat().st_mtime_ns, database.stat().st_ino

    again = foundry("stats", "--recompute", PATTERN, "--json")

    assert json.loads(again.stdout)["events"] == json.loads(usual.stdout)["events"]
    assert again.stderr == f"computed anew from {len(json.loads(usual.stdout)['events'])} events of the journal\n"
    assert (database.stat().st_mtime_ns, database.stat().st_ino) != before
    assert foundry("stats", "--recompute").stderr == "computed anew from the journal: 1 score\n"
    assert foundry("stats", "--recompute", "--week").returncode == 2
