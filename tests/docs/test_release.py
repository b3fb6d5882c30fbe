"""A version has one name everywhere, and a day in the changelog."""

from __future__ import annotations

import re
import tomllib
from datetime import date

import foundry_git
from tests import TOP

HEADINGS = re.findall(r"^## (.*)$", (TOP / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)


def test_the_version_is_the_same_in_the_project_the_package_and_the_changelog() -> None:
    project = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert foundry_git.__version__ == project["version"] == HEADINGS[1].partition(", ")[0]


def test_the_changelog_begins_with_what_is_unreleased_and_dates_each_release() -> None:
    first, *released = HEADINGS

    assert first == "Unreleased"
    days = [date.fromisoformat(heading.partition(", ")[2]) for heading in released]
    assert days and days == sorted(days, reverse=True)
