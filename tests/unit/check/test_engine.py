"""The engine: the table, positions, exemptions, a whole workspace."""

from __future__ import annotations

import re

from comms.check.context import Names
from comms.check.engine import check_item, check_notes, explain
from comms.check.rules import RULES
from comms.errors import Location
from comms.model.issue import IssueNotes
from comms.text.markdown import parse_markdown
from tests.unit.check.builder import BODY_LINE, CONTEXT, codes, found, item_with, picture


def test_every_code_is_one_letter_and_three_digits_and_used_once() -> None:
    every = [rule.code for rule in RULES]

    assert all(re.fullmatch(r"[A-Z]\d{3}", code) for code in every)
    assert len(every) == len(set(every))


def test_there_are_at_least_twenty_rules_of_schyst_and_plain_swedish() -> None:
    assert len([rule for rule in RULES if rule.code[0] in "SP"]) >= 20


def test_every_rule_says_what_and_why_in_whole_sentences() -> None:
    assert [rule.code for rule in RULES if not str(rule.title) or str(rule.why)[-1] not in ".?"] == []
    assert [rule.code for rule in RULES if "!" in str(rule.why)] == []


def test_every_rule_of_words_has_a_source_but_those_of_what_cannot_be() -> None:
    impossible = {"T325", "T326", "T327", "T330"}  # a day that is not there, a word by a slip of the hand
    sourceless = {r.code for r in RULES if r.code[0] in "SPTAVN" and not r.source.startswith("http")}
    assert sourceless == impossible


def test_a_code_is_explained_in_any_case_of_letters() -> None:
    rule = explain("s101")

    assert rule is not None
    assert str(rule.title) == "Titlar på -man"
    assert explain("X999") is None


def test_an_innocent_item_has_no_problems() -> None:
    assert codes(item_with("Nu är bryggan klar.\n\n## Så blev det\n\n- Ett räcke\n- En stege\n")) == []


def test_a_problem_points_at_the_word_in_its_line() -> None:
    body = "Bryggan är klar.\n\nI **går kom en\ntjänsteman** dit.\n"

    problem = found(item_with(body), "S101")[0]

    assert Location("content/items/bryggan.md", BODY_LINE + 3, 1) == problem.location


def test_a_problem_points_into_lists_tables_and_links() -> None:
    body = "- En tjänsteman\n\n| Vem | Vad |\n|---|---|\n| Ola | En tjänsteman |\n\n[En tjänsteman](https://a.example)"

    places = [(p.location.line - BODY_LINE, p.location.column) for p in found(item_with(body), "S101")]

    assert places == [(0, 6), (4, 12), (6, 5)]


def test_a_problem_after_code_and_emphasis_keeps_its_column() -> None:
    problem = found(item_with("Skriv `x = 1`, *sedan* en tjänsteman."), "S101")[0]

    assert problem.location.column == 27


def test_an_exemption_with_a_reason_silences_its_code_in_its_block() -> None:
    body = '<!-- comms: ok S101 "citat ur protokollet" -->\nEn tjänsteman skall svara.\n\nEn tjänsteman till.'

    assert codes(item_with(body)) == ["P206", "S101"]
    assert found(item_with(body), "S101")[0].location.line == BODY_LINE + 3


def test_an_exemption_without_a_reason_silences_nothing_and_says_so() -> None:
    item = item_with("<!-- comms: ok S101 -->\nEn tjänsteman svarar.")

    assert codes(item) == ["C590", "S101"]
    assert found(item, "C590")[0].location.line == BODY_LINE


def test_an_exemption_for_an_unknown_code_is_found() -> None:
    assert codes(item_with('<!-- comms: ok S999 "skäl" -->\nBryggan är klar.')) == ["C591"]


def test_an_exemption_that_cannot_be_read_is_found() -> None:
    item = item_with("<!-- comms: okej, tjänsteman -->\nBryggan är klar.")

    assert [str(p.message) for p in found(item, "C591")] == ["Undantaget går inte att läsa."]


def test_an_exemption_that_silences_nothing_is_found() -> None:
    assert codes(item_with('<!-- comms: ok S101 "behövs inte" -->\nBryggan är klar.')) == ["C592"]


def test_missing_alt_text_has_no_exemption() -> None:
    item = item_with('<!-- comms: ok A401 "hinner inte" -->\nBryggan är klar.', pictures=(picture(None),))

    assert codes(item) == ["A401", "C593"]


def test_an_error_can_be_exempted_with_a_reason() -> None:
    body = '<!-- comms: ok S112 "bokens titel" -->\nI dag läser vi om zigenare.'

    assert codes(item_with(body)) == []
    assert codes(item_with("I dag läser vi om zigenare.")) == ["S112"]


def test_an_exemption_before_all_text_covers_the_front_matter() -> None:
    body = '<!-- comms: ok S101 "projektets namn" -->\n\nBryggan är klar.'
    late = 'Bryggan är klar.\n\n<!-- comms: ok S101 "projektets namn" -->\nNu är den öppen.'

    assert codes(item_with(body, title="Ny talesman")) == []
    assert codes(item_with(late, title="Ny talesman")) == ["S101", "C592"]


def test_names_are_found_inside_longer_text_by_any_of_their_words() -> None:
    names = Names.of(["Sista förman", ""])

    assert names.covers("Vi ser Sista förman i kväll", 13, 19)
    assert not names.covers("Vi ser en förman i kväll", 10, 16)


def test_an_issues_own_words_are_checked_subject_and_greeting() -> None:
    notes = IssueNotes(
        "kommunbrevet-2026-12-01",
        "kommunbrevet",
        "content/issues/kommunbrevet-2026-12-01.md",
        "",
        "Nytt från vår talesman",
        (),
        (),
        None,
        "",
        parse_markdown("Hej, säger vår talesman.", first_line=6),
    )

    assert [str(problem.location) for problem in check_notes(notes, "sv", context=CONTEXT)] == [
        "content/issues/kommunbrevet-2026-12-01.md:1",
        "content/issues/kommunbrevet-2026-12-01.md:6:16",
    ]


def test_the_same_item_gives_the_same_problems() -> None:
    item = item_with("En tjänsteman skall svara kl 18!!")

    assert check_item(item, context=CONTEXT) == check_item(item, context=CONTEXT)
