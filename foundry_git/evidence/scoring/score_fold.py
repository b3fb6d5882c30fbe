"""The fold: from all facts to the score of every digest, as a pure function of them and a moment.

The facts come in the order of event ids, sums are exact, and no clock is asked, so every clone gets the same bits.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from foundry_git.evidence import beta
from foundry_git.evidence.attribution import Attribution, Use, UseContext, attribute
from foundry_git.evidence.events import Event
from foundry_git.evidence.facts import Decision, Facts, Occurrence, facts_of
from foundry_git.evidence.grammar import moment, moment_text
from foundry_git.evidence.scoring import legacy
from foundry_git.evidence.scoring.authors import Allowance, capped
from foundry_git.evidence.scoring.coverage import Coverage, coverage
from foundry_git.evidence.scoring.scores import (
    CONTEXT_PRIOR_WEIGHT,
    INTERVAL_MASS,
    PRIOR_FAILURES,
    PRIOR_SUCCESSES,
    UNTESTED,
    ContextScore,
    Score,
    drift_of,
    is_enough,
    priority_of,
    trust_of,
    variance_of,
)
from foundry_git.evidence.scoring.states import Evidence, Judge, VersionState, standing
from foundry_git.evidence.scoring.verdicts import UseVerdict, age_days, decided, halved, per_digest, ratings, verdicts
from foundry_git.settings import DEFAULT_EVIDENCE, EvidenceSettings, ScoringModel

_Sums = tuple[float, float]
"""Weighted successes and failures."""


def score(
    events: Mapping[str, Event], as_of: datetime, settings: EvidenceSettings = DEFAULT_EVIDENCE, model: ScoringModel = "beta"
) -> dict[str, Score]:
    """Return the score of every digest that was injected, adopted, judged, rated or decided; the others are ``UNTESTED``.

    ``events``: id → event, a set, so neither order nor duplicates can matter.

    Raises:
        ValueError: ``as_of`` has no zone, or the half-life is not positive.
    """
    return fold(facts_of(events), as_of, settings, model)


def fold(
    facts: Facts,
    as_of: datetime,
    settings: EvidenceSettings = DEFAULT_EVIDENCE,
    model: ScoringModel = "beta",
    digests: Collection[str] | None = None,
) -> dict[str, Score]:
    """Compute :func:`score` from facts, of all digests or of some."""
    _expect_moment(as_of, settings)
    case = _read(facts)
    wanted = case.digests if digests is None else case.digests.intersection(digests)
    return {digest: _scored(case, digest, as_of, settings, model) for digest in sorted(wanted)}


def standings(
    facts: Facts, as_of: datetime, settings: EvidenceSettings = DEFAULT_EVIDENCE, model: ScoringModel = "beta"
) -> dict[str, VersionState]:
    """Return the state of every digest that was judged or decided, with how it came there; any other is pending."""
    _expect_moment(as_of, settings)
    case = _read(facts)
    return {
        digest: _standing(case, digest, as_of, settings, model) for digest in sorted(case.judged.keys() | case.decisions.keys())
    }


def trend(
    facts: Facts,
    digest: str,
    moments: Iterable[datetime],
    settings: EvidenceSettings = DEFAULT_EVIDENCE,
    model: ScoringModel = "beta",
) -> list[Score]:
    """Return the score of a digest at each moment, from what was dated up to then.

    ``facts`` must hold every receipt that held the digest.
    """
    return [fold(_until(facts, each), each, settings, model).get(digest, UNTESTED) for each in moments]


def covered(facts: Facts, retrieved: Set[str], eligible: Iterable[str]) -> Coverage:
    """Hold what happened against the digests that could be shown; ``retrieved`` are those that any receipt holds or passed over."""
    case = _read(facts)
    judged = {digest for digest, some in case.judged.items() if any(verdict.certain for verdict, _ in some)}
    return coverage(eligible, retrieved, facts.injected, case.used.keys(), judged)


class _Case(Struct, frozen=True):
    """What is known, by digest: ``judged`` is each use's verdict with its place."""

    facts: Facts
    used: Mapping[str, Sequence[str]]
    judged: Mapping[str, Sequence[tuple[UseVerdict, UseContext]]]
    rated: Mapping[str, Sequence[int]]
    decisions: Mapping[str, Sequence[Decision]]
    decisions_gone: Mapping[str, Sequence[Decision]]

    @property
    def digests(self) -> set[str]:
        return {*self.facts.injected, *self.used, *self.judged, *self.decisions}


