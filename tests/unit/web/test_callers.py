"""Who calls: a network at most, and only a proxy of ours is believed."""

from __future__ import annotations

import pytest

from comms.web.callers import network_of

PROXIES = ("10.0.0.1", "10.0.0.2")


@pytest.mark.parametrize(
    ("peer", "forwarded", "network"),
    [
        ("192.0.2.77", "", "192.0.2.0/24"),
        ("2001:db8:1:2:3::4", "", "2001:db8:1::/48"),
        ("::ffff:192.0.2.77", "", "192.0.2.0/24"),
        ("10.0.0.1", "192.0.2.77", "192.0.2.0/24"),
        ("10.0.0.1", "203.0.113.9, 192.0.2.77", "192.0.2.0/24"),
        ("10.0.0.1", "192.0.2.77, 10.0.0.2", "192.0.2.0/24"),
        ("10.0.0.1", "192.0.2.77:4711", "192.0.2.0/24"),
        ("10.0.0.1", "[2001:db8:1:2::4]:4711", "2001:db8:1::/48"),
        ("10.0.0.1", "10.0.0.2", "10.0.0.0/24"),
        ("10.0.0.1", "", "10.0.0.0/24"),
        ("", "", ""),
    ],
)
def test_the_caller_is_a_network_as_the_last_that_is_no_proxy_of_ours_had_it(
    peer: str, forwarded: str, network: str
) -> None:
    assert network_of(peer, forwarded, PROXIES) == network


def test_a_stranger_that_says_who_calls_is_not_believed() -> None:
    assert network_of("192.0.2.77", "203.0.113.9", PROXIES) == "192.0.2.0/24"
    assert network_of("192.0.2.77", "203.0.113.9", ()) == "192.0.2.0/24"


@pytest.mark.parametrize(
    "junk", ["<script>", "unknown", "999.1.1.1", "192.0.2.1.example", "\x00", ",,,", " "]
)
def test_what_is_no_address_is_the_proxy_itself(junk: str) -> None:
    assert network_of("10.0.0.1", junk, PROXIES) == "10.0.0.0/24"
