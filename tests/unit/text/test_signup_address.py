"""Addresses as people type them: what can be written to is taken as typed, all else is told what to mend."""

from __future__ import annotations

import random

import pytest

from comms.render.headers import ascii_address
from comms.text.encoding import OFF_A_LINE
from comms.text.signup_address import (
    AFTER,
    BEFORE,
    BLANK,
    EMPTY,
    NO_AT,
    OUR_LETTERS,
    TOO_LONG,
    UNSEEN,
    read_address,
)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("anna@arvika.example", "anna@arvika.example"),
        ("  Anna.Ek+brev@Arvika.Example\n", "Anna.Ek+brev@Arvika.Example"),
        ("\u200banna@arvika.example\ufeff", "anna@arvika.example"),
        ("anna@räksmörgås.example", "anna@räksmörgås.example"),
        ("anna@xn--rksmrgs-5wao1o.example", "anna@xn--rksmrgs-5wao1o.example"),
        ("o'neil_2=x@a.b.test", "o'neil_2=x@a.b.test"),
        ("anna@lan.invalid", "anna@lan.invalid"),
        (f"{'a' * 64}@arvika.example", f"{'a' * 64}@arvika.example"),
    ],
)
def test_an_address_that_can_be_written_to_is_kept_as_typed(typed: str, kept: str) -> None:
    assert read_address(typed) == (kept, None)
    assert ascii_address(kept).isascii()


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("", EMPTY),
        (" \t", EMPTY),
        ("anna", NO_AT),
        ("anna@ek@arvika.example", NO_AT),
        ("anna ek@arvika.example", BLANK),
        ("anna\u00a0ek@arvika.example", BLANK),
        ("Anna <anna@arvika.example>", BLANK),
        ('"anna.ek"@arvika.example', BEFORE),
        ("anna..ek@arvika.example", BEFORE),
        (".anna@arvika.example", BEFORE),
        ("@arvika.example", BEFORE),
        ("=?utf-8?q?anna?=@arvika.example", BEFORE),
        ("anna%ek.example@arvika.example", BEFORE),
        ("annat.example!anna@arvika.example", BEFORE),
        ("anna(ek)@arvika.example", BEFORE),
        (f"{'a' * 65}@arvika.example", BEFORE),
        ("anna@arvika", AFTER),
        ("anna@", AFTER),
        ("anna@arvika..example", AFTER),
        ("anna@arvika.example.", AFTER),
        ("anna@-arvika.example", AFTER),
        ("anna@192.0.2.1", AFTER),
        ("anna@[192.0.2.1]", AFTER),
        ("anna@[IPv6:2001:db8::1]", AFTER),
        ("anna@arvika.example,bo@eda.example", NO_AT),
        ("anna@xn--zzzzzzz-.example", AFTER),
        ("anna@arvika.example\r\nBcc: bo@eda.example", UNSEEN),
        ("anna\x00@arvika.example", UNSEEN),
        ("anna\u202e@arvika.example", UNSEEN),
        ("an\u200bna@arvika.example", UNSEEN),
        ("anna\ud800@arvika.example", UNSEEN),
        (f"anna@{'a.' * 122}example", TOO_LONG),
        ("a" * 321, TOO_LONG),
        ("a@" + "b" * 100_000, TOO_LONG),
    ],
)
def test_what_cannot_be_written_to_is_told_what_to_mend(typed: str, fault: object) -> None:
    assert read_address(typed)[1] == fault


@pytest.mark.parametrize("typed", ["åsa@arvika.example", "anna.ström@arvika.example", "аnna@arvika.example"])
def test_letters_before_the_at_sign_that_few_servers_take_are_met_kindly(typed: str) -> None:
    fault = read_address(typed)[1]
    assert fault is not None
    assert fault.template == OUR_LETTERS.template
    assert "Har du en adress utan?" in str(fault)


def test_whatever_is_typed_can_be_shown_again_and_what_is_taken_can_be_sent_to() -> None:
    chance = random.Random(7)  # noqa: S311 - the same every time
    signs = "ab.@-+_'\"<>()[]%!=?å\u0430\u200b\ufeff\u202e\ud800\x00\r\n\t ;:,\\/1é。"
    for _ in range(3000):
        typed = "".join(chance.choices(signs, k=chance.randrange(0, 24))) + chance.choice(
            ("", "@eda.example")
        )
        kept, fault = read_address(typed)
        kept.encode()
        assert not OFF_A_LINE.search(kept)
        if fault is None:
            assert ascii_address(kept).count("@") == 1
