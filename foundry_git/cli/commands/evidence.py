"""``foundry outcome`` and ``foundry stats``."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from datetime import datetime

from foundry_git.cli import output
from foundry_git.cli.opening import opened, warn_of
from foundry_git.errors import UsageError
from foundry_git.evidence.events import Accepted, Adopted, Event, Injected, Outcome, Rated, Sighted, receipt_of
from foundry_git.evidence.scoring import UNTESTED, Score, sentence
from foundry_git.index.document import Row
from foundry_git.search.query import Filters, current_rows
from foundry_git.workspace.deciding import decide
from foundry_git.workspace.finding import converge, pattern_of
from foundry_git.workspace.recording import Recorded, record_outcome, record_rating
from foundry_git.workspace.workspace import Workspace


def outcome(options: argparse.Namespace) -> int:
    """Record an outcome, a rating or a decision."""
    _expect_one_thing(options)
    if options.decide:
        return _decide(options)
    with opened(options, catch_up=True) as workspace:
        before = workspace.scores()
        if options.rating:
            recorded = record_rating(workspace, options.subject, options.rating, options.used, options.session)
        else:
            recorded = record_outcome(workspace, options.subject, "pass" if options.passed else "fail", options.used)
        after = workspace.scores()
        for id, digest in recorded.patterns:
            output.say(f"  {id}: {_change(before, after, digest)} · {sentence(after.get(digest, UNTESTED))}")
        _say_uncertain(recorded)
        if not recorded.patterns:
            output.say("  recorded for the hold-out; nothing was shown, so no pattern's score moves")
    return 0


def stats(options: argparse.Namespace) -> int:
    """Show scores, and for one pattern the events behind its score."""
    if options.compare and options.id:
        raise UsageError("--compare: names both that are compared; leave the other name out")
    with opened(options, catch_up=True) as workspace:
        warn_of(converge(workspace))
        for problem in workspace.ledger.problems():
            output.remark(f"foundry: {problem}")
        if options.compare:
            from foundry_git.cli.commands.comparing import compare

            return compare(workspace, options.compare[0], options.compare[1], options.json)
        if options.id:
            return _one(workspace, options)
        return _all(workspace, options)


def _expect_one_thing(options: argparse.Namespace) -> None:
    if not (options.passed or options.failed or options.rating or options.decide):
        raise UsageError(f"{options.subject}: say what came of it with --pass, --fail, --rating N or --decide STATE --reason WHY")
    if bool(options.decide) != bool(options.reason):
        raise UsageError("--decide and --reason go together: a decision is kept with its reason")


def _decide(options: argparse.Namespace) -> int:
    with opened(options, catch_up=True) as workspace:
        pattern = decide(workspace, options.subject, options.decide, options.reason)
        said = "what the evidence says" if options.decide == "pending" else options.decide
        output.say(f"  {pattern.ref}: {said} from now on, by your decision ({options.reason})")
    return 0


def _change(before: Mapping[str, Score], after: Mapping[str, Score], digest: str) -> str:
    old, new = before.get(digest, UNTESTED).mean, after.get(digest, UNTESTED).mean
    style = "green" if new > old else "red" if new < old else "dim"
    return output.styled(f"{old:.2f} → {new:.2f}", style)


def _say_uncertain(recorded: Recorded) -> None:
    if not recorded.is_certain:
        output.say(f"Which of the {len(recorded.patterns)} was used is not known, so each gets a share; say it with --used ID …")


def _all(workspace: Workspace, options: argparse.Namespace) -> int:
    scores = workspace.scores()
    names = [library.name for library in workspace.stack]
    there = current_rows(workspace.index.catalogue.rows(), names, Filters())
    known = [row for row in there if row.digest in scores and _is_judged(scores[row.digest])]
    ranked = sorted(known, key=lambda d: (-scores[d.digest].mean, d.id))
    if options.json:
        output.say_json([_score_json(row, scores[row.digest]) for row in ranked])
        return 0
    lines = [_score_row(row, scores[row.digest]) for row in ranked]
    for line in output.table(lines, indent=""):
        output.say(line)
    untested = len(there) - len(known)
    waiting = len(workspace.ledger.open_receipts())
    output.say(f"with evidence: {len(known)}, without: {untested}; receipts that wait for an outcome: {waiting}")
    return 0


def _one(workspace: Workspace, options: argparse.Namespace) -> int:
    pattern = pattern_of(workspace, options.id)
    score = workspace.scores().get(pattern.digest, UNTESTED)
    events = sorted(workspace.ledger.history(pattern.digest), key=_moment)
    if options.json:
        facts = {"id": pattern.ref.id, "version": pattern.ref.version, "library": pattern.library, "digest": pattern.digest}
        output.say_json(facts | _numbers(score) | {"events": [_event_json(event) for event in events]})
        return 0
    output.say(f"{output.styled(str(pattern.ref), 'bold')}  {sentence(score)}")
    rows = [(_when(event)[:16], _told(event)) for event in events]
    for line in output.table(rows):
        output.say(line)
    if not events:
        output.say("  no events yet; `foundry inject` and `foundry outcome` make them")
    return 0


def _is_judged(score: Score) -> bool:
    return bool(score.adopted or score.passed or score.failed or score.ratings or score.weight)


def _score_row(row: Row, score: Score) -> tuple[str, str, str]:
    name = f"{row.library}:{row.id}@{row.version}"
    return f"{score.mean:.2f}", output.styled(name, "bold"), sentence(score)


def _moment(event: Event) -> tuple[str, int]:
    """Events of one second in the order in which they come about."""
    kinds = [Accepted, Injected, Adopted, Outcome, Rated]
    return _when(event), next((at for at, kind in enumerate(kinds) if isinstance(event, kind)), len(kinds))


def _when(event: Event) -> str:
    moment = getattr(event, "at", None)
    return f"{moment:%Y-%m-%d %H:%M:%S}" if isinstance(moment, datetime) else ""


def _told(event: Event) -> str:
    match event:
        case Injected():
            slots = ", ".join(f"{item.id}@{item.version}" for item in event.items)
            return f"injected   {receipt_of(event)}: {slots}"
        case Adopted():
            return (
                f"adopted    seen in commit {event.commit[:10]}"
                if event.commit
                else f"adopted    a person said so, {event.receipt or ''}"
            )
        case Outcome():
            return f"outcome    {event.result}, from {event.source}, of {_named(event.subject)}"
        case Rated():
            return f"rated      {event.rating} of 5, of {_named(event.subject)}"
        case Sighted():
            return "sighted    the same code in a commit"
        case Accepted():
            return f"accepted   as {event.id}@{event.version}"
        case _:
            return event.kind


def _named(subject: str) -> str:
    return subject if subject.startswith("r-") else "the pattern itself"


def _event_json(event: Event) -> dict[str, object]:
    import json

    from foundry_git.evidence.events import canonical, event_id

    facts: dict[str, object] = json.loads(canonical(event))
    return {"event": event_id(event)} | facts


def _score_json(row: Row, score: Score) -> dict[str, object]:
    facts: dict[str, object] = {
        "id": row.id,
        "version": row.version,
        "library": row.library,
        "digest": row.digest,
    }
    return facts | _numbers(score)


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
        "sentence": sentence(score),
    }
