"""No setting of a user changes what we read: all that change what Git prints or refuses are set, and everything reads the same."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from foundry_git.git.blame import blame
from foundry_git.git.differences import since, staged
from foundry_git.git.history import changed_by, commits_between, moved_to
from foundry_git.git.objects import BlobReader, files_of, refs_below
from foundry_git.git.patches import patches_of
from foundry_git.git.repository import Repository
from foundry_git.git.tree import CommitTree
from foundry_git.outcomes.survival import main_line
from tests.gitrepo import GitRepo
from tests.samples import CHUNKS, CLAMP

SETTINGS = (
    *(
        "blame.coloring=highlightRecent",
        "blame.showRoot=true",
        "blame.showEmail=true",
        "blame.date=relative",
        "blame.blankBoundary=true",
    ),
    *("color.ui=always", "color.diff=always", "color.grep=always", "column.ui=always", "core.abbrev=5", "core.autocrlf=true"),
    *("core.commentChar=;", "core.eol=crlf", "core.ignoreCase=true", "core.logAllRefUpdates=false", "core.pager=false"),
    *("core.quotePath=true", "core.safecrlf=true", "core.untrackedCache=true", "core.whitespace=trailing-space"),
    *("diff.algorithm=histogram", "diff.colorMoved=zebra", "diff.context=0", "diff.dirstat=lines", "diff.external=false"),
    *("diff.ignoreSubmodules=all", "diff.indentHeuristic=false", "diff.interHunkContext=9", "diff.mnemonicPrefix=true"),
    *("diff.noprefix=true", "diff.orderFile=/dev/null", "diff.relative=true", "diff.renames=false", "diff.renames=copies"),
    *("diff.renameLimit=1", "diff.statGraphWidth=3", "diff.submodule=log", "diff.suppressBlankEmpty=true", "diff.tool=none"),
    *("diff.wordRegex=.", "diff.wsErrorHighlight=all", "feature.manyFiles=true", "format.pretty=oneline", "grep.column=true"),
    *("grep.extendedRegexp=true", "grep.fullName=true", "grep.lineNumber=true", "grep.patternType=perl", "grep.threads=1"),
    *("i18n.logOutputEncoding=latin1", "index.threads=1", "log.abbrevCommit=true", "log.date=relative", "log.decorate=full"),
    *(
        "log.diffMerges=off",
        "log.excludeDecoration=refs/*",
        "log.follow=true",
        "log.graphColors=red",
        "log.initialDecorationSet=all",
    ),
    *("log.mailmap=false", "log.showRoot=false", "log.showSignature=true", "merge.renames=false", "pager.log=false"),
    *(
        "pretty.raw=x",
        "status.relativePaths=false",
        "status.renames=copies",
        "status.showUntrackedFiles=no",
        "submodule.recurse=true",
    ),
    *("tar.umask=0", "trace2.normalTarget=2", "ui.color=always", "uploadpack.hideRefs=refs", "transfer.hideRefs=refs/foundry"),
    *(
        "versionsort.suffix=-rc",
        "worktree.guessRemote=true",
        "advice.detachedHead=false",
        "alias.log=!false",
        "alias.diff-tree=!false",
    ),
)

GROUPS = 10
"""Each is set together with some of other commands: whoever sets one thing sets several, and a group reads everything once."""


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    """One that holds a rename, a merge, an umlaut in a name, something staged and a ref of ours."""
    folder = tmp_path_factory.mktemp("settings")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_CONFIG_GLOBAL", str(folder / "config"))
        (folder / "config").write_text("[user]\n\tname = Dev\n\temail = dev@example.com\n[init]\n\tdefaultBranch = main\n")
        repo = GitRepo.create(folder / "repo")
        repo.commit({"größe/chunks.py": CHUNKS, "old name.py": CLAMP, ".mailmap": "Eve <eve@example.com> <dev@example.com>\n"})
        repo.git("checkout", "--quiet", "-b", "side")
        repo.commit({"old name.py": None, "new name.py": CLAMP + "\n\nMORE = 1\n"}, "Rename it; grüße")
        repo.git("checkout", "--quiet", "main")
        repo.commit({"größe/chunks.py": CHUNKS.replace("chunks = []", "chunks: list[list[int]] = []")})
        repo.git("merge", "--quiet", "--no-edit", "side")
        repo.commit({"last.py": "in_chunks = None\n", "größe/chunks.py": CHUNKS.replace("size < 1", "size < 2")})
        repo.git("update-ref", "refs/foundry/x", "HEAD^{tree}")
        repo.write({"staged.py": CLAMP})
        repo.git("mv", "last.py", "latest.py")
        repo.git("add", "--all")
        yield Repository.at(repo.path)


def everything(repository: Repository) -> tuple[object, ...]:
    """What is read of a repository, in every way in which anything is."""
    head = repository.head()
    commits = commits_between(repository, "", head)
    with BlobReader(repository) as blobs:
        tree = CommitTree(blobs, head)
        listed = files_of(repository, head)
        return (
            commits,
            changed_by(repository, commits),
            listed,
            [blobs.read(file.blob) for file in listed],
            sorted(file.path for file in tree.naming("in_chunks")),
            sorted(file.path for file in tree.below("größe")),
            list(patches_of(repository, [commit.id for commit in commits])),
            [blame(repository, head, path) for path in ("größe/chunks.py", "new name.py")],
            moved_to(repository, head, ["old name.py"]),
            main_line(repository, commits[0].id, head),
            refs_below(repository, "refs/foundry"),
            (staged(repository), since(repository, "HEAD~1")),
            (repository.worktrees(), repository.resolve("main~1"), repository.identities()),
        )


@pytest.fixture(scope="module")
def unchanged(repository: Repository, tmp_path_factory: pytest.TempPathFactory) -> tuple[object, ...]:
    """What is read where nothing is set but who commits."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_CONFIG_GLOBAL", str(repository.common_dir.parent.parent / "config"))
        found = everything(repository)
    assert all(found)
    return found


@pytest.mark.parametrize("settings", [SETTINGS[start::GROUPS] for start in range(GROUPS)], ids=",".join)
def test_everything_reads_the_same(
    repository: Repository,
    unchanged: tuple[object, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    settings: tuple[str, ...],
) -> None:
    own = tmp_path / "config"
    own.write_bytes((repository.common_dir.parent.parent / "config").read_bytes())
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(own))
    for setting in settings:
        key, _, value = setting.partition("=")
        GitRepo(tmp_path).git("config", "--file", str(own), key, value)

    for part, (now, before) in enumerate(zip(everything(repository), unchanged, strict=True)):
        assert now == before, part
    assert not os.environ.get("GIT_DIR")
