"""DKIM signatures of a letter's bytes (RFC 6376; Ed25519 by RFC 8463), made last: nothing is touched after.

Relaxed for header and body: relays refold fields, and some trim blanks. No `l=`: it lets anybody add text.
Every field of `_COVERED` is named once more than it stands, so that nobody can add another of it, and one
that is not there cannot be added at all (RFC 6376, 8.15). The time is the letter's own Date: every attempt
is the same bytes.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

_COVERED = (
    "from", "to", "cc", "subject", "date", "message-id", "reply-to",
    "mime-version", "content-type", "content-transfer-encoding",
    "list-id", "list-unsubscribe", "list-unsubscribe-post", "list-archive", "list-owner", "feedback-id",
)  # fmt: skip
"""What receivers show or act upon. RFC 8058, 4: both fields of one click must be covered."""

_ROW = 72
_FIELD = re.compile(rb"([!-9;-~]+):((?:[^\r]|\r\n[ \t])*)\r\n")
_BLANKS = re.compile(rb"[ \t\r\n]+")


class Algorithm(StrEnum):
    """How a key signs, as `a=` names it."""

    RSA = "rsa-sha256"
    ED25519 = "ed25519-sha256"


@dataclass(frozen=True, slots=True)
class Signer:
    """One key: the selector that its public half is published under, and the act of signing octets."""

    selector: str
    algorithm: Algorithm
    sign: Callable[[bytes], bytes]


def signed(letter: bytes, *, domain: str, signers: Sequence[Signer], at: datetime) -> bytes:
    """The letter with a signature of each signer before it; as it is when there is none.

    `letter` has CRLF throughout, `domain` is From's as A-labels, `at` the letter's aware Date.
    """
    if not signers:
        return letter
    head, _, body = letter.partition(b"\r\n\r\n")
    fields = list(_fields(head + b"\r\n"))
    stands = Counter(name for name, _ in fields)
    names = tuple(name for name in _COVERED for _ in range(stands[name] + 1))
    covered = b"".join(value for name in _COVERED for value in reversed([f for n, f in fields if n == name]))
    digest = b64encode(sha256(relaxed_body(body)).digest()).decode("ascii")
    rest = f"t={int(at.timestamp())};\r\n h={_rows(names)};\r\n bh={digest};\r\n b="
    begun = (
        f"DKIM-Signature: v=1; a={one.algorithm}; c=relaxed/relaxed;\r\n d={domain}; s={one.selector}; {rest}"
        for one in signers
    )
    ends = (_ended(one, field, covered) for one, field in zip(signers, begun, strict=True))
    return b"".join((*ends, letter))


def relaxed_body(body: bytes) -> bytes:
    """The body as it is hashed (RFC 6376, 3.4.4): blanks in a row are one, none at a line's end."""
    first, *rest = body.replace(b"\t", b" ").split(b"  ")
    body = first
    if rest:  # four times as fast as a regular expression; a letter has few blanks in a row
        between = (piece for piece in (one.lstrip(b" ") for one in rest[:-1]) if piece)
        body = b" ".join((first, *between, rest[-1].lstrip(b" ")))
    body = body.replace(b" \r\n", b"\r\n").removesuffix(b" ")
    while body.endswith(b"\r\n"):
        body = body[:-2]
    return body + b"\r\n" if body else b""


def _ended(signer: Signer, begun: str, covered: bytes) -> bytes:
    """The whole field: it signs itself as it stands before its own value is there (RFC 6376, 3.7)."""
    own = _relaxed(*begun.encode("ascii").split(b":", 1))
    value = b64encode(signer.sign(covered + own.removesuffix(b"\r\n"))).decode("ascii")
    rows = (value[start : start + _ROW] for start in range(0, len(value), _ROW))
    return (begun + "\r\n ".join(rows) + "\r\n").encode("ascii")


def _fields(head: bytes) -> Iterator[tuple[str, bytes]]:
    """Each field's name in small letters, and the field as it is signed."""
    for name, value in _FIELD.findall(head):
        yield name.decode("ascii").lower(), _relaxed(name, value)


def _relaxed(name: bytes, value: bytes) -> bytes:
    """A field as it is signed (RFC 6376, 3.4.2)."""
    return name.lower() + b":" + _BLANKS.sub(b" ", value).strip(b" ") + b"\r\n"


def _rows(names: Sequence[str]) -> str:
    """Names with colons between, folded."""
    rows, row = [], names[0]
    for name in names[1:]:
        if len(row) + len(name) > _ROW:
            rows.append(f"{row}:")
            row = name
        else:
            row += f":{name}"
    return "\r\n  ".join((*rows, row))
