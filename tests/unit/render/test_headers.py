"""Header fields: every word survives, nothing can be smuggled in."""

from __future__ import annotations

import re
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


TURNING = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@given(
    st.text(
        st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters=TURNING), max_size=200
    )
)
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


@pytest.mark.parametrize("text", ["ö" * 300, "å" + "x" * 300, "🌲" * 80, "Nyheter från Örjans åkeri " * 9])
def test_no_line_of_a_long_text_is_above_76_with_the_longest_name_of_a_field(text: str) -> None:
    lines = f"Reply-To: {headers.unstructured(text)}".split("\r\n")
    assert max(map(len, lines)) <= 76
    assert decoded("".join(lines).removeprefix("Reply-To: ")) == text


@pytest.mark.parametrize("sign", ["\r", "\n", "\t", "\0", "\x7f", "\x85", "\u2028", "\u2029", *TURNING])
def test_a_control_character_is_refused_and_named(sign: str) -> None:
    with pytest.raises(ContentError, match=f"U\\+{ord(sign):04X}"):
        headers.unstructured(f"Hej{sign}Bcc: ond@example.test")


def test_a_refused_text_is_shown_as_it_is_but_for_the_sign() -> None:
    with pytest.raises(ContentError) as refused:
        headers.unstructured("Årets \u200ebrygga på ön")
    assert str(refused.value).startswith("”Årets \\u200ebrygga på ön” innehåller ett styrtecken (U+200E)")


def test_a_display_name_is_never_a_quoted_string() -> None:
    assert '"' not in headers.mailbox('Åsa "Ås" Ek, Torsby', "asa@leader.example")


def test_a_name_with_a_comma_is_one_mailbox() -> None:
    written = headers.mailbox("Näringslivskontoret, Arvika", "n@arvika.example")
    assert "," not in written
    assert decoded(written.partition("\r\n <")[0]) == "Näringslivskontoret, Arvika"


@pytest.mark.parametrize(
    ("domain", "written"),
    [
        ("åmål.example", "xn--ml-xiab.example"),
        ("Åmål.Example", "xn--ml-xiab.example"),
        ("a\u030ama\u030al.example", "xn--ml-xiab.example"),
        ("straße.example", "xn--strae-oqa.example"),
        ("Leader.example", "Leader.example"),
        ("xn--ml-xiab.example", "xn--ml-xiab.example"),
    ],
)
def test_a_domain_is_written_as_a_labels_by_idna_2008(domain: str, written: str) -> None:
    assert headers.ascii_address(f"info@{domain}") == f"info@{written}"


def test_the_longest_address_that_may_be_is_written() -> None:
    longest = f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 61}"
    assert headers.ascii_address(longest) == longest


@pytest.mark.parametrize(
    "address",
    [
        "åsa@leader.example",
        "utan-snabel-a",
        "a b@leader.example",
        "=?utf-8?q?a?=@leader.example",
        "a@b\r\nBcc: c",
        "a@b.example\n",
        "a\r\nBcc: c@b.example",
        "a,b@leader.example",
        "<a@leader.example>",
        ".a@leader.example",
        "a..b@leader.example",
        f"{'a' * 65}@leader.example",
        f"a@{'b' * 64}.example",
        f"a@{'b.' * 125}example",
        "a@-leader.example",
        "a@leader_x.example",
        "a@127.0.0.1",
        "a@å\r\nBcc: c",
        "a@=?utf-8?q?b?=.example",
        "@leader.example",
        "a@",
    ],
)
def test_an_address_that_cannot_be_written_is_refused(address: str) -> None:
    with pytest.raises(ContentError, match="går inte att skicka till"):
        headers.ascii_address(address)


@pytest.mark.parametrize("stem", ["a.b@leader.example", "<a.b@leader.example>"])
def test_a_message_id_has_its_brackets_once(stem: str) -> None:
    assert headers.message_id(stem) == "<a.b@leader.example>"


@pytest.mark.parametrize(
    "stem",
    ["a b@leader.example", "a", "a@b c", "a@b>\r\nBcc: c", "å@leader.example", "a@b.example\n", "<a@b><c@d>"],
)
def test_what_is_no_message_id_is_refused(stem: str) -> None:
    with pytest.raises(ContentError, match="Message-ID"):
        headers.message_id(stem)


def test_a_message_id_has_its_domain_as_a_labels() -> None:
    assert headers.message_id("a.1@åmål.example") == "<a.1@xn--ml-xiab.example>"


MAILTO = "mailto:kansli@leader.example?subject=Avsluta%20Brevet"


def page_of(length: int) -> str:
    """A page's address of so many characters."""
    return "https://brev.leader.example/u/".ljust(length, "x")[:length]


@pytest.mark.parametrize("length", [*range(31, 120), 250, 499, 500])
def test_unsubscribing_is_raw_and_folded_after_the_comma_alone(length: int) -> None:
    fields = headers.unsubscribing(MAILTO, page_of(length))
    assert fields == (
        f"List-Unsubscribe: <{page_of(length)}>,\r\n <{MAILTO}>\r\n"
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    )


def test_without_a_page_there_is_no_promise_of_one_click() -> None:
    assert headers.unsubscribing(MAILTO) == f"List-Unsubscribe: <{MAILTO}>\r\n"


@pytest.mark.parametrize(
    "page",
    [
        "http://brev.leader.example/u/x",
        "https://brev.leader.example/a,b",
        "https://brev.leader.example/a>b",
        "https://brev.leader.example/å",
        "https://brev.leader.example/a b",
        "https://brev.leader.example/a\r\nBcc: c",
        "https://brev.leader.example/a\n",
        "javascript:alert(1)",
        page_of(501),
    ],
)
def test_a_page_that_cannot_stand_in_the_field_is_refused(page: str) -> None:
    with pytest.raises(ContentError, match="avanmälan"):
        headers.unsubscribing(MAILTO, page)


@pytest.mark.parametrize(
    ("page", "written"),
    [
        ("https://brev.åmål.example/brev/", "https://brev.xn--ml-xiab.example/brev/"),
        ("https://brev.example:8443/våra/<brev>,", "https://brev.example:8443/v%C3%A5ra/%3Cbrev%3E%2C"),
        ("http://127.0.0.1:8000/brev/", "http://127.0.0.1:8000/brev/"),
    ],
)
def test_a_pages_address_is_written_in_ascii(page: str, written: str) -> None:
    assert headers.web_address(page) == written


@pytest.mark.parametrize("page", ["http://[::1", "https://brev.example:99999/brev/", "https:///brev/"])
def test_a_page_without_a_host_that_can_be_written_is_refused(page: str) -> None:
    with pytest.raises(ContentError, match="går inte att skriva i ett brev"):
        headers.web_address(page)


def test_a_list_id_is_a_phrase_and_a_name_below_our_domain() -> None:
    written = headers.list_id("Åsbygdens brev", "brevet.leader.example")
    assert re.fullmatch(r"=\?utf-8\?b\?[A-Za-z0-9+/=]+\?=\r\n <brevet\.leader\.example>", written)


@pytest.mark.parametrize("identity", ["brevet", "a b.example", "a>.example", f"{'a' * 250}.leader.example"])
def test_what_is_no_list_id_is_refused(identity: str) -> None:
    with pytest.raises(ContentError, match="List-Id"):
        headers.list_id("Brevet", identity)


def test_a_line_above_998_octets_is_refused_by_the_fields_name() -> None:
    assert headers.written({"Feedback-ID": "x" * 985}).count(b"x") == 985
    with pytest.raises(ContentError, match="Feedback-ID"):
        headers.written({"Feedback-ID": "x" * 986})
