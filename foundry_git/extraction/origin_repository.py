"""Whether origins lie in a repository: by its root commits, else by commits of its history, else by what it is called."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from foundry_git.git.history import in_history
from foundry_git.git.identity import Identity, is_called
from foundry_git.git.objects import BlobReader
from foundry_git.index.document import Document
from foundry_git.pattern.record import Origin

MOST_ROOTS = 16
"""Root commits that an origin names; one would do, but that a part of a history may be taken out again into a repository of its own."""


def origin_in(here: Identity) -> Origin:
    """The repository's part of an origin."""
    return Origin(here.name, roots=tuple(sorted(here.roots.commits)[:MOST_ROOTS]), shallow=here.roots.is_shallow)


def lying_here(documents: Iterable[Document], here: Identity, objects: BlobReader) -> list[Document]:
    """The patterns whose origin lies in the repository that is ``here``.

    Git is asked only about those that neither roots nor names tell of: whether the commits that they name are in the history.
    """
    placed = [one for one in documents if one.origin_path]
    told = [() if is_sure(one, here) else commits_that_tell(one, here) for one in placed]
    seen = in_history(objects, {commit for commits in told for commit in commits})
    return [one for one, commits in zip(placed, told, strict=True) if not commits or not seen.isdisjoint(commits)]


def is_sure(document: Document, here: Identity) -> bool:
    """Tell whether an origin lies here by its roots; where one of both does not know the real ones, also by its name."""
    if not here.roots.known.isdisjoint(document.origin_roots):
        return True
    is_unknown = not document.origin_roots or not here.roots.commits or here.roots.is_shallow
    return is_unknown and is_called(document.origin_repository, here.name)


def commits_that_tell(document: Document, here: Identity) -> Sequence[str]:
    """The commits of which one in the history of a repository tells that the origin lies there.

    The roots that a shallow clone saw are ordinary commits elsewhere. Whoever sees but a part of a history, or reads an origin without
    roots, as those of before have none, goes by the commit that the code was taken from.
    """
    if not document.origin_roots:
        return (document.origin_commit,)
    return (*document.origin_roots, document.origin_commit) if here.roots.is_shallow else document.origin_roots
