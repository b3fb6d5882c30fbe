"""Answers from memory: what the library holds, looked up by words, tag, framework, importance and time, and what is stored."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime

from foundry_git.evidence.events import Accepted, Adopted, Injected, Rated
from foundry_git.evidence.grammar import moment
from foundry_git.evidence.scoring import Score
from foundry_git.execution.asking import Asked
from foundry_git.execution.definitions import ExecutionMode
from foundry_git.execution.desk import Desk
from foundry_git.execution.periods import Period, period_in, recent
from foundry_git.execution.reply import (
    Reply,
    facts_of_candidate,
    facts_of_hit,
    found,
    line_of,
    ref_of,
    with_descriptions,
)
from foundry_git.inbox.pseudonym import author_of
from foundry_git.index.document import DocumentRow
from foundry_git.index.identifiers import split_identifiers
from foundry_git.library.candidates import Candidate
from foundry_git.pattern.naming import slug_of
from foundry_git.search.answer import Answer
from foundry_git.search.query import words_of
from foundry_git.source.frameworks import FRAMEWORKS

SURE_ENOUGH = 0.8
"""Probability of the best hit by words from which a question is not asked again by meaning."""
MOST_WAITING = 3
_ABOUT_WORK = re.compile(r"\b(?:used?|using|usage|inject\w*|adopt\w*|appl\w+)\b", re.IGNORECASE)
_OLDEST = re.compile(r"\b(?:oldest|first|longest|stale\w*|outdated)\b", re.IGNORECASE)
_WORST = re.compile(
    r"\b(?:worst|fail\w*|least|weak\w*|bad\w*|revert\w*|quarantin\w*|poor\w*|problem\w*|unreliable|broken?)\b", re.IGNORECASE
)
_UNPROVEN = re.compile(r"\b(?:unproven|untested|never|unused|untried|no evidence|not used|nobody)\b", re.IGNORECASE)
_MOST_USED = re.compile(r"\b(?:used|popular|adopted|common|frequent\w*|injected)\b", re.IGNORECASE)
_BY_PROGRAM = ("recorded by a program", "given by hand")


def recall(desk: Desk, asked: Asked) -> Reply:
    """Look a topic up by words in patterns, and in what waits for review; where that is not sure, by meaning too."""
    topic = asked.subject() or asked.topic()
    by_words = asked.mode is not ExecutionMode.COMPREHENSIVE
    answer = desk.find(topic, asked, by_words=by_words)
    waiting = _waiting_for(desk, topic)
    if by_words and not waiting and _best(answer) < SURE_ENOUGH and asked.mode is ExecutionMode.BALANCED:
        answer, by_words = desk.find(topic, asked), False
    told = [facts_of_candidate(one) for one in waiting] + [
        facts_of_hit(hit, desk.score(hit.document.digest)) for hit in answer.hits
    ]
    nothing, by = f"Nothing is kept about {topic!r}.", "meaning" if answer.by_meaning else "words"
    reply = found("memories", told, map(line_of, told), nothing, topic=topic, by=by)
    return Reply(reply.facts, reply.lines, SURE_ENOUGH if waiting else _best(answer), reply.is_found)


def by_tag(desk: Desk, asked: Asked) -> Reply:
    """List the patterns with a tag; several that are named are all wanted."""
    rows = desk.within(asked)
    known = {tag for row in rows for tag in row.tags}
    wanted = _tags_in(asked.topic("tag"), known)
    fitting = [row for row in rows if wanted and wanted <= set(row.tags)]
    told = with_descriptions(desk, _best_first(desk, fitting)[: asked.limit])
    named = ", ".join(sorted(wanted)) or asked.topic("tag")
    nothing = _nothing_of("tag", named, known)
    return found("memories", told, map(line_of, told), nothing, tags=sorted(wanted), count=len(fitting))


def by_framework(desk: Desk, asked: Asked) -> Reply:
    """List the patterns for a framework, or those that name it in their tags."""
    rows = desk.within(asked)
    known = {row.framework for row in rows if row.framework}
    named = slug_of(asked.topic("framework"))
    spoken = frozenset(split_identifiers(asked.question).split())
    wanted = next(
        (
            name
            for name in sorted({*known, *FRAMEWORKS}, key=len, reverse=True)
            if name == named or set(name.split("-")) <= spoken
        ),
        named,
    )
    fitting = [row for row in rows if row.framework == wanted or wanted in row.tags]
    told = with_descriptions(desk, _best_first(desk, fitting)[: asked.limit])
    return found(
        "memories", told, map(line_of, told), _nothing_of("framework", wanted, known), framework=wanted, count=len(fitting)
    )


def by_importance(desk: Desk, asked: Asked) -> Reply:
    """List what proved itself most, or least, or was never tried, as the question asks, with the counts behind it."""
    rows = _about(desk, asked)
    desk.scores.ahead([row.digest for row in rows])
    said, admits, order = _importance(asked.question)
    scored = [(row, desk.score(row.digest)) for row in rows]
    fitting = sorted(((row, score) for row, score in scored if admits(score)), key=lambda one: (order(one[1]), one[0].id))
    told = with_descriptions(desk, [row for row, _ in fitting[: asked.limit]])
    adopted = sum(score.adopted > 0 for _, score in scored)
    nothing = f"Nothing is {said} yet: {len(rows):,} patterns, of which {adopted:,} were ever adopted."
    return found("memories", told, map(line_of, told), nothing, order=said, count=len(fitting))


def by_time(desk: Desk, asked: Asked) -> Reply:
    """List what was added, or used, in a period that the question names, the newest first."""
    period = period_in(asked.question, desk.now)
    rows = {ref_of(row): row for row in desk.within(asked)}
    happened = _used(desk, rows.values()) if _ABOUT_WORK.search(asked.question) else _added(desk, rows.values())
    is_oldest = period is None and bool(_OLDEST.search(asked.question))
    period = period or (
        Period(datetime.min.replace(tzinfo=desk.as_of.tzinfo), desk.now, "all time") if is_oldest else recent(desk.now)
    )
    inside = sorted(((at, row.id) for row, at in happened if period.since <= at <= period.until), reverse=not is_oldest)
    at_of = {id: at for at, id in reversed(inside)}
    order = list(dict.fromkeys(id for _, id in inside))
    chosen = {row.id: row for row in rows.values()}
    told = with_descriptions(desk, [chosen[id] for id in order[: asked.limit]])
    told = [one | {"at": at_of[str(one["id"])].isoformat(timespec="seconds")} for one in told]
    lines = [line_of(one, f"[{str(one['at'])[:10]}]") for one in told]
    return found(
        "memories",
        told,
        lines,
        f"Nothing in {period.said.removeprefix('in ')}.",
        period=period.said,
        since=_text(period.since),
        until=_text(period.until),
        count=len(order),
    )


def stored(desk: Desk, asked: Asked) -> Reply:
    """List what the asker stored: what waits for review, what was committed under the asker's own e-mail address, what was rated."""
    own = [facts_of_candidate(one) for one in desk.waiting if any(reason in _BY_PROGRAM for reason in one.reasons)]
    committed = _committed_by_me(desk)
    rated = _rated_by_me(desk)
    told = own + with_descriptions(desk, committed)
    lines = [line_of(one) for one in told]
    if rated:
        lines.append(f"rated: {', '.join(f'{id} {stars}' for id, stars in rated)}")
    reply = found("memories", told, lines, "You have stored nothing here yet.", waiting=len(own), committed=len(committed))
    return Reply(
        reply.facts | {"rated": [{"id": id, "rating": stars} for id, stars in rated]}, reply.lines, 1.0, bool(told or rated)
    )


