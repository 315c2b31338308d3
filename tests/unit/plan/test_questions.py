"""The questions that no machine can answer: which are asked of what, and when an answer no longer holds."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from comms.errors import say
from comms.model.item import Item, ItemKind, Person
from comms.model.plan import EditionPlan, Entry, EntryKind, Moment, Pick
from comms.plan.questions import OF_ISSUES, OF_ITEMS, asked_of
from comms.text.markdown import parse_markdown
from tests.unit.plan import builder
from tests.unit.plan.builder import instant, item, workspace

ROOT = Path(__file__).resolve().parents[3]
QUESTIONS = [row.question for row in OF_ITEMS] + [row.question for row in OF_ISSUES]
PERSON = Person("Maria Berg", "lantbrukare", "", "", 1)
PICTURE = replace(builder.picture(), sha256="a")
PORTRAIT = replace(PICTURE, people=("Maria Berg",))
AT = Moment(instant("2026-12-01 08:00").replace(tzinfo=None), instant("2026-12-01 08:00"))
EVERYTHING = {"people": (PERSON,), "pictures": (PORTRAIT,)}


def issue(*items: Item) -> Entry:
    picks = tuple(Pick(one.slug, say("Ny.")) for one in items)
    editions = (EditionPlan("offices", "eda", picks), EditionPlan("public", "eda", picks))
    return Entry("brevet-2026-12-01", EntryKind.ISSUE, "Brevet", "brevet", "mail", AT, editions)


def post(one: Item) -> Entry:
    return Entry("bryggan.mastodon.1", EntryKind.POST, "Bryggan", "m", "m", AT, item=one.slug)


def codes(entry: Entry, *items: Item) -> list[str]:
    return [asked.question.code for asked in asked_of(entry, workspace(items))]


def keys(*items: Item) -> set[tuple[str, str, str]]:
    return {asked.key for asked in asked_of(issue(*items), workspace(items))}


# The table


def test_every_question_has_a_code_of_its_own_a_source_and_an_address() -> None:
    assert len({question.code for question in QUESTIONS}) == len(QUESTIONS)
    assert all(re.fullmatch(r"F\d{3}", question.code) for question in QUESTIONS)
    assert all(question.source and question.address.startswith("http") for question in QUESTIONS)
    assert all(str(question.words).endswith("?") for question in QUESTIONS)


@pytest.mark.parametrize("kind", list(ItemKind))
def test_an_item_with_everything_in_it_is_asked_four_questions_at_most(kind: ItemKind) -> None:
    whole = item("bryggan", kind=kind, **EVERYTHING)
    assert len(codes(post(whole), whole)) == 4


def test_an_issue_is_asked_three_questions_at_most() -> None:
    assert len(OF_ISSUES) == 3


def test_the_page_for_officers_has_every_question_with_its_source_and_no_other() -> None:
    page = (ROOT / "docs/fragor.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| `(F\d{3})` \| (.*?) \| .*? \| \[(.*?)\]\((.*?)\) \|$", page, re.MULTILINE)
    assert told == [(one.code, str(one.words), one.source, one.address) for one in QUESTIONS]


# What is asked


def test_an_item_without_people_or_pictures_is_asked_one_question() -> None:
    plain = item("bryggan")
    assert codes(post(plain), plain) == ["F101"]


def test_pictures_and_people_in_them_are_asked_of_only_where_there_are_any() -> None:
    scenery, portrait = item("a", pictures=(PICTURE,)), item("b", pictures=(PORTRAIT,))
    assert codes(post(scenery), scenery) == ["F101", "F103"]
    assert codes(post(portrait), portrait) == ["F101", "F103", "F104"]


def test_think_the_opposite_is_asked_of_people_who_are_listed_or_only_told_of() -> None:
    listed = item("a", people=(PERSON,))
    told = item("b", body=parse_markdown("Efter mötet sa hon ja."))
    general = item("c", body=parse_markdown("Efter mötet kan man anmäla sig."))
    assert [codes(post(one), one) for one in (listed, told, general)] == [
        ["F101", "F102"],
        ["F101", "F102"],
        ["F101"],
    ]


def test_an_invitation_is_asked_who_cannot_come() -> None:
    invitation = item("traff", kind=ItemKind.INVITATION)
    assert codes(post(invitation), invitation) == ["F105"]


def test_an_issue_is_asked_of_each_item_once_and_then_of_itself() -> None:
    one, two = item("a"), item("b", pictures=(PICTURE,))
    assert codes(issue(one, two), one, two) == ["F101", "F101", "F103", "F201", "F202", "F203"]
    assert codes(issue(one), one) == ["F101", "F201", "F203"]


def test_an_empty_issue_is_asked_nothing() -> None:
    assert codes(issue()) == []


# What an answer holds for


def test_an_answer_about_an_item_holds_in_every_issue_and_post_that_carries_it() -> None:
    whole = item("bryggan", **EVERYTHING)
    of_post = {asked.key for asked in asked_of(post(whole), workspace([whole]))}
    assert of_post < keys(whole, item("annat"))


def test_a_changed_item_is_asked_of_again_and_nothing_else_is() -> None:
    one, two = item("a"), item("b")
    again = keys(one, two) - keys(one, replace(two, sha256="annat"))
    assert {(code, subject) for code, subject, _ in again} == {("F101", "b")}


def test_another_picture_under_the_same_name_is_asked_of_again_and_the_text_is_not() -> None:
    before = item("bryggan", **EVERYTHING)
    after = replace(before, pictures=(replace(PORTRAIT, sha256="b"),))
    assert {code for code, _, _ in keys(before) - keys(after)} == {"F103", "F104"}


def test_another_selection_of_items_asks_of_the_issue_again_and_another_order_does_not() -> None:
    one, two, three = item("a"), item("b"), item("c")
    assert keys(one, two) == keys(two, one)
    new = keys(one, two, three) - keys(one, two)
    assert {code for code, _, _ in new} == {"F101", "F201", "F203"}
