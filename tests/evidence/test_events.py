"""Events keep their bytes and their names, and hold nothing private."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from foundry_git.evidence.events import (
    Accepted,
    Adopted,
    Decided,
    Event,
    Injected,
    Item,
    KnownEvent,
    Outcome,
    Proposed,
    Rated,
    Rejected,
    Session,
    Sighted,
    Survived,
    Unknown,
    Withdrawn,
    Withheld,
    by_id,
    canonical,
    event_id,
    hashed,
    new_nonce,
    parse,
    place_of,
    receipt_of,
)

AT = datetime(2026, 11, 20, 14, 36, 13, tzinfo=UTC)
DIGEST, OTHER_DIGEST = "a1" * 32, "b2" * 32
SHAPE = "py1:" + "0c" * 16
NONCE = "00112233445566ff"
RECEIPT = "r-0123456789ab"
COMMIT = "9f" * 20
ITEM = Item(id="python/retry", version=2, digest=DIGEST, rank=1, score=812, propensity=850)
PASSED = Item(id="python/wait", version=1, digest=OTHER_DIGEST, rank=2, score=700, propensity=0, slot="passed")

SAMPLES: dict[str, KnownEvent] = {
    "sighted": Sighted(at=AT, shape=SHAPE, place="0d" * 16, pattern=DIGEST),
    "accepted": Accepted(at=AT, nonce=NONCE, id="python/retry-with-backoff", version=1, digest=DIGEST, shape=SHAPE),
    "rejected": Rejected(at=AT, nonce=NONCE, shape=SHAPE, reason="not-reusable"),
    "injected": Injected(at=AT, nonce=NONCE, items=(ITEM,)),
    "adopted": Adopted(at=AT, digest=DIGEST, source="commit", receipt=RECEIPT, commit=COMMIT),
    "outcome": Outcome(at=AT, subject=RECEIPT, result="pass", source="ci", run=COMMIT),
    "rated": Rated(at=AT, nonce=NONCE, subject=DIGEST, rating=4, session=hashed("session")),
    "proposed": Proposed(at=AT, nonce=NONCE, id="python/retry", version=2, digest=DIGEST),
    "withheld": Withheld(at=AT, nonce=NONCE, items=(ITEM,), language="python"),
    "survived": Survived(at=AT, digest=DIGEST, commit=COMMIT, days=30, lines=12, left=11),
    "decided": Decided(at=AT, nonce=NONCE, digest=DIGEST, state="quarantined", reason="unsafe", author=NONCE),
    "withdrawn": Withdrawn(at=AT, nonce=NONCE, event=DIGEST),
    "session": Session(at=AT, session=hashed("session"), tasks=4, completed=3, tokens=120_000, microdollars=1_250_000),
    "injected-2": Injected(
        at=AT, nonce=NONCE, items=(ITEM,), passed_over=(PASSED,), language="python", session=hashed("session")
    ),
    "adopted-2": Adopted(at=AT, digest=DIGEST, source="commit", commit=COMMIT, how="copy", share=640, lines=9, framework="flask"),
    "outcome-2": Outcome(at=AT, subject=DIGEST, result="fail", source="revert", run=COMMIT, commit="8e" * 20),
    "outcome-3": Outcome(
        at=AT,
        subject=DIGEST,
        result="pass",
        source="tests",
        run=COMMIT,
        retries_before=2,
        retries_after=0,
        mode="exploration",
        validated="pass",
        grounding=900,
        author=NONCE,
    ),
    "rated-2": Rated(at=AT, nonce=NONCE, subject=DIGEST, rating=4, author=NONCE),
}

# The format is final: these bytes and names were written by the first version, and every later one must read them.
GOLDEN = {
    "sighted": (
        b'{"at":"2026-11-20T14:36:13.000Z","kind":"sighted","pattern":"%(digest)s","place":"%(place)s","schema":1,"shape":"%(shape)s"}'
    ),
    "accepted": (
        b'{"at":"2026-11-20T14:36:13.000Z","digest":"%(digest)s","id":"python/retry-with-backoff","kind":"accepted",'
        b'"nonce":"00112233445566ff","schema":1,"shape":"%(shape)s","version":1}'
    ),
    "rejected": (
        b'{"at":"2026-11-20T14:36:13.000Z","kind":"rejected","nonce":"00112233445566ff","reason":"not-reusable","schema":1,'
        b'"shape":"%(shape)s"}'
    ),
    "injected": (
        b'{"at":"2026-11-20T14:36:13.000Z","items":[{"digest":"%(digest)s","id":"python/retry","propensity":850,"rank":1,"score":812,'
        b'"slot":"ranked","version":2}],"kind":"injected","nonce":"00112233445566ff","schema":1}'
    ),
    "adopted": (
        b'{"at":"2026-11-20T14:36:13.000Z","commit":"%(commit)s","digest":"%(digest)s","kind":"adopted","receipt":"r-0123456789ab",'
        b'"schema":1,"source":"commit"}'
    ),
    "outcome": (
        b'{"at":"2026-11-20T14:36:13.000Z","kind":"outcome","result":"pass","run":"%(commit)s","schema":1,"source":"ci",'
        b'"subject":"r-0123456789ab"}'
    ),
    "rated": (
        b'{"at":"2026-11-20T14:36:13.000Z","kind":"rated","nonce":"00112233445566ff","rating":4,"schema":1,"session":"%(session)s",'
        b'"subject":"%(digest)s"}'
    ),
    "proposed": (
        b'{"at":"2026-11-20T14:36:13.000Z","digest":"%(digest)s","id":"python/retry","kind":"proposed","nonce":"00112233445566ff",'
        b'"schema":2,"version":2}'
    ),
    "withheld": (
        b'{"at":"2026-11-20T14:36:13.000Z","items":[{"digest":"%(digest)s","id":"python/retry","propensity":850,"rank":1,"score":812,'
        b'"slot":"ranked","version":2}],"kind":"withheld","language":"python","nonce":"00112233445566ff","schema":2}'
    ),
    "survived": (
        b'{"at":"2026-11-20T14:36:13.000Z","commit":"%(commit)s","days":30,"digest":"%(digest)s","kind":"survived","left":11,'
        b'"lines":12,"schema":2}'
    ),
    "decided": (
        b'{"at":"2026-11-20T14:36:13.000Z","author":"00112233445566ff","digest":"%(digest)s","kind":"decided",'
        b'"nonce":"00112233445566ff","reason":"unsafe","schema":2,"state":"quarantined"}'
    ),
    "withdrawn": (
        b'{"at":"2026-11-20T14:36:13.000Z","event":"%(digest)s","kind":"withdrawn","nonce":"00112233445566ff","schema":2}'
    ),
    "session": (
        b'{"at":"2026-11-20T14:36:13.000Z","completed":3,"kind":"session","microdollars":1250000,"schema":2,"session":"%(session)s",'
        b'"tasks":4,"tokens":120000}'
    ),
    "injected-2": (
        b'{"at":"2026-11-20T14:36:13.000Z","items":[{"digest":"%(digest)s","id":"python/retry","propensity":850,"rank":1,"score":812,'
        b'"slot":"ranked","version":2}],"kind":"injected","language":"python","nonce":"00112233445566ff","passed_over":[{"digest":'
        b'"%(other)s","id":"python/wait","propensity":0,"rank":2,"score":700,"slot":"passed","version":1}],"schema":2,'
        b'"session":"%(session)s"}'
    ),
    "adopted-2": (
        b'{"at":"2026-11-20T14:36:13.000Z","commit":"%(commit)s","digest":"%(digest)s","framework":"flask","how":"copy",'
        b'"kind":"adopted","lines":9,"schema":2,"share":640,"source":"commit"}'
    ),
    "outcome-2": (
        b'{"at":"2026-11-20T14:36:13.000Z","commit":"8e8e8e8e8e8e8e8e8e8e8e8e8e8e8e8e8e8e8e8e","kind":"outcome","result":"fail",'
        b'"run":"%(commit)s","schema":2,"source":"revert","subject":"%(digest)s"}'
    ),
    "outcome-3": (
        b'{"at":"2026-11-20T14:36:13.000Z","author":"00112233445566ff","grounding":900,"kind":"outcome","mode":"exploration",'
        b'"result":"pass","retries_after":0,"retries_before":2,"run":"%(commit)s","schema":2,"source":"tests","subject":"%(digest)s",'
        b'"validated":"pass"}'
    ),
    "rated-2": (
        b'{"at":"2026-11-20T14:36:13.000Z","author":"00112233445566ff","kind":"rated","nonce":"00112233445566ff","rating":4,'
        b'"schema":2,"subject":"%(digest)s"}'
    ),
}
FILLING = {
    b"digest": DIGEST.encode(),
    b"other": OTHER_DIGEST.encode(),
    b"place": b"0d" * 16,
    b"shape": SHAPE.encode(),
    b"commit": COMMIT.encode(),
    b"session": hashed("session").encode(),
}

PRIVATE = (
    "ada@example.com",
    "build-7.corp.example",
    "/home/ada/billing/tax.py",
    "src/billing/tax.py",
    "fix the login of Ada",
    "Ada",
    "日本",
    "",
)


def hexes(digits: int) -> st.SearchStrategy[str]:
    return st.binary(min_size=digits // 2, max_size=digits // 2).map(bytes.hex)


MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))
SHAPES = hexes(32).map("py1:{}".format)
SLUGS = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,5}){0,2}", fullmatch=True)
IDS = st.builds("{}/{}".format, st.sampled_from(["python", "go", "any"]), SLUGS)
SUBJECTS = st.one_of(hexes(64), hexes(12).map("r-{}".format))
ITEMS = st.builds(
    Item,
    id=IDS,
    version=st.integers(1, 99),
    digest=hexes(64),
    rank=st.integers(1, 50),
    score=st.integers(-1000, 1000),
    propensity=st.integers(1, 1000),
    slot=st.sampled_from(["ranked", "exploration"]),
)
KNOWN: st.SearchStrategy[KnownEvent] = st.one_of(
    st.builds(Sighted, at=MOMENTS, shape=SHAPES, place=hexes(32), pattern=st.none() | hexes(64)),
    st.builds(
        Accepted, at=MOMENTS, nonce=hexes(16), id=IDS, version=st.integers(1, 99), digest=hexes(64), shape=st.none() | SHAPES
    ),
    st.builds(Rejected, at=MOMENTS, nonce=hexes(16), shape=SHAPES, reason=st.sampled_from(["none", "wrong", "other"])),
    st.builds(
        Injected,
        at=MOMENTS,
        nonce=hexes(16),
        items=st.lists(ITEMS, min_size=1, max_size=4, unique_by=lambda item: item.digest).map(tuple),
    ),
    st.builds(
        Adopted,
        at=MOMENTS,
        digest=hexes(64),
        source=st.just("commit"),
        commit=hexes(40) | hexes(64),
        receipt=st.none() | hexes(12).map("r-{}".format),
    ),
    st.builds(Adopted, at=MOMENTS, digest=hexes(64), source=st.just("person"), nonce=hexes(16)),
    st.builds(
        Outcome, at=MOMENTS, subject=SUBJECTS, result=st.sampled_from(["pass", "fail"]), source=st.just("ci"), run=hexes(32)
    ),
    st.builds(Outcome, at=MOMENTS, subject=SUBJECTS, result=st.just("fail"), source=st.just("person"), nonce=hexes(16)),
    st.builds(
        Rated,
        at=MOMENTS,
        nonce=hexes(16),
        subject=SUBJECTS,
        rating=st.integers(1, 5),
        session=st.none() | hexes(64),
        author=st.none() | hexes(16),
    ),
    st.builds(Proposed, at=MOMENTS, nonce=hexes(16), id=IDS, version=st.integers(1, 99), digest=hexes(64)),
    st.builds(Withdrawn, at=MOMENTS, nonce=hexes(16), event=hexes(64), author=st.none() | hexes(16)),
    st.builds(
        Decided,
        at=MOMENTS,
        nonce=hexes(16),
        digest=hexes(64),
        state=st.sampled_from(["pending", "validated", "quarantined"]),
        reason=st.sampled_from(["reviewed", "unsafe", "other"]),
    ),
    st.builds(
        Withheld,
        at=MOMENTS,
        nonce=hexes(16),
        items=st.lists(ITEMS, min_size=1, max_size=3, unique_by=lambda item: item.digest).map(tuple),
        framework=st.none() | SLUGS,
        session=st.none() | hexes(64),
    ),
    st.builds(
        Survived,
        at=MOMENTS,
        digest=hexes(64),
        commit=hexes(40),
        days=st.integers(1, 400),
        lines=st.just(40),
        left=st.integers(0, 40),
    ),
    st.builds(
        Session, at=MOMENTS, session=hexes(64), tasks=st.none() | st.integers(0, 99), tokens=st.none() | st.integers(0, 2**40)
    ),
    st.builds(
        Adopted,
        at=MOMENTS,
        digest=hexes(64),
        source=st.just("commit"),
        commit=hexes(40),
        how=st.none() | st.sampled_from(["copy", "import", "call"]),
        share=st.none() | st.integers(1, 1000),
        lines=st.none() | st.integers(1, 999),
    ),
    st.builds(
        Outcome,
        at=MOMENTS,
        subject=hexes(64),
        result=st.sampled_from(["pass", "fail"]),
        source=st.sampled_from(["revert", "fix", "silence", "tests"]),
        run=hexes(40),
        commit=st.none() | hexes(40),
        grounding=st.none() | st.integers(0, 1000),
        author=st.none() | hexes(16),
    ),
    st.builds(
        Decided,
        at=MOMENTS,
        nonce=hexes(16),
        digest=hexes(64),
        state=st.sampled_from(["pending", "validated", "quarantined"]),
        reason=st.just("reviewed"),
        author=hexes(16),
        answers=st.none() | st.sets(hexes(64), min_size=1, max_size=3).map(lambda names: tuple(sorted(names))),
    ),
)
EVENTS: st.SearchStrategy[Event] = KNOWN | st.builds(
    lambda kind, facts: Unknown(kind=kind, raw=json.dumps({"kind": kind, "schema": 9, "facts": facts}).encode()),
    st.sampled_from(["lifted", "sighted"]),
    st.lists(st.text("abcdef0123456789", min_size=1, max_size=32) | st.floats(allow_nan=False)),
)


def fields_of_text() -> list[Any]:
    return [
        pytest.param(kind, field, id=f"{kind}.{field}")
        for kind, sample in SAMPLES.items()
        for field in sample.__struct_fields__
        if isinstance(getattr(sample, field), str)
    ]


@given(EVENTS)
def test_an_event_survives_its_bytes(event: Event) -> None:
    line = canonical(event)

    assert parse(line) == event
    assert event_id(event) == hashlib.sha256(line).hexdigest()
    assert b"\n" not in line


@pytest.mark.parametrize("kind", SAMPLES)
def test_the_bytes_of_every_kind_are_those_of_the_first_version(kind: str) -> None:
    golden = GOLDEN[kind] % FILLING

    assert canonical(SAMPLES[kind]) == golden
    assert parse(golden) == SAMPLES[kind]


def test_two_clones_that_see_the_same_commit_write_the_same_event() -> None:
    tokyo = AT.astimezone(timezone(timedelta(hours=9)))
    here = Sighted(at=AT, shape=SHAPE, place=place_of("src/a.py", "ab" * 20))
    there = Sighted(at=tokyo.replace(microsecond=7), shape=SHAPE, place=place_of("src/a.py", "ab" * 20))

    assert event_id(here) == event_id(there)
    assert by_id([here, there, here]) == {event_id(here): here}


@pytest.mark.parametrize(
    "change",
    [
        lambda line: b" " + line,
        lambda line: line + b"\n",
        lambda line: line.replace(b'":', b'": ', 1),
        lambda line: json.dumps(dict(reversed(list(json.loads(line).items()))), separators=(",", ":")).encode(),
        lambda line: line.replace(b"a1a1", b"A1A1", 1),
        lambda line: line.replace(b'"rank":1', b'"rank":1.0'),
        lambda line: line.replace(b'"rank":1', b'"rank":true'),
        lambda line: line.replace(b'"rank":1', b'"rank":1,"rank":1'),
        lambda line: line.replace(b'"rank":1', b'"rank":1,"task":"x"'),
        lambda line: line.replace(b'"rank":1,', b""),
        lambda line: line.replace(b'"schema":1', b'"schema":1,"shape":null'),
        lambda line: line.replace(b'"schema":1', b'"schema":0'),
        lambda line: line.replace(b'"kind":"injected"', b'"kind":"In Jected"'),
        lambda line: line.replace(b"14:36:13.000Z", b"14:36:13.000+00:00"),
        lambda line: line.replace(b"2026-11-20", b"2026-02-30"),
        lambda line: line.replace(b'"items":[', b'"items":[7,'),
        lambda line: line.replace(b"retry", b"\xff"),
        lambda line: line.replace(b'"schema":1', b'"schema":2,"schema":3'),
        lambda line: b"[" * 50_000,
        lambda line: b'"' + b"x" * 70_000 + b'"',
        lambda line: b"[1]",
        lambda line: b"",
    ],
)
def test_bytes_that_are_not_canonical_are_refused(change: Any) -> None:
    line = canonical(SAMPLES["injected"])
    assert change(line) != line

    with pytest.raises(ValueError, match=r"."):
        parse(change(line))


@given(
    st.binary(max_size=60)
    | st.builds(lambda event, at, byte: _struck(canonical(event), at, byte), KNOWN, st.integers(0), st.binary())
)
def test_damaged_bytes_raise_nothing_but_value_error(line: bytes) -> None:
    try:
        event = parse(line)
    except ValueError:
        return
    assert canonical(event) == line


@pytest.mark.parametrize("line", [b'{"kind":"lifted","schema":1,"x":1.5}', b'{"schema":9, "kind":"rated"}'])
def test_an_event_of_a_newer_version_is_kept_byte_for_byte(line: bytes) -> None:
    event = parse(line)

    assert isinstance(event, Unknown)
    assert canonical(event) == line


@pytest.mark.parametrize("text", [text for text in PRIVATE if text])
def test_private_text_enters_no_event_of_a_newer_version(text: str) -> None:
    for facts in ({"what": text}, {"deep": [{"er": [1, text]}]}, {text: 1}):
        line = json.dumps({"kind": "lifted", "schema": 9, **facts}, ensure_ascii=False).encode("utf-8", "surrogatepass")
        with pytest.raises(ValueError) as refusal:
            parse(line)
        assert text not in str(refusal.value)


def test_ids_times_and_words_of_a_newer_version_are_kept() -> None:
    facts = {
        "of": DIGEST,
        "at": "2031-01-01T00:00:00.000Z",
        "shape": SHAPE,
        "id": "python/retry",
        "by": [RECEIPT, NONCE, "short-word"],
    }
    line = json.dumps({"kind": "lifted", "schema": 9, **facts}).encode()

    assert canonical(parse(line)) == line


@pytest.mark.parametrize(("kind", "field"), fields_of_text())
@pytest.mark.parametrize("text", PRIVATE)
def test_private_text_enters_no_field_and_no_message(kind: str, field: str, text: str) -> None:
    with pytest.raises(ValueError, match=field) as refusal:
        _with(kind, field, text)

    assert not text or text not in str(refusal.value)


@pytest.mark.parametrize("field", ["id", "digest", "slot"])
@pytest.mark.parametrize("text", PRIVATE)
def test_private_text_enters_no_item(field: str, text: str) -> None:
    with pytest.raises(ValueError, match=field):
        structs.replace(ITEM, **{field: text})


@given(st.sampled_from([one.values for one in fields_of_text()]), st.text())
@settings(max_examples=600)
def test_what_a_field_takes_holds_only_letters_digits_and_three_marks(field: tuple[str, str], text: str) -> None:
    try:
        _with(*field, text)
    except ValueError:
        return
    assert set(text) <= set("abcdefghijklmnopqrstuvwxyz0123456789-/:")


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Adopted(at=AT, digest=DIGEST, source="person"),
        lambda: Adopted(at=AT, digest=DIGEST, source="commit"),
        lambda: Adopted(at=AT, digest=DIGEST, source="commit", commit=COMMIT, nonce=NONCE),
        lambda: Outcome(at=AT, subject=RECEIPT, result="pass", source="ci"),
        lambda: Outcome(at=AT, subject=RECEIPT, result="pass", source="ci", run=COMMIT, nonce=NONCE),
        lambda: Outcome(at=AT, subject=RECEIPT, result="pass", source="person", run=COMMIT),
        lambda: Injected(at=AT, nonce=NONCE, items=()),
        lambda: Injected(at=AT, nonce=NONCE, items=(ITEM, ITEM)),
        lambda: Injected(at=AT, nonce=NONCE, items=[ITEM]),  # type: ignore[arg-type]
        lambda: Rated(at=AT, nonce=NONCE, subject=DIGEST, rating=0),
        lambda: Rated(at=AT, nonce=NONCE, subject=DIGEST, rating=6),
        lambda: Rated(at=AT, nonce=NONCE, subject=DIGEST, rating=4.0),  # type: ignore[arg-type]
        lambda: Rated(at=AT.replace(tzinfo=None), nonce=NONCE, subject=DIGEST, rating=4),
        lambda: Rated(at=datetime.min.replace(tzinfo=timezone(timedelta(hours=9))), nonce=NONCE, subject=DIGEST, rating=4),
        lambda: Rated(at="2026-11-20T14:36:13.000Z", nonce=NONCE, subject=DIGEST, rating=4),  # type: ignore[arg-type]
        lambda: structs.replace(ITEM, propensity=0),
        lambda: structs.replace(ITEM, id="python/" + "x" * 65),
        lambda: Unknown(kind="lifted", raw=b'{"kind":\n"lifted"}'),
    ],
)
def test_a_record_that_contradicts_itself_is_not_made(wrong: Any) -> None:
    with pytest.raises(ValueError, match=r"must"):
        wrong()


def test_a_place_tells_paths_and_blobs_apart_and_takes_paths_that_are_not_utf8() -> None:
    places = {place_of(path, blob) for path in ("a", "ab", "caf\udce9") for blob in ("b", "ab")}

    assert len(places) == 6


def test_a_receipt_is_the_beginning_of_the_event_id() -> None:
    injected = Injected(at=AT, nonce=new_nonce(), items=(ITEM,))

    assert receipt_of(injected) == f"r-{event_id(injected)[:12]}"
    assert parse(canonical(Outcome(at=AT, subject=receipt_of(injected), result="fail", source="tests", nonce=new_nonce())))


def _with(kind: str, field: str, text: str) -> KnownEvent:
    facts: dict[str, Any] = structs.asdict(SAMPLES[kind])
    return type(SAMPLES[kind])(**{**facts, field: text})


def _struck(line: bytes, at: int, byte: bytes) -> bytes:
    place = at % len(line)
    return line[:place] + byte[:1] + line[place + 1 :]
