"""Trials of text that strangers write: manifests, events, reports, logs of sessions."""

from __future__ import annotations

import contextlib
import hashlib
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.reliability.mutations import damaged, shuffled
from benchmarks.reliability.trial import CODE, MANIFEST, TOP, Trial, WrongAnswerError, put
from foundry_git import config
from foundry_git.errors import FoundryError
from foundry_git.evidence import segments
from foundry_git.evidence.events import Accepted, Adopted, Injected, Item, KnownEvent, Outcome, Rated, canonical, event_id, parse
from foundry_git.evidence.journal import Journal
from foundry_git.library.library import open_library
from foundry_git.library.queries import read_queries
from foundry_git.library.reading import read_library
from foundry_git.outcomes.covered_files import Checkout, covered_files
from foundry_git.outcomes.reported_tests import join
from foundry_git.outcomes.reports import read_found
from foundry_git.pattern.manifest import read_deprecation, read_manifest, write_manifest
from foundry_git.sessions.learned import associate
from foundry_git.sessions.metrics import measure
from foundry_git.sessions.prices import shipped_prices
from foundry_git.sessions.reports.facts import as_json
from foundry_git.sessions.reports.markdown import as_markdown
from foundry_git.sessions.reports.page import as_html
from foundry_git.sessions.reports.report import SessionReport
from foundry_git.sessions.session_logs import read_session
from foundry_git.source.reader import read_units

YAML = (
    b"*a", b"&a ", b"!!int ", b"!!binary ", b"<<: ", b"---\n", b"- ", b"? ", b": ", b"\t", b"\xff", b"\0", b"[", b"{",
    b"'", b'"', b"|\n", b"%", b"\xef\xbb\xbf", b'"\\ud800"', b'"\\0"', b"9" * 5000, b"1e999", b".nan", b"~",
)  # fmt: skip
DEPRECATION = b"schema: 1\nreason: slow\nversions: ['1']\nreplaced_by: python/other\n"
QUERIES = (
    b"schema: 1\nat_least:\n  recall@5: 0.9\nqueries:\n- ask: cut a list\n  expect: [python/a]\n  language: python\n- ask: x\n"
)
SETTINGS = (
    b"library_id: 5a0c7a52-0f59-4d09-9f4c-0b9d0f1b2c3d\nname: team\ntags: [bells]\nextraction:\n  per_week: 5\n  ignore: ['*.py']\n"
    b"injection:\n  max_patterns: 3\n  min_success_rate: 70\nsearch:\n  default_limit: 5\n"
)


def manifests(folder: Path) -> Trial:
    """A library whose YAML files are damaged, one at a time."""
    files = {
        "patterns/python/a/v1/pattern.yaml": MANIFEST, "patterns/python/a/deprecated.yaml": DEPRECATION,
        "queries.yaml": QUERIES, "foundry.yaml": SETTINGS, "config.yaml": b"encoder:\n  enabled: yes\nindex:\n  threads: 2\n",
    }  # fmt: skip
    put(folder, files | {"patterns/python/a/v1/it.py": CODE.encode()})

    def trial(dice: random.Random) -> None:
        name = dice.choice(list(files))
        content = damaged(files[name], dice, YAML)
        (folder / name).write_bytes(content)
        try:
            with contextlib.suppress(FoundryError):
                library = open_library(folder)
                read_library(library)
                read_queries(library)
                config.load(library, folder / "config.yaml", {})
            _survives_its_text(content)
        finally:
            (folder / name).write_bytes(files[name])

    return trial


def _survives_its_text(content: bytes) -> None:
    """What was read once is read again, and written again, as the same."""
    with contextlib.suppress(FoundryError):
        read_deprecation(content, Path("deprecated.yaml"))
    with contextlib.suppress(FoundryError):
        manifest = read_manifest(content, Path("pattern.yaml"))
        if read_manifest(write_manifest(manifest).encode(), Path("pattern.yaml")) != manifest:
            raise WrongAnswerError("a manifest is read back otherwise")


def events(folder: Path) -> Trial:
    """Lines of a journal, and segments."""
    lines = [canonical(event) for event in _events()]
    names = {hashlib.sha256(line).hexdigest() for line in lines}
    pieces = (
        b"null",
        b"true",
        b'"',
        b"\\ud800",
        b"1e999",
        b"-1",
        b"9" * 5000,
        b"[",
        b"{",
        b'"at":',
        b'"kind":"',
        b"\0",
        b"\xff",
        b"NaN",
    )

    def trial(dice: random.Random) -> None:
        line = damaged(dice.choice(lines), dice, pieces)
        with contextlib.suppress(ValueError):
            event = parse(line)
            if canonical(event) != line or event_id(event) != hashlib.sha256(line).hexdigest():
                raise WrongAnswerError("an event has another name than its bytes")
        journal = Journal(folder)
        journal.path.write_bytes(b"".join(shuffled([one + b"\n" for one in lines], dice)))
        found, _ = journal.read()
        journal.path.unlink()
        if any(name not in names and canonical(event) in lines for name, event in found.items()):
            raise WrongAnswerError("an event has another name than its bytes")
        (path, content), *_ = segments.pack(lines).items()
        with contextlib.suppress(ValueError):
            if segments.unpack(path, damaged(content, dice)) != segments.unpack(path, content):
                raise WrongAnswerError("a damaged segment is read")

    return trial


