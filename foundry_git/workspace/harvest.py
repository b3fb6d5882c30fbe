"""Harvest: what an extraction found becomes candidates on their ref and events in the journal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from foundry_git.errors import SourceError, UsageError
from foundry_git.evidence.events import Adopted, Event, Sighted, place_of, receipt_of
from foundry_git.extraction import gathering
from foundry_git.extraction.gathering import SourceFile
from foundry_git.extraction.intake import AcceptedShape, Extractor, Intake, Known, Sighting, vanished
from foundry_git.git.history import Commit, commits_between, one_commit
from foundry_git.git.objects import BlobReader, files_of
from foundry_git.git.repository import Repository
from foundry_git.library.candidates import Candidate
from foundry_git.source.units import read_units
from foundry_git.workspace.finding import converge, documents_by_shape
from foundry_git.workspace.workspace import Workspace

ADOPTION_WINDOW = timedelta(days=14)
"""How long after an injection a commit with the pattern's shape counts as its use; later ones are only sightings."""

Progress = Callable[[int, int], None]
"""Called with (files looked at, files in all)."""


@dataclass(frozen=True, slots=True)
class Harvest:
    """What came of one extraction: the intake, and the patterns that were adopted (their digests)."""

    intake: Intake
    adopted: tuple[str, ...] = ()


def harvest_commits(workspace: Workspace, commits: Sequence[Commit], at: str, store: bool = True) -> Harvest:
    """Extract what ``commits`` changed, as it is at the commit ``at``."""
    repository = workspace.need_repository()
    extractor = _extractor(workspace)
    for file in gathering.of_commits(repository, commits, at, extractor.settings):
        extractor.take(file)
    return _finish(workspace, extractor, store)


def harvest_range(workspace: Workspace, range_text: str, store: bool = True) -> Harvest:
    """Extract the commits of ``A..B`` (or of ``A..``, up to HEAD), by any author."""
    old, dots, new = range_text.partition("..")
    if not dots or not old or new.startswith("."):
        raise UsageError(f"{range_text}: not a range; write A..B, e.g. HEAD~10..HEAD")
    repository = workspace.need_repository()
    tip = repository.resolve(new or "HEAD")
    return harvest_commits(workspace, commits_between(repository, repository.resolve(old), tip), tip, store)


def harvest_commit(workspace: Workspace, revision: str, store: bool = True) -> Harvest:
    """Extract what one commit changed."""
    commit = one_commit(workspace.need_repository(), revision)
    return harvest_commits(workspace, [commit], commit.id, store)


def harvest_everything(workspace: Workspace, progress: Progress | None = None, store: bool = True) -> Harvest:
    """Extract every unit that lives at HEAD."""
    repository = workspace.need_repository()
    extractor = _extractor(workspace)
    head = one_commit(repository, "HEAD")
    total, files = gathering.of_tree(repository, head, extractor.settings)
    _take_all(extractor, files, total, progress)
    return _finish(workspace, extractor, store)


def harvest_folder(workspace: Workspace, folder: Path, progress: Progress | None = None, store: bool = True) -> Harvest:
    """Extract every unit below a folder (or in a file) of this machine.

    Raises:
        UsageError: there is nothing at that path.
    """
    if not folder.exists():
        raise UsageError(f"{folder}: no such file or folder")
    extractor = _extractor(workspace)
    top = workspace.repository.top if workspace.repository else None
    inside = top is not None and folder.resolve().is_relative_to(top.resolve())
    total, files = gathering.of_folder(folder, extractor.settings, top if inside else None)
    _take_all(extractor, files, total, progress)
    return _finish(workspace, extractor, store)


def prune(workspace: Workspace, head: str) -> list[Candidate]:
    """Take out the candidates of this work tree whose code is gone at ``head``, and those that are patterns there now."""
    repository = workspace.need_repository()
    here = [c for c in workspace.candidates.read() if c.worktree == repository.worktree_name and c.blob]
    if not here:
        return []
    wanted = {candidate.origin.path for candidate in here}
    blobs = {file.path: file.blob for file in files_of(repository, head, sorted(wanted)) if file.path in wanted}
    with BlobReader(repository) as reader:
        gone = vanished(here, blobs, lambda path: _symbols(path, reader.read(blobs[path])))
    moved = _moved(repository, head, [candidate for candidate in gone if candidate.origin.path not in blobs])
    gone = [candidate for candidate in gone if candidate.id not in {one.id for one in moved}]
    gone += [candidate for candidate in here if candidate not in gone and _is_committed(workspace, candidate, head)]
    if gone or moved:
        workspace.candidates.update(moved, gone)
    return gone


