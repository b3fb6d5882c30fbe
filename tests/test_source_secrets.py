"""The secret screen. Every token here is made up at run time, so that no scanner stops at this file."""

from __future__ import annotations

import random
import string

import pytest

from foundry_git.source.secret_rules import RULES
from foundry_git.source.secrets import SecretHit, entropy, find_secrets

HEX = "0123456789abcdef"
WORD = string.ascii_letters + string.digits
BASE32 = string.ascii_uppercase + "234567"
BECH32 = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"


def chars(alphabet: str, count: int, seed: int) -> str:
    return "".join(random.Random(seed).choices(alphabet, k=count))


def tokens(seed: int) -> dict[str, str]:
    """One made-up token per provider: rule → text."""

    def some(count: int, alphabet: str = WORD) -> str:
        return chars(alphabet, count, seed)

    return {
        "aws-access-key": "AK" + "IA" + some(16, BASE32),
        "aws-secret-key": "aws_" + "secret_access_key = " + some(40),
        "github-token": "gh" + "p_" + some(36),
        "github-fine-grained-token": "github" + "_pat_" + some(22) + "_" + some(59),
        "gitlab-token": "gl" + "pat-" + some(20),
        "bitbucket-app-password": "AT" + "BB" + some(32),
        "atlassian-token": "ATAT" + "T3" + some(180),
        "slack-token": "xo" + "xb-" + some(12, string.digits) + "-" + some(24),
        "slack-app-token": "xa" + "pp-1-" + some(11, BASE32) + "-" + some(13, string.digits) + "-" + some(64, HEX),
        "slack-webhook": "https://hooks.slack" + ".com/services/T" + some(10) + "/B" + some(10) + "/" + some(24),
        "stripe-key": "sk" + "_live_" + some(24),
        "stripe-webhook-secret": "wh" + "sec_" + some(32),
        "openai-key": "sk-" + "proj-" + some(120),
        "openai-legacy-key": "s" + "k-" + some(20) + "T3Blbk" + "FJ" + some(20),
        "anthropic-key": "sk-" + "ant-api03-" + some(95),
        "google-api-key": "AI" + "za" + some(35),
        "google-oauth-secret": "GOC" + "SPX-" + some(28),
        "google-oauth-token": "ya" + "29." + some(120),
        "npm-token": "np" + "m_" + some(36),
        "pypi-token": "py" + "pi-AgE" + some(120),
        "rubygems-token": "ruby" + "gems_" + some(48, HEX),
        "crates-io-token": "ci" + "o" + some(32),
        "docker-token": "dckr" + "_pat_" + some(27),
        "sendgrid-key": "S" + "G." + some(22) + "." + some(43),
        "twilio-key": "S" + "K" + some(32, HEX),
        "telegram-token": some(10, "123456789") + ":A" + "A" + some(33),
        "discord-token": "M" + some(25) + "." + some(6) + "." + some(38),
        "discord-webhook": "https://discord" + ".com/api/webhooks/" + some(18, string.digits) + "/" + some(68),
        "digitalocean-token": "do" + "p_v1_" + some(64, HEX),
        "shopify-token": "shp" + "at_" + some(32, HEX),
        "mailgun-key": "ke" + "y-" + some(32, HEX),
        "mailchimp-key": some(32, HEX) + "-u" + "s14",
        "huggingface-token": "h" + "f_" + some(34),
        "databricks-token": "da" + "pi" + some(32, HEX),
        "square-token": "sq0" + "atp-" + some(22),
        "square-access-token": "EA" + "AA" + some(60),
        "heroku-key": "HR" + "KU-" + some(58),
        "azure-storage-key": "Account" + "Key=" + some(86) + "==",
        "azure-client-secret": some(3) + "8" + "Q~" + some(34),
        "azure-shared-access-signature": "https://a.example/b?sv=1&si" + "g=" + some(43) + "%3D",
        "airtable-token": "pa" + "t" + some(14) + "." + some(64, HEX),
        "asana-token": "1" + "/" + some(16, string.digits) + "/" + some(16, string.digits) + ":" + some(32, HEX),
        "cloudflare-origin-key": "v1" + ".0-" + some(24, HEX) + "-" + some(146, HEX),
        "doppler-token": "dp" + ".pt." + some(43),
        "dropbox-token": "s" + "l." + some(140),
        "figma-token": "fi" + "gd_" + some(43),
        "fly-token": "fo" + "1_" + some(43),
        "grafana-token": "gl" + "sa_" + some(32) + "_" + some(8, HEX),
        "grafana-cloud-token": "gl" + "c_" + some(80),
        "groq-key": "gs" + "k_" + some(52),
        "hashicorp-vault-token": "hv" + "s." + some(95),
        "terraform-cloud-token": some(14) + ".atlas" + "v1." + some(65),
        "linear-key": "lin" + "_api_" + some(40),
        "netlify-token": "nf" + "p_" + some(36),
        "new-relic-key": "NR" + "AK-" + some(27, BASE32),
        "notion-token": "nt" + "n_" + some(46),
        "perplexity-key": "pp" + "lx-" + some(48),
        "planetscale-token": "pscale" + "_tkn_" + some(43),
        "postman-key": "PM" + "AK-" + some(24, HEX) + "-" + some(34, HEX),
        "pulumi-token": "pu" + "l-" + some(40, HEX),
        "replicate-token": "r" + "8_" + some(37),
        "sentry-token": "sntr" + "yu_" + some(64, HEX),
        "supabase-token": "sb" + "p_" + some(40, HEX),
        "age-key": "AGE-SECRET" + "-KEY-1" + some(58, BECH32),
        "jwt": "ey" + "J" + some(30) + ".ey" + "J" + some(60) + "." + some(43),
        "private-key": "-----BEGIN RSA" + " PRIVATE KEY-----\n" + some(64) + "\n",
        "url-password": "postgres://" + "app:" + some(16) + "@db.internal/x",
    }


