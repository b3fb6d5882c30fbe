"""Frameworks of units."""

from __future__ import annotations

import pytest

from foundry_git.source.frameworks import FRAMEWORKS, framework_of, frameworks_named, frameworks_with
from foundry_git.source.reader import read_units


def framework(text: str, *allowed: str) -> str:
    return read_units(text, "m.py", frameworks_named(allowed) if allowed else FRAMEWORKS)[-1].framework


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import fastapi\ndef f():\n    return fastapi.Request", "fastapi"),
        ("from flask import Flask\napp = Flask(__name__)\n@app.route('/')\ndef f(): ...", "flask"),
        ("from django.db import models\nclass A(models.Model): ...", "django"),
        ("from pydantic import BaseModel\nclass Base(BaseModel): ...\nclass A(Base): ...", "pydantic"),
        ("import click, flask\n@click.command()\ndef f():\n    return flask.g", "click"),
        ("import flask, sqlalchemy\ndef f():\n    return sqlalchemy.text", "sqlalchemy"),
        ("import pytest\ndef test_f(): ...", "pytest"),
        ("def f():\n    import typer\n    return typer", "typer"),
        ("import json\ndef f():\n    return json", ""),
        ("import flask_login\ndef f():\n    return flask_login", ""),
        ("from fastapi import FastAPI\napp = FastAPI()\nclass Price:\n    cents = 1", ""),
        ("import fastapi\nclass Asked:\n    def of(self, request: fastapi.Request): ...", "fastapi"),
        ("import fastapi\ndef tally(n):\n    return n + 1", ""),
        (
            "from pydantic import BaseModel\nclass M: ...\nclass B(M, BaseModel): ...\nclass C(B): ...\nclass A(C): ...",
            "pydantic",
        ),
    ],
)
def test_the_framework_of_a_unit_is_one_that_it_uses_and_not_what_its_module_imports(text: str, expected: str) -> None:
    assert framework(text) == expected


def test_only_allowed_frameworks_are_named() -> None:
    text = "import flask, celery\n@celery.task\ndef f():\n    return flask.g\n"

    assert framework(text, "flask") == "flask"
    assert framework(text, "flask", "celery") == "celery"
    assert framework(text, "django") == ""


def test_a_team_adds_and_replaces_entries_and_its_own_frameworks_come_first() -> None:
    text = "from acme.web import route\nimport fastapi\n@route\n@fastapi.get\ndef f(): ...\n"

    added = frameworks_with({"acme": ("acme.web",)})
    assert read_units(text, "m.py", added)[-1].framework == "acme"
    replaced = frameworks_with({"fastapi": ("acme",)})
    assert read_units("import acme\ndef f(): return acme", "m.py", replaced)[-1].framework == "fastapi"
    assert read_units("import fastapi\ndef f(): return fastapi", "m.py", replaced)[-1].framework == ""
    assert set(replaced) == set(FRAMEWORKS)


def test_every_framework_that_is_promised_is_known() -> None:
    promised = (
        "fastapi flask django starlette pytest sqlalchemy pydantic click typer react express next vue nest gin echo chi axum actix"
        " tokio serde"
    )
    assert set(promised.split()) <= set(FRAMEWORKS)


def test_modules_of_other_languages_are_known() -> None:
    assert framework_of([["github.com/gin-gonic/gin/binding"]], FRAMEWORKS) == "gin"
    assert framework_of([["@nestjs/common"]], FRAMEWORKS) == "nest"
    assert framework_of([["serde_json::value"]], FRAMEWORKS) == "serde"
