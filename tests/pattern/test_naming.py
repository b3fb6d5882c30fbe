"""Names of patterns: what is one, what a person may type, and how a symbol becomes one."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from foundry_git.errors import UsageError
from foundry_git.pattern.naming import (
    MAX_SLUG,
    PatternRef,
    Reference,
    code_file,
    is_slug,
    parse_reference,
    parse_version,
    slug_of,
)

WORDS = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,3}", fullmatch=True).filter(is_slug)


@pytest.mark.parametrize("text", ["a", "0", "retry-with-backoff", "v1", "a" * 64, "com", "console", "com10"])
def test_a_slug(text: str) -> None:
    assert is_slug(text)


@pytest.mark.parametrize(
    "text",
    ["", "A", "a_b", "-a", "a-", "a--b", "a.b", "a/b", "..", "a" * 65, "a\n", "a ", "é", "\uff41", "\u0430", "con", "nul", "aux",
     "prn", "com1", "lpt9", "a\0", "%2e", ".git", "~"],
)  # fmt: skip
def test_no_slug(text: str) -> None:
    assert not is_slug(text)


@given(st.text(max_size=200) | st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,90}", fullmatch=True))
@example("CON")
@example("x" * 63 + "_y")
@example("_" * 70)
def test_every_symbol_becomes_a_slug_that_stays_as_it_is(symbol: str) -> None:
    slug = slug_of(symbol)

    assert is_slug(slug)
    assert slug_of(slug) == slug or any(character.isdigit() for character in slug)
    assert re.fullmatch(r"[a-z0-9_]+\.py", code_file(slug, "py"))


@pytest.mark.parametrize(
    ("symbol", "slug"),
    [
        ("RetryWithBackoff", "retry-with-backoff"),
        ("retry_with_backoff", "retry-with-backoff"),
        ("HTTPServer", "http-server"),
        ("parseJSON", "parse-json"),
        ("Client.fetch_all", "client-fetch-all"),
        ("sha256_of", "sha256-of"),
        ("__init__", "init"),
        ("___", "unit"),
        ("Con", "con-unit"),
        ("naïve", "na-ve"),
    ],
)
def test_the_words_of_a_symbol_make_its_slug(symbol: str, slug: str) -> None:
    assert slug_of(symbol) == slug


@given(WORDS, WORDS, st.integers(1, 999_999_999))
def test_a_reference_is_read_as_it_is_written(language: str, slug: str, version: int) -> None:
    ref = PatternRef(f"{language}/{slug}", version)

    assert parse_reference(str(ref)) == Reference(slug, language, version)
    assert parse_reference(f"team:{ref}") == Reference(slug, language, version, "team")
    assert parse_reference(str(ref)).names(ref.id, ref.version, "any-library")
    assert not parse_reference(str(ref)).names(ref.id, ref.version + 1, "any-library")
    assert parse_version(f"v{version}") == version


def test_a_reference_may_leave_out_what_is_clear() -> None:
    assert parse_reference("retry") == Reference("retry")
    assert parse_reference("python/retry@v2") == Reference("retry", "python", 2)
    assert parse_reference("my.team:retry").names("go/retry", 7, "my.team")
    assert not parse_reference("my.team:retry").names("go/retry", 7, "other")


HOSTILE = (
    "..", "../a", "a/../b", "/a", "a/", "a//b", "a/b/c", "a\\b", "%2e%2e/a", "a\0", "C:a", "\\\\host\\share", "a@", "a@0", "a@-1",
    "a@v", "a@1@2", "a@01", ":a", "T:a", "a:b:c", "a b", " a", "a\n", "\uff41/b", "a/\u202eb", "\xe9/a", "e\u0301/a", "~/a", "con/a",
    "a/nul", "x" * 300, "",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_no_reference_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UsageError, match=r"write \[LIBRARY:\]LANGUAGE/SLUG\[@VERSION\], e\.g\."):
        parse_reference(text)


def test_no_mixture_of_2000_hostile_texts_leaves_the_grammar() -> None:
    dice = random.Random(7)
    pieces = (*HOSTILE, "a", "python/retry", "@1", ":", "/", "..", ".", "-")

    for _ in range(2000):
        text = "".join(dice.choices(pieces, k=dice.randint(1, 4)))
        try:
            found = parse_reference(text)
        except UsageError:
            continue
        assert is_slug(found.slug)
        assert found.language is None or is_slug(found.language)
        assert len(found.slug) <= MAX_SLUG


@pytest.mark.parametrize("folder", ["1", "v0", "v01", "V1", "v1 ", "v-1", "v1.0", "v", "", "v1\n", "v²", "v" + "9" * 30])
def test_a_version_folder_is_v_and_a_number_from_1(folder: str) -> None:
    assert parse_version(folder) is None
