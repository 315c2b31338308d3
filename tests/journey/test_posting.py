"""Posts to networks, from approval to receipt: each once, in order, and whatever goes wrong is told."""

from __future__ import annotations

import logging
import random
import shutil
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from tests.fakes import bluesky, facebook, mastodon
from tests.fakes.network import ALWAYS, Reply, Request
from tests.journey.posting import APPROVED, SITES, TIME, ZONE, Desk, Opened, post_of
from tests.journey.workspaces import Office, body, ended


@pytest.fixture
def opened(office: Office, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Opened:
    """Open the office's channel to a network, with an approved post."""

    def make(channel: str, more: str = "", how: str = "") -> Desk:
        site = SITES[channel]
        fake = site.fake()
        fake.__enter__()
        request.addfinalizer(lambda: fake.__exit__(None, None, None))
        desk = Desk(office, fake, site, f"bryggan.{channel}.1")
        if not isinstance(fake, bluesky.Bluesky):
            fake.now = lambda: desk.now.astimezone(UTC) + timedelta(seconds=5)  # type: ignore[attr-defined]  # all the others have it
        for name, secret in site.secrets.items():
            monkeypatch.setenv(f"COMMS_CHANNELS__{channel.upper()}__{name}", secret)
        office.change(
            "comms.yaml",
            "mastodon: {kind: file, network: mastodon,",
            f"{channel}: {{kind: {channel}, base_url: {fake.url}{site.settings}{how},",
        )
        office.write_item(
            "bryggan", since="2026-11-27", title="En ny brygga i Eda", more=post_of(site, channel, more)
        )
        office.approve(desk.post, now=APPROVED)
        return desk

    return make


# In order, each once


@pytest.mark.parametrize("channel", SITES)
def test_a_post_with_its_thread_and_its_comment_arrives_in_order_each_once(
    opened: Opened, channel: str
) -> None:
    desk = opened(channel)
    desk.settle()
    desk.assert_whole()
    desk.tick(60)
    desk.assert_whole()
    assert {answer.code for answer in desk.answers} == {0}
    assert desk.told == []


@pytest.mark.slow
def test_a_run_that_dies_just_before_it_publishes_leaves_nothing_twice_and_nothing_lost(
    opened: Opened,
) -> None:
    desk = opened("mastodon")
    died = ended(desk.office.start("tick", now=desk.clock, COMMS_CRASH_AT="settle.committed"))
    assert died.code < 0
    desk.settle()
    desk.assert_whole()


@pytest.mark.slow
def test_runs_that_die_after_every_answer_bring_a_thread_home_all_the_same(opened: Opened) -> None:
    desk = opened("bluesky")
    for _ in range(2):
        ended(desk.office.start("tick", now=desk.clock, COMMS_CRASH_AT="answer.read:1"))
        desk.now += timedelta(minutes=3)
    assert desk.published
    desk.settle()
    desk.assert_whole()


@pytest.mark.slow
def test_runs_that_are_killed_at_any_moment_leave_nothing_twice_and_nothing_lost(opened: Opened) -> None:
    desk = opened("mastodon")
    chance = random.Random(8)  # noqa: S311 - chance, not secrets
    for _ in range(3):
        process = desk.office.start("tick", now=desk.clock)
        time.sleep(chance.uniform(0.3, 0.9))
        process.kill()
        ended(process)
        desk.now += timedelta(minutes=3)
    desk.settle()
    desk.assert_whole()


@pytest.mark.slow
def test_runs_at_once_publish_each_part_once(opened: Opened) -> None:
    desk = opened("mastodon")
    answers = [ended(one) for one in [desk.office.start("tick", now=desk.clock) for _ in range(2)]]
    assert [answer.code for answer in answers] == [0, 0]
    texts = [post.text for post in desk.published]
    assert len(texts) == len(set(texts)) >= 1


# Answers that are lost


@pytest.mark.parametrize("channel", ["mastodon", "facebook"])
def test_a_post_whose_answer_was_lost_is_found_in_the_same_run(opened: Opened, channel: str) -> None:
    desk = opened(channel)
    desk.fails(done=True)
    assert desk.tick().code == 0
    assert desk.states[0] == "accepted"
    desk.settle()
    desk.assert_whole()
    assert desk.told == []


def test_a_network_that_shows_the_post_three_minutes_late_does_not_get_it_twice(opened: Opened) -> None:
    desk = opened("mastodon")
    fake = desk.fake
    assert isinstance(fake, mastodon.Mastodon)
    fake.heeds_keys = False
    shown, late = fake.answer, TIME + timedelta(minutes=3)

    def lagging(request: Request) -> Reply:
        asks = request.method == "GET" and request.path.endswith("/statuses")
        return (200, {}, []) if asks and desk.now < late else shown(request)

    fake.answer = lagging  # type: ignore[method-assign]  # the network lags
    desk.fails(done=True)
    for _ in range(3):
        assert desk.tick().code == 3
        assert desk.states == ["unknown", "planned", "planned", "planned"]
        desk.now += timedelta(minutes=1)
    desk.settle()
    desk.assert_whole()
    assert desk.told == []


def test_a_post_that_the_network_does_not_have_after_five_minutes_goes_out_again(opened: Opened) -> None:
    desk = opened("mastodon")
    desk.fails(reset=True)
    desk.tick()
    assert desk.tick(4).code == 3
    assert desk.published == []
    desk.settle()
    desk.assert_whole()
    assert desk.told == []


def test_a_post_that_was_told_of_as_uncertain_is_told_of_once_when_it_is_found(opened: Opened) -> None:
    desk = opened("mastodon")
    unclear(desk)
    assert isinstance(desk.fake, mastodon.Mastodon)
    desk.fake.reads = True
    desk.settle()
    desk.tick(1)
    desk.assert_whole()
    assert [subject.partition(":")[0] for subject in desk.told] == ["Kanske publicerat", "Är ute"]
    assert "del 1 av 4" in desk.said("Är ute")
    assert "Länk:          https://social.example/@leader/" in desk.said("Är ute")


def test_a_post_that_was_told_of_as_uncertain_is_told_of_when_it_goes_out_anew(opened: Opened) -> None:
    desk = opened("linkedin")
    answer = desk.fake.answer
    desk.fake.answer = lambda request: (503, {}, []) if request.method == "GET" else answer(request)  # type: ignore[method-assign]  # it answers nothing that it is asked
    desk.fails(reset=True)
    assert (desk.tick().code, desk.told) == (3, [])
    assert desk.tick(6).code == 3
    desk.fake.answer = answer  # type: ignore[method-assign]  # and then it does
    desk.settle()
    desk.assert_whole()
    assert [subject.partition(":")[0] for subject in desk.told] == ["Kanske publicerat", "Gick ut på nytt"]


def test_a_post_in_doubt_that_is_called_off_does_not_go_out_again_and_stops_asking(opened: Opened) -> None:
    desk = opened("mastodon")
    assert isinstance(desk.fake, mastodon.Mastodon)
    desk.fails(reset=True)
    desk.tick()
    answer = desk.comms("cancel", desk.post, "--yes")
    assert (answer.code, "kan vara ute" in answer.out) == (3, True)
    assert desk.tick(6).code == 0
    desk.tick(6)
    assert (desk.published, desk.told, desk.states) == ([], [], ["cancelled"] * 4)


# Handed over ahead of its time


def ahead(opened: Opened, more: str = "") -> Desk:
    """A post and its comment; Facebook has the post, and readers do not see it yet."""
    desk = opened("facebook", more=more, how=", ahead: 24h")
    desk.now = TIME - timedelta(hours=3)
    desk.tick()
    assert isinstance(desk.fake, facebook.Facebook)
    assert (len(desk.fake.scheduled()), desk.published) == (1, [])
    return desk


@pytest.mark.parametrize(
    "command", [("cancel",), ("retract", "--reason", "Fel uppgifter.")], ids=["cancel", "retract"]
)
def test_what_facebook_has_ahead_is_called_off_by_who_is_told_where_to_remove_it(
    opened: Opened, command: tuple[str, ...]
) -> None:
    desk = ahead(opened)
    what = desk.post if command[0] == "cancel" else "bryggan"
    answer = desk.comms(command[0], what, *command[1:], "--yes")
    assert answer.code == 3
    assert "Inlägget ligger schemalagt på Facebook: ta bort det där, https://" in answer.out
    assert "redan publicerad" not in answer.out
    desk.tick(1)
    desk.tick(60 * 4)
    assert desk.told == ["Ta bort: En ny brygga i Eda, Facebook, tor 3 dec kl. 12.00"]
    assert [post.parent for post in desk.published] == [""]
    assert desk.states == ["accepted", "cancelled"]


def test_what_facebook_has_ahead_is_told_of_once_when_its_item_changes(opened: Opened) -> None:
    desk = ahead(opened)
    desk.office.change("content/items/bryggan.md", "Den är öppen för alla.", "Den är öppen för några.")
    desk.tick(1)
    desk.tick(1)
    assert [subject.partition(":")[0] for subject in desk.told] == ["Ändrad sedan den lämnades över"]


# A no in the middle of a thread


def test_a_thread_that_is_asked_to_wait_goes_on_when_it_may(opened: Opened) -> None:
    desk = opened("mastodon")
    desk.stop_in_the_middle()
    desk.tick(8)
    assert len(desk.published) == 1
    desk.settle()
    desk.assert_whole()
    assert [subject.partition(":")[0] for subject in desk.told] == ["Inte ute än"]
    assert "Mastodon ber oss vänta: 429" in desk.said("Inte ute än")


def test_nothing_follows_a_part_that_was_refused_until_a_person_sends_the_rest(opened: Opened) -> None:
    desk = opened("mastodon")
    desk.fails(after=1, status=422)
    assert 3 in {desk.tick().code, desk.tick(1).code}
    assert desk.tick(60).code == 0
    assert desk.states == ["accepted", "rejected", "cancelled", "cancelled"]
    assert desk.told == ["Bara en del publicerad: En ny brygga i Eda, Mastodon"]
    said = desk.said("Bara en del")
    assert "Mastodon tog inte emot del 2 av 4." in said
    assert "Stycke 2: Vid sjön" in said
    (command,) = (line.partition("comms ")[2] for line in said.splitlines() if "--rest" in line)
    assert desk.comms(*command.split(), "--yes").code == 0
    desk.settle()
    desk.assert_whole()


def test_who_sends_the_rest_long_afterwards_knows_that_it_is_late(opened: Opened) -> None:
    desk = opened("mastodon")
    desk.fails(after=1, status=422)
    desk.tick()
    desk.tick(1)
    said = desk.said("Bara en del")
    (command,) = (line.partition("comms ")[2] for line in said.splitlines() if "--rest" in line)
    desk.tick(60 * 8)
    assert desk.comms(*command.split(), "--yes").code == 0
    assert desk.states == ["accepted"] * 4


# A person's word in the middle of a thread


def test_a_thread_that_is_paused_waits_and_goes_on_where_it_was(opened: Opened) -> None:
    desk = opened("mastodon")
    desk.stop_in_the_middle()
    desk.comms("pause", desk.post)
    desk.tick(15)
    assert len(desk.published) == 1
    desk.comms("resume", desk.post)
    desk.settle()
    desk.assert_whole()


def test_a_thread_that_is_called_off_ends_where_it_was(opened: Opened) -> None:
    desk = opened("mastodon")
    desk.stop_in_the_middle()
    desk.comms("cancel", desk.post, "--yes")
    desk.tick(30)
    assert (len(desk.published), desk.states) == (1, ["accepted", *["cancelled"] * 3])


def test_a_thread_whose_item_is_retracted_goes_no_further_and_cannot_be_resumed(opened: Opened) -> None:
    desk = opened("mastodon")
    desk.stop_in_the_middle()
    desk.comms("retract", "bryggan", "--reason", "Fel uppgifter.", "--yes")
    assert desk.tick(30).code == 3
    assert (desk.comms("resume", desk.post).code, len(desk.published)) == (1, 1)
    assert desk.told[-1] == "Pausad: En ny brygga i Eda"


def unclear(desk: Desk) -> None:
    """The first part is out, its answer was lost, and the network does not show what it has."""
    assert isinstance(desk.fake, mastodon.Mastodon)
    desk.fake.reads = False
    desk.fails(done=True)
    assert desk.tick().code == 3
    assert desk.told == []
    assert desk.tick(6).code == 3
    assert "Stycke 3: Vid sjön" in desk.said("Kanske publicerat")


@pytest.fixture
def nameless(opened: Opened) -> Desk:
    """A thread whose first part is out by a person's word, and whose rest is held."""
    desk = opened("mastodon")
    unclear(desk)
    desk.comms("reconcile", desk.post, "--sent", "--by", "Anna", "--yes")
    desk.tick(2)
    desk.tick(2)
    assert len(desk.published) == 1
    assert desk.states == ["accepted", "held", "held", "held"]
    return desk


def test_the_rest_of_a_thread_whose_first_part_has_no_name_is_held_and_told_with_what_to_do(
    nameless: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    said = nameless.said("Bara en del publicerad")
    assert "dess id på nätverket är inte känt" in said
    assert f"comms reconcile {nameless.post} --sent" in said
    assert "--rest" not in said
    assert [record for record in caplog.get_records("setup") if record.exc_info] == []


def test_the_rest_that_a_person_has_published_by_hand_is_settled_by_a_word(nameless: Desk) -> None:
    assert nameless.comms("reconcile", nameless.post, "--sent", "--by", "Anna", "--yes").code == 0
    assert nameless.states == ["accepted"] * 4
    assert "Väntar på er" not in nameless.comms("status").out


def test_the_rest_of_a_thread_that_is_held_can_be_called_off(nameless: Desk) -> None:
    assert nameless.comms("cancel", nameless.post, "--yes").code == 0
    assert nameless.states == ["accepted", "cancelled", "cancelled", "cancelled"]
    assert "Väntar på er" not in nameless.comms("status").out


def test_a_thread_goes_on_from_a_part_whose_link_a_person_has_told(opened: Opened) -> None:
    desk = opened("mastodon")
    unclear(desk)
    wrong = desk.comms("reconcile", desk.post, "--sent", "--link", "https://social.example/@anna", "--yes")
    assert (wrong.code, "Ange det med --id" in wrong.err) == (2, True)
    link = f"https://social.example/@leader/{desk.published[0].id}"
    desk.comms("reconcile", desk.post, "--sent", "--link", link, "--by", "Anna", "--yes")
    assert isinstance(desk.fake, mastodon.Mastodon)
    desk.fake.reads = True
    desk.settle()
    desk.assert_whole()
    assert [subject.partition(":")[0] for subject in desk.told] == ["Kanske publicerat"]


def test_a_part_that_a_person_says_is_not_out_is_looked_for_once_more_before_it_goes(opened: Opened) -> None:
    desk = opened("mastodon")
    unclear(desk)
    assert isinstance(desk.fake, mastodon.Mastodon)
    desk.fake.reads, desk.fake.heeds_keys = True, False
    desk.comms("reconcile", desk.post, "--not-sent", "--by", "Anna", "--yes")
    desk.settle()
    desk.assert_whole()


# The clock, the machine, an old copy of the ledger


def test_a_clock_that_is_set_back_stops_a_thread_until_it_has_caught_up(opened: Opened) -> None:
    desk = opened("mastodon")
    desk.stop_in_the_middle()
    desk.now -= timedelta(hours=1)
    assert desk.tick().code == 3
    assert len(desk.published) == 1
    desk.now += timedelta(hours=1)
    desk.settle()
    desk.assert_whole()


def test_a_thread_that_was_left_for_longer_than_the_channel_allows_is_held_and_told(opened: Opened) -> None:
    desk = opened("mastodon")
    desk.stop_in_the_middle()
    assert desk.tick(60 * 8).code == 3
    assert (len(desk.published), desk.states) == (1, ["accepted", *["held"] * 3])
    assert any(subject.startswith("För sent") for subject in desk.told)


def test_a_post_is_held_when_its_own_time_has_passed_however_patient_the_channel_is(opened: Opened) -> None:
    desk = opened("mastodon", more="    latest: 30m\n")
    desk.now = datetime(2026, 12, 3, 12, 40, tzinfo=ZONE)
    assert "Hålls kvar" in desk.tick().out
    assert desk.published == []


def test_a_ledger_from_yesterdays_backup_publishes_nothing_again(opened: Opened) -> None:
    desk = opened("mastodon")
    copy = desk.office.folder / "igår.db"
    shutil.copy(desk.office.database, copy)
    desk.settle()
    desk.assert_whole()
    for file in desk.office.database.parent.glob("comms.db*"):
        if file.name in {"comms.db", "comms.db-wal", "comms.db-shm"}:
            file.unlink()
    shutil.copy(copy, desk.office.database)
    assert isinstance(desk.fake, mastodon.Mastodon)
    desk.fake.heeds_keys = False
    for _ in range(3):
        desk.tick(2)
    desk.comms("adopt", "--yes")
    for _ in range(3):
        desk.tick(2)
    assert len(desk.published) == 4


def test_what_a_channel_has_just_said_is_not_said_again_in_another_items_name(opened: Opened) -> None:
    desk = opened("mastodon")
    desk.settle()
    desk.office.write_item("annat", since="2026-11-27", more=post_of(desk.site, "mastodon"))
    blocked = desk.office.entry("annat.mastodon.1", now="2026-12-08T09:00")["blocked"]
    assert [reason.partition(",")[0] for reason in blocked] == ["Kontot säger detsamma i bryggan.mastodon.1"]


# What is remembered, and what is kept secret


def test_a_memory_key_that_is_changed_or_gone_costs_a_login_and_no_post(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = opened("bluesky")
    for key in (Fernet.generate_key().decode(), Fernet.generate_key().decode(), ""):
        monkeypatch.setenv("COMMS_MEMORY__KEYS", key)
        desk.tick(1)
    desk.settle()
    desk.assert_whole()


def test_a_memory_key_that_is_none_stops_nothing_is_told_and_never_shown(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = opened("bluesky")
    monkeypatch.setenv("COMMS_MEMORY__KEYS", "inte-en-nyckel-alls")
    desk.tick()
    assert desk.published
    doctor = desk.office.comms("doctor")
    assert (doctor.code, "COMMS_MEMORY__KEYS är ingen nyckel" in doctor.said) == (4, True)
    told = "".join(body(letter) for letter in desk.office.officers_mail())
    assert "COMMS_MEMORY__KEYS är ingen nyckel" in told
    assert "inte-en-nyckel-alls" not in told + doctor.said + "".join(one.said for one in desk.answers)


def all_files(folder: Path) -> bytes:
    """Everything in a folder."""
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


@pytest.mark.parametrize("channel", ["bluesky", "facebook"])
def test_no_secret_is_in_a_log_a_letter_a_page_or_the_ledger_when_the_network_repeats_them(
    opened: Opened, channel: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    desk = opened(channel)
    memory = Fernet.generate_key().decode()
    monkeypatch.setenv("COMMS_MEMORY__KEYS", memory)
    sessions = ["access-0", "renewal-0"] if channel == "bluesky" else []
    secrets = [*desk.site.secrets.values(), *sessions, memory]
    words = ("Fel nyckel: " + ", ".join(secrets[:-1])).encode()  # it has never seen the last one
    with caplog.at_level(logging.DEBUG):
        desk.fails(status=400, body=b'{"error": {"message": "%s"}, "message": "%s"}' % (words, words))
        desk.tick()
        desk.tick(10)
        commands = ("doctor", "status", "preview", "report")
        said = [*desk.answers, desk.comms("who", desk.post), *map(desk.office.comms, commands)]
    shown = "".join(one.said for one in said) + caplog.text
    everything = shown.encode() + all_files(desk.office.folder)
    sent = b"".join(request.target.encode() for request in desk.fake.server.requests)
    assert [secret for secret in secrets if secret.encode() in everything + sent] == []
    assert b"***" in everything


def test_what_a_hostile_network_says_is_one_harmless_line(opened: Opened) -> None:
    desk = opened("mastodon")
    words = r"<script>x()</script>\r\nBcc: alla@eda.example\r\n\r\n\u001b[2J\u202e../../etc"
    desk.fails(status=422, body=f'{{"error": "{words}"}}'.encode())
    desk.tick()
    (letter,) = desk.office.officers_mail()
    assert letter["Bcc"] is None
    (line,) = (line for line in body(letter).splitlines() if "<script>" in line)
    assert line.isprintable()
    assert "Bcc: alla@eda.example" in line
    assert "\x1b" not in desk.comms("who", desk.post).said


def test_a_network_that_points_elsewhere_is_not_followed_with_the_key(opened: Opened) -> None:
    desk = opened("mastodon")
    with mastodon.Mastodon() as other:
        where = {"Location": f"{other.url}/api/v1/statuses"}
        desk.fails(status=307, headers=where, times=ALWAYS)
        assert desk.tick().code == 3
        assert other.server.requests == []
    assert desk.states == ["planned"] * 4
    assert "Kanalen mastodon har stannat" in desk.told
