"""Nothing goes out that was not approved: what voids an approval, what does not, and who is told."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable

import pytest

from tests.journey.workspaces import (
    DAY_BEFORE,
    ISSUE,
    ITEM,
    NEXT_ISSUE,
    OFFICER,
    PICTURE,
    POST,
    ROOT,
    SLOT,
    WEEK_BEFORE,
    Office,
    body,
)

POST_SLOT = "2026-12-03T12:01"
TEMPLATE = "templates/newsletters/municipal.mjml.j2"

Change = Callable[[Office], object]


def one_character_of_an_item(office: Office) -> None:
    office.change(ITEM, "för alla.", "för alla!")


def one_pixel_of_its_picture(office: Office) -> None:
    office.draw(red=41)


def one_line_of_comms_yaml(office: Office) -> None:
    office.change("comms.yaml", "Provgatan 1", "Provgatan 2")


def the_template(office: Office) -> None:
    (office.folder / TEMPLATE).parent.mkdir(parents=True)
    shutil.copy(ROOT / TEMPLATE, office.folder / TEMPLATE)
    office.change(TEMPLATE, "</mjml>", "</mjml> ")


def the_title_of_an_audience(office: Office) -> None:
    office.change("audiences.yaml", "Kommunala kontor", "Kommunernas kontor")


def the_strategy(office: Office) -> None:
    office.change("strategy.yaml", "Med modiga initiativ", "Med goda initiativ")


def a_new_greeting(office: Office) -> None:
    office.write(f"content/issues/{ISSUE}.md", "---\nsubject: Snart är det jul\n---\nHej alla.\n")


def the_item_is_deleted(office: Office) -> None:
    (office.folder / ITEM).unlink()


def the_item_is_broken(office: Office) -> None:
    office.change(ITEM, "kind: office", "kind: offis")


CHANGES: list[tuple[Change, str]] = [
    (one_character_of_an_item, ITEM),
    (one_pixel_of_its_picture, PICTURE),
    (one_line_of_comms_yaml, "comms.yaml"),
    (the_template, TEMPLATE),
    (the_title_of_an_audience, "audiences.yaml"),
    (the_strategy, "strategy.yaml"),
    (a_new_greeting, f"content/issues/{ISSUE}.md"),
    (the_item_is_deleted, ITEM),
    (the_item_is_broken, ITEM),
]
EACH_CHANGE = pytest.mark.parametrize(("change", "file"), CHANGES, ids=[one.__name__ for one, _ in CHANGES])


def subjects(office: Office) -> list[str]:
    return [str(letter["Subject"]) for letter in office.officers_mail()]


# Approved and unchanged


def test_what_was_approved_goes_out_at_its_slot(office: Office) -> None:
    office.approve()
    answer = office.comms("tick", now=SLOT)
    masked = ", ".join(["k•••@eda.example"] * 5)
    assert (answer.code, answer.out.splitlines()) == (
        0,
        [
            f"Sänds: {ISSUE}",
            f"Före första brevet i {ISSUE}: 5 mottagare, bland dem {masked}",
            "Leveranser: mottagen 5.",
        ],
    )
    assert sorted(office.letters()) == [f"kontor{number}@eda.example" for number in range(1, 6)]
    assert office.states() == {"accepted": 5}


def test_what_was_approved_can_be_sent_at_once_on_a_persons_word(office: Office) -> None:
    seen = office.approve()
    assert office.comms("send", ISSUE, "--plan", seen, now=DAY_BEFORE).code == 0
    assert office.states() == {"accepted": 5}


def test_the_first_eight_characters_of_a_fingerprint_are_enough(office: Office) -> None:
    seen = office.fingerprint()
    office.answer(ISSUE)
    assert office.comms("approve", ISSUE, "--plan", seen[:8], now=WEEK_BEFORE).code == 0
    assert office.comms("send", ISSUE, "--plan", seen[:8], now=DAY_BEFORE).code == 0


def test_seven_characters_are_too_few(office: Office) -> None:
    assert office.comms("approve", ISSUE, "--plan", office.fingerprint()[:7], now=WEEK_BEFORE).code == 5


def test_what_the_plan_showed_can_be_approved_for_every_entry(office: Office) -> None:
    # A post without a time of its own takes the next free slot: both commands must mean the same one.
    office.write_item("aldre", since="2026-11-01", more="posts:\n  mastodon: {text: En äldre nyhet.}\n")
    office.answer("--until", "2027-01-31", now="2026-11-28T09:00")
    for entry in office.comms("plan", "--json", now="2026-11-28T09:00").json["entries"]:
        if entry["editions"] or entry["kind"] == "post":
            answer = office.comms(
                "approve", entry["id"], "--plan", entry["fingerprint"], now="2026-11-28T09:00"
            )
            assert answer.code == 0, answer.said


# Changed after approval


@EACH_CHANGE
def test_a_send_after_a_change_ends_with_5_sends_nothing_and_names_the_file(
    office: Office, change: Change, file: str
) -> None:
    seen = office.approve()
    change(office)
    answer = office.comms("send", ISSUE, "--plan", seen, now=SLOT)
    assert answer.code == 5
    assert f"{ISSUE} sänds inte. Ändrad efter godkännandet: {file}" in answer.err
    assert office.nothing_sent()


@EACH_CHANGE
def test_a_change_found_at_the_slot_holds_the_issue_and_tells_the_officer_which_file(
    office: Office, change: Change, file: str
) -> None:
    office.approve()
    change(office)
    answer = office.comms("tick", now=SLOT)
    assert f"Hålls kvar: {ISSUE}. Ändrad efter godkännandet: {file}" in answer.out
    assert office.nothing_sent()
    assert office.slot()["state"] == "held"
    told = [letter for letter in office.officers_mail() if "Hålls kvar" in str(letter["Subject"])]
    assert [letter["To"] for letter in told] == [OFFICER]
    assert file in body(told[0])


def test_several_changes_are_all_named_at_once(office: Office) -> None:
    seen = office.approve()
    one_character_of_an_item(office)
    one_line_of_comms_yaml(office)
    said = office.comms("send", ISSUE, "--plan", seen, now=SLOT).err
    assert "comms.yaml: sender är ändrad" in said
    assert f"{ITEM} är ändrad" in said


@EACH_CHANGE
def test_a_change_that_is_taken_back_makes_the_approval_hold_again(
    office: Office, change: Change, file: str
) -> None:
    del file
    seen = office.approve()
    kept = {path: path.read_bytes() for path in office.folder.rglob("*") if path.is_file()}
    change(office)
    assert office.entry()["voided"]
    for path in [path for path in office.folder.rglob("*") if path.is_file() and "var" not in path.parts]:
        if path not in kept:
            path.unlink()
    for path, content in kept.items():
        if "var" not in path.parts:
            path.write_bytes(content)
    assert office.entry()["approved"]
    assert office.comms("send", ISSUE, "--plan", seen, now=SLOT).code == 0
    assert office.states() == {"accepted": 5}


def test_a_changed_issue_can_be_approved_anew_and_goes_out_as_it_is_now(office: Office) -> None:
    before = office.approve()
    one_character_of_an_item(office)
    after = office.approve()
    assert after != before
    office.comms("tick", now=SLOT)
    assert "för alla!" in body(office.letters()["kontor1@eda.example"])


# New after approval


def test_a_new_item_after_approval_voids_nothing_and_is_announced_as_waiting(office: Office) -> None:
    seen = office.approve()
    office.write_item("nykomling")
    entry = office.entry()
    assert (entry["approved"], entry["voided"], entry["fingerprint"]) == (True, False, seen)
    waits = {"what": "nykomling", "reason": "Kom efter godkännandet: väntar till nästa nummer."}
    assert entry["waiting"] == [waits]
    assert f"{waits['what']}: {waits['reason']}" in office.comms("plan", now=WEEK_BEFORE).out
    assert office.comms("send", ISSUE, "--plan", seen, now=SLOT).code == 0
    assert "nykomling" not in body(office.letters()["kontor1@eda.example"])


def test_the_item_that_waited_is_in_the_next_issue(office: Office) -> None:
    office.approve()
    office.write_item("nykomling")
    office.comms("tick", now=SLOT)
    (edition,) = office.entry(NEXT_ISSUE, now="2026-12-02T09:00")["editions"]
    assert [item["id"] for item in edition["items"]] == ["nykomling"]


# Recipients are counted when the run starts


def test_a_recipient_added_after_approval_gets_the_letter_too(office: Office) -> None:
    seen = office.approve()
    office.write_audiences(6)
    assert office.comms("send", ISSUE, "--plan", seen, now=SLOT).code == 0
    assert office.states() == {"accepted": 6}


@pytest.mark.parametrize("offices", [3, 7])
def test_a_count_that_moved_by_more_than_a_fifth_asks_again(office: Office, offices: int) -> None:
    seen = office.approve()
    office.write_audiences(offices)
    answer = office.comms("send", ISSUE, "--plan", seen, now=SLOT)
    assert answer.code == 5
    assert f"från 5 till {offices}" in answer.err
    assert f"--recipients {offices}" in answer.err
    assert office.nothing_sent()


def test_a_confirmed_count_goes_and_another_count_does_not(office: Office) -> None:
    seen = office.approve()
    office.write_audiences(7)
    assert office.comms("send", ISSUE, "--plan", seen, "--recipients", "6", now=SLOT).code == 5
    assert office.nothing_sent()
    assert office.comms("send", ISSUE, "--plan", seen, "--recipients", "7", now=SLOT).code == 0
    assert office.states() == {"accepted": 7}


def test_a_count_that_moved_holds_the_slot_and_tells_the_officer(office: Office) -> None:
    office.approve()
    office.write_audiences(7)
    office.comms("tick", now=SLOT)
    assert office.slot()["state"] == "held"
    assert office.nothing_sent()
    assert "från 5 till 7" in body(office.officers_mail()[-1])


def test_a_slip_in_an_address_holds_the_issue_rather_than_leaving_a_reader_out(office: Office) -> None:
    office.approve()
    office.change("audiences.yaml", "kontor3@eda.example", "kontor3(a)eda.example")
    office.comms("tick", now=SLOT)
    assert office.nothing_sent()
    assert "audiences.yaml" in office.slot()["reason"]
    assert "kontor3(a)eda.example" in body(office.officers_mail()[-1])


# Not approved


def test_an_issue_that_nobody_approved_is_held_at_its_slot_and_the_officer_is_told(office: Office) -> None:
    answer = office.comms("tick", now=SLOT)
    assert (answer.code, f"Hålls kvar: {ISSUE}. Inte godkänd." in answer.out) == (0, True)
    assert office.nothing_sent()
    assert (office.slot()["state"], office.slot()["reason"]) == ("held", "Inte godkänd.")
    (letter,) = office.officers_mail()
    assert (letter["To"], letter["Subject"]) == (OFFICER, "Hålls kvar: Brevet, 2026-12-01 kl. 08.00")
    assert f"comms approve {ISSUE}" in body(letter)


def test_a_held_issue_can_be_approved_and_sent_afterwards(office: Office) -> None:
    office.comms("tick", now=SLOT)
    seen = office.approve(now="2026-12-01T10:00")
    assert office.comms("send", ISSUE, "--plan", seen, now="2026-12-01T10:05").code == 0
    assert office.states() == {"accepted": 5}


def test_a_send_without_approval_ends_with_5_and_says_how_to_approve(office: Office) -> None:
    seen = office.fingerprint()
    answer = office.comms("send", ISSUE, "--plan", seen, now=DAY_BEFORE)
    assert answer.code == 5
    assert f"comms approve {ISSUE} --plan {seen}" in answer.err
    assert office.nothing_sent()


def test_an_approval_of_another_fingerprint_ends_with_5_and_approves_nothing(office: Office) -> None:
    answer = office.comms("approve", ISSUE, "--plan", "0123456789abcdef", now=WEEK_BEFORE)
    assert answer.code == 5
    assert office.fingerprint() in answer.err
    assert not office.entry()["approved"]


def test_an_approval_of_what_was_shown_before_a_change_ends_with_5(office: Office) -> None:
    seen = office.fingerprint()
    one_character_of_an_item(office)
    assert office.comms("approve", ISSUE, "--plan", seen, now=WEEK_BEFORE).code == 5


def test_a_send_with_another_fingerprint_than_the_approved_ends_with_5(office: Office) -> None:
    office.approve()
    assert office.comms("send", ISSUE, "--plan", "0123456789abcdef", now=SLOT).code == 5
    assert office.nothing_sent()


def test_an_item_with_a_fault_cannot_be_approved_and_its_place_is_named(office: Office) -> None:
    the_item_is_broken(office)
    answer = office.comms("approve", ISSUE, "--plan", office.fingerprint(), now=WEEK_BEFORE)
    assert answer.code == 1
    assert f"{ITEM}:3" in answer.err
    assert not office.entry()["approved"]


def test_an_issue_with_a_broken_item_is_held_and_the_officer_is_told_where(office: Office) -> None:
    the_item_is_broken(office)
    office.comms("tick", now=SLOT)
    assert office.slot()["state"] == "held"
    assert f"{ITEM}:3" in body(office.officers_mail()[-1])


def test_an_issue_without_news_cannot_be_approved(office: Office) -> None:
    shown = office.fingerprint(NEXT_ISSUE)
    answer = office.comms("approve", NEXT_ISSUE, "--plan", shown, now=WEEK_BEFORE)
    assert answer.code == 2
    assert "Inget nytt att berätta." in answer.err


# The day before


def test_the_day_before_the_officer_is_told_once_of_what_is_not_approved(office: Office) -> None:
    office.comms("tick", now="2026-11-30T07:59")
    assert subjects(office) == []
    for clock in ("08:01", "08:02", "12:00"):
        office.comms("tick", now=f"2026-11-30T{clock}")
    assert subjects(office) == ["Väntar på godkännande: Brevet, 2026-12-01 kl. 08.00"]
    assert f"--plan {office.fingerprint()}" in body(office.officers_mail()[0])


def test_an_officer_who_is_writing_is_not_told_at_every_change(office: Office) -> None:
    office.comms("tick", now="2026-11-30T09:00")
    one_character_of_an_item(office)
    office.comms("tick", now="2026-11-30T09:01")
    assert len(subjects(office)) == 1


def test_an_approved_issue_is_not_announced(office: Office) -> None:
    office.approve()
    office.comms("tick", now=DAY_BEFORE)
    assert subjects(office) == []


def test_a_change_after_approval_is_told_the_day_before(office: Office) -> None:
    office.approve()
    one_character_of_an_item(office)
    office.comms("tick", now=DAY_BEFORE)
    (letter,) = office.officers_mail()
    assert "ändrades efter godkännandet" in body(letter)


def test_an_issue_without_news_is_told_the_day_before_and_skipped_at_its_slot(office: Office) -> None:
    (office.folder / ITEM).unlink()
    office.comms("tick", now=DAY_BEFORE)
    assert subjects(office) == ["Inget att sända: Brevet, 2026-12-01 kl. 08.00"]
    office.comms("tick", now=SLOT)
    assert (office.slot()["state"], office.slot()["reason"]) == ("skipped", "Inget nytt att berätta.")
    assert len(subjects(office)) == 1


# Late


def test_a_run_that_comes_within_the_channels_lateness_sends(office: Office) -> None:
    office.approve()
    office.comms("tick", now="2026-12-01T20:00")
    assert office.states() == {"accepted": 5}


def test_a_run_that_comes_later_than_that_holds_and_tells_the_officer(office: Office) -> None:
    office.approve()
    office.comms("tick", now="2026-12-01T20:01")
    assert office.nothing_sent()
    assert office.slot()["reason"].startswith("Försenad mer än 12 timmar")
    assert subjects(office) == ["Hålls kvar: Brevet, 2026-12-01 kl. 08.00"]


def test_what_was_held_as_late_goes_when_a_person_says_so(office: Office) -> None:
    seen = office.approve()
    office.comms("tick", now="2026-12-02T09:00")
    assert office.comms("send", ISSUE, "--plan", seen, now="2026-12-02T09:05").code == 0
    assert office.states() == {"accepted": 5}


# Many at once


def test_all_until_a_day_are_shown_and_approved_together(office: Office) -> None:
    office.answer("--until", "2026-12-31")
    answer = office.comms("approve", "--until", "2026-12-31", "--yes", now=WEEK_BEFORE)
    assert answer.code == 0
    assert f"Godkänd: {ISSUE}" in answer.out
    assert f"Godkänd: {POST}" in answer.out
    assert office.entry()["approved"]
    assert office.entry(POST)["approved"]
    assert not office.entry(NEXT_ISSUE)["approved"]


@pytest.mark.parametrize("way", ["one", "many"])
def test_a_key_that_cannot_sign_is_told_before_an_issue_is_approved_and_stops_nothing(
    office: Office, way: str
) -> None:
    office.write("nyckel.pem", "inte en nyckel")
    (office.folder / "nyckel.pem").chmod(0o600)
    with (office.folder / "comms.yaml").open("a", encoding="utf-8") as file:
        file.write("\ndkim: {brev: {key_file: nyckel.pem}}\n")
    office.answer("--until", "2026-12-31")
    what = (ISSUE, "--plan", office.fingerprint()) if way == "one" else ("--until", "2026-12-31", "--yes")
    answer = office.comms("approve", *what, now=WEEK_BEFORE)
    assert answer.code == 0
    assert answer.err.count("Varning: Signeringsnyckeln ") == 1
    assert "nyckel.pem går inte att använda." in answer.err
    assert office.entry()["approved"]


def test_a_post_is_not_signed_and_its_approval_says_nothing_of_keys(office: Office) -> None:
    with (office.folder / "comms.yaml").open("a", encoding="utf-8") as file:
        file.write("\ndkim: {brev: {key_file: nyckel.pem}}\n")
    office.answer(POST)
    answer = office.comms("approve", POST, "--plan", office.fingerprint(POST), now=WEEK_BEFORE)
    assert (answer.code, answer.err) == (0, "")


def test_what_is_blocked_is_shown_and_left_when_many_are_approved(office: Office) -> None:
    office.write_item("trasig", more="kommun: Eda\n")
    office.answer("--until", "2026-12-31")
    answer = office.comms("approve", "--until", "2026-12-31", "--yes", now=WEEK_BEFORE)
    assert answer.code == 1
    assert "content/items/trasig.md" in answer.out
    assert f"Godkänd: {POST}" in answer.out
    assert not office.entry()["approved"]


@pytest.mark.parametrize(
    ("answer", "approved"),
    [("j", True), ("Ja", True), ("yes", True), ("n", False), ("", False), ("kanske", False)],
)
def test_a_person_is_asked_before_many_are_approved(
    office: Office, monkeypatch: pytest.MonkeyPatch, answer: str, *, approved: bool
) -> None:
    office.answer("--until", "2026-12-31")
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{answer}\n"))
    said = office.comms("approve", "--until", "2026-12-31", now=WEEK_BEFORE)
    assert (said.code, "Godkänna 2? [j/N]" in said.out) == (0, True)
    assert office.entry()["approved"] == approved


def test_when_nothing_waits_it_says_so(office: Office) -> None:
    office.answer("--until", "2026-12-31")
    office.comms("approve", "--until", "2026-12-31", "--yes", now=WEEK_BEFORE)
    again = office.comms("approve", "--until", "2026-12-31", "--yes", now=WEEK_BEFORE)
    assert (again.code, again.out) == (0, "Ingenting väntar på godkännande.\n")


# Posts


def test_an_approved_post_is_published_at_its_slot(office: Office) -> None:
    office.approve(POST)
    office.comms("tick", now=POST_SLOT)
    assert office.posts() == [POST]
    assert office.states(POST) == {"accepted": 1}


@pytest.mark.parametrize(
    ("change", "file"),
    [
        (one_character_of_an_item, ITEM),
        (one_pixel_of_its_picture, PICTURE),
        (the_item_is_broken, ITEM),
        (the_item_is_deleted, ITEM),
    ],
    ids=["item", "picture", "broken", "deleted"],
)
def test_a_post_whose_files_changed_is_refused_held_and_told_of(
    office: Office, change: Change, file: str
) -> None:
    seen = office.approve(POST)
    office.approve()
    office.comms("tick", now=SLOT)
    change(office)
    answer = office.comms("send", POST, "--plan", seen, now="2026-12-03T11:00")
    assert (answer.code, file in answer.err) == (5, True)
    office.comms("tick", now=POST_SLOT)
    assert office.posts() == []
    assert office.slot(POST)["state"] == "held"
    assert file in body(office.officers_mail()[-1])


def test_a_change_of_the_letters_settings_does_not_touch_a_post(office: Office) -> None:
    office.approve(POST)
    one_line_of_comms_yaml(office)
    assert office.entry(POST)["approved"]


def test_a_post_published_is_the_text_that_was_approved(office: Office) -> None:
    office.approve(POST)
    office.comms("tick", now=POST_SLOT)
    text = (office.folder / "out" / "posts" / "mastodon" / POST / "post.txt").read_text(encoding="utf-8")
    assert text.startswith("Vid sjön finns en ny brygga att mötas på. #Leader")
    assert "https://leader.example/nyheter/bryggan" in text
