"""One question, its answer, and what the engine says of itself."""

from __future__ import annotations

import asyncio

from foundry_git import create_pattern_execution_engine


async def main() -> None:
    """Ask what is kept about a topic."""
    async with await create_pattern_execution_engine() as engine:
        result = await engine.execute("recall security patterns")
        print(f"pattern: {result.pattern_name}")
        print(f"tokens: {result.tokens_used}, success: {result.success}")
        print(result.text)
        stats = engine.get_stats()
        print(f"executions: {stats['total_executions']}, cache hit rate: {stats['cache_hit_rate']:.1f} %")


if __name__ == "__main__":
    asyncio.run(main())
