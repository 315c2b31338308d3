"""Texts that are too long: shortened at sentences' ends, or in parts; never within a word or link."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comms.model.network import SegmentKind
from comms.text.parts import shorter, threaded
from comms.text.segments import parse_segments

SENTENCES = (
    "Leden går genom Glaskogen.",
    "Kom kl. 18.00 till Bygdegården!",
    "Det kostar t.ex. 50 000 kr.",
    "Läs mer på https://leader.example/a.b?c=d.",
    "Är du med?",
    "#Bygd #Leder",
)


def within(limit: int, text: str) -> tuple[str, ...]:
    return threaded(text, lambda part: len(part) <= limit)


def test_the_last_sentence_is_left_out_first() -> None:
    assert list(shorter("Ett är här. Två är här. Tre är här.")) == [
        ("Ett är här. Två är här.", 12),
        ("Ett är här.", 24),
    ]


def test_links_and_hashtags_last_in_the_text_are_kept() -> None:
    assert next(shorter("Ett. Två.\n\nhttps://leader.example #Bygd #Leder")) == (
        "Ett.\n\nhttps://leader.example #Bygd #Leder",
        5,
    )


def test_nothing_ends_with_a_colon() -> None:
    assert [text for text, _ in shorter("Välkommen!\nTa med:\nstövlar\nmatsäck")] == [
        "Välkommen!\nTa med:\nstövlar",
        "Välkommen!",
    ]


@pytest.mark.parametrize("text", ["", "En enda mening.", "#Bygd", "https://leader.example"])
def test_one_sentence_is_not_shortened(text: str) -> None:
    assert list(shorter(text)) == []


def test_parts_end_with_paragraphs_and_are_numbered_last() -> None:
    assert within(40, "Ett stycke är här.\n\nEtt till står här.\n\nDet sista.") == (
        "Ett stycke är här.\n\n1/2",
        "Ett till står här.\n\nDet sista.\n\n2/2",
    )


def test_a_long_paragraph_is_split_between_sentences() -> None:
    assert within(30, "Ett är här nu. Två är här nu. Tre är här nu.") == (
        "Ett är här nu.\n\n1/3",
        "Två är här nu.\n\n2/3",
        "Tre är här nu.\n\n3/3",
    )


def test_a_sentence_that_is_too_long_stays_whole() -> None:
    assert within(20, f"Kort. En {'lång ' * 9}mening. Slut.")[1] == f"En {'lång ' * 9}mening.\n\n2/3"


def test_a_single_sentence_is_no_thread() -> None:
    assert within(5, "En lång mening.") == ("En lång mening.",)


def test_ten_parts_and_more_have_room_for_their_numbers() -> None:
    parts = within(20, " ".join(f"Nummer {number:02}." for number in range(12)))
    assert max(map(len, parts)) <= 20
    assert parts[9] == "Nummer 09.\n\n10/12"


@given(st.lists(st.sampled_from(SENTENCES), min_size=2, max_size=30), st.integers(60, 200))
@settings(max_examples=200, deadline=None)
def test_a_thread_has_every_word_and_link_in_order_and_fits(chosen: list[str], limit: int) -> None:
    text = re.sub(r"(#Leder) ", r"\1\n\n", " ".join(chosen))
    parts = within(limit, text)
    bare = [re.sub(r"\n\n\d+/\d+$", "", part) for part in parts] if len(parts) > 1 else list(parts)
    assert " ".join(bare).split() == text.split()
    assert all(len(part) <= limit for part in parts) or len(parts) == 1
    assert [each for part in bare for each in links(part)] == links(text)


@given(st.lists(st.sampled_from(SENTENCES), min_size=2, max_size=30))
@settings(max_examples=100, deadline=None)
def test_a_shortened_text_begins_as_the_text_and_ends_with_a_whole_word(chosen: list[str]) -> None:
    text = " ".join(chosen)
    for kept, left_out in shorter(text):
        beginning = kept.partition("\n\n")[0]
        assert text.startswith(beginning)
        assert not text[len(beginning) :][:1].strip()
        assert left_out > 0


def links(text: str) -> list[str]:
    return [part.href for part in parse_segments(text) if part.kind is SegmentKind.LINK]
