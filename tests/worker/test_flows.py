"""Whatever Git is used for, the worker ends with the candidates that a full scan of the same commit finds."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.commandline import CommandLine
from tests.gitrepo import GitRepo
from tests.samples import CHUNKS, CLAMP


def unit(name: str, bound: int = 1) -> str:
    """A function that is worth keeping, of a shape of its own."""
    return CHUNKS.replace("in_chunks", name).replace("size < 1", f"size < {bound}").replace("positive", f"over {name}")


def step(repo: GitRepo, foundry: CommandLine, name: str, text: str) -> str:
    """Commit a file, and let the worker look, as hooks have it do after each commit."""
    made = repo.commit({f"{name}.py": text}, f"Add {name}")
    foundry("candidates")
    return made


def _amend_storm(repo: GitRepo, foundry: CommandLine, tmp_path: Path) -> None:
    step(repo, foundry, "one", unit("one"))
    for bound in range(2, 8):
        repo.write({"one.py": unit("one", bound), f"also{bound}.py": unit(f"also{bound}")})
        if bound > 4:
            repo.write({f"also{bound - 1}.py": None})
        repo.git("add", "--all")
        repo.git("commit", "--quiet", "--amend", "--no-edit")
        foundry("candidates")


def _rebase_storm(repo: GitRepo, foundry: CommandLine, tmp_path: Path) -> None:
    start = repo.head()
    for number in range(5):
        step(repo, foundry, f"mine{number}", unit(f"mine{number}"))
    for round_ in range(3):
        repo.git("checkout", "--quiet", "-B", "theirs", start)
        step(repo, foundry, f"theirs{round_}", unit(f"theirs{round_}"))
        repo.git("checkout", "--quiet", "main")
        foundry("candidates")
        repo.git("rebase", "--quiet", "theirs")
        foundry("candidates")


def _dropped_in_a_rebase(repo: GitRepo, foundry: CommandLine, tmp_path: Path) -> None:
    step(repo, foundry, "kept", unit("kept"))
    dropped = step(repo, foundry, "dropped", unit("dropped"))
    step(repo, foundry, "last", unit("last"))
    repo.git("rebase", "--quiet", "--onto", f"{dropped}^", dropped)


def _octopus(repo: GitRepo, foundry: CommandLine, tmp_path: Path) -> None:
    for number in range(3):
        repo.git("checkout", "--quiet", "-b", f"arm{number}", "main")
        step(repo, foundry, f"arm{number}", unit(f"arm{number}"))
    repo.git("checkout", "--quiet", "main")
    foundry("candidates")
    repo.git("merge", "--quiet", "--no-edit", "arm0", "arm1", "arm2")


def _am(repo: GitRepo, foundry: CommandLine, tmp_path: Path) -> None:
    repo.git("checkout", "--quiet", "-b", "mailed")
    for name in ("first", "second"):
        repo.commit({f"{name}.py": unit(name)}, f"Add {name}")
    repo.git("format-patch", "--quiet", "-o", str(tmp_path / "mails"), "main")
    repo.git("checkout", "--quiet", "main")
    repo.git("branch", "--quiet", "-D", "mailed")
    foundry("candidates")
    repo.git("am", "--quiet", *map(str, sorted((tmp_path / "mails").iterdir())))


def _cherry_picked_range(repo: GitRepo, foundry: CommandLine, tmp_path: Path) -> None:
    repo.git("checkout", "--quiet", "-b", "side")
    for number in range(4):
        step(repo, foundry, f"picked{number}", unit(f"picked{number}"))
    repo.git("checkout", "--quiet", "main")
    foundry("candidates")
    repo.git("cherry-pick", "main..side")


def _reverted(repo: GitRepo, foundry: CommandLine, tmp_path: Path) -> None:
    gone = step(repo, foundry, "gone", unit("gone"))
    back = step(repo, foundry, "back", unit("back"))
    for commit in (gone, back):
        repo.git("revert", "--no-edit", commit)
        foundry("candidates")
    repo.git("revert", "--no-edit", "HEAD")


def _squash_merge(repo: GitRepo, foundry: CommandLine, tmp_path: Path) -> None:
    repo.git("checkout", "--quiet", "-b", "side")
    for number in range(3):
        step(repo, foundry, f"part{number}", unit(f"part{number}"))
    repo.git("checkout", "--quiet", "main")
    foundry("candidates")
    repo.git("merge", "--quiet", "--squash", "side")
    repo.git("commit", "--quiet", "-m", "All of it")


def _reset_and_done_again(repo: GitRepo, foundry: CommandLine, tmp_path: Path) -> None:
    start = repo.head()
    step(repo, foundry, "undone", unit("undone"))
    repo.git("reset", "--quiet", "--hard", start)
    foundry("candidates")
    step(repo, foundry, "instead", unit("instead"))


def _switched_to_and_fro(repo: GitRepo, foundry: CommandLine, tmp_path: Path) -> None:
    step(repo, foundry, "here", unit("here"))
    repo.git("checkout", "--quiet", "-b", "there", "HEAD~1")
    step(repo, foundry, "there", unit("there"))
    repo.git("checkout", "--quiet", "main")
    foundry("candidates")
    repo.git("merge", "--quiet", "--no-edit", "there")


def _renamed_and_moved(repo: GitRepo, foundry: CommandLine, tmp_path: Path) -> None:
    step(repo, foundry, "old", unit("old") + "\n\n" + CLAMP)
    repo.git("mv", "old.py", "new.py")
    step(repo, foundry, "extra", unit("extra"))


FLOWS: Mapping[str, Callable[[GitRepo, CommandLine, Path], None]] = {
    name.removeprefix("_").replace("_", " "): flow
    for name, flow in list(globals().items())
    if name.startswith("_") and callable(flow) and "foundry" in getattr(flow, "__annotations__", {})
}


@pytest.mark.parametrize("name", FLOWS)
def test_the_worker_ends_with_what_a_full_scan_finds(name: str, repo: GitRepo, foundry: CommandLine, tmp_path: Path) -> None:
    foundry("init")
    repo.commit({"readme.txt": "x"}, "Start a library")
    foundry("candidates")

    FLOWS[name](repo, foundry, tmp_path)

    waiting = {one["id"] for one in json.loads(foundry("candidates", "--all", "--json").stdout)}
    scan = json.loads(foundry("extract", "--all", "--dry-run", "--json").stdout)["verdicts"]
    assert waiting == {f"python/{one['symbol'].replace('_', '-')}" for one in scan if one["outcome"] == "candidate"}
    assert waiting
