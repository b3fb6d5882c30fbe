"""Pieces of code to learn from, and questions to those whose documentation says what they do."""

from __future__ import annotations

import ast
import json
import os
import random
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from benchmarks.learning.rewording import reworded
from foundry_git.errors import SourceError
from foundry_git.git.objects import BlobReader, files_of
from foundry_git.git.repository import Repository
from foundry_git.index.document import embedded_text
from foundry_git.source.descriptions import first_sentence
from foundry_git.source.languages import language_of
from foundry_git.source.reader import read_methods, stored_code, units_in
from foundry_git.source.units import Unit

SOURCES = Path(__file__).with_name("sources.json")
FILES = 300  # of one repository, drawn at random
UNITS = 500  # of one repository and language: a large one must not decide alone
NAMED = 0.8  # of the documented pieces: the others come without a name, as an anonymous snippet does
WITHOUT_SENTENCE = 0.42  # of the pieces that nobody can be asked about
WORDINGS = 3
SEED = 7
FILE_BYTES = 200_000
WORDS = range(3, 31)  # shorter sentences say no more than the name
CODE_CHARACTERS = range(40, 8_001)

_NOT_ITS_OWN = re.compile(
    r"(^|/)(tests?|testing|__tests__|spec|_?vendor|dist|node_modules|third_party|examples?|docs?|bench(es|marks?)|migrations|locales?"
    r"|deps|fixtures|testdata|generated)(/|$)|\.min\.js|\.d\.ts|_tests?\.|\.(test|spec|pb)\.|(^|/)test_|conftest|zz_generated"
)
# A repository's licence is that of its licence file; this drops files that say, or may say, that they have another one
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
class Piece:
    """A function or a type: ``text`` is what is encoded of it, ``questions`` ask for it in several wordings.

    Where its documentation says too little to ask by, ``sentence`` is empty and there is no question. Where there is one, the
    documentation is not part of ``code``, nor of the text.
    """

    source: Source
    language: str
    name: str
    sentence: str
    code: str
    text: str
    questions: tuple[str, ...]


def read_sources(path: Path) -> list[Source]:
    """Read ``sources.json``."""
    entries = json.loads(path.read_text(encoding="utf-8"))
    return [Source(one["repository"], one["commit"], one["licence"], one["held_out"]) for one in entries]


def mine(sources: Sequence[Source], mirrors: Path, excluded: Collection[str]) -> list[Piece]:
    """Mine all ``sources``, each from its bare mirror ``mirrors/OWNER/NAME.git``; in random order, the same at every run.

    No code and no sentence of ``excluded`` (see :func:`texts_of`) is among the pieces, and no code twice.
    """
    workers = min(len(sources), os.cpu_count() or 1)
    with get_context("spawn").Pool(workers) as pool:
        mined = pool.starmap(_mined, [(source, mirrors) for source in sources], chunksize=1)
    draw, seen, pieces = random.Random(SEED), set(excluded), list[Piece]()
    for source, found in zip(sources, mined, strict=True):
        for unit in found:
            sentence, undocumented = _sentence_and_code(unit)
            texts = {bare(text) for text in (stored_code(unit), undocumented) if text}
            if not texts & seen and bare(sentence) not in excluded:
                seen |= texts
                pieces += _pieces(source, unit, sentence, undocumented, draw)
    draw.shuffle(pieces)
    return pieces


def texts_of(folder: Path) -> set[str]:
    """All that a folder of labelled queries holds (see ``benchmarks.retrieval.labelled``): queries, code, prose; each ``bare``."""
    lines = [line for name in ("corpus.jsonl", "queries.jsonl") for line in (folder / name).read_text("utf-8").splitlines()]
    entries = [json.loads(line) for line in lines if line.strip()]
    texts = {entry[field] for entry in entries for field in ("query", "code", "doc") if entry.get(field)}
    return {bare(text) for text in texts | {first_sentence(text) for text in texts}} - {""}


def bare(text: str) -> str:
    """The letters and digits of a text in lower case: equal for texts that differ in layout only."""
    return re.sub(r"\W+", "", text).lower()


def _mined(source: Source, mirrors: Path) -> list[Unit]:
    repository = Repository.at(mirrors / f"{source.repository}.git")
    files = [
        file
        for file in files_of(repository, source.commit)
        if language_of(file.path) and file.size < FILE_BYTES and not _NOT_ITS_OWN.search(file.path)
    ]
    draw = random.Random(source.repository)
    files = draw.sample(files, min(FILES, len(files)))
    with BlobReader(repository) as blobs:
        units = [unit for file in files for unit in _units(blobs.read(file.blob) or b"", file.path)]
    draw.shuffle(units)
    taken, found = Counter[str](), list[Unit]()
    for unit in units:
        code = stored_code(unit)
        if taken[unit.language] < UNITS and len(code) in CODE_CHARACTERS and "\n" in code:
            taken[unit.language] += 1
            found.append(unit)
    return found


def _units(content: bytes, path: str) -> list[Unit]:
    if _OTHER_LICENCE.search(content):
        return []
    units = units_in(content, path)
    try:
        return units + read_methods(content.decode("utf-8"), path)
    except (SourceError, UnicodeDecodeError):
        return units


def _pieces(source: Source, unit: Unit, sentence: str, undocumented: str, draw: random.Random) -> list[Piece]:
    """The piece of a unit, or none: of those without a sentence some are left out."""
    if sentence:
        name = unit.name if draw.random() < NAMED else ""
        questions = tuple(reworded(sentence, unit.name, unit.language, draw) for _ in range(WORDINGS))
        text = embedded_text(name, "", "", undocumented)
        return [Piece(source, unit.language, unit.name, sentence, undocumented, text, questions)]
    if draw.random() >= WITHOUT_SENTENCE:
        return []
    code = stored_code(unit)
    return [Piece(source, unit.language, unit.name, "", code, embedded_text(unit.name, unit.description, "", code), ())]


def _sentence_and_code(unit: Unit) -> tuple[str, str]:
    """The sentence that says what a function does, and its code without documentation; both empty where it says too little."""
    if unit.kind not in ("function", "method") or not unit.docstring or unit.name[:2] == "__":
        return "", ""
    sentence, code = _sentence(unit), _undocumented(unit)
    is_fit = (
        len(sentence.split()) in WORDS
        and sentence.isascii()
        and not _SAYS_NOTHING.match(sentence)
        and len(code) in CODE_CHARACTERS
        and "\n" in code
    )
    return (sentence, code) if is_fit else ("", "")


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
