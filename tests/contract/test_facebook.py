"""The conversation with Facebook: what each answer and each lost answer means, what the Page's lists tell."""

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
from comms.channels.facebook import NETWORK, Account, FacebookChannel, open_channel
from comms.channels.meta import graph_failure
from comms.channels.web import Answer, Timeouts, Web
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
from comms.model.network import Part, PartKind, Segment, SegmentKind
from comms.model.settings import ChannelKind, Secret
from tests.fakes.examples import NOW, PICTURE, publication
from tests.fakes.facebook import PAGE, SECRET, TOKEN, Entry, Facebook, graph_error
from tests.fakes.network import Fault, Reply
from tests.fakes.settings import channel_settings

pytestmark = pytest.mark.servers

FEED = f"/v26.0/{PAGE}/feed"
PHOTOS = f"/v26.0/{PAGE}/photos"
PUBLISHED = f"/v26.0/{PAGE}/published_posts"
SCHEDULED = f"/v26.0/{PAGE}/scheduled_posts"
LINK = "https://leader.example/brygga"
TEXT = f"Ny brygga i Åsebyn {LINK}"


@pytest.fixture
def fake() -> Iterator[Facebook]:
    with Facebook() as server:
        server.now = lambda: NOW
        yield server


def post(
    text: str = "Ny brygga i Åsebyn", pictures: int = 0, attempt: int = 1, publish_at: datetime = NOW
) -> Publication:
    return replace(publication(text, pictures, "facebook"), attempt=attempt, publish_at=publish_at)


def comment(below: str, publish_at: datetime = NOW) -> Publication:
    plain = post(publish_at=publish_at)
    part = Part(PartKind.COMMENT, (Segment(SegmentKind.TEXT, "Anmäl dig här"),), 13)
    return replace(plain, post=replace(plain.post, more=(part,)), part=1, root=below, parent=below)


def channel_to(
    url: str,
    *,
    token: str = TOKEN,
    secret: str = "",
    ahead: timedelta = timedelta(0),
    now: Callable[[], datetime] = lambda: NOW,
    timeout: float = 5,
) -> FacebookChannel:
    timeouts = Timeouts(timeout, timeout, timeout)
    account = Account(PAGE, Secret(token), Secret(secret), url, ahead, timeouts)
    return FacebookChannel("facebook", account, now)


def outcome(channel: FacebookChannel, what: Publication) -> tuple[Receipt | ChannelError, int]:
    """The receipt or the failure, and how many times the point of no return was passed."""
    passed: list[int] = []
    try:
        return channel.deliver(what, point_of_no_return=lambda: passed.append(1)), len(passed)
    except ChannelError as error:
        return error, len(passed)
    finally:
        channel.close()


def told(reply: Reply) -> dict[str, Any]:
    """What a fault of the fake needs to answer as Meta does."""
    return {"status": reply[0], "body": json.dumps(reply[2]).encode()}


# What is sent


def test_a_post_shows_the_card_of_its_first_link(fake: Facebook) -> None:
    receipt, passed = outcome(channel_to(fake.url), post())
    (entry,) = fake.entries
    assert (entry.message, entry.link, passed) == (TEXT, LINK, 1)
    assert receipt == Receipt(f"{PAGE}_9000", f"https://www.facebook.com/{PAGE}/posts/9000")


def test_pictures_are_uploaded_unseen_with_their_alt_texts_and_go_out_in_one_post(fake: Facebook) -> None:
    outcome(channel_to(fake.url), post(pictures=2))
    (seen,) = fake.posts()
    assert seen.pictures == ((PICTURE, "Brygga 0 i kvällsljus"), (PICTURE, "Brygga 1 i kvällsljus"))
    assert seen.more == {"link": ""}
    assert fake.server.lines()[:3] == [f"POST {PHOTOS}", f"POST {PHOTOS}", f"POST {FEED}"]
    assert not any(photo.temporary for photo in fake.photos.values())


def test_a_decorative_picture_has_no_alt_text_of_its_own(fake: Facebook) -> None:
    plain = post(pictures=1)
    media = (replace(plain.post.media[0], alt=""),)
    outcome(channel_to(fake.url), replace(plain, post=replace(plain.post, media=media)))
    assert "alt_text_custom" not in fake.server.requests[0].form


