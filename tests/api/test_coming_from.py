"""The page on what differs from the first plan and from the pattern store: each of its lines is tried."""

from __future__ import annotations

import importlib.util
import json
import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import foundry_git
from foundry_git import PatternExtractor, PatternInjector, PatternLibrary, PatternProvenance, PatternStore, SessionAnalyzer
from foundry_git.api.not_known import NOT_KNOWN
from foundry_git.cli.parser import build_parser
from foundry_git.errors import LibraryError, SecretFoundError, UnknownPatternError, UsageError
from foundry_git.evidence import schema
from foundry_git.evidence.events import Adopted, Injected, Outcome, Rated
from foundry_git.injection.selection import passes
from foundry_git.settings import Settings
from tests import TOP
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo
from tests.sessions.transcripts import Transcript

PAGE = (TOP / "docs/coming-from.md").read_text(encoding="utf-8")
STARTER = "python/retry-with-backoff"
TASK = "retry a call with exponential backoff and jitter"
TOKEN = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
CODE = '''\
def clip(values: list[float], low: float, high: float) -> list[float]:
    """Keep each value between two bounds."""
    if low > high:
        raise ValueError("low must not be above high")
    return [min(max(value, low), high) for value in values]
'''
FACTS = {"description": "Keep each value between two bounds.", "name": "clip"}
SESSION_CODE = {
    "kept.py": "def kept(n: int) -> int:\n    if n > 1:\n        n += 1\n    if n > 2:\n        n += 2\n    return n\n",
    "simple.py": "def simple(n: int) -> int:\n    if n > 1:\n        n += 1\n        n *= 2\n    return n\n",
    "short.py": "def short(n: int) -> int:\n    return 1 if n > 1 and n < 5 else 2\n",
}
TEMPLATE = """- **Completion Rate**: {metrics[completion]:.1f}%
- **Avg Context Usage**: {metrics[context][average]:.1f}%
- **Context Compactions**: {metrics[context][compactions]}
- **Test Coverage**: {metrics[tests]:.1f}%
- **Total Cost**: ${metrics[cost]:.2f}
- Time per task: {metrics[time][avg_per_task]:.1f}m
- Total tokens: {metrics[tokens][total]:,}
- Tokens per task: {metrics[tokens][per_task]:,}
"""
"""The plan's own report, as it formats its numbers."""


@dataclass(slots=True)
class Place:
    """A repository with a library, and what the plan and the store call on it."""

    repo: GitRepo
    library: PatternLibrary
    store: PatternStore
    foundry: CommandLine
    folder: Path

    def applied(self, id: str = STARTER) -> dict[str, Any]:
        found = self.library.apply_pattern(id, TASK)
        assert found is not None
        return found

    def session(self, **progress: object) -> Path:
        folder = self.folder / f"session-{len(list(self.folder.iterdir()))}"
        folder.mkdir()
        (folder / "progress.json").write_text(json.dumps({"completed": ["a"], "remaining": [], **progress}), encoding="utf-8")
        return folder

    def events(self, kind: type[Any], id: str = STARTER) -> list[Any]:
        digest = self.library.workspace.patterns.pattern_of(id).digest
        return [event for event in self.library.workspace.ledger.history(digest) if isinstance(event, kind)]


Check = Callable[[Place], None]
CHECKS: dict[str, Check] = {}


def line(there: str) -> Callable[[Check], Check]:
    def add(check: Check) -> Check:
        CHECKS[there] = check
        return check

    return add


def lines(heading: str) -> list[str]:
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"^\| (.+?) \| ", section, re.MULTILINE)[1:]


@pytest.fixture
def place(repo: GitRepo, foundry: CommandLine, tmp_path: Path) -> Iterator[Place]:
    repo.write({".foundry/foundry.yaml": "library_id: 0b6ed1a5-7c1f-4f0e-8a53-2f2a6c1f9d77\n"})
    repo.write({".foundry/.gitignore": "/index/\n"})
    repo.commit({"readme": "x"})
    (tmp_path / "beside").mkdir()
    with PatternLibrary(repo.path) as library:
        yield Place(repo, library, PatternStore(library), foundry, tmp_path / "beside")


@pytest.mark.parametrize("there", [*lines("The plan"), *lines("The store")])
def test_what_the_page_says_of(there: str, place: Place) -> None:
    CHECKS[there](place)


