"""What a name holds: tokens and addresses in paths and symbols. Every token here is made up at run time."""

from __future__ import annotations

import pytest

from benchmarks.tokens import tokens
from foundry_git.source.private_names import shown, withheld

PERSON = "jo.roe" + "@" + "corp.io"
WORDS = [token for token in tokens(1) if token.text.replace("_", "").replace("-", "").isalnum() and len(token.text) < 200]
NPM = next(token.text for token in WORDS if token.rule == "npm-token")


@pytest.mark.parametrize("name", ["{}", "use_{}", "{}_v2", "test-{}-now", "src/{}.py", "a/{}/b.py", "Shop.{}", "src/old_{}_1.ts"])
def test_a_token_is_found_wherever_it_stands_in_a_name(name: str) -> None:
    missed = [token.rule for token in WORDS if not withheld(name.format(token.text)).startswith("secret: ")]

    assert len(WORDS) > 60
    assert missed == []


def test_a_token_that_may_hold_dots_is_found_before_an_extension() -> None:
    token = next(token.text for token in tokens(1) if token.rule == "azure-client-secret")

    assert shown(f"src/{token}.py") == "src/<azure-client-secret>"


@pytest.mark.parametrize("name", ["{}.py", "mail/{}/a.py", "mail/{}.json", "to {}", "backup-{}.html.js"])
def test_an_address_is_found_in_a_name(name: str) -> None:
    assert withheld(name.format(PERSON)) == "private-data: e-mail"
    assert PERSON not in shown(name.format(PERSON))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("src/{npm}/a.py", "src/<npm-token>/a.py"), ("src/use_{npm}.py", "src/<npm-token>"), ("Shop.use_{npm}", "<npm-token>"),
        ("mail/{person}/{npm}", "mail/<e-mail>/<npm-token>"), ("src/{person}.json", "src/<e-mail>.json"), ("a/b.py", "a/b.py"),
    ],
)  # fmt: skip
def test_a_name_is_shown_without_what_it_holds(name: str, said: str) -> None:
    assert shown(name.format(npm=NPM, person=PERSON)) == said


@pytest.mark.parametrize(
    "name",
    [
        "src/icon@2x.json", "node_modules/@scope/user.profile.ts", "pkg/mod/golang.org/x/text@v0.14.0/language.go", "git@host.py",
        "tests/test_the_representation_of_authentication_20241130_with_internationalization.py", "a1b2c3d4e5f60718293a4b5c6d7e8f90.py",
        "migrations/0042_auto_20230101_1200_rename_subscription_identifier_to_account.py", "Handler.handleAuthenticationTokenV2Refresh",
        "vendor/d41d8cd98f00b204e9800998ecf8427e/da39a3ee5e6b4b0d3255bfef95601890afd80709.js", "test_user_at_example.com@example.com",
    ],
)  # fmt: skip
def test_ordinary_names_are_kept(name: str) -> None:
    assert withheld(name) == ""
    assert shown(name) == name
