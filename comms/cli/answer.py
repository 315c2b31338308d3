"""comms answer, and the questions as `comms approve` asks them of a person at a terminal."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from comms.app.answering import THOUGHT_OF, Answering, answers, questions
from comms.app.approving import waiting
from comms.app.house import House
from comms.app.language import shown
from comms.app.language import translate as _
from comms.app.planning import find_entry, ledger
from comms.cli import voice
from comms.cli.options import day, house_at, json_option, now_in, now_option, workspace_option
from comms.errors import ExitCode, UsageError, say
from comms.model.plan import Entry, LedgerFacts
from comms.model.question import Answer, AnswerKey, Asked

_STOP = frozenset({"sluta", "stopp", "stop", "quit"})


@click.command(
    help=_("Svara på frågorna om ID som ingen maskin kan svara på, eller på allt till och med en dag.")
)
@click.argument("identity", metavar="[ID]", default="")
@click.option("--until", metavar=_("DATUM"), default="", help=_("Allt som väntar till och med denna dag."))
@click.option(
    "--all", "words", metavar=_("SVAR"), default="", help=_("Ge alla obesvarade frågor detta svar.")
)
@click.option("--by", default="", help=_("Vem som svarar (står kvar i liggaren)."))
@json_option
@workspace_option
@now_option
def answer(
    identity: str, until: str, words: str, by: str, folder: Path, now: str | None, *, as_json: bool
) -> int:
    """Ask what is open, or answer it all; without a person there, list it."""
    if bool(identity) == bool(until):
        raise UsageError(say("Ange antingen ett ID eller --until DATUM."))
    house = house_at(folder)
    moment = now_in(house, now)
    with ledger(house) as store:
        entries = _entries(house, store.facts(), identity, until, moment)
        person = Answering(house, store, by if words else by or getpass.getuser(), moment)
        if words:
            for one in person.unanswered(entries):
                person.answer(one, words)
        elif is_anyone_there() and not as_json:
            ask(person, entries)
        asked = questions(house, entries)
        given = answers(store, asked)
    if as_json:
        voice.as_json({"questions": [_as_json(one, given.get(one.key)) for one in asked]})
    else:
        _show(asked, given, house.zone)
    return int(ExitCode.DONE if all(one.key in given for one in asked) else ExitCode.PROBLEMS)


def _entries(house: House, facts: LedgerFacts, identity: str, until: str, moment: datetime) -> list[Entry]:
    if identity:
        return [find_entry(house, facts, identity, moment)]
    return waiting(house, facts, moment, day(until, house.zone, end=True))


def is_anyone_there() -> bool:
    """Whether a person sits at a terminal who can be asked."""
    return sys.stdin is not None and sys.stdin.isatty()


def ask(person: Answering, entries: Sequence[Entry]) -> bool:
    """Ask what is unanswered, each answer kept at once; False when the person stopped before the end."""
    asked = person.unanswered(entries)
    if asked:
        voice.line(say("Enter svarar ”{words}” Skriv annars ett kort svar, eller ”sluta”.", words=THOUGHT_OF))
    about = ""
    for number, one in enumerate(asked, 1):
        if one.subject != about:
            about = one.subject
            _present(one)
        progress = say("{number} av {of}", number=number, of=len(asked))
        voice.line(f"{shown(progress)}  {one.question.code}  {shown(one.question.words)}")
        if not _is_answered(person, one):
            voice.line(say("Slut för den här gången. Det som är besvarat står kvar."))
            return False
    return True


def _present(one: Asked) -> None:
    """Say what the next questions are about."""
    voice.line()
    voice.title(f"{one.title}  ({one.path})")
    voice.line(one.gist)
    voice.line()


def _is_answered(person: Answering, one: Asked) -> bool:
    """Ask until an answer can be kept; False when the person would rather stop."""
    while True:
        try:
            said = str(click.prompt(_("Svar"), default="", show_default=False))
        except click.Abort:
            voice.line()
            return False
        if said.strip().casefold() in _STOP:
            return False
        try:
            person.answer(one, said if said.strip() else THOUGHT_OF)
        except UsageError as refused:
            voice.complain(refused)
        else:
            return True


def _show(asked: Sequence[Asked], given: Mapping[AnswerKey, Answer], zone: ZoneInfo) -> None:
    if not asked:
        voice.line(say("Ingenting att svara på."))
    for one in asked:
        question, found = one.question, given.get(one.key)
        voice.line(f"{question.code}  {one.title}: {shown(question.words)}")
        voice.line(f"      {question.source}, {question.address}")
        voice.line(f"      {_said(found, zone)}")


def _said(found: Answer | None, zone: ZoneInfo) -> str:
    if found is None:
        return shown(say("Obesvarad."))
    return f"{found.by}, {found.at.astimezone(zone):%Y-%m-%d}: {found.words}"


def _as_json(one: Asked, found: Answer | None) -> dict[str, object]:
    return {
        "code": one.question.code,
        "subject": one.subject,
        "content": one.content,
        "title": one.title,
        "question": shown(one.question.words),
        "source": one.question.source,
        "address": one.question.address,
        "answer": found and {"words": found.words, "by": found.by, "at": found.at.isoformat()},
    }
