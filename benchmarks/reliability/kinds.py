"""The kinds of files that are tried, and how often."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.reliability.binary_trials import indexes, sources
from benchmarks.reliability.name_trials import names
from benchmarks.reliability.text_trials import events, manifests, reports, transcripts
from benchmarks.reliability.trial import Trial

KINDS: Mapping[str, tuple[int, Callable[[Path], Trial]]] = {
    "manifests": (5_000, manifests),
    "events": (5_000, events),
    "reports": (5_000, reports),
    "transcripts": (5_000, transcripts),
    "indexes": (10_000, indexes),
    "sources": (5_000, sources),
    "names": (2_000, names),
}
"""Kind → how many trials a full run makes of it, and what makes one."""
