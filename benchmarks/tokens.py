"""Made-up tokens of many providers, written from what the providers document, and the ways in which they end up in files.

Nothing here is derived from the rules of the screen, and no token stands in this file: each is put together when it is asked for.
"""

from __future__ import annotations

import base64
import json
import string
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from urllib.parse import quote

HEX = "0123456789abcdef"
ALNUM = string.ascii_letters + string.digits
WORD = ALNUM + "-_"
BASE64 = ALNUM + "+/"
BASE32 = string.ascii_uppercase + "234567"
BECH32 = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"


@dataclass(frozen=True, slots=True)
class Token:
    """One made-up secret: ``rule`` names its kind, ``text`` is what a user would paste, ``value`` what must never be repeated."""

    rule: str
    text: str
    value: str


class Maker:
    """Draws the parts of one token; ``some(20)`` is the usual run of letters and digits."""

    def __init__(self, seed: str) -> None:
        self.random = Random(seed)

    def some(self, count: int, alphabet: str = ALNUM) -> str:
        """A run of so many characters."""
        return "".join(self.random.choices(alphabet, k=count))

    def hexed(self, count: int) -> str:
        """A run of hexadecimal digits."""
        return self.some(count, HEX)

    def digits(self, count: int) -> str:
        """A number of so many digits."""
        return self.some(1, "123456789") + self.some(count - 1, string.digits)

    def uuid(self) -> str:
        """A random UUID."""
        return "-".join(self.hexed(count) for count in (8, 4, 4, 4, 12))

    def one_of(self, *choices: str) -> str:
        """One of several beginnings."""
        return self.random.choice(choices)

    def encoded(self, fields: Mapping[str, object]) -> str:
        """JSON in unpadded base64, as in a JSON web token."""
        return base64.urlsafe_b64encode(json.dumps(fields).encode()).decode().rstrip("=")


def _jwt(m: Maker) -> str:
    header, claims = {"alg": "HS256", "typ": "JWT"}, {"sub": m.digits(10), "iat": 1_700_000_000, "scope": "all"}
    return f"{m.encoded(header)}.{m.encoded(claims)}.{m.some(43, WORD)}"


def _pem(m: Maker) -> str:
    kind = m.one_of("RSA ", "EC ", "", "OPENSSH ")
    body = "\n".join(m.some(64, BASE64) for _ in range(6))
    return f"-----BEGIN {kind}PRIV" + f"ATE KEY-----\n{body}\n{m.some(22, BASE64)}==\n-----END {kind}PRIV" + "ATE KEY-----"


