"""The secret screen: finds tokens, keys and passwords in text, and never repeats their value."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import re2

from foundry_git.source.secret_rules import RULES, SecretRule
from foundry_git.source.views import views_of

TOKEN_ENTROPY = 2.0  # bits per character of a provider's token: of 30,000 made-up ones the lowest has 3.1, "0000…" has none
PASSWORD_ENTROPY = 3.0  # of an assigned value: "letmein1" has 2.75, 12 random letters and digits have 3.4 at the median
BARE_ENTROPY = 3.2  # of one without quotes, which may be code: 98 of 100 keys of 32 hexadecimal digits have 3.27 or more

_BYTES = re2.Options()
_BYTES.encoding = re2.Options.Encoding.LATIN1
_BYTES.log_errors = False

_NAME = r"(?:password|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|auth[_-]?key|credentials?)"
# between name and value: `: str =` holds a type
_ASSIGNED = r"[\"']?\]?[ \t]{0,4}(?::[ \t]{0,2}[\w.|&'<>\[\]]{1,30}[ \t]{0,2}=|:=|=>|=|:)[ \t]{0,4}"
_KEYWORD = re2.compile(rb"(?i)passw|passphrase|pwd|secret|token|key|credential", _BYTES)
# groups: what must not stand before, how the name goes on, the value in double or single quotes
_QUOTED = re2.compile(
    rf"(?i)(public_?(?:key)?)?{_NAME}([\w-]{{0,40}}){_ASSIGNED}(?:\(\s*)?[rbuf]{{0,2}}"
    r"(?:\"([^\"'\s]{8,200})\"|'([^\"'\s]{8,200})')".encode(),
    _BYTES,
)
_BARE = re2.compile(
    rf"(?i)(public_?(?:key)?)?{_NAME}([\w-]{{0,40}})[\"']?[ \t]*[:=][ \t]*(?:bearer[ \t]+)?([A-Za-z0-9+/_=.-]{{16,200}})"
    r"(?:[\s&\"'`#;,]|$)".encode(),
    _BYTES,
)
# a name that goes on like this holds no secret itself: TOKENIZER_SHA256, password_file, secret_name, token_url
_HARMLESS = re2.compile(
    rb"(?i)^(?:i[sz]|[\w-]{0,20}(?:sha|md5|hash|digest|checksum|fingerprint|file|path|name|url|uri|pattern|regex|format"
    rb"|expir|lifetime|length|limit|prefix|suffix))",
    _BYTES,
)
_PLACEHOLDER = re2.compile(
    rb"(?i)example|change_?-?me|place_?holder|your|x{3}|dummy|sample|test|fake|mock|todo|redact|secret|passw|token|key|replace|insert"
    rb"|default|foo|bar|hunter2|1234|abcd|qwerty|lorem|null|none|admin|user|[<>{}*]|\.\.\.|\$|%[(sd]|://|^[./@#]|\\|\(\?",
    _BYTES,
)
_PLAIN_NAME = re2.compile(rb"^[A-Za-z_.:/-]*[0-9]{0,2}$", _BYTES)
_CODE = re2.compile(  # without quotes: config.api_key_v2, camelCase1Name, snake_case_2
    rb"^(?:[A-Za-z_]\w*\.)+[A-Za-z_]\w*$|^[a-z]+(?:[A-Z0-9][a-z]+)+[0-9]{0,2}$|^[a-z]+(?:[_-][a-z0-9]+)+$", _BYTES
)


@dataclass(frozen=True, slots=True)
class SecretHit:
    """A secret was found: by which rule, on which line (1-based)."""

    rule: str
    line: int


def find_secrets(text: str) -> list[SecretHit]:
    """Find secrets in a text, ordered by line; a line that a provider's rule names is not also called an assigned password.

    A token is found as it stands, broken over several literals or lines, and encoded once in base64, hex or percent signs; see
    :mod:`foundry_git.source.views`. Values that their authors meant as placeholders (``changeme``, ``<token>``, ``${TOKEN}``,
    AWS's ``…EXAMPLE``) are none.
    """
    content = text.encode("utf-8", "surrogatepass")
    views = list(views_of(content))
    hits = {(rule.name, view.origin(at)) for view in views for rule, at in _tokens(view.content)}
    found = {SecretHit(name, _line(content, at)) for name, at in hits}
    taken = {hit.line for hit in found}
    assigned = {_line(content, view.origin(at)) for view in views for at in _assigned(view.content)}
    found.update(SecretHit("assigned-secret", line) for line in assigned - taken)
    return sorted(found, key=lambda hit: (hit.line, hit.rule))


def entropy(value: str | bytes) -> float:
    """Measure Shannon's entropy of a text in bits per character."""
    counts = Counter(value).values()
    return -sum(count / len(value) * math.log2(count / len(value)) for count in counts)


def _tokens(content: bytes) -> Iterator[tuple[SecretRule, int]]:
    keywords, rules = _keywords()
    for rule in {rules[number] for number in keywords.Match(content) or ()}:
        at = 0
        while found := _compiled(rule).search(content, at):
            value = found[1]
            if entropy(value) >= TOKEN_ENTROPY and not _is_meant_as_example(rule, value):
                yield rule, found.start(1)
            at = found.end(1)  # what ends this token may begin the next one


@cache
def _keywords() -> tuple[Any, tuple[SecretRule, ...]]:
    """One automaton for all keywords, and the rule that each belongs to: one pass is 25 times as fast as a search for each."""
    wanted = re2.Set.SearchSet(_BYTES)
    rules = [rule for rule in RULES for _ in rule.keywords]
    for keyword in (keyword for rule in RULES for keyword in rule.keywords):
        wanted.Add(re2.escape(keyword.encode()))
    wanted.Compile()
    return wanted, tuple(rules)


@cache
def _compiled(rule: SecretRule) -> Any:
    return re2.compile(rule.pattern.encode(), _BYTES)


def _is_meant_as_example(rule: SecretRule, value: bytes) -> bool:
    if rule.name == "url-password":
        return bool(_PLACEHOLDER.search(value)) or value.isalpha()
    return b"EXAMPLE" in value.upper() or b"xxxx" in value.lower()


def _assigned(content: bytes) -> Iterator[int]:
    if not _KEYWORD.search(content):
        return
    for found in _QUOTED.finditer(content):
        at = 3 if found[3] is not None else 4
        if not found[1] and not _HARMLESS.search(found[2]) and _looks_secret(found[at], PASSWORD_ENTROPY):
            yield found.start(at)
    for found in _BARE.finditer(content):
        bare = not found[1] and not _HARMLESS.search(found[2]) and not _CODE.search(found[3])
        if bare and _looks_secret(found[3], BARE_ENTROPY):
            yield found.start(3)


def _looks_secret(value: bytes, least: float) -> bool:
    """Say whether a value assigned to a password could be one: not a word, a name, a path or a placeholder."""
    mixed = any(48 <= char <= 57 for char in value) and any(chr(char).isalpha() for char in value)
    if not mixed or _PLACEHOLDER.search(value) or _PLAIN_NAME.search(value):
        return False
    return entropy(value) >= least


def _line(content: bytes, position: int) -> int:
    return content.count(b"\n", 0, position) + 1
