"""Reverts and fixes: who takes back or mends whom, on real histories."""

from __future__ import annotations

import json

import pytest

from benchmarks.evidence.reverts import LIST
from foundry_git.git.blame import blame
from foundry_git.git.history import Commit, commits_between
from foundry_git.git.patches import MOST_LINES, Patch, patches_of
from foundry_git.git.repository import Repository
from foundry_git.outcomes.fixes import Mended, dense, is_fixing, mended_by
from foundry_git.outcomes.reverts import Reverted, brought, gone, reverts_in
from tests.gitrepo import GitRepo

RETRY = """\
def retry(call, tries):
    for attempt in range(tries):
        try:
            return call()
        except OSError as error:
            last = error
    raise last
"""
CHUNKS = """\
def in_chunks(items, size):
    pieces = []
    for start in range(0, len(items), size):
        pieces.append(items[start : start + size])
    return pieces
"""
DAY = 86_400


def dated(repo: GitRepo, files: dict[str, str | bytes | None], message: str, day: int) -> str:
    """Commit on a day of a history of its own."""
    repo.write(files)
    repo.git("add", "--all")
    moment = f"{1_700_000_000 + day * DAY} +0000"
    repo.git("commit", "--quiet", "--allow-empty", "-m", message, env={"GIT_AUTHOR_DATE": moment, "GIT_COMMITTER_DATE": moment})
    return repo.head()


def history(repo: GitRepo) -> tuple[list[Commit], dict[str, Patch]]:
    repository = Repository.at(repo.path)
    commits = commits_between(repository, "", "HEAD")
    return commits, {patch.commit: patch for patch in patches_of(repository, [commit.id for commit in commits])}


def found(repo: GitRepo) -> list[tuple[str, str, str]]:
    return [(one.by, one.commit, one.how) for one in reverts_in(*history(repo))]


# patches


def test_patches_read_every_name_and_line(repo: GitRepo) -> None:
    name = 'a b\t"ö\n.py'
    first = repo.commit({name: "x = 1\n--- y\n", "gone.py": "1\n", "same.bin": b"\0"})
    repo.git("mv", "gone.py", "moved.py")
    second = repo.commit({name: "x = 1\n--- y\n+++ z", "same.bin": b"\1"})

    _, patches = history(repo)

    (bare, *_) = [file for file in patches[first].files if file.path == name]
    assert [(hunk.new_start, hunk.added, hunk.removed) for hunk in bare.hunks] == [(1, ("x = 1", "--- y"), ())]
    changed = {(file.old_path, file.path): [hunk.added for hunk in file.hunks] for file in patches[second].files}
    assert changed == {(name, name): [("+++ z",)], ("gone.py", "moved.py"): []}


def test_a_missing_newline_is_no_line(repo: GitRepo) -> None:
    repo.commit({"a.py": "one\ntwo"})
    second = repo.commit({"a.py": "one\nthree"})

    (file,) = history(repo)[1][second].files

    assert [(hunk.removed, hunk.added) for hunk in file.hunks] == [(("two",), ("three",))]


def test_a_patch_of_too_many_lines_is_not_whole(repo: GitRepo) -> None:
    large = repo.commit({"a.py": "x\n" * (MOST_LINES + 1), "b.py": "y\n"})

    assert not history(repo)[1][large].is_whole


def test_blame_follows_lines_through_a_rename_a_move_and_layout(repo: GitRepo) -> None:
    first = repo.commit({"a.py": RETRY})
    repo.git("mv", "a.py", "b c.py")
    repo.commit({"b c.py": "import os\n\n\n" + RETRY.replace("    ", "  ")})

    origins = blame(Repository.at(repo.path), repo.head(), "b c.py", [(4, 10)])

    assert [(o.line, o.count, o.commit, o.path, o.there) for o in origins] == [(4, 7, first, "a.py", 1)]


# reverts


