"""The options of the commands of one word."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping

from foundry_git.pattern.vocabulary import EXTENSIONS, KINDS

FILTERS = {
    "language": ", ".join(EXTENSIONS),
    "framework": "such as django or react; --facets lists those that are there",
    "tag": "such as caching or parsing; --facets lists those that are there",
    "kind": f"{', '.join(KINDS)}; of units of HEAD also method, struct, trait and the like",
}
"""What the hits of a search can be limited by, and to what."""

Options = Callable[[argparse.ArgumentParser], None]
"""Adds the options of a command to its parser."""


def add_json(command: argparse.ArgumentParser) -> None:
    """Add what every command that answers has."""
    command.add_argument("--json", action="store_true", help="print the answer as JSON")


def _init(init: argparse.ArgumentParser) -> None:
    init.add_argument("--user", action="store_true", help="hooks for all your repositories, active where a library is")
    init.add_argument(
        "--standalone", action="store_true", help="this repository is the library itself: foundry.yaml goes to its top"
    )
    init.add_argument(
        "--library",
        default=argparse.SUPPRESS,
        metavar="PATH|URL",
        help="use that library instead of an own one; a URL is cloned",
    )
    init.add_argument(
        "--trailers", action="store_true", help="commits name the receipts of the last hours in their message, for attribution"
    )
    init.add_argument("--dry-run", action="store_true", help="print what would change, change nothing")


def _uninstall(uninstall: argparse.ArgumentParser) -> None:
    uninstall.add_argument("--user", action="store_true", help="the hooks that `init --user` made")
    uninstall.add_argument(
        "--evidence", action="store_true", help="the evidence journal too, which cannot be rebuilt; with --user: your pseudonym"
    )
    uninstall.add_argument("--dry-run", action="store_true", help="print what would change, change nothing")


def _extract(extract: argparse.ArgumentParser) -> None:
    what = extract.add_mutually_exclusive_group()
    what.add_argument("--commit", metavar="REV", help="what one commit changed (default: HEAD)")
    what.add_argument("--range", metavar="A..B", help="what a range of commits changed")
    what.add_argument("--all", action="store_true", help="everything that lives at HEAD, weighed by its whole history")
    what.add_argument("path", nargs="?", metavar="PATH", help="a folder or file")
    what.add_argument("--session", metavar="DIR", help="the folder of a build session; the same as PATH")
    extract.add_argument(
        "--junit",
        nargs="+",
        action="extend",
        default=[],
        metavar="FILE",
        help="JUnit XML reports, or folders of them: tests that passed come along; with nothing else, of everything at HEAD",
    )
    extract.add_argument(
        "--since", metavar="DATE", help="with --all: only what was touched since that day; older history is not read"
    )
    extract.add_argument("--until", metavar="DATE", help="with --all: as things were at the end of that day")
    extract.add_argument(
        "--explain",
        action="store_true",
        help="print the verdict of every unit looked at, with its reason or the parts of its worth",
    )
    extract.add_argument("--dry-run", action="store_true", help="store no candidates and no events")
    add_json(extract)


def _candidates(candidates: argparse.ArgumentParser) -> None:
    candidates.add_argument("--all", action="store_true", help="everything that waits")
    add_json(candidates)


def _show(show: argparse.ArgumentParser) -> None:
    show.add_argument("id", metavar="ID")
    add_json(show)


def _accept(accept: argparse.ArgumentParser) -> None:
    accept.add_argument("id", nargs="+", metavar="ID")
    accept.add_argument("--as", dest="name", metavar="NAME", help="the slug of its id, instead of the candidate's")
    accept.add_argument("--force", action="store_true", help="also code that needs names of its project, marked as such")


def _reject(reject: argparse.ArgumentParser) -> None:
    reject.add_argument("id", nargs="+", metavar="ID")
    reject.add_argument(
        "--reason", choices=("duplicate", "not-reusable", "wrong", "other"), default="none", help="why; kept with the rejection"
    )


def _propose(propose: argparse.ArgumentParser) -> None:
    propose.add_argument("id", nargs="+", metavar="ID")
    propose.add_argument("--branch", metavar="NAME", help="the branch's name (default: foundry/<slug of the first>)")


def _search(search: argparse.ArgumentParser) -> None:
    search.add_argument("query", nargs="+", metavar="QUERY")
    search.add_argument("-n", "--limit", type=int, metavar="N", help="how many hits (default: search.default_limit)")
    for name, values in FILTERS.items():
        search.add_argument(f"--{name}", default="", metavar=name.upper(), help=f"only of this {name}: {values}")
    search.add_argument("--from", dest="source", default="", metavar="LIBRARY", help="only of the library of this name")
    which = search.add_mutually_exclusive_group()
    which.add_argument("--accepted-only", action="store_true", help="only accepted patterns, not the units of HEAD")
    which.add_argument("--unreviewed-only", action="store_true", help="only the units of HEAD, which nobody reviewed")
    search.add_argument("--explain", action="store_true", help="say what made each score")
    search.add_argument("--facets", action="store_true", help="count everything that fits, by what one can filter by")
    add_json(search)


def _ask(ask: argparse.ArgumentParser) -> None:
    ask.add_argument("query", nargs="+", metavar="QUESTION")
    ask.add_argument(
        "--mode",
        choices=("fast", "balanced", "comprehensive"),
        default="balanced",
        help="fast: no model is opened; comprehensive: by word and meaning, ranked by evidence (default: balanced)",
    )
    ask.add_argument("--explain", action="store_true", help="say which route it took and why, in what time and tokens")
    add_json(ask)


def _serve(serve: argparse.ArgumentParser) -> None:
    serve.add_argument(
        "--host", default="127.0.0.1", metavar="ADDRESS", help="where to listen (default: 127.0.0.1, this machine alone)"
    )
    serve.add_argument("--port", type=int, default=8642, metavar="N", help="0: one that is free (default: 8642)")
    serve.add_argument(
        "--beyond-this-machine",
        action="store_true",
        help="let --host be an address that others reach; every request then needs the token",
    )
    serve.add_argument("--rotate-token", action="store_true", help="make a new token for what writes, print it, and end")


def _similar(similar: argparse.ArgumentParser) -> None:
    what = similar.add_mutually_exclusive_group()
    what.add_argument("place", nargs="?", default="", metavar="FILE[:A-B]", help="a file, or some of its lines; `-`: stdin")
    what.add_argument("--staged", action="store_true", help="what is staged against HEAD")
    what.add_argument("--diff", default="", metavar="REV", help="what is new at HEAD since it left REV")
    what.add_argument("--all", action="store_true", help="what is double at HEAD, the largest saving first")
    similar.add_argument(
        "--language",
        default="",
        choices=sorted(EXTENSIONS),
        metavar="LANGUAGE",
        help="what the code is written in (else guessed)",
    )
    similar.add_argument(
        "--accepted-only", action="store_true", help="compare with accepted patterns, not with the units of HEAD"
    )
    similar.add_argument(
        "--fail-on", type=float, metavar="SCORE", help="exit 1 if anything is that much alike, 0 to 1; 0.9 is a near duplicate"
    )
    similar.add_argument(
        "-n", "--limit", type=int, metavar="N", help="how many for each piece (default: 5), with --all how many clusters (10)"
    )
    add_json(similar)


def _inject(inject: argparse.ArgumentParser) -> None:
    inject.add_argument("--task", required=True, metavar="TEXT", help="what is to be done, in words")
    inject.add_argument("--prompt", metavar="FILE", help="the prompt (`-`: stdin; default: stdin when it is not a terminal)")
    inject.add_argument("--session", metavar="ID", help="the build session it belongs to; only its hash is recorded")
    add_json(inject)


def _stats(stats: argparse.ArgumentParser) -> None:
    stats.add_argument("id", nargs="?", metavar="ID")
    stats.add_argument("--recompute", action="store_true", help="take the scores from the journal anew first, not from stats.db")
    stats.add_argument("--week", action="store_true", help="what the last seven days brought, for a chat")
    stats.add_argument(
        "--service", action="store_true", help="what was asked of `foundry ask` and `foundry serve` here, in 30 days"
    )
    stats.add_argument("--undecided", action="store_true", help="what was judged often and needs a person's decision")
    stats.add_argument(
        "--compare", nargs=2, metavar=("A", "B"), help="what the lot says of two versions (ID@VERSION), or of one and `holdout`"
    )
    add_json(stats)


def _outcome(outcome: argparse.ArgumentParser) -> None:
    outcome.add_argument("subject", metavar="ID|RECEIPT")
    result = outcome.add_mutually_exclusive_group()
    result.add_argument("--pass", dest="passed", action="store_true", help="it worked")
    result.add_argument("--fail", dest="failed", action="store_true", help="it did not")
    result.add_argument("--rating", type=int, choices=range(1, 6), metavar="N", help="1 to 5")
    outcome.add_argument("--used", nargs="+", default=[], metavar="ID", help="which of a receipt's patterns were really used")
    outcome.add_argument("--session", metavar="ID", help="rate once per session; only its hash is kept")


def _doctor(doctor: argparse.ArgumentParser) -> None:
    doctor.add_argument("--strict", action="store_true", help="exit 1 also where the loop is cut")
    add_json(doctor)


def _help(command: argparse.ArgumentParser) -> None:
    command.add_argument("words", nargs="*", metavar="COMMAND", help="of which command, such as `search` or `evidence sync`")
    command.add_argument("--all", action="store_true", help="all commands, not only those that a week needs")


def _nothing(command: argparse.ArgumentParser) -> None:
    pass


OPTIONS: Mapping[str, Options] = {
    "init": _init,
    "extract": _extract,
    "search": _search,
    "ask": _ask,
    "similar": _similar,
    "inject": _inject,
    "candidates": _candidates,
    "show": _show,
    "accept": _accept,
    "reject": _reject,
    "outcome": _outcome,
    "stats": _stats,
    "doctor": _doctor,
    "propose": _propose,
    "serve": _serve,
    "watch": _nothing,
    "encode": _nothing,
    "rebuild": _nothing,
    "uninstall": _uninstall,
    "help": _help,
}
"""Command → what it is told."""
