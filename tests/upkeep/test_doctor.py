"""``foundry doctor``: what it finds well, what it finds wrong with the next step, and whether the loop is closing."""

from __future__ import annotations

import json
import os
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from foundry_git.cli.commands.doctor import age
from foundry_git.index.encoder.weights import find_weights
from foundry_git.upkeep.health import STEPS
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo
from tests.samples import CHUNKS

LOOKED_AT = [
    "repository",
    "languages",
    "library",
    "hooks",
    "worker",
    "candidates",
    "origins",
    "weights",
    "index",
    "units",
    "evidence",
]


def examined(foundry: CommandLine) -> tuple[int, dict[str, Any]]:
    done = foundry("doctor", "--json")
    assert "Traceback" not in done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert [one["name"] for one in found["findings"]] == LOOKED_AT
    states = {one["state"] for one in found["findings"]}
    assert states <= {"good", "note", "bad"}
    assert done.returncode == (1 if "bad" in states else 0)
    return done.returncode, found


def finding(foundry: CommandLine, name: str) -> tuple[str, str]:
    """State, and the sentence with its next step."""
    found = {one["name"]: one for one in examined(foundry)[1]["findings"]}
    return found[name]["state"], f"{found[name]['sentence']}; {found[name]['next_step']}"


@pytest.fixture
def ready(repo: GitRepo, foundry: CommandLine) -> GitRepo:
    """A repository where ``init`` ran and a commit was taken in."""
    assert foundry("init").returncode == 0
    repo.commit({"a.txt": "a"})
    assert foundry("candidates").returncode == 0
    return repo


@pytest.mark.skipif(find_weights(None, Path("/nowhere")) is None, reason="the weights are not installed")
@pytest.mark.usefixtures("ready")
def test_a_healthy_repository_is_all_good(foundry: CommandLine) -> None:
    code, found = examined(foundry)

    assert code == 0
    assert {one["state"] for one in found["findings"]} == {"good"}
    assert found["loop"] == {name: None for name, _ in STEPS}
    assert found["patterns"] >= 40
    assert found["never_found"] == []
    shown = foundry("doctor").stdout
    assert shown.count("✓") == len(LOOKED_AT)
    assert f"all {found['patterns']} patterns are found by their own description" in shown


def test_outside_a_repository_it_says_so_and_looks_on(tmp_path: Path) -> None:
    code, found = examined(CommandLine(tmp_path))

    states = {one["name"]: one["state"] for one in found["findings"]}
    assert code == 1
    assert (states["repository"], states["library"], states["hooks"], states["worker"]) == ("bad", "bad", "bad", "note")
    assert (states["index"], states["evidence"]) == ("good", "good")


def test_without_a_library_init_is_the_next_step(foundry: CommandLine) -> None:
    assert finding(foundry, "library") == ("bad", "none here; only the starter library is searched; run `foundry init`")
    assert finding(foundry, "repository")[0] == "good"


def test_missing_hooks_are_named(ready: GitRepo, foundry: CommandLine) -> None:
    (ready.path / ".git/hooks/post-merge").unlink()

    assert finding(foundry, "hooks") == ("bad", "the worker is not woken by post-merge; run `foundry init`")


GONE = "/no/such/venv/bin/python"


