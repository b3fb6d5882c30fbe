"""Adoption: which commits use a pattern, told from what they added."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from foundry_git.capture.harvest import harvest_range
from foundry_git.evidence.events import Adopted, Injected, Item, event_id, receipt_of
from foundry_git.library.library import open_library
from foundry_git.library.writing import write_version
from foundry_git.pattern.manifest import write_manifest
from foundry_git.pattern.naming import PatternRef
from foundry_git.pattern.record import Manifest, Origin
from foundry_git.workspace import Workspace
from tests.gitrepo import GitRepo

COVER = '''\
import heapq
from collections.abc import Iterable


def cheapest_restock(offers: Iterable[tuple[float, int]], wanted: int) -> float:
    """Cover the wanted pieces with the cheapest offers."""
    heap = [offer for offer in offers if offer[1] > 0]
    heapq.heapify(heap)
    total = 0.0
    while wanted > 0:
        if not heap:
            raise ValueError("not enough pieces on offer")
        price, pieces = heapq.heappop(heap)
        taken = min(pieces, wanted)
        total += taken * price
        wanted -= taken
    return total
'''
INSIDE = """\
import heapq


def plan(order, stock):
    bids = order.bids()
    # the cheapest first
    queue = [bid for bid in bids if bid[1] > 0]
    heapq.heapify(queue)
    cost = 0.0
    while order.missing > 0:
        rate, amount = heapq.heappop(queue)
        order.take(amount)
        part = min(amount, order.missing)
        cost += (part *
                 rate)
    stock.book(order, cost)
    return cost
"""
OTHER = """\
def report(rows, title):
    lines = [title]
    for name, value in sorted(rows.items()):
        lines.append(f"{name}: {value:.2f}")
    if not rows:
        lines.append("nothing to report")
    return "\\n".join(lines)
"""
ID = "python/cheapest-restock"


def library(repo: GitRepo, code: str = COVER, origin: Origin | None = None, id: str = ID) -> str:
    """Write a library of one pattern into the repository and commit it; return the pattern's digest."""
    root = repo.path / ".foundry"
    if not root.exists():
        root.mkdir()
        (root / "foundry.yaml").write_text("library_id: 7d1e2b90-5a1c-4a52-9f0e-3b1f0d1f2a11\n", encoding="utf-8")
        (root / ".gitignore").write_text("/index/\n", encoding="utf-8")
    name = id.partition("/")[2]
    manifest = Manifest(name, "function", "Covers.", "python", code=f"{name.replace('-', '_')}.py", origin=origin)
    files = {"pattern.yaml": write_manifest(manifest).encode(), manifest.code: code.encode()}
    write_version(open_library(root), PatternRef(id, 1), files)
    repo.commit({}, "Add a pattern")
    with_rows = Workspace.open(repo.path)
    try:
        harvest_range(with_rows, "HEAD..HEAD")
        return next(row.digest for row in with_rows.index.catalogue.rows() if row.id == id)
    finally:
        with_rows.close()


def adopted(repo: GitRepo, digest: str, since: str) -> list[Adopted]:
    """Harvest the commits since one, and give what is known of the adoptions of a digest."""
    workspace = Workspace.open(repo.path)
    try:
        harvest_range(workspace, f"{since}..HEAD")
        return [event for event in workspace.ledger.history(digest) if isinstance(event, Adopted)]
    finally:
        workspace.close()


def inject(repo: GitRepo, digest: str, at: datetime) -> str:
    """Record an injection of the pattern; return its receipt."""
    event = Injected(at=at, nonce="0" * 16, items=(Item(id=ID, version=1, digest=digest, rank=1, score=900, propensity=1000),))
    workspace = Workspace.open(repo.path)
    workspace.ledger.record(event)
    workspace.close()
    return receipt_of(event)


def test_a_part_that_was_renamed_laid_out_anew_and_edited_is_adopted(repo: GitRepo) -> None:
    digest = library(repo)
    before = repo.commit(
        {"plan.py": OTHER, "web.py": "import flask\n\n\ndef page():\n    return flask.render_template('page')\n"}
    )

    commit = repo.commit({"plan.py": OTHER + "\n\n" + INSIDE})

    (event,) = adopted(repo, digest, before)
    assert (event.commit, event.how, event.language, event.receipt) == (commit, "copy", "python", None)
    assert event.share is not None and 300 <= event.share < 1000
    assert event.lines is not None and 5 <= event.lines <= 12
    assert event.at == datetime.fromisoformat(repo.git("show", "-s", "--format=%aI", commit))