def _best(answer: Answer) -> float:
    return answer.hits[0].relevance if answer.hits else 0.0


def _waiting_for(desk: Desk, topic: str) -> list[Candidate]:
    """The candidates that hold three of four of a topic's words, the fullest first."""
    words = set(words_of(topic))
    held = [(len(words & _words_of(candidate)), candidate) for candidate in desk.waiting]
    fitting = [(count, one) for count, one in held if count and count * 4 >= len(words) * 3]
    return [one for _, one in sorted(fitting, key=lambda pair: (-pair[0], pair[1].id))][:MOST_WAITING]


def _words_of(candidate: Candidate) -> frozenset[str]:
    manifest = candidate.manifest
    return frozenset(
        split_identifiers(" ".join((manifest.name, manifest.description, manifest.suggested_action, *manifest.tags))).split()
    )


def _tags_in(text: str, known: Collection[str]) -> frozenset[str]:
    """The known tags that a text names, of one name the longest; where it names none, its words as one tag."""
    words = slug_of(text)
    inside = [tag for tag in known if f"-{tag}-" in f"-{words}-" or f"-{tag}s-" in f"-{words}-"]
    return frozenset(tag for tag in inside if not any(tag != other and f"-{tag}-" in f"-{other}-" for other in inside))


def _nothing_of(kind: str, named: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(named, known, 3, 0.6) or sorted(known)[:8]
    return f"No pattern has the {kind} {named!r}" + (f"; there are {', '.join(near)}." if near else ".")


def _best_first(desk: Desk, rows: Sequence[DocumentRow]) -> list[DocumentRow]:
    desk.scores.ahead([row.digest for row in rows])
    return sorted(rows, key=lambda row: (-desk.score(row.digest).priority, row.id))


def _about(desk: Desk, asked: Asked) -> list[DocumentRow]:
    """The patterns about the topic that a question names beside its order; all of them where it names none."""
    rows = desk.within(asked)
    if not (topic := asked.arguments.get("topic", "")):
        return rows
    wanted = _tags_in(topic, {tag for row in rows for tag in row.tags} | {row.language for row in rows})
    inside = [row for row in rows if wanted & {*row.tags, row.language, row.framework}]
    return inside or rows


def _importance(question: str) -> tuple[str, Callable[[Score], bool], Callable[[Score], float]]:
    """How it is called, which scores are of the kind, and what they are sorted by."""
    if _UNPROVEN.search(question):
        return "without evidence", lambda score: not score.weight, lambda score: -score.injected
    if _WORST.search(question):
        return "failing", lambda score: score.failed > 0 or score.state == "quarantined", lambda score: score.low + score.high
    if _MOST_USED.search(question):
        return "used", lambda score: score.adopted > 0, lambda score: -score.adopted
    return "proven", lambda score: score.weight > 0 and score.state != "quarantined", lambda score: -score.low


def _added(desk: Desk, rows: Iterable[DocumentRow]) -> list[tuple[DocumentRow, datetime]]:
    """When each version was committed, or where no commit has it yet, accepted."""
    known = {ref: addition.at for ref, addition in desk.additions.items()}
    accepted = {event.digest: event.at for event in desk.workspace.ledger.known("accepted") if isinstance(event, Accepted)}
    own = desk.own.name if desk.own else ""
    happened = [(row, accepted.get(row.digest) or (known.get(ref_of(row)) if row.library == own else None)) for row in rows]
    return [(row, moment(at)) for row, at in happened if at]


def _used(desk: Desk, rows: Iterable[DocumentRow]) -> list[tuple[DocumentRow, datetime]]:
    """Each time that a version was put into a prompt or adopted."""
    by_digest = {row.digest: row for row in rows}
    happened: list[tuple[DocumentRow, datetime]] = []
    for event in desk.workspace.ledger.known("injected", "adopted"):
        if isinstance(event, Injected):
            happened += [(by_digest[item.digest], event.at) for item in event.items if item.digest in by_digest]
        elif isinstance(event, Adopted) and event.digest in by_digest:
            happened.append((by_digest[event.digest], event.at))
    return happened


def _committed_by_me(desk: Desk) -> list[DocumentRow]:
    mine = desk.address
    own = desk.own.name if desk.own else ""
    refs = {ref: one.at for ref, one in desk.additions.items() if mine and one.author == mine}
    rows = [row for row in desk.rows if row.library == own and ref_of(row) in refs]
    return sorted(rows, key=lambda row: refs[ref_of(row)], reverse=True)


def _rated_by_me(desk: Desk) -> list[tuple[str, int]]:
    me = author_of(desk.own, desk.workspace.folders.state)
    ids = {row.digest: row.id for row in desk.rows}
    ratings = [event for event in desk.workspace.ledger.known("rated") if isinstance(event, Rated) and me and event.author == me]
    return [(ids[event.subject], event.rating) for event in ratings if event.subject in ids]


def _text(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
