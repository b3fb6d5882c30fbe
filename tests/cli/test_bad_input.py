"""Bad input through the command line: a sentence with place and next step, the right exit code, everything else still served."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from foundry_git.cli import commands
from foundry_git.command_table import GROUPS
from tests import TOP
from tests.commandline import CommandLine, Ran
from tests.gitrepo import GitRepo

FOUNDRY_YAML = "library_id: 5a0c7a52-0f59-4d09-9f4c-0b9d0f1b2c3d\nname: towers\n"
GOOD = "patterns/python/ring-in-turn/v1"
BAD = "patterns/python/toll-once/v1"
CODE = "def ring_in_turn(bells):\n    for bell in bells:\n        yield bell.strike()\n"


def manifest(name: str, description: str, code: str = "it.py") -> str:
    return f"schema: 1\nname: {name}\nkind: function\ndescription: {description}\nlanguage: python\ncode: {code}\n"


@pytest.fixture
def tower(repo: GitRepo) -> GitRepo:
    """A library with two good patterns; the tests spoil ``BAD``."""
    files = {f"{GOOD}/pattern.yaml": manifest("ring_in_turn", "Ring the bells of a tower in turn."), f"{GOOD}/it.py": CODE}
    files |= {
        f"{BAD}/pattern.yaml": manifest("toll_once", "Toll one bell once."),
        f"{BAD}/it.py": "def toll(bell):\n    bell()\n",
    }
    repo.commit({"foundry.yaml": FOUNDRY_YAML, **files})
    return repo


def found(done: Ran) -> list[str]:
    assert done.returncode == 0, done.stderr
    return [hit["id"] for hit in json.loads(done.stdout)]


def search(repo: GitRepo) -> Ran:
    done = CommandLine(repo.path)("search", "--json", "ring the bells of the tower in turn")
    assert "Traceback" not in done.stderr
    assert "python/ring-in-turn" in found(done), "the other patterns are still served"
    return done


SPOILED: dict[str, tuple[dict[str, str | bytes | None], str, str]] = {
    "malformed YAML": ({f"{BAD}/pattern.yaml": "name: [a\n"}, f"{BAD}/pattern.yaml", "line "),
    "conflict markers": ({f"{BAD}/pattern.yaml": "<<<<<<< HEAD\nname: a\n"}, f"{BAD}/pattern.yaml", "unresolved merge conflict"),
    "no code file": ({f"{BAD}/it.py": None}, f"{BAD}/pattern.yaml", "code: it.py is not in"),
    "code not UTF-8": ({f"{BAD}/it.py": b"# caf\xe9\n"}, f"{BAD}/it.py", "not UTF-8 at byte 5"),
    "manifest not UTF-8": ({f"{BAD}/pattern.yaml": b"name: caf\xe9\n"}, f"{BAD}/pattern.yaml", "not UTF-8 at byte 9"),
    "code outside": ({f"{BAD}/pattern.yaml": manifest("a", "b", "../../x.py")}, f"{BAD}/pattern.yaml", "is not the plain name"),
    "newer schema": ({f"{BAD}/pattern.yaml": "schema: 9\n"}, f"{BAD}/pattern.yaml", "upgrade with `pip install -U foundry-git`"),
    "empty manifest": ({f"{BAD}/pattern.yaml": ""}, f"{BAD}/pattern.yaml", "is not a mapping of keys to values"),
    "a list": ({f"{BAD}/pattern.yaml": "- a\n- b\n"}, f"{BAD}/pattern.yaml", "mapping"),
    "an id with ..": ({"patterns/python/a..b/v1/pattern.yaml": "x: y\n"}, "patterns/python/a..b", "not LANGUAGE/SLUG"),
    "a huge file": ({f"{BAD}/it.py": b"x" * 300_000}, f"{BAD}/it.py", "at most 262,144 are read"),
}


@pytest.mark.parametrize("case", SPOILED)
def test_a_bad_file_is_named_and_costs_only_itself(tower: GitRepo, case: str) -> None:
    files, place, sentence = SPOILED[case]
    tower.write(files)

    done = search(tower)

    assert done.stderr.startswith("foundry: skipped ")
    assert f"{tower.path}/{place}: " in done.stderr
    assert sentence in done.stderr
    assert "see `foundry library check`" in done.stderr
    assert done.stderr.count("\n") == 1
    checked = CommandLine(tower.path)("library", "check")
    assert checked.returncode == 1
    assert f"{place}: " in checked.stdout and sentence in checked.stdout


@pytest.mark.parametrize("what", ["file", "folder", "version"])
def test_links_out_of_the_library_are_not_followed(tower: GitRepo, tmp_path: Path, what: str) -> None:
    secret = tmp_path / "outside"
    secret.mkdir()
    (secret / "it.py").write_text("TOP_SECRET = 1\n")
    (secret / "pattern.yaml").write_text(manifest("secret", "Toll the secret bell."))
    place = {"file": f"{BAD}/it.py", "folder": "patterns/python/linked", "version": "patterns/python/toll-once/v2"}[what]
    target = secret / "it.py" if what == "file" else secret
    (tower.path / place).unlink(missing_ok=True)
    (tower.path / place).symlink_to(target)

    done = search(tower)

    assert "a symbolic link" in done.stderr and place in done.stderr
    shown = CommandLine(tower.path)("search", "--json", "toll the secret bell")
    assert "TOP_SECRET" not in shown.stdout and "secret" not in shown.stdout
    assert CommandLine(tower.path)("library", "check").returncode == 1


def test_many_bad_files_are_one_line(tower: GitRepo) -> None:
    tower.write({f"patterns/python/bad-{number}/v1/pattern.yaml": "<<<<<<< HEAD\n" for number in range(7)})

    done = search(tower)

    assert done.stderr.count("\n") == 1
    assert "skipped 7 files that cannot be used" in done.stderr


@pytest.mark.parametrize(
    ("text", "code", "sentence"),
    [
        ("library_id: [\n", 3, "line "),
        ("<<<<<<< HEAD\n", 3, "unresolved merge conflict"),
        ("name: x\n", 3, "library_id: is missing or not a UUID; `foundry init` writes one"),
        ("library_id: 1-2\n", 3, "library_id: is missing or not a UUID"),
        ("library: ../nowhere\n", 3, "points at ../nowhere, where there is no library"),
        ("library: .\n", 3, "points at itself in a circle"),
        (FOUNDRY_YAML + "serch: {}\n", 2, "serch: unknown key; did you mean search?"),
    ],
)
@pytest.mark.parametrize("command", [("search", "x"), ("inject", "--task", "x")])
def test_a_broken_foundry_yaml_is_said_with_its_place(
    repo: GitRepo, foundry: CommandLine, command: tuple[str, ...], text: str, code: int, sentence: str
) -> None:
    repo.write({"foundry.yaml": text})

    done = foundry(*command)

    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith(f"foundry: {repo.path}/foundry.yaml: ")
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1


def test_damaged_vectors_are_built_anew_with_one_line(tower: GitRepo) -> None:
    search(tower)
    (matrix,) = (tower.path / "index").glob("g*/vectors.npy")
    content = bytearray(matrix.read_bytes())
    content[-3] ^= 0x10
    matrix.write_bytes(bytes(content))

    done = search(tower)

    assert done.stderr == f"{matrix}: checksum differs from its manifest; built anew\n"
    assert search(tower).stderr == ""


@pytest.mark.parametrize("file", ["catalogue.db", "stats.db"])
@pytest.mark.parametrize("damage", ["random", "empty", "torn"])
def test_a_damaged_database_is_built_anew(tower: GitRepo, file: str, damage: str) -> None:
    foundry = CommandLine(tower.path)
    assert foundry("outcome", "python/ring-in-turn", "--pass").returncode == 0
    before = json.loads(foundry("stats", "python/ring-in-turn", "--json").stdout)
    path = tower.path / "index" / file
    content = path.read_bytes()
    path.write_bytes({"random": random.Random(5).randbytes(9000), "empty": b"", "torn": content[: len(content) // 2]}[damage])

    done = search(tower)

    assert done.stderr.count("\n") <= 1
    after = json.loads(foundry("stats", "python/ring-in-turn", "--json").stdout)
    assert (after["passed"], after["digest"]) == (before["passed"], before["digest"]) == (1, after["digest"])
    assert after["effectiveness"] == pytest.approx(before["effectiveness"], abs=1e-5)


def test_a_catalogue_of_a_newer_version_is_derived_and_built_anew(tower: GitRepo) -> None:
    search(tower)
    db = sqlite3.connect(tower.path / "index/catalogue.db")
    db.execute("PRAGMA user_version = 99")
    db.close()

    assert "schema 99" in search(tower).stderr


def test_a_damaged_line_of_the_journal_costs_only_itself(tower: GitRepo) -> None:
    foundry = CommandLine(tower.path)
    foundry("outcome", "python/ring-in-turn", "--pass")
    (journal,) = [path for path in (tower.path / ".git/foundry").rglob("*.jsonl") if path.name != "notes.jsonl"]
    journal.write_bytes(b"<<<<<<< HEAD\n" + journal.read_bytes() + b'{"half": ')

    done = foundry("stats", "python/ring-in-turn", "--json")

    assert done.returncode == 0
    assert json.loads(done.stdout)["passed"] == 1
    assert f"{journal}:1" in done.stderr


@pytest.mark.parametrize("reference", ["src/shop/prices.py:12", "src/shop/prices.py:rounded", "prices.go:Round"])
def test_a_unit_of_head_is_told_from_a_pattern(tower: GitRepo, reference: str) -> None:
    done = CommandLine(tower.path)("show", reference)

    place = reference.partition(":")[0]
    assert (done.returncode, done.stdout) == (2, "")
    assert f"a place in source code that nobody reviewed, and no pattern; open {place} there" in done.stderr


@pytest.mark.parametrize(
    "reference",
    ["../../etc/passwd", "python/../x", "/etc/passwd", "a/b/c", "python/x@0", "python/x@-1", "", "..", "%", "x\n", "a.b:go/X"],
)
@pytest.mark.parametrize("command", ["show", "accept", "stats"])
def test_a_malformed_reference_is_refused(tower: GitRepo, command: str, reference: str) -> None:
    done = CommandLine(tower.path)(command, "--", reference)

    if command == "stats" and not reference:
        return  # no id at all: everything is shown
    assert (done.returncode, done.stdout) == (2, "")
    assert "not a pattern reference; write [LIBRARY:]LANGUAGE/SLUG[@VERSION]" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("show", "python/ring-in-tune"), "no such pattern or candidate"),
        (("stats", "python/ring-in-tune"), "did you mean python/ring-in-turn"),
        (("accept", "python/nothing"), "no such candidate"),
        (("reject", "python/nothing"), "no such candidate"),
        (("propose", "python/nothing"), "no such candidate"),
        (("outcome", "python/nothing", "--pass"), "no such pattern"),
        (("outcome", "r-0123456789ab", "--pass"), "r-0123456789ab: no such receipt; see `foundry stats`"),
        (("outcome", "python/ring-in-turn", "--pass", "--used", "python/x"), "--used: "),
        (("extract", "--commit", "nothing"), "nothing: no such commit in"),
        (("extract", "--commit", "--help"), ""),
        (("extract", "--range", "HEAD"), "HEAD: not a range; write A..B"),
        (("extract", "--range", "a..b"), "no such commit in"),
        (("extract", "no/such/folder"), "no/such/folder: no such file or folder"),
        (("frobnicate",), "frobnicate: no such command; see `foundry help --all`"),
        (("serach", "x"), "serach: no such command; did you mean `foundry search`?"),
        (("collect",), "collect: no such command; did you mean `foundry evidence collect`?"),
        (("evidence", "snyc"), "evidence snyc: no such command; did you mean `foundry evidence sync`?"),
        (("evidence", "rnu"), "evidence rnu: no such command; did you mean `foundry evidence run`?"),
        (("libary", "check"), "libary: no such command; did you mean `foundry library check`?"),
        (("evidense", "rnu", "--", "pytest"), "evidense: no such command; did you mean `foundry evidence run`?"),
        (("agnet", "dance"), "agnet: no such command; did you mean `foundry agent`?"),
        (("search",), "required: QUERY"),
        (("outcome", "x"), "say what came of it with --pass, --fail or --rating N"),
        (("outcome", "x", "--rating", "6"), "argument --rating: invalid choice: "),
        (("-C", "/no/such/folder", "search", "x"), "-C /no/such/folder: No such file or directory"),
    ],
)
def test_a_wrong_request_ends_with_2_and_a_sentence(tower: GitRepo, arguments: tuple[str, ...], sentence: str) -> None:
    done = CommandLine(tower.path)(*arguments)

    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("extract",),
        ("extract", "--all"),
        ("extract", "--all", "--until", "2026-01-31"),
        ("extract", "--range", "HEAD~1..HEAD"),
        ("extract", "--commit", "main"),
        ("similar", "--diff", "HEAD~1"),
        ("evidence", "collect", "--status", "success"),
    ],
)
def test_before_the_first_commit_it_is_said_that_there_is_none(tmp_path: Path, words: tuple[str, ...]) -> None:
    repo = GitRepo.create(tmp_path / "empty")
    assert CommandLine(repo.path)("init").returncode == 0

    done = CommandLine(repo.path)(*words)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"foundry: {repo.path}: nothing is committed here yet; commit something first\n"


def test_on_a_branch_without_a_commit_other_names_are_still_looked_up(repo: GitRepo) -> None:
    repo.commit({"a.py": "A = 1\n"})
    repo.git("checkout", "--quiet", "--orphan", "bare")

    assert "nothing: no such commit in" in CommandLine(repo.path)("extract", "--commit", "nothing").stderr
    assert "nothing is committed here yet" in CommandLine(repo.path)("extract").stderr


def test_a_library_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = CommandLine(tmp_path)("--library", "nowhere", "search", "x")

    assert done.returncode == 3
    assert "nowhere: no pattern library here or above" in done.stderr


FOLDER = Path(commands.__path__[0])
OUTSIDE = {
    ("init",): 3,
    ("uninstall",): 3,
    ("extract",): 3,
    ("extract", "--all"): 3,
    ("candidates",): 3,
    ("show", "python/token-bucket"): 0,
    ("accept", "python/x"): 3,
    ("reject", "python/x"): 3,
    ("propose", "python/x"): 3,
    ("search", "token bucket"): 0,
    ("similar", "--staged"): 3,
    ("ask", "list languages"): 0,
    ("serve", "--rotate-token"): 0,
    ("inject", "--task", "token bucket"): 0,
    ("outcome", "python/token-bucket", "--pass"): 0,
    ("evidence", "collect"): 3,
    ("evidence", "decide", "python/token-bucket", "validated", "--reason", "tested"): 0,
    ("evidence", "withdraw", "0123456789ab"): 2,
    ("evidence", "sync"): 3,
    ("evidence", "run", "--", "true"): 0,
    ("evidence", "run", "--", "false"): 1,
    ("agent", "analyze"): 2,
    ("stats",): 0,
    ("stats", "--week"): 0,
    ("stats", "python/token-bucket"): 0,
    ("library", "check"): 3,
    ("library", "migrate"): 3,
    ("doctor",): 1,
    ("help", "search"): 0,
    ("encode",): 0,
    ("rebuild",): 0,
    ("watch",): 3,
    ("worker",): 0,
}


@pytest.mark.parametrize(("command", "code"), OUTSIDE.items(), ids=map(" ".join, OUTSIDE))
def test_every_command_outside_a_repository_works_or_says_why_not(tmp_path: Path, command: tuple[str, ...], code: int) -> None:
    done = CommandLine(tmp_path)(*command)

    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    if code == 3:
        assert done.stderr.startswith(f"foundry: {tmp_path}: ")
        assert "; run `" in done.stderr


def test_every_command_is_tried_outside_a_repository() -> None:
    tried = {" ".join(command[: 2 if command[0] in GROUPS else 1]) for command in OUTSIDE}
    names = {" ".join(file.relative_to(FOLDER).with_suffix("").parts) for file in FOLDER.rglob("[!_]*.py")}

    assert tried == names


@pytest.fixture
def sealed(tower: GitRepo) -> Iterator[GitRepo]:
    """The library with every file and folder read-only."""
    places = [tower.path, *tower.path.rglob("*")]
    modes = {place: stat.S_IMODE(place.lstat().st_mode) for place in places if not place.is_symlink()}
    for place in modes:
        place.chmod(modes[place] & ~0o222)
    yield tower
    for place, mode in modes.items():
        place.chmod(mode)


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_read_only_repository_is_searched_all_the_same(sealed: GitRepo) -> None:
    search(sealed)


def test_an_index_folder_that_is_a_file_is_a_sentence(tower: GitRepo) -> None:
    tower.write({"index": "in the way"})

    done = CommandLine(tower.path)("search", "ring")

    assert "Traceback" not in done.stderr
    assert done.returncode in (0, 3)
    assert done.returncode == 0 or done.stderr.startswith(f"foundry: {tower.path}/index: ")


@pytest.mark.parametrize(
    "arguments", [("search", "retry"), ("search", "retry", "--json"), ("stats",), ("--help",), ("--version",)]
)
def test_a_reader_that_goes_away_is_no_error(tower: GitRepo, arguments: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-P", "-m", "foundry_git", *arguments]

    buffered = {**os.environ, "PYTHONUNBUFFERED": ""}

    done = subprocess.run(command, cwd=tower.path, env=buffered, stdout=writing, stderr=subprocess.PIPE, check=False, timeout=120)
    os.close(writing)

    assert done.returncode in (0, 120)
    assert b"Traceback" not in done.stderr and b"Exception" not in done.stderr


def test_a_home_that_cannot_be_written_to_is_no_obstacle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As root nothing is read-only, so the folders of this home lie below a file; nothing is kept there, so the starter is small."""
    for pattern in ("token-bucket", "retry-with-backoff"):
        shutil.copytree(TOP / "patterns/python" / pattern, tmp_path / "starter/patterns/python" / pattern)
    shutil.copy(TOP / "foundry.yaml", tmp_path / "starter")
    monkeypatch.setattr("foundry_git.library.library.shipped", lambda name: tmp_path / "starter" / name)
    home = tmp_path / "home"
    home.write_text("not a folder")
    names = ("CONFIG_HOME", "DATA_HOME", "STATE_HOME", "CACHE_HOME", "RUNTIME_DIR")
    nowhere = {"HOME": str(home), **{f"XDG_{name}": f"{home}/{name.lower()}" for name in names}}

    done = CommandLine(tmp_path)("search", "--json", "token", "bucket", env=nowhere)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)[0]["id"] == "python/token-bucket"
    assert "Traceback" not in done.stderr


