"""The conversation with Mastodon: what each answer and each lost answer means, before and at publishing."""

from __future__ import annotations

import logging
import socket
import traceback
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from comms.channels.base import Memory, Passing
from comms.channels.instance import instance_network, keep_limits, known_network
from comms.channels.mastodon import NETWORK, Account, MastodonChannel, focus
from comms.channels.web import Timeouts, wait_asked
from comms.errors import (
    ChannelDown,
    ChannelError,
    OutcomeUnknown,
    PermanentFailure,
    SenderRefused,
    TemporaryFailure,
)
from comms.model.ledger import Absent, CannotTell, Found, Publication, Receipt
from comms.model.network import Part, PartKind, Segment, SegmentKind
from comms.model.settings import Secret
from tests.fakes.examples import NOW, PICTURE, publication
from tests.fakes.mastodon import ACCOUNT, TOKEN, Fault, Mastodon, as_html

pytestmark = pytest.mark.servers

DATE = {"Date": "Tue, 01 Dec 2026 08:00:00 GMT"}


@pytest.fixture
def fake() -> Iterator[Mastodon]:
    with Mastodon() as server:
        yield server


def channel_to(
    url: str, token: str = TOKEN, timeout: float = 5, memory: Memory | None = None
) -> MastodonChannel:
    """A channel that knows the server's limits, when no other memory is given."""
    if memory is None:
        memory = Passing()
        keep_limits(memory, {}, NOW)
    account = Account(url, Secret(token), Timeouts(timeout, timeout, timeout), poll_every=0)
    return MastodonChannel("mastodon", account, memory, sleep=lambda _: None, now=lambda: NOW)


def outcome(channel: MastodonChannel, post: Publication) -> tuple[str | ChannelError, int]:
    """The receipt's id or the failure, and how many times the point of no return was passed."""
    passed: list[int] = []
    try:
        receipt = channel.deliver(post, point_of_no_return=lambda: passed.append(1))
    except ChannelError as error:
        return error, len(passed)
    finally:
        channel.close()
    return receipt.id, len(passed)


def test_a_post_is_published_with_its_pictures_described_and_its_language_told(fake: Mastodon) -> None:
    channel = channel_to(fake.url)
    receipt = channel.deliver(publication(pictures=2), point_of_no_return=lambda: None)
    channel.close()
    (status,) = fake.statuses
    assert receipt.answer == "https://social.example/@leader/9000"
    assert (status["status"], status["language"], status["visibility"]) == (
        "Ny brygga i Åsebyn https://leader.example/brygga",
        "sv",
        "public",
    )
    shown = [fake.pictures[number] for number in status["media_ids"]]
    assert [picture.description for picture in shown] == ["Brygga 0 i kvällsljus", "Brygga 1 i kvällsljus"]
    assert {(picture.content, picture.media_type) for picture in shown} == {(PICTURE, "image/png")}


def test_a_picture_in_the_making_is_waited_for(fake: Mastodon) -> None:
    fake.looks = 3
    assert outcome(channel_to(fake.url), publication(pictures=1)) == ("9000", 1)
    assert fake.server.lines().count("GET /api/v1/media/100") == 3


def test_a_picture_that_never_gets_ready_is_tried_again_later(fake: Mastodon) -> None:
    fake.looks = 10_000
    told, passed = outcome(channel_to(fake.url), publication(pictures=1))
    assert (type(told), passed, fake.statuses) == (TemporaryFailure, 0, [])


PUBLISH = "/api/v1/statuses"
MEDIA = "/api/v2/media"
LIMITS = "/api/v2/instance"
ME = "/api/v1/accounts/verify_credentials"
LIST = f"/api/v1/accounts/{ACCOUNT}/statuses"
LOOK = "/api/v1/media/"

