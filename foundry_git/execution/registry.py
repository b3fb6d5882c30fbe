"""The registry: the definitions that questions are matched against, and which of them a question matches."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from msgspec import Struct

from foundry_git.errors import ValidationError
from foundry_git.execution.definitions import PatternDefinition, PatternType
from foundry_git.search.trigger_matching import TriggerMatch, TriggerMatcher

MAX_MATCHES = 1000
"""Questions whose match is remembered, the least recently asked forgotten first."""


class Matched(Struct, frozen=True):
    """A definition that a question matches, with the named groups of its regex."""

    definition: PatternDefinition
    arguments: Mapping[str, str]


class PatternRegistry:
    """Definitions by name, the highest priority first; threads may share it.

    What was registered in this process comes before what stands in files: of one name it is the one. ``took`` hears of each match that
    was not remembered, in milliseconds.
    """

    def __init__(self, definitions: Iterable[PatternDefinition] = (), took: Callable[[float], None] = lambda ms: None) -> None:
        self._took = took
        self._guard = threading.RLock()
        self._own: dict[str, PatternDefinition] = {}
        self._of_files: dict[str, PatternDefinition] = {one.name: one for one in definitions}
        self._matches: OrderedDict[tuple[str, str], Matched | None] = OrderedDict()
        self._hits = self._misses = 0
        self._accuracy = -1, 1.0
        self.version = 0
        """How often it was changed: what was answered before may not hold any more."""
        self._renew()

    def register(self, pattern: PatternDefinition) -> None:
        """Add a definition; one of the same name is replaced."""
        self.register_batch([pattern])

    def register_batch(self, patterns: Iterable[PatternDefinition]) -> None:
        """Add definitions at once: what is remembered of matches is forgotten once."""
        added = list(patterns)
        for one in added:
            if not isinstance(one, PatternDefinition):
                raise ValidationError(
                    f"register: {one!r:.80} is no PatternDefinition; make one with PatternDefinition.from_config"
                )
        with self._guard:
            self._own |= {one.name: one for one in added}
            self._renew()

    def set_files(self, definitions: Iterable[PatternDefinition]) -> None:
        """Replace what stands in files."""
        with self._guard:
            found = {one.name: one for one in definitions}
            if found != self._of_files:
                self._of_files = found
                self._renew()

    def get(self, name: str) -> PatternDefinition | None:
        """Return the definition of a name; takes as long whatever there is."""
        return self._all.get(name)

    def find_matching_pattern(self, query: str, pattern_type_filter: PatternType | None = None) -> PatternDefinition | None:
        """Return the definition of the highest priority that a question matches, of those of a type; its name always matches."""
        found = self.match(query, pattern_type_filter)
        return found.definition if found else None

    def match(self, query: str, type: PatternType | None = None) -> Matched | None:
        """Return the same with what its regex took out of the question."""
        key = query, type.value if type else ""
        with self._guard:
            if key in self._matches:
                self._matches.move_to_end(key)
                self._hits += 1
                return self._matches[key]
            self._misses += 1
            began = time.perf_counter()
            found = self._match(query, type)
            self._took((time.perf_counter() - began) * 1000.0)
            self._matches[key] = found
            if len(self._matches) > MAX_MATCHES:
                self._matches.popitem(last=False)
            return found

    def matches(self, query: str) -> list[Matched]:
        """Return everything that a question matches, in order of precedence; nothing is remembered."""
        with self._guard:
            return [self._of(found) for found in self._matcher.all(query)]

    def definitions(self) -> list[PatternDefinition]:
        """Return all definitions in order of precedence."""
        return [self._all[trigger.name] for trigger in self._matcher.triggers]

    def accuracy(self) -> float:
        """Return which share of the examples of all definitions reach their own, 0–1; 1 where there are none."""
        with self._guard:
            if self._accuracy[0] != self.version:
                asked = [(one.name, str(example)) for one in self._all.values() for example in one.metadata.get("examples") or ()]
                found = [self._matcher.first(example) for _, example in asked]
                right = sum(one is not None and one.trigger.name == name for (name, _), one in zip(asked, found, strict=True))
                self._accuracy = self.version, right / len(asked) if asked else 1.0
            return self._accuracy[1]

    def get_stats(self) -> dict[str, Any]:
        """Return how many there are, by type, and how often a match was remembered; rates are percentages."""
        asked = self._hits + self._misses
        return {
            "total_patterns": len(self._all),
            "patterns_by_type": dict(Counter(one.pattern_type.value for one in self._all.values())),
            "cache_hits": self._hits,
            "cache_misses": self._misses,
            "cache_hit_rate": 100.0 * self._hits / asked if asked else 0.0,
            "cache_size": len(self._matches),
        }

    def _match(self, query: str, type: PatternType | None) -> Matched | None:
        named = self._all.get(query)
        if named and type in (None, named.pattern_type):
            return Matched(named, {})
        found = self._matcher.first(query, type.value if type else "")
        return self._of(found) if found else None

    def _of(self, found: TriggerMatch) -> Matched:
        return Matched(self._all[found.trigger.name], found.arguments)

    def _renew(self) -> None:
        self._all = {**self._of_files, **self._own}
        self._matcher = TriggerMatcher([one.as_trigger() for one in self._all.values()])
        self._matches.clear()
        self.version += 1
        self.has_functions = any(callable(one.handler) for one in self._all.values())
        facts = [
            (one.name, one.pattern_type, one.regexes, one.priority, one.cache_ttl, _handler_of(one)) for one in self.definitions()
        ]
        self.fingerprint = hashlib.sha256(repr(facts).encode("utf-8", "surrogatepass")).hexdigest()[:16]
        """What tells these definitions from others, in any process; a function is like no other."""


_PROCESS = secrets.token_hex(8)


def _handler_of(definition: PatternDefinition) -> str:
    answers = definition.answers
    return answers if isinstance(answers, str) else f"{_PROCESS}:{id(answers)}"
