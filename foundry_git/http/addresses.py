"""Addresses: which Host and Origin a server answers, so that no page of another site reaches it through a browser. Pure."""

from __future__ import annotations

import ipaddress
import re

from msgspec import Struct

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_HOST = re.compile(
    r"(?:\[(?P<six>[0-9a-f:.]{2,45})\]|(?P<name>[a-z0-9]([a-z0-9.-]{0,252}[a-z0-9])?))(?::(?P<port>\d{1,5}))?\Z", re.IGNORECASE
)
_ORIGIN = re.compile(r"https?://(?P<host>[^/?#@\s]+)\Z", re.IGNORECASE)


class Address(Struct, frozen=True):
    """Where a server listens."""

    host: str
    port: int

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine reaches it."""
        return is_loopback(self.host)

    def answers(self, host: str) -> bool:
        """Tell whether a Host header names this server.

        On loopback it must be a name of loopback. Beyond it may be any address in numbers, which no foreign name can stand for, or the
        name that the server was told to listen at. The port must be ours, and may be left out where it is 80.
        """
        found = _HOST.match(host)
        if found is None or int(found["port"] or 80) != self.port:
            return False
        name = (found["six"] or found["name"]).lower().removesuffix(".")
        if name in LOOPBACK_NAMES:
            return True
        if self.is_loopback:
            return is_loopback(name) and _is_number(name)
        return _is_number(name) or name == self.host.lower()

    def is_own(self, origin: str) -> bool:
        """Tell whether an Origin header is that of a page of this server."""
        found = _ORIGIN.match(origin)
        return found is not None and self.answers(found["host"])


def is_loopback(host: str) -> bool:
    """Tell whether a name or address is that of this machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
