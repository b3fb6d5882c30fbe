"""What a unit in Go brings along of its package, and what it cannot."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from foundry_git.source.closure import MOST_HELPERS, Closure
from foundry_git.source.go.constraints import constraint_of
from foundry_git.source.manifests import NO_PROJECT, read_project
from foundry_git.source.reader import closed, left_open, read_units, stored_code

PROJECT = read_project({"go.mod": "module example.com/shop\n\ngo 1.22\n"})


class Folder:
    """The files of a project, and the names in its folders."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.files = files

    def read(self, path: str) -> str | None:
        if path.endswith("/"):
            return "\n".join(name for name in self.files if f"{name.rpartition('/')[0]}/" == path).replace(path, "")
        return self.files.get(path)


def close(files: Mapping[str, str], symbol: str, path: str = "store/shelf.go") -> Closure:
    packaged = {name: text if "package " in text else f"package store\n\n{text}" for name, text in files.items()}
    unit = next(unit for unit in read_units(packaged[path], path, project=PROJECT) if unit.symbol == symbol)
    return closed(unit, packaged[path], path, PROJECT, Folder(packaged).read)


def alone(closure: Closure) -> str:
    assert closure.missing == ()
    assert left_open(closure.code, "go", "store/shelf.go") == ()
    return closure.code


def test_definitions_of_other_files_of_the_package_come_along_with_their_imports() -> None:
    files = {
        "store/shelf.go": 'import "fmt"\n\n// Show shows.\nfunc Show(n int) string { return fmt.Sprint(clamp(n)) }\n',
        "store/clamp.go": 'import "math"\n\nfunc clamp(n int) int { return int(math.Min(float64(n), most)) }\n\nvar most = 9.5\n',
    }

    closure = close(files, "Show")

    assert set(closure.helpers) == {"clamp", "most"}
    assert alone(closure).startswith('package store\n\nimport (\n\t"')
    assert '"math"' in closure.code and closure.code.count("package") == 1
    assert closure.code.endswith("// Show shows.\nfunc Show(n int) string { return fmt.Sprint(clamp(n)) }\n")


def test_constants_that_go_on_from_one_another_come_along_as_their_group() -> None:
    text = "func f(k Kind) bool { return k == third }\n\ntype Kind int\n\nconst (\n\tfirst Kind = iota\n\tsecond\n\tthird\n)\n"

    closure = close({"store/shelf.go": text}, "f")

    assert set(closure.helpers) == {"Kind", "third"}
    assert "\tfirst Kind = iota\n\tsecond\n\tthird\n)" in alone(closure)


def test_of_a_group_that_stands_side_by_side_only_what_is_needed_comes_along() -> None:
    text = 'func f() string { return b }\n\nconst (\n\ta = "a"\n\tb = "b" // the other\n)\n\ntype (\n\tX int\n)\n'

    closure = close({"store/shelf.go": text}, "f")

    assert 'const b = "b"' in alone(closure)
    assert '"a"' not in closure.code


def test_a_type_comes_along_with_the_methods_that_are_named_and_those_of_interfaces() -> None:
    files = {
        "store/shelf.go": "func Count(s *Shelf) int { return s.size() }\n",
        "store/type.go": "type Shelf struct{ parts []string }\n\nfunc (s *Shelf) size() int { return len(s.parts) }\n"
        "\nfunc (s *Shelf) sweep() { s.parts = nil }\n",
        "store/text.go": 'func (s *Shelf) String() string { return "shelf" }\n',
    }

    closure = close(files, "Count")

    assert closure.helpers == ("Shelf",)
    assert "size() int" in alone(closure) and "String() string" in closure.code
    assert "sweep" not in closure.code


def test_a_table_comes_along_with_the_function_that_fills_it() -> None:
    text = 'func name(n int) string { return names[n] }\n\nvar names = map[int]string{}\n\nfunc init() {\n\tnames[1] = "one"\n}\n'

    assert 'names[1] = "one"' in alone(close({"store/shelf.go": text}, "name"))


def test_tests_of_a_package_are_not_its_code() -> None:
    files = {"store/shelf.go": "func f() int { return helper() }\n", "store/shelf_test.go": "func helper() int { return 1 }\n"}

    assert close(files, "f").missing == ("helper, which nothing defines",)


