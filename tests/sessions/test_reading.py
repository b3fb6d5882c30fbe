"""Reading session logs: what counts once, what does not count, and that nothing in a file can break the reader."""

from __future__ import annotations

import json
import re
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundry_git.errors import SessionError
from foundry_git.sessions import folder as folders
from foundry_git.sessions import lines
from foundry_git.sessions.folder import read_folder
from foundry_git.sessions.log import SessionLog, TokenCounts
from foundry_git.sessions.session_logs import (
    projects_folders,
    read_session,
    session_named,
    sessions_in,
)
from foundry_git.sessions.transcript import MAX_MESSAGES, read_transcript
from tests import TOP
from tests.sessions.transcripts import MODEL, Transcript, todos

RECEIPT = "r-0123456789ab"
MARK = f"<!-- foundry receipt {RECEIPT} -->"
SECRET = "hunter2-but-longer"


def tokens_of(log: SessionLog) -> TokenCounts:
    return sum((turn.tokens for turn in log.turns), TokenCounts())


# transcripts


def test_a_message_on_several_lines_counts_once_with_its_largest_usage_and_all_its_tools(tmp_path: Path) -> None:
    told = Transcript("one")
    told.answer("m1", output=1, tools={"t1": ("Read", {})})
    told.answer("m1", output=700, tools={"t2": ("Edit", {})})
    told.answer("m1", output=700, tools={"t1": ("Read", {}), "t3": ("Bash", {})})
    told.answer("m1", output=3)

    log = read_transcript(told.write(tmp_path))

    assert len(log.turns) == 1
    assert tokens_of(log).output == 700
    assert log.tool_calls == 3


def test_a_message_without_an_id_is_known_by_its_line_and_lines_without_either_are_counted_each(tmp_path: Path) -> None:
    told = Transcript("one").answer(None).answer(None)
    for record in told.records[1:]:
        del record["uuid"]
    told.records.append(told.records[0])

    assert len(read_transcript(told.write(tmp_path)).turns) == 2


def test_sub_agents_count_and_a_message_in_two_files_counts_once(tmp_path: Path) -> None:
    main = Transcript("one").answer("m1", output=10).answer("m2", output=20)
    path = main.write(tmp_path)
    Transcript("one").answer("m2", output=20).answer("m3", output=40).write(tmp_path, "one/subagents/agent-7.jsonl")
    Transcript("two").answer("m9", output=999).write(tmp_path, "two/subagents/agent-1.jsonl")

    log = read_transcript(path)

    assert tokens_of(log).output == 70
    assert [turn.is_main for turn in log.turns] == [True, True, False]


def test_usage_of_synthetic_and_error_messages_does_not_count(tmp_path: Path) -> None:
    told = Transcript("one").answer("m1", output=5)
    told.answer("m2", output=1000, model="<synthetic>").answer("m3", output=1000, isApiErrorMessage=True)

    assert tokens_of(read_transcript(told.write(tmp_path))).output == 5


def test_cache_writes_are_told_apart_by_how_long_they_are_kept(tmp_path: Path) -> None:
    usage = {
        "cache_creation_input_tokens": 900,
        "cache_creation": {"ephemeral_5m_input_tokens": 200, "ephemeral_1h_input_tokens": 700},
    }
    told = Transcript("one").answer("m1", usage=usage)

    tokens = tokens_of(read_transcript(told.write(tmp_path)))

    assert (tokens.cache_write, tokens.cache_write_hour) == (200, 700)
    assert tokens.prompt == 10 + 50_000 + 900


def test_unknown_types_and_a_last_line_without_its_end_are_passed_over(tmp_path: Path) -> None:
    told = (
        Transcript("one")
        .odd("file-history-snapshot", snapshot={})
        .odd("queue-operation")
        .answer("m1")
        .odd("summary", summary="s")
    )
    path = told.write(tmp_path)
    path.write_text(told.text() + '{"type": "assistant", "message": {"id": "m2", "us', encoding="utf-8")

    log = read_transcript(path)

    assert len(log.turns) == 1
    assert log.problems == ()


def test_lines_that_are_no_objects_are_counted_and_named(tmp_path: Path) -> None:
    path = tmp_path / "one.jsonl"
    path.write_text("nonsense\n[1]\n" + Transcript("one").answer("m1").text() + "\xff\n", encoding="latin-1")

    log = read_transcript(path)

    assert len(log.turns) == 1
    assert log.problems == ("one.jsonl: 3 lines are not JSON objects; they are ignored",)