KINDS: Mapping[str, Callable[[Maker], str]] = {
    "aws-access-key": lambda m: m.one_of("AKIA", "ASIA") + m.some(16, BASE32),
    "aws-secret-key": lambda m: m.one_of("aws_secret_access_key = ", "AWS_SECRET_ACCESS_KEY=", "secretKey: ") + m.some(40, BASE64),
    "aws-bedrock-key": lambda m: "ABSK" + m.some(128, BASE64) + "==",
    "github-token": lambda m: m.one_of("ghp_", "gho_", "ghu_", "ghs_", "ghr_") + m.some(36),
    "github-fine-grained-token": lambda m: "github_pat_" + m.some(22) + "_" + m.some(59),
    "gitlab-token": lambda m: m.one_of("glpat-", "glrt-", "gldt-", "glptt-") + m.some(20, WORD[:-1]),
    "bitbucket-app-password": lambda m: "ATBB" + m.some(32),
    "atlassian-token": lambda m: "ATATT3xFfGF0" + m.some(171, WORD) + "=" + m.some(8, "0123456789ABCDEF"),
    "slack-token": lambda m: m.one_of("xoxb-", "xoxp-") + f"{m.digits(12)}-{m.digits(12)}-{m.some(24)}",
    "slack-app-token": lambda m: f"xapp-1-A{m.some(10, BASE32)}-{m.digits(13)}-{m.hexed(64)}",
    "slack-webhook": lambda m: f"https://hooks.slack.com/services/T{m.some(8, BASE32)}/B{m.some(8, BASE32)}/{m.some(24)}",
    "teams-webhook": lambda m: (
        f"https://acme.webhook.office.com/webhookb2/{m.uuid()}@{m.uuid()}/IncomingWebhook/{m.hexed(32)}/{m.uuid()}"
    ),
    "stripe-key": lambda m: m.one_of("sk_live_", "sk_test_", "rk_live_") + m.some(m.random.choice((24, 99))),
    "stripe-webhook-secret": lambda m: "whsec_" + m.some(32),
    "openai-key": lambda m: m.one_of("sk-proj-", "sk-svcacct-", "sk-admin-") + m.some(74, WORD) + "T3Blbk" + "FJ" + m.some(74, WORD),
    "openai-legacy-key": lambda m: "sk-" + m.some(20) + "T3Blbk" + "FJ" + m.some(20),
    "anthropic-key": lambda m: m.one_of("sk-ant-api03-", "sk-ant-admin01-", "sk-ant-oat01-") + m.some(93, WORD) + "AA",
    "openrouter-key": lambda m: "sk-or-v1-" + m.hexed(64),
    "xai-key": lambda m: "xai-" + m.some(80),
    "nvidia-key": lambda m: "nvapi-" + m.some(64, WORD),
    "elevenlabs-key": lambda m: "sk_" + m.hexed(48),
    "langsmith-key": lambda m: m.one_of("lsv2_pt_", "lsv2_sk_") + m.hexed(32) + "_" + m.hexed(10),
    "pinecone-key": lambda m: "pcsk_" + m.some(5) + "_" + m.some(63),
    "google-api-key": lambda m: "AIzaSy" + m.some(33, WORD),
    "google-oauth-secret": lambda m: "GOCSPX-" + m.some(28, WORD),
    "google-oauth-token": lambda m: "ya29.a0" + m.some(150, WORD),
    "google-refresh-token": lambda m: "1//0" + m.some(1, string.digits) + m.some(98, WORD),
    "npm-token": lambda m: "npm_" + m.some(36),
    "pypi-token": lambda m: "pypi-" + "AgEIcHlwaS5vcmc" + m.some(150, WORD),
    "rubygems-token": lambda m: "rubygems_" + m.hexed(48),
    "crates-io-token": lambda m: "cio" + m.some(32),
    "docker-token": lambda m: "dckr_pat_" + m.some(27, WORD),
    "artifactory-key": lambda m: "AKCp" + m.some(69),
    "artifactory-reference-token": lambda m: "cmVmd" + "GtuOjAx" + m.some(52),
    "sendgrid-key": lambda m: "SG." + m.some(22, WORD) + "." + m.some(43, WORD),
    "brevo-key": lambda m: "xkeysib-" + m.hexed(64) + "-" + m.some(16),
    "resend-key": lambda m: "re_" + m.some(8) + "_" + m.some(24),
    "twilio-key": lambda m: "SK" + m.hexed(32),
    "telegram-token": lambda m: m.digits(10) + ":AA" + m.some(33, WORD),
    "discord-token": lambda m: base64.b64encode(m.digits(18).encode()).decode() + "." + "G" + m.some(5) + "." + m.some(38, WORD),
    "discord-webhook": lambda m: f"https://discord.com/api/webhooks/{m.digits(18)}/{m.some(68, WORD)}",
    "twitter-bearer-token": lambda m: "A" * 21 + m.some(32) + "%3D" + m.some(48),
    "digitalocean-token": lambda m: m.one_of("dop_v1_", "doo_v1_", "dor_v1_") + m.hexed(64),
    "shopify-token": lambda m: m.one_of("shpat_", "shpca_", "shppa_", "shpss_") + m.hexed(32),
    "mailgun-key": lambda m: "key-" + m.hexed(32),
    "mailchimp-key": lambda m: m.hexed(32) + "-us" + str(m.random.randrange(1, 22)),
    "huggingface-token": lambda m: "hf_" + m.some(34, string.ascii_letters),
    "databricks-token": lambda m: "dapi" + m.hexed(32) + m.one_of("", "-2"),
    "square-token": lambda m: m.one_of("sq0atp-" + m.some(22, WORD), "sq0csp-" + m.some(43, WORD)),
    "square-access-token": lambda m: "EAAA" + m.some(60, WORD),
    "heroku-key": lambda m: "HRKU-AA" + m.some(58, WORD),
    "azure-storage-key": lambda m: (
        f"DefaultEndpointsProtocol=https;AccountName=shop;AccountKey={m.some(86, BASE64)}==;EndpointSuffix=core.windows.net"
    ),
    "azure-client-secret": lambda m: m.some(3) + "8Q~" + m.some(34, ALNUM + "_~.-"),
    "azure-shared-access-signature": lambda m: (
        f"https://shop.blob.core.windows.net/box?sv=2022-11-02&ss=b&sp=rl&sig={quote(m.some(43, BASE64) + '=', safe='')}"
    ),
    "airtable-token": lambda m: "pat" + m.some(14) + "." + m.hexed(64),
    "asana-token": lambda m: f"1/{m.digits(16)}/{m.digits(16)}:{m.hexed(32)}",
    "cloudflare-origin-key": lambda m: "v1.0-" + m.hexed(24) + "-" + m.hexed(146),
    "doppler-token": lambda m: m.one_of("dp.pt.", "dp.ct.", "dp.st.prd_a.", "dp.sa.") + m.some(43),
    "dropbox-token": lambda m: "sl." + m.one_of("", "u.") + m.some(136, WORD),
    "figma-token": lambda m: "figd_" + m.some(40, WORD),
    "fly-token": lambda m: "fo1_" + m.some(43, WORD),
    "grafana-token": lambda m: "glsa_" + m.some(32) + "_" + m.hexed(8),
    "grafana-cloud-token": lambda m: "glc_" + m.encoded({"o": m.digits(6), "n": m.some(16), "k": m.some(24)}),
    "groq-key": lambda m: "gsk_" + m.some(52),
    "hashicorp-vault-token": lambda m: m.one_of("hvs.", "hvb.") + m.some(95, WORD),
    "terraform-cloud-token": lambda m: m.some(14) + ".atlasv1." + m.some(67),
    "linear-key": lambda m: "lin_api_" + m.some(40),
    "netlify-token": lambda m: "nfp_" + m.some(36),
    "new-relic-key": lambda m: "NRAK-" + m.some(27, string.ascii_uppercase + string.digits),
    "new-relic-insights-key": lambda m: m.one_of("NRII-", "NRIQ-") + m.some(32, WORD),
    "notion-token": lambda m: "ntn_" + m.digits(11) + m.some(35),
    "perplexity-key": lambda m: "pplx-" + m.some(48),
    "planetscale-token": lambda m: m.one_of("pscale_tkn_", "pscale_pw_", "pscale_oauth_") + m.some(43, WORD),
    "postman-key": lambda m: "PMAK-" + m.hexed(24) + "-" + m.hexed(34),
    "pulumi-token": lambda m: "pul-" + m.hexed(40),
    "replicate-token": lambda m: "r8_" + m.some(37),
    "sentry-token": lambda m: m.one_of("sntryu_" + m.hexed(64), "sntrys_" + m.encoded({"iat": 1, "org": m.some(6)}) + "_" + m.some(43)),
    "supabase-token": lambda m: m.one_of("sbp_" + m.hexed(40), "sb_secret_" + m.some(22) + "_" + m.some(8)),
    "tailscale-key": lambda m: m.one_of("tskey-auth-", "tskey-api-", "tskey-client-") + "k" + m.some(10) + "CNTRL-" + m.some(32),
    "sonarqube-token": lambda m: m.one_of("sqp_", "squ_", "sqa_") + m.hexed(40),
    "circleci-token": lambda m: m.one_of("CCIPAT_", "CCIPRJ_") + m.some(22) + "_" + m.hexed(40),
    "buildkite-token": lambda m: "bkua_" + m.hexed(40),
    "dynatrace-token": lambda m: "dt0c01." + m.some(24, BASE32) + "." + m.some(64, BASE32),
    "plaid-token": lambda m: m.one_of("access-production-", "access-sandbox-") + m.uuid(),
    "shippo-token": lambda m: m.one_of("shippo_live_", "shippo_test_") + m.hexed(40),
    "easypost-key": lambda m: m.one_of("EZAK", "EZTK") + m.some(54),
    "contentful-token": lambda m: "CFPAT-" + m.some(43, WORD),
    "prefect-key": lambda m: "pnu_" + m.some(36),
    "readme-key": lambda m: "rdme_xn8s9h" + m.some(64, string.ascii_lowercase + string.digits),
    "infracost-key": lambda m: "ico-" + m.some(32),
    "sourcegraph-token": lambda m: m.one_of("sgp_" + m.hexed(16) + "_" + m.hexed(40), "sgp_local_" + m.hexed(40), "sgp_" + m.hexed(40)),
    "mapbox-secret-token": lambda m: "sk." + m.encoded({"u": m.some(8).lower(), "a": m.some(25).lower()}) + "." + m.some(22, WORD),
    "adafruit-key": lambda m: "aio_" + m.some(28),
    "alibaba-access-key": lambda m: "LTAI5t" + m.some(18),
    "yandex-cloud-key": lambda m: "AQVN" + m.some(36, WORD),
    "onepassword-service-token": lambda m: "ops_" + m.encoded({"email": m.some(12), "muk": {"k": m.some(200)}}),
    "wakatime-key": lambda m: "waka_" + m.uuid(),
    "age-key": lambda m: "AGE-SECRET" + "-KEY-1" + m.some(58, BECH32),
    "google-chat-webhook": lambda m: (
        f"https://chat.googleapis.com/v1/spaces/{m.some(11)}/messages?key={m.some(39, WORD)}&token={m.some(43, WORD)}"
    ),
    "power-automate-webhook": lambda m: (
        f"https://prod-{m.digits(2)}.westeurope.logic.azure.com:443/workflows/{m.hexed(32)}/triggers/manual/paths/invoke"
        f"?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig={m.some(43, WORD)}"
    ),
    "mattermost-webhook": lambda m: f"https://chat.acme.io/hooks/{m.some(26, string.ascii_lowercase + string.digits)}",
    "rocket-chat-webhook": lambda m: f"https://rocket.acme.io/hooks/{m.hexed(24)}/{m.some(64)}",
    "lark-webhook": lambda m: f"https://open.feishu.cn/open-apis/bot/v2/hook/{m.uuid()}",
    "dingtalk-webhook": lambda m: f"https://oapi.dingtalk.com/robot/send?access_token={m.hexed(64)}",
    "wecom-webhook": lambda m: f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={m.uuid()}",
    "zapier-webhook": lambda m: f"https://hooks.zapier.com/hooks/catch/{m.digits(7)}/{m.some(7, HEX)}",
    "ifttt-webhook": lambda m: f"https://maker.ifttt.com/trigger/door/with/key/{m.some(22, WORD)}",
    "matrix-access-token": lambda m: f"syt_{m.some(12)}_{m.some(20, string.ascii_letters)}_{m.some(6)}",
    "webex-bot-token": lambda m: f"{m.some(64)}_{m.some(4, string.ascii_uppercase + string.digits)}_{m.uuid()}",
    "viber-bot-token": lambda m: "-".join(m.hexed(16) for _ in range(3)),
    "facebook-token": lambda m: m.one_of("EAAB", "EAAG") + m.some(170),
    "twitch-token": lambda m: "oauth:" + m.some(30, string.ascii_lowercase + string.digits),
    "gitlab-runner-token": lambda m: "GR13" + "48941" + m.some(20, WORD),
    "nuget-key": lambda m: "oy2" + m.some(43, string.ascii_lowercase + string.digits),
    "clojars-token": lambda m: "CLOJARS_" + m.some(60, string.ascii_lowercase + string.digits),
    "azure-devops-token": lambda m: m.some(76) + "AZDO" + m.some(4),
    "azure-function-key": lambda m: m.some(44, WORD) + "AzFu" + m.some(5, WORD) + "A==",
    "hubspot-token": lambda m: m.one_of("pat-na1-", "pat-eu1-") + m.uuid(),
    "apify-token": lambda m: "apify_api_" + m.some(36),
    "deepseek-key": lambda m: "sk-" + m.hexed(32),
    "cerebras-key": lambda m: "csk-" + m.some(48, string.ascii_lowercase + string.digits),
    "tavily-key": lambda m: m.one_of("tvly-", "tvly-dev-") + m.some(32),
    "firecrawl-key": lambda m: "fc-" + m.hexed(32),
    "langfuse-key": lambda m: "sk-lf-" + m.uuid(),
    "fireworks-key": lambda m: "fw_" + m.some(24),
    "neon-key": lambda m: "napi_" + m.some(64, string.ascii_lowercase + string.digits),
    "posthog-key": lambda m: "phx_" + m.some(47),
    "typeform-token": lambda m: "tfp_" + m.some(40, WORD) + "_" + m.some(14),
    "duffel-token": lambda m: m.one_of("duffel_live_", "duffel_test_") + m.some(43, WORD),
    "flutterwave-key": lambda m: m.one_of("FLWSECK-", "FLWSECK_TEST-") + m.hexed(32) + "-X",
    "braintree-token": lambda m: "access_token$production$" + m.some(16, string.ascii_lowercase + string.digits) + "$" + m.hexed(32),
    "telnyx-key": lambda m: "KEY" + m.hexed(32).upper() + "_" + m.some(22),
    "mailersend-token": lambda m: "mlsn." + m.hexed(64),
    "harness-token": lambda m: m.one_of("pat.", "sat.") + m.some(22, WORD) + "." + m.hexed(24) + "." + m.some(20),
    "octopus-key": lambda m: "API-" + m.some(26, string.ascii_uppercase + string.digits),
    "launchdarkly-key": lambda m: m.one_of("sdk-", "api-") + m.uuid(),
    "openshift-token": lambda m: "sha256~" + m.some(43, WORD),
    "maxmind-key": lambda m: m.some(6) + "_" + m.some(29) + "_mmk",
    "nylas-key": lambda m: "nyk_v0_" + m.some(64),
    "lichess-token": lambda m: "lip_" + m.some(20),
    "scalingo-token": lambda m: "tk-us-" + m.some(48, WORD),
    "jwt": _jwt,
    "private-key": _pem,
    "url-password": lambda m: m.one_of("postgres://shop:", "https://deploy:", "amqp://", "redis://:").replace("amqp://", "amqp://queue:")
    + m.some(18) + "@db.internal:5432/shop",
}  # fmt: skip


