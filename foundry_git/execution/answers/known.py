"""The answers that foundry-git has, by the names that triggers call them by."""

from __future__ import annotations

from collections.abc import Mapping

from foundry_git.execution.answers import hybrid, infrastructure, memory, storing
from foundry_git.execution.reply import Answering

ANSWERS: Mapping[str, Answering] = {
    "health": infrastructure.health,
    "statistics": infrastructure.statistics,
    "calculate": infrastructure.calculate,
    "list": infrastructure.listing,
    "commands": infrastructure.commands,
    "recall": memory.recall,
    "recall_by_tag": memory.by_tag,
    "recall_by_framework": memory.by_framework,
    "recall_by_importance": memory.by_importance,
    "recall_by_time": memory.by_time,
    "stored": memory.stored,
    "store": storing.store,
    "search": hybrid.search,
    "similar": hybrid.similar,
    "analyse": hybrid.analyse,
    "compare": hybrid.compare,
    "recommend": hybrid.recommend,
    "aggregate": hybrid.aggregate,
}
