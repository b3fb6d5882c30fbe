"""Reading the units of Python files."""

from __future__ import annotations

import ast
import gc
import textwrap

import pytest

from foundry_git.errors import SourceError
from foundry_git.source.languages import language_of
from foundry_git.source.python.outline import Outline
from foundry_git.source.python.shape import shape_of
from foundry_git.source.reader import read_units, reader_of, stored_code
from foundry_git.source.units import Unit


def units_of(text: str, path: str = "pkg/mod.py") -> dict[str, Unit]:
    return {unit.symbol: unit for unit in read_units(textwrap.dedent(text), path)}


def only(text: str, path: str = "pkg/mod.py") -> Unit:
    (unit,) = units_of(text, path).values()
    return unit


def imports_of(text: str) -> tuple[str, ...]:
    return units_of(text)["f"].imports


def test_language_is_told_from_the_extension() -> None:
    paths = ["a/b.py", "x.TSX", "x.mjs", "main.go", "lib.rs", "README.md", "Makefile", "stub.pyi"]

    assert [language_of(path) for path in paths] == ["python", "typescript", "javascript", "go", "rust", None, None, None]


def test_a_language_without_a_reader_has_no_units() -> None:
    assert reader_of("cobol") is None
    assert read_units("IDENTIFICATION DIVISION.", "main.cob") == []


def test_functions_async_functions_and_classes_are_units() -> None:
    found = units_of("def a(): ...\nasync def b(): ...\nclass C:\n    def m(self): ...\n")

    assert [(unit.symbol, unit.kind) for unit in found.values()] == [("a", "function"), ("b", "function"), ("C", "class")]


def test_functions_within_functions_are_no_units() -> None:
    assert list(units_of("def outer():\n    def inner(): ...\n    class Local: ...\n")) == ["outer"]


def test_definitions_under_if_try_and_with_at_the_top_are_units() -> None:
    text = """
    if True:
        def a(): ...
    else:
        def b(): ...
    try:
        def c(): ...
    except ImportError:
        def d(): ...
    with ctx:
        class E: ...
    for x in y:
        def f(): ...
    """
    assert sorted(units_of(text)) == ["E", "a", "b", "c", "d"]


def test_a_name_defined_twice_is_one_unit_and_overloads_are_none() -> None:
    text = """
    @overload
    def f(x: int) -> int: ...
    @typing.overload
    def f(x: str) -> str: ...
    def f(x):
        return x
    def f(x):
        return None
    """
    assert only(text).start_line == 6


def test_lines_and_body_include_decorators() -> None:
    unit = only("\n@app.get('/')\n@cache\ndef f():\n    return 1\n\nX = 1\n")

    assert (unit.start_line, unit.end_line) == (2, 5)
    assert unit.body == "@app.get('/')\n@cache\ndef f():\n    return 1"
    assert unit.decorators == ("app.get", "cache")


def test_an_indented_unit_is_moved_to_the_margin_but_its_texts_are_not() -> None:
    text = 'if True:\n    def f():\n        s = """a\n      b\n        c"""\n        return s\n'

    assert only(text).body == 'def f():\n    s = """a\n      b\n        c"""\n    return s'


def test_imports_are_narrowed_to_the_names_used() -> None:
    text = """
    import os, sys
    import numpy as np
    import unused
    from a import (b, c as d,  # comment
                   e)
    def f():
        return os.getcwd(), np.zeros(3), d
    """
    assert imports_of(text) == ("import os", "import numpy as np", "from a import c as d")


def test_of_two_imports_under_one_root_only_the_used_one_is_kept() -> None:
    text = "import xml.dom\nimport xml.sax\ndef f():\n    return xml.sax.parse\n"

    assert imports_of(text) == ("import xml.sax",)


def test_a_dotted_import_also_serves_its_root() -> None:
    assert imports_of("import os.path\ndef f():\n    return os.getcwd()\n") == ("import os.path",)


def test_names_in_quoted_annotations_need_their_imports() -> None:
    text = "from a import B, C, D\ndef f(x: 'list[B]') -> 'C | None': ...\n"

    assert imports_of(text) == ("from a import B, C",)


def test_texts_in_literal_annotations_are_no_names() -> None:
    unit = only("from typing import Literal\ndef f(x: Literal['red', 'blue']): ...\n")

    assert unit.free_names == ()


def test_a_parameter_does_not_hide_the_type_of_the_same_name() -> None:
    assert imports_of("from datetime import date\ndef f(date: date): ...\n") == ("from datetime import date",)


def test_future_annotations_travel_only_with_annotated_units() -> None:
    head = "from __future__ import annotations\n"

    assert imports_of(f"{head}def f(x: int): ...") == ("from __future__ import annotations",)
    assert imports_of(f"{head}def f(x): ...") == ()


def test_an_import_with_a_fallback_is_kept_whole() -> None:
    text = """
    try:
        import orjson as json
        import unused
    except ImportError:
        import json
    def f(x):
        return json.dumps(x)
    """
    assert imports_of(text) == ("try:\n    import orjson as json\nexcept ImportError:\n    import json",)


