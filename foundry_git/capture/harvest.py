"""Harvest: what an extraction found becomes candidates on their ref and events in the journal."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from foundry_git.capture.test_reports import NOTHING_HEARD, Hearing, hear
from foundry_git.errors import UsageError
from foundry_git.evidence.events import Adopted
from foundry_git.extraction import gitleaks, source_files
from foundry_git.extraction.budget import settle, week_of
from foundry_git.extraction.census import Census
from foundry_git.extraction.corrections import corrections_in
from foundry_git.extraction.drafts import Scene
from foundry_git.extraction.intake import NO_PLACE, AcceptedShape, Extractor, Intake, KnownUnits
from foundry_git.extraction.lessons import Refused, lessons
from foundry_git.extraction.near_duplicates import Neighbourhood, near_at_once
from foundry_git.extraction.next_version import succeeding
from foundry_git.extraction.origin_repository import lying_here
from foundry_git.extraction.origins import current_places, newest_documents
from foundry_git.extraction.source_files import SourceFile
from foundry_git.extraction.surroundings import Surroundings
from foundry_git.extraction.unit_context import unknown
from foundry_git.extraction.verdict import VerdictKind
from foundry_git.git.history import NO_CHANGES, Commit, CommitChanges, changed_by, commits_between, one_commit, range_ends
from foundry_git.git.identity import NOWHERE, Identity, identity_of
from foundry_git.git.patches import patches_of
from foundry_git.git.roots import roots_up_to
from foundry_git.git.tree import CommitTree
from foundry_git.history.lineage import Lineages
from foundry_git.history.mined_history import (
    MinedHistory,
    known_lineages,
    last_before,
    mine,
)
from foundry_git.index.document import Document
from foundry_git.library.candidates import Candidate
from foundry_git.library.work_trees import stored_name
from foundry_git.pattern.naming import PatternRef
from foundry_git.progress import Bars, Progress, no_bar
from foundry_git.search.head_units import METHOD
from foundry_git.source.files import is_source, is_test_path
from foundry_git.workspace import Workspace

if TYPE_CHECKING:
    from foundry_git.outcomes.junit import JUnitReport


MOST_FIXES = 1_000  # the newest, of which the lines are compared: 0.7 s


class Harvest(Struct, frozen=True):
    """What came of one extraction: the intake, the patterns that were adopted (their digests), and what reports brought.

    ``waited``: how many of its candidates and lessons were candidates before.
    """

    intake: Intake
    adopted: tuple[str, ...] = ()
    hearing: Hearing = NOTHING_HEARD
    waited: int = 0

    @property
    def lessons(self) -> int:
        """How many of the candidates are lessons, of which no verdict speaks."""
        return sum(_is_lesson(candidate) for candidate in self.intake.put)


def harvest_commits(
    workspace: Workspace,
    commits: Sequence[Commit],
    tree: CommitTree,
    store: bool = True,
    in_budget: bool = False,
    reports: Sequence[JUnitReport] = (),
) -> Harvest:
    """Extract what ``commits`` changed, as it is in ``tree``; ``in_budget``: nobody asked, so a week brings only a few.

    ``reports`` are of test runs of the code in that tree.
    """
    repository = tree.objects.repository
    week = week_of(tree.commit.commit_date) if in_budget else ""
    around = _around(workspace.folders.cache, tree, known_lineages(repository, tree.id))
    extractor = _extractor(workspace, around, week, names=_names_at_head(workspace))
    hearing = _hear(extractor, reports, lambda: source_files.of_tree(tree, extractor.settings)[1])
    done = changed_by(repository, commits)
    for file in source_files.of_commits(tree, done, extractor.settings):
        extractor.take(file)
    return _finish(workspace, extractor, store, hearing, done)


def harvest_range(workspace: Workspace, range_text: str, store: bool = True, reports: Sequence[JUnitReport] = ()) -> Harvest:
    """Extract the commits of ``A..B`` (or of ``A..``, up to HEAD), by any author."""
    old, new = range_ends(range_text)
    repository = workspace.need_repository()
    tree = CommitTree(workspace.objects, repository.resolve(new))
    return harvest_commits(workspace, commits_between(repository, repository.resolve(old), tree.id), tree, store, reports=reports)


def harvest_commit(workspace: Workspace, revision: str, store: bool = True, reports: Sequence[JUnitReport] = ()) -> Harvest:
    """Extract what one commit changed."""
    commit = one_commit(workspace.need_repository(), revision)
    return harvest_commits(workspace, [commit], CommitTree(workspace.objects, commit.id, commit), store, reports=reports)


def harvest_everything(
    workspace: Workspace,
    bar: Bars = no_bar,
    store: bool = True,
    since: datetime | None = None,
    until: datetime | None = None,
    reports: Sequence[JUnitReport] = (),
) -> Harvest:
    """Extract every unit that lives at HEAD, or lived at ``until``, with its history; ``since``: only what was touched later.

    The history is mined once and kept: an interrupted run goes on where it was, the next one takes only what is new.
    """
    repository = workspace.need_repository()
    head = last_before(repository, until)
    roots_up_to(repository, head.id)
    mined = mine(repository, head, bar("commits"), since)
    tree = CommitTree(workspace.objects, head.id, head)
    surroundings = _around(workspace.folders.cache, tree, mined.lineages)
    extractor = _extractor(workspace, surroundings)
    surroundings.read_all(bar("callers"))
    hearing = _hear(extractor, reports, lambda: source_files.of_tree(tree, extractor.settings)[1])
    total, files = source_files.of_tree(tree, extractor.settings, mined.last_touched, since)
    _take_all(extractor, files, total, bar("files"))
    extractor.intake.candidates += _lessons(workspace, mined, extractor.scene, tree)
    if store and until is None:
        Census(workspace.folders.cache, repository).write(extractor.shapes)
    return _finish(workspace, extractor, store, hearing)


def harvest_folder(
    workspace: Workspace, folder: Path, bar: Bars = no_bar, store: bool = True, reports: Sequence[JUnitReport] = ()
) -> Harvest:
    """Extract every unit below a folder (or in a file) of this machine; outside of the repository it has no origin there.

    Raises:
        UsageError: there is nothing at that path.
    """
    if not folder.exists():
        raise UsageError(f"{folder}: no such file or folder")
    top = workspace.repository.top if workspace.repository else None
    inside = top if top is not None and folder.resolve().is_relative_to(top.resolve()) else None
    extractor = _extractor(workspace, None, here=None if inside else NOWHERE)
    hearing = _hear(extractor, reports, lambda: source_files.of_folder(folder, extractor.settings, inside)[1])
    total, files = source_files.of_folder(folder, extractor.settings, inside)
    _take_all(extractor, files, total, bar("files"))
    return _finish(workspace, extractor, store, hearing)


def adopted_in(workspace: Workspace, commits: Sequence[Commit]) -> list[Adopted]:
    """The accepted patterns that commits (oldest first) use; nothing is stored."""
    from foundry_git.outcomes.adoption import adoptions  # as in _finish

    if not commits or workspace.own is None:
        return []
    tree = CommitTree(workspace.objects, commits[-1].id, commits[-1])
    extractor = _extractor(workspace, _around(workspace.folders.cache, tree, None))
    done = changed_by(tree.objects.repository, commits)
    for file in source_files.of_commits(tree, done, extractor.settings):
        extractor.take(file)
    return adoptions(workspace, extractor.finish().sightings, done, extractor.origins)


def _lessons(workspace: Workspace, mined: MinedHistory, scene: Scene, tree: CommitTree) -> list[Candidate]:
    """Guidance from what fixes corrected again and again, as far as it still stands so in ``tree``."""
    refused = Refused(workspace.patterns.ids(), frozenset(workspace.ledger.rejected_shapes()))
    fixes = {fix for lineage in (*mined.lineages.living(), *mined.lineages.dead) for fix in lineage.fixes}
    newest = [commit for commit in mined.commits if commit in fixes][: -MOST_FIXES - 1 : -1]
    found = corrections_in(patches_of(workspace.need_repository(), newest))
    there = tree.at({path for corrected in found.values() for path in corrected.paths})
    texts = {path: tree.read(file).decode("utf-8", "replace") for path, file in there.items()}
    told = lessons(found, texts, mined.commits, scene, refused, lambda call: _is_called(tree, call))
    return [replace(one, blob=there[one.origin.path].blob) for one in told]


def _is_called(tree: CommitTree, call: str) -> bool:
    """Say whether code that is no test holds a name with its bracket, which may be part of a longer name."""
    words = re.findall(r"\w+", call)
    files = [file for file in tree.naming(words[-1]) if is_source(file.path) and not is_test_path(file.path)] if words else []
    return any(call.encode() in tree.read(file) for file in files)


def known_to(workspace: Workspace, here: Identity | None = None) -> KnownUnits:
    """What new units are compared with; ``here``: which repository this is, where somebody has asked already."""
    workspace.patterns.converge()
    here = identity_of(workspace.repository) if here is None else here
    shapes, newest = workspace.patterns.documents_by_shape(), newest_documents(workspace.index.catalogue)
    mine = _digests_of(workspace, here, (*shapes.values(), *newest))
    return KnownUnits(
        accepted={shape: _accepted(document, document.digest in mine) for shape, document in shapes.items()},
        rejected=frozenset(workspace.ledger.rejected_shapes()),
        candidates=workspace.candidates.read() if workspace.repository else (),
        ids=workspace.patterns.ids(),
        origins=_origins(workspace, [document for document in newest if document.digest in mine]),
    )


def _digests_of(workspace: Workspace, here: Identity, documents: Iterable[Document]) -> frozenset[str]:
    """The digests of the patterns whose origin lies in this repository."""
    if workspace.repository is None or here == NOWHERE:
        return frozenset()
    once = {document.digest: document for document in documents}
    return frozenset(document.digest for document in lying_here(once.values(), here, workspace.objects))


def _accepted(document: Document, is_from_here: bool) -> AcceptedShape:
    """An accepted pattern; what stands at the place of an origin in another repository is no origin but a copy."""
    origin = (document.origin_path, document.origin_symbol) if is_from_here else NO_PLACE
    return AcceptedShape(document.id, document.digest, origin)


def _around(cache: Path, tree: CommitTree, lineages: Lineages | None) -> Surroundings:
    return Surroundings(tree, lineages, Census(cache, tree.objects.repository).repositories_with)


def _origins(workspace: Workspace, documents: Sequence[Document]) -> dict[tuple[str, str], PatternRef]:
    """Where the origins of the own library's patterns stand in this repository, which ``documents`` come from."""
    mine = [document for document in documents if workspace.own and document.library == workspace.own.name]
    return current_places(workspace.head_tree(), mine) if mine else {}


