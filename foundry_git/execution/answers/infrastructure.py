"""Answers of infrastructure: how things stand, what there is, a calculation, a command; no text is searched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from foundry_git.command_table import EVERYDAY, GROUPS, MORE
from foundry_git.errors import FoundryError
from foundry_git.execution import arithmetic
from foundry_git.execution.asking import Asked
from foundry_git.execution.definitions import ExecutionMode
from foundry_git.execution.desk import Desk, Facts
from foundry_git.execution.reply import Reply
from foundry_git.index.document import DocumentRow
from foundry_git.index.identifiers import split_identifiers

GOOD, DEGRADED, BAD = "good", "degraded", "bad"
MOST_LISTED = 200
_KINDS = ("function", "class", "test", "guidance")
_SUBJECTS: Mapping[str, Callable[[DocumentRow], Sequence[str]]] = {
    "languages": lambda row: (row.language,),
    "frameworks": lambda row: (row.framework,) if row.framework else (),
    "tags": lambda row: row.tags,
    "kinds": lambda row: (row.kind,),
    "libraries": lambda row: (row.library,),
}
_SAID = {
    "language": "languages",
    "framework": "frameworks",
    "tag": "tags",
    "label": "tags",
    "kind": "kinds",
    "type": "kinds",
    "librar": "libraries",
}
_ABOUT_TRIGGERS = ("trigger", "route", "handler", "questions", "ask")
_COMMAND_WORDS: Mapping[str, str] = {
    "accept": "accept approve take merge keep in",
    "reject": "reject refuse decline dismiss throw away get rid unwanted discard candidate",
    "candidates": "candidates list waiting inbox pending review new",
    "propose": "propose pull request pr branch",
    "search": "search find look query",
    "similar": "similar duplicate duplicates twin copy already exists same",
    "extract": "extract mine harvest scan history commit range folder",
    "inject": "inject prompt put into agent task",
    "init": "init initialise initialize set up setup start new repository switch on create install hooks library",
    "show": "show print display view details code pattern",
    "outcome": "outcome worked failed rate rating stars pass fail say report record",
    "stats": "stats statistics scores effectiveness numbers compare versions week",
    "doctor": "doctor diagnose wrong broken missing troubleshoot",
    "watch": "watch background daemon resident live continuously",
    "encode": "encode vectors embeddings index meaning progress",
    "rebuild": "rebuild index corrupt damaged anew from scratch cache stale refresh",
    "uninstall": "uninstall remove delete take out hooks completely switch off",
    "evidence run": "run tests record junit",
    "evidence collect": "collect outcomes ci reports coverage reverts",
    "evidence decide": "decide quarantine validate state",
    "evidence withdraw": "withdraw undo take back event mistake",
    "evidence sync": "sync share exchange push evidence remote team colleagues",
    "library check": "check validate lint library problems files ci queries triggers",
    "library migrate": "migrate upgrade manifests schema version",
    "agent analyze": "analyze analyse sessions session logs transcript cost report",
    "ask": "ask question route answer",
    "serve": "serve server http api port",
}


def health(desk: Desk, asked: Asked) -> Reply:
    """Say how the parts stand that every answer needs."""
    checks = [_checked(name, look) for name, look in _looks(desk, asked).items()]
    worst = next((state for state in (BAD, DEGRADED) if any(check["state"] == state for check in checks)), GOOD)
    lines = [f"{'All good' if worst == GOOD else worst.capitalize()}: {'; '.join(str(check['said']) for check in checks)}."]
    return Reply({"status": worst, "checks": checks}, lines)


def statistics(desk: Desk, asked: Asked) -> Reply:
    """Count what the library holds, and what the engine has done since it began."""
    rows, service = desk.rows, desk.service()
    counts = {name: dict(_counted(rows, name)) for name in _SUBJECTS}
    facts: Facts = {
        "patterns": len(rows),
        "versions": len(desk.workspace.patterns.rows()),
        "waiting": len(desk.waiting),
        **counts,
        "service": dict(service),
    }
    languages = ", ".join(f"{name} {count}" for name, count in counts["languages"].items())
    executed, hits = service.get("total_executions", 0), service.get("cache_hit_rate", 0.0)
    lines = [
        f"{len(rows):,} patterns ({languages or 'none yet'}), {len(desk.waiting):,} candidates waiting.",
        f"{executed:,} questions answered since the start, {hits:.0f} % from a cache.",
    ]
    return Reply(facts, lines)


def calculate(desk: Desk, asked: Asked) -> Reply:
    """Compute what stands in the question; raises ValidationError where that is no calculation."""
    expression, value = arithmetic.calculated(asked.question)
    expression, shown = arithmetic.as_people_write(expression), arithmetic.said(value)
    return Reply({"expression": expression, "value": shown}, [f"{expression} = {shown}"])


def listing(desk: Desk, asked: Asked) -> Reply:
    """Enumerate patterns, or what they are told apart by, as the question names it."""
    words = split_identifiers(asked.question)
    if any(word in words for word in _ABOUT_TRIGGERS) and "pattern" not in words:
        return _listed("triggers", [str(one["name"]) for one in desk.triggers()], {})
    subject = next((name for word, name in _SAID.items() if word in words and "pattern" not in words.partition(word)[2]), "")
    rows = desk.within(asked)
    if subject:
        counts = dict(_counted(rows, subject))
        return _listed(subject, list(counts), counts)
    rows = _narrowed(rows, words.split())
    return _listed("patterns", [row.id for row in rows], {})


def commands(desk: Desk, asked: Asked) -> Reply:
    """Name the command of foundry that does what the question describes."""
    spoken = {_stem(word) for word in split_identifiers(asked.question).split()}
    ranked = sorted(
        ((_likeness(spoken, name, said), name, said) for name, said in _all_commands().items()), key=lambda one: (-one[0], one[1])
    )
    best = [(name, said) for likeness, name, said in ranked[:3] if likeness > 0]
    told = [{"command": f"foundry {name}", "does": said} for name, said in best]
    lines = [f"foundry {name}: {said} (foundry {name} --help)" for name, said in best[:1]]
    lines += [f"or foundry {name}: {said}" for name, said in best[1:]]
    return Reply({"commands": told}, lines or ["foundry help --all lists every command."], is_found=bool(told))


def _looks(desk: Desk, asked: Asked) -> Mapping[str, Callable[[], tuple[str, str]]]:
    return {
        "library": lambda: _library(desk),
        "search": lambda: _meaning(desk, asked),
        "triggers": lambda: (GOOD, f"{len(desk.triggers())} triggers"),
        "evidence": lambda: _evidence(desk),
        "cache": lambda: _cache(desk.service()),
    }


def _checked(name: str, look: Callable[[], tuple[str, str]]) -> Facts:
    try:
        state, said = look()
    except (FoundryError, OSError) as error:
        state, said = BAD, str(error)
    return {"name": name, "state": state, "said": said}


def _library(desk: Desk) -> tuple[str, str]:
    if desk.own is None:
        return DEGRADED, f"no library of your own (foundry init), {len(desk.rows)} starter patterns"
    bad = len(desk.workspace.index.catalogue.problems())
    return (
        (DEGRADED, f"{len(desk.rows)} patterns, {bad} files that cannot be read (foundry library check)")
        if bad
        else (GOOD, f"{len(desk.rows)} patterns")
    )


def _meaning(desk: Desk, asked: Asked) -> tuple[str, str]:
    if asked.mode is ExecutionMode.FAST:  # which opens no model, not even to see whether one is there
        return GOOD, "searched by words in this mode"
    if desk.workspace.index.encoder is not None:
        return GOOD, "searched by meaning"
    return DEGRADED, desk.workspace.weights_error or "searched by words only"


def _evidence(desk: Desk) -> tuple[str, str]:
    desk.scores.ahead([row.digest for row in desk.rows[:1]])
    return GOOD, "evidence readable"


def _cache(service: Mapping[str, object]) -> tuple[str, str]:
    redis = service.get("redis", "off")
    return (
        (DEGRADED, f"Redis is {redis}")
        if redis not in ("off", "up")
        else (GOOD, "Redis is up" if redis == "up" else "cache in memory")
    )


def _counted(rows: Sequence[DocumentRow], subject: str) -> list[tuple[str, int]]:
    counts = Counter(value for row in rows for value in _SUBJECTS[subject](row))
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))


def _listed(subject: str, names: Sequence[str], counts: Mapping[str, int]) -> Reply:
    shown = [f"{name} {counts[name]}" if name in counts else name for name in names]
    head = f"{len(names):,} {subject}"
    lines = [f"{head}: {', '.join(shown)}" if shown else f"No {subject} yet."]
    return Reply(
        {"what": subject, "items": list(names[:MOST_LISTED]), "counts": dict(counts), "count": len(names)},
        lines,
        is_found=bool(names),
    )


def _narrowed(rows: Sequence[DocumentRow], words: Sequence[str]) -> list[DocumentRow]:
    """The patterns of the languages and kinds that are named; all where none is."""
    spoken = {*words, *(word.removesuffix("es") for word in words), *(word.removesuffix("s") for word in words)}
    languages, kinds = {row.language for row in rows} & spoken, {row.kind for row in rows} & spoken
    return [row for row in rows if (not languages or row.language in languages) and (not kinds or row.kind in kinds)]


def _all_commands() -> dict[str, str]:
    plain = {name: said for group in (*EVERYDAY.values(), MORE) for name, said in group.items() if name != "help"}
    return plain | {f"{group} {name}": said for group, actions in GROUPS.items() for name, said in actions.items()}


def _likeness(spoken: set[str], name: str, said: str) -> float:
    own = {_stem(word) for word in split_identifiers(name).split()}
    known = {_stem(word) for word in _COMMAND_WORDS.get(name, "").split()} - own
    told = {_stem(word) for word in split_identifiers(said).split()} - known - own
    return 3.0 * len(spoken & own) + 2.0 * len(spoken & known) + 0.5 * len(spoken & told)


def _stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            return word.removesuffix(ending)
    return word
