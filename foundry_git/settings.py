"""Settings: what a team or a user may set, as frozen values that every feature reads and none defines.

They stand near the ground, so that ``config`` can read them and ``Workspace`` can hold them without knowing any feature.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal

from msgspec import Struct, field

from foundry_git.pattern.vocabulary import TAGS
from foundry_git.source.frameworks import FRAMEWORKS

LANGUAGES = ("python", "javascript", "typescript", "go", "rust")
AUTHORS = ("mine", "all")

HALF_LIFE_DAYS = 30  # the seeds' period of decay, kept as the default

# Validating needs about nine units of unbroken success and quarantining about eleven of failure (e-value 20 against 0.60 and 0.35):
# with three units each, no claim rests on fewer than three persons. Whoever is sure alone decides, and that is an event with a name.
MAX_WEIGHT_PER_AUTHOR = 3

ScoringModel = Literal["beta", "legacy"]

DEFAULT_WINDOW = 200_000  # tokens; the smallest window among the models of the price table
RATE_KEYS = ("input", "output", "cache_read", "cache_write", "cache_write_hour")


class ExtractionSettings(Struct, frozen=True):
    """``foundry.yaml``, section ``extraction``; names and paths are globs as in ``fnmatch``, paths relative to the repository.

    ``min_complexity``, ``min_lines``: smaller units are dropped. ``max_similarity``: likeness from which a unit counts as near to
    something known. ``per_week``: so many candidates a week reach the inbox unasked.
    ``frameworks``: names that the framework of a candidate may take → their modules.
    ``paths``: only these parts of a monorepo (empty: all). ``authors``: ``mine`` takes the user's own commits.
    """

    min_complexity: int = 3
    min_lines: int = 5
    max_similarity: float = 0.9
    per_week: int = 5
    languages: tuple[str, ...] = LANGUAGES
    frameworks: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: FRAMEWORKS)
    paths: tuple[str, ...] = ()
    ignore_paths: tuple[str, ...] = ()
    ignore_names: tuple[str, ...] = ("_*", "test_*")
    authors: str = "mine"
    tags: frozenset[str] = TAGS

    def covers(self, path: str) -> bool:
        """Tell whether a file lies in scope."""
        inside = not self.paths or any(_below(path, scope) for scope in self.paths)
        return inside and not any(_below(path, scope) for scope in self.ignore_paths)

    def ignores(self, name: str) -> bool:
        """Tell whether a unit's name is one to leave alone."""
        return any(fnmatchcase(name, glob) for glob in self.ignore_names)


class SearchSettings(Struct, frozen=True):
    """``default_limit``: how many hits; ``min_relevance``: probability below which a hit is not shown, 0–1."""

    default_limit: int = 5
    min_relevance: float = 0.6


class InjectionSettings(Struct, frozen=True):
    """``enabled`` False leaves every prompt as it is. ``min_success_rate``: percent; ``max_characters``: of the whole section.

    ``holdout``: the share of prompts that are left as they are to learn what patterns are worth; ``version_trial``: the share in which
    the version before stands in for the newest of one pattern.
    """

    enabled: bool = True
    max_patterns: int = 3
    min_success_rate: int = 70
    max_characters: int = 9000
    holdout: float = 0.0
    version_trial: float = 0.0


class EvidenceSettings(Struct, frozen=True):
    """How fast evidence ages, and how much of it one person may supply for one version (in undecayed weight).

    ``since``: what is dated a day or more before is held apart; None: before the first commit.
    """

    half_life_days: float = HALF_LIFE_DAYS
    max_weight_per_author: float = MAX_WEIGHT_PER_AUTHOR
    since: datetime | None = None


DEFAULT_EVIDENCE = EvidenceSettings()
"""What holds where nothing is set."""


class ScoringSettings(Struct, frozen=True):
    """Which formulas: ``beta``, or ``legacy`` for those of the seeds."""

    model: ScoringModel = "beta"


class EncoderSettings(Struct, frozen=True):
    """``weights``: a folder with the weights to use; ``model``: another sentence-transformers model; ``enabled`` False: words only.

    These and the four below stand in the user's own ``config.yaml``, never in a tracked file.
    """

    weights: Path | None = None
    model: str = ""
    enabled: bool = True


class DescriberSettings(Struct, frozen=True):
    """A program with its arguments that puts candidates into words (none: off), and its time for a unit."""

    command: tuple[str, ...] = ()
    seconds: int = 10


class ScreenSettings(Struct, frozen=True):
    """``gitleaks``: ask that program too before anything is stored."""

    gitleaks: bool = False


class SessionSettings(Struct, frozen=True):
    """``prices``: the user's own by model, which win over the table that comes along.

    A price is a mapping of ``RATE_KEYS`` to dollars for a million tokens (``input`` and ``output`` are always there), and of
    ``window`` to the size of the context window in tokens.
    """

    prices: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


class AnswerSettings(Struct, frozen=True):
    """``redis_url``: where answers are kept for several processes ("": nowhere but in each). ``handlers``: names of entry points of the
    group ``foundry_git.answers`` by which other packages answer.
    """

    redis_url: str = ""
    handlers: tuple[str, ...] = ()


class Settings(Struct, frozen=True):
    """Everything that is set, by feature."""

    extraction: ExtractionSettings = field(default_factory=ExtractionSettings)
    search: SearchSettings = field(default_factory=SearchSettings)
    injection: InjectionSettings = field(default_factory=InjectionSettings)
    evidence: EvidenceSettings = field(default_factory=EvidenceSettings)
    scoring: ScoringSettings = field(default_factory=ScoringSettings)
    encoder: EncoderSettings = field(default_factory=EncoderSettings)
    describer: DescriberSettings = field(default_factory=DescriberSettings)
    screen: ScreenSettings = field(default_factory=ScreenSettings)
    sessions: SessionSettings = field(default_factory=SessionSettings)
    answers: AnswerSettings = field(default_factory=AnswerSettings)


def _below(path: str, scope: str) -> bool:
    scope = scope.strip("/")
    return fnmatchcase(path, scope) or fnmatchcase(path, f"{scope}/*")
