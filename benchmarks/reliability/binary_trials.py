"""Trials of damaged indexes and of damaged source code."""

from __future__ import annotations

import contextlib
import hashlib
import random
import shutil
from pathlib import Path

import numpy as np

from benchmarks.reliability.mutations import damaged
from benchmarks.reliability.trial import TOP, Trial, WrongAnswerError
from foundry_git.errors import DamagedFileError, SourceError
from foundry_git.index import generations
from foundry_git.pattern.vocabulary import EXTENSIONS
from foundry_git.source.reader import read_methods, read_sections, read_units, reader_of, stored_code
from foundry_git.source.shapes import shape_of


def indexes(folder: Path) -> Trial:
    """Generations of vectors, one of whose files is damaged: they are refused, or are what was written."""
    good = folder / "good"
    good.mkdir()
    rows = {hashlib.sha256(b"%d" % number).hexdigest(): row for number, row in enumerate(_rows(40))}
    generations.publish(good, "f", 64, list(rows), None, rows, exact=20)
    files = [file for file in good.rglob("*") if file.is_file() and file.name != "verified.json"]
    contents = {file.relative_to(good): file.read_bytes() for file in files}
    expected = np.array(list(rows.values()))

    def trial(dice: random.Random) -> None:
        name = dice.choice(list(contents))
        place = folder / "tried"
        shutil.copytree(good, place)
        (place / name).write_bytes(
            damaged(contents[name], dice, (b"\0", b"NaN", b"[", b"{", b"'descr'", b"(1,", b"g1", b"9" * 20))
        )
        try:
            with contextlib.suppress(DamagedFileError):
                found = generations.load(place)
                is_same = found is None or np.array_equal(found.rows(found.positions(list(rows))), expected)
                if not is_same or (found is not None and found.fingerprint != "f"):
                    raise WrongAnswerError(f"{name} is damaged, and other numbers are read")
        finally:
            shutil.rmtree(place)

    return trial


def _rows(count: int) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    found = np.random.default_rng(1).standard_normal((count, 64)).astype(np.float32)
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), np.float32)


def sources(folder: Path) -> Trial:
    """Source files of five languages: units, methods, shapes and what is stored of them."""
    files = {
        language: [file.read_text(encoding="utf-8") for file in sorted((TOP / "patterns" / language).rglob(f"*.{extension}"))]
        for language, extension in EXTENSIONS.items()
    }
    readers = {language: reader_of(language) for language in files}
    for language in files:
        shape_of(files[language][0], language)
    pieces = (
        b"(", b")", b"{", b"}", b"[", b'"', b"'", b"`", b"/*", b"*/", b"//", b"#", b"\\", b"\n", b"\t", b"def f(): ",
        b"class A: ", b"async ", b"lambda: ", b"${", b"=>", b"<", b">", b"::", b"'''", b"r#\"", b"\xff", b"\0",
        b"\xe2\x80\xae", b"\xed\xa0\x80", b"\xef\xbb\xbf",
    )  # fmt: skip

    def trial(dice: random.Random) -> None:
        language = dice.choice(list(files))
        text = damaged(dice.choice(files[language]).encode(), dice, pieces).decode("utf-8", "replace")
        path = f"a.{EXTENSIONS[language]}"
        with contextlib.suppress(SourceError):
            for unit in read_units(text, path):
                if shape_of(stored_code(unit), language) != unit.shape and language == "python":
                    raise WrongAnswerError("what is stored of a unit has another shape")
        for read in (read_sections, read_methods):
            with contextlib.suppress(SourceError):
                read(text, path)
        with contextlib.suppress(SourceError):
            shape_of(text, language)
        with contextlib.suppress(SourceError):
            reader = readers[language]
            assert reader is not None
            reader.tokens(text, path, None)

    return trial
