"""What links in letters and forms carry instead of a name: short, signed, readable by us alone.

A token is a version, eight bytes that name something in the database, and a MAC of sixteen (HMAC-SHA256 cut
to 128 bits, RFC 2104, 5): 34 signs of base64url, so that an address stays short. Its purpose is in the MAC:
a link that ends a subscription opens no settings. Keys are a ring: the first signs, all are known.
"""

from __future__ import annotations

import hmac
from base64 import b32decode, b32encode, urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from itsdangerous import BadSignature, TimestampSigner

from comms.model.settings import Secret

_VERSION = b"\x01"
_ID, _MAC = 8, 16
_LENGTH = 34
_MAIL_MAC = 10
_MAIL_LENGTH = 29
"""13 + 16 signs of base32: small letters and figures, as local parts lose their capitals on the way."""


class Purpose(StrEnum):
    """What a token is good for."""

    EXIT = "exit"
    CONFIRM = "confirm"
    SETTINGS = "settings"


def token(purpose: Purpose, identity: str, keys: Sequence[Secret]) -> str:
    """The token of `identity` (16 hex digits), signed with the first key of the ring."""
    named = _VERSION + bytes.fromhex(identity)
    return urlsafe_b64encode(named + _mac(purpose, named, keys[0])).decode().rstrip("=")


def read_token(purpose: Purpose, text: str, keys: Sequence[Secret]) -> str | None:
    """The identity in a token of ours for this purpose, else None."""
    if len(text) != _LENGTH or not text.isascii():
        return None
    try:
        content = urlsafe_b64decode(text + "==")
    except (NotBase64, ValueError):
        return None
    named, mac = content[: 1 + _ID], content[1 + _ID :]
    known = any(hmac.compare_digest(_mac(purpose, named, key), mac) for key in keys)
    # Of the four signs that end alike only one is ours: an address has one spelling.
    spelt = urlsafe_b64encode(content).decode().rstrip("=") == text
    return named[1:].hex() if known and spelt and named[:1] == _VERSION else None


def mail_token(identity: str, keys: Sequence[Secret]) -> str:
    """The same for the local part of an address: 29 signs that survive being written small."""
    named = bytes.fromhex(identity)
    mac = _mac(Purpose.EXIT, b"mail" + named, keys[0])[:_MAIL_MAC]
    return _small(named) + _small(mac)


def read_mail_token(text: str, keys: Sequence[Secret]) -> str | None:
    """The identity in an address that we have written, else None. Capitals and small letters are alike."""
    small = text.lower()
    if len(small) != _MAIL_LENGTH or not small.isascii():
        return None
    try:
        named = b32decode(small[:13].upper() + "===")
    except (NotBase64, ValueError):
        return None
    return next(
        (
            named.hex()
            for key in keys
            if hmac.compare_digest(
                _small(named) + _small(_mac(Purpose.EXIT, b"mail" + named, key)[:_MAIL_MAC]), small
            )
        ),
        None,
    )


def seal_form(name: str, nonce: str, keys: Sequence[Secret], now: datetime) -> str:
    """What a form carries: which form, a nonce (the caller's chance) by which it acts once, and when."""
    return _signer(name, keys, now).sign(nonce).decode()


def open_form(name: str, text: str, keys: Sequence[Secret], now: datetime) -> tuple[str, timedelta] | None:
    """The nonce of a form of ours, and how long ago it was made; None when it is none."""
    try:
        nonce, made = _signer(name, keys, now).unsign(text, return_timestamp=True)
    except BadSignature:
        return None
    return nonce.decode("ascii", "replace"), now - made


class _Signer(TimestampSigner):
    """itsdangerous with the caller's clock."""

    now = 0

    def get_timestamp(self) -> int:
        """Seconds since 1970."""
        return self.now


def _signer(name: str, keys: Sequence[Secret], now: datetime) -> _Signer:
    """Its ring ends with the key that signs, where ours begins with it."""
    signer = _Signer([key.value for key in reversed(keys)], salt=f"form|{name}")
    signer.now = int(now.timestamp())
    return signer


def keyed_hash(what: str, value: str, keys: Sequence[Secret]) -> tuple[str, ...]:
    """A value as nobody can guess it without a key (32 hex digits): by each key of the ring, newest first."""
    content = f"{what}|{value}".encode()
    return tuple(hmac.digest(key.value.encode(), content, "sha256").hex()[:32] for key in keys)


def _mac(purpose: Purpose, named: bytes, key: Secret) -> bytes:
    return hmac.digest(key.value.encode(), purpose.value.encode() + b"|" + named, "sha256")[:_MAC]


def _small(content: bytes) -> str:
    return b32encode(content).decode().rstrip("=").lower()
