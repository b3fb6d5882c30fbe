"""Recognition: the common forms of events told from their bytes alone, ten times faster than by parsing them.

Whoever clones takes in 100,000 lines at once, of which nothing but their being events matters then. What is recognised here
:func:`events.parse` would take; what is not may still be an event, so that parsing has the last word.
"""

from __future__ import annotations

import re
from functools import cache

from foundry_git.evidence.kinds import MAX_ITEMS

_DAY = "(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"  # no leap day
_AT = rf'"[12][0-9]{{3}}-{_DAY}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{{3}}Z"'
_WORD = "[a-z0-9]+(?:-[a-z0-9]+)*"
_SLUG = f'"(?=[^"]{{1,32}}"){_WORD}"'
_ID = f'"(?=[^"/]{{1,16}}/[^"/]{{1,64}}"){_WORD}/{_WORD}"'
_RECEIPT = '"r-[0-9a-f]{12}"'
_COUNT = "[1-9][0-9]{0,5}"  # up to 999,999; every bound is at or above it
_THOUSANDTHS = "(?:[1-9][0-9]{0,2}|1000)"


def _hex(digits: int) -> str:
    return f'"[0-9a-f]{{{digits}}}"'


_SUBJECT = f"(?:{_hex(64)}|{_RECEIPT})"
_SHAPE = '"(?=[^":]{1,32}:)[a-z][a-z0-9]*(?:-[a-z0-9]+)*:[0-9a-f]{16,64}"'


def _item(slots: str, propensity: str) -> str:
    return (
        rf'\{{"digest":{_hex(64)},"id":{_ID},"propensity":{propensity},"rank":{_COUNT},"score":(?:0|-?{_COUNT}),'
        rf'"slot":"(?:{slots})","version":{_COUNT}\}}'
    )


def _items(slots: str, propensity: str = _THOUSANDTHS) -> str:
    item = _item(slots, propensity)
    return rf"\[{item}(?:,{item}){{0,{MAX_ITEMS - 1}}}\]"


def _form(kind: str, schema: int, fields: dict[str, str], newer: dict[str, str] | None = None) -> str:
    """One kind in canonical form; a name that ends in ``?`` may be absent. Of ``newer`` fields, schema 2 needs at least one."""
    one_of = "|".join(f'"{name}":' for name in newer or ())
    needed = f"(?=.*(?:{one_of}))" if newer else ""
    optional = {f"{name}?": value for name, value in (newer or {}).items()}
    every = {"kind": f'"{kind}"', "schema": str(schema), **fields, **optional}
    parts = (_part(name, every[name]) for name in sorted(every))
    return rf'{needed}\{{"at":{_AT}{"".join(parts)}\}}'


def _part(name: str, value: str) -> str:
    part = f',"{name.removesuffix("?")}":{value}'
    return f"(?:{part})?" if name.endswith("?") else part


_NUMBERS = (
    "tasks", "completed", "seconds", "tokens", "microdollars", "context", "peak", "compactions", "tests_passed", "tests_failed",
    "coverage",
)  # fmt: skip
_PLACE = {"language": _SLUG, "framework": _SLUG}
_SAID = {"nonce": _hex(16), "subject": _SUBJECT, "rating": "[1-5]", "session?": _hex(64)}
_ADOPTED = {"digest": _hex(64), "source": '"commit"', "commit": _hex(40), "receipt?": _RECEIPT}
_RAN = {"subject": _hex(64), "result": '"(?:pass|fail)"', "run": f"(?:{_hex(40)}|{_hex(64)})"}
_FORMS = (
    _form("sighted", 1, {"shape": _SHAPE, "place": _hex(32), "pattern?": _hex(64)}),
    _form("injected", 1, {"nonce": _hex(16), "items": _items("ranked|exploration")}),
    _form(
        "injected",
        2,
        {"nonce": _hex(16), "items": _items("ranked|exploration|trial")},
        {"session": _hex(64), "passed_over": _items("passed", f"(?:0|{_THOUSANDTHS})"), **_PLACE},
    ),
    _form("adopted", 1, _ADOPTED),
    _form(
        "adopted",
        2,
        _ADOPTED,
        {"how": '"(?:copy|import|call)"', "share": _THOUSANDTHS, "lines": _COUNT, "place": _hex(32), **_PLACE},
    ),
    _form(
        "survived",
        2,
        {
            "digest": _hex(64),
            "commit": _hex(40),
            "days": "[1-9][0-9]{0,3}",
            "lines": f"(?P<lines>{_COUNT})",
            "left": f"(?P<left>0|{_COUNT})",
        },
    ),
    _form("outcome", 1, _RAN | {"source": '"(?:ci|tests)"'}),
    _form("outcome", 2, _RAN | {"source": '"(?:ci|tests)"'}, {"commit": _hex(40), "grounding": f"(?:0|{_THOUSANDTHS})"}),
    _form(
        "outcome", 2, _RAN | {"source": '"(?:revert|fix|silence)"', "commit?": _hex(40), "grounding?": f"(?:0|{_THOUSANDTHS})"}
    ),
    _form("rated", 1, _SAID),
    _form("session", 2, {"session": _hex(64)} | {f"{name}?": "(?:0|[1-9][0-9]{0,14})" for name in _NUMBERS}),
    _form("rated", 2, _SAID, {"author": _hex(16)}),
)
_DIGEST = re.compile(b'"digest":"([0-9a-f]{64})"')


def is_event(line: bytes) -> bool:
    """Tell whether a line is surely an event; False says nothing."""
    found = _common().fullmatch(line)
    if found is None or int(found["left"] or 0) > int(found["lines"] or 0):
        return False
    digests = _DIGEST.findall(line)
    return len(digests) == len(set(digests)) <= MAX_ITEMS


@cache
def _common() -> re.Pattern[bytes]:
    """All forms in one; 10 ms to compile, which a command that reads no new line need not wait for."""
    return re.compile("|".join(_FORMS).encode())
