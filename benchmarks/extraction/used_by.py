"""Used by: of what we say uses a unit, how much does? Claims that were read one by one, held against what is claimed today.

``python -m benchmarks.extraction.used_by REPOSITORY…`` looks at the repositories of ``used_by.json`` beside this file, at the commits
given there, and writes ``results/used_by.json`` when all of them are named. Precision is of the claims that still stand; what was read
to be real and is no longer claimed is counted as lost. With ``--sheet N`` it prints N claims of each repository to be read instead.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks.extraction.general_words import unit_names
from benchmarks.measure import write
from foundry_git.extraction.surroundings import references_in
from foundry_git.git.history import one_commit
from foundry_git.git.objects import BlobReader
from foundry_git.git.repository import Repository
from foundry_git.git.tree import CommitTree
from foundry_git.source.files import is_source, is_test_path
from foundry_git.source.references import References

LIST = Path(__file__).with_name("used_by.json")
LINES = 3  # of a claim on a sheet

Texts = Mapping[str, str]


def main() -> None:
    """Print a sheet, or count."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.extraction.used_by", description=__doc__)
    parser.add_argument("repository", nargs="+", type=Path, metavar="REPOSITORY")
    parser.add_argument("--sheet", type=int, metavar="N", help="print N claims of each repository to be read")
    options = parser.parse_args()
    listed = json.loads(LIST.read_text(encoding="utf-8"))
    rows = {}
    for place in options.repository:
        name = place.name.removesuffix(".git")
        references, texts = _read(Repository.at(place), listed.get(name, {}).get("commit", "HEAD"))
        if options.sheet:
            print("\n".join(_sheet(name, references, texts, options.sheet)))
        elif name in listed:
            rows[name] = _counted(references, listed[name]["uses"])
    if rows.keys() == listed.keys():
        total = {key: sum(row[key] for row in rows.values()) for key in ("read", "claimed", "real", "lost")}
        write("used_by", {**total, "precision": round(total["real"] / total["claimed"], 3), "repositories": rows})


def _read(repository: Repository, revision: str) -> tuple[References, Texts]:
    commit = one_commit(repository, revision)
    tree = CommitTree(BlobReader(repository), commit.id, commit)
    texts = {file.path: tree.read(file).decode("utf-8", "replace") for file in tree.files if is_source(file.path)}
    return references_in(tree), texts


def _counted(references: References, uses: Mapping[str, Mapping[str, bool]]) -> dict[str, int]:
    found = {"read": 0, "claimed": 0, "real": 0, "lost": 0}
    for unit, users in uses.items():
        claimed = references.users(*unit.split("::", 1))
        for user, is_real in users.items():
            found["read"] += 1
            found["claimed"] += user in claimed
            found["real"] += is_real and user in claimed
            found["lost"] += is_real and user not in claimed
    return found


def _sheet(name: str, references: References, texts: Texts, count: int) -> Iterator[str]:
    """Claims taken by chance, one of each unit, with lines of the using file that hold the name."""
    claims = [
        (path, unit, user, uses)
        for path, text in texts.items()
        if not is_test_path(path)
        for unit in unit_names(path, text)
        for user, uses in sorted(references.users(path, unit).items())
    ]
    random.Random(name).shuffle(claims)
    once = list({(path, unit): (path, unit, user, uses) for path, unit, user, uses in claims}.values())
    for path, unit, user, uses in once[:count]:
        lines = [
            f"    {number}: {line.strip()[:120]}"
            for number, line in enumerate(texts[user].splitlines(), 1)
            if re.search(rf"\b{re.escape(unit)}\b", line)
        ]
        yield "\n".join([f"{name}: {path}::{unit} <- {user} ({uses} times, {len(lines)} lines)", *lines[:LINES]])


if __name__ == "__main__":
    main()
