"""The page on stats.db, made from the comments of its schema: ``python -m foundry_git.evidence.description docs/stats-db.md``."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from foundry_git import atomic
from foundry_git.evidence import schema

_HEAD = re.compile(r"CREATE (TABLE|VIEW) (\w+) \( -- (.*)")
_COLUMN = re.compile(r" +(\w+)\b.*? -- (.*)")

_OPENING = f"""\
This page describes every table and column of `stats.db`; it is made from the schema by `make docs`.

`stats.db` is a view of the [journal](evidence.md#the-journal) in tables, in the index folder (SQLite, WAL). Its schema is
`PRAGMA user_version` {schema.NUMBER}. It may be deleted: each answer first takes in what the journal gained, and `foundry rebuild`
fills it anew. A file of an older schema is emptied and filled from the journal when it is opened. A damaged file is set aside as
`stats.db.damaged-<time>`, in place of the one before; beside one that a newer version wrote the tables stand in memory, and stderr
says so. Read it, but do not write to it.

Times are UTC and written like `2026-11-20T14:36:13.000Z`. What was [withdrawn](evidence.md#withdrawn) has rows in the tables still, and
its event in `void`; the views leave it out.

```console
$ sqlite3 .foundry/index/stats.db "SELECT kind, count(*) FROM event GROUP BY kind"
$ sqlite3 .foundry/index/stats.db "SELECT source, result, count(*) FROM pattern_usage GROUP BY source, result"
$ sqlite3 .foundry/index/stats.db "SELECT session, completion_rate, patterns FROM session ORDER BY at DESC LIMIT 10"
```
"""


def page() -> str:
    """Return the page in Markdown."""
    parts = list(_parts())
    tables = [part for part in parts if part[0] == "TABLE"]
    views = [part for part in parts if part[0] == "VIEW"]
    return "\n".join(
        [_OPENING, "## Views", "", *map(_section, views), "## Tables", "", *map(_section, tables)]
    ).rstrip() + "\n"  # fmt: skip


def columns() -> set[str]:
    """Return ``table.column`` of everything that has a comment."""
    return {f"{name}.{column}" for _, name, _, rows in _parts() for column, _ in rows}


def _parts() -> Iterator[tuple[str, str, str, list[tuple[str, str]]]]:
    """Yield (TABLE or VIEW, its name, what it is, its columns with what they are)."""
    for statement in schema.statements():
        first, *rest = statement.splitlines()
        head = _HEAD.fullmatch(first)
        if head:
            found = (_COLUMN.fullmatch(line) for line in rest)
            yield head[1], head[2], head[3], [(column[1], column[2]) for column in found if column]


def _section(part: tuple[str, str, str, list[tuple[str, str]]]) -> str:
    _, name, told, rows = part
    lines = [f"| `{name}.{column}` | {comment} |" for column, comment in rows]
    return "\n".join([f"### {name}", "", f"{told[0].upper()}{told[1:]}.", "", "| column | meaning |", "|---|---|", *lines, ""])


def main(arguments: list[str]) -> None:
    """Write the page to the file that is named."""
    atomic.write_text(Path(arguments[0]), page())


if __name__ == "__main__":
    main(sys.argv[1:])