def test_every_call_proves_that_it_knows_the_apps_secret(fake: Facebook) -> None:
    fake.proofs = True
    channel = channel_to(fake.url, secret=SECRET)
    receipt, _ = outcome(channel, post(pictures=1))
    assert isinstance(receipt, Receipt)
    assert receipt.answer.endswith("/posts/9000")
    assert channel_to(fake.url, secret=SECRET).find(post()) == receipt
    refused, _ = outcome(channel_to(fake.url), post("Annat"))
    assert isinstance(refused, PermanentFailure)


@pytest.mark.parametrize(
    "fault",
    [Fault(rf"/v26.0/{PAGE}_9000", 500), Fault(rf"/v26.0/{PAGE}_9000"), Fault(rf"/v26.0/{PAGE}_9000", 400)],
)
def test_a_question_about_the_address_never_makes_a_success_a_failure(fake: Facebook, fault: Fault) -> None:
    fake.server.faults.append(fault)
    assert outcome(channel_to(fake.url), post())[0] == Receipt(
        f"{PAGE}_9000", f"https://www.facebook.com/{PAGE}_9000"
    )


# What each answer means


ANSWERS = [
    (Fault(PHOTOS, **told(graph_error(190, "expired", subcode=463))), ChannelDown, 0, 0),
    (Fault(PHOTOS, **told(graph_error(324, "image", subcode=1366046))), PermanentFailure, 0, 0),
    (Fault(PHOTOS, **told(graph_error(1, "unknown"))), TemporaryFailure, 0, 0),
    (Fault(PHOTOS, **told(graph_error(506, "duplicate"))), PermanentFailure, 0, 0),
    (Fault(PHOTOS, 500), TemporaryFailure, 0, 0),
    (Fault(PHOTOS, 200, body=b"<html>"), TemporaryFailure, 0, 0),
    (Fault(PHOTOS, 200, body=b'{"id": "../feed"}'), TemporaryFailure, 0, 0),
    (Fault(PHOTOS), TemporaryFailure, 0, 0),
    (Fault(PHOTOS, hang=True), TemporaryFailure, 0, 0),
    (Fault(FEED, **told(graph_error(190, "expired", subcode=463))), ChannelDown, 1, 0),
    (Fault(FEED, **told(graph_error(102, "session"))), ChannelDown, 1, 0),
    (Fault(FEED, **told(graph_error(10, "permission", status=403))), ChannelDown, 1, 0),
    (Fault(FEED, **told(graph_error(200, "permission"))), ChannelDown, 1, 0),
    (Fault(FEED, **told(graph_error(299, "permission"))), ChannelDown, 1, 0),
    (Fault(FEED, **told(graph_error(4, "too many calls"))), TemporaryFailure, 1, 0),
    (Fault(FEED, **told(graph_error(17, "too many calls"))), TemporaryFailure, 1, 0),
    (Fault(FEED, **told(graph_error(32, "too many calls", status=403))), TemporaryFailure, 1, 0),
    (Fault(FEED, **told(graph_error(341, "limit"))), TemporaryFailure, 1, 0),
    (Fault(FEED, **told(graph_error(613, "limit"))), TemporaryFailure, 1, 0),
    (Fault(FEED, **told(graph_error(368, "blocked"))), SenderRefused, 1, 0),
    (Fault(FEED, **told(graph_error(100, "parameter"))), PermanentFailure, 1, 0),
    (Fault(FEED, **told(graph_error(1609005, "link"))), PermanentFailure, 1, 0),
    (Fault(FEED, **told(graph_error(506, "duplicate"))), OutcomeUnknown, 1, 0),
    (Fault(FEED, **told(graph_error(1, "unknown"))), OutcomeUnknown, 1, 0),
    (Fault(FEED, **told(graph_error(2, "service", status=503))), OutcomeUnknown, 1, 0),
    (Fault(FEED, done=True, **told(graph_error(4, "blocked", subcode=2207051))), OutcomeUnknown, 1, 1),
    (Fault(FEED, **told(graph_error(190, "odd", status=500))), OutcomeUnknown, 1, 0),
    (Fault(FEED, 301, headers={"Location": "http://127.0.0.1:9/"}), ChannelDown, 1, 0),
    (Fault(FEED, 404), PermanentFailure, 1, 0),
    (Fault(FEED, 429), TemporaryFailure, 1, 0),
    (Fault(FEED, 500), OutcomeUnknown, 1, 0),
    (Fault(FEED, 502, done=True), OutcomeUnknown, 1, 1),
    (Fault(FEED, 200, done=True, body=b"<html>"), OutcomeUnknown, 1, 1),
    (Fault(FEED, 200, done=True, body=b"{}"), OutcomeUnknown, 1, 1),
    (Fault(FEED, 200, done=True, body=b'{"id": "../me"}'), OutcomeUnknown, 1, 1),
    (Fault(FEED), OutcomeUnknown, 1, 0),
    (Fault(FEED, reset=True), OutcomeUnknown, 1, 0),
    (Fault(FEED, done=True), OutcomeUnknown, 1, 1),
    (Fault(FEED, done=True, hang=True), OutcomeUnknown, 1, 1),
]  # fmt: skip


