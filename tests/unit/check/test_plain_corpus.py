"""The corpus of plain Swedish: precision before recall, and every term with sentences for and against."""

from __future__ import annotations

import pytest

from comms.check.reading import read_item
from comms.content.terms import shipped_words
from comms.model.term import Term
from tests.unit.check.builder import CONTEXT, codes, item_with
from tests.unit.check.corpus import DATA, read, score

PLAIN = ("P202", "P204", "P205", "P206", "P207", "P208", "P210", "P211", "P215", "P216")
SEEN = read(DATA / "plain.tsv")
TERMS = [term for term in shipped_words().terms if not term.off and term.path.endswith("/plain.csv")]
ROWS = {
    row.split("\t")[0]: row.split("\t")[1:]
    for row in (DATA / "terms-plain.tsv").read_text(encoding="utf-8").splitlines()[1:]
}


def test_the_seen_half_is_found_with_few_false_alarms_and_few_misses() -> None:
    result = score(SEEN, PLAIN)

    assert result.precision >= 0.98, "\n".join(result.false)
    assert result.recall >= 0.95, "\n".join(result.missed)


def test_the_seen_half_is_large_and_about_half_of_it_must_be_silent() -> None:
    silent = [case for case in SEEN if not case.labels]

    assert len(SEEN) >= 120
    assert len(silent) * 2 >= len(SEEN) - 4


def test_no_text_stands_twice() -> None:
    assert len({case.text for case in SEEN}) == len(SEEN)


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.lemma)
def test_a_term_is_found_in_its_sentence_and_not_in_the_one_that_only_looks_like_it(term: Term) -> None:
    positive, negative = ROWS[term.lemma]
    reading = read_item(item_with(positive), CONTEXT)

    assert term.lemma in {hit.term.lemma for hit in reading.hits[term.rule]}
    assert term.rule in codes(item_with(positive))
    assert term.rule not in codes(item_with(negative))


def test_every_row_of_sentences_has_its_term() -> None:
    assert set(ROWS) == {term.lemma for term in TERMS}