def rules_in(text: str) -> set[str]:
    return {hit.rule for hit in find_secrets(text)}


def test_every_rule_has_a_token_here() -> None:
    assert {rule.name for rule in RULES} == set(tokens(1))
    assert len(RULES) >= 60


@pytest.mark.parametrize("rule", [rule.name for rule in RULES])
def test_a_token_is_found_however_it_is_embedded(rule: str) -> None:
    for seed in range(5):
        token = tokens(seed)[rule]
        for embedded in (f'KEY = "{token}"\n', f'{{"key": "{token}"}}', f"# old: {token}\n", f"key: {token}\nnext: 1\n", token):
            assert rule in rules_in(embedded), embedded


def test_a_private_key_on_one_line_of_json_is_found() -> None:
    key = "-----BEGIN" + " PRIVATE KEY-----\\n" + chars(WORD, 64, 3) + "\\n"

    assert rules_in(f'{{"private_key": "{key}"}}') == {"private-key"}


def test_a_hit_names_rule_and_line_and_never_the_value() -> None:
    token = tokens(3)["github-token"]
    hits = find_secrets(f"a = 1\nb = '{token}'\n")

    assert hits == [SecretHit("github-token", 2)]
    assert token not in repr(hits)


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
    assert find_secrets("x" + tokens(1)["npm-token"]) == []
    assert find_secrets(tokens(1)["npm-token"] + "more") == []


def test_entropy_is_bits_per_character() -> None:
    assert entropy("aaaa") == 0
    assert entropy("abcd") == 2


@pytest.mark.parametrize(
    "unit", ["a", "sk-", "://a:", "password=", "eyJ", "-----BEGIN ", "A.", "token='", "0:AA", "x@", "secret"]
)
def test_no_text_makes_the_screen_slow(unit: str) -> None:
    """A rule that is quadratic needs an hour for this text, a linear one a tenth of a second."""
    assert find_secrets(unit * (1_000_000 // len(unit))) == []
