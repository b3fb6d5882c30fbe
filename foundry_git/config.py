"""Configuration: ``foundry.yaml``, the user's own file and the environment become settings.

What a tracked file may say is bounded: it never names a command, a URL to open or a model to load. Those come from the user's
own file, ``config.yaml`` in the user's configuration folder.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

from msgspec.structs import replace

from foundry_git.errors import ConfigurationError
from foundry_git.library.library import Library
from foundry_git.pattern import yamltext
from foundry_git.pattern.fields import Fields
from foundry_git.pattern.naming import is_slug
from foundry_git.pattern.vocabulary import TAGS
from foundry_git.settings import AUTHORS, DEFAULT_WINDOW, LANGUAGES, RATE_KEYS, ScoringModel, Settings
from foundry_git.source.frameworks import frameworks_named, frameworks_with
from foundry_git.system.files import expanded

LIBRARY_VARIABLE = "FOUNDRY_LIBRARY"
INJECTION_VARIABLE = "FOUNDRY_INJECTION"
MOST_TRIED = 0.5  # of all prompts: more than half of them are there to be of use
MOST_DOLLARS = 100_000.0  # for a million tokens; the dearest model costs 75
MOST_SECONDS = 30  # for one unit; a worker has 60 for everything

FieldReader = Callable[[Fields, str, Any], Any]
"""Reads the value of a key out of its section; gets the default, and adds what is wrong to the section's problems."""


def load(library: Library | None, user_file: Path, environment: Mapping[str, str]) -> Settings:
    """Read the settings for a library (None: the defaults) and this user.

    Raises:
        ConfigurationError: values that cannot be used, all of them at once.
        ManifestError: a file that breaks the YAML guard.
    """
    fields = Fields(library.document if library else {})
    fields.refuse_unknown(LIBRARY_KEYS)
    tags = _tags(fields)
    settings = _with_sections(_of_user(user_file), fields, LIBRARY_SECTIONS)
    if fields.problems and library:
        raise ConfigurationError(str(library.file), fields.problems)
    switched_off = environment.get(INJECTION_VARIABLE, "").lower() in ("off", "0", "false", "no")
    return replace(
        settings,
        extraction=replace(settings.extraction, tags=tags),
        injection=replace(settings.injection, enabled=settings.injection.enabled and not switched_off),
    )


def _of_user(file: Path) -> Settings:
    try:
        content = file.read_bytes()
    except OSError:
        return Settings()
    fields = Fields(yamltext.read(content, file))
    fields.refuse_unknown(USER_KEYS)
    settings = _with_sections(Settings(), fields, USER_SECTIONS)
    if fields.problems:
        raise ConfigurationError(str(file), fields.problems)
    return settings


def _with_sections(settings: Settings, fields: Fields, sections: Mapping[str, Mapping[str, FieldReader]]) -> Settings:
    """The settings with what a file says in its sections; the problems are added to ``fields``."""
    read: dict[str, Any] = {}
    for name, readers in sections.items():
        default = getattr(settings, name)
        inner = fields.mapping(name) or Fields({}, f"{name}.")
        inner.refuse_unknown(tuple(readers))
        read[name] = replace(default, **{key: reader(inner, key, getattr(default, key)) for key, reader in readers.items()})
        fields.problems += inner.problems
    return replace(settings, **read)


def _tags(fields: Fields) -> frozenset[str]:
    own = fields.texts("tags")
    fields.problems += [f"tags: {tag!r} is not a word in lower case with single hyphens" for tag in own if not is_slug(tag)]
    return TAGS | frozenset(own)


def _at_least_one(fields: Fields, key: str, default: int) -> int:
    value = fields.number(key, default)
    if value < 1:
        fields.problems.append(f"{fields.where}{key}: must be at least 1")
    return value


def _percentage(fields: Fields, key: str, default: int) -> int:
    value = fields.number(key, default)
    if value > 100:
        fields.problems.append(f"{fields.where}{key}: is a percentage, at most 100")
    return value


def _share(fields: Fields, key: str, default: float) -> float:
    """A share of all prompts on which something is tried."""
    value = fields.fraction(key, default)
    if value > MOST_TRIED:
        fields.problems.append(f"{fields.where}{key}: must be at most {MOST_TRIED:g}")
    return value


def _texts(fields: Fields, key: str, default: tuple[str, ...]) -> tuple[str, ...]:
    return fields.texts(key) or default


def _languages(fields: Fields, key: str, default: tuple[str, ...]) -> tuple[str, ...]:
    languages = fields.texts(key) or default
    unknown = [name for name in languages if name not in LANGUAGES]
    fields.problems += [f"{fields.where}{key}: {name!r} is none of {', '.join(LANGUAGES)}" for name in unknown]
    return languages


