"""Sources: real repositories on disk, of which files, functions and commits are taken; named in the results by name and commit."""

from __future__ import annotations

import random
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.evidence.insertions import EXTENSIONS, Host, Pattern, pattern_of
from foundry_git.errors import SourceError
from foundry_git.git.history import Commit, changes_of, commits_between
from foundry_git.git.objects import BlobReader, files_of
from foundry_git.git.repository import Repository
from foundry_git.library.library import FILE_NAME, Library, open_library, starter_library
from foundry_git.library.reading import Problem, read_version, scan
from foundry_git.library.writing import write_version
from foundry_git.pattern.manifest import write_manifest
from foundry_git.pattern.naming import PatternRef
from foundry_git.pattern.record import Manifest
from foundry_git.source.files import is_test_path, why_skipped
from foundry_git.source.languages import language_of
from foundry_git.source.reader import read_units, stored_code
from foundry_git.source.units import Unit

LARGEST_HOST = 40_000  # bytes
LINES, COMPLEXITY = range(8, 61), 3


@dataclass(frozen=True, slots=True)
class Source:
    """A repository: its public name, and where it lies."""

    name: str
    repository: Repository

    @classmethod
    def named(cls, argument: str) -> Source:
        """Read ``NAME=PATH``."""
        name, _, place = argument.partition("=")
        return cls(name, Repository.at(Path(place)))

    def __str__(self) -> str:
        return f"{self.name}@{self.repository.head()}"

    def cloned(self, folder: Path) -> Source:
        """A clone of its own, which commits may be added to."""
        command = ["git", "clone", "--quiet", "--shared", str(self.repository.git_dir), str(folder)]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
        return Source(self.name, Repository.at(folder))

    def hosts(self) -> list[Host]:
        """The files of people's code at HEAD, tests too."""
        found = []
        with BlobReader(self.repository) as blobs:
            for file in files_of(self.repository, self.repository.head()):
                content = blobs.read(file.blob) if language_of(file.path) and file.size <= LARGEST_HOST else None
                if content and why_skipped(file.path, content) in (None, "test"):
                    found.append(Host(file.path, language_of(file.path) or "", content.decode()))
        return found

    def commits(self, count: int) -> list[Commit]:
        """The newest commits with one parent that touch source code, oldest first."""
        every = [one for one in commits_between(self.repository, "", self.repository.head(), 3 * count) if len(one.parents) == 1]
        touched = {change.commit for change in changes_of(self.repository, every) if language_of(change.path)}
        return [one for one in every if one.id in touched][-count:]

    def functions(self, seed: int) -> Iterator[tuple[Host, Pattern, str]]:
        """Functions and classes that are long enough to be patterns, with their file and symbol, in a random order."""
        hosts = [host for host in self.hosts() if not is_test_path(host.path)]
        found = [(host, unit) for host in hosts for unit in _units(host) if unit.measures.lines in LINES]
        random.Random(f"{seed} {self.name}").shuffle(found)
        for host, unit in found:
            if unit.measures.complexity >= COMPLEXITY and not unit.is_private and not unit.is_test:
                pattern = pattern_of(stored_code(unit), host.language, f"{self.name}:{host.path}:{unit.symbol}")
                if pattern:
                    yield host, pattern, unit.symbol


def _units(host: Host) -> list[Unit]:
    try:
        return read_units(host.text, host.path)
    except SourceError:
        return []


def starter_patterns() -> list[tuple[str, Pattern]]:
    """The patterns of the starter library, with their digests."""
    library = starter_library()
    assert library is not None
    read = (read_version(library.name, folder) for folder in scan(library)[0])
    found = (
        (one.digest, pattern_of(one.code, one.language, f"starter:{one.ref.id}")) for one in read if not isinstance(one, Problem)
    )
    return [(digest, pattern) for digest, pattern in found if pattern]


def write_patterns(root: Path, patterns: Sequence[Pattern]) -> tuple[Library, list[str]]:
    """Make a library of patterns, in a repository of its own; beside it their digests."""
    root.mkdir(parents=True)
    subprocess.run(["git", "init", "--quiet", str(root)], check=True)
    (root / FILE_NAME).write_text("library_id: 3f0f7f0c-6d0e-4d2c-8a53-6b1d6a1c9e77\nname: measured\n", encoding="utf-8")
    library, digests = open_library(root), []
    for number, pattern in enumerate(patterns):
        name = f"p{number}"
        manifest = Manifest(name, "function", pattern.source, pattern.language, code=f"{name}.{EXTENSIONS[pattern.language]}")
        files = {"pattern.yaml": write_manifest(manifest).encode(), manifest.code: pattern.code.encode()}
        write_version(library, PatternRef(f"{pattern.language}/{name}", 1), files)
    for folder in scan(library)[0]:
        version = read_version(library.name, folder)
        assert not isinstance(version, Problem), version
        digests.append((int(version.ref.id.partition("/p")[2]), version.digest))
    return library, [digest for _, digest in sorted(digests)]


def by_language(hosts: Iterable[Host]) -> dict[str, list[Host]]:
    """Files by their language."""
    found: defaultdict[str, list[Host]] = defaultdict(list)
    for host in hosts:
        found[host.language].append(host)
    return found