def test_git_revert_is_found_by_its_message(repo: GitRepo) -> None:
    repo.commit({"a.py": "x = 1\n"})
    target = repo.commit({"a.py": "x = 1\n" + RETRY}, "Retry calls")
    repo.git("revert", "--no-edit", target)

    assert reverts_in(*history(repo)) == [Reverted(repo.head(), target, "message", 1.0)]


@pytest.mark.parametrize(
    "message",
    [
        'Revert "Retry calls (#12)"',
        'Revert "Retry calls" (#15)',
        "revert: Retry calls",
        "Revert Retry calls.",
        "Back it out\n\nReverts #12",
        "Back it out\n\nReverts acme/shop#12",
        "Undo {short}",
        "Take it back\n\nReverting commits:\n{short}\n",
        "Backed out changeset {short}, it broke the build",
    ],
)
def test_what_a_message_names_is_taken_back(repo: GitRepo, message: str) -> None:
    repo.commit({"a.py": "x = 1\n"})
    target = repo.commit({"a.py": "x = 1\n" + RETRY}, "Retry calls (#12)")
    repo.commit({"b.py": CHUNKS}, "Cut lists")
    by = repo.commit({"a.py": "x = 1\n"}, message.format(short=target[:8]))

    assert found(repo) == [(by, target, "message")]


@pytest.mark.parametrize(
    "message",
    [
        "Revert to plain calls",
        'Revert "Something else"',
        "See deadbeef for what was reverted",
        "Reverts #99",
        "Tell more\n\nLike the change reverted in {short} this only speaks of it: reverts {short}",
    ],
)
def test_what_a_message_only_speaks_of_is_not_taken_back(repo: GitRepo, message: str) -> None:
    target = repo.commit({"a.py": RETRY}, "Retry calls (#12)")
    repo.commit({"b.py": CHUNKS}, message.format(short=target[:8]))

    assert found(repo) == []


def test_lines_that_go_again_soon_are_a_revert_without_a_word(repo: GitRepo) -> None:
    dated(repo, {"a.py": "x = 1\n"}, "start", 0)
    target = dated(repo, {"a.py": "x = 1\n" + RETRY}, "Retry calls", 1)
    dated(repo, {"b.py": CHUNKS}, "Cut lists", 2)
    by = dated(repo, {"a.py": "x = 1\n"}, "Simplify", 20)

    assert found(repo) == [(by, target, "patch")]


def test_lines_that_stood_long_were_no_mistake(repo: GitRepo) -> None:
    dated(repo, {"a.py": "x = 1\n"}, "start", 0)
    dated(repo, {"a.py": "x = 1\n" + RETRY}, "Retry calls", 1)
    dated(repo, {"a.py": "x = 1\n"}, "Drop what nobody uses any more", 200)

    assert found(repo) == []


def test_most_of_the_lines_going_is_a_revert_in_part(repo: GitRepo) -> None:
    dated(repo, {"a.py": "x = 1\n"}, "start", 0)
    target = dated(repo, {"a.py": "x = 1\n" + RETRY + CHUNKS}, "Add helpers", 1)
    by = dated(repo, {"a.py": "x = 1\n" + CHUNKS}, "Simplify", 2)
    dated(repo, {"a.py": "x = 1\n" + CHUNKS.replace("    return pieces\n", "")}, "Return nothing", 3)

    (one,) = reverts_in(*history(repo))
    assert (one.by, one.commit, one.how, round(one.share, 2)) == (by, target, "patch", 0.58)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("version = 1.2.0\n", "version = 1.2.1\n"),  # numbers go up and down
        ("def f(a):\n    return a\n", "def f(a):\n        return a\n"),  # layout alone
    ],
)
def test_what_says_nothing_is_not_taken_back(repo: GitRepo, before: str, after: str) -> None:
    dated(repo, {"a.py": before}, "one", 0)
    dated(repo, {"a.py": after}, "two", 1)
    dated(repo, {"a.py": before}, "three", 2)

    assert found(repo) == []


