"""comms.yaml and the environment become settings; what manifests remember, and secrets that nobody sees."""

from __future__ import annotations

import traceback
from datetime import date, time, timedelta
from pathlib import Path

import pytest

from comms.model.issue import Cadence, OnQuietDay, QuietDays
from comms.model.settings import (
    Bounces,
    ChannelKind,
    DarkBrand,
    DkimKey,
    Rate,
    RelaySettings,
    Secret,
    Security,
    Settings,
)
from comms.settings.load import load_settings
from tests.unit.settings.written import LEAST, SECRET, changed, load, mail, said, whole

REPOSITORY = Path(__file__).resolve().parents[3]


# What is read


def test_the_least_file_has_sensible_values_for_all_else(tmp_path: Path) -> None:
    settings = whole(tmp_path)

    assert (settings.name, settings.language, settings.timezone) == ("Leader Prov", "sv", "Europe/Stockholm")
    assert (settings.base_url, settings.database_url, settings.out) == ("", "sqlite:///var/comms.db", "out")
    assert settings.officer == "red@leader.example"
    assert (settings.sender.name, settings.sender.email) == ("Leader Prov", "brev@leader.example")
    assert settings.sender.reply_to == "brev@leader.example"
    assert settings.eu_statement == "Medfinansieras av Europeiska unionen"
    assert (settings.brand.wordmark, settings.brand.ink) == ("Leader Prov", "#22302a")
    channel = settings.channels["mail"]
    assert (channel.kind, channel.network, channel.slots) == (ChannelKind.FILE, "", ())
    assert channel.max_lateness == timedelta(hours=12)
    assert (channel.rates, channel.domain_rates, channel.connections) == ((), (), 4)
    assert channel.backups == ()
    assert (channel.security, channel.password) == (Security.STARTTLS, Secret(""))
    letter = settings.newsletters["brevet"]
    assert (letter.municipalities, letter.whole_area) == (("*",), False)
    assert (letter.template, letter.channel, letter.max_items, letter.max_age_days) == (
        "municipal",
        "mail",
        12,
        92,
    )
    assert letter.quiet == QuietDays()


def test_every_key_of_a_section_about_the_organisation_is_read(tmp_path: Path) -> None:
    text = changed(
        "  name: Leader Prov\nofficer",
        "  name: Leader Prov\n  language: sv\n  timezone: Europe/Helsinki\n  base_url: https://brev.example/a/\n"
        "  database_url: sqlite:///annan.db\n  out: ut\nofficer",
    ).replace("  postal_address", "  reply_to: svar@leader.example\n  postal_address")
    text += (
        'brand: {wordmark: Vi, logo: logo.png, logo_alt: Vår logga, ground: "#010203", paper: "#ABCDEF", '
        'ink: "#111111", heading: "#222222", link: "#333333", focus: {stark-bygd: "#444444"}, '
        'logo_dark: ljus.png, soft: "#555555", line: "#666666", panel: "#777777", notice: "#888888", '
        'mast: "#999999", mast_text: "#aaaaaa", font: "\'trebuchet ms\', Sans-Serif", '
        'dark: {ground: "#bbbbbb", mast: "#cccccc"}}\n'
        "eu_statement: Med stöd av EU\n"
    )
    settings = whole(tmp_path, text)

    assert (settings.timezone, settings.base_url) == ("Europe/Helsinki", "https://brev.example/a")
    assert (settings.database_url, settings.out) == ("sqlite:///annan.db", "ut")
    assert settings.sender.reply_to == "svar@leader.example"
    assert (settings.brand.wordmark, settings.brand.logo, settings.brand.logo_alt) == (
        "Vi",
        "logo.png",
        "Vår logga",
    )
    assert (settings.brand.ground, settings.brand.paper, settings.brand.ink) == (
        "#010203",
        "#ABCDEF",
        "#111111",
    )
    assert (settings.brand.heading, settings.brand.link) == ("#222222", "#333333")
    assert settings.brand.focus == {"stark-bygd": "#444444"}
    assert (settings.brand.logo_dark, settings.brand.soft, settings.brand.line) == (
        "ljus.png",
        "#555555",
        "#666666",
    )
    assert (settings.brand.panel, settings.brand.notice) == ("#777777", "#888888")
    assert (settings.brand.mast, settings.brand.mast_text) == ("#999999", "#aaaaaa")
    assert settings.brand.font == "Trebuchet MS, sans-serif"
    assert settings.brand.dark == DarkBrand(ground="#bbbbbb", mast="#cccccc")
    assert settings.eu_statement == "Med stöd av EU"


