"""Header fields: every word survives, nothing can be smuggled in."""

from __future__ import annotations

from email.header import decode_header, make_header

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comms.errors import ContentError
from comms.render import headers

WORDS = (
    "öppettider Höst på ön Skellefteå samråd e-tjänst 50 % (ny) ”hej” Örjan Åsa 7-sam – 🌲 kr. över".split()
)


def decoded(value: str) -> str:
    return str(make_header(decode_header(value.replace("\r\n", ""))))


@settings(max_examples=2000)
@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=24))
def test_a_swedish_subject_is_read_back_as_written(words: list[str]) -> None:
    subject = " ".join(words)
    assert decoded(headers.unstructured(subject)) == subject


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=200))
def test_any_printable_subject_is_read_back_and_every_word_is_short(subject: str) -> None:
    written = headers.unstructured(subject)
    if "=?utf-8?b?" in written:
        assert decoded(written) == subject
        assert all(len(word) <= 75 for word in written.split("\r\n "))
    else:
        assert written == subject


def test_a_plain_short_subject_is_left_readable() -> None:
    assert headers.unstructured("Kommunbrevet, december 2026") == "Kommunbrevet, december 2026"


def test_a_subject_that_looks_encoded_is_encoded_again() -> None:
    forged = "=?utf-8?q?Anna=0D=0ABcc=3A_e=40x.example?="
    assert headers.unstructured(forged) != forged
    assert decoded(headers.unstructured(forged)) == forged


@pytest.mark.parametrize("sign", ["\r", "\n", "\0", "\x7f", "\x85", "\u2028", "\u2029"])
def test_a_control_character_is_refused_and_named(sign: str) -> None:
    with pytest.raises(ContentError, match=f"U\\+{ord(sign):04X}"):
        headers.unstructured(f"Hej{sign}Bcc: ond@example.test")


def test_a_display_name_is_never_a_quoted_string() -> None:
    assert '"' not in headers.mailbox('Åsa "Ås" Ek, Torsby', "asa@leader.example")


def test_a_name_with_a_comma_is_one_mailbox() -> None:
    written = headers.mailbox("Näringslivskontoret, Arvika", "n@arvika.example")
    assert "," not in written
    assert decoded(written.partition("\r\n <")[0]) == "Näringslivskontoret, Arvika"


def test_a_domain_with_swedish_letters_is_written_as_a_labels() -> None:
    assert headers.ascii_address("info@åmål.example") == "info@xn--ml-xiab.example"


@pytest.mark.parametrize(
    "address",
    [
        "åsa@leader.example",
        "utan-snabel-a",
        "a b@leader.example",
        "=?utf-8?q?a?=@leader.example",
        "a@b\r\nBcc: c",
    ],
)
def test_an_address_that_cannot_be_written_is_refused(address: str) -> None:
    with pytest.raises(ContentError, match="går inte att skicka till"):
        headers.ascii_address(address)


@pytest.mark.parametrize("stem", ["a.b@leader.example", "<a.b@leader.example>"])
def test_a_message_id_has_its_brackets_once(stem: str) -> None:
    assert headers.message_id(stem) == "<a.b@leader.example>"


def test_a_message_id_with_a_blank_is_refused() -> None:
    with pytest.raises(ContentError, match="Message-ID"):
        headers.message_id("a b@leader.example")