def test_who_does_more_than_undoing_takes_nothing_back(repo: GitRepo) -> None:
    dated(repo, {"a.py": "x = 1\n"}, "start", 0)
    dated(repo, {"a.py": "x = 1\n" + RETRY}, "Retry calls", 1)
    dated(repo, {"a.py": "x = 1\n" + CHUNKS}, "Cut lists instead", 2)

    assert found(repo) == []


def test_a_branch_takes_nothing_back_that_only_another_has(repo: GitRepo) -> None:
    start = dated(repo, {"a.py": "x = 1\n" + RETRY}, "start", 0)
    repo.git("checkout", "-q", "-b", "one")
    dated(repo, {"a.py": "x = 1\n" + RETRY + CHUNKS}, "Cut lists", 1)
    repo.git("checkout", "-q", "-b", "two", start)
    dated(repo, {"b.py": "y\n"}, "other", 2)
    picked = dated(repo, {"a.py": "x = 1\n" + RETRY + CHUNKS}, "Cut lists", 3)
    by = dated(repo, {"a.py": "x = 1\n" + RETRY}, "Simplify", 4)
    repo.git("merge", "-q", "-s", "ours", "--no-edit", "one")

    assert found(repo) == [(by, picked, "patch")]


def test_a_revert_of_a_merge_takes_back_what_it_brought(repo: GitRepo) -> None:
    repo.commit({"a.py": "x = 1\n"})
    repo.git("checkout", "-q", "-b", "topic")
    first, second = repo.commit({"b.py": RETRY}), repo.commit({"c.py": CHUNKS})
    repo.git("checkout", "-q", "main")
    repo.commit({"d.py": "y = 1\n"})
    repo.git("merge", "-q", "--no-ff", "-m", "Merge pull request #7 from topic", "topic")
    merge = repo.head()
    by = repo.commit({"b.py": None, "c.py": None}, "Reverts #7")

    commits, patches = history(repo)
    (one,) = reverts_in(commits, patches)
    assert (one.by, one.commit) == (by, merge)
    assert brought(commits, merge) == {merge, first, second}
    assert brought(commits, first) == {first}


def test_a_revert_that_is_reverted_takes_nothing_back(repo: GitRepo) -> None:
    repo.commit({"a.py": "x = 1\n"})
    target = repo.commit({"a.py": "x = 1\n" + RETRY}, "Retry calls")
    repo.git("revert", "--no-edit", target)
    once = repo.head()
    repo.git("revert", "--no-edit", once)
    twice = repo.head()

    reverts = reverts_in(*history(repo))
    assert [(one.by, one.commit) for one in reverts] == [(once, target), (twice, once)]
    assert gone(reverts).keys() == {once}
    repo.git("revert", "--no-edit", twice)
    assert gone(reverts_in(*history(repo))).keys() == {target, twice}


# fixes


def fixing(repo: GitRepo, message: str, files: dict[str, str | bytes | None]) -> bool:
    commit = repo.commit(files, message)
    commits, patches = history(repo)
    return is_fixing(commits[-1], patches[commit])


@pytest.mark.parametrize(
    "message",
    [
        "Fix retry",
        "Raise the last error\n\nFixes #12",
        "Raise the last error (closes GH-4)",
        "Raise the last error\n\nResolves: SHOP-77",
        "Raise the last error\n\nFixes: https://example.com/shop/issues/4",
        "Count attempts correctly",
        "Handle a KeyError in the cache",
    ],
)
def test_a_fix_says_so_or_closes_an_issue(repo: GitRepo, message: str) -> None:
    assert fixing(repo, message, {"a.py": RETRY})


