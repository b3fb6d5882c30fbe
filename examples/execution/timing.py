"""How long answers take, by type: found anew each time, and kept."""

from __future__ import annotations

import asyncio
import time

from foundry_git import create_pattern_execution_engine

QUESTIONS = {
    "infrastructure": "list languages",
    "memory": "recall caching",
    "hybrid": "recommend a pattern for writing a file safely",
}
ROUNDS = 20


async def main() -> None:
    """Time each type."""
    async with await create_pattern_execution_engine() as engine:
        for kind, question in QUESTIONS.items():
            for use_cache in (False, True):
                await engine.execute(question, use_cache=use_cache)
                began = time.perf_counter()
                for _ in range(ROUNDS):
                    await engine.execute(question, use_cache=use_cache)
                ms = (time.perf_counter() - began) * 1000.0 / ROUNDS
                print(f"{kind}, {'kept' if use_cache else 'found anew'}: {ms:.2f} ms")


if __name__ == "__main__":
    asyncio.run(main())
