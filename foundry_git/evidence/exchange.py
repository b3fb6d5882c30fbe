"""Exchange: what this replica and a remote know becomes one set here, and there too where the remote takes it.

The remote's ref ``refs/foundry/evidence`` only ever moves forward, by commits that add segments with what it lacked. A push that
comes too late is made anew upon what was faster: nothing is merged, rebased or forced, so nothing can conflict. What each side
lacks is told by comparing all names, not by what somebody remembers: memory that is lost, old or copied can cost time alone.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from foundry_git import lock
from foundry_git.errors import PushRefusedError, RemoteError
from foundry_git.evidence import segments
from foundry_git.evidence.events import parse
from foundry_git.evidence.ledger import Ledger
from foundry_git.evidence.lines import START
from foundry_git.evidence.recognition import is_event
from foundry_git.evidence.remotes import Partners
from foundry_git.git.objects import BlobReader, TreeFile, files_of, move_ref, nobody, read_ref, write_commit, write_tree
from foundry_git.git.remotes import Remote
from foundry_git.git.repository import Repository

REF = "refs/foundry/evidence"
"""Where a remote keeps evidence."""

TRACKING = "refs/foundry/remotes"
"""Below it, the copy of every remote's ref."""

NOT_AGREED = "nobody has agreed to the first push there"

LIBRARY_FILE = "library"  # in the ref's tree: the id of the library whose evidence it is
_ID_BYTES = 100  # more than a UUID and its newline take
TRIES = 10  # of eight that push at once the last one needs eight
PAUSE_SECONDS = 0.1  # times the number of the try, times chance
WAIT_SECONDS = 30.0  # for another exchange of this repository


@dataclass(frozen=True, slots=True)
class Exchanged:
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


@dataclass(frozen=True, slots=True)
class _Shared:
    """What a remote holds at one commit: name → line, and which library's it says it is."""

    tip: str = ""
    lines: Mapping[str, bytes] = field(default_factory=dict)
    library: str = ""
    problems: tuple[str, ...] = ()


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
) -> Exchanged:
    """Take in what the remote has, and publish what it lacks where ``may_push`` agrees; it is asked only if there is something.

    Raises:
        RemoteError: it cannot be reached or read, is another library's, or others push all the time; what came by then is kept.
        BusyError: another exchange of this repository took longer than ``wait`` seconds.
    """
    with lock.held(partners.lock, wait):
        done = Exchanged()
        for number in range(TRIES):
            time.sleep(PAUSE_SECONDS * number * random.random())
            done, is_over = _turn(remote, ledger, partners, library_id, done, may_push)
            if is_over:
                return done
    raise RemoteError(remote.name, f"others were faster {TRIES} times in a row", "try again in a moment")


def _turn(
    remote: Remote, ledger: Ledger, partners: Partners, library_id: str, done: Exchanged, may_push: MayPush
) -> tuple[Exchanged, bool]:
    """Once there and back; False where somebody else pushed meanwhile."""
    partner = replace(partners.of(remote.name), tried=time.time())
    tip = remote.tip(REF)
    if tip and tip == partner.tip and ledger.journal.ends_at(partner.mark):
        partners.note(remote.name, partner)
        return done, True
    shared = _fetched(remote, tip, library_id)
    ours, mark = ledger.journal.lines()
    news, problems = _sound(segments.lacking(shared.lines, ours))
    ledger.journal.append_lines(news.values())
    done = Exchanged(done.came + len(news), problems=(*shared.problems, *_named(remote, problems)))
    missing, _ = _sound(segments.lacking(ours, shared.lines))
    if missing and not may_push(len(missing)):
        partners.note(remote.name, partner)
        return replace(done, stayed=len(missing), refusal=NOT_AGREED, is_held=True), True
    partner = replace(partners.of(remote.name), tried=partner.tried)  # which may hold a yes by now
    try:
        tip = _published(remote, shared, missing.values(), library_id)
    except PushRefusedError as refusal:
        partners.note(remote.name, replace(partner, tip="", mark=START, refused=True))
        return replace(done, stayed=len(missing), refusal=refusal.reason), True
    if not tip and missing:
        return done, False
    mark = ledger.journal.mark_behind(mark, list(news.values()))
    partners.note(remote.name, replace(partner, tip=tip, mark=mark, refused=partner.refused and not missing))
    return replace(done, went=len(missing)), True


def _fetched(remote: Remote, tip: str, library_id: str) -> _Shared:
    if not tip:
        return _Shared()
    into = tracking_ref(remote.name)
    have = read_ref(remote.repository, into)
    if have != tip:
        remote.fetch(REF, into, have)
        tip = read_ref(remote.repository, into)  # which may have moved on since
    shared = _read(remote.repository, remote.name, tip)
    if shared.library and shared.library != library_id:
        raise RemoteError(
            remote.name,
            f"holds the evidence of another library ({shared.library!r})",
            f"this one is {library_id}: name another",
        )
    return shared


def _read(repository: Repository, remote: str, tip: str) -> _Shared:
    lines: dict[str, bytes] = {}
    problems = []
    library = ""
    with BlobReader(repository) as blobs:
        for file in files_of(repository, tip):
            if file.path == LIBRARY_FILE and file.size <= _ID_BYTES:
                library = (blobs.read(file.blob) or b"").decode("utf-8", "replace").strip()
            elif segments.is_segment(file.path):
                try:
                    lines |= segments.unpack(file.path, _content(blobs, file))
                except ValueError as error:
                    problems.append(f"{remote}: the segment {file.path} {error}; it is ignored")
    return _Shared(tip, lines, library, tuple(problems))


def _content(blobs: BlobReader, file: TreeFile) -> bytes:
    if file.size > segments.MAX_BYTES:
        raise ValueError(f"is longer than {segments.MAX_BYTES} bytes")
    content = blobs.read(file.blob)
    if content is None:
        raise ValueError("is not in the object database")
    return content


def _sound(lines: Mapping[str, bytes]) -> tuple[dict[str, bytes], list[str]]:
    """The lines that are events, and a sentence for each other one."""
    events: dict[str, bytes] = {}
    problems = []
    for name, line in lines.items():
        try:
            if not is_event(line):
                parse(line)
        except ValueError as error:
            problems.append(f"the line {name[:12]} is not an event: {error}")
        else:
            events[name] = line
    return events, problems


def _named(remote: Remote, problems: Iterable[str]) -> list[str]:
    return [f"{remote.name}: {problem}; it is ignored" for problem in problems]


def _published(remote: Remote, shared: _Shared, lines: Collection[bytes], library_id: str) -> str:
    """Return the commit that the remote then names: the one it had where it lacks nothing, "" where somebody was faster."""
    if not lines:
        return shared.tip
    repository = remote.repository
    files = segments.pack(lines)
    if not shared.library:
        files[LIBRARY_FILE] = f"{library_id}\n".encode()
    tree = write_tree(repository, files, keep=shared.tip)
    commit = write_commit(
        repository, tree, shared.tip, f"Add {len(lines)} {'event' if len(lines) == 1 else 'events'}\n", nobody()
    )
    if not remote.push(commit, REF):
        return ""
    into = tracking_ref(remote.name)
    move_ref(repository, into, commit, read_ref(repository, into))
    return commit
