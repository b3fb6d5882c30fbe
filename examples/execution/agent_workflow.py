"""An agent's four steps: recall, analyse, find similar, store what came of it for review."""

from __future__ import annotations

import asyncio

from foundry_git import ExecutionMode, PatternExecutionEngine, create_pattern_execution_engine


class Optimizer:
    """An agent that looks before it leaps, and leaves a note behind."""

    def __init__(self, engine: PatternExecutionEngine, session: str) -> None:
        self._engine = engine
        self._context = {"agent_id": "optimizer", "session_id": session, "workflow": "optimization", "priority": "high"}

    async def optimize(self, component: str) -> list[str]:
        """Return what was learned about a component, a line for each step."""
        ask, context = self._engine.execute, self._context
        past = await ask(f"recall optimization patterns for {component}", context=context)
        state = await ask(f"analyze {component} performance patterns", ExecutionMode.COMPREHENSIVE, context)
        alike = await ask(f"find similar to {component}", ExecutionMode.HYBRID, context)
        plan = {"keep": alike.result["similar"][:1], "why": state.result["totals"]}
        kept = await ask(f"store optimization result for {component}", context={**context, "plan": plan})
        return [
            f"recalled {len(past.result['memories'])}",
            f"analysed {state.result['count']}",
            f"similar {len(alike.result['similar'])}",
            f"stored {kept.result['stored']}",
        ]


async def main() -> None:
    """Optimise a cache."""
    async with await create_pattern_execution_engine() as engine:
        for line in await Optimizer(engine, "session-1").optimize("the loading cache"):
            print(line)


if __name__ == "__main__":
    asyncio.run(main())