def test_a_name_that_replaces_a_failed_import_is_kept() -> None:
    text = """
    try:
        import numpy as np
        HAS = True
    except ImportError:
        np = None
        HAS = False
    def f():
        return np
    """
    assert imports_of(text) == ("try:\n    import numpy as np\nexcept ImportError:\n    np = None",)


def test_type_checking_imports_bring_their_guard_along() -> None:
    text = """
    import sys
    from typing import TYPE_CHECKING, Any
    if TYPE_CHECKING:
        from a import B, C
    def f(x: "B"): ...
    """
    assert imports_of(text) == ("from typing import TYPE_CHECKING", "if TYPE_CHECKING:\n    from a import B")


def test_star_imports_are_kept_when_a_name_has_no_other_source() -> None:
    text = "from math import *\nLIMIT = 3\ndef f(x):\n    return sqrt(x)\ndef g():\n    return LIMIT\n"

    found = units_of(text)
    assert (found["f"].imports, found["f"].free_names) == (("from math import *",), ())
    assert (found["g"].imports, found["g"].free_names) == ((), ("LIMIT",))


def test_type_variables_and_loggers_travel_along() -> None:
    text = """
    import logging
    from typing import TypeVar
    T = TypeVar("T")
    log = logging.getLogger(__name__)
    def f(x: T) -> T:
        log.info("x")
        return x
    """
    unit = only(text)
    assert unit.imports == (
        "import logging",
        "from typing import TypeVar",
        "T = TypeVar('T')",
        "log = logging.getLogger(__name__)",
    )
    assert unit.free_names == ()


def test_free_names_are_those_of_the_module() -> None:
    text = """
    import os
    LIMIT = 3
    def helper(): ...
    def f(items, key=LIMIT):
        total = [helper(item) for item in items if item]
        return len(total), os.sep, unknown
    """
    unit = units_of(text)["f"]
    assert unit.free_names == ("LIMIT", "helper", "unknown")


def test_recursion_comprehensions_handlers_and_matches_bind_their_names() -> None:
    text = """
    def f(data):
        global counter
        try:
            first, *rest = [x for x in data if (last := x)]
        except OSError as error:
            return error, f(data), rest, first, last
        match data:
            case {"a": a, **others}: return a, others
            case [b, *c] as d: return b, c, d
        import json as j
        from os import path
        with open(data) as g: return j, path, g, (lambda q: q + __name__)
        counter += 1
    """
    assert only(text).free_names == ("counter",)
    plain = text.replace("(last := x)", "last")
    assert only(plain).free_names == ("counter", "last"), "where nothing is assigned within expressions, none is looked into"


def test_the_tree_of_a_file_is_let_go_without_the_garbage_collector() -> None:
    gc.collect()
    gc.disable()
    try:
        outline = Outline("def f(a, b=lambda c: c):\n    return [d for d in a if b(d)]\n", "a.py", frozenset())
        shape_of(outline.statements, outline.scopes(0))
        assert outline.needs(0).chains == {}
        del outline
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_a_class_body_does_not_bind_names_for_its_methods() -> None:
    assert only("class C:\n    size = 1\n    double = size * 2\n    def m(self):\n        return size\n").free_names == ("size",)


def test_project_names_are_relative_and_own_imports_and_the_rest_of_the_module() -> None:
    text = """
    import json
    import requests
    from .near import a
    from pkg.far import b
    C = 1
    def f():
        return json, requests, a, b, C
    """
    unit = units_of(text, "src/pkg/mod.py")["f"]
    assert unit.project_names == ("C", "a", "b")
    assert unit.free_names == ("C",)


def test_a_folder_named_like_a_standard_module_makes_no_import_its_own() -> None:
    assert only("import email\ndef f():\n    return email\n", "app/email/send.py").project_names == ()


def test_names_beginning_with_an_underscore_are_private() -> None:
    assert {name: unit.is_private for name, unit in units_of("def _a(): ...\ndef b(): ...\n").items()} == {"_a": True, "b": False}


def test_tests_are_told_by_name_and_base() -> None:
    text = """
    def test_a(): ...
    def testify(): ...
    class TestB:
        def test_x(self): ...
    class TestClient:
        def get(self): ...
    class C(unittest.TestCase): ...
    """
    assert [unit.symbol for unit in units_of(text).values() if unit.is_test] == ["test_a", "TestB", "C"]


