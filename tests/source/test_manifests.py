"""What the manifests of a repository say about its own packages and their dependencies."""

from __future__ import annotations

import pytest

from foundry_git.source.manifests import NO_PROJECT, Project, is_manifest, read_project
from foundry_git.source.reader import read_units

PYPROJECT = """
[project]
name = "Acme-Billing.Tools"
dependencies = ["Django[argon2] >= 4", "typing-extensions; python_version < '3.12'"]
scripts = {bill = "acme_cli.main:run"}
[project.optional-dependencies]
web = ["fastapi"]
[dependency-groups]
dev = ["pytest>=8", {include-group = "web"}]
[tool.hatch.build.targets.wheel]
packages = ["src/billing"]
"""
POETRY = """
[tool.poetry]
name = "app"
packages = [{include = "app_core", from = "src"}]
[tool.poetry.dependencies]
python = "^3.11"
flask = "*"
[tool.poetry.group.dev.dependencies]
pytest = {version = "*"}
"""
SETUP_CFG = """
[metadata]
name = old-app
[options]
packages =
    oldapp
    oldapp.sub
install_requires =
    click>=8
    SQLAlchemy
[options.extras_require]
web = starlette
"""
PACKAGE = '{"name": "@acme/web", "dependencies": {"react": "^18", "@acme/ui": "workspace:*"}, "devDependencies": {"next": "14"}}'
GO_MOD = """
module github.com/acme/pay // the service
go 1.22
require (
	github.com/gin-gonic/gin v1.9.1
	gopkg.in/yaml.v3 v3.0.1 // indirect
)
require github.com/labstack/echo/v4 v4.11.0
replace example.org/x v1.0.0 => ../x
"""
CARGO = """
[package]
name = "acme-core"
[lib]
name = "acme"
[dependencies]
serde = { version = "1", features = ["derive"] }
tokio-util = "0.7"
acme-macros = { path = "../macros" }
[dev-dependencies]
proptest = "1"
[target.'cfg(unix)'.dependencies]
nix = "0.27"
"""


def test_a_python_project_is_known_by_its_name_its_packages_and_its_scripts() -> None:
    project = read_project({"pyproject.toml": PYPROJECT})

    assert project.own("src/billing/a.py", "python") == {"acme_billing", "billing", "acme_cli"}
    assert project.dependencies("a.py", "python") == {"django", "typing_extensions", "fastapi", "pytest"}


def test_poetry_and_setup_cfg_are_read() -> None:
    project = read_project({"new/pyproject.toml": POETRY, "old/setup.cfg": SETUP_CFG})

    assert project.own("x.py", "python") == {"app", "app_core", "old_app", "oldapp"}
    assert project.dependencies("new/src/x.py", "python") == {"flask", "pytest"}
    assert project.dependencies("old/x.py", "python") == {"click", "sqlalchemy", "starlette"}


def test_packages_of_a_workspace_are_the_projects_own_and_dependencies_are_those_of_the_nearest() -> None:
    files = {"package.json": '{"name": "root", "dependencies": {"vue": "3"}}', "packages/web/package.json": PACKAGE}
    project = read_project(files)

    assert project.own("packages/web/src/a.tsx", "typescript") == {"root", "@acme/web", "@acme/ui"}
    assert project.own("packages/web/src/a.js", "javascript") == project.own("b.ts", "typescript")
    assert project.dependencies("packages/web/src/a.tsx", "typescript") == {"react", "@acme/ui", "next"}
    assert project.dependencies("scripts/a.js", "javascript") == {"vue"}
    assert project.own("a.py", "python") == frozenset()


def test_a_go_module_is_its_path() -> None:
    project = read_project({"go.mod": GO_MOD})

    assert project.own("cmd/main.go", "go") == {"github.com/acme/pay"}
    assert project.dependencies("cmd/main.go", "go") == {
        "github.com/gin-gonic/gin",
        "gopkg.in/yaml.v3",
        "github.com/labstack/echo/v4",
    }


def test_a_crate_is_known_by_its_names_and_those_beside_it() -> None:
    project = read_project({"core/Cargo.toml": CARGO, "macros/Cargo.toml": '[package]\nname = "acme-macros"'})

    assert project.own("core/src/lib.rs", "rust") == {"acme_core", "acme", "acme_macros"}
    assert project.dependencies("core/src/lib.rs", "rust") == {"serde", "tokio_util", "acme_macros", "proptest", "nix"}


def test_manifests_of_test_data_speak_for_their_own_folder_and_vendored_ones_not_at_all() -> None:
    files = {"tests/data/app/package.json": '{"name": "react"}', "node_modules/vue/package.json": '{"name": "vue"}'}
    project = read_project(files)

    assert project.own("src/a.js", "javascript") == frozenset()
    assert project.own("tests/data/app/src/a.js", "javascript") == {"react"}
    assert not is_manifest("node_modules/vue/package.json") and not is_manifest("src/app.py")


BROKEN = [
    *("", "[", "{", "\0", "[]", '{"name": []}', '{"dependencies": 7}', "[tool]\npoetry = 1", "[options]\npackages = find:"),
    *("[project]\nname = 3\ndependencies = 'x'", "[package]\nname = []\n[dependencies]\na = [1]", "name = \ud800"),
    *("[" * 100_000, "a." * 50_000 + "b = 1", "x = {" + "a." * 50_000 + "b = 1}", "require (\n" * 20_000, "\n" * 100_000),
]


@pytest.mark.parametrize("name", ["pyproject.toml", "setup.cfg", "package.json", "go.mod", "Cargo.toml"])
@pytest.mark.parametrize("text", BROKEN)
def test_a_broken_manifest_says_nothing_and_stops_nothing(name: str, text: str) -> None:
    project = read_project({f"bad/{name}": text, f"good/{name}": GOOD[name]})

    for language in ("python", "javascript", "go", "rust"):
        assert not project.own("bad/x", language) - {"good"}
    assert any("good" in project.own("x", language) for language in ("python", "javascript", "go", "rust"))


GOOD = {
    "pyproject.toml": "\ufeff[project]\nname = 'good'",
    "setup.cfg": "[metadata]\nname = good",
    "package.json": '{"name": "good"}',
    "go.mod": "module good",
    "Cargo.toml": "[package]\nname = 'good'",
}


def names(project: Project) -> tuple[tuple[str, ...], tuple[str, ...]]:
    text = "import billing.api\nimport yaml\ndef f(): return billing.api, yaml\n"
    (unit,) = read_units(text, "elsewhere/a.py", project=project)
    return unit.project_names, unit.third_party


def test_what_a_python_file_imports_of_its_own_project_is_no_third_party() -> None:
    assert names(NO_PROJECT) == ((), ("billing", "yaml"))
    assert names(read_project({"pyproject.toml": PYPROJECT})) == (("billing",), ("yaml",))
