"""An officer who is asked: what do you know of me, and forget it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from comms.app.house import settings_alone
from comms.app.planning import ledger
from comms.model.subscriber import Choices, Consent, ConsentKind
from comms.store import subscribers
from comms.store.database import Database
from comms.store.schema import suppressions
from tests.journey.workspaces import DAY_BEFORE, Office

KEY = "en-nyckel-som-ar-lang-nog-for-proven-4711"
NOW = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
CHOICES = Choices(("brevet",), "offices", "eda")
WORDS = "Ja, jag vill ha Brevet med e-post."
ADA = "ada@by.example"


@pytest.fixture
def pages(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """The small office with public pages, and one who subscribes."""
    monkeypatch.setenv("COMMS_WEB__KEYS", KEY)
    text = (office.folder / "comms.yaml").read_text("utf-8")
    office.write("comms.yaml", f"{text}\nweb: {{listen: 127.0.0.1:8080}}\n")
    with ledger(settings_alone(office.folder)):
        pass
    database = Database(settings_alone(office.folder).database_url)
    with database.writing() as connection:
        subscribers.put(
            connection, address=ADA, key=ADA, choices=CHOICES, paused_until=None, source="s", ended="",
            now=NOW,
        )  # fmt: skip
        subscribers.keep_text(connection, "a" * 64, WORDS, NOW)
        page = "https://brev.leader.example/prenumerera/"
        said = Consent(ConsentKind.CONFIRMED, CHOICES, NOW, page, "a" * 64, "192.0.2.0/24")
        subscribers.witness(connection, ADA, said)
    database.close()
    return office


def subscribers_command(office: Office, *arguments: str, now: str = DAY_BEFORE) -> tuple[int, str]:
    answer = office.comms("subscribers", *arguments, now=now)
    return answer.code, answer.said


def test_evidence_shows_what_was_said_when_from_where_and_the_words(pages: Office) -> None:
    code, said = subscribers_command(pages, "evidence", ADA)
    assert code == 0
    assert said == (
        f"{ADA}\n"
        "2026-11-30 09.00  bekräftade. Gäller sedan: brevet; offices; eda\n"
        "    via https://brev.leader.example/prenumerera/, text aaaaaaaa, från nätverket 192.0.2.0/24\n"
        "Text aaaaaaaa:\n"
        f"    {WORDS}\n"
    )


def test_evidence_in_json_has_all_of_it(pages: Office) -> None:
    found = pages.comms("subscribers", "evidence", ADA, "--json").json
    assert found["texts"] == {"a" * 64: WORDS}
    assert found["evidence"][0]["network"] == "192.0.2.0/24"
    assert found["subscriptions"][0]["state"] == "confirmed"


def test_the_report_of_all_consents_is_clean_or_names_who_has_none(pages: Office) -> None:
    code, said = subscribers_command(pages, "evidence")
    assert (code, said.splitlines()[-1]) == (0, "Alla som får brev har ett sparat samtycke.")
    assert "  brevet      1           0        0       0" in said.splitlines()
    assert pages.comms("subscribers", "evidence", "--json").json["newsletters"]["brevet"]["confirmed"] == 1
    database = Database(settings_alone(pages.folder).database_url)
    with database.writing() as connection:
        subscribers.put(
            connection, address="bo@by.example", key="bo@by.example", choices=CHOICES, paused_until=None,
            source="s", ended="", now=NOW,
        )  # fmt: skip
    database.close()
    code, said = subscribers_command(pages, "evidence")
    assert code == 1
    assert "Utan sparat samtycke: 1. De ska inte få brev.\n  bo@by.example  brevet\n" in said


def test_a_person_who_asks_to_be_forgotten_is(pages: Office) -> None:
    code, said = subscribers_command(pages, "erase", ADA, "--reason", "Mejl i dag", "--yes")
    assert code == 0
    assert said == (
        f"{ADA} är raderad, och får inga fler brev.\n"
        "Har adressen skickats vidare, till exempel i en fil eller ett brev, finns den kvar där.\n"
    )
    code, said = subscribers_command(pages, "evidence", ADA)
    assert code == 0
    assert "nej till alla nyhetsbrev (raderad): Mejl i dag" in said
    assert "Adressen är raderad. Bara nejet är kvar, och det gäller.\n" in said
    code, said = subscribers_command(pages, "erase", ADA, "--yes")
    assert said.startswith(f"{ADA} finns inte här. Den är raderad, och nejet gäller.\n")
    code, said = subscribers_command(pages, "erase", "nemo@by.example", "--yes")
    assert said.startswith("nemo@by.example finns inte här. Nejet är sparat ändå.\n")


def test_backups_that_still_know_are_told_of(pages: Office) -> None:
    copies = pages.database.parent / "backups"
    copies.mkdir(exist_ok=True)
    (copies / "comms.db.2026-11-29").write_bytes(pages.database.read_bytes())
    _, said = subscribers_command(pages, "erase", ADA, "--yes")
    assert f"Säkerhetskopior har kvar adressen: 1 i {copies}. Dagens kopior försvinner" in said


def test_without_a_key_or_for_an_office_erasing_says_what_to_do(
    pages: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, said = subscribers_command(pages, "erase", "kontor3@eda.example", "--yes")
    assert code == 2
    assert said.startswith("kontor3@eda.example står i audiences.yaml, rad 11. Ta bort den där först")
    monkeypatch.delenv("COMMS_WEB__KEYS")
    code, said = subscribers_command(pages, "erase", ADA, "--yes")
    assert code == 4
    assert "Gör en med comms doctor --new-key och sätt den i COMMS_WEB__KEYS." in said


def test_keep_shows_what_would_go_before_it_goes(pages: Office) -> None:
    late = "2027-12-15T09:00"
    code, said = subscribers_command(pages, "keep", "--dry-run")
    assert code == 0
    assert said == (
        "Gallringsbeslut: inget är angivet. Skriv numret i comms.yaml: subscribers.keep.decision.\n"
        "Inget att gallra.\n"
    )
    text = (pages.folder / "comms.yaml").read_text("utf-8")
    pages.write("comms.yaml", f"{text}\nsubscribers: {{keep: {{decision: LS 2026-14}}}}\n")
    would = "Gallringsbeslut: LS 2026-14\nSkulle gallras:\n  1  uppgifter om nätverk\n"
    assert subscribers_command(pages, "keep", "--dry-run", now=late) == (0, would)
    assert subscribers_command(pages, "keep", now=late) == (0, would.replace("Skulle gallras", "Gallrat"))
    assert pages.comms("subscribers", "keep", "--json", now=late).json == {
        "decision": "LS 2026-14", "dry_run": False, "tickets": 0, "networks": 0, "people": 0, "strangers": 0,
        "addresses": 0, "notices": 0, "journals": 0, "returned": 0, "proposals": 0, "again": 0,
    }  # fmt: skip


def test_a_delivery_without_its_address_is_still_told_by_who(pages: Office) -> None:
    pages.approve(now=DAY_BEFORE)
    pages.comms("tick", now="2026-12-01T08:01")
    pages.comms("tick", now="2026-12-01T08:02")
    assert pages.states() == {"accepted": 6}
    pages.comms("subscribers", "keep", now="2027-06-01T09:00")
    assert pages.states() == {"accepted": 6}
    assert {name.partition("-")[0] for name in pages.in_state("accepted")} == {"raderad"}
    database = Database(settings_alone(pages.folder).database_url)
    with database.reading() as connection:
        assert connection.execute(suppressions.select()).all() == []
    database.close()
