"""The warm path: ``foundry watch`` answers searches at a door of this user's own, word for word as a cold shell does."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest

from foundry_git import door
from foundry_git.worker.launch import GUARD
from tests.commandline import CommandLine
from tests.conftest import at_home
from tests.gitrepo import GitRepo

PROBE = """
import sys
from foundry_git.cli.main import main
code = main(sys.argv[1:])
print("warm" if "sqlite3" not in sys.modules else "cold", file=sys.stderr)
sys.exit(code)
"""
ELSEWHERE = {"FOUNDRY_ELSEWHERE": "1"}
"""A watcher without it does not stand in for a search with it."""

CODE = '''\
def longest_run(values: list[int]) -> int:
    """Count the longest run of equal values."""
    longest = current = 0
    last = None
    for value in values:
        current = current + 1 if value == last else 1
        last = value
        if current > longest:
            longest = current
    return longest
'''
MANIFEST = """\
schema: 1
name: Cheapest
kind: function
description: {description}
language: python
code: cheapest.py
"""
ASKED = (
    ("search", "retry a failing call"),
    ("search", "--json", "longest run of equal values"),
    ("search", "--explain", "-n", "2", "limit", "requests per second"),
    ("search", "--facets", "cache"),
    ("search", "--facets", "--json", "cache"),
    ("search", "--language", "go", "graceful shutdown"),
    ("search", "--unreviewed-only", "runs"),
    ("search", "--accepted-only", "--tag", "resilience", "retry"),
    ("search", "xyzzy plugh"),
    ("search", "d\u00e9lai \udcff"),
    ("-C", "below", "search", "--kind", "class", "circuit breaker"),
    ("search", "--framework", "nonesuch", "anything"),
    ("search", "-n", "0", "anything"),
    ("search", "   "),
)


def request(arguments: object, folder: Path = Path("/"), **environment: object) -> bytes:
    """A request as a client sends it."""
    facts = {"arguments": arguments, "folder": str(folder), "environment": environment, "terminals": [False, False]}
    return json.dumps(facts).encode() + b"\n"


NO_SEARCH = (
    b"",
    b"\n",
    b"\xff\xfe garbage\n",
    b"[" * 100_000 + b"\n",
    b"x" * (2 * door.MOST_REQUEST),
    request(["search", "x"])[:-9],
    request(["rebuild"]),
    request(["--help"]),
    request(["search", 7]),
    request("search"),
    request(["search", "x"], Path("/nowhere/at/all")),
    request(["search", "x"], COLUMNS=3),
)

Said = tuple[int, str, str, str]
Running = tuple[GitRepo, dict[str, str]]


@pytest.fixture(autouse=True)
def runtime(home: Path) -> Path:
    """This test's own folder for what runs."""
    folder = home / ".run"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def by_word(home: Path) -> None:
    """Search by word only, for a test that is not about meaning: no process has to load the weights."""
    own = home / ".config/foundry-git/config.yaml"
    own.parent.mkdir(parents=True)
    own.write_text("encoder: {enabled: false}\n")


@pytest.fixture
def project(repo: GitRepo) -> GitRepo:
    """A repository with a library, one file that is no pattern, and hooks switched off."""
    return prepared(repo)


def prepared(repo: GitRepo) -> GitRepo:
    foundry = CommandLine(repo.path)
    foundry("init")
    repo.commit({"runs.py": CODE, "below/notes.txt": "x"})
    repo.git("config", "core.hooksPath", "/dev/null")
    pattern(repo, "picks the offer that costs least")
    repo.write({".foundry/patterns/python/broken/v1/pattern.yaml": "- no mapping\n"})
    foundry("search", "anything")
    return repo


@pytest.fixture
def watcher(project: GitRepo) -> Iterator[subprocess.Popen[str]]:
    """``foundry watch``, at whose door one may knock."""
    with watching(project) as process:
        yield process


