"""Outcomes without a button: from reports, builds, commands that were run, and the history itself."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from foundry_git.cli.main import main
from foundry_git.evidence.events import Adopted, Outcome, Survived, parse
from foundry_git.outcomes.adoption_outcomes import record_adoption_outcomes
from foundry_git.outcomes.builds import build_of
from foundry_git.outcomes.commands import Ended, coverage_files, ended, junit_files
from foundry_git.worker.catch_up import catch_up
from foundry_git.workspace import Workspace
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo
from tests.samples import CHUNKS, CLAMP

RENAMED = CHUNKS.replace("items", "rows").replace("in_chunks", "pages_of")
"""The same shape in another place: what the pattern looks like once it was adopted."""

START = datetime(2024, 1, 1, tzinfo=UTC)
PASSING = '<testsuite><testcase classname="tests.test_a" name="test_b"/></testsuite>'
FAILING = '<testsuite><testcase classname="tests.test_a" name="test_b"><failure/></testcase></testsuite>'
PYTHON = sys.executable


def commit(repo: GitRepo, day: int, files: dict[str, str | bytes | None], message: str = "work") -> str:
    moment = (START + timedelta(days=day)).isoformat()
    repo.write(files)
    repo.git("add", "--all")
    dates = {"GIT_AUTHOR_DATE": moment, "GIT_COMMITTER_DATE": moment}
    repo.git("commit", "--quiet", "--allow-empty", "-m", message, env=dates)
    return repo.head()


class Shop:
    """A repository with a library of one pattern, on days of its own."""

    def __init__(self, repo: GitRepo) -> None:
        self.repo = repo
        self.digest = next(row.digest for row in self.asked(_rows) if row.id == "python/in-chunks")

    @classmethod
    def create(cls, repo: GitRepo) -> Shop:
        """Make the repository, and accept the pattern; no hook wakes a worker beside the test."""
        os.chdir(repo.path)
        assert main(["init"]) == 0
        repo.git("config", "core.hooksPath", "/dev/null")
        commit(repo, 0, {"chunks.py": CHUNKS})
        assert main(["extract", "--commit", "HEAD"]) == 0
        assert main(["accept", "in-chunks"]) == 0
        commit(repo, 1, {})
        made = cls(repo)
        made.taken_in()
        return made

    def commit(self, day: int, files: dict[str, str | bytes | None], message: str = "work") -> str:
        return commit(self.repo, day, files, message)

    def adopt(self, day: int = 2, path: str = "pages.py") -> str:
        """Commit the pattern under another name, and write down that it was adopted."""
        commit = self.commit(day, {path: "import os\n\n\n" + RENAMED}, "Cut rows into pages")
        at = START + timedelta(days=day)
        self.asked(lambda w: w.ledger.record(Adopted(at=at, digest=self.digest, source="commit", commit=commit)))
        return commit

    def asked(self, question: Any) -> Any:
        workspace = Workspace.open(self.repo.path)
        try:
            return question(workspace)
        finally:
            workspace.close()

    def taken_in(self) -> None:
        """Let the worker take in what was committed."""
        self.asked(catch_up)

    def events(self, kind: str = Outcome.kind) -> list[Any]:
        found = self.asked(lambda workspace: workspace.ledger.known(kind))
        return [event for event in found if getattr(event, "digest", self.digest) == self.digest]

    def outcomes(self) -> list[tuple[str, str, str | None, str | None]]:
        return [(one.result, one.source, one.run, one.commit) for one in self.events()]


def _rows(workspace: Workspace) -> Any:
    workspace.patterns.converge()
    return workspace.patterns.rows()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop to copy: to make one takes two seconds."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"):
            patch.setenv(name, "Dev")
        for name in ("GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"):
            patch.setenv(name, "dev@example.com")
        for name in ("CONFIG", "DATA", "STATE", "CACHE"):
            patch.setenv(f"XDG_{name}_HOME", str(tmp_path_factory.mktemp("home")))
        patch.chdir(tmp_path_factory.getbasetemp())
        return Shop.create(GitRepo.create(tmp_path_factory.mktemp("shop") / "repo", "-b", "main")).repo.path


@pytest.fixture
def shop(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    shutil.copytree(template, tmp_path / "repo", symlinks=True)
    monkeypatch.chdir(tmp_path / "repo")
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p no:hypothesispytest -p no:xdist")  # half of the time that pytest takes to start
    return Shop(GitRepo(tmp_path / "repo"))


def collected(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    capsys.readouterr()
    assert main(["evidence", "collect", *words, "--json"]) == 0, capsys.readouterr().err
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


# the history


def test_an_adoption_that_is_taken_back_failed_and_one_brought_back_did_not(shop: Shop) -> None:
    adopting = shop.adopt()
    shop.taken_in()
    assert shop.outcomes() == []

    back = shop.commit(3, {"pages.py": None}, f"Back out {adopting[:10]}")
    shop.taken_in()
    assert shop.outcomes() == [("fail", "revert", back, adopting)]

    again = shop.commit(4, {"pages.py": "import os\n\n\n" + RENAMED}, f"Reapply\n\nThis reverts commit {back}.")
    shop.taken_in()
    assert shop.outcomes() == [("fail", "revert", back, adopting), ("pass", "revert", again, adopting)]


def test_from_a_prompt_to_a_failure_nobody_presses_a_button(shop: Shop) -> None:
    shop.repo.write({"prompt.txt": "Page the rows.\n"})
    assert main(["inject", "--task", "cut a list into pieces of a size", "--prompt", "prompt.txt"]) == 0
    adopting = shop.repo.commit({"pages.py": "import os\n\n\n" + RENAMED}, "Cut rows into pages")
    shop.taken_in()
    assert [one.commit for one in shop.events("adopted")] == [adopting]

    shop.repo.git("revert", "--no-edit", adopting)
    shop.taken_in()
    assert shop.outcomes() == [("fail", "revert", shop.repo.head(), adopting)]


def test_adopted_lines_that_go_without_a_word_were_taken_back(shop: Shop) -> None:
    adopting = shop.adopt()
    back = shop.commit(3, {"pages.py": None}, "Tidy up")
    shop.taken_in()

    assert shop.outcomes() == [("fail", "revert", back, adopting)]


def test_a_revert_of_other_lines_of_the_same_commit_is_not_the_adoptions_fault(shop: Shop) -> None:
    adopting = shop.commit(2, {"pages.py": RENAMED, "clamp.py": CLAMP}, "Two helpers")
    at = START + timedelta(days=2)
    shop.asked(lambda w: w.ledger.record(Adopted(at=at, digest=shop.digest, source="commit", commit=adopting)))
    shop.commit(3, {"clamp.py": None}, f"Partially revert {adopting}")
    shop.taken_in()

    assert shop.outcomes() == []


def test_a_fix_of_adopted_lines_is_a_failure_and_one_of_others_is_none(shop: Shop) -> None:
    adopting = shop.adopt()
    shop.commit(3, {"pages.py": "import sys\n\n\n" + RENAMED}, "Fix a wrong import")
    fixed = RENAMED.replace("size < 1", "size < 2")
    shop.repo.git("mv", "pages.py", "paging.py")
    mend = shop.commit(4, {"paging.py": "import sys\n\n\n" + fixed}, "Fix pages of one row")
    shop.taken_in()

    assert shop.outcomes() == [("fail", "fix", mend, adopting)]


def test_a_month_of_silence_is_a_pass_and_lines_are_counted_at_milestones(shop: Shop) -> None:
    adopting = shop.adopt(day=2)
    shop.commit(20, {"other.py": "x = 1\n"})
    shop.taken_in()
    assert [(one.days, one.lines, one.left) for one in shop.events(Survived.kind)] == [(7, 8, 8)]
    assert shop.outcomes() == []

    shop.commit(40, {"pages.py": None, "cut.py": RENAMED.replace("    ", "  ")}, "Move it")
    shop.commit(100, {"cut.py": "x = 1\n"}, "Page in the database")
    shop.taken_in()

    assert [(one.days, one.left) for one in shop.events(Survived.kind)] == [(7, 8), (30, 8), (90, 8)]
    assert shop.outcomes() == [("pass", "silence", adopting, adopting)]


def test_what_was_mended_is_not_silent(shop: Shop) -> None:
    adopting = shop.adopt(day=2)
    mend = shop.commit(12, {"pages.py": RENAMED.replace("size < 1", "size < 2")}, "Fix pages of one row")
    shop.commit(40, {"other.py": "x = 1\n"})
    shop.taken_in()

    assert shop.outcomes() == [("fail", "fix", mend, adopting)]
    assert [(one.days, one.left) for one in shop.events(Survived.kind)] == [(7, 8), (30, 7)]


def test_looking_twice_adds_nothing_and_another_look_derives_the_same(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    shop.adopt()
    shop.commit(3, {"pages.py": None}, "Tidy up")
    shop.taken_in()
    journal = shop.repo.path / ".git/foundry/journal.jsonl"
    before = journal.read_bytes()

    shown = shop.asked(lambda workspace: record_adoption_outcomes(workspace, shop.repo.head()))
    assert [event.source for event in shown] == ["revert"]
    assert journal.read_bytes() == before
    journal.write_bytes(b"".join(line for line in before.splitlines(True) if b'"revert"' not in line))
    assert collected(capsys)["history"] == 1
    assert journal.read_bytes() == before


# reports and builds


def test_a_report_judges_what_its_commit_adopted(shop: Shop, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    commit = shop.commit(2, {"pages.py": RENAMED}, "Cut rows")
    (tmp_path / "r.xml").write_text(PASSING, encoding="utf-8")

    first = collected(capsys, "--junit", str(tmp_path / "r.xml"), "--save", str(tmp_path / "events.jsonl"))
    again = collected(capsys, "--junit", str(tmp_path / "r.xml"))

    assert (first["result"], first["tests"], first["commits"], first["new"]) == ("pass", 1, [commit], 1)
    assert first["adoptions"] == [{"digest": shop.digest, "commit": commit, "result": "pass", "grounding": 600}]
    assert again["new"] == 0 and len(shop.events()) == 1
    saved = [parse(line) for line in (tmp_path / "events.jsonl").read_bytes().splitlines()]
    assert {type(event) for event in saved} == {Adopted, Outcome}


def test_what_ci_saved_is_taken_in_elsewhere_once(shop: Shop, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    commit = shop.commit(2, {"pages.py": RENAMED}, "Cut rows")
    shop.repo.git("clone", "-q", str(shop.repo.path), str(tmp_path / "ci"))
    assert main(["-C", str(tmp_path / "ci"), "evidence", "collect", "--status", "success", "--save", "../events.jsonl"]) == 0
    os.chdir(shop.repo.path)
    assert shop.outcomes() == []

    for _ in range(2):
        assert main(["evidence", "sync", "--import", str(tmp_path / "events.jsonl")]) == 0
        assert [(one.result, one.commit) for one in shop.events()] == [("pass", commit)]


def test_coverage_says_whether_a_failure_is_the_patterns(shop: Shop, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    shop.commit(2, {"pages.py": RENAMED}, "Cut rows")
    (tmp_path / "r.xml").write_text(FAILING, encoding="utf-8")
    lines = list(range(1, 10))
    for name, covered in (("no", [1]), ("yes", lines)):
        facts = {"executed_lines": covered, "missing_lines": [line for line in lines if line not in covered]}
        (tmp_path / name).write_text(json.dumps({"files": {"pages.py": facts}}), encoding="utf-8")
    report = ("--junit", str(tmp_path / "r.xml"), "--coverage")

    unreached = collected(capsys, *report, str(tmp_path / "no"))
    reached = collected(capsys, *report, str(tmp_path / "yes"))

    assert (unreached["adoptions"], unreached["unreached"], unreached["new"]) == ([], [shop.digest], 0)
    assert [(one["result"], one["grounding"]) for one in reached["adoptions"]] == [("fail", 1000)]


def test_receipts_in_messages_get_the_result_too(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    shop.commit(2, {"other.py": "x = 1\n"}, "Work\n\n* part\n    Foundry-Receipt: r-0123456789ab")

    answer = collected(capsys, "--status", "failure")

    assert answer["receipts"] == ["r-0123456789ab"]
    (event,) = shop.events()
    assert (event.subject, event.result, event.source, event.commit) == ("r-0123456789ab", "fail", "tests", None)


def github(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, event: object, sha: str, attempt: str = "1") -> None:
    (tmp_path / "event.json").write_text(json.dumps(event), encoding="utf-8")
    for name, value in {
        "GITHUB_ACTIONS": "true",
        "GITHUB_REPOSITORY": "acme/shop",
        "GITHUB_RUN_ID": "77",
        "GITHUB_RUN_ATTEMPT": attempt,
        "GITHUB_SHA": sha,
        "GITHUB_EVENT_PATH": str(tmp_path / "event.json"),
    }.items():
        monkeypatch.setenv(name, value)


def test_a_build_judges_its_own_commits_and_a_rerun_replaces_its_word(
    shop: Shop, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = shop.repo.head()
    first, second = shop.commit(2, {"pages.py": RENAMED}), shop.commit(3, {"other.py": "x = 1\n"})
    github(monkeypatch, tmp_path, {"before": before, "after": second}, second)

    failed = collected(capsys, "--status", "failure")
    collected(capsys, "--status", "failure")
    collected(capsys, "--status", "success")  # another job of the same run
    assert failed["commits"] == [first, second]
    assert [one.result for one in shop.events()] == ["pass", "fail"]

    github(monkeypatch, tmp_path, {"before": before, "after": second}, second, attempt="2")
    collected(capsys, "--status", "success")

    events = shop.events()
    assert [(one.result, one.source, one.commit) for one in events] == [(one.result, "ci", first) for one in events]
    assert events[-1].result == "pass" and len({one.run for one in events}) == 2
    assert "acme" not in repr(events)


def test_a_pull_request_is_judged_by_its_own_commits(
    shop: Shop, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = shop.repo.head()
    shop.repo.git("checkout", "-q", "-b", "topic")
    topic = shop.commit(2, {"pages.py": RENAMED})
    shop.repo.git("checkout", "-q", "--detach", base)
    shop.repo.git("merge", "-q", "--no-ff", "-m", "Merge topic", "topic")
    github(monkeypatch, tmp_path, {"pull_request": {"head": {"sha": topic}, "base": {"sha": base}}}, shop.repo.head())

    assert collected(capsys, "--status", "success")["commits"] == [topic]


@pytest.mark.parametrize("event", [None, [], {"pull_request": [], "after": "x", "before": 7}, {"before": "0" * 40}])
def test_a_strange_event_leaves_the_commit_that_was_built(event: object, tmp_path: Path) -> None:
    (tmp_path / "event.json").write_text(json.dumps(event), encoding="utf-8")
    sha = "a" * 40
    names = {"GITHUB_ACTIONS": "true", "GITHUB_SHA": sha, "GITHUB_EVENT_PATH": str(tmp_path / "event.json")}

    build = build_of(names | {"GITHUB_RUN_ATTEMPT": "9" * 400})

    assert build is not None and (build.head, build.base, build.attempt) == (sha, "", 1)
    assert build_of({}) is None


def test_a_cancelled_job_says_nothing(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    shop.commit(2, {"pages.py": RENAMED})

    assert collected(capsys, "--status", "cancelled")["new"] == 0
    assert shop.outcomes() == []


BROKEN = ("r.xml", "<testsuite><testcase"), ("c.xml", "<coverage"), ("gone.xml", "")


@pytest.mark.parametrize(("name", "text"), BROKEN)
def test_a_job_that_failed_has_failed_whatever_became_of_its_reports(
    shop: Shop, capsys: pytest.CaptureFixture[str], name: str, text: str
) -> None:
    commit = shop.adopt()
    shop.commit(3, {"good.xml": FAILING, **({name: text} if text else {})})
    option = "--coverage" if name == "c.xml" else "--junit"

    for status in (["--status", "success"], []):
        assert main(["evidence", "collect", option, name, "--commit", commit, *status]) == 3
        assert shop.events() == []
    capsys.readouterr()
    assert main(["evidence", "collect", "--junit", "good.xml", option, name, "--commit", commit, "--status", "failure"]) == 0
    out, err = capsys.readouterr()
    assert f"{name}: " in err and "the failure is recorded without it" in err and "failed" in out
    assert [(one.result, one.grounding) for one in shop.events()] == [("fail", 600)]


def test_a_report_whose_writer_leaves_failures_out_needs_the_status(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    commit = shop.adopt()
    shop.commit(3, {"r.xml": '<testsuites><testcase name="a" classname="test"/><!-- suites 1 --><!-- fail 0 --></testsuites>'})
    words = ("--junit", "r.xml", "--commit", commit)

    assert main(["evidence", "collect", *words]) == 0
    assert "add `--status success` if it did" in capsys.readouterr().err
    assert shop.events() == []
    assert collected(capsys, *words, "--status", "success")["result"] == "pass"
    assert capsys.readouterr().err == ""
    assert [one.result for one in shop.events()] == ["pass"]


def test_coverage_of_a_file_of_the_same_name_grounds_nothing(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    commit = shop.adopt(2, "web/pages.py")
    shop.repo.write({"api/pages.py": "import os\n"})  # nobody committed it
    hits = "".join(f'<line number="{number}" hits="1"/>' for number in range(1, 20))

    def grounding(sources: str, name: str) -> int:
        text = f'<coverage><sources>{sources}</sources><class filename="{name}"><lines>{hits}</lines></class></coverage>'
        shop.repo.write({"c.xml": text})
        answer = collected(capsys, "--coverage", "c.xml", "--status", "success", "--commit", commit)
        return int(answer["adoptions"][0]["grounding"])

    here = shop.repo.path
    assert grounding(f"<source>{here}/api</source><source>{here}/web</source>", "pages.py") == 400
    assert grounding("", "pages.py") == 400
    assert grounding("", "web/pages.py") == 1000
    assert grounding(f"<source>{here}/web</source>", "pages.py") == 1000


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["collect", "--pass"], "--pass: says what came of one pattern"),
        (["in-chunks"], "say what came of it"),
        (["in-chunks", "--pass", "--status", "success"], "--status: belongs to `foundry evidence collect`"),
        (["collect", "--status", "success", "--range", "HEAD..HEAD"], "holds no commits"),
        (["collect", "--status", "success", "--range", "HEAD"], "not a range"),
        (["collect", "--status", "success", "--commit", "nope"], "no such commit"),
        (["collect", "--junit", "none.xml"], "none.xml: cannot be read"),
    ],
)
def test_what_cannot_be_collected_is_refused_with_a_sentence(
    shop: Shop, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert main(["outcome", *words]) in (2, 3)
    assert said in capsys.readouterr().err


# commands

IDLE = (
    "pytest --version",
    "pytest -h",
    "python -m pytest -q --collect-only",
    "uv run pytest tests --co -q",
    "pytest --fixtures",
    "pytest --markers",
    "pytest --setup-plan",
    "pytest --setup-only",
    "cargo test --no-run",
    "cargo test -- --list",
    "cargo nextest list",
    "cargo --version",
    "go test -list . ./...",
    "go test -list=. ./...",
    "go test -c",
    "go version",
    "npx jest --listTests",
    "npm test -- --listTests",
    "npx vitest list",
    "npx playwright test --list",
    "tox list",
    "make -n test",
    "git --version",
    "python -V",
    "npm test -- --help",
)
AT_WORK = (
    "cargo test --all -- --nocapture",
    "go test -count=1 ./...",
    "npx jest tests/list",
    "npx vitest run",
    "tox -e py311",
    "make version",
    "helm test shop --version 3 --logs",
)


@pytest.mark.parametrize(
    ("words", "code", "expected"),
    [
        (["pytest"], 0, Ended(True)),
        (["pytest"], 1, Ended(False)),
        (["python", "-m", "pytest", "-m", "slow"], 1, Ended(False, True)),
        (["pytest", "tests/test_a.py::test_b"], 0, Ended(True, True)),
        (["pytest", "--lf"], 0, Ended(True, True)),
        *((["pytest"], code, Ended(None)) for code in (2, 3, 4, 5, 137, -2)),
        (["make", "test"], 2, Ended(False)),
        (["make", "test"], 127, Ended(None)),
        (["make", "test"], -9, Ended(None)),
        *((line.split(), code, Ended(None)) for line in IDLE for code in (0, 1)),
        *((line.split(), 0, Ended(True)) for line in AT_WORK),
    ],
)
def test_how_a_command_ended(words: list[str], code: int, expected: Ended) -> None:
    assert ended(words, code) == expected


def test_a_command_says_which_reports_it_writes() -> None:
    words = "pytest --junitxml=a.xml --junit-xml b.xml --cov-report=xml --cov-report json:c.json --cov-report=term".split()

    assert junit_files([*words, "--junitxml"]) == ["a.xml", "b.xml"]
    assert coverage_files(words) == ["coverage.xml", "c.json"]


def test_a_run_is_recorded_for_what_came_since_the_last_green(shop: Shop, capfd: pytest.CaptureFixture[str]) -> None:
    first = shop.adopt()
    script = f"open('r.xml', 'w').write({PASSING!r}); print('said', flush=True)"
    capfd.readouterr()

    assert main(["evidence", "run", "--", PYTHON, "-c", script, "--junitxml=r.xml"]) == 0
    assert capfd.readouterr() == ("said\n", "foundry: recorded: python/in-chunks@1 passed\n")
    assert [(one.result, one.source, one.commit, one.grounding) for one in shop.events()] == [("pass", "tests", first, 600)]

    second = shop.adopt(3, "more.py")
    assert main(["evidence", "run", PYTHON, "-c", "raise SystemExit(3)"]) == 3
    assert main(["evidence", "run", PYTHON, "-c", "raise SystemExit(3)"]) == 3
    assert [(one.result, one.commit, one.grounding) for one in shop.events()[1:]] == [("fail", second, 400)]


def test_a_run_says_on_one_line_what_it_told_or_why_it_told_nothing(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def said(script: str, *words: str) -> str:
        capfd.readouterr()
        main(["evidence", "run", "--", PYTHON, "-c", script, *words])
        out, err = capfd.readouterr()
        assert out == ""
        return err

    passes, fails = "pass", "raise SystemExit(1)"
    shop.repo.git("update-index", "--refresh")  # the files are copies; a run is green only where nothing looks changed
    count = int(shop.repo.git("rev-list", "--count", "HEAD"))
    assert said(passes) == f"foundry: nothing recorded: no pattern was adopted in the newest {count} commits\n"
    shop.commit(1, {})
    assert said(passes) == "foundry: nothing recorded: no pattern was adopted in the newest commit\n"
    assert said(passes) == "foundry: nothing recorded: nothing was committed since the last green run\n"
    shop.adopt()
    assert said(fails) == "foundry: recorded: python/in-chunks@1 failed\n"
    assert said(fails) == "foundry: nothing new, the last run said so too: python/in-chunks@1 failed\n"
    assert said(passes) == "foundry: recorded: python/in-chunks@1 passed\n"
    assert said("raise SystemExit(130)") == (
        "foundry: nothing recorded: how this command ended says neither that tests passed nor that they failed\n"
    )
    monkeypatch.chdir(tmp_path)
    assert said(passes).startswith("foundry: nothing recorded: there is no library here")


def test_a_runner_that_is_asked_for_its_version_says_nothing_and_is_no_green_run(
    shop: Shop, capfd: pytest.CaptureFixture[str]
) -> None:
    shop.adopt()
    shop.repo.git("update-index", "--refresh")
    capfd.readouterr()

    assert main(["evidence", "run", "--", PYTHON, "-m", "pytest", "--version"]) == 0
    assert capfd.readouterr().err.endswith("foundry: nothing recorded: with `--version` this command runs no tests\n")
    assert shop.events() == []
    assert main(["evidence", "run", PYTHON, "-c", "pass"]) == 0  # it speaks of the adoption: no green run came before
    assert [one.result for one in shop.events()] == ["pass"]


def test_uncommitted_changes_weaken_the_word_and_leave_the_green_where_it_was(shop: Shop) -> None:
    commit = shop.adopt()
    shop.repo.write({"pages.py": RENAMED + "\n\nMORE = 1\n"})
    assert main(["evidence", "run", PYTHON, "-c", "pass"]) == 0
    assert [(one.commit, one.grounding) for one in shop.events()] == [(commit, 200)]

    shop.repo.git("checkout", "-q", "pages.py")
    assert main(["evidence", "run", PYTHON, "-c", "pass"]) == 0
    assert [one.grounding for one in shop.events()] == [200, 400]
    assert main(["evidence", "run", PYTHON, "-c", "raise SystemExit(1)"]) == 1  # nothing was committed since
    assert len(shop.events()) == 2


def test_a_file_that_was_only_touched_is_no_change(shop: Shop) -> None:
    shop.adopt()
    page = shop.repo.path / "pages.py"
    os.utime(page, (1, 1))
    page.chmod(page.stat().st_mode)

    assert main(["evidence", "run", PYTHON, "-c", "pass"]) == 0

    assert [one.grounding for one in shop.events()] == [400]


def test_no_filter_of_the_configuration_is_run_to_see_what_changed(shop: Shop, tmp_path: Path) -> None:
    shop.adopt()
    script, ran = tmp_path / "filter", tmp_path / "ran"
    script.write_text(f"#!/bin/sh\ntouch {ran}\ncat\n", encoding="utf-8")
    script.chmod(0o755)
    for key, value in (("clean", script), ("required", "true")):
        shop.repo.git("config", f"filter.spy.{key}", str(value))
    (shop.repo.path / ".git/info/attributes").write_text("*.py filter=spy\n", encoding="utf-8")
    os.utime(shop.repo.path / "pages.py", (1, 1))

    assert main(["evidence", "run", PYTHON, "-c", "pass"]) == 0

    assert not ran.exists()
    assert [one.grounding for one in shop.events()] == [400]


def test_a_report_of_an_earlier_run_does_not_count(shop: Shop) -> None:
    shop.adopt()
    shop.repo.write({"r.xml": FAILING})

    assert main(["evidence", "run", PYTHON, "-c", "pass", "--junitxml=r.xml"]) == 0
    assert [(one.result, one.grounding) for one in shop.events()] == [("pass", 400)]


def test_what_of_ours_fails_is_one_line_and_changes_nothing(shop: Shop, capfd: pytest.CaptureFixture[str]) -> None:
    shop.adopt()
    capfd.readouterr()

    assert main(["evidence", "run", PYTHON, "-c", "open('r.xml', 'w').write('<')", "--junitxml=r.xml"]) == 0
    out, err = capfd.readouterr()
    assert (out, len(err.splitlines())) == ("", 1) and "not recorded: r.xml: not XML" in err.replace(f"{shop.repo.path}/", "")


def test_a_red_run_is_recorded_though_its_report_is_broken(shop: Shop, capfd: pytest.CaptureFixture[str]) -> None:
    commit = shop.adopt()
    capfd.readouterr()

    assert main(["evidence", "run", PYTHON, "-c", "open('r.xml', 'w').write('<'); raise SystemExit(7)", "--junitxml=r.xml"]) == 7
    out, err = capfd.readouterr()
    assert (out, len(err.splitlines())) == ("", 1)
    assert "recorded: python/in-chunks@1 failed; left out is r.xml: not XML" in err.replace(f"{shop.repo.path}/", "")
    assert [(one.result, one.commit, one.grounding) for one in shop.events()] == [("fail", commit, 400)]


def test_a_status_that_says_nothing_leaves_the_report_to_tell_of_a_failure(shop: Shop, capfd: pytest.CaptureFixture[str]) -> None:
    shop.adopt()
    shop.commit(3, {"said.py": "import sys\nopen('r.xml', 'w').write(sys.argv[1])\nraise SystemExit(126)\n"})
    unloaded = '<testsuite name="pytest" errors="1"><testcase name="tests.test_a"><error/></testcase></testsuite>'

    for text in (PASSING, "<"):
        assert main(["evidence", "run", PYTHON, "said.py", text, "--junitxml=r.xml"]) == 126
        assert shop.events() == []
    capfd.readouterr()
    shop.repo.write({"pytest": "#!/bin/sh\nprintf '%s' \"$UNLOADED\" >r.xml\nexit 2\n"})
    (shop.repo.path / "pytest").chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UNLOADED", unloaded)
        assert main(["evidence", "run", "./pytest", "--junitxml=r.xml"]) == 2  # pytest, where a file cannot be loaded
    assert [(one.result, one.grounding) for one in shop.events()] == [("fail", 600)]


def test_outside_of_a_repository_a_command_just_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert main(["evidence", "run", "--", PYTHON, "-c", "raise SystemExit(5)"]) == 5
    assert main(["evidence", "run", "--", "no-such-command-at-all"]) == 127
    assert main(["evidence", "run", "--", str(tmp_path)]) == 126
    assert main(["evidence", "run"]) == 2


def test_a_closed_or_broken_stderr_changes_nothing(repo: GitRepo) -> None:
    line = f"{PYTHON} -P -m foundry_git evidence run -- sh -c 'echo said; exit 3'"
    unread, written = os.pipe()
    os.close(unread)
    try:
        broken = subprocess.run(
            ["sh", "-c", line], cwd=repo.path, stdout=subprocess.PIPE, stderr=written, check=False, timeout=60
        )
    finally:
        os.close(written)
    closed = subprocess.run(["sh", "-c", f"{line} 2>&-"], cwd=repo.path, stdout=subprocess.PIPE, check=False, timeout=60)

    assert [(done.returncode, done.stdout) for done in (broken, closed)] == [(3, b"said\n")] * 2


def test_the_command_has_our_stdin_environment_and_signals(repo: GitRepo) -> None:
    script = (
        "import os, signal, sys\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(9))\n"
        "print(os.getcwd(), os.environ['MARK'], sys.stdin.readline().strip(), flush=True)\n"
        "signal.pause()\n"
    )
    with subprocess.Popen(
        [PYTHON, "-P", "-m", "foundry_git", "evidence", "run", "--", PYTHON, "-c", script],
        cwd=repo.path,
        env={**os.environ, "MARK": "mark"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdin is not None and child.stdout is not None
        child.stdin.write("typed\n")
        child.stdin.flush()
        said = child.stdout.readline().split()
        child.send_signal(signal.SIGTERM)
        assert child.wait(60) == 9
    assert said == [str(repo.path), "mark", "typed"]


def test_a_command_that_a_signal_ended_ends_us_by_it(foundry: CommandLine) -> None:
    done = foundry("evidence", "run", "--", PYTHON, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGTERM)")

    assert done.returncode == -signal.SIGTERM


# pytest


PLUGIN = "foundry_git.outcomes.pytest_plugin"


def test_pytest_finds_the_plugin_where_the_package_is_installed() -> None:
    declared = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
    assert declared["project"]["entry-points"]["pytest11"] == {"foundry": PLUGIN}


def pytest_run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", PLUGIN, *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)


def test_the_plugin_records_only_where_it_is_asked_to(shop: Shop) -> None:
    commit = shop.adopt()
    passing = "import pytest\n\n\n@pytest.mark.parametrize('text', ['a', '\\0<'])\ndef test_it(text):\n    assert True\n"
    shop.commit(3, {"test_shop.py": passing, ".gitignore": "__pycache__\n"})

    assert pytest_run(shop.repo.path).returncode == 0
    assert pytest_run(shop.repo.path, "--foundry", "--collect-only").returncode == 0
    assert shop.outcomes() == []

    done = pytest_run(shop.repo.path, "--foundry")
    assert done.returncode == 0 and "foundry" not in done.stdout + done.stderr
    assert [(one.result, one.commit, one.grounding) for one in shop.events()] == [("pass", commit, 600)]

    later = shop.adopt(4, "more.py")
    shop.commit(5, {"test_shop.py": passing.replace("True", "False"), "pytest.ini": "[pytest]\nfoundry = true\n"})
    assert pytest_run(shop.repo.path).returncode == 1
    assert [(one.result, one.commit) for one in shop.events()[1:]] == [("fail", later)]


AGAIN = """\
from _pytest.runner import runtestprotocol


