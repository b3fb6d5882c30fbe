"""The languages of a repository come first: another one's pattern is shown where it is asked for, or where nothing of the own fits."""

from __future__ import annotations

import json
from typing import Any

import pytest

from foundry_git.git.processes import started
from foundry_git.index.languages import FEW
from foundry_git.workspace import Workspace
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo
from tests.samples import CHUNKS, CLAMP

RUBY = "def clamp_all(values, low, high)\n  values.map { |one| one.clamp(low, high) }\nend\n"
GO = "package clamp\n\nfunc Clamp(value, low, high int) int {\n\treturn min(max(value, low), high)\n}\n"
MANY = {f"notes/{number}.txt": "" for number in range(FEW)}
RETRY = "retry with exponential backoff"


def languages(foundry: CommandLine, *asked: str) -> list[str]:
    found: list[dict[str, Any]] = json.loads(foundry("search", "--json", "--limit", "20", *asked).stdout)
    return [hit["language"] for hit in found]


class TestSearch:
    def test_shows_what_is_in_the_languages_of_the_repository_alone(self, repo: GitRepo, foundry: CommandLine) -> None:
        repo.commit({"lib/clamp.go": GO})

        assert set(languages(foundry, RETRY)) == {"go"}

    def test_shows_every_language_where_nothing_is_known_of_the_own(self, foundry: CommandLine) -> None:
        assert {"python", "go"} < set(languages(foundry, RETRY))

    @pytest.mark.parametrize("asked", [("--language", "python", RETRY), (f"{RETRY} in python",)])
    def test_shows_another_language_that_is_asked_for(self, repo: GitRepo, foundry: CommandLine, asked: tuple[str, ...]) -> None:
        repo.commit({"lib/clamp.go": GO})

        assert "python" in languages(foundry, *asked)

    def test_shows_other_languages_where_nothing_fits_in_the_own_and_says_so(self, repo: GitRepo, foundry: CommandLine) -> None:
        repo.commit({"lib/clamp.rb": RUBY})

        answer = foundry("search", RETRY)

        assert answer.stdout.startswith("Nothing fits in Ruby; in other languages:\n")
        assert "python" in languages(foundry, RETRY)

    def test_says_nothing_of_languages_where_nothing_fits_at_all(self, repo: GitRepo, foundry: CommandLine) -> None:
        repo.commit({"lib/clamp.rb": RUBY})

        answer = foundry("search", "boil an egg for four minutes")

        assert answer.stdout.startswith("Nothing fits; nearest was ")

    def test_takes_the_languages_of_the_own_library_for_own(self, repo: GitRepo, foundry: CommandLine) -> None:
        foundry("init")
        repo.commit({"chunks.py": CHUNKS}, "Start a library")
        foundry("extract", "--commit", "HEAD")
        foundry("accept", "in-chunks")
        repo.commit({"chunks.py": None, "lib/clamp.go": GO}, "Rewrite it in Go")

        assert {"go", "python"} <= set(languages(foundry, RETRY))

    def test_lists_a_large_tree_once_for_a_commit(self, repo: GitRepo) -> None:
        repo.commit({"lib/clamp.go": GO} | MANY)
        workspace = Workspace.open(repo.path)
        try:
            first = workspace.languages()
            with started() as commands:
                assert workspace.languages() == first
                assert Workspace.open(repo.path).languages() == first
            assert [command[-1] for command in commands] == ["--show-toplevel"]
            repo.commit({"lib/clamp.py": CLAMP})
            assert workspace.languages().used == ("go", "python")
        finally:
            workspace.close()

    def test_reads_a_damaged_note_of_languages_anew(self, repo: GitRepo, foundry: CommandLine) -> None:
        repo.commit({"lib/clamp.go": GO} | MANY)
        languages(foundry, RETRY)
        kept = repo.path / ".git/foundry/units/languages.json"
        assert kept.is_file()
        for damage in (b"", b"{", b'{"commit": 1}', b"\xff"):
            kept.write_bytes(damage)

            assert set(languages(foundry, RETRY)) == {"go"}


class TestAPrompt:
    def test_gets_no_pattern_of_another_language(self, repo: GitRepo, foundry: CommandLine) -> None:
        repo.commit({"lib/clamp.rb": RUBY})

        injected = foundry("inject", "--task", RETRY, input="Write it.\n")

        assert injected.stdout == "Write it.\n"

    def test_gets_patterns_of_its_own(self, repo: GitRepo, foundry: CommandLine) -> None:
        repo.commit({"lib/clamp.go": GO})

        assert "go/" in foundry("inject", "--task", RETRY, input="Write it.\n").stdout


class TestWhatCannotBeRead:
    SENTENCE = "Ruby cannot be read yet: 100% of 1 source file"

    @pytest.fixture(autouse=True)
    def ruby(self, repo: GitRepo) -> None:
        repo.commit({"lib/clamp.rb": RUBY})

    @pytest.mark.parametrize("command", [("init",), ("extract", "--commit", "HEAD"), ("candidates",), ("doctor",)])
    def test_is_named_with_its_share(self, foundry: CommandLine, command: tuple[str, ...]) -> None:
        assert self.SENTENCE in foundry(*command).stdout

    def test_is_named_beside_what_is_like_a_piece(self, repo: GitRepo, foundry: CommandLine) -> None:
        repo.write({"clamp.py": CLAMP})

        assert self.SENTENCE in foundry("similar", "clamp.py").stderr