def tokens(each: int) -> Iterator[Token]:
    """``each`` made-up tokens of every kind, the same in every run."""
    for rule, make in KINDS.items():
        for number in range(each):
            text = make(Maker(f"{rule} {number}"))
            yield Token(rule, text, _value(text))


def _value(text: str) -> str:
    """The longest run of a token without punctuation: enough to know it by."""
    return max("".join(char if char.isalnum() else " " for char in text).split(), key=len)


def assignment(token: str, number: int) -> str:
    """A string literal with a name that says nothing."""
    return (f'VALUE = "{_escaped(token)}"\n', f"let value = '{_escaped(token)}';\n", f"value: {token}\nnext: 1\n")[number % 3]


def as_json(token: str, number: int) -> str:
    """A value in JSON, alone or deep inside."""
    return json.dumps({"value": token}) if number % 2 else json.dumps({"a": [{"value": token, "n": 1}]}, indent=2)


def url(token: str, number: int) -> str:
    """A query parameter or a user name in a URL, its special characters encoded."""
    coded = quote(token, safe="")
    return (f"https://api.example.com/v1/items?v={coded}&page=2", f'fetch("https://{coded}@git.example.com/shop.git")')[
        number % 2
    ]


def comment(token: str, number: int) -> str:
    """A remark beside code."""
    mark = ("#", "//", " *")[number % 3]
    return f"{mark} was until March: " + f"\n{mark} ".join(token.split("\n")) + "\n"