def test_panels_are_as_the_ground_and_the_mast_as_headings_unless_said(tmp_path: Path) -> None:
    brand = whole(tmp_path, LEAST + 'brand: {ground: "#eef2f7", heading: "#123456"}\n').brand

    assert (brand.panel, brand.mast) == ("#eef2f7", "#123456")
    assert brand.dark == DarkBrand()


def test_every_key_of_a_channel_is_read(tmp_path: Path) -> None:
    text = mail(
        "kind: smtp, host: relay.example, port: 465, security: tls, user: comms, max_lateness: 2h, "
        "rate: [10/s, 600/h], domain_rate: 1/s, connections: 8, "
        "backups: {reserv: {host: reserv.example, port: 587, security: starttls, user: vi}, "
        "nod: {host: nod.example}}"
    )
    text = text.replace(
        "newsletters:",
        "  moln:\n    kind: mastodon\n    base_url: https://social.example/\n"
        "    slots: [tue 09:00, tors 12.00]\n"
        "    quiet: {days: [holidays, 2026-12-24, sat, söndag], then: before}\nnewsletters:",
    )
    channels = whole(tmp_path, text).channels

    relay, cloud = channels["mail"], channels["moln"]
    assert (relay.kind, relay.host, relay.port) == (ChannelKind.SMTP, "relay.example", 465)
    assert (relay.security, relay.user) == (Security.TLS, "comms")
    assert relay.max_lateness == timedelta(hours=2)
    assert relay.rates == (Rate(10, timedelta(seconds=1)), Rate(600, timedelta(hours=1)))
    assert relay.domain_rates == (Rate(1, timedelta(seconds=1)),)
    assert relay.connections == 8
    assert relay.backups == (
        RelaySettings("reserv", "reserv.example", 587, Security.STARTTLS, "vi", Secret("")),
        RelaySettings("nod", "nod.example", 25, Security.STARTTLS, "", Secret("")),
    )
    assert (cloud.network, cloud.base_url) == ("mastodon", "https://social.example")
    assert [(slot.weekday, slot.at) for slot in cloud.slots] == [(1, time(9)), (3, time(12))]
    assert cloud.quiet == QuietDays(
        holidays=True, dates=(date(2026, 12, 24),), weekdays=(5, 6), on_quiet=OnQuietDay.BEFORE
    )


def test_every_key_of_a_newsletter_is_read(tmp_path: Path) -> None:
    text = LEAST + (
        "    tagline: Att läsa\n    municipalities: [sunne, torsby]\n    whole_area: true\n"
        "    template: egen\n    channel: mail\n    max_items: 5\n    max_age_days: 30\n"
        "    quiet: {days: [holidays], then: skip}\n"
    )
    letter = whole(tmp_path, text).newsletters["brevet"]

    assert (letter.slug, letter.title, letter.tagline) == ("brevet", "Brevet", "Att läsa")
    assert (letter.schedule.cadence, letter.schedule.nth, letter.schedule.weekday) == (
        Cadence.NTH_WEEKDAY,
        1,
        1,
    )
    assert (letter.audiences, letter.municipalities) == (("public",), ("sunne", "torsby"))
    assert (letter.whole_area, letter.template) == (True, "egen")
    assert (letter.max_items, letter.max_age_days) == (5, 30)
    assert letter.quiet == QuietDays(holidays=True, on_quiet=OnQuietDay.SKIP)


