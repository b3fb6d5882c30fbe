from __future__ import annotations

from pathlib import Path

import pytest
from read_json_lines import JsonLinesError, read_json_lines


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data.jsonl"


def test_yields_one_value_per_line(path: Path) -> None:
    path.write_bytes(b'{"a": 1}\n[2]\n"three"\nnull\n')

    assert list(read_json_lines(path)) == [{"a": 1}, [2], "three", None]


def test_the_last_line_needs_no_line_end(path: Path) -> None:
    path.write_bytes(b"1\n2")

    assert list(read_json_lines(path)) == [1, 2]


def test_blank_lines_windows_line_ends_and_a_byte_order_mark_are_skipped(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbf1\r\n\r\n  \n2\r\n")

    assert list(read_json_lines(path)) == [1, 2]


def test_an_empty_file_has_no_values(path: Path) -> None:
    path.write_bytes(b"")

    assert list(read_json_lines(path)) == []


def test_unicode_line_separators_inside_a_text_do_not_split_it(path: Path) -> None:
    path.write_text('"a\u2028b\x85c"\n', encoding="utf-8")

    assert list(read_json_lines(path)) == ["a\u2028b\x85c"]


def test_a_malformed_line_is_reported_with_its_place_after_the_good_ones(path: Path) -> None:
    path.write_bytes(b'1\n\n{"a": \n4\n')
    values: list[object] = []

    with pytest.raises(JsonLinesError, match=r"data\.jsonl:3: ") as caught:
        for value in read_json_lines(path):
            values.append(value)
    assert values == [1]
    assert (caught.value.path, caught.value.line) == (str(path), 3)


@pytest.mark.parametrize(
    "line", [b"\xff", b"NaN", b'{"a": -Infinity}', b"1 2", b"'a'", b"[" * 100_000, b"\xef\xbb\xbf1", b"\xc2\xa0"]
)
def test_what_is_not_json_in_utf_8_is_refused(path: Path, line: bytes) -> None:
    path.write_bytes(b"0\n" + line + b"\n")

    with pytest.raises(JsonLinesError, match=":2: "):
        list(read_json_lines(path))


def test_lines_after_the_one_asked_for_are_not_parsed(path: Path) -> None:
    path.write_bytes(b"1\nbroken\n")

    reader = read_json_lines(path)

    assert next(reader) == 1
