"""Candidates: extracted units that nobody has accepted yet, kept on the local ref ``refs/foundry/candidates``.

The ref points straight at a tree, not at a commit: ``git log --all`` stays as it was, nothing of it is pushed, and HEAD, the user's
index and the work tree are never touched.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from msgspec import Struct

from foundry_git.errors import BusyError, FoundryError, GitError
from foundry_git.git.expiry import let_expire, superseded
from foundry_git.git.objects import BlobReader, TreeFile, move_ref, write_tree
from foundry_git.git.tree import CommitTree
from foundry_git.pattern import yamltext
from foundry_git.pattern.manifest import FILE_NAME, read_manifest, write_manifest
from foundry_git.pattern.naming import companion_file
from foundry_git.pattern.record import Manifest, Origin

REF = "refs/foundry/candidates"
FACTS_FILE = "candidate.yaml"
_OPTIONAL = ("near_from", "week", "supersedes", "described_by")
MOVED_MEANWHILE = 20  # each try takes about 20 ms, and whoever was faster has made progress


class Candidate(Struct, frozen=True):
    """One candidate.

    ``shape`` identifies its code without names, ``blob`` is the file version it was read from, ``worktree`` the work tree it was
    seen in; ``worth`` (0–100) ranks it and ``reasons`` says from what; ``near`` is ``ID, cosine`` of something much like it, "" of
    nothing, None while it was not compared, and ``near_from`` the likeness from which it counts as near ("": the shipped
    one); ``also_in`` names other files with the same shape.
    ``week`` (``2026-W47``) is that of the commit that brought it, "" when a command asked for it, and ``held`` says that the week's
    budget left no room for it; ``supersedes`` names the version
    (``python/retry@1``) whose origin this is, changed since; ``tests`` is a test file that passed and travels along;
    ``described_by`` names the program that wrote the description, "" for a person's words.
    """

    id: str
    manifest: Manifest
    code: str
    shape: str
    blob: str
    worktree: str
    worth: int
    reasons: tuple[str, ...] = ()
    near: str | None = None
    also_in: tuple[str, ...] = ()
    near_from: str = ""
    week: str = ""
    held: bool = False
    supersedes: str = ""
    tests: str = ""
    described_by: str = ""

    @property
    def origin(self) -> Origin:
        """Where it was found."""
        return self.manifest.origin or Origin()

    @property
    def key(self) -> tuple[str, str]:
        """What it is a candidate for: one per (path, symbol), the newest wins."""
        return self.origin.path, self.origin.symbol

    @property
    def places(self) -> int:
        """In how many places the same shape was seen."""
        return 1 + len(self.also_in)

    def files(self) -> dict[str, bytes]:
        """The files of the pattern version that accepting it writes."""
        files = {FILE_NAME: write_manifest(self.manifest).encode()}
        if not self.manifest.code:  # guidance
            return files
        files[self.manifest.code] = self.code.encode()
        return files | ({companion_file(self.manifest.code): self.tests.encode()} if self.tests else {})


class CandidateStore:
    """The candidates of one repository, read and replaced as a whole."""

    def __init__(self, objects: BlobReader) -> None:
        self.repository = objects.repository
        self._objects = objects
        self._known: tuple[str, tuple[Candidate, ...]] = "", ()

    def state(self) -> str:
        """The id of the tree that holds them, "" where there are none."""
        return self._tree()

    def read(self) -> list[Candidate]:
        """Every candidate that can be read, the most worth keeping first; read anew only where the ref has moved."""
        tree = self._tree()
        if tree != self._known[0]:
            content = {file.path: self._objects.read(file.blob) or b"" for file in self._files(tree)}
            ids = sorted({path.rpartition("/")[0] for path in content})
            found = [candidate for id in ids if (candidate := _read(id, content))]
            self._known = tree, tuple(sorted(found, key=lambda c: (-c.worth, c.id)))
        return list(self._known[1])

    def update(self, put: Sequence[Candidate], remove: Iterable[Candidate] = ()) -> None:
        """Put candidates in, replacing those of the same id, and take others out.

        A command and a worker may do so at once: whoever finds the ref moved starts again from where it is now.
        """
        gone = tuple(remove)
        for _ in range(MOVED_MEANWHILE):
            old = self._tree()
            try:
                return self._update(put, gone, old)
            except GitError:
                if self._tree() == old:
                    raise
        raise BusyError(self.repository.common_dir / REF, "")

    def _update(self, put: Sequence[Candidate], remove: Sequence[Candidate], old: str) -> None:
        stale = {candidate.id for candidate in (*put, *remove)}
        there = {file.path: file.blob for file in self._files(old)}
        drop = [path for path in there if path.rpartition("/")[0] in stale]
        files = {f"{candidate.id}/{name}": content for candidate in put for name, content in _files(candidate).items()}
        if not files and not drop:
            return
        new = write_tree(self.repository, files, old, drop) if files or len(drop) < len(there) else ""
        move_ref(self.repository, REF, new, old)
        facts = [self._objects.read(there[path]) or b"" for path in drop if path.endswith(f"/{FACTS_FILE}")]
        let_expire(self.repository, set(superseded(self._objects, old, new)) - {_blob_of(each) for each in facts})

    def _tree(self) -> str:
        found = self._objects.find(REF)
        return found.id if found else ""

    def _files(self, tree: str) -> list[TreeFile]:
        return CommitTree(self._objects, tree).below("")


def _files(candidate: Candidate) -> dict[str, bytes]:
    facts: dict[str, object] = {
        "shape": candidate.shape,
        "blob": candidate.blob,
        "worktree": candidate.worktree,
        "worth": candidate.worth,
        "reasons": list(candidate.reasons),
        "also_in": list(candidate.also_in),
        **{name: value for name in _OPTIONAL if (value := getattr(candidate, name))},
        **({"held": "yes"} if candidate.held else {}),
    }
    if candidate.near is not None:
        facts["near"] = candidate.near
    return candidate.files() | {FACTS_FILE: yamltext.write(facts).encode()}


def _read(id: str, content: dict[str, bytes]) -> Candidate | None:
    """Read one candidate; None when its files cannot be read, which only a hand-made ref brings about: it is extracted anew."""
    try:
        manifest = read_manifest(content[f"{id}/{FILE_NAME}"], Path(REF) / id / FILE_NAME)
        facts = yamltext.read(content[f"{id}/{FACTS_FILE}"], Path(REF) / id / FACTS_FILE)
        code = content[f"{id}/{manifest.code}"].decode("utf-8") if manifest.code else ""
        tests = content.get(f"{id}/{companion_file(manifest.code)}", b"").decode("utf-8") if manifest.code else ""
    except (FoundryError, KeyError, UnicodeDecodeError):
        return None
    reasons, also_in = facts.get("reasons", []), facts.get("also_in", [])
    return Candidate(
        id=id,
        manifest=manifest,
        code=code,
        shape=str(facts.get("shape", "")),
        blob=str(facts.get("blob", "")),
        worktree=str(facts.get("worktree", "")),
        worth=_number(facts.get("worth")),
        reasons=tuple(str(reason) for reason in reasons) if isinstance(reasons, list) else (),
        near=str(facts["near"]) if "near" in facts else None,
        also_in=tuple(str(path) for path in also_in) if isinstance(also_in, list) else (),
        tests=tests,
        held="held" in facts,
        **{name: str(facts.get(name, "")) for name in _OPTIONAL},
    )


def _blob_of(facts: bytes) -> str:
    """The file version that a candidate was read from: where the unit is the whole file, its blob is the user's too."""
    try:
        return str(yamltext.read(facts, Path(FACTS_FILE)).get("blob", ""))
    except FoundryError:
        return ""


def _number(value: yamltext.Value | None, default: int = 0) -> int:
    is_number = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10
    return int(str(value)) if is_number else default
