"""What a code or a word is: every code that a person can meet has an answer, and where it comes from."""

from __future__ import annotations

from dataclasses import replace

import pytest

from comms.app.explaining import explain
from comms.content.terms import shipped_words
from comms.errors import UsageError

WORDS = shipped_words()


def said(asked: str) -> str:
    """The whole answer."""
    found = explain(asked, WORDS)
    return "\n".join(map(str, (found.heading, *found.sentences)))


@pytest.mark.parametrize("code", ["C114", "K101", "N101", "O104", "O201", "c147"])
def test_a_code_that_is_no_rule_is_said_what_it_is_about_and_where_it_is_told(code: str) -> None:
    assert said(code).startswith(code.upper())
    assert "docs/handbok.md, ”Problem i filerna”" in said(code)


@pytest.mark.parametrize("code", ["F101", "f203"])
def test_a_question_is_explained_with_its_source(code: str) -> None:
    assert said(code).startswith(code.upper())
    assert "Källa: Schyst" in said(code)


def test_a_rule_is_still_a_rule() -> None:
    assert said("s101").endswith("docs/rules/S101.md")


def test_an_abbreviation_says_what_it_stands_for_and_where() -> None:
    assert "Förkortning för: " in said("EJFLU")
    assert "comms/content/words/abbreviations.csv:" in said("ejflu")
    assert "alla känner" in said("AB")


def test_an_abbreviation_of_the_organisation_says_its_own_file() -> None:
    own = replace(WORDS, abbreviations=(("ÖSK", ""),), places=(("ÖSK", "abbreviations.csv", 7),))

    assert "abbreviations.csv:7" in str(explain("ÖSK", own).sentences[-1])


def test_a_word_of_the_lists_says_its_source() -> None:
    assert "Källa: " in said("tjänsteman")


@pytest.mark.parametrize("asked", ["", "  ", "X101", "C1", "C1145", "ordetfinnsinte"])
def test_what_is_neither_is_refused(asked: str) -> None:
    with pytest.raises(UsageError):
        explain(asked, WORDS)