def test_no_check_is_of_a_line_that_is_gone() -> None:
    assert CHECKS.keys() == {*lines("The plan"), *lines("The store")}


def test_the_plans_own_injector_and_recipe_work_as_written(place: Place) -> None:
    """The code of the plan, but for the database it writes to."""
    lib, section = place.library, ""
    lib.extract_pattern(CODE, FACTS | {"language": "python", "framework": None, "tags": ["math"]}, accept=True)
    for i, (p_id, code, desc, similarity) in enumerate(lib.search_patterns("keep values between two bounds", limit=3), 1):
        pattern_data = lib.apply_pattern(p_id, "clip a series")
        assert pattern_data is not None
        section += f"""### Pattern #{i}: {desc}
- **Success Rate**: {pattern_data["success_rate"]:.0f}%
- **Used**: {pattern_data["usage_count"]} times
- **Relevance**: {similarity * 100:.0f}%
{code}"""

    assert section.startswith("### Pattern #1: Keep each value between two bounds.\n- **Success Rate**: 50%\n- **Used**: 0 times")


# the plan


@line("`foundry.patterns.pattern_manager` and the other modules")
def _(place: Place) -> None:
    assert importlib.util.find_spec("foundry") is None
    assert {"PatternLibrary", "PatternExtractor", "PatternInjector", "SessionAnalyzer"} <= {*foundry_git.__all__}


@line("`PatternLibrary(db_path=…)`")
def _(place: Place) -> None:
    for given in ({"db_path": "foundry/patterns/patterns.db"}, {"path": place.folder / "patterns.db"}):
        with pytest.raises(UsageError, match=r"pass path=FOLDER, the folder with foundry\.yaml"):
            PatternLibrary(**given)


@line("`library.db`, `library.model`")
def _(place: Place) -> None:
    assert not hasattr(place.library, "db")
    assert not hasattr(place.library, "model")


@line("`id`, a number")
def _(place: Place) -> None:
    for call in (place.library.apply_pattern, lambda id: place.library.rate_pattern(id, 5, "s")):
        with pytest.raises(UsageError, match="pattern_id 7: patterns have names, not numbers"):
            call(7)  # type: ignore[arg-type]


@line("`extract_pattern(code, metadata)`")
def _(place: Place) -> None:
    id = place.library.extract_pattern(CODE, FACTS)
    place.library.rate_pattern(id, 5, "s")
    assert place.applied(id)["reviewed"] is False
    assert place.library.search_patterns("keep each value between two bounds") == []
    assert place.library.extract_pattern(CODE, FACTS, accept=True) == id == "python/clip@1"
    assert [hit.id for hit in place.library.search_patterns("keep each value between two bounds")] == ["python/clip"]


@line("`metadata`")
def _(place: Place) -> None:
    with pytest.raises(UsageError, match="description is missing"):
        place.library.extract_pattern(CODE, {"language": "python"})
    place.library.extract_pattern(CODE, {"description": "Clip", "tags": ["Signal:raw"]}, accept=True)
    hits = place.library.search_patterns("keep each value between two bounds", tags=["signal raw"])
    assert [hit.id for hit in hits] == ["python/clip"]


@line("`extract_pattern` of what is known")
def _(place: Place) -> None:
    first = place.library.extract_pattern(CODE, FACTS)
    renamed = CODE.replace("value", "number").replace("clip", "bounded").replace("Keep each", "Hold every")
    assert place.library.extract_pattern(f"# by hand\n{renamed}", {"description": "Something else"}) == first


@line("`extract_pattern` of anything")
def _(place: Place) -> None:
    for code in ("", "# nothing\n", "def f(:\n"):
        with pytest.raises(UsageError, match=r"^code: "):
            place.library.extract_pattern(code, FACTS)
    with pytest.raises(SecretFoundError):
        place.library.extract_pattern(CODE.replace("low must", TOKEN), FACTS)


@line("`search_patterns(query, limit=5)`")
def _(place: Place) -> None:
    hits = place.library.search_patterns(TASK)
    assert 0 < len(hits) <= Settings().search.default_limit
    assert all(Settings().search.min_relevance <= hit.relevance <= 1.0 for hit in hits)
    p_id, code, desc, similarity = hits[0]
    assert (p_id, similarity) == (STARTER, hits[0].relevance) and code and desc
    assert place.library.search_patterns("medieval bread recipes of the Hanseatic cities") == []


