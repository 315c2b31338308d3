"""The conversation with Instagram: a container is made, waited for, published once, and found again."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from comms.channels import meta
from comms.channels.base import Passing
from comms.channels.dialect import Account, Surroundings
from comms.channels.instagram import API, NETWORK, InstagramChannel, open_channel
from comms.channels.media_host import open_shelf
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
from tests.fakes.examples import NOW, publication
from tests.fakes.instagram import Instagram
from tests.fakes.network import ALWAYS, Fault
from tests.fakes.settings import channel_settings
from tests.fakes.website import Website

pytestmark = pytest.mark.servers

JPEG = b"\xff\xd8\xff\xe0 not quite a picture"
MAKE = f"/v26.0/{ACCOUNT}/media$"
PUBLISH = f"/v26.0/{ACCOUNT}/media_publish"
LIST = rf"/v26.0/{ACCOUNT}/media\?"
STATE = r"/v26.0/\d+\?fields=status_code"
LIMIT = f"/v26.0/{ACCOUNT}/content_publishing_limit"
LINK = "https://leader.example/brygga"
TEXT = f"Ny brygga i Åsebyn {LINK}"


@dataclass
class Stand:
    """The fake, a web site that shows what the office publishes, and what the channel remembers."""

    fake: Instagram
    out: Path
    site: Website
    memory: Passing
    waits: list[float]

    def channel(self, token: str = TOKEN, timeout: float = 5) -> InstagramChannel:
        """A channel to the fake."""
        limits = Timeouts(timeout, timeout, timeout)
        shelf = open_shelf(MediaHost(HostKind.WEB, f"{self.site.url}/media"), out=self.out.as_posix())
        account = Account(
            f"{self.fake.url}/{API.name}", ACCOUNT, Secret(token), Secret("app"), limits, polls=5
        )
        around = Surroundings(shelf, self.memory, self.waits.append, lambda: datetime.now(UTC))
        return InstagramChannel("instagram", account, around)

    def outcome(self, post: Publication, timeout: float = 5) -> tuple[str | ChannelError, int]:
        """The receipt's id or the failure, and how many times the point of no return was passed."""
        passed: list[int] = []
        channel = self.channel(timeout=timeout)
        try:
            receipt = channel.deliver(post, point_of_no_return=lambda: passed.append(1))
        except ChannelError as error:
            return error, len(passed)
        finally:
            channel.close()
        return receipt.id, len(passed)

    def found(self, post: Publication) -> Found:
        """What the channel finds."""
        channel = self.channel()
        try:
            return channel.find(post)
        finally:
            channel.close()

    def asked(self, start: str) -> int:
        """How many requests begin so."""
        return sum(line.startswith(start) for line in self.fake.server.lines())

    def fail(self, *faults: Fault) -> None:
        """What goes wrong from now on."""
        self.fake.server.faults.extend(faults)


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    with Instagram() as fake, Website(tmp_path / "webb") as site:
        yield Stand(fake, tmp_path, site, Passing(), [])


def instagram(pictures: int = 1, text: str = "Ny brygga i Åsebyn", **changes: object) -> Publication:
    """A post with pictures that Instagram takes, each with its own bytes."""
    plain = publication(text, pictures, "instagram")
    contents = tuple(JPEG + bytes([number]) for number in range(pictures))
    media = tuple(
        replace(one, media_type="image/jpeg", sha256=sha256(content).hexdigest())
        for one, content in zip(plain.post.media, contents, strict=True)
    )
    words = (plain.post.segments[0], Segment(SegmentKind.LINK, LINK, LINK))
    post = replace(plain.post, id="bryggan.instagram.1", network="instagram", media=media, segments=words)
    made = replace(plain, post=post, pictures=contents, key="bryggan.instagram.1.0123456789ab")
    return replace(made, **changes)  # type: ignore[arg-type]  # any of its fields


def comment(parent: str) -> Publication:
    """A first comment below a post."""
    plain = instagram()
    words = (Segment(SegmentKind.TEXT, "Läs mer på vår webbplats"),)
    post = replace(plain.post, more=(Part(PartKind.COMMENT, words, 24),))
    return replace(plain, post=post, part=1, root=parent, parent=parent, key="bryggan.instagram.1.kommentar")


# What is published


def test_a_picture_is_published_with_its_caption_and_alt_text(stand: Stand) -> None:
    channel = stand.channel()
    receipt = channel.deliver(instagram(), point_of_no_return=lambda: None)
    channel.close()
    (post,) = stand.fake.posts()
    assert (post.text, post.pictures) == (TEXT, ((JPEG + b"\x00", "Brygga 0 i kvällsljus"),))
    assert receipt == Receipt(post.id, f"https://www.instagram.example/p/{post.id}/")


