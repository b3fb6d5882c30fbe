"""Secrets nowhere: ``python -m benchmarks.reliability.secrets_nowhere`` puts every made-up token in by every way, and greps.

The ways in are code, names, forms that only their place gives away, sessions, tasks, files of a library, calls from Python, ratings,
events that are imported, and commits that a watcher takes in. Every byte that foundry
wrote is searched: state, index, caches, objects of its refs, names of its files, answers and logs. The control is the same search in
what the user's own commits hold: it must find them there.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.corpus import own_environment
from benchmarks.measure import write
from benchmarks.tokens import ALNUM, Token, tokens

PIECE = 14  # characters of a value that give it away
LONGEST_NAME = 180  # file systems end a name at 255 bytes
FUNCTION = '''
def {name}(items: list[int], least: int = {number}) -> list[int]:
    """Keep the items that are large enough, by way {number}."""
{body}
    kept = []
    for item in items:
        if item >= least:
            kept.append(item + {number})
        elif item == -{number}:
            kept.append(least)
    return kept
'''
FORMS: Mapping[str, str] = {
    "default of a variable": 'value = os.environ.get("DB_PASSWORD", "{}")',
    "default by name": 'value = os.getenv("API_TOKEN", default="{}")',
    "stands in": 'value = os.getenv("DB_PASSWORD") or "{}"',
    "comparison": 'if request.password == "{}":\n        return []',
    "comparison, turned": 'if "{}" != request.password:\n        return []',
    "digest": 'hmac.compare_digest(given, "{}")',
    "bearer": 'headers = {{"Authorization": "Bearer {}"}}',
    "basic": 'headers["Authorization"] = "Basic {}"',
    "assigned": 'db_password = "{}"',
}
"""Secrets that only their place gives away, as lines of Python."""


PROGRAM = """
import sys
from foundry_git import PatternExtractor, PatternInjector, PatternLibrary, PatternProvenance, PatternStore

held, token, code = sys.argv[1:]

def tried(call, *arguments, **named):
    try:
        print(call(*arguments, **named))
    except Exception as error:
        print(type(error).__name__, error)

with PatternLibrary() as library:
    store, told = PatternStore(library), {"description": "Keep what is large."}
    tried(library.extract_pattern, held, told)
    for field in ("description", "name", "framework", "kind", "language"):
        tried(library.extract_pattern, code, told | {field: f"keep {token} large"})
    tried(library.extract_pattern, code, told | {"tags": [token]})
    tried(PatternExtractor(library).extract_from_session, token)
    tried(library.apply_pattern, "python/clean", context=token)
    tried(library.apply_pattern, token)
    tried(library.rate_pattern, "python/clean", 5, session_id=token)
    tried(library.rate_pattern, token, 5)
    tried(PatternInjector(library).enhance_prompt, "Do it.", f"keep items, the key is {token}", session_id=token)
    for at in range(5):
        words = ["retry", "slow calls", "Calls that are slow.", "Wait longer.", "kit"]
        words[at] = f"{words[at]} {token}"
        tried(store.record_pattern, *words[:3], suggested_action=words[3], instrument_name=words[4])
    where = PatternProvenance(token, 1)
    tried(store.record_pattern, "retry", f"calls {len(token)}", "Calls.", provenance=where)
    tried(store.record_pattern, "retry", "tagged", "Calls.", context_tags=[token])
    tried(store.record_pattern_application, "python/clean", token, True)
    tried(store.quarantine_pattern, "python/clean", token)
    tried(store.validate_pattern, "python/clean", token)
