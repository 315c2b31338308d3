"""Addresses of others as they are asked: what people write is understood, and nothing else gets by."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.content.fetch import wait_asked
from comms.content.fetch_address import Stopped, target_of

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
NOBODY = frozenset[str]()


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("https://leader7-sam.example", "https://leader7-sam.example/"),
        ("HTTPS://Leader7-Sam.Example/Nyheter", "https://leader7-sam.example/Nyheter"),
        ("https://leader7-sam.example:443/a", "https://leader7-sam.example/a"),
        ("http://leader7-sam.example:80/a", "http://leader7-sam.example/a"),
        ("http://leader7-sam.example:443/a", "http://leader7-sam.example:443/a"),
        ("https://leader7-sam.example./a", "https://leader7-sam.example/a"),
        ("https://leader7-sam.example/a?b=c&d#e", "https://leader7-sam.example/a?b=c&d"),
        ("https://leader7-sam.example?b", "https://leader7-sam.example/?b"),
        ("https://räksmörgås.example/åäö?ö", "https://xn--rksmrgs-5wao1o.example/%C3%A5%C3%A4%C3%B6?%C3%B6"),
        ("https://xn--rksmrgs-5wao1o.example/", "https://xn--rksmrgs-5wao1o.example/"),
        ("https://7sam.example/a%20b/@anna", "https://7sam.example/a%20b/@anna"),
        ("http://8.8.8.8/", "http://8.8.8.8/"),
        ("http://[2606:2800:220:1:0:0:0:1]/", "http://[2606:2800:220:1::1]/"),
    ],
)
def test_an_address_is_asked_as_it_was_meant(written: str, asked: str) -> None:
    assert target_of(written, NOBODY).url == asked


def test_a_name_in_the_offices_own_network_may_have_any_port_and_no_dot() -> None:
    assert target_of("http://intranat:8080/", frozenset({"intranat"})).is_own
    for other in ("http://intranat:8080/", "http://intranat/", "http://intranat.leader.example:8080/"):
        with pytest.raises(Stopped):
            target_of(other, NOBODY)


@given(st.text(max_size=40), st.sampled_from(["", "http://", "https://", "http://[", "http://sida.example"]))
def test_whatever_is_written_is_an_address_or_refused(text: str, beginning: str) -> None:
    with suppress(Stopped):
        target = target_of(beginning + text, NOBODY)
        assert target.url.isascii()
        assert target.url.isprintable()
        assert target_of(target.url, NOBODY) == target


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        ("0", timedelta(0)),
        ("120", timedelta(minutes=2)),
        ("86401", timedelta(hours=24)),
        ("9" * 400, timedelta(hours=24)),
        ("Thu, 26 Nov 2026 12:30:00 GMT", timedelta(minutes=30)),
        ("Thu, 26 Nov 2026 11:30:00 GMT", timedelta(0)),
        ("Thu, 26 Nov 2026 12:30:00 -0000", None),
        ("-5", None),
        ("²", None),
        ("snart", None),
        ("", None),
    ],
)
def test_a_wish_to_wait_is_seconds_or_a_date(said: str, wait: timedelta | None) -> None:
    assert wait_asked(said, NOW) == wait