@pytest.mark.parametrize(
    ("text", "symbol", "missing"),
    [
        ("func f() { nowhere() }\n", "f", "nowhere, which nothing defines"),
        ('import "example.com/shop/dates"\n\nfunc f() { dates.Now() }\n', "f", "example.com/shop/dates of its project"),
        ("func (s *Shelf) Sweep() { s.parts = nil }\n", "Shelf", "Shelf, the type of its methods"),
        ("func add(a, b int) int\n", "add", "a body that is no Go"),
        ("//go:linkname now time.now\nfunc now() int { return 1 }\n", "now", "what //go:linkname brings in"),
        ("func f() string { return page }\n\n//go:embed page.html\nvar page string\n", "f", "what //go:embed brings in"),
        (
            'import "github.com/x/flask"\n\nfunc f() { app.Run() }\n\nvar app = flask.New()\n',
            "f",
            "app, which is made by flask at import",
        ),
        (
            '/*\n#include "glue.h"\n*/\nimport "C"\n\nfunc f() int { return int(C.glue()) }\n',
            "f",
            "glue.h beside it",
        ),
    ],
)
def test_what_cannot_come_along_is_named(text: str, symbol: str, missing: str) -> None:
    closure = close({"store/shelf.go": text}, symbol)

    assert (closure.code, closure.missing) == ("", (missing,))


def test_what_each_system_has_for_itself_cannot_come_along_elsewhere() -> None:
    files = {
        "store/shelf.go": "func f() int { return pages() }\n",
        "store/pages_windows.go": "func pages() int { return 1 }\n",
        "store/pages_other.go": "//go:build !windows\n\npackage store\n\nfunc pages() int { return 2 }\n",
    }

    assert close(files, "f").missing == ("pages, which depends on the system",)


def test_a_type_that_calls_a_method_of_another_file_does_not_stand_alone() -> None:
    files = {
        "store/shelf.go": "type Shelf struct{}\n\nfunc (s *Shelf) Tidy() { s.sweep(); other() }\n\nfunc other() {}\n",
        "store/sweep.go": "func (s *Shelf) sweep() {}\n",
    }

    assert close(files, "Shelf").missing == ("Shelf.sweep of another file",)


def test_more_than_a_few_definitions_do_not_come_along() -> None:
    calls = "; ".join(f"f{at}()" for at in range(MOST_HELPERS + 1))
    text = f"func f() {{ {calls} }}\n" + "".join(f"func f{at}() {{}}\n" for at in range(MOST_HELPERS + 1))

    assert close({"store/shelf.go": text}, "f").missing == (f"more than {MOST_HELPERS} definitions of its project",)


def test_the_comment_in_c_stays_above_its_import() -> None:
    text = (
        'package cg\n\nimport "fmt"\n\n/*\n#include <stdlib.h>\nstatic int twice(int x) { return 2*x; }\n*/\nimport "C"\n\n'
        "// Twice shows it.\nfunc Twice(x int) { fmt.Println(C.twice(C.int(x))) }\n"
    )

    unit = read_units(text, "cg.go")[0]

    assert stored_code(unit).startswith(
        'package cg\n\n/*\n#include <stdlib.h>\nstatic int twice(int x) { return 2*x; }\n*/\nimport "C"\n\nimport "fmt"\n'
    )
    assert unit.third_party == ("C",)


@pytest.mark.parametrize(
    ("path", "line", "constraint"),
    [
        ("a.go", "", ""),
        ("linux.go", "", ""),
        ("read_windows.go", "", "windows"),
        ("read_windows_arm64.go", "", "windows && arm64"),
        ("read_unix.go", "//go:build unix && !darwin", "unix && !darwin"),
        ("read_linux.go", "//go:build cgo", "(cgo) && linux"),
    ],
)
def test_for_which_systems_a_file_is_there_comes_along(path: str, line: str, constraint: str) -> None:
    text = f"// Copyright\n{line}\n\npackage a\n\nfunc f() {{}}\n"

    assert constraint_of(path, text) == constraint
    assert (
        stored_code(read_units(text, path)[0])
        == (f"//go:build {constraint}\n\n" if constraint else "") + "package a\n\nfunc f() {}\n"
    )


def test_what_needs_nothing_is_stored_as_it_is() -> None:
    text = 'package a\n\nimport "math"\n\nfunc Area(r float64) float64 { return math.Pi * r * r }\n'
    unit = read_units(text, "a.go")[0]

    assert closed(unit, text, "a.go", NO_PROJECT, Folder({}).read) == Closure(stored_code(unit))
