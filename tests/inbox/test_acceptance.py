"""An acceptance that was killed is finished by the next one, and one that was not is not done twice."""

from __future__ import annotations

from pathlib import Path

from foundry_git.evidence.events import Accepted
from foundry_git.workspace import Workspace
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo
from tests.samples import CHUNKS


def versions(repo: GitRepo) -> list[str]:
    return sorted(path.name for path in (repo.path / ".foundry/patterns/python/in-chunks").iterdir())


def acceptances(repo: GitRepo) -> int:
    workspace = Workspace.open(repo.path)
    try:
        return sum(isinstance(event, Accepted) for event in workspace.ledger.journal.read()[0].values())
    finally:
        workspace.close()


def test_a_version_that_was_written_and_not_noted_is_noted_and_not_written_again(repo: GitRepo, foundry: CommandLine) -> None:
    foundry("init")
    repo.commit({"a.py": CHUNKS})
    foundry("extract", "--commit", "HEAD")
    assert foundry("accept", "python/in-chunks").returncode == 0
    (repo.path / ".git/foundry/journal.jsonl").unlink()  # as if it had been killed before

    again = foundry("accept", "python/in-chunks")

    assert again.returncode == 0, again.stderr
    assert (versions(repo), acceptances(repo)) == (["v1"], 1)
    assert "there is a pattern of this name" in foundry("accept", "python/in-chunks").stderr


def test_the_same_new_version_is_not_written_twice(repo: GitRepo, foundry: CommandLine) -> None:
    foundry("init")
    repo.commit({"a.py": CHUNKS})
    foundry("extract", "--commit", "HEAD")
    foundry("accept", "python/in-chunks")
    repo.commit({})
    body = CHUNKS.index("    ", CHUNKS.index('"""', CHUNKS.index('"""') + 3) + 3)
    repo.commit({"a.py": f"{CHUNKS[:body]}    if not items:\n        return []\n{CHUNKS[body:]}"})
    foundry("extract", "--commit", "HEAD")
    assert foundry("accept", "python/in-chunks").returncode == 0
    assert versions(repo) == ["v1", "v2"]

    again = foundry("accept", "python/in-chunks")

    assert (again.returncode, versions(repo)) == (3, ["v1", "v2"])
    assert "is what this candidate would become; commit it" in again.stderr


def test_a_leftover_of_a_killed_process_is_gone_after_the_next_command(
    repo: GitRepo, foundry: CommandLine, tmp_path: Path
) -> None:
    foundry("init")
    for place in (".foundry/index", ".git/foundry", "."):
        (repo.path / place / ".foundry-left.tmp").parent.mkdir(exist_ok=True)
        (repo.path / place / ".foundry-left.tmp").write_text("half")

    foundry("candidates")

    assert not list(repo.path.rglob(".foundry-*"))
