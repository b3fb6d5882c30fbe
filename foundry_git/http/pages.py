"""Pages: the dashboard at /status and the description of the interface at /docs, made on the server, without a script."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.responses import FileResponse, HTMLResponse, Response

from foundry_git import __version__
from foundry_git.execution.engine import PatternExecutionEngine
from foundry_git.execution.figures import Latencies
from foundry_git.execution.monitoring import alerts
from foundry_git.http.metrics import values_of

STYLE = Path(__file__).with_name("pages.css")
BARS_MS = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)
"""The upper bounds of the bars of times."""
MOST_ROUTES, MOST_SLOW = 12, 10


def add_to(app: FastAPI, engine: PatternExecutionEngine) -> None:
    """Add the pages to an application."""

    @app.get("/status", include_in_schema=False)
    async def status() -> HTMLResponse:
        return HTMLResponse(status_page(engine))

    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        return HTMLResponse(docs_page(app.openapi()))

    @app.get("/static/pages.css", include_in_schema=False)
    async def style() -> Response:
        return FileResponse(STYLE, media_type="text/css; charset=utf-8")


def status_page(engine: PatternExecutionEngine) -> str:
    """The dashboard: load, hit rates, latencies, routes, the slowest questions."""
    return _page("foundry: how the service does", "".join(_status(engine)), refresh=10)


def docs_page(description: Mapping[str, Any]) -> str:
    """Every route with what it takes and gives, from the description that is served as /openapi.json."""
    return _page("foundry: the interface", "".join(_docs(description)))


def _status(engine: PatternExecutionEngine) -> Iterator[str]:
    stats, figures = engine.get_stats(), engine.figures
    passed = alerts(values_of(engine), figures.counts["total"])
    state = engine.looked_at
    yield f"<header><h1>Pattern execution</h1><p>up {_duration(figures.seconds)}, version {escape(__version__)}</p></header>"
    for alert in passed:
        yield f'<p class="{alert.level}" role="status"><strong>{alert.level}</strong> {escape(alert.sentence)}</p>'
    if not passed:
        yield '<p class="good" role="status">No threshold is passed.</p>'
    yield '<section class="cards" aria-label="at a glance">'
    whole = figures.all_latencies()
    yield _card("questions", f"{stats['total_executions']:,}", f"{stats['requests_per_second']:.1f} a second")
    yield _card(
        "kept answers",
        _percent(stats["cache_hit_rate"], stats["cache_hits"] + stats["cache_misses"]),
        f"{stats['cache_hits']:,} of {stats['cache_hits'] + stats['cache_misses']:,}",
    )
    yield _card(
        "95 % within",
        _ms(whole.quantile(0.95)) if whole.count else "–",
        f"median {_ms(whole.quantile(0.5))}" if whole.count else "no question yet",
    )
    yield _card("failures", _percent(stats["error_rate"], stats["total_executions"]), f"{stats['failed']:,} in all")
    yield _card(
        "tokens",
        f"{stats['total_tokens_used']:,}",
        f"{stats['total_tokens_used'] / max(stats['total_executions'], 1):.0f} an answer",
    )
    yield _card("at work", f"{stats['utilisation']:.0f} %", "the thread of answers")
    yield _card("routed right", f"{100 * engine.registry.accuracy():.0f} %", "of the triggers' own examples")
    yield _card(
        "Redis",
        escape(str(stats["redis"])),
        escape(stats["cache_stats"]["redis_said"][:60]) or "answers kept for several processes",
    )
    yield "</section>"
    yield "<section><h2>Where answers came from</h2>" + _layers(figures.counts) + "</section>"
    yield "<section><h2>Times</h2>" + _table(
        ("type", "questions", "median", "95 %", "99 %", "found anew, 95 %"),
        [_times(name, one, figures.uncached[name]) for name, one in figures.by_type.items()],
    )
    yield _bars(whole) + "</section>"
    routes = figures.routes.most_common(MOST_ROUTES)
    yield "<section><h2>Routes</h2>" + (_shares(routes) if routes else "<p>No question yet.</p>") + "</section>"
    slow = figures.slowest()[:MOST_SLOW]
    yield "<section><h2>Slowest questions</h2>"
    rows = [(f"{one['ms']:,.0f} ms", str(one["route"]), str(one["question"])) for one in slow]
    yield (_table(("took", "route", "question"), rows) if rows else "<p>None took longer than 200 ms.</p>") + "</section>"
    if state is not None:
        told = ", ".join(f"{key} {value[:19]}" for key, value in state.told().items() if value)
        yield f"<footer>{escape(told)}</footer>"


def _docs(description: Mapping[str, Any]) -> Iterator[str]:
    info = description["info"]
    yield f"<header><h1>{escape(info['title'])} {escape(info['version'])}</h1><p>{escape(info.get('summary', ''))} "
    yield 'The description for programs is <a href="/openapi.json">/openapi.json</a>.</p></header>'
    shapes = description.get("components", {}).get("schemas", {})
    for path, methods in description["paths"].items():
        for method, told in methods.items():
            yield f"<section><h2><code>{method.upper()} {escape(path)}</code></h2><p>{escape(told.get('description', ''))}</p>"
            yield _parameters(told.get("parameters", []))
            if shape := _shape_of(told.get("requestBody", {}), shapes):
                yield "<h3>body</h3>" + _fields(shape)
            if shape := _shape_of(told["responses"].get("200", {}), shapes):
                yield "<h3>answer</h3>" + _fields(shape)
            yield "</section>"


def _page(title: str, content: str, refresh: int = 0) -> str:
    again = f'<meta http-equiv="refresh" content="{refresh}">' if refresh else ""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>{again}'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/static/pages.css">'
        f"</head><body><main>{content}</main></body></html>"
    )


def _card(name: str, value: str, more: str) -> str:
    return f'<div class="card"><h3>{name}</h3><p class="value">{value}</p><p>{more}</p></div>'


def _layers(counts: Mapping[str, int]) -> str:
    names = {
        "local": "this process",
        "redis": "Redis",
        "shared": "asked at the same time",
        "none": "found anew",
        "bypassed": "never kept",
    }
    return _shares([(said, counts.get(f"layer:{name}", 0)) for name, said in names.items()])


def _times(name: str, all: Latencies, uncached: Latencies) -> tuple[str, ...]:
    if not all.count:
        return name, "0", "–", "–", "–", "–"
    quantiles = [_ms(all.quantile(share)) for share in (0.5, 0.95, 0.99)]
    return name, f"{all.count:,}", *quantiles, _ms(uncached.quantile(0.95)) if uncached.count else "–"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    top = "".join(f'<th scope="col">{escape(one)}</th>' for one in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _shares(counts: Sequence[tuple[str, int]]) -> str:
    """Bars with their counts, the widest the largest; an SVG for each row, so that text is text."""
    whole, most = sum(count for _, count in counts), max((count for _, count in counts), default=0)
    rows = []
    for name, count in counts:
        share, width = (100.0 * count / whole if whole else 0.0), (200.0 * count / most if most else 0.0)
        inside = f'<rect width="{width:.1f}" height="12" rx="2"></rect>'
        bar = f'<svg width="200" height="12" role="img" aria-label="{share:.0f} percent">{inside}</svg>'
        rows.append(f"<tr><td>{escape(name)}</td><td>{count:,}</td><td>{share:.0f} %</td><td>{bar}</td></tr>")
    return f"<table><tbody>{''.join(rows)}</tbody></table>"


def _bars(latencies: Latencies) -> str:
    """How many answers took how long, as upright bars."""
    below = [latencies.below(bound) for bound in BARS_MS]
    counts = [count - before for count, before in zip([*below, latencies.count], [0, *below], strict=True)]
    most, parts = max(max(counts), 1), []
    for at, count in enumerate(counts):
        height = 100.0 * count / most
        said = f"{BARS_MS[at]:g}" if at < len(BARS_MS) else "more"
        parts.append(
            f'<rect x="{at * 56 + 8}" y="{110 - height:.1f}" width="40" height="{height:.1f}" rx="2"><title>{count:,}</title></rect>'
        )
        parts.append(f'<text x="{at * 56 + 28}" y="126" text-anchor="middle">{said}</text>')
    width = len(counts) * 56 + 8
    drawing = f'<svg viewBox="0 0 {width} 132" role="img" aria-label="answers by milliseconds">{"".join(parts)}</svg>'
    return f"<figure>{drawing}<figcaption>answers by milliseconds, up to</figcaption></figure>"


def _parameters(parameters: Sequence[Mapping[str, Any]]) -> str:
    rows = [(str(one["name"]), str(one["in"]), _type(one["schema"]), "yes" if one.get("required") else "") for one in parameters]
    return _table(("parameter", "in", "type", "needed"), rows) if rows else ""


def _shape_of(told: Mapping[str, Any], shapes: Mapping[str, Any]) -> Mapping[str, Any] | None:
    schema = told.get("content", {}).get("application/json", {}).get("schema", {})
    found: Mapping[str, Any] | None = shapes.get(str(schema.get("$ref", "")).rpartition("/")[2])
    return found


def _fields(shape: Mapping[str, Any]) -> str:
    needed = set(shape.get("required", ()))
    rows = [
        (name, _type(one), "yes" if name in needed else "", str(one.get("description", "")))
        for name, one in shape.get("properties", {}).items()
    ]
    return _table(("field", "type", "needed", ""), rows)


def _type(schema: Mapping[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(_type(one) for one in schema["anyOf"])
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "enum" in schema:
        return ", ".join(map(str, schema["enum"]))
    return str(schema.get("const", schema.get("type", "anything")))


def _percent(value: float, count: int) -> str:
    return f"{value:.0f} %" if count else "–"


def _ms(value: float) -> str:
    return f"{value:.2f} ms" if value < 10 else f"{value:,.0f} ms"


def _duration(seconds: float) -> str:
    minutes, hours = int(seconds // 60), int(seconds // 3600)
    if hours >= 48:
        return f"{hours // 24} days"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min" if minutes else f"{seconds:.0f} s"
