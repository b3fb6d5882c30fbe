"""A closure: a unit with the definitions of its project that it needs, or what it cannot bring along."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from foundry_git.errors import SourceError
from foundry_git.source.closure import MOST_HELPER_LINES, MOST_HELPERS, Closure, nothing_else
from foundry_git.source.manifests import NO_PROJECT
from foundry_git.source.reader import closed, left_open, read_units, stored_code
from foundry_git.source.shapes import shape_of
from tests import TOP

CLAMPED = '''
def clamped(values: list[int]) -> list[int]:
    """Keep each value within bounds."""
    return [_clamp(value) for value in values if value != SENTINEL]
'''
CLAMP = """
SENTINEL = -1


def _clamp(value: int) -> int:
    return max(LOW, min(value, 10))


LOW = 2  # the least
"""


def close(files: Mapping[str, str], symbol: str, path: str = "shop/stock.py") -> Closure:
    unit = next(unit for unit in read_units(files[path], path) if unit.symbol == symbol)
    return closed(unit, files[path], path, NO_PROJECT, files.get)


def run(closure: Closure) -> dict[str, Any]:
    assert closure.missing == ()
    assert left_open(closure.code, "python", "shop/stock.py") == ()
    names: dict[str, Any] = {"__name__": "stock"}
    exec(compile(closure.code, "stock.py", "exec"), names)
    return names


def test_helpers_of_the_same_file_come_along_as_they_stand_there() -> None:
    closure = close({"shop/stock.py": CLAMPED + CLAMP}, "clamped")

    assert closure.helpers == ("SENTINEL", "_clamp", "LOW")
    assert run(closure)["clamped"]([5, -1, 99]) == [5, 10]
    assert "LOW = 2  # the least\n" in closure.code
    assert closure.code.rstrip().endswith(CLAMPED.strip())


def test_what_needs_nothing_is_stored_as_it_is() -> None:
    text = "import math\n\n\ndef area(r: float) -> float:\n    return math.pi * r * r\n"

    assert close({"shop/stock.py": text}, "area") == Closure(stored_code(read_units(text, "a.py")[0]))


def test_helpers_of_other_files_come_along_with_their_imports() -> None:
    files = {
        "shop/stock.py": f"from .bounds import _clamp\nfrom shop.marks import SENTINEL\n{CLAMPED}",
        "shop/bounds.py": "from functools import lru_cache\nfrom . import marks\n\n\n@lru_cache\n"
        "def _clamp(value: int) -> int:\n    return min(value, 10)\n",
        "shop/marks.py": "import sys\n\nSENTINEL = -sys.maxsize\n",
    }

    closure = close(files, "clamped")

    assert set(closure.helpers) == {"_clamp", "SENTINEL"}
    assert run(closure)["clamped"]([5, 99]) == [5, 10]
    assert "shop" not in closure.code and "from ." not in closure.code


def test_a_name_that_another_file_only_passes_on_is_imported_from_where_it_is() -> None:
    files = {
        "shop/stock.py": "from .compat import urlparse\n\n\ndef host(url: str) -> str:\n    return urlparse(url).netloc\n",
        "shop/compat.py": "from urllib.parse import urlparse\n",
    }

    closure = close(files, "host")

    assert closure.helpers == ()
    assert run(closure)["host"]("https://example.com/a") == "example.com"


def test_what_is_called_otherwise_where_it_is_used_has_both_names() -> None:
    files = {
        "shop/stock.py": "from .marks import there as _load, quote as _quote\n\n\ndef work():\n    return _quote(_load())\n",
        "shop/marks.py": "from urllib.parse import quote\n\n\ndef there():\n    return ' '\n",
    }

    assert run(close(files, "work"))["work"]() == "%20"


def test_a_table_comes_along_with_what_fills_it() -> None:
    text = (
        'NAMES = {1: "one"}\nNAMES[2] = "two"\nNAMES.update({3: "three"})\n\n\ndef name(at: int) -> str:\n    return NAMES[at]\n'
    )

    assert run(close({"shop/stock.py": text}, "name"))["name"](3) == "three"


def test_signatures_that_are_told_beside_a_function_come_along() -> None:
    text = (
        "from typing import overload\n\n\n@overload\ndef twice(value: int) -> int: ...\n@overload\ndef twice(value: str) -> str: ...\n"
        "def twice(value):\n    return value + value\n"
    )

    closure = close({"shop/stock.py": text}, "twice")

    assert closure.code.count("@overload") == 2
    assert run(closure)["twice"]("a") == "aa"


def test_a_type_variable_and_a_logger_are_no_helpers() -> None:
    text = (
        'from typing import TypeVar\nimport logging\n\nT = TypeVar("T")\nlog = logging.getLogger(__name__)\n\n\n'
        'def same(value: T) -> T:\n    log.debug("%s", LIMIT)\n    return value\n\n\nLIMIT = 3\n'
    )

    closure = close({"shop/stock.py": text}, "same")

    assert closure.helpers == ("LIMIT",)
    assert run(closure)["same"](7) == 7


@pytest.mark.parametrize(
    "files",
    [
        {"shop/stock.py": "class Stock:\n    def low(self):\n        return Low()\n\n\nclass Low(Stock):\n    pass\n"},
        {
            "shop/stock.py": "class Stock:\n    def low(self):\n        from .low import Low as Least\n\n        return Least()\n",
            "shop/low.py": "from shop.stock import Stock as Kind\n\n\nclass Low(Kind):\n    pass\n",
        },
    ],
)
def test_what_is_made_of_the_unit_stands_behind_it(files: dict[str, str]) -> None:
    names = run(close(files, "Stock"))

    assert isinstance(names["Stock"]().low(), names["Low"])


INNER = {
    "shop/stock.py": """class Stock:
    def low(self, mark=0):
        \"\"\"What is low.\"\"\"
        # imported here, for a circular import
        from .bounds import (
            LEAST as least,
        )
        from shop.bounds import _clamp  # noqa

        if mark:
            from shop.marks import marked

            return marked(mark)
        return _clamp(least - 5)

    def load(self):
        from .marks import load

        return [load() for _ in range(2)]
