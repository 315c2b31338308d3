"""Whether base_url is served by us: only then may a letter promise that a page ends a subscription."""

from __future__ import annotations

import hmac
import re
from urllib.parse import urlsplit

import requests

from comms import __version__
from comms.channels.deadline import limit_answers
from comms.errors import Text, say
from comms.model.settings import Settings
from comms.text.hosts import is_loopback
from comms.text.tokens import keyed_hash

HEALTH = "halsa"
"""The path of the page that answers, below base_url."""

PROOF = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What may be asked of it, as `prov`."""

_LONGEST = 4096
_CONNECT, _READ = 2.0, 1.5  # an answer may take twice its read: five seconds in all


def proof(settings: Settings, nonce: str) -> tuple[str, ...]:
    """What only who has our keys can answer to `nonce`: by each key of the ring, newest first."""
    return keyed_hash("served", nonce, settings.web.keys) if settings.web else ()


def is_served(settings: Settings, *, nonce: str) -> Text | None:
    """None when the page at base_url answers as only we can, else why not. `nonce` is the caller's chance.

    A letter's https form of List-Unsubscribe stands on this (RFC 8058, 2). At most about five seconds.
    """
    if not settings.web or not settings.web.keys:
        return say("web är inte inställt i comms.yaml, eller COMMS_WEB__KEYS saknas.")
    url = f"{settings.base_url.rstrip('/')}/{HEALTH}"
    parts = urlsplit(url)
    if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        return say("{url} börjar inte med https://.", url=settings.base_url)
    with requests.Session() as session:
        session.trust_env = False
        session.headers["User-Agent"] = f"comms/{__version__}"
        session.headers["Accept-Encoding"] = "identity"
        limit_answers(session)
        try:
            with session.get(
                url,
                params={"prov": nonce},
                timeout=(_CONNECT, _READ),
                allow_redirects=False,
                stream=True,
            ) as answer:
                said = next(answer.iter_content(_LONGEST), b"")
                status = answer.status_code
        except requests.RequestException as error:
            return _unreachable(url, error)
    if status != requests.codes.ok:
        return say("{url} svarade {status}.", url=url, status=status)
    if not any(hmac.compare_digest(said.strip(), one.encode()) for one in proof(settings, nonce)):
        return say("{url} visas av något annat än comms med den här nyckeln.", url=url)
    return None


def _unreachable(url: str, error: Exception) -> Text:
    if isinstance(error, requests.exceptions.SSLError):
        return say("Certifikatet på {url} går inte att lita på.", url=url)
    return say("{url} gick inte att nå ({kind}).", url=url, kind=type(error).__name__)
