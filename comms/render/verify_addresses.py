"""Where a rendered letter loads from and where it leads: letters say that nobody measures who opens them.

A picture on somebody else's server tells that server who reads, when and where. So a letter loads only from
below `base_url`, and the logo, which an organisation may have elsewhere (docs/installningar.md). What is
carried in the letter itself (`data:`, `cid:`) asks nobody.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from comms.errors import Text, say
from comms.model.settings import Settings
from comms.render.addresses import logo_dark_url, logo_url, url
from comms.render.verify_page import Address, LetterPage

_ENDS = re.compile(r"^[\x00-\x20]+|[\x00-\x20]+$|[\t\n\r]+")
"""What a browser leaves out of an address before it reads it (WHATWG URL, 4.4)."""

_CARRIED = re.compile(r"data:|cid:|#", re.IGNORECASE)
_LEADS = re.compile(r"https?://[^/\\]|mailto:|tel:|#", re.IGNORECASE)
_SHOWN = 80
_SHOWN_WORDS = 40

_Found = Iterator[tuple[Text, Text]]


def _loaded(letter: LetterPage, settings: Settings) -> _Found:
    own = frozenset(filter(None, (logo_url(settings), logo_dark_url(settings))))
    for address, after in _each(letter.loaded):
        if address in own or _CARRIED.match(address) or _is_below(address, url(settings, "")):
            continue
        hint = say("Ta bort det, eller lägg bilden hos er: den andra servern får veta vem som läser brevet.")
        if after:
            yield (
                say(
                    "Brevet hämtar ”{address}”, som inte ligger hos er. Det står efter ”{words}”.",
                    address=_shown(address),
                    words=after,
                ),
                hint,
            )
        else:
            yield (
                say(
                    "Brevet hämtar ”{address}”, som inte ligger hos er. Det står i <style> eller överst.",
                    address=_shown(address),
                ),
                hint,
            )


def _leading(letter: LetterPage, settings: Settings) -> _Found:
    words = {_ENDS.sub("", link.href): _words(link.text) for link in letter.links}
    for address, after in _each(letter.hrefs):
        if _LEADS.match(address) or _is_below(address, url(settings, "")):
            continue
        yield (
            say(
                "Länken vid ”{words}” leder till ”{address}”, som inte är en adress på webben.",
                words=words.get(address) or after,
                address=_shown(address),
            ),
            say("En länk börjar med https://, mailto: eller tel:, eller med # och ett ställe i brevet."),
        )


def _each(addresses: list[Address]) -> Iterator[tuple[str, str]]:
    """Each address that is one, as a client reads it, with the words before it the first time."""
    once: dict[str, str] = {}
    for written, after in addresses:
        once.setdefault(_ENDS.sub("", written), after)
    return ((address, _words(after)) for address, after in once.items() if address)


def _is_below(address: str, base: str) -> bool:
    """Whether it begins as an own address does; `//` alone begins one on any server."""
    return address.casefold().startswith(base.casefold()) and not address.startswith("//")


def _words(text: str) -> str:
    even = " ".join(text.split())
    return even if len(even) <= _SHOWN_WORDS else f"… {even[-_SHOWN_WORDS:].partition(' ')[2]}"


def _shown(address: str) -> str:
    return address if len(address) <= _SHOWN else f"{address[:_SHOWN]} …"


ADDRESS_RULES: tuple[tuple[str, Callable[[LetterPage, Settings], _Found]], ...] = (
    ("O124", _leading),
    ("O125", _loaded),
)
"""Each rule with its code; both are errors."""
