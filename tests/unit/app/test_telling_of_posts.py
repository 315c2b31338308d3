"""What the officer is told of posts: whole texts, the steps of each network, a time for the calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from comms.app.by_hand import time_to_publish
from comms.app.house import House
from comms.app.telling import due_soon, held, paused, post_troubled, post_waits
from comms.channels.manual import ManualChannel, steps
from comms.errors import say
from comms.model.ledger import Delivery, DeliveryState, Publication, SlotState
from comms.model.network import Part, PartKind, Segment, SegmentKind
from comms.model.plan import Entry, EntryKind, Moment
from comms.model.settings import ChannelKind
from comms.render.mime import notice_message
from comms.store import Slot
from comms.text.networks import NETWORKS
from tests.fakes.examples import NOW, publication
from tests.fakes.settings import channel_settings
from tests.unit.render import build

STOCKHOLM = ZoneInfo("Europe/Stockholm")
POST = "bryggan.mastodon.1"
SUMMER = datetime(2026, 7, 1, 9, 0, tzinfo=UTC)


def of(network: str = "mastodon", pictures: int = 2, warning: str = "") -> Publication:
    """A post for a network, in three parts, with a warning."""
    made = publication(pictures=pictures)
    more = (
        Part(PartKind.REPLY, (Segment(SegmentKind.TEXT, "Del två."),), 8),
        Part(PartKind.COMMENT, (Segment(SegmentKind.TEXT, "Läs mer på webben."),), 18),
    )
    post = replace(made.post, network=network, more=more, warning=warning)
    return replace(made, post=post, publish_at=SUMMER.astimezone(STOCKHOLM))


# The package


def test_every_part_has_a_file_and_the_steps_name_them_in_order(tmp_path: Path) -> None:
    receipt = ManualChannel("egen", tmp_path).deliver(of(), point_of_no_return=lambda: None)
    folder = tmp_path / receipt.id
    texts = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.txt")}
    assert texts["2.txt"] == "Del två."
    assert texts["kommentar.txt"] == "Läs mer på webben."
    places = [
        texts["gor-sa-har.txt"].index(name) for name in ("post.txt", "1.png, 2.png", "2.txt", "kommentar.txt")
    ]
    assert places == sorted(places)


def test_a_warning_is_a_step_of_its_own_before_the_text() -> None:
    told = steps(of(warning="Om sjukdom"))
    assert told.index("skriv: Om sjukdom") < told.index("post.txt")


@pytest.mark.parametrize("network", NETWORKS)
def test_the_steps_of_each_network_say_where_its_alt_texts_go(network: str) -> None:
    told = steps(of(network))
    assert NETWORKS[network].name in told
    assert "Välj bilden." not in told
    assert "leta efter ”Alt”" in told


def test_a_post_for_instagram_begins_with_its_pictures_and_others_with_their_text() -> None:
    first = {name: steps(of(name)).index("1.png") < steps(of(name)).index("post.txt") for name in NETWORKS}
    assert [name for name, pictures in first.items() if pictures] == ["instagram"]


def test_a_post_without_pictures_has_no_steps_about_them() -> None:
    assert "bild" not in steps(of(pictures=0))


def test_the_time_is_the_offices_own_in_summer_too() -> None:
    assert "ons 1 juli kl. 11.00" in steps(of())


# The calendar


def test_the_calendar_reminds_a_quarter_of_an_hour_before_and_has_the_text() -> None:
    made = of()
    written = time_to_publish(made.post, key=made.key, at=SUMMER, stamped_at=NOW)
    (event,) = Calendar.from_ical(written).walk("VEVENT")
    (alarm,) = event.walk("VALARM")
    assert event.decoded("dtstart") == SUMMER
    assert alarm.decoded("trigger") == timedelta(minutes=-15)
    assert alarm["action"] == "DISPLAY"
    assert "Del två." in str(event["description"])
    assert written == time_to_publish(made.post, key=made.key, at=SUMMER, stamped_at=NOW)


def letter(calendar: str, body: str = "Hej,\n.\nFrom oss: nu är det dags.\n") -> bytes:
    return notice_message(
        settings=build.SETTINGS,
        to="officer@leader.example",
        subject="Att publicera: Bryggan, Mastodon, tis 1 dec kl. 11.00",
        body=body,
        date=NOW,
        message_id="notice.1@leader.example",
        calendar=calendar,
    )


def test_a_letter_with_a_time_has_the_text_first_and_the_file_after_it_octet_for_octet() -> None:
    calendar = time_to_publish(of().post, key="k", at=SUMMER, stamped_at=NOW)
    message = message_from_bytes(letter(calendar.decode()), policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert message.get_content_type() == "multipart/mixed"
    text, file = message.iter_parts()
    assert isinstance(text, EmailMessage)
    assert isinstance(file, EmailMessage)
    assert "From oss: nu är det dags." in text.get_content()
    assert (file.get_content_type(), file.get_filename()) == ("text/calendar", "publicera.ics")
    assert file.get_payload(decode=True) == calendar
    assert not message.defects


def test_no_line_of_a_letter_with_a_time_is_one_that_relays_change() -> None:
    content = letter(time_to_publish(of().post, key="k", at=SUMMER, stamped_at=NOW).decode())
    lines = content.split(b"\r\n")
    assert max(map(len, lines)) <= 78
    assert [
        line for line in lines if line.startswith((b".", b"From ")) or b"\n" in line or b"\r" in line
    ] == []


def test_a_letter_without_a_time_is_plain_text_as_before() -> None:
    assert message_from_bytes(letter("")).get_content_type() == "text/plain"


# Failures


def slot() -> Slot:
    wall = datetime(2026, 12, 1, 9)  # noqa: DTZ001 - wall time
    return Slot(
        id=POST, schedule="mastodon:bryggan", wall=wall, due_at=NOW, kind=EntryKind.POST, channel="mastodon",
        newsletter="", item="bryggan", title="Bryggan", state=SlotState.RUNNING, reason="",
    )  # fmt: skip


def row(state: DeliveryState, attempt: int = 1, recipient: str = "mastodon") -> Delivery:
    return Delivery(
        id=7, slot_id=POST, channel="mastodon", recipient=recipient, recipient_name="", edition_id=None,
        attempt=attempt, owner="", key="k", reason="Nej.", first_attempt_at=NOW, updated_at=NOW, receipt="",
        not_before=None, lease_until=None, state=state,
    )  # fmt: skip


@pytest.mark.parametrize("state", [DeliveryState.UNKNOWN, DeliveryState.REJECTED, DeliveryState.HELD])
def test_a_post_that_is_not_out_for_certain_is_told_with_every_word_of_it(state: DeliveryState) -> None:
    long = of()
    text = "Ett långt inlägg om en brygga. " * 100
    post = replace(long.post, segments=(Segment(SegmentKind.TEXT, text),))
    _key, subject, body = post_troubled(slot(), post, [row(state)], "f1f2f3f4")
    assert "Bryggan, Mastodon" in subject
    assert text in body
    assert "Del två." in body
    assert "Läs mer på webben." in body


def test_only_what_certainly_is_not_out_may_be_sent_again_without_looking() -> None:
    bodies = {
        state: post_troubled(slot(), of().post, [row(state)], "f1f2f3f4")[2]
        for state in (DeliveryState.UNKNOWN, DeliveryState.REJECTED, DeliveryState.HELD)
    }
    assert {state for state, body in bodies.items() if "--rest --plan f1f2f3f4" in body} == {
        DeliveryState.REJECTED,
        DeliveryState.HELD,
    }


def test_what_is_uncertain_decides_when_parts_have_failed_in_several_ways() -> None:
    rows = [
        row(DeliveryState.HELD, recipient="mastodon#3"),
        row(DeliveryState.UNKNOWN, recipient="mastodon#2"),
    ]
    assert post_troubled(slot(), of().post, rows, "f")[1].startswith("Kanske publicerat")


def test_each_try_that_fails_is_news_and_the_same_one_is_not() -> None:
    keys = [
        post_troubled(slot(), of().post, [row(DeliveryState.REJECTED, attempt)], "f")[0]
        for attempt in (1, 1, 2)
    ]
    assert keys[0] == keys[1] != keys[2]


def test_a_thread_that_stopped_halfway_is_told_as_such() -> None:
    _key, subject, body = post_troubled(
        slot(), of().post, [row(DeliveryState.REJECTED, recipient="mastodon#2")], "f1f2f3f4"
    )
    assert subject.startswith("Bara en del publicerad")
    assert "Mastodon tog inte emot del 2 av 3." in body


def test_what_may_be_published_is_not_to_be_published_by_hand_before_it_is_answered() -> None:
    body = post_troubled(slot(), of().post, [row(DeliveryState.UNKNOWN)], "f")[2]
    assert "Publicera det inte för hand förrän du har svarat" in body
    assert "går det ut på nytt av sig självt" in body
    assert "Det går inte ut igen" not in body
    assert f"comms reconcile {POST} --sent" in body
    assert f"comms cancel {POST}" in body


def test_each_part_that_waits_is_told_of_by_its_number() -> None:
    parts = [
        replace(row(DeliveryState.PLANNED, recipient=recipient), id=number, not_before=NOW)
        for number, recipient in enumerate(("mastodon", "mastodon#2"))
    ]
    told = [post_waits(slot(), of().post, part, NOW) for part in parts]
    assert told[0][0] != told[1][0]
    assert "del 2 av 3 är inte ute på Mastodon än" in told[1][2]


def test_a_post_that_is_paused_is_no_letter() -> None:
    why = say("Bilden är tillbakadragen.")
    assert "brev" not in paused(POST, slot(), why, NOW)[2]
    assert "brevet" in paused("brevet-1", replace(slot(), kind=EntryKind.ISSUE), why, NOW)[2]


# Before it goes out


@pytest.fixture
def house(tmp_path: Path) -> House:
    channel = channel_settings(ChannelKind.MASTODON, network="mastodon")
    settings = replace(build.SETTINGS, channels={"mastodon": channel}, timezone="Europe/Stockholm")
    return House(tmp_path, settings, workspace=None, problems=(), faults={})  # type: ignore[arg-type]  # no file is asked for


def entry(at: datetime) -> Entry:
    moment = Moment(at.astimezone(STOCKHOLM).replace(tzinfo=None), at)
    return Entry(POST, EntryKind.POST, "Bryggan", "mastodon:bryggan", "mastodon", moment, fingerprint="f1f2")


def test_letters_about_a_post_that_waits_name_its_network_and_speak_of_a_post(house: House) -> None:
    _key, subject, body = due_soon(house, entry(SUMMER))
    assert subject == "Väntar på godkännande: Bryggan, Mastodon, 2026-07-01 kl. 11.00"
    assert "är inte godkänd." in body
    assert f"Se inlägget:   comms preview {POST}" in body
    assert "brev" not in body
    assert held(house, entry(SUMMER), say("Inte godkänd."))[1] == (
        "Hålls kvar: Bryggan, Mastodon, 2026-07-01 kl. 11.00"
    )


def test_a_time_in_the_hour_that_spring_takes_away_is_told_as_clocks_show_it(house: House) -> None:
    missing = replace(
        entry(datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),
        moment=Moment(
            datetime(2027, 3, 28, 2, 30),  # noqa: DTZ001 - a wall time that no clock shows
            datetime(2027, 3, 28, 1, 30, tzinfo=UTC),
        ),
    )
    assert due_soon(house, missing)[1].endswith("2027-03-28 kl. 03.30")


def test_of_the_two_hours_of_the_autumn_night_the_offset_says_which(house: House) -> None:
    subjects = [due_soon(house, entry(datetime(2026, 10, 25, hour, 30, tzinfo=UTC)))[1] for hour in (0, 1, 2)]
    assert [subject.partition("2026-10-25 ")[2] for subject in subjects] == [
        "kl. 02.30 (UTC+2)",
        "kl. 02.30 (UTC+1)",
        "kl. 03.30",
    ]
