"""The conversation with Threads: pictures, replies, and a key that is renewed while it lives."""

from __future__ import annotations

import logging
import random
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from comms.channels.base import RENEWED as KEPT
from comms.channels.base import Passing
from comms.channels.dialect import Account, Surroundings
from comms.channels.media_host import open_shelf
from comms.channels.threads import NETWORK, ThreadsChannel, open_channel
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
from comms.model.ledger import Absent, CannotTell, Found, Publication, Receipt
from comms.model.network import Part, PartKind, Segment, SegmentKind
from comms.model.settings import ChannelKind, HostKind, MediaHost, Secret
from tests.fakes.containers import ACCOUNT, TOKEN
from tests.fakes.examples import NOW, PICTURE, publication
from tests.fakes.network import Fault
from tests.fakes.settings import channel_settings
from tests.fakes.threads import RENEWED, Threads
from tests.fakes.website import Website

pytestmark = pytest.mark.servers

LINK = "https://leader.example/brygga"
MAKE = f"/v1.0/{ACCOUNT}/threads$"
PUBLISH = f"/v1.0/{ACCOUNT}/threads_publish"
STATE = r"/v1.0/\d+\?fields=status"
RENEWAL = "/refresh_access_token"


@dataclass
class Stand:
    """The fake, a web site that shows what the office publishes, what the channel remembers, the time."""

    fake: Threads
    out: Path
    site: Website
    memory: Passing = field(default_factory=Passing)
    now: datetime = NOW
    token: str = TOKEN

    def channel(self, timeout: float = 5) -> ThreadsChannel:
        """A channel to the fake."""
        limits = Timeouts(timeout, timeout, timeout)
        shelf = open_shelf(MediaHost(HostKind.WEB, f"{self.site.url}/media"), out=self.out.as_posix())
        account = Account(f"{self.fake.url}/v1.0", ACCOUNT, Secret(self.token), timeouts=limits, polls=3)
        around = Surroundings(shelf, self.memory, lambda _: None, lambda: self.now)
        return ThreadsChannel("threads", account, around)

    def outcome(self, post: Publication, timeout: float = 5) -> Receipt | ChannelError:
        """The receipt or the failure."""
        channel = self.channel(timeout)
        try:
            return channel.deliver(post, point_of_no_return=lambda: None)
        except ChannelError as error:
            return error
        finally:
            channel.close()

    def found(self, post: Publication) -> Found | ChannelError:
        """What the channel finds, or why it cannot look."""
        channel = self.channel()
        try:
            return channel.find(post)
        except ChannelError as error:
            return error
        finally:
            channel.close()

    def later(self, **time: float) -> None:
        """Let time pass, and the channel look after its key."""
        self.now += timedelta(**time)
        channel = self.channel()
        channel.keep_fresh()
        channel.close()

    def asked(self, start: str) -> int:
        """How many requests begin so."""
        return sum(line.startswith(start) for line in self.fake.server.lines())

    def fail(self, *faults: Fault) -> None:
        """What goes wrong from now on."""
        self.fake.server.faults.extend(faults)


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    with Threads() as fake, Website(tmp_path / "webb") as site:
        yield Stand(fake, tmp_path, site)


def threads(pictures: int = 0, text: str = "Ny brygga i Åsebyn", **changes: object) -> Publication:
    """A post for Threads."""
    plain = publication(text, pictures, "threads")
    words = (plain.post.segments[0], Segment(SegmentKind.LINK, LINK, LINK))
    post = replace(plain.post, id="bryggan.threads.1", network="threads", segments=words)
    made = replace(plain, post=post, key="bryggan.threads.1.0123456789ab")
    return replace(made, **changes)  # type: ignore[arg-type]  # any of its fields


def reply(parent: str, kind: PartKind = PartKind.REPLY) -> Publication:
    """What goes on from a post."""
    plain = threads()
    words = (Segment(SegmentKind.TEXT, "Och så fortsätter det"),)
    post = replace(plain.post, more=(Part(kind, words, 21),))
    return replace(plain, post=post, part=1, root=parent, parent=parent, key="bryggan.threads.1.andra")


# What is published


