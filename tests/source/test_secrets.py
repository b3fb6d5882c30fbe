"""The secret screen. Every token here is made up at run time, so that no scanner stops at this file."""

from __future__ import annotations

import base64
import re

import pytest
import re2

from benchmarks.tokens import EMBEDDINGS, KINDS, tokens
from foundry_git.source.secret_rules import RULES
from foundry_git.source.secrets import SecretHit, entropy, find_secrets
from tests import TOP

TOKENS = list(tokens(4))
MADE_UP = {token.rule: token.text for token in TOKENS}
PROVIDERS = 121
RECALL = 0.99


def rules_in(text: str) -> set[str]:
    return {hit.rule for hit in find_secrets(text)}


def test_every_rule_has_a_made_up_token_and_the_reverse() -> None:
    assert {rule.name for rule in RULES} == set(KINDS)
    assert len(KINDS) >= PROVIDERS
    assert len(TOKENS) >= 300


@pytest.mark.parametrize("embedding", EMBEDDINGS)
def test_made_up_tokens_are_found_in_every_embedding(embedding: str) -> None:
    """Which of them are missed is said by rule; nothing that fails prints a token."""
    missed = [f"{t.rule} {n % 5}" for n, t in enumerate(TOKENS) if not find_secrets(EMBEDDINGS[embedding](t.text, n % 5))]

    assert len(missed) <= (1 - RECALL) * len(TOKENS), missed


@pytest.mark.parametrize("rule", [rule.name for rule in RULES])
def test_a_token_is_found_by_its_own_rule_however_it_is_embedded(rule: str) -> None:
    token = MADE_UP[rule]
    for embedding, embed in EMBEDDINGS.items():
        assert rule in rules_in(embed(token, 0)), embedding
    assert rule in rules_in(token)


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_is_searched_only_where_its_keyword_stands(rule: tuple[str, tuple[str, ...], str]) -> None:
    name, keywords, _ = rule

    assert any(keyword in MADE_UP[name] for keyword in keywords)


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_runs_on_re2_and_has_one_group(rule: tuple[str, tuple[str, ...], str]) -> None:
    assert re2.compile(rule[2]).groups == 1


def test_two_tokens_with_one_character_between_are_both_found() -> None:
    first, second = MADE_UP["npm-token"], MADE_UP["github-token"]

    assert rules_in(f"{first} {second}") == {"npm-token", "github-token"}
    assert rules_in(f"{first}\\n{second}") == {"npm-token", "github-token"}


@pytest.mark.parametrize(
    "template",
    [
        'first = 1\nVALUE = (\n    "{}"\n    "{}"\n)\n',
        "first\nsecond\nconst a = `{}` +\n  `{}`\n",
        "first\nvalue: >-\n  {}\n  {}\n",
        'first\nsecond\nlet v = "{}\\\n         {}";\n',
        "first\nsecond\n# {}\n# {}\n",
    ],
)
def test_a_token_that_is_broken_over_two_lines_is_reported_where_it_begins(template: str) -> None:
    token = MADE_UP["digitalocean-token"]

    assert find_secrets(template.format(token[:30], token[30:])) == [SecretHit("digitalocean-token", 3)]


def test_an_encoded_token_is_reported_where_its_encoding_stands() -> None:
    token = MADE_UP["stripe-key"].encode()

    for coded in (base64.b64encode(token).decode(), base64.urlsafe_b64encode(b"k=" + token).decode(), token.hex()):
        assert find_secrets(f"a\nb\nc = '{coded}'\n") == [SecretHit("stripe-key", 3)]
    folded = base64.b64encode(b"A=1\nB=2\nTOKEN=" + token).decode()
    assert find_secrets(f"a\nb: |\n  {folded[:32]}\n  {folded[32:]}\n") == [SecretHit("stripe-key", 3)]


def test_what_was_encoded_twice_is_not_looked_for() -> None:
    token = MADE_UP["stripe-key"].encode()

    assert find_secrets(base64.b64encode(base64.b64encode(token)).decode()) == []


def test_a_private_key_on_one_line_of_json_is_found() -> None:
    key = MADE_UP["private-key"].replace("\n", "\\n")

    assert rules_in(f'{{"private_key": "{key}"}}') == {"private-key"}


