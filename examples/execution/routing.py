"""Where questions go, how sure that is, and why; nothing is executed."""

from __future__ import annotations

import asyncio

from foundry_git import create_pattern_execution_engine

QUESTIONS = [
    "check health",
    "what have we got on rate limits",
    "is there a twin of parse_duration",
    "retry with backoff",
    "tell me a joke",
]


async def main() -> None:
    """Route five questions."""
    async with await create_pattern_execution_engine() as engine:
        for question in QUESTIONS:
            decision = await engine.router.route(question)
            print(f"{question} -> {decision.route or 'nothing here'} ({decision.pattern_type}, {decision.confidence:.0%})")
            print(f"  {decision.reasoning}; about {decision.estimated_cost} tokens")


if __name__ == "__main__":
    asyncio.run(main())
