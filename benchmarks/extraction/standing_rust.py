"""Whether a candidate in Rust stands alone: ``rustc`` makes the metadata of a crate of it, in bubblewrap and without a network.

Foreign code is compiled, never run; it can use no macros but those of the standard library and its own. What cannot be told here is
counted apart: ``third-party: …`` uses a crate that cannot be fetched.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Collection, Sequence
from functools import cache
from pathlib import Path

from benchmarks.extraction.sandbox import sandboxed

SECONDS = 60.0
APART = ("third-party: ",)
_USE = re.compile(r"^[ \t]*(?:pub(?:\([^)]*\))?\s+)?use\s+(?:::)?(\w+)", re.MULTILINE)
_DEFINED = re.compile(r"^[ \t]*(?:pub(?:\([^)]*\))?\s+)?(?:mod|enum|struct|trait|union|type)\s+(\w+)", re.MULTILINE)
_UNLINKED = re.compile(r"(?:unlinked crate|undeclared crate or module|can't find crate for|maybe a missing crate) `(\w+)`")
_FEATURE = re.compile(r'\bfeature\s*=\s*"([\w.+-]+)"')
_STANDARD = frozenset("std core alloc proc_macro test crate self super".split())
_LATER = "only allowed in Rust 2024"


def fault_of(code: str, folder: Path, own: Collection[str] = ()) -> str:
    """Why a text does not stand alone; "" if it does. ``own``: crates of its project. ``folder`` is written to."""
    roots = [root for root in _USE.findall(code) if root not in _STANDARD and root not in _DEFINED.findall(code)]
    if back := [root for root in roots if root in own]:
        return f"imports {back[0]} of its project"
    if foreign := [root for root in roots if root[0].islower()]:
        return f"third-party: {foreign[0]}"
    (folder / "candidate.rs").write_text(code, encoding="utf-8")
    told = _tried(folder, sorted(set(_FEATURE.findall(code))))
    errors = re.findall(r"^error(?:\[E\d+\])?: .*$", told, re.MULTILINE)
    if not errors:
        return ""
    unlinked = _UNLINKED.search(told)
    if unlinked and unlinked[1] not in own and unlinked[1] not in _STANDARD:
        return f"third-party: {unlinked[1]}"
    return f"rustc: {errors[0][:160]}"


@cache
def version() -> str:
    """The version of the compiler, as ``1.95.0``."""
    return subprocess.run(["rustc", "--version"], capture_output=True, text=True, check=True).stdout.split()[1]


def _tried(folder: Path, features: Sequence[str]) -> str:
    """What the compiler says with all features that a text names, or with none of them: a project has its code for either."""
    told = ""
    for chosen in (features, ()) if features else ((),):
        told = _compiled(folder, "2021", chosen)
        if _LATER in told:
            told = _compiled(folder, "2024", chosen)
        if not told:
            return ""
    return told


def _compiled(folder: Path, edition: str, features: Sequence[str]) -> str:
    """What the compiler says, warnings left out; "" for nothing."""
    command = ["rustc", "--edition", edition, "--crate-type", "lib", "--emit=metadata", "--cap-lints", "allow", "candidate.rs"]
    command += [part for feature in features for part in ("--cfg", f'feature="{feature}"')]
    done = subprocess.run(
        sandboxed(command, folder, may_write=True),
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
        env=dict(os.environ) | {"TERM": "dumb"},
    )
    return done.stderr if done.returncode else ""
