"""The formats of secrets that providers document: prefixes and lengths of their tokens, as data."""

from __future__ import annotations

from typing import NamedTuple


class SecretRule(NamedTuple):
    """One format, in the syntax of RE2: a text is searched with ``pattern`` only if it holds one of ``keywords``, as written.

    The first group is the secret itself. RE2 has no look-around: the characters beside a token are matched outside of the group.
    """

    name: str
    keywords: tuple[str, ...]
    pattern: str


_HEX = "[0-9a-f]"
_ALNUM = "[A-Za-z0-9]"
_WORD = "[A-Za-z0-9_-]"
_UUID = f"{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}"
_START = (
    r"(?:^|[^A-Za-z0-9_-]|\\[abfnrtv]|\\u00[0-9a-fA-F]{2}|%[0-9A-Fa-f]{2})"  # an escape ends in a letter: "\nghp_…", "%3Dghp_…"
)
_END = "(?:[^A-Za-z0-9_-]|$)"


def _token(name: str, pattern: str, *keywords: str) -> SecretRule:
    """Write the usual rule: neither side of the token runs on."""
    return SecretRule(name, keywords, f"{_START}({pattern}){_END}")


def _prefixed(name: str, prefixes: str, rest: str) -> SecretRule:
    """Write the rule of a token that begins with one of ``prefixes`` (``a|b``, taken literally), then ``rest``."""
    literal = prefixes.replace(".", r"\.")
    return _token(name, f"(?:{literal}){rest}", *prefixes.split("|"))


