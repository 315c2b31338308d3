"""The conversation with LinkedIn: what each answer and each lost answer means, what the page's list tells."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from comms.channels.base import Passing
from comms.channels.linkedin import NETWORK, Account, LinkedInChannel, open_channel
from comms.channels.linkedin_post import plain
from comms.channels.web import Timeouts
from comms.errors import (
    ChannelDown,
    ChannelError,
    ConfigError,
    OutcomeUnknown,
    PermanentFailure,
    SenderRefused,
    TemporaryFailure,
)
from comms.model.ledger import Absent, CannotTell, Publication, Receipt
from comms.model.network import Card, Media, Part, PartKind, Segment, SegmentKind
from comms.model.settings import ChannelKind, Secret
from comms.text.counting import little_text
from comms.text.segments import parse_segments
from tests.fakes.examples import NOW, PICTURE, publication
from tests.fakes.linkedin import AUTHOR, ORGANIZATION, TOKEN, LinkedIn, duplicate, no, read, shown
from tests.fakes.network import Fault, Reply
from tests.fakes.settings import channel_settings

pytestmark = pytest.mark.servers

BEGIN = r"/rest/images\?action"
UPLOAD = "/dms-uploads/"
IMAGE = "/rest/images/urn"
PUBLISH = "/rest/posts$"
FIND = r"/rest/posts\?"
LINK = "https://leader.example/brygga"
TEXT = f"Ny brygga i Åsebyn {LINK}"
URN = "urn:li:share:9000"
URL = f"https://www.linkedin.com/feed/update/{URN}"


@pytest.fixture
def fake() -> Iterator[LinkedIn]:
    with LinkedIn() as server:
        server.now = lambda: NOW
        yield server


def post(text: str = "Ny brygga i Åsebyn", pictures: int = 0, attempt: int = 1) -> Publication:
    return replace(publication(text, pictures, "linkedin"), attempt=attempt)


def saying(text: str) -> Publication:
    """A post of exactly this text."""
    made = post()
    return replace(made, post=replace(made.post, segments=parse_segments(text, "linkedin")))


def comment(below: str, words: str = "Anmäl dig (senast fredag) #brygga") -> Publication:
    made = post()
    part = Part(PartKind.COMMENT, parse_segments(words, "linkedin"), len(words))
    return replace(made, post=replace(made.post, more=(part,)), part=1, root=below, parent=below)


def with_card(thumb: bytes = PICTURE) -> Publication:
    made = post()
    picture = Media("media/kort.png", "0" * 64, "", "image/png") if thumb else None
    card = Card(LINK, "Ny brygga", "En brygga för alla", picture)
    return replace(made, post=replace(made.post, card=card), thumb=thumb)


def channel_to(
    url: str, token: str = TOKEN, timeout: float = 5, now: Callable[[], datetime] = lambda: NOW
) -> LinkedInChannel:
    account = Account(ORGANIZATION, Secret(token), url, Timeouts(timeout, timeout, timeout))
    return LinkedInChannel("linkedin", account, sleep=lambda _: None, now=now)


def outcome(channel: LinkedInChannel, what: Publication) -> tuple[Receipt | ChannelError, int]:
    """The receipt or the failure, and how many times the point of no return was passed."""
    passed: list[int] = []
    try:
        return channel.deliver(what, point_of_no_return=lambda: passed.append(1)), len(passed)
    except ChannelError as error:
        return error, len(passed)
    finally:
        channel.close()


def told(reply: Reply) -> dict[str, Any]:
    """What a fault of the fake needs to answer as LinkedIn does."""
    return {"status": reply[0], "body": json.dumps(reply[2]).encode()}


# What is sent


def test_a_post_of_words_is_published_and_its_address_known(fake: LinkedIn) -> None:
    assert outcome(channel_to(fake.url), post()) == (Receipt(URN, URL), 1)
    (made,) = fake.made
    assert (made["author"], made["visibility"], made["lifecycleState"]) == (AUTHOR, "PUBLIC", "PUBLISHED")
    assert "content" not in made
    assert [each.text for each in fake.posts()] == [TEXT]


@pytest.mark.parametrize(("pictures", "kind"), [(1, "media"), (2, "multiImage"), (20, "multiImage")])
def test_pictures_are_uploaded_waited_for_and_described(fake: LinkedIn, pictures: int, kind: str) -> None:
    fake.looks = 3
    outcome(channel_to(fake.url), post(pictures=pictures))
    (made,), (seen,) = fake.made, fake.posts()
    assert list(made["content"]) == [kind]
    assert seen.pictures == tuple((PICTURE, f"Brygga {n} i kvällsljus") for n in range(pictures))
    assert sum("GET /rest/images/" in line for line in fake.server.lines()) == 3 * pictures


def test_a_decorative_picture_has_no_alt_text(fake: LinkedIn) -> None:
    made = post(pictures=1)
    media = (replace(made.post.media[0], alt=""),)
    outcome(channel_to(fake.url), replace(made, post=replace(made.post, media=media)))
    assert fake.made[0]["content"]["media"] == {"id": "urn:li:image:700"}


def test_the_card_is_ours_with_a_picture_that_was_uploaded(fake: LinkedIn) -> None:
    outcome(channel_to(fake.url), with_card())
    assert fake.made[0]["content"]["article"] == {
        "source": LINK,
        "title": "Ny brygga",
        "description": "En brygga för alla",
        "thumbnail": "urn:li:image:700",
    }
    assert fake.images["urn:li:image:700"].content == PICTURE


def test_a_card_may_be_without_a_picture(fake: LinkedIn) -> None:
    outcome(channel_to(fake.url), with_card(b""))
    assert set(fake.made[0]["content"]["article"]) == {"source", "title", "description"}
    assert fake.images == {}


TRYING = [
    "Kom (gärna) till bryggan <3 [fika] {bulle} @ 14 ~ 15 | snart * _nu_ \\ #bygd",
    "Läs https://leader.example/a_(b)_c?x=å&y=1). Sedan #småföretag, #västra_götaland och #2027",
    "C# och #LEADER2027! info@leader.example",
    "𝕬 🌾 (två) – slut",
]


@pytest.mark.parametrize("text", TRYING)
def test_nothing_is_cut_off_at_a_reserved_character(fake: LinkedIn, text: str) -> None:
    outcome(channel_to(fake.url), saying(text))
    (seen,) = fake.posts()
    assert seen.text.partition("https://")[0] == text.partition("https://")[0]
    assert seen.text[-5:] == text[-5:]
    assert isinstance(channel_to(fake.url).find(saying(text)), Receipt)


def test_the_fake_cuts_a_text_as_linkedin_does() -> None:
    assert shown(read("Kom (gärna) hit")) == "Kom "
    assert shown(read(r"Kom \(gärna\) hit #nu")) == "Kom (gärna) hit #nu"


@pytest.mark.parametrize("text", TRYING)
def test_little_text_is_read_back_as_it_was_meant(text: str) -> None:
    segments = [each for each in parse_segments(text, "linkedin") if each.kind is not SegmentKind.LINK]
    assert plain(little_text(segments)) == "".join(each.text for each in segments)


# What each answer means

ANSWERS = [
    (Fault(BEGIN, **told(no(401, "INVALID_ACCESS_TOKEN", "Invalid access token"))), ChannelDown, 0, 0),
    (Fault(BEGIN, **told(no(403, "ACCESS_DENIED", "Not enough permissions"))), ChannelDown, 0, 0),
    (Fault(BEGIN, **told(no(426, "NONEXISTENT_VERSION", "not active"))), ChannelDown, 0, 0),
    (Fault(BEGIN, **told(no(400, "ILLEGAL_ARGUMENT", "odd"))), PermanentFailure, 0, 0),
    (Fault(BEGIN, 429), TemporaryFailure, 0, 0),
    (Fault(BEGIN, 500), TemporaryFailure, 0, 0),
    (Fault(BEGIN, 200, body=b"<html>"), TemporaryFailure, 0, 0),
    (Fault(BEGIN, 200, body=b'{"value": {"uploadUrl": "http://x.invalid/", "image": "urn:li:image:1"}}'),
     ChannelDown, 0, 0),
    (Fault(BEGIN), TemporaryFailure, 0, 0),
    (Fault(UPLOAD, 400), PermanentFailure, 0, 0),
    (Fault(UPLOAD, 500), TemporaryFailure, 0, 0),
    (Fault(UPLOAD, hang=True), TemporaryFailure, 0, 0),
    (Fault(IMAGE, 200, body=b'{"status": "PROCESSING_FAILED"}'), PermanentFailure, 0, 0),
    (Fault(IMAGE, 200, body=b'{"status": "PROCESSING"}', times=99), TemporaryFailure, 0, 0),
    (Fault(IMAGE, 200, body=b"[]"), TemporaryFailure, 0, 0),
    (Fault(IMAGE, 500), TemporaryFailure, 0, 0),
    (Fault(PUBLISH, **told(no(401, "EXPIRED_ACCESS_TOKEN", "expired"))), ChannelDown, 1, 0),
    (Fault(PUBLISH, **told(no(403, "ACCESS_DENIED", "Not enough permissions"))), SenderRefused, 1, 0),
    (Fault(PUBLISH, **told(no(426, "NONEXISTENT_VERSION", "not active"))), ChannelDown, 1, 0),
    (Fault(PUBLISH, **told(no(400, "FIELD_LENGTH_TOO_LONG", "commentary"))), PermanentFailure, 1, 0),
    (Fault(PUBLISH, **told(no(422, "UNPROCESSABLE", "content"))), PermanentFailure, 1, 0),
    (Fault(PUBLISH, 429), TemporaryFailure, 1, 0),
    (Fault(PUBLISH, 307, headers={"Location": "http://127.0.0.1:9/"}), ChannelDown, 1, 0),
    (Fault(PUBLISH, 500), OutcomeUnknown, 1, 0),
    (Fault(PUBLISH, 502, done=True), OutcomeUnknown, 1, 1),
    (Fault(PUBLISH, 504, done=True), OutcomeUnknown, 1, 1),
    (Fault(PUBLISH, 200, done=True, body=b"<html>"), OutcomeUnknown, 1, 1),
    (Fault(PUBLISH, 201, done=True), OutcomeUnknown, 1, 1),
    (Fault(PUBLISH, 201, done=True, headers={"x-restli-id": "odd"}), OutcomeUnknown, 1, 1),
    (Fault(PUBLISH), OutcomeUnknown, 1, 0),
    (Fault(PUBLISH, reset=True), OutcomeUnknown, 1, 0),
    (Fault(PUBLISH, done=True), OutcomeUnknown, 1, 1),
    (Fault(PUBLISH, done=True, hang=True), OutcomeUnknown, 1, 1),
]  # fmt: skip


@pytest.mark.parametrize(("fault", "meaning", "passed", "published"), ANSWERS)
def test_each_answer_and_each_silence_has_one_meaning(
    fake: LinkedIn, fault: Fault, meaning: type[ChannelError], passed: int, published: int
) -> None:
    fake.server.faults.append(fault)
    said, seen = outcome(channel_to(fake.url, timeout=0.5 if fault.hang else 10), post(pictures=1))
    assert (type(said), seen, len(fake.made)) == (meaning, passed, published)
    assert fake.server.lines().count("POST /rest/posts") == passed


def test_a_version_that_has_been_retired_says_that_comms_must_be_updated(fake: LinkedIn) -> None:
    fake.server.faults.append(Fault(PUBLISH, **told(no(426, "NONEXISTENT_VERSION", "not active"))))
    said, _ = outcome(channel_to(fake.url), post())
    assert str(said) == "LinkedIn tar inte längre emot version 202607. Uppdatera comms."


def test_a_key_that_may_not_look_at_pictures_may_still_publish_them(fake: LinkedIn) -> None:
    fake.server.faults.append(Fault(IMAGE, 403))
    fake.looks = 0
    assert isinstance(outcome(channel_to(fake.url), post(pictures=1))[0], Receipt)


def test_threads_and_warnings_are_refused_before_anything_is_sent(fake: LinkedIn) -> None:
    made = post()
    warned = replace(made, post=replace(made.post, warning="Valresultat"))
    reply = Part(PartKind.REPLY, made.post.segments, 10)
    thread = replace(made, post=replace(made.post, more=(reply,)), part=1, root=URN, parent=URN)
    for what in (warned, thread):
        assert isinstance(outcome(channel_to(fake.url), what)[0], PermanentFailure)
    assert fake.server.requests == []


@pytest.mark.parametrize(
    ("brackets", "fits"), [(NETWORK.max_length // 2, True), (NETWORK.max_length // 2 + 1, False)]
)
def test_a_text_is_measured_as_it_is_written(fake: LinkedIn, brackets: int, fits: bool) -> None:
    made = post()
    words = (Segment(SegmentKind.TEXT, "(" * brackets),)
    said, _ = outcome(channel_to(fake.url), replace(made, post=replace(made.post, segments=words)))
    assert isinstance(said, Receipt) is fits
    assert fits or fake.server.requests == []


# The same text again


def test_a_second_try_is_told_which_post_has_its_text_also_when_the_list_is_behind(fake: LinkedIn) -> None:
    fake.server.faults += [Fault(PUBLISH, done=True), Fault(FIND, 200, body=b'{"elements": []}')]
    assert isinstance(outcome(channel_to(fake.url), post())[0], OutcomeUnknown)
    assert outcome(channel_to(fake.url), post(attempt=2)) == (Receipt(URN, URL), 1)
    assert len(fake.made) == 1


def test_a_post_of_the_same_text_from_before_is_not_ours(fake: LinkedIn) -> None:
    fake.now = lambda: NOW - timedelta(days=1)
    outcome(channel_to(fake.url), post())
    fake.now = lambda: NOW
    said, _ = outcome(channel_to(fake.url), post(attempt=2))
    assert isinstance(said, PermanentFailure)
    assert URL in str(said)
    assert channel_to(fake.url).find(post()) == Absent()


def test_a_post_that_was_taken_away_still_stands_in_the_way(fake: LinkedIn) -> None:
    outcome(channel_to(fake.url), post())
    fake.delete(URN)
    said, _ = outcome(channel_to(fake.url), post(attempt=2))
    assert isinstance(said, PermanentFailure)
    assert "vänta två dygn" in str(said)


@pytest.mark.parametrize(("attempt", "meaning"), [(1, PermanentFailure), (2, OutcomeUnknown)])
def test_without_the_right_to_read_a_twin_is_for_people_unless_it_is_the_first_try(
    fake: LinkedIn, attempt: int, meaning: type[ChannelError]
) -> None:
    outcome(channel_to(fake.url), post())
    fake.may_read = False
    assert type(outcome(channel_to(fake.url), post(attempt=attempt))[0]) is meaning
    assert len(fake.made) == 1


@pytest.mark.parametrize(
    "fault", [Fault("/rest/posts/", 500), Fault("/rest/posts/"), Fault("/rest/posts/", 429)]
)
def test_a_twin_that_cannot_be_looked_at_just_now_is_looked_at_later(fake: LinkedIn, fault: Fault) -> None:
    outcome(channel_to(fake.url), post())
    fake.server.faults.append(fault)
    assert isinstance(outcome(channel_to(fake.url), post())[0], TemporaryFailure)
    assert isinstance(outcome(channel_to(fake.url), post(attempt=2))[0], Receipt)


def test_a_twin_of_another_text_is_not_ours(fake: LinkedIn) -> None:
    outcome(channel_to(fake.url), saying("Något annat"))
    fake.server.faults.append(Fault(PUBLISH, **told(duplicate(URN))))
    assert isinstance(outcome(channel_to(fake.url), post())[0], PermanentFailure)


# Looking


def test_a_post_whose_answer_was_lost_is_found(fake: LinkedIn) -> None:
    fake.server.faults.append(Fault(PUBLISH, done=True))
    outcome(channel_to(fake.url), with_card())
    assert channel_to(fake.url).find(with_card()) == Receipt(URN, URL)


@pytest.mark.parametrize(("minutes", "seen"), [(4, Receipt), (6, Receipt), (12, CannotTell), (-180, Receipt)])
def test_a_post_whose_answer_was_lost_is_never_absent_because_clocks_differ(
    fake: LinkedIn, minutes: int, seen: type
) -> None:
    fake.now = lambda: NOW - timedelta(minutes=minutes)
    fake.server.faults.append(Fault(PUBLISH, done=True))
    outcome(channel_to(fake.url), post())
    assert isinstance(channel_to(fake.url).find(post()), seen)
    nothing = Absent if minutes == 4 else CannotTell
    assert isinstance(channel_to(fake.url).find(saying("Annat")), nothing)


def test_links_that_linkedin_made_short_are_no_difference(fake: LinkedIn) -> None:
    outcome(channel_to(fake.url), post())
    fake.made[0]["commentary"] = fake.made[0]["commentary"].replace(LINK, "https://lnkd.in/eAbC123")
    assert isinstance(channel_to(fake.url).find(post()), Receipt)


def _older(fake: LinkedIn, count: int, modified: datetime) -> None:
    at = int(modified.timestamp() * 1000)
    fake.made += [
        {"id": f"urn:li:share:{n}", "commentary": f"Annat {n}", "createdAt": 0, "lastModifiedAt": at}
        for n in range(count)
    ]


@pytest.mark.parametrize(
    ("count", "modified", "found"),
    [
        (0, NOW, Absent),
        (99, NOW, Absent),
        (100, NOW - timedelta(days=1), Absent),
        (100, NOW, CannotTell),
    ],
)
def test_a_post_is_absent_only_when_the_list_reaches_back_to_before_it(
    fake: LinkedIn, count: int, modified: datetime, found: type
) -> None:
    _older(fake, count, modified)
    assert type(channel_to(fake.url).find(post())) is found


def test_without_the_right_to_read_nobody_can_tell(fake: LinkedIn) -> None:
    fake.may_read = False
    found = channel_to(fake.url).find(post())
    assert isinstance(found, CannotTell)
    assert "r_organization_social" in str(found.reason)


@pytest.mark.parametrize(
    ("fault", "meaning"),
    [
        (Fault(FIND, 500), TemporaryFailure),
        (Fault(FIND), TemporaryFailure),
        (Fault(FIND, 200, body=b"{}"), TemporaryFailure),
        (Fault(FIND, 429), TemporaryFailure),
        (Fault(FIND, 401), ChannelDown),
        (Fault(FIND, 426), ChannelDown),
        (Fault(FIND, 400), None),
        (Fault(FIND, 404), None),
    ],
)
def test_a_list_that_is_not_read_never_passes_for_an_empty_one(
    fake: LinkedIn, fault: Fault, meaning: type[ChannelError] | None
) -> None:
    fake.server.faults.append(fault)
    if meaning is None:
        assert isinstance(channel_to(fake.url).find(post()), CannotTell)
    else:
        with pytest.raises(meaning):
            channel_to(fake.url).find(post())


# The first comment


def test_a_comment_is_written_below_the_post_and_nothing_in_it_is_escaped(fake: LinkedIn) -> None:
    outcome(channel_to(fake.url), post())
    said, _ = outcome(channel_to(fake.url), comment(URN))
    assert said == Receipt(f"urn:li:comment:({URN},300)", URL)
    assert fake.comments[0]["message"]["text"] == "Anmäl dig (senast fredag) #brygga"
    assert channel_to(fake.url).find(comment(URN)) == said
    assert channel_to(fake.url).find(comment(URN, "Något annat")) == Absent()


def test_a_comment_whose_answer_was_lost_is_not_written_twice(fake: LinkedIn) -> None:
    outcome(channel_to(fake.url), post())
    fake.server.faults.append(Fault("/rest/socialActions/", method="POST", done=True))
    assert isinstance(outcome(channel_to(fake.url), comment(URN))[0], OutcomeUnknown)
    outcome(channel_to(fake.url), replace(comment(URN), attempt=2))
    assert len(fake.comments) == 1


# Keys and settings


@pytest.mark.parametrize(
    "fault",
    [Fault(PUBLISH, 400), Fault(PUBLISH), Fault(PUBLISH, hang=True), Fault(PUBLISH, 500), None],
    ids=["refused", "dropped", "silent", "broken", "published"],
)
def test_the_key_is_in_no_log_and_no_traceback(
    fake: LinkedIn, fault: Fault | None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    if fault is not None:
        fake.server.faults.append(replace(fault, body=json.dumps({"message": f"key {TOKEN}"}).encode()))
    said, _ = outcome(channel_to(fake.url, timeout=0.3), post(pictures=1))
    lines = traceback.format_exception(said) if isinstance(said, ChannelError) else [repr(said)]
    assert TOKEN not in "".join([*lines, caplog.text, *fake.server.lines()])
    assert not isinstance(said, ChannelError) or said.__cause__ is None


@pytest.mark.parametrize(
    "changes",
    [{"account": ""}, {"account": AUTHOR}, {"base_url": "http://api.invalid"}, {"token": Secret("")}],
)
def test_settings_that_cannot_work_are_refused_when_the_channel_is_opened(changes: dict[str, Any]) -> None:
    settings = channel_settings(ChannelKind.LINKEDIN, account=ORGANIZATION, base_url="")
    open_channel(settings, out="", memory=Passing(), now=lambda: NOW).close()
    with pytest.raises(ConfigError):
        open_channel(replace(settings, **changes), out="", memory=Passing(), now=lambda: NOW)
