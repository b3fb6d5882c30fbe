"""An acceptance that was killed is finished by the next one, and one that was not is not done twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from msgspec.structs import replace

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


OPEN = CHUNKS.replace("chunks = []", "chunks = made()")
HELPED = f"def made() -> list[list[int]]:\n    return []\n\n\n{OPEN}"


def test_what_a_unit_needs_of_its_file_is_accepted_with_it(repo: GitRepo, foundry: CommandLine) -> None:
    foundry("init")
    repo.commit({"a.py": HELPED})
    foundry("extract", "--commit", "HEAD")

    accepted = foundry("accept", "python/in-chunks")

    assert accepted.returncode == 0, accepted.stderr
    (code,) = (repo.path / ".foundry/patterns/python/in-chunks/v1").glob("*.py")
    names: dict[str, Any] = {}
    exec(compile(code.read_text(), str(code), "exec"), names)
    assert names["in_chunks"]([1, 2, 3], 2) == [[1, 2], [3]]
    assert foundry("library", "check").returncode == 0
    repo.commit({})
    assert "origin: of python/in-chunks" in foundry("extract", "--all", "--explain").stdout
    assert "fresh" in foundry("show", "python/in-chunks").stdout


def test_what_does_not_stand_alone_is_refused_and_marked_where_somebody_insists(repo: GitRepo, foundry: CommandLine) -> None:
    foundry("init")
    repo.commit({"a.py": HELPED})
    foundry("extract", "--commit", "HEAD")
    foundry("candidates")  # by then its commit is taken in
    workspace = Workspace.open(repo.path)
    (candidate,) = workspace.candidates.read()
    workspace.candidates.update([replace(candidate, code=OPEN)])  # as an older version kept it
    workspace.close()

    refused = foundry("accept", "python/in-chunks")
    assert refused.returncode != 0
    assert "python/in-chunks: does not stand alone: needs made, which nothing defines" in refused.stderr
    assert "--force" in refused.stderr

    assert foundry("accept", "python/in-chunks", "--force").returncode == 0
    manifest = repo.path / ".foundry/patterns/python/in-chunks/v1/pattern.yaml"
    assert "Needs of its project: made, which nothing defines." in manifest.read_text()
    assert foundry("library", "check").returncode == 0
    manifest.write_text(
        "".join(line for line in manifest.read_text().splitlines(True) if not line.startswith("suggested_action"))
    )
    assert "does not stand alone: needs made" in foundry("library", "check").stdout


def test_what_nobody_described_has_no_description_and_is_asked_for(repo: GitRepo, foundry: CommandLine) -> None:
    """A name that says nothing in a sentence makes none: it read "In chunks for items and size."."""
    foundry("init")
    lines = CHUNKS.splitlines(keepends=True)
    repo.commit({"a.py": "".join([lines[0], *lines[2:]])})
    foundry("extract", "--commit", "HEAD")
    listed, shown = foundry("candidates").stdout, foundry("show", "python/in-chunks").stdout
    accepted = foundry("accept", "python/in-chunks")

    assert "python/in-chunks" in listed and "python/in-chunks" in shown and "for items" not in listed + shown
    assert "    \n" not in listed, "nor is there an empty line"
    assert accepted.returncode == 0
    assert "python/in-chunks has no description; write into .foundry/patterns/python/in-chunks/v1/pattern.yaml" in accepted.stderr
    assert "description" not in (repo.path / ".foundry/patterns/python/in-chunks/v1/pattern.yaml").read_text()
    assert foundry("library", "check").returncode == 0
    assert foundry("doctor").returncode in (0, 1)