@line("`apply_pattern(pattern_id, context)`")
def _(place: Place) -> None:
    assert place.applied().keys() > {"id", "code", "description", "success_rate", "usage_count"}
    assert (place.applied()["reviewed"], place.applied()["note"]) == (True, "")
    candidate = place.applied(place.library.extract_pattern(CODE, FACTS))
    assert (candidate["reviewed"], candidate["note"][:11]) == (False, "a candidate")
    assert place.library.apply_pattern("python/no-such-thing") is None


@line("`success_rate`")
def _(place: Place) -> None:
    assert (place.applied()["success_rate"], place.applied()["decided"]) == (50.0, False)
    for session in "abcdefgh":
        place.library.rate_pattern(STARTER, 5, session)
    assert 50.0 < place.applied()["success_rate"] < 100.0
    assert place.applied()["decided"] is True
    settings = place.library.workspace.settings
    digest = place.events(Rated)[0].subject
    later = place.library.workspace.ledger.trend(
        digest, [datetime.now(UTC), datetime.now(UTC) + timedelta(days=720)], settings.evidence, settings.scoring.model
    )
    assert later[0].mean > 0.6 > later[1].mean >= 0.5


@line("`usage_count`")
def _(place: Place) -> None:
    receipt = PatternInjector(place.library).enhance_prompt("Write it.", TASK).receipt
    counts = [place.applied()]
    for rating in (4, 5):
        place.library.rate_pattern(STARTER, rating, "s")
        counts.append(place.applied())
    assert [(c["usage_count"], c["rated_count"], c["injected_count"]) for c in counts] == [(0, 0, 1), (1, 1, 1), (1, 1, 1)]
    assert place.foundry("outcome", receipt, "--pass", "--used", STARTER).returncode == 0
    assert [c["cited_count"] for c in (*counts, place.applied())] == [0, 0, 0, 1]


@line("`rate_pattern(pattern_id, rating, session_id)`")
def _(place: Place) -> None:
    for rating in (2, 5):
        place.library.rate_pattern(STARTER, rating, "monday")
    assert (place.applied()["avg_rating"], place.applied()["rated_count"]) == (5.0, 1)
    with pytest.raises(UsageError, match="1 to 5"):
        place.library.rate_pattern(STARTER, 0, "s")
    with pytest.raises(UnknownPatternError):
        place.library.rate_pattern("python/no-such-thing", 5, "s")


@line("`extract_from_session(session_dir)`")
def _(place: Place) -> None:
    (place.folder / "kept.py").write_text(SESSION_CODE["kept.py"])
    assert [PatternExtractor(place.library).extract_from_session(place.folder) for _ in range(2)] == [1, 0]


@line("`min_complexity: 3`")
def _(place: Place) -> None:
    for name, code in SESSION_CODE.items():
        (place.folder / name).write_text(code)
    PatternExtractor(place.library).extract_from_session(place.folder)
    (candidate,) = place.library.workspace.candidates.read()
    assert candidate.manifest.name == "kept"
    assert candidate.manifest.measures is not None and candidate.manifest.measures.complexity == 3


@line("`_extract_test_patterns`")
def _(place: Place) -> None:
    ran = place.folder / "ran"
    test = f"def test_kept():\n    open({str(ran)!r}, 'w')\n    a = 1\n    b = 2\n    assert a != b\n"
    (place.folder / "test_kept.py").write_text(test)
    assert PatternExtractor(place.library).extract_from_session(place.folder) == 0
    assert not ran.exists()


@line("`enhance_prompt(original_prompt, task_description)`")
def _(place: Place) -> None:
    enhanced = PatternInjector(place.library).enhance_prompt("Write it.", TASK)
    assert isinstance(enhanced, str) and enhanced.receipt in enhanced
    assert enhanced.patterns[0].hit.document.id == STARTER
    assert "- Evidence: untested" in enhanced
    assert "0%" not in enhanced.partition("- Relevance")[0]


@line("`pattern_pending_usage`")
def _(place: Place) -> None:
    enhanced = PatternInjector(place.library).enhance_prompt("Write it.", TASK, "monday")
    (event,) = place.events(Injected)
    assert place.library.workspace.ledger.receipt(enhanced.receipt) == event


