"""Units of HEAD: what stands in the repository is found without a library, in step with HEAD, with who uses it."""

from __future__ import annotations

import ast
import pickle
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from functools import partial
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.tokens import tokens
from foundry_git.git.objects import BlobReader, files_of
from foundry_git.git.repository import Repository
from foundry_git.index.document import HEAD, Document, DocumentRow
from foundry_git.index.documents import document_of_unit
from foundry_git.index.index import Index
from foundry_git.index.mentions import Mentions
from foundry_git.search import file_reading
from foundry_git.search.file_units import read_all
from foundry_git.search.head_units import HeadUnits
from foundry_git.source.callers import Callers
from foundry_git.source.file_words import file_words
from foundry_git.source.files import is_source
from foundry_git.source.reader import read_methods
from foundry_git.source.references import References
from foundry_git.workspace import UserFolders, Workspace
from tests import TOP
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo
from tests.samples import CHUNKS, CLAMP

STACK = '''\
class Stack:
    """Keeps things in order."""

    def __init__(self) -> None:
        self.items = []

    def merge(self, others):
        """Take over what others hold."""
        for other in others:
            while other.items:
                self.items.append(other.items.pop())
        return self
'''

Open = Callable[[], Workspace]


@pytest.fixture
def opened(repo: GitRepo, tmp_path: Path) -> Iterator[Open]:
    """Opens a workspace of the repository, as often as wanted; without an encoder."""
    folders = UserFolders(tmp_path / "configuration", UserFolders.usual().cache, tmp_path / "state")
    folders.configuration.mkdir()
    (folders.configuration / "config.yaml").write_text("encoder: {enabled: false}\n", encoding="utf-8")
    there: list[Workspace] = []

    def open_one() -> Workspace:
        there.append(Workspace.open(repo.path, environment={}, folders=folders))
        return there[-1]

    yield open_one
    for workspace in there:
        workspace.close()


def of_head(workspace: Workspace) -> HeadUnits:
    units = HeadUnits.of(workspace)
    assert units is not None
    return units


def repo_of(workspace: Workspace) -> Repository:
    assert workspace.repository is not None
    return workspace.repository


def rows(workspace: Workspace) -> list[DocumentRow]:
    assert workspace.units is not None
    return workspace.units.catalogue.rows()


def places(workspace: Workspace) -> list[str]:
    return [row.place for row in rows(workspace)]


def documents(workspace: Workspace) -> list[Document]:
    assert workspace.units is not None
    return list(workspace.units.catalogue.documents([row.number for row in rows(workspace)]).values())


# what is a unit of HEAD


def test_units_of_what_is_committed_are_there_without_a_library(repo: GitRepo, opened: Open) -> None:
    repo.commit({"shop/lists.py": f"import os\n\n{CHUNKS}"})
    workspace = opened()

    assert of_head(workspace).converge() == 1

    (unit,) = documents(workspace)
    assert (unit.library, unit.place, unit.path, unit.line) == ("HEAD", "shop/lists.py:in_chunks", "shop/lists.py", 3)
    assert (unit.name, unit.description, unit.code) == ("in_chunks", "Cut a list into pieces of a size.", CHUNKS.rstrip("\n"))
    assert unit.shape.startswith("py1:")


def test_methods_of_some_length_are_units_of_their_own(repo: GitRepo, opened: Open) -> None:
    repo.commit({"stack.py": STACK})
    workspace = opened()
    of_head(workspace).converge()

    assert [(unit.place, unit.kind, unit.line) for unit in documents(workspace)] == [
        ("stack.py:Stack", "class", 1),
        ("stack.py:Stack.merge", "method", 7),
    ]


@pytest.mark.parametrize(
    ("path", "text", "found"),
    [
        ("a.go", "package a\n\ntype T struct{}\n\n// Get gets.\nfunc (t *T) Get() int { return 1 }\n", ["T.Get 5"]),
        ("a.rs", "struct T;\nimpl T {\n    fn get(&self) { fn inner() {} }\n}\nmod m { trait Q { fn a(); fn b() {} } }\n",
         ["T.get 3", "m::Q.b 5"]),
        ("a.ts", "export class A {\n  run(): void { class In { no() {} } }\n}\nexport const B = class { of() {} };\n",
         ["A.run 2", "B.of 4"]),
        ("a.js", "class A { get v() { return 1 } }\nfunction f() { class C { no() {} } }\n", ["A.v 1"]),
        ("a.py", "class A:\n    @property\n    def v(self): ...\ndef f():\n    class C:\n        def no(self): ...\n", ["A.v 2"]),
    ],
)  # fmt: skip
def test_methods_are_read_in_every_language(path: str, text: str, found: list[str]) -> None:
    assert [f"{unit.symbol} {unit.start_line}" for unit in read_methods(text, path)] == found
    assert {unit.kind for unit in read_methods(text, path)} == {"method"}