def _read(facts: Facts) -> _Case:
    known = attribute(facts)
    found = verdicts(known)
    placed = per_digest(_placed(known, decided(found)))
    return _Case(facts, per_digest(known.used), placed, ratings(found), _grouped(facts.decisions), _grouped(facts.decisions_gone))


def _grouped(decisions: Iterable[Decision]) -> dict[str, list[Decision]]:
    grouped: dict[str, list[Decision]] = {}
    for each in decisions:
        grouped.setdefault(each.digest, []).append(each)
    return grouped


def _placed(known: Attribution, judged: Mapping[Use, UseVerdict]) -> dict[Use, tuple[UseVerdict, UseContext]]:
    return {use: (verdict, known.place(use)) for use, verdict in judged.items()}


def _scored(case: _Case, digest: str, as_of: datetime, settings: EvidenceSettings, model: ScoringModel) -> Score:
    judged, used, rated = case.judged.get(digest, ()), case.used.get(digest, ()), case.rated.get(digest, ())
    standing = _standing(case, digest, as_of, settings, model)
    counted = replace(
        UNTESTED,
        injected=case.facts.injected.get(digest, 0),
        adopted=len(used),
        ratings=len(rated),
        mean_rating=sum(rated) / len(rated) if rated else None,
        last_used=datetime.fromisoformat(max(used)) if used else None,
        state=standing.state,
        since=standing.since,
        reason=standing.reason,
    )
    if model == "legacy":
        occurrence = case.facts.occurrences.get(digest, Occurrence(0, ""))
        return _legacy(counted, [verdict for verdict, _ in judged], occurrence, as_of)
    return _posterior(counted, judged, as_of, settings, case.facts.words)


def _standing(case: _Case, digest: str, as_of: datetime, settings: EvidenceSettings, model: ScoringModel) -> VersionState:
    def judge() -> Judge:
        return Evidence(Allowance(settings.max_weight_per_author, case.facts.words)) if model == "beta" else legacy.Lifecycle()

    judged = (verdict for verdict, _ in case.judged.get(digest, ()))
    return standing(judged, case.decisions.get(digest, ()), case.decisions_gone.get(digest, ()), judge, as_of)


def _posterior(
    counted: Score,
    judged: Sequence[tuple[UseVerdict, UseContext]],
    as_of: datetime,
    settings: EvidenceSettings,
    words: Mapping[str, Sequence[str]],
) -> Score:
    found = [verdict for verdict, _ in judged]
    allowed = capped(found, settings.max_weight_per_author, words, moment_text(moment(as_of)))
    weights = [
        weight * halved(age_days(each.at, as_of) / settings.half_life_days) for weight, each in zip(allowed, found, strict=True)
    ]
    successes, failures = _sums(weights, found)
    a, b = PRIOR_SUCCESSES + successes, PRIOR_FAILURES + failures
    passed, failed = sum(each.passed for each in found), sum(each.failed for each in found)
    mean, variance = a / (a + b), variance_of(a, b)
    low, high = beta.interval(a, b, INTERVAL_MASS) if found else (UNTESTED.low, UNTESTED.high)
    return replace(
        counted,
        mean=mean,
        low=low,
        high=high,
        weight=successes + failures,
        passed=passed,
        failed=failed,
        enough=is_enough(passed, failed),
        variance=variance,
        priority=priority_of(mean, counted.adopted, variance),
        trust=trust_of(successes, failures, counted.state),
        drift=_drift(found),
        contexts=_contexts(weights, judged, (successes, failures)),
    )


def _sums(weights: Sequence[float], found: Sequence[UseVerdict]) -> _Sums:
    pairs = list(zip(weights, found, strict=True))
    return (
        math.fsum(weight * each.success for weight, each in pairs),
        math.fsum(weight * (1.0 - each.success) for weight, each in pairs),
    )


