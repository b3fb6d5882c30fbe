"""Licences: what the header of a file says about its own."""

from __future__ import annotations

import re

HEADER_LINES = 30

_NAME = r"[A-Za-z0-9.+-]{1,64}"
_TAG = re.compile(rf"SPDX-License-Identifier:[ \t]*(\(?{_NAME}\)?(?:[ \t]+(?:AND|OR|WITH)[ \t]+\(?{_NAME}\)?){{0,8}})")


def spdx_of(text: str) -> str:
    """Read the SPDX expression (``MIT``, ``Apache-2.0 OR MIT``) in the first 30 lines; ``""`` if there is none."""
    for line in text.split("\n", HEADER_LINES)[:HEADER_LINES]:
        if found := _TAG.search(line):
            return " ".join(found[1].split())
    return ""
