from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Callable


class InvalidTokenError(ValueError):
    """The token was not issued with this secret for this purpose, or was changed."""


class ExpiredTokenError(InvalidTokenError):
    """The token is genuine, but its time is over."""


class TokenSigner:
    """Sign small texts so that they can be handed out and trusted when they come back.

    A token is signed, not encrypted: everybody can read its text. ``purpose`` separates kinds of tokens that share one
    secret, so that an invitation cannot be used to reset a password.
    """

    def __init__(self, secret: bytes, *, purpose: str, clock: Callable[[], float] = time.time) -> None:
        if len(secret) < 32:
            raise ValueError("secret must have at least 32 bytes, for example from secrets.token_bytes(32)")
        self._key = hmac.digest(secret, purpose.encode(), hashlib.sha256)
        self._clock = clock

    def sign(self, text: str, *, lifetime: float) -> str:
        """Return a token of URL-safe characters that is valid for ``lifetime`` seconds, cut to a whole second."""
        body = f"{_encode(text.encode())}.{int(self._clock() + lifetime)}"
        return f"{body}.{self._signature(body)}"

    def verify(self, token: str) -> str:
        """Return the text of a token that this signer issued; raise ``InvalidTokenError`` otherwise."""
        body, _, signature = token.rpartition(".")
        expected = self._signature(body)
        # Bytes, because compare_digest refuses text that is not ASCII; and before anything in the body is believed.
        if not hmac.compare_digest(signature.encode("utf-8", "replace"), expected.encode()):
            raise InvalidTokenError("token is not valid")
        text, expires_at = body.split(".")
        if self._clock() >= int(expires_at):
            raise ExpiredTokenError("token has expired")
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()

    def _signature(self, body: str) -> str:
        return _encode(hmac.digest(self._key, body.encode("utf-8", "replace"), hashlib.sha256))


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
