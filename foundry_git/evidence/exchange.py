"""Exchange: what this replica and a remote know becomes one set here, and there too where the remote takes it.

The remote's ref ``refs/foundry/evidence`` only ever moves forward, by commits that add segments with what it lacked. A push that
comes too late is made anew upon what was faster: nothing is merged, rebased or forced, so nothing can conflict. What each side
lacks is told by comparing names: all of them, or those since the last time where the remote still has the commit and the journal the
bytes that were noted then. Memory that is lost, old or copied can cost time alone.
"""

from __future__ import annotations

import contextlib
import hashlib
import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from foundry_git import lock
from foundry_git.errors import PushRefusedError, RemoteError
from foundry_git.evidence import segments
from foundry_git.evidence.events import parse
from foundry_git.evidence.holdings import Everything, Holdings, Since
from foundry_git.evidence.ledger import Ledger
from foundry_git.evidence.lines import START, Mark
from foundry_git.evidence.recognition import is_event
from foundry_git.evidence.remotes import Partner, Partners
from foundry_git.git.objects import BlobReader, TreeFile, files_of, move_ref, nobody, read_ref, write_commit, write_tree
from foundry_git.git.remotes import Remote
from foundry_git.git.repository import Repository
from foundry_git.progress import Bars, Progress, no_bar

REF = "refs/foundry/evidence"
"""Where a remote keeps evidence."""

TRACKING = "refs/foundry/remotes"
"""Below it, the copy of every remote's ref."""

NOT_AGREED = "nobody has agreed to the first push there"

LIBRARY_FILE = "library"  # in the ref's tree: the id of the library whose evidence it is
_ID_BYTES = 100  # more than a UUID and its newline take
TRIES = 10  # of eight that push at once the last one needs eight
PUSHED_AT_ONCE = 100_000  # events, 30 MB
PAUSE_SECONDS = 0.1  # times the number of the try, times chance
WAIT_SECONDS = 30.0  # for another exchange of this repository


class Exchanged(Struct, frozen=True):
    """How many events came and went; ``stayed``: ours that the remote lacks because they were not to go there, for ``refusal``.

    ``is_held``: nobody agreed to the push, so the remote was not asked.

    ``problems``: a sentence for everything there that could not be read.
    """

    came: int = 0
    went: int = 0
    stayed: int = 0
    refusal: str = ""
    is_held: bool = False
    problems: tuple[str, ...] = ()


class _Shared(Struct, frozen=True):
    """What a remote holds at one commit: its segments, and whose library's it says it is."""

    tip: str = ""
    segments: Mapping[str, TreeFile] = field(default_factory=dict)
    library: str = ""


def tracking_ref(remote: str) -> str:
    """The local copy of a remote's ref."""
    return f"{TRACKING}/{remote}/evidence"


MayPush = Callable[[int], bool]
"""Says whether so many events may be pushed."""


def exchange(
    remote: Remote,
    ledger: Ledger,
    partners: Partners,
    library_id: str,
    wait: float = WAIT_SECONDS,
    may_push: MayPush = lambda count: True,
    open_bar: Bars = no_bar,
) -> Exchanged:
    """Take in what the remote has, and publish what it lacks where ``may_push`` agrees; it is asked only if there is something.

    Both go segment by segment: what was stopped goes on where it was, and a million events take no more memory than their names.

    Raises:
        RemoteError: it cannot be reached or read, is another library's, or others push all the time; what came by then is kept.
        BusyError: another exchange of this repository took longer than ``wait`` seconds.
    """
    with lock.held(partners.lock, wait):
        done = Exchanged()
        for number in range(TRIES):
            time.sleep(PAUSE_SECONDS * number * random.random())
            done, is_over = _turn(remote, ledger, partners, library_id, done, may_push, open_bar)
            if is_over:
                return done
    raise RemoteError(remote.name, f"others were faster {TRIES} times in a row", "try again in a moment")


def _turn(
    remote: Remote,
    ledger: Ledger,
    partners: Partners,
    library_id: str,
    done: Exchanged,
    may_push: MayPush,
    open_bar: Bars,
) -> tuple[Exchanged, bool]:
    """Once there and back; False where somebody else pushed meanwhile."""
    partner = replace(partners.of(remote.name), tried=time.time())
    tip = remote.tip(REF)
    if tip and tip == partner.tip and ledger.journal.ends_at(partner.mark):
        partners.note(remote.name, partner)
        return done, True
    shared = _fetched(remote, tip, library_id)
    held, fresh = _compared(remote.repository, ledger, partner, shared)
    done, mark = _taken_in(remote, fresh, ledger, held, done, open_bar("segments"))
    missing, count = _sound_ones(held.unshared())
    if count and not may_push(count):
        partners.note(remote.name, partner)
        return replace(done, stayed=count, refusal=NOT_AGREED, is_held=True), True
    partner = replace(partners.of(remote.name), tried=partner.tried)  # which may hold a yes by now
    try:
        tip = _published(remote, shared, missing, library_id)
    except PushRefusedError as refusal:
        partners.note(remote.name, replace(partner, tip="", mark=START, refused=True))
        return replace(done, stayed=count, refusal=refusal.reason), True
    if not tip and count:
        return done, False
    partners.note(remote.name, replace(partner, tip=tip, mark=mark, refused=partner.refused and not count))
    return replace(done, went=count), True


