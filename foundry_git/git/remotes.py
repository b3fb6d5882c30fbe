"""Remotes: one ref read, fetched and pushed by its full name, without a trace in the repository's configuration."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping, Sequence

from msgspec import Struct

from foundry_git.errors import GitError, PushRefusedError, RemoteError
from foundry_git.git import processes
from foundry_git.git.environment import clean
from foundry_git.git.repository import Repository
from foundry_git.system.processes import end_group

# What configuration would add of its own accord: pruning, submodules, tags, a background gc, a filter, signatures, push options.
_FETCH = (
    "--quiet", "--no-tags", "--no-prune", "--no-recurse-submodules", "--no-write-fetch-head", "--no-auto-maintenance",
    "--no-filter", "--no-show-forced-updates", "--refmap=",
)  # fmt: skip
_PUSH = ("--porcelain", "--no-verify", "--no-follow-tags", "--recurse-submodules=no", "--no-signed")
_PLAIN = (
    "-c",
    "push.pushOption=",
    "-c",
    "fetch.writeCommitGraph=false",
    "-c",
    "http.lowSpeedLimit=1",
    "-c",
    "http.lowSpeedTime=20",
)
_NOBODY_ANSWERS = {"GIT_ASKPASS": "", "SSH_ASKPASS": "", "GCM_INTERACTIVE": "never"}
_SSH_ALONE = "ssh -o BatchMode=yes -o ConnectTimeout=15"

# Said by the pushing and by the receiving side when the ref moved in between.
_FASTER = ("fetch first", "non-fast-forward", "stale info", "failed to update ref", "failed to lock", "cannot lock ref")
_NO_RIGHT = re.compile(
    r"denied|declined|not allowed|not permitted|read.only|unauthori[sz]ed|authentication failed|could not read (username|password)"
    r"|error: 40[13]|access rights|remote rejected|unpack(er)? (failed|error)|service not enabled|hidden ref",
    re.IGNORECASE,
)
_SAYS_NOTHING = (
    "Warning:", "hint:", "fatal: Could not read from remote", "Please make sure", "and the repository exists", "error: failed to push",
)  # fmt: skip
_REASON = re.compile(r"(?:remote: )?(?:fatal|error): |remote: |ssh: ", re.IGNORECASE)


class Remote(Struct, frozen=True):
    """A remote by its name; every call ends within ``seconds``, and asks nobody for a password where ``unattended``."""

    repository: Repository
    name: str
    seconds: float = 120.0
    unattended: bool = False

    def tip(self, ref: str) -> str:
        """The object that ``ref`` names there, or "" where there is no such ref.

        Raises:
            RemoteError: it cannot be reached or read.
        """
        done = self._talk("ls-remote", "--quiet", self.name, ref)
        self._expect(done)
        found = (line.split("\t") for line in done.stdout.splitlines())
        return next((name for name, full in found if full == ref), "")

    def fetch(self, ref: str, into: str, have: str = "") -> None:
        """Bring ``ref`` with all its history to the local ref ``into``, which named ``have``; raises like :meth:`tip`."""
        known = (f"--negotiation-tip={have}",) if have else ()
        self._expect(self._talk("fetch", *_FETCH, *known, self.name, f"+{ref}:{into}"))

    def push(self, commit: str, ref: str) -> bool:
        """Move ``ref`` there forward to ``commit``, a child of what it named; False where somebody else was faster.

        Raises:
            PushRefusedError: it may be read, but does not take this.
            RemoteError: it cannot be reached.
        """
        mirror = ("-c", f"remote.{self.name}.mirror=false")  # a mirror refuses to push one ref
        done = self._talk(*mirror, "push", *_PUSH, self.name, f"{commit}:{ref}")
        if not done.returncode:
            return True
        refused = [line for line in done.stdout.splitlines() if line.startswith("!")]
        said = "\n".join([*refused, done.stderr])
        if refused and any(sign in said for sign in _FASTER):
            return False
        if refused or _NO_RIGHT.search(said):
            raise PushRefusedError(self.name, refused[0].rpartition("\t")[2] if refused else _reason(done.stderr))
        raise RemoteError(self.name, f"cannot be reached ({_reason(done.stderr)})", "try again later")

    def _expect(self, done: subprocess.CompletedProcess[str]) -> None:
        if done.returncode:
            step = f"check `git remote get-url {self.name}` and your connection"
            raise RemoteError(self.name, f"cannot be read ({_reason(done.stderr)})", step)

    def _talk(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = clean(os.environ)
        if self.unattended:
            environment |= _NOBODY_ANSWERS | self._ssh(environment)
        command = [*self.repository.command(), *_PLAIN, *arguments]
        try:
            return _ended(command, self.repository, environment, self.seconds, self.unattended)
        except subprocess.TimeoutExpired:
            raise RemoteError(self.name, f"no answer within {self.seconds:.0f} s", "try again later") from None

    def _ssh(self, environment: Mapping[str, str]) -> dict[str, str]:
        """OpenSSH's own way to never ask; a program that the user chose is left as it is."""
        chosen = environment.get("GIT_SSH_COMMAND") or environment.get("GIT_SSH") or self.repository.setting("core.sshCommand")
        return {} if chosen else {"GIT_SSH_COMMAND": _SSH_ALONE}


def remotes(repository: Repository) -> tuple[str, ...]:
    """The names of all remotes."""
    return tuple(repository.text("remote").splitlines())


def push_address(repository: Repository, name: str) -> str:
    """Where a push to a remote goes, without credentials that stand in it; its name where Git does not say."""
    try:
        return _without_credentials(repository.text("remote", "get-url", "--push", "--", name))
    except GitError:
        return name


def usual_remote(repository: Repository) -> str:
    """The remote that the current branch follows, else ``origin``, else the only one; "" where none of these exists."""
    known = remotes(repository)
    branch = _branch(repository)
    followed = repository.setting(f"branch.{branch}.remote") if branch else ""
    if followed in known:
        return followed
    if "origin" in known:
        return "origin"
    return known[0] if len(known) == 1 else ""


def _branch(repository: Repository) -> str:
    try:
        return repository.text("symbolic-ref", "--quiet", "--short", "HEAD")
    except GitError:  # detached
        return ""


def _ended(
    command: Sequence[str], repository: Repository, environment: Mapping[str, str], seconds: float, own_group: bool
) -> subprocess.CompletedProcess[str]:
    """Run a command; what it started itself, such as ssh, ends with it where it has a process group of its own.

    In the foreground it has not, for then a passphrase could not be asked for.
    """
    folder = repository.top or repository.git_dir
    with processes.start(command, folder, environment, subprocess.DEVNULL, subprocess.PIPE, own_group) as child:
        try:
            said, complained = child.communicate(timeout=seconds)
        except BaseException:
            end_group(child) if own_group else child.kill()
            raise
        return subprocess.CompletedProcess(command, child.returncode, _text(said), _text(complained))


def _text(output: bytes) -> str:
    return output.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")  # progress of ssh overwrites its line


def _reason(said: str) -> str:
    """The line of Git's complaint that says why, without credentials that a URL in it may hold."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    own = [line for line in lines if not line.startswith(_SAYS_NOTHING)] or lines or ["Git said nothing"]
    telling = [line for line in own if _REASON.match(line)] or own
    return _without_credentials(telling[0])


def _without_credentials(text: str) -> str:
    return re.sub(r"//[^/@\s]+@", "//", text)