ANSWERS = [
    (Fault(MEDIA, 429), TemporaryFailure, 0, 0),
    (Fault(MEDIA, 401), ChannelDown, 0, 0),
    (Fault(MEDIA, 403), ChannelDown, 0, 0),
    (Fault(MEDIA, 422), PermanentFailure, 0, 0),
    (Fault(MEDIA, 500), TemporaryFailure, 0, 0),
    (Fault(MEDIA, 503), TemporaryFailure, 0, 0),
    (Fault(MEDIA, 200, body=b"<html>"), TemporaryFailure, 0, 0),
    (Fault(MEDIA), TemporaryFailure, 0, 0),
    (Fault(MEDIA, hang=True), TemporaryFailure, 0, 0),
    (Fault(LOOK, 422), PermanentFailure, 0, 0),
    (Fault(LOOK, 500), TemporaryFailure, 0, 0),
    (Fault(PUBLISH, 301, headers={"Location": "http://127.0.0.1:9/"}), ChannelDown, 1, 0),
    (Fault(PUBLISH, 400), PermanentFailure, 1, 0),
    (Fault(PUBLISH, 401), ChannelDown, 1, 0),
    (Fault(PUBLISH, 403), SenderRefused, 1, 0),
    (Fault(PUBLISH, 404), PermanentFailure, 1, 0),
    (Fault(PUBLISH, reset=True), OutcomeUnknown, 1, 0),
    (Fault(PUBLISH, 200, done=True, headers={"Content-Length": "999"}), OutcomeUnknown, 1, 1),
    (Fault(PUBLISH, 410), PermanentFailure, 1, 0),
    (Fault(PUBLISH, 422), PermanentFailure, 1, 0),
    (Fault(PUBLISH, 429), TemporaryFailure, 1, 0),
    (Fault(PUBLISH, 500), OutcomeUnknown, 1, 0),
    (Fault(PUBLISH, 502, done=True), OutcomeUnknown, 1, 1),
    (Fault(PUBLISH, 503), OutcomeUnknown, 1, 0),
    (Fault(PUBLISH, 504, done=True), OutcomeUnknown, 1, 1),
    (Fault(PUBLISH, 200, done=True, body=b"<html>"), OutcomeUnknown, 1, 1),
    (Fault(PUBLISH, 200, done=True, body=b"{}"), OutcomeUnknown, 1, 1),
    (Fault(PUBLISH, 200, done=True, body=b"[1]"), OutcomeUnknown, 1, 1),
    (Fault(PUBLISH, 200, done=True, body=b'{"id": null}'), OutcomeUnknown, 1, 1),
    (Fault(PUBLISH, 200, done=True, body=b'"' + b"x" * 2_000_000 + b'"'), OutcomeUnknown, 1, 1),
    (Fault(PUBLISH), OutcomeUnknown, 1, 0),
    (Fault(PUBLISH, done=True), OutcomeUnknown, 1, 1),
    (Fault(PUBLISH, done=True, hang=True), OutcomeUnknown, 1, 1),
]


@pytest.mark.parametrize(("fault", "meaning", "passed", "published"), ANSWERS)
def test_each_answer_and_each_silence_has_one_meaning(
    fake: Mastodon, fault: Fault, meaning: type[ChannelError], passed: int, published: int
) -> None:
    fake.server.faults.append(fault)
    fake.looks = 1
    told, seen = outcome(channel_to(fake.url, timeout=0.5 if fault.hang else 10), publication(pictures=1))
    assert (type(told), seen, len(fake.statuses)) == (meaning, passed, published)
    assert fake.server.lines().count(f"POST {PUBLISH}") == passed


def test_nothing_is_ever_asked_twice_by_itself(fake: Mastodon) -> None:
    fake.server.faults.append(Fault(PUBLISH, done=True))
    outcome(channel_to(fake.url), publication())
    assert fake.server.lines() == [f"POST {PUBLISH}"]


def test_the_same_key_makes_a_second_try_harmless(fake: Mastodon) -> None:
    fake.server.faults.append(Fault(PUBLISH, done=True))
    outcome(channel_to(fake.url), publication())
    assert outcome(channel_to(fake.url), publication())[0] == "9000"
    assert len(fake.statuses) == 1


def test_where_keys_are_ignored_a_second_attempt_finds_the_first(fake: Mastodon) -> None:
    fake.heeds_keys = False
    fake.server.faults.append(Fault(PUBLISH, done=True))
    outcome(channel_to(fake.url), publication(pictures=1))
    assert outcome(channel_to(fake.url), replace(publication(pictures=1), attempt=2)) == ("9000", 1)
    assert len(fake.statuses) == 1


