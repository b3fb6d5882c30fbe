"""Secrets nowhere: whatever commands run, no byte that foundry writes holds a value that a commit held."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import indent
from urllib.parse import quote

import pytest

from benchmarks.reliability.secrets_nowhere import FORMS, FUNCTION, run
from benchmarks.tokens import EMBEDDINGS, Token, tokens
from tests.commandline import CommandLine
from tests.gitrepo import GitRepo

TOKENS = list(tokens(1))
PIECE = 14  # characters of a value that give it away; tokens that are broken in two stand in longer pieces
PERSON = "jo.roe" + "@" + "corp.io"
FOLDER = "/home" + "/joroe"


@dataclass(frozen=True)
class Place:
    """Something foundry wrote: where, and its bytes."""

    name: str
    content: bytes


def in_python(token: Token, embedding: str, number: int) -> str:
    """One embedding as the body of a Python function."""
    text = EMBEDDINGS[embedding](token.text, number)
    if embedding == "comment":
        return "\n".join(f"# {line}" for line in text.splitlines())
    if embedding == "multi-line" and "\n" not in token.text:
        cut = len(token.text) // 2
        return f'value = (\n    "{token.text[:cut]}"\n    "{token.text[cut:]}"\n)'
    return f"value = r'''{text}'''" if "'''" not in text else f'value = r"""{text}"""'


def source(embedding: str) -> str:
    """A module with one function for each token, one function that holds none, and a token beside it."""
    functions = [
        FUNCTION.format(name=f"held_{number}", number=number, body=indent(in_python(token, embedding, number), "    "))
        for number, token in enumerate(TOKENS)
    ]
    number = 1000 + list(EMBEDDINGS).index(embedding)
    clean = FUNCTION.format(name=f"clean_{embedding.replace('-', '_')}", number=number, body="    # nothing to see")
    return "".join([f'AT_THE_TOP = "{TOKENS[0].text}"\n', *functions, clean, f"\n# {TOKENS[5].text}\n"])


def needles() -> dict[bytes, str]:
    """Bytes that must not be found, and the rule of the token each is of: values from both ends, as they stand and encoded."""
    found: dict[bytes, str] = {}
    for number, token in enumerate(TOKENS):
        for piece in (token.value[:PIECE], token.value[-PIECE:]):
            found[piece.encode()] = token.rule
        coded = EMBEDDINGS["base64"](token.text, number).partition('"')[2].partition('"')[0]
        found[coded[8:40].encode()] = token.rule
        found[quote(token.value, safe="").encode()] = token.rule
    return {needle: rule for needle, rule in found.items() if len(set(needle)) > 4}  # "AAAAA…" is in many a file


def objects(repo: GitRepo, of_the_user: frozenset[str]) -> Iterator[Place]:
    """Every Git object that the user's own commits do not hold, with its content."""
    listed = repo.git("cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objecttype)").splitlines()
    for name, kind in (line.split() for line in listed):
        if name not in of_the_user:
            content = subprocess.run(["git", "cat-file", kind, name], cwd=repo.path, capture_output=True, check=True).stdout
            yield Place(f"{kind} {name[:8]}", content)


def files(*folders: Path) -> Iterator[Place]:
    for folder in folders:
        yield from (Place(str(path), path.read_bytes()) for path in sorted(folder.rglob("*")) if path.is_file())


def given_away(places: list[Place], wanted: dict[bytes, str]) -> set[str]:
    """Rule and place of what was found; never the value."""
    return {f"{rule} in {place.name}" for place in places for needle, rule in wanted.items() if needle in place.content}


@pytest.fixture
def shop(repo: GitRepo, foundry: CommandLine) -> GitRepo:
    """A repository whose commits hold every token in every embedding."""
    foundry("init")
    held = {f"shop/{name.replace('-', '_')}.py": source(name) for name in EMBEDDINGS}
    person = FUNCTION.format(name="of_a_person", number=77, body=f"    # by {PERSON}, see {FOLDER}/notes")
    literal = FUNCTION.format(name="to_a_person", number=78, body=f'    to = "{PERSON}"\n    at = "{FOLDER}/mail"')
    asked = FUNCTION.format(name="asked", number=79, body="    pass").replace("by way 79", f"or ask {PERSON}")
    repo.git("remote", "add", "origin", f"https://jo:{TOKENS[3].text}@git.shop.test/team/shop.git")
    repo.commit(held | {"shop/people.py": person + literal + asked}, author=f"Jo <{PERSON}>")
    return repo