@pytest.mark.parametrize(
    ("written", "municipalities", "whole_area"),
    [
        ("all", ("*",), False),
        ("none", (), True),
        ("[sunne]", ("sunne",), False),
        ("sunne, eda", ("sunne", "eda"), False),
    ],
)
def test_municipalities_are_all_none_or_some(
    tmp_path: Path, written: str, municipalities: tuple[str, ...], whole_area: bool
) -> None:
    letter = whole(tmp_path, LEAST + f"    municipalities: {written}\n").newsletters["brevet"]

    assert (letter.municipalities, letter.whole_area) == (municipalities, whole_area)


@pytest.mark.parametrize("written", ["[10/s, 600/h]", '"10/s, 600/h"', '"10/s ,600 / h"'])
def test_several_rates_may_hold_at_once(tmp_path: Path, written: str) -> None:
    channel = whole(tmp_path, mail(f"kind: file, rate: {written}, domain_rate: {written}")).channels["mail"]

    assert channel.rates == (Rate(10, timedelta(seconds=1)), Rate(600, timedelta(hours=1)))
    assert channel.domain_rates == channel.rates


def test_a_single_word_will_do_for_a_list(tmp_path: Path) -> None:
    assert whole(tmp_path, changed("[public]", "public")).newsletters["brevet"].audiences == ("public",)


@pytest.mark.parametrize("change", [b"\xef\xbb\xbf", b"\r\n", b"NFD"])
def test_odd_bytes_that_can_be_mended_are(tmp_path: Path, change: bytes) -> None:
    text = changed("Leader Prov", "Leader Värmland").encode()
    odd = {
        b"\xef\xbb\xbf": change + text,
        b"\r\n": text.replace(b"\n", change),
        b"NFD": text.replace("ä".encode(), b"a\xcc\x88"),
    }
    settings, problems = load(tmp_path, odd[change])

    assert problems == []
    assert settings is not None
    assert settings.name == "Leader Värmland"


def test_lines_tell_where_each_key_stands(tmp_path: Path) -> None:
    lines = whole(tmp_path).lines

    assert (lines["workspace.name"], lines["channels.mail"], lines["newsletters.brevet.schedule"]) == (
        2,
        10,
        14,
    )


def test_the_repositorys_own_settings_are_whole_and_send_nothing(tmp_path: Path) -> None:
    settings = whole(tmp_path, (REPOSITORY / "comms.yaml").read_text("utf-8"))

    assert set(settings.newsletters) == {"kommunbrevet", "kommunnotisen", "partnerbrevet"}
    assert {channel.kind for channel in settings.channels.values()} <= {ChannelKind.FILE, ChannelKind.MANUAL}


# What manifests remember


def test_parts_change_with_their_section_alone(tmp_path: Path) -> None:
    before = whole(tmp_path).parts
    after = whole(tmp_path, changed("title: Brevet", "title: Nytt")).parts

    assert {name for name in before if before[name] != after[name]} == {"newsletters.brevet"}
    assert set(before) == {
        "workspace",
        "sender",
        "brand",
        "eu_statement",
        "newsletters.brevet",
        "channels.mail",
    }


def test_parts_do_not_change_with_secrets_or_where_files_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = whole(tmp_path).parts
    monkeypatch.setenv("COMMS_CHANNELS__MAIL__PASSWORD", SECRET)
    monkeypatch.setenv("COMMS_CHANNELS__MAIL__TOKEN", SECRET)

    assert whole(tmp_path, changed("officer:", "  out: annan\nofficer:")).parts == before


@pytest.mark.parametrize(
    "row",
    [
        "rate: [10/s, 600/h]",
        "domain_rate: 1/s",
        "connections: 1",
        "backups: {reserv: {host: reserv.example}}",
    ],
)
def test_parts_do_not_change_with_how_fast_letters_go_or_by_which_spare_way(tmp_path: Path, row: str) -> None:
    before = whole(tmp_path).parts

    assert whole(tmp_path, mail(f"kind: file, {row}")).parts == before