def test_a_second_attempt_publishes_what_is_not_there(fake: Mastodon) -> None:
    assert outcome(channel_to(fake.url), replace(publication(), attempt=2)) == ("9000", 1)


def test_a_second_attempt_that_cannot_look_waits(fake: Mastodon) -> None:
    fake.server.faults.append(Fault(LIST, 503))
    told, _ = outcome(channel_to(fake.url), replace(publication(), attempt=2))
    assert (type(told), fake.statuses) == (TemporaryFailure, [])


def test_a_server_that_is_not_there_is_tried_again_even_after_the_point_of_no_return() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    told, passed = outcome(channel_to(f"http://127.0.0.1:{port}"), publication())
    assert (type(told), passed) == (TemporaryFailure, 1)


def test_a_server_without_a_name_in_dns_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    told, _ = outcome(channel_to("https://social.invalid"), publication(pictures=1))
    assert isinstance(told, TemporaryFailure)


def test_an_address_that_is_none_rests_the_channel() -> None:
    told, _ = outcome(channel_to("https://social..invalid:x"), publication())
    assert isinstance(told, ChannelDown)


# Limits


@pytest.mark.parametrize(
    ("post", "fits"),
    [
        (publication("x" * (NETWORK.max_length - 24)), True),
        (publication("x" * (NETWORK.max_length - 23)), False),
        (publication(pictures=NETWORK.max_pictures), True),
        (publication(pictures=NETWORK.max_pictures + 1), False),
    ],
    ids=["length at the limit", "one above", "pictures at the limit", "one picture more"],
)
def test_a_post_is_taken_at_the_limit_and_refused_above_it(
    fake: Mastodon, post: Publication, fits: bool
) -> None:
    told, passed = outcome(channel_to(fake.url), post)
    if fits:
        assert (told, passed) == ("9000", 1)
    else:
        assert (type(told), passed, fake.server.lines()) == (PermanentFailure, 0, [])


@pytest.mark.parametrize(("length", "fits"), [(NETWORK.alt_max, True), (NETWORK.alt_max + 1, False)])
def test_an_alt_text_is_taken_at_the_limit_and_refused_above_it(
    fake: Mastodon, length: int, fits: bool
) -> None:
    plain = publication(pictures=1)
    media = (replace(plain.post.media[0], alt="å" * length),)
    told, _ = outcome(channel_to(fake.url), replace(plain, post=replace(plain.post, media=media)))
    assert (told == "9000") is fits
    assert fits or fake.server.lines() == []


# What the server says of itself


def saying(fake: Mastodon, **statuses: int) -> Mastodon:
    """The server with other limits."""
    fake.limits["statuses"] |= statuses
    return fake


def test_a_server_that_takes_longer_posts_gets_them(fake: Mastodon) -> None:
    saying(fake, max_characters=5000)
    told, passed = outcome(channel_to(fake.url, memory=Passing()), publication("å" * 4000))
    assert (told, passed) == ("9000", 1)


def test_a_server_that_takes_shorter_posts_refuses_before_anything_is_sent(fake: Mastodon) -> None:
    saying(fake, max_characters=300)
    told, passed = outcome(channel_to(fake.url, memory=Passing()), publication("å" * 400, pictures=1))
    assert (type(told), passed) == (PermanentFailure, 0)
    assert fake.server.lines() == [f"GET {LIMITS}"]


def test_limits_are_asked_for_once_a_day(fake: Mastodon) -> None:
    memory = Passing()
    for _ in range(3):
        outcome(channel_to(fake.url, memory=memory), publication())
    assert fake.server.lines().count(f"GET {LIMITS}") == 1
    assert known_network(memory) == NETWORK


@pytest.mark.parametrize(
    "fault", [Fault(LIMITS, 404), Fault(LIMITS, 200, body=b"<html>")], ids=["404", "html"]
)
def test_a_server_that_says_nothing_of_itself_is_as_most_are(fake: Mastodon, fault: Fault) -> None:
    fake.server.faults.append(fault)
    assert outcome(channel_to(fake.url, memory=Passing()), publication())[0] == "9000"


