"""Letters as bytes: the same as Python's own builder reads them, with headers that it would break."""

from __future__ import annotations

import quopri
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import escape

from comms.errors import ContentError, PermanentFailure, TemplateError
from comms.model.issue import Edition, Newsletter
from comms.model.settings import Sender
from comms.render.edition import text_copy, web_copy
from comms.render.mime import BY_HAND, WayOut, letter_template, notice_message, personalise, quoted_printable
from tests.unit.render import build

SENT = datetime(2026, 12, 1, 7, 0, tzinfo=UTC)
EDITION = build.edition(build.ITEM)
TOKEN = "x" + "0" * 31


def made(html: str, text: str) -> Edition:
    return replace(EDITION, html=html, text=text, token=TOKEN)


def letter(
    edition: Edition = EDITION,
    recipient: str = "n@arvika.example",
    name: str = "Näringslivskontoret, Arvika",
    date: datetime = SENT,
    one_click: str = "",
    sender: Sender = build.SETTINGS.sender,
    newsletter: Newsletter = build.NEWSLETTER,
) -> bytes:
    workspace = replace(build.SETTINGS, sender=sender)
    template = letter_template(edition, settings=workspace, newsletter=newsletter)
    return personalise(
        template,
        recipient=recipient,
        recipient_name=name,
        message_id="d.1@leader.example",
        date=date,
        way_out=WayOut(one_click),
    )


