"""Importing: files that import and call a function of another file, and files that only look as if they did."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from benchmarks.evidence.insertions import EXTENSIONS, Host, Texts

FOLDER = "newly/added"
_IDENTIFIER = re.compile(r"[^\W\d][\w$]*")
_SAYS_NO_PLACE = frozenset("src lib pkg internal index main mod init __init__ packages python app cmd".split())


def imported(host: Host, symbol: str) -> Iterator[Texts]:
    """New files that use a function that ``host`` defines, each in another way of its language."""
    name = symbol.rpartition("::")[2]
    if not name.isidentifier():  # a module that is itself the function, and is called what the importer likes
        return
    for number, text in enumerate(_uses(host, name)):
        place = host.path.rpartition("/")[0] if host.language == "go" and "package" in text.split("\n")[0] else FOLDER
        if host.language == "go" and number:
            place = FOLDER
        yield {f"{place}/uses_it{number}.{EXTENSIONS[host.language]}".lstrip("/"): ("", text)}


def mistaken(host: Host, symbol: str) -> Iterator[Texts]:
    """New files that name it, but mean something else or only speak of it."""
    name = symbol.rpartition("::")[2]
    mark = "#" if host.language == "python" else "//"
    module = _module_of(host.path)
    body = {
        "python": f"from elsewhere.helpers import {name}\n\n\ndef work(a):\n    return {name}(a)\n",
        "go": f'package added\n\nimport "example.com/elsewhere/helpers"\n\nfunc Work(a int) int {{\n\treturn helpers.{name}(a)\n}}\n',
        "rust": f"use elsewhere::helpers::{name};\n\npub fn work(a: u8) -> u8 {{\n    {name}(a)\n}}\n",
    }.get(
        host.language, f"import {{ {name} }} from 'elsewhere/helpers';\n\nexport function work(a) {{\n  return {name}(a);\n}}\n"
    )
    remark = f"{mark} like {name} of {module}, see {host.path}\n"
    for number, text in enumerate((body, remark + body.replace(name, "other"))):
        yield {f"{FOLDER}/means_another{number}.{EXTENSIONS[host.language]}": ("", text)}


def _uses(host: Host, name: str) -> list[str]:
    if host.language == "python":
        module = ".".join(part for part in PurePosixPath(host.path).with_suffix("").parts if part not in ("src", "__init__"))
        package, _, last = module.rpartition(".")
        several = f"from {module} import (\n    {name} as helper,\n)\n\n\ndef work(a):\n    return helper(a)\n"
        whole = f"from {package} import {last}\n\n\ndef work(a):\n    return {last}.{name}(a)\n"
        plain = f"from {module} import {name}\n\n\ndef work(a):\n    return {name}(a)\n"
        return [plain, several, *([whole] if package else [])]
    if host.language == "go":
        return _go(host, name)
    if host.language == "rust":
        module = _module_of(host.path)
        return [
            f"use crate::{module}::{name};\n\npub fn work(a: u8) -> u8 {{\n    {name}(a)\n}}\n",
            f"use crate::{module};\n\npub fn work(a: u8) -> u8 {{\n    {module}::{name}(a)\n}}\n",
        ]
    target = posixpath.relpath(host.path, FOLDER)
    return [
        f"import {{ {name} }} from '{target}';\n\nexport function work(a) {{\n  return {name}(a);\n}}\n",
        f"const {{ {name} }} = require('{target.rpartition('.')[0]}');\n\nmodule.exports = (a) => {name}(a);\n",
    ]


def _go(host: Host, name: str) -> list[str]:
    package = re.search(r"^package (\w+)", host.text, re.MULTILINE)
    folder = host.path.rpartition("/")[0]
    beside = f"package {package[1] if package else 'main'}\n\nfunc work(a int) int {{\n\treturn {name}(a)\n}}\n"
    if not folder:
        return [beside]
    last = folder.rpartition("/")[2]
    other = f'package added\n\nimport "example.com/here/{folder}"\n\nfunc Work(a int) int {{\n\treturn {last}.{name}(a)\n}}\n'
    return [beside, other] if name[:1].isupper() else [beside]


def _module_of(path: str) -> str:
    """The one word by which code names a file: its stem, or the nearest folder above that says something."""
    parts = PurePosixPath(path)
    for part in (parts.name.partition(".")[0], *reversed(parts.parts[:-1])):
        word = max(_IDENTIFIER.findall(part), key=len, default="")
        if word and word not in _SAYS_NO_PLACE:
            return word
    return ""
