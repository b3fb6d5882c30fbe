"""``foundry library check``: every problem of every file, with its file; exit code 1 when there is one."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from foundry_git.pattern.manifest import write_manifest
from foundry_git.pattern.record import Manifest
from foundry_git.shipped import shipped
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo

FOUNDRY_YAML = "library_id: 5a0c7a52-0f59-4d09-9f4c-0b9d0f1b2c3d\nname: team\n"
CODE = "def chunked(items, size):\n    return [items[i : i + size] for i in range(0, len(items), size)]\n"
SECRET = "AKIA" + "Z7Q4M2XK3B5V6NTJ"
"""In the form of an access key, put together here so that no scanner takes this file for a leak."""


def pattern(slug: str, code: str = CODE, tags: tuple[str, ...] = (), requires: tuple[str, ...] = ()) -> dict[str, str]:
    """The files of a good version, by their place below ``patterns/``."""
    manifest = Manifest(f"The {slug}", "function", f"Do {slug}.", "python", "it.py", tags=tags, requires=requires)
    return {f"python/{slug}/v1/pattern.yaml": write_manifest(manifest), f"python/{slug}/v1/it.py": code}


def put(repo: GitRepo, *files: dict[str, str]) -> None:
    repo.write({"foundry.yaml": FOUNDRY_YAML})
    repo.write({f"patterns/{name}": text for each in files for name, text in each.items()})


def problems(foundry: CommandLine) -> set[tuple[str, str]]:
    ran = foundry("library", "check", "--json")
    assert ran.returncode in (0, 1), ran.stderr
    found = json.loads(ran.stdout)
    assert ran.returncode == (1 if found else 0)
    return {(str(Path(row["path"]).relative_to(foundry.folder)), row["problem"]) for row in found}


def test_a_clean_library_has_no_problems(repo: GitRepo, foundry: CommandLine) -> None:
    put(repo, pattern("good", tags=("collections",), requires=("python/other", "other@1")), pattern("other"))
    repo.commit({})

    ran = foundry("library", "check")

    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == f"2 versions read, 0 problems in {repo.path}\n"


def test_what_a_test_that_ran_beside_a_pattern_leaves_is_no_problem(repo: GitRepo, foundry: CommandLine) -> None:
    put(repo, pattern("good"))
    repo.write({"patterns/python/good/v1/__pycache__/it.cpython-311.pyc": b"\x00"})

    assert problems(foundry) == set()


def test_every_problem_of_every_file_is_reported_at_once(repo: GitRepo, foundry: CommandLine) -> None:
    put(
        repo,
        pattern("good"),
        pattern("conflict") | {"python/conflict/v1/pattern.yaml": "<<<<<<< HEAD\nname: a\n"},
        pattern("broken") | {"python/broken/v1/pattern.yaml": "name: [a\n"},
        pattern("newer") | {"python/newer/v1/pattern.yaml": "schema: 9\n"},
        pattern("style") | {"python/style/v1/pattern.yaml": "# mine\n" + pattern("style")["python/style/v1/pattern.yaml"]},
        pattern("tagged", tags=("collections", "synergy")),
        pattern("needy", requires=("python/nothing", "go/good", "python/good@2", "not a reference")),
        pattern("syntax", code="def f(:\n"),
        pattern("leaky", code=f"KEY = '{SECRET}'\n"),
        pattern("named") | {"python/named/v1/pattern.yaml": pattern("good")["python/good/v1/pattern.yaml"]},
        pattern("Upper"),
        pattern("old") | {"python/old/deprecated.yaml": "reason: ''\n"},
    )
    repo.write({"foundry.yaml": FOUNDRY_YAML + "serch: {}\ninjection: {max_patterns: many}\n"})
    repo.write({"patterns/python/latin/v1/pattern.yaml": b"name: caf\xe9\n"})
    ends = "patterns/python/%s/v1/pattern.yaml"

    found = problems(foundry)

    for file, sentence in {
        (ends % "conflict", "line 1: unresolved merge conflict"),
        (ends % "style", "not in the order and style that foundry writes, so saving it would change it"),
        (ends % "latin", "not UTF-8 at byte 9"),
        (ends % "tagged", "tags: 'synergy' is not in the vocabulary; add it to `tags` in foundry.yaml, or use a known one"),
        (ends % "needy", "names 'python/nothing', which is no pattern of this library"),
        (ends % "needy", "names 'go/good', which is no pattern of this library"),
        (ends % "needy", "names 'python/good@2', which is no pattern of this library"),
        (ends % "needy", "names 'not a reference', which is no pattern of this library"),
        (ends % "named", "has the same name as python/good; one of them needs another"),
        ("patterns/python/Upper", "not LANGUAGE/SLUG in lower-case letters, digits and single hyphens"),
        ("patterns/python/old/deprecated.yaml", "reason: is missing"),
        ("patterns/python/syntax/v1/it.py", "line 1: not valid Python (invalid syntax)"),
        ("foundry.yaml", "serch: unknown key; did you mean search?"),
        ("foundry.yaml", "injection.max_patterns: 'many' is not a whole number"),
    }:
        assert (file, sentence) in found
        found.remove((file, sentence))
    rest = dict(found)
    assert rest[ends % "broken"].startswith("line 2: ")
    assert rest[ends % "newer"].startswith("written with schema 9, this version reads up to 2; upgrade with")
    assert rest["patterns/python/leaky/v1/it.py"].startswith("line 1: looks like a secret (")
    assert SECRET not in str(found)
    assert len(rest) == len(found) == 3


def test_the_answer_for_people_names_each_file_and_counts(repo: GitRepo, foundry: CommandLine) -> None:
    put(repo, pattern("good"), pattern("syntax", code="x = (\n"))

    ran = foundry("library", "check")

    assert ran.returncode == 1
    first, last = ran.stdout.splitlines()
    assert first.startswith("patterns/python/syntax/v1/it.py: line 1: not valid Python (")
    assert last == f"2 versions read, 1 problem in {repo.path}"


def test_tags_of_the_librarys_own_are_known(repo: GitRepo, foundry: CommandLine) -> None:
    put(repo, pattern("tagged", tags=("synergy",)))
    repo.write({"foundry.yaml": FOUNDRY_YAML + "tags: [synergy]\n"})

    assert problems(foundry) == set()


def test_a_manifest_with_other_line_ends_would_change_when_saved(repo: GitRepo, foundry: CommandLine) -> None:
    good = pattern("good")
    put(repo, good | {"python/good/v1/pattern.yaml": good["python/good/v1/pattern.yaml"].replace("\n", "\r\n")})

    assert [file for file, _ in problems(foundry)] == ["patterns/python/good/v1/pattern.yaml"]


CHANGED = "changed since it was published; write v2 instead"


class TestPublishedVersions:
    @pytest.fixture(autouse=True)
    def published(self, repo: GitRepo) -> None:
        put(repo, pattern("good"), pattern("other"))
        repo.commit({"patterns/python/good/v1/.gitattributes": "* -text\n"})

    @pytest.mark.parametrize(
        "files",
        [
            {"it.py": CODE + "\n"},
            {"it.py": CODE.replace("\n", "\r\n")},
            {"test_it.py": "def test(): ...\n"},
            {"pattern.yaml": pattern("good", tags=("json",))["python/good/v1/pattern.yaml"]},
        ],
    )
    def test_a_version_that_changed_is_reported(self, repo: GitRepo, foundry: CommandLine, files: dict[str, str]) -> None:
        repo.write({f"patterns/python/good/v1/{name}": text for name, text in files.items()})

        assert problems(foundry) == {("patterns/python/good/v1", CHANGED)}

    def test_a_new_version_a_removed_one_and_a_deprecation_are_no_change(self, repo: GitRepo, foundry: CommandLine) -> None:
        shutil.copytree(repo.path / "patterns/python/good/v1", repo.path / "patterns/python/good/v2")
        shutil.rmtree(repo.path / "patterns/python/other")
        repo.write({"patterns/python/good/deprecated.yaml": "reason: slow\nversions: [1]\n"})

        assert problems(foundry) == set()

    def test_a_change_that_was_committed_counts_against_what_others_have(
        self, repo: GitRepo, foundry: CommandLine, tmp_path: Path
    ) -> None:
        GitRepo.create(tmp_path / "remote.git", "--bare")
        repo.git("remote", "add", "origin", str(tmp_path / "remote.git"))
        repo.git("push", "--quiet", "--set-upstream", "origin", "main")
        repo.commit({"patterns/python/good/v1/it.py": "x = 1\n"})

        assert problems(foundry) == {("patterns/python/good/v1", CHANGED)}
        repo.git("push", "--quiet")
        assert problems(foundry) == set()

    def test_in_a_products_repository_too(self, foundry: CommandLine, tmp_path: Path) -> None:
        product = GitRepo.create(tmp_path / "product")
        files = {f".foundry/patterns/{name}": text for name, text in pattern("good").items()}
        product.commit({".foundry/foundry.yaml": FOUNDRY_YAML, **files})
        product.write({".foundry/patterns/python/good/v1/it.py": "x = 1\n"})

        ran = foundry("library", "check", cwd=product.path)

        assert ran.returncode == 1
        assert ran.stdout.startswith(f"patterns/python/good/v1: {CHANGED}\n")

    def test_outside_any_repository_nothing_is_published(self, repo: GitRepo, foundry: CommandLine, tmp_path: Path) -> None:
        shutil.copytree(repo.path, tmp_path / "copy", ignore=shutil.ignore_patterns(".git"))
        (tmp_path / "copy" / "patterns/python/good/v1/it.py").write_text("x = 1\n", encoding="utf-8")

        assert foundry("library", "check", cwd=tmp_path / "copy").returncode == 0


def test_without_a_library_it_says_what_to_do(foundry: CommandLine) -> None:
    ran = foundry("library", "check")

    assert ran.returncode == 3
    assert ran.stdout == ""
    assert "no pattern library here or above; run `foundry init`" in ran.stderr


def test_a_problem_in_the_users_own_file_is_reported_there(repo: GitRepo, foundry: CommandLine, home: Path) -> None:
    put(repo, pattern("good"))
    file = home / ".config" / "foundry-git" / "config.yaml"
    file.parent.mkdir(parents=True)
    file.write_text("encodr: {}\n", encoding="utf-8")

    ran = foundry("library", "check")

    assert ran.returncode == 1
    assert ran.stdout.startswith(f"{file}: encodr: unknown key; did you mean encoder?\n")


def test_the_starter_library_is_clean(foundry: CommandLine, tmp_path: Path) -> None:
    place, file = shipped("patterns"), shipped("foundry.yaml")
    assert place is not None
    assert file is not None
    shutil.copytree(place, tmp_path / "starter" / "patterns", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(file, tmp_path / "starter")

    ran = foundry("library", "check", cwd=tmp_path / "starter")

    assert (ran.returncode, ran.stderr) == (0, "")
    assert int(ran.stdout.split(" ")[0]) == len(list((tmp_path / "starter" / "patterns").glob("*/*/v*")))