@line("`min_success_rate: 70`")
def _(place: Place) -> None:
    workspace = place.library.workspace
    place.library.rate_pattern(STARTER, 1, "s")
    digest = workspace.patterns.pattern_of(STARTER).digest
    assert workspace.scores()[digest].mean < 0.7
    assert passes(workspace.scores()[digest], workspace.settings.injection), "too little evidence to keep it out"
    for session in "abcdefghijkl":
        place.library.rate_pattern(STARTER, 1, session)
    assert not passes(workspace.scores()[digest], workspace.settings.injection)
    assert STARTER not in PatternInjector(place.library).enhance_prompt("Write it.", TASK)


@line("`SessionAnalyzer().analyze(session_id)`")
def _(place: Place) -> None:
    metrics = SessionAnalyzer(place.library).analyze(place.session(completed=[], remaining=[]))
    report = TEMPLATE.format(metrics=metrics)
    assert "Test Coverage**: n/a%" in report and "Total Cost**: $n/a" in report and "Total tokens: n/a\n" in report
    told = place.session(iterations=[{"context_pct": 31.5, "minutes": 12, "tokens": {"input": 900}}], cost_usd=1.5)
    report = TEMPLATE.format(metrics=SessionAnalyzer(place.library).analyze(told))
    assert "Usage**: 31.5%" in report and "$1.50" in report and "12.0m" in report and "tokens: 900\n" in report


@line("`metrics['tests']`")
def _(place: Place) -> None:
    folder = place.session()
    assert SessionAnalyzer(place.library).analyze(folder)["tests"] is NOT_KNOWN
    (folder / "lcov.info").write_text("SF:a.py\nDA:1,1\nDA:2,0\nDA:3,1\nDA:4,1\nend_of_record\n")
    assert f"{SessionAnalyzer(place.library).analyze(folder)['tests']:.1f}%" == "75.0%"


@line("`metrics['patterns']['top']`")
def _(place: Place) -> None:
    enhanced = PatternInjector(place.library).enhance_prompt("Write it.", TASK)
    for session in "abcdefgh":
        place.library.rate_pattern(STARTER, 5, session)
    log = Transcript("one").user(f"<!-- foundry receipt {enhanced.receipt} -->").answer("m1").write(place.folder)
    top = SessionAnalyzer(place.library).analyze(log)["patterns"]["top"]
    assert [one["id"] for one in top] == [STARTER]
    assert f"{top[0]['success_rate']:.0f}" != "50"
    for session in "abcdefgh":
        place.library.rate_pattern(STARTER, 1, session)
    assert SessionAnalyzer(place.library).analyze(log)["patterns"]["top"] == []


@line("`_update_pattern_ratings`")
def _(place: Place) -> None:
    enhanced = PatternInjector(place.library).enhance_prompt("Write it.", TASK)
    folder = place.session(receipts=[enhanced.receipt])
    SessionAnalyzer(place.library).analyze(folder)
    assert place.events(Rated) == []
    digest = place.library.workspace.patterns.pattern_of(STARTER).digest
    used = Adopted(at=datetime.now(UTC), digest=digest, source="commit", receipt=enhanced.receipt, commit="a" * 40)
    place.library.workspace.ledger.record(used)
    for _ in range(2):
        SessionAnalyzer(place.library).analyze(folder)
    assert [event.rating for event in place.events(Rated)] == [5]


@line("`extract_patterns.py --session`, `--all`")
def _(place: Place) -> None:
    parser = build_parser()
    assert parser.parse_args(["extract", "--session", "DIR"]).session == "DIR"
    assert parser.parse_args(["extract", "--all"]).all is True


@line("`analyze_session.py ID`, `--recent 10`, `--compare A B`")
def _(place: Place) -> None:
    parser = build_parser()
    assert parser.parse_args(["agent", "analyze", "ID"]).session == "ID"
    assert parser.parse_args(["agent", "analyze", "--recent", "10"]).recent == 10
    assert parser.parse_args(["agent", "analyze", "--compare", "A", "B"]).compare == ["A", "B"]


