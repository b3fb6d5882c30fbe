"""What a repository is written in: by the names of its files, with the share of what cannot be read."""

from __future__ import annotations

import pytest

from foundry_git.source.seen_languages import NOTHING_SEEN, languages_seen


def paths(**counts: int) -> list[str]:
    return [f"app/part{number}.{extension}" for extension, count in counts.items() for number in range(count)]


def test_languages_are_counted_with_the_most_used_first() -> None:
    seen = languages_seen([*paths(go=2, py=5, rb=3, java=4, md=9, json=9), "Makefile", "docs/index.html"])

    assert list(seen.read.items()) == [("python", 5), ("go", 2)]
    assert list(seen.not_read.items()) == [("Java", 4), ("Ruby", 3)]
    assert (seen.total, seen.unread_share) == (14, 0.5)


def test_what_others_wrote_does_not_count() -> None:
    seen = languages_seen(
        ["a.py", "vendor/x/y.go", "node_modules/z/index.js", "app/service_pb2.py", "types/x.d.ts", "vendor/gems/a.rb"]
    )

    assert (dict(seen.read), dict(seen.not_read)) == ({"python": 1}, {})


def test_a_script_or_two_are_no_language_of_the_repository() -> None:
    assert languages_seen(paths(py=96, sh=0, go=4)).used == ("python",)
    assert languages_seen(paths(py=95, go=5)).used == ("python", "go")
    assert languages_seen(paths(java=96, py=4)).used == ()


def test_javascript_can_stand_among_typescript_and_not_the_other_way_round() -> None:
    assert languages_seen(paths(ts=9)).fitting == {"typescript", "javascript"}
    assert languages_seen(paths(js=9)).fitting == {"javascript"}


@pytest.mark.parametrize(
    "counts, remark",
    [
        ({"py": 9}, ""),
        ({"py": 96, "rb": 4}, ""),
        ({"py": 1, "rb": 3}, "Ruby cannot be read yet: 75% of 4 source files"),
        ({"py": 4, "rb": 3, "java": 3}, "Java and Ruby cannot be read yet: 60% of 10 source files"),
        ({"c": 5, "cpp": 3, "cs": 2}, "C, C++ and C# cannot be read yet: 100% of 10 source files"),
        ({"rb": 1_996, "py": 4}, "Ruby cannot be read yet: 100% of 2,000 source files"),
        ({}, ""),
    ],
)
def test_a_remark_is_made_where_it_is_more_than_a_script_or_two(counts: dict[str, int], remark: str) -> None:
    assert languages_seen(paths(**counts)).remark == remark


def test_nothing_is_seen_of_no_files() -> None:
    assert languages_seen([]) == NOTHING_SEEN
