"""The three modes: what each may do for the same question."""

from __future__ import annotations

import asyncio

from foundry_git import ExecutionMode, create_pattern_execution_engine


async def main() -> None:
    """Ask the same in every mode."""
    async with await create_pattern_execution_engine() as engine:
        for mode in ExecutionMode:
            result = await engine.execute("what do we know about retries?", execution_mode=mode)
            found = [one["id"] for one in result.result["memories"]]
            print(f"{mode}: by {result.result['by']}, {', '.join(found[:2])}")


if __name__ == "__main__":
    asyncio.run(main())