@pytest.fixture(scope="module")
def kept_running(homes: Iterator[Path], user_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A watcher that searches by word only, for all tests that leave it and its repository as they are."""
    home = next(homes)
    (home / ".run").mkdir(mode=0o700)
    (home / ".config/foundry-git").mkdir(parents=True)
    (home / ".config/foundry-git/config.yaml").write_text("encoder: {enabled: false}\n")
    environment = {**os.environ, **at_home(home, user_cache), GUARD: "1", "CI": "true"}
    with mock.patch.dict(os.environ, environment):
        repo = prepared(GitRepo.create(tmp_path_factory.mktemp("watched") / "repo"))
        with watching(repo):
            yield repo, environment


@pytest.fixture
def watched(kept_running: Running, monkeypatch: pytest.MonkeyPatch) -> GitRepo:
    """The repository of the watcher that is kept running, and this test at home with its user."""
    repo, environment = kept_running
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return repo


@contextlib.contextmanager
def watching(repo: GitRepo) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-P", "-m", "foundry_git", "watch"]
    with subprocess.Popen(command, cwd=repo.path, env=dict(os.environ), stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            first = process.stderr.readline()
            assert first.startswith(("watching ", "another ")), first
            yield process
        finally:  # what went wrong is told, and not waited for
            process.terminate()
        ended(process)


def ended(process: subprocess.Popen[str]) -> str:
    """What it said until it and the process that answers had both ended."""
    assert process.stderr is not None
    return process.stderr.read()


def pattern(repo: GitRepo, description: str) -> None:
    folder = ".foundry/patterns/python/cheapest/v1"
    repo.write({f"{folder}/pattern.yaml": MANIFEST.format(description=description), f"{folder}/cheapest.py": "cheapest = min\n"})


def door_in(repo: GitRepo) -> Path:
    found = door.door_of(repo.path)
    assert found is not None
    return found


def said(repo: GitRepo, *arguments: str, env: dict[str, str] | None = None) -> Said:
    """Exit code, stdout, stderr, and whether the answer came from a watcher (``warm``) or was found here (``cold``)."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", PROBE, *arguments],
        cwd=repo.path,
        env={**os.environ, **(env or {})},
        input="",
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
        check=False,
        timeout=120,
    )
    *stderr, path = done.stderr.splitlines(keepends=True)
    return done.returncode, done.stdout, "".join(stderr), path.strip()


def from_both(repo: GitRepo, *arguments: str) -> tuple[Said, Said]:
    """What a watcher answers, and what is found without it."""
    warm, cold = said(repo, *arguments), CommandLine(repo.path)(*arguments, env=ELSEWHERE)
    return warm, (cold.returncode, cold.stdout, cold.stderr, "warm")


def same_from_both(repo: GitRepo, *arguments: str) -> Said:
    """What a watcher answers, which must be what is found without it."""
    warm, cold = from_both(repo, *arguments)
    assert warm == cold, arguments
    return warm


@contextlib.contextmanager
def impostor(place: Path, says: bytes, mode: int = 0o600) -> Iterator[list[bytes]]:
    """Somebody else at the door, who hears a request, sends ``says`` and hangs up; yields what was heard."""
    heard: list[bytes] = []
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(place))
        place.chmod(mode)
        listener.listen()

        def attend() -> None:
            with contextlib.suppress(OSError), listener.accept()[0] as line:
                heard.append(line.recv(100_000))
                line.sendall(says)

        thread = threading.Thread(target=attend)
        thread.start()
        yield heard
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
    place.unlink()


def test_a_watcher_answers_as_a_cold_shell_does(project: GitRepo, watcher: subprocess.Popen[str]) -> None:
    codes = [same_from_both(project, *arguments)[0] for arguments in ASKED]

    assert codes == [0] * 11 + [2] * 3
    warm, cold = said(project, *ASKED[0]), said(project, *ASKED[0], env=ELSEWHERE)
    assert (warm[3], cold[3]) == ("warm", "cold")
    assert warm[:3] == cold[:3]


def test_on_a_terminal_it_has_the_same_colours_and_width(project: GitRepo, watcher: subprocess.Popen[str]) -> None:
    def shown(env: dict[str, str]) -> bytes:
        ours, theirs = os.openpty()
        termios.tcsetwinsize(theirs, (24, 70))
        command = [sys.executable, "-P", "-m", "foundry_git", "search", "retry", "a", "failing", "call"]
        environment = {**os.environ, "TERM": "xterm", **env}
        subprocess.run(command, cwd=project.path, env=environment, stdout=theirs, stderr=subprocess.DEVNULL, timeout=120)
        os.close(theirs)
        with os.fdopen(ours, "rb") as terminal:
            return terminal.read1(100_000)

    warm = shown({})

    assert b"\x1b[1m" in warm
    assert warm == shown(ELSEWHERE)
    assert b"\x1b" not in shown({"NO_COLOR": "1"})
    assert shown({"COLUMNS": "110"}) == shown({"COLUMNS": "110", **ELSEWHERE}) != warm


