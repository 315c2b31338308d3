"""Keys to sign with: read with care, refused by their path, and never shown."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate_curve
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from comms.app.doctoring import Finding, examine
from comms.app.house import House, settings_alone
from comms.app.signing import read_key
from comms.errors import ConfigError
from comms.render.dkim import Algorithm
from tests.fakes.examples import NOW
from tests.unit.settings.written import LEAST

# A key of 512 bits, which no library makes any more; it signs nothing.
TOO_SHORT = """-----BEGIN RSA PRIVATE KEY-----
MIIBOgIBAAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf9Cnzj4p4WGeKLs1Pt8Qu
KUpRKfFLfRYC9AIKjbJTWit+CqvjWYzvQwECAwEAAQJAIJLixBy2qpFoS4DSmoEm
o3qGy0t6z09AIJtH+5OeRV1be+N4cDYJKffGzDa88vQENZiRm0GRq6a+HPGQMd2k
TQIhAKMSvzIBnni7ot/OSie2TmJLY4SwTQAevXysE2RbFDYdAiEBCUEaRQnMnbp7
9mxDXDf6AU0cN/RPBjb9qSHDcWZHGzUCIG2Es59z8ugGrDY+pxLQnwfotadxd+Uy
v/Ow5T0q5gIJAiEAyS4RaI9YG8EWx/2w0T67ZUVAw8eOMB6BIUg0Xcu+3okCIBOs
/5OiPgoTdSy7bcF9IGpSE8ZgGKzgYQVZeN97YE00
-----END RSA PRIVATE KEY-----
"""


def pem(key: PrivateKeyTypes, way: KeySerializationEncryption | None = None) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, way or NoEncryption()).decode()


def rsa(bits: int) -> RSAPrivateKey:
    return generate_private_key(65537, bits)


def house_with(folder: Path, content: str, mode: int = 0o600) -> House:
    """A workspace that signs with a key in `nyckel.pem`."""
    (folder / "comms.yaml").write_text(LEAST + "dkim: {brev: {key_file: nyckel.pem}}\n")
    (folder / "nyckel.pem").write_text(content)
    (folder / "nyckel.pem").chmod(mode)
    return settings_alone(folder)


def refusal(house: House) -> str:
    """What is said of the key; it names the file and shows nothing of what is in it."""
    with pytest.raises(ConfigError) as raised:
        read_key(house, house.settings.dkim[0])
    said = str(raised.value)
    assert "nyckel.pem" in said
    assert "PRIVATE" not in said
    return said


@pytest.mark.parametrize(("algorithm", "bits"), [(Algorithm.RSA, 2048), (Algorithm.ED25519, 0)])
def test_a_key_is_read_with_what_to_publish(tmp_path: Path, algorithm: Algorithm, bits: int) -> None:
    house = house_with(tmp_path, pem(rsa(bits) if bits else Ed25519PrivateKey.generate()))
    read = read_key(house, house.settings.dkim[0])
    assert (read.signer.algorithm, read.bits, read.name) == (
        algorithm,
        bits,
        "brev._domainkey.leader.example",
    )
    assert read.record.startswith(f"v=DKIM1; k={algorithm.value.removesuffix('-sha256')}; p=")


def test_a_key_that_is_not_there_is_named(tmp_path: Path) -> None:
    house = house_with(tmp_path, "")
    (tmp_path / "nyckel.pem").unlink()
    assert "finns inte" in refusal(house)


def test_a_folder_is_no_key(tmp_path: Path) -> None:
    house = house_with(tmp_path, "")
    (tmp_path / "nyckel.pem").unlink()
    (tmp_path / "nyckel.pem").mkdir()
    assert "går inte att läsa" in refusal(house)


def test_a_pipe_is_no_key_and_is_not_waited_for(tmp_path: Path) -> None:
    house = house_with(tmp_path, "")
    (tmp_path / "nyckel.pem").unlink()
    os.mkfifo(tmp_path / "nyckel.pem", 0o600)
    assert "är ingen fil" in refusal(house)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_key_that_others_can_read_is_not_used(tmp_path: Path, mode: int) -> None:
    assert "chmod 600" in refusal(house_with(tmp_path, pem(rsa(1024)), mode))


UNFIT: dict[str, Callable[[], str]] = {
    "empty": lambda: "",
    "some text": lambda: "inte en nyckel",
    "another kind": lambda: pem(generate_curve(SECP256R1())),
    "a password": lambda: pem(rsa(1024), BestAvailableEncryption(b"hemligt")),
    "broken": lambda: pem(rsa(1024)).replace("A", "B"),
}


@pytest.mark.parametrize("kind", UNFIT)
def test_what_cannot_sign_is_refused(tmp_path: Path, kind: str) -> None:
    assert "går inte att använda" in refusal(house_with(tmp_path, UNFIT[kind]()))


def test_a_key_below_1024_bits_is_refused(tmp_path: Path) -> None:
    assert "512 bitar" in refusal(house_with(tmp_path, TOO_SHORT))


def told(house: House) -> dict[Finding, str]:
    """What the doctor says, by how grave it is."""
    found: dict[Finding, str] = {}
    for one in examine(house, NOW):
        found[one.finding] = found.get(one.finding, "") + str(one.what)
    return found


def test_the_doctor_advises_a_longer_key(tmp_path: Path) -> None:
    said = told(house_with(tmp_path, pem(rsa(1024))))
    assert "brev._domainkey.leader.example" in said[Finding.WELL]
    assert "1024 bitar" in said[Finding.ADVICE]


def test_the_doctor_advises_rsa_beside_ed25519(tmp_path: Path) -> None:
    said = told(house_with(tmp_path, pem(Ed25519PrivateKey.generate())))
    assert "RSA" in said[Finding.ADVICE]


def test_the_doctor_finds_a_key_that_cannot_be_used(tmp_path: Path) -> None:
    assert "nyckel.pem" in told(house_with(tmp_path, "", 0o644))[Finding.FAULT]
