"""The whole loop through the command line, on a real repository with the real model; it fails if any link is cut."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any

import pytest

from tests.commandline import CommandLine
from tests.gitrepo import GitRepo

pytestmark = pytest.mark.usefixtures("awake")

STOCK = '''\
"""Stock keeping."""

import heapq
from collections.abc import Iterable


def cheapest_restock(offers: Iterable[tuple[float, int]], wanted: int) -> float:
    """Pick the cheapest supplier offers until the wanted number of pieces is covered, and return what they cost.

    Raises ValueError when all offers together are not enough.
    """
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

PRICES = '''\
def dearest_restock(offers: list[tuple[float, int]], wanted: int) -> float:
    """Cost the most expensive supplier offers until the wanted number of pieces is covered."""
    total = 0.0
    for price, pieces in sorted(offers, reverse=True):
        if wanted <= 0:
            break
        if pieces > 0:
            taken = min(pieces, wanted)
            total += taken * price
            wanted -= taken
    return total
'''

QUESTION = "which supplier offers cover the pieces we want, and what do they cost"
ID, RIVAL = "python/cheapest-restock", "python/dearest-restock"


def answer(foundry: CommandLine, *arguments: str, input: str = "") -> Any:
    done = foundry(*arguments, "--json", input=input)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def ids(foundry: CommandLine) -> list[str]:
    return [hit["id"] for hit in answer(foundry, "search", QUESTION)]


def test_the_loop_closes(repo: GitRepo, foundry: CommandLine) -> None:
    assert foundry("init").returncode == 0
    repo.commit({}, "Start a library")

    # commit → hook → candidate
    repo.commit({"shop/stock.py": STOCK, "shop/prices.py": PRICES})
    found = {candidate["id"]: candidate for candidate in answer(foundry, "candidates")}
    assert found.keys() == {ID, RIVAL}
    assert found[ID]["path"] == "shop/stock.py"

    # accept → commit → index → search
    assert foundry("accept", ID, RIVAL).returncode == 0
    repo.commit({}, "Add patterns")
    assert answer(foundry, "candidates") == []
    before = ids(foundry)
    assert {ID, RIVAL} <= set(before)

    # inject → receipt
    prompt = foundry("inject", "--task", QUESTION, input="Extend the shop.\n")
    assert prompt.stdout.startswith("Extend the shop.\n")
    assert "from shop.stock import cheapest_restock" in prompt.stdout, "code that lives here is pointed at, not copied"
    receipt = re.search(r"receipt (r-[0-9a-f]{12})", prompt.stderr)
    assert receipt is not None and receipt[1] in prompt.stdout
    assert answer(foundry, "stats", ID)["injected"] == 1

    # outcome → score → ranking
    loser = before[0] if before[0] in (ID, RIVAL) else before[1]
    winner = RIVAL if loser == ID else ID
    for _ in range(3):
        assert foundry("outcome", loser, "--fail").returncode == 0
        assert foundry("outcome", winner, "--pass").returncode == 0
    assert foundry("outcome", receipt[1], "--pass", "--used", winner).returncode == 0
    assert answer(foundry, "stats", winner)["effectiveness"] > 0.5 > answer(foundry, "stats", loser)["effectiveness"]
    assert answer(foundry, "stats", winner)["passed"] == 4
    after = ids(foundry)
    assert before.index(loser) < before.index(winner)
    assert after.index(winner) < after.index(loser)


def test_an_injected_pattern_that_is_committed_is_adopted(repo: GitRepo, foundry: CommandLine) -> None:
    foundry("init")
    repo.commit({"stock.py": STOCK})
    foundry("candidates")
    foundry("accept", ID)
    repo.commit({"stock.py": None}, "Add a pattern, drop its origin")
    foundry("inject", "--task", QUESTION, input="")
    renamed = re.sub(r"\bheap\b", "queue", STOCK).replace("cheapest_restock", "buy_cheaply")

    repo.commit({"warehouse.py": renamed}, "Use it")

    stats = answer(foundry, "stats", ID)
    assert stats["adopted"] == 1
    assert [event["kind"] for event in stats["events"]] == ["accepted", "injected", "adopted", "sighted"]


def test_a_rejected_shape_is_never_asked_again(repo: GitRepo, foundry: CommandLine) -> None:
    foundry("init")
    repo.commit({"stock.py": STOCK})
    assert [c["id"] for c in answer(foundry, "candidates")] == [ID]

    foundry("reject", ID)
    repo.commit({"stock.py": STOCK.replace("total", "sum_so_far"), "again.py": STOCK.replace("offers", "bids")})

    assert answer(foundry, "candidates") == []


def test_a_candidate_goes_when_its_code_goes(repo: GitRepo, foundry: CommandLine) -> None:
    foundry("init")
    repo.commit({"stock.py": STOCK})
    assert len(answer(foundry, "candidates")) == 1

    repo.commit({"stock.py": '"""Nothing here."""\n'})

    assert answer(foundry, "candidates") == []


def test_the_newest_version_of_a_candidate_wins(repo: GitRepo, foundry: CommandLine) -> None:
    foundry("init")
    repo.commit({"stock.py": STOCK})
    foundry("candidates")

    repo.commit({"stock.py": STOCK.replace("not enough pieces on offer", "too few pieces")})

    (candidate,) = answer(foundry, "candidates")
    assert "too few pieces" in json.loads(foundry("show", candidate["id"], "--json").stdout)["code"]


def test_nothing_relevant_leaves_the_prompt_byte_identical(repo: GitRepo, foundry: CommandLine) -> None:
    foundry("init")
    repo.commit({"a.txt": "a"})
    prompt = "Gr\u00fc\u00dfe,\r\n  zwei Leerzeichen am Ende  \n\n".encode() + b"\xff not UTF-8"
    command = [
        sys.executable,
        "-P",
        "-m",
        "foundry_git",
        "inject",
        "--task",
        "the history of the Hanseatic League in the fourteenth century",
    ]

    done = subprocess.run(command, cwd=repo.path, input=prompt, capture_output=True, check=False)

    assert done.stdout == prompt
    assert b"the prompt is unchanged" in done.stderr
