"""Twins: how many functions that were written twice independently are found, and how many that have no twin are said to have one.

``python -m benchmarks.twins FOLDER`` looks at the repositories of ``twins.json`` beside this file, clones of which (``OWNER+NAME``) lie
in a folder, at the commits given there, and writes ``results/twins.json``. Up to ``MOST`` functions of each are what is compared with.

Asked is, each time about all of one repository: a function of another one that does the same as one of it (pairs found by their names
or by their documentation, and read one by one); a function written from one sentence alone, for one of its own; a copy of one of its
own, renamed, reformatted and edited; and any function of a repository of another kind, which as a rule has no twin there. Where such a
one was shown something, that was read too; those that have a twin in truth are left out. ``--sheet`` prints what was not read yet.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from benchmarks.measure import write
from benchmarks.rewriting import REWRITINGS, rewrite_text
from foundry_git.git.history import one_commit
from foundry_git.git.objects import BlobReader
from foundry_git.git.repository import Repository
from foundry_git.git.tree import CommitTree
from foundry_git.index.document import Document
from foundry_git.index.documents import document_of_unit
from foundry_git.index.index import Index
from foundry_git.pattern.vocabulary import EXTENSIONS
from foundry_git.search.file_units import read_all, units_of
from foundry_git.search.likeness import likeness
from foundry_git.search.similarity import Match, compared, filled
from foundry_git.search.twins import BAR
from foundry_git.source.files import LARGEST, is_aside, is_source, is_test_path, why_skipped
from foundry_git.source.languages import family_of
from foundry_git.workspace import UserFolders, Workspace

LIST = Path(__file__).with_name("twins.json")
MOST, LEAST = 500, 60  # functions of a repository that are compared with
UNRELATED, COPIES, SEED = 1600, 440, 7
LINES = range(4, 81)  # of code
LEAST_ASKED = 5  # lines of code of a function that is asked about without having a twin
SHOWN = 5  # matches, as the command shows them
LEAST_FAMILY = 150  # functions of a repository that one without a twin is compared with
KINDS = ("found by name", "found by documentation", "written from a sentence", "copy", "unrelated", "of one name, unrelated")


class Function(NamedTuple):
    """A function of a repository."""

    repository: str
    document: Document
    lines: int

    @property
    def family(self) -> str:
        """The languages it is compared with."""
        return family_of(self.document.language)

    @property
    def key(self) -> tuple[str, str]:
        """Where it stands."""
        return self.repository, self.document.place


class Question(Struct, frozen=True):
    """A function, and the repository of which all is compared with it; ``twin``: its place there, or "" if it has none."""

    kind: str
    asked: Function
    repository: str
    twin: str = ""

    @property
    def is_report(self) -> bool:
        """Say whether it belongs to the half that figures are given for: by the repository asked about."""
        return hashlib.sha256(self.repository.replace("+", "/").encode()).digest()[0] % 2 == 1


def main() -> None:
    """Ask all questions and write the figures, or print a sheet of what to read."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.twins", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--sheet", action="store_true", help="print what unrelated functions are shown and nobody has read")
    options = parser.parse_args()
    listed = json.loads(LIST.read_text(encoding="utf-8"))
    functions = _functions(listed, options.folder)
    workspace = Workspace(None, None, UserFolders.usual(), {})
    questions = list(_questions(listed, functions))
    answers = _Asking(workspace, functions).answers(questions)
    read = {(*one["asked"], *one["like"]): one["verdict"] for one in listed["alarms"]}
    if options.sheet:
        print("\n".join(_sheet(questions, answers, read)))
    else:
        write("twins", _figures(questions, answers, read))


def _functions(listed: Mapping[str, Any], folder: Path) -> dict[str, list[Function]]:
    """The functions of each repository: those that a pair names, and others up to ``MOST`` of each family of languages."""
    named = {(repository, place) for pair in listed["pairs"] for repository, place in (pair[2:4], pair[4:6])}
    named |= {(one["repository"], one["place"]) for one in listed["written"]}
    found = {}
    for name, about in listed["repositories"].items():
        everything = list(_read(name, Repository.at(folder / name), about["commit"]))
        families: dict[str, list[Function]] = defaultdict(list)
        for one in sorted(everything, key=lambda one: (one.key not in named, _hash(one.document.place))):
            families[one.family].append(one)
        found[name] = [one for some in families.values() for one in some[:MOST]]
        print(f"{name}: {len(found[name])} of {len(everything)} functions", file=sys.stderr, flush=True)
    return found


