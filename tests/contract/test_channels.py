"""What the ledger relies on, asked of every channel: nothing before the point of no return, all after it."""

from __future__ import annotations

import json
import logging
import quopri
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from comms.channels.base import Channel, Passing
from comms.channels.file import FileChannel
from comms.channels.manual import ManualChannel
from comms.channels.registry import open_channel
from comms.channels.smtp import SmtpChannel
from comms.channels.web import Timeouts
from comms.errors import (
    ChannelDown,
    ChannelError,
    ConfigError,
    LeaseLost,
    OutcomeUnknown,
    PermanentFailure,
    SenderRefused,
    TemporaryFailure,
    say,
)
from comms.model.ledger import Absent, CannotTell, Found, Outgoing, Publication, Receipt
from comms.model.network import Network, Part, PartKind, Segment, SegmentKind
from comms.model.settings import (
    ChannelKind,
    ChannelSettings,
    HostKind,
    MediaHost,
    RelaySettings,
    Secret,
    Security,
)
from tests.contract.networks import PATIENT, QUICK, SITES, Meeting, Site, meeting, unproven
from tests.fakes import smtp
from tests.fakes.examples import NOW, letter, publication
from tests.fakes.network import ALWAYS, Fault
from tests.fakes.settings import channel_settings

SECRET = "hemligt-losenord-4711"


@dataclass
class World:
    """A channel, something it carries, and what has arrived at the other side as text."""

    channel: Channel
    outgoing: Outgoing
    arrived: Callable[[], list[str]]
    unfit: Outgoing | None = None
    calls: list[int] = field(default_factory=list)

    def no_return(self) -> None:
        """Note how much had arrived when the channel asked."""
        self.calls.append(len(self.arrived()))


def _files(folder: Path, pattern: str) -> Callable[[], list[str]]:
    return lambda: [quopri.decodestring(path.read_bytes()).decode() for path in folder.rglob(pattern)]


@contextmanager
def _file_letters(out: Path) -> Iterator[World]:
    yield World(FileChannel("mejl", out), letter(), _files(out, "*.eml"))


@contextmanager
def _file_posts(out: Path) -> Iterator[World]:
    yield World(FileChannel("mastodon", out), publication(pictures=2), _files(out, "post.txt"))


@contextmanager
def _manual(out: Path) -> Iterator[World]:
    yield World(ManualChannel("linkedin", out), publication(pictures=2), _files(out, "post.txt"), letter())


@contextmanager
def _smtp(out: Path) -> Iterator[World]:
    del out
    with smtp.Relay(always={"ehlo": "250-relay.example\r\n250 AUTH PLAIN"}) as relay:
        settings = RelaySettings("mejl", "127.0.0.1", relay.port, Security.NONE, "comms", Secret(SECRET))
        channel = SmtpChannel("mejl", [settings], ssl.create_default_context(), connections=4)
        yield World(
            channel,
            letter(),
            lambda: [quopri.decodestring(kept.content).decode() for kept in relay.letters],
            publication(),
        )
        channel.close()


def _posts(site: Site) -> Callable[[Path], AbstractContextManager[World]]:
    @contextmanager
    def made(out: Path) -> Iterator[World]:
        with meeting(site, out) as met:
            channel = met.opened()
            yield World(
                channel, site.post(pictures=2), lambda: [post.text for post in met.published()], letter()
            )
            channel.close()

    return made


@pytest.fixture(
    params=[
        pytest.param(_file_letters, id="file-letters"),
        pytest.param(_file_posts, id="file-posts"),
        pytest.param(_manual, id="manual"),
        pytest.param(_smtp, id="smtp", marks=pytest.mark.servers),
        *(pytest.param(_posts(site), id=site.slug, marks=pytest.mark.servers) for site in SITES),
    ]
)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with request.param(tmp_path) as made:
        yield made


def test_what_is_handed_over_arrives_once_and_gives_a_receipt(world: World) -> None:
    receipt = world.channel.deliver(world.outgoing, point_of_no_return=world.no_return)
    assert receipt.id
    assert len(world.arrived()) == 1


def test_the_point_of_no_return_is_passed_once_and_before_anything_has_arrived(world: World) -> None:
    world.channel.deliver(world.outgoing, point_of_no_return=world.no_return)
    assert world.calls == [0]


