"""Right on the wire: what goes out is read alike by programs that have nothing to do with each other."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from functools import cache
from hashlib import sha256
from pathlib import Path

import dkim  # type: ignore[import-untyped]  # dkimpy ships no types
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from markupsafe import escape

from comms.app.house import House, open_house
from comms.app.outgoing import Outbox
from comms.app.planning import find_entry, ledger
from comms.app.rendering import render_entry
from comms.app.signing import read_key, seal
from comms.model.issue import Edition
from comms.model.ledger import Letter
from comms.model.plan import LedgerFacts
from comms.model.settings import DkimKey
from comms.render import headers
from comms.render.edition import unsubscribe_by_mail
from comms.render.envelope import read_return_path
from comms.render.mime import LetterTemplate, WayOut, letter_template, personalise
from tests.fakes import opendkim
from tests.journey.workspaces import DAY_BEFORE, ISSUE, ITEM, OFFICER, POST, ROOT, SLOT, Office, Watched

pytestmark = [pytest.mark.slow, pytest.mark.servers, pytest.mark.no_cover]

DEMO = "kommunbrevet-2026-12-01"
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
SENT = datetime(2024, 11, 5, 7, 0, tzinfo=UTC)
"""A Date that is past for those who verify: a signature from the future is none."""

WORDS = (
    "öppettider Höst på ön Skellefteå samråd e-tjänst 50 % (ny) ”hej” Örjan Åsa 7-sam – 🌲 kr. över nästa "
    "stöd till bygdegården i Charlottenberg & Åmotfors: sök senast 31/1, fråga =?utf-8?q?oss?= = ? _ företag "
    "landsbygdsutvecklingsstrategierna Näringslivskontoret, A\u030amål café naïve 1,5 m² 😀👩🏽‍🌾 €"
).split()
NEEDS_PERL = pytest.mark.skipif(not shutil.which("perl"), reason="no Perl: apt-get install perl")
READER = r"""
use strict; use warnings;
use Encode qw(decode encode); use Encode::MIME::Header;
use MIME::QuotedPrint qw(decode_qp); use Digest::SHA qw(sha256_hex); use JSON::PP;
binmode STDIN; binmode STDOUT; $| = 1;
while (my $size = <STDIN>) {
    my $letter; read(STDIN, $letter, $size);
    my ($head, $body) = split /\r\n\r\n/, $letter, 2;
    $head =~ s/\r\n(?=[ \t])//g;
    my %fields = map { my ($n, $v) = split /: /, $_, 2; $n => decode('MIME-Header', $v) } split /\r\n/, $head;
    my @hashes;
    if (defined $body) {
        my ($mark) = $fields{'Content-Type'} =~ /boundary="([^"]+)"/;
        my @parts = split /\r\n--\Q$mark\E(?:--)?\r\n/, "\r\n$body";
        for (@parts[1 .. $#parts]) {
            my (undef, $content) = split /\r\n\r\n/, $_, 2;
            $content = decode_qp($content); $content =~ s/\r\n/\n/g;
            push @hashes, sha256_hex($content);
        }
    }
    print JSON::PP->new->ascii->encode([\%fields, \@hashes]), "\n";
}
"""


class Perl:
    """A second reader of letters: Perl's own modules, one process for all."""

    def __init__(self) -> None:
        """Start it."""
        self._process = subprocess.Popen(
            ["perl", "-e", READER], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def read(self, letter: bytes) -> tuple[dict[str, str], list[str]]:
        """The fields as text, and the hash of each part with plain line ends."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{len(letter)}\n".encode() + letter)
        self._process.stdin.flush()
        fields, hashes = json.loads(self._process.stdout.readline())
        return fields, hashes

    def close(self) -> None:
        """End it."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()


@pytest.fixture
def perl() -> Iterator[Perl]:
    reader = Perl()
    yield reader
    reader.close()


@cache
def demo() -> tuple[House, tuple[Edition, ...]]:
    """The repository's own workspace and every edition of an issue."""
    house = open_house(ROOT)
    entry = find_entry(house, LedgerFacts(), DEMO, NOW)
    return house, render_entry(house, entry).editions


def sentence(chance: random.Random) -> str:
    """A Swedish subject of 1 to 24 words."""
    return " ".join(chance.choices(WORDS, k=chance.randint(1, 24)))


def decoded(value: str) -> str:
    return str(make_header(decode_header(value.replace("\r\n", ""))))


def letters(count: int, seed: int) -> Iterator[tuple[bytes, Edition, str, str, str]]:
    """Letters of the demo with random subjects and readers.

    Bytes, edition, the reader's name and address, and the address that ends it.
    """
    chance = random.Random(seed)  # noqa: S311 - a test's chance, the same every time
    house, editions = demo()
    newsletter = house.settings.newsletters["kommunbrevet"]
    for number in range(count):
        if number % 10 == 0:
            edition = replace(editions[number // 10 % len(editions)], subject=sentence(chance))
            title = sentence(chance)[:80]
            template = letter_template(
                edition, settings=house.settings, newsletter=replace(newsletter, title=title)
            )
        name = sentence(chance)[: chance.randint(0, 60)].strip()
        address = f"{chance.choice(['kontor', 'o.hara+eda', 'a_b-c', 'f=g'])}{number}@arvika.example"
        page = "https://brev.leader7-sam.example/u/".ljust(chance.randint(35, 500), "x")
        page = chance.choice(["", page])
        content = personalise(
            template,
            recipient=address,
            recipient_name=name,
            message_id=f"{DEMO}.{number:024x}@leader7-sam.example",
            date=SENT,
            way_out=WayOut(page),
        )
        quoted = re.sub(r"[^A-Za-z0-9._~-]", lambda sign: f"%{ord(sign[0]):02X}", address)
        yield content, edition, name, address, page or unsubscribe_by_mail(house.settings, title) + quoted


def bodies(edition: Edition, name: str, address: str, end: str) -> list[str]:
    """What an office shall find in the two parts: its own address, the audience's reason, where to end it."""
    shown = f"{name} ({address})" if name else address
    fields = {"R": shown, "U": end, "W": "", "w": ""}
    written = (fields, {field: str(escape(value)) for field, value in fields.items()})
    return [
        re.sub(f"{edition.token}([RUWw])", lambda found, by=by: by[found[1]], content)  # type: ignore[misc]  # mypy sees no default
        for content, by in zip((edition.text, edition.html), written, strict=True)
    ]


def hashed(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def by_python(letter: bytes) -> list[str]:
    """The parts as Python's parser reads them."""
    found = []
    for part in message_from_bytes(letter).walk():
        if not part.is_multipart():
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            found.append(content.decode().replace("\r\n", "\n"))
    return found


@NEEDS_PERL
def test_twenty_thousand_swedish_subjects_are_read_alike_by_python_and_perl(perl: Perl) -> None:
    chance = random.Random(20_000)  # noqa: S311 - a test's chance, the same every time
    for _ in range(20_000):
        subject = sentence(chance)
        field = f"Subject: {headers.unstructured(subject)}"
        assert decoded(field.removeprefix("Subject: ")) == subject
        assert perl.read(f"{field}\r\n".encode())[0] == {"Subject": subject}
        assert max(map(len, field.split("\r\n"))) <= 76
        assert all(len(word) <= 75 for word in re.findall(r"=\?\S+\?=", field))


@NEEDS_PERL
def test_a_thousand_letters_are_read_alike_by_python_and_perl(perl: Perl) -> None:
    for content, edition, name, address, end in letters(1000, seed=1):
        wanted = bodies(edition, name, address, end)
        message = message_from_bytes(content)
        assert by_python(content) == wanted
        assert not message.defects
        fields, hashes = perl.read(content)
        assert hashes == [hashed(text) for text in wanted]
        assert fields["Subject"] == decoded(message["Subject"]) == edition.subject
        assert fields["To"] == decoded(message["To"]) == (f"{name} <{address}>" if name else address)
        assert set(fields) == set(message.keys())
        lines = content.split(b"\r\n")
        assert max(map(len, lines)) <= 998
        assert not [line for line in lines if b"\r" in line or b"\n" in line or line.startswith(b".")]
        head = content.partition(b"\r\n\r\n")[0]
        assert all(len(word) <= 75 for word in re.findall(rb"=\?\S+\?=", head))


@cache
def template() -> LetterTemplate:
    """The first edition of the demo."""
    house, editions = demo()
    newsletter = house.settings.newsletters["kommunbrevet"]
    return letter_template(editions[0], settings=house.settings, newsletter=newsletter)


@pytest.mark.parametrize("length", range(20, 501))
def test_unsubscribing_is_raw_however_long_the_page(length: int) -> None:
    page = "https://a.example/".ljust(length, "x")
    content = personalise(
        template(),
        recipient="n@arvika.example",
        recipient_name="Åsa",
        message_id="d@leader.example",
        date=SENT,
        way_out=WayOut(page),
    )
    assert f"\r\nList-Unsubscribe: <{page}>,\r\n <mailto:".encode() in content
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in content
    read = message_from_bytes(content, policy=policy.default)
    assert str(read["List-Unsubscribe"]).startswith(f"<{page}>, <mailto:")


# Signed


def write_keys(folder: Path) -> tuple[DkimKey, DkimKey]:
    """An RSA key and an Ed25519 key in files that nobody else can read."""
    made: dict[str, RSAPrivateKey | Ed25519PrivateKey] = {
        "brev2024": generate_private_key(65537, 2048),
        "brev2024e": Ed25519PrivateKey.generate(),
    }
    for name, key in made.items():
        file = folder / f"{name}.pem"
        file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        file.chmod(0o600)
    first, second = (DkimKey(name, str(folder / f"{name}.pem")) for name in made)
    return first, second


@pytest.fixture
def signing(tmp_path: Path) -> House:
    """The demo's workspace, which signs with two keys."""
    house, _ = demo()
    return replace(house, settings=replace(house.settings, dkim=write_keys(tmp_path)))


def records(house: House) -> dict[str, str]:
    """What the doctor says to publish."""
    found = [read_key(house, one) for one in house.settings.dkim]
    return {key.name: key.record for key in found}


BOTH = {"rsa-sha256": "pass", "ed25519-sha256": "pass"}
NEITHER = {"rsa-sha256": "fail", "ed25519-sha256": "fail"}


@pytest.mark.skipif(bool(opendkim.why_not()), reason=opendkim.why_not())
def test_opendkim_finds_both_signatures_of_a_thousand_letters_true(signing: House, tmp_path: Path) -> None:
    sign = seal(signing)
    sealed = [sign(content, SENT) for content, *_ in letters(1000, seed=2)]
    (tmp_path / "mail").mkdir()
    said = opendkim.verdicts(tmp_path / "mail", sealed, records(signing))
    assert len(said) == 1000
    assert all(one == BOTH for one in said)


@pytest.mark.skipif(bool(opendkim.why_not()), reason=opendkim.why_not())
@pytest.mark.parametrize(
    "field",
    [
        "From: ond@ond.example",
        "List-Unsubscribe: <https://ond.example/>",
        "Subject: Ond",
        "Cc: ond@ond.example",
    ],
)
def test_opendkim_sees_that_a_field_was_added(signing: House, tmp_path: Path, field: str) -> None:
    sign = seal(signing)
    sealed = [sign(content, SENT) for content, *_ in letters(5, seed=3)]
    changed = [one.replace(b"\r\nPrecedence:", f"\r\n{field}\r\nPrecedence:".encode(), 1) for one in sealed]
    (tmp_path / "mail").mkdir()
    said = opendkim.verdicts(tmp_path / "mail", [*changed, *sealed], records(signing))
    assert said == [NEITHER] * 5 + [BOTH] * 5


def test_dkimpy_finds_both_signatures_true(signing: House) -> None:
    published = {f"{name}.".encode(): record.encode() for name, record in records(signing).items()}
    sign = seal(signing)
    for content, *_ in letters(30, seed=4):
        judge = dkim.DKIM(sign(content, SENT))
        for number in (0, 1):
            assert judge.verify(idx=number, dnsfunc=lambda name, timeout=5: published.get(name))  # noqa: ARG005 - as dkimpy calls it


# Scored


@pytest.mark.skipif(not shutil.which("spamassassin"), reason="no SpamAssassin: apt-get install spamassassin")
@pytest.mark.parametrize("number", [0, -1])
def test_spamassassin_finds_little_to_say_of_the_demos_letter(
    signing: House, tmp_path: Path, number: int, record_property: Callable[[str, object], None]
) -> None:
    house, editions = demo()
    newsletter = house.settings.newsletters["kommunbrevet"]
    made = letter_template(editions[number], settings=house.settings, newsletter=newsletter)
    content = personalise(
        made,
        recipient="naringsliv@arvika.example",
        recipient_name="Näringslivskontoret, Arvika",
        message_id=f"{DEMO}.0123456789abcdef01234567@leader7-sam.example",
        date=SENT,
    )
    done = subprocess.run(
        ["spamassassin", "-L", "-t", "-x", "-p", "/dev/null"],
        input=seal(signing)(content, SENT),
        capture_output=True,
        check=True,
        timeout=120,
        env={**os.environ, "HOME": str(tmp_path)},
    )
    report = done.stdout.decode("utf-8", "replace")
    _, found, details = report.partition("Content analysis details:")
    assert found
    score = re.search(r"\(\s*(-?[0-9.]+) points", details)
    assert score
    rules = re.findall(r"^ *(-?\d\.\d) ([A-Z_]+)", details, re.MULTILINE)
    told = ", ".join(f"{rule} {points}" for points, rule in rules)
    record_property(f"SpamAssassin on {editions[number].audience}", f"{score[1]} ({told})")
    assert float(score[1]) < 2.0


# From a workspace, as it goes out

KEY = "en-hemlighet-som-bara-provet-vet"


@pytest.fixture
def relay() -> Iterator[Watched]:
    """A relay on loopback."""
    with Watched() as made:
        yield made


@pytest.fixture
def sender(office: Office, relay: Watched, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office with a domain for bounces and two keys to sign with."""
    (office.folder / "keys").mkdir()
    write_keys(office.folder / "keys")
    office.change(
        "comms.yaml",
        "channels:",
        "bounces: {domain: studs.leader.example}\n"
        "dkim: {brev2024: {key_file: keys/brev2024.pem}, brev2024e: {key_file: keys/brev2024e.pem}}\n\n"
        "channels:",
    )
    monkeypatch.setenv("COMMS_BOUNCES__KEY", KEY)
    office.sends_through(relay, "connections: 1, ")
    return office


def test_each_copy_has_a_return_path_that_leads_back_to_it(sender: Office, relay: Watched) -> None:
    sender.approve(now=DAY_BEFORE)
    sender.comms("tick", now=SLOT)
    copies = [one for one in relay.letters if one.recipient != OFFICER]
    assert len(copies) == 5
    for copy in copies:
        assert re.fullmatch(r"b-[a-z2-7]{20}-[a-z2-7]{10}@studs\.leader\.example", copy.sender)
        end = read_return_path(copy.sender, KEY.encode())
        assert copy.message_id == f"<{ISSUE}.{end}@leader.example>"
    assert len({copy.sender for copy in copies}) == 5


def test_without_a_domain_for_bounces_the_sender_is_the_return_path(office: Office, relay: Watched) -> None:
    office.sends_through(relay)
    office.approve(now=DAY_BEFORE)
    office.comms("tick", now=SLOT)
    assert {one.sender for one in relay.letters} == {"brev@leader.example"}


def test_everything_that_goes_out_is_signed_twice(sender: Office, relay: Watched) -> None:
    sender.comms("tick", now=DAY_BEFORE)  # tells the officer that the issue waits
    sender.comms("proof", ISSUE, "--to", "kollega@leader.example", now=DAY_BEFORE)
    sender.approve(now=DAY_BEFORE)
    sender.comms("tick", now=SLOT)
    to = {one.recipient for one in relay.letters}
    assert to >= {OFFICER, "kollega@leader.example", "kontor1@eda.example"}
    for letter in relay.letters:
        head = letter.content.partition(b"\r\n\r\n")[0]
        assert re.findall(rb"^DKIM-Signature: v=1; a=([a-z0-9-]+)", head, re.MULTILINE) == [
            b"rsa-sha256",
            b"ed25519-sha256",
        ]


def test_every_attempt_is_the_same_bytes(sender: Office, relay: Watched) -> None:
    sender.approve(now=DAY_BEFORE)
    sender.comms("tick", now=SLOT)
    house = open_house(sender.folder)
    with ledger(house) as store:
        rows = list(store.deliveries(ISSUE))
        later = Outbox(house, store, SENT)
        made = {row.recipient: later(row) for row in rows}
    sent = {one.recipient: one for one in relay.letters if one.recipient != OFFICER}
    assert len(made) == 5
    for recipient, again in made.items():
        assert isinstance(again, Letter)
        assert (again.sender, again.content) == (sent[recipient].sender, sent[recipient].content)


def test_a_missing_key_stops_the_issue_and_is_named(sender: Office, relay: Watched) -> None:
    sender.approve(now=DAY_BEFORE)
    (sender.folder / "keys" / "brev2024.pem").unlink()
    sender.comms("tick", now=SLOT)
    assert not relay.got
    assert sender.slot()["state"] == "paused"
    assert "brev2024.pem finns inte" in str(sender.slot()["reason"])


def test_a_key_that_is_lost_in_the_middle_stops_the_rest(sender: Office, relay: Watched) -> None:
    sender.approve(now=DAY_BEFORE)
    relay.at_dot = lambda _number: (sender.folder / "keys" / "brev2024.pem").unlink(missing_ok=True)
    sender.comms("tick", now=SLOT)
    assert not relay.got
    assert sender.slot()["state"] == "paused"


def test_a_domain_without_a_key_is_a_problem_in_comms_yaml(
    sender: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COMMS_BOUNCES__KEY")
    answer = sender.comms("check")
    assert answer.code == 4
    assert "K105" in answer.said
    assert "COMMS_BOUNCES__KEY" in answer.said


def test_the_doctor_says_what_to_publish_of_each_key(sender: Office) -> None:
    said = " ".join(sender.comms("doctor", now=DAY_BEFORE).said.split())
    assert "brev2024._domainkey.leader.example" in said
    assert "v=DKIM1; k=rsa; p=" in said
    assert "v=DKIM1; k=ed25519; p=" in said
    assert "studs.leader.example" in said


# Refused before there is a letter


@pytest.mark.parametrize("sign", ["\u200e", "\u200f", "\u061c"])
@pytest.mark.parametrize(
    ("path", "before"),
    [
        (ITEM, "En ny brygga"),
        (f"content/issues/{ISSUE}.md", "Höst"),
        ("audiences.yaml", "Kontor 1"),
        ("comms.yaml", "title: Brev"),
        ("comms.yaml", "name: Leader"),
    ],
)
def test_a_mark_that_shows_nothing_is_told_where_it_stands(
    office: Office, path: str, before: str, sign: str
) -> None:
    office.write(f"content/issues/{ISSUE}.md", "---\nsubject: Höst i Eda\n---\n")
    office.change(path, before, f"{before}{sign}")
    lines = (office.folder / path).read_text(encoding="utf-8").splitlines()
    line, text = next((number, text) for number, text in enumerate(lines, 1) if sign in text)
    answer = office.comms("check")
    assert answer.code == (4 if path == "comms.yaml" else 1)
    assert re.search(rf"^{path}:{line}:{text.index(sign) + 1}: fel [CK]10[17]: ", answer.said, re.MULTILINE)
    assert f"(U+{ord(sign):04X})" in answer.said


def test_a_mark_in_an_item_stops_that_item_and_no_run(office: Office) -> None:
    office.approve(POST)
    office.write_item("klistrad", since="2026-12-02", title="Ny plats\u200e i Eda")
    assert office.comms("tick", now=DAY_BEFORE).code == 0
    assert office.comms("tick", now="2026-12-03T12:01").code == 0
    assert office.posts() == [POST]


def test_a_tab_in_a_title_is_a_blank_in_the_subject(office: Office) -> None:
    office.change(ITEM, "title: En ny brygga i Eda", 'title: "En ny\\tbrygga i Eda"')
    office.approve()
    assert office.comms("tick", now=SLOT).code == 0
    subjects = {letter["Subject"] for letter in office.letters().values()}
    assert len(subjects) == 1
    assert "En ny brygga i Eda" in subjects.pop()


@pytest.mark.parametrize(
    "text",
    ['"Hej\\r\\nBcc: e@ond.example"', '"Hej\\nBcc: e@ond.example"', "|\n  Hej\n  Bcc: e@ond.example"]
    + [
        f'"Hej{sign}Bcc: e@ond.example"'
        for sign in (
            "\\0",
            "\\x7F",
            "\\x85",
            "\\u061C",
            "\\u200E",
            "\\u200F",
            "\\u2028",
            "\\u202E",
            "\\u2066",
        )
    ],
)
@pytest.mark.parametrize("place", ["title", "subject", "name"])
def test_a_text_that_could_begin_a_field_is_a_problem_where_it_is_written(
    office: Office, place: str, text: str
) -> None:
    if place == "title":
        office.change(ITEM, "title: En ny brygga i Eda", f"title: {text}")
    elif place == "subject":
        office.write(f"content/issues/{ISSUE}.md", f"---\nsubject: {text}\n---\n")
    else:
        within = text.replace("\n  ", "\n          ")
        row = '{address: kontor1@eda.example, name: "Kontor 1"}'
        office.change("audiences.yaml", row, f"address: kontor1@eda.example\n        name: {within}")
    answer = office.comms("check")
    assert answer.code == 1
    assert re.search(r"fel C11[14]: (Här står ett osynligt styrtecken|”\S*” ska stå på en rad)", answer.said)
