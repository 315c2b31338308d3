"""What law asks of a letter that is ready to go out: the EU's emblem and statement, sender, a way to stop.

Regulation (EU) 2022/129, Annex II and III (see emblem.py); marknadsföringslagen (2008:486), 9 § (who the
sender is) and 20 § (an address to which a no can be sent). None of it has exceptions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from comms.check import emblem
from comms.check.letter import Letter, in_a_row, spaced
from comms.check.letter_page import Element, Page, pixels
from comms.check.rule import Finding
from comms.check.rules_visibility import LETTER_RULES
from comms.errors import Problem, say
from comms.text.colours import contrast

_NOWHERE = frozenset({"invalid", "localhost", "local"})
"""Top domains at which nobody can be (RFC 6761, RFC 6762)."""

_UNREAD = re.compile(r"(?:no|do-?not)[._-]?reply|(?:svara|ej|inget)[._-]?(?:ej|inte|svar)", re.IGNORECASE)
_MAILTO = re.compile(r"mailto:(?P<local>[^@\s?]+)@(?:[^@\s.?]+\.)+(?P<top>[^@\s.?]+)(?:\?|$)", re.IGNORECASE)
_WEB = re.compile(r"https?://(?:[^\s/?#:@.]+\.)+(?P<top>[^\s/?#:@.]+)(?:[/?#:]|$)", re.IGNORECASE)
_WRITTEN = re.compile(r"(?:mailto:|https?://)\S+", re.IGNORECASE)
_STOP = re.compile(
    r"\b(?:avsluta|avregistrera|avprenumerera|avanmäl|sluta få|säg upp|unsubscribe)", re.IGNORECASE
)
_ENDS = r"(?=[ \t\u00a0]*(?:$|[^\w \t\u00a0])|\s+(?:skickar|sänder|ger ut|står bakom|är avsändare))"
MIN_SENDER_SIZE = 10.0
"""px: what can be read at all. Our own choice, where the law says that the sender must be clear."""

MIN_SENDER_CONTRAST = 3.0
"""The least contrast of anything that must be seen (WCAG 2.1, 1.4.11)."""

_LETTER = re.compile(r"brev|prenum|utskick|mejl|e-post|unsubscribe", re.IGNORECASE)


def check_letter(letter: Letter) -> list[Problem]:
    """Check one edition by every rule of what law asks."""
    return [rule.problem(found) for rule in LETTER_RULES for found in _FINDS[rule.code](letter)]


def sender_missing(letter: Letter) -> Iterator[Finding]:
    """Find letters that do not say, so that it can be read, who sends them: name and postal address."""
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
        # A name that only opens the address is the address's first line.
        inside = duties.sender.postal_address if key == "name" else ""
        hint = say("Lägg tillbaka letter.sender.{key} i sidfoten.", key=key)
        parts = list(_written(letter.page, value, inside))
        if not parts:
            yield Finding(letter.html_place, say("Brevet säger inte {what}.", what=what), hint)
        elif not any(_can_be_read(letter.page, one) for one in parts):
            message = say("Brevet visar {what} så att ingen kan läsa det.", what=what)
            least = say(
                "Gör texten minst {size} px, med kontrasten {contrast} eller mer mot sin botten.",
                size=f"{MIN_SENDER_SIZE:g}",
                contrast=f"{MIN_SENDER_CONTRAST:g}",
            )
            yield Finding(letter.html_place, message, least)
        if not _stands(letter.edition.text, value, inside):
            yield Finding(letter.text_place, say("Brevets textdel säger inte {what}.", what=what), hint)


def _written(page: Page, value: str, inside: str) -> Iterator[tuple[Element, ...]]:
    """Each place where the words are shown, as the elements that their text stands in."""
    first = spaced(value).split()[0]
    around = {one for element, text in page.flow if first in text.casefold() for one in element.up()}
    holding = [one for one in around if _stands(_seen(page, one), value, inside)]
    for one in holding:
        if not any(child in holding for child in one.inside):
            texts = [(element, text) for element, text in one.flow() if text and not page.hidden(element)]
            whole = [element for element, text in texts if _stands(text, value, inside)]
            parts = [element for element, text in texts if spaced(text).strip() in spaced(value)]
            yield from ((element,) for element in whole)
            if not whole:
                yield tuple(parts)


def _seen(page: Page, element: Element) -> str:
    """What is seen of the element's text, each piece on a line of its own."""
    return "\n".join(text for one, text in element.flow() if text and not page.hidden(one))


def _can_be_read(page: Page, parts: tuple[Element, ...]) -> bool:
    """Whether the text is of a size and colour that can be read, however the letter is shown."""
    return all(_is_clear(page, one, where) for one in parts for where in page.settings)


def _is_clear(page: Page, element: Element, where: str) -> bool:
    if page.hidden(element, where):
        return False
    if (pixels(page.style(element, where)["font-size"]) or 0.0) < MIN_SENDER_SIZE:
        return False
    front, back = page.front(element, where), page.ground(element, where)
    return not front or not back or contrast(front, back) >= MIN_SENDER_CONTRAST


def _stands(text: str, value: str, inside: str) -> bool:
    """Whether the words stand in the text, elsewhere than as the first of some others (`inside`).

    A name that must stand on its own is no sentence's subject: "Leader Prov arbetar med …" tells of it.
    """
    if not inside:
        return spaced(value) in spaced(text)
    rest = text
    if spaced(value) in spaced(inside):
        rest = in_a_row(inside).sub("\n", text)
    return re.search(in_a_row(value).pattern + _ENDS, rest, re.IGNORECASE) is not None


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