def test_several_pictures_become_a_carousel_in_their_order(stand: Stand) -> None:
    assert stand.outcome(instagram(10))[1] == 1
    (post,) = stand.fake.posts()
    assert [alt for _, alt in post.pictures] == [f"Brygga {n} i kvällsljus" for n in range(10)]
    assert len(stand.fake.containers) == 11


def test_a_picture_in_the_making_is_waited_for(stand: Stand) -> None:
    stand.fake.looks = 3
    assert stand.outcome(instagram())[1] == 1
    assert stand.waits == [3, 3, 3]


def test_nothing_is_seen_before_the_point_of_no_return(stand: Stand) -> None:
    seen: list[int] = []
    channel = stand.channel()
    channel.deliver(instagram(2), point_of_no_return=lambda: seen.append(len(stand.fake.posts())))
    channel.close()
    assert seen == [0]


def test_a_comment_is_published_below_its_post(stand: Stand) -> None:
    number, _ = stand.outcome(instagram())
    told, passed = stand.outcome(comment(str(number)))
    below = stand.fake.posts()[-1]
    assert (told, passed) == (below.id, 1)
    assert (below.text, below.parent) == ("Läs mer på vår webbplats", number)


# Answers and silences

ANSWERS = [
    (Fault(LIMIT, 500), None, 1, 1),  # the limit is asked to be kind: who does not answer has not said no
    (Fault(LIMIT), TemporaryFailure, 0, 0),
    (Fault(MAKE, 500), TemporaryFailure, 0, 0),
    (Fault(MAKE, 200, body=b"<html>"), TemporaryFailure, 0, 0),
    (Fault(MAKE, 200, body=b"{}"), TemporaryFailure, 0, 0),
    (Fault(MAKE), TemporaryFailure, 0, 0),
    (Fault(MAKE, hang=True), TemporaryFailure, 0, 0),
    (Fault(MAKE, 401), ChannelDown, 0, 0),
    (Fault(MAKE, 400, body=b'{"error": {"code": 190, "error_subcode": 463}}'), ChannelDown, 0, 0),
    (Fault(MAKE, 400, body=b'{"error": {"code": 36003, "error_subcode": 2207009}}'), PermanentFailure, 0, 0),
    (Fault(MAKE, 400, body=b'{"error": {"code": -1, "error_subcode": 2207032}}'), TemporaryFailure, 0, 0),
    (Fault(MAKE, 400, body=b'{"error": {"code": 25, "error_subcode": 2207050}}'), SenderRefused, 0, 0),
    (Fault(MAKE, 429), TemporaryFailure, 0, 0),
    (Fault(STATE, 500), TemporaryFailure, 0, 0),
    (Fault(STATE), TemporaryFailure, 0, 0),
    (Fault(STATE, 400, body=b'{"error": {"code": 100, "error_subcode": 33}}'), None, 1, 1),
    (Fault(PUBLISH, 301, headers={"Location": "http://127.0.0.1:9/"}), ChannelDown, 1, 0),
    (Fault(PUBLISH, 400), PermanentFailure, 1, 0),
    (Fault(PUBLISH, 400, body=b'{"error": {"code": 9, "error_subcode": 2207042}}'), TemporaryFailure, 1, 0),
    (Fault(PUBLISH, 400, body=b'{"error": {"code": 4, "error_subcode": 2207051}}'), OutcomeUnknown, 1, 0),
    (
        Fault(PUBLISH, 400, done=True, body=b'{"error": {"code": 4, "error_subcode": 2207051}}'),
        OutcomeUnknown,
        1,
        1,
    ),
    (
        Fault(PUBLISH, 400, body=b'{"error": {"code": 9007, "error_subcode": 2207027}}'),
        TemporaryFailure,
        1,
        0,
    ),
    (Fault(PUBLISH, 400, body=b'{"error": {"code": -1, "error_subcode": 2207001}}'), OutcomeUnknown, 1, 0),
    (Fault(PUBLISH, 400, body=b'{"error": {"code": 24, "error_subcode": 2207008}}'), OutcomeUnknown, 1, 0),
    (Fault(PUBLISH, 400, body=b'{"error": {"code": 4}}'), TemporaryFailure, 1, 0),
    (Fault(PUBLISH, 400, body=b'{"error": {"code": {}}}'), PermanentFailure, 1, 0),
    (Fault(PUBLISH, 400, body=b'{"error": {"code": [9]}}'), PermanentFailure, 1, 0),
    (Fault(PUBLISH, 400, body=b'{"error": {"code": 190}}'), ChannelDown, 1, 0),
    (Fault(PUBLISH, 429), TemporaryFailure, 1, 0),
    (Fault(PUBLISH, 500), OutcomeUnknown, 1, 0),
    (Fault(PUBLISH, 502, done=True), OutcomeUnknown, 1, 1),
    (Fault(PUBLISH, 200, done=True, body=b"<html>"), OutcomeUnknown, 1, 1),
    (Fault(PUBLISH, 200, done=True, body=b"{}"), OutcomeUnknown, 1, 1),
    (Fault(PUBLISH, 200, done=True, body=b"[1]"), OutcomeUnknown, 1, 1),
    (Fault(PUBLISH), OutcomeUnknown, 1, 0),
    (Fault(PUBLISH, reset=True, done=True), OutcomeUnknown, 1, 1),
    (Fault(PUBLISH, hang=True, done=True), OutcomeUnknown, 1, 1),
    (Fault(PUBLISH, 400, done=True), None, 1, 1),  # a no that is none: the container says that it is out
    (Fault(r"/v26.0/\d+\?fields=permalink"), None, 1, 1),
]


