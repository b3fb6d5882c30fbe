"""Answers by meaning and evidence: search, what is like something, analysis, comparison, advice, a summary."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from foundry_git.errors import FoundryError, UsageError, ValidationError
from foundry_git.evidence.scoring import Score, sentence
from foundry_git.execution.asking import Asked
from foundry_git.execution.definitions import ExecutionMode
from foundry_git.execution.desk import Desk, Facts
from foundry_git.execution.reply import Reply, facts_of_hit, found, line_of, with_descriptions
from foundry_git.inbox.given_code import language_named
from foundry_git.index.document import DocumentRow
from foundry_git.index.identifiers import split_identifiers
from foundry_git.pattern.naming import parse_reference, slug_of
from foundry_git.search.answer import Answer, Hit

MANY = 20  # patterns that an analysis or a summary goes over
MOST_GROUPS = 8
_AND = re.compile(r"\s+(?:and|with|to|vs\.?|versus|against|or|over|from|than)\s+|\s*,\s*", re.IGNORECASE)
_QUARANTINED = "quarantined"


def search(desk: Desk, asked: Asked) -> Reply:
    """Search patterns and the units of HEAD, as ``foundry search`` does."""
    answer = _found(desk, asked.question, asked)
    told = _told(desk, answer.hits)
    return _ranked("hits", told, answer, {"query": asked.question})


def similar(desk: Desk, asked: Asked) -> Reply:
    """Find what is like a piece of code, a named pattern or unit, or a description; itself left out."""
    if code := asked.context.text("code"):
        return _like_code(desk, code, asked)
    topic = asked.topic("thing")
    row = named_pattern(desk, topic)
    text = _essence(desk, row) if row else topic
    answer = _found(desk, text, asked, asked.limit + 1)
    hits = list(answer.hits)
    for own in [hit for hit in hits if row is not None and hit.document.digest == row.digest]:
        at = hits.index(own)  # what is nearly the same was folded under it, and is what is asked for
        hits[at : at + 1] = [Hit(twin, own.score, own.relevance, own.parts) for twin in own.also]
    hits = hits[: asked.limit]
    return _ranked("similar", _told(desk, hits), answer, {"to": row.id if row else topic})


def analyse(desk: Desk, asked: Asked) -> Reply:
    """Examine the patterns on a subject: how they did, which are weak or untried, what is double and what is missing."""
    topic = asked.subject()
    if not topic:
        return aggregate(desk, asked)
    hits = [hit for hit in _found(desk, topic, asked, MANY).hits if not hit.document.line]
    rows = _rows_of(desk, hits) or _about(desk, topic, asked)
    scored = _scored(desk, rows)
    totals = _totals([score for _, score in scored])
    weak = [
        row.id
        for row, score in scored
        if score.failed > score.passed or score.state == _QUARANTINED or (score.is_drifting and (score.drift or 0) < 0)
    ]
    untried = [row.id for row, score in scored if not score.adopted]
    told = with_descriptions(desk, rows[: asked.limit])
    facts: Facts = {"topic": topic, "patterns": told, "count": len(rows), "totals": totals, "weak": weak, "untried": untried}
    if not rows:
        return Reply(facts, [f"Nothing is kept about {topic!r}, so there is nothing to analyse."], is_found=False)
    lines = [f"{len(rows)} patterns on {topic}: {_said(totals)}."]
    lines += [f"weak: {', '.join(weak[:3])}"] if weak else []
    lines += [f"untried: {len(untried)} of {len(rows)}, e.g. {', '.join(untried[:2])}"] if untried else []
    return Reply(facts, [*lines, *map(line_of, told)], hits[0].relevance if hits else 0.7)


def compare(desk: Desk, asked: Asked) -> Reply:
    """Set two or three named things against each other: what each is, what it took, what became of it.

    Raises:
        ValidationError: the question names fewer than two things.
    """
    named = _things(asked)
    if len(named) < 2:
        raise ValidationError("compare: name two patterns, such as python/retry-with-backoff and python/retry-async")
    told: list[Facts] = []
    missing: list[str] = []
    for name in named:
        row = named_pattern(desk, name) or _nearest(desk, name, asked, {str(one["id"]) for one in told})
        told += [_card(desk, row) | {"asked": name}] if row else []
        missing += [] if row else [name]
    lines = [f"{one['id']}: {one['description'] or one['name']} · {one['lines']} lines · {one['evidence']}" for one in told]
    lines += [f"nothing here fits {name!r}" for name in missing]
    if len(told) > 1:
        lines.append(_verdict(desk, told))
    return Reply({"compared": told, "missing": missing}, lines, is_found=len(told) > 1)


def recommend(desk: Desk, asked: Asked) -> Reply:
    """Advise which accepted pattern to use for a task: the likeliest that evidence does not speak against, and the others."""
    task = asked.topic("task")
    answer = _found(desk, task, asked, asked.limit * 2)
    hits = [hit for hit in answer.hits if desk.score(hit.document.digest).state != _QUARANTINED]
    accepted = [hit for hit in hits if not hit.document.line][: asked.limit]
    standing = [hit for hit in hits if hit.document.line][: asked.limit]
    told, here = _told(desk, accepted), _told(desk, standing)
    first = told[0] if told else None
    lines = [f"Use {line_of(first)}"] if first else []
    lines += [f"here already, unreviewed: {line_of(here[0])}"] if here else []
    lines += [f"or {line_of(one)}" for one in told[1:]]
    sure = max((hit.relevance for hit in hits), default=0.0)
    facts: Facts = {"task": task, "recommended": first, "alternatives": told[1:], "here": here}
    return Reply(facts, lines or [_nothing(answer)], sure, bool(lines))


def aggregate(desk: Desk, asked: Asked) -> Reply:
    """Sum up many patterns: by tag or language how many there are, how they did, and which stands for each group."""
    topic = asked.subject()
    rows = _about(desk, topic, asked) if topic else desk.within(asked)
    if topic and not rows:
        rows = _rows_of(desk, [hit for hit in _found(desk, topic, asked, MANY).hits if not hit.document.line])
    by = "language" if re.search(r"\blanguages?\b", asked.question, re.IGNORECASE) else "tag"
    groups: dict[str, list[DocumentRow]] = defaultdict(list)
    for row in rows:
        for name in (row.language,) if by == "language" else row.tags or (row.language,):
            groups[name].append(row)
    desk.scores.ahead([row.digest for row in rows])
    told = [_group(desk, name, some) for name, some in sorted(groups.items(), key=lambda one: (-len(one[1]), one[0]))][
        :MOST_GROUPS
    ]
    totals = _totals([desk.score(row.digest) for row in rows])
    lines = (
        [f"{len(rows)} patterns{f' on {topic}' if topic else ''}: {_said(totals)}."]
        if rows
        else [f"Nothing is kept about {topic!r}."]
    )
    lines += [f"{one['group']}: {one['count']}, e.g. {one['example']}" for one in told]
    return Reply({"by": by, "topic": topic, "groups": told, "totals": totals, "count": len(rows)}, lines, is_found=bool(rows))


def named_pattern(desk: Desk, text: str) -> DocumentRow | None:
    """The pattern that a text names: by its id, its slug or its name; None where it describes something."""
    try:
        wanted = parse_reference(text.strip())
    except UsageError:
        wanted = None
    if wanted is not None:
        for row in desk.rows:
            if wanted.names(row.id, row.version, row.library):
                return row
    slug, words = slug_of(text), split_identifiers(text)
    return next((row for row in desk.rows if row.id.partition("/")[2] == slug or split_identifiers(row.name) == words), None)


def _found(desk: Desk, text: str, asked: Asked, limit: int | None = None) -> Answer:
    """Search; with a model unless the question may not take one."""
    return desk.find(text, asked, with_units=True, by_words=asked.mode is ExecutionMode.FAST, limit=limit)


def _told(desk: Desk, hits: Sequence[Hit]) -> list[Facts]:
    desk.scores.ahead([hit.document.digest for hit in hits])
    return [facts_of_hit(hit, desk.score(hit.document.digest)) for hit in hits]


def _ranked(kind: str, told: Sequence[Facts], answer: Answer, more: Facts) -> Reply:
    reply = found(kind, told, map(line_of, told), _nothing(answer), by="meaning" if answer.by_meaning else "words", **more)
    sure = float(told[0]["relevance"]) if told else 0.0
    return Reply(reply.facts, reply.lines, sure, reply.is_found)


def _nothing(answer: Answer) -> str:
    nearest = answer.nearest.document if answer.nearest else None
    place = (f"{nearest.path}:{nearest.line}" if nearest.line else nearest.id) if nearest else ""
    return f"Nothing fits; nearest was {place}." if place else "Nothing fits."


def _like_code(desk: Desk, code: str, asked: Asked) -> Reply:
    from foundry_git.search.code_query import of_text  # 25 ms that a question in words does not pay
    from foundry_git.search.similarity import find_similar

    try:
        language = asked.context.text("language")
        pieces = of_text(code.encode("utf-8", "replace"), language and language_named(language))
        found_pieces = find_similar(desk.workspace, pieces)
    except FoundryError as error:
        raise ValidationError(
            f"code: {str(error).removeprefix('stdin: ').replace('--language', '`language` in the context')}"
        ) from None
    matches = [match for piece in found_pieces for match in piece.matches if match.is_alike][: asked.limit]
    told = [
        facts_of_hit(Hit(match.document, match.score, match.score, {}), desk.score(match.document.digest)) for match in matches
    ]
    reply = found("similar", told, map(line_of, told), "Nothing here is like that code.", to="code", by="structure")
    return Reply(reply.facts, reply.lines, 1.0, reply.is_found)


def _essence(desk: Desk, row: DocumentRow) -> str:
    (document,) = desk.documents([row])
    return f"{split_identifiers(document.name)}. {document.description}".strip()


def _rows_of(desk: Desk, hits: Sequence[Hit]) -> list[DocumentRow]:
    of = {(row.library, row.place): row for row in desk.rows}
    return [of[key] for hit in hits if (key := (hit.document.library, hit.document.place)) in of]


def _about(desk: Desk, topic: str, asked: Asked) -> list[DocumentRow]:
    """The patterns that have a word of a topic for their tag, language, framework or kind."""
    words = {*slug_of(topic).split("-"), slug_of(topic)}
    words |= {word.removesuffix("s") for word in words}
    return [row for row in desk.within(asked) if words & {*row.tags, row.language, row.framework, row.kind}]


def _scored(desk: Desk, rows: Sequence[DocumentRow]) -> list[tuple[DocumentRow, Score]]:
    desk.scores.ahead([row.digest for row in rows])
    return [(row, desk.score(row.digest)) for row in rows]


def _totals(scores: Sequence[Score]) -> dict[str, int]:
    counts = ("injected", "adopted", "passed", "failed", "ratings")
    return {name: sum(getattr(score, name) for score in scores) for name in counts}


def _said(totals: Mapping[str, int]) -> str:
    shown = [f"{name} {count}" for name, count in totals.items() if count]
    return ", ".join(shown) or "no evidence yet"


def _things(asked: Asked) -> list[str]:
    """What is to be compared: the named groups of the trigger, else what stands around an "and" or "vs"."""
    named = [asked.arguments[key] for key in ("one", "other", "third") if asked.arguments.get(key)]
    parts = named if len(named) > 1 else _AND.split(asked.topic())
    return [part.strip(" ?!.,;:'\"`") for part in parts if part.strip(" ?!.,;:'\"`")][:3]


def _nearest(desk: Desk, name: str, asked: Asked, taken: set[str]) -> DocumentRow | None:
    hits = [hit for hit in _found(desk, name, asked).hits if not hit.document.line and hit.document.id not in taken]
    rows = _rows_of(desk, hits)
    return rows[0] if rows else None


def _card(desk: Desk, row: DocumentRow) -> Facts:
    (document,) = desk.documents([row])
    (told,) = with_descriptions(desk, [row])
    score = desk.score(row.digest)
    return told | {
        "lines": document.code.count("\n") + 1,
        "requires": list(document.requires),
        "suggested_action": document.suggested_action,
        "adopted": score.adopted,
        "passed": score.passed,
        "failed": score.failed,
        "interval": [round(score.low, 4), round(score.high, 4)],
    }


def _verdict(desk: Desk, told: Sequence[Facts]) -> str:
    """Which did better, where the evidence tells them apart; else that it does not."""
    ranked = sorted(told, key=lambda one: -float(one["interval"][0]))
    best, next_one = ranked[0], ranked[1]
    if best["interval"][0] > next_one["interval"][1]:
        return f"{best['id']} did better: its interval lies above that of {next_one['id']}."
    return "The evidence does not tell which of them works better."


def _group(desk: Desk, name: str, rows: Sequence[DocumentRow]) -> Facts:
    best = min(rows, key=lambda row: (-desk.score(row.digest).priority, row.id))
    totals = _totals([desk.score(row.digest) for row in rows])
    return {
        "group": name,
        "count": len(rows),
        "example": best.id,
        "evidence": sentence(desk.score(best.digest)),
        "totals": totals,
    }