def test_a_text_is_published_with_its_link_in_it(stand: Stand) -> None:
    receipt = stand.outcome(threads())
    (post,) = stand.fake.posts()
    assert receipt == Receipt(post.id, f"https://www.threads.example/@leader/post/{post.id}/")
    assert (post.text, post.more["media_type"]) == (f"Ny brygga i Åsebyn {LINK}", "TEXT")


def test_a_picture_is_published_with_its_alt_text(stand: Stand) -> None:
    stand.outcome(threads(1))
    (post,) = stand.fake.posts()
    assert (post.more["media_type"], post.pictures) == ("IMAGE", ((PICTURE, "Brygga 0 i kvällsljus"),))


def test_several_pictures_become_a_carousel_with_their_alt_texts(stand: Stand) -> None:
    stand.outcome(threads(3))
    (post,) = stand.fake.posts()
    assert [alt for _, alt in post.pictures] == [f"Brygga {n} i kvällsljus" for n in range(3)]


@pytest.mark.parametrize("kind", [PartKind.REPLY, PartKind.COMMENT])
def test_what_goes_on_from_a_post_answers_it(stand: Stand, kind: PartKind) -> None:
    first = stand.outcome(threads(1))
    assert isinstance(first, Receipt)
    second = stand.outcome(reply(first.id, kind))
    assert isinstance(second, Receipt)
    one, two = stand.fake.posts()
    assert (two.text, two.parent, two.pictures) == ("Och så fortsätter det", one.id, ())
    stand.memory = Passing()
    assert stand.found(reply(first.id, kind)) == second


# Answers and silences


@pytest.mark.parametrize(
    ("fault", "meaning", "published"),
    [
        (Fault(MAKE, 500), TemporaryFailure, 0),
        (Fault(MAKE), TemporaryFailure, 0),
        (Fault(MAKE, 400, body=b'{"error": {"code": 100}}'), PermanentFailure, 0),
        (Fault(MAKE, 400, body=b'{"error": {"code": 190}}'), ChannelDown, 0),
        (Fault(STATE, 500), TemporaryFailure, 0),
        (Fault(PUBLISH, 400, body=b'{"error": {"code": 100}}'), PermanentFailure, 0),
        (Fault(PUBLISH, 400, body=b'{"error": {"code": 100}}', done=True), Receipt, 1),
        (Fault(PUBLISH, 403), SenderRefused, 0),
        (Fault(PUBLISH, 429), TemporaryFailure, 0),
        (Fault(PUBLISH, 500), OutcomeUnknown, 0),
        (Fault(PUBLISH, 502, done=True), OutcomeUnknown, 1),
        (Fault(PUBLISH, 200, done=True, body=b"<html>"), OutcomeUnknown, 1),
        (Fault(PUBLISH, done=True), OutcomeUnknown, 1),
        (Fault(PUBLISH, hang=True, done=True), OutcomeUnknown, 1),
    ],
)
def test_each_answer_and_each_silence_has_one_meaning(
    stand: Stand, fault: Fault, meaning: type[object], published: int
) -> None:
    stand.fail(fault)
    told = stand.outcome(threads(), timeout=0.5 if fault.hang else 10)
    assert (type(told), len(stand.fake.posts())) == (meaning, published)
    assert stand.asked(f"POST {PUBLISH}") <= 1


def test_a_no_that_the_container_cannot_confirm_is_not_believed(stand: Stand) -> None:
    stand.fail(Fault(PUBLISH, 400, done=True))
    seen: list[str] = []

    def then_silence() -> None:
        seen.append("")
        stand.fail(Fault(STATE, 200, body=b'{"status": "FINISHED"}'), Fault(STATE, 500, times=2))

    channel = stand.channel()
    with pytest.raises(OutcomeUnknown):
        channel.deliver(threads(), point_of_no_return=then_silence)
    channel.close()
    assert len(stand.fake.posts()) == len(seen) == 1


def test_what_was_published_and_not_answered_is_found_and_not_published_again(stand: Stand) -> None:
    stand.fail(Fault(PUBLISH, done=True))
    assert isinstance(stand.outcome(threads()), OutcomeUnknown)
    found = stand.found(threads())
    assert isinstance(found, Receipt)
    assert stand.outcome(threads(attempt=2)) == found
    assert (len(stand.fake.posts()), stand.asked(f"POST {PUBLISH}")) == (1, 1)


