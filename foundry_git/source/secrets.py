"""The secret screen: finds tokens, keys and passwords in text, and never repeats their value."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise
from typing import Any

import re2
from msgspec import Struct

from foundry_git.source.secret_rules import RULES, SecretRule
from foundry_git.source.views import views_of

TOKEN_ENTROPY = 2.0  # bits per character of a provider's token: of 30,000 made-up ones the lowest has 3.1, "0000…" has none
PASSWORD_ENTROPY = 3.0  # of an assigned value: "letmein1" has 2.75, 12 random letters and digits have 3.4 at the median
BARE_ENTROPY = 3.2  # of one without quotes, which may be code: 98 of 100 keys of 32 hexadecimal digits have 3.27 or more

LONG_WORD = 20  # letters: of shorter ones too few to tell chance from a name

_BYTES = re2.Options()
_BYTES.encoding = re2.Options.Encoding.LATIN1
_BYTES.log_errors = False


def _later(pattern: bytes) -> Callable[[], Any]:
    """Compile a pattern when it is first asked for: all of them take 15 ms, and most commands screen nothing."""
    return cache(lambda: re2.compile(pattern, _BYTES))


_NAME = r"(?:password|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|auth[_-]?key|credentials?)"
# between name and value: `: str =` holds a type
_ASSIGNED = r"[\"']?\]?[ \t]{0,4}(?::[ \t]{0,2}[\w.|&'<>\[\]]{1,30}[ \t]{0,2}=|:=|=>|=|:)[ \t]{0,4}"
_hint = _later(rb"(?i)compare_digest|passw|passphrase|pwd|secret|token|key|credential|authori[sz]ation")
# what stands for a variable that is not set: get("NAME") or "…", process.env.NAME || '…'
_INSTEAD = r"[\"']?[)\]]{0,2}\s{0,20}(?:or\b|\|\|=?|\?\?=?)\s{0,20}"
_COMPARED = r"[\"']?[)\]]{0,2}[ \t]{0,4}(?:===?|!==?|\.equals\(|in[ \t]{0,2}[(\[{])[ \t]{0,4}"
# groups: what must not stand before, how the name goes on, the value in double or single quotes
_VALUE = r"[rbuf]{0,2}(?:\"([^\"'\s]{8,200})\"|'([^\"'\s]{8,200})')"
_quoted = _later(
    rf"(?i)(public_?(?:key)?)?{_NAME}([\w-]{{0,40}})(?:{_ASSIGNED}(?:\(\s*)?|{_INSTEAD}|{_COMPARED}){_VALUE}".encode()
)
_default = _later(  # get("NAME", "…"), getenv("NAME", default="…"): groups as above
    rf"(?i)\w\(\s{{0,40}}[\"'](?:[\w.-]{{0,60}}[._-])?(public_?(?:key)?)?\w{{0,30}}{_NAME}([\w-]{{0,40}})[\"'][ \t]{{0,4}},"
    rf"\s{{0,40}}(?:default[ \t]{{0,2}}=[ \t]{{0,2}})?{_VALUE}".replace(r"\s]", r"\s|]").encode()
)
_before = _later(  # "…" == password: groups as above, but the value comes first
    rf"(?i){_VALUE}[ \t]{{0,4}}(?:===?|!==?)[ \t]{{0,4}}(?:[\w.$]{{0,40}}[._$])?(public_?(?:key)?)?"
    rf"\w{{0,30}}{_NAME}([\w-]{{0,40}})".encode()
)
_digests = _later(  # compare_digest(given, "…"), compare_digest("…", given)
    rf"compare_digest\((?:\s{{0,40}}{_VALUE}\s{{0,40}},|[^,\n\"']{{1,80}},\s{{0,40}}{_VALUE})".encode()
)
_header = _later(  # "Authorization": "Bearer …", set("Authorization", "Basic …"), -H 'Authorization: token …'
    rb"(?i)authori[sz]ation[\"']?\]?\s{0,4}(?:=>|[:=,])\s{0,4}[rbuf]{0,2}[\"'`]?(?:basic|bearer|bot|token|api-?key)[ \t]+"
    rb"([A-Za-z0-9+/_.~=-]{16,500})(?:[^A-Za-z0-9+/_.~=-]|$)"
)
_bare = _later(
    rf"(?i)(public_?(?:key)?)?{_NAME}([\w-]{{0,40}})[\"']?[ \t]*(?::-|[:=])[ \t]*(?:bearer[ \t]+)?([A-Za-z0-9+/_=.-]{{16,200}})"
    r"(?:[\s&\"'`#;,}}]|$)".encode()
)
# a name that goes on like this holds no secret itself: TOKENIZER_SHA256, password_file, secret_name, token_url
_harmless = _later(
    rb"(?i)^(?:i[sz]|[\w-]{0,20}(?:sha|md5|hash|digest|checksum|fingerprint|file|path|name|url|uri|pattern|regex|format"
    rb"|expir|lifetime|length|limit|prefix|suffix))"
)
_placeholder = _later(
    rb"(?i)example|change_?-?me|place_?holder|your|x{3}|dummy|sample|test|fake|mock|todo|redact|secret|passw|token|key|replace|insert"
    rb"|default|foo|bar|hunter2|1234|abcd|qwerty|lorem|null|none|admin|user|[<>{}*]|\.\.\.|\$|%[(sd]|://|^[./@#]|\\|\(\?"
)
_plain_name = _later(rb"^[A-Za-z_.:/-]*[0-9]{0,2}$")
_code = _later(  # without quotes: config.api_key_v2, camelCase1Name, snake_case_2
    rb"^(?:[A-Za-z_]\w*\.)+[A-Za-z_]\w*$|^[a-z]+(?:[A-Z0-9][a-z]+)+[0-9]{0,2}$|^[a-z]+(?:[_-][a-z0-9]+)+$"
)


class SecretHit(Struct, frozen=True):
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
        return bool(_placeholder().search(value)) or value.isalpha()
    return b"EXAMPLE" in value.upper() or b"xxxx" in value.lower()


def _assigned(content: bytes) -> Iterator[int]:
    if not _hint().search(content):
        return
    for expression, public, rest, *values in ((_quoted, 1, 2, 3, 4), (_default, 1, 2, 3, 4), (_before, 3, 4, 1, 2)):
        for found in expression().finditer(content):
            at = next(group for group in values if found[group] is not None)
            if not found[public] and not _harmless().search(found[rest]) and _looks_secret(found[at], PASSWORD_ENTROPY):
                yield found.start(at)
    for expression, least in ((_digests, PASSWORD_ENTROPY), (_header, BARE_ENTROPY)):
        for found in expression().finditer(content):
            if _looks_secret(found[found.lastindex], least):
                yield found.start(found.lastindex)
    for found in _bare().finditer(content):
        bare = not found[1] and not _harmless().search(found[2]) and not _code().search(found[3])
        if bare and _looks_secret(found[3], BARE_ENTROPY):
            yield found.start(3)


def _looks_secret(value: bytes, least: float) -> bool:
    """Say whether a value assigned to a password could be one: not a word, a name, a path or a placeholder."""
    mixed = any(48 <= char <= 57 for char in value) and any(chr(char).isalpha() for char in value)
    drawn = (mixed and not _plain_name().search(value)) or _is_drawn(value)
    return drawn and not _placeholder().search(value) and entropy(value) >= least


def _is_drawn(value: bytes) -> bool:
    """Say whether letters alone look drawn by lot: of 24 random letters and digits every fiftieth run has no digit in its midst."""
    upper = [65 <= char <= 90 for char in value]
    changes = sum(one != other for one, other in pairwise(upper))
    share = sum(upper) / len(value)  # of names in camel case a fifth, with acronyms half, but these change seldom
    return len(value) >= LONG_WORD and value.isalnum() and 0.3 <= share <= 0.7 and changes >= len(value) / 4


def _line(content: bytes, position: int) -> int:
    return content.count(b"\n", 0, position) + 1
