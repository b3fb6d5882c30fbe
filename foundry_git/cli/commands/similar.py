"""``foundry similar``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from foundry_git.cli import output
from foundry_git.cli.command_workspace import opened
from foundry_git.errors import TO_SEARCH_BY_MEANING, UsageError
from foundry_git.extraction.near_duplicates import difference
from foundry_git.index.document import Document
from foundry_git.search import code_query
from foundry_git.search.code_query import CodeQuery
from foundry_git.search.head_units import HeadUnits
from foundry_git.search.likeness import SHIPPED_THRESHOLD
from foundry_git.search.similarity import Match, Resemblance, find_similar
from foundry_git.source.callers import Callers
from foundry_git.source.descriptions import without_docstring
from foundry_git.source.manifests import NO_PROJECT, Project
from foundry_git.source.private_names import shown as shown_name
from foundry_git.source.secrets import find_secrets
from foundry_git.workspace import Workspace

LIMIT = 5  # matches of each piece, unless told otherwise
DIFFERENCE_LINES = 8  # of the best near duplicate: enough to see what kind of difference it is
LOSS = "which finds copies as well, but a fifth fewer of what was written twice independently"
NO_WEIGHTS = f"foundry: compared by structure and words only, {LOSS}; for meaning:  {TO_SEARCH_BY_MEANING}"
SWITCHED_OFF = f"foundry: compared by structure and words only, {LOSS}, as your config.yaml says (encoder.enabled)"


def run(options: argparse.Namespace) -> int:
    """Tell whether code is there already."""
    _check(options)
    with opened(options, wake=True) as workspace:
        if options.all:
            from foundry_git.cli.similar_all import similar_all

            return similar_all(workspace, options.limit, options.json)
        what = _asked(workspace, options)
        found = find_similar(workspace, what, options.accepted_only, output.ProgressBar)
        shown = [
            Resemblance(one.asked, [match for match in one.matches if match.is_alike][: options.limit or LIMIT]) for one in found
        ]
        units = [match.document for one in shown for match in one.matches if not match.is_accepted]
        head = None if options.accepted_only else HeadUnits.of(workspace)
        callers = head.callers(units) if head else {}
        project = head.project() if head and units else NO_PROJECT
        _remark(workspace, head)
        if options.json:
            nearest = [one.matches[0] if one.matches else None for one in found]
            output.say_json([_as_json(*one, callers, project) for one in zip(shown, nearest, strict=True)])
        else:
            top = workspace.repository.top if workspace.repository else None
            is_brief = options.staged or bool(options.diff)
            _Page(callers, project, top or Path(), is_brief).print(found, shown)
            if what.short:
                least = workspace.settings.extraction.min_lines
                output.remark(
                    f"foundry: {what.short} left out for having fewer than {least} lines of code (extraction.min_lines)"
                )
        if not options.accepted_only:
            from foundry_git.worker.launch import wake_for_units

            wake_for_units(workspace)
    best = max((one.matches[0].score for one in found if one.matches), default=0.0)
    if options.fail_on is None or best < options.fail_on:
        return 0
    output.remark(f"foundry: something scores {best:.2f}, and --fail-on says {options.fail_on:g}: exit 1")
    return 1


def _check(options: argparse.Namespace) -> None:
    if not (options.place or options.staged or options.diff or options.all):
        raise UsageError("nothing to compare; name a FILE or FILE:A-B, or `-` for stdin, or use --staged, --diff REV or --all")
    given = {"--language": options.language, "--accepted-only": options.accepted_only, "--fail-on": options.fail_on is not None}
    if options.all and (others := [name for name, is_given in given.items() if is_given]):
        raise UsageError(
            f"{others[0]}: not with --all, which compares all units of HEAD with each other; only -n and --json go with it"
        )
    if options.fail_on is not None and not 0 < options.fail_on <= 1:
        raise UsageError(
            f"--fail-on {options.fail_on:g}: must be above 0 and at most 1; from {SHIPPED_THRESHOLD} on it is a near copy"
        )
    if options.limit is not None and options.limit < 1:
        raise UsageError(f"--limit {options.limit}: must be at least 1")


def _asked(workspace: Workspace, options: argparse.Namespace) -> CodeQuery:
    least = workspace.settings.extraction.min_lines
    if options.staged:
        return code_query.staged(workspace.need_repository(), least, workspace.own_patterns)
    if options.diff:
        return code_query.since(workspace.need_repository(), options.diff, least, workspace.own_patterns)
    if options.place == "-":
        return code_query.of_text(sys.stdin.buffer.read(), options.language)
    return code_query.of_place(options.place, workspace.repository, options.language, least)


def _remark(workspace: Workspace, head: HeadUnits | None) -> None:
    if remark := workspace.languages().remark:
        output.remark(f"foundry: {remark}")
    if workspace.index.encoder is None:
        output.remark(NO_WEIGHTS if workspace.settings.encoder.enabled else SWITCHED_OFF)
        return
    encoded, total = head.encoded() if head else (0, 0)
    if encoded < total:
        output.remark(
            f"foundry: compared by meaning with {encoded:,} of {total:,} units of HEAD so far, by structure and words with all"
        )


class _Page(Struct, frozen=True):
    """The answer as people read it; paths are shown from here. ``is_brief``: what is like nothing is counted, not listed."""

    callers: Mapping[str, Callers]
    project: Project
    top: Path
    is_brief: bool

    def print(self, found: Sequence[Resemblance], shown: Sequence[Resemblance]) -> None:
        for everything, one in zip(found, shown, strict=True):
            if one.matches or not self.is_brief:
                output.say(output.styled(self._name(one.asked), "bold"))
            for number, match in enumerate(one.matches):
                self._print_match(one.asked, match, is_first=number == 0)
            if not one.matches and not self.is_brief:
                output.say(f"  {self._nearest(everything)}")
        if self.is_brief and not shown:
            output.say("No new unit to compare.")
        elif self.is_brief:
            near = sum(bool(one.matches) for one in shown)
            like = "is like" if near < 2 else "are like"
            output.say(f"{output.counted(len(shown), 'new unit')} compared, {near or 'none'} {like} what stood there.")

    def _nearest(self, one: Resemblance) -> str:
        """What is said where nothing is likely enough: what came nearest, for whoever asked may know better."""
        if not one.matches:
            return "nothing like it"
        nearest = one.matches[0]
        return f"nothing likely to do the same; nearest, at {nearest.score:.2f}: {self._place(nearest)}"

    def _print_match(self, piece: Document, match: Match, is_first: bool) -> None:
        width = output.terminal_width() - 8
        output.say(f"  {match.score:.2f}  {self._place(match)}")
        if match.document.description:
            output.say(f"        {output.shortened(match.document.description, width)}")
        output.say(output.styled(f"        {_why(match)}", "dim"))
        if where := _beyond(piece, match, self.project):
            output.say(f"        {where}")
        for line in _difference(piece, match) if is_first else ():
            output.say(f"        {line[:width]}")

    def _name(self, piece: Document) -> str:
        place = piece.path if piece.path == code_query.STDIN else f"{self._path(piece)}:{piece.line}"
        return f"{shown_name(place)} {shown_name(piece.name)}".rstrip()

    def _place(self, match: Match) -> str:
        document = match.document
        if match.is_accepted:
            return output.styled(f"{document.library}:{document.id}@{document.version}", "bold")
        users = self.callers.get(document.place)
        count = "" if users is None else f", {output.used_in(users.files)}"
        place = output.styled(f"{shown_name(self._path(document))}:{document.line}", "bold")
        return f"{place} {shown_name(document.name)}, unreviewed{count}"

    def _path(self, document: Document) -> str:
        return output.from_here(self.top / document.path)


def _beyond(piece: Document, match: Match, project: Project) -> str:
    """Say in which package a unit is, where that is another than that of the code asked about, and whether it can be had from here."""
    if match.is_accepted or piece.path == code_query.STDIN:
        return ""
    package = project.package(match.document.path, match.document.language)
    here = project.package(piece.path, piece.language)
    if package is None or here is None or package == here:
        return ""
    if project.can_import(piece.path, piece.language, match.document.path):
        return f"in {package.name}, on which {here.name} depends"
    return f"in {package.name}, which is no dependency of {here.name}"


def _why(match: Match) -> str:
    if match.is_identical:
        return "the same but for names, comments and layout"
    signs = match.signs
    meaning = "" if signs.meaning is None else f" · meaning {signs.meaning:.2f}"
    name = " · the same name" if signs.name else ""
    return f"structure {signs.structure:.2f} · words {signs.words:.2f}{meaning}{name}"


def _difference(piece: Document, match: Match) -> list[str]:
    if match.is_identical or match.score < SHIPPED_THRESHOLD:
        return []
    there, asked = (without_docstring(one.code, one.language) for one in (match.document, piece))
    lines = difference(there, asked, ("there", "asked"), DIFFERENCE_LINES)
    return ["(a line that holds a secret)" if find_secrets(line) else line for line in lines]


def _as_json(one: Resemblance, nearest: Match | None, callers: Mapping[str, Callers], project: Project) -> dict[str, object]:
    """One piece for programs."""
    return {
        "path": shown_name(one.asked.path),
        "line": one.asked.line,
        "symbol": shown_name(one.asked.place.partition(":")[2]) if one.asked.name else "",
        "language": one.asked.language,
        "nearest": _match_as_json(nearest, None) if nearest and not one.matches else None,
        "matches": [
            _match_as_json(match, callers.get(match.document.place)) | _package_as_json(one.asked, match, project)
            for match in one.matches
        ],
    }


def _package_as_json(piece: Document, match: Match, project: Project) -> dict[str, object]:
    if match.is_accepted:
        return {"package": "", "importable": None}
    package = project.package(match.document.path, match.document.language)
    is_placed = piece.path != code_query.STDIN
    importable = project.can_import(piece.path, piece.language, match.document.path) if is_placed else None
    return {"package": package.name if package else "", "importable": importable}


def _match_as_json(match: Match, callers: Callers | None) -> dict[str, object]:
    document = match.document
    return {
        "score": round(match.score, 4),
        "structure": round(match.signs.structure, 4),
        "words": round(match.signs.words, 4),
        "meaning": None if match.signs.meaning is None else round(match.signs.meaning, 4),
        "same_name": match.signs.name > 0,
        "identical": match.is_identical,
        "accepted": match.is_accepted,
        "library": document.library if match.is_accepted else "",
        "id": document.id if match.is_accepted else "",
        "version": document.version,
        "digest": document.digest if match.is_accepted else "",
        "name": shown_name(document.name),
        "description": document.description,
        "path": document.path if match.is_accepted else shown_name(document.path),
        "line": document.line,
        "callers": callers.files if callers else None,
    }
