"""Questions that no machine can answer, and what people answered: each holds for content as it was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from comms.errors import Text

AnswerKey = tuple[str, str, str]
"""Code of the question, subject, content: what is answered once."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its source. A code is for ever: answers in the ledger name it."""

    code: str
    words: Text
    source: str
    address: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about something as it stands.

    `subject` is an item's slug or an issue's id, `content` the hash of what an answer holds for. `title`,
    `path` and `gist` tell a person what it is about.
    """

    question: Question
    subject: str
    content: str
    title: str
    path: str
    gist: str

    @property
    def key(self) -> AnswerKey:
        """What an answer to it is known by."""
        return (self.question.code, self.subject, self.content)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person said to a question, who and when."""

    question: str
    subject: str
    content: str
    words: str
    by: str
    at: datetime

    @property
    def key(self) -> AnswerKey:
        """What it answers."""
        return (self.question, self.subject, self.content)
