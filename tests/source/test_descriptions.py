"""Descriptions and tags of units."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundry_git.pattern.vocabulary import TAGS
from foundry_git.source.descriptions import LONGEST, describe, first_sentence, without_docstring
from foundry_git.source.reader import read_units
from foundry_git.source.tags import MOST_TAGS, SYNONYMS, tags_for
from foundry_git.source.units import Unit
from foundry_git.source.words import words_of


def unit_of(text: str) -> Unit:
    return read_units(text, "m.py")[-1]


@pytest.mark.parametrize(
    ("docstring", "sentence"),
    [
        ("Return the sum.", "Return the sum."),
        ("Return the sum", "Return the sum."),
        ('Drop "." and ".." segments from a URL path.', 'Drop "." and ".." segments from a URL path.'),
        ("Ends at '?' or '!', not at \".\" alone. Then more.", "Ends at '?' or '!', not at \".\" alone."),
        ("Say so... Then stop.", "Say so..."),
        ("https://example.com/questions/53069040/only-ascii", ""),
        ("See https://example.com/rfc\n\nTell whether a text is ASCII.", "Tell whether a text is ASCII."),
        ("Encode as https://example.com/rfc says. Then stop.", "Encode as https://example.com/rfc says."),
        ("Return the sum. Raises nothing.", "Return the sum."),
        ("\n    Return the sum of\n    two numbers.\n\n    More.\n", "Return the sum of two numbers."),
        ("Split text, e.g. a line, into words. Then stop.", "Split text, e.g. a line, into words."),
        ("Wait 1.5 seconds. Then go.", "Wait 1.5 seconds."),
        ("Use the method of J. Smith et al. for roots. Slow.", "Use the method of J. Smith et al. for roots."),
        ("Is it open? Says so.", "Is it open?"),
        ("Do it (see also. this one) now. Then stop.", "Do it (see also. this one) now."),
        ("Join paths.\n\nArgs:\n    a: The first.", "Join paths."),
        ("Join paths\n:param a: the first\n", "Join paths."),
        ("Join paths\n\nParameters\n----------\na : str\n", "Join paths."),
        ("Join paths\nArgs:\n    a: b\n", "Join paths."),
        ("Join paths with :func:`~os.path.join` and ``*.txt``.", "Join paths with join and *.txt."),
        ("Join paths, see :mod:`the module <os.path>`.", "Join paths, see the module."),
        ("Check a hash that was generated using\n:func:`make_hash`.\n", "Check a hash that was generated using make_hash."),
        ("Join paths\n:func: `a`\n:raises ValueError: none\n", "Join paths."),
        ("See `the manual <https://example.org/a>`_ for **all** of *it*.", "See the manual for all of it."),
        ("sum(a, b) -> int\n\nAdd two numbers.", "Add two numbers."),
        ("size (int, *optional*): The size.\n", ""),
        (">>> add(1, 2)\n3\n", ""),
        ("Usage:", ""),
        ("", ""),
        ("Say it\u200b \x1b[31mred\x1b[0m.", "Say it [31mred [0m."),
    ],
)
def test_first_sentence_of_a_docstring(docstring: str, sentence: str) -> None:
    assert first_sentence(docstring) == sentence


@pytest.mark.parametrize(
    ("kind", "name", "parameters", "sentence"),
    [
        ("function", "parse_duration", ("text",), "Parse duration from text."),
        ("function", "saveJSON", ("value", "file_path"), "Save json to file path."),
        ("function", "normalize_path", ("path",), "Normalize path."),
        ("function", "read_rows", ("path", "limit"), "Read rows."),
        ("function", "writeHttp2Payload", ("data",), "Write http2 payload."),
        ("method", "saveTo", ("target",), ""),
        ("function", "as_uint16", ("val",), ""),
        ("function", "retry", ("f", "times", "delay", "jitter"), ""),
        ("function", "now", (), ""),
        ("class", "LRUCache", ("max_size",), ""),
        ("test", "test_empty_input_is_refused", (), "Tests empty input is refused."),
        ("function", "_", ("_",), ""),
    ],
)
def test_a_unit_without_docstring_is_described_by_its_name_or_not_at_all(
    kind: str, name: str, parameters: tuple[str, ...], sentence: str
) -> None:
    assert describe("", kind, name, parameters) == sentence


def test_a_docstring_of_one_word_says_no_more_than_the_name() -> None:
    assert describe("TODO", "function", "load_rows", ("path",)) == "Load rows from path."


def test_a_long_sentence_is_cut_at_a_word() -> None:
    cut = describe(f"Return {'very ' * 60}long.", "function", "f", ())

    assert len(cut) <= LONGEST
    assert cut.endswith(" very…")


@given(st.text(max_size=400), st.from_regex(r"[a-zA-Z_]\w{0,30}", fullmatch=True))
def test_a_description_is_one_short_printable_line(docstring: str, name: str) -> None:
    found = describe(docstring, "function", name, ())

    assert len(found) <= LONGEST
    assert "\n" not in found


def test_words_of_identifiers_of_every_style() -> None:
    assert words_of("parseHTTPDate_2x") == ["parse", "http", "date", "2", "x"]


def test_every_tag_with_synonyms_is_in_the_vocabulary() -> None:
    assert set(SYNONYMS) <= TAGS


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("def retry(f, delay): ...", ("resilience", "scheduling")),
        ("import sqlite3\ndef connect(place):\n    return sqlite3.connect(place)\n", ("database", "sql")),
        ("def parse_durations(text): ...", ("parsing", "text", "time")),
        ("import asyncio, json\nasync def load(x):\n    await asyncio.sleep(1)\n    return json.loads(x)\n", ("async", "json")),
        ("def frobnicate(): ...", ()),
    ],
)
def test_tags_come_from_name_imports_and_description(text: str, tags: tuple[str, ...]) -> None:
    assert set(tags) == set(tags_for(unit_of(text), TAGS))


@pytest.mark.parametrize(
    ("text", "held", "missing"),
    [
        ("def wrap_words(line): ...", "text", "decorator"),
        ("def wraps(function): ...", "decorator", "text"),
        ("def log_error(said): ...", "error-handling", "decorator"),
    ],
)
def test_a_word_that_says_something_itself_is_no_singular_of_another(text: str, held: str, missing: str) -> None:
    found = tags_for(unit_of(text), TAGS)

    assert held in found and missing not in found


def test_tags_are_few_and_of_the_vocabulary_that_is_passed() -> None:
    unit = unit_of("import json, csv, xml, yaml, logging\ndef f():\n    return json, csv, xml, yaml, logging\n")

    assert len(tags_for(unit, TAGS)) == MOST_TAGS
    assert tags_for(unit, frozenset({"csv", "own-tag"})) == ("csv",)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ('def f(a: int):\n    """Adds.\n\n    More.\n    """\n    return a\n', "def f(a: int):\n    return a\n"),
        ("def f(\n    a,\n):\n    r'''Adds.'''\n    return a\n", "def f(\n    a,\n):\n    return a\n"),
        ('class A:\n\n    """One."""', "class A:\n"),
        ('def f():\n    x = """no docstring"""\n    return x\n', 'def f():\n    x = """no docstring"""\n    return x\n'),
    ],
)
def test_a_definition_is_shown_without_its_docstring(text: str, left: str) -> None:
    assert without_docstring(text, "python") == left
    assert without_docstring(text, "go") == text
