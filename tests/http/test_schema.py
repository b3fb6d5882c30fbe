"""The interface is as it is described: schemathesis sends what the description allows, and what it does not, to every route."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from foundry_git.execution.engine import PatternExecutionEngine
from foundry_git.http.app import make_app
from foundry_git.workspace import Workspace
from tests.http.serving import TOKEN, Served, served

EXAMPLES = 30
DESCRIBED = schemathesis.openapi.from_dict(
    make_app(PatternExecutionEngine(lambda: Workspace.open(Path("/nowhere"))), TOKEN).openapi()
)


def _operations() -> Iterator[Any]:
    for found in DESCRIBED.get_all_operations():
        assert isinstance(found, Ok)
        yield found.ok()


NOTHING_TO_SEND = ("GET /api/v1/pattern/stats", "GET /health", "GET /ready", "GET /metrics")
OPERATIONS: dict[str, Any] = {f"{one.method.upper()} {one.path}": one for one in _operations()}
CASES = [
    (name, mode)
    for name in OPERATIONS
    for mode in GenerationMode
    if mode is GenerationMode.POSITIVE or name not in NOTHING_TO_SEND
]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(Path(tmp_path_factory.mktemp("schema"))) as running:
        yield running


@pytest.mark.parametrize(("name", "mode"), CASES)
def test_every_route_does_what_its_description_says(running: Served, name: str, mode: GenerationMode) -> None:
    operation = OPERATIONS[name]

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
    @given(st.data())
    def asked(data: Any) -> None:
        case = data.draw(operation.as_strategy(generation_mode=mode))
        response = case.call(base_url=running.url, headers={"authorization": f"Bearer {TOKEN}"})
        case.validate_response(response)

    asked()
