from __future__ import annotations

import os
from pathlib import Path

import pytest
from safe_join import safe_join


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "root" / "sub").mkdir(parents=True)
    (tmp_path / "root" / "sub" / "file.txt").write_text("inside")
    (tmp_path / "root-secret").mkdir()
    (tmp_path / "secret.txt").write_text("outside")
    return tmp_path / "root"


def test_a_relative_path_is_joined(root: Path) -> None:
    assert safe_join(root, "sub/file.txt").read_text() == "inside"


def test_a_path_that_does_not_exist_yet_is_joined(root: Path) -> None:
    assert safe_join(root, "new/deep/file.txt") == root.resolve() / "new" / "deep" / "file.txt"


def test_dots_that_stay_inside_are_allowed(root: Path) -> None:
    assert safe_join(root, "sub/../sub/./file.txt") == root.resolve() / "sub" / "file.txt"


@pytest.mark.parametrize(
    "untrusted", ["..", "../secret.txt", "sub/../../secret.txt", "sub/../../root-secret", "../root-secret/file"]
)
def test_a_path_that_leads_out_is_refused(root: Path, untrusted: str) -> None:
    with pytest.raises(ValueError, match="not below its root"):
        safe_join(root, untrusted)


@pytest.mark.parametrize("untrusted", ["", ".", "sub/..", "../root"])
def test_the_root_itself_is_refused(root: Path, untrusted: str) -> None:
    with pytest.raises(ValueError, match="not below its root"):
        safe_join(root, untrusted)


def test_an_absolute_path_is_refused_even_below_the_root(root: Path) -> None:
    for untrusted in ("/etc/passwd", str(root / "sub" / "file.txt")):
        with pytest.raises(ValueError, match="absolute"):
            safe_join(root, untrusted)


def test_a_link_that_leads_out_is_refused(root: Path) -> None:
    (root / "link").symlink_to(root.parent)

    with pytest.raises(ValueError, match="not below its root"):
        safe_join(root, "link/secret.txt")


def test_a_link_that_stays_inside_is_resolved(root: Path) -> None:
    (root / "link").symlink_to("sub")

    assert safe_join(root, "link/file.txt") == root.resolve() / "sub" / "file.txt"


def test_a_loop_of_links_never_leads_out(root: Path) -> None:
    (root / "loop").symlink_to("loop")

    try:
        joined = safe_join(root, "loop/file.txt")
    except ValueError:
        return
    assert root.resolve() in joined.parents


def test_a_null_character_is_refused(root: Path) -> None:
    with pytest.raises(ValueError, match="cannot be resolved"):
        safe_join(root, "sub/\0file.txt")


def test_a_root_that_is_a_link_or_relative_works(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root.parent / "alias").symlink_to(root)
    monkeypatch.chdir(root.parent)

    assert safe_join("alias", "sub/file.txt") == Path(os.path.realpath(root)) / "sub" / "file.txt"
