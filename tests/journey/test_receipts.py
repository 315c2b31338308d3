"""The officer hears where posts are, how the week went and what waits, and of every failure at once."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from comms.channels.file import FileChannel
from comms.channels.manual import ManualChannel
from comms.errors import OutcomeUnknown, PermanentFailure, TemporaryFailure, say
from comms.model.ledger import CannotTell, Outgoing, Publication, Receipt
from tests.journey.workspaces import ISSUE, ITEM, POST, Office
from tests.journey.workspaces import body as body_as_sent

BY_HAND = "bryggan.linkedin.1"
THURSDAY = "2026-11-26T09:00"
AT_NOON = "2026-12-03T12:01"
SUNDAY = "2026-12-06T20:00"
EARLY_MONDAY = "2026-12-07T06:59"
MONDAY = "2026-12-07T07:00"
TUESDAY = "2026-12-08T09:00"
LINK = "https://social.example/@leader/71"
CANNOT_TELL = CannotTell(say("Nätverket säger inte."))
TEXT = "Vid sjön finns en ny brygga att mötas på. #Leader"


def told(office: Office, beginning: str) -> list[EmailMessage]:
    return [letter for letter in office.officers_mail() if str(letter["Subject"]).startswith(beginning)]


def body(letter: EmailMessage) -> str:
    return body_as_sent(letter).replace("\r\n", "\n")


def tick(office: Office, *moments: str) -> None:
    for moment in moments:
        answer = office.comms("tick", now=moment)
        assert answer.code in {0, 3}, answer.said


def answering(monkeypatch: pytest.MonkeyPatch, answer: Receipt | Exception) -> None:
    """Let a network answer each post so, in the place of the folder."""
    into_the_folder = FileChannel.deliver

    def deliver(channel: FileChannel, outgoing: Outgoing, **how: object) -> Receipt:
        if not isinstance(outgoing, Publication):
            return into_the_folder(channel, outgoing, **how)  # type: ignore[arg-type]  # as the loop calls it
        how["point_of_no_return"]()  # type: ignore[operator]  # the same
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(FileChannel, "deliver", deliver)


def each(office: Office) -> Office:
    office.change(
        "comms.yaml",
        "officer: {email: redaktor@leader.example}",
        "officer: {email: redaktor@leader.example, receipts: each}",
    )
    return office


# Each


def test_what_is_published_is_told_in_the_same_run_with_its_link_and_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    each(office).approve(POST)
    answering(monkeypatch, Receipt("71", LINK))
    tick(office, AT_NOON, SUNDAY)
    (letter,) = told(office, "Publicerat")
    assert letter["Subject"] == "Publicerat: En ny brygga i Eda"
    assert body(letter).split("\n")[:2] == [
        "  tor 3 dec kl. 12.01  Mastodon: En ny brygga i Eda",
        f"    {LINK}",
    ]


def test_posts_of_one_run_are_told_in_one_letter(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.change(
        "comms.yaml",
        "  mastodon:",
        "  bluesky: {kind: file, network: bluesky, slots: [thu 12:00]}\n  mastodon:",
    )
    office.change(ITEM, "posts:\n", f'posts:\n  bluesky:\n    text: "{TEXT}"\n')
    each(office).approve(POST)
    office.approve("bryggan.bluesky.1")
    answering(monkeypatch, Receipt("71", LINK))
    tick(office, AT_NOON)
    (letter,) = told(office, "Publicerat")
    assert letter["Subject"] == "Publicerat: En ny brygga i Eda och 1 till"
    assert body(letter).count(LINK) == 2


def test_a_post_that_was_found_on_its_network_has_the_link_that_was_found(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    each(office).approve(POST)
    answering(monkeypatch, OutcomeUnknown(say("Svaret kom inte fram.")))
    monkeypatch.setattr(FileChannel, "find", lambda _channel, _outgoing: Receipt("71", LINK))
    tick(office, AT_NOON)
    assert LINK in body(told(office, "Publicerat")[0])


def test_the_weeks_letter_is_instead_of_one_for_each(office: Office) -> None:
    office.approve(POST)
    tick(office, AT_NOON)
    assert told(office, "Publicerat") == []


# The week


def a_week(office: Office, monkeypatch: pytest.MonkeyPatch) -> EmailMessage:
    """The letter of a week in which one of each thing happened."""
    office.change(
        "comms.yaml",
        "  mastodon:",
        "  linkedin: {kind: manual, network: linkedin, slots: [thu 08:30]}\n  mastodon:",
    )
    office.change(ITEM, "posts:\n", 'posts:\n  linkedin:\n    text: "En ny brygga i Eda."\n')
    for identity in (ISSUE, POST, BY_HAND):
        office.approve(identity)
    office.write_item(
        "sagan", title="Sagan", since="2026-12-08", more='posts:\n  mastodon:\n    text: "En saga."\n'
    )
    answering(monkeypatch, Receipt("71", LINK))
    tick(office, "2026-11-30T08:00", "2026-12-01T08:01", "2026-12-03T08:31", AT_NOON, SUNDAY, EARLY_MONDAY)
    assert told(office, "Veckan som gick") == []
    tick(office, MONDAY, TUESDAY)
    (letter,) = told(office, "Veckan som gick")
    return letter


def test_the_weeks_letter_comes_once_after_monday_morning_and_tells_it_all(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = a_week(office, monkeypatch)
    text = body(letter)
    assert letter["Subject"] == "Veckan som gick: vecka 49"
    assert text.startswith("Från mån 30 nov kl. 07.00 till mån 7 dec kl. 07.00.")
    sections = ["PUBLICERAT", "BREV", "ATT PUBLICERA FÖR HAND", "DEN KOMMANDE VECKAN"]
    assert [line for line in text.splitlines() if line.isupper()] == sections
    assert f"tor 3 dec kl. 12.01  Mastodon: En ny brygga i Eda\n    {LINK}" in text
    assert f"Brevet ({ISSUE}): mottagen 5" in text
    assert f"är det ute: comms done {BY_HAND} --link ADRESSEN" in text
    assert "Mastodon: Sagan\n    väntar på godkännande: comms approve sagan.mastodon.1 --plan " in text


def test_what_was_published_by_hand_is_told_with_the_link_that_was_given(office: Office) -> None:
    office.change(
        "comms.yaml",
        "  mastodon:",
        "  linkedin: {kind: manual, network: linkedin, slots: [thu 08:30]}\n  mastodon:",
    )
    office.change(ITEM, "posts:\n  mastodon:", "posts:\n  linkedin:")
    office.approve(BY_HAND)
    tick(office, "2026-11-30T08:00", "2026-12-03T08:31")
    office.comms("done", BY_HAND, "--link", LINK, now="2026-12-03T09:00")
    tick(office, MONDAY)
    text = body(told(office, "Veckan som gick")[0])
    assert f"tor 3 dec kl. 09.00  LinkedIn: En ny brygga i Eda\n    {LINK}" in text
    assert "ATT PUBLICERA FÖR HAND" not in text


def test_what_is_held_or_uncertain_is_told_with_what_to_do(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.approve(POST)
    answering(monkeypatch, OutcomeUnknown(say("Svaret kom inte fram.")))
    monkeypatch.setattr(FileChannel, "find", lambda _channel, _outgoing: CANNOT_TELL)
    tick(office, "2026-11-30T08:00", "2026-12-01T08:01", AT_NOON, MONDAY)
    text = body(told(office, "Veckan som gick")[0])
    assert f"Brevet ({ISSUE}): hålls kvar\n    Inte godkänd.\n    se planen: comms plan {ISSUE}" in text
    assert f"({POST}): sänd, oviss 1\n    red ut det ovissa: comms reconcile {POST}" in text


def test_a_week_without_anything_is_not_told(office: Office) -> None:
    for path in (ITEM,):
        (office.folder / path).unlink()
    tick(office, THURSDAY, "2026-12-10T09:00", "2026-12-17T09:00")
    assert told(office, "Veckan som gick") == []


def test_the_first_run_of_an_office_has_no_week_to_tell_of(office: Office) -> None:
    tick(office, MONDAY)
    assert told(office, "Veckan som gick") == []


def test_runs_that_stood_still_for_weeks_are_told_of_in_one_letter(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.approve(POST)
    answering(monkeypatch, Receipt("71", LINK))
    tick(office, THURSDAY, AT_NOON, "2026-12-22T09:00")
    (first, second) = told(office, "Veckan som gick")
    assert (first["Subject"], second["Subject"]) == ("Veckan som gick: vecka 48", "Veckan som gick: vecka 51")
    assert "Från mån 30 nov kl. 07.00 till mån 21 dec kl. 07.00." in body(second)
    assert LINK in body(second)


@pytest.mark.parametrize(
    ("friday", "too_early", "at"),
    [
        ("2027-03-26T09:00Z", "2027-03-29T04:59Z", "2027-03-29T05:00Z"),  # summer time began on Sunday
        ("2027-10-29T09:00Z", "2027-11-01T05:59Z", "2027-11-01T06:00Z"),  # and ended on Sunday
    ],
)
def test_seven_is_seven_by_the_offices_clock_all_the_year(
    office: Office, friday: str, too_early: str, at: str
) -> None:
    tick(office, friday, too_early)
    assert told(office, "Veckan som gick") == []
    tick(office, at)
    assert "Mastodon: En ny brygga i Eda" in body(told(office, "Veckan som gick")[0])


# Failures


def test_a_post_that_may_be_out_is_told_of_with_its_text_and_where_to_look(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.approve(POST)
    answering(monkeypatch, OutcomeUnknown(say("Svaret kom inte fram.")))
    monkeypatch.setattr(FileChannel, "find", lambda _channel, _outgoing: CANNOT_TELL)
    tick(office, AT_NOON, SUNDAY)
    (letter,) = told(office, "Kanske publicerat")
    text = body(letter)
    assert letter["Subject"] == "Kanske publicerat: En ny brygga i Eda, Mastodon"
    assert TEXT in text
    assert "Titta på kontot på Mastodon" in text
    assert f"comms reconcile {POST} --sent --link ADRESSEN\n" in text
    assert f"comms reconcile {POST} --not-sent " in text
    assert office.comms("reconcile", POST, "--sent", "--by", "Anna", now=SUNDAY).code == 0


def test_a_post_that_was_refused_is_told_at_once_and_the_command_it_names_sends_it_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.approve(POST)
    answering(monkeypatch, PermanentFailure(say("Nyckeln gäller inte.")))
    tick(office, AT_NOON)
    (letter,) = told(office, "Inte publicerat")
    (command,) = [line for line in body(letter).splitlines() if line.startswith("Försök igen:")]
    assert "Nyckeln gäller inte." in body(letter)
    assert TEXT in body(letter)
    answering(monkeypatch, PermanentFailure(say("Nyckeln gäller fortfarande inte.")))
    assert office.comms(*command.split("comms ")[1].split(), "--yes", now="2026-12-03T12:30").code == 3
    tick(office, "2026-12-03T12:31")
    assert ["fortfarande" in body(each_letter) for each_letter in told(office, "Inte publicerat")] == [
        False,
        True,
    ]


def test_a_post_that_must_wait_is_told_at_once_and_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.approve(POST)
    answering(monkeypatch, TemporaryFailure(say("Servern är upptagen.")))
    tick(office, AT_NOON, "2026-12-03T12:07")
    (letter,) = told(office, "Inte ute än")
    assert "Servern är upptagen." in body(letter)
    assert "om ungefär 5 minuter" in body(letter)


def test_a_package_that_cannot_be_made_is_told(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.change("comms.yaml", "  mastodon: {kind: file", "  mastodon: {kind: manual")
    office.approve(POST)

    def refuse(_channel: ManualChannel, _outgoing: Outgoing, **_how: object) -> Receipt:
        raise PermanentFailure(say("Går inte att skriva."))

    monkeypatch.setattr(ManualChannel, "deliver", refuse)
    tick(office, AT_NOON)
    assert len(told(office, "Inte publicerat")) == 1
    assert told(office, "Att publicera") == []