def test_an_encrypted_private_key_is_one_too() -> None:
    first, _, rest = MADE_UP["private-key"].partition("\n")

    assert rules_in(f"{first}\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,0A1B2C3D\n\n{rest}") == {"private-key"}


def test_a_hit_names_rule_and_line_and_never_the_value() -> None:
    token = MADE_UP["github-token"]
    hits = find_secrets(f"a = 1\nb = '{token}'\n")

    assert hits == [SecretHit("github-token", 2)]
    assert token not in repr(hits)


def test_text_that_is_no_valid_unicode_is_searched_all_the_same() -> None:
    assert rules_in(f"\udc80é\x00 '{MADE_UP['github-token']}'") == {"github-token"}


def test_our_own_sources_hold_no_secret() -> None:
    files = [file for name in ("foundry_git", "benchmarks", "tests") for file in (TOP / name).rglob("*.py")]
    assert len(files) > 100

    hits = {f"{file.relative_to(TOP)}:{hit.line} {hit.rule}" for file in files for hit in find_secrets(file.read_text("utf-8"))}

    allowed = re.compile(
        r"tests/(\w+/)?test_"
    )  # a test of the screen writes what looks like one, in a form that no scanner stops at
    assert {hit for hit in hits if not allowed.match(hit)} == set()


@pytest.mark.parametrize(
    "template",
    [
        'password = "{}"', "db_password: str = '{}'", '"api_key": "{}"', "connect(secret='{}')", "API_TOKEN={}",
        "export DB_PASSWORD={}", 'os.environ["ACCESS_KEY"] = "{}"', "  client-secret: '{}'", 'let token := "{}"',
    ],
)  # fmt: skip
def test_a_random_value_assigned_to_a_password_is_found(template: str) -> None:
    assert rules_in(template.format("q7W" + "mz2Xp" + "Lr9vTb4Ks")) == {"assigned-secret"}


@pytest.mark.parametrize(
    "text",
    [
        "https://api.shop.test/v1?page=2&api_key={}", "# the token: {}", "  secretToken: {}\n", "Authorization-Token: Bearer {}",
        'password = (\n    "{0:.9}"\n    "{1}"\n)', "auth_token: &str = '{}'",
    ],
)  # fmt: skip
def test_a_random_value_without_quotes_or_broken_in_two_is_found(text: str) -> None:
    value = "q7W" + "mz2XpLr9" + "vTb4Ks8Hd"
    assert rules_in(text.format(value, value[9:])) == {"assigned-secret"}


@pytest.mark.parametrize(
    "template",
    [
        'pw = os.environ.get("DB_PASSWORD", "{}")', 'pw = os.getenv("DB_PASSWORD", default="{}")', "os.getenv('DB_PASSWORD') or '{}'",
        "const p = process.env.DB_PASSWORD || '{}';", "process.env.API_KEY ?? '{}'", 'env.get("X_TOKEN",\n    "{}")',
        'ENV.fetch("DB_PASSWORD", "{}")', 'os.environ.setdefault("API_KEY", "{}")', 'viper.SetDefault("db.password", "{}")',
        'if request.password == "{}":', 'if "{}" == request.password:', "if (password !== '{}') {{", 'if form["password"] == "{}":',
        'if user.get("password") != "{}":', 'password.equals("{}")', 'if token in ("{}",):', 'hmac.compare_digest(given, "{}")',
        'compare_digest("{}", given)',
    ],
)  # fmt: skip
def test_a_value_that_stands_in_for_a_password_or_is_compared_with_one_is_found(template: str) -> None:
    assert rules_in(template.format("h7Gq2" + "vLp9xZ")) == {"assigned-secret"}


@pytest.mark.parametrize(
    "template",
    [
        'headers = {{"Authorization": "Bearer {}"}}', "h['Authorization'] = 'token {}'", 'Header.Set("Authorization", "Bearer {}")',
        "curl -H 'Authorization: Basic {}' x", "Authorization: Bot {}", "h.authorization = `Bearer {}`", "PW=${{DB_PASSWORD:-{}}}",
    ],
)  # fmt: skip
def test_a_value_of_a_header_or_of_the_shell_is_found(template: str) -> None:
    for value in ("9f8e7d6c5b4a39281706f5e4d3c2b1a0" + "9f8e7d6c", "q7W" + "mz2XpLr9" + "vTb4Ks8Hd"):
        assert rules_in(template.format(value)) == {"assigned-secret"}


