"""CONTRIBUTING, the workflow and the issue forms name what exists, and are what GitHub documents."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests import TOP
from tests.docs.front_pages import CONTRIBUTING, PAGES, TARGETS, dead_links, targets_in, targets_of

FORMS = [path for path in sorted((TOP / ".github/ISSUE_TEMPLATE").glob("*.yml")) if path.name != "config.yml"]
WORKFLOWS = sorted((TOP / ".github/workflows").glob("*.yml"))


def read(path: Path) -> Mapping[Any, Any]:
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(document, dict), path
    return document


def jobs() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(workflow and job, job) of every workflow."""
    for path in WORKFLOWS:
        yield from ((f"{path.name}: {name}", job) for name, job in read(path)["jobs"].items())


def steps(key: str) -> list[str]:
    """What every step that has this key says there."""
    return [step[key] for _, job in jobs() for step in job["steps"] if key in step]


def test_contributing_links_to_what_exists() -> None:
    assert list(dead_links(CONTRIBUTING)) == []


def test_contributing_describes_every_make_target_and_no_other() -> None:
    described = set(re.findall(r"^\| `make ([a-z]+)` \|", PAGES[CONTRIBUTING], re.MULTILINE))

    assert described == TARGETS - {"help"}
    assert targets_of(CONTRIBUTING) <= TARGETS


def test_files_that_contributing_names_exist() -> None:
    places = r"`((?:foundry_git|benchmarks|tests|docs)/[\w./-]+|[A-Z]+\.md|[\w-]+\.toml|[\w-]+\.txt)`"
    named = set(re.findall(places, PAGES[CONTRIBUTING]))

    assert len(named) > 10
    assert [name for name in sorted(named) if "NAME" not in name and not (TOP / name).exists()] == []


def test_the_workflow_calls_nothing_but_make() -> None:
    assert steps("run")
    for line in steps("run"):
        assert re.fullmatch(r"make( [a-z]+)+", line), line
        assert targets_in(line) <= TARGETS, line


def test_actions_are_pinned_to_a_major_version_and_jobs_to_a_system() -> None:
    assert steps("uses") and all(re.fullmatch(r"actions/[\w-]+@v\d+", one) for one in steps("uses"))
    for name, job in jobs():
        systems = job["strategy"]["matrix"]["system"] if "matrix" in job["runs-on"] else [job["runs-on"]]
        assert not any(system.endswith("latest") for system in systems), name


def test_the_workflow_tries_every_python_that_is_supported() -> None:
    project = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    tried = read(TOP / ".github/workflows/ci.yml")["jobs"]["test"]["strategy"]["matrix"]["python"]

    assert tried == ["3.11", "3.12", "3.13", "3.14"]
    assert project["requires-python"] == f">={tried[0]}"


def test_only_a_system_that_nobody_tried_may_fail() -> None:
    job = read(TOP / ".github/workflows/ci.yml")["jobs"]["test"]

    assert job["continue-on-error"] == "${{ matrix.untried }}"
    assert job["strategy"]["matrix"]["untried"] == [False]
    assert [(one["system"], one["untried"]) for one in job["strategy"]["matrix"]["include"]] == [("macos-15", True)]


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_an_issue_form_asks_by_fields_that_github_knows(path: Path) -> None:
    form = read(path)

    assert form.keys() <= {"name", "description", "title", "labels", "assignees", "projects", "type", "body"}
    assert {"name", "description", "body"} <= form.keys()
    ids = [part["id"] for part in form["body"]]
    assert len(set(ids)) == len(ids)
    for part in form["body"]:
        assert part["type"] in {"input", "textarea", "dropdown", "checkboxes"}
        assert part["attributes"]["label"]
    assert any(part.get("validations", {}).get("required") for part in form["body"])


def test_the_chooser_of_forms_is_configured() -> None:
    assert read(TOP / ".github/ISSUE_TEMPLATE/config.yml") == {"blank_issues_enabled": True}
    assert [path.stem for path in FORMS] == ["bug", "idea"]
