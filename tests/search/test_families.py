"""Families: what is alike on purpose is known by its names and places."""

from __future__ import annotations

import pytest

from foundry_git.search.families import are_siblings, is_family


@pytest.mark.parametrize(
    ("path", "symbol", "other_path", "other_symbol"),
    [
        ("client.py", "AsyncClient.get", "sync_client.py", "Client.get"),
        ("aio/pool.py", "Pool.acquire", "pool.py", "Pool.acquire"),
        ("_async/pool.py", "AsyncPool", "_sync/pool.py", "Pool"),
        ("llm.py", "Chain.ainvoke", "chain.py", "Chain.invoke"),
        ("src/locale/de/index.ts", "formatRelative", "src/locale/pt-BR/index.ts", "formatRelative"),
        ("locales/fr.ts", "error", "locales/zh-CN.ts", "error"),
        ("term_windows.go", "size", "term_unix.go", "size"),
        ("console_windows.go", "openWindows", "console_unix.go", "openUnix"),
        ("v3/types.ts", "parse", "v4/types.ts", "parse"),
        ("api/v1beta1/convert.go", "Convert", "api/v1/convert.go", "Convert"),
        ("a.ts", "toDate", "a.ts", "toDate"),
    ],
)
def test_members_of_a_family_are_known(path: str, symbol: str, other_path: str, other_symbol: str) -> None:
    assert is_family(path, symbol, other_path, other_symbol)
    assert is_family(other_path, other_symbol, path, symbol)


@pytest.mark.parametrize(
    ("path", "symbol", "other_path", "other_symbol"),
    [
        ("shop/lists.py", "in_chunks", "web/pages.py", "cut_up"),
        ("shop/lists.py", "in_chunks", "web/lists.py", "in_chunks"),
        ("locale/de/index.ts", "formatRelative", "locale/fr/index.ts", "buildMatch"),
        ("term_windows.go", "size", "term_unix.go", "restore"),
        ("v3/types.ts", "parse", "v4/checks.ts", "parse"),
        ("de/tools.py", "pick", "fr/tools.py", "pick"),
        ("a.py", "append", "b.py", "prepend"),
        ("lists.py", "apply", "values.py", "reply"),
    ],
)
def test_what_somebody_wrote_again_is_no_family(path: str, symbol: str, other_path: str, other_symbol: str) -> None:
    assert not is_family(path, symbol, other_path, other_symbol)


@pytest.mark.parametrize(
    ("path", "symbol", "other_path", "other_symbol", "expected"),
    [
        ("render/json.go", "JSON", "render/xml.go", "XML", True),
        ("binding/bson.go", "bsonBinding", "binding/plain.go", "plainBinding", True),
        ("command/count.rs", "ExprCount", "command/max.rs", "ExprMax", True),
        ("render/json.go", "JSON", "binding/xml.go", "XML", False),
        ("render/json.go", "JSONReader", "render/xml.go", "XMLWriter", False),
        ("render/json.go", "JSON", "render/text.go", "XML", False),
        ("render/json.go", "JSON", "render/json.go", "JSON", False),
    ],
)
def test_units_of_one_folder_that_are_named_after_their_files_are_siblings(
    path: str, symbol: str, other_path: str, other_symbol: str, expected: bool
) -> None:
    assert are_siblings(path, symbol, other_path, other_symbol) is expected
    assert are_siblings(other_path, other_symbol, path, symbol) is expected
