"""The return path of each copy: where its bounce goes, and by which the copy is known again (VERP).

`b-ID-MAC@domain`: small letters and figures only, because local parts lose their capitals on the way; no
recipient's address inside. ID is the end of the delivery's key, which no restored database gives to another
copy, as it might a row's number. MAC are 50 bits of HMAC-SHA256: nobody can make up a bounce without the key.
"""

from __future__ import annotations

import hmac
import re
from base64 import b32decode, b32encode

from comms.errors import ContentError, say

_MAC_LENGTH = 10
"""Characters of base32: five bits each."""

_KEY_END = re.compile(r"(?:.*\.)?([0-9a-f]{24})", re.DOTALL)
_PATH = re.compile(r"b-([a-z2-7]{20})-([a-z2-7]{10})@.+")
_ID_PADDING = "===="


def return_path(delivery_key: str, *, domain: str, key: bytes) -> str:
    """The MAIL FROM of a delivery: 33 characters and the domain (A-labels).

    Raises ContentError for a key that does not end as the ledger's do, in 24 hexadecimal digits.
    """
    found = _KEY_END.fullmatch(delivery_key)
    if not found:
        raise ContentError(say("Leveransen {key} har ingen returadress.", key=repr(delivery_key)))
    return f"{_local(found[1], key)}@{domain}"


def read_return_path(address: str, key: bytes) -> str | None:
    """The end of the delivery's key (24 hexadecimal digits) from an address that we have written, else None.

    A delivery is found by `deliveries.key` ending in a dot and this. Capitals and small letters are alike.
    """
    found = _PATH.fullmatch(address.strip().removeprefix("<").removesuffix(">").lower())
    if not found:
        return None
    end = b32decode(found[1].upper() + _ID_PADDING).hex()
    meant = f"b-{found[1]}-{found[2]}"
    return end if hmac.compare_digest(_local(end, key), meant) else None


def _local(end: str, key: bytes) -> str:
    mac = hmac.digest(key, f"verp1|{end}".encode(), "sha256")
    return f"b-{_base32(bytes.fromhex(end))}-{_base32(mac)[:_MAC_LENGTH]}"


def _base32(content: bytes) -> str:
    return b32encode(content).decode("ascii").rstrip("=").lower()
