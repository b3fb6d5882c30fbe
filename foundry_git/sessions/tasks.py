"""Task lists: how many tasks an agent set itself, and how many of them are done, from what it told its tools."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

MAX_TASKS = 10_000
_DONE, _DELETED = "completed", "deleted"


class TaskList(Struct):
    """The tasks so far: either one list that is written anew each time, or tasks that are made and changed one by one.

    ``todos``: done and not done of the last list that was not empty, for a finished list is often cleared.
    """

    todos: tuple[int, int] | None = None
    created: int = 0
    states: dict[str, str] = field(default_factory=dict)

    def take(self, tool: object, given: object) -> None:
        """Take in one call of a tool; others than those of tasks say nothing."""
        if not isinstance(given, Mapping):
            return
        if tool == "TodoWrite":
            self._list(given.get("todos"))
        elif tool == "TaskCreate":
            self.created = min(self.created + 1, MAX_TASKS)
        elif tool == "TaskUpdate":
            self._change(given.get("taskId"), given.get("status"))

    def counts(self) -> tuple[int | None, int | None]:
        """Tasks done and not done; None where there never were any."""
        if not self.created and not self.states:
            return self.todos or (None, None)
        done = sum(state == _DONE for state in self.states.values())
        gone = sum(state == _DELETED for state in self.states.values())
        return done, max(max(self.created, len(self.states)) - gone - done, 0)

    def _list(self, todos: object) -> None:
        states = (
            [todo.get("status") for todo in todos[:MAX_TASKS] if isinstance(todo, Mapping)] if isinstance(todos, list) else []
        )
        if states:
            done = sum(state == _DONE for state in states)
            self.todos = done, len(states) - done

    def _change(self, task: object, state: object) -> None:
        name = str(task)[:100] if isinstance(task, str | int) else ""
        if name and isinstance(state, str) and (name in self.states or len(self.states) < MAX_TASKS):
            self.states[name] = state[:20]
