"""Triggers: which questions are answered how, one YAML file each in ``patterns/triggers/``.

A trigger is data from other people: its regexes run on RE2, in time linear in the question, and its handler is a name that only
foundry-git itself or the user's own configuration gives a meaning.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal, get_args

import re2
from msgspec import Struct

from foundry_git.errors import ManifestError, NewerSchemaError
from foundry_git.library.library import Library
from foundry_git.library.reading import TRIGGERS, Problem
from foundry_git.pattern import yamltext
from foundry_git.pattern.fields import Fields
from foundry_git.pattern.naming import is_slug
from foundry_git.system.files import open_itself

SCHEMA = 1
SUFFIX = ".yaml"

TriggerType = Literal["infrastructure", "memory", "hybrid"]
TYPES: tuple[TriggerType, ...] = get_args(TriggerType)

HANDLERS: Mapping[str, str] = {
    "health": "how the library, search, evidence and caches stand",
    "statistics": "how many of what there is, and what the engine did",
    "calculate": "the value of a calculation",
    "list": "the names of patterns, languages, frameworks, tags, kinds, libraries or triggers",
    "commands": "the command of foundry that does it",
    "recall": "what is kept about a topic, what waits for review too",
    "recall_by_tag": "the patterns with a tag",
    "recall_by_framework": "the patterns for a framework",
    "recall_by_importance": "what proved itself most or least, or was never tried",
    "recall_by_time": "what was added or used in a period",
    "stored": "what the asker stored",
    "store": "keeps code or a lesson as a candidate",
    "search": "patterns and units of HEAD by words and meaning",
    "similar": "what is like a pattern, a unit or a description",
    "analyse": "how the patterns on a subject did, and which are weak or untried",
    "compare": "two or three patterns beside each other",
    "recommend": "which pattern to use for a task",
    "aggregate": "patterns summed up by tag or language",
}
"""Handler → what it answers, of those that come along."""

DEFAULT_PRIORITY, MAX_PRIORITY = 0, 100
DEFAULT_TTL, MAX_TTL = 300, 86_400  # seconds
MIN_EXAMPLES, MIN_COUNTEREXAMPLES = 6, 3
MAX_REGEXES, MAX_REGEX, MAX_EXAMPLES = 20, 500, 100
MAX_EXAMPLE = 300  # characters
MAX_TRIGGERS = 5000  # of one library
MAX_MEMORY = 8 * 1024**2  # bytes that one regex may take

_KEYS = (
    "schema", "name", "description", "type", "handler", "category", "priority", "ttl", "regexes", "examples", "counterexamples",
)  # fmt: skip
_HANDLER = re.compile(r"[a-z][a-z0-9_]{0,63}\Z")


class Trigger(Struct, frozen=True):
    """One trigger as its file says it.

    ``regexes``: searched for in a question whatever its case, the first that is found counts, and its named groups are what the
    handler is told. ``priority``: of several triggers that match, the highest is taken, of equals the first by name. ``ttl``: seconds
    for which an answer may be kept, 0: never. ``examples`` must match, ``counterexamples`` must not.
    """

    name: str
    type: TriggerType
    handler: str
    regexes: tuple[str, ...]
    description: str = ""
    category: str = ""
    priority: int = DEFAULT_PRIORITY
    ttl: int = DEFAULT_TTL
    examples: tuple[str, ...] = ()
    counterexamples: tuple[str, ...] = ()
    library: str = ""


def triggers_folder(library: Library) -> Path:
    """Where a library's triggers are, or would be."""
    return library.patterns / TRIGGERS


def read_triggers(library: Library) -> tuple[list[Trigger], list[Problem]]:
    """Read a library's triggers in order of their names: the good ones, and a problem for each file that is none."""
    triggers: list[Trigger] = []
    problems: list[Problem] = []
    for place in _files(library, problems):
        try:
            triggers.append(read_trigger(_content(place), place, library.name))
        except ManifestError as error:
            problems.append(Problem(place, "; ".join(error.problems)))
        except NewerSchemaError as error:
            problems.append(Problem(place, str(error).removeprefix(f"{place}: ")))
        except OSError as error:
            problems.append(Problem(place, f"cannot be read ({error.strerror}); put a regular file here"))
    return triggers, problems


def read_stack(stack: Sequence[Library]) -> tuple[list[Trigger], list[Problem]]:
    """Read the triggers of several libraries, of one name that of the first which has it, and what is wrong with any."""
    found: dict[str, Trigger] = {}
    problems: list[Problem] = []
    for library in stack:
        triggers, wrong = read_triggers(library)
        problems += wrong
        found = {one.name: one for one in triggers} | found
    return [found[name] for name in sorted(found)], problems