def _names_at_head(workspace: Workspace) -> list[str]:
    """The names of the units that the search knows of, methods aside; none where it was never asked."""
    rows = workspace.units.catalogue.rows() if workspace.units and workspace.has_units else ()
    return [row.name for row in rows if row.kind != METHOD]


def _extractor(
    workspace: Workspace,
    surroundings: Surroundings | None,
    week: str = "",
    here: Identity | None = None,
    names: Sequence[str] = (),
) -> Extractor:
    repository = workspace.repository
    name = stored_name(repository.worktree_name) if repository else "main"
    scene = Scene(identity_of(repository) if here is None else here, name, week)
    known = replace(known_to(workspace, scene.repository), names=names)
    return Extractor(workspace.scope, known, scene, surroundings.look if surroundings else unknown)


def _hear(extractor: Extractor, reports: Sequence[JUnitReport], files: Callable[[], Iterable[SourceFile]]) -> Hearing:
    if not reports:
        return NOTHING_HEARD  # the whole tree is listed for reports only
    tested, hearing = hear(reports, files(), extractor.settings)
    extractor.hear(tested)
    return hearing


def _take_all(extractor: Extractor, files: Iterable[SourceFile], total: int, progress: Progress) -> None:
    for number, file in enumerate(files, 1):
        extractor.take(file)
        progress(number, total)


