"""Frameworks: which one a unit is written for, told from what it and its module import."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import islice

DEEPEST = 16  # folders or modules; all prefixes of a path of 60,000 parts would take gigabytes

_SEPARATOR = re.compile(r"\.|/|::")

FRAMEWORKS: dict[str, tuple[str, ...]] = {
    # the more specific first: a module of the first often imports the second as well
    "fastapi": ("fastapi",),
    "starlette": ("starlette",),
    "flask": ("flask", "flask_restful", "flask_sqlalchemy"),
    "django": ("django", "rest_framework"),
    "pytest": ("pytest", "_pytest", "pytest_asyncio"),
    "typer": ("typer",),
    "click": ("click",),
    "sqlalchemy": ("sqlalchemy", "alembic"),
    "pydantic": ("pydantic", "pydantic_settings"),
    "next": ("next",),
    "nest": ("@nestjs",),
    "react": ("react", "react-dom", "react-native"),
    "vue": ("vue", "@vue"),
    "express": ("express",),
    "gin": ("github.com/gin-gonic/gin",),
    "echo": ("github.com/labstack/echo",),
    "chi": ("github.com/go-chi/chi",),
    "axum": ("axum",),
    "actix": ("actix_web", "actix"),
    "tokio": ("tokio",),
    "serde": ("serde", "serde_json", "serde_yaml"),
}
"""Framework → the modules that belong to it, with everything below them."""


def frameworks_named(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Choose frameworks by name; one without an entry in ``FRAMEWORKS`` stands for the module of that name."""
    chosen = set(names)
    known = {name: modules for name, modules in FRAMEWORKS.items() if name in chosen}
    return known | {name: (name,) for name in sorted(chosen - known.keys())}


def frameworks_with(entries: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Add entries to ``FRAMEWORKS``, or replace some of them.

    New ones come first: what a team builds on top of a framework often imports that framework as well.
    """
    new = {name: modules for name, modules in entries.items() if name not in FRAMEWORKS}
    return new | {name: entries.get(name, modules) for name, modules in FRAMEWORKS.items()}


def framework_of(tiers: Sequence[Collection[str]], frameworks: Mapping[str, Collection[str]]) -> str:
    """Name the framework of a unit, or ``""``.

    ``tiers``: modules (``django.db.models``, ``github.com/gin-gonic/gin``) from the strongest sign to the weakest: those that
    its decorators and bases come from, those that it uses, those that its place stands for.
    ``frameworks``: the names that may be given, each with its modules; where two fit, the first is named.
    """
    for modules in tiers:
        known = {parent for module in modules for parent in _parents(module)}
        for name, own in frameworks.items() if known else ():
            if not known.isdisjoint(own):
                return name
    return ""


@lru_cache(maxsize=4096)
def _parents(module: str) -> tuple[str, ...]:
    """List a module and all that it lies in: ``a.b.c`` lies in ``a.b`` and in ``a``."""
    marks = islice(_SEPARATOR.finditer(module), DEEPEST)
    return (module, *(module[: mark.start()] for mark in marks))
