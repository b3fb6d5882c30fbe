"""Configuration: ``foundry.yaml``, the user's own file, the environment and flags become the settings each layer defines.

What a tracked file may say is bounded: it never names a command, a URL to open or a model to load. Those come from the user's
own file, ``config.yaml`` in the user's configuration folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import get_args

from foundry_git.errors import ConfigurationError
from foundry_git.evidence.settings import HALF_LIFE_DAYS, MAX_WEIGHT_PER_AUTHOR, EvidenceSettings, Model, ScoringSettings
from foundry_git.extraction.settings import AUTHORS, LANGUAGES, DescriberSettings, ExtractionSettings, ScreenSettings
from foundry_git.index.settings import EncoderSettings
from foundry_git.injection.settings import InjectionSettings
from foundry_git.library.library import Library
from foundry_git.pattern import yamltext
from foundry_git.pattern.fields import Fields
from foundry_git.pattern.naming import is_slug
from foundry_git.pattern.vocabulary import TAGS
from foundry_git.search.settings import SearchSettings
from foundry_git.sessions.prices import DEFAULT_WINDOW, RATE_KEYS, Price, rates_of
from foundry_git.sessions.settings import SessionSettings
from foundry_git.source.frameworks import frameworks_named, frameworks_with

LIBRARY_KEYS = ("library_id", "name", "library", "extraction", "search", "injection", "evidence", "scoring", "tags")
USER_KEYS = ("encoder", "describer", "screen", "sessions")
LIBRARY_VARIABLE = "FOUNDRY_LIBRARY"
INJECTION_VARIABLE = "FOUNDRY_INJECTION"
MOST_TRIED = 0.5  # of all prompts: more than half of them are there to be of use
MOST_DOLLARS = 100_000.0  # for a million tokens; the dearest model costs 75
MOST_SECONDS = 30  # for one unit; a worker has 60 for everything


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that is set, by layer."""

    extraction: ExtractionSettings = field(default_factory=ExtractionSettings)
    search: SearchSettings = field(default_factory=SearchSettings)
    injection: InjectionSettings = field(default_factory=InjectionSettings)
    encoder: EncoderSettings = field(default_factory=EncoderSettings)
    describer: DescriberSettings = field(default_factory=DescriberSettings)
    screen: ScreenSettings = field(default_factory=ScreenSettings)
    evidence: EvidenceSettings = field(default_factory=EvidenceSettings)
    scoring: ScoringSettings = field(default_factory=ScoringSettings)
    sessions: SessionSettings = field(default_factory=SessionSettings)