@pytest.mark.parametrize(("fault", "meaning", "passed", "published"), ANSWERS)
def test_each_answer_and_each_silence_has_one_meaning(
    fake: Facebook, fault: Fault, meaning: type[ChannelError], passed: int, published: int
) -> None:
    fake.server.faults.append(fault)
    said, seen = outcome(channel_to(fake.url, timeout=0.5 if fault.hang else 10), post(pictures=1))
    assert (type(said), seen, len(fake.entries)) == (meaning, passed, published)
    assert fake.server.lines().count(f"POST {FEED}") == passed


@pytest.mark.parametrize(
    ("subcode", "act"),
    [
        (458, "anslut den igen"),
        (459, "säkerhetskontrollen"),
        (460, "Lösenordet har bytts"),
        (463, "har gått ut"),
        (467, "gäller inte längre"),
        (0, "Skapa en ny nyckel"),
    ],
)
def test_a_dead_key_is_told_with_what_to_do_about_it(fake: Facebook, subcode: int, act: str) -> None:
    fake.server.faults.append(Fault(FEED, **told(graph_error(190, "Invalid token", subcode=subcode))))
    said, _ = outcome(channel_to(fake.url), post())
    assert act in str(said)


def test_a_limit_is_waited_for_an_hour_when_facebook_does_not_say_how_long() -> None:
    answer = Answer(400, {}, graph_error(32, "limit")[2], "400 limit")
    said = graph_failure(Web("Facebook", "https://graph.invalid"), answer, publishing=True)
    assert isinstance(said, TemporaryFailure)
    assert said.retry_after == timedelta(hours=1)


def test_a_transient_fault_with_a_code_of_its_own_is_unclear_when_publishing() -> None:
    answer = Answer(400, {}, {"error": {"code": 9999, "is_transient": True}}, "400")
    web = Web("Facebook", "https://graph.invalid")
    assert isinstance(graph_failure(web, answer, publishing=True), OutcomeUnknown)
    assert isinstance(graph_failure(web, answer, publishing=False), TemporaryFailure)


def test_letters_threads_and_warnings_are_refused_before_anything_is_sent(fake: Facebook) -> None:
    plain = post()
    warned = replace(plain, post=replace(plain.post, warning="Valresultat"))
    reply = Part(PartKind.REPLY, plain.post.segments, 10)
    thread = replace(plain, post=replace(plain.post, more=(reply,)), part=1, root="1", parent="1")
    for what in (warned, thread):
        assert isinstance(outcome(channel_to(fake.url), what)[0], PermanentFailure)
    assert fake.server.requests == []


@pytest.mark.parametrize(
    ("pictures", "fits"), [(NETWORK.max_pictures, True), (NETWORK.max_pictures + 1, False)]
)
def test_pictures_are_taken_at_the_limit_and_refused_above_it(
    fake: Facebook, pictures: int, fits: bool
) -> None:
    said, _ = outcome(channel_to(fake.url), post(pictures=pictures))
    assert isinstance(said, Receipt) is fits
    assert fits or fake.server.requests == []


