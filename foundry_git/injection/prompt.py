"""Prompting: from a task to a prompt with patterns in it, and the receipt of what was put there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from msgspec import Struct
from msgspec.structs import replace

from foundry_git.errors import BusyError
from foundry_git.evidence.events import hashed, new_nonce, receipt_of
from foundry_git.evidence.exploration import START_BUDGET
from foundry_git.evidence.ledger import Ledger
from foundry_git.evidence.notes import ReceiptNote
from foundry_git.evidence.scoring import Score
from foundry_git.git.repository import Repository
from foundry_git.history import trailers
from foundry_git.index.stack_index import StackIndex
from foundry_git.injection.blocks import PromptBlocks
from foundry_git.injection.company import FindRequired, agree, in_company, is_whole, means
from foundry_git.injection.receipt import event_of
from foundry_git.injection.rendering import join, render_section
from foundry_git.injection.selection import Chances, Chosen, Selection, by_promise, passes, select
from foundry_git.injection.target import InjectionTarget, target_of
from foundry_git.progress import Bars, no_bar
from foundry_git.search.answer import Hit
from foundry_git.search.find import find
from foundry_git.search.query import Filters, SearchQuery
from foundry_git.source.privacy import scrubbed_prose
from foundry_git.source.secrets import find_secrets
from foundry_git.workspace import Workspace

POOL = 12
"""How many relevant patterns the slots are filled from; the exploration slot draws from those that rank below the others."""

SHOWN, WITHHELD = "shown", "withheld"


class Injection(Struct, frozen=True):
    """A prompt, and what was put into it.

    ``arm``: ``shown``; ``withheld`` where the prompt was left as it was by lot, to learn what patterns are worth, with a receipt all
    the same; "" where nothing was to be put in, and ``reason`` says why. The prompt is changed only when something is shown.
    """

    prompt: str
    receipt: str = ""
    chosen: tuple[Chosen, ...] = ()
    reason: str = ""
    arm: str = ""


def inject(workspace: Workspace, prompt: str, task: str, session: str | None = None, bar: Bars = no_bar) -> Injection:
    """Put the patterns that fit ``task`` into ``prompt``, and record which; the prompt stays as it is when none fits."""
    settings, repository = workspace.settings.injection, workspace.repository
    if not settings.enabled or not settings.max_patterns:
        return Injection(prompt, reason="injection is switched off")
    seen = workspace.languages()
    if seen.total and not seen.used:
        return Injection(prompt, reason=f"there is no pattern in a language of this repository: {seen.remark}")
    target = target_of(seen.used, lambda: workspace.objects, workspace.settings.extraction.frameworks)
    answer, _ = find(workspace, SearchQuery(task, Filters(languages=seen.fitting), POOL), bar)
    scores = workspace.scores()
    scores.ahead([hit.document.digest for hit in answer.hits])
    admitted = [hit for hit in by_promise(answer.hits, scores) if passes(scores.get(hit.document.digest), settings)]
    hits = in_company(admitted, required_by(workspace.patterns), lambda hit: passes(scores.get(hit.document.digest), settings))
    blocks = PromptBlocks(workspace.patterns, repository, scores, settings.max_characters, hits[: settings.max_patterns])
    selection = _selected(workspace, hits, scores, task, blocks)
    if not selection.chosen:
        return Injection(prompt, reason=_why_nothing(admitted, hits))
    try:
        receipt = _record(workspace.ledger, repository, selection, _Asked(task, len(prompt), session, target))
    except (OSError, BusyError) as error:  # without a receipt nothing can be learned; an agent's prompt must arrive all the same
        return Injection(prompt, reason=f"the receipt cannot be recorded ({error})")
    if selection.is_withheld:
        return Injection(prompt, receipt, arm=WITHHELD)
    shown = [blocks.read(one.hit) for one in selection.chosen]
    return Injection(join(prompt, render_section(shown, receipt)), receipt, selection.chosen, arm=SHOWN)


class _Asked(Struct, frozen=True):
    """What is kept of a question beside its answer."""

    task: str
    prompt_length: int
    session: str | None
    target: InjectionTarget


def required_by(patterns: StackIndex) -> FindRequired:
    """How what a hit requires is found: its newest version in the same library that is not deprecated, as relevant as the hit."""

    def find_required(hit: Hit, reference: str) -> Hit | None:
        rows = [row for row in patterns.rows() if not row.deprecated and means(reference, row, hit.document)]
        newest = max(rows, key=lambda row: row.version, default=None)
        found = patterns.index.catalogue.documents([newest.number] if newest else [])
        return next((replace(hit, document=document, also=()) for document in found.values()), None)

    return find_required


def _why_nothing(admitted: Sequence[Hit], hits: Sequence[Hit]) -> str:
    if hits:
        return "nothing fits the budget"
    return "what is relevant requires what is not there" if admitted else "nothing relevant"


def _selected(
    workspace: Workspace, hits: Sequence[Hit], scores: Mapping[str, Score], task: str, blocks: PromptBlocks
) -> Selection:
    settings = workspace.settings.injection
    explores = len(hits) > settings.max_patterns > 1
    tried = workspace.ledger.exploration_budget() if explores else START_BUDGET
    chances = Chances(workspace.own.id if workspace.own else "", task, tried)
    earlier = _earlier(workspace.patterns, hits[: settings.max_patterns]) if settings.version_trial else {}

    def fits(shown: Sequence[Hit]) -> bool:
        return agree(shown) and is_whole(shown) and blocks.fit(shown)

    while True:  # what was drawn and then turns out to be longer than the room left for it cannot be drawn: the lot is dealt anew
        selection = select(hits, scores, settings, chances, earlier, fits)
        if blocks.fit_as_read([one.hit for one in selection.chosen]):
            return selection


def _earlier(patterns: StackIndex, hits: Sequence[Hit]) -> dict[str, Hit]:
    """Digest → the version before it that is not deprecated, where there is one."""
    wanted = {(hit.document.library, hit.document.id): hit for hit in hits}
    found: dict[str, int] = {}
    for row in sorted(patterns.rows(), key=lambda row: row.version):
        hit = wanted.get((row.library, row.id))
        if hit and not row.deprecated and row.version < hit.document.version and row.digest != hit.document.digest:
            found[hit.document.digest] = row.number
    documents = patterns.index.catalogue.documents(found.values())
    there = ((hit, found.get(hit.document.digest)) for hit in hits)
    return {hit.document.digest: replace(hit, document=documents[number]) for hit, number in there if number in documents}


def _record(ledger: Ledger, repository: Repository | None, selection: Selection, asked: _Asked) -> str:
    session = hashed(asked.session) if asked.session else None
    target = asked.target
    event = event_of(selection, datetime.now(UTC), new_nonce(), target.language or None, target.framework or None, session)
    receipt = receipt_of(event)
    ledger.record(event)
    trailers.offer(repository, receipt, event.at)  # of both arms alike, or their outcomes could not be compared
    head = repository.head() if repository else None
    task = _without_private(asked.task)
    ledger.notes.append(ReceiptNote(receipt=receipt, task=task, prompt_length=asked.prompt_length, session=session, head=head))
    return receipt


def _without_private(task: str) -> str:
    """What is kept of a task's text: all of it but addresses and home folders, and nothing of one that holds a secret."""
    hits = find_secrets(task)
    return f"(not kept: it holds a secret, {hits[0].rule})" if hits else scrubbed_prose(task)
