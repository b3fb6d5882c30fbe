"""``pattern.yaml``: text to record and back."""

from __future__ import annotations

import re
from pathlib import Path

from foundry_git.errors import ManifestError, NewerSchemaError
from foundry_git.pattern import yamltext
from foundry_git.pattern.fields import Fields
from foundry_git.pattern.naming import is_slug
from foundry_git.pattern.record import Deprecation, Manifest, Measures, Origin
from foundry_git.pattern.vocabulary import ANY_LANGUAGE, KINDS

SCHEMA = 2
"""The newest schema. A manifest is written with the oldest that has all its keys: 2 brought `roots` and `shallow` of an origin."""
_DEPRECATION_SCHEMA = 1
FILE_NAME = "pattern.yaml"
DEPRECATED_FILE = "deprecated.yaml"
MAX_DESCRIPTION = 1024

_TEXT_KEYS = ("name", "kind", "description", "language", "framework", "code", "suggested_action")
_LIST_KEYS = ("tags", "requires", "conflicts", "supersedes")
_KEYS = ("schema", *_TEXT_KEYS, *_LIST_KEYS, "origin", "measures")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*\Z")


def read_manifest(content: bytes, path: Path) -> Manifest:
    """Read a manifest, with every problem at once.

    Raises:
        ManifestError: the text breaks the guard of :mod:`yamltext` or the schema.
        NewerSchemaError: a newer version of foundry-git wrote it.
    """
    fields = Fields(yamltext.read(content, path))
    _refuse_newer(fields, path)
    fields.refuse_unknown(_KEYS)
    manifest = Manifest(
        name=fields.text("name", required=True),
        kind=fields.text("kind", required=True),
        description=fields.text("description"),
        language=fields.text("language", required=True),
        code=fields.text("code"),
        framework=fields.text("framework"),
        tags=fields.texts("tags"),
        requires=fields.texts("requires"),
        conflicts=fields.texts("conflicts"),
        supersedes=fields.texts("supersedes"),
        suggested_action=fields.text("suggested_action"),
        origin=_origin(fields),
        measures=_measures(fields),
    )
    problems = fields.problems + _broken_rules(manifest)
    if problems:
        raise ManifestError(path, problems)
    return manifest


def write_manifest(manifest: Manifest) -> str:
    """Write a manifest; reading it back gives the same record, writing it again the same text."""
    document: dict[str, object] = {"schema": _schema_of(manifest)}
    for key in ("name", "kind", "description", "language", "framework"):
        _put(document, key, getattr(manifest, key))
    _put(document, "tags", list(manifest.tags))
    _put(document, "code", manifest.code)
    for key in ("requires", "conflicts", "supersedes"):
        _put(document, key, list(getattr(manifest, key)))
    _put(document, "suggested_action", manifest.suggested_action)
    _put(document, "origin", _origin_document(manifest.origin))
    _put(document, "measures", _measures_document(manifest.measures))
    return yamltext.write(document)


def read_deprecation(content: bytes, path: Path) -> Deprecation:
    """Read ``deprecated.yaml``: reason, versions it speaks of (none: all), what replaces it.

    Raises:
        ManifestError, NewerSchemaError: as for :func:`read_manifest`.
    """
    fields = Fields(yamltext.read(content, path))
    if fields.number("schema", _DEPRECATION_SCHEMA) > _DEPRECATION_SCHEMA:
        raise NewerSchemaError(path, fields.number("schema"), _DEPRECATION_SCHEMA)
    fields.refuse_unknown(("schema", "reason", "versions", "replaced_by"))
    versions = fields.texts("versions")
    bad = [text for text in versions if not (text.isascii() and text.isdigit()) or len(text) > 9]
    fields.problems += [f"versions: {text!r} is not a version number" for text in bad]
    reason = fields.text("reason", required=True)
    replaced_by = fields.text("replaced_by")
    if fields.problems:
        raise ManifestError(path, fields.problems)
    return Deprecation(reason, tuple(int(text) for text in versions), replaced_by)


def _refuse_newer(fields: Fields, path: Path) -> None:
    found = fields.number("schema", default=0)
    if found > SCHEMA:
        raise NewerSchemaError(path, found, SCHEMA)
    if found < 1:
        fields.problems.append("schema: is missing; write `schema: 1`")


def _origin(fields: Fields) -> Origin | None:
    inner = fields.mapping("origin")
    if inner is None:
        return None
    inner.refuse_unknown(("repository", "roots", "shallow", "commit", "path", "symbol", "lines", "author_date", "licence"))
    first, dash, last = inner.text("lines").partition("-")
    numbers = Fields({"lines": first, "last": last if dash else first}, "origin.")
    origin = Origin(
        repository=inner.text("repository"),
        commit=inner.text("commit"),
        path=inner.text("path"),
        symbol=inner.text("symbol"),
        first_line=numbers.number("lines"),
        last_line=numbers.number("last"),
        author_date=inner.text("author_date"),
        licence=inner.text("licence"),
        roots=inner.texts("roots"),
        shallow=inner.flag("shallow", False),
    )
    fields.problems += inner.problems + numbers.problems
    return origin


def _measures(fields: Fields) -> Measures | None:
    inner = fields.mapping("measures")
    if inner is None:
        return None
    inner.refuse_unknown(("lines", "complexity", "parameters"))
    measures = Measures(inner.number("lines"), inner.number("complexity"), inner.number("parameters"))
    fields.problems += inner.problems
    return measures


def _broken_rules(manifest: Manifest) -> list[str]:
    problems = []
    if manifest.kind and manifest.kind not in KINDS:
        problems.append(f"kind: {manifest.kind!r} is none of {', '.join(KINDS)}")
    if manifest.language and manifest.language != ANY_LANGUAGE and not is_slug(manifest.language):
        problems.append(f"language: {manifest.language!r} is not a language name in lower case")
    if manifest.kind in KINDS and manifest.kind != "guidance" and not manifest.code:
        problems.append("code: is missing; name the code file beside this manifest")
    if manifest.code and (not _PLAIN_NAME.match(manifest.code) or manifest.code in (FILE_NAME, DEPRECATED_FILE)):
        problems.append(f"code: {manifest.code!r} is not the plain name of a file in this folder")
    if manifest.kind == "guidance" and not manifest.description.strip():
        problems.append("description: is missing; without code it is all that guidance says")
    if len(manifest.description) > MAX_DESCRIPTION:
        problems.append(f"description: longer than {MAX_DESCRIPTION} characters")
    return problems


def _schema_of(manifest: Manifest) -> int:
    origin = manifest.origin
    return 2 if origin and (origin.roots or origin.shallow) else 1


def _put(document: dict[str, object], key: str, value: object) -> None:
    if value:
        document[key] = value


def _origin_document(origin: Origin | None) -> dict[str, object]:
    if origin is None:
        return {}
    document: dict[str, object] = {}
    _put(document, "repository", origin.repository)
    _put(document, "roots", list(origin.roots))
    _put(document, "shallow", origin.shallow)
    for key in ("commit", "path", "symbol"):
        _put(document, key, getattr(origin, key))
    if origin.first_line:
        document["lines"] = f"{origin.first_line}-{origin.last_line}"
    _put(document, "author_date", origin.author_date)
    _put(document, "licence", origin.licence)
    return document


def _measures_document(measures: Measures | None) -> dict[str, object]:
    if measures is None:
        return {}
    return {"lines": measures.lines, "complexity": measures.complexity, "parameters": measures.parameters}