def multi_line(token: str, number: int) -> str:
    """Broken over lines: neighbouring literals, a sum, a literal that goes on, YAML, a triple-quoted text."""
    if "\n" in token:
        return f'VALUE = """{token}\n"""\n'
    cut = len(token) // 2 + number
    first, rest = token[:cut], token[cut:]
    return (
        f'VALUE = (\n    "{first}"\n    "{rest}"\n)\n',
        f"const value = '{first}' +\n    '{rest}';\n",
        f'VALUE = "{first}\\\n{rest}"\n',
        f'value: "{first}\\\n  {rest}"\n',
        f"value = '{first}' \\\n    '{rest}'\n",
    )[number % 5]


def encoded(token: str, number: int) -> str:
    """Base64, of the token alone or of a line of a settings file; plain or for URLs."""
    text = (token if number % 2 else f"VALUE={token}\n").encode()
    coded = base64.urlsafe_b64encode(text) if number % 3 == 2 else base64.b64encode(text)
    return f'VALUE = "{coded.decode()}"\n'


EMBEDDINGS: Mapping[str, Callable[[str, int], str]] = {
    "assignment": assignment,
    "json": as_json,
    "url": url,
    "comment": comment,
    "multi-line": multi_line,
    "base64": encoded,
}


def _escaped(text: str) -> str:
    return text.replace("\n", "\\n")
