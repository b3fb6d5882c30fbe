"""The secret screen: finds tokens, keys and passwords in text, and never repeats their value."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from foundry_git.source.secret_rules import RULES, SecretRule

TOKEN_ENTROPY = 1.5  # bits per character of a provider's token: keeps "xxxx…" and "0000…" out, and nothing that was ever issued
PASSWORD_ENTROPY = 3.0  # of an assigned value: "letmein1" has 2.75, 12 random letters and digits have 3.4 at the median

_KEYWORDS = ("passw", "passphrase", "pwd", "secret", "token", "key", "credential")
_NAME = r"(?:password|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?)"
# a name that goes on like this holds no secret itself: TOKENIZER_SHA256, password_file, secret_name, token_url
_HARMLESS = r"(?!i[sz]|[\w-]{0,20}(?:sha|md5|hash|digest|checksum|fingerprint|file|path|name|url|uri|pattern|regex|format))"
_QUOTED = re.compile(
    rf"(?i)(?<!publickey){_NAME}{_HARMLESS}[\w-]{{0,20}}[\"']?\]?[ \t]{{0,4}}(?::[ \t]{{0,2}}[\w.|]{{1,30}}[ \t]{{0,2}}=|:=|=>|=|:)"
    r"[ \t]{0,4}[rbuf]{0,2}([\"'])([^\"'\s]{8,200})\1"
)
_SHELL = re.compile(
    rf"(?m)^[ \t]{{0,8}}(?:export[ \t]+)?[A-Z0-9_]{{0,40}}(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|ACCESS_?KEY)(?i:{_HARMLESS})"
    r"[A-Z0-9_]{0,20}"
    r"=()([A-Za-z0-9+/_=-]{16,200})[ \t]*$"
)
_PLACEHOLDER = re.compile(
    r"(?i)example|change_?-?me|place_?holder|your|x{3}|dummy|sample|test|fake|mock|todo|redact|secret|passw|token|key|replace|insert"
    r"|default|foo|bar|hunter2|1234|abcd|qwerty|lorem|null|none|admin|user|[<>{}*]|\.\.\.|\$|%[(sd]|://|^[./@#]|\\|\(\?"
)
_PLAIN_NAME = re.compile(r"^[A-Za-z_.:/-]*[0-9]{0,2}$")


@dataclass(frozen=True, slots=True)
class SecretHit:
    """A secret was found: by which rule, on which line (1-based)."""

    rule: str
    line: int


def find_secrets(text: str) -> list[SecretHit]:
    """Find secrets in a text, ordered by line; a line that a provider's rule names is not also called an assigned password.

    Values that their authors meant as placeholders (``changeme``, ``<token>``, ``${TOKEN}``, AWS's ``…EXAMPLE``) are none.
    """
    hits = {SecretHit(rule.name, line) for rule in RULES for line in _lines_of(rule, text)}
    taken = {hit.line for hit in hits}
    hits.update(SecretHit("assigned-secret", line) for line in _assigned(text) if line not in taken)
    return sorted(hits, key=lambda hit: (hit.line, hit.rule))


def _lines_of(rule: SecretRule, text: str) -> Iterator[int]:
    if not any(keyword in text for keyword in rule.keywords):
        return
    for found in re.finditer(rule.pattern, text):
        value = found[found.lastindex or 0]
        if entropy(value) >= TOKEN_ENTROPY and not _is_meant_as_example(rule, value):
            yield _line(text, found.start())


def _is_meant_as_example(rule: SecretRule, value: str) -> bool:
    if rule.name == "url-password":
        return bool(_PLACEHOLDER.search(value)) or value.isalpha()
    return "EXAMPLE" in value.upper() or "xxxx" in value.lower()


def _assigned(text: str) -> Iterator[int]:
    lowered = text.lower()
    if not any(
        keyword in lowered for keyword in _KEYWORDS
    ):  # seven searches for a text are five times as fast as one for a regex
        return
    for pattern in (_QUOTED, _SHELL):
        for found in pattern.finditer(text):
            if _looks_secret(found[2]):
                yield _line(text, found.start(2))


def _looks_secret(value: str) -> bool:
    """Say whether a value assigned to a password could be one: not a word, a name, a path or a placeholder."""
    mixed = any(char.isdigit() for char in value) and any(char.isalpha() for char in value)
    if not mixed or _PLACEHOLDER.search(value) or _PLAIN_NAME.match(value):
        return False
    return entropy(value) >= PASSWORD_ENTROPY


def entropy(value: str) -> float:
    """Measure Shannon's entropy of a text in bits per character."""
    counts = Counter(value).values()
    return -sum(count / len(value) * math.log2(count / len(value)) for count in counts)


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1
