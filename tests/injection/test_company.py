"""What goes together in a prompt: what patterns require comes along, and what conflicts stays apart."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from foundry_git.index.document import Document
from foundry_git.injection.company import agree, in_company, is_whole
from foundry_git.pattern.manifest import write_manifest
from foundry_git.pattern.record import Manifest
from foundry_git.search.answer import Hit
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo


def hit(name: str, requires: Sequence[str] = (), conflicts: Sequence[str] = (), version: int = 1, library: str = "team") -> Hit:
    document = Document(
        library=library, place=f"python/{name}/v{version}", id=f"python/{name}", version=version, digest=f"{name}{version}",
        kind="function", language="python", code="", path="", requires=tuple(requires), conflicts=tuple(conflicts),
    )  # fmt: skip
    return Hit(document, 0.5, 0.9, {})


THERE = {
    one.document.id.partition("/")[2]: one for one in (hit("a"), hit("b"), hit("deep", ["python/a", "b"]), hit("ring", ["ring"]))
}


def names(hits: Sequence[Hit], hidden: str = "") -> list[str]:
    found = in_company(
        hits, lambda hit, reference: THERE.get(reference.rpartition("/")[2]), lambda hit: hit.document.digest != f"{hidden}1"
    )
    assert agree(found) and is_whole(found)
    return [one.document.id.partition("/")[2] for one in found]


def test_what_is_required_stands_once_before_what_requires_it() -> None:
    assert names([hit("x"), hit("y", ["deep"]), hit("z", ["a"]), hit("a")]) == ["x", "a", "b", "deep", "y", "z"]


@pytest.mark.parametrize("needy", [hit("y", ["nowhere"]), hit("y", ["deep", "nowhere"]), hit("y", ["b"])])
def test_what_requires_something_that_cannot_be_shown_stays_out(needy: Hit) -> None:
    assert names([needy, hit("x")], hidden="b") == ["x"]


def test_patterns_that_require_each_other_come_together() -> None:
    assert names([hit("ring", ["ring"])]) == ["ring"]


@pytest.mark.parametrize(("first", "second"), [(["python/y"], []), ([], ["x"]), (["y@1"], ["team:python/x"])])
def test_of_two_that_conflict_the_better_goes_in_whichever_says_so(first: list[str], second: list[str]) -> None:
    assert names([hit("x", conflicts=first), hit("y", conflicts=second), hit("z")]) == ["x", "z"]


def test_a_reference_means_its_own_library_and_version_and_nonsense_means_nothing() -> None:
    assert names([hit("x", conflicts=["y@2", "../y", "other:y"]), hit("y")]) == ["x", "y"]
    assert names([hit("x", conflicts=["y"]), hit("y", library="other")]) == ["x", "y"]


def test_what_conflicts_with_something_required_stays_out_whole() -> None:
    assert names([hit("x", conflicts=["a"]), hit("y", ["a"]), hit("b")]) == ["x", "b"]


def test_a_prompt_and_a_search_keep_to_the_manifests(repo: GitRepo, foundry: CommandLine) -> None:
    """In a library of three ways to ring bells."""
    files = {".foundry/foundry.yaml": "library_id: 5a0c7a52-0f59-4d09-9f4c-0b9d0f1b2c3d\nname: towers\n"}
    for name, what, requires, conflicts, body in (
        (
            "ring_in_turn",
            "Ring the bells of the tower in turn.",
            ["python/oil-axle"],
            [],
            "for bell in bells:\n        bell.strike()",
        ),
        (
            "ring_backwards",
            "Ring the bells of the tower in turn, backwards.",
            [],
            ["ring-in-turn"],
            "return [b.swing() for b in bells[::-1]]",
        ),
        ("oil_axle", "Pour oil.", [], [], "bells.axle.oil += 1\n    bells.axle.turn()"),
    ):
        folder = f".foundry/patterns/python/{name.replace('_', '-')}/v1"
        manifest = Manifest(name, "function", what, "python", f"{name}.py", requires=tuple(requires), conflicts=tuple(conflicts))
        files |= {f"{folder}/pattern.yaml": write_manifest(manifest), f"{folder}/{name}.py": f"def {name}(bells):\n    {body}\n"}
    repo.commit(files)

    task = "ring the bells of the tower in turn"
    shown = json.loads(foundry("inject", "--json", "--task", task, input="Do it.").stdout)
    found = {one["id"]: one for one in json.loads(foundry("search", task, "--accepted-only", "--json").stdout)}

    assert [one["id"] for one in shown["patterns"]] == ["python/oil-axle", "python/ring-in-turn"]
    assert "- Requires: `python/oil-axle`" in shown["prompt"]
    assert found["python/ring-in-turn"]["requires"] == ["python/oil-axle"]
    assert found["python/ring-backwards"]["conflicts"] == ["ring-in-turn"]
    assert "conflicts with ring-in-turn" in foundry("search", task, "--accepted-only").stdout
