"""What people answered to the questions that no machine can answer. The first answer stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from comms.model.question import Answer, AnswerKey
from comms.store.schema import answers
from comms.store.upsert import insert

if TYPE_CHECKING:
    from collections.abc import Collection


def given(connection: Connection, subjects: Collection[str]) -> dict[AnswerKey, Answer]:
    """Every answer about the subjects (items' slugs, issues' ids), for any content that they have had."""
    rows = connection.execute(
        select(answers).where(answers.c.subject.in_(sorted(set(subjects)))).order_by(answers.c.id)
    )
    found = [
        Answer(row.question, row.subject, row.content, row.words, row.answered_by, row.answered_at)
        for row in rows
    ]
    return {answer.key: answer for answer in found}


def keep(connection: Connection, answer: Answer) -> None:
    """Remember an answer, unless the question was answered for the same content before."""
    connection.execute(
        insert(connection, answers)
        .values(
            question=answer.question,
            subject=answer.subject,
            content=answer.content,
            words=answer.words,
            answered_by=answer.by,
            answered_at=answer.at,
        )
        .on_conflict_do_nothing(index_elements=["question", "subject", "content"])
    )