def test_no_value_is_in_any_byte_that_is_written(shop: GitRepo, foundry: CommandLine, home: Path, user_cache: Path) -> None:
    by_user = frozenset(line.split()[0] for line in shop.git("rev-list", "--objects", "HEAD").splitlines())
    clean = [f"python/clean-{name}" for name in EMBEDDINGS]
    said = []

    def run(*command: str, input: str = "") -> str:
        done = foundry(*command, input=input)
        assert "Traceback" not in done.stderr
        said.append(Place(" ".join(command[:1]), (done.stdout + done.stderr).encode("utf-8", "surrogateescape")))
        return done.stdout

    extracted = json.loads(run("extract", "--all", "--explain", "--json"))
    listed = {one["id"] for one in json.loads(run("candidates", "--all", "--json"))}
    for command in (
        ["extract", "--commit", "HEAD"],
        ["candidates"],
        ["show", clean[0]],
        ["search", "keep large items"],
        ["library", "check"],
    ):
        run(*command)
    run("accept", clean[0], "python/of-a-person", "python/asked")
    run("propose", clean[1], clean[2])
    run("reject", clean[3])
    run("rebuild")
    run("search", "--json", f"keep the items {TOKENS[7].text}")
    run("inject", "--task", f"keep the large items of {TOKENS[7].text} for {PERSON}", input="Do it.")
    for command in (["show", clean[0]], ["stats"], ["doctor"], ["library", "check"]):
        run(*command)

    held = [v for v in extracted["verdicts"] if v["symbol"].startswith("held_")]
    assert {(v["outcome"], v["reason"].partition(":")[0]) for v in held} == {("dropped", "secret")}
    assert len(held) == len(TOKENS) * len(EMBEDDINGS) >= 300
    assert {*clean, "python/of-a-person", "python/asked"} <= listed  # a secret elsewhere in its file does not cost a unit
    assert "python/to-a-person" not in listed
    folders = [shop.path / ".git/foundry", shop.path / ".foundry", home / ".config", home / ".local", user_cache]
    written = [*objects(shop, by_user), *files(*folders), *said]
    kinds = {place.name.partition(" ")[0] for place in written}
    assert {"blob", "tree", "commit", "extract", "search", "inject"} <= kinds
    assert any(name.endswith(".db") or "index" in name for name in kinds)
    assert given_away(written, needles()) == set()
    private = {PERSON.encode(): "e-mail", b"joroe": "home-path"}
    assert given_away(written, private) == set()


def test_no_token_of_a_name_or_a_form_is_in_any_byte_that_is_written(home: Path, user_cache: Path) -> None:
    """A tenth of the tokens in names, and all forms that only their place gives away; the benchmark has every token."""

    def command(folder: Path, arguments: Sequence[str], input: str) -> tuple[str, str]:
        done = CommandLine(folder)(*arguments, input=input)
        return done.stdout, done.stderr

    found = run(home, TOKENS[::10], command, is_watched=False)

    assert {*found.held} == {"code", "name of a file", "name of a folder", "name of a function", "form", "call from Python"}
    assert not found.stored
    assert found.given_away == set()
    assert found.found_by_control >= len(TOKENS[::10]) + len(FORMS) - 1
    assert found.places > 50


def test_the_search_for_values_would_find_one(shop: GitRepo) -> None:
    """What the commits themselves hold is found by the same means."""
    everything = list(objects(shop, frozenset()))

    found = given_away(everything, needles())

    assert {hit.partition(" in ")[0] for hit in found} == {token.rule for token in TOKENS}
    assert given_away(everything, {PERSON.encode(): "e-mail"})


def test_a_secret_that_somebody_wrote_into_the_library_is_not_indexed_or_shown(repo: GitRepo, foundry: CommandLine) -> None:
    foundry("init")
    repo.commit({"a.py": FUNCTION.format(name="keep_large", number=3, body="    pass")})
    foundry("extract", "--all")
    foundry("accept", "python/keep-large")
    (code,) = repo.path.glob(".foundry/patterns/python/keep-large/v1/*.py")
    token = next(token for token in TOKENS if token.rule == "npm-token")
    coded = base64.b64encode(token.text.encode()).decode()
    code.write_text(code.read_text(encoding="utf-8") + f"\nA = '{token.text}'\nB = '{coded}'\n", encoding="utf-8")

    said = [
        foundry(*command)
        for command in (["library", "check"], ["search", "keep large"], ["show", "python/keep-large"], ["doctor"], ["rebuild"])
    ]

    outputs = "".join(done.stdout + done.stderr for done in said)
    assert "npm-token" in said[0].stdout + said[0].stderr
    assert token.value[:PIECE] not in outputs and coded not in outputs
    kept = list(files(repo.path / ".git/foundry", repo.path / ".foundry/index"))
    assert given_away(kept, {token.value[:PIECE].encode(): "npm-token", coded.encode(): "npm-token"}) == set()
