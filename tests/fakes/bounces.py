"""Letters that come back, as servers write them, to a copy's return path; people and servers invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from comms.app.house import House
from comms.app.outgoing import return_path
from comms.model.ledger import Delivery
from comms.model.settings import Bounces, Letterbox, Secret, Settings
from comms.store import Store
from tests.fakes.examples import ISSUE, NOW
from tests.fakes.ledger import accepted, ask
from tests.fakes.signups import house, office

DOMAIN = "studs.leader.example"
KEY = Secret("en nyckel till studsar som är lång nog")
UNKNOWN = "550 5.1.1 User unknown"
FULL = "452 4.2.2 Mailbox full"
REFUSED = "550 5.7.1 Message refused: sender IP is on our blocklist"

_REPORT = """\
Return-Path: {sender}
X-Original-To: {path}
Delivered-To: {path}
From: {writer}
To: {path}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_gräns"

--=_gräns
Content-Type: text/plain; charset=utf-8

This is the mail system at host mx.example.

--=_gräns
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

{recipients}
--=_gräns
Content-Type: text/rfc822-headers

Message-ID: {message_id}
From: brev@leader.example
Subject: Ny brygga

--=_gräns--
""".replace("gräns", "grans")

_RECIPIENT = """\
Final-Recipient: rfc822; {to}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {words}

"""

_COMPLAINT = """\
Return-Path: <staff@fbl.example>
From: staff@fbl.example
To: fbl@leader.example
Subject: FW: Ny brygga
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="=_grans"

--=_grans
Content-Type: text/plain

This is an abuse report.

--=_grans
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1
{mail_from}
--=_grans
Content-Type: message/rfc822

Message-ID: {message_id}
From: brev@leader.example
Subject: Ny brygga
{unsubscribe}
Hej
--=_grans--
"""


def settings_with_box(settings: Settings, box: Letterbox | None = None) -> Settings:
    """Settings with a bounce domain; its mailbox is the maildir `mail` when no other is given."""
    return replace(settings, bounces=Bounces(DOMAIN, KEY, box or Letterbox(maildir="mail")))


def home_with_box(root: Path, box: Letterbox | None = None) -> House:
    """An office whose bounces arrive in a mailbox."""
    of = office()
    return house(replace(of, settings=settings_with_box(of.settings, box)), root)


def sent(store: Store, now: datetime = NOW, *, most: int = 500) -> None:
    """Let everything that is due be taken by the relay."""
    rows = store.claim(replace(ask(most=most), lease=timedelta(minutes=30)), now).rows
    done = store.settle("a", (), rows, now).sending
    store.settle("a", [(row, accepted()) for row in done], (), now)


def copy_to(store: Store, address: str, issue: str = ISSUE) -> Delivery:
    """The delivery of an issue to an address."""
    (found,) = [row for row in store.deliveries(issue) if row.recipient == address]
    return found


def path_to(home: House, store: Store, address: str, issue: str = ISSUE) -> str:
    """The return path of an address's copy."""
    return return_path(home.settings, copy_to(store, address, issue))


def report(
    path: str,
    to: str = "",
    words: str = UNKNOWN,
    *,
    action: str = "failed",
    sender: str = "<>",
    writer: str = "MAILER-DAEMON@mx.example (Mail Delivery System)",
    message_id: str = "<a@leader.example>",
) -> bytes:
    """A report of delivery (RFC 3464) to a path; who it is about may be many, with commas between."""
    code = words.split()[1]
    recipients = "".join(
        _RECIPIENT.format(to=one.strip(), action=action, status=code, words=words) for one in to.split(",")
    )
    text = _REPORT.format(
        sender=sender, writer=writer, path=path, recipients=recipients, message_id=message_id
    )
    return text.encode()


def complaint(
    kind: str = "abuse", *, path: str = "", unsubscribe: str = "", message_id: str = "<a@leader.example>"
) -> bytes:
    """A complaint (RFC 5965) of a copy known by its path, the link in it, or by its Message-ID alone."""
    text = _COMPLAINT.format(
        kind=kind,
        message_id=message_id,
        mail_from=f"Original-Mail-From: <{path}>\n" if path else "",
        unsubscribe=f"List-Unsubscribe: <{unsubscribe}>\n" if unsubscribe else "",
    )
    return text.encode()
