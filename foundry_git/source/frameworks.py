"""Frameworks: which one a unit is written for, told from what it and its module import."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import lru_cache

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


def framework_of(tiers: Sequence[Collection[str]], allowed: Collection[str]) -> str:
    """Name the framework of a unit, or ``""``.

    ``tiers``: modules (``django.db.models``, ``github.com/gin-gonic/gin``) from the strongest sign to the weakest: those that
    its decorators and bases come from, those that it uses, those that its file imports. ``allowed``: names that may be given;
    one without an entry in ``FRAMEWORKS`` stands for the module of that name.
    """
    for modules in tiers:
        known = {parent for module in modules for parent in _parents(module)}
        for name in (*FRAMEWORKS, *sorted(allowed)):
            if name in allowed and not known.isdisjoint(FRAMEWORKS.get(name, (name,))):
                return name
    return ""


@lru_cache(maxsize=4096)
def _parents(module: str) -> tuple[str, ...]:
    """List a module and all that it lies in: ``a.b.c`` lies in ``a.b`` and in ``a``."""
    return (module, *(module[: mark.start()] for mark in _SEPARATOR.finditer(module)))
