"""The inbox through real commits: a week has little room, what it held back can be found for a while, and asking lifts the bound."""

from __future__ import annotations

import json

from foundry_git.capture.prune import HELD_FOR
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo
from tests.samples import CHUNKS, CLAMP

TALLY = '''\
def tally(words: list[str], least: int) -> dict[str, int]:
    """Count how often each word occurs and leave out the rare ones."""
    counts: dict[str, int] = {}
    for word in words:
        counts[word] = counts.get(word, 0) + 1
    return {word: count for word, count in counts.items() if count >= least}
'''


def commit(repo: GitRepo, day: str, files: dict[str, str]) -> None:
    repo.write(files)
    repo.git("add", "--all")
    date = f"{day}T12:00:00+00:00"
    repo.git("commit", "--quiet", "-m", "work", env={"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date})


def begin(repo: GitRepo, foundry: CommandLine, per_week: int) -> None:
    commit(repo, "2026-01-01", {"README": "x\n"})
    foundry("init")
    settings = (repo.path / ".foundry/foundry.yaml").read_text(encoding="utf-8")
    repo.write({".foundry/foundry.yaml": f"{settings}extraction:\n  per_week: {per_week}\n"})


def symbols(foundry: CommandLine, *options: str) -> set[str]:
    return {row["symbol"] for row in json.loads(foundry("candidates", "--json", *options).stdout)}


def test_a_week_shows_what_it_has_room_for_and_keeps_the_rest(repo: GitRepo, foundry: CommandLine) -> None:
    begin(repo, foundry, per_week=1)
    commit(repo, "2026-01-05", {"a.py": CHUNKS, "b.py": CLAMP})

    assert len(symbols(foundry)) == 1
    assert symbols(foundry, "--all") == {"in_chunks", "clamp_all"}


def test_the_next_week_has_room_of_its_own_and_the_old_one_brings_nothing_new(repo: GitRepo, foundry: CommandLine) -> None:
    begin(repo, foundry, per_week=1)
    commit(repo, "2026-01-05", {"a.py": CHUNKS, "b.py": CLAMP})
    (first,) = symbols(foundry)
    commit(repo, "2026-01-14", {"c.py": TALLY})

    assert symbols(foundry) == {first, "tally"}


def test_what_was_held_back_goes_after_a_while(repo: GitRepo, foundry: CommandLine) -> None:
    begin(repo, foundry, per_week=0)
    commit(repo, "2026-01-05", {"a.py": CHUNKS})
    assert symbols(foundry, "--all") == {"in_chunks"}
    assert "Nothing in the inbox" in foundry("candidates").stdout

    assert HELD_FOR.days == 84
    commit(repo, "2026-03-20", {"README": "y\n"})
    assert symbols(foundry, "--all") == {"in_chunks"}
    commit(repo, "2026-05-01", {"README": "z\n"})
    assert symbols(foundry, "--all") == set()


def test_asking_for_everything_lifts_the_bound(repo: GitRepo, foundry: CommandLine) -> None:
    begin(repo, foundry, per_week=0)
    commit(repo, "2026-01-05", {"a.py": CHUNKS, "b.py": CLAMP})
    assert symbols(foundry) == set()

    foundry("extract", "--all")
    assert symbols(foundry) == {"in_chunks", "clamp_all"}