RULES = (
    _prefixed("aws-access-key", "AKIA|ASIA|ABIA|ACCA", "[A-Z2-7]{16}"),
    SecretRule(
        "aws-secret-key",
        ("ecret_access_key", "ecretAccessKey", "SECRET_ACCESS_KEY", "ecretKey", "SECRET_KEY"),
        r"(?i)secret_?(?:access_?)?key[\"']?\s{0,4}[:=]\s{0,4}[\"']?([A-Za-z0-9/+]{40})(?:[^A-Za-z0-9/+=]|$)",
    ),
    _prefixed("aws-bedrock-key", "ABSK", r"[A-Za-z0-9+/]{109,269}={0,2}"),
    _prefixed("github-token", "ghp_|gho_|ghu_|ghs_|ghr_", f"{_ALNUM}{{36,255}}"),
    _prefixed("github-fine-grained-token", "github_pat_", f"{_ALNUM}{{22}}_{_ALNUM}{{59}}"),
    _prefixed(
        "gitlab-token",
        "glpat-|gldt-|glptt-|glrt-|glcbt-|glagent-|gloas-|glsoat-|glft-|glimt-",
        r"[A-Za-z0-9_-]{20,64}(?:\.[0-9a-z]{2}\.[0-9a-z]{7,9})?",
    ),
    _prefixed("bitbucket-app-password", "ATBB", f"{_ALNUM}{{32}}"),
    _prefixed("atlassian-token", "ATATT3|ATCTT3", r"[A-Za-z0-9_=-]{60,250}"),
    _prefixed("slack-token", "xoxb-|xoxp-|xoxa-|xoxr-|xoxs-|xoxe-|xoxc-|xoxd-", "[0-9A-Za-z%-]{20,250}"),
    _prefixed("slack-app-token", "xapp-", r"[0-9]-[A-Z0-9]{8,16}-[0-9]{8,16}-[0-9a-f]{40,80}"),
    SecretRule(
        "slack-webhook",
        ("hooks.slack.com",),
        r"hooks\.slack\.com/((?:services|workflows|triggers)/[TE]\w{8,12}/[AB]?\w{8,16}/[\w/]{20,60})",
    ),
    SecretRule(
        "teams-webhook",
        (".webhook.office.com",),
        rf"\.webhook\.office\.com/(webhookb2/{_UUID}@{_UUID}/\w{{8,20}}/{_HEX}{{32}}/\S{{36}})",
    ),
    _prefixed("stripe-key", "sk_live_|sk_test_|rk_live_|rk_test_", f"{_ALNUM}{{16,247}}"),
    _prefixed("stripe-webhook-secret", "whsec_", "[A-Za-z0-9+/]{32,64}"),
    _prefixed("openai-key", "sk-proj-|sk-svcacct-|sk-admin-", f"{_WORD}{{40,200}}"),
    _token("openai-legacy-key", f"sk-{_ALNUM}{{20}}T3BlbkFJ{_ALNUM}{{20}}", "T3BlbkFJ"),
    _prefixed("anthropic-key", "sk-ant-", f"(?:api|admin|oat|ort|sid)[0-9]{{2}}-{_WORD}{{40,200}}"),
    _prefixed("openrouter-key", "sk-or-v1-", f"{_HEX}{{64}}"),
    _prefixed("xai-key", "xai-", f"{_ALNUM}{{80}}"),
    _prefixed("nvidia-key", "nvapi-", f"{_WORD}{{60,70}}"),
    _prefixed("elevenlabs-key", "sk_", f"{_HEX}{{48}}"),
    _prefixed("langsmith-key", "lsv2_pt_|lsv2_sk_", f"{_HEX}{{32}}_{_HEX}{{10}}"),
    _prefixed("pinecone-key", "pcsk_", f"{_ALNUM}{{5,6}}_{_ALNUM}{{60,66}}"),
    _prefixed("google-api-key", "AIza", f"{_WORD}{{35}}"),
    _prefixed("google-oauth-secret", "GOCSPX-", f"{_WORD}{{28}}"),
    SecretRule("google-oauth-token", ("ya29.",), rf"{_START}(ya29\.[A-Za-z0-9_-]{{40,500}})"),
    _prefixed("google-refresh-token", "1//0", f"{_WORD}{{40,200}}"),
    _prefixed("npm-token", "npm_", f"{_ALNUM}{{36}}"),
    _prefixed("pypi-token", "pypi-AgE", f"{_WORD}{{50,500}}"),
    _prefixed("rubygems-token", "rubygems_", f"{_HEX}{{48}}"),
    _prefixed("crates-io-token", "cio", f"{_ALNUM}{{32}}"),
    _prefixed("docker-token", "dckr_pat_|dckr_oat_", f"{_WORD}{{27,40}}"),
    _prefixed("artifactory-key", "AKCp", f"{_ALNUM}{{69}}"),
    _prefixed("artifactory-reference-token", "cmVmdGtu", f"{_ALNUM}{{56}}"),
    _token("sendgrid-key", rf"SG\.{_WORD}{{22}}\.{_WORD}{{43}}", "SG."),
    _prefixed("brevo-key", "xkeysib-", f"{_HEX}{{64}}-{_ALNUM}{{16}}"),
    _prefixed("resend-key", "re_", f"{_ALNUM}{{8}}_{_ALNUM}{{24}}"),
    _prefixed("twilio-key", "SK", f"{_HEX}{{32}}"),
    SecretRule("telegram-token", (":AA",), f"(?:{_START}|/bot)([0-9]{{8,10}}:AA{_WORD}{{33}}){_END}"),
    _token("discord-token", rf"[MNO]{_WORD}{{23,27}}\.{_WORD}{{6}}\.{_WORD}{{27,38}}", "."),
    SecretRule("discord-webhook", ("/api/webhooks/",), rf"discord(?:app)?\.com/api/webhooks/([0-9]{{17,20}}/{_WORD}{{60,80}})"),
    _token("twitter-bearer-token", "A{20,24}[A-Za-z0-9%]{60,120}", "A" * 20),
    _prefixed("digitalocean-token", "dop_v1_|doo_v1_|dor_v1_", f"{_HEX}{{64}}"),
    _prefixed("shopify-token", "shpat_|shpca_|shppa_|shpss_", "[0-9a-fA-F]{32}"),
    _prefixed("mailgun-key", "key-", f"{_HEX}{{32}}"),
    _token("mailchimp-key", f"{_HEX}{{32}}-us[0-9]{{1,2}}", "-us"),
    _prefixed("huggingface-token", "hf_|api_org_", f"{_ALNUM}{{34}}"),
    _prefixed("databricks-token", "dapi", f"{_HEX}{{32}}(?:-[0-9])?"),
    _prefixed("square-token", "sq0atp-|sq0csp-", f"{_WORD}{{22,43}}"),
    _prefixed("square-access-token", "EAAA", f"{_WORD}{{60}}"),
    _prefixed("heroku-key", "HRKU-", f"{_WORD}{{36,60}}"),
    SecretRule("azure-storage-key", ("AccountKey=",), r"AccountKey=([A-Za-z0-9+/]{86}==)"),
    SecretRule(
        "azure-client-secret",
        ("Q~",),
        r"(?:^|[^A-Za-z0-9_~.-]|\\[nrt])([A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34})(?:[^A-Za-z0-9_~.-]|$)",
    ),
    SecretRule("azure-shared-access-signature", ("sig=",), r"[?&](sig=[A-Za-z0-9%+/]{43,64}(?:%3D|=))"),
    _token("airtable-token", rf"pat{_ALNUM}{{14}}\.{_HEX}{{64}}", "pat"),
    _token("asana-token", f"[12]/[0-9]{{16}}/[0-9]{{16}}:{_HEX}{{32}}", "1/", "2/"),
    _prefixed("cloudflare-origin-key", "v1.0-", f"{_HEX}{{24}}-{_HEX}{{146}}"),
    _token("doppler-token", rf"dp\.(?:pt|st|ct|sa|scim|audit)\.(?:[a-z0-9_-]{{2,35}}\.)?{_ALNUM}{{40,44}}", "dp."),
    _token("dropbox-token", r"sl\.(?:u\.)?[A-Za-z0-9_-]{130,1000}", "sl."),
    _prefixed("figma-token", "figd_|figo_|figdr_", f"{_WORD}{{40,64}}"),
    _prefixed("fly-token", "fo1_", f"{_WORD}{{43}}"),
    _prefixed("grafana-token", "glsa_", f"{_ALNUM}{{32}}_[0-9a-fA-F]{{8}}"),
    _prefixed("grafana-cloud-token", "glc_", r"[A-Za-z0-9+/]{32,400}={0,2}"),
    _prefixed("groq-key", "gsk_", f"{_ALNUM}{{52}}"),
    _prefixed("hashicorp-vault-token", "hvs.|hvb.|hvr.", f"{_WORD}{{60,300}}"),
    _token("terraform-cloud-token", rf"{_ALNUM}{{14}}\.atlasv1\.[A-Za-z0-9_=-]{{60,70}}", ".atlasv1."),
    _prefixed("linear-key", "lin_api_|lin_oauth_", f"{_ALNUM}{{40,64}}"),
    _prefixed("netlify-token", "nfp_", f"{_ALNUM}{{36}}"),
    _prefixed("new-relic-key", "NRAK-|NRAA-", "[A-Z0-9]{27}"),
    _prefixed("new-relic-insights-key", "NRII-|NRIQ-", f"{_WORD}{{32}}"),
    _prefixed("notion-token", "ntn_", f"{_ALNUM}{{40,50}}"),
    _prefixed("perplexity-key", "pplx-", f"{_ALNUM}{{48}}"),
    _prefixed("planetscale-token", "pscale_tkn_|pscale_pw_|pscale_oauth_", r"[A-Za-z0-9_.=-]{32,64}"),
    _prefixed("postman-key", "PMAK-", f"{_HEX}{{24}}-{_HEX}{{34}}"),
    _prefixed("pulumi-token", "pul-", f"{_HEX}{{40}}"),
    _prefixed("replicate-token", "r8_", f"{_ALNUM}{{37}}"),
    _prefixed("sentry-token", "sntrys_|sntryu_", r"[A-Za-z0-9_=+/]{40,400}"),
    _prefixed("supabase-token", "sbp_|sb_secret_", f"{_WORD}{{30,44}}"),
    _prefixed(
        "tailscale-key", "tskey-auth-|tskey-api-|tskey-client-|tskey-scim-|tskey-webhook-", f"{_ALNUM}{{8,24}}-{_ALNUM}{{16,64}}"
    ),
    _prefixed("sonarqube-token", "sqp_|squ_|sqa_", f"{_HEX}{{40}}"),
    _prefixed("circleci-token", "CCIPAT_|CCIPRJ_", f"{_ALNUM}{{22}}_{_HEX}{{40}}"),
    _prefixed("buildkite-token", "bkua_", f"{_HEX}{{40}}"),
    _token("dynatrace-token", r"dt0[a-z][0-9]{2}\.[A-Z2-7]{24}\.[A-Z2-7]{64}", "dt0"),
    _prefixed("plaid-token", "access-sandbox-|access-development-|access-production-", _UUID),
    _prefixed("shippo-token", "shippo_live_|shippo_test_", f"{_HEX}{{40}}"),
    _prefixed("easypost-key", "EZAK|EZTK", f"{_ALNUM}{{54}}"),
    _prefixed("contentful-token", "CFPAT-", f"{_WORD}{{43}}"),
    _prefixed("prefect-key", "pnu_|pnb_", f"{_ALNUM}{{36}}"),
    _prefixed("readme-key", "rdme_", "[a-z0-9]{70}"),
    _prefixed("infracost-key", "ico-", f"{_ALNUM}{{32}}"),
    _token("sourcegraph-token", f"sgp_(?:(?:{_HEX}{{16}}|local)_)?{_HEX}{{40}}", "sgp_"),
    _token("mapbox-secret-token", rf"sk\.eyJ{_WORD}{{40,200}}\.{_WORD}{{20,24}}", "sk.eyJ"),
    _prefixed("adafruit-key", "aio_", f"{_ALNUM}{{28}}"),
    _prefixed("alibaba-access-key", "LTAI", f"{_ALNUM}{{17,21}}"),
    _prefixed("yandex-cloud-key", "AQVN", f"{_WORD}{{35,38}}"),
    _prefixed("onepassword-service-token", "ops_eyJ", r"[A-Za-z0-9+/=_-]{200,1000}"),
    _prefixed("wakatime-key", "waka_", _UUID),
    _token("age-key", "AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}", "AGE-SECRET-KEY-1"),
    SecretRule("jwt", ("eyJ",), rf"{_START}(eyJ{_WORD}{{10,}}\.eyJ{_WORD}{{10,}}\.{_WORD}{{20,}})"),
    SecretRule(
        "google-chat-webhook",
        ("chat.googleapis.com",),
        rf"chat\.googleapis\.com/v1/spaces/{_WORD}{{8,20}}/messages\?(\S{{60,200}})",
    ),
    SecretRule(
        "power-automate-webhook",
        ("/workflows/",),
        rf"/workflows/{_HEX}{{32}}/triggers/[\w/-]{{1,60}}\?[^\s\"']{{0,200}}(sig={_WORD}{{43}})(?:[^A-Za-z0-9_%-]|$)",
    ),
    SecretRule("mattermost-webhook", ("/hooks/",), rf"https?://[\w.:-]{{3,100}}/hooks/([a-z0-9]{{26}}){_END}"),
    SecretRule("rocket-chat-webhook", ("/hooks/",), rf"/hooks/({_ALNUM}{{17,24}}/{_ALNUM}{{43,64}}){_END}"),
    SecretRule("lark-webhook", ("/open-apis/bot/",), rf"/open-apis/bot/v2/hook/({_UUID}){_END}"),
    SecretRule("dingtalk-webhook", ("oapi.dingtalk.com",), rf"oapi\.dingtalk\.com/robot/send\?access_token=({_HEX}{{64}}){_END}"),
    SecretRule("wecom-webhook", ("qyapi.weixin.qq.com",), rf"qyapi\.weixin\.qq\.com/cgi-bin/webhook/send\?key=({_UUID}){_END}"),
    SecretRule(
        "zapier-webhook", ("hooks.zapier.com",), r"hooks\.zapier\.com/hooks/catch/([0-9]{5,10}/[a-z0-9]{6,10})(?:[^a-z0-9]|$)"
    ),
    SecretRule("ifttt-webhook", ("maker.ifttt.com",), rf"maker\.ifttt\.com/\S{{1,80}}/with/key/({_WORD}{{22,43}}){_END}"),
    _token("matrix-access-token", f"sy[tr]_[A-Za-z0-9+/]{{2,60}}={{0,2}}_[A-Za-z]{{20}}_{_ALNUM}{{6}}", "syt_", "syr_"),
    _token("webex-bot-token", f"{_ALNUM}{{64}}_{_ALNUM}{{4}}_{_UUID}", "_"),
    _token("viber-bot-token", f"{_HEX}{{16}}-{_HEX}{{16}}-{_HEX}{{16}}", "-"),
    _prefixed("facebook-token", "EAAB|EAAC|EAAD|EAAG|EAAJ|EAAM", f"{_ALNUM}{{90,300}}"),
    _token("twitch-token", "oauth:[a-z0-9]{30}", "oauth:"),
    _prefixed("gitlab-runner-token", "GR1348941", f"{_WORD}{{20}}"),
    _prefixed("nuget-key", "oy2", "[a-z0-9]{43}"),
    _prefixed("clojars-token", "CLOJARS_", "[a-z0-9]{60}"),
    _token("azure-devops-token", f"{_ALNUM}{{76}}AZDO{_ALNUM}{{4}}", "AZDO"),
    SecretRule("azure-function-key", ("AzFu",), rf"{_START}({_WORD}{{44}}AzFu{_WORD}{{5}}A?[A-Za-z0-9_-]{{0,4}}={{2}})"),
    _prefixed("hubspot-token", "pat-na1-|pat-na2-|pat-eu1-", _UUID),
    _prefixed("apify-token", "apify_api_", f"{_ALNUM}{{36}}"),
    _prefixed("deepseek-key", "sk-", f"{_HEX}{{32}}"),
    _prefixed("cerebras-key", "csk-", "[a-z0-9]{48}"),
    _prefixed("tavily-key", "tvly-", f"(?:dev-|prod-)?{_ALNUM}{{32}}"),
    _prefixed("firecrawl-key", "fc-", f"{_HEX}{{32}}"),
    _prefixed("langfuse-key", "sk-lf-", _UUID),
    _prefixed("fireworks-key", "fw_", f"{_ALNUM}{{24}}"),
    _prefixed("neon-key", "napi_", "[a-z0-9]{64}"),
    _prefixed("posthog-key", "phx_", f"{_ALNUM}{{43,48}}"),
    _prefixed("typeform-token", "tfp_", f"{_WORD}{{40}}_{_ALNUM}{{10,30}}"),
    _prefixed("duffel-token", "duffel_live_|duffel_test_", f"{_WORD}{{43}}"),
    _prefixed("flutterwave-key", "FLWSECK-|FLWSECK_TEST-", "[0-9a-zA-Z]{32}-X"),
    SecretRule(
        "braintree-token",
        ("access_token$",),
        rf"(access_token\$(?:production|sandbox)\$[a-z0-9]{{16}}\$[0-9a-f]{{32}}){_END}",
    ),
    _token("telnyx-key", f"KEY[0-9A-F]{{32}}_{_ALNUM}{{22}}", "KEY"),
    _prefixed("mailersend-token", "mlsn.", f"{_HEX}{{64}}"),
    _token("harness-token", rf"(?:pat|sat)\.{_WORD}{{22}}\.{_HEX}{{24}}\.{_ALNUM}{{20}}", "pat.", "sat."),
    _prefixed("octopus-key", "API-", "[A-Z0-9]{26}"),
    _prefixed("launchdarkly-key", "sdk-|api-", _UUID),
    _prefixed("openshift-token", "sha256~", f"{_WORD}{{43}}"),
    _token("maxmind-key", f"{_ALNUM}{{6}}_{_ALNUM}{{29}}_mmk", "_mmk"),
    _prefixed("nylas-key", "nyk_v0_", f"{_ALNUM}{{64}}"),
    _prefixed("lichess-token", "lip_", f"{_ALNUM}{{20}}"),
    _prefixed("scalingo-token", "tk-us-", f"{_WORD}{{48}}"),
    SecretRule(
        "private-key",
        ("PRIVATE KEY",),
        r"-----BEGIN (?:[A-Z0-9]{2,9} ){0,2}PRIVATE KEY(?: BLOCK)?-----[\s\"'`\\nr+,#*()/;-]{1,60}"
        r"(?:[A-Za-z]{3,7}(?:-[A-Za-z]{3,7})?: [^\n\\]{1,80}[\s\"'`\\nr+,#*()/;-]{1,60}){0,4}([A-Za-z0-9+/]{32})",
    ),
    SecretRule(
        "url-password",
        ("://",),
        r"(?i)\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@\"'<>{}$%()\[\]`\\]{0,60}:([^\s/:@\"'<>{}$()\[\]`\\*]{6,100})@[a-z0-9\[]",
    ),
)