def test_tasks_are_those_of_the_last_list_that_is_not_empty(tmp_path: Path) -> None:
    told = Transcript("one").answer("m1", tools={"t1": todos("completed", "in_progress", "pending")})
    told.answer("m2", tools={"t2": todos("completed", "completed", "in_progress")}).answer(
        "m3", tools={"t3": ("TodoWrite", {"todos": []})}
    )
    path = told.write(tmp_path)
    Transcript("one").answer("m4", tools={"t4": todos("pending")}).write(tmp_path, "one/subagents/agent-1.jsonl")

    log = read_transcript(path)

    assert (log.completed, log.remaining) == (2, 1)


def test_tasks_that_are_made_and_changed_one_by_one(tmp_path: Path) -> None:
    made = {f"c{number}": ("TaskCreate", {"subject": "s"}) for number in range(4)}
    changed = {
        "u1": ("TaskUpdate", {"taskId": "1", "status": "completed"}),
        "u2": ("TaskUpdate", {"taskId": "2", "status": "in_progress"}),
        "u3": ("TaskUpdate", {"taskId": "4", "status": "deleted"}),
    }
    told = Transcript("one").answer("m1", tools=made).answer("m2", tools=changed).answer("m2", tools=changed)

    log = read_transcript(told.write(tmp_path))

    assert (log.completed, log.remaining) == (1, 2)


def test_a_session_without_a_list_has_no_tasks(tmp_path: Path) -> None:
    log = read_transcript(Transcript("one").answer("m1").write(tmp_path))

    assert (log.completed, log.remaining) == (None, None)


def test_a_boundary_and_its_summary_are_one_compaction(tmp_path: Path) -> None:
    told = Transcript("one").answer("m1").compaction().answer("m2").compaction()
    told.records.append(told.records[-1])

    assert read_transcript(told.write(tmp_path)).compactions == 2


def test_receipts_are_found_in_what_was_sent_and_not_in_what_the_agent_wrote(tmp_path: Path) -> None:
    other = "<!-- foundry receipt r-ffffffffffff -->"
    told = Transcript("one").user(f"Do it.\n\n{MARK}\n").answer("m1", tools={"t1": ("Write", {"content": other})})
    told.odd("attachment", attachment={"content": f"again {MARK}"})
    path = told.write(tmp_path)

    assert read_transcript(path).receipts == (RECEIPT,)
    path.write_text(told.text().replace("<!--", "\\u003c!--"), encoding="utf-8")
    assert read_transcript(path).receipts == (RECEIPT,)


def test_time_without_pauses_and_failed_tools(tmp_path: Path) -> None:
    told = Transcript("one").answer("m1", tools={"t1": ("Bash", {})}).result("t1", is_error=True).result("t1", is_error=True)
    told.records[-1]["timestamp"] = "2026-11-20T12:02:00.000Z"
    told.user("hello")
    told.records[-1]["timestamp"] = "2026-11-20T12:06:00Z"

    log = read_transcript(told.write(tmp_path))

    assert (log.seconds, log.active_seconds, log.tool_errors) == (186 * 60, 5 * 60, 1)
    assert log.at.isoformat() == "2026-11-20T12:06:00+00:00"


def test_no_text_of_a_transcript_is_kept(tmp_path: Path) -> None:
    told = Transcript("one").user(f"the key is {SECRET}").answer("m1", tools={"t1": ("Bash", {"command": f"echo {SECRET}"})})
    told.answer("m2", model=f"{SECRET} is the model").result("t1").odd("system", content=SECRET, subtype=SECRET)
    told.answer("m3", tools={"t2": ("TodoWrite", {"todos": [{"content": SECRET, "status": "completed"}]})})

    assert SECRET not in repr(read_transcript(told.write(tmp_path)))


