"""The commands and their options, and nothing else: this module is all that ``--help`` loads."""

from __future__ import annotations

import argparse

from foundry_git.pattern.vocabulary import EXTENSIONS

STATES = ("pending", "validated", "quarantined")
DECISION_REASONS = ("reviewed", "tested", "unsafe", "wrong", "outdated", "superseded", "licence", "other")

_EPILOG = """\
everyday:   foundry init · git commit … · foundry candidates · foundry accept ID · git commit
            foundry search "retry with backoff" · foundry inject --task "…" < prompt · foundry outcome ID --pass
more:       foundry COMMAND --help, and docs/ in the repository
"""


def build_parser() -> argparse.ArgumentParser:
    """Build the whole parser."""
    parser = argparse.ArgumentParser(
        prog="foundry",
        description="A Git-native library of reusable code patterns that learns from what a team really ships.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="store_true", help="print the version and exit")
    parser.add_argument("-C", dest="folder", metavar="FOLDER", help="run as if started in FOLDER")
    parser.add_argument("--library", metavar="PATH", help="the library to work on (else found from the current folder upwards)")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    _setup(commands)
    _extraction(commands)
    _candidates(commands)
    _use(commands)
    _run(commands)
    _evidence(commands)
    _analysis(commands)
    _upkeep(commands)
    return parser


def add_command(commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, help: str) -> argparse.ArgumentParser:
    """Add a command, in front of which and behind which ``--library`` may stand."""
    command = commands.add_parser(name, help=help, description=f"{help[0].upper()}{help[1:]}.")
    command.add_argument("--library", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    return command


def _json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="print the answer as JSON")


def _comparing(stats: argparse.ArgumentParser) -> None:
    stats.add_argument(
        "--compare", nargs=2, metavar=("A", "B"), help="what the lot says of two versions (ID@VERSION), or of one and `holdout`"
    )


def _setup(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    init = add_command(commands, "init", "make a library here and let commits wake the worker")
    init.add_argument("--user", action="store_true", help="hooks for all your repositories, active where a library is")
    init.add_argument(
        "--as-library", action="store_true", help="this repository is a library itself: foundry.yaml goes to its top"
    )
    init.add_argument("--to", metavar="PATH|URL", help="use that library instead of an own one; a URL is cloned")
    init.add_argument(
        "--trailers", action="store_true", help="commits name the receipts of the last hours in their message, for attribution"
    )
    init.add_argument("--dry-run", action="store_true", help="print what would change, change nothing")
    uninstall = add_command(commands, "uninstall", "take out everything that init put in; patterns you committed stay")
    uninstall.add_argument("--user", action="store_true", help="the hooks that `init --user` made")
    uninstall.add_argument(
        "--evidence", action="store_true", help="the evidence journal too, which cannot be rebuilt; with --user: your pseudonym"
    )
    uninstall.add_argument("--dry-run", action="store_true", help="print what would change, change nothing")


def _extraction(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    extract = add_command(commands, "extract", "look for candidates now: in a commit, a range, everything at HEAD, or a folder")
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
    _json(extract)


def _candidates(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    candidates = add_command(commands, "candidates", "show the inbox: the few candidates worth a look, the best first")
    candidates.add_argument("--all", action="store_true", help="everything that waits")
    _json(candidates)
    show = add_command(commands, "show", "print a pattern or candidate: its code, where it comes from, its evidence")
    show.add_argument("id", metavar="ID")
    _json(show)
    accept = add_command(commands, "accept", "write candidates into the library, for you to commit")
    accept.add_argument("id", nargs="+", metavar="ID")
    accept.add_argument("--as", dest="name", metavar="NAME", help="the slug of its id, instead of the candidate's")
    reject = add_command(commands, "reject", "refuse candidates; code of the same shape is never asked again")
    reject.add_argument("id", nargs="+", metavar="ID")
    reject.add_argument(
        "--reason", choices=("duplicate", "not-reusable", "wrong", "other"), default="none", help="why; kept with the rejection"
    )
    propose = add_command(commands, "propose", "put candidates on a topic branch and print the pull request's text")
    propose.add_argument("id", nargs="+", metavar="ID")
    propose.add_argument("--branch", metavar="NAME", help="the branch's name (default: foundry/<slug of the first>)")


def _use(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    search = add_command(commands, "search", "find patterns by meaning and by word")
    search.add_argument("query", nargs="+", metavar="QUERY")
    search.add_argument("-n", "--limit", type=int, metavar="N", help="how many hits (default: search.default_limit)")
    for name in ("language", "framework", "tag", "kind"):
        search.add_argument(f"--{name}", default="", metavar=name.upper(), help=f"only of this {name}")
    search.add_argument(
        "--from", dest="source", default="", metavar="LIBRARY", help="only of this library; HEAD: only what nobody reviewed"
    )
    search.add_argument("--accepted-only", action="store_true", help="only accepted patterns, not the units of HEAD")
    search.add_argument("--explain", action="store_true", help="say what made each score")
    search.add_argument("--facets", action="store_true", help="count everything that fits, by what one can filter by")
    _json(search)
    similar = add_command(commands, "similar", "tell whether code is there already, accepted or at HEAD, under whatever names")
    what = similar.add_mutually_exclusive_group()
    what.add_argument("place", nargs="?", default="", metavar="FILE[:A-B]", help="a file, or some of its lines; `-`: stdin")
    what.add_argument("--staged", action="store_true", help="what is staged against HEAD")
    what.add_argument("--diff", default="", metavar="REV", help="what is new or changed at HEAD since it left REV")
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
    similar.add_argument("-n", "--limit", type=int, default=5, metavar="N", help="how many for each piece (default: 5)")
    _json(similar)
    inject = add_command(commands, "inject", "put the patterns that fit a task into a prompt; the prompt goes to stdout")
    inject.add_argument("--task", required=True, metavar="TEXT", help="what is to be done, in words")
    inject.add_argument("--prompt", metavar="FILE", help="the prompt (`-`: stdin; default: stdin when it is not a terminal)")
    inject.add_argument("--session", metavar="ID", help="the build session it belongs to; only its hash is recorded")
    _json(inject)
    _outcome(commands)
    stats = add_command(commands, "stats", "show what the evidence says, and for one pattern the events behind it")
    stats.add_argument("id", nargs="?", metavar="ID")
    stats.add_argument("--week", action="store_true", help="what the last seven days brought, for a chat")
    stats.add_argument("--undecided", action="store_true", help="what was judged often and needs a person's decision")
    _comparing(stats)
    _json(stats)


def _outcome(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    outcome = add_command(commands, "outcome", "say what came of a pattern, or of an injection by its receipt")
    outcome.add_argument("subject", metavar="ID|RECEIPT")
    result = outcome.add_mutually_exclusive_group()
    result.add_argument("--pass", dest="passed", action="store_true", help="it worked")
    result.add_argument("--fail", dest="failed", action="store_true", help="it did not")
    result.add_argument("--rating", type=int, choices=range(1, 6), metavar="N", help="1 to 5")
    outcome.add_argument("--used", nargs="+", default=[], metavar="ID", help="which of a receipt's patterns were really used")
    outcome.add_argument("--session", metavar="ID", help="rate once per session; only its hash is kept")


def _run(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    run = add_command(commands, "run", "run a command as it is, and record what its tests say of adopted patterns")
    run.add_argument("--ended", type=int, help=argparse.SUPPRESS)  # of the plugin for pytest: how a run ended that was not ours
    run.add_argument("--junit", nargs=1, default=[], help=argparse.SUPPRESS)
    run.add_argument("--selection", action="store_true", help=argparse.SUPPRESS)
    run.add_argument("words", nargs=argparse.REMAINDER, metavar="-- COMMAND", help="the command and its arguments")


def _evidence(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    evidence = add_command(commands, "evidence", "collect, decide, withdraw or sync what is known of patterns")
    actions = evidence.add_subparsers(dest="action", metavar="ACTION", title="actions", required=True)
    add_collect_options(add_command(actions, "collect", "take outcomes from reports, the build and the history"))
    decide = add_command(actions, "decide", "put a pattern into a state, whatever its evidence says")
    decide.add_argument("id", metavar="ID")
    decide.add_argument(
        "state", choices=STATES, metavar="STATE", help="validated or quarantined, whatever the evidence; pending: by it again"
    )
    decide.add_argument("--reason", choices=DECISION_REASONS, required=True, help="why; kept with the decision")
    withdraw = add_command(actions, "withdraw", "take back an event, so that it counts no more")
    withdraw.add_argument("event", metavar="EVENT", help="the first digits of its id, as `foundry stats ID` shows it")
    add_sync_options(
        add_command(actions, "sync", "exchange evidence with a remote: no server, no conflict, nothing counted twice")
    )


def add_collect_options(collect: argparse.ArgumentParser) -> None:
    """Add what ``foundry evidence collect`` is told."""
    for name, what in (
        ("junit", "JUnit XML reports, or folders of them"),
        ("coverage", "coverage: Cobertura XML, coverage.py's JSON, lcov"),
    ):
        collect.add_argument(f"--{name}", nargs="+", action="extend", default=[], metavar="FILE", help=what)
    where = collect.add_mutually_exclusive_group()
    where.add_argument("--commit", metavar="REV", help="the commit that was tested (default: the build's commits, else HEAD)")
    where.add_argument("--range", metavar="A..B", help="the commits that were tested")
    collect.add_argument("--status", choices=("success", "failure", "cancelled", "skipped"), help="how the job ended")
    collect.add_argument("--save", metavar="FILE", help="write the events to a file too, for `foundry evidence sync --import`")
    _json(collect)


def add_sync_options(sync: argparse.ArgumentParser) -> None:
    """Add what ``foundry evidence sync`` is told."""
    sync.add_argument(
        "remote",
        nargs="?",
        default="",
        metavar="REMOTE",
        help="default: that of the current branch, else origin, else the only one",
    )
    sync.add_argument(
        "--import",
        dest="files",
        nargs="+",
        action="extend",
        default=[],
        metavar="FILE",
        help="take in events that another machine saved, such as a CI run, one on each line; `-`: stdin; with no REMOTE nothing else",
    )
    sync.add_argument(
        "--background",
        choices=("yes", "no"),
        help="may the worker sync on its own, at most once an hour? with no REMOTE nothing else",
    )
    _json(sync)


def _analysis(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    analyze = add_command(commands, "analyze", "measure build sessions from their logs, and write a report with advice")
    analyze.add_argument(
        "session", nargs="?", metavar="SESSION", help="a session folder, a transcript, or a session's name (default: the latest)"
    )
    analyze.add_argument("--recent", type=int, metavar="N", help="the latest N sessions together")
    analyze.add_argument("--compare", nargs=2, metavar=("A", "B"), help="two sessions side by side")
    analyze.add_argument("--all", action="store_true", help="all sessions of this project together")
    analyze.add_argument(
        "--format", choices=("markdown", "html", "json"), default="markdown", help="of the report (default: markdown)"
    )
    analyze.add_argument(
        "--output",
        metavar="PATH",
        help="the report's file or folder, `-`: stdout (default: checkpoints/sessions/ of the repository)",
    )
    analyze.add_argument(
        "--transcripts", metavar="DIR", help="the folder of the sessions (default: this project's, of Claude Code)"
    )
    _json(analyze)


def _upkeep(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    check = add_command(commands, "check", "report every problem of every file of the library; exit 1 if there is one")
    check.add_argument("--queries", action="store_true", help="ask the queries of queries.yaml too, and report what they get")
    check.add_argument("--base", metavar="REV", help="with --queries: what got worse since that revision of the library")
    _json(check)
    doctor = add_command(
        commands, "doctor", "look at hooks, cursor, index, weights and evidence, and whether the loop is closing"
    )
    doctor.add_argument("--strict", action="store_true", help="exit 1 also where the loop is cut")
    _json(doctor)
    add_command(commands, "rebuild", "build everything derived anew from the files and the journal")
    add_command(commands, "watch", "take in commits as they come and keep the index in step, until Ctrl-C")
    worker = commands.add_parser("worker")  # what hooks start; without help text argparse leaves it out of the list
    worker.add_argument("--start", action="store_true", help=argparse.SUPPRESS)
