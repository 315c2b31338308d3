"""The questions that no machine can answer: nothing is approved before they are answered."""

from __future__ import annotations

import io
import re
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from comms.app.answering import THOUGHT_OF
from tests.journey.workspaces import (
    DAY_BEFORE,
    ISSUE,
    ITEM,
    NEXT_ISSUE,
    POST,
    SLOT,
    WEEK_BEFORE,
    Answer,
    Office,
    body,
)

ASKED = ["F101", "F103", "F201", "F202", "F203"]
"""What the small workspace's issue is asked: one item with a picture, and the issue itself."""


class Terminal(io.StringIO):
    """A person at the keyboard: what they type, a line an answer."""

    def isatty(self) -> bool:
        """There is somebody."""
        return True


@pytest.fixture
def types(monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ANN401 - a function that sits somebody down
    """Sits a person down who types these lines, and then hangs up."""
    return lambda *lines: monkeypatch.setattr("sys.stdin", Terminal("".join(f"{line}\n" for line in lines)))


def approve(office: Office, identity: str = ISSUE, now: str = WEEK_BEFORE) -> Answer:
    seen = office.fingerprint(identity, now)
    return office.comms("approve", identity, "--plan", seen, "--by", "Anna", now=now)


def told(office: Office, identity: str = ISSUE, now: str = WEEK_BEFORE) -> list[Any]:
    """What is asked about an entry, with the answers, as a script reads it."""
    return list(office.comms("answer", identity, "--json", now=now).json["questions"])


def still_open(office: Office, identity: str = ISSUE, now: str = WEEK_BEFORE) -> list[str]:
    return [one["code"] for one in told(office, identity, now) if one["answer"] is None]


# Without a person there


def test_an_approval_without_answers_ends_with_1_names_each_question_and_says_how_to_answer(
    office: Office,
) -> None:
    answer = approve(office)
    assert answer.code == 1
    assert re.findall(r"^  (F\d{3}) ", answer.err, re.MULTILINE) == ASKED
    assert "En ny brygga i Eda: Vem och vad visar bilderna" in answer.err
    assert f'comms answer {ISSUE} --all "SVAR" --by NAMN' in answer.err
    assert not office.entry()["approved"]


def test_many_at_once_are_refused_one_by_one(office: Office) -> None:
    office.answer(POST)
    answer = office.comms("approve", "--until", "2026-12-31", "--yes", now=WEEK_BEFORE)
    assert answer.code == 1
    assert f"{ISSUE} har frågor som ingen har svarat på" in answer.err
    assert f"Godkänd: {POST}" in answer.out
    assert (office.entry()["approved"], office.entry(POST)["approved"]) == (False, True)


def test_a_script_answers_with_a_persons_name_and_the_words_and_time_are_kept(office: Office) -> None:
    office.comms("answer", ISSUE, "--all", "Ägarna saknas.", "--by", "Anna Öberg", now=WEEK_BEFORE)
    assert {tuple(sorted(one["answer"].items())) for one in told(office)} == {
        (("at", "2026-11-25T08:00:00+00:00"), ("by", "Anna Öberg"), ("words", "Ägarna saknas."))
    }
    assert approve(office).code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((ISSUE, "--all", "Ja."), "ange vem som svarar med --by NAMN"),
        ((ISSUE, "--all", "Ja.", "--by", " "), "ange vem som svarar med --by NAMN"),
        ((ISSUE, "--all", "nej", "--by", "Anna"), "Ett nej säger för lite"),
        ((), "Ange antingen ett ID eller --until DATUM."),
        ((ISSUE, "--until", "2026-12-31"), "Ange antingen ett ID eller --until DATUM."),
        (("finns-inte-2026-12-01",), "Ingenting i planen heter"),
    ],
)
def test_2_is_an_answer_that_says_too_little(office: Office, arguments: tuple[str, ...], said: str) -> None:
    answer = office.comms("answer", *arguments, now=WEEK_BEFORE)
    assert (answer.code, said in answer.err) == (2, True)
    assert still_open(office) == ASKED


def test_an_unanswered_list_ends_with_1_and_an_answered_one_with_0_and_names(office: Office) -> None:
    before = office.comms("answer", ISSUE, now=WEEK_BEFORE)
    assert (before.code, before.out.count("Obesvarad.")) == (1, len(ASKED))
    assert "http://schyst.se/" in before.out
    office.answer(ISSUE)
    after = office.comms("answer", ISSUE, now=WEEK_BEFORE)
    assert (after.code, after.out.count("Anna, 2026-11-25: Vi har talat om det.")) == (0, len(ASKED))