@pytest.mark.parametrize("row", ["kind: manual", "kind: file, slots: tue 09:00", "kind: file, user: vi"])
def test_a_channels_part_changes_with_the_rest_of_it(tmp_path: Path, row: str) -> None:
    before = whole(tmp_path).parts
    after = whole(tmp_path, mail(row)).parts

    assert {name for name in before if before[name] != after[name]} == {"channels.mail"}


# The environment


def test_the_environment_wins_over_the_file_key_by_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMS_WORKSPACE__NAME", "Leader Miljö")
    monkeypatch.setenv("COMMS_CHANNELS__MAIL__RATE", "600/h")
    monkeypatch.setenv("COMMS_CHANNELS__MAIL__SLOTS", "tue 09:00, thu 12:00")
    monkeypatch.setenv("COMMS_NEWSLETTERS__BREVET__AUDIENCES", "public, offices")
    monkeypatch.setenv("COMMS_NEWSLETTERS__BREVET__MAX_ITEMS", "4")
    monkeypatch.setenv("COMMS_NEWSLETTERS__BREVET__WHOLE_AREA", "true")
    monkeypatch.setenv("COMMS_NEWSLETTERS__BREVET__QUIET__DAYS", "holidays,sat")
    monkeypatch.setenv("COMMS_CHANNELS__MAIL__PORT", "2525")

    settings = whole(tmp_path)

    assert settings.name == "Leader Miljö"
    assert settings.sender.name == "Leader Prov"
    channel, letter = settings.channels["mail"], settings.newsletters["brevet"]
    assert (channel.kind, channel.port, len(channel.slots)) == (ChannelKind.FILE, 2525, 2)
    assert channel.rates == (Rate(600, timedelta(hours=1)),)
    assert (letter.title, letter.audiences, letter.max_items) == ("Brevet", ("public", "offices"), 4)
    assert letter.whole_area
    assert letter.quiet == QuietDays(holidays=True, weekdays=(5,))


def test_a_whole_channel_may_come_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMS_CHANNELS__RESERV__KIND", "smtp")
    monkeypatch.setenv("COMMS_CHANNELS__RESERV__HOST", "reserv.example")

    assert whole(tmp_path).channels["reserv"].host == "reserv.example"


def test_the_environment_may_set_several_rates_and_a_backup(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMS_CHANNELS__MAIL__RATE", "10/s, 600/h")
    monkeypatch.setenv("COMMS_CHANNELS__MAIL__DOMAIN_RATE", "1/s")
    monkeypatch.setenv("COMMS_CHANNELS__MAIL__CONNECTIONS", "2")
    monkeypatch.setenv("COMMS_CHANNELS__MAIL__BACKUPS__RESERV__HOST", "reserv.example")
    monkeypatch.setenv("COMMS_CHANNELS__MAIL__BACKUPS__RESERV__PORT", "465")
    monkeypatch.setenv("COMMS_CHANNELS__MAIL__BACKUPS__RESERV__SECURITY", "tls")

    channel = whole(tmp_path).channels["mail"]

    assert channel.rates == (Rate(10, timedelta(seconds=1)), Rate(600, timedelta(hours=1)))
    assert (channel.domain_rates, channel.connections) == ((Rate(1, timedelta(seconds=1)),), 2)
    assert channel.backups == (RelaySettings("reserv", "reserv.example", 465, Security.TLS, "", Secret("")),)


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("COMMS_CHANNELS__MAIL__RATE", "fort", "”fort” är ingen takt."),
        ("COMMS_CHANNELS__MAIL__RATE", "10/s, fort", "”fort” är ingen takt."),
        ("COMMS_CHANNELS__MAIL__CONNECTIONS", "0", "”channels.mail.connections” är för litet: …."),
        (
            "COMMS_CHANNELS__MAIL__BACKUPS__RESERV__HOTS",
            "x",
            "Nyckeln ”channels.mail.backups.reserv.hots” finns inte.",
        ),
        ("COMMS_CHANNELS__MAIL__RAET", "10/s", "Nyckeln ”channels.mail.raet” finns inte."),
        ("COMMS_CHANNELS__MAIL__PORT", "x", "Värdet i ”channels.mail.port” är fel: …."),
        ("COMMS_CHANNELS__MAIL__KIND", "fax", "”…” går inte i ”channels.mail.kind”."),
        ("COMMS_OFFICER__EMAIL", "x", "”x” är ingen e-postadress."),
        ("COMMS_ANNAT__X", "1", "Nyckeln ”annat” finns inte."),
    ],
)
def test_a_fault_from_outside_names_its_variable_and_no_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, message: str
) -> None:
    monkeypatch.setenv(variable, value)

    (one,) = said(tmp_path, LEAST)

    assert one.split(" ", 2)[0] == "comms.yaml"
    assert one.endswith(f"{message} Värdet kommer från miljövariabeln {variable}.")