def _read(name: str, repository: Repository, revision: str) -> Iterator[Function]:
    with BlobReader(repository) as objects:
        commit = one_commit(repository, revision)
        tree = CommitTree(objects, commit.id, commit)
        for file in tree.files:
            if not is_source(file.path) or file.size > LARGEST or is_test_path(file.path) or is_aside(file.path):
                continue
            content = objects.read(file.blob) or b""
            if why_skipped(file.path, content, frozenset()):
                continue
            for unit in units_of(content, file.path):
                if unit.kind in ("function", "method") and not unit.is_test and unit.measures.lines in LINES:
                    yield Function(name, document_of_unit(unit, file.path), unit.measures.lines)


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _questions(listed: Mapping[str, Any], functions: Mapping[str, Sequence[Function]]) -> Iterator[Question]:
    at = {one.key: one for some in functions.values() for one in some}
    count = Counter((name, one.family) for name, some in functions.items() for one in some)
    kinds = {
        ("twin", "name"): KINDS[0],
        ("twin", "doc"): KINDS[1],
        ("unrelated", "name"): KINDS[5],
        ("unrelated", "doc"): KINDS[5],
    }
    for verdict, how, *places, _ in listed["pairs"]:
        one, other = at.get((places[0], places[1])), at.get((places[2], places[3]))
        for asked, there in ((one, other), (other, one)):
            if asked and there and (verdict, how) in kinds and count[there.repository, there.family] >= LEAST:
                yield Question(kinds[verdict, how], asked, there.repository, there.document.place)
    for number, one in enumerate(listed["written"]):
        twin = at.get((one["repository"], one["place"]))
        if twin and count[twin.repository, twin.family] >= LEAST and (asked := _written(one, number)):
            yield Question(KINDS[2], asked, twin.repository, twin.document.place)
    everything = sorted(at.values(), key=lambda one: _hash("".join(one.key)))
    yield from _copies(everything, count)
    yield from _unrelated(listed["repositories"], everything, count)


def _written(one: Mapping[str, str], number: int) -> Function | None:
    path = f"asked/{number}.{EXTENSIONS[one['language']]}"
    code = one["code"]
    units = [unit for unit in read_all(code, path) if unit.kind != "class"]
    if not units and one["language"] == "go":
        units = [unit for unit in read_all(f"package asked\n\n{code}", path) if unit.kind != "class"]
    longest = max(units, key=lambda unit: unit.measures.lines, default=None)
    return Function("", document_of_unit(longest, path), longest.measures.lines) if longest else None


