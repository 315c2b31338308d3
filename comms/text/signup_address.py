"""An e-mail address that somebody types to subscribe: can a letter be sent to it, and if not, what to mend.

Syntax alone (RFC 5321, 5322): whether anybody is there is shown by the mail that asks for a yes.
"""

from __future__ import annotations

import re

from email_validator import EmailNotValidError, validate_email

from comms.errors import Text, say
from comms.text.encoding import OFF_A_LINE
from comms.text.hosts import ascii_domain

LONGEST = 320
"""Signs that are looked at at all; a whole address has at most 254 (RFC 5321, 4.5.3.1.3)."""

_LONGEST_WRITTEN = 254
_ATOMS = re.compile(r"[A-Za-z0-9_+'&=~#$-]+(\.[A-Za-z0-9_+'&=~#$-]+)*")
"""What people's addresses are made of. `%` and `!` ask old relays to pass a letter on; `=?` begins an
encoded word, in which anything can hide (RFC 2047)."""

_OUTER = "\u200b\u2060\ufeff"
"""Signs without width that come along when an address is pasted; blanks are taken by `strip`."""

_NEUTRAL = "leader.example"
"""Stands in for the domain when the rest is looked at: email-validator refuses the names that are kept for
tests (RFC 6761), for everybody or for nobody."""

EMPTY = say("Skriv din e-postadress.")
TOO_LONG = say("Adressen är för lång för att vara en e-postadress. Kontrollera vad som står i fältet.")
UNSEEN = say("Adressen innehåller ett osynligt tecken. Skriv om den för hand.")
NO_AT = say("En e-postadress har ett @ mellan namnet och det som kommer efter, till exempel namn@exempel.se.")
BLANK = say("Det är ett mellanslag i adressen. Ta bort det.")
OUR_LETTERS = say(
    "Adressen har ”{letter}” före @, och dit kan vi tyvärr inte skicka: många mejlservrar tar inte emot "
    "adresser med sådana bokstäver än. Har du en adress utan?"
)
BEFORE = say("Det som står före @ ser inte rätt ut. Kontrollera stavningen.")
AFTER = say("Det som står efter @ ser inte rätt ut. Kontrollera stavningen, till exempel namn@exempel.se.")


def read_address(typed: str) -> tuple[str, Text | None]:
    """The address as it was typed, without what stands around it, and what is wrong with it, or None.

    What is given back with a fault is harmless to show again: no sign that steers, no half sign, at most 320.
    """
    address = typed[: LONGEST + 1].strip().strip(_OUTER).strip()
    fault = _fault(address) if len(typed) <= LONGEST else TOO_LONG
    return OFF_A_LINE.sub("", address)[:LONGEST], fault


def _fault(address: str) -> Text | None:
    if not address:
        return EMPTY
    if OFF_A_LINE.search(address) or any(sign in address for sign in _OUTER):
        return UNSEEN
    if any(sign.isspace() for sign in address):
        return BLANK
    local, at, domain = address.rpartition("@")
    if not at or "@" in local:
        return NO_AT
    return _before(local) or _after(local, domain)


def _before(local: str) -> Text | None:
    foreign = next((sign for sign in local if not sign.isascii()), "")
    if foreign:
        return Text(OUR_LETTERS.template, (("letter", foreign),))
    try:
        validate_email(
            f"{local}@{_NEUTRAL}",
            allow_smtputf8=False,
            allow_empty_local=False,
            allow_quoted_local=False,
            allow_domain_literal=False,
            allow_display_name=False,
            strict=True,
            check_deliverability=False,
            test_environment=False,
            globally_deliverable=True,
        )
    except EmailNotValidError:
        return BEFORE
    return None if _ATOMS.fullmatch(local) else BEFORE


def _after(local: str, domain: str) -> Text | None:
    """A domain as A-labels (RFC 5890) with a dot in it: nobody writes to the name of a machine alone."""
    try:
        written = ascii_domain(domain)
    except ValueError:
        return AFTER
    if "." not in written:
        return AFTER
    return None if len(f"{local}@{written}") <= _LONGEST_WRITTEN else TOO_LONG