def _events() -> Iterator[KnownEvent]:
    at, digest, nonce = datetime(2026, 11, 20, 14, 36, tzinfo=UTC), "a1" * 32, "00112233445566ff"
    item = Item(id="python/retry", version=2, digest=digest, rank=1, score=812, propensity=850)
    yield Accepted(at=at, nonce=nonce, id="python/retry", version=1, digest=digest, shape=f"py1:{'0c' * 16}")
    yield Injected(at=at, nonce=nonce, items=(item,), language="python")
    yield Adopted(at=at, digest=digest, source="commit", receipt="r-0123456789ab", commit="9f" * 20)
    yield Outcome(at=at, subject="r-0123456789ab", result="pass", source="ci", run="9f" * 20)
    yield Rated(at=at, nonce=nonce, subject=digest, rating=4)


def reports(folder: Path) -> Trial:
    """Reports of tests and of coverage, and which files they are taken to mean."""
    kept = TOP / "tests/outcomes/reports"
    of = {
        "junit": sorted(kept.glob("*.xml")),
        "coverage": sorted(file for file in (kept / "coverage").iterdir() if file.is_file()),
    }
    read = {kind: [file.read_bytes() for file in files] for kind, files in of.items()}
    pieces = (
        b"<testcase name='", b"</testsuite>", b"<failure/>", b"<!--", b"]]>", b"<![CDATA[", b"&#0;", b"&amp;", b"&lt;",
        b"\x1b[31m", b"\xff\xfe", b"\0", b"<a " * 70, b"9" * 400, b"SF:", b"DA:1,", b"end_of_record\n", b"null",
        b'"\\ud800"', b"1e999", b"-1", b"NaN", b"[" * 200,
    )  # fmt: skip
    checkout = Checkout(folder, frozenset({"src/a.py", "a.py"}), folder)
    units = [("test_a.py", unit) for unit in read_units("def test_a():\n    assert f()\n", "test_a.py")]

    def trial(dice: random.Random) -> None:
        kind = dice.choice(list(read))
        (folder / "report").write_bytes(damaged(dice.choice(read[kind]), dice, pieces))
        found = read_found(["report"] if kind == "junit" else [], ["report"] if kind == "coverage" else [], folder)
        covered_files(found.coverages, checkout)
        join((case for report in found.reports for case in report.cases), units)

    return trial


def transcripts(folder: Path) -> Trial:
    """Logs of sessions: resumed, cut, run together, of two sessions at once; and session folders."""
    texts = [list(transcript_lines(name)) for name in ("s1", "s2")]
    iteration = {"tokens": {"input": 5}, "minutes": 2.5, "started": "2026-11-20T09:00:00Z", "context_pct": 40, "model": "m"}
    progress = json.dumps({"session": "s", "completed": ["a"], "remaining": 2, "iterations": [iteration]}).encode()
    pieces = (b"null", b"1e999", b'"\\ud800"', b"-1", b"[" * 60, b'{"a":' * 60, b"9" * 400, b"NaN", b"\0", b"\xff")
    (folder / "s").mkdir()
    prices = shipped_prices()

    def trial(dice: random.Random) -> None:
        mixed = [line for pair in zip(*texts, strict=True) for line in pair] if dice.random() < 0.3 else dice.choice(texts)
        (folder / "s1.jsonl").write_bytes(damaged(b"".join(shuffled(mixed, dice)), dice, pieces))
        (folder / "s/progress.json").write_bytes(damaged(progress, dice, pieces))
        for place in (folder / "s1.jsonl", folder / "s"):
            with contextlib.suppress(FoundryError):
                metrics = measure(read_session(place), prices)
                report = SessionReport("s", (metrics,), 0, associate([metrics]))
                for render in (as_markdown, as_html, as_json):
                    render(report).encode()

    return trial


def transcript_lines(session: str) -> Iterator[bytes]:
    """A transcript of a dozen lines as an agent writes them."""
    began = datetime(2026, 11, 20, 9, tzinfo=UTC)
    usage = {"input_tokens": 10, "output_tokens": 100, "cache_read_input_tokens": 50_000, "cache_creation_input_tokens": 1_000}
    for number in range(12):
        block = {
            "type": "tool_use",
            "id": f"{session}t{number}",
            "name": "TodoWrite",
            "input": {"todos": [{"content": "a", "status": "completed"}]},
        }
        told = {
            "role": "assistant",
            "id": f"{session}m{number // 2}",
            "model": "claude-sonnet-4-5",
            "content": [block],
            "usage": usage,
        }
        result = {"role": "user", "content": [{"type": "tool_result", "tool_use_id": f"{session}t{number}", "is_error": True}]}
        said = {"role": "user", "content": "<!-- foundry receipt r-0123456789ab -->"}
        at = (began + timedelta(minutes=number)).isoformat().replace("+00:00", "Z")
        kind, message = (("assistant", told), ("user", result), ("user", said))[number % 3]
        more = {"subtype": "compact_boundary", "type": "system"} if number == 7 else {"type": kind, "message": message}
        yield (
            json.dumps(
                {"uuid": f"{session}-{number}", "sessionId": session, "timestamp": at, "isSidechain": False} | more
            ).encode()
            + b"\n"
        )
