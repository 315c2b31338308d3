"""The word lists that ship with comms, and the index that finds them."""

from __future__ import annotations

from collections import Counter

import pytest

from comms.check.contexts import CONTEXTS
from comms.check.lexicon import Lexicon
from comms.check.rules import BY_CODE
from comms.content.terms import shipped_words
from comms.model.term import WORD_RULES, Term, When
from comms.text.swedish import words
from tests.unit.check.builder import CONTEXT

TERMS = shipped_words().terms


def hits(text: str, lexicon: Lexicon = CONTEXT.lexicon) -> list[tuple[str, str]]:
    """What is found and not let through: the term and the words as they stand."""
    return [(hit.term.lemma, hit.text) for hit in lexicon.find(words(text), text) if not hit.term.off]


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.lemma)
def test_every_term_has_a_source_alternatives_and_a_rule(term: Term) -> None:
    assert term.source.name
    assert term.source.address.startswith(("http://", "https://")) or (
        term.source.key == "egen" and term.note
    )
    assert term.off or (term.rule in BY_CODE and term.instead)
    assert all(form == form.casefold().strip() and form for form in (*term.forms, *term.stems))


def test_every_rule_of_words_is_in_the_table_of_rules() -> None:
    assert [code for code in WORD_RULES if code not in BY_CODE] == []


def test_every_context_has_its_function() -> None:
    assert set(CONTEXTS) == set(When)


def test_no_form_stands_in_two_rows() -> None:
    counts = Counter(form for term in TERMS for form in (*term.forms, *term.stems))

    assert [form for form, count in counts.items() if count > 1] == []


def test_what_is_offered_instead_is_not_itself_a_term() -> None:
    forms = {form for term in TERMS if not term.off for form in term.forms}

    assert {word for term in TERMS for word in term.instead} & forms == set()


def test_a_listed_form_is_found_and_a_word_that_only_ends_like_it_is_not() -> None:
    text = "Tjänstemännen mötte lantbrukaren Norrman vid spelmansstämman, allmänt och gemensamt."

    assert hits(text) == [("tjänsteman", "Tjänstemännen")]


def test_a_longer_phrase_wins_over_what_it_holds_and_one_that_is_off_hides_it() -> None:
    found = [hit.term for hit in CONTEXT.lexicon.find(words("Hon är god man."), "Hon är god man.")]

    assert [(term.lemma, term.off) for term in found] == [("god man", True)]


def test_signs_that_nobody_sees_do_not_hide_a_term() -> None:
    assert hits("En tjänste\u00adman och en tales\u200bman.") == [
        ("tjänsteman", "tjänste\u00adman"),
        ("talesman", "tales\u200bman"),
    ]


def test_a_linking_form_finds_compounds_but_not_itself_or_a_shorter_word() -> None:
    term = Term("lekman", ("lekman",), "S101", ("lekperson",), TERMS[0].source, stems=("lekmanna",))

    assert hits("lekmannakunskap, lekmanna, lekmannaut, lekman", Lexicon.of([term])) == [
        ("lekman", "lekmannakunskap"),
        ("lekman", "lekman"),
    ]


def test_the_first_of_two_terms_with_one_form_is_in_force() -> None:
    own = Term("dagis", ("dagis",), "", (), TERMS[0].source, off=True)

    found = next(Lexicon.of([own, *TERMS]).find(words("dagis"), "dagis"))

    assert found.term.off