def _frameworks(fields: Fields, key: str, default: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    """A list of names, or a mapping of names to modules."""
    if not isinstance(fields.values.get(key), dict):
        return frameworks_named(fields.texts(key)) or default
    entries = fields.mapping(key) or Fields({})
    own = {name: entries.texts(name) for name in entries.values}
    fields.problems += entries.problems
    return frameworks_with(own)


def _one_of(*words: str) -> FieldReader:
    return lambda fields, key, default: fields.one_of(key, words, default)


def _folder(fields: Fields, key: str, default: Path | None) -> Path | None:
    text = fields.text(key)
    return expanded(text) if text else default


def _text(fields: Fields, key: str, default: str) -> str:
    return fields.text(key) or default


def _command(fields: Fields, key: str, default: tuple[str, ...]) -> tuple[str, ...]:
    command = fields.texts(key) or default
    if command and command[0].startswith("~"):
        return (str(expanded(command[0])), *command[1:])
    return command


def _seconds(fields: Fields, key: str, default: int) -> int:
    seconds = fields.number(key, default)
    if not 1 <= seconds <= MOST_SECONDS:
        fields.problems.append(f"{fields.where}{key}: must be 1 to {MOST_SECONDS}")
    return seconds


def _prices(fields: Fields, key: str, default: Mapping[str, Mapping[str, float]]) -> Mapping[str, Mapping[str, float]]:
    prices = fields.mapping(key) or Fields({}, f"{fields.where}{key}.")
    found = {model: _price(prices, model) for model in prices.values}
    fields.problems += prices.problems
    return {model: price for model, price in found.items() if price} or default


def _price(prices: Fields, model: str) -> Mapping[str, float]:
    """The rates and the window of one model; empty where something is wrong with them."""
    inner = prices.mapping(model)
    if inner is None:
        return {}
    inner.refuse_unknown((*RATE_KEYS, "window"))
    rates = {kind: rate for kind in RATE_KEYS if (rate := _dollars(inner, kind)) is not None}
    window = inner.number("window", DEFAULT_WINDOW)
    inner.problems += [f"{inner.where}{kind}: is missing" for kind in ("input", "output") if kind not in inner.values]
    prices.problems += inner.problems
    return {} if inner.problems else {**rates, "window": window}


def _day(fields: Fields, key: str, default: datetime | None) -> datetime | None:
    """The beginning of a day in UTC."""
    text = fields.text(key)
    if not text:
        return default
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        fields.problems.append(f"{fields.where}{key}: {text!r} is no day; write one like 2024-03-31")
        return default


def _dollars(fields: Fields, key: str) -> float | None:
    """Dollars for a million tokens; None when absent."""
    text = fields.text(key)
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0.0 <= value <= MOST_DOLLARS:
        fields.problems.append(f"{fields.where}{key}: {text!r} is not a price in dollars for a million tokens")
        return None
    return value


LIBRARY_SECTIONS: Mapping[str, Mapping[str, FieldReader]] = {
    "extraction": {
        "min_complexity": Fields.number,
        "min_lines": Fields.number,
        "max_similarity": Fields.fraction,
        "per_week": Fields.number,
        "languages": _languages,
        "frameworks": _frameworks,
        "paths": _texts,
        "ignore_paths": _texts,
        "ignore_names": _texts,
        "authors": _one_of(*AUTHORS),
    },
    "search": {"default_limit": _at_least_one, "min_relevance": Fields.fraction},
    "injection": {
        "enabled": Fields.flag,
        "max_patterns": Fields.number,
        "min_success_rate": _percentage,
        "max_characters": Fields.number,
        "holdout": _share,
        "version_trial": _share,
    },
    "evidence": {"half_life_days": _at_least_one, "max_weight_per_author": _at_least_one, "since": _day},
    "scoring": {"model": _one_of(*get_args(ScoringModel))},
}
LIBRARY_KEYS = ("library_id", "name", "library", *LIBRARY_SECTIONS, "tags")

USER_SECTIONS: Mapping[str, Mapping[str, FieldReader]] = {
    "encoder": {"weights": _folder, "model": _text, "enabled": Fields.flag},
    "describer": {"command": _command, "seconds": _seconds},
    "screen": {"gitleaks": Fields.flag},
    "sessions": {"prices": _prices},
    "answers": {"redis_url": _text, "handlers": _texts},
}
USER_KEYS = tuple(USER_SECTIONS)
