from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, Union, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

S = TypeVar("S", bound="DataclassInstance")

_BOOLEANS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
_READERS: dict[object, Callable[[str], object]] = {
    str: str,
    int: int,
    float: float,
    bool: lambda text: _BOOLEANS[text.lower()],
    Path: Path,
}


class SettingsError(ValueError):
    """Some variables are missing or malformed; ``problems`` has one line for each, never with a value."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def read_settings(settings: type[S], environment: Mapping[str, str], *, prefix: str = "") -> S:
    """Build a dataclass from variables that are named like its fields: ``app_`` + ``db_port`` reads ``APP_DB_PORT``.

    Fields are str, int, float, bool (1/0, true/false, yes/no, on/off), Path, or one of these ``| None``. Surrounding
    spaces do not count, and a variable that is empty counts as not set; a field without a default must be set.

    Raises ``SettingsError`` with all problems at once, and ``TypeError`` for a field of any other type.
    """
    hints = get_type_hints(settings)
    values: dict[str, Any] = {}
    problems: list[str] = []
    for field in (field for field in fields(settings) if field.init):
        kind = _required_type(hints[field.name])
        if kind not in _READERS:
            raise TypeError(f"field {field.name} has a type that no variable can hold: {kind}")
        name = f"{prefix}{field.name}".upper()
        text = environment.get(name, "").strip()
        try:
            if text:
                values[field.name] = _READERS[kind](text)
            elif field.default is MISSING and field.default_factory is MISSING:
                problems.append(f"{name} is not set")
        except (ValueError, KeyError):
            problems.append(f"{name} is not a valid {kind.__name__}")
    if problems:
        raise SettingsError(problems)
    return settings(**values)


def _required_type(hint: Any) -> Any:
    """Return ``T`` for ``T | None``, and any other type as it is."""
    members = [member for member in get_args(hint) if member is not types.NoneType]
    return members[0] if get_origin(hint) in (Union, types.UnionType) and len(members) == 1 else hint
