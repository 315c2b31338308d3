"""A mailbox by IMAP (RFC 3501), opened so that nothing in it can be changed: what all readers of one share.

Cannot: log in with OAuth.
"""

from __future__ import annotations

import base64
import imaplib
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from comms.errors import ConfigError, say
from comms.inbox.reading import harmless
from comms.model.settings import Secret, Security
from comms.text.hosts import is_loopback

UID = re.compile(rb"\bUID (\d+)")
"""A letter's number in what the server says of it."""

_ARRIVED = re.compile(rb'INTERNALDATE "([^"]+)"')
_BROKEN = (imaplib.IMAP4.error, OSError, ValueError)
"""What imaplib raises when the other side does not speak IMAP, or no more."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A mailbox to read by IMAP. `timeout` in seconds, for each answer."""

    host: str
    port: int
    security: Security
    user: str
    password: Secret
    folder: str = "INBOX"
    timeout: float = 60


@contextmanager
def conversation(mailbox: Mailbox, trust: ssl.SSLContext) -> Iterator[imaplib.IMAP4]:
    """The folder, opened so that nothing in it can be changed. Raises ConfigError, also if it breaks off."""
    imap = _reached(mailbox, trust)
    try:
        _protect(imap, mailbox, trust)
        _log_in(imap, mailbox)
        status, _ = imap.select(_folder_name(mailbox.folder), readonly=True)
        if status != "OK":
            raise ConfigError(
                say(
                    "Brevlådan {user} hos {host} har ingen mapp {folder} som går att läsa. "
                    "Kontrollera mappens namn.",
                    user=mailbox.user,
                    host=mailbox.host,
                    folder=mailbox.folder,
                )
            )
        yield imap
        with suppress(*_BROKEN):
            imap.logout()
    except _BROKEN as error:
        raise ConfigError(
            say(
                "Samtalet med IMAP-servern {host} bröts: {error}. Försök igen.",
                host=mailbox.host,
                error=harmless(str(error)),
            )
        ) from None
    finally:
        with suppress(*_BROKEN):
            imap.shutdown()


def _reached(mailbox: Mailbox, trust: ssl.SSLContext) -> imaplib.IMAP4:
    if mailbox.security is Security.NONE and not is_loopback(mailbox.host):
        raise ConfigError(
            say(
                "Brevlådan skulle läsas oskyddat från {host}. Ange security: tls eller security: starttls.",
                host=mailbox.host,
            )
        )
    try:
        if mailbox.security is Security.TLS:
            return imaplib.IMAP4_SSL(mailbox.host, mailbox.port, ssl_context=trust, timeout=mailbox.timeout)
        return imaplib.IMAP4(mailbox.host, mailbox.port, timeout=mailbox.timeout)
    except ssl.SSLError as error:
        raise _untrusted(mailbox, error) from None
    except _BROKEN as error:
        raise ConfigError(
            say(
                "IMAP-servern {host}:{port} går inte att nå: {error}. Kontrollera adress, port och security.",
                host=mailbox.host,
                port=mailbox.port,
                error=harmless(getattr(error, "strerror", None) or str(error)),
            )
        ) from None


def _protect(imap: imaplib.IMAP4, mailbox: Mailbox, trust: ssl.SSLContext) -> None:
    if mailbox.security is not Security.STARTTLS:
        return
    if "STARTTLS" not in imap.capabilities:
        raise ConfigError(
            say(
                "IMAP-servern {host} erbjuder inte STARTTLS, så inget läses. Pröva security: tls.",
                host=mailbox.host,
            )
        )
    try:
        imap.starttls(trust)
    except ssl.SSLError as error:
        raise _untrusted(mailbox, error) from None


def _untrusted(mailbox: Mailbox, error: ssl.SSLError) -> ConfigError:
    why = getattr(error, "verify_message", "") or error.reason or "TLS"
    return ConfigError(
        say(
            "Förbindelsen till {host} går inte att skydda: {why}. Inget läses oskyddat. "
            "Kontrollera serverns namn och certifikat.",
            host=mailbox.host,
            why=harmless(why),
        )
    )


def _log_in(imap: imaplib.IMAP4, mailbox: Mailbox) -> None:
    """Log in once. The server's words are left out, with their error: some repeat what they were given."""
    password = mailbox.password.value
    with suppress(imaplib.IMAP4.error, ValueError):
        if "AUTH=PLAIN" in imap.capabilities:
            imap.authenticate("PLAIN", lambda _: f"\0{mailbox.user}\0{password}".encode())
        else:
            imap.login(quoted(mailbox.user), password)
        return
    raise ConfigError(
        say(
            "IMAP-servern {host} godkänner inte inloggningen för {user}. Kontrollera användare och lösenord.",
            host=mailbox.host,
            user=mailbox.user,
        )
    )


def fetched(imap: imaplib.IMAP4, numbers: Sequence[str], what: str) -> Iterator[tuple[bytes, bytes]]:
    """Parts of letters by their UIDs: what the server says of each, and what was asked for."""
    rows = said(imap.uid("FETCH", ",".join(numbers), what))
    for row, rest in zip(rows, [*rows[1:], b""], strict=True):
        if isinstance(row, tuple):
            yield row[0] + (rest if isinstance(rest, bytes) else b""), row[1]


def said(answer: tuple[str, list[Any]]) -> list[Any]:
    """What a command gave. A no is not the same as nothing found."""
    status, rows = answer
    if status != "OK":
        raise imaplib.IMAP4.error(f"{status} {rows}")
    return rows


def arrived_at(head: bytes) -> datetime | None:
    """When a letter came, of INTERNALDATE in what the server says of it."""
    stamp = _ARRIVED.search(head)
    with suppress(ValueError):
        text = stamp[1].decode("ascii", "replace").strip() if stamp else ""
        return datetime.strptime(text, "%d-%b-%Y %H:%M:%S %z")
    return None


def portions(things: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """A few at a time."""
    return (things[start : start + size] for start in range(0, len(things), size))


def quoted(text: str) -> str:
    """A string in a command (RFC 3501, 4.3)."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _folder_name(name: str) -> str:
    """As it stands in a command: quoted, å ä ö in IMAP's own UTF-7 (RFC 3501, 5.1.3)."""

    def shifted(found: re.Match[str]) -> str:
        code = base64.b64encode(found[0].encode("utf-16-be"), b"+,").decode().rstrip("=")
        return f"&{code}-"

    return quoted(re.sub(r"[^ -~]+", shifted, name.replace("&", "&-")))