def read(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def parts(content: bytes) -> tuple[str, str]:
    """Text and HTML as a receiver decodes them, with plain line ends."""
    text, html = (
        part.get_payload(decode=True)
        for part in message_from_bytes(content).walk()
        if not part.is_multipart()
    )
    assert isinstance(text, bytes)
    assert isinstance(html, bytes)
    return text.decode().replace("\r\n", "\n"), html.decode().replace("\r\n", "\n")


def raw(content: bytes, field: str) -> str:
    """A field as it stands in the bytes, unfolded."""
    head = content.partition(b"\r\n\r\n")[0].decode("ascii").replace("\r\n ", " ")
    return next(line.partition(": ")[2] for line in head.split("\r\n") if line.startswith(f"{field}: "))


def by_the_book(edition: Edition, recipient: str, name: str) -> bytes:
    """The same letter by Python's own builder: slow, and the oracle for the two parts."""
    shown = f"{name} ({recipient})"
    quoted = recipient.replace("@", "%40")
    message = EmailMessage(policy=policy.SMTP)
    text = edition.text.replace(f"{edition.token}R", shown).replace(f"{edition.token}Q", quoted)
    html = edition.html.replace(f"{edition.token}R", str(escape(shown))).replace(f"{edition.token}Q", quoted)
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    return message.as_bytes()


def test_a_letter_reads_as_one_built_from_scratch() -> None:
    name = "Åsas kontor <&>, Arvika"
    assert parts(letter(name=name)) == parts(by_the_book(EDITION, "n@arvika.example", name))


NAMES = [
    "Näringslivskontoret, Arvika",
    "= 100 % = åäö",
    "....Fyra punkter",
    "From mig",
    "Slutar med blanksteg ",
    "Åäö " * 60,
    "x" * 1100,
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("place", range(78))
def test_a_field_may_stand_anywhere_in_a_line(place: int, name: str) -> None:
    edition = made(f"{'x' * place}{TOKEN}R slut\n", f"{'=å' * (place // 9)}{'y' * (place % 9)}{TOKEN}R\n.\n")
    content = letter(edition, name=name)
    assert parts(content) == parts(by_the_book(edition, "n@arvika.example", name))
    lines = content.split(b"\r\n")
    assert max(map(len, lines)) <= 998
    assert not [line for line in lines if line.startswith((b".", b"From "))]


@settings(max_examples=50)
@given(
    st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
    )
)
def test_quoted_printable_reads_back_as_written(text: str) -> None:
    message = (
        b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    payload = message_from_bytes(message + quoted_printable(text)).get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert payload.decode().replace("\r\n", "\n") == text


def test_no_line_of_the_body_is_longer_than_76() -> None:
    body = letter().partition(b"\r\n\r\n")[2]
    assert max(map(len, body.split(b"\r\n"))) <= 76


def test_there_is_no_bare_line_feed() -> None:
    content = letter()
    assert content.count(b"\n") == content.count(b"\r\n") == content.count(b"\r")


@pytest.mark.parametrize(
    "text", ["." * 200, "From " * 60, "å." * 90, "x" * 74 + "." * 80, "x" * 75 + "From oss"]
)
def test_no_line_begins_with_a_dot_or_from_however_long_the_text(text: str) -> None:
    encoded = quoted_printable(text)
    lines = encoded.split(b"\r\n")
    assert not [line for line in lines if line.startswith((b".", b"From "))]
    assert max(len(line) for line in lines) <= 76
    assert quopri.decodestring(encoded).decode() == text


def test_no_line_begins_with_a_dot_or_from() -> None:
    lines = quoted_printable(".\n..\nFrom mig\nvanlig").split(b"\r\n")
    assert lines == [b"=2E", b"=2E.", b"=46rom mig", b"vanlig"]


def test_text_comes_before_html() -> None:
    kinds = [part.get_content_type() for part in message_from_bytes(letter()).walk()]
    assert kinds == ["multipart/alternative", "text/plain", "text/html"]


def test_the_same_delivery_gives_the_same_bytes() -> None:
    assert letter() == letter()


def test_the_recipient_is_the_only_one_named() -> None:
    message = read(letter())
    assert (message["To"].addresses[0].addr_spec, message["Cc"], message["Bcc"]) == (
        "n@arvika.example",
        None,
        None,
    )


def test_the_address_is_shown_in_both_parts() -> None:
    text, html = parts(letter())
    assert "Näringslivskontoret, Arvika (n@arvika.example)" in text
    assert "Näringslivskontoret, Arvika (n@arvika.example)" in html


def test_a_name_cannot_bring_html_into_the_letter() -> None:
    _, html = parts(letter(name="<b>Ond</b>"))
    assert "&lt;b&gt;Ond&lt;/b&gt;" in html


def test_the_unsubscribe_field_is_one_raw_mailto() -> None:
    assert raw(letter(), "List-Unsubscribe") == (
        "<mailto:kansli@leader.example?subject=Avsluta%20Kommunbrevet%3A%20n%40arvika.example>"
    )


def test_one_click_is_not_promised_before_there_is_a_page_for_it() -> None:
    assert read(letter())["List-Unsubscribe-Post"] is None


def test_one_click_comes_first_when_a_page_keeps_the_promise() -> None:
    content = letter(one_click="https://brev.leader.example/u/abc")
    assert raw(content, "List-Unsubscribe") == (
        "<https://brev.leader.example/u/abc>, "
        "<mailto:kansli@leader.example?subject=Avsluta%20Kommunbrevet%3A%20n%40arvika.example>"
    )
    assert raw(content, "List-Unsubscribe-Post") == "List-Unsubscribe=One-Click"


def test_the_archive_is_named_when_there_is_one() -> None:
    assert raw(letter(), "List-Archive") == "<https://brev.leader.example/brev/kommunbrevet/>"
    nowhere = replace(build.SETTINGS, base_url="")
    template = letter_template(EDITION, settings=nowhere, newsletter=build.NEWSLETTER)
    assert b"List-Archive" not in template.begin


def test_an_address_with_an_odd_local_part_is_quoted_where_it_is_part_of_a_link() -> None:
    content = letter(recipient="o'hara+eda&co@arvika.example")
    assert raw(content, "List-Unsubscribe").endswith("o%27hara%2Beda%26co%40arvika.example>")


def test_the_longest_address_fits_with_the_longest_title() -> None:
    longest = f"{'+' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 61}"
    content = letter(recipient=longest, newsletter=replace(build.NEWSLETTER, title="Öä" * 200))
    assert max(map(len, content.split(b"\r\n"))) <= 998


HOSTILE = [
    "Hej\rBcc: e@ond.example",
    "Hej\nBcc: e@ond.example",
    "Hej\r\nBcc: e@ond.example",
    "Hej\r\n\r\n<p>ond</p>",
    "=?utf-8?q?Hej=0D=0ABcc=3A_e=40ond.example?=",
    "=?utf-8?b?SGVqDQpCY2M6IGVAb25kLmV4YW1wbGU=?=",
    "Hej\0Bcc: e@ond.example",
    "Hej\u2028Bcc: e@ond.example",
    "Hej\u2029Bcc: e@ond.example",
    "Hej\x85Bcc: e@ond.example",
    "Hej\x7fBcc: e@ond.example",
    "Hej\x0bBcc: e@ond.example",
    "Hej\u202eelpmaxe.dno@e :ccB",
    "Hej\u2066\u2069",
    'Hej" <e@ond.example>, "',
    "Hej, e@ond.example",
    "e@ond.example\r\nBcc: f@ond.example",
]
PLACES = {
    "the item's title": lambda text: letter(build.edition(replace(build.ITEM, title=text))),
    "the notes' subject": lambda text: letter(
        build.edition(build.ITEM, notes=replace(build.NOTES, subject=text))
    ),
    "the subject": lambda text: letter(replace(EDITION, subject=text)),
    "the newsletter's title": lambda text: letter(newsletter=replace(build.NEWSLETTER, title=text)),
    "the tagline": lambda text: letter(newsletter=replace(build.NEWSLETTER, tagline=text)),
    "the sender's name": lambda text: letter(sender=replace(build.SETTINGS.sender, name=text)),
    "the sender's address": lambda text: letter(sender=replace(build.SETTINGS.sender, email=text)),
    "the address for answers": lambda text: letter(sender=replace(build.SETTINGS.sender, reply_to=text)),
    "the recipient's name": lambda text: letter(name=text),
    "the recipient's address": lambda text: letter(recipient=text),
    "the page of one click": lambda text: letter(one_click=text),
}


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("place", PLACES)
def test_no_text_adds_a_field_or_a_reader(place: str, text: str) -> None:
    try:
        content = PLACES[place](text)
    except (ContentError, PermanentFailure, TemplateError):
        return  # refused: nothing goes out
    message = read(content)
    assert Counter(message.keys()) == Counter(read(letter()).keys())
    assert len(message["To"].addresses) == len(message["From"].addresses) == 1
    assert not message.defects


def test_the_list_is_known_by_newsletter_and_domain() -> None:
    assert raw(letter(), "List-Id") == "Kommunbrevet <kommunbrevet.leader.example>"


def test_machines_are_told_not_to_answer() -> None:
    message = read(letter())
    assert (message["Precedence"], message["X-Auto-Response-Suppress"]) == ("bulk", "OOF, AutoReply")


def test_the_feedback_id_has_four_different_fields_and_no_recipient() -> None:
    fields = raw(letter(), "Feedback-ID").split(":")
    assert fields == ["kommunbrevet-2026-12-01", "offices-whole-area", "kommunbrevet", "leaderexample"]


def test_the_date_has_stockholms_offset() -> None:
    assert raw(letter(), "Date") == "Tue, 01 Dec 2026 08:00:00 +0100"
    summer = datetime(2026, 7, 1, 6, 0, tzinfo=UTC)
    assert raw(letter(date=summer), "Date") == "Wed, 01 Jul 2026 08:00:00 +0200"


def test_the_sender_with_swedish_letters_is_an_encoded_phrase() -> None:
    phrase, _, address = raw(letter(), "From").rpartition(" ")
    assert str(make_header(decode_header(phrase))) == "Leader Åsbygden"
    assert address == "<brev@leader.example>"


def test_every_field_stands_once() -> None:
    names = message_from_bytes(letter()).keys()
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("recipient", "name"),
    [("åsa@arvika.example", ""), ("n@arvika.example", "Ond\r\nBcc: e@example.test"), ("ingen adress", "")],
)
def test_a_recipient_who_cannot_be_written_is_a_permanent_failure(recipient: str, name: str) -> None:
    with pytest.raises(PermanentFailure):
        letter(recipient=recipient, name=name)


def test_a_subject_with_a_line_break_is_refused() -> None:
    with pytest.raises(ContentError, match=r"U\+000A"):
        letter(replace(EDITION, subject="Hej\nBcc: e@example.test"))


def test_a_marker_that_is_no_field_is_refused() -> None:
    with pytest.raises(TemplateError, match="0 av mottagarens 1 fält"):
        letter(made(f"{TOKEN}X", "text"))


def test_a_notice_is_plain_text_that_no_machine_answers() -> None:
    content = notice_message(
        settings=build.SETTINGS,
        to="officer@leader.example",
        subject="Brevet hålls på tisdag",
        body="Hej,\n.\nbrevet är inte godkänt.\n",
        date=SENT,
        message_id="notice.1@leader.example",
    )
    message = read(content)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["List-Unsubscribe"] is None
    assert message["To"] == "officer@leader.example"
    assert str(make_header(decode_header(raw(content, "Subject")))) == "Brevet hålls på tisdag"
    assert message.get_content().replace("\r\n", "\n") == "Hej,\n.\nbrevet är inte godkänt.\n\n"


# What depends on who the reader is

BY_FIELD = build.edition(build.ITEM, by_field=True)
PAGE = "https://brev.leader.example/u/AQARIjNEVWb_jq2QXtlMWWjJh6kE8tGp4g"


def copy(*, subscribes: bool = False, way_out: WayOut = BY_HAND) -> tuple[str, str, str]:
    """A copy's text, its HTML, and its List-Unsubscribe."""
    template = letter_template(BY_FIELD, settings=build.SETTINGS, newsletter=build.NEWSLETTER)
    content = personalise(
        template,
        recipient="anna@arvika.example",
        recipient_name="",
        message_id="1@leader.example",
        date=datetime(2026, 12, 1, 8, tzinfo=UTC),
        subscribes=subscribes,
        way_out=way_out,
    )
    read = message_from_bytes(content, policy=policy.default)
    text, html = (" ".join(str(part.get_content()).split()) for part in read.iter_parts())
    return text, html, str(read["List-Unsubscribe"])


def test_an_office_is_told_its_audiences_reason_and_a_subscriber_that_they_subscribe() -> None:
    reason = build.workspace().audiences.audiences["offices"].reason
    for office, own in zip(copy(), copy(subscribes=True), strict=True):
        if office.startswith("<mailto"):
            continue
        assert (reason in office, "prenumererar på" in office) == (True, False)
        assert (reason in own, "Du får brevet för att du prenumererar på" in own) == (False, True)


def test_the_letters_own_link_and_its_header_lead_to_the_same_page() -> None:
    text, html, header = copy(way_out=WayOut(PAGE, "mailto:avsluta+tok@leader.example?subject=avsluta"))
    assert f" {PAGE} " in text
    assert f'href="{PAGE}"' in html
    assert header.replace("\r\n", "").split(",") == [
        f"<{PAGE}>",
        " <mailto:avsluta+tok@leader.example?subject=avsluta>",
    ]


def test_without_a_page_both_are_the_mail_to_the_office() -> None:
    text, html, header = copy()
    assert "mailto:" in header
    assert header.strip("<>") in text
    assert header.strip("<>").replace("&", "&amp;") in html


def test_no_field_is_left_in_what_anybody_may_read() -> None:
    shown = (web_copy(BY_FIELD, "mailto:a@b.example"), text_copy(BY_FIELD, "mailto:a@b.example"))
    assert all(BY_FIELD.token not in content for content in shown)
    reason = build.workspace().audiences.audiences["offices"].reason
    assert all(reason in " ".join(content.split()) for content in shown)
