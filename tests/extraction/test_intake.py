"""The intake: every unit looked at has a verdict with its reason, and what is worth it becomes one candidate."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from foundry_git.extraction.drafts import Scene
from foundry_git.extraction.intake import REPLACED, AcceptedShape, Extractor, KnownUnits
from foundry_git.extraction.limits import MAX_FILES_PER_COMMIT
from foundry_git.extraction.refusal import MOST_NEEDS
from foundry_git.extraction.source_files import SourceFile
from foundry_git.extraction.verdict import VerdictKind, tally
from foundry_git.extraction.worth import WEIGHTS
from foundry_git.git.identity import Identity
from foundry_git.index.encoder.weights import find_weights
from foundry_git.pattern.naming import MAX_SLUG
from foundry_git.settings import ExtractionSettings
from foundry_git.source.closure import MOST_HELPERS
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo
from tests.samples import CHUNKS, CLAMP

SIMPLE = "def simple(a: int) -> int:\n    b = a\n    c = b\n    d = c\n    e = d\n    return e\n"


def source(text: str | bytes, path: str = "a.py", skip: str = "") -> SourceFile:
    content = text.encode() if isinstance(text, str) else text
    return SourceFile(path, "b" * 40, content, "c" * 40, "2026-01-02T03:04:05+00:00", skip=skip)


def taken(*files: SourceFile, known: KnownUnits | None = None, **settings: Any) -> Extractor:
    extractor = Extractor(ExtractionSettings(**settings), known or KnownUnits(), Scene(Identity("shop")))
    for file in files:
        extractor.take(file)
    extractor.finish()
    return extractor


def reasons(extractor: Extractor) -> dict[str, tuple[VerdictKind, str]]:
    return {verdict.symbol: (verdict.outcome, verdict.reason) for verdict in extractor.intake.verdicts}


def reason(text: str, **settings: Any) -> str:
    (verdict,) = taken(source(text), **settings).intake.verdicts
    assert verdict.outcome is VerdictKind.DROPPED
    return verdict.reason


def test_a_good_unit_is_a_candidate_with_its_origin_and_reasons() -> None:
    extractor = taken(source("# SPDX-License-Identifier: MIT\n" + CHUNKS, "shop/lists.py"))

    (candidate,) = extractor.intake.put
    assert (candidate.id, candidate.manifest.kind, candidate.near) == ("python/in-chunks", "function", None)
    assert candidate.manifest.description == "Cut a list into pieces of a size."
    origin = candidate.origin
    assert (origin.repository, origin.path, origin.symbol, origin.licence) == ("shop", "shop/lists.py", "in_chunks", "MIT")
    assert (origin.first_line, origin.last_line, origin.commit) == (2, 9, "c" * 40)
    assert {"self-contained", "documented", "typed"} <= set(candidate.reasons)
    assert 0 < candidate.worth <= 100
    outcome, said = reasons(extractor)["in_chunks"]
    assert (outcome, said.partition(":")[0]) == (VerdictKind.CANDIDATE, f"worth {candidate.worth}")
    assert [part for part in WEIGHTS if part not in said] == [], "every part is explained"


def test_each_rule_drops_with_its_own_reason() -> None:
    assert reason(CHUNKS.replace("in_chunks", "_in_chunks")) == "private"
    assert reason(CHUNKS, min_lines=9).startswith("short: ")
    assert reason(SIMPLE) == "simple: complexity 1, less than 3"
    assert reason(CHUNKS, ignore_names=("in_*",)) == "private"
    assert reason("def f():\n    return 1\n").startswith("short: ")
    assert reason("def broken(:\n").startswith("syntax: ")
    token = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    assert reason(CHUNKS.replace("size must be positive", token)) == "secret: github-token"


def test_a_unit_that_needs_much_of_its_project_is_entangled() -> None:
    def needing(count: int) -> str:
        names = [f"NAME_{number}" for number in range(count)]
        defined = "".join(f"{name} = 1\n" for name in names)
        return defined + CHUNKS.replace("chunks = []", f"chunks = [{', '.join(names)}]")

    assert reason(needing(MOST_NEEDS + 1)) == f"entangled: needs {MOST_NEEDS + 1} names of its project, more than {MOST_NEEDS}"
    assert reason(needing(MOST_HELPERS + 1)) == f"entangled: needs more than {MOST_HELPERS} definitions of its project"
    (candidate,) = taken(source(needing(MOST_HELPERS))).intake.put
    assert "NAME_7 = 1\n" in candidate.code
    assert candidate.reasons[0] == f"brings {', '.join(f'NAME_{number}' for number in range(MOST_HELPERS))}"
    assert not any(reason.startswith("needs ") for reason in candidate.reasons)


def test_a_candidate_says_which_import_within_it_is_left_out() -> None:
    text = CHUNKS.replace("    chunks = []", "    from .made import made\n\n    chunks = made()")
    files = {"shop/made.py": "def made():\n    return []\n"}

    (candidate,) = taken(replace(source(text, "shop/a.py"), read=files.get)).intake.put

    assert candidate.reasons[:2] == ("brings made", "leaves out its import of .made")
    assert candidate.code.count("import") == CHUNKS.count("import")


def test_a_name_that_nothing_defines_is_no_candidate() -> None:
    assert reason(CHUNKS.replace("chunks = []", "chunks = made()")) == "entangled: needs made, which nothing defines"


def test_what_a_program_begins_with_is_no_candidate() -> None:
    assert reason(CHUNKS.replace("in_chunks", "main")) == "entry-point"


def test_an_address_that_was_replaced_in_a_comment_is_said() -> None:
    text = CHUNKS.replace("chunks = []", "chunks = []  # ask jo.roe" + "@" + "corp.io")

    (candidate,) = taken(source(text)).intake.put

    assert REPLACED in candidate.reasons and "<e-mail>" in candidate.code


def test_a_file_that_is_skipped_or_unreadable_is_one_verdict() -> None:
    extractor = taken(
        source(CHUNKS, skip="vendored"), source(b"# caf\xe9\n" + CHUNKS.encode(), "latin.py"), source(CLAMP, "c.py")
    )

    found = [(verdict.path, verdict.symbol, verdict.key) for verdict in extractor.intake.verdicts]
    assert found[:2] == [("a.py", "", "vendored"), ("latin.py", "", "not-utf8")]
    assert [candidate.id for candidate in extractor.intake.put] == ["python/clamp-all"], "the others are looked at"
    assert tally(extractor.intake.verdicts) == {"vendored": 1, "not-utf8": 1, "candidate": 1}


def test_what_a_grammar_cannot_read_is_a_verdict_of_its_own_and_the_rest_is_looked_at() -> None:
    text = "package a\n\nfunc f() {\n\tx |> y\n}\n\nfunc below() {\n}\n"

    assert reasons(taken(source(text, "a.go"))) == {
        "f": (VerdictKind.DROPPED, "syntax: newer than the grammar, or not valid Go"),
        "below": (VerdictKind.DROPPED, "short: 2 lines, fewer than 5"),
    }


def test_a_rejected_shape_is_dropped_whatever_it_is_called() -> None:
    (candidate,) = taken(source(CHUNKS)).intake.put
    renamed = CHUNKS.replace("in_chunks", "pieces").replace("chunks", "parts")

    found = taken(source(renamed, "b.py"), known=KnownUnits(rejected=frozenset({candidate.shape})))

    assert reasons(found) == {"pieces": (VerdictKind.DROPPED, "rejected")}


def test_the_shape_of_an_accepted_pattern_is_a_sighting_of_it() -> None:
    (candidate,) = taken(source(CHUNKS)).intake.put
    known = KnownUnits(accepted={candidate.shape: AcceptedShape("python/in-chunks", "d" * 64, ("a.py", "in_chunks"))})

    found = taken(source(CHUNKS), source(CHUNKS.replace("in_chunks", "cut"), "b.py"), known=known)

    assert reasons(found) == {
        "in_chunks": (VerdictKind.DROPPED, "origin: of python/in-chunks"),
        "cut": (VerdictKind.SIGHTED, "same shape as python/in-chunks"),
    }
    assert found.intake.put == []
    (sighting,) = found.intake.sightings
    assert (sighting.path, sighting.digest, sighting.shape) == ("b.py", "d" * 64, candidate.shape)


def test_twins_are_one_candidate_that_knows_its_places() -> None:
    extractor = taken(source(CHUNKS), *(source(CHUNKS.replace("in_chunks", "cut"), f"b{number}.py") for number in range(3)))

    (candidate,) = extractor.intake.put
    assert (candidate.id, candidate.places) == ("python/in-chunks", 4)
    assert candidate.also_in == ("b0.py", "b1.py", "b2.py")
    assert [sighting.digest for sighting in extractor.intake.sightings] == ["", "", ""]


def test_ids_are_unique_with_a_number_behind() -> None:
    known = KnownUnits(ids=frozenset({"python/in-chunks"}))
    others = [source(CHUNKS.replace("positive", f"over {number}"), f"m{number}.py") for number in range(3)]

    assert [c.id for c in taken(*others, known=known).intake.put] == [f"python/in-chunks-{number}" for number in (2, 3, 4)]


def test_a_number_behind_a_long_name_keeps_it_a_valid_slug() -> None:
    name = "a_" + "very_" * 20 + "long_name"
    files = [source(CHUNKS.replace("in_chunks", name).replace("positive", f"over {n}"), f"m{n}.py") for n in range(12)]

    ids = [candidate.id for candidate in taken(*files).intake.put]

    assert len(set(ids)) == 12
    assert all(len(id.partition("/")[2]) <= MAX_SLUG and "--" not in id for id in ids)


def test_there_is_one_candidate_for_a_path_and_symbol_and_the_newest_wins() -> None:
    first = taken(source(CHUNKS)).intake.put
    changed = CHUNKS.replace("positive", "at least one")

    (candidate,) = taken(source(changed), known=KnownUnits(candidates=first)).intake.put

    assert candidate.id == first[0].id
    assert "at least one" in candidate.code


@pytest.mark.parametrize(
    ("path", "paths", "ignored", "inside"),
    [
        ("a.py", (), (), True),
        ("services/pay/a.py", ("services/pay",), (), True),
        ("services/pay/deep/a.py", ("services/*",), (), True),
        ("services/payments.py", ("services/pay",), (), False),
        ("tools/a.py", ("services/pay", "tools/"), (), True),
        ("services/pay/old/a.py", ("services",), ("services/pay/old",), False),
        ("services/pay/gen_a.py", ("services",), ("*/gen_*",), False),
    ],
)
def test_paths_limit_what_is_looked_at(path: str, paths: tuple[str, ...], ignored: tuple[str, ...], inside: bool) -> None:
    assert ExtractionSettings(paths=paths, ignore_paths=ignored).covers(path) is inside


def extract(foundry: CommandLine, *arguments: str) -> dict[str, Any]:
    done = foundry("extract", "--json", *arguments)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def ids(found: dict[str, Any]) -> list[str]:
    return sorted(candidate["id"] for candidate in found["candidates"])


def waiting(foundry: CommandLine) -> dict[str, dict[str, Any]]:
    done = foundry("candidates", "--json", "--all")
    assert done.returncode == 0, done.stderr
    return {candidate["id"]: candidate for candidate in json.loads(done.stdout)}


@pytest.fixture
def library(repo: GitRepo) -> GitRepo:
    """A repository with a library and no hooks: nothing is extracted but on request."""
    repo.commit({"foundry.yaml": "library_id: 5a0c7a52-0f59-4d09-9f4c-0b9d0f1b2c3d\nextraction: {paths: [src, src2]}\n"})
    return repo


def test_the_four_ways_to_extract(library: GitRepo, foundry: CommandLine) -> None:
    first = library.commit({"src/a.py": CHUNKS})
    library.commit({"src/b.py": CLAMP, "elsewhere/c.py": CHUNKS.replace("positive", "more")})
    library.write({"src/uncommitted.py": CHUNKS.replace("in_chunks", "draft").replace("positive", "one")})

    assert ids(extract(foundry, "--dry-run")) == ["python/clamp-all"]
    assert ids(extract(foundry, "--dry-run", "--commit", "HEAD~1")) == ["python/in-chunks"]
    assert ids(extract(foundry, "--dry-run", "--range", f"{first}~1..HEAD")) == ["python/clamp-all", "python/in-chunks"]
    assert ids(extract(foundry, "--dry-run", "--range", f"{first}..")) == ["python/clamp-all"]
    assert ids(extract(foundry, "--dry-run", "--all")) == ["python/clamp-all", "python/in-chunks"]
    assert ids(extract(foundry, "--dry-run", "src")) == ["python/clamp-all", "python/draft", "python/in-chunks"]
    assert ids(extract(foundry, "--dry-run", "src/b.py")) == ["python/clamp-all"]
    assert waiting(foundry) == {}, "a dry run stores nothing"
    assert extract(foundry)["tally"]["out-of-scope"] == 1


def test_a_range_asks_for_units_as_they_are_at_its_end(library: GitRepo, foundry: CommandLine) -> None:
    start = library.head()
    library.commit({"src/a.py": CHUNKS})
    library.commit({"src/a.py": CHUNKS.replace("positive", "at least one"), "src/b.py": CLAMP})
    library.commit({"src/b.py": None})

    found = extract(foundry, "--range", f"{start}..HEAD")

    assert ids(found) == ["python/in-chunks"]
    shown = json.loads(foundry("show", "python/in-chunks", "--json").stdout)
    assert "at least one" in shown["code"]


def test_explain_gives_every_verdict_with_place_and_reason(library: GitRepo, foundry: CommandLine) -> None:
    library.commit({"src/a.py": CHUNKS + "\n\n" + SIMPLE, "src/broken.py": "def (:\n", "src/style.css": "a {}\n"})

    done = foundry("extract", "--explain", "--dry-run")

    rows = [line.split() for line in done.stdout.splitlines()]
    assert ["candidate", "in_chunks", "src/a.py:1"] in [row[:3] for row in rows]
    assert ["dropped", "simple", "src/a.py:11", "simple:", "complexity", "1,", "less", "than", "3"] in rows
    assert ["dropped", "(file)", "src/broken.py:1", "syntax:"] in [row[:4] for row in rows]
    assert rows[-1][:6] == ["3", "looked", "at:", "1", "candidate,", "0"]
    assert "style.css" not in done.stdout


def test_explain_says_once_for_a_file_what_a_commit_left_as_it_was(library: GitRepo, foundry: CommandLine) -> None:
    library.commit({"src/a.py": CHUNKS + "\n\n" + SIMPLE, "src/one.py": SIMPLE})
    library.commit(
        {"src/a.py": CHUNKS + "\n\n" + SIMPLE + "\n\n" + SIMPLE.replace("simple", "newer"), "src/one.py": f"{SIMPLE}\n"}
    )

    rows = [line.split() for line in foundry("extract", "--explain", "--dry-run").stdout.splitlines()]

    assert ["dropped", "(2", "units)", "src/a.py", "unchanged"] in rows
    assert ["dropped", "simple", "src/one.py:1", "unchanged"] in rows
    assert rows[-1][:3] == ["4", "looked", "at:"]


def test_a_pointer_of_git_lfs_is_named_as_one(library: GitRepo, foundry: CommandLine) -> None:
    library.commit({"src/big.py": f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 12345\n"})

    assert "lfs-pointer" in foundry("extract", "--explain", "--dry-run").stdout


def test_a_file_that_is_renamed_keeps_its_candidate(repo: GitRepo, foundry: CommandLine) -> None:
    foundry("init")
    repo.commit({"a.py": CHUNKS})
    assert waiting(foundry)["python/in-chunks"]["path"] == "a.py"
    (repo.path / "pkg").mkdir()
    repo.git("mv", "a.py", "pkg/b.py")
    repo.commit({})

    assert {id: one["path"] for id, one in waiting(foundry).items()} == {"python/in-chunks": "pkg/b.py"}


def test_a_file_that_is_renamed_and_edited_elsewhere_keeps_its_candidate(repo: GitRepo, foundry: CommandLine) -> None:
    foundry("init")
    rest = "\n\n" + SIMPLE.replace("    return", "    print(e)\n    return")
    repo.commit({"a.py": CHUNKS + rest})
    assert waiting(foundry)["python/in-chunks"]["path"] == "a.py"
    repo.git("mv", "a.py", "b.py")
    repo.commit({"b.py": CHUNKS + rest.replace("e = d", "e = d + 1")})

    assert waiting(foundry)["python/in-chunks"]["path"] == "b.py"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"a.py": CHUNKS.replace("in_chunks", "cut_up")}, {"python/cut-up": "a.py"}),
        ({"a.py": "A = 1\n", "b.py": CHUNKS}, {"python/in-chunks": "b.py"}),
        ({"a.py": None, "b.py": CHUNKS.replace("in_chunks", "cut_up")}, {"python/cut-up": "b.py"}),
    ],
    ids=["renamed", "moved", "renamed and moved"],
)
def test_a_unit_with_a_new_name_or_place_stays_a_candidate(
    repo: GitRepo, foundry: CommandLine, files: dict[str, str | bytes | None], expected: dict[str, str]
) -> None:
    foundry("init")
    repo.commit({"a.py": CHUNKS})
    assert list(waiting(foundry)) == ["python/in-chunks"]
    repo.commit(files)

    assert {id: one["path"] for id, one in waiting(foundry).items()} == expected
    assert [one["id"] for one in json.loads(foundry("candidates", "--json").stdout)] == list(expected), "and is shown unasked"


def test_an_import_of_many_files_is_not_work_to_learn_from(library: GitRepo, foundry: CommandLine) -> None:
    many = {f"src/m{n:03}.py": CHUNKS.replace("positive", f"over {n}") for n in range(MAX_FILES_PER_COMMIT + 20)}
    library.commit(many)

    assert len(extract(foundry, "--dry-run")["candidates"]) <= MAX_FILES_PER_COMMIT
    assert len(extract(foundry, "--dry-run", "--all")["candidates"]) == len(many)


def test_the_librarys_own_patterns_are_not_extracted(library: GitRepo, foundry: CommandLine) -> None:
    library.commit({"src/a.py": CHUNKS})
    extract(foundry)
    assert foundry("accept", "python/in-chunks").returncode == 0
    library.write({"foundry.yaml": "library_id: 5a0c7a52-0f59-4d09-9f4c-0b9d0f1b2c3d\n"})
    library.commit({})

    found = extract(foundry, "--all")

    assert found["candidates"] == []
    assert {v["reason"] for v in found["verdicts"] if v["symbol"]} == {"origin: of python/in-chunks"}


@pytest.mark.skipif(find_weights(None, Path("/nowhere")) is None, reason="the weights are not installed")
def test_what_is_much_like_an_accepted_pattern_is_marked_with_its_cosine(library: GitRepo, foundry: CommandLine) -> None:
    library.commit({"src/a.py": CHUNKS})
    extract(foundry)
    assert foundry("accept", "python/in-chunks").returncode == 0
    alike = CHUNKS.replace("    return chunks", "    assert chunks is not None\n    return chunks").replace(
        "in_chunks", "chunks_in"
    )
    library.commit({"src2/b.py": alike, "src2/c.py": CLAMP})
    extract(foundry)
    assert foundry("rebuild").returncode == 0  # all patterns are encoded now, so the few candidates are compared at once

    found = waiting(foundry)

    assert found.keys() == {"python/chunks-in", "python/clamp-all"}
    id, _, cosine = found["python/chunks-in"]["near"].partition(", ")
    assert id == "python/in-chunks"
    assert 0.9 <= float(cosine) <= 1.0
    assert found["python/clamp-all"]["near"] == ""
    assert f"near: python/in-chunks, {cosine}" in foundry("candidates").stdout


def test_extractions_at_once_lose_nothing(library: GitRepo, foundry: CommandLine) -> None:
    for number in range(4):
        library.commit({f"src/m{number}.py": CHUNKS.replace("in_chunks", f"cut_{number}").replace("positive", f"over {number}")})
    commits = library.git("rev-list", "-4", "HEAD").split()

    def start(commit: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-P", "-m", "foundry_git", "extract", "--commit", commit]
        return subprocess.Popen(command, cwd=library.path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    assert [running.wait(120) for running in [start(commit) for commit in commits]] == [0, 0, 0, 0]
    assert waiting(foundry).keys() == {f"python/cut-{number}" for number in range(4)}