@pytest.mark.parametrize(
    ("fault", "meaning"),
    [
        (Fault(LIMITS, 503), TemporaryFailure),
        (Fault(LIMITS, 429), TemporaryFailure),
        (Fault(LIMITS), TemporaryFailure),
        (Fault(LIMITS, 401), ChannelDown),
    ],
)
def test_a_server_that_cannot_say_just_now_is_asked_again_later(
    fake: Mastodon, fault: Fault, meaning: type[ChannelError]
) -> None:
    fake.server.faults.append(fault)
    told, passed = outcome(channel_to(fake.url, memory=Passing()), publication())
    assert (type(told), passed, fake.statuses) == (meaning, 0, [])


def test_what_a_server_says_of_itself_goes_before_the_table() -> None:
    said = {
        "configuration": {
            "statuses": {
                "max_characters": 1000,
                "max_media_attachments": 6,
                "characters_reserved_per_url": 25,
            },
            "media_attachments": {"description_limit": 420, "image_size_limit": 1_000_000},
        }
    }
    told = instance_network(said, links=3)
    assert (told.max_length, told.max_pictures, told.alt_max) == (1000 - 3 * 2, 6, 420)
    assert told.picture.max_bytes == 1_000_000


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"configuration": None},
        {"configuration": {"statuses": [], "media_attachments": None}},
        {"configuration": {"statuses": {"max_characters": 0, "max_media_attachments": None}}},
        {"configuration": {"statuses": {"max_characters": "500"}, "media_attachments": {"x": True}}},
    ],
)
def test_what_a_server_does_not_say_clearly_is_as_most_have_it(said: dict[str, object]) -> None:
    assert instance_network(said) == NETWORK


# Pictures, warnings, threads


@pytest.mark.parametrize(
    ("focal", "told"),
    [
        ((0.5, 0.5), "0.00,0.00"),
        ((0, 0), "-1.00,1.00"),
        ((1, 1), "1.00,-1.00"),
        ((0.3333, 0.8), "-0.33,-0.60"),
        ((0.499, 0.501), "0.00,0.00"),
    ],
)
def test_the_focal_point_is_told_in_mastodons_way(focal: tuple[float, float], told: str) -> None:
    assert focus(replace(publication(pictures=1).post.media[0], focal=focal)) == told


def test_a_picture_keeps_its_focal_point_on_the_way(fake: Mastodon) -> None:
    plain = publication(pictures=1)
    media = (replace(plain.post.media[0], focal=(0.25, 0.1)),)
    outcome(channel_to(fake.url), replace(plain, post=replace(plain.post, media=media)))
    assert fake.pictures["100"].focus == "-0.50,0.80"


def thread() -> Publication:
    """A post with a warning that goes on in a second part."""
    plain = publication("Först", pictures=1)
    more = (Part(PartKind.REPLY, (Segment(SegmentKind.TEXT, "Sedan, å andra sidan"),), 20),)
    return replace(plain, post=replace(plain.post, warning="Val", more=more))


def test_a_thread_has_its_warning_and_pictures_first_and_then_answers(fake: Mastodon) -> None:
    first, _ = outcome(channel_to(fake.url), thread())
    second = replace(thread(), part=1, key="del.2", root=str(first), parent=str(first))
    outcome(channel_to(fake.url), second)
    shown = [(post.text, len(post.pictures), post.parent) for post in fake.posts()]
    assert shown == [
        ("Först https://leader.example/brygga", 1, ""),
        ("Sedan, å andra sidan", 0, "9000"),
    ]
    assert [status["spoiler_text"] for status in fake.statuses] == ["Val", ""]


@pytest.mark.parametrize(("length", "fits"), [(300, True), (301, False)])
def test_a_thread_whose_end_is_not_taken_is_refused_before_its_beginning_is_out(
    fake: Mastodon, length: int, fits: bool
) -> None:
    saying(fake, max_characters=300)
    plain = publication("Först", pictures=1)
    more = (Part(PartKind.REPLY, (Segment(SegmentKind.TEXT, "å" * length),), length),)
    what = replace(plain, post=replace(plain.post, more=more))
    told, passed = outcome(channel_to(fake.url, memory=Passing()), what)
    assert (told == "9000", passed, len(fake.statuses)) == (fits, int(fits), int(fits))


def test_a_warning_takes_room(fake: Mastodon) -> None:
    plain = publication("x" * (NETWORK.max_length - 24))
    told, _ = outcome(channel_to(fake.url), replace(plain, post=replace(plain.post, warning="V")))
    assert (type(told), fake.server.lines()) == (PermanentFailure, [])