def known_to(workspace: Workspace) -> Known:
    """What new units are compared with."""
    converge(workspace)
    documents = documents_by_shape(workspace)
    ids = frozenset(row.document.id for row in workspace.index.catalogue.rows())
    return Known(
        accepted={shape: AcceptedShape(d.id, d.digest, (d.origin_path, d.origin_symbol)) for shape, d in documents.items()},
        rejected=frozenset(workspace.ledger.rejected_shapes()),
        candidates=workspace.candidates.read() if workspace.repository else (),
        ids=ids,
    )


def origin_name(repository: Repository | None) -> str:
    """What a repository is called in an origin: its remote without credentials, or its folder's name."""
    if repository is None:
        return ""
    url = repository.setting("remote.origin.url")
    if not url or url.startswith((".", "/", "~")):
        return (repository.top or repository.common_dir).name
    parts = urlsplit(url)
    if not parts.scheme:
        return url
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _extractor(workspace: Workspace) -> Extractor:
    settings = workspace.settings.extraction
    repository = workspace.repository
    own = workspace.own
    if own and repository and repository.top and own.root.is_relative_to(repository.top.resolve()):
        inside = own.patterns.relative_to(repository.top.resolve()).as_posix()
        settings = replace(settings, ignore_paths=(*settings.ignore_paths, inside))
    name = repository.worktree_name if repository else "main"
    return Extractor(settings, known_to(workspace), origin_name(repository), name)


def _take_all(extractor: Extractor, files: Iterable[SourceFile], total: int, progress: Progress | None) -> None:
    for number, file in enumerate(files, 1):
        extractor.take(file)
        if progress:
            progress(number, total)


def _finish(workspace: Workspace, extractor: Extractor, store: bool) -> Harvest:
    intake = extractor.intake
    if not store:
        return Harvest(intake)
    workspace.need_repository()
    if intake.put:
        workspace.candidates.update(intake.put)
    adopted = _adoptions(workspace, intake.sightings)
    events: list[Event] = [_sighted(s) for s in intake.sightings if s.blob and s.date]
    workspace.ledger.record(*events, *adopted)
    return Harvest(intake, tuple(event.digest for event in adopted))


def _sighted(sighting: Sighting) -> Sighted:
    return Sighted(
        at=datetime.fromisoformat(sighting.date),
        shape=sighting.shape,
        place=place_of(sighting.path, sighting.blob),
        pattern=sighting.digest or None,
    )


def _adoptions(workspace: Workspace, sightings: Sequence[Sighting]) -> list[Adopted]:
    """A pattern that stands in a commit soon after it was injected was used."""
    found = []
    dated = [(s, datetime.fromisoformat(s.date)) for s in sightings if s.digest and s.date and s.commit]
    receipts = workspace.ledger.open_receipts() if dated else ()
    for injected in receipts:
        digests = {item.digest for item in injected.items}
        since = injected.at.replace(microsecond=0)  # commits are dated to the second
        for sighting, at in dated:
            if sighting.digest in digests and since <= at <= since + ADOPTION_WINDOW:
                receipt = receipt_of(injected)
                found.append(Adopted(at=at, digest=sighting.digest, source="commit", receipt=receipt, commit=sighting.commit))
    return found


def _moved(repository: Repository, head: str, lost: Sequence[Candidate]) -> list[Candidate]:
    """Those of ``lost`` whose file stands unchanged under another name, with that name."""
    if not lost:
        return []
    path = {file.blob: file.path for file in files_of(repository, head)}
    return [_at(candidate, path[candidate.blob]) for candidate in lost if candidate.blob in path]


def _at(candidate: Candidate, path: str) -> Candidate:
    return replace(candidate, manifest=replace(candidate.manifest, origin=replace(candidate.origin, path=path)))


def _is_committed(workspace: Workspace, candidate: Candidate, head: str) -> bool:
    document = documents_by_shape(workspace).get(candidate.shape)
    repository, own = workspace.need_repository(), workspace.own
    if document is None or own is None:
        return False
    top = repository.top.resolve() if repository.top else None
    if top is None or not Path(document.path).is_relative_to(top):
        return True
    return bool(files_of(repository, head, [Path(document.path).relative_to(top).as_posix()]))


def _symbols(path: str, content: bytes | None) -> frozenset[str]:
    try:
        return frozenset(unit.symbol for unit in read_units((content or b"").decode("utf-8"), path))
    except (SourceError, UnicodeDecodeError):
        return frozenset()
