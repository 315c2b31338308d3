"""Mails with a person's own link: what they say, that each goes at most once, and how many may go."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from comms.app.inviting import mail_tickets, waiting
from comms.errors import (
    ChannelDown,
    OutcomeUnknown,
    PermanentFailure,
    SenderRefused,
    TemporaryFailure,
    say,
)
from comms.model.ledger import Letter
from comms.model.settings import DkimKey, Rate, Signups
from comms.model.subscriber import Choices
from comms.store import Store
from tests.fakes.signups import (
    ANNA,
    NOW,
    Desk,
    Mailbox,
    body_of,
    choices,
    fresh_store,
    house,
    office,
    token_in,
)

HOUR = timedelta(hours=1)
SOME = Signups((Rate(1, HOUR * 24), Rate(3, HOUR * 720)), Rate(3, HOUR), Rate(6, HOUR), Rate(10, HOUR))


class Killed(BaseException):
    """The process died."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with fresh_store(tmp_path) as opened:
        yield opened


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Desk:
    return Desk(office(), store, tmp_path)


def message(letter: Letter) -> EmailMessage:
    read = message_from_bytes(letter.content, policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read


def fails(error: BaseException, times: int = 1) -> Callable[[Letter], None]:
    """A story that goes wrong so many times."""
    left = [error] * times

    def tell(_letter: Letter) -> None:
        if left:
            raise left.pop()

    return tell


# What they say


def test_a_confirming_mail_says_who_asked_for_what_and_that_nothing_happens_by_itself(desk: Desk) -> None:
    desk.ask(wanted=choices("kommunbrevet", "bygdebrevet", focus="bygd"))
    (body,) = desk.mailed()
    assert (
        body.replace("\r\n", "\n")
        == f"""\
Hej!

Någon, troligen du, vill få nyhetsbrev från Leader Provbygd till den här
adressen. Det bad de om tis 1 dec kl. 09.00 på
https://brev.leader.example/prenumerera/, och valde:

  Brev: Kommunbrevet, Bygdebrevet
  Läser som: Allmänheten
  Kommun: Arvika
  Insatsområden: Stolt bygd

Vill du ha breven? Bekräfta här:

https://brev.leader.example/c/{token_in(body)}

Länken går till en sida med en knapp. Den gäller i 48 timmar.

Var det inte du? Då behöver du inte göra något. Utan ditt ja skickar vi
inga nyhetsbrev, och adressen glömmer vi efter 7 dagar.

Frågor? Skriv till kansli@leader.example. Så behandlar vi
personuppgifter: https://brev.leader.example/integritet/

Leader Åsbygden
Provgatan 7, 685 00 Torsby

"""
    )


def test_a_mail_is_for_one_person_and_wants_no_answer_from_machines(desk: Desk) -> None:
    desk.ask()
    desk.mail()
    (letter,) = desk.mailbox.letters
    read = message(letter)
    assert read["To"] == ANNA == letter.recipient
    assert read["Subject"] == "Bekräfta att du vill ha nyhetsbrev från Leader Provbygd"
    assert (read["Auto-Submitted"], read["Reply-To"]) == ("auto-generated", "kansli@leader.example")
    assert not {name.lower() for name in read} & {"list-unsubscribe", "precedence", "cc", "bcc"}
    assert read.get_content_type() == "text/plain"


def test_a_domain_with_our_letters_is_written_to_as_mail_servers_know_it(desk: Desk) -> None:
    desk.ask("anna@räksmörgås.example")
    desk.mail()
    assert desk.mailbox.letters[0].recipient == "anna@xn--rksmrgs-5wao1o.example"


def test_no_word_that_a_visitor_wrote_comes_into_a_mail(desk: Desk) -> None:
    desk.ask("KOP-BILLIGT-NU@eda.example", Choices(("kommunbrevet",), "public", "arvika"))
    desk.mail()
    assert "billigt" not in body_of(desk.mailbox.letters[0]).lower()


def test_who_subscribes_already_hears_so_and_gets_a_link_to_their_choices(desk: Desk) -> None:
    desk.join()
    desk.now += HOUR * 25
    desk.ask()
    body = desk.mailed()[-1]
    assert "Du prenumererar\r\nredan på dem" in body or "Du prenumererar redan" in " ".join(body.split())
    assert "brev.leader.example/p/" in body
    assert "60 minuter" in body


def test_a_mail_of_a_newsletter_that_is_gone_since_is_still_made(
    desk: Desk, store: Store, tmp_path: Path
) -> None:
    desk.ask(wanted=choices("bygdebrevet"))
    settings = desk.office.settings
    fewer = {slug: one for slug, one in settings.newsletters.items() if slug != "bygdebrevet"}
    later = Desk(replace(desk.office, settings=replace(settings, newsletters=fewer)), store, tmp_path)
    (body,) = later.mailed()
    assert later.confirm(token_in(body)) is None


# At most once


@pytest.mark.parametrize("end", ["killed", "unknown"])
def test_what_may_have_been_sent_is_never_sent_again(desk: Desk, end: str) -> None:
    desk.mailbox.after = fails(Killed() if end == "killed" else OutcomeUnknown(say("Svaret kom bort.")), 9)
    desk.ask()
    if end == "killed":
        with pytest.raises(Killed):
            desk.mail()
    else:
        assert desk.mail() == 1
    desk.mailbox.after = lambda _letter: None
    desk.now += HOUR
    assert desk.mail() == 0
    assert desk.mailbox.letters == []


def test_who_dies_before_the_mark_has_sent_nothing_and_the_mail_goes_later(desk: Desk) -> None:
    desk.mailbox.before = fails(Killed())
    desk.ask()
    with pytest.raises(Killed):
        desk.mail()
    assert desk.mail() == 1


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize(
    "error",
    [
        TemporaryFailure(say("Grå lista.")),
        ChannelDown(say("Nere.")),
        SenderRefused(say("Fel lösenord.")),
        SenderRefused(say("Inte det brevet."), decisive=False),
    ],
    ids=["later", "down", "refused", "this-one-refused"],
)
def test_what_was_certainly_not_sent_waits_and_goes_later_with_all_its_time(
    desk: Desk, error: Exception, moment: str
) -> None:
    setattr(desk.mailbox, moment, fails(error))
    desk.ask()
    assert desk.mail() == 0
    assert desk.mail() == 0
    assert waiting(desk.store)
    desk.now += timedelta(minutes=6)
    assert desk.mail() == 1
    desk.now += timedelta(hours=47, minutes=59)
    assert desk.confirm(token_in(body_of(desk.mailbox.letters[0]))) is not None


def test_an_address_that_nobody_takes_is_not_tried_again(desk: Desk) -> None:
    desk.mailbox.before = fails(PermanentFailure(say("Ingen sådan.")), 9)
    desk.ask()
    desk.ask("bo@eda.example")
    assert desk.mail() == 0
    assert not waiting(desk.store)


def test_a_mail_that_is_refused_for_now_stops_no_other(desk: Desk) -> None:
    desk.mailbox.before = fails(TemporaryFailure(say("Grå lista.")))
    desk.ask()
    desk.now += timedelta(seconds=1)
    desk.ask("bo@eda.example")
    assert desk.mail() == 1
    assert [letter.recipient for letter in desk.mailbox.letters] == ["bo@eda.example"]


def test_a_channel_that_is_down_is_left_alone_and_the_officer_hears_of_a_refusal(desk: Desk) -> None:
    desk.mailbox.before = fails(SenderRefused(say("Fel lösenord.")))
    desk.ask()
    desk.ask("bo@eda.example")
    assert desk.mail() == 0
    assert desk.store.resting(desk.now)["mail"].reason == "Fel lösenord."
    (notice,) = desk.store.open_notices()
    assert "Fel lösenord." in notice.body


def test_a_signing_key_that_cannot_be_used_keeps_mails_waiting_and_the_officer_hears_of_it(
    desk: Desk,
) -> None:
    settings = replace(desk.office.settings, dkim=(DkimKey("s1", "ingen.pem"),))
    desk.office = replace(desk.office, settings=settings)
    desk.ask()
    assert desk.mail() == 0
    (notice,) = desk.store.open_notices()
    assert "ingen.pem" in notice.body


def test_a_sender_that_cannot_stand_in_a_letter_costs_nobody_their_mail(desk: Desk) -> None:
    right = desk.office.settings
    wrong = replace(right, sender=replace(right.sender, name="Leader\r\nBcc: bo@eda.example"))
    desk.ask()
    desk.office = replace(desk.office, settings=wrong)
    assert desk.mail() == 0
    desk.office = replace(desk.office, settings=right)
    desk.now += HOUR
    assert desk.mail() == 1


def test_without_a_channel_for_mail_all_waits(desk: Desk, tmp_path: Path) -> None:
    desk.ask()
    assert mail_tickets(house(desk.office, tmp_path), desk.store, {}, NOW) == 0
    assert waiting(desk.store)


# How many may go


def most_within(moments: Sequence[datetime], period: timedelta) -> int:
    """The most of some moments that any period sees (it ends after its beginning's like)."""
    ordered = sorted(moments)
    most = first = 0
    for last, moment in enumerate(ordered):
        while ordered[first] <= moment - period:
            first += 1
        most = max(most, last - first + 1)
    return most


def flooded(desk: Desk, people: Sequence[tuple[str, str]], rush: int = 60) -> dict[str, datetime]:
    """Let people, with their networks, sign up as time goes on, until nobody waits; when each was mailed.

    `rush`: the most that come at once.
    """
    chance = random.Random(17)  # noqa: S311 - the same every time
    mailed: dict[str, datetime] = {}
    coming = list(people)
    while coming or waiting(desk.store):
        for _ in range(min(len(coming), chance.randrange(rush))):
            address, network = coming.pop()
            desk.ask(address, network=network)
        seen = len(desk.mailbox.letters)
        desk.mail()
        for letter in desk.mailbox.letters[seen:]:
            assert letter.recipient not in mailed
            mailed[letter.recipient] = desk.now
        desk.now += timedelta(minutes=chance.randrange(1, 40))
    return mailed


def test_a_thousand_sign_ups_of_one_address_are_one_mail(desk: Desk) -> None:
    for number in range(1000):
        desk.now += timedelta(seconds=60)
        desk.ask(network=f"198.51.{number % 250}.0/24")
        if number % 50 == 0:
            desk.mail()
    assert len(desk.mailed()) == 1


@pytest.mark.parametrize(
    ("networks", "domains"), [(1, 40), (40, 1), (7, 5)], ids=["one network", "one domain", "some of both"]
)
def test_all_who_sign_up_are_mailed_and_never_more_than_each_limit(
    store: Store, tmp_path: Path, networks: int, domains: int
) -> None:
    limits = replace(SOME, network=Rate(6, HOUR), domain=Rate(8, HOUR), site=Rate(20, HOUR))
    desk = Desk(office(limits), store, tmp_path)
    people = [
        (f"person{number}@kommun{number % domains}.example", f"192.0.{number % networks}.0/24")
        for number in range(90)
    ]
    mailed = flooded(desk, people)
    assert set(mailed) == {address for address, _ in people}
    of_network, of_domain = dict(people), Counter[str]()
    for network in set(of_network.values()):
        assert most_within([mailed[who] for who, of in people if of == network], HOUR) <= 6
    for domain in {who.partition("@")[2] for who in mailed}:
        moments = [at for who, at in mailed.items() if who.endswith(f"@{domain}")]
        assert most_within(moments, HOUR) <= 8
        of_domain[domain] += len(moments)
    assert most_within(list(mailed.values()), HOUR) <= 20
    assert sum(of_domain.values()) == len(people)


def test_a_thousand_addresses_from_many_networks_wait_for_the_sites_turn_and_the_officer_hears_once(
    desk: Desk,
) -> None:
    people = [(f"person{n}@kommun{n % 97}.example", f"192.{n % 240}.7.0/24") for n in range(1000)]
    mailed = flooded(desk, people, rush=500)
    assert set(mailed) == {address for address, _ in people}
    assert most_within(list(mailed.values()), HOUR) == 200
    days = {notice.key for notice in desk.store.open_notices()}
    assert days
    assert all(key.startswith("signups-full:") for key in days)
    assert len(desk.store.open_notices()) == len(days)


def test_one_that_must_wait_for_its_network_lets_others_go_before_it(store: Store, tmp_path: Path) -> None:
    desk = Desk(office(SOME), store, tmp_path)
    for number in range(5):
        desk.ask(f"person{number}@kommun{number}.example")
        desk.now += timedelta(seconds=1)
    desk.ask("bo@eda.example", network="198.51.100.0/24")
    assert desk.mail() == 4
    assert desk.mailbox.letters[-1].recipient == "bo@eda.example"
    desk.now += HOUR + timedelta(seconds=1)
    assert desk.mail() == 2


def test_a_limit_that_is_reached_while_a_letter_is_on_its_way_stops_it(store: Store, tmp_path: Path) -> None:
    desk = Desk(office(SOME), store, tmp_path)
    other = Mailbox()
    for number in range(6):
        desk.ask(f"person{number}@kommun{number}.example")
    first = store.tickets.queue(SOME, NOW).tickets[0].id

    def meanwhile(_letter: Letter) -> None:
        desk.mailbox.before = lambda _next: None
        passed_over = {first: NOW + HOUR}
        mail_tickets(house(desk.office, tmp_path), store, {"mail": other}, NOW, not_before=passed_over)

    desk.mailbox.before = meanwhile
    assert desk.mail() == 0
    assert len(other.letters) == 3


def test_those_that_are_refused_for_now_take_nobodys_place(store: Store, tmp_path: Path) -> None:
    desk = Desk(office(SOME), store, tmp_path)
    for number in range(5):
        desk.ask(f"person{number}@kommun{number}.example")
    desk.mailbox.before = fails(TemporaryFailure(say("Grå lista.")), 3)
    assert desk.mail() == 0
    assert desk.mail() == 2