@pytest.mark.parametrize(
    ("text", "signature", "parameters"),
    [
        (
            "async def get(url: str, *, timeout: float = 10) -> bytes: ...",
            "async def get(url: str, *, timeout: float = 10) -> bytes",
            ("url", "timeout"),
        ),
        ("def f(a, /, b=1, *args, c, **kw): ...", "def f(a, /, b=1, *args, c, **kw)", ("a", "b", "args", "c", "kw")),
        ("def f(\n  a: dict[\n    str, int],\n): ...", "def f(a: dict[str, int])", ("a",)),
        ("def f(table={'aaaaaaaaaaaaaaaaaa': 1, 'bbbbbbbbbbbbbbbbbbbbb': 2}): ...", "def f(table=…)", ("table",)),
        (
            "class Cache(Generic[K, V]):\n  def __init__(self, size: int = 10): ...",
            "class Cache(Generic[K, V]): __init__(size: int = 10)",
            ("size",),
        ),
        ("class Plain:\n  x: int", "class Plain", ()),
        ("@dataclass(frozen=True)\nclass P:\n  x: int\n  n: ClassVar[int] = 3", "class P: __init__(x: int)", ("x",)),
        ("class M(BaseModel, extra='forbid'):\n  x: int = 1", "class M(BaseModel, extra='forbid'): __init__(x: int)", ("x",)),
    ],
)
def test_signature_is_one_line(text: str, signature: str, parameters: tuple[str, ...]) -> None:
    unit = only(text)

    assert (unit.signature, unit.parameters) == (signature, parameters)


def test_names_of_the_language_modules_of_the_standard_library_and_packages_are_told_apart() -> None:
    text = """
    import os.path, json, yaml, requests.adapters
    from collections import abc
    from .near import helper
    def f(x: int, len=len) -> "str":
        import numpy.linalg as la
        for id in range(3):
            print(id, len(x))
        return os.path.join(yaml.dump(x)), requests.adapters, helper, la, isinstance(x, abc.Sized)
    """
    unit = only(text)
    assert unit.builtins == ("int", "isinstance", "len", "print", "range", "str")
    assert unit.standard == ("collections", "os.path")
    assert unit.third_party == ("numpy", "requests", "yaml")
    assert unit.project_names == ("helper",)


def test_a_builtin_that_the_module_replaces_is_none() -> None:
    unit = units_of("from codecs import open\ndef max(a): ...\ndef f(p): return max(open(p))\n")["f"]

    assert (unit.builtins, unit.imports, unit.free_names) == ((), ("from codecs import open",), ("max",))


def test_an_import_within_a_unit_may_be_the_projects_own() -> None:
    unit = only("def f():\n    from . import near\n    from os import sep\n    return near, sep\n")

    assert (unit.project_names, unit.standard, unit.third_party) == (("near",), ("os",), ())


def test_stored_code_is_imports_two_blank_lines_and_body() -> None:
    unit = only("import os\nimport re\n\ndef f():\n    return os\n\n\n")

    assert stored_code(unit) == "import os\n\n\ndef f():\n    return os\n"


def test_stored_code_without_imports_is_the_body() -> None:
    assert stored_code(only("x = 1\ndef f(): return 1\n\n")) == "def f(): return 1\n"


def test_stored_code_runs_on_its_own() -> None:
    text = """
    from __future__ import annotations
    import re, sys
    from typing import TYPE_CHECKING
    if TYPE_CHECKING:
        from nowhere import Nothing
    def f(text: str) -> Nothing:
        return re.findall("[0-9]+", text)
    """
    space: dict[str, object] = {}
    exec(compile(stored_code(only(text)), "<stored>", "exec"), space)

    f = space["f"]
    assert callable(f)
    assert f("a1b22") == ["1", "22"]


def test_line_ends_and_a_byte_order_mark_are_normalised() -> None:
    unit = only("\ufeffdef f():\r\n    return '''a\r\nb'''\r\n")

    assert unit.body == "def f():\n    return '''a\nb'''"


def test_form_feeds_and_line_separators_end_no_line() -> None:
    found = units_of('x = 1\n\x0c\ndef f():\n    return "\u2028"\n\x0cdef g():\n    return 2\n')

    assert found["f"].body == 'def f():\n    return "\u2028"'
    assert found["g"].start_line == 5
    ast.parse(stored_code(found["g"]))


def test_a_docstring_with_a_lone_surrogate_can_be_written() -> None:
    unit = only('def f():\n    "Say \\ud800 twice."\n')

    assert unit.description == "Say \ufffd twice."


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [("x = 1\ndef f(:\n", 2, "not valid Python"), ("x = '\ud800'", 1, "UTF-8"), ("x = 1\0", 1, "not valid Python")],
)
def test_what_is_not_python_is_a_source_error_with_its_place(text: str, line: int, reason: str) -> None:
    with pytest.raises(SourceError) as caught:
        read_units(text, "pkg/bad.py")

    assert (caught.value.path, caught.value.line) == ("pkg/bad.py", line)
    assert reason in caught.value.reason


def test_a_backslash_at_the_end_of_a_unit_goes() -> None:
    unit = only("def f():\n    return 1 \\\n    # comment\n")

    assert stored_code(unit) == "def f():\n    return 1\n"


def test_invalid_escapes_do_not_warn() -> None:
    assert only("def f():\n    return '\\d'\n").name == "f"
