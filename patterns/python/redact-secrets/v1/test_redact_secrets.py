from __future__ import annotations

import copy

import pytest
from redact_secrets import names_secret, redact_secrets


@pytest.mark.parametrize(
    "key",
    [
        "password",
        "PASSWORD",
        "db_password",
        "userPassword",
        "Authorization",
        "Proxy-Authorization",
        "Set-Cookie",
        "api_key",
        "X-Api-Key",
        "apiKey",
        "APIKEY",
        "aws_secret_access_key",
        "clientSecret",
        "access_token",
        "accessToken",
        "token",
        "private key",
        "credentials",
    ],
)
def test_keys_that_name_a_secret_are_known_in_any_spelling(key: str) -> None:
    assert names_secret(key)


@pytest.mark.parametrize("key", ["max_tokens", "tokenizer", "secretary", "key", "author", "keyboard", "primary_key"])
def test_keys_that_only_look_similar_are_left_alone(key: str) -> None:
    assert not names_secret(key)


def test_secrets_are_masked_at_any_depth() -> None:
    data = {"users": [{"name": "Ada", "password": "x1"}], "nested": ({"api_key": "x2"},), "port": 80}

    assert redact_secrets(data) == {
        "users": [{"name": "Ada", "password": "***"}],
        "nested": ({"api_key": "***"},),
        "port": 80,
    }


@pytest.mark.parametrize("value", [0, 12345, b"bytes", ["a", "b"], {"user": "ada"}, False])
def test_the_whole_value_is_masked_whatever_it_is(value: object) -> None:
    assert redact_secrets({"secret": value}) == {"secret": "***"}


@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_secret_stays_visible_as_missing(value: object) -> None:
    assert redact_secrets({"secret": value}) == {"secret": value}


def test_the_input_is_not_changed_or_shared() -> None:
    data = {"list": [{"password": "x"}], "plain": {"a": [1]}}
    before = copy.deepcopy(data)

    redacted = redact_secrets(data)

    assert data == before
    assert isinstance(redacted, dict)
    redacted["plain"]["a"].append(2)
    assert data == before


def test_keys_that_are_not_text_are_kept() -> None:
    assert redact_secrets({1: "one", None: {"token": "x"}}) == {1: "one", None: {"token": "***"}}


def test_values_that_are_not_containers_are_returned_as_they_are() -> None:
    assert redact_secrets("password") == "password"
    assert redact_secrets(None) is None


def test_the_rule_and_the_mask_can_be_chosen() -> None:
    data = {"iban": "x", "inner": [{"iban": "y", "password": "z"}]}

    assert redact_secrets(data, is_secret=lambda key: key == "iban", mask="[hidden]") == {
        "iban": "[hidden]",
        "inner": [{"iban": "[hidden]", "password": "z"}],
    }
