"""One library: found from anywhere below it, read without an exception for any bad file, written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.reliability.hiding import in_yaml
from foundry_git.errors import FoundryError, LibraryError, ManifestError, NoLibraryError
from foundry_git.library.library import Library, clone_of, find_library, open_library, open_named, starter_library
from foundry_git.library.reading import MAX_BYTES, MAX_FILES, Problem, read_library, read_version, scan
from foundry_git.library.writing import is_taken, next_version, write_version
from foundry_git.pattern.digest import digest_of
from foundry_git.pattern.manifest import write_manifest
from foundry_git.pattern.naming import PatternRef, parse_reference
from foundry_git.pattern.record import Deprecation, Manifest, Pattern
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo

ID = "5a0c7a52-0f59-4d09-9f4c-0b9d0f1b2c3d"
CODE = "def chunked(items, size):\n    return [items[i : i + size] for i in range(0, len(items), size)]\n"


def manifest_of(slug: str, name: str = "a", language: str = "python", code: str = "it.py") -> str:
    return write_manifest(Manifest(name and f"The {slug}", "function", f"Do {slug}.", language, code))


def make_library(root: Path, *slugs: str, id: str = ID) -> Library:
    """A library at ``root`` with one version of each of ``slugs``."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "foundry.yaml").write_text(f"library_id: {id}\nname: team\n", encoding="utf-8")
    for slug in slugs:
        folder = root / "patterns" / "python" / slug / "v1"
        folder.mkdir(parents=True)
        (folder / "pattern.yaml").write_text(manifest_of(slug), encoding="utf-8")
        (folder / "it.py").write_text(CODE, encoding="utf-8")
    return open_library(root)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return make_library(tmp_path / "team", "bad", "good")


def served(library: Library) -> list[str]:
    return [str(pattern.ref) for pattern in read_library(library)[0]]


def test_a_pattern_is_read_with_its_files(library: Library) -> None:
    patterns, problems = read_library(library)

    assert problems == []
    assert [str(pattern.ref) for pattern in patterns] == ["python/bad@1", "python/good@1"]
    good = patterns[1]
    assert (good.library, good.language, good.code) == ("team", "python", CODE)
    assert good.manifest.description == "Do good."
    assert good.code_path == library.patterns / "python" / "good" / "v1" / "it.py"
    assert good.digest == digest_of({"pattern.yaml": manifest_of("good").encode(), "it.py": CODE.encode()})
    assert good.deprecation is None


def outside(version: Path) -> Path:
    """A file with a secret, outside the library."""
    place = version.parents[4] / "secret.py"
    place.write_text(CODE, encoding="utf-8")
    return place


def link_code(version: Path) -> None:
    (version / "it.py").unlink()
    (version / "it.py").symlink_to(outside(version))


def link_more(version: Path) -> None:
    (version / "more.txt").symlink_to(outside(version))


def link_version(version: Path) -> None:
    moved = version.rename(version.parents[4] / "elsewhere")
    version.symlink_to(moved)


def link_slug(version: Path) -> None:
    moved = version.parent.rename(version.parents[4] / "elsewhere")
    version.parent.symlink_to(moved)


def link_deprecated(version: Path) -> None:
    outside(version).write_text("reason: slow\n", encoding="utf-8")
    (version.parent / "deprecated.yaml").symlink_to(outside(version))


def change(name: str, content: str | bytes) -> Callable[[Path], None]:
    def write(version: Path) -> None:
        (version / name).write_bytes(content.encode() if isinstance(content, str) else content)

    return write


def many_files(version: Path) -> None:
    for number in range(MAX_FILES):
        (version / f"more{number}.txt").touch()


