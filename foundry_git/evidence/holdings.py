"""Holdings: what this replica holds beside what comes from a remote, so that each side gets what it lacks.

Where nothing is known of the remote all names are compared; where it is known at which commit it held the same as the journal up to a
mark, only what came since on either side.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Protocol

from foundry_git.evidence.journal import Journal
from foundry_git.evidence.ledger import Ledger
from foundry_git.evidence.lines import START, Mark

_NAME_BYTES = 16  # of 32, which take twice the memory: two of a million events share them once in 10 ** 26 libraries


class Holdings(Protocol):
    """What is held here, before anything was taken from the remote; ``mark``: the end of what was looked at."""

    mark: Mark

    def lacking(self, lines: Iterable[bytes]) -> list[bytes]:
        """Return those of the remote's lines that are not here, each once; all of them are known to be there from then on."""

    def unshared(self) -> Iterator[bytes]:
        """Yield the lines that are here and, as far as the remote's lines were told, not there."""


class Everything:
    """All of the journal, by name: a million take 110 MB and two seconds."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._is_there: dict[bytes, bool] = {}
        self.mark = START
        for lines, self.mark, restarted in journal.pieces():
            if restarted:
                self._is_there.clear()
            self._is_there.update((_name(line), False) for line in lines)

    def lacking(self, lines: Iterable[bytes]) -> list[bytes]:
        """See :class:`Holdings`."""
        found = []
        for line in lines:
            name = _name(line)
            if name not in self._is_there:
                found.append(line)
            self._is_there[name] = True
        return found

    def unshared(self) -> Iterator[bytes]:
        """See :class:`Holdings`."""
        if all(self._is_there.values()):
            return
        for lines, _, _ in self._journal.pieces():
            for line in lines:
                if self._is_there.get(_name(line)) is False:
                    self._is_there[_name(line)] = True  # it may stand there twice
                    yield line


class Since:
    """What was appended behind a mark up to which the remote had everything.

    Raises:
        ValueError: the journal is another file than the one that was marked.
    """

    def __init__(self, ledger: Ledger, mark: Mark) -> None:
        self._ledger = ledger
        self._new: dict[str, bytes] = {}
        self.mark = mark
        for lines, self.mark, restarted in ledger.journal.pieces(mark):
            if restarted:
                raise ValueError("the journal is another file")
            self._new.update((hashlib.sha256(line).hexdigest(), line) for line in lines)

    def lacking(self, lines: Iterable[bytes]) -> list[bytes]:
        """See :class:`Holdings`."""
        named = {hashlib.sha256(line).hexdigest(): line for line in lines}
        found = [named[name] for name in sorted(self._ledger.lacking(named.keys() - self._new.keys()))]
        for name in named:
            self._new.pop(name, None)
        return found

    def unshared(self) -> Iterator[bytes]:
        """See :class:`Holdings`."""
        yield from self._new.values()


def _name(line: bytes) -> bytes:
    return hashlib.sha256(line).digest()[:_NAME_BYTES]