def test_the_worker_never_fails_on_a_broken_library(repo: GitRepo, foundry: CommandLine) -> None:
    foundry("init")
    repo.commit({"a.py": "x = 1\n"})
    repo.write({".foundry/foundry.yaml": "<<<<<<< HEAD\n"})

    done = foundry("worker")

    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("words", [("--library", "~no-such-user/x", "candidates"), ("agent", "analyze", "~no-such-user/x")])
def test_the_home_of_nobody_is_no_place(tower: GitRepo, words: tuple[str, ...]) -> None:
    done = CommandLine(tower.path)(*words)

    assert done.returncode in (2, 3)
    assert "Traceback" not in done.stderr and "~no-such-user/x" in done.stderr


def test_a_name_that_no_reference_can_hold_is_reported_and_keeps_no_pattern_from_a_prompt(tower: GitRepo) -> None:
    tower.write({"foundry.yaml": FOUNDRY_YAML.replace("towers", "The Towers")})

    checked = CommandLine(tower.path)("library", "check")
    done = CommandLine(tower.path)("inject", "--task", "ring the bells of a tower in turn", input="Do it.\n")

    assert "name: 'The Towers' cannot stand in a reference, so this library is the-towers; write that" in checked.stdout
    assert "### 1. `the-towers:python/ring-in-turn@1`" in done.stdout
