"""The projects whose test reports lie in ``tests/reports``, as its page prints them."""

from __future__ import annotations

import re
from pathlib import Path

REPORTS = Path(__file__).parent / "reports"
_FILE = re.compile(r"^`(?P<path>[^`\n]+)`\n\n```\w+\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def project(runner: str) -> dict[str, str]:
    """Path → text of the files of one runner's project."""
    page = (REPORTS / "README.md").read_text(encoding="utf-8")
    section = page.partition(f"\n## {runner}\n")[2].partition("\n## ")[0]
    return {found["path"]: found["text"] for found in _FILE.finditer(section)}
