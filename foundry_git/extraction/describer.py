"""The describer: a program of the user's own that puts a unit into words. What it answers is a stranger's text."""

from __future__ import annotations

import json
import os
import re
import selectors
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from foundry_git.errors import DescriberError
from foundry_git.pattern.naming import MAX_SLUG, is_slug
from foundry_git.source.descriptions import describe, first_sentence
from foundry_git.source.secrets import find_secrets
from foundry_git.source.tags import MOST_TAGS
from foundry_git.source.words import words_of
from foundry_git.system.processes import end_group

MAX_ANSWER = 64 * 1024  # bytes; an honest answer has 300
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


class DescriberRequest(Struct, frozen=True):
    """What the program is told of a unit; ``vocabulary`` are the tags it may choose from."""

    language: str
    name: str
    signature: str
    description: str
    code: str
    vocabulary: Collection[str]

    def text(self) -> str:
        """The JSON object that is written to the program's stdin."""
        fields = ("language", "name", "signature", "description", "code")
        return json.dumps({field: getattr(self, field) for field in fields} | {"vocabulary": sorted(self.vocabulary)})


class Description(Struct, frozen=True):
    """What the program said: one printable sentence; an identifier or slug, "" for none; tags of the vocabulary."""

    description: str
    name: str = ""
    tags: tuple[str, ...] = ()


def ask(
    command: Sequence[str], seconds: float, question: DescriberRequest, folder: Path, environment: Mapping[str, str]
) -> Description:
    """Run the program in ``folder`` without a shell and read its answer; it and its children are gone afterwards.

    Raises:
        DescriberError: it does not start, fails, takes longer, says too much, or its answer cannot be used.
    """
    return read_answer(_run(command, seconds, question.text().encode(), folder, environment), question)


def read_answer(answer: bytes, question: DescriberRequest) -> Description:
    """Read a program's answer: a JSON object with ``description``, and ``name`` and ``tags`` where it likes.

    Raises:
        DescriberError: anything else, or a secret in it.
    """
    try:
        found: Any = json.loads(answer.decode("utf-8"))
    except (ValueError, RecursionError):
        raise DescriberError("its answer is not JSON") from None
    if not isinstance(found, dict) or not isinstance(found.get("description"), str):
        raise DescriberError("its answer is no object with a text `description`")
    name, tags = found.get("name") or "", found.get("tags") or []
    if not isinstance(name, str) or not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise DescriberError("its `name` is no text, or its `tags` are no list of texts")
    if find_secrets("\n".join([found["description"], name, *tags])):
        raise DescriberError("its answer looks like it holds a secret")
    if name and not (is_slug(name) or (_IDENTIFIER.match(name) and len(name) <= MAX_SLUG)):
        raise DescriberError(f"its `name` is neither an identifier nor a slug of at most {MAX_SLUG} characters")
    if len(words_of(first_sentence(found["description"]))) < 2:
        raise DescriberError("its `description` is no sentence")
    chosen = tuple(dict.fromkeys(tag for tag in tags if tag in question.vocabulary))[:MOST_TAGS]
    return Description(describe(found["description"], "", question.name, ()), name, chosen)


def _run(command: Sequence[str], seconds: float, question: bytes, folder: Path, environment: Mapping[str, str]) -> bytes:
    if sys.platform == "win32":
        raise DescriberError("does not run on Windows, where no pipe can be waited for")
    until = time.monotonic() + seconds
    with tempfile.TemporaryFile() as told:
        told.write(question)
        told.seek(0)
        try:
            process = subprocess.Popen(
                list(command),
                cwd=folder,
                env=dict(environment),
                stdin=told,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            raise DescriberError(f"does not start ({getattr(error, 'strerror', None) or error})") from None
    try:
        answer = _read(process, until, seconds)
        code = process.wait(max(0.0, until - time.monotonic()))
    except subprocess.TimeoutExpired:
        raise DescriberError(f"took longer than {seconds:g} s") from None
    finally:
        _end(process)
    if code:
        raise DescriberError(f"ended with exit code {code}")
    return answer


def _read(process: subprocess.Popen[bytes], until: float, seconds: float) -> bytes:
    """Read stdout to its end; a child that keeps it open counts as the program itself."""
    assert process.stdout is not None
    answer = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while True:
            left = until - time.monotonic()
            if left <= 0 or not selector.select(left):
                raise DescriberError(f"took longer than {seconds:g} s")
            piece = os.read(process.stdout.fileno(), MAX_ANSWER)
            if not piece:
                return answer
            answer += piece
            if len(answer) > MAX_ANSWER:
                raise DescriberError(f"said more than {MAX_ANSWER:,} bytes")


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of the program's process group, and take its exit code."""
    end_group(process)
    if process.stdout is not None:
        process.stdout.close()
    process.wait()
