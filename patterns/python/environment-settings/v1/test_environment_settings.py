from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional

import pytest
from environment_settings import SettingsError, read_settings


@dataclass(frozen=True)
class Settings:
    db_host: str
    db_port: int = 5432
    ratio: float = 0.5
    debug: bool = False
    data: Path = Path("data")
    limit: int | None = None
    label: Optional[str] = None  # noqa: UP007, UP045


def test_variables_are_read_with_the_type_of_their_field() -> None:
    environment = {
        "APP_DB_HOST": "db.example.org",
        "APP_DB_PORT": "6000",
        "APP_RATIO": "0.25",
        "APP_DEBUG": "true",
        "APP_DATA": "/srv/data",
        "APP_LIMIT": "7",
        "APP_LABEL": "blue",
    }

    assert read_settings(Settings, environment, prefix="app_") == Settings(
        "db.example.org", 6000, 0.25, True, Path("/srv/data"), 7, "blue"
    )


def test_defaults_are_used_for_what_is_not_set() -> None:
    assert read_settings(Settings, {"DB_HOST": "h"}) == Settings("h")


@pytest.mark.parametrize("text", ["", "  "])
def test_an_empty_variable_counts_as_not_set(text: str) -> None:
    assert read_settings(Settings, {"DB_HOST": "h", "DB_PORT": text}) == Settings("h")
    with pytest.raises(SettingsError, match="DB_HOST is not set"):
        read_settings(Settings, {"DB_HOST": text})


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1", True), ("TRUE", True), ("yes", True), (" On ", True), ("0", False), ("False", False), ("no", False)],
)
def test_booleans_are_read_in_the_usual_spellings(text: str, expected: bool) -> None:
    assert read_settings(Settings, {"DB_HOST": "h", "DEBUG": text}).debug is expected


def test_all_problems_are_reported_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings(Settings, {"DB_PORT": "many", "DEBUG": "perhaps", "LIMIT": "1.5"})

    assert caught.value.problems == [
        "DB_HOST is not set",
        "DB_PORT is not a valid int",
        "DEBUG is not a valid bool",
        "LIMIT is not a valid int",
    ]


def test_a_malformed_value_is_not_repeated_in_the_message() -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings(Settings, {"DB_HOST": "h", "DB_PORT": "confidential"})

    assert "confidential" not in str(caught.value)


def test_other_variables_are_ignored() -> None:
    assert read_settings(Settings, {"APP_DB_HOST": "h", "DB_PORT": "1"}, prefix="APP_") == Settings("h")


def test_a_default_factory_and_a_computed_field_need_no_variable() -> None:
    @dataclass
    class Computed:
        name: str = field(default_factory=lambda: "made")
        length: int = field(init=False)

        def __post_init__(self) -> None:
            self.length = len(self.name)

    assert read_settings(Computed, {"LENGTH": "99"}).length == 4


def test_a_field_type_that_no_variable_can_hold_is_a_programming_error() -> None:
    @dataclass
    class Unsupported:
        names: list[str]

    with pytest.raises(TypeError, match="names"):
        read_settings(Unsupported, {})
