"""What an answer costs in a prompt: ``python -m benchmarks.execution.tokens``.

The starter library's own queries are asked of the engine, and beside each answer stand its first five patterns whole, code and all, as
the predecessor put them into prompts. Counted: tokens of both, how many of the patterns that a query expects each of them names, and
how our count of tokens compares with WordPiece's.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection
from functools import partial
from pathlib import Path

from benchmarks.corpus import own_environment
from benchmarks.execution.service import quantiles
from benchmarks.measure import write
from foundry_git.execution.desk import Desk
from foundry_git.execution.engine import PatternExecutionEngine
from foundry_git.execution.token_counts import tokens_of
from foundry_git.index.encoder.numpy_encoder import NumpyEncoder
from foundry_git.library.library import starter_library
from foundry_git.library.queries import read_queries
from foundry_git.workspace import Workspace

TOP = 5


def main() -> None:
    """Measure, print and write ``results/tokens.json``."""
    library = starter_library()
    assert library is not None
    queries = [query for query in read_queries(library)[0].asked if query.expect]
    with tempfile.TemporaryDirectory(prefix="foundry-bench-") as scratch:
        folder = Path(scratch)
        os.environ.update(own_environment(folder))
        os.chdir(folder)
        with PatternExecutionEngine(lambda: Workspace.open(folder)) as engine:
            engine.start()
            ours, whole, pieces, said = list[int](), list[int](), list[int](), list[int]()
            named, given, wanted = 0, 0, 0
            encoder = engine.at_desk(lambda desk: desk.workspace.index.encoder).result()
            for query in queries:
                context = {"limit": TOP, "language": query.language} if query.language else {"limit": TOP}
                result = engine.execute_sync(f"recommend a pattern for {query.ask}", context=context)
                first = result.result.get("recommended")
                ids = {one["id"] for one in ([first, *result.result["alternatives"]] if first else [])}
                codes = engine.at_desk(partial(_codes, ids)).result()
                ours.append(result.tokens_used)
                whole.append(sum(map(tokens_of, codes)))
                if isinstance(encoder, NumpyEncoder):
                    pieces.append(len(encoder._tokenizer.encode(result.text).ids) - 2)
                    said.append(result.tokens_used)
                wanted += len(query.expect)
                named += sum(id in ids and id in result.text for id in query.expect)
                given += sum(id in ids for id in query.expect)
    saved = sorted(1.0 - one / other for one, other in zip(ours, whole, strict=True) if other)
    write(
        "tokens",
        {
            "queries": len(queries),
            "answered": len(saved),
            "ours": quantiles([float(one) for one in ours]),
            "first_five_whole": quantiles([float(one) for one in whole]),
            "saved_in_all": round(1.0 - sum(ours) / max(sum(whole), 1), 4),
            "saved_by_answer": {
                name: round(saved[min(len(saved) - 1, int(share * len(saved)))], 4)
                for name, share in (("least", 0), ("p5", 0.05), ("median", 0.5))
            },
            "recall_of_ours": round(named / wanted, 4),
            "recall_of_first_five": round(given / wanted, 4),
            "our_count_to_wordpiece": round(sum(said) / max(sum(pieces), 1), 3),
        },
    )


def _codes(ids: Collection[str], desk: Desk) -> list[str]:
    """The patterns of some ids, whole."""
    return [f"{one.description}\n{one.code}" for one in desk.documents([row for row in desk.rows if row.id in ids])]


if __name__ == "__main__":
    main()
