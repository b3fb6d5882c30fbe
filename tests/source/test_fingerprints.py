"""Fingerprints: what renaming, layout and annotations leave as it is, and how a piece is found inside another text."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundry_git.source.fingerprints import LENGTH, WINDOW, fingerprints_of, grams_in, grams_of, winnowed
from foundry_git.source.reader import Token

ALIKE = {
    "python": (
        "import time\n\ndef retry(call, tries=3):\n    for turn in range(tries):\n        try:\n            return call()\n"
        "        except OSError:\n            time.sleep(2 ** turn)\n    raise TimeoutError('gave up')\n",
        "from typing import Any\nimport time as clock\n\n\ndef again(\n  action: Any,\n  most: int = 9,\n) -> Any:\n"
        '  """Try it."""\n  for n in range(most):  # each\n\n    try: return action()\n    except OSError:\n'
        "      clock.sleep(\n        5 ** n\n      )\n  raise TimeoutError(\"no\")\n",
    ),
    "typescript": (
        "export async function retry<T>(call: () => Promise<T>, tries = 3): Promise<T> {\n  for (let i = 0; i < tries; i++) {\n"
        "    try { return await call(); } catch (error) { console.warn(error); }\n  }\n  throw new Error('gave up');\n}\n",
        "async function again(action, most = 5) {\n    // each\n    for (let n = 0; n < most; n++) {\n        try {\n"
        "            return await action()\n        } catch (problem) {\n            console.warn(problem)\n        }\n    }\n"
        "    throw new Error(`no`)\n}\n",
    ),
    "go": (
        "package a\n\nimport \"time\"\n\nfunc Retry(tries int, call func() error) error {\n\tvar err error\n"
        "\tfor i := 0; i < tries; i++ {\n\t\tif err = call(); err == nil {\n\t\t\treturn nil\n\t\t}\n"
        "\t\ttime.Sleep(time.Second << i)\n\t}\n\treturn err\n}\n",
        "package b\n\nimport (\n\t\"time\"\n)\n\n// Again tries.\nfunc Again(\n\tmost int,\n\taction func() error,\n) error {\n"
        "\tvar last error\n\tfor n := 1; n < most; n++ {\n\t\tif last = action(); last == nil {\n\t\t\treturn nil // done\n\t\t}\n\n"
        "\t\ttime.Sleep(time.Second << n)\n\t}\n\treturn last\n}\n",
    ),
    "rust": (
        "use std::thread;\n\npub fn retry<T, E>(tries: u32, call: impl Fn() -> Result<T, E>) -> Result<T, E> {\n    let mut turn = 0;\n"
        "    loop {\n        match call() {\n            Ok(value) => return Ok(value),\n"
        "            Err(e) if turn >= tries => return Err(e),\n"
        "            Err(_) => thread::sleep(DELAY),\n        }\n        turn += 1;\n    }\n}\n",
        "use std::thread;\n\n/// Tries.\nfn again<A, B>(\n    most: u32,\n    action: impl Fn() -> Result<A, B>,\n) -> Result<A, B> {\n"
        "    let mut n = 7;\n    loop {\n        match action() {\n            Ok(found) => return Ok(found),\n"
        "            Err(last) if n >= most => return Err(last), // enough\n            Err(_) => thread::sleep(PAUSE),\n        }\n"
        "        n += 1;\n    }\n}\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", ALIKE)
def test_names_layout_comments_annotations_and_literals_do_not_count(language: str) -> None:
    one, other = (grams_of(text, language) for text in ALIKE[language])
    assert len(one) > LENGTH
    assert one.hashes.tolist() == other.hashes.tolist()


def test_types_are_all_that_tells_typescript_from_javascript() -> None:
    typed, plain = ALIKE["typescript"]
    assert grams_of(typed, "typescript").hashes.tolist() == grams_of(plain, "javascript").hashes.tolist()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a = f.seek(b, c)\nreturn a", "a = f.seek(c, b)\nreturn b"),  # which variable is used again
        ("x = os.path.join(a, b)", "x = os.path.split(a, b)"),
        ("x = a + b * c", "x = a - b * c"),
        ("x = max(a, b, c, d)", "x = min(a, b, c, d)"),
        ("call(a, b, shell=c)", "call(a, b, check=c)"),
    ],
)
def test_what_the_code_does_counts(before: str, after: str) -> None:
    one, other = (grams_of(f"import os\ndef f(a, b, c, d, f, call):\n    {body.replace(chr(10), chr(10) + '    ')}\n", "python")
                  for body in (before, after))  # fmt: skip
    assert one.hashes.tolist() != other.hashes.tolist()


def test_what_cannot_be_read_has_none() -> None:
    assert len(grams_of("def f(:\n", "python")) == 0
    assert len(grams_of("x = 1\n", "cobol")) == 0
    assert len(grams_of("", "go")) == 0
    assert len(winnowed(grams_of("x = 1\n", "python"))) == 0


def test_grams_know_their_lines() -> None:
    text = ALIKE["python"][0]
    grams = grams_of("x = 1\n" * 4 + text, "python")
    own = grams_of(text, "python")

    assert grams.hashes[grams.inside([(7, 13)])].tolist() == own.hashes[own.inside([(3, 9)])].tolist()
    assert not grams.inside([(1, 1), (13, 99)]).any(), "a run that only begins there does not count"
    assert grams.inside([(1, 10**6)]).all()


TOKENS = st.lists(st.tuples(st.sampled_from("abcdefgh"), st.just(1)), max_size=30)


@given(before=TOKENS, shared=TOKENS, after=TOKENS)
def test_texts_that_share_enough_share_a_fingerprint(before: list[Token], shared: list[Token], after: list[Token]) -> None:
    distinct = [token for at, token in enumerate(shared) if not at or shared[at - 1] != token]
    if len(distinct) < LENGTH + WINDOW - 1:
        return
    edge = [("(", 1)]  # a repeated token is written once, which must not reach into the shared text
    whole = grams_in([*before, *edge, *distinct, *edge, *after])
    part = grams_in([*edge, *distinct, *after])
    assert not {int(value) for value in winnowed(part)}.isdisjoint(whole.hashes.tolist())


def test_fingerprints_are_the_same_on_every_machine() -> None:
    assert fingerprints_of(ALIKE["go"][0], "go").dtype == np.uint64
    assert [hex(value) for value in fingerprints_of(ALIKE["go"][0], "go").tolist()[:2]] == [
        "0x61626bb7866623b",
        "0x80a69d0a84b442f",
    ]


def test_hostile_code_is_read_in_time_and_without_recursion() -> None:
    chance = random.Random(1)
    deep = "x = " + "(" * 80 + "1" + ")" * 80 + "\n" + "y = " + " + ".join(f"a{chance.randrange(9)}" for _ in range(900)) + "\n"
    assert len(grams_of(deep, "python")) > 800
    assert len(grams_of("f(" * 3_000, "javascript")) > 1_000
