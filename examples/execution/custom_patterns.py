"""Definitions of one's own: a handler in Python, and one that foundry-git has."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from foundry_git import PatternDefinition, create_pattern_execution_engine


async def on_call(query: str, context: Mapping[str, object]) -> dict[str, object]:
    """Tell who is on call for a team."""
    return {"team": context.get("team", "core"), "text": f"on call for {context.get('team', 'core')}: see the rota"}


async def main() -> None:
    """Register two definitions, and ask both."""
    definitions = [
        PatternDefinition.from_config(
            {
                "name": "on-call",
                "pattern_type": "infrastructure",
                "trigger_pattern": r"who\s+is\s+on\s+call",
                "priority": 80,
                "cache_ttl": 0,
                "handler": on_call,
            }
        ),
        PatternDefinition.from_config(
            {
                "name": "resilience",
                "pattern_type": "memory",
                "trigger_pattern": r"how do we survive (?P<topic>.+)",
                "priority": 80,
                "handler": "recall",
            }
        ),
    ]
    async with await create_pattern_execution_engine() as engine:
        engine.registry.register_batch(definitions)
        first = await engine.execute("Who is on call?", context={"team": "payments"})
        second = await engine.execute("how do we survive failing services?")
        print(f"{first.pattern_name}: {first.text}")
        print(f"{second.pattern_name}: {second.result['memories'][0]['id']}")


if __name__ == "__main__":
    asyncio.run(main())
