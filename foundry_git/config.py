"""Configuration: ``foundry.yaml``, the user's own file, the environment and flags become the settings each layer defines.

What a tracked file may say is bounded: it never names a command, a URL to open or a model to load. Those come from the user's
own file, ``config.yaml`` in the user's configuration folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from foundry_git.errors import ConfigurationError
from foundry_git.extraction.settings import AUTHORS, LANGUAGES, ExtractionSettings
from foundry_git.index.settings import EncoderSettings
from foundry_git.injection.settings import InjectionSettings
from foundry_git.library.library import Library
from foundry_git.pattern import yamltext
from foundry_git.pattern.fields import Fields
from foundry_git.pattern.naming import is_slug
from foundry_git.pattern.vocabulary import TAGS
from foundry_git.search.settings import SearchSettings

LIBRARY_KEYS = ("library_id", "name", "library", "extraction", "search", "injection", "evidence", "tags")
USER_KEYS = ("encoder",)
LIBRARY_VARIABLE = "FOUNDRY_LIBRARY"
INJECTION_VARIABLE = "FOUNDRY_INJECTION"
DEFAULT_HALF_LIFE_DAYS = 30


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that is set, by layer."""

    extraction: ExtractionSettings = field(default_factory=ExtractionSettings)
    search: SearchSettings = field(default_factory=SearchSettings)
    injection: InjectionSettings = field(default_factory=InjectionSettings)
    encoder: EncoderSettings = field(default_factory=EncoderSettings)
    half_life_days: int = DEFAULT_HALF_LIFE_DAYS


def load(library: Library | None, user_file: Path, environment: Mapping[str, str]) -> Settings:
    """Read the settings for a library (None: the defaults) and this user.

    Raises:
        ConfigurationError: values that cannot be used, all of them at once.
        ManifestError: a file that breaks the YAML guard.
    """
    fields = Fields(library.document if library else {})
    fields.refuse_unknown(LIBRARY_KEYS)
    tags = _tags(fields)
    settings = Settings(
        extraction=_extraction(fields, tags),
        search=_search(fields),
        injection=_injection(fields, environment.get(INJECTION_VARIABLE, "")),
        encoder=_encoder(user_file),
        half_life_days=_half_life(fields),
    )
    if fields.problems and library:
        raise ConfigurationError(str(library.file), fields.problems)
    return settings


def _section(fields: Fields, key: str, known: tuple[str, ...]) -> Fields:
    inner = fields.mapping(key) or Fields({}, f"{key}.")
    inner.refuse_unknown(known)
    return inner


def _extraction(fields: Fields, tags: frozenset[str]) -> ExtractionSettings:
    plain = ExtractionSettings()
    keys = ("min_complexity", "min_lines", "max_similarity", "languages", "frameworks", "paths", "ignore_paths", "ignore_names")
    inner = _section(fields, "extraction", (*keys, "authors"))
    languages = inner.texts("languages") or plain.languages
    inner.problems += [
        f"extraction.languages: {name!r} is none of {', '.join(LANGUAGES)}" for name in languages if name not in LANGUAGES
    ]
    settings = ExtractionSettings(
        min_complexity=inner.number("min_complexity", plain.min_complexity),
        min_lines=inner.number("min_lines", plain.min_lines),
        max_similarity=inner.fraction("max_similarity", plain.max_similarity),
        languages=languages,
        frameworks=inner.texts("frameworks") or plain.frameworks,
        paths=inner.texts("paths"),
        ignore_paths=inner.texts("ignore_paths"),
        ignore_names=inner.texts("ignore_names") or plain.ignore_names,
        authors=inner.one_of("authors", AUTHORS, plain.authors),
        tags=tags,
    )
    fields.problems += inner.problems
    return settings


def _search(fields: Fields) -> SearchSettings:
    plain = SearchSettings()
    inner = _section(fields, "search", ("default_limit", "min_relevance"))
    settings = SearchSettings(
        default_limit=inner.number("default_limit", plain.default_limit),
        min_relevance=inner.fraction("min_relevance", plain.min_relevance),
    )
    if settings.default_limit < 1:
        inner.problems.append("search.default_limit: must be at least 1")
    fields.problems += inner.problems
    return settings


def _injection(fields: Fields, switch: str) -> InjectionSettings:
    plain = InjectionSettings()
    inner = _section(fields, "injection", ("enabled", "max_patterns", "min_success_rate", "max_characters"))
    settings = InjectionSettings(
        enabled=inner.flag("enabled", plain.enabled) and switch.lower() not in ("off", "0", "false", "no"),
        max_patterns=inner.number("max_patterns", plain.max_patterns),
        min_success_rate=inner.number("min_success_rate", plain.min_success_rate),
        max_characters=inner.number("max_characters", plain.max_characters),
    )
    if settings.min_success_rate > 100:
        inner.problems.append("injection.min_success_rate: is a percentage, at most 100")
    fields.problems += inner.problems
    return settings


def _half_life(fields: Fields) -> int:
    inner = _section(fields, "evidence", ("half_life_days",))
    days = inner.number("half_life_days", DEFAULT_HALF_LIFE_DAYS)
    if days < 1:
        inner.problems.append("evidence.half_life_days: must be at least 1")
    fields.problems += inner.problems
    return max(days, 1)


def _tags(fields: Fields) -> frozenset[str]:
    own = fields.texts("tags")
    fields.problems += [f"tags: {tag!r} is not a word in lower case with single hyphens" for tag in own if not is_slug(tag)]
    return TAGS | frozenset(own)


def _encoder(user_file: Path) -> EncoderSettings:
    try:
        content = user_file.read_bytes()
    except OSError:
        return EncoderSettings()
    fields = Fields(yamltext.read(content, user_file))
    fields.refuse_unknown(USER_KEYS)
    inner = _section(fields, "encoder", ("weights", "model", "enabled"))
    weights = inner.text("weights")
    settings = EncoderSettings(Path(weights).expanduser() if weights else None, inner.text("model"), inner.flag("enabled", True))
    if fields.problems + inner.problems:
        raise ConfigurationError(str(user_file), fields.problems + inner.problems)
    return settings
