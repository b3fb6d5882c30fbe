"""Files of triggers: each rule has its sentence, and no bad file keeps the others from being read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from foundry_git.errors import ManifestError, NewerSchemaError
from foundry_git.library.library import Library, open_library
from foundry_git.library.triggers import (
    DEFAULT_PRIORITY,
    DEFAULT_TTL,
    MAX_EXAMPLE,
    MAX_EXAMPLES,
    MAX_PRIORITY,
    MAX_REGEX,
    MAX_REGEXES,
    MAX_TRIGGERS,
    MAX_TTL,
    MIN_COUNTEREXAMPLES,
    MIN_EXAMPLES,
    TYPES,
    Trigger,
    compiled,
    read_stack,
    read_trigger,
    read_triggers,
    triggers_folder,
)
from foundry_git.pattern.yamltext import MAX_BYTES

ID = "5a0c7a52-0f59-4d09-9f4c-0b9d0f1b2c3d"
PLACE = Path("patterns/triggers/fetch.yaml")
FETCH: dict[str, Any] = {
    "schema": 1,
    "name": "fetch",
    "description": "Fetch it.",
    "type": "memory",
    "handler": "recall",
    "category": "recall",
    "priority": 7,
    "ttl": 60,
    "regexes": [r"\bfetch (?P<topic>\w+)", "get it"],
    "examples": ["fetch a", "fetch b", "fetch c", "fetch d", "get it", "get it now"],
    "counterexamples": ["load it", "fetched", "git"],
}
NOT_EXPECTED = "not expected here; triggers are regular files NAME.yaml"


def text_of(name: object = "fetch", **changed: object) -> str:
    """A trigger's file; what is changed to None is left out."""
    keys = FETCH | {"name": name} | changed
    return yaml.safe_dump({key: value for key, value in keys.items() if value is not None}, sort_keys=False, allow_unicode=True)


def read(**changed: object) -> Trigger:
    return read_trigger(text_of(**changed).encode(), PLACE, "team")


def problems_of(**changed: object) -> list[str]:
    with pytest.raises(ManifestError) as caught:
        read(**changed)
    return list(caught.value.problems)


def make_library(root: Path, *names: str, called: str = "team") -> Library:
    """A library at ``root`` with triggers of these names."""
    folder = root / "patterns" / "triggers"
    folder.mkdir(parents=True)
    (root / "foundry.yaml").write_text(f"library_id: {ID}\nname: {called}\n", encoding="utf-8")
    for name in names:
        (folder / f"{name}.yaml").write_text(text_of(name), encoding="utf-8")
    return open_library(root)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return make_library(tmp_path / "team", "last", "first")


@pytest.fixture
def folder(library: Library) -> Path:
    return triggers_folder(library)


def names(library: Library) -> list[str]:
    return [one.name for one in read_triggers(library)[0]]


def sentences(library: Library) -> list[str]:
    """The problems of a library, each with the name of its file."""
    return [f"{problem.path.name}: {problem.sentence}" for problem in read_triggers(library)[1]]


# one file


def test_every_key_of_a_file_is_read() -> None:
    assert read() == Trigger(
        name="fetch",
        type="memory",
        handler="recall",
        regexes=(r"\bfetch (?P<topic>\w+)", "get it"),
        description="Fetch it.",
        category="recall",
        priority=7,
        ttl=60,
        examples=("fetch a", "fetch b", "fetch c", "fetch d", "get it", "get it now"),
        counterexamples=("load it", "fetched", "git"),
        library="team",
    )


def test_four_keys_may_be_left_out() -> None:
    found = read(description=None, category=None, priority=None, ttl=None)

    assert (found.description, found.category, found.priority, found.ttl) == ("", "", DEFAULT_PRIORITY, DEFAULT_TTL)