"""
"""Every call from Python that takes text, with a token in each of its texts in turn."""
WATCH_SECONDS = 60.0


Command = Callable[[Path, Sequence[str], str], tuple[str, str]]
"""Runs a command in a folder with an input, and gives its stdout and stderr."""


@dataclass(slots=True)
class Found:
    """What came of one run: units that held a token by way in, those of them that became candidates, where bytes of a token stand."""

    held: Counter[str] = field(default_factory=Counter)
    stored: Counter[str] = field(default_factory=Counter)
    places: int = 0
    written: int = 0
    given_away: set[str] = field(default_factory=set)
    found_by_control: int = 0
    tokens: int = 0

    def figures(self) -> dict[str, object]:
        """Shares and counts."""
        held, stored = sum(self.held.values()), sum(self.stored.values())
        return {
            "tokens": self.tokens,
            "held_by_way": dict(self.held),
            "stored_by_way": dict(self.stored),
            "recall": round(1 - stored / held, 4),
            "files_and_objects": self.places,
            "bytes": self.written,
            "given_away": sorted(self.given_away),
            "found_by_control": self.found_by_control,
        }


class Place:
    """A repository that holds tokens, and a home of its own."""

    def __init__(self, folder: Path, made: Sequence[Token], command: Command | None = None) -> None:
        self.top, self.folder, self.made = folder / "shop", folder, made
        self.environment = own_environment(folder) | {"CI": "true"}
        self.command = command or self._apart
        self.top.mkdir()
        self.values = {form: _password(form) for form in FORMS}
        self.said: list[bytes] = []
        self.way_of: dict[str, str] = {}
        self.git("init", "--quiet")
        self.foundry("init")

    def git(self, *arguments: str) -> str:
        """Run Git; it must end well."""
        done = subprocess.run(("git", *arguments), cwd=self.top, env=self.environment, capture_output=True, check=True)
        return done.stdout.decode("utf-8", "surrogateescape")

    def foundry(self, *arguments: str, input: str = "") -> str:
        """Run a command, whatever it ends with, and keep what it said."""
        out, err = self.command(self.top, arguments, input)
        if "Traceback" in err:
            raise SystemExit(f"foundry {arguments[0]}: a traceback")
        self.said.append((out + err).encode("utf-8", "surrogateescape"))
        return out

    def _apart(self, folder: Path, arguments: Sequence[str], input: str) -> tuple[str, str]:
        command = (sys.executable, "-P", "-m", "foundry_git", *arguments)
        done = subprocess.run(command, cwd=folder, env=self.environment, input=input.encode(), capture_output=True, check=False)
        return done.stdout.decode("utf-8", "surrogateescape"), done.stderr.decode("utf-8", "surrogateescape")

    def commit(self) -> None:
        """Commit every token in code, in names, and in its forms."""
        files: dict[str, str] = {}
        for number, token in enumerate(self.made):
            code = f'    value = r"""{token.text}"""'
            files[f"src/code_{number}.py"] = self._function("code", f"in_code_{number}", number, code)
            if len(token.text) > LONGEST_NAME or "/" in token.text or "\n" in token.text:
                continue
            files[f"src/{token.text}.py"] = self._function("name of a file", f"in_file_{number}", number + 1000, "    pass")
            files[f"{token.text}/a.py"] = self._function("name of a folder", f"in_folder_{number}", number + 2000, "    pass")
            if token.text.replace("_", "").isalnum() and not token.text[0].isdigit():
                name = f"{token.text}" if number % 2 else f"use_{token.text}_now"
                files[f"src/named_{number}.py"] = self._function("name of a function", name, number + 3000, "    pass")
        for number, (form, line) in enumerate(FORMS.items()):
            body = f"    {line.format(self.values[form])}"
            files[f"src/form_{number}.py"] = self._function("form", f"in_form_{number}", number + 4000, body)
        files["src/clean.py"] = FUNCTION.format(name="clean", number=5000, body="    pass")
        for path, text in files.items():
            file = self.top / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        self.git("add", "--all")
        self.git("commit", "--quiet", "-m", f"Add all of it, {self.made[0].text}")

    def _function(self, way: str, name: str, number: int, body: str) -> str:
        self.way_of[f"by way {number}."] = way
        return FUNCTION.format(name=name, number=number, body=body)

    def use(self, is_watched: bool) -> None:
        """Let every command have a token."""
        token = self.made[len(self.made) // 2].text.replace("\n", " ")
        self.foundry("extract", "--all", "--explain", "--json")
        self.foundry("candidates", "--all")
        self.foundry("search", f"keep the items of {token}")
        self.foundry("search", "--json", "keep items that are large enough")
        self.foundry("inject", "--task", "retry a failing call with exponential backoff", "--session", token, input="Do it.")
        self.foundry("inject", "--task", f"retry a failing call, the key is {token}", input="Do it.")
        report = f'<testsuite name="{len(self.made)}"><testcase classname="a" name="b"/></testsuite>'
        (self.folder / "report.xml").write_text(report, encoding="utf-8")
        self.foundry("evidence", "collect", "--junit", str(self.folder / "report.xml"))
        self._write_session(token)
        self.foundry("extract", "--session", str(self.folder / "session.jsonl"))
        self.foundry("accept", "python/clean")
        self._call(token)
        self._import(token)
        if is_watched:
            self._watch(token)
        self._spoil_library(token)
        for command in (["library", "check"], ["search", "clean"], ["show", "python/clean"], ["stats"], ["doctor"], ["rebuild"]):
            self.foundry(*command)

    def _call(self, token: str) -> None:
        held = FUNCTION.format(name="called", number=6000, body=f'    value = r"""{token}"""')
        code = FUNCTION.format(name="called", number=6001, body="    pass")
        self.way_of["by way 6000."] = "call from Python"
        command = (sys.executable, "-P", "-c", PROGRAM, held, token, code)
        done = subprocess.run(command, cwd=self.top, env=self.environment, capture_output=True, check=True, timeout=WATCH_SECONDS)
        if done.stdout.count(b"\n") < PROGRAM.count("tried("):
            raise SystemExit(f"the calls from Python: {done.stderr.decode(errors='replace')}")
        self.said.append(done.stderr)  # what it printed are its own words and the prompt as it was given

    def _import(self, token: str) -> None:
        """Import events that tell a token in every field, as a stranger or a newer version might write them."""
        told: dict[str, object] = {"at": "2026-11-29T12:00:00.000Z", "nonce": "ab" * 8, "schema": 1, "subject": "ab" * 32}
        known = [
            told | {"kind": "rated", "rating": 5, "session": token},
            told | {"kind": "outcome", "result": "pass", "run": token, "source": token},
            told | {"kind": "decided", "state": "validated", "reason": token},
        ]
        newer = [
            told | {"kind": kind, "schema": 99, "said": f"keep {token}", token: 1} for kind in ("rated", "of_tomorrow", token)
        ]
        lines = "".join(f"{json.dumps(event, sort_keys=True, separators=(',', ':'))}\n" for event in known + newer)
        (self.folder / "events.jsonl").write_text(lines, encoding="utf-8")
        self.foundry("evidence", "sync", "--import", str(self.folder / "events.jsonl"))

    def _watch(self, token: str) -> None:
        """Commit beside a watcher: a function that holds a token, and a clean one that tells when both were taken in."""
        quiet = subprocess.DEVNULL
        command = (sys.executable, "-P", "-m", "foundry_git", "watch")
        self.way_of["by way 7000."] = "commit that a watcher takes in"
        with (self.folder / "watch.log").open("w+b") as said:
            watcher = subprocess.Popen(command, cwd=self.top, env=self.environment, stdin=quiet, stdout=said, stderr=said)
            try:
                self._commit_watched(token)
            finally:
                watcher.terminate()
                watcher.wait(WATCH_SECONDS)
                said.seek(0)
                self.said.append(said.read())

    def _commit_watched(self, token: str) -> None:
        log, until = self.folder / "watch.log", time.monotonic() + WATCH_SECONDS
        while not log.stat().st_size:  # it says that it watches
            time.sleep(0.1)
        for name, number, body in (("watched_held", 7000, f'    value = r"""{token}"""'), ("watched_clean", 7001, "    pass")):
            (self.top / f"src/{name}.py").write_text(FUNCTION.format(name=name, number=number, body=body), encoding="utf-8")
        self.git("add", "src")
        self.git("commit", "--quiet", "-m", f"Add more, {token}")
        while b"took in" not in log.read_bytes():
            if time.monotonic() > until:
                raise SystemExit(f"the watcher took no commit in: {log.read_text()}")
            time.sleep(0.1)

    def _write_session(self, token: str) -> None:
        messages = (
            {"role": "user", "content": f"use {token}"},
            {"role": "assistant", "content": f"```python\nkey = '{token}'\n```"},
        )
        lines = (json.dumps({"type": "message", "message": message}) for message in messages)
        (self.folder / "session.jsonl").write_text("\n".join(lines), encoding="utf-8")

    def _spoil_library(self, token: str) -> None:
        for file in self.top.glob(".foundry/patterns/python/clean/v1/*.py"):
            file.write_text(f'{file.read_text(encoding="utf-8")}\nA = r"""{token}"""\n', encoding="utf-8")

    def written(self) -> Iterator[tuple[str, bytes]]:
        """Every byte that foundry wrote but for what a person wrote into the library by hand."""
        own = set(self.git("rev-list", "--objects", "--no-object-names", "HEAD").split())
        for line in self.git("cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objecttype)").splitlines():
            name, kind = line.split()
            if name not in own:
                yield kind, self.git("cat-file", kind, name).encode("utf-8", "surrogateescape")
        for folder in (self.top / ".git/foundry", self.top / ".foundry/index", self.folder / ".cache", self.folder / ".local"):
            for file in folder.rglob("*"):
                yield file.name, file.read_bytes() if file.is_file() else b""
                yield "file name", str(file.relative_to(folder)).encode()
        yield from (("answer", said) for said in self.said)

    def needles(self) -> dict[bytes, str]:
        """Bytes that give a token or value away, and what they are of."""
        found = {piece.encode(): token.rule for token in self.made for piece in (token.value[:PIECE], token.value[-PIECE:])}
        found |= {value[:PIECE].encode(): form for form, value in self.values.items()}
        return {needle: rule for needle, rule in found.items() if len(set(needle)) > 4}  # "AAAA…" is in many a file


def run(folder: Path, made: Sequence[Token], command: Command | None = None, is_watched: bool = True) -> Found:
    """Put tokens in, let commands run (each in a process of its own, unless ``command`` runs them), and search what was written."""
    place = Place(folder, made, command)
    place.commit()
    place.use(is_watched)
    found = Found(tokens=len(made), held=Counter(place.way_of.values()))
    candidates = place.foundry("candidates", "--all", "--json")
    found.stored = Counter(way for said, way in place.way_of.items() if said in candidates)
    needles = place.needles()
    for name, content in place.written():
        found.places, found.written = found.places + 1, found.written + len(content)
        found.given_away |= {f"{rule} in {name}" for needle, rule in needles.items() if needle in content}
    held = b"".join(file.read_bytes() + bytes(file.relative_to(place.top)) for file in sorted(place.top.rglob("src/*.py")))
    found.found_by_control = len({rule for needle, rule in needles.items() if needle in held})
    return found


def _password(seed: str) -> str:
    """A random word of letters and digits, which no provider's rule knows."""
    return "".join(random.Random(seed).choices(ALNUM, k=24))


def main() -> None:
    """Run with one token of each kind, and write ``results/secrets_nowhere.json``."""
    with tempfile.TemporaryDirectory() as folder:
        found = run(Path(folder), list(tokens(1)))
    write("secrets_nowhere", found.figures())


if __name__ == "__main__":
    main()
