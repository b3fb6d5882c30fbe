from __future__ import annotations

import re

import pytest
from signed_token import ExpiredTokenError, InvalidTokenError, TokenSigner

SECRET = bytes(range(32))


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.5

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def signer(clock: Clock) -> TokenSigner:
    return TokenSigner(SECRET, purpose="invitation", clock=clock)


@pytest.mark.parametrize("text", ["user:42", "", "grün.und.mehr", "x" * 1000])
def test_the_text_of_a_valid_token_comes_back(signer: TokenSigner, text: str) -> None:
    assert signer.verify(signer.sign(text, lifetime=60)) == text


def test_a_token_needs_no_escaping_in_a_url(signer: TokenSigner) -> None:
    assert re.fullmatch(r"[A-Za-z0-9._-]+", signer.sign("a/b?c=ü&d", lifetime=60))


def test_a_token_is_valid_until_its_time_is_over(signer: TokenSigner, clock: Clock) -> None:
    token = signer.sign("user:42", lifetime=60)

    clock.now = 1_000_059.9
    assert signer.verify(token) == "user:42"
    clock.now = 1_000_060.0
    with pytest.raises(ExpiredTokenError):
        signer.verify(token)


def test_changing_any_character_makes_a_token_invalid(signer: TokenSigner) -> None:
    token = signer.sign("user:42", lifetime=60)

    for place, character in enumerate(token):
        changed = token[:place] + ("A" if character != "A" else "B") + token[place + 1 :]
        with pytest.raises(InvalidTokenError):
            signer.verify(changed)


def test_the_expiry_of_a_token_cannot_be_moved(signer: TokenSigner, clock: Clock) -> None:
    text, expires_at, signature = signer.sign("user:42", lifetime=60).split(".")

    with pytest.raises(InvalidTokenError):
        signer.verify(f"{text}.{int(expires_at) + 60}.{signature}")


@pytest.mark.parametrize("token", ["", ".", "..", "a.b.c", "a.b.c.d", "ü.1.ü", "\ud800", "\0", "=" * 50])
def test_anything_that_is_no_token_is_invalid(signer: TokenSigner, token: str) -> None:
    with pytest.raises(InvalidTokenError):
        signer.verify(token)


def test_a_token_with_something_added_is_invalid(signer: TokenSigner) -> None:
    token = signer.sign("user:42", lifetime=60)

    for changed in (token + "=", token + "\n", " " + token, token + "." + token):
        with pytest.raises(InvalidTokenError):
            signer.verify(changed)


def test_a_token_for_another_purpose_is_invalid(signer: TokenSigner, clock: Clock) -> None:
    other = TokenSigner(SECRET, purpose="password-reset", clock=clock)

    with pytest.raises(InvalidTokenError):
        other.verify(signer.sign("user:42", lifetime=60))


def test_a_token_signed_with_another_secret_is_invalid(signer: TokenSigner, clock: Clock) -> None:
    other = TokenSigner(SECRET[::-1], purpose="invitation", clock=clock)

    with pytest.raises(InvalidTokenError):
        other.verify(signer.sign("user:42", lifetime=60))


def test_an_expired_forgery_is_not_reported_as_expired(signer: TokenSigner) -> None:
    with pytest.raises(InvalidTokenError) as caught:
        signer.verify("dXNlcg.1.forged")
    assert not isinstance(caught.value, ExpiredTokenError)


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        TokenSigner(b"short", purpose="invitation")
