"""comms.yaml and the environment become settings; every fault is told at its place, no secret ever is."""

from __future__ import annotations

import traceback
from datetime import date, time, timedelta
from pathlib import Path

import pytest

from comms.errors import ConfigError, Problem
from comms.model.issue import Cadence, OnQuietDay, QuietDays
from comms.model.settings import ChannelKind, Secret, Security, Settings
from comms.settings.load import load_settings

REPOSITORY = Path(__file__).resolve().parents[3]
LEAST = """\
workspace:
  name: Leader Prov
officer:
  email: red@leader.example
sender:
  name: Leader Prov
  email: brev@leader.example
  postal_address: Provgatan 1, 123 45 Provstad
channels:
  mail: {kind: file}
newsletters:
  brevet:
    title: Brevet
    schedule: first tuesday 08:00
    audiences: [public]
"""
SECRET = "hemligt-lösenord-42"


def load(root: Path, text: str | bytes = LEAST) -> tuple[Settings | None, list[Problem]]:
    """Write comms.yaml and load it."""
    (root / "comms.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_settings(root)


def whole(root: Path, text: str = LEAST) -> Settings:
    """Load a file that has no fault."""
    settings, problems = load(root, text)
    assert problems == []
    assert settings is not None
    return settings


def changed(before: str, after: str) -> str:
    """The least file with one change."""
    assert before in LEAST
    return LEAST.replace(before, after, 1)


def mail(rows: str) -> str:
    """The least file with more of the mail channel."""
    return changed("{kind: file}", f"{{{rows}}}")


def said(root: Path, text: str | bytes) -> list[str]:
    """Place, code and message of every fault; the settings cannot be used."""
    settings, problems = load(root, text)
    assert settings is None
    assert all(str(one.hint) for one in problems)
    return [f"{one.location} {one.code} {one.message}" for one in problems]


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
    assert (channel.max_lateness, channel.rate) == (timedelta(hours=12), 0.0)
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
        'ink: "#111111", heading: "#222222", link: "#333333", focus: {stark-bygd: "#444444"}}\n'
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
    assert settings.eu_statement == "Med stöd av EU"


def test_every_key_of_a_channel_is_read(tmp_path: Path) -> None:
    text = mail(
        "kind: smtp, host: relay.example, port: 465, security: tls, user: comms, rate: 10/s, max_lateness: 2h"
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
    assert (relay.security, relay.user, relay.rate) == (Security.TLS, "comms", 10.0)
    assert relay.max_lateness == timedelta(hours=2)
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

    assert set(settings.newsletters) == {"kommunbrevet", "partnerbrevet"}
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
    assert channel.rate == pytest.approx(1 / 6)
    assert (letter.title, letter.audiences, letter.max_items) == ("Brevet", ("public", "offices"), 4)
    assert letter.whole_area
    assert letter.quiet == QuietDays(holidays=True, weekdays=(5,))


def test_a_whole_channel_may_come_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMS_CHANNELS__RESERV__KIND", "smtp")
    monkeypatch.setenv("COMMS_CHANNELS__RESERV__HOST", "reserv.example")

    assert whole(tmp_path).channels["reserv"].host == "reserv.example"


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("COMMS_CHANNELS__MAIL__RATE", "fort", "”fort” är ingen takt."),
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


def test_an_address_of_a_database_without_password_is_no_secret(tmp_path: Path) -> None:
    text = changed("officer:", "  database_url: postgresql://comms@db.example/comms\nofficer:")

    assert whole(tmp_path, text).database_url == "postgresql://comms@db.example/comms"


# Faults


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (changed("officer:", "oficer:"), "3:1 K102 Nyckeln ”oficer” finns inte."),
        (changed("  email: red@leader.example", ""), "3:1 K102 Nyckeln ”officer” saknas."),
        (
            changed("  postal_address: Provgatan 1, 123 45 Provstad\n", ""),
            "5:1 K102 Nyckeln ”sender.postal_address” saknas.",
        ),
        (mail("kind: file, netwerk: x"), "10:22 K102 Nyckeln ”channels.mail.netwerk” finns inte."),
        (
            LEAST + "    quiet: {day: [sat]}\n",
            "16:13 K102 Nyckeln ”newsletters.brevet.quiet.day” finns inte.",
        ),
        (LEAST + "    tittel: x\n", "16:5 K102 Nyckeln ”newsletters.brevet.tittel” finns inte."),
        (LEAST + "annat: x\n", "16:1 K102 Nyckeln ”annat” finns inte."),
        (changed("red@leader.example", "red@leader"), "4:10 K103 ”red@leader” är ingen e-postadress."),
        (
            changed("red@leader.example", "Red <red@leader.example>"),
            "4:10 K103 ”Red <red@leader.example>” är ingen e-postadress.",
        ),
        (
            changed("name: Leader Prov\nofficer", 'name: "Leader\\nBcc: x"\nofficer'),
            "2:9 K103 Texten har ett styrtecken eller radbrott.",
        ),
        (
            changed("officer:", "  timezone: Mars/Olympus\nofficer:"),
            "3:13 K103 Tidszonen ”Mars/Olympus” finns inte.",
        ),
        (
            changed("officer:", "  base_url: brev.example\nofficer:"),
            "3:13 K103 ”brev.example” är ingen webbadress.",
        ),
        (changed("officer:", "  language: en\nofficer:"), "3:13 K103 ”en” går inte i ”workspace.language”."),
        (changed("officer:", "  out:\nofficer:"), "3:3 K103 ”workspace.out” saknar värde."),
        (changed("officer:", "  out: [a]\nofficer:"), "3:8 K103 Värdet i ”workspace.out” är fel: en lista."),
        (LEAST + "brand: {ink: svart}\n", "16:14 K103 ”svart” är ingen färg."),
        (LEAST + "brand: {ink: {a: b}}\n", "16:14 K103 Värdet i ”brand.ink” är fel: nycklar med värden."),
        (mail("kind: fax"), "10:16 K103 ”fax” går inte i ”channels.mail.kind”."),
        (mail("kind: file, network: twitter"), "10:31 K103 ”twitter” går inte i ”channels.mail.network”."),
        (mail("kind: file, rate: fort"), "10:28 K103 ”fort” är ingen takt."),
        (mail("kind: file, rate: [1]"), "10:28 K103 ”['1']” är ingen takt."),
        (mail("kind: file, max_lateness: snart"), "10:36 K103 ”snart” är ingen tidslängd."),
        (mail("kind: file, port: 70000"), "10:28 K103 ”channels.mail.port” är för stort: 70000."),
        (mail("kind: file, port: -1"), "10:28 K103 ”channels.mail.port” är för litet: -1."),
        (mail("kind: file, port: x"), "10:28 K103 Värdet i ”channels.mail.port” är fel: x."),
        (
            mail("kind: file, slots: [tue 09:00, lunch]"),
            "10:41 K103 ”lunch” går inte att läsa som en tid som återkommer.",
        ),
        (
            mail("kind: file, slots: {a: b}"),
            "10:29 K103 Värdet i ”channels.mail.slots” är fel: nycklar med värden.",
        ),
        (mail("kind: file, quiet: {days: [jul]}"), "10:37 K103 ”jul” är ingen stilla dag."),
        (mail("kind: file, quiet: {then: sen}"), "10:36 K103 ”sen” går inte i ”channels.mail.quiet.then”."),
        (
            changed("  mail:", "  Min Post:").replace(
                "audiences: [public]", "audiences: [public]\n    channel: Min Post"
            ),
            "10:3 K103 ”Min Post” går inte som namn.",
        ),
        (
            changed("first tuesday 08:00", "varje tisdag"),
            "14:15 K103 ”varje tisdag” går inte att läsa som en tid som återkommer.",
        ),
        (
            changed("first tuesday 08:00", "{cadence: weekly}"),
            "14:15 K103 ”{'cadence': 'weekly'}” går inte att läsa som en tid som återkommer.",
        ),
        (changed("[public]", "[]"), "15:16 K103 ”newsletters.brevet.audiences” är tom."),
        (
            LEAST + "    municipalities: alla\n",
            "16:21 K103 Här ska stå all, none eller en lista av kommuner.",
        ),
        (
            LEAST + "    municipalities: [[a]]\n",
            "16:21 K103 Här ska stå all, none eller en lista av kommuner.",
        ),
        (
            LEAST + "    whole_area: kanske\n",
            "16:17 K103 Värdet i ”newsletters.brevet.whole_area” är fel: kanske.",
        ),
        (LEAST + "    max_items: 61\n", "16:16 K103 ”newsletters.brevet.max_items” är för stort: 61."),
        (changed("{kind: file}", "fil"), "10:9 K103 Värdet i ”channels.mail” är fel: fil."),
        (
            LEAST + "    channel: mejl\n",
            "16:14 K105 Nyhetsbrevet ”brevet” har ingen kanal för e-post: ”mejl”.",
        ),
        (
            mail("kind: file, network: bluesky"),
            "12:3 K105 Nyhetsbrevet ”brevet” har ingen kanal för e-post: ”mail”.",
        ),
        (mail("kind: smtp"), "10:16 K105 Kanalen ”mail” saknar host."),
        (
            mail("kind: smtp, host: relay.example, security: none"),
            "10:53 K105 Kanalen ”mail” skulle sända okrypterat till relay.example.",
        ),
        ("- a\n", "1:1 K101 Filen ska bestå av ”nyckel: värde”."),
        (changed("  name", "\tname"), "2:1 K101 Raden är indragen med tabb."),
        (
            changed("officer:", "workspace: {}\nofficer:"),
            "3:1 K101 Nyckeln ”workspace” finns redan på rad 1.",
        ),
        (
            changed("{kind: file}", "&x {kind: file}"),
            "10:9 K101 ”&x” går inte att läsa: ett värde får inte börja med &.",
        ),
        (
            LEAST.replace("Prov", "Pröv").encode("cp1252"),
            "2:18 K101 Filen är inte sparad som UTF-8; den ser ut att vara Windows-1252 (ANSI).",
        ),
        (LEAST.encode("utf-16"), "1:1 K101 Filen är inte sparad som UTF-8; den ser ut att vara UTF-16."),
        (changed("Leader Prov", "Leader\x07Prov"), "2:15 K101 Här står ett osynligt styrtecken (U+0007)."),
    ],
)
def test_a_fault_is_told_at_its_place(tmp_path: Path, text: str | bytes, expected: str) -> None:
    assert expected in [one.removeprefix("comms.yaml:") for one in said(tmp_path, text)]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (changed("officer:", "oficer:"), "Menade du ”officer”?"),
        (LEAST + "    quiet: {day: [sat]}\n", "Menade du ”days”?"),
        (LEAST + "zzz: x\n", "Ta bort den."),
        (changed("  email: red@leader.example", ""), "Lägg till den."),
        (
            mail("kind: file, network: twitter"),
            "Välj bland: mastodon, bluesky, facebook, instagram, threads, linkedin.",
        ),
        (mail("kind: file, port: 70000"), "Skriv högst 65535."),
        (LEAST + "    max_items: 0\n", "Skriv 1 eller mer."),
        (LEAST + "    max_items: tio\n", "Skriv ett helt tal."),
        (LEAST + "    whole_area: kanske\n", "Skriv true eller false."),
        (changed("[public]", "[]"), "Ange minst ett värde."),
        (LEAST + "    channel: mejl\n", "Välj bland: mail."),
    ],
)
def test_a_hint_tells_what_to_do(tmp_path: Path, text: str, hint: str) -> None:
    assert [str(one.hint) for one in load(tmp_path, text)[1]] == [hint]


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    text = (
        LEAST.replace("officer:", "oficer:")
        .replace("first tuesday 08:00", "jämt")
        .replace("kind: file", "kind: file, password: x, rate: y")
        + "sender: {}\n"
    )

    assert sorted(one.split(" ")[0] for one in said(tmp_path, text)) == [
        "comms.yaml:10:22",
        "comms.yaml:10:41",
        "comms.yaml:14:15",
        "comms.yaml:16:1",
        "comms.yaml:3:1",
    ]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_mail_may_go_unencrypted_within_the_machine(tmp_path: Path, host: str) -> None:
    text = mail(f'kind: smtp, host: "{host}", security: none')

    assert whole(tmp_path, text).channels["mail"].security is Security.NONE


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("kind: mastodon", "Kanalen ”moln” saknar base_url."),
        (
            "kind: mastodon, base_url: https://a.example, network: threads",
            "Kanalen ”moln” är både mastodon och threads.",
        ),
        ("kind: smtp, host: a.example, network: threads", "Kanalen ”moln” är både e-post och threads."),
    ],
)
def test_a_channel_that_contradicts_itself_is_told(tmp_path: Path, rows: str, message: str) -> None:
    text = changed("newsletters:", f"  moln: {{{rows}}}\nnewsletters:")

    assert [one.split(" ", 2)[2] for one in said(tmp_path, text)] == [message]


def test_an_empty_file_lacks_every_section(tmp_path: Path) -> None:
    assert [one.split(" ", 2)[2] for one in said(tmp_path, "")] == [
        "Nyckeln ”workspace” saknas.",
        "Nyckeln ”officer” saknas.",
        "Nyckeln ”sender” saknas.",
        "Nyckeln ”channels” saknas.",
    ]


def test_a_folder_without_the_file_is_no_workspace(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"Här finns ingen arbetsyta: comms\.yaml saknas"):
        load_settings(tmp_path)
