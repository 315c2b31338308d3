"""A journal mailbox as evidence: where the relay leaves a copy of all that it takes (Postfix: always_bcc).

By IMAP or as a maildir. Only headers are read, and nothing is marked, moved or deleted. Cannot: look inside
journals that wrap each letter in another one (Exchange), log in with OAuth.
"""

from __future__ import annotations

import base64
import imaplib
import os
import re
import ssl
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, islice, takewhile
from pathlib import Path
from typing import Any

from comms.errors import ConfigError, say
from comms.inbox.reading import harmless, legible, unpacked
from comms.model.ledger import Evidence, Verdict
from comms.model.settings import Secret, Security
from comms.text.hosts import is_loopback

_MESSAGE_ID = re.compile(rb"^message-id:[ \t\r\n]*(<[^<>\s]+>)[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_ASKABLE = re.compile(r'<[^\s<>"\\\x00-\x1f\x7f-\U0010ffff]+>')
"""A Message-ID that can stand between quotation marks in a command."""

_ASKED_AT_ONCE = 20
_FETCHED_AT_ONCE = 200
_WHAT = "(UID INTERNALDATE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])"
_UID = re.compile(rb"\bUID (\d+)")
_ARRIVED = re.compile(rb'INTERNALDATE "([^"]+)"')
_LONGEST_LINE, _MOST_LINES = 2000, 2000
_BROKEN = (imaplib.IMAP4.error, OSError, ValueError)
"""What imaplib raises when the other side does not speak IMAP, or no more."""


@dataclass(frozen=True, slots=True)
class Journal:
    """A mailbox to read by IMAP. `timeout` in seconds, for each answer."""

    host: str
    port: int
    security: Security
    user: str
    password: Secret
    folder: str = "INBOX"
    timeout: float = 60


def read_journal(
    journal: Journal, wanted: Collection[str], trust: ssl.SSLContext | None = None
) -> Iterator[Evidence]:
    """Evidence for each letter in the mailbox; `trust` says which certificates are good. Raises ConfigError.

    Servers search by pieces of a field, some loosely: what they find is read and compared. Some search
    badly, so a letter that is not found proves nothing.
    """
    missing = {identity for identity in wanted if _ASKABLE.fullmatch(identity)}
    source = harmless(f"imap: {journal.user}@{journal.host} {journal.folder}")
    with _conversation(journal, trust or ssl.create_default_context()) as imap:
        for asked in _portions(sorted(missing), _ASKED_AT_ONCE):
            for head, field in _found(imap, asked):
                identity = _message_id(field)
                if identity in missing:
                    missing.remove(identity)
                    uid = _UID.search(head)
                    detail = harmless(uid[0]) if uid else ""
                    yield Evidence(identity, Verdict.ACCEPTED, source, detail, _arrived(head))


def read_maildir(folder: Path, wanted: Collection[str]) -> Iterator[Evidence]:
    """Evidence for each letter in a maildir's `new` and `cur`. Raises ConfigError."""
    if not all((folder / name).is_dir() for name in ("new", "cur")):
        message = say(
            "{folder} är ingen maildir: mapparna new och cur saknas. Ange mappen som de ligger i.",
            folder=harmless(str(folder)),
        )
        raise ConfigError(message)
    missing = set(wanted)
    source = harmless(f"maildir: {folder}")
    with legible(folder):
        # Each is listed when it is its turn: a letter that a reader moves meanwhile goes from new to cur.
        for letter in chain.from_iterable(sorted((folder / name).iterdir()) for name in ("new", "cur")):
            if not missing:
                return
            identity, arrived = _letter(letter)
            if identity in missing:
                missing.remove(identity)
                yield Evidence(identity, Verdict.ACCEPTED, source, harmless(letter.name), arrived)


def _letter(path: Path) -> tuple[str, datetime | None]:
    """A letter's Message-ID and when it was delivered; nothing if it was moved while we looked."""
    with suppress(FileNotFoundError):
        if path.is_file():
            with path.open("rb") as file:
                text = unpacked(file)
                lines = iter(lambda: text.readline(_LONGEST_LINE), b"")
                head = list(takewhile(_is_header, islice(lines, _MOST_LINES)))
                arrived = datetime.fromtimestamp(os.fstat(file.fileno()).st_mtime, UTC)
            return _message_id(b"".join(head)), arrived
    return "", None


def _is_header(line: bytes) -> bool:
    return bool(line.rstrip(b"\r\n"))


def _message_id(head: bytes) -> str:
    found = _MESSAGE_ID.search(head)
    return found[1].decode("ascii", "replace") if found else ""


