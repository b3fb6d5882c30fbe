"""What can go wrong, and how it is told apart: an invalid question, nothing that answers, an answer that could not be found."""

from __future__ import annotations

import asyncio

from foundry_git import NotFoundError, PatternExecutionEngine, ValidationError, create_pattern_execution_engine


async def safely(engine: PatternExecutionEngine, question: str) -> str:
    """Return what came of a question, whatever it is."""
    try:
        result = await engine.execute(question)
    except ValidationError as error:
        return f"invalid: {error}"
    except NotFoundError as error:
        return f"nothing answers: {error}"
    return result.text if result.success else f"failed: {result.error}"


async def main() -> None:
    """Ask one of each."""
    async with await create_pattern_execution_engine() as engine:
        for question in ("   ", "please water the plants in the office", "calculate 1 / 0", "calculate 1 / 8"):
            print(await safely(engine, question))


if __name__ == "__main__":
    asyncio.run(main())