@line("`config.yaml`")
def _(place: Place) -> None:
    settings = place.library.workspace.settings
    extraction, injection = settings.extraction, settings.injection
    assert (extraction.min_complexity, extraction.min_lines, extraction.max_similarity) == (3, 5, 0.9)
    assert {*extraction.languages} == {"python", "javascript", "typescript", "go", "rust"}
    assert {*extraction.frameworks} > {"fastapi", "flask", "django", "react", "express"}
    assert (settings.search.default_limit, settings.search.min_relevance) == (5, 0.6)
    assert (injection.enabled, injection.max_patterns, injection.min_success_rate) == (True, 3, 70)


@line("tables `patterns`, `pattern_usage`, `sessions`")
def _(place: Place) -> None:
    assert {"pattern", "pattern_usage", "session"} <= schema.VIEWS.keys()
    assert not {"patterns", "sessions"} & {*schema.TABLES, *schema.VIEWS}


# the store


KIND, NAME = "validation_failure", "File not created"
ID = "any/validation-failure-file-not-created"


@line("`GlobalLearningStore`")
def _(place: Place) -> None:
    assert PatternStore(place.library).record_pattern(KIND, NAME) == ID


@line("`pattern_id`, 16 hex digits")
def _(place: Place) -> None:
    calls: list[Callable[[Any], object]] = [
        place.store.soft_delete_pattern,
        place.store.update_pattern_effectiveness,
        place.store.get_pattern_by_id,
        place.store.get_pattern_provenance,
        place.store.quarantine_pattern,
        place.store.validate_pattern,
        lambda id: place.store.record_pattern_application(id, "run", True),
    ]
    for call in calls:
        with pytest.raises(UsageError, match="patterns have names, not numbers"):
            call(7)
    assert place.store.get_pattern_by_id("0123456789abcdef") is None


@line("`record_pattern` of something new")
def _(place: Place) -> None:
    place.store.record_pattern(KIND, NAME)
    assert ID not in [one.id for one in place.store.get_patterns(limit=1000)]
    assert ID in [one.id for one in place.store.get_patterns(limit=1000, include_candidates=True)]


@line("the id that `record_pattern` returns")
def _(place: Place) -> None:
    assert place.store.record_pattern(KIND, NAME).resolution == "created"


@line("`record_pattern` of a known type and name")
def _(place: Place) -> None:
    place.store.record_pattern(KIND, NAME, "First.", ["files"])
    place.store.record_pattern(KIND, NAME, "Second.")
    found = place.store.get_pattern_by_id(ID)
    assert found is not None and (found.description, found.context_tags) == ("Second.", ("files",))
    assert place.foundry("accept", ID).returncode == 0
    place.store.record_pattern(KIND, NAME, "Third.", [])
    found = place.store.get_pattern_by_id(ID)
    assert found is not None and (found.description, found.context_tags) == ("Second.", ("files",))


@line("`content_hash`")
def _(place: Place) -> None:
    first = place.store.record_pattern(KIND, NAME, "It is not there.", suggested_action="Look.")
    other = place.store.record_pattern(KIND, "Output missing", "It is NOT  there.", suggested_action="Look.")
    assert (other, other.resolution) == (first, "merged")


@line("a soft-deleted match")
def _(place: Place) -> None:
    place.store.record_pattern(KIND, NAME)
    place.store.soft_delete_pattern(ID)
    assert place.store.record_pattern(KIND, NAME).resolution == "retired"
    assert place.store.get_pattern_by_id(ID) is None
    assert [*place.library.workspace.ledger.sightings().values()] == [2]


@line("`occurrence_count`")
def _(place: Place) -> None:
    for sheet in (3, 3, 4):
        place.store.record_pattern(KIND, NAME, provenance=PatternProvenance("ab12", sheet))
    found = place.store.get_pattern_by_id(ID)
    assert found is not None and found.occurrence_count == 2


@line("`context_tags`")
def _(place: Place) -> None:
    place.store.record_pattern(KIND, NAME, context_tags=["sheet:1"])
    for asked in ("sheet:1", "sheet-1"):
        (found,) = place.store.get_patterns(context_tags=[asked], include_candidates=True)
        assert found.context_tags == ("sheet-1",)


@line("`pattern_name`, `description`, `instrument_name`")
def _(place: Place) -> None:
    for wrong in ({"pattern_name": "…"}, {"description": "x" * 1025}, {"instrument_name": "Claude CLI"}):
        with pytest.raises(UsageError):
            place.store.record_pattern(**{"pattern_type": KIND, "pattern_name": NAME} | wrong)  # type: ignore[arg-type]
    with pytest.raises(SecretFoundError):
        place.store.record_pattern(KIND, NAME, suggested_action=f"Use {TOKEN}")


