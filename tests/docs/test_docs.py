"""The documentation is held against the code: what it names exists, what exists is named, and its examples run."""

from __future__ import annotations

import argparse
import ast
import json
import os
import re
import shlex
import sqlite3
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import pytest
from msgspec.structs import fields

from foundry_git import config
from foundry_git import settings as all_settings
from foundry_git.cli import commands as command_modules
from foundry_git.cli.parser import build_parser
from foundry_git.errors import ConfigurationError
from foundry_git.evidence import confidence, description, eprocess, exploration, grammar, kinds
from foundry_git.evidence.ledger import Ledger
from foundry_git.evidence.scoring import (
    authors,
    coverage,
    legacy,
    score_fold,
    scores,
    states,
    verdicts,
)
from foundry_git.extraction import (
    intake,
    provenance,
    refusal,
    source_files,
)
from foundry_git.extraction.worth import WEIGHTS
from foundry_git.library.library import open_named
from foundry_git.outcomes import reverts
from foundry_git.outcomes import verdicts as run_verdicts
from foundry_git.pattern import manifest, vocabulary
from foundry_git.search import ranking, signals
from foundry_git.source import files
from tests import TOP
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo

GROUPS = {"evidence", "library", "agent"}
"""Commands that have commands."""

DOCS = TOP / "docs"
PAGES = {path.name: path.read_text(encoding="utf-8") for path in sorted(DOCS.glob("*.md"))}
FENCE = re.compile(r"^(?P<fence>`{3,})(?P<language>\w*)\n(?P<body>.*?)^(?P=fence)$", re.MULTILINE | re.DOTALL)
CODE_SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
OPTION = re.compile(r"(?<![\w-])--?[A-Za-z][\w-]*")
RECEIPT = re.compile(r"r-[0-9a-f]{12}")

STOCK = '''\
def cheapest(offers: list[tuple[float, int]], wanted: int) -> float:
    """Add up the cheapest supplier offers until the wanted pieces are covered."""
    total = 0.0
    for price, pieces in sorted(offers):
        if wanted > 0:
            taken = min(pieces, wanted)
            total += taken * price
            wanted -= taken
    return total
'''
TALLY = '''\
def tally(text: str) -> dict[str, int]:
    """Count how often each character occurs."""
    counts: dict[str, int] = {}
    for character in text:
        if character in counts:
            counts[character] += 1
        else:
            counts[character] = 1
    return counts
'''


def prose(page: str) -> str:
    """A page without its fenced blocks."""
    return FENCE.sub("", PAGES[page])


def section(page: str, heading: str) -> str:
    """What stands below a heading, up to the next one of its level or above."""
    level = re.match(r"#+", heading)
    assert level is not None
    found = re.search(rf"^{re.escape(heading)}$\n(.*?)(?=^#{{1,{len(level[0])}}} |\Z)", PAGES[page], re.MULTILINE | re.DOTALL)
    assert found is not None, f"{page} has no heading {heading!r}"
    return found[1]


def rows(text: str) -> list[list[str]]:
    """The cells of every table row but headings."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    return [row for row in cells if row[0].startswith("`")]


def first_spans(text: str) -> list[str]:
    """The code spans in the first cells of tables."""
    return [span for row in rows(text) for span in CODE_SPAN.findall(row[0])]


def commands() -> dict[str, argparse.ArgumentParser]:
    """Name → parser; a group's commands by both words, such as ``evidence sync``."""
    found: dict[str, argparse.ArgumentParser] = {}
    for name, parser in _choices(build_parser()).items():
        inner = _choices(parser)
        found |= {f"{name} {action}": one for action, one in inner.items()} if inner else {name: parser}
    return found