def _copies(everything: Sequence[Function], count: Counter[tuple[str, str]]) -> Iterator[Question]:
    left = {True: COPIES // 2, False: COPIES // 2}
    for one in everything:
        is_python = one.document.language == "python"
        if not left[is_python] or one.lines < LEAST_ASKED or count[one.repository, one.family] < LEAST:
            continue
        chance = random.Random(f"{SEED} {one.key}")
        rewriting = chance.choice(list(REWRITINGS.values())) if is_python else rewrite_text
        text = rewriting(one.document.code, chance)
        if text and text != one.document.code:
            left[is_python] -= 1
            found = re.search(r"(?:def|function|func|fn)\s+(?:\([^)]*\)\s*)?([A-Za-z_]\w*)", text)
            copied = replace(one.document, name=found[1] if found else one.document.name, code=text, shape="", description="")
            yield Question(KINDS[3], Function("", copied, one.lines), one.repository, one.document.place)


def _unrelated(
    repositories: Mapping[str, Mapping[str, str]],
    everything: Sequence[Function],
    count: Counter[tuple[str, str]],
) -> Iterator[Question]:
    chance = random.Random(SEED)
    places = sorted(key for key, number in count.items() if number >= LEAST_FAMILY)
    asked = [one for one in everything if one.lines >= LEAST_ASKED]
    made = 0
    while made < UNRELATED:
        one, (name, family) = chance.choice(asked), chance.choice(places)
        group = repositories[name].get("group")
        if family == one.family and name != one.repository and not (group and group == repositories[one.repository].get("group")):
            made += 1
            yield Question(KINDS[4], one, name)


class _Asking:
    """All repositories, each an index of its own."""

    def __init__(self, workspace: Workspace, functions: Mapping[str, Sequence[Function]]) -> None:
        self._workspace = workspace
        self._functions = functions

    def _index(self, name: str) -> Index:
        index = filled(self._workspace.index.beside(), [one.document for one in self._functions[name]])
        index.encode_missing()
        return index

    def answers(self, questions: Sequence[Question]) -> list[tuple[list[Match], list[Match]]]:
        """What is found for each question, with meaning and without, the best first."""
        found: dict[int, tuple[list[Match], list[Match]]] = {}
        by_place: dict[str, list[int]] = defaultdict(list)
        for number, question in enumerate(questions):
            by_place[question.repository].append(number)
        for place, numbers in by_place.items():
            index = self._index(place)
            asked = [replace(questions[number].asked.document, path=f"asked/{number}") for number in numbers]
            texts = {one.content_key(): one.embedded_text() for one in asked}
            vectors = dict(zip(texts, index.text_vectors(texts), strict=True))
            corpora = [(index, index.catalogue.rows())]
            both = [[list(one.matches) for one in compared(asked, corpora, some)] for some in (vectors, {})]
            found |= {number: (with_it, without) for number, with_it, without in zip(numbers, *both, strict=True)}
            print(f"{place}: {len(numbers)} questions", file=sys.stderr, flush=True)
        return [found[number] for number in range(len(questions))]


def _is_found(question: Question, matches: Sequence[Match], bar: float) -> bool:
    """Say whether the twin is shown, or of a question without one whether anything is."""
    shown = [match for match in matches[:SHOWN] if match.score >= bar]
    return any(match.document.place == question.twin for match in shown) if question.twin else bool(shown)


def _as_before(matches: Sequence[Match]) -> list[Match]:
    """The matches by the rule of f6504e0: 0.37 of the shingles shared, or a cosine of 0.8."""
    scored = [
        replace(match, score=max(likeness(match.structure, match.meaning), BAR if (match.meaning or 0.0) >= 0.8 else 0.0))
        for match in matches
    ]
    return sorted(scored, key=lambda match: -match.score)


def _figures(
    questions: Sequence[Question], answers: Sequence[tuple[list[Match], list[Match]]], read: Mapping[tuple[str, ...], str]
) -> dict[str, object]:
    kept = [number for number, question in enumerate(questions) if not _has_twin(question, answers[number][0], read)]
    rows: dict[str, object] = {}
    for half, is_report in (("tune", False), ("report", True)):
        numbers = [number for number in kept if questions[number].is_report is is_report]
        asked = {kind: [number for number in numbers if questions[number].kind == kind] for kind in KINDS}
        chosen = {"all twins": [number for kind in KINDS[:3] for number in asked[kind]], **asked}
        rows[half] = {name: _shares([(questions[one], answers[one]) for one in some]) for name, some in chosen.items()}
    alarms = Counter(read.values())
    return {
        "bar": BAR,
        "read alarms": dict(alarms),
        "left out, for they have a twin": len(questions) - len(kept),
        **rows,
    }


def _shares(asked: Sequence[tuple[Question, tuple[list[Match], list[Match]]]]) -> dict[str, object]:
    def share(found: Sequence[bool]) -> float:
        return round(float(np.mean(found)), 4) if found else 0.0

    return {
        "asked": len(asked),
        "shown": share([_is_found(question, both[0], BAR) for question, both in asked]),
        "shown_without_weights": share([_is_found(question, both[1], BAR) for question, both in asked]),
        "shown_before": share([_is_found(question, _as_before(both[0]), BAR) for question, both in asked]),
        "shown_before_without_weights": share([_is_found(question, _as_before(both[1]), BAR) for question, both in asked]),
    }


def _has_twin(question: Question, matches: Sequence[Match], read: Mapping[tuple[str, ...], str]) -> bool:
    """Say whether somebody who read what a question without a twin was shown called it one."""
    if question.kind != KINDS[4]:
        return False
    keys = [(*question.asked.key, question.repository, match.document.place) for match in matches[:SHOWN]]
    return any(read.get(key) == "twin" for key in keys)


def _sheet(
    questions: Sequence[Question], answers: Sequence[tuple[list[Match], list[Match]]], read: Mapping[tuple[str, ...], str]
) -> Iterator[str]:
    for question, (matches, _) in zip(questions, answers, strict=True):
        if question.kind != KINDS[4] or not _is_found(question, matches, BAR):
            continue
        key = (*question.asked.key, question.repository, matches[0].document.place)
        if key not in read:
            yield json.dumps({"asked": key[:2], "like": key[2:], "score": round(matches[0].score, 3)})
            yield f"{question.asked.document.code}\n---- like ----\n{matches[0].document.code}\n"


if __name__ == "__main__":
    main()
