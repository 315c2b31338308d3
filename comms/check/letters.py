"""What law asks of a letter that is ready to go out: the EU's emblem and statement, sender, a way to stop.

Regulation (EU) 2022/129, Annex II and III (see emblem.py); marknadsföringslagen (2008:486), 9 § (who the
sender is) and 20 § (an address to which a no can be sent). None of it has exceptions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from comms.check import emblem
from comms.check.letter import Duties, Letter, spaced
from comms.check.rule import Finding
from comms.check.rules_visibility import LETTER_RULES
from comms.errors import Problem, say
from comms.model.issue import Edition

_NOWHERE = frozenset({"invalid", "localhost", "local"})
"""Top domains at which nobody can be (RFC 6761, RFC 6762)."""

_UNREAD = re.compile(r"(?:no|do-?not)[._-]?reply|(?:svara|ej|inget)[._-]?(?:ej|inte|svar)", re.IGNORECASE)
_MAILTO = re.compile(r"mailto:(?P<local>[^@\s?]+)@(?:[^@\s.?]+\.)+(?P<top>[^@\s.?]+)(?:\?|$)", re.IGNORECASE)
_WEB = re.compile(r"https?://(?:[^\s/?#:@.]+\.)+(?P<top>[^\s/?#:@.]+)(?:[/?#:]|$)", re.IGNORECASE)
_WRITTEN = re.compile(r"(?:mailto:|https?://)\S+", re.IGNORECASE)
_STOP = re.compile(
    r"\b(?:avsluta|avregistrera|avprenumerera|avanmäl|sluta få|säg upp|unsubscribe)", re.IGNORECASE
)
_LETTER = re.compile(r"brev|prenum|utskick|mejl|e-post|unsubscribe", re.IGNORECASE)


def check_letter(edition: Edition, duties: Duties) -> list[Problem]:
    """Check one edition by every rule of what law asks."""
    letter = Letter(edition, duties)
    return [rule.problem(found) for rule in LETTER_RULES for found in _FINDS[rule.code](letter)]


def sender_missing(letter: Letter) -> Iterator[Finding]:
    """Find letters that do not say who sends them, by name and postal address."""
    duties = letter.duties
    asked = (
        ("name", duties.sender.name, say("avsändarens namn")),
        ("postal_address", duties.sender.postal_address, say("avsändarens postadress")),
    )
    for key, value, what in asked:
        if not spaced(value):
            message = say("Inställningarna säger inte {what}.", what=what)
            yield Finding(
                duties.setting(f"sender.{key}", "sender"), message, say("Fyll i sender.{key}.", key=key)
            )
            continue
        hint = say("Lägg tillbaka letter.sender.{key} i sidfoten.", key=key)
        if spaced(value) not in spaced(letter.page.words):
            yield Finding(letter.html_place, say("Brevet säger inte {what}.", what=what), hint)
        if spaced(value) not in spaced(letter.edition.text):
            yield Finding(letter.text_place, say("Brevets textdel säger inte {what}.", what=what), hint)


def no_way_to_stop(letter: Letter) -> Iterator[Finding]:
    """Find letters without an address, that works, to which the reader can send a no."""
    sender = letter.duties.sender
    address = sender.reply_to or sender.email
    if not works(f"mailto:{address}"):
        message = say(
            "Den som vill sluta få brevet ska skriva till {address}, som ingen läser.", address=address
        )
        hint = say("Skriv en adress i sender.reply_to där någon läser.")
        yield Finding(letter.duties.setting("sender.reply_to", "sender.email", "sender"), message, hint)
        return
    stops = {href for href in _stop_links(letter) if works(href)}
    hint = say("Lägg tillbaka länken letter.unsubscribe i sidfoten.")
    if not stops:
        yield Finding(letter.html_place, say("Brevet säger inte hur man avslutar det."), hint)
    written = {address.rstrip(".,;)>") for address in _WRITTEN.findall(letter.edition.text)}
    if not any(one in stops or (letter.edition.token in one and works(one)) for one in written):
        message = say("Brevets textdel säger inte hur man avslutar det.")
        yield Finding(letter.text_place, message, say("Lägg tillbaka letter.unsubscribe i mallen för text."))


def works(href: str) -> bool:
    """Whether a request can be sent there: an address that may exist, and is read."""
    mail = _MAILTO.match(href)
    if mail:
        return not _UNREAD.match(mail["local"]) and mail["top"].lower() not in _NOWHERE
    web = _WEB.match(href)
    return web is not None and web["top"].lower() not in _NOWHERE


def _stop_links(letter: Letter) -> set[str]:
    """Where the links lead that are for stopping: with the reader's field, or in so many words.

    An address to which a link leads in other words too is a page about something else.
    """
    named: set[str] = set()
    others: set[str] = set()
    for link in letter.page.elements:
        words, href = link.words(), link.attributes.get("href", "")
        if link.tag == "a" and words and not letter.page.hidden(link):
            for_stopping = letter.edition.token in href or (_STOP.search(words) and _LETTER.search(words))
            (named if for_stopping else others).add(href)
    return named - others


_FINDS: Mapping[str, Callable[[Letter], Iterator[Finding]]] = {
    "V610": emblem.missing,
    "V611": emblem.altered,
    "V612": emblem.smaller_than_logo,
    "V613": emblem.without_name,
    "V614": emblem.statement_missing,
    "V615": emblem.statement_look,
    "V616": emblem.statement_faint,
    "V617": emblem.statement_touches,
    "V620": sender_missing,
    "V621": no_way_to_stop,
}
"""What finds for each rule of `LETTER_RULES`."""