def test_an_entry_without_content_has_nothing_to_answer(office: Office) -> None:
    answer = office.comms("answer", NEXT_ISSUE, now=WEEK_BEFORE)
    assert (answer.code, answer.out) == (0, "Ingenting att svara på.\n")


# With a person there


def test_a_person_is_asked_one_question_after_another_and_enter_is_an_answer(
    office: Office,
    types: Any,  # noqa: ANN401 - see the fixture
) -> None:
    types("", "Bryggan, inte byn: byn har vi visat.", "", "ja", "")
    answer = approve(office)
    assert (answer.code, answer.err) == (0, "")
    assert "En ny brygga i Eda  (content/items/bryggan.md)" in answer.out
    assert re.findall(r"(\d av \d)  (F\d{3})", answer.out) == [
        (f"{number} av 5", code) for number, code in enumerate(ASKED, 1)
    ]
    kept = [one["answer"]["words"] for one in told(office)]
    assert kept == [THOUGHT_OF, "Bryggan, inte byn: byn har vi visat.", THOUGHT_OF, THOUGHT_OF, THOUGHT_OF]
    assert office.entry()["approved"]


@pytest.mark.parametrize("last", [["sluta"], []], ids=["says so", "hangs up"])
def test_a_person_who_stops_loses_nothing_and_goes_on_another_day(
    office: Office,
    types: Any,  # noqa: ANN401 - see the fixture
    last: list[str],
) -> None:
    types("", "Ingen.", *last)
    stopped = approve(office)
    assert (stopped.code, "Det som är besvarat står kvar." in stopped.out) == (1, True)
    assert "Traceback" not in stopped.said
    assert still_open(office) == ASKED[2:]
    types("", "", "")
    assert "1 av 3" in office.comms("answer", ISSUE, "--by", "Bo", now=DAY_BEFORE).out
    assert [one["answer"]["by"] for one in told(office)] == ["Anna", "Anna", "Bo", "Bo", "Bo"]
    assert approve(office, now=DAY_BEFORE).code == 0


def test_a_bare_no_is_asked_again(office: Office, types: Any) -> None:  # noqa: ANN401 - see the fixture
    types("nej", "Nej: vi ringer dem i morgon.", "", "", "", "")
    answer = approve(office)
    assert (answer.code, "Ett nej säger för lite" in answer.err) == (0, True)
    assert told(office)[0]["answer"]["words"] == "Nej: vi ringer dem i morgon."


def test_a_person_who_approves_many_is_asked_after_the_yes_and_each_item_once(
    office: Office,
    types: Any,  # noqa: ANN401 - see the fixture
) -> None:
    types("j", *[""] * len(ASKED))
    answer = office.comms("approve", "--until", "2026-12-31", now=WEEK_BEFORE)
    assert answer.code == 0, answer.said
    assert answer.out.index("Godkänna 2?") < answer.out.index("F101")
    assert re.findall(r"  (F\d{3})  ", answer.out).count("F101") == 1
    assert office.entry()["approved"]
    assert office.entry(POST)["approved"]


def test_a_person_who_stops_among_many_is_not_asked_of_the_rest(
    office: Office,
    types: Any,  # noqa: ANN401 - see the fixture
) -> None:
    types("j", "sluta", "", "", "", "", "")
    answer = office.comms("approve", "--until", "2026-12-31", now=WEEK_BEFORE)
    assert (answer.code, answer.out.count("Svar: ")) == (1, 1)
    assert not office.entry()["approved"]


def test_with_yes_nobody_is_asked(office: Office, types: Any) -> None:  # noqa: ANN401 - see the fixture
    types("", "", "", "", "", "")
    answer = office.comms("approve", "--until", "2026-12-31", "--yes", now=WEEK_BEFORE)
    assert (answer.code, "Svar: " in answer.out) == (1, False)


def test_what_a_machine_finds_comes_before_what_a_person_is_asked(
    office: Office,
    types: Any,  # noqa: ANN401 - see the fixture
) -> None:
    office.change(ITEM, "kind: office", "kind: offis")
    types("", "", "", "", "")
    answer = approve(office)
    assert (answer.code, "Svar: " in answer.out, ITEM in answer.err) == (1, False, True)


