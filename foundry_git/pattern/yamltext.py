"""YAML as this project reads and writes it: plain text values, no surprises.

PyYAML's safe loaders crash the process on a 25 kB nested file, expand a 461-byte merge bomb for 40 s and read the commit id
``0123456`` as 42798. So a document is built here from libyaml's events in one iterative pass: every scalar stays text, and
aliases, tags, merge keys, duplicate keys, deep nesting, further documents and conflict markers are refused with their line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

import yaml
from msgspec import Struct

from foundry_git.errors import ManifestError

Value: TypeAlias = "str | list[Value] | dict[str, Value]"

MAX_BYTES = 64 * 1024
MAX_DEPTH = 24
LINE_WIDTH = 110
_CONFLICT = re.compile(rb"^(<{7}|>{7}|\|{7})( |\r?$)", re.MULTILINE)


class _RefusedError(Exception):
    """A construct that we do not read, with its line."""

    def __init__(self, reason: str, event: yaml.Event) -> None:
        mark = event.start_mark
        super().__init__(f"line {mark.line + 1}: {reason}" if mark else reason)


class _Open(Struct):
    """A mapping or list whose end has not come yet; ``key`` waits for its value."""

    value: dict[str, Value] | list[Value]
    key: str | None = None


def read(content: bytes, path: Path) -> dict[str, Value]:
    """Read one YAML document whose top is a mapping; every scalar is text, an empty one is ``""``.

    Raises:
        ManifestError: it is too large, not UTF-8, in conflict, not YAML, or uses what we do not read.
    """
    if len(content) > MAX_BYTES:
        raise ManifestError(path, [f"{len(content):,} bytes; at most {MAX_BYTES:,} are read"])
    conflict = _CONFLICT.search(content)
    if conflict:
        line = content.count(b"\n", 0, conflict.start()) + 1
        raise ManifestError(path, [f"line {line}: unresolved merge conflict"])
    try:
        document = _build(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ManifestError(path, [f"not UTF-8 at byte {error.start}"]) from None
    except _RefusedError as refused:
        raise ManifestError(path, [str(refused)]) from None
    except yaml.YAMLError as error:
        raise ManifestError(path, [_sentence(error)]) from None
    if not isinstance(document, dict):
        raise ManifestError(path, ["the top of the file is not a mapping of keys to values"])
    return document


def write(document: dict[str, object]) -> str:
    """Write a document so that writing what was read gives the same text: given key order, block style, ``\\n``."""
    text: str = yaml.dump(
        document,
        Dumper=yaml.CSafeDumper,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=False,
        width=LINE_WIDTH,
    )
    return text


def _build(text: str) -> Value | None:
    root: list[Value] = []
    stack = [_Open(root)]
    for event in _events(text):
        if isinstance(event, yaml.ScalarEvent):
            _place(stack[-1], event.value, event)
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            if len(stack) > MAX_DEPTH:
                raise _RefusedError(f"nested deeper than {MAX_DEPTH}", event)
            opened: dict[str, Value] | list[Value] = {} if isinstance(event, yaml.MappingStartEvent) else []
            _place(stack[-1], opened, event)
            stack.append(_Open(opened))
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            stack.pop()
    return root[0] if root else None


def _events(text: str) -> Iterator[yaml.Event]:
    documents = 0
    for event in yaml.parse(text, Loader=yaml.CBaseLoader):
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise _RefusedError("a second document", event)
        elif isinstance(event, yaml.AliasEvent):
            raise _RefusedError("aliases are not read", event)
        elif isinstance(event, (yaml.ScalarEvent, yaml.CollectionStartEvent)):
            if event.anchor is not None:
                raise _RefusedError("anchors are not read", event)
            if event.tag is not None:
                raise _RefusedError(f"tags such as {event.tag} are not read", event)
        yield event


def _place(into: _Open, value: Value, event: yaml.Event) -> None:
    if isinstance(into.value, list):
        into.value.append(value)
    elif into.key is not None:
        into.value[into.key] = value
        into.key = None
    elif not isinstance(value, str):
        raise _RefusedError("a key that is not plain text", event)
    elif value == "<<":
        raise _RefusedError("merge keys are not read", event)
    elif value in into.value:
        raise _RefusedError(f"the key {value!r} stands twice", event)
    else:
        into.value[value] = ""
        into.key = value


def _sentence(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    reason = getattr(error, "problem", None) or str(error).splitlines()[0]
    return f"line {mark.line + 1}: {reason}" if mark else str(reason)
