"""The place that patterns are wanted for: the languages of a repository, the first of them, and its framework."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec import Struct

from foundry_git.git.objects import BlobReader, TreeFile, files_of
from foundry_git.git.repository import Repository
from foundry_git.source.frameworks import framework_of
from foundry_git.source.languages import language_of
from foundry_git.source.manifests import NO_PROJECT, Project, is_manifest, read_project

MIN_SHARE = 0.05
"""A language with a smaller share of a repository's source files is there for a script or two; its patterns would be noise."""

FOR_TESTS = "pytest"  # most Python projects depend on it, and few are written for it


class InjectionTarget(Struct, frozen=True):
    """``languages``: those with a share that counts, the most used first; ``framework``: "" where no manifest at the top names one."""

    languages: tuple[str, ...] = ()
    framework: str = ""

    @property
    def language(self) -> str:
        """The language most files are in; "" without any."""
        return self.languages[0] if self.languages else ""


def target_of(repository: Repository | None, frameworks: Mapping[str, Sequence[str]]) -> InjectionTarget:
    """Say what a repository is written in, by its files at HEAD; nothing is known of an empty one, or of none."""
    files = files_of(repository, repository.head()) if repository else []
    counts = Counter(language for file in files if (language := language_of(file.path)))
    languages = tuple(language for language, count in counts.most_common() if count >= MIN_SHARE * counts.total())
    return InjectionTarget(languages, _framework(repository, files, languages, frameworks) if repository and languages else "")


def _framework(
    repository: Repository, files: Sequence[TreeFile], languages: Sequence[str], frameworks: Mapping[str, Sequence[str]]
) -> str:
    top = [file for file in files if "/" not in file.path and is_manifest(file.path)]
    project = _project(repository, top)
    needed = [project.dependencies("here", language) for language in languages]
    return framework_of(needed, {name: modules for name, modules in frameworks.items() if name != FOR_TESTS})


def _project(repository: Repository, manifests: Sequence[TreeFile]) -> Project:
    if not manifests:
        return NO_PROJECT
    with BlobReader(repository) as blobs:
        return read_project({file.path: (blobs.read(file.blob) or b"").decode("utf-8", "replace") for file in manifests})
