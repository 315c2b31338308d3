"""What a relay's answer, or its silence, says of a letter: by its reason, else by verb, code and status.

Of the letters that a relay refuses for ever two in three are refused for the sender's sake, so an answer
counts against the reader's address only when it speaks of the address. Why it refuses is told by the table
that reports of delivery are read by too (`text/reasons.py`): the two cannot disagree.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Flag, auto

from comms.errors import (
    ChannelDown,
    ChannelError,
    OutcomeUnknown,
    PermanentFailure,
    SenderRefused,
    TemporaryFailure,
    say,
)
from comms.model.bounce import ReturnKind
from comms.text.reasons import classify

GARBAGE = -1
"""The code of an answer that is not SMTP."""

DROPPED = 0
"""The code of no answer: the relay hung up, or was silent for too long."""

CLOSING = 421
"""The relay is about to hang up, whatever it was asked (RFC 5321, 3.8)."""

_SHOWN = 300
_STATUS = re.compile(r"(?:^|#)([245]\.\d{1,3}\.\d{1,3})\b(?!\.)")


class Verb(Flag):
    """How far a session had come when an answer came."""

    CONNECT = auto()
    EHLO = auto()
    STARTTLS = auto()
    AUTH = auto()
    MAIL = auto()
    RCPT = auto()
    DATA = auto()
    BODY = auto()
    DOT = auto()


@dataclass(frozen=True, slots=True)
class Reply:
    """A relay's answer: its code (or GARBAGE, DROPPED) and its lines without it."""

    code: int
    lines: tuple[str, ...] = ()

    @property
    def is_yes(self) -> bool:
        """Whether the relay agreed."""
        return 200 <= self.code < 300  # noqa: PLR2004 - the first digit is the meaning (RFC 5321, 4.2.1)

    @property
    def is_no(self) -> bool:
        """Whether the relay said no and the session goes on."""
        return 400 <= self.code < 600 and self.code != CLOSING  # noqa: PLR2004 - RFC 5321, 4.2.1

    @property
    def is_for_ever(self) -> bool:
        """Whether the relay will not say yes another time either."""
        return 500 <= self.code < 600  # noqa: PLR2004 - RFC 5321, 4.2.1

    @property
    def status(self) -> str:
        """The enhanced status (RFC 3463), first in a line or, as qmail writes it, after a #; else ""."""
        found = (_STATUS.search(line) for line in self.lines)
        return next((match[1] for match in found if match), "")

    @property
    def words(self) -> str:
        """The lines as one, harmless to print, and not too long."""
        text = " ".join(" ".join(self.lines).split())[:_SHOWN]
        return "".join(char if char.isprintable() else " " for char in text)

    def __str__(self) -> str:
        """As a person sees it."""
        return f"{self.code} {self.words}".strip() if self.code > DROPPED else self.words or "?"


def _down(reply: Reply) -> ChannelError:
    return ChannelDown(say("Mejlservern tar inte emot brev just nu: {reply}.", reply=reply))


def _later(reply: Reply) -> ChannelError:
    return TemporaryFailure(say("Mejlservern sade nej för tillfället: {reply}.", reply=reply))


def _dead(reply: Reply) -> ChannelError:
    return PermanentFailure(say("Mejlservern tog inte emot brevet: {reply}.", reply=reply))


def _refused(reply: Reply) -> ChannelError:
    return SenderRefused(
        say("Mejlservern vägrar ta emot från oss: {reply}. Kontrollera kanalens inställningar.", reply=reply)
    )


def _locked_out(reply: Reply) -> ChannelError:
    return SenderRefused(
        say(
            "Mejlservern godkänner inte inloggningen ({reply}). Kontrollera användare och lösenord.",
            reply=reply,
        )
    )


def _suspected(reply: Reply) -> ChannelError:
    return SenderRefused(
        say("Mejlservern vägrar ta emot det här brevet från oss: {reply}.", reply=reply), decisive=False
    )


def _unclear(reply: Reply) -> ChannelError:
    return OutcomeUnknown(say("Mejlservern svarade otydligt efter brevet: {reply}.", reply=reply))


def _broken(
    meaning: type[ChannelDown | TemporaryFailure | OutcomeUnknown],
) -> Callable[[Reply], ChannelError]:
    return lambda reply: meaning(say("Förbindelsen till mejlservern bröts: {error}.", error=reply))


_ANY = ~Verb(0)
_OPENING = Verb.CONNECT | Verb.EHLO | Verb.STARTTLS | Verb.AUTH
_LETTER = Verb.RCPT | Verb.BODY | Verb.DOT
_OUR_FAULT_IN_WORDS = (
    r"\b(relaying|relay (not|access|denied)|authenticat\w+|sender|spam\w*|junk\w*|policy"
    r"|black ?list\w*|block(ed|ing|list\w*))\b"
)

_REASONS: dict[ReturnKind, Callable[[Reply], ChannelError]] = {
    ReturnKind.DEAD: _dead,
    ReturnKind.TROUBLE: _dead,
    ReturnKind.OURS: _suspected,
}
"""What the reason of a lasting refusal of a letter means."""

_MEANINGS: tuple[tuple[Verb, str, Callable[[Reply], ChannelError]], ...] = (
    # What was being said, the answer as `CODE STATUS WORDS` (status - when none), what it means: first match.
    (_OPENING, "0 ", _broken(ChannelDown)),
    (Verb.DOT, "0 ", _broken(OutcomeUnknown)),
    (_ANY, "0 ", _broken(TemporaryFailure)),
    # At the dot 421 may be a relay that goes down with the letter already in its queue.
    (Verb.DOT, "421|[^45]", _unclear),
    (_ANY, "421", _down),
    # No letter has been named yet: what goes wrong is about the relay.
    (_OPENING, "[^5]", _down),
    (Verb.MAIL, r"4\d\d 4\.[37]\.", _down),
    (_ANY, "[^5]", _later),
    (Verb.AUTH, "5", _locked_out),
    (_OPENING | Verb.MAIL | Verb.DATA, "5", _refused),
    # Lasting, of a letter, and for no reason that is known.
    (_LETTER, r"(552|5[03]\d) - ", _suspected),
    (_LETTER, rf"5\d\d - .*{_OUR_FAULT_IN_WORDS}", _suspected),
    (Verb.RCPT, r"5\d\d 5\.[124]\.|550 5\.0\.0|55[0136] - ", _dead),
    (Verb.RCPT, "5", _suspected),
    (_ANY, "5", _dead),
)


def failure(verb: Verb, reply: Reply) -> ChannelError:
    """What an answer to `verb` that is not the yes that was hoped for says of the letter."""
    if verb in _LETTER and reply.is_for_ever:
        why = _REASONS.get(classify(reply.status, reply.words).kind)
        if why is not None:
            return why(reply)
    told = f"{reply.code} {reply.status or '-'} {reply.words}"
    return next(
        meaning(reply)
        for verbs, pattern, meaning in _MEANINGS
        if verb in verbs and re.match(pattern, told, re.IGNORECASE)
    )