def _finish(
    workspace: Workspace, extractor: Extractor, store: bool, hearing: Hearing, done: CommitChanges = NO_CHANGES
) -> Harvest:
    intake = extractor.finish()
    waited = _waited(workspace, intake)
    if not store:
        return Harvest(intake, hearing=hearing, waited=waited)
    workspace.need_repository()
    hit = _hit_by_gitleaks(intake) if workspace.settings.screen.gitleaks else frozenset[str]()
    if put := [candidate for candidate in intake.put if candidate.id not in hit]:
        put = near_at_once(Neighbourhood.of(workspace), succeeding(workspace.patterns, workspace.own, put))
        if week := extractor.scene.week:
            put = settle(week, put, workspace.candidates.read(), workspace.settings.extraction.per_week)
        workspace.candidates.update(put)
    from foundry_git.outcomes.adoption import adoptions, sighted  # 40 ms, once the candidates are there

    adopted = adoptions(workspace, intake.sightings, done, extractor.origins)
    workspace.ledger.record(*sighted(intake.sightings), *adopted)
    return Harvest(intake, tuple(dict.fromkeys(event.digest for event in adopted)), hearing, waited)


def _waited(workspace: Workspace, intake: Intake) -> int:
    """How many units that became candidates, and lessons, were candidates before."""
    before = workspace.candidates.read() if workspace.repository else []
    units, lessons = ({one.key for one in before if _is_lesson(one) is kind} for kind in (False, True))
    found = [(verdict.path, verdict.symbol) for verdict in intake.verdicts if verdict.outcome is VerdictKind.CANDIDATE]
    return sum(key in units for key in found) + sum(_is_lesson(one) and one.key in lessons for one in intake.put)


def _is_lesson(candidate: Candidate) -> bool:
    return candidate.manifest.kind == "guidance"


def _hit_by_gitleaks(intake: Intake) -> frozenset[str]:
    """The ids of candidates that the second screen stops; their verdicts say so."""
    put = intake.put
    hits = gitleaks.rules_in({candidate.id: gitleaks.text_of(candidate) for candidate in put})
    stopped = {candidate.key: hits[candidate.id][0] for candidate in put if candidate.id in hits}
    for at, verdict in enumerate(intake.verdicts):
        rule = stopped.get((verdict.path, verdict.symbol)) if verdict.outcome is VerdictKind.CANDIDATE else None
        if rule:
            intake.verdicts[at] = replace(verdict, outcome=VerdictKind.DROPPED, reason=f"secret: {rule}")
    intake.candidates[:] = [candidate for candidate in intake.candidates if candidate.id not in hits]
    return frozenset(hits)
