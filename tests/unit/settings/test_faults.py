"""Every fault of comms.yaml is told at its place, with what to do about it, all at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from comms.errors import ConfigError
from comms.model.settings import Security
from comms.settings.load import load_settings
from tests.unit.settings.written import LEAST, changed, load, mail, said, whole


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
        *(
            (
                changed("officer:", f"  base_url: '{url}'\nofficer:"),
                f"3:13 K103 ”{url}” är ingen webbadress.",
            )
            for url in (
                "http://[::1",
                "https://nyhetsbrev.räksmörgås.example:99999/x",
                "https://brev.example:port",
                "https://brev..example",
                "https://300.1.1.1",
                "https://anna:hemligt@brev.example",
                "https://brev.example/<b>",
                "https://brev.example/a,b",
                "https://brev.example/a b",
                'https://brev.example/"',
            )
        ),
        (changed("Leader Prov\nofficer", '""\nofficer'), "2:9 K103 ”workspace.name” är tom."),
        (changed("Leader Prov\n  email", '" "\n  email'), "6:9 K103 ”sender.name” är tom."),
        (
            changed("Provgatan 1, 123 45 Provstad", '""'),
            "8:19 K103 ”sender.postal_address” är tom.",
        ),
        (changed("red@leader.example", '""'), "4:10 K103 ”officer.email” är tom."),
        (changed("brev@leader.example", '""'), "7:10 K103 ”sender.email” är tom."),
        (changed("title: Brevet", 'title: ""'), "13:12 K103 ”newsletters.brevet.title” är tom."),
        (
            changed("title: Brevet", "title: Bre\u200evet"),
            "13:15 K101 Här står ett osynligt styrtecken (U+200E).",
        ),
        (
            changed("title: Brevet", 'title: "Bre\\tvet"'),
            "13:12 K103 Texten har ett styrtecken eller radbrott.",
        ),
        (changed("officer:", "  language: en\nofficer:"), "3:13 K103 ”en” går inte i ”workspace.language”."),
        (changed("officer:", "  out:\nofficer:"), "3:3 K103 ”workspace.out” saknar värde."),
        (changed("officer:", "  out: [a]\nofficer:"), "3:8 K103 Värdet i ”workspace.out” är fel: en lista."),
        (LEAST + "brand: {dark: {ink: svart}}\n", "16:21 K103 ”svart” är ingen färg."),
        (LEAST + 'brand: {mast: ""}\n', "16:15 K103 ”” är ingen färg."),
        (LEAST + "brand: {dark: {accnt: svart}}\n", "16:16 K102 Nyckeln ”brand.dark.accnt” finns inte."),
        (
            LEAST + "brand: {font: 'Inter, sans-serif'}\n",
            "16:15 K103 Typsnittet ”Inter” finns inte hos alla som läser breven.",
        ),
        (
            LEAST + "brand: {font: Verdana}\n",
            "16:15 K103 ”Verdana” säger inte vilket slags typsnitt som duger när de andra saknas.",
        ),
        (LEAST + "brand: {ink: svart}\n", "16:14 K103 ”svart” är ingen färg."),
        (LEAST + "brand: {ink: {a: b}}\n", "16:14 K103 Värdet i ”brand.ink” är fel: nycklar med värden."),
        (mail("kind: fax"), "10:16 K103 ”fax” går inte i ”channels.mail.kind”."),
        (mail("kind: file, network: twitter"), "10:31 K103 ”twitter” går inte i ”channels.mail.network”."),
        (mail("kind: file, rate: fort"), "10:28 K103 ”fort” är ingen takt."),
        (mail("kind: file, rate: [10/s, 1]"), "10:35 K103 ”1” är ingen takt."),
        (mail("kind: file, rate: 0/s"), "10:28 K103 ”0/s” är ingen takt."),
        (
            mail("kind: file, rate: {a: b}"),
            "10:28 K103 Värdet i ”channels.mail.rate” är fel: nycklar med värden.",
        ),
        (mail("kind: file, domain_rate: fort"), "10:35 K103 ”fort” är ingen takt."),
        (
            mail("kind: file, connections: 0"),
            "10:35 K103 ”channels.mail.connections” är för litet: 0.",
        ),
        (
            mail("kind: file, connections: 65"),
            "10:35 K103 ”channels.mail.connections” är för stort: 65.",
        ),
        (
            mail("kind: file, backups: {reserv: {host: reserv.example, hots: x}}"),
            "10:63 K102 Nyckeln ”channels.mail.backups.reserv.hots” finns inte.",
        ),
        (
            mail("kind: file, backups: {reserv: {user: vi}}"),
            "10:32 K102 Nyckeln ”channels.mail.backups.reserv.host” saknas.",
        ),
        (
            mail('kind: file, backups: {reserv: {host: ""}}'),
            "10:47 K103 ”channels.mail.backups.reserv.host” är tom.",
        ),
        (
            mail("kind: file, backups: {Min Reserv: {host: reserv.example}}"),
            "10:32 K103 ”Min Reserv” går inte som namn.",
        ),
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
        (
            mail(
                "kind: smtp, host: relay.example, security: tls, "
                "backups: {reserv: {host: reserv.example, security: none}}"
            ),
            "10:109 K105 Kanalen ”mail” skulle sända okrypterat till reserv.example.",
        ),
        (mail("kind: file, ahead: 2h"), "10:29 K105 Kanalen ”mail” kan inte lämna något före sin tid."),
        (
            mail("kind: manual, network: linkedin, ahead: 40d"),
            "10:50 K105 Det är för långt i förväg för kanalen ”mail”.",
        ),
        (
            mail("kind: file, network: bluesky, max_length: 500"),
            "10:52 K105 Bluesky tar högst 300 tecken på alla konton.",
        ),
        (mail("kind: bluesky"), "10:16 K105 Kanalen ”mail” saknar account."),
        (mail("kind: threads, account: x"), "10:16 K105 Kanalen ”mail” saknar media_host."),
        (
            mail("kind: threads, account: x, media_host: {kind: s3, url: https://b.example}"),
            "10:49 K105 media_host i kanalen ”mail” saknar endpoint.",
        ),
        (
            mail("kind: bluesky, account: x, network: facebook"),
            "10:46 K105 Kanalen ”mail” är både bluesky och facebook.",
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
        (mail("kind: file, backups: {reserv: {host: a.example, hots: x}}"), "Menade du ”host”?"),
        (mail("kind: file, backups: {reserv: {host: a.example, slots: x}}"), "Ta bort den."),
        (LEAST + "    quiet: {title: x}\n", "Ta bort den."),
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
        (changed("title: Brevet", 'title: ""'), "Skriv en text."),
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


def test_a_backup_too_may_be_reached_unencrypted_within_the_machine(tmp_path: Path) -> None:
    text = mail(
        "kind: smtp, host: relay.example, backups: {postfix: {host: localhost, port: 25, security: none}}"
    )

    assert whole(tmp_path, text).channels["mail"].backups[0].security is Security.NONE


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