# Looking


def test_a_post_whose_answer_was_lost_is_found_among_the_published(fake: Facebook) -> None:
    fake.server.faults.append(Fault(FEED, done=True))
    outcome(channel_to(fake.url), post())
    assert channel_to(fake.url).find(post()) == Receipt(
        f"{PAGE}_9000", f"https://www.facebook.com/{PAGE}/posts/9000"
    )


def test_a_second_try_finds_the_first_one_and_publishes_nothing(fake: Facebook) -> None:
    fake.server.faults.append(Fault(FEED, done=True))
    outcome(channel_to(fake.url), post())
    said, _ = outcome(channel_to(fake.url), post(attempt=2))
    assert isinstance(said, Receipt)
    assert len(fake.entries) == 1


def test_the_same_words_twice_in_a_row_are_unclear_until_the_list_is_read(fake: Facebook) -> None:
    outcome(channel_to(fake.url), post())
    assert isinstance(outcome(channel_to(fake.url), post())[0], OutcomeUnknown)
    assert isinstance(channel_to(fake.url).find(post()), Receipt)


@pytest.mark.parametrize(("minutes", "seen"), [(4, Receipt), (6, Receipt), (12, CannotTell), (-180, Receipt)])
def test_a_post_whose_answer_was_lost_is_never_absent_because_clocks_differ(
    fake: Facebook, minutes: int, seen: type
) -> None:
    fake.now = lambda: NOW - timedelta(minutes=minutes)
    fake.server.faults.append(Fault(FEED, done=True))
    outcome(channel_to(fake.url), post())
    assert isinstance(channel_to(fake.url).find(post()), seen)
    nothing = Absent if minutes == 4 else CannotTell
    assert isinstance(channel_to(fake.url).find(post("Annat")), nothing)


def test_the_same_words_with_another_link_are_not_ours(fake: Facebook) -> None:
    fake.entries.append(Entry(f"{PAGE}_1", "Ny brygga i Åsebyn https://leader.example/bad", NOW, NOW))
    assert channel_to(fake.url).find(post()) == Absent()


def test_what_was_said_before_the_first_attempt_is_not_ours(fake: Facebook) -> None:
    fake.entries.append(Entry(f"{PAGE}_1", TEXT, NOW - timedelta(days=30), NOW - timedelta(days=30)))
    assert channel_to(fake.url).find(post()) == Absent()


def test_a_post_is_absent_when_the_list_reaches_back_to_before_it(fake: Facebook) -> None:
    fake.page = 2
    for number in range(5):
        fake.entries.append(Entry(f"{PAGE}_{number}", f"Annat {number}", NOW, NOW))
    assert channel_to(fake.url).find(post()) == Absent()
    assert all(TOKEN not in line for line in fake.server.lines())


def test_a_list_that_never_ends_cannot_tell(fake: Facebook) -> None:
    fake.page = 1
    for number in range(9):
        fake.entries.append(Entry(f"{PAGE}_{number}", f"Annat {number}", NOW, NOW))
    assert isinstance(channel_to(fake.url).find(post()), CannotTell)


@pytest.mark.parametrize(
    ("fault", "meaning"),
    [
        (Fault(PUBLISHED, 500), TemporaryFailure),
        (Fault(PUBLISHED), TemporaryFailure),
        (Fault(PUBLISHED, 200, body=b"{}"), TemporaryFailure),
        (Fault(PUBLISHED, **told(graph_error(4, "limit"))), TemporaryFailure),
        (Fault(PUBLISHED, **told(graph_error(190, "expired"))), ChannelDown),
        (Fault(PUBLISHED, **told(graph_error(10, "pages_read_engagement"))), None),
        (Fault(PUBLISHED, **told(graph_error(100, "parameter"))), None),
    ],
)
def test_a_list_that_is_not_read_never_passes_for_an_empty_one(
    fake: Facebook, fault: Fault, meaning: type[ChannelError] | None
) -> None:
    fake.server.faults.append(fault)
    if meaning is None:
        assert isinstance(channel_to(fake.url).find(post()), CannotTell)
    else:
        with pytest.raises(meaning):
            channel_to(fake.url).find(post())