def _compared(repository: Repository, ledger: Ledger, partner: Partner, shared: _Shared) -> tuple[Holdings, Sequence[TreeFile]]:
    """Return what to compare with which segments: what came since the last time, where the remote has all that it had then."""
    before = {file.path for file in files_of(repository, partner.tip) if segments.is_segment(file.path)}
    if before and before <= shared.segments.keys():
        with contextlib.suppress(ValueError):
            return Since(ledger, partner.mark), [file for path, file in shared.segments.items() if path not in before]
    return Everything(ledger.journal), list(shared.segments.values())


def _taken_in(
    remote: Remote, fresh: Sequence[TreeFile], ledger: Ledger, held: Holdings, done: Exchanged, progress: Progress
) -> tuple[Exchanged, Mark]:
    """Append what is news, a segment at once; the mark is behind it where nobody else appended meanwhile."""
    mark, came, problems = held.mark, 0, []
    with BlobReader(remote.repository) as blobs:
        for number, file in enumerate(fresh, 1):
            try:
                lines = segments.unpack(file.path, _content(blobs, file))
            except ValueError as error:
                problems.append(f"{remote.name}: the segment {file.path} {error}; it is ignored")
                continue
            news, refused = _sound(held.lacking(lines))
            ledger.journal.append_lines(news)
            mark = ledger.journal.mark_behind(mark, news)
            came += len(news)
            problems += [f"{remote.name}: {problem}; it is ignored" for problem in refused]
            progress(number, len(fresh))
    return replace(done, came=done.came + came, problems=(*done.problems, *problems)), mark


def _fetched(remote: Remote, tip: str, library_id: str) -> _Shared:
    if not tip:
        return _Shared()
    into = tracking_ref(remote.name)
    have = read_ref(remote.repository, into)
    if have != tip:
        remote.fetch(REF, into, have)
        tip = read_ref(remote.repository, into)  # which may have moved on since
    shared = _listed(remote.repository, tip)
    if shared.library and shared.library != library_id:
        raise RemoteError(
            remote.name,
            f"holds the evidence of another library ({shared.library!r})",
            f"this one is {library_id}: name another",
        )
    return shared


def _listed(repository: Repository, tip: str) -> _Shared:
    files = {file.path: file for file in files_of(repository, tip)}
    marked = files.get(LIBRARY_FILE)
    library = ""
    if marked and marked.size <= _ID_BYTES:
        with BlobReader(repository) as blobs:
            library = (blobs.read(marked.blob) or b"").decode("utf-8", "replace").strip()
    return _Shared(tip, {path: file for path, file in files.items() if segments.is_segment(path)}, library)


def _content(blobs: BlobReader, file: TreeFile) -> bytes:
    if file.size > segments.MAX_BYTES:
        raise ValueError(f"is longer than {segments.MAX_BYTES} bytes")
    content = blobs.read(file.blob)
    if content is None:
        raise ValueError("is not in the object database")
    return content


def _sound(lines: Iterable[bytes]) -> tuple[list[bytes], list[str]]:
    """The lines that are events, and a sentence for each other one."""
    events: list[bytes] = []
    problems = []
    for line in lines:
        try:
            if not is_event(line):
                parse(line)
        except ValueError as error:
            problems.append(f"the line {hashlib.sha256(line).hexdigest()[:12]} is not an event: {error}")
        else:
            events.append(line)
    return events, problems


def _sound_ones(lines: Iterable[bytes]) -> tuple[list[bytes], int]:
    """Those of our own lines that are events, and how many."""
    events, _ = _sound(lines)
    return events, len(events)


def _published(remote: Remote, shared: _Shared, lines: Sequence[bytes], library_id: str) -> str:
    """Return the commit that the remote then names: the one it had where it lacks nothing, "" where somebody was faster.

    Very many go in several pushes, so that one that is stopped was not in vain.
    """
    tip, is_named = shared.tip, bool(shared.library)
    for start in range(0, len(lines), PUSHED_AT_ONCE):
        some = lines[start : start + PUSHED_AT_ONCE]
        files = segments.pack(some)
        if not is_named:
            files[LIBRARY_FILE] = f"{library_id}\n".encode()
        tip, is_named = _pushed(remote, tip, files, f"Add {len(some)} {'event' if len(some) == 1 else 'events'}\n"), True
        if not tip:
            break
    return tip


def _pushed(remote: Remote, parent: str, files: Mapping[str, bytes], message: str) -> str:
    repository = remote.repository
    commit = write_commit(repository, write_tree(repository, files, keep=parent), parent, message, nobody())
    if not remote.push(commit, REF):
        return ""
    into = tracking_ref(remote.name)
    move_ref(repository, into, commit, read_ref(repository, into))
    return commit
