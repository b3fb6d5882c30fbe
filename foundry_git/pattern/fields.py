"""Fields of a YAML mapping: typed values out of text, with every problem collected instead of the first one raised."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from foundry_git.pattern import yamltext

_TRUE, _FALSE = frozenset({"true", "yes", "on"}), frozenset({"false", "no", "off"})


class Fields:
    """One mapping being read: hands out typed values and collects what is wrong with them."""

    def __init__(self, values: dict[str, yamltext.Value], where: str = "") -> None:
        self.values = values
        self.where = where
        self.problems: list[str] = []

    def text(self, key: str, required: bool = False) -> str:
        """A text; "" when absent."""
        value = self.values.get(key, "")
        if not isinstance(value, str):
            self.problems.append(f"{self.where}{key}: must be text")
            return ""
        if required and not value.strip():
            self.problems.append(f"{self.where}{key}: is missing")
        return value

    def number(self, key: str, default: int = 0) -> int:
        """A whole number ≥ 0."""
        text = self.text(key)
        if not text:
            return default
        if not text.isascii() or not text.isdigit() or len(text) > 9:
            self.problems.append(f"{self.where}{key}: {text!r} is not a whole number")
            return default
        return int(text)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty when absent."""
        value = self.values.get(key, [])
        items = [] if value == "" else value
        if not isinstance(items, list):
            self.problems.append(f"{self.where}{key}: must be a list")
            return ()
        found = tuple(item for item in items if isinstance(item, str))
        if len(found) != len(items):
            self.problems.append(f"{self.where}{key}: must be a list of words")
        return found

    def mapping(self, key: str) -> Fields | None:
        """The fields of an inner mapping; None when absent. Its problems are its own."""
        value = self.values.get(key, "")
        if value == "":
            return None
        if not isinstance(value, dict):
            self.problems.append(f"{self.where}{key}: must be a mapping")
            return None
        return Fields(value, f"{self.where}{key}.")

    def fraction(self, key: str, default: float) -> float:
        """A number from 0 to 1."""
        text = self.text(key)
        try:
            value = float(text) if text else default
        except ValueError:
            value = -1.0
        if not 0.0 <= value <= 1.0:
            self.problems.append(f"{self.where}{key}: {text!r} is not a number from 0 to 1")
            return default
        return value

    def flag(self, key: str, default: bool) -> bool:
        """``true`` or ``false``."""
        text = self.text(key).lower()
        if text and text not in _TRUE | _FALSE:
            self.problems.append(f"{self.where}{key}: {text!r} is neither true nor false")
        return text in _TRUE if text in _TRUE | _FALSE else default

    def one_of(self, key: str, choices: Sequence[str], default: str) -> str:
        """One of a few words."""
        text = self.text(key)
        if text and text not in choices:
            self.problems.append(f"{self.where}{key}: {text!r} is none of {', '.join(choices)}")
            return default
        return text or default

    def refuse_unknown(self, known: Sequence[str]) -> None:
        """Report every key that is not in ``known``, with the one that was probably meant."""
        for key in self.values:
            if key not in known:
                near = difflib.get_close_matches(key, known, 1)
                self.problems.append(f"{self.where}{key}: unknown key" + (f"; did you mean {near[0]}?" if near else ""))
