"""A seeded tenth of `benchmarks.evidence.adoption`, on code of this repository."""

from __future__ import annotations

from pathlib import Path

from benchmarks.evidence.adoption import SEED, Case, Tally, committed, insertions, look
from benchmarks.evidence.importing import imported, mistaken
from benchmarks.evidence.insertions import Host
from benchmarks.evidence.sources import Source, starter_patterns, write_patterns
from foundry_git.git.repository import Repository
from foundry_git.pattern.naming import PatternRef
from foundry_git.source.languages import language_of
from foundry_git.workspace import Workspace
from tests import TOP
from tests.gitrepo import GitRepo

HOSTS = [*sorted((TOP / "foundry_git" / "git").glob("*.py")), *sorted((TOP / "tests" / "source" / "languages").rglob("*.*"))]
EVERY = 3  # pattern of the starter library: 17 of 51, in five languages


def source(repo: GitRepo) -> Source:
    """A repository of this project's own code and of its samples in other languages."""
    files = {path.relative_to(TOP).as_posix(): path.read_text(encoding="utf-8") for path in HOSTS if language_of(path.name)}
    again = {f"again/{name}": text for name, text in files.items() if name.startswith("tests/")}  # two files of each language
    repo.commit({name: text for name, text in (files | again).items() if text})
    return Source("own", Repository.at(repo.path))


def test_insertions_are_found_and_other_code_is_not(repo: GitRepo, tmp_path: Path) -> None:
    own, tally = source(repo), Tally.empty()
    library, _ = write_patterns(tmp_path / "library", [])
    patterns = starter_patterns()[::EVERY]
    unrelated = [
        Case("unrelated", committed(own, {f"more/{path.name}": ("", path.read_text(encoding="utf-8"))}, "unrelated"), "")
        for path in sorted((TOP / "foundry_git" / "source").glob("*.py"))
    ]
    workspace = Workspace.open(repo.path, str(library.root))
    try:
        workspace.patterns.converge()
        look(workspace, [*insertions(own, patterns), *unrelated], tally)
    finally:
        workspace.close()

    hits, asked = sum(tally.found.values()), sum(tally.cases.values()) - len(unrelated)
    wrong = sum(tally.wrong.values())
    assert asked > 60 and len(unrelated) > 20
    assert hits >= 0.85 * asked, (tally.found, tally.cases)
    assert hits >= 0.95 * (hits + wrong), tally.wrong


def test_imports_are_told_from_what_only_looks_like_one(repo: GitRepo, tmp_path: Path) -> None:
    own, tally = source(repo), Tally.empty()
    chosen: list[tuple[Host, str]] = []
    patterns = []
    for host, pattern, symbol in own.functions(SEED):
        if sum(host.language == other.language for other, _ in chosen) < 4 and symbol.isidentifier():
            chosen.append((host, symbol))
            patterns.append(pattern)
    library, digests = write_patterns(tmp_path / "library", patterns)
    origins = {(host.path, symbol): PatternRef(f"{host.language}/p{number}", 1) for number, (host, symbol) in enumerate(chosen)}
    cases = []
    for (host, symbol), digest in zip(chosen, digests, strict=True):
        cases += [Case("imported", committed(own, texts, "import"), digest) for texts in imported(host, symbol)]
        cases += [Case("mistaken", committed(own, texts, "none"), "") for texts in mistaken(host, symbol)]
    workspace = Workspace.open(repo.path, str(library.root))
    try:
        workspace.patterns.converge()
        look(workspace, cases, tally, origins)
    finally:
        workspace.close()

    assert tally.cases["imported"] >= 12 and tally.cases["mistaken"] >= 8
    assert tally.found["imported"] == tally.cases["imported"]
    assert not sum(tally.wrong.values()), tally.wrong