def test_a_long_line_is_passed_over_and_named(tmp_path: Path) -> None:
    told = Transcript("one").answer("m1").user("x" * (lines.MAX_LINE_BYTES + 1)).answer("m2").user("y" * 2 * lines.MAX_LINE_BYTES)

    log = read_transcript(told.write(tmp_path))

    assert len(log.turns) == 2
    assert log.problems == ("one.jsonl: 2 lines are longer than 4,194,304 bytes; they are ignored",)


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "one.jsonl"
    filler = json.dumps({"type": "user", "timestamp": "2026-11-20T09:00:00Z", "message": {"content": "x" * 250_000}}) + "\n"
    with path.open("w", encoding="utf-8") as file:
        file.write(Transcript("one").answer("m1").text())
        for _ in range(160):
            file.write(filler)
    tracemalloc.start()
    log = read_transcript(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert path.stat().st_size > 40_000_000
    assert peak < 8_000_000
    assert len(log.turns) == 1


def test_no_more_messages_are_kept_than_a_session_can_have(tmp_path: Path) -> None:
    path = tmp_path / "one.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for number in range(MAX_MESSAGES + 30):
            file.write(f'{{"type":"assistant","message":{{"id":"m{number}","model":"m","usage":{{"output_tokens":1}}}}}}\n')

    log = read_transcript(path)

    assert len(log.turns) == MAX_MESSAGES
    assert log.problems == ("more than 100,000 messages; the others are not counted",)


@pytest.mark.parametrize("content", ["", "\n\n", "[]\n", '{"type": "nothing"}\n', "PK\x03\x04" * 100])
def test_a_file_that_is_no_transcript_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "one.jsonl"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(SessionError, match="holds no line of a transcript"):
        read_transcript(path)


WHOLE = (
    Transcript("one")
    .user(f"go {MARK}")
    .answer("m1", tools={"t1": todos("completed", "pending"), "t2": ("TaskUpdate", {"taskId": 1, "status": "completed"})})
    .result("t1", is_error=True)
    .compaction()
    .answer("m2", usage={"cache_creation": {"ephemeral_1h_input_tokens": 5}})
    .text()
    .encode()
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    cut=st.integers(0, len(WHOLE)), changes=st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), max_size=12)
)
def test_a_damaged_transcript_is_read_or_refused_with_a_sentence(
    tmp_path: Path, cut: int, changes: list[tuple[int, int]]
) -> None:
    damaged = bytearray(WHOLE)
    for at, byte in changes:
        damaged[at] = byte
    path = tmp_path / "one.jsonl"
    path.write_bytes(bytes(damaged[:cut]))

    try:
        log = read_transcript(path)
    except SessionError as error:
        assert "holds no line" in str(error)
    else:
        assert len(log.turns) <= 2
        assert all(turn.tokens.total >= 0 for turn in log.turns)


KEYS = sorted(
    set(re.findall(r'"(\w+)":', WHOLE.decode())) | {"tokens", "context_pct", "started", "finished", "minutes", "compacted"}
)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["completed", "#1", "2026-11-20"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)
LINES = st.fixed_dictionaries(
    {"type": st.sampled_from(["user", "assistant", "system"])},
    optional={"message": JSON, "timestamp": JSON, "uuid": JSON, "isSidechain": JSON},
)
PROGRESS = (
    "session",
    "completed",
    "remaining",
    "iterations",
    "tokens",
    "minutes",
    "started",
    "finished",
    "model",
    "cost_usd",
    "receipts",
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(records=st.lists(LINES, min_size=1, max_size=4))
def test_values_of_any_shape_are_read(tmp_path: Path, records: list[dict[str, object]]) -> None:
    path = tmp_path / "one.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")

    assert read_transcript(path).name == "one"


# session folders


def write_progress(folder: Path, said: object) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "progress.json").write_text(json.dumps(said), encoding="utf-8")
    return folder


def test_the_folder_of_the_first_plan(tmp_path: Path) -> None:
    said = {
        "completed": ["a", {"name": "b"}, "c"],
        "remaining": ["d"],
        "iterations": [
            {"context_pct": 20, "minutes": 10},
            {"context_pct": 60.5, "compacted": True, "tokens": 1000, "minutes": 5.5},
        ],
    }

    log = read_folder(write_progress(tmp_path / "s1", said))

    assert (log.name, log.completed, log.remaining, log.compactions) == ("s1", 3, 1, 1)
    assert [turn.context for turn in log.turns] == [20.0, 60.5]
    assert tokens_of(log) == TokenCounts(other=1000)
    assert log.active_seconds == 930


def test_iterations_of_their_own_file_and_receipts_in_texts(tmp_path: Path) -> None:
    folder = write_progress(
        tmp_path / "s1", {"session": "named", "completed": 2, "remaining": 0, "receipts": ["r-aaaaaaaaaaaa", "x"]}
    )
    (folder / "iterations.jsonl").write_text(
        '{"context_pct": 10, "receipts": ["r-bbbbbbbbbbbb"]}\n{"context_pct": 30}\n', encoding="utf-8"
    )
    (folder / "prompts").mkdir()
    (folder / "prompts" / "1.md").write_text(f"do\n{MARK}\n", encoding="utf-8")
    (folder / "reports").mkdir()
    (folder / "reports" / "junit.xml").write_text("<testsuite/>", encoding="utf-8")
    (folder / "reports" / "linked-junit.xml").symlink_to(folder / "reports" / "junit.xml")

    log = read_folder(folder)

    assert log.name == "named"
    assert (log.completed, log.remaining, len(log.turns)) == (2, 0, 2)
    assert log.receipts == ("r-bbbbbbbbbbbb", RECEIPT, "r-aaaaaaaaaaaa")
    assert [path.name for path in log.reports] == ["junit.xml"]