def test_a_post_without_words_cannot_be_known_again(fake: Facebook) -> None:
    plain = post(pictures=1)
    silent = replace(plain, post=replace(plain.post, segments=()))
    fake.entries.append(Entry(f"{PAGE}_1", "", NOW, NOW))
    assert isinstance(channel_to(fake.url).find(silent), CannotTell)


# Handing over ahead of time

AHEAD = timedelta(hours=2)
AT = NOW + timedelta(hours=1)


def test_a_post_is_handed_over_and_the_receipt_is_its_address(fake: Facebook) -> None:
    said, _ = outcome(channel_to(fake.url, ahead=AHEAD), post(pictures=1, publish_at=AT))
    assert isinstance(said, Receipt)
    assert said.answer == f"https://www.facebook.com/{PAGE}/posts/9000"
    assert (fake.posts(), fake.entries[0].at) == ([], AT)
    assert fake.photos["500"].temporary
    fake.now = lambda: AT
    assert [each.text for each in fake.posts()] == [TEXT]


def test_a_post_that_was_handed_over_is_found_before_and_after_its_time(fake: Facebook) -> None:
    fake.server.faults.append(Fault(FEED, done=True))
    outcome(channel_to(fake.url, ahead=AHEAD), post(publish_at=AT))
    waiting = channel_to(fake.url, ahead=AHEAD).find(post(publish_at=AT))
    fake.now = lambda: AT
    out = channel_to(fake.url, ahead=AHEAD).find(post(publish_at=AT))
    assert isinstance(waiting, Receipt)
    assert waiting == out


@pytest.mark.parametrize("edge", [SCHEDULED, PUBLISHED])
def test_a_post_is_absent_only_when_both_lists_have_been_read(fake: Facebook, edge: str) -> None:
    channel = channel_to(fake.url, ahead=AHEAD)
    assert channel.find(post(publish_at=AT)) == Absent()
    fake.server.faults.append(Fault(edge, **told(graph_error(10, "permission"))))
    assert isinstance(channel.find(post(publish_at=AT)), CannotTell)


@pytest.mark.parametrize(
    ("left", "wait"),
    [
        (timedelta(minutes=10), timedelta(minutes=10)),
        (timedelta(seconds=1), timedelta(seconds=1)),
        (timedelta(days=30), timedelta(days=30)),
    ],
)
def test_a_time_that_facebook_does_not_take_is_waited_for(
    fake: Facebook, left: timedelta, wait: timedelta
) -> None:
    said, passed = outcome(channel_to(fake.url, ahead=AHEAD), post(publish_at=NOW + left))
    assert isinstance(said, TemporaryFailure)
    assert (said.retry_after, passed, fake.server.requests) == (wait, 0, [])


@pytest.mark.parametrize("left", [timedelta(minutes=10, seconds=1), timedelta(days=29)])
def test_a_time_at_the_edge_is_handed_over(fake: Facebook, left: timedelta) -> None:
    outcome(channel_to(fake.url, ahead=AHEAD), post(publish_at=NOW + left))
    assert [entry.at for entry in fake.entries] == [NOW + left]


@pytest.mark.parametrize(("ahead", "at"), [(timedelta(0), AT), (AHEAD, NOW), (AHEAD, NOW - AHEAD)])
def test_a_post_goes_out_at_once_when_its_time_has_come_or_nothing_is_handed_over(
    fake: Facebook, ahead: timedelta, at: datetime
) -> None:
    outcome(channel_to(fake.url, ahead=ahead), post(publish_at=at))
    assert len(fake.posts()) == 1


# The first comment


def test_a_comment_is_written_below_the_post(fake: Facebook) -> None:
    outcome(channel_to(fake.url), post())
    said, _ = outcome(channel_to(fake.url), comment(f"{PAGE}_9000"))
    assert said == Receipt("9000_9001", f"https://www.facebook.com/{PAGE}/posts/9001")
    assert [(each.text, each.parent) for each in fake.posts()][1:] == [("Anmäl dig här", f"{PAGE}_9000")]