@pytest.mark.parametrize(
    ("message", "path"),
    [
        ("Fix typo", "a.py"),
        ("Add retries, closes #12", "a.py"),
        ("Añade reintentos (closes #12)", "a.py"),
        ("✨ Retries, closes #12", "a.py"),
        ("Raise ValueError if there are no attempts", "a.py"),
        ("feat: add a crash reporter", "a.py"),
        ("docs: fix the link", "a.py"),
        ("Fix typing of retry", "a.py"),
        ("Refactor retry (#12)", "a.py"),
        ("Fix the build", "tox.ini"),
        ("Fix a race", "tests/test_a.py"),
    ],
)
def test_what_mends_no_code_is_no_fix(repo: GitRepo, message: str, path: str) -> None:
    assert not fixing(repo, message, {path: RETRY})


def mended(repo: GitRepo) -> list[Mended]:
    commits, patches = history(repo)
    return mended_by(Repository.at(repo.path), commits[-1], patches[commits[-1].id])


def test_a_fix_is_blamed_on_who_brought_the_lines_it_changes(repo: GitRepo) -> None:
    first = repo.commit({"a.py": RETRY})
    repo.commit({"a.py": CHUNKS + RETRY})
    repo.git("mv", "a.py", "b.py")
    repo.commit({}, "Rename")
    by = repo.commit({"b.py": CHUNKS + RETRY.replace("except OSError", "except ConnectionError")}, "Fix retry")

    assert mended(repo) == [Mended(by, first, "a.py", 5)]


def test_comments_blank_lines_layout_and_moved_lines_are_nobodys_fault(repo: GitRepo) -> None:
    repo.commit({"a.py": "# wrong\n\nimport os\n" + RETRY, "test_a.py": "assert 1\n"})
    reformatted = RETRY.replace("    ", "  ").replace("range(tries)", "range( tries )")
    repo.commit({"a.py": reformatted + "import os\n# right\n", "test_a.py": "assert 2\n"}, "Fix layout")

    assert mended(repo) == []


def test_only_asked_lines_are_blamed(repo: GitRepo) -> None:
    first = repo.commit({"a.py": RETRY, "b.py": CHUNKS})
    by = repo.commit({"a.py": RETRY.replace("OSError", "ValueError"), "b.py": CHUNKS.replace("0,", "1,")}, "Fix both")
    commits, patches = history(repo)

    among = {dense("    for start in range(0, len(items), size):")}
    assert mended_by(Repository.at(repo.path), commits[-1], patches[by], among, first) == [Mended(by, first, "b.py", 3)]


def test_a_sweep_tells_nothing(repo: GitRepo) -> None:
    repo.commit({f"m{number}.py": CHUNKS for number in range(21)})
    repo.commit({f"m{number}.py": CHUNKS.replace("0,", "1,") for number in range(21)}, "Fix all")

    assert mended(repo) == []


def test_a_commit_whose_zone_is_none_stops_nothing(repo: GitRepo) -> None:
    repo.commit({"a.py": "x = 1\n"})
    written = f"tree {repo.git('write-tree')}\nparent {repo.head()}\nauthor D <d@example.com> 1315448330 +51800\n"
    written += "committer D <d@example.com> 1315448330 +51800\n\nFix it\n"
    strange = repo.git("hash-object", "-t", "commit", "-w", "--stdin", "--literally", input=written.encode())
    repo.git("reset", "-q", "--hard", strange)
    repo.commit({"a.py": "x = 2\n"})

    assert found(repo) == []


# the labelled commits of benchmarks/evidence/reverts.py


def test_enough_labelled_commits_are_there_to_check_by_hand() -> None:
    listed = json.loads(LIST.read_text(encoding="utf-8"))
    rows = listed["commits"]

    assert len({row["commit"] for row in rows}) == len(rows) >= 200
    assert {row["repository"] for row in rows} == listed["heads"].keys() and len(listed["heads"]) >= 4
    assert all(len(id) == 40 for row in rows for id in (row["commit"], *row["takes_back"], *row.get("introduced_by", ())))
    assert {row["fixes"] for row in rows} == {"yes", "no", "unclear"}