def test_what_only_shares_words_is_not(repo: GitRepo) -> None:
    digest = library(repo)
    before = repo.commit({"a.py": OTHER})

    repo.commit({"b.py": "import heapq\n\n\ndef smallest(items, count):\n    heap = [item for item in items if item]\n"
                 "    heapq.heapify(heap)\n    return [heapq.heappop(heap) for _ in range(count)]\n"})  # fmt: skip

    assert adopted(repo, digest, before) == []


def test_a_copy_that_is_moved_renamed_or_laid_out_anew_is_no_new_use(repo: GitRepo) -> None:
    digest = library(repo)
    before = repo.commit({"a.py": OTHER})
    first = repo.commit({"a.py": f"{OTHER}\n\n{COVER}"})
    repo.commit({"a.py": OTHER, "b.py": COVER})
    repo.git("mv", "b.py", "c.py")
    repo.commit({})
    repo.commit(
        {"c.py": COVER.replace("    ", "  ").replace("taken", "part").replace("price, pieces = ", "(price,\n   pieces) = ")}
    )

    assert [event.commit for event in adopted(repo, digest, before)] == [first]
    second = repo.commit({"d.py": COVER.replace("total", "sum_so_far")})
    assert {event.commit for event in adopted(repo, digest, first)} == {first, second}


def test_a_pattern_that_is_split_over_two_files_is_added_up(repo: GitRepo) -> None:
    digest = library(repo)
    before = repo.commit({"a.py": OTHER})
    head, tail = COVER.split("    total = 0.0\n")

    repo.commit(
        {"a.py": f"{head}    return heap\n", "b.py": f"import heapq\n\n\ndef rest(heap, wanted):\n    total = 0.0\n{tail}"}
    )

    (event,) = adopted(repo, digest, before)
    assert event.share is not None and event.share > 800


def test_the_origin_of_a_pattern_does_not_adopt_it(repo: GitRepo) -> None:
    before = repo.commit({"other.py": OTHER})
    created = repo.commit({"stock.py": COVER})
    repo.git("mv", "stock.py", "shop.py")
    repo.commit({})
    repo.commit({"shop.py": COVER.replace("heap", "queue").replace("queueq", "heapq")})
    digest = library(repo, origin=Origin(repo.path.name, created, "stock.py", "cheapest_restock"))

    assert adopted(repo, digest, before) == []
    copied = repo.commit({"copy.py": COVER})
    assert [event.commit for event in adopted(repo, digest, before)] == [copied]


def test_two_clones_derive_the_same_event(repo: GitRepo, tmp_path: Path) -> None:
    digest = library(repo)
    before = repo.commit({"a.py": OTHER})
    repo.commit({"b.py": INSIDE})
    other = GitRepo(tmp_path / "elsewhere" / "clone")
    repo.git("clone", "--quiet", str(repo.path), str(other.path))

    here, there = (list(map(event_id, adopted(one, digest, before))) for one in (repo, other))
    assert here == there and len(here) == 1


def test_a_receipt_is_joined_for_fourteen_days_or_where_the_commit_names_it(repo: GitRepo) -> None:
    repo.begin(2020)
    digest = library(repo)
    before = repo.commit({"a.py": OTHER})
    old = inject(repo, digest, datetime.now(UTC) - timedelta(days=30))
    repo.commit({"b.py": COVER}, "Use it")
    repo.commit({"c.py": COVER}, f"Squashed:\n\n    Use it\n\n    Foundry-Receipt: {old}\n    Foundry-Receipt: r-0123456789ab")

    assert sorted(event.receipt or "" for event in adopted(repo, digest, before)) == ["", old]
    new = inject(repo, digest, datetime.now(UTC) - timedelta(minutes=1))
    after = repo.head()
    repo.commit({"d.py": COVER}, "Use it again")
    assert sorted(event.receipt or "" for event in adopted(repo, digest, after)) == sorted(["", old, new])


LOCAL = {"shop/stock.py": COVER, "shop/__init__.py": "", "web/page.py": OTHER}


