"""The formats of secrets that providers document: prefixes and lengths of their tokens, as data."""

from __future__ import annotations

from typing import NamedTuple


class SecretRule(NamedTuple):
    """One format: a text is searched with ``pattern`` only if it holds one of ``keywords``, as they are written.

    No pattern nests quantifiers or leaves one open, so a search takes time linear in the text.
    """

    name: str
    keywords: tuple[str, ...]
    pattern: str


_HEX = "[0-9a-f]"
_WORD = "[A-Za-z0-9_-]"
_END = r"(?![A-Za-z0-9_-])"
_START = r"(?<![A-Za-z0-9_-])"


def _prefixed(name: str, prefixes: str, rest: str, *keywords: str) -> SecretRule:
    """Write the usual rule: a prefix (alternatives: ``a|b``), then the rest, and neither side runs on."""
    return SecretRule(name, keywords or tuple(prefixes.split("|")), rf"{_START}(?:{prefixes}){rest}{_END}")


RULES = (
    _prefixed("aws-access-key", "AKIA|ASIA|ABIA|ACCA", "[A-Z2-7]{16}"),
    SecretRule(
        "aws-secret-key",
        ("ecret_access_key", "ecretAccessKey", "SECRET_ACCESS_KEY", "ecretKey"),
        r"(?i)secret_?(?:access_?)?key[\"']?\s{0,4}[:=]\s{0,4}[\"']?([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])",
    ),
    _prefixed("github-token", "ghp_|gho_|ghu_|ghs_|ghr_", "[A-Za-z0-9]{36,251}"),
    _prefixed("github-fine-grained-token", "github_pat_", "[A-Za-z0-9]{22}_[A-Za-z0-9]{59}"),
    _prefixed("gitlab-token", "glpat-|gldt-|glptt-|glrt-|glcbt-|glagent-|gloas-|glsoat-|glft-|glimt-", f"{_WORD}{{20,64}}"),
    _prefixed("bitbucket-app-password", "ATBB", "[A-Za-z0-9]{32}"),
    _prefixed("atlassian-token", "ATATT3|ATCTT3", r"[A-Za-z0-9_=-]{60,250}"),
    _prefixed("slack-token", "xoxb-|xoxp-|xoxa-|xoxr-|xoxs-|xoxe-", "[0-9A-Za-z-]{20,250}"),
    _prefixed("slack-app-token", "xapp-", r"[0-9]-[A-Z0-9]{8,16}-[0-9]{8,16}-[0-9a-f]{40,80}"),
    SecretRule(
        "slack-webhook", ("hooks.slack.com",), r"hooks\.slack\.com/(?:services|workflows)/T\w{8,12}/[AB]\w{8,12}/[\w/]{20,60}"
    ),
    _prefixed("stripe-key", "sk_live_|sk_test_|rk_live_|rk_test_", "[A-Za-z0-9]{16,247}"),
    _prefixed("stripe-webhook-secret", "whsec_", "[A-Za-z0-9+/]{32,64}"),
    _prefixed("openai-key", "sk-proj-|sk-svcacct-|sk-admin-", f"{_WORD}{{40,200}}"),
    _prefixed("openai-legacy-key", "sk-", "[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}", "T3BlbkFJ"),
    _prefixed("anthropic-key", "sk-ant-", f"(?:api|admin|oat|sid)[0-9]{{2}}-{_WORD}{{40,200}}"),
    _prefixed("google-api-key", "AIza", f"{_WORD}{{35}}"),
    _prefixed("google-oauth-secret", "GOCSPX-", f"{_WORD}{{28}}"),
    SecretRule("google-oauth-token", ("ya29.",), rf"{_START}ya29\.[A-Za-z0-9_-]{{40,500}}"),
    _prefixed("npm-token", "npm_", "[A-Za-z0-9]{36}"),
    _prefixed("pypi-token", "pypi-", f"AgE{_WORD}{{50,500}}"),
    _prefixed("rubygems-token", "rubygems_", f"{_HEX}{{48}}"),
    _prefixed("crates-io-token", "cio", "[A-Za-z0-9]{32}"),
    _prefixed("docker-token", "dckr_pat_|dckr_oat_", f"{_WORD}{{27,40}}"),
    SecretRule("sendgrid-key", ("SG.",), rf"{_START}SG\.[A-Za-z0-9_-]{{22}}\.[A-Za-z0-9_-]{{43}}{_END}"),
    _prefixed("twilio-key", "SK", f"{_HEX}{{32}}"),
    SecretRule("telegram-token", (":AA",), rf"{_START}[0-9]{{8,10}}:AA[A-Za-z0-9_-]{{33}}{_END}"),
    SecretRule(
        "discord-token", (".",), rf"{_START}[MNO][A-Za-z0-9_-]{{23,25}}\.[A-Za-z0-9_-]{{6}}\.[A-Za-z0-9_-]{{27,38}}{_END}"
    ),
    SecretRule("discord-webhook", ("/api/webhooks/",), r"discord(?:app)?\.com/api/webhooks/[0-9]{17,20}/[A-Za-z0-9_-]{60,80}"),
    _prefixed("digitalocean-token", "dop_v1_|doo_v1_|dor_v1_", f"{_HEX}{{64}}"),
    _prefixed("shopify-token", "shpat_|shpca_|shppa_|shpss_", "[0-9a-fA-F]{32}"),
    _prefixed("mailgun-key", "key-", f"{_HEX}{{32}}"),
    SecretRule("mailchimp-key", ("-us",), rf"{_START}[0-9a-f]{{32}}-us[0-9]{{1,2}}{_END}"),
    _prefixed("huggingface-token", "hf_", "[A-Za-z0-9]{34}"),
    _prefixed("databricks-token", "dapi", rf"{_HEX}{{32}}(?:-[0-9])?"),
    _prefixed("square-token", "sq0atp-|sq0csp-", f"{_WORD}{{22,43}}"),
    _prefixed("square-access-token", "EAAA", f"{_WORD}{{60}}"),
    _prefixed("heroku-key", "HRKU-", f"{_WORD}{{36,60}}"),
    SecretRule("azure-storage-key", ("AccountKey=",), r"AccountKey=[A-Za-z0-9+/]{86}=="),
    SecretRule(
        "azure-client-secret", ("Q~",), r"(?<![A-Za-z0-9_~.-])[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}(?![A-Za-z0-9_~.-])"
    ),
    SecretRule("azure-shared-access-signature", ("sig=",), r"[?&]sig=[A-Za-z0-9%+/]{43,64}(?:%3D|=)"),
    _prefixed("airtable-token", "pat", rf"[A-Za-z0-9]{{14}}\.{_HEX}{{64}}"),
    _prefixed("asana-token", "[12]/", r"[0-9]{16}/[0-9]{16}:[0-9a-f]{32}", "1/", "2/"),
    _prefixed("cloudflare-origin-key", "v1\\.0-", rf"{_HEX}{{24}}-{_HEX}{{146}}", "v1.0-"),
    _prefixed("doppler-token", "dp\\.(?:pt|st|ct|sa|scim|audit)\\.", "[A-Za-z0-9]{40,44}", "dp."),
    SecretRule("dropbox-token", ("sl.",), rf"{_START}sl\.(?:u\.)?[A-Za-z0-9_-]{{130,1000}}{_END}"),
    _prefixed("figma-token", "figd_", f"{_WORD}{{40,64}}"),
    _prefixed("fly-token", "fo1_", f"{_WORD}{{43}}"),
    _prefixed("grafana-token", "glsa_", "[A-Za-z0-9]{32}_[0-9a-fA-F]{8}"),
    _prefixed("grafana-cloud-token", "glc_", r"[A-Za-z0-9+/]{32,400}={0,2}"),
    _prefixed("groq-key", "gsk_", "[A-Za-z0-9]{52}"),
    _prefixed("hashicorp-vault-token", "hvs\\.|hvb\\.", f"{_WORD}{{60,300}}", "hvs.", "hvb."),
    SecretRule("terraform-cloud-token", (".atlasv1.",), rf"{_START}[A-Za-z0-9]{{14}}\.atlasv1\.[A-Za-z0-9_=-]{{60,70}}"),
    _prefixed("linear-key", "lin_api_|lin_oauth_", "[A-Za-z0-9]{40,64}"),
    _prefixed("netlify-token", "nfp_", "[A-Za-z0-9]{36}"),
    _prefixed("new-relic-key", "NRAK-|NRAA-", "[A-Z0-9]{27}"),
    _prefixed("notion-token", "ntn_", "[A-Za-z0-9]{40,50}"),
    _prefixed("perplexity-key", "pplx-", "[A-Za-z0-9]{48}"),
    _prefixed("planetscale-token", "pscale_tkn_|pscale_pw_|pscale_oauth_", r"[A-Za-z0-9_.=-]{32,64}"),
    _prefixed("postman-key", "PMAK-", f"{_HEX}{{24}}-{_HEX}{{34}}"),
    _prefixed("pulumi-token", "pul-", f"{_HEX}{{40}}"),
    _prefixed("replicate-token", "r8_", "[A-Za-z0-9]{37}"),
    _prefixed("sentry-token", "sntrys_|sntryu_", r"[A-Za-z0-9_=+/]{40,400}"),
    _prefixed("supabase-token", "sbp_", f"{_HEX}{{40}}"),
    _prefixed("age-key", "AGE-SECRET-KEY-1", "[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}"),
    SecretRule("jwt", ("eyJ",), rf"{_START}eyJ[A-Za-z0-9_-]{{10,2000}}\.eyJ[A-Za-z0-9_-]{{10,4000}}\.[A-Za-z0-9_-]{{20,1000}}"),
    SecretRule(
        "private-key",
        ("PRIVATE KEY",),
        r"-----BEGIN (?:[A-Z]{2,9} ){0,2}PRIVATE KEY(?: BLOCK)?-----[\s\"'\\nr+,#*()]{1,40}[A-Za-z0-9+/]{32}",
    ),
    SecretRule(
        "url-password",
        ("://",),
        r"(?i)\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@\"'<>{}$%()\[\]`\\]{1,60}:([^\s/:@\"'<>{}$%()\[\]`\\*]{6,100})@[a-z0-9\[]",
    ),
)