@pytest.mark.parametrize("kind", TYPES)
def test_every_type_is_read(kind: str) -> None:
    assert read(type=kind).type == kind


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"schema": None}, "schema: is missing; write `schema: 1`"),
        ({"schema": 0}, "schema: is missing; write `schema: 1`"),
        ({"name": ""}, "name: is missing"),
        ({"name": "Fetch"}, "name: 'Fetch' is not a word in lower case with single hyphens"),
        ({"name": "fetch--it"}, "name: 'fetch--it' is not a word in lower case with single hyphens"),
        ({"name": "../fetch"}, "name: '../fetch' is not a word in lower case with single hyphens"),
        ({"name": "load"}, "name: 'load', but the file is called fetch.yaml"),
        ({"name": ["fetch"]}, "name: must be text"),
        ({"type": None}, "type: is missing; one of infrastructure, memory, hybrid"),
        ({"handler": None}, "handler: is missing"),
        ({"handler": "Recall"}, "handler: 'Recall' is not a name in lower case with underscores"),
        ({"handler": "os.system"}, "handler: 'os.system' is not a name in lower case with underscores"),
        ({"handler": "a" * 65}, f"handler: '{'a' * 65}' is not a name in lower case with underscores"),
        ({"handler": "recall\n"}, "handler: 'recall\\n' is not a name in lower case with underscores"),
        ({"priority": MAX_PRIORITY + 1}, "priority: must be at most 100"),
        ({"priority": -1}, "priority: '-1' is not a whole number"),
        ({"ttl": MAX_TTL + 1}, "ttl: must be at most 86400 seconds"),
        ({"ttl": "soon"}, "ttl: 'soon' is not a whole number"),
        ({"regexes": None}, "regexes: must be 1 to 20"),
        ({"regexes": []}, "regexes: must be 1 to 20"),
        ({"regexes": [f"fetch {number}" for number in range(MAX_REGEXES + 1)]}, "regexes: must be 1 to 20"),
        ({"regexes": ["a" * (MAX_REGEX + 1)]}, "regexes: one has 501 characters; at most 500"),
        ({"regexes": ["fetch", "("]}, "regexes: '(': missing ): (; RE2 has no look-around and no back-references"),
        (
            {"regexes": ["fetch(?=x)"]},
            "regexes: 'fetch(?=x)': invalid perl operator: (?=; RE2 has no look-around and no back-references",
        ),
        (
            {"regexes": [r"(f)\1"]},
            r"regexes: '(f)\\1': invalid escape sequence: \1; RE2 has no look-around and no back-references",
        ),
        ({"regexes": [".*"]}, "regexes: '.*' matches any question; name words that only this one has"),
        ({"regexes": ["."]}, "regexes: '.' matches any question; name words that only this one has"),
        ({"regexes": [""]}, "regexes: '' matches any question; name words that only this one has"),
        ({"examples": None}, "examples: 0 given; write 6 to 100"),
        ({"examples": ["a"] * (MIN_EXAMPLES - 1)}, "examples: 5 given; write 6 to 100"),
        ({"examples": ["a"] * (MAX_EXAMPLES + 1)}, "examples: 101 given; write 6 to 100"),
        ({"examples": ["a"] * 6 + [" "]}, "examples: each is a question of 1 to 300 characters"),
        ({"examples": ["a"] * 6 + ["a" * (MAX_EXAMPLE + 1)]}, "examples: each is a question of 1 to 300 characters"),
        ({"counterexamples": ["a"] * (MIN_COUNTEREXAMPLES - 1)}, "counterexamples: 2 given; write 3 to 100"),
        ({"counterexamples": ["a", "b", "c", ""]}, "counterexamples: each is a question of 1 to 300 characters"),
        ({"counterexamples": ["a", "b", "c", ["d"]]}, "counterexamples: must be a list of words"),
        ({"regexs": "fetch"}, "regexs: unknown key; did you mean regexes?"),
        ({"colour": "red"}, "colour: unknown key"),
    ],
)  # fmt: skip
def test_every_rule_has_its_sentence(changed: dict[str, object], problem: str) -> None:
    assert problems_of(**changed) == [problem]


def test_a_type_that_is_none_is_named_with_those_there_are() -> None:
    assert "type: 'magic' is none of infrastructure, memory, hybrid" in problems_of(type="magic")


def test_everything_wrong_with_a_file_is_said_at_once() -> None:
    assert problems_of(name="Fetch", priority=500, regexes=["(", ".*"], examples=["a"]) == [
        "name: 'Fetch' is not a word in lower case with single hyphens",
        "priority: must be at most 100",
        "regexes: '(': missing ): (; RE2 has no look-around and no back-references",
        "regexes: '.*' matches any question; name words that only this one has",
        "examples: 1 given; write 6 to 100",
    ]


@pytest.mark.parametrize(
    "changed",
    [
        {"priority": MAX_PRIORITY, "ttl": MAX_TTL},
        {"priority": 0, "ttl": 0},
        {"regexes": [f"fetch {number}" for number in range(MAX_REGEXES)]},
        {"regexes": ["a" * MAX_REGEX]},
        {"examples": ["a" * MAX_EXAMPLE] * MAX_EXAMPLES},
        {"counterexamples": ["a"] * MIN_COUNTEREXAMPLES},
        {"handler": "of_the_team_2"},
    ],
)
def test_what_is_just_within_its_bounds_is_read(changed: dict[str, object]) -> None:
    assert read(**changed).name == "fetch"


