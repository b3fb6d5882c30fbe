"""What is pushed tells nothing private: canaries are planted through the real commands, and every object of the remote is searched."""

from __future__ import annotations

import re
import subprocess
import zlib
from pathlib import Path

import pytest

from benchmarks.tokens import tokens
from tests import TOP
from tests.commandline import run
from tests.evidence.replicas import REF, hub_at
from tests.gitrepo import GitRepo
from tests.samples import CHUNKS

PATTERNS = TOP / "patterns" / "python"
RETRY = (PATTERNS / "retry-with-backoff/v1/retry_with_backoff.py").read_text(encoding="utf-8")
OWN = CHUNKS.replace(" chunks", " zanzibar_chunks")  # a local name; that of a pattern is shared, as the pattern is
TASK = "reconcile the ledger of the Zanzibar merger"
MAIL = "ann.canary" + "@" + "corp.example"
NAME = "Ann Canarybird"
HOST = "canary-host-7"
USER = "canaryuser"
SESSION = "session-of-ann-canary"
FILE = "mergers/zanzibar_plan.py"
SUBJECT = "Prepare the Zanzibar takeover"
BRANCH = "zanzibar-secret-branch"
SECRET = next(token for token in tokens(1) if token.rule == "npm-token")


def canaries(folder: Path) -> list[str]:
    """What must not be found, each in the pieces that would still give it away."""
    whole = [MAIL, NAME, HOST, USER, SESSION, FILE, SUBJECT, BRANCH, SECRET.value, TASK, str(folder)]
    return [*whole, "Zanzibar", "zanzibar", "canary", "Canary", "mergers", SECRET.value[:14], "zanzibar_chunks", folder.name]


def objects(hub: GitRepo) -> dict[str, bytes]:
    listed = hub.git("cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objecttype)").splitlines()
    read = (line.split() for line in listed)
    return {f"{kind} {name}": _content(hub, kind, name) for name, kind in read}


def _content(hub: GitRepo, kind: str, name: str) -> bytes:
    return subprocess.run(["git", "cat-file", kind, name], cwd=hub.path, check=True, capture_output=True).stdout


def found(contents: dict[str, bytes], wanted: list[str]) -> set[str]:
    return {f"{canary} in {name}" for name, content in contents.items() for canary in wanted if canary.encode() in content}


@pytest.fixture
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[GitRepo, GitRepo]:
    """A hub that gets evidence and nothing else, and a repository that is full of canaries."""
    for name in ("USER", "LOGNAME", "USERNAME"):
        monkeypatch.setenv(name, USER)
    for name in ("HOSTNAME", "HOST"):
        monkeypatch.setenv(name, HOST)
    monkeypatch.setenv("TZ", "Asia/Kathmandu")
    hub = hub_at(tmp_path / "hub.git")
    repo = GitRepo.create(tmp_path / "home-of-canary" / "zanzibar")
    repo.git("config", "user.name", NAME)
    repo.git("config", "user.email", MAIL)
    repo.git("checkout", "--quiet", "-b", BRANCH)
    repo.git("remote", "add", "origin", str(hub.path))
    return hub, repo


def test_no_canary_is_in_any_object_of_the_remote(planted: tuple[GitRepo, GitRepo], tmp_path: Path) -> None:
    hub, repo = planted

    def foundry(*arguments: str) -> str:
        code, out, err = run(repo.path, *arguments)
        assert code == 0, err
        return out + err

    foundry("init")
    remove_hooks(repo)  # commands catch up; a worker beside them would only make the order of things uncertain
    me = f"{NAME} <{MAIL}>"
    repo.commit({FILE: f"# {MAIL} {SECRET.text}\n{OWN}", "notes.txt": TASK}, SUBJECT, author=me)
    listed = foundry("candidates", "--all")
    task = f"{TASK}: retry a call with backoff, for {MAIL}, in {FILE}, with {SECRET.text}"
    (tmp_path / "prompt").write_text(f"{TASK} {SECRET.text}", encoding="utf-8")
    receipt = re.search(
        "r-[0-9a-f]{12}", foundry("inject", "--task", task, "--session", SESSION, "--prompt", str(tmp_path / "prompt"))
    )
    assert receipt is not None
    repo.commit({"mergers/net.py": f"# {SECRET.text}\n{RETRY}"}, SUBJECT, author=me)
    foundry("outcome", receipt[0], "--pass", "--used", "python/retry-with-backoff")
    foundry("outcome", "python/retry-with-backoff", "--rating", "4", "--session", SESSION)
    (candidate,) = (word for line in listed.splitlines() for word in line.split() if word.startswith("python/"))
    foundry("accept", candidate)

    assert " went" in foundry("evidence", "sync", "--yes")
    contents = objects(hub)
    kinds = {name.partition(" ")[0] for name in contents}
    evidence = b"".join(content for name, content in contents.items() if name.startswith("blob"))
    assert kinds == {"blob", "tree", "commit"}
    for kind in ("injected", "outcome", "rated", "adopted", "sighted", "accepted"):
        assert f'"kind":"{kind}"'.encode() in evidence, kind
    assert found(contents, canaries(repo.path)) == set()
    assert b"+0545" not in b"".join(contents.values())
    refs = hub.git("for-each-ref", "--format=%(refname)").splitlines()
    assert refs == [REF]
    everywhere = {str(path): _raw(path) for path in hub.path.rglob("*") if path.is_file() and path.name != "description"}
    assert found(everywhere, [name for name in canaries(repo.path) if name != "canary"]) == set()


def remove_hooks(repo: GitRepo) -> None:
    for hook in (repo.path / ".git" / "hooks").iterdir():
        hook.unlink()


def _raw(path: Path) -> bytes:
    content = path.read_bytes()
    try:
        return zlib.decompress(content)
    except zlib.error:
        return content


def test_the_search_would_find_each_canary(planted: tuple[GitRepo, GitRepo]) -> None:
    """The same search over what the repository itself holds."""
    hub, repo = planted
    repo.commit({FILE: f"{MAIL} {SECRET.text} {SESSION} {HOST} {USER} {repo.path}\n{OWN}"}, SUBJECT)
    repo.commit({"notes": f"{TASK} {NAME} {BRANCH} {FILE}"}, SUBJECT)
    repo.git("push", "--quiet", "origin", "HEAD:refs/heads/x")

    hits = found(objects(hub), canaries(repo.path))

    assert {hit.partition(" in ")[0] for hit in hits} == {*canaries(repo.path)}