def test_a_lost_lease_passes_through_and_nothing_arrives(world: World) -> None:
    def lost() -> None:
        raise LeaseLost(say("Borta."))

    with pytest.raises(LeaseLost):
        world.channel.deliver(world.outgoing, point_of_no_return=lost)
    world.channel.close()
    assert world.arrived() == []


def test_the_next_one_goes_after_a_lost_lease(world: World) -> None:
    def lost() -> None:
        raise LeaseLost(say("Borta."))

    with pytest.raises(LeaseLost):
        world.channel.deliver(world.outgoing, point_of_no_return=lost)
    world.channel.deliver(world.outgoing, point_of_no_return=world.no_return)
    assert len(world.arrived()) == 1


def test_swedish_letters_survive(world: World) -> None:
    world.channel.deliver(world.outgoing, point_of_no_return=world.no_return)
    assert "å" in world.arrived()[0].lower()


def test_what_a_channel_cannot_carry_is_refused_before_anything_is_touched(world: World) -> None:
    if world.unfit is None:
        assert isinstance(world.channel, FileChannel)
        return
    with pytest.raises(PermanentFailure):
        world.channel.deliver(world.unfit, point_of_no_return=world.no_return)
    assert world.calls == []


def test_as_many_as_it_has_connections_may_be_handed_over_at_once(world: World) -> None:
    at_once = threading.Barrier(world.channel.connections, timeout=10)
    with ThreadPoolExecutor(world.channel.connections) as threads:
        receipts = threads.map(
            lambda _: world.channel.deliver(world.outgoing, point_of_no_return=at_once.wait),
            range(world.channel.connections),
        )
        assert all(receipt.id for receipt in receipts)
    assert len(world.arrived()) == world.channel.connections


def test_a_check_hands_nothing_over(world: World) -> None:
    world.channel.check(60_000)
    assert world.arrived() == []


def vars_of(thing: object) -> dict[str, object]:
    """What it holds."""
    names = getattr(type(thing), "__slots__", ())
    return getattr(thing, "__dict__", None) or {name: getattr(thing, name) for name in names}


def inside(thing: object, seen: set[int]) -> str:
    """What repr tells of a thing of ours, and of all that it holds but its memory, which is another's."""
    if isinstance(thing, Passing):
        return ""
    if isinstance(thing, Secret):
        return repr(thing)
    held = [*thing] if isinstance(thing, list | tuple) else [*vars_of(thing).values()]
    if id(thing) in seen or not (
        isinstance(thing, list | tuple) or type(thing).__module__.startswith("comms.")
    ):
        return repr(thing)
    seen.add(id(thing))
    return repr(thing) + "".join(inside(one, seen) for one in held)


def test_no_secret_shows_in_a_channel(world: World) -> None:
    world.channel.deliver(world.outgoing, point_of_no_return=world.no_return)
    shown = inside(world.channel, set())
    assert ("Secret(**********)" in shown) is not isinstance(world.channel, FileChannel | ManualChannel)
    assert not [one for one in (SECRET, *(one for site in SITES for one in site.unshown)) if one in shown]


def test_closing_twice_is_harmless(world: World) -> None:
    world.channel.deliver(world.outgoing, point_of_no_return=world.no_return)
    world.channel.close()
    world.channel.close()
    assert len(world.arrived()) == 1


def test_closing_before_anything_is_harmless(world: World) -> None:
    world.channel.close()
    world.channel.deliver(world.outgoing, point_of_no_return=world.no_return)
    assert len(world.arrived()) == 1


@pytest.mark.parametrize("kind", list(ChannelKind))
def test_every_kind_of_channel_opens_without_touching_the_network(kind: ChannelKind, tmp_path: Path) -> None:
    host = MediaHost(HostKind.WEB, "https://leader.example/bilder")
    settings = channel_settings(kind, account="4711", media_host=host)
    channel = open_channel(settings, out=str(tmp_path), memory=Passing(), now=lambda: NOW)
    assert channel.slug == kind.value
    channel.close()


