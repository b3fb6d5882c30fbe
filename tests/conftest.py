"""What every test stands on: folders of its own, Git with a known configuration, a repository, the command line."""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, settings

from foundry_git.system.collector import collect_seldom
from foundry_git.worker.launch import GUARD
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo

GIT_CONFIGURATION = """\
[user]
	name = Dev
	email = dev@example.com
[init]
	defaultBranch = main
[gc]
	auto = 0
[maintenance]
	auto = false
"""
SLOW = Path(__file__).with_name("slow.txt")
"""The tests that `make check` leaves out, each after its seconds, as `--note-slow` found them; a new test is fast until then."""
SLOW_SECONDS = 0.1
LONG_SECONDS = 4.0
"""What takes that long comes first, or one process would be at it while the others have nothing left to do."""


THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")


for name in [name for name in os.environ if name.startswith(("GIT_", "FOUNDRY_", "XDG_"))]:
    del os.environ[name]
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # with it each process that a test starts would compile the package again
os.environ.pop(
    "PYTHONUNBUFFERED", None
)  # with it nothing is left to be written at a process's end, as there is in an ordinary shell
if "PYTEST_XDIST_WORKER" in os.environ:
    for name in THREADS:
        os.environ.setdefault(name, "1")  # one core for each; with more threads they wait for each other

# Speed is no test's business: on a busy machine a property that holds takes as long as it takes.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--note-slow", action="store_true", help=f"write to {SLOW.name} which tests took {SLOW_SECONDS} s or more")


def pytest_collection(session: pytest.Session) -> None:
    """Import a share of the test modules, so that of several processes each compiles some for all, and not all for itself."""
    worker: dict[str, Any] | None = getattr(session.config, "workerinput", None)
    if worker is None:
        return
    here = Path(__file__).parent
    asked = [Path(session.config.rootpath, named.partition("::")[0]) for named in session.config.args]
    files = sorted({file for place in asked for file in ([place] if place.is_file() else place.rglob("test_*.py"))})
    modules = [".".join(file.relative_to(here.parent).with_suffix("").parts) for file in files if file.is_relative_to(here)]
    for module in modules[int(worker["workerid"].removeprefix("gw")) :: worker["workercount"]]:
        with contextlib.suppress(Exception, pytest.skip.Exception):  # whatever it is, collecting says it
            importlib.import_module(module)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    noted = (line.split() for line in SLOW.read_text(encoding="utf-8").splitlines())
    slow = {test: float(seconds) for seconds, test in noted}
    for item in items:
        if _test_of(item.nodeid) in slow:
            item.add_marker(pytest.mark.slow)
    items.sort(key=lambda item: slow.get(_test_of(item.nodeid), 0.0) < LONG_SECONDS)


def pytest_collection_finish() -> None:
    """Six thousand tests and all modules stay to the end: the collector need not look through them again and again."""
    gc.collect()
    gc.freeze()
    collect_seldom()  # as a command does


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if not config.getoption("--note-slow"):
        return
    reports = [report for found in terminalreporter.stats.values() for report in found if isinstance(report, pytest.TestReport)]
    longest: dict[str, float] = {}
    for report in reports:
        test = _test_of(report.nodeid)
        longest[test] = max(longest.get(test, 0.0), report.duration)
    slow = sorted((test, seconds) for test, seconds in longest.items() if seconds >= SLOW_SECONDS)
    SLOW.write_text("".join(f"{seconds:.1f} {test}\n" for test, seconds in slow), encoding="utf-8")


def _test_of(nodeid: str) -> str:
    """The test without its parameters."""
    return nodeid.partition("[")[0]


def at_home(folder: Path, cache: Path) -> dict[str, str]:
    """The environment of a user whose home is ``folder``."""
    git = {"GIT_CONFIG_GLOBAL": str(folder / ".gitconfig"), "GIT_CONFIG_NOSYSTEM": "1"}
    places = {"CONFIG_HOME": ".config", "DATA_HOME": ".local/share", "STATE_HOME": ".local/state", "RUNTIME_DIR": ".run"}
    own = {f"XDG_{name}": str(folder / place) for name, place in places.items()}
    return {"HOME": str(folder), "XDG_CACHE_HOME": str(cache), **own, **git}


@pytest.fixture(scope="session")
def user_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The user's cache, one for all tests of a process."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The homes of all tests of a process, one after the other: six thousand folders are not numbered by listing them each time."""
    folder, template = tmp_path_factory.mktemp("homes"), tmp_path_factory.mktemp("template")
    for name in ("hooks", "info"):
        (template / name).mkdir()  # as Git's own but for fourteen samples of hooks
    (template / "info/exclude").write_text("# nothing\n", encoding="utf-8")
    configuration = f"{GIT_CONFIGURATION}[init]\n\ttemplateDir = {template.as_posix()}\n"

    def made() -> Iterator[Path]:
        for number in count():
            own = folder / str(number)
            own.mkdir()
            (own / ".gitconfig").write_text(configuration, encoding="utf-8")
            yield own

    return made()


@pytest.fixture(autouse=True)
def home(homes: Iterator[Path], user_cache: Path) -> Iterator[Path]:
    """A home folder of this test's own; nothing of the machine's user, of Git's or foundry's settings reaches it."""
    folder, shapes = next(homes), user_cache / "foundry-git" / "shapes"
    if shapes.exists():
        shutil.rmtree(shapes)  # what other tests' repositories hold
    told = {GUARD: "1", "CI": "true"}  # many a test writes a library by hand; what is said where nobody ran init has its own
    told["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # a run of pytest within a test would load what this one runs with
    with mock.patch.dict(os.environ, at_home(folder, user_cache) | told):
        yield folder


@pytest.fixture
def awake(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commits and commands of this test wake the worker, as they do for users; elsewhere a command catches up itself."""
    monkeypatch.delenv(GUARD)


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory, homes: Iterator[Path], user_cache: Path) -> Path:
    """An empty repository to copy: a thousand tests begin with one."""
    with mock.patch.dict(os.environ, at_home(next(homes), user_cache)):
        return GitRepo.create(tmp_path_factory.mktemp("empty") / "repo").path


@pytest.fixture
def repo(tmp_path: Path, empty: Path) -> GitRepo:
    """An empty repository at ``tmp_path / "repo"``."""
    return GitRepo(shutil.copytree(empty, tmp_path / "repo"))


@pytest.fixture
def foundry(repo: GitRepo) -> CommandLine:
    """``foundry(*args)`` in that repository."""
    return CommandLine(repo.path)
