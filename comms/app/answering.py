"""The questions that no machine can answer: what is open, what was answered, and by whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from comms.app.house import House
from comms.errors import ContentError, Text, UsageError, say
from comms.model.plan import Entry
from comms.model.question import Answer, AnswerKey, Asked
from comms.plan.questions import asked_of
from comms.store import Store

THOUGHT_OF = "Ja, vi har tänkt på det."
"""What Enter answers."""

_BARE_YES = frozenset({"j", "ja", "y", "yes"})
_BARE_NO = frozenset({"n", "nej", "no"})


def questions(house: House, entries: Iterable[Entry]) -> list[Asked]:
    """Every question about the entries; one about an item that several carry is asked once."""
    asked = (one for entry in entries for one in asked_of(entry, house.workspace))
    return list({one.key: one for one in asked}.values())


def unanswered(store: Store, asked: Sequence[Asked]) -> list[Asked]:
    """What nobody has answered for the content as it stands."""
    given = answers(store, asked)
    return [one for one in asked if one.key not in given]


def answers(store: Store, asked: Iterable[Asked]) -> Mapping[AnswerKey, Answer]:
    """The answers that hold for what was asked, as it stands, and others about the same."""
    return store.answers({one.subject for one in asked})


@dataclass(frozen=True)
class Answering:
    """Somebody who answers, and approves: whose name it is, and when."""

    house: House
    store: Store
    by: str
    now: datetime

    def __post_init__(self) -> None:
        """Raises `UsageError` without a name: an answer and an approval are always somebody's."""
        if not self.by.strip():
            raise UsageError(say("Ett svar har alltid ett namn: ange vem som svarar med --by NAMN."))

    def unanswered(self, entries: Iterable[Entry]) -> list[Asked]:
        """What nobody has answered about the entries as they stand."""
        return unanswered(self.store, questions(self.house, entries))

    def answer(self, asked: Asked, words: str) -> None:
        """Keep one answer; what was answered before stands. Raises `UsageError` (see `as_answer`)."""
        self.store.answer(Answer(*asked.key, as_answer(words), " ".join(self.by.split()), self.now))


def as_answer(words: str) -> str:
    """A person's words as they are kept. Raises `UsageError` for a bare no, and for no word at all."""
    said = " ".join("".join(c if c.isprintable() else " " for c in words).split())
    if not any(c.isalnum() for c in said):
        raise UsageError(say("Svaret är tomt: skriv några ord."))
    bare = said.rstrip(".!").casefold()
    if bare in _BARE_NO:
        raise UsageError(
            say("Ett nej säger för lite: skriv några ord om varför, eller om vad ni gör åt det.")
        )
    return THOUGHT_OF if bare in _BARE_YES else said


def refuse_unanswered(house: House, store: Store, entry: Entry) -> None:
    """Raise `ContentError` with every question about an entry that nobody has answered."""
    asked = unanswered(store, questions(house, [entry]))
    if asked:
        raise ContentError(
            say(
                "{id} har frågor som ingen har svarat på:\n{questions}\n"
                'Svara med: comms answer {id}. I ett skript: comms answer {id} --all "SVAR" --by NAMN',
                id=entry.id,
                questions=_listed(asked),
            )
        )


def _listed(asked: Sequence[Asked]) -> Text:
    """The questions, one a line: sentences in a sentence, so that each is shown in the reader's language."""
    lines = (
        say("  {code} {title}: {words}", code=a.question.code, title=a.title, words=a.question.words)
        for a in asked
    )
    first, *rest = lines
    for line in rest:
        first = say("{above}\n{line}", above=first, line=line)
    return first