def test_the_door_is_where_the_system_keeps_what_runs_or_in_the_cache(repo: GitRepo, runtime: Path, user_cache: Path) -> None:
    without = {name: value for name, value in os.environ.items() if name != "XDG_RUNTIME_DIR"}
    inside = repo.path / "a"
    inside.mkdir()
    far = runtime / ("x" * 80)
    far.mkdir()

    assert door_in(repo).parent == runtime / "foundry-git"
    assert door.door_of(inside) == door_in(repo)
    assert (door.door_of(repo.path, without) or Path()).parent == user_cache / "foundry-git/doors"
    assert door.door_of(repo.path, os.environ | {"XDG_RUNTIME_DIR": str(repo.path / "none")}) == door.door_of(repo.path, without)
    assert door.door_of(repo.path, os.environ | {"XDG_RUNTIME_DIR": str(far)}) is None, "no socket has so long a path"
    assert door.door_of(repo.path.parent) is None


def test_only_this_user_may_knock(watched: GitRepo) -> None:
    place = door_in(watched)

    assert stat.S_ISSOCK(place.stat().st_mode)
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.usefixtures("by_word")
def test_a_watcher_that_ends_leaves_no_door(project: GitRepo, number: signal.Signals) -> None:
    place = door_in(project)
    with watching(project) as process:
        assert place.exists()
        process.send_signal(number)
        ended(process)

        assert not place.parent.exists()
        assert said(project, "search", "retry")[3] == "cold"


@pytest.mark.usefixtures("by_word")
def test_a_door_that_nobody_opens_is_replaced(project: GitRepo) -> None:
    place = door_in(project)
    with impostor(place, b""):
        os.link(place, place.with_suffix(".left"))
    place.with_suffix(".left").rename(place)

    assert said(project, "search", "retry")[3] == "cold"
    with watching(project):
        same_from_both(project, "search", "retry")


@pytest.mark.usefixtures("by_word")
def test_doctor_says_whether_a_watcher_answers(project: GitRepo, foundry: CommandLine) -> None:
    said = "its cursor is at HEAD; a watcher answers searches"

    assert said not in foundry("doctor").stdout
    with watching(project):
        assert said in foundry("doctor").stdout


def test_a_second_watcher_leaves_the_answers_to_the_first(watched: GitRepo) -> None:
    with watching(watched) as second:
        assert second.stderr is not None
        assert second.stderr.readline().startswith("watching ")

    same_from_both(watched, "search", "retry")


def test_what_changes_is_seen_at_once(project: GitRepo, watcher: subprocess.Popen[str], home: Path) -> None:
    def answer() -> list[tuple[str, str]]:
        found = same_from_both(project, "search", "--json", "the offer that costs least, at a glance")
        return [(hit["id"], hit["description"]) for hit in json.loads(found[1])]

    def description() -> str:
        return dict(answer())["python/cheapest"]

    assert description() == "picks the offer that costs least"
    pattern(project, "picks what costs least, at a glance")
    assert description() == "picks what costs least, at a glance"

    configuration = project.path / ".foundry/foundry.yaml"
    configuration.write_text(configuration.read_text() + "\nsearch: {default_limit: 1, min_relevance: 0}\n")
    assert len(answer()) == 1

    shutil.rmtree(project.path / ".foundry/index")
    assert description() == "picks what costs least, at a glance"

    own = home / ".config/foundry-git/config.yaml"
    own.parent.mkdir(parents=True)
    own.write_text("encoder: {enabled: false}\n")
    assert "by word only" in same_from_both(project, "search", "offer")[2]

    configuration.write_text("library_id: none\n")
    assert same_from_both(project, "search", "offer")[0] == 3


@pytest.mark.usefixtures("by_word")
def test_a_commit_is_seen_at_once(project: GitRepo, watcher: subprocess.Popen[str]) -> None:
    project.commit({"runs.py": CODE.replace("longest_run", "longest_streak")})

    assert (
        "runs.py:1  longest_streak" in same_from_both(project, "search", "--unreviewed-only", "longest streak of equal values")[1]
    )


def test_a_former_name_is_answered_and_remarked_on_by_both(watched: GitRepo) -> None:
    for option in ("--from", "--fro"):
        _, shown, complaint, _ = same_from_both(watched, "search", option, "HEAD", "longest streak of equal values")

        assert "runs.py:1  longest_run" in shown
        assert "`search --from HEAD` is called `search --unreviewed-only` now" in complaint


