"""Posts that a person publishes: handed over whole, told at once, called for once, and marked with a link."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.journey.workspaces import ITEM, Office, body

POST = "bryggan.linkedin.1"
TIME = "2026-12-03T08:30"
JUST_AFTER = "2026-12-03T08:31"
HOURS_AFTER = "2026-12-03T20:00"
NIGHT_AFTER = "2026-12-04T05:00"
DAY_AFTER = "2026-12-04T07:30"
TWO_DAYS_AFTER = "2026-12-05T07:30"
LINK = "https://www.linkedin.com/feed/update/urn:li:share:71"
COMMAND = f"comms done {POST} --link ADRESSEN"


@pytest.fixture
def office(office: Office) -> Office:
    """The small workspace, with a post for LinkedIn that a person publishes."""
    office.change(
        "comms.yaml",
        "  mastodon: {kind: file",
        "  linkedin: {kind: manual, network: linkedin, slots: [thu 08:30], max_lateness: 6h}\n"
        "  mastodon: {kind: file",
    )
    office.change(
        ITEM,
        "posts:\n",
        'posts:\n  linkedin:\n    text: "Nu finns en ny brygga (av trä) i Eda. Välkommen dit! #Leader"\n',
    )
    return office


def handed_over(office: Office) -> Office:
    """The office after its post was handed over at its time."""
    office.approve(POST)
    answer = office.comms("tick", now=JUST_AFTER)
    assert answer.code == 0, answer.said
    return office


def folder(office: Office) -> Path:
    return office.folder / "out" / "manual" / "linkedin" / POST


def told(office: Office, beginning: str) -> list[EmailMessage]:
    return [letter for letter in office.officers_mail() if str(letter["Subject"]).startswith(beginning)]


def attached(letter: EmailMessage) -> str:
    (part,) = letter.iter_attachments()
    assert part.get_content_type() == "text/calendar"
    return str(part.get_content()).replace("\r\n ", "").replace("\r\n", "\n")


# The package


def test_the_package_says_step_by_step_what_to_do_and_has_the_time_for_the_calendar(office: Office) -> None:
    made = folder(handed_over(office))
    steps = (made / "gor-sa-har.txt").read_text(encoding="utf-8")
    calendar = (made / "publicera.ics").read_text(encoding="utf-8")
    assert steps.startswith("Så här publicerar du inlägget på LinkedIn\ntor 3 dec kl. 08.30\n")
    assert "Lägg till bilderna i den här ordningen: 1." in steps
    assert "Alternativtext" in steps
    assert COMMAND in steps
    assert "DTSTART:20261203T073000Z" in calendar
    assert "SUMMARY:Publicera på LinkedIn: Nu finns en ny brygga" in calendar


# Told at once


def test_the_officer_gets_the_whole_text_and_the_packages_own_calendar_in_the_same_run_and_once(
    office: Office,
) -> None:
    made = folder(handed_over(office))
    office.comms("tick", now=HOURS_AFTER)
    (letter,) = told(office, "Att publicera")
    text = body(letter).replace("\r\n", "\n")
    assert letter["Subject"] == "Att publicera: En ny brygga i Eda, LinkedIn, tor 3 dec kl. 08.30"
    assert (made / "post.txt").read_text(encoding="utf-8") in text
    assert "En brygga av trä går ut i en stilla sjö." in text
    assert str(made) in text
    assert COMMAND in text
    assert attached(letter) == (made / "publicera.ics").read_text(encoding="utf-8").replace("\n ", "")


def test_a_channel_that_is_handed_posts_ahead_is_told_ahead_with_the_time_to_publish(office: Office) -> None:
    office.change("comms.yaml", "network: linkedin,", "network: linkedin, ahead: 24h,")
    office.approve(POST)
    office.comms("tick", now="2026-12-02T09:00")
    (letter,) = told(office, "Att publicera")
    assert letter["Subject"] == "Att publicera: En ny brygga i Eda, LinkedIn, tor 3 dec kl. 08.30"


# Done


def test_done_says_where_the_post_is_and_status_and_who_show_it(office: Office) -> None:
    handed_over(office)
    assert "ligger klart, inte publicerad" in office.comms("status", now=HOURS_AFTER).out
    assert COMMAND in office.comms("status", now=HOURS_AFTER).out
    answer = office.comms("done", POST, "--link", LINK, "--by", "Anna", now=HOURS_AFTER)
    assert (answer.code, answer.out) == (0, f"{POST} är publicerad på LinkedIn.\nLänk: {LINK}\n")
    said = "publicerad tor 3 dec kl. 20.00"
    assert said in office.comms("status", now=DAY_AFTER).out
    assert f"{POST}, {said})" in office.comms("who", POST).out
    assert LINK in office.comms("who", POST).out
    assert COMMAND not in office.comms("status", now=DAY_AFTER).out


def test_scripts_hear_who_published_when_and_where(office: Office) -> None:
    handed_over(office)
    answer = office.comms("done", POST, "--link", LINK, "--by", "Anna", "--json", now=HOURS_AFTER)
    assert answer.json == {
        "id": POST,
        "network": "LinkedIn",
        "published_at": "2026-12-03T19:00:00+00:00",
        "by": "Anna",
        "link": LINK,
        "link_before": "",
        "changed": True,
    }
    told_of = office.comms("who", POST, "--json").json["by_hand"]
    assert (told_of["by"], told_of["link"]) == ("Anna", LINK)


def test_a_second_done_changes_the_link_after_saying_so_and_keeps_the_time(office: Office) -> None:
    handed_over(office)
    office.comms("done", POST, "--link", LINK, "--by", "Anna", now=HOURS_AFTER)
    answer = office.comms("done", POST, "--link", f"{LINK}2", "--by", "Bo", now=DAY_AFTER)
    assert answer.out == (
        f"{POST} var redan publicerad, tor 3 dec kl. 20.00 av Anna.\nLänken var: {LINK}\nLänk: {LINK}2\n"
    )
    shown = office.comms("who", POST).out
    assert ("publicerad tor 3 dec kl. 20.00" in shown, f"{LINK}2" in shown) == (True, True)


def test_a_second_done_without_a_link_keeps_the_first(office: Office) -> None:
    handed_over(office)
    office.comms("done", POST, "--link", LINK, now=HOURS_AFTER)
    assert f"Länk: {LINK}\n" in office.comms("done", POST, now=DAY_AFTER).out


def test_a_link_that_no_browser_opens_is_refused(office: Office) -> None:
    handed_over(office)
    wrong = (
        "linkedin.com/feed",
        "javascript:alert(1)",
        "https://",
        "https://a b.example",
        "https://[",
        "ftp://x.example",
    )
    for link in (*wrong, "https://anna:hemligt@x.example"):
        answer = office.comms("done", POST, "--link", link, now=HOURS_AFTER)
        assert (answer.code, "ingen webbadress" in answer.err) == (2, True), link
    assert "ligger klart, inte publicerad" in office.comms("who", POST).out


def test_what_is_not_published_by_hand_is_refused_with_what_to_do_instead(office: Office) -> None:
    office.approve("bryggan.mastodon.1")
    office.comms("tick", now="2026-12-03T12:01")
    answer = office.comms("done", "bryggan.mastodon.1", "--link", LINK)
    assert (answer.code, "comms reconcile bryggan.mastodon.1" in answer.err) == (2, True)


def test_a_post_whose_package_is_not_ready_is_refused(office: Office) -> None:
    office.approve(POST)
    answer = office.comms("done", POST, "--link", LINK)
    assert answer.code == 2
    assert "ligger inte klart än" in answer.err


def test_what_nobody_has_heard_of_is_refused(office: Office) -> None:
    handed_over(office)
    assert office.comms("done", "ingen.linkedin.1").code == 2


# Called for


def test_a_post_that_nobody_has_published_is_called_for_once_the_day_after(office: Office) -> None:
    handed_over(office)
    office.comms("tick", now=HOURS_AFTER)
    office.comms("tick", now=NIGHT_AFTER)
    assert told(office, "Är det publicerat?") == []
    office.comms("tick", now=DAY_AFTER)
    office.comms("tick", now=TWO_DAYS_AFTER)
    (letter,) = told(office, "Är det publicerat?")
    assert COMMAND in body(letter)


def test_a_post_that_is_published_is_not_called_for(office: Office) -> None:
    handed_over(office)
    office.comms("done", POST, "--link", LINK, now=HOURS_AFTER)
    office.comms("tick", now=DAY_AFTER)
    assert told(office, "Är det publicerat?") == []


# A channel that is set up in another way afterwards


def test_what_a_network_has_published_is_no_package_when_its_channel_is_manual_by_now(
    office: Office,
) -> None:
    office.approve("bryggan.mastodon.1")
    office.comms("tick", now="2026-12-03T12:01")
    office.change("comms.yaml", "mastodon: {kind: file", "mastodon: {kind: manual")
    office.comms("tick", now=DAY_AFTER)
    assert [letter["Subject"] for letter in office.officers_mail() if "ublicera" in letter["Subject"]] == []
    assert "comms done bryggan" not in office.comms("status", now=DAY_AFTER).out
    assert office.comms("done", "bryggan.mastodon.1", "--link", LINK).code == 2


def test_a_package_still_waits_when_its_channel_publishes_by_itself_by_now(office: Office) -> None:
    handed_over(office)
    office.change("comms.yaml", "linkedin: {kind: manual", "linkedin: {kind: file")
    office.comms("tick", now=DAY_AFTER)
    assert len(told(office, "Är det publicerat?")) == 1
    assert COMMAND in office.comms("status", now=DAY_AFTER).out
    assert office.comms("done", POST, "--link", LINK, now=DAY_AFTER).code == 0


# Called off


def assert_called_off(office: Office, why: str) -> None:
    """The package says so, the officer was told once, and nothing asks for it any more."""
    office.comms("tick", now=DAY_AFTER)
    office.comms("tick", now=TWO_DAYS_AFTER)
    (letter,) = told(office, "Publicera inte: En ny brygga i Eda, LinkedIn, tor 3 dec kl. 08.30")
    assert why in body(letter)
    assert why in (folder(office) / "STOPP.txt").read_text(encoding="utf-8")
    assert told(office, "Är det publicerat?") == []
    assert told(office, "Ändrad") == []
    assert "inställd, publiceras inte" in office.comms("who", POST).out
    assert COMMAND not in office.comms("status", now=DAY_AFTER).out
    answer = office.comms("done", POST, "--link", LINK, now=DAY_AFTER)
    assert (answer.code, "är inställd, publiceras inte" in answer.err) == (2, True)


def test_a_package_that_nobody_has_published_can_be_called_off(office: Office) -> None:
    handed_over(office)
    answer = office.comms("cancel", POST, "--reason", "Mötet är flyttat.", "--yes", now=HOURS_AFTER)
    assert answer.code == 0
    assert f"{POST} är inställd, publiceras inte." in answer.out
    assert_called_off(office, "Mötet är flyttat.")
    assert office.comms("cancel", POST, "--yes", now=DAY_AFTER).code == 2


def test_a_package_that_is_published_cannot_be_called_off(office: Office) -> None:
    handed_over(office)
    office.comms("done", POST, "--link", LINK, now=HOURS_AFTER)
    assert office.comms("cancel", POST, "--yes", now=HOURS_AFTER).code == 2


def test_a_package_whose_item_is_retracted_is_called_off(office: Office) -> None:
    handed_over(office)
    answer = office.comms("retract", "bryggan", "--reason", "Fel uppgifter.", "--yes", now=HOURS_AFTER)
    assert (answer.code, "redan publicerad" in answer.out) == (0, False)
    assert_called_off(office, "Fel uppgifter.")
    again = office.comms("retract", "bryggan", "--reason", "Fel.", "--yes", now=HOURS_AFTER)
    assert POST not in again.out


def test_a_package_is_called_off_by_itself_when_the_yes_to_its_picture_is_taken_back(office: Office) -> None:
    handed_over(office)
    no = "    people: [Siv Ek]\n    consent: {basis: muntligt ja, withdrawn_on: 2026-12-03}\n"
    office.change(ITEM, "    photographer:", f"{no}    photographer:")
    assert_called_off(office, "är återkallat 2026-12-03")


def test_a_package_whose_item_has_changed_since_is_told_of_once_and_still_waits(office: Office) -> None:
    handed_over(office)
    office.change(ITEM, "Den är öppen för alla.", "Den är öppen för några.")
    office.comms("tick", now=HOURS_AFTER)
    office.comms("tick", now=NIGHT_AFTER)
    (letter,) = told(office, "Ändrad sedan du fick paketet: En ny brygga i Eda, LinkedIn, tor 3 dec")
    assert f"{ITEM} är ändrad" in body(letter)
    assert COMMAND in office.comms("status", now=HOURS_AFTER).out
