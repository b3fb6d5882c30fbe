"""Scores as they are looked up: a search needs those of a hundred patterns at most, and there may be evidence of years on others."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from foundry_git.evidence.scoring import Score

Read = Callable[[Collection[str] | None], Mapping[str, Score]]
"""The scores of some digests, or of all that have one."""

MOST_ALONE = 16  # lookups: each is a question of its own, and whoever puts more of them is better off with all scores


class KnownScores(Mapping[str, Score]):
    """Digest → score of all that was injected, adopted, judged or decided; any other is ``scoring.UNTESTED``.

    What was not looked up before new evidence came may count that too; ``dict`` of it reads all at once.
    """

    def __init__(self, read: Read) -> None:
        self._read = read
        self._known: dict[str, Score | None] = {}
        self._looked_up = 0
        self._has_all = False

    def ahead(self, digests: Collection[str]) -> None:
        """Read the scores of some digests in one go, before they are looked up."""
        new = frozenset(digests) - self._known.keys()
        if new and not self._has_all:
            found = self._read(new)
            self._known.update((digest, found.get(digest)) for digest in new)

    def __getitem__(self, digest: str) -> Score:
        if digest not in self._known and not self._has_all:
            self._looked_up += 1
            if self._looked_up > MOST_ALONE:
                self._read_all()
            else:
                self.ahead((digest,))
        score = self._known.get(digest)
        if score is None:
            raise KeyError(digest)
        return score

    def __iter__(self) -> Iterator[str]:
        self._read_all()
        return (digest for digest, score in self._known.items() if score)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _read_all(self) -> None:
        if not self._has_all:
            self._known = {**self._read(None)}
            self._has_all = True