def pytest_runtest_protocol(item, nextitem):
    if "flaky" not in item.name:
        return None
    for last in (False, True):
        for report in runtestprotocol(item, nextitem=nextitem, log=False):
            if report.failed and not last:
                report.outcome = "rerun"  # as pytest-rerunfailures has it
            item.ihook.pytest_runtest_logreport(report=report)
    return True
"""
FLAKY = "TRIES = []\n\n\ndef test_flaky():\n    TRIES.append(1)\n    assert len(TRIES) == 2\n"
SUBTESTS = """\
import unittest


class Parts(unittest.TestCase):
    def test_parts(self):
        for part in ({}, True):
            with self.subTest():
                self.assertTrue(part)
"""


@pytest.mark.parametrize(
    ("files", "status", "result"),
    [
        ({"conftest.py": AGAIN, "test_it.py": FLAKY}, 0, "pass"),
        ({"conftest.py": AGAIN, "test_it.py": FLAKY.replace("== 2", "> 2")}, 1, "fail"),
        ({"test_it.py": SUBTESTS.format("True")}, 0, "pass"),
        ({"test_it.py": SUBTESTS.format("False")}, 1, "fail"),
        ({"test_it.py": "import gone\n", "test_other.py": "def test_it():\n    pass\n"}, 2, "fail"),
    ],
    ids=["passes when it is run again", "fails again", "subtests", "a subtest fails", "a file cannot be loaded"],
)
def test_the_plugin_hears_of_further_tries_subtests_and_files_that_cannot_be_loaded(
    shop: Shop, files: dict[str, str | bytes | None], status: int, result: str
) -> None:
    shop.adopt()
    shop.commit(3, {**files, ".gitignore": "__pycache__\n"})

    done = pytest_run(shop.repo.path, "--foundry")

    assert done.returncode == status, done.stdout
    assert [one.result for one in shop.events()] == [result]
    assert pytest_run(shop.repo.path, "--foundry", "--collect-only").returncode in (0, 2)
    assert len(shop.events()) == 1
