"""``foundry accept``."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path

from foundry_git.cli import output
from foundry_git.cli.command_workspace import opened
from foundry_git.errors import NotARepositoryError
from foundry_git.git.repository import Repository
from foundry_git.inbox.acceptance import AcceptedPattern, accept
from foundry_git.library.library import Library
from foundry_git.pattern.manifest import FILE_NAME


def run(options: argparse.Namespace) -> int:
    """Write candidates into the library."""
    with opened(options, catch_up=True) as workspace:
        workspace.patterns.converge()
        accepted = accept(workspace, options.id, options.name, options.force)
        for one in accepted:
            origin = output.styled(f"  from {one.candidate.origin.place}", "dim")
            output.say(f"  {output.styled('wrote', 'green')} {output.from_here(one.folder)}{origin}")
            if not one.candidate.manifest.description:
                file = output.from_here(one.folder / FILE_NAME)
                output.remark(f"foundry: {one.candidate.id} has no description; write into {file} in one sentence what it does")
        _print_commit_command(workspace.need_library(), workspace.repository, accepted)
    return 0


def _print_commit_command(library: Library, here: Repository | None, accepted: list[AcceptedPattern]) -> None:
    many = len(accepted) > 1
    place = library.patterns if many else accepted[0].folder.parent
    version = accepted[0].ref.version
    one = f"pattern {accepted[0].ref.id}" + (f", version {version}" if version > 1 else "")
    what = f"{len(accepted)} patterns" if many else one
    read = f"Read {'them' if many else 'it'} once more"
    home = _work_tree_of(library)
    if home is None:
        output.say(f"{read}; {library.root} lies in no Git repository, so there is nothing to commit.")
        return
    git, path = ("git", output.from_here(place)) if here and here.top == home else _from_outside(home, place)
    output.say(f"{read}, then:  {git} add {path} && {git} commit -m 'Add {what}'")


def _work_tree_of(library: Library) -> Path | None:
    try:
        return Repository.at(library.root).top
    except NotARepositoryError:
        return None


def _from_outside(home: Path, place: Path) -> tuple[str, str]:
    """How one types `git`, and a path for it, in another repository: Git refuses what is in a submodule, or beyond its own top."""
    return f"git -C {shlex.quote(output.from_here(home))}", place.relative_to(home.resolve()).as_posix()