# Looking


def found(fake: Mastodon, post: Publication) -> Found:
    """What the channel finds."""
    channel = channel_to(fake.url)
    try:
        return channel.find(post)
    finally:
        channel.close()


WORDS = [
    "Ny brygga i Åsebyn",
    "Två stycken.\n\nDet andra\nmed radbrott.",
    "Mindre < större & ”citat” 'enkla'",
    "Stig in *här* och _där_ nu",
    "Med 👩‍🌾 och é i NFD",
]


@pytest.mark.parametrize("text", WORDS)
def test_a_post_is_known_again_however_the_server_shows_its_words(fake: Mastodon, text: str) -> None:
    told, _ = outcome(channel_to(fake.url), publication(text))
    assert found(fake, publication(text)) == Receipt(str(told), "https://social.example/@leader/9000")


def test_long_links_tags_and_mentions_are_known_again(fake: Mastodon) -> None:
    plain = publication()
    segments = (
        Segment(SegmentKind.TEXT, "Välkommen "),
        Segment(SegmentKind.MENTION, "@anna@social.example"),
        Segment(SegmentKind.TEXT, " "),
        Segment(SegmentKind.HASHTAG, "#ÅretsLandsbygd"),
        Segment(SegmentKind.TEXT, " "),
        Segment(SegmentKind.LINK, "x", "https://www.leader.example/a/" + "lang-vag/" * 9 + "?a=1&b=2"),
    )
    post = replace(plain, post=replace(plain.post, segments=segments))
    assert "@anna</span>" not in as_html("@anna@social.example")
    told, _ = outcome(channel_to(fake.url), post)
    assert isinstance(there := found(fake, post), Receipt)
    assert there.id == told


OURS = "Ny brygga i Åsebyn https://leader.example/brygga"


@pytest.mark.parametrize(
    "others",
    [
        {"text": "Något annat", "at": NOW},
        {"text": OURS, "at": NOW - timedelta(days=3)},
        {"text": OURS, "at": NOW, "spoiler_text": "Val"},
        {"text": OURS, "at": NOW, "in_reply_to_id": "8000"},
    ],
    ids=["other words", "said days ago", "other warning", "an answer to something"],
)
def test_what_is_like_ours_is_not_ours(fake: Mastodon, others: dict[str, Any]) -> None:
    fake.add(**others)
    fake.add("Mycket äldre", NOW - timedelta(days=30))
    assert found(fake, publication()) == Absent()


def test_clocks_may_differ_by_minutes(fake: Mastodon) -> None:
    there = fake.add(OURS, NOW - timedelta(minutes=5))
    assert isinstance(seen := found(fake, publication()), Receipt)
    assert seen.id == there


@pytest.mark.parametrize(
    ("behind", "seen"),
    [(timedelta(minutes=6), Receipt), (timedelta(minutes=12), CannotTell), (timedelta(hours=-3), Receipt)],
)
def test_a_post_whose_answer_was_lost_is_never_absent_because_clocks_differ(
    fake: Mastodon, behind: timedelta, seen: type
) -> None:
    fake.now = lambda: NOW - behind
    fake.server.faults.append(Fault(PUBLISH, done=True))
    outcome(channel_to(fake.url), publication())
    assert isinstance(found(fake, publication()), seen)


@pytest.mark.parametrize(("minutes", "seen"), [(4, Absent), (6, CannotTell), (-6, CannotTell)])
def test_nothing_is_absent_by_a_clock_that_is_wrong(fake: Mastodon, minutes: int, seen: type) -> None:
    fake.now = lambda: NOW - timedelta(minutes=minutes)
    there = found(fake, publication())
    assert isinstance(there, seen)
    assert not isinstance(there, CannotTell) or "klocka går 6 minuter fel" in str(there.reason)


def test_a_server_that_shows_short_links_shows_ours_all_the_same(fake: Mastodon) -> None:
    outcome(channel_to(fake.url), publication())
    link = "https://leader.example/brygga"
    fake.statuses[0]["content"] = f'<p>Ny brygga i Åsebyn <a href="{link}">leader.example/bry…</a></p>'
    assert isinstance(found(fake, publication()), Receipt)