def test_a_newer_schema_is_refused() -> None:
    with pytest.raises(NewerSchemaError, match=r"fetch\.yaml: written with schema 2, this version reads up to 1"):
        read(schema=2, colour="red")


@pytest.mark.parametrize("content", [b"", b"- a\n", b"fetch", b"[", b"a: \xff\n", b"<<<<<<< HEAD\n", b"a: &b 1\nc: *b\n"])
def test_what_is_no_mapping_of_texts_is_refused(content: bytes) -> None:
    with pytest.raises(ManifestError):
        read_trigger(content, PLACE)


@given(content=st.binary(max_size=200))
def test_whatever_a_file_holds_is_a_problem(content: bytes) -> None:
    with pytest.raises((ManifestError, NewerSchemaError)):
        read_trigger(content, PLACE)


SAMPLE = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), min_size=1, max_size=40).filter(str.strip)


@given(
    samples=st.lists(SAMPLE, min_size=6, max_size=12),
    priority=st.integers(0, MAX_PRIORITY),
    ttl=st.integers(0, MAX_TTL),
    kind=st.sampled_from(TYPES),
)
def test_what_is_written_is_read(samples: list[str], priority: int, ttl: int, kind: str) -> None:
    found = read(examples=samples, counterexamples=samples[:3], priority=priority, ttl=ttl, type=kind, description=samples[0])

    assert (found.examples, found.counterexamples, found.description) == (tuple(samples), tuple(samples[:3]), samples[0])
    assert (found.priority, found.ttl, found.type) == (priority, ttl, kind)


# regexes


@pytest.mark.parametrize("question", ["FETCH it", "please fetch it", "Fetch"])
def test_a_regex_is_searched_for_whatever_the_case(question: str) -> None:
    assert compiled("fetch").search(question)


def test_a_regex_that_needs_too_much_memory_is_refused() -> None:
    with pytest.raises(ValueError, match="too large"):
        compiled(r"\pL{1000}")


# a library


def test_triggers_are_read_in_order_of_their_names(library: Library) -> None:
    triggers, problems = read_triggers(library)

    assert [(one.name, one.library) for one in triggers] == [("first", "team"), ("last", "team")]
    assert problems == []


def test_a_library_without_triggers_has_none(tmp_path: Path) -> None:
    (tmp_path / "foundry.yaml").write_text(f"library_id: {ID}\n", encoding="utf-8")
    library = open_library(tmp_path)
    assert read_triggers(library) == ([], [])

    (tmp_path / "patterns").mkdir()
    assert read_triggers(library) == ([], [])


def test_a_file_in_the_place_of_the_folder_is_no_trigger(tmp_path: Path) -> None:
    (tmp_path / "foundry.yaml").write_text(f"library_id: {ID}\n", encoding="utf-8")
    (tmp_path / "patterns").mkdir()
    (tmp_path / "patterns" / "triggers").write_text(text_of(), encoding="utf-8")

    assert read_triggers(open_library(tmp_path)) == ([], [])