def test_tests_vendored_generated_and_unreadable_files_hold_no_units(repo: GitRepo, opened: Open) -> None:
    repo.commit(
        {
            "kept.py": CHUNKS,
            "tests/test_a.py": CLAMP,
            "node_modules/a.py": CLAMP,
            "made.py": f"# Code generated by make; DO NOT EDIT.\n{CLAMP}",
            "marked.py": CLAMP,
            ".gitattributes": "marked.py linguist-generated\n",
            "broken.py": "def f(:\n",
            "binary.py": b"\0\xff",
        }
    )
    workspace = opened()
    of_head(workspace).converge()

    assert places(workspace) == ["kept.py:in_chunks"]


def test_attributes_that_change_alone_are_heeded(repo: GitRepo, opened: Open) -> None:
    repo.commit({"a.py": CHUNKS})
    of_head(opened()).converge()
    repo.commit({".gitattributes": "a.py linguist-vendored\n"})
    workspace = opened()
    of_head(workspace).converge()

    assert places(workspace) == []


def test_patterns_of_the_library_are_no_units(repo: GitRepo, foundry: CommandLine, opened: Open) -> None:
    assert foundry("init").returncode == 0
    repo.commit({"a.py": CHUNKS, ".foundry/patterns/python/clamp/v1/clamp.py": CLAMP})
    workspace = opened()
    of_head(workspace).converge()

    assert places(workspace) == ["a.py:in_chunks"]


def test_a_changed_scope_is_heeded_though_head_has_not_moved(repo: GitRepo, foundry: CommandLine, opened: Open) -> None:
    foundry("init")
    repo.commit({"a.py": CHUNKS, "old/b.py": CLAMP})
    workspace = opened()
    of_head(workspace).converge()
    assert places(workspace) == ["a.py:in_chunks", "old/b.py:clamp_all"]

    with (repo.path / ".foundry/foundry.yaml").open("a", encoding="utf-8") as file:
        file.write("extraction: {ignore_paths: [old]}\n")
    workspace = opened()
    of_head(workspace).converge()

    assert places(workspace) == ["a.py:in_chunks"]


def test_nothing_that_is_kept_holds_a_secret_or_an_address(repo: GitRepo, opened: Open) -> None:
    secret, person = next(iter(tokens(3))), "jo.roe" + "@" + "corp.io"
    held = CLAMP.replace("    clamped = []", f'    key = "{secret.text}"\n    clamped = []')
    personal = CHUNKS.replace("    chunks = []", f'    owner = "{person}"  # ask {person}\n    chunks = []')
    repo.commit({"a.py": f"{held}\n\n{personal}"})
    workspace = opened()
    of_head(workspace).converge()
    assert places(workspace) == ["a.py:in_chunks"]
    workspace.close()

    written = b"".join(file.read_bytes() for file in (repo.path / ".git/foundry").rglob("*") if file.is_file())
    assert b"in_chunks" in written
    assert secret.value.encode() not in written and person.encode() not in written


# in step with HEAD


def test_an_unchanged_head_costs_no_look_at_files(repo: GitRepo, opened: Open) -> None:
    repo.commit({"a.py": CHUNKS})

    assert of_head(opened()).converge() == 1
    assert of_head(opened()).converge() == 0


def test_only_changed_files_are_read_and_what_is_gone_goes(repo: GitRepo, opened: Open) -> None:
    repo.commit({"a.py": CHUNKS, "b.py": CLAMP, "c.py": STACK})
    of_head(opened()).converge()
    repo.commit({"a.py": CHUNKS.replace("in_chunks", "in_pieces"), "b.py": None})
    workspace = opened()

    assert of_head(workspace).converge() == 1, "the one changed file"
    assert places(workspace) == ["a.py:in_pieces", "c.py:Stack", "c.py:Stack.merge"]


