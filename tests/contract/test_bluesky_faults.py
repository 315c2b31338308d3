"""What each answer and each silence of Bluesky means, how its sessions last, and that secrets are kept."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from comms.channels.base import Passing
from comms.channels.bluesky import BASE_URL, BlueskyChannel, open_channel
from comms.channels.bluesky_record import COLLECTION
from comms.channels.bluesky_session import Session
from comms.errors import (
    ChannelDown,
    ChannelError,
    ConfigError,
    OutcomeUnknown,
    PermanentFailure,
    SenderRefused,
    TemporaryFailure,
)
from comms.model.ledger import CannotTell, Publication, Receipt
from comms.model.network import Part, PartKind
from comms.model.settings import ChannelKind, Secret
from comms.text.segments import parse_segments
from tests.fakes.bluesky import PASSWORD, Bluesky
from tests.fakes.bluesky_sides import found, our_side, outcome, place, png, post, with_card
from tests.fakes.examples import NOW
from tests.fakes.network import ALWAYS, Fault
from tests.fakes.settings import channel_settings

pytestmark = pytest.mark.servers


@pytest.fixture
def fake() -> Iterator[Bluesky]:
    with Bluesky() as server:
        yield server


def channel(fake: Bluesky, memory: Passing | None = None, timeout: float = 5) -> BlueskyChannel:
    return our_side(fake).channel(memory, timeout=timeout)


def wrong(fake: Bluesky, fault: Fault | None) -> None:
    """Let something go wrong; the answer says that the connection ends, so no next request meets its end."""
    if fault is not None:
        fake.server.faults.append(replace(fault, headers={"Connection": "close", **fault.headers}))


LOGIN = "/xrpc/com.atproto.server.createSession"
WHO = "/xrpc/com.atproto.server.getSession"
RENEW = "/xrpc/com.atproto.server.refreshSession"
NAME = "/xrpc/com.atproto.identity.resolveHandle"
UPLOAD = "/xrpc/com.atproto.repo.uploadBlob"
PUT = "/xrpc/com.atproto.repo.putRecord"
GET = "/xrpc/com.atproto.repo.getRecord"
STALE = b'{"error": "ExpiredToken", "message": "Token has expired"}'
TAKEN = b'{"error": "InvalidSwap", "message": "Record was at bafy"}'

ANSWERS = [
    (Fault(LOGIN, 400), ChannelDown, 0, 0),
    (Fault(LOGIN, 401), ChannelDown, 0, 0),
    (Fault(LOGIN, 429), TemporaryFailure, 0, 0),
    (Fault(LOGIN, 500), TemporaryFailure, 0, 0),
    (Fault(LOGIN, 200, body=b"<html>"), TemporaryFailure, 0, 0),
    (Fault(LOGIN, 200, body=b"{}"), TemporaryFailure, 0, 0),
    (Fault(LOGIN, 302, headers={"Location": "http://127.0.0.1:9/"}), ChannelDown, 0, 0),
    (Fault(LOGIN), TemporaryFailure, 0, 0),
    (Fault(LOGIN, hang=True), TemporaryFailure, 0, 0),
    (Fault(WHO, 400, body=STALE), Receipt, 1, 1),
    (Fault(WHO, 401), Receipt, 1, 1),
    (Fault(WHO, 400, body=STALE, times=ALWAYS), ChannelDown, 0, 0),
    (Fault(WHO, 400), ChannelDown, 0, 0),
    (Fault(WHO, 502), TemporaryFailure, 0, 0),
    (Fault(NAME, 500), TemporaryFailure, 0, 0),
    (Fault(NAME), TemporaryFailure, 0, 0),
    (Fault(NAME, 400), Receipt, 1, 1),
    (Fault(UPLOAD, 400), PermanentFailure, 0, 0),
    (Fault(UPLOAD, 413), PermanentFailure, 0, 0),
    (Fault(UPLOAD, 400, body=STALE), Receipt, 1, 1),
    (Fault(UPLOAD, 429), TemporaryFailure, 0, 0),
    (Fault(UPLOAD, 503, done=True), TemporaryFailure, 0, 0),
    (Fault(UPLOAD, 200, body=b"{}"), TemporaryFailure, 0, 0),
    (Fault(UPLOAD, done=True), TemporaryFailure, 0, 0),
    (Fault(PUT, 400), PermanentFailure, 1, 0),
    (Fault(PUT, 400, body=STALE), TemporaryFailure, 1, 0),
    (Fault(PUT, 400, body=TAKEN), OutcomeUnknown, 1, 0),
    (Fault(PUT, 400, body=TAKEN, done=True), Receipt, 1, 1),
    (Fault(PUT, 401), ChannelDown, 1, 0),
    (Fault(PUT, 403), SenderRefused, 1, 0),
    (Fault(PUT, 413), PermanentFailure, 1, 0),
    (Fault(PUT, 429), TemporaryFailure, 1, 0),
    (Fault(PUT, 301, headers={"Location": "http://127.0.0.1:9/"}), ChannelDown, 1, 0),
    (Fault(PUT, 500), OutcomeUnknown, 1, 0),
    (Fault(PUT, 502, done=True), OutcomeUnknown, 1, 1),
    (Fault(PUT, 200, done=True, body=b"<html>"), OutcomeUnknown, 1, 1),
    (Fault(PUT, 200, done=True, body=b"{}"), OutcomeUnknown, 1, 1),
    (Fault(PUT, 200, done=True, body=b'{"uri": "at://did:plc:x/annan/post"}'), OutcomeUnknown, 1, 1),
    (Fault(PUT, 200, done=True, headers={"Content-Length": "900"}), OutcomeUnknown, 1, 1),
    (Fault(PUT), OutcomeUnknown, 1, 0),
    (Fault(PUT, reset=True, done=True), OutcomeUnknown, 1, 1),
    (Fault(PUT, hang=True, done=True), OutcomeUnknown, 1, 1),
]


@pytest.mark.parametrize(("fault", "meaning", "passed", "published"), ANSWERS)
def test_each_answer_and_each_silence_has_one_meaning(
    fake: Bluesky, fault: Fault, meaning: type, passed: int, published: int
) -> None:
    wrong(fake, fault)
    wanted = post("fel", "Hej @anna.example", pictures=1)
    told, seen = outcome(channel(fake, timeout=0.3 if fault.hang else 20), wanted)
    assert (type(told), seen, len(fake.posts())) == (meaning, passed, published)
    assert sum(PUT in line for line in fake.server.lines()) == passed


LOOKS = [
    (Fault(GET, 400), CannotTell),
    (Fault(GET, 404), CannotTell),
    (Fault(GET, 403), ChannelDown),
    (Fault(GET, 429), TemporaryFailure),
    (Fault(GET, 502), TemporaryFailure),
    (Fault(GET, 200, body=b"<html>"), TemporaryFailure),
    (Fault(GET), TemporaryFailure),
    (Fault(GET, hang=True), TemporaryFailure),
    (None, Receipt),
]


@pytest.mark.parametrize(("fault", "meaning"), LOOKS)
def test_a_look_that_gets_no_answer_says_nothing_of_the_post(
    fake: Bluesky, fault: Fault | None, meaning: type
) -> None:
    made = post("titta")
    outcome(channel(fake), made)
    wrong(fake, fault)
    try:
        told: object = found(channel(fake, timeout=0.3 if fault and fault.hang else 20), made)
    except ChannelError as error:
        told = error
    assert type(told) is meaning


def test_a_post_that_is_said_to_be_there_and_cannot_be_looked_at_is_unknown(fake: Bluesky) -> None:
    wrong(fake, Fault(PUT, 400, done=True, body=TAKEN))
    wrong(fake, Fault(GET, 503))
    told, passed = outcome(channel(fake), post("togs"))
    assert (type(told), passed, len(fake.posts())) == (OutcomeUnknown, 1, 1)


def test_what_is_answered_must_be_there(fake: Bluesky) -> None:
    gone = f"at://did:plc:x/{COLLECTION}/3n3lrow7p6fbi"
    first = post("tråd")
    more = (Part(PartKind.REPLY, parse_segments("Och den är röd."), 15),)
    second = replace(first, post=replace(first.post, more=more), part=1, root=gone, parent=gone)
    assert [type(outcome(channel(fake), second)[0]), fake.posts()] == [PermanentFailure, []]
    asked = len(fake.server.requests)
    told, passed = outcome(channel(fake), replace(second, root="", parent=""))
    assert (type(told), passed, len(fake.server.requests)) == (PermanentFailure, 0, asked)


def unfit() -> dict[str, Publication]:
    """What Bluesky does not take, by what is wrong with it."""
    heavy = post("bild", pictures=1)
    card = with_card(post("kort"), png().ljust(1_000_001, b"\0"))
    assert card.post.card is not None
    assert card.post.card.picture is not None
    gif = replace(card.post.card, picture=replace(card.post.card.picture, media_type="image/gif"))
    return {
        "text": post("lång", "å" * 301),
        "bytes": post("tung", "👨‍👩‍👧‍👦" * 121),
        "five pictures": post("fem", pictures=5),
        "heavy picture": replace(heavy, pictures=(png().ljust(2_000_001, b"\0"),)),
        "heavy thumb": card,
        "thumb of a kind": replace(card, post=replace(card.post, card=gif), thumb=png()),
    }


@pytest.mark.parametrize("wrong", list(unfit()))
def test_what_it_would_not_take_is_refused_before_anything_is_asked(fake: Bluesky, wrong: str) -> None:
    told, passed = outcome(channel(fake), unfit()[wrong])
    assert (type(told), passed, fake.server.requests) == (PermanentFailure, 0, [])


def test_a_mention_of_nobody_and_of_another_network_is_text_and_not_asked_about(fake: Bluesky) -> None:
    outcome(channel(fake), post("nämn", "Hej @anna@social.example och @anna"))
    assert "facets" not in fake.posts()[0].more
    assert not any(NAME in line for line in fake.server.lines())


# Logins are few


def test_many_posts_are_one_login(fake: Bluesky) -> None:
    memory = Passing()
    for number in range(40):
        told, _ = outcome(channel(fake, memory), post(f"post {number}"))
        assert isinstance(told, Receipt)
        fake.now += 3 * 3600  # each session is too old for the next
    assert len([line for line in fake.server.lines() if LOGIN in line]) == 1


def test_too_many_logins_are_waited_out_as_long_as_the_server_says(fake: Bluesky) -> None:
    for number in range(30):
        outcome(channel(fake), post(f"post {number}"))
    told, _ = outcome(channel(fake), post("en till"))
    assert isinstance(told, TemporaryFailure)
    assert told.retry_after is not None
    assert timedelta(minutes=4) < told.retry_after <= timedelta(minutes=5)
    fake.now += 301
    assert isinstance(outcome(channel(fake), post("en till"))[0], Receipt)


def test_a_renewal_whose_answer_is_lost_is_made_again_and_no_login_is_spent(fake: Bluesky) -> None:
    memory = Passing()
    outcome(channel(fake, memory), post("1"))
    fake.now += 3 * 3600
    wrong(fake, Fault(RENEW, done=True))
    assert isinstance(outcome(channel(fake, memory), post("2"))[0], TemporaryFailure)
    assert isinstance(outcome(channel(fake, memory), post("2"))[0], Receipt)
    assert len(fake.logins) == 1


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_session_that_ended_is_made_anew_and_one_that_nobody_can_ask_about_is_not(
    fake: Bluesky, status: int
) -> None:
    memory = Passing()
    outcome(channel(fake, memory), post("1"))
    fake.now += 91 * 24 * 3600
    wrong(fake, Fault(RENEW, 503))
    assert isinstance(outcome(channel(fake, memory), post("2"))[0], TemporaryFailure)
    wrong(fake, Fault(RENEW, status))
    assert isinstance(outcome(channel(fake, memory), post("2"))[0], Receipt)
    assert sum(LOGIN in line for line in fake.server.lines()) == 2


@pytest.mark.parametrize("kept", ["", "{", "[]", "null", '{"account": "leader.example"}'])
def test_a_session_that_cannot_be_read_is_made_anew(fake: Bluesky, kept: str) -> None:
    memory = Passing()
    memory.keep("session", kept, secret=True)
    assert isinstance(outcome(channel(fake, memory), post("1"))[0], Receipt)


def test_another_accounts_session_is_not_used(fake: Bluesky) -> None:
    memory = Passing()
    outcome(channel(fake, memory), post("1"))
    other = replace(our_side(fake), handle="annan.example")
    assert isinstance(outcome(other.channel(memory), post("2"))[0], ChannelDown)


def test_posts_go_to_the_server_that_has_the_account(fake: Bluesky) -> None:
    with Bluesky() as door:
        door.sits_at = fake.url
        door.keys = fake.keys
        told, _ = outcome(our_side(door).channel(), post("1", pictures=1))
        assert {line.partition("?")[0] for line in door.server.lines()} == {f"POST {LOGIN}"}
    assert [each.id for each in fake.posts()] == [place(told)]


def test_no_key_goes_to_an_unprotected_address(fake: Bluesky) -> None:
    fake.sits_at = "http://pds.example"
    told, _ = outcome(channel(fake), post("1"))
    assert isinstance(told, Receipt)


# Secrets


@pytest.mark.parametrize(
    "fault",
    [
        Fault(LOGIN, 401),
        Fault(LOGIN),
        Fault(PUT),
        Fault(PUT, 500),
        Fault(PUT, 400, body=b'{"error": "access-0"}'),
        None,
    ],
)
def test_neither_password_nor_keys_are_in_a_log_or_a_traceback(
    fake: Bluesky, fault: Fault | None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wrong(fake, fault)
    told, _ = outcome(channel(fake), post("1"))
    lines = traceback.format_exception(told) if isinstance(told, ChannelError) else [repr(told)]
    said = "".join(lines) + caplog.text
    assert not any(secret in said for secret in (PASSWORD, "access-0", "renewal-0"))


def test_a_session_shows_no_key() -> None:
    session = Session("did:plc:x", "", "https://pds.example", Secret("hemlig-1"), Secret("hemlig-2"))
    assert "hemlig" not in repr(session)
    assert session.profile == "https://bsky.app/profile/did:plc:x"


def test_a_channel_needs_an_account_a_password_and_a_protected_address() -> None:
    whole = channel_settings(ChannelKind.BLUESKY, account="@leader.example", base_url="")
    whole_channel = open_channel(whole, out="", memory=Passing(), now=lambda: NOW)
    assert whole_channel.web.address == BASE_URL
    whole_channel.close()
    for change in ({"account": " "}, {"token": Secret("")}, {"base_url": "http://bsky.example"}):
        with pytest.raises(ConfigError):
            open_channel(replace(whole, **change), out="", memory=Passing(), now=lambda: NOW)