MANIFEST = "bad/v1/pattern.yaml"
BAD: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "malformed YAML": (change("pattern.yaml", "name: [a\nkind: b\n"), MANIFEST, "line 2: "),
    "a conflict": (change("pattern.yaml", f"<<<<<<< HEAD\n{manifest_of('a')}"), MANIFEST, "line 1: unresolved merge conflict"),
    "a field that is missing": (change("pattern.yaml", manifest_of("a", name="")), MANIFEST, "name: is missing"),
    "a manifest that is missing": (lambda v: (v / "pattern.yaml").unlink(), "bad/v1", "pattern.yaml is missing"),
    "code that is missing": (lambda v: (v / "it.py").unlink(), MANIFEST, "code: it.py is not in "),
    "code that is not UTF-8": (change("it.py", b"x = '\xe9'\n"), "bad/v1/it.py", "not UTF-8 at byte 5"),
    "code that is too large": (change("it.py", b"#" * (MAX_BYTES + 7)), "bad/v1/it.py", "262,151 bytes; at most 262,144"),
    "a test that is too large": (change("test_it.py", b"#" * (MAX_BYTES + 1)), "bad/v1/test_it.py", "262,145 bytes; at most"),
    "a manifest that is too large": (change("pattern.yaml", b"#" * (MAX_BYTES + 1)), MANIFEST, "262,145 bytes; at most"),
    "code out of the folder": (
        change("pattern.yaml", manifest_of("a", code="../../good/v1/it.py")), MANIFEST, "is not the plain name of a file",
    ),
    "code out of the library": (change("pattern.yaml", manifest_of("a", code="/etc/hostname")), MANIFEST, "is not the plain name"),
    "another language than its folder": (
        change("pattern.yaml", manifest_of("a", language="go")), MANIFEST, "language: 'go', but the folder says 'python'",
    ),
    "a newer schema": (
        change("pattern.yaml", manifest_of("a").replace("schema: 1", "schema: 99")), MANIFEST, "written with schema 99, this version",
    ),
    "code that is a link out": (link_code, "bad/v1/it.py", "a symbolic link; a version holds regular files only"),
    "a link out beside the code": (link_more, "bad/v1/more.txt", "a symbolic link; a version holds regular files only"),
    "a version that is a link out": (link_version, "bad/v1", "a symbolic link; links are not followed"),
    "a slug that is a link out": (link_slug, "bad", "a symbolic link; links are not followed"),
    "a folder among the files": (lambda v: (v / "more").mkdir(), "bad/v1/more", "not a regular file"),
    "a pipe among the files": (lambda v: os.mkfifo(v / "pipe"), "bad/v1/pipe", "not a regular file"),
    "too many files": (many_files, "bad/v1", "34 files; at most 32"),
    "a file name that is not UTF-8": (
        change(os.fsdecode(b"caf\xe9.txt"), ""), f"bad/v1/{os.fsdecode(bytes([0x63, 0x61, 0x66, 0xE9]))}.txt", "not UTF-8",
    ),
    "a bad deprecated.yaml": (change("../deprecated.yaml", "reason: [a]\n"), "bad/deprecated.yaml", "reason: must be text"),
    "a deprecated.yaml in conflict": (change("../deprecated.yaml", ">>>>>>> b\n"), "bad/deprecated.yaml", "line 1: unresolved"),
    "a newer deprecated.yaml": (change("../deprecated.yaml", "schema: 2\nreason: a\n"), "bad/deprecated.yaml", "schema 2"),
    "a deprecated.yaml too large": (change("../deprecated.yaml", b"#" * 70_000), "bad/deprecated.yaml", "70,000 bytes"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_reported_with_its_place_and_the_other_patterns_are_served(library: Library, name: str) -> None:
    spoil, place, sentence = BAD[name]
    spoil(library.patterns / "python" / "bad" / "v1")

    patterns, problems = read_library(library)

    assert [str(pattern.ref) for pattern in patterns] == ["python/good@1"]
    assert [problem.path for problem in problems] == [library.patterns / "python" / place]
    assert sentence in problems[0].sentence
    assert not problems[0].sentence.startswith(str(problems[0].path))


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        ("python/bad/v01", "not expected here; versions are folders v1, v2"),
        ("python/bad/README.md", "not expected here; versions are folders v1, v2"),
        ("python/Bad_Name/v1/pattern.yaml", "not LANGUAGE/SLUG in lower-case letters"),
        ("Python/fine/v1/pattern.yaml", "not LANGUAGE/SLUG in lower-case letters"),
        ("python/bad/deprecated.yaml/pattern.yaml", "not expected here; versions are folders v1, v2"),
        ("python/con/v1/pattern.yaml", "not LANGUAGE/SLUG in lower-case letters"),
    ],
)
def test_what_does_not_belong_is_reported_and_stops_nothing(library: Library, place: str, sentence: str) -> None:
    file = library.patterns / place
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()

    patterns, problems = read_library(library)

    assert [str(pattern.ref) for pattern in patterns] == ["python/bad@1", "python/good@1"]
    assert [sentence in problem.sentence for problem in problems] == [True]


