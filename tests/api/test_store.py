"""The pattern store: names, contents, sightings, applications, retirement; and that nothing is swallowed."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from foundry_git import PatternLibrary, PatternProvenance, PatternStore
from foundry_git.errors import LibraryError, SecretFoundError, UnknownPatternError, UsageError
from foundry_git.evidence.events import Outcome
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo

TYPE, NAME = "validation_failure", "File not created"
ID = "any/validation-failure-file-not-created"
MEANING = "The step said that it wrote a file, and there is none."
ACTION = "Look for it before you go on."


@pytest.fixture
def place(repo: GitRepo) -> GitRepo:
    repo.write(
        {".foundry/foundry.yaml": "library_id: 0b6ed1a5-7c1f-4f0e-8a53-2f2a6c1f9d77\n", ".foundry/.gitignore": "/index/\n"}
    )
    repo.commit({"readme": "x"})
    return repo


@pytest.fixture
def library(place: GitRepo) -> Iterator[PatternLibrary]:
    with PatternLibrary(place.path) as opened:
        yield opened


@pytest.fixture
def store(library: PatternLibrary) -> PatternStore:
    return PatternStore(library)


def accepted(place: GitRepo, library: PatternLibrary, id: str = ID) -> None:
    from foundry_git.inbox.acceptance import accept

    accept(library.workspace, [id])
    place.git("add", "-A")
    place.git("commit", "-qm", "accept")


def test_a_new_pattern_waits_for_review_with_neutral_numbers(store: PatternStore) -> None:
    id = store.record_pattern(
        TYPE, NAME, context_tags=["files"], provenance=PatternProvenance("ab12", 3), description=MEANING, suggested_action=ACTION
    )

    assert (id, id.resolution) == (ID, "created")
    found = store.get_pattern_by_id(id)
    assert found is not None
    assert (found.pattern_type, found.pattern_name, found.description) == (TYPE, NAME, MEANING)
    assert (found.context_tags, found.suggested_action) == (("files",), ACTION)
    assert (found.accepted, found.active, found.occurrence_count) == (False, True, 1)
    assert (found.effectiveness_score, found.trust_score, found.quarantine_status) == (0.5, 0.5, "pending")
    assert store.get_pattern_provenance(id) == PatternProvenance("ab12", 3)
    assert store.get_patterns() == [] or all(one.accepted for one in store.get_patterns())


def test_the_same_name_in_other_letters_is_a_sighting_and_each_place_counts_once(store: PatternStore) -> None:
    store.record_pattern(TYPE, NAME, provenance=PatternProvenance("ab12", 3), description=MEANING, suggested_action=ACTION)
    again = store.record_pattern(TYPE, "  file NOT\n created ", provenance=PatternProvenance("ab12", 3))
    other = store.record_pattern(TYPE, NAME, provenance=PatternProvenance("ab12", 4))
    unplaced = store.record_pattern(TYPE, NAME)

    assert {again, other, unplaced} == {ID}
    assert {again.resolution, other.resolution, unplaced.resolution} == {"sighted"}
    found = store.get_pattern_by_id(ID)
    assert found is not None
    assert found.occurrence_count == 3
    assert (found.pattern_name, found.description) == (NAME, MEANING), "what is not told anew stays"


def test_a_candidates_text_is_replaced_by_a_newer_one_and_tags_only_when_told(store: PatternStore) -> None:
    store.record_pattern(TYPE, NAME, context_tags=["files"], description=MEANING, suggested_action=ACTION)
    store.record_pattern(TYPE, NAME, description="It says so, and there is none.")

    found = store.get_pattern_by_id(ID)
    assert found is not None
    assert found.description == "It says so, and there is none."
    assert (found.context_tags, found.suggested_action) == (("files",), ACTION)
    assert found.occurrence_count == 2


def test_the_same_content_under_another_name_is_merged_and_another_type_is_not(store: PatternStore) -> None:
    first = store.record_pattern(TYPE, NAME, description=MEANING, suggested_action=ACTION)
    merged = store.record_pattern(TYPE, "Output missing", description=MEANING.upper(), suggested_action=f" {ACTION}")
    other = store.record_pattern("timeout", NAME, description=MEANING, suggested_action=ACTION)

    assert (merged, merged.resolution) == (first, "merged")
    assert (other, other.resolution) == ("any/timeout-file-not-created", "created")
    found = store.get_pattern_by_id(first)
    assert found is not None and found.occurrence_count == 2


def test_a_colon_cannot_make_two_patterns_one(store: PatternStore) -> None:
    assert store.record_pattern("a:b", "c") != store.record_pattern("a", "b:c")


def test_reviewed_text_is_never_changed(store: PatternStore, place: GitRepo, library: PatternLibrary) -> None:
    store.record_pattern(TYPE, NAME, description=MEANING, suggested_action=ACTION)
    accepted(place, library)

    again = store.record_pattern(TYPE, NAME, description="Something else altogether.", context_tags=["files"])

    assert (again, again.resolution) == (ID, "sighted")
    found = store.get_pattern_by_id(ID)
    assert found is not None
    assert (found.accepted, found.description, found.context_tags) == (True, MEANING, ())
    assert found.occurrence_count == 2
    assert ID in [one.id for one in store.get_patterns(pattern_type=TYPE)]
    assert place.git("status", "--porcelain") == ""


def test_what_was_retired_is_not_revived_and_its_sighting_is_told(
    store: PatternStore, place: GitRepo, library: PatternLibrary, caplog: pytest.LogCaptureFixture
) -> None:
    store.record_pattern(TYPE, NAME, description=MEANING, suggested_action=ACTION)
    accepted(place, library)
    known = store.get_pattern_by_id(ID)
    assert known is not None
    store.record_pattern_application(ID, "run-1", True)
    store.soft_delete_pattern(ID)
    caplog.set_level(logging.INFO, "foundry_git.store")
    caplog.clear()

    again = store.record_pattern(TYPE, NAME, description=MEANING, suggested_action=ACTION)
    twin = store.record_pattern(TYPE, "Another name", description=MEANING, suggested_action=ACTION)

    assert (again, again.resolution, twin.resolution) == (ID, "retired", "retired")
    assert store.get_pattern_by_id(ID) is None
    assert not (place.path / ".foundry/patterns" / ID).exists()
    assert place.git("show", f"HEAD:.foundry/patterns/{ID}/v1/pattern.yaml"), "history stays"
    assert [event for event in library.workspace.ledger.history(known.digest) if isinstance(event, Outcome)], "evidence stays"
    assert json.loads(caplog.messages[0]) == {"event": "pattern_retired", "pattern": ID, "pattern_type": TYPE}


def test_a_pattern_deleted_by_hand_comes_back_for_review_with_a_remark(
    store: PatternStore, place: GitRepo, library: PatternLibrary
) -> None:
    store.record_pattern(TYPE, NAME, description=MEANING, suggested_action=ACTION)
    accepted(place, library)
    place.git("rm", "-qr", f".foundry/patterns/{ID}")
    place.git("commit", "-qm", "no more")
    library.workspace.candidates.update([], library.workspace.candidates.read())

    again = store.record_pattern(TYPE, NAME, description=MEANING, suggested_action=ACTION)

    assert again.resolution == "created"
    (candidate,) = library.workspace.candidates.read()
    assert candidate.reasons[1].startswith("was in the library until ")


def test_retiring_a_candidate_refuses_it_and_uncommitted_files_are_kept(
    store: PatternStore, place: GitRepo, library: PatternLibrary
) -> None:
    from foundry_git.inbox.acceptance import accept

    store.record_pattern(TYPE, NAME, description=MEANING, suggested_action=ACTION)
    store.record_pattern("timeout", "Too slow")
    assert store.soft_delete_pattern("any/timeout-too-slow") is True
    accept(library.workspace, [ID])

    with pytest.raises(LibraryError, match="not committed"):
        store.soft_delete_pattern(ID)
    assert store.soft_delete_pattern("any/timeout-too-slow") is False, "nothing is there any more"
    with pytest.raises(LibraryError, match="not in your own library"):
        store.soft_delete_pattern("python/retry-with-backoff")
    assert (place.path / ".foundry/patterns" / ID / "v1/pattern.yaml").is_file()


def test_an_application_is_kept_whole_and_moves_the_score(store: PatternStore, library: PatternLibrary) -> None:
    store.record_pattern(TYPE, NAME, description=MEANING, suggested_action=ACTION)

    id = store.record_pattern_application(ID, "run-1", True, 2, 1, "exploration", True, 0.75)
    store.record_pattern_application(ID, "run-2", False, validation_passed=False)

    found = store.get_pattern_by_id(ID)
    assert found is not None
    assert (found.led_to_success_count, found.led_to_failure_count) == (1, 1)
    (event,) = [
        event
        for event in library.workspace.ledger.history(found.digest)
        if isinstance(event, Outcome) and event.mode == "exploration"
    ]
    assert (event.result, event.retries_before, event.retries_after, event.validated, event.grounding) == (
        "pass",
        2,
        1,
        "pass",
        750,
    )
    assert len(id) == 64
    before = store.update_pattern_effectiveness(ID)
    store.record_pattern_application(ID, "run-3", True)
    after = store.update_pattern_effectiveness(ID)
    assert before is not None and after is not None and after > before
    assert store.update_pattern_effectiveness("any/no-such-thing") is None


def test_of_several_words_on_one_execution_the_latest_counts(store: PatternStore) -> None:
    store.record_pattern(TYPE, NAME, description=MEANING, suggested_action=ACTION)
    for success in (True, False):
        store.record_pattern_application(ID, "run-1", success)

    found = store.get_pattern_by_id(ID)
    assert found is not None
    assert (found.led_to_success_count, found.led_to_failure_count) == (0, 1)


def test_an_application_of_something_unknown_or_out_of_bounds_is_an_error(store: PatternStore) -> None:
    store.record_pattern(TYPE, NAME, description=MEANING, suggested_action=ACTION)

    with pytest.raises(UnknownPatternError):
        store.record_pattern_application("any/no-such-thing", "run-1", True)
    for wrong in ({"grounding_confidence": 1.5}, {"retry_count_before": -1}, {"application_mode": "guessing"}):
        with pytest.raises(UsageError):
            store.record_pattern_application(ID, "run-1", True, **wrong)
    found = store.get_pattern_by_id(ID)
    assert found is not None
    assert found.led_to_success_count == 0


def test_a_failed_write_is_raised_and_nothing_is_said_to_be_recorded(store: PatternStore, library: PatternLibrary) -> None:
    store.record_pattern(TYPE, NAME, description=MEANING, suggested_action=ACTION)
    journal = library.workspace.state / "journal.jsonl"
    content = journal.read_bytes()
    journal.unlink()
    journal.mkdir()

    with pytest.raises(OSError):
        store.record_pattern_application(ID, "run-1", True)

    journal.rmdir()
    journal.write_bytes(content)


def test_a_batch_is_written_at_its_end_and_not_after_an_error(store: PatternStore, library: PatternLibrary) -> None:
    journal: Path = library.workspace.state / "journal.jsonl"
    with store.batch_connection() as batch:
        for number in range(5):
            id = batch.record_pattern(TYPE, f"Failure {number}")
            batch.record_pattern_application(id, f"run-{number}", True)
        assert batch.record_pattern(TYPE, "failure 0").resolution == "sighted"
        assert not journal.exists()
    assert len(journal.read_bytes().splitlines()) == 11
    assert len(library.workspace.candidates.read()) == 5

    with pytest.raises(RuntimeError), store.batch_connection():
        store.record_pattern(TYPE, "Never")
        raise RuntimeError
    assert store.get_pattern_by_id("any/validation-failure-never") is None
    assert len(journal.read_bytes().splitlines()) == 11


def test_what_programs_tell_is_held_to_the_budget_of_the_week(store: PatternStore, library: PatternLibrary) -> None:
    with store.batch_connection():
        for number in range(8):
            store.record_pattern(TYPE, f"Failure {number}")

    assert sum(not candidate.held for candidate in library.workspace.candidates.read()) == 5


def test_names_tags_and_secrets_are_checked(store: PatternStore) -> None:
    for wrong in (("", NAME), (TYPE, " …  ")):
        with pytest.raises(UsageError, match="no letter or digit"):
            store.record_pattern(*wrong)
    for tags, said in ((["files", "…"], "is no word"), ("files", "is no list")):
        with pytest.raises(UsageError, match=f"context_tags .*{said}"):
            store.record_pattern(TYPE, NAME, context_tags=tags)
    with pytest.raises(SecretFoundError):
        store.record_pattern(TYPE, NAME, description="Use ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8")
    assert store.get_pattern_by_id(ID) is None


def test_tags_may_be_any_words_and_are_found_as_they_were_told(store: PatternStore) -> None:
    store.record_pattern(TYPE, NAME, context_tags=["Sheet:1", "files", "sheet-1"])

    found = store.get_pattern_by_id(ID)
    assert found is not None and found.context_tags == ("sheet-1", "files")
    for asked in ("sheet:1", "Sheet-1", "files"):
        assert [one.id for one in store.get_patterns(context_tags=[asked], include_candidates=True)].count(ID) == 1


def test_what_a_batch_tells_and_retires_is_written_and_logged_at_its_end_only(
    store: PatternStore, library: PatternLibrary, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "foundry_git.store")
    caplog.clear()
    store.record_pattern("timeout", "Too slow")
    with pytest.raises(RuntimeError), store.batch_connection():
        store.soft_delete_pattern("any/timeout-too-slow")
        raise RuntimeError
    assert [json.loads(line)["event"] for line in caplog.messages] == ["pattern_created"]
    assert store.get_pattern_by_id("any/timeout-too-slow") is not None, "nothing was kept of what failed"

    with store.batch_connection():
        store.record_pattern(TYPE, NAME)
        assert (store.soft_delete_pattern(ID), store.soft_delete_pattern(ID)) == (True, False)
        assert store.record_pattern(TYPE, NAME).resolution == "retired"
        assert len(caplog.messages) == 1

    assert store.get_pattern_by_id(ID) is None
    said = [json.loads(line)["event"] for line in caplog.messages[1:]]
    assert said == ["pattern_created", "pattern_retired", "pattern_retired"]


def test_the_deprecated_parameters_still_work(store: PatternStore) -> None:
    with pytest.warns(DeprecationWarning, match="pass provenance"):
        store.record_pattern(TYPE, NAME, provenance_job_hash="ab12", provenance_sheet_num=7, instrument_name="claude-cli")

    assert store.get_pattern_provenance(ID) == PatternProvenance("ab12", 7)
    assert store.get_pattern_provenance("any/none-such") is None
    found = store.get_patterns(instrument_name="claude-cli", pattern_type=TYPE, include_candidates=True)
    assert [one.id for one in found] == [ID]
    assert store.get_patterns(instrument_name="other", pattern_type=TYPE, include_candidates=True) == []


def test_patterns_are_filtered_by_tags_and_numbers(store: PatternStore) -> None:
    store.record_pattern(TYPE, NAME, context_tags=["files"], description=MEANING, suggested_action=ACTION)
    store.record_pattern(TYPE, "Another", context_tags=["http", "time"])

    ids = [one.id for one in store.get_patterns(context_tags=["time", "sql"], pattern_type=TYPE, include_candidates=True)]
    assert ids == ["any/validation-failure-another"]
    assert len(store.get_patterns(limit=3, include_candidates=True)) == 3
    assert store.recalculate_all_pattern_priorities() == 0


def test_what_happened_is_logged_as_json(store: PatternStore, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "foundry_git.store")
    caplog.clear()
    store.record_pattern(TYPE, NAME, description=MEANING, suggested_action=ACTION)
    store.record_pattern(TYPE, NAME)
    store.record_pattern(TYPE, "Other name", description=MEANING, suggested_action=ACTION)
    store.record_pattern_application(ID, "r", True)
    store.update_pattern_effectiveness(ID)

    said = [json.loads(line)["event"] for line in caplog.messages]
    assert said == ["pattern_created", "pattern_sighted", "pattern_merged", "pattern_applied", "pattern_updated"]


def test_a_decision_needs_a_known_pattern_and_a_known_reason(store: PatternStore, library: PatternLibrary) -> None:
    store.quarantine_pattern("python/retry-with-backoff", "unsafe")

    with pytest.raises(UsageError, match="is none of"):
        store.validate_pattern("python/retry-with-backoff", "because")
    with pytest.raises(UnknownPatternError):
        store.validate_pattern("any/no-such-thing")
    assert library.workspace.ledger.last("decided") is not None


def test_a_persons_word_wins_and_the_quarantined_are_shown_only_when_asked_for(store: PatternStore) -> None:
    id = "python/retry-with-backoff"
    store.quarantine_pattern(id, "unsafe")

    assert id not in [one.id for one in store.get_patterns(limit=1000)]
    assert [one.id for one in store.get_quarantined_patterns()] == [id]
    assert id in [one.id for one in store.get_patterns(limit=1000, exclude_quarantined=False)]
    store.validate_pattern(id)
    found = store.get_pattern_by_id(id)
    assert found is not None and found.quarantine_status == "validated"


def test_trust_comes_from_use_and_not_from_being_new(store: PatternStore) -> None:
    good, bad = "python/retry-with-backoff", "python/slugify-text"
    with store.batch_connection():
        for run in range(16):
            store.record_pattern_application(good, f"good-{run}", True)
            store.record_pattern_application(bad, f"bad-{run}", False)

    assert [one.id for one in store.get_high_trust_patterns()] == [good]
    assert [one.id for one in store.get_low_trust_patterns()] == [bad]
    first = store.get_patterns(limit=1)
    assert [one.id for one in first] == [good]
    assert 0.0 < first[0].variance < 1.0 / 12.0
    assert bad not in [one.id for one in store.get_patterns(limit=1000)], "its evidence put it into quarantine"


def test_the_store_is_the_same_over_the_command_line(store: PatternStore, foundry: CommandLine) -> None:
    store.record_pattern(TYPE, NAME, description=MEANING, suggested_action=ACTION)

    assert ID in foundry("candidates").stdout
    assert MEANING in foundry("show", ID).stdout
