"""Many questions at once: their vectors are made together, equal ones are answered once, and what fails stops no other."""

from __future__ import annotations

import asyncio

from foundry_git import create_pattern_execution_engine

QUESTIONS = [
    "recall caching",
    "how many patterns do we have?",
    "2^10",
    "recall caching",
    "compare atomic-write",
    "patterns tagged http",
]


async def main() -> None:
    """Ask six questions, one of them twice and one that cannot be answered."""
    async with await create_pattern_execution_engine() as engine:
        found = await engine.execute_many(QUESTIONS)
        for question, result in zip(QUESTIONS, found["results"], strict=True):
            print(f"{question}: {result.pattern_name}{', kept' if result.cache_hit else ''}")
        for question, reason in found["failed"]:
            print(f"failed: {question}: {reason}")
        print(f"success rate: {found['success_rate']:.2f}")


if __name__ == "__main__":
    asyncio.run(main())