@pytest.mark.parametrize(("fault", "meaning", "passed", "published"), ANSWERS)
def test_each_answer_and_each_silence_has_one_meaning(
    stand: Stand, fault: Fault, meaning: type[ChannelError] | None, passed: int, published: int
) -> None:
    stand.fail(fault)
    told, seen = stand.outcome(instagram(), timeout=0.5 if fault.hang else 10)
    assert (type(told), seen) == (meaning or str, passed)
    assert len(stand.fake.posts()) == published
    assert stand.asked(f"POST {PUBLISH}") == passed


def test_an_account_that_has_published_all_it_may_waits(stand: Stand) -> None:
    stand.fake.quota = stand.fake.most
    told, passed = stand.outcome(instagram())
    assert isinstance(told, TemporaryFailure)
    assert (told.retry_after, passed, stand.fake.containers) == (timedelta(hours=1), 0, {})
    assert "50 av 50" in str(told)


def test_a_picture_that_is_not_seen_on_the_web_stops_before_instagram_is_asked_to_fetch_it(
    stand: Stand,
) -> None:
    stand.site.folder = stand.out / "annan"
    told, passed = stand.outcome(instagram())
    assert (type(told), passed, stand.fake.containers) == (TemporaryFailure, 0, {})
    assert f"{stand.site.url}/media/" in str(told)
    assert "404" in str(told)


# Containers


def test_a_container_that_breaks_is_told_and_made_anew_the_next_time(stand: Stand) -> None:
    stand.fake.broken = "Error: Media upload has failed with error code 2207003"
    told, passed = stand.outcome(instagram())
    assert (type(told), passed) == (TemporaryFailure, 0)
    assert "2207003" in str(told)
    stand.fake.broken = ""
    assert stand.outcome(instagram(attempt=2))[1] == 1
    assert len(stand.fake.posts()) == 1


def test_a_container_that_breaks_because_of_the_picture_is_refused_for_good(stand: Stand) -> None:
    stand.fake.broken = "Error: 2207009"
    assert isinstance(stand.outcome(instagram())[0], PermanentFailure)


def test_a_container_that_never_gets_ready_is_tried_again_and_not_made_twice(stand: Stand) -> None:
    stand.fake.looks = 7
    told, passed = stand.outcome(instagram())
    assert (type(told), passed) == (TemporaryFailure, 0)
    assert stand.outcome(instagram(attempt=2))[1] == 1
    assert (len(stand.fake.containers), len(stand.fake.posts())) == (1, 1)


def test_a_container_that_has_expired_is_made_anew(stand: Stand) -> None:
    stand.fail(Fault(PUBLISH, 429))
    stand.outcome(instagram())
    (old,) = stand.fake.containers.values()
    old.state = "EXPIRED"
    assert stand.outcome(instagram(attempt=2))[1] == 1
    assert [one.state for one in stand.fake.containers.values()] == ["EXPIRED", "PUBLISHED"]


def test_a_later_try_publishes_the_container_that_was_made_before(stand: Stand) -> None:
    stand.fail(Fault(PUBLISH, 429))
    stand.outcome(instagram())
    assert stand.outcome(instagram(attempt=2))[1] == 1
    assert (len(stand.fake.containers), len(stand.fake.posts())) == (1, 1)