def test_a_container_that_has_expired_is_absent_and_made_anew(stand: Stand) -> None:
    stand.fail(Fault(PUBLISH))
    stand.outcome(threads())
    (old,) = stand.fake.containers.values()
    old.state = "EXPIRED"
    assert stand.found(threads()) == Absent()
    assert isinstance(stand.outcome(threads(attempt=2)), Receipt)
    assert [one.state for one in stand.fake.containers.values()] == ["EXPIRED", "PUBLISHED"]


def test_a_container_that_is_no_longer_shown_is_given_up_when_it_is_too_old_to_be_published(
    stand: Stand,
) -> None:
    stand.fail(Fault(PUBLISH, 429))
    stand.outcome(threads())
    (lost,) = stand.fake.containers
    del stand.fake.containers[lost]
    stand.now += timedelta(hours=23)
    assert isinstance(stand.outcome(threads(attempt=2)), TemporaryFailure)
    stand.now += timedelta(hours=2)
    assert isinstance(stand.outcome(threads(attempt=3)), Receipt)
    assert len(stand.fake.posts()) == 1


def test_a_post_that_is_seen_is_not_made_anew_though_its_container_is_no_longer_shown(stand: Stand) -> None:
    receipt = stand.outcome(threads())
    stand.fake.containers.clear()
    stand.now += timedelta(hours=25)
    stand.outcome(threads())
    assert stand.outcome(threads(attempt=2)) == receipt
    assert (len(stand.fake.posts()), stand.fake.containers) == (1, {})


def test_what_is_out_is_unknown_when_the_account_cannot_be_looked_at(stand: Stand) -> None:
    stand.fail(Fault(PUBLISH, done=True))
    stand.outcome(threads())
    stand.fail(Fault(rf"/v1.0/{ACCOUNT}/threads\?", 500, times=2))
    assert isinstance(stand.outcome(threads()), OutcomeUnknown)


def test_a_container_that_breaks_is_told(stand: Stand) -> None:
    stand.fake.broken = "FAILED_DOWNLOADING_VIDEO"
    told = stand.outcome(threads(1))
    assert isinstance(told, TemporaryFailure)
    assert "FAILED_DOWNLOADING_VIDEO" in str(told)
    stand.fake.broken = "INVALID_ASPEC_RATIO"
    assert isinstance(stand.outcome(threads(1)), PermanentFailure)


def test_without_a_container_nothing_is_known_of_what_is_not_seen(stand: Stand) -> None:
    assert isinstance(stand.found(threads()), CannotTell)


def test_over_many_random_faults_there_is_one_post_and_never_a_receipt_for_none(stand: Stand) -> None:
    chance = random.Random(6)  # noqa: S311 - faults, not secrets
    ways = [{"status": 500}, {"status": 400}, {"status": 429}, {"reset": True}, {}]
    settled = 0
    for number in range(60):
        post = threads(text=f"Brygga nummer {number}", key=f"bryggan.{number}")
        stand.fake.server.faults.clear()
        for path in (MAKE, STATE, PUBLISH, "/v1.0/", PUBLISH):
            if chance.random() < 0.4:
                way = chance.choice(ways)
                stand.fail(Fault(path, done=chance.random() < 0.5, **way))  # type: ignore[arg-type]  # any of its fields
        told: Found | ChannelError = stand.outcome(post)
        for attempt in range(2, 7):
            if isinstance(told, Receipt | PermanentFailure):
                break
            if isinstance(told, OutcomeUnknown):
                told = stand.found(post)
                if not isinstance(told, Absent):
                    continue
            told = stand.outcome(replace(post, attempt=attempt))
        there = [one.id for one in stand.fake.posts() if f"nummer {number} " in one.text]
        assert len(there) <= 1
        assert not isinstance(told, Receipt) or there == [told.id]
        settled += isinstance(told, Receipt)
    assert settled > 30


# What is refused before anything is asked


