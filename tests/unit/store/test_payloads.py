"""Values go to JSON and come back as they were, whatever a sentence names."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.errors import Text, say
from comms.store.payloads import post_in, post_out, text_in, text_out
from tests.fakes.examples import publication

VALUES = st.one_of(
    st.text(),
    st.integers(-(2**53), 2**53),
    st.none(),
    st.booleans(),
    st.dates(),
    st.datetimes(timezones=st.just(UTC)),
)


@given(template=st.text(), values=st.lists(st.tuples(st.text(), VALUES)))
def test_a_sentence_comes_back_with_its_values(template: str, values: list[tuple[str, object]]) -> None:
    text = Text(template, tuple(values))
    assert text_in(json.loads(json.dumps(text_out(text)))) == text


def test_a_sentence_within_a_sentence_comes_back() -> None:
    text = say("Går ut {day:%d/%m}: {why}", day=date(2026, 12, 1), why=say("i {where}.", where="Åmål"))
    assert str(text_in(json.loads(json.dumps(text_out(text))))) == "Går ut 01/12: i Åmål."


@pytest.mark.parametrize(("value", "kept"), [(("a", 1), "('a', 1)"), ({1: 2}, "{1: 2}")])
def test_a_value_that_json_does_not_have_is_kept_as_it_reads(value: object, kept: str) -> None:
    assert text_in(text_out(say("{value}", value=value))) == say("{value}", value=kept)


def test_a_time_keeps_its_zone() -> None:
    moment = datetime.fromisoformat("2026-12-01T09:00:00+01:00")
    assert text_in(text_out(say("{at}", at=moment))).values == (("at", moment),)


def test_a_post_comes_back_whole() -> None:
    post = publication(pictures=3).post
    assert post_in(json.loads(json.dumps(post_out(post)))) == post
