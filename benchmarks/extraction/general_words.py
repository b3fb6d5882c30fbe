"""General words: in how many code bases a word is part of the name of a function or type, as ``extraction/jargon.py`` reads it.

``python -m benchmarks.extraction.general_words REPOSITORY…`` counts the standard library, every package that is installed beside this
one, and HEAD of the repositories named, and writes ``foundry_git/extraction/general_words.txt`` and, which they were,
``general_words.json`` beside this file. The words of one code base are those of the names of its units, tests aside.
"""

from __future__ import annotations

import json
import sys
import sysconfig
from collections import Counter
from collections.abc import Iterable, Iterator
from importlib.metadata import packages_distributions, version
from itertools import islice
from pathlib import Path

from foundry_git.errors import SourceError
from foundry_git.extraction.jargon import FILE
from foundry_git.git.history import one_commit
from foundry_git.git.objects import BlobReader
from foundry_git.git.repository import Repository
from foundry_git.git.tree import CommitTree
from foundry_git.source.files import LARGEST, is_by_others, is_source, is_test_path
from foundry_git.source.reader import read_units
from foundry_git.source.words import words_of

LIST = Path(__file__).with_name("general_words.json")
LEAST_BASES = 3  # what fewer share may be jargon of two projects of one field
LEAST_FILES, MOST_FILES = 5, 400
LEFT_OUT = frozenset({"foundry_git", "torch"})  # our own words, and a package of ten thousand files


def main() -> None:
    """Count and write."""
    names: dict[str, str] = {}
    bases: dict[str, set[str]] = {}
    for name, said, files in (*_packages(), *(_repository(Path(place)) for place in sys.argv[1:])):
        taken = list(islice(files, MOST_FILES))
        if len(taken) >= LEAST_FILES:
            names[name], bases[name] = said, _words(taken)
            print(name, said, len(bases[name]), flush=True)
    counts = Counter(word for words in bases.values() for word in words)
    _write({word: count for word, count in counts.items() if count >= LEAST_BASES}, len(bases))
    LIST.write_text(json.dumps(names, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _write(counts: dict[str, int], bases: int) -> None:
    by_count: dict[int, list[str]] = {}
    for word, count in counts.items():
        by_count.setdefault(count, []).append(word)
    lines = [f"{count} {' '.join(sorted(words))}" for count, words in sorted(by_count.items(), reverse=True)]
    FILE.write_text("\n".join([str(bases), *lines]) + "\n", encoding="utf-8")


def _packages() -> Iterator[tuple[str, str, Iterator[tuple[str, str]]]]:
    library = Path(sysconfig.get_paths()["stdlib"])
    yield "python", ".".join(map(str, sys.version_info[:3])), _below(library, "[a-z]*.py")
    for name, owners in sorted(packages_distributions().items()):
        folder = Path(sysconfig.get_paths()["purelib"], name)
        if folder.is_dir() and name not in LEFT_OUT and not name.startswith("_"):
            yield name, f"{owners[0]} {version(owners[0])}", _below(folder, "**/*.py")


def _below(folder: Path, pattern: str) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.glob(pattern)):
        place = path.relative_to(folder).as_posix()
        if not is_test_path(place) and path.stat().st_size <= LARGEST:
            yield place, path.read_text(encoding="utf-8", errors="replace")


def _repository(place: Path) -> tuple[str, str, Iterator[tuple[str, str]]]:
    repository = Repository.at(place)
    head = one_commit(repository, "HEAD")
    return place.name.removesuffix(".git"), head.id, _of_tree(CommitTree(BlobReader(repository), head.id, head))


def _of_tree(tree: CommitTree) -> Iterator[tuple[str, str]]:
    for file in tree.files:
        if is_source(file.path) and not is_test_path(file.path) and not is_by_others(file.path) and file.size <= LARGEST:
            yield file.path, tree.read(file).decode("utf-8", "replace")


def _words(files: Iterable[tuple[str, str]]) -> set[str]:
    return {word for path, text in files for name in unit_names(path, text) for word in words_of(name)}


def unit_names(path: str, text: str) -> list[str]:
    """The names of the units of a file, tests aside; none where it cannot be read."""
    try:
        return [unit.name for unit in read_units(text, path) if not unit.is_test]
    except SourceError:
        return []


if __name__ == "__main__":
    main()