@line("`provenance_job_hash`, `provenance_sheet_num`")
def _(place: Place) -> None:
    with pytest.warns(DeprecationWarning):
        place.store.record_pattern(KIND, NAME, provenance_job_hash="ab12", provenance_sheet_num=3)
    assert place.store.get_pattern_provenance(ID) == PatternProvenance("ab12", 3)


@line("`record_pattern_application`")
def _(place: Place) -> None:
    for success in (False, True):
        id = place.store.record_pattern_application(STARTER, "run-1", success, validation_passed=True)
    events = place.events(Outcome)
    assert re.fullmatch("[0-9a-f]{64}", id)
    assert [event.validated for event in events] == ["pass", "pass"]
    found = place.store.get_pattern_by_id(STARTER)
    assert found is not None and (found.led_to_success_count, found.led_to_failure_count) == (1, 0)


@line("`record_pattern_application` of an unknown id")
def _(place: Place) -> None:
    with pytest.raises(UnknownPatternError):
        place.store.record_pattern_application("any/no-such-thing", "run-1", True)
    with pytest.raises(UsageError):
        place.store.record_pattern_application(STARTER, "run-1", True, grounding_confidence=2.0)


@line("`soft_delete_pattern`")
def _(place: Place) -> None:
    place.store.record_pattern(KIND, NAME)
    place.foundry("accept", ID)
    with pytest.raises(LibraryError, match="not committed"):
        place.store.soft_delete_pattern(ID)
    place.repo.commit({})
    assert [place.store.soft_delete_pattern(ID) for _ in range(2)] == [True, False]
    assert place.repo.git("status", "--porcelain").split() == ["D", f".foundry/patterns/{ID}/v1/pattern.yaml"]
    with pytest.raises(LibraryError, match="not in your own library"):
        place.store.soft_delete_pattern(STARTER)


@line("`update_pattern_effectiveness`")
def _(place: Place) -> None:
    before = place.library.workspace.ledger.known("session", "outcome", "rated")
    assert place.store.update_pattern_effectiveness(STARTER) == 0.5
    assert place.store.update_pattern_effectiveness("any/no-such-thing") is None
    assert place.library.workspace.ledger.known("session", "outcome", "rated") == before


@line("`recalculate_all_pattern_priorities`")
def _(place: Place) -> None:
    place.store.record_pattern_application(STARTER, "run-1", True)
    assert place.store.recalculate_all_pattern_priorities() == 1 < len(place.store.get_patterns(limit=1000))


@line("`_calculate_effectiveness`")
def _(place: Place) -> None:
    for run in range(9):
        place.store.record_pattern_application(STARTER, f"run-{run}", False)
    digest, workspace = place.events(Outcome)[0].subject, place.library.workspace
    moments = [datetime.now(UTC), datetime.now(UTC) + timedelta(days=720)]
    now, later = workspace.ledger.trend(digest, moments, workspace.settings.evidence, "beta")
    assert now.mean < 0.3 < later.mean <= 0.5
    assert workspace.ledger.trend(digest, moments, workspace.settings.evidence, "legacy")[0].mean != now.mean


@line("`batch_connection`")
def _(place: Place) -> None:
    with pytest.raises(RuntimeError), place.store.batch_connection() as batch:
        batch.record_pattern(KIND, NAME)
        raise RuntimeError
    assert place.store.get_pattern_by_id(ID) is None
    with place.store.batch_connection() as batch:
        batch.record_pattern(KIND, NAME)
    assert place.store.get_pattern_by_id(ID) is not None


@line("`_logger`")
def _(place: Place) -> None:
    said: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: said.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("foundry_git.store")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        with place.store.batch_connection() as batch:
            batch.record_pattern(KIND, NAME)
            assert said == []
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
    assert [json.loads(line)["event"] for line in said] == ["pattern_created"]


@line("`analyze_pattern_why`, broadcasts, rate limits, escalations, clusters")
def _(place: Place) -> None:
    names = [name for name in dir(place.store) if not name.startswith("_")]
    assert not [name for name in names if re.search("why|broadcast|discover|rate_limit|escalat|cluster", name)]