MOVES: dict[str, dict[str, str | None]] = {
    "an edit": {"a.py": CHUNKS.replace("in_chunks", "in_pieces")},
    "a file that uses another": {"lib/use.py": "from a import in_chunks\n\nin_chunks([], 1)\n"},
    "a file goes": {"a.py": None},
    "a file becomes a folder": {"b.py": None, "b.py/c.py": CLAMP},
    "a folder becomes a file": {"b.py": STACK},
    "names that Git could read as more": {":x.py": CHUNKS, ":(top)y.py": CLAMP, "[ab].py": STACK, "*.py": CHUNKS},
    "attributes above": {".gitattributes": "lib/* linguist-generated\n"},
    "an edit below attributes": {"lib/more.py": CLAMP, "lib/use.py": CLAMP},
    "no source": {"README.md": "words\n"},
    "a manifest": {"pyproject.toml": "[project]\nname = 'it'\n"},
}


@pytest.mark.parametrize("order", [list(MOVES), list(reversed(MOVES)), sorted(MOVES, key=lambda name: name[::-1])])
def test_what_a_commit_touched_is_taken_in_as_if_all_were_read_anew(repo: GitRepo, opened: Open, order: list[str]) -> None:
    start = repo.commit({"a.py": CHUNKS, "b.py": CLAMP, "lib/use.py": "from a import in_chunks\n", "lib/it.py": STACK})
    here = opened()
    of_head(here).converge()

    def check(what: str) -> None:
        of_head(here).converge()
        anew = HeadUnits(repo_of(here), Index(None, Path("unused"), lambda: None), Mentions(None), of_head(here).settings)
        anew.converge()
        kept = list(anew.index.catalogue.documents([row.number for row in anew.index.catalogue.rows()]).values())
        assert documents(here) == kept, what
        assert of_head(here).mentions.blobs() == anew.mentions.blobs(), what
        assert of_head(here).callers(kept) == anew.callers(kept), what

    for what in order:
        repo.git("rm", "-r", "--quiet", "--ignore-unmatch", *(path for path in MOVES[what] if path.startswith("b.py")), "nothing")
        repo.commit({path: text for path, text in MOVES[what].items() if text is not None or (repo.path / path).is_file()})
        check(what)
    repo.git("checkout", "--quiet", start)
    check("another commit")
    repo.git("commit", "--quiet", "--allow-empty", "-m", "nothing")
    check("a commit that changes nothing")


def test_a_commit_that_is_not_here_any_more_has_all_gone_through(repo: GitRepo, opened: Open) -> None:
    repo.commit({"a.py": CHUNKS})
    repo.commit({"a.py": CLAMP})
    of_head(opened()).converge()
    repo.git("reset", "--quiet", "--hard", "HEAD~1")
    repo.git("reflog", "expire", "--expire=now", "--all")
    repo.git("gc", "--quiet", "--prune=now")
    workspace = opened()
    of_head(workspace).converge()

    assert places(workspace) == ["a.py:in_chunks"]


def test_a_run_that_was_interrupted_between_its_two_stores_goes_through_all(
    repo: GitRepo, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = repo.commit({"a.py": CHUNKS})
    of_head(opened()).converge()
    repo.commit({"a.py": CLAMP})

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Mentions, "take_in", interrupt)
        of_head(opened()).converge()
    repo.git("checkout", "--quiet", first)
    workspace = opened()
    of_head(workspace).converge()

    assert places(workspace) == ["a.py:in_chunks"]


def test_what_is_not_committed_is_not_looked_at(repo: GitRepo, opened: Open) -> None:
    repo.commit({"a.py": CHUNKS})
    repo.write({"a.py": CLAMP, "b.py": CLAMP})
    repo.git("add", "b.py")
    workspace = opened()
    of_head(workspace).converge()

    assert places(workspace) == ["a.py:in_chunks"]


def test_no_commit_yet_is_no_unit_and_no_error(repo: GitRepo, opened: Open) -> None:
    workspace = opened()

    assert of_head(workspace).converge() == 0
    assert places(workspace) == []
    repo.commit({"a.py": CHUNKS})
    of_head(workspace).converge()
    assert places(workspace) == ["a.py:in_chunks"]


def test_another_branch_or_a_detached_head_is_followed(repo: GitRepo, opened: Open) -> None:
    first = repo.commit({"a.py": CHUNKS})
    repo.commit({"b.py": CLAMP})
    workspace = opened()
    of_head(workspace).converge()
    repo.git("checkout", "--quiet", first)
    of_head(workspace).converge()

    assert places(workspace) == ["a.py:in_chunks"]


