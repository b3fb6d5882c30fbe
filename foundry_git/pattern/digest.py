"""The digest: the identity of a version's content, for evidence, receipts and immutability."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping


def digest_of(files: Mapping[str, bytes]) -> str:
    """SHA-256 over the sorted (name, bytes) of a version's files, as 64 hexadecimal digits.

    Names and contents are framed by their lengths, so no two different sets of files can hash the same text.
    """
    whole = hashlib.sha256()
    for name in sorted(files):
        encoded, content = name.encode(), files[name]
        whole.update(b"%d:%s%d:" % (len(encoded), encoded, len(content)))
        whole.update(content)
    return whole.hexdigest()