COMMENTS = f"/v26.0/{PAGE}_9000/comments"


@pytest.mark.parametrize(
    ("fault", "meaning", "written"),
    [
        (Fault(COMMENTS, method="POST", done=True, **told(graph_error(100, "odd"))), OutcomeUnknown, 1),
        (Fault(COMMENTS, method="POST", **told(graph_error(368, "blocked"))), OutcomeUnknown, 0),
        (Fault(COMMENTS, method="POST", **told(graph_error(190, "expired"))), ChannelDown, 0),
        (Fault(COMMENTS, method="POST", **told(graph_error(200, "permission"))), ChannelDown, 0),
        (Fault(COMMENTS, 500, method="POST", done=True), OutcomeUnknown, 1),
        (Fault(COMMENTS, method="POST", done=True), OutcomeUnknown, 1),
        (Fault(COMMENTS, 200, method="POST", done=True, body=b"{}"), OutcomeUnknown, 1),
    ],
)
def test_a_no_to_a_comment_may_come_after_it_was_written(
    fake: Facebook, fault: Fault, meaning: type[ChannelError], written: int
) -> None:
    outcome(channel_to(fake.url), post())
    fake.server.faults.append(fault)
    what = comment(f"{PAGE}_9000")
    assert type(outcome(channel_to(fake.url), what)[0]) is meaning
    found = channel_to(fake.url).find(what)
    assert isinstance(found, Receipt if written else Absent)
    outcome(channel_to(fake.url), replace(what, attempt=2))
    assert len(fake.entries) == 2


def test_a_comment_of_the_same_words_from_before_is_not_ours(fake: Facebook) -> None:
    old = NOW - timedelta(days=1)
    fake.entries.append(Entry("9000_1", "Anmäl dig här", old, old, parent=f"{PAGE}_9000"))
    assert channel_to(fake.url).find(comment(f"{PAGE}_9000")) == Absent()


def test_a_comment_waits_until_the_post_that_was_handed_over_is_out(fake: Facebook) -> None:
    outcome(channel_to(fake.url, ahead=AHEAD), post(publish_at=AT))
    said, passed = outcome(channel_to(fake.url, ahead=AHEAD), comment(f"{PAGE}_9000", publish_at=AT))
    assert isinstance(said, TemporaryFailure)
    assert (said.retry_after, passed) == (timedelta(hours=1), 0)


# Keys and settings


@pytest.mark.parametrize(
    "fault",
    [Fault(FEED, 400), Fault(FEED), Fault(FEED, hang=True), Fault(FEED, 200, body=TOKEN.encode()), None],
    ids=["refused", "dropped", "silent", "unreadable", "published"],
)
def test_no_secret_is_in_an_address_a_log_or_a_traceback(
    fake: Facebook, fault: Fault | None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    if fault is not None:
        echoed = replace(fault, body=f'{{"error": {{"message": "{TOKEN} {SECRET}"}}}}'.encode())
        fake.server.faults.append(echoed)
    said, _ = outcome(channel_to(fake.url, secret=SECRET, timeout=0.3), post(pictures=1))
    lines = traceback.format_exception(said) if isinstance(said, ChannelError) else [repr(said)]
    seen = "".join([*lines, caplog.text, *fake.server.lines()])
    assert TOKEN not in seen
    assert SECRET not in seen
    assert not isinstance(said, ChannelError) or said.__cause__ is None


@pytest.mark.parametrize(
    "changes",
    [{"account": ""}, {"account": "leader"}, {"base_url": "http://graph.invalid"}, {"token": Secret("")}],
)
def test_settings_that_cannot_work_are_refused_when_the_channel_is_opened(changes: dict[str, Any]) -> None:
    settings = channel_settings(ChannelKind.FACEBOOK, account=PAGE, base_url="")
    open_channel(settings, out="", memory=Passing(), now=lambda: NOW).close()
    with pytest.raises(ConfigError):
        open_channel(replace(settings, **changes), out="", memory=Passing(), now=lambda: NOW)
