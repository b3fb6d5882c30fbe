"""The YAML guard: hostile text is refused with its line, scalars stay text, and what is written reads back the same."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from foundry_git.errors import FoundryError, ManifestError, NewerSchemaError
from foundry_git.pattern import yamltext
from foundry_git.pattern.manifest import read_deprecation, read_manifest, write_manifest
from foundry_git.pattern.record import Manifest, Measures, Origin
from foundry_git.pattern.vocabulary import KINDS

PATH = Path("patterns/python/retry/v1/pattern.yaml")
NESTED = 25_000

GOOD = b"""\
schema: 1
name: Retry with backoff
kind: function
description: 'Call again, waiting longer each time: at most three times.'
language: python
tags:
- resilience
- decorator
code: retry_with_backoff.py
requires: []
suggested_action: When a remote call fails now and then.
origin:
  repository: billing
  commit: '0123456'
  path: src/net.py
  lines: 10-24
measures: {lines: 14, complexity: 3, parameters: 2}
"""

MERGE_BOMB = b"a: &a {x: 1}\n" + b"".join(
    b"%c: &%c {<<: [*%c, *%c, *%c]}\n" % (96 + n, 96 + n, 95 + n, 95 + n, 95 + n) for n in range(2, 25)
)
ALIAS_BOMB = b"a: &a [x, x, x, x, x, x, x, x]\n" + b"".join(
    b"%c: &%c [%s]\n" % (96 + n, 96 + n, b", ".join([b"*%c" % (95 + n)] * 8)) for n in range(2, 9)
)

BOMBS = {
    "an alias bomb": (ALIAS_BOMB, "line 1: anchors"),
    "a merge-key bomb": (MERGE_BOMB, "line 1: anchors"),
    "an alias alone": (b"a: 1\nb: *c\n", "line 2: aliases"),
    "a merge key alone": (b"a: 1\n<<: {b: 2}\n", "line 2: merge keys"),
    "nested flow lists": (b"a: " + b"[" * NESTED, "nested deeper than 24"),
    "nested flow lists that close": (b"a: " + b"[" * NESTED + b"]" * NESTED, "nested deeper than 24"),
    "nested flow mappings": (b"{a: " * (NESTED // 2), "nested deeper than 24"),
    "nested block lists": (b"a:\n" + b"- " * NESTED + b"x\n", "nested deeper than 24"),
    "nested explicit keys": (b"? " * NESTED + b"x\n", "a key that is not plain text"),
    "nested explicit values": (b"a:\n- ? k\n  : " + b"- " * NESTED + b"x\n", "nested deeper than 24"),
    "a key twice": (b"name: a\nkind: b\nname: c\n", "line 3: the key 'name' stands twice"),
    "an inner key twice": (b"origin:\n  path: a\n  path: b\n", "line 3: the key 'path' stands twice"),
    "a tag that would build an object": (b"a: !!python/object/apply:os.system [ls]\n", "line 1: tags such as"),
    "a tag of YAML's own": (b"a: !!binary aGk=\n", "line 1: tags such as"),
    "a local tag": (b"a: 1\nb: !secret x\n", "line 2: tags such as !secret"),
    "a tag on a mapping": (b"a: !!set {x, y}\n", "line 1: tags such as"),
    "a second document": (b"a: 1\n---\nb: 2\n", "line 2: a second document"),
    "a list as a key": (b"? [a, b]\n: c\n", "line 1: a key that is not plain text"),
    "a conflict": (b"a: 1\n<<<<<<< HEAD\nb: 2\n=======\nb: 3\n>>>>>>> topic\n", "line 2: unresolved merge conflict"),
    "a conflict with CRLF": (b"a: 1\r\n<<<<<<< HEAD\r\nb: 2\r\n=======\r\nb: 3\r\n>>>>>>> x\r\n", "line 2: unresolved merge"),
    "a conflict without labels": (b"a: 1\n<<<<<<<\nb: 2\n=======\nb: 3\n>>>>>>>\n", "line 2: unresolved merge conflict"),
    "a conflict without labels, CRLF": (b"a: 1\r\n<<<<<<<\r\nb: 2\r\n=======\r\nb: 3\r\n>>>>>>>\r\n", "line 2: unresolved"),
    "a conflict's last marker alone": (b"a: 1\nb: 2\n>>>>>>> topic\n", "line 3: unresolved merge conflict"),
    "a conflict's base alone": (b"a: 1\n||||||| 0123456\n", "line 2: unresolved merge conflict"),
    "bytes that are not UTF-8": (b"name: caf\xe9\n", "not UTF-8 at byte 9"),
    "UTF-16": ("name: a\n".encode("utf-16"), "not UTF-8 at byte 0"),
    "65 KiB": (b"# " + b"x" * (65 * 1024), "66,562 bytes; at most 65,536"),
    "a NUL": (b"name: a\0b\n", "not allowed"),
    "half a surrogate": (b'name: "\\ud800"\n', "line 1: "),
    "a tab as indentation": (b"a:\n\tb: 1\n", "line 2: "),
    "an open quote": (b"name: 'a\n", "line "),
    "nothing": (b"", "not a mapping"),
    "only a comment": (b"# later\n", "not a mapping"),
    "a list": (b"- a\n- b\n", "not a mapping"),
    "a word": (b"pattern\n", "not a mapping"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_hostile_text_is_refused_with_its_place(name: str) -> None:
    content, reason = BOMBS[name]

    with pytest.raises(ManifestError) as caught:
        yamltext.read(content, PATH)

    assert len(caught.value.problems) == 1
    assert reason in caught.value.problems[0]
    assert str(caught.value).startswith(f"{PATH}: 1 problem: ")
    assert "run `foundry library check`" in str(caught.value)


def test_the_largest_and_the_deepest_document_are_read() -> None:
    largest = b"a: " + b"x" * (yamltext.MAX_BYTES - 4) + b"\n"
    deepest = b"a: " + b"[" * (yamltext.MAX_DEPTH - 1) + b"]" * (yamltext.MAX_DEPTH - 1)
    too_deep = deepest.replace(b"[]", b"[[]]")

    assert yamltext.read(largest, PATH) == {"a": "x" * (yamltext.MAX_BYTES - 4)}
    assert list(yamltext.read(deepest, PATH)) == ["a"]
    with pytest.raises(ManifestError, match="nested deeper"):
        yamltext.read(too_deep, PATH)


@pytest.mark.parametrize(
    "scalar", ["no", "on", "0123456", "2026-13-45", "=", "1_000", "~", "null", ".nan", "1e3", "1:30", "0x1F", "True", "5" * 5000]
)
def test_a_scalar_stays_the_text_that_was_written(scalar: str) -> None:
    content = f"a: {scalar}\nb: [{scalar}]\n? {scalar}\n: c\n".encode()

    assert yamltext.read(content, PATH) == {"a": scalar, "b": [scalar], scalar: "c"}


def test_an_empty_scalar_is_an_empty_text() -> None:
    assert yamltext.read(b"a:\nb: ''\nc: []\nd: {}\n", PATH) == {
        "a": "",
        "b": "",
        "c": [],
        "d": {},
    }


def test_equals_signs_of_a_heading_are_no_conflict() -> None:
    assert yamltext.read(b"a: |\n  Title\n  =======\n  text\n", PATH) == {"a": "Title\n=======\ntext\n"}


NASTY = st.sampled_from(
    [
        "no", "0123456", "2026-13-45", "=", "1_000", "~", "<<", "null", "- a", "a: b", "# a", "'", '"', "\\", "{", "%", "@x", "`x",
        "*a", "&a", "!a", "!!binary", "---", "...", "--- a", "a\n---\nb", " a", "a ", "a\tb", "\ta", "a\n\nb\n", "a\r\nb", "a\rb",
        "<<<<<<< HEAD", "a\n<<<<<<< HEAD\n=======\n>>>>>>> b\n", "é", "日本語", "\u2028", "\x85", "\ufeff", "\u200b\u202e", "\x00",
        "\x1b[31m", "\x7f", "\U0001f600", "?", ": ", "|", ">-", "x" * 300, "word " * 60, "1e3", "0x1f", "$(ls)", "${{ x }}",
    ]
)  # fmt: skip
TEXT = NASTY | st.text(max_size=60) | st.lists(NASTY, min_size=2, max_size=4).map("\n".join)
SAID = TEXT.filter(lambda text: bool(text.strip()))
NUMBERS = st.integers(0, 999_999_999)
ORIGINS = st.builds(
    lambda first, more, **texts: Origin(first_line=first, last_line=first + more if first else 0, **texts),
    first=st.integers(0, 99_999),
    more=st.integers(0, 999),
    repository=TEXT,
    commit=TEXT,
    path=TEXT,
    symbol=TEXT,
    author_date=TEXT,
    licence=TEXT,
    roots=st.lists(TEXT, max_size=2).map(tuple),
    shallow=st.booleans(),
).filter(lambda origin: origin != Origin())
MANIFESTS = st.builds(
    Manifest,
    name=SAID,
    kind=st.sampled_from(KINDS),
    description=SAID,
    language=st.sampled_from(["python", "go", "any", "objective-c"]),
    code=st.sampled_from(["a.py", "0123456", "no", "1e3", "_x.rs", "null"]),
    framework=TEXT,
    tags=st.lists(TEXT, max_size=3).map(tuple),
    requires=st.lists(TEXT, max_size=2).map(tuple),
    conflicts=st.lists(TEXT, max_size=2).map(tuple),
    supersedes=st.lists(TEXT, max_size=2).map(tuple),
    suggested_action=TEXT,
    origin=st.none() | ORIGINS,
    measures=st.none() | st.builds(Measures, NUMBERS, NUMBERS, NUMBERS),
)


@given(MANIFESTS)
@example(Manifest("a\n<<<<<<< HEAD\n", "function", "b\n>>>>>>> c", "python", "a.py"))
@example(Manifest("0123456", "function", "~", "python", "no", tags=("",), origin=Origin(commit="0123456")))
def test_a_manifest_survives_its_text_and_writing_twice_gives_the_same_text(manifest: Manifest) -> None:
    text = write_manifest(manifest)

    assert read_manifest(text.encode(), PATH) == manifest
    assert write_manifest(read_manifest(text.encode(), PATH)) == text
    assert "\r" not in text
    assert text.endswith("\n")


def test_keys_are_written_in_the_order_of_the_schema() -> None:
    text = write_manifest(read_manifest(GOOD, PATH))

    assert [line.partition(":")[0] for line in text.splitlines() if line[0] not in " -"] == [
        "schema", "name", "kind", "description", "language", "tags", "code", "suggested_action", "origin", "measures",
    ]  # fmt: skip


def test_people_can_read_what_is_written() -> None:
    text = write_manifest(Manifest("Größe 日本", "function", "Tell: why?", "python", "a.py", tags=("json", "no")))

    assert text == (
        "schema: 1\nname: Größe 日本\nkind: function\ndescription: 'Tell: why?'\nlanguage: python\ntags:\n- json\n- 'no'\n"
        "code: a.py\n"
    )


def test_all_problems_of_a_manifest_are_reported_at_once() -> None:
    content = (
        b"schema: 1\nname: ''\nkind: gadget\ndescription: [a]\nlanguage: Python\ncode: ../evil.py\ntag: [a]\n"
        b"tags: many\norigin: here\nmeasures: {lines: -1, complexity: many}\n"
    )

    with pytest.raises(ManifestError) as caught:
        read_manifest(content, PATH)

    for said in (
        "name: is missing",
        "kind: 'gadget' is none of function, class, test, guidance",
        "description: must be text",
        "language: 'Python' is not a language name in lower case",
        "code: '../evil.py' is not the plain name of a file in this folder",
        "tag: unknown key; did you mean tags?",
        "tags: must be a list",
        "origin: must be a mapping",
        "measures.lines: '-1' is not a whole number",
        "measures.complexity: 'many' is not a whole number",
    ):
        assert said in caught.value.problems
    assert len(caught.value.problems) == 10
    assert f"{PATH}: 10 problems: " in str(caught.value)


@pytest.mark.parametrize(
    "name", ["../a.py", "/etc/passwd", "a/b.py", "a\\b.py", ".hidden", "..", ".", "a.py\n", "C:a.py", "a b.py", "-rf", "é.py"]
)
def test_a_code_file_is_a_plain_name(name: str) -> None:
    manifest = Manifest("a", "function", "b", "python", name)

    with pytest.raises(ManifestError, match="is not the plain name of a file"):
        read_manifest(write_manifest(manifest).encode(), PATH)


@pytest.mark.parametrize("name", ["pattern.yaml", "deprecated.yaml"])
def test_the_code_file_is_not_the_manifest_itself(name: str) -> None:
    with pytest.raises(ManifestError, match="is not the plain name"):
        read_manifest(write_manifest(Manifest("a", "function", "b", "python", name)).encode(), PATH)


def test_only_guidance_does_without_code() -> None:
    guidance = Manifest("a", "guidance", "b", "any")

    assert read_manifest(write_manifest(guidance).encode(), PATH) == guidance
    with pytest.raises(ManifestError, match="code: is missing"):
        read_manifest(write_manifest(Manifest("a", "class", "b", "python")).encode(), PATH)


def test_a_description_of_more_than_1024_characters_is_refused() -> None:
    assert read_manifest(write_manifest(Manifest("a", "guidance", "b" * 1024, "any")).encode(), PATH)
    with pytest.raises(ManifestError, match="longer than 1024"):
        read_manifest(write_manifest(Manifest("a", "guidance", "b" * 1025, "any")).encode(), PATH)


@pytest.mark.parametrize(("read", "newest"), [(read_manifest, 2), (read_deprecation, 1)])
def test_a_newer_schema_is_refused_with_what_to_do(read: Callable[[bytes, Path], object], newest: int) -> None:
    said = rf"pattern\.yaml: written with schema {newest + 1}, this version reads up to {newest}; upgrade with"
    with pytest.raises(NewerSchemaError, match=said):
        read(GOOD.replace(b"schema: 1", b"schema: %d" % (newest + 1)), PATH)


def test_a_manifest_has_the_oldest_schema_that_has_all_its_keys() -> None:
    old = read_manifest(GOOD, PATH)
    new = replace(old, origin=Origin("billing", roots=("ab" * 20,), shallow=True))

    assert write_manifest(old).startswith("schema: 1\n")
    assert write_manifest(new).startswith("schema: 2\n")
    assert f"origin:\n  repository: billing\n  roots:\n  - {'ab' * 20}\n  shallow: true\n" in write_manifest(new)
    assert read_manifest(write_manifest(new).encode(), PATH) == new


@pytest.mark.parametrize("version", ["²", "-1", "1.0", "9" * 5000, "one", ""])
def test_a_deprecated_version_is_a_number(version: str) -> None:
    with pytest.raises(ManifestError, match="is not a version number"):
        read_deprecation(f"reason: slow\nversions: ['{version}']\n".encode(), PATH)


def mutated(text: bytes, dice: random.Random) -> bytes:
    """Change a few places of ``text``: bytes flipped, cut, doubled, or something with a meaning in YAML put in."""
    pieces = (
        b"*a",
        b"&a ",
        b"!!int ",
        b"<<: ",
        b"---\n",
        b"- ",
        b"? ",
        b": ",
        b"\t",
        b"\xff",
        b"\0",
        b"[",
        b"{",
        b"'",
        b'"',
        b"|\n",
        b"%",
    )
    for _ in range(dice.randint(1, 5)):
        at, wide = dice.randrange(len(text) + 1), dice.randint(1, 30)
        middle = dice.choice(
            [b"", bytes([dice.randrange(256)]), dice.choice(pieces) * dice.randint(1, 40), text[at : at + wide] * 2]
        )
        text = text[:at] + middle + text[at + dice.choice([0, 1, wide]) :]
    return text


def test_2000_mutated_documents_raise_only_our_own_errors() -> None:
    dice = random.Random(20_261_120)
    refused = 0

    for _ in range(2000):
        content = mutated(GOOD, dice)
        for read in (read_manifest, read_deprecation):
            try:
                read(content, PATH)
            except FoundryError as error:
                assert isinstance(error, (ManifestError, NewerSchemaError))
                refused += 1

    assert 2000 < refused < 4000