@pytest.mark.parametrize(
    ("post", "fits"),
    [
        (threads(text="x" * (NETWORK.max_length - 30)), True),
        (threads(text="x" * (NETWORK.max_length - 29)), False),
        (threads(text="👍🏽" + "x" * (NETWORK.max_length - 37)), False),
        (threads(NETWORK.max_pictures + 1), False),
        (replace(threads(), post=replace(threads().post, warning="Orm")), False),
    ],
    ids=["at the limit", "one above", "an emoji is its bytes", "too many pictures", "a warning"],
)
def test_what_threads_cannot_carry_is_refused_and_not_trimmed(
    stand: Stand, post: Publication, fits: bool
) -> None:
    told = stand.outcome(post)
    if fits:
        assert isinstance(told, Receipt)
    else:
        assert (type(told), stand.fake.server.requests) == (PermanentFailure, [])


# The key


def test_a_key_is_renewed_a_day_after_it_was_first_seen_and_then_once_a_week(stand: Stand) -> None:
    renewals = []
    for _ in range(24):
        stand.later(days=1)
        renewals.append(stand.fake.renewed)
    assert renewals == [0, *([1] * 7), *([2] * 7), *([3] * 7), 4, 4]
    assert isinstance(stand.outcome(threads()), Receipt)
    channel = stand.channel()
    assert channel.keep_fresh().until == NOW + timedelta(days=23 + 60)
    channel.close()


def test_a_post_goes_out_with_the_renewed_key_of_the_moment(stand: Stand) -> None:
    stand.outcome(threads())
    stand.now += timedelta(days=2)
    assert isinstance(stand.outcome(threads(key="bryggan.threads.2")), Receipt)
    assert stand.fake.keys == {f"{RENEWED}-1"}
    assert stand.fake.server.requests[-1].headers["Authorization"] == f"Bearer {RENEWED}-1"


