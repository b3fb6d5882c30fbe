"""What a commit says of itself: whether it fixes something, which commits it takes back, and which receipts it names."""

from __future__ import annotations

import re

_FIX = re.compile(
    r"\b(?:fix(?:e[sd]|ing)?|bug(?:s|fix(?:es)?)?|hotfix|regression|crash(?:es|ed|ing)?|broken|incorrect(?:ly)?|wrong(?:ly)?"
    r"|race condition|memory leak|deadlock|vulnerability|CVE-\d+)\b",
    re.IGNORECASE,
)
_NO_DEFECT = re.compile(  # what these mend is not what the code does
    r"\bfix(?:e[sd]|ing)?:? (?:(?:a|an|the|some|more|several|minor|small|few|all|various|up) ){0,2}"
    r"(?:typos?|spelling|grammar|wording|docs?|docstrings?|documentation|readme|changelog|comments?|lint(?:er|ing)?|flake8?|style|format(?:ting)?"
    r"|whitespace|indent(?:ation)?|imports?|links?|ci|travis|tests?|(?:type|typing) (?:hints?|annotations?)|mypy|clippy|warnings?)\b"
    r"|\b(?:typos?|bugbear)\b",
    re.IGNORECASE,
)
_REVERTED = re.compile(r"\bThis reverts commit ([0-9a-f]{7,64})")

RECEIPT_TRAILER = "Foundry-Receipt"
_RECEIPTS = re.compile(rf"(?<![\w-]){RECEIPT_TRAILER}[ \t]*:((?:[ \t]*,?[ \t]*r-[0-9a-f]{{12}}(?![\w-]))+)", re.IGNORECASE)
_RECEIPT = re.compile(r"r-[0-9a-f]{12}")


def is_fix(subject: str) -> bool:
    """Say whether a commit's subject tells of a defect that it mends; typos, documentation, style and tests are none.

    The words are those that studies of fix-inducing changes search messages for (Śliwerski, Zimmermann, Zeller: "When do changes
    induce fixes?", MSR 2005), without bare issue numbers: half of the projects put one into every subject.
    """
    return bool(_FIX.search(subject)) and not _NO_DEFECT.search(subject)


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