def _portions(things: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    return (things[start : start + size] for start in range(0, len(things), size))


@contextmanager
def _conversation(journal: Journal, trust: ssl.SSLContext) -> Iterator[imaplib.IMAP4]:
    """The folder, opened so that nothing in it can be changed."""
    imap = _reached(journal, trust)
    try:
        _protect(imap, journal, trust)
        _log_in(imap, journal)
        status, _ = imap.select(_folder_name(journal.folder), readonly=True)
        if status != "OK":
            raise ConfigError(
                say(
                    "Brevlådan {user} hos {host} har ingen mapp {folder} som går att läsa. "
                    "Kontrollera mappens namn.",
                    user=journal.user,
                    host=journal.host,
                    folder=journal.folder,
                )
            )
        yield imap
        with suppress(*_BROKEN):
            imap.logout()
    except _BROKEN as error:
        raise ConfigError(
            say(
                "Samtalet med IMAP-servern {host} bröts: {error}. Försök igen.",
                host=journal.host,
                error=harmless(str(error)),
            )
        ) from None
    finally:
        with suppress(*_BROKEN):
            imap.shutdown()


def _reached(journal: Journal, trust: ssl.SSLContext) -> imaplib.IMAP4:
    if journal.security is Security.NONE and not is_loopback(journal.host):
        raise ConfigError(
            say(
                "Brevlådan skulle läsas oskyddat från {host}. Ange security: tls eller security: starttls.",
                host=journal.host,
            )
        )
    try:
        if journal.security is Security.TLS:
            return imaplib.IMAP4_SSL(journal.host, journal.port, ssl_context=trust, timeout=journal.timeout)
        return imaplib.IMAP4(journal.host, journal.port, timeout=journal.timeout)
    except ssl.SSLError as error:
        raise _untrusted(journal, error) from None
    except _BROKEN as error:
        raise ConfigError(
            say(
                "IMAP-servern {host}:{port} går inte att nå: {error}. Kontrollera adress, port och security.",
                host=journal.host,
                port=journal.port,
                error=harmless(getattr(error, "strerror", None) or str(error)),
            )
        ) from None


def _protect(imap: imaplib.IMAP4, journal: Journal, trust: ssl.SSLContext) -> None:
    if journal.security is not Security.STARTTLS:
        return
    if "STARTTLS" not in imap.capabilities:
        raise ConfigError(
            say(
                "IMAP-servern {host} erbjuder inte STARTTLS, så inget läses. Pröva security: tls.",
                host=journal.host,
            )
        )
    try:
        imap.starttls(trust)
    except ssl.SSLError as error:
        raise _untrusted(journal, error) from None


def _untrusted(journal: Journal, error: ssl.SSLError) -> ConfigError:
    why = getattr(error, "verify_message", "") or error.reason or "TLS"
    return ConfigError(
        say(
            "Förbindelsen till {host} går inte att skydda: {why}. Inget läses oskyddat. "
            "Kontrollera serverns namn och certifikat.",
            host=journal.host,
            why=harmless(why),
        )
    )


def _log_in(imap: imaplib.IMAP4, journal: Journal) -> None:
    """Log in once. The server's words are left out, with their error: some repeat what they were given."""
    password = journal.password.value
    with suppress(imaplib.IMAP4.error, ValueError):
        if "AUTH=PLAIN" in imap.capabilities:
            imap.authenticate("PLAIN", lambda _: f"\0{journal.user}\0{password}".encode())
        else:
            imap.login(_quoted(journal.user), password)
        return
    raise ConfigError(
        say(
            "IMAP-servern {host} godkänner inte inloggningen för {user}. Kontrollera användare och lösenord.",
            host=journal.host,
            user=journal.user,
        )
    )


def _found(imap: imaplib.IMAP4, asked: Sequence[str]) -> Iterator[tuple[bytes, bytes]]:
    """What the server says it found: about each letter, and its field Message-ID."""
    keys = ["OR"] * (len(asked) - 1) + [f"HEADER Message-ID {_quoted(identity)}" for identity in asked]
    numbers = b" ".join(filter(None, _said(imap.uid("SEARCH", *keys)))).decode("ascii").split()
    for portion in _portions(numbers, _FETCHED_AT_ONCE):
        rows = _said(imap.uid("FETCH", ",".join(portion), _WHAT))
        for row, rest in zip(rows, [*rows[1:], b""], strict=True):
            if isinstance(row, tuple):
                yield row[0] + (rest if isinstance(rest, bytes) else b""), row[1]


def _said(answer: tuple[str, list[Any]]) -> list[Any]:
    """What a command gave. A no is not the same as nothing found."""
    status, rows = answer
    if status != "OK":
        raise imaplib.IMAP4.error(f"{status} {rows}")
    return rows


def _arrived(head: bytes) -> datetime | None:
    stamp = _ARRIVED.search(head)
    with suppress(ValueError):
        text = stamp[1].decode("ascii", "replace").strip() if stamp else ""
        return datetime.strptime(text, "%d-%b-%Y %H:%M:%S %z")
    return None


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _folder_name(name: str) -> str:
    """As it stands in a command: quoted, å ä ö in IMAP's own UTF-7 (RFC 3501, 5.1.3)."""

    def shifted(found: re.Match[str]) -> str:
        code = base64.b64encode(found[0].encode("utf-16-be"), b"+,").decode().rstrip("=")
        return f"&{code}-"

    return _quoted(re.sub(r"[^ -~]+", shifted, name.replace("&", "&-")))
