"""The corpus: precision before recall, and every term with a sentence for and one against."""

from __future__ import annotations

from pathlib import Path

import pytest

from comms.check.context import context_of
from comms.check.contexts import is_meant
from comms.check.engine import check_item
from comms.check.reading import read_item
from comms.content.terms import shipped_words
from comms.content.workspace import load_workspace
from comms.errors import Severity
from comms.model.term import WORD_RULES, Term
from comms.settings.load import load_settings
from tests.unit.check.builder import CONTEXT, codes, item_with
from tests.unit.check.corpus import DATA, Case, read, score

SCHYST = (*(code for code in WORD_RULES if code.startswith("S")), "S104", "S111", "S115", "S124")
ROOT = Path(__file__).resolve().parents[3]
SEEN = read(DATA / "schyst.tsv")
TERMS = [term for term in shipped_words().terms if not term.off and term.path.endswith("/schyst.csv")]
ROWS = {
    row.split("\t")[0]: row.split("\t")[1:]
    for row in (DATA / "terms-schyst.tsv").read_text(encoding="utf-8").splitlines()[1:]
}


def meant(text: str) -> set[str]:
    """The terms that are found in a text and meant there."""
    reading = read_item(item_with(text), CONTEXT)
    return {hit.term.lemma for hits in reading.hits.values() for hit in hits if is_meant(reading, hit)}


def above_a_notice(text: str) -> list[str]:
    """What any rule says of a text alone, above a notice."""
    found = check_item(item_with(text), context=CONTEXT)
    return [f"{text}: {p.code} {p.message}" for p in found if p.severity is not Severity.NOTICE]


def test_the_seen_half_is_found_with_few_false_alarms_and_few_misses() -> None:
    result = score(SEEN, SCHYST)

    assert result.precision >= 0.98, "\n".join(result.false)
    assert result.recall >= 0.95, "\n".join(result.missed)


def test_the_seen_half_is_large_and_at_least_half_of_it_must_be_silent() -> None:
    silent = [case for case in SEEN if not case.labels]

    assert len(SEEN) >= 230
    assert len(silent) * 2 >= len(SEEN)


def test_no_text_stands_twice() -> None:
    assert len({case.text for case in SEEN}) == len(SEEN)


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.lemma)
def test_a_term_is_found_in_its_sentence_and_not_in_the_one_that_only_looks_like_it(term: Term) -> None:
    positive, negative = ROWS[term.lemma]

    assert term.lemma in meant(positive)
    assert term.rule in codes(item_with(positive))
    assert term.lemma not in meant(negative)


def test_every_row_of_sentences_has_its_term() -> None:
    assert set(ROWS) == {term.lemma for term in TERMS}


def test_a_finding_outside_the_label_is_false_and_a_label_without_finding_is_missed() -> None:
    cases = [
        Case("En tjänsteman kom.", (("S101", "tjänsteman"),)),
        Case("En talesman kom.", (("S101", "kom"),)),
        Case("En bro.", ()),
    ]

    result = score(cases, ["S101"])

    assert (result.true, len(result.false), len(result.missed)) == (1, 1, 1)
    assert (result.precision, result.recall) == (0.5, 0.5)


def test_only_the_codes_that_are_asked_for_count() -> None:
    assert score([Case("En tjänsteman kom.", ())], ["S102"]).false == []


def test_the_words_of_the_strategy_give_nothing_above_a_notice() -> None:
    settings, _ = load_settings(ROOT)
    assert settings is not None
    strategy = load_workspace(ROOT, settings)[0].strategy
    areas = strategy.focus_areas.values()
    own = [strategy.vision, *strategy.goals.values(), *strategy.indicators.values()]
    own += [text for area in areas for text in (area.title, area.name, *area.activities.values())]

    problems = [p for text in own for p in above_a_notice(text)]

    assert len(own) > 30
    assert problems == []


def test_the_shipped_news_give_no_warning_of_words() -> None:
    settings, _ = load_settings(ROOT)
    assert settings is not None

    workspace, _ = load_workspace(ROOT, settings)
    context = context_of(workspace, settings)
    problems = [p for item in workspace.items.values() for p in check_item(item, context=context)]

    assert len(workspace.items) >= 20
    assert [p for p in problems if p.code in SCHYST and p.severity is not Severity.NOTICE] == []