def load(library: Library | None, user_file: Path, environment: Mapping[str, str]) -> Settings:
    """Read the settings for a library (None: the defaults) and this user.

    Raises:
        ConfigurationError: values that cannot be used, all of them at once.
        ManifestError: a file that breaks the YAML guard.
    """
    fields = Fields(library.document if library else {})
    fields.refuse_unknown(LIBRARY_KEYS)
    tags = _tags(fields)
    encoder, describer, screen, sessions = _of_user(user_file)
    settings = Settings(
        extraction=_extraction(fields, tags),
        search=_search(fields),
        injection=_injection(fields, environment.get(INJECTION_VARIABLE, "")),
        encoder=encoder,
        describer=describer,
        screen=screen,
        evidence=_evidence(fields),
        scoring=_scoring(fields),
        sessions=sessions,
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
    numbers = ("min_complexity", "min_lines", "max_similarity", "per_week")
    names = ("languages", "frameworks", "paths", "ignore_paths", "ignore_names", "authors")
    inner = _section(fields, "extraction", (*numbers, *names))
    languages = inner.texts("languages") or plain.languages
    inner.problems += [
        f"extraction.languages: {name!r} is none of {', '.join(LANGUAGES)}" for name in languages if name not in LANGUAGES
    ]
    settings = ExtractionSettings(
        min_complexity=inner.number("min_complexity", plain.min_complexity),
        min_lines=inner.number("min_lines", plain.min_lines),
        max_similarity=inner.fraction("max_similarity", plain.max_similarity),
        per_week=inner.number("per_week", plain.per_week),
        languages=languages,
        frameworks=_frameworks(inner) or plain.frameworks,
        paths=inner.texts("paths"),
        ignore_paths=inner.texts("ignore_paths"),
        ignore_names=inner.texts("ignore_names") or plain.ignore_names,
        authors=inner.one_of("authors", AUTHORS, plain.authors),
        tags=tags,
    )
    fields.problems += inner.problems
    return settings


def _frameworks(fields: Fields) -> Mapping[str, tuple[str, ...]]:
    """Read a list of names, or a mapping of names to modules; empty when absent."""
    if not isinstance(fields.values.get("frameworks"), dict):
        return frameworks_named(fields.texts("frameworks"))
    entries = fields.mapping("frameworks") or Fields({})
    own = {name: entries.texts(name) for name in entries.values}
    fields.problems += entries.problems
    return frameworks_with(own)


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
    shares = ("holdout", "version_trial")
    inner = _section(fields, "injection", ("enabled", "max_patterns", "min_success_rate", "max_characters", *shares))
    settings = InjectionSettings(
        enabled=inner.flag("enabled", plain.enabled) and switch.lower() not in ("off", "0", "false", "no"),
        max_patterns=inner.number("max_patterns", plain.max_patterns),
        min_success_rate=inner.number("min_success_rate", plain.min_success_rate),
        max_characters=inner.number("max_characters", plain.max_characters),
        holdout=inner.fraction("holdout", plain.holdout),
        version_trial=inner.fraction("version_trial", plain.version_trial),
    )
    inner.problems += [
        f"injection.{name}: must be at most {MOST_TRIED:g}" for name in shares if getattr(settings, name) > MOST_TRIED
    ]
    if settings.min_success_rate > 100:
        inner.problems.append("injection.min_success_rate: is a percentage, at most 100")
    fields.problems += inner.problems
    return settings


def _evidence(fields: Fields) -> EvidenceSettings:
    inner = _section(fields, "evidence", ("half_life_days", "max_weight_per_author"))
    settings = EvidenceSettings(
        half_life_days=inner.number("half_life_days", HALF_LIFE_DAYS),
        max_weight_per_author=inner.number("max_weight_per_author", MAX_WEIGHT_PER_AUTHOR),
    )
    inner.problems += [f"evidence.{name}: must be at least 1" for name, value in asdict(settings).items() if value < 1]
    fields.problems += inner.problems
    return settings


def _scoring(fields: Fields) -> ScoringSettings:
    inner = _section(fields, "scoring", ("model",))
    model: Model = "legacy" if inner.one_of("model", get_args(Model), ScoringSettings().model) == "legacy" else "beta"
    fields.problems += inner.problems
    return ScoringSettings(model)


def _tags(fields: Fields) -> frozenset[str]:
    own = fields.texts("tags")
    fields.problems += [f"tags: {tag!r} is not a word in lower case with single hyphens" for tag in own if not is_slug(tag)]
    return TAGS | frozenset(own)


def _of_user(user_file: Path) -> tuple[EncoderSettings, DescriberSettings, ScreenSettings, SessionSettings]:
    try:
        content = user_file.read_bytes()
    except OSError:
        return EncoderSettings(), DescriberSettings(), ScreenSettings(), SessionSettings()
    fields = Fields(yamltext.read(content, user_file))
    fields.refuse_unknown(USER_KEYS)
    settings = _encoder(fields), _describer(fields), _screen(fields), _sessions(fields)
    if fields.problems:
        raise ConfigurationError(str(user_file), fields.problems)
    return settings


def _encoder(fields: Fields) -> EncoderSettings:
    inner = _section(fields, "encoder", ("weights", "model", "enabled"))
    weights = inner.text("weights")
    settings = EncoderSettings(Path(weights).expanduser() if weights else None, inner.text("model"), inner.flag("enabled", True))
    fields.problems += inner.problems
    return settings


def _screen(fields: Fields) -> ScreenSettings:
    inner = _section(fields, "screen", ("gitleaks",))
    settings = ScreenSettings(inner.flag("gitleaks", False))
    fields.problems += inner.problems
    return settings


def _describer(fields: Fields) -> DescriberSettings:
    inner = _section(fields, "describer", ("command", "seconds"))
    command, seconds = inner.texts("command"), inner.number("seconds", DescriberSettings().seconds)
    if command and command[0].startswith("~"):
        command = (str(Path(command[0]).expanduser()), *command[1:])
    if not 1 <= seconds <= MOST_SECONDS:
        inner.problems.append(f"describer.seconds: must be 1 to {MOST_SECONDS}")
    fields.problems += inner.problems
    return DescriberSettings(command, seconds)


def _sessions(fields: Fields) -> SessionSettings:
    inner = _section(fields, "sessions", ("prices",))
    prices = inner.mapping("prices") or Fields({}, "sessions.prices.")
    found = {name: _price(prices, name) for name in prices.values}
    fields.problems += inner.problems + prices.problems
    return SessionSettings({name: price for name, price in found.items() if price})


def _price(prices: Fields, model: str) -> Price | None:
    inner = prices.mapping(model)
    if inner is None:
        return None
    inner.refuse_unknown((*RATE_KEYS, "window"))
    rates = {kind: rate for kind in RATE_KEYS if (rate := _dollars(inner, kind)) is not None}
    window = inner.number("window", DEFAULT_WINDOW)
    inner.problems += [f"{inner.where}{kind}: is missing" for kind in ("input", "output") if kind not in inner.values]
    prices.problems += inner.problems
    return None if inner.problems else Price(rates_of(rates["input"], rates["output"], rates), window)


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
