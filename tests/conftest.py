"""What every test stands on: folders of its own, Git with a known configuration, a repository, the command line."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from commandline import CommandLine
from gitrepo import GitRepo
from hypothesis import HealthCheck, settings

GIT_CONFIGURATION = """\
[user]
	name = Dev
	email = dev@example.com
[init]
	defaultBranch = main
[gc]
	auto = 0
"""

# Speed is no test's business: on a busy machine a property that holds takes as long as it takes.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def user_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The user's cache, one for all tests: what one of them encoded, the others find."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, user_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder of this test's own; nothing of the machine's user, Git or foundry settings reaches it."""
    folder = tmp_path_factory.mktemp("home")
    shutil.rmtree(user_cache / "foundry-git" / "shapes", ignore_errors=True)  # what other tests' repositories hold
    for name in [name for name in os.environ if name.startswith(("GIT_", "FOUNDRY_", "XDG_"))]:
        monkeypatch.delenv(name)
    for name, place in (("CONFIG", ".config"), ("DATA", ".local/share"), ("STATE", ".local/state"), ("RUNTIME", ".run")):
        variable = f"XDG_{name}_{'DIR' if name == 'RUNTIME' else 'HOME'}"
        monkeypatch.setenv(variable, str(folder / place))
    monkeypatch.setenv("XDG_CACHE_HOME", str(user_cache))
    monkeypatch.setenv("HOME", str(folder))
    (folder / ".gitconfig").write_text(GIT_CONFIGURATION, encoding="utf-8")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(folder / ".gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv(
        "CI", "true"
    )  # many a test writes a library's files by hand; what is said where nobody ran init has its own
    return folder


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    """An empty repository at ``tmp_path / "repo"``."""
    return GitRepo.create(tmp_path / "repo")


@pytest.fixture
def foundry(repo: GitRepo) -> CommandLine:
    """``foundry(*args)`` in that repository."""
    return CommandLine(repo.path)
