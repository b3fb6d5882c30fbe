"""The files of one segment of vectors: written in blocks, sealed by its manifest, opened memory-mapped.

The folder holds ``vectors.npy``, the matrix; ``keys.npy``, the content key of each row, ascending; ``codes.npy`` where there are so
many rows that search wants codes; and ``manifest.json``, which says what the rows are and seals the others.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import asdict
from numpy.typing import DTypeLike, NDArray

from foundry_git import atomic
from foundry_git.index.codes import sign_codes
from foundry_git.index.seals import Seal, Written, check, remember, write_sealed
from foundry_git.index.vectors import Floats, Keys, Segment

SCHEMA = 2
MATRIX, KEYS, CODES, MANIFEST = "vectors.npy", "keys.npy", "codes.npy", "manifest.json"


class SegmentManifest(Struct, frozen=True):
    """``below`` names the folder beside it that this one stands on, and ``below_sha256`` is that of its manifest; empty: on none."""

    fingerprint: str
    dimension: int
    rows: int
    below: str
    below_sha256: str
    seals: Mapping[str, Seal]


def read_manifest(folder: Path) -> SegmentManifest:
    """Read the manifest in ``folder``.

    Raises:
        OSError: there is none.
        ValueError, KeyError, TypeError, AttributeError: it is damaged, or of another version.
    """
    content = json.loads((folder / MANIFEST).read_bytes())
    if content["schema"] != SCHEMA:
        raise ValueError(f"schema {content['schema']}, this version writes {SCHEMA}")
    facts = {name: content[name] for name in ("fingerprint", "dimension", "rows", "below", "below_sha256")}
    return SegmentManifest(**facts, seals={name: Seal(**seal) for name, seal in content["files"].items()})


def manifest_sha256(folder: Path) -> str:
    """SHA-256 of the manifest in ``folder``, in hexadecimal."""
    return hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()


def write_segment(
    folder: Path, fingerprint: str, keys: Keys, blocks: Iterable[Floats], shape: tuple[int, int], coded: bool, below: Path | None
) -> None:
    """Write the rows that come in ``blocks`` into the new ``folder``; only one block is in memory. The manifest is written last."""
    folder.mkdir()  # not its parents: of a repository that was deleted meanwhile, nothing must come back
    written = [_write_array(folder / MATRIX, np.float32, shape, blocks)]
    if coded:
        matrix = np.load(folder / MATRIX, mmap_mode="r", allow_pickle=False)
        codes = sign_codes(_in_blocks(matrix), *shape)
        written.append(_write_array(folder / CODES, np.uint64, codes.shape, codes))
    written.append(_write_array(folder / KEYS, "S32", keys.shape, [keys]))
    manifest = {
        "schema": SCHEMA,
        "fingerprint": fingerprint,
        "dimension": shape[1],
        "rows": shape[0],
        "below": below.name if below else "",
        "below_sha256": manifest_sha256(below) if below else "",
        "files": {file.path.name: asdict(file.seal) for file in written},
    }
    atomic.write_text(folder / MANIFEST, json.dumps(manifest, indent=1) + "\n")
    remember(folder, written)


def verify_segment(folder: Path, manifest: SegmentManifest, large: int) -> None:
    """Make sure that the files are those that the manifest seals; see :func:`foundry_git.index.seals.check`."""
    if not {MATRIX, KEYS} <= manifest.seals.keys() <= {MATRIX, KEYS, CODES}:
        raise ValueError("its manifest names other files")
    check(folder, manifest.seals, large)


def open_segment(folder: Path, manifest: SegmentManifest) -> Segment:
    """Map the files of a verified segment.

    Raises:
        OSError: a file is not there.
        ValueError: a file is of another shape or type than its manifest says.
    """
    rows, dimension = manifest.rows, manifest.dimension
    matrix = _mapped(folder / MATRIX, np.float32, (rows, dimension))
    codes = _mapped(folder / CODES, np.uint64, (-(-dimension // 64), rows)) if CODES in manifest.seals else None
    return Segment(_mapped(folder / KEYS, "S32", (rows,)), matrix, codes, folder.name)


def _mapped(path: Path, dtype: DTypeLike, shape: tuple[int, ...]) -> NDArray[Any]:
    # an empty array cannot be mapped; an ndarray, because each step on a memmap costs 2 µs more
    mapped: NDArray[Any] = np.load(path, mmap_mode="r" if 0 not in shape else None, allow_pickle=False).view(np.ndarray)
    if mapped.shape != shape or mapped.dtype != np.dtype(dtype) or not mapped.flags.c_contiguous:
        raise ValueError("shape or type differs from its manifest")
    return mapped


def _write_array(path: Path, dtype: DTypeLike, shape: tuple[int, ...], blocks: Iterable[NDArray[np.generic]]) -> Written:
    """Write an ``.npy`` file from blocks that follow each other."""
    return write_sealed(path, _pieces(np.dtype(dtype), shape, blocks))


def _pieces(dtype: np.dtype[np.generic], shape: tuple[int, ...], blocks: Iterable[NDArray[np.generic]]) -> Iterator[bytes]:
    yield _header(dtype, shape)
    for block in blocks:
        yield np.ascontiguousarray(block, dtype).tobytes()


def _header(dtype: np.dtype[np.generic], shape: tuple[int, ...]) -> bytes:
    """The header of format 1.0, https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html."""
    described = f"{{'descr': '{dtype.str}', 'fortran_order': False, 'shape': {shape!r}, }}"
    padded = described + " " * (-(len(described) + 11) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + len(padded).to_bytes(2, "little") + padded.encode("latin-1")


def _in_blocks(matrix: Floats, rows: int = 8192) -> Iterator[Floats]:
    return (matrix[start : start + rows] for start in range(0, len(matrix), rows))
