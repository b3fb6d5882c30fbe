"""Trials of hostile names and paths: typed, in manifests, in reports, and in the trees of a repository that a stranger made."""

from __future__ import annotations

import contextlib
import hashlib
import json
import random
import shutil
import zlib
from collections.abc import Mapping
from pathlib import Path

from benchmarks.reliability.mutations import hostile_name
from benchmarks.reliability.trial import CODE, LIBRARY, MANIFEST, Trial, put
from foundry_git.errors import FoundryError
from foundry_git.git.objects import BlobReader, files_of
from foundry_git.git.repository import Repository
from foundry_git.git.tree import CommitTree
from foundry_git.injection.blocks import local_of
from foundry_git.library.candidates import REF, CandidateStore
from foundry_git.library.library import Library, open_library
from foundry_git.library.past import library_at
from foundry_git.library.reading import read_library
from foundry_git.outcomes.covered_files import Checkout, covered_files
from foundry_git.outcomes.reports import read_found
from foundry_git.pattern.naming import parse_reference


def names(folder: Path) -> Trial:
    """Hostile names and paths: typed, in manifests, in reports, and in the trees of a repository that a stranger made."""
    repository, library = folder / "repo", folder / "library"
    place = Repository.at(new_repository(repository))
    put(library, {"foundry.yaml": LIBRARY.encode(), "patterns/python/a/v1/it.py": CODE.encode()})
    checkout = Checkout(repository, frozenset({"src/a.py", "a.py"}), repository)

    def trial(dice: random.Random) -> None:
        name = hostile_name(dice, with_nul=True)
        with contextlib.suppress(FoundryError):
            parse_reference(name)
        _in_manifests(library, name, place)
        _in_reports(repository, name, checkout)
        _in_trees(place, hostile_name(dice), folder)

    return trial


def _in_manifests(folder: Path, name: str, repository: Repository) -> None:
    quoted = json.dumps(name)
    origin = f"origin: {{repository: repo, path: {quoted}, symbol: {quoted}, commit: {quoted}}}\n"
    text = f"schema: 1\nname: {quoted}\nkind: function\ndescription: a\nlanguage: python\n{origin}"
    for code in ("it.py", name):
        put(folder, {"patterns/python/a/v1/pattern.yaml": f"{text}code: {json.dumps(code)}\n".encode()})
        patterns, _ = read_library(open_library(folder))
        for pattern in patterns:
            local_of(pattern, repository)
    put(folder, {"pointer/foundry.yaml": f"library: {quoted}\n".encode()})
    with contextlib.suppress(FoundryError):
        open_library(folder / "pointer")


def _in_reports(folder: Path, name: str, checkout: Checkout) -> None:
    attribute = "".join(f"&#{ord(char)};" for char in name)
    junit = f"<testsuite name='{attribute}'><testcase file='{attribute}' classname='{attribute}' name='{attribute}'/></testsuite>"
    sources = f"<sources><source>{attribute}</source><source>src</source></sources>"
    cobertura = f"<coverage>{sources}<class filename='{attribute}'><line number='1' hits='1'/></class></coverage>"
    lcov = f"SF:{name}\nDA:1,1\nend_of_record\n"
    contexts = json.dumps({"meta": {"format": 3}, "files": {name: {"executed_lines": [1], "missing_lines": []}}})
    for number, text in enumerate((junit, cobertura, lcov, contexts)):
        (folder / "report").write_bytes(text.encode("utf-8", "surrogatepass"))
        found = read_found([] if number else ["report"], ["report"] if number else [], folder)
        covered_files(found.coverages, checkout)


def _in_trees(repository: Repository, name: str, folder: Path) -> None:
    """A tree that holds the name in every place where a library or a candidate has one."""
    commit = commit_of(repository, name.replace("\0", "").encode("utf-8", "surrogatepass") or b"x")
    with BlobReader(repository) as blobs, contextlib.suppress(FoundryError):
        CandidateStore(blobs).read()
        found = CommitTree(blobs, commit)
        found.at([name, f"patterns/{name}", "patterns/python/a/v1/pattern.yaml"])
        files_of(repository, commit)
    past = folder / "past"
    past.mkdir()
    try:
        with contextlib.suppress(FoundryError):
            read_library(library_at(Library("repo", "", repository.top or past, {}), repository, commit, past))
    finally:
        shutil.rmtree(past)


def commit_of(repository: Repository, name: bytes) -> str:
    """A commit with a library in whose tree the name stands at every level; ``refs/foundry/candidates`` points into it."""
    blob = _object(repository, b"blob", b"echo\n")
    version = _tree(repository, {b"pattern.yaml": (b"100644", _object(repository, b"blob", MANIFEST)), name: (b"100644", blob)})
    slug = _tree(repository, {b"v1": (b"40000", version), name: (b"40000", version)})
    language = _tree(repository, {b"a": (b"40000", slug), name: (b"40000", slug)})
    patterns = _tree(repository, {b"python": (b"40000", language), name: (b"120000", blob)})
    top = {b"foundry.yaml": (b"100644", _object(repository, b"blob", LIBRARY.encode())), b"patterns": (b"40000", patterns)}
    tree = _tree(repository, top | {name: (b"160000", blob)})
    author = b"A <a@example.com> 1700000000 +0000"
    commit = _object(
        repository, b"commit", b"tree %s\nauthor %s\ncommitter %s\n\nwork\n" % (tree.hex().encode(), author, author)
    ).hex()
    (repository.git_dir / REF).parent.mkdir(parents=True, exist_ok=True)
    (repository.git_dir / REF).write_text(f"{language.hex()}\n", encoding="ascii")
    return commit


def new_repository(folder: Path) -> Path:
    """A repository with nothing in it, made without a process."""
    git = folder / ".git"
    for name in ("objects", "refs/heads"):
        (git / name).mkdir(parents=True)
    (git / "HEAD").write_text("ref: refs/heads/main\n", encoding="ascii")
    (git / "config").write_text("[core]\n\trepositoryformatversion = 0\n\tbare = false\n", encoding="ascii")
    return folder


def _object(repository: Repository, kind: bytes, content: bytes) -> bytes:
    """Write an object as it is, which Git itself would refuse to write of many trees."""
    whole = b"%s %d\0%s" % (kind, len(content), content)
    id = hashlib.sha1(whole).hexdigest()
    place = repository.common_dir / "objects" / id[:2] / id[2:]
    if not place.exists():
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(zlib.compress(whole, 1))
    return bytes.fromhex(id)


def _tree(repository: Repository, entries: Mapping[bytes, tuple[bytes, bytes]]) -> bytes:
    return _object(repository, b"tree", b"".join(b"%s %s\0%s" % (mode, name, id) for name, (mode, id) in sorted(entries.items())))