def test_a_fault_from_a_secret_file_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "channels__mail__pasword").write_text(SECRET)
    (secrets / "channels__mail__pasword").chmod(0o600)
    monkeypatch.setenv("COMMS_SECRETS_DIR", str(secrets))

    (one,) = said(tmp_path, LEAST)

    assert one.endswith(f"Värdet kommer från filen {secrets}/channels__mail__pasword.")
    assert SECRET not in one


# Secrets


@pytest.fixture
def with_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings that hold a password and a token."""
    monkeypatch.setenv("COMMS_CHANNELS__MAIL__PASSWORD", SECRET)
    monkeypatch.setenv("COMMS_CHANNELS__MAIL__TOKEN", SECRET)
    return whole(tmp_path)


def test_a_secret_is_there_for_the_one_who_asks(with_secrets: Settings) -> None:
    assert with_secrets.channels["mail"].password.value == SECRET
    assert with_secrets.channels["mail"].token
    assert not Secret("")


@pytest.fixture
def with_a_backup(tmp_path: Path) -> Path:
    """A workspace whose mail channel has a backup without a password."""
    rows = "kind: smtp, host: relay.example, backups: {reserv: {host: reserv.example, user: vi}}"
    (tmp_path / "comms.yaml").write_text(mail(rows))
    return tmp_path


def test_a_backups_password_comes_from_its_own_variable(
    with_a_backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMS_CHANNELS__MAIL__PASSWORD", "annat")
    monkeypatch.setenv("COMMS_CHANNELS__MAIL__BACKUPS__RESERV__PASSWORD", SECRET)

    settings, _ = load_settings(with_a_backup)

    assert settings is not None
    (backup,) = settings.channels["mail"].backups
    assert (backup.host, backup.user, backup.password) == ("reserv.example", "vi", Secret(SECRET))
    assert SECRET not in repr(settings)


def test_a_backups_password_may_lie_in_a_file_of_its_own(
    with_a_backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = with_a_backup / "secrets"
    secrets.mkdir()
    (secrets / "channels__mail__backups__reserv__password").write_text(f"{SECRET}\n")
    (secrets / "channels__mail__backups__reserv__password").chmod(0o600)
    monkeypatch.setenv("COMMS_SECRETS_DIR", str(secrets))

    settings, _ = load_settings(with_a_backup)

    assert settings is not None
    assert settings.channels["mail"].backups[0].password == Secret(SECRET)


def test_a_secret_is_never_shown(with_secrets: Settings) -> None:
    password = with_secrets.channels["mail"].password

    shown = [
        repr(with_secrets),
        str(with_secrets),
        repr(password),
        str(password),
        f"{password}",
        f"{password!s:>3}",
    ]

    assert not [one for one in shown if SECRET in one]
    assert "Secret(**********)" in repr(with_secrets)
    assert SECRET not in str(with_secrets.parts)


def test_a_secret_is_not_in_a_traceback(with_secrets: Settings) -> None:
    def fail(settings: Settings) -> None:
        raise ValueError(settings)

    with pytest.raises(ValueError, match="Leader Prov") as failed:
        fail(with_secrets)
    report = traceback.TracebackException.from_exception(failed.value, capture_locals=True)
    text = "".join(report.format())

    assert "settings = Settings(" in text
    assert SECRET not in text


@pytest.mark.parametrize(
    "variable",
    [
        "COMMS_CHANNELS__MAIL__PASSWORD__X",
        "COMMS_CHANNELS__MAIL__PASWORD",
        "COMMS_CHANNELS__MAIL",
        "COMMS_CHANNELS__MAIL__KIND",
        "COMMS_CHANNELS__MAIL__PORT",
    ],
)
def test_a_secret_in_the_wrong_variable_is_not_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, SECRET)

    assert SECRET not in "".join(said(tmp_path, LEAST))


@pytest.mark.parametrize(
    ("text", "expected", "variable"),
    [
        (
            mail(f"kind: file, password: {SECRET}"),
            "comms.yaml:10:22 K104 ”channels.mail.password” är en hemlighet och hör inte hemma i filen.",
            "COMMS_CHANNELS__MAIL__PASSWORD",
        ),
        (
            mail(f"kind: file, token: {SECRET}"),
            "comms.yaml:10:22 K104 ”channels.mail.token” är en hemlighet och hör inte hemma i filen.",
            "COMMS_CHANNELS__MAIL__TOKEN",
        ),
        (
            mail(f"kind: file, backups: {{reserv: {{host: reserv.example, password: {SECRET}}}}}"),
            (
                "comms.yaml:10:63 K104 ”channels.mail.backups.reserv.password” är en hemlighet "
                "och hör inte hemma i filen."
            ),
            "COMMS_CHANNELS__MAIL__BACKUPS__RESERV__PASSWORD",
        ),
        (
            changed("officer:", f"  database_url: postgresql://comms:{SECRET}@db.example/comms\nofficer:"),
            "comms.yaml:3:3 K104 Lösenordet i ”workspace.database_url” hör inte hemma i filen.",
            "COMMS_WORKSPACE__DATABASE_URL",
        ),
    ],
)
def test_a_secret_in_the_file_is_refused_and_not_repeated(
    tmp_path: Path, text: str, expected: str, variable: str
) -> None:
    _, problems = load(tmp_path, text)

    assert said(tmp_path, text) == [expected]
    assert SECRET not in "".join(said(tmp_path, text))
    assert str(problems[0].hint) == f"Ta bort raden och sätt miljövariabeln {variable}."


@pytest.mark.parametrize("value", ["[hemligt-lösenord-42]", "{x: hemligt-lösenord-42}"])
def test_a_secret_of_the_wrong_type_is_not_repeated(tmp_path: Path, value: str) -> None:
    told = said(tmp_path, mail(f"kind: file, password: {value}"))

    assert [one.split(" ")[1] for one in told] == ["K104", "K103"]
    assert SECRET not in "".join(told)


@pytest.mark.parametrize(
    "url",
    [
        "https://nyhetsbrev.räksmörgås.example/våra",
        "http://localhost:8000",
        "http://127.0.0.1:8000/webb",
        "https://brev.example:65535",
    ],
)
def test_an_address_of_the_public_pages_may_be_swedish_local_and_have_a_port(
    tmp_path: Path, url: str
) -> None:
    assert whole(tmp_path, changed("officer:", f"  base_url: {url}\nofficer:")).base_url == url


def test_a_mark_that_shows_nothing_is_refused_from_the_environment_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMS_SENDER__NAME", "Leader\u200e Prov")

    (told,) = said(tmp_path, LEAST)

    assert "K103 Texten har ett styrtecken eller radbrott." in told
    assert "COMMS_SENDER__NAME" in told


def test_an_address_of_a_database_without_password_is_no_secret(tmp_path: Path) -> None:
    text = changed("officer:", "  database_url: postgresql://comms@db.example/comms\nofficer:")

    assert whole(tmp_path, text).database_url == "postgresql://comms@db.example/comms"


# Bounces and signatures


def test_bounces_have_a_domain_in_ascii_and_a_key_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMS_BOUNCES__KEY", SECRET)
    settings = whole(tmp_path, LEAST + "bounces: {domain: Studs.Åmål.example}\n")
    assert settings.bounces == Bounces("studs.xn--ml-xiab.example", Secret(SECRET))
    assert SECRET not in repr(settings)


def test_a_letter_does_not_depend_on_how_it_is_signed_or_where_its_bounces_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = whole(tmp_path)
    monkeypatch.setenv("COMMS_BOUNCES__KEY", SECRET)
    rows = "bounces: {domain: studs.leader.example}\ndkim: {brev2026: {key_file: nycklar/brev.pem}}\n"
    after = whole(tmp_path, LEAST + rows)
    assert (before.bounces, before.dkim) == (None, ())
    assert after.dkim == (DkimKey("brev2026", "nycklar/brev.pem"),)
    assert after.parts == before.parts


@pytest.mark.parametrize(
    ("rows", "key", "found"),
    [
        ("bounces: {domain: studs.leader.example}\n", "", "K105 ”bounces” har en domän men ingen nyckel."),
        ("", SECRET, "K105 Nyckeln till studsar är satt, men ”bounces” har ingen domän."),
        ("bounces: {domain: studs.leader.example}\n", "kort", "K105 Nyckeln till studsar är för kort."),
        ("bounces: {key: hemlig}\n", "", "K104 ”bounces.key” är en hemlighet och hör inte hemma i filen."),
        ("bounces: {domain: 'inte en domän'}\n", SECRET, "K103 ”inte en domän” är ingen domän."),
        ("bounces: {domian: x}\n", "", "K102 Nyckeln ”bounces.domian” finns inte."),
        ("dkim: {brev: {keyfile: x}}\n", "", "K102 Nyckeln ”dkim.brev.keyfile” finns inte."),
        ("dkim: {Brev_1: {key_file: x}}\n", "", "K103 ”Brev_1” går inte som namn på en nyckel."),
        ("dkim: {brev: {key_file: ''}}\n", "", "K103 ”dkim.brev.key_file” är tom."),
    ],
)
def test_what_is_wrong_with_bounces_and_keys_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: str, key: str, found: str
) -> None:
    if key:
        monkeypatch.setenv("COMMS_BOUNCES__KEY", key)
    problems = said(tmp_path, LEAST + rows)
    assert any(one.endswith(found) for one in problems), problems


def test_a_limit_that_counts_longer_than_tickets_are_kept_is_refused(tmp_path: Path) -> None:
    rows = "subscribers: {limits: {address: [1/24h, 3/31d]}}\n"
    assert [one.partition(" ")[2] for one in said(tmp_path, LEAST + rows)] == [
        "K105 Gränsen för en adress räknar över längre tid än anmälningar sparas."
    ]
    kept = whole(tmp_path, LEAST + rows.replace("31d", "30d"))
    assert kept.signups.address[1].period == timedelta(days=30)


@pytest.mark.parametrize(
    "address",
    ["a@-leader.example", "a@leader_x.example", f"{'a' * 65}@leader.example", "=?x?=@leader.example"],
)
def test_an_address_that_no_header_can_hold_is_refused(tmp_path: Path, address: str) -> None:
    text = changed("email: brev@leader.example", f"email: '{address}'")
    assert said(tmp_path, text) == [f"comms.yaml:7:10 K103 ”{address}” är ingen e-postadress."]


def test_a_senders_name_that_looks_like_an_address_is_refused(tmp_path: Path) -> None:
    text = changed("sender:\n  name: Leader Prov", "sender:\n  name: kansli@leader.example")
    assert said(tmp_path, text) == ["comms.yaml:6:9 K103 ”kansli@leader.example” ser ut som en adress."]