BAD: dict[str, tuple[str | bytes, str]] = {
    "not a mapping": ("- a\n", "the top of the file is not a mapping of keys to values"),
    "empty": ("", "the top of the file is not a mapping of keys to values"),
    "not UTF-8": (b"name: caf\xe9\n", "not UTF-8 at byte 9"),
    "too large": ("#" * (MAX_BYTES + 1), "65,537 bytes; at most 65,536 are read"),
    "much too large": ("#" * (MAX_BYTES * 20), "65,537 bytes; at most 65,536 are read"),
    "in conflict": (f"<<<<<<< HEAD\n{text_of('bad')}", "line 1: unresolved merge conflict"),
    "newer": (
        text_of("bad", schema=2),
        "written with schema 2, this version reads up to 1; upgrade with `pip install -U foundry-git`",
    ),
    "called otherwise": (text_of("good"), "name: 'good', but the file is called bad.yaml"),
    "wrong twice": (
        text_of("bad", priority=101, ttl=86_401),
        "priority: must be at most 100; ttl: must be at most 86400 seconds",
    ),
    "a regex that RE2 does not take": (
        text_of("bad", regexes=["fetch", "(?<!a)b"]),
        "regexes: '(?<!a)b': invalid perl operator: (?<!; RE2 has no look-around and no back-references",
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_file_never_stops_the_others(library: Library, folder: Path, what: str) -> None:
    content, sentence = BAD[what]
    (folder / "bad.yaml").write_bytes(content.encode() if isinstance(content, str) else content)

    assert names(library) == ["first", "last"]
    assert sentences(library) == [f"bad.yaml: {sentence}"]


def test_the_largest_file_is_read(library: Library, folder: Path) -> None:
    text = text_of("middle")
    (folder / "middle.yaml").write_text(text + "#" * (MAX_BYTES - len(text)), encoding="utf-8")

    assert (names(library), sentences(library)) == (["first", "last", "middle"], [])


@pytest.mark.parametrize("name", ["notes.txt", "fetch.yml", "fetch.yaml~", "README"])
def test_other_files_are_not_expected(library: Library, folder: Path, name: str) -> None:
    (folder / name).write_text(text_of(), encoding="utf-8")

    assert names(library) == ["first", "last"]
    assert sentences(library) == [f"{name}: {NOT_EXPECTED}"]


def test_what_is_hidden_is_passed_by(library: Library, folder: Path) -> None:
    (folder / ".fetch.yaml.swp").write_text("x", encoding="utf-8")
    (folder / ".git").mkdir()

    assert (names(library), sentences(library)) == (["first", "last"], [])


def test_a_link_is_not_followed(library: Library, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.yaml").write_text(text_of("link"), encoding="utf-8")
    (folder / "link.yaml").symlink_to(tmp_path / "outside.yaml")
    (folder / "loose.yaml").symlink_to("nowhere")
    (folder / "round.yaml").symlink_to("round.yaml")

    assert names(library) == ["first", "last"]
    assert sentences(library) == [f"{name}.yaml: {NOT_EXPECTED}" for name in ("link", "loose", "round")]


def test_a_folder_and_a_pipe_are_not_expected(library: Library, folder: Path) -> None:
    (folder / "folder.yaml").mkdir()
    os.mkfifo(folder / "pipe.yaml")

    assert names(library) == ["first", "last"]
    assert sentences(library) == [f"folder.yaml: {NOT_EXPECTED}", f"pipe.yaml: {NOT_EXPECTED}"]


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unreadable for root")
def test_a_file_that_cannot_be_opened_is_a_problem(library: Library, folder: Path) -> None:
    (folder / "first.yaml").chmod(0)

    assert names(library) == ["last"]
    assert sentences(library) == ["first.yaml: cannot be read (Permission denied); put a regular file here"]


def test_a_folder_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    library = make_library(tmp_path)
    triggers_folder(library).rmdir()
    triggers_folder(library).symlink_to("triggers")

    triggers, problems = read_triggers(library)

    assert triggers == []
    assert [problem.path for problem in problems] == [triggers_folder(library)]
    assert "cannot be read" in problems[0].sentence or "symbolic link" in problems[0].sentence


def test_a_file_whose_name_is_not_utf8_is_a_problem(library: Library, folder: Path) -> None:
    (folder / os.fsdecode(b"caf\xe9.yaml")).write_text(text_of("cafe"), encoding="utf-8")

    assert names(library) == ["first", "last"]
    assert len(sentences(library)) == 1


def test_beyond_the_most_triggers_none_is_read(library: Library, folder: Path) -> None:
    for number in range(MAX_TRIGGERS - 2):
        (folder / f"a{number}.txt").touch()
    assert names(library) == ["first", "last"]

    assert "triggers" not in [sentence.partition(":")[0] for sentence in sentences(library)]

    (folder / "a.txt").touch()

    assert names(library) == ["first"]
    assert sentences(library)[0] == "triggers: 5,001 files; at most 5,000 triggers are read"


# several libraries


def test_of_one_name_the_trigger_of_the_first_library_is_taken(tmp_path: Path) -> None:
    own = make_library(tmp_path / "own", "both", "one", called="own")
    team = make_library(tmp_path / "team", "both", "another")

    triggers, problems = read_stack([own, team])

    assert [(one.name, one.library) for one in triggers] == [("another", "team"), ("both", "own"), ("one", "own")]
    assert problems == []


def test_what_is_wrong_with_any_library_is_said(tmp_path: Path) -> None:
    own = make_library(tmp_path / "own", "one", called="own")
    team = make_library(tmp_path / "team", "another")
    for library in (own, team):
        (triggers_folder(library) / "bad.yaml").write_text("", encoding="utf-8")

    triggers, problems = read_stack([own, team])

    assert [one.name for one in triggers] == ["another", "one"]
    assert [problem.path for problem in problems] == [triggers_folder(library) / "bad.yaml" for library in (own, team)]


def test_a_trigger_that_is_wrong_in_the_first_library_is_taken_from_the_next(tmp_path: Path) -> None:
    own = make_library(tmp_path / "own", called="own")
    team = make_library(tmp_path / "team", "both")
    (triggers_folder(own) / "both.yaml").write_text("", encoding="utf-8")

    assert [(one.name, one.library) for one in read_stack([own, team])[0]] == [("both", "team")]


def test_no_libraries_have_no_triggers() -> None:
    assert read_stack([]) == ([], [])
