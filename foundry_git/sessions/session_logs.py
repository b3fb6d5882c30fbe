"""Finding sessions: where an agent keeps the transcripts of a project, and which log a name means."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from foundry_git.errors import SessionError
from foundry_git.sessions.folder import PROGRESS, is_session_folder, read_folder
from foundry_git.sessions.log import SessionLog
from foundry_git.sessions.transcript import read_transcript
from foundry_git.system.files import expanded

CONFIGURATION_VARIABLE = "CLAUDE_CONFIG_DIR"
MIN_PREFIX = 4


def projects_folders(environment: Mapping[str, str], home: Path, places: Sequence[Path]) -> list[Path]:
    """Where Claude Code keeps the transcripts of sessions started in ``places``: one folder each, named by the path."""
    configured = environment.get(CONFIGURATION_VARIABLE)
    top = (expanded(configured) if configured else home / ".claude") / "projects"
    return list(dict.fromkeys(top / re.sub(r"[^A-Za-z0-9]", "-", str(place)) for place in places))


def sessions_in(folders: Sequence[Path]) -> list[Path]:
    """The transcripts and session folders of some folders, the latest written first."""
    dated = [(_written(path), str(path), path) for folder in folders for path in _sessions(folder)]
    return [path for _, _, path in sorted(dated, reverse=True)]


def session_named(reference: str, folders: Sequence[Path]) -> Path:
    """The log that a person means: a path, or the name of a session in ``folders`` or the first letters of one.

    Raises:
        SessionError: nothing is meant, or several; those are then named.
    """
    place = expanded(reference)
    if place.is_file():
        return place.parent if place.name == PROGRESS else place
    if is_session_folder(place):
        return place
    if place.is_dir():
        raise SessionError(reference, f"holds no {PROGRESS}", "name a session folder or a transcript")
    return _known(reference, folders)


def read_session(path: Path) -> SessionLog:
    """Read the log at ``path``, whatever its format; raises SessionError where it is none."""
    return read_folder(path) if path.is_dir() else read_transcript(path)


def _known(reference: str, folders: Sequence[Path]) -> Path:
    named = {path: path.stem if path.suffix == ".jsonl" else path.name for path in sessions_in(folders)}
    exact = [path for path, name in named.items() if name == reference]
    near = [path for path, name in named.items() if name.startswith(reference)] if len(reference) >= MIN_PREFIX else []
    meant = exact or near
    if len(meant) == 1:
        return meant[0]
    if meant:
        raise SessionError(reference, f"means {len(meant)} sessions: {', '.join(named[path] for path in meant[:5])}")
    where = ", ".join(map(str, folders)) or "no folder"
    raise SessionError(reference, f"no such file, session folder or session in {where}")


def _sessions(folder: Path) -> list[Path]:
    try:
        entries = list(folder.iterdir())
    except OSError:
        return []
    files = [path for path in entries if path.suffix == ".jsonl" and not path.name.startswith("agent-") and path.is_file()]
    return files + [path for path in entries if is_session_folder(path)]


def _written(path: Path) -> int:
    try:
        return (path / PROGRESS if path.is_dir() else path).stat().st_mtime_ns
    except OSError:
        return 0
