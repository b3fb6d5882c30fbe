"""The application: every route of the server, over one engine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Annotated, Any

import msgspec
from fastapi import Depends, FastAPI, Header, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from foundry_git import __version__
from foundry_git.errors import FoundryError, NotFoundError, UnknownPatternError, UsageError, ValidationError, WriteRefusedError
from foundry_git.execution.definitions import ExecutionResult
from foundry_git.execution.desk import Desk
from foundry_git.execution.engine import PatternExecutionEngine
from foundry_git.execution.monitoring import alerts
from foundry_git.http import library_answers, pages
from foundry_git.http.access_token import is_token
from foundry_git.http.metrics import exposition, values_of
from foundry_git.http.shapes import (
    EvidenceResponse,
    ExecuteQuery,
    ExecuteRequest,
    ExecuteResponse,
    ExecutionResultResponse,
    Found,
    Health,
    ListQuery,
    NoQuery,
    PatternList,
    PatternResponse,
    Problem,
    RatingTold,
    Ready,
    Recorded,
    ResultTold,
    SearchRequest,
    SimilarRequest,
    VersionQuery,
)

_ENCODER = msgspec.json.Encoder(enc_hook=str)
_SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"

REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": said}
    for status, said in {
        400: "the request cannot be read",
        401: "the token is missing or wrong",
        403: "the request comes from a page of another site",
        404: "there is nothing of the kind",
        405: "the route has no such method",
        408: "the body did not come in time",
        409: "it cannot be done as things stand",
        413: "the body is too large",
        421: "the server does not answer under that host",
        422: "a value cannot be taken",
        429: "too many requests at once",
        500: "something went wrong here",
        503: "the library cannot be used, or the answer takes too long",
    }.items()
}

Language = Annotated[str, Path(pattern=r"^[a-z][a-z0-9+#-]{0,30}$")]
Slug = Annotated[str, Path(pattern=_SLUG, max_length=64)]
Plain = Annotated[NoQuery, Query()]


def make_app(engine: PatternExecutionEngine, token: str, reads_need_token: bool = False) -> FastAPI:
    """Make the application; ``reads_need_token``: others than this machine can reach it, so that nothing is told without the token."""

    app = FastAPI(
        title="foundry-git",
        version=__version__,
        summary="Ask a library of reusable code patterns, and tell it what came of them.",
        docs_url=None,
        redoc_url=None,
        responses=REFUSALS,
        dependencies=[Depends(_reader(token))] if reads_need_token else [],
    )
    app.state.engine, app.state.token = engine, token
    _handle_errors(app)
    _add_questions(app, engine, token)
    _add_library(app, engine, token)
    _add_service(app, engine)
    pages.add_to(app, engine)
    return app


def _reader(token: str) -> Callable[..., None]:
    def check(authorization: Annotated[str | None, Header(include_in_schema=False)] = None) -> None:
        if not is_token(authorization, token):
            raise HTTPException(401, "show the token: Authorization: Bearer TOKEN", {"www-authenticate": "Bearer"})

    return check


def _add_questions(app: FastAPI, engine: PatternExecutionEngine, token: str) -> None:
    @app.post("/api/v1/pattern/execute", response_model=ExecuteResponse, tags=["questions"])
    async def execute_pattern(
        asked: ExecuteRequest, nothing: Plain, authorization: Annotated[str | None, Header(include_in_schema=False)] = None
    ) -> Response:
        """Answer a question. One that stores something needs the token."""
        context = asked.context.told() if asked.context else {}
        may_write = is_token(authorization, token)
        result = await engine.execute(asked.query, asked.mode, context, asked.use_cache, may_write)
        return _json(_execute_response(result))

    @app.post("/api/v1/execute", response_model=ExecutionResultResponse, tags=["questions"])
    async def execute(
        asked: Annotated[ExecuteQuery, Query()], authorization: Annotated[str | None, Header(include_in_schema=False)] = None
    ) -> Response:
        """Answer a question that stands in the address. One that stores something needs the token."""
        result = await engine.execute(asked.query, asked.mode, None, True, is_token(authorization, token))
        return _json(result.to_dict())

    @app.get("/api/v1/pattern/stats", tags=["questions"])
    async def stats(nothing: Plain) -> dict[str, Any]:
        """Tell what the engine did since it began; rates in percent, times in milliseconds."""
        return engine.get_stats()

    @app.post("/api/v1/search", response_model=Found, tags=["library"])
    async def search(asked: SearchRequest, nothing: Plain) -> Response:
        """Search patterns and the units of HEAD."""
        return await _with_state(engine, lambda desk: library_answers.searched(desk, asked))

    @app.post("/api/v1/similar", response_model=Found, tags=["library"])
    async def similar(asked: SimilarRequest, nothing: Plain) -> Response:
        """Compare code with what there is."""
        return await _with_state(engine, lambda desk: library_answers.compared(desk, asked))


def _add_library(app: FastAPI, engine: PatternExecutionEngine, token: str) -> None:
    @app.get("/api/v1/patterns", response_model=PatternList, tags=["library"])
    async def patterns(asked: Annotated[ListQuery, Query()]) -> Response:
        """List patterns in order of their ids."""
        return _json(await _at(engine, lambda desk: library_answers.listed(desk, asked)))

    @app.get("/api/v1/patterns/{language}/{slug}", response_model=PatternResponse, tags=["library"])
    async def pattern(language: Language, slug: Slug, asked: Annotated[VersionQuery, Query()]) -> Response:
        """Tell one version of a pattern with its code, the newest where none is named."""
        return _json(await _at(engine, lambda desk: library_answers.pattern_told(desk, f"{language}/{slug}", asked.version)))

    @app.get("/api/v1/patterns/{language}/{slug}/evidence", response_model=EvidenceResponse, tags=["library"])
    async def evidence(language: Language, slug: Slug, asked: Annotated[VersionQuery, Query()]) -> Response:
        """Tell what became of a version."""
        return _json(await _at(engine, lambda desk: library_answers.evidence_told(desk, f"{language}/{slug}", asked.version)))

    @app.post("/api/v1/outcomes", response_model=Recorded, tags=["library"], dependencies=[Depends(_reader(token))])
    async def outcomes(asked: ResultTold | RatingTold, nothing: Plain) -> Response:
        """Record what came of a pattern, or of what was injected under a receipt. Needs the token."""
        return _json(await _at(engine, lambda desk: library_answers.recorded(desk, asked)))


def _add_service(app: FastAPI, engine: PatternExecutionEngine) -> None:
    @app.get("/health", response_model=Health, tags=["service"])
    async def health(nothing: Plain) -> Response:
        """Tell how library, search, evidence and caches stand, and which thresholds are passed."""
        result = await engine.execute("health", "fast", None, use_cache=False, may_write=False)
        values = values_of(engine)
        passed = [
            {"level": one.level, "metric": one.metric, "said": one.sentence}
            for one in alerts(values, engine.figures.counts["total"])
        ]
        return _json({"status": result.result.get("status", "bad"), "checks": result.result.get("checks", []), "alerts": passed})

    @app.get("/ready", response_model=Ready, tags=["service"])
    async def ready(nothing: Plain) -> Response:
        """Tell whether questions are answered, and of which state of the library."""
        state = await asyncio.to_thread(engine.state)
        return _json({"ready": True, "state": state.told()})

    @app.get(
        "/metrics",
        tags=["service"],
        response_class=Response,
        responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
    )
    async def metrics(nothing: Plain) -> Response:
        """Tell the figures as Prometheus reads them."""
        return Response(exposition(engine), media_type="text/plain; version=0.0.4; charset=utf-8")


def _handle_errors(app: FastAPI) -> None:
    """Turn errors into responses that never repeat what was sent."""

    @app.exception_handler(RequestValidationError)
    async def of_values(request: Request, error: RequestValidationError) -> JSONResponse:
        places = sorted({".".join(str(part) for part in one["loc"] if not isinstance(part, int))[:80] for one in error.errors()})
        reasons = sorted({str(one["type"]) for one in error.errors()})
        is_unread = "json_invalid" in reasons
        said = (
            "the body is no JSON"
            if is_unread
            else f"{', '.join(_printable(one) for one in places[:5])}: {', '.join(reasons[:5])}"
        )
        return JSONResponse({"error": said}, 400 if is_unread else 422)

    @app.exception_handler(HTTPException)
    async def of_routes(request: Request, error: HTTPException) -> JSONResponse:
        return JSONResponse({"error": str(error.detail)}, error.status_code, dict(error.headers or {}))

    @app.exception_handler(Exception)
    async def of_nobody(request: Request, error: Exception) -> JSONResponse:
        return JSONResponse({"error": "something went wrong here; the log says more under the request's id"}, 500)

    @app.exception_handler(FoundryError)
    async def of_ours(request: Request, error: FoundryError) -> JSONResponse:
        status, said = _refusal(error)
        return JSONResponse({"error": said}, status, {"www-authenticate": "Bearer"} if status == 401 else None)


def _refusal(error: FoundryError) -> tuple[int, str]:
    """The status of an error, and what is said of it."""
    match error:
        case WriteRefusedError():
            return 401, str(error)
        case NotFoundError():
            return 404, "nothing here answers that" + (f"; nearest is: {error.nearest}" if error.nearest else "")
        case UnknownPatternError():
            return 404, "no pattern or receipt has that name"
        case ValidationError():
            return 422, "a value cannot be taken"
        case UsageError():
            return 409, "it cannot be done as things stand; docs/execution.md says what each route needs"
        case _:
            return 503, "the library cannot be used; `foundry doctor` says why"


def _printable(place: str) -> str:
    """The place of a value by names of ours alone: a key that nobody knows is not repeated."""
    known = {"body", "query", "path", *ExecuteRequest.model_fields, *SearchRequest.model_fields, *SimilarRequest.model_fields}
    known |= {
        *ResultTold.model_fields,
        *RatingTold.model_fields,
        *ListQuery.model_fields,
        *VersionQuery.model_fields,
        "language",
        "slug",
        "version",
    }
    return ".".join(part if part in known else "…" for part in place.split("."))


async def _at(engine: PatternExecutionEngine, ask: Callable[[Desk], Mapping[str, Any]]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = await asyncio.wrap_future(engine.at_desk(ask))
    return found


async def _with_state(engine: PatternExecutionEngine, ask: Callable[[Desk], Mapping[str, Any]]) -> Response:
    found = await _at(engine, ask)
    looked = engine.looked_at
    return _json({**found, "state": looked.told() if looked else {}})


def _execute_response(result: ExecutionResult) -> dict[str, Any]:
    told = result.to_dict()
    return {"pattern": told.pop("pattern_name"), **told}


def _json(content: Mapping[str, Any]) -> Response:
    return Response(_ENCODER.encode(content), media_type="application/json")