def test_a_short_page_is_not_the_end(fake: Mastodon) -> None:
    there = fake.add(OURS, NOW)
    for _ in range(30):
        fake.add("Något annat", NOW)
    fake.most_on_page = 20
    assert isinstance(seen := found(fake, publication()), Receipt)
    assert seen.id == there


def test_an_account_that_says_very_much_cannot_be_read_to_its_end(fake: Mastodon) -> None:
    for _ in range(201):
        fake.add("Något annat", NOW)
    assert isinstance(found(fake, publication()), CannotTell)


def test_a_key_that_may_not_read_cannot_tell_and_says_what_it_lacks(fake: Mastodon) -> None:
    fake.reads = False
    told = found(fake, publication())
    assert isinstance(told, CannotTell)
    assert "read:statuses" in str(told.reason)
    assert outcome(channel_to(fake.url), replace(publication(), attempt=2))[0] == "9000"


@pytest.mark.parametrize("path", [ME, LIST])
@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        (401, ChannelDown),
        (302, ChannelDown),
        (429, TemporaryFailure),
        (500, TemporaryFailure),
        (0, TemporaryFailure),
    ],
)
def test_looking_that_fails_is_no_answer(
    fake: Mastodon, path: str, status: int, meaning: type[ChannelError]
) -> None:
    fake.server.faults.append(Fault(path, status))
    with pytest.raises(meaning):
        found(fake, publication())


@pytest.mark.parametrize(
    "fault",
    [Fault(ME, 404), Fault(LIST, 404), Fault(LIST, 200, body=b'{"error": "x"}')],
)
def test_an_answer_that_says_nothing_cannot_tell(fake: Mastodon, fault: Fault) -> None:
    fake.server.faults.append(fault)
    assert isinstance(found(fake, publication()), CannotTell)


# Waiting


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "120"}, timedelta(minutes=2)),
        ({"Retry-After": "9999999999999"}, timedelta(hours=24)),
        ({**DATE, "Retry-After": "Tue, 01 Dec 2026 08:05:00 GMT"}, timedelta(minutes=5)),
        ({**DATE, "X-RateLimit-Reset": "2026-12-01T08:30:00.000000Z"}, timedelta(minutes=30)),
        ({**DATE, "X-RateLimit-Reset": "2026-12-01T07:30:00.000000Z"}, timedelta(0)),
        ({**DATE, "X-RateLimit-Reset": "soon"}, None),
        ({"Retry-After": "tomorrow"}, None),
        ({}, None),
    ],
)
def test_the_wait_that_is_asked_for_is_understood(headers: dict[str, str], wait: timedelta | None) -> None:
    assert wait_asked(headers) == wait


def test_the_wait_that_is_asked_for_reaches_the_ledger(fake: Mastodon) -> None:
    fake.server.faults.append(Fault(PUBLISH, 429, headers={"Retry-After": "1800"}))
    told, _ = outcome(channel_to(fake.url), publication())
    assert isinstance(told, TemporaryFailure)
    assert told.retry_after == timedelta(minutes=30)


# The key


@pytest.mark.parametrize(
    "fault",
    [Fault(PUBLISH, 401), Fault(PUBLISH), Fault(PUBLISH, hang=True), Fault(PUBLISH, 500), None],
    ids=["refused", "dropped", "silent", "broken", "published"],
)
def test_the_key_is_in_no_log_and_no_traceback(
    fake: Mastodon, fault: Fault | None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    if fault is not None:
        fake.server.faults.append(fault)
    told, _ = outcome(channel_to(fake.url, timeout=0.3), publication())
    lines = traceback.format_exception(told) if isinstance(told, ChannelError) else [told]
    assert TOKEN not in "".join(lines) + caplog.text
    assert not isinstance(told, ChannelError) or told.__cause__ is None


def test_a_key_that_is_wrong_publishes_nothing(fake: Mastodon) -> None:
    told, _ = outcome(channel_to(fake.url, token="annan"), publication())
    assert isinstance(told, ChannelDown)
    assert fake.statuses == []


def test_passwords_and_proxies_of_the_surroundings_are_left_alone(
    fake: Mastodon, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login other password other\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert outcome(channel_to(fake.url), publication())[0] == "9000"