@pytest.mark.parametrize("words", [" ", "...", "\u200b"])
def test_an_answer_without_words_is_no_answer(office: Office, words: str) -> None:
    answer = office.comms("answer", ISSUE, "--all", words, "--by", "Karin Ek", now=WEEK_BEFORE)
    assert (answer.code, "Svaret är tomt" in answer.err) == (2, True)


def test_an_answer_without_a_name_is_refused_before_anything_is_asked(office: Office) -> None:
    answer = office.comms("answer", ISSUE, "--by", " ", now=WEEK_BEFORE)
    assert (answer.code, "--by NAMN" in answer.err) == (2, True)


# For which content


def test_what_was_answered_for_the_post_is_not_asked_again_for_the_issue(office: Office) -> None:
    office.answer(POST)
    assert still_open(office) == ["F201", "F202", "F203"]


def test_a_changed_item_is_asked_of_again_and_the_issue_is_not(office: Office) -> None:
    office.answer(ISSUE)
    office.change(ITEM, "för alla.", "för alla barn.")
    assert still_open(office) == ["F101", "F103"]
    assert approve(office).code == 1


def test_a_changed_picture_is_asked_of_again_and_the_text_is_not(office: Office) -> None:
    office.answer(ISSUE)
    office.draw(red=41)
    assert still_open(office) == ["F103"]


def test_a_new_item_asks_of_itself_and_of_the_issue(office: Office) -> None:
    office.answer(ISSUE)
    office.write_item("nykomling")
    assert still_open(office) == ["F101", "F201", "F202", "F203"]


def test_a_change_that_is_taken_back_has_its_answers_again(office: Office) -> None:
    office.answer(ISSUE)
    office.change(ITEM, "för alla.", "för alla barn.")
    office.change(ITEM, "för alla barn.", "för alla.")
    assert still_open(office) == []


def test_what_was_approved_before_there_were_questions_goes_out_as_approved(office: Office) -> None:
    office.approve()
    with closing(sqlite3.connect(office.database)) as connection, connection:
        connection.execute("DROP TABLE answers")
        connection.execute("DROP TRIGGER deliveries_erased")
        for table in (
            "feeds",
            "proposals",
            "memories",
            "tickets",
            "forms",
            "exits",
            "consents",
            "consent_texts",
            "subscriptions",
        ):
            connection.execute(f"DROP TABLE {table}")
        connection.execute("DROP TABLE subscribers")
        connection.execute("DROP TABLE suppressions")
        connection.execute(
            "CREATE TABLE suppressions (address_key VARCHAR(320) PRIMARY KEY, reason TEXT, created_at TEXT)"
        )
        connection.execute("ALTER TABLE deliveries DROP COLUMN exit_id")
        connection.execute("ALTER TABLE deliveries DROP COLUMN subscribes")
        connection.execute("ALTER TABLE notices DROP COLUMN calendar")
        connection.execute("UPDATE alembic_version SET version_num = '0002'")
    assert office.comms("tick", now=SLOT).code == 0
    assert office.states() == {"accepted": 5}


# Think the opposite

SWAPPED = "out/tvartom.html"


def test_preview_swap_makes_a_page_of_the_entrys_items_beside_the_index(office: Office) -> None:
    office.change(ITEM, "Den är öppen för alla.", "Kassören säger att hon är nöjd.")
    answer = office.comms("preview", ISSUE, "--swap", now=WEEK_BEFORE)
    assert (answer.code, SWAPPED in answer.out, "Sidan sänds aldrig." in answer.out) == (0, True, True)
    html = (office.folder / SWAPPED).read_text(encoding="utf-8")
    assert "<ins>han</ins>" in html
    assert "En ny brygga i Eda" in html


def test_preview_makes_no_such_page_unasked(office: Office) -> None:
    office.comms("preview", ISSUE, now=WEEK_BEFORE)
    assert not (office.folder / SWAPPED).exists()


def test_the_swapped_text_is_no_part_of_what_is_approved_or_sent(office: Office) -> None:
    office.change(ITEM, "Den är öppen för alla.", "Kassören säger att hon är nöjd.")
    before = office.fingerprint()
    office.comms("preview", "--swap", now=WEEK_BEFORE)
    assert office.fingerprint() == before
    office.approve()
    office.comms("tick", now=SLOT)
    assert "hon är nöjd" in body(office.letters()["kontor1@eda.example"])
    published = [page.read_text(encoding="utf-8") for page in (office.folder / "out/webb").rglob("*.html")]
    assert published
    assert not [page for page in published if "han är nöjd" in page]