def test_a_pipe_named_deprecated_yaml_is_not_waited_for(library: Library) -> None:
    os.mkfifo(library.patterns / "python" / "bad" / "deprecated.yaml")

    assert served(library) == ["python/bad@1", "python/good@1"]


def test_a_link_in_a_pattern_folder_hides_no_version(library: Library) -> None:
    link_deprecated(library.patterns / "python" / "bad" / "v1")

    assert served(library) == ["python/bad@1", "python/good@1"]
    assert [problem.path.name for problem in read_library(library)[1]] == ["deprecated.yaml"]


def test_a_file_that_became_a_link_since_it_was_listed_is_not_followed(library: Library) -> None:
    bad, good = scan(library)[0]
    link_code(bad.folder)

    assert read_version(library.name, bad) == Problem(bad.folder, "cannot be read (Too many levels of symbolic links)")
    assert isinstance(read_version(library.name, good), Pattern)


def test_a_language_folder_that_is_a_link_is_not_followed(library: Library, tmp_path: Path) -> None:
    (library.patterns / "go").symlink_to(make_library(tmp_path / "other", "stolen").patterns / "python")

    assert served(library) == ["python/bad@1", "python/good@1"]
    assert [problem.path for problem in read_library(library)[1]] == [library.patterns / "go"]


def test_a_patterns_folder_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    library = make_library(tmp_path / "team")
    library.patterns.symlink_to(make_library(tmp_path / "other", "stolen").patterns)

    assert read_library(library)[0] == []
    assert "a symbolic link" in read_library(library)[1][0].sentence


