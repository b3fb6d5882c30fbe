"""Callers: who uses a unit, by what files import and by the words of their code. Pure.

No file is parsed. A file uses a unit where its code holds a name that its imports make the unit's, alone or behind the module's; what
other files pass on is followed, under other names too. Files of one Go package import nothing of each other, and a path of Rust may
name a module that nobody imports. A name counts for nothing where it is a key, the name of an argument, or what is defined.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Protocol

from msgspec import Struct

from foundry_git.source.files import is_test_path
from foundry_git.source.languages import family_of, language_of
from foundry_git.source.linking.link import DEFAULT, EVERYTHING, ITSELF, WHOLE, Link
from foundry_git.source.linking.places import ModulePlaces

MOST_NAMES = 8  # under which one unit is looked for
MOST_STEPS = 12  # from file to file
NOWHERE = 1 << 30  # farther on than any way goes

_FROM_HERE = ("crate", "self", "super")

Place = tuple[str, str]
"""The path of a file and a name in it."""


class Callers(Struct, frozen=True):
    """Who uses a unit: other files of code, other files of tests, and how many times code outside it does, tests aside.

    ``nearby``: those of the uses that stand in its own file.
    """

    files: int = 0
    tests: int = 0
    uses: int = 0
    nearby: int = 0


class KnownFiles(Protocol):
    """What is known of the files of a tree; each path is of one of them."""

    places: ModulePlaces

    def naming(self, name: str) -> Collection[str]:
        """The files whose code or links hold a name."""
        ...

    def importing(self, stems: Collection[str]) -> Collection[str]:
        """The files that import what a module gives as one value, where the last part of the module is one of these."""
        ...

    def links(self, path: str) -> Sequence[Link]:
        """The links of a file."""
        ...

    def counts(self, path: str, name: str, befores: Collection[str]) -> Mapping[str, int]:
        """How often a file holds a name alone (""), and behind each of some words."""
        ...

    def defines(self, path: str, name: str) -> bool:
        """Say whether a file defines a name, somewhere."""
        ...


class Lookup:
    """Tells who uses units, of files that do not change meanwhile."""

    def __init__(self, files: KnownFiles) -> None:
        self._files = files
        self._known: dict[Place, Place] = {}
        self._way: list[Place] = []
        self._circling: dict[Place, tuple[Place, int]] = {}
        self._back = NOWHERE

    def callers(self, path: str, name: str, occurrences: int = 0) -> Callers:
        """Count who uses a name that is defined in a file; ``occurrences`` of it in that file's code outside the definition."""
        found = self.users(path, name)
        code = [at for at in found if not is_test_path(at)]
        return Callers(len(code), len(found) - len(code), occurrences + sum(found[at] for at in code), occurrences)

    def users(self, path: str, name: str) -> Counter[str]:
        """The files that use a name that is defined in another, each with how often."""
        family = family_of(language_of(path) or "")
        stems = _stems(path) if family == "javascript" else frozenset[str]()
        found: Counter[str] = Counter()
        todo, asked = [name], {name}
        while todo:
            called = todo.pop()
            looked_at = {*self._files.naming(called), *(self._files.importing(stems) if stems else ())}
            stems = frozenset()
            for at in sorted(looked_at - {path}):
                if family_of(language_of(at) or "") == family:
                    uses, passed_on = self._in_file(at, (path, name), called)
                    found[at] = max(found[at], uses)
                    further = sorted(passed_on - asked)[: max(0, MOST_NAMES - len(asked))]
                    todo += further
                    asked.update(further)
        return +found

    def _in_file(self, at: str, target: Place, called: str) -> tuple[int, set[str]]:
        """How often a file uses the target, looked for under one name, and under which names it passes it on."""
        locals_, passed_on, modules = set[str](), set[str](), list[Link]()
        for link in self._files.links(at):
            if link.original == EVERYTHING:
                there = self._files.places.file(at, link.module) if link.binds else ""
                if there and self._given((there, called)) == target and not self._files.defines(at, called):
                    locals_.add(called)
            elif self._may_be(link, called) and self._stands_for(at, link) == target:
                locals_ |= {link.local} if link.binds else set()
                passed_on |= {link.local} if link.exports and link.local not in (DEFAULT, WHOLE) else set()
            if link.binds:
                modules.append(link)
        befores = {link.local for link in modules}
        befores |= {*_FROM_HERE, *_stems(target[0])} if target[0].endswith(".rs") else set()
        counts = self._files.counts(at, called, befores)
        uses = sum(self._files.counts(at, local, ())[""] for local in locals_ if local != called)
        is_alone = called in locals_ or self._is_near(at, target, called)
        uses += counts.get("", 0) if is_alone else 0
        for before in counts.keys() - {""}:
            links = [link for link in modules if link.local == before]
            if any(self._is_behind(at, link, target, called) for link in links) or self._is_path(at, before, target, called):
                uses += counts[before]
        return uses, passed_on

    def _may_be(self, link: Link, called: str) -> bool:
        return link.original in (called, DEFAULT, WHOLE)

    def _is_near(self, at: str, target: Place, called: str) -> bool:
        """Say whether a file sees the target without any import: of the same Go package, or a macro of the same crate."""
        path, name = target
        if called != name:
            return False
        if path.endswith(".go"):
            return _folder(at) == _folder(path) and not self._files.defines(at, called)
        if not path.endswith(".rs") or not self._files.defines(path, f"{name}!") or self._files.defines(at, f"{name}!"):
            return False
        places = self._files.places
        return places.crate(at) == places.crate(path) and (
            self._files.defines(path, f"{name}!!") or any(self._opens(around, path) for around in places.around(path))
        )

    def _opens(self, around: str, path: str) -> bool:
        """Say whether a file of Rust takes in the macros of a module of its own."""
        is_module = any(link.local in _stems(path) for link in self._files.links(around))
        return is_module and self._files.counts(around, "macro_use", ())[""] > 0

    def _is_behind(self, at: str, link: Link, target: Place, called: str) -> bool:
        """Say whether a link stands for a module that gives the target under a name."""
        there = self._module(at, link)
        if there.endswith("/"):
            return f"{_folder(target[0])}/".lstrip("/") == there.lstrip("/") and called == target[1] and target[0].endswith(".go")
        return bool(there) and self._given((there, called)) == target

    def _is_path(self, at: str, before: str, target: Place, called: str) -> bool:
        """Say whether a word before a name makes it the target's in Rust, without an import."""
        path, name = target
        if not path.endswith(".rs") or called != name:
            return False
        if before in _FROM_HERE:
            there = self._files.places.file(at, before)
            return bool(there) and (there == path or self._given((there, called)) == target)
        if before not in _stems(path) or any(link.local == before for link in self._files.links(at)):
            return False
        places = self._files.places
        around = {*_FROM_HERE, *path.split("/")[:-1]} if places.crate(at) == places.crate(path) else places.crate_names(path)
        found = self._files.counts(at, before, around)
        return len(found) > 1 or (bool(found[""]) and before in around)

    def _stands_for(self, at: str, link: Link) -> Place:
        if link.module == ITSELF:
            return self._own(at, link.original)
        there = self._files.places.file(at, link.module)
        if not there or link.original == ITSELF:
            return "", ""
        return self._given((there, link.original))

    def _module(self, at: str, link: Link) -> str:
        """The file of the module that a link stands for; "" where it stands for none."""
        if link.module and link.original in (ITSELF, WHOLE, DEFAULT):
            return self._files.places.file(at, link.module)
        if not link.module or link.original == EVERYTHING:
            return ""
        language = language_of(at)
        joint = "." if language == "python" else "::"
        if language in ("python", "rust"):
            module = link.module if link.module.endswith(joint) else f"{link.module}{joint}"
            if there := self._files.places.file(at, f"{module}{link.original}"):
                return there
        there = self._files.places.file(at, link.module)
        passed = [one for one in self._files.links(there) if one.exports and one.local == link.original] if there else []
        return self._files.places.file(there, passed[0].module) if passed and passed[0].original == ITSELF else ""

    def _given(self, place: Place, steps: int = MOST_STEPS) -> Place:
        """Where that which a file gives under a name is defined; of files that pass it round in a circle, that which defines it.

        What was found out within a circle holds only while the place is being followed from which it began: ``_back`` is how far
        back on the way the farthest place stands that was come upon again.
        """
        if place in self._known:
            return self._known[place]
        way, at = self._way, len(self._way)
        if place in way:
            self._back = min(self._back, way.index(place))
            return min(way[way.index(place) :], key=lambda one: (not self._files.defines(*one), one))
        if place in self._circling:
            found, back = self._circling[place]
            self._back = min(self._back, back)
            return found
        before, self._back = self._back, NOWHERE
        way.append(place)
        try:
            found = self._followed(place, steps)
        finally:
            way.pop()
        if self._back < at:
            self._circling[place] = found, self._back
        else:
            self._known[place] = found
            self._circling = {one: kept for one, kept in self._circling.items() if kept[1] < at}
            self._back = NOWHERE
        self._back = min(before, self._back)
        return found

    def _followed(self, place: Place, steps: int) -> Place:
        path, name = place
        if not steps or path.endswith("/"):
            return place
        links = self._files.links(path)
        for wanted in (name, WHOLE) if name == DEFAULT else (name,):
            for link in links:
                if link.exports and link.local == wanted and link.original != EVERYTHING:
                    if link.module == ITSELF:
                        return self._own(path, link.original, steps)
                    there = self._files.places.file(path, link.module)
                    if not there:
                        continue  # of a package from elsewhere; another statement may stand in for it
                    return self._given((there, link.original), steps - 1) if link.original != ITSELF else ("", "")
        if not self._files.defines(path, name):
            for link in links:
                there = self._files.places.file(path, link.module) if link.exports and link.original == EVERYTHING else ""
                if there and self._files.defines(*(found := self._given((there, name), steps - 1))):
                    return found
        return place

    def _own(self, path: str, name: str, steps: int = MOST_STEPS) -> Place:
        """Where a name of a file's own code is defined."""
        for link in self._files.links(path):
            if link.binds and link.local == name and link.module:
                there = self._files.places.file(path, link.module)
                return self._given((there, link.original), steps - 1) if there and link.original != ITSELF else ("", "")
        return path, name


@lru_cache(maxsize=4096)
def _stems(path: str) -> frozenset[str]:
    """The last parts of the modules that may mean a file: its stem, and its folder's name where it stands for the folder."""
    folder, _, name = path.rpartition("/")
    stem = name.partition(".")[0]
    stands_for_folder = stem in ("index", "mod", "lib", "main", "__init__", folder.rpartition("/")[2])
    return frozenset({stem, folder.rpartition("/")[2], ""} if stands_for_folder else {stem})


def last_part(module: str) -> str:
    """What tells a module of JavaScript best: the last part of its path, without an ending; "" for a folder alone."""
    part = module.rstrip("/").rpartition("/")[2]
    return "" if part in (".", "..") else part.partition(".")[0]


def _folder(path: str) -> str:
    return path.rpartition("/")[0]
