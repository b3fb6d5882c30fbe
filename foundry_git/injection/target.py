"""The place that patterns are wanted for: the languages of a repository, the first of them, and its framework."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from foundry_git.git.objects import BlobReader
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
    languages: Sequence[str], objects: Callable[[], BlobReader], frameworks: Mapping[str, Sequence[str]]
) -> InjectionTarget:
    """Say what patterns are wanted for in a repository that is written in ``languages``; ``objects`` are asked where there are any."""
    return InjectionTarget(tuple(languages), _framework(objects(), languages, frameworks) if languages else "")


def _framework(objects: BlobReader, languages: Sequence[str], frameworks: Mapping[str, Sequence[str]]) -> str:
    project = _project(objects)
    needed = [project.dependencies("here", language) for language in languages]
    return framework_of(needed, {name: modules for name, modules in frameworks.items() if name != FOR_TESTS})


def _project(objects: BlobReader) -> Project:
    """What the manifests at the top of HEAD say."""
    top = {path: entry for path, entry in (objects.folder("HEAD^{tree}") or {}).items() if is_manifest(path) and entry.is_regular}
    return read_project({path: (objects.read(entry.id) or b"").decode("utf-8", "replace") for path, entry in top.items()})