def test_a_library_whose_root_is_a_link_is_read(library: Library, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(library.root)

    assert served(open_library(tmp_path / "link")) == ["python/bad@1", "python/good@1"]


def test_a_patterns_folder_that_is_a_file_is_a_problem(tmp_path: Path) -> None:
    library = make_library(tmp_path / "team")
    library.patterns.write_text("", encoding="utf-8")

    assert read_library(library) == ([], [Problem(library.patterns, "cannot be read (Not a directory)")])


def test_a_library_without_patterns_is_empty(tmp_path: Path) -> None:
    assert read_library(make_library(tmp_path / "team")) == ([], [])


def test_dotted_files_caches_and_triggers_are_no_patterns(library: Library) -> None:
    version = library.patterns / "python" / "good" / "v1"
    before = read_library(library)
    (library.patterns / ".gitattributes").touch()
    (library.patterns / "triggers").mkdir()
    (library.patterns / "triggers" / "a.yaml").touch()
    (version / "__pycache__").mkdir()
    (version / ".DS_Store").touch()

    assert read_library(library) == before


@pytest.mark.parametrize(("versions", "deprecated"), [("[1]", [True, False]), ("[2]", [False, True]), ("[]", [True, True])])
def test_deprecated_versions_are_marked(library: Library, versions: str, deprecated: list[bool]) -> None:
    slug = library.patterns / "python" / "good"
    write_version(library, PatternRef("python/good", 2), {"pattern.yaml": manifest_of("good").encode(), "it.py": b""})
    text = f"reason: slow\nversions: {versions}\nreplaced_by: python/better\n"
    (slug / "deprecated.yaml").write_text(text, encoding="utf-8")

    patterns, problems = read_library(library)

    assert problems == []
    found = [pattern.deprecation for pattern in patterns if pattern.ref.id == "python/good"]
    assert [said is not None for said in found] == deprecated
    assert {(said.reason, said.replaced_by) for said in found if said} == {("slow", "python/better")}
    assert Deprecation("slow", (), "python/better") in found or versions != "[]"


def test_deprecating_a_version_does_not_change_its_digest(library: Library) -> None:
    before = [pattern.digest for pattern in read_library(library)[0]]
    (library.patterns / "python" / "good" / "deprecated.yaml").write_text("reason: slow\n", encoding="utf-8")

    assert [pattern.digest for pattern in read_library(library)[0]] == before


class TestFinding:
    def test_upwards_from_any_folder(self, library: Library) -> None:
        deep = library.root / "src" / "a" / "b"
        deep.mkdir(parents=True)

        assert find_library(deep).root == library.root
        assert find_library(library.root).root == library.root

    def test_a_products_library_is_in_its_dotted_folder(self, tmp_path: Path) -> None:
        library = make_library(tmp_path / "Billing App" / ".foundry")
        (library.file).write_text(f"library_id: {ID}\n", encoding="utf-8")
        (tmp_path / "Billing App" / "src").mkdir()

        found = find_library(tmp_path / "Billing App" / "src")

        assert found.root == library.root
        assert found.name == "billing-app"

    def test_the_nearest_wins(self, library: Library) -> None:
        inner = make_library(library.root / "services" / "pay" / ".foundry")

        assert find_library(library.root / "services" / "pay").root == inner.root
        assert find_library(library.root / "services").root == library.root

    def test_not_above_the_ceiling(self, library: Library) -> None:
        inside = library.root / "nested" / "src"
        inside.mkdir(parents=True)

        with pytest.raises(NoLibraryError, match="run `foundry init`, or name one with --library PATH"):
            find_library(inside, ceiling=library.root / "nested")
        assert find_library(inside, ceiling=library.root).root == library.root

    @pytest.mark.parametrize("place", ["", "foundry.yaml"])
    def test_by_name_a_folder_or_its_file(self, library: Library, place: str) -> None:
        assert open_named(library.root / place).root == library.root

    def test_by_name_the_folder_of_a_product(self, tmp_path: Path) -> None:
        library = make_library(tmp_path / "app" / ".foundry")

        assert open_named(tmp_path / "app").root == library.root
        with pytest.raises(NoLibraryError):
            open_named(tmp_path)

    def test_the_commands_option_wins_over_the_variable_and_that_over_the_folder(
        self, repo: GitRepo, foundry: CommandLine, tmp_path: Path
    ) -> None:
        here = make_library(repo.path, id="11111111-1111-1111-1111-111111111111")
        there = make_library(tmp_path / "there")
        third = make_library(tmp_path / "third" / ".foundry")
        by_variable = {"FOUNDRY_LIBRARY": str(there.root)}

        assert f"in {here.root}\n" in foundry("library", "check").stdout
        assert f"in {there.root}\n" in foundry("library", "check", env=by_variable).stdout
        assert f"in {third.root}\n" in foundry("--library", str(tmp_path / "third"), "library", "check", env=by_variable).stdout

    @pytest.mark.parametrize("how", ["option", "variable"])
    def test_a_named_library_that_is_not_there_is_an_error(self, foundry: CommandLine, repo: GitRepo, how: str) -> None:
        make_library(repo.path)
        missing = str(repo.path / "nowhere")

        ran = (
            foundry("--library", missing, "library", "check")
            if how == "option"
            else foundry("library", "check", env={"FOUNDRY_LIBRARY": missing})
        )

        assert ran.returncode == 3
        assert ran.stderr.startswith(f"foundry: {missing}: no pattern library here")

    def test_the_starter_library_is_read_only(self) -> None:
        starter = starter_library()

        assert starter is not None
        assert starter.read_only
        with pytest.raises(LibraryError, match="is read-only"):
            write_version(starter, PatternRef("python/new", 1), {})


class TestPointers:
    def point(self, root: Path, target: str) -> Path:
        root.mkdir(parents=True, exist_ok=True)
        (root / "foundry.yaml").write_text(f"library: {target}\n", encoding="utf-8")
        return root

    @pytest.mark.parametrize("target", ["../team", "../team/.", "../app"])
    def test_a_relative_path_is_relative_to_the_file_that_holds_it(
        self, tmp_path: Path, target: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make_library(tmp_path / "team")
        make_library(tmp_path / "app" / ".foundry")
        monkeypatch.chdir("/")

        assert open_library(self.point(tmp_path / "product", target)).root == (
            tmp_path / "app" / ".foundry" if target == "../app" else tmp_path / "team"
        )

    def test_an_absolute_path_and_the_home_folder(self, tmp_path: Path, home: Path) -> None:
        make_library(tmp_path / "team")
        make_library(home / "mine")

        assert open_library(self.point(tmp_path / "one", str(tmp_path / "team"))).root == tmp_path / "team"
        assert open_library(self.point(tmp_path / "two", "~/mine")).root == home / "mine"

    def test_a_pointer_to_a_pointer(self, tmp_path: Path) -> None:
        make_library(tmp_path / "team")
        self.point(tmp_path / "b", "../team")

        assert open_library(self.point(tmp_path / "a", "../b")).root == tmp_path / "team"

    @pytest.mark.parametrize("target", [".", "../b"])
    def test_a_circle_is_refused(self, tmp_path: Path, target: str) -> None:
        self.point(tmp_path / "b", "../a")

        with pytest.raises(LibraryError, match=r"a/foundry\.yaml: points at itself in a circle; let one of the files hold"):
            open_library(self.point(tmp_path / "a", target))

    @pytest.mark.parametrize("target", ["../nowhere", "~nobody-of-this-name/lib", "'a\tb'", "x" * 3000, "-rf"])
    def test_nowhere_is_refused(self, tmp_path: Path, target: str) -> None:
        with pytest.raises(LibraryError, match=r"foundry\.yaml: points at .*, where there is no library; correct `library:`"):
            open_library(self.point(tmp_path / "a", target))

    @pytest.mark.parametrize("url", ["https://example.com/team/patterns.git", "git@example.com:team/patterns.git", "file:///a/b"])
    def test_a_url_is_never_fetched_by_reading(self, tmp_path: Path, url: str) -> None:
        with pytest.raises(LibraryError, match=r"is not on this machine yet; run `foundry init --library "):
            open_library(self.point(tmp_path / "a", url))

        make_library(clone_of(url))
        assert open_library(tmp_path / "a").root == clone_of(url).resolve()

    def test_two_urls_have_two_clones(self) -> None:
        assert clone_of("https://a.example/lib.git").name.startswith("lib-")
        assert clone_of("https://a.example/lib.git") != clone_of("https://b.example/lib.git")
        assert clone_of("https://a.example/..").parent == clone_of("https://a.example/lib.git").parent

    def test_a_pointer_is_text(self, tmp_path: Path) -> None:
        with pytest.raises(ManifestError, match="library: must be a path"):
            open_library(self.point(tmp_path / "a", "[b]"))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("name: a\n", "library_id: is missing or not a UUID"),
        ("library_id: 12\n", "library_id: is missing or not a UUID"),
        (f"library_id: {ID}\nname: [a]\n", "name: must be text"),
        ("library_id: [\n", "line "),
        ("<<<<<<< HEAD\n", "line 1: unresolved merge conflict"),
        ("", "not a mapping"),
    ],
)
def test_a_foundry_yaml_that_cannot_be_used_is_an_error_with_its_place(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "foundry.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(ManifestError, match=r"/foundry\.yaml: 1 problem: .*correct the file") as caught:
        open_library(tmp_path)

    assert sentence in str(caught.value)


class TestWriting:
    FILES = {"pattern.yaml": manifest_of("new").encode(), "it.py": b"x = 1\r\n"}  # noqa: RUF012

    def test_what_is_written_is_read(self, library: Library) -> None:
        folder = write_version(library, PatternRef("python/new", 1), self.FILES)

        assert folder == library.patterns / "python" / "new" / "v1"
        assert served(library) == ["python/bad@1", "python/good@1", "python/new@1"]
        assert {file.name: file.read_bytes() for file in folder.iterdir()} == self.FILES
        assert folder.stat().st_mode & 0o777 == 0o755

    def test_a_version_that_exists_is_never_written_again(self, library: Library) -> None:
        before = read_library(library)

        with pytest.raises(LibraryError, match=r"v1: exists already, and a version never changes; write v2 instead"):
            write_version(library, PatternRef("python/good", 1), self.FILES)

        assert read_library(library) == before

    def test_a_failure_leaves_no_temporary_folder(self, library: Library) -> None:
        with pytest.raises(OSError, match="No such file"):
            write_version(library, PatternRef("python/good", 2), {**self.FILES, "no/such/folder.py": b""})

        assert [entry.name for entry in (library.patterns / "python" / "good").iterdir()] == ["v1"]

    def test_the_next_version_follows_the_newest(self, library: Library) -> None:
        assert next_version(library, "python/unknown") == 1
        assert next_version(library, "python/good") == 2
        for name in ("v10", "v9", "v99x"):
            (library.patterns / "python" / "good" / name).mkdir()
        assert next_version(library, "python/good") == 11

    def test_writing_next_to_a_file_is_an_error_of_ours(self, tmp_path: Path) -> None:
        library = make_library(tmp_path / "team")
        library.patterns.write_text("", encoding="utf-8")

        with pytest.raises((FoundryError, OSError)):
            write_version(library, PatternRef("python/new", 1), self.FILES)


def test_a_command_says_what_it_skipped_and_where_to_look(repo: GitRepo, foundry: CommandLine, home: Path) -> None:
    by_word_only = home / ".config" / "foundry-git" / "config.yaml"
    by_word_only.parent.mkdir(parents=True)
    by_word_only.write_text("encoder: {enabled: false}\n", encoding="utf-8")
    library = make_library(repo.path, "bad", "good")
    (library.patterns / "python" / "bad" / "v1" / "pattern.yaml").write_bytes(b"a: \xff\n")

    ran = foundry("search", "good", "--json")

    assert ran.returncode == 0
    assert "python/good" in ran.stdout
    assert ran.stderr.startswith(f"foundry: skipped {library.patterns}/python/bad/v1/pattern.yaml: not UTF-8 at byte 3")
    assert "see `foundry library check`" in ran.stderr


def test_a_new_version_is_built_where_git_looks_away_and_leaves_nothing(tmp_path: Path) -> None:
    library = make_library(tmp_path, "one")

    write_version(library, PatternRef("python/two", 1), {"pattern.yaml": b"x", "it.py": b"y"})
    write_version(library, PatternRef("python/one", 2), {"pattern.yaml": b"x"})

    assert sorted(path.name for path in (tmp_path / "patterns/python").rglob("*") if path.is_dir()) == [
        "one",
        "two",
        "v1",
        "v1",
        "v2",
    ]
    assert [path.name for path in (tmp_path / "index").iterdir()] == [".gitignore"]


def test_what_a_killed_command_left_beside_a_version_is_named_and_takes_no_name(tmp_path: Path) -> None:
    library = make_library(tmp_path, "one")
    left = tmp_path / "patterns/python/two/.foundry-abc"
    left.mkdir(parents=True)

    assert [str(problem) for problem in scan(library)[1]] == [
        f"{left}: what a command that was killed has left behind; delete it"
    ]
    assert not is_taken(library, "python/two")
    write_version(library, PatternRef("python/two", 1), {"pattern.yaml": b"x"})
    assert sorted(path.name for path in left.parent.iterdir()) == ["v1"]
    assert is_taken(library, "python/two")


@pytest.mark.parametrize("target", ["~nobody-of-that-name/library", "a\0b", "x" * 5000, "../" * 2000, "/proc/self/mem"])
def test_a_pointer_to_no_possible_place_leads_to_no_library(tmp_path: Path, target: str) -> None:
    (tmp_path / "foundry.yaml").write_text(f"library: {in_yaml(target)}\n", encoding="utf-8")

    with pytest.raises(LibraryError, match="where there is no library"):
        open_library(tmp_path)


@pytest.mark.parametrize(
    ("written", "called"),
    [
        ("team", "team"),
        ("my.team_2", "my.team_2"),
        ("My Team", "my-team"),
        ("\u202e\x1b", "place"),
        ("é", "place"),
        ("a" * 99, "a" * 64),
    ],
)
def test_a_library_is_called_by_what_a_reference_can_hold(tmp_path: Path, written: str, called: str) -> None:
    root = tmp_path / "place"
    root.mkdir()
    (root / "foundry.yaml").write_text(f"library_id: {ID}\nname: {in_yaml(written)}\n", encoding="utf-8")

    assert open_library(root).name == called
    assert parse_reference(f"{called}:python/a").library == called