def test_each_work_tree_has_the_units_of_its_own_head(repo: GitRepo, opened: Open, tmp_path: Path) -> None:
    repo.commit({"a.py": CHUNKS})
    repo.git("worktree", "add", "--quiet", str(tmp_path / "other"), "-b", "other")
    other = GitRepo(tmp_path / "other")
    other.commit({"b.py": CLAMP})
    here = opened()
    there = Workspace.open(other.path, environment={}, folders=here.folders)
    of_head(here).converge()
    of_head(there).converge()

    assert (places(here), places(there)) == (["a.py:in_chunks"], ["a.py:in_chunks", "b.py:clamp_all"])
    there.close()


def test_many_files_are_read_by_several_processes_and_kept_as_by_one(
    repo: GitRepo, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.commit({f"m{number}.py": CHUNKS.replace("in_chunks", f"cut_{number}") * 40 for number in range(90)})
    monkeypatch.setattr(file_reading, "usual_helpers", lambda: 0)
    alone = opened()
    of_head(alone).converge()
    found = [row._asdict() for row in rows(alone)], of_head(alone).callers(documents(alone))
    shutil.rmtree(repo.path / ".git/foundry")

    monkeypatch.setattr(file_reading, "usual_helpers", lambda: 2)
    monkeypatch.setattr(file_reading, "HELPED_BYTES", 0)
    together = opened()
    assert of_head(together).converge() == 90

    assert ([row._asdict() for row in rows(together)], of_head(together).callers(documents(together))) == found
    assert len(found[0]) == 90


def test_what_is_read_of_a_file_can_be_sent(repo: GitRepo, opened: Open) -> None:
    repo.commit({"a.py": CHUNKS})
    repository = repo_of(opened())
    (file,) = files_of(repository, repository.head())
    wanted = file_reading.ToRead(file, frozenset({"-linguist-generated"}), units=True, words=True)

    ((_, reading),) = file_reading.read_files(repository, [wanted])
    assert [one.name for one in reading.documents] == ["in_chunks"] and reading.words is not None
    for one in (wanted, reading, partial(file_reading._reader, repository)):
        assert repr(pickle.loads(pickle.dumps(one))) == repr(one)


def test_whoever_converges_beside_another_leaves_what_that_one_took_in(repo: GitRepo, opened: Open) -> None:
    repo.commit({f"m{number}.py": CHUNKS.replace("in_chunks", f"cut_{number}") for number in range(9)})
    one, other = opened(), opened()
    taken: list[int] = []

    def meanwhile(done: int, total: int) -> None:
        if done == 5:  # two chunks are written
            taken.append(of_head(other).converge(chunk=3))

    assert of_head(one).converge(meanwhile, chunk=2, many=0) == 9

    assert taken == [5], "of the rest only"
    assert sorted(places(one)) == sorted(places(other)) == [f"m{number}.py:cut_{number}" for number in range(9)]
    assert of_head(one).converge() == of_head(other).converge() == 0


def test_a_file_read_for_its_words_alone_is_read_for_its_units_where_they_are_gone_meanwhile(repo: GitRepo, opened: Open) -> None:
    repo.commit({"a.py": CHUNKS, "b.py": CLAMP})
    workspace = opened()
    of_head(workspace).converge()
    (repo.path / ".git/foundry/units/mentions.db").unlink()
    one, other = opened(), opened()

    def meanwhile(done: int, total: int) -> None:
        if done == 1:
            units = of_head(other).index
            units.catalogue.apply({}, {}, [(HEAD, "a.py")])

    of_head(one).converge(meanwhile, many=0)

    assert places(one) == ["a.py:in_chunks", "b.py:clamp_all"]


def test_an_interrupted_run_goes_on_where_it_was(repo: GitRepo, opened: Open) -> None:
    repo.commit({f"m{number}.py": CHUNKS.replace("in_chunks", f"cut_{number}") for number in range(7)})

    def interrupt(done: int, total: int) -> None:
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        of_head(opened()).converge(interrupt, chunk=2, many=0)
    assert len(rows(opened())) == 4, "two chunks of two files"

    workspace = opened()
    assert of_head(workspace).converge() == 3
    assert len(rows(workspace)) == 7


@pytest.mark.parametrize("name", ["catalogue.db", "mentions.db"])
def test_a_damaged_file_is_built_anew(repo: GitRepo, opened: Open, name: str) -> None:
    repo.commit({"a.py": CHUNKS, "b.py": "from a import in_chunks\n\nin_chunks([], 1)\n"})
    workspace = opened()
    of_head(workspace).converge()
    workspace.close()
    (repo.path / ".git/foundry/units" / name).write_bytes(b"no database" * 1000)

    workspace = opened()
    of_head(workspace).converge()

    assert of_head(workspace).callers(documents(workspace)) == {"a.py:in_chunks": Callers(files=1, tests=0, uses=1)}


def test_where_nothing_can_be_written_the_units_live_in_the_cache(repo: GitRepo, opened: Open) -> None:
    repo.commit({"a.py": CHUNKS})
    (repo.path / ".git/foundry").write_text("in the way", encoding="utf-8")
    workspace = opened()
    of_head(workspace).converge()

    assert places(workspace) == ["a.py:in_chunks"]
    assert list((workspace.folders.cache / "units").iterdir())


def test_outside_a_repository_there_are_none(tmp_path: Path, opened: Open) -> None:
    folder = tmp_path / "plain"
    folder.mkdir()
    workspace = Workspace.open(folder, environment={}, folders=opened().folders)

    assert workspace.units is None
    assert HeadUnits.of(workspace) is None


# by meaning


def test_units_get_vectors_a_few_at_a_time_and_say_how_far_they_are(repo: GitRepo) -> None:
    repo.commit({f"{number}.py": CHUNKS.replace("size must", f"size, for once {number}, must") for number in range(4)})
    workspace = Workspace.open(repo.path, environment={})
    of_head(workspace).converge()

    assert of_head(workspace).encoded() == (0, 4)
    of_head(workspace).index.encode_missing(at_most=3)
    assert of_head(workspace).encoded() == (3, 4)
    of_head(workspace).encode_few()
    assert of_head(workspace).encoded() == (4, 4)
    workspace.close()


def test_without_an_encoder_nobody_waits_for_vectors(repo: GitRepo, opened: Open) -> None:
    repo.commit({"a.py": CHUNKS})
    workspace = opened()
    of_head(workspace).converge()

    assert of_head(workspace).encoded() == (1, 1)


def test_the_worker_encodes_units_once_somebody_asked(repo: GitRepo, foundry: CommandLine) -> None:
    repo.commit({"a.py": CHUNKS})
    assert foundry("worker").returncode == 0
    assert not (repo.path / ".git/foundry").exists(), "nobody asked"

    assert foundry("similar", "a.py").returncode == 0
    repo.commit({"b.py": CLAMP})
    assert foundry("worker").returncode == 0

    workspace = Workspace.open(repo.path, environment={})
    assert places(workspace) == ["a.py:in_chunks", "b.py:clamp_all"]
    assert of_head(workspace).encoded() == (2, 2)
    workspace.close()


def test_rebuilding_reads_the_units_anew(repo: GitRepo, foundry: CommandLine) -> None:
    repo.commit({"a.py": CHUNKS})
    assert foundry("rebuild").returncode == 0
    assert not (repo.path / ".git/foundry/units").exists(), "nobody asked"
    foundry("similar", "a.py")
    folder = repo.path / ".git/foundry/units"
    db = sqlite3.connect(folder / "catalogue.db")
    db.execute("UPDATE document SET name = 'false'")
    db.commit()
    db.close()
    (folder / "left-over").mkdir()

    done = foundry("rebuild")

    assert done.returncode == 0, done.stderr
    assert not (folder / "left-over").exists()
    workspace = Workspace.open(repo.path, environment={})
    assert [row.name for row in rows(workspace)] == ["in_chunks"]
    assert of_head(workspace).encoded() == (1, 1)
    workspace.close()


# who uses them


def test_callers_are_those_of_the_whole_tree(repo: GitRepo, opened: Open) -> None:
    """On a third of the code of this project: the numbers kept beside the repository are those that reading every file gives."""
    top = TOP / "foundry_git"
    repo.commit({f"foundry_git/{path.relative_to(top).as_posix()}": path.read_bytes() for path in sorted(top.rglob("*.py"))[::3]})
    workspace = opened()
    of_head(workspace).converge()
    with BlobReader(workspace.need_repository()) as blobs:
        listed = [file for file in files_of(workspace.need_repository(), "HEAD") if is_source(file.path)]
        texts = {file.path: (blobs.read(file.blob) or b"").decode() for file in listed}
    whole = References(texts.items())
    units = [unit for unit in documents(workspace) if unit.kind != "method"][::2]
    assert len(units) > 100

    found = of_head(workspace).callers(units)

    for unit in units:
        assert found[unit.place] == whole.callers(unit.path, unit.name), unit.place
    assert sum(users.files > 1 for users in found.values()) > 10


def test_methods_have_no_count_of_callers(repo: GitRepo, opened: Open) -> None:
    repo.commit({"a.py": STACK})
    workspace = opened()
    of_head(workspace).converge()

    assert of_head(workspace).callers(documents(workspace)).keys() == {"a.py:Stack"}


NAMES = st.sampled_from(["load", "save", "disk", "net", "tools"])
LINES = [
    *("def {}(): pass", "{}()", "disk.{}()", "x.{}()", "import {}"),
    *("from disk import {}", "from tools.load import {} as save", "from net import *"),
]


@pytest.mark.parametrize(
    ("texts", "used"),
    [
        ({"disk.py": "save()\nfrom net import *\n", "net.py": "def save(): pass\nfrom disk import save\n"}, "net.py"),
        (
            {
                "a.py": "from b import *\nfrom c import *\n",
                "b.py": "from a import save\n",
                "c.py": "def save(): pass\n",
                "d.py": "from b import save\nsave()\n",
            },
            "c.py",
        ),
    ],
)
def test_who_is_asked_about_first_changes_nothing_where_files_import_each_other_in_a_circle(
    texts: dict[str, str], used: str
) -> None:
    for order in permutations(texts):
        whole = References(texts.items())
        assert {path: whole.callers(path, "save").uses for path in order} == {path: int(path == used) for path in texts}


@given(
    st.dictionaries(
        st.sampled_from(["disk.py", "net.py", "tools/load.py", "tools/__init__.py", "tests/test_disk.py"]),
        st.lists(st.tuples(st.sampled_from(LINES), NAMES), max_size=5),
        min_size=1,
    ),
    NAMES,
)
@settings(max_examples=150)
def test_counting_from_what_is_kept_and_from_the_texts_is_the_same(files: dict[str, list[tuple[str, str]]], name: str) -> None:
    texts = {path: "".join(f"{line.format(word)}\n" for line, word in lines) for path, lines in files.items()}
    kept = Mentions(None)
    kept.take_in([("old", file_words("def load(): disk.save()\n", path)) for path in texts])
    kept.take_in([(path, file_words(text, path)) for path, text in texts.items()], gone=["never/there.py"])
    whole = References(texts.items())

    for path in texts:
        assert kept.lookup().callers(path, name) == whole.callers(path, name)
    assert kept.blobs() == {path: path for path in texts}
    kept.close()


def test_words_are_kept_as_hashes_only(repo: GitRepo, opened: Open) -> None:
    repo.commit({"a.py": "def f():\n    return speak('mellon')\n"})
    workspace = opened()
    of_head(workspace).converge()
    workspace.close()
    with sqlite3.connect(repo.path / ".git/foundry/units/mentions.db") as db:
        held = {type(value) for row in db.execute("SELECT * FROM word") for value in row}
    db.close()

    assert held == {int}
    assert b"mellon" not in (repo.path / ".git/foundry/units/mentions.db").read_bytes()


def test_a_unit_is_as_it_stands_but_for_its_margin() -> None:
    (unit,) = [one for one in read_all(STACK, "a.py") if one.kind == "method"]
    document = document_of_unit(unit, "a.py")

    assert ast.parse(document.code)
    assert document.code.startswith("def merge(self, others):\n    ")


def test_a_function_that_is_put_on_an_object_has_no_count_of_users(repo: GitRepo, opened: Open) -> None:
    repo.commit(
        {"res.js": "res.send = function send(body) {\n  return body\n}\nfunction plain() {}\n", "a.js": "module.exports = {}\n"}
    )
    units = HeadUnits.of(opened())
    assert units is not None
    units.converge()
    rows = units.index.catalogue.rows()
    documents = list(units.index.catalogue.documents([row.number for row in rows]).values())

    assert sorted(one.place for one in documents) == ["res.js:plain", "res.js:res.send"]
    assert list(units.callers(documents)) == ["res.js:plain"]
