"""References: in how many files of a repository a name of one of them is used, told by the words of their code. Pure.

No file is resolved as a compiler would: a file uses a unit if its code holds the unit's name, alone or behind its module's, and it
stands in the same folder or names the unit's module or package. A name that other files define too must come with the unit's own
module. It is the same rule in every language, takes a tenth of a parse, and says "twelve callers" where there are eleven or twelve.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import PurePosixPath

from msgspec import Struct

from foundry_git.source.files import is_test_path
from foundry_git.source.languages import language_of
from foundry_git.source.literals import BLOCK_COMMENT, STRING, TRIPLE

_IDENTIFIER = re.compile(r"[^\W\d][\w$]*")
_LINKED = re.compile(r"(\.|::)?\s*([^\W\d][\w$]*)")
_DEFINED = re.compile(
    r"\b(?:def|fn|func|function|class|struct|enum|trait|interface|type|const|let|var)\b\s*\*?\s*([^\W\d][\w$]*)"
)
_PYTHON = re.compile(rf"{TRIPLE}|(?P<string>{STRING})|#[^\n]*", re.MULTILINE)
_BRACES = re.compile(rf"{BLOCK_COMMENT}|(?P<string>{STRING}|`[^`\n]*`)|//[^\n]*", re.MULTILINE)
_LIFETIME = re.compile(r"(?<=[<&\s,(+])'(?=[a-z_]\w*\b(?!'))")  # of Rust: it opens no text

_GOES_ON = re.compile(r"[\w$]")
_LED_TO = re.compile(r"(?:[^\W\d][\w$]*|(?:\.|::)\s*)\Z")
WINDOW = 120  # characters before a name that are looked at: for the beginning of a longer word, or a dot

_SAYS_NO_PLACE = frozenset(
    {"src", "lib", "pkg", "internal", "index", "main", "mod", "init", "__init__", "packages", "python", "app", "cmd"}
)


class Callers(Struct, frozen=True):
    """Who uses a unit: other files of code, other files of tests, and how many times code outside it names it, tests aside."""

    files: int = 0
    tests: int = 0
    uses: int = 0


class FileWords(Struct, frozen=True):
    """What is counted of one file: how often its code holds each word (see :func:`words_in`), and the names it defines."""

    path: str
    words: Mapping[str, int]
    defined: frozenset[str]


class References:
    """The words of the code of files, by file; the files are given once, and nothing but numbers is kept of them."""

    def __init__(self, files: Iterable[tuple[str, str]] = ()) -> None:
        self._paths: list[str] = []
        self._is_test: list[bool] = []
        self._found: dict[str, array[int]] = {}
        self._naming: dict[str, array[int]] = {}
        self._defined: dict[str, set[int]] = {}
        self._folders: dict[str, set[int]] = {}
        for path, text in files:
            self._add(file_words(text, path))

    @classmethod
    def of(cls, files: Iterable[FileWords]) -> References:
        """Those of files that were read before; for one name those that hold it are enough, with its words and its module's."""
        found = cls()
        for file in files:
            found._add(file)
        return found

    def callers(self, path: str, name: str, occurrences: int = 0) -> Callers:
        """Count who uses a name that is defined in a file; ``occurrences`` of it in that file's code outside the definition."""
        rivals = {at for at in self._defined.get(name, ()) if self._paths[at] != path}
        words = {module_of(path)} if rivals else places_of(path)
        naming = {at for word in words for at in self._naming.get(word, ())}
        near = set() if rivals else self._folders.get(_folder(path), set())
        alone = [at for at in self._found.get(name, ()) if at in (near | naming) - rivals]
        found = Counter([*alone, *(at for word in words for at in self._found.get(f"{word}.{name}", ()))])
        using = [at for at in found if self._paths[at] != path]
        code = [at for at in using if not self._is_test[at]]
        return Callers(len(code), len(using) - len(code), occurrences + sum(found[at] for at in code))

    def _add(self, file: FileWords) -> None:
        number = len(self._paths)
        self._paths.append(file.path)
        self._is_test.append(is_test_path(file.path))
        self._folders.setdefault(_folder(file.path), set()).add(number)
        for word, count in file.words.items():
            self._found.setdefault(word, array("I")).extend([number] * count)
        for name in file.defined:
            self._defined.setdefault(name, set()).add(number)
        for name in {word.rpartition(".")[2] for word in file.words}:
            self._naming.setdefault(name, array("I")).append(number)


def file_words(text: str, path: str) -> FileWords:
    """Read what is counted of a file."""
    plain = code_of(text, path)
    return FileWords(path, Counter(_words(plain)), names_defined(plain))


def names_defined(code: str) -> frozenset[str]:
    """The names that code defines; see :func:`code_of`."""
    return frozenset(_DEFINED.findall(code))


def code_of(text: str, path: str) -> str:
    """A file's text without comments and long texts."""
    if language_of(path) == "rust":
        text = _LIFETIME.sub(" ", text)
    scanner = _PYTHON if language_of(path) == "python" else _BRACES
    return scanner.sub(lambda found: found["string"] or " ", text)


def words_in(text: str, path: str) -> Iterator[str]:
    """The identifiers of a file's code, and the words of its short texts, which name modules; comments and long texts left out.

    What stands behind a dot or ``::`` comes with the word before it: ``fs.join``, ``watch.Sender``, ``self.close``.
    """
    return _words(code_of(text, path))


def uses_nearby(path: str, name: str, text: str, body: str) -> int:
    """How many times the code of a file names a unit of its own, the unit's ``body`` aside."""
    if text.count(name) == body.count(name):  # of a third of all units: nothing has to be read
        return 0
    return max(0, _alone(_code_of_file(text, path), name) - _alone(code_of(body, path), name))


_code_of_file = lru_cache(maxsize=2)(code_of)  # asked for one unit of a file after the other


def _alone(code: str, name: str) -> int:
    """How often :func:`words_in` gives a name for the code, counted without taking the other words."""
    ends = [found.end() for found in re.finditer(re.escape(name), code)] if _IDENTIFIER.fullmatch(name) else []
    return sum(
        not (_GOES_ON.match(code, end) or _LED_TO.search(code, max(end - len(name) - WINDOW, 0), end - len(name))) for end in ends
    )


def places_of(path: str) -> set[str]:
    """The words by which other files name a file: its stem and the folders above, but those that say nothing."""
    parts = PurePosixPath(path)
    named = [parts.name.partition(".")[0], *parts.parts[:-1]]
    words = {word for part in named for word in [max(_IDENTIFIER.findall(part), key=len, default="")]}
    return words - _SAYS_NO_PLACE - {""}


def module_of(path: str) -> str:
    """The one word by which code names a file: its stem, or the nearest folder above that says something."""
    parts = PurePosixPath(path)
    for part in (parts.name.partition(".")[0], *reversed(parts.parts[:-1])):
        word = max(_IDENTIFIER.findall(part), key=len, default="")
        if word and word not in _SAYS_NO_PLACE:
            return word
    return ""


def _words(code: str) -> Iterator[str]:
    before = ""
    for link, word in _LINKED.findall(code):
        yield f"{before}.{word}" if link else word
        before = word


def _folder(path: str) -> str:
    return path.rpartition("/")[0]