def read_trigger(content: bytes, path: Path, library: str = "") -> Trigger:
    """Read one trigger, with every problem at once.

    Raises:
        ManifestError: the text breaks the guard of :mod:`yamltext`, or the schema.
        NewerSchemaError: a newer version of foundry-git wrote it.
    """
    fields = Fields(yamltext.read(content, path))
    found = fields.number("schema", default=0)
    if found > SCHEMA:
        raise NewerSchemaError(path, found, SCHEMA)
    if found < 1:
        fields.problems.append(f"schema: is missing; write `schema: {SCHEMA}`")
    fields.refuse_unknown(_KEYS)
    kind = fields.one_of("type", TYPES, "")
    trigger = Trigger(
        name=fields.text("name", required=True),
        type=next((one for one in TYPES if one == kind), "hybrid"),
        handler=fields.text("handler", required=True),
        regexes=fields.texts("regexes"),
        description=fields.text("description"),
        category=fields.text("category"),
        priority=fields.number("priority", DEFAULT_PRIORITY),
        ttl=fields.number("ttl", DEFAULT_TTL),
        examples=fields.texts("examples"),
        counterexamples=fields.texts("counterexamples"),
        library=library,
    )
    problems = fields.problems + list(_broken_rules(trigger, kind, path))
    if problems:
        raise ManifestError(path, problems)
    return trigger


def compiled(regex: str) -> re2._Regexp:
    """Compile one regex as triggers mean it: whatever the case, in linear time.

    Raises:
        ValueError: RE2 does not take it; the sentence says why.
    """
    try:
        return re2.compile(regex, options())
    except re2.error as error:
        reason = error.args[0].decode("utf-8", "replace") if isinstance(error.args[0], bytes) else str(error)
        raise ValueError(f"{reason}; RE2 has no look-around and no back-references") from None


def options() -> re2.Options:
    """How every regex of a trigger is compiled."""
    chosen = re2.Options()
    chosen.case_sensitive, chosen.log_errors, chosen.max_mem = False, False, MAX_MEMORY
    return chosen


def _files(library: Library, problems: list[Problem]) -> Iterator[Path]:
    folder = triggers_folder(library)
    if library.patterns.is_symlink() or folder.is_symlink():
        if folder.is_symlink():  # of the other one the reading of patterns says so
            problems.append(Problem(folder, "a symbolic link; links are not followed, put the files themselves here"))
        return
    try:
        with os.scandir(folder) as entries:
            there = sorted((entry for entry in entries if not entry.name.startswith(".")), key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        problems.append(Problem(folder, f"cannot be read ({error.strerror})"))
        return
    if len(there) > MAX_TRIGGERS:
        problems.append(Problem(folder, f"{len(there):,} files; at most {MAX_TRIGGERS:,} triggers are read"))
    for entry in there[:MAX_TRIGGERS]:
        if entry.is_symlink() or not entry.is_file() or not entry.name.endswith(SUFFIX):
            problems.append(Problem(Path(entry.path), f"not expected here; triggers are regular files NAME{SUFFIX}"))
        else:
            yield Path(entry.path)


def _content(place: Path) -> bytes:
    with os.fdopen(open_itself(place), "rb") as opened:
        return opened.read(yamltext.MAX_BYTES + 1)


def _broken_rules(trigger: Trigger, kind: str, path: Path) -> Iterator[str]:
    if trigger.name and not is_slug(trigger.name):
        yield f"name: {trigger.name!r} is not a word in lower case with single hyphens"
    elif trigger.name and trigger.name != path.stem:
        yield f"name: {trigger.name!r}, but the file is called {path.name}"
    if not kind:
        yield f"type: is missing; one of {', '.join(TYPES)}"
    if trigger.handler and not _HANDLER.match(trigger.handler):
        yield f"handler: {trigger.handler!r} is not a name in lower case with underscores"
    if trigger.priority > MAX_PRIORITY:
        yield f"priority: must be at most {MAX_PRIORITY}"
    if trigger.ttl > MAX_TTL:
        yield f"ttl: must be at most {MAX_TTL} seconds"
    yield from _of_regexes(trigger.regexes)
    yield from _of_samples("examples", trigger.examples, MIN_EXAMPLES)
    yield from _of_samples("counterexamples", trigger.counterexamples, MIN_COUNTEREXAMPLES)


def _of_regexes(regexes: Sequence[str]) -> Iterator[str]:
    if not 1 <= len(regexes) <= MAX_REGEXES:
        yield f"regexes: must be 1 to {MAX_REGEXES}"
    for regex in regexes[:MAX_REGEXES]:
        if len(regex) > MAX_REGEX:
            yield f"regexes: one has {len(regex)} characters; at most {MAX_REGEX}"
            continue
        try:
            expression = compiled(regex)
        except ValueError as error:
            yield f"regexes: {regex!r}: {error}"
            continue
        if expression.search("") or expression.search("?"):
            yield f"regexes: {regex!r} matches any question; name words that only this one has"


def _of_samples(key: str, samples: Sequence[str], least: int) -> Iterator[str]:
    if not least <= len(samples) <= MAX_EXAMPLES:
        yield f"{key}: {len(samples)} given; write {least} to {MAX_EXAMPLES}"
    if any(not sample.strip() or len(sample) > MAX_EXAMPLE for sample in samples):
        yield f"{key}: each is a question of 1 to {MAX_EXAMPLE} characters"