@pytest.mark.parametrize(
    "settings",
    [
        channel_settings(ChannelKind.SMTP, security=Security.NONE, host="relay.example"),
        channel_settings(
            ChannelKind.SMTP,
            backups=(RelaySettings("b", "backup.example", 25, Security.NONE, "b", Secret(SECRET)),),
        ),
        channel_settings(ChannelKind.MASTODON, base_url="http://social.example"),
        channel_settings(ChannelKind.MASTODON, token=Secret("")),
        channel_settings(ChannelKind.MASTODON, token=Secret(f"{SECRET}\n")),
    ],
    ids=[
        "letters in the clear",
        "a backup in the clear",
        "posts in the clear",
        "no key",
        "a key with a line end",
    ],
)
def test_unsafe_settings_are_refused_without_telling_the_secret(
    settings: ChannelSettings, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError) as refused:
        open_channel(settings, out=str(tmp_path), memory=Passing(), now=lambda: NOW)
    assert SECRET not in str(refused.value)


@pytest.mark.servers
def test_letters_have_as_many_connections_and_relays_as_the_settings_say(tmp_path: Path) -> None:
    with smtp.Relay(always={"connect": "421 4.3.2 Busy"}) as first, smtp.Relay() as backup:
        settings = channel_settings(
            ChannelKind.SMTP,
            security=Security.NONE,
            host="127.0.0.1",
            port=first.port,
            connections=3,
            backups=(RelaySettings("b", "127.0.0.1", backup.port, Security.NONE, "", Secret("")),),
        )
        channel = open_channel(settings, out=str(tmp_path), memory=Passing(), now=lambda: NOW)
        channel.deliver(letter(), point_of_no_return=lambda: None)
        channel.close()
    assert (channel.connections, len(backup.letters)) == (3, 1)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_letters_may_go_unprotected_to_this_machine(host: str, tmp_path: Path) -> None:
    settings = channel_settings(ChannelKind.SMTP, security=Security.NONE, host=host)
    assert open_channel(settings, out=str(tmp_path), memory=Passing(), now=lambda: NOW).slug == "smtp"


# The networks


@pytest.fixture(params=[pytest.param(site, id=site.slug) for site in SITES])
def met(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Meeting]:
    with meeting(request.param, tmp_path) as made:
        yield made


@dataclass
class Told:
    """How a delivery ended: its receipt or its failure, and what stood there each time it asked to go on."""

    end: Receipt | ChannelError
    stood: list[int]

    @property
    def kind(self) -> type[Receipt | ChannelError]:
        """Which of the ends it was."""
        return type(self.end)


def outcome(met: Meeting, post: Publication, timeouts: Timeouts = PATIENT, url: str = "") -> Told:
    """Deliver over a channel of its own."""
    channel, stood = met.opened(timeouts, url), list[int]()
    try:
        end = channel.deliver(post, point_of_no_return=lambda: stood.append(len(met.published())))
    except ChannelError as error:
        return Told(error, stood)
    finally:
        channel.close()
    return Told(end, stood)


def looked(met: Meeting, post: Publication) -> Found:
    """Look for it over a channel of its own."""
    channel = met.opened()
    try:
        return channel.find(post)
    finally:
        channel.close()


@pytest.mark.servers
def test_a_receipt_has_the_networks_own_id_and_where_to_see_it(met: Meeting) -> None:
    told = outcome(met, met.site.post(pictures=1))
    (post,) = met.published()
    assert isinstance(told.end, Receipt)
    assert told.end.id == post.id
    assert told.end.answer.startswith("https://")
    assert told.stood == [0]


@pytest.mark.servers
def test_letters_of_all_sorts_survive_in_texts_and_alt_texts(met: Meeting) -> None:
    words = "Åsebyns ”öppna” dag – kom!\n\nVälkommen 👩‍🌾 à la carte\u00a0&  <b> é"
    plain = met.site.words(words)
    media = tuple(replace(one, alt='Två åsnor, "Å" & <Ä>') for one in met.site.post(pictures=1).post.media)
    post = replace(plain, post=replace(plain.post, media=media), pictures=(met.site.picture,))
    assert outcome(met, post).kind is Receipt
    (shown,) = met.published()
    assert shown.text == words
    assert [(content, alt) for content, alt in shown.pictures] == [(met.site.picture, media[0].alt)]


# Limits of the networks


def padded(site: Site, pictures: int, size: int) -> Publication:
    """A post whose first picture is so many bytes."""
    post = site.post(pictures=pictures)
    first = site.picture + b"x" * (size - len(site.picture))
    return replace(post, pictures=(first, *post.pictures[1:]))