@pytest.mark.parametrize("attempt", [1, 2])
@pytest.mark.parametrize("fault", [Fault(PUBLISH, done=True), Fault(PUBLISH, 502, done=True)])
def test_what_was_published_and_not_answered_is_never_published_again(
    stand: Stand, fault: Fault, attempt: int
) -> None:
    stand.fail(fault)
    assert isinstance(stand.outcome(instagram())[0], OutcomeUnknown)
    told, _ = stand.outcome(instagram(attempt=attempt))
    (post,) = stand.fake.posts()
    assert told == post.id
    assert stand.asked(f"POST {PUBLISH}") == 1


def test_what_is_out_and_not_in_the_list_yet_stays_unknown(stand: Stand) -> None:
    stand.fail(Fault(PUBLISH, done=True))
    stand.outcome(instagram())
    stand.fake.hidden = True
    told, _ = stand.outcome(instagram(attempt=2))
    assert isinstance(told, OutcomeUnknown)
    assert (len(stand.fake.posts()), stand.asked(f"POST {PUBLISH}")) == (1, 1)


# Looking


def test_what_was_published_and_not_answered_is_found(stand: Stand) -> None:
    stand.fail(Fault(PUBLISH, done=True))
    stand.outcome(instagram())
    (post,) = stand.fake.posts()
    assert stand.found(instagram()) == Receipt(post.id, f"https://www.instagram.example/p/{post.id}/")


@pytest.mark.parametrize("state", ["FINISHED", "ERROR", "EXPIRED"])
def test_a_container_that_was_not_published_proves_that_the_post_is_absent(stand: Stand, state: str) -> None:
    stand.fail(Fault(PUBLISH))
    stand.outcome(instagram())
    for container in stand.fake.containers.values():
        container.state = state
    assert stand.found(instagram()) == Absent()


def test_without_a_container_only_a_post_that_is_there_proves_anything(stand: Stand) -> None:
    assert isinstance(stand.found(instagram()), CannotTell)
    stand.outcome(instagram())
    stand.memory = Passing()
    assert isinstance(stand.found(instagram()), Receipt)


def test_a_post_is_found_however_much_was_published_after_it(stand: Stand) -> None:
    stand.outcome(instagram())
    (ours,) = stand.fake.published
    later = [replace(ours, id=f"1{number}", text="Något annat") for number in range(stand.fake.page * 3)]
    stand.fake.published += later
    stand.memory = Passing()
    found = stand.found(instagram())
    assert isinstance(found, Receipt)
    assert found.id == ours.id


def test_a_comment_is_found_however_many_came_after_it(stand: Stand) -> None:
    number = str(stand.outcome(instagram())[0])
    stand.outcome(comment(number))
    (ours,) = stand.fake.comments
    stand.fake.comments += [replace(ours, id=f"1{n}", text="Fint!") for n in range(stand.fake.page)]
    assert stand.found(comment(number)) == Receipt(ours.id)


def test_an_older_post_with_the_same_words_is_not_ours(stand: Stand) -> None:
    stand.outcome(instagram())
    stand.fake.published[0].at = NOW - timedelta(hours=1)
    stand.memory = Passing()
    assert isinstance(stand.found(instagram()), CannotTell)


@pytest.mark.parametrize("told", [b'{"code": 100, "error_subcode": 33}', b'{"code": 24}'])
def test_a_container_that_cannot_be_read_proves_nothing(stand: Stand, told: bytes) -> None:
    stand.fail(Fault(PUBLISH))
    stand.outcome(instagram())
    stand.fail(Fault(STATE, 400, body=b'{"error": %s}' % told))
    assert isinstance(stand.found(instagram()), CannotTell)


@pytest.mark.parametrize("fault", [Fault(LIST, 500), Fault(LIST, 200, body=b'{"data": 7}'), Fault(LIST)])
def test_a_look_that_is_not_answered_proves_nothing(stand: Stand, fault: Fault) -> None:
    stand.fail(fault)
    with pytest.raises(TemporaryFailure):
        stand.found(instagram())


def test_a_comment_that_was_refused_and_made_all_the_same_is_not_made_twice(stand: Stand) -> None:
    number = str(stand.outcome(instagram())[0])
    stand.fail(Fault(rf"/v26.0/{number}/comments", 400, done=True, method="POST"))
    assert isinstance(stand.outcome(comment(number))[0], OutcomeUnknown)
    (made,) = stand.fake.comments
    assert stand.found(comment(number)) == Receipt(made.id)
    assert stand.outcome(replace(comment(number), attempt=2)) == (made.id, 1)
    assert len(stand.fake.comments) == 1


def test_a_comment_that_is_not_seen_is_for_a_person(stand: Stand) -> None:
    number = str(stand.outcome(instagram())[0])
    assert isinstance(stand.found(comment(number)), CannotTell)