def test_a_renewal_that_needs_the_key_in_the_query_is_not_logged(
    stand: Stand, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    stand.fake.needs_query = True
    stand.later(days=0)
    stand.later(days=1)
    assert stand.fake.renewed == 1
    assert "refresh_access_token?grant_type=th_refresh_token" in caplog.text
    assert TOKEN not in caplog.text
    stand.outcome(threads(text="Loggen går igen"))
    assert "threads_publish" in caplog.text


@pytest.mark.parametrize(
    "fault",
    [
        Fault(RENEWAL, 500),
        Fault(RENEWAL),
        Fault(RENEWAL, 200, body=b"<html>"),
        Fault(RENEWAL, 200, body=b'{"access_token": ""}'),
        Fault(RENEWAL, 400, body=b'{"error": {"code": 10}}', headers={"Connection": "close"}, times=2),
    ],
    ids=["broken", "dropped", "unreadable", "empty", "refused"],
)
def test_a_renewal_that_fails_is_told_loses_no_key_and_is_tried_the_next_day(
    stand: Stand, fault: Fault
) -> None:
    stand.later(days=0)
    stand.fail(fault)
    stand.later(days=1)
    channel = stand.channel()
    trouble = channel.keep_fresh().trouble
    channel.close()
    assert trouble is not None
    assert TOKEN not in str(trouble)
    assert isinstance(stand.outcome(threads()), Receipt)
    stand.later(days=1)
    channel = stand.channel()
    assert (stand.fake.renewed, channel.keep_fresh().trouble) == (1, None)
    channel.close()


def test_a_key_that_has_died_rests_the_channel_and_says_what_to_do(stand: Stand) -> None:
    stand.later(days=0)
    stand.fake.keys = set()
    stand.later(days=70)
    told = stand.outcome(threads())
    assert isinstance(told, ChannelDown)
    assert "ny nyckel" in str(told)


def test_a_new_key_from_the_office_goes_before_what_was_renewed(stand: Stand) -> None:
    stand.later(days=0)
    stand.later(days=1)
    stand.fake.keys = {"alldeles-ny-nyckel"}
    stand.token = "alldeles-ny-nyckel"
    assert isinstance(stand.outcome(threads()), Receipt)
    stand.later(days=1)
    assert stand.fake.renewed == 2
    assert isinstance(stand.outcome(threads(key="bryggan.threads.2")), Receipt)


@pytest.mark.parametrize("kept", ["inte json", "[1]", "7", '{"of": 1}'])
def test_what_somebody_else_kept_is_a_new_beginning_and_no_fault(stand: Stand, kept: str) -> None:
    for name in (KEPT, "renewal"):
        stand.memory.keep(name, kept)
    stand.later(days=0)
    stand.later(days=1)
    assert stand.fake.renewed == 1
    assert isinstance(stand.outcome(threads()), Receipt)


def test_a_renewed_key_outlives_the_story_of_its_renewal(stand: Stand) -> None:
    stand.later(days=0)
    stand.later(days=1)
    stand.memory.keep("renewal", "inte json")
    stand.later(days=1)
    assert isinstance(stand.outcome(threads()), Receipt)


@pytest.mark.parametrize(
    "answer",
    [
        '{"access_token": "ny nyckel", "expires_in": 5184000}',
        '{"access_token": "nyckel-på-svenska", "expires_in": 5184000}',
        '{"access_token": "ny", "expires_in": 1e3}',
        '{"access_token": "ny", "expires_in": -1}',
        '{"access_token": "ny", "expires_in": 100000000000000000000}',
    ],
)
def test_a_new_key_that_cannot_be_used_is_not_kept(stand: Stand, answer: str) -> None:
    stand.later(days=0)
    stand.fail(Fault(RENEWAL, 200, body=answer.encode()))
    stand.later(days=1)
    assert isinstance(stand.outcome(threads()), Receipt)


class NoLock(Passing):
    """A memory without a key: it keeps no secrets."""

    def keep(self, name: str, value: str, *, secret: bool = False, until: datetime | None = None) -> bool:
        """Remember what is no secret."""
        return not secret and super().keep(name, value, until=until)


def test_without_a_lock_no_key_is_renewed_for_it_would_be_lost(stand: Stand) -> None:
    stand.memory = NoLock()
    stand.later(days=0)
    stand.later(days=1)
    channel = stand.channel()
    trouble = channel.keep_fresh().trouble
    channel.close()
    assert (stand.fake.renewed, stand.fake.keys) == (0, {TOKEN})
    assert trouble is not None
    assert "comms doctor --new-key" in str(trouble)
    assert isinstance(stand.outcome(threads()), Receipt)


@pytest.mark.parametrize("renewed", [False, True])
@pytest.mark.parametrize(
    "fault",
    [
        Fault(PUBLISH, 401),
        Fault(PUBLISH),
        Fault(MAKE, 400, body=b'{"error": {"message": "%s"}}'),
        None,
    ],
    ids=["refused", "dropped", "echoed", "published"],
)
def test_the_key_is_in_no_address_no_log_and_no_traceback(
    stand: Stand, fault: Fault | None, renewed: bool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    stand.later(days=0)
    if renewed:
        stand.later(days=1)
    echo = f"{RENEWED}-1" if renewed else TOKEN
    if fault is not None:
        stand.fail(replace(fault, body=fault.body.replace(b"%s", echo.encode())))
    told = stand.outcome(threads())
    lines = traceback.format_exception(told) if isinstance(told, ChannelError) else [str(told)]
    told_of = "".join(lines) + caplog.text + "".join(stand.fake.server.lines())
    assert (TOKEN in told_of, RENEWED in told_of) == (False, False)
    assert not isinstance(told, ChannelError) or told.__cause__ is None


def test_the_channel_opens_from_settings_without_touching_the_network(tmp_path: Path) -> None:
    host = MediaHost(HostKind.WEB, "https://leader.example/media")
    settings = channel_settings(ChannelKind.THREADS, account=ACCOUNT, media_host=host, base_url="")
    channel = open_channel(settings, out=tmp_path.as_posix(), memory=Passing(), now=lambda: NOW)
    assert channel.account.address == "https://graph.threads.net/v1.0"
    channel.close()
    with pytest.raises(ConfigError):
        open_channel(
            replace(settings, media_host=None), out=tmp_path.as_posix(), memory=Passing(), now=lambda: NOW
        )