@pytest.mark.parametrize(
    "line",
    [
        'os.environ.get("DB_PASSWORD", "")', 'os.getenv("DB_PASSWORD", "changeme1")', 'get("TOKEN_URL", "h7Gq2' + 'vLp9xZ")',
        'if token == "refresh_token_2":', 'if kind in ("password", "otp_2fa_sms"):', '["XForTokenClassification", "Qwen2Model"]',
        'headers = {"Authorization": f"Bearer {token}"}', '"Authorization: Bearer YOUR_API_TOKEN_1"', "Authorization: Bearer <token>",
        'headers["Authorization"] = "Bearer " + make_token_v2_from_config()',
    ],
)  # fmt: skip
def test_lookups_comparisons_and_headers_without_a_value_are_no_secrets(line: str) -> None:
    assert find_secrets(line) == []


@pytest.mark.parametrize(
    "line",
    [
        "token = self.config.token_for_v2_clients", "key_token: someCamelCase1Name", "secret = load_secret_v2_from_disk",
        "password: Optional[str] = None", "token: TokenTypeV1Alpha2", "api_key=some-words-in-kebab-case-1",
        "token = next(iterator_of_tokens_2)",
    ],
)  # fmt: skip
def test_code_that_is_assigned_is_no_secret(line: str) -> None:
    assert find_secrets(line) == []


@pytest.mark.parametrize(
    "line",
    [
        'password = "changeme123"', 'token = "<token>"', 'api_key = "your-api-key-1"', 'secret = "xxxxxxxx1xxxxxxxx"',
        'password = os.environ["DB_PASSWORD_2"]', "token = getenv('APP_TOKEN_1')", 'password = "${DB_PASSWORD}"', 'token = "{token_1}"',
        'key = "q7Wmz2XpLr9vTb4Ks"', 'grant = "refresh_token"', 'password = ""', 'token_url = "https://id.example.org/oauth2/token"',
        'SECRET_NAME = "prod/database/app1"', 'password = "correct horse battery 1"', 'token = "AAAAAAAA1AAAAAAAA"',
        'TOKENIZER_SHA256 = "q7Wmz2XpLr9vTb4Ks"', 'PASSWORD_HASH=q7Wmz2XpLr9vTb4Ks', "secret_name: 'q7Wmz2XpLr9vTb4Ks'",
        'publicKeyToken="1fc8b3b9a1e18e3b"', 'TOKEN_PATTERN = r"\\w+[0-9]{4}x"',
    ],
)  # fmt: skip
def test_placeholders_names_and_lookups_are_no_secrets(line: str) -> None:
    assert find_secrets(line) == []


def test_documented_example_tokens_are_no_secrets() -> None:
    assert find_secrets("AK" + "IAIOSFODNN7" + "EXAMPLE") == []
    assert find_secrets("gh" + "p_" + "x" * 36) == []
    assert find_secrets("postgres://user:password@localhost/x") == []


def test_tokens_inside_longer_words_are_no_secrets() -> None:
    assert find_secrets("x" + MADE_UP["npm-token"]) == []
    assert find_secrets(MADE_UP["npm-token"] + "more") == []


def test_a_token_among_the_parts_of_a_longer_name_is_found() -> None:
    token = MADE_UP["npm-token"]

    assert find_secrets(f"a\ndef use_{token}_now(): ...\n") == [SecretHit("npm-token", 2)]
    assert find_secrets(f"a\nb\nopen('data-{token}-2.json')\n") == [SecretHit("npm-token", 3)]


def test_entropy_is_bits_per_character() -> None:
    assert entropy("aaaa") == 0
    assert entropy("abcd") == 2


@pytest.mark.parametrize(
    "unit", ["a", "sk-", "://a:", "password=", "eyJ", "-----BEGIN ", "A.", "token='", "0:AA", "x@", "secret"]
)
def test_no_text_makes_the_screen_slow(unit: str) -> None:
    """A rule that is quadratic needs an hour for this text, a linear one a tenth of a second."""
    assert find_secrets(unit * (1_000_000 // len(unit))) == []