def _spoil(ready: GitRepo, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    script = ready.path / ".git/foundry/wake"
    text, spoiled = script.read_text(), re.sub(r"(?m)^python=.*$", f"python={GONE}", script.read_text())
    assert spoiled != text
    script.write_text(spoiled)
    monkeypatch.setenv("PATH", path)


def test_an_interpreter_that_is_gone_is_named(
    ready: GitRepo, foundry: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "git").symlink_to(shutil.which("git") or "")
    _spoil(ready, monkeypatch, str(tmp_path))

    assert finding(foundry, "hooks") == ("bad", f"they start {GONE}, which is no longer there; run `foundry init` again")
    foundry("init")
    assert finding(foundry, "hooks")[0] == "good"


def test_a_script_that_is_gone_is_named(ready: GitRepo, foundry: CommandLine) -> None:
    script = ready.path / ".git/foundry/wake"
    script.unlink()

    assert finding(foundry, "hooks") == ("bad", f"they read {script}, which is not there; run `foundry init` again")


def test_where_it_is_gone_the_program_on_the_path_does(
    ready: GitRepo, foundry: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "foundry").write_text("#!/bin/sh\n")
    (tmp_path / "foundry").chmod(0o755)
    _spoil(ready, monkeypatch, f"{tmp_path}:{os.environ['PATH']}")

    state, said = finding(foundry, "hooks")
    assert (state, said.partition(",")[0]) == ("note", f"they start {GONE}")


def test_hooks_of_the_version_before_name_their_own_interpreter(ready: GitRepo, foundry: CommandLine) -> None:
    line = f"if [ -x {GONE} ]; then ({GONE} -P -m foundry_git worker </dev/null >/dev/null 2>&1 &); fi\n"
    (ready.path / ".git/foundry/wake").unlink()
    for name in ("post-commit", "post-merge", "post-rewrite", "post-checkout"):
        section = f"# >>> foundry-git >>>\n{line}# <<< foundry-git <<<\n"
        (ready.path / ".git/hooks" / name).write_text(f"#!/bin/sh\n{section}")

    assert finding(foundry, "hooks") == ("bad", f"they start {GONE}, which is no longer there; run `foundry init` again")
    foundry("init")
    assert finding(foundry, "hooks")[0] == "good"


def test_a_worker_that_was_never_started_is_found(repo: GitRepo, foundry: CommandLine) -> None:
    repo.commit({"foundry.yaml": "library_id: 5a0c7a52-0f59-4d09-9f4c-0b9d0f1b2c3d\n"})

    assert finding(foundry, "worker") == ("bad", "was never started here; run `foundry init`")


def test_what_the_workers_last_run_ended_with_is_told(ready: GitRepo, foundry: CommandLine) -> None:
    log = ready.path / ".git/foundry/worker.log"
    with log.open("a") as file:
        file.write("2026-01-01 00:00:00,000 INFO took in 1 commits\n2026-01-01 00:00:01,000 WARNING the disk is full\n")

    state, sentence = finding(foundry, "worker")
    assert (state, "its last run ended with: the disk is full" in sentence) == ("bad", True)
    with log.open("a") as file:
        file.write("2026-01-02 00:00:00,000 INFO took in 2 commits: 0 candidates, 0 gone\n")
    assert finding(foundry, "worker")[0] == "good", "an error that a later run got over is past"


def test_a_foundry_yaml_that_cannot_be_used_is_a_finding(ready: GitRepo, foundry: CommandLine) -> None:
    file = ready.path / ".foundry/foundry.yaml"
    file.write_text(file.read_text() + "serch: {}\n")

    state, sentence = finding(foundry, "library")

    assert state == "bad"
    assert f"{file}: serch: unknown key; did you mean search?" in sentence


def test_files_that_cannot_be_used_are_counted(ready: GitRepo, foundry: CommandLine) -> None:
    ready.write({".foundry/patterns/python/a/v1/pattern.yaml": "<<<<<<< HEAD\n", ".foundry/patterns/python/b/v1/x": ""})

    state, sentence = finding(foundry, "library")

    assert (state, sentence) == ("bad", f"{ready.path}/.foundry: 2 files cannot be used; run `foundry library check`")


@pytest.mark.usefixtures("ready")
@pytest.mark.parametrize(
    ("text", "state", "sentence"),
    [
        ("encoder: {enabled: false}\n", "note", "switched off in your config.yaml: search is by word only"),
        ("encoder: {weights: /no/such/weights}\n", "bad", "/no/such/weights"),
    ],
)
def test_without_weights_it_says_what_search_can_still_do(
    foundry: CommandLine, home: Path, text: str, state: str, sentence: str
) -> None:
    file = home / ".config/foundry-git/config.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(text)

    found = finding(foundry, "weights")

    assert found[0] == state
    assert sentence in found[1]


@pytest.mark.skipif(find_weights(None, Path("/nowhere")) is None, reason="the weights are not installed")
def test_units_of_head_are_counted_once_somebody_asked(ready: GitRepo, foundry: CommandLine) -> None:
    assert finding(foundry, "units")[1].startswith("nobody asked about the code at HEAD yet")
    ready.commit({"a.py": CHUNKS, "b.py": CHUNKS})
    foundry("search", "pieces of a list")

    assert finding(foundry, "units") == ("good", "2 of HEAD, in step with it; 1 of 1 texts encoded; ")
    ready.commit({f"{number}.py": CHUNKS.replace("in_chunks", f"chunk_{'x' * number}") for number in range(1, 90)})
    state, sentence = finding(foundry, "units")
    assert (state, sentence.startswith("91 of HEAD, in step with it; 1 of 90 texts encoded; ")) == ("note", True)


@pytest.mark.usefixtures("ready")
def test_units_that_are_found_by_word_only_wait_for_nothing(repo: GitRepo, foundry: CommandLine, home: Path) -> None:
    (home / ".config/foundry-git").mkdir(parents=True)
    (home / ".config/foundry-git/config.yaml").write_text("encoder: {enabled: false}\n")
    repo.commit({"a.py": CHUNKS})
    foundry("search", "pieces of a list")

    assert finding(foundry, "units") == ("good", "1 of HEAD, in step with it, searched by word only; ")


def test_lines_of_the_journal_that_cannot_be_read_are_found(ready: GitRepo, foundry: CommandLine) -> None:
    foundry("outcome", "python/token-bucket", "--pass")
    with (ready.path / ".git/foundry/journal.jsonl").open("a") as file:
        file.write("<<<<<<< HEAD\n")

    state, sentence = finding(foundry, "evidence")

    assert state == "bad"
    assert "cannot be read: 1;" in sentence and "journal.jsonl:2" in sentence


def test_candidates_that_wait_are_a_note(repo: GitRepo, foundry: CommandLine) -> None:
    foundry("init")
    repo.commit({"a.py": CHUNKS})

    assert finding(foundry, "candidates") == ("note", "1 wait for you; run `foundry candidates`")


def test_candidates_that_no_week_had_room_for_are_named_with_the_list_that_has_them(repo: GitRepo, foundry: CommandLine) -> None:
    foundry("init")
    settings = (repo.path / ".foundry/foundry.yaml").read_text(encoding="utf-8")
    repo.commit({".foundry/foundry.yaml": f"{settings}extraction:\n  per_week: 0\n", "a.py": CHUNKS})

    said = "none in the inbox; 1 that the week had no room for, or that are worth little; `foundry candidates --all` lists them"
    assert finding(foundry, "candidates") == ("good", said)
    assert "python/in-chunks" in foundry("candidates", "--all").stdout


def test_each_step_of_the_loop_is_told_with_its_time(repo: GitRepo, foundry: CommandLine) -> None:
    began = datetime.now(UTC) - timedelta(seconds=5)
    foundry("init")
    repo.commit({"a.py": CHUNKS})
    foundry("candidates")
    assert foundry("accept", "python/in-chunks").returncode == 0
    repo.commit({"b.py": CHUNKS})
    assert foundry("inject", "--task", "cut a list into pieces of a size").returncode == 0
    assert foundry("outcome", "python/in-chunks", "--pass").returncode == 0
    assert foundry("outcome", "python/in-chunks", "--rating", "5").returncode == 0

    loop = examined(foundry)[1]["loop"]

    assert list(loop) == [name for name, _ in STEPS]
    assert {name for name, at in loop.items() if at} == {"accepted", "adopted", "injected", "outcome", "rated", "sighted"}
    assert all(datetime.fromisoformat(at) >= began for at in loop.values() if at)
    assert "just now  pattern rated" in foundry("doctor").stdout
    assert "never" in foundry("doctor").stdout


def test_a_pattern_that_its_own_description_does_not_find_is_named(repo: GitRepo, foundry: CommandLine) -> None:
    """Twelve patterns that say the same: a search for it shows ten."""
    foundry("init")
    for number in range(12):
        folder = f".foundry/patterns/python/same-{number:02}/v1"
        text = f"schema: 1\nname: same_{number:02}\nkind: function\ndescription: Say the same.\nlanguage: python\ncode: it.py\n"
        repo.write({f"{folder}/pattern.yaml": text, f"{folder}/it.py": "def same():\n    return 'the same'\n"})

    found = examined(foundry)[1]

    assert len(found["never_found"]) == 2
    assert all(id.startswith("python/same-") for id in found["never_found"])


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(seconds=61), "1 minute ago"),
        (timedelta(minutes=59, seconds=30), "59 minutes ago"),
        (timedelta(hours=1, seconds=1), "1 hour ago"),
        (timedelta(hours=47), "1 day ago"),
        (timedelta(days=40), "40 days ago"),
        (timedelta(seconds=-30), "just now"),
    ],
)
def test_ages_are_told_in_the_largest_unit(ago: timedelta, words: str) -> None:
    assert age(datetime.now(UTC) - ago) == words
    assert age(None) == "never"