def with_alt(site: Site, alt: str) -> Publication:
    """A post with one picture that has this alt text."""
    post = site.post(pictures=1)
    return replace(post, post=replace(post.post, media=(replace(post.post.media[0], alt=alt),)))


def heavy(site: Site, size: int) -> Publication:
    """A post whose words are so many bytes, of few characters."""
    farmer = "👩‍🌾"
    weight = len(farmer.encode())
    return site.words(farmer * (size // weight) + "x" * (size % weight))


def linking(site: Site, count: int) -> Publication:
    """A post of so many links."""
    pairs = [(f"https://leader.example/{number}", " ") for number in range(count)]
    return site.saying(
        *(
            segment
            for link, space in pairs
            for segment in (Segment(SegmentKind.LINK, link, link), Segment(SegmentKind.TEXT, space))
        )
    )


def tagging(site: Site, count: int) -> Publication:
    """A post of so many hashtags."""
    tags = [Segment(SegmentKind.HASHTAG, f"#å{number}") for number in range(count)]
    return site.saying(*(segment for tag in tags for segment in (tag, Segment(SegmentKind.TEXT, " "))))


Making = Callable[[Site, int], Publication]
LIMITS: dict[str, tuple[Callable[[Network], int], Making]] = {
    "characters": (lambda it: it.max_length, lambda site, size: site.words("å" * size)),
    "bytes": (lambda it: it.max_bytes, heavy),
    "pictures": (lambda it: it.max_pictures, lambda site, count: site.post(pictures=count)),
    "alt text": (lambda it: it.alt_max, lambda site, size: with_alt(site, "å" * size)),
    "picture bytes": (lambda it: it.picture.max_bytes, lambda site, size: padded(site, 1, size)),
    "links": (lambda it: it.max_links, linking),
    "hashtags": (lambda it: it.tags_allowed, tagging),
}
STATED = [
    pytest.param(site, limit(site.network), make, id=f"{site.slug}: {name}")
    for site in SITES
    for name, (limit, make) in LIMITS.items()
    if limit(site.network)
]


@pytest.mark.servers
@pytest.mark.parametrize(("site", "limit", "make"), STATED)
def test_at_a_stated_limit_a_post_is_taken_and_one_above_is_refused_before_any_call(
    site: Site, limit: int, make: Making, tmp_path: Path
) -> None:
    with meeting(site, tmp_path) as met:
        above = outcome(met, make(site, limit + 1))
        assert (above.kind, above.stood, met.fake.server.lines()) == (PermanentFailure, [], [])
        assert outcome(met, make(site, limit)).kind is Receipt
        assert len(met.published()) == 1


def unfit(site: Site) -> dict[str, Outgoing]:
    """What a network cannot carry."""
    plain = site.post(pictures=1)
    post = plain.post
    reply = Part(PartKind.REPLY, (Segment(SegmentKind.TEXT, "Sedan"),), 5)
    strange = (replace(post.media[0], media_type="image/tiff"),)
    found: dict[str, Outgoing] = {
        "letter": letter(),
        "format": replace(plain, post=replace(post, media=strange)),
    }
    if not site.network.warns:
        found["warning"] = replace(plain, post=replace(post, warning="Val"))
    if not site.network.threads:
        found["thread"] = replace(plain, post=replace(post, more=(reply,)), part=1, root="1", parent="1")
    if site.network.needs_picture:
        found["no picture"] = replace(plain, post=replace(post, media=()), pictures=())
    if site.network.thumb:
        found["thumb"] = replace(plain, thumb=b"x" * (site.network.thumb.max_bytes + 1))
    return found


@pytest.mark.servers
@pytest.mark.parametrize(
    ("site", "what"),
    [pytest.param(site, what, id=f"{site.slug}: {what}") for site in SITES for what in unfit(site)],
)
def test_what_a_network_cannot_carry_is_refused_and_not_trimmed(
    site: Site, what: str, tmp_path: Path
) -> None:
    with meeting(site, tmp_path) as met:
        channel = met.opened()
        with pytest.raises(PermanentFailure):
            channel.deliver(unfit(site)[what], point_of_no_return=lambda: pytest.fail("went on"))
        channel.close()
        assert met.fake.server.lines() == []


# What each answer and each silence means

SILENCES = [
    Fault("", hang=True, times=ALWAYS),
    Fault("", times=ALWAYS),
    Fault("", reset=True, times=ALWAYS),
    Fault("", 200, headers={"Content-Length": "9999"}, times=ALWAYS),
]
UNCLEAR = [Fault("", status, times=ALWAYS) for status in (500, 502, 503, 504)]
UNREADABLE = [Fault("", 200, body=body, times=ALWAYS) for body in (b"<html>", b"{}", b'"' + b"x" * 1_100_000)]
LOST = [replace(fault, done=True) for fault in SILENCES + UNCLEAR + UNREADABLE] + SILENCES[1:3] + UNCLEAR[:1]
DEFINITE = [
    (Fault("", 400, times=ALWAYS), PermanentFailure),
    (Fault("", 404, times=ALWAYS), PermanentFailure),
    (Fault("", 422, times=ALWAYS), PermanentFailure),
    (Fault("", 401, times=ALWAYS), ChannelDown),
    (Fault("", 307, headers={"Location": "http://127.0.0.1:9/"}, times=ALWAYS), ChannelDown),
    (Fault("", 429, headers={"Retry-After": "1800"}, times=ALWAYS), TemporaryFailure),
]


def named(fault: Fault) -> str:
    """What a fault is called in a test's name."""
    silent = "silence" if fault.hang else "reset" if fault.reset else "hung up"
    after = " after it was done" if fault.done else ""
    return f"{fault.status or silent}{' cut off' if 'Content-Length' in fault.headers else ''}{after}"


@pytest.mark.servers
@pytest.mark.parametrize("fault", SILENCES + UNCLEAR + UNREADABLE, ids=named)
def test_while_preparing_a_lost_answer_is_tried_again_and_nothing_is_seen(met: Meeting, fault: Fault) -> None:
    met.fails(replace(fault, path=met.site.prepare))
    told = outcome(met, met.site.post(pictures=1), QUICK)
    assert (told.kind, told.stood, met.published()) == (TemporaryFailure, [], [])


@pytest.mark.servers
@pytest.mark.parametrize("fault", LOST, ids=named)
def test_while_publishing_a_lost_answer_is_a_doubt_and_is_not_asked_for_again(
    met: Meeting, fault: Fault
) -> None:
    met.fails(replace(fault, path=met.site.publish))
    told = outcome(met, met.site.post(pictures=1), QUICK)
    assert (told.kind, told.stood, len(met.published())) == (OutcomeUnknown, [0], int(fault.done))
    assert met.publishings() == 1


@pytest.mark.servers
@pytest.mark.parametrize("step", ["prepare", "publish"])
@pytest.mark.parametrize(
    ("fault", "meaning"), DEFINITE, ids=lambda it: named(it) if isinstance(it, Fault) else ""
)
def test_a_clear_no_means_the_same_before_and_at_publishing(
    met: Meeting, fault: Fault, meaning: type[ChannelError], step: str
) -> None:
    met.fails(replace(fault, path=getattr(met.site, step)))
    told = outcome(met, met.site.post(pictures=1))
    assert (told.kind, told.stood, met.published()) == (meaning, [0] * (step == "publish"), [])
    if isinstance(told.end, TemporaryFailure):
        assert told.end.retry_after == timedelta(minutes=30)


@pytest.mark.servers
@pytest.mark.parametrize(("step", "meaning"), [("prepare", ChannelDown), ("publish", SenderRefused)])
def test_a_key_that_may_do_nothing_rests_the_channel_and_one_that_may_not_publish_this_stops_this(
    met: Meeting, step: str, meaning: type[ChannelError]
) -> None:
    met.fails(Fault(getattr(met.site, step), 403, times=ALWAYS))
    told = outcome(met, met.site.post(pictures=1))
    assert (told.kind, met.published()) == (meaning, [])
    assert not (isinstance(told.end, SenderRefused) and told.end.decisive)


@pytest.mark.servers
def test_a_server_that_is_not_there_is_tried_again(met: Meeting) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    told = outcome(met, met.site.post(), url=f"http://127.0.0.1:{port}")
    assert told.kind is TemporaryFailure


@pytest.mark.servers
def test_a_server_that_goes_away_before_publishing_certainly_has_nothing(met: Meeting) -> None:
    channel, server = met.opened(), met.fake.server

    def gone() -> None:
        server.shutdown()
        server.server_close()

    with pytest.raises(TemporaryFailure):
        channel.deliver(met.site.post(pictures=1), point_of_no_return=gone)
    channel.close()


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    return unproven(tmp_path_factory.mktemp("tls"))


@pytest.mark.servers
@pytest.mark.parametrize("site", SITES, ids=lambda site: site.slug)
def test_a_certificate_that_proves_nothing_rests_the_channel(
    site: Site, tls: ssl.SSLContext, tmp_path: Path
) -> None:
    with meeting(site, tmp_path, tls) as met:
        told = outcome(met, site.post(pictures=1))
        assert (told.kind, told.stood, met.fake.server.lines()) == (ChannelDown, [], [])


# Once on the networks


@pytest.mark.servers
def test_looking_finds_what_is_there_and_changes_nothing(met: Meeting) -> None:
    post = met.site.post(pictures=1)
    assert isinstance(looked(met, post), Absent | CannotTell)
    assert met.published() == []
    told = outcome(met, post)
    before = met.publishings()
    assert looked(met, post) == told.end
    assert (len(met.published()), met.publishings()) == (1, before)


@pytest.mark.servers
def test_another_post_is_not_taken_for_ours(met: Meeting) -> None:
    outcome(met, met.site.post("Något helt annat"))
    other = replace(met.site.post(), key="leden.1.fedcba987654")
    other = replace(other, post=replace(other.post, id="leden.1"))
    assert isinstance(looked(met, other), Absent | CannotTell)


@pytest.mark.servers
@pytest.mark.parametrize("fault", [Fault("", done=True), Fault("", 502, done=True)], ids=named)
def test_a_second_attempt_finds_the_first_and_does_not_double_it(met: Meeting, fault: Fault) -> None:
    post = met.site.post(pictures=1)
    met.fails(replace(fault, path=met.site.publish))
    assert outcome(met, post).kind is OutcomeUnknown
    told = outcome(met, replace(post, attempt=2))
    assert isinstance(told.end, Receipt)
    assert [one.id for one in met.published()] == [told.end.id]


@pytest.mark.servers
def test_a_second_attempt_publishes_what_never_came(met: Meeting) -> None:
    post = met.site.post(pictures=1)
    met.fails(Fault(met.site.publish, 429))
    assert outcome(met, post).kind is TemporaryFailure
    assert outcome(met, replace(post, attempt=2)).kind is Receipt
    assert len(met.published()) == 1


@pytest.mark.servers
def test_a_first_attempt_that_is_late_finds_what_a_ledger_restored_from_before_has_forgotten(
    met: Meeting,
) -> None:
    post = met.site.post(pictures=1)
    told = outcome(met, post)
    met.memory = Passing()
    before, late = met.publishings(), replace(post, created_at=post.publish_at + timedelta(hours=3))
    assert [outcome(met, replace(late, attempt=attempt)).end for attempt in (1, 2)] == [told.end] * 2
    assert (len(met.published()), met.publishings()) == (1, before)


@pytest.mark.servers
def test_a_first_attempt_that_is_late_publishes_what_is_not_there_and_one_in_time_does_not_look(
    met: Meeting,
) -> None:
    late = replace(met.site.post(pictures=1), created_at=NOW + timedelta(hours=3))
    assert outcome(met, late).kind is Receipt
    asked = len(met.fake.server.requests)
    met.memory = Passing()
    in_time = replace(met.site.post("Ett annat"), key="ett.annat.1", created_at=NOW + timedelta(minutes=9))
    in_time = replace(in_time, post=replace(in_time.post, id="ett.annat"))
    assert outcome(met, in_time).kind is Receipt
    assert len(met.published()) == 2
    assert len(met.fake.server.requests) - asked < asked


# Secrets of the networks


@pytest.mark.servers
@pytest.mark.parametrize("step", ["prepare", "publish"])
@pytest.mark.parametrize("status", [0, 401, 500])
def test_no_secret_is_in_a_log_or_a_failure(
    met: Meeting, step: str, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    echo = json.dumps({"error": f"what is {' '.join(met.site.secrets)}"}).encode()
    met.fails(Fault(getattr(met.site, step), status, body=echo, times=ALWAYS))
    told = outcome(met, met.site.post(pictures=1))
    assert isinstance(told.end, ChannelError)
    shown = "".join(traceback.format_exception(told.end)) + repr(told.end) + repr(told.end.args) + caplog.text
    assert [secret for secret in met.site.unshown if secret in shown] == []
    assert told.end.__cause__ is None


@pytest.mark.servers
def test_no_secret_is_in_the_log_of_what_went_well(met: Meeting, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    outcome(met, met.site.post(pictures=1))
    looked(met, met.site.post(pictures=1))
    assert [secret for secret in met.site.unshown if secret in caplog.text] == []
    assert [secret for secret in met.site.secrets if secret in "".join(met.fake.server.lines())] == []


# Files and packages


def test_knowing_the_channels_costs_no_network_library() -> None:
    code = (
        "import sys, comms.channels.base, comms.channels.registry; "
        "print('requests' in sys.modules, 'smtplib' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["False", "False"]


def test_a_package_holds_all_that_a_person_needs(tmp_path: Path) -> None:
    receipt = ManualChannel("linkedin", tmp_path).deliver(
        publication(pictures=2), point_of_no_return=lambda: None
    )
    folder = tmp_path / receipt.id
    assert sorted(path.name for path in folder.iterdir()) == [
        "1.png",
        "2.png",
        "alt.txt",
        "gor-sa-har.txt",
        "post.json",
        "post.txt",
    ]
    assert (folder / "post.txt").read_text() == "Ny brygga i Åsebyn https://leader.example/brygga"
    assert (folder / "alt.txt").read_text().splitlines()[1] == "2.png: Brygga 1 i kvällsljus"
    assert json.loads((folder / "post.json").read_text())["media"][0]["file"] == "1.png"
    assert "för hand" in receipt.answer


def test_a_repeat_to_files_leaves_the_same_bytes_and_nothing_else(tmp_path: Path) -> None:
    channel = FileChannel("mejl", tmp_path)
    for _ in range(2):
        channel.deliver(letter(), point_of_no_return=lambda: None)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["kansli@arvika.example.eml"]


@pytest.mark.parametrize("channel", [FileChannel, ManualChannel])
def test_a_lost_lease_leaves_no_files_at_all(
    channel: type[FileChannel | ManualChannel], tmp_path: Path
) -> None:
    def lost() -> None:
        raise LeaseLost(say("Borta."))

    with pytest.raises(LeaseLost):
        channel("x", tmp_path).deliver(publication(pictures=1), point_of_no_return=lost)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_folder_that_cannot_be_written_rests_the_channel(tmp_path: Path) -> None:
    (tmp_path / "sent").write_text("en fil i vägen")
    passed: list[int] = []
    with pytest.raises(ChannelDown, match="sent"):
        FileChannel("mejl", tmp_path).deliver(letter(), point_of_no_return=lambda: passed.append(1))
    assert passed == []


def test_a_disk_that_fails_halfway_leaves_a_doubt(tmp_path: Path) -> None:
    folder = tmp_path / "sent" / "mejl" / letter().folder
    with pytest.raises(OutcomeUnknown):
        FileChannel("mejl", tmp_path).deliver(letter(), point_of_no_return=lambda: shutil.rmtree(folder))


@pytest.mark.parametrize("recipient", ["../../etc/passwd", "a/b@x.example", ".dold@x.example", "å" * 300])
def test_no_recipient_can_choose_where_a_letter_is_written(recipient: str, tmp_path: Path) -> None:
    FileChannel("mejl", tmp_path / "out").deliver(letter(recipient), point_of_no_return=lambda: None)
    (written,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert written.parent == tmp_path / "out" / "sent" / "mejl" / "kommunbrevet-2026-12-01"
    assert not written.name.startswith(".")


def test_two_names_that_clean_up_alike_stay_two_files(tmp_path: Path) -> None:
    channel = FileChannel("mejl", tmp_path)
    for recipient in ("å@x.example", "ä@x.example"):
        channel.deliver(letter(recipient), point_of_no_return=lambda: None)
    assert len(list(tmp_path.rglob("*.eml"))) == 2
