"""The keys that letters are signed with: read when a letter is made, never shown."""

from __future__ import annotations

import os
import stat
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from comms.app.house import House
from comms.errors import ConfigError, Text, say
from comms.model.settings import DkimKey
from comms.render.dkim import Algorithm, Signer, signed
from comms.render.headers import ascii_address

LEAST_BITS = 1024
WISHED_BITS = 2048
"""Bits of an RSA key: receivers take no shorter, and wish for this (RFC 8301, 3.2)."""

_OTHERS = stat.S_IRWXG | stat.S_IRWXO

Seal = Callable[[bytes, datetime], bytes]
"""Signs a finished letter by its aware Date; nothing is touched after."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key that was read: how it signs, and where and as what its public half is published.

    `bits` is the length of an RSA key, 0 for Ed25519.
    """

    signer: Signer
    name: str
    record: str
    bits: int = 0


def seal(house: House) -> Seal:
    """How the letters of a house are signed; without keys they are left as they are. Raises ConfigError."""
    signers = tuple(read_key(house, one).signer for one in house.settings.dkim)
    domain = _domain(house)

    def sign(letter: bytes, at: datetime) -> bytes:
        return signed(letter, domain=domain, signers=signers, at=at)

    return sign


def read_key(house: House, one: DkimKey) -> Key:
    """A key of comms.yaml; its file's path counts from the workspace.

    Raises ConfigError, with the path and never with what is in it, for a file that is missing, can be read
    by others, or holds no RSA key of 1024 bits or more and no Ed25519 key (PEM, without a password).
    """
    return _key(house.root / one.key_file, one.selector, _domain(house))


def unusable_keys(house: House) -> list[Text]:
    """What is wrong with the keys of comms.yaml, in `read_key`'s words; empty when all can sign."""
    found: list[Text] = []
    for one in house.settings.dkim:
        try:
            read_key(house, one)
        except ConfigError as unusable:
            found.append(unusable.message)
    return found


def _domain(house: House) -> str:
    """The domain that answers for the letters: From's own (RFC 9989, alignment)."""
    return ascii_address(house.settings.sender.email).rpartition("@")[2].lower()


def _key(path: Path, selector: str, domain: str) -> Key:
    name = f"{selector}._domainkey.{domain}"
    try:
        private = load_pem_private_key(_content(path), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):  # TypeError: it wants a password
        private = None
    if isinstance(private, Ed25519PrivateKey):
        raw = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return Key(Signer(selector, Algorithm.ED25519, _by_ed25519(private)), name, _record("ed25519", raw))
    if not isinstance(private, RSAPrivateKey):
        raise ConfigError(
            say(
                "Signeringsnyckeln {path} går inte att använda. "
                "Den ska vara RSA eller Ed25519, i PEM och utan lösenord.",
                path=path,
            )
        )
    if private.key_size < LEAST_BITS:
        raise ConfigError(
            say(
                "Signeringsnyckeln {path} är för kort: {bits} bitar. Gör en ny med 2048.",
                path=path,
                bits=private.key_size,
            )
        )
    public = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return Key(
        Signer(selector, Algorithm.RSA, _by_rsa(private)), name, _record("rsa", public), private.key_size
    )


def _content(path: Path) -> bytes:
    try:
        with open(path, "rb", opener=_at_once) as file:
            mode = os.fstat(file.fileno()).st_mode
            if not stat.S_ISREG(mode):
                raise ConfigError(say("Signeringsnyckeln {path} är ingen fil. Rätta key_file.", path=path))
            if mode & _OTHERS:
                raise ConfigError(
                    say("Signeringsnyckeln {path} kan läsas av andra. Kör: chmod 600 {path}", path=path)
                )
            return file.read()
    except FileNotFoundError:
        raise ConfigError(say("Signeringsnyckeln {path} finns inte. Rätta key_file.", path=path)) from None
    except OSError:
        raise ConfigError(say("Signeringsnyckeln {path} går inte att läsa.", path=path)) from None


def _at_once(path: str, flags: int) -> int:
    """Open a file; a pipe too, without waiting for somebody to write in it."""
    return os.open(path, flags | os.O_NONBLOCK)


def _by_rsa(private: RSAPrivateKey) -> Callable[[bytes], bytes]:
    return lambda content: private.sign(content, PKCS1v15(), SHA256())


def _by_ed25519(private: Ed25519PrivateKey) -> Callable[[bytes], bytes]:
    """Ed25519 signs the hash, as it were a message (RFC 8463, 3)."""
    return lambda content: private.sign(sha256(content).digest())


def _record(kind: str, public: bytes) -> str:
    """The TXT record of a public key (RFC 6376, 3.6.1; RFC 8463, 4)."""
    return f"v=DKIM1; k={kind}; p={b64encode(public).decode('ascii')}"
