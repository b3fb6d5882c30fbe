"""History: what commits did to units, through renames, moves, fixes and reverts, in real repositories."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundry_git.git.history import commits_between
from foundry_git.git.repository import Repository
from foundry_git.history import walk as walking
from foundry_git.history.lineage import Lineage, Lineages
from foundry_git.history.messages import is_fix, receipts_in, reverted_by
from foundry_git.history.record import CommitRecord, UnitChange, record_of
from foundry_git.history.store import HistoryStore
from foundry_git.history.walk import Walk
from tests.gitrepo import GitRepo

FIRST = '''\
def in_chunks(items, size):
    """Cut a list into pieces."""
    chunks = []
    for start in range(0, len(items), size):
        chunks.append(items[start : start + size])
    return chunks
'''
FIXED = FIRST.replace("    chunks = []\n", "    if size < 1:\n        raise ValueError(size)\n    chunks = []\n")
OTHER = "def other(a):\n    total = 0\n    for b in a:\n        total += b\n    return total\n"


def lineages(repo: GitRepo) -> Lineages:
    found = Repository.at(repo.path)
    with Walk(found) as walk:
        return Lineages(record for batch in walk.records(commits_between(found, "", found.head())) for record in batch)


def life(repo: GitRepo, path: str, symbol: str) -> Lineage:
    found = lineages(repo).find(path, symbol)
    assert found is not None
    return found


def test_a_unit_appears_changes_is_fixed_and_vanishes(repo: GitRepo) -> None:
    born = repo.commit({"a.py": FIRST}, "Add chunks")
    repo.commit({"a.py": FIRST + "\n\n" + OTHER}, "Add another function below")
    fix = repo.commit({"a.py": FIXED + "\n\n" + OTHER}, "Fix endless loop for size 0")

    found = life(repo, "a.py", "in_chunks")
    assert (found.born, found.changes, found.fixes, found.reverted, found.last) == (born, 1, [fix], [], fix)

    gone = repo.commit({"a.py": OTHER}, "Drop it")
    after = lineages(repo)
    assert after.find("a.py", "in_chunks") is None
    assert [(one.place[1], one.vanished) for one in after.dead] == [("in_chunks", gone)]


def test_layout_alone_is_no_change(repo: GitRepo) -> None:
    repo.commit({"a.py": FIRST})
    repo.commit({"a.py": FIRST.replace("    chunks = []\n", "    chunks  =  []\n\n")}, "Reformat")

    assert life(repo, "a.py", "in_chunks").changes == 0


def test_a_lineage_goes_on_through_the_rename_of_its_file_with_an_edit(repo: GitRepo) -> None:
    born = repo.commit({"a.py": FIRST + "\n\n" + OTHER})
    repo.commit({"a.py": None, "lists/b.py": FIXED + "\n\n" + OTHER}, "Fix and move")

    moved, untouched = life(repo, "lists/b.py", "in_chunks"), life(repo, "lists/b.py", "other")
    assert (moved.born, moved.changes, len(moved.fixes)) == (born, 1, 1)
    assert (untouched.born, untouched.changes, untouched.place) == (born, 0, ("lists/b.py", "other"))
    assert lineages(repo).find("a.py", "other") is None


def test_a_lineage_goes_on_when_the_unit_is_renamed_or_moved_to_another_file(repo: GitRepo) -> None:
    born = repo.commit({"a.py": FIRST + "\n\n" + OTHER, "b.py": "LIMIT = 3\n"})
    repo.commit({"a.py": FIRST.replace("in_chunks", "pieces") + "\n\n" + OTHER}, "Rename")
    assert life(repo, "a.py", "pieces").born == born

    repo.commit({"a.py": OTHER, "b.py": "LIMIT = 3\n\n\n" + FIRST.replace("in_chunks", "pieces")}, "Move")
    assert (life(repo, "b.py", "pieces").born, life(repo, "b.py", "pieces").changes) == (born, 1)


def test_a_rewritten_unit_of_another_name_is_a_new_one(repo: GitRepo) -> None:
    repo.commit({"a.py": FIRST})
    new = repo.commit({"a.py": OTHER}, "Something else")

    assert life(repo, "a.py", "other").born == new
    assert len(lineages(repo).dead) == 1


def test_a_change_that_is_taken_back_is_reverted_with_or_without_the_words(repo: GitRepo) -> None:
    repo.commit({"a.py": FIRST})
    bad = repo.commit({"a.py": FIXED}, "Check the size")
    repo.git("revert", "--no-edit", "HEAD")
    assert (life(repo, "a.py", "in_chunks").reverted, life(repo, "a.py", "in_chunks").changes) == ([bad], 2)

    worse = repo.commit({"a.py": FIXED.replace("ValueError", "TypeError")}, "Check it otherwise")
    repo.commit({"a.py": FIRST}, "Better without, this was wrong")
    found = life(repo, "a.py", "in_chunks")
    assert found.reverted == [bad, worse]
    assert found.fixes == [], "taking something back is counted once"


def test_a_merge_counts_what_its_commits_did_once(repo: GitRepo) -> None:
    repo.commit({"a.py": FIRST})
    repo.git("checkout", "--quiet", "-b", "topic")
    repo.commit({"a.py": FIXED}, "Fix size 0")
    repo.git("checkout", "--quiet", "main")
    repo.commit({"c.py": OTHER})
    repo.git("merge", "--quiet", "--no-ff", "-m", "Merge topic", "topic")

    assert life(repo, "a.py", "in_chunks").changes == 1


def test_what_cannot_be_parsed_costs_only_itself(repo: GitRepo) -> None:
    repo.commit({"a.py": FIRST, "bad.py": "def broken(:\n", "bin.py": b"\0\1", "latin.py": b"# caf\xe9\n"})

    assert [one.place for one in lineages(repo).living()] == [("a.py", "in_chunks")]


def test_the_store_goes_on_where_it_was_interrupted(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walking, "BATCH", 2)
    for number in range(5):
        repo.commit({f"m{number}.py": FIRST.replace("in_chunks", f"cut_{number}")})
    found = Repository.at(repo.path)
    commits = commits_between(found, "", found.head())
    store = HistoryStore(found)

    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.extend(commits, interrupt)
    assert len(list(store.records(commits))) == 2
    with store.path.open("a", encoding="utf-8") as torn:
        torn.write('["half a li')
    steps: list[tuple[int, int]] = []
    store.extend(commits, lambda done, total: steps.append((done, total)))

    assert steps[-1] == (3, 3)
    assert [record.commit for record in store.records(commits)] == [commit.id for commit in commits]
    store.extend(commits, interrupt)  # nothing is left to walk, so nothing is told


def test_a_commit_whose_record_was_damaged_is_walked_again(repo: GitRepo) -> None:
    repo.commit({"a.py": FIRST})
    repo.commit({"a.py": FIXED}, "Fix size 0")
    found = Repository.at(repo.path)
    commits = commits_between(found, "", found.head())
    store = HistoryStore(found)
    store.extend(commits)
    sound = list(store.records(commits))
    content = store.path.read_bytes()
    store.path.write_bytes(content.replace(b"in_chunks", b"in_chinks", 1))

    assert store.known() == {commits[1].id}
    assert list(store.records(commits)) == sound[1:]
    store.extend(commits)
    assert list(store.records(commits)) == sound


def test_records_come_in_the_order_of_commits_whatever_was_walked_first(repo: GitRepo) -> None:
    repo.commit({"a.py": FIRST})
    repo.commit({"a.py": FIXED}, "Fix size 0")
    repo.commit({"a.py": FIXED.replace("ValueError", "TypeError")})
    found = Repository.at(repo.path)
    commits = commits_between(found, "", found.head())
    store = HistoryStore(found)
    store.extend(commits[1:])
    store.extend(commits)

    assert [record.commit for record in store.records(commits)] == [commit.id for commit in commits]
    after = Lineages(store.records(commits)).find("a.py", "in_chunks")
    assert after == lineages(repo).find("a.py", "in_chunks")
    assert after is not None and (after.changes, after.reverted) == (2, [])


def test_a_fix_is_told_from_typos_and_style() -> None:
    for subject in ("Fix crash on empty input", "fixed #12: wrong offset", "Bugfix for Python 3", "Handle regression in parser"):
        assert is_fix(subject), subject
    for subject in (
        "Fix typo",
        "Fix a few typos in docs",
        "fix lint",
        "Fixed tests",
        "Add prefix option",
        "Fix the docstring",
        "fix CI",
    ):
        assert not is_fix(subject), subject
    assert reverted_by("This reverts commit 0123456789abcdef.\n") == ("0123456789abcdef",)


NAMES = st.text(min_size=1, max_size=8)
CHANGES = st.builds(
    UnitChange, st.sampled_from(["added", "changed", "moved", "removed"]), NAMES, NAMES, NAMES, NAMES, NAMES, NAMES
)


@given(
    st.builds(CommitRecord, NAMES, NAMES, st.booleans(), st.tuples(NAMES), st.tuples(st.tuples(NAMES, NAMES)), st.tuples(CHANGES))
)
def test_a_record_survives_its_line(record: CommitRecord) -> None:
    assert "\n" not in record.line()
    assert record_of(record.line()) == record


@pytest.mark.parametrize("line", ["", "{}", "[1]", '["a"', '[1,2,3,4,5,[["?"]]]', "null"])
def test_a_damaged_line_is_no_record(line: str) -> None:
    with pytest.raises(ValueError):
        record_of(line)


def test_a_deleted_store_is_no_error(tmp_path: Path, repo: GitRepo) -> None:
    assert list(HistoryStore(Repository.at(repo.path)).records([])) == []


def test_receipts_are_found_anywhere_in_a_message() -> None:
    one, two = "r-0123456789ab", "r-ba9876543210"
    for message in (
        f"Add retry\n\nFoundry-Receipt: {one}\n",
        f"Squashed commit of the following:\n\n    Add retry\n\n    Foundry-Receipt: {one}\n\nSigned-off-by: A <a@b.example>\n",
        f"Retry (#12)\n\n* Add retry\r\n\r\nfoundry-receipt:{one}\r\n\r\n* Polish it\r\n",
        f"> Foundry-Receipt: {one}, {one}\n",
        f"Retry (#12) * Add retry Foundry-Receipt: {one}",
    ):
        assert receipts_in(message) == (one,), message
    assert receipts_in(f"a\n\nFoundry-Receipt: {two}\n\nb\n\nFoundry-Receipt: {one}, {two}\n") == (two, one)
    for message in ("", f"see {one}", f"Foundry-Receipt: {one}4", f"Not-Foundry-Receipt: {one}", "Foundry-Receipt: r-01234\n"):
        assert receipts_in(message) == (), message