def test_another_installation_or_home_has_another_door(repo: GitRepo) -> None:
    for name in ("HOME", "CI", "FOUNDRY_LIBRARY", "GIT_DIR", "XDG_CONFIG_HOME"):
        assert door.door_of(repo.path, os.environ | {name: "/elsewhere"}) != door_in(repo), name
    for name in ("COLUMNS", "XDG_SESSION_ID", "GIT_ASKPASS"):
        assert door.door_of(repo.path, os.environ | {name: "/elsewhere"}) == door_in(repo), name


@pytest.mark.usefixtures("by_word")
def test_where_nobody_ran_init_both_say_so(project: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    cursors = project.path / ".git/foundry/cursors"
    with watching(project):
        for _ in range(50):
            shutil.rmtree(cursors, ignore_errors=True)
            warm, cold = from_both(project, "search", "retry with backoff")
            if not cursors.exists():  # else the watcher was not at rest yet, and wrote one in between
                break

    assert warm == cold
    assert (warm[0], warm[2].splitlines()[0].endswith("foundry init")) == (0, True), warm[2]


def test_another_library_is_not_asked_of_the_watcher(watched: GitRepo, tmp_path: Path) -> None:
    other = GitRepo.create(tmp_path / "other")
    CommandLine(other.path)("init", "--standalone")

    by_option = said(watched, "search", "--library", str(other.path), "--from", "other", "retry")
    by_variable = said(watched, "search", "--from", "other", "retry", env={"FOUNDRY_LIBRARY": str(other.path)})

    assert by_option == by_variable
    assert by_option[3] == "cold"
    assert same_from_both(watched, "search", "--from", "other", "retry")[0] == 2


def test_what_is_no_search_gets_no_answer_and_harms_nobody(watched: GitRepo) -> None:
    for sent in NO_SEARCH:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.connect(str(door_in(watched)))
            with contextlib.suppress(ConnectionError):
                line.sendall(sent)
                line.shutdown(socket.SHUT_WR)
                assert line.recv(100) == b"", sent[:100]

    same_from_both(watched, "search", "retry")


def test_a_client_that_goes_away_harms_nobody(watched: GitRepo) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.connect(str(door_in(watched)))
        line.sendall(request(["search", "x"], watched.path))

    same_from_both(watched, "search", "retry")


ANSWER = b'{"exit": 0, "said": [[1, "forged\\n"]]}\n'


@pytest.mark.usefixtures("by_word")
def test_what_stands_at_the_door_is_heard(project: GitRepo) -> None:
    with impostor(door_in(project), ANSWER) as heard:
        assert said(project, "search", "retry") == (0, "forged\n", "", "warm")

    assert json.loads(heard[0])["arguments"] == ["search", "retry"]


@pytest.mark.usefixtures("by_word")
def test_what_is_no_whole_answer_is_not_shown(project: GitRepo) -> None:
    cold = CommandLine(project.path)("search", "retry", env=ELSEWHERE)

    for says in (
        b"",
        ANSWER[:-1],
        ANSWER[:20] + b"\n",
        b"[]\n",
        b'{"exit": 0, "said": [[1]]}\n',
        b"[" * 50_000 + b"\n",
        b"\xff\n",
    ):
        with impostor(door_in(project), says) as heard:
            answer = CommandLine(project.path)("search", "retry")
        assert heard
        assert (answer.returncode, answer.stdout, answer.stderr) == (cold.returncode, cold.stdout, cold.stderr)


@pytest.mark.usefixtures("by_word")
def test_nobody_is_waited_for_for_ever(project: GitRepo) -> None:
    place = door_in(project)
    place.parent.mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(place))
        place.chmod(0o600)
        listener.listen()

        assert said(project, "search", "retry")[3] == "cold"


@pytest.mark.parametrize(("folder", "mode"), [(0o700, 0o666), (0o755, 0o600), (0o770, 0o600)])
@pytest.mark.usefixtures("by_word")
def test_a_door_that_others_may_open_is_not_trusted(project: GitRepo, folder: int, mode: int) -> None:
    place = door_in(project)
    with impostor(place, ANSWER, mode) as heard:
        place.parent.chmod(folder)

        assert said(project, "search", "retry")[3] == "cold"

    assert heard == []
