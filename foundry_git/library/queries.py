"""``queries.yaml``: what people ask of a library, and what they should get."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct, field

from foundry_git.errors import ManifestError, NewerSchemaError
from foundry_git.library.library import Library
from foundry_git.library.reading import Problem
from foundry_git.pattern import yamltext
from foundry_git.pattern.fields import Fields
from foundry_git.system.files import open_itself

SCHEMA = 1
FILE_NAME = "queries.yaml"
MEASURES = ("recall@1", "recall@5", "mrr", "abstention")
"""What ``at_least`` may set a bar for."""

_KEYS = ("schema", "at_least", "queries")
_QUERY_KEYS = ("ask", "expect", "language")


class Query(Struct, frozen=True):
    """One query as typed; ``expect`` names patterns by id, and none where the right answer is that nothing fits."""

    ask: str
    expect: tuple[str, ...]
    language: str = ""


class Queries(Struct, frozen=True):
    """The queries of a library in the order of the file; ``at_least``: measure → the rate that the library has to reach."""

    asked: tuple[Query, ...] = ()
    at_least: Mapping[str, float] = field(default_factory=dict)


def queries_file(library: Library) -> Path:
    """Where a library's queries are, or would be."""
    return library.root / FILE_NAME


def read_queries(library: Library) -> tuple[Queries, list[Problem]]:
    """Read a library's queries: the good ones, and what is wrong with the others; without the file there are none."""
    file = queries_file(library)
    try:
        fields = Fields(yamltext.read(_content(file), file))
        _refuse_newer(fields, file)
    except FileNotFoundError:
        return Queries(), []
    except ManifestError as error:
        return Queries(), [Problem(file, "; ".join(error.problems))]
    except NewerSchemaError as error:
        return Queries(), [Problem(file, str(error).removeprefix(f"{file}: "))]
    except OSError as error:
        return Queries(), [Problem(file, f"cannot be read ({error.strerror}); put a regular file here")]
    found = Queries(tuple(_asked(fields)), _bars(fields))
    return found, [Problem(file, sentence) for sentence in fields.problems]


def _content(file: Path) -> bytes:
    handle = open_itself(file)
    with os.fdopen(handle, "rb") as opened:
        return opened.read(yamltext.MAX_BYTES + 1)


def _refuse_newer(fields: Fields, file: Path) -> None:
    found = fields.number("schema", default=0)
    if found > SCHEMA:
        raise NewerSchemaError(file, found, SCHEMA)
    if found < 1 and not fields.problems:
        fields.problems.append(f"schema: is missing; write `schema: {SCHEMA}`")
    fields.refuse_unknown(_KEYS)


def _bars(fields: Fields) -> dict[str, float]:
    inner = fields.mapping("at_least")
    if inner is None:
        return {}
    inner.refuse_unknown(MEASURES)
    bars = {measure: inner.fraction(measure, 0.0) for measure in MEASURES if measure in inner.values}
    fields.problems += inner.problems
    return bars


def _asked(fields: Fields) -> Iterator[Query]:
    entries = fields.values.get("queries", "")
    if not isinstance(entries, list) or not entries:
        fields.problems.append("queries: must be a list, each with `ask` and `expect`; write at least one")
        return
    first: dict[tuple[str, str], int] = {}
    for number, entry in enumerate(entries, 1):
        query = _query(entry, number, fields.problems)
        if query is None:
            continue
        held = first.setdefault((" ".join(query.ask.lower().split()), query.language), number)
        if held == number:
            yield query
        else:
            fields.problems.append(f"query {number}: {query.ask!r} is asked by query {held} already; take one of them out")


def _query(entry: yamltext.Value, number: int, problems: list[str]) -> Query | None:
    """One entry of the list; None, with its problems added, where it cannot be asked."""
    if not isinstance(entry, dict):
        problems.append(f"query {number}: must be a mapping with `ask` and `expect`")
        return None
    inner = Fields(entry, f"query {number}: ")
    inner.refuse_unknown(_QUERY_KEYS)
    query = Query(inner.text("ask", required=True), inner.texts("expect"), inner.text("language"))
    if entry.get("expect", "") == "":  # left empty or lost in a merge, it must not turn into "nothing fits"
        inner.problems.append(f"query {number}: expect: is missing; write `expect: []` where nothing should be found")
    problems += inner.problems
    return None if inner.problems else query