def _drift(found: Iterable[UseVerdict]) -> float | None:
    certain = sorted((each for each in found if each.certain), key=lambda each: each[1:3])
    return drift_of([each.success for each in certain])


def _contexts(
    weights: Sequence[float], judged: Sequence[tuple[UseVerdict, UseContext]], total: _Sums
) -> tuple[ContextScore, ...]:
    """Draw the rate in each context towards what is known of the pattern elsewhere, which stands in for a few uses there.

    Empirical Bayes for exchangeable groups: Morris, Parametric empirical Bayes inference, JASA 78, 1983; Gelman et al., Bayesian Data
    Analysis, 3rd edition, section 5.3. A context's own uses are not among what it is drawn to: they would count twice.
    """
    parts: dict[UseContext, tuple[list[float], list[UseVerdict]]] = {}
    for weight, (verdict, place) in zip(weights, judged, strict=True):
        for part in _parts(place):
            some = parts.setdefault(part, ([], []))
            some[0].append(weight)
            some[1].append(verdict)
    return tuple(_context(part, *parts[part], total) for part in sorted(parts, key=lambda part: (part[0] or "", part[1] or "")))


def _parts(place: UseContext) -> list[UseContext]:
    wide, narrow = UseContext(place.language), place
    return [each for each in (wide, narrow) if each != (None, None)] if narrow != wide else [wide] if place.language else []


def _context(part: UseContext, weights: Sequence[float], found: Sequence[UseVerdict], total: _Sums) -> ContextScore:
    successes, failures = _sums(weights, found)
    elsewhere_a = PRIOR_SUCCESSES + max(0.0, total[0] - successes)
    elsewhere_b = PRIOR_FAILURES + max(0.0, total[1] - failures)
    elsewhere = elsewhere_a / (elsewhere_a + elsewhere_b)
    return ContextScore(
        part.language,
        part.framework,
        CONTEXT_PRIOR_WEIGHT * elsewhere + successes,
        CONTEXT_PRIOR_WEIGHT * (1.0 - elsewhere) + failures,
        successes + failures,
        sum(each.passed for each in found),
        sum(each.failed for each in found),
    )


def _legacy(counted: Score, found: Sequence[UseVerdict], occurrence: Occurrence, as_of: datetime) -> Score:
    """There is no interval and no variance: the system had none."""
    used = legacy.applications(found)
    passed = sum(each.success for each in used)
    rate, places = round(legacy.effectiveness(used, as_of), 9), max(1, occurrence.places)
    confirmed = max(
        [each.at for each in used if each.success] + ([datetime.fromisoformat(occurrence.last)] if occurrence.last else []),
        default=as_of,
    )
    drift = legacy.drift(used)
    return replace(
        counted,
        mean=rate,
        low=rate,
        high=rate,
        weight=float(len(used)),
        passed=passed,
        failed=len(used) - passed,
        enough=len(used) >= legacy.LEGACY_MIN_APPLICATIONS,
        variance=0.0,
        priority=round(legacy.priority(rate, places), 9),
        trust=round(legacy.trust(passed, len(used) - passed, places, confirmed, as_of, counted.state), 9),
        drift=drift.change if drift else None,
    )


def _until(facts: Facts, last: datetime) -> Facts:
    at = moment_text(moment(last))
    receipts = {name: row for name, row in facts.receipts.items() if row.at <= at}
    items = {name: digests for name, digests in facts.items.items() if name in receipts}
    return replace(
        facts,
        injected=Counter(digest for digests in items.values() for digest in digests),
        receipts=receipts,
        items=items,
        adoptions=[row for row in facts.adoptions if row.at <= at],
        judgements=[row for row in facts.judgements if row.at <= at],
        decisions=[row for row in facts.decisions if row.at <= at],
    )


def _expect_moment(as_of: datetime, settings: EvidenceSettings) -> None:
    if as_of.utcoffset() is None:
        raise ValueError("as_of must be a time with its zone")
    if not settings.half_life_days > 0.0:
        raise ValueError("half_life_days must be positive")