def test_an_empty_session_has_nothing_and_is_no_error(tmp_path: Path) -> None:
    log = read_folder(write_progress(tmp_path / "s1", {}))

    assert (log.completed, log.remaining, log.turns, log.seconds) == (None, None, (), None)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff\xfe", b"[" * 100_000])
def test_a_progress_file_that_is_no_object_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "progress.json").write_bytes(content)

    with pytest.raises(SessionError, match=r"progress\.json: is not"):
        read_folder(tmp_path)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(said=st.dictionaries(st.sampled_from(PROGRESS), JSON))
def test_a_progress_file_of_any_shape_is_read(tmp_path: Path, said: dict[str, object]) -> None:
    log = read_folder(write_progress(tmp_path / "s1", said))

    assert (log.completed or 0) >= 0
    assert log.name


def test_names_cannot_steer_a_terminal(tmp_path: Path) -> None:
    log = read_folder(write_progress(tmp_path / "s1", {"session": "a\x1b[2Jb\u202e\nc", "model": "\x1b[0m"}))

    assert log.name == "a [2Jb c"


def test_the_schema_says_what_is_read() -> None:
    shipped = Path(folders.__file__).with_name("session.schema.json").read_text(encoding="utf-8")
    schema = json.loads(shipped)
    code = Path(folders.__file__).read_text(encoding="utf-8")
    read = set(re.findall(r'(?:said|iteration)(?:\.get\(|\[)"(\w+)"', code)) | {"started", "finished"}

    described = schema["properties"].keys() | schema["$defs"]["iteration"]["properties"].keys()
    assert described == read | {"project"}
    assert set(schema["$defs"]["tokens"]["oneOf"][1]["properties"]) == set(folders._TOKEN_KINDS)
    assert shipped == (TOP / "docs" / "session.schema.json").read_text(encoding="utf-8")


# finding


def test_where_an_agent_keeps_a_projects_transcripts(tmp_path: Path) -> None:
    place = Path("/srv/my_shop.io")

    assert projects_folders({}, tmp_path, [place]) == [tmp_path / ".claude/projects/-srv-my-shop-io"]
    assert projects_folders({"CLAUDE_CONFIG_DIR": "/etc/agent"}, tmp_path, [place, place]) == [
        Path("/etc/agent/projects/-srv-my-shop-io")
    ]


def test_a_session_is_found_by_path_name_and_first_letters(tmp_path: Path) -> None:
    first = Transcript("aaaa-1").answer("m1").write(tmp_path)
    second = Transcript("aaaa-2").answer("m1").write(tmp_path)
    folder = write_progress(tmp_path / "built", {})
    Transcript("x").answer("m1").write(tmp_path, "agent-5.jsonl")

    assert set(sessions_in([tmp_path])) == {first, second, folder}
    assert session_named(str(first), []) == first
    assert session_named(str(folder / "progress.json"), []) == folder
    assert session_named("aaaa-2", [tmp_path]) == second
    assert session_named("buil", [tmp_path]) == folder
    with pytest.raises(SessionError, match="means 2 sessions: aaaa-"):
        session_named("aaaa", [tmp_path])
    with pytest.raises(SessionError, match="no such file, session folder or session in"):
        session_named("b", [tmp_path])
    with pytest.raises(SessionError, match=r"holds no progress\.json"):
        session_named(str(tmp_path), [])


def test_a_session_is_read_whatever_its_format(tmp_path: Path) -> None:
    assert read_session(write_progress(tmp_path / "s", {})).source == "folder"
    log = read_session(Transcript("t").answer("m1").write(tmp_path))
    assert (log.source, log.turns[0].model) == ("transcript", MODEL)


@pytest.mark.parametrize("written", ["9" * 400, "1e999", "-1", "NaN", "true", '"5"', "1000000000001"])
def test_a_number_that_counts_nothing_is_as_if_it_were_not_there(tmp_path: Path, written: str) -> None:
    place = tmp_path / "s1"
    place.mkdir()
    text = f'{{"session": "s", "minutes": {written}, "iterations": [{{"tokens": 5, "context_pct": {written}}}]}}'
    (place / "progress.json").write_text(text, encoding="utf-8")

    log = read_folder(place)

    assert [turn.context for turn in log.turns] == [None]
    assert log.active_seconds is None
