"""A line of the log is JSON, and holds no address, no token and no secret."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import pytest

from comms.text.log_lines import log_line, loggable

AT = datetime(2026, 12, 1, 8, 0, 0, 120_000, timezone(timedelta(hours=1)))


def test_a_line_says_when_and_what_with_its_ids() -> None:
    line = log_line(AT, "slot.held", {"slot": "brevet-2026-12-01", "count": 3}, level="warning")
    assert "\n" not in line
    assert json.loads(line) == {
        "time": "2026-12-01T07:00:00.120Z",
        "level": "warning",
        "event": "slot.held",
        "slot": "brevet-2026-12-01",
        "count": 3,
    }


def test_a_line_is_one_line_whatever_is_in_it() -> None:
    line = log_line(AT, "x", {"why": "ett\r\ntvå\u2028tre", "problems": ["a\nb"], "none": None})
    assert len(line.splitlines()) == 1
    assert json.loads(line)["problems"] == ["a\nb"]


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("550 5.1.1 <anna.ek@arvika.example>: unknown", "anna.ek"),
        ("GET /u/AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGR", "AQIDBAUG"),
        ("https://brev.leader.example/p/en-lang-hemlig-del", "en-lang-hemlig"),
        ("Authorization: Bearer abcdef123456", "abcdef123456"),
        ("authorization=Basic Zm9vOmJhcg==", "Zm9vOmJhcg"),
        ("https://graph.example/me?access_token=EAAB1234&x=1", "EAAB1234"),
        ("password: hemligt4711", "hemligt4711"),
        ("COMMS_WEB__KEYS och api_key=abcd1234", "abcd1234"),
        ("avsluta%40anna.example", "avsluta%40"),
        ("postgresql://comms:hemligt4711@localhost/comms", "hemligt4711"),
        ('{"password": "hemligt4711"}', "hemligt4711"),
        ('550 <"anna ek"@arvika.example> unknown', "anna ek"),
        (f"{'x' * 1990} anna.ek@arvika.example", "anna"),
    ],
)
def test_addresses_tokens_and_secrets_are_masked(text: str, hidden: str) -> None:
    assert hidden in text
    assert hidden not in loggable(text)
    assert hidden not in log_line(AT, "x", {"why": text, "more": [text], "counts": {text: 1}})


def test_an_address_can_still_be_recognized_by_who_knows_it() -> None:
    assert loggable("till anna@arvika.example nekades") == "till a•••@arvika.example nekades"


def test_words_and_ids_are_left_as_they_are() -> None:
    plain = "brevet-2026-12-01: Ändrad efter godkännandet: content/items/bryggan.md; token saknas."
    assert loggable(plain) == plain


def test_what_is_endless_is_cut() -> None:
    assert len(loggable("å" * 100_000)) == 2001
