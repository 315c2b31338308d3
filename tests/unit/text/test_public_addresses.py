"""Which addresses are on the open internet."""

from __future__ import annotations

import pytest

from comms.text.public_addresses import address_in, is_own, is_public

PUBLIC = """
8.8.8.8 93.184.216.34 1.1.1.1 100.63.255.255 100.128.0.0 172.15.255.255 172.32.0.0 192.0.1.0 223.255.255.255
2606:2800:220:1::1 2a00:1450:400f:80d::200e 2001:4860:4860::8888 2001:200::1
64:ff9b::8.8.8.8 ::ffff:8.8.8.8 2002:808:808::1
""".split()
NOT_PUBLIC = """
0.0.0.0 10.0.0.1 100.64.0.1 127.0.0.1 169.254.169.254 172.16.0.1 192.0.0.8 192.0.0.9 192.88.99.1 192.168.0.1
198.18.0.1 203.0.113.1 224.0.0.1 240.0.0.1 255.255.255.255
:: ::1 ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 64:ff9b::7f00:1 64:ff9b:1::808:808 2002:7f00:1:: 2001::1
2001:db8::1 3fff::1 fc00::1 fe80::1 fec0::1 ff02::1 5f00::1 100::1
""".split()


@pytest.mark.parametrize("address", PUBLIC)
def test_the_open_internet_is_public(address: str) -> None:
    found = address_in(address)
    assert found
    assert is_public(found)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_all_else_is_not_and_neither_is_what_holds_such_an_address(address: str) -> None:
    found = address_in(address)
    assert found
    assert not is_public(found)


@pytest.mark.parametrize("text", ["127.1", "0177.0.0.1", "2130706433", "①.1.1.1", "fe80::1%eth0", "", "a"])
def test_only_one_form_is_an_address(text: str) -> None:
    assert address_in(text) is None


@pytest.mark.parametrize(
    ("address", "own"),
    [
        ("10.1.2.3", True),
        ("192.168.1.1", True),
        ("fd00::1", True),
        ("127.0.0.1", True),
        ("::1", True),
        ("169.254.169.254", False),
        ("fe80::1", False),
        ("0.0.0.0", False),  # noqa: S104 - nothing is bound
        ("224.0.0.1", False),
        ("8.8.8.8", False),
    ],
)
def test_an_offices_own_network_is_never_where_clouds_keep_their_keys(address: str, own: bool) -> None:
    found = address_in(address)
    assert found
    assert is_own(found) is own
