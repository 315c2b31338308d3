"""The doctor at mail: what receivers find in DNS, and what to publish when they do not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from comms.app.doctoring import Examined, Finding, Outside
from comms.app.doctoring_mail import bouncing, published
from comms.app.house import House, settings_alone
from comms.app.signing import read_key
from comms.model.settings import Bounces, ChannelKind, DkimKey, Letterbox, Secret
from tests.fakes.dns import Names, Zone
from tests.fakes.examples import NOW
from tests.fakes.settings import channel_settings
from tests.unit.settings.written import LEAST

SENDER = "leader.example"
BOUNCES = "studs.leader.example"
KEY_NAME = f"brev2026._domainkey.{SENDER}"
RELAY = "relay.leader.example"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """An office that sends through a relay, signs with a key, and has a domain for bounces."""
    folder = tmp_path_factory.mktemp("kontor")
    (folder / "comms.yaml").write_text(LEAST, encoding="utf-8")
    made = generate_private_key(65537, 2048)
    file = folder / "brev2026.pem"
    file.write_bytes(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    file.chmod(0o600)
    found = settings_alone(folder)
    settings = replace(
        found.settings,
        channels={"mail": channel_settings(ChannelKind.SMTP, slug="mail", host=RELAY)},
        dkim=(DkimKey("brev2026", "brev2026.pem"),),
        bounces=Bounces(BOUNCES, Secret("en-hemlig-nyckel-4711"), Letterbox(maildir="studsar")),
    )
    return replace(found, settings=settings)


def zone(house: House, **changed: tuple[str, ...]) -> Zone:
    """What DNS should say of the office; `changed` by a word of its own for each record."""
    (one,) = house.settings.dkim
    rows: dict[str, tuple[tuple[str, str], tuple[str, ...]]] = {
        "spf": ((BOUNCES, "TXT"), (f"v=spf1 a:{RELAY} -all", "annat=1")),
        "mx": ((BOUNCES, "MX"), (RELAY,)),
        "dkim": ((KEY_NAME, "TXT"), (read_key(house, one).record,)),
        "dmarc": ((f"_dmarc.{SENDER}", "TXT"), ("v=DMARC1; p=quarantine; rua=mailto:d@leader.example",)),
        "a": ((RELAY, "A"), ("192.0.2.10",)),
        "ptr": (("192.0.2.10", "PTR"), (RELAY,)),
    }
    return {key: changed.get(word, texts) for word, (key, texts) in rows.items()}


def told(house: House, names: Names) -> dict[Finding, list[str]]:
    found: list[Examined] = list(published(house, Outside(names)))
    return {kind: [str(one.what) for one in found if one.finding is kind] for kind in Finding}


def test_an_office_whose_records_are_right_hears_only_that(house: House) -> None:
    said = told(house, Names(zone(house)))
    assert said[Finding.FAULT] == said[Finding.ADVICE] == []
    assert said[Finding.WELL] == [
        f"SPF för {BOUNCES} går att läsa: v=spf1 a:{RELAY} -all",
        f"Post till {BOUNCES} går till {RELAY}.",
        f"Nyckeln i {KEY_NAME} är den som breven signeras med.",
        f"DMARC för {SENDER} är quarantine.",
    ]


def test_an_office_with_no_records_is_told_each_to_publish_letter_for_letter(house: House) -> None:
    (one,) = house.settings.dkim
    faults = told(house, Names({}))[Finding.FAULT]
    reports = f"rua=mailto:{house.settings.sender.reply_to}"
    wanted = [
        f"Lägg en TXT-post i DNS, {BOUNCES}, med texten: v=spf1 a:{RELAY} -all",
        f"Lägg en MX-post i DNS, {BOUNCES}, som pekar på servern med brevlådan: 10 SERVERNS-NAMN",
        f"Lägg en TXT-post i DNS, {KEY_NAME}, med texten: {read_key(house, one).record}",
        f"Lägg en TXT-post i DNS, _dmarc.{SENDER}, med texten: v=DMARC1; p=none; {reports}",
    ]
    for what in wanted:
        assert [said for said in faults if what in said], what


@pytest.mark.parametrize(
    ("record", "texts", "kind", "words"),
    [
        ("spf", ("v=spf1 mx -all", "v=spf1 a -all"), Finding.FAULT, "har 2 SPF-poster"),
        ("spf", ("v=spf1 +all",), Finding.FAULT, "låter vem som helst sända"),
        ("spf", ("v=spf1 mx",), Finding.ADVICE, "säger inget om andra servrar"),
        ("spf", ("v=spf1 " + "a:x.example " * 11 + "-all",), Finding.FAULT, "fler än 10 uppslag"),
        ("spf", ("v=spf1 -all",), Finding.FAULT, "låter ingen sända"),
        ("spf", ("v=spf1 mx –all",), Finding.FAULT, "förstår inte ”–all”"),
        ("spf", ("v=spf1 include:borta.example -all",), Finding.FAULT, "borta.example, som inte har"),
        ("mx", ("",), Finding.FAULT, "kommer inte fram"),
        ("dkim", ("v=DKIM1; k=rsa; p=MIIB",), Finding.FAULT, "en annan nyckel än filen"),
        ("dkim", ("v=DKIM1; k=rsa; p=",), Finding.FAULT, "är återkallad"),
        ("dmarc", ("v=DMARC1; p=none; rua=mailto:d@leader.example",), Finding.ADVICE, "p=quarantine"),
        ("dmarc", ("v=DMARC1; p=reject; t=y; rua=mailto:d@leader.example",), Finding.ADVICE, "p=quarantine"),
        ("dmarc", ("v=DMARC1; p=reject",), Finding.ADVICE, "ingen rua="),
        ("dmarc", ("v=DMARC1; p=none", "v=DMARC1; p=reject"), Finding.FAULT, "flera DMARC-poster"),
        ("ptr", (), Finding.ADVICE, "(PTR)"),
        ("ptr", ("annan.example",), Finding.ADVICE, "(PTR)"),
        ("a", (), Finding.FAULT, f"Mejlservern {RELAY} finns inte i DNS"),
    ],
)
def test_each_fault_in_a_record_is_told(
    house: House, record: str, texts: tuple[str, ...], kind: Finding, words: str
) -> None:
    said = told(house, Names(zone(house, **{record: texts})))
    assert [one for one in said[kind] if words in one], said


def test_a_key_on_trial_is_advice(house: House) -> None:
    (one,) = house.settings.dkim
    testing = read_key(house, one).record.replace("v=DKIM1;", "v=DKIM1; t=y;")
    said = told(house, Names(zone(house, dkim=(testing,))))
    assert [what for what in said[Finding.ADVICE] if "t=y" in what]


def test_spf_is_followed_through_what_it_includes(house: House) -> None:
    below = {f"n{n}.example": (f"v=spf1 include:n{n + 1}.example -all",) for n in range(12)}
    records = {**zone(house, spf=("v=spf1 include:n0.example -all",))}
    records |= {(name, "TXT"): texts for name, texts in below.items()}
    assert [one for one in told(house, Names(records))[Finding.FAULT] if "fler än 10 uppslag" in one]


def test_spf_that_leads_where_nobody_answers_is_neither_right_nor_wrong(house: House) -> None:
    names = Names(zone(house, spf=("v=spf1 include:tyst.example -all",)), silent=("tyst.example",))
    said = told(house, names)
    assert "Det gick inte att se efter. DNS svarar inte om tyst.example." in said[Finding.ADVICE]
    assert not [one for kind in Finding for one in said[kind] if one.startswith("SPF")]


def test_two_policies_are_never_met_with_a_third(house: House) -> None:
    said = told(house, Names(zone(house, dmarc=("v=DMARC1; p=none", "v=DMARC1; p=reject"))))
    assert not [one for one in said[Finding.FAULT] if "med texten: v=DMARC1" in one]


def test_bounces_to_another_organization_help_spf_not_at_all(house: House) -> None:
    bounces = Bounces("studs.relay.example", Secret("en-hemlig-nyckel-4711"), None)
    other = replace(house, settings=replace(house.settings, bounces=bounces))
    words = "räknas till leader.example"
    assert [one for one in told(other, Names(zone(house)))[Finding.ADVICE] if words in one]
    unsigned = replace(other, settings=replace(other.settings, dkim=()))
    assert [one for one in told(unsigned, Names(zone(house)))[Finding.FAULT] if words in one]


def test_strict_alignment_wants_the_very_same_domain(house: House) -> None:
    strict = ("v=DMARC1; p=reject; aspf=s; rua=mailto:d@leader.example",)
    said = told(house, Names(zone(house, dmarc=strict)))
    assert [one for one in said[Finding.ADVICE] if "räknas till leader.example" in one]


def test_an_office_that_neither_signs_nor_has_its_own_bounces_is_told_of_the_senders_domain(
    house: House,
) -> None:
    plain = replace(house, settings=replace(house.settings, dkim=(), bounces=None))
    said = told(plain, Names({}))
    assert [one for one in said[Finding.ADVICE] if "signerar inte breven" in one]
    assert [one for one in said[Finding.FAULT] if f"TXT-post i DNS, {SENDER}, med texten: v=spf1" in one]
    assert not [one for one in said[Finding.FAULT] if "MX-post" in one]


def test_a_relay_on_this_machine_is_not_asked_for_and_spf_names_the_machines_own_address(
    house: House,
) -> None:
    local = {"mail": channel_settings(ChannelKind.SMTP, slug="mail", host="127.0.0.1")}
    own = replace(house, settings=replace(house.settings, channels=local))
    names = Names({})
    assert [one for one in told(own, names)[Finding.FAULT] if "v=spf1 ip4:SERVERNS-ADRESS -all" in one]
    assert ("127.0.0.1", "PTR") not in names.asked


def test_dns_that_does_not_answer_at_all_is_one_advice(house: House) -> None:
    said = told(house, Names(zone(house), silent=(BOUNCES,)))
    assert said[Finding.FAULT] == said[Finding.WELL] == []
    (only,) = said[Finding.ADVICE]
    assert only == f"DNS-posterna för mejl är inte prövade. DNS svarar inte om {BOUNCES}."


@pytest.mark.parametrize("name", [KEY_NAME, f"_dmarc.{SENDER}", RELAY, "192.0.2.10"])
def test_a_question_that_gets_no_answer_is_advice_and_stops_no_other(house: House, name: str) -> None:
    said = told(house, Names(zone(house), silent=(name,)))
    assert said[Finding.FAULT] == []
    assert [one for one in said[Finding.ADVICE] if f"DNS svarar inte om {name}" in one]
    assert said[Finding.WELL][0].startswith("SPF")


def test_what_dns_says_cannot_steer_a_terminal(house: House) -> None:
    said = told(house, Names(zone(house, mx=("mx\x1b[2J.example",))))
    assert "\x1b" not in "".join(said[Finding.WELL])


def test_an_office_that_sends_no_mail_asks_nobody(house: House) -> None:
    channels = {"mail": channel_settings(ChannelKind.FILE, slug="mail")}
    quiet = replace(house, settings=replace(house.settings, channels=channels))
    names = Names({})
    assert (list(published(quiet, Outside(names))), names.asked) == ([], [])


def test_a_key_that_cannot_be_read_is_told_where_it_signs_and_not_here(house: House, tmp_path: Path) -> None:
    dkim = (DkimKey("borta", str(tmp_path / "borta.pem")),)
    other = replace(house, settings=replace(house.settings, dkim=dkim))
    assert not [one for one in told(other, Names(zone(house)))[Finding.FAULT] if "borta" in one]


def test_bounces_that_nobody_reads_are_advice(house: House) -> None:
    bounces = Bounces(BOUNCES, Secret("en-hemlig-nyckel-4711"), None)
    unread = replace(house, settings=replace(house.settings, bounces=bounces))
    assert [one.finding for one in bouncing(unread, NOW)] == [Finding.WELL, Finding.ADVICE]
    assert [one.finding for one in bouncing(house, NOW)] == [Finding.WELL]
