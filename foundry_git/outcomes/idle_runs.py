"""Idle runs: test runners that are asked for something else than to run tests, such as their version or a list. Pure.

That such a command ended well says nothing of the code. Options are those that the runners' own help names.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

_ASKING = frozenset({"--version", "--help"})
_ASKING_ALONE = _ASKING | {"-h", "-V", "version", "help"}
_PLAIN = frozenset({"--collect-only", "--listTests", "--list-tests", "--no-run"})
"""Words that mean nothing else in whatever runner a script calls: ``npm test -- --listTests``."""


class _Runner(Struct, frozen=True):
    """``options``, anywhere behind the runner's name, and ``action``, the first word there, keep it from running tests.

    ``only``: the words of which one must stand there, else it is no test run that is asked for.
    """

    options: frozenset[str]
    actions: frozenset[str] = frozenset()
    only: frozenset[str] = frozenset()


def _runner(options: str, actions: str = "", only: str = "") -> _Runner:
    return _Runner(frozenset(options.split()) | _ASKING | {"-h"}, frozenset(actions.split()), frozenset(only.split()))


_PYTEST = _runner(
    "-V --co --collect-only --collectonly --fixtures --funcargs --fixtures-per-test --markers --setup-plan --setupplan"
    " --setup-only --setuponly --cache-show"
)
_RUNNERS = {
    "pytest": _PYTEST,
    "py.test": _PYTEST,
    "cargo": _runner("-V --no-run --list", only="test t nextest"),
    "go": _runner("-list --list -c --c -n", only="test"),
    "jest": _runner("-v --listTests --showConfig --clearCache --init"),
    "vitest": _runner("-v", actions="list init"),
    "mocha": _runner("-V --dry-run --list-files --list-reporters --list-interfaces"),
    "playwright": _runner("-V --list", only="test"),
    "phpunit": _runner("--list-tests --list-tests-xml --list-suites --list-groups --check-version --generate-configuration"),
    "rspec": _runner("-v --dry-run --init"),
    "ctest": _runner("-N --show-only --print-labels"),
    "tox": _runner("-l --listenvs -a --listenvs-all --notest --showconfig", actions="list l config c devenv d"),
    "nox": _runner("-l --list --list-sessions --install-only"),
    "make": _runner("-v -n --dry-run --just-print --recon -q --question"),
}


def idle_word(words: Sequence[str]) -> str:
    """The word of a command that keeps it from running tests; empty where nothing speaks against it."""
    if found := next((word for word in words[1:] if word in _PLAIN), ""):
        return found
    for at, word in enumerate(words):
        runner = _RUNNERS.get(word.rpartition("/")[2])
        if runner is not None:
            return _said_to(runner, words[at + 1 :])
    asked = words[1:]
    if len(asked) == 1 and asked[0] in _ASKING_ALONE:
        return asked[0]
    return asked[-1] if asked and asked[-1] in _ASKING else ""


def _said_to(runner: _Runner, options: Sequence[str]) -> str:
    if options and options[0] in runner.actions:
        return options[0]
    if runner.only and runner.only.isdisjoint(options):
        return options[0] if options and options[0] in _ASKING_ALONE else ""
    if "nextest" in options and "list" in options:
        return "list"
    return next((word for word in options if word.partition("=")[0] in runner.options), "")