""",
    "shop/bounds.py": "LEAST = 3\n\n\ndef _clamp(value):\n    from .marks import BOUND\n\n    return max(BOUND, value)\n",
    "shop/marks.py": "from .bounds import _clamp\n\nBOUND = 1\n\n\ndef marked(x):\n    return -_clamp(x)\n\n\n"
    "def load():\n    return 7\n",
}


def test_what_a_function_imports_of_its_project_itself_comes_along_and_the_import_goes() -> None:
    closure = close(INNER, "Stock")

    stock = run(closure)["Stock"]()
    assert (stock.low(), stock.low(4), stock.load()) == (1, -4, [7, 7])
    assert "import" not in closure.code and closure.left_out == (".bounds", ".marks", "shop.bounds", "shop.marks")
    assert '"""What is low."""\n\n        if mark:\n            return marked(mark)\n' in closure.code
    shape = read_units(INNER["shop/stock.py"], "shop/stock.py")[0].shape
    assert [shape_of(code, "python", "Stock") for code in (closure.code, INNER["shop/stock.py"].replace("shop.", "."))] == [
        shape
    ] * 2


@pytest.mark.parametrize(
    "body",
    [
        "    try:\n        from .a import b\n        pass\n    except ImportError:\n        return 0\n    return b()\n",
        "    if x:\n        from .a import b\n        x = 1\n    else:\n        b = int\n    return b()\n",
        "    if x:\n        from .a import b\n    return b()\n",
        "    from .a import b; x = 1\n    return b()\n",
        "    from .a import b\n    return locals()['b'] or b\n",
        "    from .a import b\n    return x\n",
        "    global b\n    from .a import b\n    return b\n",
        "    class C:\n        from .a import b\n        c = b\n    return C\n",
        "    from .a import *\n    return b\n",
        "    from .a import open\n    return open(x)\n",
        "    import shop.a\n    return shop.a.b()\n",
        "    def g(b):\n        from .a import b\n        return b\n    return g(x)\n",
        "    def g(b):\n        def h():\n            from .a import b\n            return b\n        return h, b\n    return g(x)\n",
        "    if x:\n        from .a import b\n        return b\n    from .c import b\n    return b\n",
        "    from .a import top\n    return top, x\n",
    ],
)
def test_an_import_within_a_function_stays_where_the_code_would_do_something_else_without_it(body: str) -> None:
    files = {
        "shop/stock.py": f"top = 1\n\n\ndef f(x):\n{body}",
        "shop/a.py": "def b():\n    return 1\n\n\nopen = top = b\n",
        "shop/c.py": "b = 2\n",
    }

    assert close(files, "f").missing != ()


@pytest.mark.parametrize(
    ("before", "body", "missing"),
    [
        ("", "nowhere()", "nowhere, which nothing defines"),
        ("from . import marks\n", "marks.load()", "marks of its project"),
        ("import shop.marks\n", "shop.marks.load()", "shop.marks of its project"),
        ("from .gone import load\n", "load()", "load of its project"),
        ("import flask\napp = flask.Flask('x')\n", "app.run()", "app, which is made by flask at import"),
        ("", "from .marks import there", ".marks of its project"),
    ],
)
def test_what_cannot_come_along_is_named(before: str, body: str, missing: str) -> None:
    files = {"shop/stock.py": f"{before}\n\ndef work():\n    {body}\n", "shop/marks.py": "def there():\n    return 1\n"}

    closure = close(files, "work")

    assert (closure.code, closure.missing) == ("", (missing,))


def test_of_a_branch_comes_the_unit_alone() -> None:
    text = (
        "import os\n\nLEAST = 1\nlow = None\nif os.name:\n    import json\n    MOST = 2\n\n"
        "    def low():\n        return LEAST\n\n    def high():\n        return MOST\n\n"
        "    def told():\n        return json.dumps(1)\n"
    )
    found = [close({"shop/stock.py": text}, symbol) for symbol in ("low", "high", "told")]

    assert run(found[0])["low"]() == 1 and run(found[2])["told"]() == "1"
    assert found[1].missing == ("MOST, which stands in a branch with it",)


def test_two_things_of_one_name_cannot_stand_in_one_file() -> None:
    files = {
        "shop/stock.py": "from .marks import load\n\nlimit = 1\n\n\ndef work():\n    return load() + limit\n",
        "shop/marks.py": "limit = 2\n\n\ndef load():\n    return limit\n",
    }

    assert close(files, "work").missing == ("limit, which means two things",)


def test_more_than_a_few_helpers_are_a_part_of_the_project() -> None:
    def chain(length: int, lines: int) -> str:
        steps = "".join(
            f"def s{n}():\n{'    pass' * 0}    a = 1\n" + "    a += 1\n" * lines + f"    return s{n + 1}()\n\n\n"
            for n in range(length)
        )
        return f"{steps}def s{length}():\n    return 1\n\n\ndef work():\n    return s0()\n"

    assert len(close({"shop/stock.py": chain(MOST_HELPERS - 1, 0)}, "work").helpers) == MOST_HELPERS
    assert close({"shop/stock.py": chain(MOST_HELPERS, 0)}, "work").missing
    assert close({"shop/stock.py": chain(1, MOST_HELPER_LINES)}, "work").missing


def test_a_file_stands_behind_those_that_it_imports_from() -> None:
    files = {
        "shop/stock.py": "from .base import LEAST\nfrom .marks import MOST\n\n\ndef work():\n    return LEAST, MOST\n",
        "shop/marks.py": "from .base import LEAST\n\nMOST = LEAST + 1\n",
        "shop/base.py": "LEAST = 1\n",
    }
    other_way = files | {"shop/stock.py": "from .marks import MOST\n\n\ndef work():\n    return MOST\n"}

    assert run(close(files, "work"))["work"]() == (1, 2)
    assert run(close(other_way, "work"))["work"]() == 2


def test_a_chain_of_a_thousand_definitions_ends_at_the_first_few() -> None:
    steps = "".join(f"def s{n}():\n    return s{n + 1}()\n\n\n" for n in range(1000))

    missing = close({"shop/stock.py": f"{steps}def work():\n    return s0()\n"}, "work").missing

    assert missing == (f"more than {MOST_HELPERS} definitions of its project",)


def test_files_that_import_each_other_end() -> None:
    files = {
        "shop/stock.py": "from .marks import load\n\n\ndef work():\n    return load()\n",
        "shop/marks.py": "from .other import load\n",
        "shop/other.py": "from .marks import load\n",
    }

    assert close(files, "work").missing


def test_the_shape_is_that_of_the_unit_whatever_comes_along() -> None:
    text = CLAMPED + CLAMP
    unit = next(unit for unit in read_units(text, "shop/stock.py") if unit.symbol == "clamped")

    code = close({"shop/stock.py": text}, "clamped").code

    assert shape_of(code, "python", "clamped") == unit.shape != shape_of(code, "python")
    assert shape_of(stored_code(unit), "python", "clamped") == shape_of(stored_code(unit), "python") == unit.shape


def test_what_is_closed_of_this_package_leaves_nothing_open() -> None:
    files = {
        path.relative_to(TOP).as_posix(): path.read_text(encoding="utf-8") for path in (TOP / "foundry_git/source").rglob("*.py")
    }
    closures = 0
    for path, text in sorted(files.items())[::2]:
        for unit in read_units(text, path):
            closure = closed(unit, text, path, NO_PROJECT, files.get)
            if not closure.missing:
                compile(closure.code, path, "exec")
                assert left_open(closure.code, "python", path) == (), (path, unit.symbol)
                closures += bool(closure.helpers)
    assert closures > 30


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.go", "package a\n\nfunc twice(a int) int {\n\treturn a * factor\n}\n"),
        ("a.rs", "fn twice(a: i32) -> i32 {\n    a * factor\n}\n"),
        ("a.ts", "function twice(a: number) {\n  return a * factor;\n}\n"),
    ],
)
def test_every_language_says_what_nothing_defines(path: str, text: str) -> None:
    (unit,) = read_units(text, path)

    assert closed(unit, text, path, NO_PROJECT, nothing_else).missing == ("factor, which nothing defines",)
    assert left_open(text, unit.language) == left_open(text, unit.language) == ("factor, which nothing defines",)


def test_what_cannot_be_read_is_an_error_when_it_is_closed_and_nothing_that_is_open() -> None:
    text = CLAMPED + CLAMP
    (unit, *_) = read_units(text, "shop/stock.py")

    with pytest.raises(SourceError):
        closed(unit, "def (\n", "shop/stock.py", NO_PROJECT, nothing_else)
    assert left_open("def (\n", "python") == ()


def test_what_stands_in_one_text_already_is_no_matter_of_size() -> None:
    steps = "".join(f"def step{at}(a):\n    return step{at + 1}(a)\n\n\n" for at in range(3 * MOST_HELPERS))
    last = f"def step{3 * MOST_HELPERS}(a):\n    return a\n"

    assert left_open(steps + last, "python") == ()
    assert left_open(steps, "python") == (f"step{3 * MOST_HELPERS}, which nothing defines",)
