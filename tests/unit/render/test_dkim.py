"""DKIM: our signatures are true to another reader, and no field can be added."""

from __future__ import annotations

import random
import re
from base64 import b64encode
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256

import dkim  # type: ignore[import-untyped]  # dkimpy ships no types
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from comms.render.dkim import Algorithm, Signer, relaxed_body, signed

SENT = datetime(2024, 11, 5, 7, 0, tzinfo=UTC)
LETTER = (
    b"To: n@arvika.example\r\nDate: Tue, 05 Nov 2024 08:00:00 +0100\r\nMessage-ID: <d.1@leader.example>\r\n"
    b"List-Unsubscribe: <https://brev.leader.example/u/x>,\r\n <mailto:kansli@leader.example>\r\n"
    b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nFrom: Leader <brev@leader.example>\r\n"
    b"Subject: Hej   hopp\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n"
    b"\r\nHej,  \r\n\r\n  indraget\r\n\r\n"
)


@cache
def rsa() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


@cache
def ed25519() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


SIGNERS = {
    "rsa": Signer("rsa", Algorithm.RSA, lambda content: rsa().sign(content, PKCS1v15(), SHA256())),
    "ed": Signer("ed", Algorithm.ED25519, lambda content: ed25519().sign(sha256(content).digest())),
}


def record(name: bytes, timeout: float = 0) -> bytes | None:
    """The TXT record of a name, as a name server would answer."""
    del timeout
    public = {
        b"rsa": b"k=rsa; p="
        + b64encode(rsa().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)),
        b"ed": b"k=ed25519; p="
        + b64encode(ed25519().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)),
    }
    selector, _, rest = name.rstrip(b".").partition(b".")
    return b"v=DKIM1; " + public[selector] if rest == b"_domainkey.leader.example" else None


def sealed(*selectors: str, letter: bytes = LETTER) -> bytes:
    return signed(letter, domain="leader.example", signers=[SIGNERS[one] for one in selectors], at=SENT)


def holds(letter: bytes, number: int = 0) -> bool:
    """Whether dkimpy finds the signature true."""
    try:
        return bool(dkim.DKIM(letter).verify(idx=number, dnsfunc=record))
    except dkim.ValidationError:
        return False


@pytest.mark.parametrize("selector", SIGNERS)
def test_another_reader_finds_the_signature_true(selector: str) -> None:
    assert holds(sealed(selector))


def test_two_signatures_are_each_true_and_the_letter_stands_after_them_untouched() -> None:
    content = sealed("rsa", "ed")
    assert holds(content, 0)
    assert holds(content, 1)
    assert content.endswith(LETTER)


def test_without_keys_a_letter_is_left_as_it_is() -> None:
    assert sealed() == LETTER


@pytest.mark.parametrize("selector", SIGNERS)
@pytest.mark.parametrize(
    "field",
    [
        "From: ond@ond.example",
        "To: ond@ond.example",
        "Cc: ond@ond.example",
        "Subject: Ond",
        "Date: Tue, 05 Nov 2024 09:00:00 +0100",
        "Reply-To: ond@ond.example",
        "List-Unsubscribe: <https://ond.example/>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "List-Archive: <https://ond.example/>",
        "Content-Type: text/html",
        "Content-Transfer-Encoding: base64",
    ],
)
def test_no_field_can_be_added(selector: str, field: str) -> None:
    content = sealed(selector)
    for place in (b"To: n@arvika", b"MIME-Version: "):
        assert not holds(content.replace(place, field.encode() + b"\r\n" + place, 1))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"Subject: Hej   hopp", b"Subject: Hej\r\n  hopp"),
        (b"From: Leader <", b"FROM:  Leader\r\n\t<"),
        (b"\r\n  indraget", b"\r\n indraget"),
        (b"indraget\r\n\r\n", b"indraget\r\n"),
        (b"MIME-Version", b"X-Spam-Status: No\r\nMIME-Version"),
        (b"To: n@", b"Received: from a by b\r\nTo: n@"),
    ],
)
def test_what_relays_do_on_the_way_does_no_harm(before: bytes, after: bytes) -> None:
    content = sealed("rsa")
    assert before in content
    assert holds(content.replace(before, after, 1))


@pytest.mark.parametrize(
    ("before", "after"), [(b"hopp", b"hop"), (b"indraget", b"utdraget"), (b"One-Click", b"Two-Click")]
)
def test_a_changed_word_breaks_the_signature(before: bytes, after: bytes) -> None:
    assert not holds(sealed("rsa").replace(before, after, 1))


def test_the_signature_says_no_length_and_its_time_is_the_letters_date() -> None:
    field = sealed("rsa").partition(b"\r\nTo: ")[0].decode()
    tags = dict(re.findall(r"([a-z]+)=([^;]*)", re.sub(r"\s", "", field)))
    assert "l" not in tags
    assert tags["t"] == f"{int(SENT.timestamp())}"
    assert (tags["c"], tags["d"], tags["s"]) == ("relaxed/relaxed", "leader.example", "rsa")


def test_every_attempt_is_the_same_bytes() -> None:
    assert sealed("rsa", "ed") == sealed("rsa", "ed")


def test_every_line_of_a_signature_is_at_most_78() -> None:
    head = sealed("rsa", "ed").partition(b"\r\nTo: ")[0]
    assert max(map(len, head.split(b"\r\n"))) <= 78


def test_a_relaxed_body_is_what_the_rfc_says() -> None:
    chance = random.Random(6376)  # noqa: S311 - a test's chance, the same every time
    for _ in range(3000):
        body = b"".join(
            chance.choice([b" ", b"  ", b"\t", b"a", b"\r\n"]) for _ in range(chance.randrange(14))
        )
        assert relaxed_body(body) == by_the_letter(body)


def by_the_letter(body: bytes) -> bytes:
    """RFC 6376, 3.4.4, line by line."""
    lines = [re.sub(rb"[ \t]+", b" ", line).rstrip(b" ") for line in body.split(b"\r\n")]
    while lines and not lines[-1]:
        lines.pop()
    return b"".join(line + b"\r\n" for line in lines)
