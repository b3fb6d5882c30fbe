"""One peer on the same vectors or texts as ours, in a process and, if need be, an interpreter of its own: imports nothing of ours.

``python peer.py NAME FOLDER`` reads ``vectors.npy`` and ``queries.npy``, or ``texts.json`` and ``questions.json`` (words, lower case,
separated by spaces), and prints JSON: seconds to build, bytes on disk, seconds of each query, the ten rows found for each. Exit code
3: the peer is not installed, or cannot run in this interpreter; the reason is printed.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

TOP = 10
Ask = Callable[[Any], Sequence[int]]


def faiss_flat(folder: Path) -> tuple[Ask, Path]:
    """Exact inner products in C++."""
    import numpy as np

    faiss = import_module("faiss")
    vectors = np.load(folder / "vectors.npy")
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    faiss.write_index(index, str(folder / "faiss.index"))
    return lambda query: index.search(query[None], TOP)[1][0].tolist(), folder / "faiss.index"


def usearch(folder: Path) -> tuple[Ask, Path]:
    """HNSW with its default settings, float32."""
    import numpy as np

    vectors = np.load(folder / "vectors.npy")
    index = import_module("usearch.index").Index(ndim=vectors.shape[1], metric="cos", dtype="f32")
    index.add(np.arange(len(vectors)), vectors)
    index.save(str(folder / "usearch.index"))
    return lambda query: index.search(query, TOP).keys.tolist(), folder / "usearch.index"


def hnswlib(folder: Path) -> tuple[Ask, Path]:
    """HNSW, M 16, ef 200 when building and 100 when asking."""
    import numpy as np

    hnswlib = import_module("hnswlib")
    vectors = np.load(folder / "vectors.npy")
    index = hnswlib.Index("ip", vectors.shape[1])
    index.init_index(len(vectors), ef_construction=200, M=16)
    index.add_items(vectors)
    index.set_ef(100)
    index.save_index(str(folder / "hnswlib.index"))
    return lambda query: index.knn_query(query, TOP)[0][0].tolist(), folder / "hnswlib.index"


def sqlite_vec(folder: Path) -> tuple[Ask, Path]:
    """Exact cosines inside SQLite."""
    import sqlite3

    import numpy as np

    sqlite_vec = import_module("sqlite_vec")
    vectors = np.load(folder / "vectors.npy")
    db = sqlite3.connect(folder / "vec.db")
    if not hasattr(db, "enable_load_extension"):
        raise ImportError("this Python's sqlite3 loads no extensions")
    db.enable_load_extension(True)
    sqlite_vec.load(db)
    db.execute(f"CREATE VIRTUAL TABLE v USING vec0(e float[{vectors.shape[1]}] distance_metric=cosine)")
    with db:
        db.executemany("INSERT INTO v (rowid, e) VALUES (?, ?)", ((number, row.tobytes()) for number, row in enumerate(vectors)))
    ask = "SELECT rowid FROM v WHERE e MATCH ? AND k = ? ORDER BY distance"
    return lambda query: [number for (number,) in db.execute(ask, (query.tobytes(), TOP))], folder / "vec.db"


def bm25s(folder: Path) -> tuple[Ask, Path]:
    """BM25 over sparse matrices, without stemming or stop words."""
    bm25s = import_module("bm25s")
    texts = json.loads((folder / "texts.json").read_text("utf-8"))
    index = bm25s.BM25()
    index.index([text.split() for text in texts], show_progress=False)
    index.save(str(folder / "bm25s"))
    known = index.vocab_dict

    def ask(question: str) -> list[int]:
        words = [word for word in question.split() if word in known]
        found: list[int] = index.retrieve([words], k=TOP, show_progress=False)[0][0].tolist() if words else []
        return found

    return ask, folder / "bm25s"


PEERS = {"faiss_flat": faiss_flat, "usearch": usearch, "hnswlib": hnswlib, "sqlite_vec": sqlite_vec, "bm25s": bm25s}
LEXICAL = ("bm25s",)


def main() -> None:
    """Run one peer."""
    name, folder = sys.argv[1], Path(sys.argv[2])
    began = time.perf_counter()
    try:
        ask, made = PEERS[name](folder)
    except ImportError as error:
        print(error)
        sys.exit(3)
    built = time.perf_counter() - began
    queries = _queries(name, folder)
    ask(queries[0])
    seconds, found = [], []
    for query in queries:
        began = time.perf_counter()
        found.append(list(ask(query)))
        seconds.append(time.perf_counter() - began)
    files = [path for path in made.rglob("*") if path.is_file()] if made.is_dir() else [made]
    size = sum(path.stat().st_size for path in files)
    print(json.dumps({"build_s": built, "bytes": size, "seconds": seconds, "found": found}))


def _queries(name: str, folder: Path) -> Sequence[Any]:
    if name in LEXICAL:
        questions: list[str] = json.loads((folder / "questions.json").read_text("utf-8"))
        return questions
    import numpy as np

    return list(np.load(folder / "queries.npy"))


if __name__ == "__main__":
    main()