# What is refused before anything is asked


@pytest.mark.parametrize(
    ("post", "fits"),
    [
        (instagram(text="x" * (NETWORK.max_length - 30)), True),
        (instagram(text="x" * (NETWORK.max_length - 29)), False),
        (instagram(0), False),
        (instagram(11), False),
        (replace(instagram(), post=replace(instagram().post, warning="Orm")), False),
        (publication(pictures=1), False),
    ],
    ids=["at the limit", "one above", "no picture", "too many", "a warning", "a PNG"],
)
def test_what_instagram_cannot_carry_is_refused_and_not_trimmed(
    stand: Stand, post: Publication, fits: bool
) -> None:
    told, passed = stand.outcome(post)
    if fits:
        assert (type(told), passed) == (str, 1), told
    else:
        assert (type(told), passed, stand.fake.server.requests) == (PermanentFailure, 0, [])


def test_a_thread_is_refused_for_instagram_has_none(stand: Stand) -> None:
    words = (Segment(SegmentKind.TEXT, "Och så fortsätter det"),)
    plain = instagram()
    post = replace(plain.post, more=(Part(PartKind.REPLY, words, 21),))
    told, _ = stand.outcome(replace(plain, post=post, part=1, parent="1"))
    assert (type(told), stand.fake.server.requests) == (PermanentFailure, [])


# The key


@pytest.mark.parametrize(
    "fault",
    [Fault(PUBLISH, 401), Fault(PUBLISH), Fault(MAKE, 400, body=TOKEN.encode()), None],
    ids=["refused", "dropped", "echoed", "published"],
)
def test_the_key_is_in_no_address_no_log_and_no_traceback(
    stand: Stand, fault: Fault | None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    stand.fail(*([fault] if fault else []))
    told, _ = stand.outcome(instagram())
    lines = traceback.format_exception(told) if isinstance(told, ChannelError) else [str(told)]
    assert TOKEN not in "".join(lines) + caplog.text + "".join(stand.fake.server.lines())
    assert not isinstance(told, ChannelError) or told.__cause__ is None


def test_what_proves_the_app_is_masked_when_the_network_repeats_it(stand: Stand) -> None:
    proof = meta.proof(Secret("app"), Secret(TOKEN))
    stand.fail(Fault(MAKE, 400, body=f'{{"error": {{"code": 100, "message": "{proof}"}}}}'.encode()))
    told, _ = stand.outcome(instagram())
    assert isinstance(told, PermanentFailure)
    assert "***" in str(told)
    assert proof not in str(told)


def test_each_call_proves_that_it_is_the_apps(stand: Stand) -> None:
    stand.outcome(instagram())
    calls = [request for request in stand.fake.server.requests if "fields" in request.query]
    assert len({request.query["appsecret_proof"] for request in calls}) == 1
    forms = [request.form for request in stand.fake.server.requests if request.method == "POST"]
    assert all(len(form["appsecret_proof"].text) == 64 for form in forms)


def test_a_key_that_is_dead_rests_the_channel(stand: Stand) -> None:
    stand.fake.keys = set()
    told, passed = stand.outcome(instagram())
    assert (type(told), passed) == (ChannelDown, 0)


def test_the_channel_opens_from_settings_without_touching_the_network(tmp_path: Path) -> None:
    host = MediaHost(HostKind.WEB, "https://leader.example/media")
    settings = channel_settings(ChannelKind.INSTAGRAM, account=ACCOUNT, media_host=host, base_url="")
    channel = open_channel(settings, out=tmp_path.as_posix(), memory=Passing(), now=lambda: NOW)
    assert channel.account.address == f"https://graph.facebook.com/{API.name}"
    channel.close()
    with pytest.raises(ConfigError):
        open_channel(
            replace(settings, media_host=None), out=tmp_path.as_posix(), memory=Passing(), now=lambda: NOW
        )
    with pytest.raises(ConfigError):
        open_channel(
            replace(settings, account="../me"), out=tmp_path.as_posix(), memory=Passing(), now=lambda: NOW
        )
    with pytest.raises(ConfigError):
        open_channel(
            replace(settings, base_url="http://graph.example"),
            out=tmp_path.as_posix(),
            memory=Passing(),
            now=lambda: NOW,
        )


def test_a_fault_that_goes_on_never_makes_two(stand: Stand) -> None:
    stand.fail(Fault(PUBLISH, 500, done=True, times=ALWAYS))
    for attempt in (1, 2, 3):
        stand.outcome(instagram(attempt=attempt))
    assert len(stand.fake.posts()) == 1
