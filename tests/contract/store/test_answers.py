"""Answers to the questions that no machine can answer: kept beside the approvals, each once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from comms.model.question import Answer
from comms.store import Store
from tests.fakes.examples import NOW, approve, issue_entry

ANSWER = Answer("F101", "bryggan", "a" * 64, "Ägarna saknas: de ville inte.", "Anna Öberg", NOW)


def test_an_answer_is_there_with_its_name_and_time_for_everybody(
    store: Store, another: Callable[[], Store]
) -> None:
    store.answer(ANSWER)
    assert another().answers(["bryggan"]) == {ANSWER.key: ANSWER}


def test_the_first_answer_stands(store: Store) -> None:
    store.answer(ANSWER)
    store.answer(replace(ANSWER, words="Något annat.", by="Bo Ek", at=NOW + timedelta(hours=1)))
    assert store.answers(["bryggan"]) == {ANSWER.key: ANSWER}


def test_other_content_and_other_questions_have_answers_of_their_own(store: Store) -> None:
    others = [replace(ANSWER, content="b" * 64), replace(ANSWER, question="F102")]
    for answer in (ANSWER, *others):
        store.answer(answer)
    assert store.answers(["bryggan"]) == {answer.key: answer for answer in (ANSWER, *others)}


def test_only_what_is_asked_for_is_given(store: Store) -> None:
    store.answer(ANSWER)
    store.answer(replace(ANSWER, subject="sagan"))
    assert set(store.answers(["bryggan", "finns-inte"])) == {ANSWER.key}
    assert store.answers([]) == {}


def test_an_answer_outlives_the_approval_that_it_was_given_for(store: Store) -> None:
    approve(store)
    store.answer(ANSWER)
    store.void_approval(issue_entry().id, "Ändrad.", NOW)
    assert store.answers(["bryggan"]) == {ANSWER.key: ANSWER}
