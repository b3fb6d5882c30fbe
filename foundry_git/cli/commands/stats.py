"""``foundry stats``."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from foundry_git.cli import event_texts, output
from foundry_git.cli.command_workspace import opened, warn_of
from foundry_git.errors import UsageError
from foundry_git.evidence.events import event_id
from foundry_git.evidence.ledger import Ledger
from foundry_git.evidence.scoring import UNTESTED, ContextScore, Score, VersionState, sentence
from foundry_git.index.document import DocumentRow
from foundry_git.index.stack_index import StackIndex
from foundry_git.pattern.record import Pattern
from foundry_git.search.query import Filters, current_rows
from foundry_git.workspace import Workspace

TREND = tuple(timedelta(weeks=weeks) for weeks in range(8, -1, -1))
"""How long ago the scores were that the trend shows."""

_NOT_ADOPTED = "no pattern was adopted yet, so no test run speaks of one; `foundry outcome ID --pass` tells of one that was used"
_NOT_JUDGED = "no test run spoke of what was adopted; `foundry evidence run -- pytest` does, in CI `foundry evidence collect`"
_STATES = {"validated": "green", "quarantined": "red", "pending": "dim"}


def run(options: argparse.Namespace) -> int:
    """Show what the evidence says: of all patterns, of one, of two side by side, of a week, or what a person should decide."""
    asked = [
        options.compare and "--compare",
        options.week and "--week",
        options.undecided and "--undecided",
        options.service and "--service",
        options.id,
    ]
    if sum(map(bool, asked)) > 1:
        raise UsageError(f"{' and '.join(filter(None, asked))}: ask for one at a time")
    if options.recompute and any(asked[:4]):
        raise UsageError("--recompute: goes with an ID, or alone")
    with opened(options, catch_up=True) as workspace:
        warn_of(workspace.patterns.converge())
        if options.recompute:
            _recompute(workspace, options.id)
        return _answer(workspace, options)


def _recompute(workspace: Workspace, id: str | None) -> None:
    """Fill the view anew from the journal, and say how much of that speaks of one pattern, or of all."""
    digest = workspace.patterns.pattern_of(id).digest if id else ""
    workspace.ledger.rebuild()
    if id:
        output.remark(f"computed anew from {output.counted(len(workspace.ledger.history(digest)), 'event')} of the journal")
    else:
        output.remark(f"computed anew from the journal: {output.counted(len(workspace.scores()), 'score')}")


def _answer(workspace: Workspace, options: argparse.Namespace) -> int:
    if options.compare:
        from foundry_git.cli.stats_comparison import compare

        return compare(workspace, options.compare[0], options.compare[1], options.json)
    if options.week:
        from foundry_git.cli.stats_week import week

        return week(workspace, options.json)
    if options.service:
        from foundry_git.cli.stats_service import service

        return service(workspace, options.json)
    if options.undecided:
        return _undecided(workspace, options.json)
    return _one(workspace, options) if options.id else _all(workspace, options.json)


# all


def _all(workspace: Workspace, as_json: bool) -> int:
    scores = workspace.scores()
    there = _rows(workspace.patterns)
    known = [row for row in there if _is_judged(scores.get(row.digest, UNTESTED))]
    ranked = sorted(known, key=lambda row: (-scores[row.digest].mean, row.id))
    if as_json:
        output.say_json([_named(row) | _numbers(scores[row.digest]) for row in ranked])
        return 0
    for line in output.table([_score_row(_said(workspace, row), scores[row.digest]) for row in ranked], indent=""):
        output.say(line)
    _say_reach(workspace, there, len(known))
    return 0


def _score_row(name: str, score: Score) -> tuple[str, str, str, str]:
    return f"{score.mean:.2f}", _styled_state(score.state), output.styled(name, "bold"), sentence(score)


def _say_reach(workspace: Workspace, there: Sequence[DocumentRow], known: int) -> None:
    found = workspace.ledger.coverage({row.digest for row in there})
    fates = Counter(fate.status for fate in workspace.ledger.receipts(datetime.now(UTC)) if fate.arm == "injected")
    receipts = f"receipts open: {fates['open']}, unknown: {fates['unknown']}"
    output.say(f"with evidence: {known}, without: {len(there) - known}; {receipts}")
    steps = {"relevant": found.retrieved, "shown": found.injected, "adopted": found.adopted, "judged": found.judged}
    output.say(f"of {len(found.eligible)} ever " + ", ".join(f"{word} {len(some)}" for word, some in steps.items()))
    if not found.judged:
        output.say(f"judged none: {_NOT_JUDGED if found.adopted else _NOT_ADOPTED}")
    apart, window = workspace.ledger.apart()
    if apart:
        dated = f"dated before {window.since[:10]} or after {window.until[:10]}"
        output.say(
            f"held apart: {output.counted(apart, 'event')} {dated}; if the earlier ones are right, set `evidence.since` in foundry.yaml"
        )
    if undecided := _waiting(workspace):
        output.say(f"waiting for your decision: {output.counted(len(undecided), 'pattern')}; foundry stats --undecided")


# one


def _one(workspace: Workspace, options: argparse.Namespace) -> int:
    pattern = workspace.patterns.pattern_of(options.id)
    score = workspace.scores().get(pattern.digest, UNTESTED)
    trend = _trend(workspace, pattern.digest)
    if options.json:
        output.say_json(_one_json(workspace.ledger, pattern, score, trend))
        return 0
    named = workspace.patterns.said(pattern.ref.id, pattern.ref.version)
    output.say(f"{output.styled(named, 'bold')}  {sentence(score)}")
    for line in output.table(_details(score, trend)):
        output.say(line)
    events = event_texts.in_order(workspace.ledger.history(pattern.digest))
    gone, window = workspace.ledger.withdrawn(), workspace.ledger.apart()[1]
    rows = [
        (
            event_texts.when(event)[:16],
            event_texts.short_id(event),
            event_texts.told(event)
            + (" · withdrawn" if event_id(event) in gone else "")
            + ("" if window.holds(event) else " · held apart"),
        )
        for event in events
    ]
    for line in output.table(rows):
        output.say(line)
    if not events:
        output.say("  no events yet; `foundry inject` and `foundry outcome` make them")
    return 0


def _details(score: Score, trend: Sequence[Score]) -> list[tuple[str, str]]:
    since = f" since {score.since:%Y-%m-%d}" if score.since else ""
    why = f": {score.reason}" if score.reason else ""
    rows = [("state", f"{_styled_state(score.state)}{since}{why}")]
    if score.weight:
        line = output.spark([each.mean for each in trend])
        rows.append(("trend", f"{line}  {trend[0].mean:.2f} eight weeks ago, {score.mean:.2f} now"))
    if score.drift is not None and score.is_drifting:
        how = f"{abs(score.drift):.2f} {'better' if score.drift > 0 else 'worse'}"
        rows.append(("drift", f"the latest five uses went {how} than the five before"))
    parts = [each for each in score.contexts if each.weight < score.weight]  # the others are the whole
    rows += [("in", _context(each)) for each in parts]
    return rows


def _context(context: ContextScore) -> str:
    low, high = context.interval
    place = " ".join(filter(None, (context.language, context.framework)))
    return f"{place}: passed {context.passed}, failed {context.failed} · {context.mean:.2f} [{low:.2f}–{high:.2f}]"


def _trend(workspace: Workspace, digest: str) -> Sequence[Score]:
    now, settings = datetime.now(UTC), workspace.settings
    return workspace.ledger.trend(digest, [now - ago for ago in TREND], settings.evidence, settings.scoring.model)


def _one_json(ledger: Ledger, pattern: Pattern, score: Score, trend: Sequence[Score]) -> dict[str, object]:
    facts = {"id": pattern.ref.id, "version": pattern.ref.version, "library": pattern.library, "digest": pattern.digest}
    gone, window = ledger.withdrawn(), ledger.apart()[1]
    events = event_texts.in_order(ledger.history(pattern.digest))
    contexts = [
        {
            "language": each.language,
            "framework": each.framework,
            "effectiveness": round(each.mean, 6),
            "interval": [round(end, 6) for end in each.interval],
            "passed": each.passed,
            "failed": each.failed,
        }
        for each in score.contexts
    ]
    return (
        facts
        | _numbers(score)
        | {
            "cited": ledger.citations(pattern.digest),
            "contexts": contexts,
            "trend": [round(each.mean, 6) for each in trend],
            "events": [
                event_texts.as_json(event) | {"withdrawn": event_id(event) in gone, "held_apart": not window.holds(event)}
                for event in events
            ],
        }
    )


# what a person should decide


def _undecided(workspace: Workspace, as_json: bool) -> int:
    waiting = _waiting(workspace)
    scores = workspace.scores()
    if as_json:
        disputed = {
            row.digest: [{"state": each.state, "author": each.author} for each in found.disputed] for row, found in waiting
        }
        output.say_json(
            [
                _named(row) | _numbers(scores[row.digest]) | {"judged": found.judged, "disputed": disputed[row.digest]}
                for row, found in waiting
            ]
        )
        return 0
    rows = [
        (output.styled(_said(workspace, row), "bold"), found.reason if found.disputed else sentence(scores[row.digest]))
        for row, found in waiting
    ]
    for line in output.table(rows):
        output.say(line)
    if not rows:
        output.say("nothing waits: what was judged often is decided, and the rest needs more uses")
        return 0
    output.say("More uses will not tell. Decide:  foundry evidence decide ID validated|quarantined --reason reviewed")
    return 0


def _waiting(workspace: Workspace) -> list[tuple[DocumentRow, VersionState]]:
    settings = workspace.settings
    found = workspace.ledger.undecided(datetime.now(UTC), settings=settings.evidence, model=settings.scoring.model)
    return [(row, found[row.digest]) for row in _rows(workspace.patterns) if row.digest in found]


# shared


def _rows(patterns: StackIndex) -> list[DocumentRow]:
    names = [library.name for library in patterns.stack]
    return current_rows(patterns.rows(), names, Filters())


def _said(workspace: Workspace, row: DocumentRow) -> str:
    return workspace.patterns.said(row.id, row.version, row.library)


def _is_judged(score: Score) -> bool:
    is_moved = score.state != "pending" or bool(score.reason)
    return bool(score.adopted or score.passed or score.failed or score.ratings or score.weight or is_moved)


def _styled_state(state: str) -> str:
    return output.styled(state, _STATES[state])


def _named(row: DocumentRow) -> dict[str, object]:
    return {"id": row.id, "version": row.version, "library": row.library, "digest": row.digest}


def _numbers(score: Score) -> dict[str, object]:
    return {
        "effectiveness": round(score.mean, 6),
        "interval": [round(score.low, 6), round(score.high, 6)],
        "enough_evidence": score.enough,
        "injected": score.injected,
        "adopted": score.adopted,
        "passed": score.passed,
        "failed": score.failed,
        "ratings": score.ratings,
        "mean_rating": score.mean_rating,
        "state": score.state,
        "since": score.since.isoformat() if score.since else None,
        "reason": score.reason,
        "priority": round(score.priority, 6),
        "trust": round(score.trust, 6),
        "variance": round(score.variance, 6),
        "drift": None if score.drift is None else round(score.drift, 6),
        "sentence": sentence(score),
    }
