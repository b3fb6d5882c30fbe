"""Succession: a changed origin asks to be the next version, and every origin is fresh, drifted or orphaned."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.commandline import CommandLine
from tests.gitrepo import GitRepo

UNIT = '''\
def in_chunks(items: list[int], size: int) -> list[list[int]]:
    """Cut a list into pieces of a size."""
    if size < 1:
        raise ValueError("size must be positive")
    chunks = []
    for start in range(0, len(items), size):
        if start < 0:
            continue
        chunks.append(items[start : start + size])
    return chunks
'''
CHANGED = UNIT.replace("size must be positive", "size must be at least 1")
AGAIN = CHANGED.replace("if start < 0", "if start < -1")
ID = "python/in-chunks"


def waiting(foundry: CommandLine) -> dict[str, dict[str, Any]]:
    done = foundry("candidates", "--json", "--all")
    assert done.returncode == 0, done.stderr
    return {one["id"]: one for one in json.loads(done.stdout)}


def shown(foundry: CommandLine, reference: str = ID) -> dict[str, Any]:
    done = foundry("show", reference, "--json")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def origin(foundry: CommandLine, reference: str = ID) -> tuple[str, str]:
    found = shown(foundry, reference)
    return found["origin_state"], found["origin_place"]


@pytest.fixture
def accepted(repo: GitRepo, foundry: CommandLine) -> GitRepo:
    """A repository whose ``a.py`` is the origin of an accepted, committed pattern; a colleague has worded its manifest."""
    assert foundry("init").returncode == 0
    repo.commit({"a.py": UNIT})
    assert waiting(foundry).keys() == {ID}
    assert foundry("accept", ID).returncode == 0
    manifest = repo.path / f".foundry/patterns/{ID}/v1/pattern.yaml"
    text = manifest.read_text(encoding="utf-8").replace("Cut a list into pieces of a size.", "Split lists into batches.")
    text = re.sub(r"^code: .*$", r"\g<0>\nsuggested_action: Use it for batches.", text, flags=re.MULTILINE)
    manifest.write_text(text, encoding="utf-8")
    repo.commit({}, "Add a pattern")
    assert foundry("library", "check").returncode == 0
    assert waiting(foundry) == {}
    return repo


# the next version


def test_a_changed_origin_is_proposed_as_the_next_version_with_difference_and_evidence(
    accepted: GitRepo, foundry: CommandLine
) -> None:
    foundry("outcome", ID, "--pass")
    accepted.commit({"a.py": CHANGED})

    (candidate,) = waiting(foundry).values()
    assert (candidate["id"], candidate["supersedes"], candidate["near"]) == (ID, f"{ID}@1", "")
    listed = foundry("candidates").stdout
    assert f"{ID}@2" in listed and f"changed: {ID}@1 -> version 2" in listed
    assert f"see foundry show {ID}@2" in foundry("show", ID).stdout
    text = foundry("show", f"{ID}@2").stdout
    assert re.search(rf"evidence of {ID}@1: .*passed 1", text)
    assert '-        raise ValueError("size must be positive")\n+        raise ValueError("size must be at least 1")' in text
    answer = shown(foundry, f"{ID}@2")
    assert "passed 1" in answer["evidence"]
    assert answer["diff"][:2] == [f"--- {ID}@1", f"+++ {ID}@2"]


def test_accepting_it_writes_the_next_version_with_what_people_worded(accepted: GitRepo, foundry: CommandLine) -> None:
    accepted.commit({"a.py": CHANGED})

    done = foundry("accept", ID)

    assert f"wrote .foundry/patterns/{ID}/v2" in done.stdout
    assert f"'Add pattern {ID}, version 2'" in done.stdout
    folder = accepted.path / f".foundry/patterns/{ID}"
    assert (folder / "v2/in_chunks.py").read_text(encoding="utf-8") == CHANGED
    assert (folder / "v1/in_chunks.py").read_text(encoding="utf-8") == UNIT
    found = shown(foundry)
    assert (found["version"], found["description"]) == (2, "Split lists into batches.")
    assert found["suggested_action"] == "Use it for batches."
    assert f"supersedes:\n- {ID}@1\n" in (folder / "v2/pattern.yaml").read_text(encoding="utf-8")
    accepted.commit({}, "Add version 2")
    assert waiting(foundry) == {}
    assert foundry("library", "check").returncode == 0
    assert origin(foundry) == ("fresh", "a.py:1")


def test_a_new_docstring_brings_its_own_description(accepted: GitRepo, foundry: CommandLine) -> None:
    accepted.commit({"a.py": CHANGED.replace("Cut a list into pieces of a size.", "Cut a list into parts.")})

    assert waiting(foundry)[ID]["description"] == "Cut a list into parts."
    assert foundry("accept", ID).returncode == 0
    assert shown(foundry)["suggested_action"] == "Use it for batches."


def test_a_change_of_names_comments_or_docstring_alone_proposes_nothing(accepted: GitRepo, foundry: CommandLine) -> None:
    accepted.commit({"a.py": UNIT.replace("chunks = []", "parts = []  # so far").replace("chunks.app", "parts.app")
                     .replace("return chunks", "return parts")})  # fmt: skip

    assert waiting(foundry) == {}
    assert origin(foundry) == ("fresh", "a.py:1")


def test_a_descendant_need_not_have_the_minimal_size_but_holds_no_secret(accepted: GitRepo, foundry: CommandLine) -> None:
    small = 'def in_chunks(items, size):\n    """Cut a list into pieces of a size."""\n    return [items, size]\n'
    token = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    accepted.commit({"a.py": small.replace("size]", f"size, '{token}']")})
    assert waiting(foundry) == {}

    accepted.commit({"a.py": small})

    assert waiting(foundry)[ID]["supersedes"] == f"{ID}@1"


def test_a_refused_change_is_not_asked_again_but_the_next_one_is(accepted: GitRepo, foundry: CommandLine) -> None:
    accepted.commit({"a.py": CHANGED})
    assert foundry("reject", f"{ID}@2").returncode == 0
    accepted.commit({"a.py": CHANGED + "\n\nX = 1\n"})
    assert foundry("extract", "--all").returncode == 0
    assert waiting(foundry) == {}

    accepted.commit({"a.py": AGAIN})

    assert waiting(foundry)[ID]["supersedes"] == f"{ID}@1"


def test_a_change_that_is_taken_back_is_withdrawn(accepted: GitRepo, foundry: CommandLine) -> None:
    accepted.commit({"a.py": CHANGED})
    assert waiting(foundry).keys() == {ID}

    accepted.commit({"a.py": UNIT})

    assert waiting(foundry) == {}
    assert "refs/foundry/candidates" not in accepted.git("for-each-ref")


def test_the_newest_version_is_the_one_that_is_superseded(accepted: GitRepo, foundry: CommandLine) -> None:
    accepted.commit({"a.py": CHANGED})
    foundry("accept", ID)
    accepted.commit({}, "Add version 2")

    accepted.commit({"a.py": AGAIN})

    assert waiting(foundry)[ID]["supersedes"] == f"{ID}@2"
    assert shown(foundry, f"{ID}@3")["diff"][0] == f"--- {ID}@2"
    foundry("accept", ID)
    assert shown(foundry)["version"] == 3


def test_a_version_that_came_from_elsewhere_meanwhile_is_superseded(accepted: GitRepo, foundry: CommandLine) -> None:
    accepted.commit({"a.py": CHANGED})
    assert waiting(foundry)[ID]["supersedes"] == f"{ID}@1"
    folder = f".foundry/patterns/{ID}"
    manifest = (accepted.path / folder / "v1/pattern.yaml").read_text(encoding="utf-8").replace("into batches", "into heaps")
    accepted.write({f"{folder}/v2/pattern.yaml": manifest, f"{folder}/v2/in_chunks.py": AGAIN})

    assert foundry("accept", ID).returncode == 0

    assert (shown(foundry)["version"], shown(foundry)["description"]) == (3, "Split lists into heaps.")
    assert f"- {ID}@2\n" in (accepted.path / folder / "v3/pattern.yaml").read_text(encoding="utf-8")


def test_under_another_name_it_is_a_pattern_of_its_own(accepted: GitRepo, foundry: CommandLine) -> None:
    accepted.commit({"a.py": CHANGED})

    assert foundry("accept", ID, "--as", "strict-chunks").returncode == 0

    text = (accepted.path / ".foundry/patterns/python/strict-chunks/v1/pattern.yaml").read_text(encoding="utf-8")
    assert "supersedes" not in text and "code: strict_chunks.py" in text


def test_a_retired_pattern_has_no_successor(accepted: GitRepo, foundry: CommandLine) -> None:
    accepted.commit({"a.py": CHANGED})
    assert waiting(foundry).keys() == {ID}
    accepted.git("rm", "-r", "-q", ".foundry/patterns/python")

    accepted.commit({}, "Retire it")

    assert not any(one["supersedes"] for one in waiting(foundry).values())


def test_a_proposal_shows_the_difference_and_adds_the_next_version(accepted: GitRepo, foundry: CommandLine) -> None:
    accepted.commit({"a.py": CHANGED})

    done = foundry("propose", ID)

    assert done.stdout.startswith(f"# Add pattern {ID}, version 2\n")
    assert f"It is what `{ID}@1` was taken from, changed since; of that version is known: untested." in done.stdout
    assert "```diff\n--- python/in-chunks@1\n+++ python/in-chunks@2\n" in done.stdout
    added = accepted.git("diff", "--name-only", "HEAD", "foundry/in-chunks").split()
    assert added == [f".foundry/patterns/{ID}/v2/{name}" for name in ("in_chunks.py", "pattern.yaml")]


def test_a_descendant_wins_over_the_same_change_in_another_place(accepted: GitRepo, foundry: CommandLine) -> None:
    accepted.commit({"copy.py": CHANGED.replace("in_chunks", "cut")})
    assert [one["supersedes"] for one in waiting(foundry).values()] == [""]

    accepted.commit({"a.py": CHANGED})

    assert waiting(foundry)[ID]["supersedes"] == f"{ID}@1"


# followed


def test_a_change_is_followed_through_the_new_name_of_its_file(accepted: GitRepo, foundry: CommandLine) -> None:
    (accepted.path / "pkg").mkdir()
    accepted.git("mv", "a.py", "pkg/lists.py")
    accepted.commit({}, "Move")
    assert waiting(foundry) == {}
    assert origin(foundry) == ("fresh", "pkg/lists.py:1")
    assert "fresh, now in_chunks in pkg/lists.py:1" in foundry("show", ID).stdout

    accepted.git("mv", "pkg/lists.py", "batches.py")
    accepted.commit({"batches.py": CHANGED}, "Move again, and change")

    assert origin(foundry) == ("drifted", "batches.py:1")
    found = waiting(foundry)[ID]
    assert (found["supersedes"], found["path"]) == (f"{ID}@1", "batches.py")


def test_code_that_moved_to_another_file_or_name_is_fresh_there(accepted: GitRepo, foundry: CommandLine) -> None:
    accepted.commit({"a.py": "X = 1\n", "b.py": f"Y = 1\n\n\n{UNIT}"})
    assert origin(foundry) == ("fresh", "b.py:4")

    accepted.commit({"a.py": UNIT.replace("in_chunks", "cut"), "b.py": None})
    assert origin(foundry) == ("fresh", "a.py:1")


def test_an_origin_that_is_gone_is_orphaned_though_the_pattern_has_its_code(accepted: GitRepo, foundry: CommandLine) -> None:
    accepted.commit({"a.py": None, "b.py": f"def in_chunks():\n    return {CHANGED!r}\n"})

    assert origin(foundry) == ("orphaned", "")
    assert "· orphaned" in foundry("show", ID).stdout


def test_a_pattern_from_elsewhere_has_no_state(accepted: GitRepo, foundry: CommandLine) -> None:
    manifest = accepted.path / f".foundry/patterns/{ID}/v1/pattern.yaml"
    text = manifest.read_text(encoding="utf-8")
    root = accepted.git("rev-list", "--max-parents=0", "HEAD")
    assert f"roots:\n  - {root}\n" in text
    manifest.write_text(text.replace(root, "ab" * 20), encoding="utf-8")  # of a repository that is called the same
    accepted.commit({"a.py": CHANGED}, "Change both")

    assert origin(foundry) == ("", "")
    assert [one["supersedes"] for one in waiting(foundry).values()] == [""]
    assert origin(foundry, "starter:python/retry-with-backoff") == ("", "")


def test_doctor_counts_origins_by_state(accepted: GitRepo, foundry: CommandLine) -> None:
    def said() -> tuple[str, str]:
        found = {one["name"]: one for one in json.loads(foundry("doctor", "--json").stdout)["findings"]}
        return found["origins"]["state"], found["origins"]["sentence"]

    assert said() == ("good", "1 fresh, 0 drifted, 0 orphaned")
    accepted.commit({"a.py": CHANGED})
    assert said() == ("note", "0 fresh, 1 drifted, 0 orphaned")
