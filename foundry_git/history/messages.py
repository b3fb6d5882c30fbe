"""What a commit says of itself: whether it fixes something, which commits it takes back, and which receipts it names."""

from __future__ import annotations

import re

_REVERTED = re.compile(r"\bThis reverts commit ([0-9a-f]{7,64})")

RECEIPT_TRAILER = "Foundry-Receipt"
_RECEIPTS = re.compile(rf"(?<![\w-]){RECEIPT_TRAILER}[ \t]*:((?:[ \t]*,?[ \t]*r-[0-9a-f]{{12}}(?![\w-]))+)", re.IGNORECASE)
_RECEIPT = re.compile(r"r-[0-9a-f]{12}")


def is_fix(subject: str) -> bool:
    """Say whether a commit's subject tells of a defect that it mends; see :mod:`foundry_git.history.fix_subjects`."""
    from foundry_git.history.fix_subjects import tells_of_a_fix  # it compiles its words: 50 ms, for which no search waits

    return tells_of_a_fix(subject)


def begins_other_work(subject: str) -> bool:
    """Say whether a commit's subject begins with other work than a fix ("Add …", "✨ …", "docs: …"), whatever it closes."""
    from foundry_git.history import fix_subjects  # as above

    return fix_subjects.begins_other_work(subject)


def reverted_by(body: str) -> tuple[str, ...]:
    """List the commits that a message says it takes back, as Git itself writes it."""
    return tuple(_REVERTED.findall(body))


def receipts_in(message: str) -> tuple[str, ...]:
    """List the receipts that a message names, each once, in the order in which they stand.

    They are found anywhere, not only in a block of trailers at the end: squashing indents the messages that it puts together, marks
    them as quotes or list items, and leaves their trailers in the middle.
    """
    lines = _RECEIPTS.findall(message)
    return tuple(dict.fromkeys(receipt for line in lines for receipt in _RECEIPT.findall(line.lower())))
