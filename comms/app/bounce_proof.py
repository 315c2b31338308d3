"""Which copy a returned letter is of, by what nobody can make up: a return path's MAC, a link's token.

A Message-ID alone proves nothing: whoever has had a letter knows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto

from comms.model.audience import address_key
from comms.model.bounce import Returned, ReturnKind
from comms.model.settings import Settings
from comms.render.envelope import read_return_path
from comms.store import Store
from comms.store.returns import Copy
from comms.text.tokens import Purpose, read_mail_token, read_token

_PAGE = re.compile(r"/u/([A-Za-z0-9_-]{34})(?![A-Za-z0-9_-])")
_MAILTO = re.compile(r"\+([A-Za-z2-7]{29})@")
_OURS = re.compile(r"<?b-[a-z2-7]+-[a-z2-7]+@(.+?)>?", re.IGNORECASE)


class Unproved(Enum):
    """What a letter is without a copy: of one that is gone, forged, or nothing in it is proof."""

    GONE = auto()
    FORGED = auto()
    NOTHING = auto()


def proved(settings: Settings, store: Store, returned: Returned) -> Copy | Unproved:
    """The copy that a letter is certainly of, or what the letter is without one."""
    bounces = settings.bounces
    if bounces is None:
        return Unproved.NOTHING
    key = bounces.key.value.encode()
    ends = [end for path in returned.paths if (end := read_return_path(path, key))]
    for end in dict.fromkeys(ends):
        if copy := store.returns.find(end):
            return copy
    if returned.reason.kind is ReturnKind.COMPLAINT:
        for identity in dict.fromkeys(_exits(settings, returned.links)):
            if copy := store.returns.behind(identity):
                return copy
            ends.append(identity)
    if ends:
        return Unproved.GONE
    claims = any(_claims_to_be_ours(bounces.domain, path) for path in returned.paths)
    return Unproved.FORGED if claims else Unproved.NOTHING


def _exits(settings: Settings, links: tuple[str, ...]) -> Iterator[str]:
    """The exits that a returned List-Unsubscribe names: a token is proof, whoever shows it."""
    web = settings.web
    keys = web.keys if web else ()
    for link in links:
        for one in _PAGE.findall(link):
            if identity := read_token(Purpose.EXIT, one, keys):
                yield identity
        for one in _MAILTO.findall(link):
            if identity := read_mail_token(one, keys):
                yield identity


def _claims_to_be_ours(domain: str, path: str) -> bool:
    found = _OURS.fullmatch(path.strip())
    return found is not None and found[1].lower() == domain.lower()


def is_forwarded(copy: Copy, returned: Returned) -> bool:
    """Whether the dead address is another than ours, or became one: of those that an address leads to.

    A server may know an address by another host's name, so only what stands before the at sign is compared.
    """
    ours = _before_at(copy.address_key)
    return any(_before_at(one) not in {"", ours} for one in (returned.address, returned.became))


def _before_at(address: str) -> str:
    return address_key(address).rpartition("@")[0].partition("+")[0]
