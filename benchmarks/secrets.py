"""Secrets: how many of made-up tokens the screen finds, by embedding and rule, and how many real files it stops.

``python -m benchmarks.secrets [FOLDER…]`` takes the clean files from the folders, or from the standard library's sources.
Files that extraction passes by, tests among them, are not counted: they hold keys that are meant to be there.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from benchmarks.corpus import python_files
from benchmarks.measure import summary, timed, write
from benchmarks.tokens import EMBEDDINGS, KINDS, tokens
from foundry_git.source.files import why_skipped
from foundry_git.source.languages import language_of
from foundry_git.source.secret_rules import RULES
from foundry_git.source.secrets import find_secrets

EACH, ROUNDS, FILES = 5, 3, 3000


def main(folders: Sequence[str] = ()) -> None:
    """Measure, print and write ``results/secrets.json``."""
    texts = dict(_texts(_sources(folders) if folders else ((path.name, path) for path in python_files(FILES))))
    stopped = {name: hits for name, text in texts.items() if (hits := find_secrets(text))}
    taken = [timed(lambda: [find_secrets(text) for text in texts.values()]) for _ in range(ROUNDS)]
    write(
        "secrets",
        _recall()
        | {
            "clean_files": len(texts),
            "clean_bytes": sum(len(text.encode()) for text in texts.values()),
            "stopped_files": len(stopped),
            "stopped_share": round(len(stopped) / max(len(texts), 1), 5),
            "stopped_by_rule": dict(Counter(rule for hits in stopped.values() for rule in {hit.rule for hit in hits})),
            "stopped_at": sorted(f"{name}:{hits[0].line} {hits[0].rule}" for name, hits in stopped.items()),
            "screening": summary(taken),
        },
    )


def _recall() -> dict[str, object]:
    made = list(tokens(EACH))
    found: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for number, token in enumerate(made):
        for name, embed in EMBEDDINGS.items():
            if find_secrets(embed(token.text, number % 5 + number // 5 % 3)):
                found[name] += 1
            else:
                missed[f"{token.rule} ({name})"] += 1
    return {
        "tokens": len(made),
        "kinds": len(KINDS),
        "rules": len(RULES),
        "recall": {name: round(found[name] / len(made), 4) for name in EMBEDDINGS},
        "missed_by_rule": dict(missed),
    }


def _sources(folders: Iterable[str]) -> Iterator[tuple[str, Path]]:
    """The source files below folders, each with its path from the folder."""
    for folder in map(Path, folders):
        yield from ((path.relative_to(folder).as_posix(), path) for path in sorted(folder.rglob("*")) if language_of(path.name))


def _texts(files: Iterable[tuple[str, Path]]) -> Iterator[tuple[str, str]]:
    for name, path in files:
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            if not why_skipped(name, content):
                yield name, content.decode("utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
