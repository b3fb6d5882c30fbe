"""Company: which patterns may stand in one prompt, by what their manifests require and what they conflict with. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from foundry_git.errors import UsageError
from foundry_git.index.document import Document, DocumentRow
from foundry_git.pattern.naming import parse_reference
from foundry_git.search.answer import Hit

MOST_REQUIRED = 12  # as many as a prompt could hold; a longer chain is no part that one puts in

FindRequired = Callable[[Hit, str], Hit | None]
"""The pattern that a reference in a hit's manifest means, as a hit; None where there is none that is not deprecated."""


def in_company(hits: Sequence[Hit], required: FindRequired, may_be_shown: Callable[[Hit], bool]) -> list[Hit]:
    """Order hits, the best first, so that what one requires stands before it; leave out what cannot stand with those before it.

    That is what conflicts with one of them, and what requires something that is not there, may not be shown, or conflicts.
    """
    chosen: dict[str, Hit] = {}
    for hit in hits:
        group = _with_required(hit, required)
        new = [one for one in group or () if one.document.digest not in chosen]
        if group is not None and all(may_be_shown(one) for one in new) and agree([*chosen.values(), *new]):
            chosen |= {one.document.digest: one for one in new}
    return list(chosen.values())


def agree(shown: Sequence[Hit]) -> bool:
    """Tell whether no pattern of a prompt conflicts with another, whichever of them says so."""
    documents = [hit.document for hit in shown]
    return not any(_named(one, one.conflicts, other) for one in documents for other in documents if one is not other)


def is_whole(shown: Sequence[Hit]) -> bool:
    """Tell whether a prompt has all that its patterns require."""
    documents = [hit.document for hit in shown]
    return all(any(_named(one, (reference,), other) for other in documents) for one in documents for reference in one.requires)


def means(reference: str, document: Document | DocumentRow, of: Document) -> bool:
    """Tell whether a reference in the manifest of ``of`` means a version; what is no reference means nothing."""
    try:
        return (
            parse_reference(reference).names(document.id, document.version, document.library) and document.library == of.library
        )
    except UsageError:
        return False


def _named(one: Document, references: Sequence[str], other: Document) -> bool:
    return any(means(reference, other, one) for reference in references)


def _with_required(hit: Hit, required: FindRequired) -> list[Hit] | None:
    """A hit behind all that it requires, directly or not; None where some of it is not there."""
    found: dict[str, Hit] = {}
    for one in _required_first(hit, required, set()):
        if one is None or len(found) > MOST_REQUIRED:
            return None
        found[one.document.digest] = one
    return list(found.values())


def _required_first(hit: Hit, required: FindRequired, seen: set[str]) -> Iterator[Hit | None]:
    """What a hit requires, deepest first, then itself; patterns that require each other are met once each."""
    if hit.document.digest in seen:
        return
    seen.add(hit.document.digest)
    for reference in hit.document.requires:
        needed = required(hit, reference)
        if needed is None:
            yield None
            return
        yield from _required_first(needed, required, seen)
    yield hit
