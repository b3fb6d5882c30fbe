"""Pairs to learn from: the first sentence of a function's documentation, and its code without that documentation."""

from __future__ import annotations

import ast
import json
import os
import random
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from foundry_git.errors import SourceError
from foundry_git.git.objects import BlobReader, files_of
from foundry_git.git.repository import Repository
from foundry_git.source.descriptions import first_sentence
from foundry_git.source.languages import language_of
from foundry_git.source.reader import read_methods, units_in
from foundry_git.source.units import Unit

FILES = 200  # of one repository, drawn at random
PAIRS = 400  # of one repository and language: a large one must not decide alone
FILE_BYTES = 200_000
WORDS = range(3, 31)  # shorter sentences say no more than the name
CODE_CHARACTERS = range(40, 6_001)

_NOT_ITS_OWN = re.compile(
    r"(^|/)(tests?|testing|__tests__|spec|_?vendor|dist|node_modules|third_party|examples?|docs?|bench(es|marks?)|migrations|locales?"
    r"|deps|fixtures|testdata|generated)(/|$)|\.min\.js|\.d\.ts|_tests?\.|\.(test|spec|pb)\.|(^|/)test_|conftest|zz_generated"
)
# A repository's licence was read by a person; this only drops files more that say, or may say, that they have another one
_OTHER_LICENCE = re.compile(
    rb"\b(?:[AL]?GPL|General Public|Free Software Foundation|Mozilla Public|MPL-\d|Eclipse Public|CDDL|Creative Commons"
    rb"|CC[- ]BY|Share-?Alike|non-?commercial)\b",
    re.IGNORECASE,
)
_SAYS_NOTHING = re.compile(r"todo|deprecated|see |@|copyright|inherit", re.IGNORECASE)
_COMMENT_ABOVE = re.compile(r"\s*(?:(?://[^\n]*|/\*.*?\*/)\s*)+", re.DOTALL)
_TAGGED = re.compile(r"\A\s*@(?:(?!(?:description|desc|summary)\s).)*@?(?:description|desc|summary)\s+", re.DOTALL)  # of JSDoc


@dataclass(frozen=True, slots=True)
class Source:
    """A repository at a commit, whose licence lets us learn from it; ``held_out``: it only says when to stop learning."""

    repository: str
    commit: str
    licence: str
    held_out: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """What is said of a function, and the function."""

    source: Source
    language: str
    name: str
    sentence: str
    code: str


def read_sources(path: Path) -> list[Source]:
    """Read ``sources.json``."""
    entries = json.loads(path.read_text(encoding="utf-8"))
    return [Source(one["repository"], one["commit"], one["licence"], one["held_out"]) for one in entries]


def mine(sources: Sequence[Source], mirrors: Path, excluded: Collection[str]) -> list[Pair]:
    """Mine all ``sources``, each from its bare mirror ``mirrors/OWNER/NAME.git``; in their order, the same at every run.

    No code and no sentence of ``excluded`` (see :func:`texts_of`) is among the pairs, and no code twice.
    """
    pairs, seen = [], set(excluded)
    workers = min(len(sources), os.cpu_count() or 1)
    with get_context("spawn").Pool(workers) as pool:
        for found in pool.starmap(_mined, [(source, mirrors) for source in sources], chunksize=1):
            taken: Counter[str] = Counter()
            said: set[str] = set()
            for pair in found:
                sentence, code = bare(pair.sentence), bare(pair.code)
                if taken[pair.language] >= PAIRS or sentence in excluded or sentence in said or code in seen:
                    continue
                taken[pair.language] += 1
                said.add(sentence)
                seen.add(code)
                pairs.append(pair)
    return pairs


def texts_of(folder: Path) -> set[str]:
    """All that a folder of labelled queries holds (see ``benchmarks.retrieval.labelled``): queries, code, prose; each ``bare``."""
    lines = [line for name in ("corpus.jsonl", "queries.jsonl") for line in (folder / name).read_text("utf-8").splitlines()]
    entries = [json.loads(line) for line in lines if line.strip()]
    texts = {entry[field] for entry in entries for field in ("query", "code", "doc") if entry.get(field)}
    return {bare(text) for text in texts | {first_sentence(text) for text in texts}} - {""}


def bare(text: str) -> str:
    """The letters and digits of a text in lower case: equal for texts that differ in layout only."""
    return re.sub(r"\W+", "", text).lower()


def _mined(source: Source, mirrors: Path) -> list[Pair]:
    repository = Repository.at(mirrors / f"{source.repository}.git")
    files = [
        file
        for file in files_of(repository, source.commit)
        if language_of(file.path) and file.size < FILE_BYTES and not _NOT_ITS_OWN.search(file.path)
    ]
    draw = random.Random(source.repository)
    files = draw.sample(files, min(FILES, len(files)))
    with BlobReader(repository) as blobs:
        units = [unit for file in files for unit in _functions(blobs.read(file.blob) or b"", file.path)]
    draw.shuffle(units)
    return [pair for unit in units if (pair := _pair(unit, source)) is not None]


def _functions(content: bytes, path: str) -> Iterator[Unit]:
    if _OTHER_LICENCE.search(content):
        return
    units = units_in(content, path)
    try:
        units += read_methods(content.decode("utf-8"), path)
    except (SourceError, UnicodeDecodeError):
        pass
    yield from (unit for unit in units if unit.kind in ("function", "method") and unit.docstring and unit.name[:2] != "__")


def _pair(unit: Unit, source: Source) -> Pair | None:
    sentence, code = _sentence(unit), _undocumented(unit)
    is_fit = (
        len(sentence.split()) in WORDS
        and sentence.isascii()
        and not _SAYS_NOTHING.match(sentence)
        and len(code) in CODE_CHARACTERS
        and "\n" in code
    )
    return Pair(source, unit.language, unit.name, sentence, code) if is_fit else None


def _sentence(unit: Unit) -> str:
    sentence = first_sentence(_TAGGED.sub("", unit.docstring, count=1))
    if unit.language == "go" and sentence.lower().startswith(f"{unit.name.lower()} "):  # by convention it begins with the name
        sentence = sentence[len(unit.name) + 1 :]
    return sentence[:1].upper() + sentence[1:]


def _undocumented(unit: Unit) -> str:
    """The unit's text without its documentation; ``""`` where nothing else is in it."""
    if unit.language != "python":
        return _COMMENT_ABOVE.sub("", unit.body, count=1) if _COMMENT_ABOVE.match(unit.body) else unit.body
    try:
        [node] = ast.parse(unit.body).body
    except (SyntaxError, ValueError, RecursionError):
        return ""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or len(node.body) < 2:
        return ""
    lines, docstring = unit.body.splitlines(), node.body[0]
    return "\n".join(lines[: docstring.lineno - 1] + lines[docstring.end_lineno :])