@pytest.mark.parametrize(
    ("files", "how"),
    [
        ({"web/page.py": f"from shop.stock import cheapest_restock\n\n\n{OTHER}"}, "import"),
        ({"web/page.py": f"from shop import (\n    stock,\n)\n\n\n{OTHER}\n\nCOST = stock.cheapest_restock([], 0)\n"}, "call"),
        ({"shop/more.py": "from .stock import cheapest_restock as cover\n"}, "import"),
        ({"web/page.py": f"from depot.boxes import cheapest_restock\n\n\n{OTHER}"}, ""),
        ({"web/page.py": f"# see shop.stock.cheapest_restock\n{OTHER}"}, ""),
        ({"web/page.py": f"import shop.stock\n\n\n{OTHER}\n\ndef cheapest_restock():\n    return shop.stock\n"}, ""),
        ({"tests/test_stock.py": "from shop.stock import cheapest_restock\n"}, ""),
    ],
)
def test_an_import_or_call_of_a_local_pattern_is_a_use(repo: GitRepo, files: dict[str, str], how: str) -> None:
    created = repo.commit(LOCAL)
    digest = library(repo, origin=Origin(repo.path.name, created, "shop/stock.py", "cheapest_restock"))
    before = repo.head()

    commit = repo.commit(files)

    assert [(event.how, event.commit, event.share) for event in adopted(repo, digest, before)] == [(how, commit, None)] * bool(
        how
    )


def test_an_import_that_only_moves_and_what_came_with_the_pattern_are_no_uses(repo: GitRepo) -> None:
    start = repo.commit({"web/page.py": OTHER})
    created = repo.commit({**LOCAL, "web/first.py": "from shop.stock import cheapest_restock\n"})
    digest = library(repo, origin=Origin(repo.path.name, created, "shop/stock.py", "cheapest_restock"))
    repo.commit({"web/first.py": OTHER, "web/second.py": "from shop.stock import cheapest_restock\n"})

    assert adopted(repo, digest, start) == []


def test_code_that_the_whole_repository_shares_tells_nothing(repo: GitRepo) -> None:
    digest = library(repo)
    common = {f"shop/part{number}.py": COVER.replace("total", f"total{number}") for number in range(12)}
    before = repo.commit(common)

    repo.commit({"shop/next.py": COVER})

    assert adopted(repo, digest, before) == []


def uses(repo: GitRepo, digest: str, since: Sequence[str]) -> int:
    """Harvest what lies between several commits and HEAD, and count the distinct uses of a digest."""
    workspace = Workspace.open(repo.path)
    try:
        for commit in since:
            harvest_range(workspace, f"{commit}..HEAD")
        return workspace.ledger.scores(datetime.now(UTC))[digest].adopted
    finally:
        workspace.close()


def rebase(repo: GitRepo) -> None:
    repo.git("checkout", "--quiet", "-b", "topic", "HEAD^")
    repo.commit({"more.py": OTHER})
    repo.git("rebase", "--quiet", "topic", "main")


def amend(repo: GitRepo) -> None:
    repo.write({"use.py": f"{INSIDE}\n\n{OTHER}"})
    repo.git("commit", "--quiet", "--all", "--amend", "-m", "Use it, better")


def pick(repo: GitRepo) -> None:
    repo.git("checkout", "--quiet", "-b", "release", "HEAD^")
    repo.commit({"more.py": OTHER})
    repo.git("cherry-pick", "main")


def squash(repo: GitRepo) -> None:
    repo.git("branch", "topic")
    repo.git("reset", "--quiet", "--hard", "HEAD^")
    repo.commit({"more.py": OTHER})
    repo.git("merge", "--quiet", "--squash", "topic")
    repo.git("commit", "--quiet", "-m", "Only a title", "--date", "2026-01-02T03:04:05+00:00")


@pytest.mark.parametrize("rewrite", [rebase, amend, pick, squash])
def test_a_commit_that_is_rewritten_is_one_use(repo: GitRepo, rewrite: Callable[[GitRepo], None]) -> None:
    repo.begin(2020)
    digest = library(repo)
    before = repo.commit({"a.py": "x = 1\n"})
    used = repo.commit({"use.py": INSIDE})
    assert uses(repo, digest, [before]) == 1

    rewrite(repo)

    assert repo.head() != used
    assert uses(repo, digest, [before]) == 1
    assert {event.commit for event in adopted(repo, digest, before)} == {
        used,
        repo.git("log", "-1", "--format=%H", "--", "use.py"),
    }
    again = repo.head()
    repo.write({"other.py": COVER})
    repo.git("add", "--all")
    repo.git("commit", "--quiet", "-m", "Use it once more", "--date", "2026-03-04T05:06:07+00:00")
    assert uses(repo, digest, [again]) == 2
