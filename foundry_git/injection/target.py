"""The place that patterns are wanted for: the languages of a repository, the first of them, and its framework."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from foundry_git.git.objects import BlobReader
from foundry_git.git.repository import Repository
from foundry_git.source.frameworks import framework_of
from foundry_git.source.manifests import Project, is_manifest, read_project

FOR_TESTS = "pytest"  # most Python projects depend on it, and few are written for it


class InjectionTarget(Struct, frozen=True):
    """``languages``: those with a share that counts, the most used first; ``framework``: "" where no manifest at the top names one."""

    languages: tuple[str, ...] = ()
    framework: str = ""

    @property
    def language(self) -> str:
        """The language most files are in; "" without any."""
        return self.languages[0] if self.languages else ""


def target_of(
    repository: Repository | None, languages: Sequence[str], frameworks: Mapping[str, Sequence[str]]
) -> InjectionTarget:
    """Say what patterns are wanted for in a repository that is written in ``languages``."""
    return InjectionTarget(tuple(languages), _framework(repository, languages, frameworks) if repository and languages else "")


def _framework(repository: Repository, languages: Sequence[str], frameworks: Mapping[str, Sequence[str]]) -> str:
    project = _project(repository)
    needed = [project.dependencies("here", language) for language in languages]
    return framework_of(needed, {name: modules for name, modules in frameworks.items() if name != FOR_TESTS})


def _project(repository: Repository) -> Project:
    """What the manifests at the top say."""
    with BlobReader(repository) as blobs:
        top = {
            path: entry for path, entry in (blobs.folder("HEAD^{tree}") or {}).items() if is_manifest(path) and entry.is_regular
        }
        return read_project({path: (blobs.read(entry.id) or b"").decode("utf-8", "replace") for path, entry in top.items()})