def _choices(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    groups = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    return dict(groups[0].choices) if groups else {}


def options(parser: argparse.ArgumentParser) -> set[str]:
    """Every spelling of every option that is shown in help, ``--help`` itself aside."""
    shown = [action for action in parser._actions if action.help != argparse.SUPPRESS]
    return {spelling for action in shown for spelling in action.option_strings} - {"-h", "--help"}


def command_lines() -> Iterator[tuple[str, list[str]]]:
    """(page, words) of every ``foundry …`` in a code span or behind a ``$``."""
    for page, text in PAGES.items():
        spans = [span for span in CODE_SPAN.findall(prose(page)) if span.startswith("foundry ")]
        typed = [
            line[2:] for block in FENCE.finditer(text) for line in block["body"].splitlines() if line.startswith("$ foundry ")
        ]
        for line in (*spans, *typed):
            words = re.split(r"[\s=|\[\]()]+", line.replace("\\|", " "))[1:]
            yield page, _joined(words)


def _joined(words: list[str]) -> list[str]:
    """The words of a command line with the name of the command as one."""
    return [" ".join(words[:2]), *words[2:]] if words[0] in GROUPS else words


def flat(answer: Any) -> set[str]:
    """The fields of a JSON answer: those of its (first) object, and ``list[].field`` of objects in lists."""
    one: dict[str, Any] = answer[0] if isinstance(answer, list) else answer
    inner = {f"{key}[].{name}" for key, value in one.items() for item in _objects(value) for name in item}
    return {key for key, value in one.items() if not _objects(value)} | inner


def _objects(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


# pages and links


def test_every_page_opens_with_a_sentence_and_is_in_the_index() -> None:
    linked = set(re.findall(r"\]\(([\w-]+\.md)\)", PAGES["README.md"]))

    assert linked == PAGES.keys() - {"README.md"}
    for page, text in PAGES.items():
        first = text.partition("\n\n")[0]
        assert first[0].isupper() and first[-1] in ".:", f"{page} opens with {first!r}"


def test_relative_links_resolve() -> None:
    for page in PAGES:
        for target, _, anchor in (link.partition("#") for link in re.findall(r"\]\(([^)\s]+)\)", prose(page))):
            if "://" in target:
                continue
            assert not target or (DOCS / target).exists(), f"{page} links to {target}"
            text = (DOCS / (target or page)).read_text(encoding="utf-8") if anchor else ""
            headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
            assert not anchor or anchor in {_anchor(heading) for heading in headings}, f"{page} links to {target}#{anchor}"


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_no_page_names_a_folder_of_this_machine() -> None:
    for page, text in PAGES.items():
        assert not re.search(r"(?<![\w.~/])/(?:home|root|work|tmp|Users)/", text), page


# commands


@pytest.mark.parametrize("command", commands())
def test_every_option_of_a_command_is_documented_and_the_reverse(command: str) -> None:
    documented = {
        option for span in first_spans(section("commands.md", f"## foundry {command}")) for option in OPTION.findall(span)
    }

    assert documented == options(commands()[command])


def test_every_command_has_a_module_and_every_group_its_commands() -> None:
    folder = Path(command_modules.__path__[0])
    names = {" ".join(file.relative_to(folder).with_suffix("").parts) for file in folder.rglob("[!_]*.py")}
    assert commands().keys() == names
    assert {command.partition(" ")[0] for command in commands() if " " in command} == GROUPS


def test_the_options_before_a_command_are_documented() -> None:
    documented = {
        option for span in first_spans(section("commands.md", "## Before the command")) for option in OPTION.findall(span)
    }

    assert documented == options(build_parser()) | {"-h", "--help"}


def test_every_command_and_option_that_a_page_uses_exists() -> None:
    known = commands()
    everywhere = options(build_parser()) | {"-h", "--help", "--library"}
    for page, (command, *words) in command_lines():
        if command in ("COMMAND", "-C", "--help", "--version", "--library") or command.endswith(" …"):
            continue
        assert command in known, f"{page}: foundry {command}"
        used = {word for word in words if OPTION.fullmatch(word)}
        assert used <= options(known[command]) | everywhere, f"{page}: foundry {command} {' '.join(words)}"


def test_the_fields_of_every_json_answer_are_documented(repo: GitRepo, foundry: CommandLine) -> None:
    foundry("init")
    repo.commit({"stock.py": STOCK, "spare.py": STOCK.replace("total = 0.0", "total = 1.0")})
    first = ("candidates", "extract --all")
    answers = {line.split()[0]: json.loads(foundry(*line.split(), "--json").stdout) for line in first}
    foundry("accept", "cheapest")
    foundry("outcome", "cheapest", "--pass")
    repo.commit({"again.py": STOCK.replace("total = 0.0", "total = 1.0").replace("total", "price_of_all")})
    repo.write({".foundry/patterns/python/broken/v1/pattern.yaml": "- no mapping\n"})
    asked = (
        "show cheapest",
        "search --unreviewed-only cheapest",
        "similar spare.py",
        "ask list languages",
        "inject --task cheapest",
        "stats",
        f"agent analyze {TOP / 'examples/session'}",
        "library check",
        "doctor",
        "evidence collect --status success",
        "evidence sync --background no",
    )
    answers |= {_joined(line.split())[0]: json.loads(foundry(*line.split(), "--json").stdout) for line in asked}

    assert answers.keys() == {name for name, parser in commands().items() if "--json" in options(parser)}
    for command, answer in answers.items():
        said = re.search(
            r"^JSON, [^:]*: (.*?)(?:\.\s|\.\Z)", section("commands.md", f"## foundry {command}"), re.MULTILINE | re.DOTALL
        )
        assert said is not None, f"the fields of foundry {command} --json are not listed"
        listed = re.sub(r"\([^)]*\)", "", said[1])
        assert set(CODE_SPAN.findall(listed)) == flat(answer), command


def test_the_exit_codes_are_documented() -> None:
    assert [row[0] for row in re.findall(r"^\| (\d) \| (.*) \|$", section("commands.md", "## Exit codes"), re.MULTILINE)] == list(
        "0123"
    )


# configuration


SECTIONS = {field.name: field.default_factory for field in fields(all_settings.Settings) if callable(field.default_factory)}
LIBRARY_SECTIONS = {name: make() for name, make in SECTIONS.items() if name in config.LIBRARY_KEYS}
CHANGED: Mapping[str, str] = {
    "extraction.min_complexity": "4",
    "extraction.min_lines": "6",
    "extraction.max_similarity": "0.8",
    "extraction.languages": "[go]",
    "extraction.frameworks": "[flask]",
    "extraction.paths": "[src]",
    "extraction.ignore_paths": "[old]",
    "extraction.ignore_names": "[x_*]",
    "extraction.authors": "all",
    "extraction.per_week": "3",
    "search.default_limit": "7",
    "search.min_relevance": "0.5",
    "injection.enabled": "false",
    "injection.max_patterns": "2",
    "injection.min_success_rate": "50",
    "injection.max_characters": "5000",
    "injection.holdout": "0.1",
    "injection.version_trial": "0.2",
    "evidence.since": "2021-04-01",
    "evidence.half_life_days": "31",
    "evidence.max_weight_per_author": "5",
    "scoring.model": "legacy",
}
"""For each key of a section another value than its default."""


def documented_keys(heading: str) -> dict[str, list[str]]:
    return {CODE_SPAN.findall(row[0])[0]: row for row in rows(section("configuration.md", heading).partition("\n## ")[0])}


def accepted_keys(settings: Mapping[str, Any]) -> dict[str, Any]:
    """``section.key`` → default of the settings that the layers define."""
    return {
        f"{name}.{field}": getattr(of, field)
        for name, of in settings.items()
        for field in of.__struct_fields__
        if field != "tags"
    }


def library_file(repo: GitRepo, body: str) -> Path:
    repo.write({"foundry.yaml": f"library_id: 6f6d3c5e-2b0c-4c8e-9b1e-3f5f6a2d7c10\n{body}"})
    return repo.path


def load(place: Path, user_file: Path) -> all_settings.Settings:
    return config.load(open_named(place), user_file, {})


def test_every_key_of_foundry_yaml_is_documented_with_its_default() -> None:
    documented = documented_keys("## foundry.yaml")
    accepted = accepted_keys(LIBRARY_SECTIONS)

    tops = set(config.LIBRARY_KEYS) - {key.partition(".")[0] for key in accepted}
    assert documented.keys() == accepted.keys() | tops
    for key, value in accepted.items():
        listed = sorted(value) if isinstance(value, Mapping) else value
        plain = f"[{', '.join(listed)}]" if isinstance(listed, list | tuple) else str(value).lower()
        assert documented[key][2] == f"`{plain}`", key


def test_every_documented_key_of_foundry_yaml_takes_effect(repo: GitRepo, tmp_path: Path) -> None:
    plain = load(library_file(repo, ""), tmp_path / "none")
    assert documented_keys("## foundry.yaml").keys() == CHANGED.keys() | {"library_id", "name", "library", "tags"}
    for key, value in CHANGED.items():
        name, _, inner = key.partition(".")
        assert load(library_file(repo, f"{name}:\n  {inner}: {value}\n"), tmp_path / "none") != plain, key
    named = open_named(library_file(repo, "name: payments\ntags: [iban]\n"))
    assert (named.name, "iban" in config.load(named, tmp_path / "none", {}).extraction.tags) == ("payments", True)
    repo.write({"elsewhere/foundry.yaml": "library: ..\n"})
    assert open_named(repo.path / "elsewhere").root == repo.path.resolve()


@pytest.mark.parametrize("name", ["", *dict.fromkeys(key.partition(".")[0] for key in CHANGED)])
def test_a_key_that_is_not_documented_is_refused(repo: GitRepo, tmp_path: Path, name: str) -> None:
    body = f"{name}:\n  nonsense: 1\n" if name else "nonsense: 1\n"

    with pytest.raises(ConfigurationError, match=rf"{name}\.?nonsense: unknown key"):
        load(library_file(repo, body), tmp_path / "none")


def test_every_key_of_config_yaml_is_documented_and_the_reverse(repo: GitRepo, tmp_path: Path) -> None:
    encoder = {name: make() for name, make in SECTIONS.items() if name in config.USER_KEYS}
    documented = documented_keys("## config.yaml")
    assert documented.keys() == accepted_keys(encoder).keys()

    user_file = tmp_path / "config.yaml"
    described = "describer:\n  command: [a, b]\n  seconds: 9\n"
    user_file.write_text(f"encoder:\n  weights: /w\n  model: m\n  enabled: false\n{described}", encoding="utf-8")
    settings = load(library_file(repo, ""), user_file)
    found = settings.encoder
    assert (found.weights, found.model, found.enabled) == (Path("/w"), "m", False)
    assert (settings.describer.command, settings.describer.seconds) == (("a", "b"), 9)
    user_file.write_text("encoder:\n  nonsense: 1\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"encoder\.nonsense: unknown key"):
        load(library_file(repo, ""), user_file)


def test_the_yaml_examples_of_the_configuration_page_are_read(repo: GitRepo, tmp_path: Path) -> None:
    examples = [block["body"] for block in FENCE.finditer(PAGES["configuration.md"]) if block["language"] == "yaml"]
    whole, pointer, user = examples
    repo.write({"foundry.yaml": whole, "product/foundry.yaml": pointer, "team-patterns/foundry.yaml": whole})
    (tmp_path / "config.yaml").write_text(user, encoding="utf-8")

    settings = load(repo.path, tmp_path / "config.yaml")

    assert settings.extraction.paths == ("services/billing/src", "libs")
    assert settings.encoder.weights is not None
    assert open_named(repo.path / "product").name == "payments"


def test_every_variable_of_ours_is_documented() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in (TOP / "foundry_git").rglob("*.py"))
    hooks = "\n".join(path.read_text(encoding="utf-8") for path in (TOP / "hooks").iterdir())
    read = set(re.findall(r"[\"'](FOUNDRY_[A-Z]+|NO_COLOR|CI)[\"']", code)) | set(re.findall(r"\$\{(FOUNDRY_[A-Z]+)", hooks))
    documented = set(first_spans(section("configuration.md", "## Environment")))

    assert documented == read | {f"XDG_{name}_HOME" for name in ("CONFIG", "CACHE", "DATA", "STATE")}


# evidence, search


def test_every_table_and_column_of_stats_db_is_documented(tmp_path: Path) -> None:
    with Ledger(tmp_path, tmp_path / "stats.db") as ledger:
        ledger.update()
    db = sqlite3.connect(tmp_path / "stats.db")
    tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")]
    columns = {f"{table}.{column}" for table in tables for _, column, *_ in db.execute(f"PRAGMA table_info({table})")}
    version = db.execute("PRAGMA user_version").fetchone()[0]
    db.close()

    assert description.columns() == columns
    assert PAGES["stats-db.md"] == description.page(), "run `make docs`"
    assert set(first_spans(PAGES["stats-db.md"])) == columns
    assert f"`PRAGMA user_version` {version}" in PAGES["stats-db.md"]


@pytest.mark.parametrize("record", get_args(kinds.KnownEvent))
def test_every_kind_of_event_is_documented_with_its_fields(record: type[kinds.KnownEvent]) -> None:
    known = set(record.__struct_fields__)
    items = set(kinds.Item.__struct_fields__) if record is kinds.Injected else set()

    assert set(first_spans(section("evidence.md", f"### {record.kind}"))) == known | items


def test_times_are_written_as_events_write_them() -> None:
    moments = re.findall(r"[\d-]+T[\d:.]+Z", PAGES["evidence.md"])

    assert moments
    for moment in moments:
        assert grammar.moment_text(grammar.read_moment(moment)) == moment


def test_no_kind_of_event_is_documented_that_does_not_exist() -> None:
    headings = re.findall(r"^### (.*)$", section("evidence.md", "## Events"), re.MULTILINE)

    assert headings == [record.kind for record in get_args(kinds.KnownEvent)]


@pytest.mark.parametrize(
    ("page", "heading", "modules", "left_out"),
    [
        (
            "evidence.md",
            "## Score",
            (scores, authors, verdicts, states, score_fold, coverage, eprocess, all_settings, legacy),
            {"STRENGTHS", "UNTESTED", "CLAIM", "DEFAULT_EVIDENCE", "LANGUAGES", "AUTHORS", "DEFAULT_WINDOW", "RATE_KEYS"},
        ),
        ("injection.md", "## Exploration budget", (exploration,), {"REPLAYED"}),
        ("evidence.md", "## Comparisons", (confidence,), {"STAKES"}),
        ("outcomes.md", "### Reverts", (reverts,), {"WINDOW"}),
        ("outcomes.md", "## Grounding", (run_verdicts,), set()),
        ("search.md", "## Score", (ranking, signals), {"HYBRID", "LEXICAL_ONLY", "NEUTRAL", "BEHIND", "TYPES"}),
    ],
)
def test_constants_have_the_documented_values(page: str, heading: str, modules: tuple[Any, ...], left_out: set[str]) -> None:
    documented = {
        CODE_SPAN.findall(row[0])[0]: float(row[1]) for row in rows(section(page, heading)) if row[0].strip("`").isupper()
    }
    real = {name: getattr(module, name) for module in modules for name in constants_of(module)}

    assert documented == {name: value for name, value in real.items() if name not in left_out}


def constants_of(module: Any) -> set[str]:
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    assigned = [target for node in tree.body if isinstance(node, ast.Assign) for target in node.targets]
    names = {target.id for target in assigned if isinstance(target, ast.Name)}
    return {name for name in names if name.isupper() and not name.startswith("_")}


# extraction


def reasons_in_the_code() -> set[str]:
    """The first words that verdicts are given: what ``_why…``, ``_by…`` and refusals return, ``skip=…``, and what is said of a drop."""
    found: set[str] = set()
    for module in (source_files, intake, provenance, refusal, files):
        tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and (module is refusal or re.match(r"_?(why|by)_", node.name)):
                found |= {text for part in ast.walk(node) if isinstance(part, ast.Return) for text in _texts(part.value)}
            elif isinstance(node, ast.keyword) and node.arg == "skip":
                found |= set(_texts(node.value))
            elif isinstance(node, ast.Call) and ast.unparse(node.func) == "self._say" and "DROPPED" in ast.unparse(node.args[3]):
                found |= set(_texts(node.args[4]))
    return {text.partition(":")[0] for text in found if text}


def _texts(node: ast.expr | None) -> list[str]:
    if isinstance(node, ast.IfExp):
        return [*_texts(node.body), *_texts(node.orelse)]
    if isinstance(node, ast.JoinedStr):
        return _texts(node.values[0])
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def documented_reasons() -> set[str]:
    return set(first_spans(section("extraction.md", "## Verdicts")))


def test_the_parts_of_a_worth_are_documented_with_their_points() -> None:
    documented = {CODE_SPAN.findall(row[0])[0]: int(row[1]) for row in rows(section("extraction.md", "## Worth"))}

    assert documented == WEIGHTS


def test_every_reason_in_the_code_is_documented_and_the_reverse() -> None:
    assert documented_reasons() == reasons_in_the_code()


def test_every_documented_reason_is_given_to_real_code(repo: GitRepo, foundry: CommandLine) -> None:
    foundry("init")
    settings = (repo.path / ".foundry/foundry.yaml").read_text(encoding="utf-8")
    limits = "extraction:\n  languages: [python, javascript, typescript]\n  ignore_paths: [legacy]\n"
    token = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    repo.commit({".foundry/foundry.yaml": settings + limits, "stock.py": STOCK, "refused.py": STOCK.replace("0.0", "9.0")})
    listed = {one["path"]: one["id"] for one in json.loads(foundry("candidates", "--all", "--json").stdout)}
    foundry("accept", listed["stock.py"])
    foundry("reject", listed["refused.py"])
    repo.commit(
        {
            "legacy/old.py": STOCK,
            "page.js": "function page() {}\n",
            "page.go": "package page\n",
            ".env.py": "X = 1\n",
            "credentials.json.py": "X = 1\n",
            "vendor/lib.py": STOCK,
            "wire_pb2.py": "X = 1\n",
            "large.py": "x = 1\n" * 50_000,
            "binary.py": b"x\0",
            "latin.py": b"x = '\xff'\n",
            "dense.py": f"x = '{'y' * 3_000}'\n",
            "broken.py": "def broken(:\n",
            "tests/check.py": STOCK,
            "small.py": "def few():\n    return 1\n",
            "plain.py": "def plain(a):\n" + "    a = a\n" * 6 + "    return a\n",
            "part.py": STOCK.replace("0.0", " + ".join(f"RATE_{number}" for number in range(13))),
            "program.py": STOCK.replace("cheapest", "main").replace("0.0", "7.0"),
            "hidden.py": STOCK.replace("cheapest", "_hidden").replace("0.0", "8.0"),
            "held.py": STOCK.replace("0.0", f"'{token}'"),
            "asked.py": STOCK.replace("0.0", "'jo@" + "shop.io'"),
            "types.d.ts": "declare const a: number\n",
            "pointer.py": f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 12345\n",
            "foreign.py": "# SPDX-License-Identifier: GPL-3.0-only\n" + STOCK,
            **{f"many/m{number}.py": f"x = {number}\n" for number in range(200)},
            "alone.py": TALLY,
            "tests/test_alone.py": "from alone import tally\n\n\ndef test_tally():\n    assert tally('aab') == {'a': 2, 'b': 1}\n",
            "report.xml": '<testsuite><testcase classname="tests.test_alone" name="test_tally"/></testsuite>',
        }
    )
    repo.commit({"small.py": "def few():\n    return 1\n\n\ndef more():\n    return 2\n"})

    asked = (["--all"], ["--commit", "HEAD"], ["--commit", "HEAD~1"], ["--junit", "report.xml"])
    given = [json.loads(foundry("extract", *what, "--dry-run", "--json").stdout) for what in asked]

    reasons = {v["reason"].partition(":")[0] for answer in given for v in answer["verdicts"] if v["outcome"] == "dropped"}
    assert reasons == documented_reasons()


# format, dependencies, architecture


def test_every_key_of_a_manifest_is_documented() -> None:
    documented = set(first_spans(section("library-format.md", "## Manifest")))

    assert documented == set(manifest._KEYS)
    assert set(CODE_SPAN.findall(section("library-format.md", "## Tags"))) - {
        "tags",
        "foundry.yaml",
        "foundry library check",
    } == vocabulary.TAGS - {"tags"}


def test_every_dependency_has_its_line_and_no_other_has() -> None:
    project = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = {"## Core": project["dependencies"]} | {
        f"## [{name}]": listed for name, listed in project["optional-dependencies"].items()
    }
    for heading, requirements in groups.items():
        names = {re.split(r"[<>=!~;\[ ]", requirement)[0].lower() for requirement in requirements}
        assert {name.lower() for name in first_spans(section("dependencies.md", heading))} == names, heading


def test_the_layers_are_those_of_the_contract() -> None:
    contracts = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    (layers,) = [contract["layers"] for contract in contracts if contract["type"] == "layers"]
    (shown,) = [block["body"] for block in FENCE.finditer(PAGES["architecture.md"])]

    assert shown.splitlines() == layers
    rooms = {f"foundry_git.{room}" for layer in layers for room in layer.split(" | ")}
    assert set(first_spans(section("architecture.md", "## Rooms"))) == rooms


# examples


def test_the_example_of_the_api_page_prints_what_the_page_says(repo: GitRepo, foundry: CommandLine) -> None:
    foundry("init")
    repo.commit({"readme": "x"})
    blocks = list(FENCE.finditer(section("api.md", "## Example")))
    assert [block["language"] for block in blocks] == ["python", "text"]

    done = subprocess.run(
        [sys.executable, "-P", "-c", blocks[0]["body"]],
        cwd=repo.path,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )

    assert (done.returncode, done.stdout) == (0, blocks[1]["body"]), done.stderr


def test_the_python_example_of_the_injection_page_runs(repo: GitRepo, foundry: CommandLine) -> None:
    foundry("init")
    repo.commit({"readme": "x"})
    (example,) = [block["body"] for block in FENCE.finditer(PAGES["injection.md"]) if block["language"] == "python"]
    task = "retry a call with exponential backoff"
    call = f"prompt, receipt = enhanced('Call it.', {task!r}, 's')\nprint(prompt[:8], receipt in prompt, receipt)"

    done = subprocess.run(
        [sys.executable, "-P", "-c", f"{example}\n\n{call}"],
        cwd=repo.path,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )

    assert done.stdout.startswith("Call it. True r-"), done.stderr


@pytest.mark.usefixtures("awake")
def test_the_tutorial_prints_what_it_shows(tmp_path: Path) -> None:
    repo = GitRepo.create(tmp_path / "shop")
    (tmp_path / "bin").mkdir()
    shim = tmp_path / "bin" / "foundry"
    shim.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -P -m foundry_git "$@"\n', encoding="utf-8")
    shim.chmod(0o755)
    environment = {**os.environ, "PATH": f"{shim.parent}{os.pathsep}{os.environ['PATH']}", "COLUMNS": "100"}
    receipts: dict[str, str] = {}
    for block in FENCE.finditer(PAGES["tutorial.md"]):
        if block["language"] == "python":
            repo.write({"shop/stock.py": block["body"]})
        if block["language"] != "console":
            continue
        for command, *shown in (part.splitlines() for part in re.split(r"^\$ ", block["body"], flags=re.MULTILINE)[1:]):
            command = RECEIPT.sub(lambda found: receipts[found[0]], command)
            printed = ran(command, repo, environment)
            receipts.update(zip(RECEIPT.findall("\n".join(shown)), RECEIPT.findall(printed), strict=False))
            assert_shows(printed, shown, command)


def ran(command: str, repo: GitRepo, environment: Mapping[str, str]) -> str:
    """What a line of a shell prints; one that only calls ``foundry`` needs neither a shell nor a process of its own."""
    program, *arguments = shlex.split(command)
    if program == "foundry" and not re.search("[|&;<>$]", command):
        done = CommandLine(repo.path)(*arguments, env=environment)
    else:
        line = ["sh", "-c", f"exec 2>&1; {command}"]
        done = subprocess.run(line, cwd=repo.path, env=environment, capture_output=True, encoding="utf-8", timeout=120)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def assert_shows(printed: str, shown: list[str], command: str) -> None:
    """Each shown line is printed, in this order, numbers aside; ``…`` ends a line that was cut, and alone stands for any lines."""
    left = iter([_plain(line) for line in printed.splitlines()])
    for line in shown:
        if line == "…":
            continue
        start = _plain(line.removesuffix("…"))
        found = any(real.startswith(start) if line.endswith("…") else real == start for real in left)
        assert found, f"{command} does not print {line!r} there, but\n{printed}"


def _plain(line: str) -> str:
    """A line without what differs from run to run: names of commits and receipts, times, rates."""
    return re.sub(r"\b(?:[0-9a-f]{7,}|\d+\.\d+|\d+%|\d{4}-\d\d-\d\d \d\d:\d\d)", "0", line).strip()
