"""What the ledger relies on, asked of every channel: nothing before the point of no return, all after it."""

from __future__ import annotations

import json
import quopri
import shutil
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from comms.channels.base import Channel, Passing
from comms.channels.file import FileChannel
from comms.channels.manual import ManualChannel
from comms.channels.mastodon import Account, MastodonChannel
from comms.channels.registry import open_channel
from comms.channels.smtp import SmtpChannel
from comms.errors import ChannelDown, ConfigError, LeaseLost, OutcomeUnknown, PermanentFailure, say
from comms.model.ledger import Outgoing
from comms.model.settings import ChannelKind, ChannelSettings, RelaySettings, Secret, Security
from tests.fakes import mastodon, smtp
from tests.fakes.examples import letter, publication
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


@contextmanager
def _mastodon(out: Path) -> Iterator[World]:
    del out
    with mastodon.Mastodon() as fake:
        channel = MastodonChannel("mastodon", Account(fake.url, Secret(mastodon.TOKEN)))
        yield World(
            channel,
            publication(pictures=2),
            lambda: [str(status["status"]) for status in fake.server.statuses],
            letter(),
        )
        channel.close()


@pytest.fixture(
    params=[
        pytest.param(_file_letters, id="file-letters"),
        pytest.param(_file_posts, id="file-posts"),
        pytest.param(_manual, id="manual"),
        pytest.param(_smtp, id="smtp", marks=pytest.mark.servers),
        pytest.param(_mastodon, id="mastodon", marks=pytest.mark.servers),
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


def test_no_secret_shows_in_a_channel(world: World) -> None:
    parts = [world.channel, *vars(world.channel).get("_relays", ())]
    shown = repr([(part, vars(part)) for part in parts])
    assert ("Secret(**********)" in shown) is not isinstance(world.channel, FileChannel | ManualChannel)
    assert SECRET not in shown
    assert mastodon.TOKEN not in shown


def test_closing_twice_is_harmless(world: World) -> None:
    world.channel.deliver(world.outgoing, point_of_no_return=world.no_return)
    world.channel.close()
    world.channel.close()
    assert len(world.arrived()) == 1


@pytest.mark.parametrize("kind", list(ChannelKind))
def test_every_kind_of_channel_opens_without_touching_the_network(kind: ChannelKind, tmp_path: Path) -> None:
    channel = open_channel(channel_settings(kind), out=str(tmp_path), memory=Passing())
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
        open_channel(settings, out=str(tmp_path), memory=Passing())
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
        channel = open_channel(settings, out=str(tmp_path), memory=Passing())
        channel.deliver(letter(), point_of_no_return=lambda: None)
        channel.close()
    assert (channel.connections, len(backup.letters)) == (3, 1)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_letters_may_go_unprotected_to_this_machine(host: str, tmp_path: Path) -> None:
    settings = channel_settings(ChannelKind.SMTP, security=Security.NONE, host=host)
    assert open_channel(settings, out=str(tmp_path), memory=Passing()).slug == "smtp"


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
